//! Lines that look like headlines or bylines but are not, and headlines made from text.

use std::sync::LazyLock;

use regex::Regex;

use super::Sourced;

/// Words of a headline that is made from the text.
const HEADLINE: usize = 12;

/// `BC-BBN--Top Ten`: keywords for the desk.
static KEYWORDS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[A-Z0-9][A-Z0-9&./-]*[A-Z0-9]--[A-Z0-9]").ok());
/// `gr/bp`: the initials of writer and editor.
static INITIALS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[a-z]{2,4}(?:/[a-z]{2,4})+$").ok());
/// An HTML character reference.
static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"&(?:amp|quot|apos|lt|gt|nbsp|[lr][sd]quo|[nm]dash|hellip|#[0-9]{2,6}|#x[0-9a-fA-F]{2,6});")
        .ok()
});

fn is_match(pattern: &Option<Regex>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Whether a line is keywords for the desk.
pub(in crate::import::importers) fn is_keyword_line(value: &Sourced) -> bool {
    is_match(&KEYWORDS, &value.text)
}

/// The first line that is not keywords, or else the first line.
pub(in crate::import::importers) fn first_headline(
    lines: impl IntoIterator<Item = Option<Sourced>>,
) -> Option<Sourced> {
    let lines: Vec<_> = lines.into_iter().flatten().collect();
    lines.iter().find(|line| !is_keyword_line(line)).or(lines.first()).cloned()
}

/// Whether a byline is the initials of a sign-off.
pub(super) fn is_sign_off(value: &Sourced) -> bool {
    is_match(&INITIALS, &value.text)
}

/// Decodes the character references of a line that was escaped twice.
pub(super) fn decode_entities(text: &str) -> Option<String> {
    let is_escaped = text.contains('&') && is_match(&REFERENCE, text);
    is_escaped.then(|| crate::import::html::line(&htmlize::unescape(text)))
}

/// Lower-case text without Markdown signs.
pub(super) fn bare(text: &str) -> String {
    let text: String =
        text.chars().filter(|c| !matches!(c, '#' | '*' | '\\' | '_')).flat_map(char::to_lowercase).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A headline from the first words of a text.
pub(super) fn first_words(body: &str) -> Option<String> {
    let mut plain = String::new();
    for event in pulldown_cmark::Parser::new(body.get(..body.len().min(4096)).unwrap_or(body)) {
        match event {
            pulldown_cmark::Event::Text(text) | pulldown_cmark::Event::Code(text) => plain.push_str(&text),
            pulldown_cmark::Event::End(_) if plain.trim().is_empty() => {}
            pulldown_cmark::Event::End(
                pulldown_cmark::TagEnd::Paragraph
                | pulldown_cmark::TagEnd::Heading(_)
                | pulldown_cmark::TagEnd::Item,
            ) => break,
            pulldown_cmark::Event::SoftBreak | pulldown_cmark::Event::HardBreak => plain.push(' '),
            _ => {}
        }
    }
    let words: Vec<_> = plain.split_whitespace().collect();
    let mut headline = words.iter().take(HEADLINE).copied().collect::<Vec<_>>().join(" ");
    if words.len() > HEADLINE {
        headline.push('…');
    }
    let short: String = headline.chars().take(200).collect();
    (!short.is_empty()).then_some(short)
}
