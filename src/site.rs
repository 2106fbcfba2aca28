//! The folder of a site → where its parts are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The name of the record of files that builds leave in each folder that they write.
pub const RECORD: &str = ".bulletin-files";

/// The folder that holds `bulletin.yaml`.
#[derive(Clone, Debug)]
pub struct SiteDir {
    root: PathBuf,
    /// Where the command line says that the site is built.
    output: Option<PathBuf>,
}

impl SiteDir {
    /// The site in this folder, whether it exists or not.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), output: None }
    }

    /// The same site, built into this folder.
    #[must_use]
    pub fn building_into(self, output: Option<PathBuf>) -> Self {
        Self { output, ..self }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The settings.
    pub fn config(&self) -> PathBuf {
        self.root.join("bulletin.yaml")
    }

    /// The articles.
    pub fn content(&self) -> PathBuf {
        self.root.join("content")
    }

    /// Templates that override the theme's.
    pub fn templates(&self) -> PathBuf {
        self.root.join("templates")
    }

    /// Files that are copied as they are.
    pub fn static_files(&self) -> PathBuf {
        self.root.join("static")
    }

    /// Data that templates may ask for.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The folder of a theme.
    pub fn theme(&self, name: &str) -> PathBuf {
        self.root.join("themes").join(name)
    }

    /// The URLs that the site has had, if it keeps them.
    pub fn urls(&self) -> PathBuf {
        self.root.join("urls.txt")
    }

    /// Where the site is built.
    pub fn output(&self) -> PathBuf {
        self.output.clone().unwrap_or_else(|| self.root.join("public"))
    }

    /// What builds keep for each other; safe to delete.
    pub fn state(&self) -> PathBuf {
        self.root.join(".bulletin")
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
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        path.canonicalize().is_ok_and(|real| real.starts_with(root))
    }

    /// Whether a file or folder, links followed, is in a folder that builds write, or holds one: what a build wrote would be
    /// a source of the next.
    pub fn leads_into_builds(&self, path: &Path) -> bool {
        let Ok(real) = path.canonicalize() else { return false };
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        let within = real.ancestors().take_while(|folder| folder.starts_with(&root));
        if within.filter(|folder| *folder != root).any(|folder| folder.join(RECORD).exists()) {
            return true;
        }
        let built = [self.output(), self.state()];
        built.iter().any(|folder| {
            folder.canonicalize().is_ok_and(|folder| real.starts_with(&folder) || folder.starts_with(&real))
        })
    }

    /// The folders and files that hold people's work: no build may write into them.
    pub fn sources(&self) -> [PathBuf; 6] {
        let themes = self.root.join("themes");
        [self.content(), self.templates(), self.static_files(), self.data(), themes, self.config()]
    }
}

/// The bytes of a file; an error for what is none: a named pipe would be waited for, and a device may have no end.
///
/// # Errors
/// If it is no file, or cannot be read.
pub fn read(file: &Path) -> io::Result<Vec<u8>> {
    check_is_file(file)?;
    fs::read(file)
}

/// The text of a file, as [`read`] gives its bytes.
///
/// # Errors
/// If it is no file, or cannot be read as UTF-8.
pub fn read_text(file: &Path) -> io::Result<String> {
    check_is_file(file)?;
    fs::read_to_string(file)
}

fn check_is_file(file: &Path) -> io::Result<()> {
    let kind = fs::metadata(file)?.file_type();
    if kind.is_file() || kind.is_dir() { Ok(()) } else { Err(io::Error::other(NOT_A_FILE)) }
}

/// What is said of named pipes, sockets and devices.
pub const NOT_A_FILE: &str = "it is a named pipe, a socket or a device";

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
