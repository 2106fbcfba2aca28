//! The files with the settings of a site of Hugo → one map.
//!
//! Settings may be in one file, in `config/_default/` with a file for each key and language (`menus.fr.toml`), or in both; what
//! `config/production/` says wins, as the public site was built with that.

use std::path::Path;

use serde_json::{Map, Value as Json};

use crate::import::archive::{Settings, urls};

/// The names of the settings, the newer before the older.
const OWN: [&str; 4] = ["hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"];
const OLD: [&str; 4] = ["config.toml", "config.yaml", "config.yml", "config.json"];
/// The folders of settings in several files, the later over the earlier.
const FOLDERS: [&str; 2] = ["config/_default", "config/production"];

/// The settings in a folder.
pub(super) fn settings(root: &Path) -> Option<Settings> {
    let own = Settings::first(root, &OWN).or_else(|| Settings::first(root, &OLD));
    if own.is_none() && !root.join(FOLDERS[0]).is_dir() {
        return None;
    }
    let mut all = own.unwrap_or_default().0;
    for folder in FOLDERS {
        let mut files: Vec<_> =
            root.join(folder).read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        files.sort_unstable();
        for file in files {
            let Some(name) = file.file_name().and_then(|name| name.to_str()) else { continue };
            let Some(settings) = Settings::read(&file) else { continue };
            let (key, language) = parts(urls::stem(name).0);
            let mut value = inside(settings, key);
            if !matches!(key, "hugo" | "config") && (key != "languages" || language.is_none()) {
                value = within(key, value);
            }
            if let Some(language) = language {
                value = within("languages", within(language, value));
            }
            if let Json::Object(value) = value {
                merge(&mut all, value);
            }
        }
    }
    Some(Settings(all))
}

/// `menus.fr` → the key, and the language that it is for.
fn parts(stem: &str) -> (&str, Option<&str>) {
    stem.rsplit_once('.').map_or((stem, None), |(key, language)| (key, Some(language)))
}

/// What a file says. In a file of its own a key may be there once more.
fn inside(settings: Settings, key: &str) -> Json {
    let mut all = settings.0;
    match all.keys().next().cloned() {
        Some(only) if all.len() == 1 && only.eq_ignore_ascii_case(key) => {
            all.remove(&only).unwrap_or_default()
        }
        _ => Json::Object(all),
    }
}

fn within(key: &str, value: Json) -> Json {
    Json::Object(Map::from_iter([(key.to_owned(), value)]))
}

/// Puts settings over others. The case of the letters of keys does not count.
fn merge(all: &mut Map<String, Json>, over: Map<String, Json>) {
    for (key, value) in over {
        let known = all.keys().find(|known| known.eq_ignore_ascii_case(&key)).cloned().unwrap_or(key);
        match (all.get_mut(&known), value) {
            (Some(Json::Object(old)), Json::Object(new)) => merge(old, new),
            (_, value) => {
                all.insert(known, value);
            }
        }
    }
}

/// Whether a folder is a site of Hugo, and not one of Zola, whose settings have the same name.
pub(super) fn is_site(folder: &Path) -> bool {
    if OWN.iter().any(|name| folder.join(name).is_file()) || folder.join(FOLDERS[0]).is_dir() {
        return true;
    }
    let Some(settings) = Settings::first(folder, &OLD) else { return false };
    let has = |name: &str| folder.join(name).is_dir();
    !settings.0.contains_key("base_url")
        && has("content")
        && (settings.get("baseURL").is_some() || has("archetypes") || has("layouts") || has("static"))
}
