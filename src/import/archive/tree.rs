//! A folder → its files, classified.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{FileKind, MAX_BYTES};
use crate::import::{Listing, Media};

/// Folders without copy that many generators have: tools, build output, themes.
const NOT_COPY: [&str; 8] =
    ["node_modules", "vendor", "_site", "_layouts", "_includes", "_sass", "_data", "__pycache__"];

/// The depth limit of folders.
const DEEPEST: usize = 64;

/// The files of an archive, by their paths below its root.
#[derive(Debug, Default)]
pub(super) struct FileTree {
    root: Option<PathBuf>,
    /// The root with symbolic links resolved.
    real: Option<PathBuf>,
    pub(super) articles: BTreeSet<String>,
    /// Descriptions of list pages.
    pub(super) lists: BTreeSet<String>,
    /// The paths of articles by their file names without extension.
    by_name: BTreeMap<String, Vec<String>>,
    /// Static files: path on the site → path in the archive.
    statics: BTreeMap<String, String>,
    skipped: Vec<(String, &'static str)>,
}

impl FileTree {
    /// Walks a folder.
    pub(super) fn new(root: &Path, sort: &dyn Fn(&str) -> FileKind) -> Self {
        let mut tree =
            Self { root: Some(root.to_owned()), real: root.canonicalize().ok(), ..Self::default() };
        let walk = WalkDir::new(root).max_depth(DEEPEST).sort_by_file_name().into_iter();
        let is_copy = |entry: &walkdir::DirEntry| {
            let name = entry.file_name().to_string_lossy();
            let is_tool = entry.file_type().is_dir() && NOT_COPY.contains(&&*name) && entry.depth() == 1;
            // Deeper hidden files may be meant for readers, as `.well-known`.
            let is_hidden = name.starts_with('.') && (entry.depth() == 1 || name == ".git");
            entry.depth() == 0 || !(is_hidden || name.ends_with('~') || is_tool)
        };
        for entry in walk.filter_entry(is_copy).filter_map(Result::ok) {
            if entry.depth() == 0 || entry.file_type().is_dir() {
                continue;
            }
            let Some(path) = relative(root, entry.path()) else { continue };
            let kind = sort(&path);
            if !matches!(kind, FileKind::Static(_)) && path.split('/').any(|part| part.starts_with('.')) {
                continue;
            }
            let is_link = entry.path_is_symlink();
            if kind == FileKind::Attachment && !(is_link && entry.path().is_dir()) {
                continue;
            }
            if is_link {
                tree.skipped.push((path, "it is a symbolic link"));
                continue;
            }
            let size = entry.metadata().map(|metadata| metadata.len()).unwrap_or_default();
            tree.add(path, kind, size);
        }
        tree
    }

    fn add(&mut self, path: String, kind: FileKind, size: u64) {
        match kind {
            FileKind::Article if size > MAX_BYTES => self.skipped.push((path, "it is larger than 8 MiB")),
            FileKind::Article => {
                self.by_name.entry(name_of(&path).to_lowercase()).or_default().push(path.clone());
                self.articles.insert(path);
            }
            FileKind::List => {
                self.skipped.push((path.clone(), "it describes a list page"));
                self.by_name.entry(name_of(&path).to_lowercase()).or_default().push(path.clone());
                self.lists.insert(path);
            }
            FileKind::Skipped(why) => self.skipped.push((path, why)),
            FileKind::Static(name) => {
                self.statics.entry(name).or_insert(path);
            }
            FileKind::Attachment => {}
        }
    }

    /// The tree around a single file, and the file's path in it: the folders from the content folder down, if there is one.
    pub(super) fn for_single_file(file: &Path, content: &str) -> (Self, String) {
        let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let is_top = |part: &String| part.starts_with('_') || (!content.is_empty() && part == content);
        let folders = parts.len().saturating_sub(1);
        let top = parts.iter().take(folders).rposition(is_top).unwrap_or(folders);
        let root: PathBuf = file.iter().take(top).collect();
        let root = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
        let path = parts.get(top..).map(|parts| parts.join("/")).unwrap_or_default();
        (Self { real: root.canonicalize().ok(), root: Some(root), ..Self::default() }, path)
    }

    /// The path of a file relative to the root.
    pub(super) fn relative_path(&self, file: &Path) -> Option<String> {
        relative(self.root.as_deref()?, file)
    }

    /// Locates a file. Symbolic links that leave the archive are not followed.
    pub(super) fn resolve(&self, path: &str) -> Option<PathBuf> {
        if path.is_empty() || path.contains('\0') || path.split('/').any(|part| part.starts_with('.')) {
            return None;
        }
        let file = self.root.as_deref()?.join(path);
        let real = file.canonicalize().ok().filter(|real| real.is_file())?;
        real.starts_with(self.real.as_deref()?).then_some(file)
    }

    /// The files below a folder: their paths relative to the root and to the folder.
    pub(super) fn files_in(&self, folder: &str) -> Vec<(String, String)> {
        let Some(root) = &self.root else { return Vec::new() };
        let start = root.join(folder);
        let walk = WalkDir::new(&start).max_depth(DEEPEST).sort_by_file_name().into_iter();
        let files = walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
        let paths =
            files.filter_map(|entry| Some((relative(root, entry.path())?, relative(&start, entry.path())?)));
        paths.collect()
    }

    /// Reads a file of the archive.
    pub(super) fn bytes(&self, path: &str, most: u64) -> Option<Vec<u8>> {
        // The walk did not follow links.
        let is_known = self.articles.contains(path) || self.lists.contains(path);
        let file = if is_known { self.root.as_deref()?.join(path) } else { self.resolve(path)? };
        read_bytes(&file, most)
    }

    /// Whether there is a static file with this path, without the leading slash.
    pub(super) fn is_static(&self, name: &str) -> bool {
        self.statics.contains_key(name)
    }

    /// Finds the only article whose path ends this way, with or without its extension. Case counts only if the match is
    /// ambiguous without it. Descriptions of lists are considered last.
    pub(super) fn find_by_suffix(&self, end: &str) -> Option<&str> {
        let small = |text: &str| text.to_lowercase();
        let ways = [&self.articles, &self.lists];
        ways.into_iter().find_map(|among| {
            self.ends(end, among, &|text| text.to_owned()).or_else(|| self.ends(end, among, &small))
        })
    }

    fn ends(
        &self,
        end: &str,
        among: &BTreeSet<String>,
        as_compared: &dyn Fn(&str) -> String,
    ) -> Option<&str> {
        let end = &*as_compared(end.trim_matches('/'));
        let ends = |path: &&String| {
            let path = &*as_compared(path);
            let path = path.strip_suffix(&format!(".{}", extension(path))).unwrap_or(path);
            let folder = path.strip_suffix("/index").or_else(|| path.strip_suffix("/_index"));
            [path, folder.unwrap_or(path)].into_iter().any(|path| {
                let wanted = end.strip_suffix(".md").or_else(|| end.strip_suffix(".markdown")).unwrap_or(end);
                path.strip_suffix(wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            })
        };
        let named = self.by_name.get(&name_of(end).to_lowercase()).into_iter().flatten();
        let mut all = named.filter(|path| among.contains(*path)).filter(ends);
        let first = all.next()?;
        all.next().is_none().then_some(first)
    }

    pub(super) fn listing(&self) -> Listing {
        let Some(root) = &self.root else { return Listing::default() };
        let skipped = self.skipped.iter().map(|(path, why)| (root.join(path), (*why).to_owned()));
        Listing {
            files: self.articles.iter().map(|path| root.join(path)).collect(),
            skipped: skipped.collect(),
        }
    }

    pub(super) fn statics(&self) -> Vec<Media> {
        let Some(root) = &self.root else { return Vec::new() };
        let media = |(name, path): (&String, &String)| Media { from: root.join(path), name: name.clone() };
        self.statics.iter().map(media).collect()
    }
}

/// Reads a file up to a size limit.
pub(in crate::import) fn read_bytes(file: &Path, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file).ok()?.take(most + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= most).then_some(bytes)
}

/// The name of an article: of its file without the extension, or of its folder for an `index.md`.
fn name_of(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    if matches!(stem, "index" | "_index") { parts.next().unwrap_or(stem) } else { stem }
}

/// The extension of a path; empty if there is none.
pub(super) fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn relative(root: &Path, file: &Path) -> Option<String> {
    let below = file.strip_prefix(root).ok()?;
    let parts: Option<Vec<_>> = below.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/")).filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort(path: &str) -> FileKind {
        match extension(path) {
            "md" => FileKind::Article,
            "png" => FileKind::Static(path.to_owned()),
            "rst" => FileKind::Skipped("it is reStructuredText"),
            _ => FileKind::Attachment,
        }
    }

    fn archive(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let file = dir.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "x").unwrap();
        }
        dir
    }

    #[test]
    fn files_are_classified_and_sorted() {
        let dir = archive(&[
            "b/z.md",
            "a.md",
            ".git/c.md",
            "b/.d.md",
            "vendor/e.md",
            "f.rst",
            "g.png",
            "b/vendor/h.md",
        ]);
        let tree = FileTree::new(dir.path(), &sort);
        assert_eq!(tree.articles.iter().collect::<Vec<_>>(), ["a.md", "b/vendor/h.md", "b/z.md"]);
        assert_eq!(tree.listing().skipped, [(dir.path().join("f.rst"), "it is reStructuredText".to_owned())]);
        assert_eq!(tree.statics()[0].name, "g.png");
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_are_not_followed() {
        let outside = archive(&["secret.md", "secret.png"]);
        let dir = archive(&["a.md"]);
        for name in ["secret.md", "secret.png"] {
            std::os::unix::fs::symlink(outside.path().join(name), dir.path().join(name)).unwrap();
        }
        std::os::unix::fs::symlink(outside.path(), dir.path().join("folder")).unwrap();
        let tree = FileTree::new(dir.path(), &sort);
        assert_eq!(tree.listing().skipped.len(), 3);
        assert_eq!(tree.articles.iter().collect::<Vec<_>>(), ["a.md"]);
        for path in ["secret.md", "secret.png", "folder/secret.md", "../secret.md", "", "a\0b"] {
            assert_eq!(tree.resolve(path), None, "{path}");
        }
        assert!(tree.resolve("a.md").is_some() && tree.statics().is_empty());
    }

    #[test]
    fn articles_are_found_by_suffix() {
        let dir = archive(&["a/one.md", "b/one.md", "b/two.md", "c/three/index.md"]);
        let tree = FileTree::new(dir.path(), &sort);
        assert_eq!(tree.find_by_suffix("one"), None);
        assert_eq!(tree.find_by_suffix("/b/one.md"), Some("b/one.md"));
        assert_eq!(tree.find_by_suffix("two"), Some("b/two.md"));
        assert_eq!(tree.find_by_suffix("three"), Some("c/three/index.md"));
        assert_eq!(tree.find_by_suffix("wo"), None);
        assert_eq!(tree.find_by_suffix("B/Two.md"), Some("b/two.md"));
        assert_eq!(tree.find_by_suffix("ONE"), None);
    }

    #[test]
    fn a_single_file_keeps_its_folders_from_the_content_folder_down() {
        let path = |file: &str| FileTree::for_single_file(Path::new(file), "content").1;
        assert_eq!(path("/x/content/posts/a.md"), "content/posts/a.md");
        assert_eq!(path("/x/_posts/a.md"), "_posts/a.md");
        assert_eq!(path("x/a.md"), "a.md");
        assert_eq!(path(""), "");
    }
}
