//! Counts findings: each kind once, with an example.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::counted;
use super::remarks;
use crate::import::{Confidence, Outcome, Row, Span};
use crate::timings::thousands;

/// Most kinds that are distinguished, so that reasons unique to each file do not fill the memory.
const MOST: usize = 1_000;
/// Most kinds shown in a terminal.
pub(super) const SHOWN: usize = 20;

/// The severity of a finding, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Of {
    /// A file that should have been a story.
    Failed,
    /// A remark on a story.
    Remark,
    /// A file that is not a story.
    Skipped,
}

/// A kind of finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) of: Of,
    /// The code of a remark.
    pub(super) code: &'static str,
    pub(super) count: usize,
    /// The problem.
    pub(super) what: String,
    /// The fix, unless `what` says it.
    pub(super) help: &'static str,
    /// The first file with this finding, with line and column.
    pub(super) example: String,
}

/// All findings of a run.
#[derive(Debug, Default)]
pub(super) struct Tally {
    kinds: Vec<Kind>,
    places: HashMap<(Of, &'static str, String), usize>,
}

impl Tally {
    /// Counts the findings of a row.
    pub(super) fn add(&mut self, row: &Row) {
        match &row.outcome {
            Outcome::Failed(why, at) => {
                self.count(Of::Failed, "import/failed", gist(why), &row.input, at.as_ref(), || {
                    (format!("not imported: {why}"), "")
                });
            }
            Outcome::Skipped(why) => {
                self.count(Of::Skipped, "", gist(why), &row.input, None, || (format!("skipped: {why}"), ""));
            }
            Outcome::Unchanged(_) => {}
            Outcome::Imported(_) | Outcome::Updated(_) | Outcome::Settings(..) => self.remarks(row),
        }
    }

    fn remarks(&mut self, row: &Row) {
        let Some(story) = &row.story else { return };
        for remark in &story.remarks {
            // For the settings, the first message is a better example than the file name.
            let is_of_site = matches!(row.outcome, Outcome::Settings(..));
            let example = if is_of_site { &remark.message } else { &row.input };
            self.count(Of::Remark, remark.code, remark.about.clone(), example, remark.span.as_ref(), || {
                match remarks::describe(remark.code) {
                    Some((what, help)) if remark.about.is_empty() => (what.to_owned(), help),
                    Some((what, help)) => (format!("`{}`: {what}", remark.about), help),
                    None => (remark.message.clone(), ""),
                }
            });
        }
        let is_undated =
            story.fields.iter().any(|field| field.key == "date" && field.confidence == Confidence::Missing);
        if is_undated && !story.remarks.iter().any(|remark| remark.code == "import/undated") {
            let (what, help) = remarks::describe("import/undated").unwrap_or_default();
            self.count(Of::Remark, "import/undated", String::new(), &row.input, None, || {
                (what.to_owned(), help)
            });
        }
    }

    fn count(
        &mut self,
        of: Of,
        code: &'static str,
        about: String,
        input: &str,
        at: Option<&Span>,
        words: impl FnOnce() -> (String, &'static str),
    ) {
        let about = if self.kinds.len() < MOST { about } else { String::new() };
        let place = *self.places.entry((of, code, about)).or_insert(self.kinds.len());
        if let Some(kind) = self.kinds.get_mut(place) {
            kind.count += 1;
            return;
        }
        let (what, help) = words();
        self.kinds.push(Kind { of, code, count: 1, what, help, example: place_of(input, at) });
    }

    /// All kinds, worst first, then most frequent.
    pub(super) fn sorted(&self) -> Vec<&Kind> {
        let mut all: Vec<&Kind> = self.kinds.iter().collect();
        all.sort_by(|a, b| a.of.cmp(&b.of).then(b.count.cmp(&a.count)));
        all
    }

    /// A line for each kind. If there are too many, the last line says where the others are: `rest`.
    pub(super) fn lines(&self, most: usize, rest: &str) -> Vec<String> {
        let all = few_of_each_code(self.sorted().into_iter().cloned().collect());
        let shown = &all[..all.len().min(most)];
        let width = shown.iter().map(|kind| thousands(kind.count as u64).len()).max().unwrap_or_default();
        let mut lines: Vec<String> = shown
            .iter()
            .map(|kind| {
                let (count, help) = (thousands(kind.count as u64), kind.help);
                let help = if help.is_empty() { String::new() } else { format!("; {help}") };
                format!("{count:>width$} × {}{help} (for example {})", kind.what, kind.example)
            })
            .collect();
        if all.len() > shown.len() {
            lines.push(format!("{} {rest}", counted(all.len() - shown.len(), "more kind", "more kinds")));
        }
        lines
    }
}

/// Most kinds of one code that have their own line.
const OWN_LINES: usize = 5;

/// Merges the rarer kinds of a code that has many, such as a site's own shortcodes, into one line.
fn few_of_each_code(all: Vec<Kind>) -> Vec<Kind> {
    let mut kept: Vec<Kind> = Vec::new();
    for kind in all {
        let same: Vec<usize> = kept
            .iter()
            .enumerate()
            .filter(|(_, other)| is_one_code(other, &kind))
            .map(|(at, _)| at)
            .collect();
        let name = |what: &str| what.split_once(": ").map(|(name, _)| name.to_owned());
        match (same.get(OWN_LINES).copied(), name(&kind.what)) {
            (Some(last), Some(name)) if kind.what.starts_with('`') => {
                let merged = &mut kept[last];
                merged.count += kind.count;
                merged.what = merged.what.replacen(": ", &format!(", {name}: "), 1);
            }
            _ => kept.push(kind),
        }
    }
    kept
}

fn is_one_code(one: &Kind, other: &Kind) -> bool {
    one.of == Of::Remark && other.of == Of::Remark && one.code == other.code && one.what.starts_with('`')
}

/// A file with line and column.
pub(super) fn place_of(input: &str, at: Option<&Span>) -> String {
    at.map_or_else(|| input.to_owned(), |Span { line, column, .. }| format!("{input}:{line}:{column}"))
}

/// A reason without the details that differ between files: quotations, paths, numbers.
fn gist(why: &str) -> String {
    static OWN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"`[^`]*`|“[^”]*”|(?:content|static)/\S+|\d+").expect("a pattern that is tested")
    });
    OWN.replace_all(why, "…").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(input: &str, why: &str) -> Row {
        let at = Span { line: 3, column: 1, end_line: 3, end_column: 2 };
        Row {
            input: input.to_owned(),
            from: "hugo",
            outcome: Outcome::Failed(why.to_owned(), Some(at)),
            story: None,
        }
    }

    #[test]
    fn a_reason_is_one_kind_whatever_it_quotes() {
        let mut tally = Tally::default();
        tally.add(&failed("a.md", "the date `x` is none of the 12"));
        tally.add(&failed("b.md", "the date `y` is none of the 7"));
        tally.add(&Row { outcome: Outcome::Skipped("it is no text".to_owned()), ..failed("c.bin", "") });
        let expected = [
            "2 × not imported: the date `x` is none of the 12 (for example a.md:3:1)",
            "1 × skipped: it is no text (for example c.bin)",
        ];
        assert_eq!(tally.lines(SHOWN, "elsewhere"), expected);
        assert_eq!(tally.lines(1, "elsewhere"), [expected[0], "1 more kind elsewhere"]);
    }

    #[test]
    fn shortcodes_of_a_sites_own_do_not_fill_the_screen() {
        let mut tally = Tally::default();
        for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            let kind = Kind {
                of: Of::Remark,
                code: "import/shortcode",
                count: 1,
                what: format!("`{name}`: it stays"),
                help: "",
                example: "x.md".to_owned(),
            };
            tally.kinds.push(kind);
        }
        let lines = tally.lines(SHOWN, "elsewhere");
        assert_eq!(lines.len(), 6);
        assert_eq!(lines[5], "3 × `f`, `g`, `h`: it stays (for example x.md)");
    }

    #[test]
    fn reasons_without_end_do_not_fill_the_memory() {
        let mut tally = Tally::default();
        for number in 0..5 * MOST {
            let word: String = number.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
            tally.add(&failed("a.md", &format!("{word} is wrong")));
        }
        assert_eq!(tally.sorted().len(), MOST + 1);
        assert_eq!(tally.sorted().iter().map(|kind| kind.count).sum::<usize>(), 5 * MOST);
    }
}
