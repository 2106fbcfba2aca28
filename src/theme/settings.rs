//! `theme.yaml` of a theme, and of the default theme behind it → strings and options, with everything that is wrong with them.

use std::collections::BTreeMap;

use super::lookup;
use crate::diagnostic::Diagnostics;
use crate::site::SiteDir;

/// What `theme.yaml` says, of the theme and of those behind it. The first to name a key wins.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) strings: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) options: serde_json::Map<String, serde_json::Value>,
}

impl Settings {
    /// What the theme says, and the default theme behind it.
    pub(super) fn of(site: &SiteDir, theme: &str) -> (Self, Diagnostics) {
        let (mut settings, mut problems) = (Self::default(), Diagnostics::default());
        for source in lookup::settings(site, theme) {
            match crate::yaml::data(&source.file, &source.text) {
                Ok(value) => settings.add(&value),
                Err(problem) => problems.push(problem),
            }
        }
        (settings, problems)
    }

    fn add(&mut self, settings: &serde_json::Value) {
        let map = |key: &str| settings.get(key).and_then(serde_json::Value::as_object).into_iter().flatten();
        for (language, strings) in map("strings") {
            let known = self.strings.entry(language.clone()).or_default();
            for (key, text) in strings.as_object().into_iter().flatten() {
                let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
                known.entry(key.clone()).or_insert(text);
            }
        }
        for (key, value) in map("options") {
            self.options.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }

    /// The strings in a language: what it lacks is taken from its base language, then from English.
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
}
