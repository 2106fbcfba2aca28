//! Templates' texts → a [`Tera`] that renders them, or everything that is wrong with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::{ErrorKind, Tera};

use super::chains::Chains;
use super::errors::{Authored, Problem, problems};
use super::weaving::Woven;
use super::{DEFAULT, DEFAULT_PREFIX, arguments, dates, filters, functions, limits, lookup};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::plan::Urls;

/// Templates that can be rendered.
pub(super) struct Compiled {
    pub(super) tera: Tera,
    /// What Tera was given of each template.
    pub(super) woven: BTreeMap<String, Woven>,
    pub(super) chains: Chains,
}

/// What names of templates may leave out, the best first.
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
    sources: &BTreeMap<String, lookup::Source>,
    strings: Arc<BTreeMap<String, String>>,
) -> (Option<Compiled>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(sources.values().filter_map(too_large));
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let chains = Chains::new(sources, &prefixes(&config.theme));
    diagnostics.extend(chains.problems(sources));
    diagnostics.extend(sources.values().filter_map(dumps_everything));
    if !diagnostics.has_errors() {
        diagnostics.extend(sources.iter().flat_map(|(name, source)| syntax_errors(sources, name, source)));
    }
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    diagnostics.extend(arguments::problems(&chains, sources));
    let recursive = chains.recursive();
    let woven =
        |(name, source): (&String, &lookup::Source)| (name.clone(), Woven::of(&source.text, &recursive));
    let woven: BTreeMap<String, Woven> = sources.iter().map(woven).collect();
    let (tera, problems) = together(config, sources, &woven, strings);
    diagnostics.extend(problems);
    (tera.map(|tera| Compiled { tera, woven, chains }), diagnostics)
}

/// Puts templates together.
fn together(
    config: &Config,
    sources: &BTreeMap<String, lookup::Source>,
    woven: &BTreeMap<String, Woven>,
    strings: Arc<BTreeMap<String, String>>,
) -> (Option<Tera>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut texts: BTreeMap<&str, &str> =
        woven.iter().map(|(name, woven)| (name.as_str(), &*woven.text)).collect();
    let authored = Authored { sources, woven };
    loop {
        let compiled = empty(config, Arc::clone(&strings)).and_then(|mut tera| {
            tera.add_raw_templates(texts.iter())?;
            Ok(tera)
        });
        let error = match compiled {
            Ok(tera) => return (Some(tera), diagnostics),
            Err(error) => error,
        };
        let found = problems(&authored, "", &error);
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
            problems(&Authored { sources, woven: &BTreeMap::new() }, name, &error)
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
    let dates = dates::Dates::new(&config.language, config.timezone.clone());
    filters::register(&mut tera, &urls, dates, config.slugs, config.typography(None));
    functions::register(&mut tera, strings);
    limits::register(&mut tera);
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

/// A template that is so large is none that somebody wrote.
fn too_large(source: &lookup::Source) -> Option<Diagnostic> {
    let message =
        format!("this template is larger than {}, which is the limit", limits::megabytes(limits::TEMPLATE));
    let help = "put what is not template into a file under `static/` or `data/`";
    let problem =
        || Diagnostic::error("theme/limit", message).at(Place::file(source.file.clone())).help(help);
    (source.text.len() > limits::TEMPLATE).then(problem)
}
