//! What an import reports: a row for each story, file and setting, and the totals.

use super::{Field, Piece, Refusal, Remark, Span};

/// The outcome of one story, or of a file without stories.
#[derive(Debug)]
pub struct Row {
    /// The file as it was named on the command line.
    pub input: String,
    /// The format.
    pub from: &'static str,
    /// The outcome.
    pub outcome: Outcome,
    /// The story, if there was one.
    pub story: Option<Box<StoryReport>>,
}

/// The outcome of a story or file.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Written to a new file: its path below `content/`.
    Imported(String),
    /// Written over an earlier version: its path below `content/`.
    Updated(String),
    /// Already imported and unchanged: its path below `content/`.
    Unchanged(String),
    /// Not a story; with the reason.
    Skipped(String),
    /// A problem that an editor must fix, and its place in the file.
    Failed(String, Option<Span>),
    /// A change to the settings or static files of the site, with YAML to review. Both are empty if there are only remarks.
    Settings(String, Option<String>),
}

/// An imported story, for reports.
#[derive(Debug, Default)]
pub struct StoryReport {
    /// Its id.
    pub id: String,
    /// Whether it is hidden until an editor has reviewed it.
    pub is_draft: bool,
    /// The path of its URL on the old site.
    pub old_url: Option<String>,
    /// The path of its URL, if this run chose one.
    pub url: Option<String>,
    /// Its fields, with their evidence.
    pub fields: Vec<Field>,
    /// Remarks for the editor.
    pub remarks: Vec<Remark>,
    /// All pieces of plain-text copy.
    pub pieces: Vec<Piece>,
    /// Its Markdown.
    pub body: String,
    /// The text of its source file.
    pub text: String,
}

/// The numbers of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Totals {
    pub imported: usize,
    pub updated: usize,
    pub skipped: usize,
    /// Stories that were imported before and have not changed.
    pub unchanged: usize,
    pub failed: usize,
    /// Files copied to `static/`.
    pub statics: usize,
    /// Drafts among the imported and updated stories.
    pub drafts: usize,
}

impl Totals {
    /// Counts a row.
    pub(super) fn add(&mut self, row: &Row) {
        match row.outcome {
            Outcome::Imported(_) => self.imported += 1,
            Outcome::Updated(_) => self.updated += 1,
            Outcome::Unchanged(_) => self.unchanged += 1,
            Outcome::Skipped(_) => self.skipped += 1,
            Outcome::Failed(..) => self.failed += 1,
            Outcome::Settings(..) => {}
        }
        let is_written = matches!(row.outcome, Outcome::Imported(_) | Outcome::Updated(_));
        self.drafts += usize::from(is_written && row.story.as_ref().is_some_and(|story| story.is_draft));
    }
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Skipped(reason) => Self::Skipped(reason),
            Refusal::Failed(message, span) => Self::Failed(message, span),
        }
    }
}
