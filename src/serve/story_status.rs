//! An article → what its desk wants to know of it: whether readers see it, from when, and what it lacks.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::view_options::ViewOptions;
use crate::archive::{Reason, View, Visibility, visibility};
use crate::content::FrontMatter;

/// What readers see of an article now, in a word; and since or until when, if that is a matter of time.
pub(super) fn state(front: &FrontMatter, now: Timestamp) -> (&'static str, Option<Timestamp>) {
    let appears = front.appears_at().filter(|instant| *instant > now);
    match visibility(front, View { as_of: now, drafts: false }) {
        Visibility::Shown => ("live", front.expires),
        Visibility::Withdrawn => ("withdrawn", None),
        Visibility::Hidden(Reason::Expired) => ("expired", front.expires),
        Visibility::Hidden(reason) => (reason.name(), appears),
    }
}

/// How an article can be seen that readers do not see now; `None` if it cannot be, or they do.
pub(super) fn preview(front: &FrontMatter, now: Timestamp) -> Option<ViewOptions> {
    let appears = front.appears_at().filter(|instant| *instant > now);
    let before_end = || front.expires?.checked_sub(SignedDuration::from_secs(1)).ok();
    let as_of = if front.expires.is_some_and(|end| end <= now) { before_end() } else { appears };
    let options = ViewOptions { as_of, drafts: front.draft };
    let is_seen = matches!(visibility(front, options.view(now)), Visibility::Shown | Visibility::Withdrawn);
    is_seen.then_some(options)
}

/// A time as the desk reads it: in the site's zone, to the minute.
pub(super) fn time(instant: Timestamp, zone: &TimeZone) -> String {
    instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// An instant that can be asked for again: with its offset, and to the second.
pub(super) fn instant(instant: Timestamp, zone: &TimeZone) -> String {
    let whole = instant.round(jiff::Unit::Second).unwrap_or(instant);
    // Rounded up: an instant at which something appears must not fall before it.
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
    fn what_readers_do_not_see_yet_is_seen_from_the_moment_they_do() {
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
    fn an_instant_is_never_told_too_early() {
        let instant = instant(at("2026-11-22T12:00:00.2Z"), &TimeZone::UTC);
        assert_eq!(instant, "2026-11-22T12:00:01+00:00");
    }
}
