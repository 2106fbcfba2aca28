//! Paths of records and sites → paths that stay within a release.

use std::collections::BTreeSet;

use super::host::Removal;
use crate::config::publish::Compression;
use crate::diagnostic::Diagnostic;
use crate::publish::target::Result;

/// All encodings of compressed copies.
pub(super) const ENCODINGS: [Compression; 2] = [Compression::Brotli, Compression::Gzip];

/// Refuses paths that could lead out of a release. A record can be damaged in ways that its checksum does not show.
pub(super) fn check<'a>(paths: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let Some(path) = paths.into_iter().find(|path| !is_within(path)) else { return Ok(()) };
    let message = format!("`{}` is not a path of a published file", path.escape_debug());
    let help = "publish with `--repair`, which compares with the files that the target has";
    Err(Box::new(Diagnostic::fatal("publish/path", message).help(help)))
}

/// Whether a path stays in the folder that it is relative to. Lines of text hold paths, so they cannot contain line breaks.
pub(super) fn is_within(path: &str) -> bool {
    !path.contains(['\0', '\n', '\r', '\\']) && path.split('/').all(|part| !["", ".", ".."].contains(&part))
}

/// The name of a compressed copy.
pub(super) fn compressed(path: &str, encoding: Compression) -> String {
    let ending = match encoding {
        Compression::Brotli => "br",
        Compression::Gzip => "gz",
    };
    format!("{path}.{ending}")
}

/// The file that a name is the compressed copy of, if it looks like one.
pub(super) fn original(path: &str) -> Option<&str> {
    path.strip_suffix(".br").or_else(|| path.strip_suffix(".gz"))
}

/// The removal of files with the folders that they may leave empty.
pub(super) fn removal(files: impl IntoIterator<Item = String>) -> Removal {
    let files: Vec<String> = files.into_iter().collect();
    let mut folders = BTreeSet::new();
    for file in &files {
        let mut path = file.as_str();
        while let Some((folder, _)) = path.rsplit_once('/') {
            if !folders.insert(folder) {
                break;
            }
            path = folder;
        }
    }
    // A folder sorts before what it contains.
    let folders = folders.into_iter().rev().map(str::to_owned).collect();
    Removal { files, folders }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_release() {
        for path in ["index.html", "a b/ö\u{308}%20+#'.html", "..a/.well-known/x", "-rf"] {
            assert!(is_within(path), "{path}");
        }
        for path in ["", "/etc/passwd", "a/../../b", "..", "a//b", "a/", "./a", "a\0", "a\nb", "a\\b"] {
            assert!(!is_within(path), "{path}");
            assert_eq!(check([path]).unwrap_err().code, "publish/path");
        }
    }

    #[test]
    fn folders_are_removed_from_the_inside() {
        let removal = removal(["a/b/c/x".to_owned(), "a/b/y".to_owned(), "z".to_owned(), "a-b/x".to_owned()]);
        assert_eq!(removal.folders, ["a/b/c", "a/b", "a-b", "a"]);
    }
}
