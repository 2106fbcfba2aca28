//! Values and keys of a document → where they are in the text, and what they are called.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde_yaml::Value;

use super::spans::Tree;

/// What is known of every value and key of a document, by its address: they are all found in one pass, so that
/// asking for each of them takes no longer than reading the document.
#[derive(Debug, Default)]
pub(super) struct Origins(HashMap<usize, Origin>);

#[derive(Debug)]
struct Origin {
    /// Bytes of the YAML: its own, or those of its nearest parent that has some.
    span: Range<usize>,
    /// The text of a key.
    key: Option<Box<str>>,
    /// The key that a value is under; the list or map that an item or key is in.
    parent: Option<usize>,
}

impl Origins {
    pub(super) fn of(root: &Value, tree: &Tree, yaml: &str) -> Self {
        let mut walk = Walk { yaml, found: HashMap::new() };
        walk.value(root, tree.span.clone(), Some(tree), None);
        Self(walk.found)
    }

    /// Where a value or key is, cut to its first line.
    pub(super) fn span(&self, value: &Value, yaml: &str) -> Range<usize> {
        let span = self.whole_span(value);
        let line = yaml[span.clone()].split('\n').next().unwrap_or_default();
        let line = if line.len() < span.len() { line.strip_suffix('\r').unwrap_or(line) } else { line };
        span.start..span.start + line.len()
    }

    /// Where a value or key is, with all of its lines.
    pub(super) fn whole_span(&self, value: &Value) -> Range<usize> {
        self.0.get(&address(value)).map_or(0..0, |origin| origin.span.clone())
    }

    /// The keys that lead to a value or key, with dots between them.
    pub(super) fn name(&self, value: &Value) -> String {
        let mut keys = Vec::new();
        let mut next = Some(address(value));
        while let Some(origin) = next.and_then(|address| self.0.get(&address)) {
            keys.extend(origin.key.as_deref());
            next = origin.parent;
        }
        keys.reverse();
        keys.join(".")
    }
}

/// A number or truth value as it is written at a place, if that is its place.
pub(super) fn written<'t>(yaml: &'t str, span: Range<usize>, value: &Value) -> Cow<'t, str> {
    let written = &yaml[span];
    match serde_yaml::from_str::<Value>(written) {
        Ok(read) if read == *value => Cow::Borrowed(written),
        _ => Cow::Owned(match value {
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        }),
    }
}

struct Walk<'a> {
    yaml: &'a str,
    found: HashMap<usize, Origin>,
}

impl Walk<'_> {
    /// Goes through a value and what is in it; there is no tree where the scanner lost its way.
    fn value(&mut self, value: &Value, span: Range<usize>, tree: Option<&Tree>, parent: Option<usize>) {
        let here = address(value);
        match value {
            Value::Sequence(list) => {
                let tree = tree.filter(|tree| tree.children.len() == list.len());
                for (index, item) in list.iter().enumerate() {
                    let tree = tree.map(|tree| &tree.children[index].value);
                    self.value(item, own(tree).unwrap_or_else(|| span.clone()), tree, Some(here));
                }
            }
            Value::Mapping(mapping) => {
                let tree = tree.filter(|tree| tree.children.len() == mapping.len());
                for (index, (key, item)) in mapping.iter().enumerate() {
                    let child = tree.map(|tree| &tree.children[index]);
                    let tree = child.map(|child| &child.value);
                    let key_span = child.and_then(|child| child.key.clone());
                    let item_span = own(tree).or_else(|| key_span.clone()).unwrap_or_else(|| span.clone());
                    let key_span = key_span.unwrap_or_else(|| item_span.clone());
                    let text = self.text(key, key_span.clone());
                    self.value(key, key_span.clone(), None, Some(here));
                    let origin = Origin { span: key_span, key: Some(text), parent: Some(here) };
                    self.found.insert(address(key), origin);
                    self.value(item, item_span, tree, Some(address(key)));
                }
            }
            _ => {}
        }
        self.found.insert(here, Origin { span, key: None, parent });
    }

    fn text(&self, key: &Value, span: Range<usize>) -> Box<str> {
        match key {
            Value::String(text) => text.as_str().into(),
            Value::Bool(_) | Value::Number(_) => written(self.yaml, span, key).into(),
            _ => "?".into(),
        }
    }
}

/// Bytes of a value, if it has some.
fn own(tree: Option<&Tree>) -> Option<Range<usize>> {
    tree.map(|tree| tree.span.clone()).filter(|span| !span.is_empty())
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}
