//! Strips what transmission puts around copy: headers and trailers of ANPA 1312 and IPTC 7901, and mail headers.

use std::ops::Range;

use jiff::civil::Date;

use super::days::month_number;
use super::flow::{Flow, is_visible};
use super::metadata::{CopyDate, Excerpt, Metadata};
use super::rules;
use crate::import::Confidence;

const START_OF_TEXT: char = '\u{2}';
const END_OF_TEXT: char = '\u{3}';
/// Most bytes of a header.
const LONGEST: usize = 2000;

/// Strips what surrounds the copy. Returns the range of the copy itself.
pub(super) fn strip(copy: &str, meta: &mut Metadata) -> Range<usize> {
    let mut body = 0..copy.len();
    if let Some(end) = copy.find(END_OF_TEXT) {
        trailer(copy, end + 1..copy.len(), meta);
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
        wire_header(copy, 0..start, meta);
        body.start = start + 1;
    } else if let Some(end) =
        first_line(copy, body.clone()).filter(|line| is_header(copy, line)).map(|line| line.end)
    {
        wire_header(copy, 0..end, meta);
        body.start = end;
    }
    body.start = mail_header(copy, body.clone(), meta).unwrap_or(body.start);
    body
}

fn first_line(copy: &str, range: Range<usize>) -> Option<Range<usize>> {
    let mut at = range.start;
    for line in copy.get(range)?.split_inclusive('\n') {
        if line.chars().any(is_visible) {
            return Some(at..at + line.trim_end().len());
        }
        at += line.len();
    }
    None
}

fn is_header(copy: &str, line: &Range<usize>) -> bool {
    let text = copy.get(..line.end).unwrap_or_default();
    let is_marked = text.contains(['\u{1}', '\u{16}', '\u{1f}']);
    rules::IPTC_HEADER.is_match(text) || is_marked && rules::ANPA_HEADER.is_match(text)
}

/// The header of a wire: its priority, and the slugline on its last line.
fn wire_header(copy: &str, range: Range<usize>, meta: &mut Metadata) {
    let text = copy.get(range.clone()).unwrap_or_default();
    let captures = rules::IPTC_HEADER.captures(text).or_else(|| rules::ANPA_HEADER.captures(text));
    if let Some(priority) = captures.as_ref().and_then(|captures| captures.name("priority")) {
        // ANPA 1312: flash, urgent, bulletin, regular, deferred, hold.
        let urgency = match priority.as_str() {
            "f" => 1,
            "u" => 2,
            "b" => 3,
            "r" => 4,
            "d" => 6,
            "z" => 8,
            digit => digit.parse().unwrap_or(5),
        };
        meta.urgency = Some((urgency, range.start + priority.start()..range.start + priority.end()));
    }
    let first_end = captures.map_or(0, |captures| captures.get(0).map_or(0, |whole| whole.end()));
    let mut at = first_end;
    for line in text.get(first_end..).unwrap_or_default().split_inclusive('\n') {
        let flow = Flow::new(copy, std::slice::from_ref(&(range.start + at..range.start + at + line.len())));
        if flow.text().chars().filter(|c| c.is_alphabetic()).count() > 2 {
            let line = meta.excerpt(&flow, 0..flow.text().len(), "ednote", Confidence::Explicit);
            meta.notes.extend(meta.slugline.replace(line));
        }
        at += line.len();
    }
}

/// The trailer: when the copy was sent.
fn trailer(copy: &str, range: Range<usize>, meta: &mut Metadata) {
    if let Some((time, at)) = copy.get(range.clone()).and_then(time_sent) {
        meta.dates.push((CopyDate::Exact(time), range.start + at.start..range.start + at.end));
    }
}

/// The instant of `AP-WF-02-20-16 0337GMT` or `201014 Jan 24`, and its range.
pub(super) fn time_sent(text: &str) -> Option<(String, Range<usize>)> {
    let captures = rules::TRAILER_TIME.captures(text)?;
    let number = |name: &str| captures.name(name).and_then(|group| group.as_str().parse::<i16>().ok());
    let small = |name: &str| number(name).and_then(|number| i8::try_from(number).ok());
    let full = |year: i16| match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    };
    let (year, month, day, hour, minute) = match number("y") {
        Some(year) => (full(year), small("m")?, small("d")?, small("h")?, small("min")?),
        None => {
            let month = month_number(captures.name("mon")?.as_str())?;
            (full(number("y2")?), month, small("d2")?, small("h2")?, small("min2")?)
        }
    };
    let date = Date::new(year, month, day).ok()?;
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute);
    is_time.then(|| {
        (format!("{date}T{hour:02}:{minute:02}:00Z"), captures.get(0).map_or(0..0, |whole| whole.range()))
    })
}

/// `14-OTT-25 08:12` as front matter writes it, in the time zone of the site.
pub(super) fn local_time(text: &str) -> Option<String> {
    let (date, time) = text.split_once(' ')?;
    let mut parts = date.split('-');
    let (day, name, year) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?.parse::<i16>().ok()?);
    let year = if year < 100 { year + 2000 } else { year };
    let date = Date::new(year, month_number(name)?, day).ok()?;
    Some(format!("{date} {:0>5}", time.trim()))
}

/// The header of a mail: its date, and its subject as a headline. Returns where the copy starts.
fn mail_header(copy: &str, range: Range<usize>, meta: &mut Metadata) -> Option<usize> {
    let mut at = range.start;
    let mut fields: Vec<(String, Range<usize>)> = Vec::new();
    for line in copy.get(range.clone())?.split_inclusive('\n') {
        let text = line.trim_end();
        let continues = text.starts_with([' ', '\t']) && !fields.is_empty();
        if let Some(captures) = rules::MAIL_FIELD.captures(text) {
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
        let flow = Flow::new(copy, std::slice::from_ref(&value));
        match &*name {
            "subject" | "betreff" | "objet" | "asunto" => {
                let subject = meta.excerpt(&flow, 0..flow.text().len(), "title", Confidence::Explicit);
                meta.subject = Some(subject);
            }
            "date" | "sent" => {
                if let Ok(date) = jiff::fmt::rfc2822::parse(flow.text()) {
                    meta.dates
                        .push((CopyDate::Exact(date.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()), value));
                }
            }
            _ => {}
        }
    }
    Some(at)
}

impl Metadata {
    /// Makes the subject of a mail the headline if there is no other, and a note for the desk if there is.
    pub(super) fn use_subject(&mut self) {
        let Some(subject) = self.subject.take() else { return };
        if self.title.is_none() {
            self.title = Some(subject);
            return;
        }
        self.reassign(&subject.span, "ednote");
        self.notes.push(Excerpt { text: format!("Subject: {}", subject.text), ..subject });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iptc_7901_headers_have_urgency_slugline_and_time() {
        let copy = "\u{1}xyz0007 4 s 850 dpa-tns 0908\r\n\r\nHarbour/strike/\r\n\u{2}Headline\r\nText.\r\n\u{3}121030 Sep 14\u{4}";
        let mut meta = Metadata::default();
        let body = strip(copy, &mut meta);
        assert_eq!(copy[body].trim(), "Headline\r\nText.");
        assert_eq!(meta.urgency.map(|urgency| urgency.0), Some(4));
        assert_eq!(meta.slugline.map(|part| part.text).as_deref(), Some("Harbour/strike/"));
        assert_eq!(meta.dates[0].0, CopyDate::Exact("2014-09-12T10:30:00Z".to_owned()));
    }

    #[test]
    fn anpa_1312_trailers_have_the_time() {
        let copy = "\u{16}\u{16}\u{1}z6715\u{1f}\nBC-XYZ--Harbour Strike,416<\n^Talks fail<\n\u{3}AP-WF-02-20-16 0337GMT<";
        let mut meta = Metadata::default();
        let body = strip(copy, &mut meta);
        assert!(copy[body].trim().starts_with("BC-XYZ"));
        assert_eq!(meta.dates[0].0, CopyDate::Exact("2016-02-20T03:37:00Z".to_owned()));
    }

    #[test]
    fn mail_headers_have_subject_and_date() {
        let copy = "From: Desk <desk@wire.example>\nTo: all\nSubject: Talks\n fail\nDate: Fri, 12 Sep 2014 10:30:00 +0200\n\nText.\n";
        let mut meta = Metadata::default();
        let body = strip(copy, &mut meta);
        assert_eq!(copy[body].trim(), "Text.");
        assert_eq!(meta.subject.as_ref().map(|part| &*part.text), Some("Talks fail"));
        assert_eq!(meta.dates[0].0, CopyDate::Exact("2014-09-12T10:30:00+02:00".to_owned()));
    }

    #[test]
    fn copy_without_headers_is_unchanged() {
        for copy in ["Talks fail\n\nText.", "Subject: x\n\nText", "", "Note: this\nand that"] {
            assert_eq!(strip(copy, &mut Metadata::default()), 0..copy.len(), "{copy}");
        }
    }
}
