//! The names that a batch of articles uses → numbers, so that each spelling is looked up once per batch.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::{Membership, TermId};
use crate::content::{ArticleId, Byline, Content};

/// What each spelling of a run means, by taxonomy: its term, if it has a letter.
pub(super) type TermsOfSpellings = [Vec<Option<TermId>>; 4];

/// Some articles that follow each other.
pub(super) struct Batch<'c> {
    /// Their terms: at first, places in `spellings`.
    pub(super) placed: Vec<(ArticleId, Membership)>,
    pub(super) spellings: [Spellings<'c>; 4],
}

/// A name as it is written, and the language of the article if it has one of its own.
pub(super) type Spelling<'c> = (&'c str, Option<&'c str>);

/// The spellings of one taxonomy that a run has, numbered as they are met.
#[derive(Default)]
pub(super) struct Spellings<'c> {
    /// By language too, if the article has its own: there, they may mean something else.
    numbers: HashMap<Spelling<'c>, TermId, RandomState>,
    /// Each with the first article that has it.
    pub(super) met: Vec<(Spelling<'c>, ArticleId)>,
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

impl<'c> Batch<'c> {
    pub(super) fn read(content: &'c Content, ids: &[ArticleId]) -> Self {
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
    pub(super) fn resolve(&mut self, known: &mut TermsOfSpellings, moved: &[Option<Vec<TermId>>; 4]) {
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
