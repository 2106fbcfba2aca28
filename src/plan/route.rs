//! Routes: the path of a URL, and the file that a static host serves for it.

use std::fmt;
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use crate::content::is_media;
use crate::pictures;
use crate::slug::composed;

/// Bytes that a path segment must escape: the WHATWG path percent-encode set and `%`; `[`, `]` and `|`, which RFC 3986
/// does not allow there and validators of feeds reject; and `*` and `:`, which are wildcards in the rules of hosts.
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

/// Hidden files that a host may need.
pub(crate) const DOTTED: [&str; 3] = [".well-known", ".nojekyll", ".htaccess"];

/// Extensions of files other than media: pages, scripts, data, documents, archives and parts of pages.
const EXTENSIONS: &str = "html htm xhtml shtml php php3 php4 php5 phtml asp aspx jsp jspx jsf do cfm cgi pl xml rss \
    atom rdf json jsonld geojson txt csv tsv md ics vcf pdf epub doc docx xls xlsx ppt pptx odt \
    ods odp rtf zip gz bz2 xz tar 7z css js mjs map wasm webmanifest ico bmp woff woff2 ttf otf \
    swf";

/// The longest path segment in bytes: common file systems allow 255.
const LONGEST_PART: usize = 200;

/// The longest path in bytes: with the folder of the site it must stay below 4,096.
const LONGEST: usize = 1024;

/// A decoded path from the root of the site, in NFC. It ends with `/` if a page is served there as `index.html`, and
/// never contains `.`, `..`, empty segments, backslashes or control characters. Clones share the text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route(Arc<str>);

impl Route {
    /// The front page.
    pub fn root() -> Self {
        Self("/".into())
    }

    /// Parses a path: `/2026/strike/`, `/2026/strike` (the same), `/404.html`. A last segment with a known file
    /// extension is a file; `/releases/1.88.0` is a folder.
    ///
    /// # Errors
    /// Returns what is wrong with the path, as a clause.
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
        // Hosts serve `/x/index.html` at `/x/`.
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

    /// Returns a folder below this one. The name must be a slug or a number.
    #[must_use]
    pub fn folder(&self, name: impl fmt::Display) -> Self {
        Self(format!("{}{name}/", self.0).into())
    }

    /// Returns a file in this folder.
    ///
    /// # Errors
    /// Returns what is wrong with the name, as a clause.
    pub fn file(&self, name: &str) -> Result<Self, String> {
        let name = composed(name);
        name.split('/').try_for_each(check_part)?;
        Ok(Self(format!("{}{name}", self.0).into()))
    }

    /// The decoded path, with a leading `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a page is served here as `index.html`.
    pub fn is_folder(&self) -> bool {
        self.0.ends_with('/')
    }

    /// Whether this is the file of a rendition of a picture.
    pub fn is_rendition(&self) -> bool {
        self.0[1..].strip_prefix(pictures::FOLDER).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The path, percent-encoded as browsers request it.
    pub fn encoded(&self) -> String {
        utf8_percent_encode(&self.0, ESCAPED).to_string()
    }

    /// The path of the file in the output folder, with `/`.
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

/// Lets maps with routes as keys be searched by path.
impl std::borrow::Borrow<str> for Route {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

/// The folder of the files of a page.
pub fn folder_of(route: &Route) -> Route {
    if route.is_folder() {
        return route.clone();
    }
    let folder = route.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
    Route::parse(&format!("{folder}/")).unwrap_or_else(|_| Route::root())
}

/// Whether a name has the extension of a known kind of file.
fn is_file(name: &str) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    stem.is_empty()
        || is_media(name)
        || EXTENSIONS.split(' ').any(|known| extension.eq_ignore_ascii_case(known))
}

fn check_part(part: &str) -> Result<(), String> {
    if part.is_empty() {
        return Err("it has an empty segment (`//`)".to_owned());
    }
    if part == "." || part == ".." {
        return Err(format!("it contains `{part}`"));
    }
    if part.starts_with('.') && !DOTTED.contains(&part) {
        return Err(format!("the name `{part}` begins with a dot"));
    }
    // Most parts are plain. A fold without an early exit is vectorized.
    let is_plain = part.bytes().fold(true, |plain, b| plain & (b.is_ascii_alphanumeric() | (b == b'-')));
    if !is_plain && let Some(bad) = part.chars().find(|c| c.is_control() || matches!(c, '\\' | '?' | '#')) {
        return Err(format!("it contains `{bad}`"));
    }
    if part.len() > LONGEST_PART {
        return Err(format!("one of its segments is longer than {LONGEST_PART} bytes"));
    }
    Ok(())
}

/// Makes URLs of routes.
#[derive(Clone, Debug)]
pub struct Urls {
    /// Scheme, host and port, without a trailing `/`.
    origin: String,
    /// The path of the base URL without its trailing `/`; empty if the site is at the root of its host.
    prefix: String,
}

impl Urls {
    /// URLs of a site with this base URL.
    pub fn new(base: &Url) -> Self {
        let prefix = base.path().trim_end_matches('/').to_owned();
        let origin =
            base.as_str().strip_suffix(base.path()).unwrap_or(base.as_str()).trim_end_matches('/').to_owned();
        Self { origin, prefix }
    }

    /// The path of the base URL without its trailing `/`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The path of a route as browsers request it: percent-encoded, below the path of the base URL.
    pub fn path(&self, route: &Route) -> String {
        self.path_of(&route.encoded())
    }

    /// An encoded path of the site (`/about/`), below the path of the base URL.
    pub fn path_of(&self, path: &str) -> String {
        format!("{}{}", self.prefix, composed(path))
    }

    /// A path of the site, below the path of the base URL. Anything but a path of this host is returned unchanged.
    pub fn path_of_any(&self, written: &str) -> String {
        if written.starts_with('/') && !written.starts_with("//") {
            self.path_of(written)
        } else {
            written.to_owned()
        }
    }

    /// The absolute URL for a path from the root of the site or a URL.
    pub fn whole_of_any(&self, written: &str) -> String {
        match written.strip_prefix("//") {
            Some(elsewhere) => {
                let scheme = self.origin.split_once("//").map_or("https:", |(scheme, _)| scheme);
                format!("{scheme}//{elsewhere}")
            }
            None => self.whole(&self.path_of_any(written)),
        }
    }

    /// The absolute URL of a route.
    pub fn absolute(&self, route: &Route) -> String {
        format!("{}{}", self.origin, self.path(route))
    }

    /// The absolute URL for a result of [`Urls::path`]. Anything but a path of this host is returned unchanged.
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
    fn paths_with_dots_backslashes_or_controls_are_rejected() {
        for path in ["/../x/", "/a/./b/", "/a//b/", "/a\\b/", "/a?b/", "/a\nb/", "/a#b"] {
            assert!(Route::parse(path).is_err(), "{path}");
        }
        assert!(Route::root().file("../x.png").is_err());
    }

    #[test]
    fn paths_are_in_nfc() {
        let (nfc, nfd) = ("\u{fc}", "u\u{308}");
        assert_eq!(Route::parse(&format!("/{nfd}ber/")), Route::parse(&format!("/{nfc}ber/")));
        assert_eq!(Route::root().file(&format!("{nfd}.png")).unwrap().file_path(), format!("{nfc}.png"));
    }

    #[test]
    fn urls_are_encoded_and_begin_with_the_base_path() {
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
