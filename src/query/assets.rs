//! A static file → its copy under a name that contains a hash of its bytes, so that browsers may cache it forever.

use std::collections::HashMap;
use std::fs::File;
use std::sync::{Mutex, PoisonError};

use crate::diagnostic::did_you_mean;
use crate::edition::Edition;
use crate::plan::{FileSource, Route};

/// The route and source of a fingerprinted file, or a message for theme authors.
pub type FingerprintedFile = Result<(Route, FileSource), String>;

/// The fingerprinted files of one edition; each file is read once.
#[derive(Debug, Default)]
pub(super) struct Assets(Mutex<HashMap<String, FingerprintedFile>>);

impl Assets {
    pub(super) fn get(&self, edition: &Edition, name: &str) -> FingerprintedFile {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        known.unwrap_or_else(|| {
            let file = fingerprint(edition, name);
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), file.clone());
            file
        })
    }
}

fn fingerprint(edition: &Edition, name: &str) -> FingerprintedFile {
    let name = name.trim_start_matches('/');
    let statics = &edition.statics;
    let file = statics
        .binary_search_by(|file| file.path.as_str().cmp(name))
        .map(|index| &statics[index])
        .map_err(|_| {
            let near = did_you_mean(name, statics.iter().map(|file| file.path.as_str()));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!("static file `{name}` not found{hint}")
        })?;
    let hash = match &file.source {
        FileSource::Embedded(bytes) => blake3::hash(bytes),
        FileSource::Disk(path) => {
            let hash =
                File::open(path).and_then(|file| Ok(blake3::Hasher::new().update_reader(file)?.finalize()));
            hash.map_err(|error| format!("cannot read `{name}`: {error}"))?
        }
    };
    let hash = &hash.to_hex()[..10];
    let folder_end = name.rfind('/').map_or(0, |slash| slash + 1);
    let fingerprinted = match name[folder_end..].rfind('.') {
        Some(dot) if dot > 0 => {
            format!("{}.{hash}{}", &name[..folder_end + dot], &name[folder_end + dot..])
        }
        _ => format!("{name}.{hash}"),
    };
    Ok((Route::root().file(&fingerprinted)?, file.source.clone()))
}
