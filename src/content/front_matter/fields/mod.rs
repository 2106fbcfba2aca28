//! The keys of front matter → [`FrontMatter`].

use std::borrow::Cow;
use std::ops::Range;

use super::SMALLEST;
use super::keys::{self, Field};
use crate::config::{self, Config};
use crate::content::{FrontMatter, Source};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::yaml::{self, Map, Node};

mod gather;
mod imported;
mod inner;
mod parts;
mod strangers;
mod times;
mod topics;

/// The maps of front matter.
pub(super) const SHAPES: [&inner::Shape; 4] =
    [&times::WITHDRAWAL, &topics::AUTHOR, &parts::PICTURE, &parts::CORRECTION];

type Json = serde_json::Map<String, serde_json::Value>;

/// Reads all keys. What is wrong is reported and left out.
pub(super) fn read(
    map: Map<'_>,
    source: &Source,
    config: &Config,
    opening: Range<usize>,
) -> (FrontMatter, Diagnostics) {
    let mut reader = Reader {
        source,
        config,
        front: FrontMatter::default(),
        problems: Diagnostics::default(),
        entries: [const { None }; keys::FIELDS.len()],
        other_dates: Vec::new(),
        blank_date: None,
        strangers: Vec::new(),
        inner: Vec::new(),
        own: Json::new(),
        params: Json::new(),
    };
    reader.gather(map);
    reader.words(opening);
    reader.times();
    reader.release();
    reader.topics();
    reader.media();
    reader.addresses();
    reader.extra();
    reader.strangers();
    reader.misplaced();
    reader.imported();
    // There may be a hundred thousand, and a list of one has room for four.
    reader.front.tags.shrink_to_fit();
    reader.front.authors.shrink_to_fit();
    reader.front.corrections.shrink_to_fit();
    reader.front.aliases.shrink_to_fit();
    (reader.front, reader.problems)
}

/// A key that is there.
struct Entry<'a> {
    /// As it is written.
    name: Cow<'a, str>,
    known: keys::Name,
    key: Node<'a>,
    value: Node<'a>,
}

impl Entry<'_> {
    /// Our own name is before those of others, the right spelling before others of it.
    fn order(&self) -> (usize, bool) {
        (self.known.rank, self.name != self.known.spelt)
    }
}

struct Reader<'a> {
    source: &'a Source,
    config: &'a Config,
    front: FrontMatter,
    problems: Diagnostics,
    entries: [Option<Entry<'a>>; keys::FIELDS.len()],
    /// Dates of publication that are there beside the one that is used.
    other_dates: Vec<Entry<'a>>,
    /// A date with nothing behind it.
    blank_date: Option<Entry<'a>>,
    /// Keys that are not ours.
    strangers: Vec<strangers::Stranger<'a>>,
    /// Maps whose keys are the theme's, with their names.
    inner: Vec<(String, Map<'a>)>,
    /// What is under keys that are not ours.
    own: Json,
    /// What is under `params`, then under `extra`.
    params: Json,
}

impl<'a> Reader<'a> {
    /// The headline, the words around it, and the language.
    fn words(&mut self, opening: Range<usize>) {
        let title = self.get(Field::Title);
        match title.map(|node| self.line(node)) {
            Some(Some(text)) => {
                self.shown_quotes(title, &text);
                self.front.title = text;
            }
            // It is no text, which has been said.
            Some(None) if title.is_some_and(|node| node.string().is_err()) => {}
            _ => {
                let place = Place::new(self.source.file.clone(), self.source.text.clone(), opening);
                let error = Diagnostic::error("front-matter/no-title", "this article has no title")
                    .at(title.map_or(place, Node::place))
                    .help(format!("give it one; the least that an article needs is\n{SMALLEST}"));
                self.problems.push(error);
            }
        }
        self.front.deck = self.text(Field::Deck);
        self.front.kicker = self.text(Field::Kicker);
        self.front.dateline = self.text(Field::Dateline);
        if let Some(node) = self.get(Field::Ednote) {
            self.take(node.string());
        }
        self.front.source = self.list(Field::Source);
        self.front.related = self.list(Field::Related);
        self.series();
        if let Some(node) = self.get(Field::Lang)
            && let Some(text) = self.line(node)
        {
            self.front.lang = config::language_tag(&text);
            if self.front.lang.is_none() {
                let error = node.error("front-matter/lang", format!("`{text}` is no language tag"));
                self.problems
                    .push(error.help("write the short tag of the language, such as `en`, `el` or `pt-BR`"));
            }
        }
    }

    /// Says that quotes around a title are shown, unless straight ones are around them.
    fn shown_quotes(&mut self, node: Option<Node<'a>>, text: &str) {
        let Some((node, inside)) = node.zip(unquoted(text)) else {
            return;
        };
        let place = node.place();
        if place.text[place.span].starts_with(['"', '\'', '|', '>']) {
            return;
        }
        let name = node.name();
        let message = "these quotation marks will be shown; those of YAML are straight";
        let help = format!(
            "write `{name}: {}`, or `{name}: {}` if they are meant",
            yaml::quoted(inside.trim()),
            yaml::enclosed(text)
        );
        self.problems.push(node.warning("front-matter/quotes", message).help(help));
    }

    fn series(&mut self) {
        let Some(node) = self.get(Field::Series) else {
            return;
        };
        if !node.is_list() {
            self.front.series = self.line(node);
            return;
        }
        let mut all = self.list(Field::Series).into_iter();
        self.front.series = all.next();
        if all.next().is_some() {
            let warning =
                node.warning("front-matter/series", "an article is in one series; the others are not used");
            self.problems.push(warning.help("write one, and make the others tags"));
        }
    }

    /// The value of a field that is there.
    fn get(&self, field: Field) -> Option<Node<'a>> {
        self.entries[field as usize].as_ref().map(|entry| entry.value)
    }

    /// The value of a field, if it is more than `""`, which editing systems write for nothing.
    fn unless_blank(&self, field: Field) -> Option<Node<'a>> {
        self.get(field).filter(|node| !node.string().is_ok_and(|text| text.trim().is_empty()))
    }

    fn take<T>(&mut self, result: Result<T, Box<Diagnostic>>) -> Option<T> {
        result.map_err(|error| self.problems.push(*error)).ok()
    }

    fn wrong<T>(&mut self, problem: Diagnostic, help: impl Into<String>) -> Option<T> {
        self.problems.push(problem.help(help));
        None
    }

    /// Text on one line. None if it is blank.
    fn line(&mut self, node: Node<'a>) -> Option<String> {
        let text = folded(&self.take(node.string())?);
        (!text.is_empty()).then_some(text)
    }

    fn text(&mut self, field: Field) -> Option<String> {
        let node = self.get(field)?;
        self.line(node)
    }

    fn list(&mut self, field: Field) -> Vec<String> {
        let texts = self.get(field).map(|node| node.strings(&mut self.problems));
        texts.into_iter().flatten().map(|(_, text)| folded(&text)).collect()
    }
}

/// Text without curly quotes around all of it, which are not those of YAML.
fn unquoted(text: &str) -> Option<&str> {
    yaml::without_curly_quotes(text.trim())
}

/// Text with single spaces in place of line ends, tabs and runs of spaces. Other kinds of space stay as they
/// are: some languages write them inside quotation marks.
fn folded(text: &str) -> String {
    let text = text.trim();
    let is_folded = |pair: &[u8]| {
        let is_other = matches!(pair[0], b'\n' | b'\t' | b'\r');
        !is_other & ((pair[0] != b' ') | (pair[1] != b' '))
    };
    // Looks at all of it, many bytes at once. The text is trimmed: its last byte is no space.
    if text.as_bytes().windows(2).fold(true, |all, pair| all & is_folded(pair)) {
        return text.to_owned();
    }
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
