//! Batches of files → uploads on several threads, which end at the first failure.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::host::{DigestHost, Entry, Sent};
use crate::publish::target::Result;

/// Uploads batches, `parallel` at a time. `stored` is called for each, from many threads. [`Sent::Expired`] if one of them was refused for that.
///
/// # Errors
/// The first failure. Uploads that had begun are completed.
pub(super) fn all<H: DigestHost>(
    host: &H,
    batches: &[Vec<Entry>],
    parallel: usize,
    stored: &(dyn Fn(&[Entry]) + Sync),
) -> Result<Sent> {
    let next = AtomicUsize::new(0);
    let outcome = Mutex::new(Ok(Sent::Stored));
    let work = || {
        while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            let files: Vec<&Entry> = batch.iter().collect();
            match host.upload(&files) {
                Ok(Sent::Stored) => stored(batch),
                failure => {
                    next.store(batches.len(), Ordering::Relaxed);
                    let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
                    if matches!(*outcome, Ok(Sent::Stored)) {
                        *outcome = failure;
                    }
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..parallel.min(batches.len()) {
            scope.spawn(work);
        }
    });
    outcome.into_inner().unwrap_or_else(PoisonError::into_inner)
}
