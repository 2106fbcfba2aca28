//! Renders diagnostics as JSON for the overlay of the preview, with source lines and a link that opens an editor.

use serde_json::{Value, json};

use super::{Diagnostic, Severity, human};

/// Renders a problem. `editor` returns the link for a file, line and column.
pub fn render(diagnostic: &Diagnostic, editor: &dyn Fn(&str, usize, usize) -> Option<String>) -> Value {
    let place = diagnostic.place.as_ref();
    let start = place.and_then(super::Place::start);
    let (line, column) = start.unwrap_or((1, 1));
    json!({
        "severity": match diagnostic.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
            Severity::Fatal => "fatal",
        },
        "code": diagnostic.code,
        "message": diagnostic.message,
        "file": place.map(|place| &*place.file),
        "line": start.map(|at| at.0),
        "column": start.map(|at| at.1),
        "help": diagnostic.help,
        "frame": frame(diagnostic),
        "editor": place.and_then(|place| editor(&place.file, line, column)),
    })
}

/// The source lines with carets, as in a terminal. `None` if there are none.
fn frame(diagnostic: &Diagnostic) -> Option<String> {
    let bare = Diagnostic { help: None, ..diagnostic.clone() };
    let rendered = human::render(&bare, false);
    let lines: Vec<&str> =
        rendered.lines().skip_while(|line| !line.trim_start().starts_with("-->")).skip(1).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::super::Place;
    use super::*;

    #[test]
    fn a_frame_contains_only_the_source() {
        let place = Place::new("content/a.md", "---\ntitle: x\nurgencyy: 2\n---\n", 13..21);
        let diagnostic = Diagnostic::error("a/b", "unknown key").at(place).help("delete it");
        let json = render(&diagnostic, &|file, line, column| Some(format!("{file}:{line}:{column}")));
        let frame = json["frame"].as_str().unwrap();
        assert!(frame.contains("3 | urgencyy: 2") && frame.contains("^^^^^^^^"), "{frame}");
        assert!(!frame.contains("unknown key") && !frame.contains("delete"), "{frame}");
        assert_eq!((json["line"].as_u64(), json["editor"].as_str()), (Some(3), Some("content/a.md:3:1")));
        let whole = Diagnostic::error("a/b", "bad").at(Place::file("content/a.md"));
        assert!(render(&whole, &|_, _, _| None)["frame"].is_null());
    }
}
