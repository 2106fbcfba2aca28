//! Writes articles and their files: each completely or not at all, never over another file.
//! Unfinished files are in a hidden folder that no build reads. An interrupted run leaves it behind; the next run empties it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use serde_json::{Value as Json, json};
use tempfile::{Builder, NamedTempFile};

use super::Media;
use crate::pictures::erase_location;

/// The folder for unfinished files.
const UNFINISHED: &str = ".bulletin-import";

/// Writes files below a folder. A lock makes it the only writer.
pub(super) struct Writer {
    root: PathBuf,
    unfinished: PathBuf,
    lock: File,
    /// Whether the folder did not exist before.
    created_root: bool,
}

impl Writer {
    /// Opens a folder for writing, and creates it if necessary.
    ///
    /// # Errors
    /// `WouldBlock` if another run is writing there, or an I/O error.
    pub(super) fn open(root: PathBuf) -> io::Result<Self> {
        let unfinished = root.join(UNFINISHED);
        let created_root = !root.exists();
        fs::create_dir_all(&unfinished)?;
        let lock = File::create(unfinished.join("lock"))?;
        lock.try_lock()?;
        let writer = Self { root, unfinished, lock, created_root };
        for left in fs::read_dir(&writer.unfinished)? {
            let left = left?.path();
            match left.is_dir() {
                true => fs::remove_dir_all(left)?,
                false if !left.ends_with("lock") => fs::remove_file(left)?,
                false => {}
            }
        }
        Ok(writer)
    }

    /// Writes a new article, with its files if it is an `index.md`.
    ///
    /// # Errors
    /// `AlreadyExists`, or an I/O error.
    pub(super) fn add(&self, path: &str, text: &str, media: &[Media]) -> io::Result<()> {
        match path.strip_suffix("/index.md") {
            Some(folder) if !media.is_empty() => self.new_bundle(&self.root.join(folder), text, media),
            _ => self.persist(self.temp_file(text.as_bytes())?, &self.root.join(path)),
        }
    }

    /// Replaces an article with its new version, and adds files that it did not have.
    ///
    /// # Errors
    /// An I/O error. The article is unchanged then.
    pub(super) fn update(&self, path: &str, text: &str, media: &[Media]) -> io::Result<()> {
        let file = self.root.join(path);
        let folder = file.parent().unwrap_or(&self.root);
        for Media { from, name } in media {
            let to = within(folder, name)?;
            if !same_or_absent(from, &to)? {
                self.copy(from, &to)?;
            }
        }
        self.temp_file(text.as_bytes())?.persist(&file)?;
        Ok(())
    }

    /// Copies a file to a path that must not exist.
    ///
    /// # Errors
    /// `AlreadyExists`, or an I/O error.
    pub(super) fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut file = self.temp_file(&[])?;
        copy_into(from, file.as_file_mut())?;
        self.persist(file, to)
    }

    /// Writes an article with its files as a new folder.
    fn new_bundle(&self, folder: &Path, text: &str, media: &[Media]) -> io::Result<()> {
        let made = Builder::new().make_in(&self.unfinished, |path| fs::create_dir(path))?;
        let (_, made) = made.keep()?;
        fs::write(made.join("index.md"), text)?;
        for Media { from, name } in media {
            let to = within(&made, name)?;
            fs::create_dir_all(to.parent().unwrap_or(&made))?;
            if !same_or_absent(from, &to)? {
                copy_into(from, &mut File::create(&to)?)?;
            }
        }
        if folder.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::create_dir_all(folder.parent().unwrap_or(&self.root))?;
        fs::rename(&made, folder)
    }

    /// A temporary file, removed unless it is persisted. Its permissions are those of a normal new file.
    fn temp_file(&self, bytes: &[u8]) -> io::Result<NamedTempFile> {
        let mut file = Builder::new().make_in(&self.unfinished, |path| File::create_new(path))?;
        file.write_all(bytes)?;
        Ok(file)
    }

    fn persist(&self, file: NamedTempFile, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
        file.persist_noclobber(path)?;
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // A leftover is hidden, and the next run removes it.
        let _ = self.lock.unlock();
        let _ = fs::remove_dir_all(&self.unfinished);
        if self.created_root {
            // Fails if the folder is not empty, as it should.
            let _ = fs::remove_dir(&self.root);
        }
    }
}

/// Saves reader comments as data, in `comments/` under the path of the article.
///
/// # Errors
/// An I/O error.
pub(super) fn comments(data: &Path, path: &str, id: &str, comments: &[Json]) -> io::Result<()> {
    if comments.is_empty() {
        return Ok(());
    }
    let stem = path.strip_suffix("/index.md").or_else(|| path.strip_suffix(".md")).unwrap_or(path);
    let all = json!({"article": path, "id": id, "comments": comments});
    replace(&within(&data.join("comments"), &format!("{stem}.json"))?, &format!("{all:#}\n"))
}

/// Largest photograph that is checked for a location, in bytes.
const LARGEST_PHOTOGRAPH: u64 = 128 << 20;

/// The bytes of a photograph without the location where it was taken, which readers must not learn. `None` if it has none.
fn without_location(from: &Path) -> io::Result<Option<Vec<u8>>> {
    let name = from.extension().unwrap_or_default();
    let is_photograph = ["jpg", "jpeg", "jpe"].iter().any(|known| name.eq_ignore_ascii_case(known));
    if !is_photograph || fs::metadata(from)?.len() > LARGEST_PHOTOGRAPH {
        return Ok(None);
    }
    let mut bytes = fs::read(from)?;
    Ok(erase_location(&mut bytes).then_some(bytes))
}

fn copy_into(from: &Path, to: &mut File) -> io::Result<()> {
    match without_location(from)? {
        Some(bytes) => to.write_all(&bytes),
        None => io::copy(&mut File::open(from)?, to).map(drop),
    }
}

/// Whether a file exists with the same contents.
///
/// # Errors
/// `AlreadyExists` if its contents differ, or an I/O error.
pub(super) fn same_or_absent(from: &Path, to: &Path) -> io::Result<bool> {
    match fs::read(to) {
        Ok(bytes)
            if fs::read(from)? == bytes
                || without_location(from)?.is_some_and(|without| without == bytes) =>
        {
            Ok(true)
        }
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Copies a file completely or not at all, to a path that must not exist.
///
/// # Errors
/// `AlreadyExists`, or an I/O error.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut file = beside(to)?;
    copy_into(from, file.as_file_mut())?;
    file.persist_noclobber(to)?;
    Ok(())
}

/// Writes a file that must not exist.
///
/// # Errors
/// `AlreadyExists`, or an I/O error.
pub(super) fn new_file(path: &Path, text: &str) -> io::Result<()> {
    let mut file = beside(path)?;
    file.write_all(text.as_bytes())?;
    file.persist_noclobber(path)?;
    Ok(())
}

/// Replaces a file.
///
/// # Errors
/// An I/O error. The file is unchanged then.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut file = beside(path)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

/// A temporary file in the same folder, removed unless it is persisted.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    Builder::new().prefix(UNFINISHED).make_in(folder, |path| File::create_new(path))
}

/// Joins a folder and a name from copy, which must stay below the folder.
///
/// # Errors
/// `InvalidInput` if it would leave the folder.
pub(super) fn within(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if name.is_empty() || name.contains('\\') || !Path::new(name).components().all(is_plain) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("`{name}` is outside the folder")));
    }
    Ok(folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn existing_files_are_not_overwritten() {
        let temp = tempfile::tempdir().unwrap();
        let writer = Writer::open(temp.path().join("content")).unwrap();
        let path = temp.path().join("content/world/a.md");
        writer.add("world/a.md", "one", &[]).unwrap();
        let again = writer.add("world/a.md", "two", &[]);
        assert_eq!(again.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        writer.update("world/a.md", "two", &[]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(temp.path().join("content/world")).unwrap().count(), 1);
        drop(writer);
        assert_eq!(fs::read_dir(temp.path().join("content")).unwrap().count(), 1);
    }

    #[test]
    fn a_writer_locks_its_folder_and_removes_leftovers() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("content");
        fs::create_dir_all(root.join(UNFINISHED).join("half")).unwrap();
        let writer = Writer::open(root.clone()).unwrap();
        assert_eq!(fs::read_dir(root.join(UNFINISHED)).unwrap().count(), 1);
        let other = Writer::open(root.clone()).err().unwrap();
        assert_eq!(other.kind(), io::ErrorKind::WouldBlock);
        drop(writer);
        // A folder that existed stays. A new one without files is removed.
        assert_eq!(fs::read_dir(&root).unwrap().count(), 0);
        let new = temp.path().join("new");
        drop(Writer::open(new.clone()).unwrap());
        assert!(!new.exists());
    }

    #[test]
    fn names_stay_below_the_folder() {
        for name in ["../a", "/a", "a/../../b", "", "a\\..\\b"] {
            assert!(within(Path::new("x"), name).is_err(), "{name}");
        }
        assert_eq!(within(Path::new("x"), "./a/b.png").unwrap(), Path::new("x/./a/b.png"));
    }

    #[test]
    fn a_bundle_is_written_completely_or_not_at_all() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("p.png"), "p").unwrap();
        let root = temp.path().join("content");
        let writer = Writer::open(root.clone()).unwrap();
        let gone = Media { from: temp.path().join("gone.png"), name: "gone.png".to_owned() };
        assert!(writer.add("world/a/index.md", "text", &[gone]).is_err());
        assert!(!root.join("world").exists());
        let picture = [Media { from: temp.path().join("p.png"), name: "img/p.png".to_owned() }];
        writer.add("world/a/index.md", "text", &picture).unwrap();
        assert_eq!(fs::read_to_string(root.join("world/a/img/p.png")).unwrap(), "p");
        let again = writer.add("world/a/index.md", "text", &picture);
        assert_eq!(again.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        drop(writer);
        assert_eq!(fs::read_dir(root).unwrap().count(), 1);
    }
}
