//! Pages' bytes → the files of the output folder: only what changed, each whole, and nothing at all if a page fails.
//!
//! A page that differs from the file on disk is written to a staging folder. [`Output::commit`] moves
//! the staged files into place by renaming, then removes what earlier builds made and this one did not. A record of the
//! files that bulletin wrote (`ledger`) stands in the output folder itself, so that no stranger's file is ever removed.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Place};
use crate::manifest::{Print, Stat};
use crate::site::SiteDir;

mod guard;
mod ledger;
mod lock;
mod staging;

pub use lock::{Busy, Lock};

use ledger::Ledger;
use staging::Staging;

/// The output folder while a site is built into it.
#[derive(Debug)]
pub struct Output {
    dir: PathBuf,
    staging: Staging,
    /// Dropped behind the staging folder, which may be in it.
    new: NewFolders,
    /// The record of the files that earlier builds made.
    before: Option<String>,
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
pub struct Put {
    /// Hash of its bytes.
    pub hash: Print,
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
        let before = ledger::text(&dir);
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
    pub fn intact(&self, path: &str, hash: &Print, stat: Option<Stat>) -> Option<Stat> {
        let file = self.dir.join(path);
        let now = fs::symlink_metadata(&file).ok().filter(fs::Metadata::is_file)?;
        let now = Stat::new(&now);
        let is_same =
            stat == Some(now) || fs::read(&file).is_ok_and(|bytes| Print::of_bytes(&bytes) == *hash);
        is_same.then_some(now)
    }

    /// Takes the bytes of a page. Nothing in the output folder changes yet. `now` is what is known of the file there.
    ///
    /// # Errors
    /// If they cannot be kept, as on a full disk.
    pub fn put(&self, path: &str, bytes: &[u8], now: Option<(Print, Stat)>) -> Result<Put, Diagnostic> {
        let hash = Print::of_bytes(bytes);
        let target = self.dir.join(path);
        let on_disk = match now {
            _ if self.is_new() || self.rewrite => None,
            Some((known, stat)) => Some(stat).filter(|_| known == hash),
            None => same_file(&target, bytes),
        };
        if let Some(stat) = on_disk {
            return Ok(Put { hash, stat, is_staged: false });
        }
        let stat = self.staging.write(path, bytes).map_err(|error| cannot_write(&target, &error))?;
        Ok(Put { hash, stat, is_staged: true })
    }

    /// Files in the folder that no build is known to have made and this one does not make, if there is no record of
    /// earlier builds: they may be other people's, or pages of stories that are gone.
    pub fn strangers(&self, files: &[File<'_>]) -> Vec<String> {
        if self.before.is_some() {
            return Vec::new();
        }
        strangers(&self.dir, &Ledger::new(files.iter().map(|file| file.path)))
    }

    /// What a file is that was put, now that the build is done: moving it may have changed its inode's time. `None` if it
    /// is another one already.
    pub fn moved(&self, path: &str, put: Stat) -> Option<Stat> {
        let now = fs::symlink_metadata(self.dir.join(path)).map(|found| Stat::new(&found)).ok()?;
        (now.renamed() == put.renamed()).then_some(now)
    }

    /// A fingerprint of the record of files that stands in the folder.
    pub fn ledger(&self) -> Option<Print> {
        ledger::text(&self.dir).map(|text| Print::of(&text))
    }

    /// Makes the folder hold these files, and no file of an earlier build besides. Each path comes once. `same` is the
    /// fingerprint of the record that lists these very paths, if it is known.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn commit(&self, files: &[File<'_>], same: Option<Print>) -> Result<Committed, Diagnostic> {
        let staged: Vec<File<'_>> = files.iter().copied().filter(|file| file.is_staged).collect();
        let removed = match &self.before {
            Some(text) if same == Some(Print::of(text)) => Some(self.replace(&staged)?),
            _ => self.commit_all(files, &staged)?,
        };
        let unchanged = files.len() - staged.len();
        let changes = Changes { written: staged.len(), unchanged, removed: removed.unwrap_or(0) };
        Ok(Committed { changes, one_by_one: removed.is_some() })
    }

    /// Gives how many files were removed; `None` if there was no folder yet, and the files are one now.
    fn commit_all(&self, files: &[File<'_>], staged: &[File<'_>]) -> Result<Option<usize>, Diagnostic> {
        let now = Ledger::new(files.iter().map(|file| file.path));
        let tree = self.staging.tree();
        if self.is_new() && now.write(&tree).and_then(|()| self.staging.become_output(&self.dir)).is_ok() {
            return Ok(None);
        }
        let dir = &self.dir;
        let before = self.before.as_deref().map(Ledger::parse);
        let mut orphans = before.as_ref().map(|before| before.without(&now)).unwrap_or_default();
        orphans.retain(|path| is_within(dir, path));
        if before.is_none() && !self.rewrite {
            staged.iter().try_for_each(|file| refuse_strangers(dir, file))?;
        }
        check_places(dir, staged, &orphans).map_err(failed)?;
        // Should this build be killed from here on, the next one knows the files of both.
        now.and(before.as_ref()).write(dir).map_err(|cause| failed(Failed { path: dir.clone(), cause }))?;
        self.move_in(staged, &orphans)?;
        let removed = remove(dir, &orphans).map_err(half)?;
        now.write(dir).map_err(|cause| half(Failed { path: dir.clone(), cause }))?;
        Ok(Some(removed))
    }

    /// Puts files in the places of others.
    fn replace(&self, staged: &[File<'_>]) -> Result<usize, Diagnostic> {
        let orphans = BTreeSet::new();
        check_places(&self.dir, staged, &orphans).map_err(failed)?;
        self.move_in(staged, &orphans)?;
        Ok(0)
    }

    /// Moves the staged files into the output folder one by one.
    fn move_in(&self, staged: &[File<'_>], orphans: &BTreeSet<String>) -> Result<(), Diagnostic> {
        clear_the_way(&self.dir, staged, orphans).map_err(half)?;
        staged.par_iter().try_for_each(|file| self.staging.move_to(file, &self.dir)).map_err(half)
    }
}

fn failed(error: Failed) -> Diagnostic {
    cannot_write(&error.path, &error.cause)
}

fn half(error: Failed) -> Diagnostic {
    half_written(&error.path, &error.cause)
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
struct Failed {
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

/// The folders that files are in, each once.
fn folders<'a>(files: &[File<'a>]) -> HashSet<&'a str> {
    let mut folders = HashSet::new();
    for file in files {
        let mut path = file.path;
        while let Some((folder, _)) = path.rsplit_once('/') {
            if !folders.insert(folder) {
                break;
            }
            path = folder;
        }
    }
    folders
}

/// Clears the way for files: an orphan where a folder is needed, or a folder of orphans where a file is.
fn clear_the_way(dir: &Path, files: &[File<'_>], orphans: &BTreeSet<String>) -> Result<(), Failed> {
    if orphans.is_empty() {
        return Ok(());
    }
    for file in files.iter().filter(|file| dir.join(file.path).is_dir()) {
        let below = format!("{}/", file.path);
        remove(dir, &orphans.iter().filter(|orphan| orphan.starts_with(&below)).cloned().collect())?;
    }
    let in_the_way = folders(files).into_iter().filter(|folder| orphans.contains(*folder));
    remove(dir, &in_the_way.map(str::to_owned).collect()).map(drop)
}

/// Removes files, and the folders that are empty without them.
fn remove(dir: &Path, paths: &BTreeSet<String>) -> Result<usize, Failed> {
    let mut removed = 0;
    for path in paths.iter().rev() {
        let file = dir.join(path);
        match fs::remove_file(&file) {
            Ok(()) => removed += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // A folder of this build is where the file was, or a file where its folder was.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory) => {}
            Err(cause) => return Err(Failed { path: file, cause }),
        }
        let mut folder = path.as_str();
        while let Some((above, _)) = folder.rsplit_once('/') {
            // Fails while there is a file in it, as it should.
            if fs::remove_dir(dir.join(above)).is_err() {
                break;
            }
            folder = above;
        }
    }
    Ok(removed)
}

/// Files that a build did not make, but for those of version control and hosts, sorted.
fn strangers(dir: &Path, now: &Ledger<'_>) -> Vec<String> {
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    let files = walkdir::WalkDir::new(dir).sort_by_file_name().into_iter().filter_entry(visible).flatten();
    let paths = files.filter(|entry| entry.file_type().is_file()).filter_map(|entry| {
        let path = entry.path().strip_prefix(dir).ok()?;
        Some(path.to_string_lossy().replace('\\', "/"))
    });
    paths.filter(|path| path != "CNAME" && !now.contains(path)).collect()
}

/// Refuses to write over a file that differs and that no build is known to have made.
fn refuse_strangers(dir: &Path, file: &File<'_>) -> Result<(), Diagnostic> {
    let path = dir.join(file.path);
    if fs::symlink_metadata(&path).is_err() {
        return Ok(());
    }
    Err(Diagnostic::fatal(
        "output/not-ours",
        "this file is not known to be bulletin's, and the build would write over it",
    )
    .at(Place::file(path.to_string_lossy().replace('\\', "/")))
    .help("choose an empty folder with `--output`, or let `--clean` write over what is there"))
}

/// Whether a path leads through real folders only: behind a link, a file is somebody else's.
fn is_within(dir: &Path, path: &str) -> bool {
    path.match_indices('/').all(|(slash, _)| {
        fs::symlink_metadata(dir.join(&path[..slash])).map_or(true, |folder| !folder.is_symlink())
    })
}

/// Looks at every place that will be written, before anything changes: a file must not be where a folder is needed,
/// nor a folder where a file is, unless an earlier build left it.
fn check_places(dir: &Path, files: &[File<'_>], orphans: &BTreeSet<String>) -> Result<(), Failed> {
    files.par_iter().try_for_each(|file| {
        let path = dir.join(file.path);
        let taken = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
        if taken && !holds_only(dir, file.path, orphans) {
            let cause = io::Error::other("a file is needed here, and this is a folder");
            return Err(Failed { path, cause });
        }
        Ok(())
    })?;
    folders(files).into_par_iter().try_for_each(|folder| {
        let path = dir.join(folder);
        let is_other = fs::symlink_metadata(&path).is_ok_and(|found| !found.is_dir());
        if is_other && !orphans.contains(folder) {
            // Following a link would write outside of the output folder.
            let cause = io::Error::other("a folder is needed here, and this is none");
            return Err(Failed { path, cause });
        }
        Ok(())
    })
}

/// Whether all files in a folder are left from earlier builds.
fn holds_only(dir: &Path, folder: &str, orphans: &BTreeSet<String>) -> bool {
    walkdir::WalkDir::new(dir.join(folder))
        .into_iter()
        .flatten()
        .filter(|entry| !entry.file_type().is_dir())
        .all(|entry| {
            let path = entry.path().strip_prefix(dir).map(|path| path.to_string_lossy().replace('\\', "/"));
            path.is_ok_and(|path| orphans.contains(&path))
        })
}

fn half_written(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::fatal("output/half-written", format!("the site could be written in part only: {error}"))
        .at(Place::file(path.to_string_lossy().replace('\\', "/")))
        .help("every file is whole, but some are of this build and some of an earlier one: mend it and build again")
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
