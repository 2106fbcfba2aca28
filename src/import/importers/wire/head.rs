//! Strips the head of copy: labels, headline, deck, captions, bylines and advisories, up to the first paragraph of the text.

use std::collections::VecDeque;
use std::ops::Range;

use super::flow::Flow;
use super::labels::{self, Label};
use super::layout::{Block, ends_sentence, is_rule};
use super::metadata::{CopyDate, Excerpt, Metadata};
use super::{byline, captions, dateline, place, rules};
use crate::import::Confidence;

/// Most paragraphs of a head.
const MOST_PARAGRAPHS: usize = 30;
/// Most characters of a headline, and of a deck.
const HEADLINE: usize = 200;
const DECK: usize = 300;

/// Most words of a line that names the agency, with its mark: `^Agence France-Presse =`.
const SIGNATURE_WORDS: usize = 4;

/// Strips the head of copy. Bullet points above the text stay with the text.
pub(super) fn strip(blocks: &mut VecDeque<Block>, meta: &mut Metadata) {
    let start = blocks.iter().take(16).position(|block| dateline::find(block.text()).is_some());
    let mut head = Head { start, points: Vec::new(), passed: 0, in_contact: false };
    while let Some(block) = blocks.front() {
        let is_end = head.passed >= MOST_PARAGRAPHS || head.start == Some(head.passed);
        if is_end || !head.take(block.clone(), blocks, meta) {
            break;
        }
        head.passed += 1;
        blocks.pop_front();
    }
    for point in head.points.into_iter().rev() {
        blocks.push_front(point);
    }
    strip_dateline(blocks, meta);
}

struct Head {
    /// The index of the paragraph with the dateline.
    start: Option<usize>,
    points: Vec<Block>,
    passed: usize,
    /// Whether the last paragraph was part of a block of contacts.
    in_contact: bool,
}

impl Head {
    /// Takes a paragraph, if it is part of the head.
    fn take(&mut self, block: Block, blocks: &VecDeque<Block>, meta: &mut Metadata) -> bool {
        let text = block.text();
        if is_rule(text) {
            meta.claim(block.flow.whole(), "left-out");
            return true;
        }
        let is_marked =
            text.starts_with('^') || text.ends_with('<') || text.ends_with('=') && !text.contains(". ");
        if label(&block, meta) || advisory(&block, meta) || byline_or_name(&block, blocks, meta) {
            return true;
        }
        if meta.title.is_none() {
            return slug_line(&block, blocks, meta)
                || self.desk_line(&block, blocks, meta)
                || before_headline(&block, blocks, meta)
                || headline(&block, blocks, is_marked, meta);
        }
        self.in_contact = false;
        if rules::POINT.is_match(text) {
            self.points.push(block);
            return true;
        }
        if picture(&block, meta) {
            return true;
        }
        if is_marked {
            // In ANPA copy a marked line without a label is the summary; others are for the desk.
            let range = without_marks(text);
            if meta.deck.is_none() && !text.ends_with('=') {
                meta.deck = Some(meta.excerpt(&block.flow, range, "deck", Confidence::Explicit));
            } else {
                let note = meta.excerpt(&block.flow, range, "ednote", Confidence::Explicit);
                meta.notes.push(note);
            }
            return true;
        }
        self.deck(&block, blocks, meta)
    }

    /// A contact, a greeting or an aside before the headline.
    fn desk_line(&mut self, block: &Block, blocks: &VecDeque<Block>, meta: &mut Metadata) -> bool {
        let text = block.text();
        let is_long_enough = blocks.len() > 2;
        if is_long_enough && rules::DESK_LINE.is_match(text) && text.len() < 300 {
            self.in_contact = text.to_lowercase().contains("contact");
        } else if !(is_long_enough && self.in_contact && !block.is_apart) {
            self.in_contact = false;
            return false;
        }
        meta.note(&block.flow);
        true
    }

    /// A deck between the headline and the text.
    fn deck(&self, block: &Block, blocks: &VecDeque<Block>, meta: &mut Metadata) -> bool {
        let text = block.text();
        let follows_byline = !meta.authors.is_empty() && self.start.is_none();
        let is_long = text.chars().count() > DECK || sentences(text) > 2;
        if follows_byline || meta.deck.is_some() || is_long || blocks.len() < 2 {
            return false;
        }
        let before_dateline = self.start.is_some_and(|start| start > self.passed);
        let is_deck = before_dateline
            || marks_follow(blocks)
            || meta.pictures.is_empty() && looks_like_deck(text, blocks);
        if is_deck {
            meta.deck = Some(meta.excerpt(&block.flow, 0..text.len(), "deck", Confidence::Positional));
        }
        is_deck
    }
}

/// A slug line or a catchline before the headline.
fn slug_line(block: &Block, blocks: &VecDeque<Block>, meta: &mut Metadata) -> bool {
    let text = block.text();
    if blocks.len() < 2 || !rules::SLUG_LINE.is_match(text) && !is_catchline(text, blocks) {
        return false;
    }
    if meta.slugline.is_some() || text.len() < 12 && !text.contains(' ') {
        meta.claim(block.flow.whole(), "left-out");
    } else {
        let slugline = meta.excerpt(&block.flow, without_marks(text), "ednote", Confidence::Explicit);
        meta.slugline = Some(slugline);
    }
    true
}

/// An aside for desks such as `(Foto - Archiv)`, or the agency of copy without a byline: `^The AP=`.
fn before_headline(block: &Block, blocks: &VecDeque<Block>, meta: &mut Metadata) -> bool {
    let text = block.text();
    let is_bracketed =
        text.starts_with('(') && text.ends_with(')') && text.chars().count() <= 60 && !ends_sentence(text);
    if is_bracketed && blocks.len() > 2 {
        meta.note(&block.flow);
        return true;
    }
    let is_signature = text.ends_with('=') && text.split(' ').count() <= SIGNATURE_WORDS;
    if is_signature {
        meta.employer(&block.flow, without_marks(text));
    }
    is_signature
}

/// A label on a line of its own.
fn label(block: &Block, meta: &mut Metadata) -> bool {
    let flow = &block.flow;
    let text = flow.text();
    let Some(label) = text.get(without_marks(text)).and_then(labels::parse_line) else { return false };
    match label {
        // A lone word may be the headline.
        Label::Genre(_) | Label::Kicker if meta.title.is_some() => return false,
        Label::Embargo(when) => {
            let embargo = meta.excerpt(flow, when, "embargo", Confidence::Explicit);
            meta.embargoes.push(embargo);
        }
        Label::Nothing => meta.claim(flow.whole(), "left-out"),
        Label::Kicker => {
            meta.kicker = Some(meta.excerpt(flow, 0..text.len(), "kicker", Confidence::Positional));
        }
        label => apply_label(&label, flow, 0..text.len(), meta),
    }
    true
}

fn advisory(block: &Block, meta: &mut Metadata) -> bool {
    let text = block.text();
    let is_bracketed = text.starts_with(['(', '[']) && text.ends_with([')', ']']);
    let is_aside = is_bracketed && meta.title.is_some() && text.len() < 400 && captions::find(text).is_none();
    if !(rules::ADVISORY.is_match(text) && text.len() < 500 || is_aside) {
        return false;
    }
    let note = meta.excerpt(&block.flow, without_marks(text), "ednote", Confidence::Explicit);
    let start = note.text.trim_start_matches(['(', '[', '*']).to_lowercase();
    let kinds = [("correct", "correction"), ("clarif", "clarification")];
    if let Some((_, kind)) = kinds.into_iter().find(|(word, _)| start.starts_with(word)) {
        meta.correction = Some((kind, note.clone()));
    }
    meta.notes.push(note);
    true
}

/// A byline, or a name in capitals with a job below it.
fn byline_or_name(block: &Block, blocks: &VecDeque<Block>, meta: &mut Metadata) -> bool {
    let text = block.text();
    let flow = &block.flow;
    if let Some(byline) = byline::find(text).filter(|_| meta.title.is_some() || blocks.len() > 2) {
        meta.byline(flow, byline);
        return true;
    }
    if meta.title.is_none() {
        return false;
    }
    let next = blocks.get(1).map(|next| next.text().trim_matches(['^', '=', '<', ' ']));
    if byline::is_name_in_capitals(text) && next.is_some_and(byline::is_job) {
        meta.author(flow, 0..text.len(), Confidence::Positional);
        return true;
    }
    let range = without_marks(text);
    let follows_author = meta.claimed.last();
    let follows_author =
        follows_author.is_some_and(|last| matches!(last.1, "authors" | "source" | "left-out"));
    let is_job = !meta.authors.is_empty()
        && follows_author
        && byline::is_job(text.get(range.clone()).unwrap_or_default());
    if is_job {
        meta.employer(flow, range);
    }
    is_job
}

fn headline(block: &Block, blocks: &VecDeque<Block>, is_marked: bool, meta: &mut Metadata) -> bool {
    let text = block.text();
    let flow = &block.flow;
    let length = text.chars().count();
    let is_sentence =
        ends_sentence(text) && !text.ends_with(['?', '!', '”', '"', '’', '\'']) && !text.ends_with('…');
    let may_be_sentence = length <= 120 && blocks.len() > 1 && stands_apart(blocks);
    if length > HEADLINE || is_sentence && !may_be_sentence {
        return false;
    }
    if meta.kicker.is_none()
        && !is_marked
        && is_kicker(text)
        && blocks.get(1).is_some_and(|next| is_headline_below_kicker(next.text()))
    {
        meta.kicker = Some(meta.excerpt(flow, 0..text.len(), "kicker", Confidence::Positional));
        return true;
    }
    let Range { mut start, end } = without_marks(text);
    let base = start;
    for (label, range) in labels::prefixes(text.get(start..end).unwrap_or_default()) {
        start = base + range.end;
        apply_label(&label, flow, base + range.start..start, meta);
    }
    let confidence = if is_marked { Confidence::Explicit } else { Confidence::Positional };
    meta.title = Some(meta.excerpt(flow, start..end, "title", confidence));
    true
}

/// The text without the ANPA marks around it: `^`, `<`, `=`.
fn without_marks(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start_matches(['^', ' ']).len();
    start..text.trim_end_matches(['<', '=', ' ']).len().max(start)
}

/// Claims a label and records what it states.
fn apply_label(label: &Label, flow: &Flow, range: Range<usize>, meta: &mut Metadata) {
    let span = flow.source(range.clone());
    let without = |marks: &[char]| range.start + flow.text()[range.clone()].trim_end_matches(marks).len();
    let note = |meta: &mut Metadata| {
        let end = without(&['-', ':', '–', '—', ' ']);
        let note = meta.excerpt(flow, range.start..end, "ednote", Confidence::Explicit);
        meta.notes.push(note.clone());
        note
    };
    match label {
        Label::Urgency(urgency) => {
            meta.claim(span.clone(), "urgency");
            meta.urgency = Some((*urgency, span));
        }
        Label::Version | Label::Nothing | Label::Embargo(_) => {
            note(meta);
        }
        Label::Correction(kind) => {
            let note = note(meta);
            meta.correction.get_or_insert((kind, note));
        }
        Label::Withdrawn => {
            meta.claim(span.clone(), "status");
            meta.withdrawn = Some(span);
        }
        Label::Genre(genre) => {
            meta.claim(span.clone(), "type");
            meta.genre = Some((genre, span));
        }
        Label::Kicker => {
            let end = without(&['-', ':', ' ']);
            meta.kicker = Some(meta.excerpt(flow, range.start..end, "kicker", Confidence::Explicit));
        }
    }
}

/// A caption, or the credit of the caption above.
fn picture(block: &Block, meta: &mut Metadata) -> bool {
    let Some(line) = captions::find(block.text()).or_else(|| captions::in_head(block.text())) else {
        return false;
    };
    let picture = meta.picture(&block.flow, line);
    match meta.pictures.last_mut() {
        Some(last) if picture.caption.is_none() && last.credit.is_none() => last.credit = picture.credit,
        _ => meta.pictures.push(picture),
    }
    true
}

/// Whether the first paragraph is set off from the one below: by a blank line, or because that is a dateline or a byline.
fn stands_apart(blocks: &VecDeque<Block>) -> bool {
    let (Some(first), Some(second)) = (blocks.front(), blocks.get(1)) else { return false };
    let length = |block: &Block| block.text().chars().count();
    blocks.len() > 2
        && length(first) < length(second).max(100)
        && sentences(first.text()) <= 1
        && (second.is_apart
            || dateline::find(second.text()).is_some()
            || byline::find(second.text()).is_some())
}

/// Whether a line such as `1 POLITICS Buses` is the catchline of the headline below.
fn is_catchline(text: &str, blocks: &VecDeque<Block>) -> bool {
    let is_headline =
        |next: &Block| next.is_apart && next.text().chars().count() > 20 && !ends_sentence(next.text());
    rules::CATCHLINE.is_match(text) && blocks.get(1).is_some_and(is_headline)
}

fn is_kicker(text: &str) -> bool {
    let in_capitals = text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase);
    text.split(' ').count() <= 3
        && text.chars().count() <= 28
        && in_capitals
        && !text.ends_with(['.', '?', '!'])
}

/// Whether the line below a short line in capitals is the headline.
fn is_headline_below_kicker(text: &str) -> bool {
    (20..=HEADLINE).contains(&text.chars().count())
        && !ends_sentence(text)
        && byline::find(text).is_none()
        && dateline::find(text).is_none()
        && captions::find(text).is_none()
        && !byline::is_job(text)
}

fn sentences(text: &str) -> usize {
    rules::SENTENCE_END.find_iter(text).count() + 1
}

/// Whether one of the next two paragraphs is a caption, a byline or an advisory.
fn marks_follow(blocks: &VecDeque<Block>) -> bool {
    blocks.len() > 2
        && blocks.iter().skip(1).take(2).any(|block| {
            let text = block.text();
            let is_picture = captions::find(text).is_some_and(|line| line.credit.is_some() || line.is_marked);
            is_picture || byline::find(text).is_some() || rules::ADVISORY.is_match(text)
        })
}

/// Whether an unmarked paragraph below the headline is a deck: one short sentence before longer ones that does not report, as first
/// sentences of a text do.
fn looks_like_deck(text: &str, blocks: &VecDeque<Block>) -> bool {
    if blocks.len() < 3 || sentences(text) > 1 || text.starts_with(['"', '“', '«', '„', '-', '–', '—'])
    {
        return false;
    }
    let length = text.chars().count();
    let next = blocks.get(1).map_or(0, |next| next.text().chars().count());
    if !ends_sentence(text) {
        return length > 24 && length <= 220 && next > length;
    }
    let is_apart = blocks.iter().take(2).all(|block| block.is_apart);
    is_apart && length <= 130 && next * 4 >= length * 5 && !rules::REPORTED_SPEECH.is_match(text)
}

/// Strips the dateline off the first paragraph of the text.
fn strip_dateline(blocks: &mut VecDeque<Block>, meta: &mut Metadata) {
    let mut first = blocks.iter_mut().filter(|block| !rules::POINT.is_match(block.text())).take(2);
    let Some((block, line)) = first.find_map(|block| dateline::find(block.text()).map(|line| (block, line)))
    else {
        return;
    };
    let flow = block.flow.clone();
    let is_signed = line.agency.is_some();
    let confidence = if is_signed { Confidence::Explicit } else { Confidence::Positional };
    if !line.place.is_empty() {
        let place = meta.excerpt(&flow, line.place, "dateline", confidence);
        meta.dateline = Some(Excerpt { text: place::in_running_case(&place.text), ..place });
    }
    if let Some((day, range)) = line.day {
        let span = flow.source(range);
        meta.claim(span.clone(), "date");
        meta.dates.push((CopyDate::Day(day), span));
    }
    if let Some(agency) = line.agency {
        meta.agency(&flow, agency);
    }
    block.keep(line.whole.end..flow.text().len());
    blocks.retain(|block| !block.flow.is_empty());
    strip_chinese_byline(blocks, meta);
}

/// Strips `（记者王晓峰、李珊）` after a dateline.
fn strip_chinese_byline(blocks: &mut VecDeque<Block>, meta: &mut Metadata) {
    let Some(block) = blocks.front_mut() else { return };
    let flow = block.flow.clone();
    let Some(captures) = rules::CHINESE_BYLINE.captures(flow.text()) else { return };
    let Some(names) = captures.name("names") else { return };
    let mut at = names.start();
    for name in names.as_str().split(['、', '，', ',', ' ']) {
        let range = at..at + name.len();
        at = range.end + flow.text()[range.end..].chars().next().map_or(0, char::len_utf8);
        if !name.is_empty() {
            meta.author(&flow, range, Confidence::Explicit);
        }
    }
    block.keep(captures.get(0).map_or(0, |whole| whole.end())..flow.text().len());
}
