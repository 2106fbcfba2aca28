//! What a publication reads of the process: variables, the home folder, the clock. A value, so that tests choose it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

/// Environment variables, the home folder and the clock.
#[derive(Clone)]
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    now: fn() -> Timestamp,
    sleep: fn(Duration),
}

impl Environment {
    /// That of this process. Variables that are not UTF-8 are ignored.
    pub(crate) fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            variables: std::env::vars_os().filter_map(text).collect(),
            home: std::env::home_dir(),
            now: Timestamp::now,
            sleep: std::thread::sleep,
        }
    }

    /// The value of a variable; `None` if it is not set or blank.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The home folder of the user.
    pub(crate) fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// A path as variables and configuration files have it: `~/` is the home folder.
    pub(crate) fn path(&self, written: &str) -> PathBuf {
        match (written.strip_prefix("~/"), self.home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => written.into(),
        }
    }

    /// The current instant.
    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Waits.
    pub(crate) fn sleep(&self, time: Duration) {
        (self.sleep)(time);
    }

    /// The names and values of all variables, for commands.
    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }
}

/// Variables may be secret.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("home", &self.home).finish_non_exhaustive()
    }
}

#[cfg(test)]
impl Environment {
    /// These variables, this home folder, the clock at 2026-11-30 19:00 UTC, and no waiting.
    pub(crate) fn of(variables: &[(&str, &str)], home: Option<&Path>) -> Self {
        Self {
            variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            home: home.map(Path::to_owned),
            now: || Timestamp::from_second(1_796_065_200).unwrap(),
            sleep: |_| {},
        }
    }
}
