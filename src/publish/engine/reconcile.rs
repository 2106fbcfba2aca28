//! The list of a target that has no record → what it has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::plan::FileClass;
use crate::publish::local_file::{LocalFile, Source};
use crate::publish::record::PublishedFile;
use crate::publish::site_files::{BUILD_FILE, OWN_FOLDER};
use crate::publish::target::{Listed, Result, Stored, Target};

/// What a target has.
pub(super) struct Found {
    /// The files that bulletin put there, and those of the site that are the same.
    pub(super) files: BTreeMap<String, PublishedFile>,
    /// Paths of other files that the site does not have.
    pub(super) foreign: BTreeSet<String>,
}

/// Lists a target and asks for the hash and the headers of each file. A target that cannot list its files must be given all.
pub(super) fn list(target: &mut dyn Target, files: &[LocalFile]) -> Result<Found> {
    let Some(listed) = target.list()? else {
        return Ok(Found { files: BTreeMap::new(), foreign: BTreeSet::new() });
    };
    let listed: Vec<Listed> = listed
        .into_iter()
        .filter(|file| file.path == BUILD_FILE || !file.path.starts_with(OWN_FOLDER))
        .collect();
    let paths: Vec<&str> = listed.iter().map(|file| file.path.as_str()).collect();
    let stored = if paths.is_empty() { Vec::new() } else { target.inspect(&paths)? };
    let mut found = Found { files: BTreeMap::new(), foreign: BTreeSet::new() };
    for (Listed { path, size }, stored) in listed.into_iter().zip(stored) {
        let Some(stored) = stored else { continue };
        let at = files.binary_search_by(|file| file.path.as_str().cmp(&path));
        let local = at.ok().map(|at| &files[at]);
        if local.is_none() && stored.hash.is_none() {
            found.foreign.insert(path.clone());
        }
        found.files.insert(path, published(size, stored, local));
    }
    Ok(found)
}

/// A listed file as a record would have it. What bulletin cannot identify never equals a local file.
fn published(size: u64, stored: Stored, local: Option<&LocalFile>) -> PublishedFile {
    let same =
        || local.filter(|local| local.size == size && stored.md5.is_some() && md5_of(local) == stored.md5);
    let hash = stored.hash.or_else(|| same().map(|local| local.hash)).unwrap_or_default();
    // What the site no longer has, or has as the notice of a withdrawn story, could be a story that readers must not see.
    let is_of_site = |local: &&LocalFile| local.class != FileClass::Notice || local.hash == hash;
    PublishedFile {
        class: local.filter(is_of_site).map_or(FileClass::Story, |local| local.class),
        size,
        hash,
        headers: Arc::new(stored.headers),
    }
}

/// The MD5 of a file, with which stores compare what other programs uploaded. `None` if it cannot be read.
fn md5_of(file: &LocalFile) -> Option<[u8; 16]> {
    let mut context = md5::Context::new();
    match &file.source {
        Source::Memory(bytes) => context.consume(bytes),
        Source::Disk(path) => {
            std::io::copy(&mut std::fs::File::open(path).ok()?, &mut context).ok()?;
        }
    }
    Some(context.finalize().0)
}
