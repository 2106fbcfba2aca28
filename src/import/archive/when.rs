//! What archives write for a date → what bulletin reads, and its parts.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::content::writing;

/// A date that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct When {
    /// As written, in whatever zone.
    pub(in crate::import) civil: DateTime,
    /// The offset, if there is one.
    pub(in crate::import) offset: Option<Offset>,
    /// In a form that front matter may have: as written if possible.
    pub(in crate::import) text: String,
}

/// Names of months in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Russian.
const MONTHS: [&str; 12] = [
    "january januar janvier enero gennaio janeiro januari stycznia января",
    "february februar février fevrier febrero febbraio fevereiro februari lutego февраля",
    "march märz maerz mars marzo março marco maart mrt marca марта",
    "april avril abril aprile kwietnia апреля",
    "may mai mayo maggio maio mei maja мая",
    "june juni juin junio giugno junho czerwca июня",
    "july juli juillet julio luglio julho lipca июля",
    "august août aout agosto augustus sierpnia августа",
    "september septembre septiembre settembre setembro września сентября",
    "october oktober octobre octubre ottobre outubro października октября",
    "november novembre noviembre novembro listopada ноября",
    "december dezember décembre decembre diciembre dicembre dezembro grudnia декабря",
];
/// Days, and other words that a date may have.
const OTHERS: &str = "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag \
    lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo";
const LITTLE: &str = "at of the de del den der le el um uhr à a las alle às om";

/// Zones that mail has by name (RFC 5322, section 4.3).
const ZONES: [(&str, &str); 12] = [
    ("z", "+00:00"),
    ("ut", "+00:00"),
    ("utc", "+00:00"),
    ("gmt", "+00:00"),
    ("est", "-05:00"),
    ("edt", "-04:00"),
    ("cst", "-06:00"),
    ("cdt", "-05:00"),
    ("mst", "-07:00"),
    ("mdt", "-06:00"),
    ("pst", "-08:00"),
    ("pdt", "-07:00"),
];

/// Reads a date: what bulletin reads itself, and dates with English names of months. `None` if it is none, or if which number is
/// the month cannot be told.
pub(in crate::import) fn read(text: &str) -> Option<When> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    if let Some((civil, offset)) = writing::written_date(text) {
        return Some(When { civil, offset, text: text.to_owned() });
    }
    let text = in_order(text)?;
    let (civil, offset) = writing::written_date(&text)?;
    Some(When { civil, offset, text })
}

/// `Tue, 3 Mar 2015 14:05 EST` → `2015-03-03 14:05 -05:00`.
fn in_order(text: &str) -> Option<String> {
    let (mut date, mut year, mut month, mut day) = (None, None, None, None);
    let (mut time, mut half, mut zone) = (None, "", None);
    for token in text.split(|c: char| c.is_whitespace() || c == ',').filter(|token| !token.is_empty()) {
        let word = token.trim_end_matches('.').to_ascii_lowercase();
        let number = digits(&word);
        if LITTLE.split(' ').any(|little| little == word) {
        } else if let Some(index) = MONTHS.iter().position(|names| is_name(&word, names)) {
            set(&mut month, index + 1)?;
        } else if is_name(&word, OTHERS) {
        } else if let Some((name, offset)) = ZONES.iter().find(|(name, _)| *name == word) {
            // Go writes `+0000 UTC`.
            if zone.is_none() {
                zone = Some((*offset).to_owned());
            } else if !matches!(*name, "utc" | "gmt") {
                return None;
            }
        } else if word.starts_with(['+', '-']) && word.len() > 2 {
            set(&mut zone, word)?;
        } else if matches!(&*word, "am" | "pm") {
            half = if word == "am" { " am" } else { " pm" };
        } else if let Some((day_, month_, year_)) = dotted(&word) {
            set(&mut day, day_)?;
            set(&mut month, month_)?;
            set(&mut year, year_)?;
        } else if word.contains(':') && word.contains('-') {
            return None;
        } else if let Some((clock, of_day)) = clock(&word) {
            set(&mut time, clock)?;
            half = if of_day.is_empty() { half } else { of_day };
        } else if let Some(number) = number.filter(|_| word.len() == 4) {
            set(&mut year, number)?;
        } else if let Some(number) = number.filter(|_| word.len() <= 2).or_else(|| ordinal(&word)) {
            set(&mut day, number)?;
        } else if writing::written_date(&word).is_some() {
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

/// Sets what may be there once.
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

/// Whether a word is one of some names, or the first three or four letters of one.
fn is_name(word: &str, names: &str) -> bool {
    let is_short = (3..=4).contains(&word.chars().count());
    names.split_whitespace().any(|name| name == word || is_short && name.starts_with(word))
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

/// `3.5.2015`, whose day is first wherever dates have dots.
fn dotted(word: &str) -> Option<(usize, usize, usize)> {
    let parts: Vec<usize> = word.split('.').map(digits).collect::<Option<_>>()?;
    match parts.as_slice() {
        [day, month, year] if *year > 999 => Some((*day, *month, *year)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_stay_as_written_if_they_can_be_read() {
        for text in ["2015-03-03", "2015/3/3 14:05", "2015-03-03T14:05:00+02:00", "2015-03-03 14:05:00 -0500"]
        {
            assert_eq!(read(text).map(|when| when.text).as_deref(), Some(text));
        }
    }

    #[test]
    fn dates_with_names_of_months_are_put_in_order() {
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
            let when = read(text).unwrap();
            assert_eq!(when.text, expected);
            assert_eq!((when.civil.year(), when.civil.day()), (2015, 3));
        }
    }

    #[test]
    fn what_is_unclear_is_no_date() {
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
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"1 ".repeat(100_000)), None);
    }
}
