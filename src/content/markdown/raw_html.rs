//! Raw HTML in Markdown → the attributes that name a file or page, and the HTML with those rewritten.

use std::borrow::Cow;
use std::ops::Range;

use super::html::{Escape, Target, escape};

/// Attributes whose value is a URL, or for `srcset` a list of them.
const URL_ATTRIBUTES: [&str; 4] = ["href", "src", "poster", "srcset"];

/// An attribute of a tag.
struct Attribute<'a> {
    /// From the first byte of its name to the last of its value, quotes included.
    range: Range<usize>,
    name: String,
    value: &'a str,
}

/// The URLs that the attributes of a piece of HTML name.
pub(super) fn urls(html: &str) -> Vec<&str> {
    attributes(html).iter().flat_map(|attribute| urls_in(&attribute.name, attribute.value)).collect()
}

/// Where the URLs that the attributes of a piece of HTML name are in it.
pub(super) fn spans(html: &str) -> Vec<Range<usize>> {
    let start = |url: &str| url.as_ptr().addr() - html.as_ptr().addr();
    urls(html).into_iter().map(|url| start(url)..start(url) + url.len()).collect()
}

/// The HTML with the URLs of its attributes replaced. An attribute that readers must not see is left out.
pub(super) fn rewrite<'a>(html: &'a str, target: &dyn Fn(&str) -> Target) -> Cow<'a, str> {
    let mut rewritten = String::new();
    let mut copied = 0;
    for Attribute { range, name, value } in attributes(html) {
        let mut new = value.to_owned();
        let mut hidden = false;
        for url in urls_in(&name, value) {
            match target(url) {
                Target::Keep => {}
                Target::Hidden => hidden = true,
                Target::Url(to, _) => {
                    let mut escaped = String::new();
                    escape(&mut escaped, &to, Escape::Url);
                    new = new.replacen(url, &escaped, 1);
                }
            }
        }
        if !hidden && new == value {
            continue;
        }
        rewritten.push_str(&html[copied..range.start]);
        if !hidden {
            rewritten.push_str(&format!("{name}=\"{new}\""));
        }
        copied = range.end;
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    rewritten.push_str(&html[copied..]);
    Cow::Owned(rewritten)
}

fn urls_in<'a>(name: &str, value: &'a str) -> Vec<&'a str> {
    if name != "srcset" {
        return vec![value.trim()];
    }
    // HTML, section 4.8.4.2.1: candidates with commas between, each a URL and perhaps a size.
    value.split(',').filter_map(|candidate| candidate.split_whitespace().next()).collect()
}

/// The attributes that name a URL, of all tags (HTML, section 13.1.2). Comments have none.
fn attributes(html: &str) -> Vec<Attribute<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = html[at..].find('<') {
        at += open + 1;
        if html[at..].starts_with("!--") {
            at += html[at..].find("-->").unwrap_or(html.len() - at);
            continue;
        }
        if !html[at..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        at += html[at..].find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(html.len() - at);
        at = tag(html, at, &mut found);
    }
    found.retain(|attribute: &Attribute<'_>| URL_ATTRIBUTES.contains(&attribute.name.as_str()));
    found
}

/// Reads the attributes of one tag from behind its name; gives the place behind the tag.
fn tag<'a>(html: &'a str, mut at: usize, found: &mut Vec<Attribute<'a>>) -> usize {
    let until =
        |at: usize, stops: &dyn Fn(char) -> bool| html[at..].find(stops).map_or(html.len(), |end| at + end);
    loop {
        at = until(at, &|c| !(c.is_whitespace() || c == '/'));
        if at >= html.len() || html[at..].starts_with('>') {
            return at;
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
        let (value, end) = match quote {
            Some(quote) => {
                let close = until(at + 1, &|c| c == quote);
                (at + 1..close, (close + 1).min(html.len()))
            }
            None => {
                let close = until(at, &|c| c.is_whitespace() || c == '>');
                (at..close, close)
            }
        };
        found.push(Attribute { range: start..end, name, value: &html[value] });
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_found_however_the_tag_is_written() {
        for (html, expected) in [
            ("<img src=photo.jpg alt=x>", vec!["photo.jpg"]),
            ("<IMG\n  SRC = \"photo.jpg\"/>", vec!["photo.jpg"]),
            ("<a class='a > b' href='b.md'>", vec!["b.md"]),
            ("<source srcset=\"a.jpg 1x, b.jpg 2x\">", vec!["a.jpg", "b.jpg"]),
            ("<!-- <a href=\"hidden.md\"> --><p title=href>", vec![]),
            ("<a href=", vec![""]),
            ("a < b > c", vec![]),
            ("<é href=x><a é=\"", vec![]),
        ] {
            assert_eq!(urls(html), expected, "{html}");
        }
    }

    #[test]
    fn urls_are_found_with_their_places() {
        let html = "<p>é</p><img alt=x src=' a.jpg '><source srcset=\"b.jpg 1x, c.jpg 2x\"><a href>";
        let found: Vec<_> = spans(html).into_iter().map(|span| &html[span]).collect();
        assert_eq!(found, ["a.jpg", "b.jpg", "c.jpg"]);
    }

    #[test]
    fn attributes_are_rewritten_or_left_out() {
        let target = |url: &str| match url {
            "a.md" => Target::Url("/a/?x=1&y=\"".to_owned(), None),
            "hidden.md" => Target::Hidden,
            _ => Target::Keep,
        };
        assert_eq!(rewrite("<a id=1 href=a.md>x</a>", &target), "<a id=1 href=\"/a/?x=1&amp;y=%22\">x</a>");
        assert_eq!(rewrite("<a href='hidden.md'>x</a>", &target), "<a >x</a>");
        assert_eq!(rewrite("<a href=\"#x\">x</a>", &target), "<a href=\"#x\">x</a>");
    }
}
