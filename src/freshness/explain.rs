//! The reasons why pages were rendered → sentences that say which input or answer changed, and from what to what.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{ChangedAnswers, PageRecord, PreviousBuild, StaleReason};
use crate::content::{Article, ArticleId, Content, SourceCache};
use crate::manifest::Fingerprint;
use crate::plan::{Page, PageKind};
use crate::query::StoryReference;
use crate::render::{Inputs, Renderer};
use crate::theme::Theme;

/// Longer values are truncated.
const MAX_VALUE: usize = 80;

/// Why a page was rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The path of its URL.
    pub route: String,
    /// Whether its bytes changed.
    pub is_written: bool,
    /// A sentence for each reason.
    pub reasons: Vec<String>,
}

/// Explains why the pages of a build were rendered.
#[derive(Debug)]
pub struct Explainer<'a> {
    previous: &'a PreviousBuild,
    changed: &'a ChangedAnswers,
    theme: &'a Theme,
    settings: &'a str,
    content: &'a Content,
    sources: &'a SourceCache,
    /// The paths of sources, by their fingerprints.
    paths: OnceCell<HashMap<u32, &'a str>>,
}

impl<'a> Explainer<'a> {
    /// An explainer for the pages of one build.
    pub fn new(
        previous: &'a PreviousBuild,
        changed: &'a ChangedAnswers,
        renderer: &'a Renderer,
        sources: &'a SourceCache,
    ) -> Self {
        Self {
            previous,
            changed,
            theme: renderer.theme(),
            settings: renderer.settings(),
            content: &renderer.edition().content,
            sources,
            paths: OnceCell::new(),
        }
    }

    /// Returns a sentence for each reason. `now` is the page as this build rendered it; `earlier_stories` are those that the page
    /// of a list had before.
    pub fn explain(
        &self,
        page: &Page,
        now: &PageRecord,
        reasons: &[StaleReason],
        earlier_stories: &[StoryReference],
    ) -> Vec<String> {
        let mut sentences = Vec::new();
        for reason in reasons {
            match reason {
                StaleReason::File => sentences.push("the output file is missing or was modified".to_owned()),
                StaleReason::Unsettled => {
                    sentences
                        .push("a source file may have changed without a new modification time".to_owned());
                }
                StaleReason::Inputs(before) => {
                    sentences.extend(self.changed_inputs(page, now, before, earlier_stories));
                }
                StaleReason::Answer(query) => sentences.extend(self.changed_answer(*query)),
            }
        }
        sentences
    }

    fn changed_inputs(
        &self,
        page: &Page,
        now: &PageRecord,
        before: &Inputs,
        earlier_stories: &[StoryReference],
    ) -> Vec<String> {
        let mut sentences = Vec::new();
        let Some(after) = now.inputs else { return sentences };
        let fingerprints = |before: Fingerprint, after: Fingerprint| format!("(from {before} to {after})");
        if before.settings != after.settings {
            sentences.push(format!("the settings changed: {}", self.changed_settings()));
        }
        if before.template != after.template {
            sentences.push(format!("the template changed: {}", self.changed_templates()));
        }
        if before.source != after.source {
            let what = if matches!(page.kind, PageKind::Article(_)) { "source file" } else { "file" };
            sentences.push(format!("the {what} changed {}", fingerprints(before.source, after.source)));
        }
        if before.facts != after.facts {
            sentences.push(match page.kind {
                PageKind::Article(id) => self.changed_facts(id),
                _ => format!(
                    "the title, number of stories or neighbors of the page changed {}",
                    fingerprints(before.facts, after.facts)
                ),
            });
        }
        if before.links != after.links {
            let change = fingerprints(before.links, after.links);
            sentences.push(format!("the target of a link in the text was moved, added or removed {change}"));
        }
        if before.stories != after.stories {
            sentences.push(format!(
                "the stories changed: {}",
                self.changed_stories(earlier_stories, &now.stories)
            ));
        }
        sentences
    }

    fn changed_settings(&self) -> String {
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        differences(&parse(&self.previous.build.settings), &parse(self.settings))
    }

    fn changed_templates(&self) -> String {
        let templates = self.previous.build.templates.iter();
        let before: BTreeMap<&str, Fingerprint> =
            templates.map(|(name, text)| (name.as_str(), *text)).collect();
        let now: BTreeMap<&str, Fingerprint> =
            self.theme.texts().iter().map(|(name, text)| (name.as_str(), *text)).collect();
        let names = before.keys().chain(now.keys()).filter(|name| before.get(*name) != now.get(*name));
        let mut names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        names.sort();
        names.dedup();
        if self.previous.build.strings != self.theme.strings_fingerprint() {
            names.push("the strings of `theme.yaml`".to_owned());
        }
        if names.is_empty() { "the page uses a different one".to_owned() } else { names.join(", ") }
    }

    /// What changed in an article besides its text.
    fn changed_facts(&self, id: ArticleId) -> String {
        const OTHER: &str = "its URL, section, tags, authors or series changed";
        let now = self.content.get(id);
        let Some(before) = self.sources.previous(&now.path) else { return OTHER.to_owned() };
        let json = |article: &Article| {
            let mut front = serde_json::to_value(&article.front).unwrap_or_default();
            // Notes of an import are on no page.
            front.as_object_mut().and_then(|front| front.remove("import"));
            let outline = serde_json::json!({
                "summary": article.outline.summary,
                "words": article.outline.length.total(),
                "assets": article.assets.iter().map(|asset| &asset.path).collect::<Vec<_>>(),
            });
            (front, outline)
        };
        let ((front_before, outline_before), (front_now, outline_now)) = (json(before), json(now));
        let changes = [differences(&front_before, &front_now), differences(&outline_before, &outline_now)];
        let changes: Vec<String> = changes.into_iter().filter(|change| !change.is_empty()).collect();
        match changes.is_empty() {
            true => OTHER.to_owned(),
            false => format!("the story changed: {}", changes.join("; ")),
        }
    }

    fn changed_answer(&self, query: Fingerprint) -> Option<String> {
        let call = &self.previous.answers.get(&query)?.query;
        let (before, now) = self.changed.0.get(&query)?;
        let Some(now) = now else { return Some(format!("`{call}` is no longer valid")) };
        let change = match before.stories.is_empty() && now.stories.is_empty() {
            true => format!("from {} to {}", before.fingerprint, now.fingerprint),
            false => self.changed_stories(&before.stories, &now.stories),
        };
        Some(format!("the result of `{call}` changed: {change}"))
    }

    /// Which stories were added, removed or changed.
    fn changed_stories(&self, before: &[StoryReference], now: &[StoryReference]) -> String {
        let paths = self.paths.get_or_init(|| {
            let paths = self.content.iter().map(|(_, article)| &*article.path);
            paths.map(|path| (Fingerprint::of(path).short(), path)).collect()
        });
        let name = |story: &StoryReference| {
            paths.get(&story.path).map_or_else(|| "a deleted story".to_owned(), |path| format!("`{path}`"))
        };
        let find = |list: &[StoryReference], story: &StoryReference| {
            list.iter().find(|other| other.path == story.path).copied()
        };
        let added = now.iter().filter(|story| find(before, story).is_none());
        let removed = before.iter().filter(|story| find(now, story).is_none());
        let changed =
            now.iter().filter(|story| find(before, story).is_some_and(|old| old.card != story.card));
        let mut changes: Vec<String> = added.map(|story| format!("{} added", name(story))).collect();
        changes.extend(removed.map(|story| format!("{} removed", name(story))));
        changes.extend(changed.map(|story| format!("{} changed", name(story))));
        if changes.is_empty() { "new order".to_owned() } else { changes.join(", ") }
    }
}

/// The keys whose values differ between two maps, with both values.
fn differences(before: &Value, now: &Value) -> String {
    let mut found = Vec::new();
    compare(String::new(), before, now, &mut found);
    found.join("; ")
}

fn compare(key: String, before: &Value, now: &Value, found: &mut Vec<String>) {
    if before == now {
        return;
    }
    let (Value::Object(before), Value::Object(now)) = (before, now) else {
        found.push(format!("`{key}` from {} to {}", shorten(before), shorten(now)));
        return;
    };
    let mut keys: Vec<&String> = before.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    for name in keys {
        let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
        let value = |map: &serde_json::Map<String, Value>| map.get(name).cloned().unwrap_or_default();
        compare(key, &value(before), &value(now), found);
    }
}

fn shorten(value: &Value) -> String {
    let text = match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => format!("“{text}”"),
        other => other.to_string(),
    };
    match text.char_indices().nth(MAX_VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_keys_with_both_values() {
        let before = serde_json::json!({"title": "A", "image": {"alt": "x"}, "tags": ["a"]});
        let now =
            serde_json::json!({"title": "B", "image": {"alt": null}, "tags": ["a"], "deck": "d".repeat(100)});
        let expected = format!(
            "`deck` from nothing to “{}…; `image.alt` from “x” to nothing; `title` from “A” to “B”",
            "d".repeat(MAX_VALUE - 1)
        );
        assert_eq!(differences(&before, &now), expected);
    }
}
