//! Reasons why pages were made again → sentences: which input or answer it was, from what to what.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{Before, Changed, Fingerprint, Gist, Made, Mention, Reason};
use crate::content::{ArticleId, Content, SourceCache};
use crate::plan::{Page, PageKind};
use crate::render::{Inputs, Renderer};
use crate::theme::Theme;
use crate::theme::queries::{Query, TermKind, TermOrder};

/// Longest value that is shown whole.
const LONGEST: usize = 80;

/// Why a page was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The path of its URL.
    pub route: String,
    /// Whether its bytes changed.
    pub is_written: bool,
    /// A sentence for each reason.
    pub reasons: Vec<String>,
}

/// Puts reasons into words.
#[derive(Debug)]
pub struct Words<'a> {
    before: &'a Before,
    changed: &'a Changed,
    theme: &'a Theme,
    settings: &'a str,
    content: &'a Content,
    sources: &'a SourceCache,
    /// Sources by fingerprints of their paths.
    names: OnceCell<HashMap<u32, &'a str>>,
}

impl<'a> Words<'a> {
    /// For the pages of one build.
    pub fn new(
        before: &'a Before,
        changed: &'a Changed,
        renderer: &'a Renderer,
        sources: &'a SourceCache,
    ) -> Self {
        let content = &renderer.queries().edition().content;
        Self {
            before,
            changed,
            theme: renderer.theme(),
            settings: renderer.settings(),
            content,
            sources,
            names: OnceCell::new(),
        }
    }

    /// A sentence for each reason why a page was made. `now` is the page as this build made it, `was` the stories that
    /// it showed, if it is of a list.
    pub fn explain(&self, page: &Page, now: &Made, reasons: &[Reason], was: &[Mention]) -> Vec<String> {
        let mut sentences = Vec::new();
        for reason in reasons {
            match reason {
                Reason::File => sentences.push("its file is not as the last build left it".to_owned()),
                Reason::Unsettled => {
                    sentences.push("a file it is made from may have changed without showing it".to_owned());
                }
                Reason::Inputs(inputs) => self.inputs(page, now, inputs, was, &mut sentences),
                Reason::Answer(print) => sentences.extend(self.answer(*print)),
            }
        }
        sentences
    }

    fn inputs(
        &self,
        page: &Page,
        now: &Made,
        was: &Inputs,
        mentions: &[Mention],
        sentences: &mut Vec<String>,
    ) {
        let Some(is) = now.inputs else { return };
        let from_to = |before: Fingerprint, after: Fingerprint| format!("(from {before} to {after})");
        if was.settings != is.settings {
            sentences.push(format!("the settings changed: {}", self.settings()));
        }
        if was.template != is.template {
            sentences.push(format!("its template changed: {}", self.templates()));
        }
        if was.source != is.source {
            let what = if matches!(page.kind, PageKind::Article(_)) { "its source" } else { "its file" };
            sentences.push(format!("{what} changed {}", from_to(was.source, is.source)));
        }
        if was.facts != is.facts {
            sentences.push(match page.kind {
                PageKind::Article(id) => self.front_matter(id),
                _ => format!(
                    "its own values changed, as its title, its count or its neighbours {}",
                    from_to(was.facts, is.facts)
                ),
            });
        }
        if was.links != is.links {
            sentences
                .push(format!("what its text links to moved, came or went {}", from_to(was.links, is.links)));
        }
        if was.stories != is.stories {
            sentences.push(format!("its stories changed: {}", self.stories(mentions, &now.stories)));
        }
    }

    fn settings(&self) -> String {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        differences(&read(&self.before.about.settings), &read(self.settings))
    }

    fn templates(&self) -> String {
        let before: BTreeMap<&str, Fingerprint> =
            self.before.about.templates.iter().map(|(name, print)| (name.as_str(), *print)).collect();
        let now: BTreeMap<&str, Fingerprint> =
            self.theme.texts().iter().map(|(name, print)| (name.as_str(), *print)).collect();
        let names = before.keys().chain(now.keys()).filter(|name| before.get(*name) != now.get(*name));
        let mut names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        names.sort();
        names.dedup();
        if self.before.about.strings != self.theme.strings() {
            names.push("the words of `theme.yaml`".to_owned());
        }
        if names.is_empty() { "another one is chosen".to_owned() } else { names.join(", ") }
    }

    /// What changed in an article that others may show of it.
    fn front_matter(&self, id: ArticleId) -> String {
        let now = self.content.get(id);
        let Some(before) = self.sources.previous(&now.path) else {
            return "what it belongs to, or its address, changed".to_owned();
        };
        let json = |article: &crate::content::Article| {
            let mut front = serde_json::to_value(&article.front).unwrap_or_default();
            // No page shows what the desk notes.
            front.as_object_mut().and_then(|front| front.remove("import"));
            let outline = serde_json::json!({
                "summary": article.outline.summary,
                "words": article.outline.length.total(),
                "assets": article.assets.iter().map(|asset| &asset.path).collect::<Vec<_>>(),
            });
            (front, outline)
        };
        let ((front_was, outline_was), (front_is, outline_is)) = (json(before), json(now));
        let parts = [differences(&front_was, &front_is), differences(&outline_was, &outline_is)];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        match parts.is_empty() {
            true => "what it belongs to, or its address, changed".to_owned(),
            false => format!("what is said of it changed: {}", parts.join("; ")),
        }
    }

    fn answer(&self, print: Fingerprint) -> Option<String> {
        let asked = describe(&self.before.asked.get(&print)?.query);
        let (before, now) = self.changed.0.get(&print)?;
        let Some(now) = now else { return Some(format!("{asked} has no answer any more")) };
        let difference = match (before, now) {
            (Gist { stories: was, .. }, Gist { stories: is, .. }) if was.is_empty() && is.is_empty() => {
                format!("from {} to {}", before.print, now.print)
            }
            _ => self.stories(&before.stories, &now.stories),
        };
        Some(format!("{asked} has another answer: {difference}"))
    }

    /// Which stories came, went or changed.
    fn stories(&self, was: &[Mention], is: &[Mention]) -> String {
        let names = self.names.get_or_init(|| {
            let paths = self.content.iter().map(|(_, article)| &*article.path);
            paths.map(|path| (Fingerprint::of(path).short(), path)).collect()
        });
        let name = |path: u32| {
            names.get(&path).map_or_else(|| "one that is gone".to_owned(), |name| format!("`{name}`"))
        };
        let find = |list: &[Mention], path: u32| list.iter().find(|mention| mention.path == path).copied();
        let mut parts = Vec::new();
        parts.extend(
            is.iter().filter(|m| find(was, m.path).is_none()).map(|m| format!("{} came", name(m.path))),
        );
        parts.extend(
            was.iter().filter(|m| find(is, m.path).is_none()).map(|m| format!("{} went", name(m.path))),
        );
        let other = |m: &&Mention| find(was, m.path).is_some_and(|before| before.card != m.card);
        parts.extend(is.iter().filter(other).map(|m| format!("{} is shown otherwise", name(m.path))));
        if parts.is_empty() {
            parts.push("their order".to_owned());
        }
        parts.join(", ")
    }
}

/// The keys of two maps whose values differ, with both.
fn differences(was: &Value, is: &Value) -> String {
    let mut found = Vec::new();
    differ(String::new(), was, is, &mut found);
    found.join("; ")
}

fn differ(key: String, was: &Value, is: &Value, found: &mut Vec<String>) {
    if was == is {
        return;
    }
    let (Value::Object(was), Value::Object(is)) = (was, is) else {
        found.push(format!("{key} from {} to {}", shown(was), shown(is)));
        return;
    };
    let mut keys: Vec<&String> = was.keys().chain(is.keys()).collect();
    keys.sort();
    keys.dedup();
    for name in keys {
        let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
        differ(key, was.get(name).unwrap_or(&Value::Null), is.get(name).unwrap_or(&Value::Null), found);
    }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => format!("“{text}”"),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A question as a template asks it.
fn describe(query: &Query) -> String {
    match query {
        Query::Articles(wanted) => {
            let named = [
                ("section", &wanted.section),
                ("tag", &wanted.tag),
                ("author", &wanted.author),
                ("series", &wanted.series),
                ("type", &wanted.genre),
                ("language", &wanted.language),
            ];
            let mut arguments: Vec<String> = named
                .into_iter()
                .filter_map(|(name, value)| Some(format!("{name}=\"{}\"", value.as_deref()?)))
                .collect();
            arguments.push(format!("order=\"{}\"", format!("{:?}", wanted.order).to_lowercase()));
            if wanted.offset > 0 {
                arguments.push(format!("offset={}", wanted.offset));
            }
            arguments.push(format!("limit={}", wanted.limit));
            if !wanted.exclude.is_empty() {
                arguments.push(format!("exclude=[{}]", wanted.exclude.join(", ")));
            }
            format!("`articles({})`", arguments.join(", "))
        }
        Query::Article(path) => format!("`article(path=\"{path}\")`"),
        Query::Related(url, limit) => format!("`related(to=\"{url}\", limit={limit})`"),
        Query::Terms(kind, order, limit) => {
            let kind = match kind {
                TermKind::Of(taxonomy) => crate::theme::context::index_kind(*taxonomy),
                TermKind::Years => "years",
            };
            let order = if *order == TermOrder::Count { ", order=\"count\"" } else { "" };
            let limit = if *limit == usize::MAX { String::new() } else { format!(", limit={limit}") };
            format!("`terms(kind=\"{kind}\"{order}{limit})`")
        }
        Query::Data(file) => format!("`data(file=\"{file}\")`"),
        Query::Asset(name) => format!("`asset(name=\"{name}\")`"),
        Query::Url(path) => format!("`url(path=\"{path}\")`"),
        Query::Headless(template) => format!("what `{template}` says to machines"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_keys_with_both_values() {
        let was = serde_json::json!({"title": "A", "image": {"alt": "x"}, "tags": ["a"]});
        let is =
            serde_json::json!({"title": "B", "image": {"alt": null}, "tags": ["a"], "deck": "d".repeat(100)});
        let expected = format!(
            "deck from nothing to “{}…; image.alt from “x” to nothing; title from “A” to “B”",
            "d".repeat(LONGEST - 1)
        );
        assert_eq!(differences(&was, &is), expected);
    }
}
