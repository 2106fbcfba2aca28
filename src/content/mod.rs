//! The files under `content/` → [`Article`]s.
//!
//! [`Content`] is the model: the articles and the ways to look them up. [`SourceCache`] remembers what each source file was, so
//! that the next build reads only those that changed.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::config::{Config, RawHtml};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::manifest::Fingerprint;
use crate::site::SiteDir;
use crate::slug::composed;
use crate::timings::Recorder;

mod article;
mod assets;
mod body_spool;
mod cross_references;
pub(crate) mod front_matter;
mod imported;
mod leftovers;
pub mod markdown;
mod pictures;
mod places;
mod recordings;
mod reload;
mod source;
mod source_cache;
mod source_reader;
mod source_record;
pub mod text;
mod unicode_paths;
mod walk;

pub use article::{
    Article, ArticleId, Asset, Byline, Correction, CorrectionKind, FileState, FrontMatter, Genre, Image,
    NamedFile, Recording, Status, Withdrawal,
};
pub(crate) use assets::is_media;
pub use body_spool::BodySpool;
pub(crate) use cross_references::{missing_file, missing_heading};
pub use front_matter::Key;
pub(crate) use front_matter::writing;
pub use imported::{Imported, unreviewed};
pub use pictures::{ErrorOf, decoding_problem, picture_problem};
pub(crate) use places::ArticleText;
pub use places::{place_of_asset, place_of_key, place_of_reference, place_of_url, place_of_value};
pub use recordings::{
    Medium, RecordingFacts, RecordingFlaw, companions_of, language_of_captions, location_problem,
};
pub use reload::Reload;
pub use source::Source;
pub use source_cache::{SourceCache, reads_alike};
pub(crate) use walk::refusal;

/// All articles of a site, sorted by path.
#[derive(Debug)]
pub struct Content {
    /// The folder of the sources.
    dir: PathBuf,
    articles: Vec<Arc<Article>>,
    /// Filled when a hand-picked link first names an article by its slug.
    by_slug: OnceLock<HashMap<String, ArticleId>>,
    /// Articles whose path is not ASCII, by their path in NFC. Filled at the first look-up.
    by_composed: OnceLock<HashMap<String, ArticleId>>,
    /// Sources that exist but could not be parsed.
    broken: HashSet<Arc<str>>,
    /// Source texts that diagnostics quote.
    texts: places::SourceTexts,
}

impl Content {
    /// Reads all sources of a site and checks the references between them.
    pub fn load(
        site: &SiteDir,
        config: &Config,
        cache: &mut SourceCache,
        timings: Option<&Recorder>,
    ) -> (Self, Diagnostics) {
        let (content, mut diagnostics) = Self::read(site, config, cache, timings);
        diagnostics.extend(content.check());
        (content, diagnostics)
    }

    /// Reads all sources of a site in parallel, except those that the cache has unchanged. Sources that cannot be read or parsed
    /// are reported and left out.
    pub fn read(
        site: &SiteDir,
        config: &Config,
        cache: &mut SourceCache,
        timings: Option<&Recorder>,
    ) -> (Self, Diagnostics) {
        let ((paths, mut diagnostics), cached) = rayon::join(|| walk::sources(site), || cache.take_records());
        let read = cache.refresh(site, config, timings, cached, paths);
        let (mut articles, mut broken) = (Vec::with_capacity(read.len()), HashSet::new());
        for (path, article, problems) in read {
            diagnostics.extend(problems);
            match article {
                Some(article) => articles.push(article),
                None => {
                    broken.insert(path);
                }
            }
        }
        (Self::new(site.content(), articles, broken), diagnostics)
    }

    /// `articles` are sorted by path.
    fn new(dir: PathBuf, articles: Vec<Arc<Article>>, broken: HashSet<Arc<str>>) -> Self {
        let (by_slug, by_composed) = (OnceLock::new(), OnceLock::new());
        Self { dir, articles, by_slug, by_composed, broken, texts: places::SourceTexts::default() }
    }

    /// Checks the references between articles.
    pub fn check(&self) -> Vec<Diagnostic> {
        cross_references::check(self)
    }

    /// The same content with other versions of all articles, in the same order.
    fn with_articles(&self, articles: Vec<Arc<Article>>) -> Self {
        Self {
            dir: self.dir.clone(),
            articles,
            by_slug: self.by_slug.clone(),
            by_composed: self.by_composed.clone(),
            broken: self.broken.clone(),
            texts: places::SourceTexts::default(),
        }
    }

    /// Whether a source exists but could not be parsed.
    pub fn is_broken(&self, path: &str) -> bool {
        self.broken.contains(path)
    }

    /// Every article with its id.
    pub fn iter(&self) -> impl Iterator<Item = (ArticleId, &Article)> {
        self.articles.iter().enumerate().map(|(index, article)| (id(index), &**article))
    }

    /// The number of articles.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether there are no articles.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    /// The article with this id.
    pub fn get(&self, id: ArticleId) -> &Article {
        &self.articles[id.0 as usize]
    }

    /// The article of a source, by its path relative to `content/` in any Unicode normal form.
    pub fn by_path(&self, path: &str) -> Option<ArticleId> {
        let found = self.articles.binary_search_by(|article| (*article.path).cmp(path)).ok().map(id);
        found.or_else(|| {
            let path = Some(path).filter(|path| !path.is_ascii())?;
            self.composed_paths().get(&*composed(path)).copied()
        })
    }

    fn composed_paths(&self) -> &HashMap<String, ArticleId> {
        let others = || self.iter().filter(|(_, article)| !article.path.is_ascii());
        self.by_composed.get_or_init(|| {
            others().map(|(id, article)| (composed(&article.path).into_owned(), id)).collect()
        })
    }

    /// The article that a hand-picked link (`related`) names: by its path relative to the linking article or to `content/`, or by
    /// its slug.
    pub fn related(&self, from: &Article, written: &str) -> Option<ArticleId> {
        let path = written.strip_prefix('@').unwrap_or(written);
        let from_root = path.strip_prefix("content/").unwrap_or(path).trim_start_matches('/');
        markdown::resolve(&from.path, path)
            .and_then(|path| self.by_path(&path))
            .or_else(|| self.by_path(from_root))
            .or_else(|| self.slugs().get(&*composed(written)).copied())
    }

    /// An article that a wrong path may refer to: one with the same slug in another folder or under another date.
    fn by_name(&self, path: &str) -> Option<&Article> {
        let name = Source::new(path, "").name().to_owned();
        let slug = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        if let Some(id) = self.slugs().get(slug).or_else(|| self.slugs().get(&name)) {
            return Some(self.get(*id));
        }
        // Comparing each of many dead links with all of a large archive would take hours.
        let few = (self.len() <= 2000).then(|| self.articles.iter().map(|article| &*article.path));
        let near = did_you_mean(path, few.into_iter().flatten())?;
        self.by_path(near).map(|id| self.get(id))
    }

    fn slugs(&self) -> &HashMap<String, ArticleId> {
        self.by_slug.get_or_init(|| self.iter().map(|(id, article)| (article.slug.clone(), id)).collect())
    }

    /// The file of an asset or source, by its path relative to `content/`.
    pub fn file(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    /// Renders the text of an article to HTML. The source file is read again.
    ///
    /// # Errors
    /// The source is no longer what it was when it was loaded.
    pub fn html(
        &self,
        id: ArticleId,
        config: &Config,
        resolve: &dyn Fn(&str, markdown::ReferenceKind) -> markdown::Target,
    ) -> Result<String, Diagnostic> {
        let article = self.get(id);
        let problem = |message: String| {
            Diagnostic::error("content/changed", message).at(place_of(article)).help("build again")
        };
        let bytes = fs::read(self.file(&article.path))
            .map_err(|error| problem(format!("cannot read this file again: {error}")))?;
        let text = std::str::from_utf8(&bytes).ok();
        let text = text
            .filter(|text| Fingerprint::of_bytes(text.as_bytes()) == article.hash)
            .ok_or_else(|| problem("this file changed during the build".to_owned()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let body = text.get(article.body_start..).unwrap_or_default();
        let typography = config.typography(article.front.lang.as_deref());
        let html = markdown::to_html(body, &article.outline.headings, typography, resolve);
        let is_unsafe = article.outline.has_html && config.markdown.raw_html == RawHtml::Sanitized;
        Ok(if is_unsafe { markdown::sanitize(&html) } else { html })
    }
}

/// Parses the front matter of a source with this path below `content/`; returns it with the article's slug, and everything that is
/// wrong with it. No file is read.
pub fn head(path: &str, text: &str, config: &Config) -> (Option<(FrontMatter, String)>, Vec<Diagnostic>) {
    let (head, problems) = front_matter::read(&Source::new(path, text), config);
    let head = head.map(|head| {
        let slug = head.slug(config);
        (head.front, slug)
    });
    (head, problems)
}

/// Parses front matter that is given as values. Each problem comes with the key that it is about.
pub fn front_matter_of(
    path: &str,
    values: &serde_json::Map<String, serde_json::Value>,
    config: &Config,
) -> (Option<FrontMatter>, Vec<(Option<String>, Diagnostic)>) {
    front_matter::of_values(path, values, config)
}

/// The slug of an article with this front matter and path below `content/`.
pub fn slug_of(front: &FrontMatter, path: &str, config: &Config) -> String {
    front_matter::slug_of(front, front_matter::undated(Source::new(path, "").name()), config)
}

/// All keys of the front matter of a source with their unparsed values, and the offset at which its Markdown starts.
///
/// # Errors
/// The source has no valid front matter.
pub fn keys(
    path: &str,
    text: &str,
) -> Result<(serde_json::Map<String, serde_json::Value>, usize), Box<Diagnostic>> {
    front_matter::keys_of(&Source::new(path, text))
}

fn id(index: usize) -> ArticleId {
    ArticleId(u32::try_from(index).expect("a site has fewer than four billion articles"))
}

/// The place of an article's file as a whole, for diagnostics.
pub fn place_of(article: &Article) -> Place {
    Place::file(shown_path(&article.path))
}

/// The path of a file under `content/` as diagnostics show it.
fn shown_path(path: &str) -> String {
    format!("content/{path}")
}

/// Whether a file is an article by its name: `.md` or `.markdown` in any case.
fn is_article(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["md", "markdown"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}
