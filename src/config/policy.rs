//! The content security policy of a site's pages → what browsers load and run, and what they refuse.
//!
//! One set of data for two rooms: it is written into `_headers`, and texts are checked against it. A `static/_headers` of the
//! site replaces ours; then its rule for all paths counts.

use url::Url;

/// What pages may load and do. There is no `upgrade-insecure-requests`, as previews speak plain HTTP.
const OURS: [(&str, &str); 12] = [
    // What is not named below is not needed: plugins, prefetching, workers from elsewhere.
    ("default-src", "'none'"),
    // Of scripts and styles in the page itself none run, so that what slips into a text cannot.
    ("script-src", "'self'"),
    ("style-src", "'self'"),
    // Texts show pictures, sound and film from elsewhere; themes put small pictures into their styles.
    ("img-src", "'self' https: data:"),
    ("media-src", "'self' https:"),
    ("font-src", "'self'"),
    ("connect-src", "'self'"),
    ("manifest-src", "'self'"),
    // Players, maps and charts, the site's own among them.
    ("frame-src", "'self' https:"),
    // Newsletters and donations are often at a provider.
    ("form-action", "'self' https:"),
    // No text can change where the links of its page lead.
    ("base-uri", "'none'"),
    // The site's pages are in no other site's frames. Browsers that know this ignore `X-Frame-Options`, and all do.
    ("frame-ancestors", "'self'"),
];

/// A content security policy: names of directives in small letters, with the sources that each allows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Policy {
    directives: Vec<(String, Vec<String>)>,
}

impl Default for Policy {
    fn default() -> Self {
        Self::parse(&ours())
    }
}

/// The policy of all sites that have none of their own, as it is written in a header.
pub fn ours() -> String {
    OURS.map(|(name, value)| format!("{name} {value}")).join("; ")
}

impl Policy {
    /// Reads the value of a header.
    pub fn parse(value: &str) -> Self {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for directive in value.split(';') {
            let mut words = directive.split_ascii_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            // Of two, the first counts (CSP, section 2.2.1).
            if !directives.iter().any(|(known, _)| *known == name) {
                directives.push((name, words.map(str::to_owned).collect()));
            }
        }
        Self { directives }
    }

    /// The policy that a `_headers` file sends with all pages of a site. It allows everything if the file has none.
    pub fn of_headers(text: &str, site: &Url) -> Self {
        let all = format!("{}*", site.path());
        let mut is_for_all = false;
        for line in text.lines() {
            let is_path = !line.starts_with([' ', '\t']) && !line.trim().is_empty() && !line.starts_with('#');
            if is_path {
                is_for_all = line.trim() == "/*" || line.trim() == all;
                continue;
            }
            let value = line.split_once(':').filter(|(name, _)| {
                is_for_all && name.trim().eq_ignore_ascii_case("content-security-policy")
            });
            if let Some((_, value)) = value {
                return Self::parse(value);
            }
        }
        Self { directives: Vec::new() }
    }

    fn sources(&self, names: &[&str]) -> Option<&[String]> {
        names.iter().find_map(|name| {
            let found = self.directives.iter().find(|(known, _)| known == name);
            found.map(|(_, sources)| sources.as_slice())
        })
    }

    /// Whether a page of the site may load something from elsewhere.
    pub fn allows(&self, load: Load, url: &Url, site: &Url) -> bool {
        let upgrades = self.directives.iter().any(|(name, _)| name == "upgrade-insecure-requests");
        let is_mixed = url.scheme() == "http" && site.scheme() == "https" && !upgrades;
        if is_mixed && load != Load::Base {
            return false;
        }
        let sources = self.sources(load.directives());
        sources.is_none_or(|sources| sources.iter().any(|source| fits(source, url, site)))
    }

    /// Whether scripts, styles or handlers that stand in a page itself do something. One with a nonce or hash may.
    pub fn allows_inline(&self, load: Load) -> bool {
        let is_inline = |source: &String| {
            let source = source.to_ascii_lowercase();
            source == "'unsafe-inline'" || source.starts_with("'nonce-") || source.starts_with("'sha")
        };
        self.sources(load.directives()).is_none_or(|sources| sources.iter().any(is_inline))
    }
}

/// What a page loads or does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Load {
    Script,
    Style,
    Picture,
    Media,
    Frame,
    Plugin,
    Form,
    Base,
}

impl Load {
    /// The directives that decide, the first that a policy has.
    fn directives(self) -> &'static [&'static str] {
        match self {
            Self::Script => &["script-src-elem", "script-src", "default-src"],
            Self::Style => &["style-src-elem", "style-src", "default-src"],
            Self::Picture => &["img-src", "default-src"],
            Self::Media => &["media-src", "default-src"],
            Self::Frame => &["frame-src", "child-src", "default-src"],
            Self::Plugin => &["object-src", "default-src"],
            Self::Form => &["form-action"],
            Self::Base => &["base-uri"],
        }
    }

    /// What readers know it as.
    pub fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Style => "style sheet",
            Self::Picture => "picture",
            Self::Media => "sound or film",
            Self::Frame => "frame",
            Self::Plugin => "plugin",
            Self::Form => "form",
            Self::Base => "base URL",
        }
    }
}

/// Whether a source of a directive allows a URL (CSP, section 6.7.2).
fn fits(source: &str, url: &Url, site: &Url) -> bool {
    let source = source.to_ascii_lowercase();
    let is_secure = |scheme: &str| matches!((scheme, url.scheme()), ("http", "https"));
    if source == "'self'" {
        return url.host_str() == site.host_str()
            && (url.port_or_known_default() == site.port_or_known_default() || is_secure(site.scheme()))
            && (url.scheme() == site.scheme() || is_secure(site.scheme()));
    }
    if source == "*" {
        return matches!(url.scheme(), "http" | "https");
    }
    if source.starts_with('\'') {
        return false;
    }
    if let Some(scheme) = source.strip_suffix(':') {
        return url.scheme() == scheme || is_secure(scheme);
    }
    let (scheme, rest) = source.split_once("://").unwrap_or((site.scheme(), source.as_str()));
    if url.scheme() != scheme && !is_secure(scheme) {
        return false;
    }
    let (authority, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let found = url.host_str().unwrap_or_default();
    let is_host = match host.strip_prefix("*.") {
        Some(domain) => found.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.')),
        None => host == found || host == "*",
    };
    let is_port = match port {
        None => url.port().is_none(),
        Some("*") => true,
        Some(port) => url.port_or_known_default().is_some_and(|found| found.to_string() == port),
    };
    let is_path = path.filter(|path| !path.is_empty()).is_none_or(|path| {
        let found = url.path().trim_start_matches('/').to_ascii_lowercase();
        if path.ends_with('/') { found.starts_with(path) } else { found == path }
    });
    is_host && is_port && is_path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(policy: &str, load: Load, url: &str) -> bool {
        let site = Url::parse("https://news.example/").unwrap();
        Policy::parse(policy).allows(load, &Url::parse(url).unwrap(), &site)
    }

    #[test]
    fn sources_are_matched_as_browsers_do() {
        for (policy, url, expected) in [
            ("script-src 'self'", "https://news.example/a.js", true),
            ("script-src 'self'", "https://other.example/a.js", false),
            ("script-src https:", "https://other.example/a.js", true),
            ("default-src 'none'", "https://other.example/a.js", false),
            ("img-src 'none'", "https://other.example/a.js", true),
            ("script-src *.other.example", "https://cdn.other.example/a.js", true),
            ("script-src *.other.example", "https://other.example/a.js", false),
            ("script-src other.example/w/", "https://other.example/w/a.js", true),
            ("script-src other.example/w/", "https://other.example/x/a.js", false),
            ("script-src other.example", "https://other.example:8443/a.js", false),
            ("SCRIPT-SRC 'self' https://other.example:*", "https://other.example:8443/a.js", true),
            ("script-src *", "data:text/javascript,x", false),
            ("script-src *; script-src 'none'", "https://other.example/a.js", true),
            ("", "https://other.example/a.js", true),
            ("", "http://other.example/a.js", false),
            ("upgrade-insecure-requests", "http://other.example/a.js", true),
        ] {
            assert_eq!(allows(policy, Load::Script, url), expected, "{policy}: {url}");
        }
    }

    #[test]
    fn our_policy_shows_what_is_encrypted_and_runs_nothing_of_others() {
        let ours = ours();
        for load in [Load::Picture, Load::Media, Load::Frame, Load::Form] {
            assert!(allows(&ours, load, "https://other.example/x"), "{load:?}");
            assert!(!allows(&ours, load, "http://other.example/x"), "{load:?}");
        }
        for load in [Load::Script, Load::Style, Load::Plugin, Load::Base] {
            assert!(!allows(&ours, load, "https://other.example/x"), "{load:?}");
            assert!(!Policy::default().allows_inline(load));
        }
        assert!(Policy::parse("default-src 'self' 'unsafe-inline'").allows_inline(Load::Style));
    }

    #[test]
    fn headers_of_the_site_count_for_all_paths() {
        let text = "# ours\n/a/*\n  Content-Security-Policy: img-src 'none'\n\n/*\n  X-Y: z\n  content-security-policy: script-src 'self' https://w.example\n";
        let site = Url::parse("https://news.example/").unwrap();
        assert_eq!(Policy::of_headers(text, &site), Policy::parse("script-src 'self' https://w.example"));
        assert_eq!(Policy::of_headers("/*\n  X-Y: z\n", &site), Policy::parse(""));
    }
}
