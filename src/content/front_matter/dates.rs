//! What people write for an instant → the instant.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use crate::instant::{self, OnClock};

/// The second day of year 1.
const FIRST: Timestamp = Timestamp::constant(-62_135_510_400, 0);

/// Why a text is no instant.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It has none of the forms.
    Form,
    /// It has, but there is no such date or time: a sentence about it.
    Impossible(String),
    /// The same of a time of day or an offset.
    NoTime(String),
    /// Clocks do not show it on that day, as they are put forward. This is what they show then.
    Skipped(String),
}

/// When something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// The instant; the first of two if clocks show the time twice.
    pub(super) first: Timestamp,
    /// The second of them, or the same.
    pub(super) last: Timestamp,
    /// Whether it is a date without a time, whose instant is the beginning of the day.
    pub(super) is_day: bool,
}

/// Reads `2024-05-01`, `2024-05-01 10:00`, `2024-05-01T10:00:00.5+02:00` and the like. What has no offset is in `zone`.
pub(super) fn parse(text: &str, zone: &TimeZone) -> Result<Moment, Wrong> {
    let moment = any(text, zone)?;
    // In all zones: formats that machines read have no year 0.
    if moment.first < FIRST {
        return Err(Wrong::Impossible("the calendar begins with year 1".to_owned()));
    }
    Ok(moment)
}

fn any(text: &str, zone: &TimeZone) -> Result<Moment, Wrong> {
    let once = |instant| Moment { first: instant, last: instant, is_day: false };
    let (when, offset) = written(text)?;
    if let Some(offset) = offset {
        return offset.to_timestamp(when).map(once).map_err(|_| out_of_range(when));
    }
    if !text.contains(':') {
        let instant = midnight(when.date(), zone)?;
        return Ok(Moment { is_day: true, ..once(instant) });
    }
    match instant::on_clock(when, zone).map_err(|_| out_of_range(when))? {
        OnClock::Once(instant) => Ok(once(instant)),
        OnClock::Twice(first, last) => Ok(Moment { first, last, is_day: false }),
        OnClock::Never(instant) => Err(Wrong::Skipped(instant::with_offset(instant, zone))),
    }
}

/// What [`parse`] reads, as it is written: a date alone is midnight.
pub(super) fn written(text: &str) -> Result<(DateTime, Option<Offset>), Wrong> {
    let (date, rest) = date(text.trim())?;
    let rest = match rest.as_bytes().first() {
        None => return Ok((date.to_datetime(Time::midnight()), None)),
        Some(b'T' | b't' | b' ' | b'\t') => rest[1..].trim_start(),
        Some(_) => return Err(Wrong::Form),
    };
    let (time, rest) = time(rest)?;
    Ok((date.to_datetime(time), offset(rest.trim_start())?))
}

/// The start of a day in a zone: the first instant of it, where clocks do not show midnight.
pub(super) fn midnight(date: Date, zone: &TimeZone) -> Result<Timestamp, Wrong> {
    let start = date.to_zoned(zone.clone()).map_err(|_| out_of_range(date.to_datetime(Time::midnight())))?;
    if start.date() != date {
        return Err(Wrong::Impossible("the calendar of the site's zone leaves this day out".to_owned()));
    }
    Ok(start.timestamp())
}

/// The date in front of a file's name.
pub(super) fn of_name(name: &str) -> Result<Date, Wrong> {
    let digits = |range: std::ops::Range<usize>| {
        name.as_bytes().get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let hyphen = |at: usize| name.as_bytes().get(at) == Some(&b'-');
    if !(digits(0..4) && hyphen(4) && digits(5..7) && hyphen(7) && digits(8..10)) {
        return Err(Wrong::Form);
    }
    let (date, rest) = date(name)?;
    if rest.is_empty() || rest.starts_with(['-', '_', ' ', '.']) { Ok(date) } else { Err(Wrong::Form) }
}

/// A file's name without the date in front, if something is left.
pub(super) fn strip(name: &str) -> &str {
    let rest = match of_name(name) {
        Ok(_) => name[10..].trim_start_matches(['-', '_', ' ', '.']),
        Err(_) => "",
    };
    if rest.is_empty() { name } else { rest }
}

fn out_of_range(when: DateTime) -> Wrong {
    Wrong::Impossible(format!("{when} is too far away"))
}

/// `2024-05-01`, `2024-5-1` or `2024/5/1` at the start of a text, and the rest.
fn date(text: &str) -> Result<(Date, &str), Wrong> {
    let (year, rest) = number(text, 4..=4)?;
    let separator = if rest.starts_with('/') { '/' } else { '-' };
    let (month, rest) = number(rest.strip_prefix(separator).ok_or(Wrong::Form)?, 1..=2)?;
    let (day, rest) = number(rest.strip_prefix(separator).ok_or(Wrong::Form)?, 1..=2)?;
    if !(1..=12).contains(&month) {
        return Err(Wrong::Impossible(format!("there is no month {month:02}")));
    }
    let first = Date::new(year, month as i8, 1).map_err(|_| Wrong::Form)?;
    let days = first.days_in_month();
    if !(1..=i16::from(days)).contains(&day) {
        let name = MONTHS[month as usize - 1];
        return Err(Wrong::Impossible(format!("{name} {year} has {days} days, so there is no {day:02}")));
    }
    let date = Date::new(year, month as i8, day as i8).map_err(|_| Wrong::Form)?;
    Ok((date, rest))
}

/// Whether a text is a date like `21-03-2023`. Which is the month cannot be told.
pub(super) fn has_year_last(text: &str) -> bool {
    let start = text.split_ascii_whitespace().next().unwrap_or_default();
    let parts: Vec<_> = start.split(['-', '/', '.']).collect();
    let is = |part: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&part.len()) && digits(part.as_bytes()).is_some()
    };
    matches!(parts[..], [one, other, year] if is(one, 1..=2) && is(other, 1..=2) && is(year, 4..=4))
}

/// A number of so many digits at the start of a text, and the rest.
fn number(text: &str, length: std::ops::RangeInclusive<usize>) -> Result<(i16, &str), Wrong> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    if !length.contains(&count) {
        return Err(Wrong::Form);
    }
    Ok((digits(&text.as_bytes()[..count]).ok_or(Wrong::Form)?, &text[count..]))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `10:00`, `9:30:15`, `10:00:00.25`, `9:30 PM` at the start of a text, and the rest.
fn time(text: &str) -> Result<(Time, &str), Wrong> {
    let (hour, rest) = text.split_once(':').ok_or(Wrong::Form)?;
    if hour.is_empty() || hour.len() > 2 {
        return Err(Wrong::Form);
    }
    let hour = digits(hour.as_bytes()).ok_or(Wrong::Form)?;
    let minute = rest.get(..2).and_then(|text| digits(text.as_bytes())).ok_or(Wrong::Form)?;
    let mut rest = &rest[2..];
    let mut second = 0;
    let mut nanosecond = 0;
    if let Some(after) = rest.strip_prefix(':') {
        second = after.get(..2).and_then(|text| digits(text.as_bytes())).ok_or(Wrong::Form)?;
        rest = &after[2..];
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let length = after.bytes().take_while(u8::is_ascii_digit).count();
            if length == 0 {
                return Err(Wrong::Form);
            }
            let digits = after[..length].bytes().chain(std::iter::repeat(b'0')).take(9);
            nanosecond = digits.fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
            rest = &after[length..];
        }
    }
    let mut hour = hour;
    if let Some((is_late, behind)) = half_of_day(rest) {
        if !(1..=12).contains(&hour) {
            let half = rest[..rest.len() - behind.len()].trim();
            return Err(Wrong::NoTime(format!("there is no hour {hour:02} {half}")));
        }
        hour = hour % 12 + if is_late { 12 } else { 0 };
        rest = behind;
    }
    for (what, number, most) in [("hour", hour, 23), ("minute", minute, 59), ("second", second, 60)] {
        if number > most {
            return Err(Wrong::NoTime(format!("there is no {what} {number:02}")));
        }
    }
    // A leap second is the last one that clocks show.
    let time =
        Time::new(hour as i8, minute as i8, second.min(59) as i8, nanosecond).map_err(|_| Wrong::Form)?;
    Ok((time, rest))
}

/// `am` or `PM` at the start of a text: whether it is the second half of the day, and the rest.
fn half_of_day(text: &str) -> Option<(bool, &str)> {
    let text = text.trim_start();
    let (half, rest) = text.split_at_checked(2)?;
    let is_late = half.eq_ignore_ascii_case("pm");
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric());
    (ends && (is_late || half.eq_ignore_ascii_case("am"))).then_some((is_late, rest))
}

/// `Z`, `UTC`, `+02:00`, `+0200`, `+02`; None if there is nothing.
fn offset(text: &str) -> Result<Option<Offset>, Wrong> {
    match text {
        "" => return Ok(None),
        "Z" | "z" | "UTC" | "GMT" => return Ok(Some(Offset::UTC)),
        _ => {}
    }
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(Wrong::Form),
    };
    let bytes = rest.as_bytes();
    let (hours, minutes) = match bytes.len() {
        2 => (digits(bytes), Some(0)),
        4 => (digits(&bytes[..2]), digits(&bytes[2..])),
        5 if bytes[2] == b':' => (digits(&bytes[..2]), digits(&bytes[3..])),
        _ => return Err(Wrong::Form),
    };
    let (Some(hours), Some(minutes)) = (hours, minutes) else {
        return Err(Wrong::Form);
    };
    if hours > 23 || minutes > 59 {
        return Err(Wrong::NoTime(format!("there is no offset {text}")));
    }
    let seconds = sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60);
    Offset::from_seconds(seconds).map(Some).map_err(|_| Wrong::NoTime(format!("there is no offset {text}")))
}

fn digits(bytes: &[u8]) -> Option<i16> {
    let digit = |byte: &u8| byte.is_ascii_digit().then_some(i16::from(byte.wrapping_sub(b'0')));
    bytes.iter().try_fold(0, |sum, byte| Some(sum * 10 + digit(byte)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn athens() -> TimeZone {
        TimeZone::get("Europe/Athens").unwrap()
    }

    #[test]
    fn every_form_is_read() {
        let utc = |text: &str| text.parse::<Timestamp>().unwrap();
        for (text, instant) in [
            ("2024-05-01", "2024-04-30T21:00:00Z"),
            (" 2024-12-01 ", "2024-11-30T22:00:00Z"),
            ("2024-05-01 10:00", "2024-05-01T07:00:00Z"),
            ("2024-05-01 9:30", "2024-05-01T06:30:00Z"),
            ("2024-05-01T10:00", "2024-05-01T07:00:00Z"),
            ("2024-05-01 10:00:00", "2024-05-01T07:00:00Z"),
            ("2024-05-01  10:00:05.25", "2024-05-01T07:00:05.25Z"),
            ("2024-05-01 10:00:00 +0200", "2024-05-01T08:00:00Z"),
            ("2024-05-01 10:00:00 +02:00", "2024-05-01T08:00:00Z"),
            ("2024-05-01 10:00 +02", "2024-05-01T08:00:00Z"),
            ("2024-05-01T10:00:00-0500", "2024-05-01T15:00:00Z"),
            ("2024-05-01T10:00:00-05:30", "2024-05-01T15:30:00Z"),
            ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"),
            ("2024-05-01t10:00:00z", "2024-05-01T10:00:00Z"),
            ("2024-05-01 10:00:00 UTC", "2024-05-01T10:00:00Z"),
            ("2024-05-01T10:00:00.123456789123+00:00", "2024-05-01T10:00:00.123456789Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("2024-02-29", "2024-02-28T22:00:00Z"),
            ("2024-5-1", "2024-04-30T21:00:00Z"),
            ("2024/05/01", "2024-04-30T21:00:00Z"),
            ("2024/5/1 8:00", "2024-05-01T05:00:00Z"),
            ("2014-1-17 20:00:00", "2014-01-17T18:00:00Z"),
            ("2024-05-01 8:00 PM", "2024-05-01T17:00:00Z"),
            ("2024-05-01 08:00 pm", "2024-05-01T17:00:00Z"),
            ("2024-05-01 12:30am +02:00", "2024-04-30T22:30:00Z"),
            ("2024-05-01 12:30 PM", "2024-05-01T09:30:00Z"),
            ("0001-01-02T00:00:00Z", "0001-01-02T00:00:00Z"),
        ] {
            let found = parse(text, &athens()).map(|moment| (moment.first, moment.last));
            assert_eq!(found, Ok((utc(instant), utc(instant))), "{text}");
        }
    }

    #[test]
    fn a_date_without_a_time_stays_one() {
        let is_day = |text: &str| parse(text, &athens()).unwrap().is_day;
        assert!(is_day("2024-05-01") && is_day("2024/5/1 "));
        assert!(!is_day("2024-05-01 00:00") && !is_day("2024-05-01T00:00:00Z"));
    }

    #[test]
    fn times_that_clocks_show_twice_or_never_are_told_apart() {
        let utc = |text: &str| text.parse::<Timestamp>().unwrap();
        let twice = parse("2024-10-27 03:30", &athens()).unwrap();
        assert_eq!((twice.first, twice.last), (utc("2024-10-27T00:30:00Z"), utc("2024-10-27T01:30:00Z")));
        let skipped = Wrong::Skipped("2024-03-31T04:30+03:00".to_owned());
        assert_eq!(parse("2024-03-31 03:30", &athens()), Err(skipped));
        let start =
            |day: &str, zone: &str| parse(day, &TimeZone::get(zone).unwrap()).map(|moment| moment.first);
        // Clocks are put forward, or back, at midnight.
        assert_eq!(start("2018-11-04", "America/Sao_Paulo"), Ok(utc("2018-11-04T03:00:00Z")));
        assert_eq!(start("2024-11-03", "America/Havana"), Ok(utc("2024-11-03T04:00:00Z")));
        assert!(matches!(start("2011-12-30", "Pacific/Apia"), Err(Wrong::Impossible(_))));
    }

    #[test]
    fn there_is_no_year_before_the_first() {
        for text in ["0000-01-01", "0001-01-01T00:00:00+14:00", "0001-01-01"] {
            assert!(matches!(parse(text, &athens()), Err(Wrong::Impossible(_))), "{text}");
        }
    }

    #[test]
    fn what_is_impossible_is_said() {
        for (text, why) in [
            ("2026-02-30", "February 2026 has 28 days, so there is no 30"),
            ("2026-04-00", "April 2026 has 30 days, so there is no 00"),
            ("2026-13-01", "there is no month 13"),
            ("2026-00-01", "there is no month 00"),
            ("9999-12-31 23:00 -12:00", "9999-12-31T23:00:00 is too far away"),
        ] {
            assert_eq!(parse(text, &athens()), Err(Wrong::Impossible(why.to_owned())), "{text}");
        }
        for (text, why) in [
            ("2026-01-01 24:00", "there is no hour 24"),
            ("2026-01-01 13:00 PM", "there is no hour 13 PM"),
            ("2026-01-01 0:30 am", "there is no hour 00 am"),
            ("2026-01-01 10:60", "there is no minute 60"),
            ("2026-01-01 10:00:61", "there is no second 61"),
            ("2026-01-01 10:00 +25:00", "there is no offset +25:00"),
        ] {
            assert_eq!(parse(text, &athens()), Err(Wrong::NoTime(why.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_has_another_form_is_no_date() {
        for text in [
            "",
            "2024",
            "20240501",
            "2024-5/1",
            "2024-005-1",
            "21-03-2023",
            "01/02/2023",
            "01.05.2024",
            "May 1, 2024",
            "2024-05-01T",
            "2024-05-01x",
            "2024-05-01 10",
            "2024-05-01 10:0",
            "2024-05-01 10:00:",
            "2024-05-01 10:00 amx",
            "2024-05-01 10:00 a",
            "2024-05-01 10:00 +2",
            "2024-05-01 10:00:00.",
            "2024-05-01 10:00 EST",
            "２０２４-05-01",
            "2024-05-01 1é:00",
            "2024-05-01 10:é",
            "2024-05-01 100:00",
            "2024-05-01 10:00 +é",
            "2024-05-01 10:00 é",
            "2024-05-01 +1:00",
            "-2024-05-01",
        ] {
            assert_eq!(parse(text, &athens()), Err(Wrong::Form), "{text}");
        }
    }

    #[test]
    fn a_file_name_may_start_with_a_date() {
        for (name, date, rest) in [
            ("2026-11-20-strike", Some("2026-11-20"), "strike"),
            ("2026-11-20_strike", Some("2026-11-20"), "strike"),
            ("2026-11-20", Some("2026-11-20"), "2026-11-20"),
            ("2026-11-20-", Some("2026-11-20"), "2026-11-20-"),
            ("2026-02-30-strike", None, "2026-02-30-strike"),
            ("2026-11-201", None, "2026-11-201"),
            ("strike", None, "strike"),
            ("äöüäöü", None, "äöüäöü"),
        ] {
            assert_eq!(
                (of_name(name).ok().map(|date| date.to_string()).as_deref(), strip(name)),
                (date, rest),
                "{name}"
            );
        }
    }
}
