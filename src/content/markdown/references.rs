//! The destination of a link or image → what kind of thing it names.

use std::ops::Range;

use percent_encoding::percent_decode_str;

/// A link, image or HTML attribute of a text that names something of this site.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reference {
    /// The destination as written.
    pub written: String,
    /// How it is used.
    pub kind: ReferenceKind,
    /// Bytes of the Markdown that hold it.
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
}

/// What a destination names, by its shape alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written<'a> {
    /// Something elsewhere, or nothing of ours to look after.
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
}

/// Tells what a destination names.
pub fn classify(destination: &str) -> Written<'_> {
    let destination = destination.trim();
    if let Some(fragment) = destination.strip_prefix('#') {
        return if fragment.is_empty() { Written::Elsewhere } else { Written::Fragment(fragment) };
    }
    if destination.is_empty() || destination.starts_with("//") {
        return Written::Elsewhere;
    }
    if let Some(scheme) = scheme(destination) {
        let runs_code = ["javascript", "vbscript", "data"].iter().any(|bad| scheme.eq_ignore_ascii_case(bad));
        let is_image = destination.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("data:image/"));
        return if runs_code && !is_image { Written::Unsafe } else { Written::Elsewhere };
    }
    let (path, fragment) = match destination.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment).filter(|fragment| !fragment.is_empty())),
        None => (destination, None),
    };
    let path = path.split_once('?').map_or(path, |(path, _query)| path);
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    // A slash behind the name does not make it another file.
    let file = decoded.trim_end_matches('/');
    if [".md", ".markdown"].iter().any(|extension| file.to_ascii_lowercase().ends_with(extension)) {
        // Zola writes `@/` for the root of `content/`.
        let path = file.strip_prefix('@').filter(|path| path.starts_with('/')).unwrap_or(file).to_owned();
        return Written::Source { path, fragment };
    }
    if destination.starts_with('/') {
        return Written::Site(destination);
    }
    let names_a_file =
        decoded.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'));
    if names_a_file { Written::File(decoded.into_owned()) } else { Written::Elsewhere }
}

/// The scheme of a URL (RFC 3986, section 3.1), control characters left out as browsers do.
fn scheme(destination: &str) -> Option<String> {
    let (written, _) = destination.split_once(':')?;
    let scheme: String = written.chars().filter(|c| !c.is_control()).collect();
    let starts_well = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    (starts_well && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))).then_some(scheme)
}

/// A path that is relative to the folder of `source` (or to `content/`, if it starts with `/`) as a path relative
/// to `content/`. `None` if it climbs out.
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
    fn destinations_are_told_apart_by_shape() {
        let source = |path: &str, fragment| Written::Source { path: path.to_owned(), fragment };
        for (destination, expected) in [
            ("https://example.org/a.md", Written::Elsewhere),
            ("mailto:desk@example.org", Written::Elsewhere),
            ("//example.org/", Written::Elsewhere),
            ("other/", Written::Elsewhere),
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
    fn paths_resolve_against_the_folder_of_the_source() {
        assert_eq!(resolve("world/a/index.md", "../b.md").as_deref(), Some("world/b.md"));
        assert_eq!(resolve("a.md", "b.md").as_deref(), Some("b.md"));
        assert_eq!(resolve("world/a.md", "/about.md").as_deref(), Some("about.md"));
        assert_eq!(resolve("a.md", "../../etc/passwd"), None);
    }
}
