//! `bulletin changed`: what changed in the output folder since a record, for hosts without a target.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Console, counted, settings};
use crate::publish::{ChangedFile, Changes, changed_since};
use crate::site::SiteDir;

/// Arguments of `bulletin changed`.
#[derive(Args, Debug)]
pub(super) struct Changed {
    /// Same as `--message-format json`
    #[arg(long)]
    json: bool,
    /// Folder of the build [default: public in the site's folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// File with the record of an earlier build; if it does not exist, every file is new
    #[arg(long, value_name = "RECORD")]
    since: PathBuf,
    /// Replace the record by that of the current build
    #[arg(long)]
    update: bool,
}

impl Changed {
    pub(super) fn run(&self, site: &SiteDir, console: &Console) -> ExitCode {
        let console = &console.with_json(self.json);
        let site = site.clone().building_into(self.output.clone());
        let changes =
            settings(&site).and_then(|config| changed_since(&site, &config, &self.since, self.update));
        let Changes { added, changed, removed } = match changes {
            Ok(changes) => changes,
            Err(problems) => return console.problems(&problems),
        };
        for (kind, files) in [("added", &added), ("changed", &changed), ("removed", &removed)] {
            for ChangedFile { path, url } in files {
                console.data(&if console.is_json() {
                    json!({"reason": "changed-file", "change": kind, "path": path, "url": url}).to_string()
                } else {
                    format!("{kind}\t{path}\t{url}")
                });
            }
        }
        let count = |files: &[ChangedFile]| counted(files.len(), "", "").trim().to_owned();
        console.say(&format!(
            "{} added, {} changed, {} removed",
            count(&added),
            count(&changed),
            count(&removed)
        ));
        ExitCode::SUCCESS
    }
}
