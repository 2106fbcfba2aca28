//! Markdown of a document or a mail → a story, with its head and its end stripped as those of wire copy.
//!
//! The text of each paragraph is read as copy that maps each character to its place in the Markdown. What belongs to a field is cut out of
//! the Markdown; the rest keeps its markup.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{kill, kill_instruction, normalize, other_format, read};
use crate::content::Key;
use crate::import::{Confidence, ImportContext, Refusal, Span, Story};

/// A block of Markdown.
struct Block<'a> {
    text: &'a str,
    /// The range of its text in the copy. `None` for tables, lists and pictures.
    prose: Option<Range<usize>>,
    is_heading: bool,
}

/// Reads plain text after a mail header, which may be empty.
///
/// # Errors
/// If the text is not a story.
pub(in crate::import::importers) fn read_text(
    header: &str,
    text: &str,
    desk: &ImportContext<'_>,
) -> Result<Story, Refusal> {
    read_copy(&normalize(&format!("{header}{text}")), desk)
}

fn read_copy(copy: &str, desk: &ImportContext<'_>) -> Result<Story, Refusal> {
    if let Some(why) = other_format(copy) {
        return Err(Refusal::Failed(why.to_owned(), None));
    }
    if let Some(notice) = kill::find(copy) {
        return Err(Refusal::Failed(kill_instruction(&notice, desk), None));
    }
    let mut story = read(copy, 0, desk);
    // The places are in a text that no file contains.
    story.fields.iter_mut().for_each(|field| field.spans.clear());
    story.remarks.iter_mut().for_each(|remark| remark.span = None);
    Ok(story)
}

/// Reads Markdown after a mail header, which may be empty.
///
/// # Errors
/// If the text is not a story.
pub(in crate::import::importers) fn read_markdown(
    header: &str,
    markdown: &str,
    desk: &ImportContext<'_>,
) -> Result<Story, Refusal> {
    let markdown = normalize(markdown);
    let mut copy = normalize(header);
    // For each byte of the copy, its place in the Markdown.
    let mut places = vec![0; copy.len()];
    let mut blocks = Vec::new();
    for text in top_blocks(&markdown) {
        let (prose, is_heading) = prose(text);
        let start = copy.len();
        let prose = prose.map(|chars| {
            for (at, c) in chars {
                places.extend(std::iter::repeat_n(at, c.len_utf8()));
                copy.push(c);
            }
            start..copy.len()
        });
        if prose.is_some() {
            copy.push_str("\n\n");
            places.resize(copy.len(), 0);
        }
        blocks.push(Block { text, prose, is_heading });
    }
    let mut story = read_copy(&copy, desk)?;
    if !story.remarks.iter().any(|remark| remark.code == "import/notes") {
        let body = body_ranges(&copy, &story);
        take_heading(&copy, &mut blocks, &body, &mut story);
        let texts = blocks.iter().filter_map(|block| body_of(block, &body, &places));
        story.body = texts.collect::<Vec<_>>().join("\n\n");
    }
    story.pieces.clear();
    Ok(story)
}

/// The outermost blocks of Markdown.
fn top_blocks(markdown: &str) -> Vec<&str> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let (mut depth, mut ranges) = (0_usize, Vec::new());
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        match event {
            Event::Start(_) if depth == 0 => {
                ranges.push(range);
                depth = 1;
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 0 => ranges.push(range),
            _ => {}
        }
    }
    ranges.into_iter().filter_map(|range| Some(markdown.get(range)?.trim_end())).collect()
}

/// The text of a paragraph or heading, each character with its place, and whether it is a heading.
fn prose(text: &str) -> (Option<Vec<(usize, char)>>, bool) {
    let mut chars = Vec::new();
    let (mut is_heading, mut is_bold) = (false, true);
    let mut bold = 0_usize;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => is_heading = true,
            Event::Start(Tag::Strong) => bold += 1,
            Event::End(TagEnd::Strong) => bold -= 1,
            Event::Start(Tag::Paragraph | Tag::Emphasis | Tag::Link { .. } | Tag::Strikethrough)
            | Event::End(_) => {}
            Event::Text(inner) | Event::Code(inner) => {
                is_bold &= bold > 0 || inner.trim().is_empty();
                // Text that is escaped has one place.
                let is_plain = text.get(range.clone()) == Some(&*inner);
                chars.extend(
                    inner.char_indices().map(|(at, c)| (range.start + if is_plain { at } else { 0 }, c)),
                );
            }
            Event::SoftBreak => chars.push((range.start, ' ')),
            Event::HardBreak => chars.push((range.start, '\n')),
            Event::InlineHtml(_) | Event::FootnoteReference(_) => {}
            _ => return (None, false),
        }
    }
    strip_references(&mut chars);
    let is_short = chars.len() <= super::HEADLINE * 2;
    let is_visible = chars.iter().any(|(_, c)| !c.is_whitespace());
    (is_visible.then_some(chars), is_heading || is_bold && is_short && is_visible)
}

/// Strips references to footnotes: `[^1]`.
fn strip_references(chars: &mut Vec<(usize, char)>) {
    let mut kept = Vec::with_capacity(chars.len());
    let mut at = 0;
    while let Some(char) = chars.get(at) {
        let is = |at: usize, wanted: char| chars.get(at).is_some_and(|(_, c)| *c == wanted);
        let digits = chars.iter().skip(at + 2).take(6).take_while(|(_, c)| c.is_ascii_digit()).count();
        if is(at, '[') && is(at + 1, '^') && digits > 0 && is(at + 2 + digits, ']') {
            at += 3 + digits;
        } else {
            kept.push(*char);
            at += 1;
        }
    }
    *chars = kept;
}

/// The ranges of the copy that are the text of the story.
fn body_ranges(copy: &str, story: &Story) -> Vec<Range<usize>> {
    let starts: Vec<usize> =
        std::iter::once(0).chain(copy.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let place = |line: usize, column: usize| {
        let start = starts.get(line - 1).copied().unwrap_or(copy.len());
        let inner = copy.get(start..).unwrap_or_default();
        inner.char_indices().nth(column - 1).map_or(copy.len(), |(at, _)| start + at)
    };
    let bodies = story.pieces.iter().filter(|piece| piece.to == "body");
    bodies
        .map(|piece| {
            let Span { line, column, end_line, end_column } = piece.span;
            place(line, column)..place(end_line, end_column)
        })
        .collect()
}

/// Makes a heading that begins the document the headline, if there is no other.
fn take_heading(copy: &str, blocks: &mut Vec<Block<'_>>, body: &[Range<usize>], story: &mut Story) {
    let has_title = story.field(Key::Title).is_some_and(|title| title.confidence <= Confidence::Positional);
    let first = blocks.iter().position(|block| block.prose.is_some());
    let Some(at) = first.filter(|at| blocks[*at].is_heading) else { return };
    let Some(prose) = blocks[at].prose.clone() else { return };
    let is_text = body.iter().any(|body| body.start < prose.end && body.end > prose.start);
    if is_text && !has_title {
        let title = copy.get(prose).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        story.set(Key::Title, title, Confidence::Explicit, Vec::new());
        story.remarks.retain(|remark| remark.code != "import/no-headline");
        blocks.remove(at);
    }
}

/// The Markdown of a block that belongs to the text of the story.
fn body_of(block: &Block<'_>, body: &[Range<usize>], places: &[usize]) -> Option<String> {
    let Some(prose) = &block.prose else { return Some(block.text.to_owned()) };
    let inner = body.iter().filter(|body| body.start < prose.end && body.end > prose.start);
    let (first, last) = inner.fold((prose.end, prose.start), |(first, last), body| {
        (first.min(body.start.max(prose.start)), last.max(body.end.min(prose.end)))
    });
    if first >= last {
        return None;
    }
    let start = if first == prose.start { 0 } else { places.get(first).copied()? };
    let end = if last == prose.end { block.text.len() } else { places.get(last).copied()? };
    let (before, text) = (block.text.get(..start)?, block.text.get(start..end)?);
    // A cut must not separate opening marks from closing ones.
    let is_even = |text: &str, mark: &str| text.matches(mark).count().is_multiple_of(2);
    let is_whole = ["*", "`", "~"].iter().all(|mark| is_even(before, mark) && is_even(text, mark))
        && text.matches('[').count() == text.matches(']').count();
    Some(if is_whole { text.trim().to_owned() } else { block.text.to_owned() })
}
