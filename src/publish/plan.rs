//! The files of a site and what a target has → what a publication changes, in order.

use super::local_file::LocalFile;

/// What a publication changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Files to remove before anything is uploaded, because readers must no longer see their stories. Some may be uploaded again, as a notice.
    pub(crate) take_down: Vec<String>,
    /// Files to upload: indices into the files of the site, grouped in stages. A stage begins when the one before is complete.
    pub(crate) stages: Vec<Vec<usize>>,
    /// Files to remove at the end.
    pub(crate) remove: Vec<String>,
    /// How many of the uploads are new.
    pub(crate) added: usize,
}

impl Plan {
    /// The files to upload, in order.
    pub(crate) fn uploads<'a>(&self, files: &'a [LocalFile]) -> impl Iterator<Item = &'a LocalFile> {
        self.stages.iter().flatten().map(|index| &files[*index])
    }

    /// Whether nothing changes.
    pub(crate) fn is_empty(&self) -> bool {
        self.take_down.is_empty() && self.stages.is_empty() && self.remove.is_empty()
    }
}
