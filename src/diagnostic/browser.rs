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
        "frame": human::render(diagnostic, false),
        "editor": place.and_then(|place| editor(&place.file, line, column)),
    })
}
