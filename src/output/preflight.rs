//! Checks that files can be written and removed, before anything changes.
//!
//! A file must not be where a folder is needed, nor a folder where a file is needed, unless an earlier build wrote it
//! or the folder is empty. No file may be behind a symbolic link, because what is there belongs to somebody else. Each
//! folder that changes must be writable, and on the file system that files are moved from.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{File, PathError, failed, shown, staging};
use crate::diagnostic::{Diagnostic, Place};

/// The changes to folders before files can be moved.
#[derive(Default)]
pub(super) struct FolderChanges {
    /// Folders where files are needed, with nothing in them but files that must go.
    pub(super) in_the_way: Vec<PathBuf>,
    /// Folders that must be created, sorted, so that parents come first.
    pub(super) new_folders: Vec<PathBuf>,
}

/// Checks every place that will be written or cleared. `device` is the file system that files are moved from.
pub(super) fn check(
    dir: &Path,
    device: Option<u64>,
    staged: &[File<'_>],
    gone: &BTreeSet<String>,
) -> Result<FolderChanges, Diagnostic> {
    if let Some(path) = gone.iter().find(|path| link_above(dir, path).is_some() && is_there(dir, path)) {
        return Err(behind_link(dir, path));
    }
    let in_the_way = staged.par_iter().filter_map(|file| folder_instead(dir, file, gone).transpose());
    let in_the_way = in_the_way.collect::<Result<Vec<PathBuf>, PathError>>().map_err(failed)?;
    let needed = folders(staged);
    let missing = needed.par_iter().filter_map(|folder| missing(dir, folder, gone).transpose());
    let missing = missing.collect::<Result<Vec<&str>, PathError>>().map_err(failed)?;
    let changed = staged.iter().map(|file| file.path).chain(gone.iter().map(String::as_str));
    let changed: HashSet<&str> = changed.chain(missing.iter().copied()).map(folder_of).collect();
    changed.into_par_iter().try_for_each(|folder| check_folder(&dir.join(folder), device)).map_err(failed)?;
    let mut new_folders: Vec<PathBuf> = missing.into_iter().map(|folder| dir.join(folder)).collect();
    new_folders.par_sort_unstable();
    Ok(FolderChanges { in_the_way, new_folders })
}

/// The symbolic link that a path of the output folder leads through, if any.
pub(super) fn link_above(dir: &Path, path: &str) -> Option<PathBuf> {
    path.match_indices('/').map(|(slash, _)| dir.join(&path[..slash])).find(|folder| folder.is_symlink())
}

/// The error for a file that must be removed but is behind a link.
pub(super) fn behind_link(dir: &Path, path: &str) -> Diagnostic {
    let link = link_above(dir, path).unwrap_or_else(|| dir.join(path));
    Diagnostic::fatal(
        "output/behind-link",
        format!("`{path}` must be removed, but it is behind this symbolic link"),
    )
    .at(Place::file(shown(&link)))
    .help("replace the link with a folder, or remove the file yourself, then build again")
}

fn is_there(dir: &Path, path: &str) -> bool {
    fs::symlink_metadata(dir.join(path)).is_ok()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folders of files, each once.
fn folders<'a>(files: &[File<'a>]) -> Vec<&'a str> {
    let mut folders = HashSet::new();
    for file in files {
        let mut path = file.path;
        while let Some((folder, _)) = path.rsplit_once('/') {
            if !folders.insert(folder) {
                break;
            }
            path = folder;
        }
    }
    folders.into_iter().collect()
}

/// The folder where a file is needed.
fn folder_instead(
    dir: &Path,
    file: &File<'_>,
    gone: &BTreeSet<String>,
) -> Result<Option<PathBuf>, PathError> {
    let path = dir.join(file.path);
    if !fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
        return Ok(None);
    }
    if holds_only(dir, file.path, gone) {
        return Ok(Some(path));
    }
    Err(PathError {
        path,
        cause: io::Error::other("a file must be written here, but this is a folder with other files"),
    })
}

/// A folder that must be created.
fn missing<'a>(dir: &Path, folder: &'a str, gone: &BTreeSet<String>) -> Result<Option<&'a str>, PathError> {
    let path = dir.join(folder);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_dir() => Ok(None),
        Ok(found) if !gone.contains(folder) => {
            // Writing through a link would leave the output folder.
            let what = if found.is_symlink() { "a symbolic link" } else { "a file" };
            let cause = io::Error::other(format!("a folder must be created here, but this is {what}"));
            Err(PathError { path, cause })
        }
        _ => Ok(Some(folder)),
    }
}

/// Whether all files in a folder must go.
fn holds_only(dir: &Path, folder: &str, gone: &BTreeSet<String>) -> bool {
    walkdir::WalkDir::new(dir.join(folder)).into_iter().all(|entry| {
        let Ok(entry) = entry else { return false };
        let path = entry.path().strip_prefix(dir).map(shown);
        entry.file_type().is_dir() || path.is_ok_and(|path| gone.contains(&path))
    })
}

/// Checks that files can be moved into and out of a folder, if it exists.
fn check_folder(folder: &Path, device: Option<u64>) -> Result<(), PathError> {
    let is_other = |found: &Metadata| device.is_some() && staging::device(found) != device;
    let cause = match fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() && is_other(&found) => {
            Some(io::Error::other("this folder is on a different file system from the output folder"))
        }
        Ok(found) if found.is_dir() => writable(folder).err(),
        _ => None,
    };
    cause.map_or(Ok(()), |cause| Err(PathError { path: folder.to_owned(), cause }))
}

#[cfg(unix)]
fn writable(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

#[cfg(not(unix))]
fn writable(_: &Path) -> io::Result<()> {
    Ok(())
}
