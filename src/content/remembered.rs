//! Sources as the last build read them → what need not be read again; and back.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::names::on_disk;
use super::{Article, ArticleId, Content, Found};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Chunk, Clock, Fingerprint, Stat, Store, Table};
use crate::site::SiteDir;

/// The name of the record.
const NAME: &str = "sources";

/// What an earlier build knew of the sources.
#[derive(Debug, Default)]
pub struct Known {
    record: Option<(Store, Vec<Chunk>)>,
    /// The time before anything is read; `None` if nothing is to be remembered.
    pub(super) clock: Option<Clock>,
}

/// The sources of an earlier build, in the order of their paths, and where they are written down.
pub(super) type Recalled = Table<Source>;

/// A source as it was read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Source {
    /// Relative to `content/`.
    pub(super) path: Arc<str>,
    /// `None` if it may have changed since without showing it.
    pub(super) stat: Option<Stat>,
    pub(super) hash: Fingerprint,
    /// `None` if the file is none of an article.
    pub(super) article: Option<Arc<Article>>,
    /// What is wrong with it, however bad: of a story that is not due yet, an error keeps no site from being built.
    pub(super) problems: Vec<Diagnostic>,
    /// Whether this build had to read it, or found it under another time.
    #[serde(skip)]
    pub(super) is_new: bool,
}

/// The settings that a source is read by: with others, it means something else.
#[derive(PartialEq, Serialize, Deserialize)]
struct Settings(Fingerprint);

impl Settings {
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

/// Whether sources mean the same with these settings.
pub fn reads_alike(one: &Config, other: &Config) -> bool {
    Settings::new(one) == Settings::new(other)
}

impl Known {
    /// Nothing, so that all sources are read; what they are will be remembered.
    pub fn nothing(site: &SiteDir) -> Self {
        if !site.remembers() {
            return Self::default();
        }
        let dir = site.manifest();
        let made = fs::create_dir_all(&dir);
        Self { clock: made.map(|()| Clock::read(&dir)).ok(), ..Self::default() }
    }

    /// What the last build of a site knew, if that can still be believed.
    pub fn open(site: &SiteDir, config: &Config) -> Self {
        let Self { clock: Some(clock), .. } = Self::nothing(site) else { return Self::default() };
        let store = Store::new(&site.manifest(), NAME);
        let known = store.index::<Settings>().filter(|(settings, _)| *settings == Settings::new(config));
        let pieces = known.and_then(|(_, tables)| <[Vec<Chunk>; 1]>::try_from(tables).ok());
        Self { record: pieces.map(|[pieces]| (store, pieces)), clock: Some(clock) }
    }

    pub(super) fn recall(self) -> Recalled {
        self.record.map_or_else(Recalled::default, |(store, pieces)| store.read(pieces))
    }
}

/// The path of a source, and what is known of it.
pub(super) type Matched = (Arc<str>, Option<Source>);

/// What is known of each of some sources, which come in the order of their paths; and the rest.
pub(super) fn match_up(recalled: Recalled, paths: Vec<String>) -> (Vec<Matched>, Rest) {
    let (mut matched, mut gone) = (Vec::with_capacity(paths.len()), false);
    let mut sources = recalled.records.into_iter().peekable();
    for path in paths {
        while sources.next_if(|source| *source.path < *path).is_some() {
            gone = true;
        }
        match sources.next_if(|source| *source.path == *path) {
            Some(source) => matched.push((source.path.clone(), Some(source))),
            None => matched.push((path.into(), None)),
        }
    }
    let gone = gone || sources.next().is_some();
    (matched, Rest { chunks: recalled.chunks, gone, others: Vec::new() })
}

/// What of a record is needed to write the next one.
#[derive(Debug, Default)]
pub(super) struct Rest {
    chunks: Vec<Chunk>,
    /// Whether a source of the last build is no more.
    gone: bool,
    /// Sources that are no articles.
    pub(super) others: Vec<Source>,
}

impl Source {
    /// Whether every file that its article names is as it was.
    pub(super) fn has_files_as_before(&self, content: &Path) -> bool {
        self.article.iter().flat_map(|article| &article.named).all(|named| {
            let now = Stat::of(&content.join(&*on_disk(content, &named.path)));
            match named.found {
                Found::Nothing => now.is_err(),
                Found::Unsettled => false,
                Found::File(before) => now.is_ok_and(|now| now == before),
            }
        })
    }
}

/// What is written of a source: a [`Source`] whose parts are elsewhere.
#[derive(Serialize)]
struct Written<'a> {
    path: &'a str,
    stat: Option<Stat>,
    hash: &'a Fingerprint,
    article: Option<&'a Article>,
    problems: &'a [Diagnostic],
    #[serde(skip)]
    is_new: bool,
}

impl Content {
    /// Writes down what the next build need not read again.
    ///
    /// # Errors
    /// If the site's state cannot be written. The next build then reads more than it needs to.
    pub fn remember(&self, site: &SiteDir, config: &Config) -> io::Result<()> {
        let Some(clock) = self.clock else { return Ok(()) };
        let mut settled = self.settle(&site.manifest(), clock);
        let articles = self.iter().zip(&self.seen).map(|((id, article), seen)| {
            let settled = settled.remove(&id);
            Written {
                path: &article.path,
                stat: seen.stat.or(settled),
                hash: &article.hash,
                article: Some(article),
                problems: &seen.problems,
                is_new: seen.is_new || settled.is_some(),
            }
        });
        let others = self.rest.others.iter().map(|source| Written {
            path: &source.path,
            stat: source.stat,
            hash: &source.hash,
            article: None,
            problems: &source.problems,
            is_new: source.is_new,
        });
        let mut records: Vec<Written<'_>> = articles.chain(others).collect();
        records.sort_unstable_by_key(|record| record.path);
        let store = Store::new(&site.manifest(), NAME);
        let is_as_before = !self.rest.gone && !records.iter().any(|record| record.is_new);
        let pieces = if is_as_before && !self.rest.chunks.is_empty() {
            self.rest.chunks.clone()
        } else {
            store.write(
                &records,
                |record| record.path.as_bytes(),
                |record| record.is_new,
                &self.rest.chunks,
            )?
        };
        store.finish(Settings::new(config), vec![pieces])
    }

    /// Looks again at the sources that were changed just before they were read: once the clock has ticked, their times
    /// tell whether they change again.
    fn settle(&self, dir: &Path, clock: Clock) -> HashMap<ArticleId, Stat> {
        let unsettled: Vec<ArticleId> = self
            .iter()
            .zip(&self.seen)
            .filter(|(_, seen)| seen.stat.is_none())
            .map(|((id, _), _)| id)
            .collect();
        if unsettled.is_empty() {
            return HashMap::new();
        }
        let now = clock.next(dir);
        let settled = unsettled.into_par_iter().filter_map(|id| {
            let article = self.get(id);
            let file = self.file(&article.path);
            let stat = Stat::of(&file).ok().filter(|stat| stat.is_settled(now))?;
            let bytes = fs::read(&file).ok()?;
            (Fingerprint::of_bytes(&bytes) == article.hash).then_some((id, stat))
        });
        settled.collect()
    }
}
