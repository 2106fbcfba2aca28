//! `_config.yml` and the data files → what they say about the site: title, authors, menus, feeds.

use std::path::Path;

use serde_json::Value as Json;

use super::{Site, urls};
use crate::import::archive::site_data::{parse_author, parse_menu, site_from_settings};
use crate::import::archive::{Settings, read_front_matter};
use crate::import::front;
use crate::import::old_site::{MenuItem, OldAuthor, OldRedirect, OldSite};

/// Collections of authors.
pub(super) const AUTHORS: [&str; 2] = ["authors", "author"];
/// Data files of authors.
const DATA: [&str; 6] = ["authors", "author", "people", "staff", "team", "writers"];
/// Data files and settings of menus.
const MENUS: [&str; 6] = ["navigation", "nav", "menu", "menus", "main_menu", "nav_links"];
/// Feed files that templates render.
const FEEDS: [&str; 5] = ["feed.xml", "atom.xml", "rss.xml", "feed/index.xml", "blog/feed.xml"];
/// The limit of redirects for numbered pages.
const MOST_PAGES: usize = 200;

impl Site {
    /// What settings and data files say about the site.
    pub(super) fn old_site(&self, root: &Path) -> OldSite {
        let settings = &self.info.settings;
        let mut site = site_from_settings(settings, &self.info.base);
        let data = root.join("_data");
        for folder in
            AUTHORS.map(|name| root.join(format!("_{name}"))).iter().filter(|folder| folder.is_dir())
        {
            site.authors.extend(self.collection_authors(folder));
        }
        let authors =
            DATA.iter().map(|name| Settings::data(&data, name)).chain(settings.get("authors").cloned());
        for all in authors {
            let Json::Object(map) = all else { continue };
            site.authors
                .extend(map.iter().filter_map(|(key, value)| parse_author(key, value, &self.info.base)));
        }
        for name in MENUS {
            for all in [Some(Settings::data(&data, name)), settings.get(name).cloned()].into_iter().flatten()
            {
                match all {
                    Json::Object(menus) => site.menus.extend(
                        menus.iter().map(|(name, menu)| (name.clone(), parse_menu(menu, &self.info.base))),
                    ),
                    list => site.menus.push(("main".to_owned(), parse_menu(&list, &self.info.base))),
                }
            }
        }
        let pages = settings.get("header_pages").map(front::as_texts).unwrap_or_default();
        let page = |path: &String| self.menu_item(root, path);
        site.menus.push(("main".to_owned(), pages.iter().filter_map(page).collect()));
        site.menus.retain(|(_, items)| !items.is_empty());
        site.redirects = self.feed_redirects(root, settings);
        site
    }

    /// The authors in a collection.
    fn collection_authors(&self, folder: &Path) -> Vec<OldAuthor> {
        let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
        let author = |file: walkdir::DirEntry| {
            let (front, body) = read_front_matter(file.path())?;
            let stem = file.path().file_stem()?.to_str()?.to_owned();
            let map = front.entries.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect();
            let mut author = parse_author(&stem, &Json::Object(map), &self.info.base)?;
            author.aliases.extend(["short_name", "username"].iter().filter_map(|key| front.text(key)));
            author.aliases.sort();
            author.aliases.dedup();
            let text = crate::content::markdown::outline(&body, None, "").summary;
            author.bio = author.bio.or(Some(text).filter(|text| !text.is_empty()));
            Some(author)
        };
        files.filter_map(author).collect()
    }

    /// The menu item of a page that settings name by its file.
    fn menu_item(&self, root: &Path, path: &str) -> Option<MenuItem> {
        let (front, _) = read_front_matter(&root.join(path))?;
        let url = self.url_path(path, &front)?;
        Some(MenuItem { title: front.text("title")?, url: urls::encode(&url) })
    }

    /// Redirects for feeds, and for the numbered pages of the front page.
    fn feed_redirects(&self, root: &Path, settings: &Settings) -> Vec<OldRedirect> {
        let plugins =
            ["plugins", "gems"].iter().filter_map(|key| settings.get(key)).flat_map(front::as_texts);
        let mut feeds: Vec<String> =
            FEEDS.iter().filter(|feed| root.join(feed).is_file()).map(|feed| (*feed).to_owned()).collect();
        if plugins.into_iter().any(|plugin| plugin == "jekyll-feed") || settings.get("feed").is_some() {
            feeds.push(settings.map("feed").text("path").unwrap_or_else(|| "feed.xml".to_owned()));
        }
        let mut all: Vec<OldRedirect> = Vec::new();
        for feed in feeds {
            let from =
                format!("{}/{}", self.info.base, feed.trim_start_matches('/').trim_end_matches("index.xml"));
            let to = if feed.contains("rss") { "/rss.xml" } else { "/atom.xml" };
            if all.iter().all(|other| other.from != from) && from != to {
                all.push(OldRedirect { from, to: to.to_owned() });
            }
        }
        if let Some(Json::Number(size)) = settings.get("paginate") {
            let posts = walkdir::WalkDir::new(root.join("_posts")).into_iter().filter_map(Result::ok);
            let posts = posts.filter(|entry| entry.file_type().is_file()).count();
            let pattern = settings.text("paginate_path").unwrap_or_else(|| "/page:num/".to_owned());
            let last = posts.div_ceil(size.as_u64().unwrap_or(10).max(1) as usize).min(MOST_PAGES);
            all.extend((2..=last).map(|number| OldRedirect {
                from: format!(
                    "{}/{}/",
                    self.info.base,
                    pattern.trim_matches('/').replace(":num", &number.to_string())
                ),
                to: "/".to_owned(),
            }));
        }
        all
    }
}
