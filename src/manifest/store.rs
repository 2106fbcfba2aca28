//! Sorted records → pieces of a folder, named by the hash of their bytes, and an index of them; and back.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Fingerprint, clear, program};

const INDEX: &str = "index";
const UNFINISHED: &str = "index.new";
const HEADER: &[u8] = b"bulletin manifest 1\n";
/// Bytes of a hash.
const HASH: usize = blake3::OUT_LEN;
/// Records of a piece, on average.
const RECORDS_PER_CHUNK: u64 = 512;

/// One record of builds: the folder it is in.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
}

/// Some of the records of a table, in a file of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    hash: [u8; HASH],
    first: Box<[u8]>,
    last: Box<[u8]>,
    records: usize,
}

/// What an index holds: what the record is about, and the pieces of its tables.
#[derive(Serialize, Deserialize)]
struct Index<A> {
    program: String,
    about: A,
    tables: Vec<Vec<Chunk>>,
}

/// The records of one kind, by their keys.
#[derive(Debug)]
pub struct Table<R> {
    /// In the order of their keys.
    pub records: Vec<R>,
    /// Where they are.
    pub chunks: Vec<Chunk>,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self { records: Vec::new(), chunks: Vec::new() }
    }
}

impl Store {
    /// The record of this name in a folder for such. Neither need exist.
    pub fn new(dir: &Path, name: &str) -> Self {
        Self { dir: dir.join(name) }
    }

    /// What the record is about, and the pieces of its tables. `None` if there is no record that this program can read.
    pub fn index<A: DeserializeOwned>(&self) -> Option<(A, Vec<Vec<Chunk>>)> {
        let bytes = crate::site::read(&self.dir.join(INDEX)).ok()?;
        let (hash, body) = bytes.strip_prefix(HEADER)?.split_at_checked(HASH)?;
        if blake3::hash(body).as_bytes() != hash {
            return None;
        }
        let index: Index<A> = postcard::from_bytes(body).ok()?;
        (index.program == program()).then_some((index.about, index.tables))
    }

    /// Reads the records of some pieces, in parallel. Those of a piece that is missing or damaged are left out.
    pub fn read<R: DeserializeOwned + Send>(&self, chunks: Vec<Chunk>) -> Table<R> {
        let read: Vec<Option<Vec<R>>> = chunks.par_iter().map(|chunk| self.chunk(chunk)).collect();
        let mut table = Table::default();
        table.records.reserve(chunks.iter().map(|chunk| chunk.records).sum());
        for (chunk, records) in chunks.into_iter().zip(read) {
            let Some(records) = records else { continue };
            table.records.extend(records);
            table.chunks.push(chunk);
        }
        table
    }

    fn chunk<R: DeserializeOwned>(&self, chunk: &Chunk) -> Option<Vec<R>> {
        let bytes = crate::site::read(&self.dir.join(chunk.name())).ok()?;
        if blake3::hash(&bytes).as_bytes() != &chunk.hash {
            return None;
        }
        let mut records = Vec::with_capacity(chunk.records);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (record, behind) = postcard::take_from_bytes(rest).ok()?;
            records.push(record);
            rest = behind;
        }
        (records.len() == chunk.records).then_some(records)
    }

    /// Writes records, which are sorted by their keys, as the pieces of a table. Those of `before` that hold the same
    /// records, none of them new, are kept as they are.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write<R: Serialize + Sync>(
        &self,
        records: &[R],
        key: impl Fn(&R) -> &[u8] + Sync,
        is_new: impl Fn(&R) -> bool + Sync,
        before: &[Chunk],
    ) -> io::Result<Vec<Chunk>> {
        self.make_folder()?;
        let known: HashMap<&[u8], &Chunk> = before.iter().map(|chunk| (&*chunk.first, chunk)).collect();
        let ends: Vec<bool> = records.par_iter().map(|record| ends_chunk(key(record))).collect();
        let mut chunks = Vec::new();
        let mut start = 0;
        for (at, ends) in ends.into_iter().enumerate() {
            if ends || at + 1 == records.len() {
                chunks.push(&records[start..=at]);
                start = at + 1;
            }
        }
        let write = |buffer: &mut Vec<u8>, records: &&[R]| {
            let [first, .., last] = records else { return self.write_chunk(records, &key, buffer) };
            let same = known.get(key(first)).filter(|chunk| {
                &*chunk.last == key(last) && chunk.records == records.len() && !records.iter().any(&is_new)
            });
            same.map_or_else(|| self.write_chunk(records, &key, buffer), |chunk| Ok((*chunk).clone()))
        };
        // A large buffer is better kept than asked for again and again.
        chunks.par_iter().map_init(Vec::new, write).collect()
    }

    fn write_chunk<R: Serialize>(
        &self,
        records: &[R],
        key: &impl Fn(&R) -> &[u8],
        buffer: &mut Vec<u8>,
    ) -> io::Result<Chunk> {
        let mut bytes = std::mem::take(buffer);
        bytes.clear();
        for record in records {
            bytes = postcard::to_extend(record, bytes).map_err(io::Error::other)?;
        }
        let end = |record: Option<&R>| record.map(key).unwrap_or_default().into();
        let (first, last) = (end(records.first()), end(records.last()));
        let chunk = Chunk { hash: *blake3::hash(&bytes).as_bytes(), first, last, records: records.len() };
        let file = self.dir.join(chunk.name());
        if fs::write(&file, &bytes).is_err() {
            // Something else is in its place.
            clear(&file).and_then(|()| fs::write(&file, &bytes))?;
        }
        *buffer = bytes;
        Ok(chunk)
    }

    /// Makes these tables the record, and removes the pieces that are no longer of it.
    ///
    /// # Errors
    /// If the folder cannot be written; then the record is as it was.
    pub fn finish<A: Serialize>(&self, about: A, tables: Vec<Vec<Chunk>>) -> io::Result<()> {
        self.make_folder()?;
        let index = Index { program: program().to_owned(), about, tables };
        let body = postcard::to_stdvec(&index).map_err(io::Error::other)?;
        let bytes = [HEADER, blake3::hash(&body).as_bytes(), &body].concat();
        let file = self.dir.join(INDEX);
        if fs::read(&file).is_ok_and(|before| before == bytes) {
            return Ok(());
        }
        let unfinished = self.dir.join(UNFINISHED);
        clear(&unfinished)?;
        fs::write(&unfinished, bytes)?;
        if fs::rename(&unfinished, &file).is_err() {
            clear(&file)?;
            fs::rename(&unfinished, &file)?;
        }
        let kept: HashSet<String> = index.tables.iter().flatten().map(Chunk::name).collect();
        for entry in fs::read_dir(&self.dir)?.flatten() {
            let name = entry.file_name();
            if name != INDEX && !name.to_str().is_some_and(|name| kept.contains(name)) {
                clear(&entry.path())?;
            }
        }
        Ok(())
    }

    fn make_folder(&self) -> io::Result<()> {
        if !self.dir.is_dir() {
            clear(&self.dir)?;
        }
        fs::create_dir_all(&self.dir)
    }
}

impl Chunk {
    fn name(&self) -> String {
        let hash = blake3::Hash::from_bytes(self.hash).to_hex();
        hash[..32].to_owned()
    }
}

/// Whether a piece ends at this record: so that it does not depend on what else there is.
fn ends_chunk(key: &[u8]) -> bool {
    Fingerprint::of_bytes(key).0.is_multiple_of(RECORDS_PER_CHUNK)
}

/// Removes the records of a folder that were not written for longest, but for so many.
///
/// # Errors
/// If the folder cannot be read.
pub fn prune(dir: &Path, prefix: &str, keep: usize) -> io::Result<()> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(dir)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let written = fs::metadata(entry.path().join(INDEX)).and_then(|index| index.modified()).ok();
            found.insert((std::cmp::Reverse(written), entry.path()));
        }
    }
    found.into_iter().skip(keep).try_for_each(|(_, path)| clear(&path))
}
