//! Keys that say when readers see a story, and whether → its dates, `draft`, `feed` and `noindex`.

use serde_json::Value as Json;

use super::super::Dialect;
use super::{Writer, is_blank, shortened};
use crate::content::writing::{self, Hold};
use crate::import::front::{self, Entry, Front};
use crate::import::story::{Confidence, Span};
use crate::time::{self, ArchiveDate};

impl<D: Dialect> Writer<'_, '_, D> {
    pub(super) fn time(&mut self, name: &'static str, entry: &Entry) {
        let read = front::text(&entry.value).and_then(|text| time::parse_archive_date(&text));
        if let Some(when) = read {
            let text = self.with_offset(&when).unwrap_or(when.text);
            if self.put(name, text.into(), entry) {
                return;
            }
        }
        if name == "date" && self.context.page.date.is_some() {
            let words =
                format!("`{}` cannot be read as a date; the one in the name of its file is used", entry.key);
            self.story.remark("import/date", words, entry.at);
        } else if name == "updated" || name == "pinned_until" {
            self.kept(entry, "it cannot be read as a date");
        } else {
            self.hold(&format!("`{}` cannot be read as a date; write `2026-11-22`", entry.key), entry.at);
        }
        self.extra(entry);
    }

    /// A time of the archive's own zone, with its offset; `None` if it says the same here as it is.
    fn with_offset(&self, when: &ArchiveDate) -> Option<String> {
        let zone = self.context.dialect.zone().filter(|zone| **zone != self.config.timezone)?;
        // A day is a day wherever it is.
        let has_time = when.text.trim().len() > "2026-11-22".len();
        let instant = zone.to_timestamp(when.civil).ok().filter(|_| has_time && when.offset.is_none())?;
        Some(time::format_with_offset(instant, zone))
    }

    /// What kept a story out of lists, feeds and search, as far as there is such a thing here.
    pub(super) fn seen_by(&mut self, front: &Front) {
        let says = |key: &str, what: &dyn Fn(&Json) -> bool| front.get(key).is_some_and(what);
        let is_false = |value: &Json| front::truth(value) == Some(false);
        let is_unlisted = |build: &Json| {
            build
                .get("list")
                .is_some_and(|list| is_false(list) || front::text(list).as_deref() == Some("never"))
        };
        let is_hidden = |robots: &Json| {
            let words = front::texts(robots).join(" ").to_ascii_lowercase();
            words.split(|c: char| !c.is_ascii_alphabetic()).any(|word| matches!(word, "noindex" | "none"))
        };
        let is_off =
            |sitemap: &Json| is_false(sitemap) || sitemap.get("disable").and_then(front::truth) == Some(true);
        // A standing page is in no list here either.
        let is_status =
            |status: &Json| front::text(status).is_some_and(|status| status.eq_ignore_ascii_case("hidden"));
        let is_unlisted =
            (says("build", &is_unlisted) || says("_build", &is_unlisted) || says("status", &is_status))
                && !self.context.is_standing(self.story);
        if is_unlisted {
            self.derive("feed", false);
            let message =
                "it was in no list; here it is in lists, but not in feeds and not for search engines";
            self.story.remark("import/unlisted", message, None);
        }
        if is_unlisted || says("robots", &is_hidden) || says("sitemap", &is_off) {
            self.derive("noindex", true);
        }
    }

    /// Sets a field that front matter does not have.
    fn derive(&mut self, name: &'static str, value: bool) {
        if self.story.field(name).is_none() {
            self.story.set(name, value, Confidence::Derived, Vec::new());
        }
    }

    /// Whether a text is a day later than that of the story, as far as that is known.
    fn is_late(&self, text: &str) -> bool {
        let day = |text: &str| text.get(..10).map(str::to_owned);
        let Some(when) = time::parse_archive_date(text).and_then(|when| day(&when.text)) else {
            return false;
        };
        self.story.text("date").and_then(day).is_none_or(|date| when > date)
    }

    /// Holds the story back if a key looks as if it did.
    pub(super) fn holds(&mut self, entry: &Entry) {
        if is_blank(&entry.value) {
            return;
        }
        let text = front::text(&entry.value).unwrap_or_default();
        let is_held = match writing::says_hold(&entry.key, &text, front::truth(&entry.value)) {
            Hold::No => false,
            // ArchiveDate it appeared, or was to appear: it has.
            Hold::Yes => {
                time::parse_archive_date(&text).is_none()
                    || self.is_late(&text)
                    || entry.key.to_lowercase().starts_with("expir")
            }
            Hold::IfLate => self.is_late(&text),
        };
        if is_held {
            self.hold(&format!("`{}` looks as if it held the story back", shortened(&entry.key)), entry.at);
        }
    }

    pub(super) fn hold(&mut self, why: &str, at: Option<Span>) {
        self.story.set("draft", true, Confidence::Derived, at.into_iter().collect());
        self.story.remark("import/held-back", format!("it is a draft, because {why}"), at);
    }
}
