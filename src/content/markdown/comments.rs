//! Markdown with notes of writers to each other → the same without what they say, each other byte where it was.
//!
//! An HTML comment is the writers' own wherever it begins and ends, also where Markdown takes its halves for text of two
//! paragraphs. What it says is blanked out before anything reads the text, and the empty frame goes with the
//! other markup that readers have no use for ([`super::raw_html`]).

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use super::{MORE, parser};

/// Readings until nothing is found any more. A comment can hide what changes the reading of the rest; one that is still found
/// behind so many is dropped with all that follows it.
const READINGS: usize = 8;

/// Elements whose content is text to the end of the element, whatever is in it (HTML, section 13.1.2).
const RAW_TEXT: [&str; 7] = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed"];

/// A text without what comments say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cleared<'t> {
    /// As long as the text was, or ending where a comment begins that has no end.
    pub(super) text: Cow<'t, str>,
    /// Where that is.
    pub(super) unclosed: Option<usize>,
}

/// Blanks out the comments of a Markdown text, but for [`MORE`].
pub(super) fn cleared(text: &str) -> Cleared<'_> {
    let mut cleared = Cleared { text: Cow::Borrowed(text), unclosed: None };
    // Most texts have none. A single byte is found faster than two.
    if !text.as_bytes().contains(&b'<') || !["<!", "<?"].iter().any(|start| text.contains(start)) {
        return cleared;
    }
    for reading in 1.. {
        let (found, unclosed) = comments(&cleared.text);
        if found.is_empty() && unclosed.is_none() {
            break;
        }
        let mut blank = cleared.text.into_owned();
        let end = match found.first().filter(|_| reading > READINGS) {
            Some(first) => Some(first.start),
            None => unclosed,
        };
        found.iter().for_each(|range| blank.replace_range(range.clone(), &frame(range.len())));
        if let Some(end) = end {
            blank.truncate(end);
            cleared.unclosed = Some(end);
        }
        cleared.text = Cow::Owned(blank);
    }
    cleared
}

/// Markup of so many bytes that says nothing, and is read as a comment is: it begins and ends a block in the same places.
fn frame(length: usize) -> String {
    format!("<?{:1$}?>", "", length.saturating_sub(4))
}

/// The comments of a text that say something; where one begins that has no end.
fn comments(text: &str) -> (Vec<Range<usize>>, Option<usize>) {
    let (mut code, mut html) = (Ranges::default(), Ranges::default());
    for (event, span) in parser(text).into_offset_iter() {
        match event {
            Event::Code(_) | Event::End(TagEnd::CodeBlock) => code.all.push(span),
            Event::InlineHtml(_) | Event::Html(_) => html.all.push(span),
            _ => {}
        }
    }
    let mut ends = Ends::default();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('<')).map(|open| at + open) {
        let rest = &text[open..];
        let is_html = html.around(open).is_some();
        if let Some(code) = code.around(open) {
            at = code.end;
        } else if !is_html && is_escaped(text, open) {
            at = open + 1;
        } else if let Some(length) = ends.comment(rest) {
            let Some(length) = length else { return (found, Some(open)) };
            at = open + length;
            if !says_nothing(&text[open..at]) {
                found.push(open..at);
            }
        } else {
            at = open + is_html.then(|| ends.raw_text(rest)).flatten().unwrap_or(1);
        }
    }
    (found, None)
}

/// Ranges in order, looked up in order.
#[derive(Default)]
struct Ranges {
    all: Vec<Range<usize>>,
    passed: usize,
}

impl Ranges {
    /// The range that a place is in. Places come in order.
    fn around(&mut self, place: usize) -> Option<&Range<usize>> {
        self.passed += self.all.get(self.passed..)?.iter().take_while(|range| range.end <= place).count();
        self.all.get(self.passed).filter(|range| range.contains(&place))
    }
}

/// Finds ends. What is not found from one place on is not looked for from a later one.
#[derive(Default)]
struct Ends {
    missing: Vec<&'static str>,
}

impl Ends {
    /// The length of a comment that a text begins with: `None` if it begins with none, `Some(None)` if it has no end.
    fn comment(&mut self, text: &str) -> Option<Option<usize>> {
        if let Some(inside) = text.strip_prefix("<!--") {
            return Some(comment_end(inside).map(|end| 4 + end));
        }
        // Conditional ones without `--` are what word processors write.
        let frames =
            [("<![CDATA[", "]]>"), ("<![if", "]>"), ("<![else", "]>"), ("<![endif", "]>"), ("<?", "?>")];
        let (_, end) = frames.into_iter().find(|(start, _)| text.starts_with(start))?;
        let at = self.first(end, || text.find(end))?;
        Some(Some(at + end.len()))
    }

    /// If a text begins with the start tag of an element of [`RAW_TEXT`] that ends somewhere: where its end tag is.
    fn raw_text(&mut self, text: &str) -> Option<usize> {
        let name = raw_text_name(text.get(1..)?)?;
        self.first(name, || end_tag(text, name))
    }

    fn first(&mut self, end: &'static str, find: impl FnOnce() -> Option<usize>) -> Option<usize> {
        if self.missing.contains(&end) {
            return None;
        }
        let found = find();
        if found.is_none() {
            self.missing.push(end);
        }
        found
    }
}

/// The element of [`RAW_TEXT`] whose name a text begins with.
pub(super) fn raw_text_name(text: &str) -> Option<&'static str> {
    let name = text.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    RAW_TEXT.into_iter().find(|raw| raw.eq_ignore_ascii_case(name))
}

/// Where a comment ends, given what is behind its `<!--` (HTML, section 13.2.5.43).
pub(super) fn comment_end(inside: &str) -> Option<usize> {
    let ends = |at: &usize| {
        let before = &inside[..*at];
        before.is_empty() || before == "-" || before.ends_with("--") || before.ends_with("--!")
    };
    inside.match_indices('>').map(|(at, _)| at).find(ends).map(|at| at + 1)
}

/// Whether a comment is a frame already, or ends the summary.
fn says_nothing(comment: &str) -> bool {
    let inside = comment.strip_prefix("<?").and_then(|rest| rest.strip_suffix("?>"));
    inside.is_some_and(|inside| inside.bytes().all(|b| b == b' ')) || is_more(comment)
}

/// Whether a piece of HTML is [`MORE`], with spaces or without.
pub(super) fn is_more(html: &str) -> bool {
    let html = html.trim();
    html.len() < 64 && html.starts_with("<!--") && html.replace(' ', "").eq_ignore_ascii_case(MORE)
}

/// Where the end tag of an element of that name is.
pub(super) fn end_tag(text: &str, name: &str) -> Option<usize> {
    let is_it = |at: &usize| {
        let behind = text.get(at + 2..at + 2 + name.len());
        behind.is_some_and(|behind| behind.eq_ignore_ascii_case(name))
    };
    text.match_indices("</").map(|(at, _)| at).find(is_it)
}

/// Whether an odd number of backslashes stands before a place.
fn is_escaped(text: &str, place: usize) -> bool {
    let before = &text.as_bytes()[..place];
    before.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with frames shortened to `·`.
    fn seen(text: &str) -> String {
        let cleared = cleared(text).text.into_owned();
        let mut seen = String::new();
        let mut rest = &*cleared;
        while let Some((before, behind)) = rest.split_once("<?") {
            seen += before;
            seen.push('·');
            rest = behind.split_once("?>").map_or("", |(_, rest)| rest);
        }
        seen + rest
    }

    #[test]
    fn what_comments_say_is_blanked_out() {
        for (text, expected) in [
            ("a <!-- NOTE --> b", "a · b"),
            ("<!-- NOTE\n\nNOTE -->\n\nb", "·\n\nb"),
            ("a <!-- NOTE\n\nNOTE ` --> b", "a · b"),
            ("# a <!--NOTE-->\n", "# a ·\n"),
            ("> - a <!-- NOTE\n> NOTE --> b", "> - a · b"),
            ("<div>\n<!-- NOTE\n\nNOTE -->\n</div>", "<div>\n·\n</div>"),
            ("<!--> a <!---> b", "· a · b"),
            ("a <!-- NOTE --!> b", "a · b"),
            ("<!--[if IE]> NOTE <![endif]--> b", "· b"),
            ("<!--[if !IE]><!--> a <!--<![endif]-->", "· a ·"),
            ("<![if !IE]> a <![endif]>", "· a ·"),
            ("<![CDATA[ NOTE ]]> a <?php NOTE ?> b", "· a · b"),
            ("a <!-- NOTE", "a "),
            ("<!-- more -->", "<!-- more -->"),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_comment_stays() {
        for text in [
            "`<!-- a -->` b",
            "```\n<!-- a -->\n```\n",
            "    <!-- a -->\n",
            "\\<!-- a -->",
            "&lt;!-- a --&gt;",
            "<script>\n<!--\na\n-->\n</script>\n",
            "<style><!-- a --></style>",
            "<textarea>\n<!-- a -->\n</textarea>",
            "a < b <! c <? d",
        ] {
            assert_eq!(cleared(text), Cleared { text: text.into(), unclosed: None }, "{text}");
        }
    }

    #[test]
    fn every_byte_behind_a_comment_is_where_it_was() {
        let text = "a <!-- é\n\n東京 --> `b` <!-- x --> c";
        let cleared = cleared(text);
        assert_eq!(cleared.text.len(), text.len());
        assert_eq!(cleared.text.find("`b`"), text.find("`b`"));
        assert_eq!(super::cleared("é <!-- b").unclosed, Some(3));
    }

    #[test]
    fn hostile_text_takes_no_long_time() {
        for text in [
            "<!-- a -->".repeat(20_000),
            "<!--".repeat(50_000),
            "<![if".repeat(50_000),
            "<?".repeat(50_000),
            "<script>".repeat(50_000),
            "a <!-- ` --> ` ".repeat(5_000),
        ] {
            cleared(&text);
        }
    }
}
