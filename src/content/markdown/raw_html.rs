//! Raw HTML in Markdown → the URLs in its attributes, and the HTML without comments and with those URLs rewritten.

use std::borrow::Cow;
use std::ops::Range;

use super::escape::{Escape, escape};
use super::picture;
use super::references::Target;
use super::tags::{self, Attribute, RawText, Tag, Token, tokens};

/// Attributes whose value is a URL.
const ONE: [&str; 16] = [
    "action",
    "background",
    "cite",
    "codebase",
    "data",
    "dynsrc",
    "formaction",
    "href",
    "icon",
    "longdesc",
    "lowsrc",
    "manifest",
    "poster",
    "profile",
    "src",
    "xlink:href",
];
/// Attributes whose value is a list of URLs with sizes (HTML, section 4.8.4.2.1).
const WITH_SIZES: [&str; 2] = ["srcset", "imagesrcset"];

/// What the value of an attribute holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Url,
    UrlsWithSizes,
    Urls,
    /// Seconds, and perhaps a URL (HTML, section 4.2.5.3).
    Refresh,
    /// Something else that may contain a URL.
    Anything,
}

/// A URL in an attribute.
pub(super) struct AttributeUrl {
    /// Decoded.
    pub(super) url: String,
    /// Whether the attribute is meant to hold a URL. If not, the URL matters only if readers must not see it.
    pub(super) is_reference: bool,
    /// Its bytes in the HTML; those of the whole value if it has character references.
    pub(super) span: Range<usize>,
}

/// The URLs in the attributes of some HTML.
pub(super) fn urls(html: &str) -> Vec<AttributeUrl> {
    let mut found = Vec::new();
    for tag in tags(html) {
        for attribute in &tag.attributes {
            let Some(value) = &attribute.value else { continue };
            let holds = Holds::of(&tag, attribute);
            let start = attribute.value_span.start;
            found.extend(holds.urls(value).into_iter().map(|range| AttributeUrl {
                url: value[range.clone()].to_owned(),
                is_reference: holds != Holds::Anything,
                span: match value {
                    Cow::Borrowed(_) => start + range.start..start + range.end,
                    Cow::Owned(_) => attribute.value_span.clone(),
                },
            }));
        }
    }
    found
}

/// The names in some HTML that links can lead to.
pub(super) fn anchors(html: &str) -> Vec<String> {
    let anchors = tags(html).flat_map(|tag| {
        let is_anchor = move |attribute: &Attribute<'_>| {
            attribute.name == "id" || (attribute.name == "name" && tag.name == "a")
        };
        tag.attributes.into_iter().filter(is_anchor).filter_map(|attribute| attribute.value)
    });
    anchors.filter(|anchor| !anchor.is_empty()).map(Cow::into_owned).collect()
}

fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    tokens(html, RawText::Skip).filter_map(|token| match token {
        Token::Tag(tag) => Some(tag),
        Token::Comment(_) => None,
    })
}

/// Whether some HTML is nothing but comments.
pub(super) fn is_empty(html: &str) -> bool {
    let mut rest = html.trim_start();
    while let Some(length) = tags::comment(rest) {
        rest = rest[length..].trim_start();
    }
    rest.is_empty()
}

/// How an attribute uses a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Used {
    /// The `src` of an image that says nothing of its size.
    AsPicture,
    /// The attribute is meant to hold a URL.
    AsReference,
    /// It has another purpose.
    Otherwise,
}

impl Used {
    fn of(tag: &Tag<'_>, attribute: &Attribute<'_>, holds: Holds) -> Self {
        let says_its_size = || {
            let named =
                |one: &Attribute<'_>| ["srcset", "sizes", "width", "height"].contains(&one.name.as_str());
            tag.attributes.iter().any(named)
        };
        match holds {
            Holds::Anything => Self::Otherwise,
            _ if tag.name == "img" && attribute.name == "src" && !says_its_size() => Self::AsPicture,
            _ => Self::AsReference,
        }
    }
}

/// The HTML without comments and with the URLs in its attributes replaced. `target` gets each URL and its use. Attributes with a hidden URL are
/// left out.
pub(super) fn rewrite<'a>(html: &'a str, target: &dyn Fn(&str, Used) -> Target) -> Cow<'a, str> {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for token in tokens(html, RawText::Skip) {
        match token {
            Token::Comment(range) => edits.push((range, String::new())),
            Token::Tag(tag) => {
                edits.extend(tag.attributes.iter().filter_map(|attribute| {
                    Some((attribute.span.clone(), rewritten(&tag, attribute, target)?))
                }))
            }
        }
    }
    if edits.is_empty() {
        return Cow::Borrowed(html);
    }
    let (mut out, mut copied) = (String::with_capacity(html.len()), 0);
    for (range, new) in edits {
        out.push_str(&html[copied..range.start]);
        out.push_str(&new);
        copied = range.end;
    }
    out.push_str(&html[copied..]);
    Cow::Owned(out)
}

/// An attribute with other URLs; empty if readers must not see it. `None` if it stays.
fn rewritten(
    tag: &Tag<'_>,
    attribute: &Attribute<'_>,
    target: &dyn Fn(&str, Used) -> Target,
) -> Option<String> {
    let (value, holds) = (attribute.value.as_ref()?, Holds::of(tag, attribute));
    let used = Used::of(tag, attribute, holds);
    let (mut new, mut copied, mut more) = (String::new(), 0, String::new());
    for range in holds.urls(value) {
        let to = match target(&value[range.clone()], used) {
            Target::Keep | Target::Player(_) => continue,
            Target::Hidden => return Some(String::new()),
            Target::Url(to, _) => to,
            Target::Picture(picture) if used == Used::AsPicture => {
                picture::more_attributes(&mut more, &picture);
                picture.src
            }
            Target::Picture(picture) => picture.file,
        };
        escape(&mut new, &value[copied..range.start], Escape::Attribute);
        escape(&mut new, &to, Escape::Url);
        copied = range.end;
    }
    if copied == 0 {
        return None;
    }
    escape(&mut new, &value[copied..], Escape::Attribute);
    Some(format!("{}=\"{new}\"{more}", attribute.name))
}

impl Holds {
    fn of(tag: &Tag<'_>, attribute: &Attribute<'_>) -> Self {
        match attribute.name.as_str() {
            "content" if tag.name == "meta" => Self::Refresh,
            "ping" => Self::Urls,
            name if ONE.contains(&name) => Self::Url,
            name if WITH_SIZES.contains(&name) => Self::UrlsWithSizes,
            _ => Self::Anything,
        }
    }

    /// Where URLs are in a decoded value.
    fn urls(self, value: &str) -> Vec<Range<usize>> {
        match self {
            Self::Url => {
                let start = value.len() - value.trim_start().len();
                std::iter::once(start..start + value.trim().len()).collect()
            }
            Self::UrlsWithSizes => candidates(value),
            Self::Urls => pieces(value, char::is_whitespace).collect(),
            Self::Refresh => refresh(value).into_iter().collect(),
            Self::Anything if !value.contains(['/', '.']) => Vec::new(),
            Self::Anything => {
                let is_end = |c: char| c.is_whitespace() || "\"'()<>{}[],;=`".contains(c);
                pieces(value, is_end).filter(|range| may_be_url(&value[range.clone()])).collect()
            }
        }
    }
}

/// Whether a piece of a value has the shape of a URL.
fn may_be_url(piece: &str) -> bool {
    let is_path = piece.len() > 2 && piece.starts_with(['/', '.', '\\']) && piece.contains(['/', '\\']);
    is_path || piece.contains("//") || [".md", ".markdown"].iter().any(|end| piece.ends_with(end))
}

/// The pieces of a text between separators.
fn pieces(text: &str, is_end: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let start = move |piece: &str| piece.as_ptr().addr() - text.as_ptr().addr();
    let pieces = text.split(is_end).filter(|piece| !piece.is_empty());
    pieces.map(move |piece| start(piece)..start(piece) + piece.len())
}

/// The URLs of a list with sizes. A URL may contain commas; one that ends with a comma has no size.
fn candidates(value: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = value[at..].find(|c: char| !c.is_whitespace() && c != ',').map(|start| at + start)
    {
        let end = value[start..].find(char::is_whitespace).map_or(value.len(), |end| start + end);
        let url = value[start..end].trim_end_matches(',');
        found.push(start..start + url.len());
        at = match end - start > url.len() {
            true => end,
            false => value[end..].find(',').map_or(value.len(), |comma| end + comma + 1),
        };
    }
    found
}

/// The URL in `5; url='/there/'`.
fn refresh(value: &str) -> Option<Range<usize>> {
    let is_time = |c: char| c.is_ascii_digit() || c == '.' || c.is_whitespace();
    let behind = value.trim_start_matches(is_time);
    // Other values of `content` do not begin with a time.
    if behind.len() == value.len() || !behind.starts_with([';', ',']) {
        return None;
    }
    let behind = behind[1..].trim_start();
    let is_named = behind.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("url"));
    let named = if is_named { behind[3..].trim_start().strip_prefix('=') } else { None };
    let url = named.unwrap_or(behind).trim();
    let quote = url.chars().next().filter(|c| matches!(c, '"' | '\''));
    let url = quote.map_or(url, |quote| url[1..].split(quote).next().unwrap_or_default());
    let start = url.as_ptr().addr() - value.as_ptr().addr();
    (!url.is_empty()).then(|| start..start + url.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(html: &str) -> Vec<String> {
        urls(html).into_iter().map(|found| found.url).collect()
    }

    #[test]
    fn urls_are_found_in_all_forms_of_tags() {
        for (html, expected) in [
            ("<img src=photo.jpg alt=x>", vec!["photo.jpg"]),
            ("<IMG\n  SRC = \"photo.jpg\"/>", vec!["photo.jpg"]),
            ("<a class='a > b' href='b.md'>", vec!["b.md"]),
            ("<source srcset=\"a.jpg 1x, b.jpg 2x\">", vec!["a.jpg", "b.jpg"]),
            ("<source srcset=\"a,b.jpg, c.jpg 2x,d.jpg\">", vec!["a,b.jpg", "c.jpg", "d.jpg"]),
            ("<!-- <a href=\"hidden.md\"> --><p title=href>", vec![]),
            ("<script>'<a href=\"x.md\">'</script><a href=y.md>", vec!["y.md"]),
            ("<a href=", vec![""]),
            ("a < b > c", vec![]),
            ("<é href=x><a é=\"", vec![]),
        ] {
            assert_eq!(named(html), expected, "{html}");
        }
    }

    #[test]
    fn values_are_decoded() {
        for (html, expected) in [
            ("<a href=\"merger&#45;secret.md\">", "merger-secret.md"),
            ("<a href=\"a&amp;b.md\">", "a&b.md"),
            ("<a href='java&Tab;script&colon;x'>", "java\tscript:x"),
            ("<a href=a&#x2e;md>", "a.md"),
            ("<a href='/a/?b=1&copy=2'>", "/a/?b=1&copy=2"),
        ] {
            assert_eq!(named(html), [expected], "{html}");
        }
    }

    #[test]
    fn every_attribute_with_a_url_is_read() {
        for html in [
            "<object data=/x/>",
            "<q cite=/x/>",
            "<form action=/x/>",
            "<button formaction=/x/>",
            "<use xlink:href=/x/>",
            "<img longdesc=/x/>",
            "<table background=/x/>",
            "<a ping=/x/>",
            "<link imagesrcset='/x/ 2x'>",
            "<meta http-equiv=refresh content=\"0; URL='/x/'\">",
            "<meta http-equiv=refresh content=\"0;url=/x/\">",
        ] {
            let found = urls(html);
            assert!(found.len() == 1 && found[0].url == "/x/" && found[0].is_reference, "{html}");
        }
        for html in ["<a data-to=/x/>", "<b onclick=\"go('/x/')\">", "<b style=\"background:url(/x/)\">"] {
            let found = urls(html);
            assert!(found.len() == 1 && found[0].url == "/x/" && !found[0].is_reference, "{html}");
        }
        assert!(named("<meta content='1.5 a'><b title='and/or' type='text/html'>").is_empty());
    }

    #[test]
    fn urls_have_their_places() {
        let html = "<p>é</p><img alt=x src=' a.jpg '><source srcset=\"b.jpg 1x, c.jpg 2x\"><a href>";
        let found: Vec<_> = urls(html).into_iter().map(|found| &html[found.span]).collect();
        assert_eq!(found, ["a.jpg", "b.jpg", "c.jpg"]);
    }

    #[test]
    fn attributes_are_rewritten_or_removed() {
        let target = |url: &str, used: Used| match url {
            "a.md" if used != Used::Otherwise => Target::Url("/a/?x=1&y=\"".to_owned(), None),
            "/hidden/" => Target::Hidden,
            _ => Target::Keep,
        };
        for (html, expected) in [
            ("<a id=1 href=a.md>x</a>", "<a id=1 href=\"/a/?x=1&amp;y=%22\">x</a>"),
            ("<a href='/hidden/'>x</a>", "<a >x</a>"),
            ("<a href='/hid&#100;en/'>x</a>", "<a >x</a>"),
            ("<a href=\"#x\">x</a>", "<a href=\"#x\">x</a>"),
            ("<img srcset='a.md 1x, &quot; 2x'>", "<img srcset=\"/a/?x=1&amp;y=%22 1x, &quot; 2x\">"),
            ("<a data-to='/hidden/' data-x=a.md>x</a>", "<a  data-x=a.md>x</a>"),
        ] {
            assert_eq!(rewrite(html, &target), expected);
        }
    }

    #[test]
    fn all_kinds_of_comments_are_removed() {
        for (html, expected) in [
            ("<p><!-- a --></p>", "<p></p>"),
            ("a<!-->b<!---->c<!-- d --!>e", "abce"),
            ("<?php a ?><!DOCTYPE html>b<![CDATA[c]]>d", "bd"),
            ("<?xml:namespace a />b", "b"),
            ("a<!-- b", "a"),
            ("<script><!-- a --></script>", "<script><!-- a --></script>"),
            ("<textarea><!-- a --></textarea><!-- b -->", "<textarea><!-- a --></textarea>"),
        ] {
            assert_eq!(rewrite(html, &|_, _| Target::Keep), expected);
        }
        assert!(is_empty(" <!-- a -->\n<? ?>\n") && !is_empty("<b>") && !is_empty("<!-- a -->b"));
    }

    #[test]
    fn anchors_are_found() {
        let html = "<p id=one><a name='two&amp;'><input name=three><b id>";
        assert_eq!(anchors(html), ["one", "two&"]);
    }
}
