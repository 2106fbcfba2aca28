//! `theme.yaml` of a theme and of the default theme → strings and options, with everything that is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use super::{DEFAULT, files};
use crate::conflict;
use crate::diagnostic::{Diagnostic, Diagnostics, suggestion};
use crate::site::SiteDir;
use crate::yaml::{Document, Map, Node};

/// The keys of `theme.yaml`; the last five are metadata without effect.
const KEYS: [&str; 10] = [
    "name",
    "strings",
    "options",
    "choices",
    "pictures",
    "description",
    "version",
    "author",
    "license",
    "homepage",
];
/// The keys of `pictures`.
const PICTURES: [&str; 1] = ["text"];

/// The merged settings of the theme and its fallbacks. The first file that has a key wins.
#[derive(Default)]
pub(super) struct ThemeSettings {
    strings: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) options: serde_json::Map<String, serde_json::Value>,
    /// The allowed values of options that are restricted.
    choices: BTreeMap<String, Vec<serde_json::Value>>,
    /// The width of pictures in texts, as `sizes` of HTML has it: that of the theme, and that of the default theme.
    pub(super) own_text_sizes: Option<String>,
    pub(super) default_text_sizes: Option<String>,
}

impl ThemeSettings {
    /// Loads the settings of the theme and of the default theme.
    pub(super) fn load(site: &SiteDir, theme: &str) -> (Self, Diagnostics) {
        let (mut settings, mut problems) = (Self::default(), Diagnostics::default());
        let own = site.theme(theme).join("theme.yaml").is_file() || theme == DEFAULT;
        for (index, source) in files::settings(site, theme).into_iter().enumerate() {
            if let Some(problem) = conflict::problem(&source.file, &source.text) {
                problems.push(problem);
                continue;
            }
            match Document::parse(&source.file, &source.text, 0..source.text.len()) {
                Ok(document) => {
                    settings.add(&document, &mut problems);
                    let sizes = text_sizes(&document, &mut problems);
                    let known = match index {
                        0 if own => &mut settings.own_text_sizes,
                        _ => &mut settings.default_text_sizes,
                    };
                    *known = known.take().or(sizes);
                }
                Err(problem) => problems.push(*problem),
            }
        }
        (settings, problems)
    }

    fn add(&mut self, document: &Document, problems: &mut Diagnostics) {
        let map = match document.map() {
            Ok(map) => map,
            Err(problem) => return problems.push(*problem),
        };
        problems.extend(map.entries().filter_map(|(key, _)| unknown_key(key)));
        for (language, node) in entries(map, "strings", problems) {
            let known = self.strings.entry(language).or_default();
            match node.map() {
                Ok(strings) => {
                    for (key, text) in strings.entries().filter(|(_, text)| !text.is_null()) {
                        match (key.string(), text.string()) {
                            (Ok(key), Ok(text)) => {
                                known.entry(key.into_owned()).or_insert_with(|| text.into_owned());
                            }
                            (Err(problem), _) | (_, Err(problem)) => problems.push(*problem),
                        }
                    }
                }
                Err(problem) => problems.push(*problem),
            }
        }
        for (key, value) in entries(map, "options", problems) {
            match value.json() {
                Ok(value) => {
                    self.options.entry(key).or_insert(value);
                }
                Err(problem) => problems.push(*problem),
            }
        }
        for (key, value) in entries(map, "choices", problems) {
            match value.list().and_then(|list| list.map(Node::json).collect::<Result<Vec<_>, _>>()) {
                Ok(choices) => {
                    self.choices.entry(key).or_insert(choices);
                }
                Err(problem) => problems.push(*problem),
            }
        }
    }

    /// The strings in a language. Missing ones fall back to the base language, then to English.
    pub(super) fn strings(&self, language: &str) -> BTreeMap<String, String> {
        let base = language.split('-').next().unwrap_or(language);
        let mut strings = BTreeMap::new();
        for language in ["en", base, language] {
            strings.extend(
                self.strings
                    .get(language)
                    .into_iter()
                    .flatten()
                    .map(|(key, text)| (key.clone(), text.clone())),
            );
        }
        strings
    }

    /// The keys of the strings that a language or its base language has.
    pub(super) fn own_strings(&self, language: &str) -> BTreeSet<&str> {
        let base = language.split('-').next().unwrap_or(language);
        let own = [base, language].into_iter().filter_map(|language| self.strings.get(language));
        own.flat_map(|strings| strings.keys().map(String::as_str)).collect()
    }

    /// Checks the value of an option against its default; returns a message and help if it is invalid.
    pub(super) fn check_option(
        &self,
        key: &str,
        default: &serde_json::Value,
        value: &serde_json::Value,
    ) -> Option<(String, String)> {
        if value.is_null() || value == default {
            return None;
        }
        if let Some(choices) = self.choices.get(key) {
            let names: Vec<String> = choices.iter().map(plain).collect();
            let written = plain(value);
            let near = suggestion(&written, names.iter().map(String::as_str));
            let help = near.unwrap_or_else(|| format!("use one of: {}", names.join(", ")));
            return (!choices.contains(value))
                .then(|| (format!("`{written}` is not a valid value of `{key}`"), help));
        }
        let (found, expected) = (kind(value), kind(default));
        let message = format!("`{key}` must be {expected}, not {found}");
        let help = format!("correct it, or remove it to use the default `{}`", plain(default));
        (!default.is_null() && found != expected).then_some((message, help))
    }
}

/// `pictures.text`: the width of pictures in texts.
fn text_sizes(document: &Document, problems: &mut Diagnostics) -> Option<String> {
    let map = document.map().ok()?;
    for (key, _) in map.get("pictures")?.map().map_err(|problem| problems.push(*problem)).ok()?.entries() {
        problems.extend(unknown_key_of(key, &PICTURES));
    }
    let sizes = map.get("pictures")?.map().ok()?.get("text")?;
    match sizes.string() {
        Ok(text) if text.trim().is_empty() || text.contains(['<', '>', '"', '\n']) => {
            let problem = sizes.error("theme/pictures", "`pictures.text` is not a list of sizes");
            problems.push(problem.help("write it as in `sizes` of HTML: `(min-width: 42rem) 640px, 100vw`"));
            None
        }
        Ok(text) => Some(text.trim().to_owned()),
        Err(problem) => {
            problems.push(*problem);
            None
        }
    }
}

/// The entries of a map in a map.
fn entries<'d>(map: Map<'d>, key: &str, problems: &mut Diagnostics) -> Vec<(String, Node<'d>)> {
    let Some(inner) = map.get(key) else { return Vec::new() };
    match inner.map() {
        Ok(inner) => {
            let entries = inner.entries();
            entries.filter_map(|(key, value)| Some((key.string().ok()?.into_owned(), value))).collect()
        }
        Err(problem) => {
            problems.push(*problem);
            Vec::new()
        }
    }
}

fn unknown_key(key: Node<'_>) -> Option<Diagnostic> {
    unknown_key_of(key, &KEYS)
}

fn unknown_key_of(key: Node<'_>, known: &[&str]) -> Option<Diagnostic> {
    let name = key.string().ok()?;
    if known.contains(&&*name) {
        return None;
    }
    let help = suggestion(&name, known.iter().copied())
        .unwrap_or_else(|| format!("the keys are {}", known.join(", ")));
    Some(key.warning("theme/unknown-key", format!("unknown key `{name}` in `theme.yaml`")).help(help))
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn kind(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "empty",
        serde_json::Value::Bool(_) => "`true` or `false`",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(_) => "text",
        serde_json::Value::Array(_) => "a list",
        serde_json::Value::Object(_) => "a map",
    }
}
