//! YAML text → a tree with positions.
//!
//! The only module that names `serde_yaml`. Values are read through a [`Node`], which knows where it is
//! in the file, so that every wrong type becomes a [`Diagnostic`] with a caret. `serde_yaml` keeps no
//! positions: `spans` scans the text for them, only when a problem is reported or when a number must
//! be read as it was written.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use serde_yaml::Value;

use crate::diagnostic::{Diagnostic, Diagnostics, Place};

mod spans;
mod trouble;

/// Deepest nesting that is handed on to themes.
const DEEPEST: usize = 32;

/// A parsed YAML document and the text it came from.
#[derive(Debug)]
pub struct Document {
    source: Source,
    root: Value,
    spans: OnceCell<spans::Tree>,
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
        let source = Source { file: file.clone(), text: text.clone(), range: clamp(text, range) };
        if let Some(refused) = refused(&source) {
            return Err(Box::new(refused));
        }
        match serde_yaml::from_str(source.yaml()) {
            Ok(root) => Ok(Self { source, root, spans: OnceCell::new() }),
            Err(error) => Err(Box::new(trouble::explain(&source, &error))),
        }
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

    /// Steps from the root to a value or key, found by its address.
    fn path(&self, target: &Value) -> Vec<Step> {
        let mut path = Vec::new();
        find(&self.root, target, &mut path);
        path
    }

    /// Bytes of the YAML where the value or key is, or its nearest parent.
    fn span(&self, target: &Value) -> Range<usize> {
        let mut tree = self.spans.get_or_init(|| spans::scan(self.source.yaml()).tree);
        let mut value = &self.root;
        let mut best = tree.span.clone();
        for step in self.path(target) {
            let (Step::Key(index) | Step::Value(index)) = step;
            if tree.children.len() != children(value) {
                break;
            }
            let child = &tree.children[index];
            if let (Step::Key(_), Some(key)) = (step, &child.key) {
                return key.clone();
            }
            if !child.value.span.is_empty() {
                best = child.value.span.clone();
            } else if let Some(key) = &child.key {
                best = key.clone();
            }
            let Some(inner) = child_at(value, index) else {
                break;
            };
            (tree, value) = (&child.value, inner);
        }
        let line = spans::line_at(self.source.yaml(), best.start);
        best.start..best.end.min(line.end).max(best.start)
    }
}

fn clamp(text: &str, range: Range<usize>) -> Range<usize> {
    let place = Place::new("", text, range);
    place.span
}

#[derive(Clone, Copy)]
enum Step {
    Key(usize),
    Value(usize),
}

fn children(value: &Value) -> usize {
    match value {
        Value::Sequence(list) => list.len(),
        Value::Mapping(mapping) => mapping.len(),
        _ => 0,
    }
}

fn child_at(value: &Value, index: usize) -> Option<&Value> {
    match value {
        Value::Sequence(list) => list.get(index),
        Value::Mapping(mapping) => mapping.values().nth(index),
        _ => None,
    }
}

fn find(value: &Value, target: &Value, path: &mut Vec<Step>) -> bool {
    if std::ptr::eq(value, target) {
        return true;
    }
    let mut descend = |step, inner| {
        path.push(step);
        let found = find(inner, target, path);
        if !found {
            path.pop();
        }
        found
    };
    match value {
        Value::Sequence(list) => {
            let mut items = list.iter().enumerate();
            items.any(|(index, item)| descend(Step::Value(index), item))
        }
        Value::Mapping(mapping) => mapping
            .iter()
            .enumerate()
            .any(|(index, (key, item))| descend(Step::Key(index), key) || descend(Step::Value(index), item)),
        _ => false,
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

/// A value with its place in the document.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    document: &'a Document,
    value: &'a Value,
}

impl<'a> Node<'a> {
    /// Where it is, cut to its first line.
    pub fn place(self) -> Place {
        self.document.source.place(self.document.span(self.value))
    }

    /// Its keys from the outermost in, such as `image.credit`; positions in lists are left out.
    pub fn name(self) -> String {
        let mut value = &self.document.root;
        let mut name = String::new();
        for step in self.document.path(self.value) {
            let (Step::Key(index) | Step::Value(index)) = step;
            if let Value::Mapping(mapping) = value
                && let Some((key, _)) = mapping.iter().nth(index)
            {
                let key = Node { document: self.document, value: key };
                name += if name.is_empty() { "" } else { "." };
                name += &key.scalar().unwrap_or(Cow::Borrowed("?"));
            }
            match (step, child_at(value, index)) {
                (Step::Value(_), Some(inner)) => value = inner,
                _ => break,
            }
        }
        name
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
            error = error.help(format!("for example `{key}: {example}`"));
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

    /// The truth value, if it is one.
    pub fn as_bool(self) -> Option<bool> {
        self.value.as_bool()
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
        // Control characters are below the space, or two bytes of which the first is this.
        if text.bytes().all(|byte| byte >= b' ' && !matches!(byte, 0x7f | 0xc2)) {
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
        let word = match self.value {
            Value::Bool(value) => return Ok(*value),
            Value::String(text) => text.trim().to_ascii_lowercase(),
            _ => String::new(),
        };
        match word.as_str() {
            "true" | "yes" | "on" => Ok(true),
            "false" | "no" | "off" => Ok(false),
            _ => Err(self.wrong_type("`true` or `false`", "true")),
        }
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

    /// A number, also in quotes; never infinite.
    ///
    /// # Errors
    ///
    /// It is anything else.
    pub fn number(self) -> Result<f64, Box<Diagnostic>> {
        match self.value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(|| self.wrong_type("a number", "0.5"))
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
        let written = &self.document.source.yaml()[self.document.span(self.value)];
        match serde_yaml::from_str::<Value>(written) {
            Ok(value) if value == *self.value => Cow::Borrowed(written),
            _ => Cow::Owned(match self.value {
                Value::Bool(value) => value.to_string(),
                Value::Number(number) => number.to_string(),
                _ => String::new(),
            }),
        }
    }

    fn found(self) -> &'static str {
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
    document: &'a Document,
    mapping: Option<&'a serde_yaml::Mapping>,
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
