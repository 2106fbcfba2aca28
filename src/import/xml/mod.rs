//! XML of strangers → a tree of elements with their places.
//!
//! Nothing is fetched, and nothing expands: what a document type declares is passed over, and every entity but those of XML and HTML is
//! refused where it is used. A parser that holds to the standard would refuse feeds with `&nbsp;`, prefixes that nobody declared and
//! control characters, of which there are many. The nodes of a tree lie in one list, so that neither building nor dropping it calls itself.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Lines, Refusal, encoding, html};

mod names;
mod nodes;

pub(crate) use names::of_root;
pub(crate) use nodes::{As, Element};
use nodes::{Attribute, Data, Inner};

/// Largest file in bytes.
const LARGEST: usize = 512 << 20;

/// Elements that may stand in each other.
const DEEPEST: usize = 256;

/// Attributes that an element may have, and prefixes that may be declared at once.
const MOST_ATTRIBUTES: usize = 256;

/// A document.
#[derive(Debug)]
pub(crate) struct Document {
    text: String,
    data: Vec<Data>,
    root: usize,
}

impl Document {
    /// Reads XML.
    ///
    /// # Errors
    /// What is wrong with it, where, and what to do.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > LARGEST {
            let message = format!("it has more than {} MiB; split it", LARGEST >> 20);
            return Err(Refusal::Failed(message, None));
        }
        let decoded = encoding::decode(bytes, declared(bytes).as_deref());
        let Some(decoded) = decoded else {
            return Err(Refusal::Failed("it is no text; is it packed? unpack it first".to_owned(), None));
        };
        Self::of_text(decoded.text)
    }

    fn of_text(text: String) -> Result<Self, Refusal> {
        let built = Builder::new(&text).build();
        match built {
            Ok((data, root)) => Ok(Self { text, data, root }),
            Err(wrong) => {
                let end =
                    text.char_indices().map(|(at, _)| at).find(|at| *at > wrong.at).unwrap_or(text.len());
                let at = Lines::new(&text).at(floor(&text, wrong.at)..end);
                Err(Refusal::Failed(wrong.message, Some(at)))
            }
        }
    }

    /// The outermost element.
    pub(crate) fn root(&self) -> Element<'_> {
        Element::new(&self.data, self.root)
    }

    /// Counts its lines, for [`Element::span`]s.
    pub(crate) fn lines(&self) -> Lines<'_> {
        Lines::new(&self.text)
    }
}

/// The border of a character at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The encoding that an XML declaration names. Its characters are those of ASCII in all encodings but UTF-16, which is told otherwise.
pub(crate) fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(200))?;
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let declaration = head.trim_start_matches("\u{ef}\u{bb}\u{bf}").trim_start().strip_prefix("<?xml")?;
    let (_, value) = declaration.split_once("?>")?.0.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(name, _)| name.trim().to_owned())
}

/// What keeps a text from being a document.
#[derive(Debug)]
struct Wrong {
    message: String,
    at: usize,
}

/// An element that is open.
struct Open {
    index: usize,
    name: String,
    /// How many prefixes were declared in front of it.
    declared: usize,
}

struct Builder<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    data: Vec<Data>,
    open: Vec<Open>,
    root: Option<usize>,
    /// Prefixes and what they stand for, the innermost last.
    declared: Vec<(String, Cow<'static, str>)>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        // We say ourselves which element was not closed.
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        Self { text, reader, data: Vec::new(), open: Vec::new(), root: None, declared: Vec::new() }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(self.text.len())
    }

    fn build(mut self) -> Result<(Vec<Data>, usize), Wrong> {
        loop {
            let start = self.position();
            let event = self.reader.read_event().map_err(|error| Wrong {
                message: format!("it is no well-formed XML: {}", words(&error)),
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
                // What a document type declares is not used, so that nothing is fetched or grows.
                Event::DocType(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => break,
            }
        }
        if let Some(open) = self.open.last() {
            let message = format!("it ends within `<{}>`; is it cut off?", short(&open.name));
            return Err(Wrong { message, at: self.text.len() });
        }
        let none = Wrong { message: "it has no element; is it XML?".to_owned(), at: 0 };
        let root = self.root.ok_or(none)?;
        Ok((self.data, root))
    }

    fn start(&mut self, tag: &BytesStart<'_>, span: Range<usize>) -> Result<(), Wrong> {
        let wrong = |message: String| Wrong { message, at: span.start };
        if self.open.len() >= DEEPEST {
            return Err(wrong(format!(
                "more than {DEEPEST} elements stand in each other; such copy is not read"
            )));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(wrong("a second document begins here; give each a file of its own".to_owned()));
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
            return Err(wrong("it declares too many namespaces; such copy is not read".to_owned()));
        }
        let name = tag.name().into_inner().to_owned();
        // Atom that forgot to say so.
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

    /// The attributes as they are named, decoded.
    fn attributes(&self, tag: &BytesStart<'_>, at: usize) -> Result<Vec<(String, String)>, Wrong> {
        let wrong = |message: String| Wrong { message, at };
        let mut found = Vec::new();
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| wrong(format!("an attribute is wrong: {error}")))?;
            if found.len() >= MOST_ATTRIBUTES {
                return Err(wrong(format!(
                    "an element has more than {MOST_ATTRIBUTES} attributes; such copy is not read"
                )));
            }
            let value = htmlize::unescape_attribute(&*attribute.value).into_owned();
            found.push((attribute.key.into_inner().to_owned(), value));
        }
        Ok(found)
    }

    /// The prefix as we know it, and the local name.
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

    fn end(&mut self, name: &str, span: &Range<usize>) -> Result<(), Wrong> {
        match self.open.last() {
            Some(open) if open.name == name => {
                self.pop(span.end);
                Ok(())
            }
            Some(open) => {
                let message = format!("`</{}>` ends nothing; `<{}>` is open", short(name), short(&open.name));
                Err(Wrong { message, at: span.start })
            }
            None => Err(Wrong { message: format!("`</{}>` ends nothing", short(name)), at: span.start }),
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

    fn push_text(&mut self, text: &str, span: &Range<usize>) -> Result<(), Wrong> {
        let Some(open) = self.open.last() else {
            if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() {
                return Ok(());
            }
            return Err(Wrong {
                message: "text is outside of all elements; is it XML?".to_owned(),
                at: span.start,
            });
        };
        let last = match self.data.get(open.index).map(|data| &data.inner) {
            Some(Inner::Element { children, .. }) => children.last().copied(),
            _ => None,
        };
        // Text next to text is one.
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

    fn reference(&mut self, name: &str, span: &Range<usize>) -> Result<(), Wrong> {
        let written = format!("&{name};");
        let meant = htmlize::unescape(&*written);
        let is_known =
            *meant != written && !meant.contains('\u{fffd}') && (!meant.ends_with(';') || name == "semi");
        if !is_known {
            let message = format!("`&{};` is not known; write the character itself", short(name));
            return Err(Wrong { message, at: span.start });
        }
        self.push_text(&meant, span)
    }
}

/// A name as it can stand in a message.
fn short(name: &str) -> String {
    html::line(&name.chars().take(40).collect::<String>())
}

/// What the reader says, as half a sentence.
fn words(error: &quick_xml::Error) -> String {
    let words = error.to_string();
    let words = words.strip_prefix("syntax error: ").or_else(|| words.strip_prefix("ill-formed document: "));
    let words = words.map_or_else(|| error.to_string(), str::to_owned);
    let words: String = html::line(&words).chars().take(160).collect();
    format!("{}; is it cut off, or damaged?", words.trim_end_matches('.'))
}

#[cfg(test)]
mod tests;
