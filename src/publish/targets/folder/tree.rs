//! Folders with hard links: sharing files, and deleting them without following links.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use walkdir::WalkDir;

/// Makes a folder with the same files as another, as hard links; as copies with the same times if the file system has no hard links. Links to
/// files and folders are left out.
///
/// # Errors
/// If a file can be neither linked nor copied.
pub(super) fn share(from: &Path, to: &Path) -> io::Result<()> {
    share_with(from, to, |from, to| fs::hard_link(from, to))
}

fn share_with(
    from: &Path,
    to: &Path,
    link: impl Fn(&Path, &Path) -> io::Result<()> + Sync,
) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in WalkDir::new(from).follow_links(false) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from).unwrap_or(entry.path()));
        if entry.file_type().is_dir() {
            fs::create_dir(&target)?;
        } else if entry.file_type().is_file() {
            files.push((entry.into_path(), target));
        }
    }
    let has_links = AtomicBool::new(true);
    files.par_iter().try_for_each(|(from, to): &(PathBuf, PathBuf)| {
        if has_links.load(Ordering::Relaxed) {
            match link(from, to) {
                Ok(()) => return Ok(()),
                // The file has too many links.
                Err(error) if error.kind() == ErrorKind::TooManyLinks => {}
                Err(_) => has_links.store(false, Ordering::Relaxed),
            }
        }
        copy(from, to)
    })
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    let time = fs::metadata(from).and_then(|found| found.modified())?;
    fs::OpenOptions::new().write(true).open(to)?.set_modified(time)
}

/// Deletes a file of a folder, unless the path leads through a link. A missing file, or a folder in its place, is no error.
///
/// # Errors
/// If the file cannot be deleted.
pub(super) fn remove_inside(dir: &Path, path: &str) -> io::Result<()> {
    if !parents_are_folders(dir, path) {
        return Ok(());
    }
    let file = dir.join(path);
    match file.symlink_metadata() {
        Ok(found) if !found.is_dir() => remove_file(&file),
        Ok(_) => Ok(()),
        Err(error) if is_absent(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Deletes a folder of a folder if it is empty.
pub(super) fn remove_empty_folder(dir: &Path, path: &str) {
    if parents_are_folders(dir, path) {
        // Fails, as it should, if there is something in it.
        let _ = fs::remove_dir(dir.join(path));
    }
}

fn parents_are_folders(dir: &Path, path: &str) -> bool {
    let is_folder = |path: &Path| path.symlink_metadata().as_ref().is_ok_and(Metadata::is_dir);
    let parents = path.match_indices('/').map(|(at, _)| dir.join(&path[..at]));
    parents.into_iter().all(|parent| is_folder(&parent))
}

/// Deletes a file that may be missing.
///
/// # Errors
/// If it cannot be deleted.
pub(super) fn remove_file(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if is_absent(&error) => Ok(()),
        removed => removed,
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Makes a link to a folder.
///
/// # Errors
/// If it cannot be made, or the system has no such links.
#[cfg(unix)]
pub(super) fn link_folder(to: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, link)
}

#[cfg(not(unix))]
pub(super) fn link_folder(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::new(ErrorKind::Unsupported, "this system cannot replace links in one step"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a/b")).unwrap();
        fs::write(dir.path().join("a/b/x"), "x").unwrap();
        fs::write(dir.path().join("y"), "y").unwrap();
        dir
    }

    #[test]
    fn a_file_system_without_hard_links_gets_copies_with_the_same_times() {
        let dir = folder();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_007);
        fs::OpenOptions::new().write(true).open(dir.path().join("y")).unwrap().set_modified(time).unwrap();
        let to = tempfile::tempdir().unwrap();
        let to = to.path().join("copy");
        share_with(dir.path(), &to, |_, _| Err(ErrorKind::Unsupported.into())).unwrap();
        assert_eq!(fs::read(to.join("a/b/x")).unwrap(), b"x");
        assert_eq!(fs::metadata(to.join("y")).unwrap().modified().unwrap(), time);
    }

    #[cfg(unix)]
    #[test]
    fn files_are_shared_and_links_are_not_followed() {
        use std::os::unix::fs::{MetadataExt, symlink};
        let (dir, outside) = (folder(), folder());
        symlink(outside.path(), dir.path().join("link")).unwrap();
        let temp = tempfile::tempdir().unwrap();
        let to = temp.path().join("copy");
        share(dir.path(), &to).unwrap();
        let inode = |path: PathBuf| fs::metadata(path).unwrap().ino();
        assert_eq!(inode(dir.path().join("a/b/x")), inode(to.join("a/b/x")));
        assert!(!to.join("link").exists());

        for path in ["link/y", "missing/x", "y/x", "a"] {
            remove_inside(dir.path(), path).unwrap();
            remove_empty_folder(dir.path(), path);
        }
        assert!(outside.path().join("y").exists() && dir.path().join("a/b/x").exists());
        remove_inside(dir.path(), "a/b/x").unwrap();
        for path in ["a/b", "a"] {
            remove_empty_folder(dir.path(), path);
        }
        assert!(!dir.path().join("a").exists());
    }
}
