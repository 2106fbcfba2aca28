//! A file of the site → the same in a folder, with its compressed copies and its modification time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use super::compress::{compress, is_compressible};
use super::paths::compressed;
use super::problems;
use crate::config::publish::Compression;
use crate::publish::local_file::{ContentHash, LocalFile, Source};
use crate::publish::target::Result;

/// Writes a file and its compressed copies.
///
/// # Errors
/// If it cannot be written, or is no longer the file that was planned.
pub(super) fn file(dir: &Path, file: &LocalFile, encodings: &[Compression], time: SystemTime) -> Result<()> {
    let to = dir.join(&file.path);
    let failed = |error| problems::of_io(&to, &error);
    if encodings.is_empty() || !is_compressible(file) {
        let mut source = open(file)?;
        let mut out = new_file(&to).map_err(failed)?;
        let hash = copy(&mut source, &mut out).map_err(failed)?;
        out.set_modified(time).map_err(failed)?;
        return if hash == file.hash { Ok(()) } else { Err(problems::changed(&file.path)) };
    }
    let bytes = read(file)?;
    write(&to, &bytes, time).map_err(failed)?;
    write_copies(dir, file, &bytes, encodings, time)
}

/// Writes only the compressed copies of a file.
///
/// # Errors
/// As [`file()`].
pub(super) fn copies(
    dir: &Path,
    file: &LocalFile,
    encodings: &[Compression],
    time: SystemTime,
) -> Result<()> {
    if encodings.is_empty() || !is_compressible(file) {
        return Ok(());
    }
    write_copies(dir, file, &read(file)?, encodings, time)
}

fn write_copies(
    dir: &Path,
    file: &LocalFile,
    bytes: &[u8],
    encodings: &[Compression],
    time: SystemTime,
) -> Result<()> {
    for encoding in encodings {
        let to = dir.join(compressed(&file.path, *encoding));
        let failed = |error| problems::of_io(&to, &error);
        let copy = compress(file, bytes, *encoding).map_err(failed)?;
        if copy.len() < bytes.len() {
            write(&to, &copy, time).map_err(failed)?;
        }
    }
    Ok(())
}

fn open(file: &LocalFile) -> Result<Box<dyn Read + '_>> {
    match &file.source {
        Source::Memory(bytes) => Ok(Box::new(&**bytes)),
        Source::Disk(path) => {
            let opened = File::open(path).map_err(|error| problems::unreadable(path, &error))?;
            Ok(Box::new(opened))
        }
    }
}

fn read(file: &LocalFile) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(file)?.read_to_end(&mut bytes).map_err(|error| problems::unreadable(&file.path, &error))?;
    if ContentHash::of(&bytes) == file.hash { Ok(bytes) } else { Err(problems::changed(&file.path)) }
}

fn copy(from: &mut dyn Read, to: &mut File) -> io::Result<ContentHash> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok(ContentHash::from_blake3(hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
    }
}

fn write(to: &Path, bytes: &[u8], time: SystemTime) -> io::Result<()> {
    let mut file = new_file(to)?;
    file.write_all(bytes)?;
    file.set_modified(time)
}

/// Creates a file. One that is there may be shared with other releases, so it is unlinked, never written.
fn new_file(path: &Path) -> io::Result<File> {
    let create = || OpenOptions::new().write(true).create_new(true).open(path);
    match create() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            create()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            create()
        }
        created => created,
    }
}
