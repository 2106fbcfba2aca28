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
