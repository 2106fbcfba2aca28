//! Collects what the items of an export say about each other and about the site.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use url::Url;

use super::super::common::Sourced;
use super::super::weblog::{self, Blog, MediaItem};
use super::item::Item;
use crate::config::language_tag;
use crate::import::html;
use crate::import::old_site::{MenuItem, OldAuthor, OldList, OldRedirect, Picture};
use crate::import::xml::{Document, Element};
use crate::slug::slugify;

/// Most attachment pages that redirect to their stories. Each is a redirect in the settings.
const MOST_PAGES: usize = 2000;

/// Types of items that are not stories.
const NO_STORIES: [&str; 16] = [
    "acf-",
    "attachment",
    "custom_css",
    "customize_changeset",
    "guest-author",
    "jetpack_",
    "jp_",
    "nav_menu_item",
    "oembed_cache",
    "redirect_rule",
    "revision",
    "user_request",
    "vip-legacy-redirect",
    "wp_block",
    "wp_",
    "amp_",
];

/// A category or tag.
#[derive(Clone, Debug, Default)]
pub(super) struct Term {
    pub(super) slug: String,
    title: String,
    parent: String,
    description: Option<String>,
    is_section: bool,
}

/// One or more exports of a site.
#[derive(Default)]
pub(super) struct Export {
    pub(super) blog: Blog,
    /// Pictures and other files, by number.
    pub(super) files: HashMap<String, MediaItem>,
    /// The numbers of a post's files.
    pub(super) attached: HashMap<String, Vec<String>>,
    /// The name of each page and the number of its parent.
    pub(super) pages: HashMap<String, (String, String)>,
    /// Shared blocks, by number.
    pub(super) blocks: HashMap<String, String>,
    /// Categories and tags, by number.
    pub(super) terms: HashMap<String, Term>,
    /// What was skipped, as a message.
    pub(super) skipped: Option<String>,
    authors: BTreeMap<String, OldAuthor>,
    /// The number of stories in each section.
    sections: HashMap<String, usize>,
    guids: HashMap<u64, bool>,
    counts: BTreeMap<String, usize>,
    /// Menu entries: the menu, the position, the entry.
    menus: Vec<(String, usize, Entry)>,
    redirects: Vec<(String, String)>,
    /// Attachment pages, and the numbers of their posts.
    picture_pages: Vec<(String, String)>,
    titles: HashMap<String, String>,
}

#[derive(Default)]
struct Entry {
    title: String,
    url: String,
    kind: String,
    number: String,
}

/// What is kept of an item.
#[derive(Default)]
pub(super) struct ItemFacts {
    number: String,
    kind: String,
    status: String,
    link: String,
    guid: String,
    parent: String,
    name: String,
    title: String,
    local: String,
    world: String,
    section: String,
    shown: Option<MediaItem>,
    html: String,
    menu: Option<(String, usize, Entry)>,
    author: Option<(OldAuthor, String)>,
    redirect: Option<(String, String)>,
}

impl ItemFacts {
    pub(super) fn of(item: &Item<'_>) -> Self {
        let meta = |key: &str| item.meta(key).map(|value| value.text).unwrap_or_default();
        let kind = item.text("wp:post_type");
        let mut fact = Self {
            number: item.text("wp:post_id"),
            status: item.text("wp:status"),
            link: item.text("link"),
            parent: item.text("wp:post_parent"),
            name: item.text("wp:post_name"),
            title: html::text(&item.text("title")),
            ..Self::default()
        };
        match &*kind {
            "attachment" => fact.shown = Some(shown(item)),
            "wp_block" => {
                fact.html = item.element.find("content:encoded").map(Element::text).unwrap_or_default()
            }
            "nav_menu_item" => {
                let menu = item.terms().into_iter().find(|(kind, ..)| *kind == "nav_menu");
                let entry = Entry {
                    title: fact.title.clone(),
                    url: meta("_menu_item_url"),
                    kind: meta("_menu_item_type"),
                    number: meta("_menu_item_object_id"),
                };
                fact.menu =
                    menu.map(|(_, slug, _)| (slug, item.text("wp:menu_order").parse().unwrap_or(0), entry));
            }
            "guest-author" => {
                let author = OldAuthor {
                    slug: fact.name.trim_start_matches("cap-").to_owned(),
                    name: item
                        .meta("cap-display_name")
                        .map_or_else(|| fact.title.clone(), |value| value.text),
                    aliases: item.metas("cap-user_login").map(|value| value.text).collect(),
                    bio: item.meta("cap-description").map(|value| html::text(&value.text)),
                    url: item.meta("cap-website").map(|value| value.text),
                    ..OldAuthor::default()
                };
                fact.author = Some((author, meta("_thumbnail_id")));
            }
            "redirect_rule" => fact.redirect = Some((meta("_redirect_rule_from"), meta("_redirect_rule_to"))),
            "vip-legacy-redirect" => fact.redirect = Some((fact.title.clone(), item.text("excerpt:encoded"))),
            _ => {
                fact.guid = item.text("guid");
                fact.local = item.text("wp:post_date");
                fact.world = item.text("wp:post_date_gmt");
            }
        }
        fact.kind = kind;
        fact.section = item.section(&HashMap::new()).map(|(slug, _)| slug).unwrap_or_default();
        fact
    }
}

/// A picture or file, with its credit from metadata.
fn shown(item: &Item<'_>) -> MediaItem {
    let data = item.meta("_wp_attachment_metadata").map(|value| value.text).unwrap_or_default();
    let inside = data.split_once("\"credit\";s:").and_then(|(_, rest)| rest.split('"').nth(1));
    let names = ["_media_credit", "media_credit", "_credit", "photographer_name"];
    let own = names.iter().find_map(|key| item.meta(key));
    MediaItem {
        url: item.sourced("wp:attachment_url"),
        alt: item.meta("_wp_attachment_image_alt"),
        caption: item.sourced("excerpt:encoded").and_then(Sourced::plain),
        credit: own.or_else(|| Sourced::new(inside?, Vec::new())),
    }
}

impl Export {
    pub(super) fn new(blog: Blog) -> Self {
        Self { blog, ..Self::default() }
    }

    /// Why an item with this type, status and URL is not a story.
    pub(super) fn skip_reason(&self, kind: &str, status: &str, link: &str) -> Option<String> {
        let is_address = || Url::parse(link).is_ok_and(|link| link.query().is_none() && link.path() != "/");
        match kind {
            "post" | "page" => (status == "trash").then(|| "in the trash".to_owned()),
            _ if NO_STORIES.iter().any(|known| kind.starts_with(known)) => Some(String::new()),
            _ if status == "publish" && is_address() => None,
            _ => Some(format!("of type `{}`", kind.chars().take(40).collect::<String>())),
        }
    }

    /// Records an item.
    pub(super) fn learn(&mut self, fact: ItemFacts) {
        match self.skip_reason(&fact.kind, &fact.status, &fact.link) {
            Some(why) if why.is_empty() => self.part(fact),
            Some(why) => *self.counts.entry(why).or_default() += 1,
            None => {
                let ItemFacts { number, link, local, world, name, section, title, .. } = &fact;
                *self.sections.entry(section.clone()).or_default() += 1;
                self.guids.entry(hash(&fact.guid)).and_modify(|shared| *shared = true).or_insert(false);
                if fact.status == "publish" {
                    self.blog.add_path(number, link);
                    if fact.kind == "post" {
                        self.blog.add_sample(link, local, world, name, section);
                    }
                }
                if fact.kind == "page" {
                    self.titles.insert(number.clone(), title.clone());
                    self.pages.insert(fact.number, (fact.name, fact.parent));
                }
            }
        }
    }

    /// Records an item that is not a story.
    fn part(&mut self, fact: ItemFacts) {
        if fact.kind == "attachment" {
            self.attached.entry(fact.parent.clone()).or_default().push(fact.number.clone());
            if fact.parent != "0" && self.picture_pages.len() < MOST_PAGES {
                self.picture_pages.push((fact.link, fact.parent));
            }
        }
        if let Some((mut author, picture)) = fact.author {
            let picture = self.files.get(&picture).and_then(|shown| shown.url.as_ref());
            author.picture = picture.map(|url| Picture::Url(url.text.clone()));
            self.authors.insert(author.slug.clone(), author);
        }
        self.menus.extend(fact.menu);
        self.redirects.extend(fact.redirect);
        if !fact.html.is_empty() {
            self.blocks.insert(fact.number.clone(), fact.html);
        }
        self.files.extend(fact.shown.map(|shown| (fact.number, shown)));
    }

    pub(super) fn is_shared(&self, guid: &str) -> bool {
        self.guids.get(&hash(guid)).copied().unwrap_or(false)
    }

    /// The name of an author, by login or alias.
    pub(super) fn author(&self, login: &str) -> Option<&str> {
        let known = self.authors.get(login).or_else(|| {
            self.authors.values().find(|author| author.aliases.iter().any(|alias| alias == login))
        });
        known.map(|author| author.name.as_str()).filter(|name| !name.is_empty())
    }

    /// Records the channel.
    pub(super) fn channel(&mut self, document: &Document) {
        let Some(channel) = document.root().find("channel") else { return };
        let text = |name: &str| channel.find(name).and_then(Element::line);
        let plain = |name: &str| text(name).map(|text| html::text(&text)).filter(|text| !text.is_empty());
        self.blog.site.title = self.blog.site.title.take().or_else(|| plain("title"));
        self.blog.site.description = self.blog.site.description.take().or_else(|| plain("description"));
        self.blog.site.language = text("language").and_then(|tag| language_tag(&tag));
        for author in channel.all("wp:author") {
            let of = |name: &str| author.find(name).and_then(Element::line).unwrap_or_default();
            let login = of("wp:author_login");
            let whole = format!("{} {}", of("wp:author_first_name"), of("wp:author_last_name"));
            let names = [of("wp:author_display_name"), whole.trim().to_owned(), login.clone()];
            let name =
                names.into_iter().find(|name| !name.is_empty() && !name.contains('@')).unwrap_or_default();
            let slug = slugify(&login);
            let bio = Some(html::text(&of("wp:author_description"))).filter(|bio| !bio.is_empty());
            let author = OldAuthor {
                urls: vec![format!("/author/{slug}/")],
                slug,
                name,
                bio,
                aliases: vec![login.clone()],
                ..OldAuthor::default()
            };
            self.authors.insert(login, author);
        }
        for (element, before, is_section) in
            [("wp:category", "wp:category", true), ("wp:tag", "wp:tag", false), ("wp:term", "wp:term", false)]
        {
            for term in channel.all(element) {
                let of = |name: &str| term.find(name).and_then(Element::line).unwrap_or_default();
                let first =
                    |names: [String; 2]| names.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
                let kind = of("wp:term_taxonomy");
                if element == "wp:term" && !matches!(&*kind, "category" | "post_tag") {
                    continue;
                }
                let slug = weblog::decoded(&first([
                    of(&format!("{before}_nicename")),
                    of(&format!("{before}_slug")),
                ]));
                let title = first([of("wp:cat_name"), first([of("wp:tag_name"), of("wp:term_name")])]);
                let description = html::text(&of(&format!("{before}_description")));
                let term = Term {
                    title: html::text(&title),
                    parent: weblog::decoded(&of(&format!("{before}_parent"))),
                    description: Some(description).filter(|text| !text.is_empty()),
                    is_section: is_section || kind == "category",
                    slug,
                };
                let number = first([of("wp:term_id"), format!("{element} {}", term.slug)]);
                self.terms.insert(number, term);
            }
        }
    }
    /// Combines the collected data.
    pub(super) fn finish_survey(&mut self) {
        let counts: Vec<_> = self.counts.iter().map(|(why, count)| format!("{count} {why}")).collect();
        self.skipped =
            (!counts.is_empty()).then(|| format!("not imported from this export: {}", counts.join(", ")));
        let mut terms: Vec<_> = self.terms.iter().collect();
        terms.sort_by_key(|(number, _)| (number.parse::<u64>().unwrap_or(u64::MAX), number.to_string()));
        for (_, term) in terms {
            let list = OldList {
                slug: term.slug.clone(),
                title: term.title.clone(),
                description: term.description.clone(),
                urls: self.urls(term),
            };
            if term.is_section && self.sections.contains_key(&term.slug) {
                self.blog.site.sections.push(list);
            } else if term.description.is_some() || slugify(&term.title) != term.slug || term.is_section {
                self.blog.site.tags.push(list);
            }
        }
        self.blog.site.authors =
            self.authors.values().filter(|author| !author.name.is_empty()).cloned().collect();
        self.menus();
        let redirects = std::mem::take(&mut self.redirects).into_iter();
        let pages = self.picture_pages.iter().filter_map(|(page, post)| {
            let from = Url::parse(page).ok().filter(|url| url.query().is_none())?.path().to_owned();
            Some((from, self.blog.path_of(post)?.to_owned()))
        });
        let feeds = [
            ("/feed/", "/rss.xml"),
            ("/feed/atom/", "/atom.xml"),
            ("/sitemap_index.xml", "/sitemap.xml"),
            ("/wp-sitemap.xml", "/sitemap.xml"),
        ];
        let below = self.blog.base.as_ref().map_or("", |base| base.path().trim_end_matches('/'));
        let feeds = feeds.map(|(from, to)| (format!("{below}{from}"), format!("{below}{to}")));
        let all = redirects
            .chain(pages)
            .chain(feeds)
            .filter(|(from, to)| from.starts_with('/') && !to.is_empty() && from != to);
        let all = all.map(|(from, to)| OldRedirect { from, to }).collect();
        self.blog.site.redirects = all;
    }

    /// The URLs of a category or tag.
    fn urls(&self, term: &Term) -> Vec<String> {
        let below = self.blog.base.as_ref().map_or("", |base| base.path().trim_end_matches('/'));
        if !term.is_section {
            return vec![format!("{below}/tag/{}/", term.slug)];
        }
        let parent = Some(&term.parent).filter(|parent| !parent.is_empty());
        let whole = parent.map(|parent| format!("{below}/category/{parent}/{}/", term.slug));
        whole.into_iter().chain([format!("{below}/category/{}/", term.slug)]).collect()
    }

    fn menus(&mut self) {
        let mut all = std::mem::take(&mut self.menus);
        all.sort_by(|(menu, place, _), (other, place_there, _)| (menu, place).cmp(&(other, place_there)));
        for (menu, _, entry) in all {
            let term = self.terms.get(&entry.number).filter(|_| entry.kind == "taxonomy");
            let url = match &*entry.kind {
                "post_type" => self.blog.path_of(&entry.number).map(str::to_owned),
                "taxonomy" => term.and_then(|term| self.urls(term).into_iter().next()),
                _ => Some(entry.url).filter(|url| !url.is_empty() && url != "#"),
            };
            let known =
                || term.map(|term| term.title.clone()).or_else(|| self.titles.get(&entry.number).cloned());
            let title = Some(entry.title.clone()).filter(|title| !title.is_empty()).or_else(known);
            let Some((url, title)) = url.zip(title) else { continue };
            let item = MenuItem { title, url };
            match self.blog.site.menus.iter_mut().find(|(name, _)| *name == menu) {
                Some((_, items)) => items.push(item),
                None => self.blog.site.menus.push((menu, vec![item])),
            }
        }
    }
}

/// The base URL of the site.
pub(super) fn base(channel: &Document) -> Option<Url> {
    let channel = channel.root().find("channel")?;
    let base = channel.find("wp:base_blog_url").or_else(|| channel.find("link"));
    Url::parse(&base?.line()?).ok()
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
