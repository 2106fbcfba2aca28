//! Parses YAML, TOML and JSON into a tree with positions.
//!
//! The only room that uses `serde_yaml`. Values are read through a [`Node`], which knows its place in the file, so that every
//! wrong type becomes a [`Diagnostic`] with a caret. `serde_yaml` keeps no positions: `spans` scans the text for them and
//! `locations` assigns them to the values, when a problem is reported or a number is needed as written.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use serde_yaml::Value;

use crate::diagnostic::{Diagnostic, Place};

mod brackets;
mod comments;
mod explain;
mod locations;
mod node;
mod others;
mod repair;
mod spans;
mod surrogates;

pub use comments::Cut;
use locations::Locations;
pub use node::{Map, Node};
use spans::{Child, Tree};

/// A data format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Format {
    Yaml,
    Toml,
    Json,
}

/// A parsed document and its text.
#[derive(Debug)]
pub struct Document {
    source: Source,
    format: Format,
    root: Value,
    /// The positions of its values, if the parser reports them.
    tree: Option<Tree>,
    locations: OnceCell<Locations>,
}

/// The part of a file that is YAML.
#[derive(Clone, Debug)]
struct Source {
    file: Arc<str>,
    text: Arc<str>,
    range: Range<usize>,
}

impl Source {
    fn yaml(&self) -> &str {
        &self.text[self.range.clone()]
    }

    /// The place of a range of bytes of the YAML.
    fn place(&self, span: Range<usize>) -> Place {
        let base = self.range.start;
        let end = (base + span.end).min(self.range.end);
        let start = (base + span.start).min(end);
        Place::new(self.file.clone(), self.text.clone(), start..end)
    }
}

impl Document {
    /// Parses the YAML in `text[range]`. Positions of problems are those of the whole `text`.
    ///
    /// # Errors
    ///
    /// If the text is not YAML, has duplicate keys, or uses what bulletin does not support: anchors, aliases, tags, merge keys,
    /// directives and a second document.
    pub fn parse(file: &Arc<str>, text: &Arc<str>, range: Range<usize>) -> Result<Self, Box<Diagnostic>> {
        // Clamp it to the text.
        let range = Place::new(file.clone(), text.clone(), range).span;
        let source = Source { file: file.clone(), text: text.clone(), range };
        if let Some(refused) = refused(&source) {
            return Err(Box::new(refused));
        }
        match serde_yaml::from_str(source.yaml()) {
            Ok(root) => {
                Ok(Self { source, format: Format::Yaml, root, tree: None, locations: OnceCell::new() })
            }
            Err(error) => Self::with_surrogates(source, &error),
        }
    }

    /// Parses the data in `text[range]`.
    ///
    /// # Errors
    ///
    /// As for [`Self::parse`], or if the text is not TOML or JSON.
    pub fn in_format(
        format: Format,
        file: &Arc<str>,
        text: &Arc<str>,
        range: Range<usize>,
    ) -> Result<Self, Box<Diagnostic>> {
        let source = Source { file: file.clone(), text: text.clone(), range };
        let (root, tree) = match format {
            Format::Yaml => return Self::parse(file, text, source.range),
            Format::Toml => others::toml(&source)?,
            Format::Json => others::json(&source)?,
        };
        Ok(Self { source, format, root, tree: Some(tree), locations: OnceCell::new() })
    }

    /// A document of values that were never written down. The place of a problem is one byte: the number of the outermost key that
    /// it is about, from 1.
    pub fn of_values(file: &Arc<str>, values: &serde_json::Map<String, serde_json::Value>) -> Self {
        let text: Arc<str> = " ".repeat(values.len() + 1).into();
        let child = |(number, _)| {
            let span = number + 1..number + 2;
            Child { key: Some(span.clone()), value: Tree { span, children: Vec::new() } }
        };
        let tree = Tree { span: 0..1, children: values.iter().enumerate().map(child).collect() };
        let source = Source { file: file.clone(), range: 0..text.len(), text };
        // Only values that serde_json does not have fail.
        let root = serde_yaml::to_value(values).unwrap_or_default();
        Self { source, format: Format::Json, root, tree: Some(tree), locations: OnceCell::new() }
    }

    /// Parses a text again with the surrogate pairs of JSON joined.
    fn with_surrogates(source: Source, error: &serde_yaml::Error) -> Result<Self, Box<Diagnostic>> {
        let joined = match surrogates::join(source.yaml()) {
            Ok(Some(joined)) => joined,
            Ok(None) => return Err(Box::new(explain::explain(&source, error))),
            Err(half) => return Err(Box::new(explain::half_pair(&source, half))),
        };
        let error = match serde_yaml::from_str(&joined.text) {
            Ok(root) => {
                return Ok(Self {
                    source,
                    format: Format::Yaml,
                    root,
                    tree: None,
                    locations: OnceCell::new(),
                });
            }
            Err(error) => serde_yaml::from_str::<Value>(&joined.as_long).err().unwrap_or(error),
        };
        // Explain it in a text with the lines and columns of the file.
        let mut text = source.text.to_string();
        text.replace_range(source.range.clone(), &joined.as_long);
        let mut problem = explain::explain(&Source { text: text.into(), ..source.clone() }, &error);
        let places = problem.related.iter_mut().map(|related| &mut related.place).chain(&mut problem.place);
        places.for_each(|place| place.text = source.text.clone());
        Err(Box::new(problem))
    }

    /// Texts that a `#` cuts off, probably by mistake.
    pub fn cuts(&self) -> Vec<Cut<'_>> {
        if self.format == Format::Yaml { comments::cuts(&self.source) } else { Vec::new() }
    }

    /// The outermost value.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, value: &self.root }
    }

    /// The outermost map, which is empty if the document is.
    ///
    /// # Errors
    ///
    /// If the document is a list or plain text.
    pub fn map(&self) -> Result<Map<'_>, Box<Diagnostic>> {
        let mapping = match &self.root {
            Value::Null => None,
            Value::Mapping(mapping) => Some(mapping),
            _ => {
                let message = format!("expected keys and values, but found {}", self.root().type_name());
                let start = self.source.yaml().len() - self.source.yaml().trim_start().len();
                let line = spans::line_at(self.source.yaml(), start);
                return Err(Box::new(
                    Diagnostic::error("yaml/wrong-type", message)
                        .at(self.source.place(start..line.end))
                        .help(
                            "write a key, a colon, a space and a value, as in `title: Fire in the harbour`",
                        ),
                ));
            }
        };
        Ok(Map { document: self, mapping })
    }

    /// The text between a key and its value.
    fn separator(&self) -> &'static str {
        if self.format == Format::Toml { " = " } else { ": " }
    }

    /// The locations of all values, found on first use.
    fn locations(&self) -> &Locations {
        let yaml = self.source.yaml();
        self.locations.get_or_init(|| match &self.tree {
            Some(tree) => Locations::of(&self.root, tree, yaml),
            None => Locations::of(&self.root, &spans::scan(yaml).tree, yaml),
        })
    }
}

/// Finds unsupported YAML. Scans only if one of its characters could start a value.
fn refused(source: &Source) -> Option<Diagnostic> {
    let yaml = source.yaml();
    let suspicious = |index: usize, byte: u8| match byte {
        b'&' | b'*' | b'!' => {
            index == 0
                || matches!(
                    yaml.as_bytes()[index - 1],
                    b' ' | b'\t' | b'\r' | b'\n' | b'[' | b'{' | b',' | b':'
                )
        }
        b'<' => yaml.as_bytes().get(index + 1) == Some(&b'<'),
        b'%' => index == 0 || yaml.as_bytes()[index - 1] == b'\n',
        _ => false,
    };
    if !yaml.bytes().enumerate().any(|(index, byte)| suspicious(index, byte)) {
        return None;
    }
    let (what, span) = spans::scan(yaml).refused?;
    Some(explain::refuse(source, what, span))
}

/// Quotes a text with the fewest changes.
pub fn quoted(text: &str) -> String {
    repair::quote(text)
}

/// Puts quotes around a text and keeps those that it has.
pub fn enclosed(text: &str) -> String {
    repair::enclose(text)
}

/// Returns the text inside curly quotes, which mean nothing to YAML. `None` if they do not enclose the whole text.
pub fn without_curly_quotes(text: &str) -> Option<&str> {
    let inside = |opening: [char; 2], closing: [char; 2]| {
        let inside = text.strip_prefix(opening)?.strip_suffix(closing)?;
        (!inside.contains(opening) && !inside.contains(['“', '”'])).then_some(inside)
    };
    inside(['“', '„'], ['”', '“']).or_else(|| inside(['‘', '‚'], ['’', '‘']))
}

/// Formats a value as YAML in block style, with a final line break.
pub fn block(value: &serde_json::Value) -> String {
    // JSON has no values that YAML cannot express.
    serde_yaml::to_string(value).unwrap_or_default()
}

/// The byte after the JSON object at the start of a text. `None` if the object is incomplete or invalid.
pub fn end_of_json(text: &str) -> Option<usize> {
    others::end_of_json(text)
}

/// Parses a data file.
///
/// # Errors
/// If it is not YAML, or uses YAML that bulletin does not support.
pub fn data(file: &Arc<str>, text: &Arc<str>) -> Result<serde_json::Value, Diagnostic> {
    let document = Document::parse(file, text, 0..text.len()).map_err(|problem| *problem)?;
    document.root().json().map_err(|problem| *problem)
}

#[cfg(test)]
mod tests;
