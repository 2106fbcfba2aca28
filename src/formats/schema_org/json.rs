//! A node → a JSON-LD `<script>`, which no text in it can end or invalidate.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::formats::is_forbidden;

/// A top-level node.
#[derive(Serialize)]
struct Document<'a, T> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(flatten)]
    node: &'a T,
}

/// Writes a node as a script on a line of its own.
pub(super) fn script(out: &mut String, node: &impl Serialize) {
    let document = Document { context: "https://schema.org", node };
    // Texts, numbers and fixed keys can always be serialized.
    let Some(json) = escaped(&document) else { return };
    out.push_str("<script type=\"application/ld+json\">");
    out.push_str(&json);
    out.push_str("</script>\n");
}

fn escaped(value: &impl Serialize) -> Option<String> {
    let mut bytes = Vec::with_capacity(2048);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Escaping)).ok()?;
    String::from_utf8(bytes).ok()
}

/// JSON on one line without characters that matter to HTML: `<` (which alone can end a script or begin a comment in
/// one), `>`, `&`, line separators, and characters that HTML forbids. They occur only in strings, where JSON can escape
/// them.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut written = 0;
        for (at, char) in fragment.char_indices() {
            if !is_escaped(char) {
                continue;
            }
            writer.write_all(&fragment.as_bytes()[written..at])?;
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            written = at + char.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }
}

fn is_escaped(char: char) -> bool {
    match char {
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => true,
        ' '..='~' => false,
        _ => is_forbidden(char),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn texts_do_not_end_the_script() {
        let mut out = String::new();
        script(&mut out, &json!({"name": "</script><!-- <script> & \" \\ \u{2028}\0\u{7f}\u{1fffe}😀"}));
        assert_eq!(
            out,
            "<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"name\":\
             \"\\u003c/script\\u003e\\u003c!-- \\u003cscript\\u003e \\u0026 \\\" \\\\ \\u2028\\u0000\\u007f\
             \\ud83f\\udffe😀\"}</script>\n"
        );
    }

    proptest! {
        #[test]
        fn texts_are_unchanged(text in any::<String>()) {
            let value = json!({"a": [text], "b": 1});
            let json = escaped(&value).expect("it can be written");
            let html = ['<', '>', '&', '\u{2028}', '\u{2029}'];
            prop_assert!(!json.contains(html));
            prop_assert!(!json.chars().any(|char| is_forbidden(char) || char.is_control()));
            prop_assert_eq!(serde_json::from_str::<Value>(&json).expect("it is JSON"), value);
        }
    }
}
