//! The spelling of a tag, author or series → its preferred name.

use std::collections::{HashMap, HashSet};

use super::Taxonomy;
use crate::config::Config;
use crate::content::{ArticleId, Content};
use crate::slug::{Slugs, small_letters};

/// The names that the configuration prefers, by the [key](Slugs::key) of each spelling.
pub(super) struct PreferredNames {
    slugs: Slugs,
    tags: HashMap<String, TermName>,
    authors: HashMap<String, TermName>,
}

/// The key that all spellings of a name share, the slug, and the name that readers see.
#[derive(Clone)]
pub(super) struct TermName {
    pub(super) key: String,
    pub(super) slug: String,
    pub(super) shown: String,
}

impl TermName {
    pub(super) fn of(written: &str, slugs: Slugs) -> Self {
        Self { key: slugs.key(written), slug: slugs.of_name(written), shown: one_spaced(written) }
    }
}

impl PreferredNames {
    pub(super) fn new(config: &Config) -> Self {
        let slugs = config.slugs;
        let mut preferred = Self { slugs, tags: HashMap::new(), authors: HashMap::new() };
        for name in config.tag_aliases.values() {
            preferred
                .tags
                .insert(slugs.key(name), TermName { shown: name.clone(), ..TermName::of(name, slugs) });
        }
        for (alias, name) in &config.tag_aliases {
            preferred
                .tags
                .insert(slugs.key(alias), TermName { shown: name.clone(), ..TermName::of(name, slugs) });
        }
        for profile in config.authors.iter().rev() {
            let key = format!("profile {}", profile.slug);
            let name = TermName { key, slug: profile.slug.clone(), shown: profile.name.clone() };
            let aliases = profile.aliases.iter().map(|alias| (slugs.key(alias), name.clone()));
            preferred.authors.extend(aliases);
            preferred.authors.insert(slugs.key(&profile.name), name.clone());
            preferred.authors.insert(slugs.key(&profile.slug), name);
        }
        preferred
    }

    /// The preferred name for a spelling.
    pub(super) fn of(&self, taxonomy: Taxonomy, written: &str, language: &str) -> TermName {
        let found = self.find(taxonomy, written, language).cloned();
        found.unwrap_or_else(|| TermName {
            shown: one_spaced(written),
            ..TermName::of(&small_letters(written, language), self.slugs)
        })
    }

    pub(super) fn has(&self, taxonomy: Taxonomy, written: &str, language: &str) -> bool {
        self.find(taxonomy, written, language).is_some()
    }

    fn find(&self, taxonomy: Taxonomy, written: &str, language: &str) -> Option<&TermName> {
        let key = || self.slugs.key(&small_letters(written, language));
        match taxonomy {
            Taxonomy::Tag => self.tags.get(&key()),
            Taxonomy::Author => self.authors.get(&key()),
            Taxonomy::Section | Taxonomy::Series => None,
        }
    }
}

/// The slugs of the terms that some articles name, whether readers see the articles or not.
pub fn slugs_named(
    content: &Content,
    config: &Config,
    ids: impl Iterator<Item = ArticleId>,
) -> HashSet<(Taxonomy, String)> {
    let preferred = PreferredNames::new(config);
    let mut found = HashSet::new();
    for id in ids {
        let front = &content.get(id).front;
        found.extend(front.section.iter().map(|slug| (Taxonomy::Section, slug.clone())));
        let tags = front.tags.iter().map(|name| (Taxonomy::Tag, name));
        let authors = front.authors.iter().map(|byline| (Taxonomy::Author, &byline.name));
        let named = tags.chain(authors).chain(front.series.iter().map(|name| (Taxonomy::Series, name)));
        let language = front.lang.as_deref().unwrap_or(&config.language);
        found.extend(named.map(|(kind, name)| (kind, preferred.of(kind, name, language).slug)));
    }
    found.retain(|(_, slug)| !slug.is_empty());
    found
}

fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
