//! Questions of templates → warnings of names in them that nothing has: they get an empty answer, which looks like a quiet day.
//!
//! What is told depends on the questions and the edition alone, so that a build that keeps a page tells what one that makes it
//! tells.

use std::collections::BTreeSet;

use super::queries::{Articles, Queries, Query};
use super::{Theme, shown_name};
use crate::archive::Taxonomy;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::edition::Edition;
use crate::plan::Route;

/// A name in a question: function, argument, what is written.
type Name<'q> = (&'static str, &'static str, &'q str);

/// What is doubtful in questions of pages.
pub(crate) fn of<'q>(
    theme: &Theme,
    queries: &Queries,
    questions: impl IntoIterator<Item = &'q Query>,
) -> Vec<Diagnostic> {
    let mut names: BTreeSet<Name<'q>> = BTreeSet::new();
    let mut silent: BTreeSet<&str> = BTreeSet::new();
    for question in questions {
        match question {
            Query::Articles(wanted) => names.extend(of_articles(wanted)),
            Query::Article(path) => names.extend([("article", "path", &**path)]),
            Query::Related(url, _) => names.extend([("related", "to", &**url)]),
            Query::Url(path) => names.extend([("url", "path", &**path)]),
            Query::Headless(template) => silent.extend([&**template]),
            Query::Terms(..) | Query::Data(_) | Query::Asset(_) => {}
        }
    }
    let unknown = names.into_iter().filter_map(|name| {
        let (message, help) = unknown(queries, name)?;
        let (function, argument, written) = name;
        let problem = Diagnostic::warning("theme/unknown-name", message).help(help);
        Some(match theme.place_of_argument(function, argument, written) {
            Some(place) => problem.at(place),
            None => problem,
        })
    });
    unknown.chain(silent.into_iter().map(|template| without_head(theme, template))).collect()
}

fn of_articles(wanted: &Articles) -> impl Iterator<Item = Name<'_>> {
    let named = [
        ("section", &wanted.section),
        ("tag", &wanted.tag),
        ("author", &wanted.author),
        ("series", &wanted.series),
        ("language", &wanted.language),
    ];
    named.into_iter().filter_map(|(argument, written)| Some(("articles", argument, written.as_deref()?)))
}

/// What to say of a name that nothing has, and what to do.
fn unknown(queries: &Queries, (function, argument, written): Name<'_>) -> Option<(String, String)> {
    let Edition { archive, content, config, .. } = queries.edition();
    let taxonomy = match (function, argument) {
        ("articles", "section") => Taxonomy::Section,
        ("articles", "tag") => Taxonomy::Tag,
        ("articles", "author") => Taxonomy::Author,
        ("articles", "series") => Taxonomy::Series,
        ("articles", _) => {
            let is_known = written == config.language
                || content.iter().any(|(_, article)| queries.language(article) == written);
            let message = format!("no article is in the language `{written}`");
            return (!is_known).then(|| (message, "write it as `lang` of the articles does".to_owned()));
        }
        ("article", _) => return no_article(queries, written),
        ("related", _) => {
            let message = format!("no article is at `{written}`");
            let help = "give the article itself, as in `related(to=article)`".to_owned();
            return queries.at_url(written).is_none().then_some((message, help));
        }
        _ => return nothing_there(queries, written),
    };
    let terms = archive.terms(taxonomy);
    if terms.by_slug(written).is_some() {
        return None;
    }
    let message = match taxonomy {
        Taxonomy::Section => format!("there is no section `{written}`"),
        _ => format!("no article has the {} `{written}`", taxonomy.name()),
    };
    // A name that is held back is not told.
    let shown = terms.iter().map(|(_, term)| term).filter(|term| {
        taxonomy == Taxonomy::Section || !term.stories.is_empty() || term.description.is_some()
    });
    let help = match did_you_mean(written, shown.map(|term| term.slug.as_str())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "`{argument}` is the part of its URL, in small letters: `{function}` finds nothing by another"
        ),
    };
    Some((message, help))
}

fn no_article(queries: &Queries, written: &str) -> Option<(String, String)> {
    let Edition { archive, content, .. } = queries.edition();
    let path = written.strip_prefix("content/").unwrap_or(written);
    if content.by_path(path).is_some() {
        return None;
    }
    let shown = archive.stories().iter().chain(archive.standing()).map(|id| &*content.get(*id).path);
    let help = match did_you_mean(path, shown) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "give the path of its source below `content/`".to_owned(),
    };
    Some((format!("there is no article `content/{path}`"), help))
}

/// A path of the site where nothing is.
fn nothing_there(queries: &Queries, written: &str) -> Option<(String, String)> {
    if !written.starts_with('/') || written.starts_with("//") {
        return None;
    }
    let plan = &queries.edition().plan;
    let path = written.split(['?', '#']).next().unwrap_or_default();
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let route = Route::parse(&path).ok();
    let is_there = |route: &Route| {
        plan.page(route).is_some() || plan.redirects().iter().any(|redirect| redirect.from == *route)
    };
    if route.as_ref().is_some_and(is_there) {
        return None;
    }
    let routes = plan.pages().iter().map(|page| page.route.as_str());
    let help = match did_you_mean(&path, routes) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "the path is that of a page or a file of the site, from its root".to_owned(),
    };
    Some((format!("nothing is at `{path}`, so that links to it are dead"), help))
}

fn without_head(theme: &Theme, template: &str) -> Diagnostic {
    let message = format!(
        "pages made with `{}` tell machines nothing: they do not call `head()`",
        shown_name(template)
    );
    let problem = Diagnostic::warning("theme/no-head", message);
    let problem = match theme.place(template) {
        Some(place) => problem.at(place),
        None => problem,
    };
    problem.help(
        "write `{{ head() }}` before `</head>`: search engines, feed readers and social networks read the canonical URL, \
         the feeds and the rest of what it writes",
    )
}
