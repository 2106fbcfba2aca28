//! Dates of front matter and file names: `2026-11-22`, `2026-11-22 18:30`, `2026-11-22T18:30:00+02:00`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use super::clock::{ClockTime, format_with_offset};

/// The second day of year 1.
const FIRST: Timestamp = Timestamp::constant(-62_135_510_400, 0);

/// The dates that [`parse_date`] accepts, as a pattern of ECMA-262. It does not know how long months are.
pub(crate) const DATE_PATTERN: &str = r"^\s*\d{4}(-(0?[1-9]|1[0-2])-(0?[1-9]|[12]\d|3[01])|/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01]))([Tt\s]\s*(\d|[01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)([.,]\d+)?)?(\s*[AaPp][Mm])?\s*([Zz]|UTC|GMT|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?)?\s*$";

/// Why a text is not a date.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DateError {
    /// It has none of the known forms.
    Form,
    /// The date does not exist, with the reason.
    NoSuchDate(String),
    /// The time of day or the offset does not exist, with the reason.
    NoSuchTime(String),
    /// Clocks go forward and skip the time. Holds the time that they show instead.
    Skipped(String),
}

/// A date with or without a time, in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ParsedDate {
    /// The instant, or the first of two if clocks show the time twice.
    pub(crate) first: Timestamp,
    /// The last of these instants.
    pub(crate) last: Timestamp,
    /// Whether it is a date without a time, whose instant is the start of the day.
    pub(crate) is_day: bool,
}

/// Parses `2024-05-01`, `2024-05-01 10:00`, `2024-05-01T10:00:00.5+02:00` and similar forms. A time without an offset is in `zone`.
pub(crate) fn parse_date(text: &str, zone: &TimeZone) -> Result<ParsedDate, DateError> {
    let moment = parse_any_year(text, zone)?;
    // In all zones: machine formats have no year 0.
    if moment.first < FIRST {
        return Err(DateError::NoSuchDate("the calendar starts in year 1".to_owned()));
    }
    Ok(moment)
}

fn parse_any_year(text: &str, zone: &TimeZone) -> Result<ParsedDate, DateError> {
    let once = |instant| ParsedDate { first: instant, last: instant, is_day: false };
    let (when, offset) = parse_civil(text)?;
    if let Some(offset) = offset {
        return offset.to_timestamp(when).map(once).map_err(|_| out_of_range(when));
    }
    if !text.contains(':') {
        let instant = start_of_day(when.date(), zone)?;
        return Ok(ParsedDate { is_day: true, ..once(instant) });
    }
    match ClockTime::of(when, zone).map_err(|_| out_of_range(when))? {
        ClockTime::Once(instant) => Ok(once(instant)),
        ClockTime::Twice(first, last) => Ok(ParsedDate { first, last, is_day: false }),
        ClockTime::Skipped(instant) => Err(DateError::Skipped(format_with_offset(instant, zone))),
    }
}

/// Parses the same forms without a zone. A date without a time is midnight.
pub(crate) fn parse_civil(text: &str) -> Result<(DateTime, Option<Offset>), DateError> {
    let (date, rest) = date(text.trim())?;
    let rest = match rest.as_bytes().first() {
        None => return Ok((date.to_datetime(Time::midnight()), None)),
        Some(b'T' | b't' | b' ' | b'\t') => rest[1..].trim_start(),
        Some(_) => return Err(DateError::Form),
    };
    let (time, rest) = time(rest)?;
    Ok((date.to_datetime(time), parse_offset(rest.trim_start())?))
}

/// The first instant of a day in a zone, which is not midnight where clocks skip it.
pub(crate) fn start_of_day(date: Date, zone: &TimeZone) -> Result<Timestamp, DateError> {
    let start = date.to_zoned(zone.clone()).map_err(|_| out_of_range(date.to_datetime(Time::midnight())))?;
    if start.date() != date {
        return Err(DateError::NoSuchDate("the site's time zone skipped this day".to_owned()));
    }
    Ok(start.timestamp())
}

/// The date that a file name starts with.
pub(crate) fn file_name_date(name: &str) -> Result<Date, DateError> {
    let digits = |range: std::ops::Range<usize>| {
        name.as_bytes().get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let hyphen = |at: usize| name.as_bytes().get(at) == Some(&b'-');
    if !(digits(0..4) && hyphen(4) && digits(5..7) && hyphen(7) && digits(8..10)) {
        return Err(DateError::Form);
    }
    let (date, rest) = date(name)?;
    if rest.is_empty() || rest.starts_with(['-', '_', ' ', '.']) { Ok(date) } else { Err(DateError::Form) }
}

/// A file name without its leading date, unless nothing else is left.
pub(crate) fn strip_file_name_date(name: &str) -> &str {
    let rest = match file_name_date(name) {
        Ok(_) => name[10..].trim_start_matches(['-', '_', ' ', '.']),
        Err(_) => "",
    };
    if rest.is_empty() { name } else { rest }
}

fn out_of_range(when: DateTime) -> DateError {
    DateError::NoSuchDate(format!("{when} is out of range"))
}

/// Splits `2024-05-01`, `2024-5-1` or `2024/5/1` off the start of a text.
fn date(text: &str) -> Result<(Date, &str), DateError> {
    let (year, rest) = number(text, 4..=4)?;
    let separator = if rest.starts_with('/') { '/' } else { '-' };
    let (month, rest) = number(rest.strip_prefix(separator).ok_or(DateError::Form)?, 1..=2)?;
    let (day, rest) = number(rest.strip_prefix(separator).ok_or(DateError::Form)?, 1..=2)?;
    if !(1..=12).contains(&month) {
        return Err(DateError::NoSuchDate(format!("there is no month {month:02}")));
    }
    let first = Date::new(year, month as i8, 1).map_err(|_| DateError::Form)?;
    let days = first.days_in_month();
    if !(1..=i16::from(days)).contains(&day) {
        return Err(DateError::NoSuchDate(format!("{} has {days} days", first.strftime("%B %Y"))));
    }
    let date = Date::new(year, month as i8, day as i8).map_err(|_| DateError::Form)?;
    Ok((date, rest))
}

/// Whether a text is a date like `21-03-2023`, whose day and month are ambiguous.
pub(crate) fn has_year_last(text: &str) -> bool {
    let start = text.split_ascii_whitespace().next().unwrap_or_default();
    let parts: Vec<_> = start.split(['-', '/', '.']).collect();
    let is = |part: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&part.len()) && digits(part.as_bytes()).is_some()
    };
    matches!(parts[..], [one, other, year] if is(one, 1..=2) && is(other, 1..=2) && is(year, 4..=4))
}

/// Splits a number of this many digits off the start of a text.
fn number(text: &str, length: std::ops::RangeInclusive<usize>) -> Result<(i16, &str), DateError> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    if !length.contains(&count) {
        return Err(DateError::Form);
    }
    Ok((digits(&text.as_bytes()[..count]).ok_or(DateError::Form)?, &text[count..]))
}

/// Splits `10:00`, `9:30:15`, `10:00:00.25` or `9:30 PM` off the start of a text.
fn time(text: &str) -> Result<(Time, &str), DateError> {
    let (hour, rest) = text.split_once(':').ok_or(DateError::Form)?;
    if hour.is_empty() || hour.len() > 2 {
        return Err(DateError::Form);
    }
    let hour = digits(hour.as_bytes()).ok_or(DateError::Form)?;
    let minute = rest.get(..2).and_then(|text| digits(text.as_bytes())).ok_or(DateError::Form)?;
    let mut rest = &rest[2..];
    let mut second = 0;
    let mut nanosecond = 0;
    if let Some(after) = rest.strip_prefix(':') {
        second = after.get(..2).and_then(|text| digits(text.as_bytes())).ok_or(DateError::Form)?;
        rest = &after[2..];
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let length = after.bytes().take_while(u8::is_ascii_digit).count();
            if length == 0 {
                return Err(DateError::Form);
            }
            let digits = after[..length].bytes().chain(std::iter::repeat(b'0')).take(9);
            nanosecond = digits.fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
            rest = &after[length..];
        }
    }
    let mut hour = hour;
    if let Some((is_late, after_half)) = half_of_day(rest) {
        if !(1..=12).contains(&hour) {
            let half = rest[..rest.len() - after_half.len()].trim();
            return Err(DateError::NoSuchTime(format!("there is no hour {hour:02} {half}")));
        }
        hour = hour % 12 + if is_late { 12 } else { 0 };
        rest = after_half;
    }
    for (what, number, most) in [("hour", hour, 23), ("minute", minute, 59), ("second", second, 60)] {
        if number > most {
            return Err(DateError::NoSuchTime(format!("there is no {what} {number:02}")));
        }
    }
    // Clocks show a leap second as the second before it.
    let time =
        Time::new(hour as i8, minute as i8, second.min(59) as i8, nanosecond).map_err(|_| DateError::Form)?;
    Ok((time, rest))
}

/// Splits `am` or `PM` off the start of a text. The flag is true for `PM`.
fn half_of_day(text: &str) -> Option<(bool, &str)> {
    let text = text.trim_start();
    let (half, rest) = text.split_at_checked(2)?;
    let is_late = half.eq_ignore_ascii_case("pm");
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric());
    (ends && (is_late || half.eq_ignore_ascii_case("am"))).then_some((is_late, rest))
}

/// Parses `Z`, `UTC`, `+02:00`, `+0200` or `+02`; `None` if the text is empty.
pub(super) fn parse_offset(text: &str) -> Result<Option<Offset>, DateError> {
    match text {
        "" => return Ok(None),
        "Z" | "z" | "UTC" | "GMT" => return Ok(Some(Offset::UTC)),
        _ => {}
    }
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(DateError::Form),
    };
    let bytes = rest.as_bytes();
    let (hours, minutes) = match bytes.len() {
        2 => (digits(bytes), Some(0)),
        4 => (digits(&bytes[..2]), digits(&bytes[2..])),
        5 if bytes[2] == b':' => (digits(&bytes[..2]), digits(&bytes[3..])),
        _ => return Err(DateError::Form),
    };
    let (Some(hours), Some(minutes)) = (hours, minutes) else {
        return Err(DateError::Form);
    };
    if hours > 23 || minutes > 59 {
        return Err(DateError::NoSuchTime(format!("`{text}` is not an offset")));
    }
    let seconds = sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60);
    Offset::from_seconds(seconds)
        .map(Some)
        .map_err(|_| DateError::NoSuchTime(format!("`{text}` is not an offset")))
}

fn digits(bytes: &[u8]) -> Option<i16> {
    let digit = |byte: &u8| byte.is_ascii_digit().then_some(i16::from(byte.wrapping_sub(b'0')));
    bytes.iter().try_fold(0, |sum, byte| Some(sum * 10 + digit(byte)?))
}

/// The days that a date in another form may mean: `20261224`, `24.12.2026`, `12/24/2026`.
pub(crate) fn possible_days(text: &str) -> impl Iterator<Item = Date> {
    let first = text.split([' ', 'T', ',']).next().unwrap_or_default();
    let numbers: Vec<i16> = match first.split(['.', '/', '-']).map(str::parse).collect::<Result<_, _>>() {
        Ok(numbers) if text.len() <= 40 => numbers,
        _ => Vec::new(),
    };
    let compact = || Some((first.get(..4)?, first.get(4..6)?, first.get(6..8)?));
    let compact = compact().filter(|_| first.len() == 8 && first.bytes().all(|byte| byte.is_ascii_digit()));
    let compact = compact.and_then(|(year, month, day)| {
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    });
    let year_last = match numbers[..] {
        [one, other, year] if year >= 1900 => vec![(year, other, one), (year, one, other)],
        _ => Vec::new(),
    };
    let year_last = year_last.into_iter().filter_map(|(year, month, day)| {
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    });
    compact.filter(|date| date.year() >= 1900).into_iter().chain(year_last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn athens() -> TimeZone {
        TimeZone::get("Europe/Athens").unwrap()
    }

    #[test]
    fn every_form_is_parsed() {
        let utc = |text: &str| text.parse::<Timestamp>().unwrap();
        let pattern = regex::Regex::new(DATE_PATTERN).unwrap();
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
            assert!(pattern.is_match(text), "{text}");
            let found = parse_date(text, &athens()).map(|moment| (moment.first, moment.last));
            assert_eq!(found, Ok((utc(instant), utc(instant))), "{text}");
        }
    }

    #[test]
    fn a_date_without_a_time_is_a_day() {
        let is_day = |text: &str| parse_date(text, &athens()).unwrap().is_day;
        assert!(is_day("2024-05-01") && is_day("2024/5/1 "));
        assert!(!is_day("2024-05-01 00:00") && !is_day("2024-05-01T00:00:00Z"));
    }

    #[test]
    fn repeated_and_skipped_times_are_distinguished() {
        let utc = |text: &str| text.parse::<Timestamp>().unwrap();
        let twice = parse_date("2024-10-27 03:30", &athens()).unwrap();
        assert_eq!((twice.first, twice.last), (utc("2024-10-27T00:30:00Z"), utc("2024-10-27T01:30:00Z")));
        let skipped = DateError::Skipped("2024-03-31T04:30+03:00".to_owned());
        assert_eq!(parse_date("2024-03-31 03:30", &athens()), Err(skipped));
        let start =
            |day: &str, zone: &str| parse_date(day, &TimeZone::get(zone).unwrap()).map(|moment| moment.first);
        // Clocks are put forward, or back, at midnight.
        assert_eq!(start("2018-11-04", "America/Sao_Paulo"), Ok(utc("2018-11-04T03:00:00Z")));
        assert_eq!(start("2024-11-03", "America/Havana"), Ok(utc("2024-11-03T04:00:00Z")));
        assert!(matches!(start("2011-12-30", "Pacific/Apia"), Err(DateError::NoSuchDate(_))));
    }

    #[test]
    fn years_start_at_1() {
        for text in ["0000-01-01", "0001-01-01T00:00:00+14:00", "0001-01-01"] {
            assert!(matches!(parse_date(text, &athens()), Err(DateError::NoSuchDate(_))), "{text}");
        }
    }

    #[test]
    fn dates_and_times_that_do_not_exist_have_a_reason() {
        for (text, why) in [
            ("2026-02-30", "February 2026 has 28 days"),
            ("2026-04-00", "April 2026 has 30 days"),
            ("2026-13-01", "there is no month 13"),
            ("2026-00-01", "there is no month 00"),
            ("9999-12-31 23:00 -12:00", "9999-12-31T23:00:00 is out of range"),
        ] {
            assert_eq!(parse_date(text, &athens()), Err(DateError::NoSuchDate(why.to_owned())), "{text}");
        }
        for (text, why) in [
            ("2026-01-01 24:00", "there is no hour 24"),
            ("2026-01-01 13:00 PM", "there is no hour 13 PM"),
            ("2026-01-01 0:30 am", "there is no hour 00 am"),
            ("2026-01-01 10:60", "there is no minute 60"),
            ("2026-01-01 10:00:61", "there is no second 61"),
            ("2026-01-01 10:00 +25:00", "`+25:00` is not an offset"),
        ] {
            assert_eq!(parse_date(text, &athens()), Err(DateError::NoSuchTime(why.to_owned())), "{text}");
        }
    }

    #[test]
    fn other_forms_are_rejected() {
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
            assert_eq!(parse_date(text, &athens()), Err(DateError::Form), "{text}");
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
                (
                    file_name_date(name).ok().map(|date| date.to_string()).as_deref(),
                    strip_file_name_date(name)
                ),
                (date, rest),
                "{name}"
            );
        }
    }
}
