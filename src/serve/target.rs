//! The first line of a request → the path that it asks for, decoded once, or why it is refused.
//!
//! Whatever is not plainly a path of this site is refused, not mended: a server that guesses what was meant guesses
//! differently from whatever stands before it.

use percent_encoding::percent_decode;

use crate::host_files::is_well_encoded;

/// What readers of a site ask with.
const READING: &[&str] = &["GET", "HEAD"];
/// Longest target in bytes.
const LONGEST: usize = 8 * 1024;
/// Longest part of a path in bytes: the limit of common file systems.
const LONGEST_PART: usize = 255;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Decoded, from the root: it begins with `/` and never holds `.`, `..`, empty parts but the last, backslashes or
    /// control characters.
    pub(super) path: String,
    /// What stands behind `?`, as it was written.
    pub(super) query: Option<String>,
}

/// An answer to what is not a fair question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The status of HTTP.
    pub(super) status: u16,
    /// A sentence for people. It never repeats what was asked.
    pub(super) why: &'static str,
}

impl Refusal {
    pub(super) const fn new(status: u16, why: &'static str) -> Self {
        Self { status, why }
    }

    const fn bad(why: &'static str) -> Self {
        Self::new(400, why)
    }
}

/// Reads the target of a request that may only read.
///
/// # Errors
/// If it is refused: 405 for a method that is not `GET` or `HEAD`, 414 for a target that is too long, else 400.
pub(super) fn read(method: &str, target: &[u8]) -> Result<Target, Refusal> {
    read_for(method, target, READING)
}

/// Reads the target of a request where these methods are allowed.
///
/// # Errors
/// As for [`read`].
pub(super) fn read_for(method: &str, target: &[u8], allowed: &[&str]) -> Result<Target, Refusal> {
    if !allowed.contains(&method) {
        return Err(Refusal::new(405, "this method is not allowed here"));
    }
    if target.len() > LONGEST {
        return Err(Refusal::new(414, "the address is too long"));
    }
    // `http://host/path`, `host:port` and `*` are for proxies and for servers as a whole.
    if !target.starts_with(b"/") {
        return Err(Refusal::bad("the address must be a path that begins with `/`"));
    }
    if target.iter().any(|byte| byte.is_ascii_control() || matches!(byte, b' ' | b'#')) {
        return Err(Refusal::bad("the address holds a character that no address holds"));
    }
    let written = std::str::from_utf8(target).map_err(|_| Refusal::bad("the address is not UTF-8"))?;
    let (path, query) = match written.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (written, None),
    };
    Ok(Target { path: decode(path)?, query })
}

fn decode(written: &str) -> Result<String, Refusal> {
    if !is_well_encoded(written.as_bytes()) {
        return Err(Refusal::bad("a `%` in the address must be followed by two hexadecimal digits"));
    }
    let mut path = String::with_capacity(written.len());
    let mut parts = written.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        let part = percent_decode(part.as_bytes())
            .decode_utf8()
            .map_err(|_| Refusal::bad("the address is not UTF-8"))?;
        let is_last = parts.peek().is_none();
        check_part(&part, is_last)?;
        path.push('/');
        path.push_str(&part);
    }
    Ok(path)
}

/// Checks a part after it was decoded, so that nothing slips by in an encoded form.
fn check_part(part: &str, is_last: bool) -> Result<(), Refusal> {
    if part.is_empty() && !is_last {
        return Err(Refusal::bad("the path has an empty part (`//`)"));
    }
    if part == "." || part == ".." {
        return Err(Refusal::bad("the path has a part that climbs"));
    }
    if part.chars().any(|c| c.is_control() || matches!(c, '/' | '\\')) {
        return Err(Refusal::bad("a part of the path holds a slash, a backslash or a control character"));
    }
    if part.len() > LONGEST_PART {
        return Err(Refusal::bad("a part of the path is too long"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(target: &str) -> Result<String, u16> {
        read("GET", target.as_bytes()).map(|target| target.path).map_err(|refusal| refusal.status)
    }

    #[test]
    fn a_path_is_decoded_once() {
        for (target, decoded) in [
            ("/", "/"),
            ("/a/b.html", "/a/b.html"),
            ("/a/", "/a/"),
            ("/%E6%9D%B1%E4%BA%AC/", "/東京/"),
            ("/東京/", "/東京/"),
            ("/a%20b%3f%23", "/a b?#"),
            ("/%252e%252e/", "/%2e%2e/"),
            ("/%255c", "/%5c"),
            ("/.well-known/x", "/.well-known/x"),
            ("/.../x..", "/.../x.."),
        ] {
            assert_eq!(path(target).as_deref(), Ok(decoded), "{target}");
        }
    }

    #[test]
    fn a_query_stays_as_it_was_written() {
        let query = |target: &str| read("HEAD", target.as_bytes()).unwrap().query;
        assert_eq!(query("/a"), None);
        assert_eq!(query("/a?").as_deref(), Some(""));
        assert_eq!(query("/a?x=%2F../&y?z").as_deref(), Some("x=%2F../&y?z"));
    }

    #[test]
    fn what_is_not_plainly_a_path_is_refused() {
        #[rustfmt::skip]
        let targets = [
            "", "a", "*", "http://evil.example/", "localhost:80", "//etc/passwd", "//", "/a//b", "/a//", "/\0", "/a\r\nb", "/a\tb",
            "/a b", "/\x7f", "/a?b\n", "/%00", "/%0a", "/%1f", "/%7F", "/%c2%85", "/\\", "/..\\", "/%5c", "/%5C..", "/a%2fb", "/%2F",
            "/%", "/a%2", "/%zz", "/%+1", "/%ff", "/%e6%9d", "/.", "/..", "/a/../b", "/a/.", "/%2e%2e/b", "/.%2e/b", "/%2E", "/a#b", "/a?b#c",
        ];
        for target in targets {
            assert_eq!(path(target), Err(400), "{target:?}");
        }
        assert_eq!(read("GET", b"/\xff").map_err(|refusal| refusal.status), Err(400));
        assert_eq!(read("GET", b"/?\xff").map_err(|refusal| refusal.status), Err(400));
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert!(path(&format!("/{}", "a".repeat(255))).is_ok());
        assert_eq!(path(&format!("/{}", "a".repeat(256))), Err(400));
        assert_eq!(path(&format!("/?{}", "a".repeat(8192))), Err(414));
        assert!(path(&format!("/?{}", "a".repeat(8190))).is_ok());
    }

    #[test]
    fn only_methods_that_are_allowed_get_through() {
        let status =
            |method, allowed: &[&str]| read_for(method, b"/", allowed).map_err(|refusal| refusal.status);
        assert_eq!(read("POST", b"/").map_err(|refusal| refusal.status), Err(405));
        for method in ["CONNECT", "OPTIONS", "TRACE", "get", ""] {
            assert!(read(method, b"/").is_err(), "{method}");
        }
        assert!(status("POST", &["POST"]).is_ok());
        assert_eq!(status("GET", &["POST"]).map(|_| ()), Err(405));
    }

    /// Bytes of which many have a meaning in addresses.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte =
            prop_oneof![any::<u8>(), proptest::sample::select(b"/.%\\#?%2e%2f%5c%00:@ \r\n\0".to_vec()),];
        proptest::collection::vec(byte, 0..40)
    }

    proptest! {
        #[test]
        fn whatever_comes_nothing_climbs(rest in bytes(), rooted in any::<bool>()) {
            let target = if rooted { [b"/", rest.as_slice()].concat() } else { rest };
            let Ok(Target { path, query }) = read("GET", &target) else { return Ok(()) };
            prop_assert!(path.starts_with('/') && !path.starts_with("//"));
            prop_assert!(!path.split('/').any(|part| part == ".." || part == "."));
            prop_assert!(!path.chars().any(|c| c.is_control() || c == '\\'));
            prop_assert!(!query.unwrap_or_default().chars().any(|c| c.is_ascii_control()));
        }

        #[test]
        fn a_route_is_found_again_by_its_url(words in proptest::collection::vec("[^/\\\\?#\\p{C}]{1,20}", 1..4)) {
            use crate::plan::{Route, Urls};
            let Ok(route) = Route::parse(&format!("/{}/", words.join("/"))) else { return Ok(()) };
            let url = url::Url::parse("https://example.org/").unwrap();
            let asked = Urls::new(&url).path(&route);
            prop_assert_eq!(path(&asked), Ok(route.as_str().to_owned()));
        }
    }
}
