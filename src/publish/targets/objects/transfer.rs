//! Files and paths → requests, many at a time. The first failure ends the stage.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::diagnostic::Diagnostic;
use crate::http::Body;
use crate::publish::local_file::{ContentHash, LocalFile, Source};
use crate::publish::target::Result;

/// Does the work for each item in some threads, and gives the outcomes in the order of the items. After the first failure no item is begun.
///
/// # Errors
/// The first failure.
pub(super) fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let outcomes = Mutex::new(Vec::with_capacity(items.len()));
    let problem: Mutex<Option<Box<Diagnostic>>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            scope.spawn(|| {
                let mut own = Vec::new();
                while !failed.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    match work(item) {
                        Ok(outcome) => own.push((index, outcome)),
                        Err(found) => {
                            failed.store(true, Ordering::Relaxed);
                            problem.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(found);
                        }
                    }
                }
                outcomes.lock().unwrap_or_else(PoisonError::into_inner).append(&mut own);
            });
        }
    });
    if let Some(problem) = problem.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(problem);
    }
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_unstable_by_key(|(index, _)| *index);
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}

/// Files up to this size in bytes are sent from memory, larger ones are streamed.
const IN_MEMORY: u64 = 8 << 20;

/// A file that is about to be sent.
pub(super) struct Sending {
    /// Its bytes.
    pub(super) body: Body,
    /// A file that is read while it is sent, with the time of its last change.
    streamed: Option<(PathBuf, SystemTime)>,
}

impl Sending {
    /// Opens a file, and makes sure that it has the bytes that were planned.
    ///
    /// # Errors
    /// If it has changed since, or cannot be read.
    pub(super) fn of(file: &LocalFile) -> Result<Self> {
        let path = match &file.source {
            Source::Memory(bytes) => return Ok(Self { body: Body::Bytes(bytes.to_vec()), streamed: None }),
            Source::Disk(path) => path,
        };
        if file.size > IN_MEMORY {
            return Self::streamed(file, path.clone());
        }
        let bytes = fs::read(path).map_err(|error| unreadable(file, &error))?;
        if bytes.len() as u64 != file.size || ContentHash::of(&bytes) != file.hash {
            return Err(changed(file));
        }
        Ok(Self { body: Body::Bytes(bytes), streamed: None })
    }

    fn streamed(file: &LocalFile, path: PathBuf) -> Result<Self> {
        let hashed = File::open(&path).and_then(|opened| {
            let (metadata, mut hasher) = (opened.metadata()?, blake3::Hasher::new());
            hasher.update_reader(opened)?;
            Ok((metadata.len(), metadata.modified()?, ContentHash::from_blake3(hasher.finalize())))
        });
        let (size, modified, hash) = hashed.map_err(|error| unreadable(file, &error))?;
        if size != file.size || hash != file.hash {
            return Err(changed(file));
        }
        Ok(Self { body: Body::File { path: path.clone(), size }, streamed: Some((path, modified)) })
    }

    /// Makes sure that a file did not change while it was sent.
    ///
    /// # Errors
    /// If it did.
    pub(super) fn check(&self, file: &LocalFile) -> Result<()> {
        let Some((path, modified)) = &self.streamed else { return Ok(()) };
        let now = fs::metadata(path).and_then(|metadata| Ok((metadata.len(), metadata.modified()?)));
        match now {
            Ok(now) if now == (file.size, *modified) => Ok(()),
            Ok(_) => Err(changed(file)),
            Err(error) => Err(unreadable(file, &error)),
        }
    }
}

fn changed(file: &LocalFile) -> Box<Diagnostic> {
    let message = format!("`{}` changed while the site was being published", file.path);
    Box::new(
        Diagnostic::fatal("publish/changed-while-sending", message)
            .help("publish again, and let nothing else write into the output folder meanwhile"),
    )
}

fn unreadable(file: &LocalFile, error: &std::io::Error) -> Box<Diagnostic> {
    let message = format!("`{}` cannot be read: {error}", file.path);
    Box::new(
        Diagnostic::fatal("publish/changed-while-sending", message)
            .help("publish again, and let nothing else write into the output folder meanwhile"),
    )
}
