//! Questions of templates → warnings of names in them that nothing has: they get an empty answer, which looks like a quiet day.
//!
//! What is told depends on the questions and the edition alone, so that a build that keeps a page tells what one that makes it
//! tells.

use std::cell::Cell;
use std::collections::{BTreeSet, HashSet};

use super::queries::{Articles, Queries, Query};
use super::{Theme, shown_name};
use crate::archive::Taxonomy;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::edition::Edition;
use crate::plan::Route;

/// A name in a question: function, argument, what is written.
type Name<'q> = (&'static str, &'static str, &'q str);

/// Names that are compared with all that there are, to find the one that was meant: a template can ask for thousands.
const COMPARED: usize = 20;

/// What names are looked up in.
struct Known<'q> {
    queries: &'q Queries,
    /// Where redirects lead away from.
    redirected: HashSet<&'q str>,
    /// How many names may still be compared with all.
    left: Cell<usize>,
}

impl Known<'_> {
    /// What was meant by a name, in words.
    fn near<'c>(&self, written: &str, all: impl IntoIterator<Item = &'c str>) -> Option<String> {
        let left = self.left.get().checked_sub(1)?;
        self.left.set(left);
        did_you_mean(written, all).map(|near| format!("did you mean `{near}`?"))
    }
}

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
    let redirects = queries.edition().plan.redirects().iter();
    let known = Known {
        queries,
        redirected: redirects.map(|redirect| redirect.from.as_str()).collect(),
        left: Cell::new(COMPARED),
    };
    let unknown = names.into_iter().filter_map(|name| {
        let (message, help) = known.unknown(name)?;
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

impl Known<'_> {
    /// What to say of a name that nothing has, and what to do.
    fn unknown(&self, (function, argument, written): Name<'_>) -> Option<(String, String)> {
        match (function, argument) {
            ("articles", "section") => self.no_term(Taxonomy::Section, written),
            ("articles", "tag") => self.no_term(Taxonomy::Tag, written),
            ("articles", "author") => self.no_term(Taxonomy::Author, written),
            ("articles", "series") => self.no_term(Taxonomy::Series, written),
            ("articles", _) => self.no_language(written),
            ("article", _) => self.no_article(written),
            ("related", _) => {
                let message = format!("no article is at `{written}`");
                let help = "give the article itself, as in `related(to=article)`".to_owned();
                self.queries.at_url(written).is_none().then_some((message, help))
            }
            _ => self.nothing_there(written),
        }
    }

    fn no_term(&self, taxonomy: Taxonomy, written: &str) -> Option<(String, String)> {
        let terms = self.queries.edition().archive.terms(taxonomy);
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
        let near = self.near(written, shown.map(|term| term.slug.as_str()));
        let help =
            near.unwrap_or_else(|| format!("`{}` is asked for by its part of the URL", taxonomy.name()));
        Some((message, help))
    }

    fn no_language(&self, written: &str) -> Option<(String, String)> {
        let Edition { content, config, .. } = self.queries.edition();
        let is_known = written == config.language
            || content.iter().any(|(_, article)| self.queries.language(article) == written);
        let message = format!("no article is in the language `{written}`");
        (!is_known).then(|| (message, "write it as `lang` of the articles does".to_owned()))
    }

    fn no_article(&self, written: &str) -> Option<(String, String)> {
        let Edition { archive, content, .. } = self.queries.edition();
        let path = written.strip_prefix("content/").unwrap_or(written);
        if content.by_path(path).is_some() {
            return None;
        }
        let shown = archive.stories().iter().chain(archive.standing()).map(|id| &*content.get(*id).path);
        let near = self.near(path, shown);
        let help = near.unwrap_or_else(|| "give the path of its source below `content/`".to_owned());
        Some((format!("there is no article `content/{path}`"), help))
    }

    /// A path of the site where nothing is.
    fn nothing_there(&self, written: &str) -> Option<(String, String)> {
        if !written.starts_with('/') || written.starts_with("//") {
            return None;
        }
        let plan = &self.queries.edition().plan;
        let path = written.split(['?', '#']).next().unwrap_or_default();
        let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        let route = Route::parse(&path).ok();
        let is_there = |route: &Route| plan.page(route).is_some() || self.redirected.contains(route.as_str());
        if route.as_ref().is_some_and(is_there) {
            return None;
        }
        let near = self.near(&path, plan.pages().iter().map(|page| page.route.as_str()));
        let help =
            near.unwrap_or_else(|| "write the path of a page or a file from the site's root".to_owned());
        Some((format!("nothing is at `{path}`, so links to it are dead"), help))
    }
}

fn without_head(theme: &Theme, template: &str) -> Diagnostic {
    let message = format!(
        "pages made with `{}` tell machines nothing: they do not call `head()`",
        shown_name(template)
    );
    let problem = Diagnostic::warning("theme/no-head", message);
    let problem = match theme.place_of_base(template) {
        Some(place) => problem.at(place),
        None => problem,
    };
    problem.help(
        "write `{{ head() }}` before `</head>`: search engines, feed readers and social networks read the canonical URL, \
         the feeds and the rest of what it writes",
    )
}
