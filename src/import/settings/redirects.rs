//! Turns old URLs of an archive that no story has into `redirects` in the settings.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};

use super::{Settings, own_path};
use crate::import::Media;
use crate::import::archive::urls;
use crate::import::old_site::{OldAuthor, OldList, OldRedirect, OldSite};
use crate::import::placement::{SiteIndex, is_list_url};
use crate::plan::Route;

/// The front page and indexes, which the site has only if they are not empty.
const INDEXES: [&str; 4] = ["/", "/tags/", "/authors/", "/series/"];
/// Longest chain of redirects.
const LONGEST: usize = 32;

impl Settings<'_> {
    /// The redirects of old paths that nothing else serves. Dead ends are left out with a remark.
    pub(super) fn redirects(&mut self, old: &OldSite, index: &SiteIndex<'_>, statics: &[&Media]) -> Json {
        let known = self.config.redirects.iter().filter_map(|known| Route::parse(&known.from).ok());
        let mut taken: HashSet<Route> = known.collect();
        let pages = self.list_paths(old);
        let statics: HashSet<&str> = statics.iter().map(|media| media.name.as_str()).collect();
        let is_there = |route: &Route| {
            let path = route.as_str();
            let own = path.strip_prefix('/').unwrap_or(path);
            let list = path.rfind('/').and_then(|at| path.get(..=at));
            (index.is_taken(route) && !INDEXES.contains(&path))
                || pages.contains(path)
                || path.ends_with("/rss.xml") && list.is_some_and(|list| pages.contains(list))
                || is_list_url(path) && path.trim_matches('/').starts_with(|c: char| c.is_ascii_digit())
                || statics.contains(own)
        };
        let all: Vec<OldRedirect> = old.redirects.iter().cloned().chain(self.list_redirects(old)).collect();
        let froms: HashSet<Route> =
            all.iter().filter_map(|redirect| Some(own_path(&redirect.from, old, &self.config)?.0)).collect();
        let (mut redirects, mut nowhere) = (Map::new(), Vec::new());
        for OldRedirect { from, to } in all {
            let Some((from, rest)) = own_path(&from, old, &self.config) else { continue };
            let is_free = !is_there(&from) && !INDEXES.contains(&from.as_str()) && !taken.contains(&from);
            if !is_free || !rest.is_empty() || from.as_str().contains('*') {
                continue;
            }
            let to = match own_path(&to, old, &self.config) {
                Some((route, _)) if INDEXES.contains(&route.as_str()) && !is_there(&route) => "/".to_owned(),
                Some((route, _)) if !is_there(&route) && !froms.contains(&route) => {
                    nowhere.push((urls::encode(from.as_str()), urls::encode(route.as_str())));
                    continue;
                }
                // The site does not distinguish URLs by case.
                Some((route, _)) if route.as_str().to_lowercase() == from.as_str().to_lowercase() => continue,
                Some((route, rest)) => format!("{}{rest}", route.as_str()),
                None => to,
            };
            redirects.insert(from.as_str().to_owned(), to.into());
            taken.insert(from);
        }
        self.remove_loops(&mut redirects);
        self.report_dead_ends(nowhere);
        let whole = Json::Object(redirects);
        if super::is_empty(&whole) || self.accepts("redirects", whole.clone()) {
            return whole;
        }
        let Json::Object(redirects) = whole else { return Json::Null };
        let kept = redirects.into_iter().filter(|(from, to)| {
            self.accepts("redirects", Map::from_iter([(from.clone(), to.clone())]).into())
        });
        Json::Object(kept.collect())
    }

    /// Removes redirect loops.
    fn remove_loops(&mut self, redirects: &mut Map<String, Json>) {
        let circles: Vec<String> =
            redirects.keys().filter(|from| is_loop(redirects, from)).cloned().collect();
        for from in circles {
            self.remark(
                "import/redirect-circle",
                format!("the redirect from {from} is part of a loop and was left out"),
            );
            redirects.shift_remove(&from);
        }
    }

    /// Reports redirects without a target, and leaves them to the host.
    fn report_dead_ends(&mut self, redirects: Vec<(String, String)>) {
        // The host may serve the target.
        for (from, to) in redirects {
            let message = format!(
                "the redirect from {from} leads to {to}, which the site does not have; it was added to static/_redirects"
            );
            self.remark("import/redirect", message);
            self.lines.push(format!("{from} {to} 301"));
        }
    }

    /// The paths of the site's lists of sections, tags and authors.
    fn list_paths(&self, old: &OldSite) -> HashSet<String> {
        let slugs = self.config.slugs;
        let sections = self.used.sections.keys().map(|slug| format!("/{slug}/"));
        let tags = self.used.shown_tags.iter().map(|key| format!("/tags/{}/", slugs.of_name(key)));
        let of_old = old.tags.iter().filter_map(|tag| self.tag_page(tag));
        let authors = self.used.shown_authors.iter().map(|key| format!("/authors/{}/", slugs.of_name(key)));
        let named = old.authors.iter().filter_map(|author| self.author_page(author));
        let indexes = [
            ("/", true),
            ("/tags/", !self.used.shown_tags.is_empty()),
            ("/authors/", !self.used.shown_authors.is_empty()),
        ];
        let indexes = indexes.into_iter().filter(|(_, is_there)| *is_there).map(|(path, _)| path.to_owned());
        sections.chain(tags).chain(of_old).chain(authors).chain(named).chain(indexes).collect()
    }

    /// The page of a tag, if a visible story has it.
    fn tag_page(&self, tag: &OldList) -> Option<String> {
        let slugs = self.config.slugs;
        let is_used =
            [&tag.title, &tag.slug].iter().any(|name| self.used.shown_tags.contains(&slugs.key(name)));
        is_used.then(|| format!("/tags/{}/", slugs.of_name(&tag.title)))
    }

    /// The page of an author, if they have a visible story.
    fn author_page(&self, author: &OldAuthor) -> Option<String> {
        let slugs = self.config.slugs;
        let mut names = [&author.name, &author.slug].into_iter().chain(&author.aliases);
        let used = names.find(|name| self.used.shown_authors.contains(&slugs.key(name)))?;
        let own = Some(slugs.of_written(&author.slug)).filter(|slug| self.profiles.contains(slug));
        Some(format!("/authors/{}/", own.unwrap_or_else(|| slugs.of_name(used))))
    }

    /// Redirects from the old lists of sections, tags and authors.
    fn list_redirects(&self, old: &OldSite) -> Vec<OldRedirect> {
        let slugs = self.config.slugs;
        let section = |list: &OldList| {
            let slug = slugs.of(&list.slug);
            self.used.sections.contains_key(&slug).then(|| format!("/{slug}/"))
        };
        let sections = old.sections.iter().map(|list| (section(list), &list.urls));
        let tags = old.tags.iter().map(|list| (self.tag_page(list), &list.urls));
        let authors = old.authors.iter().map(|author| (self.author_page(author), &author.urls));
        let all = sections.chain(tags).chain(authors).filter_map(|(to, urls)| Some((to?, urls)));
        all.flat_map(|(to, urls)| {
            urls.iter()
                .map(move |from| OldRedirect { from: from.clone(), to: to.clone() })
                .collect::<Vec<_>>()
        })
        .collect()
    }
}

/// Whether a redirect is part of a loop or of a chain too long to be anything else.
fn is_loop(redirects: &Map<String, Json>, from: &str) -> bool {
    let mut at = from;
    for _ in 0..LONGEST {
        let Some(to) = redirects.get(at).and_then(Json::as_str) else { return false };
        at = to.split(['?', '#']).next().unwrap_or_default();
    }
    true
}
