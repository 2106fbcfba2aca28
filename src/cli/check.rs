//! `bulletin check`: everything that would embarrass the desk.

use std::process::ExitCode;

use clap::Args;

use super::build::{instant_of, shown_twice, zone_of};
use super::progress::Bar;
use super::{MessageFormat, Words, counted};
use crate::archive::View;
use crate::diagnostic::Severity;
use crate::pipeline::{Checked, Request, check};
use crate::site::SiteDir;
use crate::time;

/// Arguments of `bulletin check`.
#[derive(Args, Debug)]
pub(super) struct Check {
    /// Check the site as it is at this time, in the site's zone if it has no offset [default: now]
    #[arg(long, value_name = "TIME")]
    as_of: Option<time::SiteTime>,
    /// Check the pages of drafts as well
    #[arg(long)]
    drafts: bool,
    /// Take warnings for errors
    #[arg(long)]
    strict: bool,
}

impl Check {
    pub(super) fn run(&self, site: &SiteDir, words: &Words) -> ExitCode {
        let as_of = match instant_of(self.as_of, site) {
            Ok(as_of) => as_of,
            Err(problem) => return words.problem(*problem),
        };
        words.problems(shown_twice("--as-of", self.as_of, &zone_of(site)).as_slice());
        let request = Request {
            site: site.clone(),
            output: None,
            view: View { as_of, drafts: self.drafts },
            clean: false,
            strict: self.strict,
            explain: false,
            timings: None,
        };
        let bar = Bar::new(words.quiet || words.format == MessageFormat::Json);
        let checked = check(&request, &bar);
        bar.clear();
        let code = words.problems(&checked.diagnostics);
        words.say(&summary(&checked));
        if let Some(offer) = offer(&checked).filter(|_| words.verbose) {
            words.say(&offer);
        }
        if words.format == MessageFormat::Json {
            words.data(&json_summary(&checked));
        }
        code
    }
}

/// How many errors and warnings there are.
fn counts(checked: &Checked) -> (usize, usize) {
    let warnings = checked.diagnostics.iter().filter(|problem| problem.severity == Severity::Warning).count();
    (checked.diagnostics.len() - warnings, warnings)
}

/// The last line of a check.
fn summary(checked: &Checked) -> String {
    let (errors, warnings) = counts(checked);
    let found: Vec<String> = [(errors, "error", "errors"), (warnings, "warning", "warnings")]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
    let found = if found.is_empty() { "nothing to mend".to_owned() } else { found.join(" and ") };
    match checked.articles {
        Some(articles) => format!("Checked {}: {found}", counted(articles, "article", "articles")),
        None => format!("The check could not be finished: {found}"),
    }
}

/// What would keep feeds from showing old stories as new when files are renamed.
fn offer(checked: &Checked) -> Option<String> {
    let (what, theirs) = match checked.without_id {
        0 => return None,
        1 => ("1 story has".to_owned(), "its file is"),
        count => (format!("{} have", counted(count, "story", "stories")), "their files are"),
    };
    Some(format!(
        "{what} no `id`, and would be new to feed readers once {theirs} renamed or moved: `bulletin build --write-ids` writes the ids down"
    ))
}

fn json_summary(checked: &Checked) -> String {
    let (errors, warnings) = counts(checked);
    serde_json::json!({
        "reason": "check-finished",
        "success": errors == 0,
        "articles": checked.articles,
        "errors": errors,
        "warnings": warnings,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn the_last_line_counts_what_is_to_be_mended() {
        let checked = |errors: usize, warnings: usize| {
            let errors = std::iter::repeat_n(Diagnostic::error("x/y", "bad"), errors);
            let warnings = std::iter::repeat_n(Diagnostic::warning("x/y", "odd"), warnings);
            Checked { diagnostics: errors.chain(warnings).collect(), without_id: 0, articles: Some(36) }
        };
        assert_eq!(summary(&checked(0, 0)), "Checked 36 articles: nothing to mend");
        assert_eq!(summary(&checked(2, 3)), "Checked 36 articles: 2 errors and 3 warnings");
        assert_eq!(summary(&checked(0, 1)), "Checked 36 articles: 1 warning");
        let unfinished = Checked { articles: None, ..checked(1, 0) };
        assert_eq!(summary(&unfinished), "The check could not be finished: 1 error");
    }
}
