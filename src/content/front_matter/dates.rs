//! What people write for an instant → the instant.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

/// Why a text is no instant.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It has none of the forms.
    Form,
    /// It has, but there is no such date or time: a sentence about it.
    Impossible(String),
}

/// Reads `2024-05-01`, `2024-05-01 10:00`, `2024-05-01T10:00:00.5+02:00` and the like. What has no offset is
/// in `zone`; a time that the clocks skip is as much later as they do, one that they repeat is the first.
pub(super) fn parse(text: &str, zone: &TimeZone) -> Result<Timestamp, Wrong> {
    let (date, rest) = date(text.trim())?;
    let rest = match rest.as_bytes().first() {
        None => "",
        Some(b'T' | b't' | b' ' | b'\t') => rest[1..].trim_start(),
        Some(_) => return Err(Wrong::Form),
    };
    if rest.is_empty() {
        return if text.trim().len() == 10 {
            at(date.to_datetime(Time::midnight()), zone)
        } else {
            Err(Wrong::Form)
        };
    }
    let (time, rest) = time(rest)?;
    let when = date.to_datetime(time);
    match offset(rest.trim_start())? {
        None => at(when, zone),
        Some(offset) => offset.to_timestamp(when).map_err(|_| out_of_range(when)),
    }
}

/// The start of a day in a zone.
pub(super) fn midnight(date: Date, zone: &TimeZone) -> Result<Timestamp, Wrong> {
    at(date.to_datetime(Time::midnight()), zone)
}

/// The date in front of a file's name.
pub(super) fn of_name(name: &str) -> Result<Date, Wrong> {
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

fn at(when: DateTime, zone: &TimeZone) -> Result<Timestamp, Wrong> {
    zone.to_timestamp(when).map_err(|_| out_of_range(when))
}

fn out_of_range(when: DateTime) -> Wrong {
    Wrong::Impossible(format!("{when} is too far away"))
}

/// `2024-05-01` at the start of a text, and the rest.
fn date(text: &str) -> Result<(Date, &str), Wrong> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return Err(Wrong::Form);
    }
    let number = |range: std::ops::Range<usize>| digits(&bytes[range]);
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return Err(Wrong::Form);
    };
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
    Ok((date, &text[10..]))
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

/// `10:00`, `9:30:15`, `10:00:00.25` at the start of a text, and the rest.
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
    for (what, number, most) in [("hour", hour, 23), ("minute", minute, 59), ("second", second, 60)] {
        if number > most {
            return Err(Wrong::Impossible(format!("there is no {what} {number:02}")));
        }
    }
    // A leap second is the last one that clocks show.
    let time =
        Time::new(hour as i8, minute as i8, second.min(59) as i8, nanosecond).map_err(|_| Wrong::Form)?;
    Ok((time, rest))
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
        return Err(Wrong::Impossible(format!("there is no offset {text}")));
    }
    let seconds = sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60);
    Offset::from_seconds(seconds)
        .map(Some)
        .map_err(|_| Wrong::Impossible(format!("there is no offset {text}")))
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
            // The clocks skip 03:00 to 04:00, and repeat it in October.
            ("2024-03-31 03:30", "2024-03-31T01:30:00Z"),
            ("2024-10-27 03:30", "2024-10-27T00:30:00Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(parse(text, &athens()), Ok(utc(instant)), "{text}");
        }
    }

    #[test]
    fn what_is_impossible_is_said() {
        for (text, why) in [
            ("2026-02-30", "February 2026 has 28 days, so there is no 30"),
            ("2026-04-00", "April 2026 has 30 days, so there is no 00"),
            ("2026-13-01", "there is no month 13"),
            ("2026-00-01", "there is no month 00"),
            ("2026-01-01 24:00", "there is no hour 24"),
            ("2026-01-01 10:60", "there is no minute 60"),
            ("2026-01-01 10:00:61", "there is no second 61"),
            ("2026-01-01 10:00 +25:00", "there is no offset +25:00"),
            ("9999-12-31 23:00 -12:00", "9999-12-31T23:00:00 is too far away"),
        ] {
            assert_eq!(parse(text, &athens()), Err(Wrong::Impossible(why.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_has_another_form_is_no_date() {
        for text in [
            "",
            "2024",
            "20240501",
            "2024-5-1",
            "01.05.2024",
            "May 1, 2024",
            "2024/05/01",
            "2024-05-01T",
            "2024-05-01x",
            "2024-05-01 10",
            "2024-05-01 10:0",
            "2024-05-01 10:00:",
            "2024-05-01 10:00 am",
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
