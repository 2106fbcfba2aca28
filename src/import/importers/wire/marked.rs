//! Markdown made of a document or a mail → a story whose head and end are read as those of wire copy.
//!
//! The words of each paragraph are copy with a place for each character. What the reading leaves to the text stays as it was marked up;
//! what it took for a field is cut off.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{kill, normalised, read, refused, withdraws};
use crate::import::{Confidence, ImportContext, Refusal, Span, Story};

/// A block of Markdown.
struct Block<'a> {
    text: &'a str,
    /// Where its words are in the copy; `None` for tables, lists, pictures and the like.
    words: Option<Range<usize>>,
    is_heading: bool,
}

/// Plain text with a head of a mail, which may be empty.
///
/// # Errors
/// What it is if it is no story.
pub(in crate::import::importers) fn of_text(
    head: &str,
    text: &str,
    desk: &ImportContext<'_>,
) -> Result<Story, Refusal> {
    let copy = normalised(&format!("{head}{text}"));
    checked(&copy, desk)
}

fn checked(copy: &str, desk: &ImportContext<'_>) -> Result<Story, Refusal> {
    if let Some(why) = refused(copy) {
        return Err(Refusal::Failed(why.to_owned(), None));
    }
    if let Some(kill) = kill::find(copy) {
        return Err(Refusal::Failed(withdraws(&kill, desk), None));
    }
    let mut story = read(copy, 0, desk);
    // Places are those of a text that is in no file.
    story.fields.iter_mut().for_each(|field| field.spans.clear());
    story.remarks.iter_mut().for_each(|remark| remark.span = None);
    Ok(story)
}

/// Markdown with a head of a mail, which may be empty.
///
/// # Errors
/// What it is if it is no story.
pub(in crate::import::importers) fn of_markdown(
    head: &str,
    markdown: &str,
    desk: &ImportContext<'_>,
) -> Result<Story, Refusal> {
    let markdown = normalised(markdown);
    let mut copy = normalised(head);
    // For each byte of the words where it is in the Markdown.
    let mut places = vec![0; copy.len()];
    let mut blocks = Vec::new();
    for text in parts(&markdown) {
        let (words, is_heading) = words(text);
        let start = copy.len();
        let words = words.map(|words| {
            for (at, c) in words {
                places.extend(std::iter::repeat_n(at, c.len_utf8()));
                copy.push(c);
            }
            start..copy.len()
        });
        if words.is_some() {
            copy.push_str("\n\n");
            places.resize(copy.len(), 0);
        }
        blocks.push(Block { text, words, is_heading });
    }
    let mut story = checked(&copy, desk)?;
    if !story.remarks.iter().any(|remark| remark.code == "import/notes") {
        let kept = kept(&copy, &story);
        heading(&copy, &mut blocks, &kept, &mut story);
        let texts = blocks.iter().filter_map(|block| rest(block, &kept, &places));
        story.body = texts.collect::<Vec<_>>().join("\n\n");
    }
    story.pieces.clear();
    Ok(story)
}

/// Blocks of Markdown: what stands between blank lines, lists and code as a whole.
fn parts(markdown: &str) -> Vec<&str> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let (mut depth, mut found) = (0_usize, Vec::new());
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        match event {
            Event::Start(_) if depth == 0 => {
                found.push(range);
                depth = 1;
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 0 => found.push(range),
            _ => {}
        }
    }
    found.into_iter().filter_map(|range| Some(markdown.get(range)?.trim_end())).collect()
}

/// The words of a paragraph or heading, each character with where it is, and whether it is a heading.
fn words(text: &str) -> (Option<Vec<(usize, char)>>, bool) {
    let mut words = Vec::new();
    let (mut is_heading, mut is_bold) = (false, true);
    let mut bold = 0_usize;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => is_heading = true,
            Event::Start(Tag::Strong) => bold += 1,
            Event::End(TagEnd::Strong) => bold -= 1,
            Event::Start(Tag::Paragraph | Tag::Emphasis | Tag::Link { .. } | Tag::Strikethrough)
            | Event::End(_) => {}
            Event::Text(said) | Event::Code(said) => {
                is_bold &= bold > 0 || said.trim().is_empty();
                let shown = text.get(range.clone()).unwrap_or_default();
                // What is written in another way than it reads has one place.
                let is_plain = shown == &*said;
                words.extend(
                    said.char_indices().map(|(at, c)| (range.start + if is_plain { at } else { 0 }, c)),
                );
            }
            Event::SoftBreak => words.push((range.start, ' ')),
            Event::HardBreak => words.push((range.start, '\n')),
            Event::InlineHtml(_) | Event::FootnoteReference(_) => {}
            _ => return (None, false),
        }
    }
    without_references(&mut words);
    let is_short = words.len() <= super::HEADLINE * 2;
    let is_seen = words.iter().any(|(_, c)| !c.is_whitespace());
    (is_seen.then_some(words), is_heading || is_bold && is_short && is_seen)
}

/// Takes off references of footnotes: `[^1]`.
fn without_references(words: &mut Vec<(usize, char)>) {
    let mut kept = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let is = |at: usize, wanted: char| words.get(at).is_some_and(|(_, c)| *c == wanted);
        let digits = words.iter().skip(at + 2).take(6).take_while(|(_, c)| c.is_ascii_digit()).count();
        if is(at, '[') && is(at + 1, '^') && digits > 0 && is(at + 2 + digits, ']') {
            at += 3 + digits;
        } else {
            kept.push(*word);
            at += 1;
        }
    }
    *words = kept;
}

/// The ranges of the copy that are the text.
fn kept(copy: &str, story: &Story) -> Vec<Range<usize>> {
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

/// A heading that begins a document is its headline, if the reading has found none.
fn heading(copy: &str, blocks: &mut Vec<Block<'_>>, kept: &[Range<usize>], story: &mut Story) {
    let has_title = story.field("title").is_some_and(|title| title.confidence <= Confidence::Positional);
    let first = blocks.iter().position(|block| block.words.is_some());
    let Some(at) = first.filter(|at| blocks[*at].is_heading) else { return };
    let Some(words) = blocks[at].words.clone() else { return };
    let is_text = kept.iter().any(|kept| kept.start < words.end && kept.end > words.start);
    if is_text && !has_title {
        let title = copy.get(words).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        story.set("title", title, Confidence::Explicit, Vec::new());
        story.remarks.retain(|remark| remark.code != "import/no-headline");
        blocks.remove(at);
    }
}

/// What of a block is the text.
fn rest(block: &Block<'_>, kept: &[Range<usize>], places: &[usize]) -> Option<String> {
    let Some(words) = &block.words else { return Some(block.text.to_owned()) };
    let inner = kept.iter().filter(|kept| kept.start < words.end && kept.end > words.start);
    let (first, last) = inner.fold((words.end, words.start), |(first, last), kept| {
        (first.min(kept.start.max(words.start)), last.max(kept.end.min(words.end)))
    });
    if first >= last {
        return None;
    }
    let start = if first == words.start { 0 } else { places.get(first).copied()? };
    let end = if last == words.end { block.text.len() } else { places.get(last).copied()? };
    let (before, text) = (block.text.get(..start)?, block.text.get(start..end)?);
    // Marks that are open where it is cut would come to stand alone.
    let is_even = |text: &str, mark: &str| text.matches(mark).count().is_multiple_of(2);
    let is_whole = ["*", "`", "~"].iter().all(|mark| is_even(before, mark) && is_even(text, mark))
        && text.matches('[').count() == text.matches(']').count();
    Some(if is_whole { text.trim().to_owned() } else { block.text.to_owned() })
}
