//! The questions that a template may ask of the site, and their answers.
//!
//! No page sees the site but through here: so what a page depends on is known, and a question that many pages
//! ask is answered once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tera::Value;

use super::data;
use super::dates::Dates;
use super::values::{Values, map, text};
use crate::archive::{Taxonomy, TermId, Visibility};
use crate::content::{Article, ArticleId};
use crate::edition::Edition;
use crate::plan::{FileSource, List, Route, stories_of};
use crate::slug::is_latin;

/// A question. Equal questions have equal answers in one edition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Query {
    /// Stories that fit.
    Articles(Articles),
    /// The article of a source file.
    Article(String),
    /// What goes with the article at this URL, at most so many.
    Related(String, usize),
    /// The terms of a kind.
    Terms(TermKind, TermOrder, usize),
    /// A data file.
    Data(String),
    /// The fingerprinted URL of a static file.
    Asset(String),
}

/// Which stories are asked for. Slugs name terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub struct Articles {
    pub section: Option<String>,
    pub tag: Option<String>,
    pub author: Option<String>,
    pub series: Option<String>,
    pub genre: Option<String>,
    pub language: Option<String>,
    pub order: StoryOrder,
    pub offset: usize,
    pub limit: usize,
    /// URLs of articles that are left out.
    pub exclude: Vec<String>,
}

/// The order of stories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum StoryOrder {
    #[default]
    Newest,
    Oldest,
    Front,
}

/// A kind of term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum TermKind {
    Of(Taxonomy),
    Years,
}

/// The order of terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum TermOrder {
    #[default]
    Usual,
    Count,
}

/// An answer, with a hash that is equal for equal answers on every machine.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What the template sees.
    pub value: Value,
    /// Hash of it.
    pub hash: blake3::Hash,
}

/// Answers the questions of one edition.
#[derive(Debug)]
pub struct Queries {
    edition: Arc<Edition>,
    data: PathBuf,
    values: Values,
    dates: Dates,
    cards: Vec<OnceLock<Value>>,
    card_hashes: Vec<OnceLock<blake3::Hash>>,
    answers: Mutex<HashMap<Query, Result<Answer, String>>>,
    by_url: OnceLock<HashMap<String, ArticleId>>,
    /// Stories of each genre and language, newest first.
    by_trait: OnceLock<HashMap<String, Vec<ArticleId>>>,
}

impl Queries {
    /// For an edition whose data files are in the folder `data`.
    pub fn new(edition: Arc<Edition>, data: PathBuf) -> Self {
        let count = edition.content.len();
        Self {
            values: Values::new(&edition),
            dates: Dates::new(&edition.config.language, edition.config.timezone.clone()),
            cards: (0..count).map(|_| OnceLock::new()).collect(),
            card_hashes: (0..count).map(|_| OnceLock::new()).collect(),
            answers: Mutex::default(),
            by_url: OnceLock::new(),
            by_trait: OnceLock::new(),
            edition,
            data,
        }
    }

    /// The edition that is asked about.
    pub fn edition(&self) -> &Edition {
        &self.edition
    }

    pub(super) fn dates(&self) -> &Dates {
        &self.dates
    }

    pub(super) fn values(&self) -> &Values {
        &self.values
    }

    /// An article as templates see it.
    pub(super) fn card(&self, id: ArticleId) -> Value {
        self.cards[id.0 as usize].get_or_init(|| self.values.article(&self.edition, id)).clone()
    }

    /// Several articles as templates see them.
    pub(super) fn cards(&self, ids: &[ArticleId]) -> Value {
        Value::from(ids.iter().map(|id| self.card(*id)).collect::<Vec<_>>())
    }

    /// Answers a question.
    ///
    /// # Errors
    /// A sentence for theme authors, if the question makes no sense.
    pub fn ask(&self, query: &Query) -> Result<Answer, String> {
        // Each article asks for what goes with it and for others than itself: remembering that would only take memory.
        let is_for_one_page = match query {
            Query::Related(..) => true,
            Query::Articles(wanted) => !wanted.exclude.is_empty(),
            _ => false,
        };
        if is_for_one_page {
            return self.answer(query);
        }
        if let Some(known) = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(query) {
            return known.clone();
        }
        let answer = self.answer(query);
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(query.clone(), answer.clone());
        answer
    }

    /// The files that were asked for under a name with a fingerprint, by the path of that name.
    pub fn fingerprinted(&self) -> BTreeMap<Route, FileSource> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = answers.keys().filter_map(|query| match query {
            Query::Asset(name) => self.fingerprint(name).ok(),
            _ => None,
        });
        asked.collect()
    }

    fn answer(&self, query: &Query) -> Result<Answer, String> {
        match query {
            Query::Articles(wanted) => Ok(self.stories(wanted)),
            Query::Article(path) => Ok(self.article(path)),
            Query::Related(url, limit) => Ok(self.related(url, *limit)),
            Query::Terms(kind, order, limit) => Ok(plain(self.terms(*kind, *order, *limit))),
            Query::Data(file) => data::read(&self.data, file).map(plain),
            Query::Asset(name) => {
                let (route, _) = self.fingerprint(name)?;
                Ok(plain(Value::from(self.edition.plan.urls().path(&route))))
            }
        }
    }

    fn of_articles(&self, ids: &[ArticleId]) -> Answer {
        let mut hasher = blake3::Hasher::new();
        for id in ids {
            let hash = self.card_hashes[id.0 as usize].get_or_init(|| hash(&self.card(*id)));
            hasher.update(hash.as_bytes());
        }
        Answer { value: self.cards(ids), hash: hasher.finalize() }
    }

    fn stories(&self, wanted: &Articles) -> Answer {
        let archive = &self.edition.archive;
        let named = [
            (Taxonomy::Series, wanted.series.as_deref()),
            (Taxonomy::Author, wanted.author.as_deref()),
            (Taxonomy::Tag, wanted.tag.as_deref()),
            (Taxonomy::Section, wanted.section.as_deref()),
        ];
        let mut filters: Vec<(Taxonomy, TermId)> = Vec::new();
        for (taxonomy, slug) in named {
            let Some(slug) = slug else { continue };
            match archive.terms(taxonomy).by_slug(slug) {
                Some(id) => filters.push((taxonomy, id)),
                None => return self.of_articles(&[]),
            }
        }
        let mut sorted;
        let candidates = match (wanted.order, filters.first()) {
            (StoryOrder::Front, Some((taxonomy, id))) => {
                sorted = stories_of(archive, List::Term(*taxonomy, *id)).to_vec();
                sorted.sort_by_cached_key(|id| archive.front_rank(*id));
                &sorted
            }
            (StoryOrder::Front, None) => archive.front(),
            (_, Some((taxonomy, id))) => stories_of(archive, List::Term(*taxonomy, *id)),
            (_, None) => self.narrowest(wanted),
        };
        let excluded: HashSet<ArticleId> = wanted.exclude.iter().filter_map(|url| self.at_url(url)).collect();
        let fits = |id: &ArticleId| {
            let article = self.edition.content.get(*id);
            !excluded.contains(id)
                && filters.iter().all(|(taxonomy, term)| self.belongs(*id, *taxonomy, *term))
                && wanted.genre.as_deref().is_none_or(|genre| genre == article.front.genre.name())
                && wanted.language.as_deref().is_none_or(|language| language == self.language(article))
        };
        let page = |stories: &mut dyn Iterator<Item = ArticleId>| -> Vec<ArticleId> {
            stories.filter(fits).skip(wanted.offset).take(wanted.limit).collect()
        };
        let mut candidates = candidates.iter().copied();
        let ids = match wanted.order {
            StoryOrder::Oldest => page(&mut candidates.rev()),
            StoryOrder::Newest | StoryOrder::Front => page(&mut candidates),
        };
        self.of_articles(&ids)
    }

    /// The shortest list that holds all stories that are wanted, newest first, for a question that names no term.
    fn narrowest(&self, wanted: &Articles) -> &[ArticleId] {
        let stories = self.edition.archive.stories();
        let by_trait = self.by_trait.get_or_init(|| {
            let mut lists: HashMap<String, Vec<ArticleId>> = HashMap::new();
            for &id in stories {
                let article = self.edition.content.get(id);
                lists.entry(article.front.genre.name().to_owned()).or_default().push(id);
                lists.entry(format!("language {}", self.language(article))).or_default().push(id);
            }
            lists
        });
        let genre = wanted.genre.clone();
        let language = wanted.language.as_ref().map(|language| format!("language {language}"));
        let lists =
            genre.into_iter().chain(language).map(|key| by_trait.get(&key).map_or(&[][..], Vec::as_slice));
        lists.min_by_key(|list| list.len()).unwrap_or(stories)
    }

    fn language<'a>(&'a self, article: &'a Article) -> &'a str {
        article.front.lang.as_deref().unwrap_or(&self.edition.config.language)
    }

    fn belongs(&self, id: ArticleId, taxonomy: Taxonomy, term: TermId) -> bool {
        let membership = self.edition.archive.membership(id);
        match taxonomy {
            Taxonomy::Section => membership.section == Some(term),
            Taxonomy::Tag => membership.tags.contains(&term),
            Taxonomy::Author => membership.authors.contains(&Some(term)),
            Taxonomy::Series => membership.series == Some(term),
        }
    }

    fn article(&self, path: &str) -> Answer {
        let path = path.strip_prefix("content/").unwrap_or(path);
        let id = self.edition.content.by_path(path);
        match id.filter(|id| self.edition.archive.visibility(*id) == Visibility::Shown) {
            Some(id) => plain(self.card(id)),
            None => plain(Value::none()),
        }
    }

    fn related(&self, url: &str, limit: usize) -> Answer {
        let ids = self.at_url(url).map(|id| self.edition.archive.related(&self.edition.content, id, limit));
        self.of_articles(&ids.unwrap_or_default())
    }

    fn at_url(&self, url: &str) -> Option<ArticleId> {
        let by_url = self.by_url.get_or_init(|| {
            let Edition { content, archive, plan, .. } = &*self.edition;
            let routes = content.iter().filter_map(|(id, _)| Some((id, plan.article(archive, id)?)));
            routes.map(|(id, route)| (plan.urls().path(route), id)).collect()
        });
        by_url.get(url).copied()
    }

    fn terms(&self, kind: TermKind, order: TermOrder, limit: usize) -> Value {
        let Edition { archive, plan, .. } = &*self.edition;
        let lists: Vec<(List, String, String)> = match kind {
            TermKind::Of(taxonomy) => {
                let terms = archive.terms(taxonomy).iter();
                terms
                    .map(|(id, term)| (List::Term(taxonomy, id), term.name.clone(), term.slug.clone()))
                    .collect()
            }
            TermKind::Years => {
                let years = archive.periods().keys().rev().filter(|period| period.month.is_none());
                years
                    .map(|year| (List::Period(*year), year.year.to_string(), year.year.to_string()))
                    .collect()
            }
        };
        let mut terms: Vec<(List, String, String, usize)> = lists
            .into_iter()
            .map(|(list, name, slug)| (list, name, slug, stories_of(archive, list).len()))
            .collect();
        terms.retain(|(list, _, _, count)| *count > 0 || matches!(list, List::Term(Taxonomy::Section, _)));
        if matches!(kind, TermKind::Of(taxonomy) if taxonomy != Taxonomy::Section) {
            // Latin names by their slugs, so that accents do not matter; then others.
            terms.sort_by_cached_key(|(_, name, slug, _)| match is_latin(name) {
                true => (false, slug.clone(), name.clone()),
                false => (true, name.to_lowercase(), slug.clone()),
            });
        }
        if order == TermOrder::Count {
            terms.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
        }
        terms.truncate(limit);
        let values = terms.into_iter().map(|(list, name, slug, count)| {
            let url = plan.list(archive, list).map(|route| plan.urls().path(&route));
            map([
                ("name", Value::from(name)),
                ("slug", Value::from(slug)),
                ("url", text(url.as_deref())),
                ("count", Value::from(count)),
            ])
        });
        Value::from(values.collect::<Vec<_>>())
    }

    /// The route of a static file under a name that changes with its bytes.
    fn fingerprint(&self, name: &str) -> Result<(Route, FileSource), String> {
        let name = name.trim_start_matches('/');
        let statics = &self.edition.statics;
        let file = statics
            .binary_search_by(|file| file.path.as_str().cmp(name))
            .map(|index| &statics[index])
            .map_err(|_| format!("there is no static file `{name}`"))?;
        let hash = match &file.source {
            FileSource::Embedded(bytes) => blake3::hash(bytes),
            FileSource::Disk(path) => blake3::hash(
                &std::fs::read(path).map_err(|error| format!("`{name}` cannot be read: {error}"))?,
            ),
        };
        let hash = &hash.to_hex()[..10];
        let folder_end = name.rfind('/').map_or(0, |slash| slash + 1);
        let marked = match name[folder_end..].rfind('.') {
            Some(dot) if dot > 0 => {
                format!("{}.{hash}{}", &name[..folder_end + dot], &name[folder_end + dot..])
            }
            _ => format!("{name}.{hash}"),
        };
        Ok((Route::root().file(&marked)?, file.source.clone()))
    }
}

fn plain(value: Value) -> Answer {
    Answer { hash: hash(&value), value }
}

fn hash(value: &Value) -> blake3::Hash {
    // A map keeps the order of its keys, so equal values have equal JSON.
    blake3::hash(&serde_json::to_vec(value).unwrap_or_default())
}
