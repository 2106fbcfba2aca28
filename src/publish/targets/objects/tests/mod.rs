//! The protocol over a store in memory: two publications at once, and the end of a publication at each of its requests.
#![allow(clippy::unwrap_used)] // A panic here is a failed test.

mod memory;
mod protocol;
mod races;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;

use self::memory::Memory;
use super::Objects;
use super::lease::Timing;
use super::lock::Lock;
use crate::plan::FileClass;
use crate::publish::local_file::{ContentHash, Headers, LocalFile, Source};
use crate::publish::plan::Plan;
use crate::publish::record::{About, PublishedFile, Record};
use crate::publish::target::{Claim, Opened, Result, Target};

/// The bytes of a site by path.
type Site = BTreeMap<&'static str, &'static str>;

fn headers(path: &str) -> Headers {
    let content_type = if path.ends_with(".css") { "text/css" } else { "text/html" };
    Headers { content_type: content_type.to_owned(), ..Headers::default() }
}

fn file(path: &str, text: &str) -> LocalFile {
    LocalFile {
        path: path.to_owned(),
        class: FileClass::Story,
        source: Source::Memory(text.as_bytes().into()),
        size: text.len() as u64,
        hash: ContentHash::of(text.as_bytes()),
        headers: Arc::new(headers(path)),
    }
}

fn files(site: &Site) -> Vec<LocalFile> {
    site.iter().map(|(path, text)| file(path, text)).collect()
}

fn published(file: &LocalFile) -> PublishedFile {
    let (class, size, hash) = (file.class, file.size, file.hash);
    PublishedFile { class, size, hash, headers: Arc::clone(&file.headers) }
}

fn record(run: &str, files: &[LocalFile]) -> Record {
    Record {
        about: About {
            site: "https://herald.example/".to_owned(),
            build: String::new(),
            as_of: Timestamp::UNIX_EPOCH,
            published: Timestamp::UNIX_EPOCH,
            run: run.to_owned(),
            unpurged: Vec::new(),
            target: serde_json::Map::new(),
        },
        files: files.iter().map(|file| (file.path.clone(), published(file))).collect(),
    }
}

fn claim(run: &str) -> Claim {
    Claim { run: run.to_owned(), owner: format!("{run}@desk"), force: false }
}

/// A target on one request at a time, so that requests have an order.
fn target(store: Memory, state: &Path) -> Objects {
    let mut objects = Objects::new(Box::new(store), Some(1), state.to_owned());
    objects.timing = Timing { lease: Duration::from_secs(120), ..Timing::default() };
    objects
}

/// The folder of a machine, in memory if possible.
fn state() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// The folder of another machine.
fn state_of(state: &TempDir, machine: &str) -> PathBuf {
    state.path().join(machine)
}

/// What a publication does: the engine in its simplest form, one step at a time.
struct Publication {
    target: Objects,
    run: String,
    files: Vec<LocalFile>,
    plan: Plan,
    opened: Option<Opened>,
}

const STEPS: usize = 6;

impl Publication {
    fn new(run: &str, store: Memory, state: &Path, site: &Site) -> Self {
        let (target, files) = (target(store, state), files(site));
        Self { target, run: run.to_owned(), files, plan: Plan::default(), opened: None }
    }

    fn step(&mut self, step: usize) -> Result<()> {
        let Self { target, plan, files, .. } = self;
        match step {
            0 => {
                let opened = target.open(Some(&claim(&self.run)))?;
                let (record, in_doubt) = (opened.record.clone(), opened.in_doubt.clone());
                self.opened = Some(opened);
                self.make_plan(record, &in_doubt)
            }
            1 => target.begin(plan, files),
            2 => target.take_down(&plan.take_down),
            3 => {
                let uploads: Vec<&LocalFile> = plan.uploads(files).collect();
                target.upload(&uploads, &|_| {})
            }
            4 => target.remove(&plan.remove),
            _ => target.finish(&record(&self.run, files)),
        }
    }

    /// Files of stories come down first, all others go at the end.
    fn make_plan(&mut self, record: Option<Record>, in_doubt: &BTreeSet<String>) -> Result<()> {
        let there: BTreeMap<String, Option<PublishedFile>> = match record {
            Some(record) => record.files.into_iter().map(|(path, file)| (path, Some(file))).collect(),
            None => {
                let listed = self.target.list()?.unwrap();
                let paths: Vec<&str> = listed.iter().map(|listed| listed.path.as_str()).collect();
                let stored = self.target.inspect(&paths)?;
                let same = listed.iter().zip(stored).map(|(listed, stored)| {
                    let file = self.files.iter().find(|file| file.path == listed.path);
                    let same = file.filter(|file| {
                        stored.as_ref().is_some_and(|stored| {
                            stored.hash == Some(file.hash) && stored.headers == *file.headers
                        })
                    });
                    (listed.path.clone(), same.map(published))
                });
                same.collect()
            }
        };
        let is_there = |file: &LocalFile| {
            !in_doubt.contains(&file.path)
                && there.get(&file.path).is_some_and(|found| found.as_ref() == Some(&published(file)))
        };
        let stage = (0..self.files.len()).filter(|index| !is_there(&self.files[*index])).collect();
        let gone: BTreeSet<&String> = there.keys().chain(in_doubt).collect();
        let gone = gone.into_iter().filter(|path| self.files.iter().all(|file| file.path != **path));
        let (take_down, remove) = gone.cloned().partition(|path| path.starts_with("story"));
        self.plan = Plan { take_down, stages: vec![stage], remove, added: Vec::new() };
        Ok(())
    }

    /// All steps, and `close`.
    fn run(&mut self) -> Result<()> {
        let outcome = (0..STEPS).try_for_each(|step| self.step(step));
        self.target.close();
        outcome
    }
}

/// Publishes a site, and says what was opened.
#[track_caller]
fn publish(run: &str, store: &Memory, state: &Path, site: &Site) -> Opened {
    let mut publication = Publication::new(run, store.clone(), state, site);
    if let Err(problem) = publication.run() {
        panic!("{}: {}", problem.code, problem.message);
    }
    publication.opened.unwrap()
}

/// Fails unless the store has exactly this site, and a record of it, and no lock.
#[track_caller]
fn assert_serves(store: &Memory, site: &Site, what: &str) {
    let mut objects = store.objects();
    let record = Record::parse(&objects.remove(super::RECORD).expect(what).0).unwrap();
    let expected: BTreeMap<String, PublishedFile> =
        files(site).iter().map(|file| (file.path.clone(), published(file))).collect();
    assert_eq!(record.files, expected, "{what}");
    let served: BTreeMap<&str, (&[u8], &Headers)> =
        objects.iter().map(|(key, (bytes, headers))| (key.as_str(), (bytes.as_slice(), headers))).collect();
    let headers: BTreeMap<&str, Headers> = site.keys().map(|path| (*path, headers(path))).collect();
    let expected: BTreeMap<&str, (&[u8], &Headers)> =
        site.iter().map(|(path, text)| (*path, (text.as_bytes(), &headers[path]))).collect();
    assert_eq!(served, expected, "{what}");
}

/// Lets the time pass until the lock ends.
fn expire(store: &Memory) {
    if let Some((bytes, _)) = store.objects().get(super::LOCK) {
        let lock = Lock { expires: Timestamp::UNIX_EPOCH, ..Lock::parse(bytes).unwrap() };
        store.set(super::LOCK, &lock.to_bytes().unwrap());
    }
}
