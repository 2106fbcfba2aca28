//! A site whose files change → what it is at any moment, for whoever looks at it.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::choice::Choice;
use super::hub::{Hub, News, Sight};
use super::kept::Kept;
use super::look::Look;
use super::parts::{Parts, Renewal};
use super::snapshot::Snapshot;
use super::touched::Touched;
use super::{Options, Report};
use crate::config::Config;
use crate::content::SourceCache;
use crate::diagnostic::{Diagnostic, Diagnostics, browser};
use crate::output::Lock;
use crate::plan::instants;

/// Views that are kept ready: an editor switches between a few.
const VIEWS: usize = 6;
/// Problems that a browser is told of.
const TOLD: usize = 200;
/// Paths of changed files that browsers are told of.
const NAMED: usize = 1000;

/// The site as it is.
pub(super) struct Live {
    pub(super) options: Options,
    pub(super) hub: Hub,
    pub(super) report: Box<dyn Report>,
    state: Mutex<State>,
    /// The site was read for the first time.
    is_read: Condvar,
    pub(super) kept: Kept,
    /// How often copied files changed.
    file_changes: AtomicU64,
}

struct State {
    /// `None` until the site is read.
    parts: Option<Parts>,
    /// Counts the changes.
    number: u64,
    /// The time of those who look at the site now.
    now: Timestamp,
    snapshots: Vec<Arc<Snapshot>>,
    /// Sources that changed, of which browsers were not told to follow them yet.
    changed: BTreeSet<String>,
    /// What was reported last.
    reported: Vec<Diagnostic>,
    /// What was reported of pages that could not be made, until they can be.
    of_pages: HashMap<Sight, Diagnostic>,
}

impl Live {
    pub(super) fn new(options: Options, report: Box<dyn Report>) -> Self {
        let now = (options.now)();
        let state = State {
            parts: None,
            number: 0,
            now,
            snapshots: Vec::new(),
            changed: BTreeSet::new(),
            reported: Vec::new(),
            of_pages: HashMap::new(),
        };
        Self {
            options,
            report,
            hub: Hub::default(),
            state: Mutex::new(state),
            is_read: Condvar::new(),
            kept: Kept::default(),
            file_changes: AtomicU64::new(0),
        }
    }

    /// Reads the site for the first time, and writes down for the next start what builds did not know of it.
    pub(super) fn start(&self) {
        let started = Instant::now();
        let mut parts = Parts::read(&self.options.site);
        let cache = parts.take_cache().zip(parts.config().cloned());
        let articles = parts.content().map(|content| content.len());
        self.state.lock().unwrap_or_else(PoisonError::into_inner).parts = Some(parts);
        self.is_read.notify_all();
        let articles = articles.unwrap_or_default();
        self.report.ready(articles, started.elapsed());
        let (_, problems) = self.tell();
        self.report_problems(problems);
        if let Some((cache, config)) = cache {
            self.remember(cache, &config);
        }
    }

    /// What there is to say of what a browser looks at, and what is wrong with its page.
    pub(super) fn news(&self, sight: &Sight) -> (News, Option<Diagnostic>) {
        let (state, problem) = match self.look(sight) {
            Look::Page(made) => (Some(made.state), made.problem.clone()),
            Look::File(..) | Look::Elsewhere(..) => (None, None),
        };
        let news = News { state, problems: self.problems_as_json(sight.choice, problem.clone()) };
        (news, problem)
    }

    /// The site as somebody wants to see it, if there is one yet; and the number of its state.
    pub(super) fn snapshot(&self, choice: Choice) -> Option<(Arc<Snapshot>, u64)> {
        let mut state = self.lock();
        let number = state.number;
        if let Some(at) = state.snapshots.iter().position(|known| known.choice == choice) {
            // Those that were asked for last stand at the end, and stay.
            let known = state.snapshots.remove(at);
            state.snapshots.push(Arc::clone(&known));
            return Some((known, number));
        }
        let whole = state.parts.as_ref()?.whole()?;
        let snapshot = Arc::new(Snapshot::new(&self.options.site, whole, choice, state.now));
        if state.snapshots.len() == VIEWS {
            state.snapshots.remove(0);
        }
        state.snapshots.push(Arc::clone(&snapshot));
        Some((snapshot, number))
    }

    /// Something changed on disk: finds out what, and tells whom it concerns.
    pub(super) fn renew(&self, touched: &Touched) {
        let started = Instant::now();
        let Some(old) = self.take_in(touched) else { return };
        let (changed, problems) = self.tell();
        let files = self.changed_files(touched);
        if !files.is_empty() {
            let number = self.file_changes.fetch_add(1, Ordering::Relaxed) + 1;
            self.hub.tell_all("files", &json!({"paths": files, "files": number}));
        }
        let sources = self.take_changed();
        self.follow(&sources);
        let root = self.options.site.root();
        let within = touched.files.iter().map(|file| file.strip_prefix(root).unwrap_or(file));
        let files: Vec<String> = within.map(|file| file.to_string_lossy().replace('\\', "/")).collect();
        self.report.renewed(&files, changed, started.elapsed());
        self.report_problems(problems);
        drop(old);
    }

    /// Some files may have changed between being read and being watched: most did not.
    pub(super) fn catch_up(&self, touched: &Touched) {
        let started = Instant::now();
        if touched.is_empty() || self.take_in(touched).is_none() {
            return;
        }
        let (changed, problems) = self.tell();
        let sources = self.take_changed();
        self.follow(&sources);
        if !sources.is_empty() {
            let files: Vec<String> = sources.iter().map(|source| format!("content/{source}")).collect();
            self.report.renewed(&files, changed, started.elapsed());
        }
        self.report_problems(problems);
    }

    /// The sources that changed since this was asked for.
    fn take_changed(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.lock().changed)
    }

    /// The time has come for something to appear or to go, or the clock was set.
    pub(super) fn time_passes(&self) {
        let old = {
            let mut state = self.lock();
            state.now = (self.options.now)();
            state.number += 1;
            std::mem::take(&mut state.snapshots)
        };
        let (changed, problems) = self.tell();
        self.hub.tell_all("desk", &json!({}));
        self.report.time_passed(changed);
        self.report_problems(problems);
        drop(old);
    }

    /// The next instant at which the site changes by itself.
    pub(super) fn next_change(&self) -> Option<Timestamp> {
        let (content, now) = {
            let state = self.lock();
            (state.parts.as_ref()?.content()?.clone(), state.now)
        };
        let instants = content.iter().flat_map(|(_, article)| {
            // Of a date and an embargo the first, too: then the desk tells another reason why the story waits.
            let own = [article.front.date, article.front.embargo].into_iter().flatten();
            instants(article).map(|(at, _)| at).chain(own)
        });
        instants.filter(|instant| *instant > now).min()
    }

    /// The zone of the site's times.
    pub(super) fn zone(&self) -> TimeZone {
        self.settings().0.map_or(TimeZone::UTC, |config| config.timezone.clone())
    }

    /// How often copied files changed so far.
    pub(super) fn file_changes(&self) -> u64 {
        self.file_changes.load(Ordering::Relaxed)
    }

    /// The settings, if there are any yet; and the time of those who look at the site now.
    pub(super) fn settings(&self) -> (Option<Arc<Config>>, Timestamp) {
        let state = self.lock();
        (state.parts.as_ref().and_then(|parts| parts.config().cloned()), state.now)
    }

    /// All problems of the site in a view, and those of some pages.
    pub(super) fn problems(&self, choice: Choice, of_pages: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let snapshot = self.snapshot(choice);
        let mut problems = Diagnostics::default();
        if let Some(parts) = &self.lock().parts {
            problems.extend(parts.problems().cloned());
        }
        problems.extend(snapshot.iter().flat_map(|(snapshot, _)| snapshot.problems()).cloned());
        problems.extend(of_pages);
        let problems = problems.into_sorted();
        match &snapshot {
            Some((snapshot, _)) => snapshot.edition().defer(problems),
            None => problems,
        }
    }

    /// The link that opens a file of the site in an editor, if the user named one.
    pub(super) fn editor(&self, file: &str, line: usize, column: usize) -> Option<String> {
        // `(default theme) templates/…` is in the program.
        let path = self.options.site.root().join(file);
        let editor = self.options.editor.as_ref().filter(|_| path.is_file())?;
        Some(editor.link(&path, line, column))
    }

    /// Problems as browsers are told of them: errors first, and no more than anybody reads.
    fn problems_as_json(&self, choice: Choice, of_page: Option<Diagnostic>) -> Value {
        let link = |file: &str, line: usize, column: usize| self.editor(file, line, column);
        let mut problems = self.problems(choice, of_page.into_iter().collect());
        problems.sort_by_key(|problem| !problem.is_error());
        problems.iter().take(TOLD).map(|problem| browser::render(problem, &link)).collect()
    }

    /// Takes in what changed; `None` if nothing did. Gives the old views, which take a while to drop.
    pub(super) fn take_in(&self, touched: &Touched) -> Option<Vec<Arc<Snapshot>>> {
        let mut state = self.lock();
        let parts = state.parts.as_mut()?;
        let before: Vec<Diagnostic> = parts.problems().cloned().collect();
        let renewal = parts.renew(touched);
        let same_problems = parts.problems().eq(&before);
        if renewal == Renewal::default() && touched.files.is_empty() && same_problems {
            return None;
        }
        let content = parts.content().cloned();
        state.number += 1;
        let old = std::mem::take(&mut state.snapshots);
        if let Some(content) = content.filter(|_| !renewal.more) {
            let sources: Vec<&str> = renewal.sources.iter().map(String::as_str).collect();
            let renewed = old.iter().filter_map(|old| old.with_texts(&self.options.site, &content, &sources));
            state.snapshots = renewed.map(Arc::new).collect();
        }
        if state.snapshots.is_empty() {
            state.now = (self.options.now)();
        }
        state.changed.extend(renewal.sources);
        Some(old)
    }

    /// Tells browsers what is news to them; gives of how many pages, and what is wrong with single ones.
    fn tell(&self) -> (usize, Vec<Diagnostic>) {
        let sights: Vec<Sight> = self.hub.sights().into_iter().collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let tell = |sight: &Sight| {
            let (news, problem) = self.news(sight);
            (self.hub.tell(sight, &news), problem)
        };
        // Not on rayon's threads: who waits for the state there keeps those from working who hold it and plan the site.
        let told: Vec<(bool, Option<Diagnostic>)> = std::thread::scope(|scope| {
            let parts = sights.chunks(sights.len().div_ceil(threads).max(1));
            let telling: Vec<_> =
                parts.map(|part| scope.spawn(move || part.iter().map(tell).collect::<Vec<_>>())).collect();
            telling.into_iter().filter_map(|told| told.join().ok()).flatten().collect()
        });
        let changed = told.iter().filter(|(is_news, _)| *is_news).count();
        (changed, told.into_iter().filter_map(|(_, problem)| problem).collect())
    }

    /// Reports what is wrong with a page that somebody asked for, once until the page can be made.
    pub(super) fn tell_of_page(&self, sight: &Sight, problem: Option<&Diagnostic>) {
        let mut state = self.lock();
        let Some(problem) = problem else {
            state.of_pages.remove(sight);
            return;
        };
        let is_new =
            !state.reported.contains(problem) && !state.of_pages.values().any(|told| told == problem);
        state.of_pages.insert(sight.clone(), problem.clone());
        drop(state);
        if is_new {
            self.report.problems(&[problem], false);
        }
    }

    /// Reports what is wrong to the user of the server, once; `of_pages` is what is wrong with pages that are looked at.
    fn report_problems(&self, of_pages: Vec<Diagnostic>) {
        let problems = self.problems(self.options.view, of_pages);
        let (before, of_pages) = {
            let mut state = self.lock();
            let of_pages: Vec<Diagnostic> = state.of_pages.values().cloned().collect();
            (std::mem::replace(&mut state.reported, problems.clone()), of_pages)
        };
        let is_new = |problem: &&Diagnostic| !before.contains(problem) && !of_pages.contains(problem);
        let new: Vec<&Diagnostic> = problems.iter().filter(is_new).collect();
        let was_broken = before.iter().any(Diagnostic::is_error);
        let is_mended = was_broken && !problems.iter().any(Diagnostic::is_error);
        if !new.is_empty() || is_mended {
            self.report.problems(&new, is_mended);
        }
    }

    /// Tells the desk of articles that were edited, and takes browsers to the page of one if they are to follow.
    fn follow(&self, sources: &BTreeSet<String>) {
        self.hub.tell_all("desk", &json!({}));
        if !self.options.follow {
            return;
        }
        let Some((snapshot, _)) = self.snapshot(self.options.view) else { return };
        let edition = snapshot.edition();
        let route = sources.iter().find_map(|source| {
            let id = edition.content.by_path(source)?;
            edition.plan.article(&edition.archive, id)
        });
        if let Some(route) = route {
            self.hub.tell_all("follow", &json!({"path": edition.plan.urls().path(route)}));
        }
    }

    /// The paths of copied files whose bytes changed.
    fn changed_files(&self, touched: &Touched) -> Vec<String> {
        let Some((snapshot, _)) = self.snapshot(self.options.view) else { return Vec::new() };
        let is_source = |file: &Path| file.extension().is_some_and(|extension| extension == "md");
        if touched.is_everything() {
            return snapshot.paths_of(&|_| true).take(NAMED).collect();
        }
        if touched.files.iter().all(|file| is_source(file)) {
            return Vec::new();
        }
        snapshot.paths_of(&|file| touched.files.contains(file)).take(NAMED).collect()
    }

    /// Writes down what was read of the sources, so that the next start need not.
    fn remember(&self, mut cache: SourceCache, config: &Config) {
        if cache.sources_read() == 0 {
            return;
        }
        // A build that is running writes it down itself.
        if let Ok(_lock) = Lock::take(&self.options.site) {
            // What cannot be written costs the next start time, and nothing else.
            let _ = cache.save(&self.options.site, config);
        }
    }

    /// The state of the site. Who comes before it is read waits for that.
    fn lock(&self) -> MutexGuard<'_, State> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_read.wait_while(state, |state| state.parts.is_none()).unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long to wait for the next change of the site by itself, at most a minute: clocks are set, machines sleep.
pub(super) fn patience(next: Option<Timestamp>, now: Timestamp) -> Duration {
    const LONGEST: Duration = Duration::from_secs(60);
    let until = next.and_then(|next| Duration::try_from(next.duration_since(now)).ok());
    until.map_or(LONGEST, |until| until.min(LONGEST))
}
