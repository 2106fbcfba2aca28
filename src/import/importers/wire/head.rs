//! The head of copy: labels, headline, deck, captions, bylines, advisories, up to where the text begins.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::agencies::is_agency;
use super::flow::Flow;
use super::found::{Author, Caption, Found, Part, When};
use super::labels::{self, Label};
use super::layout::{Block, ends_sentence, is_rule};
use super::{byline, caption, dateline, place};
use crate::import::Confidence;

/// Most paragraphs of a head.
const DEEPEST: usize = 30;
/// Most characters of a headline, and of a deck.
const HEADLINE: usize = 200;
const DECK: usize = 300;

/// Most words of a line that says who signs, its mark among them: `^Agence France-Presse =`.
const MOST_OF_A_SIGN: usize = 4;

/// A line in brackets, or with a mark, that speaks to desks.
static ADVISORY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?x) ^\^? (?:
          [(\[*]+\s*(?i:adds?|updates?|corrects?|correcting|corrected|refiles?|refiling|repeats?|repeating|recasts?|removes?|fixes|clarifies|eds?\b|editors?|attention|note|changes|drops|inserts?|deletes?|releads?|subs?|substitutes|rewrites?|with|new|makes|writes|restores|official|includes|this\ (?:story|version|article)|previous|for\ (?:release|use))
        | (?i:eds|editors?['’]?s?|attention\ editors|desk|advisory|editor['’]s\ note|note\ to\ editors|eds\ note|note\ to\ desks|with\ (?:ap\ )?photos?|ap\ photos?|moving\ on|redaktionell|achtung)\s?[:_–—-]
        | AP\ (?:Photo|Video|Graphic)
        | (?i:(?:adds?|updates?|corrects?|recasts?|refiles?|clarifies|removes)\s.{3,160}\b(?:para(?:graph)?s?|headline|quote|quotes|byline|lead|throughout|details?|background|detail|lede)\b.{0,60})$
        )")
        .expect("a pattern that is tested")
});
static SLUGLINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\^?(?:(?:BC|AM|PM|AP|US|EU)-[^\s].*<?|[A-Za-z]\d{4}[\p{L}\d_-]*|[a-z]\s[a-z]\s(?:BC|AM|PM)-.*|[\p{L}\d]+(?:-[\p{L}\d]+){2,}(?:,\p{Lu}+)?|ZCZC\b.{0,60}|[%$:*]\S[^^<]{0,60}|[\p{L}\d ]+(?:[/-][\p{L}\d ]+){0,5}/|\p{Lu}{3,}[/-]\p{Lu}{3,}(?:\s\([^)]*\))?)$").expect("a pattern that is tested")
});
static BULLET: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:[•●▪·‣*]|[-–])\s+\S").expect("a pattern that is tested"));

/// Takes off the head of copy. Points that stand over the text are left before it.
pub(super) fn peel(blocks: &mut VecDeque<Block>, found: &mut Found) {
    let mut head = Head { start: first_dateline(blocks), points: Vec::new(), passed: 0, in_contact: false };
    while let Some(block) = blocks.front() {
        if head.passed >= DEEPEST || head.start == Some(head.passed) {
            break;
        }
        if !head.take(block.clone(), blocks, found) {
            break;
        }
        head.passed += 1;
        blocks.pop_front();
    }
    for point in head.points.into_iter().rev() {
        blocks.push_front(point);
    }
    dateline(blocks, found);
}

fn first_dateline(blocks: &VecDeque<Block>) -> Option<usize> {
    blocks.iter().take(16).position(|block| dateline::find(block.text()).is_some())
}

struct Head {
    /// Which paragraph has the dateline.
    start: Option<usize>,
    points: Vec<Block>,
    passed: usize,
    /// Whether the last paragraph was of a block of contacts.
    in_contact: bool,
}

impl Head {
    /// Takes a paragraph of the head; tells whether it was one.
    fn take(&mut self, block: Block, blocks: &VecDeque<Block>, found: &mut Found) -> bool {
        let text = block.text();
        if is_rule(text) {
            found.take(block.flow.whole(), "left-out");
            return true;
        }
        let marked =
            text.starts_with('^') || text.ends_with('<') || text.ends_with('=') && !text.contains(". ");
        if self.label(&block, found) || self.advisory(&block, found) || self.by(&block, blocks, found) {
            return true;
        }
        if found.title.is_none()
            && blocks.len() > 1
            && (SLUGLINE.is_match(text) || is_catchline(text, blocks))
        {
            if found.slugline.is_some() || text.len() < 12 && !text.contains(' ') {
                found.take(block.flow.whole(), "left-out");
            } else {
                found.slugline = Some(found.part(&block.flow, trimmed(text), "ednote", Confidence::Explicit));
            }
            return true;
        }
        if found.title.is_none() && blocks.len() > 2 && is_for_the_desk(text) {
            self.in_contact = block.text().to_lowercase().contains("contact");
            found.note(&block.flow);
            return true;
        }
        if found.title.is_none() && self.in_contact && !block.is_apart && blocks.len() > 2 {
            found.note(&block.flow);
            return true;
        }
        self.in_contact = false;
        if found.title.is_some() && BULLET.is_match(text) {
            self.points.push(block);
            return true;
        }
        if found.title.is_some() && picture(&block, found) {
            return true;
        }
        if found.title.is_none() {
            return self.before_headline(&block, blocks, found)
                || self.headline(&block, blocks, marked, found);
        }
        if marked {
            // ANPA: what it is not said to be is a summary, and the rest is for the desk.
            let whole = trimmed(text);
            if found.deck.is_none() && !text.ends_with('=') {
                found.deck = Some(found.part(&block.flow, whole, "deck", Confidence::Explicit));
            } else {
                let note = found.part(&block.flow, whole, "ednote", Confidence::Explicit);
                found.notes.push(note);
            }
            return true;
        }
        self.deck(&block, blocks, found)
    }

    /// An aside to desks, or who signs what has no byline: `^The AP=`.
    fn before_headline(&self, block: &Block, blocks: &VecDeque<Block>, found: &mut Found) -> bool {
        let text = block.text();
        if is_bracketed_aside(text) && blocks.len() > 2 {
            found.note(&block.flow);
            return true;
        }
        let signs = text.ends_with('=') && text.split(' ').count() <= MOST_OF_A_SIGN;
        if signs {
            found.employer(&block.flow, trimmed(text));
        }
        signs
    }

    fn label(&self, block: &Block, found: &mut Found) -> bool {
        let flow = &block.flow;
        let Some(label) = flow.text().get(trimmed(flow.text())).and_then(labels::line) else { return false };
        let whole = flow.whole();
        match label {
            // A lone word may be the headline.
            Label::Genre(_) | Label::Kicker if found.title.is_some() => return false,
            Label::Embargo(when) => {
                let embargo = found.part(flow, when, "embargo", Confidence::Explicit);
                found.embargoes.push(embargo);
                return true;
            }
            Label::Nothing => found.take(whole, "left-out"),
            Label::Kicker => {
                found.kicker = Some(found.part(flow, 0..flow.text().len(), "kicker", Confidence::Positional))
            }
            label => note_label(&label, flow, 0..flow.text().len(), found),
        }
        true
    }

    fn advisory(&self, block: &Block, found: &mut Found) -> bool {
        let text = block.text();
        let is_bracketed = text.starts_with(['(', '[']) && text.ends_with([')', ']']);
        let is_one =
            is_bracketed && found.title.is_some() && text.len() < 400 && caption::find(text).is_none();
        if !(ADVISORY.is_match(text) && text.len() < 500 || is_one) {
            return false;
        }
        let range = trimmed(text);
        let note = found.part(&block.flow, range, "ednote", Confidence::Explicit);
        let start = note.text.trim_start_matches(['(', '[', '*']).to_lowercase();
        let kind = if start.starts_with("correct") {
            Some("correction")
        } else if start.starts_with("clarif") {
            Some("clarification")
        } else {
            None
        };
        if let Some(kind) = kind {
            found.correction = Some((kind, note.clone()));
        }
        found.notes.push(note);
        true
    }

    /// A byline, or a name in capitals with a job under it.
    fn by(&self, block: &Block, blocks: &VecDeque<Block>, found: &mut Found) -> bool {
        let text = block.text();
        let flow = &block.flow;
        if let Some(byline) = byline::find(text).filter(|_| found.title.is_some() || blocks.len() > 2) {
            for name in byline.names {
                let part = found.part(flow, name, "authors", Confidence::Explicit);
                add_author(part, found);
            }
            if let Some(body) = byline.body {
                found.employer(flow, body);
            }
            return true;
        }
        if found.title.is_none() {
            return false;
        }
        let next = blocks.get(1).map(|next| next.text().trim_matches(['^', '=', '<', ' ']).to_owned());
        if byline::is_name_in_capitals(text) && next.as_deref().is_some_and(byline::is_job) {
            let part = found.part(flow, 0..text.len(), "authors", Confidence::Positional);
            add_author(part, found);
            return true;
        }
        let plain = trimmed(text);
        let job = text.get(plain.clone()).unwrap_or_default();
        if !found.authors.is_empty() && found.has_just_author() && byline::is_job(job) {
            found.employer(flow, plain);
            return true;
        }
        false
    }

    fn headline(&self, block: &Block, blocks: &VecDeque<Block>, marked: bool, found: &mut Found) -> bool {
        let text = block.text();
        let flow = &block.flow;
        let is_last = blocks.len() == 1;
        let length = text.chars().count();
        let is_sentence =
            ends_sentence(text) && !text.ends_with(['?', '!', '”', '"', '’', '\'']) && !text.ends_with('…');
        let may_be =
            length <= HEADLINE && (!is_sentence || length <= 120 && !is_last && block_stands_apart(blocks));
        if !may_be {
            return false;
        }
        if found.kicker.is_none()
            && !marked
            && is_kicker(text)
            && blocks.get(1).is_some_and(|next| is_headline_after_kicker(next.text()))
        {
            found.kicker = Some(found.part(flow, 0..text.len(), "kicker", Confidence::Positional));
            return true;
        }
        let mut start = trimmed(text).start;
        let end = trimmed(text).end;
        for (label, range) in labels::prefixes(text.get(start..end).unwrap_or_default()) {
            let range = range.start + start..range.end + start;
            note_label(&label, flow, range, found);
        }
        start = labels::prefixes(text.get(start..end).unwrap_or_default())
            .last()
            .map_or(start, |(_, range)| start + range.end);
        let sure = if marked { Confidence::Explicit } else { Confidence::Positional };
        found.title = Some(found.part(flow, start..end, "title", sure));
        true
    }

    /// What is between the headline and the text: a deck, if it looks like one.
    fn deck(&self, block: &Block, blocks: &VecDeque<Block>, found: &mut Found) -> bool {
        let text = block.text();
        let length = text.chars().count();
        let is_behind = !found.authors.is_empty() && self.start.is_none();
        if is_behind || found.deck.is_some() || length > DECK || blocks.len() < 2 || sentences(text) > 2 {
            return false;
        }
        let before_dateline = self.start.is_some_and(|start| start > self.passed);
        if !(before_dateline
            || marks_follow(blocks)
            || found.captions.is_empty() && looks_like_deck(text, blocks))
        {
            return false;
        }
        found.deck = Some(found.part(&block.flow, 0..text.len(), "deck", Confidence::Positional));
        true
    }
}

impl Found {
    /// Takes who an author works for: a source, if it is an agency, or `PA` of `PA Political Correspondent`.
    pub(super) fn employer(&mut self, flow: &Flow, range: Range<usize>) {
        let job = flow.text().get(range.clone()).unwrap_or_default();
        let first = job.split(' ').next().unwrap_or_default();
        let agency = [job, first].into_iter().find(|name| is_agency(name)).map(str::len);
        match agency {
            Some(length) => {
                let agency =
                    self.part(flow, range.start..range.start + length, "source", Confidence::Explicit);
                self.signed.push(agency);
            }
            None => {
                self.part(flow, range, "left-out", Confidence::Explicit);
            }
        }
    }

    /// Whether the last thing that was taken is a name of the byline, or who it works for.
    fn has_just_author(&self) -> bool {
        self.taken.last().is_some_and(|(_, to)| matches!(*to, "authors" | "source" | "left-out"))
    }
}

/// `(Foto - Archiv)`, `(Zusammenfassung 1430)`: what a desk is told before the headline.
fn is_bracketed_aside(text: &str) -> bool {
    text.starts_with('(') && text.ends_with(')') && text.chars().count() <= 60 && !ends_sentence(text)
}

/// Without the marks of ANPA around: `^`, `<`, `=`.
fn trimmed(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start_matches(['^', ' ']).len();
    start..text.trim_end_matches(['<', '=', ' ']).len().max(start)
}

fn add_author(part: Part, found: &mut Found) {
    let name = Part { text: byline::in_running_case(&part.text), ..part };
    found.authors.push(Author { name });
}

fn note_label(label: &Label, flow: &Flow, range: Range<usize>, found: &mut Found) {
    let span = flow.source(range.clone());
    let note = |found: &mut Found| {
        let end = range.start + flow.text()[range.clone()].trim_end_matches(['-', ':', '–', '—', ' ']).len();
        let part = found.part(flow, range.start..end, "ednote", Confidence::Explicit);
        found.notes.push(part.clone());
        part
    };
    match label {
        Label::Urgency(urgency) => {
            found.take(span.clone(), "urgency");
            found.urgency = Some((*urgency, span));
        }
        Label::Version | Label::Nothing | Label::Embargo(_) => {
            note(found);
        }
        Label::Correction(kind) => {
            let part = note(found);
            if found.correction.is_none() {
                found.correction = Some((kind, part));
            }
        }
        Label::Withdrawn => {
            found.take(span.clone(), "status");
            found.withdrawn = Some(span);
        }
        Label::Genre(genre) => {
            found.take(span.clone(), "type");
            found.genre = Some((genre, span));
        }
        Label::Kicker => {
            let end = range.start + flow.text()[range.clone()].trim_end_matches(['-', ':', ' ']).len();
            found.kicker = Some(found.part(flow, range.start..end, "kicker", Confidence::Explicit));
        }
    }
}

/// Takes a caption, or the credit of the one before.
fn picture(block: &Block, found: &mut Found) -> bool {
    let Some(words) = caption::find(block.text()).or_else(|| caption::in_head(block.text())) else {
        return false;
    };
    let caption =
        words.caption.map(|range| found.part(&block.flow, range, "image.caption", Confidence::Positional));
    let credit =
        words.credit.map(|range| found.part(&block.flow, range, "image.credit", Confidence::Explicit));
    match found.captions.last_mut() {
        Some(last) if caption.is_none() && last.credit.is_none() => last.credit = credit,
        _ => found.captions.push(Caption { caption, credit }),
    }
    true
}

/// Whether another paragraph is under the first, with a blank line between or of another kind.
fn block_stands_apart(blocks: &VecDeque<Block>) -> bool {
    let (first, second) = (blocks.front(), blocks.get(1));
    let length = |block: Option<&Block>| block.map_or(0, |block| block.text().chars().count());
    second.is_some_and(|second| {
        second.is_apart || dateline::find(second.text()).is_some() || byline::find(second.text()).is_some()
    }) && sentences(first.map_or("", |first| first.text())) <= 1
        && blocks.len() > 2
        && length(first) < length(second).max(100)
}

/// `1 POLITICS Buses`: a word in capitals and one that is not, over a headline.
fn is_catchline(text: &str, blocks: &VecDeque<Block>) -> bool {
    static CATCHLINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\d{1,2}\s)?\p{Lu}{3,}\s\p{Lu}\p{Ll}[\p{L}-]*$").expect("a pattern that is tested")
    });
    let next = blocks.get(1);
    CATCHLINE.is_match(text)
        && next.is_some_and(|next| {
            next.is_apart && next.text().chars().count() > 20 && !ends_sentence(next.text())
        })
}

/// What comes before a headline and is for the desk: a contact, a greeting, a remark in brackets.
fn is_for_the_desk(text: &str) -> bool {
    static DESK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:(?i:(?:media |press )?contacts?:)|(?:Hi|Hello|Dear|Hallo|Bonjour|Hola|Good morning)\b.{0,30},|\([^()]{3,60}\)$|\S+@\S+\.\S+$|\+?[\d(][\d ()\-]{6,}$|(?i:tel|phone|e-?mail|mobile)\.?:)")
            .expect("a pattern that is tested")
    });
    DESK.is_match(text) && text.len() < 300
}

fn is_kicker(text: &str) -> bool {
    let words = text.split(' ').count();
    let in_capitals = text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase);
    words <= 3 && text.chars().count() <= 28 && in_capitals && !text.ends_with(['.', '?', '!'])
}

/// Whether what is under a short line in capitals is the headline: a line in small letters, or a longer one.
fn is_headline_after_kicker(text: &str) -> bool {
    let length = text.chars().count();
    (20..=HEADLINE).contains(&length)
        && !ends_sentence(text)
        && byline::find(text).is_none()
        && dateline::find(text).is_none()
        && caption::find(text).is_none()
        && !byline::is_job(text)
}

fn sentences(text: &str) -> usize {
    static END: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\p{Ll}[.!?]['”’)]?\s+['“‘(]?\p{Lu}").expect("a pattern that is tested")
    });
    END.find_iter(text).count() + 1
}

/// Whether a caption, a byline or the like stands within the next two paragraphs.
fn marks_follow(blocks: &VecDeque<Block>) -> bool {
    blocks.iter().skip(1).take(2).any(|block| {
        let text = block.text();
        let is_picture = caption::find(text).is_some_and(|words| words.credit.is_some() || words.is_marked);
        is_picture || byline::find(text).is_some() || ADVISORY.is_match(text)
    }) && blocks.len() > 2
}

/// Whether a paragraph under the headline, with nothing else to tell by, is a deck: one short sentence before longer ones that
/// does not report, as first sentences do.
fn looks_like_deck(text: &str, blocks: &VecDeque<Block>) -> bool {
    static REPORTS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:said|told|announced|(?:on|since|until) (?:mon|tues|wednes|thurs|fri|satur|sun)day|according to|reported|yesterday|today|tonight|am (?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b")
            .expect("a pattern that is tested")
    });
    let length = text.chars().count();
    let next = blocks.get(1).map_or(0, |next| next.text().chars().count());
    let is_apart = blocks.front().is_some_and(|block| block.is_apart)
        && blocks.get(1).is_some_and(|block| block.is_apart);
    if blocks.len() < 3 || sentences(text) > 1 || text.starts_with(['"', '“', '«', '„', '-', '–', '—'])
    {
        return false;
    }
    if !ends_sentence(text) {
        return length > 24 && length <= 220 && next > length;
    }
    is_apart && length <= 130 && next * 4 >= length * 5 && !REPORTS.is_match(text)
}

/// Takes the dateline off the first paragraph of the text.
fn dateline(blocks: &mut VecDeque<Block>, found: &mut Found) {
    let mut first = blocks.iter_mut().filter(|block| !BULLET.is_match(block.text())).take(2);
    let Some((block, line)) = first.find_map(|block| dateline::find(block.text()).map(|line| (block, line)))
    else {
        return;
    };
    let flow = block.flow.clone();
    let is_signed = line.agency.is_some();
    let sure = if is_signed { Confidence::Explicit } else { Confidence::Positional };
    if !line.place.is_empty() {
        let place = found.part(&flow, line.place, "dateline", sure);
        found.dateline = Some(Part { text: place::in_running_case(&place.text), ..place });
    }
    if let Some((day, range)) = line.day {
        let span = flow.source(range);
        found.take(span.clone(), "date");
        found.when.push((When::Day(day), span));
    }
    if let Some(agency) = line.agency {
        let part = found.part(&flow, agency, "source", Confidence::Explicit);
        found.signed.push(part);
    }
    block.keep(line.whole.end..flow.text().len());
    blocks.retain(|block| !block.flow.is_empty());
    byline_of_chinese(blocks, found);
}

/// `（记者王晓峰、李珊）` behind a dateline.
fn byline_of_chinese(blocks: &mut VecDeque<Block>, found: &mut Found) {
    static REPORTERS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[（(](?:(?:本报|新华社)?记者|通讯员)\s?(?P<names>[\p{Han}、，,·\s]{2,40})[）)]")
            .expect("a pattern that is tested")
    });
    let Some(block) = blocks.front_mut() else { return };
    let flow = block.flow.clone();
    let Some(captures) = REPORTERS.captures(flow.text()) else { return };
    let Some(names) = captures.name("names") else { return };
    let mut at = names.start();
    for name in names.as_str().split(['、', '，', ',', ' ']) {
        let range = at..at + name.len();
        at = range.end + flow.text()[range.end..].chars().next().map_or(0, char::len_utf8);
        if !name.is_empty() {
            let name = found.part(&flow, range, "authors", Confidence::Explicit);
            found.authors.push(Author { name });
        }
    }
    block.keep(captures.get(0).map_or(0, |whole| whole.end())..flow.text().len());
}
