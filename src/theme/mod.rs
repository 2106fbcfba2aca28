//! Templates, static files, functions and filters → a [`Theme`] that turns a page's values into HTML.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tera::{Context, ErrorKind, Tera, Value};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::manifest::Print;
use crate::plan::{Page, StaticFile, Urls};
use crate::site::SiteDir;

mod asking;
mod cards;
pub(crate) mod context;
mod data;
mod dates;
mod errors;
mod filters;
mod functions;
mod head;
pub(crate) mod lists;
mod lookup;
pub(crate) mod prints;
pub mod queries;
mod uses;
mod values;

use errors::{Problem, problems};

pub use queries::{Queries, Read};

/// The theme that is inside the program, behind every other.
pub const DEFAULT: &str = "broadsheet";
const DEFAULT_PREFIX: &str = "broadsheet/";

/// A theme, ready to render.
pub struct Theme {
    tera: Tera,
    /// What the names of the theme's own templates begin with.
    prefix: String,
    /// Names of all templates that can be rendered.
    names: BTreeSet<String>,
    /// Templates by name, for diagnostics.
    sources: BTreeMap<String, lookup::Source>,
    /// The theme's defaults of `site.extra`.
    options: serde_json::Map<String, serde_json::Value>,
    /// Of each template's text.
    texts: BTreeMap<String, Print>,
    /// Of each template with all that it uses.
    closures: BTreeMap<String, Print>,
    /// Of the words that templates take from `theme.yaml`.
    strings: Print,
    words: Arc<BTreeMap<String, String>>,
}

impl std::fmt::Debug for Theme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Theme").field("templates", &self.sources.keys()).finish_non_exhaustive()
    }
}

/// The static files of a site and its theme, each path once.
pub fn statics(site: &SiteDir, config: &Config) -> (Vec<StaticFile>, Diagnostics) {
    lookup::statics(site, &config.theme)
}

impl Theme {
    /// Loads the theme that the configuration names, and what stands behind it. There is none if a template is wrong.
    pub fn load(site: &SiteDir, config: &Config) -> (Option<Self>, Diagnostics) {
        if config.theme != DEFAULT && !site.theme(&config.theme).is_dir() {
            return (None, no_theme(site, &config.theme).into());
        }
        let (sources, mut diagnostics) = lookup::templates(site, &config.theme);
        let mut settings = Settings::default();
        for source in lookup::settings(site, &config.theme) {
            match crate::yaml::data(&source.file, &source.text) {
                Ok(value) => settings.add(&value),
                Err(problem) => diagnostics.push(problem),
            }
        }
        let strings = Arc::new(settings.strings(&config.language));
        let strings_print = Print::of(&*strings);
        let (tera, problems) = compile(config, &sources, Arc::clone(&strings));
        diagnostics.extend(problems);
        let prefix = format!("{}/", config.theme);
        let texts = uses::texts(&sources);
        let theme = tera.map(|tera| Self {
            closures: uses::closures(&sources, &texts, &[&prefix, DEFAULT_PREFIX]),
            texts,
            strings: strings_print,
            words: Arc::clone(&strings),
            names: tera.get_template_names().map(str::to_owned).collect(),
            tera,
            prefix,
            sources,
            options: settings.options,
        });
        (theme, diagnostics)
    }

    /// The template for a page that can be made with any of `templates`, the first best: from the site's own, else
    /// from the theme, else from the default theme. So a theme's `list.html` wins over a default `section.html`.
    pub fn choose(&self, templates: &[&str]) -> Option<&str> {
        let layers = ["", self.prefix.as_str(), DEFAULT_PREFIX];
        layers
            .into_iter()
            .find_map(|layer| templates.iter().find_map(|name| self.names.get(&format!("{layer}{name}"))))
            .map(String::as_str)
    }

    /// Defaults of `site.extra`.
    pub fn options(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.options
    }

    /// Fingerprints of the templates' texts, by name.
    pub fn texts(&self) -> &BTreeMap<String, Print> {
        &self.texts
    }

    /// A fingerprint of the words that templates take from `theme.yaml`.
    pub fn strings(&self) -> Print {
        self.strings
    }

    /// A word of the theme in the site's language; its key if the theme lacks it.
    pub fn word<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }

    /// A fingerprint of a template and of all that it uses.
    pub fn print(&self, template: &str) -> Print {
        self.closures.get(template).copied().unwrap_or_default()
    }

    /// Renders a page with a template; gives the HTML and what the page asked of the site.
    ///
    /// # Errors
    /// If the template fails, with its place.
    pub fn render(
        &self,
        template: &str,
        context: &Context,
        page: &Page,
        queries: &Arc<Queries>,
    ) -> Result<(String, Vec<Arc<Read>>), Diagnostic> {
        let (html, reads) = asking::recording(queries, page, || self.tera.render(template, context));
        html.map(|html| (html, reads)).map_err(|error| {
            let first = problems(&self.sources, template, &error).into_iter().next();
            first.map_or_else(
                || Diagnostic::error("theme/template", error.to_string()),
                |problem| problem.diagnostic,
            )
        })
    }

    /// The name of the template that is most like a missing one.
    pub fn near(&self, template: &str) -> Option<&str> {
        did_you_mean(template, self.sources.keys().map(|name| name.rsplit('/').next().unwrap_or(name)))
    }
}

/// What `theme.yaml` says, of the theme and of those behind it. The first to name a key wins.
#[derive(Default)]
struct Settings {
    strings: BTreeMap<String, BTreeMap<String, String>>,
    options: serde_json::Map<String, serde_json::Value>,
}

impl Settings {
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
    fn strings(&self, language: &str) -> BTreeMap<String, String> {
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

/// Compiles all templates.
fn compile(
    config: &Config,
    sources: &BTreeMap<String, lookup::Source>,
    strings: Arc<BTreeMap<String, String>>,
) -> (Option<Tera>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(sources.values().filter_map(dumps_everything));
    diagnostics.extend(sources.iter().flat_map(|(name, source)| syntax_errors(sources, name, source)));
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let mut texts: BTreeMap<&str, &str> =
        sources.iter().map(|(name, source)| (name.as_str(), &*source.text)).collect();
    loop {
        let compiled = empty(config, Arc::clone(&strings)).and_then(|mut tera| {
            tera.add_raw_templates(texts.iter())?;
            Ok(tera)
        });
        let error = match compiled {
            Ok(tera) => return (Some(tera), diagnostics),
            Err(error) => error,
        };
        let found = problems(sources, "", &error);
        // A theme with a base of its own need not have a use for all of the default theme: what does not fit is left out.
        let is_unfit = |problem: &Problem| {
            config.theme != DEFAULT
                && problem.template.as_deref().is_some_and(|name| name.starts_with(DEFAULT_PREFIX))
        };
        let (unfit, wrong): (Vec<Problem>, Vec<Problem>) = found.into_iter().partition(is_unfit);
        if !wrong.is_empty() {
            diagnostics.extend(wrong.into_iter().map(|problem| problem.diagnostic));
            return (None, diagnostics);
        }
        let before = texts.len();
        texts.retain(|name, _| unfit.iter().all(|problem| problem.template.as_deref() != Some(*name)));
        if texts.len() == before {
            diagnostics.push(Diagnostic::error("theme/template", error.to_string()));
            return (None, diagnostics);
        }
    }
}

/// What is wrong with a template by itself. All of them are looked at before they are put together, as one broken
/// base would otherwise have every other template reported.
fn syntax_errors(
    sources: &BTreeMap<String, lookup::Source>,
    name: &str,
    source: &lookup::Source,
) -> Vec<Diagnostic> {
    match Tera::default().add_raw_template(name, &source.text) {
        Err(error) if matches!(error.kind(), ErrorKind::SyntaxError(_)) => {
            problems(sources, name, &error).into_iter().map(|problem| problem.diagnostic).collect()
        }
        _ => Vec::new(),
    }
}

fn empty(config: &Config, strings: Arc<BTreeMap<String, String>>) -> tera::TeraResult<Tera> {
    let mut tera = Tera::default();
    let mut prefixes = vec![format!("{}/", config.theme)];
    if config.theme != DEFAULT {
        prefixes.push(DEFAULT_PREFIX.to_owned());
    }
    tera.set_fallback_prefixes(prefixes)?;
    let urls = Urls::new(&config.base_url);
    let dates = dates::Dates::new(&config.language, config.timezone.clone());
    filters::register(&mut tera, &urls, dates, config.slugs);
    functions::register(&mut tera, strings);
    Ok(tera)
}

/// The variable that holds all others has no order, so a page that prints it would differ from run to run.
fn dumps_everything(source: &lookup::Source) -> Option<Diagnostic> {
    let at = source.text.find("__tera_context")?;
    let place = Place::new(source.file.clone(), source.text.clone(), at..at + "__tera_context".len());
    Some(
        Diagnostic::error(
            "theme/template",
            "`__tera_context` has no fixed order and cannot be used in a page",
        )
        .at(place)
        .help("print a single variable with the filter `json`"),
    )
}

fn no_theme(site: &SiteDir, theme: &str) -> Diagnostic {
    let names = lookup::names(site);
    let near = did_you_mean(theme, names.iter().map(String::as_str));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is no folder `themes/{theme}`; there are: {}", names.join(", ")),
    };
    let text = std::fs::read_to_string(site.config()).unwrap_or_default();
    let at = text.find("theme:").map_or(0, |key| key + text[key..].find(theme).unwrap_or(0));
    Diagnostic::error("theme/missing", format!("there is no theme `{theme}`"))
        .at(Place::new("bulletin.yaml", text, at..at + theme.len()))
        .help(help)
}

/// A value of the theme's options under the site's own.
pub(crate) fn extra(
    options: &serde_json::Map<String, serde_json::Value>,
    own: &serde_json::Map<String, serde_json::Value>,
) -> Value {
    let mut merged = options.clone();
    merged.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
    Value::from_serializable(&merged)
}
