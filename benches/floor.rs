//! A lower bound for the time of any generator: reads all sources of a site, and writes files of the same sizes to the
//! same paths as a finished build. It parses and renders nothing.
//!
//! usage: floor CONTENT BUILT NEW
//!
//! The files of BUILT are listed first. Reading CONTENT and writing to NEW are timed and printed as JSON.
#![allow(clippy::print_stdout)] // The result goes to stdout.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rayon::prelude::*;
use walkdir::WalkDir;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds `--bench`.
    let paths: Vec<PathBuf> =
        std::env::args().skip(1).filter(|arg| arg != "--bench").map(PathBuf::from).collect();
    let [content, built, new] = &paths[..] else {
        println!("usage: floor CONTENT BUILT NEW");
        return Ok(());
    };
    let outputs: Vec<(PathBuf, usize)> = files(built)?
        .into_iter()
        .map(|path| {
            let size = usize::try_from(path.metadata()?.len())?;
            Ok((new.join(path.strip_prefix(built)?), size))
        })
        .collect::<Result<_, Box<dyn Error>>>()?;
    let bytes = vec![b'x'; outputs.iter().map(|(_, size)| *size).max().unwrap_or(0)];

    let started = Instant::now();
    let sources = files(content)?;
    let read: usize = sources.par_iter().map(|path| Ok(fs::read(path)?.len())).sum::<io::Result<usize>>()?;
    outputs.par_iter().try_for_each(|(path, size)| {
        fs::create_dir_all(path.parent().unwrap_or(new))?;
        fs::write(path, &bytes[..*size])
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let (sources, written) = (sources.len(), outputs.len());
    println!(
        r#"{{"seconds": {seconds:.6}, "sources": {sources}, "bytes_read": {read}, "written": {written}}}"#
    );
    Ok(())
}

fn files(root: &Path) -> Result<Vec<PathBuf>, walkdir::Error> {
    WalkDir::new(root)
        .into_iter()
        .filter(|entry| entry.as_ref().map_or(true, |entry| entry.file_type().is_file()))
        .map(|entry| entry.map(walkdir::DirEntry::into_path))
        .collect()
}
