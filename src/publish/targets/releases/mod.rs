//! A site and a folder → releases in it: each is a complete site, and readers see the one that the link `current` leads to.
//!
//! A release shares its unchanged files with the one before it as hard links, so it costs what changed. What a publication writes, readers see
//! only after the link has been replaced, in one step. Files that changed get the time of the release as modification time, and all others keep
//! theirs: nginx and Caddy make ETags of time and size, so a page that changed within a second must not keep its time, and one that did not change
//! must not get a new one. Rules are here; where the folder is, and how it is reached, is the business of a [`Host`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rayon::prelude::*;

use crate::config::publish::{Compression, Releases};
use crate::diagnostic::Diagnostic;
use crate::plan::FileClass;
use crate::publish::local_file::{Headers, LocalFile};
use crate::publish::plan::Plan;
use crate::publish::record::{Record, Unreadable};
use crate::publish::site_files::BUILD_FILE;
use crate::publish::target::{Abilities, Claim, Limits, Listed, Opened, Result, Stored, Target};

mod compress;
pub(crate) mod host;
pub(crate) mod id;
mod paths;
pub(crate) mod problems;
pub(crate) mod walk;
mod write;

use host::{FoundFile, Host, State, TakenDown};
use id::ReleaseId;
use paths::{ENCODINGS, compressed, original, removal};

/// What a record remembers of the compressed copies, which are not in its list of files.
const COMPRESS: &str = "compress";
/// The release that readers saw before.
const PREVIOUS: &str = "previous";

/// A target that keeps releases.
pub(crate) struct ReleaseTarget<H> {
    host: H,
    settings: Releases,
    /// The id of this publication.
    run: String,
    state: State,
    /// The encodings of the copies in the current release. `None`: they are not known.
    copies: Option<Vec<Compression>>,
    /// The release that readers saw before the current one.
    previous: Option<ReleaseId>,
    /// The release that this publication makes, until readers see it.
    next: Option<ReleaseId>,
    /// Files of the site that have the name of a compressed copy.
    own_copies: BTreeSet<String>,
    /// The files of the current release, once it was listed.
    found: BTreeMap<String, FoundFile>,
}

impl<H: Host> ReleaseTarget<H> {
    /// A target at this place.
    pub(crate) fn new(host: H, settings: Releases) -> Self {
        Self {
            host,
            settings,
            run: String::new(),
            state: State::default(),
            copies: None,
            previous: None,
            next: None,
            own_copies: BTreeSet::new(),
            found: BTreeMap::new(),
        }
    }

    fn read(&self, bytes: &[u8]) -> Result<std::result::Result<Record, Diagnostic>> {
        match Record::parse(bytes) {
            Ok(record) => Ok(Ok(record)),
            Err(Unreadable::Damaged) => {
                let message = format!(
                    "the record of `{}` is damaged; all files of the release are read instead",
                    self.host.place()
                );
                Ok(Err(Diagnostic::warning("publish/damaged-record", message)))
            }
            Err(Unreadable::Newer) => {
                let message = format!("a newer version of bulletin published to `{}`", self.host.place());
                Err(problems::fatal("publish/newer-record", message, "update bulletin on this machine"))
            }
        }
    }

    /// Ends what a killed publication took down: readers and rollbacks must not see it, and the record still lists it.
    fn resume_takedown(&mut self, opened: &mut Opened, is_claimed: bool) -> Result<()> {
        let Some(taken_down) = self.state.taken_down.take() else { return Ok(()) };
        paths::check(taken_down.paths.iter().map(String::as_str))?;
        if is_claimed {
            let releases = self.releases();
            self.host.remove(&releases, &removal(with_copies(&taken_down.paths)), None)?;
        }
        opened.in_doubt.extend(taken_down.paths.iter().cloned());
        self.state.taken_down = Some(taken_down);
        Ok(())
    }

    /// All releases, the one that readers see first.
    fn releases(&self) -> Vec<ReleaseId> {
        let current = self.state.current.iter();
        let others =
            self.state.releases.iter().filter(|release| Some(*release) != self.state.current.as_ref());
        current.chain(others).chain(&self.next).cloned().collect()
    }

    /// Names of copies of these files, but for those that are files of the site.
    fn copies_of<'a>(
        &'a self,
        paths: impl IntoIterator<Item = &'a str>,
        encodings: &'a [Compression],
    ) -> impl Iterator<Item = String> {
        let names = paths.into_iter().flat_map(|path| encodings.iter().map(|one| compressed(path, *one)));
        names.filter(|name| !self.own_copies.contains(name))
    }

    /// The encodings of the copies that a file gets.
    fn encodings(&self, file: &LocalFile, of: &[Compression]) -> Vec<Compression> {
        let is_free = |encoding: &Compression| !self.own_copies.contains(&compressed(&file.path, *encoding));
        of.iter().copied().filter(is_free).collect()
    }

    /// After a change of the setting: adds and deletes copies of files that do not change.
    fn recompress(&mut self, plan: &Plan, files: &[LocalFile], next: &ReleaseId) -> Result<()> {
        let wanted = &self.settings.compress;
        if self.state.current.is_none() || self.copies.as_ref() == Some(wanted) {
            return Ok(());
        }
        let uploads: BTreeSet<usize> = plan.stages.iter().flatten().copied().collect();
        let unchanged: Vec<&LocalFile> = files
            .iter()
            .enumerate()
            .filter(|(index, _)| !uploads.contains(index))
            .map(|(_, file)| file)
            .collect();
        let (had, has) = match &self.copies {
            Some(copies) => (copies.as_slice(), copies.as_slice()),
            None => (&ENCODINGS[..], &[][..]),
        };
        let too_many: Vec<Compression> = had.iter().copied().filter(|one| !wanted.contains(one)).collect();
        let lacking: Vec<Compression> = wanted.iter().copied().filter(|one| !has.contains(one)).collect();
        let paths = unchanged.iter().map(|file| file.path.as_str());
        let gone = removal(self.copies_of(paths, &too_many));
        if !gone.files.is_empty() {
            self.host.remove(std::slice::from_ref(next), &gone, None)?;
        }
        if !lacking.is_empty() {
            let dir = self.host.stage(next)?;
            unchanged.par_iter().try_for_each(|file| {
                write::copies(&dir, file, &self.encodings(file, &lacking), next.time())
            })?;
            self.host.deliver(next)?;
        }
        Ok(())
    }

    /// What is older than the releases to keep, and what killed publications left.
    fn outdated(&self, current: &ReleaseId) -> Vec<ReleaseId> {
        let recorded = self.state.recorded.iter().rev().filter(|release| *release != current);
        let kept: BTreeSet<&ReleaseId> =
            recorded.take(self.settings.keep.saturating_sub(1)).chain([current]).collect();
        self.state.releases.iter().filter(|release| !kept.contains(release)).cloned().collect()
    }

    /// The release to go back to.
    fn earlier(&self, wanted: Option<&str>) -> Result<ReleaseId> {
        let current = self.state.current.as_ref();
        let others = self.state.recorded.iter().filter(|release| Some(*release) != current);
        let others: Vec<&ReleaseId> =
            others.filter(|release| self.state.releases.contains(*release)).collect();
        let found = match wanted {
            Some(name) => others.iter().find(|release| release.as_str() == name),
            None => others.iter().find(|release| Some(**release) == self.previous.as_ref()).or_else(|| {
                others.iter().rev().find(|release| current.is_none_or(|current| **release < current))
            }),
        };
        found.map(|release| (*release).clone()).ok_or_else(|| {
            let names: Vec<String> = others.iter().map(|release| release.to_string()).collect();
            problems::no_release(&self.host.place(), wanted, &names)
        })
    }

    fn begun(&self) -> Result<ReleaseId> {
        let not_begun = || problems::fatal("publish/upload", "no publication has begun", "publish again");
        self.next.clone().ok_or_else(not_begun)
    }
}

impl<H: Host> Target for ReleaseTarget<H> {
    fn place(&self) -> String {
        self.host.place()
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            headers: |_| Headers::default(),
            is_atomic: true,
            limits: Limits {
                forbidden: "\\\n\r\0",
                way_out: "rename the file: a path contains neither backslashes nor line breaks",
                ..Limits::default()
            },
        }
    }

    fn open(&mut self, claim: Option<&Claim>) -> Result<Opened> {
        self.state = self.host.open(claim)?;
        self.run = claim.map(|claim| claim.run.clone()).unwrap_or_default();
        let mut opened = Opened { warnings: std::mem::take(&mut self.state.warnings), ..Opened::default() };
        if let Some(bytes) = self.state.record.take() {
            match self.read(&bytes)? {
                Ok(record) => opened.record = Some(record),
                Err(warning) => opened.warnings.push(warning),
            }
        }
        if let Some(record) = &opened.record {
            let copies = remembered(record);
            // A setting changes no file of the site, but there is something to publish.
            if copies != self.settings.compress && record.files.contains_key(BUILD_FILE) {
                opened.in_doubt.insert(BUILD_FILE.to_owned());
            }
            self.copies = Some(copies);
            let previous = record.about.target.get(PREVIOUS).and_then(|name| name.as_str());
            self.previous = previous.and_then(ReleaseId::parse);
        }
        self.resume_takedown(&mut opened, claim.is_some())?;
        Ok(opened)
    }

    fn list(&mut self) -> Result<Option<Vec<Listed>>> {
        let Some(current) = self.state.current.clone() else { return Ok(Some(Vec::new())) };
        let found = self.host.walk(&current)?;
        self.found = found.into_iter().map(|file| (file.path.clone(), file)).collect();
        // It is unknown which copies are bulletin's: those of the site are sent again, the others are recreated.
        self.copies = None;
        let is_copy = |path: &str| original(path).is_some_and(|path| self.found.contains_key(path));
        let files = self.found.values().filter(|file| !is_copy(&file.path));
        Ok(Some(files.map(|file| Listed { path: file.path.clone(), size: file.size }).collect()))
    }

    fn inspect(&mut self, paths: &[&str]) -> Result<Vec<Option<Stored>>> {
        let stored = |path: &&str| {
            let file = self.found.get(*path)?;
            Some(Stored { size: file.size, hash: Some(file.hash), md5: None, headers: Headers::default() })
        };
        Ok(paths.iter().map(stored).collect())
    }

    fn begin(&mut self, plan: &Plan, files: &[LocalFile]) -> Result<()> {
        paths::check(files.iter().map(|file| file.path.as_str()))?;
        let gone = plan.remove.iter().chain(&plan.take_down).map(String::as_str);
        paths::check(gone.clone())?;
        self.own_copies = files
            .iter()
            .filter(|file| original(&file.path).is_some())
            .map(|file| file.path.clone())
            .collect();
        let State { current, releases, recorded, .. } = &self.state;
        let next = ReleaseId::after(Timestamp::now(), releases.iter().chain(recorded), &self.run);
        let Some(next) = next else {
            let message = "the clock of this machine is wrong, or a release has an impossible time";
            return Err(problems::fatal("publish/clock", message, "correct the date of this machine"));
        };
        let stale: Vec<ReleaseId> = releases
            .difference(recorded)
            .filter(|release| Some(*release) != current.as_ref())
            .cloned()
            .collect();
        // Now, because a file may take the place of a folder.
        let had = self.copies.as_deref().unwrap_or(&ENCODINGS);
        let changed = plan.uploads(files).map(|file| file.path.as_str()).chain(gone.clone());
        let copies: Vec<String> = self.copies_of(changed, had).collect();
        let gone = removal(gone.map(str::to_owned).chain(copies));
        self.host.create(&next, current.as_ref().map(|current| (current, &gone)), &stale)?;
        self.next = Some(next.clone());
        self.recompress(plan, files, &next)
    }

    fn take_down(&mut self, paths: &[String]) -> Result<()> {
        paths::check(paths.iter().map(String::as_str))?;
        let Some(current) = self.state.current.clone() else { return Ok(()) };
        let before = self.state.taken_down.take().map(|before| before.paths).unwrap_or_default();
        let all = before.into_iter().chain(paths.iter().cloned()).collect();
        let taken_down = TakenDown { current, paths: all };
        let copies = self.copies_of(paths.iter().map(String::as_str), &ENCODINGS);
        let gone = removal(paths.iter().cloned().chain(copies));
        self.host.remove(&self.releases(), &gone, Some(&taken_down))?;
        self.state.taken_down = Some(taken_down);
        Ok(())
    }

    fn upload(&mut self, files: &[&LocalFile], sent: &(dyn Fn(&LocalFile) + Sync)) -> Result<()> {
        let next = self.begun()?;
        let dir = self.host.stage(&next)?;
        let is_remote = self.host.is_remote();
        files.par_iter().try_for_each(|file| -> Result<()> {
            let encodings = self.encodings(file, &self.settings.compress);
            write::file(&dir, file, &encodings, next.time())?;
            if !is_remote {
                sent(file);
            }
            Ok(())
        })?;
        self.host.deliver(&next)?;
        if is_remote {
            files.iter().for_each(|file| sent(file));
        }
        Ok(())
    }

    fn activate(&mut self) -> Result<()> {
        let next = self.begun()?;
        self.host.switch(&next)?;
        self.next = None;
        self.state.releases.insert(next.clone());
        self.previous = self.state.current.replace(next);
        self.copies = Some(self.settings.compress.clone());
        Ok(())
    }

    fn remove(&mut self, _paths: &[String]) -> Result<()> {
        // The new release never had them.
        Ok(())
    }

    fn finish(&mut self, record: &Record) -> Result<()> {
        let Some(current) = self.state.current.clone() else { return Ok(()) };
        let mut record = record.clone();
        let copies = self.copies.clone().unwrap_or_default();
        let names: Vec<serde_json::Value> =
            copies.into_iter().map(|encoding| name(encoding).into()).collect();
        record.about.target.insert(COMPRESS.to_owned(), names.into());
        if let Some(previous) = &self.previous {
            record.about.target.insert(PREVIOUS.to_owned(), previous.as_str().into());
        }
        let outdated = self.outdated(&current);
        self.host.write_record(&current, &encoded(&record)?, &outdated)?;
        self.state.taken_down = None;
        self.state.recorded.insert(current);
        self.state.releases.retain(|release| !outdated.contains(release));
        self.state.recorded.retain(|release| !outdated.contains(release));
        Ok(())
    }

    fn close(&mut self) {
        self.host.close();
    }

    fn roll_back(&mut self, release: Option<&str>, shows_removed: bool) -> Result<Record> {
        let release = self.earlier(release)?;
        let bytes = self.host.read_record(&release)?.unwrap_or_default();
        let mut record = self.read(&bytes)?.map_err(Box::new)?;
        let mut hidden = BTreeSet::new();
        if let Some(current) = self.state.current.clone().filter(|current| release < *current)
            && let Some(bytes) = self.host.read_record(&current)?
            && let Ok(now) = self.read(&bytes)?
        {
            hidden.extend(withdrawn_since(&record, &now));
        }
        if !hidden.is_empty() && !shows_removed {
            return Err(crate::publish::target::shows_removed(hidden.len()));
        }
        paths::check(hidden.iter().map(String::as_str))?;
        if !hidden.is_empty() {
            self.host.remove(std::slice::from_ref(&release), &removal(with_copies(&hidden)), None)?;
        }
        // Stories that were taken down since are gone from all releases, but not from their records.
        let names = self.host.names(&release)?;
        record.files.retain(|path, _| names.contains(path));
        self.host.write_record(&release, &encoded(&record)?, &[])?;
        self.host.switch(&release)?;
        self.state.current = Some(release);
        Ok(record)
    }
}

/// Files with their copies in all encodings.
fn with_copies(paths: &BTreeSet<String>) -> impl Iterator<Item = String> {
    let copies = paths.iter().flat_map(|path| ENCODINGS.map(|encoding| compressed(path, encoding)));
    paths.iter().cloned().chain(copies)
}

/// The stories of an earlier record that were deleted or withdrawn by the time of a later one.
fn withdrawn_since(then: &Record, now: &Record) -> impl Iterator<Item = String> {
    let stories = then.files.iter().filter(|(_, file)| file.class.is_of_story());
    let is_hidden = |path: &String| now.files.get(path).is_none_or(|file| file.class == FileClass::Notice);
    stories.map(|(path, _)| path).filter(move |path| is_hidden(path)).cloned()
}

fn encoded(record: &Record) -> Result<Vec<u8>> {
    let failed = |error| {
        problems::fatal("publish/upload", format!("cannot write the record: {error}"), "publish again")
    };
    record.to_bytes().map_err(failed)
}

fn remembered(record: &Record) -> Vec<Compression> {
    let names = record.about.target.get(COMPRESS).and_then(|names| names.as_array());
    let is_named = |encoding: &Compression| {
        names.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name(*encoding))))
    };
    ENCODINGS.into_iter().filter(is_named).collect()
}

fn name(encoding: Compression) -> &'static str {
    match encoding {
        Compression::Brotli => "br",
        Compression::Gzip => "gzip",
    }
}
