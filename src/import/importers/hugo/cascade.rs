//! What a section or the settings give to the pages below, under `cascade`.

use serde_json::Value as Json;

use super::settings::Site;
use crate::import::archive::path_patterns::PathPatterns;
use crate::import::archive::{default_entry, urls};
use crate::import::front::{self, Front};

/// The keys that mean something here.
const GIVEN: [&str; 18] = [
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
    /// Adds what is given to a page by its sections, the nearest first, and by the settings.
    pub(super) fn add_cascades(&self, front: &mut Front, path: &str) {
        let language = self.language_of(path);
        let mut all: Vec<&Json> = Vec::new();
        for (section, head) in self.sections.above(path) {
            if self.language_of(section) == language {
                all.extend(items(head.get("cascade")));
            }
        }
        all.extend(items(Some(&self.cascade)));
        for given in all.into_iter().filter(|given| self.is_for(given, path)) {
            for (key, value) in given.as_object().into_iter().flatten() {
                let plain = key.to_ascii_lowercase();
                if !GIVEN.contains(&&*plain) && self.taxonomy(&plain).is_none() {
                    continue;
                }
                // An older and a newer name.
                let plain = plain.trim_start_matches('_');
                let is_there =
                    front.get(&format!("_{plain}")).is_some() || plain == "draft" && says_draft(front);
                if !is_there {
                    default_entry(front, plain, value.clone());
                }
            }
        }
    }

    /// The name of the section in a folder of the content, for a page of it.
    pub(super) fn section_name(&self, path: &str, folder: &str) -> String {
        let inner = self.inner(path).map_or(path, |(inner, _)| inner);
        let content = path.strip_suffix(inner).unwrap_or_default();
        self.sections
            .name_of(&format!("{content}{folder}"))
            .unwrap_or_else(|| urls::split(folder).1.to_owned())
    }

    /// Whether a file describes the folder that it is in.
    pub(super) fn is_index(&self, path: &str) -> bool {
        self.without_language(urls::stem(urls::split(path).1).0).0 == "_index"
    }

    fn language_of<'p>(&'p self, path: &'p str) -> &'p str {
        self.parts(path).2.unwrap_or(&self.language)
    }

    /// Whether what is given is for a page. A target that is not understood is for all pages: nothing may become public by it.
    fn is_for(&self, given: &Json, path: &str) -> bool {
        let target = given.get("_target").or_else(|| given.get("target"));
        match target {
            Some(Json::Array(all)) => all.iter().any(|target| self.is_target(target, path)),
            Some(target) => self.is_target(target, path),
            None => true,
        }
    }

    pub(super) fn is_target(&self, target: &Json, path: &str) -> bool {
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

/// What is given: one map, or a list of some.
fn items(given: Option<&Json>) -> Vec<&Json> {
    match given {
        Some(Json::Array(all)) => all.iter().collect(),
        Some(Json::Object(map)) if !map.is_empty() => given.into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether a page says itself whether it is a draft.
fn says_draft(front: &Front) -> bool {
    front.get("published").and_then(front::as_bool).is_some()
}
