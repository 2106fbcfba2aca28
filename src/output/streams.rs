//! Hashes and copies files of any size with little memory.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::manifest::{CHUNK_SIZE, ContentsHasher, Fingerprint};

/// Reads the next chunk of a file; empty at the end.
fn next(file: &mut File, chunk: &mut Vec<u8>) -> io::Result<()> {
    chunk.clear();
    file.take(CHUNK_SIZE as u64).read_to_end(chunk).map(drop)
}

/// Passes a file on in chunks; returns its hash.
fn each_chunk(file: &mut File, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<Fingerprint> {
    let (mut chunk, mut contents) = (Vec::new(), ContentsHasher::default());
    loop {
        next(file, &mut chunk)?;
        if chunk.is_empty() {
            return Ok(contents.finish());
        }
        take(&chunk)?;
        contents.add(&chunk);
    }
}

/// Returns the hash of a file.
pub(super) fn hash(file: &Path) -> io::Result<Fingerprint> {
    each_chunk(&mut File::open(file)?, |_| Ok(()))
}

/// Copies a file; returns its hash.
pub(super) fn copy(from: &Path, to: &mut File) -> io::Result<Fingerprint> {
    each_chunk(&mut File::open(from)?, |chunk| to.write_all(chunk))
}
