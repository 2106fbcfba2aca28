//! Templates, static files, functions and filters → a [`Theme`] that turns a page's values into HTML.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tera::{Context, Tera, Value};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::manifest::Fingerprint;
use crate::plan::{Page, PageKind, StaticFile};
use crate::site::SiteDir;

mod arguments;
mod asking;
mod cards;
mod chains;
mod compile;
pub(crate) mod context;
mod data;
mod dates;
pub(crate) mod doubts;
mod errors;
mod filters;
mod functions;
mod head;
mod lexer;
pub(crate) mod limits;
pub(crate) mod lists;
mod lookup;
pub(crate) mod prints;
pub mod queries;
mod reading;
mod settings;
mod unused;
mod uses;
mod weaving;

use asking::Recorded;
use chains::Chains;
use compile::Compiled;
use errors::{Authored, problems};
use settings::Settings;

use queries::Query;
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
    /// What Tera was given of them.
    woven: BTreeMap<String, weaving::Woven>,
    /// What they use of each other.
    chains: Chains,
    /// The theme's defaults of `site.extra`.
    options: serde_json::Map<String, serde_json::Value>,
    /// Of each template's text.
    texts: BTreeMap<String, Fingerprint>,
    /// Of each template with all that it uses.
    closures: BTreeMap<String, Fingerprint>,
    /// Of the words that templates take from `theme.yaml`.
    strings: Fingerprint,
    words: Arc<BTreeMap<String, String>>,
}

impl std::fmt::Debug for Theme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Theme").field("templates", &self.sources.keys()).finish_non_exhaustive()
    }
}

/// For each kind of page the templates that can make it, the best first.
pub(crate) const TEMPLATES: [&[&str]; 10] = [
    &["front.html", "list.html"],
    &["404.html"],
    &["article.html"],
    &["page.html", "article.html"],
    &["section.html", "list.html"],
    &["tag.html", "list.html"],
    &["author.html", "list.html"],
    &["series.html", "list.html"],
    &["archive.html", "list.html"],
    &["terms.html"],
];

/// The static files of a site and its theme, each path once: those of the default theme if one of its templates makes
/// pages, or a template or a setting names the file. Without a theme that could be loaded, all.
pub fn statics(site: &SiteDir, config: &Config, theme: Option<&Theme>) -> (Vec<StaticFile>, Diagnostics) {
    let settings = format!("{:?} {:?}", config.publisher, config.extra);
    let is_used = |path: &str| match theme {
        Some(theme) if config.theme != DEFAULT => theme.uses_default(path) || settings.contains(path),
        _ => true,
    };
    lookup::statics(site, &config.theme, &is_used)
}

impl Theme {
    /// Loads the theme that the configuration names, and what stands behind it. There is none if a template is wrong.
    pub fn load(site: &SiteDir, config: &Config) -> (Option<Self>, Diagnostics) {
        if config.theme != DEFAULT && !site.theme(&config.theme).is_dir() {
            return (None, no_theme(site, &config.theme).into());
        }
        let (sources, mut diagnostics) = lookup::templates(site, &config.theme);
        let (settings, problems) = Settings::of(site, &config.theme);
        diagnostics.extend(problems);
        let strings = Arc::new(settings.strings(&config.language));
        let strings_print = Fingerprint::of(&*strings);
        let (compiled, problems) =
            limits::with_large_stack(|| compile::all(config, &sources, Arc::clone(&strings)));
        diagnostics.extend(problems);
        let prefix = format!("{}/", config.theme);
        let texts = uses::texts(&sources);
        let theme = compiled.map(|Compiled { tera, woven, chains }| Self {
            closures: uses::closures(&sources, &texts, &[&prefix, DEFAULT_PREFIX]),
            texts,
            strings: strings_print,
            words: Arc::clone(&strings),
            names: tera.get_template_names().map(str::to_owned).collect(),
            tera,
            prefix,
            sources,
            woven,
            chains,
            options: settings.options.clone(),
        });
        if let Some(theme) = &theme {
            diagnostics.extend(theme.unread(site, config, &settings));
        }
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
    pub fn texts(&self) -> &BTreeMap<String, Fingerprint> {
        &self.texts
    }

    /// A fingerprint of the words that templates take from `theme.yaml`.
    pub fn strings(&self) -> Fingerprint {
        self.strings
    }

    /// A word of the theme in the site's language; its key if the theme lacks it.
    pub fn word<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }

    /// A fingerprint of a template and of all that it uses.
    pub fn print(&self, template: &str) -> Fingerprint {
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
        let mut paper = limits::Paper::new();
        let render = || self.tera.render_to(template, context, &mut paper);
        let Recorded { result, mut reads, is_beyond, has_head } = asking::recording(queries, page, render);
        let error = match result.map(|()| String::from_utf8(std::mem::take(&mut paper.bytes))) {
            Ok(Ok(html)) => {
                // The 404 page has no URL of its own to tell.
                let is_silent = !has_head && page.kind != PageKind::NotFound && !has_canonical(&html);
                if is_silent && let Ok((_, read)) = queries.ask(&Query::Headless(template.to_owned())) {
                    reads.push(read);
                }
                return Ok((html, reads));
            }
            Ok(Err(error)) => return Err(Diagnostic::error("theme/template", error.to_string())),
            Err(error) => error,
        };
        if paper.is_full {
            return Err(self.too_long(template));
        }
        let authored = Authored { sources: &self.sources, woven: &self.woven };
        let first = problems(&authored, template, &error).into_iter().next();
        let mut diagnostic = first.map_or_else(
            || Diagnostic::error("theme/template", error.to_string()),
            |problem| problem.diagnostic,
        );
        if is_beyond {
            diagnostic.code = "theme/limit";
        }
        Err(diagnostic)
    }

    fn too_long(&self, template: &str) -> Diagnostic {
        let message =
            format!("a page would be longer than {}, which is the limit", limits::megabytes(limits::BYTES));
        let problem = Diagnostic::error("theme/limit", message);
        match self.sources.get(template) {
            Some(source) => problem.at(Place::file(source.file.clone())),
            None => problem,
        }
    }

    /// The name of the template that is most like a missing one.
    pub fn near(&self, template: &str) -> Option<&str> {
        did_you_mean(template, self.sources.keys().map(|name| name.rsplit('/').next().unwrap_or(name)))
    }
}

/// Whether a page says itself what `head()` would say first.
fn has_canonical(html: &str) -> bool {
    ["rel=\"canonical\"", "rel=canonical", "rel='canonical'"].iter().any(|written| html.contains(written))
}

/// A template's name without its theme.
fn shown_name(template: &str) -> &str {
    template.strip_prefix(DEFAULT_PREFIX).unwrap_or(template)
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
