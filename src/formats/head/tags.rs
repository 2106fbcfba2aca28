//! Names and values → elements of a `<head>`.

use crate::formats::is_forbidden;

/// Writes `<meta name="…" content="…">`.
pub(super) fn meta(out: &mut String, name: &str, content: &str) {
    element(out, "meta", &[("name", name), ("content", content)]);
}

/// Writes `<meta property="…" content="…">`, as Open Graph has it.
pub(super) fn property(out: &mut String, property: &str, content: &str) {
    element(out, "meta", &[("property", property), ("content", content)]);
}

/// Writes an element without content on a line of its own.
pub(super) fn element(out: &mut String, name: &str, attributes: &[(&str, &str)]) {
    out.push('<');
    out.push_str(name);
    for (name, value) in attributes {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        push_value(out, value);
        out.push('"');
    }
    out.push_str(">\n");
}

/// Writes text as the value of an attribute in double quotes: on one line, without characters that HTML forbids
/// (13.1.7, "Text": no controls except white space, no noncharacters).
fn push_value(out: &mut String, text: &str) {
    let mut written = 0;
    for (at, char) in text.char_indices() {
        let instead = match char {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\n' | '\r' | '\t' | '\u{c}' => " ",
            ' '..='~' => continue,
            _ if is_forbidden(char) => "",
            _ => continue,
        };
        out.push_str(&text[written..at]);
        out.push_str(instead);
        written = at + char.len_utf8();
    }
    out.push_str(&text[written..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_quotes() {
        let mut out = String::new();
        meta(&mut out, "description", "\"><script>&amp;</script><!-- 'x'");
        let expected = "<meta name=\"description\" \
                        content=\"&quot;&gt;&lt;script&gt;&amp;amp;&lt;/script&gt;&lt;!-- 'x'\">\n";
        assert_eq!(out, expected);
    }

    #[test]
    fn values_have_no_forbidden_characters_and_one_line() {
        let mut out = String::new();
        push_value(&mut out, "a\0b\u{7}\u{1b}c\u{7f}\u{85}d\u{fdd0}\u{fffe}\u{1ffff}e\nf\tg\r\nh");
        assert_eq!(out, "abcde f g  h");
        out.clear();
        // Direction marks and joiners are part of a language.
        push_value(&mut out, "\u{202e}עברית\u{202c} 👩‍🚀 \u{2028}");
        assert_eq!(out, "\u{202e}עברית\u{202c} 👩‍🚀 \u{2028}");
    }
}
