//! Raw HTML → its tags and comments, as browsers read them (HTML, section 13.2.5).

use std::borrow::Cow;
use std::ops::Range;

/// Elements whose content is text up to their end tag (HTML, section 13.1.2).
const RAW_TEXT: [&str; 7] = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed"];

/// A piece of markup.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'h> {
    /// What browsers treat as a comment.
    Comment(Range<usize>),
    Tag(Tag<'h>),
}

/// A tag that opens or closes an element.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'h> {
    /// In lower case.
    pub(super) name: String,
    /// Whether it closes an element.
    pub(super) is_end: bool,
    /// From `<` to `>`.
    pub(super) span: Range<usize>,
    pub(super) attributes: Vec<Attribute<'h>>,
    /// Whether the tag has a `>`.
    pub(super) is_closed: bool,
}

/// An attribute of a tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute<'h> {
    /// In lower case.
    pub(super) name: String,
    /// With character references decoded; `None` without a `=`.
    pub(super) value: Option<Cow<'h, str>>,
    /// From the first byte of its name to the last of its value, quotes included.
    pub(super) span: Range<usize>,
    /// The value as written, without quotes.
    pub(super) value_span: Range<usize>,
}

impl Tag<'_> {
    /// The value of an attribute; the first counts.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.name == name);
        found.map(|attribute| attribute.value.as_deref().unwrap_or_default())
    }
}

/// Whether the content of elements such as `<script>` is searched for tags.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RawText {
    /// It is text in HTML.
    Skip,
    /// In foreign elements such as SVG it may be markup.
    Search,
}

/// The tags and comments of some HTML, in order.
pub(super) fn tokens(html: &str, raw_text: RawText) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += html.get(at..)?.find('<')?;
            let (start, rest) = (at, &html[at..]);
            if let Some(length) = comment(rest) {
                at += length;
                return Some(Token::Comment(start..at));
            }
            let is_end = rest[1..].starts_with('/');
            let name = &rest[1 + usize::from(is_end)..];
            let name =
                name.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or(name);
            if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                at += 1;
                continue;
            }
            let (attributes, end, is_closed) = attributes(html, start + 1 + usize::from(is_end) + name.len());
            let is_raw = raw_text_name(name).filter(|raw| raw.len() == name.len() && !is_end);
            at = match is_raw.filter(|_| raw_text == RawText::Skip) {
                Some(raw) => end_tag(&html[end..], raw).map_or(html.len(), |length| end + length),
                None => end,
            };
            let name = name.to_ascii_lowercase();
            return Some(Token::Tag(Tag { name, is_end, span: start..end, attributes, is_closed }));
        }
    })
}

/// Reads the attributes of a tag from the end of its name; returns them with the end of the tag, and whether it has a `>`.
fn attributes(html: &str, mut at: usize) -> (Vec<Attribute<'_>>, usize, bool) {
    let until =
        |at: usize, stops: &dyn Fn(char) -> bool| html[at..].find(stops).map_or(html.len(), |end| at + end);
    let next = |at: usize| html[at..].chars().next();
    let mut found = Vec::new();
    loop {
        at = until(at, &|c| !(c.is_whitespace() || c == '/'));
        let start = at;
        let first = match next(at) {
            None => return (found, at, false),
            Some('>') => return (found, at + 1, true),
            Some(first) => first,
        };
        // A leading `=` is part of the name, as the standard says.
        at = until(at + first.len_utf8(), &|c| c.is_whitespace() || matches!(c, '=' | '>' | '/'));
        let name = html[start..at].to_ascii_lowercase();
        let equals = until(at, &|c| !c.is_whitespace());
        let has_value = next(equals) == Some('=');
        let mut value_span = at..at;
        if has_value {
            at = until(equals + 1, &|c| !c.is_whitespace());
            (value_span, at) = match next(at).filter(|c| matches!(c, '"' | '\'')) {
                Some(quote) => {
                    let close = until(at + 1, &|c| c == quote);
                    (at + 1..close, (close + 1).min(html.len()))
                }
                None => {
                    let close = until(at, &|c| c.is_whitespace() || c == '>');
                    (at..close, close)
                }
            };
        }
        let value = has_value.then(|| htmlize::unescape_attribute(&html[value_span.clone()]));
        found.push(Attribute { name, value, span: start..at, value_span });
    }
}

/// The length of the comment that some HTML begins with. A comment without an end goes to the end of the HTML.
pub(super) fn comment(html: &str) -> Option<usize> {
    let rest = html.strip_prefix('<')?;
    let length = match rest.strip_prefix("!--") {
        Some(inside) => comment_end(inside).map(|end| 4 + end),
        None if rest.starts_with(['!', '?']) => html.find('>').map(|at| at + 1),
        None => return None,
    };
    Some(length.unwrap_or(html.len()))
}

/// Where a comment ends, given the text after its `<!--` (HTML, section 13.2.5.43).
pub(super) fn comment_end(inside: &str) -> Option<usize> {
    let ends = |at: &usize| {
        let before = &inside[..*at];
        before.is_empty() || before == "-" || before.ends_with("--") || before.ends_with("--!")
    };
    inside.match_indices('>').map(|(at, _)| at).find(ends).map(|at| at + 1)
}

/// The element of raw text whose name a text begins with.
pub(super) fn raw_text_name(text: &str) -> Option<&'static str> {
    let name = text.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    RAW_TEXT.into_iter().find(|raw| raw.eq_ignore_ascii_case(name))
}

/// Where the end tag of an element is.
pub(super) fn end_tag(text: &str, name: &str) -> Option<usize> {
    let is_it = |at: &usize| {
        let after = text.get(at + 2..at + 2 + name.len());
        after.is_some_and(|after| after.eq_ignore_ascii_case(name))
    };
    text.match_indices("</").map(|(at, _)| at).find(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(html: &str, raw_text: RawText) -> Vec<Tag<'_>> {
        let tag = |token| if let Token::Tag(tag) = token { Some(tag) } else { None };
        tokens(html, raw_text).filter_map(tag).collect()
    }

    #[test]
    fn attributes_are_read_as_in_browsers() {
        let html = "<!-- <a x=y> --><IMG/SRC=a&#46;png onError = 'x > y' alt><p title=\"unclosed";
        let found = tags(html, RawText::Skip);
        let read: Vec<Vec<(&str, Option<&str>)>> = found
            .iter()
            .map(|tag| tag.attributes.iter().map(|one| (one.name.as_str(), one.value.as_deref())).collect())
            .collect();
        assert_eq!(
            read,
            [
                vec![("src", Some("a.png")), ("onerror", Some("x > y")), ("alt", None)],
                vec![("title", Some("unclosed"))]
            ]
        );
        assert_eq!((found[0].name.as_str(), found[0].is_closed, found[1].is_closed), ("img", true, false));
        assert_eq!(&html[found[0].attributes[1].span.clone()], "onError = 'x > y'");
    }

    #[test]
    fn raw_text_has_no_tags_unless_it_is_searched() {
        for (html, skipped, searched) in [
            ("<script>'<b>'</script><i>", 3, 4),
            ("<svg><title><script>x</script></title></svg>", 4, 6),
            ("<textarea><b>", 1, 2),
            ("<?x <b?> <i>", 1, 1),
        ] {
            let count = |raw_text| tags(html, raw_text).len();
            assert_eq!((count(RawText::Skip), count(RawText::Search)), (skipped, searched), "{html}");
        }
    }
}
