//! A page of the plan → the variables for its template.

use serde::Serialize;
use tera::{Context, Value};

use super::Theme;
use crate::archive::Taxonomy;
use crate::content::ArticleId;
use crate::edition::Edition;
use crate::plan::{Page, Route};
use crate::query::{Queries, TermKind};
use crate::view::direction;
use crate::view::values::{map, table_of_contents, text};

/// The facts about a page.
#[derive(Debug, Serialize)]
pub(crate) struct PageFacts<'a> {
    pub(crate) kind: &'a str,
    pub(crate) title: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) canonical: Option<String>,
    pub(crate) language: Option<&'a str>,
}

/// The variable `site`, which all pages share.
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
    // The site's own values override the theme's defaults.
    let mut extra = theme.options().clone();
    extra.extend(config.extra.iter().map(|(key, value)| (key.clone(), value.clone())));
    map([
        ("title", Value::from(config.title.as_str())),
        ("description", text(config.description.as_deref())),
        ("language", Value::from(config.language.as_str())),
        ("dir", Value::from(direction(&config.language))),
        ("url", Value::from(urls.path(&Route::root()))),
        ("base_url", Value::from(urls.absolute(&Route::root()))),
        ("sections", Value::from(queries.values().sections())),
        ("tags_url", index(Taxonomy::Tag)),
        ("authors_url", index(Taxonomy::Author)),
        ("publisher", publisher),
        ("extra", Value::from_serializable(&extra)),
    ])
}

/// The variable `page`.
pub(crate) fn page(queries: &Queries, page: &Page, facts: &PageFacts<'_>) -> Value {
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
        ("dir", Value::from(direction(language))),
    ])
}

/// Adds the variables `article`, `content` and `toc`; `html` is the article's text.
pub(crate) fn article(context: &mut Context, queries: &Queries, id: ArticleId, html: &str) {
    let headings = &queries.edition().content.get(id).outline.headings;
    let headings = if html.is_empty() { &[][..] } else { headings };
    context.insert_value("article", queries.card(id));
    context.insert_value("content", Value::safe_string(html));
    context.insert_value("toc", table_of_contents(headings));
}

/// The variable `index` of the page of all tags or all authors.
pub(crate) fn index(taxonomy: Taxonomy, terms: Value) -> Value {
    map([("kind", Value::from(TermKind::Of(taxonomy).name())), ("terms", terms)])
}
