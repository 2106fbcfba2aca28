//! Where the values and keys of a document are, and the keys that lead to them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde_yaml::Value;

use super::spans::Tree;

/// The locations of all values and keys of a document, by their addresses. One pass finds them all, so that looking each of
/// them up takes no longer than parsing the document.
#[derive(Debug, Default)]
pub(super) struct Locations(HashMap<usize, Location>);

#[derive(Debug)]
struct Location {
    /// Its bytes in the YAML, or those of its nearest parent that has some.
    span: Range<usize>,
    /// The text of a key.
    key: Option<Box<str>>,
    /// The key of a value, or the list or map of an item or key.
    parent: Option<usize>,
}

impl Locations {
    pub(super) fn of(root: &Value, tree: &Tree, yaml: &str) -> Self {
        let mut walk = Walk { yaml, found: HashMap::new() };
        walk.value(root, tree.span.clone(), Some(tree), None);
        Self(walk.found)
    }

    /// The bytes of a value or key, cut to its first line.
    pub(super) fn span(&self, value: &Value, yaml: &str) -> Range<usize> {
        let span = self.whole_span(value);
        let line = yaml[span.clone()].split('\n').next().unwrap_or_default();
        let line = if line.len() < span.len() { line.strip_suffix('\r').unwrap_or(line) } else { line };
        span.start..span.start + line.len()
    }

    /// The bytes of a value or key with all of its lines.
    pub(super) fn whole_span(&self, value: &Value) -> Range<usize> {
        self.0.get(&address(value)).map_or(0..0, |location| location.span.clone())
    }

    /// The keys that lead to a value or key, joined with dots.
    pub(super) fn name(&self, value: &Value) -> String {
        let mut keys = Vec::new();
        let mut next = Some(address(value));
        while let Some(location) = next.and_then(|address| self.0.get(&address)) {
            keys.extend(location.key.as_deref());
            next = location.parent;
        }
        keys.reverse();
        keys.join(".")
    }
}

/// The source text of a number or boolean, or its canonical form if the span is not its own.
pub(super) fn source_text<'t>(yaml: &'t str, span: Range<usize>, value: &Value) -> Cow<'t, str> {
    let source = &yaml[span];
    match serde_yaml::from_str::<Value>(source) {
        Ok(parsed) if parsed == *value => Cow::Borrowed(source),
        _ => Cow::Owned(match value {
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        }),
    }
}

struct Walk<'a> {
    yaml: &'a str,
    found: HashMap<usize, Location>,
}

impl Walk<'_> {
    /// Visits a value and its children. The tree is missing if the scanner failed.
    fn value(&mut self, value: &Value, span: Range<usize>, tree: Option<&Tree>, parent: Option<usize>) {
        let here = address(value);
        match value {
            Value::Sequence(list) => {
                let tree = tree.filter(|tree| tree.children.len() == list.len());
                for (index, item) in list.iter().enumerate() {
                    let tree = tree.map(|tree| &tree.children[index].value);
                    self.value(item, own_span(tree).unwrap_or_else(|| span.clone()), tree, Some(here));
                }
            }
            Value::Mapping(mapping) => {
                let tree = tree.filter(|tree| tree.children.len() == mapping.len());
                for (index, (key, item)) in mapping.iter().enumerate() {
                    let child = tree.map(|tree| &tree.children[index]);
                    let tree = child.map(|child| &child.value);
                    let key_span = child.and_then(|child| child.key.clone());
                    let item_span =
                        own_span(tree).or_else(|| key_span.clone()).unwrap_or_else(|| span.clone());
                    let key_span = key_span.unwrap_or_else(|| item_span.clone());
                    let text = self.text(key, key_span.clone());
                    self.value(key, key_span.clone(), None, Some(here));
                    let location = Location { span: key_span, key: Some(text), parent: Some(here) };
                    self.found.insert(address(key), location);
                    self.value(item, item_span, tree, Some(address(key)));
                }
            }
            _ => {}
        }
        self.found.insert(here, Location { span, key: None, parent });
    }

    fn text(&self, key: &Value, span: Range<usize>) -> Box<str> {
        match key {
            Value::String(text) => text.as_str().into(),
            Value::Bool(_) | Value::Number(_) => source_text(self.yaml, span, key).into(),
            _ => "?".into(),
        }
    }
}

/// The bytes of a value, if it has some.
fn own_span(tree: Option<&Tree>) -> Option<Range<usize>> {
    tree.map(|tree| tree.span.clone()).filter(|span| !span.is_empty())
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}
