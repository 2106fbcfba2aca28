//! What is stored of a source file, and whether it is still right.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::unicode_paths::on_disk;
use super::{Article, FileState, recordings};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Fingerprint, Stat};

/// A source file as it was read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SourceRecord {
    /// Relative to `content/`.
    pub(super) path: Arc<str>,
    /// `None` if a later change may not show in it.
    pub(super) stat: Option<Stat>,
    pub(super) hash: Fingerprint,
    /// `None` if the source could not be parsed or is not an article.
    pub(super) article: Option<Arc<Article>>,
    /// Its problems with their original severity: an error of a story that is not due yet does not stop the build.
    pub(super) problems: Vec<Diagnostic>,
    /// Whether this build read the file, or found another time on it.
    #[serde(skip)]
    pub(super) is_new: bool,
}

impl SourceRecord {
    /// Whether every file that the article names is as it was.
    pub(super) fn has_unchanged_files(&self, content: &Path) -> bool {
        self.article.iter().flat_map(|article| &article.named).all(|named| {
            let now = Stat::of(&content.join(&*on_disk(content, &named.path)));
            match named.state {
                FileState::Missing => now.is_err(),
                FileState::Unsettled => false,
                FileState::Companions(before) => {
                    let file = content.join(&*on_disk(content, &named.path));
                    recordings::companions_fingerprint(&file) == before
                }
                FileState::Settled(before) => now.is_ok_and(|now| now == before),
            }
        })
    }
}
