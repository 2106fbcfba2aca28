//! Adds an archive's sections, authors, tags and links to the settings.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value as Json, json};

use super::{Settings, not_used, own_path};
use crate::config::Config;
use crate::content::{FrontMatter, Key};
use crate::import::old_site::{OldAuthor, OldList, OldSite, Picture};
use crate::import::placement::SiteIndex;
use crate::import::prepare::PreparedStory;
use crate::import::{Media, Remark, write};
use crate::plan::Route;

/// The folder for authors' portraits that were not public files of the old site.
const PICTURES: &str = "images/authors";

/// The sections, tags and authors of stories.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// By slug: the number of stories and the titles that they use.
    pub(super) sections: BTreeMap<String, (usize, BTreeMap<String, usize>)>,
    /// The same for sections that the settings lack.
    lost: BTreeMap<String, (usize, BTreeMap<String, usize>)>,
    /// Spellings by the key under which they are the same tag.
    pub(super) tags: HashMap<String, HashSet<String>>,
    pub(super) authors: HashSet<String>,
    /// Tags and authors of visible stories, which have lists.
    pub(super) shown_tags: HashSet<String>,
    pub(super) shown_authors: HashSet<String>,
}

impl Usage {
    /// Records an article of the site.
    pub(super) fn record_article(&mut self, front: &FrontMatter, config: &Config) {
        if let Some(section) = &front.section {
            self.sections.entry(section.clone()).or_default();
        }
        let is_shown = front.date.is_some() && front.embargo.is_none() && !front.is_held();
        for tag in &front.tags {
            let key = config.slugs.key(tag);
            self.shown_tags.extend(is_shown.then(|| key.clone()));
            self.tags.entry(key).or_default().insert(tag.clone());
        }
        for author in front.authors.iter().map(|author| config.slugs.key(&author.name)) {
            self.shown_authors.extend(is_shown.then(|| author.clone()));
            self.authors.insert(author);
        }
    }

    pub(super) fn record(&mut self, story: &PreparedStory, config: &Config) {
        let lost = story.not_used.get("section").and_then(Json::as_str).map(|lost| config.slugs.of(lost));
        let written =
            story.front.get("section").and_then(Json::as_str).map(|written| config.slugs.of(written));
        let folder = story.folder.split('/').next().unwrap_or_default();
        let is_year = folder.len() == 4 && folder.bytes().all(|byte| byte.is_ascii_digit());
        let of_folder = Some(folder.to_owned()).filter(|_| !story.day.is_empty() && !is_year);
        let sections = if lost.is_some() { &mut self.lost } else { &mut self.sections };
        if let Some(slug) = lost.or(written).or(of_folder).filter(|slug| !slug.is_empty()) {
            let (count, titles) = sections.entry(slug).or_default();
            *count += 1;
            if let Some(title) = story.story.text(Key::Section) {
                *titles.entry(title.to_owned()).or_default() += 1;
            }
        }
        let names = |key: &str| {
            let items = story.front.get(key).and_then(Json::as_array).into_iter().flatten();
            let name = |item: &Json| item.as_str().or_else(|| item.get("name")?.as_str()).map(str::to_owned);
            items.filter_map(name).collect::<Vec<_>>()
        };
        let is_shown = !story.day.is_empty()
            && !["draft", "status", "embargo"].iter().any(|key| story.front.contains_key(*key));
        for tag in names("tags") {
            let key = config.slugs.key(&tag);
            self.shown_tags.extend(is_shown.then(|| key.clone()));
            self.tags.entry(key).or_default().insert(tag);
        }
        for author in names("authors").iter().map(|name| config.slugs.key(name)) {
            self.shown_authors.extend(is_shown.then(|| author.clone()));
            self.authors.insert(author);
        }
    }
}

/// Merges two archives of one site. The first takes precedence.
pub(super) fn merge(mut first: OldSite, second: OldSite) -> OldSite {
    let pairs = [
        (&mut first.title, second.title),
        (&mut first.description, second.description),
        (&mut first.base_url, second.base_url),
        (&mut first.language, second.language),
        (&mut first.timezone, second.timezone),
        (&mut first.permalink, second.permalink),
    ];
    for (own, other) in pairs {
        *own = own.take().or(other);
    }
    first.sections.extend(second.sections);
    first.tags.extend(second.tags);
    first.authors.extend(second.authors);
    first.menus.extend(second.menus);
    first.redirects.extend(second.redirects);
    first.remarks.extend(second.remarks);
    first
}

impl Settings<'_> {
    /// Sections of stories: those that the archive declares, in its order, then the others, most stories first.
    pub(super) fn sections(&mut self, old: &OldSite) -> Json {
        let slugs = self.config.slugs;
        let known = super::parse(&self.text).0.and_then(|config| config.sections).unwrap_or_default();
        let mut used = std::mem::take(&mut self.used.sections);
        used.append(&mut self.used.lost);
        used.retain(|slug, _| known.iter().all(|section| section.slug != *slug));
        let mut sections = Vec::new();
        for OldList { slug, title, description, .. } in &old.sections {
            let slug = slugs.of(slug);
            if used.remove(&slug).is_some() {
                sections.push(section(&slug, title, description.as_deref()));
            }
        }
        let mut others: Vec<_> = used.into_iter().collect();
        others.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (slug, (_, titles)) in others {
            let title =
                titles.into_iter().filter(|(title, _)| *title != slug).max_by_key(|(_, count)| *count);
            sections.push(section(&slug, &title.map(|(title, _)| title).unwrap_or_default(), None));
        }
        self.accepted("sections", sections)
    }

    /// Authors of stories, and authors with a biography or portrait.
    pub(super) fn authors(&mut self, old: &OldSite, statics: &[&Media]) -> Json {
        let slugs = self.config.slugs;
        let keys_of = |name: &str, slug: &str, aliases: &[String]| -> Vec<String> {
            [name, slug]
                .into_iter()
                .chain(aliases.iter().map(String::as_str))
                .map(|name| slugs.key(name))
                .collect()
        };
        let known = self.config.authors.iter();
        let mut taken: HashSet<String> =
            known.flat_map(|author| keys_of(&author.name, &author.slug, &author.aliases)).collect();
        let mut authors = Vec::new();
        for author in &old.authors {
            let slug = slugs.of_written(&author.slug);
            let slug = if slug.is_empty() { slugs.of_name(&author.name) } else { slug };
            let keys = keys_of(&author.name, &slug, &author.aliases);
            let is_known = taken.contains(&keys[0]) || taken.contains(&keys[1]);
            let is_used = keys.iter().any(|key| self.used.authors.contains(key));
            if is_known || !(is_used || author.bio.is_some() || author.picture.is_some()) {
                continue;
            }
            taken.extend([keys[0].clone(), keys[1].clone()]);
            let aliases = author.aliases.iter().filter(|alias| taken.insert(slugs.key(alias)));
            let mut entry = json!({"slug": slug, "name": author.name});
            entry["aliases"] = aliases.cloned().collect();
            for (key, value) in [
                ("bio", author.bio.clone()),
                ("url", author.url.clone()),
                ("image", self.picture(author, &slug, old, statics)),
            ] {
                entry[key] = value.into();
            }
            authors.push(entry);
        }
        let kept = self.accepted("authors", authors);
        let slugs = kept.as_array().into_iter().flatten().filter_map(|author| author["slug"].as_str());
        self.profiles.extend(slugs.map(str::to_owned));
        kept
    }

    /// The path of an author's portrait on this site.
    fn picture(
        &mut self,
        author: &OldAuthor,
        slug: &str,
        old: &OldSite,
        statics: &[&Media],
    ) -> Option<String> {
        let name = match author.picture.as_ref()? {
            Picture::File(file) => match statics.iter().find(|media| media.from == *file) {
                Some(media) => media.name.clone(),
                None => {
                    let extension = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
                    let name = format!("{PICTURES}/{slug}.{extension}");
                    let to = write::within(&self.site.static_files(), &name).ok()?;
                    let copied = write::same_or_absent(file, &to).and_then(|is_there| {
                        if is_there || self.request.dry_run { Ok(()) } else { write::copy(file, &to) }
                    });
                    if let Err(error) = copied {
                        let message = format!("the portrait of {} cannot be copied: {error}", author.name);
                        self.remark("import/picture", message);
                        return None;
                    }
                    name
                }
            },
            Picture::Url(url) => match own_path(url, old, &self.config) {
                None => return Some(url.clone()),
                Some((route, _)) => {
                    let name = route.as_str().trim_start_matches('/').to_owned();
                    let is_there = self.site.static_files().join(&name).is_file();
                    if !is_there && !statics.iter().any(|media| media.name == name) {
                        self.remark(
                            "import/picture",
                            format!("the portrait of {} is not in the archive", author.name),
                        );
                        return None;
                    }
                    name
                }
            },
        };
        Some(format!("/{name}"))
    }

    /// Tags of stories that have a description, or another name than readers saw.
    pub(super) fn tags(&mut self, old: &OldSite) -> Json {
        let slugs = self.config.slugs;
        let mut taken: HashSet<String> = self
            .config
            .tag_aliases
            .iter()
            .flat_map(|(alias, name)| [slugs.key(alias), slugs.key(name)])
            .collect();
        let mut tags = Vec::new();
        for OldList { slug, title, description, .. } in &old.tags {
            let keys = [slugs.key(title), slugs.key(slug)];
            let spellings: HashSet<&String> =
                keys.iter().filter_map(|key| self.used.tags.get(key)).flatten().collect();
            let is_as_seen = spellings.iter().all(|spelling| *spelling == title);
            if spellings.is_empty()
                || description.is_none() && is_as_seen
                || keys.iter().any(|key| taken.contains(key))
            {
                continue;
            }
            let aliases: Vec<&String> = Some(slug).filter(|_| keys[0] != keys[1]).into_iter().collect();
            tags.push(json!({"name": title, "aliases": aliases, "description": description}));
            taken.extend(keys);
        }
        self.accepted("tags", tags)
    }

    /// Menu links that lead to no section, as the navigation has the sections.
    pub(super) fn links(&mut self, old: &OldSite, index: &SiteIndex<'_>) -> Json {
        let mut links: Vec<Json> = Vec::new();
        let is_in_navigation = |route: &Route| {
            self.used.sections.contains_key(route.as_str().trim_matches('/')) || *route == Route::root()
        };
        for item in old.menus.iter().flat_map(|(_, items)| items) {
            let url = match own_path(&item.url, old, &self.config) {
                Some((route, rest)) if index.is_taken(&route) && !is_in_navigation(&route) => {
                    format!("{}{rest}", route.as_str())
                }
                None if item.url.starts_with("https://") || item.url.starts_with("http://") => {
                    item.url.clone()
                }
                _ => continue,
            };
            if !item.title.trim().is_empty() && links.iter().all(|link| link["url"] != *url) {
                links.push(json!({"title": item.title, "url": url}));
            }
        }
        let has_links = self.config.extra.contains_key("links") || links.is_empty();
        if has_links { json!({}) } else { json!({"links": links}) }
    }

    /// The entries that the settings accept, without empty parts.
    fn accepted(&mut self, key: &'static str, entries: Vec<Json>) -> Json {
        let mut kept = Vec::new();
        'entries: for mut entry in entries {
            if let Json::Object(map) = &mut entry {
                map.retain(|_, value| {
                    !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty())
                });
            }
            let without = |entry: &Json, part: &str| {
                let mut entry = entry.clone();
                entry.as_object_mut().map(|map| map.shift_remove(part));
                entry
            };
            // A part that is refused does not take the rest with it.
            while let Some(why) = self.rejection(key, json!([entry])) {
                self.remarks.push(not_used(key, &why));
                let parts: Vec<String> =
                    entry.as_object().into_iter().flat_map(|map| map.keys().cloned()).collect();
                let is_cause = |part: &&String| self.rejection(key, json!([without(&entry, part)])).is_none();
                match parts.iter().find(is_cause) {
                    Some(part) => entry = without(&entry, part),
                    None => continue 'entries,
                }
            }
            kept.push(entry);
        }
        kept.into()
    }

    pub(super) fn remark(&mut self, code: &'static str, message: String) {
        self.remarks.push(Remark { code, about: String::new(), message, span: None });
    }
}

fn section(slug: &str, title: &str, description: Option<&str>) -> Json {
    let title = Some(title.trim()).filter(|title| !title.is_empty());
    json!({"slug": slug, "title": title, "description": description})
}
