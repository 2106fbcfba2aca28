//! `--as-of` → an instant.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A time on the command line: with an offset, or local to the site, whose zone is known only later.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instant {
    Exact(Timestamp),
    Local(DateTime),
}

impl Instant {
    /// The instant, a local time being in this zone.
    pub(super) fn in_zone(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Exact(instant) => instant,
            Self::Local(local) => zone.to_timestamp(local).unwrap_or(Timestamp::MAX),
        }
    }
}

impl std::str::FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(Self::Exact(instant));
        }
        text.parse::<DateTime>().map(Self::Local).map_err(|_| {
            "it is not a time; write 2026-11-22, 2026-11-22T18:00 or 2026-11-22T18:00:00+02:00".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_offset_is_local_to_the_site() {
        let zone = TimeZone::get("Europe/Athens").unwrap();
        let instant = |text: &str| text.parse::<Instant>().unwrap().in_zone(&zone).to_string();
        assert_eq!(instant("2026-11-22"), "2026-11-21T22:00:00Z");
        assert_eq!(instant("2026-11-22T18:00"), "2026-11-22T16:00:00Z");
        assert_eq!(instant("2026-11-22T18:00:00Z"), "2026-11-22T18:00:00Z");
        assert!("tomorrow".parse::<Instant>().is_err());
    }
}
