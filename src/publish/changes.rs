//! A publication → the list of what it changed: for hooks, `--json`, `bulletin changed`, caches and search engines.

use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use crate::plan::{FileClass, Urls};

/// The files that a publication added, changed and removed. As JSON it is an interface for other programs: fields may be added, but those that
/// are there keep their meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Changes {
    /// The name of the target; `None` if the changes are those of a build.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<String>,
    /// The place of the target: `s3://herald/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<String>,
    /// The URL of the site's root for readers of the target, with `/` at its end.
    pub(crate) base_url: String,
    /// The instant that the site was built for.
    pub(crate) as_of: Timestamp,
    /// The id of the build.
    pub(crate) build: String,
    /// Files that are new.
    pub(crate) added: Vec<ChangedFile>,
    /// Files with other bytes or headers.
    pub(crate) changed: Vec<ChangedFile>,
    /// Files that are gone.
    pub(crate) removed: Vec<ChangedFile>,
}

/// A file that was added, changed or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ChangedFile {
    /// Its decoded path from the root of the site: `2026/port-closed/index.html`.
    pub(crate) path: String,
    /// Its URL.
    pub(crate) url: String,
    /// Its part in the site: `story`, `feed`.
    pub(crate) kind: &'static str,
}

impl ChangedFile {
    /// The file with this path, at a target with this base URL.
    pub(crate) fn new(base: &Url, path: &str, class: FileClass) -> Self {
        Self { path: path.to_owned(), url: url(base, path).to_string(), kind: class.name() }
    }
}

impl Changes {
    /// All files, in the order in which they are listed.
    pub(crate) fn all(&self) -> impl Iterator<Item = &ChangedFile> {
        self.added.iter().chain(&self.changed).chain(&self.removed)
    }

    /// Whether nothing changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }
}

/// The URL at which readers see a file.
pub(crate) fn url(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&Urls::new(base).path_of_file(path));
    url.set_query(None);
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_url_that_readers_request() {
        let base = Url::parse("https://herald.example/news/").unwrap();
        for (path, expected) in [
            ("index.html", "https://herald.example/news/"),
            ("2026/port/index.html", "https://herald.example/news/2026/port/"),
            ("404.html", "https://herald.example/news/404.html"),
            ("myindex.html", "https://herald.example/news/myindex.html"),
            ("tags/o\u{308}l 100%/index.html", "https://herald.example/news/tags/%C3%B6l%20100%25/"),
            ("a#b?c+d.pdf", "https://herald.example/news/a%23b%3Fc+d.pdf"),
        ] {
            assert_eq!(url(&base, path).as_str(), expected);
        }
    }

    #[test]
    fn the_json_has_the_documented_fields() {
        let base = Url::parse("https://herald.example/").unwrap();
        let changes = Changes {
            target: Some("production".to_owned()),
            place: Some("s3://herald/".to_owned()),
            as_of: Timestamp::UNIX_EPOCH,
            build: "b1".to_owned(),
            added: vec![ChangedFile::new(&base, "a/index.html", FileClass::Story)],
            changed: vec![ChangedFile::new(&base, "atom.xml", FileClass::Feed)],
            removed: vec![],
            base_url: base.to_string(),
        };
        let expected = serde_json::json!({
            "target": "production", "place": "s3://herald/", "base_url": "https://herald.example/",
            "as_of": "1970-01-01T00:00:00Z", "build": "b1",
            "added": [{"path": "a/index.html", "url": "https://herald.example/a/", "kind": "story"}],
            "changed": [{"path": "atom.xml", "url": "https://herald.example/atom.xml", "kind": "feed"}],
            "removed": [],
        });
        assert_eq!(serde_json::to_value(&changes).unwrap(), expected);
    }
}
