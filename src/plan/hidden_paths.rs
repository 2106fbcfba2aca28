//! Articles that readers do not see → the paths and names that would give them away.

use std::collections::HashMap;

use super::permalink::earlier_routes;
use super::{Plan, Route, folder_of, json_of};
use crate::archive::{Archive, Taxonomy, Visibility};
use crate::config::Config;
use crate::content::{Article, ArticleId, Content};
use crate::slug::slugify;

/// What no reference may name.
#[derive(Debug, Default)]
pub(super) struct HiddenPaths {
    /// Where hidden articles are and were, their JSON and files, and their sections that no other article has.
    paths: HashMap<String, ArticleId>,
    /// Lists of what hidden articles name.
    lists: HashMap<String, ArticleId>,
    /// The last parts of their URLs.
    slugs: HashMap<String, ArticleId>,
}

impl HiddenPaths {
    pub(super) fn new(plan: &Plan, content: &Content, archive: &Archive, config: &Config) -> Self {
        let mut hidden_paths = Self::default();
        let is_hidden = |id: ArticleId| matches!(archive.visibility(id), Visibility::Hidden(_));
        for (id, article) in content.iter().filter(|(id, _)| is_hidden(*id)) {
            for path in paths(plan, archive, config, (id, article)) {
                hidden_paths.paths.entry(lower(path.as_str())).or_insert(id);
            }
            for list in lists(article, config) {
                hidden_paths.lists.entry(lower(&list)).or_insert(id);
            }
            hidden_paths.slugs.entry(lower(&article.slug)).or_insert(id);
        }
        hidden_paths
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slugs.is_empty()
    }

    /// The article that is hidden at a decoded path, or whose file or section that is. Case is ignored, as some file systems do.
    pub(super) fn at(&self, path: &str) -> Option<ArticleId> {
        let path = lower(path);
        let folders = path.match_indices('/').skip(1).map(|(slash, _)| &path[..=slash]);
        folders.chain([&*path]).find_map(|folder| self.paths.get(folder).copied())
    }

    /// The hidden article that a decoded path, at which there is nothing, gives away in any other way.
    pub(super) fn named(&self, path: &str) -> Option<ArticleId> {
        if self.is_empty() {
            return None;
        }
        let path = lower(path);
        let folder = format!("{}/", path.trim_end_matches('/'));
        let by_name = || {
            path.split('/').filter(|part| !part.is_empty()).find_map(|part| {
                let name = part.split_once('.').map_or(part, |(name, _)| name);
                self.slugs.get(part).or_else(|| self.slugs.get(name)).copied()
            })
        };
        let by_list = || self.lists.get(&folder).copied();
        self.at(&path).or_else(|| self.at(&folder)).or_else(by_list).or_else(by_name)
    }
}

/// Where an article is and was, its JSON and files, and its section if no other article has it.
fn paths<'a>(
    plan: &'a Plan,
    archive: &Archive,
    config: &'a Config,
    (id, article): (ArticleId, &'a Article),
) -> impl Iterator<Item = Route> + 'a {
    let now = plan.route_of(id);
    let files = now.filter(|route| !route.is_folder()).map(|route| (route, folder_of(route)));
    let files = files.into_iter().flat_map(|(route, folder)| {
        let assets = article.assets.iter().filter_map(move |asset| folder.file(&asset.name).ok());
        assets.chain(json_of(route))
    });
    let sections = archive.terms(Taxonomy::Section);
    let section = article.front.section.as_deref().filter(|slug| sections.by_slug(slug).is_none());
    let section = section.map(|slug| Route::root().folder(slug));
    let old = earlier_routes(article, config).filter_map(|(_, route)| route.ok());
    now.cloned().into_iter().chain(old).chain(files).chain(section)
}

/// The paths that lists of its tags, authors and series have or would have.
fn lists<'a>(article: &'a Article, config: &'a Config) -> impl Iterator<Item = String> + 'a {
    let front = &article.front;
    let tags = front.tags.iter().map(|tag| ("tags", tag));
    let authors = front.authors.iter().map(|author| ("authors", &author.name));
    let series = front.series.iter().map(|series| ("series", series));
    let slugs = config.slugs.in_language(front.lang.as_deref());
    let spellings = move |name: &str| [config.slugs.of_name(name), slugs.of_name(name), slugify(name)];
    let named = tags.chain(authors).chain(series);
    named.flat_map(move |(folder, name)| spellings(name).map(|slug| format!("/{folder}/{slug}/")))
}

fn lower(path: &str) -> String {
    path.to_lowercase()
}
