//! Wire copy and archives → stories in `content/`.
//!
//! ```text
//! files ──▶ input ──▶ importers ──▶ story ──▶ placement ──▶ article ──▶ content/
//!           bytes,    one for each  fields    id, path,   front matter,
//!           bytes,    one per       fields,   id, path,   front matter,
//!           format    format        evidence  aliases     import record
//!
//! Importers know nothing about the site except what [`ImportContext`] gives them.

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
mod picture_texts;
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
use shortcodes::ShortcodeMap;
use stories::Stories;
use topics::Topics;

pub use input::{Entry, Input};
pub use report::{Outcome, Row, StoryReport, Totals};
pub use run::{Request, Status, import};
pub use settings::settings_for_empty_dir;
pub use shortcodes::remap::{Remapped, remap};
pub use story::{
    Confidence, Field, FieldKey, Identity, ImageField, Lines, Media, Piece, Remark, Span, Story,
};

/// Where copy comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An agency or a partner: stories are drafts until an editor has reviewed them.
    Agency,
    /// The newsroom's own archive: published stories stay published.
    Archive,
}

/// A format that can be imported.
pub trait Importer: Sync {
    /// Its name, as `--from` takes it.
    fn name(&self) -> &'static str;

    /// Where copy in this format comes from.
    fn origin(&self) -> Origin;

    /// Whether a file is in this format, judged by its name and first bytes.
    fn fits(&self, sample: &Sample<'_>) -> bool;

    /// Whether a folder is an archive in this format.
    fn fits_folder(&self, _folder: &Path) -> bool {
        false
    }

    /// The files that identify a folder as an archive in this format, for messages. Empty if no folder is one.
    fn recognized_by(&self) -> &'static str {
        ""
    }

    /// Opens a folder (`Some`) with its settings, or single files (`None`).
    ///
    /// # Errors
    /// Fails if the folder lacks what an archive in this format must have.
    fn open(
        &self,
        folder: Option<&Path>,
        context: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>>;
}

/// An opened archive, or single files.
pub trait Source: Sync {
    /// The files of the folder to read, sorted, and the ones to skip.
    fn files(&self) -> Listing;

    /// Reads the stories of a file.
    ///
    /// # Errors
    /// The reason why the file has no stories.
    fn read(&self, file: &File, context: &ImportContext<'_>) -> Result<Vec<Story>, Refusal>;

    /// Reads everything once before the first story, to collect what one file says about another and about the site.
    fn survey(&mut self, _all: &[Entry], _desk: &ImportContext<'_>) {}

    /// Reads a file that may be too large for memory in portions, in order. `None` reads it whole.
    fn portions<'s>(&'s self, _entry: &'s Entry, _desk: &'s ImportContext<'_>) -> Option<Portions<'s>> {
        None
    }

    /// Files that belong to the site as a whole, such as shared pictures, with their paths below `static/`.
    fn statics(&self) -> Vec<Media> {
        Vec::new()
    }

    /// The settings of the site that the archive comes from.
    fn site(&self) -> OldSite {
        OldSite::default()
    }
}

/// The stories of a file, some hundred at a time, with a refusal in place of each story that cannot be read.
pub type Portions<'s> = Box<dyn Iterator<Item = Vec<Result<Story, Refusal>>> + 's>;

/// The files of a folder.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Files to read.
    pub files: Vec<PathBuf>,
    /// Files to skip, each with the reason, such as "it describes a section".
    pub skipped: Vec<(PathBuf, String)>,
}

/// The beginning of a file, from which its format is detected.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The file name without folders. Empty for standard input.
    pub name: &'a str,
    /// The first 64 KiB, decoded. Empty if they are not text.
    pub head: &'a str,
}

/// A file in memory.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path. Empty for standard input.
    pub path: PathBuf,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// Why a file gives no story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not a story and should not be one; with the reason.
    Skipped(String),
    /// It should be a story; with the problem and its place in the file.
    Failed(String, Option<Span>),
}

impl Refusal {
    /// A failure without a place in the file.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into(), None)
    }

    /// A file that is skipped for this reason.
    pub fn skipped(reason: impl Into<String>) -> Self {
        Self::Skipped(reason.into())
    }
}

/// What importers know about the site and the request.
#[derive(Clone, Copy, Debug)]
pub struct ImportContext<'a> {
    /// The settings of the site.
    pub config: &'a Config,
    /// `--date`: the date of copy that does not state its year.
    pub date: Option<Timestamp>,
    /// The topics from which tags are chosen.
    pub topics: &'a Topics,
    /// The stories that the site has.
    pub stories: &'a Stories,
    /// What shortcodes and tags of other generators become.
    pub map: &'a ShortcodeMap,
}
