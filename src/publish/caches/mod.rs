//! URLs that changed → the caches in front of a host no longer have them.
//!
//! Each provider has a file: what it takes, and how its answers are read. Planning is pure; only [`purge`] sends requests.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use url::{Position, Url};

use super::credentials::Environment;
use super::{parallel, xml};
use crate::config::publish::Cache;
use crate::diagnostic::Diagnostic;
use crate::http::{Client, Request, Response};
use crate::publish::target::Result;

mod bunny;
mod cloudflare;
mod cloudfront;
mod fastly;
mod http_purge;
mod scope;

pub(crate) use scope::Depth;
use scope::{Scope, without_index};

/// The caches of a target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caches<'a> {
    /// The caches of the settings.
    pub(crate) caches: &'a [Cache],
    /// The URL at which readers see the target.
    pub(crate) base: &'a Url,
    /// The id of the publication.
    pub(crate) run: &'a str,
    /// The profile of AWS for CloudFront: that of the target if it is S3.
    pub(crate) profile: Option<&'a str>,
    /// How many requests run at a time. `None`: what suits the provider.
    pub(crate) parallel: Option<usize>,
    /// Sends the requests.
    pub(crate) client: &'a Client,
    /// Has the tokens.
    pub(crate) environment: &'a Environment,
}

/// What a purge did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Purged {
    /// A problem for each cache that failed: `publish/purge`, or `publish/credentials`.
    pub(crate) problems: Vec<Diagnostic>,
    /// The paths that a cache still has, sorted, for the record: the next publication purges them again.
    pub(crate) unpurged: Vec<String>,
}

/// A request to a provider, without its token.
#[derive(Clone, Debug)]
struct Call {
    request: Request,
    /// The paths that it purges; `None`: all.
    covers: Option<Vec<String>>,
}

/// How a provider reacted to a request.
enum Reaction {
    Purged,
    /// It refused, which others may not.
    Refused(String),
    /// It refuses everything.
    Failed(String),
}

/// Makes the caches drop paths. `paths` are encoded and start at the root of the site: `/2026/port-closed/`, `/rss.xml`.
pub(crate) fn purge(caches: &Caches<'_>, paths: &[String], depth: Depth) -> Purged {
    let mut purged = Purged::default();
    if paths.is_empty() {
        return purged;
    }
    let mut unpurged = BTreeSet::new();
    for cache in caches.caches {
        match purge_one(caches, cache, paths, depth) {
            Ok((None, _)) => {}
            Ok((Some(problem), left)) => {
                purged.problems.push(problem);
                unpurged.extend(left);
            }
            Err(problem) => {
                purged.problems.push(*problem);
                unpurged.extend(paths.iter().cloned());
            }
        }
    }
    purged.unpurged = unpurged.into_iter().collect();
    purged
}

/// Purges paths in one cache. Returns the problem and the paths that it may still have.
fn purge_one(
    caches: &Caches<'_>,
    cache: &Cache,
    paths: &[String],
    depth: Depth,
) -> Result<(Option<Diagnostic>, Vec<String>)> {
    let provider = Provider::of(cache, caches)?;
    let calls = provider.plan(cache, caches, &Scope::of(paths, depth, provider.limits()))?;
    let has_failed = AtomicBool::new(false);
    let threads = caches.parallel.unwrap_or(parallel::DEFAULT);
    let reactions = parallel::map(&calls, threads, |call| {
        if has_failed.load(Ordering::Relaxed) {
            return None;
        }
        let reaction = provider.send(call, caches);
        if let Reaction::Failed(_) = &reaction {
            has_failed.store(true, Ordering::Relaxed);
        }
        Some(reaction)
    });
    let (mut left, mut reason) = (BTreeSet::new(), None);
    for (call, reaction) in calls.iter().zip(reactions) {
        match reaction {
            Some(Reaction::Purged) => continue,
            Some(Reaction::Failed(why)) => reason = Some(why),
            Some(Reaction::Refused(why)) => reason = reason.or(Some(why)),
            None => {}
        }
        let covered = call.covers.as_deref().unwrap_or(paths);
        left.extend(covered.iter().map(|path| without_index(path).to_owned()));
    }
    let problem = reason.map(|why| provider.problem(left.len(), &why));
    Ok((problem, left.into_iter().collect()))
}

/// A cache with what is needed to reach it.
enum Provider {
    CloudFront(cloudfront::CloudFront),
    Token(TokenProvider),
    Http,
}

/// A provider whose requests have a token.
struct TokenProvider {
    name: &'static str,
    limits: scope::Limits,
    /// The variable that has the token, for help.
    variable: &'static str,
    /// What the token must be allowed to do.
    permission: &'static str,
    /// The header with the token, and its value.
    header: (&'static str, String),
    /// The URL of the API.
    endpoint: Url,
}

impl Provider {
    fn of(cache: &Cache, caches: &Caches<'_>) -> Result<Self> {
        Ok(match cache {
            Cache::CloudFront(_) => Self::CloudFront(cloudfront::CloudFront::connect(caches)?),
            Cache::Cloudflare(_) => Self::Token(cloudflare::provider(caches.environment)?),
            Cache::Fastly(_) => Self::Token(fastly::provider(caches.environment)?),
            Cache::Bunny => Self::Token(bunny::provider(caches.environment)?),
            Cache::Http(_) => Self::Http,
        })
    }

    fn limits(&self) -> scope::Limits {
        match self {
            Self::CloudFront(_) => cloudfront::LIMITS,
            Self::Token(provider) => provider.limits,
            Self::Http => http_purge::LIMITS,
        }
    }

    fn plan(&self, cache: &Cache, caches: &Caches<'_>, scope: &Scope) -> Result<Vec<Call>> {
        let base = caches.base;
        Ok(match (self, cache) {
            (Self::CloudFront(to), Cache::CloudFront(id)) => to.plan(id, base, caches.run, scope)?,
            (Self::Token(to), Cache::Cloudflare(zone)) => cloudflare::plan(&to.endpoint, zone, base, scope)?,
            (Self::Token(to), Cache::Fastly(service)) => fastly::plan(&to.endpoint, service, base, scope)?,
            (Self::Token(to), _) => bunny::plan(&to.endpoint, base, scope)?,
            (_, Cache::Http(server)) => http_purge::plan(server, base, scope)?,
            _ => Vec::new(),
        })
    }

    fn send(&self, call: &Call, caches: &Caches<'_>) -> Reaction {
        match self {
            Self::CloudFront(to) => to.send(call, caches),
            Self::Token(to) => {
                let (name, value) = &to.header;
                react(caches.client.send(&call.request.clone().header(name, value)), |_| false)
            }
            Self::Http => react(caches.client.send(&call.request), http_purge::was_not_cached),
        }
    }

    fn problem(&self, left: usize, why: &str) -> Diagnostic {
        let (name, check) = match self {
            Self::CloudFront(_) => {
                ("CloudFront", "check that the credentials allow `cloudfront:CreateInvalidation`".to_owned())
            }
            Self::Token(to) => {
                (to.name, format!("check that the token in `{}` allows to {}", to.variable, to.permission))
            }
            Self::Http => (
                "the cache",
                "check that the cache takes `PURGE` from this machine (`purgers` in VCL)".to_owned(),
            ),
        };
        let urls = if left == 1 { "1 URL".to_owned() } else { format!("{left} URLs") };
        let problem =
            Diagnostic::fatal("publish/purge", format!("{name} may still have old copies of {urls}: {why}"));
        problem.help(format!("{check}, then publish again: the URLs are remembered"))
    }
}

/// What an answer means. `is_fine` accepts other statuses.
fn react(answer: std::result::Result<Response, crate::http::Error>, is_fine: fn(u16) -> bool) -> Reaction {
    match answer {
        Err(error) => Reaction::Failed(error.to_string()),
        Ok(response) if response.is_success() || is_fine(response.status) => {
            // Cloudflare may say in the body that it failed.
            match response.json().and_then(|json| json.get("success")?.as_bool()) {
                Some(false) => Reaction::Failed(explained(&response)),
                _ => Reaction::Purged,
            }
        }
        Ok(response) if matches!(response.status, 400 | 404 | 413 | 414) => {
            Reaction::Refused(explained(&response))
        }
        Ok(response) => Reaction::Failed(explained(&response)),
    }
}

/// The status of an answer and what it says, as a clause.
fn explained(response: &Response) -> String {
    let json = response.json();
    let of_json = |pointer: &str| json.as_ref()?.pointer(pointer)?.as_str().map(str::to_owned);
    let said =
        ["/errors/0/message", "/Message", "/message", "/msg", "/detail"].iter().find_map(|at| of_json(at));
    match said.or_else(|| xml::text_of(&response.body, "Message")) {
        Some(said) => {
            let line: String =
                said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
            format!("it returned {} ({line})", response.status)
        }
        None => format!("it returned {}", response.status),
    }
}

/// The path of the base URL without `/` at its end.
fn base_path(base: &Url) -> &str {
    base.path().trim_end_matches('/')
}

/// The host and port of the base URL, and its path without `/` at its end: `herald.example/news`.
fn host_and_path(base: &Url) -> String {
    format!("{}{}", &base[Position::BeforeHost..Position::AfterPort], base_path(base))
}

/// The URL of a path of the site.
fn public(base: &Url, path: &str) -> String {
    format!("{}://{}{path}", base.scheme(), host_and_path(base))
}

/// A URL of an API.
fn at(endpoint: &Url, path: &str) -> Result<Url> {
    let text = format!("{}{path}", endpoint.as_str().trim_end_matches('/'));
    Url::parse(&text).map_err(|error| {
        Box::new(Diagnostic::fatal("publish/purge", format!("`{text}` is not a URL: {error}")))
    })
}

/// The URL of an API, which a variable may replace.
fn endpoint(environment: &Environment, variable: &str, default: &str) -> Result<Url> {
    let text = environment.get(variable).unwrap_or(default);
    Url::parse(text).map_err(|error| {
        let problem = Diagnostic::fatal("publish/purge", format!("`{variable}` is not a URL: {error}"));
        Box::new(problem.help(format!("correct it, or unset `{variable}`")))
    })
}

#[cfg(test)]
mod tests;
