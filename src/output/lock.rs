//! One build of a site at a time.

use std::fs::{self, File, TryLockError};
use std::io;

use crate::site::SiteDir;

/// Held while a site is built; given back when it is dropped, or when the process ends in any way.
#[derive(Debug)]
pub struct Lock {
    /// `None` where the site's folder cannot be written or is none, so that no other build could take it either.
    _file: Option<File>,
}

/// Another build of the site is running.
#[derive(Debug)]
pub struct AlreadyLocked(File);

impl Lock {
    /// Takes the lock of a site, unless another build has it.
    ///
    /// # Errors
    /// If another build has it.
    pub fn take(site: &SiteDir) -> Result<Self, AlreadyLocked> {
        // Where there is no site, nothing is built, and no folder should be made.
        if !site.config().is_file() {
            return Ok(Self { _file: None });
        }
        let dir = site.state();
        let file = dir.join("lock");
        // A named pipe would be waited for.
        if file.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Ok(Self { _file: None });
        }
        let opened = fs::create_dir_all(&dir)
            .and_then(|()| fs::OpenOptions::new().create(true).truncate(false).write(true).open(file));
        let Ok(file) = opened else { return Ok(Self { _file: None }) };
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(AlreadyLocked(file)),
            // Some network file systems have no locks.
            Err(TryLockError::Error(_)) => Ok(Self { _file: None }),
        }
    }
}

impl AlreadyLocked {
    /// Waits for the other build to end.
    ///
    /// # Errors
    /// If waiting fails.
    pub fn wait(self) -> io::Result<Lock> {
        self.0.lock()?;
        Ok(Lock { _file: Some(self.0) })
    }
}
