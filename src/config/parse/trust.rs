//! `security.txt`, `trust.txt`, `humans.txt` and `ads.txt`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::robots::is_path;
use super::{Reader, keys, language_tag, web_url};
use crate::config::{SecurityTxt, Trust};
use crate::time::SiteTime;
use crate::yaml::{Map, Node};

/// Keys of pages, with the fields of security.txt (RFC 9116, section 2.5).
const PAGES: [(&str, &str); 5] = [
    ("encryption", "Encryption"),
    ("acknowledgments", "Acknowledgments"),
    ("policy", "Policy"),
    ("hiring", "Hiring"),
    ("csaf", "CSAF"),
];

impl Reader {
    pub(super) fn trust(&mut self, map: Map<'_>) -> Trust {
        Trust {
            security: self.group(map, "security_txt").and_then(|inner| {
                let node = map.get("security_txt")?;
                self.security(node, inner)
            }),
            trust: self.group(map, "trust_txt").map(|map| self.trust_txt(map)),
            humans: self.block(map, "humans_txt"),
            ads: self.block(map, "ads_txt"),
        }
    }

    /// Text of several lines that ends with one line break.
    fn block(&mut self, map: Map<'_>, key: &str) -> Option<String> {
        let node = map.get(key)?;
        if node.is_map() || node.is_list() {
            let problem = node.error("config/text", format!("`{key}` must be text"));
            return self.wrong(problem, format!("write `{key}: |`, then the lines of the file, indented"));
        }
        let text = self.take(node.string())?;
        if text.trim().is_empty() {
            let problem = node.error("config/blank", format!("`{key}` is blank"));
            return self.wrong(problem, "fill it in, or delete the line");
        }
        Some(format!("{}\n", text.trim_end()))
    }

    fn security(&mut self, node: Node<'_>, map: Map<'_>) -> Option<SecurityTxt> {
        self.check_keys(map, &keys::SECURITY_TXT);
        let contact = self.each(map, "contact", Self::contact);
        let expires = map.get("expires").and_then(|node| self.instant(node));
        let mut pages = Vec::new();
        for (key, field) in PAGES {
            pages.extend(self.each(map, key, Self::page).into_iter().map(|page| (field, page)));
        }
        let languages = self.each(map, "languages", |reader, node, text| {
            let problem = || node.error("config/language", format!("`{text}` is not a valid language tag"));
            let help = "use a BCP 47 tag such as `en`, `el` or `pt-BR`";
            language_tag(text).or_else(|| reader.wrong(problem(), help))
        });
        // Both are required (RFC 9116, sections 2.5.3 and 2.5.5).
        if map.get("contact").is_none() || map.get("expires").is_none() {
            let problem =
                node.error("config/security-txt", "`security_txt` must have `contact` and `expires`");
            return self.wrong(
                problem,
                "write it as in `security_txt: {contact: security@meridian.example, expires: 2027-06-01}`",
            );
        }
        let has_contact = !contact.is_empty();
        expires.filter(|_| has_contact).map(|expires| SecurityTxt { contact, expires, pages, languages })
    }

    /// One or several texts, each of which is parsed or reported.
    fn each(
        &mut self,
        map: Map<'_>,
        key: &str,
        parse: fn(&mut Self, Node<'_>, &str) -> Option<String>,
    ) -> Vec<String> {
        let texts = map.get(key).map(|node| node.strings(&mut self.problems)).unwrap_or_default();
        texts.into_iter().filter_map(|(node, text)| parse(self, node, &text)).collect()
    }

    /// A contact as a URI (RFC 9116, section 2.5.3). An email address becomes a `mailto:` URI.
    fn contact(&mut self, node: Node<'_>, text: &str) -> Option<String> {
        let is_mail = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        let is_bare = is_mail && Url::parse(text).is_err();
        let uri = if is_bare { format!("mailto:{text}") } else { text.to_owned() };
        match Url::parse(&uri) {
            // Percent-encoded, as validators require.
            Ok(url) if is_safe(&url) && !uri.contains(char::is_whitespace) => Some(url.into()),
            _ => {
                let problem = node.error("config/security-txt", format!("`{text}` is not a valid contact"));
                self.wrong(
                    problem,
                    "write an email address, an `https://` URL, or a number as in `tel:+30-210-0000000`",
                )
            }
        }
    }

    /// A path of the site, or a URI. Web URIs must use `https` (RFC 9116, section 2.5).
    fn page(&mut self, node: Node<'_>, text: &str) -> Option<String> {
        if is_path(text) {
            return Some(text.to_owned());
        }
        match Url::parse(text) {
            Ok(url) if is_safe(&url) => Some(url.into()),
            _ => {
                let problem =
                    node.error("config/security-txt", format!("`{text}` is not a valid path or URL"));
                self.wrong(
                    problem,
                    "write a path from the root of the site, as in `/security/`, or an `https://` URL",
                )
            }
        }
    }

    /// An instant. A time without an offset is in UTC.
    fn instant(&mut self, node: Node<'_>) -> Option<Timestamp> {
        let text = self.line(node)?;
        let instant = text.parse::<SiteTime>().ok().and_then(|instant| instant.in_zone(&TimeZone::UTC).ok());
        if instant.is_some() {
            return instant;
        }
        let problem = node.error("config/date", format!("`{text}` is not a valid date"));
        self.wrong(problem, "write it as in `2027-06-01` or `2027-06-01T12:00:00Z`")
    }

    fn trust_txt(&mut self, map: Map<'_>) -> Vec<(&'static str, Vec<String>)> {
        self.check_keys(map, &keys::TRUST_TXT);
        let mut fields = Vec::new();
        for field in keys::TRUST_TXT.names() {
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

    /// The URL of a site or a page, with or without its scheme.
    fn address(&mut self, node: Node<'_>, text: &str) -> Option<String> {
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let is_address = |url: &Url| {
            url.host_str().is_some_and(|host| host.contains('.')) && !text.contains(char::is_whitespace)
        };
        if web_url(&whole).is_some_and(|url| is_address(&url)) {
            return Some(text.to_owned());
        }
        let problem = node.error("config/trust-txt", format!("`{text}` is not the URL of a site"));
        self.wrong(problem, "write it as in `https://press-council.example/`")
    }
}

/// Whether a URI is allowed in security.txt: not plain `http`, and nothing that a browser would run.
fn is_safe(url: &Url) -> bool {
    let is_dangerous = matches!(url.scheme(), "http" | "javascript" | "data" | "vbscript" | "file" | "blob");
    !is_dangerous && (url.scheme() != "https" || url.has_host())
}
