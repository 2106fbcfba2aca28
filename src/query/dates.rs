//! A time → text in the site's language.

use icu_calendar::{Date, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::enums::{
    CalendarPeriodFieldSet, CompositeDateTimeFieldSet, DateAndTimeFieldSet, DateFieldSet, TimeFieldSet,
};
use icu_datetime::fieldsets::{T, Y, YM, YMD, YMDE, YMDT};
use icu_datetime::input::{DateTime, Time};
use icu_datetime::pattern::FixedCalendarDateTimeNames;
use icu_locale::Locale;
use jiff::Zoned;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;

type Formatter = FixedCalendarDateTimeFormatter<Gregorian, CompositeDateTimeFieldSet>;

/// Named styles, which CLDR defines for each language.
const STYLES: [&str; 8] = ["short", "medium", "long", "full", "time", "datetime", "month", "year"];

/// Formats times in one language and time zone.
#[derive(Debug)]
pub(crate) struct DateFormatter {
    /// In the order of `STYLES`.
    formatters: Vec<Formatter>,
    zone: TimeZone,
}

impl DateFormatter {
    /// A formatter for a BCP 47 language; unknown languages fall back to English.
    pub(crate) fn new(language: &str, zone: TimeZone) -> Self {
        let locale = Locale::try_from_str(language).unwrap_or(icu_locale::locale!("en"));
        let formatters = STYLES.iter().filter_map(|style| formatter(&locale, style)).collect();
        Self { formatters, zone }
    }

    /// Formats an RFC 3339 time or a date; `format` is a style or a strftime pattern. A date has no time of day: `datetime`
    /// formats it like `long`, and `time` gives an empty string.
    ///
    /// # Errors
    /// If the time or the format is invalid, with a message for theme authors.
    pub(crate) fn format(&self, time: &str, format: &str) -> Result<String, String> {
        let zoned = self.parse(time)?;
        if format.contains('%') {
            return jiff::fmt::strtime::format(format, &zoned)
                .map_err(|error| format!("`{format}` is not a valid strftime pattern: {error}"));
        }
        let format = match format {
            "datetime" if is_day(time) => "long",
            "time" if is_day(time) => return Ok(String::new()),
            _ => format,
        };
        let style = STYLES.iter().position(|style| *style == format);
        let formatter = style.and_then(|style| self.formatters.get(style)).ok_or_else(|| {
            format!(
                "unknown date format `{format}`; use {} or a strftime pattern such as `%d.%m.%Y`",
                STYLES.join(", ")
            )
        })?;
        let input = icu_time(&zoned).ok_or_else(|| format!("`{time}` is out of range"))?;
        Ok(formatter.format(&input).to_string())
    }

    fn parse(&self, time: &str) -> Result<Zoned, String> {
        static PARSER: DateTimeParser = DateTimeParser::new();
        let instant = PARSER.parse_timestamp(time).map(|instant| instant.to_zoned(self.zone.clone()));
        instant
            .or_else(|_| PARSER.parse_datetime(time).and_then(|local| local.to_zoned(self.zone.clone())))
            .map_err(|_| format!("`{time}` is not a valid time; write it as in `2026-11-20T14:05:00+02:00`"))
    }
}

/// Whether a text is a date without a time.
fn is_day(text: &str) -> bool {
    !text.contains(':')
}

fn formatter(locale: &Locale, style: &str) -> Option<Formatter> {
    let fields = match style {
        "short" => CompositeDateTimeFieldSet::Date(DateFieldSet::YMD(YMD::short())),
        "medium" => CompositeDateTimeFieldSet::Date(DateFieldSet::YMD(YMD::medium())),
        "long" => CompositeDateTimeFieldSet::Date(DateFieldSet::YMD(YMD::long())),
        "full" => CompositeDateTimeFieldSet::Date(DateFieldSet::YMDE(YMDE::long())),
        "time" => CompositeDateTimeFieldSet::Time(TimeFieldSet::T(T::hm())),
        "datetime" => CompositeDateTimeFieldSet::DateTime(DateAndTimeFieldSet::YMDT(
            YMDT::long().with_time_precision(icu_datetime::options::TimePrecision::Minute),
        )),
        "month" => CompositeDateTimeFieldSet::CalendarPeriod(CalendarPeriodFieldSet::YM(YM::long())),
        _ => CompositeDateTimeFieldSet::CalendarPeriod(CalendarPeriodFieldSet::Y(Y::long())),
    };
    let formatter = Formatter::try_new(locale.into(), fields).ok()?;
    // ICU loads data for the pattern with an era but formats without one. For `month` in Portuguese, the former has no
    // number, so digits would be missing: load them in any case.
    let mut names = FixedCalendarDateTimeNames::from_formatter(locale.into(), formatter);
    names.include_decimal_formatter().ok()?;
    names.try_into_formatter(fields).ok()
}

fn icu_time(zoned: &Zoned) -> Option<DateTime<Gregorian>> {
    let (date, time) = (zoned.date(), zoned.time());
    let part = |value: i8| u8::try_from(value).ok();
    Some(DateTime {
        date: Date::try_new_gregorian(i32::from(date.year()), part(date.month())?, part(date.day())?).ok()?,
        time: Time::try_new(part(time.hour())?, part(time.minute())?, part(time.second())?, 0).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(language: &str, format: &str) -> String {
        let zone = TimeZone::get("Europe/Athens").unwrap();
        DateFormatter::new(language, zone).format("2026-11-20T14:05:00+02:00", format).unwrap()
    }

    #[test]
    fn each_language_has_its_own_order_and_names() {
        assert_eq!(formatted("en", "long"), "November 20, 2026");
        assert_eq!(formatted("en-GB", "long"), "20 November 2026");
        assert_eq!(formatted("el", "long"), "20 Νοεμβρίου 2026");
        assert_eq!(formatted("de", "full"), "Freitag, 20. November 2026");
        assert_eq!(formatted("en-GB", "time"), "14:05");
        assert_eq!(formatted("fr", "month"), "novembre 2026");
        assert_eq!(formatted("en-GB", "year"), "2026");
    }

    #[test]
    fn months_of_portuguese_have_their_year() {
        for language in ["pt", "pt-BR", "pt-PT"] {
            assert_eq!(formatted(language, "month"), "novembro de 2026");
            assert_eq!(formatted(language, "long"), "20 de novembro de 2026");
        }
    }

    /// A formatter that lacks data panics in debug builds.
    #[test]
    fn every_format_works_in_every_language() {
        let languages = "af ar be bg bn bs ca cs cy da de el en en-GB es es-MX et eu fa fi fil fr fr-CA ga gl gu he hi hr hu hy id is it ja ka \
                         kk km ko lo lt lv mk ml mn mr ms my nb ne nl nn pa pl ps pt pt-BR pt-PT ro ru sk sl sq sr sv sw ta te th tr uk ur \
                         uz vi yue zh zh-Hant zu";
        for language in languages.split_whitespace() {
            for zone in [TimeZone::UTC, TimeZone::get("Asia/Tokyo").unwrap()] {
                let dates = DateFormatter::new(language, zone);
                for time in [
                    "2026-11-20T14:05:00+02:00",
                    "2026-01-31T00:00:00Z",
                    "1926-03-02T23:59:59Z",
                    "1066-12-25",
                ] {
                    for style in STYLES {
                        let text = dates.format(time, style).unwrap();
                        let may_be_empty = style == "time" && is_day(time);
                        assert!(
                            may_be_empty || text.chars().any(char::is_numeric),
                            "{language} {style}: {text}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn strftime_patterns_are_used_as_written() {
        assert_eq!(formatted("en", "%Y/%m/%d %H:%M"), "2026/11/20 14:05");
    }

    #[test]
    fn times_are_converted_to_the_sites_zone() {
        let dates = DateFormatter::new("en-GB", TimeZone::get("Europe/Athens").unwrap());
        assert_eq!(dates.format("2026-11-20T23:30:00Z", "long").unwrap(), "21 November 2026");
    }

    #[test]
    fn a_date_has_no_time_of_day() {
        for (language, zone, long) in [
            ("en", "America/New_York", "November 22, 2026"),
            ("de", "Europe/Berlin", "22. November 2026"),
            ("ar", "Africa/Cairo", "22 نوفمبر 2026"),
        ] {
            let dates = DateFormatter::new(language, TimeZone::get(zone).unwrap());
            assert_eq!(
                dates.format("2026-11-22", "long").unwrap(),
                dates.format("2026-11-22", "datetime").unwrap()
            );
            assert_eq!(dates.format("2026-11-22", "datetime").unwrap(), long);
            assert_eq!(dates.format("2026-11-22", "time").unwrap(), "");
        }
    }

    #[test]
    fn invalid_times_and_formats_are_reported() {
        let dates = DateFormatter::new("en", TimeZone::UTC);
        assert!(dates.format("yesterday", "long").unwrap_err().contains("not a valid time"));
        assert!(dates.format("2026-11-20", "lnog").unwrap_err().contains("unknown date format"));
    }
}
