//! The facts of pictures → a file in the library's folder, and back. A damaged file, or one of another version, is ignored.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::sealed;
use crate::pictures::{Facts, PictureError, SourceHash};

/// The version of the file and of the code that computes facts.
const VERSION: u32 = 3;
const NAME: &str = "facts";

type Known = BTreeMap<SourceHash, Result<Facts, PictureError>>;

/// Reads the facts of a folder.
pub(super) fn read(folder: &Path) -> Known {
    let bytes = sealed::read(&folder.join(NAME)).unwrap_or_default();
    match postcard::from_bytes::<(u32, Known)>(&bytes) {
        Ok((VERSION, known)) => known,
        _ => Known::new(),
    }
}

/// Writes facts, with those that another build wrote meanwhile, unless the folder has them all.
///
/// # Errors
/// If the folder cannot be written.
pub(super) fn write(folder: &Path, mut known: Known) -> io::Result<()> {
    // Errors of files that were gone or changed may not last.
    known.retain(|_, facts| !facts.as_ref().is_err_and(PictureError::may_pass));
    let there = read(folder);
    if known.keys().all(|hash| there.contains_key(hash)) {
        return Ok(());
    }
    known.extend(there);
    let bytes = postcard::to_stdvec(&(VERSION, known)).map_err(io::Error::other)?;
    sealed::write(&folder.join(NAME), &bytes)
}
