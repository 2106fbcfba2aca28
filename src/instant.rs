//! A time as people write it → an instant, and back.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A time that somebody asks for: with an offset, or local to the site, whose zone is known only later.
#[derive(Clone, Copy, Debug)]
pub enum Instant {
    /// It names its offset or zone.
    Exact(Timestamp),
    /// In the site's zone.
    Local(DateTime),
}

impl Instant {
    /// The instant, a local time being in this zone.
    ///
    /// # Errors
    /// If the zone has no such time.
    pub fn in_zone(self, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::Exact(instant) => Ok(instant),
            Self::Local(local) => zone.to_timestamp(local),
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
}
