//! The lock that allows one build of a site at a time.

use std::fs::{self, File, TryLockError};
use std::io;

use crate::site::SiteDir;

/// The lock of a site. Released when it is dropped, or when the process ends in any way.
#[derive(Debug)]
pub struct Lock {
    /// `None` if the site's folder cannot be written or does not exist: no other build could lock it either.
    _file: Option<File>,
}

/// Another build has locked the site.
#[derive(Debug)]
pub struct AlreadyLocked(File);

impl Lock {
    /// Locks a site.
    ///
    /// # Errors
    /// If another build has locked it.
    pub fn take(site: &SiteDir) -> Result<Self, AlreadyLocked> {
        // Without a site there is nothing to build, and no folder should be created.
        if !site.config().is_file() {
            return Ok(Self { _file: None });
        }
        let dir = site.state();
        let file = dir.join("lock");
        // Opening a named pipe would block.
        if file.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Ok(Self { _file: None });
        }
        let opened = fs::create_dir_all(&dir)
            .and_then(|()| fs::OpenOptions::new().create(true).truncate(false).write(true).open(file));
        let Ok(file) = opened else { return Ok(Self { _file: None }) };
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(AlreadyLocked(file)),
            // Some network file systems do not support locks.
            Err(TryLockError::Error(_)) => Ok(Self { _file: None }),
        }
    }
}

impl AlreadyLocked {
    /// Waits for the other build to finish.
    pub fn wait(self) -> io::Result<Lock> {
        self.0.lock()?;
        Ok(Lock { _file: Some(self.0) })
    }
}
