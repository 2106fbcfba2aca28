//! `redirects` of the settings → redirects, with those left out and reported that lead to what readers do not see.

use std::collections::{HashMap, HashSet};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use rayon::prelude::*;
use url::Position;

use super::{By, Destination, Redirect, earlier};
use crate::archive::Visibility;
use crate::config::{Config, web_url};
use crate::content::ArticleId;
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
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
    let missing = missing(planner, &settings, others);
    let (hidden, near) = (hidden(planner, config, &missing), near(planner, &missing));
    let mut redirects = Vec::new();
    for redirect in settings {
        let to = redirect.to.route().filter(|to| missing.contains(*to));
        let place = || redirect.by.describe(planner.content, config).1;
        match to {
            Some(to) if hidden.contains_key(to) => {
                let problem = to_hidden(&planner.content.get(hidden[to]).path, place());
                planner.diagnostics.push(problem);
                continue;
            }
            Some(to) => {
                let problem = to_nowhere(&redirect.from, to, near.get(to).map(Route::as_str), place());
                planner.diagnostics.push(problem);
            }
            None => {}
        }
        redirects.push(redirect);
    }
    redirects
}

/// Reads one of them.
///
/// # Errors
/// A sentence about what is wrong.
fn read(config: &Config, at: usize) -> Result<Redirect, String> {
    let written = &config.redirects[at];
    let by = By::Settings(at);
    let from = route(&written.from)?;
    let own = written.to.strip_prefix(config.base_url.as_str()).map(|path| format!("/{path}"));
    let to = own.as_deref().unwrap_or(&written.to);
    if let Some(url) = web_url(to) {
        let rest = utf8_percent_encode(&url[Position::BeforePath..], ESCAPED);
        let to = Destination::Elsewhere(format!("{}{rest}", &url[..Position::BeforePath]));
        return Ok(Redirect { from, to, by });
    }
    let (path, rest) = to.split_at(to.find(['?', '#']).unwrap_or(to.len()));
    let route = route(path)?;
    let to = match rest {
        "" => Destination::Route(route),
        rest => Destination::Part(route, utf8_percent_encode(rest, ESCAPED).to_string()),
    };
    Ok(Redirect { from, to, by })
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

/// Those of some routes that are, or were, of an article which readers do not see, or in its folder; with the article.
fn hidden(planner: &Planner<'_>, config: &Config, wanted: &HashSet<Route>) -> HashMap<Route, ArticleId> {
    let Planner { plan, content, archive, .. } = planner;
    if wanted.is_empty() {
        return HashMap::new();
    }
    let is_hidden = |id: ArticleId| matches!(archive.visibility(id), Visibility::Hidden(_));
    let hidden = content.iter().filter(|(id, _)| is_hidden(*id));
    let routes: HashMap<Route, ArticleId> = hidden
        .flat_map(|(id, article)| {
            let old = earlier(article, id, config).filter_map(|(_, route)| route.ok());
            plan.route_of(id).cloned().into_iter().chain(old).map(move |route| (route, id))
        })
        .collect();
    let routes: HashMap<&str, ArticleId> = routes.iter().map(|(route, id)| (route.as_str(), *id)).collect();
    let find = |route: &Route| {
        let path = route.as_str();
        let folders = path.match_indices('/').skip(1).map(|(slash, _)| &path[..=slash]);
        folders.chain([path]).find_map(|folder| routes.get(folder).copied())
    };
    wanted.iter().filter_map(|route| Some((route.clone(), find(route)?))).collect()
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

fn to_nowhere(from: &Route, to: &Route, near: Option<&str>, place: Place) -> Diagnostic {
    let (from, to) = (from.as_str(), to.as_str());
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write the path of a page or file of the site, or a URL elsewhere".to_owned(),
    };
    let message = format!("the redirect from {from} leads to {to}, and the site has nothing there");
    Diagnostic::warning("redirect/nowhere", message).at(place).help(help)
}
