//! What the last build read and rendered → files under `.bulletin/`, and back.
//!
//! A store is a folder with an `index` and chunks, which hold sorted records and are named by the hash of their bytes.
//! A chunk ends at a record whose key says so, so that a change rewrites only the chunks around it, however large the
//! whole is. The index is replaced by renaming once its chunks are written. A chunk or index that is missing,
//! truncated, damaged or of another version is ignored: its records are unknown, and the build computes again what they
//! contained.

use std::fmt;
use std::fs;
use std::hash::{BuildHasher, Hash, Hasher};
use std::io;

use serde::{Deserialize, Serialize};

mod stat;
mod store;

pub use stat::{Clock, Stat};
pub use store::{Chunk, Store, Table, prune};

/// A 64-bit fingerprint of a value or of bytes.
///
/// Two builds of a million pages confuse two values once in ten trillion years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a value. Equal values must serialize equally, so their collections must be ordered.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Self {
        // Serializing to memory cannot fail for the types here.
        Self::of_bytes(&postcard::to_extend(value, Vec::with_capacity(256)).unwrap_or_default())
    }

    /// The fingerprint of bytes. Each build takes a hundred thousand of them: a cryptographic hash would be ten times
    /// slower, and would only keep out somebody who can write the files anyway.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let mut hasher = foldhash::quality::FixedState::default().build_hasher();
        hasher.write(bytes);
        Self(hasher.finish())
    }

    /// The fingerprint of the bytes of a file, the same whether they are in memory or come in chunks: see
    /// [`ContentsHasher`].
    pub fn of_contents(bytes: &[u8]) -> Self {
        let mut contents = ContentsHasher::default();
        bytes.chunks(CHUNK_SIZE).for_each(|chunk| contents.add(chunk));
        contents.finish()
    }

    /// Combines two fingerprints regardless of their order. [`Fingerprint::without`] reverses it.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// Removes what [`Fingerprint::with`] added.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0.wrapping_sub(other.0))
    }

    /// The fingerprint as bytes, which sort as it does.
    pub fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// Reverses [`Fingerprint::to_bytes`].
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }

    /// The fingerprint as a number.
    pub fn number(self) -> u64 {
        self.0
    }

    /// The first half, for uses where a collision does no harm.
    pub fn short(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The size of a chunk of a file in bytes.
pub const CHUNK_SIZE: usize = 1 << 20;

/// Hashes a file that is read in chunks, each of [`CHUNK_SIZE`] bytes except the last.
#[derive(Debug, Default)]
pub struct ContentsHasher(Vec<Fingerprint>);

impl ContentsHasher {
    /// Adds the next chunk.
    pub fn add(&mut self, chunk: &[u8]) {
        self.0.push(Fingerprint::of_bytes(chunk));
    }

    /// The fingerprint of the whole file.
    pub fn finish(self) -> Fingerprint {
        match self.0[..] {
            [] => Fingerprint::of_bytes(&[]),
            [one] => one,
            ref more => Fingerprint::of(more),
        }
    }
}

/// The version of this program, down to its sources: the records of any other version are ignored.
pub fn program() -> &'static str {
    concat!(env!("CARGO_PKG_VERSION"), " ", env!("BULLETIN_SOURCES"))
}

/// Removes a file or folder, if it exists.
fn clear(path: &std::path::Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
