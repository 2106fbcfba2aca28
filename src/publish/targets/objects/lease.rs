//! A lock that was taken → one that lasts as long as its publication: a thread renews it, and every request is preceded by a look whether it
//! is still ours.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;

use super::lock::{self, Found, Lock};
use super::{Condition, LOCK, ObjectStore, Put, Version, put_private};
use crate::diagnostic::Diagnostic;
use crate::publish::target::Result;

/// The times of a lock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// How long a lock lasts if nobody renews it.
    pub(super) lease: Duration,
    /// How often it is renewed. A publication whose lock was taken notices it after this time at the latest.
    pub(super) renewal: Duration,
    /// How long before its end a lock must have been renewed for requests to go on, so that they end before it.
    pub(super) grace: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { lease: seconds(120), renewal: seconds(20), grace: seconds(30) }
    }
}

impl Timing {
    /// When a lock that is renewed now ends.
    pub(super) fn end(&self) -> Timestamp {
        Timestamp::now().saturating_add(self.lease).unwrap_or(Timestamp::MAX)
    }
}

/// A lock as the store has it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// What it says.
    pub(super) lock: Lock,
    /// Its version.
    pub(super) version: Version,
}

/// A lock that is renewed until the lease is released or dropped.
pub(super) struct Lease {
    shared: Arc<Shared>,
    heartbeat: Option<JoinHandle<()>>,
}

struct Shared {
    store: Arc<dyn ObjectStore>,
    /// Whether the store honors conditions.
    conditions: bool,
    timing: Timing,
    /// Locked while the lock is being replaced.
    held: Mutex<Held>,
    /// Whether the last request to replace it failed, so that the store may have another version of it.
    is_unsure: AtomicBool,
    /// When the lock ends, in milliseconds since 1970.
    expires: AtomicI64,
    /// That another publication took the lock.
    lost: OnceLock<Diagnostic>,
    /// Whether the thread must end.
    stop: Mutex<bool>,
    wake: Condvar,
}

impl Lease {
    /// Keeps a lock alive.
    pub(super) fn new(store: Arc<dyn ObjectStore>, conditions: bool, timing: Timing, held: Held) -> Self {
        let shared = Arc::new(Shared {
            store,
            conditions,
            timing,
            expires: AtomicI64::new(held.lock.expires.as_millisecond()),
            held: Mutex::new(held),
            is_unsure: AtomicBool::new(false),
            lost: OnceLock::new(),
            stop: Mutex::new(false),
            wake: Condvar::new(),
        });
        let beating = Arc::clone(&shared);
        // Without the thread, `check` renews the lock.
        let heartbeat = thread::Builder::new().name("lease".to_owned()).spawn(move || beating.beat()).ok();
        Self { shared, heartbeat }
    }

    /// What the lock says now.
    pub(super) fn lock(&self) -> Lock {
        locked(&self.shared.held).lock.clone()
    }

    /// Sets the paths that are in doubt: fewer than those of the publication before, if much of that is known. The store hears of it with the next
    /// request.
    pub(super) fn resolve(&self, doubt: BTreeSet<String>) {
        locked(&self.shared.held).lock.doubt = doubt;
    }

    /// Makes sure that the lock is still ours. To be called before each request that changes something.
    ///
    /// # Errors
    /// If another publication took it, or it ends soon and could not be renewed.
    pub(super) fn check(&self) -> Result<()> {
        self.shared.check()
    }

    /// Replaces the lock by one that says more.
    ///
    /// # Errors
    /// As [`Lease::check`].
    pub(super) fn change(&self, change: impl FnOnce(&mut Lock)) -> Result<()> {
        self.shared.renew(&mut locked(&self.shared.held), change)
    }

    /// Gives the lock up. It is removed if no path is in doubt, or the publication `finished` and left none; otherwise it stays,
    /// for others to take at once.
    /// Failures do not matter, because it ends by itself.
    pub(super) fn release(mut self, finished: bool) {
        self.stop();
        let shared = &self.shared;
        let mut held = locked(&shared.held);
        if shared.lost.get().is_some() {
            return;
        }
        let doubt = if finished { held.lock.rest.clone() } else { held.lock.doubt.clone() };
        if doubt.is_empty() {
            if !shared.conditions || shared.is_unsure.load(Ordering::Acquire) {
                let Ok(version) = shared.own_version(&held.lock.run) else { return };
                held.version = version;
            }
            let _ = shared.store.delete_version(LOCK, &held.version);
            return;
        }
        let lock = Lock { expires: Timestamp::now(), doubt, ..held.lock.clone() };
        let _ = shared.replace(&mut held, lock);
    }

    /// As if the machine had slept until the lock ended.
    #[cfg(test)]
    pub(super) fn expire(&self) {
        self.shared.expires.store(0, Ordering::Release);
    }

    fn stop(&mut self) {
        *locked(&self.shared.stop) = true;
        self.shared.wake.notify_all();
        if let Some(heartbeat) = self.heartbeat.take() {
            let _ = heartbeat.join();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn beat(&self) {
        let mut stop = locked(&self.stop);
        while !*stop {
            let waited = self.wake.wait_timeout_while(stop, self.timing.renewal, |stop| !*stop);
            stop = waited.unwrap_or_else(PoisonError::into_inner).0;
            if !*stop {
                drop(stop);
                // If it fails and goes on failing, `check` notices before the lock ends.
                let _ = self.renew(&mut locked(&self.held), |_| {});
                stop = locked(&self.stop);
            }
        }
    }

    fn check(&self) -> Result<()> {
        if let Some(lost) = self.lost.get() {
            return Err(Box::new(lost.clone()));
        }
        if self.is_fresh() {
            return Ok(());
        }
        // After a pause of this machine, or while renewals fail.
        let mut held = locked(&self.held);
        if self.is_fresh() { Ok(()) } else { self.renew(&mut held, |_| {}) }
    }

    fn is_fresh(&self) -> bool {
        let grace = i64::try_from(self.timing.grace.as_millis()).unwrap_or(i64::MAX);
        Timestamp::now().as_millisecond().saturating_add(grace) < self.expires.load(Ordering::Acquire)
    }

    fn renew(&self, held: &mut Held, change: impl FnOnce(&mut Lock)) -> Result<()> {
        if let Some(lost) = self.lost.get() {
            return Err(Box::new(lost.clone()));
        }
        let mut lock = held.lock.clone();
        change(&mut lock);
        lock.expires = self.timing.end();
        self.replace(held, lock)
    }

    fn replace(&self, held: &mut Held, lock: Lock) -> Result<()> {
        let bytes = lock.to_bytes().map_err(|error| lock::unwritable(&error))?;
        // The second attempt is for a version that an earlier request stored, and whose answer was lost.
        for _ in 0..2 {
            let condition = if self.conditions {
                Condition::Unchanged(held.version.clone())
            } else {
                self.own_version(&lock.run)?;
                Condition::None
            };
            self.is_unsure.store(true, Ordering::Release);
            match put_private(&*self.store, LOCK, &bytes, &condition)? {
                Put::Stored(version) => {
                    self.is_unsure.store(false, Ordering::Release);
                    self.expires.store(lock.expires.as_millisecond(), Ordering::Release);
                    *held = Held { lock, version };
                    return Ok(());
                }
                Put::Refused => held.version = self.own_version(&lock.run)?,
            }
        }
        Err(self.lose(None))
    }

    /// The version of the lock at the store, if it is still ours.
    fn own_version(&self, run: &str) -> Result<Version> {
        match lock::read(&*self.store)? {
            Found::Held(Held { lock, version }) if lock.run == run => Ok(version),
            Found::Held(Held { lock, .. }) => Err(self.lose(Some(&lock.owner))),
            Found::Free | Found::Damaged(_) => Err(self.lose(None)),
        }
    }

    fn lose(&self, owner: Option<&str>) -> Box<Diagnostic> {
        Box::new(self.lost.get_or_init(|| lost_race(&self.store.place(), owner)).clone())
    }
}

/// Another publication took over.
pub(super) fn lost_race(place: &str, owner: Option<&str>) -> Diagnostic {
    let owner = owner.unwrap_or("another publication");
    Diagnostic::fatal("publish/lost-race", format!("{owner} began to publish to {place} in the meantime"))
        .help("publish again when that publication has ended")
}

/// A value behind a mutex. A thread that panicked left it whole: values are replaced at once.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
