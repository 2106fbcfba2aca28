//! `_headers` → the response headers of a path.

use super::pattern::Pattern;

/// Headers that a site cannot set in a preview. They describe the connection, or affect what browsers store and what other sites
/// may read.
const RESERVED: [&str; 18] = [
    "accept-ranges",
    "cache-control",
    "clear-site-data",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "date",
    "etag",
    "keep-alive",
    "location",
    "strict-transport-security",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-accel-buffering",
    "x-content-type-options",
    "x-robots-tag",
];
/// The prefix of further such headers.
const RESERVED_PREFIX: &str = "access-control-";

/// Blocks in the order of the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct SiteHeaders(Vec<Block>);

/// A path and its headers.
#[derive(Clone, Debug)]
struct Block {
    pattern: Pattern,
    /// Names in lower case that this block removes.
    removed: Vec<String>,
    set: Vec<(String, String)>,
}

/// A rule for a host that takes regular expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegexHeaders {
    /// Matches encoded and decoded paths.
    pub(crate) from: String,
    /// Names in lower case of headers of earlier rules that do not apply.
    pub(crate) removed: Vec<String>,
    /// Names and values.
    pub(crate) set: Vec<(String, String)>,
}

impl SiteHeaders {
    /// Parses a file for the preview. Blocks with a path that cannot be matched are skipped.
    pub(crate) fn parse(text: &str) -> Self {
        Self::parse_accepting(text, |name| !is_reserved(name))
    }

    /// Parses only the headers for caches of a file.
    pub(crate) fn parse_cache_control(text: &str) -> Self {
        Self::parse_accepting(text, |name| name.eq_ignore_ascii_case("cache-control"))
    }

    /// All rules of a file for a host that takes regular expressions, in their order.
    pub(crate) fn regex_rules(text: &str) -> Vec<RegexHeaders> {
        let blocks = Self::parse_accepting(text, |_| true).0;
        let convert = |block: Block| RegexHeaders {
            from: block.pattern.regex().0,
            removed: block.removed,
            set: block.set,
        };
        blocks.into_iter().map(convert).collect()
    }

    fn parse_accepting(text: &str, accepts: fn(&str) -> bool) -> Self {
        let mut blocks = Vec::new();
        let mut block: Option<Block> = None;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line.starts_with('/') || is_url(line) {
                blocks.extend(block.take());
                let pattern = Pattern::parse(line);
                block = pattern.map(|pattern| Block { pattern, removed: Vec::new(), set: Vec::new() });
            } else if let Some(block) = &mut block {
                block.read_line(line, accepts);
            }
        }
        blocks.extend(block);
        Self(blocks)
    }

    /// The headers of a decoded path. Several values of a header are joined by commas.
    pub(crate) fn for_path(&self, path: &str) -> Vec<(String, String)> {
        let mut headers: Vec<(String, String)> = Vec::new();
        for block in self.0.iter().filter(|block| block.pattern.matches(path).is_some()) {
            headers.retain(|(name, _)| !block.removed.contains(&name.to_ascii_lowercase()));
            for (name, value) in &block.set {
                let same = headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name));
                match same {
                    // The values of this header cannot be joined.
                    Some((_, values)) if !name.eq_ignore_ascii_case("set-cookie") => {
                        values.push_str(", ");
                        values.push_str(value);
                    }
                    _ => headers.push((name.clone(), value.clone())),
                }
            }
        }
        headers
    }
}

impl Block {
    fn read_line(&mut self, line: &str, accepts: fn(&str) -> bool) {
        if let Some(name) = line.strip_prefix('!') {
            self.removed.push(name.trim().to_ascii_lowercase());
            return;
        }
        let Some((name, value)) = line.split_once(':') else { return };
        let (name, value) = (name.trim_end(), value.trim());
        if is_header_name(name) && accepts(name) && !value.is_empty() && !value.chars().any(char::is_control)
        {
            self.set.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// Whether a line begins with a URL scheme: such rules apply to a single host.
fn is_url(line: &str) -> bool {
    line.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Whether a name is a `token` of RFC 9110.
fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn is_reserved(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with(RESERVED_PREFIX) || RESERVED.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(text: &str, path: &str) -> String {
        let headers = SiteHeaders::parse(text).for_path(path);
        headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn headers_apply_to_the_path_above_them() {
        let text = "# All\n/*\n  X-Frame-Options: DENY\n\n/assets/*\n\tX-Asset:  yes \n/about\n  Link: </a.css>; rel=preload\n";
        assert_eq!(headers(text, "/"), "X-Frame-Options: DENY");
        assert_eq!(headers(text, "/assets/a/b.css"), "X-Frame-Options: DENY | X-Asset: yes");
        assert_eq!(headers(text, "/about/"), "X-Frame-Options: DENY | Link: </a.css>; rel=preload");
        assert_eq!(
            headers("/*.jpg\n  X-Picture: 1\n/:section/:slug\n  X-Story: 1", "/a/b.jpg"),
            "X-Picture: 1 | X-Story: 1"
        );
    }

    #[test]
    fn later_blocks_add_and_remove_headers() {
        let text = "/*\n  X-A: 1\n  x-a: 2\n  X-B: 1\n/x/*\n  X-A: 3\n  ! x-b\n/x/y\n  X-B: 4\n";
        assert_eq!(headers(text, "/"), "X-A: 1, 2 | X-B: 1");
        assert_eq!(headers(text, "/x/z"), "X-A: 1, 2, 3");
        assert_eq!(headers(text, "/x/y"), "X-A: 1, 2, 3 | X-B: 4");
        assert_eq!(
            headers("/*\n Set-Cookie: a=1\n Set-Cookie: b=2\n", "/"),
            "Set-Cookie: a=1 | Set-Cookie: b=2"
        );
    }

    #[test]
    fn generated_headers_are_parsed() {
        use crate::formats::host_headers::{Files, headers};
        use crate::plan::{Route, Urls};
        let urls = Urls::new(&url::Url::parse("https://example.org/news/").unwrap());
        let routes = ["/", "/a b/c/", "/css/x:1.css"].map(|path| Route::parse(path).unwrap());
        let text = headers(&urls, &Files { pages: routes.iter().collect(), ..Files::default() });
        for path in ["/news/", "/news/a b/c/", "/news/css/x:1.css", "/news/nowhere"] {
            let found = SiteHeaders::parse(&text).for_path(path);
            let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["Content-Security-Policy", "Referrer-Policy", "Permissions-Policy"], "{path}");
        }
    }

    #[test]
    fn an_invalid_header_is_skipped() {
        #[rustfmt::skip]
        let lines = [
            "X A: 1", "X\0: 1", "é: 1", ": 1", "X", "X:", "X: a\0b", "X: a\u{7f}", "X: a\tb", "X: a\rY: b",
            "Set-Cookie: a\u{85}b",
        ];
        for line in lines {
            assert_eq!(headers(&format!("/*\n  {line}\n"), "/"), "", "{line:?}");
        }
        assert_eq!(
            headers("X-A: 1\nhttps://other.example/*\n  X-B: 1\n/%zz\n  X-C: 1\n/*/*\n  X-D: 1\n", "/"),
            ""
        );
    }

    #[test]
    fn a_site_cannot_set_reserved_headers() {
        let text = "/*\n  Access-Control-Allow-Origin: *\n  cache-control: max-age=1\n  Content-Length: 5\n  Strict-Transport-Security: max-age=1\n  X-Robots-Tag: all\n";
        assert_eq!(headers(text, "/"), "");
    }

    proptest! {
        #[test]
        fn any_file_gives_valid_headers(text in "[/*:!#%aX\n\r\t \0\u{80}é-]{0,80}") {
            for (name, value) in SiteHeaders::parse(&text).for_path("/a") {
                prop_assert!(is_header_name(&name) && !value.chars().any(char::is_control));
            }
        }
    }
}
