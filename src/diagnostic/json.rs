//! Renders diagnostics as one JSON object per line, for editors and CI (`--message-format json`).

use serde::Serialize;

use super::{Diagnostic, Place, Severity};

#[derive(Serialize)]
struct Line<'a> {
    reason: &'static str,
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Option<JsonPlace<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<JsonRelated<'a>>,
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
}

#[derive(Serialize)]
struct JsonPlace<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: JsonPlace<'a>,
}

impl<'a> From<&'a Place> for JsonPlace<'a> {
    fn from(place: &'a Place) -> Self {
        let (start, end) = (place.start(), place.end());
        Self {
            file: &place.file,
            line: start.map(|at| at.0),
            column: start.map(|at| at.1),
            end_line: end.map(|at| at.0),
            end_column: end.map(|at| at.1),
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // Required by serde.
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Renders one line of JSON without a line break. `reason` is `diagnostic`, `severity` is `warning` or `error`. Lines and columns
/// start at 1, and columns count characters. `more` is the number of omitted problems with this code in this file.
pub fn render(diagnostic: &Diagnostic) -> String {
    let line = Line {
        reason: "diagnostic",
        code: diagnostic.code,
        severity: match diagnostic.severity {
            Severity::Warning => "warning",
            Severity::Error | Severity::Fatal => "error",
        },
        message: &diagnostic.message,
        place: diagnostic.place.as_ref().map(JsonPlace::from),
        help: diagnostic.help.as_deref(),
        related: diagnostic
            .related
            .iter()
            .map(|related| JsonRelated { message: &related.label, place: (&related.place).into() })
            .collect(),
        more: diagnostic.more,
    };
    serde_json::to_string(&line)
        .unwrap_or_else(|error| format!("{{\"reason\":\"error\",\"message\":\"{error}\"}}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_is_one_line_with_its_position() {
        let place = Place::new("content/a.md", "---\ntitle: x\n", 4..9);
        let diagnostic = Diagnostic::error("a/b", "wrong \"thing\"").at(place).help("fix it");
        assert_eq!(
            render(&diagnostic),
            r#"{"reason":"diagnostic","code":"a/b","severity":"error","message":"wrong \"thing\"","file":"content/a.md","line":2,"column":1,"end_line":2,"end_column":6,"help":"fix it"}"#
        );
    }
}
