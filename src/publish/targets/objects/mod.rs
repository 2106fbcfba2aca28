//! Object stores: each file is an object, and readers see each change at once.
//!
//! [`target`] is the protocol of a publication, over any [`ObjectStore`]: a lock that ends by itself ([`lock`], [`lease`]), the record with a local
//! copy ([`record_copy`]), and a journal of what was confirmed ([`journal`]). Two publications exclude each other by conditional writes, if the
//! store honors them, which is tested and never assumed ([`probe`]).

mod answers;
mod azure;
mod checksums;
mod gcs;
mod journal;
mod lease;
mod lock;
mod open;
mod probe;
mod record_copy;
mod s3;
mod target;
#[cfg(test)]
mod tests;
mod transfer;

pub(crate) use target::Objects;

use crate::config::publish::{Azure, Gcs, S3};
use crate::http::{Body, Client};
use crate::publish::credentials::Environment;
use crate::publish::local_file::{ContentHash, Headers};
use crate::publish::target::{Listed, Result, Stored};

/// A bucket of Amazon S3, or of a store that speaks its protocol.
///
/// # Errors
/// If there are no credentials, or the settings cannot name a bucket, as for the other stores.
pub(super) fn s3(settings: &S3, client: &Client, environment: &Environment) -> Result<Box<dyn ObjectStore>> {
    Ok(Box::new(s3::S3Store::connect(settings, client, environment)?))
}

/// A bucket of Google Cloud Storage.
///
/// # Errors
/// As [`s3()`].
pub(super) fn gcs(
    settings: &Gcs,
    client: &Client,
    environment: &Environment,
) -> Result<Box<dyn ObjectStore>> {
    Ok(Box::new(gcs::connect(settings, client, environment)?))
}

/// A container of Azure Blob Storage.
///
/// # Errors
/// As [`s3()`].
pub(super) fn azure(
    settings: &Azure,
    client: &Client,
    environment: &Environment,
) -> Result<Box<dyn ObjectStore>> {
    Ok(Box::new(azure::AzureStore::connect(settings, client, environment)?))
}

/// A bucket or container: objects by key. Implementations sign and send requests; what is stored where, and in which order, is decided by
/// [`super::objects`]. Keys are decoded paths from the root of the site: the store puts the prefix of the settings before them. All methods may be
/// called from many threads.
pub(crate) trait ObjectStore: Send + Sync {
    /// Its name in messages, without secrets: `s3://herald/news/`.
    fn place(&self) -> String;

    /// What tells it from others, without secrets: its name, and the URL of the service if it is not the usual one. What was learned of one store is
    /// not true of another.
    fn identity(&self) -> String {
        self.place()
    }

    /// Reduces headers to those that the store keeps with an object.
    fn headers(&self) -> fn(&Headers) -> Headers;

    /// The size of the largest object that one request can store, in bytes.
    fn largest(&self) -> u64;

    /// The length of the longest key that it takes, without the prefix, in bytes.
    fn longest_key(&self) -> usize {
        1024
    }

    /// How many objects one request can delete, at least 1: [`ObjectStore::delete`] is called with no more, from several threads.
    fn delete_batch(&self) -> usize {
        1000
    }

    /// Reads an object. `known` is a version that need not be sent again.
    ///
    /// # Errors
    /// If the store cannot be reached or denies access, as for all methods: `publish/credentials`, `publish/denied`, `publish/missing` (the
    /// bucket), `publish/clock`, `publish/unreachable`.
    fn get(&self, key: &str, known: Option<&Version>) -> Result<Fetched>;

    /// What the store says of an object without sending it; `None` if there is none.
    ///
    /// # Errors
    /// As [`ObjectStore::get`].
    fn head(&self, key: &str) -> Result<Option<Stored>>;

    /// Stores an object, if the condition holds. After a failure of the connection it may be sent again, so [`Put::Refused`] can mean that an
    /// earlier attempt stored it: callers look.
    ///
    /// # Errors
    /// As [`ObjectStore::get`]; `publish/no-conditions` if the store says that it does not know the condition (such as 501).
    fn put(&self, object: &Object<'_>, condition: &Condition) -> Result<Put>;

    /// Deletes objects. A key that does not exist is a success.
    ///
    /// # Errors
    /// As [`ObjectStore::get`]; the others may have been deleted.
    fn delete(&self, keys: &[String]) -> Result<()>;

    /// Deletes an object if it is still this version. A store that does not honor the condition deletes it anyway.
    ///
    /// # Errors
    /// As [`ObjectStore::get`].
    fn delete_version(&self, key: &str, version: &Version) -> Result<()>;

    /// Lists all objects under the prefix.
    ///
    /// # Errors
    /// As [`ObjectStore::get`].
    fn list(&self) -> Result<Vec<Listed>>;
}

/// The version of an object: what the store calls it, as an ETag or a generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version(pub(crate) String);

/// An object to store.
#[derive(Clone, Debug)]
pub(crate) struct Object<'a> {
    /// Its key.
    pub(crate) key: &'a str,
    /// Its bytes.
    pub(crate) body: Body,
    /// Its hash, which is stored with it.
    pub(crate) hash: ContentHash,
    /// Its headers.
    pub(crate) headers: &'a Headers,
}

/// When an object may be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Always.
    None,
    /// If there is none with this key.
    Absent,
    /// If it is still this version.
    Unchanged(Version),
}

/// The outcome of reading an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// There is none.
    Missing,
    /// It is still the known version.
    Unchanged,
    /// Its bytes and version.
    Object(Vec<u8>, Version),
}

/// The outcome of storing an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// It is stored.
    Stored(Version),
    /// The condition does not hold.
    Refused,
}

/// The key of the record.
const RECORD: &str = "_bulletin/record";
/// The key of the lock.
const LOCK: &str = "_bulletin/lock";
/// The start of the keys with which a store is tested.
const PROBE: &str = "_bulletin/probe-";

/// Whether an object is not part of the site.
fn is_private(key: &str) -> bool {
    key == RECORD || key == LOCK || key.starts_with(PROBE)
}

/// Stores one of bulletin's own objects. Caches must not keep it: a bucket may be public.
fn put_private(store: &dyn ObjectStore, key: &str, bytes: &[u8], condition: &Condition) -> Result<Put> {
    let headers = Headers {
        content_type: "application/octet-stream".to_owned(),
        cache_control: Some("no-store".to_owned()),
        ..Headers::default()
    };
    let object =
        Object { key, body: Body::Bytes(bytes.to_vec()), hash: ContentHash::of(bytes), headers: &headers };
    store.put(&object, condition)
}
