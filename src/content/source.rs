//! A source file in memory: its text, and what its path says about the article.

use std::ops::Range;
use std::sync::Arc;

use super::shown_path;
use crate::diagnostic::Place;

/// A source file in memory.
#[derive(Debug)]
pub struct Source {
    /// Path relative to `content/`.
    pub path: Arc<str>,
    /// Path as diagnostics show it.
    pub file: Arc<str>,
    /// The file's text without a byte order mark.
    pub text: Arc<str>,
}

impl Source {
    /// A source file with this path relative to `content/` and this text.
    pub fn new(path: &str, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { path: path.into(), file: shown_path(path).into(), text: text.into() }
    }

    /// The place of some bytes of the text.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        Place::new(self.file.clone(), self.text.clone(), span)
    }

    /// The name of the article: that of its file, or of its folder if the file is an `index.md`.
    pub fn name(&self) -> &str {
        let stem = stem_of(&self.path);
        let stem = stem.strip_suffix("/index").unwrap_or(stem);
        stem.rsplit('/').next().unwrap_or(stem)
    }

    /// The first folder below `content/`, unless it is the article's own or a year.
    pub fn first_folder(&self) -> Option<&str> {
        let stem = self.path.rsplit_once('/')?.0;
        let own = stem_of(&self.path).ends_with("/index");
        let mut folders = stem.split('/');
        let first = folders.next()?;
        if own && folders.next().is_none() {
            return None;
        }
        let is_year = first.len() == 4 && first.bytes().all(|b| b.is_ascii_digit());
        (!is_year).then_some(first)
    }
}

/// The path of a source without its extension.
pub(super) fn stem_of(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_that_of_the_file_or_folder() {
        for (path, name, folder) in [
            ("world/2026-11-20-strike.md", "2026-11-20-strike", Some("world")),
            ("world/strike/index.md", "strike", Some("world")),
            ("strike/index.md", "strike", None),
            ("about.md", "about", None),
            ("2016/05/a.b.md", "a.b", None),
            ("index.md", "index", None),
            ("world/strike/index.MD", "strike", Some("world")),
        ] {
            let source = Source::new(path, "");
            assert_eq!((source.name(), source.first_folder()), (name, folder), "{path}");
        }
    }
}
