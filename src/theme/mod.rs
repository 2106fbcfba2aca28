//! Templates, static files, functions and filters → a [`Theme`] that turns a page's values into HTML.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::{Context, ErrorKind, ReportError, Tera, Value};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::plan::{StaticFile, Urls};
use crate::site::SiteDir;

mod asking;
pub(crate) mod context;
mod data;
mod dates;
mod filters;
mod functions;
mod lookup;
pub mod queries;
mod values;

pub use asking::Read;
pub use queries::Queries;

/// The theme that is inside the program, behind every other.
pub const DEFAULT: &str = "broadsheet";

/// A theme, ready to render.
pub struct Theme {
    tera: Tera,
    /// Templates by name, for diagnostics.
    sources: BTreeMap<String, lookup::Source>,
    /// The theme's defaults of `site.extra`.
    options: serde_json::Map<String, serde_json::Value>,
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
        let (tera, problems) = compile(config, &sources, strings);
        diagnostics.extend(problems);
        let theme = tera.map(|tera| Self { tera, sources, options: settings.options });
        (theme, diagnostics)
    }

    /// Whether there is a template of this name.
    pub fn has(&self, template: &str) -> bool {
        self.tera.contains_template(template)
    }

    /// Defaults of `site.extra`.
    pub fn options(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.options
    }

    /// Renders a template; gives the HTML and what the page asked of the site.
    ///
    /// # Errors
    /// If the template fails, with its place.
    pub fn render(
        &self,
        template: &str,
        context: &Context,
        queries: &Arc<Queries>,
    ) -> Result<(String, Vec<Read>), Diagnostic> {
        let (html, reads) = asking::recording(queries, || self.tera.render(template, context));
        html.map(|html| (html, reads)).map_err(|error| problem(&self.sources, template, &error))
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

/// Compiles all templates. One that is wrong is reported and blanked, so that the others are looked at too.
fn compile(
    config: &Config,
    sources: &BTreeMap<String, lookup::Source>,
    strings: Arc<BTreeMap<String, String>>,
) -> (Option<Tera>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut texts: BTreeMap<&str, &str> =
        sources.iter().map(|(name, source)| (name.as_str(), &*source.text)).collect();
    for (name, source) in sources {
        diagnostics.extend(dumps_everything(source).filter(|_| !name.is_empty()));
    }
    for _ in 0..=sources.len() {
        let mut tera = match empty(config, Arc::clone(&strings)) {
            Ok(tera) => tera,
            Err(error) => {
                diagnostics.push(Diagnostic::fatal("theme/template", error.to_string()));
                return (None, diagnostics);
            }
        };
        let Err(error) = tera.add_raw_templates(texts.iter()) else {
            return ((!diagnostics.has_errors()).then_some(tera), diagnostics);
        };
        diagnostics.push(problem(sources, "", &error));
        let blank = report(&error).and_then(|report| texts.get_mut(report.filename())).map(|text| *text = "");
        if blank.is_none() {
            break;
        }
    }
    (None, diagnostics)
}

fn empty(config: &Config, strings: Arc<BTreeMap<String, String>>) -> tera::TeraResult<Tera> {
    let mut tera = Tera::default();
    let mut prefixes = vec![format!("{}/", config.theme)];
    if config.theme != DEFAULT {
        prefixes.push(format!("{DEFAULT}/"));
    }
    tera.set_fallback_prefixes(prefixes)?;
    let urls = Urls::new(&config.base_url);
    filters::register(&mut tera, &urls, dates::Dates::new(&config.language, config.timezone.clone()));
    functions::register(&mut tera, &urls, strings);
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

fn report(error: &tera::Error) -> Option<&ReportError> {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => Some(report),
        _ => None,
    }
}

fn problem(sources: &BTreeMap<String, lookup::Source>, template: &str, error: &tera::Error) -> Diagnostic {
    let Some(report) = report(error) else {
        let diagnostic = Diagnostic::error("theme/template", error.to_string());
        return match sources.get(template) {
            Some(source) => diagnostic.at(Place::file(source.file.clone())),
            None => diagnostic,
        };
    };
    let message = report.message().trim().trim_end_matches('.').to_owned();
    let diagnostic = Diagnostic::error("theme/template", message);
    match sources.get(report.filename()) {
        Some(source) => {
            diagnostic.at(Place::new(source.file.clone(), source.text.clone(), report.span().range.clone()))
        }
        None => diagnostic,
    }
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
