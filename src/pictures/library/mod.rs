//! Picture files and renditions → bytes, each made once and kept by content.
//!
//! The folder of a library (`.bulletin/pictures`, or one that machines share) holds a file for each rendition, named by
//! [`Rendition::key`], and an index of [`Facts`]. Files are written under a temporary name and renamed, so two builds may share a folder, and a build
//! that is interrupted leaves only finished ones.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::decode::{decode, is_animated};
use super::encode::encode;
use super::location::has_location;
use super::metadata::{Blocks, Metadata, cleaned};
use super::resize::resize;
use super::{Encoding, Facts, PictureError, Rendition, Source, SourceHash};

mod examined;
mod index;
mod memory;
mod prune;
mod sealed;
mod workers;

use examined::Examined;
use memory::Memory;
pub use workers::Made;

/// A picture as the site publishes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPicture {
    /// The file that it is made from.
    pub file: PathBuf,
    /// What that file is.
    pub source: Source,
    /// What is made from it.
    pub form: Form,
}

/// What is made from a picture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// The file itself, its metadata reduced to what may leave the newsroom.
    Original,
    /// The file byte for byte, with its content credentials, which any change would break.
    Signed,
    /// A rendition.
    Rendition(Rendition),
}

/// Facts of pictures, computed once.
type KnownFacts = HashMap<SourceHash, Arc<OnceLock<Result<Facts, PictureError>>>>;

/// Makes and keeps what is made from pictures.
#[derive(Debug, Default)]
pub struct Library {
    /// `None`: nothing is kept.
    folder: Option<PathBuf>,
    facts: Mutex<KnownFacts>,
    examined: Mutex<Examined>,
    memory: Memory,
    /// Why the folder could not be written, once that happened.
    unwritable: OnceLock<io::ErrorKind>,
}

impl Library {
    /// The library in a folder, which is created on first use.
    pub fn open(folder: Option<PathBuf>) -> Self {
        let known = folder.as_deref().map(index::read).unwrap_or_default();
        let facts = known.into_iter().map(|(hash, facts)| (hash, Arc::new(OnceLock::from(facts))));
        let examined = Mutex::new(folder.as_deref().map(examined::read).unwrap_or_default());
        Self { facts: Mutex::new(facts.collect()), examined, folder, ..Self::default() }
    }

    /// What the pixels of a picture tell. The file is decoded at most once.
    ///
    /// # Errors
    /// If it cannot be read or decoded, or is no longer the file that was examined.
    pub fn facts(&self, file: &Path, source: &Source) -> Result<Facts, PictureError> {
        let cell = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = { cell }.entry(source.hash).or_default().clone();
        let facts = cell.get_or_init(|| {
            let bytes = read(file, source)?;
            let _held = self.memory.take(source);
            Facts::of(&decode(&bytes, source.format)?, is_animated(&bytes, source.format))
        });
        if facts.as_ref().is_err_and(PictureError::may_pass) {
            self.facts.lock().unwrap_or_else(PoisonError::into_inner).remove(&source.hash);
        }
        facts.clone()
    }

    /// The facts of a picture, or why it has none. `None`: nobody has asked for them yet.
    pub fn known(&self, source: &Source) -> Option<Result<Facts, PictureError>> {
        let facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        facts.get(&source.hash)?.get().cloned()
    }

    /// The error of a picture that could not be decoded.
    pub fn error_of(&self, source: &Source) -> Option<PictureError> {
        self.known(source)?.err()
    }

    /// The bytes of a rendition, if they are kept and not damaged.
    fn kept(&self, rendition: &Rendition) -> Option<Vec<u8>> {
        sealed::read(&self.file_of(rendition)?)
    }

    /// Why nothing can be kept: why writing to the folder failed.
    pub fn cannot_keep(&self) -> Option<io::ErrorKind> {
        self.unwritable.get().copied()
    }

    /// Remembers an error of writing to the folder.
    fn note(&self, written: io::Result<()>) {
        if let Err(error) = written {
            let _ = self.unwritable.set(error.kind());
        }
    }

    /// The bytes of a picture, kept or made now.
    ///
    /// # Errors
    /// If the file cannot be read or decoded, or is no longer the one that was examined.
    pub fn bytes(&self, picture: &PublishedPicture) -> Result<Vec<u8>, PictureError> {
        let PublishedPicture { file, source, form } = picture;
        let rendition = match form {
            Form::Rendition(rendition) => rendition,
            Form::Signed => return read(file, source),
            Form::Original => {
                let bytes = read(file, source)?;
                let metadata = Metadata::read(&bytes, source.format);
                let cleaned = cleaned(&bytes, source.format, &metadata);
                // What cannot be decoded and not cleaned either.
                return match cleaned {
                    Some(cleaned) => Ok(cleaned),
                    None if has_location(source.format, &bytes, &Blocks::of(&bytes, source.format)) => {
                        Err(PictureError::unusual(source.format))
                    }
                    None => Ok(bytes),
                };
            }
        };
        if let Some(bytes) = self.kept(rendition) {
            return Ok(bytes);
        }
        let original = read(file, source)?;
        let _held = self.memory.take(source);
        let frame = decode(&original, source.format)?;
        let metadata = Metadata::read(&original, source.format);
        let bytes = encode(&resize(&frame, rendition)?, rendition.encoding, rendition.quality, &metadata)?;
        self.keep(rendition, &bytes);
        Ok(bytes)
    }

    /// The bytes of a picture for a preview, and their media type if it differs from that of the name. Making AVIF takes too long for somebody who waits: unless it
    /// is kept, it is replaced by JPEG, which browsers recognize by its bytes. As a preview decodes what somebody looks at, it may have promised renditions of a picture
    /// that cannot be decoded: they are the file itself.
    ///
    /// # Errors
    /// As of [`Library::bytes`].
    pub fn preview(
        &self,
        picture: &PublishedPicture,
    ) -> Result<(Vec<u8>, Option<&'static str>), PictureError> {
        let made = match &picture.form {
            Form::Rendition(rendition)
                if rendition.encoding == Encoding::Avif && self.kept(rendition).is_none() =>
            {
                let form = Form::Rendition(Rendition { encoding: Encoding::Jpeg, ..*rendition });
                let bytes = self.bytes(&PublishedPicture { form, ..picture.clone() });
                bytes.map(|bytes| (bytes, Some(Encoding::Jpeg.media_type())))
            }
            _ => self.bytes(picture).map(|bytes| (bytes, None)),
        };
        made.or_else(|error| {
            if error.may_pass() {
                return Err(error);
            }
            // Remember the error, so that it is reported.
            let _ = self.facts(&picture.file, &picture.source);
            let original = self.bytes(&PublishedPicture { form: Form::Original, ..picture.clone() });
            original.map(|bytes| (bytes, picture.source.format.media_type()))
        })
    }

    /// Where a rendition is kept.
    fn file_of(&self, rendition: &Rendition) -> Option<PathBuf> {
        let name = prune::file_name(rendition);
        Some(self.folder.as_ref()?.join(&name[..2]).join(name))
    }

    /// Keeps the bytes of a rendition. Without room they are made again by the next build.
    fn keep(&self, rendition: &Rendition, bytes: &[u8]) {
        if let Some(file) = self.file_of(rendition) {
            self.note(sealed::write(&file, bytes));
        }
    }

    /// Keeps the facts for the next build.
    pub fn save(&self) {
        let Some(folder) = &self.folder else { return };
        let facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = facts.iter().filter_map(|(hash, facts)| Some((*hash, facts.get()?.clone())));
        // If this fails, the next build decodes the pictures again.
        self.note(index::write(folder, known.collect()));
    }
}

/// Reads the file of a picture.
fn read(file: &Path, source: &Source) -> Result<Vec<u8>, PictureError> {
    let bytes = fs::read(file).map_err(|error| PictureError::Unreadable(error.to_string()))?;
    if SourceHash::of(&bytes) == source.hash { Ok(bytes) } else { Err(PictureError::Changed) }
}
