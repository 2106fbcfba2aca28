//! The texts of templates → a [`Tera`] that renders them, or everything that is wrong with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::{ErrorKind, Tera};

use super::errors::{Problem, TemplateTexts, problems};
use super::files::TemplateSource;
use super::graph::TemplateGraph;
use super::instrument::InstrumentedText;
use super::{DEFAULT, DEFAULT_PREFIX, arguments, filters, functions, limits};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::plan::Urls;
use crate::query::DateFormatter;

/// Compiled templates.
pub(super) struct CompiledTheme {
    pub(super) tera: Tera,
    /// The texts that Tera compiled, by the names of templates.
    pub(super) instrumented: BTreeMap<String, InstrumentedText>,
    pub(super) graph: TemplateGraph,
}

/// The prefixes that names of templates may omit, best first.
pub(super) fn prefixes(theme: &str) -> Vec<String> {
    let mut prefixes = vec![format!("{theme}/")];
    if theme != DEFAULT {
        prefixes.push(DEFAULT_PREFIX.to_owned());
    }
    prefixes
}

/// Compiles all templates.
pub(super) fn all(
    config: &Config,
    sources: &BTreeMap<String, TemplateSource>,
    strings: Arc<BTreeMap<String, String>>,
) -> (Option<CompiledTheme>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(sources.values().filter_map(too_large));
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let graph = TemplateGraph::new(sources, &prefixes(&config.theme));
    diagnostics.extend(graph.problems(sources));
    diagnostics.extend(sources.values().filter_map(context_dump));
    if !diagnostics.has_errors() {
        diagnostics.extend(sources.iter().flat_map(|(name, source)| syntax_errors(sources, name, source)));
    }
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    diagnostics.extend(arguments::problems(&graph, sources));
    let recursive = graph.recursive();
    let instrument = |(name, source): (&String, &TemplateSource)| {
        (name.clone(), InstrumentedText::new(&source.text, &recursive))
    };
    let instrumented: BTreeMap<String, InstrumentedText> = sources.iter().map(instrument).collect();
    let (tera, problems) = link(config, sources, &instrumented, strings);
    diagnostics.extend(problems);
    (tera.map(|tera| CompiledTheme { tera, instrumented, graph }), diagnostics)
}

/// Compiles all templates together.
fn link(
    config: &Config,
    sources: &BTreeMap<String, TemplateSource>,
    instrumented: &BTreeMap<String, InstrumentedText>,
    strings: Arc<BTreeMap<String, String>>,
) -> (Option<Tera>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut texts: BTreeMap<&str, &str> =
        instrumented.iter().map(|(name, instrumented)| (name.as_str(), &*instrumented.text)).collect();
    let originals = TemplateTexts { sources, instrumented };
    loop {
        let compiled = empty(config, Arc::clone(&strings)).and_then(|mut tera| {
            tera.add_raw_templates(texts.iter())?;
            Ok(tera)
        });
        let error = match compiled {
            Ok(tera) => return (Some(tera), diagnostics),
            Err(error) => error,
        };
        let found = problems(&originals, "", &error);
        // A theme need not be compatible with all of the default theme: drop default templates that do not compile with it.
        let is_optional = |problem: &Problem| {
            config.theme != DEFAULT
                && problem.template.as_deref().is_some_and(|name| name.starts_with(DEFAULT_PREFIX))
        };
        let (optional, fatal): (Vec<Problem>, Vec<Problem>) = found.into_iter().partition(is_optional);
        if !fatal.is_empty() {
            diagnostics.extend(fatal.into_iter().map(|problem| problem.diagnostic));
            return (None, diagnostics);
        }
        let before = texts.len();
        texts.retain(|name, _| optional.iter().all(|problem| problem.template.as_deref() != Some(*name)));
        if texts.len() == before {
            diagnostics.push(Diagnostic::error("theme/template", error.to_string()));
            return (None, diagnostics);
        }
    }
}

/// The syntax errors of a single template. They are reported before templates are compiled together, because a broken base
/// would otherwise produce an error for every template that extends it.
fn syntax_errors(
    sources: &BTreeMap<String, TemplateSource>,
    name: &str,
    source: &TemplateSource,
) -> Vec<Diagnostic> {
    match Tera::default().add_raw_template(name, &source.text) {
        Err(error) if matches!(error.kind(), ErrorKind::SyntaxError(_)) => {
            problems(&TemplateTexts { sources, instrumented: &BTreeMap::new() }, name, &error)
                .into_iter()
                .map(|problem| problem.diagnostic)
                .collect()
        }
        _ => Vec::new(),
    }
}

fn empty(config: &Config, strings: Arc<BTreeMap<String, String>>) -> tera::TeraResult<Tera> {
    let mut tera = Tera::default();
    tera.set_fallback_prefixes(prefixes(&config.theme))?;
    let urls = Urls::new(&config.base_url);
    let dates = DateFormatter::new(&config.language, config.timezone.clone());
    filters::register(&mut tera, &urls, dates, config.slugs, config.typography(None));
    functions::register(&mut tera, strings);
    limits::register(&mut tera);
    Ok(tera)
}

/// Rejects Tera's dump of all variables: it has no fixed order, so the page would differ from run to run.
fn context_dump(source: &TemplateSource) -> Option<Diagnostic> {
    let at = source.text.find("__tera_context")?;
    let place = Place::new(source.file.clone(), source.text.clone(), at..at + "__tera_context".len());
    Some(
        Diagnostic::error("theme/template", "`__tera_context` has no fixed order and cannot be used")
            .at(place)
            .help("print a single variable with the `json` filter"),
    )
}

fn too_large(source: &TemplateSource) -> Option<Diagnostic> {
    let message =
        format!("this template is larger than the limit of {}", limits::megabytes(limits::TEMPLATE));
    let help = "move static text to a file under `static/` or `data/`";
    let problem =
        || Diagnostic::error("theme/limit", message).at(Place::file(source.file.clone())).help(help);
    (source.text.len() > limits::TEMPLATE).then(problem)
}
