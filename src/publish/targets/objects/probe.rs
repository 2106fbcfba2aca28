//! A store → whether it honors conditions. Several answer "stored" and overwrite, so that a lock would always be granted.

use super::{Condition, Fetched, ObjectStore, PROBE, Put, Version, put_private};
use crate::publish::target::Result;

/// Tests a store with two objects of its own, whose names contain `unique`. They are removed again.
///
/// # Errors
/// If the store cannot be written or read.
pub(super) fn honors_conditions(store: &dyn ObjectStore, unique: &str) -> Result<bool> {
    let keys = [format!("{PROBE}{unique}"), format!("{PROBE}{unique}-missing")];
    let honors = match test(store, &keys[0], &keys[1]) {
        // The store says itself that it does not know conditions.
        Err(problem) if problem.code == "publish/no-conditions" => Ok(false),
        outcome => outcome,
    };
    let deleted = store.delete(&keys);
    let honors = honors?;
    deleted.map(|()| honors)
}

fn test(store: &dyn ObjectStore, key: &str, missing: &str) -> Result<bool> {
    let put =
        |key: &str, text: &str, condition: &Condition| put_private(store, key, text.as_bytes(), condition);
    let Some(first) = stored(store, key, "1", put(key, "1", &Condition::Absent)?)? else { return Ok(false) };
    if put(key, "2", &Condition::Absent)? != Put::Refused {
        return Ok(false);
    }
    let unchanged = Condition::Unchanged(first);
    let Some(_second) = stored(store, key, "2", put(key, "2", &unchanged)?)? else { return Ok(false) };
    Ok(put(key, "3", &unchanged)? == Put::Refused && put(missing, "4", &unchanged)? == Put::Refused)
}

/// The version of an object that had to be stored. A refusal can mean that an earlier attempt stored it, and its answer was lost.
fn stored(store: &dyn ObjectStore, key: &str, text: &str, put: Put) -> Result<Option<Version>> {
    if let Put::Stored(version) = put {
        return Ok(Some(version));
    }
    Ok(match store.get(key, None)? {
        Fetched::Object(bytes, version) if bytes == text.as_bytes() => Some(version),
        _ => None,
    })
}
