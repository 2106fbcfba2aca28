//! Typed access to the values of a document.

use std::borrow::Cow;
use std::ops::Range;

use serde_yaml::Value;

use super::Document;
use super::locations::source_text;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};

/// The maximum nesting of values for themes.
const DEEPEST: usize = 32;

/// A value with its place in the document.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    pub(super) document: &'a Document,
    pub(super) value: &'a Value,
}

impl<'a> Node<'a> {
    /// Its place, cut to the first line.
    pub fn place(self) -> Place {
        self.document.source.place(self.span())
    }

    /// The place of a part of its text, or of the value if the part is written differently, for example with escapes.
    pub fn place_of_part(self, part: &str) -> Place {
        let Document { source, .. } = self.document;
        let span = self.document.locations().whole_span(self.value);
        match source.yaml()[span.clone()].find(part).filter(|_| !part.is_empty()) {
            Some(at) => source.place(span.start + at..span.start + at + part.len()),
            None => self.place(),
        }
    }

    /// The keys that lead to it, such as `image.credit`, without positions in lists.
    pub fn name(self) -> String {
        self.document.locations().name(self.value)
    }

    /// An error at this value.
    pub fn error(self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(self.place())
    }

    /// A warning at this value.
    pub fn warning(self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(code, message).at(self.place())
    }

    /// An error that this value has the wrong type.
    pub fn wrong_type(self, expected: &str, example: &str) -> Box<Diagnostic> {
        let name = self.name();
        let subject = if name.is_empty() { "this".to_owned() } else { format!("`{name}`") };
        let message = format!("{subject} must be {expected}, but it is {}", self.type_name());
        let mut error = self.error("yaml/wrong-type", message);
        if !example.is_empty() {
            let key = name.rsplit('.').next().unwrap_or_default();
            error = error.help(format!("write it as in `{key}{}{example}`", self.document.separator()));
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

    /// The boolean, if it is one: `true`, `yes`, `on`, `false`, `no` or `off`, with or without quotes.
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

    /// Whether two values mean the same. A list of one item means that item.
    pub fn same_as(self, other: Self) -> bool {
        let single = |node: Self| match node.value {
            Value::Sequence(list) if list.len() == 1 => Node { value: &list[0], ..node },
            _ => node,
        };
        let (one, other) = (single(self), single(other));
        one.value == other.value || one.scalar().is_some_and(|text| other.scalar() == Some(text))
    }

    /// The text. Numbers and booleans are returned as written.
    ///
    /// # Errors
    ///
    /// If it is a list, a map or empty, or contains control characters other than line breaks and tabs.
    pub fn string(self) -> Result<Cow<'a, str>, Box<Diagnostic>> {
        let text = self.scalar().ok_or_else(|| self.wrong_type("text", "some text"))?;
        // Control characters are below the space, or start with this byte. Checking all bytes lets the compiler vectorize.
        if text.bytes().fold(true, |all, byte| all & (byte >= b' ') & (byte != 0x7f) & (byte != 0xc2)) {
            return Ok(text);
        }
        match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            None => Ok(text),
            Some(control) => {
                let message =
                    format!("`{}` contains the control character U+{:04X}", self.name(), control as u32);
                let error = self.error("yaml/control-character", message);
                Err(Box::new(error.help("delete it and retype the text around it")))
            }
        }
    }

    /// The texts of a list, or of one text with commas between them: trimmed, without blank ones, each with its node.
    /// Items that are not text are reported and left out.
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

    /// A boolean: `true`, `yes`, `on`, `false`, `no` or `off`, with or without quotes.
    ///
    /// # Errors
    ///
    /// If it is anything else.
    pub fn bool(self) -> Result<bool, Box<Diagnostic>> {
        self.truth().ok_or_else(|| self.wrong_type("`true` or `false`", "true"))
    }

    /// A whole number, with or without quotes.
    ///
    /// # Errors
    ///
    /// If it is anything else.
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
    /// If it is anything else.
    pub fn list(self) -> Result<impl ExactSizeIterator<Item = Node<'a>> + use<'a>, Box<Diagnostic>> {
        let list = self.value.as_sequence().ok_or_else(|| self.wrong_type("a list", "[one, two]"))?;
        Ok(list.iter().map(move |value| Node { document: self.document, value }))
    }

    /// A map.
    ///
    /// # Errors
    ///
    /// If it is anything else.
    pub fn map(self) -> Result<Map<'a>, Box<Diagnostic>> {
        match self.value {
            Value::Mapping(mapping) => Ok(Map { document: self.document, mapping: Some(mapping) }),
            _ => Err(self.wrong_type("a map of keys and values", "{key: value}")),
        }
    }

    /// The value as JSON, for themes. Numbers that JSON does not have become text.
    ///
    /// # Errors
    ///
    /// If it is nested too deeply, or a key is a list or a map.
    pub fn json(self) -> Result<serde_json::Value, Box<Diagnostic>> {
        self.json_at(DEEPEST)
    }

    fn json_at(self, depth: usize) -> Result<serde_json::Value, Box<Diagnostic>> {
        use serde_json::Value as Json;
        if depth == 0 {
            let message = format!("lists and maps are nested more than {DEEPEST} levels deep");
            let error = self.error("yaml/too-deep", message);
            return Err(Box::new(error.help("move the inner ones to keys of their own")));
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

    /// The text of a scalar as written.
    fn scalar(self) -> Option<Cow<'a, str>> {
        match self.value {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Bool(_) | Value::Number(_) => Some(self.source_text()),
            _ => None,
        }
    }

    fn source_text(self) -> Cow<'a, str> {
        source_text(self.document.source.yaml(), self.span(), self.value)
    }

    /// Its bytes in the YAML, or those of its nearest parent, on one line.
    fn span(self) -> Range<usize> {
        self.document.locations().span(self.value, self.document.source.yaml())
    }

    pub(super) fn type_name(self) -> &'static str {
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

/// A map of the document, in source order.
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

    /// Keys and values, with empty values.
    pub fn entries(self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> + use<'a> {
        let node = move |value| Node { document: self.document, value };
        self.mapping.into_iter().flatten().map(move |(key, value)| (node(key), node(value)))
    }
}
