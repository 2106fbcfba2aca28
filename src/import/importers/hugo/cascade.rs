//! Hugo's `cascade`: front matter that sections and settings hand down to pages.

use serde_json::Value as Json;

use super::settings::Site;
use crate::import::archive::path_patterns::PathPatterns;
use crate::import::archive::{default_entry, urls};
use crate::import::front::{self, Front};

/// The keys that matter for the import.
const CASCADED: [&str; 18] = [
    "draft",
    "published",
    "build",
    "_build",
    "headless",
    "publishdate",
    "pubdate",
    "expirydate",
    "unpublishdate",
    "author",
    "authors",
    "tags",
    "categories",
    "series",
    "image",
    "images",
    "robots",
    "sitemap",
];

impl Site {
    /// Adds what the sections above a page hand down, the nearest first, and then what the settings do.
    pub(super) fn add_cascades(&self, front: &mut Front, path: &str) {
        let language = self.language_of(path);
        let mut all: Vec<&Json> = Vec::new();
        for (section, head) in self.info.sections.above(path) {
            if self.language_of(section) == language {
                all.extend(maps(head.get("cascade")));
            }
        }
        all.extend(maps(Some(&self.cascade)));
        for given in all.into_iter().filter(|given| self.applies_to(given, path)) {
            for (key, value) in given.as_object().into_iter().flatten() {
                let plain = key.to_ascii_lowercase();
                if !CASCADED.contains(&&*plain) && self.info.taxonomy(&plain).is_none() {
                    continue;
                }
                // The key has an older and a newer name.
                let plain = plain.trim_start_matches('_');
                let is_there =
                    front.get(&format!("_{plain}")).is_some() || plain == "draft" && sets_draft(front);
                if !is_there {
                    default_entry(front, plain, value.clone());
                }
            }
        }
    }

    /// The title of the section that a folder is, for a page in it.
    pub(super) fn section_name(&self, path: &str, folder: &str) -> String {
        let inner = self.info.content_path(path).map_or(path, |(inner, _)| inner);
        let content = path.strip_suffix(inner).unwrap_or_default();
        self.info
            .sections
            .name_of(&format!("{content}{folder}"))
            .unwrap_or_else(|| urls::split(folder).1.to_owned())
    }

    fn language_of<'p>(&'p self, path: &'p str) -> &'p str {
        self.info.parts(path).2.unwrap_or(&self.info.language)
    }

    /// Whether a cascade applies to a page. One with an unknown target applies to all, so that it cannot publish anything by
    /// mistake.
    fn applies_to(&self, given: &Json, path: &str) -> bool {
        let target = given.get("_target").or_else(|| given.get("target"));
        match target {
            Some(Json::Array(all)) => all.iter().any(|target| self.matches_target(target, path)),
            Some(target) => self.matches_target(target, path),
            None => true,
        }
    }

    pub(super) fn matches_target(&self, target: &Json, path: &str) -> bool {
        let (folder, name) = self.name(path);
        let page = format!("/{}", urls::join(folder, name)).to_lowercase();
        let languages = target.get("sites").and_then(|sites| sites.get("matrix")?.get("languages"));
        let wanted = [
            (target.get("path"), page.as_str()),
            (target.get("kind"), self.kind(path)),
            (target.get("lang"), self.language_of(path)),
            (languages, self.language_of(path)),
            (target.get("environment"), "production"),
        ];
        wanted.into_iter().all(|(pattern, is)| {
            let all = pattern.map(front::as_texts).unwrap_or_default();
            let all: Vec<String> = all.into_iter().map(|pattern| pattern.to_lowercase()).collect();
            let patterns = PathPatterns::segment_globs(&all);
            patterns.is_empty() || patterns.matches(is)
        })
    }
}

/// The maps of a cascade: one, or a list.
fn maps(given: Option<&Json>) -> Vec<&Json> {
    match given {
        Some(Json::Array(all)) => all.iter().collect(),
        Some(Json::Object(map)) if !map.is_empty() => given.into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether a page says itself whether it is a draft.
fn sets_draft(front: &Front) -> bool {
    front.get("published").and_then(front::as_bool).is_some()
}
