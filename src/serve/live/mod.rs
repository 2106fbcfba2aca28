//! A site whose files change → its current pages and problems.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::changes::FileChanges;
use super::events::{EventHub, PageStatus, PageView};
use super::view_options::ViewOptions;
use super::{Options, Report};
use crate::config::Config;
use crate::content::SourceCache;
use crate::diagnostic::{Diagnostic, Diagnostics, browser};
use crate::output::Lock;
use crate::pictures::Library;
use crate::plan::instants;

mod inputs;
mod page_cache;
mod resolve;
mod snapshot;

use inputs::{Reload, SiteInputs};
use page_cache::PageCache;
pub(super) use resolve::{Cleaned, Resolved};
pub(super) use snapshot::Snapshot;

/// Snapshots that are kept: an editor switches between a few views.
const MAX_SNAPSHOTS: usize = 6;
/// Problems that a browser receives.
const MAX_PROBLEMS: usize = 200;
/// Changed files that a browser receives.
const MAX_PATHS: usize = 1000;

/// The site as it is now.
pub(super) struct LiveSite {
    pub(super) options: Options,
    pub(super) events: EventHub,
    pub(super) report: Box<dyn Report>,
    state: Mutex<State>,
    /// Notified once the site has been read.
    is_read: Condvar,
    pub(super) cache: PageCache,
    /// How often copied files changed.
    file_changes: AtomicU64,
    /// Makes and keeps what is made from pictures.
    pub(super) pictures: Arc<Library>,
}

struct State {
    /// `None` until the site has been read.
    inputs: Option<SiteInputs>,
    /// Counts changes.
    generation: u64,
    /// The current time for views without a fixed one.
    now: Timestamp,
    snapshots: Vec<Arc<Snapshot>>,
    /// Changed sources that browsers have not been sent to yet.
    changed: BTreeSet<String>,
    /// The problems in the last report.
    reported: Vec<Diagnostic>,
    /// Reported problems of pages that fail to render.
    page_problems: HashMap<PageView, Diagnostic>,
}

impl LiveSite {
    pub(super) fn new(options: Options, report: Box<dyn Report>) -> Self {
        let now = (options.now)();
        let pictures = Arc::new(Library::open(options.site.pictures()));
        let state = State {
            inputs: None,
            generation: 0,
            now,
            snapshots: Vec::new(),
            changed: BTreeSet::new(),
            reported: Vec::new(),
            page_problems: HashMap::new(),
        };
        Self {
            options,
            report,
            events: EventHub::default(),
            state: Mutex::new(state),
            is_read: Condvar::new(),
            cache: PageCache::default(),
            file_changes: AtomicU64::new(0),
            pictures,
        }
    }

    /// Reads the site for the first time, and records new sources for the next start.
    pub(super) fn start(&self) {
        let started = Instant::now();
        let mut inputs = SiteInputs::read(&self.options.site);
        let cache = inputs.take_cache().zip(inputs.config().cloned());
        let articles = inputs.content().map_or(0, |content| content.len());
        self.state.lock().unwrap_or_else(PoisonError::into_inner).inputs = Some(inputs);
        self.is_read.notify_all();
        self.report.ready(articles, started.elapsed());
        let (_, problems) = self.publish();
        self.report_problems(problems);
        if let Some((cache, config)) = cache {
            self.save(cache, &config);
        }
    }

    /// What a browser should know about its page, and the problem that keeps the page from rendering.
    pub(super) fn page_status(&self, view: &PageView) -> (PageStatus, Option<Diagnostic>) {
        let (state, problem) = match self.resolve(view) {
            Resolved::Page(cached) => (Some(cached.state), cached.problem.clone()),
            Resolved::File(..) | Resolved::Picture(..) | Resolved::Redirect(..) => (None, None),
        };
        let status = PageStatus { state, problems: self.problems_as_json(view.options, problem.clone()) };
        (status, problem)
    }

    /// Returns the site in a view, once there is one, and its generation.
    pub(super) fn snapshot(&self, options: ViewOptions) -> Option<(Arc<Snapshot>, u64)> {
        let mut state = self.lock();
        let generation = state.generation;
        if let Some(at) = state.snapshots.iter().position(|known| known.options == options) {
            // The most recently used snapshots are last, and stay.
            let known = state.snapshots.remove(at);
            state.snapshots.push(Arc::clone(&known));
            return Some((known, generation));
        }
        let inputs = state.inputs.as_ref()?.complete()?;
        let snapshot = Arc::new(Snapshot::new(
            &self.options.site,
            inputs,
            options,
            state.now,
            Arc::clone(&self.pictures),
        ));
        if state.snapshots.len() == MAX_SNAPSHOTS {
            state.snapshots.remove(0);
        }
        state.snapshots.push(Arc::clone(&snapshot));
        Some((snapshot, generation))
    }

    /// Applies changed files and notifies browsers.
    pub(super) fn update(&self, changes: &FileChanges) {
        let started = Instant::now();
        let Some(old) = self.apply(changes) else { return };
        let (changed, problems) = self.publish();
        let files = self.changed_files(changes);
        if !files.is_empty() {
            let count = self.file_changes.fetch_add(1, Ordering::Relaxed) + 1;
            self.events.broadcast("files", &json!({"paths": files, "files": count}));
        }
        let sources = self.take_changed_sources();
        self.follow(&sources);
        let root = self.options.site.root();
        let within = changes.files.iter().map(|file| file.strip_prefix(root).unwrap_or(file));
        let files: Vec<String> = within.map(|file| file.to_string_lossy().replace('\\', "/")).collect();
        self.report.changed(&files, changed, started.elapsed());
        self.report_problems(problems);
        drop(old);
    }

    /// Applies files that may have changed before they were watched; most have not.
    pub(super) fn catch_up(&self, changes: &FileChanges) {
        let started = Instant::now();
        if changes.is_empty() || self.apply(changes).is_none() {
            return;
        }
        let (changed, problems) = self.publish();
        let sources = self.take_changed_sources();
        self.follow(&sources);
        if !sources.is_empty() {
            let files: Vec<String> = sources.iter().map(|source| format!("content/{source}")).collect();
            self.report.changed(&files, changed, started.elapsed());
        }
        self.report_problems(problems);
    }

    /// Takes the sources that changed since the last call.
    fn take_changed_sources(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.lock().changed)
    }

    /// Applies a scheduled change, or a clock that was set.
    pub(super) fn tick(&self) {
        let old = {
            let mut state = self.lock();
            state.now = (self.options.now)();
            state.generation += 1;
            std::mem::take(&mut state.snapshots)
        };
        let (changed, problems) = self.publish();
        self.events.broadcast("desk", &json!({}));
        self.report.time_passed(changed);
        self.report_problems(problems);
        drop(old);
    }

    /// When the site next changes without an edit.
    pub(super) fn next_change(&self) -> Option<Timestamp> {
        let (content, now) = {
            let state = self.lock();
            (state.inputs.as_ref()?.content()?.clone(), state.now)
        };
        let instants = content.iter().flat_map(|(_, article)| {
            // The earlier one of date and embargo counts too: after it, the desk gives another reason why the story is hidden.
            let own = [article.front.date, article.front.embargo].into_iter().flatten();
            instants(article).map(|(at, _)| at).chain(own)
        });
        instants.filter(|instant| *instant > now).min()
    }

    /// The site's time zone.
    pub(super) fn zone(&self) -> TimeZone {
        self.settings().0.map_or(TimeZone::UTC, |config| config.timezone.clone())
    }

    /// How often copied files changed.
    pub(super) fn file_changes(&self) -> u64 {
        self.file_changes.load(Ordering::Relaxed)
    }

    /// The settings, once there are any, and the current time for views without a fixed one.
    pub(super) fn settings(&self) -> (Option<Arc<Config>>, Timestamp) {
        let state = self.lock();
        (state.inputs.as_ref().and_then(|inputs| inputs.config().cloned()), state.now)
    }

    /// Returns the problems of the site in a view, and those of some pages.
    pub(super) fn problems(&self, options: ViewOptions, page_problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let snapshot = self.snapshot(options);
        let mut problems = Diagnostics::default();
        if let Some(inputs) = &self.lock().inputs {
            problems.extend(inputs.problems().cloned());
        }
        problems.extend(snapshot.iter().flat_map(|(snapshot, _)| snapshot.problems()));
        problems.extend(page_problems);
        let problems = problems.into_sorted();
        match &snapshot {
            Some((snapshot, _)) => snapshot.edition().defer(problems),
            None => problems,
        }
    }

    /// The link that opens a file of the site in the user's editor.
    pub(super) fn editor(&self, file: &str, line: usize, column: usize) -> Option<String> {
        // `(default theme) templates/…` is not a file on disk.
        let path = self.options.site.root().join(file);
        let editor = self.options.editor.as_ref().filter(|_| path.is_file())?;
        Some(editor.link(&path, line, column))
    }

    /// The problems as browsers receive them: errors first, up to a limit.
    fn problems_as_json(&self, options: ViewOptions, of_page: Option<Diagnostic>) -> Value {
        let link = |file: &str, line: usize, column: usize| self.editor(file, line, column);
        let mut problems = self.problems(options, of_page.into_iter().collect());
        problems.sort_by_key(|problem| !problem.is_error());
        problems.iter().take(MAX_PROBLEMS).map(|problem| browser::render(problem, &link)).collect()
    }

    /// Applies changes; `None` if there are none. Returns the old snapshots, because dropping them takes a while.
    pub(super) fn apply(&self, changes: &FileChanges) -> Option<Vec<Arc<Snapshot>>> {
        let mut state = self.lock();
        let inputs = state.inputs.as_mut()?;
        let before: Vec<Diagnostic> = inputs.problems().cloned().collect();
        let reload = inputs.reload(changes);
        let same_problems = inputs.problems().eq(&before);
        if reload == Reload::default() && changes.files.is_empty() && same_problems {
            return None;
        }
        let content = inputs.content().cloned();
        state.generation += 1;
        let old = std::mem::take(&mut state.snapshots);
        if let Some(content) = content.filter(|_| !reload.is_full) {
            let sources: Vec<&str> = reload.sources.iter().map(String::as_str).collect();
            let renewed = old.iter().filter_map(|old| old.with_texts(&self.options.site, &content, &sources));
            state.snapshots = renewed.map(Arc::new).collect();
        }
        if state.snapshots.is_empty() {
            state.now = (self.options.now)();
        }
        state.changed.extend(reload.sources);
        Some(old)
    }

    /// Notifies browsers. Returns how many pages changed, and the problems of pages.
    fn publish(&self) -> (usize, Vec<Diagnostic>) {
        let views: Vec<PageView> = self.events.views().into_iter().collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let publish = |view: &PageView| {
            let (status, problem) = self.page_status(view);
            (self.events.publish(view, &status), problem)
        };
        // Not on rayon's threads: blocked there, they could not help the thread that holds the state and plans the site.
        let results: Vec<(bool, Option<Diagnostic>)> = std::thread::scope(|scope| {
            let chunks = views.chunks(views.len().div_ceil(threads).max(1));
            let handles: Vec<_> = chunks
                .map(|chunk| scope.spawn(move || chunk.iter().map(publish).collect::<Vec<_>>()))
                .collect();
            handles.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
        });
        let changed = results.iter().filter(|(is_changed, _)| *is_changed).count();
        (changed, results.into_iter().filter_map(|(_, problem)| problem).collect())
    }

    /// Reports why a page fails to render, once until it renders again.
    pub(super) fn report_page(&self, view: &PageView, problem: Option<&Diagnostic>) {
        let mut state = self.lock();
        let Some(problem) = problem else {
            state.page_problems.remove(view);
            return;
        };
        let is_new = !state.reported.contains(problem)
            && !state.page_problems.values().any(|reported| reported == problem);
        state.page_problems.insert(view.clone(), problem.clone());
        drop(state);
        if is_new {
            self.report.problems(&[problem], false);
        }
    }

    /// Reports new problems on the terminal; `page_problems` are those of pages that browsers show.
    fn report_problems(&self, page_problems: Vec<Diagnostic>) {
        let problems = self.problems(self.options.view, page_problems);
        let (before, page_problems) = {
            let mut state = self.lock();
            let page_problems: Vec<Diagnostic> = state.page_problems.values().cloned().collect();
            (std::mem::replace(&mut state.reported, problems.clone()), page_problems)
        };
        let is_new = |problem: &&Diagnostic| !before.contains(problem) && !page_problems.contains(problem);
        let new: Vec<&Diagnostic> = problems.iter().filter(is_new).collect();
        let was_broken = before.iter().any(Diagnostic::is_error);
        let is_fixed = was_broken && !problems.iter().any(Diagnostic::is_error);
        if !new.is_empty() || is_fixed {
            self.report.problems(&new, is_fixed);
        }
    }

    /// Updates the desk, and sends browsers to an edited story if they follow edits.
    fn follow(&self, sources: &BTreeSet<String>) {
        self.events.broadcast("desk", &json!({}));
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
            self.events.broadcast("follow", &json!({"path": edition.plan.urls().path(route)}));
        }
    }

    /// The URL paths of copied files that changed.
    fn changed_files(&self, changes: &FileChanges) -> Vec<String> {
        let Some((snapshot, _)) = self.snapshot(self.options.view) else { return Vec::new() };
        let is_source = |file: &Path| file.extension().is_some_and(|extension| extension == "md");
        if changes.is_everything() {
            return snapshot.paths_of(&|_| true).take(MAX_PATHS).collect();
        }
        if changes.files.iter().all(|file| is_source(file)) {
            return Vec::new();
        }
        snapshot.paths_of(&|file| changes.files.contains(file)).take(MAX_PATHS).collect()
    }

    /// Records what was read, so that the next start need not read it.
    fn save(&self, mut cache: SourceCache, config: &Config) {
        if cache.sources_read() == 0 {
            return;
        }
        // A running build records it itself.
        if let Ok(_lock) = Lock::take(&self.options.site) {
            // A failed write costs the next start some time, and nothing else.
            let _ = cache.save(&self.options.site, config);
        }
    }

    /// Locks the state, waiting until the site has been read.
    fn lock(&self) -> MutexGuard<'_, State> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_read.wait_while(state, |state| state.inputs.is_none()).unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long to wait for the next scheduled change: at most a minute, because clocks are set and machines sleep.
pub(super) fn wait_time(next: Option<Timestamp>, now: Timestamp) -> Duration {
    const LONGEST: Duration = Duration::from_secs(60);
    let until = next.and_then(|next| Duration::try_from(next.duration_since(now)).ok());
    until.map_or(LONGEST, |until| until.min(LONGEST))
}
