//! YAML, TOML or JSON → a tree with positions.
//!
//! The only module that names `serde_yaml`. Values are read through a [`Node`], which knows where it is
//! in the file, so that every wrong type becomes a [`Diagnostic`] with a caret. `serde_yaml` keeps no
//! positions: `spans` scans the text for them and `origins` tells them to the values, only when a problem is
//! reported or when a number must be read as it was written.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use serde_yaml::Value;

use crate::diagnostic::{Diagnostic, Place};

mod brackets;
mod comments;
mod node;
mod origins;
mod others;
mod spans;
mod surrogates;
mod trouble;

pub use comments::Cut;
pub use node::{Map, Node};
use origins::Origins;
use spans::{Child, Tree};

/// A language that data is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Format {
    Yaml,
    Toml,
    Json,
}

/// A parsed YAML document and the text it came from.
#[derive(Debug)]
pub struct Document {
    source: Source,
    format: Format,
    root: Value,
    /// Where its values are, if the parser said so.
    tree: Option<Tree>,
    origins: OnceCell<Origins>,
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

    /// A place by bytes of the YAML.
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
    /// Text that is not YAML, a key that is there twice, and what is refused on purpose: anchors,
    /// aliases, tags, merge keys, directives, a second document.
    pub fn parse(file: &Arc<str>, text: &Arc<str>, range: Range<usize>) -> Result<Self, Box<Diagnostic>> {
        // Cut to the text.
        let range = Place::new(file.clone(), text.clone(), range).span;
        let source = Source { file: file.clone(), text: text.clone(), range };
        if let Some(refused) = refused(&source) {
            return Err(Box::new(refused));
        }
        match serde_yaml::from_str(source.yaml()) {
            Ok(root) => Ok(Self { source, format: Format::Yaml, root, tree: None, origins: OnceCell::new() }),
            Err(error) => Self::with_pairs(source, &error),
        }
    }

    /// Parses the data in `text[range]`, in whatever language they are.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`], or text that is not TOML or JSON.
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
        Ok(Self { source, format, root, tree: Some(tree), origins: OnceCell::new() })
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
        Self { source, format: Format::Json, root, tree: Some(tree), origins: OnceCell::new() }
    }

    /// Parses what could not be: it may have escapes as JSON writes them.
    fn with_pairs(source: Source, error: &serde_yaml::Error) -> Result<Self, Box<Diagnostic>> {
        let joined = match surrogates::join(source.yaml()) {
            Ok(Some(joined)) => joined,
            Ok(None) => return Err(Box::new(trouble::explain(&source, error))),
            Err(half) => return Err(Box::new(trouble::half(&source, half))),
        };
        let error = match serde_yaml::from_str(&joined.text) {
            Ok(root) => {
                return Ok(Self { source, format: Format::Yaml, root, tree: None, origins: OnceCell::new() });
            }
            Err(error) => serde_yaml::from_str::<Value>(&joined.as_long).err().unwrap_or(error),
        };
        // It is explained in a text whose lines and columns are those of the file.
        let mut text = source.text.to_string();
        text.replace_range(source.range.clone(), &joined.as_long);
        let mut problem = trouble::explain(&Source { text: text.into(), ..source.clone() }, &error);
        let places = problem.related.iter_mut().map(|related| &mut related.place).chain(&mut problem.place);
        places.for_each(|place| place.text = source.text.clone());
        Err(Box::new(problem))
    }

    /// Texts that a `#` cuts, which few mean it to.
    pub fn cuts(&self) -> Vec<Cut<'_>> {
        if self.format == Format::Yaml { comments::cuts(&self.source) } else { Vec::new() }
    }

    /// The outermost value.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, value: &self.root }
    }

    /// The outermost map: empty if there is nothing in the document.
    ///
    /// # Errors
    ///
    /// The document is a list or plain text.
    pub fn map(&self) -> Result<Map<'_>, Box<Diagnostic>> {
        let mapping = match &self.root {
            Value::Null => None,
            Value::Mapping(mapping) => Some(mapping),
            _ => {
                let message =
                    format!("these lines should be keys and values, but they are {}", self.root().found());
                let start = self.source.yaml().len() - self.source.yaml().trim_start().len();
                let line = spans::line_at(self.source.yaml(), start);
                return Err(Box::new(
                    Diagnostic::error("yaml/wrong-type", message)
                        .at(self.source.place(start..line.end))
                        .help(
                            "write a key, a colon, a space and a value, for example `title: Fire in the harbour`",
                        ),
                ));
            }
        };
        Ok(Map { document: self, mapping })
    }

    /// What stands between a key and its value.
    fn sign(&self) -> &'static str {
        if self.format == Format::Toml { " = " } else { ": " }
    }

    /// Where everything is; found out in one pass when it is asked for.
    fn origins(&self) -> &Origins {
        let yaml = self.source.yaml();
        self.origins.get_or_init(|| match &self.tree {
            Some(tree) => Origins::of(&self.root, tree, yaml),
            None => Origins::of(&self.root, &spans::scan(yaml).tree, yaml),
        })
    }
}

/// What is YAML, but refused: looked for only where one of its characters could start a value.
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
    Some(trouble::refuse(source, what, span))
}

/// Text in the quotes that need least change.
pub fn quoted(text: &str) -> String {
    trouble::quote(text)
}

/// Text in quotes, with those that it has.
pub fn enclosed(text: &str) -> String {
    trouble::enclose(text)
}

/// What is between curly quotes around a whole text, which are not those of YAML.
pub fn without_curly_quotes(text: &str) -> Option<&str> {
    let inside = |opening: [char; 2], closing: [char; 2]| {
        let inside = text.strip_prefix(opening)?.strip_suffix(closing)?;
        (!inside.contains(opening) && !inside.contains(['“', '”'])).then_some(inside)
    };
    inside(['“', '„'], ['”', '“']).or_else(|| inside(['‘', '‚'], ['’', '‘']))
}

/// A value as YAML in lines, which [`Document`] reads as the same; it ends with a line end.
pub fn block(value: &serde_json::Value) -> String {
    // Writing to memory fails only for values that have no form in YAML, which JSON does not have.
    serde_yaml::to_string(value).unwrap_or_default()
}

/// Where the JSON object that a text begins with ends, in bytes. `None` if it does not end, or is damaged before.
pub fn end_of_json(text: &str) -> Option<usize> {
    others::end_of_json(text)
}

/// A whole file of data.
///
/// # Errors
/// If it is not YAML, or uses what is refused in front matter too.
pub fn data(file: &Arc<str>, text: &Arc<str>) -> Result<serde_json::Value, Diagnostic> {
    let document = Document::parse(file, text, 0..text.len()).map_err(|problem| *problem)?;
    document.root().json().map_err(|problem| *problem)
}

#[cfg(test)]
mod tests;
