//! Templates → which of them a template is made of, and whether that is within the limits.
//!
//! Names are found as Tera finds them: as they are, else in the theme, else in the default theme. Tera follows chains by
//! calling itself, so they are measured before it sees them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::limits;
use super::lookup::Source;
use super::reading::{Named, Reading, Use};
use crate::diagnostic::{Diagnostic, Place};

/// What is said of all templates.
#[derive(Debug, Default)]
pub(super) struct Chains {
    pub(super) readings: BTreeMap<String, Reading>,
    /// What the names of templates may begin with that others leave out, the best first.
    prefixes: Vec<String>,
    /// The template that defines each component.
    defined: HashMap<String, String>,
}

/// A part of a page: a template, or a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Part<'c> {
    Template(&'c str),
    Component(&'c str),
}

impl Chains {
    /// Reads all templates.
    pub(super) fn new(sources: &BTreeMap<String, Source>, prefixes: &[String]) -> Self {
        let readings: BTreeMap<String, Reading> =
            sources.iter().map(|(name, source)| (name.clone(), Reading::of(&source.text))).collect();
        let mut chains = Self { readings, prefixes: prefixes.to_vec(), defined: HashMap::new() };
        let mut best: HashMap<String, (usize, String)> = HashMap::new();
        for (name, reading) in &chains.readings {
            let layer =
                chains.prefixes.iter().position(|prefix| name.starts_with(prefix)).map_or(0, |at| at + 1);
            for component in &reading.defines {
                let known = best.get(&component.name).map_or(usize::MAX, |(layer, _)| *layer);
                if layer < known {
                    best.insert(component.name.clone(), (layer, name.clone()));
                }
            }
        }
        chains.defined = best.into_iter().map(|(component, (_, name))| (component, name)).collect();
        chains
    }

    /// The template that a name stands for.
    pub(super) fn resolve(&self, name: &str) -> Option<&str> {
        let known = |name: &str| self.readings.get_key_value(name).map(|(name, _)| name.as_str());
        known(name).or_else(|| self.prefixes.iter().find_map(|prefix| known(&format!("{prefix}{name}"))))
    }

    /// All templates that these are made of, themselves among them.
    pub(super) fn reached<'c>(&'c self, from: impl IntoIterator<Item = &'c str>) -> BTreeSet<&'c str> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = from.into_iter().filter_map(|name| self.resolve(name)).collect();
        while let Some(name) = open.pop() {
            let Some(reading) = self.readings.get(name).filter(|_| reached.insert(name)) else { continue };
            open.extend(reading.extends.iter().filter_map(|parent| self.resolve(&parent.name)));
            open.extend(reading.uses.iter().filter_map(|used| self.target(used)));
        }
        reached
    }

    /// The template that has what is used.
    fn target(&self, used: &Use) -> Option<&str> {
        match used.is_component {
            true => self.defined.get(&used.target.name).map(String::as_str),
            false => self.resolve(&used.target.name),
        }
    }

    /// Components that call themselves in the end.
    pub(super) fn recursive(&self) -> BTreeSet<String> {
        let is_recursive = |component: &&String| {
            let start = Part::Component(component);
            let mut seen = BTreeSet::new();
            let mut open = self.parts(start);
            while let Some(part) = open.pop() {
                if part == start {
                    return true;
                }
                if seen.insert(part) {
                    open.extend(self.parts(part));
                }
            }
            false
        };
        self.defined.keys().filter(is_recursive).cloned().collect()
    }

    /// What a part uses, as often as it does.
    fn parts<'c>(&'c self, part: Part<'c>) -> Vec<Part<'c>> {
        let (name, within) = match part {
            Part::Template(name) => (name, None),
            Part::Component(component) => match self.defined.get(component) {
                Some(name) => (name.as_str(), Some(component)),
                None => return Vec::new(),
            },
        };
        let Some(reading) = self.readings.get(name) else { return Vec::new() };
        let own = reading.uses.iter().filter(|used| used.within.as_deref() == within);
        own.filter_map(|used| match used.is_component {
            true => Some(Part::Component(&used.target.name)),
            false => self.resolve(&used.target.name).map(Part::Template),
        })
        .collect()
    }

    /// What of the templates goes beyond a limit.
    pub(super) fn problems(&self, sources: &BTreeMap<String, Source>) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let recursive = self.recursive();
        let mut sizes = HashMap::new();
        for (name, reading) in &self.readings {
            let Some(source) = sources.get(name) else { continue };
            let at = |named: &Named| Place::new(source.file.clone(), source.text.clone(), named.span.clone());
            for (count, span) in reading.elifs.iter().filter(|(count, _)| *count > limits::ELIFS) {
                let message = format!("this `if` has {count} `elif`s; the most is {}", limits::ELIFS);
                let place = Place::new(source.file.clone(), source.text.clone(), span.clone());
                problems.push(beyond(message, "put the values into a map, and look them up in it").at(place));
            }
            let parents = self.parents(name);
            // Of a chain, the first that is too long is told.
            if parents == limits::EXTENDS + 1
                && let Some(parent) = &reading.extends
            {
                let message = format!(
                    "this template extends {parents} others, each the next; the most is {}",
                    limits::EXTENDS
                );
                problems.push(beyond(message, "let it extend one that is nearer to the last").at(at(parent)));
            }
            let components = reading.defines.iter().map(|component| Part::Component(&component.name));
            for part in std::iter::once(Part::Template(name)).chain(components) {
                let within = match part {
                    Part::Template(_) => None,
                    Part::Component(name) => Some(name),
                };
                let size = self.size(part, &recursive, &mut sizes, 0);
                let first = reading.uses.iter().find(|used| used.within.as_deref() == within);
                if let (Some(problem), Some(used)) = (size.problem(), first) {
                    problems.push(problem.at(at(&used.target)));
                }
            }
        }
        problems
    }

    /// How many templates one extends, one through the other.
    fn parents(&self, name: &str) -> usize {
        let next = |name: &&str| {
            let parent = self.readings.get(*name)?.extends.as_ref()?;
            self.resolve(&parent.name)
        };
        // One that extends itself is reported by Tera.
        std::iter::successors(Some(name), next).take(self.readings.len() + 1).count() - 1
    }

    /// How deep and how large a part is.
    fn size<'c>(
        &'c self,
        part: Part<'c>,
        recursive: &BTreeSet<String>,
        known: &mut HashMap<Part<'c>, Size>,
        above: usize,
    ) -> Size {
        if let Some(size) = known.get(&part) {
            return *size;
        }
        let mut size = Size { depth: 0, parts: 1, largest: 0 };
        // So far down, what is above is too deep whatever is below.
        if above > 30 * limits::INCLUDES {
            return size;
        }
        // For circles, which Tera reports.
        known.insert(part, size);
        for used in self.parts(part) {
            if matches!(used, Part::Component(name) if recursive.contains(name)) {
                continue;
            }
            let inner = self.size(used, recursive, known, above + 1);
            size.depth = size.depth.max(inner.depth + 1);
            size.parts = size.parts.saturating_add(inner.parts);
            size.largest = size.largest.max(inner.parts);
        }
        known.insert(part, size);
        size
    }
}

/// How many parts are inside each other, and how many there are in all.
#[derive(Clone, Copy, Debug)]
struct Size {
    depth: usize,
    parts: usize,
    /// Parts in the largest of those that it uses.
    largest: usize,
}

impl Size {
    fn problem(self) -> Option<Diagnostic> {
        // Of parts inside each other, the first that is beyond a limit is told.
        if self.depth == limits::INCLUDES + 1 {
            let message = format!(
                "the includes and components of this template go more than {} deep, which is the limit",
                limits::INCLUDES
            );
            return Some(beyond(message, "include what is needed at the end of the chain directly"));
        }
        (self.parts > limits::PARTS && self.largest <= limits::PARTS).then(|| {
            let message = format!(
                "this template includes other templates more than {} times in all, which is the limit",
                limits::PARTS
            );
            beyond(message, "a template that includes another twice doubles what that one includes")
        })
    }
}

fn beyond(message: String, help: &str) -> Diagnostic {
    Diagnostic::error("theme/limit", message).help(help)
}
