//! The folder of a site → where its parts are.

use std::path::{Path, PathBuf};

/// The folder that holds `bulletin.yaml`.
#[derive(Clone, Debug)]
pub struct SiteDir(PathBuf);

impl SiteDir {
    /// The site in this folder, whether it exists or not.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self(root.into())
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.0
    }

    /// The settings.
    pub fn config(&self) -> PathBuf {
        self.0.join("bulletin.yaml")
    }

    /// The articles.
    pub fn content(&self) -> PathBuf {
        self.0.join("content")
    }

    /// Templates that override the theme's.
    pub fn templates(&self) -> PathBuf {
        self.0.join("templates")
    }

    /// Files that are copied as they are.
    pub fn static_files(&self) -> PathBuf {
        self.0.join("static")
    }

    /// Data that templates may ask for.
    pub fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// The folder of a theme.
    pub fn theme(&self, name: &str) -> PathBuf {
        self.0.join("themes").join(name)
    }

    /// The URLs that the site has had, if it keeps them.
    pub fn urls(&self) -> PathBuf {
        self.0.join("urls.txt")
    }

    /// Where the site is built, unless the command line says otherwise.
    pub fn output(&self) -> PathBuf {
        self.0.join("public")
    }

    /// What builds keep for each other; safe to delete.
    pub fn state(&self) -> PathBuf {
        self.0.join(".bulletin")
    }

    /// What builds remember of each other.
    pub fn manifest(&self) -> PathBuf {
        self.state().join("manifest")
    }

    /// Whether builds may remember anything: not behind a link, where what they clear away may be somebody else's.
    pub fn remembers(&self) -> bool {
        !self.state().is_symlink() && !self.manifest().is_symlink()
    }

    /// Whether a file or folder, links followed, lies within the site. One that does not exist does not.
    pub fn holds(&self, path: &Path) -> bool {
        let root = self.0.canonicalize().unwrap_or_else(|_| self.0.clone());
        path.canonicalize().is_ok_and(|real| real.starts_with(root))
    }

    /// The folders and files that hold people's work: no build may write into them.
    pub fn sources(&self) -> [PathBuf; 6] {
        let themes = self.0.join("themes");
        [self.content(), self.templates(), self.static_files(), self.data(), themes, self.config()]
    }
}

/// Whether a file is one that editors and systems leave beside those of people, and that nobody means: backups (`a.md~`), what keeps a
/// file that is being edited (`#a.md#`, `.#a.md`, `.a.md.swp`, `~$a.docx`), and what shows a folder (`.DS_Store`, `Thumbs.db`).
pub(crate) fn is_left_behind(name: &str) -> bool {
    const NAMES: [&str; 5] = ["thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "4913"];
    // While a file is saved or synced.
    let is_unfinished = || {
        name.ends_with("___jb_tmp___") || name.ends_with("___jb_old___") || name.starts_with("~syncthing~")
    };
    let is_of_vim = || [".swp", ".swo", ".swx"].iter().any(|end| name.ends_with(end));
    name.ends_with('~')
        || name.starts_with("~$")
        || (name.len() > 1 && name.starts_with('#') && name.ends_with('#'))
        || (name.starts_with('.') && (name.starts_with(".#") || name.starts_with("._") || is_of_vim()))
        || is_unfinished()
        || NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether the name is that of an older state of a file, as editors and merges keep it (`a.html.orig`).
pub(crate) fn is_backup(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".orig", ".bak", ".rej", ".swp", ".swo"].iter().any(|end| lower.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_and_systems_leave_is_told_from_what_people_mean() {
        for name in [
            "a.md~",
            "#a.md#",
            ".#a.md",
            ".a.md.swp",
            "~$a.docx",
            ".DS_Store",
            "Thumbs.db",
            "desktop.ini",
            "4913",
            "._a.jpg",
            "a.md___jb_tmp___",
        ] {
            assert!(is_left_behind(name), "{name}");
        }
        for name in
            ["a.md", "#1.png", "#", ".well-known", ".nojekyll", ".htaccess", "4913.html", "thumbs.db.html"]
        {
            assert!(!is_left_behind(name) && !is_backup(name), "{name}");
        }
        assert!(is_backup("index.html.orig") && is_backup("settings.php.BAK"));
    }
}
