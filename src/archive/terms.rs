//! The names in articles' front matter → terms: one section, tag, author or series, however it was spelt.
//!
//! Spellings that differ in case, spaces or accents are one term ([`Slugs::key`]). Where these are different words, a warning says so
//! once ([`Merge`]). A term's name is the preferred one of the configuration, else the spelling of the oldest story, which a new story
//! cannot change.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::{Departed, Membership, Trace};
use crate::config::{AuthorProfile, Config};
use crate::content::{ArticleId, Byline, Content, FrontMatter};
use crate::slug::{Slugs, are_different_words, small_letters};

/// Articles that are read in one go.
const RUN: usize = 4096;

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
    const ALL: [Self; 4] = [Self::Section, Self::Tag, Self::Author, Self::Series];
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
                term.description.clone_from(&profile.bio);
                term.url.clone_from(&profile.url);
                term.image.clone_from(&profile.image);
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

/// Sorts stories, which come newest first, into terms. Standing pages belong to terms without being in their lists, and so do
/// stories that departed, which make no new ones.
///
/// Names are read in parallel, a run of articles at a time; what they mean is looked up once for each run.
pub(super) fn sort_out(
    content: &Content,
    config: &Config,
    stories: &[ArticleId],
    standing: &[ArticleId],
    departed: Vec<(ArticleId, Trace)>,
) -> ([Terms; 4], Vec<Membership>, Vec<Merge>, Vec<Departed>) {
    // Oldest first: the first spelling that is met gives a term its name.
    let in_order: Vec<ArticleId> = stories.iter().rev().chain(standing).copied().collect();
    let mut runs: Vec<Run<'_>> = in_order.par_chunks(RUN).map(|ids| Run::read(content, ids)).collect();
    let mut sorter = Sorter::new(config);
    let mut known: Vec<Known> = runs.iter().map(|run| sorter.known(content, run)).collect();
    let ids: Vec<ArticleId> = departed.iter().map(|(id, _)| *id).collect();
    let mut gone = Run::read(content, &ids);
    let mut known_of_gone: Known = Taxonomy::ALL.map(|kind| {
        let met = gone.spellings[kind as usize].met.iter();
        met.map(|(spelling, _)| sorter.find(kind, *spelling)).collect()
    });
    let (mut terms, merges) = (sorter.terms, sorter.merges);
    let moved = Taxonomy::ALL.map(|kind| match kind {
        Taxonomy::Section if config.sections.is_some() => None,
        kind => Some(terms[kind as usize].sort_by_slug()),
    });
    runs.par_iter_mut().zip(&mut known).for_each(|(run, known)| run.name(known, &moved));
    gone.name(&mut known_of_gone, &moved);
    let traces = departed.into_iter().zip(gone.placed);
    let departed = traces.map(|((id, trace), (_, membership))| Departed { id, trace, membership }).collect();
    let placed = runs.iter().flat_map(|run| &run.placed);
    terms.par_iter_mut().zip(Taxonomy::ALL).for_each(|(terms, kind)| {
        terms.list(placed.clone().take(stories.len()), kind);
    });
    let mut memberships = vec![Membership::default(); content.len()];
    for (id, membership) in runs.into_iter().flat_map(|run| run.placed) {
        memberships[id.0 as usize] = membership;
    }
    (terms, memberships, merges, departed)
}

/// What each spelling of a run means, by taxonomy: its term, if it has a letter.
type Known = [Vec<Option<TermId>>; 4];

/// Some articles that follow each other.
struct Run<'c> {
    /// Their terms: at first, places in `spellings`.
    placed: Vec<(ArticleId, Membership)>,
    spellings: [Spellings<'c>; 4],
}

/// A name as it is written, and the language of the article if it has one of its own.
type Spelling<'c> = (&'c str, Option<&'c str>);

/// The spellings of one taxonomy that a run has, numbered as they are met.
#[derive(Default)]
struct Spellings<'c> {
    /// By language too, if the article has its own: there, they may mean something else.
    numbers: HashMap<Spelling<'c>, TermId, RandomState>,
    /// Each with the first article that has it.
    met: Vec<(Spelling<'c>, ArticleId)>,
}

impl<'c> Spellings<'c> {
    fn number(&mut self, written: &'c str, language: Option<&'c str>, by: ArticleId) -> TermId {
        let spelling = (written, language);
        *self.numbers.entry(spelling).or_insert_with(|| {
            self.met.push((spelling, by));
            TermId(self.met.len() as u32 - 1)
        })
    }
}

impl<'c> Run<'c> {
    fn read(content: &'c Content, ids: &[ArticleId]) -> Self {
        let mut spellings: [Spellings<'c>; 4] = Default::default();
        let [sections, tags, authors, series] = &mut spellings;
        let placed = ids.iter().map(|&id| {
            let front = &content.get(id).front;
            let lang = front.lang.as_deref();
            let mut author = |byline: &'c Byline| Some(authors.number(&byline.name, lang, id));
            let membership = Membership {
                section: front.section.as_ref().map(|slug| sections.number(slug, None, id)),
                tags: front.tags.iter().map(|tag| tags.number(tag, lang, id)).collect(),
                authors: front.authors.iter().map(&mut author).collect(),
                series: front.series.as_ref().map(|name| series.number(name, lang, id)),
            };
            (id, membership)
        });
        Self { placed: placed.collect(), spellings }
    }

    /// Puts terms where there were spellings.
    fn name(&mut self, known: &mut Known, moved: &[Option<Vec<TermId>>; 4]) {
        for (known, moved) in known.iter_mut().zip(moved) {
            for (id, moved) in known.iter_mut().flatten().zip(std::iter::repeat(moved)) {
                *id = moved.as_ref().map_or(*id, |moved| moved[id.0 as usize]);
            }
        }
        let [sections, tags, authors, series] = known;
        let term = |known: &[Option<TermId>], number: TermId| known[number.0 as usize];
        for (_, membership) in &mut self.placed {
            membership.section = membership.section.and_then(|number| term(sections, number));
            membership.tags.retain_mut(|tag| term(tags, *tag).map(|id| *tag = id).is_some());
            keep_first(&mut membership.tags);
            membership
                .authors
                .iter_mut()
                .for_each(|author| *author = author.and_then(|number| term(authors, number)));
            membership.series = membership.series.and_then(|number| term(series, number));
        }
    }
}

/// Leaves out what was there before.
fn keep_first(tags: &mut Vec<TermId>) {
    if let [] | [_] = tags[..] {
        return;
    }
    let mut seen = HashSet::with_capacity_and_hasher(tags.len(), RandomState::default());
    tags.retain(|tag| seen.insert(*tag));
}

struct Sorter<'c> {
    config: &'c Config,
    preferred: Preferred,
    terms: [Terms; 4],
    /// Spelling → its term, as each is asked for once a run.
    known: [HashMap<Spelling<'c>, Option<TermId>, RandomState>; 4],
    /// The first spelling of each term by which an article has it.
    first: HashMap<(Taxonomy, TermId), (&'c str, ArticleId), RandomState>,
    merges: Vec<Merge>,
}

/// Two spellings that are one term and may be different words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Merge {
    pub(super) kind: Taxonomy,
    /// Each with an article that has it, the older first.
    pub(super) spellings: [(String, ArticleId); 2],
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
                image: None,
                is_organization: false,
                stories: Vec::new(),
            });
        }
        Self {
            config,
            preferred: Preferred::new(config),
            terms,
            known: Default::default(),
            first: HashMap::default(),
            merges: Vec::new(),
        }
    }

    fn known(&mut self, content: &'c Content, run: &Run<'c>) -> Known {
        Taxonomy::ALL.map(|kind| {
            let met = &run.spellings[kind as usize].met;
            met.iter().map(|(spelling, by)| self.find_or_add(content, kind, *spelling, *by)).collect()
        })
    }

    fn find_or_add(
        &mut self,
        content: &Content,
        kind: Taxonomy,
        spelling: Spelling<'c>,
        by: ArticleId,
    ) -> Option<TermId> {
        if let Some(known) = self.known[kind as usize].get(&spelling) {
            return *known;
        }
        let (written, language) = spelling;
        let language = language.unwrap_or(&self.config.language);
        let id = match kind {
            Taxonomy::Section => Some(self.section(&content.get(by).front, written)),
            Taxonomy::Tag | Taxonomy::Author | Taxonomy::Series => self.term(kind, written, language),
        };
        if let Some(id) = id.filter(|_| kind != Taxonomy::Section) {
            self.compare(content, (kind, id), written, by);
        }
        self.known[kind as usize].insert(spelling, id);
        id
    }

    /// Notes a spelling that is another word than the first of its term, unless the configuration names it.
    fn compare(&mut self, content: &Content, term: (Taxonomy, TermId), written: &'c str, by: ArticleId) {
        let (first, older) = *self.first.entry(term).or_insert((written, by));
        let usual = &*self.config.language;
        let language = |id: ArticleId| content.get(id).front.lang.as_deref().unwrap_or(usual);
        let differ = |language| are_different_words(first, written, language);
        if !(differ(language(by)) || differ(language(older)))
            || self.preferred.has(term.0, written, language(by))
        {
            return;
        }
        let spellings = [(first.to_owned(), older), (written.to_owned(), by)];
        let merge = Merge { kind: term.0, spellings };
        if !self.merges.contains(&merge) {
            self.merges.push(merge);
        }
    }

    /// The term of a spelling, if there is one.
    fn find(&self, kind: Taxonomy, (written, language): Spelling<'_>) -> Option<TermId> {
        let language = language.unwrap_or(&self.config.language);
        let key = match kind {
            Taxonomy::Section => written.to_owned(),
            Taxonomy::Tag | Taxonomy::Author | Taxonomy::Series => {
                self.preferred.of(kind, written, language).key
            }
        };
        self.terms[kind as usize].by_key.get(&key).copied()
    }

    fn section(&mut self, front: &FrontMatter, slug: &str) -> TermId {
        let written = front.section_name.as_deref().unwrap_or(slug);
        // Capitals that somebody wrote are meant.
        let is_plain = written == slug || written == written.to_lowercase();
        let name = || if is_plain { capitalised(written) } else { written.to_owned() };
        self.terms[Taxonomy::Section as usize].find_or_add(slug, || plain(slug.to_owned(), name()))
    }

    fn term(&mut self, taxonomy: Taxonomy, written: &str, language: &str) -> Option<TermId> {
        let Name { key, slug, shown } = self.preferred.of(taxonomy, written, language);
        if slug.is_empty() {
            return None;
        }
        let (profiles, topics) = (&self.config.authors, &self.config.tags);
        Some(self.terms[taxonomy as usize].find_or_add(&key, || {
            let mut term = plain(slug, shown);
            if let Some(topic) = topics.iter().find(|topic| topic.name == term.name)
                && taxonomy == Taxonomy::Tag
            {
                term.description.clone_from(&topic.description);
            }
            let profile = profiles.iter().find(|profile| profile.slug == term.slug);
            if let Some(profile) = profile.filter(|_| taxonomy == Taxonomy::Author) {
                term.description.clone_from(&profile.bio);
                term.url.clone_from(&profile.url);
                term.image.clone_from(&profile.image);
                term.is_organization = profile.is_organization;
            }
            term
        }))
    }
}

/// The names that the configuration prefers, by the [key](Slugs::key) of what is written.
struct Preferred {
    slugs: Slugs,
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
    fn of(written: &str, slugs: Slugs) -> Self {
        Self { key: slugs.key(written), slug: slugs.of_name(written), shown: one_spaced(written) }
    }
}

impl Preferred {
    fn new(config: &Config) -> Self {
        let slugs = config.slugs;
        let mut preferred = Self { slugs, tags: HashMap::new(), authors: HashMap::new() };
        for name in config.tag_aliases.values() {
            preferred.tags.insert(slugs.key(name), Name { shown: name.clone(), ..Name::of(name, slugs) });
        }
        for (alias, name) in &config.tag_aliases {
            preferred.tags.insert(slugs.key(alias), Name { shown: name.clone(), ..Name::of(name, slugs) });
        }
        for profile in config.authors.iter().rev() {
            let key = format!("profile {}", profile.slug);
            let name = Name { key, slug: profile.slug.clone(), shown: profile.name.clone() };
            let aliases = profile.aliases.iter().map(|alias| (slugs.key(alias), name.clone()));
            preferred.authors.extend(aliases);
            preferred.authors.insert(slugs.key(&profile.name), name.clone());
            preferred.authors.insert(slugs.key(&profile.slug), name);
        }
        preferred
    }

    /// How a term is known by one of its spellings.
    fn of(&self, taxonomy: Taxonomy, written: &str, language: &str) -> Name {
        let found = self.find(taxonomy, written, language).cloned();
        found.unwrap_or_else(|| Name {
            shown: one_spaced(written),
            ..Name::of(&small_letters(written, language), self.slugs)
        })
    }

    fn has(&self, taxonomy: Taxonomy, written: &str, language: &str) -> bool {
        self.find(taxonomy, written, language).is_some()
    }

    fn find(&self, taxonomy: Taxonomy, written: &str, language: &str) -> Option<&Name> {
        let key = || self.slugs.key(&small_letters(written, language));
        match taxonomy {
            Taxonomy::Tag => self.tags.get(&key()),
            Taxonomy::Author => self.authors.get(&key()),
            Taxonomy::Section | Taxonomy::Series => None,
        }
    }
}

/// The terms that some articles name, by their slugs, whether readers see these or not.
pub fn slugs_named(
    content: &Content,
    config: &Config,
    ids: impl Iterator<Item = ArticleId>,
) -> HashSet<(Taxonomy, String)> {
    let preferred = Preferred::new(config);
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

fn plain(slug: String, name: String) -> Term {
    Term {
        slug,
        name,
        description: None,
        url: None,
        image: None,
        is_organization: false,
        stories: Vec::new(),
    }
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
