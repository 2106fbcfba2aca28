//! Counts findings: each kind once, with an example.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::counted;
use super::remarks;
use crate::content::Key;
use crate::import::{Confidence, Outcome, Row, Span};
use crate::timings::thousands;

/// Most kinds that are distinguished, so that reasons unique to each file do not fill the memory.
const MOST: usize = 1_000;
/// Most kinds shown in a terminal.
pub(super) const SHOWN: usize = 20;

/// The severity of a finding, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Category {
    /// A file that should have been a story.
    Failed,
    /// A remark on a story.
    Remark,
    /// A file that is not a story.
    Skipped,
}

/// A kind of finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) category: Category,
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
    findings: Vec<Finding>,
    places: HashMap<(Category, &'static str, String), usize>,
}

impl Tally {
    /// Counts the findings of a row.
    pub(super) fn add(&mut self, row: &Row) {
        match &row.outcome {
            Outcome::Failed(why, at) => {
                self.count(
                    Category::Failed,
                    "import/failed",
                    normalize_reason(why),
                    &row.input,
                    at.as_ref(),
                    || (format!("not imported: {why}"), ""),
                );
            }
            Outcome::Skipped(why) => {
                self.count(Category::Skipped, "", normalize_reason(why), &row.input, None, || {
                    (format!("skipped: {why}"), "")
                });
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
            self.count(
                Category::Remark,
                remark.code,
                remark.about.clone(),
                example,
                remark.span.as_ref(),
                || match remarks::describe(remark.code) {
                    Some((what, help)) if remark.about.is_empty() => (what.to_owned(), help),
                    Some((what, help)) => (format!("`{}`: {what}", remark.about), help),
                    None => (remark.message.clone(), ""),
                },
            );
        }
        let is_undated = story
            .fields
            .iter()
            .any(|field| field.key == Key::Date && field.confidence == Confidence::Missing);
        if is_undated && !story.remarks.iter().any(|remark| remark.code == "import/undated") {
            let (what, help) = remarks::describe("import/undated").unwrap_or_default();
            self.count(Category::Remark, "import/undated", String::new(), &row.input, None, || {
                (what.to_owned(), help)
            });
        }
    }

    fn count(
        &mut self,
        category: Category,
        code: &'static str,
        about: String,
        input: &str,
        at: Option<&Span>,
        describe: impl FnOnce() -> (String, &'static str),
    ) {
        let about = if self.findings.len() < MOST { about } else { String::new() };
        let place = *self.places.entry((category, code, about)).or_insert(self.findings.len());
        if let Some(finding) = self.findings.get_mut(place) {
            finding.count += 1;
            return;
        }
        let (what, help) = describe();
        self.findings.push(Finding { category, code, count: 1, what, help, example: place_of(input, at) });
    }

    /// All kinds, worst first, then most frequent.
    pub(super) fn sorted(&self) -> Vec<&Finding> {
        let mut all: Vec<&Finding> = self.findings.iter().collect();
        all.sort_by(|a, b| a.category.cmp(&b.category).then(b.count.cmp(&a.count)));
        all
    }

    /// A line for each kind. If there are too many, the last line says where the others are: `rest`.
    pub(super) fn lines(&self, most: usize, rest: &str) -> Vec<String> {
        let all = merge_rare(self.sorted().into_iter().cloned().collect());
        let shown = &all[..all.len().min(most)];
        let width =
            shown.iter().map(|finding| thousands(finding.count as u64).len()).max().unwrap_or_default();
        let mut lines: Vec<String> = shown
            .iter()
            .map(|finding| {
                let (count, help) = (thousands(finding.count as u64), finding.help);
                let help = if help.is_empty() { String::new() } else { format!("; {help}") };
                format!("{count:>width$} × {}{help} (for example {})", finding.what, finding.example)
            })
            .collect();
        if all.len() > shown.len() {
            lines.push(format!(
                "{} {rest}",
                counted(all.len() - shown.len(), "more finding", "more findings")
            ));
        }
        lines
    }
}

/// Most kinds of one code that have their own line.
const OWN_LINES: usize = 5;

/// Merges the rarer kinds of a code that has many, such as a site's own shortcodes, into one line.
fn merge_rare(all: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in all {
        let same: Vec<usize> = kept
            .iter()
            .enumerate()
            .filter(|(_, other)| is_one_code(other, &finding))
            .map(|(at, _)| at)
            .collect();
        let name = |what: &str| what.split_once(": ").map(|(name, _)| name.to_owned());
        match (same.get(OWN_LINES).copied(), name(&finding.what)) {
            (Some(last), Some(name)) if finding.what.starts_with('`') => {
                let merged = &mut kept[last];
                merged.count += finding.count;
                merged.what = merged.what.replacen(": ", &format!(", {name}: "), 1);
            }
            _ => kept.push(finding),
        }
    }
    kept
}

fn is_one_code(one: &Finding, other: &Finding) -> bool {
    one.category == Category::Remark
        && other.category == Category::Remark
        && one.code == other.code
        && one.what.starts_with('`')
}

/// A file with line and column.
pub(super) fn place_of(input: &str, at: Option<&Span>) -> String {
    at.map_or_else(|| input.to_owned(), |Span { line, column, .. }| format!("{input}:{line}:{column}"))
}

/// A reason without the details that differ between files: quotations, paths, numbers.
fn normalize_reason(why: &str) -> String {
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
    fn reasons_that_differ_in_quotations_are_one_finding() {
        let mut tally = Tally::default();
        tally.add(&failed("a.md", "the date `x` is none of the 12"));
        tally.add(&failed("b.md", "the date `y` is none of the 7"));
        tally.add(&Row { outcome: Outcome::Skipped("it is no text".to_owned()), ..failed("c.bin", "") });
        let expected = [
            "2 × not imported: the date `x` is none of the 12 (for example a.md:3:1)",
            "1 × skipped: it is no text (for example c.bin)",
        ];
        assert_eq!(tally.lines(SHOWN, "elsewhere"), expected);
        assert_eq!(tally.lines(1, "elsewhere"), [expected[0], "1 more finding elsewhere"]);
    }

    #[test]
    fn many_findings_with_one_code_are_merged() {
        let mut tally = Tally::default();
        for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            let finding = Finding {
                category: Category::Remark,
                code: "import/shortcode",
                count: 1,
                what: format!("`{name}`: it stays"),
                help: "",
                example: "x.md".to_owned(),
            };
            tally.findings.push(finding);
        }
        let lines = tally.lines(SHOWN, "elsewhere");
        assert_eq!(lines.len(), 6);
        assert_eq!(lines[5], "3 × `f`, `g`, `h`: it stays (for example x.md)");
    }

    #[test]
    fn the_number_of_findings_is_bounded() {
        let mut tally = Tally::default();
        for number in 0..5 * MOST {
            let word: String = number.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
            tally.add(&failed("a.md", &format!("{word} is wrong")));
        }
        assert_eq!(tally.sorted().len(), MOST + 1);
        assert_eq!(tally.sorted().iter().map(|finding| finding.count).sum::<usize>(), 5 * MOST);
    }
}
