//! Rules for crawlers, and redirects.

use super::{Reader, keys, web_url};
use crate::config::{CrawlerRules, Redirect};
use crate::diagnostic::Severity;
use crate::yaml::{Map, Node};

impl Reader {
    /// The rules of one crawler, or a list of them.
    pub(super) fn robots(&mut self, node: Node<'_>) -> Vec<CrawlerRules> {
        let items: Vec<Node<'_>> = match node.is_map() {
            true => vec![node],
            false => self.take(node.list()).into_iter().flatten().collect(),
        };
        items.into_iter().filter_map(|item| self.crawler(item)).collect()
    }

    fn crawler(&mut self, item: Node<'_>) -> Option<CrawlerRules> {
        const EXAMPLE: &str = "write rules as in `- {agent: GPTBot, disallow: /}`";
        let Ok(map) = item.map() else {
            let problem = item.error("config/robots", "a rule of `robots` must name an `agent`");
            return self.wrong(problem, EXAMPLE);
        };
        self.check_keys(map, &keys::ROBOTS);
        let before = self.problems.count(Severity::Error);
        let agents = self.checked_texts(
            map,
            "agent",
            is_agent,
            "is not the name of a crawler",
            "write a name such as `GPTBot`",
        );
        if agents.is_empty() {
            // An invalid name has been reported.
            if self.problems.count(Severity::Error) == before {
                self.problems.push(item.error("config/robots", "this rule has no `agent`").help(EXAMPLE));
            }
            return None;
        }
        let mut paths = |key| self.checked_texts(map, key, is_path, "is not a path of this site", PATH_HELP);
        Some(CrawlerRules { agents, allow: paths("allow"), disallow: paths("disallow") })
    }

    /// One or several texts, each of which must pass a test.
    fn checked_texts(
        &mut self,
        map: Map<'_>,
        key: &str,
        fits: fn(&str) -> bool,
        what: &str,
        help: &str,
    ) -> Vec<String> {
        let Some(node) = map.get(key) else { return Vec::new() };
        let mut valid = Vec::new();
        for (node, text) in node.strings(&mut self.problems) {
            if fits(&text) {
                valid.push(text.into_owned());
            } else {
                self.problems.push(node.error("config/robots", format!("`{text}` {what}")).help(help));
            }
        }
        valid
    }

    pub(super) fn redirects(&mut self, map: Map<'_>) -> Vec<Redirect> {
        let mut redirects = Vec::new();
        for (key, value) in map.entries() {
            let (Some(from), Some(to)) = (self.take(key.string()), self.line(value)) else { continue };
            let from = from.trim().to_owned();
            let (problem, help) = if !is_path(&from) || from.contains(['?', '#']) {
                let message = format!("`{from}` is not a path of this site");
                (
                    key.error("config/redirect", message),
                    "write the old path from the root of the site, as in `/old/`",
                )
            } else if from.contains('*') {
                let message = format!("`{from}` is a pattern, but a redirect takes one path");
                (
                    key.error("config/redirect", message),
                    "write one path per line, or put rules with `*` in `static/_redirects`",
                )
            } else if !is_path(&to) && web_url(&to).is_none() {
                let message = format!("`{to}` is not a valid redirect target");
                let help = "write a path from the root of the site, as in `/new/`, or an `https://` URL";
                (value.error("config/redirect", message), help)
            } else {
                redirects.push(Redirect { from, to, place: key.place() });
                continue;
            };
            self.problems.push(problem.help(help));
        }
        redirects
    }
}

const PATH_HELP: &str = "write the beginning of a path from the root of the site, as in `/about/`";

/// Whether a text is a product token of a crawler (RFC 9309, section 2.2.1), or `*`. Some crawlers have digits, dots and slashes
/// in their names, which the standard does not allow.
fn is_agent(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
    text == "*" || (!text.is_empty() && text.bytes().all(letter))
}

/// Whether a text is a path from the root of the site, on one line.
pub(super) fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") && !text.contains(|c: char| c.is_control() || c == '\\')
}
