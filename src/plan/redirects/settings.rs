//! `redirects` of the settings → redirects, with those left out and reported that lead to what readers do not see.

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

/// What a URL holds nowhere behind its host (RFC 3986, appendix A), though browsers let much of it pass; escapes stay.
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
/// Paths that are compared at most to find out what was meant: a build of a big site has better things to do.
const MOST_GUESSES: usize = 500_000;

/// Reads the redirects of the settings. One to an article that readers do not see is left out: it would give away its
/// name. `others` are the redirects of articles.
pub(super) fn read_all(planner: &mut Planner<'_>, config: &Config, others: &[Redirect]) -> Vec<Redirect> {
    let mut settings = Vec::new();
    for (at, written) in config.redirects.iter().enumerate() {
        match read(config, at) {
            Ok(redirect) => settings.push(redirect),
            Err(why) => planner.diagnostics.push(
                Diagnostic::error("route/invalid", format!("this redirect cannot be: {why}"))
                    .at(written.place.clone())
                    .help("write paths from the root of the site, for example `/old/: /new/`"),
            ),
        }
    }
    let missing = leave_out(planner, config, &mut settings, others);
    let near = near(planner, &missing);
    for redirect in &settings {
        if let Some(to) = redirect.to.route().filter(|to| missing.contains(*to)) {
            let (_, place) = redirect.source.describe(planner.content, config);
            let near = near.get(to).map(Route::as_str);
            planner.diagnostics.push(to_nowhere(&redirect.from, to, near, place));
        }
    }
    settings
}

/// Takes those out that lead to what readers do not see. Gives what the others lead to and is not there.
fn leave_out(
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
        // One that led to another which is out leads nowhere now, so that what is missing is looked for again.
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

/// Reads one of them.
///
/// # Errors
/// A sentence about what is wrong.
fn read(config: &Config, at: usize) -> Result<Redirect, String> {
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

/// A path that may be percent-encoded.
fn route(written: &str) -> Result<Route, String> {
    let decoded = percent_decode_str(written).decode_utf8();
    let decoded = decoded.map_err(|_| format!("`{written}` is not UTF-8"))?;
    Route::parse(&decoded).map_err(|why| format!("`{written}` is no path; {why}"))
}

/// What these lead to and is neither a page nor a redirect.
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

/// What readers do not see and a redirect must not name.
#[derive(Clone, Copy)]
enum Secret {
    /// An article, or a file or section of it.
    Article(ArticleId),
    /// A tag, an author or a series.
    Term,
}

/// Those of some routes that give away what readers do not see: where a hidden article is or was, its files and section, and
/// lists of what no visible article names.
fn hidden_paths(planner: &Planner<'_>, wanted: &HashSet<Route>) -> HashMap<Route, Secret> {
    let find = |route: &Route| {
        let path = route.as_str().to_lowercase();
        // Which of them a hidden article would have need not be found out: nothing is there.
        let is_term = || ["/tags/", "/authors/", "/series/"].iter().any(|folder| is_below(&path, folder));
        let article = planner.plan.hidden_paths.at(route.as_str());
        article.map(Secret::Article).or_else(|| is_term().then_some(Secret::Term))
    };
    wanted.iter().filter_map(|route| Some((route.clone(), find(route)?))).collect()
}

fn is_below(path: &str, folder: &str) -> bool {
    path.len() > folder.len() && path.starts_with(folder)
}

/// For routes that no page has, what may have been meant: a page with the same name elsewhere, or a similar one.
fn near(planner: &Planner<'_>, missing: &HashSet<Route>) -> HashMap<Route, Route> {
    let is_page = |kind: &PageKind| {
        !matches!(kind, PageKind::Asset(..) | PageKind::Redirect(_) | PageKind::RedirectRules)
    };
    let pages = || planner.pages.iter().filter(|page| is_page(&page.kind)).map(|page| &page.route);
    let mut near: HashMap<Route, Route> = HashMap::new();
    if missing.is_empty() {
        return near;
    }
    let names: HashMap<&str, &Route> = missing.iter().map(|route| (name(route), route)).collect();
    for page in pages() {
        if let Some(route) = names.get(name(page)) {
            near.entry((*route).clone()).or_insert_with(|| page.clone());
        }
    }
    if missing.len().saturating_mul(planner.pages.len()) <= MOST_GUESSES {
        for route in missing.iter().filter(|route| !near.contains_key(*route)).collect::<Vec<_>>() {
            let like = did_you_mean(route.as_str(), pages().map(Route::as_str));
            near.extend(like.and_then(|like| Some((route.clone(), Route::parse(like).ok()?))));
        }
    }
    near
}

/// The last part of a path; of the front page, none that another has.
fn name(route: &Route) -> &str {
    route.as_str().trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

fn to_hidden(path: &str, place: Place) -> Diagnostic {
    let message = format!("this redirect leads to `content/{path}`, which readers cannot see");
    Diagnostic::warning("link/hidden", message)
        .at(place)
        .help("it is left out, and comes by itself when the article does")
}

fn to_no_term(from: &Route, to: &Route, place: Place) -> Diagnostic {
    let (from, to) = (from.as_str(), to.as_str());
    let message = format!("the redirect from {from} leads to {to}, and no article that readers see is there");
    Diagnostic::warning("redirect/nowhere", message).at(place).help(
        "it is left out, as it may name what is not published yet, and comes by itself when there is one",
    )
}

fn to_nowhere(from: &Route, to: &Route, near: Option<&str>, place: Place) -> Diagnostic {
    let (from, to) = (from.as_str(), to.as_str());
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write the path of a page or file of the site, or a URL elsewhere".to_owned(),
    };
    let message = format!("the redirect from {from} leads to {to}, and the site has nothing there");
    Diagnostic::warning("redirect/nowhere", message).at(place).help(help)
}
