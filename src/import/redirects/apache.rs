//! Reads redirects from Apache's `.htaccess`.

use super::{Rule, Rules, patterns};

/// Reads `Redirect`, `RedirectMatch`, and `RewriteRule` with a redirect flag.
pub(super) fn read(text: &str) -> Rules {
    let mut read = Rules::default();
    let mut conditions: Vec<String> = Vec::new();
    for line in text.replace("\\\n", " ").lines().map(str::trim) {
        let words = words(line);
        let name = words.first().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
        let rest: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        let found = match (&*name, rest.as_slice()) {
            ("rewritecond", _) => {
                conditions.push(line.to_ascii_lowercase());
                continue;
            }
            ("rewriterule", [from, to, flags @ ..]) => {
                let conditions = std::mem::take(&mut conditions);
                let Some(status) = sends(flags.first().copied().unwrap_or_default()) else { continue };
                // Redirects between hosts or schemes of the site are up to the new host.
                if conditions.iter().any(|line| line.contains("http_host") || line.contains("https")) {
                    continue;
                }
                Some(*to).filter(|_| conditions.is_empty()).and_then(|to| patterns::rules(from, to, &status))
            }
            ("redirectmatch", [from, to]) => patterns::rules(from, to, ""),
            ("redirectmatch", [status, from, to]) => patterns::rules(from, to, &number(status)),
            ("redirectpermanent", [from, to]) | ("redirect", [from, to]) if from.starts_with('/') => {
                Some(below(from, to, ""))
            }
            ("redirecttemp", [from, to]) => Some(below(from, to, "302")),
            ("redirect", [status, from, to]) => Some(below(from, to, &number(status))),
            ("redirect" | "redirectmatch" | "rewriterule", _) => None,
            _ => continue,
        };
        match found {
            Some(rules) => read.rules.extend(rules),
            None => read.lost.push(line.to_owned()),
        }
    }
    read
}

/// Rules for a path and everything below it.
pub(super) fn below(from: &str, to: &str, status: &str) -> Vec<Rule> {
    let mut rules = vec![Rule::new(from, to, status)];
    let is_file = from.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if !is_file && !to.contains(['?', '#']) {
        let bare = |path: &str| path.trim_end_matches('/').to_owned();
        rules.push(Rule::new(format!("{}/*", bare(from)), format!("{}/:splat", bare(to)), status));
    }
    rules
}

/// The redirect status that the flags of a rule set.
fn sends(flags: &str) -> Option<String> {
    let flags = flags.trim_matches(['[', ']']).to_ascii_lowercase();
    let mut flags = flags.split(',').map(str::trim);
    let flag = flags.find(|flag| {
        *flag == "r" || *flag == "redirect" || flag.starts_with("r=") || flag.starts_with("redirect=")
    })?;
    Some(flag.split_once('=').map_or_else(|| "302".to_owned(), |(_, status)| number(status)))
}

fn number(status: &str) -> String {
    match status.to_ascii_lowercase().as_str() {
        "permanent" => "301",
        "temp" => "302",
        "seeother" => "303",
        "gone" => "410",
        other => other,
    }
    .to_owned()
}

/// Splits a line into words, some of them quoted.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        let quoted = rest.strip_prefix(['"', '\'']).and_then(|inner| inner.split_once(&rest[..1]));
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = quoted.unwrap_or_else(|| rest.split_at(end));
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}
