//! What Tera says → diagnostics at the template's line.

use std::collections::BTreeMap;
use std::ops::Range;

use tera::ErrorKind;

use super::lookup::Source;
use super::weaving::Woven;
use crate::diagnostic::{Diagnostic, Place};

/// Templates as their authors wrote them, and as Tera knows them.
pub(super) struct Authored<'a> {
    pub(super) sources: &'a BTreeMap<String, Source>,
    /// Those that are not here, Tera knows as they are.
    pub(super) woven: &'a BTreeMap<String, Woven>,
}

impl Authored<'_> {
    /// The text of a template as Tera knows it.
    fn text(&self, name: &str) -> Option<&str> {
        let woven = self.woven.get(name).map(|woven| &*woven.text);
        woven.or_else(|| self.sources.get(name).map(|source| &*source.text))
    }

    /// A range of that text in what the author wrote.
    fn place(&self, name: &str, span: Range<usize>) -> Option<Place> {
        let source = self.sources.get(name)?;
        let span = self.woven.get(name).map_or(span.clone(), |woven| woven.unwoven(span));
        Some(Place::new(source.file.clone(), source.text.clone(), span))
    }
}

/// A problem, and the name of the template that has it, if Tera names one.
pub(super) struct Problem {
    pub(super) template: Option<String>,
    pub(super) diagnostic: Diagnostic,
}

/// All problems that an error tells of. `template` is the one that was rendered, for errors that name none.
pub(super) fn problems(authored: &Authored<'_>, template: &str, error: &tera::Error) -> Vec<Problem> {
    let named = |name: &str, message: String| {
        let place = authored.sources.get(name).map(|source| Place::file(source.file.clone()));
        vec![Problem { template: Some(name.to_owned()), diagnostic: at(message, place) }]
    };
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let place = authored.place(report.filename(), report.span().range.clone());
            let mut message = report.message().trim().trim_end_matches('.').to_owned();
            // A function's own words are behind Tera's.
            if let Some(cause) = std::error::Error::source(error) {
                message = format!("{message}: {cause}");
            }
            vec![Problem { template: Some(report.filename().to_owned()), diagnostic: at(message, place) }]
        }
        ErrorKind::MissingParent { current, parent } => {
            named(current, format!("this template extends `{parent}`, which does not exist"))
        }
        ErrorKind::CircularExtend { tpl, .. } => {
            named(tpl, "this template extends itself in the end".to_owned())
        }
        ErrorKind::CircularInclude { tpl, .. } => {
            named(tpl, "this template includes itself in the end".to_owned())
        }
        ErrorKind::Msg(reports) if reports.starts_with("error: ") => {
            reports.split("\n\nerror: ").map(|report| of_report(authored, report)).collect()
        }
        _ => named(template, error.to_string()),
    }
}

/// Tera checks all templates against each other and tells of everything in one text, for a terminal:
/// `error: MESSAGE`, then `--> TEMPLATE:LINE:COLUMN`.
fn of_report(authored: &Authored<'_>, report: &str) -> Problem {
    let message = report.lines().next().unwrap_or(report).trim_start_matches("error: ").to_owned();
    let location = report.lines().find_map(|line| line.trim().strip_prefix("--> "));
    let mut parts = location.unwrap_or_default().rsplitn(3, ':');
    let column = parts.next().and_then(|column| column.parse::<usize>().ok());
    let line = parts.next().and_then(|line| line.parse::<usize>().ok());
    let template = parts.next().map(str::to_owned);
    let place = template.as_deref().and_then(|name| {
        let span = span_at(authored.text(name)?, line.unwrap_or(1), column.unwrap_or(1));
        authored.place(name, span)
    });
    Problem { template, diagnostic: at(message, place) }
}

fn span_at(text: &str, line: usize, column: usize) -> Range<usize> {
    let mut start = 0;
    for _ in 1..line {
        start += text[start..].find('\n').map_or(0, |newline| newline + 1);
    }
    let words = &text[start..];
    let start = start + words.char_indices().nth(column.saturating_sub(1)).map_or(0, |(at, _)| at);
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
