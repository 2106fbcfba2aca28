//! Errors and warnings: what is wrong, where, and how to fix it.
//!
//! Each room reports its problems as [`Diagnostic`]s and continues as far as it can, so that one run shows all of them.
//! [`human`] renders them for terminals, [`json`] for programs, [`browser`] for the preview.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub mod browser;
pub mod human;
pub mod json;

/// The severity of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// The site is still built, except with `--strict`.
    Warning,
    /// A problem in the files of the site: nothing is written, exit code 1.
    Error,
    /// A problem of the machine or the command line, such as a full disk or missing permissions: exit code 2.
    Fatal,
}

/// A range of bytes in a file of the site.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The path relative to the folder of the site, with `/` on every system.
    pub file: Arc<str>,
    /// The text of the file, or empty for the file as a whole. It is not serialized: see [`Diagnostic::with_texts`].
    #[serde(skip)]
    pub text: Arc<str>,
    /// The bytes in `text`. [`Place::new`] keeps them within it and on character boundaries.
    pub span: Range<usize>,
}

impl Place {
    /// A range in a file, clamped to its text.
    pub fn new(file: impl Into<Arc<str>>, text: impl Into<Arc<str>>, span: Range<usize>) -> Self {
        let text: Arc<str> = text.into();
        let start = floor_char_boundary(&text, span.start);
        let end = floor_char_boundary(&text, span.end).max(start);
        Self { file: file.into(), text, span: start..end }
    }

    /// A file as a whole.
    pub fn file(file: impl Into<Arc<str>>) -> Self {
        Self { file: file.into(), text: Arc::from(""), span: 0..0 }
    }

    /// The line and column of the first byte, from 1. Columns count characters. `None` for the file as a whole.
    pub fn start(&self) -> Option<(usize, usize)> {
        (!self.text.is_empty()).then(|| line_column(&self.text, self.span.start))
    }

    /// The line and column after the last byte, from 1.
    pub fn end(&self) -> Option<(usize, usize)> {
        (!self.text.is_empty()).then(|| line_column(&self.text, self.span.end))
    }
}

/// The last boundary between characters up to a byte. `str` has this from Rust 1.91 on.
pub(crate) fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn line_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Another place that belongs to a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// How the place relates to the problem.
    pub label: String,
    /// The place.
    pub place: Place,
}

/// The stable name of a kind of problem, `room/problem`, for filters and documentation.
pub type Code = &'static str;

/// An error or a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The stable name of the kind of problem.
    #[serde(deserialize_with = "code")]
    pub code: Code,
    /// The severity.
    pub severity: Severity,
    /// What is wrong, in one clause without a period.
    pub message: String,
    /// The place, if the problem is in a file.
    pub place: Option<Place>,
    /// Other places, such as the second of two articles with the same URL.
    pub related: Vec<Related>,
    /// How to fix it.
    pub help: Option<String>,
    /// The number of further problems with this code in the same file, which are left out.
    #[serde(default)]
    pub more: usize,
    /// The names, such as those of fields, by which these problems are counted if many files have them. Empty: each is shown.
    #[serde(default)]
    pub about: Vec<String>,
}

/// The maximum number of problems with one code in one file. Users fix the first ones, and a file with a thousand broken links
/// must not take the memory of a thousand messages.
const MAX_PER_CODE: usize = 20;

impl Diagnostic {
    fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            place: None,
            related: Vec::new(),
            help: None,
            more: 0,
            about: Vec::new(),
        }
    }

    /// A problem that does not fail the build.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A problem in the files of the site.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A problem of the machine or of the command line.
    pub fn fatal(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Fatal, code, message)
    }

    /// A symbolic link that leads out of the site.
    pub fn link_leaves_site(place: Place) -> Self {
        Self::error("content/link-leaves-site", "this symbolic link is broken or leads out of the site")
            .at(place)
            .help("copy the file into the site, so that the site can be built on other machines")
    }

    /// A symbolic link from the sources to an output folder.
    pub fn link_into_output(place: Place) -> Self {
        Self::error(
            "content/link-into-output",
            "this symbolic link leads to an output folder, or to a folder that contains one",
        )
        .at(place)
        .help("delete the link: each build would publish the output of the previous one")
    }

    /// A named pipe, a socket or a device.
    pub fn not_a_file(place: Place) -> Self {
        Self::error("content/not-a-file", "this is a named pipe, a socket or a device, not a file")
            .at(place)
            .help("replace it with a file")
    }

    /// Sets the names by which such problems are counted if many files have them.
    #[must_use]
    pub fn about(mut self, about: Vec<String>) -> Self {
        self.about = about;
        self
    }

    /// Whether it fails the build.
    pub fn is_error(&self) -> bool {
        self.severity >= Severity::Error
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Restores the texts of the places after deserialization.
    #[must_use]
    pub fn with_texts(mut self, text_of: impl Fn(&str) -> Option<Arc<str>>) -> Self {
        for place in self.place.iter_mut().chain(self.related.iter_mut().map(|related| &mut related.place)) {
            if place.span != (0..0)
                && let Some(text) = text_of(&place.file)
            {
                *place = Place::new(place.file.clone(), text, place.span.clone());
            }
        }
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn also(mut self, label: impl Into<String>, place: Place) -> Self {
        self.related.push(Related { label: label.into(), place });
        self
    }
}

/// Deserializes a code. It is leaked, which costs a few bytes for each warning that a build remembers.
fn code<'de, D: serde::Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    Ok(Box::leak(String::deserialize(from)?.into_boxed_str()))
}

/// The problems of a run, in the order in which they were found.
#[derive(Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds problems.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(others);
    }

    /// Whether there are no problems.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them fails the build.
    pub fn has_errors(&self) -> bool {
        self.worst() >= Some(Severity::Error)
    }

    /// The highest severity.
    pub fn worst(&self) -> Option<Severity> {
        self.0.iter().map(|diagnostic| diagnostic.severity).max()
    }

    /// The number of problems with this severity.
    pub fn count(&self, severity: Severity) -> usize {
        let of_it = self.0.iter().filter(|diagnostic| diagnostic.severity == severity);
        of_it.map(|diagnostic| 1 + diagnostic.more).sum()
    }

    /// Makes every warning an error, for `--strict`.
    pub fn deny_warnings(&mut self) {
        for diagnostic in &mut self.0 {
            diagnostic.severity = diagnostic.severity.max(Severity::Error);
        }
    }

    /// All of them by file, position and code, each once, and of each code no more of a file than a person reads.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        let key = |d: &Diagnostic| {
            let place = d.place.as_ref();
            (place.map(|p| (p.file.clone(), p.span.start)), d.code, d.message.clone())
        };
        self.0.sort_by_cached_key(key);
        self.0.dedup();
        first_of_each_kind(self.0)
    }
}

/// The first problems of each code and severity of one file, in their order; the last of them counts the others
/// ([`Diagnostic::more`]). What has no place is kept.
pub fn first_of_each_kind(all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(all.len().min(1024));
    let mut kinds: HashMap<(Code, Severity), (usize, usize)> = HashMap::new();
    let mut file: Option<Arc<str>> = None;
    for problem in all {
        let Some(place) = &problem.place else {
            kept.push(problem);
            continue;
        };
        if file.as_ref() != Some(&place.file) {
            file = Some(place.file.clone());
            kinds.clear();
        }
        let (count, last) = kinds.entry((problem.code, problem.severity)).or_default();
        if *count == MAX_PER_CODE {
            kept[*last].more += 1 + problem.more;
        } else {
            (*count, *last) = (*count + 1, kept.len());
            kept.push(problem);
        }
    }
    kept
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The candidate most similar to a misspelled name, if one is close enough.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.84)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// A help text that suggests the candidate most likely meant by a misspelt name, if one is close enough.
pub fn suggestion<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    did_you_mean(written, candidates).map(|near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let place = Place::new("a.md", "eins\nzwölf Ärzte\n", 12..13);
        assert_eq!(place.start(), Some((2, 7)));
    }

    #[test]
    fn ranges_are_clamped_to_the_text_and_to_characters() {
        let place = Place::new("a.md", "ö", 1..99);
        assert_eq!(place.span, 0..2);
    }

    #[test]
    fn problems_are_sorted_by_file_then_position() {
        let mut all = Diagnostics::default();
        for (file, at) in [("b.md", 0), ("a.md", 5), ("a.md", 1)] {
            all.push(Diagnostic::error("x/y", "bad").at(Place::new(file, "some text", at..at)));
        }
        let order: Vec<_> = all
            .into_sorted()
            .into_iter()
            .map(|d| d.place.map(|p| (p.file.to_string(), p.span.start)))
            .collect();
        assert_eq!(order, [Some(("a.md".into(), 1)), Some(("a.md".into(), 5)), Some(("b.md".into(), 0))]);
    }

    #[test]
    fn the_first_problems_of_a_code_are_kept_and_the_rest_are_counted() {
        let text: Arc<str> = "x".repeat(100).into();
        let mut all = Diagnostics::default();
        for (file, code, count) in [("a.md", "x/y", 50), ("a.md", "x/z", 3), ("b.md", "x/y", 20)] {
            let places = (0..count).map(|at| Place::new(file, text.clone(), at..at + 1));
            all.extend(places.map(|place| Diagnostic::warning(code, "bad").at(place)));
        }
        assert_eq!(all.count(Severity::Warning), 73);
        let kept = all.into_sorted();
        assert_eq!(kept.len(), 20 + 3 + 20);
        let more: Vec<_> = kept.iter().filter(|d| d.more > 0).map(|d| (d.code, d.more)).collect();
        assert_eq!(more, [("x/y", 30)]);
        assert_eq!(kept.iter().map(|d| 1 + d.more).sum::<usize>(), 73);
    }

    #[test]
    fn only_close_names_are_suggested() {
        assert_eq!(did_you_mean("tittle", ["title", "tags"]), Some("title"));
        assert_eq!(did_you_mean("zebra", ["title", "tags"]), None);
    }
}
