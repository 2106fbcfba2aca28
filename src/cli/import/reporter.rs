//! Prints rows as they come: every field of a few stories, or one line for each kind of finding of many.

use std::process::ExitCode;

use serde_json::json;

use super::super::Console;
use super::json::as_json;
use super::report::{NAME, Report};
use super::summary;
use super::table::fields_table;
use super::tally::{SHOWN, Tally, place_of};
use crate::content::Key;
use crate::diagnostic::{Diagnostic, Place};
use crate::import::{Origin, Outcome, Row, StoryReport, Totals, importers};
use crate::site::SiteDir;

/// Most stories that are reported field by field.
pub(super) const FEW: usize = 4;
/// Remarks on agency copy that are shown for each of many stories, because they decide what readers may see.
const ALWAYS_SHOWN: [&str; 1] = ["import/embargo"];

/// Reports an import on the console.
pub(super) struct Reporter<'a> {
    console: &'a Console,
    site: &'a SiteDir,
    dry_run: bool,
    /// Whether only a few files were named, and no folder.
    few_files: bool,
    /// Messages about the settings, with YAML that the desk may use.
    settings: Vec<(String, Option<String>)>,
    /// Rows of an archive, until it is known whether there are only a few.
    pending: Vec<Row>,
    /// Whether an archive has more than a few rows.
    is_archive: bool,
    tally: Tally,
    report: Report,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(console: &'a Console, site: &'a SiteDir, dry_run: bool, few_files: bool) -> Self {
        Self {
            console,
            site,
            dry_run,
            few_files,
            settings: Vec::new(),
            pending: Vec::new(),
            is_archive: false,
            tally: Tally::default(),
            report: Report::default(),
        }
    }

    /// Reports or counts a row.
    pub(super) fn row(&mut self, row: Row) {
        let is_archive = importers::named(row.from).is_some_and(|from| from.origin() == Origin::Archive);
        if (is_archive || matches!(row.outcome, Outcome::Settings(..))) && !self.dry_run {
            self.report.add(&row);
        }
        self.tally.add(&row);
        if self.console.is_json() {
            self.is_archive |= is_archive;
            return self.console.data(&as_json(&row, self.dry_run).to_string());
        }
        if let Outcome::Settings(message, yaml) = row.outcome {
            return self.settings.push((message, yaml));
        }
        if !is_archive {
            return self.print_row(&row, self.console.verbose || self.few_files, true);
        }
        if self.few_files && !self.is_archive && self.pending.len() < FEW {
            return self.pending.push(row);
        }
        self.is_archive = true;
        for row in std::mem::take(&mut self.pending).iter().chain([&row]) {
            self.print_row(row, self.console.verbose, false);
        }
    }

    fn print_row(&self, row: &Row, in_full: bool, is_agency: bool) {
        let (path, did) = match (&row.outcome, self.dry_run) {
            (Outcome::Imported(path), false) => (path, "Imported"),
            (Outcome::Imported(path), true) => (path, "Would import"),
            (Outcome::Updated(path), false) => (path, "Updated"),
            (Outcome::Updated(path), true) => (path, "Would update"),
            (Outcome::Settings(..), _) => return,
            _ if !in_full => return,
            (Outcome::Unchanged(path), _) => {
                return self
                    .console
                    .say(&format!("Skipped {}: already imported as content/{path}", row.input));
            }
            (Outcome::Skipped(why), _) => return self.console.say(&format!("Skipped {}: {why}", row.input)),
            (Outcome::Failed(why, at), _) => {
                let problem =
                    Diagnostic::error("import/failed", format!("this file was not imported: {why}"));
                self.console.problems(&[problem.at(Place::file(place_of(&row.input, at.as_ref())))]);
                return;
            }
        };
        let story = row.story.as_deref();
        if in_full || self.dry_run && is_agency {
            self.console.say(&format!("{did} {} ({}) as content/{path}", row.input, row.from));
        }
        if let Some(story) = story.filter(|_| in_full) {
            self.console.say(&fields_table(story));
        }
        match story.filter(|_| self.dry_run && (in_full || is_agency)) {
            Some(story) => self.console.data(story.text.trim_end()),
            None => self.console.data(&format!("content/{path}")),
        }
        if let Some(story) = story.filter(|_| is_agency && !in_full) {
            self.print_release(story, path);
        }
    }

    /// Reports a change to the settings. YAML to paste is data if nothing was written.
    fn print_settings(&self, message: &str, yaml: Option<&str>) {
        if !message.is_empty() {
            self.console.say(&format!("{message}{}", if yaml.is_some() { ":" } else { "" }));
        }
        match yaml {
            Some(yaml) if self.dry_run => self.console.data(yaml.trim_end()),
            Some(yaml) => self.console.say(&format!("\n{}\n", yaml.trim_end())),
            None => {}
        }
    }

    /// Reports what nobody should overlook about one of many agency stories.
    fn print_release(&self, story: &StoryReport, path: &str) {
        let text = |key: Key| {
            story.fields.iter().find(|field| field.key == key).and_then(|field| field.value.as_str())
        };
        let mut notes: Vec<String> =
            text(Key::Embargo).map(|until| format!("under embargo until {until}")).into_iter().collect();
        notes.extend(text(Key::Status).map(str::to_owned));
        let shown = story.remarks.iter().filter(|remark| ALWAYS_SHOWN.contains(&remark.code));
        notes.extend(shown.map(|remark| remark.message.clone()));
        if !notes.is_empty() {
            self.console.say(&format!("content/{path}: {}", notes.join("; ")));
        }
    }

    /// Reports the totals, and returns the exit code.
    pub(super) fn finish(mut self, totals: Totals) -> ExitCode {
        for row in &std::mem::take(&mut self.pending) {
            self.print_row(row, true, false);
        }
        let is_new = totals.imported + totals.updated + totals.failed > 0;
        let is_written = self.is_archive && is_new && !self.dry_run && self.write_report(&totals);
        if self.console.is_json() {
            let Totals { imported, updated, skipped, unchanged, failed, statics, drafts } = totals;
            let line = json!({
                "reason": "import-finished", "imported": imported, "updated": updated, "skipped": skipped + unchanged,
                "failed": failed, "drafts": drafts, "static_files": statics, "dry_run": self.dry_run,
            });
            self.console.data(&line.to_string());
        } else {
            // Messages about the settings are not repeated if nothing is new.
            let settings =
                self.settings.iter().filter(|_| is_new || totals.unchanged == 0 || self.console.verbose);
            settings.for_each(|(message, yaml)| self.print_settings(message, yaml.as_deref()));
            self.print_findings(is_written);
            self.console.say(&summary(&totals, self.dry_run));
            if is_written {
                self.console.say(&format!("Report on each file: {NAME}"));
            }
        }
        if totals.failed > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
    }

    /// Prints a line for each kind of finding, unless each story was reported.
    fn print_findings(&self, is_written: bool) {
        if self.few_files && !self.is_archive {
            return;
        }
        let most = if self.console.verbose { usize::MAX } else { SHOWN };
        let rest = if is_written { format!("in {NAME}") } else { "with -v".to_owned() };
        for line in self.tally.lines(most, &rest) {
            self.console.say(&line);
        }
    }

    fn write_report(&mut self, totals: &Totals) -> bool {
        let summary = summary(totals, false);
        let messages: Vec<&str> = self.settings.iter().map(|(message, _)| &**message).collect();
        match std::mem::take(&mut self.report).write(self.site.root(), &summary, &messages, &self.tally) {
            Ok(()) => true,
            Err(error) => {
                let message = format!("the report cannot be written: {error}");
                self.console.problems(&[Diagnostic::warning("import/report", message)
                    .at(Place::file(NAME))
                    .help("the stories were imported; use `--json` for a report on each file")]);
                false
            }
        }
    }
}
