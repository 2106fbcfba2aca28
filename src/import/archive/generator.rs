//! What differs from one static site generator to the next: [`Generator`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::edits::Edits;
use super::keys::{KeyMapping, map_common_key};
use super::sections::Sections;
use super::survey::ListKind;
use super::taxonomies::{Taxonomy, TermKind};
use super::template_tags::{Delimiters, TemplateTag};
use super::{Settings, urls};
use crate::import::front::Front;
use crate::import::html::Converted;
use crate::import::old_site::OldSite;
use crate::import::shortcodes::ShortcodeMap;
use crate::import::story::{Confidence, Lines};
use crate::import::{Refusal, Sample};
use crate::time::ArchiveDate;

/// What a file is to its generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) enum FileKind {
    /// An article.
    Article,
    /// A file that is skipped, with the reason for the report.
    Skipped(&'static str),
    /// A description of a list page. The new site renders its own, but links may lead to it.
    List,
    /// A static file, with its path on the site, without a leading slash.
    Static(String),
    /// A file that is imported only if an article refers to it.
    Attachment,
}

impl FileKind {
    /// A file that the settings of the old site exclude.
    pub(in crate::import) const EXCLUDED: Self = Self::Skipped("the settings of the old site exclude it");
}

/// What the path and the front matter of an article say about its place on the old site.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::import) struct PathInfo {
    /// The encoded path of its URL, including the base path of the site.
    pub(in crate::import) url: Option<String>,
    /// The path that its front matter sets, without the base path of the site.
    pub(in crate::import) permalink: Option<String>,
    /// Its slug.
    pub(in crate::import) slug: String,
    /// The section for its folder or category.
    pub(in crate::import) section: Option<(String, Confidence)>,
    /// Its folder below the content folder.
    pub(in crate::import) folder: String,
    /// The date in its file name, if front matter has none.
    pub(in crate::import) date: Option<ArchiveDate>,
    /// Why the old site did not show it, if it did not.
    pub(in crate::import) draft: Option<&'static str>,
    /// The language that its folder or file name sets, unless it is the main one.
    pub(in crate::import) lang: Option<String>,
    /// Whether it needs a permalink of its own because the site's pattern would move it.
    pub(in crate::import) keeps_url: bool,
    /// A title made from its file name, for articles without one.
    pub(in crate::import) title: Option<String>,
    /// Tags that its folders stand for.
    pub(in crate::import) tags: Vec<String>,
}

/// Where a link written in the generator's own notation leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) enum LinkTarget {
    /// To a file of the archive, by its path below the root.
    File(String),
    /// To a path on the old site.
    Path(String),
}

/// The facts about a site that all generators share.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct SiteInfo {
    /// Its root folder, if a whole site is imported.
    pub(in crate::import) root: Option<PathBuf>,
    /// Its settings, as written.
    pub(in crate::import) settings: Settings,
    /// Its URL, as written. Stories are identified by it.
    pub(in crate::import) url: String,
    /// The path of that URL, without a trailing slash.
    pub(in crate::import) base: String,
    /// Its main content folder, without a trailing slash; empty for the root.
    pub(in crate::import) content: String,
    /// All content folders with their languages, the deepest first.
    pub(in crate::import) contents: Vec<(String, Option<String>)>,
    /// The language of articles that do not name theirs.
    pub(in crate::import) language: String,
    /// That language, if the settings name it.
    pub(in crate::import) named_language: Option<String>,
    /// The languages that file names may end with, as in `a.fr.md`.
    pub(in crate::import) languages: Vec<String>,
    /// The time zone of times without an offset.
    pub(in crate::import) zone: Option<TimeZone>,
    /// The keys of front matter that hold terms.
    pub(in crate::import) taxonomies: Vec<Taxonomy>,
    /// The `_index.md` files.
    pub(in crate::import) sections: Sections,
    /// The display names of authors by the lower-case names that articles use.
    pub(in crate::import) authors: BTreeMap<String, String>,
}

impl SiteInfo {
    /// A site whose articles are all in one folder.
    pub(in crate::import) fn in_folder(content: &str) -> Self {
        let contents = vec![(content.to_owned(), None)];
        Self { content: content.to_owned(), contents, ..Self::default() }
    }

    /// The path of a file below its content folder, and the language of that folder.
    pub(in crate::import) fn content_path<'p>(&self, path: &'p str) -> Option<(&'p str, Option<&str>)> {
        self.contents.iter().find_map(|(folder, language)| {
            let inner = if folder.is_empty() {
                path
            } else {
                path.strip_prefix(folder.as_str())?.strip_prefix('/')?
            };
            Some((inner, language.as_deref()))
        })
    }

    /// The path of a file below its content folder.
    pub(in crate::import) fn inner<'p>(&self, path: &'p str) -> Option<&'p str> {
        Some(self.content_path(path)?.0)
    }

    /// Splits the language off a file stem: `a.fr` → `a`, `fr`.
    pub(in crate::import) fn split_language<'n>(&self, stem: &'n str) -> (&'n str, Option<&'n str>) {
        let is_known =
            |language: &str| self.languages.iter().any(|known| known.eq_ignore_ascii_case(language));
        match stem.rsplit_once('.') {
            Some((name, language)) if is_known(language) => (name, Some(language)),
            _ => (stem, None),
        }
    }

    /// The folder, the name and the language of an article. An `index.md` has the name of its folder.
    pub(in crate::import) fn parts<'p>(&'p self, path: &'p str) -> (&'p str, &'p str, Option<&'p str>) {
        let (inner, folder_language) = self.content_path(path).unwrap_or((path, None));
        let (folder, file) = urls::split(inner);
        let (name, language) = self.split_language(urls::stem(file).0);
        let (folder, name) = if matches!(name, "index" | "_index") && !folder.is_empty() {
            urls::split(folder)
        } else {
            (folder, name)
        };
        (folder, name, language.or(folder_language))
    }

    /// Whether a file describes its folder, as `_index.md` does.
    pub(in crate::import) fn is_section_page(&self, path: &str) -> bool {
        self.split_language(urls::stem(urls::split(path).1).0).0 == "_index"
    }

    /// The folder of an article that is an `index.md`: all its files are published with the article.
    pub(in crate::import) fn bundle_folder<'p>(&self, path: &'p str) -> Option<&'p str> {
        let (folder, file) = urls::split(path);
        let is_leaf = self.split_language(urls::stem(file).0).0 == "index";
        (is_leaf && self.inner(path).is_some_and(|inner| inner.contains('/'))).then_some(folder)
    }

    /// The taxonomy of a key of front matter.
    pub(in crate::import) fn taxonomy(&self, key: &str) -> Option<&Taxonomy> {
        self.taxonomies.iter().find(|taxonomy| taxonomy.name.eq_ignore_ascii_case(key))
    }

    /// Reads the display names of authors from the `_index.md` files of their pages.
    pub(in crate::import) fn read_author_names(&mut self) {
        let mut names = BTreeMap::new();
        for (path, front, _) in self.sections.all() {
            let (folder, name, _) = self.parts(path);
            if Taxonomy::named(folder.to_owned()).kind == TermKind::Author
                && let Some(author) = self.sections.author(path, name, front, "", "")
            {
                names.entry(name.to_lowercase()).or_insert(author.name);
            }
        }
        self.authors = names;
    }

    /// The location of a file of the archive.
    pub(in crate::import) fn file(&self, path: &str) -> PathBuf {
        self.root.as_deref().unwrap_or(Path::new("")).join(path)
    }

    /// A path of the old site with its base path in front, encoded.
    pub(in crate::import) fn old_path(&self, path: &str) -> String {
        urls::encode(&format!("{}/{}", self.base, path.trim_start_matches('/')))
    }
}

/// A generator whose sites can be recognized and opened.
pub(in crate::import) trait SiteReader: Generator + Sized {
    /// Its name for `--from`.
    const NAME: &'static str;
    /// Its name as its users write it.
    const TITLE: &'static str;
    /// The files that identify its sites, for messages.
    const MARKERS: &'static str;

    /// Whether a single file looks as if this generator reads it.
    fn fits(_sample: &Sample<'_>) -> bool {
        false
    }

    /// The root of the site that a folder is, or is the content folder of.
    fn find_root(folder: &Path) -> Option<&Path>;

    /// Reads the settings of the site in a folder.
    fn read(root: &Path) -> Self;

    /// A site without settings: single files (no root), or a folder that is not a site. `None` if it needs settings.
    fn without_settings(root: Option<&Path>, content: &str) -> Option<Self>;
}

/// A static site generator, and what one site of it needs to be imported.
///
/// Paths are relative to the root of the archive and use `/` on every system.
pub(in crate::import) trait Generator: Send + Sync + 'static {
    /// The facts about the site.
    fn info(&self) -> &SiteInfo;

    /// Classifies a file by its path.
    fn classify(&self, path: &str) -> FileKind;

    /// Reads the front matter of an article and adds what the settings say about it.
    ///
    /// # Errors
    /// If it cannot be read, or the file turns out not to be an article.
    fn front_matter(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal>;

    /// Returns what the path and the front matter of an article say about its place on the old site.
    fn path_info(&self, path: &str, front: &Front) -> PathInfo;

    /// A key that all translations of an article share, and the rank of its language: the main one is 0. `None` if the
    /// site has one language.
    fn translation(&self, _path: &str) -> Option<(String, usize)> {
        None
    }

    /// The folder whose files were published with an article, whether it refers to them or not.
    fn bundle<'p>(&self, _path: &'p str) -> Option<&'p str> {
        None
    }

    /// The display name of an author, if articles use another one.
    fn author_name(&self, name: &str) -> Option<&str> {
        self.info().authors.get(&name.to_lowercase()).map(String::as_str)
    }

    /// Converts a text that is not Markdown and keeps its shortcodes.
    fn html_to_markdown(&self, _path: &str, _text: &str) -> Option<Converted> {
        None
    }

    /// Maps a key of front matter.
    fn map_key(&self, key: &str) -> KeyMapping {
        map_common_key(key)
    }

    /// Splits a text value of a key that may hold several.
    fn split_list(&self, _key: &str, text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    /// The path of an alias.
    fn alias_path(&self, _page: &PathInfo, alias: &str) -> String {
        alias.to_owned()
    }

    /// Resolves a link in the generator's own notation.
    fn link_target(&self, _path: &str, _destination: &str) -> Option<LinkTarget> {
        None
    }

    /// The delimiters of shortcodes and template tags in its texts.
    fn delimiters(&self) -> &'static [Delimiters];

    /// Converts a tag that no table can know, such as the URL of another article or a value of the front matter.
    fn convert_tag(&self, _tag: &TemplateTag<'_>, _text: &str, _context: &TagContext<'_>) -> Option<String> {
        None
    }

    /// Evaluates the templates in a text, before anything else reads it.
    fn evaluate_templates(&self, _text: &str, _context: &TagContext<'_>) -> Edits {
        Edits::default()
    }

    /// Whether its texts may have the attribute lists, tables and abbreviations of kramdown.
    fn is_kramdown(&self) -> bool {
        false
    }

    /// Whether its tags are Liquid rather than shortcodes.
    fn is_liquid(&self) -> bool {
        false
    }

    /// Returns what the settings say about the site.
    fn site_data(&self) -> OldSite;

    /// The URL of the page of a term that an article has.
    fn term_url(&self, _path: &str, _taxonomy: &Taxonomy, _term: &str) -> Option<String> {
        None
    }

    /// Adds to the site what depends on all articles.
    fn finish_site(&self, _site: &mut OldSite) {}

    /// The path of the page of a section, tag or author, if there was one.
    fn list_url(&self, _list: ListKind, _name: &str) -> Option<String> {
        None
    }

    /// Whether a page only renders a list, or only describes a section, tag or author.
    fn is_list(&self, _path: &str, _page: &PathInfo, _front: &Front, _body: &str) -> bool {
        false
    }

    /// Removes the tags of components, which only a program can render, and returns their names.
    fn strip_components(&self, _path: &str, _text: &str) -> Option<(String, Vec<String>)> {
        None
    }

    /// Wraps a text that is HTML, so that Markdown leaves it alone.
    fn wrap_html(&self, _path: &str, _text: &str) -> Option<String> {
        None
    }
}

/// What is known where a tag is evaluated.
pub(in crate::import) struct TagContext<'a> {
    /// The path of the article.
    pub(in crate::import) path: &'a str,
    /// Its front matter.
    pub(in crate::import) front: &'a Front,
    /// Its place on the old site.
    pub(in crate::import) page: &'a PathInfo,
    /// What shortcodes are replaced with.
    pub(in crate::import) map: &'a ShortcodeMap,
    /// The other articles and files.
    pub(in crate::import) articles: &'a dyn ArticleIndex,
}

/// The articles of an archive, by their paths.
pub(in crate::import) trait ArticleIndex {
    /// The old URL of an article.
    fn article_url(&self, path: &str) -> Option<String>;

    /// The path of the only article whose path ends this way.
    fn find_by_suffix(&self, end: &str) -> Option<&str>;

    /// Whether a path is that of an article or of a description of a list page.
    fn is_article(&self, path: &str) -> bool;

    /// The old URL of the page that an `_index.md` describes.
    fn section_url(&self, path: &str) -> Option<String>;

    /// The text of any file of the archive that may be read.
    fn read_text(&self, path: &str) -> Option<String>;
}
