//! The names in articles' front matter → terms: one section, tag, author or series, however it was spelt.
//!
//! Spellings that differ in case, spaces or accents are one term ([`name_key`]). Its name is the preferred one of the configuration, else the spelling of the oldest story, which a new story cannot change.

use std::collections::HashMap;

use super::Membership;
use crate::config::Config;
use crate::content::{ArticleId, Content};
use crate::slug::{name_key, slugify};

/// A kind of term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Taxonomy {
    /// Parts of the paper.
    Section,
    /// Topics.
    Tag,
    /// People and desks.
    Author,
    /// Storylines.
    Series,
}

/// A term's place in its [`Terms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(pub u32);

/// One section, tag, author or series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its part of the URL.
    pub slug: String,
    /// Its name as readers see it.
    pub name: String,
    /// What the configuration says about it: a section's description, an author's biography.
    pub description: Option<String>,
    /// An author's own page elsewhere.
    pub url: Option<String>,
    /// Its stories, newest first.
    pub stories: Vec<ArticleId>,
}

/// The terms of a taxonomy: sections in the order of the configuration, others by slug.
#[derive(Debug, Default)]
pub struct Terms {
    terms: Vec<Term>,
    by_slug: HashMap<String, TermId>,
    /// While terms are sorted out: what makes spellings one name → its term.
    by_key: HashMap<String, TermId>,
}

impl Terms {
    /// The term with this id.
    pub fn get(&self, id: TermId) -> &Term {
        &self.terms[id.0 as usize]
    }

    /// The term with this slug.
    pub fn by_slug(&self, slug: &str) -> Option<TermId> {
        self.by_slug.get(slug).copied()
    }

    /// Every term with its id, in order.
    pub fn iter(&self) -> impl Iterator<Item = (TermId, &Term)> {
        self.terms.iter().enumerate().map(|(index, term)| (TermId(index as u32), term))
    }

    /// The term of a name. A new one whose slug another has gets a number: the older keeps its URL.
    fn find_or_add(&mut self, key: &str, new: impl FnOnce() -> Term) -> TermId {
        if let Some(&id) = self.by_key.get(key) {
            return id;
        }
        let id = TermId(self.terms.len() as u32);
        let mut term = new();
        let mut number = 2;
        let slug = term.slug.clone();
        while self.by_slug.contains_key(&term.slug) {
            term.slug = format!("{slug}-{number}");
            number += 1;
        }
        self.by_slug.insert(term.slug.clone(), id);
        self.by_key.insert(key.to_owned(), id);
        self.terms.push(term);
        id
    }

    /// Puts the terms in the order of their slugs; gives the new id of each old one.
    fn sort_by_slug(&mut self) -> Vec<TermId> {
        self.by_key.clear();
        let mut old: Vec<(usize, Term)> = std::mem::take(&mut self.terms).into_iter().enumerate().collect();
        old.sort_unstable_by(|a, b| a.1.slug.cmp(&b.1.slug));
        let mut moved = vec![TermId(0); old.len()];
        for (new, (was, term)) in old.into_iter().enumerate() {
            moved[was] = TermId(new as u32);
            self.by_slug.insert(term.slug.clone(), TermId(new as u32));
            self.terms.push(term);
        }
        moved
    }
}

/// Sorts stories, which come newest first, into terms. Standing pages belong to terms without being in their lists.
pub(super) fn sort_out(
    content: &Content,
    config: &Config,
    stories: &[ArticleId],
    standing: &[ArticleId],
) -> ([Terms; 4], Vec<Membership>) {
    let mut sorter = Sorter::new(config);
    let mut memberships = vec![Membership::default(); content.len()];
    // Oldest first: the first spelling that is met gives a term its name.
    for &id in stories.iter().rev().chain(standing) {
        memberships[id.0 as usize] = sorter.place(content, id);
    }
    sorter.finish(&mut memberships, stories);
    (sorter.terms, memberships)
}

struct Sorter<'c> {
    config: &'c Config,
    preferred: Preferred,
    terms: [Terms; 4],
    /// Spelling of a tag or byline → how its term is known, as both are asked for again and again.
    spellings: HashMap<(Taxonomy, String), Name>,
}

impl<'c> Sorter<'c> {
    fn new(config: &'c Config) -> Self {
        let mut terms: [Terms; 4] = Default::default();
        for section in config.sections.iter().flatten() {
            terms[Taxonomy::Section as usize].find_or_add(&section.slug, || Term {
                slug: section.slug.clone(),
                name: section.title.clone(),
                description: section.description.clone(),
                url: None,
                stories: Vec::new(),
            });
        }
        Self { config, preferred: Preferred::new(config), terms, spellings: HashMap::new() }
    }

    fn place(&mut self, content: &Content, id: ArticleId) -> Membership {
        let front = &content.get(id).front;
        let section = front.section.as_deref().map(|slug| {
            let written = front.section_name.as_deref().unwrap_or(slug);
            // Capitals that somebody wrote are meant.
            let is_plain = written == slug || written == written.to_lowercase();
            let name = || if is_plain { capitalised(written) } else { written.to_owned() };
            self.terms[Taxonomy::Section as usize].find_or_add(slug, || plain(slug.to_owned(), name()))
        });
        let mut tags: Vec<TermId> = Vec::with_capacity(front.tags.len());
        for written in &front.tags {
            tags.extend(self.term(Taxonomy::Tag, written).filter(|id| !tags.contains(id)));
        }
        let authors = front.authors.iter().map(|byline| self.term(Taxonomy::Author, &byline.name)).collect();
        let series = front.series.as_deref().and_then(|written| self.term(Taxonomy::Series, written));
        Membership { section, tags, authors, series }
    }

    fn term(&mut self, taxonomy: Taxonomy, written: &str) -> Option<TermId> {
        let key = (taxonomy, written.to_owned());
        let (config, preferred) = (self.config, &self.preferred);
        let name = self.spellings.entry(key).or_insert_with(|| preferred.of(taxonomy, written));
        if name.slug.is_empty() {
            return None;
        }
        Some(self.terms[taxonomy as usize].find_or_add(&name.key, || {
            let mut term = plain(name.slug.clone(), name.shown.clone());
            let profile = config.authors.iter().find(|profile| profile.slug == term.slug);
            if let Some(profile) = profile.filter(|_| taxonomy == Taxonomy::Author) {
                term.description.clone_from(&profile.bio);
                term.url.clone_from(&profile.url);
            }
            term
        }))
    }

    /// Brings the terms in order, gives articles the new ids and fills the lists.
    fn finish(&mut self, memberships: &mut [Membership], newest_first: &[ArticleId]) {
        let moved = [Taxonomy::Tag, Taxonomy::Author, Taxonomy::Series]
            .map(|kind| self.terms[kind as usize].sort_by_slug());
        let sections = if self.config.sections.is_none() {
            self.terms[Taxonomy::Section as usize].sort_by_slug()
        } else {
            Vec::new()
        };
        let to = |moved: &[TermId], id: &mut TermId| *id = moved.get(id.0 as usize).copied().unwrap_or(*id);
        for membership in memberships.iter_mut() {
            membership.tags.iter_mut().for_each(|id| to(&moved[0], id));
            membership.authors.iter_mut().flatten().for_each(|id| to(&moved[1], id));
            membership.series.iter_mut().for_each(|id| to(&moved[2], id));
            membership.section.iter_mut().for_each(|id| to(&sections, id));
        }
        for &article in newest_first {
            let membership = &memberships[article.0 as usize];
            let mut list = |kind: Taxonomy, id: TermId| {
                let stories = &mut self.terms[kind as usize].terms[id.0 as usize].stories;
                if stories.last() != Some(&article) {
                    stories.push(article);
                }
            };
            membership.section.iter().for_each(|id| list(Taxonomy::Section, *id));
            membership.tags.iter().for_each(|id| list(Taxonomy::Tag, *id));
            membership.authors.iter().flatten().for_each(|id| list(Taxonomy::Author, *id));
            membership.series.iter().for_each(|id| list(Taxonomy::Series, *id));
        }
    }
}

/// The names that the configuration prefers, by the [`name_key`] of what is written.
#[derive(Default)]
struct Preferred {
    tags: HashMap<String, Name>,
    authors: HashMap<String, Name>,
}

/// How a term is known: by what makes spellings one name, by its part of the URL, by what readers see.
#[derive(Clone)]
struct Name {
    key: String,
    slug: String,
    shown: String,
}

impl Name {
    fn of(written: &str) -> Self {
        Self { key: name_key(written), slug: slugify(written), shown: one_spaced(written) }
    }
}

impl Preferred {
    fn new(config: &Config) -> Self {
        let mut preferred = Self::default();
        for name in config.tag_aliases.values() {
            preferred.tags.insert(name_key(name), Name { shown: name.clone(), ..Name::of(name) });
        }
        for (alias, name) in &config.tag_aliases {
            preferred.tags.insert(name_key(alias), Name { shown: name.clone(), ..Name::of(name) });
        }
        for profile in config.authors.iter().rev() {
            let key = format!("profile {}", profile.slug);
            let name = Name { key, slug: profile.slug.clone(), shown: profile.name.clone() };
            preferred.authors.insert(name_key(&profile.name), name.clone());
            preferred.authors.insert(profile.slug.clone(), name);
        }
        preferred
    }

    /// How a term is known by one of its spellings.
    fn of(&self, taxonomy: Taxonomy, written: &str) -> Name {
        let known = match taxonomy {
            Taxonomy::Tag => self.tags.get(&name_key(written)),
            Taxonomy::Author => self.authors.get(&name_key(written)),
            Taxonomy::Section | Taxonomy::Series => None,
        };
        known.cloned().unwrap_or_else(|| Name::of(written))
    }
}

fn plain(slug: String, name: String) -> Term {
    Term { slug, name, description: None, url: None, stories: Vec::new() }
}

fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A title for a section that the configuration does not name: `world-news` → `World news`.
fn capitalised(slug: &str) -> String {
    let words = slug.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
