//! The folder `content/` → the paths of its article files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::{is_article, shown_path};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::site::{SiteDir, is_temporary};
use crate::slug::composed;

/// Paths of all article files relative to `content/`, sorted, with `/` on every system. Hidden and temporary files are skipped; symbolic
/// links that leave the site are refused.
pub(super) fn sources(site: &SiteDir) -> (Vec<String>, Diagnostics) {
    let dir = site.content();
    let mut diagnostics = Diagnostics::default();
    let mut paths = Vec::new();
    if !dir.is_dir() {
        diagnostics.push(
            Diagnostic::fatal("content/no-folder", "the folder `content` does not exist")
                .help("create it and add stories, or start a site with `bulletin init DIR`"),
        );
        return (paths, diagnostics);
    }
    let mut top = Walk::default();
    let folders = top.folder(site, &dir, &dir, 1);
    let below = folders.par_iter().map(|folder| {
        let mut found = Walk::default();
        found.folder(site, &dir, folder, usize::MAX);
        found
    });
    for found in std::iter::once(top).chain(below.collect::<Vec<_>>()) {
        paths.extend(found.paths);
        diagnostics.extend(found.problems);
    }
    paths.par_sort_unstable();
    diagnostics.extend(twins(&paths));
    (paths, diagnostics)
}

/// Paths of the article files in and below a folder of `content/`, in no order.
pub(super) fn below(site: &SiteDir, folder: &str) -> Vec<String> {
    let (content, mut found) = (site.content(), Walk::default());
    found.folder(site, &content, &content.join(folder), usize::MAX);
    found.paths
}

/// Whether an article file that is neither skipped nor refused is at a path relative to `content/`.
pub(super) fn is_there(site: &SiteDir, path: &str) -> bool {
    let file = site.content().join(path);
    let is_meant = is_article(&file) && !is_copy_of_conflict(path) && !path.split('/').any(is_skipped);
    is_meant && file.is_file() && site.holds(&file)
}

/// What was found in folders.
#[derive(Default)]
struct Walk {
    paths: Vec<String>,
    problems: Vec<Diagnostic>,
}

impl Walk {
    /// Reads a folder, `depth` levels deep; returns the folders in it.
    fn folder(&mut self, site: &SiteDir, content: &Path, folder: &Path, depth: usize) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        let mut entries = WalkDir::new(folder).follow_links(true).max_depth(depth).into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                // Editors lock files with dangling links.
                Err(error) if error.path().is_some_and(|path| path != folder && is_skipped_at(path)) => {
                    continue;
                }
                Err(error) => {
                    self.problems.push(unreadable(content, &error));
                    continue;
                }
            };
            if entry.depth() == 0 {
                continue;
            }
            let is_dir = entry.file_type().is_dir();
            let skipped = is_skipped_at(entry.path());
            let refused = refusal(site, &entry).filter(|_| !skipped);
            let is_refused = refused.is_some();
            let place = || Place::file(lossy(content, entry.path()));
            self.problems.extend(refused.map(|refuse| refuse(place())));
            if is_refused || skipped {
                if is_dir {
                    entries.skip_current_dir();
                }
                continue;
            }
            match relative(content, entry.path()) {
                Some(path) if is_dir && is_article(entry.path()) => {
                    self.problems.push(folder_named_like_article(&path));
                }
                Some(path) if !is_dir && is_copy_of_conflict(&path) => self.problems.push(conflict(&path)),
                Some(path) if !is_dir && is_article(entry.path()) => self.paths.push(path),
                Some(path) => self.problems.extend(like_markdown(&path).filter(|_| !is_dir)),
                None => self.problems.push(name_not_utf8(content, entry.path())),
            }
            if is_dir {
                folders.push(entry.into_path());
            }
        }
        folders
    }
}

/// The problem of an entry that must not be read: a link that leaves the site or leads to the output folder, or something that is
/// neither a file nor a folder.
pub(crate) fn refusal(site: &SiteDir, entry: &walkdir::DirEntry) -> Option<fn(Place) -> Diagnostic> {
    let kind = entry.file_type();
    if entry.path_is_symlink() && !site.holds(entry.path()) {
        Some(Diagnostic::link_leaves_site)
    } else if entry.path_is_symlink() && site.leads_into_builds(entry.path()) {
        Some(Diagnostic::link_into_output)
    } else if !kind.is_file() && !kind.is_dir() && !kind.is_symlink() {
        Some(Diagnostic::not_a_file)
    } else {
        None
    }
}

/// Whether an entry is skipped: hidden and temporary files, and the drafts of Jekyll.
fn is_skipped(name: &str) -> bool {
    name == "_drafts" || name.starts_with(['.', '#']) || is_temporary(name)
}

fn is_skipped_at(path: &Path) -> bool {
    path.file_name().is_some_and(|name| is_skipped(&name.to_string_lossy()))
}

/// Reports sources whose names differ only in case or Unicode normal form. The paths are sorted.
fn twins(paths: &[String]) -> Vec<Diagnostic> {
    let folded = |path: &str| composed(path).to_lowercase();
    let is_odd = |path: &&String| path.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii());
    let mut first: HashMap<String, &str> = HashMap::new();
    let mut found = Vec::new();
    for path in paths.iter().filter(is_odd) {
        let plain = folded(path);
        let other = match paths.binary_search(&plain) {
            Ok(other) if paths[other] != *path => Some(&*paths[other]),
            _ => first.get(&plain).copied(),
        };
        if let Some(other) = other {
            found.push(twin(path, other));
        }
        first.entry(plain).or_insert(path);
    }
    found
}

fn twin(path: &str, other: &str) -> Diagnostic {
    let other_file = shown_path(other);
    let (what, why) = match composed(path) == composed(other) {
        true => (
            "looks the same as that of another",
            "for example, `ü` is one character in one and two in the other",
        ),
        false => ("differs from that of another only in case", "Windows and macOS keep only one of them"),
    };
    Diagnostic::warning("content/twin-names", format!("the name of this file {what}"))
        .at(Place::file(shown_path(path)))
        .also("the other file", Place::file(other_file))
        .help(format!("rename one of them: {why}"))
}

fn relative(dir: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(dir).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

fn lossy(dir: &Path, path: &Path) -> String {
    shown_path(&path.strip_prefix(dir).unwrap_or(path).to_string_lossy().replace('\\', "/"))
}

fn folder_named_like_article(path: &str) -> Diagnostic {
    Diagnostic::warning("content/folder-named-like-article", "this folder has the name of a story file")
        .at(Place::file(shown_path(path)))
        .help("rename it: a story folder has a plain name and contains an `index.md`")
}

/// Whether a file is a conflicting version that a sync program made.
fn is_copy_of_conflict(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    is_article(Path::new(name)) && (name.contains(".sync-conflict-") || name.contains("conflicted copy"))
}

fn conflict(path: &str) -> Diagnostic {
    let message = "this file is a conflicting version that a sync program kept, so it is ignored";
    Diagnostic::warning("content/sync-conflict", message)
        .at(Place::file(shown_path(path)))
        .help("copy the changes that you need into the story, and delete this file")
}

/// The warning about a file that may be meant as an article but is not read.
fn like_markdown(path: &str) -> Option<Diagnostic> {
    let lower = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ends = [".mdown", ".mkd", ".mkdn", ".mdwn", ".mdx", ".md.txt", ".markdown.txt"];
    ends.iter().any(|end| lower.ends_with(end)).then(|| {
        Diagnostic::warning(
            "content/not-read",
            "this file is not read as a story because its name does not end in `.md`",
        )
        .at(Place::file(shown_path(path)))
        .help("rename it, or move it out of `content/`")
    })
}

fn name_not_utf8(dir: &Path, path: &Path) -> Diagnostic {
    Diagnostic::error("content/name-not-utf8", "the name of this file is not valid UTF-8")
        .at(Place::file(lossy(dir, path)))
        .help("rename it, using letters, digits and hyphens")
}

fn unreadable(dir: &Path, error: &walkdir::Error) -> Diagnostic {
    let what = match (error.loop_ancestor(), error.io_error()) {
        (Some(_), _) => "this symbolic link leads back to a folder that contains it".to_owned(),
        (None, Some(io)) => format!("this cannot be read: {io}"),
        (None, None) => "this cannot be read".to_owned(),
    };
    let diagnostic = Diagnostic::error("content/unreadable", what);
    match error.path() {
        Some(path) => diagnostic.at(Place::file(lossy(dir, path))),
        None => diagnostic,
    }
}
