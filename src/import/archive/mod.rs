//! The archive of a static site generator → stories.
//!
//! [`Generator`] is what differs between generators; everything else is shared. [`tree`] lists the files, [`fields`] turns front matter
//! into fields, [`body`], [`kramdown`] and [`links`] convert the text, and [`template_tags`] finds shortcodes.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Mutex;

use super::front::{self, Front};
use super::html::Converted;
use super::old_site::OldSite;
use super::story::{Identity, Lines, Story};
use super::{File, ImportContext, Listing, Media, Refusal, Source, encoding};
use crate::content::Key;

pub(super) mod body;
pub(super) mod edits;
mod fields;
mod generator;
pub(super) mod importer;
mod keys;
mod kramdown;
pub(super) mod lenient_yaml;
mod links;
pub(super) mod markup;
pub(super) mod path_patterns;
pub(super) mod permalinks;
pub(super) mod sections;
mod settings;
pub(super) mod site_data;
pub(super) mod survey;
pub(super) mod taxonomies;
pub(super) mod template_tags;
pub(super) mod translations;
mod tree;
pub(super) mod urls;

use generator::ArticleIndex;
pub(super) use generator::{FileKind, Generator, LinkTarget, PathInfo, SiteInfo, SiteReader, TagContext};
pub(super) use keys::{KeyMapping, map_common_key};
pub(super) use markup::other_markup;
pub(super) use settings::{Settings, default_entry};
use tree::FileTree;
pub(super) use tree::read_bytes;

/// The size limit of an article, the same as for bulletin's own.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// An open archive.
pub(super) struct Archive {
    /// Not a type parameter: the compiler would generate all of this room once for each generator.
    generator: Box<dyn Generator>,
    tree: FileTree,
    /// Translations and their originals.
    originals: BTreeMap<String, String>,
    /// The URLs of articles that were read already.
    urls: Mutex<HashMap<String, Option<String>>>,
    tools: markup::Tools,
}

impl Archive {
    /// Opens a folder, or an empty archive to read single files.
    pub(super) fn new(root: Option<&Path>, generator: Box<dyn Generator>) -> Self {
        let tree = root.map(|root| FileTree::new(root, &|path| generator.classify(path))).unwrap_or_default();
        let originals = translations::originals(&*generator, &tree);
        Self { generator, tree, originals, urls: Mutex::default(), tools: markup::Tools::default() }
    }

    /// The text of a file and its front matter.
    fn load(&self, path: &str) -> Option<(String, Front)> {
        let text = decode(&self.tree.bytes(path, MAX_BYTES)?)?;
        let text = match markup::detect(path) {
            Some(markup) => markup::with_yaml_front(markup, &text),
            None => text,
        };
        let front = self.generator.front_matter(path, &text, &Lines::new(&text)).ok()?;
        Some((text, front))
    }

    fn story(
        &self,
        path: &str,
        tree: &FileTree,
        text: &str,
        import: &ImportContext<'_>,
    ) -> Result<Story, Refusal> {
        let markup = markup::detect(path);
        let text = markup.map_or(Cow::Borrowed(text), |markup| markup::with_yaml_front(markup, text).into());
        let lines = Lines::new(&text);
        let front = self.generator.front_matter(path, &text, &lines)?;
        let page = self.generator.path_info(path, &front);
        let body = text.get(front.body..).unwrap_or_default();
        if survey::redirect(&page, &front).is_some() {
            return Err(Refusal::Skipped("it only redirects; the redirect is imported".to_owned()));
        }
        if self.generator.is_list(path, &page, &front, body) {
            return Err(Refusal::Skipped("it is a list, which the new site renders itself".to_owned()));
        }
        let context = ArticleContext {
            generator: &*self.generator,
            archive: self,
            tree,
            path,
            page: &page,
            lines: &lines,
            import,
        };
        let info = self.generator.info();
        // A translation in the folder of its original would have the same name.
        let language = page.lang.as_deref().filter(|language| *language != info.language);
        let name = language.map_or_else(|| page.slug.clone(), |language| format!("{}-{language}", page.slug));
        let mut story = Story {
            identity: page.url.as_deref().and_then(|url| identity(&info.url, url)),
            old_url: page.url.clone(),
            original: self.originals.get(path).and_then(|original| {
                let url = self.article_url(original)?;
                Some(match identity(&info.url, &url) {
                    Some(Identity::Given(whole)) => whole,
                    _ => url,
                })
            }),
            name: Some(name.replace(['/', '\\'], "-"))
                .filter(|_| page.slug.chars().any(char::is_alphanumeric)),
            ..Story::default()
        };
        self.fill_body(&context, &mut story, &front, body, markup)?;
        context.set_fields(&mut story, &front);
        if context.is_standing_page(&story) {
            story.folder = Some(page.folder.clone());
        } else {
            story.mark_missing(Key::Date);
        }
        Ok(story)
    }

    /// Converts the text of an article, and attaches the files that were published with it.
    fn fill_body(
        &self,
        context: &ArticleContext<'_>,
        story: &mut Story,
        front: &Front,
        body: &str,
        markup: Option<markup::Markup>,
    ) -> Result<(), Refusal> {
        let body = match markup {
            Some(markup) => Cow::Owned(self.tools.markdown(markup, body, story)?),
            None => Cow::Borrowed(body),
        };
        if let Some(Converted { body, embeds, .. }) = self.generator.html_to_markdown(context.path, &body) {
            context.convert_body(story, front, &body);
            // Places in the converted text are not those in the file.
            story.remarks.iter_mut().for_each(|remark| remark.span = None);
            for url in embeds {
                story.remark("import/embed", format!("the embed of {url} is now a link"), None);
            }
        } else if let Some((text, names)) = self.generator.strip_components(context.path, &body) {
            context.convert_body(story, front, &text);
            for name in names {
                let message =
                    format!("the tags of the component `{name}` were removed; the text inside is kept");
                story.remark_about("import/component", name, message, None);
            }
        } else {
            context.convert_body(story, front, &body);
        }
        // Translations share the files of their original.
        let bundle = self.generator.bundle(context.path).filter(|_| context.page.lang.is_none());
        if let Some(folder) = bundle {
            context.attach_folder(story, folder);
        }
        Ok(())
    }
}

impl ArticleIndex for Archive {
    fn article_url(&self, path: &str) -> Option<String> {
        self.is_article(path).then(|| self.section_url(path)).flatten()
    }

    fn find_by_suffix(&self, end: &str) -> Option<&str> {
        self.tree.find_by_suffix(end)
    }

    fn is_article(&self, path: &str) -> bool {
        self.tree.articles.contains(path) || self.tree.lists.contains(path)
    }

    fn section_url(&self, path: &str) -> Option<String> {
        let known = self.urls.lock().ok().and_then(|urls| urls.get(path).cloned());
        known.unwrap_or_else(|| {
            let url = self.load(path).and_then(|(_, front)| self.generator.path_info(path, &front).url);
            self.urls.lock().ok()?.entry(path.to_owned()).or_insert(url).clone()
        })
    }

    fn read_text(&self, path: &str) -> Option<String> {
        decode(&self.tree.bytes(path, MAX_BYTES)?)
    }
}

impl Source for Archive {
    fn files(&self) -> Listing {
        let mut listing = self.tree.listing();
        // Originals first, so that they have their place when their translations refer to them.
        listing.files.sort_by_cached_key(|file| {
            self.tree.relative_path(file).is_some_and(|path| self.originals.contains_key(&path))
        });
        listing
    }

    fn read(&self, file: &File, import: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        if file.bytes.len() as u64 > MAX_BYTES {
            return Err(Refusal::Failed(format!("it is larger than {} MiB", MAX_BYTES >> 20), None));
        }
        let Some(text) = decode(&file.bytes) else {
            return Err(Refusal::Failed("it is not a text file; save it as UTF-8".to_owned(), None));
        };
        let story = match self.tree.relative_path(&file.path) {
            Some(path) => self.story(&path, &self.tree, &text, import)?,
            None => {
                let (tree, path) = FileTree::for_single_file(&file.path, &self.generator.info().content);
                self.story(&path, &tree, &text, import)?
            }
        };
        Ok(vec![story])
    }

    fn statics(&self) -> Vec<Media> {
        self.tree.statics()
    }

    fn site(&self) -> OldSite {
        let mut site = self.survey(self.generator.site_data());
        self.generator.finish_site(&mut site);
        site
    }
}

/// What is known while one article is converted.
struct ArticleContext<'a> {
    generator: &'a dyn Generator,
    archive: &'a Archive,
    tree: &'a FileTree,
    path: &'a str,
    page: &'a PathInfo,
    lines: &'a Lines<'a>,
    import: &'a ImportContext<'a>,
}

/// The identity of a story: its old absolute URL. A site that only ran on a local host has none.
fn identity(site: &str, url: &str) -> Option<Identity> {
    let site = url::Url::parse(site).ok().filter(|site| matches!(site.scheme(), "http" | "https"))?;
    let is_local = match site.host()? {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(address) => address.is_loopback() || address.is_unspecified(),
        url::Host::Ipv6(address) => address.is_loopback() || address.is_unspecified(),
    };
    // Two leading slashes would start a host.
    let path = format!("/{}", url.trim_start_matches('/'));
    (!is_local).then(|| site.join(&path).ok()).flatten().map(|whole| Identity::Given(whole.into()))
}

/// The front matter of a file and the text after it.
pub(super) fn read_front_matter(file: &Path) -> Option<(Front, String)> {
    let text = read_text(file)?;
    let front = front::read(&text, &Lines::new(&text)).ok()??;
    let body = text.get(front.body..).unwrap_or_default().to_owned();
    Some((front, body))
}

/// Reads a text file.
pub(super) fn read_text(file: &Path) -> Option<String> {
    decode(&read_bytes(file, MAX_BYTES)?)
}

/// Decodes a text and normalizes its line ends.
fn decode(bytes: &[u8]) -> Option<String> {
    let text = encoding::decode(bytes, None)?.text;
    Some(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

#[cfg(test)]
pub(super) mod tests;
