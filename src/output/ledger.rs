//! The record of the files that bulletin wrote into an output folder: `.bulletin-files` in that folder.
//!
//! It stands with what it describes, so that `.bulletin/` can be deleted, and several output folders used, without a
//! withdrawn story being left behind. A first line names the format; then comes a path a line, sorted.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use rayon::prelude::*;

use crate::plan::Route;

const NAME: &str = ".bulletin-files";
/// The name of a record that is being written.
pub(super) const UNFINISHED: &str = ".bulletin-files.new";
const HEADER: &str = "bulletin output 1";

/// The record that is in a folder. `None` if there is none, or one of another format.
pub(super) fn text(dir: &Path) -> Option<String> {
    fs::read_to_string(dir.join(NAME)).ok().filter(|text| text.lines().next() == Some(HEADER))
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

    /// The record that [`text`] gave.
    pub(super) fn parse(text: &'a str) -> Self {
        // A path that climbs, in a record that was tampered with, must not have a file removed elsewhere.
        Self::new(text.lines().skip(1).filter(|path| Route::root().file(path).is_ok()))
    }

    pub(super) fn write(&self, dir: &Path) -> io::Result<()> {
        let size = self.0.iter().map(|path| path.len() + 1).sum::<usize>();
        let mut text = String::with_capacity(HEADER.len() + 1 + size);
        for line in std::iter::once(HEADER).chain(self.0.iter().copied()) {
            text.push_str(line);
            text.push('\n');
        }
        let file = dir.join(NAME);
        if fs::read(&file).is_ok_and(|before| before == text.as_bytes()) {
            return Ok(());
        }
        let unfinished = dir.join(UNFINISHED);
        fs::write(&unfinished, text)?;
        fs::rename(unfinished, file)
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.binary_search(&path).is_ok()
    }

    /// The paths that another record does not have.
    pub(super) fn without(&self, other: &Self) -> BTreeSet<String> {
        self.0.iter().filter(|path| !other.contains(path)).map(|path| (*path).to_owned()).collect()
    }

    /// The paths of both.
    pub(super) fn and(&self, other: Option<&Self>) -> Self {
        Self::new(self.0.iter().chain(other.into_iter().flat_map(|other| &other.0)).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written_and_a_strange_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::new(["index.html", "a b/ö.png"]);
        ledger.write(dir.path()).unwrap();
        assert_eq!(Ledger::parse(&text(dir.path()).unwrap()), ledger);
        fs::write(dir.path().join(NAME), "something else").unwrap();
        assert_eq!(text(dir.path()), None);
    }

    #[test]
    fn a_path_that_climbs_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(NAME), format!("{HEADER}\n../../precious\n/etc/passwd\nindex.html\n"))
            .unwrap();
        let text = text(dir.path()).unwrap();
        assert_eq!(Some(Ledger::parse(&text)), Some(Ledger::new(["index.html"])));
    }
}
