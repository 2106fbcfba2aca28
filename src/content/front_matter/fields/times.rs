//! When an article was published and changed, and whether readers see it.

use jiff::Timestamp;

use super::inner::Shape;
use super::{Reader, unquoted};
use crate::content::front_matter::keys::Field;
use crate::content::{Status, Withdrawal};
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::time::{self, DateError};
use crate::yaml::Node;

/// Which instant is taken of two at which clocks show a time. What releases a story takes the later, what takes it away the
/// earlier: readers must not see it before or after.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Twice {
    Earlier,
    Later,
}

/// When something is.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) instant: Timestamp,
    /// Whether it was written without a time.
    pub(super) is_day: bool,
}
pub(super) const WITHDRAWAL: Shape =
    Shape { what: "withdrawn", keys: &["headline", "reason", "date"], others: &[] };

impl<'a> Reader<'a> {
    pub(super) fn times(&mut self) {
        self.front.date = match self.get(Field::Date) {
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
        let updated = self.unless_blank(Field::Updated).and_then(|node| self.moment(node, Twice::Later));
        self.front.updated = updated.map(|updated| updated.instant);
        self.front.updated_is_day = updated.is_some_and(|updated| updated.is_day);
        if let (Some(date), Some(updated)) = (self.front.date, self.front.updated)
            && updated < date
            && let Some(node) = self.get(Field::Updated)
        {
            let message = format!("`{}` is before the date of the article and is not used", node.name());
            let warning = node.warning("front-matter/updated-before-date", message);
            self.problems.push(warning.help("write when the article last changed, or delete the line"));
            self.front.updated = None;
        }
        let pinned_until = self.unless_blank(Field::PinnedUntil);
        self.front.pinned_until = pinned_until.and_then(|node| self.instant(node, Twice::Earlier));
        self.corrections();
    }

    /// Says that a date is blank, if the story has no other: it would be a standing page that is there at once.
    fn without_date(&mut self) {
        if let Some(blank) = self.blank_date.take()
            && self.front.date.is_none()
            && self.get(Field::Date).is_none()
        {
            self.blank_date_is_wrong(blank.value);
        }
    }

    pub(super) fn blank_date_is_wrong(&mut self, value: Node<'a>) {
        let error = value.error("front-matter/date", "the date is blank");
        self.problems.push(error.help("write when the story is first published, or delete the line"));
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
                self.problems.push(error.at(place).help("rename the file, or give the article a `date`"));
                None
            }
        }
    }

    /// What decides whether readers see the article. What cannot be understood holds it back.
    pub(super) fn release(&mut self) {
        if let Some(node) = self.get(Field::Draft) {
            self.front.draft |= self.take(node.bool()).unwrap_or(true);
        }
        self.front.embargo = self.time_that_holds(Field::Embargo, Twice::Later);
        self.front.expires = self.time_that_holds(Field::Expires, Twice::Earlier);
        self.later_dates();
        // Readers see nothing of what was changed before they could see the story.
        let published = self.front.published_at();
        self.front.updated = self.front.updated.filter(|updated| Some(*updated) >= published);
        if let Some(node) = self.get(Field::Status) {
            match self.status(node) {
                Some(status) => self.front.status = status,
                None => self.front.draft = true,
            }
        }
        if let Some(node) = self.get(Field::Withdrawn) {
            self.withdrawn(node);
        }
    }

    /// `true`, a date, or what readers are told. A story that is withdrawn and says that it is published is held back.
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
        if let Some(status) = self.get(Field::Status).filter(|_| self.front.status == Status::Published) {
            let error = status.error(
                "front-matter/status",
                "this story says that it is published, and that it is withdrawn",
            );
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
        self.inside(map, &WITHDRAWAL);
        Withdrawal {
            headline: self.part(map, "headline"),
            reason: self.part(map, "reason"),
            date: map.get("date").and_then(|node| self.instant(node, Twice::Earlier)),
        }
    }

    /// Of several dates of publication a later one is an embargo: none of them is to be passed over.
    fn later_dates(&mut self) {
        let Some(used) = self.entries[Field::Date as usize].take() else {
            return;
        };
        for other in std::mem::take(&mut self.other_dates) {
            let Some(instant) = self.instant(other.value, Twice::Later) else {
                self.front.draft = true;
                continue;
            };
            if self.front.date.is_none_or(|date| instant <= date) {
                self.two_names(Field::Date, &used, &other);
                continue;
            }
            self.front.embargo = self.front.embargo.max(Some(instant));
            let message = format!(
                "`{}` is later than `{}`, so readers do not see the story before then",
                other.name, used.name
            );
            let warning = other.key.warning("front-matter/two-names", message);
            self.problems.push(warning.help("write `embargo` in its place if that is meant, or delete it"));
        }
        self.entries[Field::Date as usize] = Some(used);
    }

    fn time_that_holds(&mut self, field: Field, twice: Twice) -> Option<Timestamp> {
        let node = self.unless_blank(field)?;
        let time = self.instant(node, twice);
        self.front.draft |= time.is_none();
        time
    }

    fn status(&mut self, node: Node<'a>) -> Option<Status> {
        let text = self.take(node.string())?;
        match unquoted(&text).unwrap_or(&text).trim().to_ascii_lowercase().as_str() {
            // As exporters of WordPress write it.
            "draft" | "pending" | "private" | "future" => {
                self.front.draft = true;
                Some(Status::Published)
            }
            "published" | "publish" | "usable" => Some(Status::Published),
            "withheld" => Some(Status::Withheld),
            "withdrawn" | "canceled" | "cancelled" => Some(Status::Withdrawn),
            other => {
                let error =
                    node.error("front-matter/status", format!("there is no status `{}`", text.trim()));
                let near = match other {
                    "retracted" => Some("withdrawn"),
                    _ => did_you_mean(other, ["published", "withheld", "withdrawn"]),
                };
                if let Some(near) = near {
                    return self.wrong(error, format!("did you mean `{near}`?"));
                }
                self.wrong(error, "there are `published`, `withheld` and `withdrawn`; for unfinished work write `draft: true`")
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

    /// Says that clocks show a time twice, as they are put back.
    fn twice(&mut self, node: Node<'a>, text: &str, both: [Timestamp; 2], twice: Twice) {
        let [first, last] = both.map(|instant| time::format_with_offset(instant, &self.config.timezone));
        let (which, other) = match twice {
            Twice::Later => ("later", &first),
            Twice::Earlier => ("earlier", &last),
        };
        let message = format!("clocks show `{text}` twice, at {first} and at {last}; the {which} is taken");
        let warning = node.warning("front-matter/time-twice", message);
        let taken = if twice == Twice::Later { &last } else { &first };
        self.problems.push(warning.help(format!("write `{taken}`, or `{other}` if that is meant")));
    }

    fn no_moment(&mut self, node: Node<'a>, text: &str, wrong: DateError) -> Option<Moment> {
        let (code, message, help) = match wrong {
            DateError::NoSuchDate(why) => (
                "front-matter/impossible-date",
                format!("`{text}` does not exist: {why}"),
                "write a date that is in the calendar".to_owned(),
            ),
            DateError::NoSuchTime(why) => (
                "front-matter/impossible-date",
                format!("`{text}` does not exist: {why}"),
                "write a time that a clock shows, from 00:00 to 23:59".to_owned(),
            ),
            DateError::Skipped(instead) => (
                "front-matter/impossible-date",
                format!("`{text}` does not exist: clocks are put forward then"),
                format!("write a time that clocks show on that day, for example `{instead}`"),
            ),
            DateError::Form => (
                "front-matter/date",
                format!("`{}` cannot be read as a date: `{text}`", node.name()),
                if time::has_year_last(text) {
                    "write the year first, then the month and the day: `2026-11-22`".to_owned()
                } else {
                    "write `2026-11-22`, `2026-11-22 18:30` or `2026-11-22T18:30:00+02:00`".to_owned()
                },
            ),
        };
        self.wrong(node.error(code, message), help)
    }
}
