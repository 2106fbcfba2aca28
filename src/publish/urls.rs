//! Paths of files → the URLs at which hosts serve them.

use crate::plan::Route;
use percent_encoding::percent_decode_str;

/// The decoded URL path of a file from the root of the site: `/a/` for `a/index.html`.
pub(crate) fn url_path(file: &str) -> String {
    match file.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("/{folder}"),
        _ => format!("/{file}"),
    }
}

/// The encoded path of a file from the root of the site. `None` if no URL can have it.
pub(crate) fn encoded_path(file: &str) -> Option<String> {
    let route = match file.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => {
            Route::parse(&format!("/{folder}")).ok()?
        }
        _ => Route::root().file(file).ok()?,
    };
    Some(route.encoded())
}

/// The file that a host serves at a URL or path of the site, whose base URL has this path.
pub(crate) fn file_of(url: &str, base_path: &str) -> Option<String> {
    if url.is_empty() {
        return None;
    }
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => url,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let base = base_path.trim_end_matches('/');
    let path = match path.strip_prefix(base) {
        Some(rest) if url.contains("://") && (rest.is_empty() || rest.starts_with('/')) => rest,
        _ => &path,
    };
    Some(Route::parse(&format!("/{}", path.trim_start_matches('/'))).ok()?.file_path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_urls_belong_together() {
        for (file, path, encoded) in [
            ("index.html", "/", "/"),
            ("a b/index.html", "/a b/", "/a%20b/"),
            ("rss.xml", "/rss.xml", "/rss.xml"),
            ("xindex.html", "/xindex.html", "/xindex.html"),
            ("ä/100%.html", "/ä/100%.html", "/%C3%A4/100%25.html"),
        ] {
            assert_eq!(url_path(file), path);
            assert_eq!(encoded_path(file).as_deref(), Some(encoded));
            assert_eq!(file_of(encoded, "/").as_deref(), Some(file));
            assert_eq!(file_of(&format!("https://x.example/news{encoded}"), "/news/").as_deref(), Some(file));
        }
        assert_eq!(file_of("https://x.example/a/?q#f", "/").as_deref(), Some("a/index.html"));
        assert_eq!(file_of("/a/../b", "/"), None);
        assert_eq!(file_of("", "/"), None);
    }
}
