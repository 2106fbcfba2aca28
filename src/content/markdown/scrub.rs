//! Untrusted Markdown → the same without raw HTML that runs code or changes the whole page.
//!
//! Only the harmful parts are removed, so that the rest stays as its author wrote it.

use super::hazards::Hazard;
use super::leftovers::LeftoverKind;
use super::outline;

/// Limit of passes, each of which finds a limited number of hazards per kind.
const PASSES: usize = 100;

/// Returns the text, and a description of each part that was removed.
pub fn scrubbed(text: &str) -> (String, Vec<String>) {
    let (mut text, mut dropped) = (text.to_owned(), Vec::new());
    for _ in 0..PASSES {
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        for leftover in outline(&text, None, "").leftovers {
            let LeftoverKind::Html(hazard) = leftover.kind else { continue };
            let span = leftover.span;
            let (what, cut, instead) = match hazard {
                Hazard::Script(_) => {
                    ("`<script>`".to_owned(), span.start..end_of_script(&text, span.end), "")
                }
                Hazard::Handler(name) | Hazard::RunsCode(name) => {
                    (format!("the attribute `{name}`"), span, "")
                }
                Hazard::Base(_) => ("`<base>`".to_owned(), span, ""),
                Hazard::Refresh => ("`<meta http-equiv=refresh>`".to_owned(), span, ""),
                Hazard::Unclosed(name) => {
                    (format!("the `<` of `<{name}`"), span.start..span.start + 1, "&lt;")
                }
                Hazard::Style(_) | Hazard::Loads(..) => continue,
            };
            if let Some(before) = text.get(copied..cut.start) {
                out.push_str(before);
                out.push_str(instead);
                copied = cut.end;
                dropped.push(what);
            }
        }
        if copied == 0 {
            break;
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        text = out;
    }
    (text, dropped)
}

/// Where the script ends whose tag ends at `from`; `from` if it is not closed.
fn end_of_script(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let end = rest.windows(9).position(|bytes| bytes.eq_ignore_ascii_case(b"</script>"));
    end.map_or(from, |end| from + end + 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_removed() {
        for (text, expected) in [
            ("a <b onclick=\"x\" class=c>d</b>", "a <b  class=c>d</b>"),
            ("a <script>x()</script> b", "a  b"),
            ("<SCRIPT src=x></SCRIPT>\n\nb", "\n\nb"),
            ("<div>\n<img src=a.png onerror=x>\n</div>\n", "<div>\n<img src=a.png >\n</div>\n"),
            ("<a href='java&#115;cript:x'>a</a>", "<a >a</a>"),
            ("<base href=/x/>a <meta http-equiv=refresh>b", "a b"),
            ("<div title=\"\n\ntext", "&lt;div title=\"\n\ntext"),
            ("`<script>` and\n\n    <b onclick=x>\n", "`<script>` and\n\n    <b onclick=x>\n"),
            (
                "<figure style=a><iframe src=https://b.example/></iframe></figure>",
                "<figure style=a><iframe src=https://b.example/></iframe></figure>",
            ),
        ] {
            assert_eq!(scrubbed(text).0, expected, "{text}");
        }
    }

    #[test]
    fn all_of_many_hazards_are_removed() {
        let (text, dropped) = scrubbed(&"<b onclick=x>a</b> ".repeat(700));
        assert!(!text.contains("onclick") && dropped.len() == 700);
    }
}
