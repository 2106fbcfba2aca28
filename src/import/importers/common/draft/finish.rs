//! Completes a draft: headline, dateline, deck, identity and tags depend on the whole story.

use jiff::civil::Date;
use serde_json::Value as Json;

use super::super::super::wire::dateline::ParsedDateline;
use super::super::lines::{bare, first_words};
use super::super::{dateline, lines};
use super::{Confidence, Draft, Identity, Story};
use crate::content::Key;
use crate::import::topics::StoryText;
use crate::import::{FieldKey, html};
use crate::time;

/// Longest deck in characters.
const LONGEST_DECK: usize = 300;

/// Characters of the text that identify copy without an identifier.
const KNOWN_BY: usize = 200;

impl Draft<'_> {
    /// Returns the story, or `None` if it has neither a headline nor text.
    pub(in crate::import::importers) fn finish(mut self) -> Option<Story> {
        if self.story.body.is_empty() && !self.has(Key::Title) {
            return None;
        }
        if !self.figures.is_empty() {
            let figures = std::mem::take(&mut self.figures);
            self.body(html::markdown(&figures, None));
        }
        self.decode_entities();
        self.dateline();
        if !self.has(Key::Title) {
            let text = first_words(&self.story.body)?;
            self.derive(Key::Title, text, Vec::new());
        }
        self.tidy();
        self.derive_identity();
        if !self.is_archive {
            self.topics();
        }
        let notes = std::mem::take(&mut self.notes);
        if !notes.text.is_empty() {
            self.story.set(Key::Ednote, notes.text, Confidence::Explicit, notes.spans);
        }
        Some(self.story)
    }

    /// Copy without an identifier is identified by its headline and first words. Its file name would not do: the file may hold several.
    fn derive_identity(&mut self) {
        if self.story.identity.is_none() && self.story.old_url.is_none() {
            let title = self.story.text(Key::Title).unwrap_or_default();
            let start: String = self.story.body.chars().take(KNOWN_BY).collect();
            self.story.identity = Some(Identity::Derived(format!("{}\n{}", bare(title), bare(&start))));
        }
    }

    /// Removes a dateline from the text if a field has it.
    fn dateline(&mut self) {
        let latest = self.latest();
        let found = dateline::merge(&mut self.story, latest);
        self.apply_dateline(found);
    }

    /// Moves a dateline that only the text has to its field.
    pub(in crate::import::importers) fn take_dateline(&mut self) {
        let latest = self.latest();
        let found = dateline::take(&mut self.story, latest);
        self.apply_dateline(found);
    }

    /// The latest possible day of the copy.
    fn latest(&self) -> Option<Date> {
        self.context.date.map(|date| date.to_zoned(self.context.config.timezone.clone()).date())
    }

    /// Sets the agency and date that a dateline names.
    fn apply_dateline(&mut self, found: Option<ParsedDateline>) {
        let Some(found) = found else { return };
        if let Some(agency) = found.agency {
            self.derive(Key::Source, vec![agency], Vec::new());
        }
        if let Some(date) = found
            .date
            .and_then(|date| time::parse_feed_date(&date.to_string(), &self.context.config.timezone))
        {
            self.derive(Key::Date, date, Vec::new());
        }
    }

    /// Decodes references in headline and deck that were escaped twice.
    fn decode_entities(&mut self) {
        if let Some(title) = self.story.field_mut(Key::Title)
            && let Some(text) = title.value.as_str().and_then(lines::decode_entities)
        {
            title.value = text.into();
        }
        if let Some(deck) = &mut self.deck
            && let Some(text) = lines::decode_entities(&deck.text)
        {
            deck.text = text;
        }
    }

    /// Removes what the story repeats: headline, deck, agency.
    fn tidy(&mut self) {
        let first = self.story.body.split("\n\n").next().unwrap_or_default();
        let is_title = |title: &str| bare(first) == bare(title);
        if self.story.field(Key::Title).is_some_and(|title| {
            title.confidence == Confidence::Explicit && title.value.as_str().is_some_and(is_title)
        }) {
            self.story.body = self.story.body.get(first.len()..).unwrap_or_default().trim_start().to_owned();
        }
        self.dateline();
        if let Some(deck) = self.deck.take() {
            let start: String =
                bare(deck.text.trim_end_matches(['…', '.', ']', '[', ' '])).chars().take(60).collect();
            let length = deck.text.chars().count();
            let text = self
                .story
                .body
                .get(..self.story.body.len().min(2000))
                .map_or_else(|| bare(&self.story.body), bare);
            if !text.starts_with(&start) {
                let is_short = length <= LONGEST_DECK;
                let key = if is_short { Key::Deck.into() } else { FieldKey::extra("description") };
                self.set(key, Some(deck));
            }
        }
        // In `Ana Berg, dw` the agency is not a role.
        let sources: Vec<_> = self
            .story
            .field(Key::Source)
            .and_then(|field| field.value.as_array().cloned())
            .unwrap_or_default();
        let authors = self.story.fields.iter_mut().filter(|field| field.key == Key::Authors);
        for author in authors.filter_map(|field| field.value.as_array_mut()).flatten() {
            let role = author.get("role").and_then(Json::as_str).unwrap_or_default();
            if sources.iter().filter_map(Json::as_str).any(|source| source.eq_ignore_ascii_case(role)) {
                *author = author.get("name").cloned().unwrap_or_default();
            }
        }
        if let Some(authors) = self.story.field_mut(Key::Authors).and_then(|field| field.value.as_array_mut())
            && authors.iter().any(|author| !sources.contains(author))
        {
            authors.retain(|author| !sources.contains(author));
        }
        if !self.is_standing {
            self.story.mark_missing(Key::Date);
        }
    }

    fn topics(&mut self) {
        if !self.names.is_empty() {
            let (names, at) = (std::mem::take(&mut self.names), std::mem::take(&mut self.tags.spans));
            return self.story.set(Key::Tags, names, Confidence::Explicit, at);
        }
        let paragraphs: Vec<_> = self.story.body.split("\n\n").filter(|text| !text.is_empty()).collect();
        let text = StoryText {
            headline: self.story.text(Key::Title).unwrap_or_default(),
            deck: self.story.text(Key::Deck),
            paragraphs: &paragraphs,
            place: self.story.text(Key::Dateline),
        };
        let names: Vec<_> = self.context.topics.find(&text).into_iter().map(|topic| topic.name).collect();
        if !names.is_empty() {
            self.story.set(Key::Tags, names, Confidence::Derived, Vec::new());
        }
    }
}
