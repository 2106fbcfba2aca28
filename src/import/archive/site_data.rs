//! Settings and data files of an archive → title, zone, authors and menus of the site, by the names that generators and themes have.

use std::path::Path;

use serde_json::{Map, Value as Json};

use super::{Settings, urls};
use crate::import::front;
use crate::import::old_site::{MenuItem, OldAuthor, OldSite, Picture};
use crate::slug::slugify;

/// Deepest menu that is looked into.
const DEEPEST: usize = 4;

/// What the settings of a site say of it, whose URLs have a path in front.
pub(in crate::import) fn site_from_settings(settings: &Settings, base: &str) -> OldSite {
    let one = |keys: &[&str]| keys.iter().find_map(|key| settings.text(key));
    let words = |keys: &[&str]| one(keys).map(|text| htmlize::unescape(&text).into_owned());
    let url = one(&["siteurl", "url", "baseurl", "site"]).filter(|url| url.contains("://"));
    let tag = one(&["default_lang", "lang", "locale", "language"]);
    OldSite {
        title: words(&["sitename", "title", "name"]),
        description: words(&["description", "sitesubtitle", "tagline", "subtitle"]),
        base_url: url.and_then(|url| Some(format!("{}{base}/", urls::origin(&url)?))),
        language: tag.map(|tag| tag.split('.').next().unwrap_or_default().replace('_', "-")),
        timezone: one(&["timezone"]).filter(|zone| jiff::tz::TimeZone::get(zone).is_ok()),
        ..OldSite::default()
    }
}

/// An author of a data file or of front matter, by what stories call them.
pub(in crate::import) fn parse_author(key: &str, value: &Json, base: &str) -> Option<OldAuthor> {
    let settings = match value {
        Json::Object(map) => Settings(map.clone()),
        Json::String(name) => Settings(Map::from_iter([("name".to_owned(), Json::from(name.as_str()))])),
        _ => return None,
    };
    let one = |keys: &[&str]| keys.iter().find_map(|key| settings.text(key));
    let name =
        one(&["name", "display_name", "full_name", "fullname", "title"]).unwrap_or_else(|| key.to_owned());
    let picture = one(&["avatar", "picture", "image", "photo"]);
    let site = one(&["url", "website", "web", "homepage", "uri", "site"]).filter(|url| url.contains("://"));
    Some(OldAuthor {
        slug: slugify(&name),
        aliases: Some(key.to_owned()).filter(|key| *key != name && !key.is_empty()).into_iter().collect(),
        bio: one(&["bio", "biography", "description", "about"]).map(|bio| crate::import::html::text(&bio)),
        url: site,
        picture: picture
            .map(|path| Picture::Url(if path.contains("://") { path } else { site_path(base, &path) })),
        name,
        ..OldAuthor::default()
    })
}

/// The entries of a menu, those of its menus behind them: maps with a title and a URL, pairs of them, or a map from one to the other.
pub(in crate::import) fn parse_menu(menu: &Json, base: &str) -> Vec<MenuItem> {
    let mut items = Vec::new();
    add_items(&mut items, menu, base, DEEPEST);
    items
}

fn add_items(items: &mut Vec<MenuItem>, menu: &Json, base: &str, depth: usize) {
    let item = |title: &str, url: &str| {
        let url =
            if url.contains(':') || url.starts_with('#') { url.to_owned() } else { site_path(base, url) };
        MenuItem { title: htmlize::unescape(title).into_owned(), url }
    };
    match menu {
        Json::Array(list) => match list.as_slice() {
            [Json::String(title), Json::String(url)] => items.push(item(title, url)),
            list if depth > 0 => list.iter().for_each(|item| add_items(items, item, base, depth - 1)),
            _ => {}
        },
        Json::Object(map) => {
            let settings = Settings(map.clone());
            let one = |keys: &[&str]| keys.iter().find_map(|key| settings.text(key));
            let title = one(&["title", "name", "label", "text"]);
            let url = one(&["url", "link", "href", "path", "permalink"]);
            match title.zip(url) {
                Some((title, url)) => {
                    items.push(item(&title, &url));
                    let inner = map.values().filter(|value| value.is_array() && depth > 0);
                    inner.for_each(|value| add_items(items, value, base, depth - 1));
                }
                None => map.iter().for_each(|(title, url)| match url {
                    // Themes of Hexo have `/path/ || icon`.
                    Json::String(url) => {
                        items.push(item(title, url.split("||").next().unwrap_or_default().trim()))
                    }
                    inner if depth > 0 => add_items(items, inner, base, depth - 1),
                    _ => {}
                }),
            }
        }
        _ => {}
    }
}

/// A path of the old site, with that of the site in front.
fn site_path(base: &str, path: &str) -> String {
    let path = path.trim_start_matches("./").trim_start_matches('/');
    urls::encode(&format!("{base}/{path}"))
}

impl Settings {
    /// What is in a data file below a folder, whose extension may be any: a map or a list.
    pub(in crate::import) fn data(folder: &Path, name: &str) -> Json {
        let read = |extension: &str| {
            let text = super::decode(&super::tree::read_bytes(
                &folder.join(format!("{name}.{extension}")),
                super::LARGEST,
            )?)?;
            match extension {
                "json" => serde_json::from_str(&text).ok(),
                "toml" => front::parse_settings("x.toml", &text).map(Json::Object),
                // A document of YAML may be a list, too.
                _ => {
                    let inner: String = text
                        .lines()
                        .filter(|line| *line != "---")
                        .map(|line| format!("  {line}\n"))
                        .collect();
                    front::parse_settings("x.yml", &format!("data:\n{inner}"))?.remove("data")
                }
            }
        };
        ["yml", "yaml", "json", "toml"].into_iter().find_map(read).unwrap_or_default()
    }
}
