//! The folder `content/` → the paths of its article files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::{is_article, shown_path};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::site::{SiteDir, is_temporary};
use crate::slug::composed;

/// Paths of all article files relative to `content/`, sorted, with `/` on every system.
/// Hidden and editors' files are skipped; symbolic links that leave the site are refused.
pub(super) fn sources(site: &SiteDir) -> (Vec<String>, Diagnostics) {
    let dir = site.content();
    let mut diagnostics = Diagnostics::default();
    let mut paths = Vec::new();
    if !dir.is_dir() {
        diagnostics.push(
            Diagnostic::fatal("content/no-folder", "there is no folder `content`")
                .help("make it and put articles into it, or start a site with `bulletin init DIR`"),
        );
        return (paths, diagnostics);
    }
    let mut top = Found::default();
    let folders = top.look_into(site, &dir, &dir, 1);
    let below = folders.par_iter().map(|folder| {
        let mut found = Found::default();
        found.look_into(site, &dir, folder, usize::MAX);
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
    let (content, mut found) = (site.content(), Found::default());
    found.look_into(site, &content, &content.join(folder), usize::MAX);
    found.paths
}

/// Whether an article file is at a path relative to `content/`, and none that is skipped or refused.
pub(super) fn is_there(site: &SiteDir, path: &str) -> bool {
    let file = site.content().join(path);
    let is_meant = is_article(&file) && !is_copy_of_conflict(path) && !path.split('/').any(is_skipped);
    is_meant && file.is_file() && site.holds(&file)
}

/// What is in a folder.
#[derive(Default)]
struct Found {
    paths: Vec<String>,
    problems: Vec<Diagnostic>,
}

impl Found {
    /// Looks into a folder, so many levels deep; gives the folders in it.
    fn look_into(&mut self, site: &SiteDir, content: &Path, folder: &Path, depth: usize) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        let mut entries = WalkDir::new(folder).follow_links(true).max_depth(depth).into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                // What locks a file that is being edited is often a link that leads nowhere.
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
            let refused = refused(site, &entry).filter(|_| !skipped);
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

/// Says why something in a folder of sources is not read: a link that leads out of the site or to what builds write, or what is
/// neither a file nor a folder.
pub(crate) fn refused(site: &SiteDir, entry: &walkdir::DirEntry) -> Option<fn(Place) -> Diagnostic> {
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

/// Hidden files, what editors leave behind, and the drafts of Jekyll.
fn is_skipped(name: &str) -> bool {
    name == "_drafts" || name.starts_with(['.', '#']) || is_temporary(name)
}

fn is_skipped_at(path: &Path) -> bool {
    path.file_name().is_some_and(|name| is_skipped(&name.to_string_lossy()))
}

/// Sources whose names read the same, or differ in capitals alone. The paths are sorted.
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
        true => {
            ("reads the same as that of another", "one has `ü` as one character, say, and the other as two")
        }
        false => {
            ("differs from that of another in capitals alone", "Windows and macOS keep only one of them")
        }
    };
    Diagnostic::warning("content/twin-names", format!("the name of this file {what}"))
        .at(Place::file(shown_path(path)))
        .also("the other one", Place::file(other_file))
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
    Diagnostic::warning(
        "content/folder-named-like-article",
        "this is a folder, but its name ends like an article's",
    )
    .at(Place::file(shown_path(path)))
    .help("an article with images of its own is a folder with a plain name and an `index.md` in it")
}

/// Whether a file is what a program that keeps folders alike made of two versions of an article.
fn is_copy_of_conflict(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    is_article(Path::new(name)) && (name.contains(".sync-conflict-") || name.contains("conflicted copy"))
}

fn conflict(path: &str) -> Diagnostic {
    let message =
        "this is another version of an article, kept by a program that syncs folders, and is left out";
    Diagnostic::warning("content/sync-conflict", message)
        .at(Place::file(shown_path(path)))
        .help("take over what the article lacks, and delete this file")
}

/// A file that may be meant as an article, and that nothing reads.
fn like_markdown(path: &str) -> Option<Diagnostic> {
    let lower = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ends = [".mdown", ".mkd", ".mkdn", ".mdwn", ".mdx", ".md.txt", ".markdown.txt"];
    ends.iter().any(|end| lower.ends_with(end)).then(|| {
        Diagnostic::warning(
            "content/not-read",
            "this file is not read as an article, as its name does not end with `.md`",
        )
        .at(Place::file(shown_path(path)))
        .help("rename it, or move it out of `content/`")
    })
}

fn name_not_utf8(dir: &Path, path: &Path) -> Diagnostic {
    Diagnostic::error("content/name-not-utf8", "the name of this file is not valid UTF-8")
        .at(Place::file(lossy(dir, path)))
        .help("rename it with letters, digits and hyphens")
}

fn unreadable(dir: &Path, error: &walkdir::Error) -> Diagnostic {
    let what = match (error.loop_ancestor(), error.io_error()) {
        (Some(_), _) => "this symbolic link leads back to a folder that holds it".to_owned(),
        (None, Some(io)) => format!("this cannot be read: {io}"),
        (None, None) => "this cannot be read".to_owned(),
    };
    let diagnostic = Diagnostic::error("content/unreadable", what);
    match error.path() {
        Some(path) => diagnostic.at(Place::file(lossy(dir, path))),
        None => diagnostic,
    }
}
