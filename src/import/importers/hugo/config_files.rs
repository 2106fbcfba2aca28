//! The settings files of a Hugo site → one map.
//!
//! Settings are in one file, in `config/_default/` with a file per key and language (`menus.fr.toml`), or in both.
//! `config/production/` overrides them, because the public site was built with it.

use std::path::Path;

use serde_json::{Map, Value as Json};

use crate::import::archive::{Settings, urls};

/// The names of settings files, newer ones first.
const OWN: [&str; 4] = ["hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"];
const OLD: [&str; 4] = ["config.toml", "config.yaml", "config.yml", "config.json"];
/// The folders of settings files. Later ones override earlier ones.
const FOLDERS: [&str; 2] = ["config/_default", "config/production"];

/// Reads the settings in a folder.
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
            let mut value = unwrap_key(settings, key);
            if !matches!(key, "hugo" | "config") && (key != "languages" || language.is_none()) {
                value = nest(key, value);
            }
            if let Some(language) = language {
                value = nest("languages", nest(language, value));
            }
            if let Json::Object(value) = value {
                merge(&mut all, value);
            }
        }
    }
    Some(Settings(all))
}

/// Splits `menus.fr` into key and language.
fn parts(stem: &str) -> (&str, Option<&str>) {
    stem.rsplit_once('.').map_or((stem, None), |(key, language)| (key, Some(language)))
}

/// The settings in a file. They may repeat the key that the file is named after.
fn unwrap_key(settings: Settings, key: &str) -> Json {
    let mut all = settings.0;
    match all.keys().next().cloned() {
        Some(only) if all.len() == 1 && only.eq_ignore_ascii_case(key) => {
            all.remove(&only).unwrap_or_default()
        }
        _ => Json::Object(all),
    }
}

fn nest(key: &str, value: Json) -> Json {
    Json::Object(Map::from_iter([(key.to_owned(), value)]))
}

/// Merges settings into others, with case-insensitive keys.
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

/// Whether a folder is a Hugo site, and not a Zola site, which also has a `config.toml`.
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
