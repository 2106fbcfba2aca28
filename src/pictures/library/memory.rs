//! How much memory decoded pictures may take at once: a machine with 2 GB builds a site with pictures of 200 megapixels.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::pictures::{Format, Source};

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
        let bytes = u64::from(source.size.0) * u64::from(source.size.1) * per_pixel(source.format);
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut u64| *taken > 0 && taken.saturating_add(bytes) > LIMIT;
        let mut taken = self.is_less.wait_while(taken, is_full).unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
        Taken { memory: self, bytes }
    }
}

/// Bytes for a pixel while a picture is decoded and resized. A JPEG has three channels and, if progressive, as much again for coefficients.
/// Others may have four channels of 16 bits, which are converted to 8 bits, and then a half of 16 bits.
fn per_pixel(format: Format) -> u64 {
    match format {
        Format::Jpeg => 6,
        _ => 14,
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.memory.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.memory.is_less.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::pictures::SourceHash;

    /// Whether a second picture waits until the first is no longer in memory.
    fn second_waits(format: Format, side: u32) -> bool {
        let source = Source { hash: SourceHash::of(b"x"), size: (side, side), format };
        let (memory, events) = (Memory::default(), Mutex::new(Vec::new()));
        let first = memory.take(&source);
        thread::scope(|scope| {
            scope.spawn(|| {
                let _second = memory.take(&source);
                events.lock().unwrap().push("taken");
            });
            thread::sleep(Duration::from_millis(100));
            events.lock().unwrap().push("freed");
            drop(first);
        });
        events.into_inner().unwrap() == ["freed", "taken"]
    }

    #[test]
    fn two_pictures_that_would_take_too_much_are_decoded_in_turn() {
        assert!(!second_waits(Format::Jpeg, 4000));
        assert!(!second_waits(Format::Png, 4000));
        assert!(second_waits(Format::Jpeg, 10_000));
        // Two of 16 bits and with opacity would take 2.6 GB.
        assert!(second_waits(Format::Png, 9700));
    }
}
