//! A theme and its settings → what of them nobody uses: templates that make no page, options and strings that are not there.

use std::collections::BTreeSet;

use super::chains::Chains;
use super::reading::{Callee, Named};
use super::settings::Settings;
use super::{DEFAULT_PREFIX, TEMPLATES, Theme};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::site::SiteDir;
use crate::yaml::{Document, Node};

impl Theme {
    /// Templates that make no page and are used by none that does; `asked` are those that articles ask for.
    pub(crate) fn unused<'a>(&self, asked: impl Iterator<Item = &'a str>) -> Vec<Diagnostic> {
        let asked: BTreeSet<&str> = asked.collect();
        let standard = TEMPLATES.into_iter().flatten().copied();
        // In all layers: a template that another stands before is not forgotten, and may be extended by it.
        let layers = ["", &*self.prefix, DEFAULT_PREFIX];
        let layered = standard.chain(asked).flat_map(|name| layers.map(|layer| format!("{layer}{name}")));
        let roots: Vec<String> = layered.collect();
        let used = self.chains.reached(roots.iter().map(String::as_str));
        let used: BTreeSet<&str> = used.into_iter().map(|name| self.plain(name)).collect();
        let own = self.sources.iter().filter(|(name, _)| !self.is_default(name));
        own.filter(|(name, _)| !used.contains(self.plain(name)))
            .map(|(name, source)| {
                let standard = || TEMPLATES.into_iter().flatten().copied();
                let help = match did_you_mean(self.plain(name), standard()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => {
                        let names: BTreeSet<&str> = standard().collect();
                        let names = names.into_iter().collect::<Vec<_>>().join(", ");
                        format!("delete it, or let an article ask for it by `template`; pages are made with {names}")
                    }
                };
                Diagnostic::warning("theme/unused", "no page uses this template")
                    .at(Place::file(source.file.clone()))
                    .help(help)
            })
            .collect()
    }

    /// Whether a static file of the default theme is used: one of its templates makes pages, or another names the file.
    pub(super) fn uses_default(&self, file: &str) -> bool {
        let used = self.used();
        used.iter().any(|name| self.is_default(name))
            || used
                .iter()
                .any(|name| self.sources.get(*name).is_some_and(|source| source.text.contains(file)))
    }

    /// What is wrong with the settings of a theme that was loaded: options that it does not have, strings that it lacks.
    pub(super) fn unread(&self, site: &SiteDir, config: &Config, settings: &Settings) -> Vec<Diagnostic> {
        let mut problems = self.problems_of_options(site, config, settings);
        problems.extend(self.missing_strings(site, config, settings));
        problems
    }

    /// All templates that may make pages.
    fn used(&self) -> BTreeSet<&str> {
        let chosen = TEMPLATES.into_iter().filter_map(|templates| self.choose(templates));
        let own = self.sources.keys().map(String::as_str).filter(|name| !self.is_default(name));
        self.chains.reached(chosen.chain(own))
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

    fn problems_of_options(&self, site: &SiteDir, config: &Config, settings: &Settings) -> Vec<Diagnostic> {
        if config.extra.is_empty() {
            return Vec::new();
        }
        let own = self.chains.readings.iter().filter(|(name, _)| !self.is_default(name));
        let words: BTreeSet<&str> =
            own.flat_map(|(_, reading)| reading.words.iter().map(String::as_str)).collect();
        let problem = |(key, value): (&String, &serde_json::Value)| match settings.options.get(key) {
            Some(usual) => settings.unfit(key, usual, value),
            None if words.contains(key.as_str()) => None,
            None => {
                let near = did_you_mean(key, settings.options.keys().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the options of the theme are {}", listed(settings.options.keys())),
                };
                Some((format!("neither the theme nor a template knows the option `{key}`"), help))
            }
        };
        let told = config.extra.iter().filter_map(|entry| Some((entry.0, problem(entry)?)));
        let told: Vec<(&String, (String, String))> = told.collect();
        if told.is_empty() {
            return Vec::new();
        }
        let text = std::fs::read_to_string(site.config()).unwrap_or_default();
        let place = |key: &str| place_in(&text, &["extra", key]);
        let warning = |(key, (message, help)): (&String, (String, String))| {
            Diagnostic::warning("theme/option", message).at(place(key)).help(help)
        };
        told.into_iter().map(warning).collect()
    }

    /// The site's language, if the theme lacks strings in it that its templates ask for.
    fn missing_strings(&self, site: &SiteDir, config: &Config, settings: &Settings) -> Option<Diagnostic> {
        let language = &config.language;
        let asked = self.strings_asked(&self.chains);
        let all = settings.strings(language);
        let own = settings.own_strings(language);
        let is_asked = |key: &&String| asked.as_ref().is_none_or(|asked| asked.contains(key.as_str()));
        let needed = all.keys().filter(is_asked).count();
        let missing: Vec<&String> =
            all.keys().filter(is_asked).filter(|key| !own.contains(key.as_str())).collect();
        if missing.is_empty() || language.split('-').next() == Some("en") {
            return None;
        }
        let message = match missing.len() {
            count if count == needed => {
                format!(
                    "the theme has no strings in the language `{language}`: readers see all {count} in English"
                )
            }
            1 => format!("the theme lacks the string `{}` in the language `{language}`", missing[0]),
            count => format!(
                "the theme lacks {count} strings in the language `{language}`: {}",
                listed(missing.iter().copied())
            ),
        };
        let text = std::fs::read_to_string(site.config()).unwrap_or_default();
        let base = language.split('-').next().unwrap_or(language);
        let help = format!("add them under `strings`, `{base}` in `themes/{}/theme.yaml`", config.theme);
        Some(Diagnostic::warning("theme/language", message).at(place_in(&text, &["language"])).help(help))
    }

    /// The strings that templates ask for; `None` if some of them cannot be told before a page is made.
    fn strings_asked<'c>(&self, chains: &'c Chains) -> Option<BTreeSet<&'c str>> {
        let mut asked = BTreeSet::new();
        for name in self.used() {
            let calls = chains.readings.get(name).into_iter().flat_map(|reading| &reading.calls);
            for call in calls.filter(|call| call.callee == Callee::Function && call.name == "t") {
                let text = call.arguments.first().and_then(|argument| argument.text.as_ref());
                asked.insert(text?.name.as_str());
            }
        }
        Some(asked)
    }

    /// Where a template calls a function with this text as an argument.
    pub(super) fn place_of_argument(&self, function: &str, argument: &str, text: &str) -> Option<Place> {
        let found = |calls: &[super::reading::Call]| -> Option<Named> {
            let calls = calls.iter().filter(|call| call.callee == Callee::Function && call.name == function);
            let arguments =
                calls.flat_map(|call| &call.arguments).filter(|known| known.name.name == argument);
            arguments.filter_map(|argument| argument.text.clone()).find(|written| written.name == text)
        };
        self.chains.readings.iter().find_map(|(name, reading)| {
            let source = self.sources.get(name)?;
            let named = found(&reading.calls)?;
            Some(Place::new(source.file.clone(), source.text.clone(), named.span))
        })
    }

    /// The file of the last template that one extends.
    pub(super) fn place_of_base(&self, template: &str) -> Option<Place> {
        let parent = |name: &&str| {
            let parent = self.chains.readings.get(*name)?.extends.as_ref()?;
            self.chains.resolve(&parent.name)
        };
        let base = std::iter::successors(Some(template), parent).last()?;
        self.sources.get(base).map(|source| Place::file(source.file.clone()))
    }
}

/// Where a value is in `bulletin.yaml`, by its keys.
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

/// Names, with commas.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
