//! When a story is published and updated, and whether readers see it.

use jiff::Timestamp;

use super::nested_keys::Shape;
use super::{Reader, unquoted};
use crate::content::front_matter::keys::Key;
use crate::content::{Status, Withdrawal};
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::time::{self, DateError};
use crate::yaml::Node;

/// Which instant is used when clocks show a time twice. A key that releases a story uses the later one, a key that takes it away the
/// earlier one: readers must not see the story before or after.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Twice {
    Earlier,
    Later,
}

/// A point in time as written.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) instant: Timestamp,
    /// Whether it was written without a time.
    pub(super) is_day: bool,
}

pub(super) const WITHDRAWAL: Shape =
    Shape { parent: "withdrawn", keys: &["headline", "reason", "date"], others: "" };

impl<'a> Reader<'a> {
    pub(super) fn times(&mut self) {
        self.front.date = match self.get(Key::Date) {
            Some(node) => {
                let moment = self.moment(node, Twice::Later);
                self.front.draft |= moment.is_none();
                self.front.date_is_day = moment.is_some_and(|moment| moment.is_day);
                moment.map(|moment| moment.instant)
            }
            None => {
                let date = self.date_of_name();
                self.front.date_is_day = date.is_some();
                date
            }
        };
        self.without_date();
        let updated = self.unless_blank(Key::Updated).and_then(|node| self.moment(node, Twice::Later));
        self.front.updated = updated.map(|updated| updated.instant);
        self.front.updated_is_day = updated.is_some_and(|updated| updated.is_day);
        if let (Some(date), Some(updated)) = (self.front.date, self.front.updated)
            && updated < date
            && let Some(node) = self.get(Key::Updated)
        {
            let message = format!("`{}` is before the date of the story and is ignored", node.name());
            let warning = node.warning("front-matter/updated-before-date", message);
            self.problems.push(warning.help("write when the story last changed, or delete the line"));
            self.front.updated = None;
        }
        let pinned_until = self.unless_blank(Key::PinnedUntil);
        self.front.pinned_until = pinned_until.and_then(|node| self.instant(node, Twice::Earlier));
        self.corrections();
    }

    /// Reports a blank date unless the story has another: it would become a standing page that is visible at once.
    fn without_date(&mut self) {
        if let Some(blank) = self.blank_date.take()
            && self.front.date.is_none()
            && self.get(Key::Date).is_none()
        {
            self.report_blank_date(blank.value);
        }
    }

    pub(super) fn report_blank_date(&mut self, value: Node<'a>) {
        let error = value.error("front-matter/date", "the date is blank");
        self.problems.push(error.help("write when the story is published, or delete the line"));
        self.front.draft = true;
    }

    fn date_of_name(&mut self) -> Option<Timestamp> {
        let read = time::file_name_date(self.source.name());
        match read.and_then(|date| time::start_of_day(date, &self.config.timezone)) {
            Ok(date) => Some(date),
            Err(DateError::Form | DateError::NoSuchTime(_) | DateError::Skipped(_)) => None,
            Err(DateError::NoSuchDate(why)) => {
                let message = format!("the file name starts with a date that does not exist: {why}");
                let error = Diagnostic::error("front-matter/impossible-date", message);
                let place = Place::file(self.source.file.clone());
                self.problems.push(error.at(place).help("rename the file, or add a `date`"));
                None
            }
        }
    }

    /// Reads the keys that decide whether readers see the story. Values that cannot be parsed hold it back.
    pub(super) fn release(&mut self) {
        if let Some(node) = self.get(Key::Draft) {
            self.front.draft |= self.take(node.bool()).unwrap_or(true);
        }
        self.front.embargo = self.hold_time(Key::Embargo, Twice::Later);
        self.front.expires = self.hold_time(Key::Expires, Twice::Earlier);
        self.later_dates();
        // A change before readers could see the story means nothing to them.
        let published = self.front.published_at();
        self.front.updated = self.front.updated.filter(|updated| Some(*updated) >= published);
        if let Some(node) = self.get(Key::Status) {
            match self.status(node) {
                Some(status) => self.front.status = status,
                None => self.front.draft = true,
            }
        }
        if let Some(node) = self.get(Key::Withdrawn) {
            self.withdrawn(node);
        }
    }

    /// Reads `true`, a date, or the notice to readers. A story that is both withdrawn and published is held back.
    fn withdrawn(&mut self, node: Node<'a>) {
        let withdrawal = match node.truth() {
            Some(false) => return,
            Some(true) => Withdrawal::default(),
            None if node.is_map() => self.withdrawal(node),
            None => {
                let date = self.instant(node, Twice::Earlier);
                self.front.draft |= date.is_none();
                Withdrawal { date, ..Withdrawal::default() }
            }
        };
        if let Some(status) = self.get(Key::Status).filter(|_| self.front.status == Status::Published) {
            let error =
                status.error("front-matter/status", "this story is marked as both published and withdrawn");
            self.problems.push(error.help("delete one of the two lines"));
            self.front.draft = true;
        }
        self.front.withdrawn = Some(Box::new(withdrawal));
        if self.front.status == Status::Published {
            self.front.status = Status::Withdrawn;
        }
    }

    fn withdrawal(&mut self, node: Node<'a>) -> Withdrawal {
        let Some(map) = self.take(node.map()) else { return Withdrawal::default() };
        self.check_keys(map, &WITHDRAWAL);
        Withdrawal {
            headline: self.part(map, "headline"),
            reason: self.part(map, "reason"),
            date: map.get("date").and_then(|node| self.instant(node, Twice::Earlier)),
        }
    }

    /// Turns later publication dates into an embargo, so that none of them is ignored.
    fn later_dates(&mut self) {
        let Some(used) = self.entries[Key::Date as usize].take() else {
            return;
        };
        for other in std::mem::take(&mut self.other_dates) {
            let Some(instant) = self.instant(other.value, Twice::Later) else {
                self.front.draft = true;
                continue;
            };
            if self.front.date.is_none_or(|date| instant <= date) {
                self.two_names(&used, &other);
                continue;
            }
            self.front.embargo = self.front.embargo.max(Some(instant));
            let message = format!(
                "`{}` is later than `{}`, so the story is embargoed until then",
                other.name, used.name
            );
            let warning = other.key.warning("front-matter/two-names", message);
            self.problems.push(warning.help("write `embargo` instead, or delete it"));
        }
        self.entries[Key::Date as usize] = Some(used);
    }

    fn hold_time(&mut self, key: Key, twice: Twice) -> Option<Timestamp> {
        let node = self.unless_blank(key)?;
        let time = self.instant(node, twice);
        self.front.draft |= time.is_none();
        time
    }

    fn status(&mut self, node: Node<'a>) -> Option<Status> {
        let text = self.take(node.string())?;
        match unquoted(&text).unwrap_or(&text).trim().to_ascii_lowercase().as_str() {
            // States of WordPress, as exporters write them.
            "draft" | "pending" | "private" | "future" => {
                self.front.draft = true;
                Some(Status::Published)
            }
            "published" | "publish" | "usable" => Some(Status::Published),
            "withheld" => Some(Status::Withheld),
            "withdrawn" | "canceled" | "cancelled" => Some(Status::Withdrawn),
            other => {
                let error = node.error("front-matter/status", format!("unknown status `{}`", text.trim()));
                let near = match other {
                    "retracted" => Some("withdrawn"),
                    _ => did_you_mean(other, ["published", "withheld", "withdrawn"]),
                };
                if let Some(near) = near {
                    return self.wrong(error, format!("did you mean `{near}`?"));
                }
                self.wrong(
                    error,
                    "use `published`, `withheld` or `withdrawn`; for unfinished work, write `draft: true`",
                )
            }
        }
    }

    pub(super) fn instant(&mut self, node: Node<'a>, twice: Twice) -> Option<Timestamp> {
        self.moment(node, twice).map(|moment| moment.instant)
    }

    pub(super) fn moment(&mut self, node: Node<'a>, twice: Twice) -> Option<Moment> {
        let text = self.take(node.string())?;
        match time::parse_date(unquoted(&text).unwrap_or(&text), &self.config.timezone) {
            Ok(time::ParsedDate { first, last, is_day }) => {
                let instant = if twice == Twice::Later { last } else { first };
                if first != last {
                    self.twice(node, text.trim(), [first, last], twice);
                }
                Some(Moment { instant, is_day })
            }
            Err(wrong) => self.no_moment(node, text.trim(), wrong),
        }
    }

    /// Reports a time that clocks show twice because they are turned back.
    fn twice(&mut self, node: Node<'a>, text: &str, both: [Timestamp; 2], twice: Twice) {
        let [first, last] = both.map(|instant| time::format_with_offset(instant, &self.config.timezone));
        let (which, other) = match twice {
            Twice::Later => ("later", &first),
            Twice::Earlier => ("earlier", &last),
        };
        let message = format!("clocks show `{text}` twice, at {first} and at {last}; the {which} is used");
        let warning = node.warning("front-matter/time-twice", message);
        let used = if twice == Twice::Later { &last } else { &first };
        self.problems.push(warning.help(format!("write `{used}` or `{other}`")));
    }

    fn no_moment(&mut self, node: Node<'a>, text: &str, wrong: DateError) -> Option<Moment> {
        let (code, message, help) = match wrong {
            DateError::NoSuchDate(why) => (
                "front-matter/impossible-date",
                format!("`{text}` does not exist: {why}"),
                "write a date that exists".to_owned(),
            ),
            DateError::NoSuchTime(why) => (
                "front-matter/impossible-date",
                format!("`{text}` does not exist: {why}"),
                "write a time from 00:00 to 23:59".to_owned(),
            ),
            DateError::Skipped(instead) => (
                "front-matter/impossible-date",
                format!("`{text}` does not exist: clocks are turned forward then"),
                format!("write a time that exists on that day, such as `{instead}`"),
            ),
            DateError::Form => (
                "front-matter/date",
                format!("`{}` is not a valid date: `{text}`", node.name()),
                if time::has_year_last(text) {
                    "write the year first, then the month and the day, as in `2026-11-22`".to_owned()
                } else {
                    "write a date such as `2026-11-22`, `2026-11-22 18:30` or `2026-11-22T18:30:00+02:00`"
                        .to_owned()
                },
            ),
        };
        self.wrong(node.error(code, message), help)
    }
}
