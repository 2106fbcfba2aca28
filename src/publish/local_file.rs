//! Files that a publication sends: their bytes, hashes and headers.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::plan::FileClass;

/// A file of the built site, as a target will serve it.
#[derive(Clone, Debug)]
pub(crate) struct LocalFile {
    /// Its decoded path from the root of the site, in NFC, without the leading `/`.
    pub(crate) path: String,
    /// When it is uploaded.
    pub(crate) class: FileClass,
    /// Where its bytes are.
    pub(crate) source: Source,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The hash of its bytes.
    pub(crate) hash: ContentHash,
    /// The headers that the host stores with it.
    pub(crate) headers: Arc<Headers>,
}

/// Where the bytes of a file are.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A file on disk.
    Disk(PathBuf),
    /// In memory.
    Memory(Arc<[u8]>),
}

/// The first 16 bytes of the BLAKE3 hash of a file. Nobody but the newsroom can choose the bytes of its files, so the hash only has to tell
/// them apart.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ContentHash(pub(crate) [u8; 16]);

impl ContentHash {
    /// The hash of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self::from_blake3(blake3::hash(bytes))
    }

    /// The hash of what was hashed with BLAKE3.
    pub(crate) fn from_blake3(hash: blake3::Hash) -> Self {
        let mut short = [0; 16];
        short.copy_from_slice(&hash.as_bytes()[..16]);
        Self(short)
    }

    /// Parses 32 hexadecimal digits.
    pub(crate) fn parse(hex: &str) -> Option<Self> {
        let mut hash = [0; 16];
        if hex.len() != 32 || !hex.is_ascii() {
            return None;
        }
        for (byte, digits) in hash.iter_mut().zip(hex.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The headers that a host stores with a file. A host that has no headers per file stores the default.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub(crate) struct Headers {
    /// `Content-Type`.
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    pub(crate) content_type: String,
    /// `Cache-Control`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cache_control: Option<String>,
    /// `Content-Encoding`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_encoding: Option<String>,
    /// Where the host redirects readers, if it can: a percent-encoded path or a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) redirects_to: Option<String>,
}
