//! Old URLs, of articles and of the settings → where readers are sent from them, by pages and by rules.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::permalink::{self, EarlierUrl};
use super::{PageKind, Planner, Route, StaticFile, Urls};
use crate::archive::ids;
use crate::config::Config;
use crate::content::{ArticleId, Content, place_of_key};
use crate::diagnostic::{Diagnostic, Place};

mod settings;
mod terms;

/// Where hosts look for rules.
pub const RULES: &str = "_redirects";
/// A map for nginx.
pub const NGINX_MAP: &str = "redirects.nginx.map";

/// Where a redirect leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// A page or file of the site.
    Route(Route),
    /// A page or file of the site, and what stands behind its path: `?` or `#` with the rest, encoded.
    RouteWithSuffix(Route, String),
    /// A URL that is none of the site.
    Elsewhere(String),
}

impl Destination {
    /// As links have it: a path of the host, percent-encoded, or a URL.
    pub fn path(&self, urls: &Urls) -> String {
        match self {
            Self::Route(route) => urls.path(route),
            Self::RouteWithSuffix(route, rest) => urls.path(route) + rest,
            Self::Elsewhere(url) => url.clone(),
        }
    }

    /// The page or file of the site that it is, or is a part of.
    pub fn route(&self) -> Option<&Route> {
        match self {
            Self::Route(route) | Self::RouteWithSuffix(route, _) => Some(route),
            Self::Elsewhere(_) => None,
        }
    }

    /// The same with this `?` or `#` and what follows behind it. A URL elsewhere that has its own keeps that.
    fn with_rest(&self, rest: &str) -> Self {
        match self {
            Self::Route(route) | Self::RouteWithSuffix(route, _) => {
                Self::RouteWithSuffix(route.clone(), rest.to_owned())
            }
            Self::Elsewhere(url) if !url.contains(['?', '#']) => Self::Elsewhere(format!("{url}{rest}")),
            Self::Elsewhere(url) => Self::Elsewhere(url.clone()),
        }
    }

    /// The whole URL.
    pub fn absolute(&self, urls: &Urls) -> String {
        urls.whole(&self.path(urls))
    }
}

/// A URL of the site that leads to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Redirect {
    /// The old URL.
    pub from: Route,
    /// Where it leads in the end: there is no redirect from there.
    pub to: Destination,
    /// Who asks for it.
    pub(super) source: RedirectSource,
}

impl Redirect {
    /// Its ends as the rules of hosts have them: the old path, and where it leads.
    pub fn ends(&self, urls: &Urls) -> (String, String) {
        (urls.path(&self.from), self.to.path(urls))
    }

    /// Whether there is a page at the old path, for hosts that do not read rules.
    pub fn has_page(&self) -> bool {
        has_page(&self.from)
    }
}

/// Who asks for a redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RedirectSource {
    /// An article: the position in its `aliases`.
    Alias(ArticleId, usize),
    /// An article: the position in its `old_slugs`.
    OldSlug(ArticleId, usize),
    /// The settings: the position in their `redirects`.
    Settings(usize),
    /// The settings: another name of a tag, by its position in `tags.aliases`.
    TagAlias(usize),
    /// The settings: another name of an author, by the position of the profile.
    AuthorAlias(usize),
}

impl RedirectSource {
    /// As a diagnostic names it, and where it is written.
    pub(super) fn describe(self, content: &Content, config: &Config) -> (String, Place) {
        let of_article = |what: &str, id: ArticleId, key: &str, written: Option<&String>| {
            let article = content.get(id);
            let place = place_of_key(content, article, key, written.map(String::as_str));
            (format!("{what} of the article `content/{}`", article.path), place)
        };
        match self {
            Self::Alias(id, at) => {
                of_article("an alias", id, "aliases", content.get(id).front.aliases.get(at))
            }
            Self::OldSlug(id, at) => {
                of_article("an old slug", id, "old_slugs", content.get(id).front.old_slugs.get(at))
            }
            Self::Settings(at) => {
                let place = config.redirects.get(at).map(|redirect| redirect.place.clone());
                let place = place.unwrap_or_else(|| Place::file("bulletin.yaml"));
                ("a redirect of the settings".to_owned(), place)
            }
            Self::TagAlias(_) => ("an alias of a tag".to_owned(), Place::file("bulletin.yaml")),
            Self::AuthorAlias(_) => ("an alias of an author".to_owned(), Place::file("bulletin.yaml")),
        }
    }
}

/// Plans redirects: a page for each that a host would serve as one, and the rules. Gives them sorted, each URL once.
pub(super) fn plan(planner: &mut Planner<'_>, config: &Config, statics: &[StaticFile]) -> Vec<Redirect> {
    let mut all = of_articles(planner, config);
    let of_terms = terms::renamed(planner, config);
    let others: Vec<Redirect> = all.iter().chain(&of_terms).cloned().collect();
    let of_settings = settings::read_all(planner, config, &others);
    all.extend(of_settings);
    // What somebody wrote of an old URL counts more than what follows from a name.
    let written: HashSet<Route> = all.iter().map(|redirect| redirect.from.clone()).collect();
    all.extend(of_terms.into_iter().filter(|redirect| !written.contains(&redirect.from)));
    all.sort_unstable();
    all.dedup_by(|later, first| later.from == first.from && later.to == first.to);
    let redirects = settle(planner, config, all);
    for redirect in &redirects {
        if has_page(&redirect.from) {
            planner.add(redirect.from.clone(), PageKind::Redirect(redirect.to.clone()));
        }
    }
    let own_rules = statics.iter().any(|file| file.path == RULES);
    if let Ok(route) = Route::root().file(RULES)
        && (own_rules || !redirects.is_empty())
    {
        planner.add(route, PageKind::RedirectRules);
    }
    // Always, as nginx does not start if its configuration includes a file that is not there.
    if let Ok(route) = Route::root().file(NGINX_MAP)
        && !statics.iter().any(|file| file.path == NGINX_MAP)
    {
        planner.add(route, PageKind::NginxMap);
    }
    redirects
}

/// Whether a host would serve a page at an old URL as HTML, or as XML that browsers show like it. Others (`/story.php`) are left to
/// the rules.
pub(super) fn has_page(route: &Route) -> bool {
    route.is_folder() || [".html", ".htm", ".xml"].iter().any(|end| route.as_str().ends_with(end))
}

/// From the aliases and old slugs of articles that readers see. Those of a hidden one would give away its name.
fn of_articles(planner: &mut Planner<'_>, config: &Config) -> Vec<Redirect> {
    let mut redirects = Vec::new();
    let (plan, content, archive) = (planner.plan, planner.content, planner.archive);
    let has_moved = |id: &ArticleId| {
        let front = &content.get(*id).front;
        !(front.aliases.is_empty() && front.old_slugs.is_empty())
    };
    let moved: Vec<ArticleId> = ids(content).filter(has_moved).collect();
    for id in moved {
        let article = content.get(id);
        let Some(to) = plan.article(archive, id) else { continue };
        for (key, from) in permalink::earlier_routes(article, config) {
            let source = match key {
                EarlierUrl::Alias(at) => RedirectSource::Alias(id, at),
                EarlierUrl::OldSlug(at) => RedirectSource::OldSlug(id, at),
            };
            match from {
                Ok(from) if from == *to => {}
                Ok(from) => redirects.push(Redirect { from, to: Destination::Route(to.clone()), source }),
                Err(why) => {
                    let problem = super::no_route(source.describe(content, config).1, &why);
                    planner.diagnostics.push(problem);
                }
            }
        }
    }
    redirects
}

/// Makes each redirect lead to its end, and reports those that have none and those that want one URL. Gives one for each
/// URL, sorted.
fn settle(planner: &mut Planner<'_>, config: &Config, all: Vec<Redirect>) -> Vec<Redirect> {
    let mut ends = Resolver::new(&all);
    let content = planner.content;
    let mut settled: Vec<Redirect> = Vec::with_capacity(all.len());
    for redirect in &all {
        let to = match ends.of(redirect) {
            Resolved::At(to) => to,
            Resolved::Circle(circle) => {
                planner.diagnostics.push(circular(&circle, content, config));
                continue;
            }
            Resolved::Missing => continue,
        };
        match settled.last().filter(|last| last.from == redirect.from) {
            Some(last) if last.to == to => {}
            Some(last) => planner.diagnostics.push(ambiguous(last, redirect, content, config)),
            None => settled.push(Redirect { to, ..redirect.clone() }),
        }
    }
    settled
}

/// Where redirects lead in the end. Each is followed once, however many lead to it.
struct Resolver<'r> {
    /// Of each old URL the redirect that counts.
    first: HashMap<&'r Route, &'r Redirect>,
    /// Of each old URL that was followed where it leads; `None` if into a circle.
    known: HashMap<&'r Route, Option<Destination>>,
}

/// Where one redirect leads in the end.
enum Resolved<'r> {
    /// A page, or a URL elsewhere.
    At(Destination),
    /// In a circle: the redirects of that, the one with the first URL first. Each circle is given once.
    Circle(Vec<&'r Redirect>),
    /// Into a circle that was given before.
    Missing,
}

impl<'r> Resolver<'r> {
    fn new(all: &'r [Redirect]) -> Self {
        let mut first: HashMap<&Route, &Redirect> = HashMap::new();
        for redirect in all {
            first.entry(&redirect.from).or_insert(redirect);
        }
        Self { first, known: HashMap::new() }
    }

    /// Follows a redirect. What the first step that has one says with `?` or `#` is carried to its end.
    fn of(&mut self, redirect: &'r Redirect) -> Resolved<'r> {
        let mut way = vec![redirect];
        // The first of two redirects from one URL is where a step comes back to.
        let mut passed: HashMap<&Route, usize> = HashMap::from([(&redirect.from, 0)]);
        let mut end = loop {
            let to = &way[way.len() - 1].to;
            let Some(next) = to.route().and_then(|route| self.first.get(route)) else { break to.clone() };
            match self.known.get(&next.from) {
                Some(Some(end)) => break carried(to, end),
                Some(None) => return self.circle(way, None),
                None => {}
            }
            if let Some(start) = passed.get(&next.from) {
                return self.circle(way, Some((*start, next)));
            }
            passed.insert(&next.from, way.len());
            way.push(next);
        };
        for (at, step) in way.iter().enumerate().rev() {
            if at + 1 < way.len() {
                end = carried(&step.to, &end);
            }
            if self.first.get(&step.from).is_some_and(|first| std::ptr::eq(*first, *step)) {
                self.known.insert(&step.from, Some(end.clone()));
            }
        }
        Resolved::At(end)
    }

    /// A way that comes back to itself at `start`, or leads into a circle that is known.
    fn circle(&mut self, mut way: Vec<&'r Redirect>, start: Option<(usize, &'r Redirect)>) -> Resolved<'r> {
        self.known.extend(way.iter().map(|step| (&step.from, None)));
        let Some((start, next)) = start else { return Resolved::Missing };
        let mut circle = way.split_off(start);
        circle[0] = next;
        let lowest = (0..circle.len()).min_by_key(|at| &circle[*at].from).unwrap_or_default();
        circle.rotate_left(lowest);
        Resolved::Circle(circle)
    }
}

/// Where a step leads whose target leads on to `end`: there, with what the step itself says with `?` or `#`.
fn carried(step: &Destination, end: &Destination) -> Destination {
    match step {
        Destination::RouteWithSuffix(_, rest) => end.with_rest(rest),
        Destination::Route(_) | Destination::Elsewhere(_) => end.clone(),
    }
}

/// How many steps of a circle are named.
const NAMED: usize = 8;

fn circular(circle: &[&Redirect], content: &Content, config: &Config) -> Diagnostic {
    let first = circle[0].from.as_str();
    let message = match circle {
        [_] => format!("the redirect from {first} leads to itself"),
        _ => {
            let mut way: Vec<&str> =
                circle.iter().take(NAMED).map(|redirect| redirect.from.as_str()).collect();
            way.extend((circle.len() > NAMED).then_some("…"));
            format!("redirects lead in a circle: {} → {first}", way.join(" → "))
        }
    };
    let named = circle.iter().take(NAMED);
    let mut places = named.map(|redirect| (redirect, redirect.source.describe(content, config).1));
    let mut problem = Diagnostic::error("redirect/loop", message)
        .help("take one of them out, or let it lead to a page of the site");
    if let Some((_, place)) = places.next() {
        problem = problem.at(place);
    }
    places.fold(problem, |problem, (redirect, place)| {
        problem.also(format!("{} leads on from here", redirect.from.as_str()), place)
    })
}

fn ambiguous(first: &Redirect, second: &Redirect, content: &Content, config: &Config) -> Diagnostic {
    let (what, place) = first.source.describe(content, config);
    let (other_what, other_place) = second.source.describe(content, config);
    let message = format!(
        "two redirects from {} lead to different places: {what} and {other_what}",
        first.from.as_str()
    );
    Diagnostic::error("redirect/ambiguous", message)
        .at(other_place)
        .also("the other one", place)
        .help("take one of them out: a URL can lead to one place alone")
}
