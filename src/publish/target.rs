//! What a publication asks of a target.

use std::collections::BTreeSet;

use super::local_file::{ContentHash, Headers, LocalFile};
use super::plan::Plan;
use super::record::Record;
use crate::diagnostic::Diagnostic;

/// The outcome of a request to a target: a failure is a problem with a code `publish/…`, and help.
pub(crate) type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// A host that cannot be reached.
impl From<crate::http::Error> for Box<Diagnostic> {
    fn from(error: crate::http::Error) -> Self {
        Self::new(Diagnostic::fatal("publish/unreachable", error.to_string()).help(error.help()))
    }
}

/// A place that serves the site. A publication calls the methods in the order in which they stand here. After a failure it calls [`Target::close`]
/// and nothing else.
pub(crate) trait Target: Sync {
    /// Its name in messages, without secrets: `s3://herald/`, `deploy@herald.example:/srv/herald`.
    fn place(&self) -> String;

    /// What it can do, and its limits.
    fn abilities(&self) -> Abilities;

    /// Checks what [`Limits`] cannot say, such as the number of rules. Sends nothing.
    ///
    /// # Errors
    /// `publish/limits`
    fn check(&self, _files: &[LocalFile]) -> Result<()> {
        Ok(())
    }

    /// Reads the record. With `claim`, also takes the lock of the target and resolves what killed publications left; without it, changes nothing.
    ///
    /// # Errors
    /// If the target cannot be reached, denies access, has a record that this version cannot read, or is locked.
    fn open(&mut self, claim: Option<&Claim>) -> Result<Opened>;

    /// Lists what the target has, for a target without a record. `None`: the target cannot say, and every file counts as new.
    ///
    /// # Errors
    /// If the list cannot be read.
    fn list(&mut self) -> Result<Option<Vec<Listed>>>;

    /// Asks what the target has stored of listed files, in the same order; `None` for a file that is gone.
    ///
    /// # Errors
    /// If the target cannot be asked.
    fn inspect(&mut self, paths: &[&str]) -> Result<Vec<Option<Stored>>>;

    /// Announces what will change, before anything does. `files` are all files of the site, sorted by path.
    ///
    /// # Errors
    /// If the target cannot be written, or another publication has begun.
    fn begin(&mut self, plan: &Plan, files: &[LocalFile]) -> Result<()>;

    /// Removes files from what readers see, at once.
    ///
    /// # Errors
    /// If a file could not be removed.
    fn take_down(&mut self, paths: &[String]) -> Result<()>;

    /// Uploads the files of one stage, and returns when all are stored. `sent` is called for each, from many threads.
    ///
    /// # Errors
    /// If a file could not be stored; the first problem.
    fn upload(&mut self, files: &[&LocalFile], sent: &(dyn Fn(&LocalFile) + Sync)) -> Result<()>;

    /// Makes readers see the uploaded files, if they do not yet.
    ///
    /// # Errors
    /// If the switch failed; readers then see the former site.
    fn activate(&mut self) -> Result<()>;

    /// Removes files that the site no longer has.
    ///
    /// # Errors
    /// If a file could not be removed.
    fn remove(&mut self, paths: &[String]) -> Result<()>;

    /// Stores the record of what the target has now.
    ///
    /// # Errors
    /// If it cannot be stored, or another publication stored one in the meantime.
    fn finish(&mut self, record: &Record) -> Result<()>;

    /// Releases the lock, and what else the target holds. Called whatever happened; failures do not matter.
    fn close(&mut self);

    /// Makes readers see an earlier release: the one before, or `release`. The pages of stories that were removed since stay away; its lists and feeds
    /// still show these stories, so that is done only if `shows_removed`. Returns the record of the release.
    ///
    /// # Errors
    /// If the target keeps no releases, or not this one, or the release shows removed stories.
    fn roll_back(&mut self, release: Option<&str>, shows_removed: bool) -> Result<Record>;
}

/// The refusal to roll back to a release that shows stories that were removed since.
pub(crate) fn shows_removed(stories: usize) -> Box<Diagnostic> {
    let message = match stories {
        1 => "the earlier release would show a story again in its lists and feeds that was removed since"
            .to_owned(),
        _ => "the earlier release would show stories again in its lists and feeds that were removed since"
            .to_owned(),
    };
    let help = "publish an earlier state of the sources instead, or use `--yes` if the stories may be seen";
    Box::new(Diagnostic::error("publish/shows-removed", message).help(help))
}

/// What a target can do.
#[derive(Clone, Debug)]
pub(crate) struct Abilities {
    /// Reduces headers to those that the target stores with a file.
    pub(crate) headers: fn(&Headers) -> Headers,
    /// Whether readers see all changes at once.
    pub(crate) is_atomic: bool,
    /// Limits of the host, by which a publication is refused before anything is sent.
    pub(crate) limits: Limits,
}

/// The limits of a host. `None`: there is no limit that a site could reach.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    /// The number of files.
    pub(crate) files: Option<usize>,
    /// The size of a file in bytes.
    pub(crate) file_size: Option<u64>,
    /// The length of a path in bytes.
    pub(crate) path_length: Option<usize>,
    /// Characters that a path cannot contain.
    pub(crate) forbidden: &'static str,
    /// What to do if the site is too large, as help: the way out.
    pub(crate) way_out: &'static str,
}

/// Who wants to publish.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// A random id of this publication.
    pub(crate) run: String,
    /// The user and machine, for messages to others.
    pub(crate) owner: String,
    /// Whether to take the lock of a publication that still seems to run.
    pub(crate) force: bool,
}

/// What a target said when it was opened.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// The record; `None` if the target has none that is intact.
    pub(crate) record: Option<Record>,
    /// Paths whose state is unknown, because a publication that was to change them did not finish.
    pub(crate) in_doubt: BTreeSet<String>,
    /// What the user should know.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// A file that a target lists.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// Its path, as in [`LocalFile::path`].
    pub(crate) path: String,
    /// Its size in bytes.
    pub(crate) size: u64,
}

/// What a target has stored of a file.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// Its size in bytes; 0 if the target does not say.
    pub(crate) size: u64,
    /// The hash of its bytes, if bulletin uploaded it.
    pub(crate) hash: Option<ContentHash>,
    /// The MD5 of its bytes, if the target knows it.
    pub(crate) md5: Option<[u8; 16]>,
    /// The headers that are stored with it.
    pub(crate) headers: Headers,
}
