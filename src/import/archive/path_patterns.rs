//! Patterns of paths in settings → whether a path fits one of them.

use regex::{Regex, RegexBuilder};

/// Longest pattern that is read.
const LONGEST: usize = 1024;
/// Most memory for one pattern.
const LARGEST: usize = 1 << 20;

/// Patterns of one list. Those that are none are left out.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct PathPatterns(Vec<Regex>);

impl PathPatterns {
    /// Patterns such as `*.bak.md`, whose `*` stands for folders too.
    pub(in crate::import) fn globs(all: &[String]) -> Self {
        Self(all.iter().filter_map(|glob| compiled(&expression(glob, true))).collect())
    }

    /// The same, whose `*` ends at a folder; only `**` does not.
    pub(in crate::import) fn segment_globs(all: &[String]) -> Self {
        Self(all.iter().filter_map(|glob| compiled(&expression(glob, false))).collect())
    }

    /// Regular expressions, which may fit a part of a path.
    pub(in crate::import) fn regexes(all: &[String]) -> Self {
        Self(all.iter().filter_map(|expression| compiled(expression)).collect())
    }

    /// Whether none could be read.
    pub(in crate::import) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a text fits one of them.
    pub(in crate::import) fn matches(&self, text: &str) -> bool {
        self.0.iter().any(|pattern| pattern.is_match(text))
    }

    /// Whether a path, or one of the folders that it is in, fits one of them.
    pub(in crate::import) fn matches_path(&self, path: &str) -> bool {
        let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        !self.0.is_empty() && (self.matches(path) || folders.into_iter().any(|folder| self.matches(folder)))
    }
}

fn compiled(expression: &str) -> Option<Regex> {
    if expression.len() > 8 * LONGEST {
        return None;
    }
    RegexBuilder::new(expression).size_limit(LARGEST).build().ok()
}

/// A pattern of a shell as a regular expression for a whole path.
fn expression(glob: &str, crosses: bool) -> String {
    let glob: String = glob.chars().take(LONGEST).collect();
    let (any, one) = if crosses { (".*", ".") } else { ("[^/]*", "[^/]") };
    let mut expression = "(?s)^".to_owned();
    let mut rest = glob.as_str();
    let mut open = 0;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '*' if rest.starts_with("**/") => {
                length = 3;
                expression.push_str("(?:.*/)?");
            }
            '*' if rest.starts_with("**") => {
                length = 2;
                expression.push_str(".*");
            }
            '*' => expression.push_str(any),
            '?' => expression.push_str(one),
            '[' if class(rest).is_some() => {
                let (written, taken) = class(rest).unwrap_or_default();
                expression.push_str(&written);
                length = taken;
            }
            '{' if rest.contains('}') => {
                open += 1;
                expression.push_str("(?:");
            }
            '}' if open > 0 => {
                open -= 1;
                expression.push(')');
            }
            ',' if open > 0 => expression.push('|'),
            c => expression.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    expression + "$"
}

/// `[abc]`, `[!abc]` at the beginning of a text, and its length.
fn class(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('[')?;
    let (not, inner) = match inner.strip_prefix(['!', '^']) {
        Some(inner) => ("^", inner),
        None => ("", inner),
    };
    let end = inner.find(']').filter(|end| *end > 0)?;
    let letters = inner.get(..end)?.replace('\\', "\\\\").replace('[', "\\[").replace('&', "\\&");
    Some((format!("[{not}{letters}]"), text.len() - inner.len() + end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(glob: &str, path: &str) -> bool {
        PathPatterns::globs(&[glob.to_owned()]).matches_path(path)
    }

    #[test]
    fn globs_stand_for_names_and_folders() {
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
            assert_eq!(fits(glob, path), expected, "{glob} {path}");
        }
        let folders = PathPatterns::segment_globs(&["/a/*".to_owned(), "/b/**".to_owned()]);
        assert!(folders.matches("/a/x") && folders.matches("/b/x/y") && !folders.matches("/a/x/y"));
    }

    #[test]
    fn what_is_no_pattern_fits_nothing() {
        let all = ["(".to_owned(), "a{9999999}".to_owned(), "(a{999}){999}".to_owned(), "x".repeat(100_000)];
        assert!(!PathPatterns::regexes(&all).matches("aaaa("));
        assert!(!fits(&"{".repeat(100_000), "a") && fits(&"*".repeat(100_000), "a"));
        assert!(PathPatterns::regexes(&["_note\\.md$".to_owned()]).matches("/content/a_note.md"));
    }
}
