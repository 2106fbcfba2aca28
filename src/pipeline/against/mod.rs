//! Old URLs → which of them the planned site answers, and how those that it does not could be answered.
//!
//! A path is looked up as static hosts look it up, with the rules of `_redirects`, so that nobody must build and serve the site first.

use std::collections::BTreeSet;
use std::path::Path;

use percent_encoding::percent_decode_str;

use super::{Request, Run};
use crate::content::SourceCache;
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::output::Lock;
use crate::plan::{PageKind, RULES, Route};
use crate::serve::rules::Rules;

mod list;
mod patterns;
mod repair;
mod settings;

pub use patterns::patterns;

/// Most redirects that are followed.
const STEPS: usize = 6;

/// What is at an old URL now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A page or file.
    Found,
    /// A redirect that leads to something.
    Redirected,
    /// Nothing.
    Missing,
}

/// An old URL and what is there now.
#[derive(Clone, Debug)]
pub struct OldUrl {
    /// Its path, decoded; with `?` and the rest if that says which page it was.
    pub path: String,
    /// What is there.
    pub answer: Answer,
    /// Where it should lead, if that is certain: a path of the site.
    pub target: Option<String>,
    /// Whether this run wrote an alias or a redirect for it.
    pub is_written: bool,
}

/// Looks up each URL of a list: a sitemap, a list of paths, a log of a server, or the folder of a built site. With `write`, stories get
/// aliases and settings redirects for URLs whose target is certain.
///
/// # Errors
/// All that is wrong, if the site or the list cannot be read.
pub fn against(
    request: &Request,
    list: &Path,
    write: Option<&Lock>,
) -> Result<(Vec<OldUrl>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let written = list::read(list).map_err(|problem| vec![*problem])?;
    let mut run = Run::new(request);
    let edition = run.edition(|_, _| SourceCache::disabled());
    let Some((_, edition, _)) = edition.filter(|_| !run.diagnostics.has_errors()) else {
        return Err(run.diagnostics.into_sorted());
    };
    let site = Host::new(&edition);
    let paths: BTreeSet<String> = written.iter().filter_map(|url| path_of(url)).collect();
    let mut urls: Vec<OldUrl> = paths
        .into_iter()
        .map(|path| OldUrl { answer: site.answer(&path, 0), path, target: None, is_written: false })
        .collect();
    let repairs = repair::Repairs::new(&edition);
    let mut found = Vec::new();
    for (at, url) in urls.iter_mut().enumerate().filter(|(_, url)| url.answer == Answer::Missing) {
        let Some(repair) = repairs.of(site.within(&url.path)) else { continue };
        url.target = Some(repair.route().as_str().to_owned());
        found.push((at, repair));
    }
    let mut problems = Vec::new();
    if write.is_some() {
        let wanted: Vec<(&str, &repair::Repair)> =
            found.iter().map(|(at, repair)| (site.within(&urls[*at].path), repair)).collect();
        let (written, refused) = repair::write(&request.site, &edition, &wanted);
        let done: Vec<usize> = written.into_iter().map(|place| found[place].0).collect();
        done.into_iter().for_each(|at| urls[at].is_written = true);
        problems = refused;
    }
    Ok((urls, problems))
}

/// The URLs of the site: of stories, standing pages and lists.
///
/// # Errors
/// All that is wrong, if the site cannot be read.
pub fn own(request: &Request) -> Result<Vec<String>, Vec<Diagnostic>> {
    let mut run = Run::new(request);
    let edition = run.edition(|_, _| SourceCache::disabled());
    let Some((_, edition, _)) = edition.filter(|_| !run.diagnostics.has_errors()) else {
        return Err(run.diagnostics.into_sorted());
    };
    Ok(super::urls::kept(&edition).map(|route| edition.plan.urls().path(route)).collect())
}

/// The path of a URL on its host, decoded. A query that says which page it was stays behind it.
fn path_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("//").or_else(|| url.split_once("://").map(|(_, rest)| rest));
    let written = match rest {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => url,
    };
    let written = written.split('#').next().unwrap_or_default();
    let (written, query) = written.split_once('?').unwrap_or((written, ""));
    if !written.starts_with('/') {
        return None;
    }
    let mut path = percent_decode_str(written).decode_utf8_lossy().into_owned();
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    if names_a_page(query) {
        path.extend(["?", query]);
    }
    Some(path)
}

/// Whether a query says which page of a dynamic site is meant; others are for counting readers, and static hosts ignore them.
fn names_a_page(query: &str) -> bool {
    const KEYS: [&str; 10] =
        ["p", "page_id", "attachment_id", "cat", "tag", "author", "m", "id", "post", "paged"];
    query.split('&').any(|pair| pair.split('=').next().is_some_and(|key| KEYS.contains(&key)))
}

/// The planned site as a static host has it.
struct Host<'a> {
    edition: &'a Edition,
    rules: Rules,
    /// What stands in front of all paths of the site, without `/` at its end.
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

    /// A path of the host as one below the site.
    fn within<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(&self.base).filter(|rest| rest.starts_with('/')).unwrap_or(path)
    }

    fn answer(&self, path: &str, steps: usize) -> Answer {
        if steps > STEPS || path.contains('?') {
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
            // Whether another site answers is its own affair.
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
    fn host_query_and_encoding_are_no_part_of_a_path() {
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
