//! The functions of templates: arguments → a query.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::arguments::text;
use super::{head, pictures};
use crate::archive::Taxonomy;
use crate::content::Genre;
use crate::diagnostic::suggestion;
use crate::query::{ArticleQuery, Query, StoryOrder, TermKind, TermOrder, current_page};

/// The largest `limit` of a query for stories.
const MAX_LIMIT: usize = 1000;

/// Registers the functions; `strings` are those of `theme.yaml` in the site's language.
pub(super) fn register(tera: &mut Tera, strings: Arc<BTreeMap<String, String>>) {
    tera.register_function("articles", articles);
    tera.register_function("article", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        ask(Query::Article(text(&kwargs, "path")?.to_owned()))
    });
    tera.register_function("related", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let to = url_of(kwargs.must_get::<&Value>("to")?)?;
        ask(Query::Related(to, limit(&kwargs, 5)?))
    });
    tera.register_function("terms", terms);
    tera.register_function("data", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        ask(Query::Data(text(&kwargs, "file")?.to_owned()))
    });
    tera.register_function("asset", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        ask(Query::Asset(text(&kwargs, "name")?.to_owned()))
    });
    tera.register_function("head", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let title = match kwargs.get::<&Value>("title")? {
            Some(title) if !title.is_none() => Some(text(&kwargs, "title")?),
            _ => None,
        };
        let head = current_page::with(|page| {
            page.has_head = true;
            head::html(&page.queries, &page.page, title)
        });
        let head =
            head.ok_or_else(|| Error::message("`head()` can only be called while a page is rendered"))?;
        Ok(Value::safe_string(&head))
    });
    tera.register_function("picture", |kwargs: Kwargs, _: &State<'_>| pictures::picture(&kwargs));
    tera.register_function("url", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        ask(Query::Url(text(&kwargs, "path")?.to_owned()))
    });
    tera.register_function("t", move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        let key = text(&kwargs, "key")?;
        strings.get(key).cloned().ok_or_else(|| {
            let near = suggestion(key, strings.keys().map(String::as_str));
            let hint = near.map_or_else(String::new, |near| format!("; {near}"));
            Error::message(format!("unknown string `{key}` in `theme.yaml`{hint}"))
        })
    });
}

fn ask(query: Query) -> TeraResult<Value> {
    current_page::ask(&query).map_err(Error::message)
}

/// The argument `limit`.
fn limit(kwargs: &Kwargs, default: usize) -> TeraResult<usize> {
    let limit = kwargs.get::<usize>("limit")?.unwrap_or(default);
    if limit <= MAX_LIMIT {
        return Ok(limit);
    }
    Err(Error::message(format!(
        "`limit` is {limit}, but the maximum is {MAX_LIMIT}; use `offset` to get later stories"
    )))
}

/// The argument `type`: a kind of story.
fn genre(kwargs: &Kwargs) -> TeraResult<Option<String>> {
    let Some(genre) = slug(kwargs, "type")? else { return Ok(None) };
    let names = || Genre::ALL.iter().map(|(name, _)| *name);
    if names().any(|name| name == genre) {
        return Ok(Some(genre));
    }
    let hint = suggestion(&genre, names())
        .unwrap_or_else(|| format!("use one of: {}", names().collect::<Vec<_>>().join(", ")));
    Err(Error::message(format!("unknown type `{genre}`; {hint}")))
}

fn articles(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let order = match kwargs.get::<&str>("order")?.unwrap_or("newest") {
        "newest" => StoryOrder::Newest,
        "oldest" => StoryOrder::Oldest,
        "front" => StoryOrder::Front,
        other => {
            return Err(Error::message(format!(
                "unknown order `{other}`; use `newest`, `oldest` or `front`"
            )));
        }
    };
    let excluded = kwargs.get::<Vec<Value>>("exclude")?.unwrap_or_default();
    let mut exclude = excluded.iter().map(url_of).collect::<TeraResult<Vec<String>>>()?;
    exclude.sort_unstable();
    exclude.dedup();
    ask(Query::Articles(ArticleQuery {
        section: slug(&kwargs, "section")?,
        tag: slug(&kwargs, "tag")?,
        author: slug(&kwargs, "author")?,
        series: slug(&kwargs, "series")?,
        genre: genre(&kwargs)?,
        language: slug(&kwargs, "language")?,
        order,
        offset: kwargs.get::<usize>("offset")?.unwrap_or(0),
        limit: limit(&kwargs, 10)?,
        exclude,
    }))
}

/// An argument that is a slug or a term; none means no filter.
fn slug(kwargs: &Kwargs, name: &str) -> TeraResult<Option<String>> {
    let Some(value) = kwargs.get::<&Value>(name)? else { return Ok(None) };
    if value.is_none() {
        return Ok(None);
    }
    let slug = value.as_str().or_else(|| value.get_from_path("slug").and_then(Value::as_str));
    slug.map(|slug| Some(slug.to_owned())).ok_or_else(|| {
        Error::message(format!("argument `{name}` must be a slug or a value with a slug, such as a tag"))
    })
}

/// An argument that is an article or its URL.
fn url_of(value: &Value) -> TeraResult<String> {
    let url = value.as_str().or_else(|| value.get_from_path("url").and_then(Value::as_str));
    url.map(str::to_owned).ok_or_else(|| Error::message("expected an article or its URL"))
}

fn terms(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let kind = match kwargs.must_get::<&str>("kind")? {
        "sections" => TermKind::Of(Taxonomy::Section),
        "tags" => TermKind::Of(Taxonomy::Tag),
        "authors" => TermKind::Of(Taxonomy::Author),
        "series" => TermKind::Of(Taxonomy::Series),
        "years" => TermKind::Years,
        other => {
            return Err(Error::message(format!(
                "unknown kind `{other}`; use `sections`, `tags`, `authors`, `series` or `years`"
            )));
        }
    };
    let order = match kwargs.get::<&str>("order")? {
        None | Some("name") => TermOrder::Usual,
        Some("count") => TermOrder::Count,
        Some(other) => {
            return Err(Error::message(format!("unknown order `{other}`; use `name` or `count`")));
        }
    };
    ask(Query::Terms(kind, order, kwargs.get::<usize>("limit")?.unwrap_or(usize::MAX)))
}
