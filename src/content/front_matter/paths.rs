//! URL paths in front matter → paths that stay within the site.

use percent_encoding::percent_decode_str;
use unicode_normalization::char::is_combining_mark;
use url::Url;

use crate::config::Permalink;

/// Parses a path; the result starts with `/` and is decoded. A URL of the site itself becomes its path.
///
/// # Errors
///
/// The rest of a sentence that begins with "the path": what is wrong with it.
pub(super) fn path(text: &str, base: &Url) -> Result<String, String> {
    let text = text.trim();
    let own = text
        .strip_prefix(base.as_str())
        .or_else(|| (text == base.as_str().trim_end_matches('/')).then_some(""));
    let path = match own {
        Some(path) => path,
        None if has_scheme(text) => {
            return Err("is a URL of another site".to_owned());
        }
        None => text.strip_prefix('/').unwrap_or(text),
    };
    if let Some(mark) = path.chars().find(|c| matches!(c, '?' | '#')) {
        return Err(format!("contains `{mark}`, which ends the path of a URL"));
    }
    let decoded = percent_decode_str(path).decode_utf8().map_err(|_| "is not valid UTF-8".to_owned())?;
    let whole = decoded.strip_suffix('/').unwrap_or(&decoded);
    if !decoded.is_empty() {
        whole.split('/').try_for_each(part)?;
    }
    Ok(format!("/{decoded}"))
}

/// Parses a path, or a pattern such as `/:year/:slug/`.
///
/// # Errors
///
/// As [`path`].
pub(super) fn permalink(text: &str, base: &Url) -> Result<String, String> {
    let text = text.trim();
    let relative = Permalink::is_pattern(text) && !text.starts_with('/') && !text.contains("://");
    let path = if relative { path(&format!("/{text}"), base)? } else { path(text, base)? };
    if Permalink::is_pattern(&path) {
        Permalink::parse(&path).map_err(|why| format!("is not a valid pattern: {why}"))?;
    }
    Ok(path)
}

/// Whether two paths are those of the same page: `/old`, `/old/` and `/old/index.html`.
pub(super) fn same(one: &str, other: &str) -> bool {
    fn page(path: &str) -> &str {
        path.strip_suffix("/index.html").unwrap_or(path).trim_end_matches('/')
    }
    page(one) == page(other)
}

fn part(part: &str) -> Result<(), String> {
    if part.trim().is_empty() {
        return Err("contains `//`".to_owned());
    }
    if matches!(part, "." | "..") {
        return Err(format!("contains `{part}`"));
    }
    if is_hidden(part) {
        return Err(format!("contains `{part}`: names that start with a dot are for hidden files"));
    }
    match part.chars().find(|c| c.is_control() || matches!(c, '\\' | '?' | '#')) {
        Some(bad) => Err(format!("contains {bad:?}")),
        None => Ok(()),
    }
}

/// Whether a part of a path is the name of a hidden file. Only `.well-known` is for the web.
pub(super) fn is_hidden(part: &str) -> bool {
    part.trim_start().starts_with('.') && part != ".well-known"
}

fn has_scheme(text: &str) -> bool {
    let start = text.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((scheme, _)) = start.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// Whether a text is the file name of a template, relative to `templates/`.
pub(super) fn is_template(text: &str) -> bool {
    let safe = |part: &str| {
        !part.is_empty()
            && !matches!(part, "." | "..")
            && !part.contains(|c: char| c.is_control() || c == '\\' || c == ':')
    };
    text.ends_with(".html") && text != ".html" && text.split('/').all(safe)
}

/// Whether a slug can be part of a URL as it is. Letters of other scripts, if allowed, are encoded in links.
pub(super) fn is_url_safe(slug: &str, any_script: bool) -> bool {
    let is_letter = |c: char| match any_script {
        true => c.is_alphanumeric() || is_combining_mark(c),
        false => c.is_ascii_alphanumeric(),
    };
    let is_safe = |c: char| is_letter(c) || matches!(c, '.' | '_' | '~' | '-');
    !slug.starts_with(is_combining_mark) && slug.chars().all(is_safe) && slug.bytes().any(|byte| byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://x.example/sub/").unwrap()
    }

    #[test]
    fn paths_are_absolute_and_decoded() {
        for (text, expected) in [
            ("/a/b/", "/a/b/"),
            ("posts/x.html", "/posts/x.html"),
            ("/", "/"),
            ("", "/"),
            ("https://x.example/sub/a/", "/a/"),
            ("https://x.example/sub", "/"),
            ("/caf%C3%A9/", "/café/"),
            ("/wiki/Foo:Bar", "/wiki/Foo:Bar"),
            ("/a b/", "/a b/"),
            ("/.well-known/x", "/.well-known/x"),
        ] {
            assert_eq!(path(text, &base()), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn paths_that_leave_the_site_are_refused() {
        for text in [
            "https://y.example/a",
            "https://x.example/a",
            "javascript:x",
            "mailto:a@b",
            "//y.example/",
            "/a//b",
            "/../a",
            "/a/./b",
            "..",
            "/a/%2e%2e/b",
            "/a?b=c",
            "/a#b",
            "/a%3Fb",
            "/a\\b",
            "/a/\u{7}",
            "/%00",
            "/%ff",
            "/a/ /b",
            "/a%2f%2f",
            "a//",
            "/.git/HEAD.html",
            "/.bulletin-files",
            "/%2egit/x",
            "/a/.b",
            "/a/ .b",
            "/.Well-Known/x",
        ] {
            assert!(path(text, &base()).is_err(), "{text}: {:?}", path(text, &base()));
        }
    }

    #[test]
    fn permalinks_can_be_patterns() {
        assert!(permalink(":year/:slug/", &base()).is_ok());
        assert!(permalink("/:yaer/:slug/", &base()).unwrap_err().contains("did you mean `:year`"));
        for text in ["/news/story-:slug/", "news-:slug.html", "https://x.example/sub/n-:slug/"] {
            assert!(permalink(text, &base()).is_ok(), "{text}");
        }
        for text in ["/news/story-:slugs:year/", "/.:slug/", "https://y.example/:slug/"] {
            assert!(permalink(text, &base()).is_err(), "{text}");
        }
        for text in ["/2024/x.html", "/a:b/", "/wiki/Foo:Titles"] {
            assert_eq!(permalink(text, &base()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn templates_are_files_of_the_theme() {
        for (text, good) in [
            ("page.html", true),
            ("special/page.html", true),
            ("page", false),
            ("../page.html", false),
            ("/page.html", false),
            ("a\\b.html", false),
            (".html", false),
            ("c:/x.html", false),
        ] {
            assert_eq!(is_template(text), good, "{text}");
        }
    }

    #[test]
    fn safe_slugs_are_kept() {
        for (slug, good) in [
            ("a-b", true),
            ("A_b.~1", true),
            ("...", false),
            ("", false),
            ("a/b", false),
            ("é", false),
            ("a b", false),
        ] {
            assert_eq!(is_url_safe(slug, false), good, "{slug}");
        }
        for (slug, good) in
            [("é", true), ("हिन्दी", true), ("أداء", true), ("\u{301}", false), ("好，", false), ("🎉", false)]
        {
            assert_eq!(is_url_safe(slug, true), good, "{slug}");
        }
    }
}
