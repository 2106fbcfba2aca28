//! An article → the stories that go with it.
//!
//! Only older stories are looked at, and of each tag and the section only the nearest ones. So the related stories of
//! an article do not change when new ones are published, and finding them takes the same time in any archive.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::{Archive, Taxonomy, TermId, Visibility};
use crate::content::{ArticleId, Content};

/// Older stories of each tag and of the section that are considered.
const NEAREST: usize = 40;
/// What a shared tag counts, and a shared section.
const TAG: u32 = 2;
const SECTION: u32 = 1;

/// What decides which stories go with an article.
#[derive(Debug)]
pub struct RelatedCandidates {
    /// Those that it names.
    pub picked: Vec<ArticleId>,
    /// The older stories of its terms that are considered: places in the lists of the terms.
    pub older: Vec<(Taxonomy, TermId, Range<usize>)>,
}

pub(super) fn candidates(archive: &Archive, content: &Content, id: ArticleId) -> RelatedCandidates {
    let article = content.get(id);
    let mut picked: Vec<ArticleId> = Vec::new();
    for written in &article.front.related {
        let named =
            content.related(article, written).filter(|named| archive.visibility(*named) == Visibility::Shown);
        picked.extend(named.filter(|named| *named != id && !picked.contains(named)));
    }
    if article.is_standing() {
        return RelatedCandidates { picked, older: Vec::new() };
    }
    let membership = archive.membership(id);
    let tags = membership.tags.iter().map(|tag| (Taxonomy::Tag, *tag));
    let section = membership.section.iter().map(|section| (Taxonomy::Section, *section));
    let older = tags.chain(section).map(|(taxonomy, term)| {
        let stories = &archive.terms(taxonomy).get(term).stories;
        (taxonomy, term, nearest_older(archive, stories, id))
    });
    RelatedCandidates { picked, older: older.collect() }
}

pub(super) fn related(archive: &Archive, content: &Content, id: ArticleId, limit: usize) -> Vec<ArticleId> {
    let RelatedCandidates { picked: mut found, older } = candidates(archive, content, id);
    found.truncate(limit);
    if found.len() == limit {
        return found;
    }
    // A reader of one language may not read the others of the site.
    let own = archive.language(content, id);
    let mut likeness: HashMap<ArticleId, u32, FixedState> = HashMap::default();
    for (taxonomy, term, range) in older {
        let weight = if taxonomy == Taxonomy::Tag { TAG } else { SECTION };
        let stories = &archive.terms(taxonomy).get(term).stories[range];
        for older in stories.iter().filter(|older| archive.language(content, **older) == own) {
            *likeness.entry(*older).or_default() += weight;
        }
    }
    let mut likest: Vec<(ArticleId, u32)> =
        likeness.into_iter().filter(|(id, _)| !found.contains(id)).collect();
    // The newest of equally like ones; ranks are unique, so the order is total.
    likest.sort_unstable_by_key(|(id, score)| (std::cmp::Reverse(*score), archive.rank[id.0 as usize]));
    found.extend(likest.into_iter().map(|(id, _)| id).take(limit - found.len()));
    found
}

fn nearest_older(archive: &Archive, stories: &[ArticleId], id: ArticleId) -> Range<usize> {
    let rank = archive.rank[id.0 as usize];
    let older = stories.partition_point(|story| archive.rank[story.0 as usize] <= rank);
    older..stories.len().min(older + NEAREST)
}
