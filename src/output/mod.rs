//! Pages' bytes → the files of the output folder: only what changed, each whole, and nothing at all if a page fails.
//!
//! A page that differs from the file on disk is written to a staging folder. [`Output::commit`] moves
//! the staged files into place by renaming, then removes what earlier builds made and this one did not. A record of the
//! files that bulletin wrote (`ledger`) stands in the output folder itself, so that no stranger's file is ever removed.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Place};
use crate::plan::Route;
use crate::site::SiteDir;

mod guard;
mod ledger;
mod lock;
mod staging;

pub use lock::{Busy, Lock};

use ledger::Ledger;
use staging::Staging;

/// The output folder while a site is built into it.
#[derive(Debug)]
pub struct Output {
    dir: PathBuf,
    staging: Staging,
    /// Dropped behind the staging folder, which may be in it.
    _new: Option<NewFolder>,
    before: Option<Ledger>,
    /// Write every file, changed or not.
    rewrite: bool,
    files: Mutex<Vec<File>>,
    next: AtomicU64,
}

/// A file of this build.
#[derive(Debug)]
struct File {
    /// Relative to the output folder.
    path: String,
    /// Number in the staging folder; `None`: the file on disk is the same.
    staged: Option<u64>,
}

/// What a build did to the output folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that are new or differ.
    pub written: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files of earlier builds that are gone.
    pub removed: usize,
    /// Files in the folder that no build is known to have made, if there was no record of earlier builds.
    pub strangers: usize,
}

impl Output {
    /// Prepares to build into a folder, which need not exist yet. With `rewrite` every file is written, changed or not.
    ///
    /// # Errors
    /// If the folder is one that must not be built into, or cannot be written.
    pub fn open(site: &SiteDir, dir: &Path, rewrite: bool) -> Result<Self, Diagnostic> {
        let dir = guard::check(site, dir)?;
        let new = (!dir.exists()).then(|| NewFolder(dir.clone()));
        fs::create_dir_all(&dir).map_err(|error| cannot_write(&dir, &error))?;
        let before = Ledger::read(&dir);
        let staging = Staging::new(site, &dir).map_err(|error| cannot_write(&dir, &error))?;
        Ok(Self {
            dir,
            staging,
            _new: new,
            before,
            rewrite,
            files: Mutex::default(),
            next: AtomicU64::new(0),
        })
    }

    /// Takes the bytes of a page. Nothing in the output folder changes yet.
    ///
    /// # Errors
    /// If they cannot be kept, as on a full disk.
    pub fn put(&self, route: &Route, bytes: &[u8]) -> Result<(), Diagnostic> {
        let path = route.file_path();
        let target = self.dir.join(&path);
        let staged = if !self.rewrite && is_same(&target, bytes) {
            None
        } else {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            self.staging.write(number, bytes).map_err(|error| cannot_write(&target, &error))?;
            Some(number)
        };
        self.files.lock().unwrap_or_else(PoisonError::into_inner).push(File { path, staged });
        Ok(())
    }

    /// Makes the folder hold the pages that were put, and no page of an earlier build besides.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn commit(self) -> Result<Changes, Diagnostic> {
        let mut files = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|later, first| later.path == first.path);
        let dir = &self.dir;
        let failed = |error: Failed| cannot_write(&error.path, &error.cause);
        let now = Ledger::new(files.iter().map(|file| file.path.clone()));
        let orphans = self.before.as_ref().map(|before| before.without(&now)).unwrap_or_default();
        make_folders(dir, &files, &orphans).map_err(failed)?;
        // Should this build be killed from here on, the next one knows the files of both.
        let both = now.and(self.before.as_ref());
        both.write(dir).map_err(|cause| failed(Failed { path: dir.clone(), cause }))?;
        files.par_iter().try_for_each(|file| self.staging.move_to(file, dir)).map_err(failed)?;
        let removed = remove(dir, &orphans).map_err(failed)?;
        now.write(dir).map_err(|cause| failed(Failed { path: dir.clone(), cause }))?;
        let written = files.iter().filter(|file| file.staged.is_some()).count();
        let strangers = if self.before.is_none() { strangers(dir, &now) } else { 0 };
        Ok(Changes { written, unchanged: files.len() - written, removed, strangers })
    }
}

/// An output folder that this build made, to be gone again should the build fail.
#[derive(Debug)]
struct NewFolder(PathBuf);

impl Drop for NewFolder {
    fn drop(&mut self) {
        // Fails if there is a site in it by now, as it should.
        let _ = fs::remove_dir(&self.0);
    }
}

/// A path that could not be written, removed or made.
struct Failed {
    path: PathBuf,
    cause: io::Error,
}

fn is_same(target: &Path, bytes: &[u8]) -> bool {
    let same_length =
        fs::symlink_metadata(target).is_ok_and(|found| found.is_file() && found.len() == bytes.len() as u64);
    same_length && fs::read(target).is_ok_and(|found| found == bytes)
}

/// Makes the folders of new files, before anything else changes: an orphan where a folder is needed, or a folder of
/// orphans where a file is, is cleared away.
fn make_folders(dir: &Path, files: &[File], orphans: &BTreeSet<String>) -> Result<(), Failed> {
    let mut folders = BTreeSet::new();
    for file in files.iter().filter(|file| file.staged.is_some()) {
        let mut path = file.path.as_str();
        while let Some((folder, _)) = path.rsplit_once('/') {
            if !folders.insert(folder) {
                break;
            }
            path = folder;
        }
        if dir.join(&file.path).is_dir() {
            let below = format!("{}/", file.path);
            remove(dir, &orphans.iter().filter(|orphan| orphan.starts_with(&below)).cloned().collect())?;
        }
    }
    for folder in folders {
        if orphans.contains(folder) {
            remove(dir, &BTreeSet::from([folder.to_owned()]))?;
        }
        let path = dir.join(folder);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => {}
            // Following it would write outside of the output folder.
            Ok(_) => {
                return Err(Failed {
                    path,
                    cause: io::Error::other("a folder is needed here, and this is none"),
                });
            }
            Err(_) => fs::create_dir_all(&path).map_err(|cause| Failed { path, cause })?,
        }
    }
    Ok(())
}

/// Removes files, and the folders that are empty without them.
fn remove(dir: &Path, paths: &BTreeSet<String>) -> Result<usize, Failed> {
    let mut removed = 0;
    for path in paths.iter().rev() {
        let file = dir.join(path);
        match fs::remove_file(&file) {
            Ok(()) => removed += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {}
            Err(cause) => return Err(Failed { path: file, cause }),
        }
        let mut folder = path.as_str();
        while let Some((above, _)) = folder.rsplit_once('/') {
            // Fails while there is a file in it, as it should.
            if fs::remove_dir(dir.join(above)).is_err() {
                break;
            }
            folder = above;
        }
    }
    Ok(removed)
}

/// Counts files that no build is known to have made, but for those of version control and hosts.
fn strangers(dir: &Path, now: &Ledger) -> usize {
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    let files = walkdir::WalkDir::new(dir).into_iter().filter_entry(visible).flatten();
    let paths = files.filter(|entry| entry.file_type().is_file()).filter_map(|entry| {
        let path = entry.path().strip_prefix(dir).ok()?;
        Some(path.to_string_lossy().replace('\\', "/"))
    });
    paths.filter(|path| path != "CNAME" && !now.contains(path)).count()
}

fn cannot_write(path: &Path, error: &io::Error) -> Diagnostic {
    let help = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk and build again",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "make the folder writable, or choose another one with `--output`"
        }
        _ => "choose another folder with `--output`",
    };
    Diagnostic::fatal("output/cannot-write", format!("the site cannot be written: {error}"))
        .at(Place::file(path.to_string_lossy().replace('\\', "/")))
        .help(help)
}
