//! A place on the site: the path of a URL, and the file that a static host serves for it.

use std::fmt;
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use crate::content::is_media;
use crate::slug::composed;

/// Bytes that a path segment must escape (WHATWG URL, path percent-encode set, with `%`; and `[`, `]` and `|`, which no URI
/// has there by RFC 3986, so that validators of feeds refuse them), and `*` and `:`, which stand for any path in the rules
/// of hosts.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b'*')
    .add(b':')
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'%');

/// Hidden names that a host may need.
pub(crate) const DOTTED: [&str; 3] = [".well-known", ".nojekyll", ".htaccess"];

/// Endings of files that are no media: pages, scripts that made pages, data, documents, archives, and parts of pages.
const KINDS: [&str; 62] = [
    "html",
    "htm",
    "xhtml",
    "shtml",
    "php",
    "php3",
    "php4",
    "php5",
    "phtml",
    "asp",
    "aspx",
    "jsp",
    "jspx",
    "jsf",
    "do",
    "cfm",
    "cgi",
    "pl",
    "xml",
    "rss",
    "atom",
    "rdf",
    "json",
    "jsonld",
    "geojson",
    "txt",
    "csv",
    "tsv",
    "md",
    "ics",
    "vcf",
    "pdf",
    "epub",
    "doc",
    "docx",
    "xls",
    "xlsx",
    "ppt",
    "pptx",
    "odt",
    "ods",
    "odp",
    "rtf",
    "zip",
    "gz",
    "bz2",
    "xz",
    "tar",
    "7z",
    "css",
    "js",
    "mjs",
    "map",
    "wasm",
    "webmanifest",
    "ico",
    "bmp",
    "woff",
    "woff2",
    "ttf",
    "otf",
    "swf",
];

/// Longest part of a path in bytes: the limit of common file systems is 255.
const LONGEST_PART: usize = 200;

/// Longest path in bytes: with the folder of the site it must be less than 4,096.
const LONGEST: usize = 1024;

/// A path from the root of the site, decoded and in NFC. It ends with `/` if a page is served there as `index.html`, and
/// never holds `.`, `..`, empty parts, backslashes or control characters. Clones share the text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route(Arc<str>);

impl Route {
    /// The front page.
    pub fn root() -> Self {
        Self("/".into())
    }

    /// Reads a path: `/2026/strike/`, `/2026/strike` (the same), `/404.html`. A last part with the ending of a kind of file is a file:
    /// `/releases/1.88.0` is a folder.
    ///
    /// # Errors
    /// A sentence about what is wrong with the path.
    pub fn parse(path: &str) -> Result<Self, String> {
        let path = &*composed(path);
        let trimmed = path.trim_matches('/');
        if trimmed.is_empty() {
            return Ok(Self::root());
        }
        if trimmed.len() > LONGEST {
            return Err(format!("its path is longer than {LONGEST} bytes"));
        }
        for part in trimmed.split('/') {
            check_part(part)?;
        }
        // `/x/index.html` is what a host serves at `/x/`.
        if let Some(folder) =
            trimmed.strip_suffix("index.html").filter(|rest| rest.is_empty() || rest.ends_with('/'))
        {
            return Self::parse(&format!("/{folder}"));
        }
        let is_file = !path.ends_with('/') && is_file(trimmed.rsplit('/').next().unwrap_or_default());
        let end = if is_file { "" } else { "/" };
        let is_whole = path.len() == trimmed.len() + 1 + end.len() && path.starts_with('/');
        Ok(Self(if is_whole { path.into() } else { format!("/{trimmed}{end}").into() }))
    }

    /// A folder below this one. The name must be a slug or a number.
    #[must_use]
    pub fn folder(&self, name: impl fmt::Display) -> Self {
        Self(format!("{}{name}/", self.0).into())
    }

    /// A file in this folder.
    ///
    /// # Errors
    /// A sentence about what is wrong with the name.
    pub fn file(&self, name: &str) -> Result<Self, String> {
        let name = composed(name);
        name.split('/').try_for_each(check_part)?;
        Ok(Self(format!("{}{name}", self.0).into()))
    }

    /// The path, decoded, with `/` at its beginning.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a page is served here as `index.html`.
    pub fn is_folder(&self) -> bool {
        self.0.ends_with('/')
    }

    /// The file under the output folder, relative to it, with `/`.
    pub fn file_path(&self) -> String {
        let path = &self.0[1..];
        if self.is_folder() { format!("{path}index.html") } else { path.to_owned() }
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The path of a route, for looking it up.
impl std::borrow::Borrow<str> for Route {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

/// Whether a name is that of a file: it has the ending of a kind that sites and their predecessors have.
fn is_file(name: &str) -> bool {
    let Some((stem, kind)) = name.rsplit_once('.') else { return false };
    let kind = kind.to_ascii_lowercase();
    stem.is_empty() || is_media(name) || KINDS.contains(&kind.as_str())
}

fn check_part(part: &str) -> Result<(), String> {
    if part.is_empty() {
        return Err("it has an empty part (`//`)".to_owned());
    }
    if part == "." || part == ".." {
        return Err(format!("it holds `{part}`"));
    }
    if part.starts_with('.') && !DOTTED.contains(&part) {
        return Err(format!("`{part}` is hidden, as the files of version control are"));
    }
    // Nearly all parts are. Without an early end, the compiler looks at many bytes at a time.
    let is_plain = part.bytes().fold(true, |plain, b| plain & (b.is_ascii_alphanumeric() | (b == b'-')));
    if !is_plain && let Some(bad) = part.chars().find(|c| c.is_control() || matches!(c, '\\' | '?' | '#')) {
        return Err(format!("it holds {bad:?}"));
    }
    if part.len() > LONGEST_PART {
        return Err(format!("one of its parts is longer than {LONGEST_PART} bytes"));
    }
    Ok(())
}

/// Makes URLs of routes.
#[derive(Clone, Debug)]
pub struct Urls {
    /// Scheme, host and port, without a `/` at the end.
    origin: String,
    /// Path of the base URL without its last `/`: empty for a site at the root of its host.
    prefix: String,
}

impl Urls {
    /// For a site at this base URL.
    pub fn new(base: &Url) -> Self {
        let prefix = base.path().trim_end_matches('/').to_owned();
        let origin =
            base.as_str().strip_suffix(base.path()).unwrap_or(base.as_str()).trim_end_matches('/').to_owned();
        Self { origin, prefix }
    }

    /// Path of the base URL without its last `/`.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The path of a route as browsers ask for it: percent-encoded, below the base URL's path.
    pub fn path(&self, route: &Route) -> String {
        self.path_of(&utf8_percent_encode(&route.0, ESCAPED).to_string())
    }

    /// A path of the site (`/about/`), already encoded, below the base URL's path.
    pub fn path_of(&self, path: &str) -> String {
        format!("{}{}", self.prefix, composed(path))
    }

    /// A path of the site below the base URL's path; what is not a path of this host stays as it is.
    pub fn path_of_any(&self, written: &str) -> String {
        if written.starts_with('/') && !written.starts_with("//") {
            self.path_of(written)
        } else {
            written.to_owned()
        }
    }

    /// The whole URL of what a person wrote: a path from the root of the site, or a URL.
    pub fn whole_of_any(&self, written: &str) -> String {
        match written.strip_prefix("//") {
            Some(elsewhere) => {
                let scheme = self.origin.split_once("//").map_or("https:", |(scheme, _)| scheme);
                format!("{scheme}//{elsewhere}")
            }
            None => self.whole(&self.path_of_any(written)),
        }
    }

    /// The whole URL of a route.
    pub fn absolute(&self, route: &Route) -> String {
        format!("{}{}", self.origin, self.path(route))
    }

    /// The whole URL of a path that [`Urls::path`] gave. What is not a path of this host stays as it is.
    pub fn whole(&self, path: &str) -> String {
        if path.starts_with('/') && !path.starts_with("//") {
            format!("{}{path}", self.origin)
        } else {
            path.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_folder_unless_it_ends_with_a_file_name() {
        for (path, route, file) in [
            ("/", "/", "index.html"),
            ("about", "/about/", "about/index.html"),
            ("/2026/11/strike/", "/2026/11/strike/", "2026/11/strike/index.html"),
            ("/old/index.html", "/old/", "old/index.html"),
            ("/old/story.html", "/old/story.html", "old/story.html"),
            ("/v1.0/", "/v1.0/", "v1.0/index.html"),
            ("/old/story.PHP", "/old/story.PHP", "old/story.PHP"),
            ("/old/map.avif", "/old/map.avif", "old/map.avif"),
            ("/releases/1.88.0", "/releases/1.88.0/", "releases/1.88.0/index.html"),
            ("/people/mr.smith", "/people/mr.smith/", "people/mr.smith/index.html"),
            ("/v2.0rc1", "/v2.0rc1/", "v2.0rc1/index.html"),
        ] {
            let parsed = Route::parse(path).unwrap();
            assert_eq!((parsed.as_str(), parsed.file_path().as_str()), (route, file));
        }
    }

    #[test]
    fn a_path_never_climbs_or_hides() {
        for path in ["/../x/", "/a/./b/", "/a//b/", "/a\\b/", "/a?b/", "/a\nb/", "/a#b"] {
            assert!(Route::parse(path).is_err(), "{path}");
        }
        assert!(Route::root().file("../x.png").is_err());
    }

    #[test]
    fn a_letter_has_one_form() {
        let (nfc, nfd) = ("\u{fc}", "u\u{308}");
        assert_eq!(Route::parse(&format!("/{nfd}ber/")), Route::parse(&format!("/{nfc}ber/")));
        assert_eq!(Route::root().file(&format!("{nfd}.png")).unwrap().file_path(), format!("{nfc}.png"));
    }

    #[test]
    fn urls_are_encoded_and_carry_the_path_of_the_base() {
        let urls = Urls::new(&Url::parse("https://example.org:8080/news/").unwrap());
        let route = Route::parse("/東京 & more/").unwrap();
        assert_eq!(urls.path(&route), "/news/%E6%9D%B1%E4%BA%AC%20&%20more/");
        assert_eq!(urls.absolute(&Route::root()), "https://example.org:8080/news/");
        assert_eq!(urls.whole("https://elsewhere.example/x"), "https://elsewhere.example/x");
        assert_eq!(urls.whole_of_any("/logo.png"), "https://example.org:8080/news/logo.png");
        assert_eq!(urls.whole_of_any("//cdn.example/l.png"), "https://cdn.example/l.png");
        assert_eq!(urls.whole_of_any("mailto:a@b.example"), "mailto:a@b.example");
        let root = Urls::new(&Url::parse("https://example.org/").unwrap());
        assert_eq!(root.absolute(&Route::parse("/a/").unwrap()), "https://example.org/a/");
    }
}
