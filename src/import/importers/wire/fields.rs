//! The pieces of copy → the fields of a story.

use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::flow::Flow;
use super::layout::Block;
use super::metadata::{CopyDate, Excerpt, Metadata, Picture};
use super::{HEADLINE, agencies, embargo, language};
use crate::content::Key;
use crate::content::text::beginning;
use crate::diagnostic::floor_char_boundary;
use crate::import::topics::{StoryText, Topic};
use crate::import::{Confidence, FieldKey, Identity, ImageField, ImportContext, Lines, Piece, Span, Story};
use crate::slug::slugify;

/// The maximum number of bytes of the notes for the desk, as front matter must stay readable.
const NOTES: usize = 16 * 1024;

/// Builds the story of copy.
pub(super) fn story(
    lines: Lines<'_>,
    desk: &ImportContext<'_>,
    meta: Metadata,
    body: String,
    blocks: &[Block],
) -> Story {
    let mut builder = Builder { lines, desk, meta, story: Story { body, ..Story::default() } };
    builder.title(blocks);
    if let Some(deck) = builder.meta.deck.clone() {
        builder.set(Key::Deck, &deck);
    }
    if let Some(kicker) = builder.meta.kicker.clone() {
        builder.set(Key::Kicker, &kicker);
    }
    builder.date();
    builder.embargo();
    builder.release();
    builder.authors();
    builder.sources();
    builder.pictures();
    builder.tags(blocks);
    builder.language(blocks);
    builder.notes();
    builder.identity();
    builder.pieces();
    builder.story
}

/// A story that is being built.
struct Builder<'a> {
    lines: Lines<'a>,
    desk: &'a ImportContext<'a>,
    meta: Metadata,
    story: Story,
}

impl Builder<'_> {
    fn set(&mut self, key: impl Into<FieldKey>, excerpt: &Excerpt) {
        self.set_at(key, excerpt.text.clone(), excerpt.confidence, excerpt.span.clone());
    }

    fn set_at(
        &mut self,
        key: impl Into<FieldKey>,
        value: impl Into<Json>,
        confidence: Confidence,
        span: Range<usize>,
    ) {
        let at = vec![self.lines.at(span)];
        self.story.set(key, value, confidence, at);
    }

    fn title(&mut self, blocks: &[Block]) {
        if let Some(title) = self.meta.title.clone() {
            return self.set(Key::Title, &title);
        }
        let has_text = |block: &&Block| block.text().chars().any(char::is_alphanumeric);
        if let Some(block) = blocks.iter().find(has_text).or(blocks.first()) {
            let title = beginning(block.text(), HEADLINE);
            self.set_at(Key::Title, title, Confidence::Derived, block.flow.whole());
            let message = "the copy has no headline, so the beginning of the text is used";
            self.story.remark("import/no-headline", message, None);
        } else if let Some(slugline) = self.meta.slugline.clone() {
            self.set(Key::Title, &Excerpt { confidence: Confidence::Derived, ..slugline });
        } else {
            self.story.mark_missing(Key::Title);
        }
    }

    /// The latest day that the copy can be from.
    fn latest_day(&self) -> Option<Date> {
        self.desk.date.map(|date| date.to_zoned(self.desk.config.timezone.clone()).date())
    }

    fn date(&mut self) {
        let dates = &self.meta.dates;
        let exact = dates.iter().find_map(|(date, span)| match date {
            CopyDate::Exact(text) => Some((text.clone(), span.clone())),
            CopyDate::Day(_) => None,
        });
        if let Some((text, span)) = exact {
            return self.set_at(Key::Date, text, Confidence::Explicit, span);
        }
        let day = dates.iter().find_map(|(date, span)| match date {
            CopyDate::Day(day) => Some((*day, span.clone())),
            CopyDate::Exact(_) => None,
        });
        let Some((day, span)) = day else {
            match self.desk.date {
                Some(date) => {
                    let date = to_front_matter(date, &self.desk.config.timezone);
                    self.story.set(Key::Date, date, Confidence::Explicit, Vec::new());
                }
                None => self.story.mark_missing(Key::Date),
            }
            return;
        };
        if let Some(date) = day.date(self.latest_day()) {
            let confidence = if day.year.is_some() { Confidence::Explicit } else { Confidence::Derived };
            return self.set_at(Key::Date, date.to_string(), confidence, span);
        }
        self.story.mark_missing(Key::Date);
        let message =
            format!("the copy is dated {} without a year; set the date with `--date`", day.display());
        self.story.remark("import/no-year", message, Some(self.lines.at(span)));
    }

    /// The end of the latest embargo. A story whose embargo cannot be parsed is withheld.
    fn embargo(&mut self) {
        let embargoes = std::mem::take(&mut self.meta.embargoes);
        let Some(first) = embargoes.first() else { return };
        let copy_day =
            self.story.text(Key::Date).and_then(|date| date.get(..10)?.parse().ok()).or(self.latest_day());
        let zone = &self.desk.config.timezone;
        let parse = |embargo: &Excerpt| {
            let end = embargo::parse_end(&embargo.text, copy_day)?;
            let time = end.parse::<crate::time::SiteTime>().ok()?;
            let instant =
                time.both(zone).map_or_else(|| time.in_zone(zone).ok(), |(_, later)| Some(later))?;
            Some((instant, end))
        };
        let at: Vec<Span> = embargoes.iter().map(|embargo| self.lines.at(embargo.span.clone())).collect();
        let all: Option<Vec<_>> = embargoes.iter().map(parse).collect();
        if let Some((_, end)) = all.and_then(|all| all.into_iter().max()) {
            return self.story.set(Key::Embargo, end, Confidence::Explicit, at);
        }
        let first = self.lines.at(first.span.clone());
        self.story.mark_missing(Key::Embargo);
        self.story.set(Key::Status, "withheld", Confidence::Derived, at);
        let message = "the time of the embargo cannot be parsed, so the story is withheld";
        self.story.remark("import/embargo", message, Some(first));
        let notes = embargoes
            .into_iter()
            .map(|embargo| Excerpt { text: format!("Embargo: {}", embargo.text), ..embargo });
        self.meta.notes.extend(notes);
    }

    /// Withdrawal, type, urgency and correction.
    fn release(&mut self) {
        if let Some(span) = self.meta.withdrawn.clone() {
            self.set_at(Key::Status, "withdrawn", Confidence::Explicit, span);
        }
        if let Some((genre, span)) = self.meta.genre.clone() {
            self.set_at(Key::Genre, genre, Confidence::Explicit, span);
        }
        if let Some((urgency, span)) = self.meta.urgency.clone() {
            self.set_at(Key::Urgency, urgency, Confidence::Explicit, span);
        }
        // Front matter needs the date of a correction. Without one it is only in the notes.
        if let Some((kind, note)) = self.meta.correction.clone()
            && let Some(date) = self.story.text(Key::Date).map(str::to_owned)
            && note.text.split(' ').count() > 1
        {
            let text = note.text.trim_matches(['(', ')', '[', ']']);
            let corrections = json!([{"date": date, "kind": kind, "text": text}]);
            self.set_at(Key::Corrections, corrections, Confidence::Explicit, note.span);
        }
    }

    fn authors(&mut self) {
        let mut names = std::mem::take(&mut self.meta.authors);
        if names.is_empty() {
            names = std::mem::take(&mut self.meta.reporters);
        }
        let mut authors: Vec<Excerpt> = Vec::new();
        for name in names {
            if authors.iter().any(|other| other.text == name.text) {
                self.meta.reassign(&name.span, "left-out");
            } else {
                authors.push(name);
            }
        }
        self.set_list(Key::Authors, &authors);
        if let Some(place) = self.meta.dateline.clone() {
            self.set(Key::Dateline, &place);
        }
    }

    fn sources(&mut self) {
        let (mut sources, mut repeated): (Vec<Excerpt>, Vec<_>) = (Vec::new(), Vec::new());
        for source in self.meta.sources.drain(..).chain(self.meta.agencies.drain(..)) {
            let text = agencies::display_name(&source.text);
            if sources.iter().any(|other| agencies::is_same(&other.text, &text)) {
                repeated.push(source.span);
            } else {
                sources.push(Excerpt { text, ..source });
            }
        }
        repeated.iter().for_each(|span| self.meta.reassign(span, "left-out"));
        self.set_list(Key::Source, &sources);
    }

    fn set_list(&mut self, key: Key, excerpts: &[Excerpt]) {
        let Some(confidence) = excerpts.iter().map(|excerpt| excerpt.confidence).max() else { return };
        let at = excerpts.iter().map(|excerpt| self.lines.at(excerpt.span.clone())).collect();
        let texts: Vec<Json> = excerpts.iter().map(|excerpt| excerpt.text.clone().into()).collect();
        self.story.set(key, texts, confidence, at);
    }

    /// The first picture is the picture of the story. Others become notes.
    fn pictures(&mut self) {
        let mut pictures = std::mem::take(&mut self.meta.pictures).into_iter();
        let Some(Picture { caption, credit }) = pictures.next() else { return };
        for (key, excerpt) in [(ImageField::Caption, caption), (ImageField::Credit, credit)] {
            if let Some(excerpt) = excerpt {
                self.set(key, &excerpt);
            }
        }
        for Picture { caption, credit } in pictures {
            let text = |excerpt: &Option<Excerpt>| excerpt.as_ref().map_or("", |one| &one.text).to_owned();
            let text = format!("Picture: {} [{}]", text(&caption), text(&credit)).replace(" []", "");
            self.meta.notes.extend(caption.or(credit).map(|excerpt| Excerpt { text, ..excerpt }));
        }
    }

    fn tags(&mut self, blocks: &[Block]) {
        let paragraphs: Vec<&str> = blocks.iter().map(Block::text).collect();
        let Metadata { title, deck, dateline, .. } = &self.meta;
        let text = StoryText {
            headline: title.as_ref().map_or("", |title| &title.text),
            deck: deck.as_ref().map(|deck| &*deck.text),
            paragraphs: &paragraphs,
            place: dateline.as_ref().map(|place| &*place.text),
        };
        let mut topics = self.desk.topics.find(&text);
        if topics.is_empty() {
            topics.extend(dateline.as_ref().and_then(town));
        }
        if topics.is_empty() {
            return;
        }
        let copy = self.lines.text();
        let within =
            |excerpt: &Excerpt, span| Flow::new(copy, std::slice::from_ref(&excerpt.span)).source(span);
        let source = |(part, span): &(usize, Range<usize>)| match part {
            0 => title.as_ref().map(|title| within(title, span.clone())),
            1 => deck.as_ref().map(|deck| within(deck, span.clone())),
            part => match part.checked_sub(2).and_then(|part| blocks.get(part)) {
                Some(block) => Some(block.flow.source(span.clone())),
                None => dateline.as_ref().map(|place| place.span.clone()),
            },
        };
        let at =
            topics.iter().filter_map(|topic| source(&topic.found)).map(|span| self.lines.at(span)).collect();
        let names: Vec<Json> = topics.iter().map(|topic| topic.name.clone().into()).collect();
        let new: Vec<&str> =
            topics.iter().filter(|topic| !topic.is_known).map(|topic| &*topic.name).collect();
        self.story.set(Key::Tags, names, Confidence::Derived, at);
        if !new.is_empty() {
            self.story.remark("import/new-tags", format!("new tags: {}", new.join(", ")), None);
        }
    }

    fn language(&mut self, blocks: &[Block]) {
        let text: String = blocks.iter().take(12).flat_map(|block| [block.text(), "\n"]).collect();
        let site = self.desk.config.language.split('-').next().unwrap_or_default();
        if let Some(lang) = language::detect(&text).filter(|lang| *lang != site) {
            self.story.set(Key::Lang, lang, Confidence::Derived, Vec::new());
        }
    }

    /// The notes for the desk in the order of the copy.
    fn notes(&mut self) {
        let mut notes = std::mem::take(&mut self.meta.notes);
        if let Some(slugline) = self.meta.slugline.clone() {
            notes.push(Excerpt { text: format!("Slugline: {}", slugline.text), ..slugline });
        }
        if notes.is_empty() {
            return;
        }
        notes.sort_by_key(|note| note.span.start);
        notes.dedup();
        let at = notes.iter().map(|note| self.lines.at(note.span.clone())).collect();
        let texts: Vec<&str> = notes.iter().map(|note| &*note.text).collect();
        let text = texts.join("\n");
        let (text, rest) = text.split_at(floor_char_boundary(&text, NOTES));
        self.story.set(Key::Ednote, text, Confidence::Explicit, at);
        if !rest.is_empty() {
            // The rest goes below the text, where an editor will see it.
            let rest: Vec<String> = rest.lines().map(crate::import::markdown::escape).collect();
            self.story.body.push_str(&format!("\n{}\n", rest.join("\n\n")));
            let message = "the notes for the desk are too long for front matter; the rest is below the text";
            self.story.remark("import/notes", message, None);
        }
    }

    /// `Ferry Fire, 3rd Ld-Writethru` and `4th` are one story; those of two days are not.
    fn identity(&mut self) {
        let title = self.story.text(Key::Title).map(slugify).unwrap_or_default();
        let slugline = self.meta.slugline.as_ref().and_then(|slugline| slugline.text.split(',').next());
        let slugline: String =
            slugline.unwrap_or_default().chars().filter(|c| c.is_alphabetic() || *c == '-').collect();
        let day = self.meta.dates.iter().find_map(|(date, _)| match date {
            CopyDate::Day(day) => Some(format!("{}-{}", day.month, day.day)),
            CopyDate::Exact(_) => None,
        });
        let day = day.unwrap_or_default();
        self.story.identity = Some(Identity::Derived(format!("{title}\n{slugline}\n{day}")));
    }

    fn pieces(&mut self) {
        let copy = self.lines.text();
        let pieces = self.meta.pieces(copy).into_iter();
        self.story.pieces = pieces
            .map(|(span, to)| Piece {
                text: copy.get(span.clone()).unwrap_or_default().to_owned(),
                to,
                span: self.lines.at(span),
            })
            .collect();
    }
}

/// A tag for the place of a dateline, without its region.
fn town(place: &Excerpt) -> Option<Topic> {
    let name = place.text.split([',', '/', '(']).next()?.trim().to_owned();
    (!slugify(&name).is_empty()).then_some(Topic { name, is_known: false, found: (usize::MAX, 0..0) })
}

/// A time as front matter writes it: only a date, if it is midnight.
fn to_front_matter(instant: jiff::Timestamp, zone: &TimeZone) -> String {
    let local = instant.to_zoned(zone.clone());
    if local.time() == jiff::civil::Time::midnight() {
        return local.date().to_string();
    }
    local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
