//! A piece of raw HTML → its tags, with their attributes as browsers understand them.

use std::ops::Range;

/// A tag that opens an element.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// In small letters.
    pub(super) name: String,
    /// From `<` to behind `>`.
    pub(super) span: Range<usize>,
    pub(super) attributes: Vec<Attribute>,
    /// Whether there is a `>`.
    pub(super) is_closed: bool,
}

/// An attribute of a tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    /// In small letters.
    pub(super) name: String,
    /// Without references: `&#115;` is `s`.
    pub(super) value: String,
    /// From the first byte of its name to behind its value.
    pub(super) span: Range<usize>,
}

impl Tag {
    /// The value of an attribute; of two, the first counts.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.name == name);
        found.map(|attribute| attribute.value.as_str())
    }
}

/// The tags that open elements (HTML, section 13.1.2). Comments have none.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = html.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + open;
        at = start + 1;
        let rest = html.get(at..).unwrap_or_default();
        if rest.starts_with("!--") {
            at += rest.find("-->").unwrap_or(rest.len());
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(rest.len());
            let name = rest.get(..end).unwrap_or_default().to_ascii_lowercase();
            let (attributes, end, is_closed) = attributes(html, at + end);
            at = end;
            found.push(Tag { name, span: start..end, attributes, is_closed });
        }
    }
    found
}

/// Reads the attributes of one tag from behind its name; gives the place behind the tag, and whether it has an end.
fn attributes(html: &str, mut at: usize) -> (Vec<Attribute>, usize, bool) {
    let until = |at: usize, stops: &dyn Fn(char) -> bool| {
        html.get(at..).and_then(|rest| rest.find(stops)).map_or(html.len(), |end| at + end)
    };
    let next = |at: usize| html.get(at..).and_then(|rest| rest.chars().next());
    let mut found = Vec::new();
    loop {
        at = until(at, &|c| !(c.is_whitespace() || c == '/'));
        match next(at) {
            None => return (found, at, false),
            Some('>') => return (found, at + 1, true),
            Some(first) => {
                let start = at;
                // A `=` at the beginning is part of the name, as the standard has it.
                at = until(at + first.len_utf8(), &|c| c.is_whitespace() || matches!(c, '=' | '>' | '/'));
                let name = html[start..at].to_ascii_lowercase();
                let equals = until(at, &|c| !c.is_whitespace());
                let mut value = at..at;
                if next(equals) == Some('=') {
                    at = until(equals + 1, &|c| !c.is_whitespace());
                    (value, at) = match next(at).filter(|c| matches!(c, '"' | '\'')) {
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
                found.push(Attribute { name, value: decoded(&html[value]), span: start..at });
            }
        }
    }
}

/// Names of references that can hide a scheme; others stay as they are.
const NAMES: [(&str, char); 10] = [
    ("amp;", '&'),
    ("colon;", ':'),
    ("Tab;", '\t'),
    ("NewLine;", '\n'),
    ("lpar;", '('),
    ("rpar;", ')'),
    ("sol;", '/'),
    ("period;", '.'),
    ("quot;", '"'),
    ("lt;", '<'),
];

/// A value with its character references decoded, as far as that decides where it leads.
fn decoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let (c, length) = reference(behind).unwrap_or(('&', 0));
        out.push(c);
        rest = behind.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character of a reference, and how long the reference is behind its `&`. The `;` behind a number may be missing.
fn reference(behind: &str) -> Option<(char, usize)> {
    if let Some(number) = behind.strip_prefix('#') {
        let (digits, radix, mark) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16, 2),
            None => (number, 10, 1),
        };
        let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        let c = char::from_u32(u32::from_str_radix(digits.get(..length)?, radix).ok()?)?;
        let semicolon = usize::from(digits.get(length..).is_some_and(|rest| rest.starts_with(';')));
        return Some((c, mark + length + semicolon));
    }
    NAMES.iter().find(|(name, _)| behind.starts_with(name)).map(|(name, c)| (*c, name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_what_browsers_read() {
        let html = "<!-- <a x=y> --><IMG/SRC=a&#46;png onError = 'x > y' alt><p title=\"unclosed";
        let found = tags(html);
        let read: Vec<Vec<(&str, &str)>> = found
            .iter()
            .map(|tag| tag.attributes.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect())
            .collect();
        assert_eq!(
            read,
            [vec![("src", "a.png"), ("onerror", "x > y"), ("alt", "")], vec![("title", "unclosed")]]
        );
        assert_eq!((found[0].name.as_str(), found[0].is_closed, found[1].is_closed), ("img", true, false));
        assert_eq!(&html[found[0].attributes[1].span.clone()], "onError = 'x > y'");
    }

    #[test]
    fn references_are_decoded_as_far_as_they_can_hide_something() {
        for (value, expected) in [
            ("java&#115;cript:", "javascript:"),
            ("java&#x73cript:", "java\u{73c}ript:"),
            ("java&#x73;cript&colon;", "javascript:"),
            ("java&Tab;script:", "java\tscript:"),
            ("a&b=&amp;c", "a&b=&c"),
            ("&#xffffffff;", "&#xffffffff;"),
            ("&", "&"),
        ] {
            assert_eq!(decoded(value), expected, "{value}");
        }
    }
}
