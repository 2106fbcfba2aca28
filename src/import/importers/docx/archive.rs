//! A zip of strangers → its parts by name. Nothing is written where a name in it says, and no part grows without end.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::import::Refusal;
use crate::import::xml::Document;

/// Most bytes of all parts that are read, unpacked.
const LARGEST: u64 = 256 << 20;
/// Most files in it.
const MOST_FILES: usize = 10_000;

/// An archive in memory.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Refusal> {
        // A document with a password is packed in another way.
        if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            let message = "it is locked with a password, or of an old kind; save it without one as .docx";
            return Err(Refusal::Failed(message.to_owned(), None));
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
        if zip.len() > MOST_FILES {
            return Err(Refusal::Failed(
                format!("it has more than {MOST_FILES} parts; it is not read"),
                None,
            ));
        }
        Ok(Self { zip, left: LARGEST })
    }

    /// What its parts are called.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.zip.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect()
    }

    /// A part, if there is one of this name.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let part = match self.zip.by_name(name) {
            Ok(part) => part,
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(damaged(&error.to_string())),
        };
        let mut bytes = Vec::new();
        part.take(self.left + 1).read_to_end(&mut bytes).map_err(|error| damaged(&error.to_string()))?;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| {
            Refusal::Failed(format!("it unpacks to more than {} MiB; it is not read", LARGEST >> 20), None)
        })?;
        Ok(Some(bytes))
    }

    /// A part of XML.
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<Document>, Refusal> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        // Places in a packed file help nobody.
        Document::parse(&bytes).map(Some).map_err(|refusal| match refusal {
            Refusal::Failed(message, _) => Refusal::Failed(format!("of its part `{name}`: {message}"), None),
            other => other,
        })
    }
}

fn damaged(words: &str) -> Refusal {
    Refusal::Failed(format!("it cannot be unpacked: {words}; is it cut off, or damaged?"), None)
}
