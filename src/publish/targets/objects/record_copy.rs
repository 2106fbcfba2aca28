//! The record that a target has → a copy in the state of the site, so that it need not be sent again; and back.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Version;
use crate::publish::record::Record;

/// A record and its version at the store.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RecordCopy {
    /// What the record says.
    pub(super) record: Record,
    /// Its version.
    pub(super) version: Version,
}

#[derive(Serialize, Deserialize)]
struct Head {
    store: String,
    version: String,
}

/// Reads the copy of the record of a store. `None` if there is none, it is damaged, or it is that of another store.
pub(super) fn read(path: &Path, store: &str) -> Option<RecordCopy> {
    let bytes = fs::read(path).ok()?;
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
    if head.store != store {
        return None;
    }
    let record = Record::parse(&bytes[end + 1..]).ok()?;
    Some(RecordCopy { record, version: Version(head.version) })
}

/// Writes a copy. Failures do not matter: the record is read from the store then.
pub(super) fn write(path: &Path, store: &str, version: &Version, record: &[u8]) {
    let head = Head { store: store.to_owned(), version: version.0.clone() };
    let mut bytes = serde_json::to_vec(&head).unwrap_or_default();
    bytes.push(b'\n');
    bytes.extend_from_slice(record);
    let temporary = path.with_extension("new");
    let _ = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
}
