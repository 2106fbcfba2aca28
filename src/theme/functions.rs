//! The functions that templates call: arguments → a question to the site.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::arguments::text;
use super::asking::{self, ask};
use super::queries::{Articles, Query, StoryOrder, TermKind, TermOrder};
use crate::archive::Taxonomy;
use crate::content::Genre;
use crate::diagnostic::did_you_mean;

/// Most articles that one question gets.
const MOST: usize = 1000;

/// Makes the functions known to a theme in one language.
pub(super) fn register(tera: &mut Tera, strings: Arc<BTreeMap<String, String>>) {
    tera.register_function("articles", articles);
    tera.register_function("article", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        asked(Query::Article(text(&kwargs, "path")?.to_owned()))
    });
    tera.register_function("related", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let to = url_of(kwargs.must_get::<&Value>("to")?)?;
        asked(Query::Related(to, limit(&kwargs, 5)?))
    });
    tera.register_function("terms", terms);
    tera.register_function("data", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        asked(Query::Data(text(&kwargs, "file")?.to_owned()))
    });
    tera.register_function("asset", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        asked(Query::Asset(text(&kwargs, "name")?.to_owned()))
    });
    tera.register_function("head", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let title = match kwargs.get::<&Value>("title")? {
            Some(title) if !title.is_none() => Some(text(&kwargs, "title")?),
            _ => None,
        };
        let head = asking::head(title).map_err(Error::message)?;
        Ok(Value::safe_string(&head))
    });
    tera.register_function("url", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        asked(Query::Url(text(&kwargs, "path")?.to_owned()))
    });
    tera.register_function("t", move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        let key = text(&kwargs, "key")?;
        strings.get(key).cloned().ok_or_else(|| {
            let near = did_you_mean(key, strings.keys().map(String::as_str));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Error::message(format!("`theme.yaml` has no string `{key}`{hint}"))
        })
    });
}

fn asked(query: Query) -> TeraResult<Value> {
    ask(query).map_err(Error::message)
}

/// How many are wanted.
fn limit(kwargs: &Kwargs, usual: usize) -> TeraResult<usize> {
    let limit = kwargs.get::<usize>("limit")?.unwrap_or(usual);
    if limit <= MOST {
        return Ok(limit);
    }
    let help = "`offset` gives those behind them";
    Err(Error::message(format!("`limit` is {limit}, and at most {MOST} stories can be asked for; {help}")))
}

/// One of the kinds of stories.
fn genre(kwargs: &Kwargs) -> TeraResult<Option<String>> {
    let Some(genre) = slug(kwargs, "type")? else { return Ok(None) };
    let names = || Genre::ALL.iter().map(|(name, _)| *name);
    if names().any(|name| name == genre) {
        return Ok(Some(genre));
    }
    let hint = match did_you_mean(&genre, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
    };
    Err(Error::message(format!("there is no type `{genre}`; {hint}")))
}

fn articles(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let order = match kwargs.get::<&str>("order")?.unwrap_or("newest") {
        "newest" => StoryOrder::Newest,
        "oldest" => StoryOrder::Oldest,
        "front" => StoryOrder::Front,
        other => {
            return Err(Error::message(format!(
                "there is no order `{other}`; there are newest, oldest and front"
            )));
        }
    };
    let excluded = kwargs.get::<Vec<Value>>("exclude")?.unwrap_or_default();
    let mut exclude = excluded.iter().map(url_of).collect::<TeraResult<Vec<String>>>()?;
    exclude.sort_unstable();
    exclude.dedup();
    asked(Query::Articles(Articles {
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

/// A slug, or the value of a term that has one. None filters nothing.
fn slug(kwargs: &Kwargs, name: &str) -> TeraResult<Option<String>> {
    let Some(value) = kwargs.get::<&Value>(name)? else { return Ok(None) };
    if value.is_none() {
        return Ok(None);
    }
    let slug = value.as_str().or_else(|| value.get_from_path("slug").and_then(Value::as_str));
    slug.map(|slug| Some(slug.to_owned()))
        .ok_or_else(|| Error::message(format!("the argument `{name}` is a slug or something that has one")))
}

/// The URL of an article, given as one or as the article.
fn url_of(value: &Value) -> TeraResult<String> {
    let url = value.as_str().or_else(|| value.get_from_path("url").and_then(Value::as_str));
    url.map(str::to_owned).ok_or_else(|| Error::message("this is not an article"))
}

fn terms(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let kind = match kwargs.must_get::<&str>("kind")? {
        "sections" => TermKind::Of(Taxonomy::Section),
        "tags" => TermKind::Of(Taxonomy::Tag),
        "authors" => TermKind::Of(Taxonomy::Author),
        "series" => TermKind::Of(Taxonomy::Series),
        "years" => TermKind::Years,
        other => {
            let kinds = "sections, tags, authors, series and years";
            return Err(Error::message(format!(
                "there are no terms of the kind `{other}`; there are {kinds}"
            )));
        }
    };
    let order = match kwargs.get::<&str>("order")? {
        None | Some("name") => TermOrder::Usual,
        Some("count") => TermOrder::Count,
        Some(other) => {
            return Err(Error::message(format!("there is no order `{other}`; there are name and count")));
        }
    };
    asked(Query::Terms(kind, order, kwargs.get::<usize>("limit")?.unwrap_or(usize::MAX)))
}
