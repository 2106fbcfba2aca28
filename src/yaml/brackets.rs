//! Quotes the texts in a list or map in brackets.

use std::ops::Range;

use super::repair::quote;

/// Quotes those texts in a list or map in brackets that YAML would misread. Also returns the place of the first one.
pub(super) fn quoted_inside(value: &str) -> Option<(String, Range<usize>)> {
    if !value.starts_with(['[', '{']) {
        return None;
    }
    let mut out = String::with_capacity(value.len() + 8);
    let mut first = None;
    let mut open = None;
    let mut start = 0;
    for (at, c) in value.char_indices() {
        match (open, c) {
            (Some(quote), _) if c == quote => open = None,
            (None, '"' | '\'') if value[start..at].trim().is_empty() || value[..at].ends_with(": ") => {
                open = Some(c);
            }
            (None, '[' | ']' | '{' | '}' | ',') => {
                quote_piece(&value[start..at], start, &mut out, &mut first);
                out.push(c);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push_str(&value[start..]);
    Some((out, first?))
}

/// Quotes the text between two commas if necessary.
fn quote_piece(piece: &str, start: usize, out: &mut String, first: &mut Option<Range<usize>>) {
    let key = piece.find(": ").filter(|at| !piece[..*at].trim().contains(['"', '\'']));
    let head = key.map_or(0, |at| at + 2);
    let head = head + piece[head..].len() - piece[head..].trim_start().len();
    let text = piece[head..].trim_end();
    let is_colon = text.contains(": ") && !text.starts_with(['"', '\'']);
    if text.starts_with(['@', '`', '%', '#', '&', '*', '!', '>', '|']) || is_colon {
        first.get_or_insert(start + head..start + head + text.len());
        out.push_str(&piece[..head]);
        out.push_str(&quote(text));
        out.push_str(&piece[head + text.len()..]);
    } else {
        out.push_str(piece);
    }
}
