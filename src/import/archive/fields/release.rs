//! Keys that decide when and where readers see a story → its dates, `draft`, `feed` and `noindex`.

use serde_json::Value as Json;

use super::{FieldWriter, is_blank, truncate};
use crate::content::Key;
use crate::content::writing::{self, Hold};
use crate::import::front::{self, Front, FrontEntry};
use crate::import::story::{Confidence, Span};
use crate::time::{self, ArchiveDate};

impl FieldWriter<'_, '_> {
    pub(super) fn set_time(&mut self, key: Key, entry: &FrontEntry) {
        let read = front::as_text(&entry.value).and_then(|text| time::parse_archive_date(&text));
        if let Some(when) = read {
            let text = self.with_offset(&when).unwrap_or(when.text);
            if self.try_set(key, text.into(), entry) {
                return;
            }
        }
        if key == Key::Date && self.context.page.date.is_some() {
            let message = format!("`{}` is not a valid date; the date in the file name is used", entry.key);
            self.story.remark("import/date", message, entry.at);
        } else if matches!(key, Key::Updated | Key::PinnedUntil) {
            self.remark_kept(entry, "it is not a valid date");
        } else {
            self.hold_back(
                &format!("`{}` is not a valid date; write it as in `2026-11-22`", entry.key),
                entry.at,
            );
        }
        self.keep_extra(entry);
    }

    /// A time in the archive's time zone, with its offset. `None` if the site has the same zone.
    fn with_offset(&self, when: &ArchiveDate) -> Option<String> {
        let zone =
            self.context.generator.info().zone.as_ref().filter(|zone| **zone != self.config.timezone)?;
        // A date without a time needs no offset.
        let has_time = when.text.trim().len() > "2026-11-22".len();
        let instant = zone.to_timestamp(when.civil).ok().filter(|_| has_time && when.offset.is_none())?;
        Some(time::format_with_offset(instant, zone))
    }

    /// Maps what kept a story out of lists, feeds and search engines.
    pub(super) fn apply_visibility(&mut self, front: &Front) {
        let says = |key: &str, what: &dyn Fn(&Json) -> bool| front.get(key).is_some_and(what);
        let is_false = |value: &Json| front::as_bool(value) == Some(false);
        let is_unlisted = |build: &Json| {
            build
                .get("list")
                .is_some_and(|list| is_false(list) || front::as_text(list).as_deref() == Some("never"))
        };
        let is_hidden = |robots: &Json| {
            let directives = front::as_texts(robots).join(" ").to_ascii_lowercase();
            directives
                .split(|c: char| !c.is_ascii_alphabetic())
                .any(|word| matches!(word, "noindex" | "none"))
        };
        let is_off = |sitemap: &Json| {
            is_false(sitemap) || sitemap.get("disable").and_then(front::as_bool) == Some(true)
        };
        // Standing pages are in no list anyway.
        let is_status = |status: &Json| {
            front::as_text(status).is_some_and(|status| status.eq_ignore_ascii_case("hidden"))
        };
        let is_unlisted =
            (says("build", &is_unlisted) || says("_build", &is_unlisted) || says("status", &is_status))
                && !self.context.is_standing_page(self.story);
        if is_unlisted {
            self.set_default(Key::Feed, false);
            let message = "it was on no list; here it is on lists, but not in feeds or search engines";
            self.story.remark("import/unlisted", message, None);
        }
        if is_unlisted || says("robots", &is_hidden) || says("sitemap", &is_off) {
            self.set_default(Key::Noindex, true);
        }
    }

    /// Sets a field that front matter does not set.
    fn set_default(&mut self, key: Key, value: bool) {
        if self.story.field(key).is_none() {
            self.story.set(key, value, Confidence::Derived, Vec::new());
        }
    }

    /// Whether a date is later than that of the story.
    fn is_after_story(&self, text: &str) -> bool {
        let day = |text: &str| text.get(..10).map(str::to_owned);
        let Some(when) = time::parse_archive_date(text).and_then(|when| day(&when.text)) else {
            return false;
        };
        self.story.text(Key::Date).and_then(day).is_none_or(|date| when > date)
    }

    /// Holds the story back if a key suggests that it should be.
    pub(super) fn hold_if_flagged(&mut self, entry: &FrontEntry) {
        if is_blank(&entry.value) {
            return;
        }
        let text = front::as_text(&entry.value).unwrap_or_default();
        let is_held = match writing::says_hold(&entry.key, &text, front::as_bool(&entry.value)) {
            Hold::No => false,
            // A past publication date holds nothing back.
            Hold::Yes => {
                time::parse_archive_date(&text).is_none()
                    || self.is_after_story(&text)
                    || entry.key.to_lowercase().starts_with("expir")
            }
            Hold::IfLate => self.is_after_story(&text),
        };
        if is_held {
            self.hold_back(&format!("`{}` suggests that it is held back", truncate(&entry.key)), entry.at);
        }
    }

    pub(super) fn hold_back(&mut self, why: &str, at: Option<Span>) {
        self.story.set(Key::Draft, true, Confidence::Derived, at.into_iter().collect());
        self.story.remark("import/held-back", format!("it is imported as a draft because {why}"), at);
    }
}
