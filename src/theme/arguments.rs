//! The arguments of all filters, functions and tests. Tera ignores arguments that a callee does not read, so that a
//! misspelt one would do nothing: these tables reveal it.

use std::collections::BTreeMap;

use tera::{Error, Kwargs, TeraResult};

use super::files::TemplateSource;
use super::graph::TemplateGraph;
use super::outline::{Argument, Call, Callee};
use crate::diagnostic::{Diagnostic, Place, suggestion};

/// The arguments of each filter.
const FILTERS: &[(&str, &[&str])] = &[
    ("abs", &[]),
    ("absolute_url", &[]),
    ("capitalize", &[]),
    ("date", &["format"]),
    ("default", &["value", "boolean"]),
    ("escape", &[]),
    ("escape_html", &[]),
    ("escape_xml", &[]),
    ("first", &[]),
    ("float", &[]),
    ("get", &["key", "default"]),
    ("group_by", &["attribute"]),
    ("indent", &["width", "indentation", "first", "blank"]),
    ("int", &["base"]),
    ("join", &["sep"]),
    ("json", &[]),
    ("keys", &[]),
    ("last", &[]),
    ("length", &[]),
    ("lower", &[]),
    ("markdown", &["inline"]),
    ("newlines_to_br", &[]),
    ("nth", &["n"]),
    ("pairs", &[]),
    ("pluralize", &["singular", "plural"]),
    ("replace", &["from", "to"]),
    ("reverse", &[]),
    ("round", &["method", "precision"]),
    ("safe", &[]),
    ("slug", &[]),
    ("sort", &["attribute"]),
    ("split", &["pat"]),
    ("str", &[]),
    ("title", &[]),
    ("trim", &["pat"]),
    ("trim_end", &["pat"]),
    ("trim_start", &["pat"]),
    ("truncate", &["length", "end"]),
    ("truncate_words", &["count"]),
    ("unique", &[]),
    ("upper", &[]),
    ("values", &[]),
    ("wordcount", &[]),
];

/// The arguments of each function.
const FUNCTIONS: &[(&str, &[&str])] = &[
    ("article", &["path"]),
    (
        "articles",
        &["section", "tag", "author", "series", "type", "language", "order", "offset", "limit", "exclude"],
    ),
    ("asset", &["name"]),
    ("data", &["file"]),
    ("head", &["title"]),
    ("picture", &["of", "widths", "ratio", "sizes"]),
    ("range", &["start", "end", "step_by"]),
    ("related", &["to", "limit"]),
    ("super", &[]),
    ("t", &["key"]),
    ("terms", &["kind", "order", "limit"]),
    ("throw", &["message"]),
    ("url", &["path"]),
];

/// The arguments of each test that has any.
const TESTS: &[(&str, &[&str])] = &[
    ("containing", &["pat"]),
    ("divisible_by", &["divisor"]),
    ("ending_with", &["pat"]),
    ("starting_with", &["pat"]),
];

/// The arguments of a filter, function or test; `None` if it is unknown, which Tera reports.
fn known_arguments(callee: Callee, name: &str) -> Option<&'static [&'static str]> {
    let all = match callee {
        Callee::Filter => FILTERS,
        Callee::Function => FUNCTIONS,
        Callee::Test => TESTS,
    };
    let found = all.iter().find(|(known, _)| *known == name).map(|(_, arguments)| *arguments);
    match callee {
        Callee::Test => Some(found.unwrap_or_default()),
        _ => found,
    }
}

/// Reports calls with unknown arguments.
pub(super) fn problems(graph: &TemplateGraph, sources: &BTreeMap<String, TemplateSource>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (name, outline) in &graph.outlines {
        let Some(source) = sources.get(name) else { continue };
        for call in &outline.calls {
            let Some(known) = known_arguments(call.callee, &call.name) else { continue };
            let unknown = call.arguments.iter().filter(|argument| !known.contains(&&*argument.name.name));
            problems.extend(unknown.map(|argument| {
                let span = argument.name.span.clone();
                let place = Place::new(source.file.clone(), source.text.clone(), span);
                let message = format!("unknown argument `{}` for {}", argument.name.name, describe(call));
                Diagnostic::error("theme/argument", message).at(place).help(hint(argument, known))
            }));
        }
    }
    problems
}

fn describe(call: &Call) -> String {
    let kind = match call.callee {
        Callee::Filter => "filter",
        Callee::Function => "function",
        Callee::Test => "test",
    };
    format!("{kind} `{}`", call.name)
}

fn hint(argument: &Argument, known: &[&str]) -> String {
    suggestion(&argument.name.name, known.iter().copied()).unwrap_or_else(|| match known {
        [] => "remove it: there are no arguments".to_owned(),
        [only] => format!("the only argument is `{only}`"),
        all => format!("the arguments are {}", all.join(", ")),
    })
}

/// Returns an argument that must be text.
///
/// # Errors
/// If it is missing or not text.
pub(super) fn text<'k>(kwargs: &'k Kwargs, name: &'k str) -> TeraResult<&'k str> {
    let value = kwargs.must_get::<&tera::Value>(name)?;
    value
        .as_str()
        .ok_or_else(|| Error::message(format!("argument `{name}` must be text, not {}", type_name(value))))
}

fn type_name(value: &tera::Value) -> &'static str {
    match value.name() {
        "undefined" => "an undefined value",
        "none" | "null" => "none",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new version of Tera may add some, whose arguments would be rejected.
    #[test]
    fn all_filters_of_tera_are_listed() {
        let tera = format!("{:?}", tera::Tera::default());
        let own = ["absolute_url", "date", "json", "markdown", "slug", "truncate_words"];
        assert!(tera.contains(&format!("filters: {},", FILTERS.len() - own.len())), "{tera}");
        assert!(tera.contains("functions: 2,") && tera.contains("tests: 17,"), "{tera}");
    }
}
