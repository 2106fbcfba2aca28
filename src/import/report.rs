//! What an import reports: a row for each story, file and setting, and the totals.

use super::{Field, Piece, Remark, Span};

/// What became of a story, or of a file that gave none.
#[derive(Debug)]
pub struct Row {
    /// The file as it was named.
    pub input: String,
    /// The kind of copy.
    pub from: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// The story, if there was one.
    pub story: Option<Box<StoryReport>>,
}

/// What became of a story or file.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is an article now: its path below `content/`.
    Imported(String),
    /// It is in the place of an earlier version.
    Updated(String),
    /// It is an article already, and has not changed: its path below `content/`.
    Unchanged(String),
    /// Nothing, which is as it should be.
    Skipped(String),
    /// Nothing, which a person should fix; where in the file.
    Failed(String, Option<Span>),
    /// Something was done to the settings or files of the whole site: what, and YAML to look at. Remarks may come alone.
    Settings(String, Option<String>),
}

/// What was read of a story.
#[derive(Debug, Default)]
pub struct StoryReport {
    /// Its identity.
    pub id: String,
    /// Whether readers do not see it until an editor has reviewed it.
    pub is_draft: bool,
    /// Path of its URL on the old site.
    pub old_url: Option<String>,
    /// Path of its URL, if this run chose one.
    pub url: Option<String>,
    /// Its fields, with how sure they are.
    pub fields: Vec<Field>,
    /// What a person should know.
    pub remarks: Vec<Remark>,
    /// Every piece of a plain text.
    pub pieces: Vec<Piece>,
    /// Its Markdown.
    pub body: String,
    /// The text of the article.
    pub text: String,
}

/// How much came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Totals {
    pub imported: usize,
    pub updated: usize,
    pub skipped: usize,
    /// Stories that are articles already.
    pub unchanged: usize,
    pub failed: usize,
    /// Files of the whole site that came along into `static/`.
    pub statics: usize,
    /// Of what was imported or updated.
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
