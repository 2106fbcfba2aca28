//! Dates of archives: those of front matter, and dates with the names of months: `Tue, 3 Mar 2015 14:05 EST`.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::clock::format_offset;
use super::days::parse_dotted_day;
use super::{names, parse_civil};

/// A date of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArchiveDate {
    /// The local date and time, in any zone.
    pub(crate) civil: DateTime,
    /// The offset, if it has one.
    pub(crate) offset: Option<Offset>,
    /// A form that front matter accepts: as written, if possible.
    pub(crate) text: String,
}

/// Words that a date may contain besides weekdays.
const FILLERS: &str = "at of the de del den der le el um uhr à a las alle às om";

/// Parses a date of an archive. `None` if it is not a date, or if day and month are ambiguous.
pub(crate) fn parse_archive_date(text: &str) -> Option<ArchiveDate> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    if let Ok((civil, offset)) = parse_civil(text) {
        return Some(ArchiveDate { civil, offset, text: text.to_owned() });
    }
    let text = reorder(text)?;
    let (civil, offset) = parse_civil(&text).ok()?;
    Some(ArchiveDate { civil, offset, text })
}

/// `Tue, 3 Mar 2015 14:05 EST` → `2015-03-03 14:05 -05:00`.
fn reorder(text: &str) -> Option<String> {
    let (mut date, mut year, mut month, mut day) = (None, None, None, None);
    let (mut time, mut half, mut zone) = (None, "", None);
    for token in text.split(|c: char| c.is_whitespace() || c == ',').filter(|token| !token.is_empty()) {
        let word = token.trim_end_matches('.').to_ascii_lowercase();
        let number = digits(&word);
        if FILLERS.split(' ').any(|little| little == word) {
        } else if let Some(number) = names::exact_month(&word) {
            set(&mut month, usize::from(number.unsigned_abs()))?;
        } else if names::is_weekday(&word) {
        } else if let Some(offset) = names::zone_offset(&word) {
            // Go writes `+0000 UTC`.
            if zone.is_none() {
                zone = Some(format_offset(offset));
            } else if !matches!(&*word, "utc" | "gmt") {
                return None;
            }
        } else if word.starts_with(['+', '-']) && word.len() > 2 {
            set(&mut zone, word)?;
        } else if matches!(&*word, "am" | "pm") {
            half = if word == "am" { " am" } else { " pm" };
        } else if let Some(day) = parse_dotted_day(&word) {
            set(&mut date, day.to_string())?;
        } else if word.contains(':') && word.contains('-') {
            return None;
        } else if let Some((clock, of_day)) = clock(&word) {
            set(&mut time, clock)?;
            half = if of_day.is_empty() { half } else { of_day };
        } else if let Some(number) = number.filter(|_| word.len() == 4) {
            set(&mut year, number)?;
        } else if let Some(number) = number.filter(|_| word.len() <= 2).or_else(|| ordinal(&word)) {
            set(&mut day, number)?;
        } else if parse_civil(&word).is_ok() {
            set(&mut date, word)?;
        } else {
            return None;
        }
    }
    let date = match (date, year, month, day) {
        (Some(date), None, None, None) => date,
        (None, Some(year), Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}"),
        _ => return None,
    };
    let zone = zone.map(|zone| format!(" {zone}")).unwrap_or_default();
    Some(match time {
        Some(time) => format!("{date} {time}{half}{zone}"),
        None if half.is_empty() && zone.is_empty() => date,
        None => return None,
    })
}

/// Sets a part that a date has once.
fn set<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.is_none().then(|| *place = Some(value))
}

fn digits(word: &str) -> Option<usize> {
    (!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())).then(|| word.parse().ok()).flatten()
}

/// `3rd`.
fn ordinal(word: &str) -> Option<usize> {
    let end = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end))?;
    digits(end).filter(|_| end.len() <= 2)
}

/// `15.45`, `15h45`, `8:5` and `3:05pm` as `15:45`, `15:45`, `8:05`, and `3:05` with its half of the day.
fn clock(word: &str) -> Option<(String, &'static str)> {
    let halves = [("am", " am"), ("pm", " pm"), ("", "")];
    let (bare, half) = halves.into_iter().find_map(|(end, half)| Some((word.strip_suffix(end)?, half)))?;
    let mut parts = bare.split([':', '.', 'h']);
    let hour = parts.next().and_then(digits).filter(|hour| *hour < 25)?;
    let rest: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let is_time = !half.is_empty() || !rest.is_empty() || bare.ends_with('h');
    let (minute, seconds) = match rest.as_slice() {
        [] => (0, None),
        [minute] => (digits(minute)?, None),
        [minute, seconds] => (digits(minute)?, Some(digits(seconds)?)),
        _ => return None,
    };
    let seconds = seconds.map(|seconds| format!(":{seconds:02}")).unwrap_or_default();
    (is_time && minute < 60).then(|| (format!("{hour}:{minute:02}{seconds}"), half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_front_matter_accepts_stay_as_written() {
        for text in ["2015-03-03", "2015/3/3 14:05", "2015-03-03T14:05:00+02:00", "2015-03-03 14:05:00 -0500"]
        {
            assert_eq!(parse_archive_date(text).map(|when| when.text).as_deref(), Some(text));
        }
    }

    #[test]
    fn dates_with_names_of_months_are_put_reorder() {
        for (text, expected) in [
            ("Tue, 3 Mar 2015 14:05:09 EST", "2015-03-03 14:05:09 -05:00"),
            ("March 3rd, 2015", "2015-03-03"),
            ("3 Sept 2015 9:05 PM", "2015-09-03 9:05 pm"),
            ("2015-03-03 14:05:00 +0000 UTC", "2015-03-03 14:05:00 +0000"),
            ("Tuesday, 03 Mar 2015 at 14:05", "2015-03-03 14:05"),
            ("2015-03-03 15.45", "2015-03-03 15:45"),
            ("2015-03-03 8:5", "2015-03-03 8:05"),
            ("3. März 2015, 14.05 Uhr", "2015-03-03 14:05"),
            ("mardi 3 mars 2015 à 14h05", "2015-03-03 14:05"),
            ("3 de abril de 2015 3:05pm", "2015-04-03 3:05 pm"),
            ("03.04.2015", "2015-04-03"),
            ("3 марта 2015", "2015-03-03"),
        ] {
            let when = parse_archive_date(text).unwrap();
            assert_eq!(when.text, expected);
            assert_eq!((when.civil.year(), when.civil.day()), (2015, 3));
        }
    }

    #[test]
    fn ambiguous_dates_are_rejected() {
        for text in [
            "",
            "03/04/2015",
            "soon",
            "3 Mar",
            "2015-03",
            "3 4 Mar 2015",
            "31 Feb 2015",
            "Mar 2015 14:05",
            "5:00",
        ] {
            assert_eq!(parse_archive_date(text), None, "{text}");
        }
        assert_eq!(parse_archive_date(&"1 ".repeat(100_000)), None);
    }
}
