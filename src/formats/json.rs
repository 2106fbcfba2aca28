//! A value → a JSON file.

use serde::Serialize;

/// Indented JSON with a final line break, for files that people open. Keys of maps must be strings.
pub(super) fn pretty(value: &impl Serialize) -> Vec<u8> {
    finish(serde_json::to_vec_pretty(value))
}

/// JSON on one line, for files of which there may be a hundred thousand.
pub(super) fn compact(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(4096);
    let written = serde_json::to_writer(&mut bytes, value).map(|()| bytes);
    finish(written)
}

fn finish(written: serde_json::Result<Vec<u8>>) -> Vec<u8> {
    // Writing strings, numbers and lists to a `Vec` cannot fail.
    debug_assert!(written.is_ok());
    let mut bytes = written.unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
