//! The staging folder, where files wait until all of them are rendered.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::manifest::{Fingerprint, Stat};
use crate::site::SiteDir;

/// Names in the output folder that exist only during a build.
const IN_OUTPUT: &str = ".bulletin-staging";
const PROBE: &str = ".bulletin-probe";
/// The subfolder for new files.
const TREE: &str = "tree";
/// The subfolder for what was moved out of the output folder.
const OLD: &str = "old";

/// Removes what a killed build may have left in an output folder: it could be pages of another instant.
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

/// A folder on the same file system as the output folder, so that files can be renamed from one to the other. Files in
/// it have the same relative paths. It is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Staging {
    dir: PathBuf,
    /// How many names were given to what was moved out.
    spares: AtomicUsize,
}

impl Staging {
    /// Creates the folder, preferably in the site's state folder, so that nothing unfinished is ever in the output
    /// folder.
    pub(super) fn new(site: &SiteDir, output: &Path) -> io::Result<Self> {
        // Through a link, a folder elsewhere would be emptied.
        let state = Some(site.state()).filter(|state| !state.is_symlink());
        let beside = state.and_then(|state| Self::at(state.join("staging")).ok());
        match beside.filter(|staging| staging.reaches(output)) {
            Some(staging) => Ok(staging),
            None => Self::at(output.join(IN_OUTPUT)),
        }
    }

    fn at(dir: PathBuf) -> io::Result<Self> {
        // Left by a killed build.
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        fs::create_dir_all(dir.join(TREE))?;
        fs::create_dir(dir.join(OLD))?;
        Ok(Self { dir, spares: AtomicUsize::new(0) })
    }

    /// Whether files can be renamed from here into a folder: not across file systems.
    fn reaches(&self, output: &Path) -> bool {
        let (here, there) = (self.dir.join("probe"), output.join(PROBE));
        let moved = fs::write(&here, b"")
            .and_then(|()| fs::rename(&here, &there))
            .and_then(|()| fs::remove_file(&there));
        moved.is_ok()
    }

    /// The folder that becomes the output folder, or part of it.
    pub(super) fn tree(&self) -> PathBuf {
        self.dir.join(TREE)
    }

    /// Writes a file; returns its metadata.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> io::Result<Stat> {
        let mut file = self.create(path)?;
        file.write_all(bytes)?;
        Ok(Stat::new(&file.metadata()?))
    }

    /// Copies a file; returns the hash and the metadata of the copy.
    pub(super) fn copy(&self, path: &str, source: &Path) -> io::Result<(Fingerprint, Stat)> {
        let mut file = self.create(path)?;
        let hash = super::streams::copy(source, &mut file)?;
        Ok((hash, Stat::new(&file.metadata()?)))
    }

    fn create(&self, path: &str) -> io::Result<fs::File> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let path = self.tree().join(path);
        // A page has a folder of its own, which is created right away; other files usually share one.
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

    /// Turns the staged files into the output folder, which must not exist or be empty. It happens at once: readers see
    /// no site or all of it.
    pub(super) fn become_output(&self, output: &Path) -> io::Result<()> {
        match fs::remove_dir(output) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::rename(self.tree(), output)
    }

    /// A new path in the staging folder for something that is moved out.
    pub(super) fn spare(&self) -> PathBuf {
        self.dir.join(OLD).join(self.spares.fetch_add(1, Ordering::Relaxed).to_string())
    }

    /// The number of its file system, where file systems have numbers.
    pub(super) fn device(&self) -> Option<u64> {
        device(&fs::symlink_metadata(&self.dir).ok()?)
    }
}

/// The number of a file's file system, where file systems have numbers.
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
        // The next build removes what cannot be removed now.
        let _ = fs::remove_dir_all(&self.dir);
    }
}
