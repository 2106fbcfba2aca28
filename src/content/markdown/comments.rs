//! Markdown → the same with its HTML comments blanked out and every other byte where it was.
//!
//! A comment is private wherever it begins and ends, even where Markdown reads its two halves as text of two paragraphs. So it is
//! blanked out before anything else reads the text; the empty frame is removed later with other comments ([`super::raw_html`]).

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use super::tags::{comment_end, end_tag, raw_text_name};
use super::{MORE, parser};

/// Limit of passes. A comment can hide markup that changes how the rest is read; one that is found after that many passes is dropped
/// with everything after it.
const PASSES: usize = 8;

/// A text without its comments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cleared<'t> {
    /// As long as the text was, or ending at an unclosed comment.
    pub(super) text: Cow<'t, str>,
    /// Where the unclosed comment begins.
    pub(super) unclosed: Option<usize>,
}

/// Blanks out the comments of a Markdown text except [`MORE`].
pub(super) fn clear(text: &str) -> Cleared<'_> {
    let mut cleared = Cleared { text: Cow::Borrowed(text), unclosed: None };
    // Most texts have none, and a single byte is found faster than two.
    if !text.as_bytes().contains(&b'<') || !["<!", "<?"].iter().any(|start| text.contains(start)) {
        return cleared;
    }
    for pass in 1.. {
        let (found, unclosed) = comments(&cleared.text);
        if found.is_empty() && unclosed.is_none() {
            break;
        }
        let mut blank = cleared.text.into_owned();
        let end = match found.first().filter(|_| pass > PASSES) {
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

/// An empty piece of markup of this length that Markdown reads like a comment: it begins and ends a block in the same places.
fn frame(length: usize) -> String {
    format!("<?{:1$}?>", "", length.saturating_sub(4))
}

/// The comments of a text that are not blank, and where an unclosed one begins.
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
            if !is_blank(&text[open..at]) {
                found.push(open..at);
            }
        } else {
            at = open + is_html.then(|| ends.raw_text(rest)).flatten().unwrap_or(1);
        }
    }
    (found, None)
}

/// Sorted ranges, looked up in order.
#[derive(Default)]
struct Ranges {
    all: Vec<Range<usize>>,
    passed: usize,
}

impl Ranges {
    /// The range around a place. Places must come in order.
    fn around(&mut self, place: usize) -> Option<&Range<usize>> {
        self.passed += self.all.get(self.passed..)?.iter().take_while(|range| range.end <= place).count();
        self.all.get(self.passed).filter(|range| range.contains(&place))
    }
}

/// Searches for ends, each only until it is missing once: from a later place it is missing as well.
#[derive(Default)]
struct Ends {
    missing: Vec<&'static str>,
}

impl Ends {
    /// The length of the comment that a text begins with: `None` if there is none, `Some(None)` if it is not closed.
    fn comment(&mut self, text: &str) -> Option<Option<usize>> {
        if let Some(inside) = text.strip_prefix("<!--") {
            return Some(comment_end(inside).map(|end| 4 + end));
        }
        // Word processors write conditional comments without `--`.
        let frames =
            [("<![CDATA[", "]]>"), ("<![if", "]>"), ("<![else", "]>"), ("<![endif", "]>"), ("<?", "?>")];
        let (_, end) = frames.into_iter().find(|(start, _)| text.starts_with(start))?;
        let at = self.first(end, || text.find(end))?;
        Some(Some(at + end.len()))
    }

    /// If a text begins with an element of raw text that is closed: where its end tag is.
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

/// Whether a comment is blanked out already, or ends the summary.
fn is_blank(comment: &str) -> bool {
    let inside = comment.strip_prefix("<?").and_then(|rest| rest.strip_suffix("?>"));
    inside.is_some_and(|inside| inside.bytes().all(|b| b == b' ')) || is_more(comment)
}

/// Whether some HTML is [`MORE`], with or without spaces.
pub(super) fn is_more(html: &str) -> bool {
    let html = html.trim();
    html.len() < 64 && html.starts_with("<!--") && html.replace(' ', "").eq_ignore_ascii_case(MORE)
}

/// Whether an odd number of backslashes precedes a place.
fn is_escaped(text: &str, place: usize) -> bool {
    let before = &text.as_bytes()[..place];
    before.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with blanked comments as `·`.
    fn seen(text: &str) -> String {
        let cleared = clear(text).text.into_owned();
        let mut seen = String::new();
        let mut rest = &*cleared;
        while let Some((before, after)) = rest.split_once("<?") {
            seen += before;
            seen.push('·');
            rest = after.split_once("?>").map_or("", |(_, rest)| rest);
        }
        seen + rest
    }

    #[test]
    fn comments_are_blanked_out() {
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
    fn other_text_stays() {
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
            assert_eq!(clear(text), Cleared { text: text.into(), unclosed: None }, "{text}");
        }
    }

    #[test]
    fn every_byte_after_a_comment_stays_in_place() {
        let text = "a <!-- é\n\n東京 --> `b` <!-- x --> c";
        let cleared = clear(text);
        assert_eq!(cleared.text.len(), text.len());
        assert_eq!(cleared.text.find("`b`"), text.find("`b`"));
        assert_eq!(clear("é <!-- b").unclosed, Some(3));
    }
}
