//! Turns the errors of `serde_yaml` into diagnostics that say how to fix them.

use std::ops::Range;

use super::Source;
use super::brackets::quoted_inside;
use super::repair::{Item, context_line, lines, offset_in, repair};
use super::spans::{self, Refused, Tree, line_at};
use crate::diagnostic::Diagnostic;

/// Explains why a document cannot be parsed.
pub(super) fn explain(source: &Source, error: &serde_yaml::Error) -> Diagnostic {
    let message = error.to_string();
    let at = offset(source.yaml(), error);
    None.or_else(|| duplicate(source, &message))
        .or_else(|| invisible(source))
        .or_else(|| second_document(source, &message))
        .or_else(|| tab(source, at))
        .or_else(|| repair(source, &message, at))
        .unwrap_or_else(|| unexplained(source, &message, at))
}

/// Reports half of a surrogate pair.
pub(super) fn half_pair(source: &Source, span: Range<usize>) -> Diagnostic {
    let message = format!("`{}` is half of a surrogate pair", &source.yaml()[span.clone()]);
    Diagnostic::error("yaml/escape", message)
        .at(source.place(span))
        .help("write the character itself, or both halves, as in `\\ud83d\\uddde`")
}

/// Reports YAML that `serde_yaml` accepts and bulletin does not.
pub(super) fn refuse(source: &Source, what: Refused, span: Range<usize>) -> Diagnostic {
    let yaml = source.yaml();
    let (message, otherwise) = match what {
        Refused::Anchor => (
            "`&` starts a YAML anchor, and anchors are not supported",
            "write the value out where it is used",
        ),
        Refused::Alias => ("`*` starts a YAML alias, and aliases are not supported", "write the value out"),
        Refused::Tag => ("`!` starts a YAML tag, and tags are not supported", "delete the tag"),
        Refused::Merge => ("the merge key `<<` is not supported", "write the keys out"),
        Refused::Directive => {
            ("`%` starts a YAML directive, and directives are not supported", "delete the line")
        }
    };
    let line = line_at(yaml, span.start);
    let quoted = Item::at(yaml, line.clone()).and_then(|item| {
        if item.value.start == span.start {
            return Some(item.quoted(yaml));
        }
        let (value, _) = quoted_inside(&yaml[item.value.clone()])?;
        Some(item.with(yaml, &value).trim_start().to_owned())
    });
    let help = match quoted {
        Some(quoted) if what != Refused::Merge => {
            format!("if it is text, quote it: `{quoted}`; otherwise, {otherwise}")
        }
        _ => otherwise.to_owned(),
    };
    let end = span.end.min(line.end);
    Diagnostic::error("yaml/unsupported", message).at(source.place(span.start..end)).help(help)
}

/// The byte at which the parser stopped, which it gives in characters.
fn offset(yaml: &str, error: &serde_yaml::Error) -> usize {
    let index = error.location().map_or(0, |location| location.index());
    yaml.char_indices().nth(index).map_or(yaml.len(), |(at, _)| at)
}

fn duplicate(source: &Source, message: &str) -> Option<Diagnostic> {
    if !message.contains("duplicate entry") {
        return None;
    }
    let yaml = source.yaml();
    let (first, second) = same_keys(yaml, &spans::scan(yaml).tree)?;
    let key = unquoted(&yaml[second.clone()]);
    Some(
        Diagnostic::error("yaml/duplicate-key", format!("duplicate key `{key}`"))
            .at(source.place(second))
            .also("first used here", source.place(first))
            .help("delete one of them"),
    )
}

fn same_keys(yaml: &str, tree: &Tree) -> Option<(Range<usize>, Range<usize>)> {
    let mut seen = std::collections::HashMap::new();
    for child in &tree.children {
        if let Some(key) = &child.key
            && let Some(first) = seen.insert(unquoted(&yaml[key.clone()]), key.clone())
        {
            return Some((first, key.clone()));
        }
        if let Some(found) = same_keys(yaml, &child.value) {
            return Some(found);
        }
    }
    None
}

fn unquoted(key: &str) -> &str {
    let inside = |quote| key.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(key)
}

/// Reports characters that YAML forbids, or treats as line breaks that editors do not show.
fn invisible(source: &Source) -> Option<Diagnostic> {
    let breaks = |c| matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}');
    let refused = |c: char| {
        matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
            || c.is_control() && !matches!(c, '\t' | '\n' | '\r')
    };
    let (at, found) = source.yaml().char_indices().find(|(_, c)| breaks(*c) || refused(*c))?;
    let what = if breaks(found) { "line separator" } else { "control character" };
    let message = format!("invisible {what} U+{:04X}", found as u32);
    Some(
        Diagnostic::error("yaml/control-character", message)
            .at(source.place(at..at + found.len_utf8()))
            .help("delete it and retype the text around it"),
    )
}

fn second_document(source: &Source, message: &str) -> Option<Diagnostic> {
    if !message.contains("more than one document") {
        return None;
    }
    let yaml = source.yaml();
    let is_marker = |line: &&str| line.starts_with("---") || line.starts_with("...");
    let content = yaml.len() - yaml.trim_start().trim_start_matches("---").len();
    let second = yaml[content..].split('\n').find(is_marker).map_or(yaml.len(), |line| offset_in(yaml, line));
    Some(
        Diagnostic::error("yaml/unsupported", "a second YAML document starts here, but only one is allowed")
            .at(source.place(line_at(yaml, second)))
            .help("delete this line, or everything after it"),
    )
}

/// Where a part of a text starts in it.
fn tab(source: &Source, at: usize) -> Option<Diagnostic> {
    let yaml = source.yaml();
    let line = line_at(yaml, at);
    let text = &yaml[line.clone()];
    let indent = &text[..text.len() - text.trim_start_matches([' ', '\t']).len()];
    let tab = line.start + indent.find('\t')?;
    Some(
        Diagnostic::error("yaml/tab", "YAML does not allow tabs for indentation")
            .at(source.place(tab..line.start + indent.len()))
            .help("replace the tab with two spaces"),
    )
}

fn unexplained(source: &Source, message: &str, at: usize) -> Diagnostic {
    let yaml = source.yaml();
    // The parser reports a line without a key on the line below. After the last line, there is nothing to point at.
    let at = context_line(message)
        .filter(|_| message.contains("scanning a simple key"))
        .map_or(at, |number| lines(yaml, yaml.len()).nth(number).map_or(at, |line| line.start));
    let at = at.min(yaml.trim_end().len());
    let line = line_at(yaml, at);
    let end = if at < line.end { line.end } else { at };
    let start = if at < line.end { at } else { line.start };
    let problem = message.split(" at line ").next().unwrap_or(message);
    let problem = problem.split(", while").next().unwrap_or(problem);
    if problem.contains("recursion limit") {
        return Diagnostic::error("yaml/too-deep", "lists and maps are nested too deeply")
            .at(source.place(start..end))
            .help("move the inner ones to keys of their own");
    }
    let message = match problem {
        "found unexpected end of stream" => "missing closing quotation mark".to_owned(),
        "did not find expected key" | "could not find expected ':'" => "expected `key: value`".to_owned(),
        "did not find expected ',' or ']'" => "expected `,` or `]` in this list".to_owned(),
        "did not find expected ',' or '}'" => "expected `,` or `}` in this map".to_owned(),
        _ => format!("invalid YAML: {problem}"),
    };
    Diagnostic::error("yaml/syntax", message).at(source.place(start..end)).help(
        "write a key, a colon, a space and a value on each line, and indent lines that belong to a key by two spaces",
    )
}
