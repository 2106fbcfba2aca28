//! The functions that templates call: arguments → a question to the site.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::asking::{self, ask};
use super::queries::{Articles, Query, StoryOrder, TermKind, TermOrder};
use crate::archive::Taxonomy;
use crate::diagnostic::did_you_mean;

/// Most articles that one question gets.
const MOST: usize = 1000;

/// Makes the functions known to a theme in one language.
pub(super) fn register(tera: &mut Tera, strings: Arc<BTreeMap<String, String>>) {
    tera.register_function("articles", articles);
    tera.register_function("article", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        only(&kwargs, &["path"])?;
        asked(Query::Article(kwargs.must_get::<String>("path")?))
    });
    tera.register_function("related", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        only(&kwargs, &["to", "limit"])?;
        let to = url_of(kwargs.must_get::<&Value>("to")?)?;
        asked(Query::Related(to, kwargs.get::<usize>("limit")?.unwrap_or(5).min(MOST)))
    });
    tera.register_function("terms", terms);
    tera.register_function("data", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        only(&kwargs, &["file"])?;
        asked(Query::Data(kwargs.must_get::<String>("file")?))
    });
    tera.register_function("asset", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        only(&kwargs, &["name"])?;
        asked(Query::Asset(kwargs.must_get::<String>("name")?))
    });
    tera.register_function("head", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        only(&kwargs, &["title"])?;
        let title = kwargs.get::<&Value>("title")?.and_then(Value::as_str);
        let head = asking::head(title).map_err(Error::message)?;
        Ok(Value::safe_string(&head))
    });
    tera.register_function("url", |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        only(&kwargs, &["path"])?;
        asked(Query::Link(kwargs.must_get::<String>("path")?))
    });
    tera.register_function("t", move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        only(&kwargs, &["key"])?;
        let key = kwargs.must_get::<&str>("key")?;
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

/// Refuses arguments that the function does not have: a misspelt filter would silently show everything.
fn only(kwargs: &Kwargs, known: &[&str]) -> TeraResult<()> {
    for (key, _) in kwargs.iter() {
        let key = key.as_str().unwrap_or_default();
        if !known.contains(&key) {
            let near = did_you_mean(key, known.iter().copied());
            let hint = near.map_or_else(
                || format!("it has {}", known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Error::message(format!("this function has no argument `{key}`; {hint}")));
        }
    }
    Ok(())
}

fn articles(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let known =
        ["section", "tag", "author", "series", "type", "language", "order", "offset", "limit", "exclude"];
    only(&kwargs, &known)?;
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
        genre: slug(&kwargs, "type")?,
        language: slug(&kwargs, "language")?,
        order,
        offset: kwargs.get::<usize>("offset")?.unwrap_or(0),
        limit: kwargs.get::<usize>("limit")?.unwrap_or(10).min(MOST),
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
    only(&kwargs, &["kind", "order", "limit"])?;
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
