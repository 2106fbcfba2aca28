//! The names of releases: their time, then the start of the publication's id, `20261130-191500-0a1b2c3d`.

use std::fmt;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The name of a release. Names sort by time, and no two releases of a target have the same time: it is the modification time of the files
/// that changed with it, of which web servers make ETags.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ReleaseId {
    name: String,
    /// Whole seconds since 1970.
    time: i64,
}

const TIME: &str = "%Y%m%d-%H%M%S";

impl ReleaseId {
    /// The name of a release that is made now, after all of `others`, whatever the clock says.
    pub(crate) fn after<'a>(
        now: Timestamp,
        others: impl IntoIterator<Item = &'a Self>,
        run: &str,
    ) -> Option<Self> {
        let last = others.into_iter().map(|other| other.time).max();
        let time = now.as_second().max(last.map_or(0, |last| last + 1));
        let written = Timestamp::from_second(time).ok()?.to_zoned(TimeZone::UTC).strftime(TIME).to_string();
        let digits: String = run.chars().filter(char::is_ascii_hexdigit).take(8).collect();
        Self::parse(&format!("{written}-{:0>8}", digits.to_ascii_lowercase()))
    }

    /// Reads a name. Other folders are nobody's business.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (time, run) = name.rsplit_once('-')?;
        let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if run.len() != 8 || !run.chars().all(is_hex) || time.len() != 15 {
            return None;
        }
        let time = jiff::civil::DateTime::strptime(TIME, time).ok()?;
        let time = time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
        (time >= 0).then(|| Self { name: name.to_owned(), time })
    }

    /// The modification time of its new files.
    pub(crate) fn time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.time.unsigned_abs())
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for ReleaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_later_than_all_others() {
        let now: Timestamp = "2026-11-30T19:15:00.7Z".parse().unwrap();
        let first = ReleaseId::after(now, [], "0A1b2c3d4e5f6071").unwrap();
        assert_eq!(first.as_str(), "20261130-191500-0a1b2c3d");
        assert_eq!(Some(&first), ReleaseId::parse(first.as_str()).as_ref());
        let earlier: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for at in [now, earlier] {
            let next = ReleaseId::after(at, [&first], "ff").unwrap();
            assert_eq!(next.as_str(), "20261130-191501-000000ff");
            assert_eq!(next.time().duration_since(first.time()).unwrap(), Duration::from_secs(1));
            assert!(next > first);
        }
    }

    #[test]
    fn other_folders_are_not_releases() {
        for name in [
            "",
            "x",
            "20261130-191500",
            "20261130-191500-0a1b2c3",
            "20261130-191500-0a1b2c3D",
            "20261330-191500-0a1b2c3d",
            "20261130-191500-0a1b2c3d/..",
            "2026130-1915000-0a1b2c3d",
            "../30-191500-0a1b2c3d",
        ] {
            assert_eq!(ReleaseId::parse(name), None, "{name}");
        }
    }
}
