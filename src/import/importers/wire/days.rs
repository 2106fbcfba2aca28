//! `Sept. 12`, `12 сентября`, `Jan 5, 2024` → a day, whose year may not be known.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

/// A day as copy gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) struct Day {
    /// Most datelines leave it out.
    pub(super) year: Option<i16>,
    pub(super) month: i8,
    pub(super) day: i8,
}

impl Day {
    /// `28 November`
    pub(super) fn written(self) -> String {
        let name = usize::try_from(self.month)
            .ok()
            .and_then(|month| ENGLISH.get(month.checked_sub(1)?))
            .unwrap_or(&"");
        let name =
            name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect::<String>();
        format!("{} {name}", self.day)
    }

    /// The date. Without a year of its own it is the last such day until `latest`.
    pub(in crate::import) fn date(self, latest: Option<Date>) -> Option<Date> {
        if let Some(year) = self.year {
            return Date::new(year, self.month, self.day).ok();
        }
        let latest = latest?;
        // The 29th of February comes every fourth year, but for some.
        let years = (0..8).map(|back| latest.year() - back);
        years.filter_map(|year| Date::new(year, self.month, self.day).ok()).find(|date| *date <= latest)
    }
}

/// Beginnings of the names of months, each as long as it must be to be no other's.
const MONTHS: [(&str, i8); 118] = [
    // English, and most of what others share with it.
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    // German and Dutch.
    ("jän", 1),
    ("mär", 3),
    ("mai", 5),
    ("okt", 10),
    ("dez", 12),
    ("mrt", 3),
    ("maa", 3),
    ("mei", 5),
    // French.
    ("fév", 2),
    ("fev", 2),
    ("avr", 4),
    ("juin", 6),
    ("juil", 7),
    ("aoû", 8),
    ("aou", 8),
    ("déc", 12),
    // Spanish, Italian, Portuguese, Catalan.
    ("ene", 1),
    ("abr", 4),
    ("ago", 8),
    ("dic", 12),
    ("gen", 1),
    ("mag", 5),
    ("giu", 6),
    ("lug", 7),
    ("set", 9),
    ("ott", 10),
    ("out", 10),
    ("des", 12),
    // The northern languages and Turkish.
    ("maj", 5),
    ("oca", 1),
    ("şub", 2),
    ("nis", 4),
    ("haz", 6),
    ("tem", 7),
    ("ağu", 8),
    ("eyl", 9),
    ("eki", 10),
    ("kas", 11),
    ("ara", 12),
    // Polish and Czech.
    ("sty", 1),
    ("lut", 2),
    ("kwi", 4),
    ("cze", 6),
    ("lip", 7),
    ("sie", 8),
    ("wrz", 9),
    ("paź", 10),
    ("lis", 11),
    ("gru", 12),
    // Greek.
    ("ιαν", 1),
    ("φεβ", 2),
    ("μαρ", 3),
    ("μάρ", 3),
    ("απρ", 4),
    ("μαΐ", 5),
    ("μαϊ", 5),
    ("μάι", 5),
    ("ιουν", 6),
    ("ιούν", 6),
    ("ιουλ", 7),
    ("ιούλ", 7),
    ("αυγ", 8),
    ("αύγ", 8),
    ("σεπ", 9),
    ("οκτ", 10),
    ("νοε", 11),
    ("νοέ", 11),
    ("δεκ", 12),
    // Russian, Ukrainian.
    ("янв", 1),
    ("фев", 2),
    ("мар", 3),
    ("апр", 4),
    ("мая", 5),
    ("май", 5),
    ("июн", 6),
    ("июл", 7),
    ("авг", 8),
    ("сен", 9),
    ("окт", 10),
    ("ноя", 11),
    ("дек", 12),
    ("січ", 1),
    ("лют", 2),
    ("бер", 3),
    ("кві", 4),
    ("тра", 5),
    ("чер", 6),
    ("лип", 7),
    ("сер", 8),
    ("вер", 9),
    ("жов", 10),
    ("лис", 11),
    ("гру", 12),
    // Arabic.
    ("يناير", 1),
    ("فبراير", 2),
    ("مارس", 3),
    ("أبريل", 4),
    ("ابريل", 4),
    ("مايو", 5),
    ("يونيو", 6),
    ("يوليو", 7),
    ("أغسطس", 8),
    ("سبتمبر", 9),
    ("أكتوبر", 10),
    ("نوفمبر", 11),
    ("ديسمبر", 12),
];

/// Whole names that the beginnings above would take for another month, or for one at all.
const ENGLISH: [&str; 23] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
];

static MONTH_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i)(\p{L}{3,12})\.?\s?(\d{1,2})(?:st|nd|rd|th)?(?:\s?,?\s?(\d{4}))?$")
        .expect("a pattern that is tested")
});
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i)(\d{1,2})(?:st|nd|rd|th|er|º|η)?\.?\s(?:de\s|d')?(\p{L}{3,12})\.?(?:\s?,?\s?(?:de\s)?(\d{4}))?(?:\s?г\.?)?$").expect("a pattern that is tested")
});
static ISO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\d{4})-(\d{2})-(\d{2})$").expect("a pattern that is tested"));
static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i)(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)\.?,?\s+")
        .expect("a pattern that is tested")
});

/// The day that a whole text is, a weekday before it or not.
pub(in crate::import) fn day(text: &str) -> Option<Day> {
    let text = text.trim().trim_end_matches(',');
    let text = WEEKDAY.find(text).map_or(text, |weekday| &text[weekday.end()..]);
    let text = text.strip_prefix("le ").unwrap_or(text);
    let numbers = |captures: &regex::Captures<'_>, month: usize, day: usize, year: usize| {
        let day = captures[day].parse().ok().filter(|day| (1..=31).contains(day))?;
        let year = captures.get(year).map(|year| year.as_str().parse().ok());
        Some(Day { year: year.unwrap_or_default(), month: self::month(&captures[month])?, day })
    };
    if let Some(captures) = MONTH_FIRST.captures(text) {
        return numbers(&captures, 1, 2, 3);
    }
    if let Some(captures) = DAY_FIRST.captures(text) {
        return numbers(&captures, 2, 1, 3);
    }
    let captures = ISO.captures(text)?;
    let month = captures[2].parse().ok().filter(|month| (1..=12).contains(month))?;
    Some(Day { year: captures[1].parse().ok(), month, day: captures[3].parse().ok()? })
}

/// The month of a name.
pub(super) fn month(name: &str) -> Option<i8> {
    let name = name.to_lowercase();
    if let Some(at) = ENGLISH.iter().position(|month| *month == name) {
        let first = MONTHS.iter().find(|(start, _)| ENGLISH[at].starts_with(start));
        return first.map(|(_, month)| *month);
    }
    // `juin` and `juil` before `jun`; words that only begin like a month are longer than months are.
    let fits = |(start, _): &&(&str, i8)| name.starts_with(start) && name.chars().count() <= 11;
    MONTHS.iter().filter(fits).max_by_key(|(start, _)| start.len()).map(|(_, month)| *month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_many_languages() {
        let known = |year, month, day| Some(Day { year: Some(year), month, day });
        let plain = |month, day| Some(Day { year: None, month, day });
        for (text, found) in [
            ("March 3", plain(3, 3)),
            ("Sept. 12", plain(9, 12)),
            ("MARCH 3", plain(3, 3)),
            ("Jan 5, 2024", known(2024, 1, 5)),
            ("12 September 2014", known(2014, 9, 12)),
            ("Friday, Sept 12", plain(9, 12)),
            ("12. September", plain(9, 12)),
            ("12 sep", plain(9, 12)),
            ("12 de septiembre de 2014", known(2014, 9, 12)),
            ("3 juin", plain(6, 3)),
            ("3 juillet", plain(7, 3)),
            ("12 сентября", plain(9, 12)),
            ("12 Σεπτεμβρίου", plain(9, 12)),
            ("12 سبتمبر", plain(9, 12)),
            ("2014-09-12", known(2014, 9, 12)),
            ("Berlin 12", None),
            ("March", None),
            ("March 99", None),
            ("", None),
        ] {
            assert_eq!(day(text), found, "{text}");
        }
    }

    #[test]
    fn a_day_without_a_year_is_the_last_one() {
        let date = |text: &str| text.parse::<Date>().ok();
        let of = |text: &str, latest: &str| day(text).and_then(|day| day.date(date(latest)));
        assert_eq!(of("Sept 12", "2014-09-12"), date("2014-09-12"));
        assert_eq!(of("Dec 31", "2015-01-02"), date("2014-12-31"));
        assert_eq!(of("Feb 29", "2027-01-02"), date("2024-02-29"));
        assert_eq!(of("Jan 5, 2020", "2015-01-02"), date("2020-01-05"));
        assert_eq!(day("Sept 12").and_then(|day| day.date(None)), None);
    }
}
