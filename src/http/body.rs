//! The body of a request → a reader of exactly as many bytes as were announced.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A file that is sent. A file that turns out to be shorter or longer is an error: its hash was computed for other bytes, and a shorter
/// one would leave the host waiting.
pub(super) struct FileBody {
    file: File,
    left: u64,
}

impl FileBody {
    /// Opens a file of this size in bytes.
    pub(super) fn open(path: &Path, size: u64) -> io::Result<Self> {
        let file = File::open(path).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.len() != size {
            return Err(changed());
        }
        Ok(Self { file, left: size })
    }
}

impl Read for FileBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        let read = self.file.read(&mut buffer[..wanted]).map_err(unreadable)?;
        self.left -= read as u64;
        let has_grown = self.left == 0 && self.file.read(&mut [0]).map_err(unreadable)? > 0;
        if read == 0 || has_grown {
            return Err(changed());
        }
        Ok(read)
    }
}

fn changed() -> io::Error {
    io::Error::other(FileProblem(CHANGED.to_owned()))
}

fn unreadable(error: io::Error) -> io::Error {
    io::Error::other(FileProblem(format!("the file cannot be read: {error}")))
}

/// The problem of a file whose size is not the one that was announced.
pub(super) const CHANGED: &str = "the file changed while it was sent";

/// Why a file cannot be sent.
#[derive(Debug)]
pub(super) struct FileProblem(String);

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FileProblem {}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_of_another_size_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "12345").unwrap();
        let mut text = String::new();
        assert_eq!(FileBody::open(&path, 5).unwrap().read_to_string(&mut text).unwrap(), 5);
        assert_eq!(text, "12345");
        assert!(FileBody::open(&path, 4).is_err());

        let mut grown = FileBody::open(&path, 5).unwrap();
        File::options().append(true).open(&path).unwrap().write_all(b"6").unwrap();
        assert!(grown.read_to_end(&mut Vec::new()).is_err());

        let mut cut = FileBody::open(&path, 6).unwrap();
        File::create(&path).unwrap();
        assert!(cut.read_to_end(&mut Vec::new()).is_err());
    }
}
