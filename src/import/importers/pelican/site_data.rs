//! Pelican's settings → what they say about the site: menus, feeds, list pages.

use serde_json::Value as Json;

use super::settings::Site;
use crate::import::archive::site_data::{parse_menu, site_from_settings};
use crate::import::archive::urls;
use crate::import::old_site::{OldRedirect, OldSite};

/// Settings with menus, and the names of the menus.
const MENUS: [(&str, &str); 4] =
    [("MENUITEMS", "main"), ("MENU", "main"), ("LINKS", "links"), ("SOCIAL", "social")];
/// Feeds: setting, default path, and the new path.
const FEEDS: [(&str, &str, &str); 4] = [
    ("FEED_ALL_ATOM", "feeds/all.atom.xml", "/atom.xml"),
    ("FEED_ATOM", "", "/atom.xml"),
    ("FEED_ALL_RSS", "", "/rss.xml"),
    ("FEED_RSS", "", "/rss.xml"),
];
/// List pages, and what replaces them.
const LISTS: [(&str, &str); 5] = [
    ("TAGS", "/tags/"),
    ("CATEGORIES", "/"),
    ("AUTHORS", "/authors/"),
    ("ARCHIVES", "/"),
    ("PERIOD_ARCHIVES", "/"),
];

impl Site {
    /// What the settings say about the site.
    pub(super) fn old_site(&self) -> OldSite {
        let mut site = site_from_settings(&self.info.settings, &self.info.base);
        for (key, name) in MENUS {
            let items =
                self.info.settings.get(key).map(|menu| parse_menu(menu, &self.info.base)).unwrap_or_default();
            site.menus.extend((!items.is_empty()).then(|| (name.to_owned(), items)));
        }
        let path = |key: &str, default: &str| match self.info.settings.get(key) {
            Some(Json::String(path)) => path.clone(),
            Some(_) => String::new(),
            None => default.to_owned(),
        };
        let feeds = FEEDS.iter().map(|(key, default, to)| (path(key, default), *to));
        let direct = self.info.settings.get("DIRECT_TEMPLATES").map(crate::import::front::as_texts);
        let lists = LISTS.iter().filter_map(|(name, to)| {
            let template = name.to_lowercase();
            let is_made = direct.as_ref().map_or(*name != "PERIOD_ARCHIVES", |all| all.contains(&template));
            is_made.then(|| (path(&format!("{name}_SAVE_AS"), &format!("{template}.html")), *to))
        });
        for (from, to) in feeds.chain(lists).filter(|(from, _)| !from.is_empty() && !from.contains('{')) {
            let from =
                format!("{}/{}", self.info.base, from.trim_start_matches('/').trim_end_matches("index.html"));
            if from != to {
                site.redirects.push(OldRedirect { from: urls::encode(&from), to: to.to_owned() });
            }
        }
        site
    }
}
