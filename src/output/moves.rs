//! Files of the staging folder → their places, old files → out of the way, in steps that can be taken back.
//!
//! Nothing is deleted: what is replaced or taken away waits in the staging folder until the build is done. Should a step fail,
//! as on a file that may not be changed, all steps before it are undone, and the output folder is as it was.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::staging::Staging;
use super::{File, PathError};

/// Steps that were taken.
pub(super) struct Moves<'a> {
    dir: &'a Path,
    staging: &'a Staging,
    steps: Vec<Step>,
    /// Folders that were made for files, those above others first.
    folders: Vec<PathBuf>,
}

enum Step {
    /// A new file came from here.
    Came { from: PathBuf, to: PathBuf },
    /// The file that was at `to` is at `from` now.
    Swapped { from: PathBuf, to: PathBuf },
    /// What was at `from` is at `to` now.
    Left { from: PathBuf, to: PathBuf },
    /// A file was replaced in a way that cannot be taken back.
    Lost { at: PathBuf },
}

impl<'a> Moves<'a> {
    pub(super) fn new(dir: &'a Path, staging: &'a Staging, new_folders: Vec<PathBuf>) -> Self {
        Self { dir, staging, steps: Vec::new(), folders: new_folders }
    }

    /// Where a file of the output folder is.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    /// Whether a folder is to be made at a path.
    pub(super) fn needs_folder(&self, path: &Path) -> bool {
        self.folders.binary_search_by(|folder| (**folder).cmp(path)).is_ok()
    }

    /// Takes a file out of the output folder; says whether there was one.
    pub(super) fn take_file(&mut self, path: &str) -> Result<bool, PathError> {
        let from = self.dir.join(path);
        match fs::symlink_metadata(&from) {
            // A folder of this build is where the file was.
            Ok(found) if found.is_dir() => Ok(false),
            Ok(_) => self.take(from).map(|()| true),
            // So is a file where its folder was.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(false)
            }
            Err(cause) => Err(PathError { path: from, cause }),
        }
    }

    /// Takes a file or folder out of the output folder.
    pub(super) fn take(&mut self, from: PathBuf) -> Result<(), PathError> {
        let to = self.staging.spare();
        match fs::rename(&from, &to) {
            Ok(()) => {
                self.steps.push(Step::Left { from, to });
                Ok(())
            }
            Err(cause) => Err(PathError { path: from, cause }),
        }
    }

    /// Moves files from the staging folder to their places.
    pub(super) fn bring(&mut self, staged: &[File<'_>]) -> Result<(), PathError> {
        let has_failed = AtomicBool::new(false);
        let bring = |file: &File<'_>| {
            if has_failed.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let (from, to) = (self.staging.tree().join(file.path), self.dir.join(file.path));
            let step = self.bring_one(from, &to).map(Some);
            step.map_err(|cause| {
                has_failed.store(true, Ordering::Relaxed);
                PathError { path: to, cause }
            })
        };
        let done: Vec<Result<Option<Step>, PathError>> = staged.par_iter().map(bring).collect();
        let mut failure = Ok(());
        for step in done {
            match step {
                Ok(step) => self.steps.extend(step),
                Err(failed) => failure = failure.and(Err(failed)),
            }
        }
        failure
    }

    fn bring_one(&self, from: PathBuf, to: &Path) -> io::Result<Step> {
        match fs::symlink_metadata(to) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) => self.swap(from, to.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                match fs::rename(&from, to) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        to.parent().map_or(Ok(()), fs::create_dir_all)?;
                        fs::rename(&from, to)?;
                    }
                    moved => moved?,
                }
                Ok(Step::Came { from, to: to.to_owned() })
            }
            Err(error) => Err(error),
        }
    }

    /// Puts a file in the place of another: a reader finds one or the other at any moment.
    fn swap(&self, from: PathBuf, to: PathBuf) -> io::Result<Step> {
        if exchange(&from, &to)? {
            return Ok(Step::Swapped { from, to });
        }
        // Where files cannot be exchanged, a second name keeps the old one.
        let old = self.staging.spare();
        let is_kept = fs::hard_link(&to, &old).is_ok();
        fs::rename(&from, &to)?;
        Ok(if is_kept { Step::Left { from: to, to: old } } else { Step::Lost { at: to } })
    }

    /// Takes all steps back, the last one first.
    pub(super) fn undo(self) -> Result<(), PathError> {
        let mut result = Ok(());
        for step in self.steps.into_iter().rev() {
            let (at, undone) = match step {
                Step::Came { from, to } => {
                    let undone = fs::rename(&to, from);
                    (to, undone)
                }
                Step::Swapped { from, to } => {
                    let undone = exchange(&from, &to).map(drop);
                    (to, undone)
                }
                Step::Left { from, to } => {
                    let undone = fs::rename(to, &from);
                    (from, undone)
                }
                Step::Lost { at } => (at, Err(io::Error::other("the earlier file cannot be put back"))),
            };
            result = result.and(undone.map_err(|cause| PathError { path: at, cause }));
        }
        for folder in self.folders.iter().rev() {
            // Fails if somebody put a file into it, as it should.
            let _ = fs::remove_dir(folder);
        }
        result
    }
}

/// Has two files change places; says whether the file system can do that.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}
