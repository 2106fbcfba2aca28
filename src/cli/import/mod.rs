//! `bulletin import`: imports wire copy and archives.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::{Console, counted, repeated_time, settings};
use crate::diagnostic::Diagnostic;
use crate::import::{self, Input, Request, Totals, importers};
use crate::site::SiteDir;
use crate::time;
use crate::timings::thousands;

mod json;
mod remap;
mod remarks;
mod report;
mod reporter;
mod table;
mod tally;

use reporter::{FEW, Reporter};

/// Arguments of `bulletin import`.
#[derive(Args, Debug)]
pub(super) struct Import {
    /// Files, archive folders, or `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "remap")]
    inputs: Vec<PathBuf>,
    /// Format of the files [default: detected for each file]
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(importers::names()))]
    from: Option<String>,
    /// Show what would be imported without writing anything
    #[arg(long)]
    dry_run: bool,
    /// Report as JSON Lines on stdout, with every field and every piece of the copy
    #[arg(long)]
    json: bool,
    /// Section of the stories
    #[arg(long, value_name = "SECTION")]
    section: Option<String>,
    /// Date of the copy: used for stories without a date, and for the year of datelines without one
    #[arg(long, value_name = "TIME")]
    date: Option<time::SiteTime>,
    /// Status of the stories [default: wire copy becomes drafts, archives keep theirs]
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,
    /// Replace stories with their new versions, except those that were edited
    #[arg(long)]
    update: bool,
    /// Apply `import.map.yaml` to the shortcodes left in imported stories, and import nothing
    #[arg(long, conflicts_with_all = ["inputs", "from", "section", "date", "status", "update"])]
    remap: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Status {
    Draft,
    Published,
    Withheld,
    Withdrawn,
}

impl Import {
    pub(super) fn run(&self, site: &SiteDir, console: &Console) -> ExitCode {
        let console = &console.with_json(self.json);
        if self.remap {
            return settings(site).map_or_else(
                |problems| console.problems(&problems),
                |config| remap::run(self.dry_run, site, &config, console),
            );
        }
        let config = match import::settings_for_empty_dir(site).map_or_else(|| settings(site), Ok) {
            Ok(config) => config,
            Err(problems) => return console.problems(&problems),
        };
        let date = match self.date.map(|date| date.in_zone(&config.timezone)).transpose() {
            Ok(date) => date,
            Err(why) => {
                let message = format!("the time of `--date` does not exist: {why}");
                return console.problem(Diagnostic::fatal("import/date", message));
            }
        };
        console.problems(repeated_time("--date", self.date, &config.timezone).as_slice());
        let inputs = match self.inputs() {
            Ok(inputs) => inputs,
            Err(problem) => return console.problem(problem),
        };
        let request = Request {
            inputs,
            kind: self.from.as_deref().and_then(importers::named),
            section: self.section.as_deref().map(|section| config.slugs.of(section)),
            date,
            status: self.status.map(Status::of_import),
            update: self.update,
            dry_run: self.dry_run,
        };
        let mut reporter = Reporter::new(console, site, self.dry_run, self.is_few());
        match import::import(&request, site, &config, &mut |row| reporter.row(row)) {
            Ok(totals) => reporter.finish(totals),
            Err(problems) => console.problems(&problems),
        }
    }

    fn is_few(&self) -> bool {
        self.inputs.len() <= FEW && self.inputs.iter().all(|path| !path.is_dir())
    }

    fn inputs(&self) -> Result<Vec<Input>, Diagnostic> {
        let read = |path: &PathBuf| {
            if path.as_os_str() != "-" {
                return Ok(Input::Path(path.clone()));
            }
            let mut bytes = Vec::new();
            match std::io::stdin().lock().read_to_end(&mut bytes) {
                Ok(_) => Ok(Input::Standard(bytes)),
                Err(error) => {
                    Err(Diagnostic::fatal("import/stdin", format!("standard input cannot be read: {error}")))
                }
            }
        };
        self.inputs.iter().map(read).collect()
    }
}

impl Status {
    fn of_import(self) -> import::Status {
        match self {
            Self::Draft => import::Status::Draft,
            Self::Published => import::Status::Published,
            Self::Withheld => import::Status::Withheld,
            Self::Withdrawn => import::Status::Withdrawn,
        }
    }
}

/// The last line of an import.
fn summary(totals: &Totals, dry_run: bool) -> String {
    let Totals { imported, updated, skipped, unchanged, failed, statics, drafts } = *totals;
    if unchanged > 1 && imported + updated + skipped + failed + statics == 0 {
        return format!(
            "Nothing to import: all {} were imported before",
            counted(unchanged, "story", "stories")
        );
    }
    let [did, updated_it] = if dry_run { ["Would import", "would update"] } else { ["Imported", "updated"] };
    let mut parts = vec![format!("{did} {}", counted(imported, "story", "stories"))];
    if updated > 0 {
        parts.push(format!("{updated_it} {}", thousands(updated as u64)));
    }
    match drafts {
        0 => {}
        1 if imported + updated == 1 => parts.push("a draft until an editor reviews it".to_owned()),
        1 => parts.push("one of them a draft".to_owned()),
        all if all == imported + updated => {
            parts.push("all of them drafts until an editor reviews them".to_owned());
        }
        some => parts.push(format!("{} of them drafts", thousands(some as u64))),
    }
    for (count, what) in [(unchanged, "unchanged"), (skipped, "skipped"), (failed, "failed")] {
        if count > 0 {
            parts.push(format!("{} {what}", thousands(count as u64)));
        }
    }
    if statics > 0 {
        parts.push(format!("{} copied to static/", counted(statics, "file", "files")));
    }
    parts.join(", ")
}
