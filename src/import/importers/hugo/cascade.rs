//! What a section or the settings give to the pages below, under `cascade`.

use serde_json::Value as Json;

use super::settings::Site;
use crate::import::archive::patterns::Patterns;
use crate::import::archive::{default_entry, urls};
use crate::import::front::{self, Front};

/// The keys that mean something here.
const GIVEN: [&str; 16] = [
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
                if !GIVEN.contains(&&*plain) {
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

    /// The name of the section of a page by its folder.
    pub(super) fn section_name(&self, path: &str, top: &str) -> String {
        let content = self.contents.iter().map(|(folder, _)| folder.as_str());
        let content = content.into_iter().find(|folder| {
            folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        });
        let folder = urls::below(content.unwrap_or_default(), top);
        self.sections.name_of(&folder).unwrap_or_else(|| top.to_owned())
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

    fn is_target(&self, target: &Json, path: &str) -> bool {
        let (folder, name) = self.name(path);
        let page = format!("/{}", urls::below(folder, name)).to_lowercase();
        let kind = if self.is_index(path) { "section" } else { "page" };
        let wanted = [
            ("path", page.as_str()),
            ("kind", kind),
            ("lang", self.language_of(path)),
            ("environment", "production"),
        ];
        wanted.into_iter().all(|(key, is)| {
            let Some(pattern) = target.get(key).and_then(front::text) else { return true };
            let patterns = Patterns::globs_of_folders(&[pattern.to_lowercase()]);
            patterns.is_empty() || patterns.fit(is)
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
    front.get("published").and_then(front::truth).is_some()
}
