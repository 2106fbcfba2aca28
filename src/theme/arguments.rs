//! Arguments of filters, functions and tests: Tera passes on what a call has, and a filter looks for what it knows, so that a
//! misspelt argument does nothing. Which there are stands here, for Tera's own and ours.

use std::collections::BTreeMap;

use tera::{Error, Kwargs, TeraResult};

use super::chains::Chains;
use super::lookup::Source;
use super::reading::{Argument, Call, Callee};
use crate::diagnostic::{Diagnostic, Place, did_you_mean};

/// Each filter with its arguments.
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

/// Each function with its arguments.
const FUNCTIONS: &[(&str, &[&str])] = &[
    ("article", &["path"]),
    (
        "articles",
        &["section", "tag", "author", "series", "type", "language", "order", "offset", "limit", "exclude"],
    ),
    ("asset", &["name"]),
    ("data", &["file"]),
    ("head", &["title"]),
    ("range", &["start", "end", "step_by"]),
    ("related", &["to", "limit"]),
    ("super", &[]),
    ("t", &["key"]),
    ("terms", &["kind", "order", "limit"]),
    ("throw", &["message"]),
    ("url", &["path"]),
];

/// The tests that have arguments, with those.
const TESTS: &[(&str, &[&str])] = &[
    ("containing", &["pat"]),
    ("divisible_by", &["divisor"]),
    ("ending_with", &["pat"]),
    ("starting_with", &["pat"]),
];

/// The arguments of what is called; `None` if it is not known, which Tera reports.
fn known(callee: Callee, name: &str) -> Option<&'static [&'static str]> {
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

/// Calls in templates with arguments that nothing looks for.
pub(super) fn problems(chains: &Chains, sources: &BTreeMap<String, Source>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (name, reading) in &chains.readings {
        let Some(source) = sources.get(name) else { continue };
        for call in &reading.calls {
            let Some(known) = known(call.callee, &call.name) else { continue };
            let unknown = call.arguments.iter().filter(|argument| !known.contains(&&*argument.name.name));
            problems.extend(unknown.map(|argument| {
                let span = argument.name.span.clone();
                let place = Place::new(source.file.clone(), source.text.clone(), span);
                let message = format!("{} has no argument `{}`", of(call), argument.name.name);
                Diagnostic::error("theme/argument", message).at(place).help(hint(argument, known))
            }));
        }
    }
    problems
}

fn of(call: &Call) -> String {
    let kind = match call.callee {
        Callee::Filter => "filter",
        Callee::Function => "function",
        Callee::Test => "test",
    };
    format!("the {kind} `{}`", call.name)
}

fn hint(argument: &Argument, known: &[&str]) -> String {
    match (did_you_mean(&argument.name.name, known.iter().copied()), known) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "it has none: leave it out".to_owned(),
        (None, [only]) => format!("its only argument is `{only}`"),
        (None, all) => format!("its arguments are {}", all.join(", ")),
    }
}

/// The value of an argument that is text.
///
/// # Errors
/// It is missing, or something else.
pub(super) fn text<'k>(kwargs: &'k Kwargs, name: &'k str) -> TeraResult<&'k str> {
    let value = kwargs.must_get::<&tera::Value>(name)?;
    value.as_str().ok_or_else(|| {
        Error::message(format!("the argument `{name}` should be text, but it is {}", shown(value)))
    })
}

/// What a value is, in words.
pub(super) fn shown(value: &tera::Value) -> &'static str {
    match value.name() {
        "undefined" => "not defined",
        "none" | "null" => "none",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new version of Tera may bring more, which would be refused.
    #[test]
    fn filters_of_tera_are_all_known() {
        let tera = format!("{:?}", tera::Tera::default());
        let own = ["absolute_url", "date", "json", "markdown", "slug", "truncate_words"];
        assert!(tera.contains(&format!("filters: {},", FILTERS.len() - own.len())), "{tera}");
        assert!(tera.contains("functions: 2,") && tera.contains("tests: 17,"), "{tera}");
    }
}
