//! Templates → the graph of what each extends, includes and calls, and whether it stays within the limits.
//!
//! Names resolve as in Tera: as written, else in the theme, else in the default theme. Tera follows chains recursively, so
//! their depth is checked before Tera sees them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::files::TemplateSource;
use super::limits;
use super::outline::{SpannedName, TemplateOutline, Use};
use crate::diagnostic::{Diagnostic, Place};

/// All templates with their connections.
#[derive(Debug, Default)]
pub(super) struct TemplateGraph {
    pub(super) outlines: BTreeMap<String, TemplateOutline>,
    /// The prefixes that names of templates may omit, best first.
    prefixes: Vec<String>,
    /// The template that defines each component.
    components: HashMap<String, String>,
}

/// A template or a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Node<'g> {
    Template(&'g str),
    Component(&'g str),
}

impl TemplateGraph {
    /// Parses all templates.
    pub(super) fn new(sources: &BTreeMap<String, TemplateSource>, prefixes: &[String]) -> Self {
        let outlines: BTreeMap<String, TemplateOutline> = sources
            .iter()
            .map(|(name, source)| (name.clone(), TemplateOutline::parse(&source.text)))
            .collect();
        let mut graph = Self { outlines, prefixes: prefixes.to_vec(), components: HashMap::new() };
        let mut best: HashMap<String, (usize, String)> = HashMap::new();
        for (name, outline) in &graph.outlines {
            let layer =
                graph.prefixes.iter().position(|prefix| name.starts_with(prefix)).map_or(0, |at| at + 1);
            for component in &outline.defines {
                let known = best.get(&component.name).map_or(usize::MAX, |(layer, _)| *layer);
                if layer < known {
                    best.insert(component.name.clone(), (layer, name.clone()));
                }
            }
        }
        graph.components = best.into_iter().map(|(component, (_, name))| (component, name)).collect();
        graph
    }

    /// The full name of the template that a name refers to.
    pub(super) fn resolve(&self, name: &str) -> Option<&str> {
        let known = |name: &str| self.outlines.get_key_value(name).map(|(name, _)| name.as_str());
        known(name).or_else(|| self.prefixes.iter().find_map(|prefix| known(&format!("{prefix}{name}"))))
    }

    /// The given templates and all that they use.
    pub(super) fn reachable<'g>(&'g self, from: impl IntoIterator<Item = &'g str>) -> BTreeSet<&'g str> {
        let mut reachable = BTreeSet::new();
        let mut open: Vec<&str> = from.into_iter().filter_map(|name| self.resolve(name)).collect();
        while let Some(name) = open.pop() {
            let Some(outline) = self.outlines.get(name).filter(|_| reachable.insert(name)) else { continue };
            open.extend(outline.extends.iter().filter_map(|parent| self.resolve(&parent.name)));
            open.extend(outline.uses.iter().filter_map(|used| self.target(used)));
        }
        reachable
    }

    /// The template that a use refers to.
    fn target(&self, used: &Use) -> Option<&str> {
        match used.is_component {
            true => self.components.get(&used.target.name).map(String::as_str),
            false => self.resolve(&used.target.name),
        }
    }

    /// The components that call themselves, directly or not.
    pub(super) fn recursive(&self) -> BTreeSet<String> {
        let is_recursive = |component: &&String| {
            let start = Node::Component(component);
            let mut seen = BTreeSet::new();
            let mut open = self.uses(start);
            while let Some(node) = open.pop() {
                if node == start {
                    return true;
                }
                if seen.insert(node) {
                    open.extend(self.uses(node));
                }
            }
            false
        };
        self.components.keys().filter(is_recursive).cloned().collect()
    }

    /// What a node uses, once for each use.
    fn uses<'g>(&'g self, node: Node<'g>) -> Vec<Node<'g>> {
        let (name, within) = match node {
            Node::Template(name) => (name, None),
            Node::Component(component) => match self.components.get(component) {
                Some(name) => (name.as_str(), Some(component)),
                None => return Vec::new(),
            },
        };
        let Some(outline) = self.outlines.get(name) else { return Vec::new() };
        let own = outline.uses.iter().filter(|used| used.within.as_deref() == within);
        own.filter_map(|used| match used.is_component {
            true => Some(Node::Component(&used.target.name)),
            false => self.resolve(&used.target.name).map(Node::Template),
        })
        .collect()
    }

    /// Reports templates that exceed a limit.
    pub(super) fn problems(&self, sources: &BTreeMap<String, TemplateSource>) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let recursive = self.recursive();
        let mut sizes = HashMap::new();
        for (name, outline) in &self.outlines {
            let Some(source) = sources.get(name) else { continue };
            let at = |named: &SpannedName| {
                Place::new(source.file.clone(), source.text.clone(), named.span.clone())
            };
            for (count, span) in outline.elifs.iter().filter(|(count, _)| *count > limits::ELIFS) {
                let message = format!("this `if` has {count} `elif`s; the limit is {}", limits::ELIFS);
                let place = Place::new(source.file.clone(), source.text.clone(), span.clone());
                problems.push(over_limit(message, "look the values up in a map instead").at(place));
            }
            let parents = self.parents(name);
            // Report only the first template of a chain that is too long.
            if parents == limits::EXTENDS + 1
                && let Some(parent) = &outline.extends
            {
                let message = format!(
                    "this template is at the end of a chain of {parents} `extends`; the limit is {}",
                    limits::EXTENDS
                );
                problems.push(over_limit(message, "extend a template closer to the base").at(at(parent)));
            }
            let components = outline.defines.iter().map(|component| Node::Component(&component.name));
            for node in std::iter::once(Node::Template(name)).chain(components) {
                let within = match node {
                    Node::Template(_) => None,
                    Node::Component(name) => Some(name),
                };
                let size = self.size(node, &recursive, &mut sizes, 0);
                let first = outline.uses.iter().find(|used| used.within.as_deref() == within);
                if let (Some(problem), Some(used)) = (size.problem(), first) {
                    problems.push(problem.at(at(&used.target)));
                }
            }
        }
        problems
    }

    /// The length of the chain of templates that one extends.
    fn parents(&self, name: &str) -> usize {
        let next = |name: &&str| {
            let parent = self.outlines.get(*name)?.extends.as_ref()?;
            self.resolve(&parent.name)
        };
        // Tera reports a template that extends itself: just stop here.
        std::iter::successors(Some(name), next).take(self.outlines.len() + 1).count() - 1
    }

    /// The depth and number of nodes below a node.
    fn size<'g>(
        &'g self,
        node: Node<'g>,
        recursive: &BTreeSet<String>,
        known: &mut HashMap<Node<'g>, Size>,
        above: usize,
    ) -> Size {
        if let Some(size) = known.get(&node) {
            return *size;
        }
        let mut size = Size { depth: 0, nodes: 1, largest: 0 };
        // The chain above is already far too deep.
        if above > 30 * limits::INCLUDES {
            return size;
        }
        // Ends cycles, which Tera reports.
        known.insert(node, size);
        for used in self.uses(node) {
            if matches!(used, Node::Component(name) if recursive.contains(name)) {
                continue;
            }
            let inner = self.size(used, recursive, known, above + 1);
            size.depth = size.depth.max(inner.depth + 1);
            size.nodes = size.nodes.saturating_add(inner.nodes);
            size.largest = size.largest.max(inner.nodes);
        }
        known.insert(node, size);
        size
    }
}

/// The depth and number of nodes below a node.
#[derive(Clone, Copy, Debug)]
struct Size {
    depth: usize,
    nodes: usize,
    /// The number of nodes of its largest child.
    largest: usize,
}

impl Size {
    fn problem(self) -> Option<Diagnostic> {
        // Report only the innermost node over a limit.
        if self.depth == limits::INCLUDES + 1 {
            let message = format!(
                "includes and components of this template are nested deeper than the limit of {}",
                limits::INCLUDES
            );
            return Some(over_limit(message, "include the last templates of the chain directly"));
        }
        (self.nodes > limits::PARTS && self.largest <= limits::PARTS).then(|| {
            let message = format!(
                "this template includes other templates more often than the limit of {} times",
                limits::PARTS
            );
            over_limit(
                message,
                "include fewer templates: each one that includes another twice doubles the total",
            )
        })
    }
}

fn over_limit(message: String, help: &str) -> Diagnostic {
    Diagnostic::error("theme/limit", message).help(help)
}
