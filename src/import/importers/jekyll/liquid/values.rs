//! Liquid expressions and conditions → values. `None` if a value is not known.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{Place, Site};
use crate::import::archive::{TagContext, urls, when};

/// The length limit of a value, in bytes.
const LONGEST: usize = 1 << 16;
/// Properties of pages that only Jekyll can compute.
const COMPUTED: [&str; 9] = [
    "content",
    "excerpt",
    "next",
    "previous",
    "output",
    "collection",
    "related_posts",
    "dir",
    "relative_path",
];

/// The values of names.
pub(super) struct Scope<'a> {
    pub(super) site: Site<'a>,
    pub(super) context: &'a TagContext<'a>,
    pub(super) vars: BTreeMap<String, Json>,
    /// The arguments of the included file.
    pub(super) include: Option<Map<String, Json>>,
}

impl Scope<'_> {
    /// Assigns a variable, or forgets it if the value is not known. Returns whether it is known.
    pub(super) fn set(&mut self, name: &str, value: Option<Json>) -> bool {
        let is_known = value.is_some();
        self.vars.remove(name);
        self.vars.extend(value.map(|value| (name.to_owned(), value)));
        is_known
    }

    /// Parses the arguments of `include`: `a="b" c=page.title`.
    pub(super) fn arguments(&self, text: &str) -> Option<Vec<(String, Json)>> {
        let mut found = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (name, value) = rest.split_once('=')?;
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            let end = match quote {
                Some(quote) => value.get(1..)?.find(quote)? + 2,
                None => value.find(char::is_whitespace).unwrap_or(value.len()),
            };
            let known = self.operand(value.get(..end)?, Place::default())?;
            found.push((name.trim().to_owned(), known));
            rest = value.get(end..)?.trim_start();
        }
        Some(found)
    }

    /// Evaluates an expression: `page.title | default: site.title | upcase`.
    pub(super) fn value(&self, text: &str, place: Place) -> Option<Json> {
        let mut parts = split(text, '|').into_iter();
        let first = parts.next()?;
        let mut value = self.operand(first, place)?;
        for filter in parts.filter(|filter| !filter.trim().is_empty()) {
            let (name, arguments) = filter.split_once(':').unwrap_or((filter, ""));
            let arguments = split(arguments, ',').into_iter().filter(|argument| !argument.trim().is_empty());
            let arguments: Option<Vec<Json>> =
                arguments.map(|argument| self.operand(argument, place)).collect();
            value = self.apply_filter(name.trim(), value, &arguments?, place)?;
        }
        Some(value)
    }

    /// Evaluates a condition.
    pub(super) fn evaluate_condition(&self, text: &str) -> Option<bool> {
        let mut is_any = false;
        for part in text.split(" or ") {
            let mut are_all = true;
            for test in part.split(" and ") {
                are_all &= self.test(test)?;
            }
            is_any |= are_all;
        }
        Some(is_any)
    }

    fn test(&self, text: &str) -> Option<bool> {
        for sign in ["==", "!=", "<>", ">=", "<=", ">", "<", " contains "] {
            let Some((one, other)) = text.split_once(sign) else { continue };
            let (one, other) = (self.operand(one, Place::default())?, self.operand(other, Place::default())?);
            let numbers = one.as_f64().zip(other.as_f64());
            let is_blank =
                |one: &Json, other: &Json| other.as_str() == Some("") && (one.is_null() || one == "");
            return Some(match sign {
                "==" => one == other || is_blank(&one, &other),
                "!=" | "<>" => one != other && !is_blank(&one, &other),
                ">=" => numbers?.0 >= numbers?.1,
                "<=" => numbers?.0 <= numbers?.1,
                ">" => numbers?.0 > numbers?.1,
                "<" => numbers?.0 < numbers?.1,
                _ => match &one {
                    Json::Array(items) => items.contains(&other),
                    one => to_text(one)?.contains(&to_text(&other)?),
                },
            });
        }
        self.operand(text, Place::default()).map(|value| !matches!(value, Json::Null | Json::Bool(false)))
    }

    fn operand(&self, text: &str, place: Place) -> Option<Json> {
        let text = text.trim();
        let quoted = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
        if let Some(inner) = ['"', '\''].into_iter().find_map(quoted) {
            return Some(inner.into());
        }
        match text {
            "true" => return Some(true.into()),
            "false" => return Some(false.into()),
            "nil" | "null" => return Some(Json::Null),
            "empty" | "blank" => return Some("".into()),
            _ => {}
        }
        if let Ok(number) = serde_json::from_str::<serde_json::Number>(text) {
            return Some(number.into());
        }
        let path = text.replace("[\"", ".").replace("['", ".").replace("\"]", "").replace("']", "");
        // `list[0]`, but not `list[page.lang]`.
        if path.split('[').skip(1).any(|index| !index.starts_with(|c: char| c.is_ascii_digit())) {
            return None;
        }
        let path = path.replace('[', ".").replace(']', "");
        let mut keys = path.split('.');
        let root = keys.next()?;
        let keys: Vec<&str> = keys.collect();
        match (root, keys.as_slice()) {
            ("site", ["url"]) if place.is_destination => Some("".into()),
            ("site", ["url"]) => Some(self.site.url.into()),
            ("site", ["baseurl"]) => Some(self.site.base.into()),
            ("site", ["data", name, rest @ ..]) => {
                lookup(self.site.settings?.0.get("data")?.get(*name)?, rest)
            }
            ("site", [key, rest @ ..]) => lookup(self.site.settings?.0.get(*key)?, rest),
            ("page", [key, rest @ ..]) => self.page_value(key, rest),
            ("include", [key, rest @ ..]) => {
                Some(self.include.as_ref()?.get(*key).map_or(Some(Json::Null), |value| lookup(value, rest))?)
            }
            ("jekyll", ["environment"]) => Some("production".into()),
            (name, rest) => lookup(self.vars.get(name)?, rest),
        }
    }

    fn page_value(&self, key: &str, rest: &[&str]) -> Option<Json> {
        let (page, front) = (self.context.page, self.context.front);
        if let Some(value) = front.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value) {
            return lookup(value, rest);
        }
        match key {
            "url" => {
                let url = page.url.as_deref()?;
                Some(url.strip_prefix(self.site.base).unwrap_or(url).into())
            }
            "title" => page.title.clone().map(Json::from),
            "date" => page.date.as_ref().map(|date| date.text.clone().into()),
            "path" => Some(self.context.path.into()),
            "slug" => Some(page.slug.as_str().into()),
            _ if COMPUTED.contains(&key) || self.site.settings.is_none() => None,
            _ => Some(Json::Null),
        }
    }

    fn apply_filter(&self, name: &str, value: Json, arguments: &[Json], place: Place) -> Option<Json> {
        let text = || to_text(&value);
        let argument = |index: usize| to_text(arguments.get(index)?);
        let output: String = match name {
            "default" => {
                let is_empty = matches!(&value, Json::Null | Json::Bool(false)) || value == "";
                return if is_empty { arguments.first().cloned() } else { Some(value) };
            }
            "size" | "first" | "last" | "where" => return apply_list_filter(name, &value, arguments),
            "join" => {
                let parts: Option<Vec<String>> = value.as_array()?.iter().map(to_text).collect();
                parts?.join(argument(0).as_deref().unwrap_or(" "))
            }
            "split" => {
                return Some(text()?.split(argument(0)?.as_str()).take(1000).map(Json::from).collect());
            }
            "relative_url" | "absolute_url" | "url" => self.url(&text()?, name == "absolute_url", place),
            "prepend" if place.is_destination && arguments.first()? == "" => text()?,
            "prepend" => argument(0)? + &text()?,
            "append" => text()? + &argument(0)?,
            "upcase" => text()?.to_uppercase(),
            "downcase" => text()?.to_lowercase(),
            "capitalize" => {
                let text = text()?.to_lowercase();
                let mut chars = text.chars();
                chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
            }
            "strip" => text()?.trim().to_owned(),
            "lstrip" => text()?.trim_start().to_owned(),
            "rstrip" => text()?.trim_end().to_owned(),
            "strip_newlines" => text()?.replace(['\n', '\r'], ""),
            "normalize_whitespace" => text()?.split_whitespace().collect::<Vec<_>>().join(" "),
            "escape" | "xml_escape" | "escape_once" | "h" => crate::import::html::escaped(&text()?),
            "uri_escape" => urls::encode(&text()?),
            "slugify" => super::super::permalinks::slugify(&text()?),
            "remove" => text()?.replace(&argument(0)?, ""),
            "replace" => {
                let (text, old, new) = (text()?, argument(0)?, argument(1)?);
                if old.is_empty() || text.matches(&old).count().saturating_mul(new.len()) > LONGEST {
                    return None;
                }
                text.replace(&old, &new)
            }
            "replace_first" => text()?.replacen(&argument(0)?, &argument(1)?, 1),
            "date" => format_date(&text()?, &argument(0)?)?,
            "date_to_string" => format_date(&text()?, "%d %b %Y")?,
            "date_to_long_string" => format_date(&text()?, "%d %B %Y")?,
            _ => return None,
        };
        (output.len() <= LONGEST).then(|| output.into())
    }

    /// A URL path on the old site. Links get no host, so that they follow the site.
    fn url(&self, path: &str, is_absolute: bool, place: Place) -> String {
        if path.contains("://") {
            return path.to_owned();
        }
        let base = if place.is_continued { "" } else { self.site.base };
        let host =
            if is_absolute && !place.is_destination { self.site.url.trim_end_matches('/') } else { "" };
        format!("{host}{base}/{}", path.trim_start_matches('/'))
    }
}

/// Looks up a nested value.
fn lookup(value: &Json, keys: &[&str]) -> Option<Json> {
    let mut value = value;
    for key in keys {
        value = match value {
            Json::Object(map) => map.get(*key).unwrap_or(&Json::Null),
            Json::Array(items) if *key == "first" => items.first()?,
            Json::Array(items) if *key == "last" => items.last()?,
            Json::Array(items) if *key == "size" => return Some(items.len().into()),
            Json::Array(items) => items.get(key.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value.clone())
}

/// The output of a value.
pub(super) fn to_text(value: &Json) -> Option<String> {
    Some(match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Bool(truth) => truth.to_string(),
        Json::Number(number) => number.to_string(),
        Json::Array(_) | Json::Object(_) => return None,
    })
}

fn format_date(text: &str, format: &str) -> Option<String> {
    let when = when::read(text)?;
    jiff::fmt::strtime::format(format, when.civil).ok()
}

/// Splits a text at a character outside quotation marks.
fn split(text: &str, sign: char) -> Vec<&str> {
    let mut quote = None;
    text.split(|c| {
        match quote {
            Some(open) if open == c => quote = None,
            Some(_) => return false,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => {}
        }
        c == sign && quote.is_none()
    })
    .collect()
}

/// Applies a filter for lists, or `size` to a text.
fn apply_list_filter(name: &str, value: &Json, arguments: &[Json]) -> Option<Json> {
    let argument = |index: usize| to_text(arguments.get(index)?);
    let items = value.as_array();
    match name {
        "size" => Some(
            items
                .map_or_else(|| to_text(value).map(|text| text.chars().count()), |items| Some(items.len()))?
                .into(),
        ),
        "first" => items?.first().cloned(),
        "last" => items?.last().cloned(),
        _ => {
            let (key, wanted) = (argument(0)?, argument(1)?);
            let is_wanted =
                |item: &&Json| item.get(&key).and_then(to_text).as_deref() == Some(wanted.as_str());
            Some(items?.iter().filter(is_wanted).cloned().collect())
        }
    }
}
