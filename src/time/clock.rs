//! Local times in a zone → instants, and back.

use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// A time that a user gives: exact, or local to the site, whose zone is not known yet.
#[derive(Clone, Copy, Debug)]
pub enum SiteTime {
    /// A time with an offset or a zone.
    Exact(Timestamp),
    /// A time in the site's zone.
    Local(DateTime),
}

/// The instants at which clocks in a zone show a local time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClockTime {
    /// Exactly one.
    Once(Timestamp),
    /// Two, because clocks go back.
    Twice(Timestamp, Timestamp),
    /// None, because clocks go forward. At this instant they show the time plus the hour that is skipped.
    Skipped(Timestamp),
}

impl ClockTime {
    /// Finds when clocks in a zone show a time.
    ///
    /// # Errors
    /// If the time is out of range.
    pub(crate) fn of(when: DateTime, zone: &TimeZone) -> Result<Self, jiff::Error> {
        Ok(match zone.to_ambiguous_timestamp(when).offset() {
            AmbiguousOffset::Unambiguous { offset } => Self::Once(offset.to_timestamp(when)?),
            AmbiguousOffset::Fold { before, after } => {
                Self::Twice(before.to_timestamp(when)?, after.to_timestamp(when)?)
            }
            AmbiguousOffset::Gap { before, .. } => Self::Skipped(before.to_timestamp(when)?),
        })
    }
}

/// Formats an instant with the offset of a zone, with seconds only if they are not zero: `2026-11-22T18:00+02:00`.
pub(crate) fn format_with_offset(instant: Timestamp, zone: &TimeZone) -> String {
    format(instant, zone, "%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M:%S%:z")
}

/// Formats an instant as clocks in a zone show it, with seconds only if they are not zero: `2026-11-22 18:00`.
pub(crate) fn format_local(instant: Timestamp, zone: &TimeZone) -> String {
    format(instant, zone, "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
}

fn format(instant: Timestamp, zone: &TimeZone, to_minute: &str, to_second: &str) -> String {
    let zoned = instant.to_zoned(zone.clone());
    zoned.strftime(if zoned.second() == 0 { to_minute } else { to_second }).to_string()
}

/// Formats an offset to the minute: `+02:00`.
pub(super) fn format_offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

impl SiteTime {
    /// The instant, with a local time taken in this zone. If clocks show it twice, the earlier one, which publishes less.
    ///
    /// # Errors
    /// A message, if clocks in the zone skip the time.
    pub fn in_zone(self, zone: &TimeZone) -> Result<Timestamp, String> {
        let local = match self {
            Self::Exact(instant) => return Ok(instant),
            Self::Local(local) => local,
        };
        match ClockTime::of(local, zone).map_err(|error| error.to_string())? {
            ClockTime::Once(instant) | ClockTime::Twice(instant, _) => Ok(instant),
            // A day whose midnight is skipped starts later.
            ClockTime::Skipped(instant) if local.time() == Time::midnight() => Ok(instant),
            ClockTime::Skipped(instant) => Err(format!(
                "clocks skip {} when they go forward; use {}",
                local.strftime("%Y-%m-%d %H:%M"),
                format_with_offset(instant, zone)
            )),
        }
    }

    /// Both instants, if clocks in this zone show a local time twice.
    pub(crate) fn both(self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let Self::Local(local) = self else { return None };
        match ClockTime::of(local, zone) {
            Ok(ClockTime::Twice(first, second)) => Some((first, second)),
            _ => None,
        }
    }
}

impl std::str::FromStr for SiteTime {
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
            "expected a date or time such as 2026-11-22, 2026-11-22T18:00 or 2026-11-22T18:00:00+02:00"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_offset_is_local_to_the_site() {
        let zone = TimeZone::get("Europe/Athens").unwrap();
        let instant = |text: &str| text.parse::<SiteTime>().unwrap().in_zone(&zone).unwrap().to_string();
        assert_eq!(instant("2026-11-22"), "2026-11-21T22:00:00Z");
        assert_eq!(instant("2026-11-22T18:00"), "2026-11-22T16:00:00Z");
        assert_eq!(instant("2026-11-22T18:00:00Z"), "2026-11-22T18:00:00Z");
        assert_eq!(instant("2026-11-22T18:00[Asia/Tokyo]"), "2026-11-22T09:00:00Z");
        assert!("tomorrow".parse::<SiteTime>().is_err());
    }

    #[test]
    fn repeated_and_skipped_times_are_distinguished() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let parse = |text: &str| text.parse::<SiteTime>().unwrap();
        let twice = parse("2026-10-25T02:30");
        assert_eq!(twice.in_zone(&zone).unwrap().to_string(), "2026-10-25T00:30:00Z");
        let (first, second) = twice.both(&zone).unwrap();
        assert_eq!(format_with_offset(first, &zone), "2026-10-25T02:30+02:00");
        assert_eq!(format_with_offset(second, &zone), "2026-10-25T02:30+01:00");
        let never = parse("2026-03-29T02:30").in_zone(&zone).unwrap_err();
        assert!(never.ends_with("use 2026-03-29T03:30+02:00"), "{never}");
        assert_eq!(parse("2026-10-25T03:00").both(&zone), None);
        // The day starts at one o'clock.
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        assert_eq!(parse("2018-11-04").in_zone(&zone).unwrap().to_string(), "2018-11-04T03:00:00Z");
    }
}
