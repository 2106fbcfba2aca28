//! The archive of another generator → stories: what all generators have in common.
//!
//! [`Dialect`] is what one generator does its own way. [`tree`] knows the files, [`fields`] turns front matter into fields,
//! [`body`], [`kramdown`] and [`links`] look after the text, [`marks`] finds shortcodes, [`when`] reads dates.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Mutex;

use jiff::tz::TimeZone;

use super::front::{self, Front};
use super::html::Converted;
use super::old_site::OldSite;
use super::shortcodes::Map;
use super::story::{Confidence, Identity, Lines, Story};
use super::{File, ImportContext, Listing, Media, Refusal, Source, encoding};

pub(super) mod body;
pub(super) mod edits;
mod fields;
mod kramdown;
pub(super) mod lenient;
mod links;
pub(super) mod marks;
pub(super) mod markup;
mod meanings;
pub(super) mod patterns;
pub(super) mod said;
pub(super) mod sections;
mod settings;
pub(super) mod survey;
pub(super) mod taxonomies;
pub(super) mod translations;
mod tree;
pub(super) mod urls;
pub(super) mod when;

use edits::Edits;
pub(super) use markup::other_markup;
pub(super) use meanings::{Meaning, common_meaning};
pub(super) use settings::{Settings, default_entry};

use marks::{Kind as MarkKind, Mark};
use tree::Tree;
pub(super) use tree::bytes_of as tree_bytes;
use when::When;

/// Largest article in bytes, as in bulletin itself.
const LARGEST: u64 = 8 * 1024 * 1024;

/// What a file of an archive is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An article.
    Article,
    /// It is passed over, which is said.
    Skipped(&'static str),
    /// It describes a list, which the new site makes itself: links may lead to it.
    List,
    /// It belongs to the whole site: its path there, without `/` in front.
    Static(String),
    /// It comes along if an article names it.
    Beside,
}

/// Where a page was, and what its place says of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    /// Path of its URL with the path of the site, encoded.
    pub(super) url: Option<String>,
    /// The path that front matter gave it, without that of the site.
    pub(super) own_path: Option<String>,
    /// What its file is called.
    pub(super) name: String,
    /// The section that its folder or category is.
    pub(super) section: Option<(String, Confidence)>,
    /// Its folders below the content.
    pub(super) folder: String,
    /// The date in the name of its file, if front matter has none.
    pub(super) date: Option<When>,
    /// Why readers did not see it.
    pub(super) draft: Option<&'static str>,
    /// Its language by its folder or name, if it is not the main one.
    pub(super) lang: Option<String>,
    /// Whether it stays at its URL, which no pattern for all would give it.
    pub(super) keeps_url: bool,
    /// Its title, if front matter has none.
    pub(super) title: Option<String>,
    /// Its tags by its place, as folders above `_posts`.
    pub(super) tags: Vec<String>,
}

/// What a destination in a text leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A file of the archive, by its path below the root.
    File(String),
    /// A path from the root of the site.
    Path(String),
}

/// What one generator does its own way. Paths are below the root of the archive, with `/` on every system.
pub(super) trait Dialect: Send + Sync {
    /// What a file is, by its path.
    fn sort(&self, path: &str) -> Kind;

    /// The front matter of an article, with what the settings say for it.
    ///
    /// # Errors
    /// If it cannot be read, or makes the file none.
    fn front(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal>;

    /// What is said of a page in any language, and the place of its own language: the main one is 0. `None` if the site has but one.
    fn translation(&self, _path: &str) -> Option<(String, usize)> {
        None
    }

    /// The folder whose files were published with an article, whether it names them or not.
    fn bundle<'p>(&self, _path: &'p str) -> Option<&'p str> {
        None
    }

    /// The name of an author as readers saw it, if stories call them otherwise.
    fn author(&self, _called: &str) -> Option<&str> {
        None
    }

    /// A text that is not Markdown as Markdown, with its shortcodes.
    fn markdown(&self, _path: &str, _text: &str) -> Option<Converted> {
        None
    }

    /// Where an article was.
    fn page(&self, path: &str, front: &Front) -> Page;

    /// What a key means.
    fn meaning(&self, key: &str) -> Meaning {
        common_meaning(key)
    }

    /// The parts of a text that is the value of a field with several.
    fn split(&self, _key: &str, text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    /// The path that an alias stood for.
    fn alias(&self, _page: &Page, alias: &str) -> String {
        alias.to_owned()
    }

    /// The path of the old site in front of all its URLs, without `/` behind.
    fn base(&self) -> &str;

    /// The URL of the old site, if its settings have it: its host is part of what its stories are known by.
    fn site_url(&self) -> &str {
        ""
    }

    /// The language of what does not say its own.
    fn language(&self) -> &str {
        ""
    }

    /// The language that the settings name for what does not say its own, if they name one.
    fn named_language(&self) -> Option<&str> {
        None
    }

    /// The zone that the settings name for times without an offset, if they name one.
    fn zone(&self) -> Option<&TimeZone> {
        None
    }

    /// The folder of the content, without `/` behind; empty for the root.
    fn content(&self) -> &str;

    /// What a destination in the generator's own notation leads to.
    fn target(&self, _path: &str, _destination: &str) -> Option<Target> {
        None
    }

    /// The kinds of marks that its texts have.
    fn marks(&self) -> &'static [MarkKind];

    /// What stands for a mark that no table can know: the URL of another article, a value of the front matter. It is a mark of
    /// `text`.
    fn convert(&self, _mark: &Mark<'_>, _text: &str, _asked: &Asked<'_>) -> Option<String> {
        None
    }

    /// What its language of templates makes of a text, before anything else looks at it.
    fn evaluate(&self, _text: &str, _asked: &Asked<'_>) -> Edits {
        Edits::default()
    }

    /// Whether its texts have the attribute lists, tables and abbreviations of kramdown.
    fn is_kramdown(&self) -> bool {
        false
    }

    /// Whether its marks are Liquid and not shortcodes.
    fn is_liquid(&self) -> bool {
        false
    }

    /// What the settings say of the site.
    fn site(&self) -> OldSite {
        OldSite::default()
    }

    /// The lists that an article is in by its terms, with the name and the path of each.
    fn lists(&self, _path: &str, _front: &Front) -> Vec<(survey::List, String, String)> {
        Vec::new()
    }

    /// The last word on what is said of the site, when all articles are looked through.
    fn finished(&self, site: OldSite) -> OldSite {
        site
    }

    /// The path of the list of a section, tag or author, if it had one.
    fn list_url(&self, _list: survey::List, _name: &str) -> Option<String> {
        None
    }

    /// Whether a page is nothing but a list that a template makes, or says something of a section, tag or author.
    fn is_list(&self, _path: &str, _page: &Page, _front: &Front, _body: &str) -> bool {
        false
    }

    /// A text without the tags of components, which only a program shows, and their names.
    fn components(&self, _path: &str, _text: &str) -> Option<(String, Vec<String>)> {
        None
    }

    /// Changes a whole text that is not Markdown, before its links are looked at.
    fn prepare(&self, _path: &str, _text: &str) -> Option<String> {
        None
    }
}

/// What is known where a mark is looked at.
pub(super) struct Asked<'a> {
    /// The path of the article that has the mark.
    pub(super) path: &'a str,
    /// What is at its head.
    pub(super) front: &'a Front,
    /// Where it was.
    pub(super) page: &'a Page,
    /// What shortcodes become.
    pub(super) map: &'a Map,
    /// Finds other articles and files.
    pub(super) finder: &'a dyn Finder,
}

/// Finds articles of the archive.
pub(super) trait Finder {
    /// The URL that an article had, by its path.
    fn url_of(&self, path: &str) -> Option<String>;

    /// The path of the only article whose path ends with this.
    fn ending_with(&self, end: &str) -> Option<&str>;

    /// Whether there is an article at a path, or what describes a list.
    fn is_article(&self, path: &str) -> bool;

    /// The URL that the page of a section had, by the path of the file that describes it.
    fn url_of_section(&self, path: &str) -> Option<String>;

    /// The text of any file of the archive, if it is one that may be read.
    fn text_of(&self, path: &str) -> Option<String>;
}

/// An archive that is open.
pub(super) struct Archive<D> {
    dialect: D,
    tree: Tree,
    /// Translations and the articles that they are of.
    originals: BTreeMap<String, String>,
    /// The URLs of articles that were read already.
    urls: Mutex<HashMap<String, Option<String>>>,
    tools: markup::Tools,
}

impl<D: Dialect> Archive<D> {
    /// Opens a folder, or nothing if single files are read.
    pub(super) fn new(root: Option<&Path>, dialect: D) -> Self {
        let tree = root.map(|root| Tree::new(root, &|path| dialect.sort(path))).unwrap_or_default();
        let originals = translations::originals(&dialect, &tree);
        Self { dialect, tree, originals, urls: Mutex::default(), tools: markup::Tools::default() }
    }

    /// The text of a file with its head, if it is one that may be read.
    fn load(&self, path: &str) -> Option<(String, Front)> {
        let bytes = self.tree.bytes(path, LARGEST)?;
        let text = text_of(&bytes)?;
        let text = markup::of(path).map_or(text.clone(), |markup| markup::headed(markup, &text));
        let front = self.dialect.front(path, &text, &Lines::new(&text)).ok()?;
        Some((text, front))
    }

    fn story(&self, path: &str, tree: &Tree, text: &str, desk: &ImportContext<'_>) -> Result<Story, Refusal> {
        let headed = markup::of(path).map(|markup| (markup, markup::headed(markup, text)));
        let text = headed.as_ref().map_or(text, |(_, text)| text);
        let lines = Lines::new(text);
        let front = self.dialect.front(path, text, &lines)?;
        let page = self.dialect.page(path, &front);
        let body = text.get(front.body..).unwrap_or_default();
        let kind = match survey::redirect(&page, &front) {
            Some(_) => Some("it only leads elsewhere: its redirect comes along"),
            None if self.dialect.is_list(path, &page, &front, body) => {
                Some("it is a list, which the new site makes itself")
            }
            None => None,
        };
        if let Some(why) = kind {
            return Err(Refusal::Skipped(why.to_owned()));
        }
        let context =
            Context { dialect: &self.dialect, archive: self, tree, path, page: &page, lines: &lines, desk };
        // A translation beside the original has its name.
        let language = page.lang.as_deref().filter(|language| *language != self.dialect.language());
        let name = language.map_or_else(|| page.name.clone(), |language| format!("{}-{language}", page.name));
        let mut story = Story {
            identity: page.url.as_deref().and_then(|url| identity(self.dialect.site_url(), url)),
            old_url: page.url.clone(),
            original: self.originals.get(path).and_then(|original| {
                let url = self.url_of(original)?;
                Some(match identity(self.dialect.site_url(), &url) {
                    Some(Identity::Given(whole)) => whole,
                    _ => url,
                })
            }),
            name: Some(name.replace(['/', '\\'], "-"))
                .filter(|_| page.name.chars().any(char::is_alphanumeric)),
            ..Story::default()
        };
        self.told(&context, &mut story, &front, body, markup::of(path))?;
        context.fields(&mut story, &front, desk);
        if context.is_standing(&story) {
            story.folder = Some(page.folder.clone());
        } else {
            story.mark_missing("date");
        }
        Ok(story)
    }

    /// Puts the text of an article into a story, and the files that were published with it.
    fn told(
        &self,
        context: &Context<'_, D>,
        story: &mut Story,
        front: &Front,
        body: &str,
        markup: Option<markup::Markup>,
    ) -> Result<(), Refusal> {
        let body = match markup {
            Some(markup) => Cow::Owned(self.tools.markdown(markup, body, story)?),
            None => Cow::Borrowed(body),
        };
        if let Some(Converted { body, embeds, .. }) = self.dialect.markdown(context.path, &body) {
            context.body(story, front, &body);
            // Places of the text are not those of the file.
            story.remarks.iter_mut().for_each(|remark| remark.span = None);
            for url in embeds {
                story.remark("import/embed", format!("what it showed from {url} is a link now"), None);
            }
        } else if let Some((text, names)) = self.dialect.components(context.path, &body) {
            context.body(story, front, &text);
            for name in names {
                let words = format!("the tags of the component `{name}` are left out; its text stays");
                story.remark_about("import/component", name, words, None);
            }
        } else {
            context.body(story, front, &body);
        }
        // Those of a translation are the same.
        let bundle = self.dialect.bundle(context.path).filter(|_| context.page.lang.is_none());
        if let Some(folder) = bundle {
            context.whole(story, folder);
        }
        Ok(())
    }
}

impl<D: Dialect> Finder for Archive<D> {
    fn url_of(&self, path: &str) -> Option<String> {
        self.is_article(path).then(|| self.url_of_section(path)).flatten()
    }

    fn ending_with(&self, end: &str) -> Option<&str> {
        self.tree.ending_with(end)
    }

    fn is_article(&self, path: &str) -> bool {
        self.tree.articles.contains(path) || self.tree.lists.contains(path)
    }

    fn url_of_section(&self, path: &str) -> Option<String> {
        let known = self.urls.lock().ok().and_then(|urls| urls.get(path).cloned());
        known.unwrap_or_else(|| {
            let url = self.load(path).and_then(|(_, front)| self.dialect.page(path, &front).url);
            self.urls.lock().ok()?.entry(path.to_owned()).or_insert(url).clone()
        })
    }

    fn text_of(&self, path: &str) -> Option<String> {
        text_of(&self.tree.bytes(path, LARGEST)?)
    }
}

impl<D: Dialect> Source for Archive<D> {
    fn files(&self) -> Listing {
        let mut listing = self.tree.listing();
        // An original has its place when its translations name it.
        listing.files.sort_by_cached_key(|file| {
            self.tree.below(file).is_some_and(|path| self.originals.contains_key(&path))
        });
        listing
    }

    fn read(&self, file: &File, desk: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        if file.bytes.len() as u64 > LARGEST {
            return Err(Refusal::Failed(format!("it has more than {} MiB", LARGEST >> 20), None));
        }
        let Some(text) = text_of(&file.bytes) else {
            return Err(Refusal::Failed("it is no text; save it as UTF-8".to_owned(), None));
        };
        let story = match self.tree.below(&file.path) {
            Some(path) => self.story(&path, &self.tree, &text, desk)?,
            None => {
                let (tree, path) = Tree::around(&file.path, self.dialect.content());
                self.story(&path, &tree, &text, desk)?
            }
        };
        Ok(vec![story])
    }

    fn statics(&self) -> Vec<Media> {
        self.tree.statics()
    }

    fn site(&self) -> OldSite {
        self.dialect.finished(self.surveyed(self.dialect.site()))
    }
}

/// What is known while one article is read.
struct Context<'a, D> {
    dialect: &'a D,
    archive: &'a Archive<D>,
    tree: &'a Tree,
    path: &'a str,
    page: &'a Page,
    lines: &'a Lines<'a>,
    desk: &'a ImportContext<'a>,
}

/// What a story is known by: the whole URL that it had. Without a host that others could reach there is none.
fn identity(site: &str, url: &str) -> Option<Identity> {
    let site = url::Url::parse(site).ok().filter(|site| matches!(site.scheme(), "http" | "https"))?;
    let is_local = match site.host()? {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(address) => address.is_loopback() || address.is_unspecified(),
        url::Host::Ipv6(address) => address.is_loopback() || address.is_unspecified(),
    };
    // Two slashes would begin a host.
    let path = format!("/{}", url.trim_start_matches('/'));
    (!is_local).then(|| site.join(&path).ok()).flatten().map(|whole| Identity::Given(whole.into()))
}

/// What is at the head of a file, and the text behind it.
pub(super) fn head_of(file: &Path) -> Option<(Front, String)> {
    let text = text_of(&tree::bytes_of(file, LARGEST)?)?;
    let front = front::read(&text, &Lines::new(&text)).ok()??;
    let body = text.get(front.body..).unwrap_or_default().to_owned();
    Some((front, body))
}

/// The text of a file of settings.
pub(super) fn text_at(file: &Path) -> Option<String> {
    text_of(&tree::bytes_of(file, LARGEST)?)
}

/// Text with line ends of one kind.
fn text_of(bytes: &[u8]) -> Option<String> {
    let text = encoding::decode(bytes, None)?.text;
    Some(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

#[cfg(test)]
pub(super) mod tests;
