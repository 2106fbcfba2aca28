//! `bulletin publish`: build the site and put it where readers see it.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use indicatif::DecimalBytes;
use jiff::Timestamp;

use super::build::{seconds, wait_for_lock};
use super::progress::Bar;
use super::{AsOf, Console, counted};
use crate::archive::View;
use crate::config::publish::PublishTarget;
use crate::config::{Config, LoadedConfig};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::pipeline::{self, Built, build};
use crate::publish::{ChangedFile, Changes, Options, Outcome, Publication, Request, Summary};
use crate::site::SiteDir;
use crate::time::format_local;

/// How many paths of each kind are shown without `-v`.
const SHOWN: usize = 5;

/// Arguments of `bulletin publish`.
#[derive(Args, Debug)]
pub(super) struct Publish {
    /// Name of the target in bulletin.yaml [default: the only one, or `production`]
    target: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Same as `--message-format json`
    #[arg(long)]
    json: bool,
    /// Compare with what the target lists instead of its record, and correct what differs
    #[arg(long)]
    repair: bool,
    /// Publish even if much is removed, or another publication seems to run
    #[arg(long, short)]
    yes: bool,
}

impl Publish {
    pub(super) fn run(&self, site: &SiteDir, console: &Console) -> ExitCode {
        let console = &console.with_json(self.json);
        let started = Instant::now();
        let lock = match wait_for_lock(site, console) {
            Ok(lock) => lock,
            Err(code) => return code,
        };
        let settings = Arc::new(LoadedConfig::load(site));
        let (config, target) = match find_target(&settings, self.target.as_deref()) {
            Ok(found) => found,
            Err(problems) => return console.problems(&problems),
        };
        let as_of = match self.instant(&settings, console) {
            Ok(as_of) => as_of,
            Err(code) => return code,
        };
        let view = View { as_of, drafts: false };
        let request = pipeline::Request {
            settings: Some(settings.clone()),
            list_files: true,
            ..pipeline::Request::new(site.clone(), view)
        };
        let bar = Bar::new(console.quiet || console.is_json(), "pages");
        let outcome = build(&request, &lock, &bar);
        bar.clear();
        let code = console.problems(&outcome.diagnostics);
        let Some(built) = outcome.built else {
            console.say("Nothing was published: the site has errors");
            return code;
        };
        self.publish(site, &config, target, built, as_of, console, started)
    }

    /// The instant to publish. One in the future would reveal embargoed stories, one in the past expired ones.
    fn instant(&self, settings: &LoadedConfig, console: &Console) -> Result<Timestamp, ExitCode> {
        let given = self.as_of.given(settings, console)?;
        if given.is_none() || self.yes || self.dry_run {
            return Ok(given.unwrap_or_else(Timestamp::now));
        }
        let message =
            "`--as-of` would show readers the site of another time, with stories that are not public now";
        let problem = Diagnostic::fatal("publish/as-of", message);
        Err(console
            .problem(problem.help("add `--yes` if this target is meant to show it, such as a staging site")))
    }

    #[allow(clippy::too_many_arguments)]
    fn publish(
        &self,
        site: &SiteDir,
        config: &Arc<Config>,
        target: PublishTarget,
        built: Built,
        as_of: Timestamp,
        console: &Console,
        started: Instant,
    ) -> ExitCode {
        let options = Options { dry_run: self.dry_run, yes: self.yes, repair: self.repair };
        let request = Request {
            site: site.clone(),
            config: config.clone(),
            target,
            files: built.files,
            as_of,
            options,
        };
        let (publication, warnings) = match Publication::prepare(request) {
            Ok(prepared) => prepared,
            Err(problems) => return console.problems(&problems),
        };
        console.problems(&warnings);
        let summary = publication.summary();
        print_plan(&summary, config, console);
        if self.dry_run {
            console.say("Nothing was published: this was a dry run");
            return ExitCode::SUCCESS;
        }
        let is_up_to_date = publication.is_up_to_date();
        let bar = Bar::new(console.quiet || console.is_json(), "files");
        let outcome = publication.run(&bar);
        bar.clear();
        let code = console.problems(&outcome.problems);
        if is_up_to_date {
            console.say(&format!("Nothing to publish: {} is up to date", summary.place));
        } else {
            console.say(&report(&summary, &outcome, started));
        }
        if console.is_json() {
            console.data(&finished(&summary, &outcome));
        }
        code
    }
}

/// The settings, and a target by its name, the only one, or the one called `production`.
fn find_target(
    settings: &LoadedConfig,
    name: Option<&str>,
) -> Result<(Arc<Config>, PublishTarget), Vec<Diagnostic>> {
    let failed = settings.problems.iter().any(Diagnostic::is_error);
    let Some(config) = settings.config.clone().filter(|_| !failed) else {
        return Err(settings.problems.clone());
    };
    let targets = &config.publish;
    let names = || targets.iter().map(|target| target.name.as_str());
    let found = match (name, targets.as_slice()) {
        (Some(name), _) => targets.iter().find(|target| target.name == name),
        (None, [only]) => Some(only),
        (None, _) => targets.iter().find(|target| target.name == "production"),
    };
    if let Some(target) = found.cloned() {
        return Ok((config, target));
    }
    let all = names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (message, help) = match name {
        _ if targets.is_empty() => (
            "`bulletin.yaml` does not say where to publish".to_owned(),
            "add a target, as in `publish: {production: {to: folder, path: /srv/herald}}`; see docs/publishing.md".to_owned(),
        ),
        Some(name) => (
            format!("unknown target `{name}`"),
            match did_you_mean(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the targets are {all}"),
            },
        ),
        None => ("the site has several targets".to_owned(), format!("name one of {all}")),
    };
    Err(vec![Diagnostic::fatal("publish/target", message).help(help)])
}

/// Prints what a publication changes: the numbers and the first paths of each kind.
fn print_plan(summary: &Summary, config: &Config, console: &Console) {
    if console.is_json() {
        let mut json = serde_json::json!({"reason": "publish-plan"});
        if let (Some(json), Ok(serde_json::Value::Object(plan))) =
            (json.as_object_mut(), serde_json::to_value(summary))
        {
            json.extend(plan);
        }
        console.data(&json.to_string());
        return;
    }
    console.say(&format!(
        "Publishing {} to {}, as of {}",
        counted(summary.files, "file", "files"),
        summary.place,
        format_local(summary.as_of, &config.timezone)
    ));
    let paths = |files: &[ChangedFile]| files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    let Changes { added, changed, removed } = &summary.changes;
    let kinds = [
        ("taken down first", summary.taken_down.clone()),
        ("new", paths(added)),
        ("changed", paths(changed)),
        ("removed", paths(removed)),
    ];
    for (kind, paths) in kinds.iter().filter(|(_, paths)| !paths.is_empty()) {
        let shown = if console.verbose { paths.len() } else { SHOWN };
        console.say(&format!("  {} {kind}", counted(paths.len(), "", "").trim()));
        paths.iter().take(shown).for_each(|path| console.say(&format!("    {path}")));
        if paths.len() > shown {
            console.say(&format!("    … and {} more", counted(paths.len() - shown, "", "").trim()));
        }
    }
    let uploads = summary.changes.added.len() + summary.changes.changed.len();
    if uploads > 0 {
        console.say(&format!("  {} to upload", DecimalBytes(summary.bytes)));
    }
}

/// The last line of a publication.
fn report(summary: &Summary, outcome: &Outcome, started: Instant) -> String {
    let done = &outcome.done;
    let uploads = summary.changes.added.len() + summary.changes.changed.len();
    if !done.complete {
        let takedown = match (summary.taken_down.is_empty(), done.taken_down) {
            (true, _) => "",
            (false, true) => "; what had to be taken down is gone",
            (false, false) => "; what had to be taken down may still be there",
        };
        return format!(
            "The publication stopped: {} of {} uploaded{takedown}. Run it again to continue",
            counted(done.uploaded, "", "").trim(),
            counted(uploads, "file", "files")
        );
    }
    format!(
        "Published to {} in {}: {} new, {} changed, {} removed, {} unchanged",
        summary.place,
        seconds(started.elapsed()),
        counted(summary.changes.added.len(), "", "").trim(),
        counted(summary.changes.changed.len(), "", "").trim(),
        counted(summary.changes.removed.len(), "", "").trim(),
        counted(summary.files.saturating_sub(uploads), "", "").trim(),
    )
}

fn finished(summary: &Summary, outcome: &Outcome) -> String {
    let done = &outcome.done;
    serde_json::json!({
        "reason": "publish-finished",
        "success": done.complete && !outcome.problems.iter().any(Diagnostic::is_error),
        "target": summary.target,
        "build": summary.build,
        "uploaded": done.uploaded,
        "bytes": done.bytes,
        "removed": summary.changes.removed.len(),
    })
    .to_string()
}
