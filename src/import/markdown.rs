//! Escapes plain text as Markdown.

use std::ops::Range;

/// Escapes a paragraph of plain text on one line. Only what Markdown would treat as markup is escaped, because editors will
/// work with the result.
pub fn escape(text: &str) -> String {
    escape_within(text, std::slice::from_ref(&(0..text.len())), true)
}

/// Escapes the given parts of Markdown, which are plain text. `has_cells`: a `|` separates table cells.
pub(super) fn escape_within(lines: &str, texts: &[Range<usize>], has_cells: bool) -> String {
    let has_cells = has_cells || lines.contains('\n');
    let mut out = String::with_capacity(lines.len() + 8);
    let all = texts;
    let mut texts = texts.iter().peekable();
    let mut begin = 0;
    // Open brackets of links, which may continue on the next line.
    let mut open = 0;
    for line in lines.split_inclusive('\n') {
        let before = open;
        open += open_brackets(line, begin, all);
        let traits = Traits::of(line, has_cells, before.max(open) > 0);
        let mut before = ' ';
        for (at, c) in line.char_indices() {
            let place = begin + at;
            while texts.next_if(|text| text.end <= place).is_some() {}
            let is_text = texts.peek().is_some_and(|text| text.contains(&place));
            if is_text && (traits.start == Some(at) || traits.is_markup(line, at, c, before)) {
                out.push('\\');
            }
            out.push(c);
            before = c;
        }
        begin += line.len();
    }
    out
}

/// The number of brackets outside of plain text that a line opens and does not close.
fn open_brackets(line: &str, start: usize, texts: &[Range<usize>]) -> isize {
    let is_text = |at: usize| {
        let next = texts.partition_point(|text| text.end <= at);
        texts.get(next).is_some_and(|text| text.contains(&at))
    };
    let brackets = line.match_indices(['[', ']']).filter(|(at, _)| !is_text(start + at));
    brackets.map(|(_, bracket)| if bracket == "[" { 1 } else { -1 }).sum()
}

/// Properties of a line that turn some of its characters into markup.
struct Traits {
    has_cells: bool,
    has_links: bool,
    has_tildes: bool,
    /// Ends like the attributes of a heading.
    has_braces: bool,
    is_task: bool,
    start: Option<usize>,
}

impl Traits {
    fn of(line: &str, has_cells: bool, is_in_link: bool) -> Self {
        Self {
            has_cells,
            has_links: is_in_link || ["](", "]:", "][", "[^"].iter().any(|mark| line.contains(mark)),
            has_tildes: line.matches('~').nth(1).is_some(),
            has_braces: line.trim_end().ends_with('}'),
            is_task: ["[ ]", "[x]", "[X]"].iter().any(|task| line.starts_with(task)),
            start: block_start(line),
        }
    }

    /// Whether a character of plain text would be markup.
    fn is_markup(&self, line: &str, at: usize, c: char, before: char) -> bool {
        let rest = &line[at + c.len_utf8()..];
        let next = rest.chars().next().unwrap_or('\n');
        match c {
            '\\' => next.is_ascii_punctuation() || next == '\n',
            '`' | '*' => true,
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            '~' => self.has_tildes,
            '[' | ']' => self.has_links || self.is_task && at == 0,
            // Before a link.
            '!' => next == '[' && rest.len() > 1,
            '{' => self.has_braces || matches!(next, '{' | '%' | ':' | '.' | '#' | '<'),
            '%' => before == '{',
            '<' => next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'),
            '&' => is_entity(&line[at..]),
            '|' => self.has_cells,
            // Would close a heading.
            '#' => before == ' ' && rest.trim_end().bytes().all(|byte| byte == b'#'),
            _ => false,
        }
    }
}

/// The position of a character that would start a heading, list, quotation or other block.
fn block_start(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let space_at = |count: usize| text[count..].chars().next().is_none_or(char::is_whitespace);
    match first {
        '#' => space_at(text.len() - text.trim_start_matches('#').len()).then_some(0),
        '>' => Some(0),
        '+' | '-' => (space_at(1) || text.chars().all(|c| matches!(c, '-' | ' '))).then_some(0),
        '=' => text.chars().all(|c| matches!(c, '=' | ' ')).then_some(0),
        // A definition.
        ':' => Some(0),
        '0'..='9' => {
            let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let mark = text[digits..].starts_with(['.', ')']);
            (mark && digits <= 9 && space_at(digits + 1)).then_some(digits)
        }
        _ => None,
    }
}

/// Whether an ampersand starts a character reference.
fn is_entity(text: &str) -> bool {
    let Some(end) = text.char_indices().take(34).find(|(_, c)| *c == ';').map(|(at, _)| at) else {
        return false;
    };
    let name = text[1..end].trim_start_matches('#');
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// The text that readers see, and whether it consists of paragraphs only.
    fn shown(markdown: &str) -> (String, bool) {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_HEADING_ATTRIBUTES
            | Options::ENABLE_DEFINITION_LIST;
        let (mut text, mut is_plain) = (String::new(), true);
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Text(part) => text.push_str(&part),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                _ => is_plain = false,
            }
        }
        (text, is_plain)
    }

    /// The text and the tags of the rendered HTML.
    pub(in crate::import) fn rendered(markdown: &str) -> (String, Vec<String>) {
        let outline = crate::content::markdown::outline(markdown, None, "");
        let keep = |_: &str, _| crate::content::markdown::Target::Keep;
        let html = crate::content::markdown::to_html(markdown, &outline.headings, None, &keep);
        let tags = html.split('<').skip(1).filter_map(|tag| tag.split_once('>'));
        (crate::import::html::text(&html), tags.map(|(tag, _)| tag.to_owned()).collect())
    }

    /// Whether a tag is one that Markdown produces, without unexpected attributes.
    pub(in crate::import) fn is_harmless(tag: &str) -> bool {
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let known = ["p", "h2", "h3", "ul", "ol", "li", "blockquote", "a", "br", "dl", "dt", "dd"];
        known.contains(&name.trim_start_matches('/'))
            && (attributes.is_empty() || !attributes.contains(' '))
            && (attributes.is_empty()
                || attributes.starts_with("id=\"")
                || attributes.starts_with("href=\"http"))
    }

    #[test]
    fn only_markup_is_escaped() {
        for (text, markdown) in [
            ("a snake_case name, 3 * 4", "a snake_case name, 3 \\* 4"),
            ("1. January was cold", "1\\. January was cold"),
            ("# 1 hit", "\\# 1 hit"),
            ("#harbour", "#harbour"),
            ("- No, he said", "\\- No, he said"),
            ("-5 degrees", "-5 degrees"),
            ("<ABC.L> rose & AT&amp;T fell", "\\<ABC.L> rose & AT\\&amp;T fell"),
            ("He [the mayor] said", "He [the mayor] said"),
            ("[x](y)", "\\[x\\](y)"),
            ("5 < 6", "5 < 6"),
            ("TALKS GO ON {onmouseover=alert(1)}", "TALKS GO ON \\{onmouseover=alert(1)}"),
            ("{a} b", "{a} b"),
            ("[x] ticked", "\\[x] ticked"),
        ] {
            assert_eq!(escape(text), markdown, "{text}");
            assert_eq!(shown(markdown), (text.to_owned(), true), "{text}");
        }
    }

    proptest! {
        #[test]
        fn escaped_text_renders_unchanged(text in r"[-a-zA-Z0-9 .,*_`\[\](){}<>!#+=:|~&;/\\'é“”]{0,80}") {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let (shown, is_plain) = shown(&escape(&text));
            prop_assert!(is_plain, "{:?} is {:?}", text, escape(&text));
            prop_assert_eq!(shown, text);
        }

        #[test]
        fn escaped_text_renders_unchanged_in_any_block(
            text in r"[-a-zA-Z0-9 .,*_`\[\](){}<>!#+=:|~&;/\\'é“”\x22$^%@?]{1,60}( \{[#.a-z= ]{0,12}\}| #+|\[x\]|:::)?",
            before in prop::sample::select(&["", "## ", "- ", "1. ", "> "][..]),
        ) {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let markdown = format!("{before}{}", escape(&text));
            let (shown, tags) = rendered(&markdown);
            prop_assert_eq!(shown, text, "{}", &markdown);
            prop_assert!(tags.iter().all(|tag| is_harmless(tag)), "{:?}: {}", tags, markdown);
        }
    }
}
