//! The content security policy of a site's pages: what browsers load and run.
//!
//! The same data is written to `_headers` and used to check stories. A `static/_headers` of the site replaces it with its rule for
//! all paths.

use url::Url;

/// The default policy. It has no `upgrade-insecure-requests`, because previews use plain HTTP.
const DEFAULT: [(&str, &str); 12] = [
    // Everything else is refused: plugins, prefetching, external workers.
    ("default-src", "'none'"),
    // No inline scripts and styles, so that none can slip in through a story.
    ("script-src", "'self'"),
    ("style-src", "'self'"),
    // Stories show external pictures, audio and video; themes embed small pictures in their styles.
    ("img-src", "'self' https: data:"),
    ("media-src", "'self' https:"),
    ("font-src", "'self'"),
    ("connect-src", "'self'"),
    ("manifest-src", "'self'"),
    // Players, maps and charts, external or the site's own.
    ("frame-src", "'self' https:"),
    // Newsletters and donations often use a provider.
    ("form-action", "'self' https:"),
    // No story can change the base of the links on its page.
    ("base-uri", "'none'"),
    // No other site can frame the pages. Browsers that support this ignore `X-Frame-Options`, and all do.
    ("frame-ancestors", "'self'"),
];

/// A content security policy: directives in lowercase with their sources.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Policy {
    directives: Vec<(String, Vec<String>)>,
}

impl Default for Policy {
    fn default() -> Self {
        Self::parse(&default_header())
    }
}

/// The value of the header for sites without a policy of their own.
pub fn default_header() -> String {
    DEFAULT.map(|(name, value)| format!("{name} {value}")).join("; ")
}

impl Policy {
    /// Parses the value of a header.
    pub fn parse(value: &str) -> Self {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for directive in value.split(';') {
            let mut words = directive.split_ascii_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            // The first of two counts (CSP, section 2.2.1).
            if !directives.iter().any(|(known, _)| *known == name) {
                directives.push((name, words.map(str::to_owned).collect()));
            }
        }
        Self { directives }
    }

    /// The policy that a `_headers` file sets for all pages. It allows everything if the file has none.
    pub fn from_headers(text: &str, site: &Url) -> Self {
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

    /// Whether a page of the site may load a URL.
    pub fn allows(&self, load: Load, url: &Url, site: &Url) -> bool {
        let upgrades = self.directives.iter().any(|(name, _)| name == "upgrade-insecure-requests");
        let is_mixed = url.scheme() == "http" && site.scheme() == "https" && !upgrades;
        if is_mixed && load != Load::Base {
            return false;
        }
        let sources = self.sources(load.directives());
        sources.is_none_or(|sources| sources.iter().any(|source| fits(source, url, site)))
    }

    /// Whether inline scripts, styles or handlers may run. A nonce or a hash counts as permission.
    pub fn allows_inline(&self, load: Load) -> bool {
        let is_inline = |source: &String| {
            let source = source.to_ascii_lowercase();
            source == "'unsafe-inline'" || source.starts_with("'nonce-") || source.starts_with("'sha")
        };
        self.sources(load.directives()).is_none_or(|sources| sources.iter().any(is_inline))
    }
}

/// The kinds of things that a page loads or does.
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
    /// The directives that apply, of which the first in the policy counts.
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

    /// The name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Style => "style sheet",
            Self::Picture => "picture",
            Self::Media => "audio or video",
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
        let ours = default_header();
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
        assert_eq!(Policy::from_headers(text, &site), Policy::parse("script-src 'self' https://w.example"));
        assert_eq!(Policy::from_headers("/*\n  X-Y: z\n", &site), Policy::parse(""));
    }
}
