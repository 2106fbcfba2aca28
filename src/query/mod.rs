//! Queries of templates and pages → answers, with the digests that tell an incremental build whether an answer changed.
//!
//! Pages see the site only through here, so that their dependencies are known, and a query that many pages share is
//! answered once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tera::Value;

use crate::archive::Visibility;
use crate::content::ArticleId;
use crate::edition::{Edition, leave_out};
use crate::manifest::{Clock, Fingerprint};
use crate::pictures::{Library, PublishedPicture};
use crate::plan::{LinkTarget, Page, PageKind};
use crate::view::values::Values;

mod assets;
mod cards;
pub(crate) mod current_page;
mod data;
mod dates;
mod fingerprints;
pub(crate) mod lists;
mod pictures;
mod question;
mod stories;
mod terms;

use assets::Assets;
pub use assets::FingerprintedFile;
use cards::CardCache;
pub(crate) use dates::DateFormatter;
use fingerprints::CardFingerprints;
pub(crate) use fingerprints::of_value;
pub use pictures::{PictureAnswer, PictureQuery, SourceSet, color_class, examine_static_pictures};
pub use question::{
    AnswerDigest, ArticleQuery, Dependency, Query, StoryOrder, StoryReference, TermKind, TermOrder,
};
use stories::StoryIndex;
pub(crate) use stories::language_of;

/// An answer with its value.
#[derive(Clone, Debug)]
struct Answer {
    value: Value,
    dependency: Arc<Dependency>,
}

/// The outcome of a query, before its digest is taken.
enum Resolved {
    /// Stories, with the basis of [`AnswerDigest::basis`].
    Stories(Vec<ArticleId>, Option<Fingerprint>),
    Value(Value),
}

/// Answers the queries of one edition.
#[derive(Debug)]
pub struct Queries {
    edition: Arc<Edition>,
    data: PathBuf,
    values: Values,
    fingerprints: CardFingerprints,
    dates: DateFormatter,
    cards: CardCache,
    answers: Mutex<HashMap<Query, Result<Answer, String>>>,
    assets: Assets,
    pictures: Arc<Library>,
    /// The renditions that pages refer to, by path. `None`: a build makes them all.
    offered: Option<Mutex<HashMap<String, Arc<PublishedPicture>>>>,
    stories: StoryIndex,
}

impl Queries {
    /// Answers queries of all pages of an edition; `data` is the folder of data files.
    pub fn new(edition: Arc<Edition>, data: PathBuf, pictures: Arc<Library>) -> Self {
        let cards = CardCache::new(&edition);
        Self::with_cache(cards, edition, data, pictures)
    }

    /// Answers queries of single pages, as in a preview: cards are not kept for later pages.
    pub fn for_single_pages(edition: Arc<Edition>, data: PathBuf, pictures: Arc<Library>) -> Self {
        let queries = Self::with_cache(CardCache::disabled(), edition, data, pictures);
        Self { offered: Some(Mutex::default()), ..queries }
    }

    fn with_cache(cards: CardCache, edition: Arc<Edition>, data: PathBuf, pictures: Arc<Library>) -> Self {
        let values = Values::new(&edition);
        Self {
            fingerprints: CardFingerprints::new(&edition, &values),
            values,
            dates: DateFormatter::new(&edition.config.language, edition.config.timezone.clone()),
            cards,
            answers: Mutex::default(),
            assets: Assets::default(),
            pictures,
            offered: None,
            stories: StoryIndex::default(),
            edition,
            data,
        }
    }

    /// The edition that answers come from.
    pub(crate) fn edition(&self) -> &Edition {
        &self.edition
    }

    /// The same, shared.
    pub(crate) fn shared_edition(&self) -> Arc<Edition> {
        Arc::clone(&self.edition)
    }

    /// Formats dates in the site's language and time zone.
    pub(crate) fn dates(&self) -> &DateFormatter {
        &self.dates
    }

    pub(crate) fn values(&self) -> &Values {
        &self.values
    }

    /// An article as templates see it.
    pub(crate) fn card(&self, id: ArticleId) -> Value {
        self.cards.get(id, || self.values.article(&self.edition, id))
    }

    /// Several articles as templates see them.
    pub(crate) fn cards(&self, ids: &[ArticleId]) -> Value {
        Value::from(ids.iter().map(|id| self.card(*id)).collect::<Vec<_>>())
    }

    /// Releases the cards of a page that has been rendered.
    pub(crate) fn release(&self, ids: &[ArticleId]) {
        self.cards.release(ids);
    }

    /// The fingerprint of an article as templates see it.
    pub(crate) fn card_fingerprint(&self, id: ArticleId) -> Fingerprint {
        self.fingerprints.card(&self.edition, id)
    }

    /// References to stories that a page shows.
    pub(crate) fn references(&self, ids: &[ArticleId]) -> Vec<StoryReference> {
        ids.iter().map(|id| self.fingerprints.reference(&self.edition, *id)).collect()
    }

    /// The article at a URL of the site.
    pub(crate) fn at_url(&self, url: &str) -> Option<ArticleId> {
        self.stories.at_url(&self.edition, url)
    }

    /// Returns the static file `name` under its fingerprinted name, as `asset()` does.
    ///
    /// # Errors
    /// If there is no such file, with a message for theme authors.
    pub fn fingerprinted(&self, name: &str) -> FingerprintedFile {
        self.assets.get(&self.edition, name)
    }

    /// Makes and keeps what is made from pictures.
    pub fn pictures(&self) -> &Library {
        &self.pictures
    }

    /// The same, shared.
    pub(crate) fn shared_pictures(&self) -> Arc<Library> {
        Arc::clone(&self.pictures)
    }

    /// A picture of the site for a page. `None` if there is no picture at the path.
    pub fn picture(&self, query: &PictureQuery) -> Option<PictureAnswer> {
        if let Some(offered) = &self.offered {
            let mut offered = offered.lock().unwrap_or_else(PoisonError::into_inner);
            for (route, kind) in pictures::renditions(&self.edition, &self.pictures, query) {
                if let PageKind::Picture(_, picture) = kind {
                    offered.insert(route.as_str().to_owned(), picture);
                }
            }
        }
        pictures::answer(&self.edition, &self.pictures, query)
    }

    /// The rendition at this path of the site, if a page that was rendered alone refers to it.
    pub fn offered(&self, path: &str) -> Option<Arc<PublishedPicture>> {
        self.offered.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// Keeps what was found out about pictures for the next build; `clock` was read before any of their files was.
    pub fn save_pictures(&self, clock: Option<Clock>) {
        pictures::save(&self.pictures, clock);
    }

    /// The renditions that the answer to a query names, as pages of the site.
    pub fn renditions(&self, query: &PictureQuery) -> Vec<Page> {
        let pages = pictures::renditions(&self.edition, &self.pictures, query).into_iter();
        pages.map(|(route, kind)| Page { route, kind }).collect()
    }

    /// Answers a query with the value for templates and the dependency to record.
    ///
    /// # Errors
    /// If the query is invalid, with a message for theme authors.
    pub fn ask(&self, query: &Query) -> Result<(Value, Arc<Dependency>), String> {
        // Only one page makes these queries: caching their answers would waste memory.
        let is_for_one_page = match query {
            Query::Related(..) => true,
            Query::Articles(wanted) => !wanted.exclude.is_empty(),
            _ => false,
        };
        if is_for_one_page {
            return self.answer(query).map(|answer| (answer.value, answer.dependency));
        }
        let known = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(query).cloned();
        let answer = known.unwrap_or_else(|| {
            let answer = self.answer(query);
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(query.clone(), answer.clone());
            answer
        });
        answer.map(|answer| (answer.value, answer.dependency))
    }

    /// Returns the digest of an answer without building its value where possible; `previous` is the digest of an
    /// earlier build.
    ///
    /// # Errors
    /// If the query is invalid, with a message for theme authors.
    pub fn digest(&self, query: &Query, previous: &AnswerDigest) -> Result<AnswerDigest, String> {
        if let (Query::Related(url, limit), Some(_)) = (query, previous.basis)
            && self.at_url(url).map(|id| self.fingerprints.related(&self.edition, id, *limit))
                == previous.basis
        {
            return Ok(previous.clone());
        }
        match self.resolve(query)? {
            Resolved::Stories(ids, basis) => Ok(self.digest_of(&ids, basis)),
            Resolved::Value(_) => self.ask(query).map(|(_, dependency)| dependency.answer.clone()),
        }
    }

    fn answer(&self, query: &Query) -> Result<Answer, String> {
        let (value, answer) = match self.resolve(query)? {
            Resolved::Stories(ids, basis) => (self.cards(&ids), self.digest_of(&ids, basis)),
            Resolved::Value(value) => {
                let fingerprint = of_value(&value);
                (value, AnswerDigest { fingerprint, ..AnswerDigest::default() })
            }
        };
        Ok(Answer { value, dependency: Arc::new(Dependency { query: query.clone(), answer }) })
    }

    fn digest_of(&self, ids: &[ArticleId], basis: Option<Fingerprint>) -> AnswerDigest {
        let cards: Vec<Fingerprint> = ids.iter().map(|id| self.card_fingerprint(*id)).collect();
        AnswerDigest { fingerprint: Fingerprint::of(&cards), stories: self.references(ids), basis }
    }

    fn resolve(&self, query: &Query) -> Result<Resolved, String> {
        let plan = &self.edition.plan;
        Ok(match query {
            Query::Articles(wanted) => Resolved::Stories(self.stories.select(&self.edition, wanted), None),
            Query::Related(url, limit) => self.related(url, *limit),
            Query::Article(path) => Resolved::Value(self.article(path)),
            Query::Terms(kind, order, limit) => {
                Resolved::Value(terms::terms(&self.edition, *kind, *order, *limit))
            }
            Query::Data(file) => {
                let is_hidden = |text: &str| matches!(plan.resolve_site_link(text), LinkTarget::Hidden(_));
                let mut value = data::read(&self.data, file)?;
                if plan.has_hidden_paths() {
                    leave_out(&mut value, &is_hidden);
                }
                Resolved::Value(Value::from_serializable(&value))
            }
            Query::Url(path) => Resolved::Value(match plan.resolve_site_link(path) {
                LinkTarget::Hidden(_) => Value::from(""),
                _ => Value::from(plan.urls().path_of_any(path)),
            }),
            Query::Asset(name) => {
                let (route, _) = self.fingerprinted(name)?;
                Resolved::Value(Value::from(plan.urls().path(&route)))
            }
            Query::Picture(wanted) => {
                Resolved::Value(self.picture(wanted).map_or_else(Value::none, |picture| picture.value()))
            }
            Query::MissingHead(_) => Resolved::Value(Value::none()),
        })
    }

    fn article(&self, path: &str) -> Value {
        let path = path.strip_prefix("content/").unwrap_or(path);
        let id = self.edition.content.by_path(path);
        let shown = id.filter(|id| self.edition.archive.visibility(*id) == Visibility::Shown);
        shown.map_or_else(Value::none, |id| self.card(id))
    }

    fn related(&self, url: &str, limit: usize) -> Resolved {
        let Some(id) = self.at_url(url) else { return Resolved::Stories(Vec::new(), None) };
        let ids = self.edition.archive.related(&self.edition.content, id, limit);
        Resolved::Stories(ids, Some(self.fingerprints.related(&self.edition, id, limit)))
    }
}
