//! Settings and data files of an archive → title, time zone, authors and menus, by the keys that generators and themes use.

use std::path::Path;

use serde_json::{Map, Value as Json};

use super::{Settings, urls};
use crate::import::front;
use crate::import::old_site::{MenuItem, OldAuthor, OldSite, Picture};
use crate::slug::slugify;

/// The depth limit of nested menus.
const DEEPEST: usize = 4;

/// Returns what common settings say about a site.
pub(in crate::import) fn site_from_settings(settings: &Settings, base: &str) -> OldSite {
    let one = |keys: &[&str]| keys.iter().find_map(|key| settings.text(key));
    let plain = |keys: &[&str]| one(keys).map(|text| htmlize::unescape(&text).into_owned());
    let url = one(&["siteurl", "url", "baseurl", "site"]).filter(|url| url.contains("://"));
    let tag = one(&["default_lang", "lang", "locale", "language"]);
    OldSite {
        title: plain(&["sitename", "title", "name"]),
        description: plain(&["description", "sitesubtitle", "tagline", "subtitle"]),
        base_url: url.and_then(|url| Some(format!("{}{base}/", urls::origin(&url)?))),
        language: tag.map(|tag| tag.split('.').next().unwrap_or_default().replace('_', "-")),
        timezone: one(&["timezone"]).filter(|zone| jiff::tz::TimeZone::get(zone).is_ok()),
        ..OldSite::default()
    }
}

/// Parses an author from a data file or from front matter. `key` is the name that stories use.
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

/// Parses a menu: maps with a title and a URL, pairs of both, or a map from one to the other. Submenus follow their parent.
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
                    // Hexo themes write `/path/ || icon`.
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

/// A path of the old site, including its base path.
fn site_path(base: &str, path: &str) -> String {
    let path = path.trim_start_matches("./").trim_start_matches('/');
    urls::encode(&format!("{base}/{path}"))
}

impl Settings {
    /// Reads a data file, which is a map or a list, with any of the usual extensions.
    pub(in crate::import) fn data(folder: &Path, name: &str) -> Json {
        let read = |extension: &str| {
            let text = super::decode(&super::tree::read_bytes(
                &folder.join(format!("{name}.{extension}")),
                super::MAX_BYTES,
            )?)?;
            match extension {
                "json" => serde_json::from_str(&text).ok(),
                "toml" => front::parse_settings("x.toml", &text).map(Json::Object),
                // Indented under a key, because the YAML document may be a list.
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
