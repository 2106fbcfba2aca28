//! URL paths: made from names, joined, encoded.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Characters to encode in a path (RFC 3986, section 3.3). `%` is not among them, because the path may be encoded already.
const IN_PATH: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'\\')
    .add(b'^');

/// Characters to encode in a Markdown destination as well.
const IN_MARKDOWN: AsciiSet = IN_PATH.add(b'(').add(b')').add(b'\'');

/// Encodes a path.
pub(in crate::import) fn encode(path: &str) -> String {
    utf8_percent_encode(path, &IN_PATH).to_string()
}

/// Encodes a path for a Markdown destination.
pub(in crate::import) fn encode_destination(path: &str) -> String {
    utf8_percent_encode(path, &IN_MARKDOWN).to_string()
}

/// The path of a URL without a trailing slash: `https://x.example/blog/` → `/blog`. A path stays as it is.
pub(in crate::import) fn path_of(url: &str) -> String {
    let url = url.trim();
    let rest = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default(),
        None => url
            .strip_prefix("//")
            .map_or(url, |rest| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("")),
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let path = rest.trim_matches('/');
    if path.is_empty() { String::new() } else { format!("/{path}") }
}

/// Whether a URL has the same host as another, or none.
pub(in crate::import) fn has_same_host(url: &str, other: &str) -> bool {
    let host = |url: &str| url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host(url).is_none() || host(url) == host(other)
}

/// The origin of a URL: `https://x.example/blog/` → `https://x.example`.
pub(in crate::import) fn origin(url: &str) -> Option<String> {
    let url = url::Url::parse(url.trim()).ok().filter(url::Url::has_host)?;
    Some(url.origin().ascii_serialization())
}

/// Resolves a relative reference (RFC 3986, section 5.2.4) against the path of a page. Both must be without query and fragment.
pub(in crate::import) fn resolve_reference(page: &str, reference: &str) -> String {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let whole =
        if reference.starts_with('/') { reference.to_owned() } else { format!("{folder}/{reference}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let is_folder = whole.ends_with('/') || whole.ends_with("/.") || whole.ends_with("/..");
    let end = if is_folder && !parts.is_empty() { "/" } else { "" };
    format!("/{}{end}", parts.join("/"))
}

/// Joins parts into a path with a leading slash and single slashes between them.
pub(in crate::import) fn path<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut path = String::new();
    for part in parts.into_iter().flat_map(|part| part.split('/')).filter(|part| !part.is_empty()) {
        path.push('/');
        path.push_str(part);
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

/// Joins a folder and a name.
pub(in crate::import) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether a path is that of a folder or below it. Everything is below the root, `""`.
pub(in crate::import) fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The words of a text between separators, joined.
pub(in crate::import) fn join_words(text: &str, is_separator: impl Fn(char) -> bool, joint: &str) -> String {
    text.split(is_separator).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(joint)
}

/// Splits a path into folder and name.
pub(in crate::import) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Splits a file name into stem and extension.
pub(in crate::import) fn stem(name: &str) -> (&str, &str) {
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((name, ""))
}

/// Whether a file is for readers: pictures, audio, video, documents; not scripts or styles.
pub(in crate::import) fn is_document(path: &str) -> bool {
    const DOCUMENTS: [&str; 36] = [
        "aac", "avif", "bmp", "csv", "doc", "docx", "epub", "flac", "geojson", "gif", "gpx", "ics", "jpeg",
        "jpg", "jxl", "kml", "m4a", "m4v", "mov", "mp3", "mp4", "odp", "ods", "odt", "ogg", "ogv", "opus",
        "pdf", "png", "ppt", "pptx", "svg", "tif", "tiff", "wav", "webm",
    ];
    const MORE: [&str; 9] = ["webp", "xls", "xlsx", "zip", "vtt", "srt", "rtf", "tsv", "gz"];
    let extension = super::tree::extension(path).to_ascii_lowercase();
    DOCUMENTS.contains(&&*extension) || MORE.contains(&&*extension)
}

/// Returns why a static file is skipped, if it belongs to the tools of the old site. [`crate::import::statics`] decides about
/// all others.
pub(in crate::import) fn skip_reason(path: &str) -> Option<&'static str> {
    const TOOLS: [&str; 18] = [
        "gemfile",
        "rakefile",
        "makefile",
        "dockerfile",
        "procfile",
        "vagrantfile",
        "license",
        "readme",
        "package",
        "package-lock",
        "yarn",
        "contributing",
        "security",
        "code_of_conduct",
        "changelog",
        "requirements",
        "netlify",
        "vercel",
    ];
    const SOURCES: [&str; 18] = [
        "coffee", "ejs", "erb", "gemspec", "haml", "hbs", "jsx", "less", "liquid", "njk", "php", "pug", "py",
        "rb", "sass", "scss", "styl", "tsx",
    ];
    let (folder, name) = split(path);
    let lower = name.to_ascii_lowercase();
    let (first, extension) = (lower.split('.').next().unwrap_or_default(), super::tree::extension(&lower));
    let is_tool = SOURCES.contains(&extension) || folder.is_empty() && TOOLS.contains(&first);
    is_tool.then_some("it belongs to the tools of the old site")
}

/// Splits a date off a name: `2019-05-01-a-name`.
pub(in crate::import) fn split_date(name: &str) -> Option<(&str, &str)> {
    let rest = crate::content::writing::without_date(name);
    (rest.len() < name.len()).then(|| name.get(..10).map(|date| (date, rest))).flatten()
}

/// The date in a path: `/2019/05/01/gate`.
pub(in crate::import) fn date_in_path(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let is_number = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit())
    };
    parts.windows(4).find_map(|parts| match parts {
        [year, month, day, name]
            if year.len() == 4
                && is_number(year, 4)
                && is_number(month, 2)
                && is_number(day, 2)
                && !name.is_empty() =>
        {
            Some(format!("{year}-{month:0>2}-{day:0>2}"))
        }
        _ => None,
    })
}

/// A title for a name: `a-fire_at_sea` → `A fire at sea`.
pub(in crate::import) fn humanize(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let mut chars = spaced.trim().chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_against_the_folder_of_the_page() {
        for (page, reference, expected) in [
            ("/a/b/", "c.png", "/a/b/c.png"),
            ("/a/b/", "../c/", "/a/c/"),
            ("/a/b.html", "c", "/a/c"),
            ("/a/", "../../..", "/"),
            ("/a/", "/x/./y", "/x/y"),
            ("/", "é x", "/é x"),
        ] {
            assert_eq!(resolve_reference(page, reference), expected, "{page} {reference}");
        }
    }

    #[test]
    fn base_paths_have_no_trailing_slash() {
        for (url, expected) in [
            ("https://x.example/blog/", "/blog"),
            ("https://x.example", ""),
            ("/", ""),
            ("//x.example/a", "/a"),
            ("b/", "/b"),
        ] {
            assert_eq!(path_of(url), expected, "{url}");
        }
        assert_eq!(path(["/a//b", "", "c/"]), "/a/b/c");
        assert_eq!(encode("/é b/%20"), "/%C3%A9%20b/%20");
    }

    #[test]
    fn names_are_split() {
        assert_eq!(split_date("2019-05-01-gate"), Some(("2019-05-01", "gate")));
        assert_eq!((split_date("2019-05-01"), split_date("gate"), split_date("")), (None, None, None));
        assert_eq!(date_in_path("/x/2019/5/01/gate/").as_deref(), Some("2019-05-01"));
        assert_eq!((date_in_path("/2019/05/"), date_in_path("/2019/x/01/gate")), (None, None));
        assert_eq!(stem("a.b.md"), ("a.b", "md"));
        assert_eq!(stem(".md"), (".md", ""));
        assert_eq!(humanize("a-fire_at-sea"), "A fire at sea");
        assert!(is_document("a/B.JPG") && !is_document("a.css") && !is_document("jpg"));
    }
}
