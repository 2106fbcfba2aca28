//! Tera's errors → diagnostics at the template's line.

use std::collections::BTreeMap;
use std::ops::Range;

use tera::ErrorKind;

use super::files::TemplateSource;
use super::instrument::InstrumentedText;
use crate::diagnostic::{Diagnostic, Place};

/// The templates as written by their authors and as compiled by Tera.
pub(super) struct TemplateTexts<'a> {
    pub(super) sources: &'a BTreeMap<String, TemplateSource>,
    /// Templates that are missing here were compiled as written.
    pub(super) instrumented: &'a BTreeMap<String, InstrumentedText>,
}

impl TemplateTexts<'_> {
    /// The text of a template as compiled by Tera.
    fn text(&self, name: &str) -> Option<&str> {
        let instrumented = self.instrumented.get(name).map(|instrumented| &*instrumented.text);
        instrumented.or_else(|| self.sources.get(name).map(|source| &*source.text))
    }

    /// Maps a range of that text to the author's text.
    fn place(&self, name: &str, span: Range<usize>) -> Option<Place> {
        let source = self.sources.get(name)?;
        let span =
            self.instrumented.get(name).map_or(span.clone(), |instrumented| instrumented.original_span(span));
        Some(Place::new(source.file.clone(), source.text.clone(), span))
    }
}

/// A problem with the name of its template, if Tera gives it.
pub(super) struct Problem {
    pub(super) template: Option<String>,
    pub(super) diagnostic: Diagnostic,
}

/// All problems in an error. Errors that name no template are attributed to `template`, the one that was rendered.
pub(super) fn problems(texts: &TemplateTexts<'_>, template: &str, error: &tera::Error) -> Vec<Problem> {
    let named = |name: &str, message: String| {
        let place = texts.sources.get(name).map(|source| Place::file(source.file.clone()));
        vec![Problem { template: Some(name.to_owned()), diagnostic: at(message, place) }]
    };
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let place = texts.place(report.filename(), report.span().range.clone());
            let mut message = report.message().trim().trim_end_matches('.').to_owned();
            // The message of one of our functions is the cause of Tera's error.
            if let Some(cause) = std::error::Error::source(error) {
                message = format!("{message}: {cause}");
            }
            vec![Problem { template: Some(report.filename().to_owned()), diagnostic: at(message, place) }]
        }
        ErrorKind::MissingParent { current, parent } => {
            named(current, format!("template `{parent}` not found"))
        }
        ErrorKind::CircularExtend { tpl, .. } => {
            named(tpl, "this template extends itself, directly or through others".to_owned())
        }
        ErrorKind::CircularInclude { tpl, .. } => {
            named(tpl, "this template includes itself, directly or through others".to_owned())
        }
        ErrorKind::Msg(reports) if reports.starts_with("error: ") => {
            reports.split("\n\nerror: ").map(|report| parse_report(texts, report)).collect()
        }
        _ => named(template, error.to_string()),
    }
}

/// Parses a report of Tera's check of all templates, which is text for a terminal: `error: MESSAGE`, then
/// `--> TEMPLATE:LINE:COLUMN`.
fn parse_report(texts: &TemplateTexts<'_>, report: &str) -> Problem {
    let message = report.lines().next().unwrap_or(report).trim_start_matches("error: ").to_owned();
    let location = report.lines().find_map(|line| line.trim().strip_prefix("--> "));
    let mut parts = location.unwrap_or_default().rsplitn(3, ':');
    let column = parts.next().and_then(|column| column.parse::<usize>().ok());
    let line = parts.next().and_then(|line| line.parse::<usize>().ok());
    let template = parts.next().map(str::to_owned);
    let place = template.as_deref().and_then(|name| {
        let span = span_at(texts.text(name)?, line.unwrap_or(1), column.unwrap_or(1));
        texts.place(name, span)
    });
    Problem { template, diagnostic: at(message, place) }
}

fn span_at(text: &str, line: usize, column: usize) -> Range<usize> {
    let mut start = 0;
    for _ in 1..line {
        start += text[start..].find('\n').map_or(0, |newline| newline + 1);
    }
    let start = start + text[start..].char_indices().nth(column.saturating_sub(1)).map_or(0, |(at, _)| at);
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '/';
    let length = text[start..].find(|c: char| !is_name(c)).unwrap_or(0).max(1);
    start..start + length
}

fn at(message: String, place: Option<Place>) -> Diagnostic {
    let diagnostic = Diagnostic::error("theme/template", message);
    match place {
        Some(place) => diagnostic.at(place),
        None => diagnostic,
    }
}
