//! The `_index.md` of folders, as Hugo and Zola have them → what they say for the stories below.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use walkdir::WalkDir;

use super::{LARGEST, text_of, tree, urls, when};
use crate::import::front::{self, Front};
use crate::import::story::Lines;

/// Deepest folder that is looked into.
const DEEPEST: usize = 64;
/// Folders of lists that the new site makes itself.
const LISTS: [&str; 4] = ["tags", "categories", "authors", "series"];

/// What the files that describe folders say, by their paths below the root.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Sections {
    all: BTreeMap<String, (Front, String)>,
    /// Those that have a text, and no story with a date is below them.
    pages: BTreeSet<String>,
}

impl Sections {
    /// Looks for them in the folders of the content of a site. Folders of some names have lists of terms.
    pub(in crate::import) fn read(root: &Path, contents: &[&str], lists: &[&str]) -> Self {
        let mut sections = Self::default();
        let mut with_text = Vec::new();
        let mut others = BTreeSet::new();
        for content in contents {
            let walk = WalkDir::new(root.join(content)).max_depth(DEEPEST).into_iter();
            let is_hidden = |entry: &walkdir::DirEntry| {
                entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
            };
            for entry in walk.filter_entry(|entry| !is_hidden(entry)).filter_map(Result::ok) {
                let Some(path) = entry.path().strip_prefix(root).ok().and_then(Path::to_str) else {
                    continue;
                };
                let path = path.replace('\\', "/");
                let name = urls::split(&path).1;
                if !entry.file_type().is_file() || !matches!(urls::stem(name).1, "md" | "markdown" | "html") {
                    continue;
                }
                if !name.starts_with("_index.") {
                    others.insert(path);
                } else if let Some((front, text)) = read(entry.path()) {
                    let inner = path.strip_prefix(content).unwrap_or(&path).trim_start_matches('/');
                    let top = inner.split('/').next().unwrap_or_default();
                    let has_text = text.chars().any(char::is_alphanumeric);
                    let is_list = LISTS.contains(&top) || lists.contains(&top);
                    if has_text && inner.contains('/') && !is_list {
                        with_text.push(path.clone());
                    }
                    sections.all.insert(path, (front, text));
                }
            }
        }
        sections.pages =
            with_text.into_iter().filter(|path| !has_dated(root, &others, urls::split(path).0)).collect();
        sections
    }

    /// All of them, with their texts.
    pub(in crate::import) fn all(&self) -> impl Iterator<Item = (&str, &Front, &str)> {
        self.all.iter().map(|(path, (front, text))| (path.as_str(), front, text.as_str()))
    }

    /// Whether such a file is a page of its own, and not only the beginning of a list.
    pub(in crate::import) fn is_page(&self, path: &str) -> bool {
        self.pages.contains(path)
    }

    /// The files that describe the folders of a path, the nearest first.
    pub(in crate::import) fn above<'s>(&'s self, path: &str) -> Vec<(&'s str, &'s Front)> {
        let mut found = Vec::new();
        let mut folder = urls::split(path).0;
        for _ in 0..=DEEPEST {
            let start = urls::below(folder, "_index.");
            let all = self.all.range(start.clone()..).take_while(|(other, _)| other.starts_with(&start));
            let others = all.filter(|(other, _)| *other != path);
            found.extend(others.map(|(other, (front, _))| (other.as_str(), front)));
            if folder.is_empty() {
                break;
            }
            folder = urls::split(folder).0;
        }
        found
    }

    /// The name of the section in a folder, if it is written otherwise than its slug would be shown.
    pub(in crate::import) fn name_of(&self, folder: &str) -> Option<String> {
        let title = self.all.get(&urls::below(folder, "_index.md"))?.0.text("title")?;
        let slug = urls::split(folder).1;
        // A title of other words would move the section.
        let is_same = crate::slug::slugify(&title) == crate::slug::slugify(slug);
        (is_same && title != slug && title != urls::title_of(slug)).then_some(title)
    }
}

/// What is at the head of a file, and the text behind it.
fn read(file: &Path) -> Option<(Front, String)> {
    let text = text_of(&tree::bytes_of(file, LARGEST)?)?;
    let front = front::read(&text, &Lines::new(&text)).ok()?.unwrap_or_default();
    let body = text.get(front.body..).unwrap_or_default().trim().to_owned();
    Some((front, body))
}

/// Whether a story with a date is in a folder or below.
fn has_dated(root: &Path, files: &BTreeSet<String>, folder: &str) -> bool {
    let start = format!("{folder}/");
    files.range(start.clone()..).take_while(|path| path.starts_with(&start)).any(|path| {
        let is_dated =
            path.split('/').any(|part| urls::dated(part).is_some_and(|(date, _)| when::read(date).is_some()));
        is_dated || read(&root.join(path)).is_some_and(|(front, _)| front.text("date").is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::archive::tests::archive;

    #[test]
    fn folders_are_described_from_the_nearest_to_the_farthest() {
        let dir = archive(&[
            ("content/_index.md", "+++\ntitle = 'All'\n+++\nText"),
            ("content/us-politics/_index.md", "+++\ntitle = 'US Politics'\n+++\nText"),
            ("content/us-politics/deep/a.md", "+++\ndate = 2019-01-01\n+++\n"),
            ("content/about/_index.md", "+++\ntitle = 'About us'\n+++\nText"),
            ("content/about/team.md", "+++\ntitle = 'x'\n+++\nText"),
            ("content/tags/sea/_index.md", "+++\n+++\nText"),
            ("content/topics/port/_index.md", "+++\n+++\nText"),
            ("content/empty/_index.md", "+++\n+++\n\n"),
        ]);
        let sections = Sections::read(dir.path(), &["content"], &["topics"]);
        let above: Vec<_> =
            sections.above("content/us-politics/deep/a.md").into_iter().map(|(path, _)| path).collect();
        assert_eq!(above, ["content/us-politics/_index.md", "content/_index.md"]);
        assert_eq!(sections.pages.iter().collect::<Vec<_>>(), ["content/about/_index.md"]);
        assert_eq!(sections.name_of("content/us-politics").as_deref(), Some("US Politics"));
        assert_eq!(sections.name_of("content/about"), None);
    }
}
