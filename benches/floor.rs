//! The floor under the speed of any generator: reads every source of a site and writes as many files, of the same
//! sizes and at the same paths, as a finished build has. Nothing is parsed and nothing is made.
//!
//! usage: floor CONTENT BUILT NEW
//!
//! What BUILT holds is listed first; reading CONTENT and writing into NEW are timed and printed as JSON.
#![allow(clippy::print_stdout)] // Words to people go to stdout here.

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
