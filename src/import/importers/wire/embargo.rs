//! `10:00 GMT, Tuesday, Jan 5, 2024` → the instant until which a story is held back.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use regex::Regex;

use super::days::{Day, day};

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:(?P<h>\d{1,2})[:.](?P<m>\d{2})(?:[:.]\d{2})?\s?(?P<half>[ap]\.?\s?m\b\.?)?|(?P<hh>[0-2]\d)(?P<mm>[0-5]\d)(?:\s?(?:hrs|hours|h|uhr))?\b|(?P<h12>\d{1,2})\s?(?P<half12>[ap]\.?\s?m\b\.?)|(?P<noon>noon|midnight)|(?P<hour>\d{1,2})\s?uhr)(?:\s*(?P<zone>GMT|UTC|Z|BST|WEST|WET|CET|CEST|MEZ|MESZ|EET|EEST|MSK|EST|EDT|ET|CST|CDT|CT|MST|MDT|MT|PST|PDT|PT|IST|JST|AEST|AEDT|[+-]\d{2}:?\d{2})\b)?")
        .expect("a pattern that is tested")
});
/// Forms of a day, the surest first: `Thursday 5 March 2026` is not `Thursday 5`.
static DAYS: [LazyLock<Regex>; 3] = [
    LazyLock::new(|| Regex::new(r"\d{4}-\d{2}-\d{2}").expect("a pattern that is tested")),
    LazyLock::new(|| {
        Regex::new(r"(?i)\b\d{1,2}(?:st|nd|rd|th)?\.?\s(?:de\s|of\s)?\p{L}{3,12}\.?(?:,?\s(?:de\s)?\d{4}\b)?")
            .expect("a pattern that is tested")
    }),
    LazyLock::new(|| {
        Regex::new(r"(?i)\p{L}{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?\b(?:,?\s\d{4}\b)?")
            .expect("a pattern that is tested")
    }),
];

/// The instant as RFC 3339, or a local time of the site if no zone is named. `None` if the day, its year or the time is not there.
/// `latest` is the day that the copy is from, for want of a year; an embargo ends after that.
pub(super) fn until(text: &str, latest: Option<Date>) -> Option<String> {
    let iso = text
        .split_whitespace()
        .find_map(|word| word.trim_matches([',', '.', ')']).parse::<jiff::Timestamp>().ok());
    if let Some(instant) = iso {
        return Some(instant.to_string());
    }
    let days = DAYS.iter().flat_map(|form| form.find_iter(text));
    let found = days.filter_map(|found| Some((day(found.as_str())?, found.range()))).next()?;
    let date = date(found.0, latest)?;
    // The digits of the day and the year are no time.
    let rest = format!("{} | {}", &text[..found.1.start], &text[found.1.end..]);
    let Some(captures) = TIME.captures(&rest) else { return Some(date.to_string()) };
    let number = |name: &str| captures.name(name).and_then(|found| found.as_str().parse::<i8>().ok());
    let half =
        captures.name("half").or_else(|| captures.name("half12")).map(|half| half.as_str().to_lowercase());
    let hour = ["h", "hh", "h12", "hour"].iter().find_map(|name| number(name));
    let minute = ["m", "mm"].iter().find_map(|name| number(name)).unwrap_or_default();
    let hour = match (hour, half.as_deref(), captures.name("noon").map(|word| word.as_str().to_lowercase())) {
        (_, _, Some(word)) => {
            if word == "noon" {
                12
            } else {
                0
            }
        }
        (Some(hour), Some(half), _) => hour % 12 + if half.starts_with('p') { 12 } else { 0 },
        (Some(hour), None, _) => hour,
        (None, ..) => return None,
    };
    let local = date.at(hour.clamp(0, 23), minute.clamp(0, 59), 0, 0);
    let Some(zone) = captures.name("zone") else { return Some(local.strftime("%Y-%m-%d %H:%M").to_string()) };
    let instant = zone_of(&zone.as_str().to_uppercase())?.to_timestamp(local).ok()?;
    Some(instant.to_string())
}

/// Without a year, it is the first such day from the day of the copy on.
fn date(day: Day, from: Option<Date>) -> Option<Date> {
    if day.year.is_some() {
        return day.date(None);
    }
    let from = from?;
    let years = [from.year(), from.year() + 1];
    years.iter().filter_map(|year| Date::new(*year, day.month, day.day).ok()).find(|date| *date >= from)
}

fn zone_of(name: &str) -> Option<TimeZone> {
    let hours = match name {
        "GMT" | "UTC" | "Z" | "WET" => 0,
        "BST" | "WEST" | "CET" | "MEZ" => 1,
        "CEST" | "MESZ" | "EET" => 2,
        "EEST" | "MSK" => 3,
        "JST" => 9,
        "AEST" => 10,
        "AEDT" => 11,
        "EST" | "CDT" => -5,
        "EDT" => -4,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "ET" => return TimeZone::get("America/New_York").ok(),
        "CT" => return TimeZone::get("America/Chicago").ok(),
        "MT" => return TimeZone::get("America/Denver").ok(),
        "PT" => return TimeZone::get("America/Los_Angeles").ok(),
        "IST" => return TimeZone::get("Asia/Kolkata").ok(),
        offset => {
            let digits = offset.get(1..)?.replace(':', "");
            let minutes =
                digits.get(..2)?.parse::<i32>().ok()? * 60 + digits.get(2..4)?.parse::<i32>().ok()?;
            let sign = if offset.starts_with('-') { -60 } else { 60 };
            return Offset::from_seconds(sign * minutes).ok().map(TimeZone::fixed);
        }
    };
    Some(TimeZone::fixed(Offset::constant(hours)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_of_embargoes_are_read() {
        for (text, instant) in [
            ("10:00 GMT, Jan 5, 2024", Some("2024-01-05T10:00:00Z")),
            ("0600 GMT on Tuesday, 5 January 2024", Some("2024-01-05T06:00:00Z")),
            ("00:01 Thursday 5 September 2024", Some("2024-09-05 00:01")),
            ("10 a.m. ET January 5, 2024", Some("2024-01-05T15:00:00Z")),
            ("noon BST, 5 July 2024", Some("2024-07-05T11:00:00Z")),
            ("2024-01-05T10:00:00+02:00", Some("2024-01-05T08:00:00Z")),
            ("January 5, 2024", Some("2024-01-05")),
            ("05 January 2024, 11:00 (CET)", Some("2024-01-05 11:00")),
            ("10:00 GMT, Jan 5", None),
            ("further notice", None),
        ] {
            assert_eq!(until(text, None).as_deref(), instant, "{text}");
        }
        let from = "2023-12-30".parse().ok();
        assert_eq!(until("10:00 GMT, Jan 5", from).as_deref(), Some("2024-01-05T10:00:00Z"));
    }
}
