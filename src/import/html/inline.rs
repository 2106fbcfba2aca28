//! Writes the pieces of a line as Markdown.
//!
//! Spaces move out of emphasis, empty emphasis is dropped, and tags replace emphasis that CommonMark would not recognize, as in
//! `<b>«a»</b>b`.

use super::elements::Mark;
use crate::import::markdown::escape_within;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// Finished Markdown.
    Raw(String),
    /// An anchor, as HTML.
    Anchor(String),
    /// The start of a link or emphasis, or of a tag with attributes.
    Open(Markup),
    Close,
    Break,
}

/// A kind of markup, with its attributes or URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Markup {
    Mark(Mark, String),
    Link(String),
}

/// Where a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph,
    Heading,
    Cell,
}

/// Spaces, including non-breaking and zero-width ones.
pub(super) fn is_space(c: char) -> bool {
    c == ' ' || is_blank(c)
}

/// What editors leave in an empty paragraph.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{200b}' | '\u{feff}')
}

/// Whether readers see any of the pieces.
pub(super) fn is_seen(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| match piece {
        Piece::Text(text) => !text.chars().all(|c| c.is_whitespace() || is_blank(c)),
        Piece::Raw(_) => true,
        _ => false,
    })
}

/// The pieces as Markdown.
pub(super) fn to_markdown(pieces: Vec<Piece>, place: Place) -> String {
    let pieces = normalize(pieces, place);
    let is_tag = needs_tags(&pieces);
    let mut line = String::new();
    let mut texts = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for (piece, is_tag) in pieces.into_iter().zip(is_tag) {
        match piece {
            Piece::Text(text) => {
                let start = line.len();
                line.push_str(&text);
                texts.push(start..line.len());
            }
            Piece::Raw(raw) | Piece::Anchor(raw) => match place {
                Place::Cell => line.push_str(&raw.replace('|', "\\|")),
                _ => line.push_str(&raw),
            },
            Piece::Break => line.push_str(match place {
                Place::Paragraph => "\\\n",
                Place::Heading => " ",
                Place::Cell => "<br>",
            }),
            Piece::Open(markup) => {
                let (before, after) = delimiters(markup, is_tag);
                line.push_str(&before);
                open.push(after);
            }
            Piece::Close => line.push_str(&open.pop().unwrap_or_default()),
        }
    }
    escape_within(&line, &texts, place == Place::Cell)
}

/// The opening and closing text of a piece of markup.
fn delimiters(markup: Markup, is_tag: bool) -> (String, String) {
    let same = |markup: &str| (markup.to_owned(), markup.to_owned());
    let tag = |name: &str, attributes: &str| (format!("<{name}{attributes}>"), format!("</{name}>"));
    match markup {
        Markup::Link(url) => ("[".to_owned(), format!("]({url})")),
        Markup::Mark(Mark::Tag(name), attributes) => tag(name, &attributes),
        Markup::Mark(Mark::Strong, _) if !is_tag => same("**"),
        Markup::Mark(Mark::Emphasis, _) if !is_tag => same("*"),
        Markup::Mark(Mark::Deleted, _) if !is_tag => same("~~"),
        Markup::Mark(Mark::Strong, _) => tag("strong", ""),
        Markup::Mark(Mark::Emphasis, _) => tag("em", ""),
        Markup::Mark(Mark::Deleted, _) => tag("del", ""),
    }
}

/// A line under construction.
#[derive(Default)]
struct LineBuilder {
    out: Vec<Piece>,
    /// Markup that has no content yet.
    waiting: Vec<Markup>,
    /// Markup that is open in `out`.
    open: Vec<Markup>,
    /// Spaces before the next content.
    spaces: String,
    has_break: bool,
    /// The markup that was closed last.
    closed: Option<Markup>,
}

impl LineBuilder {
    /// Writes pending spaces and markup before visible content.
    fn show(&mut self, place: Place) {
        let is_first = self.out.iter().all(|piece| matches!(piece, Piece::Anchor(_)));
        let spaces = std::mem::take(&mut self.spaces);
        if std::mem::take(&mut self.has_break) && !is_first && place != Place::Heading {
            self.out.push(Piece::Break);
        } else if !spaces.is_empty() && !is_first {
            self.out.push(Piece::Text(spaces));
        }
        for markup in std::mem::take(&mut self.waiting) {
            // Adjacent equal markup is merged.
            let is_again = self.out.last() == Some(&Piece::Close) && self.closed.as_ref() == Some(&markup);
            if is_again && !matches!(markup, Markup::Link(_)) {
                self.out.pop();
            } else {
                self.out.push(Piece::Open(markup.clone()));
            }
            self.open.push(markup);
        }
    }
}

/// Drops empty markup, and moves spaces out of markup and off the ends of the line.
fn normalize(pieces: Vec<Piece>, place: Place) -> Vec<Piece> {
    let mut line = LineBuilder::default();
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                let inner = text.trim_matches(is_space);
                let start = text.len() - text.trim_start_matches(is_space).len();
                push_spaces(&mut line.spaces, &text[..start]);
                if !inner.is_empty() {
                    line.show(place);
                    line.out.push(Piece::Text(inner.to_owned()));
                    push_spaces(&mut line.spaces, &text[start + inner.len()..]);
                }
            }
            Piece::Raw(_) => {
                line.show(place);
                line.out.push(piece);
            }
            Piece::Anchor(_) => {
                if !line.spaces.is_empty() && !line.has_break {
                    line.show(place);
                }
                line.out.push(piece);
            }
            Piece::Break => {
                line.has_break = true;
                line.spaces.clear();
            }
            Piece::Open(markup) => line.waiting.push(markup),
            Piece::Close => {
                if line.waiting.pop().is_none()
                    && let Some(markup) = line.open.pop()
                {
                    line.out.push(Piece::Close);
                    line.closed = Some(markup);
                }
            }
        }
    }
    line.out
}

/// Adds spaces, collapsing plain ones.
fn push_spaces(spaces: &mut String, more: &str) {
    for c in more.chars() {
        if c != ' ' || !spaces.ends_with(' ') {
            spaces.push(c);
        }
    }
}

/// An emphasis.
struct Pair {
    open: usize,
    close: usize,
    /// Whether it contains or is inside another.
    is_nested: bool,
    is_deleted: bool,
}

/// The emphasis of a line.
fn pairs(pieces: &[Piece]) -> Vec<Pair> {
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut pairs: Vec<Pair> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Open(Markup::Mark(mark @ (Mark::Strong | Mark::Emphasis | Mark::Deleted), _)) => {
                let outer = open.iter().flatten().next_back().copied();
                if let Some(outer) = outer.and_then(|outer| pairs.get_mut(outer)) {
                    outer.is_nested = true;
                }
                open.push(Some(pairs.len()));
                let is_deleted = *mark == Mark::Deleted;
                pairs.push(Pair { open: at, close: at, is_nested: outer.is_some(), is_deleted });
            }
            Piece::Open(_) => open.push(None),
            Piece::Close => {
                if let Some(pair) = open.pop().flatten().and_then(|pair| pairs.get_mut(pair)) {
                    pair.close = at;
                }
            }
            _ => {}
        }
    }
    pairs
}

/// Whether each piece must be a tag because CommonMark would not recognize its delimiter (section 6.2).
fn needs_tags(pieces: &[Piece]) -> Vec<bool> {
    let pairs = pairs(pieces);
    let mut is_delimiter = vec![false; pieces.len()];
    for pair in &pairs {
        (is_delimiter[pair.open], is_delimiter[pair.close]) = (true, true);
    }
    // A tag changes its neighbours. After a few rounds nothing changes, or everything becomes a tag.
    for turn in 0..5 {
        let mut has_changed = false;
        for pair in &pairs {
            let fits = |at| fits(pieces, &is_delimiter, at, pair);
            if is_delimiter[pair.open] && (turn == 4 || !fits(pair.open) || !fits(pair.close)) {
                (is_delimiter[pair.open], is_delimiter[pair.close]) = (false, false);
                has_changed = true;
            }
        }
        if !has_changed {
            break;
        }
    }
    is_delimiter.into_iter().map(|is_delimiter| !is_delimiter).collect()
}

/// Whether the delimiter at an index can open, or close, and not the other.
fn fits(pieces: &[Piece], is_delimiter: &[bool], at: usize, pair: &Pair) -> bool {
    let opens = at == pair.open;
    let is_delimiter = |at: usize| is_delimiter.get(at) == Some(&true);
    let (mut first, mut last) = (at, at);
    while first > 0 && is_delimiter(first - 1) {
        first -= 1;
    }
    while is_delimiter(last + 1) {
        last += 1;
    }
    let is_alike = |piece: &Piece| matches!(piece, Piece::Open(_)) == opens;
    if !pieces[first..=last].iter().all(is_alike) || last > first && pair.is_deleted {
        return false;
    }
    let before = first.checked_sub(1).map_or(' ', |before| edge(&pieces[before], true));
    let next = pieces.get(last + 1).map_or(' ', |next| edge(next, false));
    let (inner, outer) = if opens { (next, before) } else { (before, next) };
    let does =
        !inner.is_whitespace() && (inner.is_alphanumeric() || outer.is_whitespace() || is_punctuation(outer));
    let may_do_other = !(outer.is_whitespace() || is_punctuation(outer) && inner.is_alphanumeric());
    does && !(may_do_other && (pair.is_nested || last > first))
}

/// Characters that every version of CommonMark counts as punctuation.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '«' | '»' | '¡' | '¿' | '\u{2010}'..='\u{2027}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}')
}

/// The first or last character of a piece as written.
fn edge(piece: &Piece, is_end: bool) -> char {
    let of = |text: &str| if is_end { text.chars().next_back() } else { text.chars().next() };
    match piece {
        Piece::Text(text) | Piece::Raw(text) | Piece::Anchor(text) => of(text).unwrap_or(' '),
        Piece::Break => ' ',
        Piece::Open(_) | Piece::Close => '<',
    }
}
