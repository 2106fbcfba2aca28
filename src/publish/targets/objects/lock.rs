//! The lock of a target: who publishes, until when, and what changes → an object, and back.

use std::collections::BTreeSet;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::lease::Held;
use super::{Condition, Fetched, LOCK, ObjectStore, Put, put_private};
use crate::diagnostic::Diagnostic;
use crate::publish::record::Unreadable;
use crate::publish::target::Result;

/// What the lock of a target says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lock {
    /// The version of this format.
    pub(super) format: u32,
    /// The id of the publication that holds it.
    pub(super) run: String,
    /// The user and machine of that publication.
    pub(super) owner: String,
    /// When others may take it, unless it is renewed.
    pub(super) expires: Timestamp,
    /// Whether that publication may have changed something.
    pub(super) began: bool,
    /// The publication whose lock it took over, because it did not end properly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// The paths whose state is unknown until that publication is finished.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) doubt: BTreeSet<String>,
    /// Those of them whose state will still be unknown then, because it only changes others.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) rest: BTreeSet<String>,
}

const FORMAT: u32 = 1;
/// The size in bytes from which a lock is compressed.
const LARGE: usize = 4096;
/// The largest lock that is read, in bytes of text.
const LARGEST: u64 = 1 << 30;

impl Lock {
    /// The lock of a publication that has changed nothing yet.
    pub(super) fn new(run: &str, owner: &str, expires: Timestamp) -> Self {
        let (run, owner) = (run.to_owned(), owner.to_owned());
        let (doubt, rest) = Default::default();
        Self { format: FORMAT, run, owner, expires, began: false, after: None, doubt, rest }
    }

    /// The lock as JSON, compressed if it is large.
    pub(super) fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        let json = serde_json::to_vec(self)?;
        if json.len() < LARGE {
            return Ok(json);
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&json)?;
        encoder.finish()
    }

    /// Parses the bytes of a lock.
    ///
    /// # Errors
    /// If it is damaged or from a newer version.
    pub(super) fn parse(bytes: &[u8]) -> std::result::Result<Self, Unreadable> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let mut json = Vec::new();
        let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
            let read = GzDecoder::new(bytes).take(LARGEST).read_to_end(&mut json);
            read.map_err(|_| Unreadable::Damaged)?;
            json.as_slice()
        } else {
            bytes
        };
        let version: Version = serde_json::from_slice(bytes).map_err(|_| Unreadable::Damaged)?;
        if version.format > FORMAT {
            return Err(Unreadable::Newer);
        }
        serde_json::from_slice(bytes).map_err(|_| Unreadable::Damaged)
    }
}

/// The outcome of reading a lock.
#[derive(Debug)]
pub(super) enum Found {
    /// Nobody holds it.
    Free,
    /// Somebody holds it.
    Held(Held),
    /// It cannot be read.
    Damaged(super::Version),
}

/// Reads the lock.
///
/// # Errors
/// If the store cannot be read, or a newer version of bulletin wrote the lock.
pub(super) fn read(store: &dyn ObjectStore) -> Result<Found> {
    let Fetched::Object(bytes, version) = store.get(LOCK, None)? else { return Ok(Found::Free) };
    match Lock::parse(&bytes) {
        Ok(lock) => Ok(Found::Held(Held { lock, version })),
        Err(Unreadable::Damaged) => Ok(Found::Damaged(version)),
        Err(Unreadable::Newer) => Err(newer(store)),
    }
}

/// A lock that was taken, and from whom.
#[derive(Debug)]
pub(super) struct Taken {
    /// The lock.
    pub(super) held: Held,
    /// The lock that was there before.
    pub(super) before: Before,
}

/// What a lock was taken from.
#[derive(Debug)]
pub(super) enum Before {
    /// Nobody.
    Nobody,
    /// A publication that did not end properly, with its lock.
    Unfinished(Box<Lock>),
    /// Nobody knows: the lock could not be read.
    Unknown,
}

/// How often a lock is tried to be taken while others take and release it.
const ATTEMPTS: usize = 5;

/// Takes the lock. `may_take` decides whether that of another publication may be taken (`None`: one that cannot be read), and is an error if not.
/// Without `conditions` it is only a sign for others.
///
/// # Errors
/// If the store cannot be used, or the lock may not be taken.
pub(super) fn take(
    store: &dyn ObjectStore,
    conditions: bool,
    lock: &Lock,
    may_take: &mut dyn FnMut(Option<&Lock>) -> Result<()>,
) -> Result<Taken> {
    let put = |lock: &Lock, condition: Condition| -> Result<Put> {
        let condition = if conditions { condition } else { Condition::None };
        put_private(store, LOCK, &lock.to_bytes().map_err(|error| unwritable(&error))?, &condition)
    };
    for _ in 0..ATTEMPTS {
        if conditions && let Put::Stored(version) = put(lock, Condition::Absent)? {
            return Ok(Taken { held: Held { lock: lock.clone(), version }, before: Before::Nobody });
        }
        let (mut new, condition, before) = match read(store)? {
            Found::Free => (lock.clone(), Condition::Absent, Before::Nobody),
            // An earlier attempt stored it, and its answer was lost.
            Found::Held(held) if held.lock.run == lock.run => {
                let before = match held.lock.after.clone() {
                    Some(run) => Before::Unfinished(Box::new(Lock { run, after: None, ..held.lock.clone() })),
                    None => Before::Nobody,
                };
                return Ok(Taken { held, before });
            }
            Found::Held(Held { lock: other, version }) => {
                may_take(Some(&other))?;
                (lock.clone(), Condition::Unchanged(version), Before::Unfinished(Box::new(other)))
            }
            Found::Damaged(version) => {
                may_take(None)?;
                (lock.clone(), Condition::Unchanged(version), Before::Unknown)
            }
        };
        if let Before::Unfinished(other) = &before {
            new.after = Some(other.run.clone());
            new.doubt.clone_from(&other.doubt);
        }
        if let Put::Stored(version) = put(&new, condition)? {
            return Ok(Taken { held: Held { lock: new, version }, before });
        }
    }
    let message = format!("other publications to {} begin all the time", store.place());
    Err(Box::new(Diagnostic::fatal("publish/locked", message).help("try again later")))
}

/// A lock that cannot be written as text. It does not happen: a lock consists of texts.
pub(super) fn unwritable(error: &std::io::Error) -> Box<Diagnostic> {
    Box::new(Diagnostic::fatal(
        "publish/upload",
        format!("the state of the publication cannot be written: {error}"),
    ))
}

/// A lock or record of a newer version.
pub(super) fn newer(store: &dyn ObjectStore) -> Box<Diagnostic> {
    let message = format!("a newer version of bulletin published to {}", store.place());
    Box::new(Diagnostic::fatal("publish/newer-record", message).help("update bulletin on this machine"))
}

/// Another publication holds the lock.
pub(super) fn locked(store: &dyn ObjectStore, other: Option<&Lock>) -> Diagnostic {
    let place = store.place();
    let Some(other) = other else {
        let message = format!("the lock of {place} cannot be read");
        return Diagnostic::fatal("publish/locked", message).help(
            "make sure that nobody publishes there, then publish with `--yes`; all files are compared again",
        );
    };
    let message = format!("{} is publishing to {place}", other.owner);
    let until = other.expires.strftime("%H:%M:%S UTC");
    Diagnostic::fatal("publish/locked", message).help(format!(
        "try again when that publication has ended; if it was killed, its lock ends at {until}, and `--yes` takes it at once"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(paths: usize) -> Lock {
        let doubt = (0..paths).map(|n| format!("2026/11/30/größe & {n}/index.html")).collect();
        Lock { doubt, ..Lock::new("r1", "ana@desk", Timestamp::UNIX_EPOCH) }
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        for paths in [0, 3, 100_000] {
            let lock = lock(paths);
            let bytes = lock.to_bytes().unwrap();
            assert!(bytes.len() < 1_500_000, "{}", bytes.len());
            assert_eq!(Lock::parse(&bytes), Ok(lock));
        }
    }

    #[test]
    fn a_damaged_or_newer_lock_is_not_read() {
        let bytes = lock(100).to_bytes().unwrap();
        for damaged in [&b""[..], b"{}", b"{\"format\":1}", &bytes[..bytes.len() / 2]] {
            assert_eq!(Lock::parse(damaged), Err(Unreadable::Damaged));
        }
        assert_eq!(Lock::parse(br#"{"format":2,"new":1}"#), Err(Unreadable::Newer));
    }
}
