//! The destination of a link or image → the kind of thing that it names.

use std::borrow::Cow;
use std::ops::Range;

use percent_encoding::percent_decode_str;

use super::Player;

/// A link, image or HTML attribute of a text that names something within this site.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reference {
    /// The destination as written.
    pub written: String,
    /// How it is used.
    pub kind: ReferenceKind,
    /// Its bytes in the Markdown.
    pub span: Range<usize>,
}

/// How a destination is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ReferenceKind {
    /// `[text](destination)`
    Link,
    /// `![alt](destination)`
    Image,
    /// An attribute of raw HTML.
    Html,
    /// Inside an attribute of raw HTML with another purpose. Matters only if readers must not see it.
    Mention,
}

/// What a destination becomes in HTML.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Target {
    /// It stays as written.
    Keep,
    /// This URL, and for an image its width and height.
    Url(String, Option<(u32, u32)>),
    /// For an image: a picture with all that its HTML has.
    Picture(Box<PictureMarkup>),
    /// Sound or film with what belongs to it. Only images have it.
    Player(Box<Player>),
    /// Readers must not see it: the text of a link stays, the link goes.
    Hidden,
}

/// What the HTML of a picture in a text has. URLs are as browsers request them.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct PictureMarkup {
    /// The file under its own name, for HTML that says itself how large it is.
    pub file: String,
    /// For browsers that know no `srcset`.
    pub src: String,
    /// Media types with the values of `srcset`, the best format first; the last is for the image itself. Empty if there are no renditions.
    pub sources: Vec<(String, String)>,
    /// The value of `sizes`.
    pub sizes: String,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// The class for its dominant color.
    pub class: Option<String>,
    /// Whether readers see it at once, so that browsers need not wait for their scrolling.
    pub is_eager: bool,
    /// The alternative text, if the text has none.
    pub alt: Option<String>,
    /// The caption, if the text has none.
    pub caption: Option<String>,
    /// The credit line.
    pub credit: Option<String>,
    /// What readers must know of how it came to be.
    pub label: Option<String>,
}

/// What a destination names, by its shape alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written<'a> {
    /// Something elsewhere, or nothing to resolve.
    Elsewhere,
    /// A scheme that runs code (`javascript:`).
    Unsafe,
    /// A heading of the same page.
    Fragment(&'a str),
    /// A source file, with a heading in it.
    Source {
        /// Percent-decoded; relative to the article, or to `content/` if it starts with `/`.
        path: String,
        /// Without `#`.
        fragment: Option<&'a str>,
    },
    /// A path from the root of the site.
    Site(&'a str),
    /// Another file, percent-decoded and relative to the article.
    File(String),
    /// A path that is relative to the page, or to the article as some editors write it.
    Relative(&'a str),
    /// A URL with a host, which may be the site's own.
    Web(&'a str),
}

/// Classifies a destination.
pub fn classify(destination: &str) -> Written<'_> {
    // As browsers do.
    let destination = destination.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if let Some(fragment) = destination.strip_prefix('#') {
        return if fragment.is_empty() { Written::Elsewhere } else { Written::Fragment(fragment) };
    }
    if destination.is_empty() || destination.starts_with('?') {
        return Written::Elsewhere;
    }
    let is_slash = |c: char| matches!(c, '/' | '\\');
    if destination.strip_prefix(is_slash).is_some_and(|rest| rest.starts_with(is_slash)) {
        return Written::Web(destination);
    }
    if let Some(scheme) = scheme(destination) {
        let is_any = |schemes: &[&str]| schemes.iter().any(|one| scheme.eq_ignore_ascii_case(one));
        let is_image = destination.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("data:image/"));
        return match scheme {
            _ if is_any(&["http", "https"]) => Written::Web(destination),
            _ if is_any(&["javascript", "vbscript", "data"]) && !is_image => Written::Unsafe,
            _ => Written::Elsewhere,
        };
    }
    let (path, fragment) = match destination.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment).filter(|fragment| !fragment.is_empty())),
        None => (destination, None),
    };
    let path = path.split_once('?').map_or(path, |(path, _query)| path);
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    // A trailing slash does not name another file.
    let file = decoded.trim_end_matches('/');
    if [".md", ".markdown"].iter().any(|extension| file.to_ascii_lowercase().ends_with(extension)) {
        // Zola writes `@/` for the root of `content/`.
        let path = file.strip_prefix('@').filter(|path| path.starts_with('/')).unwrap_or(file).to_owned();
        return Written::Source { path, fragment };
    }
    if destination.starts_with(is_slash) {
        return Written::Site(destination);
    }
    let names_a_file =
        decoded.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'));
    if names_a_file { Written::File(decoded.into_owned()) } else { Written::Relative(destination) }
}

/// Whether a URL may belong to the site at this host, or pass such a URL to another site. False positives are possible.
pub fn may_be_own(url: &str, host: &str) -> bool {
    if contains_host(url, host) {
        return true;
    }
    // The host may be written with escapes, look-alike letters or characters that browsers drop.
    let rest = url.split_once(':').map_or(url, |(_, rest)| rest);
    let slashes = rest.len() - rest.trim_start_matches(['/', '\\']).len();
    let authority = rest[slashes..].split(['/', '\\', '?', '#']).next().unwrap_or_default();
    slashes < 2 || authority.bytes().any(|b| !b.is_ascii_graphic() || b == b'%')
}

/// Whether a URL of another scheme (`mailto:`) may pass on a URL of the site at this host.
pub fn may_hand_on(url: &str, host: &str) -> bool {
    url.contains(['/', '%']) && contains_host(url, host)
}

fn contains_host(url: &str, host: &str) -> bool {
    let host = host.strip_prefix("www.").unwrap_or(host).as_bytes();
    !host.is_empty() && url.as_bytes().windows(host.len()).any(|piece| piece.eq_ignore_ascii_case(host))
}

/// The text of a link without the words that are URLs or paths.
pub(super) fn without_urls(text: &str) -> Cow<'_, str> {
    let is_path = |word: &str| word.contains('/') && word.contains(['.', '_', '-']);
    let is_url = |word: &str| word.contains("://") || word.starts_with('/') || is_path(word);
    if !text.split_whitespace().any(is_url) {
        return Cow::Borrowed(text);
    }
    text.split_inclusive(char::is_whitespace).filter(|word| !is_url(word.trim_end())).collect()
}

/// The scheme of a URL (RFC 3986, section 3.1) without control characters, which browsers drop.
fn scheme(destination: &str) -> Option<String> {
    let (written, _) = destination.split_once(':')?;
    let scheme: String = written.chars().filter(|c| !c.is_control()).collect();
    let starts_well = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    (starts_well && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))).then_some(scheme)
}

/// Resolves a path relative to the folder of `source`, or to `content/` if it starts with `/`. The result is relative to `content/`;
/// `None` if it is outside.
pub fn resolve(source: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    let (base, path) = match path.strip_prefix('/') {
        Some(absolute) => ("", absolute),
        None => (source.rsplit_once('/').map_or("", |(folder, _)| folder), path),
    };
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_classified_by_shape() {
        let source = |path: &str, fragment| Written::Source { path: path.to_owned(), fragment };
        for (destination, expected) in [
            ("https://example.org/a.md", Written::Web("https://example.org/a.md")),
            ("mailto:desk@example.org", Written::Elsewhere),
            ("//example.org/", Written::Web("//example.org/")),
            ("\\/example.org/", Written::Web("\\/example.org/")),
            ("other/", Written::Relative("other/")),
            ("../x?y#z", Written::Relative("../x?y#z")),
            ("?page=2", Written::Elsewhere),
            ("\u{1}javascript:x", Written::Unsafe),
            ("JavaScript:alert(1)", Written::Unsafe),
            ("java\tscript:alert(1)", Written::Unsafe),
            ("data:text/html,x", Written::Unsafe),
            ("data:image/png;base64,AA", Written::Elsewhere),
            ("#talks", Written::Fragment("talks")),
            ("../strike.md#talks", source("../strike.md", Some("talks"))),
            ("@/world/a%20b.md", source("/world/a b.md", None)),
            ("/about/", Written::Site("/about/")),
            ("my%20photo.jpg", Written::File("my photo.jpg".to_owned())),
            ("../images/map.svg?v=2", Written::File("../images/map.svg".to_owned())),
        ] {
            assert_eq!(classify(destination), expected, "{destination}");
        }
    }

    #[test]
    fn urls_that_may_belong_to_the_site_are_found() {
        for url in [
            "https://news.example/a/",
            "HTTP://NEWS.EXAMPLE:8080/",
            "//www.news.example/",
            "https://share.example/?u=https%3A%2F%2Fnews.example%2Fa%2F",
            "https://n%65ws.example/",
            "https:/x",
        ] {
            assert!(may_be_own(url, "news.example"), "{url}");
        }
        assert!(may_hand_on("mailto:?body=https://news.example/a/", "news.example"));
        assert!(!may_hand_on("mailto:desk@news.example", "news.example"));
        for url in ["https://other.example/a/", "//other.example/?a=%20", "http://[::1]/"] {
            assert!(!may_be_own(url, "news.example"), "{url}");
        }
    }

    #[test]
    fn paths_resolve_against_the_folder_of_the_source() {
        assert_eq!(resolve("world/a/index.md", "../b.md").as_deref(), Some("world/b.md"));
        assert_eq!(resolve("a.md", "b.md").as_deref(), Some("b.md"));
        assert_eq!(resolve("world/a.md", "/about.md").as_deref(), Some("about.md"));
        assert_eq!(resolve("a.md", "../../etc/passwd"), None);
    }
}
