//! Source files as the last build read them → the sources that need not be read again, and the record for the next build.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::body_spool::{BodySpool, SpoolFile};
use super::source_reader::{SourceRead, SourceReader};
use super::unicode_paths::on_disk;
use super::{Article, FileState};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Chunk, Clock, Fingerprint, Stat, Store, Table};
use crate::site::SiteDir;
use crate::timings::Recorder;

/// Name of the record in the site's state.
const NAME: &str = "sources";

/// What is known of the source files: from the last build before they are read, from this one afterwards.
#[derive(Debug, Default)]
pub struct SourceCache {
    /// The time before any source is read. `None` if nothing is stored.
    clock: Option<Clock>,
    /// The record of the last build, until it is read.
    stored: Option<(Store, Vec<Chunk>)>,
    /// The chunks of that record, to write again only those that changed.
    chunks: Vec<Chunk>,
    /// Whether a source of the last build is gone.
    has_gone: bool,
    /// All sources, sorted by path.
    records: Vec<SourceRecord>,
    /// Articles whose source changed, as the last build had them, by path.
    previous: Vec<(Arc<str>, Arc<Article>)>,
    bodies: Option<Arc<BodySpool>>,
}

/// A source file as it was read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SourceRecord {
    /// Relative to `content/`.
    pub(super) path: Arc<str>,
    /// `None` if a later change may not show in it.
    pub(super) stat: Option<Stat>,
    pub(super) hash: Fingerprint,
    /// `None` if the source could not be parsed or is not an article.
    pub(super) article: Option<Arc<Article>>,
    /// Its problems with their original severity: an error of a story that is not due yet does not stop the build.
    pub(super) problems: Vec<Diagnostic>,
    /// Whether this build read the file, or found another time on it.
    #[serde(skip)]
    pub(super) is_new: bool,
}

impl SourceRecord {
    /// Whether every file that the article names is as it was.
    pub(super) fn has_unchanged_files(&self, content: &Path) -> bool {
        self.article.iter().flat_map(|article| &article.named).all(|named| {
            let now = Stat::of(&content.join(&*on_disk(content, &named.path)));
            match named.state {
                FileState::Missing => now.is_err(),
                FileState::Unsettled => false,
                FileState::Settled(before) => now.is_ok_and(|now| now == before),
            }
        })
    }
}

/// Fingerprint of the settings that decide how a source is parsed.
#[derive(PartialEq, Serialize, Deserialize)]
struct SourceSettings(Fingerprint);

impl SourceSettings {
    fn new(config: &Config) -> Self {
        let sections: Option<Vec<[&str; 2]>> = config
            .sections
            .as_ref()
            .map(|sections| sections.iter().map(|section| [&*section.slug, &*section.title]).collect());
        let zone = format!("{:?}", config.timezone);
        let language = config.markdown.smart_punctuation.then_some(&*config.language);
        let slugs = format!("{:?}", config.slugs);
        let markdown = (config.markdown.raw_html, &config.policy);
        Self(Fingerprint::of(&(sections, zone, config.base_url.as_str(), language, markdown, slugs)))
    }
}

/// Whether sources are parsed the same way under both configurations.
pub fn reads_alike(one: &Config, other: &Config) -> bool {
    SourceSettings::new(one) == SourceSettings::new(other)
}

/// A source's path, its article unless it is broken, and its problems.
pub(super) type SourceOutcome = (Arc<str>, Option<Arc<Article>>, Vec<Diagnostic>);

impl SourceCache {
    /// A cache that has nothing and stores nothing.
    pub fn disabled() -> Self {
        Self::default()
    }

    /// A cache without records, so that all sources are read and then stored.
    pub fn empty(site: &SiteDir) -> Self {
        if !site.remembers() {
            return Self::default();
        }
        let dir = site.manifest();
        let created = fs::create_dir_all(&dir);
        Self { clock: created.map(|()| Clock::read(&dir)).ok(), ..Self::default() }
    }

    /// The records of the site's last build, if they are readable and its settings were the same.
    pub fn open(site: &SiteDir, config: &Config) -> Self {
        let Self { clock: Some(clock), .. } = Self::empty(site) else { return Self::default() };
        let store = Store::new(&site.manifest(), NAME);
        let valid =
            store.index::<SourceSettings>().filter(|(settings, _)| *settings == SourceSettings::new(config));
        let chunks = valid.and_then(|(_, tables)| <[Vec<Chunk>; 1]>::try_from(tables).ok());
        Self { stored: chunks.map(|[chunks]| (store, chunks)), clock: Some(clock), ..Self::default() }
    }

    /// The time before any source was read. `None` if nothing is stored.
    pub fn clock(&self) -> Option<Clock> {
        self.clock
    }

    /// How many sources had to be read.
    pub fn sources_read(&self) -> usize {
        self.records.iter().filter(|record| record.is_new).count()
    }

    /// The article at this path as the last build had it, if its source changed since.
    pub fn previous(&self, path: &str) -> Option<&Article> {
        let at = self.previous.binary_search_by(|(other, _)| (**other).cmp(path)).ok()?;
        Some(&self.previous[at].1)
    }

    /// The bodies that were rendered while sources were read.
    pub fn bodies(&self) -> Option<&Arc<BodySpool>> {
        self.bodies.as_ref()
    }

    /// The records of the last build.
    pub(super) fn take_records(&mut self) -> Table<SourceRecord> {
        self.stored.take().map_or_else(Table::default, |(store, chunks)| store.read(chunks))
    }

    /// Reads the sources at `paths`, which are sorted, unless their record is still right.
    pub(super) fn refresh(
        &mut self,
        site: &SiteDir,
        config: &Config,
        timings: Option<&Recorder>,
        cached: Table<SourceRecord>,
        paths: Vec<String>,
    ) -> Vec<SourceOutcome> {
        let (matched, has_gone) = match_up(cached.records, paths);
        (self.chunks, self.has_gone) = (cached.chunks, has_gone);
        // Where no body can be stored, the source is read again when its page is rendered.
        let spool = self.clock.and_then(|_| SpoolFile::create(&site.state()).ok());
        let reader = SourceReader { site, config, clock: self.clock, timings, spool: spool.as_ref() };
        let read: Vec<(Arc<str>, SourceRead)> = matched
            .into_par_iter()
            .map(|(path, record)| (path.clone(), reader.read(&path, record)))
            .collect();
        let (mut outcomes, mut bodies) = (Vec::with_capacity(read.len()), Vec::new());
        self.records.reserve(read.len());
        for (path, SourceRead { record, problems, previous, body }) in read {
            let article = record.as_ref().and_then(|record| record.article.clone());
            self.previous
                .extend(previous.filter(|_| article.is_some()).map(|article| (path.clone(), article)));
            bodies.extend(body.map(|body| (path.clone(), body)));
            self.records.extend(record);
            outcomes.push((path, article, problems));
        }
        self.bodies = spool.map(|file| Arc::new(BodySpool::new(file, bodies)));
        outcomes
    }

    /// Stores what the next build need not read again.
    ///
    /// # Errors
    /// The site's state cannot be written. The next build then reads more than it must.
    pub fn save(&mut self, site: &SiteDir, config: &Config) -> io::Result<()> {
        let Some(clock) = self.clock else { return Ok(()) };
        self.settle(site, clock);
        let store = Store::new(&site.manifest(), NAME);
        let is_unchanged = !self.has_gone && !self.records.iter().any(|record| record.is_new);
        let chunks = if is_unchanged && !self.chunks.is_empty() {
            self.chunks.clone()
        } else {
            store.write(
                &self.records,
                |record| record.path.as_bytes(),
                |record| record.is_new,
                &self.chunks,
            )?
        };
        store.finish(SourceSettings::new(config), vec![chunks])
    }

    /// Checks again the sources that were changed just before they were read: once the clock has ticked, their times show
    /// whether they change again.
    fn settle(&mut self, site: &SiteDir, clock: Clock) {
        if self.records.iter().all(|record| record.stat.is_some()) {
            return;
        }
        let (content, now) = (site.content(), clock.next(&site.manifest()));
        self.records.par_iter_mut().filter(|record| record.stat.is_none()).for_each(|record| {
            let file = content.join(&*record.path);
            let Some(stat) = Stat::of(&file).ok().filter(|stat| stat.is_settled(now)) else { return };
            if fs::read(&file).is_ok_and(|bytes| Fingerprint::of_bytes(&bytes) == record.hash) {
                (record.stat, record.is_new) = (Some(stat), true);
            }
        });
    }
}

/// The record of each path, and whether there are records of other paths. Both lists are sorted by path.
fn match_up(records: Vec<SourceRecord>, paths: Vec<String>) -> (Vec<(Arc<str>, Option<SourceRecord>)>, bool) {
    let (mut matched, mut has_gone) = (Vec::with_capacity(paths.len()), false);
    let mut records = records.into_iter().peekable();
    for path in paths {
        while records.next_if(|record| *record.path < *path).is_some() {
            has_gone = true;
        }
        match records.next_if(|record| *record.path == *path) {
            Some(record) => matched.push((record.path.clone(), Some(record))),
            None => matched.push((path.into(), None)),
        }
    }
    (matched, has_gone || records.next().is_some())
}
