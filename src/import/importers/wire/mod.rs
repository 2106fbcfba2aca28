//! Plain text of an agency → a story.
//!
//! The copy is taken apart from both ends: what transmission put around it ([`header`]), what stands behind the text ([`tail`]),
//! what stands over it ([`head`]); what is left is the text ([`body`]). Each piece that is taken off is a range of the copy
//! ([`found`]), so that nothing can be lost. Conventions: ANPA 1312, IPTC 7901, and the style books of the agencies.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use regex::Regex;
use serde_json::{Value as Json, json};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::super::topics::{Topic, Words};
use super::super::{
    Confidence, File, Identity, ImportContext, Importer, Lines, Listing, Origin, Piece, Refusal, Sample,
    Source, Span, Story,
};
use crate::content::text::beginning;
use crate::diagnostic::Diagnostic;
use crate::import::encoding::{self, Decoded};
use crate::slug::slugify;

mod agencies;
mod body;
mod byline;
mod caption;
pub(super) mod dateline;
pub(super) mod days;
mod embargo;
mod flow;
mod found;
mod head;
mod header;
mod kill;
mod labels;
mod language;
mod layout;
pub(super) mod marked;
mod page;
pub(super) mod place;
mod tail;
#[cfg(test)]
mod tests;

use flow::Flow;
use found::{Author, Found, Part, When};
use layout::Block;

/// Most bytes of a story: more is no story, and an article may have as many.
const LARGEST: usize = 8 * 1024 * 1024;
/// Most characters of a headline that is made from the text.
const HEADLINE: usize = 90;
/// Most bytes of what is noted for the desk: front matter has to be read by people.
const NOTES: usize = 16 * 1024;

/// Plain text.
#[derive(Debug)]
pub(super) struct Wire;

impl Importer for Wire {
    fn name(&self) -> &'static str {
        "wire"
    }

    fn origin(&self) -> Origin {
        Origin::Agency
    }

    fn fits(&self, _sample: &Sample<'_>) -> bool {
        true
    }

    fn open(
        &self,
        _folder: Option<&Path>,
        _desk: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(Box::new(Texts))
    }
}

/// Files of plain text, each a story.
struct Texts;

impl Source for Texts {
    fn files(&self) -> Listing {
        Listing::default()
    }

    fn read(&self, file: &File, desk: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        if file.bytes.len() > LARGEST {
            let size = file.bytes.len() >> 20;
            return Err(Refusal::Failed(
                format!(
                    "it has {size} MiB, and a story may have {}; is it many stories in one?",
                    LARGEST >> 20
                ),
                None,
            ));
        }
        let decoded =
            encoding::decode(&file.bytes, None).ok_or_else(|| Refusal::Failed(no_text(&file.bytes), None))?;
        let copy = normalised(&decoded.text);
        if !copy.chars().any(flow::is_seen) {
            return Err(Refusal::Skipped("there is nothing in it".to_owned()));
        }
        if let Some(why) = refused(&copy) {
            return Err(Refusal::Failed(why.to_owned(), None));
        }
        let mut before = 0;
        let mut stories = Vec::new();
        for take in takes(&copy) {
            if take.chars().any(flow::is_seen) {
                if let Some(kill) = kill::find(take) {
                    return Err(Refusal::Failed(withdraws(&kill, desk), None));
                }
                let mut story = read(take, before, desk);
                about_encoding(&decoded, &mut story);
                stories.push(story);
            }
            before += take.matches('\n').count();
        }
        Ok(stories)
    }
}

/// What is to be done about a notice that kills a story.
fn withdraws(kill: &kill::Kill, desk: &ImportContext<'_>) -> String {
    let found = desk.stories.named(kill.headline.as_deref(), kill.slugline.as_deref());
    match &found[..] {
        [] => match kill.headline.as_ref().or(kill.slugline.as_ref()) {
            Some(name) => format!("it withdraws a story, and the site has none like “{name}”"),
            None => "it withdraws a story that it does not name".to_owned(),
        },
        [path] => format!("it withdraws content/{path}: set `status: withdrawn` there"),
        paths => {
            let paths: Vec<String> = paths.iter().map(|path| format!("content/{path}")).collect();
            format!("it withdraws one of {}: set `status: withdrawn` there", paths.join(", "))
        }
    }
}

/// With line ends of one kind, and letters composed with their accents (NFC).
fn normalised(text: &str) -> String {
    let text =
        if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    if is_nfc(&text) { text } else { text.nfc().collect() }
}

/// The stories of a transmission: what ends one (`NNNN`, ETX) and what begins the next (`ZCZC`, SOH) stand behind each other.
fn takes(copy: &str) -> Vec<&str> {
    static BORDER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:\nNNNN[^\S\n]*\n\s*|\x03[^\x01\x02\x16]{0,200}?)(?P<next>ZCZC|[\x01\x16])")
            .expect("a pattern that is tested")
    });
    let mut takes = Vec::new();
    let mut at = 0;
    for next in BORDER.captures_iter(copy).filter_map(|border| border.name("next")) {
        takes.push(&copy[at..next.start()]);
        at = next.start();
    }
    takes.push(&copy[at..]);
    takes
}

/// What a file is that is no text, as far as its first bytes tell.
fn no_text(bytes: &[u8]) -> String {
    let kinds: [(&[u8], &str); 5] = [
        (b"PK\x03\x04", "a document of a word processor or a zip archive"),
        (b"%PDF-", "a PDF"),
        (b"\xd0\xcf\x11\xe0", "a document of a word processor"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
    ];
    match kinds.iter().find(|(start, _)| bytes.starts_with(start)) {
        Some((_, kind)) => format!("it is {kind}; save the story as plain text"),
        None => "it is no text; save it as plain text".to_owned(),
    }
}

/// Why a text cannot be read as copy: it is of a format of its own, which none of the others knows.
fn refused(copy: &str) -> Option<&'static str> {
    let start = copy.trim_start();
    if start.starts_with("{\\rtf") {
        return Some("it is a document of a word processor (RTF); save it as plain text");
    }
    if start.starts_with("<?xml") {
        return Some(
            "it is XML of a kind that is not known; the kinds are nitf, newsml-1, newsml-g2, rss and wxr",
        );
    }
    if start.starts_with("{\"") || start.starts_with("[{") {
        return Some("it looks like JSON, and is none of ninjs or a feed; is it whole?");
    }
    None
}

fn about_encoding(decoded: &Decoded, story: &mut Story) {
    if decoded.is_guessed {
        story.remark(
            "import/encoding",
            format!("its encoding is not told; it is read as {}", decoded.encoding),
            None,
        );
    }
    if !decoded.is_whole {
        let message =
            format!("some bytes are no text in the encoding that it seems to have, {}", decoded.encoding);
        story.remark("import/encoding", message, None);
    }
}

/// Reads copy that is decoded and normalised, and has so many lines before it in its file.
fn read(copy: &str, before: usize, desk: &ImportContext<'_>) -> Story {
    if page::is_html(copy) {
        return page::read(copy);
    }
    let mut found = Found::default();
    let range = header::peel(copy, &mut found);
    let mut blocks = layout::blocks(copy, range);
    tail::peel(&mut blocks, &mut found);
    let mut blocks = VecDeque::from(blocks);
    head::peel(&mut blocks, &mut found);
    found.settle_subject();
    let mut blocks = Vec::from(blocks);
    // A correction needs a day; without one it stays where readers see it.
    let has_day = desk.date.is_some()
        || found.when.iter().any(|(when, _)| !matches!(when, When::Day(day) if day.year.is_none()));
    match found.told.take() {
        Some(told) if has_day => found.take(told.flow.whole(), "corrections"),
        Some(told) => {
            found.correction = None;
            blocks.push(told);
        }
        None => {}
    }
    let body = body::write(copy, &blocks, &mut found);
    let mut reading = Reading {
        lines: Lines::new(copy).preceded_by(before),
        desk,
        found,
        story: Story { body, ..Story::default() },
    };
    reading.fields(&blocks);
    reading.pieces(copy);
    reading.story
}

/// What was found, on its way into a story.
struct Reading<'a> {
    lines: Lines<'a>,
    desk: &'a ImportContext<'a>,
    found: Found,
    story: Story,
}

impl Reading<'_> {
    fn at(&self, part: &Part) -> Vec<Span> {
        vec![self.lines.at(part.span.clone())]
    }

    fn set(&mut self, key: &str, part: &Part) {
        let at = self.at(part);
        self.story.set(key, part.text.clone(), part.sure, at);
    }

    fn fields(&mut self, blocks: &[Block]) {
        self.title(blocks);
        if let Some(deck) = self.found.deck.clone() {
            self.set("deck", &deck);
        }
        if let Some(kicker) = self.found.kicker.clone() {
            self.set("kicker", &kicker);
        }
        self.times();
        self.release();
        self.people();
        self.picture();
        self.tags(blocks);
        self.language(blocks);
        self.notes();
        let title = self.story.text("title").map(slugify).unwrap_or_default();
        // `Ferry Fire, 3rd Ld-Writethru` and `4th` are one story; those of two days are not.
        let slugline =
            self.found.slugline.as_ref().and_then(|part| part.text.split(',').next()).unwrap_or_default();
        let slugline: String = slugline.chars().filter(|c| c.is_alphabetic() || *c == '-').collect();
        let days = self.found.when.iter().filter_map(|(when, _)| {
            if let When::Day(day) = when { Some((day.month, day.day)) } else { None }
        });
        let day = days.map(|(month, day)| format!("{month}-{day}")).next().unwrap_or_default();
        self.story.identity = Some(Identity::Derived(format!("{title}\n{slugline}\n{day}")));
    }

    fn title(&mut self, blocks: &[Block]) {
        if let Some(title) = self.found.title.clone() {
            self.set("title", &title);
            return;
        }
        let first =
            blocks.iter().find(|block| block.text().chars().any(char::is_alphanumeric)).or(blocks.first());
        match first {
            Some(block) => {
                let at = vec![self.lines.at(block.flow.whole())];
                self.story.set("title", beginning(block.text(), HEADLINE), Confidence::Derived, at);
                self.story.remark(
                    "import/no-headline",
                    "it has no headline, so its first words are one",
                    None,
                );
            }
            None => match self.found.slugline.clone() {
                Some(slugline) => self.set("title", &Part { sure: Confidence::Derived, ..slugline }),
                None => self.story.mark_missing("title"),
            },
        }
    }

    /// The day that the copy must be from at the latest.
    fn latest(&self) -> Option<Date> {
        self.desk.date.map(|date| date.to_zoned(self.desk.config.timezone.clone()).date())
    }

    fn times(&mut self) {
        let exact = self.found.when.iter().find(|(when, _)| matches!(when, When::Exact(_)));
        let day = self.found.when.iter().find(|(when, _)| matches!(when, When::Day(_))).cloned();
        let latest = self.latest();
        let (value, sure, span) = match (exact, &day) {
            (Some((When::Exact(text), span)), _) => {
                (Some(text.clone()), Confidence::Explicit, Some(span.clone()))
            }
            (_, Some((When::Day(day), span))) => {
                let sure = if day.year.is_some() { Confidence::Explicit } else { Confidence::Derived };
                (day.date(latest).map(|date| date.to_string()), sure, Some(span.clone()))
            }
            _ => (
                self.desk.date.map(|date| as_written(date, &self.desk.config.timezone)),
                Confidence::Explicit,
                None,
            ),
        };
        match value {
            Some(date) => {
                let at = span.into_iter().map(|span| self.lines.at(span)).collect();
                self.story.set("date", date, sure, at);
            }
            None => {
                self.story.mark_missing("date");
                if let Some((When::Day(day), span)) = day {
                    let at = self.lines.at(span.clone());
                    let message = format!(
                        "its day is {}, and the year is not in the copy; give it with --date",
                        day.written()
                    );
                    self.story.remark("import/no-year", message, Some(at));
                }
            }
        }
    }

    /// The latest of all embargoes. One that cannot be read has no end.
    fn embargo(&mut self) {
        let embargoes = std::mem::take(&mut self.found.embargoes);
        let day = self.story.text("date").and_then(|date| date.get(..10)?.parse().ok()).or(self.latest());
        let zone = &self.desk.config.timezone;
        let read = |embargo: &Part| {
            let written = embargo::until(&embargo.text, day)?;
            let asked = written.parse::<crate::instant::Instant>().ok()?;
            let instant =
                asked.both(zone).map_or_else(|| asked.in_zone(zone).ok(), |(_, later)| Some(later))?;
            Some((instant, written))
        };
        let Some(first) = embargoes.first() else { return };
        let at: Vec<Span> = embargoes.iter().map(|embargo| self.lines.at(embargo.span.clone())).collect();
        let all: Option<Vec<_>> = embargoes.iter().map(read).collect();
        if let Some((_, until)) = all.and_then(|all| all.into_iter().max()) {
            self.story.set("embargo", until, Confidence::Explicit, at);
            return;
        }
        let first = self.lines.at(first.span.clone());
        self.story.mark_missing("embargo");
        self.story.set("status", "withheld", Confidence::Derived, at);
        let message = "it is under an embargo whose time cannot be read, so it is withheld";
        self.story.remark("import/embargo", message, Some(first));
        let notes =
            embargoes.into_iter().map(|part| Part { text: format!("Embargo: {}", part.text), ..part });
        self.found.notes.extend(notes);
    }

    /// Embargo, withdrawal, correction, kind and urgency.
    fn release(&mut self) {
        self.embargo();
        if let Some(span) = self.found.withdrawn.clone() {
            let at = self.lines.at(span);
            self.story.set("status", "withdrawn", Confidence::Explicit, vec![at]);
        }
        if let Some((genre, span)) = self.found.genre.clone() {
            let at = self.lines.at(span);
            self.story.set("type", genre, Confidence::Explicit, vec![at]);
        }
        if let Some((urgency, span)) = self.found.urgency.clone() {
            let at = self.lines.at(span);
            self.story.set("urgency", urgency, Confidence::Explicit, vec![at]);
        }
        // A correction without a day cannot stand in an article; it is among the notes in any case.
        if let Some((kind, text)) = self.found.correction.clone()
            && let Some(date) = self.story.text("date").map(str::to_owned)
            && text.text.split(' ').count() > 1
        {
            let at = self.at(&text);
            let words = text.text.trim_matches(['(', ')', '[', ']']).to_owned();
            self.story.set(
                "corrections",
                json!([{"date": date, "kind": kind, "text": words}]),
                Confidence::Explicit,
                at,
            );
        }
    }

    fn people(&mut self) {
        let mut authors = std::mem::take(&mut self.found.authors);
        if authors.is_empty() {
            authors = std::mem::take(&mut self.found.reporters);
        }
        let mut names: Vec<Part> = Vec::new();
        for Author { name } in authors {
            if names.iter().any(|other| other.text == name.text) {
                self.found.leave_out(&name.span);
            } else {
                names.push(name);
            }
        }
        self.list("authors", &names);
        if let Some(place) = self.found.dateline.clone() {
            self.set("dateline", &place);
        }
        let (mut sources, mut again): (Vec<Part>, Vec<_>) = (Vec::new(), Vec::new());
        for source in self.found.sources.drain(..).chain(self.found.signed.drain(..)) {
            let text = agencies::as_printed(&source.text);
            if sources.iter().any(|other| agencies::same(&other.text, &text)) {
                again.push(source.span);
            } else {
                sources.push(Part { text, ..source });
            }
        }
        again.iter().for_each(|span| self.found.leave_out(span));
        self.list("source", &sources);
    }

    fn list(&mut self, key: &str, parts: &[Part]) {
        if parts.is_empty() {
            return;
        }
        let at = parts.iter().map(|part| self.lines.at(part.span.clone())).collect();
        let sure = parts.iter().map(|part| part.sure).max().unwrap_or(Confidence::Explicit);
        let texts: Vec<Json> = parts.iter().map(|part| part.text.clone().into()).collect();
        self.story.set(key, texts, sure, at);
    }

    /// The first picture is the story's; the words of others are noted.
    fn picture(&mut self) {
        let mut captions = std::mem::take(&mut self.found.captions).into_iter();
        if let Some(first) = captions.next() {
            if let Some(caption) = &first.caption {
                self.set("image.caption", caption);
            }
            if let Some(credit) = &first.credit {
                self.set("image.credit", credit);
            }
        }
        for other in captions {
            let words = |part: &Option<Part>| part.as_ref().map_or("", |part| &part.text).to_owned();
            let text =
                format!("Picture: {} [{}]", words(&other.caption), words(&other.credit)).replace(" []", "");
            if let Some(part) = other.caption.or(other.credit) {
                self.found.notes.push(Part { text, ..part });
            }
        }
    }

    fn tags(&mut self, blocks: &[Block]) {
        let paragraphs: Vec<&str> = blocks.iter().map(Block::text).collect();
        let place = self.found.dateline.clone();
        let title = self.found.title.clone();
        let deck = self.found.deck.clone();
        let words = Words {
            headline: title.as_ref().map_or("", |part| &part.text),
            deck: deck.as_ref().map(|part| &*part.text),
            paragraphs: &paragraphs,
            place: place.as_ref().map(|place| &*place.text),
        };
        let mut topics = self.desk.topics.of(&words);
        if topics.is_empty() {
            // Then the story is about the place that it comes from.
            topics.extend(place.as_ref().and_then(town));
        }
        if topics.is_empty() {
            return;
        }
        let text = self.lines.text();
        let within = |part: &Part, span| Flow::of(text, std::slice::from_ref(&part.span)).source(span);
        let stands = |(part, span): &(usize, std::ops::Range<usize>)| match part {
            0 => title.as_ref().map(|part| within(part, span.clone())),
            1 => deck.as_ref().map(|part| within(part, span.clone())),
            part => match part.checked_sub(2).and_then(|part| blocks.get(part)) {
                Some(block) => Some(block.flow.source(span.clone())),
                None => place.as_ref().map(|place| place.span.clone()),
            },
        };
        let at =
            topics.iter().filter_map(|topic| stands(&topic.found)).map(|span| self.lines.at(span)).collect();
        let names: Vec<Json> = topics.iter().map(|topic| topic.name.clone().into()).collect();
        let new: Vec<&str> =
            topics.iter().filter(|topic| !topic.is_known).map(|topic| &*topic.name).collect();
        self.story.set("tags", names, Confidence::Derived, at);
        if !new.is_empty() {
            self.story.remark("import/new-tags", format!("new tags: {}", new.join(", ")), None);
        }
    }

    fn language(&mut self, blocks: &[Block]) {
        let mut text = String::new();
        for block in blocks.iter().take(12) {
            text.push_str(block.text());
            text.push('\n');
        }
        let site = self.desk.config.language.split('-').next().unwrap_or_default();
        if let Some(lang) = language::detect(&text).filter(|lang| *lang != site) {
            self.story.set("lang", lang, Confidence::Derived, Vec::new());
        }
    }

    /// All notes to the desk in the order of the copy.
    fn notes(&mut self) {
        let mut notes = std::mem::take(&mut self.found.notes);
        if let Some(slugline) = self.found.slugline.clone() {
            notes.push(Part { text: format!("Slugline: {}", slugline.text), ..slugline });
        }
        if notes.is_empty() {
            return;
        }
        notes.sort_by_key(|note| note.span.start);
        notes.dedup();
        let at = notes.iter().map(|note| self.lines.at(note.span.clone())).collect();
        let text: Vec<&str> = notes.iter().map(|note| &*note.text).collect();
        let text = text.join("\n");
        if text.len() > NOTES {
            // What does not fit is not thrown away: it stands under the text, where somebody will see it.
            let end = text
                .char_indices()
                .map(|(at, _)| at)
                .take_while(|at| *at <= NOTES)
                .last()
                .unwrap_or_default();
            let (kept, rest) = text.split_at(end);
            let rest: Vec<String> = rest.lines().map(crate::import::markdown::escape).collect();
            self.story.body.push_str(&format!("\n{}\n", rest.join("\n\n")));
            self.story.set("ednote", kept, Confidence::Explicit, at);
            self.story.remark(
                "import/notes",
                "there are more notes to the desk than front matter can hold; the rest is under the text",
                None,
            );
            return;
        }
        self.story.set("ednote", text, Confidence::Explicit, at);
    }

    fn pieces(&mut self, copy: &str) {
        let pieces = self.found.pieces(copy).into_iter();
        self.story.pieces = pieces
            .map(|(span, to)| Piece {
                text: copy.get(span.clone()).unwrap_or_default().to_owned(),
                to,
                span: self.lines.at(span),
            })
            .collect();
    }
}

/// A tag of the place of a dateline, without its region.
fn town(place: &Part) -> Option<Topic> {
    let name = place.text.split([',', '/', '(']).next()?.trim().to_owned();
    (!slugify(&name).is_empty()).then_some(Topic { name, is_known: false, found: (usize::MAX, 0..0) })
}

/// A time as front matter has it: a date, if it is the start of a day.
fn as_written(instant: jiff::Timestamp, zone: &TimeZone) -> String {
    let local = instant.to_zoned(zone.clone());
    if local.time() == jiff::civil::Time::midnight() {
        return local.date().to_string();
    }
    local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
