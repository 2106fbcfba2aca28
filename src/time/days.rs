//! Days of prose, with or without a year: `Sept. 12`, `12 сентября`, `Jan 5, 2024`.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::names;

/// A day whose year may not be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    /// The year, which most datelines leave out.
    pub(crate) year: Option<i16>,
    /// From 1 to 12.
    pub(crate) month: i8,
    /// From 1 to 31.
    pub(crate) day: i8,
}

impl Day {
    /// `28 November`
    pub(crate) fn display(self) -> String {
        // A leap year has all days.
        Date::new(2000, self.month, self.day)
            .map(|date| date.strftime("%-d %B").to_string())
            .unwrap_or_default()
    }

    /// The date. Without a year, the last such day on or before `latest`.
    pub(crate) fn date(self, latest: Option<Date>) -> Option<Date> {
        if let Some(year) = self.year {
            return Date::new(year, self.month, self.day).ok();
        }
        let latest = latest?;
        // 29 February may be missing for up to eight years.
        let years = (0..8).map(|back| latest.year() - back);
        years.filter_map(|year| Date::new(year, self.month, self.day).ok()).find(|date| *date <= latest)
    }
}

static MONTH_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i)(\p{L}{3,12})\.?\s?(\d{1,2})(?:st|nd|rd|th)?(?:\s?,?\s?(\d{4}))?$")
        .expect("a tested pattern")
});
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i)(\d{1,2})(?:st|nd|rd|th|er|º|η)?\.?\s(?:de\s|d')?(\p{L}{3,12})\.?(?:\s?,?\s?(?:de\s)?(\d{4}))?(?:\s?г\.?)?$").expect("a tested pattern")
});
static ISO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\d{4})-(\d{2})-(\d{2})$").expect("a tested pattern"));
static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = format!(r"^(?i)(?:{})\.?,?\s+", names::any_weekday_pattern());
    Regex::new(&pattern).expect("a tested pattern")
});

/// Parses a text that is a day, with or without a weekday.
pub(crate) fn parse_day(text: &str) -> Option<Day> {
    let text = text.trim().trim_end_matches(',');
    let text = WEEKDAY.find(text).map_or(text, |weekday| &text[weekday.end()..]);
    let text = text.strip_prefix("le ").unwrap_or(text);
    let numbers = |captures: &regex::Captures<'_>, month: usize, day: usize, year: usize| {
        let day = captures[day].parse().ok().filter(|day| (1..=31).contains(day))?;
        let year = captures.get(year).map(|year| year.as_str().parse().ok());
        Some(Day { year: year.unwrap_or_default(), month: names::parse_month(&captures[month])?, day })
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

/// Parses `3.5.2015`, in which the day comes first.
pub(super) fn parse_dotted_day(text: &str) -> Option<Date> {
    let mut parts = text.split('.').map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let year = year.parse().ok().filter(|year| *year > 999 && parts.next().is_none())?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_parsed_in_many_languages() {
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
            assert_eq!(parse_day(text), found, "{text}");
        }
    }

    #[test]
    fn a_day_without_a_year_is_the_last_one() {
        let date = |text: &str| text.parse::<Date>().ok();
        let of = |text: &str, latest: &str| parse_day(text).and_then(|day| day.date(date(latest)));
        assert_eq!(of("Sept 12", "2014-09-12"), date("2014-09-12"));
        assert_eq!(of("Dec 31", "2015-01-02"), date("2014-12-31"));
        assert_eq!(of("Feb 29", "2027-01-02"), date("2024-02-29"));
        assert_eq!(of("Jan 5, 2020", "2015-01-02"), date("2020-01-05"));
        assert_eq!(parse_day("Sept 12").and_then(|day| day.date(None)), None);
    }
}
