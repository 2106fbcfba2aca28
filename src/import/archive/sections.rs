//! The `_index.md` of folders, as Hugo and Zola have them → what they say for the stories below.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::{Map, Value as Json};
use walkdir::WalkDir;

use super::said::of_author;
use super::{LARGEST, text_of, tree, urls};
use crate::import::front::{self, Front};
use crate::import::old_site::{OldAuthor, OldList, OldRedirect, OldSite, Picture};
use crate::import::story::Lines;
use crate::slug::slugify;
use crate::time;

/// Deepest folder that is looked into.
const DEEPEST: usize = 64;
/// Folders of lists that the new site makes itself.
const LISTS: [&str; 4] = ["tags", "categories", "authors", "series"];

/// Of what a file describes the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) enum Of {
    /// The section with stories in a folder of this name, or one in it.
    Section(String),
    /// What stories call a topic.
    Tag(String),
    /// What stories call an author.
    Author(String),
    /// A list that is not made any more, and where its readers go.
    Gone(&'static str),
}

/// Of what a file describes the list, the paths that led to it, the list's own first, and whether it is in the main language.
pub(in crate::import) type About = (Of, Vec<String>, bool);

/// What the files that describe folders say, by their paths below the root.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Sections {
    root: PathBuf,
    /// All other files with copy.
    files: BTreeSet<String>,
    all: BTreeMap<String, (Front, String)>,
    /// Those that have a text, and no story with a date is below them.
    pages: BTreeSet<String>,
}

impl Sections {
    /// Looks for them in the folders of the content of a site. Folders of some names have lists of terms.
    pub(in crate::import) fn read(root: &Path, contents: &[&str], lists: &[&str]) -> Self {
        let mut sections = Self { root: root.to_owned(), ..Self::default() };
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
        sections.files = others;
        sections
    }

    /// Whether there is a file with copy at a path. Where no folder was looked through, the disk knows.
    pub(in crate::import) fn has(&self, root: &Path, path: &str) -> bool {
        if self.files.is_empty() { root.join(path).is_file() } else { self.files.contains(path) }
    }

    /// Whether a story with a date is in a folder or below.
    pub(in crate::import) fn has_stories(&self, folder: &str) -> bool {
        has_dated(&self.root, &self.files, folder)
    }

    /// The heads of all files, those that describe folders too, whose text has a word, in small letters.
    pub(in crate::import) fn with_word(&self, word: &str) -> Vec<(&str, Front)> {
        let head = |path: &str| {
            let bytes = tree::bytes_of(&self.root.join(path), LARGEST)?;
            let head = bytes.get(..bytes.len().min(1 << 14))?.to_ascii_lowercase();
            let is_there = head.windows(word.len()).any(|part| part == word.as_bytes());
            is_there.then(|| Some(read(&self.root.join(path))?.0)).flatten()
        };
        let files: Vec<&str> = self.files.iter().chain(self.all.keys()).map(String::as_str).collect();
        files.into_par_iter().filter_map(|path| Some((path, head(path)?))).collect()
    }

    /// Folders of a folder that have copy in them or below.
    pub(in crate::import) fn folders(&self, folder: &str) -> BTreeSet<&str> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inner = |path: &'_ str| path.strip_prefix(&*start).and_then(|rest| rest.find('/'));
        let all = self.files.iter().chain(self.all.keys());
        all.filter_map(|path| path.get(..start.len() + inner(path)?)).collect()
    }

    /// Adds what the files say to what is known of a site.
    pub(in crate::import) fn tell(
        &self,
        site: &mut OldSite,
        base: &str,
        about: &dyn Fn(&str, &Front) -> About,
    ) {
        let mut weights: BTreeMap<String, i64> = BTreeMap::new();
        for (path, front, text) in self.all().filter(|(path, ..)| !self.is_page(path)) {
            let (of, urls, is_main) = about(path, front);
            let list = |slug: &str| OldList {
                slug: slugify(slug),
                title: front.text("title").filter(|_| is_main).unwrap_or_default(),
                description: description(front, text).filter(|_| is_main),
                urls: urls.clone(),
            };
            match of {
                Of::Section(name) => {
                    let weight = front.get("weight").and_then(Json::as_i64).filter(|weight| *weight != 0);
                    let is_top = urls::split(urls::split(path).0).1 == name;
                    let new = if is_top {
                        list(&name)
                    } else {
                        OldList { title: String::new(), description: None, ..list(&name) }
                    };
                    weights.entry(new.slug.clone()).or_insert(weight.filter(|_| is_top).unwrap_or(i64::MAX));
                    add(&mut site.sections, new);
                }
                Of::Tag(name) => add(&mut site.tags, list(&name)),
                Of::Author(name) => self.add_author(site, base, (path, &name, front, text), urls),
                Of::Gone(to) => site
                    .redirects
                    .extend(urls.into_iter().map(|from| OldRedirect { from, to: to.to_owned() })),
            }
        }
        site.sections.sort_by_key(|list| weights.get(&list.slug).copied().unwrap_or(i64::MAX));
    }

    fn add_author(
        &self,
        site: &mut OldSite,
        base: &str,
        (path, name, front, text): (&str, &str, &Front, &str),
        urls: Vec<String>,
    ) {
        let Some(author) = self.author(path, name, front, text, base) else { return };
        match site.authors.iter_mut().find(|known| known.slug == author.slug) {
            Some(known) => known.urls.extend(urls),
            None => site.authors.push(OldAuthor { urls, ..author }),
        }
    }

    /// The author whom a page describes, by what stories call them.
    pub(in crate::import) fn author(
        &self,
        path: &str,
        name: &str,
        front: &Front,
        text: &str,
        base: &str,
    ) -> Option<OldAuthor> {
        let mut all: Map<String, Json> = Map::new();
        for entry in &front.entries {
            match (&*entry.key.to_lowercase(), &entry.value) {
                ("params" | "extra", Json::Object(inner)) => all.extend(inner.clone()),
                // The path of the page is no page elsewhere.
                ("url" | "aliases", _) => {}
                _ => {
                    all.insert(entry.key.clone(), entry.value.clone());
                }
            }
        }
        let author = of_author(name, &Json::Object(all), base)?;
        let slug = slugify(name);
        Some(OldAuthor {
            picture: author.picture.map(|picture| self.near(path, picture)).or_else(|| self.portrait(path)),
            bio: author.bio.or_else(|| description(front, text)),
            aliases: if slug == name { Vec::new() } else { author.aliases },
            slug,
            ..author
        })
    }

    /// A picture that is named as it lies beside a page.
    fn near(&self, path: &str, picture: Picture) -> Picture {
        let Picture::Url(url) = &picture else { return picture };
        let file = self.root.join(urls::split(path).0).join(urls::split(url).1);
        if file.is_file() { Picture::File(file) } else { picture }
    }

    /// The picture of a person that lies beside a page.
    fn portrait(&self, path: &str) -> Option<Picture> {
        let folder = self.root.join(urls::split(path).0);
        let names =
            folder.read_dir().ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let is_one = |name: &String| {
            let (stem, extension) = urls::stem(name);
            let is_picture = matches!(&*extension.to_ascii_lowercase(), "jpg" | "jpeg" | "png" | "webp");
            is_picture
                && ["avatar", "photo", "portrait", "profile", "picture", "feature"]
                    .iter()
                    .any(|start| stem.starts_with(start))
        };
        names.filter(is_one).min().map(|name| Picture::File(folder.join(name)))
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

/// Adds a list, or what is new of it.
fn add(all: &mut Vec<OldList>, new: OldList) {
    let Some(known) = all.iter_mut().find(|known| known.slug == new.slug) else {
        let title = if new.title.is_empty() { urls::title_of(&new.slug) } else { new.title };
        return all.push(OldList { title, ..new });
    };
    if !new.title.is_empty() {
        known.title = new.title;
    }
    known.description = new.description.or(known.description.take());
    known.urls.extend(new.urls);
}

/// What a page says in one paragraph.
fn description(front: &Front, text: &str) -> Option<String> {
    let summary = || crate::content::markdown::outline(text, None, "").summary;
    front.text("description").or_else(|| Some(summary())).filter(|text| !text.trim().is_empty())
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
        let is_dated = path
            .split('/')
            .any(|part| urls::dated(part).is_some_and(|(date, _)| time::parse_archive_date(date).is_some()));
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
