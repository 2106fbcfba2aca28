//! Finds texts that a `#` cuts off. To YAML the rest is a comment, but it is often intended as text.

use std::ops::Range;

use serde_yaml::Value;

use super::Source;
use super::repair::Item;
use super::spans::{self, Comment, key_ahead, line_at};
use crate::diagnostic::Diagnostic;

/// A text that a comment cuts off, or a comment in place of a value.
#[derive(Debug)]
pub struct Cut<'a> {
    /// The key of the text, or of its list.
    pub key: &'a str,
    /// The remaining text.
    pub left: &'a str,
    /// The warning about it.
    pub warning: Diagnostic,
}

/// Finds all of them. Comments on their own lines and after quotes, dates, numbers and lists are intended.
pub(super) fn cuts(source: &Source) -> Vec<Cut<'_>> {
    let yaml = source.yaml();
    if !yaml.contains(" #") && !yaml.contains("\t#") {
        return Vec::new();
    }
    let comments = spans::scan(yaml).comments;
    comments.into_iter().filter_map(|comment| cut(source, comment)).collect()
}

fn cut(source: &Source, Comment { value, comment }: Comment) -> Option<Cut<'_>> {
    let yaml = source.yaml();
    let left = &yaml[value.clone()];
    let is_text = matches!(serde_yaml::from_str(left), Ok(Value::String(_)));
    if !left.is_empty() && !is_text {
        return None;
    }
    let line = line_at(yaml, comment.start);
    let (key, is_own) = key_of(yaml, line.clone());
    let message = match left.is_empty() {
        true => "`#` starts a comment, so this value is empty",
        false => "`#` starts a comment, so the text ends before it",
    };
    let item = Item::at(yaml, line.clone()).filter(|item| left.is_empty() || item.value.start == value.start);
    let in_brackets = item.as_ref().is_some_and(|item| yaml[item.value.clone()].starts_with(['[', '{']));
    let quoted = item.filter(|_| !in_brackets).map(|item| format!(": `{}`", item.quoted(yaml)));
    let help = format!(
        "if `#` belongs to the text, quote the text{}; if it starts a comment, move it to its own line",
        quoted.unwrap_or_default()
    );
    // A comment under a key can precede its list or map.
    (is_own || !left.is_empty()).then(|| Cut {
        key,
        left,
        warning: Diagnostic::warning("yaml/quotes", message).at(source.place(comment)).help(help),
    })
}

/// The key that a line has or belongs to, and whether the line has a key or is a list item.
fn key_of(yaml: &str, line: Range<usize>) -> (&str, bool) {
    let mut above = line.clone();
    loop {
        let text = &yaml[above.clone()];
        let inside = text.trim_start_matches([' ', '\t', '-']);
        if let Some((key, _)) = key_ahead(yaml, above.end - inside.len()) {
            let is_item = text.trim_start().starts_with('-');
            let is_own = above == line;
            // The key above an item belongs to its list.
            if is_own || !is_item {
                let is_own = is_own || yaml[line].trim_start().starts_with('-');
                return (yaml[key].trim_matches(['"', '\'']), is_own);
            }
        }
        if above.start == 0 {
            return ("", true);
        }
        above = line_at(yaml, above.start - 1);
    }
}
