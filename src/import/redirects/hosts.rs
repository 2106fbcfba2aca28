//! Reads redirects from `_redirects`, `netlify.toml` and `vercel.json`.

use serde_json::{Map, Value as Json};

use super::{Rule, Rules};
use crate::import::front;

/// Reads `_redirects`: path, query parameters, destination, status, conditions.
pub(super) fn lines(text: &str) -> Rules {
    let mut read = Rules::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        let is_to = |word: &&str| word.starts_with('/') || word.contains("://");
        let Some(to) = words.iter().skip(1).position(is_to).map(|at| at + 1) else {
            read.lost.push(line.to_owned());
            continue;
        };
        let is_status = |word: &&&str| word.starts_with(|c: char| c.is_ascii_digit());
        let status = words.get(to + 1).filter(is_status).map_or("", |status| status);
        let rest = if status.is_empty() { to + 1 } else { to + 2 };
        read.rules.push(Rule {
            query: words[1..to].join(" "),
            conditions: words[rest.min(words.len())..].join(" "),
            ..Rule::new(words[0], words[to], status)
        });
    }
    read
}

/// Reads the tables `[[redirects]]` of `netlify.toml`.
pub(super) fn netlify(text: &str) -> Rules {
    let settings = front::parse_settings("netlify.toml", text).unwrap_or_default();
    let mut read = Rules::default();
    for table in entries(&settings) {
        let (from, to) = (string(table, "from"), string(table, "to"));
        if from.is_empty() || to.is_empty() {
            read.lost.push(Json::from(table.clone()).to_string());
            continue;
        }
        let force = if table.get("force") == Some(&true.into()) { "!" } else { "" };
        let status = string(table, "status");
        let status = if status.is_empty() && !force.is_empty() { "301".to_owned() } else { status };
        let pairs = |key: &str| {
            let inner = table.get(key).and_then(Json::as_object).into_iter().flatten();
            let pair =
                |(name, value): (&String, &Json)| format!("{name}={}", front::as_texts(value).join(","));
            inner.map(pair).collect::<Vec<_>>().join(" ")
        };
        read.rules.push(Rule {
            query: pairs("query"),
            conditions: pairs("conditions"),
            ..Rule::new(from, to, format!("{status}{force}"))
        });
    }
    read
}

/// Reads the list `redirects` of `vercel.json`.
pub(super) fn vercel(text: &str) -> Rules {
    let settings = front::parse_settings("vercel.json", text).unwrap_or_default();
    let mut read = Rules::default();
    for entry in entries(&settings) {
        let (from, to) = (string(entry, "source"), string(entry, "destination"));
        let rest = from
            .rsplit_once("/:")
            .filter(|(_, name)| name.ends_with('*'))
            .map(|(front, name)| (front.to_owned(), name.to_owned()));
        let (from, to) = match rest {
            Some((front, name)) => {
                let name = format!(":{}", name.trim_end_matches('*'));
                (format!("{front}/*"), to.replace(&format!("{name}*"), ":splat").replace(&name, ":splat"))
            }
            None => (from, to),
        };
        let is_conditional = entry.contains_key("has") || entry.contains_key("missing");
        if from.contains(['(', ')', '?', '+']) || from.is_empty() || to.is_empty() || is_conditional {
            read.lost.push(Json::from(entry.clone()).to_string());
            continue;
        }
        let status = match entry.get("permanent") {
            Some(Json::Bool(false)) => "307".to_owned(),
            _ => string(entry, "statusCode"),
        };
        read.rules.push(Rule::new(from, to, status));
    }
    read
}

fn entries(settings: &Map<String, Json>) -> impl Iterator<Item = &Map<String, Json>> {
    settings.get("redirects").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_object)
}

fn string(table: &Map<String, Json>, key: &str) -> String {
    table.get(key).and_then(front::as_text).unwrap_or_default()
}
