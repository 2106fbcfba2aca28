//! A publication → whether readers get it: URLs are requested as readers do, and compared with what was published.
//!
//! Networks of caches need a while until all of them agree, so that differences are looked at again for 15 seconds.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use url::Url;

use super::changes::public_url;
use super::credentials::Environment;
use super::local_file::{ContentHash, Headers};
use super::parallel;
use super::record::PublishedFile;
use super::site_files::BUILD_FILE;
use crate::diagnostic::Diagnostic;
use crate::http::{Client, Method, Request, Response, Retry};
use crate::plan::FileClass;

/// A URL and what readers must get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// The URL.
    pub(crate) url: String,
    /// What readers must get.
    pub(crate) expect: Expect,
}

/// What readers must get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// These bytes, with the headers that the host stores; or the redirect, if the headers have one.
    Present(ContentHash, Headers),
    /// Nothing: any answer but a page.
    Absent,
}

/// After how many seconds differences are looked at again.
const WAITS: [u64; 4] = [1, 2, 4, 8];

/// The start of what is said of a URL without an answer.
const UNREADABLE: &str = "cannot be read";

/// How many differences are reported one by one.
const SHOWN: usize = 20;

/// Requests all URLs and reports differences, as `publish/verify`.
pub(crate) fn verify(
    checks: &[Check],
    client: &Client,
    environment: &Environment,
    threads: Option<usize>,
) -> Vec<Diagnostic> {
    let threads = threads.unwrap_or(parallel::DEFAULT);
    let mut open: Vec<&Check> = checks.iter().collect();
    let mut waits = WAITS.iter();
    loop {
        let found = parallel::map(&open, threads, |check| difference(check, client));
        let differ: Vec<(&Check, String)> =
            open.iter().zip(found).filter_map(|(check, found)| Some((*check, found?))).collect();
        let Some(wait) = waits.next().filter(|_| !differ.is_empty()) else { return report(&differ) };
        open = differ.into_iter().map(|(check, _)| check).collect();
        environment.sleep(Duration::from_secs(*wait));
    }
}

/// What differs at a URL, as a clause after it.
fn difference(check: &Check, client: &Client) -> Option<String> {
    let Ok(url) = Url::parse(&check.url) else { return Some("is not a URL".to_owned()) };
    let (url, response) = match get(&url, client) {
        Ok(response) => (url, response),
        Err(why) => return Some(why),
    };
    match &check.expect {
        Expect::Absent => still_there(&response),
        Expect::Present(hash, headers) => {
            if let Some(to) = &headers.redirects_to
                && is_redirect(&response)
            {
                return other_redirect(&url, &response, to);
            }
            match spelling(&url, &response) {
                // A host that calls the page `/a` instead of `/a.html`.
                Some(other) => match get(&other, client) {
                    Ok(response) => other_content(&response, *hash, headers),
                    Err(why) => Some(why),
                },
                None => other_content(&response, *hash, headers),
            }
        }
    }
}

/// Requests a URL past the caches of this machine; caches of the host answer as they answer readers.
fn get(url: &Url, client: &Client) -> Result<Response, String> {
    let request = Request::new(Method::Get, url.clone())
        .header("cache-control", "no-cache")
        .header("accept-encoding", "identity")
        .retry(Retry::Never);
    client.send(&request).map_err(|error| format!("{UNREADABLE}: {}", error.reason))
}

fn is_redirect(response: &Response) -> bool {
    matches!(response.status, 301 | 302 | 303 | 307 | 308)
}

/// Why a URL is not gone. A store that hides its list answers 403, and a story that moved redirects.
fn still_there(response: &Response) -> Option<String> {
    match response.status {
        200..=299 => Some("is still there, but was removed".to_owned()),
        500.. => Some(format!("returns {}, but was removed", response.status)),
        _ => None,
    }
}

fn other_redirect(url: &Url, response: &Response, expected: &str) -> Option<String> {
    let found = response.header("location").unwrap_or_default();
    let resolved = |to: &str| url.join(to).map_or_else(|_| to.to_owned(), |to| to.to_string());
    (resolved(found) != resolved(expected)).then(|| format!("redirects to `{found}` instead of `{expected}`"))
}

/// The URL to which a host redirects, if it is only another spelling of the same page.
fn spelling(url: &Url, response: &Response) -> Option<Url> {
    let to = url.join(response.header("location").filter(|_| is_redirect(response))?).ok()?;
    let bare = |url: &Url| {
        let path = url.path().trim_end_matches('/');
        path.strip_suffix(".html").unwrap_or(path).to_owned()
    };
    (to.origin() == url.origin() && bare(&to) == bare(url) && to != *url).then_some(to)
}

/// What differs between an answer and a file.
fn other_content(response: &Response, hash: ContentHash, headers: &Headers) -> Option<String> {
    if response.status != 200 {
        let to =
            response.header("location").map(|to| format!(" and redirects to `{to}`")).unwrap_or_default();
        return Some(format!("returns {}{to}, but was published", response.status));
    }
    if ContentHash::of(&response.body) != hash {
        return Some(format!("has other bytes than were published ({} bytes)", response.body.len()));
    }
    let header = |name: &str| response.header(name).unwrap_or_default();
    let (kind, caching) = (header("content-type"), header("cache-control"));
    if !headers.content_type.is_empty() && normal(kind) != normal(&headers.content_type) {
        return Some(format!("has the content type `{kind}` instead of `{}`", headers.content_type));
    }
    match &headers.cache_control {
        Some(expected) if normal(caching) != normal(expected) => {
            Some(format!("has the header `Cache-Control: {caching}` instead of `{expected}`"))
        }
        _ => None,
    }
}

/// The parts of a header value, whatever their case, order and spaces.
fn normal(value: &str) -> BTreeSet<String> {
    let parts = value.split([',', ';']).map(|part| part.trim().to_ascii_lowercase());
    parts.filter(|part| !part.is_empty()).collect()
}

/// One problem for a site that cannot be read at all.
fn unreachable(differ: &[(&Check, String)]) -> Option<Diagnostic> {
    let [(check, what), others @ ..] = differ else { return None };
    if others.is_empty() || !what.starts_with(UNREADABLE) || others.iter().any(|(_, other)| other != what) {
        return None;
    }
    let message = format!("{} and {} other URLs {what}", check.url, others.len());
    let help = "check `url` of the target, or `base_url`, and whether this machine can reach it";
    Some(Diagnostic::error("publish/verify", message).help(help))
}

fn report(differ: &[(&Check, String)]) -> Vec<Diagnostic> {
    let help = "run `bulletin publish --repair`; if the URL stays wrong, check the caches and rules between the host and readers: they must not change pages";
    if let Some(problem) = unreachable(differ) {
        return vec![problem];
    }
    let shown = differ.iter().take(SHOWN);
    let mut problems: Vec<Diagnostic> = shown
        .map(|(check, what)| Diagnostic::error("publish/verify", format!("{} {what}", check.url)).help(help))
        .collect();
    if differ.len() > SHOWN {
        let more = format!("{} more URLs differ from what was published", differ.len() - SHOWN);
        problems.push(Diagnostic::error("publish/verify", more));
    }
    problems
}

/// How many changed and unchanged files are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Of the changed files.
    pub(crate) changed: usize,
    /// Of the others.
    pub(crate) unchanged: usize,
}

impl Default for Sample {
    fn default() -> Self {
        Self { changed: 50, unchanged: 10 }
    }
}

/// Chooses what is checked: the front page, the file with the build's id, all removed files, and a sample of the others, always the same for the
/// same changes.
///
/// `files` are the files that the target has, by path, `changed` the paths of those that were uploaded, `removed` the paths of those that are gone.
pub(crate) fn sample(
    base: &Url,
    files: &BTreeMap<String, PublishedFile>,
    changed: &BTreeSet<&str>,
    removed: &[String],
    size: Sample,
) -> Vec<Check> {
    let served = files.iter().filter(|(path, file)| is_served(path, file.class)).map(|(path, _)| path);
    let always = ["index.html", BUILD_FILE].into_iter().filter_map(|path| files.get_key_value(path));
    let (new, old): (Vec<&String>, Vec<&String>) = served.partition(|path| changed.contains(path.as_str()));
    let chosen = spread(&new, size.changed).chain(spread(&old, size.unchanged));
    let present: BTreeSet<&String> = chosen.chain(always.map(|(path, _)| path)).collect();
    let absent = removed
        .iter()
        .filter(|path| !is_hidden(path))
        .map(|path| Check { url: public_url(path, base), expect: Expect::Absent });
    let present = present.into_iter().filter_map(|path| {
        let file = files.get(path)?;
        let expect = Expect::Present(file.hash, (*file.headers).clone());
        Some(Check { url: public_url(path, base), expect })
    });
    present.chain(absent).collect()
}

/// Whether readers can get a file under its own name at every host: not rules, which hosts read, and not the page for unknown URLs.
fn is_served(path: &str, class: FileClass) -> bool {
    class != FileClass::Rules && path != "404.html" && !is_hidden(path)
}

/// Whether the name of a file or of a folder begins with a dot, which web servers hide, except `.well-known`.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|name| name.starts_with('.') && name != ".well-known")
}

/// So many items, evenly spread.
fn spread<'a, 'b, T>(items: &'b [&'a T], count: usize) -> impl Iterator<Item = &'a T> + use<'a, 'b, T> {
    let count = count.min(items.len());
    (0..count).map(move |at| items[at * items.len() / count])
}

#[cfg(test)]
mod tests;
