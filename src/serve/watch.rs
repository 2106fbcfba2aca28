//! The folders of a site → the files that changed in them.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use notify_debouncer_full::notify::event::{AccessKind, AccessMode};
use notify_debouncer_full::notify::{
    self, Config, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode,
};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};
use walkdir::WalkDir;

use crate::manifest::Stat;
use crate::serve::changes::FileChanges;
use crate::site::SiteDir;

/// How long files must be unchanged: editors save in several steps.
const DEBOUNCE: Duration = Duration::from_millis(30);
/// How often files are polled.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// How far file times may lag behind the clock: a tick, or two seconds where only whole seconds are stored.
const TICK: Duration = Duration::from_millis(20);
const COARSE: Duration = Duration::from_secs(2);

enum Watcher {
    /// The system reports changes.
    Native(Debouncer<RecommendedWatcher, NoCache>),
    /// Files are polled.
    Polling(Debouncer<PollWatcher, NoCache>),
}

/// Watches a site.
pub(crate) struct Watch {
    site: SiteDir,
    watcher: Watcher,
    events: Receiver<DebounceEventResult>,
    /// The watched folder; another one may take its name.
    root: Option<Stat>,
}

impl Watch {
    /// Prepares to watch. `poll` serves network folders, whose changes the system does not report.
    ///
    /// # Errors
    /// Fails if the system refuses.
    pub(crate) fn new(site: &SiteDir, poll: bool) -> notify::Result<Self> {
        let (sender, events) = mpsc::channel();
        let watcher = if poll {
            let config = Config::default().with_poll_interval(POLL_INTERVAL);
            Watcher::Polling(new_debouncer_opt(DEBOUNCE, None, sender, NoCache, config)?)
        } else {
            Watcher::Native(new_debouncer_opt(DEBOUNCE, None, sender, NoCache, Config::default())?)
        };
        Ok(Self { site: site.clone(), watcher, events, root: None })
    }

    /// Returns what changed since an instant, by the times of files and folders. Covers the time before they were watched.
    pub(super) fn changes_since(&self, instant: SystemTime) -> FileChanges {
        let mut changes = FileChanges::default();
        let is_since = |time: SystemTime| {
            let is_whole = time.duration_since(UNIX_EPOCH).is_ok_and(|since| since.subsec_nanos() == 0);
            time + (if is_whole { COARSE } else { TICK }) >= instant
        };
        let all = folders(&self.site).into_iter().chain([self.site.config()]).flat_map(WalkDir::new);
        for entry in all.filter_map(Result::ok) {
            let modified = entry.metadata().ok().and_then(|metadata| metadata.modified().ok());
            if modified.is_some_and(is_since) {
                changes.add(&self.site, entry.path());
            }
        }
        changes
    }

    /// Waits until a file of the site changes, at most for `timeout`. Returns whether one did. A part of the site that can no longer be watched
    /// counts as unchanged.
    pub(crate) fn has_changed(&mut self, timeout: Duration) -> bool {
        !self.next(timeout, &mut None).is_empty()
    }

    /// Waits for changes, at most for `timeout`. Sets `error` if a part of the site can no longer be watched.
    pub(super) fn next(&mut self, timeout: Duration, error: &mut Option<notify::Error>) -> FileChanges {
        let mut changes = FileChanges::default();
        if self.has_moved() {
            std::thread::sleep(timeout.min(POLL_INTERVAL));
            if self.site.config().is_file() {
                *error = self.watch_all().err();
                return FileChanges::everything();
            }
            return changes;
        }
        match self.events.recv_timeout(timeout) {
            Ok(events) => self.record(events, &mut changes, error),
            Err(RecvTimeoutError::Timeout) => {}
            // Without a watcher, only time can pass.
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(timeout),
        }
        // Events that arrive together are one change: checking out a branch touches thousands of files.
        while let Ok(events) = self.events.try_recv() {
            self.record(events, &mut changes, error);
        }
        changes
    }

    fn record(
        &mut self,
        events: DebounceEventResult,
        changes: &mut FileChanges,
        error: &mut Option<notify::Error>,
    ) {
        let events = match events {
            Ok(events) => events,
            Err(errors) => {
                *error = errors.into_iter().next();
                *changes = FileChanges::everything();
                return;
            }
        };
        for event in events {
            if event.need_rescan() {
                *changes = FileChanges::everything();
            }
            if is_read_access(event.kind) {
                continue;
            }
            if matches!(event.kind, EventKind::Remove(_))
                && event.paths.iter().any(|path| path == self.site.root())
            {
                self.root = None;
            }
            for path in &event.paths {
                changes.add(&self.site, path);
                // A new folder is not watched yet.
                if folders(&self.site).iter().any(|folder| folder == path) && path.is_dir() {
                    let watched = self.watch(path, RecursiveMode::Recursive);
                    *error = error.take().or(watched.err());
                }
            }
        }
    }

    /// Whether the site's folder is no longer the watched one.
    fn has_moved(&self) -> bool {
        let now = Stat::of(self.site.root()).ok();
        !now.zip(self.root).is_some_and(|(now, root)| now.is_same_file(root))
    }

    /// Starts watching, which takes a while in a large archive.
    ///
    /// # Errors
    /// Fails if the system refuses to watch a part of the site.
    pub(crate) fn watch_all(&mut self) -> notify::Result<()> {
        self.root = Stat::of(self.site.root()).ok();
        let site = self.site.clone();
        self.watch(site.root(), RecursiveMode::NonRecursive)?;
        let mut folders = folders(&site).into_iter().filter(|folder| folder.is_dir());
        folders.try_for_each(|folder| self.watch(&folder, RecursiveMode::Recursive))
    }

    fn watch(&mut self, path: &Path, mode: RecursiveMode) -> notify::Result<()> {
        match &mut self.watcher {
            Watcher::Native(watcher) => watcher.watch(path, mode),
            Watcher::Polling(watcher) => watcher.watch(path, mode),
        }
    }
}

fn folders(site: &SiteDir) -> [PathBuf; 5] {
    let themes = site.root().join("themes");
    [site.content(), site.templates(), site.static_files(), site.data(), themes]
}

/// Whether a file was only read, as the preview does itself.
fn is_read_access(kind: EventKind) -> bool {
    matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write))
}
