//! Dates of feeds and machine formats: RFC 3339, RFC 2822, and dates in prose or with dots.

use std::sync::LazyLock;

use jiff::Zoned;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::{rfc2822, temporal::Pieces};
use jiff::tz::{Offset, TimeZone};
use regex::Regex;

use super::clock::format_offset;
use super::days::parse_dotted_day;
use super::front_matter::parse_offset;
use super::{names, parse_day};

/// Parses a date and formats it as RFC 3339 with its own offset. Accepts ISO 8601 (`2026-11-22T10:15:00+02:00`, `20261122T081500Z`, a
/// date alone), RFC 2822, and dates in prose or with dots (`mer, 16 nov 2022 00:38:15 +0100`, `Dec 16 2023 02:02 PM`,
/// `27.11.2026 14:00`). A date without an offset is in `zone`.
pub(crate) fn parse_feed_date(text: &str, zone: &TimeZone) -> Option<String> {
    let text = text.trim();
    let zoned = iso(text, zone).or_else(|| rfc2822(text)).or_else(|| prose(text, zone))?;
    // Machine formats have no other years.
    (1..=9999).contains(&zoned.year()).then(|| format(&zoned))
}

fn iso(text: &str, zone: &TimeZone) -> Option<Zoned> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 60 {
        return None;
    }
    let spelt = compact(text);
    let pieces = Pieces::parse(&spelt).ok()?;
    let when = pieces.date().to_datetime(pieces.time().unwrap_or(Time::midnight()));
    match pieces.to_numeric_offset() {
        Some(offset) => at_offset(when, offset),
        None => zone.to_zoned(when).ok(),
    }
}

/// Rewrites ` UTC`, ` GMT` and an offset after a space to the forms that ISO 8601 has.
fn compact(text: &str) -> String {
    let text = text.replace(" UTC", "Z").replace(" GMT", "Z").replace(" Z", "Z");
    match text.rsplit_once(' ') {
        Some((when, offset)) if offset.starts_with(['+', '-']) && when.contains(':') => {
            format!("{when}{offset}")
        }
        _ => text,
    }
}

/// A day in prose of many languages or with dots, and a time.
static PROSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?P<day>.*?\d{4})
        (?:,?\ (?:at\ |-\ |,\ )? (?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))? (?:\ ?(?P<half>[AaPp])\.?[Mm]\.?)? (?:\ ?(?P<zone>[A-Za-z]{1,5}|[+-]\d{2}:?\d{2}))?)?$",
    )
    .expect("a tested pattern")
});

fn prose(text: &str, zone: &TimeZone) -> Option<Zoned> {
    if text.len() > 60 {
        return None;
    }
    let found = PROSE.captures(text)?;
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
    at_offset(when, names::zone_offset(name).or_else(|| parse_offset(name).ok().flatten())?)
}

fn at_offset(when: DateTime, offset: Offset) -> Option<Zoned> {
    offset.to_timestamp(when).ok().map(|instant| instant.to_zoned(TimeZone::fixed(offset)))
}

/// `16 nov 2022` or `27.11.2026`, with or without a weekday of any language.
fn date(text: &str) -> Option<Date> {
    let without_weekday = || text.split_once(' ').map(|(_, rest)| rest);
    let in_prose = |text: &str| parse_day(text)?.date(None);
    in_prose(text)
        .or_else(|| in_prose(without_weekday()?))
        .or_else(|| parse_dotted_day(text))
        .or_else(|| parse_dotted_day(without_weekday()?))
}

fn rfc2822(text: &str) -> Option<Zoned> {
    let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    // The parser treats unknown zones as UTC.
    let with_offset = text.rsplit_once(' ').and_then(|(when, zone)| {
        let offset = names::zone_offset(zone)?;
        Some(format!("{when} {}", format_offset(offset).replace(':', "")))
    });
    parser.parse_zoned(with_offset.as_deref().unwrap_or(text)).ok()
}

fn format(zoned: &Zoned) -> String {
    let text = zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    text.strip_suffix("+00:00").map_or(text.clone(), |text| format!("{text}Z"))
}

/// Whether one result of [`parse_feed_date`] is a later instant than another.
pub(crate) fn is_later(one: &str, other: &str) -> bool {
    let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
    instant(one) > instant(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_kinds_become_rfc_3339() {
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
            assert_eq!(parse_feed_date(text, &zone).as_deref(), Some(expected), "{text}");
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
            assert_eq!(parse_feed_date(text, &zone), None, "{text}");
        }
    }

    #[test]
    fn instants_are_compared_instead_of_texts() {
        assert!(is_later("2026-11-22T10:00:00Z", "2026-11-22T11:00:00+02:00"));
        assert!(!is_later("2026-11-22T10:00:00Z", "2026-11-22T12:00:00+02:00"));
    }
}
