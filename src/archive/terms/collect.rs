//! The names in the front matter of all stories → the terms of the site and the terms of each article.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::names::{PreferredNames, TermName};
use super::spellings::{Batch, Spelling, TermsOfSpellings};
use super::{Membership, Taxonomy, Term, TermId, Terms};
use crate::config::Config;
use crate::content::{ArticleId, Content, FrontMatter, place_of_value};
use crate::diagnostic::Diagnostic;
use crate::slug::are_different_words;

/// Articles that are read in one go.
const BATCH: usize = 4096;

/// The terms of a site, and the terms of each article.
pub(in crate::archive) struct CollectedTerms {
    /// By taxonomy.
    pub(in crate::archive) terms: [Terms; 4],
    /// By article; empty for articles that readers do not see.
    pub(in crate::archive) memberships: Vec<Membership>,
    /// The terms of the departed stories, in their order.
    pub(in crate::archive) departed: Vec<Membership>,
    pub(in crate::archive) merges: Vec<MergedNames>,
}

/// Collects the terms of stories, which come newest first. Standing pages and departed stories belong to terms without being in their
/// lists; departed stories create no terms.
///
/// Names are read in parallel, in batches; each spelling is looked up once per batch.
pub(in crate::archive) fn collect(
    content: &Content,
    config: &Config,
    stories: &[ArticleId],
    standing: &[ArticleId],
    departed: &[ArticleId],
) -> CollectedTerms {
    // Oldest first, because the first spelling that is met names the term.
    let in_order: Vec<ArticleId> = stories.iter().rev().chain(standing).copied().collect();
    let mut batches: Vec<Batch<'_>> =
        in_order.par_chunks(BATCH).map(|ids| Batch::read(content, ids)).collect();
    let mut builder = TermBuilder::new(config);
    let mut known: Vec<TermsOfSpellings> = batches.iter().map(|batch| builder.add(content, batch)).collect();
    let mut gone = Batch::read(content, departed);
    let mut known_of_gone: TermsOfSpellings = Taxonomy::ALL.map(|kind| {
        let met = gone.spellings[kind as usize].met.iter();
        met.map(|(spelling, _)| builder.find(kind, *spelling)).collect()
    });
    let (mut terms, merges) = (builder.terms, builder.merges);
    let moved = Taxonomy::ALL.map(|kind| match kind {
        Taxonomy::Section if config.sections.is_some() => None,
        kind => Some(terms[kind as usize].sort_by_slug()),
    });
    batches.par_iter_mut().zip(&mut known).for_each(|(batch, known)| batch.resolve(known, &moved));
    gone.resolve(&mut known_of_gone, &moved);
    let placed = batches.iter().flat_map(|batch| &batch.placed);
    terms.par_iter_mut().zip(Taxonomy::ALL).for_each(|(terms, kind)| {
        terms.list(placed.clone().take(stories.len()), kind);
    });
    let mut memberships = vec![Membership::default(); content.len()];
    for (id, membership) in batches.into_iter().flat_map(|batch| batch.placed) {
        memberships[id.0 as usize] = membership;
    }
    let departed = gone.placed.into_iter().map(|(_, membership)| membership).collect();
    CollectedTerms { terms, memberships, departed, merges }
}

struct TermBuilder<'c> {
    config: &'c Config,
    preferred: PreferredNames,
    terms: [Terms; 4],
    /// Spelling → its term, as each is asked for once a batch.
    known: [HashMap<Spelling<'c>, Option<TermId>, RandomState>; 4],
    /// The first spelling of each term by which an article has it.
    first: HashMap<(Taxonomy, TermId), (&'c str, ArticleId), RandomState>,
    merges: Vec<MergedNames>,
}

/// Two spellings that are one term but may be different words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::archive) struct MergedNames {
    kind: Taxonomy,
    /// Each with an article that uses it, the older first.
    spellings: [(String, ArticleId); 2],
}

impl MergedNames {
    pub(in crate::archive) fn warning(&self, content: &Content) -> Diagnostic {
        let [(first, older), (written, newer)] = &self.spellings;
        let kind = self.kind.name();
        let place = |id: &ArticleId, written: &str| place_of_value(content, content.get(*id), written);
        let alias = match self.kind {
            Taxonomy::Tag => ", or list the other under `tags: aliases` in `bulletin.yaml`",
            _ => "",
        };
        let help = format!(
            "use one spelling everywhere{alias}; if they mean different things, add a word that distinguishes them"
        );
        Diagnostic::warning("archive/merged", format!("the {kind} `{written}` is treated as `{first}`"))
            .at(place(newer, written))
            .also(format!("`{first}` is used here"), place(older, first))
            .help(help)
    }
}

impl<'c> TermBuilder<'c> {
    fn new(config: &'c Config) -> Self {
        let mut terms: [Terms; 4] = Default::default();
        for section in config.sections.iter().flatten() {
            terms[Taxonomy::Section as usize].find_or_add(&section.slug, || Term {
                description: section.description.clone(),
                ..Term::new(section.slug.clone(), section.title.clone())
            });
        }
        Self {
            config,
            preferred: PreferredNames::new(config),
            terms,
            known: Default::default(),
            first: HashMap::default(),
            merges: Vec::new(),
        }
    }

    /// Adds the terms of a batch.
    fn add(&mut self, content: &'c Content, batch: &Batch<'c>) -> TermsOfSpellings {
        Taxonomy::ALL.map(|kind| {
            let met = &batch.spellings[kind as usize].met;
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
        let merge = MergedNames { kind: term.0, spellings };
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
        self.terms[Taxonomy::Section as usize].find_or_add(slug, || Term::new(slug.to_owned(), name()))
    }

    fn term(&mut self, taxonomy: Taxonomy, written: &str, language: &str) -> Option<TermId> {
        let TermName { key, slug, shown } = self.preferred.of(taxonomy, written, language);
        if slug.is_empty() {
            return None;
        }
        let (profiles, topics) = (&self.config.authors, &self.config.tags);
        Some(self.terms[taxonomy as usize].find_or_add(&key, || {
            let mut term = Term::new(slug, shown);
            if let Some(topic) = topics.iter().find(|topic| topic.name == term.name)
                && taxonomy == Taxonomy::Tag
            {
                term.description.clone_from(&topic.description);
            }
            let profile = profiles.iter().find(|profile| profile.slug == term.slug);
            if let Some(profile) = profile.filter(|_| taxonomy == Taxonomy::Author) {
                term.describe(profile);
            }
            term
        }))
    }
}

/// A title for a section that the configuration does not name: `world-news` → `World news`.
fn capitalised(slug: &str) -> String {
    let words = slug.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
