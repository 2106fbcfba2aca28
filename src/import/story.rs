//! What importers produce: a story whose fields carry their source and the confidence in them.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

use serde_json::Value as Json;

use crate::content::Key;

/// The order of keys in front matter.
const ORDER: [Key; 39] = [
    Key::Title,
    Key::Deck,
    Key::Kicker,
    Key::Date,
    Key::Updated,
    Key::Draft,
    Key::Embargo,
    Key::Expires,
    Key::Status,
    Key::Section,
    Key::Genre,
    Key::Urgency,
    Key::Authors,
    Key::Dateline,
    Key::Source,
    Key::Image,
    Key::Gallery,
    Key::Audio,
    Key::Video,
    Key::Tags,
    Key::Series,
    Key::Lang,
    Key::Id,
    Key::Slug,
    Key::Permalink,
    Key::Aliases,
    Key::OldSlugs,
    Key::CanonicalUrl,
    Key::TranslationOf,
    Key::Noindex,
    Key::Feed,
    Key::Corrections,
    Key::Related,
    Key::PinnedUntil,
    Key::Template,
    Key::Ednote,
    Key::Extra,
    Key::Withdrawn,
    Key::Import,
];

/// The key of a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldKey {
    /// A key of front matter.
    Key(Key),
    /// A key under `image`.
    Image(ImageField),
    /// A key under `extra`.
    Extra(Cow<'static, str>),
}

/// A key under `image`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageField {
    /// The path or URL.
    Src,
    /// The alternative text.
    Alt,
    /// The caption.
    Caption,
    /// The credit.
    Credit,
}

impl ImageField {
    /// The name under `image`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Src => "src",
            Self::Alt => "alt",
            Self::Caption => "caption",
            Self::Credit => "credit",
        }
    }
}

impl FieldKey {
    /// The key with this name under `extra`.
    pub fn extra(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Extra(name.into())
    }

    /// The name. A dot separates the keys of nested maps: `image.caption`.
    pub fn name(&self) -> Cow<'static, str> {
        match self.inner() {
            Some(inner) => format!("{}.{inner}", self.outer().name()).into(),
            None => self.outer().name().into(),
        }
    }

    /// The key of front matter that holds the field.
    pub(super) fn outer(&self) -> Key {
        match self {
            Self::Key(key) => *key,
            Self::Image(_) => Key::Image,
            Self::Extra(_) => Key::Extra,
        }
    }

    /// The name in the map under the outer key, for a nested field.
    pub(super) fn inner(&self) -> Option<&str> {
        match self {
            Self::Key(_) => None,
            Self::Image(field) => Some(field.name()),
            Self::Extra(name) => Some(name),
        }
    }
}

impl From<Key> for FieldKey {
    fn from(key: Key) -> Self {
        Self::Key(key)
    }
}

impl From<ImageField> for FieldKey {
    fn from(field: ImageField) -> Self {
        Self::Image(field)
    }
}

impl PartialEq<Key> for FieldKey {
    fn eq(&self, key: &Key) -> bool {
        *self == Self::Key(*key)
    }
}

impl fmt::Display for FieldKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.name())
    }
}

/// How reliable a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The copy states it: `Source:`, `By `, a front matter key, an element.
    Explicit,
    /// It has the position and the look of such a field.
    Positional,
    /// It was derived from other parts of the copy.
    Derived,
    /// The desk needs it, but the copy does not have it.
    Missing,
}

impl Confidence {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::Positional => "positional",
            Self::Derived => "derived",
            Self::Missing => "missing",
        }
    }
}

/// A range of the copy. Lines and columns start at 1; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Span {
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, end_line, end_column } = self;
        if line == end_line {
            write!(out, "{line}:{column}-{end_column}")
        } else {
            write!(out, "{line}:{column}-{end_line}:{end_column}")
        }
    }
}

/// A front matter field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The key.
    pub key: FieldKey,
    /// The value. `Null` if the field is missing.
    pub value: Json,
    /// How reliable it is.
    pub confidence: Confidence,
    /// The ranges of the copy that it was made from.
    pub spans: Vec<Span>,
}

/// How a story is recognized when it is imported again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// By an identifier in the copy.
    Given(String),
    /// By text that versions share, such as the headline without `UPDATE 2-`. Two stories may share it.
    Derived(String),
}

/// A file that is imported with a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Its path.
    pub from: PathBuf,
    /// Its path relative to the article, as the text refers to it.
    pub name: String,
}

/// A note for the editor: one clause without a final period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// A stable code such as `import/shortcode`.
    pub code: &'static str,
    /// The subject that remarks are grouped by, such as the name of a shortcode. Empty groups all remarks of the code.
    pub about: String,
    /// The text.
    pub message: String,
    /// The place in the copy.
    pub span: Option<Span>,
}

/// A piece of plain-text copy and where it went. The pieces of a text, in order, contain each visible character once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The decoded text.
    pub text: String,
    /// The field that it went to, `body`, or `left-out` for marks such as `By` and `-30-`.
    pub to: &'static str,
    /// The place in the copy.
    pub span: Span,
}

/// An imported story without a place in the site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// Front matter, in the order in which it is written.
    pub fields: Vec<Field>,
    /// The text as Markdown.
    pub body: String,
    /// How it is recognized. `None`: by its old URL or the path of its file.
    pub identity: Option<Identity>,
    /// The path of its URL on the old site, starting with `/`, percent-encoded.
    pub old_url: Option<String>,
    /// The old URL or path of the article that it translates.
    pub original: Option<String>,
    /// The file name without date and extension. The default is made from the headline.
    pub name: Option<String>,
    /// For a standing page: its folders below the old content folder, which it keeps.
    pub folder: Option<String>,
    /// Old URLs that become redirects in the settings, because they are too many for front matter or the page has no text.
    pub redirects: Vec<String>,
    /// Files that are imported with the story.
    pub media: Vec<Media>,
    /// Remarks for the editor.
    pub remarks: Vec<Remark>,
    /// All pieces of plain-text copy.
    pub pieces: Vec<Piece>,
    /// Reader comments, which are saved as data and never published by a build.
    pub comments: Vec<Json>,
}

impl Story {
    /// Sets a field, replacing any previous value.
    pub fn set(
        &mut self,
        key: impl Into<FieldKey>,
        value: impl Into<Json>,
        confidence: Confidence,
        spans: Vec<Span>,
    ) {
        let field = Field { key: key.into(), value: value.into(), confidence, spans };
        match self.fields.iter_mut().find(|other| other.key == field.key) {
            Some(other) => *other = field,
            None => self.fields.push(field),
        }
    }

    /// Records that a field is missing that the desk needs.
    pub fn mark_missing(&mut self, key: Key) {
        if self.field(key).is_none() {
            self.set(key, Json::Null, Confidence::Missing, Vec::new());
        }
    }

    /// Sorts the fields in the order of front matter.
    pub fn sort(&mut self) {
        self.fields.sort_by_key(|field| ORDER.iter().position(|key| *key == field.key.outer()));
    }

    /// The field with this key.
    pub fn field(&self, key: impl Into<FieldKey>) -> Option<&Field> {
        let key = key.into();
        self.fields.iter().find(|field| field.key == key)
    }

    /// The field with this key, to change it.
    pub(super) fn field_mut(&mut self, key: impl Into<FieldKey>) -> Option<&mut Field> {
        let key = key.into();
        self.fields.iter_mut().find(|field| field.key == key)
    }

    /// Removes the field with this key.
    pub(super) fn remove(&mut self, key: Key) {
        self.fields.retain(|field| field.key != key);
    }

    /// The text of the field with this key.
    pub fn text(&self, key: impl Into<FieldKey>) -> Option<&str> {
        self.field(key)?.value.as_str()
    }

    /// Adds a remark.
    pub fn remark(&mut self, code: &'static str, message: impl Into<String>, at: Option<Span>) {
        self.remark_about(code, "", message, at);
    }

    /// Adds a remark that is grouped by its subject, such as a shortcode or a key.
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

/// Converts byte offsets of a text to lines and columns.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    /// In ASCII text, bytes are characters.
    is_ascii: bool,
    /// Lines of the file before this text.
    before: usize,
}

impl<'a> Lines<'a> {
    /// Indexes the lines of a text.
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts, is_ascii: text.is_ascii(), before: 0 }
    }

    /// Offsets the lines by the number of lines before the text in its file.
    #[must_use]
    pub fn preceded_by(self, before: usize) -> Self {
        Self { before, ..self }
    }

    /// The text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The place of a byte range. Both ends are on character boundaries.
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
    fn lines_and_columns_count_characters_from_one() {
        let lines = Lines::new("äb\ncd\n");
        assert_eq!(lines.at(0..2).to_string(), "1:1-2");
        assert_eq!(lines.at(2..5).to_string(), "1:2-2:2");
        assert_eq!(lines.at(7..7).to_string(), "3:1-1");
    }

    #[test]
    fn the_order_contains_each_key_once() {
        let mut keys = ORDER;
        keys.sort_unstable();
        assert!(keys.iter().enumerate().all(|(index, key)| *key as usize == index), "{keys:?}");
        assert_eq!(keys.len(), crate::content::writing::names().count());
    }

    #[test]
    fn names_of_nested_fields_have_a_dot() {
        assert_eq!(FieldKey::from(Key::Genre).to_string(), "type");
        assert_eq!(FieldKey::from(ImageField::Caption).to_string(), "image.caption");
        assert_eq!(FieldKey::extra("weight").to_string(), "extra.weight");
    }

    #[test]
    fn setting_a_field_replaces_it() {
        let mut story = Story::default();
        story.mark_missing(Key::Date);
        story.set(Key::Date, "2026-11-22", Confidence::Explicit, Vec::new());
        story.mark_missing(Key::Date);
        assert_eq!(story.fields.len(), 1);
        assert_eq!(story.text(Key::Date), Some("2026-11-22"));
    }
}
