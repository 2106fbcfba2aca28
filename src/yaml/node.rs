//! Reading the values of a document.

use std::borrow::Cow;
use std::ops::Range;

use serde_yaml::Value;

use super::Document;
use super::origins::written;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};

/// Deepest nesting that is handed on to themes.
const DEEPEST: usize = 32;

/// A value with its place in the document.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    pub(super) document: &'a Document,
    pub(super) value: &'a Value,
}

impl<'a> Node<'a> {
    /// Where it is, cut to its first line.
    pub fn place(self) -> Place {
        self.document.source.place(self.span())
    }

    /// The place of a part of its text; of the value if the part is written differently, with escapes for example.
    pub fn place_of_part(self, part: &str) -> Place {
        let Document { source, .. } = self.document;
        let span = self.document.origins().whole_span(self.value);
        match source.yaml()[span.clone()].find(part).filter(|_| !part.is_empty()) {
            Some(at) => source.place(span.start + at..span.start + at + part.len()),
            None => self.place(),
        }
    }

    /// Its keys from the outermost in, such as `image.credit`; positions in lists are left out.
    pub fn name(self) -> String {
        self.document.origins().name(self.value)
    }

    /// An error at this value.
    pub fn error(self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(self.place())
    }

    /// A warning at this value.
    pub fn warning(self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(code, message).at(self.place())
    }

    /// The error that this value is something other than expected.
    pub fn wrong_type(self, expected: &str, example: &str) -> Box<Diagnostic> {
        let name = self.name();
        let subject = if name.is_empty() { "this".to_owned() } else { format!("`{name}`") };
        let message = format!("{subject} should be {expected}, but it is {}", self.found());
        let mut error = self.error("yaml/wrong-type", message);
        if !example.is_empty() {
            let key = name.rsplit('.').next().unwrap_or_default();
            error = error.help(format!("for example `{key}{}{example}`", self.document.sign()));
        }
        Box::new(error)
    }

    /// Whether it is empty, `null` or `~`.
    pub fn is_null(self) -> bool {
        self.value.is_null()
    }

    /// Whether it is a map.
    pub fn is_map(self) -> bool {
        self.value.is_mapping()
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        self.value.is_sequence()
    }

    /// The truth value, if it is one: `true`, `yes` or `on`, `false`, `no` or `off`, also in quotes.
    pub fn truth(self) -> Option<bool> {
        let word = match self.value {
            Value::Bool(value) => return Some(*value),
            Value::String(text) => text.trim().to_ascii_lowercase(),
            _ => return None,
        };
        match word.as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    /// Whether both mean the same. A list of one thing is that thing.
    pub fn same_as(self, other: Self) -> bool {
        let single = |node: Self| match node.value {
            Value::Sequence(list) if list.len() == 1 => Node { value: &list[0], ..node },
            _ => node,
        };
        let (one, other) = (single(self), single(other));
        one.value == other.value || one.scalar().is_some_and(|text| other.scalar() == Some(text))
    }

    /// Text. Numbers and truth values are taken as they are written.
    ///
    /// # Errors
    ///
    /// It is a list, a map or empty, or has control characters other than line ends and tabs.
    pub fn string(self) -> Result<Cow<'a, str>, Box<Diagnostic>> {
        let text = self.scalar().ok_or_else(|| self.wrong_type("text", "some words"))?;
        // Control characters are below the space, or two bytes of which the first is this. Looks at all of the text, many
        // bytes at once.
        if text.bytes().fold(true, |all, byte| all & (byte >= b' ') & (byte != 0x7f) & (byte != 0xc2)) {
            return Ok(text);
        }
        match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            None => Ok(text),
            Some(control) => {
                let message = format!("`{}` has the control character U+{:04X}", self.name(), control as u32);
                let error = self.error("yaml/control-character", message);
                Err(Box::new(error.help("delete it and type the text around it again")))
            }
        }
    }

    /// Texts of a list, or of one text with commas between them; trimmed, without blank ones.
    /// Each comes with its own node. Items that are no text are reported and left out.
    pub fn strings(self, problems: &mut Diagnostics) -> Vec<(Node<'a>, Cow<'a, str>)> {
        let trimmed = |text: Cow<'a, str>| match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        let mut texts = Vec::new();
        match self.value {
            Value::Null => {}
            Value::Sequence(list) => {
                for value in list {
                    let item = Node { document: self.document, value };
                    if item.is_null() {
                        continue;
                    }
                    match item.string() {
                        Ok(text) => texts.push((item, trimmed(text))),
                        Err(error) => problems.push(*error),
                    }
                }
            }
            Value::Mapping(_) => {
                problems.push(*self.wrong_type("a list of texts", "[one, two]"));
            }
            _ => match self.string() {
                Ok(Cow::Borrowed(text)) => {
                    texts.extend(text.split(',').map(|part| (self, Cow::Borrowed(part.trim()))));
                }
                Ok(Cow::Owned(text)) => {
                    texts.extend(text.split(',').map(|part| (self, Cow::Owned(part.trim().to_owned()))));
                }
                Err(error) => problems.push(*error),
            },
        }
        texts.retain(|(_, text)| !text.is_empty());
        texts
    }

    /// `true` or `false`; also `yes`, `no`, `on` and `off`, and all of them in quotes.
    ///
    /// # Errors
    ///
    /// It is anything else.
    pub fn bool(self) -> Result<bool, Box<Diagnostic>> {
        self.truth().ok_or_else(|| self.wrong_type("`true` or `false`", "true"))
    }

    /// A whole number, also in quotes.
    ///
    /// # Errors
    ///
    /// It is anything else.
    pub fn integer(self) -> Result<i64, Box<Diagnostic>> {
        match self.value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
        .ok_or_else(|| self.wrong_type("a whole number", "3"))
    }

    /// A list.
    ///
    /// # Errors
    ///
    /// It is anything else.
    pub fn list(self) -> Result<impl ExactSizeIterator<Item = Node<'a>> + use<'a>, Box<Diagnostic>> {
        let list = self.value.as_sequence().ok_or_else(|| self.wrong_type("a list", "[one, two]"))?;
        Ok(list.iter().map(move |value| Node { document: self.document, value }))
    }

    /// A map.
    ///
    /// # Errors
    ///
    /// It is anything else.
    pub fn map(self) -> Result<Map<'a>, Box<Diagnostic>> {
        match self.value {
            Value::Mapping(mapping) => Ok(Map { document: self.document, mapping: Some(mapping) }),
            _ => Err(self.wrong_type("a map of keys and values", "{key: value}")),
        }
    }

    /// As JSON, for themes. Keys are text, and so are numbers that JSON does not have.
    ///
    /// # Errors
    ///
    /// It is nested too deeply, or a key is a list or a map.
    pub fn json(self) -> Result<serde_json::Value, Box<Diagnostic>> {
        self.json_at(DEEPEST)
    }

    fn json_at(self, depth: usize) -> Result<serde_json::Value, Box<Diagnostic>> {
        use serde_json::Value as Json;
        if depth == 0 {
            let message = format!("more than {DEEPEST} levels of lists and maps inside each other");
            let error = self.error("yaml/too-deep", message);
            return Err(Box::new(error.help("give the inner ones keys of their own, further out")));
        }
        let inside = |value| Node { document: self.document, value };
        Ok(match self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(number), ..) => number.into(),
                (_, Some(number), _) => number.into(),
                (.., Some(number)) if number.is_finite() => number.into(),
                _ => Json::String(self.string()?.into_owned()),
            },
            Value::String(_) => Json::String(self.string()?.into_owned()),
            Value::Sequence(list) => Json::Array(
                list.iter().map(|item| inside(item).json_at(depth - 1)).collect::<Result<_, _>>()?,
            ),
            Value::Mapping(mapping) => {
                let entry = |(key, value)| {
                    let key = inside(key).string()?.into_owned();
                    Ok((key, inside(value).json_at(depth - 1)?))
                };
                Json::Object(mapping.iter().map(entry).collect::<Result<_, Box<Diagnostic>>>()?)
            }
            Value::Tagged(_) => return Err(self.wrong_type("a plain value", "")),
        })
    }

    /// The text of a scalar as it is written.
    fn scalar(self) -> Option<Cow<'a, str>> {
        match self.value {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Bool(_) | Value::Number(_) => Some(self.written()),
            _ => None,
        }
    }

    fn written(self) -> Cow<'a, str> {
        written(self.document.source.yaml(), self.span(), self.value)
    }

    /// Bytes of the YAML where it is, or its nearest parent, on one line.
    fn span(self) -> Range<usize> {
        self.document.origins().span(self.value, self.document.source.yaml())
    }

    pub(super) fn found(self) -> &'static str {
        match self.value {
            Value::Null => "empty",
            Value::Bool(_) => "`true` or `false`",
            Value::Number(_) => "a number",
            Value::String(_) => "text",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a map of keys and values",
            Value::Tagged(_) => "a value with a `!` tag",
        }
    }
}

/// A map of the document, in the order written.
#[derive(Clone, Copy, Debug)]
pub struct Map<'a> {
    pub(super) document: &'a Document,
    pub(super) mapping: Option<&'a serde_yaml::Mapping>,
}

impl<'a> Map<'a> {
    /// The value of a key. An empty value counts as absent.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        let value = self.mapping?.get(key)?;
        (!value.is_null()).then_some(Node { document: self.document, value })
    }

    /// Keys and values, empty values too.
    pub fn entries(self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> + use<'a> {
        let node = move |value| Node { document: self.document, value };
        self.mapping.into_iter().flatten().map(move |(key, value)| (node(key), node(value)))
    }
}
