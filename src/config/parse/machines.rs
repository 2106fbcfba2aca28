//! What crawlers, hosts and partners are told: `robots`, `redirects` and the files of trust.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::{Reader, language_tag, web_url};
use crate::config::{CrawlerRules, Redirect, SecurityTxt, Trust};
use crate::diagnostic::Severity;
use crate::time::SiteTime;
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

    /// One crawler's rules, or a list of them.
    pub(super) fn robots(&mut self, node: Node<'_>) -> Vec<CrawlerRules> {
        let items: Vec<Node<'_>> = match node.is_map() {
            true => vec![node],
            false => self.take(node.list()).into_iter().flatten().collect(),
        };
        items.into_iter().filter_map(|item| self.crawler(item)).collect()
    }

    fn crawler(&mut self, item: Node<'_>) -> Option<CrawlerRules> {
        const EXAMPLE: &str = "for example `- {agent: GPTBot, disallow: /}`";
        let Ok(map) = item.map() else {
            let problem = item.error("config/robots", "rules of `robots` say for which `agent` they are");
            return self.wrong(problem, EXAMPLE);
        };
        self.only(map, &["agent", "allow", "disallow"]);
        let before = self.problems.count(Severity::Error);
        let agents =
            self.words(map, "agent", is_agent, "is no name of a crawler", "write a name such as `GPTBot`");
        if agents.is_empty() {
            // If there was a name and it was wrong, that has been said.
            if self.problems.count(Severity::Error) == before {
                self.problems
                    .push(item.error("config/robots", "these rules are for no crawler").help(EXAMPLE));
            }
            return None;
        }
        let mut paths = |key| self.words(map, key, is_path, "is no path of this site", PATH_HELP);
        Some(CrawlerRules { agents, allow: paths("allow"), disallow: paths("disallow") })
    }

    /// Words of one kind, one or several.
    fn words(
        &mut self,
        map: Map<'_>,
        key: &str,
        fits: fn(&str) -> bool,
        what: &str,
        help: &str,
    ) -> Vec<String> {
        let Some(node) = map.get(key) else { return Vec::new() };
        let mut words = Vec::new();
        for (node, text) in node.strings(&mut self.problems) {
            if fits(&text) {
                words.push(text.into_owned());
            } else {
                self.problems.push(node.error("config/robots", format!("`{text}` {what}")).help(help));
            }
        }
        words
    }

    pub(super) fn redirects(&mut self, map: Map<'_>) -> Vec<Redirect> {
        let mut redirects = Vec::new();
        for (key, value) in map.entries() {
            let (Some(from), Some(to)) = (self.take(key.string()), self.line(value)) else { continue };
            let from = from.trim().to_owned();
            let (problem, help) = if !is_path(&from) || from.contains(['?', '#']) {
                let message = format!("`{from}` is no path of this site");
                (
                    key.error("config/redirect", message),
                    "write an old path from the root of the site: `/old/`",
                )
            } else if from.contains('*') {
                let message = format!("`{from}` stands for many paths");
                (
                    key.error("config/redirect", message),
                    "write one path a line; rules with `*` go into `static/_redirects`",
                )
            } else if !is_path(&to) && web_url(&to).is_none() {
                let message = format!("nobody can be sent to `{to}`");
                let help = "write a path from the root of the site, `/new/`, or an `https://` URL";
                (value.error("config/redirect", message), help)
            } else {
                redirects.push(Redirect { from, to, place: key.place() });
                continue;
            };
            self.problems.push(problem.help(help));
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
        let node = map.get(key)?;
        if node.is_map() || node.is_list() {
            let problem = node.error("config/text", format!("`{key}` is the text of a file"));
            return self.wrong(problem, format!("write `{key}: |` and its lines below, indented"));
        }
        let text = self.take(node.string())?;
        if text.trim().is_empty() {
            let problem = node.error("config/blank", format!("`{key}` is blank"));
            return self.wrong(problem, "write something, or delete the line");
        }
        Some(format!("{}\n", text.trim_end()))
    }

    fn security(&mut self, node: Node<'_>, map: Map<'_>) -> Option<SecurityTxt> {
        self.only(
            map,
            &["contact", "expires", "encryption", "acknowledgments", "policy", "hiring", "csaf", "languages"],
        );
        let contact = self.each(map, "contact", Self::contact);
        let expires = map.get("expires").and_then(|node| self.instant(node));
        let mut pages = Vec::new();
        for (key, field) in PAGES {
            pages.extend(self.each(map, key, Self::page).into_iter().map(|page| (field, page)));
        }
        let languages = self.each(map, "languages", |reader, node, text| {
            let problem = || node.error("config/language", format!("`{text}` is no language tag"));
            let help = "write the short tag of the language, such as `en`, `el` or `pt-BR`";
            language_tag(text).or_else(|| reader.wrong(problem(), help))
        });
        // RFC 9116, sections 2.5.3 and 2.5.5: both must be there.
        if map.get("contact").is_none() || map.get("expires").is_none() {
            let problem = node.error("config/security-txt", "security.txt needs `contact` and `expires`");
            return self.wrong(
                problem,
                "for example `security_txt: {contact: security@meridian.example, expires: 2027-06-01}`",
            );
        }
        let is_whole = !contact.is_empty();
        expires.filter(|_| is_whole).map(|expires| SecurityTxt { contact, expires, pages, languages })
    }

    /// One text or several, each of which is read or reported.
    fn each(
        &mut self,
        map: Map<'_>,
        key: &str,
        read: fn(&mut Self, Node<'_>, &str) -> Option<String>,
    ) -> Vec<String> {
        let texts = map.get(key).map(|node| node.strings(&mut self.problems)).unwrap_or_default();
        texts.into_iter().filter_map(|(node, text)| read(self, node, &text)).collect()
    }

    /// A way to reach somebody: a URI (RFC 9116, section 2.5.3), or a mail address, which becomes one.
    fn contact(&mut self, node: Node<'_>, text: &str) -> Option<String> {
        let is_mail = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        let is_bare = is_mail && Url::parse(text).is_err();
        let uri = if is_bare { format!("mailto:{text}") } else { text.to_owned() };
        match Url::parse(&uri) {
            // Written as validators want it, with what must be escaped escaped.
            Ok(url) if is_safe(&url) && !uri.contains(char::is_whitespace) => Some(url.into()),
            _ => {
                let problem = node.error("config/security-txt", format!("nobody can be reached at `{text}`"));
                self.wrong(
                    problem,
                    "write a mail address, an `https://` URL, or a number as `tel:+30-210-0000000`",
                )
            }
        }
    }

    /// A path of the site, or a URI. Those of the web must be `https` (RFC 9116, section 2.5).
    fn page(&mut self, node: Node<'_>, text: &str) -> Option<String> {
        if is_path(text) {
            return Some(text.to_owned());
        }
        match Url::parse(text) {
            Ok(url) if is_safe(&url) => Some(url.into()),
            _ => {
                let problem = node.error("config/security-txt", format!("`{text}` leads to no page"));
                self.wrong(
                    problem,
                    "write a path from the root of the site, `/security/`, or an `https://` URL",
                )
            }
        }
    }

    /// An instant; a date without a time is its beginning in UTC.
    fn instant(&mut self, node: Node<'_>) -> Option<Timestamp> {
        let text = self.line(node)?;
        let instant = text.parse::<SiteTime>().ok().and_then(|instant| instant.in_zone(&TimeZone::UTC).ok());
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
            } else if field == "contact" {
                self.each(map, field, |_, _, text| {
                    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
                })
            } else {
                self.each(map, field, Self::address)
            };
            fields.push((field, values));
        }
        fields
    }

    /// The address of a site or of a page, with or without its scheme.
    fn address(&mut self, node: Node<'_>, text: &str) -> Option<String> {
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let is_address = |url: &Url| {
            url.host_str().is_some_and(|host| host.contains('.')) && !text.contains(char::is_whitespace)
        };
        if web_url(&whole).is_some_and(|url| is_address(&url)) {
            return Some(text.to_owned());
        }
        let problem = node.error("config/trust-txt", format!("`{text}` is no address of a site"));
        self.wrong(problem, "write it as `https://press-council.example/`")
    }
}

/// What help says of paths for crawlers.
const PATH_HELP: &str = "write the beginning of a path from the root of the site: `/about/`";

/// A product token of a crawler (RFC 9309, section 2.2.1), or `*`. Digits and dots, which the standard does not have, are in
/// the names of some.
fn is_agent(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
    text == "*" || (!text.is_empty() && text.bytes().all(letter))
}

/// A path from the root of the site on one line.
fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") && !text.contains(|c: char| c.is_control() || c == '\\')
}

/// Whether a URI can stand in security.txt: of the web only with `https`, and never one that a browser would run.
fn is_safe(url: &Url) -> bool {
    let is_dangerous = matches!(url.scheme(), "http" | "javascript" | "data" | "vbscript" | "file" | "blob");
    !is_dangerous && (url.scheme() != "https" || url.has_host())
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, CrawlerRules, Trust};
    use crate::diagnostic::Diagnostic;

    fn with(lines: &str) -> (Config, Vec<Diagnostic>) {
        let text = format!("title: T\nbase_url: https://x.example/\n{lines}\n");
        let (config, problems) = Config::parse(&"bulletin.yaml".into(), &text.as_str().into());
        (config.unwrap(), problems.into_sorted())
    }

    fn good(lines: &str) -> Config {
        let (config, problems) = with(lines);
        assert!(problems.is_empty(), "{lines}: {problems:?}");
        config
    }

    /// The one problem of these lines: its code and its message.
    #[track_caller]
    fn wrong(lines: &str) -> (&'static str, String) {
        let (_, problems) = with(lines);
        assert_eq!(problems.len(), 1, "{lines}: {problems:#?}");
        let problem = &problems[0];
        assert!(problem.is_error() && problem.help.is_some(), "{lines}: {problem:?}");
        assert!(problem.place.as_ref().and_then(|place| place.start()).is_some(), "{lines}: {problem:?}");
        (problem.code, problem.message.clone())
    }

    #[test]
    fn nothing_is_asked_or_told_by_default() {
        let config = good("");
        assert!(!config.api && config.robots.is_empty() && config.redirects.is_empty());
        assert_eq!(config.trust, Trust::default());
        let empty = good("robots:\nredirects:\nsecurity_txt:\ntrust_txt:\nhumans_txt:\nads_txt:\napi:");
        assert_eq!((empty.trust, empty.robots), (Trust::default(), Vec::new()));
    }

    #[test]
    fn crawlers_have_rules() {
        let rules = |lines: &str| -> Vec<String> {
            let shown = |rules: CrawlerRules| {
                format!("{} +{} -{}", rules.agents.join(" "), rules.allow.join(" "), rules.disallow.join(" "))
            };
            good(lines).robots.into_iter().map(shown).collect()
        };
        assert_eq!(
            rules(
                "robots:\n  - {agent: [GPTBot, CCBot], disallow: /, allow: [/about/, /ethics/]}\n  - agent: \"*\"\n"
            ),
            ["GPTBot CCBot +/about/ /ethics/ -/", "* + -"]
        );
        assert_eq!(
            rules("robots: {agent: 'GPTBot, Google-Extended', disallow: '/*.pdf$'}"),
            ["GPTBot Google-Extended + -/*.pdf$"]
        );
        assert_eq!(rules("robots: [{agent: A/1.0, disallow: ''}]"), ["A/1.0 + -"]);
        assert_eq!(rules("robots: [{agent: A, disallow: [/a b/, '/ä#b']}]"), ["A + -/a b/ /ä#b"]);
    }

    #[test]
    fn wrong_rules_are_reported_once() {
        for (lines, code, message) in [
            ("robots: GPTBot", "yaml/wrong-type", "`robots` should be a list, but it is text"),
            ("robots: [GPTBot]", "config/robots", "rules of `robots` say for which `agent` they are"),
            ("robots: [{disallow: /}]", "config/robots", "these rules are for no crawler"),
            ("robots: [{agent: '', disallow: /}]", "config/robots", "these rules are for no crawler"),
            ("robots: [{agent: GPT Bot}]", "config/robots", "`GPT Bot` is no name of a crawler"),
            (
                "robots: [{agent: \"A\\nDisallow: /\"}]",
                "config/robots",
                "`A\nDisallow: /` is no name of a crawler",
            ),
            ("robots: [{agent: A, disallow: about}]", "config/robots", "`about` is no path of this site"),
            ("robots: [{agent: A, allow: \"/a\\nb\"}]", "config/robots", "`/a\nb` is no path of this site"),
            ("robots: [{agent: A, alow: /}]", "config/unknown-key", "there is no setting `robots.alow`"),
        ] {
            assert_eq!(wrong(lines), (code, message.to_owned()));
        }
        let star = "title: T\nbase_url: https://x.example/\nrobots: [{agent: *, disallow: /}]\n";
        let (_, problems) = Config::parse(&"bulletin.yaml".into(), &star.into());
        let problems = problems.into_sorted();
        assert!(problems[0].message.contains("starts with `*`"), "{problems:?}");
    }

    #[test]
    fn redirects_lead_from_paths_to_paths_or_urls() {
        let config = good(
            "redirects:\n  /old/: /new/\n  /old story.php: /a?b#c\n  /2024: /x/\n  /shop/: https://shop.example/ä?q=1\n",
        );
        let found: Vec<_> = config.redirects.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
        assert_eq!(
            found,
            [
                ("/old/", "/new/"),
                ("/old story.php", "/a?b#c"),
                ("/2024", "/x/"),
                ("/shop/", "https://shop.example/ä?q=1")
            ]
        );
        assert_eq!(config.redirects[1].place.start(), Some((5, 3)));
    }

    #[test]
    fn a_redirect_must_lead_from_here_to_somewhere() {
        for (pair, message) in [
            ("2024: /x/", "`2024` is no path of this site"),
            ("old: /x/", "`old` is no path of this site"),
            ("//old.example/: /x/", "`//old.example/` is no path of this site"),
            ("https://x.example/a/: /x/", "`https://x.example/a/` is no path of this site"),
            ("/a?p=1: /x/", "`/a?p=1` is no path of this site"),
            ("'/a#b': /x/", "`/a#b` is no path of this site"),
            ("\"/a\\nb\": /x/", "`/a\nb` is no path of this site"),
            ("/a\\b: /x/", "`/a\\b` is no path of this site"),
            ("/blog/*: /x/", "`/blog/*` stands for many paths"),
            ("/a/: x", "nobody can be sent to `x`"),
            ("/a/: //evil.example", "nobody can be sent to `//evil.example`"),
            ("/a/: /\\evil.example", "nobody can be sent to `/\\evil.example`"),
            ("/a/: javascript:alert(1)", "nobody can be sent to `javascript:alert(1)`"),
            ("/a/: https://", "nobody can be sent to `https://`"),
        ] {
            assert_eq!(wrong(&format!("redirects:\n  {pair}")), ("config/redirect", message.to_owned()));
        }
        assert_eq!(wrong("redirects: [/a/, /b/]").0, "yaml/wrong-type");
        assert_eq!(wrong("redirects:\n  /a/:\n").0, "yaml/wrong-type");
        assert_eq!(wrong("redirects:\n  /a/: ' '\n").0, "config/blank");
    }

    #[test]
    fn security_txt_has_uris() {
        let config = good(
            "security_txt: {contact: [desk@x.example, 'https://x.example/ä', tel:+30-210-0], expires: 2027-06-01T02:00+02:00,\n\
             policy: /security/, encryption: 'openpgp4fpr:5f2d', hiring: https://x.example/jobs, languages: [en, pt_BR]}",
        );
        let security = config.trust.security.unwrap();
        assert_eq!(security.contact, ["mailto:desk@x.example", "https://x.example/%C3%A4", "tel:+30-210-0"]);
        assert_eq!(security.expires.to_string(), "2027-06-01T00:00:00Z");
        let pages: Vec<_> = security.pages.iter().map(|(field, page)| format!("{field} {page}")).collect();
        assert_eq!(
            pages,
            ["Encryption openpgp4fpr:5f2d", "Policy /security/", "Hiring https://x.example/jobs"]
        );
        assert_eq!(security.languages, ["en", "pt-BR"]);
        let date = good("security_txt: {contact: a@x.example, expires: 2027-06-01}").trust.security.unwrap();
        assert_eq!(date.expires.to_string(), "2027-06-01T00:00:00Z");
    }

    #[test]
    fn wrong_ways_to_reach_somebody_are_reported_once() {
        let needs = "security.txt needs `contact` and `expires`";
        for (inner, code, message) in [
            ("contact: a@x.example", "config/security-txt", needs),
            ("expires: 2027-06-01", "config/security-txt", needs),
            ("policy: /x/", "config/security-txt", needs),
            ("contact: a@x.example, expires: soon", "config/date", "`soon` is no date"),
            ("contact: a@x.example, expires: 2027", "config/date", "`2027` is no date"),
            (
                "contact: call us, expires: 2027-06-01",
                "config/security-txt",
                "nobody can be reached at `call us`",
            ),
            ("contact: '@x', expires: 2027-06-01", "config/security-txt", "nobody can be reached at `@x`"),
            (
                "contact: 'http://x.example/', expires: 2027-06-01",
                "config/security-txt",
                "nobody can be reached at `http://x.example/`",
            ),
            (
                "contact: a@x.example, expires: 2027-06-01, policy: policy.html",
                "config/security-txt",
                "`policy.html` leads to no page",
            ),
            (
                "contact: a@x.example, expires: 2027-06-01, hiring: 'javascript:alert(1)'",
                "config/security-txt",
                "`javascript:alert(1)` leads to no page",
            ),
            (
                "contact: a@x.example, expires: 2027-06-01, languages: english!",
                "config/language",
                "`english!` is no language tag",
            ),
            (
                "contact: a@x.example, expires: 2027-06-01, Canonical: x",
                "config/unknown-key",
                "there is no setting `security_txt.Canonical`",
            ),
        ] {
            assert_eq!(wrong(&format!("security_txt: {{{inner}}}")), (code, message.to_owned()));
        }
        let (config, problems) = with("security_txt: {contact: 1, expires: 2}");
        assert_eq!((config.trust.security, problems.len()), (None, 2), "{problems:?}");
        assert_eq!(wrong("security_txt: desk@x.example").0, "yaml/wrong-type");
    }

    #[test]
    fn trust_txt_keeps_the_order_of_its_specification() {
        let config = good(
            "trust_txt:\n  datatrainingallowed: no\n  contact: [The  desk, desk@x.example]\n  social: https://social.example/@x\n\
             \x20 member: [https://press.example/, council.example]\n  vendor: []\n",
        );
        let fields = config.trust.trust.unwrap();
        let shown: Vec<_> =
            fields.iter().map(|(field, values)| format!("{field} {}", values.join("|"))).collect();
        assert_eq!(
            shown,
            [
                "member https://press.example/|council.example",
                "social https://social.example/@x",
                "vendor ",
                "contact The desk|desk@x.example",
                "datatrainingallowed no"
            ]
        );
        for (inner, code, message) in [
            ("member: The Press Council", "config/trust-txt", "`The Press Council` is no address of a site"),
            ("social: '@paper'", "config/trust-txt", "`@paper` is no address of a site"),
            (
                "control: \"https://x.example/\\nmember=https://y.example/\"",
                "config/trust-txt",
                "`https://x.example/\nmember=https://y.example/` is no address of a site",
            ),
            ("members: https://x.example", "config/unknown-key", "there is no setting `trust_txt.members`"),
            (
                "datatrainingallowed: maybe",
                "yaml/wrong-type",
                "`trust_txt.datatrainingallowed` should be `true` or `false`, but it is text",
            ),
        ] {
            assert_eq!(wrong(&format!("trust_txt: {{{inner}}}")), (code, message.to_owned()));
        }
    }

    #[test]
    fn files_of_text_end_with_one_line_end() {
        let trust = good("humans_txt: |\n  Ed: Ana\n\n  More\n\n\nads_txt: 'a, b, DIRECT'").trust;
        assert_eq!(trust.humans.as_deref(), Some("Ed: Ana\n\nMore\n"));
        assert_eq!(trust.ads.as_deref(), Some("a, b, DIRECT\n"));
        assert_eq!(wrong("humans_txt: ' '"), ("config/blank", "`humans_txt` is blank".to_owned()));
        assert_eq!(wrong("ads_txt: [a, b]"), ("config/text", "`ads_txt` is the text of a file".to_owned()));
        assert_eq!(wrong("ads_txt: {a: b}").0, "config/text");
        assert_eq!(wrong("ads_txt: \"a\\0\"").0, "yaml/control-character");
    }
}
