//! What this machine did at a target → a file of lines in the state of the site, and back.
//!
//! After a publication was killed, the journal tells which of its files the store certainly has, so that they are not sent again. It only saves
//! uploads: without it, or with a part of it, all files that the lock names are in doubt. So failures to write it do not matter.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::lock::Lock;
use crate::plan::FileClass;
use crate::publish::local_file::{ContentHash, Headers, LocalFile};
use crate::publish::record::PublishedFile;

/// What a store certainly has of paths: a file, or nothing.
pub(super) type Known = BTreeMap<String, Option<PublishedFile>>;

/// What a journal says.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// Publications of this machine that may hold the lock.
    pub(super) claims: BTreeSet<String>,
    /// The last one that began.
    pub(super) run: Option<Run>,
    /// What it confirmed.
    pub(super) known: Known,
}

/// A publication in a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    /// Its id.
    pub(super) run: String,
    /// Whether it may have changed something, as in [`Lock`].
    pub(super) began: bool,
    /// The version of the record that it began with.
    pub(super) base: Option<String>,
    /// The paths that were in doubt.
    pub(super) doubt: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Claim(String),
    Run(Run),
    Stored { path: String, class: String, size: u64, hash: String, headers: Headers },
    Gone(String),
}

impl Journal {
    /// Reads a journal. What follows a damaged line does not count.
    pub(super) fn read(path: &Path) -> Self {
        let mut journal = Self::default();
        let text = fs::read(path).unwrap_or_default();
        // A line without its end is the last one of a killed process.
        for line in text.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n")) {
            let Some(()) = journal.add(line) else { break };
        }
        journal
    }

    fn add(&mut self, line: &[u8]) -> Option<()> {
        match serde_json::from_slice(line).ok()? {
            Line::Claim(run) => drop(self.claims.insert(run)),
            Line::Run(run) => {
                self.claims.insert(run.run.clone());
                self.known.clear();
                self.run = Some(run);
            }
            Line::Stored { path, class, size, hash, headers } => {
                let class = FileClass::of_name(&class)?;
                let hash = ContentHash::parse(&hash)?;
                let file = PublishedFile { class, size, hash, headers: Arc::new(headers) };
                self.known.insert(path, Some(file));
            }
            Line::Gone(path) => drop(self.known.insert(path, None)),
        }
        Some(())
    }

    /// Whether it is about the publication of a lock, and nothing happened since.
    pub(super) fn is_of(&self, lock: &Lock) -> bool {
        self.run.as_ref().is_some_and(|run| run.run == lock.run && run.began == lock.began)
    }
}

/// A journal that is being written.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    /// `None` if it cannot be written.
    file: Mutex<Option<File>>,
}

impl Writer {
    /// Goes on with a journal.
    pub(super) fn open(path: PathBuf) -> Self {
        let file = fs::OpenOptions::new().create(true).append(true).open(&path).ok();
        Self { path, file: Mutex::new(file) }
    }

    /// Notes that a publication may take the lock.
    pub(super) fn claim(&self, run: &str) {
        self.append(&Line::Claim(run.to_owned()));
    }

    /// Starts a new journal.
    pub(super) fn start(&self, run: Run, known: &Known) {
        let mut lines = vec![Line::Run(run)];
        lines.extend(known.iter().map(|(path, file)| match file {
            Some(file) => Line::Stored {
                path: path.clone(),
                class: file.class.name().to_owned(),
                size: file.size,
                hash: file.hash.to_string(),
                headers: (*file.headers).clone(),
            },
            None => Line::Gone(path.clone()),
        }));
        let text: Vec<u8> = lines.iter().flat_map(text).collect();
        let temporary = self.path.with_extension("new");
        let written = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, &self.path));
        let opened = written.and_then(|()| fs::OpenOptions::new().append(true).open(&self.path));
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = opened.ok();
    }

    /// Notes that the store has a file.
    pub(super) fn stored(&self, file: &LocalFile, headers: Headers) {
        self.append(&Line::Stored {
            path: file.path.clone(),
            class: file.class.name().to_owned(),
            size: file.size,
            hash: file.hash.to_string(),
            headers,
        });
    }

    /// Notes that the store no longer has a path.
    pub(super) fn gone(&self, path: &str) {
        self.append(&Line::Gone(path.to_owned()));
    }

    /// Ends the journal: its publication is in the record.
    pub(super) fn end(&self) {
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let _ = fs::remove_file(&self.path);
    }

    fn append(&self, line: &Line) {
        if let Some(file) = &mut *self.file.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = file.write_all(&text(line));
        }
    }
}

fn text(line: &Line) -> Vec<u8> {
    let mut text = serde_json::to_vec(line).unwrap_or_default();
    text.push(b'\n');
    text
}
