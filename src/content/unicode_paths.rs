//! A path as written → the file that it names, in the Unicode normal form that the disk has.
//!
//! `ü` is one character or two (NFC or NFD) and looks the same: macOS, archives and Samba use one form, keyboards the other.

use std::borrow::Cow;
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use crate::slug::composed;

/// The path of a file relative to a folder: the path itself or, if there is no such file, an equivalent path.
pub(super) fn on_disk<'p>(folder: &Path, path: &'p str) -> Cow<'p, str> {
    let is_there = |path: &str| folder.join(path).symlink_metadata().is_ok();
    if path.is_ascii() || is_there(path) {
        return path.into();
    }
    let mut found = String::with_capacity(path.len());
    for part in path.split('/') {
        let before = if found.is_empty() { String::new() } else { format!("{found}/") };
        let forms = [part.to_owned(), part.nfc().collect(), part.nfd().collect::<String>()];
        match forms.iter().map(|form| format!("{before}{form}")).find(|path| is_there(path)) {
            Some(path) => found = path,
            None => return path.into(),
        }
    }
    found.into()
}

/// Whether two paths differ only in their normal form.
pub(super) fn are_alike(one: &str, other: &str) -> bool {
    one == other || (!one.is_ascii() && composed(one) == composed(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_in_any_normal_form() {
        let dir = tempfile::tempdir().unwrap();
        let (nfc, nfd) = ("\u{fc}", "u\u{308}");
        std::fs::create_dir(dir.path().join(nfd)).unwrap();
        std::fs::write(dir.path().join(nfd).join(format!("{nfc}.png")), "").unwrap();
        let there = format!("{nfd}/{nfc}.png");
        for written in [format!("{nfc}/{nfc}.png"), format!("{nfd}/{nfd}.png"), there.clone()] {
            assert_eq!(on_disk(dir.path(), &written), there);
        }
        let missing = format!("{nfc}/{nfc}.jpg");
        assert_eq!(on_disk(dir.path(), &missing), missing);
    }
}
