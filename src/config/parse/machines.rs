//! What crawlers, hosts and partners are told: `robots`, `redirects` and the files of trust.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::{Reader, web_url};
use crate::config::{CrawlerRules, Redirect, SecurityTxt, Trust};
use crate::instant::Instant;
use crate::yaml::{Map, Node};

/// Fields of security.txt that name a page, and their names here (RFC 9116, section 2.5).
const PAGES: [(&str, &str); 5] = [
    ("encryption", "Encryption"),
    ("acknowledgments", "Acknowledgments"),
    ("policy", "Policy"),
    ("hiring", "Hiring"),
    ("csaf", "CSAF"),
];

/// Fields of trust.txt, in the order of its specification.
const TRUST: [&str; 10] = [
    "member",
    "belongto",
    "control",
    "controlledby",
    "social",
    "vendor",
    "customer",
    "disclosure",
    "contact",
    "datatrainingallowed",
];

impl Reader {
    /// An absolute URL of the web.
    pub(super) fn web_url(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.line(node)?;
        if let Some(url) = web_url(&text) {
            return Some(url.into());
        }
        let problem = node.error("config/url", format!("`{}` is no URL of the web", node.name()));
        self.wrong(problem, "write an absolute URL that starts with `https://`")
    }

    pub(super) fn robots(&mut self, node: Node<'_>) -> Vec<CrawlerRules> {
        let mut all = Vec::new();
        for item in self.take(node.list()).into_iter().flatten() {
            let Some(map) = self.take(item.map()) else { continue };
            self.only(map, &["agent", "allow", "disallow"]);
            let rules = CrawlerRules {
                agents: self.words(
                    map,
                    "agent",
                    is_agent,
                    "a crawler goes by a name such as `GPTBot`, or `*`",
                ),
                allow: self.words(map, "allow", is_path, "write the beginning of a path: `/about/`"),
                disallow: self.words(map, "disallow", is_path, "write the beginning of a path: `/about/`"),
            };
            if rules.agents.is_empty() {
                let problem = item.error("config/robots", "these rules are for no crawler");
                self.problems.push(problem.help("for example `- {agent: GPTBot, disallow: /}`"));
                continue;
            }
            all.push(rules);
        }
        all
    }

    /// Words of one kind, one or several.
    fn words(&mut self, map: Map<'_>, key: &str, fits: fn(&str) -> bool, help: &str) -> Vec<String> {
        let Some(node) = map.get(key) else { return Vec::new() };
        let mut words = Vec::new();
        for (node, text) in node.strings(&mut self.problems) {
            let text = text.trim();
            if fits(text) {
                words.push(text.to_owned());
            } else {
                let problem = node.error("config/robots", format!("`{text}` cannot stand in `{key}`"));
                self.problems.push(problem.help(help));
            }
        }
        words
    }

    pub(super) fn redirects(&mut self, map: Map<'_>) -> Vec<Redirect> {
        let mut redirects = Vec::new();
        for (key, value) in map.entries() {
            let (Some(from), Some(to)) = (self.take(key.string()), self.line(value)) else { continue };
            let from = from.trim().to_owned();
            if !is_path(&from) || from.contains(['?', '#']) {
                let problem = key.error("config/redirect", format!("`{from}` is no path of this site"));
                self.problems.push(problem.help("write an old path from the root of the site: `/old/`"));
            } else if !is_path(&to) && web_url(&to).is_none() {
                let problem = value.error("config/redirect", format!("nobody can be sent to `{to}`"));
                self.problems.push(
                    problem.help("write a path from the root of the site, `/new/`, or an `https://` URL"),
                );
            } else {
                redirects.push(Redirect { from, to });
            }
        }
        redirects
    }

    pub(super) fn trust(&mut self, map: Map<'_>) -> Trust {
        Trust {
            security: self.inner(map, "security_txt").and_then(|inner| {
                let node = map.get("security_txt")?;
                self.security(node, inner)
            }),
            trust: self.inner(map, "trust_txt").map(|map| self.trust_txt(map)),
            humans: self.block(map, "humans_txt"),
            ads: self.block(map, "ads_txt"),
        }
    }

    /// Text of several lines, with one line end behind it.
    fn block(&mut self, map: Map<'_>, key: &str) -> Option<String> {
        let text = self.take(map.get(key)?.string())?;
        Some(format!("{}\n", text.trim_end()))
    }

    fn security(&mut self, node: Node<'_>, map: Map<'_>) -> Option<SecurityTxt> {
        self.only(
            map,
            &["contact", "expires", "encryption", "acknowledgments", "policy", "hiring", "csaf", "languages"],
        );
        let contact: Vec<String> = map
            .get("contact")
            .map(|node| node.strings(&mut self.problems))
            .into_iter()
            .flatten()
            .map(|(_, text)| contact(text.trim()))
            .collect();
        let expires = map.get("expires").and_then(|node| self.instant(node));
        let pages = PAGES.iter().filter_map(|(key, field)| Some((*field, self.link(map, key)?))).collect();
        let languages = map.get("languages").map(|node| node.strings(&mut self.problems));
        let languages = languages.into_iter().flatten().map(|(_, text)| text.trim().to_owned()).collect();
        // RFC 9116, sections 2.5.3 and 2.5.5: both must be there.
        let (false, Some(expires)) = (contact.is_empty(), expires) else {
            if map.get("contact").is_none() || map.get("expires").is_none() {
                let problem = node.error("config/security-txt", "security.txt needs `contact` and `expires`");
                self.problems.push(problem.help(
                    "for example `security_txt: {contact: security@meridian.example, expires: 2027-06-01}`",
                ));
            }
            return None;
        };
        Some(SecurityTxt { contact, expires, pages, languages })
    }

    /// An instant; a date without a time is its beginning in UTC.
    fn instant(&mut self, node: Node<'_>) -> Option<Timestamp> {
        let text = self.line(node)?;
        let instant = text.parse::<Instant>().ok().and_then(|instant| instant.in_zone(&TimeZone::UTC).ok());
        if instant.is_some() {
            return instant;
        }
        let problem = node.error("config/date", format!("`{text}` is no date"));
        self.wrong(problem, "write it as `2027-06-01` or `2027-06-01T12:00:00Z`")
    }

    fn trust_txt(&mut self, map: Map<'_>) -> Vec<(&'static str, Vec<String>)> {
        self.only(map, &TRUST);
        let mut fields = Vec::new();
        for field in TRUST {
            let Some(node) = map.get(field) else { continue };
            let values = if field == "datatrainingallowed" {
                let yes = self.take(node.bool());
                yes.map(|yes| if yes { "yes" } else { "no" }.to_owned()).into_iter().collect()
            } else {
                let texts = node.strings(&mut self.problems);
                texts
                    .into_iter()
                    .map(|(_, text)| text.split_whitespace().collect::<Vec<_>>().join(" "))
                    .collect()
            };
            fields.push((field, values));
        }
        fields
    }
}

/// A product token of a crawler (RFC 9309, section 2.2.1), or `*`.
fn is_agent(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
    text == "*" || (!text.is_empty() && text.bytes().all(letter))
}

/// A path from the root of the site on one line.
fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") && !text.contains(|c: char| c.is_control() || c == ' ')
}

/// A mail address as a URI; a URI as it is.
fn contact(text: &str) -> String {
    let is_address = text.contains('@') && Url::parse(text).is_err();
    if is_address { format!("mailto:{text}") } else { text.to_owned() }
}
