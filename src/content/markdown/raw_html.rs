//! Raw HTML in Markdown → the attributes that name a file or page, decoded as browsers do, and the HTML with those rewritten and
//! without comments.

use std::borrow::Cow;
use std::ops::Range;

use super::comments;
use super::html::{Escape, Target, escape};

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

/// What the value of an attribute is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Url,
    UrlsWithSizes,
    Urls,
    /// Seconds, and perhaps a URL (HTML, section 4.2.5.3).
    Refresh,
    /// Something else, in which a URL may be.
    Anything,
}

/// A part of a piece of HTML that is not just copied.
enum Part<'a> {
    /// What browsers take for a comment.
    Comment(Range<usize>),
    Attribute(Attribute<'a>),
}

/// An attribute of a tag.
struct Attribute<'a> {
    /// From the first byte of its name to the last of its value, quotes included.
    range: Range<usize>,
    /// Of the value as it is written.
    written: Range<usize>,
    tag: &'a str,
    name: String,
    /// What it means: decoded.
    value: Cow<'a, str>,
}

/// A URL that an attribute names.
pub(super) struct Found {
    /// What it means, decoded.
    pub(super) url: String,
    /// Whether the attribute is there to name it. If not, it is of interest alone if readers must not see it.
    pub(super) is_reference: bool,
    /// Its bytes in the HTML; of the whole value, if the URL is not written as it is meant.
    pub(super) span: Range<usize>,
}

/// The URLs that the attributes of a piece of HTML name.
pub(super) fn urls(html: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for attribute in attributes(html) {
        let holds = attribute.holds();
        for range in attribute.urls(holds) {
            let is_as_written = matches!(attribute.value, Cow::Borrowed(_));
            let start = attribute.written.start;
            found.push(Found {
                url: attribute.value[range.clone()].to_owned(),
                is_reference: holds != Holds::Anything,
                span: match is_as_written {
                    true => start + range.start..start + range.end,
                    false => attribute.written.clone(),
                },
            });
        }
    }
    found
}

/// The names by which links can lead to places within a piece of HTML.
pub(super) fn anchors(html: &str) -> Vec<String> {
    let is_anchor = |attribute: &Attribute<'_>| {
        attribute.name == "id" || (attribute.name == "name" && attribute.tag.eq_ignore_ascii_case("a"))
    };
    let anchors = attributes(html).filter(is_anchor).map(|attribute| attribute.value.into_owned());
    anchors.filter(|anchor| !anchor.is_empty()).collect()
}

/// Whether readers get nothing of a piece of HTML.
pub(super) fn is_empty(html: &str) -> bool {
    let mut rest = html;
    loop {
        rest = rest.trim_start();
        match parts(rest).next() {
            Some(Part::Comment(range)) if range.start == 0 => rest = &rest[range.end..],
            _ => return rest.is_empty(),
        }
    }
}

/// The HTML without comments and with the URLs of its attributes replaced, as `target` says of each URL and of whether the
/// attribute is there to name it. An attribute that readers must not see is left out.
pub(super) fn rewrite<'a>(html: &'a str, target: &dyn Fn(&str, bool) -> Target) -> Cow<'a, str> {
    let mut rewritten = String::new();
    let mut copied = 0;
    for part in parts(html) {
        let (range, new) = match part {
            Part::Comment(range) => (range, String::new()),
            Part::Attribute(attribute) => match attribute.rewritten(target) {
                Some(new) => (attribute.range, new),
                None => continue,
            },
        };
        rewritten.push_str(&html[copied..range.start]);
        rewritten.push_str(&new);
        copied = range.end;
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    rewritten.push_str(&html[copied..]);
    Cow::Owned(rewritten)
}

impl Attribute<'_> {
    fn holds(&self) -> Holds {
        let name = self.name.as_str();
        let is_any = |names: &[&str]| names.contains(&name);
        match name {
            "content" if self.tag.eq_ignore_ascii_case("meta") => Holds::Refresh,
            "ping" => Holds::Urls,
            _ if is_any(&ONE) => Holds::Url,
            _ if is_any(&WITH_SIZES) => Holds::UrlsWithSizes,
            _ => Holds::Anything,
        }
    }

    /// Where URLs are in the decoded value.
    fn urls(&self, holds: Holds) -> Vec<Range<usize>> {
        let value = &*self.value;
        match holds {
            Holds::Url => {
                let url = value.trim();
                let start = value.len() - value.trim_start().len();
                std::iter::once(start..start + url.len()).collect()
            }
            Holds::UrlsWithSizes => candidates(value),
            Holds::Urls => pieces(value, char::is_whitespace).collect(),
            Holds::Refresh => refresh(value).into_iter().collect(),
            Holds::Anything if !value.contains(['/', '.']) => Vec::new(),
            Holds::Anything => {
                let is_end = |c: char| c.is_whitespace() || "\"'()<>{}[],;=`".contains(c);
                pieces(value, is_end).filter(|range| may_be_url(&value[range.clone()])).collect()
            }
        }
    }

    /// How it is written with other URLs; empty if readers must not see it. `None` if it stays.
    fn rewritten(&self, target: &dyn Fn(&str, bool) -> Target) -> Option<String> {
        let holds = self.holds();
        let (mut new, mut copied) = (String::new(), 0);
        for range in self.urls(holds) {
            match target(&self.value[range.clone()], holds != Holds::Anything) {
                Target::Keep => {}
                Target::Hidden => return Some(String::new()),
                Target::Url(to, _) => {
                    escape(&mut new, &self.value[copied..range.start], Escape::Attribute);
                    escape(&mut new, &to, Escape::Url);
                    copied = range.end;
                }
            }
        }
        if copied == 0 {
            return None;
        }
        escape(&mut new, &self.value[copied..], Escape::Attribute);
        Some(format!("{}=\"{new}\"", self.name))
    }
}

/// Whether a piece of a value has the shape of a URL, so that it is worth finding out where it leads.
fn may_be_url(piece: &str) -> bool {
    let is_path = piece.len() > 2 && piece.starts_with(['/', '.', '\\']) && piece.contains(['/', '\\']);
    is_path || piece.contains("//") || [".md", ".markdown"].iter().any(|end| piece.ends_with(end))
}

/// Pieces of a text between characters that end them.
fn pieces(text: &str, is_end: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let start = move |piece: &str| piece.as_ptr().addr() - text.as_ptr().addr();
    let pieces = text.split(is_end).filter(|piece| !piece.is_empty());
    pieces.map(move |piece| start(piece)..start(piece) + piece.len())
}

/// The URLs of a list with sizes. A URL may hold commas, and one that ends with some has no size.
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
    // Other content of `<meta>` is no time.
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

fn attributes(html: &str) -> impl Iterator<Item = Attribute<'_>> {
    parts(html).filter_map(|part| match part {
        Part::Attribute(attribute) => Some(attribute),
        Part::Comment(_) => None,
    })
}

/// The attributes and comments of a piece of HTML, in order (HTML, section 13.2.5).
fn parts(html: &str) -> impl Iterator<Item = Part<'_>> {
    let mut at = 0;
    // The name of the tag at hand, and whether it is one that ends an element.
    let mut tag: Option<(&str, bool)> = None;
    std::iter::from_fn(move || {
        loop {
            if let Some((name, ends)) = tag {
                let (attribute, behind) = next_attribute(html, at, name);
                at = behind;
                if let Some(attribute) = attribute {
                    return Some(Part::Attribute(attribute));
                }
                tag = None;
                // What is in these is text, whatever it looks like.
                if let Some(raw) =
                    comments::raw_text_name(name).filter(|raw| !ends && raw.len() == name.len())
                {
                    at += comments::end_tag(&html[at..], raw)?;
                }
            }
            at += html.get(at..)?.find('<')?;
            let rest = &html[at..];
            if let Some(length) = comment(rest) {
                at += length;
                return Some(Part::Comment(at - length..at));
            }
            let ends = rest[1..].starts_with('/');
            let name = &rest[1 + usize::from(ends)..];
            let name = name.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or(name);
            if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                at += 1;
                continue;
            }
            at = name.as_ptr().addr() - html.as_ptr().addr() + name.len();
            tag = Some((name, ends));
        }
    })
}

/// The length of what browsers take for a comment at the beginning of some HTML, if there is any.
fn comment(html: &str) -> Option<usize> {
    let rest = html.strip_prefix('<')?;
    let length = match rest.strip_prefix("!--") {
        Some(inside) => comments::comment_end(inside).map(|end| 4 + end),
        None if rest.starts_with(['!', '?']) => html.find('>').map(|at| at + 1),
        None => return None,
    };
    Some(length.unwrap_or(html.len()))
}

/// Reads the next attribute of a tag, from behind its name or an attribute; `None` if there is none left. Gives the place behind it.
fn next_attribute<'a>(html: &'a str, mut at: usize, tag: &'a str) -> (Option<Attribute<'a>>, usize) {
    let until =
        |at: usize, stops: &dyn Fn(char) -> bool| html[at..].find(stops).map_or(html.len(), |end| at + end);
    loop {
        at = until(at, &|c| !(c.is_whitespace() || c == '/'));
        if at >= html.len() || html[at..].starts_with('>') {
            return (None, at);
        }
        let start = at;
        // A `=` at the beginning is part of the name, as the standard has it.
        let first = html[at..].chars().next().map_or(1, char::len_utf8);
        at = until(at + first, &|c| c.is_whitespace() || matches!(c, '=' | '>' | '/'));
        let name = html[start..at].to_ascii_lowercase();
        let equals = until(at, &|c| !c.is_whitespace());
        if !html[equals..].starts_with('=') {
            continue;
        }
        at = until(equals + 1, &|c| !c.is_whitespace());
        let quote = html[at..].chars().next().filter(|c| matches!(c, '"' | '\''));
        let (written, end) = match quote {
            Some(quote) => {
                let close = until(at + 1, &|c| c == quote);
                (at + 1..close, (close + 1).min(html.len()))
            }
            None => {
                let close = until(at, &|c| c.is_whitespace() || c == '>');
                (at..close, close)
            }
        };
        let value = htmlize::unescape_attribute(&html[written.clone()]);
        return (Some(Attribute { range: start..end, written, tag, name, value }), end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(html: &str) -> Vec<String> {
        urls(html).into_iter().map(|found| found.url).collect()
    }

    #[test]
    fn urls_are_found_however_the_tag_is_written() {
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
    fn values_are_decoded_before_they_are_judged() {
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
    fn every_attribute_that_carries_a_url_is_read() {
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
    fn urls_are_found_with_their_places() {
        let html = "<p>é</p><img alt=x src=' a.jpg '><source srcset=\"b.jpg 1x, c.jpg 2x\"><a href>";
        let found: Vec<_> = urls(html).into_iter().map(|found| &html[found.span]).collect();
        assert_eq!(found, ["a.jpg", "b.jpg", "c.jpg"]);
    }

    #[test]
    fn attributes_are_rewritten_or_left_out() {
        let target = |url: &str, is_reference: bool| match url {
            "a.md" if is_reference => Target::Url("/a/?x=1&y=\"".to_owned(), None),
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
    fn comments_of_every_kind_are_left_out() {
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
    fn names_of_places_are_found() {
        let html = "<p id=one><a name='two&amp;'><input name=three><b id>";
        assert_eq!(anchors(html), ["one", "two&"]);
    }
}
