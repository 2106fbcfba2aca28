//! A page of the plan → the variables of its template.

use tera::{Context, Map, Value};

use super::queries::Queries;
pub(crate) use super::values::file_url;
use super::values::{self, map, text};
use super::{Theme, extra};
use crate::archive::{Period, Taxonomy};
use crate::content::ArticleId;
use crate::edition::Edition;
use crate::plan::{List, Page, Part, Route, numbered, stories_of};

/// What a page says about itself.
pub(crate) struct PageFacts<'a> {
    pub(crate) kind: &'a str,
    pub(crate) title: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) canonical: Option<String>,
    pub(crate) language: Option<&'a str>,
}

/// `site`, the same on every page.
pub(crate) fn site(queries: &Queries, theme: &Theme) -> Value {
    let Edition { config, archive, plan, .. } = queries.edition();
    let urls = plan.urls();
    let index = |taxonomy| text(plan.index(archive, taxonomy).map(|route| urls.path(&route)).as_deref());
    let policies = config
        .publisher
        .policies
        .iter()
        .map(|(name, path)| (name.clone(), Value::from(urls.path_of_any(path))));
    let publisher = map([
        ("name", Value::from(config.publisher.name.as_deref().unwrap_or(&config.title))),
        ("logo", text(config.publisher.logo.as_deref().map(|logo| urls.path_of_any(logo)).as_deref())),
        ("url", text(config.publisher.url.as_deref())),
        ("policies", Value::from(policies.collect::<std::collections::BTreeMap<String, Value>>())),
    ]);
    map([
        ("title", Value::from(config.title.as_str())),
        ("description", text(config.description.as_deref())),
        ("language", Value::from(config.language.as_str())),
        ("dir", Value::from(values::direction(&config.language))),
        ("url", Value::from(urls.path(&Route::root()))),
        ("base_url", Value::from(urls.absolute(&Route::root()))),
        ("sections", Value::from(queries.values().sections())),
        ("tags_url", index(Taxonomy::Tag)),
        ("authors_url", index(Taxonomy::Author)),
        ("publisher", publisher),
        ("extra", extra(theme.options(), &config.extra)),
    ])
}

/// `page`.
pub(crate) fn page(queries: &Queries, page: &Page, facts: PageFacts<'_>) -> Value {
    let Edition { config, plan, .. } = queries.edition();
    let permalink = plan.urls().absolute(&page.route);
    let language = facts.language.unwrap_or(&config.language);
    map([
        ("kind", Value::from(facts.kind)),
        ("title", text(facts.title)),
        ("description", text(facts.description)),
        ("url", Value::from(plan.urls().path(&page.route))),
        ("canonical", Value::from(facts.canonical.as_deref().unwrap_or(&permalink))),
        ("permalink", Value::from(permalink.as_str())),
        ("language", Value::from(language)),
        ("dir", Value::from(values::direction(language))),
    ])
}

/// `article`, `content` and `toc` of an article whose text is this HTML.
pub(crate) fn article(context: &mut Context, queries: &Queries, id: ArticleId, html: &str) {
    let headings = &queries.edition().content.get(id).outline.headings;
    let headings = if html.is_empty() { &[][..] } else { headings };
    context.insert_value("article", queries.card(id));
    context.insert_value("content", Value::safe_string(html));
    context.insert_value("toc", values::table_of_contents(headings));
}

/// `list` of a page of a list without its articles, and those.
pub(crate) fn list(queries: &Queries, list: List, part: Part) -> Option<(Map, &[ArticleId])> {
    let Edition { archive, plan, .. } = queries.edition();
    let urls = plan.urls();
    let route = plan.list(archive, list)?;
    let stories = stories_of(archive, list);
    let numbering = plan.numbering(stories.len());
    let url = |number: usize| urls.path(&numbered(&route, number));
    let (range, newer, older) = match part {
        Part::Newest => (numbering.newest(), None, numbering.older_than_newest().map(url)),
        // The page behind the last full one leads to the list, so this need not change when it fills.
        Part::Numbered(number) => {
            (numbering.page(number), Some(url(number + 1)), (number > 1).then(|| url(number - 1)))
        }
    };
    let newest = part == Part::Newest;
    let count = if newest { Value::from(stories.len()) } else { Value::none() };
    let number = match part {
        Part::Newest => Value::none(),
        Part::Numbered(number) => Value::from(number),
    };
    let named = name(queries, list);
    let values = values::map_of([
        ("kind", Value::from(kind(list))),
        ("title", Value::from(named.title.as_str())),
        ("slug", Value::from(named.slug.as_str())),
        ("description", text(named.description.as_deref())),
        ("url", Value::from(urls.path(&route))),
        // Kept free: a page may turn out to be fresh.
        ("articles", Value::none()),
        ("number", number),
        ("count", count),
        ("newer", text(newer.as_deref())),
        ("older", text(older.as_deref())),
        ("profile", profile(queries, list)),
        ("children", if newest { children(queries, list) } else { Value::from(Vec::<Value>::new()) }),
        ("parent", parent(queries, list)),
    ]);
    Some((values, &stories[range]))
}

/// Puts the articles into a `list`.
pub(crate) fn with_articles(mut list: Map, queries: &Queries, articles: &[ArticleId]) -> Value {
    list.insert("articles".into(), queries.cards(articles));
    Value::from(list)
}

/// `index` of the page of all tags or all authors.
pub(crate) fn index(taxonomy: Taxonomy, terms: Value) -> Value {
    map([("kind", Value::from(index_kind(taxonomy))), ("terms", terms)])
}

/// The kind of an index as templates see it.
pub(crate) fn index_kind(taxonomy: Taxonomy) -> &'static str {
    match taxonomy {
        Taxonomy::Section => "sections",
        Taxonomy::Tag => "tags",
        Taxonomy::Author => "authors",
        Taxonomy::Series => "series",
    }
}

/// The kind of a list as templates see it.
pub(crate) fn kind(list: List) -> &'static str {
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

/// What a list is called.
pub(crate) struct ListName {
    /// Its name; for a period, its first day as a date.
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) description: Option<String>,
}

/// What a list is called: a period by its number, year first, which the theme puts into words.
pub(crate) fn name(queries: &Queries, list: List) -> ListName {
    match list {
        List::Term(taxonomy, id) => {
            let term = queries.edition().archive.terms(taxonomy).get(id);
            ListName {
                title: term.name.clone(),
                slug: term.slug.clone(),
                description: term.description.clone(),
            }
        }
        List::Period(period) => {
            let title = period_title(queries, period);
            ListName { slug: period_slug(period), title, description: None }
        }
    }
}

fn period_slug(period: Period) -> String {
    let mut slug = format!("{:04}", period.year);
    for part in [period.month, period.day].into_iter().flatten() {
        slug.push_str(&format!("-{part:02}"));
    }
    slug
}

fn period_title(queries: &Queries, period: Period) -> String {
    let style = match period {
        Period { day: Some(_), .. } => "long",
        Period { month: Some(_), .. } => "month",
        Period { .. } => "year",
    };
    let dates = queries.dates();
    dates.format(&period.first_day().to_string(), style).unwrap_or_else(|_| period_slug(period))
}

fn profile(queries: &Queries, list: List) -> Value {
    let List::Term(Taxonomy::Author, id) = list else { return Value::none() };
    let term = queries.edition().archive.terms(Taxonomy::Author).get(id);
    if term.description.is_none() && term.url.is_none() {
        return Value::none();
    }
    map([
        ("name", Value::from(term.name.as_str())),
        ("slug", Value::from(term.slug.as_str())),
        ("bio", text(term.description.as_deref())),
        ("url", text(term.url.as_deref())),
    ])
}

/// The months of a year, the days of a month, oldest first.
fn children(queries: &Queries, list: List) -> Value {
    let List::Period(period) = list else { return Value::from(Vec::<Value>::new()) };
    let periods = queries.edition().archive.periods();
    let below = periods.iter().filter(|(child, _)| child.parent() == Some(period));
    let counted = below.map(|(child, stories)| {
        let [title, date, url] = calendar(queries, *child);
        map([title, date, url, ("count", Value::from(stories.len()))])
    });
    Value::from(counted.collect::<Vec<_>>())
}

fn parent(queries: &Queries, list: List) -> Value {
    let parent = match list {
        List::Period(period) => period.parent(),
        List::Term(..) => None,
    };
    // Without its count, which changes with every story: a full page must not.
    parent.map_or_else(Value::none, |parent| map(calendar(queries, parent)))
}

/// What a period is called, its first day and its URL.
fn calendar(queries: &Queries, period: Period) -> [(&'static str, Value); 3] {
    let Edition { archive, plan, .. } = queries.edition();
    let url = plan.list(archive, List::Period(period)).map(|route| plan.urls().path(&route));
    [
        ("title", Value::from(period_title(queries, period))),
        ("date", Value::from(period.first_day().to_string())),
        ("url", text(url.as_deref())),
    ]
}
