//! Texts and files of articles → the folder of the site, each whole or not at all, never in the place of another.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempDir};

use super::Media;

/// What files are called while they are written: hidden, so that no build takes them for articles.
const UNFINISHED: &str = ".bulletin-import-";

/// Writes an article that must not be there yet, with its files if it is an `index.md`.
///
/// # Errors
/// `AlreadyExists`, and what the disk says.
pub(super) fn new(content: &Path, path: &str, text: &str, media: &[Media]) -> io::Result<()> {
    match path.strip_suffix("/index.md") {
        Some(folder) if !media.is_empty() => new_bundle(&content.join(folder), text, media),
        _ => new_file(&content.join(path), text),
    }
}

/// Writes an article in the place of an earlier version, with files that it did not have.
///
/// # Errors
/// What the disk says; the article is as it was then.
pub(super) fn update(content: &Path, path: &str, text: &str, media: &[Media]) -> io::Result<()> {
    let file = content.join(path);
    copy_media(file.parent().unwrap_or(content), media)?;
    replace(&file, text)
}

/// Whether a file is there already, with the same bytes.
///
/// # Errors
/// `AlreadyExists`, if its bytes are others, and what the disk says.
pub(super) fn same_or_absent(from: &Path, to: &Path) -> io::Result<bool> {
    match fs::read(to) {
        Ok(bytes) if fs::read(from)? == bytes => Ok(true),
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Copies a file, whole or not at all, to where none is.
///
/// # Errors
/// `AlreadyExists`, and what the disk says.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut file = unfinished(to.parent().unwrap_or(Path::new(".")))?;
    io::copy(&mut fs::File::open(from)?, file.as_file_mut())?;
    file.persist_noclobber(to).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file that must not be there yet.
///
/// # Errors
/// `AlreadyExists`, or what the disk says.
pub(super) fn new_file(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = unfinished(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file in the place of one that is there.
///
/// # Errors
/// What the disk says; the file is as it was then.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = unfinished(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes an article with its files as a folder that must not be there yet.
///
/// # Errors
/// As [`new_file`], and if one of the files cannot be copied.
fn new_bundle(folder: &Path, text: &str, media: &[Media]) -> io::Result<()> {
    let above = folder.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(above)?;
    let unfinished = Builder::new().prefix(UNFINISHED).permissions_of_folder().tempdir_in(above)?;
    fs::write(unfinished.path().join("index.md"), text)?;
    copy_media(unfinished.path(), media)?;
    if folder.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let made = TempDir::keep(unfinished);
    fs::rename(&made, folder).inspect_err(|_| {
        let _ = fs::remove_dir_all(&made);
    })
}

/// Copies the files of an article that are not beside it yet.
///
/// # Errors
/// What the disk says.
fn copy_media(folder: &Path, media: &[Media]) -> io::Result<()> {
    for Media { from, name } in media {
        let to = within(folder, name)?;
        if let Some(above) = to.parent() {
            fs::create_dir_all(above)?;
        }
        if !same_or_absent(from, &to)? {
            fs::copy(from, &to)?;
        }
    }
    Ok(())
}

/// A path below a folder; names come from copy, and must not climb out.
///
/// # Errors
/// `InvalidInput` for one that would.
pub(super) fn within(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if name.is_empty() || name.contains('\\') || !Path::new(name).components().all(is_plain) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("`{name}` leads elsewhere")));
    }
    Ok(folder.join(name))
}

fn unfinished(folder: &Path) -> io::Result<NamedTempFile> {
    fs::create_dir_all(folder)?;
    Builder::new().prefix(UNFINISHED).permissions_of_file().tempfile_in(folder)
}

/// What a newly made file or folder may be read by: as any other, not by its owner alone.
trait Readable {
    fn permissions_of_file(&mut self) -> &mut Self;
    fn permissions_of_folder(&mut self) -> &mut Self;
}

#[cfg(unix)]
impl Readable for Builder<'_, '_> {
    fn permissions_of_file(&mut self) -> &mut Self {
        use std::os::unix::fs::PermissionsExt as _;
        self.permissions(fs::Permissions::from_mode(0o666))
    }

    fn permissions_of_folder(&mut self) -> &mut Self {
        use std::os::unix::fs::PermissionsExt as _;
        self.permissions(fs::Permissions::from_mode(0o777))
    }
}

#[cfg(not(unix))]
impl Readable for Builder<'_, '_> {
    fn permissions_of_file(&mut self) -> &mut Self {
        self
    }

    fn permissions_of_folder(&mut self) -> &mut Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_over() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("world/a.md");
        new_file(&path, "one").unwrap();
        assert_eq!(new_file(&path, "two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        replace(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(temp.path().join("world")).unwrap().count(), 1);
    }

    #[test]
    fn names_do_not_climb_out() {
        for name in ["../a", "/a", "a/../../b", "", "a\\..\\b"] {
            assert!(within(Path::new("x"), name).is_err(), "{name}");
        }
        assert_eq!(within(Path::new("x"), "./a/b.png").unwrap(), Path::new("x/./a/b.png"));
    }

    #[test]
    fn a_bundle_is_there_with_all_its_files_or_not_at_all() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("p.png"), "p").unwrap();
        let folder = temp.path().join("world/a");
        let gone = Media { from: temp.path().join("gone.png"), name: "gone.png".to_owned() };
        assert!(new_bundle(&folder, "text", &[gone]).is_err());
        assert!(!folder.exists());
        let picture = Media { from: temp.path().join("p.png"), name: "img/p.png".to_owned() };
        new_bundle(&folder, "text", std::slice::from_ref(&picture)).unwrap();
        assert_eq!(fs::read_to_string(folder.join("img/p.png")).unwrap(), "p");
        assert_eq!(new_bundle(&folder, "text", &[picture]).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(temp.path().join("world")).unwrap().count(), 1);
    }
}
