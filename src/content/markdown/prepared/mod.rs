//! Markdown as newsrooms write it → events of `pulldown-cmark` with their bytes in the text.
//!
//! The parser makes a definition of any line that begins with a colon, drops cells beyond the last column of a table, hides
//! `[Anna]: yes` as a link definition, and misses emphasis in text without spaces. Marks inserted into the text prevent that. They are
//! characters that the text does not have; they are removed from all events, and places are those of the text without them.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag};

use super::{parser, room_for_events};

mod emphasis;
mod lines;

/// What a mark means to the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// A letter.
    Letter,
    /// A punctuation mark.
    Punctuation,
    /// A letter and a backslash, which makes the next character plain text. The parser removes the backslash except in code.
    Escape,
}

/// A mark and its place in the text.
type Placed = (usize, Mark);

/// A text with marks, ready to be parsed.
pub(super) struct Prepared<'t> {
    text: Cow<'t, str>,
    /// The place of each mark in `text`, and the bytes of all marks up to its end.
    marks: Vec<(usize, usize)>,
    letter: char,
    punctuation: char,
}

/// Private characters; an unused one is the letter.
const LETTERS: std::ops::RangeInclusive<char> = '\u{e000}'..='\u{e0ff}';
/// Rare punctuation; an unused character is the punctuation mark.
const PUNCTUATION: std::ops::RangeInclusive<char> = '\u{2e00}'..='\u{2e2e}';

/// Puts the marks into a text.
pub(super) fn prepare(text: &str) -> Prepared<'_> {
    let plain = |text| Prepared { text, marks: Vec::new(), letter: '\0', punctuation: '\0' };
    let mut placed = Vec::new();
    lines::mark(text, &mut placed);
    emphasis::mark(text, &mut placed);
    if placed.is_empty() {
        return plain(Cow::Borrowed(text));
    }
    // A text with all these characters is not prose and is parsed as it is.
    let (Some(letter), Some(punctuation)) = (unused(text, LETTERS), unused(text, PUNCTUATION)) else {
        return plain(Cow::Borrowed(text));
    };
    placed.sort_unstable_by_key(|(at, _)| *at);
    let mut marked = String::with_capacity(text.len() + placed.len() * 3);
    let mut marks = Vec::with_capacity(placed.len());
    let mut copied = 0;
    for (at, mark) in placed {
        marked.push_str(&text[copied..at]);
        copied = at;
        let start = marked.len();
        marked.push(if mark == Mark::Punctuation { punctuation } else { letter });
        if mark == Mark::Escape {
            marked.push('\\');
        }
        marks.push((start, marked.len() - at));
    }
    marked.push_str(&text[copied..]);
    Prepared { text: Cow::Owned(marked), marks, letter, punctuation }
}

/// A character that a text contains neither directly nor as a character reference.
fn unused(text: &str, mut candidates: std::ops::RangeInclusive<char>) -> Option<char> {
    let has_entities = text.contains("&#");
    let lower = if has_entities { text.to_ascii_lowercase() } else { String::new() };
    candidates.find(|c| {
        let number = u32::from(*c);
        let names_it = || lower.contains(&format!("{number:x}")) || lower.contains(&number.to_string());
        let has_it = text.contains(*c) || has_entities && names_it();
        !has_it
    })
}

impl<'t> Prepared<'t> {
    /// All events of the text with their bytes.
    pub(super) fn events(&'t self) -> Vec<(Event<'t>, Range<usize>)> {
        let mut events = room_for_events(&self.text);
        let parsed = parser(&self.text).into_offset_iter();
        if self.marks.is_empty() {
            events.extend(parsed);
            return events;
        }
        let unmarked = parsed
            .map(|(event, span)| (self.without_marks(event), self.place(span.start)..self.place(span.end)));
        events.extend(unmarked.filter(|(event, _)| !matches!(event, Event::Text(text) if text.is_empty())));
        events
    }

    /// Maps a place in the marked text to the unmarked text.
    fn place(&self, at: usize) -> usize {
        let before = self.marks.partition_point(|(start, _)| *start < at);
        let Some(last) = before.checked_sub(1) else { return at };
        let skipped = last.checked_sub(1).map_or(0, |previous| self.marks[previous].1);
        let (start, total) = self.marks[last];
        // The parser may split a mark at its backslash.
        (at - skipped).saturating_sub(total - skipped).max(start - skipped)
    }

    fn clean<'e>(&self, text: CowStr<'e>) -> CowStr<'e> {
        let is_mark = |c: char| c == self.letter || c == self.punctuation;
        if !text.contains(is_mark) {
            return text;
        }
        // Most marks are at an end of an event's text.
        if let CowStr::Borrowed(borrowed) = text
            && let trimmed = borrowed.trim_matches(is_mark)
            && !trimmed.contains(is_mark)
            && !trimmed.starts_with('\\')
        {
            return trimmed.into();
        }
        let escape: String = [self.letter, '\\'].into_iter().collect();
        text.replace(&escape, "").replace(is_mark, "").into()
    }

    fn without_marks<'e>(&self, event: Event<'e>) -> Event<'e> {
        match event {
            Event::Text(text) => Event::Text(self.clean(text)),
            Event::Code(text) => Event::Code(self.clean(text)),
            Event::Html(html) => Event::Html(self.clean(html)),
            Event::InlineHtml(html) => Event::InlineHtml(self.clean(html)),
            Event::FootnoteReference(label) => Event::FootnoteReference(self.clean(label)),
            Event::Start(tag) => Event::Start(self.tag_without_marks(tag)),
            event => event,
        }
    }

    fn tag_without_marks<'e>(&self, tag: Tag<'e>) -> Tag<'e> {
        match tag {
            Tag::Link { link_type, dest_url, title, id } => Tag::Link {
                link_type,
                dest_url: self.clean(dest_url),
                title: self.clean(title),
                id: self.clean(id),
            },
            Tag::Image { link_type, dest_url, title, id } => Tag::Image {
                link_type,
                dest_url: self.clean(dest_url),
                title: self.clean(title),
                id: self.clean(id),
            },
            Tag::Heading { level, id, classes, attrs } => Tag::Heading {
                level,
                id: id.map(|id| self.clean(id)),
                classes: classes.into_iter().map(|class| self.clean(class)).collect(),
                attrs: attrs
                    .into_iter()
                    .map(|(name, value)| (self.clean(name), value.map(|value| self.clean(value))))
                    .collect(),
            },
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                Tag::CodeBlock(CodeBlockKind::Fenced(self.clean(info)))
            }
            Tag::FootnoteDefinition(label) => Tag::FootnoteDefinition(self.clean(label)),
            tag => tag,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::content::markdown::outline;

    fn html(text: &str) -> String {
        crate::content::markdown::tests::html(text, false)
    }

    #[test]
    fn a_line_that_begins_with_a_colon_keeps_it() {
        assert_eq!(
            html("The clock stood at\n:30 when it ended."),
            "<p>The clock stood at\n:30 when it ended.</p>\n"
        );
        assert_eq!(html("One sign.\n\n:) was all."), "<p>One sign.</p>\n<p>:) was all.</p>\n");
        assert_eq!(html("One.\n\n: two"), "<p>One.</p>\n<p>: two</p>\n");
        assert_eq!(html("One.\n:"), "<p>One.\n:</p>\n");
        assert_eq!(html(":::note\nText\n:::"), "<p>:::note\nText\n:::</p>\n");
        assert_eq!(html("> said\n> :30"), "<blockquote>\n<p>said\n:30</p>\n</blockquote>\n");
        assert_eq!(html("Two lines of\nprose\n: three hurt"), "<p>Two lines of\nprose\n: three hurt</p>\n");
        assert!(html("| a | b |\n:-|-:\n1|2").contains("<table>"));
        assert!(html("```\na\n:b\n```").contains("a\n:b\n"));
    }

    #[test]
    fn definitions_have_their_terms_directly_above() {
        assert_eq!(html("term\n: one\n: two"), "<dl>\n<dt>term</dt>\n<dd>one</dd>\n<dd>two</dd>\n</dl>\n");
        assert_eq!(html("a\n: b\n\nc\n:\td").matches("<dt>").count(), 2);
        assert_eq!(html("a\n: b\n\n: c").matches("<dd>").count(), 2);
        assert_eq!(html("> a\n> : b").matches("<dd>").count(), 1);
    }

    #[test]
    fn lines_like_link_definitions_are_text() {
        assert_eq!(html("[Anna]: Why?"), "<p>[Anna]: Why?</p>\n");
        assert_eq!(html("[laughs]: no."), "<p>[laughs]: no.</p>\n");
        assert_eq!(html("[Anna]:\nYes"), "<p>[Anna]:\nYes</p>\n");
        assert_eq!(html("[a]\n\n[a]: page"), "<p><a href=\"page\">a</a></p>\n");
        assert_eq!(html("x\n\n[//]: # (for the desk)\n[b]: https://b.example/"), "<p>x</p>\n");
    }

    #[test]
    fn cells_beyond_the_last_column_stay_in_it() {
        let table = html("| a | b |\n|---|---|\n| 1 | 2 | 3 |\n4 | 5 | 6\n");
        assert!(table.contains("<td>2 | 3</td>") && table.contains("<td>5 | 6</td>"), "{table}");
        let code = "```\n| a | b |\n|---|---|\n| 1 | 2 | 3 |\n```\n";
        assert!(html(code).contains("| 1 | 2 | 3 |\n"), "{}", html(code));
        let table = html("> | a |\n> |---|\n> | 1 | 2 |\n");
        assert!(table.contains("<td>1 | 2</td>"), "{table}");
    }

    #[test]
    fn emphasis_works_in_text_without_spaces() {
        for (text, strong) in [
            ("**真，**她说。", "真，"),
            ("她说**“引语”**后面。", "“引语”"),
            ("含**「重点」**内容。", "「重点」"),
            ("日本語**(強調)**日本語。", "(強調)"),
            ("**注意：**正文", "注意："),
            ("**好！**她", "好！"),
            ("패키지를 **`npm publish`**를 실행", "<code>npm publish</code>"),
            ("**스크립트(script)**라고", "스크립트(script)"),
            ("これは**[リンク](https://a.example/)**です", "<a href=\"https://a.example/\">リンク</a>"),
            ("**禰󠄀。**禰", "禰󠄀。"),
            ("\u{e0f0}**海**", "海"),
        ] {
            let html = html(text);
            assert!(html.contains(&format!("<strong>{strong}</strong>")) && !html.contains('*'), "{html}");
        }
        assert_eq!(html("真，~~删。~~她"), "<p>真，<del>删。</del>她</p>\n");
        assert_eq!(html("**真 **她"), "<p>**真 **她</p>\n");
        assert_eq!(html("真，\\*\\*她"), "<p>真，**她</p>\n");
        assert_eq!(html("a**(b)**c"), "<p>a**(b)**c</p>\n");
    }

    #[test]
    fn a_text_with_the_characters_of_marks_keeps_them() {
        let text = "\u{e000}\u{2e00} **真，**她 `真，**她` &#xe001;";
        assert_eq!(
            html(text),
            "<p>\u{e000}\u{2e00} <strong>真，</strong>她 <code>真，**她</code> \u{e001}</p>\n"
        );
    }

    #[test]
    fn places_are_those_of_the_unmarked_text() {
        let text = "a\n:b **真，**她 [x](b.md)\n";
        let found = outline(text, None, "");
        assert_eq!(&text[found.references[0].span.clone()], "[x](b.md)");
        let text = "| a | b |\n|---|---|\n:|真，|:";
        assert!(prepare(text).events().into_iter().all(|(_, span)| text.get(span).is_some()));
    }

    const PIECES: [&str; 29] = [
        "one ",
        "two",
        "\n",
        "\n\n",
        ":",
        ": ",
        ":::",
        "|",
        "| a | b |\n|---|---|\n",
        "- ",
        "> ",
        "> :",
        "**",
        "*",
        "~~gone~~",
        "真，",
        "她",
        "「三」",
        "(four)",
        "\"",
        "[five]: six\n",
        "    ",
        "\\",
        "`x`",
        "# ",
        "\u{e000}",
        "term\n: def\n",
        "1. ",
        "_",
    ];

    /// The letters of a text.
    fn letters(text: &str) -> String {
        text.chars().filter(|c| c.is_alphanumeric() && !c.is_ascii_digit()).collect()
    }

    proptest! {
        #[test]
        fn no_word_is_lost(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..16)) {
            let text = pieces.concat();
            let prepared = prepare(&text);
            let mut shown = String::new();
            for (event, span) in prepared.events() {
                prop_assert!(text.get(span).is_some());
                if let Event::Text(text) | Event::Code(text) = event {
                    shown.push_str(&text);
                }
            }
            prop_assert_eq!(letters(&shown), letters(&text), "{:?}", text);
            prop_assert_eq!(shown.matches(':').count() <= text.matches(':').count(), true);
        }
    }
}
