//! Converts regular expressions of web servers to the notation of `_redirects`.

use super::Rule;

/// The rules for an expression that matches one path, or everything below one. `None` for others.
pub(super) fn rules(expression: &str, to: &str, status: &str) -> Option<Vec<Rule>> {
    let inner = expression.strip_prefix('^')?;
    let (inner, is_whole) = inner.strip_suffix('$').map_or((inner, false), |inner| (inner, true));
    let splats = ["(.*)", "(.+)", "(.*?)", ".*", ".+"];
    let splat = splats.iter().find_map(|splat| inner.strip_suffix(splat));
    let ends = ["/?", "(/)?", "/*", "(/|)", "(?:/)?"];
    let path = splat.unwrap_or(inner);
    let path = if splat.is_some() {
        path
    } else {
        ends.iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path)
    };
    let path = format!("/{}", literal(path)?.trim_start_matches('/'));
    let to = if to.starts_with('/') || to.contains("://") { to.to_owned() } else { format!("/{to}") };
    let filled = to.replace("$1", ":splat").replace("${1}", ":splat");
    if filled.contains('$') || filled.contains('%') && filled.contains('{') {
        return None;
    }
    match splat {
        Some(_) => Some(vec![Rule::new(format!("{path}*"), filled, status)]),
        None if to != filled => None,
        None if is_whole => Some(vec![Rule::new(path, to, status)]),
        None => Some(vec![Rule::new(format!("{path}*"), to, status)]),
    }
}

/// The text of an expression that matches only one. An unescaped dot counts as a dot.
fn literal(expression: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = expression.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(|c| !c.is_ascii_alphanumeric())?),
            '[' | ']' | '(' | ')' | '{' | '}' | '|' | '*' | '+' | '?' | '^' | '$' => return None,
            c => text.push(c),
        }
    }
    Some(text)
}
