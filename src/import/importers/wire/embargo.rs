//! `10:00 GMT, Tuesday, Jan 5, 2024` → the instant at which an embargo ends.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use super::days::{self, Day};
use super::rules;
use crate::instant::{OnClock, on_clock};

/// Parses the end of an embargo: an instant as RFC 3339, or a local time of the site if the text names no zone. `None` if any part of the text
/// is unclear, as an end that is too early would be a leak. A day without a year is the first such day from `copy_day` on.
pub(super) fn parse_end(text: &str, copy_day: Option<Date>) -> Option<String> {
    for word in text.split_whitespace().map(|word| word.trim_matches([',', '.', ')', '('])) {
        if let Ok(instant) = word.parse::<jiff::Timestamp>() {
            return Some(instant.to_string()).filter(|_| is_filler(&text.replace(word, " ")));
        }
        if let Ok(local) = word.parse::<jiff::civil::DateTime>().map_err(drop)
            && word.contains('T')
            && is_filler(&text.replace(word, " "))
        {
            return Some(local.strftime("%Y-%m-%d %H:%M").to_string());
        }
    }
    // The most specific form first: `Thursday 5 March 2026` is not `Thursday 5`.
    let forms = [&rules::ISO_DAY_WITHIN, &rules::DAY_FIRST_WITHIN, &rules::MONTH_FIRST_WITHIN];
    let mut days = forms.iter().flat_map(|form| form.find_iter(text));
    let (found, range) = days.find_map(|day| Some((days::parse(day.as_str())?, day.range())))?;
    let date = date(found, copy_day)?;
    // The digits of the day and the year are not a time.
    let rest = format!("{} | {}", &text[..range.start], &text[range.end..]);
    let Some(captures) = rules::TIME_OF_DAY.captures(&rest) else {
        return is_filler(&rest).then(|| date.to_string());
    };
    let whole = captures.get(0)?;
    if !is_filler(&format!("{} {}", &rest[..whole.start()], &rest[whole.end()..])) {
        return None;
    }
    let local = date.at(hour(&captures)?, minute(&captures)?, 0, 0);
    match captures.name("zone") {
        Some(zone) => match on_clock(local, &parse_zone(&zone.as_str().to_uppercase())?).ok()? {
            // Of two instants, the later one leaks nothing.
            OnClock::Once(instant) | OnClock::Twice(_, instant) => Some(instant.to_string()),
            OnClock::Never(_) => None,
        },
        None => Some(local.strftime("%Y-%m-%d %H:%M").to_string()),
    }
}

/// Whether a text says nothing about when an embargo ends.
fn is_filler(text: &str) -> bool {
    !rules::EMBARGO_FILLER.replace_all(text, " ").chars().any(char::is_alphanumeric)
}

fn hour(captures: &regex::Captures<'_>) -> Option<i8> {
    if captures.name("noon").is_some() {
        return Some(12);
    }
    let hour = ["h", "hh", "h12", "hour"]
        .iter()
        .find_map(|name| captures.name(name))?
        .as_str()
        .parse::<i8>()
        .ok()?;
    let half = captures.name("half").or_else(|| captures.name("half12"));
    match half.map(|half| half.as_str().to_lowercase().starts_with('p')) {
        Some(is_late) => (1..=12).contains(&hour).then(|| hour % 12 + if is_late { 12 } else { 0 }),
        None => (0..24).contains(&hour).then_some(hour),
    }
}

fn minute(captures: &regex::Captures<'_>) -> Option<i8> {
    let Some(minute) = captures.name("m").or_else(|| captures.name("mm")) else { return Some(0) };
    minute.as_str().parse().ok().filter(|minute| *minute < 60)
}

/// The date. A day without a year is the first such day from `from` on.
fn date(day: Day, from: Option<Date>) -> Option<Date> {
    if day.year.is_some() {
        return day.date(None);
    }
    let from = from?;
    let years = [from.year(), from.year() + 1];
    years.iter().filter_map(|year| Date::new(*year, day.month, day.day).ok()).find(|date| *date >= from)
}

fn parse_zone(name: &str) -> Option<TimeZone> {
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
        offset => {
            // `+02:00`, `GMT-5`
            let offset = offset.trim_start_matches(char::is_alphabetic);
            let digits = offset.get(1..)?.replace(':', "");
            let hours = if digits.len() > 2 { digits.len() - 2 } else { digits.len() };
            let (hours, minutes) = digits.split_at_checked(hours)?;
            let minutes = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
            let minutes = hours.parse::<i32>().ok()? * 60 + minutes;
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
    fn ends_of_embargoes_are_parsed() {
        for (text, instant) in [
            ("10:00 GMT, Jan 5, 2024", Some("2024-01-05T10:00:00Z")),
            ("0600 GMT on Tuesday, 5 January 2024", Some("2024-01-05T06:00:00Z")),
            ("00:01 Thursday 5 September 2024", Some("2024-09-05 00:01")),
            ("10 a.m. ET January 5, 2024", Some("2024-01-05T15:00:00Z")),
            ("noon BST, 5 July 2024", Some("2024-07-05T11:00:00Z")),
            ("2024-01-05T10:00:00+02:00", Some("2024-01-05T08:00:00Z")),
            ("January 5, 2024", Some("2024-01-05")),
            ("05 January 2024, 11:00 (CET)", Some("2024-01-05T10:00:00Z")),
            ("10:00 GMT-5, Jan 5, 2024", Some("2024-01-05T15:00:00Z")),
            ("2024-01-05T10:00", Some("2024-01-05 10:00")),
            ("2400 GMT Jan 5, 2024", None),
            ("10:75 GMT Jan 5, 2024", None),
            ("10h00 GMT le 5 janvier 2024", None),
            ("end of day January 5, 2024", None),
            ("after 5 January 2024", None),
            ("10:00 SGT January 5, 2024", None),
            ("10 a.m. Eastern time January 5, 2024", None),
            ("midnight Friday 5 January 2024", None),
            ("10:00 IST January 5, 2024", None),
            ("13 p.m. January 5, 2024", None),
            ("1:30 a.m. ET November 3, 2024", Some("2024-11-03T06:30:00Z")),
            ("2:30 a.m. ET March 10, 2024", None),
            ("10:00 GMT, Jan 5", None),
            ("further notice", None),
        ] {
            assert_eq!(parse_end(text, None).as_deref(), instant, "{text}");
        }
        let from = "2023-12-30".parse().ok();
        assert_eq!(parse_end("10:00 GMT, Jan 5", from).as_deref(), Some("2024-01-05T10:00:00Z"));
    }
}
