//! A problem a person can mend: what is wrong, where, and the way out.
//!
//! Every room reports its problems as [`Diagnostic`]s and goes on as far as it can, so that one run
//! shows all of them. [`human`] renders them for a terminal, [`json`] for programs.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub mod browser;
pub mod human;
pub mod json;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// The site is built all the same (unless `--strict`).
    Warning,
    /// Something in the site's files is wrong: nothing is written, exit code 1.
    Error,
    /// The run could not be done, whatever the files say (no disk, no permission, no site): exit code 2.
    Fatal,
}

/// A range of bytes in a file of the site.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path relative to the site's folder, with `/` on every system.
    pub file: Arc<str>,
    /// The file's text; empty where only the file as a whole is meant. Not serialised: see [`Diagnostic::restored`].
    #[serde(skip)]
    pub text: Arc<str>,
    /// Bytes of `text`. Kept within it and on character borders by [`Place::new`].
    pub span: Range<usize>,
}

impl Place {
    /// A range in a file. A range that does not fit the text is cut to it.
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

    /// Line and column of the first byte, from 1, the column in characters.
    /// `None` where the file as a whole is meant.
    pub fn start(&self) -> Option<(usize, usize)> {
        (!self.text.is_empty()).then(|| line_column(&self.text, self.span.start))
    }

    /// Line and column behind the last byte, from 1.
    pub fn end(&self) -> Option<(usize, usize)> {
        (!self.text.is_empty()).then(|| line_column(&self.text, self.span.end))
    }
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
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

/// A second place that belongs to a problem, with what it has to do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// What this place has to do with the problem.
    pub label: String,
    /// Where it is.
    pub place: Place,
}

/// The stable name of a kind of problem, `room/what`, for filters and documentation.
pub type Code = &'static str;

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable name, `room/what`, for filters and documentation.
    #[serde(deserialize_with = "code")]
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// Where it is, if it is in a file.
    pub place: Option<Place>,
    /// Other places that belong to it, as the second of two articles with one URL.
    pub related: Vec<Related>,
    /// What to do about it.
    pub help: Option<String>,
    /// How many more problems of this code the same file has, which are left out.
    #[serde(default)]
    pub more: usize,
    /// What such problems are counted by where many files have them, as names of fields; empty: they are told one by one.
    #[serde(default)]
    pub about: Vec<String>,
}

/// How many problems of one code are shown of one file. A person fixes the first, and a file of a thousand dead links
/// must not cost the memory of a thousand messages.
const SHOWN_OF_A_KIND: usize = 20;

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

    /// A problem that does not keep the site from being built.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A problem in the site's files.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A problem of the machine or of the command line.
    pub fn fatal(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Fatal, code, message)
    }

    /// A symbolic link that would bring files from elsewhere into the site.
    pub fn link_leaves_site(place: Place) -> Self {
        Self::error(
            "content/link-leaves-site",
            "this symbolic link leads out of the site's folder, or nowhere",
        )
        .at(place)
        .help("copy the file into the site, so that the site can be built elsewhere")
    }

    /// A symbolic link from the sources to what builds write.
    pub fn link_into_output(place: Place) -> Self {
        Self::error(
            "content/link-into-output",
            "this symbolic link leads to a folder that builds write, or one around it",
        )
        .at(place)
        .help("remove the link: each build would publish what the one before it wrote")
    }

    /// Something that is neither a file nor a folder.
    pub fn not_a_file(place: Place) -> Self {
        Self::error("content/not-a-file", "this is a named pipe, a socket or a device, not a file")
            .at(place)
            .help("put a file in its place")
    }

    /// Says what it is counted by where many files have such a problem.
    #[must_use]
    pub fn about(mut self, about: Vec<String>) -> Self {
        self.about = about;
        self
    }

    /// Whether it keeps the site from being built.
    pub fn is_error(&self) -> bool {
        self.severity >= Severity::Error
    }

    /// Says where the problem is.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A diagnostic that was serialised, with the texts of its places again.
    #[must_use]
    pub fn restored(mut self, text_of: impl Fn(&str) -> Option<Arc<str>>) -> Self {
        for place in self.place.iter_mut().chain(self.related.iter_mut().map(|related| &mut related.place)) {
            if place.span != (0..0)
                && let Some(text) = text_of(&place.file)
            {
                *place = Place::new(place.file.clone(), text, place.span.clone());
            }
        }
        self
    }

    /// Adds a place that belongs to the problem.
    #[must_use]
    pub fn also(mut self, label: impl Into<String>, place: Place) -> Self {
        self.related.push(Related { label: label.into(), place });
        self
    }
}

/// A code that was serialised. It is kept for good, as all codes are: a few bytes for each warning that a build remembers.
fn code<'de, D: serde::Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    Ok(Box::leak(String::deserialize(from)?.into_boxed_str()))
}

/// The problems of a run, in the order they were found.
#[derive(Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all problems of another run.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(others);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them keeps the site from being written.
    pub fn has_errors(&self) -> bool {
        self.worst() >= Some(Severity::Error)
    }

    /// The severity of the worst of them.
    pub fn worst(&self) -> Option<Severity> {
        self.0.iter().map(|diagnostic| diagnostic.severity).max()
    }

    /// How many have this severity.
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
        if *count == SHOWN_OF_A_KIND {
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

/// The candidate that was most likely meant by a misspelt name, if one is close enough.
pub fn did_you_mean<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(written, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.84)
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
    fn a_range_outside_the_text_or_inside_a_character_is_cut_to_it() {
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
    fn of_many_problems_of_one_kind_in_a_file_the_first_are_kept_and_the_others_counted() {
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
    fn a_close_name_is_suggested_and_a_far_one_is_not() {
        assert_eq!(did_you_mean("tittle", ["title", "tags"]), Some("title"));
        assert_eq!(did_you_mean("zebra", ["title", "tags"]), None);
    }
}
