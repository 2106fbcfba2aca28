//! Settings of Pelican → what they say of the site: menus, feeds, pages of lists.

use serde_json::Value as Json;

use super::settings::Site;
use crate::import::archive::site_data::{parse_menu, site_from_settings};
use crate::import::archive::urls;
use crate::import::old_site::{OldRedirect, OldSite};

/// Settings with menus, and what those are called here.
const MENUS: [(&str, &str); 4] =
    [("MENUITEMS", "main"), ("MENU", "main"), ("LINKS", "links"), ("SOCIAL", "social")];
/// Feeds with what they are unless the settings say otherwise.
const FEEDS: [(&str, &str, &str); 4] = [
    ("FEED_ALL_ATOM", "feeds/all.atom.xml", "/atom.xml"),
    ("FEED_ATOM", "", "/atom.xml"),
    ("FEED_ALL_RSS", "", "/rss.xml"),
    ("FEED_RSS", "", "/rss.xml"),
];
/// Pages of lists, and what there is here in their place.
const LISTS: [(&str, &str); 5] = [
    ("TAGS", "/tags/"),
    ("CATEGORIES", "/"),
    ("AUTHORS", "/authors/"),
    ("ARCHIVES", "/"),
    ("PERIOD_ARCHIVES", "/"),
];

impl Site {
    /// What the settings say of the site.
    pub(super) fn old(&self) -> OldSite {
        let mut site = site_from_settings(&self.settings, &self.base);
        for (key, name) in MENUS {
            let items = self.settings.get(key).map(|menu| parse_menu(menu, &self.base)).unwrap_or_default();
            site.menus.extend((!items.is_empty()).then(|| (name.to_owned(), items)));
        }
        let path = |key: &str, default: &str| match self.settings.get(key) {
            Some(Json::String(path)) => path.clone(),
            Some(_) => String::new(),
            None => default.to_owned(),
        };
        let feeds = FEEDS.iter().map(|(key, default, to)| (path(key, default), *to));
        let direct = self.settings.get("DIRECT_TEMPLATES").map(crate::import::front::as_texts);
        let lists = LISTS.iter().filter_map(|(name, to)| {
            let template = name.to_lowercase();
            let is_made = direct.as_ref().map_or(*name != "PERIOD_ARCHIVES", |all| all.contains(&template));
            is_made.then(|| (path(&format!("{name}_SAVE_AS"), &format!("{template}.html")), *to))
        });
        for (from, to) in feeds.chain(lists).filter(|(from, _)| !from.is_empty() && !from.contains('{')) {
            let from =
                format!("{}/{}", self.base, from.trim_start_matches('/').trim_end_matches("index.html"));
            if from != to {
                site.redirects.push(OldRedirect { from: urls::encode(&from), to: to.to_owned() });
            }
        }
        site
    }
}
