//! The records of the last build into an output folder: read, compared with the current edition, and replaced by those of the
//! current build.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::io;
use std::path::Path;
use std::sync::Arc;

use foldhash::fast::FixedState;
use rayon::prelude::*;
use serde::Serialize;

use super::records::{AnswerRecord, BuildRecord, LostUrl, PageRecord, Reminders};
use super::{BuiltPage, ChangedAnswers};
use crate::manifest::{Chunk, Clock, Fingerprint, Stat, Store, prune};
use crate::query::{AnswerDigest, Dependency, Queries, Query};
use crate::render::Renderer;
use crate::site::SiteDir;

/// The prefix of the names of records of output folders.
const PREFIX: &str = "output-";
/// The number of output folders whose records are kept.
const MAX_FOLDERS: usize = 4;

/// The last build into an output folder.
#[derive(Debug)]
pub struct PreviousBuild {
    store: Store,
    pub(super) build: BuildRecord,
    pages: Vec<PageRecord>,
    /// Indices in `pages`, by hashes of their paths.
    by_path: HashMap<u64, u32, FixedState>,
    page_chunks: Vec<Chunk>,
    pub(super) answers: HashMap<Fingerprint, AnswerRecord>,
    answer_chunks: Vec<Chunk>,
}

/// The paths and hashes of the files that the last build into an output folder wrote, even if its records are otherwise ignored.
pub fn output_hashes(site: &SiteDir, output: &Path) -> Vec<(Box<str>, Fingerprint)> {
    PreviousBuild::open(site, output, false).pages.into_iter().map(|page| (page.path, page.hash)).collect()
}

impl PreviousBuild {
    /// Reads the records of the last build into an output folder. With `clean`, only the reminders and the fingerprint of the file
    /// list are used.
    pub fn open(site: &SiteDir, output: &Path, clean: bool) -> Self {
        let name = format!("{PREFIX}{}", Fingerprint::of(&site.record_name(output)));
        let store = Store::new(&site.manifest(), &name);
        let index = store.index::<BuildRecord>().filter(|_| site.remembers());
        let reminders = index.as_ref().map(|(build, _)| build.reminders.clone()).unwrap_or_default();
        let file_list = index.as_ref().and_then(|(build, _)| build.file_list).filter(|_| clean);
        let index = index.filter(|_| !clean);
        let (mut build, [page_chunks, answer_chunks]): (BuildRecord, _) = index
            .and_then(|(build, tables)| Some((build, <[Vec<Chunk>; 2]>::try_from(tables).ok()?)))
            .unwrap_or_default();
        build.reminders = reminders;
        build.file_list = build.file_list.or(file_list);
        let count = page_chunks.len();
        let pages = store.read::<PageRecord>(page_chunks);
        if pages.chunks.len() < count {
            // Some pages are unknown, so only the list in the output folder is complete.
            build.file_list = None;
        }
        let answer_table = store.read::<AnswerRecord>(answer_chunks);
        let records = answer_table.records.into_iter();
        let answers: HashMap<Fingerprint, AnswerRecord> =
            records.map(|record| (Fingerprint::from_bytes(record.key), record)).collect();
        // Without the record of a query, a change of its answer would go unnoticed.
        let is_complete = |page: &&PageRecord| page.queries.iter().all(|query| answers.contains_key(query));
        let indices = pages.records.iter().zip(0..).filter(|(page, _)| is_complete(page));
        Self {
            build,
            by_path: indices.map(|(page, index)| (hash(&page.path), index)).collect(),
            pages: pages.records,
            page_chunks: pages.chunks,
            answers,
            answer_chunks: answer_table.chunks,
            store,
        }
    }

    /// The page at a path, with its index.
    pub fn page(&self, path: &str) -> Option<(u32, &PageRecord)> {
        let index = *self.by_path.get(&hash(path))?;
        Some((index, self.page_at(index))).filter(|(_, page)| &*page.path == path)
    }

    fn page_at(&self, index: u32) -> &PageRecord {
        &self.pages[index as usize]
    }

    fn record<'a>(&'a self, page: &'a BuiltPage) -> &'a PageRecord {
        match page {
            BuiltPage::Kept(index, _) => self.page_at(*index),
            BuiltPage::Rendered(record, _) => record,
        }
    }

    /// The path of a page of the current build.
    pub fn path<'a>(&'a self, page: &'a BuiltPage) -> &'a str {
        &self.record(page).path
    }

    /// The fingerprint of the list of files that the last build left in the output folder, if it is known.
    pub fn file_list(&self) -> Option<Fingerprint> {
        self.build.file_list
    }

    /// The same, but only if the pages of the current build have the same paths.
    pub fn file_list_of(&self, pages: &[BuiltPage]) -> Option<Fingerprint> {
        let is_known = |page: &BuiltPage| !matches!(page, BuiltPage::Rendered(_, None));
        let is_same = pages.len() == self.pages.len() && pages.iter().all(is_known);
        self.build.file_list.filter(|_| is_same)
    }

    /// The URLs of articles and lists of the last build at which the current build has no page.
    pub fn lost_urls(&self, pages: &[BuiltPage]) -> Vec<LostUrl> {
        let mut is_lost = vec![true; self.pages.len()];
        for page in pages {
            if let BuiltPage::Kept(index, _) | BuiltPage::Rendered(_, Some(index)) = page {
                is_lost[*index as usize] = false;
            }
        }
        let lost = self.pages.iter().zip(is_lost).filter(|(_, is_lost)| *is_lost).map(|(page, _)| page);
        lost.filter_map(PageRecord::url).collect()
    }

    /// The URLs of articles and lists of the last build.
    pub fn urls(&self) -> Vec<LostUrl> {
        self.pages.iter().filter_map(PageRecord::url).collect()
    }

    /// The warnings that the last build passed on.
    pub fn reminders(&self) -> &Reminders {
        &self.build.reminders
    }

    /// Answers all recorded queries again. Returns the answers that changed, and records the new ones.
    pub fn refresh_answers(&mut self, queries: &Queries) -> ChangedAnswers {
        let current: Vec<(Fingerprint, Option<AnswerDigest>)> = self
            .answers
            .par_iter()
            .map(|(key, record)| (*key, queries.digest(&record.query, &record.answer).ok()))
            .collect();
        let mut changed = HashMap::new();
        for (key, answer) in current {
            let Some(record) = self.answers.get_mut(&key) else { continue };
            // An invalid query is an error of the page that makes it.
            let Some(answer) = answer else {
                changed.insert(key, (std::mem::take(&mut record.answer), None));
                continue;
            };
            if answer != record.answer {
                let before = std::mem::replace(&mut record.answer, answer);
                record.is_new = true;
                if before.fingerprint != record.answer.fingerprint {
                    changed.insert(key, (before, Some(record.answer.clone())));
                }
            }
        }
        ChangedAnswers(changed)
    }

    /// The queries of these pages, each once.
    pub fn queries_of(&self, pages: &[BuiltPage]) -> impl Iterator<Item = &Query> {
        self.used_answers(pages).into_iter().map(|record| &record.query)
    }

    fn used_answers(&self, pages: &[BuiltPage]) -> Vec<&AnswerRecord> {
        let mut keys: Vec<Fingerprint> =
            pages.iter().flat_map(|page| &self.record(page).queries).copied().collect();
        keys.par_sort_unstable();
        keys.dedup();
        keys.iter().filter_map(|key| self.answers.get(key)).collect()
    }

    /// Records the queries of pages that were rendered.
    pub fn add_answers(&mut self, dependencies: impl IntoIterator<Item = Arc<Dependency>>) {
        for dependency in dependencies {
            let fingerprint = Fingerprint::of(&dependency.query);
            let is_known =
                self.answers.get(&fingerprint).is_some_and(|record| record.answer == dependency.answer);
            if !is_known {
                let (query, answer) = (dependency.query.clone(), dependency.answer.clone());
                let record = AnswerRecord { key: fingerprint.to_bytes(), query, answer, is_new: true };
                self.answers.insert(fingerprint, record);
            }
        }
    }

    /// Writes the records of the current build. The `clocks` were read before the files of kept pages, and before those of rendered
    /// pages, were examined.
    ///
    /// # Errors
    /// If the records cannot be written; the next build then renders more pages than necessary.
    pub fn save(
        &self,
        site: &SiteDir,
        pages: &[BuiltPage],
        renderer: &Renderer,
        file_list: Option<Fingerprint>,
        reminders: Reminders,
        clocks: [Clock; 2],
    ) -> io::Result<()> {
        if !site.remembers() {
            return Ok(());
        }
        let build = BuildRecord::new(renderer, file_list, reminders);
        let is_unchanged = |page: &BuiltPage| matches!(page, BuiltPage::Kept(_, None));
        let all_unchanged = pages.len() == self.pages.len() && pages.iter().all(is_unchanged);
        if all_unchanged && self.answers.values().all(|record| !record.is_new) && !pages.is_empty() {
            return self.store.finish(build, vec![self.page_chunks.clone(), self.answer_chunks.clone()]);
        }
        let answers = self.used_answers(pages);
        let pages = self.sorted_records(pages, clocks);
        let pages = self.store.write(
            &pages,
            |page| page.record.path.as_bytes(),
            |page| page.is_new,
            &self.page_chunks,
        )?;
        let answers =
            self.store.write(&answers, |record| &record.key, |record| record.is_new, &self.answer_chunks)?;
        self.store.finish(build, vec![pages, answers])?;
        prune(&site.manifest(), PREFIX, MAX_FOLDERS)
    }

    /// The records of the pages, sorted by path. Those of the last build are sorted already.
    fn sorted_records<'a>(&'a self, pages: &'a [BuiltPage], clocks: [Clock; 2]) -> Vec<RecordToSave<'a>> {
        let mut known: Vec<Option<RecordToSave<'_>>> = vec![None; self.pages.len()];
        let mut new = Vec::new();
        for page in pages {
            let record = self.record_to_save(page, clocks);
            match page {
                BuiltPage::Kept(index, _) | BuiltPage::Rendered(_, Some(index)) => {
                    known[*index as usize] = Some(record);
                }
                BuiltPage::Rendered(_, None) => new.push(record),
            }
        }
        new.par_sort_unstable_by(|a, b| a.record.path.cmp(&b.record.path));
        if known.is_empty() {
            return new;
        }
        let mut all: Vec<RecordToSave<'_>> = known.into_iter().flatten().chain(new).collect();
        // A stable sort merges the two sorted runs in linear time.
        all.sort_by(|a, b| a.record.path.cmp(&b.record.path));
        all
    }

    fn record_to_save<'a>(&'a self, page: &'a BuiltPage, [kept, rendered]: [Clock; 2]) -> RecordToSave<'a> {
        let settled = |stat: Option<Stat>, clock| stat.filter(|stat| stat.is_settled(clock));
        let record = self.record(page);
        let (stat, is_new) = match page {
            BuiltPage::Kept(_, None) => (record.stat, false),
            BuiltPage::Kept(_, stat) => (settled(*stat, kept), true),
            BuiltPage::Rendered(..) => (settled(record.stat, rendered), true),
        };
        RecordToSave { record, stat, is_new }
    }
}

/// A page record with the metadata to save.
#[derive(Clone, Copy)]
struct RecordToSave<'a> {
    record: &'a PageRecord,
    stat: Option<Stat>,
    is_new: bool,
}

impl Serialize for RecordToSave<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let PageRecord { path, inputs, queries, stories, hash, stat: _ } = self.record;
        // The fields of a `PageRecord`, in order.
        (path, inputs, queries, stories, hash, self.stat).serialize(to)
    }
}

fn hash(path: &str) -> u64 {
    FixedState::default().hash_one(path)
}
