//! Dates of feeds and agencies → RFC 3339 with an offset.

use std::sync::LazyLock;

use jiff::Zoned;
use jiff::civil::{Date, Time};
use jiff::fmt::{rfc2822, temporal::Pieces};
use jiff::tz::TimeZone;
use regex::Regex;

use super::super::wire::days;

/// Names of zones that feeds write and RFC 2822 does not have, with their offsets.
const ZONES: [(&str, &str); 12] = [
    ("UTC", "+0000"),
    ("Z", "+0000"),
    ("WET", "+0000"),
    ("BST", "+0100"),
    ("CET", "+0100"),
    ("MEZ", "+0100"),
    ("CEST", "+0200"),
    ("MESZ", "+0200"),
    ("EET", "+0200"),
    ("EEST", "+0300"),
    ("MSK", "+0300"),
    ("JST", "+0900"),
];

/// An instant as RFC 3339, in the offset in which it was written. Takes ISO 8601 (`2026-11-22T10:15:00+02:00`, `20261122T081500Z`, a
/// date alone), RFC 2822, and dates in words or with dots (`mer, 16 nov 2022 00:38:15 +0100`, `Dec 16 2023 02:02 PM`,
/// `27.11.2026 14:00`). What has no offset is in `zone`.
pub(in crate::import) fn read(text: &str, zone: &TimeZone) -> Option<String> {
    let text = text.trim();
    let zoned = iso(text, zone).or_else(|| mail(text)).or_else(|| words(text, zone))?;
    // Formats that machines read have no other years.
    (1..=9999).contains(&zoned.year()).then(|| written(&zoned))
}

fn iso(text: &str, zone: &TimeZone) -> Option<Zoned> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 60 {
        return None;
    }
    let spelt = compact(text);
    let pieces = Pieces::parse(&spelt).ok()?;
    let when = pieces.date().to_datetime(pieces.time().unwrap_or(Time::midnight()));
    match pieces.to_numeric_offset() {
        Some(offset) => {
            offset.to_timestamp(when).ok().map(|instant| instant.to_zoned(TimeZone::fixed(offset)))
        }
        None => zone.to_zoned(when).ok(),
    }
}

/// A date of eight digits with `T`, and offsets of hours alone, as they are read.
fn compact(text: &str) -> String {
    let text = text.replace(" UTC", "Z").replace(" GMT", "Z").replace(" Z", "Z");
    // `2026-11-22 10:15:00 +0100`
    match text.rsplit_once(' ') {
        Some((when, offset)) if offset.starts_with(['+', '-']) && when.contains(':') => {
            format!("{when}{offset}")
        }
        _ => text,
    }
}

/// A day in words of many languages, or with dots, and a time.
static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?P<day>.*?\d{4})
        (?:,?\ (?:at\ |-\ |,\ )? (?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))? (?:\ ?(?P<half>[AaPp])\.?[Mm]\.?)? (?:\ ?(?P<zone>[A-Za-z]{1,5}|[+-]\d{2}:?\d{2}))?)?$",
    )
    .ok()
});

fn words(text: &str, zone: &TimeZone) -> Option<Zoned> {
    if text.len() > 60 {
        return None;
    }
    let found = WORDS.as_ref()?.captures(text)?;
    let group = |name| found.name(name).map(|group| group.as_str());
    let number = |name| group(name).map_or(Some(0_i8), |digits| digits.parse().ok());
    let hour = match (number("hour")?, group("half")) {
        (hour, None) => hour,
        (hour @ 1..=12, Some(half)) => hour % 12 + if half.eq_ignore_ascii_case("p") { 12 } else { 0 },
        _ => return None,
    };
    let time = Time::new(hour, number("minute")?, number("second")?, 0).ok()?;
    let when = date(group("day")?)?.to_datetime(time);
    let Some(name) = group("zone") else { return zone.to_zoned(when).ok() };
    let name = name.replace(':', "");
    let is_known = name.starts_with(['+', '-'])
        || MAIL_ZONES
            .iter()
            .chain(ZONES.iter().map(|(known, _)| known))
            .any(|known| known.eq_ignore_ascii_case(&name));
    is_known.then(|| mail(&format!("{} {name}", when.strftime("%d %b %Y %H:%M:%S"))))?
}

/// `16 nov 2022`, a weekday of any language before it or not, and `27.11.2026`.
fn date(text: &str) -> Option<Date> {
    let without_weekday = || text.split_once(' ').map(|(_, rest)| rest);
    let in_words = |text: &str| days::parse(text)?.date(None);
    in_words(text)
        .or_else(|| in_words(without_weekday()?))
        .or_else(|| dotted(text))
        .or_else(|| dotted(without_weekday()?))
}

/// With dots the day is first everywhere.
fn dotted(text: &str) -> Option<Date> {
    let mut parts = text.split('.').map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let year = year.parse().ok().filter(|_| parts.next().is_none())?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Names of zones of RFC 2822.
const MAIL_ZONES: [&str; 10] = ["UT", "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"];

fn mail(text: &str) -> Option<Zoned> {
    let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    // The parser takes zones that it does not know for UTC.
    let named = text.rsplit_once(' ').and_then(|(when, zone)| {
        let (_, offset) = ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(zone))?;
        Some(format!("{when} {offset}"))
    });
    parser.parse_zoned(named.as_deref().unwrap_or(text)).ok()
}

fn written(zoned: &Zoned) -> String {
    let text = zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    text.strip_suffix("+00:00").map_or(text.clone(), |text| format!("{text}Z"))
}

/// Whether an instant is later than another, both as [`read`] gives them.
pub(in crate::import) fn is_later(one: &str, other: &str) -> bool {
    let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
    instant(one) > instant(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_kinds_are_written_in_one() {
        let zone = TimeZone::get("Europe/Athens").unwrap();
        for (text, expected) in [
            ("2026-11-22T10:15:00+02:00", "2026-11-22T10:15:00+02:00"),
            ("2026-11-22T10:15:00Z", "2026-11-22T10:15:00Z"),
            ("2026-11-22T10:15:00.123Z", "2026-11-22T10:15:00Z"),
            ("20261122T101500Z", "2026-11-22T10:15:00Z"),
            ("20261122T101500+0100", "2026-11-22T10:15:00+01:00"),
            ("20261122T101500", "2026-11-22T10:15:00+02:00"),
            ("20261122", "2026-11-22T00:00:00+02:00"),
            ("2026-11-22", "2026-11-22T00:00:00+02:00"),
            ("2026-11-22 10:15:00", "2026-11-22T10:15:00+02:00"),
            ("2026-07-22T10:15", "2026-07-22T10:15:00+03:00"),
            ("2026-11-22 10:15:00 +0100", "2026-11-22T10:15:00+01:00"),
            ("Sun, 22 Nov 2026 10:15:00 +0000", "2026-11-22T10:15:00Z"),
            ("Mon, 22 Nov 2026 10:15:00 GMT", "2026-11-22T10:15:00Z"),
            ("22 Nov 2026 10:15:00 -0500", "2026-11-22T10:15:00-05:00"),
            ("Sun, 22 Nov 2026 10:15:00 EST", "2026-11-22T10:15:00-05:00"),
            ("Sun, 22 Nov 2026 10:15:00 CET", "2026-11-22T10:15:00+01:00"),
            ("Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33+02:00"),
            ("mer, 16 nov 2022 00:38:15 +0100", "2022-11-16T00:38:15+01:00"),
            ("mer. 16 novembre 2022 00:38", "2022-11-16T00:38:00+02:00"),
            ("Dec 16, 2023 12:05 am EST", "2023-12-16T00:05:00-05:00"),
            ("27.11.2026 14:00", "2026-11-27T14:00:00+02:00"),
            ("Fr, 27. 11. 2026, 14:00 CET", "2026-11-27T14:00:00+01:00"),
            ("12 September 2014", "2014-09-12T00:00:00+03:00"),
        ] {
            assert_eq!(read(text, &zone).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "2026-13-01",
            "0000-00-00 00:00:00",
            "-0001-11-30T00:00:00Z",
            "22/11/2026",
            "27.11.2026 14:00 XYZ",
            "16 nov 2022 25:00",
            "Dec 16 2023 13:00 PM",
            "31.02.2026",
            "11.27.2026",
            "é",
            "1",
        ] {
            assert_eq!(read(text, &zone), None, "{text}");
        }
    }

    #[test]
    fn instants_are_compared_not_texts() {
        assert!(is_later("2026-11-22T10:00:00Z", "2026-11-22T11:00:00+02:00"));
        assert!(!is_later("2026-11-22T10:00:00Z", "2026-11-22T12:00:00+02:00"));
    }
}
