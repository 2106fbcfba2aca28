//! The metadata of a file → whether it is still the file that an earlier build saw.
//!
//! Equal size, times and inode mean an equal file, except in the case that Git calls racy: a file that changes twice
//! within one tick of the file system's clock looks the same after both changes. So a file counts as unchanged only if
//! it was last changed before the tick in which it was read.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// The tick of file systems that store whole seconds only (FAT: two seconds).
const COARSE: i64 = 2 * SECOND;
const SECOND: i64 = 1_000_000_000;
/// The longest tick of a kernel's clock (100 Hz), with some margin.
const TICK: Duration = Duration::from_millis(20);

/// The metadata of a file. Times are nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    size: u64,
    modified: i64,
    /// When the inode changed, which no program can set back; without such a time, when the file was created.
    changed: i64,
    inode: u64,
}

impl Stat {
    /// The metadata that matters.
    pub fn new(metadata: &Metadata) -> Self {
        let modified = metadata.modified().map_or(0, nanoseconds);
        let (changed, inode) = identity(metadata);
        Self { size: metadata.len(), modified, changed, inode }
    }

    /// The metadata of the file at a path, following links.
    ///
    /// # Errors
    /// If there is no readable file.
    pub fn of(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(|metadata| Self::new(&metadata))
    }

    /// The same without the inode's time, which renaming a file changes.
    #[must_use]
    pub fn renamed(self) -> Self {
        Self { changed: 0, ..self }
    }

    /// Whether both are the same file, even if it was changed in between. Always true where files have no inode
    /// numbers.
    pub fn is_same_file(self, other: Self) -> bool {
        self.inode == other.inode
    }

    /// The size in bytes.
    pub fn size(self) -> u64 {
        self.size
    }

    /// Whether any change after this reading of the clock will show in the metadata.
    pub fn is_settled(self, clock: Clock) -> bool {
        let last = self.modified.max(self.changed);
        let tick = if last % SECOND == 0 { COARSE } else { 0 };
        last.saturating_add(tick) < clock.0
    }
}

fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => {
            i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanoseconds| -nanoseconds)
        }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (i64, u64) {
    use std::os::unix::fs::MetadataExt;
    let changed = metadata.ctime().saturating_mul(SECOND).saturating_add(metadata.ctime_nsec());
    (changed, metadata.ino())
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> (i64, u64) {
    (metadata.created().map_or(0, nanoseconds), 0)
}

/// A reading of the file system's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock(i64);

impl Clock {
    /// A reading before all others: no file counts as settled.
    pub const NEVER: Self = Self(i64::MIN);

    /// Reads the clock by writing a file into a folder. If that fails, no file counts as settled.
    pub fn read(dir: &Path) -> Self {
        let file = dir.join("clock");
        let written =
            fs::write(&file, b"").and_then(|()| fs::metadata(&file)).and_then(|found| found.modified());
        written.map_or(Self::NEVER, |time| Self(nanoseconds(time)))
    }

    /// Reads the clock until it has ticked, but no longer than a tick takes.
    pub fn next(self, dir: &Path) -> Self {
        let step = Duration::from_millis(1);
        let mut now = Self::read(dir);
        for _ in 0..TICK.as_millis() {
            if now > self {
                break;
            }
            thread::sleep(step);
            now = Self::read(dir);
        }
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changed_in_the_tick_in_which_it_was_read_is_not_settled() {
        let stat = |modified, changed| Stat { size: 1, modified, changed, inode: 1 };
        assert!(stat(1_500, 1_600).is_settled(Clock(1_700)));
        assert!(!stat(1_500, 1_700).is_settled(Clock(1_700)));
        assert!(!stat(1_800, 1_600).is_settled(Clock(1_700)));
        // Times in whole seconds suggest a file system that stores no others.
        assert!(!stat(5 * SECOND, 0).is_settled(Clock(6 * SECOND)));
        assert!(stat(5 * SECOND, 0).is_settled(Clock(8 * SECOND)));
    }

    #[test]
    fn a_file_is_settled_once_the_clock_has_ticked() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a");
        fs::write(&file, "a").unwrap();
        let clock = Clock::read(dir.path());
        assert!(Stat::of(&file).unwrap().is_settled(clock.next(dir.path())));
        fs::write(&file, "b").unwrap();
        assert!(!Stat::of(&file).unwrap().is_settled(clock));
    }
}
