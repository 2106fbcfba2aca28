//! Adds settings to the text of `bulletin.yaml` and leaves all other lines unchanged.

use serde_json::{Value as Json, json};

use crate::yaml::block;

/// Adds a key at the end, with a comment above it.
pub fn with_key(text: &str, key: &str, value: &Json, comment: &str) -> String {
    let mut added = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        added.push('\n');
    }
    if !text.trim_end().is_empty() && !comment.is_empty() {
        added.push('\n');
    }
    if !comment.is_empty() {
        added += &format!("# {comment}\n");
    }
    added += &block(&json!({ key: value }));
    format!("{text}{}", with_line_endings_of(text, added))
}

/// Adds items to the list of a key. `None` if there is no list in block style.
pub fn with_items(text: &str, key: &str, items: &[Json]) -> Option<String> {
    let (mut at, mut end, mut indent) = (0, None, None);
    let mut is_inside = false;
    for line in text.split_inclusive('\n') {
        let plain = line.trim_start_matches('\u{feff}').trim_end();
        let inner = plain.trim_start();
        at += line.len();
        if is_inside && (plain.starts_with([' ', '-']) || inner.is_empty() || inner.starts_with('#')) {
            if inner.starts_with("- ") && indent.is_none() {
                indent = Some(plain.len() - inner.len());
            }
            if !inner.is_empty() && !plain.starts_with('#') {
                end = Some(at);
            }
            continue;
        }
        is_inside = plain.strip_prefix(key).and_then(|rest| rest.strip_prefix(':')).is_some_and(|rest| {
            let rest = rest.trim_start();
            rest.is_empty() || rest.starts_with('#')
        });
    }
    let ((end, indent), added) = (end.zip(indent)?, block(&Json::from(items)));
    let added: String = added.lines().map(|line| format!("{}{line}\n", " ".repeat(indent))).collect();
    let before = &text[..end];
    let gap = if before.ends_with('\n') { "" } else { "\n" };
    Some(format!("{before}{gap}{}{}", with_line_endings_of(text, added), &text[end..]))
}

/// Uses the line endings of a text.
fn with_line_endings_of(text: &str, added: String) -> String {
    if text.contains("\r\n") { added.replace('\n', "\r\n") } else { added }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_added_at_the_end() {
        for (text, expected) in [
            ("title: T\n", "title: T\n\n# Zone.\ntimezone: UTC\n"),
            ("title: T # x", "title: T # x\n\n# Zone.\ntimezone: UTC\n"),
            ("title: T\r\n", "title: T\r\n\r\n# Zone.\r\ntimezone: UTC\r\n"),
            ("", "# Zone.\ntimezone: UTC\n"),
        ] {
            assert_eq!(with_key(text, "timezone", &json!("UTC"), "Zone."), expected);
        }
    }

    #[test]
    fn items_are_added_to_lists_in_block_style() {
        let items = [json!({"slug": "a", "title": "A: a"}), json!({"slug": "b"})];
        for (text, expected) in [
            (
                "sections: # ours\n  - x # x\n\n# Next\nlists: {}\n",
                "sections: # ours\n  - x # x\n  - slug: a\n    title: 'A: a'\n  - slug: b\n\n# Next\nlists: {}\n",
            ),
            (
                "a: 1\nsections:\n- slug: x\n  title: X",
                "a: 1\nsections:\n- slug: x\n  title: X\n- slug: a\n  title: 'A: a'\n- slug: b\n",
            ),
        ] {
            assert_eq!(with_items(text, "sections", &items).as_deref(), Some(expected));
        }
        for text in [
            "sections: [x]\n",
            "sections:\n  [x]\n",
            "lists:\n- x\n",
            "sections:\n",
            "x:\n  sections:\n  - a\n",
        ] {
            assert_eq!(with_items(text, "sections", &items), None, "{text}");
        }
    }
}
