//! The start of a paragraph → its dateline: place, day, agency.
//!
//! Forms: `LONDON, March 3 (Reuters) -`, `HELSINKI, Finland (AP) —`, `Berlin (dpa) -`, `HARRISBURG —`, `(ANSA) - ROME, SEP 12 -`,
//! `MOSCOW, September 12. /TASS/.`, `New Delhi, Sep 12 (PTI)`, `Madrid, 12 sep (EFE).-`, `新华社北京9月12日电`.

use std::ops::Range;

use jiff::civil::Date;

use super::agencies::{display_name, is_agency};
use super::place::{has_case, in_running_case, is_capitals, is_likely_city, is_place, is_region};
use super::rules;
use crate::diagnostic::floor_char_boundary;
use crate::time::{Day, parse_day};

/// The maximum number of bytes of a dateline.
const LONGEST: usize = 160;

/// A dateline. Ranges are bytes of the text that begins with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dateline {
    /// The whole dateline, with its dash and the space after it.
    pub(super) whole: Range<usize>,
    /// The place or places. Empty if there is only a day and an agency.
    pub(super) place: Range<usize>,
    /// The day.
    pub(super) day: Option<(Day, Range<usize>)>,
    /// The agency.
    pub(super) agency: Option<Range<usize>>,
}

/// The contents of a dateline, for copy of other formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct ParsedDateline {
    /// Length in bytes.
    pub(in crate::import) length: usize,
    /// The place in running case. Empty if the dateline names none.
    pub(in crate::import) place: String,
    pub(in crate::import) agency: Option<String>,
    /// The last such day up to `latest`.
    pub(in crate::import) date: Option<Date>,
}

/// Parses the dateline at the start of a text.
pub(in crate::import) fn parse(text: &str, latest: Option<Date>) -> Option<ParsedDateline> {
    let found = find(text)?;
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    Some(ParsedDateline {
        length: found.whole.end,
        place: in_running_case(part(found.place)),
        agency: found.agency.map(|range| display_name(part(range))),
        date: found.day.and_then(|(day, _)| day.date(latest)),
    })
}

/// Finds the dateline at the start of a text.
pub(super) fn find(text: &str) -> Option<Dateline> {
    if let Some(found) = chinese(text).or_else(|| japanese(text)) {
        return Some(found);
    }
    let (agency, start) = agency_first(text).unwrap_or((None, 0));
    let rest = text.get(start..)?;
    if rest.is_empty() {
        return None;
    }
    let head = &rest[..floor_char_boundary(rest, LONGEST)];
    let found = rules::DATELINE_END
        .captures_iter(head)
        .filter_map(|ends| candidate(rest, &ends))
        .find_map(Candidate::into_dateline);
    let found = found.map(|found| with_day_after(rest, found));
    let Some(mut found) = found else {
        // `(Belga) Een trein …` has only an agency.
        if agency.is_none() {
            return with_stop(text);
        }
        return agency.map(|agency| Dateline {
            whole: 0..start,
            place: 0..0,
            day: None,
            agency: Some(agency),
        });
    };
    for range in [&mut found.whole, &mut found.place] {
        *range = range.start + start..range.end + start;
    }
    if let Some((_, range)) = &mut found.day {
        *range = range.start + start..range.end + start;
    }
    found.agency = found.agency.map(|range| range.start + start..range.end + start).or(agency);
    found.whole.start = 0;
    Some(found)
}

/// The agency of `(ANSA) - ROME`, and where the rest starts.
fn agency_first(text: &str) -> Option<(Option<Range<usize>>, usize)> {
    let captures = rules::AGENCY_FIRST.captures(text)?;
    let name = captures.get(1)?;
    is_agency(name.as_str()).then(|| (Some(name.range()), captures.get(0).map_or(0, |all| all.end())))
}

/// Adds the day of `CAIRO - 3 March 2026: `.
fn with_day_after(text: &str, found: Dateline) -> Dateline {
    let rest = text.get(found.whole.end..).unwrap_or_default();
    let Some((written, _)) =
        rest.split_once(": ").filter(|(written, _)| found.day.is_none() && written.len() < 24)
    else {
        return found;
    };
    let Some(day) = parse_day(written) else { return found };
    let start = found.whole.end;
    Dateline { whole: 0..start + written.len() + 2, day: Some((day, start..start + written.len())), ..found }
}

/// A city in capitals and a full stop: `BREMEN. Der Hafen …`.
fn with_stop(text: &str) -> Option<Dateline> {
    let (place, rest) = text.split_once(". ")?;
    let is_city = place.split(' ').count() <= 3
        && is_capitals(place)
        && is_place(place)
        && is_likely_city(place, false);
    let whole = 0..place.len() + 2;
    (is_city && !place.contains('.') && rest.starts_with(char::is_uppercase)).then_some(Dateline {
        whole,
        place: 0..place.len(),
        day: None,
        agency: None,
    })
}

fn chinese(text: &str) -> Option<Dateline> {
    let captures = rules::CHINESE_DATELINE.captures(text)?;
    let range = |name: &str| captures.name(name).map(|group| group.range());
    let (month, date) = (range("month")?, range("day")?);
    let found =
        Day { year: None, month: text[month.clone()].parse().ok()?, day: text[date.clone()].parse().ok()? };
    Some(Dateline {
        whole: 0..captures.get(0)?.end(),
        place: range("place")?,
        day: Some((found, month.start..date.end)),
        agency: range("agency"),
    })
}

fn japanese(text: &str) -> Option<Dateline> {
    let captures = rules::JAPANESE_DATELINE.captures(text)?;
    let range = |name: &str| captures.name(name).map(|group| group.range());
    Some(Dateline {
        whole: 0..captures.get(0)?.end(),
        place: range("place")?,
        day: None,
        agency: range("agency"),
    })
}

/// A possible dateline.
struct Candidate<'a> {
    text: &'a str,
    place: Range<usize>,
    region: Option<Range<usize>>,
    day: Option<(Day, Range<usize>)>,
    agency: Option<Range<usize>>,
    has_dash: bool,
    /// Whether a comma separates the day from the place.
    has_comma: bool,
    end: usize,
}

fn candidate<'a>(text: &'a str, ends: &regex::Captures<'_>) -> Option<Candidate<'a>> {
    let whole = ends.get(0)?;
    let mut start = whole.start();
    if ends.name("bare").is_some() && text.get(whole.end()..)?.starts_with('(') {
        return None;
    }
    // The digit of `12- ` belongs to the day.
    if ends.name("bare").is_some_and(|bare| bare.as_str().starts_with(|c: char| c.is_ascii_digit())) {
        start += whole.as_str().find(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
    }
    let agency = ends.name("slashes").or_else(|| ends.name("parens")).map(|group| group.range());
    let dash = ends.name("dash").map_or("", |dash| dash.as_str().trim());
    let has_dash = ends.name("bare").is_some() || dash.contains(|c| "-–—−_―:=".contains(c)) || dash == ".";
    let left = text.get(..start)?.trim_end().trim_end_matches([',']);
    // `NORTHMOOR, N.Y. (Oct. 7, 2025) —`
    let in_brackets = agency.clone().and_then(|range| Some((parse_day(text.get(range.clone())?)?, range)));
    let agency = agency.filter(|_| in_brackets.is_none());
    let mut candidate = Candidate {
        text,
        place: 0..0,
        region: None,
        day: None,
        agency,
        has_dash,
        has_comma: true,
        end: whole.end(),
    };
    let mut parts = Vec::new();
    let mut at = 0;
    for part in left.split([',', '|']) {
        let from = at + (part.len() - part.trim_start().len());
        parts.push(from..from + part.trim().len());
        at += part.len() + 1;
    }
    candidate.take_agency(&mut parts);
    candidate.take_day(&mut parts);
    candidate.day = candidate.day.or(in_brackets);
    let has_two = parts.iter().any(|part| text[part.clone()].starts_with("and "));
    if parts.len() > if has_two { 4 } else { 3 } {
        return None;
    }
    let Some(place) = parts.first() else {
        // `March 2 (Reuters) -` has no place.
        return (candidate.day.is_some() && candidate.agency.is_some()).then_some(candidate);
    };
    candidate.place = place.clone();
    candidate.region = (parts.len() > 1).then(|| parts[1].start..parts[parts.len() - 1].end);
    Some(candidate)
}

impl Candidate<'_> {
    /// Strips an agency without brackets off the end: `KYOTO, Nov. 3, Kyodo -`, `PERTH, Jan 28 AAP -`.
    fn take_agency(&mut self, parts: &mut Vec<Range<usize>>) {
        let Some(last) = parts.last_mut().filter(|_| self.agency.is_none()) else { return };
        let text = self.text.get(last.clone()).unwrap_or_default();
        if is_agency(text) {
            self.agency = parts.pop();
        } else if let Some((before, name)) = text.rsplit_once(' ')
            && before.contains(|c: char| c.is_ascii_digit())
            && is_agency(name)
        {
            self.agency = Some(last.end - name.len()..last.end);
            last.end = last.start + before.len();
        }
    }

    /// Strips the day off the end. Its year may be between commas of its own.
    fn take_day(&mut self, parts: &mut Vec<Range<usize>>) {
        for count in [3, 2, 1] {
            let Some(first) = parts.len().checked_sub(count) else { continue };
            let range = parts[first].start..parts[parts.len() - 1].end;
            if let Some(found) = self.text.get(range.clone()).and_then(parse_day) {
                parts.truncate(first);
                self.day = Some((found, range));
                return;
            }
        }
        // `NEW YORK March 3`, and `Friday` before it.
        let Some(last) = parts.last_mut() else { return };
        let text = self.text.get(last.clone()).unwrap_or_default();
        // `BRUXELLES 12/09` does not show which number is the month.
        if let Some((before, numbers)) = text.rsplit_once(' ')
            && numbers.contains('/')
            && numbers.chars().all(|c| c.is_ascii_digit() || c == '/')
        {
            last.end = last.start + before.len();
            return;
        }
        let spaces: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
        for at in spaces.into_iter().rev().take(4).collect::<Vec<_>>().into_iter().rev() {
            let range = last.start + at + 1..last.end;
            if let Some(found) = self.text.get(range.clone()).and_then(parse_day) {
                self.day = Some((found, range));
                self.has_comma = false;
                last.end = last.start + at;
                return;
            }
        }
    }

    /// The dateline, if the parts make one.
    fn into_dateline(self) -> Option<Dateline> {
        let place = self.text.get(self.place.clone())?;
        if self.place.is_empty() {
            let is_known = self.agency.clone().and_then(|range| self.text.get(range)).is_some_and(is_agency);
            let (place, day, agency) = (0..0, self.day, self.agency);
            return (is_known && self.has_dash).then_some(Dateline {
                whole: 0..self.end,
                place,
                day,
                agency,
            });
        }
        let region = self.region.clone().map(|range| self.text.get(range).unwrap_or_default());
        if !is_place(place) || region.is_some_and(|region| !is_region(region)) {
            return None;
        }
        let agency = self.agency.clone().map(|range| self.text.get(range).unwrap_or_default());
        let is_known = agency.is_some_and(is_agency);
        let may_be_agency = agency.is_none_or(|agency| is_known || looks_like_agency(agency));
        let in_capitals = is_capitals(place);
        let next = self.text.get(self.end..).unwrap_or_default();
        // A sentence must follow, not the rest of one.
        let starts_sentence = is_known || !next.starts_with(char::is_lowercase);
        let fits = match (agency.is_some(), self.day.is_some()) {
            (true, dated) => {
                let is_certain = is_known && (self.has_dash || dated || in_capitals);
                is_certain || may_be_agency && self.has_dash && (in_capitals || dated)
            }
            (false, true) => self.has_dash && (in_capitals || self.has_comma),
            (false, false) => {
                self.has_dash
                    && is_prose(next)
                    && in_capitals
                    && is_likely_city(place, region.is_some())
                    && !next.is_empty()
            }
        };
        let place = self.place.start..self.region.map_or(self.place.end, |region| region.end);
        (fits && may_be_agency && starts_sentence).then_some(Dateline {
            whole: 0..self.end,
            place,
            day: self.day,
            agency: self.agency,
        })
    }
}

/// Whether text in brackets may name an agency: up to three words, each of them capitalized.
fn looks_like_agency(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    if words.len() == 1 && text.chars().all(|c| c.is_alphabetic() || "-/".contains(c)) {
        return true;
    }
    let is_name = |word: &&str| {
        word.starts_with(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || "-.&/".contains(c))
    };
    words.len() <= 3 && (words.iter().all(is_name) || !has_case(text))
}

/// Whether the text after a bare dash is prose, not the rest of a headline.
fn is_prose(text: &str) -> bool {
    let mut words =
        text.split(' ').take(2).filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
    let shouts = words.clone().count() > 0 && words.all(|word| !word.chars().any(char::is_lowercase));
    !text.is_empty() && !shouts && text.contains(['.', '!', '?', '”', '"'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(&str, Option<&str>, Option<&str>, &str)> {
        let found = find(text)?;
        let day = found.day.map(|(_, range)| &text[range]);
        Some((&text[found.place], day, found.agency.map(|range| &text[range]), &text[found.whole.end..]))
    }

    #[test]
    fn datelines_of_all_agencies_are_found_up_to_their_end() {
        for (text, place, day, agency) in [
            ("LONDON, March 3 - The", "LONDON", Some("March 3"), None),
            ("LONDON, Jan 5 (Reuters) - The", "LONDON", Some("Jan 5"), Some("Reuters")),
            ("NEW YORK/LONDON, Oct 9 (Reuters) - The", "NEW YORK/LONDON", Some("Oct 9"), Some("Reuters")),
            ("ATLANTA (AP) _ The", "ATLANTA", None, Some("AP")),
            ("HELSINKI, Finland (AP) — The", "HELSINKI, Finland", None, Some("AP")),
            ("WHITE PLAINS, N.Y., March 3 - The", "WHITE PLAINS, N.Y.", Some("March 3"), None),
            ("WASHINGTON, MARCH 3 - The", "WASHINGTON", Some("MARCH 3"), None),
            ("NEW YORK March 3 - The", "NEW YORK", Some("March 3"), None),
            ("OTTAWA,Feb 26 - The", "OTTAWA", Some("Feb 26"), None),
            ("Paris, Jan 5, 2024 (AFP) - The", "Paris", Some("Jan 5, 2024"), Some("AFP")),
            ("Berlin (dpa) - The", "Berlin", None, Some("dpa")),
            ("Frankfurt am Main (dpa/lhe) - The", "", None, None),
            ("BEIJING, Sept. 12 (Xinhua) -- The", "BEIJING", Some("Sept. 12"), Some("Xinhua")),
            ("MOSCOW, September 12. /TASS/. The", "MOSCOW", Some("September 12"), Some("TASS")),
            ("(ANSA) - ROME, SEP 12 - The", "ROME", Some("SEP 12"), Some("ANSA")),
            ("Madrid, 12 sep (EFE).- The", "Madrid", Some("12 sep"), Some("EFE")),
            ("New Delhi, Sep 12 (PTI) The", "New Delhi", Some("Sep 12"), Some("PTI")),
            (
                "NEW YORK, Sept. 12, 2014 /PRNewswire/ -- The",
                "NEW YORK",
                Some("Sept. 12, 2014"),
                Some("PRNewswire"),
            ),
            ("LONDON--(BUSINESS WIRE)--The", "LONDON", None, Some("BUSINESS WIRE")),
            ("HARRISBURG — The", "HARRISBURG", None, None),
            ("ROME - The", "ROME", None, None),
            ("St. JOHN’s, Antigua (CMC) - The", "St. JOHN’s, Antigua", None, Some("CMC")),
            ("RIO de JANEIRO, Oct. 19 - The", "RIO de JANEIRO", Some("Oct. 19"), None),
            ("'s-Hertogenbosch (ANP) - The", "'s-Hertogenbosch", None, Some("ANP")),
            ("МОСКВА, 12 сентября. /ТАСС/. Новый", "МОСКВА", Some("12 сентября"), Some("ТАСС")),
            ("القاهرة 12 سبتمبر (رويترز) - قال", "القاهرة", Some("12 سبتمبر"), Some("رويترز")),
            ("Αθήνα, 12 Σεπτεμβρίου (ΑΠΕ-ΜΠΕ) - Το", "Αθήνα", Some("12 Σεπτεμβρίου"), Some("ΑΠΕ-ΜΠΕ")),
            ("新华社北京9月12日电 中国", "北京", Some("9月12"), Some("新华社")),
        ] {
            if place.is_empty() {
                continue;
            }
            let (text, rest) = match text.strip_suffix("The") {
                Some(start) => (format!("{start}The port is shut."), "The port is shut."),
                None => (text.to_owned(), text.rsplit(' ').next().unwrap_or_default()),
            };
            assert_eq!(parts(&text), Some((place, day, agency, rest)), "{text}");
        }
    }

    /// Openings of stories of many agencies, each with its dateline or none.
    const LABELLED: &str = include_str!("../../../../tests/import/datelines.jsonl");

    #[test]
    fn nearly_all_labelled_openings_are_parsed_exactly() {
        let (mut right, mut wrong) = (0, Vec::new());
        for line in LABELLED.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = line["text"].as_str().unwrap();
            let found = find(text).map(|found| text[found.whole].trim());
            if found == line["dateline"].as_str().map(str::trim) {
                right += 1;
            } else {
                wrong.push(format!("{found:?} in {text}"));
            }
        }
        assert!(right * 100 >= 98 * (right + wrong.len()), "{wrong:#?}");
    }

    #[test]
    fn text_that_only_looks_like_a_dateline_is_rejected() {
        for text in [
            "Paris - the city of light - was dark.",
            "London — the city that never sleeps — did.",
            "China: the numbers",
            "EU leaders met - and failed",
            "MPs will vote on Tuesday - if they come.",
            "NASA — the US space agency — said",
            "NATO - The alliance said",
            "BREAKING - The port is shut",
            "OPINION - We should know",
            "IBM (NYSE: IBM) - The company",
            "Bradford Bulls 14-10 Leeds",
            "John Smith (left) - The mayor",
            "\"Paris - We love it,\" she said",
            "On March 3 - The day of the vote",
            "The Bank of England (BoE) said on Monday",
            "WHAT WE KNOW - The story so far",
            "In London, March 3 was a day",
            "",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
