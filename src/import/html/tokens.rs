//! HTML as it is found → tags, texts and comments, in one pass. What is no tag is text.

use std::collections::BTreeSet;

use crate::import::entities;

/// A part of HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with its references.
    Text(&'a str),
    /// A start tag.
    Open(Tag<'a>),
    /// An end tag, its name in lower case.
    Close(String),
    /// What is in a comment.
    Comment(&'a str),
}

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// In lower case.
    pub(super) name: String,
    /// What is behind the name.
    attributes: &'a str,
}

impl Tag<'_> {
    /// The value of an attribute, decoded; empty if it has none.
    pub(super) fn value(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            // An `=` in front belongs to the name.
            let length =
                rest.char_indices().skip(1).find(|(_, c)| c.is_ascii_whitespace() || matches!(c, '=' | '/'));
            let (name, behind) = rest.split_at(length.map_or(rest.len(), |(at, _)| at));
            let (value, behind) = match behind.trim_start().strip_prefix('=') {
                Some(behind) => value(behind.trim_start()),
                None => ("", behind),
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(entities::decode(value));
            }
            rest = behind;
        }
    }
}

/// A value with or without quotes, and what is behind it.
fn value(text: &str) -> (&str, &str) {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inside = text.get(1..).unwrap_or_default();
            inside.split_once(quote).unwrap_or((inside, ""))
        }
        _ => text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len())),
    }
}

/// Reads HTML from the start to the end.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    html: &'a str,
    at: usize,
    /// Elements that are never closed behind this place: looked for once.
    unclosed: BTreeSet<String>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self { html, at: 0, unclosed: BTreeSet::new() }
    }

    fn rest(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }

    /// Goes to the end tag of an element that was opened, or to the end of all.
    pub(super) fn skip_to_end(&mut self, name: &str) {
        self.at = self.end_of(name).unwrap_or(self.html.len());
    }

    /// Whether an end tag of this name comes.
    pub(super) fn is_closed(&mut self, name: &str) -> bool {
        if self.unclosed.contains(name) {
            return false;
        }
        let found = self.end_of(name).is_some();
        if !found {
            self.unclosed.insert(name.to_owned());
        }
        found
    }

    fn end_of(&self, name: &str) -> Option<usize> {
        let rest = self.rest();
        let is_end = |at: &usize| {
            let behind = rest.as_bytes().get(at + 2..).unwrap_or_default();
            let after = behind.get(name.len());
            behind.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
                && after.is_none_or(|byte| !byte.is_ascii_alphanumeric())
        };
        rest.match_indices("</").map(|(at, _)| at).find(is_end).map(|at| self.at + at)
    }

    /// A tag or comment that begins here; `None` if this `<` is text.
    fn markup(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        if let Some(behind) = rest.strip_prefix("<!--") {
            let (comment, length) = behind.split_once("-->").map_or((behind, 4), |(comment, _)| (comment, 7));
            self.at += comment.len() + length;
            return Some(Token::Comment(comment));
        }
        if let Some(behind) = rest.strip_prefix("<![CDATA[") {
            let (text, length) = behind.split_once("]]>").map_or((behind, 9), |(text, _)| (text, 12));
            self.at += text.len() + length;
            return Some(Token::Text(text));
        }
        let second = rest.as_bytes().get(1)?;
        let start = if *second == b'/' { 2 } else { 1 };
        let is_tag = rest.as_bytes().get(start).is_some_and(u8::is_ascii_alphabetic);
        if !is_tag && !matches!(second, b'!' | b'?') {
            return None;
        }
        let Some(end) = end_of_tag(rest) else {
            // What is not closed is text to the end; to look again at every `<` of it would take long.
            self.at = self.html.len();
            return Some(Token::Text(rest));
        };
        self.at += end + 1;
        if !is_tag {
            return Some(Token::Comment(""));
        }
        let inside = rest.get(start..end)?;
        let is_end = |c: char| c.is_ascii_whitespace() || c == '/';
        let (name, attributes) = inside.split_at(inside.find(is_end).unwrap_or(inside.len()));
        let name = name.to_ascii_lowercase();
        Some(if start == 2 { Token::Close(name) } else { Token::Open(Tag { name, attributes }) })
    }
}

/// Where the `>` of a tag is: not in a value with quotes.
fn end_of_tag(tag: &str) -> Option<usize> {
    let bytes = tag.as_bytes();
    let mut quote = None;
    let mut before = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            // A quote that is not behind `=` is a slip.
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = *byte;
        }
    }
    None
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        if rest.starts_with('<')
            && let Some(token) = self.markup()
        {
            return Some(token);
        }
        let end = rest.char_indices().skip(1).find(|(_, c)| *c == '<').map_or(rest.len(), |(at, _)| at);
        self.at += end;
        rest.get(..end).map(Token::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(html: &str) -> Vec<String> {
        let word = |token| match token {
            Token::Text(text) => format!("'{text}'"),
            Token::Open(tag) => format!("<{}>", tag.name),
            Token::Close(name) => format!("</{name}>"),
            Token::Comment(text) => format!("!{text}"),
        };
        Tokens::new(html).map(word).collect()
    }

    #[test]
    fn html_is_cut_into_tags_and_texts() {
        for (html, expected) in [
            ("<P>a<br/>b</P >", "<p> 'a' <br> 'b' </p>"),
            ("1 < 2 <3", "'1 ' '< 2 ' '<3'"),
            ("<a title='x > y'>t</a>", "<a> 't' </a>"),
            ("<!-- wp:paragraph --><p>", "! wp:paragraph  <p>"),
            ("<!DOCTYPE html><?xml?><![CDATA[x<b]]>", "! ! 'x<b'"),
            ("a<b", "'a' '<b'"),
            ("a<!-- b", "'a' ! b"),
            ("</", "'</'"),
            ("", ""),
            ("<é>", "'<é>'"),
        ] {
            assert_eq!(tokens(html).join(" "), expected, "{html}");
        }
    }

    #[test]
    fn values_are_decoded() {
        let value = |html: &'static str, name| match Tokens::new(html).next() {
            Some(Token::Open(tag)) => tag.value(name),
            _ => None,
        };
        assert_eq!(value("<a href='/x?a=1&amp;b'>", "href").as_deref(), Some("/x?a=1&b"));
        assert_eq!(value("<a b HREF = /x c>", "href").as_deref(), Some("/x"));
        assert_eq!(value("<a href>", "href").as_deref(), Some(""));
        assert_eq!(value("<a x='href=y' ==>", "href"), None);
    }
}
