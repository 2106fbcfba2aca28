//! Picture files outside of stories → what examining them told, remembered by path and by a stamp that changes with the file.
//!
//! A story's record remembers its own pictures. Those in `static/` belong to no source, so they are remembered here, and a build that changes
//! nothing reads none of them.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::{Library, sealed};
use crate::pictures::{Picture, examine};

const NAME: &str = "examined";

/// By file: its stamp and what it told.
pub(super) type Examined = HashMap<PathBuf, (u64, Arc<Picture>)>;
type Kept = BTreeMap<PathBuf, (u64, Picture)>;

impl Library {
    /// Examines a picture file, unless that was done under the same stamp. `None` if it cannot be read.
    pub fn examined(&self, file: &Path, stamp: u64) -> Option<Arc<Picture>> {
        let known = || self.examined.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, picture)) = known().get(file)
            && *of == stamp
        {
            return Some(Arc::clone(picture));
        }
        let picture = Arc::new(examine(file).ok()?);
        known().insert(file.to_owned(), (stamp, Arc::clone(&picture)));
        Some(picture)
    }

    /// Keeps what was examined for the next build: the files of which `is_settled` says that they still have their stamp, and would get another one
    /// with any change.
    pub fn save_examined(&self, is_settled: &dyn Fn(&Path, u64) -> bool) {
        let Some(folder) = &self.folder else { return };
        let known = self.examined.lock().unwrap_or_else(PoisonError::into_inner);
        let settled = known.iter().filter(|(file, (stamp, _))| is_settled(file, *stamp));
        let kept: Kept = settled
            .map(|(file, (stamp, picture))| (file.clone(), (*stamp, Picture::clone(picture))))
            .collect();
        // If this fails, the next build reads the pictures again.
        self.note(write(folder, &kept));
    }
}

/// Reads what earlier builds kept. A damaged file is ignored.
pub(super) fn read(folder: &Path) -> Examined {
    let bytes = sealed::read(&folder.join(NAME)).unwrap_or_default();
    let kept: Kept = postcard::from_bytes(&bytes).unwrap_or_default();
    kept.into_iter().map(|(file, (stamp, picture))| (file, (stamp, Arc::new(picture)))).collect()
}

fn write(folder: &Path, kept: &Kept) -> io::Result<()> {
    let bytes = postcard::to_stdvec(kept).map_err(io::Error::other)?;
    let file = folder.join(NAME);
    if sealed::read(&file).as_ref() == Some(&bytes) || (kept.is_empty() && !file.exists()) {
        return Ok(());
    }
    sealed::write(&file, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_examined_once_for_each_stamp() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.png");
        let save = |width: u32| image::RgbImage::new(width, 2).save(&file).unwrap();
        let open = || Library::open(Some(dir.path().join("library")));
        save(3);
        let library = open();
        assert_eq!(library.examined(&file, 1).unwrap().size, Some((3, 2)));
        save(5);
        assert_eq!(library.examined(&file, 1).unwrap().size, Some((3, 2)));
        library.save_examined(&|_, stamp| stamp == 1);
        let library = open();
        assert_eq!(library.examined(&file, 1).unwrap().size, Some((3, 2)));
        assert_eq!(library.examined(&file, 2).unwrap().size, Some((5, 2)));
        library.save_examined(&|_, _| false);
        assert_eq!(open().examined(&file, 1).unwrap().size, Some((5, 2)));
        assert!(library.examined(&dir.path().join("none.png"), 1).is_none());
    }
}
