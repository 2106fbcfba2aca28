//! Changed paths → what a cache must drop: exact paths, or folders if a provider takes too few paths, or everything.

use std::collections::{BTreeMap, BTreeSet};

/// How a purge treats URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// These URLs only.
    Exact,
    /// Also what is cached under them with a query (`?utm_source=…`), where a provider can: for stories that readers must not see.
    WithQueries,
}

/// How much a provider takes at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many exact paths.
    pub(super) exact: usize,
    /// How many starts of paths; 0 if it has none.
    pub(super) prefixes: usize,
}

/// What a cache must drop. Paths are encoded and start at the root of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Exact paths, and all paths that start with a prefix.
    Parts {
        /// Exact paths.
        exact: Vec<String>,
        /// Starts of paths.
        prefixes: Vec<String>,
    },
    /// All paths of the site.
    Everything,
}

impl Scope {
    /// The smallest scope that covers these paths within the limits.
    pub(super) fn of(paths: &[String], depth: Depth, limits: Limits) -> Self {
        if depth == Depth::Exact || limits.prefixes == 0 {
            let exact = spellings(paths);
            return if exact.len() <= limits.exact {
                Self::Parts { exact, prefixes: Vec::new() }
            } else {
                Self::folded(&exact, limits)
            };
        }
        // The root as a prefix would be everything.
        let (root, others): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(|path| path == "/");
        let prefixes = outermost(others);
        if prefixes.len() <= limits.prefixes {
            return Self::Parts { exact: spellings(&root), prefixes };
        }
        Self::folded(&spellings(paths), Limits { exact: 2 * root.len(), ..limits })
    }

    /// Replaces paths by the folders with most of them, the deepest that suffice.
    fn folded(paths: &[String], limits: Limits) -> Self {
        let deepest = paths.iter().map(|path| path.matches('/').count().saturating_sub(1)).max().unwrap_or(0);
        for depth in (1..=deepest).rev() {
            let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
            for folder in paths.iter().filter_map(|path| folder(path, depth)) {
                *folders.entry(folder).or_default() += 1;
            }
            let mut folders: Vec<(&str, usize)> = folders.into_iter().collect();
            folders.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let mut rest = paths.len();
            let enough = folders.iter().take(limits.prefixes).position(|(_, count)| {
                rest -= count;
                rest <= limits.exact
            });
            let Some(last) = enough else { continue };
            let chosen: BTreeSet<&str> = folders[..=last].iter().map(|(folder, _)| *folder).collect();
            let is_left = |path: &&String| !folder(path, depth).is_some_and(|of| chosen.contains(of));
            return Self::Parts {
                exact: paths.iter().filter(is_left).cloned().collect(),
                prefixes: chosen.into_iter().map(str::to_owned).collect(),
            };
        }
        Self::Everything
    }
}

/// The paths under which a cache may have a page: `/a/` and `/a/index.html`.
pub(super) fn spellings(paths: &[String]) -> Vec<String> {
    let mut all = BTreeSet::new();
    for path in paths {
        if path.ends_with('/') {
            all.insert(format!("{path}index.html"));
        }
        all.insert(path.clone());
    }
    all.into_iter().collect()
}

/// The path of a page, if this is another spelling of it.
pub(super) fn without_index(path: &str) -> &str {
    path.strip_suffix("index.html").filter(|folder| folder.ends_with('/')).unwrap_or(path)
}

/// The folder of a path at a depth: `/2026/` of `/2026/11/a/` at 1.
fn folder(path: &str, depth: usize) -> Option<&str> {
    let (end, _) = path.match_indices('/').nth(depth)?;
    Some(&path[..=end])
}

/// Those that do not start with another.
fn outermost(mut paths: Vec<String>) -> Vec<String> {
    paths.sort_unstable();
    paths.dedup_by(|later, earlier| {
        later == earlier || earlier.ends_with('/') && later.starts_with(&*earlier)
    });
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(paths: &[&str]) -> Vec<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    fn parts(exact: &[&str], prefixes: &[&str]) -> Scope {
        Scope::Parts { exact: owned(exact), prefixes: owned(prefixes) }
    }

    #[test]
    fn paths_are_exact_within_the_limits_then_folders_then_everything() {
        let paths = owned(&["/", "/2026/11/a/", "/2026/11/b/", "/2026/12/c/", "/rss.xml"]);
        let of = |exact, prefixes| Scope::of(&paths, Depth::Exact, Limits { exact, prefixes });
        let all = [
            "/",
            "/2026/11/a/",
            "/2026/11/a/index.html",
            "/2026/11/b/",
            "/2026/11/b/index.html",
            "/2026/12/c/",
            "/2026/12/c/index.html",
            "/index.html",
            "/rss.xml",
        ];
        assert_eq!(of(9, 0), parts(&all, &[]));
        assert_eq!(
            of(5, 2),
            parts(
                &["/", "/2026/12/c/", "/2026/12/c/index.html", "/index.html", "/rss.xml"],
                &["/2026/11/a/", "/2026/11/b/"]
            )
        );
        assert_eq!(
            of(5, 1),
            parts(&["/", "/2026/12/c/", "/2026/12/c/index.html", "/index.html", "/rss.xml"], &["/2026/11/"])
        );
        assert_eq!(of(3, 1), parts(&["/", "/index.html", "/rss.xml"], &["/2026/"]));
        assert_eq!(of(2, 9), Scope::Everything);
        assert_eq!(of(8, 0), Scope::Everything);
    }

    #[test]
    fn a_takedown_includes_queries_where_a_provider_can() {
        let paths = owned(&["/a/", "/a/photo.jpg", "/b.html", "/"]);
        let of = |paths: &[String], exact, prefixes| {
            Scope::of(paths, Depth::WithQueries, Limits { exact, prefixes })
        };
        assert_eq!(of(&paths, 9, 2), parts(&["/", "/index.html"], &["/a/", "/b.html"]));
        assert_eq!(of(&paths, 9, 1), Scope::Everything);
        assert_eq!(
            of(&paths, 9, 0),
            parts(&["/", "/a/", "/a/index.html", "/a/photo.jpg", "/b.html", "/index.html"], &[])
        );
        let year = owned(&["/2026/a/", "/2026/b/", "/2026/c/"]);
        assert_eq!(of(&year, 9, 2), parts(&[], &["/2026/"]));
    }
}
