//! Section, tags, byline, genre and urgency.

use std::borrow::Cow;

use super::nested_keys::Shape;
use super::{Reader, folded, unquoted};
use crate::content::front_matter::keys::Key;
use crate::content::{Byline, Genre};
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::yaml::Node;

/// Names of the key for the name of an author, its own first.
const NAME: [&str; 2] = ["name", "display_name"];
/// Types of other generators, which do not say the genre.
const PAGE_TYPES: [&str; 8] = ["post", "posts", "page", "article", "docs", "blog", "story", "stories"];
/// Limit of tags of a story.
const MOST_TAGS: usize = 200;
const AUTHOR: Shape = Shape {
    parent: "authors",
    keys: &["name", "role", "url"],
    others: &[
        "display_name",
        "first_name",
        "last_name",
        "email",
        "login",
        "username",
        "slug",
        "id",
        "key",
        "image",
        "img",
        "picture",
        "photo",
        "avatar",
        "image_url",
        "twitter",
        "mastodon",
        "bluesky",
        "facebook",
        "github",
        "linkedin",
        "instagram",
        "orcid",
        "homepage",
        "website",
        "link",
        "uri",
        "bio",
        "description",
        "title",
        "affiliation",
        "location",
        "profile",
        "profile_image",
        "cover_image",
        "meta_title",
        "meta_description",
    ],
};

impl<'a> Reader<'a> {
    pub(super) fn topics(&mut self) {
        let mut tags = self.get(Key::Tags).map(|node| node.strings(&mut self.problems)).unwrap_or_default();
        self.section(&mut tags);
        self.limit_tags(&mut tags);
        let mut keys: Vec<String> = Vec::with_capacity(tags.len());
        for (node, text) in tags {
            let text = without_quotes(&text);
            if text.contains(" - ") || text.starts_with(['–', '—', '•']) {
                let warning = node
                    .warning("front-matter/list", format!("the tag `{text}` looks like several list items"));
                self.problems.push(
                    warning.help("begin each line of the list with `- `, all with the same indentation"),
                );
            }
            let key = self.config.slugs.key(text);
            if key.is_empty() {
                let error =
                    node.error("front-matter/tag", format!("the tag `{text}` has no letter or digit"));
                self.problems
                    .push(error.help("use at least one letter or digit: the page of the tag needs a URL"));
            } else if !keys.contains(&key) {
                keys.push(key);
                self.front.tags.push(folded(text));
            }
        }
        self.authors();
        self.genre();
        if let Some(node) = self.get(Key::Urgency) {
            match self.take(node.integer()).map(u8::try_from) {
                Some(Ok(urgency @ 1..=9)) => self.front.urgency = Some(urgency),
                Some(_) => {
                    let message = format!("`{}` must be from 1 to 9", node.name());
                    let error = node.error("front-matter/urgency", message);
                    self.problems.push(
                        error.help("write 1 for a flash, 5 for an everyday story, 9 for the least urgent"),
                    );
                }
                None => {}
            }
        }
    }

    /// Limits the tags: each page of a tag lists the tags of its stories, so the cost grows with their square.
    fn limit_tags(&mut self, tags: &mut Vec<(Node<'a>, Cow<'a, str>)>) {
        let Some((first, _)) = tags.get(MOST_TAGS) else { return };
        let message = format!("this story has {} tags; the limit is {MOST_TAGS}", tags.len());
        let error = first.error("front-matter/too-many-tags", message);
        self.problems.push(error.help("keep the few that readers would follow"));
        tags.truncate(MOST_TAGS);
    }

    /// Reads the section. The first of a list of categories is the section; the others are tags.
    fn section(&mut self, tags: &mut Vec<(Node<'a>, Cow<'a, str>)>) {
        let entry = self.entries[Key::Section as usize].as_ref();
        let found = match entry.map(|entry| (entry.value, entry.known.rank)) {
            Some((node, rank)) if rank > 1 || node.is_list() => {
                let mut all = node.strings(&mut self.problems).into_iter();
                let first = all.next();
                tags.extend(all);
                first
            }
            Some((node, _)) => self.line(node).map(|text| (node, Cow::Owned(text))),
            None => None,
        };
        if let Some((node, text)) = found {
            let text = without_quotes(&text);
            let slug = self.section_slug(text);
            if slug.is_empty() {
                let error = node
                    .error("front-matter/section", format!("the section `{text}` has no letter or digit"));
                self.problems.push(error.help("write the slug of a section, as in `section: world`"));
            } else {
                self.check_section(text, slug, || node.place());
            }
        } else if self.front.date.is_some()
            && let Some(folder) = self.source.first_folder()
        {
            let file = self.source.file.clone();
            let slug = self.config.slugs.of(folder);
            if !slug.is_empty() {
                self.check_section(folder, slug, || Place::file(file));
            }
        }
    }

    /// The slug of a section, given by its slug or its title.
    fn section_slug(&self, text: &str) -> String {
        let slug = self.config.slugs.of(text);
        let written = self.config.slugs.of_written(text);
        let sections = self.config.sections.as_deref().unwrap_or_default();
        let by_title = || sections.iter().find(|section| section.title.eq_ignore_ascii_case(text));
        let by_slug = sections.iter().find(|section| section.slug == slug || section.slug == written);
        match by_slug.or_else(by_title) {
            Some(section) => section.slug.clone(),
            None => slug,
        }
    }

    fn check_section(&mut self, written: &str, slug: String, place: impl FnOnce() -> Place) {
        if let Some(sections) = &self.config.sections
            && !sections.iter().any(|section| section.slug == slug)
        {
            let known = || sections.iter().map(|section| section.slug.as_str());
            let list = known().map(|slug| format!("`{slug}`")).collect::<Vec<_>>().join(", ");
            let help = match did_you_mean(&slug, known()) {
                Some(near) => format!("did you mean `{near}`? The sections are {list}"),
                None if sections.is_empty() => "add it to `sections` in `bulletin.yaml`".to_owned(),
                None => {
                    format!("use one of {list}, or add it to `sections` in `bulletin.yaml`")
                }
            };
            let error =
                Diagnostic::error("front-matter/unknown-section", format!("unknown section `{written}`"));
            self.problems.push(error.at(place()).help(help));
            return;
        }
        self.front.section_name = Some(folded(written)).filter(|name| *name != slug);
        self.front.section = Some(slug);
    }

    fn genre(&mut self) {
        let Some(node) = self.get(Key::Genre) else {
            return;
        };
        let Some(text) = self.line(node) else {
            return;
        };
        let plain = text.to_ascii_lowercase().replace(['-', '_', ' '], "");
        if let Some((_, genre)) = Genre::ALL.iter().find(|(name, _)| *name == plain) {
            self.front.genre = *genre;
            return;
        }
        if PAGE_TYPES.contains(&&*plain) {
            return;
        }
        let names = || Genre::ALL.iter().map(|(name, _)| *name);
        let help = match did_you_mean(&plain, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use one of {}", names().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("unknown type `{text}`; the story is treated as news");
        self.problems.push(node.warning("front-matter/type", message).help(help));
    }

    fn authors(&mut self) {
        let Some(node) = self.get(Key::Authors) else {
            return;
        };
        let items: Vec<_> = match node.is_list() {
            true => self.take(node.list()).into_iter().flatten().collect(),
            false => vec![node],
        };
        for item in items {
            if item.is_map() {
                let byline = self.byline(item);
                self.front.authors.extend(byline);
            } else if item.is_list() {
                self.problems.push(*item.wrong_type("a name", "[Ana Ruiz, Bo Lind]"));
            } else if node.is_list() {
                let name = (!item.is_null()).then(|| self.line(item)).flatten();
                self.front.authors.extend(name.map(|name| Byline { name, ..Byline::default() }));
            } else {
                let names = item.strings(&mut self.problems).into_iter();
                self.front
                    .authors
                    .extend(names.map(|(_, name)| Byline { name: folded(&name), ..Byline::default() }));
            }
        }
    }

    fn byline(&mut self, item: Node<'a>) -> Option<Byline> {
        let map = self.take(item.map())?;
        self.check_keys(map, &AUTHOR);
        let Some(name) = NAME.iter().find_map(|key| self.part(map, key)) else {
            let error = item.error("front-matter/author", "this author has no `name`");
            return self.wrong(error, "write, for example, `authors: [{name: Ana Ruiz, role: photographs}]`");
        };
        Some(Byline {
            name,
            role: self.part(map, "role"),
            url: map.get("url").and_then(|node| self.link(node)),
        })
    }
}

/// Text without curly quotation marks around it, or around the list that it is part of.
fn without_quotes(text: &str) -> &str {
    let text = unquoted(text).unwrap_or(text).trim();
    match (text.strip_prefix(['“', '„']), text.strip_suffix('”')) {
        (Some(rest), _) if !rest.contains(['“', '”']) => rest,
        (_, Some(rest)) if !rest.contains(['“', '„', '”']) => rest,
        _ => text,
    }
}
