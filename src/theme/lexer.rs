//! A template's text → the words of its tags, with their places: as far as Tera reads them, which keeps its own to itself.
//!
//! What Tera would refuse ends the words; Tera itself reports it.

use std::ops::Range;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{%`
    OpenTag,
    /// `{{`
    OpenPrint,
    /// `%}` or `}}`
    Close,
    /// A name, a keyword, or a number.
    Name,
    /// A text in quotes, with them.
    Text,
    /// An operator or a bracket.
    Mark,
}

/// A word of a tag and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

/// The words of all tags of a template.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut lexer = Lexer { text, at: 0, words: Vec::new() };
    while lexer.tag().is_some() {}
    lexer.words
}

/// A text in quotes as Tera reads it.
pub(super) fn unquoted(written: &str) -> String {
    let inner = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some(other) => text.push(other),
                None => {}
            },
            _ => text.push(char),
        }
    }
    text
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    words: Vec<Word>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Reads up to the end of the next tag; `None` at the end of the text, or at what is no tag.
    fn tag(&mut self) -> Option<()> {
        let rest = self.rest();
        let mut from = 0;
        let open = loop {
            let open = from + rest[from..].find('{')?;
            match rest.as_bytes().get(open + 1) {
                Some(b'{' | b'%' | b'#') => break open,
                _ => from = open + 1,
            }
        };
        let (is_tag, is_print) = (rest[open..].starts_with("{%"), rest[open..].starts_with("{{"));
        if !is_tag && !is_print {
            let end = rest[open + 2..].find("#}")?;
            self.at += open + 2 + end + 2;
            return Some(());
        }
        let start = self.at + open;
        self.at = start + 2;
        if self.rest().starts_with('-') {
            self.at += 1;
        }
        if is_tag && let Some(end) = past_raw(self.rest()) {
            self.at += end;
            return Some(());
        }
        let kind = if is_tag { Kind::OpenTag } else { Kind::OpenPrint };
        self.words.push(Word { kind, span: start..self.at });
        let close = if is_tag { "%}" } else { "}}" };
        while !self.word(close)? {}
        Some(())
    }

    /// Reads a word; whether it ends the tag.
    fn word(&mut self, close: &str) -> Option<bool> {
        let space =
            self.rest().len() - self.rest().trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
        self.at += space;
        let (rest, start) = (self.rest(), self.at);
        let first = rest.chars().next()?;
        let (kind, length) = if rest.starts_with(close) {
            (Kind::Close, 2)
        } else if first == '-' && rest[1..].starts_with(close) {
            (Kind::Close, 3)
        } else if matches!(first, '"' | '\'' | '`') {
            (Kind::Text, quoted(rest, first)?)
        } else if first.is_ascii_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            (Kind::Name, end)
        } else {
            const LONG: [&str; 10] = ["...", "//", "**", "==", "!=", ">=", "<=", "</", "?.", "?["];
            let long = LONG.iter().find(|mark| rest.starts_with(**mark));
            (Kind::Mark, long.map_or(first.len_utf8(), |mark| mark.len()))
        };
        self.at += length;
        self.words.push(Word { kind, span: start..self.at });
        Some(kind == Kind::Close)
    }
}

/// The length of a text in quotes.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, char) in rest.char_indices().skip(1) {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if char == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Where a `raw` section ends whose opening tag has just begun, if one has.
fn past_raw(rest: &str) -> Option<usize> {
    let mut at = past_name(rest, "raw")?;
    while let Some(open) = rest[at..].find("{%") {
        at += open + 2;
        let inner = rest[at..].strip_prefix('-').unwrap_or(&rest[at..]);
        if let Some(end) = past_name(inner, "endraw") {
            return Some(rest.len() - inner.len() + end);
        }
    }
    None
}

/// Where a tag of one name ends.
fn past_name(rest: &str, name: &str) -> Option<usize> {
    let inner = rest.trim_start().strip_prefix(name)?.trim_start();
    let end = inner.strip_prefix('-').unwrap_or(inner).strip_prefix("%}")?;
    Some(rest.len() - end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(template: &str) -> Vec<&str> {
        words(template).into_iter().map(|word| &template[word.span]).collect()
    }

    #[test]
    fn words_are_those_of_tags_only() {
        assert_eq!(
            texts(
                "a {b} {# {{ no }} #}{%- if x.y >= 10 -%}{{ f(a=\"}} \\\" \") | g }}{% raw %}{{ no }}{% endraw %}{{ z }}"
            ),
            [
                "{%-",
                "if",
                "x",
                ".",
                "y",
                ">=",
                "10",
                "-%}",
                "{{",
                "f",
                "(",
                "a",
                "=",
                "\"}} \\\" \"",
                ")",
                "|",
                "g",
                "}}",
                "{{",
                "z",
                "}}"
            ]
        );
        assert_eq!(texts("{{ {\"a\": {}} }} {{ 'open }}"), ["{{", "{", "\"a\"", ":", "{", "}}", "{{"]);
        assert_eq!(texts("{"), Vec::<&str>::new());
    }

    #[test]
    fn quotes_are_taken_off() {
        assert_eq!(unquoted("\"a\\/b\\n\\\"\""), "a/b\n\"");
    }
}
