//! Where files wait until all of them are made.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Failed, File};
use crate::site::SiteDir;

/// Files in one folder: more of them in another, so that two threads do not wait for each other.
const SHARDS: u64 = 64;

/// Names in the output folder that are in use only while a site is built.
const IN_OUTPUT: &str = ".bulletin-staging";
const PROBE: &str = ".bulletin-probe";

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

/// A folder of numbered files on the file system of the output folder, so that renaming moves them.
/// It is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Staging {
    dir: PathBuf,
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
        let staging = Self { dir };
        for shard in 0..SHARDS {
            fs::create_dir_all(staging.dir.join(shard.to_string()))?;
        }
        Ok(staging)
    }

    /// Whether a file can be renamed from here into a folder: not if they are on two file systems.
    fn reaches(&self, output: &Path) -> bool {
        let (here, there) = (self.dir.join("probe"), output.join(PROBE));
        let moved = fs::write(&here, b"")
            .and_then(|()| fs::rename(&here, &there))
            .and_then(|()| fs::remove_file(&there));
        moved.is_ok()
    }

    fn file(&self, number: u64) -> PathBuf {
        self.dir.join((number % SHARDS).to_string()).join(number.to_string())
    }

    pub(super) fn write(&self, number: u64, bytes: &[u8]) -> io::Result<()> {
        fs::write(self.file(number), bytes)
    }

    /// Moves a staged file to its place in the output folder.
    pub(super) fn move_to(&self, file: &File, output: &Path) -> Result<(), Failed> {
        let Some(number) = file.staged else { return Ok(()) };
        let path = output.join(&file.path);
        fs::rename(self.file(number), &path).map_err(|cause| Failed { path, cause })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next build.
        let _ = fs::remove_dir_all(&self.dir);
    }
}
