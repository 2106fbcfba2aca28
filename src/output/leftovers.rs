//! The output folder, its record and what `.bulletin/` knows → files of earlier builds that must go.
//!
//! An intact record lists them all. If it is lost, as dot files are in uploads and copies, the leftovers of hidden or
//! deleted stories look like anybody's files. So bulletin recognizes them by the hashes that the last build into the
//! folder recorded, by the routes of hidden stories, and by the mark that `head()` and feeds contain. Files that stay
//! doubtful fail every build until somebody removes them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::ledger::{Ledger, Record};
use super::preflight::{behind_link, link_above};
use super::{File, shown, streams};
use crate::diagnostic::{Diagnostic, Place};
use crate::manifest::Fingerprint;
use crate::plan::DOTTED;

/// Extensions of compressed copies that hosts serve in place of a file.
const COMPRESSED: [&str; 6] = ["gz", "br", "zst", "deflate", "gzip", "zz"];
/// How many bytes of a file are searched for the mark.
const MARKED: u64 = 256 * 1024;
/// How many files a message names.
const NAMED: usize = 10;

/// What earlier builds left that the record does not list.
#[derive(Debug, Default)]
pub struct Leftovers {
    /// Files that will be removed.
    pub(super) files: BTreeSet<String>,
    /// Problems that somebody has to solve.
    problems: Vec<Diagnostic>,
}

impl Leftovers {
    /// Takes the problems.
    pub fn take_problems(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.problems)
    }
}

/// An output folder, and what is known about it.
pub(super) struct LeftoverSearch<'a> {
    pub(super) dir: &'a Path,
    pub(super) record: &'a Record,
    /// The files of this build.
    pub(super) files: &'a [File<'a>],
    /// The files of hidden stories.
    pub(super) hidden: &'a [String],
    /// The files of pages that earlier builds had and that no longer exist.
    pub(super) had: &'a [String],
    /// Whether existing files are overwritten.
    pub(super) rewrite: bool,
    /// The files that earlier builds wrote and this one does not.
    pub(super) orphans: &'a BTreeSet<String>,
}

/// The files that the last build into a folder wrote, with their hashes.
pub(super) struct LastBuild<'a>(HashMap<&'a str, Fingerprint>);

impl<'a> LastBuild<'a> {
    pub(super) fn new(written: &'a [(Box<str>, Fingerprint)]) -> Self {
        Self(written.iter().map(|(path, hash)| (&**path, *hash)).collect())
    }

    /// Whether a file is unchanged since that build.
    fn wrote(&self, dir: &Path, path: &str) -> bool {
        let Some(hash) = self.0.get(path) else { return false };
        let file = dir.join(path);
        let is_file = fs::symlink_metadata(&file).is_ok_and(|found| found.is_file());
        is_file && streams::hash(&file).is_ok_and(|now| now == *hash)
    }
}

impl LeftoverSearch<'_> {
    /// Files of hidden stories that neither this build nor the record has.
    pub(super) fn unlisted_hidden(&self) -> Vec<&str> {
        let is_there =
            |path: &&String| fs::symlink_metadata(self.dir.join(path)).is_ok_and(|found| !found.is_dir());
        let mut found: Vec<&str> = self.hidden.par_iter().filter(is_there).map(String::as_str).collect();
        if !found.is_empty() {
            let (now, before) = (self.now(), self.record.text().map(Ledger::parse).unwrap_or_default());
            found.retain(|path| !now.contains(path) && !before.contains(path));
        }
        found
    }

    /// Checks the files of hidden stories. That is enough if the record is intact.
    pub(super) fn check_hidden(&self, known: &LastBuild<'_>) -> Leftovers {
        let mut found = Leftovers::default();
        let mut unknown = Vec::new();
        for path in self.unlisted_hidden() {
            if link_above(self.dir, path).is_some() {
                found.problems.push(behind_link(self.dir, path));
            } else if known.wrote(self.dir, path) || has_mark(&self.dir.join(path)) {
                found.files.insert(path.to_owned());
            } else {
                unknown.push(path.to_owned());
            }
        }
        found.problems.extend(hidden_story(&unknown));
        found
    }

    fn now(&self) -> Ledger<'_> {
        Ledger::new(self.files.iter().map(|file| file.path))
    }

    /// Looks for pages that the record does not list, because it may be an old one and nothing else is known about the
    /// last build.
    pub(super) fn check_marked(&self, known: &LastBuild<'_>) -> Leftovers {
        let mut found = self.check_hidden(known);
        let (now, listed) = (self.now(), self.record.text().map(Ledger::parse).unwrap_or_default());
        let all = files_in(self.dir);
        let is_page = |path: &&str| {
            let is_listed = now.contains(path) || listed.contains(path) || found.files.contains(*path);
            !is_listed && has_mark(&self.dir.join(path))
        };
        let pages: Vec<&str> = all.par_iter().map(String::as_str).filter(is_page).collect();
        found.problems.extend(unknown_files(self.dir, &pages));
        found
    }

    /// Checks the whole folder, whose record is lost, damaged or from elsewhere.
    pub(super) fn check_all(&self, known: &LastBuild<'_>) -> Leftovers {
        let now = self.now();
        let listed = self.record.text().map(Ledger::parse).unwrap_or_default();
        let is_other = |path: &str| !now.contains(path) && !listed.contains(path);
        let is_lost = self.record.text().is_none();
        let is_built = |path: &str| {
            let goes = self.orphans.contains(path) || (known.0.contains_key(path) && !now.contains(path));
            goes || (is_lost && now.contains(path))
        };
        let mut found = self.check_hidden(known);
        let all = files_in(self.dir);
        let others: Vec<&str> = all.par_iter().map(String::as_str).filter(|path| is_other(path)).collect();
        // Files that a build wrote, and compressed copies of them.
        let (ours, unknown): (Vec<&str>, Vec<&str>) = others.par_iter().partition(|path| {
            found.files.contains(**path)
                || known.wrote(self.dir, path)
                || original(path).is_some_and(is_built)
        });
        let is_suspect = self.any_suspect(&unknown, known, &now)
            || (known.0.is_empty() && !unknown.is_empty() && self.was_built());
        found.files.extend(ours.into_iter().map(str::to_owned));
        let behind_links = known.0.par_iter().map(|(path, _)| *path).filter(|path| {
            is_other(path) && link_above(self.dir, path).is_some() && self.dir.join(path).exists()
        });
        found.files.par_extend(behind_links.map(str::to_owned));
        if is_suspect {
            found.problems.extend(unknown_files(self.dir, &unknown));
        } else if is_lost {
            found.problems.extend(untracked(&unknown));
        }
        if is_lost && !self.rewrite {
            found.problems.extend(self.refuse_to_overwrite(known));
        }
        found
    }

    /// Whether one of these files may be left from an earlier build.
    fn any_suspect(&self, unknown: &[&str], known: &LastBuild<'_>, now: &Ledger<'_>) -> bool {
        // The pages of a folder that was moved are at other paths.
        let is_gone = |path: &str| !now.contains(path) || !self.dir.join(path).exists();
        let gone: HashSet<Fingerprint> =
            known.0.par_iter().filter(|(path, _)| is_gone(path)).map(|(_, hash)| *hash).collect();
        let is_left =
            |file: &Path| has_mark(file) || streams::hash(file).is_ok_and(|hash| gone.contains(&hash));
        unknown.par_iter().any(|path| {
            let file = self.dir.join(path);
            match fs::symlink_metadata(&file) {
                Ok(found) if found.is_file() => {
                    known.0.contains_key(path) || self.had.iter().any(|had| had == path) || is_left(&file)
                }
                // A link may lead to a folder that was moved with everything in it.
                _ => {
                    file.is_dir()
                        && (self.record.text().is_none() || files_behind(&file).any(|file| is_left(&file)))
                }
            }
        })
    }

    /// Whether an earlier build wrote some of the files in the folder.
    fn was_built(&self) -> bool {
        let is_made = |file: &File<'_>| {
            let path = self.dir.join(file.path);
            path.is_file() && (!file.is_staged || has_mark(&path))
        };
        *self.record == Record::Damaged || self.files.par_iter().any(is_made)
    }

    /// Refuses to overwrite a file that differs and that no build is known to have written.
    fn refuse_to_overwrite(&self, known: &LastBuild<'_>) -> Option<Diagnostic> {
        let is_unknown = |file: &&File<'_>| {
            let found = fs::symlink_metadata(self.dir.join(file.path));
            file.is_staged && found.is_ok_and(|found| !found.is_dir()) && !known.wrote(self.dir, file.path)
        };
        let first = self.files.par_iter().find_first(is_unknown)?;
        let message = "the build would overwrite this file, which bulletin has no record of writing";
        Some(
            Diagnostic::fatal("output/not-ours", message)
                .at(Place::file(shown(&self.dir.join(first.path))))
                .help("choose an empty folder with `--output`, or overwrite the files with `--clean`"),
        )
    }
}

/// The compressed copies of files, except those that stay: once a file changes or is removed, its copies have the old
/// text. `of` is sorted.
pub(super) fn compressed(
    dir: &Path,
    of: &Ledger<'_>,
    stays: &(dyn Fn(&str) -> bool + Sync),
) -> BTreeSet<String> {
    let folders: HashSet<&str> =
        of.paths().map(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder)).collect();
    let in_folder = |folder: &str| {
        let entries = fs::read_dir(dir.join(folder)).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let copies = names.filter_map(|name| {
            let page = original(&name)?;
            let whole =
                |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            of.contains(&whole(page)).then(|| whole(&name))
        });
        copies.filter(|path| !stays(path)).collect::<Vec<_>>()
    };
    folders.into_par_iter().flat_map_iter(in_folder).collect()
}

/// The name of the file that a compressed copy belongs to.
fn original(path: &str) -> Option<&str> {
    let (page, ending) = path.rsplit_once('.')?;
    COMPRESSED.iter().any(|known| ending.eq_ignore_ascii_case(known)).then_some(page)
}

/// The files of a folder, sorted, except those of version control and hosts, and sites inside it that have a record of
/// their own. Links are not followed.
fn files_in(dir: &Path) -> Vec<String> {
    let is_looked_into = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let is_site = || entry.file_type().is_dir() && super::ledger::file(entry.path()).exists();
        entry.depth() == 0 || ((!name.starts_with('.') || DOTTED.contains(&&*name)) && !is_site())
    };
    let files =
        walkdir::WalkDir::new(dir).sort_by_file_name().into_iter().filter_entry(is_looked_into).flatten();
    let paths = files.filter(|entry| !entry.file_type().is_dir());
    let paths = paths.filter_map(|entry| Some(shown(entry.path().strip_prefix(dir).ok()?)));
    paths.filter(|path| path != "CNAME" && path != ".nojekyll").collect()
}

/// The files behind a link to a folder, following further links.
fn files_behind(link: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = walkdir::WalkDir::new(link).follow_links(true).into_iter().flatten();
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path)
}

/// Whether a file has bulletin's mark, as the heads of pages and feeds do.
fn has_mark(file: &Path) -> bool {
    const NAME: &[u8] = b"generator";
    let mut head = Vec::new();
    if !fs::symlink_metadata(file).is_ok_and(|found| found.is_file()) {
        return false;
    }
    let read = fs::File::open(file).and_then(|file| file.take(MARKED).read_to_end(&mut head));
    if read.is_err() {
        return false;
    }
    head.make_ascii_lowercase();
    let names = head.windows(NAME.len()).enumerate().filter(|(_, word)| *word == NAME);
    names.map(|(at, _)| &head[at.saturating_sub(48)..head.len().min(at + NAME.len() + 48)]).any(|around| {
        let has = |word: &[u8]| around.windows(word.len()).any(|part| part == word);
        has(b"bulletin") && (has(b"<meta") || has(b"<generator"))
    })
}

fn named(paths: &[impl AsRef<str>]) -> String {
    let names: Vec<String> = paths.iter().take(NAMED).map(|path| format!("`{}`", path.as_ref())).collect();
    match paths.len() - names.len() {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// `1 file`, `3 files`.
fn count(paths: &[impl AsRef<str>]) -> String {
    format!("{} file{}", paths.len(), if paths.len() == 1 { "" } else { "s" })
}

fn hidden_story(paths: &[String]) -> Option<Diagnostic> {
    let message =
        format!("the output folder has {} at the URL of a hidden story: {}", count(paths), named(paths));
    (!paths.is_empty()).then(|| {
        Diagnostic::fatal("output/hidden-story", message)
            .help("remove what does not belong there, or give the story another URL: bulletin removes only files that it wrote")
    })
}

fn unknown_files(dir: &Path, paths: &[&str]) -> Option<Diagnostic> {
    let message = format!(
        "{} may be left over from earlier builds and show what readers must not see: {}",
        count(paths),
        named(paths)
    );
    (!paths.is_empty()).then(|| {
        Diagnostic::fatal("output/unknown-files", message)
            .at(Place::file(shown(dir)))
            .help("remove them, or the whole folder, and build again; keep your own files in `static/`")
    })
}

/// Warns about files that are left alone.
fn untracked(paths: &[&str]) -> Option<Diagnostic> {
    let message =
        format!("the output folder has {} that no known build wrote: {}", count(paths), named(paths));
    (!paths.is_empty()).then(|| {
        Diagnostic::warning("output/strangers", message).help(
            "bulletin leaves them alone; if an earlier build wrote them, empty the folder and build again",
        )
    })
}
