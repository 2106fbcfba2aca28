//! All articles of an archive, looked through once → what they say of the site together: sections, topics and authors with the URLs
//! of their lists, the pattern of most URLs, and pages that are nothing but a list or a redirect.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use rayon::prelude::*;

use super::{Archive, Dialect, Meaning, Page, urls};
use crate::import::front::{self, Entry, Front};
use crate::import::old_site::{OldAuthor, OldList, OldRedirect, OldSite};
use crate::slug::{name_key, slugify};
use crate::time;

/// Most categories that become sections: of more, the rare ones are topics.
const MOST_SECTIONS: usize = 40;

/// What a list of the old site is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) enum List {
    Section,
    Tag,
    Author,
    /// All stories.
    All,
}

/// The names of the pages and folders of lists.
const LISTS: [(List, &[&str]); 4] = [
    (List::Tag, &["tag", "tags", "topic", "topics", "keyword", "keywords"]),
    (List::Section, &["category", "categories", "section", "sections"]),
    (List::Author, &["author", "authors"]),
    (List::All, &["archive", "archives", "blog", "posts", "news", "articles", "all", "stories", "latest"]),
];

/// What one article adds.
#[derive(Debug, Default)]
struct Seen {
    section: Option<String>,
    tags: Vec<String>,
    authors: Vec<String>,
    pattern: Option<String>,
    list: Option<(List, OldList)>,
    /// The lists that it is in, with the name and the path of each.
    lists: Vec<(List, String, String)>,
    redirect: Option<OldRedirect>,
}

impl<D: Dialect> Archive<D> {
    /// Adds to what the settings say of a site what its articles say.
    pub(super) fn surveyed(&self, mut site: OldSite) -> OldSite {
        let seen: Vec<Seen> = self.tree.articles.par_iter().filter_map(|path| self.seen(path)).collect();
        let (mut sections, mut tags, mut authors) = (Names::default(), Names::default(), Names::default());
        let mut patterns: BTreeMap<&str, usize> = BTreeMap::new();
        for one in &seen {
            one.section.iter().for_each(|name| sections.add(name));
            one.tags.iter().for_each(|name| tags.add(name));
            one.authors.iter().for_each(|name| authors.add(name));
            one.pattern.iter().for_each(|pattern| *patterns.entry(pattern).or_default() += 1);
        }
        let stories: usize = patterns.values().sum();
        let usual = patterns.into_iter().max_by_key(|(_, count)| *count);
        let usual = usual.filter(|(pattern, count)| pattern.contains(":slug") && count * 2 > stories);
        site.permalink = site.permalink.or(usual.map(|(pattern, _)| pattern.to_owned()));
        let address = |list, name: &str| self.dialect.list_url(list, name).map(|url| urls::encoded(&url));
        for name in sections.frequent() {
            let title = if has(&site.sections, &name) { String::new() } else { shown(&name) };
            add(
                &mut site.sections,
                &name,
                address(List::Section, &name),
                OldList { title, ..OldList::default() },
            );
        }
        for name in tags.all().filter(|name| address(List::Tag, name).is_some()) {
            add(&mut site.tags, &name, address(List::Tag, &name), OldList::default());
        }
        for name in authors.all() {
            add_author(&mut site.authors, &name, address(List::Author, &name));
        }
        let lists: std::collections::BTreeSet<_> =
            seen.iter().flat_map(|one| one.lists.iter().cloned()).collect();
        let lists = lists.into_iter().filter(|(_, name, _)| !slugify(name).is_empty());
        for (list, name, url) in lists {
            match list {
                List::Section => add(&mut site.sections, &name, Some(url), OldList::default()),
                List::Tag => add(&mut site.tags, &name, Some(url), OldList::default()),
                List::Author => add_author(&mut site.authors, &name, Some(url)),
                List::All => {}
            }
        }
        for one in seen {
            site.redirects.extend(one.redirect);
            match one.list {
                Some((List::Section, list)) if has(&site.sections, &list.slug) => {
                    let name = list.slug.clone();
                    add(&mut site.sections, &name, None, list);
                }
                Some((List::Tag | List::Section, list)) => {
                    let name = list.slug.clone();
                    add(&mut site.tags, &name, None, list);
                }
                Some((List::Author, list)) => {
                    add_author(&mut site.authors, &list.slug, list.urls.into_iter().next());
                }
                Some((List::All, _)) | None => {}
            }
        }
        site
    }

    fn seen(&self, path: &str) -> Option<Seen> {
        let (text, front) = self.load(path)?;
        let page = self.dialect.page(path, &front);
        self.urls.lock().ok()?.insert(path.to_owned(), page.url.clone());
        let body = text.get(front.body..).unwrap_or_default();
        let lists = self.dialect.lists(path, &front);
        let mut seen = Seen { redirect: redirect(&page, &front), lists, ..Seen::default() };
        if seen.redirect.is_some() || self.dialect.is_list(path, &page, &front, body) {
            let base = self.dialect.base();
            match list_of(&page, &front, base) {
                Some((list, described)) if !described.slug.is_empty() => seen.list = Some((list, described)),
                Some((list, _)) if seen.redirect.is_none() => {
                    let to = match list {
                        List::Tag => "/tags/",
                        List::Author => "/authors/",
                        List::Section | List::All => "/",
                    };
                    let from = page.url.clone().filter(|url| url.trim_end_matches('/') != base);
                    seen.redirect = from.map(|from| OldRedirect { from, to: to.to_owned() });
                }
                _ => {}
            }
            return Some(seen);
        }
        let date =
            front.text("date").as_deref().and_then(time::parse_archive_date).or_else(|| page.date.clone());
        let Some(date) = date else { return Some(seen) };
        let (section, tags, authors) = self.names(&page, &front);
        let local = match self.dialect.zone().zip(date.offset) {
            Some((zone, offset)) => {
                offset.to_timestamp(date.civil).ok().map(|at| at.to_zoned(zone.clone()).datetime())
            }
            None => None,
        };
        seen.pattern = Some(pattern(
            &page,
            self.dialect.base(),
            section.as_deref().unwrap_or_default(),
            local.unwrap_or(date.civil),
        ));
        Some(Seen { section, tags, authors, ..seen })
    }

    /// The section, topics and authors that a story names.
    fn names(&self, page: &Page, front: &Front) -> (Option<String>, Vec<String>, Vec<String>) {
        let (mut section, mut tags, mut authors) =
            (page.section.clone().map(|(name, _)| name), page.tags.clone(), Vec::new());
        let is_keys = |entry: &Entry| self.dialect.meaning(&entry.key) == Meaning::Keys;
        let inside = |entry: &Entry| if is_keys(entry) { front::inside(entry) } else { vec![entry.clone()] };
        for entry in &front.entries.iter().flat_map(inside).collect::<Vec<_>>() {
            let words = || match &entry.value {
                serde_json::Value::String(text) => self.dialect.split(&entry.key, text),
                value => front::texts(value),
            };
            match self.dialect.meaning(&entry.key) {
                Meaning::Section if section.is_none() => section = front::text(&entry.value),
                Meaning::Terms => {
                    let mut words = words().into_iter();
                    section = section.or_else(|| words.next());
                    tags.extend(words.filter(|word| Some(word) != section.as_ref()));
                }
                Meaning::Field("tags", _) | Meaning::Tags => tags.extend(words()),
                Meaning::Field("authors", _) => authors.extend(words()),
                _ => {}
            }
        }
        (section, tags, authors)
    }
}

/// Names with how often each is used, in its most frequent spelling.
#[derive(Default)]
struct Names(BTreeMap<String, BTreeMap<String, usize>>);

impl Names {
    fn add(&mut self, name: &str) {
        let key = name_key(name);
        if !key.is_empty() {
            *self.0.entry(key).or_default().entry(name.trim().to_owned()).or_default() += 1;
        }
    }

    fn all(&self) -> impl Iterator<Item = String> + '_ {
        self.0
            .values()
            .filter_map(|spelt| spelt.iter().max_by_key(|(_, count)| **count))
            .map(|(name, _)| name.clone())
    }

    /// The most frequent first; not those that are on one story of two hundred.
    fn frequent(&self) -> Vec<String> {
        let count = |spelt: &BTreeMap<String, usize>| spelt.values().sum::<usize>();
        let total: usize = self.0.values().map(count).sum();
        let mut all: Vec<(usize, String)> = self.0.values().map(count).zip(self.all()).collect();
        all.retain(|(count, _)| self.0.len() <= MOST_SECTIONS || count * 200 > total);
        all.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        all.into_iter().take(MOST_SECTIONS).map(|(_, name)| name).collect()
    }
}

/// A name as readers may see it: `us-politics` → `Us politics`.
fn shown(name: &str) -> String {
    let is_slug = !name.chars().any(|c| c.is_uppercase() || c.is_whitespace());
    if is_slug { urls::title_of(name) } else { name.to_owned() }
}

fn has(all: &[OldList], name: &str) -> bool {
    all.iter().any(|list| name_key(&list.slug) == name_key(name))
}

/// Adds a list, or what is new of it.
fn add(all: &mut Vec<OldList>, name: &str, url: Option<String>, new: OldList) {
    let slug = slugify(name);
    let known = all.iter().position(|list| list.slug == slug).unwrap_or(all.len());
    if known == all.len() {
        all.push(OldList { slug, title: name.to_owned(), ..OldList::default() });
    }
    let list = &mut all[known];
    // A page of its own knows the name better than the stories do.
    if !new.title.is_empty() {
        list.title = new.title;
    }
    list.description = list.description.take().or(new.description);
    let more = new.urls.into_iter().chain(url).filter(|url| !list.urls.contains(url)).collect::<Vec<_>>();
    list.urls.extend(more);
}

fn add_author(all: &mut Vec<OldAuthor>, name: &str, url: Option<String>) {
    let (key, slug) = (name_key(name), slugify(name));
    let is = |author: &OldAuthor| {
        author.slug == slug
            || name_key(&author.name) == key
            || author.aliases.iter().any(|alias| name_key(alias) == key)
    };
    let at = all.iter().position(is).unwrap_or(all.len());
    let Some(url) = url else { return };
    // Who has but a name needs no profile.
    if at == all.len() {
        all.push(OldAuthor { slug, name: name.to_owned(), ..OldAuthor::default() });
    }
    if !all[at].urls.contains(&url) {
        all[at].urls.push(url);
    }
}

/// Adds the feeds of some names that each list had, and those of the site: where they are now.
pub(in crate::import) fn add_feeds(site: &mut OldSite, home: &[String], names: &[String]) {
    let mut all: Vec<(String, &[String])> = Vec::new();
    let tags =
        site.tags.iter().map(|list| (slugify(&list.title), &*list.urls)).filter(|(slug, _)| !slug.is_empty());
    all.extend(tags.map(|(slug, urls)| (format!("/tags/{slug}"), urls)));
    all.extend(site.sections.iter().map(|list| (format!("/{}", list.slug), &*list.urls)));
    all.extend(site.authors.iter().map(|author| (format!("/authors/{}", author.slug), &*author.urls)));
    all.push((String::new(), home));
    let mut feeds = Vec::new();
    for (now, before) in all {
        for name in names {
            let new = match &**name {
                name if now.is_empty() && name.contains("atom") => "atom.xml",
                name if now.is_empty() && name.ends_with("json") => "feed.json",
                _ => "rss.xml",
            };
            let folders = before.iter().filter(|url| url.ends_with('/'));
            feeds.extend(
                folders.map(|url| OldRedirect { from: format!("{url}{name}"), to: format!("{now}/{new}") }),
            );
        }
    }
    site.redirects.extend(feeds);
    let mut seen = std::collections::HashSet::new();
    site.redirects.retain(|redirect| redirect.from != redirect.to && seen.insert(redirect.from.clone()));
}

/// A page that only leads elsewhere.
pub(super) fn redirect(page: &Page, front: &Front) -> Option<OldRedirect> {
    let to = front.get("redirect_to").map(front::texts)?.into_iter().next()?;
    Some(OldRedirect { from: page.url.clone()?, to })
}

/// Of what a page is a list, by its keys or its URL. Its slug is empty if it is of all of them.
pub(in crate::import) fn list_of(page: &Page, front: &Front, base: &str) -> Option<(List, OldList)> {
    let kind = |word: &str| LISTS.iter().find(|(_, names)| names.contains(&word)).map(|(list, _)| *list);
    let url = page.url.clone()?;
    let path = url.strip_prefix(base).unwrap_or(&url).trim_matches('/').to_lowercase();
    let path = path.strip_suffix("/index.html").or(path.strip_suffix(".html")).unwrap_or(&path);
    let (folder, last) = urls::split(path);
    let keys = ["tag", "category", "author"].into_iter().filter(|_| folder != "page");
    let by_key = keys.filter_map(|key| Some((kind(key)?, front.text(key)?))).next();
    let by_url =
        || Some((kind(urls::split(folder).1)?, last.to_owned())).filter(|(list, _)| *list != List::All);
    let Some((list, name)) = by_key.or_else(by_url) else {
        let of_all = kind(last).or_else(|| last.split(['-', '_']).find_map(kind));
        return of_all.map(|list| (list, OldList::default()));
    };
    let title = front.text("title").filter(|title| !title.contains("{{")).unwrap_or_default();
    // `Posts about port` is the headline of a list.
    let is_headline = name_key(&title) != name_key(&name) && name_key(&title).contains(&*name_key(&name));
    let title = if !is_headline { title } else { String::new() };
    let description = front.text("description").or_else(|| front.text("excerpt"));
    Some((list, OldList { slug: name, title, description, urls: vec![url] }))
}

/// The pattern of bulletin that gives a story the URL it had; what it does not know stays as it is.
fn pattern(page: &Page, base: &str, section: &str, date: DateTime) -> String {
    let url = page.url.as_deref().unwrap_or_default();
    let url = url.strip_prefix(base).unwrap_or(url);
    let mut fields = vec![
        (":year", format!("{:04}", date.year())),
        (":month", format!("{:02}", date.month())),
        (":day", format!("{:02}", date.day())),
        (":section", slugify(section)),
        (":slug", slugify(&page.name)),
    ];
    let whole = format!("{}-{}", date.date(), slugify(&page.name));
    let mut field = |part: &str| {
        let (stem, end) = part.strip_suffix(".html").map_or((part, ""), |stem| (stem, ".html"));
        if stem == whole {
            return format!(":year-:month-:day-:slug{end}");
        }
        // A day that is the number of its month stands behind it.
        let at = fields.iter().position(|(_, value)| !value.is_empty() && value == stem);
        at.map_or_else(|| part.to_owned(), |at| format!("{}{end}", fields.remove(at).0))
    };
    url.split('/').map(&mut field).collect::<Vec<_>>().join("/")
}
