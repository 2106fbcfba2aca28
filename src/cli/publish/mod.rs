//! `bulletin publish`: build the site and put it where readers see it.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::build::wait_for_lock;
use super::progress::Bar;
use super::{AsOf, Console, counted};
use crate::archive::View;
use crate::config::publish::PublishTarget;
use crate::config::{Config, LoadedConfig};
use crate::diagnostic::Diagnostic;
use crate::output::Lock;
use crate::pipeline::{self, Built, build};
use crate::publish::{Options, Publication, Published, Request};
use crate::site::SiteDir;

mod report;
mod target;
mod watch;

use target::find_target;

/// How often a site that changed by itself during a publication is published again at once.
const ROUNDS: usize = 3;

/// Arguments of `bulletin publish`.
#[derive(Args, Debug)]
pub(super) struct Publish {
    /// Name of the target in bulletin.yaml [default: the only one, or `production`]
    target: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Print what would change, and change nothing
    #[arg(long, conflicts_with_all = ["rollback", "takedown"])]
    dry_run: bool,
    /// Same as `--message-format json`
    #[arg(long)]
    json: bool,
    /// Compare with what the target lists instead of its record, and correct what differs
    #[arg(long, conflicts_with_all = ["takedown", "rollback"])]
    repair: bool,
    /// Go back to the release before, or to this one (not with object stores)
    #[arg(long, value_name = "RELEASE", num_args = 0..=1, conflicts_with = "takedown")]
    rollback: Option<Option<String>>,
    /// Remove the page at this URL and its files at once, without a build
    #[arg(long, value_name = "URL")]
    takedown: Vec<String>,
    /// Only ask for the front page and a sample of pages through the public URL, and compare them
    #[arg(long, conflicts_with_all = ["as_of", "dry_run", "takedown", "rollback", "repair"])]
    verify: bool,
    /// Stay, and publish whenever files change or the clock changes the site
    #[arg(long, conflicts_with_all = ["as_of", "dry_run", "takedown", "rollback", "repair", "verify"])]
    watch: bool,
    /// Publish even if much is removed, or another publication seems to run
    #[arg(long, short)]
    yes: bool,
}

/// A site, its settings and a target.
struct Job<'a> {
    site: &'a SiteDir,
    settings: Arc<LoadedConfig>,
    config: Arc<Config>,
    target: PublishTarget,
    console: &'a Console,
}

/// How a publication ended.
struct Ended {
    code: ExitCode,
    /// When the site next changes without an edit, if it was built.
    next_change: Option<Timestamp>,
    /// Whether the site changed by itself in the meantime: an embargo ended, a story expired.
    is_outdated: bool,
    /// The time zone of the site.
    zone: TimeZone,
}

impl Ended {
    fn with(code: ExitCode) -> Self {
        Self { code, next_change: None, is_outdated: false, zone: TimeZone::UTC }
    }
}

impl Publish {
    pub(super) fn run(&self, site: &SiteDir, console: &Console) -> ExitCode {
        let console = &console.with_json(self.json);
        if self.watch {
            return watch::watch(site, console, || self.publish_now(site, console));
        }
        self.publish_now(site, console).code
    }

    /// Does once what the options say.
    fn publish_now(&self, site: &SiteDir, console: &Console) -> Ended {
        let settings = Arc::new(LoadedConfig::load(site));
        let (config, target) = match find_target(&settings, self.target.as_deref()) {
            Ok(found) => found,
            Err(problems) => return Ended::with(console.problems(&problems)),
        };
        let job = Job { site, settings, config, target, console };
        if let Some(release) = &self.rollback {
            return Ended::with(self.roll_back(&job, release.as_deref()));
        }
        if !self.takedown.is_empty() {
            return Ended::with(self.take_down(&job));
        }
        if self.verify {
            return Ended::with(self.verify(&job));
        }
        // The others do not build, so they need not wait for builds.
        let lock = match wait_for_lock(site, console) {
            Ok(lock) => lock,
            Err(code) => return Ended::with(code),
        };
        for _ in 0..ROUNDS {
            let ended = self.round(&job, &lock);
            if !ended.is_outdated {
                return ended;
            }
            console.say("The site changed by itself in the meantime; publishing again");
        }
        let problem = Diagnostic::fatal("publish/outdated", "the site keeps changing while it is published");
        Ended::with(console.problem(problem.help("publish again when no embargo or expiry is due")))
    }

    /// Builds and publishes the site as of now.
    fn round(&self, job: &Job<'_>, lock: &Lock) -> Ended {
        let started = Instant::now();
        let Job { site, settings, console, .. } = job;
        let as_of = match self.instant(settings, console) {
            Ok(as_of) => as_of,
            Err(code) => return Ended::with(code),
        };
        let request = pipeline::Request {
            settings: Some(settings.clone()),
            list_files: true,
            ..pipeline::Request::new((*site).clone(), View { as_of, drafts: false })
        };
        let bar = Bar::new(console.quiet || console.is_json(), "pages");
        let outcome = build(&request, lock, &bar);
        bar.clear();
        let code = console.problems(&outcome.diagnostics);
        let Some(built) = outcome.built else {
            console.say("Nothing was published: the site has errors");
            return Ended::with(code);
        };
        self.publish(job, built, as_of, started)
    }

    /// The instant to publish. One in the future would reveal embargoed stories, one in the past expired ones.
    fn instant(&self, settings: &LoadedConfig, console: &Console) -> Result<Timestamp, ExitCode> {
        let given = self.as_of.given(settings, console)?;
        if given.is_none() || self.yes || self.dry_run {
            return Ok(given.unwrap_or_else(Timestamp::now));
        }
        let message =
            "`--as-of` would show readers the site of another time, with stories that are not public now";
        let problem = Diagnostic::error("publish/as-of", message);
        Err(console
            .problem(problem.help("add `--yes` if this target is meant to show it, such as a staging site")))
    }

    fn publish(&self, job: &Job<'_>, built: Built, as_of: Timestamp, started: Instant) -> Ended {
        let Job { site, config, target, console, .. } = job;
        let next_change = built.next_change.map(|next| next.at);
        let zone = config.timezone.clone();
        let request = Request {
            site: (*site).clone(),
            config: config.clone(),
            target: target.clone(),
            files: built.files,
            as_of,
            options: Options { dry_run: self.dry_run, yes: self.yes, repair: self.repair },
        };
        let (publication, warnings) = match Publication::prepare(request) {
            Ok(prepared) => prepared,
            Err(problems) => return Ended { next_change, zone, ..Ended::with(console.problems(&problems)) },
        };
        console.problems(&warnings);
        let summary = publication.summary().clone();
        let is_up_to_date = publication.is_up_to_date();
        if is_up_to_date {
            console.say(&format!("Nothing to publish: {} is up to date", summary.place));
        } else {
            report::print_plan(&summary, config, console);
        }
        if !publication.refusals().is_empty() {
            return Ended { next_change, zone, ..Ended::with(console.problems(publication.refusals())) };
        }
        if self.dry_run && is_up_to_date {
            return Ended::with(ExitCode::SUCCESS);
        }
        if self.dry_run {
            console.say("Nothing was published: this was a dry run");
            return Ended::with(ExitCode::SUCCESS);
        }
        // A time that was asked for does not pass.
        let has_passed = || !self.as_of.is_given() && next_change.is_some_and(|at| at <= Timestamp::now());
        if has_passed() {
            return Ended { next_change, zone, is_outdated: true, ..Ended::with(ExitCode::SUCCESS) };
        }
        let bar = Bar::new(console.quiet || console.is_json(), "files");
        let outcome = publication.run(&bar);
        bar.clear();
        let code = console.problems(&outcome.problems);
        if !is_up_to_date {
            console.say(&report::report(&summary, &outcome, started));
        }
        if console.is_json() {
            console.data(&report::finished(&summary, &outcome));
        }
        Ended { code, next_change, zone, is_outdated: code == ExitCode::SUCCESS && has_passed() }
    }

    fn take_down(&self, job: &Job<'_>) -> ExitCode {
        let console = job.console;
        let opened = self.open(job, true);
        let removed = opened.and_then(|mut published| {
            let removed = published.take_down(&self.takedown)?;
            Ok((removed, published.place()))
        });
        match removed {
            Ok((removed, place)) => {
                if console.is_json() {
                    let line = serde_json::json!({"reason": "takedown-finished", "place": place, "removed": removed});
                    console.data(&line.to_string());
                }
                let files = counted(removed.len(), "file", "files");
                console.say(&format!("Removed {files} from {place}"));
                removed.iter().for_each(|path| console.say(&format!("  {path}")));
                console.say("Withdraw or delete the story, too: the next publication removes it from lists and feeds, or brings it back");
                ExitCode::SUCCESS
            }
            Err(problems) => console.problems(&problems),
        }
    }

    fn roll_back(&self, job: &Job<'_>, release: Option<&str>) -> ExitCode {
        let console = job.console;
        let opened = self.open(job, true);
        let done = opened.and_then(|mut published| {
            published.roll_back(release)?;
            Ok(published.place())
        });
        match done {
            Ok(place) => {
                if console.is_json() {
                    console.data(
                        &serde_json::json!({"reason": "rollback-finished", "place": place}).to_string(),
                    );
                }
                console.say(&format!(
                    "{place} shows an earlier release again; the next publication replaces it"
                ));
                ExitCode::SUCCESS
            }
            Err(problems) => console.problems(&problems),
        }
    }

    fn verify(&self, job: &Job<'_>) -> ExitCode {
        let opened = self.open(job, false);
        match opened.and_then(|published| published.verify().map(|()| published.place())) {
            Ok(place) => {
                if job.console.is_json() {
                    job.console
                        .data(&serde_json::json!({"reason": "verify-finished", "place": place}).to_string());
                }
                job.console.say(&format!("Readers get what was published to {place}"));
                ExitCode::SUCCESS
            }
            Err(problems) => job.console.problems(&problems),
        }
    }

    fn open(&self, job: &Job<'_>, locks: bool) -> Result<Published, Vec<Diagnostic>> {
        Published::open(job.site, job.config.clone(), job.target.clone(), locks, self.yes)
    }
}
