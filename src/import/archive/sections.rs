//! The `_index.md` files of Hugo and Zola → what they say about the stories in their folders.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::{Map, Value as Json};
use walkdir::WalkDir;

use super::site_data::parse_author;
use super::survey::add_list;
use super::{MAX_BYTES, decode, tree, urls, when};
use crate::import::front::{self, Front};
use crate::import::old_site::{OldAuthor, OldList, OldRedirect, OldSite, Picture};
use crate::import::story::Lines;
use crate::slug::slugify;

/// The depth limit of folders.
const DEEPEST: usize = 64;
/// Folders of lists that the new site renders itself.
const LISTS: [&str; 4] = ["tags", "categories", "authors", "series"];

/// What a list page is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) enum ListSubject {
    /// The section with the stories of a folder.
    Section(String),
    /// A tag, as stories name it.
    Tag(String),
    /// An author, as stories name them.
    Author(String),
    /// A list that no longer exists, and the page to redirect to.
    Gone(&'static str),
}

/// A list page.
pub(in crate::import) struct ListPage {
    /// What the list is about.
    pub(in crate::import) subject: ListSubject,
    /// The paths that led to it; its own is first.
    pub(in crate::import) urls: Vec<String>,
    /// Whether it is in the main language.
    pub(in crate::import) is_main_language: bool,
}

/// All `_index.md` files of a site, by their paths below the root.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Sections {
    root: PathBuf,
    /// All other files with copy.
    files: BTreeSet<String>,
    all: BTreeMap<String, (Front, String)>,
    /// Those with a text and without dated stories below.
    pages: BTreeSet<String>,
}

impl Sections {
    /// Reads the content folders of a site. `lists` are further folders of term lists.
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

    /// Whether there is a copy file at a path. Asks the file system if no folder was read.
    pub(in crate::import) fn has(&self, root: &Path, path: &str) -> bool {
        if self.files.is_empty() { root.join(path).is_file() } else { self.files.contains(path) }
    }

    /// Whether there is a dated story in or below a folder.
    pub(in crate::import) fn has_stories(&self, folder: &str) -> bool {
        has_dated(&self.root, &self.files, folder)
    }

    /// The front matter of all files whose beginning contains a lower-case word.
    pub(in crate::import) fn mentioning(&self, word: &str) -> Vec<(&str, Front)> {
        let head = |path: &str| {
            let bytes = tree::read_bytes(&self.root.join(path), MAX_BYTES)?;
            let head = bytes.get(..bytes.len().min(1 << 14))?.to_ascii_lowercase();
            let is_there = head.windows(word.len()).any(|part| part == word.as_bytes());
            is_there.then(|| Some(read(&self.root.join(path))?.0)).flatten()
        };
        let files: Vec<&str> = self.files.iter().chain(self.all.keys()).map(String::as_str).collect();
        files.into_par_iter().filter_map(|path| Some((path, head(path)?))).collect()
    }

    /// The subfolders of a folder with copy in or below them.
    pub(in crate::import) fn folders(&self, folder: &str) -> BTreeSet<&str> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inner = |path: &'_ str| path.strip_prefix(&*start).and_then(|rest| rest.find('/'));
        let all = self.files.iter().chain(self.all.keys());
        all.filter_map(|path| path.get(..start.len() + inner(path)?)).collect()
    }

    /// Adds what the files say to the site.
    pub(in crate::import) fn add_to(
        &self,
        site: &mut OldSite,
        base: &str,
        list_page: &dyn Fn(&str, &Front) -> ListPage,
    ) {
        let mut weights: BTreeMap<String, i64> = BTreeMap::new();
        for (path, front, text) in self.all().filter(|(path, ..)| !self.is_page(path)) {
            let ListPage { subject, urls, is_main_language } = list_page(path, front);
            let list = |slug: &str| OldList {
                slug: slugify(slug),
                title: front.text("title").filter(|_| is_main_language).unwrap_or_default(),
                description: description(front, text).filter(|_| is_main_language),
                urls: urls.clone(),
            };
            match subject {
                ListSubject::Section(name) => {
                    let weight = front.get("weight").and_then(Json::as_i64).filter(|weight| *weight != 0);
                    let is_top = urls::split(urls::split(path).0).1 == name;
                    let new = if is_top {
                        list(&name)
                    } else {
                        OldList { title: String::new(), description: None, ..list(&name) }
                    };
                    weights.entry(new.slug.clone()).or_insert(weight.filter(|_| is_top).unwrap_or(i64::MAX));
                    {
                        let default_title = urls::humanize(&new.slug);
                        add_list(&mut site.sections, new, &default_title);
                    };
                }
                ListSubject::Tag(name) => {
                    let new = list(&name);
                    let default_title = urls::humanize(&new.slug);
                    add_list(&mut site.tags, new, &default_title);
                }
                ListSubject::Author(name) => self.add_author(site, base, (path, &name, front, text), urls),
                ListSubject::Gone(to) => site
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

    /// The author whom a page describes. `name` is the one that stories use.
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
                // These belong to the page, not to the author.
                ("url" | "aliases", _) => {}
                _ => {
                    all.insert(entry.key.clone(), entry.value.clone());
                }
            }
        }
        let author = parse_author(name, &Json::Object(all), base)?;
        let slug = slugify(name);
        Some(OldAuthor {
            picture: author
                .picture
                .map(|picture| self.picture_beside(path, picture))
                .or_else(|| self.portrait(path)),
            bio: author.bio.or_else(|| description(front, text)),
            aliases: if slug == name { Vec::new() } else { author.aliases },
            slug,
            ..author
        })
    }

    /// Finds a picture beside the page.
    fn picture_beside(&self, path: &str, picture: Picture) -> Picture {
        let Picture::Url(url) = &picture else { return picture };
        let file = self.root.join(urls::split(path).0).join(urls::split(url).1);
        if file.is_file() { Picture::File(file) } else { picture }
    }

    /// Finds a portrait beside the page.
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

    /// All files with front matter and text.
    pub(in crate::import) fn all(&self) -> impl Iterator<Item = (&str, &Front, &str)> {
        self.all.iter().map(|(path, (front, text))| (path.as_str(), front, text.as_str()))
    }

    /// Whether a file is a page of its own rather than the introduction of a list.
    pub(in crate::import) fn is_page(&self, path: &str) -> bool {
        self.pages.contains(path)
    }

    /// The `_index.md` files of the folders above a path, the nearest first.
    pub(in crate::import) fn above<'s>(&'s self, path: &str) -> Vec<(&'s str, &'s Front)> {
        let mut found = Vec::new();
        let mut folder = urls::split(path).0;
        for _ in 0..=DEEPEST {
            let start = urls::join(folder, "_index.");
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

    /// The title of a section, if it differs from what its slug would be displayed as.
    pub(in crate::import) fn name_of(&self, folder: &str) -> Option<String> {
        let title = self.all.get(&urls::join(folder, "_index.md"))?.0.text("title")?;
        let slug = urls::split(folder).1;
        // A title with other words would change the URL of the section.
        let is_same = crate::slug::slugify(&title) == crate::slug::slugify(slug);
        (is_same && title != slug && title != urls::humanize(slug)).then_some(title)
    }
}

/// The description of a page, in one paragraph.
fn description(front: &Front, text: &str) -> Option<String> {
    let summary = || crate::content::markdown::outline(text, None, "").summary;
    front.text("description").or_else(|| Some(summary())).filter(|text| !text.trim().is_empty())
}

/// The front matter and the text of a file.
fn read(file: &Path) -> Option<(Front, String)> {
    let text = decode(&tree::read_bytes(file, MAX_BYTES)?)?;
    let front = front::read(&text, &Lines::new(&text)).ok()?.unwrap_or_default();
    let body = text.get(front.body..).unwrap_or_default().trim().to_owned();
    Some((front, body))
}

/// Whether there is a dated story in or below a folder.
fn has_dated(root: &Path, files: &BTreeSet<String>, folder: &str) -> bool {
    let start = format!("{folder}/");
    files.range(start.clone()..).take_while(|path| path.starts_with(&start)).any(|path| {
        let is_dated = path
            .split('/')
            .any(|part| urls::split_date(part).is_some_and(|(date, _)| when::read(date).is_some()));
        is_dated || read(&root.join(path)).is_some_and(|(front, _)| front.text("date").is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::archive::tests::archive;

    #[test]
    fn sections_above_a_path_are_listed_from_the_nearest() {
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
