//! All articles of an archive → what they say about the site together: sections, topics and authors with the URLs of their
//! lists, the most common permalink pattern, and pages that are only a list or a redirect.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use rayon::prelude::*;

use super::{Archive, KeyMapping, PathInfo, urls};
use crate::content::Key;
use crate::import::front::{self, Front, FrontEntry};
use crate::import::old_site::{OldAuthor, OldList, OldRedirect, OldSite};
use crate::slug::{name_key, slugify};
use crate::time;

/// The limit of categories that become sections. Beyond it, rare ones become topics.
const MOST_SECTIONS: usize = 40;

/// What a list of the old site lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) enum ListKind {
    Section,
    Tag,
    Author,
    /// All stories.
    All,
}

/// The usual names of list pages and their folders.
const LISTS: [(ListKind, &[&str]); 4] = [
    (ListKind::Tag, &["tag", "tags", "topic", "topics", "keyword", "keywords"]),
    (ListKind::Section, &["category", "categories", "section", "sections"]),
    (ListKind::Author, &["author", "authors"]),
    (
        ListKind::All,
        &["archive", "archives", "blog", "posts", "news", "articles", "all", "stories", "latest"],
    ),
];

impl ListKind {
    /// The page of the new site that takes the place of such a list.
    pub(super) fn index_page(self) -> &'static str {
        match self {
            Self::Tag => "/tags/",
            Self::Author => "/authors/",
            Self::Section | Self::All => "/",
        }
    }
}

/// What one article says about the site.
#[derive(Debug, Default)]
struct ArticleSurvey {
    section: Option<String>,
    tags: Vec<String>,
    authors: Vec<String>,
    pattern: Option<String>,
    list: Option<(ListKind, OldList)>,
    /// The pages of its terms: kind, name and path.
    term_pages: Vec<(ListKind, String, String)>,
    redirect: Option<OldRedirect>,
}

impl Archive {
    /// Adds what the articles say to what the settings say.
    pub(super) fn survey(&self, mut site: OldSite) -> OldSite {
        let seen: Vec<ArticleSurvey> =
            self.tree.articles.par_iter().filter_map(|path| self.survey_article(path)).collect();
        let (mut sections, mut tags, mut authors) =
            (NameCounts::default(), NameCounts::default(), NameCounts::default());
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
        self.add_named_lists(&mut site, &sections, &tags, &authors);
        let pages: BTreeSet<_> = seen.iter().flat_map(|one| &one.term_pages).collect();
        for (list, name, url) in pages.into_iter().filter(|(_, name, _)| !slugify(name).is_empty()) {
            match list {
                ListKind::Section => add_list(&mut site.sections, list_at(name, url.clone()), name),
                ListKind::Tag => add_list(&mut site.tags, list_at(name, url.clone()), name),
                ListKind::Author => add_author(&mut site.authors, name, Some(url.clone())),
                ListKind::All => {}
            }
        }
        for one in seen {
            site.redirects.extend(one.redirect);
            let Some((kind, list)) = one.list else { continue };
            let name = list.slug.clone();
            let slug = slugify(&name);
            match kind {
                ListKind::Section if contains(&site.sections, &name) => {
                    add_list(&mut site.sections, OldList { slug, ..list }, &name);
                }
                ListKind::Tag | ListKind::Section => {
                    add_list(&mut site.tags, OldList { slug, ..list }, &name)
                }
                ListKind::Author => add_author(&mut site.authors, &name, list.urls.into_iter().next()),
                ListKind::All => {}
            }
        }
        site
    }

    /// Adds the lists that stories name, with the URLs that the generator gives them.
    fn add_named_lists(
        &self,
        site: &mut OldSite,
        sections: &NameCounts,
        tags: &NameCounts,
        authors: &NameCounts,
    ) {
        let list_url = |list, name: &str| self.generator.list_url(list, name).map(|url| urls::encode(&url));
        for name in sections.frequent() {
            let title = if contains(&site.sections, &name) { String::new() } else { display_name(&name) };
            let urls = list_url(ListKind::Section, &name).into_iter().collect();
            add_list(
                &mut site.sections,
                OldList { slug: slugify(&name), title, urls, description: None },
                &name,
            );
        }
        for name in tags.all() {
            if let Some(url) = list_url(ListKind::Tag, &name) {
                add_list(&mut site.tags, list_at(&name, url), &name);
            }
        }
        for name in authors.all() {
            add_author(&mut site.authors, &name, list_url(ListKind::Author, &name));
        }
    }

    fn survey_article(&self, path: &str) -> Option<ArticleSurvey> {
        let (text, front) = self.load(path)?;
        let page = self.generator.path_info(path, &front);
        self.urls.lock().ok()?.insert(path.to_owned(), page.url.clone());
        let body = text.get(front.body..).unwrap_or_default();
        let term_pages = self.term_pages(path, &front);
        let mut seen =
            ArticleSurvey { redirect: redirect(&page, &front), term_pages, ..ArticleSurvey::default() };
        if seen.redirect.is_some() || self.generator.is_list(path, &page, &front, body) {
            let base = &self.generator.info().base;
            match detect_list(&page, &front, base) {
                Some((kind, list)) if !list.slug.is_empty() => seen.list = Some((kind, list)),
                Some((kind, _)) if seen.redirect.is_none() => {
                    let from = page.url.clone().filter(|url| url.trim_end_matches('/') != base);
                    seen.redirect = from.map(|from| OldRedirect { from, to: kind.index_page().to_owned() });
                }
                _ => {}
            }
            return Some(seen);
        }
        let date =
            front.text("date").as_deref().and_then(time::parse_archive_date).or_else(|| page.date.clone());
        let Some(date) = date else { return Some(seen) };
        let (section, tags, authors) = self.names(&page, &front);
        let local = match self.generator.info().zone.as_ref().zip(date.offset) {
            Some((zone, offset)) => {
                offset.to_timestamp(date.civil).ok().map(|at| at.to_zoned(zone.clone()).datetime())
            }
            None => None,
        };
        seen.pattern = Some(pattern(
            &page,
            &self.generator.info().base,
            section.as_deref().unwrap_or_default(),
            local.unwrap_or(date.civil),
        ));
        Some(ArticleSurvey { section, tags, authors, ..seen })
    }

    /// The pages of the terms that an article has.
    fn term_pages(&self, path: &str, front: &Front) -> Vec<(ListKind, String, String)> {
        let mut pages = Vec::new();
        for taxonomy in &self.generator.info().taxonomies {
            let Some(kind) = taxonomy.kind.list() else { continue };
            let nested = front.get("taxonomies").and_then(|all| all.get(&taxonomy.name));
            let terms = nested.or_else(|| front.get(&taxonomy.name)).map(front::as_texts);
            for term in terms.unwrap_or_default() {
                let url = self.generator.term_url(path, taxonomy, &term);
                pages.extend(url.map(|url| (kind, term, url)));
            }
        }
        pages
    }

    /// The section, topics and authors of a story.
    fn names(&self, page: &PathInfo, front: &Front) -> (Option<String>, Vec<String>, Vec<String>) {
        let (mut section, mut tags, mut authors) =
            (page.section.clone().map(|(name, _)| name), page.tags.clone(), Vec::new());
        let is_keys = |entry: &FrontEntry| self.generator.map_key(&entry.key) == KeyMapping::Nested;
        let inside = |entry: &FrontEntry| {
            if is_keys(entry) { front::nested_entries(entry) } else { vec![entry.clone()] }
        };
        for entry in &front.entries.iter().flat_map(inside).collect::<Vec<_>>() {
            let values = || match &entry.value {
                serde_json::Value::String(text) => self.generator.split_list(&entry.key, text),
                value => front::as_texts(value),
            };
            match self.generator.map_key(&entry.key) {
                KeyMapping::Section if section.is_none() => section = front::as_text(&entry.value),
                KeyMapping::Categories => {
                    let mut values = values().into_iter();
                    section = section.or_else(|| values.next());
                    tags.extend(values.filter(|word| Some(word) != section.as_ref()));
                }
                KeyMapping::Field(Key::Tags, _) | KeyMapping::Tags => tags.extend(values()),
                KeyMapping::Field(Key::Authors, _) => authors.extend(values()),
                _ => {}
            }
        }
        (section, tags, authors)
    }
}

/// Counts names in each spelling.
#[derive(Default)]
struct NameCounts(BTreeMap<String, BTreeMap<String, usize>>);

impl NameCounts {
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

    /// The most frequent names first. If there are many, names on fewer than one story in 200 are left out.
    fn frequent(&self) -> Vec<String> {
        let count = |spelt: &BTreeMap<String, usize>| spelt.values().sum::<usize>();
        let total: usize = self.0.values().map(count).sum();
        let mut all: Vec<(usize, String)> = self.0.values().map(count).zip(self.all()).collect();
        all.retain(|(count, _)| self.0.len() <= MOST_SECTIONS || count * 200 > total);
        all.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        all.into_iter().take(MOST_SECTIONS).map(|(_, name)| name).collect()
    }
}

/// A display name: `us-politics` → `Us politics`.
fn display_name(name: &str) -> String {
    let is_slug = !name.chars().any(|c| c.is_uppercase() || c.is_whitespace());
    if is_slug { urls::humanize(name) } else { name.to_owned() }
}

fn contains(all: &[OldList], name: &str) -> bool {
    all.iter().any(|list| name_key(&list.slug) == name_key(name))
}

/// Adds a list, or what is new about it. Without a title it gets `default_title`.
pub(super) fn add_list(all: &mut Vec<OldList>, new: OldList, default_title: &str) {
    let Some(known) = all.iter_mut().find(|list| list.slug == new.slug) else {
        let title = if new.title.is_empty() { default_title.to_owned() } else { new.title };
        all.push(OldList { title, ..new });
        return;
    };
    // A page of its own knows the title better than the stories do.
    if !new.title.is_empty() {
        known.title = new.title;
    }
    known.description = known.description.take().or(new.description);
    for url in new.urls {
        if !known.urls.contains(&url) {
            known.urls.push(url);
        }
    }
}

/// A list with the URL of its page.
fn list_at(name: &str, url: String) -> OldList {
    OldList { slug: slugify(name), urls: vec![url], ..OldList::default() }
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
    // An author who is only a name needs no profile.
    if at == all.len() {
        all.push(OldAuthor { slug, name: name.to_owned(), ..OldAuthor::default() });
    }
    if !all[at].urls.contains(&url) {
        all[at].urls.push(url);
    }
}

/// Adds redirects for the feeds of the site and of each list.
pub(in crate::import) fn add_feed_redirects(site: &mut OldSite, home: &[String], names: &[String]) {
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

/// The redirect that a page is, if it is nothing else.
pub(super) fn redirect(page: &PathInfo, front: &Front) -> Option<OldRedirect> {
    let to = front.get("redirect_to").map(front::as_texts)?.into_iter().next()?;
    Some(OldRedirect { from: page.url.clone()?, to })
}

/// Detects from its keys or its URL what a list page lists. The slug is empty if it lists all stories.
pub(in crate::import) fn detect_list(
    page: &PathInfo,
    front: &Front,
    base: &str,
) -> Option<(ListKind, OldList)> {
    let kind = |word: &str| LISTS.iter().find(|(_, names)| names.contains(&word)).map(|(list, _)| *list);
    let url = page.url.clone()?;
    let path = url.strip_prefix(base).unwrap_or(&url).trim_matches('/').to_lowercase();
    let path = path.strip_suffix("/index.html").or(path.strip_suffix(".html")).unwrap_or(&path);
    let (folder, last) = urls::split(path);
    let keys = ["tag", "category", "author"].into_iter().filter(|_| folder != "page");
    let by_key = keys.filter_map(|key| Some((kind(key)?, front.text(key)?))).next();
    let by_url =
        || Some((kind(urls::split(folder).1)?, last.to_owned())).filter(|(list, _)| *list != ListKind::All);
    let Some((list, name)) = by_key.or_else(by_url) else {
        let of_all = kind(last).or_else(|| last.split(['-', '_']).find_map(kind));
        return of_all.map(|list| (list, OldList::default()));
    };
    let title = front.text("title").filter(|title| !title.contains("{{")).unwrap_or_default();
    // `Posts about port` is the headline of a list, not its name.
    let is_headline = name_key(&title) != name_key(&name) && name_key(&title).contains(&*name_key(&name));
    let title = if !is_headline { title } else { String::new() };
    let description = front.text("description").or_else(|| front.text("excerpt"));
    Some((list, OldList { slug: name, title, description, urls: vec![url] }))
}

/// The permalink pattern that gives a story its old URL. Unknown parts stay literal.
fn pattern(page: &PathInfo, base: &str, section: &str, date: DateTime) -> String {
    let url = page.url.as_deref().unwrap_or_default();
    let url = url.strip_prefix(base).unwrap_or(url);
    let mut fields = vec![
        (":year", format!("{:04}", date.year())),
        (":month", format!("{:02}", date.month())),
        (":day", format!("{:02}", date.day())),
        (":section", slugify(section)),
        (":slug", slugify(&page.slug)),
    ];
    let whole = format!("{}-{}", date.date(), slugify(&page.slug));
    let mut field = |part: &str| {
        let (stem, end) = part.strip_suffix(".html").map_or((part, ""), |stem| (stem, ".html"));
        if stem == whole {
            return format!(":year-:month-:day-:slug{end}");
        }
        // If day and month are the same number, the month comes first.
        let at = fields.iter().position(|(_, value)| !value.is_empty() && value == stem);
        at.map_or_else(|| part.to_owned(), |at| format!("{}{end}", fields.remove(at).0))
    };
    url.split('/').map(&mut field).collect::<Vec<_>>().join("/")
}
