//! A block of TOML → keys and values with their places.

use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Front, line_of};
use crate::import::Refusal;
use crate::import::story::Lines;

/// Deepest nesting that is handed on; as in front matter of bulletin.
const DEEPEST: usize = 32;

/// Reads the TOML in a range of a text.
///
/// # Errors
/// If it is none, and where.
pub(super) fn read(text: &str, range: Range<usize>, lines: &Lines<'_>) -> Result<Front, Refusal> {
    let block = text.get(range.clone()).unwrap_or_default();
    let table = DeTable::parse(block).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().trim().replace('\n', ", ");
        let line = line_of(text, range.start + floor(block, span.start)..range.end, lines);
        Refusal::Failed(format!("its front matter is not right TOML: {message}"), Some(line))
    })?;
    let mut front = Front::default();
    for (key, value) in ordered(table.get_ref()) {
        let at = line_of(text, range.start + floor(block, key.span().start)..range.end, lines);
        let name = key.get_ref().clone().into_owned();
        match json(value.get_ref(), DEEPEST) {
            Some(json) => {
                let table = value.get_ref().as_table().map(ordered).unwrap_or_default();
                let line = |key: &Spanned<_>| {
                    line_of(text, range.start + floor(block, key.span().start)..range.end, lines)
                };
                let inner = table.into_iter().map(|(key, _)| (key.get_ref().clone().into_owned(), line(key)));
                front.entries.push(Entry { key: name, value: json, at: Some(at), inner: inner.collect() });
            }
            None => front.lost.push((format!("`{name}` has more than {DEEPEST} levels"), at)),
        }
    }
    Ok(front)
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// The keys of a table as they are written, which the parser sorts.
fn ordered<'t, 'i>(
    table: &'t DeTable<'i>,
) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// A value as JSON: dates and numbers that JSON does not have are text. `None` if it is nested too deeply.
fn json(value: &DeValue<'_>, depth: usize) -> Option<Json> {
    let depth = depth.checked_sub(1)?;
    Some(match value {
        DeValue::String(text) => Json::String(text.clone().into_owned()),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            i64::from_str_radix(&digits, number.radix()).map_or(Json::String(digits), Json::from)
        }
        DeValue::Float(number) => {
            let digits = number.as_str().replace('_', "");
            let number = digits.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
            number.map_or(Json::String(digits), Json::Number)
        }
        DeValue::Boolean(truth) => Json::Bool(*truth),
        DeValue::Datetime(date) => Json::String(date.to_string()),
        DeValue::Array(items) => {
            Json::Array(items.iter().map(|item| json(item.get_ref(), depth)).collect::<Option<_>>()?)
        }
        DeValue::Table(table) => {
            let entry = |(key, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
                Some((key.get_ref().clone().into_owned(), json(value.get_ref(), depth)?))
            };
            Json::Object(ordered(table).into_iter().map(entry).collect::<Option<_>>()?)
        }
    })
}
