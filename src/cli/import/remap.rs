//! `bulletin import --remap`: applies the site's shortcode map to imported stories.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::json;

use crate::cli::{Console, counted};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::import::{self, Remapped};
use crate::site::SiteDir;

/// The numbers of a run.
#[derive(Default)]
struct Totals {
    articles: usize,
    failed: usize,
    made: BTreeMap<String, usize>,
    left: BTreeMap<String, usize>,
}

/// Rewrites all imported stories.
pub(super) fn run(dry_run: bool, site: &SiteDir, config: &Config, console: &Console) -> ExitCode {
    let mut totals = Totals::default();
    let done = import::remap(site, config, dry_run, &mut |row| {
        tell(&row, console);
        totals.add(row);
    });
    if let Err(problems) = done {
        return console.problems(&problems);
    }
    totals.tell(dry_run, console);
    if totals.failed > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn tell(row: &Remapped, console: &Console) {
    let Remapped { path, replaced: made, unresolved: left, failed } = row;
    let file = format!("content/{path}");
    if console.is_json() {
        let line =
            json!({"reason": "import-remapped", "file": file, "made": made, "left": left, "failed": failed});
        console.data(&line.to_string());
    } else if let Some(why) = failed {
        let message = format!("this story was not rewritten: {why}");
        console.problems(&[Diagnostic::error("import/failed", message).at(Place::file(file))]);
    } else if !made.is_empty() {
        console.data(&file);
    }
}

impl Totals {
    fn add(&mut self, row: Remapped) {
        let add = |all: &mut BTreeMap<String, usize>, some: BTreeMap<String, usize>| {
            some.into_iter().for_each(|(name, count)| *all.entry(name).or_default() += count);
        };
        add(&mut self.left, row.unresolved);
        if row.failed.is_some() {
            self.failed += 1;
        } else if !row.replaced.is_empty() {
            self.articles += 1;
            add(&mut self.made, row.replaced);
        }
    }

    fn tell(&self, dry_run: bool, console: &Console) {
        let Self { articles, failed, made, left } = self;
        if console.is_json() {
            let line = json!({
                "reason": "remap-finished", "articles": articles, "made": made, "left": left, "failed": failed, "dry_run": dry_run,
            });
            return console.data(&line.to_string());
        }
        let did = if dry_run { "Would rewrite" } else { "Rewrote" };
        let marks = counted(made.values().sum(), "shortcode", "shortcodes");
        console.say(&format!("{did} {marks} in {}{}", counted(*articles, "story", "stories"), names(made)));
        if !left.is_empty() {
            let marks = counted(left.values().sum(), "shortcode is left", "shortcodes are left");
            console.say(&format!("{marks}{}", names(left)));
        }
    }
}

/// `: youtube 2, vimeo 1`, the most frequent first.
fn names(counts: &BTreeMap<String, usize>) -> String {
    let mut all: Vec<_> = counts.iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let all: Vec<_> = all.into_iter().map(|(name, count)| format!("`{name}` {count}")).collect();
    if all.is_empty() { String::new() } else { format!(": {}", all.join(", ")) }
}
