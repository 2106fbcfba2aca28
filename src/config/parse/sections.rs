//! The sections and topics of the paper.

use std::collections::BTreeMap;

use super::Reader;
use crate::config::{Section, TagProfile};
use crate::yaml::{Map, Node};

/// First parts of URLs that are not free for sections.
const RESERVED: [&str; 4] = ["tags", "authors", "series", "page"];

/// Whether a section may have a slug, for all that the site has itself.
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
                let message = format!("there are two sections `{}`", section.slug);
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
            return Some((Section { slug, title, description: None }, item));
        }
        let map = self.take(item.map())?;
        self.only(map, &["slug", "title", "description"]);
        let title = self.text(map, "title");
        let description = self.text(map, "description");
        let (slug, at) = match (map.get("slug"), &title) {
            (Some(node), _) => (self.line(node)?, node),
            (None, Some(title)) => (self.slugs.of(title), item),
            (None, None) => {
                let problem = item.error("config/section", "this section has no `slug`");
                return self.wrong(problem, "for example `- {slug: world, title: World}`");
            }
        };
        let slug = self.section_slug(at, &slug)?;
        let title = title.unwrap_or_else(|| title_of(&slug));
        Some((Section { slug, title, description }, at))
    }

    fn section_slug(&mut self, at: Node<'_>, slug: &str) -> Option<String> {
        let right = self.slugs.of_written(slug);
        if slug != right || slug.is_empty() {
            let problem = at.error("config/section", format!("`{slug}` cannot be a part of a URL"));
            let example = if right.is_empty() { "world" } else { &right };
            return self.wrong(problem, format!("write a slug of letters, digits and hyphens: `{example}`"));
        }
        if !is_section_slug_free(slug) {
            let problem = at.error("config/section", format!("a section cannot have the slug `{slug}`"));
            return self
                .wrong(problem, format!("`/{slug}/` is taken by the site itself; give it another slug"));
        }
        Some(slug.to_owned())
    }

    /// Profiles of tags, and what else they are called: as a list of both, or as a map of names alone.
    pub(super) fn tags(&mut self, node: Node<'_>) -> (Vec<TagProfile>, BTreeMap<String, String>) {
        if !node.is_list() {
            let map = self.take(node.map());
            return (Vec::new(), map.map(|map| self.tag_aliases(map)).unwrap_or_default());
        }
        let (mut tags, mut aliases) = (Vec::<TagProfile>::new(), BTreeMap::new());
        for item in self.take(node.list()).into_iter().flatten() {
            let Some((tag, others)) = self.tag(item) else { continue };
            // The name is a spelling, too, and the one that readers see.
            for spelling in others.into_iter().chain([tag.name.clone()]) {
                let key = self.slugs.key(&spelling);
                let other = aliases.iter().find(|(known, _): &(&String, _)| self.slugs.key(known) == key);
                if other.is_some_and(|(_, name)| *name != tag.name) {
                    let message = format!("two tags have the name `{spelling}`");
                    let problem = item.error("config/duplicate-tag", message);
                    self.problems.push(problem.help("take it out of one of them"));
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
            return Some((TagProfile { name: self.line(item)?, description: None }, Vec::new()));
        }
        let map = self.take(item.map())?;
        self.only(map, &["name", "description", "aliases"]);
        let Some(name) = map.get("name") else {
            let problem = item.error("config/tag", "this tag has no `name`");
            return self.wrong(
                problem,
                "for example `- {name: Port, description: Ships and those who unload them}`",
            );
        };
        let tag = TagProfile { name: self.line(name)?, description: self.text(map, "description") };
        Some((tag, self.aliases(map)))
    }

    fn tag_aliases(&mut self, map: Map<'_>) -> BTreeMap<String, String> {
        self.only(map, &["aliases"]);
        let aliases = self.inner(map, "aliases").map(|map| self.pairs(map)).unwrap_or_default();
        aliases.into_iter().filter_map(|(name, node)| Some((name, self.line(node)?))).collect()
    }
}

fn title_of(slug: &str) -> String {
    let words = slug.replace('-', " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
