//! A picture file → what identifies it: the hash of its bytes, its size and its format.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Format;

/// The first 128 bits of the BLAKE3 hash of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceHash([u8; 16]);

impl SourceHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut short = [0; 16];
        short.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
        Self(short)
    }

    /// The hash as bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// In hexadecimal.
impl fmt::Display for SourceHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SourceHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A picture file that renditions can be made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The hash of its bytes.
    pub hash: SourceHash,
    /// Width and height in pixels, rotated as in browsers.
    pub size: (u32, u32),
    /// The format of its bytes, whatever its name says.
    pub format: Format,
}
