//! The folder of a site → its parts as they were last good, and what is wrong with them now.
//!
//! A part that breaks while somebody works on it stays as it was: the preview shows the last good site, and the problems
//! over it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::touched::Touched;
use crate::config::Config;
use crate::content::{Content, SourceCache, reads_alike};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::StaticFile;
use crate::site::SiteDir;
use crate::theme::{self, Theme};

/// A part of the site.
#[derive(Debug)]
struct Part<T> {
    /// As it was last good, or as good as it ever was.
    value: Option<T>,
    problems: Vec<Diagnostic>,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self { value: None, problems: Vec::new() }
    }
}

impl<T> Part<T> {
    fn renew(&mut self, value: Option<T>, problems: Diagnostics) {
        let is_good = !problems.has_errors() || self.value.is_none();
        self.problems = problems.into_iter().collect();
        if is_good && value.is_some() {
            self.value = value;
        }
    }
}

/// The parts that a site is made from.
#[derive(Debug)]
pub(super) struct Parts {
    site: SiteDir,
    config: Part<Arc<Config>>,
    theme: Part<Arc<Theme>>,
    statics: Part<Vec<StaticFile>>,
    content: Option<Arc<Content>>,
    /// The sources as they were first read, to be stored for the next start.
    cache: Option<SourceCache>,
    /// What is wrong with single sources, by their paths; what concerns none of them goes by the empty path.
    sources: BTreeMap<String, Vec<Diagnostic>>,
    /// What is wrong between articles.
    checks: Vec<Diagnostic>,
}

/// All parts, as the last good ones were.
pub(super) struct Whole {
    pub(super) config: Arc<Config>,
    pub(super) theme: Arc<Theme>,
    pub(super) statics: Vec<StaticFile>,
    pub(super) content: Arc<Content>,
}

/// What came of looking again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Renewal {
    /// Sources that say something else, relative to `content/`.
    pub(super) sources: BTreeSet<String>,
    /// Whether anything but single sources may differ.
    pub(super) more: bool,
}

impl Parts {
    /// Reads a site; its sources as far as builds do not know them.
    pub(super) fn read(site: &SiteDir) -> Self {
        let mut parts = Self {
            site: site.clone(),
            config: Part::default(),
            theme: Part::default(),
            statics: Part::default(),
            content: None,
            cache: None,
            sources: BTreeMap::new(),
            checks: Vec::new(),
        };
        parts.read_settings();
        parts.read_theme();
        parts.read_statics();
        parts.cache = parts.read_content();
        parts
    }

    /// The sources as they were first read.
    pub(super) fn take_cache(&mut self) -> Option<SourceCache> {
        self.cache.take()
    }

    /// Looks again at what was touched.
    pub(super) fn renew(&mut self, touched: &Touched) -> Renewal {
        let mut renewal = Renewal { more: !touched.is_content_only(), ..Renewal::default() };
        let before = self.config.value.clone();
        if touched.settings {
            self.read_settings();
        }
        if touched.settings || touched.theme {
            self.read_theme();
        }
        if touched.settings || touched.theme || touched.statics {
            self.read_statics();
        }
        let alike = match (&before, &self.config.value) {
            (Some(before), Some(now)) => reads_alike(before, now),
            _ => false,
        };
        match (alike, &self.content) {
            (true, Some(content)) if !touched.content.is_empty() && !touched.is_everything() => {
                let content = Arc::clone(content);
                renewal.sources = self.renew_content(&content, &touched.content);
            }
            (true, Some(_)) if touched.content.is_empty() => {}
            _ => {
                let _ = self.read_content();
                renewal.more = true;
            }
        }
        renewal
    }

    /// All of them, if each was good once.
    pub(super) fn whole(&self) -> Option<Whole> {
        Some(Whole {
            config: self.config.value.clone()?,
            theme: self.theme.value.clone()?,
            statics: self.statics.value.clone()?,
            content: self.content.clone()?,
        })
    }

    /// The settings, if they were good once.
    pub(super) fn config(&self) -> Option<&Arc<Config>> {
        self.config.value.as_ref()
    }

    /// The articles, if they could be read once.
    pub(super) fn content(&self) -> Option<&Arc<Content>> {
        self.content.as_ref()
    }

    /// What is wrong with them now.
    pub(super) fn problems(&self) -> impl Iterator<Item = &Diagnostic> {
        let settings = self.config.problems.iter();
        let theme = settings.chain(&self.theme.problems).chain(&self.statics.problems);
        theme.chain(self.sources.values().flatten()).chain(&self.checks)
    }

    fn read_settings(&mut self) {
        let (config, problems) = Config::load(&self.site);
        self.config.renew(config.map(Arc::new), problems);
    }

    fn read_theme(&mut self) {
        let Some(config) = &self.config.value else { return };
        let (theme, problems) = Theme::load(&self.site, config);
        self.theme.renew(theme.map(Arc::new), problems);
    }

    fn read_statics(&mut self) {
        let Some(config) = &self.config.value else { return };
        let (statics, problems) = theme::statics(&self.site, config, self.theme.value.as_deref());
        self.statics.renew(Some(statics), problems);
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

    fn renew_content(&mut self, content: &Content, paths: &BTreeSet<String>) -> BTreeSet<String> {
        let Some(config) = &self.config.value else { return BTreeSet::new() };
        let reload = content.reload(&self.site, config, paths);
        // What was said of a folder or a link is looked at with all of them.
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
