//! The start of a first paragraph → the dateline in it: place, day, agency.
//!
//! Forms: `LONDON, March 3 (Reuters) -`, `HELSINKI, Finland (AP) —`, `Berlin (dpa) -`, `HARRISBURG —`, `(ANSA) - ROME, SEP 12 -`,
//! `MOSCOW, September 12. /TASS/.`, `New Delhi, Sep 12 (PTI)`, `Madrid, 12 sep (EFE).-`, `新华社北京9月12日电`.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::agencies::{as_printed, is_agency};
use super::place::{has_case, in_running_case, is_capitals, is_likely_city, is_place, is_region};
use crate::time::{Day, parse_day};

/// Bytes that a dateline may take.
const LONGEST: usize = 160;

/// A dateline. Ranges are bytes of the text that it was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dateline {
    /// All of it, with the dash and the space behind it, if there is one.
    pub(super) whole: Range<usize>,
    /// The place or places. Nothing, if only a day and who signs are there.
    pub(super) place: Range<usize>,
    /// The day.
    pub(super) day: Option<(Day, Range<usize>)>,
    /// Who signs it.
    pub(super) agency: Option<Range<usize>>,
}

/// What ends a dateline: who signs it, and a dash, or one of the two.
static ENDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?P<signed> \s* (?: [.,]? \s* /\s?(?P<slashes>[\p{L}][\p{L}\ .\-]{1,24}?)\s?/ | \s* -{0,2} [(（\[] (?P<parens>[\p{L}][^()（）\[\]]{1,40}?) [)）\]] ) )
            (?P<dash> \s* [.:,]? \s* (?: [-–—−_]{1,3} | ― | =) (?:\s+|$) | \s* [.:] (?:\s+|$) | -- | \s+ | $)?
        | \s* \.? (?P<bare> \s [-–—−_]{1,3} (?:\s+|$) | \.-(?:\s+|$) | \s?[–—] (?:\s+|$) | -{2}\s* | [–—]+ | (?:\d|\.)-\s+ | \s*-\s*РИА\ Новости\.\s* )",
    )
    .expect("a pattern that is tested")
});

static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[（(]?(?P<agency>新华社|中新社|中新网|中央社|共同社)(?P<place>\p{Han}{2,8}?)(?P<month>\d{1,2})月(?P<day>\d{1,2})日电[）)]?\s*")
        .expect("a pattern that is tested")
});

/// `【ワシントン共同】`, `【ロンドン時事】`, `［東京　１２日　ロイター］　-`: the day has no month, so it is left to the desk.
static JAPANESE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[【［\[](?P<place>[\p{Han}\p{Hiragana}\p{Katakana}ー・A-Za-z]{1,24}?)(?:[\s　]*[0-9０-９]{1,2}[\s　]*日)?[\s　=＝]*(?P<agency>共同通信社?|共同|時事通信社?|時事|ロイター|AFP[=＝]?時事|ＡＦＰ[=＝]?時事|AFP|ＡＦＰ|AP|ＡＰ|ブルームバーグ|聯合ニュース|新華社|CNN)[】］\]][\s　]*(?:[-–—―－][\s　]*)?")
        .expect("a pattern that is tested")
});

/// What a dateline says, for copy of other formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct Spoken {
    /// Bytes of the text that it takes.
    pub(in crate::import) length: usize,
    /// In running case; empty if it names none.
    pub(in crate::import) place: String,
    pub(in crate::import) agency: Option<String>,
    /// The last such day until `latest`.
    pub(in crate::import) date: Option<Date>,
}

/// What the dateline says that a text begins with.
pub(in crate::import) fn spoken(text: &str, latest: Option<Date>) -> Option<Spoken> {
    let found = find(text)?;
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    Some(Spoken {
        length: found.whole.end,
        place: in_running_case(part(found.place)),
        agency: found.agency.map(|range| as_printed(part(range))),
        date: found.day.and_then(|(day, _)| day.date(latest)),
    })
}

/// The dateline that a text begins with.
pub(super) fn find(text: &str) -> Option<Dateline> {
    if let Some(found) = chinese(text).or_else(|| japanese(text)) {
        return Some(found);
    }
    let (agency, start) = signed_first(text).unwrap_or((None, 0));
    let rest = text.get(start..)?;
    let end = rest.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST).last()?;
    let head = rest.get(..end.max(1)).unwrap_or(rest);
    let head = if rest.len() <= LONGEST { rest } else { head };
    let found = ENDS.captures_iter(head).filter_map(|ends| candidate(rest, &ends)).find_map(Candidate::judge);
    let found = found.map(|found| with_day_behind(rest, found));
    let Some(mut found) = found else {
        // `(Belga) Een trein …` names nobody but who signs.
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

/// `(ANSA) - ` in front: the agency and where the rest starts.
fn signed_first(text: &str) -> Option<(Option<Range<usize>>, usize)> {
    static FIRST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\(([\p{L}][\p{L}\-. ]{1,24})\)\s*(?:[-–—]{1,2}\s*)?").expect("a pattern that is tested")
    });
    let captures = FIRST.captures(text)?;
    let name = captures.get(1)?;
    is_agency(name.as_str()).then(|| (Some(name.range()), captures.get(0).map_or(0, |all| all.end())))
}

/// `CAIRO - 3 March 2026: `
fn with_day_behind(text: &str, found: Dateline) -> Dateline {
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

/// `BREMEN. Der Hafen …`: a city in capitals and a full stop.
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
    let captures = CHINESE.captures(text)?;
    let range = |name: &str| captures.name(name).map(|found| found.range());
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
    let captures = JAPANESE.captures(text)?;
    let range = |name: &str| captures.name(name).map(|found| found.range());
    Some(Dateline {
        whole: 0..captures.get(0)?.end(),
        place: range("place")?,
        day: None,
        agency: range("agency"),
    })
}

/// A possible dateline, before its parts are weighed.
struct Candidate<'a> {
    text: &'a str,
    /// What is before its end: place, region, day.
    place: Range<usize>,
    region: Option<Range<usize>>,
    day: Option<(Day, Range<usize>)>,
    signed: Option<Range<usize>>,
    has_dash: bool,
    /// Whether the day is parted from the place.
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
    let signed = ends.name("slashes").or_else(|| ends.name("parens")).map(|found| found.range());
    let dash = ends.name("dash").map_or("", |dash| dash.as_str().trim());
    let has_dash = ends.name("bare").is_some() || dash.contains(|c| "-–—−_―:=".contains(c)) || dash == ".";
    let left = text.get(..start)?.trim_end().trim_end_matches([',']);
    // `NORTHMOOR, N.Y. (Oct. 7, 2025) —`
    let in_brackets = signed.clone().and_then(|range| Some((parse_day(text.get(range.clone())?)?, range)));
    let signed = signed.filter(|_| in_brackets.is_none());
    let mut candidate = Candidate {
        text,
        place: 0..0,
        region: None,
        day: None,
        signed,
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
        return (candidate.day.is_some() && candidate.signed.is_some()).then_some(candidate);
    };
    candidate.place = place.clone();
    candidate.region = (parts.len() > 1).then(|| parts[1].start..parts[parts.len() - 1].end);
    Some(candidate)
}

impl Candidate<'_> {
    /// Takes an agency off the end that is not in brackets: `KYOTO, Nov. 3, Kyodo -`, `PERTH, Jan 28 AAP -`.
    fn take_agency(&mut self, parts: &mut Vec<Range<usize>>) {
        let Some(last) = parts.last_mut().filter(|_| self.signed.is_none()) else { return };
        let text = self.text.get(last.clone()).unwrap_or_default();
        if is_agency(text) {
            self.signed = parts.pop();
        } else if let Some((before, name)) = text.rsplit_once(' ')
            && before.contains(|c: char| c.is_ascii_digit())
            && is_agency(name)
        {
            self.signed = Some(last.end - name.len()..last.end);
            last.end = last.start + before.len();
        }
    }

    /// Takes the day off the end of what is between the commas; a year stands between commas of its own.
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
        // `BRUXELLES 12/09`: which is the month is not told.
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

    /// Whether all that was found makes a dateline.
    fn judge(self) -> Option<Dateline> {
        let place = self.text.get(self.place.clone())?;
        if self.place.is_empty() {
            let is_known = self.signed.clone().and_then(|range| self.text.get(range)).is_some_and(is_agency);
            let (place, day, agency) = (0..0, self.day, self.signed);
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
        let signed = self.signed.clone().map(|range| self.text.get(range).unwrap_or_default());
        let is_known = signed.is_some_and(is_agency);
        let may_sign = signed.is_none_or(|signed| is_known || looks_like_agency(signed));
        let in_capitals = is_capitals(place);
        let next = self.text.get(self.end..).unwrap_or_default();
        // A sentence follows, not the rest of one.
        let begins = is_known || !next.starts_with(char::is_lowercase);
        let fits = match (signed.is_some(), self.day.is_some()) {
            (true, dated) => {
                let is_sure = is_known && (self.has_dash || dated || in_capitals);
                is_sure || may_sign && self.has_dash && (in_capitals || dated)
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
        (fits && may_sign && begins).then_some(Dateline {
            whole: 0..self.end,
            place,
            day: self.day,
            agency: self.signed,
        })
    }
}

/// Whether a text in brackets may be the name of an agency: one to three words, none of them an ordinary one.
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

/// Whether what follows a bare dash are sentences, not the rest of a headline.
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
    fn datelines_of_all_agencies_are_found_with_their_exact_end() {
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

    /// Openings with the dateline that each has, of many agencies, and openings of stories that have none.
    const LABELLED: &str = include_str!("../../../../tests/import/datelines.jsonl");

    #[test]
    fn of_labelled_openings_nearly_all_are_read_exactly() {
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
    fn what_only_looks_like_a_dateline_is_none() {
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
