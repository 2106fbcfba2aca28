//! Paths and URLs as links have them → paths from the root of the site, decoded.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use url::{Position, Url};

/// What a URL of this site has behind the base URL, from its `/` on. A host is the same however its name and its usual port are
/// written, and with or without `https`: what is hidden must be known by each of its addresses.
pub(super) fn own_path<'u>(url: &'u Url, base: &Url) -> Option<&'u str> {
    let port = |url: &Url| url.port().filter(|port| ![80, 443].contains(port));
    let host = |url: &Url| url.host_str().map(|host| host.trim_end_matches('.').to_owned());
    let is_same_host = host(url) == host(base) && port(url) == port(base);
    let (folder, _) = url[Position::BeforePath..].split_at_checked(base.path().len())?;
    (is_same_host && folder.eq_ignore_ascii_case(base.path()))
        .then(|| &url[Position::BeforePath..][folder.len() - 1..])
}

/// What is before `?` or `#`.
pub(super) fn path_of(written: &str) -> &str {
    written.split(['#', '?']).next().unwrap_or_default()
}

/// The folder of a path: up to its last `/`.
pub(super) fn folder(path: &str) -> &str {
    path.rfind('/').map_or("/", |slash| &path[..=slash])
}

/// A path taken from a folder, decoded and as hosts read it: without `.`, `..`, empty parts, backslashes.
pub(super) fn normalize<'a>(folder: &str, path: &'a str) -> Cow<'a, str> {
    let is_plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_'));
    if is_plain && path.starts_with('/') && !path.contains("//") {
        return Cow::Borrowed(path);
    }
    let decoded = percent_decode_str(path).decode_utf8_lossy().replace('\\', "/");
    let decoded: String = decoded.chars().filter(|c| !c.is_control()).collect();
    let base = if decoded.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(decoded.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let last = decoded.rsplit('/').next().unwrap_or_default();
    let is_folder = matches!(last, "" | "." | "..") && !parts.is_empty();
    Cow::Owned(format!("/{}{}", parts.join("/"), if is_folder { "/" } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_hosts_read_them() {
        for (folder, path, expected) in [
            ("/2026/a/", "../b/", "/2026/b/"),
            ("/2026/a/", "b", "/2026/a/b"),
            ("/2026/a/", "../../../..", "/"),
            ("/2026/a/", ".", "/2026/a/"),
            ("/x/", "/%62%2f\\c//./d/", "/b/c/d/"),
            ("/x/", "/a/b/", "/a/b/"),
            ("/x/", "", "/x/"),
            ("/x/", "/a/%2e%2E/b", "/b"),
            ("/x/", "/a\t\n/", "/a/"),
        ] {
            assert_eq!(normalize(folder, path), expected, "{path}");
        }
    }

    #[test]
    fn urls_of_the_site_are_known_by_each_address() {
        let base = Url::parse("https://news.example/daily/").unwrap();
        for url in ["http://NEWS.example./daily/a/?b#c", "https://news.example:80/Daily/a/?b#c"] {
            assert_eq!(own_path(&Url::parse(url).unwrap(), &base), Some("/a/?b#c"), "{url}");
        }
        for url in
            ["https://news.example/", "https://news.example:8080/daily/", "https://other.example/daily/"]
        {
            assert_eq!(own_path(&Url::parse(url).unwrap(), &base), None, "{url}");
        }
    }
}
