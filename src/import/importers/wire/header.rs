//! What transmission puts around copy: headers of ANPA 1312 and IPTC 7901, of e-mail, and their trailers.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::flow::{Flow, is_seen};
use super::found::{Found, Part, When};
use crate::import::Confidence;
use crate::time::parse_month;

const START_OF_TEXT: char = '\u{2}';
const END_OF_TEXT: char = '\u{3}';
/// Bytes in which a header is looked for.
const LONGEST: usize = 2000;

static IPTC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\s\x00-\x1f]*(?P<source>[A-Za-z]{2,5})\s?(?P<number>\d{3,5})\s+(?P<priority>[1-9])\s+(?P<category>[A-Za-z]{1,4})\s+(?P<words>\d{1,5})\b(?P<rest>[^\n]{0,60})")
        .expect("a pattern that is tested")
});
static ANPA: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\s\x00-\x1f]*[a-z]\s?\d{3,4}[\s\x00-\x1f]*(?:(?P<priority>[fubrdz])[\s\x00-\x1f]+(?P<category>[a-z])\b)?[^\n]{0,80}").expect("a pattern that is tested")
});
static TRAILER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) (?P<m>\d{2})-(?P<d>\d{2})-(?P<y>\d{2,4})\ +(?P<h>\d{2}):?(?P<min>\d{2})\ ?(?:GMT|UTC|Z)
        | (?P<d2>\d{2})(?P<h2>\d{2})(?P<min2>\d{2})\ *(?:GMT|UTC|Z)?\ *(?P<mon>\p{L}{3})\ +(?P<y2>\d{2,4})",
    )
    .expect("a pattern that is tested")
});
static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i)(?P<name>from|to|cc|bcc|subject|date|sent|reply-to|message-id|received|mime-version|content-[a-z-]+|x-[a-z-]+|return-path|importance|delivered-to|list-[a-z]+|von|an|betreff|gesendet|objet|de|asunto):\s*(?P<value>\S.*)?$")
        .expect("a pattern that is tested")
});

/// Takes off what transmission put around the copy. Gives the range of what is between.
pub(super) fn peel(copy: &str, found: &mut Found) -> Range<usize> {
    let mut body = 0..copy.len();
    if let Some(end) = copy.find(END_OF_TEXT) {
        trailer(copy, end + 1..copy.len(), found);
        body.end = end;
    }
    let head = copy
        .char_indices()
        .map(|(at, _)| at)
        .take_while(|at| *at <= LONGEST.min(body.end))
        .last()
        .unwrap_or_default();
    let start = copy.get(..head).and_then(|head| head.find(START_OF_TEXT));
    if let Some(start) = start {
        wire(copy, 0..start, found);
        body.start = start + 1;
    } else if let Some(end) =
        first_line(copy, body.clone()).filter(|line| is_header(copy, line)).map(|line| line.end)
    {
        wire(copy, 0..end, found);
        body.start = end;
    }
    body.start = mail(copy, body.clone(), found).unwrap_or(body.start);
    body
}

fn first_line(copy: &str, range: Range<usize>) -> Option<Range<usize>> {
    let mut at = range.start;
    for line in copy.get(range)?.split_inclusive('\n') {
        if line.chars().any(is_seen) {
            return Some(at..at + line.trim_end().len());
        }
        at += line.len();
    }
    None
}

fn is_header(copy: &str, line: &Range<usize>) -> bool {
    let text = copy.get(..line.end).unwrap_or_default();
    let is_marked = text.contains(['\u{1}', '\u{16}', '\u{1f}']);
    IPTC.is_match(text) || is_marked && ANPA.is_match(text)
}

/// A header of a wire: priority, and the slugline on its last line.
fn wire(copy: &str, range: Range<usize>, found: &mut Found) {
    let text = copy.get(range.clone()).unwrap_or_default();
    let captures = IPTC.captures(text).or_else(|| ANPA.captures(text));
    if let Some(priority) = captures.as_ref().and_then(|captures| captures.name("priority")) {
        // ANPA 1312: flash, urgent, bulletin, regular, deferred, and what may wait.
        let urgency = match priority.as_str() {
            "f" => 1,
            "u" => 2,
            "b" => 3,
            "r" => 4,
            "d" => 6,
            "z" => 8,
            digit => digit.parse().unwrap_or(5),
        };
        found.urgency = Some((urgency, range.start + priority.start()..range.start + priority.end()));
    }
    let first_end = captures.map_or(0, |captures| captures.get(0).map_or(0, |whole| whole.end()));
    let mut at = first_end;
    for line in text.get(first_end..).unwrap_or_default().split_inclusive('\n') {
        let flow = Flow::of(copy, std::slice::from_ref(&(range.start + at..range.start + at + line.len())));
        if flow.text().chars().filter(|c| c.is_alphabetic()).count() > 2 {
            let part = found.part(&flow, 0..flow.text().len(), "ednote", Confidence::Explicit);
            found.notes.extend(found.slugline.replace(part));
        }
        at += line.len();
    }
}

/// What is behind the end of the text: when it was sent.
fn trailer(copy: &str, range: Range<usize>, found: &mut Found) {
    if let Some((when, at)) = copy.get(range.clone()).and_then(time_of) {
        found.when.push((When::Exact(when), range.start + at.start..range.start + at.end));
    }
}

/// The same on the last line of a text.
pub(super) fn sent(text: &str, flow: &Flow, found: &mut Found) {
    if let Some((when, at)) = time_of(text) {
        found.when.push((When::Exact(when), flow.source(at)));
    }
}

/// `AP-WF-02-20-16 0337GMT`, `201014 Jan 24`: an instant of UTC, and where it is.
fn time_of(text: &str) -> Option<(String, Range<usize>)> {
    let captures = TRAILER.captures(text)?;
    let number = |name: &str| captures.name(name).and_then(|found| found.as_str().parse::<i16>().ok());
    let small = |name: &str| number(name).and_then(|number| i8::try_from(number).ok());
    let full = |year: i16| match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    };
    let (year, month, day, hour, minute) = match number("y") {
        Some(year) => (full(year), small("m")?, small("d")?, small("h")?, small("min")?),
        None => {
            let month = parse_month(captures.name("mon")?.as_str())?;
            (full(number("y2")?), month, small("d2")?, small("h2")?, small("min2")?)
        }
    };
    let date = Date::new(year, month, day).ok()?;
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute);
    is_time.then(|| {
        (format!("{date}T{hour:02}:{minute:02}:00Z"), captures.get(0).map_or(0..0, |whole| whole.range()))
    })
}

/// `14-OTT-25 08:12` as front matter has it, in the zone of the site.
pub(super) fn local_time(text: &str) -> Option<String> {
    let (date, time) = text.split_once(' ')?;
    let mut parts = date.split('-');
    let (day, name, year) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?.parse::<i16>().ok()?);
    let year = if year < 100 { year + 2000 } else { year };
    let date = Date::new(year, parse_month(name)?, day).ok()?;
    Some(format!("{date} {:0>5}", time.trim()))
}

/// The header of a mail: its date, and its subject for want of a headline. Gives where the copy starts.
fn mail(copy: &str, range: Range<usize>, found: &mut Found) -> Option<usize> {
    let mut at = range.start;
    let mut fields: Vec<(String, Range<usize>)> = Vec::new();
    for line in copy.get(range.clone())?.split_inclusive('\n') {
        let text = line.trim_end();
        let continues = text.starts_with([' ', '\t']) && !fields.is_empty();
        if let Some(captures) = MAIL.captures(text) {
            let value = captures.name("value").map_or(text.len()..text.len(), |value| value.range());
            fields.push((captures["name"].to_lowercase(), at + value.start..at + value.end));
        } else if continues {
            if let Some((_, value)) = fields.last_mut() {
                value.end = at + text.len();
            }
        } else if !text.trim().is_empty() || !fields.is_empty() {
            break;
        }
        at += line.len();
    }
    let has = |names: &[&str]| fields.iter().any(|(name, _)| names.contains(&&**name));
    let is_mail =
        has(&["from", "von", "de"]) && has(&["subject", "to", "date", "sent", "betreff", "objet", "asunto"]);
    if !is_mail {
        return None;
    }
    for (name, value) in fields {
        let flow = Flow::of(copy, std::slice::from_ref(&value));
        match &*name {
            "subject" | "betreff" | "objet" | "asunto" => {
                let part = found.part(&flow, 0..flow.text().len(), "title", Confidence::Explicit);
                found.subject = Some(part);
            }
            "date" | "sent" => {
                if let Ok(date) = jiff::fmt::rfc2822::parse(flow.text()) {
                    found.when.push((When::Exact(date.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()), value));
                }
            }
            _ => {}
        }
    }
    Some(at)
}

impl Found {
    /// The subject of a mail becomes the headline, if there is no other; else it was for the desk.
    pub(super) fn settle_subject(&mut self) {
        let Some(subject) = self.subject.take() else { return };
        if self.title.is_none() {
            self.title = Some(subject);
            return;
        }
        for (span, to) in &mut self.taken {
            if *span == subject.span {
                *to = "ednote";
            }
        }
        self.notes.push(Part { text: format!("Subject: {}", subject.text), ..subject });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iptc_7901_gives_urgency_slugline_and_time() {
        let copy = "\u{1}xyz0007 4 s 850 dpa-tns 0908\r\n\r\nHarbour/strike/\r\n\u{2}Headline\r\nText.\r\n\u{3}121030 Sep 14\u{4}";
        let mut found = Found::default();
        let body = peel(copy, &mut found);
        assert_eq!(copy[body].trim(), "Headline\r\nText.");
        assert_eq!(found.urgency.map(|urgency| urgency.0), Some(4));
        assert_eq!(found.slugline.map(|part| part.text).as_deref(), Some("Harbour/strike/"));
        assert_eq!(found.when[0].0, When::Exact("2014-09-12T10:30:00Z".to_owned()));
    }

    #[test]
    fn anpa_1312_gives_its_time() {
        let copy = "\u{16}\u{16}\u{1}z6715\u{1f}\nBC-XYZ--Harbour Strike,416<\n^Talks fail<\n\u{3}AP-WF-02-20-16 0337GMT<";
        let mut found = Found::default();
        let body = peel(copy, &mut found);
        assert!(copy[body].trim().starts_with("BC-XYZ"));
        assert_eq!(found.when[0].0, When::Exact("2016-02-20T03:37:00Z".to_owned()));
    }

    #[test]
    fn mail_gives_its_subject_and_date() {
        let copy = "From: Desk <desk@wire.example>\nTo: all\nSubject: Talks\n fail\nDate: Fri, 12 Sep 2014 10:30:00 +0200\n\nText.\n";
        let mut found = Found::default();
        let body = peel(copy, &mut found);
        assert_eq!(copy[body].trim(), "Text.");
        assert_eq!(found.subject.as_ref().map(|part| &*part.text), Some("Talks fail"));
        assert_eq!(found.when[0].0, When::Exact("2014-09-12T10:30:00+02:00".to_owned()));
    }

    #[test]
    fn copy_without_any_is_left_alone() {
        for copy in ["Talks fail\n\nText.", "Subject: x\n\nText", "", "Note: this\nand that"] {
            assert_eq!(peel(copy, &mut Found::default()), 0..copy.len(), "{copy}");
        }
    }
}
