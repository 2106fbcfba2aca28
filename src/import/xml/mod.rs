//! Untrusted XML → a tree of elements with their places.
//!
//! Nothing is fetched and nothing expands: declarations in a document type are ignored, and only the entities of XML and HTML are known. A
//! strict parser would reject the many feeds with `&nbsp;`, undeclared prefixes or control characters. All nodes of a tree are in one list,
//! so that neither building nor dropping it recurses.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Lines, Refusal, encoding, html};
use crate::diagnostic::floor_char_boundary;

mod names;
mod nodes;

pub(crate) use names::of_root;
pub(crate) use nodes::{As, Element};
use nodes::{Attribute, Data, Inner};

/// The maximum number of bytes of a file.
const LARGEST: usize = 512 << 20;

/// The maximum number of nested elements.
const DEEPEST: usize = 256;

/// The maximum number of attributes of an element, and most namespace prefixes in scope.
const MOST_ATTRIBUTES: usize = 256;

/// A document.
#[derive(Debug)]
pub(crate) struct Document {
    text: String,
    data: Vec<Data>,
    root: usize,
}

impl Document {
    /// Parses XML.
    ///
    /// # Errors
    /// The problem, its place and a way to fix it.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > LARGEST {
            let message = format!("the file is larger than {} MiB; split it", LARGEST >> 20);
            return Err(Refusal::Failed(message, None));
        }
        let decoded = encoding::decode(bytes, declared(bytes).as_deref());
        let Some(decoded) = decoded else {
            return Err(Refusal::Failed(
                "the file is not text; if it is compressed, unpack it first".to_owned(),
                None,
            ));
        };
        Self::of_text(decoded.text)
    }

    fn of_text(text: String) -> Result<Self, Refusal> {
        let built = Builder::new(&text).build();
        match built {
            Ok((data, root)) => Ok(Self { text, data, root }),
            Err(problem) => {
                let start = floor_char_boundary(&text, problem.at);
                let end = start + text[start..].chars().next().map_or(0, char::len_utf8);
                let at = Lines::new(&text).at(start..end);
                Err(Refusal::Failed(problem.message, Some(at)))
            }
        }
    }

    /// The outermost element.
    pub(crate) fn root(&self) -> Element<'_> {
        Element::new(&self.data, self.root)
    }

    /// The lines of the text, to locate an [`Element::span`].
    pub(crate) fn lines(&self) -> Lines<'_> {
        Lines::new(&self.text)
    }
}

/// The encoding that an XML declaration names. The declaration is ASCII in all encodings except UTF-16, which is detected elsewhere.
pub(crate) fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(200))?;
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let declaration = head.trim_start_matches("\u{ef}\u{bb}\u{bf}").trim_start().strip_prefix("<?xml")?;
    let (_, value) = declaration.split_once("?>")?.0.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(name, _)| name.trim().to_owned())
}

/// A problem that makes a text invalid.
#[derive(Debug)]
struct Problem {
    message: String,
    at: usize,
}

/// An open element.
struct Open {
    index: usize,
    name: String,
    /// The number of prefixes declared before it.
    declared: usize,
}

struct Builder<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    data: Vec<Data>,
    open: Vec<Open>,
    root: Option<usize>,
    /// Prefixes with the names of their namespaces, the innermost last.
    declared: Vec<(String, Cow<'static, str>)>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        // The builder reports unclosed elements itself.
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        Self { text, reader, data: Vec::new(), open: Vec::new(), root: None, declared: Vec::new() }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(self.text.len())
    }

    fn build(mut self) -> Result<(Vec<Data>, usize), Problem> {
        loop {
            let start = self.position();
            let event = self.reader.read_event().map_err(|error| Problem {
                message: format!("the file is not well-formed XML: {}", reader_message(&error)),
                at: usize::try_from(self.reader.error_position()).unwrap_or(start),
            })?;
            let span = start..self.position();
            match event {
                Event::Start(tag) => self.start(&tag, span)?,
                Event::Empty(tag) => {
                    self.start(&tag, span.clone())?;
                    self.pop(span.end);
                }
                Event::End(tag) => self.end(tag.name().into_inner(), &span)?,
                Event::Text(text) => self.push_text(&text, &span)?,
                Event::CData(text) => self.push_text(&text, &span)?,
                Event::GeneralRef(name) => self.reference(&name, &span)?,
                // Declarations are ignored, so that nothing is fetched or expanded.
                Event::DocType(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => break,
            }
        }
        if let Some(open) = self.open.last() {
            let message =
                format!("the file ends within `<{}>`; check that it is complete", short(&open.name));
            return Err(Problem { message, at: self.text.len() });
        }
        let none = Problem { message: "the file has no element; check that it is XML".to_owned(), at: 0 };
        let root = self.root.ok_or(none)?;
        Ok((self.data, root))
    }

    fn start(&mut self, tag: &BytesStart<'_>, span: Range<usize>) -> Result<(), Problem> {
        let problem = |message: String| Problem { message, at: span.start };
        if self.open.len() >= DEEPEST {
            return Err(problem(format!(
                "elements are nested more than {DEEPEST} levels deep, which is not supported"
            )));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(problem("a second document begins here; put each in its own file".to_owned()));
        }
        let declared = self.declared.len();
        let raw = self.attributes(tag, span.start)?;
        for (name, value) in &raw {
            if let Some(prefix) =
                name.strip_prefix("xmlns").filter(|rest| rest.is_empty() || rest.starts_with(':'))
            {
                let prefix = prefix.trim_start_matches(':').to_owned();
                let known = names::of_namespace(value, &prefix);
                self.declared.push((prefix, known));
            }
        }
        if self.declared.len() > MOST_ATTRIBUTES {
            return Err(problem(format!(
                "more than {MOST_ATTRIBUTES} namespaces are declared, which is not supported"
            )));
        }
        let name = tag.name().into_inner().to_owned();
        // Atom without its namespace.
        let is_root = self.open.is_empty() && matches!(name.as_str(), "feed" | "entry");
        if is_root && self.declared.iter().all(|(prefix, _)| !prefix.is_empty()) {
            self.declared.push((String::new(), Cow::Borrowed("atom")));
        }
        let (space, local) = self.resolve(&name);
        let attributes = raw.into_iter().filter(|(name, _)| !name.starts_with("xmlns"));
        let attributes = attributes.map(|(name, value)| Attribute { name, value }).collect();
        let index = self.data.len();
        let inner = Inner::Element { space, name: local, attributes, children: Vec::new() };
        self.data.push(Data { span, inner });
        self.adopt(index);
        self.open.push(Open { index, name, declared });
        Ok(())
    }

    /// The attributes of a tag with their decoded values.
    fn attributes(&self, tag: &BytesStart<'_>, at: usize) -> Result<Vec<(String, String)>, Problem> {
        let problem = |message: String| Problem { message, at };
        let mut found = Vec::new();
        for attribute in tag.attributes().with_checks(false) {
            let attribute =
                attribute.map_err(|error| problem(format!("an attribute is not valid: {error}")))?;
            if found.len() >= MOST_ATTRIBUTES {
                return Err(problem(format!(
                    "an element has more than {MOST_ATTRIBUTES} attributes, which is not supported"
                )));
            }
            let value = htmlize::unescape_attribute(&*attribute.value).into_owned();
            found.push((attribute.key.into_inner().to_owned(), value));
        }
        Ok(found)
    }

    /// The name of the namespace of a prefixed name, and its local name.
    fn resolve(&self, name: &str) -> (Cow<'static, str>, String) {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let known = self.declared.iter().rev().find(|(declared, _)| declared == prefix);
        let space = known.map_or_else(|| Cow::Owned(prefix.to_owned()), |(_, known)| known.clone());
        (space, local.to_owned())
    }

    fn adopt(&mut self, child: usize) {
        let parent = self.open.last().map(|open| open.index);
        match parent.and_then(|parent| self.data.get_mut(parent)).map(|data| &mut data.inner) {
            Some(Inner::Element { children, .. }) => children.push(child),
            _ => self.root = Some(child),
        }
    }

    fn end(&mut self, name: &str, span: &Range<usize>) -> Result<(), Problem> {
        match self.open.last() {
            Some(open) if open.name == name => {
                self.pop(span.end);
                Ok(())
            }
            Some(open) => {
                let message = format!("`</{}>` does not close `<{}>`", short(name), short(&open.name));
                Err(Problem { message, at: span.start })
            }
            None => {
                Err(Problem { message: format!("`</{}>` closes no element", short(name)), at: span.start })
            }
        }
    }

    fn pop(&mut self, end: usize) {
        if let Some(open) = self.open.pop() {
            self.declared.truncate(open.declared);
            if let Some(data) = self.data.get_mut(open.index) {
                data.span.end = end;
            }
        }
    }

    fn push_text(&mut self, text: &str, span: &Range<usize>) -> Result<(), Problem> {
        let Some(open) = self.open.last() else {
            if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() {
                return Ok(());
            }
            return Err(Problem {
                message: "text is outside all elements; check that the file is XML".to_owned(),
                at: span.start,
            });
        };
        let last = match self.data.get(open.index).map(|data| &data.inner) {
            Some(Inner::Element { children, .. }) => children.last().copied(),
            _ => None,
        };
        // Adjacent text is one node.
        if let Some(Data { span: all, inner: Inner::Text(before) }) =
            last.and_then(|last| self.data.get_mut(last))
        {
            before.push_str(text);
            all.end = span.end;
            return Ok(());
        }
        let index = self.data.len();
        self.data.push(Data { span: span.clone(), inner: Inner::Text(text.to_owned()) });
        self.adopt(index);
        Ok(())
    }

    fn reference(&mut self, name: &str, span: &Range<usize>) -> Result<(), Problem> {
        let written = format!("&{name};");
        let text = htmlize::unescape(&*written);
        let is_known =
            *text != written && !text.contains('\u{fffd}') && (!text.ends_with(';') || name == "semi");
        if !is_known {
            let message = format!("unknown entity `&{};`; write the character itself", short(name));
            return Err(Problem { message, at: span.start });
        }
        self.push_text(&text, span)
    }
}

/// A name, shortened for a message.
fn short(name: &str) -> String {
    html::line(&name.chars().take(40).collect::<String>())
}

/// The message of the reader for a part of a sentence.
fn reader_message(error: &quick_xml::Error) -> String {
    let text = error.to_string();
    let text = text.trim_start_matches("syntax error: ").trim_start_matches("ill-formed document: ");
    let text: String = html::line(text).chars().take(160).collect();
    format!("{}; check that it is complete", text.trim_end_matches('.'))
}

#[cfg(test)]
mod tests;
