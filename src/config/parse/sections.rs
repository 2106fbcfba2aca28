//! Sections and tags.

use std::collections::BTreeMap;

use super::Reader;
use crate::config::{Section, TagProfile, keys};
use crate::yaml::{Map, Node};

/// First parts of URLs that bulletin uses itself.
const RESERVED: [&str; 4] = ["tags", "authors", "series", "page"];

/// Whether a section can have this slug, because bulletin does not use it itself.
pub(crate) fn is_section_slug_free(slug: &str) -> bool {
    !RESERVED.contains(&slug)
}

impl Reader {
    pub(super) fn sections(&mut self, node: Node<'_>) -> Option<Vec<Section>> {
        let mut sections: Vec<Section> = Vec::new();
        for item in self.take(node.list())? {
            let Some((section, at)) = self.section(item) else {
                continue;
            };
            if sections.iter().any(|known| known.slug == section.slug) {
                let message = format!("two sections have the slug `{}`", section.slug);
                self.problems.push(at.error("config/duplicate-section", message).help("delete one of them"));
            } else {
                sections.push(section);
            }
        }
        Some(sections)
    }

    fn section<'a>(&mut self, item: Node<'a>) -> Option<(Section, Node<'a>)> {
        if !item.is_map() {
            let text = self.line(item)?;
            let slug = self.section_slug(item, &self.slugs.of(&text))?;
            let title = if text == slug { title_of(&slug) } else { text };
            return Some((Section { slug, title, description: None, podcast: None }, item));
        }
        let map = self.take(item.map())?;
        self.check_keys(map, &keys::SECTION);
        let title = self.text(map, "title");
        let description = self.text(map, "description");
        let podcast = self.podcast(map);
        let (slug, at) = match (map.get("slug"), &title) {
            (Some(node), _) => (self.line(node)?, node),
            (None, Some(title)) => (self.slugs.of(title), item),
            (None, None) => {
                let problem = item.error("config/section", "this section has no `slug` and no `title`");
                return self.wrong(problem, "add them, as in `- {slug: world, title: World}`");
            }
        };
        let slug = self.section_slug(at, &slug)?;
        let title = title.unwrap_or_else(|| title_of(&slug));
        Some((Section { slug, title, description, podcast }, at))
    }

    fn section_slug(&mut self, at: Node<'_>, slug: &str) -> Option<String> {
        let right = self.slugs.of_written(slug);
        if slug != right || slug.is_empty() {
            let problem = at.error("config/section", format!("`{slug}` is not a valid slug"));
            let example = if right.is_empty() { "world" } else { &right };
            return self.wrong(problem, format!("use letters, digits and hyphens, as in `{example}`"));
        }
        if !is_section_slug_free(slug) {
            let problem = at.error("config/section", format!("the slug `{slug}` is reserved"));
            return self.wrong(problem, format!("choose another one: bulletin uses `/{slug}/` itself"));
        }
        Some(slug.to_owned())
    }

    /// Profiles of tags with their aliases, from a list of both or a map of aliases alone.
    pub(super) fn tags(&mut self, node: Node<'_>) -> (Vec<TagProfile>, BTreeMap<String, String>) {
        if !node.is_list() {
            let map = self.take(node.map());
            return (Vec::new(), map.map(|map| self.tag_aliases(map)).unwrap_or_default());
        }
        let (mut tags, mut aliases) = (Vec::<TagProfile>::new(), BTreeMap::new());
        for item in self.take(node.list()).into_iter().flatten() {
            let Some((tag, others)) = self.tag(item) else { continue };
            // The name itself is also a spelling.
            for spelling in others.into_iter().chain([tag.name.clone()]) {
                let key = self.slugs.key(&spelling);
                let other = aliases.iter().find(|(known, _): &(&String, _)| self.slugs.key(known) == key);
                if other.is_some_and(|(_, name)| *name != tag.name) {
                    let message = format!("two tags have the name `{spelling}`");
                    let problem = item.error("config/duplicate-tag", message);
                    self.problems.push(problem.help("remove it from one of them"));
                } else {
                    aliases.insert(spelling, tag.name.clone());
                }
            }
            tags.push(tag);
        }
        (tags, aliases)
    }

    fn tag(&mut self, item: Node<'_>) -> Option<(TagProfile, Vec<String>)> {
        if !item.is_map() {
            return Some((TagProfile { name: self.line(item)?, ..TagProfile::default() }, Vec::new()));
        }
        let map = self.take(item.map())?;
        self.check_keys(map, &keys::TAG);
        let Some(name) = map.get("name") else {
            let problem = item.error("config/tag", "this tag has no `name`");
            return self
                .wrong(problem, "add one, as in `- {name: Port, description: Ships and their crews}`");
        };
        let tag = TagProfile {
            name: self.line(name)?,
            description: self.text(map, "description"),
            podcast: self.podcast(map),
        };
        Some((tag, self.aliases(map)))
    }

    fn tag_aliases(&mut self, map: Map<'_>) -> BTreeMap<String, String> {
        self.check_keys(map, &keys::TAG_ALIASES);
        let aliases = self.group(map, "aliases").map(|map| self.pairs(map)).unwrap_or_default();
        aliases.into_iter().filter_map(|(name, node)| Some((name, self.line(node)?))).collect()
    }
}

fn title_of(slug: &str) -> String {
    let words = slug.replace('-', " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
