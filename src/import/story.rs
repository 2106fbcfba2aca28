//! What an importer makes of copy: a story with how sure each of its fields is, and where it came from.

use std::path::PathBuf;

use serde_json::Value as Json;

/// The order of front matter: what a desk looks at first is first.
const ORDER: &str = "title deck kicker date updated draft embargo expires status \
    section type urgency authors dateline source image tags series \
    lang id slug permalink aliases old_slugs canonical_url translation_of noindex feed \
    corrections related pinned_until template ednote extra";

/// How sure a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The copy says so: `Source:`, `By `, a key of front matter, an element.
    Explicit,
    /// It stands where such a thing stands, and looks like one.
    Positional,
    /// It was made from other parts of the copy.
    Derived,
    /// A desk needs it, and the copy does not have it.
    Missing,
}

impl Confidence {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::Positional => "positional",
            Self::Derived => "derived",
            Self::Missing => "missing",
        }
    }
}

/// A range of the copy, as people count: lines and characters from 1, the end behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Span {
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

impl std::fmt::Display for Span {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, column, end_line, end_column } = self;
        if line == end_line {
            write!(out, "{line}:{column}-{end_column}")
        } else {
            write!(out, "{line}:{column}-{end_line}:{end_column}")
        }
    }
}

/// A key of front matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Our own name of it, a key of a map with a dot: `image.caption`.
    pub key: String,
    /// What goes into the file. `Null` for what is missing.
    pub value: Json,
    /// How sure it is.
    pub confidence: Confidence,
    /// Where it came from: all ranges that it was made from.
    pub spans: Vec<Span>,
}

/// By what a story is known as the same when it comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The copy has an identifier of its own.
    Given(String),
    /// What does not change from one version to the next, as the headline without `UPDATE 2-`. Two texts may share it.
    Derived(String),
}

/// A file that comes along with a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Where it is.
    pub from: PathBuf,
    /// Its path beside the article, as the text names it.
    pub name: String,
}

/// Something that a person should know of a story, in half a sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Stable name for filters, as of diagnostics: `import/shortcode`.
    pub code: &'static str,
    /// What remarks of one code are counted by: the name of a shortcode or a key. Empty: all are one kind.
    pub about: String,
    /// The words.
    pub message: String,
    /// Where in the copy.
    pub span: Option<Span>,
}

/// A piece of the copy and what became of it. All pieces of a text, in order, hold each of its non-blank characters once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// As it stands in the copy, decoded.
    pub text: String,
    /// The field that it went to, `body`, or `left-out` for marks such as `By` and `-30-`.
    pub to: &'static str,
    /// Where it is.
    pub span: Span,
}

/// A story that was read, before it has a place in the site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// Front matter in the order in which it is written.
    pub fields: Vec<Field>,
    /// Markdown.
    pub body: String,
    /// `None`: it is known by its URL or the path of its file.
    pub identity: Option<Identity>,
    /// Path of its URL on the site that it comes from, with `/` in front, not decoded.
    pub old_url: Option<String>,
    /// What the article that it is a translation of is known by: its URL, or the path of that on the site that it comes from.
    pub original: Option<String>,
    /// What its file is called, without date and extension. Default: made from the headline.
    pub name: Option<String>,
    /// The folders it was in below the old site's content, for a standing page: it keeps its path.
    pub folder: Option<String>,
    /// Old URLs that are redirects of the site: there are too many for front matter, or the page has nothing else.
    pub redirects: Vec<String>,
    /// Files that come along.
    pub media: Vec<Media>,
    /// What a person should know.
    pub remarks: Vec<Remark>,
    /// For plain text: every piece of it.
    pub pieces: Vec<Piece>,
    /// What readers wrote below it: data beside the story, which no build publishes.
    pub comments: Vec<Json>,
}

impl Story {
    /// Adds a field, in place of one of that key.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Json>, sure: Confidence, at: Vec<Span>) {
        let field = Field { key: key.into(), value: value.into(), confidence: sure, spans: at };
        match self.fields.iter_mut().find(|other| other.key == field.key) {
            Some(other) => *other = field,
            None => self.fields.push(field),
        }
    }

    /// Says that a field is not there and a desk needs it.
    pub fn mark_missing(&mut self, key: &str) {
        if self.field(key).is_none() {
            self.set(key, Json::Null, Confidence::Missing, Vec::new());
        }
    }

    /// Puts the fields in the order of front matter; those that it does not know are last.
    pub fn sort(&mut self) {
        let place = |key: &str| {
            let outer = key.split('.').next().unwrap_or_default();
            ORDER.split(' ').position(|known| known == outer).unwrap_or(usize::MAX)
        };
        self.fields.sort_by_key(|field| place(&field.key));
    }

    /// The field of a key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The text of a field.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.field(key)?.value.as_str()
    }

    /// Tells a person something of the story.
    pub fn remark(&mut self, code: &'static str, message: impl Into<String>, at: Option<Span>) {
        self.remark_about(code, "", message, at);
    }

    /// Tells a person something that is counted by its subject: a shortcode, a key.
    pub fn remark_about(
        &mut self,
        code: &'static str,
        about: impl Into<String>,
        message: impl Into<String>,
        at: Option<Span>,
    ) {
        self.remarks.push(Remark { code, about: about.into(), message: message.into(), span: at });
    }
}

/// Bytes of a text → lines and columns.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    /// Then bytes are characters, and need not be counted.
    is_ascii: bool,
    /// Lines of the file before the text.
    before: usize,
}

impl<'a> Lines<'a> {
    /// Counts the lines of a text.
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts, is_ascii: text.is_ascii(), before: 0 }
    }

    /// The same of a text that has so many lines before it in its file.
    #[must_use]
    pub fn preceded_by(self, before: usize) -> Self {
        Self { before, ..self }
    }

    /// The text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Where a range of bytes is. Both ends are on borders of characters.
    pub fn at(&self, span: std::ops::Range<usize>) -> Span {
        let (line, column) = self.position(span.start);
        let (end_line, end_column) = self.position(span.end);
        Span { line, column, end_line, end_column }
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts[line - 1];
        if self.is_ascii {
            return (self.before + line, at - start + 1);
        }
        (self.before + line, self.text.get(start..at).map_or(at - start, |before| before.chars().count()) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters_from_one() {
        let lines = Lines::new("äb\ncd\n");
        assert_eq!(lines.at(0..2).to_string(), "1:1-2");
        assert_eq!(lines.at(2..5).to_string(), "1:2-2:2");
        assert_eq!(lines.at(7..7).to_string(), "3:1-1");
    }

    #[test]
    fn a_field_is_there_once() {
        let mut story = Story::default();
        story.mark_missing("date");
        story.set("date", "2026-11-22", Confidence::Explicit, Vec::new());
        story.mark_missing("date");
        assert_eq!(story.fields.len(), 1);
        assert_eq!(story.text("date"), Some("2026-11-22"));
    }
}
