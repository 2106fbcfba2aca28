//! Reads redirects from nginx configuration.

use super::apache::words;
use super::{Rule, Rules, patterns};

/// Reads `rewrite`, and `return` in a `location`.
pub(super) fn read(text: &str) -> Rules {
    let mut read = Rules::default();
    let mut blocks: Vec<Vec<String>> = Vec::new();
    for (statement, end) in statements(text) {
        let words = words(&statement);
        match end {
            '{' => blocks.push(words),
            '}' => drop(blocks.pop()),
            _ => match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["rewrite", from, to, flag @ ("permanent" | "redirect")] => {
                    let status = if *flag == "permanent" { "" } else { "302" };
                    let rules = Some(()).filter(|()| !is_conditional(&blocks));
                    add(&mut read, rules.and_then(|()| patterns::rules(from, to, status)), &statement);
                }
                ["return", status @ ("301" | "302" | "303" | "307" | "308"), to] => {
                    let to = [
                        "$scheme://$host",
                        "$scheme://$server_name",
                        "https://$host",
                        "https://$server_name",
                    ]
                    .iter()
                    .find_map(|host| to.strip_prefix(host))
                    .unwrap_or(to);
                    // Redirects between hosts or schemes of the site are up to the new host.
                    if to.contains("$request_uri") {
                        continue;
                    }
                    add(&mut read, location(&blocks, to, status), &statement);
                }
                _ => {}
            },
        }
    }
    read
}

fn add(read: &mut Rules, rules: Option<Vec<Rule>>, statement: &str) {
    match rules {
        Some(rules) => read.rules.extend(rules),
        None => read.lost.push(statement.to_owned()),
    }
}

fn is_conditional(blocks: &[Vec<String>]) -> bool {
    blocks.iter().any(|block| block.first().is_some_and(|name| name == "if"))
}

/// The rules of a `return`, which depend on the block around it.
fn location(blocks: &[Vec<String>], to: &str, status: &str) -> Option<Vec<Rule>> {
    let block: Vec<&str> = blocks.last()?.iter().map(String::as_str).collect();
    if is_conditional(blocks) || to.contains('$') && !to.contains("$1") {
        return None;
    }
    match block.as_slice() {
        ["location", "=", path] => Some(vec![Rule::new(*path, to, status)]),
        ["location", "~" | "~*", expression] => patterns::rules(expression, to, status),
        ["location", path] | ["location", "^~", path] if path.len() > 1 => Some(vec![
            Rule::new(*path, to, status),
            Rule::new(format!("{}/*", path.trim_end_matches('/')), to, status),
        ]),
        _ => None,
    }
}

/// Statements without comments, each with the character that ends it.
fn statements(text: &str) -> Vec<(String, char)> {
    let mut statements = Vec::new();
    let mut statement = String::new();
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            _ if quote == Some(c) => {
                quote = None;
                statement.push(c);
            }
            _ if quote.is_some() => statement.push(c),
            '"' | '\'' => {
                quote = Some(c);
                statement.push(c);
            }
            '#' if statement.is_empty() || statement.ends_with(char::is_whitespace) => {
                while chars.next_if(|c| *c != '\n').is_some() {}
            }
            // In a regular expression, `{` is a quantifier.
            '{' if !statement.ends_with(char::is_whitespace)
                && !statement.is_empty()
                && chars.peek().is_some_and(char::is_ascii_digit) =>
            {
                statement.push(c)
            }
            '}' if statement.rfind('{').is_some() => statement.push(c),
            ';' | '{' | '}' => {
                let whole = statement.split_whitespace().collect::<Vec<_>>().join(" ");
                statements.push((whole, c));
                statement.clear();
            }
            c => statement.push(c),
        }
    }
    statements
}
