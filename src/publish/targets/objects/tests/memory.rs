//! A store in memory, strict about conditions, that can fail at any request.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::diagnostic::Diagnostic;
use crate::http::Body;
use crate::publish::local_file::{ContentHash, Headers};
use crate::publish::target::{Listed, Result, Stored};
use crate::publish::targets::objects::{Condition, Fetched, Object, ObjectStore, Put, Version};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It and all after it fail, and are not processed.
    Dead,
    /// It is processed, but fails, as do all after it.
    DeadAfter,
    /// It alone fails, and is not processed.
    Once,
    /// It alone fails, but is processed.
    OnceAfter,
    /// It is processed twice, and the second answer counts: its first answer was lost, and the client sent it again.
    Twice,
}

/// Objects with their headers, by key.
pub(super) type Objects = BTreeMap<String, (Vec<u8>, Headers)>;

#[derive(Default)]
struct Bucket {
    objects: Mutex<Objects>,
    log: Mutex<Vec<String>>,
    ignores_conditions: bool,
}

/// A connection to a bucket. Clones are other connections to it.
pub(super) struct Memory {
    bucket: Arc<Bucket>,
    fault: Option<(usize, Fault)>,
    requests: AtomicUsize,
}

impl Memory {
    pub(super) fn new() -> Self {
        Self { bucket: Arc::default(), fault: None, requests: AtomicUsize::new(0) }
    }

    pub(super) fn without_conditions() -> Self {
        let bucket = Arc::new(Bucket { ignores_conditions: true, ..Bucket::default() });
        Self { bucket, ..Self::new() }
    }

    /// A connection on which a fault happens to a request, counted from 0.
    pub(super) fn with(&self, request: usize, fault: Fault) -> Self {
        Self { fault: Some((request, fault)), ..self.clone() }
    }

    pub(super) fn objects(&self) -> Objects {
        self.bucket.objects.lock().unwrap().clone()
    }

    pub(super) fn set(&self, key: &str, bytes: &[u8]) {
        self.bucket.objects.lock().unwrap().insert(key.to_owned(), (bytes.to_vec(), Headers::default()));
    }

    pub(super) fn unset(&self, key: &str) {
        self.bucket.objects.lock().unwrap().remove(key);
    }

    /// The requests since the last call, such as `PUT a.html`.
    pub(super) fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.bucket.log.lock().unwrap())
    }

    fn request<T>(&self, line: String, mut process: impl FnMut(&mut Objects) -> T) -> Result<T> {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        let mut objects = self.bucket.objects.lock().unwrap();
        self.bucket.log.lock().unwrap().push(line);
        let failed = Err(Box::new(Diagnostic::fatal("publish/unreachable", "memory cannot be reached")));
        match self.fault {
            Some((at, Fault::Twice)) if at == number => {
                process(&mut objects);
                Ok(process(&mut objects))
            }
            Some((at, Fault::Once)) if at == number => failed,
            Some((at, Fault::DeadAfter | Fault::OnceAfter)) if at == number => {
                process(&mut objects);
                failed
            }
            Some((at, Fault::Dead | Fault::DeadAfter)) if at <= number => failed,
            _ => Ok(process(&mut objects)),
        }
    }
}

impl Clone for Memory {
    fn clone(&self) -> Self {
        Self { bucket: Arc::clone(&self.bucket), fault: None, requests: AtomicUsize::new(0) }
    }
}

/// Equal bytes have equal versions, as in S3.
fn version(bytes: &[u8]) -> Version {
    Version(format!("\"{}\"", ContentHash::of(bytes)))
}

impl ObjectStore for Memory {
    fn place(&self) -> String {
        "memory://herald/".to_owned()
    }

    fn headers(&self) -> fn(&Headers) -> Headers {
        Headers::clone
    }

    fn largest(&self) -> u64 {
        1 << 30
    }

    fn delete_batch(&self) -> usize {
        2
    }

    fn get(&self, key: &str, known: Option<&Version>) -> Result<Fetched> {
        self.request(format!("GET {key}"), |objects| match objects.get(key) {
            None => Fetched::Missing,
            Some((bytes, _)) if Some(&version(bytes)) == known => Fetched::Unchanged,
            Some((bytes, _)) => Fetched::Object(bytes.clone(), version(bytes)),
        })
    }

    fn head(&self, key: &str) -> Result<Option<Stored>> {
        self.request(format!("HEAD {key}"), |objects| {
            let (bytes, headers) = objects.get(key)?;
            let (size, hash) = (bytes.len() as u64, Some(ContentHash::of(bytes)));
            Some(Stored { size, hash, md5: None, headers: headers.clone() })
        })
    }

    fn put(&self, object: &Object<'_>, condition: &Condition) -> Result<Put> {
        let bytes = match &object.body {
            Body::Empty => Vec::new(),
            Body::Bytes(bytes) => bytes.clone(),
            Body::File { path, .. } => std::fs::read(path).unwrap(),
        };
        assert_eq!(ContentHash::of(&bytes), object.hash);
        self.request(format!("PUT {}", object.key), |objects| {
            let now = objects.get(object.key).map(|(bytes, _)| version(bytes));
            let holds = match condition {
                _ if self.bucket.ignores_conditions => true,
                Condition::None => true,
                Condition::Absent => now.is_none(),
                Condition::Unchanged(version) => now.as_ref() == Some(version),
            };
            if !holds {
                return Put::Refused;
            }
            objects.insert(object.key.to_owned(), (bytes.clone(), object.headers.clone()));
            Put::Stored(version(&bytes))
        })
    }

    fn delete(&self, keys: &[String]) -> Result<()> {
        assert!(keys.len() <= self.delete_batch());
        self.request(format!("DELETE {}", keys.join(" ")), |objects| {
            keys.iter().for_each(|key| drop(objects.remove(key)));
        })
    }

    fn delete_version(&self, key: &str, known: &Version) -> Result<()> {
        self.request(format!("DELETE {key}"), |objects| {
            let is_same = objects.get(key).is_some_and(|(bytes, _)| version(bytes) == *known);
            if is_same || self.bucket.ignores_conditions {
                objects.remove(key);
            }
        })
    }

    fn list(&self) -> Result<Vec<Listed>> {
        self.request("LIST".to_owned(), |objects| {
            let listed = objects
                .iter()
                .map(|(key, (bytes, _))| Listed { path: key.clone(), size: bytes.len() as u64 });
            listed.collect()
        })
    }
}
