//! The places of files that will be written or must go → whether all of that can be done, before anything changes.
//!
//! A file must not be where a folder is needed, nor a folder where a file is, unless an earlier build left it or it is empty. No
//! place may be behind a symbolic link: what is there is somebody else's. Each folder that changes must be writable, and on the
//! file system that files are moved from.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{File, PathError, failed, shown, staging};
use crate::diagnostic::{Diagnostic, Place};

/// What must be done before files can be moved to their places.
#[derive(Default)]
pub(super) struct FolderChanges {
    /// Folders that are where files will be, with nothing in them but what must go.
    pub(super) in_the_way: Vec<PathBuf>,
    /// Folders that are not there yet, sorted, so that those above others come first.
    pub(super) new_folders: Vec<PathBuf>,
}

/// Looks at every place that will be written or cleared. `device` is the file system that files are moved from.
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

/// The link that a path of the output folder leads through, if it does.
pub(super) fn link_above(dir: &Path, path: &str) -> Option<PathBuf> {
    path.match_indices('/').map(|(slash, _)| dir.join(&path[..slash])).find(|folder| folder.is_symlink())
}

/// A file that must go, and that is out of reach.
pub(super) fn behind_link(dir: &Path, path: &str) -> Diagnostic {
    let link = link_above(dir, path).unwrap_or_else(|| dir.join(path));
    Diagnostic::fatal("output/behind-link", format!("`{path}` must go, but it is behind this symbolic link"))
        .at(Place::file(shown(&link)))
        .help("put the folder itself where the link is, or remove the file by hand; then build again")
}

fn is_there(dir: &Path, path: &str) -> bool {
    fs::symlink_metadata(dir.join(path)).is_ok()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folders that files are in, each once.
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

/// The folder that is where a file will be.
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
        cause: io::Error::other("a file is needed here, and this is a folder with other files"),
    })
}

/// A folder that is not there yet.
fn missing<'a>(dir: &Path, folder: &'a str, gone: &BTreeSet<String>) -> Result<Option<&'a str>, PathError> {
    let path = dir.join(folder);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_dir() => Ok(None),
        Ok(found) if !gone.contains(folder) => {
            // Following a link would write outside of the output folder.
            let what = if found.is_symlink() { "a symbolic link" } else { "a file" };
            let cause = io::Error::other(format!("a folder is needed here, and this is {what}"));
            Err(PathError { path, cause })
        }
        _ => Ok(Some(folder)),
    }
}

/// Whether all files in a folder are such as must go.
fn holds_only(dir: &Path, folder: &str, gone: &BTreeSet<String>) -> bool {
    walkdir::WalkDir::new(dir.join(folder)).into_iter().all(|entry| {
        let Ok(entry) = entry else { return false };
        let path = entry.path().strip_prefix(dir).map(shown);
        entry.file_type().is_dir() || path.is_ok_and(|path| gone.contains(&path))
    })
}

/// Whether files can be moved into and out of a folder, if it is there.
fn check_folder(folder: &Path, device: Option<u64>) -> Result<(), PathError> {
    let is_other = |found: &Metadata| device.is_some() && staging::device(found) != device;
    let cause = match fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() && is_other(&found) => {
            Some(io::Error::other("this folder is on another file system than the output folder"))
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
