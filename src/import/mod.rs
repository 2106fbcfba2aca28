//! Copy of others → articles in `content/`.
//!
//! ```text
//! files ──▶ input ──▶ importers ──▶ story ──▶ placement ──▶ article ──▶ content/
//!           bytes,    one for each  fields    id, path,   front matter,
//!           kind      kind of copy  + sure    aliases     import block
//! ```
//!
//! An importer knows nothing of the site that its stories go to, but for what [`ImportContext`] tells it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::config::Config;
use crate::diagnostic::Diagnostic;

mod archive;
mod article;
pub mod encoding;
mod front;
mod html;
pub mod importers;
mod input;
pub mod markdown;
pub mod old_site;
mod placement;
mod prepare;
mod redirects;
mod report;
mod run;
mod settings;
mod shortcodes;
mod statics;
mod stories;
pub mod story;
pub mod topics;
mod write;
mod xml;

use old_site::OldSite;
use shortcodes::Map;
use stories::Stories;
use topics::Topics;

pub use input::{Entry, Input};
pub use report::{Outcome, Row, StoryReport, Totals};
pub use run::{Request, Status, import};
pub use settings::settings_for_empty_dir;
pub use shortcodes::remap::{Remapped, remap};
pub use story::{Confidence, Field, Identity, Lines, Media, Piece, Remark, Span, Story};

/// Whose copy it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An agency's or a partner's: a draft until a person has looked.
    Agency,
    /// The newsroom's own archive: what was published stays so.
    Archive,
}

/// A kind of copy that can be taken in.
pub trait Importer: Sync {
    /// Its name for `--from`.
    fn name(&self) -> &'static str;

    /// Whose copy it is.
    fn origin(&self) -> Origin;

    /// Whether a file is of this kind, by its name and beginning.
    fn fits(&self, sample: &Sample<'_>) -> bool;

    /// Whether a folder is an archive of this kind.
    fn fits_folder(&self, _folder: &Path) -> bool {
        false
    }

    /// By what a folder is told to be an archive of this kind, for people. Empty: folders are none.
    fn recognized_by(&self) -> &'static str {
        ""
    }

    /// Gets ready to read the files of a folder (`Some`), with the settings that are in it, or single files.
    ///
    /// # Errors
    /// If the folder has none of what an archive of this kind must have.
    fn open(
        &self,
        folder: Option<&Path>,
        desk: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>>;
}

/// An archive, or single files, about to be read.
pub trait Source: Sync {
    /// The files of the folder that are to be read, sorted, and what is passed over with the reason.
    fn files(&self) -> Listing;

    /// The stories of a file.
    ///
    /// # Errors
    /// Why there are none.
    fn read(&self, file: &File, desk: &ImportContext<'_>) -> Result<Vec<Story>, Refusal>;

    /// Looks through all that is going to be read, before the first story is: what one file says of another, and of the site.
    fn survey(&mut self, _all: &[Entry], _desk: &ImportContext<'_>) {}

    /// The stories of a file that may be too large for memory, in order and in portions. `None`: it is read whole.
    fn portions<'s>(&'s self, _entry: &'s Entry, _desk: &'s ImportContext<'_>) -> Option<Portions<'s>> {
        None
    }

    /// Files that belong to the whole site, as pictures that many stories show: from where, and their path below `static/`.
    fn statics(&self) -> Vec<Media> {
        Vec::new()
    }

    /// What the archive says of its site as a whole.
    fn site(&self) -> OldSite {
        OldSite::default()
    }
}

/// Stories of a file, some hundred at a time; in their place why one cannot be read.
pub type Portions<'s> = Box<dyn Iterator<Item = Vec<Result<Story, Refusal>>> + 's>;

/// What is to be read of a folder.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Files to read.
    pub files: Vec<PathBuf>,
    /// Files that are not read, with the reason, as "it describes a section".
    pub skipped: Vec<(PathBuf, String)>,
}

/// The beginning of a file, to tell its kind by.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Its name without folders; empty for standard input.
    pub name: &'a str,
    /// Its first 64 KiB, decoded; empty if it is no text.
    pub head: &'a str,
}

/// A file in memory.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it is; empty for standard input.
    pub path: PathBuf,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Why a file gives no story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none, which is as it should be: half a sentence.
    Skipped(String),
    /// It should be one: what is wrong with it, with a way out, and where.
    Failed(String, Option<Span>),
}

/// What an importer is told of the site and the wishes of whoever imports.
#[derive(Clone, Copy, Debug)]
pub struct ImportContext<'a> {
    /// The settings of the site.
    pub config: &'a Config,
    /// `--date`: when copy that does not say its year is from.
    pub date: Option<Timestamp>,
    /// What tags a text should have.
    pub topics: &'a Topics,
    /// The stories that the site has.
    pub stories: &'a Stories,
    /// What shortcodes and tags of other generators become.
    pub map: &'a Map,
}
