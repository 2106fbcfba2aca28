//! Repairs lines that cannot be parsed, to suggest a fix.
//!
//! Most broken front matter lacks quotes. A repair is found by trying: a line is changed, and if the parser then gets further,
//! the change is suggested.

use std::ops::Range;

use serde_yaml::Value;

use super::Source;
use super::brackets::quoted_inside;
use super::spans::{key_ahead, line_at};
use crate::diagnostic::Diagnostic;

/// The maximum number of lines that are tried.
const TRIES: usize = 40;

/// A line of the form `key: value`, `- value` or `- key: value`.
pub(super) struct Item {
    /// From the start of the line to the value.
    head: Range<usize>,
    /// The value, if it is on this line.
    pub(super) value: Range<usize>,
}

impl Item {
    pub(super) fn at(yaml: &str, line: Range<usize>) -> Option<Self> {
        let mut at = line.start;
        loop {
            let rest = &yaml[at..line.end];
            at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
            match yaml[at..line.end].strip_prefix("- ") {
                Some(_) => at += 2,
                None => break,
            }
        }
        if let Some((_, colon)) = key_ahead(yaml, at) {
            let rest = &yaml[colon + 1..line.end];
            at = colon + 1 + rest.len() - rest.trim_start_matches([' ', '\t']).len();
        }
        let value = at..at + yaml[at..line.end].trim_end().len();
        (!value.is_empty() && at > line.start).then_some(Self { head: line.start..at, value })
    }

    /// The line with another value.
    pub(super) fn with(&self, yaml: &str, value: &str) -> String {
        format!("{}{value}", &yaml[self.head.clone()])
    }

    /// The line with its value in quotes.
    pub(super) fn quoted(&self, yaml: &str) -> String {
        self.with(yaml, &quote(&yaml[self.value.clone()])).trim_start().to_owned()
    }
}

/// Quotes a text with the fewest changes. Existing quotes are removed first.
pub(super) fn quote(text: &str) -> String {
    let inside = |quote: char| {
        let rest = text.strip_prefix(quote)?;
        rest.strip_suffix(quote).or_else(|| (!rest.contains(quote)).then_some(rest))
    };
    let text = match (inside('\''), inside('"')) {
        (Some(text), _) => text.replace("''", "'"),
        (_, Some(text)) => text.replace("\\\"", "\""),
        _ => super::without_curly_quotes(text).unwrap_or(text).to_owned(),
    };
    enclose(&text)
}

/// Puts quotes around a text.
pub(super) fn enclose(text: &str) -> String {
    if !text.contains(['"', '\\']) {
        format!("\"{text}\"")
    } else if !text.contains('\'') {
        format!("'{text}'")
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// How far the parser gets.
struct Progress {
    /// The line where it stopped, from 0.
    line: usize,
    /// The line where the current value starts, from 0.
    context: usize,
    message: String,
}

impl Progress {
    fn of(yaml: &str, error: &serde_yaml::Error, message: &str) -> Self {
        let index = error.location().map_or(0, |location| location.index());
        let line = yaml.chars().take(index).filter(|c| *c == '\n').count();
        Self { line, context: context_line(message).unwrap_or(line), message: message.to_owned() }
    }
}

/// The line where the current value of the parser starts, from 0.
pub(super) fn context_line(message: &str) -> Option<usize> {
    let (_, context) = message.split_once(", while")?.1.rsplit_once(" at line ")?;
    context.split(' ').next()?.parse::<usize>().ok()?.checked_sub(1)
}

/// Tries to repair the line where the parser stopped, the line where its value starts, and the lines before.
pub(super) fn repair(source: &Source, message: &str, at: usize) -> Option<Diagnostic> {
    let yaml = source.yaml();
    let error = serde_yaml::from_str::<Value>(yaml).err()?;
    let before = Progress::of(yaml, &error, message);
    let here = line_at(yaml, at);
    let lines: Vec<_> = lines(yaml, here.end).collect();
    let last = lines.len().checked_sub(1)?;
    let context = before.context.min(last);
    let mut order = vec![last, context];
    order.extend((0..last).rev().filter(|line| *line != context).take(TRIES));
    order.dedup();
    order.into_iter().find_map(|number| {
        let line = lines[number].clone();
        let works = |text: &str| {
            let repaired = format!("{}{text}{}", &yaml[..line.start], &yaml[line.end..]);
            gets_further(&repaired, number, &before)
        };
        repair_line(source, line.clone(), &before, works)
    })
}

/// The lines of a text up to a byte.
pub(super) fn lines(yaml: &str, end: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    yaml[..end].split('\n').map(|line| line_at(yaml, offset_in(yaml, line)))
}

fn gets_further(yaml: &str, number: usize, before: &Progress) -> bool {
    match serde_yaml::from_str::<Value>(yaml) {
        Ok(value) => !value.is_string(),
        Err(error) => {
            let message = error.to_string();
            let after = Progress::of(yaml, &error, &message);
            let cause = number == before.line || number == before.context;
            message.contains("duplicate entry")
                || after.line > before.line
                || cause && after.line > number && after.message != before.message
        }
    }
}

fn repair_line(
    source: &Source,
    line: Range<usize>,
    before: &Progress,
    works: impl Fn(&str) -> bool,
) -> Option<Diagnostic> {
    close_or_quote(source, &line, before, &works)
        .or_else(|| add_space(source, &line, &works))
        .or_else(|| indent(source, &line, &works))
}

fn close_or_quote(
    source: &Source,
    line: &Range<usize>,
    before: &Progress,
    works: &impl Fn(&str) -> bool,
) -> Option<Diagnostic> {
    let yaml = source.yaml();
    let item = Item::at(yaml, line.clone())?;
    let value = &yaml[item.value.clone()];
    let trimmed = |text: &str| text.trim_start().to_owned();
    if let Some(close) = missing_bracket(value) {
        let closed = item.with(yaml, &format!("{value}{close}"));
        if works(&closed) {
            let message = "missing closing bracket";
            let help =
                format!("write `{}`, or quote it if it is text: `{}`", trimmed(&closed), item.quoted(yaml));
            return Some(quotes_error(source, &item, message).help(help));
        }
    }
    let is_flow =
        value.starts_with('[') && value.ends_with(']') || value.starts_with('{') && value.ends_with('}');
    if is_flow {
        let (inside, first) = quoted_inside(value)?;
        let quoted = item.with(yaml, &inside);
        if !works(&quoted) {
            return None;
        }
        let at = item.value.start + first.start..item.value.start + first.end;
        let message = reason(&value[first], before);
        return Some(
            Diagnostic::error("yaml/quotes", message)
                .at(source.place(at))
                .help(format!("quote the text: `{}`", trimmed(&quoted))),
        );
    }
    // The last of several lines in brackets.
    let text = value.trim_end_matches([']', '}', ',']);
    let tail = &value[text.len()..];
    if !tail.is_empty() && !text.is_empty() && !text.contains(['[', '{']) {
        let quoted = item.with(yaml, &format!("{}{tail}", quote(text)));
        if works(&quoted) {
            let place = source.place(item.value.start..item.value.start + text.len());
            let help = format!("quote the text: `{}`", trimmed(&quoted));
            return Some(Diagnostic::error("yaml/quotes", reason(text, before)).at(place).help(help));
        }
    }
    let quoted = item.with(yaml, &quote(value));
    // `|` and `>` at the end of a line start a block.
    let is_block = value.starts_with(['|', '>']) && !value[1..].starts_with(' ');
    if is_block || value.starts_with('#') || !works(&quoted) {
        return None;
    }
    let help = format!("quote the text: `{}`", trimmed(&quoted));
    Some(quotes_error(source, &item, reason(value, before)).help(help))
}

/// Adds a space after the colon.
fn add_space(source: &Source, line: &Range<usize>, works: &impl Fn(&str) -> bool) -> Option<Diagnostic> {
    let text = &source.yaml()[line.clone()];
    let colon = text.find(':')?;
    if text[..colon].trim().contains([' ', '"', '\'']) {
        return None;
    }
    let spaced = format!("{}: {}", &text[..colon], &text[colon + 1..]);
    if !text[colon + 1..].starts_with(|c: char| !c.is_whitespace()) || !works(&spaced) {
        return None;
    }
    Some(
        Diagnostic::error("yaml/syntax", "missing space after the colon")
            .at(source.place(line.start + colon..line.start + colon + 1))
            .help(format!("write `{}`", spaced.trim_start())),
    )
}

/// Indents a line like the line above.
fn indent(source: &Source, line: &Range<usize>, works: &impl Fn(&str) -> bool) -> Option<Diagnostic> {
    let yaml = source.yaml();
    let text = &yaml[line.clone()];
    let indent = text.len() - text.trim_start().len();
    if indent == 0 || text.trim().is_empty() {
        return None;
    }
    let above = yaml[..line.start].trim_end();
    let above = &yaml[line_at(yaml, above.len())];
    let above = &above[..above.len() - above.trim_start().len()];
    if above.len() == indent || !works(&format!("{above}{}", text.trim_start())) {
        return None;
    }
    let message = "this line is indented differently from the lines around it";
    Some(
        Diagnostic::error("yaml/syntax", message)
            .at(source.place(line.start..line.end))
            .help(format!("indent it by {} spaces, like the line above", above.len())),
    )
}

fn quotes_error(source: &Source, item: &Item, message: &str) -> Diagnostic {
    Diagnostic::error("yaml/quotes", message).at(source.place(item.value.clone()))
}

fn missing_bracket(value: &str) -> Option<char> {
    match value.chars().next()? {
        '[' if !value.contains(']') => Some(']'),
        '{' if !value.contains('}') => Some('}'),
        _ => None,
    }
}

/// Why a text must be quoted.
fn reason(value: &str, before: &Progress) -> &'static str {
    let inside = &value[value.chars().next().map_or(0, char::len_utf8)..];
    match value.chars().next() {
        Some('\'') if inside.trim_end_matches('\'').contains('\'') => {
            "an apostrophe ends text in single quotes"
        }
        Some('"') if inside.trim_end_matches('"').contains('"') => {
            "a quotation mark ends text in double quotes"
        }
        Some('"') if value.contains('\\') => "a backslash has a special meaning in double quotes",
        Some('\'' | '"') => "missing closing quotation mark",
        Some('@' | '`') => "text that starts with `@` or a backtick must be quoted",
        Some('>' | '|') => "text that starts with `>` or `|` must be quoted",
        Some('#') => "text that starts with `#` must be quoted",
        Some('%') => "text that starts with `%` must be quoted",
        Some('[' | '{') => "text that starts with a bracket must be quoted",
        _ if before.message.contains("invalid type: integer") => "this number is too large",
        _ if value.contains(": ") || value.ends_with(':') => "text that contains a colon must be quoted",
        _ => "this text must be quoted",
    }
}

/// The offset of a part of a text.
pub(super) fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}
