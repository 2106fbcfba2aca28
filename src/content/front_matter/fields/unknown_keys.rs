//! Unknown keys → warnings, or errors for keys that look as if they should hold the story back.
//!
//! They are checked last, when it is known how long the story is held back anyway. The clock plays no part: a date that is later
//! than the story's own stays an error after that day.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Reader, unquoted};
use crate::content::front_matter::dates;
use crate::content::front_matter::hints::{self, Hint};
use crate::content::front_matter::keys::{self, Suggestion};
use crate::diagnostic::{Diagnostic, Severity};
use crate::yaml::Node;

/// A key that bulletin does not know.
pub(super) struct UnknownKey<'a> {
    pub(super) name: String,
    pub(super) key: Node<'a>,
    pub(super) value: Node<'a>,
}

/// Why a key looks as if it should hold the story back.
enum Reason {
    /// Its name, or a known name close to it.
    Name,
    /// Its date, which is later than the story's.
    Date,
    /// Its value, which is true or false.
    Truth,
    /// Its value, which is a state such as `private`.
    State(String),
}

impl<'a> Reader<'a> {
    /// Reports the unknown keys.
    pub(super) fn report_unknown_keys(&mut self) {
        let is_held = self.front.is_held();
        for key in std::mem::take(&mut self.unknown_keys) {
            let problem = match self.suspicion(&key) {
                Some((reason, near)) => {
                    self.front.draft = true;
                    let mut problem = suspicious(&key, reason, near);
                    if is_held {
                        // Readers do not see the story in any case.
                        problem.severity = Severity::Warning;
                    }
                    problem
                }
                None => harmless(&key),
            };
            self.problems.push(problem);
        }
    }

    /// Why a key looks as if it should hold the story back, and the key that would.
    fn suspicion(&self, key: &UnknownKey<'a>) -> Option<(Reason, Option<&'static str>)> {
        let UnknownKey { name, value, .. } = key;
        let hint = hints::hint(name);
        let is_late = self.is_late(*value) && !hints::is_past(name);
        match keys::suggest(name) {
            Some(Suggestion::HoldsBack(near)) => return Some((Reason::Name, Some(near))),
            Some(Suggestion::Date(near)) if could_be_date(name, near, *value) => {
                return Some((Reason::Name, Some(near)));
            }
            Some(Suggestion::Other(near)) if hint.is_none() && value.truth().is_some() => {
                return Some((Reason::Truth, Some(near)));
            }
            _ => {}
        }
        let text = value.string().ok();
        let text = text.as_deref().unwrap_or_default();
        match hint {
            Some(hint @ Hint::State) => {
                let is_shown = hints::is_public_state(text)
                    || text.trim().is_empty() && !value.is_map() && !value.is_list();
                if !is_shown {
                    return Some((Reason::Name, Some(hint.own_key(is_late))));
                }
            }
            // A date in the past, such as that of the print edition, holds nothing back.
            Some(Hint::Shows | Hint::Until) if !is_late && self.instant_in(*value).is_some() => {}
            Some(hint) => return Some((Reason::Name, Some(hint.own_key(is_late)))),
            None => {}
        }
        if is_late {
            return Some((Reason::Date, Some("embargo")));
        }
        if value.truth().is_some() {
            return Some((Reason::Truth, None));
        }
        hints::is_hidden_state(text).then(|| (Reason::State(text.trim().to_owned()), Some("draft")))
    }

    /// Whether a value is a date after the day from which readers see the story. A standing page is visible from the beginning.
    pub(super) fn is_late(&self, value: Node<'a>) -> bool {
        let Some(instant) = self.instant_in(value) else { return false };
        let since = self.front.date.max(self.front.embargo);
        since.is_none_or(|since| instant > since)
    }

    /// The instant of a value, if it is a date in any common form.
    fn instant_in(&self, value: Node<'a>) -> Option<Timestamp> {
        let text = value.string().ok()?;
        let text = unquoted(&text).unwrap_or(&text).trim();
        let zone = &self.config.timezone;
        if let Ok(moment) = dates::parse(text, zone) {
            return Some(moment.last);
        }
        other_dates(text).filter_map(|date| dates::midnight(date, zone).ok()).max()
    }
}

/// Dates in other forms: `20261224`, and both readings of `24.12.2026` and `12/24/2026`.
fn other_dates(text: &str) -> impl Iterator<Item = Date> {
    let first = text.split([' ', 'T', ',']).next().unwrap_or_default();
    let numbers: Vec<i16> = match first.split(['.', '/', '-']).map(str::parse).collect::<Result<_, _>>() {
        Ok(numbers) if text.len() <= 40 => numbers,
        _ => Vec::new(),
    };
    let compact = || Some((first.get(..4)?, first.get(4..6)?, first.get(6..8)?));
    let compact = compact().filter(|_| first.len() == 8 && first.bytes().all(|byte| byte.is_ascii_digit()));
    let compact = compact.and_then(|(year, month, day)| {
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    });
    let year_last = match numbers[..] {
        [one, other, year] if year >= 1900 => vec![(year, other, one), (year, one, other)],
        _ => Vec::new(),
    };
    let year_last = year_last.into_iter().filter_map(|(year, month, day)| {
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    });
    compact.filter(|date| date.year() >= 1900).into_iter().chain(year_last)
}

fn suspicious(key: &UnknownKey<'_>, reason: Reason, near: Option<&'static str>) -> Diagnostic {
    let name = &key.name;
    let why = match reason {
        Reason::Name => "it looks like a key that holds a story back".to_owned(),
        Reason::Date => "its date, later than the story's, looks like an embargo".to_owned(),
        Reason::Truth => "its `true` or `false` may be meant to hold the story back".to_owned(),
        Reason::State(state) => format!("its value `{state}` may be meant to hold the story back"),
    };
    let message = format!("unknown key `{name}`: {why}");
    let error = key.key.error("front-matter/unknown-key", message);
    let suggestion = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write `draft: true` to hold the story back".to_owned(),
    };
    let own = format!("put it under `extra`, for example `extra: {{{name}: …}}`");
    let end = if near.is_some() { " If" } else { "; if" };
    let otherwise = match keys::suggest(name) {
        // Under `extra` it would be an error as well.
        Some(Suggestion::HoldsBack(_)) => "give it another name",
        _ => &own,
    };
    error.help(format!("{suggestion}{end} it should not hold the story back, {otherwise}"))
}

fn harmless(key: &UnknownKey<'_>) -> Diagnostic {
    let name = &key.name;
    let message = format!("unknown key `{name}`");
    let own = format!("put it under `extra`, for example `extra: {{{name}: …}}`");
    let help = match keys::suggest(name) {
        Some(Suggestion::Other(near)) => format!("did you mean `{near}`? If the key is your own, {own}"),
        _ => format!("if the key is your own or your theme's, {own}"),
    };
    key.key.warning("front-matter/unknown-key", message).help(help)
}

/// Whether a key whose name is close to one of the date may be a date: `data: {…}` and `rate: 4.5` are not.
fn could_be_date(key: &str, name: &str, value: Node<'_>) -> bool {
    let Ok(text) = value.string() else {
        return false;
    };
    let first = |text: &str| text.chars().next().map(|c| c.to_ascii_lowercase());
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    value.truth().is_none() && (first(key) == first(name) || digits >= 6)
}
