//! Releases in a folder of this machine, or of a mount.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::releases::host::{CURRENT, FoundFile, Host, PRIVATE, RELEASES, Removal, State, TakenDown};
use super::releases::id::ReleaseId;
use super::releases::{problems, walk};
use crate::config::publish::Folder;
use crate::diagnostic::Diagnostic;
use crate::publish::target::{Claim, Result};
use crate::site::SiteDir;

#[cfg(test)]
#[cfg(unix)]
mod tests;
mod tree;

/// The folder of the records, in that of bulletin's own files.
const RECORDS: &str = "records";
const TAKEN_DOWN: &str = "taken-down";

/// A folder of this machine.
pub(crate) struct LocalFolder {
    dir: PathBuf,
    /// The lock file, as long as it is locked.
    lock: Option<File>,
}

impl LocalFolder {
    /// The folder of the settings.
    ///
    /// # Errors
    /// If it is where the site's sources or its output are.
    pub(crate) fn new(settings: &Folder, site: &SiteDir) -> Result<Self> {
        let dir = site.root().join(&settings.path);
        let dir = dir.strip_prefix(".").map(Path::to_owned).unwrap_or(dir);
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let (at, parent) = (real(&dir), dir.parent().map(real));
        let is_in = |taken: &PathBuf| {
            let taken = real(taken);
            at.starts_with(&taken) || parent.as_ref().is_some_and(|parent| parent.starts_with(&taken))
        };
        let sources = site.sources();
        if at == real(site.root()) || sources.iter().chain([&site.output(), &site.state()]).any(is_in) {
            let message = format!("`{}` belongs to the site itself", dir.display());
            let help = "choose a folder for releases outside the sources and the output of the site";
            return Err(problems::fatal("publish/in-the-way", message, help));
        }
        Ok(Self { dir, lock: None })
    }

    fn release(&self, release: &ReleaseId) -> PathBuf {
        self.dir.join(RELEASES).join(release.as_str())
    }

    fn record(&self, release: &ReleaseId) -> PathBuf {
        self.dir.join(PRIVATE).join(RECORDS).join(release.as_str())
    }

    fn failed(&self, error: &io::Error) -> Box<Diagnostic> {
        problems::of_io(&self.dir, error)
    }

    /// Refuses links where bulletin's folders are: they could lead anywhere.
    fn check_folders(&self) -> Result<()> {
        let private = self.dir.join(PRIVATE);
        let folders = [self.dir.join(RELEASES), private.join(RECORDS), private];
        for folder in folders {
            let name = folder.strip_prefix(&self.dir).unwrap_or(&folder).display().to_string();
            let what = match folder.symlink_metadata() {
                Ok(found) if found.is_symlink() => "a link",
                Ok(found) if !found.is_dir() => "not a folder",
                _ => continue,
            };
            return Err(problems::in_the_way(&self.place(), &name, what));
        }
        Ok(())
    }

    fn lock(&mut self, claim: &Claim) -> Result<Option<Diagnostic>> {
        if let Err(error) = fs::create_dir(&self.dir) {
            match error.kind() {
                ErrorKind::AlreadyExists => {}
                ErrorKind::NotFound => return Err(problems::missing(&self.place())),
                _ => return Err(self.failed(&error)),
            }
        }
        self.check_folders()?;
        let private = self.dir.join(PRIVATE);
        let file = private.join("lock");
        let opened = fs::create_dir_all(private.join(RECORDS))
            .and_then(|()| fs::create_dir_all(self.dir.join(RELEASES)))
            .and_then(|()| {
                let mut options = fs::OpenOptions::new();
                options.create(true).truncate(false).read(true).write(true).open(&file)
            });
        let mut lock = opened.map_err(|error| self.failed(&error))?;
        let mut warning = None;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                let _ = lock.read_to_string(&mut owner);
                let help = "wait until it has finished, or end that program";
                return Err(problems::locked(&self.place(), &owner, help));
            }
            Err(TryLockError::Error(_)) => {
                let message = format!("the file system of `{}` has no locks", self.place());
                let problem = Diagnostic::warning("publish/no-conditions", message);
                warning = Some(problem.help("make sure that only one publication runs at a time"));
            }
        }
        let written = lock.set_len(0).and_then(|()| writeln!(lock, "{}", claim.owner));
        written.map_err(|error| self.failed(&error))?;
        self.lock = Some(lock);
        Ok(warning)
    }

    fn current(&self) -> Result<Option<ReleaseId>> {
        let link = self.dir.join(CURRENT);
        let to = match fs::read_link(&link) {
            Ok(to) => to,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(_) => return Err(problems::not_a_release(&self.place(), None)),
        };
        let name = to.strip_prefix(RELEASES).ok().and_then(Path::to_str);
        let elsewhere = || problems::not_a_release(&self.place(), Some(&to.display().to_string()));
        let release = name.and_then(ReleaseId::parse).ok_or_else(elsewhere)?;
        let is_there = self.release(&release).symlink_metadata().is_ok_and(|found| found.is_dir());
        Ok(is_there.then_some(release))
    }

    fn ids(&self, folder: &Path) -> Result<BTreeSet<ReleaseId>> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
            Err(error) => return Err(self.failed(&error)),
        };
        let mut ids = BTreeSet::new();
        for entry in entries {
            let entry = entry.map_err(|error| self.failed(&error))?;
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(ReleaseId::parse) else { continue };
            if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
                return Err(problems::in_the_way(&self.place(), &format!("{RELEASES}/{id}"), "a link"));
            }
            ids.insert(id);
        }
        Ok(ids)
    }

    fn write_private(&self, name: &Path, bytes: &[u8]) -> Result<()> {
        let part = self.dir.join(PRIVATE).join("part");
        let write = || {
            let mut file = File::create(&part)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&part, name)
        };
        write().map_err(|error| problems::of_io(name, &error))
    }

    /// Deletes releases with their records.
    fn discard(&self, releases: &[ReleaseId]) -> Result<()> {
        for release in releases {
            let dir = self.release(release);
            let gone =
                tree::remove_file(&self.record(release)).and_then(|()| match fs::remove_dir_all(&dir) {
                    Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                    gone => gone,
                });
            gone.map_err(|error| problems::of_io(&dir, &error))?;
        }
        Ok(())
    }
}

impl Host for LocalFolder {
    fn place(&self) -> String {
        self.dir.display().to_string()
    }

    fn is_remote(&self) -> bool {
        false
    }

    fn open(&mut self, claim: Option<&Claim>) -> Result<State> {
        let warning = match claim {
            Some(claim) => self.lock(claim)?,
            None if !self.dir.exists() => {
                let has_parent = self.dir.parent().is_some_and(Path::is_dir);
                return if has_parent { Ok(State::default()) } else { Err(problems::missing(&self.place())) };
            }
            None => self.check_folders().map(|()| None)?,
        };
        let current = self.current()?;
        let record = current.as_ref().map(|current| self.read_record(current)).transpose()?.flatten();
        let private = self.dir.join(PRIVATE);
        let taken_down = fs::read_to_string(private.join(TAKEN_DOWN)).ok();
        Ok(State {
            releases: self.ids(&self.dir.join(RELEASES))?,
            recorded: self.ids(&private.join(RECORDS))?,
            record,
            taken_down: taken_down.and_then(|text| TakenDown::parse(&text, current.as_ref())),
            current,
            warnings: warning.into_iter().collect(),
        })
    }

    fn read_record(&mut self, release: &ReleaseId) -> Result<Option<Vec<u8>>> {
        match fs::read(self.record(release)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(problems::of_io(&self.record(release), &error)),
        }
    }

    fn write_record(&mut self, release: &ReleaseId, record: &[u8], discard: &[ReleaseId]) -> Result<()> {
        self.write_private(&self.record(release), record)?;
        tree::remove_file(&self.dir.join(PRIVATE).join(TAKEN_DOWN)).map_err(|error| self.failed(&error))?;
        self.discard(discard)
    }

    fn names(&mut self, release: &ReleaseId) -> Result<BTreeSet<String>> {
        let names = walk::names(&self.release(release)).map_err(|error| self.failed(&error))?;
        Ok(names.into_keys().collect())
    }

    fn walk(&mut self, release: &ReleaseId) -> Result<Vec<FoundFile>> {
        walk::files(&self.release(release)).map_err(|error| self.failed(&error))
    }

    fn create(
        &mut self,
        release: &ReleaseId,
        from: Option<(&ReleaseId, &Removal)>,
        stale: &[ReleaseId],
    ) -> Result<()> {
        self.discard(stale)?;
        let to = self.release(release);
        let failed = |error: io::Error| problems::of_io(&to, &error);
        let Some((from, removal)) = from else { return fs::create_dir(&to).map_err(failed) };
        tree::share(&self.release(from), &to).map_err(failed)?;
        self.remove(std::slice::from_ref(release), removal, None)
    }

    fn stage(&mut self, release: &ReleaseId) -> Result<PathBuf> {
        Ok(self.release(release))
    }

    fn deliver(&mut self, _release: &ReleaseId) -> Result<()> {
        Ok(())
    }

    fn remove(
        &mut self,
        releases: &[ReleaseId],
        removal: &Removal,
        taken_down: Option<&TakenDown>,
    ) -> Result<()> {
        if let Some(taken_down) = taken_down {
            self.write_private(&self.dir.join(PRIVATE).join(TAKEN_DOWN), taken_down.to_text().as_bytes())?;
        }
        for release in releases {
            let dir = self.release(release);
            for file in &removal.files {
                tree::remove_inside(&dir, file).map_err(|error| problems::of_io(&dir.join(file), &error))?;
            }
            for folder in &removal.folders {
                tree::remove_empty_folder(&dir, folder);
            }
        }
        Ok(())
    }

    fn switch(&mut self, release: &ReleaseId) -> Result<()> {
        let link = self.dir.join(PRIVATE).join("next");
        let replace = || {
            tree::remove_file(&link)?;
            tree::link_folder(&Path::new(RELEASES).join(release.as_str()), &link)?;
            fs::rename(&link, self.dir.join(CURRENT))
        };
        // Nobody but bulletin may have put something else there in the meantime.
        self.current()?;
        replace().map_err(|error| problems::of_io(&self.dir.join(CURRENT), &error))
    }

    fn close(&mut self) {
        // Closing the file unlocks it.
        if let Some(lock) = self.lock.take() {
            let _ = lock.set_len(0);
        }
    }
}
