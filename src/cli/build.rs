//! `bulletin build`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::progress::Bar;
use super::{AsOf, Console, counted, explain};
use crate::archive::{Reason, View};
use crate::config::LoadedConfig;
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::Lock;
use crate::pipeline::{Built, NextChange, Outcome, Request, build, record_urls, write_ids};
use crate::site::SiteDir;
use crate::time;
use crate::timings::Recorder;

/// Arguments of `bulletin build`.
#[derive(Args, Debug)]
pub(super) struct Build {
    #[command(flatten)]
    as_of: AsOf,
    /// Rewrite every file, even if it did not change
    #[arg(long)]
    clean: bool,
    /// Include drafts
    #[arg(long)]
    drafts: bool,
    /// Explain why each page was rendered
    #[arg(long)]
    explain: bool,
    /// Folder to build into [default: public in the site's folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Add the site's URLs to urls.txt, so that builds and checks warn if one disappears
    #[arg(long, conflicts_with = "drafts")]
    record_urls: bool,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Write an HTML report of how long each step took
    #[arg(long)]
    timings: bool,
    /// Add an `id` to stories that have none, so that their files can be renamed
    #[arg(long)]
    write_ids: bool,
}

impl Build {
    pub(super) fn run(&self, site: &SiteDir, console: &Console) -> ExitCode {
        let started = Instant::now();
        let lock = match wait_for_lock(site, console) {
            Ok(lock) => lock,
            Err(code) => return code,
        };
        let settings = Arc::new(LoadedConfig::load(site));
        let as_of = match self.as_of.or_now(&settings, console) {
            Ok(as_of) => as_of,
            Err(code) => return code,
        };
        let timings = self.timings.then(|| Arc::new(Recorder::new(Timestamp::now())));
        let request = Request {
            site: site.clone(),
            settings: Some(settings.clone()),
            output: self.output.clone(),
            view: View { as_of, drafts: self.drafts },
            clean: self.clean,
            strict: self.strict,
            explain: self.explain,
            list_files: false,
            timings: timings.clone(),
        };
        let bar = Bar::new(console.quiet || console.is_json(), "pages");
        let outcome = build(&request, &lock, &bar);
        bar.clear();
        let code = console.problems(&outcome.diagnostics);
        if let Some(built) = outcome.built.as_ref().filter(|_| self.explain) {
            explain::print(&built.explanations, console);
        }
        if console.verbose {
            outcome
                .phases
                .iter()
                .for_each(|(phase, time)| console.say(&format!("{phase:>8} {}", seconds(*time))));
        }
        if let Some(built) = &outcome.built {
            let zone = settings.timezone();
            let lines =
                [held_back(built, &zone), built.next_change.as_ref().map(|next| next_change(next, &zone))];
            lines.iter().flatten().for_each(|line| console.say(line));
        }
        console.say(&summary(&outcome, started.elapsed()));
        let mut codes = vec![code];
        if self.record_urls && outcome.built.is_some() {
            codes.push(add_urls(&request, &lock, console));
        }
        if self.write_ids && outcome.built.is_some() {
            codes.push(add_ids(&request, &lock, console));
        }
        drop(request);
        if let Some(timings) = timings.and_then(Arc::into_inner) {
            write_timings(site, &settings, timings, &outcome, console);
        }
        if console.is_json() {
            console.data(&json_summary(&outcome));
        }
        codes.into_iter().find(|code| *code != ExitCode::SUCCESS).unwrap_or(ExitCode::SUCCESS)
    }
}

/// Adds the URLs of the site to `urls.txt`.
fn add_urls(request: &Request, lock: &Lock, console: &Console) -> ExitCode {
    match record_urls(request, lock) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(new) => {
            console.say(&format!("Added {} to urls.txt", counted(new, "URL", "URLs")));
            ExitCode::SUCCESS
        }
        Err(problems) => console.problems(&problems),
    }
}

/// Writes an id into each story that has none.
fn add_ids(request: &Request, lock: &Lock, console: &Console) -> ExitCode {
    match write_ids(request, lock) {
        Ok((written, problems)) => {
            let code = console.problems(&problems);
            console.say(&format!("Added an id to {}", counted(written, "story", "stories")));
            code
        }
        Err(problems) => console.problems(&problems),
    }
}

/// Writes the report outside of the output folder, because it names hidden stories.
fn write_timings(
    site: &SiteDir,
    settings: &LoadedConfig,
    timings: Recorder,
    outcome: &Outcome,
    console: &Console,
) {
    let title = settings.config.as_ref().map_or("", |config| &config.title);
    let counts = outcome.built.iter().flat_map(|built| {
        let Built { articles, sources_read, pages, rendered, changes, .. } = built;
        let counts = [
            ("stories", *articles),
            ("sources read", *sources_read),
            ("pages", *pages),
            ("pages rendered", *rendered),
            ("files written", changes.written),
            ("files removed", changes.removed),
        ];
        counts.map(|(name, count)| (name.to_owned(), count as u64))
    });
    let html = timings.finish(title, counts.collect()).to_html();
    let file = site.state().join("timings.html");
    match std::fs::write(&file, html) {
        Ok(()) => console.say(&format!("Timings: {}", file.display())),
        Err(error) => console.say(&format!("Cannot write the timings to {}: {error}", file.display())),
    }
}

/// Takes the lock of the site, waiting for a build that has it.
pub(super) fn wait_for_lock(site: &SiteDir, console: &Console) -> Result<Lock, ExitCode> {
    let lock = Lock::take(site).or_else(|busy| {
        console.say("Waiting for another build of this site to finish");
        busy.wait()
    });
    lock.map_err(|error| {
        let message = format!("cannot wait for another build of this site: {error}");
        console.problem(Diagnostic::fatal("build/lock", message).help("try again"))
    })
}

/// The last line of a build.
fn summary(outcome: &Outcome, time: Duration) -> String {
    let count = |severities: &[Severity]| -> usize {
        let fits = |diagnostic: &&Diagnostic| severities.contains(&diagnostic.severity);
        outcome.diagnostics.iter().filter(fits).map(|diagnostic| 1 + diagnostic.more).sum()
    };
    let warnings = count(&[Severity::Warning]);
    let Some(Built { articles, pages, rendered, changes, .. }) = &outcome.built else {
        let errors = counted(count(&[Severity::Error, Severity::Fatal]), "error", "errors");
        let warned = if warnings == 0 {
            String::new()
        } else {
            format!(" and {}", counted(warnings, "warning", "warnings"))
        };
        let half = outcome.diagnostics.iter().any(|diagnostic| diagnostic.code == "output/half-written");
        let what = if half { "The site was partly written" } else { "Nothing was written" };
        return format!("{what}: {errors}{warned}");
    };
    let mut parts = vec![
        counted(*pages, "page", "pages"),
        format!("{} rendered", counted(*rendered, "", "").trim()),
        format!("{} written", counted(changes.written, "", "").trim()),
        format!("{} unchanged", counted(changes.unchanged, "", "").trim()),
    ];
    if changes.removed > 0 {
        parts.push(format!("{} removed", counted(changes.removed, "", "").trim()));
    }
    if warnings > 0 {
        parts.push(counted(warnings, "warning", "warnings"));
    }
    format!("Built {} in {}: {}", counted(*articles, "story", "stories"), seconds(time), parts.join(", "))
}

/// How many stories are hidden, and when the next one appears.
fn held_back(built: &Built, zone: &TimeZone) -> Option<String> {
    if built.held_back.is_empty() {
        return None;
    }
    let count = |(reason, count): &(Reason, usize)| match reason {
        Reason::Draft => counted(*count, "draft", "drafts"),
        adjective => format!("{count} {}", adjective.name()),
    };
    let counts: Vec<String> = built.held_back.iter().map(count).collect();
    let next = built.next.map(|next| format!("; the next appears {}", time::format_local(next, zone)));
    Some(format!("Held back: {}{}", counts.join(", "), next.unwrap_or_default()))
}

/// When the site next changes without an edit, and how.
fn next_change(next: &NextChange, zone: &TimeZone) -> String {
    let NextChange { at, what, file, others } = next;
    let others = match others {
        0 => String::new(),
        others => format!(" (and {})", counted(*others, "other change", "other changes")),
    };
    format!("Next change: {}, `{file}` {}{others}", time::format_local(*at, zone), what.predicate())
}

pub(super) fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

fn json_summary(outcome: &Outcome) -> String {
    let built = outcome.built.as_ref().map(|built| {
        let held_back: serde_json::Map<String, serde_json::Value> = built
            .held_back
            .iter()
            .map(|(reason, count)| (reason.name().to_owned(), (*count).into()))
            .collect();
        serde_json::json!({
            "articles": built.articles,
            "sources_read": built.sources_read,
            "pages": built.pages,
            "rendered": built.rendered,
            "written": built.changes.written,
            "unchanged": built.changes.unchanged,
            "removed": built.changes.removed,
            "held_back": held_back,
            "next_appearance": built.next.map(|next| next.to_string()),
            "next_change": built.next_change.as_ref().map(|NextChange { at, what, file, others }| {
                serde_json::json!({"at": at.to_string(), "what": what.name(), "file": file, "others": others})
            }),
        })
    });
    serde_json::json!({"reason": "build-finished", "success": built.is_some(), "built": built}).to_string()
}
