//! Datelines that the text repeats.

use jiff::civil::Date;

use super::super::wire::dateline::{self, ParsedDateline};
use super::super::wire::place::in_running_case;
use super::{Confidence, Story};
use crate::content::Key;

/// Bytes of the text that are searched for a dateline.
const NEAR: usize = 600;

/// Removes the dateline from a text if a field has it too, and returns what else it says.
pub(super) fn merge(story: &mut Story, latest: Option<Date>) -> Option<ParsedDateline> {
    let field = story.field(Key::Dateline)?;
    let (named, at) = (field.value.as_str()?.to_owned(), field.spans.clone());
    // `LONDON (AP)`, `LONDON, 5 January`
    let is_whole = named.contains(|c: char| c == '(' || c.is_ascii_digit());
    let signed = is_whole.then(|| dateline::parse(&format!("{named} — The text."), latest)).flatten();
    let place = signed.map(|signed| signed.place).filter(|place| !place.is_empty());
    let place = place.unwrap_or_else(|| in_running_case(&named));
    let found = first_of(&story.body, latest).filter(|(found, _)| is_same(&found.place, &place));
    let parts = |place: &str| place.split(", ").count();
    let best = match &found {
        Some((found, _)) if parts(&found.place) > parts(&place) => found.place.clone(),
        _ => place,
    };
    if best != named {
        story.set(Key::Dateline, best, Confidence::Explicit, at);
    }
    let (found, rest) = found?;
    story.body = rest;
    Some(found)
}

/// Moves a dateline that only the text has to its field. It must name an agency, as no other sentence start does.
pub(super) fn take(story: &mut Story, latest: Option<Date>) -> Option<ParsedDateline> {
    let found = first_of(&story.body, latest).filter(|(found, _)| found.agency.is_some());
    let (found, rest) = found.filter(|_| story.field(Key::Dateline).is_none())?;
    story.set(Key::Dateline, found.place.clone(), Confidence::Positional, Vec::new());
    story.body = rest;
    Some(found)
}

/// The dateline of the first paragraph, and the text without it.
fn first_of(body: &str, latest: Option<Date>) -> Option<(ParsedDateline, String)> {
    let (plain, places) = plain(body.split("\n\n").next().unwrap_or_default());
    let found = dateline::parse(&plain, latest).filter(|found| !found.place.is_empty())?;
    let end = places.iter().find(|(at, _)| *at == found.length)?.1;
    let (head, rest) = (body.get(..end)?, body.get(end..)?);
    // Emphasis that starts in the dateline may end in the text.
    let is_open = |head: &str, mark: &str| !head.matches(mark).count().is_multiple_of(2);
    if is_open(head, "**") || is_open(&head.replace("**", ""), "*") || !begins_plainly(rest) {
        return None;
    }
    Some((found, rest.to_owned()))
}

/// The beginning of Markdown without backslashes and emphasis, with the position of each character.
fn plain(markdown: &str) -> (String, Vec<(usize, usize)>) {
    let (mut out, mut places) = (String::new(), Vec::new());
    let mut is_escaped = false;
    for (at, c) in markdown.char_indices().take_while(|(at, _)| *at < NEAR) {
        if !is_escaped && (c == '*' || c == '\\') {
            is_escaped = c == '\\';
            continue;
        }
        is_escaped = false;
        places.push((out.len(), at));
        out.push(c);
    }
    (out, places)
}

/// Whether this text starts a paragraph, and not a list or heading.
fn begins_plainly(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let is_numbered = digits > 0 && text.get(digits..).is_some_and(|rest| rest.starts_with(['.', ')']));
    !is_numbered && !text.starts_with(['-', '+', '#', '>', '=', '|', '`', '~', ':', ' '])
}

/// Whether two places are the same, possibly at different precision: `Grosseto, Italy` and `Grosseto`.
fn is_same(one: &str, other: &str) -> bool {
    let parts = |place: &str| -> Vec<String> {
        place
            .split([',', '/'])
            .map(|part| part.trim().to_lowercase())
            .filter(|part| !part.is_empty())
            .collect()
    };
    let (one, other) = (parts(one), parts(other));
    let begins =
        |parts: &[String], others: &[String]| parts.first().is_some_and(|first| others.contains(first));
    begins(&one, &other) || begins(&other, &one)
}
