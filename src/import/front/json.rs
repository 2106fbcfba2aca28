//! A JSON object at the head of a text → keys and values with their places.

use serde_json::Value as Json;

use super::{Entry, Front, check_size, line_of};
use crate::import::Refusal;
use crate::import::story::Lines;

/// Reads the object that begins at a place.
///
/// # Errors
/// If it is none or has no end, and where.
pub(super) fn read(text: &str, start: usize, lines: &Lines<'_>) -> Result<Front, Refusal> {
    let rest = text.get(start..).unwrap_or_default();
    let mut objects = serde_json::Deserializer::from_str(rest).into_iter::<serde_json::Map<String, Json>>();
    let opening = || line_of(text, start..start, lines);
    let map = match objects.next() {
        Some(Ok(map)) => map,
        Some(Err(error)) => {
            let line =
                rest.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
            let at = line_of(text, start + line..start + line, lines);
            return Err(Refusal::Failed(format!("its front matter is not right JSON: {error}"), Some(at)));
        }
        None => return Err(Refusal::Failed("its front matter is not closed".to_owned(), Some(opening()))),
    };
    let end = start + objects.byte_offset();
    check_size(end - start, opening)?;
    let places = keys(text.get(start..end).unwrap_or_default());
    let place = |key: &str| places.iter().rev().find(|(name, _)| name == key).map(|(_, at)| start + at);
    let entry = |(key, value): (String, Json)| {
        let at = place(&key).map(|at| line_of(text, at..at, lines));
        Entry { key, value, at, inner: Vec::new() }
    };
    Ok(Front { entries: map.into_iter().map(entry).collect(), body: end, lost: Vec::new() })
}

/// The keys of an object and where they begin. It has been read: its brackets and quotes are in order.
fn keys(object: &str) -> Vec<(String, usize)> {
    let bytes = object.as_bytes();
    let (mut found, mut depth, mut at) = (Vec::new(), 0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = end_of_string(bytes, at);
                let behind = object.get(end..).unwrap_or_default().trim_start();
                if depth == 1 && behind.starts_with(':') {
                    let name = object.get(at..end).and_then(|text| serde_json::from_str(text).ok());
                    found.extend(name.map(|name| (name, at)));
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The place behind the closing quote of the string that begins at a place.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
