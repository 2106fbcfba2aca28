//! Parses TOML and JSON into the same tree as YAML, with positions.

use std::ops::Range;

use serde_yaml::{Mapping, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Source;
use super::spans::{self, Child, Tree};
use crate::diagnostic::Diagnostic;

/// The maximum nesting, far beyond what themes get.
const DEEPEST: usize = 64;

/// Parses TOML.
///
/// # Errors
/// If it is invalid.
pub(super) fn toml(source: &Source) -> Result<(Value, Tree), Box<Diagnostic>> {
    let text = source.yaml();
    let table = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        let message = format!("invalid TOML: {}", error.message().trim().replace('\n', ", "));
        Box::new(Diagnostic::error("toml/syntax", message).at(source.place(line_from(text, span))))
    })?;
    let deep = |span: Range<usize>| {
        let error =
            Diagnostic::error("yaml/too-deep", format!("tables are nested more than {DEEPEST} levels deep"));
        Box::new(error.at(source.place(line_from(text, span))))
    };
    table_of(table.get_ref(), 0..text.len(), DEEPEST).map_err(deep)
}

/// The keys of a table in source order, which the parser does not keep.
///
/// # Errors
/// The place at which the nesting is too deep.
fn table_of(table: &DeTable<'_>, span: Range<usize>, depth: usize) -> Result<(Value, Tree), Range<usize>> {
    let depth = depth.checked_sub(1).ok_or_else(|| span.clone())?;
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let (mut mapping, mut children) = (Mapping::new(), Vec::new());
    for (key, value) in entries {
        let (value, tree) = value_of(value, depth).map_err(|_| key.span())?;
        mapping.insert(Value::String(key.get_ref().to_string()), value);
        children.push(Child { key: Some(key.span()), value: tree });
    }
    Ok((Value::Mapping(mapping), Tree { span, children }))
}

fn value_of(value: &Spanned<DeValue<'_>>, depth: usize) -> Result<(Value, Tree), Range<usize>> {
    let span = value.span();
    let plain = |value| Ok((value, Tree { span: span.clone(), children: Vec::new() }));
    match value.get_ref() {
        DeValue::String(text) => plain(Value::String(text.to_string())),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            let whole = i64::from_str_radix(&digits, number.radix());
            plain(whole.map_or(Value::String(digits), Value::from))
        }
        DeValue::Float(number) => {
            let digits = number.as_str().replace('_', "");
            plain(digits.parse::<f64>().map_or(Value::String(digits), Value::from))
        }
        DeValue::Boolean(truth) => plain(Value::Bool(*truth)),
        // As written: it matters whether it has a time or an offset.
        DeValue::Datetime(date) => plain(Value::String(date.to_string())),
        DeValue::Table(table) => table_of(table, span, depth),
        DeValue::Array(items) => {
            let depth = depth.checked_sub(1).ok_or_else(|| span.clone())?;
            let parsed: Result<Vec<_>, _> = items.iter().map(|item| value_of(item, depth)).collect();
            let (values, trees): (Vec<_>, Vec<_>) = parsed?.into_iter().unzip();
            let children = trees.into_iter().map(|value| Child { key: None, value }).collect();
            Ok((Value::Sequence(values), Tree { span, children }))
        }
    }
}

/// Parses a JSON object.
///
/// # Errors
/// If it is invalid.
pub(super) fn json(source: &Source) -> Result<(Value, Tree), Box<Diagnostic>> {
    let text = source.yaml();
    match serde_json::from_str(text) {
        // JSON is the flow style of YAML.
        Ok(value) => Ok((value, spans::scan(text).tree)),
        Err(error) => {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            let span = line_from(text, position(text, error.line(), error.column()));
            let error = Diagnostic::error("json/syntax", format!("invalid JSON: {message}"));
            Err(Box::new(error.at(source.place(span))))
        }
    }
}

/// The byte after the object at the start of a text. `None` if it is incomplete.
pub(super) fn end_of_json(text: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

/// The position of a line and column in bytes, both from 1.
fn position(text: &str, line: usize, column: usize) -> Range<usize> {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let at = (start + column.saturating_sub(1)).min(text.len());
    at..at
}

/// A span cut to its first line, or the rest of the line if the span is empty.
fn line_from(text: &str, span: Range<usize>) -> Range<usize> {
    let start = floor(text, span.start);
    let line = spans::line_at(text, start);
    let end = floor(text, span.end).min(line.end);
    if end > start { start..end } else { start.min(line.end)..line.end }
}

/// The nearest character boundary at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}
