//! Diagnostics → JSON for the overlay of the preview: with the source lines, and a link that opens an editor.

use serde_json::{Value, json};

use super::{Diagnostic, Severity, human};

/// One problem. `editor` makes the link of a file, line and column.
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

/// The source lines with carets, which say the rest as a terminal would; `None` without any.
fn frame(diagnostic: &Diagnostic) -> Option<String> {
    let bare = Diagnostic { help: None, ..diagnostic.clone() };
    let shown = human::render(&bare, false);
    let lines: Vec<&str> =
        shown.lines().skip_while(|line| !line.trim_start().starts_with("-->")).skip(1).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::super::Place;
    use super::*;

    #[test]
    fn a_frame_is_the_source_and_nothing_that_is_said_besides() {
        let place = Place::new("content/a.md", "---\ntitle: x\nurgencyy: 2\n---\n", 13..21);
        let diagnostic = Diagnostic::error("a/b", "there is no such key").at(place).help("leave it out");
        let told = render(&diagnostic, &|file, line, column| Some(format!("{file}:{line}:{column}")));
        let frame = told["frame"].as_str().unwrap();
        assert!(frame.contains("3 | urgencyy: 2") && frame.contains("^^^^^^^^"), "{frame}");
        assert!(!frame.contains("no such key") && !frame.contains("leave"), "{frame}");
        assert_eq!((told["line"].as_u64(), told["editor"].as_str()), (Some(3), Some("content/a.md:3:1")));
        let whole = Diagnostic::error("a/b", "bad").at(Place::file("content/a.md"));
        assert!(render(&whole, &|_, _, _| None)["frame"].is_null());
    }
}
