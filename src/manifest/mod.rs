//! What the last build read and made → files under `.bulletin/`, and back.
//!
//! A record is a folder: an `index`, and pieces that hold sorted records and are named by the hash of their bytes. A piece
//! ends at a record whose key says so, so that a change rewrites the pieces around it and no others, whatever the size of
//! the whole. The index is replaced by renaming once its pieces are there. A piece or an index that is missing, cut,
//! damaged or of another version is not believed: its records are unknown, and what they told is worked out anew.

use std::fmt;
use std::fs;
use std::hash::{BuildHasher, Hash, Hasher};
use std::io;

use serde::{Deserialize, Serialize};

mod stat;
mod store;

pub use stat::{Clock, Stat};
pub use store::{Chunk, Store, Table, prune};

/// What is told apart by its hash alone.
///
/// 64 bits: two builds of a million pages take different things for equal once in ten million million years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a value: equal for equal values, if the value has an order of its own.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Self {
        // Serialising to memory fails only for values that have no form, which no type here has.
        Self::of_bytes(&postcard::to_extend(value, Vec::with_capacity(256)).unwrap_or_default())
    }

    /// The fingerprint of some bytes. A hundred thousand of them are taken in every build: a cryptographic hash would
    /// take ten times as long, and keep out nobody who can write the files that these are taken of.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let mut hasher = foldhash::quality::FixedState::default().build_hasher();
        hasher.write(bytes);
        Self(hasher.finish())
    }

    /// The fingerprint of the bytes of a file, the same whether they are at hand or come in pieces: see [`ContentsHasher`].
    pub fn of_contents(bytes: &[u8]) -> Self {
        let mut contents = ContentsHasher::default();
        bytes.chunks(CHUNK_SIZE).for_each(|chunk| contents.add(chunk));
        contents.finish()
    }

    /// The fingerprint of several things together, in whatever order they come. Sums of such sums can be taken apart
    /// again by [`Fingerprint::without`].
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// Takes out what [`Fingerprint::with`] put in.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0.wrapping_sub(other.0))
    }

    /// As bytes, in their order.
    pub fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// What [`Fingerprint::to_bytes`] gave.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }

    /// Its first half, to recognise a thing by where a mistake does no harm.
    pub fn short(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Bytes of a piece of a file.
pub const CHUNK_SIZE: usize = 1 << 20;

/// Pieces of a file in their order → the fingerprint of the whole. All are [`CHUNK_SIZE`] bytes long, but for the last.
#[derive(Debug, Default)]
pub struct ContentsHasher(Vec<Fingerprint>);

impl ContentsHasher {
    /// The next piece.
    pub fn add(&mut self, chunk: &[u8]) {
        self.0.push(Fingerprint::of_bytes(chunk));
    }

    /// The fingerprint of all pieces.
    pub fn finish(self) -> Fingerprint {
        match self.0[..] {
            [] => Fingerprint::of_bytes(&[]),
            [one] => one,
            ref more => Fingerprint::of(more),
        }
    }
}

/// What tells this build of the program from any other: records of another are not believed.
pub fn program() -> &'static str {
    concat!(env!("CARGO_PKG_VERSION"), " ", env!("BULLETIN_SOURCES"))
}

/// Removes a file or folder, whatever it is.
fn clear(path: &std::path::Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
