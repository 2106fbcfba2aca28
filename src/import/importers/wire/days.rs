//! `Sept. 12`, `12 сентября`, `Jan 5, 2024` → a day, perhaps without its year.

use jiff::civil::Date;

use super::rules;

/// A day of copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) struct Day {
    /// The year, which most datelines omit.
    pub(super) year: Option<i16>,
    pub(super) month: i8,
    pub(super) day: i8,
}

impl Day {
    /// `28 November`
    pub(super) fn display(self) -> String {
        // A leap year has every day.
        Date::new(2000, self.month, self.day)
            .map(|date| date.strftime("%-d %B").to_string())
            .unwrap_or_default()
    }

    /// The date. A day without a year is the last such day up to `latest`.
    pub(in crate::import) fn date(self, latest: Option<Date>) -> Option<Date> {
        if let Some(year) = self.year {
            return Date::new(year, self.month, self.day).ok();
        }
        let latest = latest?;
        // February 29 may be up to eight years ago.
        let years = (0..8).map(|back| latest.year() - back);
        years.filter_map(|year| Date::new(year, self.month, self.day).ok()).find(|date| *date <= latest)
    }
}

/// The shortest unambiguous prefixes of the names of months in 18 languages.
const MONTHS: [&str; 12] = [
    "jan jän ene gen oca sty ιαν янв січ يناير",
    "feb fév fev şub lut φεβ фев лют فبراير",
    "mar mär mrt maa μαρ μάρ мар бер مارس",
    "apr avr abr nis kwi απρ апр кві أبريل ابريل",
    "may mai mei mag maj μαΐ μαϊ μάι мая май тра مايو",
    "jun juin giu haz cze ιουν ιούν июн чер يونيو",
    "jul juil lug tem lip ιουλ ιούλ июл лип يوليو",
    "aug aoû aou ago ağu sie αυγ αύγ авг сер أغسطس",
    "sep set eyl wrz σεπ сен вер سبتمبر",
    "oct okt ott out eki paź οκτ окт жов أكتوبر",
    "nov kas lis νοε νοέ ноя лис نوفمبر",
    "dec dez déc dic des ara gru δεκ дек гру ديسمبر",
];

/// Parses a text that is a day, perhaps after a weekday.
pub(in crate::import) fn parse(text: &str) -> Option<Day> {
    let text = text.trim().trim_end_matches(',');
    let text = rules::WEEKDAY_PREFIX.find(text).map_or(text, |weekday| &text[weekday.end()..]);
    let text = text.strip_prefix("le ").unwrap_or(text);
    let numbers = |captures: &regex::Captures<'_>, month: usize, day: usize, year: usize| {
        let day = captures[day].parse().ok().filter(|day| (1..=31).contains(day))?;
        let year = captures.get(year).map(|year| year.as_str().parse().ok());
        Some(Day { year: year.unwrap_or_default(), month: month_number(&captures[month])?, day })
    };
    if let Some(captures) = rules::MONTH_FIRST.captures(text) {
        return numbers(&captures, 1, 2, 3);
    }
    if let Some(captures) = rules::DAY_FIRST.captures(text) {
        return numbers(&captures, 2, 1, 3);
    }
    let captures = rules::ISO_DAY.captures(text)?;
    let month = captures[2].parse().ok().filter(|month| (1..=12).contains(month))?;
    Some(Day { year: captures[1].parse().ok(), month, day: captures[3].parse().ok()? })
}

/// The number of a month by its name.
pub(super) fn month_number(name: &str) -> Option<i8> {
    let name = name.to_lowercase();
    // The longest prefix wins: `juin` over `jun`. Longer words only begin like a month.
    let starts =
        MONTHS.iter().zip(1..).flat_map(|(all, month)| all.split(' ').map(move |start| (start, month)));
    let fits = starts.filter(|(start, _)| name.starts_with(start) && name.chars().count() <= 11);
    fits.max_by_key(|(start, _)| start.len()).map(|(_, month)| month)
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
            assert_eq!(parse(text), found, "{text}");
        }
    }

    #[test]
    fn a_day_without_a_year_is_the_last_one() {
        let date = |text: &str| text.parse::<Date>().ok();
        let of = |text: &str, latest: &str| parse(text).and_then(|day| day.date(date(latest)));
        assert_eq!(of("Sept 12", "2014-09-12"), date("2014-09-12"));
        assert_eq!(of("Dec 31", "2015-01-02"), date("2014-12-31"));
        assert_eq!(of("Feb 29", "2027-01-02"), date("2024-02-29"));
        assert_eq!(of("Jan 5, 2020", "2015-01-02"), date("2020-01-05"));
        assert_eq!(parse("Sept 12").and_then(|day| day.date(None)), None);
    }
}
