//! The files under `content/` → [`Article`]s.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::config::{self, Config, RawHtml};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::manifest::{Clock, Fingerprint, Stat};
use crate::site::SiteDir;
use crate::slug::composed;
use crate::timings::Recorder;
use crate::typography::Typography;

mod article;
mod assets;
mod bodies;
mod check;
mod flaws;
mod front_matter;
mod imported;
mod leftovers;
pub mod markdown;
mod names;
mod notes;
mod pictures;
mod remembered;
mod renewed;
mod source;
pub mod text;
mod walk;

pub use article::{
    Article, ArticleId, Asset, Byline, Correction, CorrectionKind, Found, FrontMatter, Genre, Image, Named,
    Status, Withdrawal,
};
pub(crate) use assets::is_media;
pub(crate) use check::{missing_file, missing_heading};
pub use check::{place_of_asset, place_of_key, place_of_reference, place_of_url, place_of_value};
pub use flaws::problem as problem_of_picture;
pub(crate) use front_matter::writing;
pub use imported::{Imported, unreviewed};
pub use notes::editors_notes;
pub use pictures::problems_of_pictures;
pub use remembered::Known;
pub use remembered::reads_alike;
pub use renewed::Renewed;
pub(crate) use walk::refused;

use bodies::{Bodies, Body};
pub use source::Source;

/// All articles of a site, in the order of their paths.
#[derive(Debug)]
pub struct Content {
    /// The folder that holds the sources.
    dir: PathBuf,
    /// In the order of their paths.
    articles: Vec<Arc<Article>>,
    /// Made when the first hand-picked link names an article by its slug.
    by_slug: OnceLock<HashMap<String, ArticleId>>,
    /// Those whose path has other characters than ASCII, by their path in NFC. Made when the first is looked up.
    by_composed: OnceLock<HashMap<String, ArticleId>>,
    /// How texts without a language of their own are set, and whether any are.
    typography: Option<Typography>,
    /// How Markdown is read.
    markdown: config::Markdown,
    /// For each article how its source was found.
    seen: Vec<Seen>,
    /// Articles that changed, as they were.
    before: Vec<(ArticleId, Arc<Article>)>,
    /// Sources that are there and could not be understood.
    broken: HashSet<Arc<str>>,
    clock: Option<Clock>,
    rest: remembered::Rest,
    /// Texts that diagnostics show lines of.
    texts: check::Texts,
    bodies: Option<Arc<Bodies>>,
}

/// How the source of an article was found.
#[derive(Clone, Debug)]
struct Seen {
    /// `None` if it may have changed since without showing it.
    stat: Option<Stat>,
    /// Whether it was read, or has another time than it had.
    is_new: bool,
    problems: Vec<Diagnostic>,
    /// Its HTML, if this build made it already.
    body: Option<Body>,
}

/// A source changed between being read and being rendered, or went away.
#[derive(Debug)]
pub struct Changed(pub Option<io::Error>);

impl Content {
    /// Reads all sources of a site and checks what they say about each other.
    pub fn load(
        site: &SiteDir,
        config: &Config,
        known: Known,
        timings: Option<&Recorder>,
    ) -> (Self, Diagnostics) {
        let (content, mut diagnostics) = Self::read(site, config, known, timings);
        diagnostics.extend(content.check());
        (content, diagnostics)
    }

    /// Reads all sources of a site, in parallel, but for those that are known and as they were. What cannot be read or
    /// understood is reported and left out.
    pub fn read(
        site: &SiteDir,
        config: &Config,
        known: Known,
        timings: Option<&Recorder>,
    ) -> (Self, Diagnostics) {
        let clock = known.clock;
        let ((files, mut diagnostics), recalled) = rayon::join(|| walk::sources(site), || known.recall());
        let (matched, rest) = remembered::match_up(recalled, files);
        // Where none can be kept, sources are read again.
        let bodies = clock.and_then(|_| Bodies::new(&site.state()).ok()).map(Arc::new);
        let reading = source::Reading { site, config, clock, timings, bodies: bodies.as_deref() };
        let read: Vec<(Arc<str>, source::Read)> =
            matched.into_par_iter().map(|(path, known)| (path.clone(), reading.read(&path, known))).collect();
        let mut content = Self {
            dir: site.content(),
            articles: Vec::with_capacity(read.len()),
            seen: Vec::with_capacity(read.len()),
            before: Vec::new(),
            by_slug: OnceLock::new(),
            by_composed: OnceLock::new(),
            typography: config.typography(None),
            markdown: config.markdown.clone(),
            broken: HashSet::new(),
            clock,
            rest,
            texts: check::Texts::default(),
            bodies,
        };
        for (path, source::Read { source, problems, before, body }) in read {
            diagnostics.extend(problems);
            if !content.add(source, before, body) {
                content.broken.insert(path);
            }
        }
        (content, diagnostics)
    }

    /// Checks what the articles say about each other.
    pub fn check(&self) -> Vec<Diagnostic> {
        check::references(self, &self.broken)
    }

    /// Takes in a source; tells whether it is an article.
    fn add(
        &mut self,
        source: Option<remembered::Source>,
        before: Option<Arc<Article>>,
        body: Option<Body>,
    ) -> bool {
        let Some(mut source) = source else { return false };
        let Some(article) = source.article.take() else {
            self.rest.others.push(source);
            return false;
        };
        let id = id(self.articles.len());
        self.before.extend(before.map(|before| (id, before)));
        self.articles.push(article);
        self.seen.push(Seen { stat: source.stat, is_new: source.is_new, problems: source.problems, body });
        true
    }

    /// What an article was in the last build, if it was read anew.
    pub fn before(&self, id: ArticleId) -> Option<&Article> {
        self.before.binary_search_by_key(&id, |(id, _)| *id).ok().map(|index| &*self.before[index].1)
    }

    /// How many sources had to be read.
    pub fn sources_read(&self) -> usize {
        let articles = self.seen.iter().filter(|seen| seen.is_new).count();
        articles + self.rest.others.iter().filter(|other| other.is_new).count()
    }

    /// The time before any source was read; `None` if nothing is to be remembered of this build.
    pub fn clock(&self) -> Option<Clock> {
        self.clock
    }

    /// Whether a source is there and could not be understood.
    pub fn is_broken(&self, path: &str) -> bool {
        self.broken.contains(path)
    }

    /// Every article with its id.
    pub fn iter(&self) -> impl Iterator<Item = (ArticleId, &Article)> {
        self.articles.iter().enumerate().map(|(index, article)| (id(index), &**article))
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

    /// The article of a source, by its path relative to `content/`, in whichever form of Unicode.
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

    /// The article that a hand-picked link (`related`) of another names: by path relative to that article or to
    /// `content/`, or by slug.
    pub fn related(&self, from: &Article, written: &str) -> Option<ArticleId> {
        let path = written.strip_prefix('@').unwrap_or(written);
        let from_root = path.strip_prefix("content/").unwrap_or(path).trim_start_matches('/');
        markdown::resolve(&from.path, path)
            .and_then(|path| self.by_path(&path))
            .or_else(|| self.by_path(from_root))
            .or_else(|| self.slugs().get(&*composed(written)).copied())
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

    /// The text of an article as HTML. The source is read again, unless its HTML did not depend on the rest of the site.
    ///
    /// # Errors
    /// If the source is no longer what it was when it was loaded.
    pub fn html(
        &self,
        id: ArticleId,
        resolve: &dyn Fn(&str, markdown::ReferenceKind) -> markdown::Target,
    ) -> Result<String, Changed> {
        let body = self.seen[id.0 as usize].body.zip(self.bodies.as_ref());
        if let Some(html) = body.and_then(|(body, bodies)| bodies.get(body)) {
            return Ok(html);
        }
        let article = self.get(id);
        let bytes = fs::read(self.file(&article.path)).map_err(|error| Changed(Some(error)))?;
        if Fingerprint::of_bytes(&bytes) != article.hash {
            return Err(Changed(None));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| Changed(None))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let body = text.get(article.body_start..).unwrap_or_default();
        let own = article.front.lang.as_deref().map(Typography::of);
        let typography = self.typography.map(|usual| own.unwrap_or(usual));
        let html = markdown::to_html(body, &article.outline.headings, typography, resolve);
        let is_unsafe = article.outline.has_html && self.markdown.raw_html == RawHtml::Sanitized;
        Ok(if is_unsafe { markdown::sanitized(&html) } else { html })
    }
}

/// What the head of a source with this path below `content/` would say, and its slug, with all that is wrong with it. No file is
/// read.
pub fn head(path: &str, text: &str, config: &Config) -> (Option<(FrontMatter, String)>, Vec<Diagnostic>) {
    let (head, problems) = front_matter::read(&Source::new(path, text), config);
    let head = head.map(|head| {
        let slug = head.slug(config);
        (head.front, slug)
    });
    (head, problems)
}

/// Front matter read from values, with its problems and the key that each is about.
pub fn front_matter_of(
    path: &str,
    values: &serde_json::Map<String, serde_json::Value>,
    config: &Config,
) -> (Option<FrontMatter>, Vec<(Option<String>, Diagnostic)>) {
    front_matter::of_values(path, values, config)
}

/// The slug of an article with this front matter and path below `content/`.
pub fn slug_of(front: &FrontMatter, path: &str, config: &Config) -> String {
    let of_name = || {
        let source = Source::new(path, "");
        config.slugs.in_language(front.lang.as_deref()).of(front_matter::undated(source.name()))
    };
    front.slug.clone().unwrap_or_else(of_name)
}

/// All keys of the front matter of a source as they are written, and where its Markdown starts.
///
/// # Errors
/// Front matter that is none.
pub fn keys(
    path: &str,
    text: &str,
) -> Result<(serde_json::Map<String, serde_json::Value>, usize), Box<Diagnostic>> {
    front_matter::keys_of(&Source::new(path, text))
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

/// Whether a file name says that the file is an article: `.md` or `.markdown`, in capitals or not.
fn is_article(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["md", "markdown"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}
