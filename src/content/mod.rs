//! The files under `content/` → [`Article`]s.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::site::SiteDir;

mod article;
mod assets;
mod check;
mod front_matter;
pub mod markdown;
mod source;
pub mod text;
mod walk;

pub use article::{
    Article, ArticleId, Asset, Byline, Correction, CorrectionKind, FrontMatter, Genre, Image, Status,
};
pub(crate) use assets::is_media;
pub use check::{place_of_reference, place_of_value};
pub use source::Source;

/// All articles of a site, in the order of their paths.
#[derive(Debug)]
pub struct Content {
    /// The folder that holds the sources.
    dir: PathBuf,
    articles: Vec<Article>,
    by_path: HashMap<Arc<str>, ArticleId>,
    /// Made when the first hand-picked link names an article by its slug.
    by_slug: OnceLock<HashMap<String, ArticleId>>,
    smart_punctuation: bool,
}

/// A source changed between being read and being rendered, or went away.
#[derive(Debug)]
pub struct Changed(pub Option<io::Error>);

impl Content {
    /// Reads all sources of a site, in parallel. What cannot be read or understood is reported and left out.
    pub fn load(site: &SiteDir, config: &Config) -> (Self, Diagnostics) {
        let (files, mut diagnostics) = walk::sources(site);
        let read: Vec<(Option<Article>, Vec<Diagnostic>)> =
            files.par_iter().map(|path| source::read(site, path, config)).collect();
        let mut articles = Vec::with_capacity(read.len());
        let mut broken = HashSet::new();
        for (path, (article, problems)) in files.into_iter().zip(read) {
            diagnostics.extend(problems);
            match article {
                Some(article) => articles.push(article),
                None => {
                    broken.insert(path);
                }
            }
        }
        let by_path =
            articles.iter().enumerate().map(|(index, article)| (article.path.clone(), id(index))).collect();
        let content = Self {
            dir: site.content(),
            articles,
            by_path,
            by_slug: OnceLock::new(),
            smart_punctuation: config.markdown.smart_punctuation,
        };
        diagnostics.extend(check::references(&content, &broken));
        (content, diagnostics)
    }

    /// Every article with its id.
    pub fn iter(&self) -> impl Iterator<Item = (ArticleId, &Article)> {
        self.articles.iter().enumerate().map(|(index, article)| (id(index), article))
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    /// The article with this id.
    pub fn get(&self, id: ArticleId) -> &Article {
        &self.articles[id.0 as usize]
    }

    /// The article of a source, by its path relative to `content/`.
    pub fn by_path(&self, path: &str) -> Option<ArticleId> {
        self.by_path.get(path).copied()
    }

    /// The article that a hand-picked link (`related`) of another names: by path relative to that article or to
    /// `content/`, or by slug.
    pub fn related(&self, from: &Article, written: &str) -> Option<ArticleId> {
        let path = written.strip_prefix('@').unwrap_or(written);
        let from_root = path.strip_prefix("content/").unwrap_or(path).trim_start_matches('/');
        markdown::resolve(&from.path, path)
            .and_then(|path| self.by_path(&path))
            .or_else(|| self.by_path(from_root))
            .or_else(|| self.slugs().get(written).copied())
    }

    /// An article that a mistaken path may have meant: one of the same slug, elsewhere or under another date.
    fn by_name(&self, path: &str) -> Option<&Article> {
        let name = Source::new(path, "").name().to_owned();
        let slug = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        if let Some(id) = self.slugs().get(slug).or_else(|| self.slugs().get(&name)) {
            return Some(self.get(*id));
        }
        // Looking at all of a large archive for each of many dead links would take hours.
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

    /// The text of an article as HTML. The source is read again: bodies are not kept.
    ///
    /// # Errors
    /// If the source is no longer what it was when it was loaded.
    pub fn html(
        &self,
        article: &Article,
        resolve: &dyn Fn(&str, markdown::ReferenceKind) -> markdown::Target,
    ) -> Result<String, Changed> {
        let bytes = fs::read(self.file(&article.path)).map_err(|error| Changed(Some(error)))?;
        if blake3::hash(&bytes) != article.hash {
            return Err(Changed(None));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| Changed(None))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let body = text.get(article.body_start..).unwrap_or_default();
        Ok(markdown::to_html(body, &article.outline.headings, self.smart_punctuation, resolve))
    }
}

fn id(index: usize) -> ArticleId {
    ArticleId(u32::try_from(index).expect("a site has fewer than four billion articles"))
}

/// The place of an article's file as a whole, as diagnostics show it.
pub fn place_of(article: &Article) -> Place {
    Place::file(shown_path(&article.path))
}

/// The path of a file under `content/`, as diagnostics show it.
fn shown_path(path: &str) -> String {
    format!("content/{path}")
}

/// Whether a file name says that the file is an article.
fn is_article(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md" || extension == "markdown")
}
