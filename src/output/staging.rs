//! Where files wait until all of them are made.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::manifest::{Fingerprint, Stat};
use crate::site::SiteDir;

/// Names in the output folder that are in use only while a site is built.
const IN_OUTPUT: &str = ".bulletin-staging";
const PROBE: &str = ".bulletin-probe";
/// The files, within the staging folder.
const TREE: &str = "tree";
/// What was taken out of the output folder, within the staging folder.
const OLD: &str = "old";

/// Removes what a killed build may have left in an output folder: it could be the pages of another instant.
pub(super) fn clear_output(output: &Path) -> io::Result<()> {
    let staging = output.join(IN_OUTPUT);
    if staging.symlink_metadata().is_ok_and(|found| found.is_dir()) {
        fs::remove_dir_all(staging)?;
    }
    for file in [PROBE, super::ledger::UNFINISHED] {
        match fs::remove_file(output.join(file)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// A folder on the file system of the output folder, so that renaming moves files from one to the other. Files in it
/// have the paths that they will have there. It is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Staging {
    dir: PathBuf,
    /// Names that were given to what was taken out of the output folder.
    spares: AtomicUsize,
}

impl Staging {
    /// Prefers the site's own state folder, so that nothing unfinished is ever in the output folder.
    pub(super) fn new(site: &SiteDir, output: &Path) -> io::Result<Self> {
        // A link would have the folder of that name emptied elsewhere.
        let state = Some(site.state()).filter(|state| !state.is_symlink());
        let beside = state.and_then(|state| Self::at(state.join("staging")).ok());
        match beside.filter(|staging| staging.reaches(output)) {
            Some(staging) => Ok(staging),
            None => Self::at(output.join(IN_OUTPUT)),
        }
    }

    fn at(dir: PathBuf) -> io::Result<Self> {
        // What a killed build left.
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        fs::create_dir_all(dir.join(TREE))?;
        fs::create_dir(dir.join(OLD))?;
        Ok(Self { dir, spares: AtomicUsize::new(0) })
    }

    /// Whether a file can be renamed from here into a folder: not if they are on two file systems.
    fn reaches(&self, output: &Path) -> bool {
        let (here, there) = (self.dir.join("probe"), output.join(PROBE));
        let moved = fs::write(&here, b"")
            .and_then(|()| fs::rename(&here, &there))
            .and_then(|()| fs::remove_file(&there));
        moved.is_ok()
    }

    /// The folder that will be, or be part of, the output folder.
    pub(super) fn tree(&self) -> PathBuf {
        self.dir.join(TREE)
    }

    /// Writes a file; gives what it is.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> io::Result<Stat> {
        let mut file = self.create(path)?;
        file.write_all(bytes)?;
        Ok(Stat::new(&file.metadata()?))
    }

    /// Copies a file; gives its hash and what the copy is.
    pub(super) fn copy(&self, path: &str, source: &Path) -> io::Result<(Fingerprint, Stat)> {
        let mut file = self.create(path)?;
        let hash = super::streams::copy(source, &mut file)?;
        Ok((hash, Stat::new(&file.metadata()?)))
    }

    fn create(&self, path: &str) -> io::Result<fs::File> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let path = self.tree().join(path);
        // A page has a folder of its own, which is made at the first try; other files mostly share one.
        if name == "index.html"
            && let Some(folder) = path.parent()
            && fs::create_dir(folder).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        {
            fs::create_dir_all(folder)?;
        }
        match fs::File::create(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                path.parent().map_or(Ok(()), fs::create_dir_all)?;
                fs::File::create(&path)
            }
            created => created,
        }
    }

    /// Makes the staged files the output folder, which must not exist or be empty. At once: a reader sees no site or
    /// all of it.
    pub(super) fn become_output(&self, output: &Path) -> io::Result<()> {
        match fs::remove_dir(output) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::rename(self.tree(), output)
    }

    /// A path in the staging folder for something of the output folder that must go.
    pub(super) fn spare(&self) -> PathBuf {
        self.dir.join(OLD).join(self.spares.fetch_add(1, Ordering::Relaxed).to_string())
    }

    /// The file system that it is on, where file systems have numbers.
    pub(super) fn device(&self) -> Option<u64> {
        device(&fs::symlink_metadata(&self.dir).ok()?)
    }
}

/// The file system of a file, where file systems have numbers.
#[cfg(unix)]
pub(super) fn device(found: &fs::Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::dev(found))
}

#[cfg(not(unix))]
pub(super) fn device(_: &fs::Metadata) -> Option<u64> {
    None
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next build.
        let _ = fs::remove_dir_all(&self.dir);
    }
}
