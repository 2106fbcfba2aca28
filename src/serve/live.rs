//! A site whose files change → what it is at any moment, for whoever looks at it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::choice::Choice;
use super::hub::{Hub, News, Sight};
use super::kept::{Kept, Made};
use super::parts::{Parts, Renewal};
use super::snapshot::{Found, Snapshot};
use super::touched::Touched;
use super::{Options, Report};
use crate::config::Config;
use crate::content::Content;
use crate::diagnostic::{Diagnostic, Diagnostics, browser};
use crate::manifest::Print;
use crate::output::Lock;
use crate::plan::{FileSource, Page};
use crate::site::SiteDir;

/// Views that are kept ready: an editor switches between a few.
const VIEWS: usize = 6;
/// How often a page is tried whose source changes while it is made.
const TRIES: usize = 3;
/// What a browser gets for a page that could not be made yet.
const NOTHING_YET: &str = include_str!("browser/nothing.html");

/// The site as it is.
pub(super) struct Live {
    pub(super) options: Options,
    pub(super) hub: Hub,
    report: Box<dyn Report>,
    state: Mutex<State>,
    /// The site was read for the first time.
    is_read: Condvar,
    kept: Kept,
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
    /// What was reported last.
    reported: Vec<Diagnostic>,
}

/// What a browser gets for a path.
pub(super) enum Look {
    /// A page.
    Page(Arc<Made>),
    /// A file.
    File(FileSource),
    /// Another path or URL, with the status that says so.
    Elsewhere(String, u16),
}

impl Live {
    pub(super) fn new(options: Options, report: Box<dyn Report>) -> Self {
        let now = (options.now)();
        let state = State { parts: None, number: 0, now, snapshots: Vec::new(), reported: Vec::new() };
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
        let parts = Parts::read(&self.options.site);
        let content = parts.content().cloned().zip(parts.config().cloned());
        self.state.lock().unwrap_or_else(PoisonError::into_inner).parts = Some(parts);
        self.is_read.notify_all();
        let articles = content.as_ref().map_or(0, |(content, _)| content.len());
        self.report.ready(articles, started.elapsed());
        self.tell();
        if let Some((content, config)) = content {
            self.remember(&content, &config);
        }
    }

    /// What a browser gets for a path.
    pub(super) fn look(&self, sight: &Sight) -> Look {
        let Some((snapshot, number)) = self.snapshot(sight.choice) else {
            return Look::Page(nothing(None));
        };
        let forced = snapshot.rules().find(&sight.path).filter(|rule| rule.forced);
        match (forced, snapshot.find(&sight.path)) {
            (None, Found::Page(page)) => self.page(sight, &snapshot, number, page, 200),
            (None, Found::File(source)) => Look::File(source),
            (None, Found::Moved(to)) => Look::Elsewhere(to, 301),
            _ => self.by_rule(sight, &snapshot, number),
        }
    }

    /// Whether a file is still one of the site: since it was found, a link may have taken its place.
    pub(super) fn holds(&self, source: &FileSource) -> bool {
        let site = &self.options.site;
        match source {
            FileSource::Embedded(_) => true,
            FileSource::Disk(path) => site.holds(path) || SiteDir::new(site.content()).holds(path),
        }
    }

    /// What there is to say of what a browser looks at.
    pub(super) fn news(&self, sight: &Sight) -> News {
        let (state, problem) = match self.look(sight) {
            Look::Page(made) => (Some(made.state), made.problem.clone()),
            Look::File(_) | Look::Elsewhere(..) => (None, None),
        };
        News { state, problems: self.problems_as_json(sight.choice, problem) }
    }

    /// The site as somebody wants to see it, if there is one yet; and the number of its state.
    pub(super) fn snapshot(&self, choice: Choice) -> Option<(Arc<Snapshot>, u64)> {
        let mut state = self.lock();
        let number = state.number;
        if let Some(known) = state.snapshots.iter().find(|known| known.choice == choice) {
            return Some((Arc::clone(known), number));
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
        let Some((renewal, old)) = self.take_in(touched) else { return };
        let files = self.changed_files(touched);
        let changed = self.tell();
        if !files.is_empty() {
            let number = self.file_changes.fetch_add(1, Ordering::Relaxed) + 1;
            self.hub.tell_all("files", &json!({"paths": files, "files": number}));
        }
        self.hub.tell_all("desk", &json!({}));
        if self.options.follow {
            self.follow(&renewal.sources);
        }
        let root = self.options.site.root();
        let within = touched.files.iter().map(|file| file.strip_prefix(root).unwrap_or(file));
        let files: Vec<String> = within.map(|file| file.to_string_lossy().replace('\\', "/")).collect();
        self.report.renewed(&files, changed, started.elapsed());
        drop(old);
    }

    /// The time has come for something to appear or to go.
    pub(super) fn time_passes(&self) {
        let old = {
            let mut state = self.lock();
            state.now = (self.options.now)();
            state.number += 1;
            std::mem::take(&mut state.snapshots)
        };
        let changed = self.tell();
        self.hub.tell_all("desk", &json!({}));
        self.report.time_passed(changed);
        drop(old);
    }

    /// The next instant at which the site changes by itself.
    pub(super) fn next_change(&self) -> Option<Timestamp> {
        let (content, now) = {
            let state = self.lock();
            (state.parts.as_ref()?.content()?.clone(), state.now)
        };
        let instants = content.iter().flat_map(|(_, article)| {
            let front = &article.front;
            [front.date, front.embargo, front.expires, front.pinned_until]
        });
        instants.flatten().filter(|instant| *instant > now).min()
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

    /// All problems of the site in a view, and one of a page.
    pub(super) fn problems(&self, choice: Choice, of_page: Option<Diagnostic>) -> Vec<Diagnostic> {
        let snapshot = self.snapshot(choice);
        let mut problems = Diagnostics::default();
        if let Some(parts) = &self.lock().parts {
            problems.extend(parts.problems().cloned());
        }
        problems.extend(snapshot.iter().flat_map(|(snapshot, _)| snapshot.problems()).cloned());
        problems.extend(of_page);
        problems.into_sorted()
    }

    /// The link that opens a file of the site in an editor, if the user named one.
    pub(super) fn editor(&self, file: &str, line: usize, column: usize) -> Option<String> {
        // `(default theme) templates/…` is in the program.
        let path = self.options.site.root().join(file);
        let editor = self.options.editor.as_ref().filter(|_| path.is_file())?;
        Some(editor.link(&path, line, column))
    }

    fn problems_as_json(&self, choice: Choice, of_page: Option<Diagnostic>) -> Value {
        let link = |file: &str, line: usize, column: usize| self.editor(file, line, column);
        self.problems(choice, of_page).iter().map(|problem| browser::render(problem, &link)).collect()
    }

    /// Takes in what changed; `None` if nothing did. Also gives the old views, which take a while to drop.
    fn take_in(&self, touched: &Touched) -> Option<(Renewal, Vec<Arc<Snapshot>>)> {
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
        Some((renewal, old))
    }

    /// Tells browsers what is news to them; gives of how many pages.
    fn tell(&self) -> usize {
        let sights: Vec<Sight> = self.hub.sights().into_iter().collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let tell =
            |sights: &[Sight]| sights.iter().filter(|sight| self.hub.tell(sight, &self.news(sight))).count();
        // Not on rayon's threads: who waits for the state there keeps those from working who hold it and plan the site.
        let changed = std::thread::scope(|scope| {
            let parts = sights.chunks(sights.len().div_ceil(threads).max(1));
            let telling: Vec<_> = parts.map(|part| scope.spawn(move || tell(part))).collect();
            telling.into_iter().filter_map(|told| told.join().ok()).sum()
        });
        self.report_problems();
        changed
    }

    /// Reports what is wrong to the user of the server, once.
    fn report_problems(&self) {
        let problems = self.problems(self.options.view, None);
        let before = std::mem::replace(&mut self.lock().reported, problems.clone());
        let new: Vec<&Diagnostic> = problems.iter().filter(|problem| !before.contains(problem)).collect();
        let was_broken = before.iter().any(Diagnostic::is_error);
        let is_mended = was_broken && !problems.iter().any(Diagnostic::is_error);
        if !new.is_empty() || is_mended {
            self.report.problems(&new, is_mended);
        }
    }

    /// Takes browsers to the page of an article that is being edited.
    fn follow(&self, sources: &BTreeSet<String>) {
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
        let is_source = |file: &std::path::Path| file.extension().is_some_and(|extension| extension == "md");
        if touched.files.iter().all(|file| is_source(file)) {
            return Vec::new();
        }
        snapshot.paths_of(&|file| touched.files.contains(file)).collect()
    }

    /// Where the rules of the site lead; else what its host shows for what it does not have.
    fn by_rule(&self, sight: &Sight, snapshot: &Arc<Snapshot>, number: u64) -> Look {
        let rule = snapshot.rules().find(&sight.path);
        let within = |to: &str| {
            let path = percent_encoding::percent_decode_str(to).decode_utf8().ok()?;
            match snapshot.find(&path) {
                Found::Page(page) => Some(page.clone()),
                _ => None,
            }
        };
        match rule {
            Some(rule) if !matches!(rule.status, 200 | 404) => Look::Elsewhere(rule.to, rule.status),
            Some(rule) => match (within(&rule.to), snapshot.not_found()) {
                (Some(page), _) => self.page(sight, snapshot, number, &page, rule.status),
                (None, Some(page)) => self.page(sight, snapshot, number, page, 404),
                (None, None) => Look::Page(nothing(None)),
            },
            None => match snapshot.not_found() {
                Some(page) => self.page(sight, snapshot, number, page, 404),
                None => Look::Page(nothing(None)),
            },
        }
    }

    fn page(&self, sight: &Sight, snapshot: &Arc<Snapshot>, number: u64, page: &Page, status: u16) -> Look {
        let before = self.kept.get(sight);
        if let Some((_, made)) = before.as_ref().filter(|(known, _)| *known == number) {
            return Look::Page(Arc::clone(made));
        }
        // A page that is gone because its source is broken: what it was is better than nothing.
        let made = match self.try_to_make(sight, snapshot, page) {
            Ok(bytes) => {
                let state = Print::of_bytes(&bytes);
                Made { status, file: page.route.file_path(), bytes, state, problem: None }
            }
            Err(problem) => {
                // What keeps an article from being read is reported of its source.
                let problem = Some(problem).filter(|problem| problem.code != "content/changed");
                match before {
                    Some((_, made)) => Made {
                        status: made.status,
                        file: made.file.clone(),
                        bytes: made.bytes.clone(),
                        state: made.state,
                        problem,
                    },
                    None => return Look::Page(nothing(problem)),
                }
            }
        };
        let made = Arc::new(made);
        self.kept.put(sight, number, &made);
        Look::Page(made)
    }

    /// Makes a page. If its source changes meanwhile, it is read again at once, without waiting for the system to tell.
    fn try_to_make(&self, sight: &Sight, first: &Arc<Snapshot>, page: &Page) -> Result<Vec<u8>, Diagnostic> {
        let (mut snapshot, mut page) = (Arc::clone(first), page.clone());
        let mut tries = 0;
        loop {
            let problem = match snapshot.render(&page) {
                Ok(bytes) => return Ok(bytes),
                Err(problem) => problem,
            };
            tries += 1;
            let source = problem.place.as_ref().and_then(|place| place.file.strip_prefix("content/"));
            let Some(source) = source.filter(|_| problem.code == "content/changed" && tries < TRIES) else {
                return Err(problem);
            };
            if self.take_in(&Touched::content(source)).is_none() {
                return Err(problem);
            }
            match self.snapshot(sight.choice) {
                Some((now, _)) => snapshot = now,
                None => return Err(problem),
            }
            match snapshot.find(&sight.path) {
                Found::Page(now) => page = now.clone(),
                _ => return Err(problem),
            }
        }
    }

    /// Writes down what was read of the sources, so that the next start need not.
    fn remember(&self, content: &Content, config: &Config) {
        if content.sources_read() == 0 {
            return;
        }
        // A build that is running writes it down itself.
        if let Ok(_lock) = Lock::take(&self.options.site) {
            // What cannot be written costs the next start time, and nothing else.
            let _ = content.remember(&self.options.site, config);
        }
    }

    /// The state of the site. Who comes before it is read waits for that.
    fn lock(&self) -> MutexGuard<'_, State> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_read.wait_while(state, |state| state.parts.is_none()).unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page that says that there is none yet.
fn nothing(problem: Option<Diagnostic>) -> Arc<Made> {
    let bytes = NOTHING_YET.as_bytes().to_vec();
    let state = Print::of_bytes(&bytes);
    Arc::new(Made { status: 503, file: "nothing.html".to_owned(), bytes, state, problem })
}

/// How long to wait for the next change of the site by itself, at most a minute: clocks are set, machines sleep.
pub(super) fn patience(next: Option<Timestamp>, now: Timestamp) -> Duration {
    const LONGEST: Duration = Duration::from_secs(60);
    let until = next.and_then(|next| Duration::try_from(next.duration_since(now)).ok());
    until.map_or(LONGEST, |until| until.min(LONGEST))
}
