//! `Key: value` headers at the beginning of a text → entries with their places.
//!
//! The rules are those of Python-Markdown's `meta` extension: keys have letters, digits, `_` and `-`; lines indented by four
//! spaces continue a value; a blank line ends the headers; `---` lines around them are ignored.

use serde_json::Value as Json;

use super::{Front, FrontEntry, line_of};
use crate::import::story::Lines;

/// Reads the headers. A text without any has no entries.
pub(in crate::import) fn read(text: &str, lines: &Lines<'_>) -> Front {
    let mut front = Front::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim_end();
        if start == 0 && content == "---" {
            continue;
        }
        if content.is_empty() || matches!(content, "---" | "...") {
            front.body = at;
            return front;
        }
        let is_more = line.starts_with("    ") || line.starts_with('\t');
        if let Some((key, value)) = header(content).filter(|_| !is_more) {
            let entry = FrontEntry {
                key: key.to_ascii_lowercase(),
                value: Json::String(value.trim().to_owned()),
                at: Some(line_of(text, start..at, lines)),
                inner: Vec::new(),
            };
            front.entries.push(entry);
        } else if let Some(FrontEntry { value: Json::String(value), .. }) =
            front.entries.last_mut().filter(|_| is_more)
        {
            value.push('\n');
            value.push_str(content.trim());
        } else {
            front.body = start;
            return front;
        }
    }
    front.body = at;
    front
}

/// Splits a line into key and value.
fn header(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let indent = key.len() - key.trim_start_matches(' ').len();
    let key = key.trim_start_matches(' ');
    let is_key = !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    // `https://` is not a header.
    (is_key && indent <= 3 && !value.starts_with("//")).then_some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (Vec<(String, String)>, &str) {
        let front = read(text, &Lines::new(text));
        let pair = |entry: FrontEntry| (entry.key, entry.value.as_str().unwrap_or_default().to_owned());
        (front.entries.into_iter().map(pair).collect(), &text[front.body..])
    }

    fn is(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn headers_end_at_a_blank_line() {
        let (entries, body) =
            found("Title: Gate: open\nDATE: 2019-05-01 10:00\nSummary: One\n    two\n\nText: x\n");
        assert_eq!(
            entries,
            [is("title", "Gate: open"), is("date", "2019-05-01 10:00"), is("summary", "One\ntwo")]
        );
        assert_eq!(body, "Text: x\n");
    }

    #[test]
    fn other_texts_have_no_headers() {
        for text in ["", "Text", "# Head: x\n", "https://x.example/\n", "\nTitle: x"] {
            assert!(found(text).0.is_empty(), "{text}");
        }
        assert_eq!(found("Title: x\nText").1, "Text");
        assert_eq!(found("---\nTitle: x\n---\nText").1, "Text");
    }
}
