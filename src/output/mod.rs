//! Pages' bytes → the files of the output folder: only what changed, each whole, and nothing at all if a page fails.
//!
//! A page that differs from the file on disk is written to a staging folder. [`Output::commit`] moves
//! the staged files into place by renaming, then removes what earlier builds made and this one did not. All places are looked at
//! before the first move (`preflight`), and moves are taken back if one fails (`moves`). A record of the
//! files that bulletin wrote (`ledger`) stands in the output folder itself, so that no stranger's file is ever removed; where it was
//! lost, `leftovers` finds out what must not stand.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Place};
use crate::manifest::{CHUNK_SIZE, Fingerprint, Stat};
use crate::site::SiteDir;

mod guard;
mod ledger;
mod leftovers;
mod lock;
mod moves;
mod preflight;
mod staging;
mod streams;

pub use leftovers::Leftovers;
pub use lock::{AlreadyLocked, Lock};

use ledger::{Ledger, Record};
use leftovers::{LastBuild, LeftoverSearch, compressed};
use moves::Moves;
use staging::Staging;

/// The output folder while a site is built into it.
#[derive(Debug)]
pub struct Output {
    dir: PathBuf,
    staging: Staging,
    /// Dropped behind the staging folder, which may be in it.
    new: NewFolders,
    /// The record of the files that earlier builds made.
    before: Record,
    /// Write every file, changed or not.
    rewrite: bool,
}

/// A file of this build.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Relative to the output folder.
    pub path: &'a str,
    /// Whether it waits in the staging folder; else the file on disk is the same.
    pub is_staged: bool,
}

/// What was put: a file as it is, or will be once the build is done.
#[derive(Clone, Copy, Debug)]
pub struct StoredFile {
    /// Hash of its bytes.
    pub hash: Fingerprint,
    /// The file.
    pub stat: Stat,
    /// Whether it differs from the file on disk.
    pub is_staged: bool,
}

/// What a build did to the output folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that are new or differ.
    pub written: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files of earlier builds that are gone.
    pub removed: usize,
}

/// The output folder holds the build.
#[derive(Clone, Copy, Debug)]
pub struct Committed {
    /// What changed in it.
    pub changes: Changes,
    /// Whether files were moved into it, not the whole of it into its place.
    pub one_by_one: bool,
}

impl Output {
    /// Prepares to build into a folder, which need not exist yet. With `rewrite` every file is written, changed or not.
    ///
    /// # Errors
    /// If the folder is one that must not be built into, or cannot be written.
    pub fn open(site: &SiteDir, dir: &Path, rewrite: bool) -> Result<Self, Diagnostic> {
        let dir = guard::check(site, dir)?;
        let new = NewFolders::above(&dir);
        fs::create_dir_all(&dir).map_err(|error| cannot_write(&dir, &error))?;
        let before = Record::read(&dir);
        staging::clear_output(&dir).map_err(|error| cannot_write(&dir, &error))?;
        let staging = Staging::new(site, &dir).map_err(|error| cannot_write(&dir, &error))?;
        Ok(Self { dir, staging, new, before, rewrite })
    }

    /// Whether there was no output folder before this build.
    fn is_new(&self) -> bool {
        !self.new.0.is_empty()
    }

    /// The output folder without links.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What a file of the output folder is now, if it is still the file of an earlier build: one that had this hash
    /// and, unless it may have changed without showing it, this stat.
    pub fn intact(&self, path: &str, hash: &Fingerprint, stat: Option<Stat>) -> Option<Stat> {
        let file = self.dir.join(path);
        let now = fs::symlink_metadata(&file).ok().filter(fs::Metadata::is_file)?;
        let now = Stat::new(&now);
        let is_same = stat == Some(now) || streams::hash(&file).is_ok_and(|found| found == *hash);
        is_same.then_some(now)
    }

    /// Takes the bytes of a page. Nothing in the output folder changes yet. `now` is what is known of the file there.
    ///
    /// # Errors
    /// If they cannot be kept, as on a full disk.
    pub fn put(
        &self,
        path: &str,
        bytes: &[u8],
        now: Option<(Fingerprint, Stat)>,
    ) -> Result<StoredFile, Diagnostic> {
        let hash = Fingerprint::of_contents(bytes);
        let target = self.dir.join(path);
        let on_disk = match now {
            _ if self.is_new() || self.rewrite => None,
            Some((known, stat)) => Some(stat).filter(|_| known == hash),
            None => same_file(&target, bytes),
        };
        if let Some(stat) = on_disk {
            return Ok(StoredFile { hash, stat, is_staged: false });
        }
        let stat = self.staging.write(path, bytes).map_err(|error| cannot_write(&target, &error))?;
        Ok(StoredFile { hash, stat, is_staged: true })
    }

    /// Takes a file of any size as it is, as [`Output::put`] takes bytes.
    ///
    /// # Errors
    /// If it cannot be read, or not be kept.
    pub fn put_copy(
        &self,
        path: &str,
        source: &Path,
        now: Option<(Fingerprint, Stat)>,
    ) -> Result<StoredFile, Diagnostic> {
        let unreadable = |error: io::Error| {
            Diagnostic::error("content/unreadable", format!("this file cannot be read: {error}"))
                .at(Place::file(shown(source)))
        };
        let size = fs::metadata(source).map_err(unreadable)?.len();
        if size <= CHUNK_SIZE as u64 {
            return self.put(path, &fs::read(source).map_err(unreadable)?, now);
        }
        let target = self.dir.join(path);
        let known = match now {
            _ if self.is_new() || self.rewrite => None,
            Some(known) => Some(known),
            None => large_file(&target, size),
        };
        if let Some((hash, stat)) = known
            && streams::hash(source).map_err(unreadable)? == hash
        {
            return Ok(StoredFile { hash, stat, is_staged: false });
        }
        let (hash, stat) = self.staging.copy(path, source).map_err(|error| cannot_write(&target, &error))?;
        Ok(StoredFile { hash, stat, is_staged: true })
    }

    /// What earlier builds left that the record does not tell of. `hidden` are the files of stories that readers must not
    /// see, `had` those of pages that are gone; `record` and `same` are the fingerprints of the record that the last build left and of the one that lists these very
    /// paths, if they are known; `written` gives the files that that build wrote, with their hashes.
    pub fn leftovers(
        &self,
        files: &[File<'_>],
        hidden: &[String],
        had: &[String],
        [record, same]: [Option<Fingerprint>; 2],
        written: impl FnOnce() -> Vec<(Box<str>, Fingerprint)>,
    ) -> Leftovers {
        if self.is_new() {
            return Leftovers::default();
        }
        let orphans = self.orphans(files, same);
        let search = LeftoverSearch {
            dir: &self.dir,
            record: &self.before,
            files,
            hidden,
            had,
            rewrite: self.rewrite,
            orphans: &orphans,
        };
        // A record of another folder does not list the front page that stands in this one.
        let lists_front =
            |text: &str| text.contains("\nindex.html\n") || !self.dir.join("index.html").exists();
        let is_last = record.is_none() || record == self.before.print();
        // A file that is not there may have been moved elsewhere.
        let is_in_place = |path: &str| fs::symlink_metadata(self.dir.join(path)).is_ok();
        let staged = files.par_iter().filter(|file| file.is_staged && !is_in_place(file.path));
        let missing = Ledger::new(staged.map(|file| file.path).collect::<Vec<_>>());
        let is_sure = is_last
            && self.before.text().is_some_and(lists_front)
            && orphans.par_iter().all(|path| is_in_place(path))
            && !self.lists_any(&missing);
        let is_known = record.is_some();
        if is_sure && is_known && search.standing().is_empty() {
            return Leftovers::default();
        }
        let written = written();
        let known = LastBuild::new(&written);
        match (is_sure, is_known) {
            (true, true) => search.of_hidden(&known),
            // Whether the record is the last one, nothing tells.
            (true, false) => search.of_marked(&known),
            (false, _) => search.of_all(&known),
        }
    }

    /// Whether the record lists one of these files.
    fn lists_any(&self, files: &Ledger<'_>) -> bool {
        let text = self.before.text().filter(|_| files.paths().next().is_some());
        text.is_some_and(|text| text.lines().skip(1).any(|path| files.contains(path)))
    }

    /// Files of the record that are not among these. `same` is the fingerprint of the record that lists these very paths.
    fn orphans(&self, files: &[File<'_>], same: Option<Fingerprint>) -> BTreeSet<String> {
        let Some(text) = self.before.text() else { return BTreeSet::new() };
        if same.is_some() && self.before.print() == same {
            return BTreeSet::new();
        }
        Ledger::parse(text).without(&Ledger::new(files.iter().map(|file| file.path)))
    }

    /// What a file is that was put, now that the build is done: moving it may have changed its inode's time. `None` if it
    /// is another one already.
    pub fn moved(&self, path: &str, put: Stat) -> Option<Stat> {
        let now = fs::symlink_metadata(self.dir.join(path)).map(|found| Stat::new(&found)).ok()?;
        (now.renamed() == put.renamed()).then_some(now)
    }

    /// A fingerprint of the record of files that stands in the folder.
    pub fn ledger(&self) -> Option<Fingerprint> {
        ledger::print(&self.dir)
    }

    /// Makes the folder hold these files, and no file of an earlier build besides. Each path comes once. `same` is the
    /// fingerprint of the record that lists these very paths, if it is known.
    ///
    /// # Errors
    /// If the folder cannot be written. It is as it was then, if at all possible.
    pub fn commit(
        &self,
        files: &[File<'_>],
        leftovers: &Leftovers,
        same: Option<Fingerprint>,
    ) -> Result<Committed, Diagnostic> {
        let staged: Vec<File<'_>> = files.iter().copied().filter(|file| file.is_staged).collect();
        let unchanged = files.len() - staged.len();
        let changes = |removed| Changes { written: staged.len(), unchanged, removed };
        let is_same = same.is_some() && self.before.print() == same;
        if is_same && staged.is_empty() && leftovers.files.is_empty() {
            return Ok(Committed { changes: changes(0), one_by_one: true });
        }
        let now = Ledger::new(files.iter().map(|file| file.path));
        let tree = self.staging.tree();
        if self.is_new() && now.write(&tree).and_then(|()| self.staging.become_output(&self.dir)).is_ok() {
            return Ok(Committed { changes: changes(0), one_by_one: false });
        }
        let before = self.before.text().map(Ledger::parse);
        let mut orphans = before.as_ref().map(|before| before.without(&now)).unwrap_or_default();
        orphans.extend(leftovers.files.iter().filter(|path| !now.contains(path)).cloned());
        self.keep_renamed(&mut orphans, &now);
        let removed = self.change(&now, before.as_ref(), &staged, &orphans)?;
        Ok(Committed { changes: changes(removed), one_by_one: true })
    }

    /// On file systems for which upper and lower case are one, a file may be there under an earlier spelling of its name.
    fn keep_renamed(&self, orphans: &mut BTreeSet<String>, now: &Ledger<'_>) {
        if orphans.is_empty() {
            return;
        }
        let spellings: HashMap<String, &str> = now.paths().map(|path| (path.to_lowercase(), path)).collect();
        orphans.retain(|path| {
            let other = spellings.get(&path.to_lowercase());
            !other.is_some_and(|other| is_one_file(&self.dir.join(path), &self.dir.join(other)))
        });
    }

    /// Moves files in and out, all of them or none. Gives how many were removed.
    fn change(
        &self,
        now: &Ledger<'_>,
        before: Option<&Ledger<'_>>,
        staged: &[File<'_>],
        orphans: &BTreeSet<String>,
    ) -> Result<usize, Diagnostic> {
        let dir = &self.dir;
        let touched =
            Ledger::new(staged.iter().map(|file| file.path).chain(orphans.iter().map(String::as_str)));
        let copies = compressed(dir, &touched, &|path| now.contains(path));
        let gone: BTreeSet<String> = orphans.union(&copies).cloned().collect();
        let folders = preflight::check(dir, self.staging.device(), staged, &gone)?;
        // Should this build be killed from here on, the next one knows the files of both.
        now.and(before).write(dir).map_err(|cause| failed(self.unrecorded(cause)))?;
        let mut moves = Moves::new(dir, &self.staging, folders.new_folders);
        let moved = move_all(&mut moves, staged, (&copies, orphans), folders.in_the_way)
            .and_then(|removed| now.write(dir).map(|()| removed).map_err(|cause| self.unrecorded(cause)));
        match moved {
            Ok(removed) => {
                remove_empty_folders(dir, &gone);
                Ok(removed)
            }
            Err(error) => {
                let undone = moves.undo();
                let restored = ledger::restore(dir, &self.before).map_err(|cause| self.unrecorded(cause));
                Err(match undone.and(restored) {
                    Ok(()) => failed(error),
                    Err(worse) => half_written(&worse.path, &worse.cause),
                })
            }
        }
    }

    fn unrecorded(&self, cause: io::Error) -> PathError {
        PathError { path: ledger::file(&self.dir), cause }
    }
}

/// Takes files out and brings others in; gives how many orphans there were. Copies of old texts go first, so that none outlives a
/// killed build; orphans last, so that no page leads to one, but for those that are in the way.
fn move_all(
    moves: &mut Moves<'_>,
    staged: &[File<'_>],
    (copies, orphans): (&BTreeSet<String>, &BTreeSet<String>),
    in_the_way: Vec<PathBuf>,
) -> Result<usize, PathError> {
    for copy in copies {
        moves.take_file(copy)?;
    }
    let mut removed = 0;
    let blocks: HashSet<&Path> = in_the_way.iter().map(PathBuf::as_path).collect();
    for orphan in orphans {
        let path = moves.path(orphan);
        if moves.needs_folder(&path) || path.ancestors().any(|above| blocks.contains(above)) {
            removed += usize::from(moves.take_file(orphan)?);
        }
    }
    in_the_way.into_iter().try_for_each(|folder| moves.take(folder))?;
    moves.bring(staged)?;
    for orphan in orphans {
        removed += usize::from(moves.take_file(orphan)?);
    }
    Ok(removed)
}

fn failed(error: PathError) -> Diagnostic {
    cannot_write(&error.path, &error.cause)
}

/// Folders that this build makes for its output, to be gone again should the build fail.
#[derive(Debug)]
struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    fn above(dir: &Path) -> Self {
        Self(dir.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect())
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        // Fails if there is a site in it by now, as it should.
        self.0.iter().for_each(|folder| drop(fs::remove_dir(folder)));
    }
}

/// A path that could not be written, removed or made.
struct PathError {
    path: PathBuf,
    cause: io::Error,
}

/// The file at a path, if it holds these bytes.
fn same_file(target: &Path, bytes: &[u8]) -> Option<Stat> {
    let found = fs::symlink_metadata(target).ok()?;
    let same_length = found.is_file() && found.len() == bytes.len() as u64;
    let is_same = same_length && fs::read(target).is_ok_and(|found| found == bytes);
    is_same.then(|| Stat::new(&found))
}

/// A file at a path of this size, and its hash.
fn large_file(target: &Path, size: u64) -> Option<(Fingerprint, Stat)> {
    let found = fs::symlink_metadata(target).ok().filter(|found| found.is_file() && found.len() == size)?;
    Some((streams::hash(target).ok()?, Stat::new(&found)))
}

/// Whether two names are those of one file.
fn is_one_file(one: &Path, other: &Path) -> bool {
    let stat = |path: &Path| {
        fs::symlink_metadata(path).ok().map(|found| (staging::device(&found), Stat::new(&found)))
    };
    stat(one).is_some_and(|one| one.0.is_some() && stat(other) == Some(one))
}

/// Removes the folders that are empty without these files.
fn remove_empty_folders(dir: &Path, files: &BTreeSet<String>) {
    for path in files.iter().rev() {
        let mut folder = path.as_str();
        while let Some((above, _)) = folder.rsplit_once('/') {
            // Fails while there is a file in it, as it should.
            if fs::remove_dir(dir.join(above)).is_err() {
                break;
            }
            folder = above;
        }
    }
}

/// A path as messages show it.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn half_written(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::fatal("output/half-written", format!("the site could be written in part only: {error}"))
        .at(Place::file(path.to_string_lossy().replace('\\', "/")))
        .help("every file is whole, but some are of this build and some of an earlier one: fix it and build again")
}

fn cannot_write(path: &Path, error: &io::Error) -> Diagnostic {
    let help = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk and build again",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "make the folder writable, or choose another one with `--output`"
        }
        _ => "choose another folder with `--output`",
    };
    Diagnostic::fatal("output/cannot-write", format!("the site cannot be written: {error}"))
        .at(Place::file(path.to_string_lossy().replace('\\', "/")))
        .help(help)
}
