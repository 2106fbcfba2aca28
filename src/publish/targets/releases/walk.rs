//! A folder → the files in it. Links are not followed, and no file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::host::FoundFile;
use crate::publish::local_file::ContentHash;

/// The paths and sizes of the files in a folder. A name that is not UTF-8 is not of a site.
///
/// # Errors
/// If a folder cannot be read.
pub(crate) fn names(dir: &Path) -> io::Result<BTreeMap<String, u64>> {
    let mut names = BTreeMap::new();
    for entry in WalkDir::new(dir).min_depth(1).follow_links(false) {
        let entry = entry?;
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path().strip_prefix(dir).ok().and_then(Path::to_str);
        if let Some(path) = path {
            names.insert(path.to_owned(), entry.metadata()?.len());
        }
    }
    Ok(names)
}

/// The files in a folder with their hashes.
///
/// # Errors
/// If a file cannot be read.
pub(crate) fn files(dir: &Path) -> io::Result<Vec<FoundFile>> {
    let names: Vec<(String, u64)> = names(dir)?.into_iter().collect();
    let found = |(path, _): (String, u64)| {
        let mut hasher = blake3::Hasher::new();
        let size = io::copy(&mut File::open(dir.join(&path))?, &mut hasher)?;
        Ok(FoundFile { path, size, hash: ContentHash::from_blake3(hasher.finalize()) })
    };
    names.into_par_iter().map(found).collect()
}
