//! The questions that a template may ask of the site, and their answers.
//!
//! No page sees the site but through here: so what a page depends on is known, and a question that many pages
//! ask is answered once.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};
use tera::Value;

use super::cards::Cards;
use super::data;
use super::dates::Dates;
use super::prints::{self, Fingerprints};
use crate::archive::{Taxonomy, TermId, Visibility};
use crate::content::{Article, ArticleId};
use crate::diagnostic::did_you_mean;
use crate::edition::{Edition, leave_out};
use crate::manifest::Fingerprint;
use crate::plan::{FileSource, LinkTarget, List, Route, stories_of};
use crate::slug::is_latin;
use crate::view::values::{Values, map, text};

/// A question. Equal questions have equal answers in one edition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// The URL of a path of the site; empty if readers must not see it.
    Url(String),
    /// That a page made with this template says nothing to machines, which is no question: it is remembered like one, so
    /// that an incremental build knows it of pages that it does not make.
    Headless(String),
}

/// Which stories are asked for. Slugs name terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum StoryOrder {
    #[default]
    Newest,
    Oldest,
    Front,
}

/// A kind of term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum TermKind {
    Of(Taxonomy),
    Years,
}

/// The order of terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum TermOrder {
    #[default]
    Usual,
    Count,
}

/// An answer, without its value: enough to tell whether another answer differs from it, and in what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gist {
    /// Equal for equal answers.
    pub print: Fingerprint,
    /// The stories of the answer.
    pub stories: Vec<Mention>,
    /// Equal if what the answer is found from is equal, for questions where that is quicker to tell than the answer.
    pub from: Option<Fingerprint>,
}

/// A story that a page shows: its path and what is shown of it, as far as needed to recognise them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Of the path of its source.
    pub path: u32,
    /// Of its card.
    pub card: u32,
}

/// A question that a page asked, and the answer it got.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    /// The question.
    pub query: Query,
    /// The answer.
    pub answer: Gist,
}

/// The question of an answer to be found: its value, and what is remembered of it.
#[derive(Clone, Debug)]
struct Answer {
    value: Value,
    read: Arc<Read>,
}

/// What an answer is made from.
enum Found {
    Stories(Vec<ArticleId>, Option<Fingerprint>),
    Value(Value),
}

/// A static file under a name that changes with its bytes, or why there is none.
pub type Fingerprinted = Result<(Route, FileSource), String>;

/// Answers the questions of one edition.
#[derive(Debug)]
pub struct Queries {
    edition: Arc<Edition>,
    data: PathBuf,
    values: Values,
    prints: Fingerprints,
    dates: Dates,
    cards: Cards,
    answers: Mutex<HashMap<Query, Result<Answer, String>>>,
    /// Static files under names that change with their bytes, each read once.
    fingerprints: Mutex<HashMap<String, Fingerprinted>>,
    by_url: OnceLock<HashMap<String, ArticleId>>,
    /// Stories of each genre and language, newest first.
    by_trait: OnceLock<HashMap<String, Vec<ArticleId>>>,
}

impl Queries {
    /// For all pages of an edition, whose data files are in the folder `data`.
    pub fn new(edition: Arc<Edition>, data: PathBuf) -> Self {
        let cards = Cards::new(&edition);
        Self::with(cards, edition, data)
    }

    /// For single pages of an edition, as in a preview: values of articles are not kept for other pages.
    pub fn for_single_pages(edition: Arc<Edition>, data: PathBuf) -> Self {
        Self::with(Cards::none(), edition, data)
    }

    fn with(cards: Cards, edition: Arc<Edition>, data: PathBuf) -> Self {
        let values = Values::new(&edition);
        Self {
            prints: Fingerprints::new(&edition, &values),
            values,
            dates: Dates::new(&edition.config.language, edition.config.timezone.clone()),
            cards,
            answers: Mutex::default(),
            fingerprints: Mutex::default(),
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

    /// A time in the site's language, in a style of the filter `date`.
    ///
    /// # Errors
    /// A sentence for theme authors, if it is no time or there is no such style.
    pub(crate) fn format_date(&self, time: &str, style: &str) -> Result<String, String> {
        self.dates.format(time, style)
    }

    pub(super) fn values(&self) -> &Values {
        &self.values
    }

    /// An article as templates see it.
    pub(super) fn card(&self, id: ArticleId) -> Value {
        self.cards.get(id, || self.values.article(&self.edition, id))
    }

    /// Several articles as templates see them.
    pub(crate) fn cards(&self, ids: &[ArticleId]) -> Value {
        Value::from(ids.iter().map(|id| self.card(*id)).collect::<Vec<_>>())
    }

    /// A page that shows these articles is rendered: their values may go.
    pub(crate) fn let_go(&self, shown: &[ArticleId]) {
        self.cards.let_go(shown);
    }

    /// The fingerprint of an article as templates see it.
    pub(crate) fn card_print(&self, id: ArticleId) -> Fingerprint {
        self.prints.card(&self.edition, id)
    }

    /// What is remembered of stories that a page shows.
    pub(crate) fn mentions(&self, ids: &[ArticleId]) -> Vec<Mention> {
        ids.iter().map(|id| self.prints.mention(&self.edition, *id)).collect()
    }

    /// Answers a question: what templates see, and what is remembered of it.
    ///
    /// # Errors
    /// A sentence for theme authors, if the question makes no sense.
    pub fn ask(&self, query: &Query) -> Result<(Value, Arc<Read>), String> {
        // Each article asks for what goes with it and for others than itself: keeping those values would only take memory.
        let is_for_one_page = match query {
            Query::Related(..) => true,
            Query::Articles(wanted) => !wanted.exclude.is_empty(),
            _ => false,
        };
        if is_for_one_page {
            return self.answer(query).map(|answer| (answer.value, answer.read));
        }
        let known = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(query).cloned();
        let answer = known.unwrap_or_else(|| {
            let answer = self.answer(query);
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(query.clone(), answer.clone());
            answer
        });
        answer.map(|answer| (answer.value, answer.read))
    }

    /// What is remembered of the answer to a question, without making its value; `before` is what an earlier build
    /// remembers of it.
    ///
    /// # Errors
    /// A sentence for theme authors, if the question makes no sense.
    pub fn gist(&self, query: &Query, before: &Gist) -> Result<Gist, String> {
        if let (Query::Related(url, limit), Some(_)) = (query, before.from)
            && self.at_url(url).map(|id| self.prints.related(&self.edition, id, *limit)) == before.from
        {
            return Ok(before.clone());
        }
        match self.find(query)? {
            Found::Stories(ids, from) => Ok(self.gist_of(&ids, from)),
            Found::Value(_) => self.ask(query).map(|(_, read)| read.answer.clone()),
        }
    }

    /// The file that a template names by `asset(…)`, under a name that changes with its bytes.
    ///
    /// # Errors
    /// A sentence for theme authors, if there is no such file.
    pub fn fingerprinted(&self, name: &str) -> Fingerprinted {
        let known = self.fingerprints.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        known.unwrap_or_else(|| {
            let found = self.fingerprint(name);
            let mut all = self.fingerprints.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(name.to_owned(), found.clone());
            found
        })
    }

    fn answer(&self, query: &Query) -> Result<Answer, String> {
        let (value, answer) = match self.find(query)? {
            Found::Stories(ids, from) => (self.cards(&ids), self.gist_of(&ids, from)),
            Found::Value(value) => {
                let print = prints::of_value(&value);
                (value, Gist { print, ..Gist::default() })
            }
        };
        Ok(Answer { value, read: Arc::new(Read { query: query.clone(), answer }) })
    }

    fn gist_of(&self, ids: &[ArticleId], from: Option<Fingerprint>) -> Gist {
        let cards: Vec<Fingerprint> = ids.iter().map(|id| self.prints.card(&self.edition, *id)).collect();
        Gist { print: Fingerprint::of(&cards), stories: self.mentions(ids), from }
    }

    fn find(&self, query: &Query) -> Result<Found, String> {
        Ok(match query {
            Query::Articles(wanted) => Found::Stories(self.stories(wanted), None),
            Query::Related(url, limit) => self.related(url, *limit),
            Query::Article(path) => Found::Value(self.article(path)),
            Query::Terms(kind, order, limit) => Found::Value(self.terms(*kind, *order, *limit)),
            Query::Data(file) => {
                let Edition { plan, .. } = &*self.edition;
                let is_hidden = |text: &str| matches!(plan.resolve_site_link(text), LinkTarget::Hidden(_));
                let mut value = data::read(&self.data, file)?;
                if plan.has_hidden_paths() {
                    leave_out(&mut value, &is_hidden);
                }
                Found::Value(Value::from_serializable(&value))
            }
            Query::Url(path) => Found::Value(match self.edition.plan.resolve_site_link(path) {
                LinkTarget::Hidden(_) => Value::from(""),
                _ => Value::from(self.edition.plan.urls().path_of_any(path)),
            }),
            Query::Asset(name) => {
                let (route, _) = self.fingerprinted(name)?;
                Found::Value(Value::from(self.edition.plan.urls().path(&route)))
            }
            Query::Headless(_) => Found::Value(Value::none()),
        })
    }

    fn stories(&self, wanted: &Articles) -> Vec<ArticleId> {
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
                None => return Vec::new(),
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
        match wanted.order {
            StoryOrder::Oldest => page(&mut candidates.rev()),
            StoryOrder::Newest | StoryOrder::Front => page(&mut candidates),
        }
    }

    /// The shortest list that holds all stories that are wanted, newest first, for a question that names no term.
    fn narrowest(&self, wanted: &Articles) -> &[ArticleId] {
        let stories = self.edition.archive.stories();
        if wanted.genre.is_none() && wanted.language.is_none() {
            return stories;
        }
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

    /// The language of an article.
    pub(super) fn language<'a>(&'a self, article: &'a Article) -> &'a str {
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

    fn article(&self, path: &str) -> Value {
        let path = path.strip_prefix("content/").unwrap_or(path);
        let id = self.edition.content.by_path(path);
        let shown = id.filter(|id| self.edition.archive.visibility(*id) == Visibility::Shown);
        shown.map_or_else(Value::none, |id| self.card(id))
    }

    fn related(&self, url: &str, limit: usize) -> Found {
        let Some(id) = self.at_url(url) else { return Found::Stories(Vec::new(), None) };
        let ids = self.edition.archive.related(&self.edition.content, id, limit);
        Found::Stories(ids, Some(self.prints.related(&self.edition, id, limit)))
    }

    /// The article at a URL of the site.
    pub(super) fn at_url(&self, url: &str) -> Option<ArticleId> {
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
    fn fingerprint(&self, name: &str) -> Fingerprinted {
        let name = name.trim_start_matches('/');
        let statics = &self.edition.statics;
        let file = statics
            .binary_search_by(|file| file.path.as_str().cmp(name))
            .map(|index| &statics[index])
            .map_err(|_| {
                let near = did_you_mean(name, statics.iter().map(|file| file.path.as_str()));
                let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                format!("there is no static file `{name}`{hint}")
            })?;
        let hash = match &file.source {
            FileSource::Embedded(bytes) => blake3::hash(bytes),
            FileSource::Disk(path) => {
                let hash = std::fs::File::open(path)
                    .and_then(|file| Ok(blake3::Hasher::new().update_reader(file)?.finalize()));
                hash.map_err(|error| format!("`{name}` cannot be read: {error}"))?
            }
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
