//! The path patterns of settings → whether a path matches one of them.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder, escape};
use regex::{Regex, RegexBuilder};

/// The length limit of a pattern.
const MAX_LENGTH: usize = 8 * 1024;
/// The memory limit of a compiled pattern.
const MAX_BYTES: usize = 1 << 20;

/// Path patterns of one setting. Invalid regular expressions are ignored; invalid globs stand for themselves.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct PathPatterns {
    globs: GlobSet,
    regexes: Vec<Regex>,
}

impl PathPatterns {
    /// Globs whose `*` also matches `/`: `*.bak.md` matches in every folder.
    pub(in crate::import) fn globs(all: &[String]) -> Self {
        Self::build(all, false)
    }

    /// Globs whose `*` matches within one folder; only `**` crosses folders.
    pub(in crate::import) fn segment_globs(all: &[String]) -> Self {
        Self::build(all, true)
    }

    fn build(all: &[String], literal_separator: bool) -> Self {
        let glob = |pattern: &str| GlobBuilder::new(pattern).literal_separator(literal_separator).build();
        let mut set = GlobSetBuilder::new();
        for pattern in all.iter().filter(|pattern| pattern.len() <= MAX_LENGTH) {
            if let Ok(glob) = glob(pattern).or_else(|_| glob(&escape(pattern))) {
                set.add(glob);
            }
        }
        Self { globs: set.build().unwrap_or_default(), regexes: Vec::new() }
    }

    /// Regular expressions, which may match a part of a path.
    pub(in crate::import) fn regexes(all: &[String]) -> Self {
        let compile = |pattern: &String| RegexBuilder::new(pattern).size_limit(MAX_BYTES).build().ok();
        let short = all.iter().filter(|pattern| pattern.len() <= MAX_LENGTH);
        Self { regexes: short.filter_map(compile).collect(), ..Self::default() }
    }

    /// Whether there is no valid pattern.
    pub(in crate::import) fn is_empty(&self) -> bool {
        self.globs.is_empty() && self.regexes.is_empty()
    }

    /// Whether a text matches a pattern.
    pub(in crate::import) fn matches(&self, text: &str) -> bool {
        self.globs.is_match(text) || self.regexes.iter().any(|pattern| pattern.is_match(text))
    }

    /// Whether a path, or a folder above it, matches a pattern.
    pub(in crate::import) fn matches_path(&self, path: &str) -> bool {
        let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        !self.is_empty() && folders.chain([path]).any(|path| self.matches(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(glob: &str, path: &str) -> bool {
        PathPatterns::globs(&[glob.to_owned()]).matches_path(path)
    }

    #[test]
    fn globs_match_names_and_folders() {
        for (glob, path, expected) in [
            ("*.bak.md", "a.bak.md", true),
            ("*.bak.md", "b/a.bak.md", true),
            ("*.bak.md", "a.md", false),
            ("old*", "old-ones/a.md", true),
            ("a?.md", "ab.md", true),
            ("a[!b].md", "ab.md", false),
            ("a[bc].md", "ac.md", true),
            ("{a,b}/*.md", "b/x.md", true),
            ("**/x.md", "x.md", true),
            ("a.md", "abmd", false),
            ("a[.md", "a[.md", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(glob, path), expected, "{glob} {path}");
        }
        let folders = PathPatterns::segment_globs(&["/a/*".to_owned(), "/b/**".to_owned()]);
        assert!(folders.matches("/a/x") && folders.matches("/b/x/y") && !folders.matches("/a/x/y"));
    }

    #[test]
    fn invalid_patterns_match_nothing() {
        let all = ["(".to_owned(), "a{9999999}".to_owned(), "(a{999}){999}".to_owned(), "x".repeat(100_000)];
        assert!(!PathPatterns::regexes(&all).matches("aaaa("));
        assert!(!matches(&"{".repeat(100_000), "a") && !matches(&"*".repeat(100_000), "a"));
        assert!(PathPatterns::regexes(&["_note\\.md$".to_owned()]).matches("/content/a_note.md"));
    }
}
