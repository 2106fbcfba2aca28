//! Paths of changed files → the parts of the site that they affect.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::plan::DOTTED;
use crate::site::SiteDir;

/// The parts of a site that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FileChanges {
    /// `bulletin.yaml`.
    pub(super) settings: bool,
    /// Templates, and the texts of the theme.
    pub(super) theme: bool,
    /// Static files of the site or the theme.
    pub(super) statics: bool,
    /// Data files.
    pub(super) data: bool,
    /// Paths relative to `content/`; the empty path is all of it.
    pub(super) content: BTreeSet<String>,
    /// The changed files on disk.
    pub(super) files: BTreeSet<PathBuf>,
}

impl FileChanges {
    /// Everything, for when it is unknown what changed.
    pub(super) fn everything() -> Self {
        let content = BTreeSet::from([String::new()]);
        Self { settings: true, theme: true, statics: true, data: true, content, files: BTreeSet::new() }
    }

    /// One file in `content/`.
    pub(super) fn content(path: &str) -> Self {
        Self { content: BTreeSet::from([path.to_owned()]), ..Self::default() }
    }

    /// Adds a path. Paths outside of the site's parts are ignored.
    pub(super) fn add(&mut self, site: &SiteDir, path: &Path) {
        let Ok(within) = path.strip_prefix(site.root()) else { return };
        // The reader of the folder reports names that are not UTF-8.
        let parts: Vec<_> = within.iter().map(std::ffi::OsStr::to_string_lossy).collect();
        let Some((first, rest)) = parts.split_first() else { return };
        if rest.iter().any(|part| is_skipped(part)) || rest.last().is_some_and(|name| name == "4913") {
            return;
        }
        match &**first {
            "bulletin.yaml" => self.settings = true,
            "templates" => self.theme = true,
            // A theme has templates, static files and `theme.yaml`.
            "themes" => (self.theme, self.statics) = (true, true),
            "static" => self.statics = true,
            "data" => self.data = true,
            "content" => drop(self.content.insert(rest.join("/"))),
            _ => return,
        }
        self.files.insert(path.to_owned());
    }

    /// Whether it is unknown what changed.
    pub(super) fn is_everything(&self) -> bool {
        *self == Self::everything()
    }

    /// Whether nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether only articles changed.
    pub(super) fn is_content_only(&self) -> bool {
        !(self.settings || self.theme || self.statics || self.data)
    }
}

/// Whether a name never belongs to a site, as `.a.md.swp` and `a.md~` of editors. Vim also probes whether it can write `4913`.
fn is_skipped(name: &str) -> bool {
    let is_hidden = name.starts_with('.') && !DOTTED.contains(&name);
    is_hidden || name.ends_with('~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_affects_its_part_of_the_site() {
        let site = SiteDir::new("/site");
        let changes = |path: &str| {
            let mut changes = FileChanges::default();
            changes.add(&site, Path::new(path));
            changes
        };
        assert!(changes("/site/bulletin.yaml").settings);
        assert!(changes("/site/themes/x/static/a.css").statics && changes("/site/templates/a.html").theme);
        assert!(changes("/site/data/a.yaml").data && changes("/site/static/a.css").statics);
        assert_eq!(changes("/site/content/world/a.md").content, BTreeSet::from(["world/a.md".to_owned()]));
        assert_eq!(changes("/site/content").content, FileChanges::everything().content);
        for elsewhere in [
            "/site/public/index.html",
            "/site/.bulletin/lock",
            "/site",
            "/other",
            "/site/README.md",
            "/site/content/.a.md.swp",
        ] {
            assert!(changes(elsewhere).is_empty(), "{elsewhere}");
        }
    }
}
