//! A value → a JSON file.

use serde::Serialize;

/// The value as JSON in UTF-8, a field a line for people who look at it, with a line break at the end. Keys of maps must be
/// strings.
pub(super) fn pretty(value: &impl Serialize) -> Vec<u8> {
    finished(serde_json::to_vec_pretty(value))
}

/// The value as JSON in UTF-8 on one line, as there may be a hundred thousand of them.
pub(super) fn compact(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(4096);
    let written = serde_json::to_writer(&mut bytes, value).map(|()| bytes);
    finished(written)
}

fn finished(written: serde_json::Result<Vec<u8>>) -> Vec<u8> {
    // Writing strings, numbers and lists to a Vec has no way to fail.
    debug_assert!(written.is_ok());
    let mut bytes = written.unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
