//! An untrusted zip archive → its parts by name. No part is written to disk, and the total size is limited.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::import::Refusal;
use crate::import::xml::Document;

/// Most unpacked bytes of all parts together.
const LARGEST: u64 = 256 << 20;
/// Most files in an archive.
const MOST_FILES: usize = 10_000;

/// An archive in memory.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Refusal> {
        // Documents with a password have another container.
        if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            let message =
                "the document has a password or is in an old format; save it as .docx without a password";
            return Err(Refusal::Failed(message.to_owned(), None));
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
        if zip.len() > MOST_FILES {
            return Err(Refusal::Failed(
                format!("the document has more than {MOST_FILES} parts, which is not supported"),
                None,
            ));
        }
        Ok(Self { zip, left: LARGEST })
    }

    /// The names of all parts.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.zip.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect()
    }

    /// The bytes of a part, if it exists.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let part = match self.zip.by_name(name) {
            Ok(part) => part,
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(damaged(&error.to_string())),
        };
        let mut bytes = Vec::new();
        part.take(self.left + 1).read_to_end(&mut bytes).map_err(|error| damaged(&error.to_string()))?;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| {
            Refusal::Failed(
                format!("the document unpacks to more than {} MiB, which is not supported", LARGEST >> 20),
                None,
            )
        })?;
        Ok(Some(bytes))
    }

    /// An XML part, if it exists.
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<Document>, Refusal> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        // Places within a compressed file are useless to a reader.
        Document::parse(&bytes).map(Some).map_err(|refusal| match refusal {
            Refusal::Failed(message, _) => Refusal::Failed(format!("in part `{name}`, {message}"), None),
            other => other,
        })
    }
}

fn damaged(reason: &str) -> Refusal {
    Refusal::Failed(format!("the document cannot be unpacked: {reason}; check that it is complete"), None)
}
