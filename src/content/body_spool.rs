//! Article HTML that is final once the source has been read → a temporary file of the build, and back when the page is rendered.
//!
//! A hundred thousand bodies would take more memory than everything else that is known of their articles.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Rendered bodies that wait for their pages.
#[derive(Debug)]
pub struct BodySpool {
    file: SpoolFile,
    /// Paths of the sources whose body is final, sorted, with where it is.
    bodies: Vec<(Arc<str>, BodySpan)>,
}

impl BodySpool {
    pub(super) fn new(file: SpoolFile, bodies: Vec<(Arc<str>, BodySpan)>) -> Self {
        Self { file, bodies }
    }

    /// The HTML of the article at this path, if it was final when its source was read.
    pub fn get(&self, path: &str) -> Option<String> {
        let at = self.bodies.binary_search_by(|(other, _)| (**other).cmp(path)).ok()?;
        self.file.get(self.bodies[at].1)
    }
}

/// The file that holds the bodies.
#[derive(Debug)]
pub(super) struct SpoolFile {
    path: PathBuf,
    file: File,
    end: AtomicU64,
}

/// Where a body is in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodySpan {
    start: u64,
    length: usize,
}

impl SpoolFile {
    /// Creates the file in the folder of the site's state.
    pub(super) fn create(state: &Path) -> io::Result<Self> {
        let path = state.join("bodies");
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
        // Unlinked at once, so that a killed build leaves nothing behind. Not every system allows that.
        let _ = fs::remove_file(&path);
        Ok(Self { path, file, end: AtomicU64::new(0) })
    }

    /// Stores a body, from any thread. `None` if it cannot be written.
    pub(super) fn put(&self, html: &str) -> Option<BodySpan> {
        let length = html.len();
        let start = self.end.fetch_add(length as u64, Ordering::Relaxed);
        write_at(&self.file, html.as_bytes(), start).ok()?;
        Some(BodySpan { start, length })
    }

    fn get(&self, body: BodySpan) -> Option<String> {
        let mut bytes = vec![0; body.length];
        read_at(&self.file, &mut bytes, body.start).ok()?;
        String::from_utf8(bytes).ok()
    }
}

impl Drop for SpoolFile {
    fn drop(&mut self) {
        // A file that cannot be removed now is overwritten by the next build.
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
    fn bodies_are_returned_and_the_file_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let file = SpoolFile::create(dir.path()).unwrap();
        let bodies = [("a.md", "<p>One</p>"), ("b.md", "<p>Zwei, größer</p>")];
        let spans = bodies.map(|(path, html)| (path.into(), file.put(html).unwrap())).into();
        let spool = BodySpool::new(file, spans);
        bodies.iter().for_each(|(path, html)| assert_eq!(spool.get(path).as_deref(), Some(*html)));
        assert_eq!(spool.get("c.md"), None);
        drop(spool);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
