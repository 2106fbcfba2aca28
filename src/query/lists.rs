//! A page of a list → the template variable `list`, without its articles.

use serde::Serialize;
use tera::Value;

use super::Queries;
use crate::archive::{Period, Taxonomy, Term};
use crate::content::ArticleId;
use crate::edition::Edition;
use crate::plan::{List, ListPage, Route, numbered, stories_of};
use crate::view::values::{map, text};

/// The facts about a page of a list; the template sees nothing else of the list.
#[derive(Debug, Serialize)]
pub(crate) struct ListFacts<'a> {
    /// The kind of list, as templates see it.
    pub(crate) kind: &'static str,
    /// The name of the term, or the period written out.
    pub(crate) title: String,
    pub(crate) description: Option<&'a str>,
    slug: String,
    url: String,
    number: Option<usize>,
    count: Option<usize>,
    newer: Option<String>,
    older: Option<String>,
    profile: Option<Profile<'a>>,
    children: Vec<CalendarEntry>,
    parent: Option<CalendarEntry>,
    /// Its stories, newest first.
    #[serde(skip)]
    pub(crate) stories: &'a [ArticleId],
}

/// An author with more than a name.
#[derive(Debug, Serialize)]
struct Profile<'a> {
    name: &'a str,
    slug: &'a str,
    bio: Option<&'a str>,
    url: Option<&'a str>,
    image: Option<String>,
}

/// A year, month or day.
#[derive(Debug, Serialize)]
struct CalendarEntry {
    title: String,
    date: String,
    url: Option<String>,
    count: Option<usize>,
}

impl<'a> ListFacts<'a> {
    /// The facts about a page that shows these stories; `None` if the site does not have the list.
    pub(crate) fn new(
        queries: &'a Queries,
        list: List,
        part: ListPage,
        shown: &'a [ArticleId],
    ) -> Option<Self> {
        let Edition { archive, plan, .. } = queries.edition();
        let urls = plan.urls();
        let route = plan.list(archive, list)?;
        let stories = stories_of(archive, list);
        let pagination = plan.pagination(stories.len());
        let url = |number: usize| urls.path(&numbered(&route, number));
        let (number, newer, older) = match part {
            ListPage::Newest => (None, None, pagination.older_than_newest().map(url)),
            // The number after the last full page redirects to the list, so this link stays valid when that page fills up.
            ListPage::Numbered(number) => {
                let older = (number > 1).then(|| url(number - 1));
                (Some(number), Some(url(number + 1)), older)
            }
        };
        let newest = part == ListPage::Newest;
        let (title, slug, description) = match list {
            List::Term(taxonomy, id) => {
                let term = archive.terms(taxonomy).get(id);
                (term.name.clone(), term.slug.clone(), term.description.as_deref())
            }
            List::Period(period) => (title(queries, period), slug(period), None),
        };
        let period = match list {
            List::Period(period) => Some(period),
            List::Term(..) => None,
        };
        Some(Self {
            kind: kind(list),
            title,
            description,
            slug,
            url: urls.path(&route),
            number,
            count: newest.then_some(stories.len()),
            newer,
            older,
            profile: profile(queries, list),
            children: period.filter(|_| newest).map_or_else(Vec::new, |period| children(queries, period)),
            // No count: it changes with every story, and a full page must not change.
            parent: period.and_then(Period::parent).map(|parent| CalendarEntry::new(queries, parent, None)),
            stories: shown,
        })
    }

    /// The front page as a list, for themes that render it with their list template.
    pub(crate) fn of_front(queries: &'a Queries) -> Self {
        let Edition { archive, plan, config, .. } = queries.edition();
        let front = archive.front();
        Self {
            kind: "front",
            title: config.title.clone(),
            description: config.description.as_deref(),
            slug: String::new(),
            url: plan.urls().path(&Route::root()),
            number: None,
            count: Some(front.len()),
            newer: None,
            older: None,
            profile: None,
            children: Vec::new(),
            parent: None,
            stories: &front[..front.len().min(config.lists.per_page)],
        }
    }

    /// The variable `list` with these articles.
    pub(crate) fn value(&self, articles: Value) -> Value {
        let count = |count: Option<usize>| count.map_or_else(Value::none, Value::from);
        let children: Vec<Value> = self.children.iter().map(|child| child.value()).collect();
        map([
            ("kind", Value::from(self.kind)),
            ("title", Value::from(self.title.as_str())),
            ("slug", Value::from(self.slug.as_str())),
            ("description", text(self.description)),
            ("url", Value::from(self.url.as_str())),
            ("articles", articles),
            ("number", count(self.number)),
            ("count", count(self.count)),
            ("newer", text(self.newer.as_deref())),
            ("older", text(self.older.as_deref())),
            ("profile", self.profile.as_ref().map_or_else(Value::none, Profile::value)),
            ("children", Value::from(children)),
            ("parent", self.parent.as_ref().map_or_else(Value::none, |parent| parent.value())),
        ])
    }
}

fn kind(list: List) -> &'static str {
    match list {
        List::Term(Taxonomy::Section, _) => "section",
        List::Term(Taxonomy::Tag, _) => "tag",
        List::Term(Taxonomy::Author, _) => "author",
        List::Term(Taxonomy::Series, _) => "series",
        List::Period(Period { day: Some(_), .. }) => "day",
        List::Period(Period { month: Some(_), .. }) => "month",
        List::Period(_) => "year",
    }
}

fn slug(period: Period) -> String {
    let mut slug = format!("{:04}", period.year);
    for part in [period.month, period.day].into_iter().flatten() {
        slug.push_str(&format!("-{part:02}"));
    }
    slug
}

pub(crate) fn title(queries: &Queries, period: Period) -> String {
    let style = match period {
        Period { day: Some(_), .. } => "long",
        Period { month: Some(_), .. } => "month",
        Period { .. } => "year",
    };
    let dates = queries.dates();
    dates.format(&period.first_day().to_string(), style).unwrap_or_else(|_| slug(period))
}

fn profile(queries: &Queries, list: List) -> Option<Profile<'_>> {
    let List::Term(Taxonomy::Author, id) = list else { return None };
    let Edition { archive, plan, .. } = queries.edition();
    let Term { name, slug, description, url, image, .. } = archive.terms(Taxonomy::Author).get(id);
    (description.is_some() || url.is_some() || image.is_some()).then(|| Profile {
        name,
        slug,
        bio: description.as_deref(),
        url: url.as_deref(),
        image: image.as_deref().map(|image| plan.urls().path_of_any(image)),
    })
}

impl Profile<'_> {
    fn value(&self) -> Value {
        map([
            ("name", Value::from(self.name)),
            ("slug", Value::from(self.slug)),
            ("bio", text(self.bio)),
            ("url", text(self.url)),
            ("image", text(self.image.as_deref())),
        ])
    }
}

/// The months of a year or the days of a month, oldest first.
fn children(queries: &Queries, period: Period) -> Vec<CalendarEntry> {
    let below = queries.edition().archive.periods().range(period..);
    let below = below.take_while(|(child, _)| {
        std::iter::successors(Some(**child), |child| child.parent()).any(|above| above == period)
    });
    let children = below.filter(|(child, _)| child.parent() == Some(period));
    children.map(|(child, stories)| CalendarEntry::new(queries, *child, Some(stories.len()))).collect()
}

impl CalendarEntry {
    fn new(queries: &Queries, period: Period, count: Option<usize>) -> Self {
        let Edition { archive, plan, .. } = queries.edition();
        let url = plan.list(archive, List::Period(period)).map(|route| plan.urls().path(&route));
        Self { title: title(queries, period), date: period.first_day().to_string(), url, count }
    }

    fn value(&self) -> Value {
        let title = Value::from(self.title.as_str());
        let (date, url) = (Value::from(self.date.as_str()), text(self.url.as_deref()));
        match self.count {
            Some(count) => {
                map([("title", title), ("date", date), ("url", url), ("count", Value::from(count))])
            }
            None => map([("title", title), ("date", date), ("url", url)]),
        }
    }
}
