//! A publication → requests to an object store, in an order in which another publication, a lost answer or the end of the process at any
//! instant leaves the site whole, and the next publication knows what is unknown.
//!
//! The lock names all paths that will change before the first one does. It is removed only after the record was stored. So whoever finds the lock
//! of a publication that ended knows which paths may differ from the record.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::journal::{self, Known};
use super::lease::{Lease, Timing, lost_race};
use super::lock;
use super::record_copy;
use super::transfer::{Sending, in_parallel};
use super::{Condition, Fetched, Object, ObjectStore, PROBE, Put, RECORD, Version, is_private, put_private};
use crate::diagnostic::Diagnostic;
use crate::publish::local_file::LocalFile;
use crate::publish::plan::Plan;
use crate::publish::record::Record;
use crate::publish::target::{Abilities, Claim, Limits, Listed, Opened, Result, Stored, Target};

/// How many requests run at a time, unless the settings say otherwise.
const THREADS: usize = 16;
/// What a record remembers of its store: which one it is, and whether it honors conditions.
pub(super) const STORE: &str = "store";
pub(super) const CONDITIONS: &str = "conditions";

/// A target that is an object store.
pub(crate) struct Objects {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) threads: usize,
    /// The folder for what this machine knows of the target.
    pub(super) state: PathBuf,
    pub(super) timing: Timing,
    /// What the store has of paths, although its record does not say so.
    pub(super) known: Known,
    /// Whether `known` replaces questions to the store.
    pub(super) trusts_known: bool,
    pub(super) claimed: Option<Claimed>,
}

/// A publication that holds the lock.
pub(super) struct Claimed {
    pub(super) lease: Lease,
    /// Whether the store honors conditions.
    pub(super) conditions: bool,
    /// The version of the record that will be replaced.
    pub(super) base: Option<Version>,
    /// The paths whose state was unknown when the target was opened.
    pub(super) in_doubt: BTreeSet<String>,
    pub(super) journal: journal::Writer,
    /// The paths that will be uploaded.
    uploads: HashSet<String>,
    /// How many of the announced changes are not confirmed yet. `None` before they are announced.
    left: Option<AtomicUsize>,
    /// Whether the record was about to be stored.
    is_complete: bool,
    is_finished: bool,
    /// Locks the state of this machine until it is dropped.
    _alone: Option<File>,
}

impl Claimed {
    pub(super) fn new(lease: Lease, conditions: bool, journal: journal::Writer, alone: Option<File>) -> Self {
        Self {
            lease,
            conditions,
            base: None,
            in_doubt: BTreeSet::new(),
            journal,
            uploads: HashSet::new(),
            left: None,
            is_complete: false,
            is_finished: false,
            _alone: alone,
        }
    }

    /// Counts a confirmed change.
    fn confirm(&self) {
        if let Some(left) = &self.left {
            left.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Whether everything was confirmed, and the publication ended before the record could be stored: the store was found to have something else.
    fn is_doubtful(&self) -> bool {
        !self.is_complete && self.left.as_ref().is_some_and(|left| left.load(Ordering::Relaxed) == 0)
    }

    /// What the journal says of this publication.
    pub(super) fn run(&self) -> journal::Run {
        let lock = self.lease.lock();
        let base = self.base.as_ref().map(|version| version.0.clone());
        journal::Run { run: lock.run, began: lock.began, base, doubt: lock.doubt }
    }
}

impl Objects {
    /// A target with a store, the number of requests that may run at a time, and the folder for what this machine remembers of it.
    pub(crate) fn new(store: Box<dyn ObjectStore>, parallel: Option<usize>, state: PathBuf) -> Self {
        let threads = parallel.unwrap_or(THREADS).max(1);
        let store = Arc::from(store);
        Self {
            store,
            threads,
            state,
            timing: Timing::default(),
            known: Known::new(),
            trusts_known: false,
            claimed: None,
        }
    }

    fn claimed(&self) -> Result<&Claimed> {
        self.claimed.as_ref().ok_or_else(|| {
            let message = format!("{} was not opened for changes", self.store.place());
            Box::new(Diagnostic::fatal("publish/upload", message))
        })
    }

    fn upload_file(&self, claimed: &Claimed, file: &LocalFile) -> Result<()> {
        claimed.lease.check()?;
        let sending = Sending::of(file)?;
        let headers = (self.store.headers())(&file.headers);
        let object =
            Object { key: &file.path, body: sending.body.clone(), hash: file.hash, headers: &headers };
        if self.store.put(&object, &Condition::None)? == Put::Refused {
            let message = format!("{} refused `{}`", self.store.place(), file.path);
            return Err(Box::new(Diagnostic::fatal("publish/upload", message)));
        }
        sending.check(file)?;
        claimed.journal.stored(file, headers);
        claimed.confirm();
        Ok(())
    }

    fn delete(&self, paths: &[String]) -> Result<()> {
        let claimed = self.claimed()?;
        let batches: Vec<&[String]> = paths.chunks(self.store.delete_batch().max(1)).collect();
        in_parallel(&batches, self.threads, |batch| {
            claimed.lease.check()?;
            self.store.delete(batch)?;
            // A path that is uploaded later is unknown again from then on.
            batch.iter().filter(|path| !claimed.uploads.contains(*path)).for_each(|path| {
                claimed.journal.gone(path);
                claimed.confirm();
            });
            Ok(())
        })?;
        Ok(())
    }

    /// Deletes what tests of the store left that were killed. They precede every list: without a record nothing is remembered of the store.
    fn delete_probes(&self, keys: &[String]) -> Result<()> {
        keys.chunks(self.store.delete_batch().max(1)).try_for_each(|batch| self.store.delete(batch))
    }

    /// The record with what this target remembers in it.
    fn amended(&self, record: &Record, conditions: bool) -> Record {
        let mut record = record.clone();
        record.about.target.insert(STORE.to_owned(), self.store.identity().into());
        record.about.target.insert(CONDITIONS.to_owned(), conditions.into());
        record
    }

    /// Stores a record, unless another one was stored since this publication read it.
    fn put_record(&self, claimed: &Claimed, bytes: &[u8]) -> Result<Version> {
        let store = &*self.store;
        let condition = match &claimed.base {
            _ if !claimed.conditions => Condition::None,
            None => Condition::Absent,
            Some(base) => Condition::Unchanged(base.clone()),
        };
        if condition == Condition::None {
            let is_unchanged = match store.get(RECORD, claimed.base.as_ref())? {
                Fetched::Missing => claimed.base.is_none(),
                Fetched::Unchanged => true,
                Fetched::Object(_, version) => Some(&version) == claimed.base.as_ref(),
            };
            if !is_unchanged {
                return Err(Box::new(lost_race(&store.place(), None)));
            }
        }
        match put_private(store, RECORD, bytes, &condition)? {
            Put::Stored(version) => Ok(version),
            Put::Refused => match store.get(RECORD, None)? {
                // An earlier attempt stored it, and its answer was lost.
                Fetched::Object(stored, version) if stored == bytes => Ok(version),
                _ => Err(Box::new(lost_race(&store.place(), None))),
            },
        }
    }
}

impl Target for Objects {
    fn place(&self) -> String {
        self.store.place()
    }

    fn abilities(&self) -> Abilities {
        let limits = Limits {
            file_size: Some(self.store.largest()),
            path_length: Some(self.store.longest_key()),
            ..Limits::default()
        };
        Abilities { headers: self.store.headers(), is_atomic: false, limits }
    }

    fn open(&mut self, claim: Option<&Claim>) -> Result<Opened> {
        match claim {
            None => self.look(),
            Some(claim) => self.claim(claim),
        }
    }

    fn list(&mut self) -> Result<Option<Vec<Listed>>> {
        let (own, listed): (Vec<_>, Vec<_>) =
            self.store.list()?.into_iter().partition(|object| is_private(&object.path));
        if self.claimed.is_some() {
            let left = own.into_iter().map(|object| object.path).filter(|key| key.starts_with(PROBE));
            self.delete_probes(&left.collect::<Vec<_>>())?;
        }
        Ok(Some(listed))
    }

    fn inspect(&mut self, paths: &[&str]) -> Result<Vec<Option<Stored>>> {
        in_parallel(paths, self.threads, |path| match self.known.get(*path).filter(|_| self.trusts_known) {
            Some(known) => Ok(known.as_ref().map(|file| Stored {
                size: file.size,
                hash: Some(file.hash),
                md5: None,
                headers: (*file.headers).clone(),
            })),
            None => self.store.head(path),
        })
    }

    fn begin(&mut self, plan: &Plan, files: &[LocalFile]) -> Result<()> {
        let uploads: HashSet<String> = plan.uploads(files).map(|file| file.path.clone()).collect();
        let claimed = self.claimed()?;
        let changed: HashSet<&String> = uploads.iter().chain(&plan.take_down).chain(&plan.remove).collect();
        let mut rest = claimed.in_doubt.clone();
        rest.retain(|path| !changed.contains(path));
        claimed.lease.change(|lock| {
            lock.began = true;
            lock.doubt.extend(changed.iter().copied().cloned());
            lock.rest = rest;
        })?;
        // Until it is confirmed, nothing is known of what changes.
        let mut known = self.known.clone();
        known.retain(|path, _| !changed.contains(path));
        claimed.journal.start(claimed.run(), &known);
        let left = changed.len();
        if let Some(claimed) = &mut self.claimed {
            claimed.left = Some(AtomicUsize::new(left));
            claimed.uploads = uploads;
        }
        Ok(())
    }

    fn take_down(&mut self, paths: &[String]) -> Result<()> {
        self.delete(paths)
    }

    fn upload(&mut self, files: &[&LocalFile], sent: &(dyn Fn(&LocalFile) + Sync)) -> Result<()> {
        let claimed = self.claimed()?;
        in_parallel(files, self.threads, |file| {
            self.upload_file(claimed, file)?;
            sent(file);
            Ok(())
        })?;
        Ok(())
    }

    fn activate(&mut self) -> Result<()> {
        Ok(())
    }

    fn remove(&mut self, paths: &[String]) -> Result<()> {
        self.delete(paths)
    }

    fn finish(&mut self, record: &Record) -> Result<()> {
        if let Some(claimed) = &mut self.claimed {
            claimed.is_complete = true;
        }
        let claimed = self.claimed()?;
        claimed.lease.check()?;
        let record = self.amended(record, claimed.conditions);
        let bytes = record.to_bytes().map_err(|error| lock::unwritable(&error))?;
        let version = self.put_record(claimed, &bytes)?;
        record_copy::write(&self.state.join("record"), &self.store.identity(), &version, &bytes);
        claimed.journal.end();
        if let Some(claimed) = &mut self.claimed {
            claimed.base = Some(version);
            claimed.is_finished = true;
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Some(claimed) = self.claimed.take() {
            if claimed.is_doubtful() {
                claimed.journal.end();
            }
            claimed.lease.release(claimed.is_finished);
        }
    }

    fn roll_back(&mut self, _release: Option<&str>, _shows_removed: bool) -> Result<Record> {
        let message = format!("{} keeps no earlier releases", self.store.place());
        Err(Box::new(Diagnostic::fatal("publish/no-rollback", message).help(
            "restore the earlier state of the sources, for example with `git revert`, and publish that",
        )))
    }
}
