//! A story under construction.

use serde_json::{Value as Json, json};

use super::{Confidence, File, Identity, ImportContext, Sourced, Story, lines, names};
use crate::content::{Genre, Key};
use crate::import::{FieldKey, Span};
use crate::slug::{name_key, slugify};
use crate::time;

mod finish;
mod text;

/// Most tags taken from copy.
const MOST_TAGS: usize = 20;

/// Most entries of a list.
const MOST_NAMES: usize = 50;

/// Longest note to the desk in bytes, so that it fits into front matter.
const LONGEST_NOTE: usize = 16 * 1024;

/// A story under construction.
pub(in crate::import::importers) struct Draft<'d> {
    pub(in crate::import::importers) story: Story,
    context: &'d ImportContext<'d>,
    file: &'d File,
    /// Whether it is a page without a date.
    pub(in crate::import::importers) is_standing: bool,
    /// Whether it was published before: its tags were chosen by editors, and its pictures are still on the old site.
    pub(in crate::import::importers) is_archive: bool,
    tags: Sourced,
    names: Vec<String>,
    notes: Sourced,
    deck: Option<Sourced>,
    /// Further pictures, as HTML.
    figures: String,
}

/// A picture with its texts.
#[derive(Clone, Debug, Default)]
pub(in crate::import::importers) struct Picture {
    pub(in crate::import::importers) src: Option<Sourced>,
    pub(in crate::import::importers) alt: Option<Sourced>,
    pub(in crate::import::importers) caption: Option<Sourced>,
    pub(in crate::import::importers) credit: Option<Sourced>,
}

impl<'d> Draft<'d> {
    pub(in crate::import::importers) fn new(context: &'d ImportContext<'d>, file: &'d File) -> Self {
        Self {
            story: Story::default(),
            context,
            file,
            is_standing: false,
            is_archive: false,
            tags: Sourced::default(),
            names: Vec::new(),
            notes: Sourced::default(),
            deck: None,
            figures: String::new(),
        }
    }

    /// A draft of a previously published story or standing page.
    pub(in crate::import::importers) fn of_archive(
        context: &'d ImportContext<'d>,
        file: &'d File,
        is_standing: bool,
    ) -> Self {
        Self { is_standing, is_archive: true, ..Self::new(context, file) }
    }

    /// The import context.
    pub(in crate::import::importers) fn context(&self) -> &'d ImportContext<'d> {
        self.context
    }

    /// Whether a field has a value.
    pub(in crate::import::importers) fn has(&self, key: impl Into<FieldKey>) -> bool {
        self.story.field(key).is_some()
    }

    /// Sets a field that the copy states, unless it has a value.
    pub(in crate::import::importers) fn set(&mut self, key: impl Into<FieldKey>, value: Option<Sourced>) {
        let key = key.into();
        if let Some(value) = value.filter(|_| !self.has(key.clone())) {
            self.story.set(key, value.text, Confidence::Explicit, value.spans);
        }
    }

    /// Sets a field that was derived from other parts, unless it has a value.
    pub(in crate::import::importers) fn derive(&mut self, key: Key, value: impl Into<Json>, at: Vec<Span>) {
        if !self.has(key) {
            self.story.set(key, value, Confidence::Derived, at);
        }
    }

    pub(in crate::import::importers) fn identity(&mut self, value: Option<&Sourced>) {
        if let Some(value) = value.filter(|_| self.story.identity.is_none()) {
            self.story.identity = Some(Identity::Given(value.text.clone()));
        }
    }

    /// Sets a date. An invalid one makes the story a draft, and an invalid embargo withholds it. The later of two embargoes applies.
    pub(in crate::import::importers) fn date(&mut self, key: Key, value: Option<Sourced>) {
        let Some(value) = value.filter(|_| key == Key::Embargo || !self.has(key)) else {
            return;
        };
        if let Some(date) = time::parse_feed_date(&value.text, &self.context.config.timezone) {
            if self.story.text(key).is_none_or(|other| time::is_later(&date, other)) {
                self.story.set(key, date, Confidence::Explicit, value.spans);
            }
            return;
        }
        let text: String = value.text.chars().take(60).collect();
        let message = format!("`{text}` is not a valid date; write `{}` by hand", key.name());
        self.story.remark("import/date", message, value.spans.first().copied());
        if key == Key::Embargo {
            self.story.set(Key::Status, "withheld", Confidence::Derived, value.spans.clone());
        }
        self.story.set(Key::Draft, true, Confidence::Derived, value.spans);
    }

    /// Withholds a story whose embargo has no date.
    pub(in crate::import::importers) fn withhold_without_date(&mut self) {
        let message = "its embargo has no valid time, so the story is withheld";
        self.story.remark("import/embargo", message, None);
        self.story.set(Key::Status, "withheld", Confidence::Derived, Vec::new());
    }

    /// Sets date and update time from the dates of the first version and of this version.
    pub(in crate::import::importers) fn versions(&mut self, first: Option<Sourced>, this: Option<Sourced>) {
        self.date(Key::Date, first);
        if !self.has(Key::Date) {
            return self.date(Key::Date, this);
        }
        self.date(Key::Updated, this);
        let is_later = |(updated, date): (&str, &str)| time::is_later(updated, date);
        if !self.story.text(Key::Updated).zip(self.story.text(Key::Date)).is_some_and(is_later) {
            self.story.remove(Key::Updated);
        }
    }

    /// Sets the release from an IPTC status: `usable`, `withheld` or `canceled`, with or without `stat:`.
    pub(in crate::import::importers) fn status(&mut self, value: Option<Sourced>) {
        let Some(value) = value else { return };
        let status = value.text.rsplit(':').next().unwrap_or_default().to_lowercase();
        let own = match status.as_str() {
            "usable" => return,
            "canceled" | "cancelled" | "killed" | "withdrawn" => "withdrawn",
            "withheld" | "embargoed" => "withheld",
            _ => {
                let status: String = status.chars().take(40).collect();
                let message = format!("unknown status `{status}`, so the story is withheld");
                self.story.remark("import/status", message, value.spans.first().copied());
                "withheld"
            }
        };
        if status == "embargoed" && self.has(Key::Embargo) {
            return;
        }
        self.story.set(Key::Status, own, Confidence::Explicit, value.spans);
    }

    /// Remarks that this version corrects an earlier one.
    pub(in crate::import::importers) fn corrects(&mut self, at: Option<Span>) {
        let message = "this version corrects an earlier one; describe the mistake under `corrections`";
        self.story.remark("import/correction", message, at);
    }

    /// Remarks that this version updates an earlier one.
    pub(in crate::import::importers) fn updates(&mut self, at: Option<Span>) {
        self.story.remark("import/update", "this version updates an earlier one", at);
    }

    pub(in crate::import::importers) fn urgency(&mut self, value: Option<Sourced>) {
        let number = value.as_ref().and_then(|value| value.text.parse::<u8>().ok());
        if let Some((number, value)) = number.filter(|number| (1..=9).contains(number)).zip(value)
            && !self.has(Key::Urgency)
        {
            self.story.set(Key::Urgency, number, Confidence::Explicit, value.spans);
        }
    }

    pub(in crate::import::importers) fn byline(&mut self, value: Option<Sourced>) {
        let Some(value) = value else { return };
        if lines::is_sign_off(&value) {
            return self.note(Sourced::new(&format!("sign-off: {}", value.text), value.spans));
        }
        let names = names::of(&value.text).into_iter().filter(|name| name.as_str() != Some(""));
        for name in names {
            self.add(Key::Authors, name, &value.spans);
        }
    }

    /// Adds the agency that the copy comes from.
    pub(in crate::import::importers) fn source(&mut self, value: Option<Sourced>) {
        if let Some(value) = value {
            self.add(Key::Source, json!(value.text), &value.spans);
        }
    }

    /// Adds a value to a list, unless the list has it.
    fn add(&mut self, key: Key, value: Json, at: &[Span]) {
        match self.story.field_mut(key) {
            Some(field) => {
                if let Json::Array(values) = &mut field.value
                    && values.len() < MOST_NAMES
                    && !values.contains(&value)
                {
                    values.push(value);
                    field.spans.extend_from_slice(at);
                }
            }
            None => self.story.set(key, json!([value]), Confidence::Explicit, at.to_vec()),
        }
    }

    /// Adds a tag.
    pub(in crate::import::importers) fn tag(&mut self, value: Option<Sourced>) {
        let Some(value) = value else { return };
        let key = name_key(&value.text);
        let is_new = !key.is_empty()
            && value.text.chars().count() <= 80
            && !self.names.iter().any(|name| name_key(name) == key);
        if is_new && self.names.len() < MOST_TAGS {
            self.names.push(value.text);
            self.tags.spans.extend(value.spans);
        }
    }

    /// Sets the section, if the site has one of this name.
    pub(in crate::import::importers) fn section(&mut self, value: Option<Sourced>) {
        let Some(value) = value else { return };
        let slug = slugify(&value.text);
        let known = self.context.config.sections.iter().flatten();
        if let Some(section) =
            known.into_iter().find(|section| section.slug == slug || slugify(&section.title) == slug)
            && !self.has(Key::Section)
        {
            self.story.set(Key::Section, section.slug.clone(), Confidence::Explicit, value.spans);
        }
    }

    /// Sets the genre, if bulletin knows it.
    pub(in crate::import::importers) fn genre(&mut self, value: Option<Sourced>) {
        let Some(value) = value else { return };
        let word = slugify(value.text.rsplit(':').next().unwrap_or_default()).replace('-', "");
        let word = match word.as_str() {
            "comment" | "commentary" | "editorial" | "column" => "opinion",
            "background" | "backgrounder" => "explainer",
            "factchecking" => "factcheck",
            word => word,
        };
        if Genre::ALL.iter().any(|(name, _)| *name == word) && !self.has(Key::Genre) {
            self.story.set(Key::Genre, word, Confidence::Explicit, value.spans);
        }
    }

    pub(in crate::import::importers) fn language(&mut self, value: Option<Sourced>) {
        let Some(value) = value else { return };
        let tag = crate::config::language_tag(&value.text);
        let own = &self.context.config.language;
        // `en-US` counts as the language of a site in `en`.
        let is_other = |tag: &String| tag != own && tag.split('-').next() != Some(own.as_str());
        if let Some(tag) = tag.filter(|tag| is_other(tag) && !self.has(Key::Lang)) {
            self.story.set(Key::Lang, tag, Confidence::Explicit, value.spans);
        }
    }

    /// Sets the deck, unless a deck is known. [`Self::finish`] drops it if it repeats the text.
    pub(in crate::import::importers) fn deck(&mut self, value: Option<Sourced>) {
        // A truncated deck repeats the text or is of no use.
        let is_cut = |value: &Sourced| ["[…]", "[...]", "[…"].iter().any(|end| value.text.ends_with(end));
        if self.deck.is_none() {
            self.deck = value.and_then(Sourced::plain).filter(|value| !is_cut(value));
        }
    }

    /// Uses a summary as the deck, or as a note to the desk if there is a deck.
    pub(in crate::import::importers) fn summary(&mut self, value: Option<Sourced>) {
        match (&self.deck, value) {
            (Some(deck), Some(value)) if deck.text != value.text => self.note(Some(value)),
            (_, value) => self.deck(value),
        }
    }

    /// Adds a note to the desk.
    pub(in crate::import::importers) fn note(&mut self, value: Option<Sourced>) {
        let Some(value) = value else { return };
        let fits = self.notes.text.len() + value.text.len() < LONGEST_NOTE;
        if fits && !self.notes.text.lines().any(|line| line == value.text) {
            if !self.notes.text.is_empty() {
                self.notes.text.push('\n');
            }
            self.notes.text.push_str(&value.text);
            self.notes.spans.extend(value.spans);
        }
    }
}
