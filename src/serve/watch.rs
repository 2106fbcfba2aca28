//! The folders of a site → what was touched in them, a moment after it was.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use notify_debouncer_full::notify::event::{AccessKind, AccessMode};
use notify_debouncer_full::notify::{
    self, Config, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode,
};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};

use super::touched::Touched;
use crate::site::SiteDir;

/// How long files must be at rest: editors save in several steps.
const REST: Duration = Duration::from_millis(30);
/// How often files are looked at where the system does not tell.
const POLL: Duration = Duration::from_millis(500);

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
}

impl Watch {
    /// Begins to watch. With `poll`, files are looked at again and again, as is needed for folders of other machines.
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
        let mut watch = Self { site: site.clone(), watcher, events };
        watch.watch(site.root(), RecursiveMode::NonRecursive)?;
        for folder in folders(site).into_iter().filter(|folder| folder.is_dir()) {
            watch.watch(&folder, RecursiveMode::Recursive)?;
        }
        Ok(watch)
    }

    /// Waits for something to be touched, but no longer than `patience`; nothing may have been.
    pub(super) fn next(&mut self, patience: Duration) -> Touched {
        let mut touched = Touched::default();
        match self.events.recv_timeout(patience) {
            Ok(events) => self.take_in(events, &mut touched),
            Err(RecvTimeoutError::Timeout) => {}
            // Without a watcher there is nothing to wait for but time.
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(patience),
        }
        // What came meanwhile is one change: a checkout of another branch touches thousands of files.
        while let Ok(events) = self.events.try_recv() {
            self.take_in(events, &mut touched);
        }
        touched
    }

    fn take_in(&mut self, events: DebounceEventResult, touched: &mut Touched) {
        let Ok(events) = events else {
            *touched = Touched::everything();
            return;
        };
        for event in events {
            if event.need_rescan() {
                *touched = Touched::everything();
            }
            if is_reading(event.kind) {
                continue;
            }
            for path in &event.paths {
                touched.add(&self.site, path);
                self.watch_again(path);
            }
        }
    }

    /// A folder that came or came back is not watched yet.
    fn watch_again(&mut self, path: &Path) {
        if folders(&self.site).iter().any(|folder| folder == path) && path.is_dir() {
            // If it cannot be, the preview goes on with what it can watch.
            let _ = self.watch(path, RecursiveMode::Recursive);
        }
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
