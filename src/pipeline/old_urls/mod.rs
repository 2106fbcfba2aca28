//! The URLs of an old site → which of them the planned site serves, and where the others should lead.
//!
//! Paths are resolved like on a static host, including the rules of `_redirects`, so the site need not be built and served first.

use std::collections::BTreeSet;
use std::path::Path;

use percent_encoding::percent_decode_str;

use super::{Request, valid_edition};
use crate::content::SourceCache;
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::output::Lock;
use crate::plan::{PageKind, RULES, Route};
use crate::serve::rules::Rules;

mod list;
mod patterns;
mod redirects;
mod repair;

pub use patterns::patterns;
use repair::RepairFinder;

/// The maximum number of redirects to follow.
const MAX_REDIRECTS: usize = 6;

/// What an old URL leads to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A page or file.
    Found,
    /// A redirect to an existing page.
    Redirected,
    /// Nothing.
    Missing,
}

/// An old URL with what it leads to now.
#[derive(Clone, Debug)]
pub struct OldUrl {
    /// Its decoded path, with the query if that identified the page.
    pub path: String,
    /// What it leads to.
    pub answer: Answer,
    /// The path of the page that it should lead to, if that is certain.
    pub target: Option<String>,
    /// Whether an alias or a redirect was written for it.
    pub is_written: bool,
}

/// Looks up each URL of a list: a sitemap, a list of paths, a server log, or the folder of a built site. With `write`, adds aliases to
/// stories and redirects to the settings for URLs whose target is certain.
///
/// # Errors
/// If the site has errors or the list cannot be read.
pub fn look_up(
    request: &Request,
    list: &Path,
    write: Option<&Lock>,
) -> Result<(Vec<OldUrl>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let listed = list::read(list).map_err(|problem| vec![*problem])?;
    let edition = valid_edition(request, |_, _| SourceCache::disabled())?;
    let site = Host::new(&edition);
    let paths: BTreeSet<String> = listed.iter().filter_map(|url| path_of(url)).collect();
    let mut urls: Vec<OldUrl> = paths
        .into_iter()
        .map(|path| OldUrl { answer: site.answer(&path, 0), path, target: None, is_written: false })
        .collect();
    let finder = RepairFinder::new(&edition);
    let mut targets = Vec::new();
    for (at, url) in urls.iter_mut().enumerate().filter(|(_, url)| url.answer == Answer::Missing) {
        let Some(target) = finder.find(site.within(&url.path)) else { continue };
        url.target = Some(target.route().as_str().to_owned());
        targets.push((at, target));
    }
    let mut problems = Vec::new();
    if write.is_some() {
        let repairs: Vec<(&str, &repair::RepairTarget)> =
            targets.iter().map(|(at, target)| (site.within(&urls[*at].path), target)).collect();
        let (written, failed) = repair::write(&request.site, &edition, &repairs);
        let written: Vec<usize> = written.into_iter().map(|index| targets[index].0).collect();
        written.into_iter().for_each(|at| urls[at].is_written = true);
        problems = failed;
    }
    Ok((urls, problems))
}

/// The URLs of the site's stories, standing pages and lists.
///
/// # Errors
/// If the site has errors.
pub fn site_urls(request: &Request) -> Result<Vec<String>, Vec<Diagnostic>> {
    let edition = valid_edition(request, |_, _| SourceCache::disabled())?;
    Ok(super::urls::permanent(&edition).map(|route| edition.plan.urls().path(route)).collect())
}

/// The decoded path of a URL, with its query if that identifies a page.
fn path_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("//").or_else(|| url.split_once("://").map(|(_, rest)| rest));
    let path = match rest {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => url,
    };
    let path = path.split('#').next().unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if !path.starts_with('/') {
        return None;
    }
    let mut path = percent_decode_str(path).decode_utf8_lossy().into_owned();
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    if identifies_page(query) {
        path.extend(["?", query]);
    }
    Some(path)
}

/// Whether a query identifies a page of a dynamic site. Others are for tracking, and static hosts ignore them.
fn identifies_page(query: &str) -> bool {
    const KEYS: [&str; 10] =
        ["p", "page_id", "attachment_id", "cat", "tag", "author", "m", "id", "post", "paged"];
    query.split('&').any(|pair| pair.split('=').next().is_some_and(|key| KEYS.contains(&key)))
}

/// The planned site as a static host serves it.
struct Host<'a> {
    edition: &'a Edition,
    rules: Rules,
    /// The path prefix of the site, without a trailing `/`.
    base: String,
}

impl<'a> Host<'a> {
    fn new(edition: &'a Edition) -> Self {
        let rules = edition.statics.iter().find(|file| file.path == RULES);
        let rules = rules.and_then(|file| file.text()).unwrap_or_default();
        let base = edition.config.base_url.path().trim_end_matches('/');
        let base = percent_decode_str(base).decode_utf8_lossy().into_owned();
        Self { edition, rules: Rules::read(&rules), base }
    }

    /// A path of the host, relative to the site.
    fn within<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(&self.base).filter(|rest| rest.starts_with('/')).unwrap_or(path)
    }

    fn answer(&self, path: &str, steps: usize) -> Answer {
        if steps > MAX_REDIRECTS || path.contains('?') {
            return Answer::Missing;
        }
        let within = self.within(path);
        let rule = self.rules.find(path).or_else(|| self.rules.find(within));
        let plan = &self.edition.plan;
        if rule.as_ref().is_none_or(|rule| !rule.forced) {
            if let Some(page) = plan.served(within) {
                let is_redirect = matches!(page.kind, PageKind::Redirect(_));
                return if is_redirect { Answer::Redirected } else { Answer::Found };
            }
            if Route::parse(within).is_ok_and(|route| plan.redirect(&route).is_some()) {
                return Answer::Redirected;
            }
        }
        match rule {
            Some(rule) if rule.status == 404 => Answer::Missing,
            // Other sites are not checked.
            Some(rule) if !rule.to.starts_with('/') => Answer::Redirected,
            Some(rule) => match path_of(&rule.to).map(|to| self.answer(&to, steps + 1)) {
                Some(Answer::Found | Answer::Redirected) => Answer::Redirected,
                _ => Answer::Missing,
            },
            None => Answer::Missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_host_tracking_query_and_encoding() {
        for (url, path) in [
            ("https://old.example/a/b.html?utm_source=x#top", "/a/b.html"),
            ("http://old.example", "/"),
            ("//old.example/a", "/a"),
            ("/caf%C3%A9//menu/", "/café/menu/"),
            ("https://old.example/?p=12&x=1", "/?p=12&x=1"),
        ] {
            assert_eq!(path_of(url).as_deref(), Some(path), "{url}");
        }
        assert_eq!(path_of("mailto:desk@old.example"), None);
    }
}
