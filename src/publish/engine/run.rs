//! The steps of a publication, in the order that keeps readers safe.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use jiff::Timestamp;

use super::{Publication, Summary};
use crate::diagnostic::Diagnostic;
use crate::plan::FileClass;
use crate::publish::caches::Depth;
use crate::publish::hooks;
use crate::publish::local_file::LocalFile;
use crate::publish::plan::Plan;
use crate::publish::record::{PublishedFile, Record};
use crate::publish::target::Result;
use crate::publish::verify::Sample;

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

/// The paths that a publication changes.
struct ChangedPaths {
    uploaded: Vec<String>,
    /// Those that readers can no longer request.
    removed: Vec<String>,
}

impl ChangedPaths {
    fn all(&self) -> Vec<String> {
        self.uploaded.iter().chain(&self.removed).cloned().collect()
    }
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
        let mut problems = std::mem::take(&mut self.refusals);
        if !problems.is_empty() {
            self.close();
            return Outcome { done, problems };
        }
        if self.is_up_to_date() {
            done = Done { taken_down: true, complete: true, ..done };
        } else if let Err(problem) = self.publish(progress, &mut done, &mut problems) {
            problems.push(*problem);
        }
        self.close();
        Outcome { done, problems }
    }

    fn publish(
        &mut self,
        progress: &dyn Progress,
        done: &mut Done,
        problems: &mut Vec<Diagnostic>,
    ) -> Result<()> {
        let plan = std::mem::take(&mut self.plan);
        let changes = self.changes_of(&plan);
        progress.total(plan.stages.iter().map(Vec::len).sum());
        self.target.begin(&plan, &self.files)?;
        let mut unpurged = BTreeSet::new();
        if !plan.take_down.is_empty() {
            self.target.take_down(&plan.take_down)?;
            self.purge(&plan.take_down, Depth::WithQueries, &mut unpurged, problems);
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
        unpurged.extend(std::mem::take(&mut self.about.unpurged));
        // Without a record, an earlier publication may have changed files and been stopped before it purged them.
        let stale = if self.has_record { changes.all() } else { self.all_paths(&changes) };
        self.purge(&stale, Depth::Exact, &mut unpurged, problems);
        self.about.unpurged = unpurged.into_iter().collect();
        self.about.published = Timestamp::now();
        let record = Record { about: self.about.clone(), files: self.published_files() };
        if self.request.target.verify {
            let uploaded = changes.uploaded.iter().map(String::as_str).collect();
            let found = self.readers().verify(&record.files, &uploaded, &changes.removed, Sample::default());
            if !found.is_empty() {
                problems.extend(found);
                // Without a record of this publication, the next one sends its files again.
                return Ok(());
            }
        }
        self.target.finish(&record)?;
        // Hooks may take long: others can publish meanwhile.
        self.close();
        problems.extend(self.announce(&changes, &record));
        Ok(())
    }

    /// The paths of all files of the site, and of those that are gone.
    fn all_paths(&self, changes: &ChangedPaths) -> Vec<String> {
        self.files.iter().map(|file| &file.path).chain(&changes.removed).cloned().collect()
    }

    /// The paths of a plan.
    fn changes_of(&self, plan: &Plan) -> ChangedPaths {
        ChangedPaths {
            uploaded: plan.uploads(&self.files).map(|file| file.path.clone()).collect(),
            removed: plan.gone(&self.files).cloned().collect(),
        }
    }

    /// Makes caches drop files and what is left of earlier purges. What fails is left for the next publication.
    fn purge(
        &self,
        files: &[String],
        depth: Depth,
        unpurged: &mut BTreeSet<String>,
        problems: &mut Vec<Diagnostic>,
    ) {
        let earlier: Vec<String> = std::mem::take(unpurged).into_iter().collect();
        let purged = self.readers().purge(files.iter().map(String::as_str), &earlier, depth);
        unpurged.extend(purged.unpurged);
        problems.extend(purged.problems);
    }

    /// Notifies hubs and search engines, and runs the hooks.
    fn announce(&self, changes: &ChangedPaths, record: &Record) -> Vec<Diagnostic> {
        let class = |path: &String| {
            let file = record.files.get(path).or_else(|| self.published.get(path));
            file.map_or(FileClass::Static, |file| file.class)
        };
        let all = changes.all();
        let mut problems = self.readers().notify(all.iter().map(|path| (path.as_str(), class(path))));
        let Summary { target, place, as_of, build, .. } = &self.summary;
        let variables = [
            ("BULLETIN_TARGET", target.clone()),
            ("BULLETIN_PLACE", place.clone()),
            ("BULLETIN_URL", self.readers().url().to_string()),
            ("BULLETIN_BUILD", build.clone()),
            ("BULLETIN_AS_OF", as_of.to_string()),
        ];
        let json = serde_json::to_value(&self.summary).unwrap_or_default();
        problems.extend(hooks::run(&self.request.target.hooks, &json, self.request.site.root(), &variables));
        problems
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
