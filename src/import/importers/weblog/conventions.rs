//! Infers a site's URL pattern and time zone from the links and times of its stories.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

/// Most patterns counted. A site without a pattern has one per story.
const MOST_PATTERNS: usize = 1000;

/// Time zones with the languages spoken there, most likely first. Among zones with equal offsets, any will do.
const ZONES: [(&str, &str); 44] = [
    ("Europe/London", "en-GB cy"),
    ("Europe/Dublin", "en-IE ga"),
    ("Europe/Lisbon", "pt-PT"),
    ("Europe/Berlin", "de de-DE"),
    ("Europe/Paris", "fr fr-FR"),
    ("Europe/Madrid", "es es-ES ca gl eu"),
    ("Europe/Rome", "it it-IT"),
    ("Europe/Amsterdam", "nl nl-NL"),
    ("Europe/Brussels", "nl-BE fr-BE"),
    ("Europe/Vienna", "de-AT"),
    ("Europe/Zurich", "de-CH fr-CH it-CH"),
    ("Europe/Stockholm", "sv sv-SE"),
    ("Europe/Oslo", "no nb nb-NO nn"),
    ("Europe/Copenhagen", "da da-DK"),
    ("Europe/Warsaw", "pl pl-PL"),
    ("Europe/Prague", "cs cs-CZ"),
    ("Europe/Budapest", "hu hu-HU"),
    ("Europe/Zagreb", "hr hr-HR"),
    ("Europe/Belgrade", "sr sr-RS"),
    ("Europe/Athens", "el el-GR"),
    ("Europe/Helsinki", "fi fi-FI"),
    ("Europe/Bucharest", "ro ro-RO"),
    ("Europe/Sofia", "bg bg-BG"),
    ("Europe/Kyiv", "uk uk-UA"),
    ("Europe/Istanbul", "tr tr-TR"),
    ("Europe/Moscow", "ru ru-RU"),
    ("America/New_York", "en en-US"),
    ("America/Chicago", "en-US"),
    ("America/Denver", "en-US"),
    ("America/Los_Angeles", "en-US"),
    ("America/Phoenix", "en-US"),
    ("America/Toronto", "en-CA fr-CA"),
    ("America/Halifax", "en-CA"),
    ("America/Sao_Paulo", "pt pt-BR"),
    ("America/Mexico_City", "es-MX"),
    ("America/Argentina/Buenos_Aires", "es-AR"),
    ("America/Bogota", "es-CO"),
    ("America/Santiago", "es-CL"),
    ("Asia/Jerusalem", "he he-IL"),
    ("Asia/Kolkata", "en-IN hi ta bn"),
    ("Asia/Tokyo", "ja ja-JP"),
    ("Asia/Shanghai", "zh zh-CN"),
    ("Australia/Sydney", "en-AU"),
    ("Pacific/Auckland", "en-NZ"),
];

/// What the stories of a site have in common.
#[derive(Default)]
pub(super) struct Conventions {
    patterns: HashMap<String, usize>,
    stories: usize,
    /// The first instant of each month, with its UTC offset in seconds.
    offsets: BTreeMap<(i16, i8), (Timestamp, i32)>,
}

impl Conventions {
    /// Counts the URL of a story with this day, name and section.
    pub(super) fn path(&mut self, path: &str, local: &str, name: &str, section: &str) {
        self.stories += 1;
        let name = super::decoded(name);
        let mut day = local.get(..10).unwrap_or_default().split('-');
        let [year, month, date] = [day.next(), day.next(), day.next()];
        let parts: Vec<&str> = path.split('/').collect();
        let last = parts.iter().rposition(|part| !part.is_empty()).unwrap_or(0);
        let pattern = parts.iter().enumerate().map(|(at, part)| {
            let spelt = super::decoded(part);
            let is = |at: usize, value: Option<&str>| {
                value.is_some_and(|value| !value.is_empty() && parts.get(at) == Some(&value))
            };
            match spelt.strip_prefix(&*name) {
                Some(rest) if at == last && !name.is_empty() => format!(":slug{rest}"),
                _ if is(at, year) => ":year".to_owned(),
                _ if at > 0 && is(at - 1, year) && is(at, month) => ":month".to_owned(),
                _ if at > 1 && is(at - 2, year) && is(at - 1, month) && is(at, date) => ":day".to_owned(),
                _ if !section.is_empty() && spelt == section => ":section".to_owned(),
                _ => (*part).to_owned(),
            }
        });
        let pattern = pattern.collect::<Vec<_>>().join("/");
        if let Some(count) = self.patterns.get_mut(&pattern) {
            *count += 1;
        } else if self.patterns.len() < MOST_PATTERNS && pattern.contains(":slug") {
            self.patterns.insert(pattern, 1);
        }
    }

    /// Counts a local time and the same time in UTC, such as `2020-05-01 12:00:00`.
    pub(super) fn times(&mut self, local: &str, world: &str) {
        let read = |text: &str| text.replace(' ', "T").parse::<civil::DateTime>().ok();
        let (Some(local), Some(world)) = (read(local), read(world)) else { return };
        let Ok(instant) = world.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()) else { return };
        let Ok(clock) = local.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()) else { return };
        let offset = i32::try_from(clock.as_second() - instant.as_second()).unwrap_or(i32::MAX);
        self.offsets.entry((local.year(), local.month())).or_insert((instant, offset));
    }

    /// The pattern of more than half of the URLs.
    pub(super) fn permalink(&self) -> Option<String> {
        let (pattern, count) = self.patterns.iter().max_by_key(|(pattern, count)| (**count, *pattern))?;
        (count * 2 > self.stories).then(|| pattern.clone())
    }

    /// The time zone of the times, and whether it is certain.
    pub(super) fn zone(&self, language: Option<&str>) -> Option<(String, bool)> {
        let all: Vec<_> = self.offsets.values().copied().collect();
        let first = all.first()?.1;
        // Some months have a time that was edited by hand.
        let fits = |zone: &str| {
            let Ok(zone) = TimeZone::get(zone) else { return false };
            let right = all.iter().filter(|(instant, offset)| zone.to_offset(*instant).seconds() == *offset);
            right.count() * 50 >= all.len() * 49
        };
        // Half a year does not show whether there is daylight saving time.
        let is_whole =
            [1, 7].iter().all(|season| self.offsets.keys().any(|(_, month)| (*month - season).abs() <= 1));
        let is_constant = all.iter().all(|(_, offset)| *offset == first);
        if is_constant && first == 0 {
            return Some(("UTC".to_owned(), is_whole));
        }
        let speaks = |languages: &str| language.is_some_and(|own| languages.split(' ').any(|one| one == own));
        let found = ZONES.iter().find(|(zone, languages)| speaks(languages) && fits(zone));
        if let Some((zone, _)) = found {
            return Some(((*zone).to_owned(), true));
        }
        if is_constant {
            // These names count hours to the west.
            let hours = -first / 3600;
            return (first % 3600 == 0 && (-14..=12).contains(&hours))
                .then(|| (format!("Etc/GMT{hours:+}"), is_whole));
        }
        ZONES.iter().find(|(zone, _)| fits(zone)).map(|(zone, _)| ((*zone).to_owned(), false))
    }
}
