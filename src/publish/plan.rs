//! The files of a site and what a target has → what a publication changes, in order.
//!
//! New files come before changed ones: nothing links to them yet. So a page never links to a file that is not there.

use std::collections::{BTreeMap, BTreeSet};

use super::local_file::{Headers, LocalFile};
use super::record::PublishedFile;
use crate::plan::FileClass;

/// What a publication changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Files to remove before anything is uploaded, because readers must no longer see their stories. Some may be uploaded again, as a notice.
    pub(crate) take_down: Vec<String>,
    /// Files to upload: indices into the files of the site, grouped in stages. A stage begins when the one before is complete.
    pub(crate) stages: Vec<Vec<usize>>,
    /// Files to remove at the end.
    pub(crate) remove: Vec<String>,
    /// The uploads of files that the target does not have: indices, sorted.
    pub(crate) added: Vec<usize>,
}

impl Plan {
    /// Compares the files of a site, sorted by path, with those of a target. Paths in doubt are uploaded or removed whatever the record says.
    /// `reduce` is [`super::target::Abilities::headers`].
    pub(crate) fn new(
        files: &[LocalFile],
        published: &BTreeMap<String, PublishedFile>,
        in_doubt: &BTreeSet<String>,
        reduce: fn(&Headers) -> Headers,
    ) -> Self {
        let mut plan = Self::default();
        let mut stages: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
        for (index, file) in files.iter().enumerate() {
            let known = published.get(&file.path);
            let is_doubtful = in_doubt.contains(&file.path);
            let is_same = |known: &PublishedFile| {
                known.hash == file.hash && known.size == file.size && *known.headers == reduce(&file.headers)
            };
            if known.is_some_and(is_same) && !is_doubtful {
                continue;
            }
            if known.is_none() {
                plan.added.push(index);
            }
            if file.class == FileClass::Notice
                && (is_doubtful || known.is_some_and(|known| known.class.is_of_story()))
            {
                plan.take_down.push(file.path.clone());
            }
            stages.entry(stage(file.class, known.is_none())).or_default().push(index);
        }
        plan.stages = stages.into_values().collect();
        let is_gone = |path: &&String| files.binary_search_by(|file| file.path.as_str().cmp(path)).is_err();
        let gone: Vec<_> = published.iter().filter(|(path, _)| is_gone(path)).collect();
        // The pictures of a story that goes must go with it. Other renditions were replaced: pages still show them.
        let takes_down = !plan.take_down.is_empty() || gone.iter().any(|(_, file)| file.class.is_of_story());
        for (path, file) in gone {
            let is_urgent = file.class.is_of_story() || (takes_down && file.class == FileClass::Rendition);
            let all = if is_urgent { &mut plan.take_down } else { &mut plan.remove };
            all.push(path.clone());
        }
        // What an unfinished publication may have left there could be a story that is now hidden.
        let leftovers = in_doubt.iter().filter(|path| !published.contains_key(*path)).filter(is_gone);
        plan.take_down.extend(leftovers.cloned());
        plan.take_down.sort_unstable();
        plan
    }

    /// Makes one stage of all, for a target whose readers see nothing before everything is there.
    pub(crate) fn join_stages(&mut self) {
        let all = self.stages.concat();
        self.stages = if all.is_empty() { Vec::new() } else { vec![all] };
    }

    /// The files to upload, in order.
    pub(crate) fn uploads<'a>(&self, files: &'a [LocalFile]) -> impl Iterator<Item = &'a LocalFile> {
        self.stages.iter().flatten().map(|index| &files[*index])
    }

    /// The files that readers can no longer request afterwards: those that are removed and not uploaded again.
    pub(crate) fn gone<'a>(&'a self, files: &'a [LocalFile]) -> impl Iterator<Item = &'a String> {
        let is_gone = |path: &&String| files.binary_search_by(|file| file.path.as_str().cmp(path)).is_err();
        self.take_down.iter().chain(&self.remove).filter(is_gone)
    }

    /// Whether nothing changes.
    pub(crate) fn is_empty(&self) -> bool {
        self.take_down.is_empty() && self.stages.is_empty() && self.remove.is_empty()
    }
}

/// The stage of a file. Within a stage the order does not matter.
fn stage(class: FileClass, is_new: bool) -> u8 {
    let of_pages = match class {
        FileClass::Asset | FileClass::Rendition | FileClass::Static | FileClass::StoryFile => return 0,
        FileClass::Front => return 9,
        FileClass::Story | FileClass::Notice | FileClass::Redirect => 1,
        FileClass::List => 2,
        FileClass::Feed | FileClass::Rules => 3,
    };
    if is_new { of_pages } else { of_pages + 4 }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::publish::local_file::{ContentHash, Source};

    fn local(path: &str, class: FileClass, text: &str) -> LocalFile {
        LocalFile {
            path: path.to_owned(),
            class,
            source: Source::Memory(text.as_bytes().into()),
            size: text.len() as u64,
            hash: ContentHash::of(text.as_bytes()),
            headers: Arc::default(),
        }
    }

    fn published(files: &[LocalFile]) -> BTreeMap<String, PublishedFile> {
        let record = |file: &LocalFile| PublishedFile {
            class: file.class,
            size: file.size,
            hash: file.hash,
            headers: file.headers.clone(),
        };
        files.iter().map(|file| (file.path.clone(), record(file))).collect()
    }

    fn sorted(mut files: Vec<LocalFile>) -> Vec<LocalFile> {
        files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        files
    }

    fn plan(before: &[LocalFile], files: &[LocalFile], doubtful: &[&str]) -> (Plan, Vec<Vec<String>>) {
        let in_doubt = doubtful.iter().map(|path| (*path).to_owned()).collect();
        let plan = Plan::new(files, &published(before), &in_doubt, Headers::clone);
        let path = |index: &usize| files[*index].path.clone();
        let stages = plan.stages.iter().map(|stage| stage.iter().map(path).collect()).collect();
        (plan, stages)
    }

    #[test]
    fn nothing_changes_if_the_target_has_the_site() {
        let files =
            sorted(vec![local("index.html", FileClass::Front, "1"), local("a.css", FileClass::Asset, "2")]);
        assert!(plan(&files, &files, &[]).0.is_empty());
    }

    #[test]
    fn pages_follow_what_they_link_to() {
        let before = sorted(vec![
            local("index.html", FileClass::Front, "1"),
            local("tags/a/index.html", FileClass::List, "1"),
            local("old/index.html", FileClass::Story, "1"),
        ]);
        let after = sorted(vec![
            local("index.html", FileClass::Front, "2"),
            local("tags/a/index.html", FileClass::List, "2"),
            local("tags/b/index.html", FileClass::List, "2"),
            local("old/index.html", FileClass::Story, "2"),
            local("new/index.html", FileClass::Story, "2"),
            local("new/photo.jpg", FileClass::StoryFile, "2"),
            local("rss.xml", FileClass::Feed, "2"),
        ]);
        let (_, stages) = plan(&before, &after, &[]);
        let expected: &[&[&str]] = &[
            &["new/photo.jpg"],
            &["new/index.html"],
            &["tags/b/index.html"],
            &["rss.xml"],
            &["old/index.html"],
            &["tags/a/index.html"],
            &["index.html"],
        ];
        assert_eq!(stages, expected);
    }

    #[test]
    fn stories_are_taken_down_first() {
        let before = sorted(vec![
            local("a/index.html", FileClass::Story, "1"),
            local("a/photo.jpg", FileClass::StoryFile, "1"),
            local("b/index.html", FileClass::Story, "1"),
            local("tags/x/index.html", FileClass::List, "1"),
        ]);
        let after = [local("b/index.html", FileClass::Notice, "2")];
        let (plan, stages) = plan(&before, &after, &["c/index.html", "b/index.html"]);
        assert_eq!(plan.take_down, ["a/index.html", "a/photo.jpg", "b/index.html", "c/index.html"]);
        assert_eq!(plan.remove, ["tags/x/index.html"]);
        assert_eq!(stages, [["b/index.html"]]);
        assert_eq!(plan.gone(&after).count(), 4);
    }

    #[test]
    fn a_file_in_doubt_or_with_other_headers_is_uploaded_again() {
        let file = local("index.html", FileClass::Front, "1");
        let files = std::slice::from_ref(&file);
        assert_eq!(plan(files, files, &["index.html"]).1, [["index.html"]]);
        let headers = Headers { content_type: "text/html".to_owned(), ..Headers::default() };
        let other = [LocalFile { headers: Arc::new(headers), ..file.clone() }];
        assert_eq!(plan(files, &other, &[]).1, [["index.html"]]);
        assert!(plan(files, &other, &[]).0.added.is_empty());
    }
}
