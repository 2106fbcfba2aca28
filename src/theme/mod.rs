//! Templates, static files, functions and filters → a [`Theme`] that turns the values of a page into HTML.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tera::{Context, Tera};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, suggestion};
use crate::manifest::Fingerprint;
use crate::plan::{Page, PageKind, StaticFile};
use crate::query::current_page::{self, Recording};
use crate::query::{Dependency, Queries, Query};
use crate::site::SiteDir;

mod arguments;
mod compile;
pub(crate) mod context;
mod errors;
mod files;
mod filters;
mod fingerprints;
mod functions;
mod graph;
mod head;
mod instrument;
mod lexer;
pub(crate) mod limits;
mod outline;
mod pictures;
mod settings;
mod unknown_names;
mod unused;

use compile::CompiledTheme;
use errors::{TemplateTexts, problems};
use graph::TemplateGraph;
use instrument::InstrumentedText;
use settings::ThemeSettings;
pub(crate) use unknown_names::check_queries;

/// The theme that is built into the program, the fallback for every other.
pub const DEFAULT: &str = "broadsheet";
const DEFAULT_PREFIX: &str = "broadsheet/";
/// The template of the default theme that is there for all themes: a theme that uses its component does not use the default theme.
const COMPONENTS: &str = "broadsheet/partials/picture.html";
/// The style sheet for the colors of pictures, for themes that name it. The default theme has its rules in its own.
const COLORS: &str = "picture-colors.css";

/// A theme that is ready to render pages.
pub struct Theme {
    tera: Tera,
    /// The prefix of the names of the theme's own templates.
    prefix: String,
    /// The names of all templates that can be rendered.
    names: BTreeSet<String>,
    /// The templates by name, for diagnostics.
    sources: BTreeMap<String, files::TemplateSource>,
    /// The texts that Tera compiled.
    instrumented: BTreeMap<String, InstrumentedText>,
    graph: TemplateGraph,
    /// The theme's defaults for `site.extra`.
    options: serde_json::Map<String, serde_json::Value>,
    /// The fingerprint of each template's text.
    texts: BTreeMap<String, Fingerprint>,
    /// The fingerprint of each template with everything that it uses.
    closures: BTreeMap<String, Fingerprint>,
    /// The strings of `theme.yaml` in the site's language.
    strings: Arc<BTreeMap<String, String>>,
    strings_fingerprint: Fingerprint,
    /// The width of pictures in texts, as `sizes` of HTML has it.
    text_sizes: String,
}

impl std::fmt::Debug for Theme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Theme").field("templates", &self.sources.keys()).finish_non_exhaustive()
    }
}

/// The templates for each kind of page, best first.
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

/// The static files of a site and its theme, each path once. A file of the default theme counts only if one of its
/// templates renders pages, or a template or a setting names the file. If no theme could be loaded, all files count.
pub fn statics(site: &SiteDir, config: &Config, theme: Option<&Theme>) -> (Vec<StaticFile>, Diagnostics) {
    let settings = format!("{:?} {:?}", config.publisher, config.extra);
    let is_used = |path: &str| match theme {
        Some(theme) if path == COLORS => theme.names(path),
        Some(theme) if config.theme != DEFAULT => theme.uses_default(path) || settings.contains(path),
        _ => true,
    };
    files::statics(site, &config.theme, &is_used)
}

impl Theme {
    /// Loads the configured theme and its fallbacks. Returns no theme if a template is invalid.
    pub fn load(site: &SiteDir, config: &Config) -> (Option<Self>, Diagnostics) {
        if config.theme != DEFAULT && !site.theme(&config.theme).is_dir() {
            return (None, unknown_theme(site, &config.theme).into());
        }
        let (sources, mut diagnostics) = files::templates(site, &config.theme);
        let (settings, problems) = ThemeSettings::load(site, &config.theme);
        diagnostics.extend(problems);
        let strings = Arc::new(settings.strings(&config.language));
        let (compiled, problems) =
            limits::with_large_stack(|| compile::all(config, &sources, Arc::clone(&strings)));
        diagnostics.extend(problems);
        let prefix = format!("{}/", config.theme);
        let texts = fingerprints::texts(&sources);
        let theme = compiled.map(|CompiledTheme { tera, instrumented, graph }| Self {
            closures: fingerprints::closures(&sources, &texts, &[&prefix, DEFAULT_PREFIX]),
            texts,
            strings_fingerprint: Fingerprint::of(&*strings),
            strings,
            names: tera.get_template_names().map(str::to_owned).collect(),
            tera,
            prefix,
            sources,
            instrumented,
            graph,
            options: settings.options.clone(),
            text_sizes: String::new(),
        });
        let theme = theme.map(|theme| Self { text_sizes: theme.text_sizes_of(&settings), ..theme });
        if let Some(theme) = &theme {
            diagnostics.extend(theme.problems_of_settings(site, config, &settings));
        }
        (theme, diagnostics)
    }

    /// Picks the best of `templates` from the site, else from the theme, else from the default theme. So a theme's
    /// `list.html` takes precedence over a `section.html` of the default theme.
    pub fn choose(&self, templates: &[&str]) -> Option<&str> {
        let layers = ["", self.prefix.as_str(), DEFAULT_PREFIX];
        layers
            .into_iter()
            .find_map(|layer| templates.iter().find_map(|name| self.names.get(&format!("{layer}{name}"))))
            .map(String::as_str)
    }

    /// The defaults for `site.extra`.
    pub fn options(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.options
    }

    /// The fingerprints of the templates' texts, by name.
    pub fn texts(&self) -> &BTreeMap<String, Fingerprint> {
        &self.texts
    }

    /// The fingerprint of the strings that templates use from `theme.yaml`.
    pub fn strings_fingerprint(&self) -> Fingerprint {
        self.strings_fingerprint
    }

    /// A string of `theme.yaml` in the site's language; the key itself if the theme lacks it.
    pub fn string<'a>(&'a self, key: &'a str) -> &'a str {
        self.strings.get(key).map_or(key, String::as_str)
    }

    /// The width of pictures in the text of stories, as the attribute `sizes` of HTML has it.
    pub fn text_sizes(&self) -> &str {
        &self.text_sizes
    }

    /// The theme's own, else that of the default theme if its template shows stories, else the whole window.
    fn text_sizes_of(&self, settings: &ThemeSettings) -> String {
        let is_default = self.choose(&["article.html"]).is_some_and(|name| name.starts_with(DEFAULT_PREFIX));
        let default = settings.default_text_sizes.as_ref().filter(|_| is_default);
        settings.own_text_sizes.as_ref().or(default).map_or_else(|| pictures::SIZES.to_owned(), Clone::clone)
    }

    /// The fingerprint of a template and everything that it uses.
    pub fn fingerprint(&self, template: &str) -> Fingerprint {
        self.closures.get(template).copied().unwrap_or_default()
    }

    /// Renders a page with a template. Returns the HTML and the page's dependencies.
    ///
    /// # Errors
    /// If the template fails, with the place in the template.
    pub fn render(
        &self,
        template: &str,
        context: &Context,
        page: &Page,
        queries: &Arc<Queries>,
    ) -> Result<(String, Vec<Arc<Dependency>>), Diagnostic> {
        let mut buffer = limits::LimitedBuffer::new();
        let render = || self.tera.render_to(template, context, &mut buffer);
        let Recording { result, mut dependencies, is_over_limit, has_head } =
            current_page::record(queries, page, render);
        let error = match result.map(|()| String::from_utf8(std::mem::take(&mut buffer.bytes))) {
            Ok(Ok(html)) => {
                // The 404 page has no URL of its own to declare.
                let lacks_head = !has_head && page.kind != PageKind::NotFound && !has_canonical(&html);
                if lacks_head && let Ok((_, query)) = queries.ask(&Query::MissingHead(template.to_owned())) {
                    dependencies.push(query);
                }
                return Ok((html, dependencies));
            }
            Ok(Err(error)) => return Err(Diagnostic::error("theme/template", error.to_string())),
            Err(error) => error,
        };
        if buffer.is_full {
            return Err(self.page_too_long(template));
        }
        let texts = TemplateTexts { sources: &self.sources, instrumented: &self.instrumented };
        let first = problems(&texts, template, &error).into_iter().next();
        let mut diagnostic = first.map_or_else(
            || Diagnostic::error("theme/template", error.to_string()),
            |problem| problem.diagnostic,
        );
        if is_over_limit {
            diagnostic.code = "theme/limit";
        }
        Err(diagnostic)
    }

    fn page_too_long(&self, template: &str) -> Diagnostic {
        let limit = limits::megabytes(limits::BYTES);
        let problem =
            Diagnostic::error("theme/limit", format!("this page is longer than the limit of {limit}"));
        match self.sources.get(template) {
            Some(source) => problem.at(Place::file(source.file.clone())),
            None => problem,
        }
    }

    /// A help text that suggests a template with a similar name.
    pub fn suggest_template(&self, template: &str) -> Option<String> {
        suggestion(template, self.sources.keys().map(|name| name.rsplit('/').next().unwrap_or(name)))
    }
}

/// Whether a page declares its canonical URL itself, as `head()` would.
fn has_canonical(html: &str) -> bool {
    ["rel=\"canonical\"", "rel=canonical", "rel='canonical'"].iter().any(|attribute| html.contains(attribute))
}

fn unknown_theme(site: &SiteDir, theme: &str) -> Diagnostic {
    let names = files::theme_names(site);
    let near = suggestion(theme, names.iter().map(String::as_str));
    let help = near.unwrap_or_else(|| {
        format!("create the folder `themes/{theme}`, or use one of: {}", names.join(", "))
    });
    let text = std::fs::read_to_string(site.config()).unwrap_or_default();
    let at = text.find("theme:").map_or(0, |key| key + text[key..].find(theme).unwrap_or(0));
    Diagnostic::error("theme/missing", format!("theme `{theme}` not found"))
        .at(Place::new("bulletin.yaml", text, at..at + theme.len()))
        .help(help)
}
