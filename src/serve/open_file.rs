//! The path of a file in the site → the open file, guaranteed to be inside the site.
//!
//! A symbolic link may replace the file or one of its folders between a check and the opening. So links are resolved first, and the
//! resulting path is opened folder by folder without following any.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::site::SiteDir;

/// Opens a file of a site.
///
/// # Errors
/// Fails if the file is gone, not a regular file, or not inside the site.
pub(super) fn open(site: &SiteDir, path: &Path) -> io::Result<File> {
    let real = path.canonicalize()?;
    let roots = [site.root().to_owned(), site.content()];
    let root = roots.iter().filter_map(|root| root.canonicalize().ok()).find(|root| real.starts_with(root));
    let Some((root, below)) = root.as_deref().and_then(|root| Some((root, real.strip_prefix(root).ok()?)))
    else {
        return Err(io::Error::other("the file is outside the site"));
    };
    if site.leads_into_builds(&real) {
        return Err(io::Error::other("the file belongs to a build"));
    }
    let file = open_below(root, below)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a regular file")) }
}

#[cfg(unix)]
fn open_below(root: &Path, below: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, openat};
    let folder = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
    // Opening a named pipe would block.
    let file = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::RDONLY | OFlags::CLOEXEC;
    let mut at = rustix::fs::open(root, folder, Mode::empty())?;
    let mut parts = below.iter().peekable();
    while let Some(part) = parts.next() {
        let flags = if parts.peek().is_some() { folder } else { file };
        at = openat(&at, part, flags, Mode::empty())?;
    }
    Ok(at.into())
}

#[cfg(not(unix))]
fn open_below(root: &Path, below: &Path) -> io::Result<File> {
    File::open(root.join(below))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_followed_only_within_the_site_and_before_the_check() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap().join("site");
        fs::create_dir_all(root.join("static/a")).unwrap();
        fs::write(root.join("static/a/x.txt"), "mine").unwrap();
        fs::write(dir.path().join("secret.txt"), "secret").unwrap();
        symlink(root.join("static/a"), root.join("static/b")).unwrap();
        symlink(dir.path().join("secret.txt"), root.join("static/out.txt")).unwrap();
        symlink(dir.path(), root.join("static/c")).unwrap();
        let site = SiteDir::new(&root);
        assert!(open(&site, &root.join("static/a/x.txt")).is_ok());
        assert!(open(&site, &root.join("static/b/x.txt")).is_ok());
        for refused in ["static/out.txt", "static/c/secret.txt", "static/a", "static/none"] {
            assert!(open(&site, &root.join(refused)).is_err(), "{refused}");
        }
        // A file or folder is replaced by a link after the check.
        for swapped in ["static/out.txt", "static/c/secret.txt", "static/b/x.txt"] {
            assert!(open_below(&root, Path::new(swapped)).is_err(), "{swapped}");
        }
    }
}
