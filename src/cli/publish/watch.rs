//! `publish --watch`: a site whose files or clock change → publications, in one process.

use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;

use super::Ended;
use crate::cli::Console;
use crate::diagnostic::Diagnostic;
use crate::serve::Watch;
use crate::site::SiteDir;
use crate::time::format_local;

/// How often the clock is read: a machine may sleep, and its clock may be set.
const STEP: Duration = Duration::from_secs(20);
/// How long files must be unchanged: a checkout writes many.
const QUIET: Duration = Duration::from_secs(1);
/// When a failed publication is repeated for the first time; the time doubles with each further failure.
const RETRY: Duration = Duration::from_secs(60);
const LONGEST_RETRY: Duration = Duration::from_secs(900);

/// Publishes at once, and again after each change. Returns only if files cannot be watched.
pub(super) fn watch(site: &SiteDir, console: &Console, publish: impl Fn() -> Ended) -> ExitCode {
    // Changes are reported with absolute paths.
    let root = site.root().canonicalize().unwrap_or_else(|_| site.root().to_owned());
    let watched = Watch::new(&SiteDir::new(root), false);
    let watched = watched.and_then(|mut watch| watch.watch_all().map(|()| watch));
    let mut watch = match watched {
        Ok(watch) => watch,
        Err(error) => {
            let problem = Diagnostic::fatal("publish/watch", format!("cannot watch the site: {error}"));
            return console.problem(problem.help("run `bulletin publish` on a schedule instead"));
        }
    };
    let mut failures = 0;
    loop {
        let Ended { code, next_change, zone, .. } = publish();
        failures = if code == ExitCode::SUCCESS { 0 } else { failures + 1 };
        let retry = (failures > 0).then(|| {
            let wait = RETRY.saturating_mul(1 << (failures - 1).min(8)).min(LONGEST_RETRY);
            Timestamp::now().saturating_add(wait).unwrap_or(Timestamp::MAX)
        });
        let until = [next_change, retry].into_iter().flatten().min();
        console.say(&match until {
            Some(until) => format!("Waiting for changes, or until {}", format_local(until, &zone)),
            None => "Waiting for changes".to_owned(),
        });
        wait(&mut watch, until);
    }
}

/// Waits until files changed and are quiet again, or until an instant.
fn wait(watch: &mut Watch, until: Option<Timestamp>) {
    loop {
        let left = until.map_or(STEP, |until| remaining(until).min(STEP));
        if left.is_zero() {
            return;
        }
        if watch.has_changed(left) {
            while watch.has_changed(QUIET) {}
            return;
        }
    }
}

/// The time until an instant; zero if it has passed.
fn remaining(until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default()
}
