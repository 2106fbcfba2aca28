//! `bulletin check`: everything that is wrong with a site.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::progress::Bar;
use super::{AsOf, Console, counted};
use crate::archive::View;
use crate::config::LoadedConfig;
use crate::diagnostic::Severity;
use crate::pipeline::{Checked, Request, check};
use crate::site::SiteDir;

/// Arguments of `bulletin check`.
#[derive(Args, Debug)]
pub(super) struct Check {
    #[command(flatten)]
    as_of: AsOf,
    /// Include the pages of drafts
    #[arg(long)]
    drafts: bool,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
}

impl Check {
    pub(super) fn run(&self, site: &SiteDir, console: &Console) -> ExitCode {
        let settings = Arc::new(LoadedConfig::load(site));
        let as_of = match self.as_of.or_now(&settings, console) {
            Ok(as_of) => as_of,
            Err(code) => return code,
        };
        let view = View { as_of, drafts: self.drafts };
        let request =
            Request { strict: self.strict, settings: Some(settings), ..Request::new(site.clone(), view) };
        let bar = Bar::new(console.quiet || console.is_json(), "pages");
        let checked = check(&request, &bar);
        bar.clear();
        let code = console.problems(&checked.diagnostics);
        console.say(&summary(&checked));
        if let Some(hint) = id_hint(&checked).filter(|_| console.verbose) {
            console.say(&hint);
        }
        if console.is_json() {
            console.data(&json_summary(&checked));
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
    let counts: Vec<String> = [(errors, "error", "errors"), (warnings, "warning", "warnings")]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
    let problems = if counts.is_empty() { "no problems".to_owned() } else { counts.join(" and ") };
    match checked.articles {
        Some(articles) => format!("Checked {}: {problems}", counted(articles, "story", "stories")),
        None => format!("The check could not finish: {problems}"),
    }
}

/// Suggests ids for stories that feed readers would show again after a rename.
fn id_hint(checked: &Checked) -> Option<String> {
    let hint = match checked.without_id {
        0 => return None,
        1 => "1 story has no `id`, so feed readers will show it again if its file is renamed".to_owned(),
        count => format!(
            "{} have no `id`, so feed readers will show them again if their files are renamed",
            counted(count, "story", "stories")
        ),
    };
    Some(format!("{hint}; `bulletin build --write-ids` adds one to each"))
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
    fn the_summary_counts_errors_and_warnings() {
        let checked = |errors: usize, warnings: usize| {
            let errors = std::iter::repeat_n(Diagnostic::error("x/y", "bad"), errors);
            let warnings = std::iter::repeat_n(Diagnostic::warning("x/y", "odd"), warnings);
            Checked { diagnostics: errors.chain(warnings).collect(), without_id: 0, articles: Some(36) }
        };
        assert_eq!(summary(&checked(0, 0)), "Checked 36 stories: no problems");
        assert_eq!(summary(&checked(2, 3)), "Checked 36 stories: 2 errors and 3 warnings");
        assert_eq!(summary(&checked(0, 1)), "Checked 36 stories: 1 warning");
        let unfinished = Checked { articles: None, ..checked(1, 0) };
        assert_eq!(summary(&unfinished), "The check could not finish: 1 error");
    }
}
