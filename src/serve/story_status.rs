//! The front matter of a story → its state and times, as the desk and the bar show them.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::view_options::ViewOptions;
use crate::archive::{Reason, View, Visibility, visibility};
use crate::content::FrontMatter;

/// The state of a story, and the time since or until which it applies.
pub(super) fn state(front: &FrontMatter, now: Timestamp) -> (&'static str, Option<Timestamp>) {
    let appears = front.appears_at().filter(|instant| *instant > now);
    match visibility(front, View { as_of: now, drafts: false }) {
        Visibility::Shown => ("live", front.expires),
        Visibility::Withdrawn => ("withdrawn", None),
        Visibility::Hidden(Reason::Expired) => ("expired", front.expires),
        Visibility::Hidden(reason) => (reason.name(), appears),
    }
}

/// The view in which a hidden story can be seen; `None` if there is none, or if readers see the story.
pub(super) fn preview(front: &FrontMatter, now: Timestamp) -> Option<ViewOptions> {
    let appears = front.appears_at().filter(|instant| *instant > now);
    let before_end = || front.expires?.checked_sub(SignedDuration::from_secs(1)).ok();
    let as_of = if front.expires.is_some_and(|end| end <= now) { before_end() } else { appears };
    let options = ViewOptions { as_of, drafts: front.draft };
    let is_seen = matches!(visibility(front, options.view(now)), Visibility::Shown | Visibility::Withdrawn);
    is_seen.then_some(options)
}

/// A time in the site's zone, to the minute.
pub(super) fn time(instant: Timestamp, zone: &TimeZone) -> String {
    instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// An instant that can be requested again: with its offset, to the second.
pub(super) fn instant(instant: Timestamp, zone: &TimeZone) -> String {
    let whole = instant.round(jiff::Unit::Second).unwrap_or(instant);
    // Rounded up, because the instant at which something appears must not be before it appears.
    let whole = if whole < instant {
        whole.checked_add(SignedDuration::from_secs(1)).unwrap_or(whole)
    } else {
        whole
    };
    whole.display_with_offset(zone.to_offset(whole)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_hidden_story_is_previewed_at_the_time_it_appears() {
        let now = at("2026-11-22T12:00:00Z");
        let date = at("2026-11-22T18:00:00Z");
        let front = FrontMatter { date: Some(date), draft: true, ..FrontMatter::default() };
        assert_eq!(state(&front, now), ("draft", Some(date)));
        assert_eq!(preview(&front, now), Some(ViewOptions { as_of: Some(date), drafts: true }));
        let gone = FrontMatter {
            date: Some(at("2026-01-01T00:00:00Z")),
            expires: Some(now),
            ..FrontMatter::default()
        };
        assert_eq!(state(&gone, now), ("expired", Some(now)));
        assert_eq!(preview(&gone, now).and_then(|options| options.as_of), Some(at("2026-11-22T11:59:59Z")));
        let withheld = FrontMatter { status: crate::content::Status::Withheld, ..FrontMatter::default() };
        assert_eq!((state(&withheld, now).0, preview(&withheld, now)), ("withheld", None));
    }

    #[test]
    fn an_instant_is_rounded_up() {
        let instant = instant(at("2026-11-22T12:00:00.2Z"), &TimeZone::UTC);
        assert_eq!(instant, "2026-11-22T12:00:01+00:00");
    }
}
