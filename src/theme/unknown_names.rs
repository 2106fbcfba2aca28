//! Queries of pages → warnings about names in them that do not exist. Their answers are empty, which would look like a quiet news
//! day.
//!
//! The warnings depend only on the queries and the edition, so that a build that keeps a page repeats those of the build that
//! rendered it.

use std::cell::Cell;
use std::collections::{BTreeSet, HashSet};

use super::{DEFAULT_PREFIX, Theme};
use crate::archive::Taxonomy;
use crate::diagnostic::{Diagnostic, Place, suggestion};
use crate::edition::Edition;
use crate::plan::Route;
use crate::query::{Queries, Query, language_of};

/// A name in a query.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'q> {
    function: &'static str,
    argument: &'static str,
    value: &'q str,
}

/// The number of names for which similar ones are searched: a template can make thousands of queries.
const MAX_SUGGESTIONS: usize = 20;

/// Warns about unknown names in queries and about templates that do not call `head()`.
pub(crate) fn check_queries<'q>(
    theme: &Theme,
    queries: &Queries,
    all: impl IntoIterator<Item = &'q Query>,
) -> Vec<Diagnostic> {
    let mut names: BTreeSet<Name<'q>> = BTreeSet::new();
    let mut headless: BTreeSet<&str> = BTreeSet::new();
    let mut add = |function, argument, value| {
        names.insert(Name { function, argument, value });
    };
    for query in all {
        match query {
            Query::Articles(wanted) => {
                // An unknown type is an error of its own.
                let named = wanted.named().filter(|(argument, _)| *argument != "type");
                named.for_each(|(argument, value)| add("articles", argument, value));
            }
            Query::Article(path) => add("article", "path", path),
            Query::Related(url, _) => add("related", "to", url),
            Query::Url(path) => add("url", "path", path),
            Query::Picture(wanted) => add("picture", "of", &wanted.src),
            Query::MissingHead(template) => headless.extend([&**template]),
            Query::Terms(..) | Query::Data(_) | Query::Asset(_) => {}
        }
    }
    let redirects = queries.edition().plan.redirects().iter();
    let lookup = NameLookup {
        queries,
        redirected: redirects.map(|redirect| redirect.from.as_str()).collect(),
        suggestions_left: Cell::new(MAX_SUGGESTIONS),
    };
    let unknown = names.into_iter().filter_map(|name| {
        let (message, help) = lookup.problem(name)?;
        let place_of = |value| theme.place_of_argument(name.function, name.argument, value);
        let without_base = name.value.strip_prefix(queries.edition().plan.urls().prefix());
        let place = place_of(name.value).or_else(|| place_of(without_base?));
        // A path without a slash at its start is relative to the root, too.
        let place = place.or_else(|| place_of(without_base?.strip_prefix('/')?));
        // The path of a picture that no template spells out comes from a story or the settings, which are checked themselves.
        if name.function == "picture" && place.is_none() {
            return None;
        }
        Some(at(Diagnostic::warning("theme/unknown-name", message).help(help), place))
    });
    unknown.chain(headless.into_iter().map(|template| missing_head(theme, template))).collect()
}

/// The names that an edition knows.
struct NameLookup<'q> {
    queries: &'q Queries,
    /// The paths that redirect.
    redirected: HashSet<&'q str>,
    suggestions_left: Cell<usize>,
}

impl NameLookup<'_> {
    /// The message and help for a name, if it is unknown.
    fn problem(&self, Name { function, argument, value }: Name<'_>) -> Option<(String, String)> {
        match (function, argument) {
            ("articles", "section") => self.unknown_term(Taxonomy::Section, value),
            ("articles", "tag") => self.unknown_term(Taxonomy::Tag, value),
            ("articles", "author") => self.unknown_term(Taxonomy::Author, value),
            ("articles", "series") => self.unknown_term(Taxonomy::Series, value),
            ("articles", _) => self.unknown_language(value),
            ("article", _) => self.unknown_article(value),
            ("related", _) => {
                let help = "pass the article itself, as in `related(to=article)`".to_owned();
                self.queries
                    .at_url(value)
                    .is_none()
                    .then(|| (format!("there is no story at `{value}`"), help))
            }
            ("picture", _) => self.missing_picture(value),
            _ => self.dead_path(value),
        }
    }

    fn unknown_term(&self, taxonomy: Taxonomy, slug: &str) -> Option<(String, String)> {
        let terms = self.queries.edition().archive.terms(taxonomy);
        if terms.by_slug(slug).is_some() {
            return None;
        }
        // Terms of hidden stories must not be suggested.
        let shown = terms.iter().map(|(_, term)| term).filter(|term| {
            taxonomy == Taxonomy::Section || !term.stories.is_empty() || term.description.is_some()
        });
        let suggestion = self.suggest(slug, shown.map(|term| term.slug.as_str()));
        let help = suggestion.unwrap_or_else(|| "use the slug, as in the URL of its page".to_owned());
        Some((format!("unknown {} `{slug}`", taxonomy.name()), help))
    }

    fn unknown_language(&self, language: &str) -> Option<(String, String)> {
        let edition = self.queries.edition();
        let is_known = language == edition.config.language
            || edition.content.iter().any(|(_, article)| language_of(edition, article) == language);
        let message = format!("no story is in the language `{language}`");
        (!is_known)
            .then(|| (message, "use the value of `lang` in the front matter of the stories".to_owned()))
    }

    fn unknown_article(&self, path: &str) -> Option<(String, String)> {
        let Edition { archive, content, .. } = self.queries.edition();
        let path = path.strip_prefix("content/").unwrap_or(path);
        if content.by_path(path).is_some() {
            return None;
        }
        let shown = archive.stories().iter().chain(archive.standing()).map(|id| &*content.get(*id).path);
        let suggestion = self.suggest(path, shown);
        let help =
            suggestion.unwrap_or_else(|| "give the path of its source file below `content/`".to_owned());
        Some((format!("story `content/{path}` not found"), help))
    }

    /// Checks the path of a picture, which has the path of the base URL.
    fn missing_picture(&self, path: &str) -> Option<(String, String)> {
        let prefix = self.queries.edition().plan.urls().prefix();
        let (_, help) = self.dead_path(path.strip_prefix(prefix).unwrap_or(path))?;
        Some((format!("there is no picture at `{path}`"), help))
    }

    /// Checks a path of the site.
    fn dead_path(&self, path: &str) -> Option<(String, String)> {
        if !path.starts_with('/') || path.starts_with("//") {
            return None;
        }
        let plan = &self.queries.edition().plan;
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        let is_there = |route: &Route| plan.page(route).is_some() || self.redirected.contains(route.as_str());
        if Route::parse(&path).is_ok_and(|route| is_there(&route)) {
            return None;
        }
        let suggestion = self.suggest(&path, plan.pages().iter().map(|page| page.route.as_str()));
        let help = suggestion.unwrap_or_else(|| {
            "give the path of a page or a file, relative to the root of the site".to_owned()
        });
        Some((format!("no page or file at `{path}`, so links to it are dead"), help))
    }

    fn suggest<'c>(&self, name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
        self.suggestions_left.set(self.suggestions_left.get().checked_sub(1)?);
        suggestion(name, candidates)
    }
}

fn missing_head(theme: &Theme, template: &str) -> Diagnostic {
    let name = template.strip_prefix(DEFAULT_PREFIX).unwrap_or(template);
    let problem =
        Diagnostic::warning("theme/no-head", format!("pages of template `{name}` never call `head()`"));
    at(problem, theme.place_of_base(template)).help(
        "write `{{ head() }}` before `</head>`: it adds the canonical URL, the feeds and the metadata for search engines and \
         social networks",
    )
}

fn at(problem: Diagnostic, place: Option<Place>) -> Diagnostic {
    match place {
        Some(place) => problem.at(place),
        None => problem,
    }
}
