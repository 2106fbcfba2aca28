//! The names in articles' front matter → terms: one section, tag, author or series, however it was spelt.
//!
//! Spellings that differ in case, spaces or accents are one term ([`Slugs::key`](crate::slug::Slugs::key)). Where these are different words, a warning says so
//! once ([`MergedNames`]). A term's name is the preferred one of the configuration, else the spelling of the oldest story, which a new story
//! cannot change.

use std::collections::HashMap;

use crate::config::AuthorProfile;
use crate::content::ArticleId;

mod collect;
mod names;
mod spellings;

pub(super) use collect::{CollectedTerms, MergedNames, collect};
pub use names::slugs_named;

/// A kind of term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
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

impl Taxonomy {
    /// What one of its terms is called: `section`, `tag`, `author`, `series`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Section => "section",
            Self::Tag => "tag",
            Self::Author => "author",
            Self::Series => "series",
        }
    }

    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Section, Self::Tag, Self::Author, Self::Series];
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
    /// What the configuration says about it: a section's or tag's description, an author's biography.
    pub description: Option<String>,
    /// An author's own page elsewhere.
    pub url: Option<String>,
    /// Path or URL of a picture of an author.
    pub image: Option<String>,
    /// An author that is a desk or an agency, not a person.
    pub is_organization: bool,
    /// Its stories, newest first.
    pub stories: Vec<ArticleId>,
}

impl Term {
    fn new(slug: String, name: String) -> Self {
        Self {
            slug,
            name,
            description: None,
            url: None,
            image: None,
            is_organization: false,
            stories: Vec::new(),
        }
    }

    /// Copies what the profile of an author says.
    fn describe(&mut self, profile: &AuthorProfile) {
        self.description.clone_from(&profile.bio);
        self.url.clone_from(&profile.url);
        self.image.clone_from(&profile.image);
        self.is_organization = profile.is_organization;
    }
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

    /// Takes the texts, URLs and pictures of authors from their profiles.
    pub(super) fn describe(&mut self, profiles: &[AuthorProfile]) {
        for term in &mut self.terms {
            if let Some(profile) = profiles.iter().find(|profile| profile.slug == term.slug) {
                term.describe(profile);
            }
        }
    }

    /// The term of a name. No two names have one slug ([`Slugs::of_name`]); should two signs of names be equal, one gets a number.
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
        self.by_key = HashMap::new();
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

    /// Fills the lists with stories, which come oldest first.
    fn list<'m>(
        &mut self,
        oldest_first: impl Iterator<Item = &'m (ArticleId, Membership)> + Clone,
        kind: Taxonomy,
    ) {
        let mut lengths = vec![0; self.terms.len()];
        for (_, membership) in oldest_first.clone() {
            membership.each(kind, |id| lengths[id.0 as usize] += 1);
        }
        for (term, length) in self.terms.iter_mut().zip(lengths) {
            term.stories.reserve_exact(length);
        }
        for (story, membership) in oldest_first {
            membership.each(kind, |id| {
                let stories = &mut self.terms[id.0 as usize].stories;
                if stories.last() != Some(story) {
                    stories.push(*story);
                }
            });
        }
        self.terms.iter_mut().for_each(|term| term.stories.reverse());
    }
}

/// The terms that an article belongs to.
#[derive(Clone, Debug, Default)]
pub struct Membership {
    /// Its section.
    pub section: Option<TermId>,
    /// Its tags, in the order written.
    pub tags: Vec<TermId>,
    /// Its authors, in the order of the byline; `None` for a byline whose name has no letter.
    pub authors: Vec<Option<TermId>>,
    /// Its series.
    pub series: Option<TermId>,
}

impl Membership {
    pub(super) fn belongs(&self, kind: Taxonomy, term: TermId) -> bool {
        let mut belongs = false;
        self.each(kind, |id| belongs |= id == term);
        belongs
    }

    fn each(&self, kind: Taxonomy, mut see: impl FnMut(TermId)) {
        match kind {
            Taxonomy::Section => self.section.into_iter().for_each(see),
            Taxonomy::Tag => self.tags.iter().for_each(|id| see(*id)),
            Taxonomy::Author => self.authors.iter().flatten().for_each(|id| see(*id)),
            Taxonomy::Series => self.series.into_iter().for_each(see),
        }
    }
}
