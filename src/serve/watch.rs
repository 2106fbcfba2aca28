//! The folders of a site → what was touched in them, a moment after it was.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use notify_debouncer_full::notify::event::{AccessKind, AccessMode};
use notify_debouncer_full::notify::{
    self, Config, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode,
};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};
use walkdir::WalkDir;

use super::touched::Touched;
use crate::manifest::Stat;
use crate::site::SiteDir;

/// How long files must be at rest: editors save in several steps.
const REST: Duration = Duration::from_millis(30);
/// How often files are looked at where the system does not tell.
const POLL: Duration = Duration::from_millis(500);
/// What the times of files may be behind the clock: a tick, or more where only whole seconds are kept.
const TICK: Duration = Duration::from_millis(20);
const COARSE: Duration = Duration::from_secs(2);

enum Watcher {
    /// The system tells.
    Told(Debouncer<RecommendedWatcher, NoCache>),
    /// Files are looked at again and again.
    Polling(Debouncer<PollWatcher, NoCache>),
}

/// Watches a site.
pub(super) struct Watch {
    site: SiteDir,
    watcher: Watcher,
    events: Receiver<DebounceEventResult>,
    /// The folder that is watched; another may take its name.
    root: Option<Stat>,
}

impl Watch {
    /// Prepares to watch. With `poll`, files are looked at again and again, as is needed for folders of other machines.
    ///
    /// # Errors
    /// If the system does not let it.
    pub(super) fn new(site: &SiteDir, poll: bool) -> notify::Result<Self> {
        let (sender, events) = mpsc::channel();
        let watcher = if poll {
            let config = Config::default().with_poll_interval(POLL);
            Watcher::Polling(new_debouncer_opt(REST, None, sender, NoCache, config)?)
        } else {
            Watcher::Told(new_debouncer_opt(REST, None, sender, NoCache, Config::default())?)
        };
        Ok(Self { site: site.clone(), watcher, events, root: None })
    }

    /// What was touched from an instant on, as far as the files and folders tell: for what comes before they are watched.
    pub(super) fn touched_since(&self, instant: SystemTime) -> Touched {
        let mut touched = Touched::default();
        let is_since = |time: SystemTime| {
            let is_whole = time.duration_since(UNIX_EPOCH).is_ok_and(|since| since.subsec_nanos() == 0);
            time + (if is_whole { COARSE } else { TICK }) >= instant
        };
        let all = folders(&self.site).into_iter().chain([self.site.config()]).flat_map(WalkDir::new);
        for entry in all.filter_map(Result::ok) {
            let modified = entry.metadata().ok().and_then(|metadata| metadata.modified().ok());
            if modified.is_some_and(is_since) {
                touched.add(&self.site, entry.path());
            }
        }
        touched
    }

    /// Waits for something to be touched, but no longer than `patience`; nothing may have been. `trouble` is what keeps
    /// some of the site from being watched.
    pub(super) fn next(&mut self, patience: Duration, trouble: &mut Option<notify::Error>) -> Touched {
        let mut touched = Touched::default();
        if self.is_lost() {
            std::thread::sleep(patience.min(POLL));
            if self.site.config().is_file() {
                *trouble = self.watch_all().err();
                return Touched::everything();
            }
            return touched;
        }
        match self.events.recv_timeout(patience) {
            Ok(events) => self.take_in(events, &mut touched, trouble),
            Err(RecvTimeoutError::Timeout) => {}
            // Without a watcher there is nothing to wait for but time.
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(patience),
        }
        // What came meanwhile is one change: a checkout of another branch touches thousands of files.
        while let Ok(events) = self.events.try_recv() {
            self.take_in(events, &mut touched, trouble);
        }
        touched
    }

    fn take_in(
        &mut self,
        events: DebounceEventResult,
        touched: &mut Touched,
        trouble: &mut Option<notify::Error>,
    ) {
        let events = match events {
            Ok(events) => events,
            Err(errors) => {
                *trouble = errors.into_iter().next();
                *touched = Touched::everything();
                return;
            }
        };
        for event in events {
            if event.need_rescan() {
                *touched = Touched::everything();
            }
            if is_reading(event.kind) {
                continue;
            }
            if matches!(event.kind, EventKind::Remove(_))
                && event.paths.iter().any(|path| path == self.site.root())
            {
                self.root = None;
            }
            for path in &event.paths {
                touched.add(&self.site, path);
                // A folder that came or came back is not watched yet.
                if folders(&self.site).iter().any(|folder| folder == path) && path.is_dir() {
                    let watched = self.watch(path, RecursiveMode::Recursive);
                    *trouble = trouble.take().or(watched.err());
                }
            }
        }
    }

    /// Whether the folder that is watched is not the site's any more.
    fn is_lost(&self) -> bool {
        let now = Stat::of(self.site.root()).ok();
        !now.zip(self.root).is_some_and(|(now, root)| now.is_same_file(root))
    }

    /// Begins to watch: in a large archive this takes a while.
    ///
    /// # Errors
    /// If the system does not let it watch all of the site.
    pub(super) fn watch_all(&mut self) -> notify::Result<()> {
        self.root = Stat::of(self.site.root()).ok();
        let site = self.site.clone();
        self.watch(site.root(), RecursiveMode::NonRecursive)?;
        let mut folders = folders(&site).into_iter().filter(|folder| folder.is_dir());
        folders.try_for_each(|folder| self.watch(&folder, RecursiveMode::Recursive))
    }

    fn watch(&mut self, path: &Path, mode: RecursiveMode) -> notify::Result<()> {
        match &mut self.watcher {
            Watcher::Told(watcher) => watcher.watch(path, mode),
            Watcher::Polling(watcher) => watcher.watch(path, mode),
        }
    }
}

fn folders(site: &SiteDir) -> [PathBuf; 5] {
    let themes = site.root().join("themes");
    [site.content(), site.templates(), site.static_files(), site.data(), themes]
}

/// Whether a file was only read, as the preview does itself.
fn is_reading(kind: EventKind) -> bool {
    matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write))
}
