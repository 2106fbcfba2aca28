//! The text of `bulletin.yaml` → [`Config`] and all problems in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use url::Url;

use super::keys::{self, Group};
use super::policy::Policy;
use super::{Config, Feeds, Lists, Markdown, Permalink, Pictures, Publisher, Trust};
use crate::conflict;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::slug::Slugs;
use crate::yaml::{Cut, Document, Map, Node};

mod lists;
mod people;
mod pictures;
mod podcasts;
mod publish;
mod robots;
mod sections;
mod site;
mod trust;

pub(crate) use sections::is_section_slug_free;
pub(crate) use site::{language_tag, time_zones, web_url};

impl Config {
    /// Settings with a title, a URL and defaults.
    pub fn new(title: impl Into<String>, base_url: Url) -> Self {
        Self {
            title: title.into(),
            base_url,
            id_authority: None,
            description: None,
            language: "en".to_owned(),
            slugs: Slugs::default(),
            timezone: TimeZone::UTC,
            theme: "broadsheet".to_owned(),
            permalink: Permalink::default(),
            sections: None,
            lists: Lists::default(),
            feeds: Feeds::default(),
            api: false,
            robots: Vec::new(),
            redirects: Vec::new(),
            trust: Trust::default(),
            publisher: Publisher::default(),
            authors: Vec::new(),
            tags: Vec::new(),
            tag_aliases: BTreeMap::new(),
            markdown: Markdown::default(),
            pictures: Pictures::default(),
            policy: Policy::default(),
            publish: Vec::new(),
            extra: serde_json::Map::new(),
        }
    }

    /// Parses the text of `bulletin.yaml`. All problems are reported at once: an invalid setting falls back to its default, so
    /// that the rest of the site can still be checked. `None` if the text is not a YAML map.
    pub fn parse(file: &Arc<str>, text: &Arc<str>) -> (Option<Self>, Diagnostics) {
        if let Some(problem) = conflict::problem(file, text) {
            return (None, problem.into());
        }
        let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let document = match Document::parse(file, text, bom..text.len()) {
            Ok(document) => document,
            Err(error) => return (None, Diagnostics::from(*error)),
        };
        let map = match document.map() {
            Ok(map) => map,
            Err(error) => return (None, Diagnostics::from(*error)),
        };
        let mut reader = Reader { problems: Diagnostics::default(), slugs: Slugs::default() };
        let config = reader.config(map, &Place::new(file.clone(), text.clone(), bom..bom));
        // After a keyword, as in `language: en # British`, a comment is intended.
        let is_text = |cut: &Cut<'_>| {
            ["title", "description", "name", "bio"].contains(&cut.key) || cut.left.contains(' ')
        };
        reader.problems.extend(document.cuts().into_iter().filter(is_text).map(|cut| cut.warning));
        (Some(config), reader.problems)
    }
}

struct Reader {
    problems: Diagnostics,
    /// How slugs are made, once the language is known.
    slugs: Slugs,
}

impl Reader {
    fn config(&mut self, map: Map<'_>, start: &Place) -> Config {
        self.check_keys(map, &keys::TOP);
        let placeholder = Config::new("Untitled", base_placeholder());
        let title = self.required(map, "title", start, "title: The Meridian Bulletin");
        let base_url = self.required(map, "base_url", start, "base_url: https://meridian.example/");
        let base_url = base_url.and_then(|node| self.base_url(node));
        let language = self.language(map).unwrap_or(placeholder.language);
        self.slugs = self.slugs(map, &language);
        let (tags, tag_aliases) = map.get("tags").map(|node| self.tags(node)).unwrap_or_default();
        Config {
            title: title.and_then(|node| self.line(node)).unwrap_or(placeholder.title),
            base_url: base_url.unwrap_or(placeholder.base_url),
            id_authority: map.get("id_authority").and_then(|node| self.id_authority(node)),
            description: self.text(map, "description"),
            language,
            slugs: self.slugs,
            timezone: map.get("timezone").and_then(|node| self.timezone(node)).unwrap_or(TimeZone::UTC),
            theme: map.get("theme").and_then(|node| self.theme(node)).unwrap_or(placeholder.theme),
            permalink: map.get("permalink").and_then(|node| self.permalink(node)).unwrap_or_default(),
            sections: map.get("sections").and_then(|node| self.sections(node)),
            lists: self.group(map, "lists").map(|map| self.lists(map)).unwrap_or_default(),
            feeds: self.group(map, "feeds").map(|map| self.feeds(map)).unwrap_or_default(),
            api: self.bool(map, "api", false),
            robots: map.get("robots").map(|node| self.robots(node)).unwrap_or_default(),
            redirects: self.group(map, "redirects").map(|map| self.redirects(map)).unwrap_or_default(),
            trust: self.trust(map),
            publisher: self.group(map, "publisher").map(|map| self.publisher(map)).unwrap_or_default(),
            authors: map.get("authors").map(|node| self.authors(node)).unwrap_or_default(),
            tags,
            tag_aliases,
            markdown: self.group(map, "markdown").map(|map| self.markdown(map)).unwrap_or_default(),
            pictures: self.group(map, "pictures").map(|map| self.pictures(map)).unwrap_or_default(),
            policy: Policy::default(),
            publish: self.group(map, "publish").map(|map| self.publish(map)).unwrap_or_default(),
            extra: map.get("extra").and_then(|node| self.extra(node)).unwrap_or_default(),
        }
    }

    fn take<T>(&mut self, result: Result<T, Box<Diagnostic>>) -> Option<T> {
        result.map_err(|error| self.problems.push(*error)).ok()
    }

    fn wrong<T>(&mut self, problem: Diagnostic, help: impl Into<String>) -> Option<T> {
        self.problems.push(problem.help(help));
        None
    }

    /// Reports unknown keys.
    fn check_keys(&mut self, map: Map<'_>, group: &Group) {
        for (key, _) in map.entries() {
            let Some(name) = self.take(key.string()) else {
                continue;
            };
            if group.names().any(|known| known == name) {
                continue;
            }
            let error = key.error("config/unknown-key", format!("unknown setting `{}`", key.name()));
            let help = match did_you_mean(&name, group.names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if group.names().any(|name| name == "extra") => {
                    "put settings of the theme under `extra`".to_owned()
                }
                None => format!("the settings here are {}", list(group.names())),
            };
            self.problems.push(error.help(help));
        }
    }

    fn required<'a>(&mut self, map: Map<'a>, key: &str, start: &Place, example: &str) -> Option<Node<'a>> {
        let found = map.get(key);
        if found.is_none() {
            let entry = map.entries().find(|(name, _)| name.string().is_ok_and(|name| name == key));
            let place = entry.map_or_else(|| start.clone(), |(name, _)| name.place());
            let error = Diagnostic::error("config/missing", format!("the setting `{key}` is missing"));
            self.problems.push(error.at(place).help(format!("add it, as in `{example}`")));
        }
        found
    }

    /// Text on one line that is not blank.
    fn line(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.take(node.string())?;
        let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            let problem = node.error("config/blank", format!("`{}` is blank", node.name()));
            return self.wrong(problem, "fill it in, or delete the line");
        }
        Some(text)
    }

    fn text(&mut self, map: Map<'_>, key: &str) -> Option<String> {
        self.line(map.get(key)?)
    }

    fn bool(&mut self, map: Map<'_>, key: &str, default: bool) -> bool {
        map.get(key).and_then(|node| self.take(node.bool())).unwrap_or(default)
    }

    fn positive(&mut self, map: Map<'_>, key: &str, default: usize) -> usize {
        let Some(node) = map.get(key) else {
            return default;
        };
        let number = self.take(node.integer());
        match number.map(usize::try_from) {
            Some(Ok(number)) if number > 0 => number,
            Some(_) => {
                let message = format!("`{}` must be at least 1", node.name());
                let problem = node.error("config/number", message);
                self.wrong(problem, format!("the default is `{key}: {default}`")).unwrap_or(default)
            }
            None => default,
        }
    }

    fn group<'a>(&mut self, map: Map<'a>, key: &str) -> Option<Map<'a>> {
        let node = map.get(key)?;
        self.take(node.map())
    }

    fn extra(&mut self, node: Node<'_>) -> Option<serde_json::Map<String, serde_json::Value>> {
        self.take(node.map())?;
        match self.take(node.json())? {
            serde_json::Value::Object(map) => Some(map),
            _ => None,
        }
    }

    fn pairs<'a>(&mut self, map: Map<'a>) -> Vec<(String, Node<'a>)> {
        let entries = map.entries().filter(|(_, value)| !value.is_null());
        entries.filter_map(|(key, value)| Some((self.take(key.string())?.trim().to_owned(), value))).collect()
    }

    /// An absolute `http` or `https` URL.
    pub(super) fn web_url(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.line(node)?;
        if let Some(url) = web_url(&text) {
            return Some(url.into());
        }
        let problem = node.error("config/url", format!("`{}` must be an `https://` URL", node.name()));
        self.wrong(problem, "write the whole URL, starting with `https://`")
    }

    fn link(&mut self, map: Map<'_>, key: &str) -> Option<String> {
        self.checked_link(map.get(key)?)
    }

    /// An `http`, `https` or `mailto` URL, or a path of the site.
    fn checked_link(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.line(node)?;
        match Url::parse(&text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https" | "mailto") => {
                let message = format!("`{}` cannot be a `{}:` URL", node.name(), url.scheme());
                let problem = node.error("config/url", message);
                self.wrong(problem, "write an `https://` URL or a path that starts with `/`")
            }
            // Percent-encoded, as validators require.
            Ok(url) => Some(url.into()),
            Err(_) if text.starts_with('/') => Some(text),
            Err(_) => {
                let problem = node.error("config/url", format!("`{text}` is not a URL or a path"));
                self.wrong(problem, "write an `https://` URL or a path that starts with `/`")
            }
        }
    }
}

fn base_placeholder() -> Url {
    Url::parse("https://site.invalid/").expect("a valid URL")
}

fn list(names: impl Iterator<Item = &'static str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The error that a setting cannot have this value.
fn invalid(node: Node<'_>, value: &str) -> Diagnostic {
    node.error("config/unknown-value", format!("`{value}` is not a valid value for `{}`", node.name()))
}

#[cfg(test)]
mod tests;
