//! The `redirects` of the settings → redirects, except those that lead to something readers must not see.

use std::collections::{HashMap, HashSet};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use rayon::prelude::*;
use url::Position;

use super::{Destination, Redirect, RedirectSource};
use crate::config::{Config, web_url};
use crate::content::ArticleId;
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::plan::paths::own_path;
use crate::plan::{PageKind, Planner, Route};

/// Bytes that a URL does not contain after its host (RFC 3986, appendix A), although browsers accept many of them.
/// Existing escapes stay.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
/// How many paths are compared at most to suggest a similar one, so that a large site does not pay for it.
const MOST_GUESSES: usize = 500_000;

/// Parses the redirects of the settings. One that leads to a hidden article is left out, because it would give the
/// article away. `others` are the redirects of articles.
pub(super) fn parse_all(planner: &mut Planner<'_>, config: &Config, others: &[Redirect]) -> Vec<Redirect> {
    let mut settings = Vec::new();
    for (at, written) in config.redirects.iter().enumerate() {
        match parse(config, at) {
            Ok(redirect) => settings.push(redirect),
            Err(why) => planner.diagnostics.push(
                Diagnostic::error("route/invalid", format!("this redirect is not valid: {why}"))
                    .at(written.place.clone())
                    .help("write paths from the root of the site, as in `/old/: /new/`"),
            ),
        }
    }
    let missing = remove_hidden(planner, config, &mut settings, others);
    let suggestions = suggestions(planner, &missing);
    for redirect in &settings {
        if let Some(to) = redirect.to.route().filter(|to| missing.contains(*to)) {
            let (_, place) = redirect.source.describe(planner.content, config);
            let suggestion = suggestions.get(to).map(Route::as_str);
            planner.diagnostics.push(no_target(&redirect.from, to, suggestion, place));
        }
    }
    settings
}

/// Removes the redirects that lead to something readers must not see. Returns the targets of the others that do not
/// exist.
fn remove_hidden(
    planner: &mut Planner<'_>,
    config: &Config,
    settings: &mut Vec<Redirect>,
    others: &[Redirect],
) -> HashSet<Route> {
    loop {
        let missing = missing(planner, settings, others);
        let hidden_paths = hidden_paths(planner, &missing);
        if hidden_paths.is_empty() {
            return missing;
        }
        // A redirect to one that was removed has lost its target, so look for missing targets again.
        settings.retain(|redirect| {
            let Some((to, secret)) = redirect.to.route().and_then(|to| hidden_paths.get_key_value(to)) else {
                return true;
            };
            let (_, place) = redirect.source.describe(planner.content, config);
            planner.diagnostics.push(match secret {
                Secret::Article(id) => to_hidden(&planner.content.get(*id).path, place),
                Secret::Term => to_no_term(&redirect.from, to, place),
            });
            false
        });
    }
}

/// Parses one redirect.
///
/// # Errors
/// Returns what is wrong with it, as a clause.
fn parse(config: &Config, at: usize) -> Result<Redirect, String> {
    let written = &config.redirects[at];
    let source = RedirectSource::Settings(at);
    let from = route(&written.from)?;
    let url = web_url(&written.to);
    let own = url.as_ref().and_then(|url| own_path(url, &config.base_url));
    if let (Some(url), None) = (&url, &own) {
        let rest = utf8_percent_encode(&url[Position::BeforePath..], ESCAPED);
        let to = Destination::Elsewhere(format!("{}{rest}", &url[..Position::BeforePath]));
        return Ok(Redirect { from, to, source });
    }
    let to = own.unwrap_or(&written.to);
    let (path, rest) = to.split_at(to.find(['?', '#']).unwrap_or(to.len()));
    let route = route(path)?;
    let to = match rest {
        "" => Destination::Route(route),
        rest => Destination::RouteWithSuffix(route, utf8_percent_encode(rest, ESCAPED).to_string()),
    };
    Ok(Redirect { from, to, source })
}

/// Parses a path that may be percent-encoded.
fn route(written: &str) -> Result<Route, String> {
    let decoded = percent_decode_str(written).decode_utf8();
    let decoded = decoded.map_err(|_| format!("`{written}` is not UTF-8"))?;
    Route::parse(&decoded).map_err(|why| format!("`{written}` is not a valid path: {why}"))
}

/// The targets that are neither a page nor a redirect.
fn missing(planner: &Planner<'_>, settings: &[Redirect], others: &[Redirect]) -> HashSet<Route> {
    let mut wanted: HashSet<Route> =
        settings.iter().filter_map(|redirect| redirect.to.route().cloned()).collect();
    if wanted.is_empty() {
        return wanted;
    }
    for redirect in settings.iter().chain(others) {
        wanted.remove(&redirect.from);
    }
    let pages = planner.pages.par_iter().map(|page| &page.route);
    let found: Vec<&Route> = pages.filter(|route| wanted.contains(*route)).collect();
    for route in found {
        wanted.remove(route);
    }
    wanted
}

/// What a redirect must not name.
#[derive(Clone, Copy)]
enum Secret {
    /// A hidden article, or a file or section of it.
    Article(ArticleId),
    /// A tag, author or series.
    Term,
}

/// The routes that would give away something hidden: current and earlier URLs of hidden articles, their files and
/// sections, and lists that no visible article is in.
fn hidden_paths(planner: &Planner<'_>, wanted: &HashSet<Route>) -> HashMap<Route, Secret> {
    let find = |route: &Route| {
        let path = route.as_str().to_lowercase();
        // It does not matter whether a hidden article is in the list: it does not exist.
        let is_term = || ["/tags/", "/authors/", "/series/"].iter().any(|folder| is_below(&path, folder));
        let article = planner.plan.hidden_paths.at(route.as_str());
        article.map(Secret::Article).or_else(|| is_term().then_some(Secret::Term))
    };
    wanted.iter().filter_map(|route| Some((route.clone(), find(route)?))).collect()
}

fn is_below(path: &str, folder: &str) -> bool {
    path.len() > folder.len() && path.starts_with(folder)
}

/// Suggests a page for each missing route: one with the same name elsewhere, or a similar path.
fn suggestions(planner: &Planner<'_>, missing: &HashSet<Route>) -> HashMap<Route, Route> {
    let is_page = |kind: &PageKind| {
        !matches!(
            kind,
            PageKind::Asset(..) | PageKind::Picture(..) | PageKind::Redirect(_) | PageKind::RedirectRules
        )
    };
    let pages = || planner.pages.iter().filter(|page| is_page(&page.kind)).map(|page| &page.route);
    let mut suggestions: HashMap<Route, Route> = HashMap::new();
    if missing.is_empty() {
        return suggestions;
    }
    let names: HashMap<&str, &Route> = missing.iter().map(|route| (name(route), route)).collect();
    for page in pages() {
        if let Some(route) = names.get(name(page)) {
            suggestions.entry((*route).clone()).or_insert_with(|| page.clone());
        }
    }
    if missing.len().saturating_mul(planner.pages.len()) <= MOST_GUESSES {
        for route in missing.iter().filter(|route| !suggestions.contains_key(*route)).collect::<Vec<_>>() {
            let like = did_you_mean(route.as_str(), pages().map(Route::as_str));
            suggestions.extend(like.and_then(|like| Some((route.clone(), Route::parse(like).ok()?))));
        }
    }
    suggestions
}

/// The last segment of a path; empty for the front page.
fn name(route: &Route) -> &str {
    route.as_str().trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

fn to_hidden(path: &str, place: Place) -> Diagnostic {
    let message = format!("this redirect leads to `content/{path}`, which readers cannot see");
    Diagnostic::warning("link/hidden", message)
        .at(place)
        .help("the redirect is ignored until that story is published")
}

fn to_no_term(from: &Route, to: &Route, place: Place) -> Diagnostic {
    let (from, to) = (from.as_str(), to.as_str());
    let message = format!("the redirect from `{from}` leads to `{to}`, which lists no published story");
    Diagnostic::warning("redirect/nowhere", message)
        .at(place)
        .help("the redirect is ignored until a published story is listed there; check the spelling")
}

fn no_target(from: &Route, to: &Route, suggestion: Option<&str>, place: Place) -> Diagnostic {
    let (from, to) = (from.as_str(), to.as_str());
    let help = match suggestion {
        Some(path) => format!("did you mean `{path}`?"),
        None => "point it to a page or file of the site, or to a URL elsewhere".to_owned(),
    };
    let message = format!("the redirect from `{from}` leads to `{to}`, which does not exist");
    Diagnostic::warning("redirect/nowhere", message).at(place).help(help)
}
