//! What this machine remembers of the deployments of a target: their records, the digests of their files, and their rules.
//!
//! The hosts have no private place, so the folder is under `.bulletin/publish/`. If it is lost, nothing breaks: the hosts say which files they
//! lack.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::digest::Digests;
use crate::publish::local_file::{ContentHash, LocalFile, Source};
use crate::publish::record::{Record, Unreadable};

/// So many deployments are remembered.
const RELEASES: usize = 20;
/// So many versions of `_headers` and `_redirects` are kept: two for each remembered deployment.
const RULES: usize = 2 * RELEASES;
/// The name under which a record keeps the id of its deployment.
const DEPLOYMENT: &str = "deployment";

/// The folder of a target.
#[derive(Clone, Debug)]
pub(crate) struct State(PathBuf);

/// Writes a file whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub(super) fn replace(file: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    let mut out = BufWriter::new(temporary.as_file_mut());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    temporary.as_file().sync_all()?;
    temporary.persist(file).map_err(|error| error.error)?;
    Ok(())
}

/// The bytes of a file.
///
/// # Errors
/// If it cannot be read.
pub(super) fn read(file: &LocalFile) -> io::Result<Arc<[u8]>> {
    match &file.source {
        Source::Memory(bytes) => Ok(bytes.clone()),
        Source::Disk(path) => Ok(fs::read(path)?.into()),
    }
}

/// The deployment that a record describes.
pub(super) fn deployment_of(record: &Record) -> Option<&str> {
    record.about.target.get(DEPLOYMENT)?.as_str()
}

impl State {
    /// The state in a folder, which need not exist.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The record of the last publication from this machine. `None` if there is none, or it is damaged.
    ///
    /// # Errors
    /// If a newer version of bulletin wrote it.
    pub(super) fn record(&self) -> Result<Option<Record>, Unreadable> {
        let Ok(bytes) = fs::read(self.0.join("record")) else { return Ok(None) };
        match Record::parse(&bytes) {
            Ok(record) => Ok(Some(record)),
            Err(Unreadable::Damaged) => Ok(None),
            Err(Unreadable::Newer) => Err(Unreadable::Newer),
        }
    }

    /// Stores the record of a deployment that is live.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn store(&self, record: &Record, deployment: &str) -> io::Result<()> {
        let mut record = record.clone();
        record.about.target.insert(DEPLOYMENT.to_owned(), deployment.into());
        let bytes = record.to_bytes()?;
        replace(&self.release_file(deployment), |out| out.write_all(&bytes))?;
        replace(&self.0.join("record"), |out| out.write_all(&bytes))?;
        self.prune(&self.0.join("releases"), RELEASES)?;
        self.prune(&self.0.join("rules"), RULES)
    }

    /// Remembers the deployment that this machine made last, before its record is stored.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn remember(&self, deployment: &str) -> io::Result<()> {
        replace(&self.0.join("last"), |out| out.write_all(deployment.as_bytes()))
    }

    /// The deployment that this machine made last.
    pub(super) fn last(&self) -> Option<String> {
        fs::read_to_string(self.0.join("last")).ok()
    }

    /// The records of the deployments that are remembered, from the oldest to the newest.
    pub(super) fn releases(&self) -> Vec<Record> {
        let entries = fs::read_dir(self.0.join("releases")).into_iter().flatten().flatten();
        let read = entries.filter_map(|entry| Record::parse(&fs::read(entry.path()).ok()?).ok());
        let mut records: Vec<Record> = read.filter(|record| deployment_of(record).is_some()).collect();
        records.sort_by_key(|record| record.about.published);
        records
    }

    fn release_file(&self, deployment: &str) -> PathBuf {
        // Ids come from the host: they are no path.
        let name: String =
            deployment.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        self.0.join("releases").join(format!("r{name}"))
    }

    /// Removes all but the newest files of a folder.
    fn prune(&self, folder: &Path, keep: usize) -> io::Result<()> {
        let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry?;
            files.push((entry.metadata()?.modified()?, entry.path()));
        }
        files.sort_unstable();
        let surplus = files.len().saturating_sub(keep);
        files[..surplus].iter().try_for_each(|(_, path)| fs::remove_file(path))
    }

    /// Keeps the bytes of `_headers` or `_redirects`, with which their deployment can be repeated.
    ///
    /// # Errors
    /// If they cannot be read or written.
    pub(super) fn keep_rules(&self, file: &LocalFile) -> io::Result<Arc<[u8]>> {
        let bytes = read(file)?;
        replace(&self.rules_file(file.hash), |out| out.write_all(&bytes))?;
        Ok(bytes)
    }

    /// The bytes of earlier `_headers` or `_redirects`.
    pub(super) fn rules(&self, hash: ContentHash) -> Option<Arc<[u8]>> {
        let bytes = fs::read(self.rules_file(hash)).ok()?;
        (ContentHash::of(&bytes) == hash).then(|| bytes.into())
    }

    fn rules_file(&self, hash: ContentHash) -> PathBuf {
        self.0.join("rules").join(hash.to_string())
    }

    /// The digests of known files.
    pub(super) fn digests(&self) -> Digests {
        Digests::load(&self.0.join("digests"))
    }

    /// Remembers digests.
    ///
    /// # Errors
    /// If they cannot be written.
    pub(super) fn store_digests(&self, digests: &Digests) -> io::Result<()> {
        digests.store(&self.0.join("digests"))
    }

    /// Deployments that must be deleted because they show what readers must no longer see.
    pub(super) fn condemned(&self) -> BTreeSet<String> {
        self.lines("condemned")
    }

    /// Deployments that were deleted. Their records stay: what is left of them can be deployed again.
    pub(super) fn deleted(&self) -> BTreeSet<String> {
        self.lines("deleted")
    }

    fn lines(&self, name: &str) -> BTreeSet<String> {
        let text = fs::read_to_string(self.0.join(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Remembers the deployments that must still be deleted, and those that were.
    ///
    /// # Errors
    /// If they cannot be written.
    pub(super) fn store_doomed(
        &self,
        condemned: &BTreeSet<String>,
        deleted: &BTreeSet<String>,
    ) -> io::Result<()> {
        let mut deleted = deleted.clone();
        deleted.retain(|id| self.release_file(id).exists());
        for (name, ids) in [("condemned", condemned), ("deleted", &deleted)] {
            if *ids != self.lines(name) {
                replace(&self.0.join(name), |out| ids.iter().try_for_each(|id| writeln!(out, "{id}")))?;
            }
        }
        Ok(())
    }
}
