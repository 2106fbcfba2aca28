//! The bytes of pages → the files of the output folder: only what changed, each file whole, and nothing at all if a
//! page fails.
//!
//! A page that differs from the file on disk is written to a staging folder. [`Output::commit`] renames the staged
//! files into place, then removes what earlier builds wrote and this one did not. Every place is checked before the
//! first move (`preflight`), and moves are undone if one fails (`moves`). The record of the files that bulletin wrote
//! (`ledger`) is kept in the output folder itself, so that nobody else's file is ever removed; if the record is lost,
//! `leftovers` finds the files that must go.

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

/// The output folder during a build.
#[derive(Debug)]
pub struct Output {
    dir: PathBuf,
    staging: Staging,
    /// Dropped after the staging folder, which may be inside.
    new: NewFolders,
    /// The record that earlier builds left.
    before: Record,
    /// Whether every file is written, changed or not.
    rewrite: bool,
}

/// A file of this build.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The path relative to the output folder.
    pub path: &'a str,
    /// Whether it is in the staging folder; if not, the file on disk is identical.
    pub is_staged: bool,
}

/// A file that was put into the output, as it will be after the build.
#[derive(Clone, Copy, Debug)]
pub struct StoredFile {
    /// The hash of its bytes.
    pub hash: Fingerprint,
    /// Its metadata.
    pub stat: Stat,
    /// Whether it differs from the file on disk.
    pub is_staged: bool,
}

/// What a build changed in the output folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that are new or differ.
    pub written: usize,
    /// Files that were up to date.
    pub unchanged: usize,
    /// Files of earlier builds that were removed.
    pub removed: usize,
}

/// A finished build.
#[derive(Clone, Copy, Debug)]
pub struct Committed {
    /// What changed in the output folder.
    pub changes: Changes,
    /// Whether files were moved one by one, rather than the whole folder at once.
    pub one_by_one: bool,
}

/// The paths of the files that builds wrote into a folder, sorted. `None` if there is no intact record of them.
pub fn written_files(dir: &Path) -> Option<Vec<String>> {
    let record = ledger::Record::read(dir);
    record.text().map(|text| Ledger::parse(text).paths().map(str::to_owned).collect())
}

impl Output {
    /// Prepares to build into a folder, which need not exist. With `rewrite` every file is written, changed or not.
    ///
    /// # Errors
    /// If the folder is refused or cannot be written.
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

    /// The output folder with links resolved.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns the metadata of a file in the output folder if it is still the file of an earlier build: its metadata is
    /// the same or, failing that, its hash is.
    pub fn intact(&self, path: &str, hash: &Fingerprint, stat: Option<Stat>) -> Option<Stat> {
        let file = self.dir.join(path);
        let now = fs::symlink_metadata(&file).ok().filter(fs::Metadata::is_file)?;
        let now = Stat::new(&now);
        let is_same = stat == Some(now) || streams::hash(&file).is_ok_and(|found| found == *hash);
        is_same.then_some(now)
    }

    /// Stores the bytes of a page. Nothing in the output folder changes yet. `now` is what is known about the file
    /// there.
    ///
    /// # Errors
    /// If they cannot be stored, as on a full disk.
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

    /// Stores a copy of a file of any size, as [`Output::put`] stores bytes.
    ///
    /// # Errors
    /// If it cannot be read or stored.
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

    /// Finds the files that earlier builds left and the record does not list. `hidden` are the files of hidden stories,
    /// `had` those of pages that no longer exist. `record` is the fingerprint of the record that the last build left,
    /// and `same` that of a record with exactly these paths, if known. `written` returns the files that the last build
    /// wrote, with their hashes.
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
        // A record copied from another folder does not list the front page of this one.
        let lists_front =
            |text: &str| text.contains("\nindex.html\n") || !self.dir.join("index.html").exists();
        let is_last = record.is_none() || record == self.before.print();
        // A missing file may have been moved elsewhere.
        let is_in_place = |path: &str| fs::symlink_metadata(self.dir.join(path)).is_ok();
        let staged = files.par_iter().filter(|file| file.is_staged && !is_in_place(file.path));
        let missing = Ledger::new(staged.map(|file| file.path).collect::<Vec<_>>());
        let is_trusted = is_last
            && self.before.text().is_some_and(lists_front)
            && orphans.par_iter().all(|path| is_in_place(path))
            && !self.lists_any(&missing);
        let is_known = record.is_some();
        if is_trusted && is_known && search.unlisted_hidden().is_empty() {
            return Leftovers::default();
        }
        let written = written();
        let known = LastBuild::new(&written);
        match (is_trusted, is_known) {
            (true, true) => search.check_hidden(&known),
            // Nothing shows whether the record is the latest.
            (true, false) => search.check_marked(&known),
            (false, _) => search.check_all(&known),
        }
    }

    /// Whether the record lists one of these files.
    fn lists_any(&self, files: &Ledger<'_>) -> bool {
        let text = self.before.text().filter(|_| files.paths().next().is_some());
        text.is_some_and(|text| text.lines().skip(1).any(|path| files.contains(path)))
    }

    /// The files of the record that are not among these. `same` is the fingerprint of a record with exactly these
    /// paths.
    fn orphans(&self, files: &[File<'_>], same: Option<Fingerprint>) -> BTreeSet<String> {
        let Some(text) = self.before.text() else { return BTreeSet::new() };
        if same.is_some() && self.before.print() == same {
            return BTreeSet::new();
        }
        Ledger::parse(text).without(&Ledger::new(files.iter().map(|file| file.path)))
    }

    /// Returns the metadata of a stored file after the build, because moving it may change the time of its inode.
    /// `None` if it has been replaced.
    pub fn moved(&self, path: &str, put: Stat) -> Option<Stat> {
        let now = fs::symlink_metadata(self.dir.join(path)).map(|found| Stat::new(&found)).ok()?;
        (now.renamed() == put.renamed()).then_some(now)
    }

    /// The fingerprint of the record in the folder.
    pub fn ledger(&self) -> Option<Fingerprint> {
        ledger::print(&self.dir)
    }

    /// Moves these files into the folder, and removes every other file of earlier builds. Each path comes once. `same`
    /// is the fingerprint of a record with exactly these paths, if known.
    ///
    /// # Errors
    /// If the folder cannot be written. It is restored if at all possible.
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

    /// Keeps files that are there under another case of their name, on file systems that ignore case.
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

    /// Moves files in and out: all or none. Returns how many were removed.
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
        // If this build is killed from here on, the next one knows the files of both.
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

/// Moves files out and in; returns how many orphans there were. Compressed copies go first, so that none outlives a
/// killed build. Orphans go last, so that no page links to a removed one, except those that are in the way.
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

/// The folders that this build creates for its output; removed if the build fails.
#[derive(Debug)]
struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    fn above(dir: &Path) -> Self {
        Self(dir.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect())
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        // Fails, as it should, if the folder holds a site by now.
        self.0.iter().for_each(|folder| drop(fs::remove_dir(folder)));
    }
}

/// A path that could not be changed.
struct PathError {
    path: PathBuf,
    cause: io::Error,
}

/// The metadata of a file, if it has these bytes.
fn same_file(target: &Path, bytes: &[u8]) -> Option<Stat> {
    let found = fs::symlink_metadata(target).ok()?;
    let same_length = found.is_file() && found.len() == bytes.len() as u64;
    let is_same = same_length && fs::read(target).is_ok_and(|found| found == bytes);
    is_same.then(|| Stat::new(&found))
}

/// The hash and metadata of a file, if it has this size.
fn large_file(target: &Path, size: u64) -> Option<(Fingerprint, Stat)> {
    let found = fs::symlink_metadata(target).ok().filter(|found| found.is_file() && found.len() == size)?;
    Some((streams::hash(target).ok()?, Stat::new(&found)))
}

/// Whether two paths are the same file.
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
            // Fails, as it should, while there is a file in it.
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
    Diagnostic::fatal("output/half-written", format!("only part of the site was written: {error}"))
        .at(Place::file(shown(path)))
        .help("fix the cause and build again: no file is damaged, but some are from an earlier build")
}

fn cannot_write(path: &Path, error: &io::Error) -> Diagnostic {
    let help = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some disk space and build again",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "make the folder writable, or choose another with `--output`"
        }
        _ => "choose another folder with `--output`",
    };
    Diagnostic::fatal("output/cannot-write", format!("the site cannot be written: {error}"))
        .at(Place::file(shown(path)))
        .help(help)
}
