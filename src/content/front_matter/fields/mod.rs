//! The keys of front matter → [`FrontMatter`].

use std::borrow::Cow;
use std::ops::Range;

use super::SMALLEST;
use super::keys::{self, Key};
use crate::config::{self, Config};
use crate::content::{FrontMatter, Source};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::yaml::{self, Map, Node};

mod imported;
mod nested_keys;
mod parts;
mod recordings;
mod sort;
mod times;
mod topics;
mod unknown_keys;

/// The maps of front matter.
pub(super) const SHAPES: [&nested_keys::Shape; 7] = [
    &times::WITHDRAWAL,
    &topics::AUTHOR,
    &parts::PICTURE,
    &recordings::GALLERY,
    &recordings::AUDIO,
    &recordings::VIDEO,
    &parts::CORRECTION,
];

type Json = serde_json::Map<String, serde_json::Value>;

/// Reads all keys. Invalid values are reported and left out.
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
        entries: [const { None }; keys::KEYS.len()],
        other_dates: Vec::new(),
        blank_date: None,
        unknown_keys: Vec::new(),
        theme_maps: Vec::new(),
        unknown_values: Json::new(),
        params: Json::new(),
    };
    reader.sort(map);
    reader.headline(opening);
    reader.times();
    reader.release();
    reader.topics();
    reader.media();
    reader.gallery();
    reader.recordings();
    reader.addresses();
    reader.extra();
    reader.report_unknown_keys();
    reader.report_misplaced_keys();
    reader.imported();
    // An archive has a hundred thousand of these lists, and one with a single item has room for four.
    reader.front.tags.shrink_to_fit();
    reader.front.authors.shrink_to_fit();
    reader.front.gallery.shrink_to_fit();
    reader.front.corrections.shrink_to_fit();
    reader.front.aliases.shrink_to_fit();
    (reader.front, reader.problems)
}

/// A known key of the source.
struct Entry<'a> {
    /// As written.
    name: Cow<'a, str>,
    known: keys::Name,
    key: Node<'a>,
    value: Node<'a>,
}

impl Entry<'_> {
    /// The key's own name comes before its other names, the exact spelling before variants.
    fn order(&self) -> (usize, bool) {
        (self.known.rank, self.name != self.known.spelling)
    }
}

struct Reader<'a> {
    source: &'a Source,
    config: &'a Config,
    front: FrontMatter,
    problems: Diagnostics,
    entries: [Option<Entry<'a>>; keys::KEYS.len()],
    /// Publication dates besides the one that is used.
    other_dates: Vec<Entry<'a>>,
    /// A date without a value.
    blank_date: Option<Entry<'a>>,
    unknown_keys: Vec<unknown_keys::UnknownKey<'a>>,
    /// Maps whose keys are the theme's, with their names.
    theme_maps: Vec<(String, Map<'a>)>,
    /// The values of unknown keys.
    unknown_values: Json,
    /// The keys of `params` and `extra`.
    params: Json,
}

impl<'a> Reader<'a> {
    /// Reads the headline, the texts around it, and the language.
    fn headline(&mut self, opening: Range<usize>) {
        let title = self.get(Key::Title);
        match title.map(|node| self.line(node)) {
            Some(Some(text)) => {
                self.shown_quotes(title, &text);
                self.front.title = text;
            }
            // Not text, which has been reported.
            Some(None) if title.is_some_and(|node| node.string().is_err()) => {}
            _ => {
                let place = Place::new(self.source.file.clone(), self.source.text.clone(), opening);
                let error = Diagnostic::error("front-matter/no-title", "this story has no title")
                    .at(title.map_or(place, Node::place))
                    .help(format!("add a `title`; a story needs at least\n{SMALLEST}"));
                self.problems.push(error);
            }
        }
        self.front.deck = self.text(Key::Deck);
        self.front.kicker = self.text(Key::Kicker);
        self.front.dateline = self.text(Key::Dateline);
        if let Some(node) = self.get(Key::Ednote) {
            self.take(node.string());
        }
        self.front.source = self.list(Key::Source);
        self.front.related = self.list(Key::Related);
        self.series();
        if let Some(node) = self.get(Key::Lang)
            && let Some(text) = self.line(node)
        {
            self.front.lang = config::language_tag(&text);
            if self.front.lang.is_none() {
                let error = node.error("front-matter/lang", format!("`{text}` is not a valid language tag"));
                self.problems.push(error.help("write a language tag such as `en`, `el` or `pt-BR`"));
            }
        }
    }

    /// Reports curly quotation marks around a whole title, unless straight ones enclose them.
    fn shown_quotes(&mut self, node: Option<Node<'a>>, text: &str) {
        let Some((node, inside)) = node.zip(unquoted(text)) else {
            return;
        };
        let place = node.place();
        if place.text[place.span].starts_with(['"', '\'', '|', '>']) {
            return;
        }
        let name = node.name();
        let message = "readers will see these quotation marks: only straight ones quote text in YAML";
        let help = format!(
            "write `{name}: {}`, or `{name}: {}` to keep them",
            yaml::quoted(inside.trim()),
            yaml::enclosed(text)
        );
        self.problems.push(node.warning("front-matter/quotes", message).help(help));
    }

    fn series(&mut self) {
        let Some(node) = self.get(Key::Series) else {
            return;
        };
        if !node.is_list() {
            self.front.series = self.line(node);
            return;
        }
        let mut all = self.list(Key::Series).into_iter();
        self.front.series = all.next();
        if all.next().is_some() {
            let warning = node
                .warning("front-matter/series", "a story can be in one series only; the others are ignored");
            self.problems.push(warning.help("keep one, and make the others tags"));
        }
    }

    /// The value of a key.
    fn get(&self, key: Key) -> Option<Node<'a>> {
        self.entries[key as usize].as_ref().map(|entry| entry.value)
    }

    /// The value of a key, unless it is `""`, which some editing systems write for an empty key.
    fn unless_blank(&self, key: Key) -> Option<Node<'a>> {
        self.get(key).filter(|node| !node.string().is_ok_and(|text| text.trim().is_empty()))
    }

    fn take<T>(&mut self, result: Result<T, Box<Diagnostic>>) -> Option<T> {
        result.map_err(|error| self.problems.push(*error)).ok()
    }

    fn wrong<T>(&mut self, problem: Diagnostic, help: impl Into<String>) -> Option<T> {
        self.problems.push(problem.help(help));
        None
    }

    /// Text on one line. `None` if it is blank.
    fn line(&mut self, node: Node<'a>) -> Option<String> {
        let text = folded(&self.take(node.string())?);
        (!text.is_empty()).then_some(text)
    }

    fn text(&mut self, key: Key) -> Option<String> {
        let node = self.get(key)?;
        self.line(node)
    }

    fn list(&mut self, key: Key) -> Vec<String> {
        let texts = self.get(key).map(|node| node.strings(&mut self.problems));
        texts.into_iter().flatten().map(|(_, text)| folded(&text)).collect()
    }
}

/// The text between curly quotation marks that enclose all of it.
fn unquoted(text: &str) -> Option<&str> {
    yaml::without_curly_quotes(text.trim())
}

/// Text with single spaces for line ends, tabs and runs of spaces. Other kinds of space are kept: some languages write them inside
/// quotation marks.
fn folded(text: &str) -> String {
    let text = text.trim();
    let is_folded = |pair: &[u8]| {
        let is_other = matches!(pair[0], b'\n' | b'\t' | b'\r');
        !is_other & ((pair[0] != b' ') | (pair[1] != b' '))
    };
    // Without an early exit, so that it is vectorized. The text is trimmed, so its last byte is not a space.
    if text.as_bytes().windows(2).fold(true, |all, pair| all & is_folded(pair)) {
        return text.to_owned();
    }
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
