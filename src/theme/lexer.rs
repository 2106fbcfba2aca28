//! The text of a template → the tokens of its tags with their positions. Tera does not expose its own lexer.
//!
//! The lexer stops at a syntax error, which Tera itself reports.

use std::ops::Range;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// `{%`
    OpenTag,
    /// `{{`
    OpenPrint,
    /// `%}` or `}}`
    Close,
    /// A name, a keyword, or a number.
    Name,
    /// A string literal with its quotes.
    Text,
    /// An operator or a bracket.
    Mark,
}

/// A token of a tag and its byte range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Range<usize>,
}

/// The tokens of all tags of a template.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    while lexer.tag().is_some() {}
    lexer.tokens
}

/// The value of a string literal.
pub(super) fn unquote(literal: &str) -> String {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
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
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Reads up to the end of the next tag; returns `None` at the end of the text or at a syntax error.
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
        if is_tag && let Some(end) = raw_end(self.rest()) {
            self.at += end;
            return Some(());
        }
        let kind = if is_tag { TokenKind::OpenTag } else { TokenKind::OpenPrint };
        self.tokens.push(Token { kind, span: start..self.at });
        let close = if is_tag { "%}" } else { "}}" };
        while !self.token(close)? {}
        Some(())
    }

    /// Reads a token; returns whether it ends the tag.
    fn token(&mut self, close: &str) -> Option<bool> {
        let space =
            self.rest().len() - self.rest().trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
        self.at += space;
        let (rest, start) = (self.rest(), self.at);
        let first = rest.chars().next()?;
        let (kind, length) = if rest.starts_with(close) {
            (TokenKind::Close, 2)
        } else if first == '-' && rest[1..].starts_with(close) {
            (TokenKind::Close, 3)
        } else if matches!(first, '"' | '\'' | '`') {
            (TokenKind::Text, literal_length(rest, first)?)
        } else if first.is_ascii_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            (TokenKind::Name, end)
        } else {
            const LONG: [&str; 10] = ["...", "//", "**", "==", "!=", ">=", "<=", "</", "?.", "?["];
            let long = LONG.iter().find(|mark| rest.starts_with(**mark));
            (TokenKind::Mark, long.map_or(first.len_utf8(), |mark| mark.len()))
        };
        self.at += length;
        self.tokens.push(Token { kind, span: start..self.at });
        Some(kind == TokenKind::Close)
    }
}

/// The length of a string literal.
fn literal_length(rest: &str, quote: char) -> Option<usize> {
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

/// The end of a `raw` section, if `rest` starts inside its opening tag.
fn raw_end(rest: &str) -> Option<usize> {
    let mut at = tag_end(rest, "raw")?;
    while let Some(open) = rest[at..].find("{%") {
        at += open + 2;
        let inner = rest[at..].strip_prefix('-').unwrap_or(&rest[at..]);
        if let Some(end) = tag_end(inner, "endraw") {
            return Some(rest.len() - inner.len() + end);
        }
    }
    None
}

/// The end of a tag that has only a name.
fn tag_end(rest: &str, name: &str) -> Option<usize> {
    let inner = rest.trim_start().strip_prefix(name)?.trim_start();
    let end = inner.strip_prefix('-').unwrap_or(inner).strip_prefix("%}")?;
    Some(rest.len() - end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(template: &str) -> Vec<&str> {
        tokens(template).into_iter().map(|token| &template[token.span]).collect()
    }

    #[test]
    fn only_tags_have_tokens() {
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
    fn string_literals_are_unquoted() {
        assert_eq!(unquote("\"a\\/b\\n\\\"\""), "a/b\n\"");
    }
}
