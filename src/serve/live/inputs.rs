//! The folder of a site → its last good settings, theme, static files and articles, and their current problems.
//!
//! An input that breaks during an edit keeps its last good value, so that the preview shows the last good site with the problems on
//! top.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::config::Config;
use crate::content::{Content, SourceCache, reads_alike};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::StaticFile;
use crate::serve::changes::FileChanges;
use crate::site::SiteDir;
use crate::theme::{self, Theme};

/// An input of the site.
#[derive(Debug)]
struct LastGood<T> {
    /// The last good value, or the first one, if none was good.
    value: Option<T>,
    problems: Vec<Diagnostic>,
}

impl<T> Default for LastGood<T> {
    fn default() -> Self {
        Self { value: None, problems: Vec::new() }
    }
}

impl<T> LastGood<T> {
    fn set(&mut self, value: Option<T>, problems: Diagnostics) {
        let is_good = !problems.has_errors() || self.value.is_none();
        self.problems = problems.into_iter().collect();
        if is_good && value.is_some() {
            self.value = value;
        }
    }
}

/// The inputs of a site.
#[derive(Debug)]
pub(super) struct SiteInputs {
    site: SiteDir,
    config: LastGood<Arc<Config>>,
    theme: LastGood<Arc<Theme>>,
    statics: LastGood<Vec<StaticFile>>,
    content: Option<Arc<Content>>,
    /// The sources as they were first read, to be stored for the next start.
    cache: Option<SourceCache>,
    /// Problems of single source files by path; other problems of `content/` have the empty path.
    sources: BTreeMap<String, Vec<Diagnostic>>,
    /// Problems between articles.
    checks: Vec<Diagnostic>,
}

/// The last good value of every input.
pub(super) struct CompleteInputs {
    pub(super) config: Arc<Config>,
    pub(super) theme: Arc<Theme>,
    pub(super) statics: Vec<StaticFile>,
    pub(super) content: Arc<Content>,
}

/// What a reload changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reload {
    /// Changed source files, relative to `content/`.
    pub(super) sources: BTreeSet<String>,
    /// Whether more than these files may have changed.
    pub(super) is_full: bool,
}

impl SiteInputs {
    /// Reads a site, taking unchanged sources from the records of earlier builds.
    pub(super) fn read(site: &SiteDir) -> Self {
        let mut inputs = Self {
            site: site.clone(),
            config: LastGood::default(),
            theme: LastGood::default(),
            statics: LastGood::default(),
            content: None,
            cache: None,
            sources: BTreeMap::new(),
            checks: Vec::new(),
        };
        inputs.read_settings();
        inputs.read_theme();
        inputs.read_statics();
        inputs.cache = inputs.read_content();
        inputs
    }

    /// Takes the sources as they were first read.
    pub(super) fn take_cache(&mut self) -> Option<SourceCache> {
        self.cache.take()
    }

    /// Reads again what changed.
    pub(super) fn reload(&mut self, changes: &FileChanges) -> Reload {
        let mut reload = Reload { is_full: !changes.is_content_only(), ..Reload::default() };
        let before = self.config.value.clone();
        if changes.settings {
            self.read_settings();
        }
        if changes.settings || changes.theme {
            self.read_theme();
        }
        if changes.settings || changes.theme || changes.statics {
            self.read_statics();
        }
        let alike = match (&before, &self.config.value) {
            (Some(before), Some(now)) => reads_alike(before, now),
            _ => false,
        };
        match (alike, &self.content) {
            (true, Some(content)) if !changes.content.is_empty() && !changes.is_everything() => {
                let content = Arc::clone(content);
                reload.sources = self.reload_content(&content, &changes.content);
            }
            (true, Some(_)) if changes.content.is_empty() => {}
            _ => {
                let _ = self.read_content();
                reload.is_full = true;
            }
        }
        reload
    }

    /// Returns all inputs, once each has a value.
    pub(super) fn complete(&self) -> Option<CompleteInputs> {
        Some(CompleteInputs {
            config: self.config.value.clone()?,
            theme: self.theme.value.clone()?,
            statics: self.statics.value.clone()?,
            content: self.content.clone()?,
        })
    }

    /// The settings, once they have been readable.
    pub(super) fn config(&self) -> Option<&Arc<Config>> {
        self.config.value.as_ref()
    }

    /// The articles, once they have been readable.
    pub(super) fn content(&self) -> Option<&Arc<Content>> {
        self.content.as_ref()
    }

    /// The current problems.
    pub(super) fn problems(&self) -> impl Iterator<Item = &Diagnostic> {
        let settings = self.config.problems.iter();
        let theme = settings.chain(&self.theme.problems).chain(&self.statics.problems);
        theme.chain(self.sources.values().flatten()).chain(&self.checks)
    }

    fn read_settings(&mut self) {
        let (config, problems) = Config::load(&self.site);
        self.config.set(config.map(Arc::new), problems);
    }

    fn read_theme(&mut self) {
        let Some(config) = &self.config.value else { return };
        let (theme, problems) = Theme::load(&self.site, config);
        self.theme.set(theme.map(Arc::new), problems);
    }

    fn read_statics(&mut self) {
        let Some(config) = &self.config.value else { return };
        let (statics, problems) = theme::statics(&self.site, config, self.theme.value.as_deref());
        self.statics.set(Some(statics), problems);
    }

    fn read_content(&mut self) -> Option<SourceCache> {
        let config = self.config.value.as_ref()?;
        let mut cache = SourceCache::open(&self.site, config);
        let (content, problems) = Content::read(&self.site, config, &mut cache, None);
        self.sources = BTreeMap::new();
        for problem in problems {
            let file = problem.place.as_ref().and_then(|place| place.file.strip_prefix("content/"));
            self.sources.entry(file.unwrap_or_default().to_owned()).or_default().push(problem);
        }
        let content = match &self.content {
            Some(before) => content.with_last_good_of(before),
            None => content,
        };
        self.checks = content.check();
        self.content = Some(Arc::new(content));
        Some(cache)
    }

    fn reload_content(&mut self, content: &Content, paths: &BTreeSet<String>) -> BTreeSet<String> {
        let Some(config) = &self.config.value else { return BTreeSet::new() };
        let reload = content.reload(&self.site, config, paths);
        // Problems of folders and links go too, as they are found again with the rest.
        self.sources.retain(|path, _| !paths.contains(path) && !reload.sources.contains_key(path));
        for (path, problems) in reload.sources {
            if !problems.is_empty() {
                self.sources.insert(path, problems);
            }
        }
        self.checks = reload.content.check();
        self.content = Some(Arc::new(reload.content));
        reload.changed
    }
}
