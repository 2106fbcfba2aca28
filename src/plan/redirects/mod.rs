//! The old URLs of articles and settings → redirects, as pages and as rules for hosts.

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

/// Where hosts look for redirect rules.
pub const RULES: &str = "_redirects";
/// The redirects as a map for nginx.
pub const NGINX_MAP: &str = "redirects.nginx.map";

/// The target of a redirect.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// A page or file of the site.
    Route(Route),
    /// A page or file of the site with a query or fragment, encoded, from its `?` or `#` on.
    RouteWithSuffix(Route, String),
    /// A URL outside the site.
    Elsewhere(String),
}

impl Destination {
    /// The target as links have it: a percent-encoded path of the host, or a URL.
    pub fn path(&self, urls: &Urls) -> String {
        match self {
            Self::Route(route) => urls.path(route),
            Self::RouteWithSuffix(route, rest) => urls.path(route) + rest,
            Self::Elsewhere(url) => url.clone(),
        }
    }

    /// The page or file of the site, without the query or fragment.
    pub fn route(&self) -> Option<&Route> {
        match self {
            Self::Route(route) | Self::RouteWithSuffix(route, _) => Some(route),
            Self::Elsewhere(_) => None,
        }
    }

    /// The same target with this query or fragment. A URL outside the site keeps its own.
    fn with_suffix(&self, rest: &str) -> Self {
        match self {
            Self::Route(route) | Self::RouteWithSuffix(route, _) => {
                Self::RouteWithSuffix(route.clone(), rest.to_owned())
            }
            Self::Elsewhere(url) if !url.contains(['?', '#']) => Self::Elsewhere(format!("{url}{rest}")),
            Self::Elsewhere(url) => Self::Elsewhere(url.clone()),
        }
    }

    /// The absolute URL.
    pub fn absolute(&self, urls: &Urls) -> String {
        urls.whole(&self.path(urls))
    }
}

/// A URL of the site that leads to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Redirect {
    /// The old URL.
    pub from: Route,
    /// The final target: nothing redirects from there.
    pub to: Destination,
    /// Where it is written.
    pub(super) source: RedirectSource,
}

impl Redirect {
    /// The old path and the target, as the rules of hosts have them.
    pub fn ends(&self, urls: &Urls) -> (String, String) {
        (urls.path(&self.from), self.to.path(urls))
    }

    /// Whether there is a page at the old path, for hosts that do not read rules.
    pub fn has_page(&self) -> bool {
        has_page(&self.from)
    }
}

/// Where a redirect is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RedirectSource {
    /// The `aliases` of an article, at this position.
    Alias(ArticleId, usize),
    /// The `old_slugs` of an article, at this position.
    OldSlug(ArticleId, usize),
    /// The `redirects` of the settings, at this position.
    Settings(usize),
    /// The `tags.aliases` of the settings, at this position.
    TagAlias(usize),
    /// The aliases of the author profile at this position.
    AuthorAlias(usize),
}

impl RedirectSource {
    /// How a diagnostic describes it, and its place.
    pub(super) fn describe(self, content: &Content, config: &Config) -> (String, Place) {
        let of_article = |what: &str, id: ArticleId, key: &str, written: Option<&String>| {
            let article = content.get(id);
            let place = place_of_key(content, article, key, written.map(String::as_str));
            (format!("{what} of `content/{}`", article.path), place)
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
                ("a redirect in the settings".to_owned(), place)
            }
            Self::TagAlias(_) => ("the alias of a tag".to_owned(), Place::file("bulletin.yaml")),
            Self::AuthorAlias(_) => ("the alias of an author".to_owned(), Place::file("bulletin.yaml")),
        }
    }
}

/// Plans the redirects: a page for each URL that hosts serve as HTML or XML, and the rules. Returns them sorted, one
/// for each URL.
pub(super) fn plan(planner: &mut Planner<'_>, config: &Config, statics: &[StaticFile]) -> Vec<Redirect> {
    let mut all = of_articles(planner, config);
    let of_terms = terms::renamed(planner, config);
    let others: Vec<Redirect> = all.iter().chain(&of_terms).cloned().collect();
    let of_settings = settings::parse_all(planner, config, &others);
    all.extend(of_settings);
    // An explicit redirect wins over one that follows from an alias of a name.
    let written: HashSet<Route> = all.iter().map(|redirect| redirect.from.clone()).collect();
    all.extend(of_terms.into_iter().filter(|redirect| !written.contains(&redirect.from)));
    all.sort_unstable();
    all.dedup_by(|later, first| later.from == first.from && later.to == first.to);
    let redirects = resolve(planner, config, all);
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
    // Always written, because nginx does not start if its configuration includes a missing file.
    if let Ok(route) = Route::root().file(NGINX_MAP)
        && !statics.iter().any(|file| file.path == NGINX_MAP)
    {
        planner.add(route, PageKind::NginxMap);
    }
    redirects
}

/// Whether a host serves an old URL as HTML, or as XML that browsers display. Others (`/story.php`) are left to the
/// rules.
pub(super) fn has_page(route: &Route) -> bool {
    route.is_folder() || [".html", ".htm", ".xml"].iter().any(|end| route.as_str().ends_with(end))
}

/// Returns the redirects from the aliases and old slugs of visible articles. Those of a hidden article would give it
/// away.
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
                    let help = match key {
                        EarlierUrl::Alias(_) => {
                            "write a path from the root of the site, as in `/2026/old-slug/`"
                        }
                        EarlierUrl::OldSlug(_) => "write the last segment of the old URL, as in `old-slug`",
                    };
                    let problem = Diagnostic::error("route/invalid", why);
                    planner.diagnostics.push(problem.at(source.describe(content, config).1).help(help));
                }
            }
        }
    }
    redirects
}

/// Resolves each redirect to its final target; reports loops and contradictions. Returns one redirect for each URL,
/// sorted.
fn resolve(planner: &mut Planner<'_>, config: &Config, all: Vec<Redirect>) -> Vec<Redirect> {
    let mut resolver = Resolver::new(&all);
    let content = planner.content;
    let mut resolved: Vec<Redirect> = Vec::with_capacity(all.len());
    for redirect in &all {
        let to = match resolver.follow(redirect) {
            Resolved::Target(to) => to,
            Resolved::Loop(circle) => {
                planner.diagnostics.push(circular(&circle, content, config));
                continue;
            }
            Resolved::KnownLoop => continue,
        };
        match resolved.last().filter(|last| last.from == redirect.from) {
            Some(last) if last.to == to => {}
            Some(last) => planner.diagnostics.push(ambiguous(last, redirect, content, config)),
            None => resolved.push(Redirect { to, ..redirect.clone() }),
        }
    }
    resolved
}

/// Follows redirects to their final targets, each once however many lead to it.
struct Resolver<'r> {
    /// Old URL → its redirect.
    first: HashMap<&'r Route, &'r Redirect>,
    /// Old URL → its final target if it is known; `None` if it leads into a loop.
    known: HashMap<&'r Route, Option<Destination>>,
}

/// The result of following one redirect.
enum Resolved<'r> {
    /// The final target.
    Target(Destination),
    /// A loop: its redirects, the one with the first URL first. Each loop is returned once.
    Loop(Vec<&'r Redirect>),
    /// A loop that was returned before.
    KnownLoop,
}

impl<'r> Resolver<'r> {
    fn new(all: &'r [Redirect]) -> Self {
        let mut first: HashMap<&Route, &Redirect> = HashMap::new();
        for redirect in all {
            first.entry(&redirect.from).or_insert(redirect);
        }
        Self { first, known: HashMap::new() }
    }

    /// Follows a redirect. The first query or fragment on the way is carried to the final target.
    fn follow(&mut self, redirect: &'r Redirect) -> Resolved<'r> {
        let mut way = vec![redirect];
        // Of two redirects from one URL, steps come back to the first.
        let mut passed: HashMap<&Route, usize> = HashMap::from([(&redirect.from, 0)]);
        let mut end = loop {
            let to = &way[way.len() - 1].to;
            let Some(next) = to.route().and_then(|route| self.first.get(route)) else { break to.clone() };
            match self.known.get(&next.from) {
                Some(Some(end)) => break carry_suffix(to, end),
                Some(None) => return self.loop_at(way, None),
                None => {}
            }
            if let Some(start) = passed.get(&next.from) {
                return self.loop_at(way, Some((*start, next)));
            }
            passed.insert(&next.from, way.len());
            way.push(next);
        };
        for (at, step) in way.iter().enumerate().rev() {
            if at + 1 < way.len() {
                end = carry_suffix(&step.to, &end);
            }
            if self.first.get(&step.from).is_some_and(|first| std::ptr::eq(*first, *step)) {
                self.known.insert(&step.from, Some(end.clone()));
            }
        }
        Resolved::Target(end)
    }

    /// Handles a way that comes back to itself at `start`, or leads into a known loop.
    fn loop_at(&mut self, mut way: Vec<&'r Redirect>, start: Option<(usize, &'r Redirect)>) -> Resolved<'r> {
        self.known.extend(way.iter().map(|step| (&step.from, None)));
        let Some((start, next)) = start else { return Resolved::KnownLoop };
        let mut circle = way.split_off(start);
        circle[0] = next;
        let lowest = (0..circle.len()).min_by_key(|at| &circle[*at].from).unwrap_or_default();
        circle.rotate_left(lowest);
        Resolved::Loop(circle)
    }
}

/// The target of a step that leads on to `end`, with the step's own query or fragment.
fn carry_suffix(step: &Destination, end: &Destination) -> Destination {
    match step {
        Destination::RouteWithSuffix(_, rest) => end.with_suffix(rest),
        Destination::Route(_) | Destination::Elsewhere(_) => end.clone(),
    }
}

/// How many steps of a loop a message names.
const NAMED: usize = 8;

fn circular(circle: &[&Redirect], content: &Content, config: &Config) -> Diagnostic {
    let first = circle[0].from.as_str();
    let message = match circle {
        [_] => format!("the redirect from `{first}` leads to itself"),
        _ => {
            let mut way: Vec<&str> =
                circle.iter().take(NAMED).map(|redirect| redirect.from.as_str()).collect();
            way.extend((circle.len() > NAMED).then_some("…"));
            format!("redirects form a loop: {} → {first}", way.join(" → "))
        }
    };
    let named = circle.iter().take(NAMED);
    let mut places = named.map(|redirect| (redirect, redirect.source.describe(content, config).1));
    let mut problem = Diagnostic::error("redirect/loop", message)
        .help("remove one of them, or point it to a page of the site");
    if let Some((_, place)) = places.next() {
        problem = problem.at(place);
    }
    places.fold(problem, |problem, (redirect, place)| {
        problem.also(format!("`{}` redirects here", redirect.from.as_str()), place)
    })
}

fn ambiguous(first: &Redirect, second: &Redirect, content: &Content, config: &Config) -> Diagnostic {
    let (what, place) = first.source.describe(content, config);
    let (other_what, other_place) = second.source.describe(content, config);
    let from = first.from.as_str();
    let message = format!("`{from}` has two redirects to different places: {what} and {other_what}");
    Diagnostic::error("redirect/ambiguous", message)
        .at(other_place)
        .also("the other redirect", place)
        .help("remove one of them")
}
