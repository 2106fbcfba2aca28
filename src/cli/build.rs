//! `bulletin build`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::progress::Bar;
use super::{MessageFormat, Words, counted, explain};
use crate::archive::View;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::Lock;
use crate::pipeline::{Built, NextChange, Outcome, Request, build, record_urls, write_ids};
use crate::site::SiteDir;
use crate::time;
use crate::timings::Recorder;

/// Arguments of `bulletin build`.
#[derive(Args, Debug)]
pub(super) struct Build {
    /// Build the site as it is at this time, in the site's zone if it has no offset [default: now]
    #[arg(long, value_name = "TIME")]
    as_of: Option<time::SiteTime>,
    /// Build drafts as well
    #[arg(long)]
    drafts: bool,
    /// Build into this folder [default: public in the site's folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write every file anew, changed or not
    #[arg(long)]
    clean: bool,
    /// Take warnings for errors
    #[arg(long)]
    strict: bool,
    /// Tell for each page that was made why: which input or answer changed, from what to what
    #[arg(long)]
    explain: bool,
    /// Add the URLs of the site to urls.txt: a build or check, in any copy of the site, warns if one of them is lost
    #[arg(long, conflicts_with = "drafts")]
    record_urls: bool,
    /// Write the ids that stories have into those that say none, so that their files can be renamed
    #[arg(long)]
    write_ids: bool,
    /// Write a report of what the build spent its time on, as HTML
    #[arg(long)]
    timings: bool,
}

impl Build {
    pub(super) fn run(&self, site: &SiteDir, words: &Words) -> ExitCode {
        let started = Instant::now();
        let lock = match wait_for_other_build(site, words) {
            Ok(lock) => lock,
            Err(error) => {
                let message = format!("waiting for another build of this site failed: {error}");
                return words.problem(Diagnostic::fatal("build/lock", message).help("build again"));
            }
        };
        let as_of = match instant_of(self.as_of, site) {
            Ok(as_of) => as_of,
            Err(problem) => return words.problem(*problem),
        };
        words.problems(shown_twice("--as-of", self.as_of, &zone_of(site)).as_slice());
        let timings = self.timings.then(|| Arc::new(Recorder::new(Timestamp::now())));
        let request = Request {
            site: site.clone(),
            output: self.output.clone(),
            view: View { as_of, drafts: self.drafts },
            clean: self.clean,
            strict: self.strict,
            explain: self.explain,
            timings: timings.clone(),
        };
        let bar = Bar::new(words.quiet || words.format == MessageFormat::Json);
        let outcome = build(&request, &lock, &bar);
        bar.clear();
        let code = words.problems(&outcome.diagnostics);
        if let Some(built) = outcome.built.as_ref().filter(|_| self.explain) {
            explain::say(&built.explanations, words);
        }
        if words.verbose {
            outcome
                .phases
                .iter()
                .for_each(|(phase, time)| words.say(&format!("{phase:>8} {}", seconds(*time))));
        }
        if let Some(line) = outcome.built.as_ref().and_then(|built| held_back(built, &zone_of(site))) {
            words.say(&line);
        }
        if let Some(next) = outcome.built.as_ref().and_then(|built| built.next_change.as_ref()) {
            words.say(&next_change(next, &zone_of(site)));
        }
        words.say(&summary(&outcome, started.elapsed()));
        let mut after = vec![code];
        if self.record_urls && outcome.built.is_some() {
            after.push(record(&request, &lock, words));
        }
        if self.write_ids && outcome.built.is_some() {
            after.push(identify(&request, &lock, words));
        }
        drop(request);
        if let Some(timings) = timings.and_then(Arc::into_inner) {
            report(site, timings, &outcome, words);
        }
        if words.format == MessageFormat::Json {
            words.data(&json_summary(&outcome));
        }
        after.into_iter().find(|code| *code != ExitCode::SUCCESS).unwrap_or(ExitCode::SUCCESS)
    }
}

/// Writes down the URLs of the site that was built.
fn record(request: &Request, lock: &Lock, words: &Words) -> ExitCode {
    match record_urls(request, lock) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(new) => {
            words.say(&format!("Added {} to urls.txt", counted(new, "URL", "URLs")));
            ExitCode::SUCCESS
        }
        Err(problems) => words.problems(&problems),
    }
}

/// Writes down the ids of stories that say none.
fn identify(request: &Request, lock: &Lock, words: &Words) -> ExitCode {
    match write_ids(request, lock) {
        Ok((written, problems)) => {
            let code = words.problems(&problems);
            words.say(&format!("Wrote an id into {}", counted(written, "story", "stories")));
            code
        }
        Err(problems) => words.problems(&problems),
    }
}

/// Writes the report where no host finds it: it names the sources of stories that are held back.
fn report(site: &SiteDir, timings: Recorder, outcome: &Outcome, words: &Words) {
    let title = Config::load(site).0.map_or_else(String::new, |config| config.title);
    let counts = outcome.built.iter().flat_map(|built| {
        let Built { articles, sources_read, pages, rendered, changes, .. } = built;
        let counts = [
            ("articles", *articles),
            ("sources read", *sources_read),
            ("pages", *pages),
            ("pages rendered", *rendered),
            ("files written", changes.written),
            ("files removed", changes.removed),
        ];
        counts.map(|(name, count)| (name.to_owned(), count as u64))
    });
    let html = timings.finish(&title, counts.collect()).to_html();
    let file = site.state().join("timings.html");
    match std::fs::write(&file, html) {
        Ok(()) => words.say(&format!("Timings: {}", file.display())),
        Err(error) => words.say(&format!("The timings could not be written to {}: {error}", file.display())),
    }
}

pub(super) fn wait_for_other_build(site: &SiteDir, words: &Words) -> std::io::Result<Lock> {
    Lock::take(site).or_else(|busy| {
        words.say("Another build of this site is running; waiting for it to end");
        busy.wait()
    })
}

/// The instant of `--as-of`; now, if there is none.
pub(super) fn instant_of(
    as_of: Option<time::SiteTime>,
    site: &SiteDir,
) -> Result<Timestamp, Box<Diagnostic>> {
    let Some(as_of) = as_of else { return Ok(Timestamp::now()) };
    as_of.in_zone(&zone_of(site)).map_err(|why| {
        let problem = Diagnostic::fatal("cli/as-of", format!("the time of `--as-of` does not exist: {why}"));
        Box::new(problem.help("name a time that clocks of the site's zone show, or one with an offset"))
    })
}

/// A warning that clocks of a zone show the time of an argument twice: the earlier is taken, so that nothing comes out too early.
pub(super) fn shown_twice(
    argument: &str,
    asked: Option<time::SiteTime>,
    zone: &TimeZone,
) -> Option<Diagnostic> {
    let (first, second) = asked?.both(zone)?;
    let [first, second] = [first, second].map(|instant| time::format_with_offset(instant, zone));
    let message = format!(
        "clocks show the time of `{argument}` twice, at {first} and at {second}; the earlier is taken"
    );
    Some(
        Diagnostic::warning("cli/time-twice", message)
            .help(format!("write `{argument} {second}` if that is meant")),
    )
}

/// The zone that a local `--as-of` is in. Settings that are wrong are reported by the build itself.
pub(super) fn zone_of(site: &SiteDir) -> TimeZone {
    let (config, _) = Config::load(site);
    config.map_or(TimeZone::UTC, |config| config.timezone)
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
        let what = if half { "The site was written in part" } else { "Nothing was written" };
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
    format!("Built {} in {}: {}", counted(*articles, "article", "articles"), seconds(time), parts.join(", "))
}

/// What readers do not see, and when the next of it appears.
fn held_back(built: &Built, zone: &TimeZone) -> Option<String> {
    if built.held_back.is_empty() {
        return None;
    }
    let counts: Vec<String> =
        built.held_back.iter().map(|(reason, count)| format!("{count} {}", reason.name())).collect();
    let next = built.next.map(|next| format!("; the next appears {}", time::format_local(next, zone)));
    Some(format!("Held back: {}{}", counts.join(", "), next.unwrap_or_default()))
}

/// When the site next differs by itself, and what happens then.
fn next_change(next: &NextChange, zone: &TimeZone) -> String {
    let NextChange { at, what, file, others } = next;
    let others = match others {
        0 => String::new(),
        others => format!(", and {}", counted(*others, "more thing happens", "more things happen")),
    };
    format!("Next change: {}, `{file}` {}{others}", time::format_local(*at, zone), what.words())
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
