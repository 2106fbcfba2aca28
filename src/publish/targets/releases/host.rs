//! What releases ask of the place where they lie.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::id::ReleaseId;
use crate::diagnostic::Diagnostic;
use crate::publish::local_file::ContentHash;
use crate::publish::target::{Claim, Result};

/// The name of the link to the release that readers see.
pub(crate) const CURRENT: &str = "current";
/// The folder of the releases.
pub(crate) const RELEASES: &str = "releases";
/// The folder of bulletin's own files, which no web server serves.
pub(crate) const PRIVATE: &str = ".bulletin";

/// A folder with releases, on this machine or another. Every method fails if the folder cannot be reached or written.
pub(crate) trait Host: Sync {
    /// Its name in messages: `deploy@herald.example:/srv/herald`.
    fn place(&self) -> String;

    /// Whether files have to be sent there.
    fn is_remote(&self) -> bool;

    /// Says what is there. With `claim`, locks it first.
    fn open(&mut self, claim: Option<&Claim>) -> Result<State>;

    /// The record of a release, if there is one.
    fn read_record(&mut self, release: &ReleaseId) -> Result<Option<Vec<u8>>>;

    /// Stores the record of a release, forgets what was taken down before it, and deletes other releases with their records.
    fn write_record(&mut self, release: &ReleaseId, record: &[u8], discard: &[ReleaseId]) -> Result<()>;

    /// The paths of the files of a release.
    fn names(&mut self, release: &ReleaseId) -> Result<BTreeSet<String>>;

    /// Reads all files of a release.
    fn walk(&mut self, release: &ReleaseId) -> Result<Vec<FoundFile>>;

    /// Makes a release that shares the files of another but for some, or an empty one. `stale` are releases that nobody saw: their files may
    /// be used instead of being sent again.
    fn create(
        &mut self,
        release: &ReleaseId,
        from: Option<(&ReleaseId, &Removal)>,
        stale: &[ReleaseId],
    ) -> Result<()>;

    /// A folder of this machine for new files of a release: the release itself, or one that [`Host::deliver`] sends. A file that is already
    /// there may be shared with other releases.
    fn stage(&mut self, release: &ReleaseId) -> Result<PathBuf>;

    /// Sends the files of the staging folder. They replace files of the release without changing those of others.
    fn deliver(&mut self, release: &ReleaseId) -> Result<()>;

    /// Deletes files from releases, the first release first, then folders that are empty. Files that are missing are no error. `taken_down` are
    /// lines to remember first, until [`Host::write_record`].
    fn remove(
        &mut self,
        releases: &[ReleaseId],
        removal: &Removal,
        taken_down: Option<&TakenDown>,
    ) -> Result<()>;

    /// Makes readers see a release, in one step.
    fn switch(&mut self, release: &ReleaseId) -> Result<()>;

    /// Releases the lock and the connection.
    fn close(&mut self);
}

/// What lies in a folder of releases.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// The release that readers see.
    pub(crate) current: Option<ReleaseId>,
    /// All releases.
    pub(crate) releases: BTreeSet<ReleaseId>,
    /// Those that have a record.
    pub(crate) recorded: BTreeSet<ReleaseId>,
    /// The record of the current release.
    pub(crate) record: Option<Vec<u8>>,
    /// What was taken down since that record was written.
    pub(crate) taken_down: Option<TakenDown>,
    /// What the user should know.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundFile {
    /// Its path in the release.
    pub(crate) path: String,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The hash of its bytes.
    pub(crate) hash: ContentHash,
}

/// Files to delete from releases. Their paths lead nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Removal {
    /// The files.
    pub(crate) files: Vec<String>,
    /// The folders that they may leave empty, the deepest first.
    pub(crate) folders: Vec<String>,
}

/// The files that were taken down while readers saw a release, whose record still lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TakenDown {
    /// The release.
    pub(crate) current: ReleaseId,
    /// The files.
    pub(crate) paths: BTreeSet<String>,
}

impl TakenDown {
    /// A line for the release, then one for each file.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.current);
        for path in &self.paths {
            text.push_str(path);
            text.push('\n');
        }
        text
    }

    /// Reads such lines. `None` if they are of another release than the current one, which has no such files.
    pub(crate) fn parse(text: &str, current: Option<&ReleaseId>) -> Option<Self> {
        let mut lines = text.lines();
        let of = ReleaseId::parse(lines.next()?)?;
        (Some(&of) == current).then(|| Self { current: of, paths: lines.map(str::to_owned).collect() })
    }
}
