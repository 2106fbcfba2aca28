//! Strips the end of copy: sources, sign-offs, end marks, and what is not for publication.

use std::ops::Range;

use super::agencies::is_agency;
use super::flow::Flow;
use super::labels::Label;
use super::layout::{Block, ends_sentence, is_rule};
use super::metadata::{CopyDate, Excerpt, Metadata};
use super::{byline, captions, header, labels, rules};
use crate::import::Confidence;

/// Most pieces that are stripped from the end.
const MOST_PIECES: usize = 40;

/// First words of notes in brackets at the end.
const NOTE_STARTS: [&str; 19] = [
    "eds",
    "editors",
    "editor",
    "note",
    "$1",
    "1",
    "reporting",
    "graphic",
    "for",
    "click",
    "see",
    "writing",
    "editing",
    "additional",
    "refiles",
    "corrects",
    "adds",
    "updates",
    "this",
];

/// Strips everything that is not text for readers from the end of copy.
pub(super) fn strip(blocks: &mut Vec<Block>, meta: &mut Metadata) {
    embargoes(blocks, meta);
    not_for_publication(blocks, meta);
    // One piece may follow another, so it repeats until it finds none.
    for _ in 0..MOST_PIECES {
        let Some(block) = blocks.last() else { return };
        // A single line is the story.
        if blocks.len() == 1 && block.lines.len() == 1 && !rules::SOURCE_LINE.is_match(block.text()) {
            return;
        }
        if !strip_one(blocks, meta) {
            return;
        }
    }
}

/// Strips all that follows a line saying that it is not for publication, or an end mark.
fn not_for_publication(blocks: &mut Vec<Block>, meta: &mut Metadata) {
    more_marks(blocks, meta);
    // The part before it must be a text, not just a head.
    let weight = |block: &Block| match ends_sentence(block.text()) {
        true if block.text().chars().count() > 60 => 2,
        is_sentence => usize::from(is_sentence),
    };
    let mut before = 0;
    let from = blocks.iter().position(|block| {
        let text = block.text();
        let is_border = rules::NOT_FOR_PUBLICATION.is_match(text) && text.len() < 300
            || rules::END_MARK.is_match(text) && !is_divider(text);
        let follows_text = before > 1;
        before += weight(block);
        is_border && follows_text
    });
    let Some(from) = from else { return };
    let mut rest = blocks.split_off(from);
    // Source lines and end marks may follow it.
    while let Some(last) =
        rest.pop_if(|last| rules::SOURCE_LINE.is_match(last.text()) || rules::END_MARK.is_match(last.text()))
    {
        let mut one = vec![last];
        if !strip_one(&mut one, meta) {
            rest.extend(one);
            break;
        }
    }
    for block in rest {
        let text = block.text();
        if rules::SYSTEM_LINE.is_match(text) {
            system_line(&block.flow, meta);
        } else if is_rights(text) {
            rights(&block.flow, meta);
        } else if rules::END_MARK.is_match(text) || text == "--" {
            meta.claim(block.flow.whole(), "left-out");
        } else {
            meta.note(&block.flow);
        }
    }
}

/// Strips the lines about an embargo, wherever they are: missing one would leak the story.
fn embargoes(blocks: &mut Vec<Block>, meta: &mut Metadata) {
    blocks.retain(|block| {
        let text = block.text();
        let captures = rules::EMBARGO_LINE.captures(text).filter(|_| text.len() <= 200);
        let Some(line) = captures.and_then(|captures| captures.name("line")) else { return true };
        let when = match labels::parse_line(line.as_str()) {
            Some(Label::Embargo(when)) => line.start() + when.start..line.start() + when.end,
            _ => line.range(),
        };
        let excerpt = meta.excerpt(&block.flow, when, "embargo", Confidence::Explicit);
        meta.embargoes.push(excerpt);
        false
    });
}

/// Strips `MORE` and `mf` at the end of a page: the text continues after them.
fn more_marks(blocks: &mut Vec<Block>, meta: &mut Metadata) {
    blocks.retain(|block| {
        let word = block.text().trim_matches(['(', ')', '-', ' ']);
        let is_mark = matches!(word, "MORE" | "more" | "mf" | "MF" | "mtf" | "MTF");
        if is_mark {
            meta.claim(block.flow.whole(), "left-out");
        }
        !is_mark
    });
}

/// Whether a mark that may end a text divides sections here.
fn is_divider(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '*' | ' '))
}

/// Strips one piece off the end, if there is one.
fn strip_one(blocks: &mut Vec<Block>, meta: &mut Metadata) -> bool {
    let Some(block) = blocks.last() else { return false };
    let flow = block.flow.clone();
    if mark(&flow, meta) {
        blocks.pop();
        return true;
    }
    let start = glued_end_mark(&flow, meta)
        .or_else(|| signature(&flow, blocks.len(), meta))
        .or_else(|| source_line(&flow, meta));
    if let Some(start) = start {
        return cut(blocks, start);
    }
    // A headline and a paragraph are a story.
    let follows_story = blocks.len() > 2;
    if follows_story && meta.correction.is_none() && rules::CORRECTION_NOTICE.is_match(flow.text()) {
        let kind = if flow.text().to_lowercase().contains("clarif") { "clarification" } else { "correction" };
        meta.correction = Some((kind, Excerpt::new(&flow, 0..flow.text().len(), Confidence::Explicit)));
        meta.correction_notice = blocks.pop();
        return true;
    }
    let is_stripped =
        follows_story && (byline_below(&flow, meta) || picture_below(&flow, meta)) || desk_note(&flow, meta);
    if is_stripped {
        blocks.pop();
    }
    is_stripped
}

/// An end mark, a rule, or a line of a system.
fn mark(flow: &Flow, meta: &mut Metadata) -> bool {
    let text = flow.text();
    if rules::SYSTEM_LINE.is_match(text) {
        system_line(flow, meta);
        return true;
    }
    if !rules::END_MARK.is_match(text) && !is_rule(text) {
        return false;
    }
    let name = text.trim_end_matches('.');
    if is_agency(name) {
        meta.agencies.push(Excerpt::new(flow, 0..name.len(), Confidence::Explicit));
    }
    meta.claim(flow.whole(), "left-out");
    true
}

/// An end mark after the last sentence. Returns where the mark starts.
fn glued_end_mark(flow: &Flow, meta: &mut Metadata) -> Option<usize> {
    let text = flow.text();
    let mark = rules::GLUED_END_MARK.captures(text)?.name("mark")?;
    let name = mark.as_str().trim_matches(['（', '(', '）', ')']);
    if is_agency(name) {
        let start = mark.start() + mark.as_str().find(name).unwrap_or_default();
        meta.agencies.push(Excerpt::new(flow, start..start + name.len(), Confidence::Explicit));
    }
    meta.claim(flow.source(mark.start()..text.len()), "left-out");
    Some(mark.start())
}

/// `Source: …`. Returns where it starts.
fn source_line(flow: &Flow, meta: &mut Metadata) -> Option<usize> {
    let captures = rules::SOURCE_LINE.captures(flow.text())?;
    let (label, names) = (captures.name("label")?, captures.name("names")?);
    if !are_names(names.as_str(), label.start() == 0) {
        return None;
    }
    for name in split_names(names.as_str(), names.start()).into_iter().rev() {
        let source = meta.excerpt(flow, name, "source", Confidence::Explicit);
        meta.sources.insert(0, source);
    }
    Some(label.start())
}

/// A piece for the desk: a sign-off, rights, a credit, a note in brackets.
fn desk_note(flow: &Flow, meta: &mut Metadata) -> bool {
    let text = flow.text();
    let is_in_brackets = text.starts_with(['(', '[']) && text.ends_with([')', ']']);
    if rules::SIGN_OFF.is_match(text) || rules::INITIALS.is_match(text) {
        sign_off(flow, meta);
    } else if is_rights(text) {
        rights(flow, meta);
    } else if is_in_brackets && is_bracketed_note(text) {
        meta.note(flow);
    } else {
        return text.len() <= 60 && credit_line(flow, meta);
    }
    true
}

/// Cuts the last paragraph at a byte, and drops it if nothing is left.
fn cut(blocks: &mut Vec<Block>, at: usize) -> bool {
    let Some(block) = blocks.last_mut() else { return false };
    block.keep(0..at);
    if block.flow.is_empty() {
        blocks.pop();
    }
    true
}

/// The signature of an agency. Returns where it starts.
fn signature(flow: &Flow, blocks: usize, meta: &mut Metadata) -> Option<usize> {
    let captures = rules::SIGNATURE.captures(flow.text())?;
    let (mark, who) = (captures.name("mark")?, captures.name("who")?);
    let is_line = mark.start() == 0;
    let desk = captures.name("desk").map_or("", |desk| desk.as_str());
    let is_marked = captures.name("open").is_some();
    // `He works for AP` ends a sentence; `PTI ADU ARS` does not.
    let is_signature = if is_line {
        blocks > 1 && (is_marked || !desk.is_empty())
    } else {
        is_marked || !desk.is_empty() && desk.chars().all(|c| !c.is_lowercase())
    };
    if !is_signature || !is_agency(who.as_str()) {
        return None;
    }
    meta.agency(flow, who.range());
    Some(mark.start())
}

/// A line of a system. Its time, if it has one, is when the copy was sent.
fn system_line(flow: &Flow, meta: &mut Metadata) {
    let text = flow.text();
    if text.starts_with("((") || text.starts_with("Keyword") {
        return meta.note(flow);
    }
    let when = rules::SYSTEM_LINE.captures(text).and_then(|captures| captures.name("when"));
    let local = when.and_then(|when| Some((header::local_time(when.as_str())?, when.range())));
    if let Some((time, range)) = local.or_else(|| header::time_sent(text)) {
        meta.dates.push((CopyDate::Exact(time), flow.source(range)));
    }
    meta.claim(flow.whole(), "left-out");
}

/// Whether the text after `Source:` lists names, not a sentence.
fn are_names(names: &str, is_alone: bool) -> bool {
    let words: Vec<&str> = names.split_whitespace().collect();
    let small = words.iter().filter(|word| word.starts_with(char::is_lowercase) && word.len() > 3).count();
    let is_sentence = names.ends_with(['.', '!', '?']) && !names.ends_with("Inc.") && words.len() > 5;
    let has_agency = || split_names(names, 0).into_iter().any(|name| names.get(name).is_some_and(is_agency));
    !is_sentence && (small * 3 <= words.len() || is_alone && (words.len() <= 4 || has_agency()))
}

/// `Al Jazeera, News Agencies` → the ranges of the names, for a text that starts at `base`.
fn split_names(text: &str, base: usize) -> Vec<Range<usize>> {
    let mut names = Vec::new();
    let mut at = 0;
    for gap in rules::SOURCE_SEPARATOR.find_iter(text) {
        names.push(at..gap.start());
        at = gap.end();
    }
    names.push(at..text.trim_end_matches(['.', ' ', ')']).len().max(at));
    let names = names.into_iter().filter(|name| !name.is_empty());
    names.map(|name| base + name.start..base + name.end).collect()
}

/// `(Reporting by A; Editing by B)`: a note for the desk, and the byline if there is no other.
fn sign_off(flow: &Flow, meta: &mut Metadata) {
    let text = flow.text();
    if let Some(names) = rules::REPORTERS.captures(text).and_then(|captures| captures.name("names")) {
        let byline = byline::names(names.as_str().trim_end_matches(['.', ' ']), names.start());
        let names = byline.into_iter().flat_map(|byline| byline.names);
        meta.reporters.extend(names.map(|name| Excerpt::new(flow, name, Confidence::Explicit)));
    }
    let is_with = text.to_lowercase().trim_start_matches(['(', '[']).starts_with("with ");
    if let Some(rest) = rules::SIGN_OFF.captures(text).and_then(|captures| captures.name("rest"))
        && is_with
    {
        let names = split_names(rest.as_str(), rest.start()).into_iter();
        let names = names.map(|name| Excerpt::new(flow, name, Confidence::Explicit));
        meta.agencies.extend(names.filter(|name| is_agency(&name.text)));
    }
    meta.note(flow);
}

/// A byline below the text.
fn byline_below(flow: &Flow, meta: &mut Metadata) -> bool {
    let Some(byline) = byline::find(flow.text()).filter(|_| meta.authors.is_empty()) else { return false };
    meta.byline(flow, byline);
    true
}

/// A caption with its credit below the text.
fn picture_below(flow: &Flow, meta: &mut Metadata) -> bool {
    let is_picture = |line: &captions::PictureLine| {
        line.credit.is_some() && (!flow.text().ends_with(']') || line.is_marked)
    };
    let Some(line) = captions::find(flow.text()).filter(is_picture) else { return false };
    let picture = meta.picture(flow, line);
    meta.pictures.insert(0, picture);
    true
}

fn is_rights(text: &str) -> bool {
    rules::RIGHTS.is_match(text) && text.len() < 300
}

/// A copyright notice: a note, and the agency that holds the rights.
fn rights(flow: &Flow, meta: &mut Metadata) {
    let who = rules::RIGHTS.captures(flow.text()).and_then(|captures| captures.name("who"));
    if let Some(who) = who.filter(|who| is_agency(who.as_str())) {
        meta.agencies.push(Excerpt::new(flow, who.range(), Confidence::Explicit));
    }
    meta.note(flow);
}

/// `- AP` at the end: the agencies that sent the copy.
fn credit_line(flow: &Flow, meta: &mut Metadata) -> bool {
    let text = flow.text();
    let who = rules::CREDIT_LINE.captures(text).and_then(|captures| captures.name("who"));
    let names = who.map(|who| split_names(who.as_str(), who.start())).unwrap_or_default();
    if names.is_empty() || !names.iter().all(|name| text.get(name.clone()).is_some_and(is_agency)) {
        return false;
    }
    names.into_iter().for_each(|name| meta.agency(flow, name));
    true
}

/// Whether a paragraph in brackets at the end is for the desk.
fn is_bracketed_note(text: &str) -> bool {
    let inner = text.trim_matches(['(', ')', '[', ']']);
    let first = inner.split([' ', ':']).next().unwrap_or_default().to_lowercase();
    let is_contact = inner.contains("newsroom")
        || inner.contains('@')
        || inner.contains('+') && inner.matches(|c: char| c.is_ascii_digit()).count() > 6;
    text.len() < 400 && (is_contact || NOTE_STARTS.contains(&&*first) && !inner.contains("said"))
}

#[cfg(test)]
mod tests {
    use super::super::layout::blocks;
    use super::*;

    fn stripped(copy: &str) -> (Vec<String>, Metadata) {
        let mut meta = Metadata::default();
        let mut blocks = blocks(copy, 0..copy.len());
        strip(&mut blocks, &mut meta);
        (blocks.iter().map(|block| block.text().to_owned()).collect(), meta)
    }

    fn texts(excerpts: &[Excerpt]) -> Vec<&str> {
        excerpts.iter().map(|excerpt| &*excerpt.text).collect()
    }

    #[test]
    fn a_source_line_is_found_even_right_after_the_last_sentence() {
        for end in [
            "The end.\n\nSource: Al Jazeera, News Agencies",
            "The end.Source: Al Jazeera, News Agencies",
            "The end. SOURCES: Al Jazeera and News Agencies\n",
        ] {
            let (blocks, meta) = stripped(&format!("Headline\n\nThe port is shut.\n\n{end}"));
            assert_eq!(blocks, ["Headline", "The port is shut.", "The end."], "{end}");
            assert_eq!(texts(&meta.sources), ["Al Jazeera", "News Agencies"], "{end}");
        }
        let (blocks, meta) =
            stripped("A\n\nB b.\n\nSource: the report says that nobody knew what the port had done by then.");
        assert_eq!((blocks.len(), meta.sources.len()), (3, 0));
    }

    #[test]
    fn sign_offs_and_end_marks_are_stripped() {
        let (blocks, meta) = stripped(
            "A\n\nB b.\n\nThe end. REUTER\n\n(Reporting by Ana Ruiz in Athens and Bo Lind; Editing by Cy Ode)\n",
        );
        assert_eq!(blocks, ["A", "B b.", "The end."]);
        let names: Vec<&str> = meta.reporters.iter().map(|author| &*author.text).collect();
        assert_eq!(names, ["Ana Ruiz", "Bo Lind"]);
        assert_eq!(texts(&meta.agencies), ["REUTER"]);
        for mark in
            ["-30-", "###", "# # #", "ENDS", "(ends)", "-ends-", "MORE", "xyz/abc", "© 2024 AFP", "- AP"]
        {
            let (blocks, _) = stripped(&format!("A\n\nB b.\n\nThe end.\n\n{mark}\n"));
            assert_eq!(blocks, ["A", "B b.", "The end."], "{mark}");
        }
    }

    #[test]
    fn text_that_is_not_for_publication_becomes_notes() {
        let copy = "A\n\nB b.\n\nThe end.\n\nThe following information is not for publication\n\nContact: Desk, 123\n\nSource: AFP";
        let (blocks, meta) = stripped(copy);
        assert_eq!(blocks, ["A", "B b.", "The end."]);
        assert_eq!(meta.notes.len(), 2);
        assert_eq!(texts(&meta.sources), ["AFP"]);
    }

    #[test]
    fn a_one_line_story_is_kept() {
        for copy in ["ENDS", "Source: AFP x", "More", "Reuters"] {
            assert_eq!(stripped(copy).0.len(), usize::from(!copy.starts_with("Source")), "{copy}");
        }
    }
}
