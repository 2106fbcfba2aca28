//! The HTML of texts that is final when they are read → a file of this build's own, until their pages are made.
//!
//! A hundred thousand bodies would take more memory than all that is known of their articles.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Bodies that wait for their pages.
#[derive(Debug)]
pub(super) struct Bodies {
    path: PathBuf,
    file: File,
    end: AtomicU64,
}

/// Where a body is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body {
    start: u64,
    length: usize,
}

impl Bodies {
    /// For the bodies of one build of a site, whose state is kept in this folder.
    pub(super) fn new(state: &Path) -> io::Result<Self> {
        let path = state.join("bodies");
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
        // Its name is not needed, so that nothing is left even of a build that is killed. Not every system allows that.
        let _ = fs::remove_file(&path);
        Ok(Self { path, file, end: AtomicU64::new(0) })
    }

    /// Keeps a body, from any thread. `None` if there is no room for it.
    pub(super) fn keep(&self, html: &str) -> Option<Body> {
        let length = html.len();
        let start = self.end.fetch_add(length as u64, Ordering::Relaxed);
        write_at(&self.file, html.as_bytes(), start).ok()?;
        Some(Body { start, length })
    }

    /// Gives a body back.
    pub(super) fn get(&self, body: Body) -> Option<String> {
        let mut bytes = vec![0; body.length];
        read_at(&self.file, &mut bytes, body.start).ok()?;
        String::from_utf8(bytes).ok()
    }
}

impl Drop for Bodies {
    fn drop(&mut self) {
        // What cannot be removed now is written over by the next build.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, start)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

#[cfg(windows)]
fn write_at(file: &File, bytes: &[u8], start: u64) -> io::Result<()> {
    match std::os::windows::fs::FileExt::seek_write(file, bytes, start)? {
        written if written == bytes.len() => Ok(()),
        _ => Err(io::ErrorKind::WriteZero.into()),
    }
}

#[cfg(windows)]
fn read_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    match std::os::windows::fs::FileExt::seek_read(file, bytes, start)? {
        read if read == bytes.len() => Ok(()),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_given_back_and_leave_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let bodies = Bodies::new(dir.path()).unwrap();
        let (one, two) = (bodies.keep("<p>One</p>").unwrap(), bodies.keep("<p>Zwei, größer</p>").unwrap());
        assert_eq!(bodies.get(two).as_deref(), Some("<p>Zwei, größer</p>"));
        assert_eq!(bodies.get(one).as_deref(), Some("<p>One</p>"));
        drop(bodies);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
