//! How much memory decoded pictures may take at once: a machine with 2 GB builds a site with pictures of 200 megapixels.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::pictures::Source;

/// Bytes that pictures may take together; one that needs more is alone.
const LIMIT: u64 = 768 * 1024 * 1024;

/// The bytes that pictures take now.
#[derive(Debug, Default)]
pub(super) struct Memory {
    taken: Mutex<u64>,
    is_less: Condvar,
}

/// The memory of a picture, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    memory: &'a Memory,
    bytes: u64,
}

impl Memory {
    /// Waits until there is room for the pixels of a picture.
    pub(super) fn take(&self, source: &Source) -> Taken<'_> {
        let bytes = u64::from(source.size.0) * u64::from(source.size.1) * 4;
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut u64| *taken > 0 && taken.saturating_add(bytes) > LIMIT;
        let mut taken = self.is_less.wait_while(taken, is_full).unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
        Taken { memory: self, bytes }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.memory.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.memory.is_less.notify_all();
    }
}
