//! Keys that are not ours → a warning, or an error if one looks as if it held the story back.
//!
//! They are judged last, when it is known until when the story is held back anyway. The clock has no part in it: a date that is
//! later than the story's own is as wrong after that day as before.

use jiff::Timestamp;

use super::{Reader, unquoted};
use crate::content::front_matter::holding::{self, Sign};
use crate::content::front_matter::keys::{self, Meant};
use crate::diagnostic::{Diagnostic, Severity};
use crate::time;
use crate::yaml::Node;

/// A key that is not ours.
pub(super) struct Stranger<'a> {
    pub(super) name: String,
    pub(super) key: Node<'a>,
    pub(super) value: Node<'a>,
}

/// Why a key looks as if it held the story back.
enum Reason {
    /// By its name, which is close to one of ours or says so.
    Name,
    /// By its date, which is later than the story's.
    Date,
    /// By a value that is true or false.
    Truth,
    /// By a value that says so.
    State(String),
}

impl<'a> Reader<'a> {
    /// Says what is wrong with keys that are not ours.
    pub(super) fn strangers(&mut self) {
        let is_held = self.front.is_held();
        for stranger in std::mem::take(&mut self.strangers) {
            let problem = match self.suspicion(&stranger) {
                Some((reason, near)) => {
                    self.front.draft = true;
                    let mut problem = suspicious(&stranger, reason, near);
                    if is_held {
                        // Readers do not see the story anyway.
                        problem.severity = Severity::Warning;
                    }
                    problem
                }
                None => unknown(&stranger),
            };
            self.problems.push(problem);
        }
    }

    /// Why a key looks as if it held the story back, and which of ours says the same.
    fn suspicion(&self, stranger: &Stranger<'a>) -> Option<(Reason, Option<&'static str>)> {
        let Stranger { name, value, .. } = stranger;
        let sign = holding::sign(name);
        let is_late = self.is_late(*value) && !holding::is_past(name);
        match keys::meant(name) {
            Some(Meant::HoldsBack(near)) => return Some((Reason::Name, Some(near))),
            Some(Meant::Date(near)) if could_be_date(name, near, *value) => {
                return Some((Reason::Name, Some(near)));
            }
            Some(Meant::Other(near)) if sign.is_none() && value.truth().is_some() => {
                return Some((Reason::Truth, Some(near)));
            }
            _ => {}
        }
        let text = value.string().ok();
        let text = text.as_deref().unwrap_or_default();
        match sign {
            Some(sign @ Sign::State) => {
                let is_shown =
                    holding::is_public(text) || text.trim().is_empty() && !value.is_map() && !value.is_list();
                if !is_shown {
                    return Some((Reason::Name, Some(sign.own(is_late))));
                }
            }
            // Such a date is one of the past, as that of the print edition is.
            Some(Sign::Shows | Sign::Until) if !is_late && self.instant_in(*value).is_some() => {}
            Some(sign) => return Some((Reason::Name, Some(sign.own(is_late)))),
            None => {}
        }
        if is_late {
            return Some((Reason::Date, Some("embargo")));
        }
        if value.truth().is_some() {
            return Some((Reason::Truth, None));
        }
        holding::is_state(text).then(|| (Reason::State(text.trim().to_owned()), Some("draft")))
    }

    /// Whether a value is a date that is later than the day from which readers see the story. A standing page is there from the
    /// beginning.
    pub(super) fn is_late(&self, value: Node<'a>) -> bool {
        let Some(instant) = self.instant_in(value) else { return false };
        let since = self.front.date.max(self.front.embargo);
        since.is_none_or(|since| instant > since)
    }

    /// The instant that a value is, if it is a date in any common form.
    fn instant_in(&self, value: Node<'a>) -> Option<Timestamp> {
        let text = value.string().ok()?;
        let text = unquoted(&text).unwrap_or(&text).trim();
        let zone = &self.config.timezone;
        if let Ok(moment) = time::parse_date(text, zone) {
            return Some(moment.last);
        }
        time::possible_days(text).filter_map(|date| time::start_of_day(date, zone).ok()).max()
    }
}

fn suspicious(stranger: &Stranger<'_>, reason: Reason, near: Option<&'static str>) -> Diagnostic {
    let name = &stranger.name;
    let why = match reason {
        Reason::Name => "it looks like one that holds a story back".to_owned(),
        Reason::Date => "a date later than the story's looks as if it held the story back".to_owned(),
        Reason::Truth => "`true` or `false` looks as if it held the story back, or let it out".to_owned(),
        Reason::State(state) => format!("`{state}` looks as if it held the story back"),
    };
    let message = format!("there is no key `{name}`, and {why}");
    let error = stranger.key.error("front-matter/unknown-key", message);
    let meant = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write `draft: true` to hold the story back".to_owned(),
    };
    let own = format!("put it under `extra`, for example `extra: {{{name}: …}}`");
    let end = if near.is_some() { " If" } else { "; if" };
    match keys::meant(name) {
        // Under `extra` it would be as wrong.
        Some(Meant::HoldsBack(_)) => {
            error.help(format!("{meant}{end} it does not hold the story back, give it another name"))
        }
        _ => error.help(format!("{meant}{end} it does not hold the story back, {own}")),
    }
}

fn unknown(stranger: &Stranger<'_>) -> Diagnostic {
    let name = &stranger.name;
    let message = format!("there is no key `{name}`");
    let own = format!("put it under `extra`, for example `extra: {{{name}: …}}`");
    let help = match keys::meant(name) {
        Some(Meant::Other(near)) => format!("did you mean `{near}`? If it is a key of your own, {own}"),
        _ => format!("if it is a key of your own or of your theme, {own}"),
    };
    stranger.key.warning("front-matter/unknown-key", message).help(help)
}

/// Whether a key that is spelt nearly as a name of the date may be one: `data: {…}` and `rate: 4.5` are not.
fn could_be_date(key: &str, name: &str, value: Node<'_>) -> bool {
    let Ok(text) = value.string() else {
        return false;
    };
    let first = |text: &str| text.chars().next().map(|c| c.to_ascii_lowercase());
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    value.truth().is_none() && (first(key) == first(name) || digits >= 6)
}
