//! Files of the output folder → their hashes. A file that did not change since the last publication is not read again.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::local_file::ContentHash;
use crate::manifest::{Chunk, Clock, Stat, Store};
use crate::site::SiteDir;

const NAME: &str = "hashes";

/// The hash of a file that was read earlier.
#[derive(Debug, Serialize, Deserialize)]
struct HashRecord {
    path: Box<str>,
    /// `None` if the file may have changed without a visible trace.
    stat: Option<Stat>,
    hash: [u8; 16],
    #[serde(skip)]
    is_new: bool,
}

/// Hashes the files of a folder, in the order of `paths`, which is sorted. Returns the size of each, too.
///
/// # Errors
/// The first file that cannot be read, and why.
pub(crate) fn of_files(
    site: &SiteDir,
    dir: &Path,
    paths: &[&str],
) -> Result<Vec<(u64, ContentHash)>, (String, io::Error)> {
    let folder = site.state().join("publish");
    // Without the folder nothing is remembered, and every file is read.
    let _ = fs::create_dir_all(&folder);
    let clock = Clock::read(&folder);
    let store = Store::new(&folder, NAME);
    let name = site.record_name(dir);
    let known = store.index::<String>().filter(|(of, _)| *of == name).map(|(_, tables)| tables);
    let chunks: Vec<Chunk> = known.into_iter().flatten().next().unwrap_or_default();
    let table = store.read::<HashRecord>(chunks);
    let known: HashMap<&str, &HashRecord> =
        table.records.iter().map(|record| (&*record.path, record)).collect();
    let hash = |path: &&str| {
        let record = hash_file(dir, path, known.get(path).copied(), clock);
        record.map_err(|error| ((*path).to_owned(), error))
    };
    let records: Vec<(u64, HashRecord)> = paths.par_iter().map(hash).collect::<Result<_, _>>()?;
    let hashes = records.iter().map(|(size, record)| (*size, ContentHash(record.hash))).collect();
    let records: Vec<HashRecord> = records.into_iter().map(|(_, record)| record).collect();
    let is_unchanged = records.len() == table.records.len() && !records.iter().any(|record| record.is_new);
    if !is_unchanged {
        let written =
            store.write(&records, |record| record.path.as_bytes(), |record| record.is_new, &table.chunks);
        // If this fails, the next publication reads all files.
        let _ = written.and_then(|chunks| store.finish(name, vec![chunks]));
    }
    Ok(hashes)
}

fn hash_file(
    dir: &Path,
    path: &str,
    known: Option<&HashRecord>,
    clock: Clock,
) -> io::Result<(u64, HashRecord)> {
    let file = dir.join(path);
    let stat = Stat::of(&file)?;
    if let Some(known) = known.filter(|known| known.stat == Some(stat)) {
        return Ok((
            stat.size(),
            HashRecord { path: path.into(), stat: Some(stat), hash: known.hash, is_new: false },
        ));
    }
    let mut hasher = blake3::Hasher::new();
    let size = io::copy(&mut File::open(&file)?, &mut hasher)?;
    let ContentHash(hash) = ContentHash::from_blake3(hasher.finalize());
    let stat = Some(stat).filter(|stat| stat.is_settled(clock) && stat.size() == size);
    Ok((size, HashRecord { path: path.into(), stat, hash, is_new: true }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let site = SiteDir::new(dir.path());
        let output = site.output();
        fs::create_dir_all(&output).unwrap();
        for text in ["one", "two", "six", "three"] {
            fs::write(output.join("a.html"), text).unwrap();
            for _ in 0..2 {
                let found = of_files(&site, &output, &["a.html"]).unwrap();
                assert_eq!(found, [(text.len() as u64, ContentHash::of(text.as_bytes()))]);
            }
        }
        assert_eq!(of_files(&site, &output, &["b.html"]).unwrap_err().0, "b.html");
    }
}
