//! The target of a request → the decoded path, or the reason to refuse it.
//!
//! An ambiguous target is refused, not fixed: a server that guesses may guess differently from the proxy in front of it.

use percent_encoding::percent_decode;

use crate::host_files::is_well_encoded;

/// The methods that only read.
const READING: &[&str] = &["GET", "HEAD"];
/// The longest target, in bytes.
const MAX_LENGTH: usize = 8 * 1024;
/// The longest part of a path, in bytes: the limit of common file systems.
const MAX_PART: usize = 255;

/// The target of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Decoded, starting with `/`. It has no `.`, no `..`, no backslashes, no control characters, and no empty parts except the
    /// last.
    pub(super) path: String,
    /// The text after `?`, as written.
    pub(super) query: Option<String>,
}

/// A refused request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub(super) status: u16,
    /// The reason, shown to users. It never repeats the request.
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

/// Parses the target of a request that may only read.
///
/// # Errors
/// 405 for a method other than `GET` and `HEAD`, 414 for a target that is too long, otherwise 400.
pub(super) fn read(method: &str, target: &[u8]) -> Result<Target, Refusal> {
    read_for(method, target, READING)
}

/// Parses the target of a request with one of the allowed methods.
///
/// # Errors
/// As for [`read`].
pub(super) fn read_for(method: &str, target: &[u8], allowed: &[&str]) -> Result<Target, Refusal> {
    if !allowed.contains(&method) {
        return Err(Refusal::new(405, "this method is not allowed here"));
    }
    if target.len() > MAX_LENGTH {
        return Err(Refusal::new(414, "the URL is too long"));
    }
    // `http://host/path`, `host:port` and `*` are for proxies and for whole servers.
    if !target.starts_with(b"/") {
        return Err(Refusal::bad("the URL must be a path that begins with `/`"));
    }
    if target.iter().any(|byte| byte.is_ascii_control() || matches!(byte, b' ' | b'#')) {
        return Err(Refusal::bad("the URL contains an invalid character"));
    }
    let written = std::str::from_utf8(target).map_err(|_| Refusal::bad("the URL is not UTF-8"))?;
    let (path, query) = match written.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (written, None),
    };
    Ok(Target { path: decode(path)?, query })
}

fn decode(written: &str) -> Result<String, Refusal> {
    if !is_well_encoded(written.as_bytes()) {
        return Err(Refusal::bad("a `%` in the URL must be followed by two hexadecimal digits"));
    }
    let mut path = String::with_capacity(written.len());
    let mut parts = written.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        let part = percent_decode(part.as_bytes())
            .decode_utf8()
            .map_err(|_| Refusal::bad("the URL is not UTF-8"))?;
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
        return Err(Refusal::bad("the path contains an empty part (`//`)"));
    }
    if part == "." || part == ".." {
        return Err(Refusal::bad("the path contains `.` or `..`"));
    }
    if part.chars().any(|c| c.is_control() || matches!(c, '/' | '\\')) {
        return Err(Refusal::bad("a part of the path contains a slash, a backslash or a control character"));
    }
    if part.len() > MAX_PART {
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
    fn a_query_is_kept_as_written() {
        let query = |target: &str| read("HEAD", target.as_bytes()).unwrap().query;
        assert_eq!(query("/a"), None);
        assert_eq!(query("/a?").as_deref(), Some(""));
        assert_eq!(query("/a?x=%2F../&y?z").as_deref(), Some("x=%2F../&y?z"));
    }

    #[test]
    fn an_ambiguous_target_is_refused() {
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
    fn a_long_target_is_refused() {
        assert!(path(&format!("/{}", "a".repeat(255))).is_ok());
        assert_eq!(path(&format!("/{}", "a".repeat(256))), Err(400));
        assert_eq!(path(&format!("/?{}", "a".repeat(8192))), Err(414));
        assert!(path(&format!("/?{}", "a".repeat(8190))).is_ok());
    }

    #[test]
    fn only_allowed_methods_are_accepted() {
        let status =
            |method, allowed: &[&str]| read_for(method, b"/", allowed).map_err(|refusal| refusal.status);
        assert_eq!(read("POST", b"/").map_err(|refusal| refusal.status), Err(405));
        for method in ["CONNECT", "OPTIONS", "TRACE", "get", ""] {
            assert!(read(method, b"/").is_err(), "{method}");
        }
        assert!(status("POST", &["POST"]).is_ok());
        assert_eq!(status("GET", &["POST"]).map(|_| ()), Err(405));
    }

    /// Bytes, many of which have a meaning in targets.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte =
            prop_oneof![any::<u8>(), proptest::sample::select(b"/.%\\#?%2e%2f%5c%00:@ \r\n\0".to_vec()),];
        proptest::collection::vec(byte, 0..40)
    }

    proptest! {
        #[test]
        fn no_target_escapes_the_site(rest in bytes(), rooted in any::<bool>()) {
            let target = if rooted { [b"/", rest.as_slice()].concat() } else { rest };
            let Ok(Target { path, query }) = read("GET", &target) else { return Ok(()) };
            prop_assert!(path.starts_with('/') && !path.starts_with("//"));
            prop_assert!(!path.split('/').any(|part| part == ".." || part == "."));
            prop_assert!(!path.chars().any(|c| c.is_control() || c == '\\'));
            prop_assert!(!query.unwrap_or_default().chars().any(|c| c.is_ascii_control()));
        }

        #[test]
        fn a_route_round_trips_through_its_url(words in proptest::collection::vec("[^/\\\\?#\\p{C}]{1,20}", 1..4)) {
            use crate::plan::{Route, Urls};
            let Ok(route) = Route::parse(&format!("/{}/", words.join("/"))) else { return Ok(()) };
            let url = url::Url::parse("https://example.org/").unwrap();
            let asked = Urls::new(&url).path(&route);
            prop_assert_eq!(path(&asked), Ok(route.as_str().to_owned()));
        }
    }
}
