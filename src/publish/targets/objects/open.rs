//! A target → its record and what is unknown of it, with or without the lock.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use super::journal::{self, Journal, Known};
use super::lease::{Held, Lease};
use super::lock::{self, Before, Found, Lock, Taken};
use super::record_copy::{self, RecordCopy};
use super::target::{CONDITIONS, Claimed, Objects, STORE};
use super::transfer::in_parallel;
use super::{Fetched, RECORD, Version, probe};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::FileClass;
use crate::publish::record::{PublishedFile, Record, Unreadable};
use crate::publish::target::{Claim, Opened, Result, Stored};

/// The record as the store has it.
#[derive(Default)]
struct Read {
    /// The record, unless it is missing or damaged.
    record: Option<Record>,
    /// Its version, also if it is damaged.
    version: Option<Version>,
}

impl Read {
    fn run(&self) -> Option<&str> {
        self.record.as_ref().map(|record| record.about.run.as_str())
    }

    fn into_copy(self) -> Option<RecordCopy> {
        Some(RecordCopy { record: self.record?, version: self.version? })
    }
}

impl Objects {
    /// Opens the target without changing anything.
    pub(super) fn look(&mut self) -> Result<Opened> {
        let read = self.read_record(self.local_copy())?;
        let journal = Journal::read(&self.state.join("journal"));
        let mut warnings = Vec::new();
        let before = match lock::read(&*self.store)? {
            Found::Free => Before::Nobody,
            Found::Damaged(_) => Before::Unknown,
            Found::Held(held) => {
                if is_alive(&held.lock, &journal, &read) {
                    let mut warning = lock::locked(&*self.store, Some(&held.lock));
                    warning.severity = Severity::Warning;
                    warnings.push(warning);
                }
                Before::Unfinished(Box::new(held.lock))
            }
        };
        if self.remembered(read.record.as_ref()) == Some(false) {
            warnings.push(self.no_conditions());
        }
        self.opened(read, &before, journal, warnings)
    }

    /// Opens the target for changes.
    pub(super) fn claim(&mut self, claim: &Claim) -> Result<Opened> {
        let alone = self.be_alone()?;
        let path = self.state.join("journal");
        let (journal, writer) = (Journal::read(&path), journal::Writer::open(path));
        let local = self.local_copy();
        let local_version = local.as_ref().map(|copy| copy.version.clone());
        let (copy, conditions) = self.conditions(local, claim)?;
        // Before the lock is taken, so that this machine knows the lock as its own even if it is killed at once.
        writer.claim(&claim.run);
        let (taken, forced_from) = self.take(claim, conditions, &journal, copy.as_ref())?;
        let lease = self.lease(conditions, taken.held);
        // Before anything can fail, so that `close` releases the lock.
        self.claimed = Some(Claimed::new(lease, conditions, writer, alone));
        let mut warnings = Vec::new();
        if let Some(other) = forced_from {
            warnings.push(self.took_over(&other));
            // The other publication notices at its next renewal, and its last requests end.
            thread::sleep(self.timing.renewal + self.timing.renewal / 4);
        }
        if !conditions {
            warnings.push(self.no_conditions());
        }
        let read = self.read_record(copy)?;
        if let (Some(record), Some(version)) = (&read.record, &read.version)
            && local_version.as_ref() != Some(version)
            && let Ok(bytes) = record.to_bytes()
        {
            record_copy::write(&self.state.join("record"), &self.store.identity(), version, &bytes);
        }
        let base = read.version.clone();
        let opened = self.opened(read, &taken.before, journal, warnings)?;
        if let Some(claimed) = &mut self.claimed {
            claimed.base = base;
            claimed.in_doubt.clone_from(&opened.in_doubt);
            claimed.lease.resolve(opened.in_doubt.iter().chain(self.known.keys()).cloned().collect());
            if !self.known.is_empty() {
                claimed.journal.start(claimed.run(), &self.known);
            }
        }
        Ok(opened)
    }

    /// Takes the lock. Also the lock of a publication that seems to run, if it was taken by force.
    fn take(
        &self,
        claim: &Claim,
        conditions: bool,
        journal: &Journal,
        copy: Option<&RecordCopy>,
    ) -> Result<(Taken, Option<Lock>)> {
        let mut is_forced = false;
        let new = Lock::new(&claim.run, &claim.owner, self.timing.end());
        let taken = lock::take(&*self.store, conditions, &new, &mut |other| {
            is_forced = match other {
                Some(other) => is_alive(other, journal, &self.read_record(copy.cloned())?),
                None => true,
            };
            if is_forced && !claim.force {
                return Err(Box::new(lock::locked(&*self.store, other)));
            }
            Ok(())
        });
        let taken = taken.inspect_err(|_| self.abandon(conditions, &claim.run))?;
        let forced_from = match &taken.before {
            Before::Unfinished(other) if is_forced => Some((**other).clone()),
            _ => None,
        };
        Ok((taken, forced_from))
    }

    fn lease(&self, conditions: bool, held: Held) -> Lease {
        Lease::new(Arc::clone(&self.store), conditions, self.timing, held)
    }

    /// Gives the lock up if it was taken although the answer was lost.
    fn abandon(&self, conditions: bool, run: &str) {
        match lock::read(&*self.store) {
            Ok(Found::Held(held)) if held.lock.run == run => self.lease(conditions, held).release(false),
            _ => {}
        }
    }

    /// Whether the store honors conditions: as its record remembers, or by a test. Also the record, if it was read for that.
    fn conditions(&self, local: Option<RecordCopy>, claim: &Claim) -> Result<(Option<RecordCopy>, bool)> {
        if let Some(conditions) = self.remembered(local.as_ref().map(|copy| &copy.record)) {
            return Ok((local, conditions));
        }
        let read = self.read_record(local)?;
        let conditions = match self.remembered(read.record.as_ref()) {
            Some(conditions) => conditions,
            None => probe::honors_conditions(&*self.store, &claim.run)?,
        };
        Ok((read.into_copy(), conditions))
    }

    /// What a record remembers of this store.
    fn remembered(&self, record: Option<&Record>) -> Option<bool> {
        let target = &record?.about.target;
        let is_of_store = target.get(STORE)?.as_str()? == self.store.identity();
        target.get(CONDITIONS)?.as_bool().filter(|_| is_of_store)
    }

    fn local_copy(&self) -> Option<RecordCopy> {
        record_copy::read(&self.state.join("record"), &self.store.identity())
    }

    /// Reads the record. A copy that is still current is not sent again.
    fn read_record(&self, copy: Option<RecordCopy>) -> Result<Read> {
        let (bytes, version) = match self.store.get(RECORD, copy.as_ref().map(|copy| &copy.version))? {
            Fetched::Missing => return Ok(Read::default()),
            Fetched::Object(bytes, version) => (bytes, version),
            Fetched::Unchanged => {
                let (record, version) = copy.map(|copy| (copy.record, copy.version)).unzip();
                return Ok(Read { record, version });
            }
        };
        match Record::parse(&bytes) {
            Ok(record) => Ok(Read { record: Some(record), version: Some(version) }),
            Err(Unreadable::Damaged) => Ok(Read { record: None, version: Some(version) }),
            Err(Unreadable::Newer) => Err(lock::newer(&*self.store)),
        }
    }

    /// Combines what was read. Afterwards, `known` is what the store has although the record does not say so.
    fn opened(
        &mut self,
        read: Read,
        before: &Before,
        journal: Journal,
        mut warnings: Vec<Diagnostic>,
    ) -> Result<Opened> {
        if read.record.is_none() && read.version.is_some() {
            warnings.push(self.damaged());
        }
        let (mut in_doubt, mut known) = in_doubt(before, journal, &read);
        let mut record = match before {
            Before::Unknown => None,
            _ => read.record,
        };
        // Without a record, everything is listed anyway.
        if let Some(record) = &mut record {
            self.ask(&mut in_doubt, &mut known, record)?;
            for (path, file) in &known {
                match file {
                    Some(file) => drop(record.files.insert(path.clone(), file.clone())),
                    None => drop(record.files.remove(path)),
                }
            }
        }
        self.known = known;
        // With a record, a list is requested only for `--repair`.
        self.trusts_known = record.is_none();
        Ok(Opened { record, in_doubt, warnings })
    }

    /// Asks the store for the paths in doubt: only what is missing has to be uploaded. What it cannot identify stays in doubt.
    fn ask(&self, in_doubt: &mut BTreeSet<String>, known: &mut Known, record: &Record) -> Result<()> {
        let paths: Vec<&String> = in_doubt.iter().collect();
        let stored = in_parallel(&paths, self.threads, |path| self.store.head(path))?;
        for (path, stored) in paths.into_iter().zip(stored) {
            let file = match stored {
                None => None,
                Some(Stored { hash: None, .. }) => continue,
                Some(Stored { hash: Some(hash), size, headers, .. }) => {
                    let recorded = record.files.get(path).filter(|file| file.hash == hash);
                    // What is not in the record could be a story that readers must not see.
                    let class = recorded.map_or(FileClass::Story, |file| file.class);
                    Some(PublishedFile { class, size, hash, headers: Arc::new(headers) })
                }
            };
            known.insert(path.clone(), file);
        }
        in_doubt.retain(|path| !known.contains_key(path));
        // Even if all is known, something must be published, so that the record is stored.
        if in_doubt.is_empty() {
            in_doubt.extend(known.keys().next_back().cloned());
        }
        Ok(())
    }

    /// Locks the state of this machine. `None` if its file system has no locks.
    fn be_alone(&self) -> Result<Option<File>> {
        let opened = fs::create_dir_all(&self.state).and_then(|()| File::create(self.state.join("lock")));
        let Ok(file) = opened else { return Ok(None) };
        // A process that another thread starts holds the lock until it executes its program.
        for _ in 0..20 {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::Error(_)) => return Ok(None),
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(25)),
            }
        }
        let message = format!("this machine is already publishing to {}", self.store.place());
        Err(Box::new(
            Diagnostic::fatal("publish/locked", message).help("try again when that publication has ended"),
        ))
    }

    fn took_over(&self, other: &Lock) -> Diagnostic {
        let message =
            format!("took the lock of {}, who was publishing to {}", other.owner, self.store.place());
        Diagnostic::warning("publish/locked", message).help("if that publication still runs, it will stop")
    }

    fn no_conditions(&self) -> Diagnostic {
        let message = format!("{} cannot prevent two publications at once", self.store.place());
        Diagnostic::warning("publish/no-conditions", message).help(
            "this store ignores conditions of requests (`If-Match`, `If-None-Match`); make sure that only one machine publishes at a time",
        )
    }

    fn damaged(&self) -> Diagnostic {
        let message =
            format!("the record of {} is damaged, so all of its files are compared", self.store.place());
        Diagnostic::warning("publish/damaged-record", message)
            .help(format!("let nothing but bulletin write `{RECORD}`; this publication replaces it"))
    }
}

/// Whether a publication that holds the lock may still run.
fn is_alive(lock: &Lock, journal: &Journal, read: &Read) -> bool {
    // This machine runs one publication at a time, and one that stored its record changes nothing more.
    lock.expires > Timestamp::now() && !journal.claims.contains(&lock.run) && read.run() != Some(&lock.run)
}

/// The paths whose state is unknown, and those of which it is known although the record does not have it.
fn in_doubt(before: &Before, journal: Journal, read: &Read) -> (BTreeSet<String>, Known) {
    match before {
        Before::Unfinished(lock) if read.run() == Some(&lock.run) => (lock.rest.clone(), Known::new()),
        Before::Unfinished(lock) if journal.is_of(lock) => {
            let unknown = lock.doubt.iter().filter(|path| !journal.known.contains_key(*path));
            (unknown.cloned().collect(), journal.known)
        }
        Before::Unfinished(lock) => (lock.doubt.clone(), Known::new()),
        Before::Unknown => Default::default(),
        Before::Nobody => match journal.run {
            // Somebody removed the lock, and no publication was finished since.
            Some(run)
                if run.base.as_ref() == read.version.as_ref().map(|version| &version.0)
                    && read.run() != Some(&run.run) =>
            {
                (run.doubt, Known::new())
            }
            _ => Default::default(),
        },
    }
}
