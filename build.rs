//! Rebuilds the program when the built-in theme changes, and gives it a fingerprint of its sources.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

fn main() {
    let mut files = BTreeMap::new();
    for part in ["src", "themes/broadsheet", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={part}");
        read(Path::new(part), &mut files);
    }
    // The program ignores records of other versions, which may render the same site differently.
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    println!("cargo::rustc-env=BULLETIN_SOURCES={:016x}", hasher.finish());
}

fn read(path: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    if let Ok(bytes) = fs::read(path) {
        files.insert(path.to_string_lossy().replace('\\', "/"), bytes);
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        read(&entry.path(), files);
    }
}
