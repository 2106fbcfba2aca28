//! What no page needs → removed from the library's folder, once it has not been needed for a while.
//!
//! A rendition that pages need is marked by its modification time, at most once a day: sites that share a folder do not remove what others need, and
//! most builds look at no file of it.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::Library;
use crate::pictures::Rendition;

/// Its modification time tells when the folder was last examined.
const STAMP: &str = "pruned";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Library {
    /// Removes renditions that no build has needed for this many days. `needed` gives those that this build needs; it is called at most once a day.
    pub fn prune(&self, days: u32, needed: impl FnOnce() -> Vec<Rendition>) {
        let Some(folder) = &self.folder else { return };
        let Some(now) = due(folder) else { return };
        let needed: HashSet<String> = needed().iter().map(file_name).collect();
        // Files of which something cannot be told stay.
        let _ = prune(folder, now, DAY * days.max(1), &needed);
    }
}

/// The name of the file of a rendition.
pub(super) fn file_name(rendition: &Rendition) -> String {
    format!("{}.{}", rendition.key(), rendition.encoding.extension())
}

/// Whether a file in a folder may be removed: the folder may have been there, with files of others.
fn is_ours(folder: &OsStr, name: &OsStr) -> bool {
    let (folder, name) = (folder.to_string_lossy(), name.to_string_lossy());
    let key = name.split('.').next().unwrap_or_default();
    let is_key = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    // What a build that was ended left behind.
    let is_unfinished = name.starts_with(".tmp") && folder.len() == 2;
    is_unfinished || (is_key && folder.len() == 2 && key.starts_with(&*folder))
}

/// The present time of the file system, if the folder exists and was not examined during the last day.
fn due(folder: &Path) -> Option<SystemTime> {
    let stamp = folder.join(STAMP);
    let modified = |file: &Path| fs::metadata(file).and_then(|found| found.modified());
    let last = modified(&stamp).ok();
    if last.is_some_and(|last| last.elapsed().is_ok_and(|age| age < DAY)) || !folder.is_dir() {
        return None;
    }
    fs::write(&stamp, "").ok()?;
    modified(&stamp).ok()
}

fn prune(folder: &Path, now: SystemTime, most: Duration, needed: &HashSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)?.flatten().filter(|entry| entry.path().is_dir()) {
        for file in fs::read_dir(entry.path())?.flatten() {
            if !is_ours(&entry.file_name(), &file.file_name()) {
                continue;
            }
            let Ok(modified) = file.metadata().and_then(|found| found.modified()) else { continue };
            let age = now.duration_since(modified).unwrap_or_default();
            if needed.contains(&*file.file_name().to_string_lossy()) {
                if age > DAY {
                    // If this fails, the rendition is made again some day.
                    let _ =
                        File::options().write(true).open(file.path()).and_then(|file| file.set_modified(now));
                }
            } else if age > most {
                let _ = fs::remove_file(file.path());
            }
        }
        // Fails unless it is empty.
        if entry.file_name().len() == 2 {
            let _ = fs::remove_dir(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pictures::{Encoding, Format, Source, SourceHash};

    #[test]
    fn renditions_go_once_nobody_has_needed_them_for_long() {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::open(Some(dir.path().to_owned()));
        let source = Source { hash: SourceHash::of(b"x"), size: (4000, 3000), format: Format::Jpeg };
        let rendition = |width| Rendition::new(&source, None, width, Encoding::Jpeg, 75);
        let [needed, recent, old] = [320, 640, 960].map(rendition);
        let ago = |days| SystemTime::now() - DAY * days;
        for (rendition, age) in [(needed, 40), (recent, 20), (old, 40)] {
            library.keep(&rendition, b"bytes");
            let file = File::options().write(true).open(library.file_of(&rendition).unwrap()).unwrap();
            file.set_modified(ago(age)).unwrap();
        }
        // A folder that was chosen by mistake has other files.
        let other = dir.path().join("photos/old.jpg");
        fs::create_dir(dir.path().join("photos")).unwrap();
        fs::write(&other, "x").unwrap();
        File::options().write(true).open(&other).unwrap().set_modified(ago(400)).unwrap();
        library.prune(30, || vec![needed]);
        assert!(other.is_file());
        assert!(library.kept(&needed).is_some() && library.kept(&recent).is_some());
        assert!(library.kept(&old).is_none());
        let marked = fs::metadata(library.file_of(&needed).unwrap()).unwrap().modified().unwrap();
        assert!(marked.elapsed().unwrap() < DAY);
        library.prune(30, || panic!("not twice on one day"));
    }
}
