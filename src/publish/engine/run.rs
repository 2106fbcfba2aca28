//! The steps of a publication, in the order that keeps readers safe.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use jiff::Timestamp;

use super::Publication;
use crate::diagnostic::Diagnostic;
use crate::publish::local_file::LocalFile;
use crate::publish::record::{PublishedFile, Record};
use crate::publish::target::Result;

/// Receives the progress of a publication. It is called from many threads.
pub trait Progress: Sync {
    /// So many files will be uploaded.
    fn total(&self, files: usize);
    /// A file was uploaded.
    fn sent(&self);
}

/// What a publication did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Files that were uploaded.
    pub uploaded: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Whether all files that readers must not see are gone.
    pub taken_down: bool,
    /// Whether readers see the whole site.
    pub complete: bool,
}

/// The outcome of a publication.
#[derive(Debug)]
pub struct Outcome {
    /// What was done, even if it failed.
    pub done: Done,
    /// All problems. Without errors, the target has the site.
    pub problems: Vec<Diagnostic>,
}

impl Publication {
    /// Publishes. A failure ends it before the next step; the next publication goes on from there.
    pub fn run(mut self, progress: &dyn Progress) -> Outcome {
        let mut done = Done::default();
        let mut problems = Vec::new();
        if self.is_up_to_date() {
            done = Done { taken_down: true, complete: true, ..done };
        } else if let Err(problem) = self.publish(progress, &mut done, &mut problems) {
            problems.push(*problem);
        }
        self.target.close();
        self.is_open = false;
        Outcome { done, problems }
    }

    fn publish(
        &mut self,
        progress: &dyn Progress,
        done: &mut Done,
        problems: &mut Vec<Diagnostic>,
    ) -> Result<()> {
        let plan = std::mem::take(&mut self.plan);
        progress.total(plan.stages.iter().map(Vec::len).sum());
        self.target.begin(&plan, &self.files)?;
        if !plan.take_down.is_empty() {
            self.target.take_down(&plan.take_down)?;
        }
        done.taken_down = true;
        for stage in &plan.stages {
            self.upload(stage, progress, done)?;
        }
        self.target.activate()?;
        if !plan.remove.is_empty() {
            self.target.remove(&plan.remove)?;
        }
        done.complete = true;
        let _ = problems;
        self.about.published = Timestamp::now();
        let record = Record { about: self.about.clone(), files: self.published_files() };
        self.target.finish(&record)
    }

    fn upload(&mut self, stage: &[usize], progress: &dyn Progress, done: &mut Done) -> Result<()> {
        let files: Vec<&LocalFile> = stage.iter().map(|index| &self.files[*index]).collect();
        let (count, bytes) = (AtomicUsize::new(0), AtomicU64::new(0));
        let sent = |file: &LocalFile| {
            count.fetch_add(1, Ordering::Relaxed);
            bytes.fetch_add(file.size, Ordering::Relaxed);
            progress.sent();
        };
        let result = self.target.upload(&files, &sent);
        done.uploaded += count.into_inner();
        done.bytes += bytes.into_inner();
        result
    }

    /// The files of the site as the record has them.
    fn published_files(&self) -> BTreeMap<String, PublishedFile> {
        let reduce = self.target.abilities().headers;
        // Few headers are distinct, so that equal ones are shared.
        let mut reduced = BTreeMap::new();
        let mut published = |file: &LocalFile| {
            let headers = reduced
                .entry(std::sync::Arc::as_ptr(&file.headers))
                .or_insert_with(|| std::sync::Arc::new(reduce(&file.headers)))
                .clone();
            let (class, size, hash) = (file.class, file.size, file.hash);
            (file.path.clone(), PublishedFile { class, size, hash, headers })
        };
        self.files.iter().map(&mut published).collect()
    }
}
