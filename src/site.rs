//! Paths in the folder of a site.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The name of the record of written files, which builds keep in each output folder.
pub const RECORD: &str = ".bulletin-files";

/// The folder that holds `bulletin.yaml`.
#[derive(Clone, Debug)]
pub struct SiteDir {
    root: PathBuf,
    /// The output folder of the command line.
    output: Option<PathBuf>,
    /// The folder for renditions of pictures of the command line.
    pictures: Option<PathBuf>,
}

impl SiteDir {
    /// The site in this folder, whether it exists or not.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), output: None, pictures: None }
    }

    /// Sets the output folder.
    #[must_use]
    pub fn building_into(self, output: Option<PathBuf>) -> Self {
        Self { output, ..self }
    }

    /// Sets the folder for renditions of pictures.
    #[must_use]
    pub fn keeping_pictures_in(self, pictures: Option<PathBuf>) -> Self {
        Self { pictures, ..self }
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

    /// Files that are copied unchanged.
    pub fn static_files(&self) -> PathBuf {
        self.root.join("static")
    }

    /// Data files for templates.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The folder of a theme.
    pub fn theme(&self, name: &str) -> PathBuf {
        self.root.join("themes").join(name)
    }

    /// The list of all URLs that the site has had, which is optional.
    pub fn urls(&self) -> PathBuf {
        self.root.join("urls.txt")
    }

    /// The output folder.
    pub fn output(&self) -> PathBuf {
        self.output.clone().unwrap_or_else(|| self.root.join("public"))
    }

    /// The state of builds, which is safe to delete.
    pub fn state(&self) -> PathBuf {
        self.root.join(".bulletin")
    }

    /// The records of the last build.
    pub fn manifest(&self) -> PathBuf {
        self.state().join("manifest")
    }

    /// Where renditions of pictures are kept. `None`: nowhere.
    pub fn pictures(&self) -> Option<PathBuf> {
        self.pictures.clone().or_else(|| self.remembers().then(|| self.state().join("pictures")))
    }

    /// What the record of an output folder is called: its path in the site, so that a site may move or be named by a relative path;
    /// outside the site, its absolute path.
    pub fn record_name(&self, output: &Path) -> String {
        let (root, output) = (real_path(&self.root), real_path(output));
        output.strip_prefix(&root).unwrap_or(&output).to_string_lossy().replace('\\', "/")
    }

    /// Whether builds may keep records. They must not clean up behind a symbolic link.
    pub fn remembers(&self) -> bool {
        !self.state().is_symlink() && !self.manifest().is_symlink()
    }

    /// Whether an existing file or folder is inside the site after symbolic links are resolved.
    pub fn holds(&self, path: &Path) -> bool {
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        path.canonicalize().is_ok_and(|real| real.starts_with(root))
    }

    /// Whether a file or folder, after symbolic links are resolved, is in an output folder or contains one. The output of a
    /// build would then be a source of the next.
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

    /// The sources of the site, which no build may overwrite.
    pub fn sources(&self) -> [PathBuf; 6] {
        let themes = self.root.join("themes");
        [self.content(), self.templates(), self.static_files(), self.data(), themes, self.config()]
    }
}

/// Reads a file. Refuses named pipes, which would block, and devices, which may not end.
///
/// # Errors
/// If it is not a file, or cannot be read.
pub fn read(file: &Path) -> io::Result<Vec<u8>> {
    check_is_file(file)?;
    fs::read(file)
}

/// Reads a file as text, with the checks of [`read`].
///
/// # Errors
/// If it is not a file, cannot be read, or is not UTF-8.
pub fn read_text(file: &Path) -> io::Result<String> {
    check_is_file(file)?;
    fs::read_to_string(file)
}

fn check_is_file(file: &Path) -> io::Result<()> {
    let kind = fs::metadata(file)?.file_type();
    if kind.is_file() || kind.is_dir() { Ok(()) } else { Err(io::Error::other(NOT_A_FILE)) }
}

/// The error message for named pipes, sockets and devices.
pub const NOT_A_FILE: &str = "it is a named pipe, a socket or a device";

/// Whether a file is a temporary file of an editor or the operating system: a backup (`a.md~`), a lock or recovery file (`#a.md#`,
/// `.#a.md`, `.a.md.swp`, `~$a.docx`), or folder metadata (`.DS_Store`, `Thumbs.db`).
pub(crate) fn is_temporary(name: &str) -> bool {
    const NAMES: [&str; 5] = ["thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "4913"];
    // Files that are being saved or synced.
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

/// Whether a file is an older version that an editor or a merge kept (`a.html.orig`).
pub(crate) fn is_backup(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".orig", ".bak", ".rej", ".swp", ".swo"].iter().any(|end| lower.ends_with(end))
}

/// The path with links and `..` resolved; the part that does not exist yet is taken as written.
pub(crate) fn real_path(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
        if let Ok(real) = plain.canonicalize() {
            plain = real;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_files_are_recognized() {
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
            assert!(is_temporary(name), "{name}");
        }
        for name in
            ["a.md", "#1.png", "#", ".well-known", ".nojekyll", ".htaccess", "4913.html", "thumbs.db.html"]
        {
            assert!(!is_temporary(name) && !is_backup(name), "{name}");
        }
        assert!(is_backup("index.html.orig") && is_backup("settings.php.BAK"));
    }
}
