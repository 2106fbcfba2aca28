//! A theme and its settings → warnings about unused templates, unknown options and missing strings.

use std::collections::BTreeSet;

use super::outline::{Call, Callee, SpannedName};
use super::settings::ThemeSettings;
use super::{COMPONENTS, DEFAULT_PREFIX, TEMPLATES, Theme};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place, suggestion};
use crate::site::SiteDir;
use crate::yaml::{Document, Node};

impl Theme {
    /// Warns about templates that no page uses; `requested` are those that articles name in `template`.
    pub(crate) fn unused<'a>(&self, requested: impl Iterator<Item = &'a str>) -> Vec<Diagnostic> {
        let standard = || TEMPLATES.into_iter().flatten().copied();
        // In all layers: an overridden template may still be extended by its override.
        let layers = ["", &*self.prefix, DEFAULT_PREFIX];
        let requested: BTreeSet<&str> = requested.collect();
        let layered =
            standard().chain(requested).flat_map(|name| layers.map(|layer| format!("{layer}{name}")));
        let roots: Vec<String> = layered.collect();
        let used = self.graph.reachable(roots.iter().map(String::as_str));
        let used: BTreeSet<&str> = used.into_iter().map(|name| self.plain(name)).collect();
        let own = self.sources.iter().filter(|(name, _)| !self.is_default(name));
        own.filter(|(name, _)| !used.contains(self.plain(name)))
            .map(|(name, source)| {
                let help = suggestion(self.plain(name), standard()).unwrap_or_else(|| {
                    let names: BTreeSet<&str> = standard().collect();
                    let names = names.into_iter().collect::<Vec<_>>().join(", ");
                    format!("delete it, or name it in the `template` of a story; pages use {names}")
                });
                Diagnostic::warning("theme/unused", "no page uses this template")
                    .at(Place::file(source.file.clone()))
                    .help(help)
            })
            .collect()
    }

    /// Whether a static file of the default theme is used: one of its templates renders pages, or a template names the file.
    pub(super) fn uses_default(&self, file: &str) -> bool {
        let used = self.used();
        used.iter().any(|name| self.is_default(name) && *name != COMPONENTS) || self.names(file)
    }

    /// Whether a template that may render pages names a file.
    pub(super) fn names(&self, file: &str) -> bool {
        let used = self.used();
        used.iter().any(|name| self.sources.get(*name).is_some_and(|source| source.text.contains(file)))
    }

    /// Warns about options that the theme does not have and strings that it lacks.
    pub(super) fn problems_of_settings(
        &self,
        site: &SiteDir,
        config: &Config,
        settings: &ThemeSettings,
    ) -> Vec<Diagnostic> {
        let mut problems = self.problems_of_options(site, config, settings);
        problems.extend(self.missing_strings(site, config, settings));
        problems
    }

    /// All templates that may render pages.
    fn used(&self) -> BTreeSet<&str> {
        let chosen = TEMPLATES.into_iter().filter_map(|templates| self.choose(templates));
        let own = self.sources.keys().map(String::as_str).filter(|name| !self.is_default(name));
        self.graph.reachable(chosen.chain(own))
    }

    fn is_default(&self, name: &str) -> bool {
        self.sources.get(name).is_some_and(|source| source.file.starts_with("(default theme)"))
            || self.prefix != DEFAULT_PREFIX && name.starts_with(DEFAULT_PREFIX)
    }

    /// A template's name without its theme.
    fn plain<'n>(&self, name: &'n str) -> &'n str {
        let prefixes = [&*self.prefix, DEFAULT_PREFIX];
        prefixes.into_iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
    }

    fn problems_of_options(
        &self,
        site: &SiteDir,
        config: &Config,
        settings: &ThemeSettings,
    ) -> Vec<Diagnostic> {
        if config.extra.is_empty() {
            return Vec::new();
        }
        let own = self.graph.outlines.iter().filter(|(name, _)| !self.is_default(name));
        let words: BTreeSet<&str> =
            own.flat_map(|(_, outline)| outline.words.iter().map(String::as_str)).collect();
        let problem = |(key, value): (&String, &serde_json::Value)| match settings.options.get(key) {
            Some(default) => settings.check_option(key, default, value),
            None if words.contains(key.as_str()) => None,
            None => {
                let near = suggestion(key, settings.options.keys().map(String::as_str));
                let help = near.unwrap_or_else(|| {
                    format!("the options of the theme are {}", join(settings.options.keys()))
                });
                Some((format!("unknown option `{key}`: neither the theme nor a template uses it"), help))
            }
        };
        let problems = config.extra.iter().filter_map(|entry| Some((entry.0, problem(entry)?)));
        let problems: Vec<(&String, (String, String))> = problems.collect();
        if problems.is_empty() {
            return Vec::new();
        }
        let text = std::fs::read_to_string(site.config()).unwrap_or_default();
        let place = |key: &str| place_in(&text, &["extra", key]);
        let warning = |(key, (message, help)): (&String, (String, String))| {
            Diagnostic::warning("theme/option", message).at(place(key)).help(help)
        };
        problems.into_iter().map(warning).collect()
    }

    /// Warns if the theme lacks strings in the site's language that its templates use.
    fn missing_strings(
        &self,
        site: &SiteDir,
        config: &Config,
        settings: &ThemeSettings,
    ) -> Option<Diagnostic> {
        let language = &config.language;
        let used = self.used_strings();
        let all = settings.strings(language);
        let own = settings.own_strings(language);
        let is_used = |key: &&String| used.as_ref().is_none_or(|used| used.contains(key.as_str()));
        let needed = all.keys().filter(is_used).count();
        let missing: Vec<&String> =
            all.keys().filter(is_used).filter(|key| !own.contains(key.as_str())).collect();
        if missing.is_empty() || language.split('-').next() == Some("en") {
            return None;
        }
        let message = match missing.len() {
            count if count == needed => {
                format!(
                    "the theme has no strings in language `{language}`: readers see all {count} in English"
                )
            }
            1 => format!("the theme lacks string `{}` in language `{language}`", missing[0]),
            count => format!(
                "the theme lacks {count} strings in language `{language}`: {}",
                join(missing.iter().copied())
            ),
        };
        let text = std::fs::read_to_string(site.config()).unwrap_or_default();
        let base = language.split('-').next().unwrap_or(language);
        let help = format!("add them under `strings.{base}` in `themes/{}/theme.yaml`", config.theme);
        Some(Diagnostic::warning("theme/language", message).at(place_in(&text, &["language"])).help(help))
    }

    /// The strings that templates use; `None` if a key is not a string literal.
    fn used_strings(&self) -> Option<BTreeSet<&str>> {
        let mut strings = BTreeSet::new();
        for name in self.used() {
            let calls = self.graph.outlines.get(name).into_iter().flat_map(|outline| &outline.calls);
            for call in calls.filter(|call| call.callee == Callee::Function && call.name == "t") {
                let text = call.arguments.first().and_then(|argument| argument.text.as_ref());
                strings.insert(text?.name.as_str());
            }
        }
        Some(strings)
    }

    /// The place where a template passes this string literal to a function.
    pub(super) fn place_of_argument(&self, function: &str, argument: &str, text: &str) -> Option<Place> {
        let found = |calls: &[Call]| -> Option<SpannedName> {
            let calls = calls.iter().filter(|call| call.callee == Callee::Function && call.name == function);
            let arguments =
                calls.flat_map(|call| &call.arguments).filter(|known| known.name.name == argument);
            arguments.filter_map(|argument| argument.text.clone()).find(|written| written.name == text)
        };
        self.graph.outlines.iter().find_map(|(name, outline)| {
            let source = self.sources.get(name)?;
            let span = match found(&outline.calls) {
                Some(named) => named.span,
                None => outline.text_near_component(&source.text, function, text)?,
            };
            Some(Place::new(source.file.clone(), source.text.clone(), span))
        })
    }

    /// The file of the base of a template: the last one in its chain of `extends`.
    pub(super) fn place_of_base(&self, template: &str) -> Option<Place> {
        let parent = |name: &&str| {
            let parent = self.graph.outlines.get(*name)?.extends.as_ref()?;
            self.graph.resolve(&parent.name)
        };
        let base = std::iter::successors(Some(template), parent).last()?;
        self.sources.get(base).map(|source| Place::file(source.file.clone()))
    }
}

/// The place of a key in `bulletin.yaml`, given by its path.
fn place_in(text: &str, keys: &[&str]) -> Place {
    let file = "bulletin.yaml".into();
    let find = || {
        let document = Document::parse(&file, &text.into(), 0..text.len()).ok()?;
        let mut map = document.map().ok()?;
        let (last, outer) = keys.split_last()?;
        for key in outer {
            map = map.get(key)?.map().ok()?;
        }
        let is_it = |(key, _): &(Node<'_>, Node<'_>)| key.string().is_ok_and(|key| key == *last);
        map.entries().find(is_it).map(|(key, _)| key.place())
    };
    find().unwrap_or_else(|| Place::file(file.clone()))
}

fn join<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
