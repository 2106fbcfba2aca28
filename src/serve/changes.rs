//! Paths where files changed → the parts of the site that this concerns.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::plan::DOTTED;
use crate::site::SiteDir;

/// SiteInputs of a site where something changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FileChanges {
    /// `bulletin.yaml`.
    pub(super) settings: bool,
    /// Templates and the theme's words.
    pub(super) theme: bool,
    /// Static files, of the site or the theme.
    pub(super) statics: bool,
    /// Data files.
    pub(super) data: bool,
    /// Paths relative to `content/`; the empty one is all of it.
    pub(super) content: BTreeSet<String>,
    /// All of these files, as they are on disk.
    pub(super) files: BTreeSet<PathBuf>,
}

impl FileChanges {
    /// Everything may have changed, as when the system lost count.
    pub(super) fn everything() -> Self {
        let content = BTreeSet::from([String::new()]);
        Self { settings: true, theme: true, statics: true, data: true, content, files: BTreeSet::new() }
    }

    /// One source or file below `content/`.
    pub(super) fn content(path: &str) -> Self {
        Self { content: BTreeSet::from([path.to_owned()]), ..Self::default() }
    }

    /// Adds a path; one that is no part of the site changes nothing.
    pub(super) fn add(&mut self, site: &SiteDir, path: &Path) {
        let Ok(within) = path.strip_prefix(site.root()) else { return };
        // A name that is no UTF-8 is reported by those who read its folder.
        let parts: Vec<_> = within.iter().map(std::ffi::OsStr::to_string_lossy).collect();
        let Some((first, rest)) = parts.split_first() else { return };
        if rest.iter().any(|part| is_skipped(part)) || rest.last().is_some_and(|name| name == "4913") {
            return;
        }
        match &**first {
            "bulletin.yaml" => self.settings = true,
            "templates" => self.theme = true,
            // A theme has both, and `theme.yaml`.
            "themes" => (self.theme, self.statics) = (true, true),
            "static" => self.statics = true,
            "data" => self.data = true,
            "content" => drop(self.content.insert(rest.join("/"))),
            _ => return,
        }
        self.files.insert(path.to_owned());
    }

    /// Whether it is not known what was changes.
    pub(super) fn is_everything(&self) -> bool {
        *self == Self::everything()
    }

    /// Whether nothing is changes.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing but articles is.
    pub(super) fn is_content_only(&self) -> bool {
        !(self.settings || self.theme || self.statics || self.data)
    }
}

/// Names that no part of a site has, as `.a.md.swp` and `a.md~` of editors. Vim also tries whether it can write `4913`.
fn is_skipped(name: &str) -> bool {
    let is_hidden = name.starts_with('.') && !DOTTED.contains(&name);
    is_hidden || name.ends_with('~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_concerns_the_part_that_it_is_in() {
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
