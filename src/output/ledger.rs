//! The record of the files that bulletin wrote into an output folder: `.bulletin-files` in that folder.
//!
//! It is kept with what it describes, so that `.bulletin/` can be deleted and several output folders used without
//! leaving a withdrawn story behind. The first line names the format and has a checksum of the rest, which is one path
//! per line, sorted: a record that was truncated or edited is ignored.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::manifest::Fingerprint;
use crate::plan::Route;

const NAME: &str = crate::site::RECORD;
/// The name of a record while it is written.
pub(super) const UNFINISHED: &str = ".bulletin-files.new";
const HEADER: &str = "bulletin output 2 ";
/// The header of old records, which have no checksum.
const OLD_HEADER: &str = "bulletin output 1";

/// The record of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    Missing,
    /// There is something else in its place.
    Damaged,
    Whole(String),
}

impl Record {
    /// Reads the record of a folder.
    pub(super) fn read(dir: &Path) -> Self {
        let file = file(dir);
        match fs::symlink_metadata(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::Missing,
            Ok(found) if found.is_file() => match fs::read_to_string(&file) {
                Ok(text) if is_whole(&text) => Self::Whole(text),
                _ => Self::Damaged,
            },
            _ => Self::Damaged,
        }
    }

    /// Its text, if it is intact.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Whole(text) => Some(text),
            Self::Missing | Self::Damaged => None,
        }
    }

    /// Its fingerprint, if it is intact.
    pub(super) fn print(&self) -> Option<Fingerprint> {
        self.text().and_then(|text| text.lines().next()).map(Fingerprint::of)
    }
}

/// The fingerprint of the record that a build has just written: the first line is unique to each record.
pub(super) fn print(dir: &Path) -> Option<Fingerprint> {
    let mut line = String::new();
    BufReader::new(fs::File::open(file(dir)).ok()?).take(256).read_line(&mut line).ok()?;
    line.strip_suffix('\n').map(Fingerprint::of)
}

/// The path of the record of a folder.
pub(super) fn file(dir: &Path) -> PathBuf {
    dir.join(NAME)
}

fn is_whole(text: &str) -> bool {
    let (header, body) = text.split_once('\n').unwrap_or((text, ""));
    header == OLD_HEADER || header.strip_prefix(HEADER).is_some_and(|sum| sum == checksum(body).as_str())
}

fn checksum(body: &str) -> String {
    blake3::hash(body.as_bytes()).to_hex()[..32].to_owned()
}

/// Restores a record; removes the current one if there was none.
pub(super) fn restore(dir: &Path, record: &Record) -> io::Result<()> {
    match record {
        Record::Whole(text) => replace(dir, text),
        Record::Missing => fs::remove_file(file(dir)),
        // A damaged record is worthless, but what replaces it must not look intact either.
        Record::Damaged => replace(dir, ""),
    }
}

fn replace(dir: &Path, text: &str) -> io::Result<()> {
    let unfinished = dir.join(UNFINISHED);
    let written = fs::write(&unfinished, text).and_then(|()| fs::rename(&unfinished, file(dir)));
    if written.is_err() {
        let _ = fs::remove_file(unfinished);
    }
    written
}

/// Paths relative to the output folder, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ledger<'a>(Vec<&'a str>);

impl<'a> Ledger<'a> {
    pub(super) fn new(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut paths: Vec<&str> = paths.into_iter().collect();
        paths.par_sort_unstable();
        paths.dedup();
        Self(paths)
    }

    /// Parses the text of a record.
    pub(super) fn parse(text: &'a str) -> Self {
        // In a record that was tampered with, `..` must not remove a file elsewhere.
        Self::new(text.lines().skip(1).filter(|path| Route::root().file(path).is_ok()))
    }

    pub(super) fn write(&self, dir: &Path) -> io::Result<()> {
        let size = self.0.iter().map(|path| path.len() + 1).sum::<usize>();
        let mut body = String::with_capacity(size);
        for path in &self.0 {
            body.push_str(path);
            body.push('\n');
        }
        let text = format!("{HEADER}{}\n{body}", checksum(&body));
        if Record::read(dir).text() == Some(&text) {
            return Ok(());
        }
        replace(dir, &text)
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.0.iter().copied()
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.binary_search(&path).is_ok()
    }

    /// The paths that another record does not have.
    pub(super) fn without(&self, other: &Self) -> BTreeSet<String> {
        self.0.iter().filter(|path| !other.contains(path)).map(|path| (*path).to_owned()).collect()
    }

    /// The paths of both records.
    pub(super) fn and(&self, other: Option<&Self>) -> Self {
        Self::new(self.0.iter().chain(other.into_iter().flat_map(|other| &other.0)).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(dir: &Path) -> Option<String> {
        Record::read(dir).text().map(str::to_owned)
    }

    #[test]
    fn only_an_intact_record_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::new(["index.html", "a b/ö.png"]);
        assert_eq!(Record::read(dir.path()), Record::Missing);
        ledger.write(dir.path()).unwrap();
        let written = text(dir.path()).unwrap();
        assert_eq!(Ledger::parse(&written), ledger);
        for damaged in [
            "something else",
            "",
            &written[..written.len() - 1],
            &written.replace("index", "indez"),
            &format!("{written}CNAME\n"),
        ] {
            fs::write(dir.path().join(NAME), damaged).unwrap();
            assert_eq!(Record::read(dir.path()), Record::Damaged, "{damaged}");
        }
    }

    #[test]
    fn paths_with_parent_segments_are_ignored() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(NAME), format!("{OLD_HEADER}\n../../precious\n/etc/passwd\nindex.html\n"))
            .unwrap();
        let text = text(dir.path()).unwrap();
        assert_eq!(Some(Ledger::parse(&text)), Some(Ledger::new(["index.html"])));
    }
}
