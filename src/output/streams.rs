//! Files of any size → their hashes, whether two are equal, copies of them; with little memory.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::manifest::{CHUNK_SIZE, ContentsHasher, Fingerprint};

/// Fills a buffer with the next piece of a file; nothing is in it at the end.
fn next(file: &mut File, piece: &mut Vec<u8>) -> io::Result<()> {
    piece.clear();
    file.take(CHUNK_SIZE as u64).read_to_end(piece).map(drop)
}

/// Hands over a file piece by piece; gives the hash of it.
fn each_piece(file: &mut File, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<Fingerprint> {
    let (mut piece, mut contents) = (Vec::new(), ContentsHasher::default());
    loop {
        next(file, &mut piece)?;
        if piece.is_empty() {
            return Ok(contents.finish());
        }
        take(&piece)?;
        contents.add(&piece);
    }
}

/// The hash of a file.
pub(super) fn hash(file: &Path) -> io::Result<Fingerprint> {
    each_piece(&mut File::open(file)?, |_| Ok(()))
}

/// Copies a file; gives the hash of it.
pub(super) fn copy(from: &Path, to: &mut File) -> io::Result<Fingerprint> {
    each_piece(&mut File::open(from)?, |piece| to.write_all(piece))
}
