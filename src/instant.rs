//! A time as people write it → an instant, and back.

use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};

/// A time that somebody asks for: with an offset, or local to the site, whose zone is known only later.
#[derive(Clone, Copy, Debug)]
pub enum Instant {
    /// It names its offset or zone.
    Exact(Timestamp),
    /// In the site's zone.
    Local(DateTime),
}

/// When clocks in a zone show a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnClock {
    /// Once.
    Once(Timestamp),
    /// Twice, as they are put back: at both of these.
    Twice(Timestamp, Timestamp),
    /// Never, as they are put forward: at this instant they show as much more as they were put forward.
    Never(Timestamp),
}

/// When clocks in a zone show a time.
///
/// # Errors
/// If it is too far away.
pub fn on_clock(when: DateTime, zone: &TimeZone) -> Result<OnClock, jiff::Error> {
    Ok(match zone.to_ambiguous_timestamp(when).offset() {
        AmbiguousOffset::Unambiguous { offset } => OnClock::Once(offset.to_timestamp(when)?),
        AmbiguousOffset::Fold { before, after } => {
            OnClock::Twice(before.to_timestamp(when)?, after.to_timestamp(when)?)
        }
        AmbiguousOffset::Gap { before, .. } => OnClock::Never(before.to_timestamp(when)?),
    })
}

/// An instant as clocks in a zone show it, to the minute or second, with the offset.
pub fn with_offset(instant: Timestamp, zone: &TimeZone) -> String {
    let zoned = instant.to_zoned(zone.clone());
    let format = if zoned.second() == 0 { "%Y-%m-%dT%H:%M%:z" } else { "%Y-%m-%dT%H:%M:%S%:z" };
    zoned.strftime(format).to_string()
}

impl Instant {
    /// The instant, a local time being in this zone. Of two that clocks show it at, the earlier: less is released then.
    ///
    /// # Errors
    /// A sentence, if the zone has no such time.
    pub fn in_zone(self, zone: &TimeZone) -> Result<Timestamp, String> {
        let local = match self {
            Self::Exact(instant) => return Ok(instant),
            Self::Local(local) => local,
        };
        match on_clock(local, zone).map_err(|error| error.to_string())? {
            OnClock::Once(instant) | OnClock::Twice(instant, _) => Ok(instant),
            // A day that begins later begins then.
            OnClock::Never(instant) if local.time() == Time::midnight() => Ok(instant),
            OnClock::Never(instant) => Err(format!(
                "clocks do not show {}, as they are put forward; {} is there",
                local.strftime("%Y-%m-%d %H:%M"),
                with_offset(instant, zone)
            )),
        }
    }

    /// Both instants at which clocks in this zone show a local time, if they show it twice.
    pub fn both(self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        match self {
            Self::Exact(_) => None,
            Self::Local(local) => match on_clock(local, zone) {
                Ok(OnClock::Twice(first, second)) => Some((first, second)),
                _ => None,
            },
        }
    }
}

impl std::str::FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // `2026-11-22T18:00[Asia/Tokyo]` names its zone (RFC 9557).
        if let Ok(zoned) = text.parse::<Zoned>() {
            return Ok(Self::Exact(zoned.timestamp()));
        }
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(Self::Exact(instant));
        }
        text.parse::<DateTime>().map(Self::Local).map_err(|_| {
            "it is not a time; write 2026-11-22, 2026-11-22T18:00 or 2026-11-22T18:00:00+02:00".to_owned()
        })
    }
}

/// An instant as people read it: in a zone, to the minute, or to the second if it is not at the beginning of one.
pub fn shown(instant: Timestamp, zone: &TimeZone) -> String {
    let zoned = instant.to_zoned(zone.clone());
    let format = if zoned.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    zoned.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_offset_is_local_to_the_site() {
        let zone = TimeZone::get("Europe/Athens").unwrap();
        let instant = |text: &str| text.parse::<Instant>().unwrap().in_zone(&zone).unwrap().to_string();
        assert_eq!(instant("2026-11-22"), "2026-11-21T22:00:00Z");
        assert_eq!(instant("2026-11-22T18:00"), "2026-11-22T16:00:00Z");
        assert_eq!(instant("2026-11-22T18:00:00Z"), "2026-11-22T18:00:00Z");
        assert_eq!(instant("2026-11-22T18:00[Asia/Tokyo]"), "2026-11-22T09:00:00Z");
        assert!("tomorrow".parse::<Instant>().is_err());
    }

    #[test]
    fn a_time_that_clocks_show_twice_or_never_is_told_apart() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let asked = |text: &str| text.parse::<Instant>().unwrap();
        let twice = asked("2026-10-25T02:30");
        assert_eq!(twice.in_zone(&zone).unwrap().to_string(), "2026-10-25T00:30:00Z");
        let (first, second) = twice.both(&zone).unwrap();
        assert_eq!(with_offset(first, &zone), "2026-10-25T02:30+02:00");
        assert_eq!(with_offset(second, &zone), "2026-10-25T02:30+01:00");
        let never = asked("2026-03-29T02:30").in_zone(&zone).unwrap_err();
        assert!(never.ends_with("2026-03-29T03:30+02:00 is there"), "{never}");
        assert_eq!(asked("2026-10-25T03:00").both(&zone), None);
        // The day begins at one o'clock.
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        assert_eq!(asked("2018-11-04").in_zone(&zone).unwrap().to_string(), "2018-11-04T03:00:00Z");
    }
}
