//! What changes with a publication, as `--json`, hooks and `bulletin changed` give it.

use std::collections::BTreeMap;

use url::Url;

use super::local_file::{Headers, LocalFile};
use super::plan::Plan;
use super::record::PublishedFile;
use super::urls::encoded_path;

/// The files that a publication adds, changes and removes, each kind sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Changes {
    /// New files.
    pub added: Vec<ChangedFile>,
    /// Files with other bytes or headers.
    pub changed: Vec<ChangedFile>,
    /// Files that the site no longer has.
    pub removed: Vec<ChangedFile>,
}

/// A file that changes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ChangedFile {
    /// Its path from the root of the site.
    pub path: String,
    /// The URL at which readers see it.
    pub url: String,
}

impl Changes {
    /// The changes of a plan. `base` is the public URL of the site, with `/` at its end.
    pub(crate) fn of_plan(plan: &Plan, files: &[LocalFile], base: &Url) -> Self {
        let mut changes = Self::default();
        for index in plan.stages.iter().flatten() {
            let is_new = plan.added.binary_search(index).is_ok();
            let all = if is_new { &mut changes.added } else { &mut changes.changed };
            all.push(ChangedFile::new(&files[*index].path, base));
        }
        changes.removed.extend(plan.gone(files).map(|path| ChangedFile::new(path, base)));
        for all in [&mut changes.added, &mut changes.changed, &mut changes.removed] {
            all.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        }
        changes
    }

    /// The differences between the files of a site, sorted by path, and earlier ones. Headers do not count.
    pub(crate) fn since(earlier: &BTreeMap<String, PublishedFile>, files: &[LocalFile], base: &Url) -> Self {
        let bare = |file: &PublishedFile| PublishedFile { headers: Default::default(), ..file.clone() };
        let earlier = earlier.iter().map(|(path, file)| (path.clone(), bare(file))).collect();
        let plan = Plan::new(files, &earlier, &Default::default(), |_| Headers::default());
        Self::of_plan(&plan, files, base)
    }

    /// All URLs, each once.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        [&self.added, &self.changed, &self.removed].into_iter().flatten().map(|file| file.url.as_str())
    }
}

impl ChangedFile {
    fn new(path: &str, base: &Url) -> Self {
        Self { path: path.to_owned(), url: public_url(path, base) }
    }
}

/// The public URL of a file.
pub(crate) fn public_url(path: &str, base: &Url) -> String {
    let encoded = encoded_path(path).unwrap_or_else(|| format!("/{path}"));
    format!("{}{encoded}", base.as_str().trim_end_matches('/'))
}
