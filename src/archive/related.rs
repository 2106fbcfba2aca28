//! An article → the stories that go with it.
//!
//! Only older stories are looked at, and of each tag and the section only the nearest ones. So the related stories of
//! an article do not change when new ones are published, and finding them takes the same time in any archive.

use std::collections::HashMap;

use super::{Archive, Taxonomy, Term, Visibility};
use crate::content::{ArticleId, Content};

/// Older stories of each tag and of the section that are considered.
const NEAREST: usize = 40;
/// What a shared tag counts, and a shared section.
const TAG: u32 = 2;
const SECTION: u32 = 1;

pub(super) fn related(archive: &Archive, content: &Content, id: ArticleId, limit: usize) -> Vec<ArticleId> {
    let article = content.get(id);
    let mut found: Vec<ArticleId> = Vec::with_capacity(limit);
    for written in &article.front.related {
        let picked = content
            .related(article, written)
            .filter(|picked| archive.visibility(*picked) == Visibility::Shown);
        found.extend(picked.filter(|picked| *picked != id && !found.contains(picked)));
    }
    found.truncate(limit);
    if found.len() == limit || article.is_standing() {
        return found;
    }
    let mut likeness: HashMap<ArticleId, u32> = HashMap::new();
    let membership = archive.membership(id);
    let tags = membership.tags.iter().map(|tag| (archive.terms(Taxonomy::Tag).get(*tag), TAG));
    let section =
        membership.section.iter().map(|section| (archive.terms(Taxonomy::Section).get(*section), SECTION));
    for (term, weight) in tags.chain(section) {
        for older in nearest_older(archive, term, id) {
            *likeness.entry(older).or_default() += weight;
        }
    }
    let mut likest: Vec<(ArticleId, u32)> =
        likeness.into_iter().filter(|(id, _)| !found.contains(id)).collect();
    // The newest of equally like ones; ranks are unique, so the order is total.
    likest.sort_unstable_by_key(|(id, score)| (std::cmp::Reverse(*score), archive.rank[id.0 as usize]));
    found.extend(likest.into_iter().map(|(id, _)| id).take(limit - found.len()));
    found
}

fn nearest_older<'a>(
    archive: &'a Archive,
    term: &'a Term,
    id: ArticleId,
) -> impl Iterator<Item = ArticleId> + 'a {
    let rank = archive.rank[id.0 as usize];
    let older = term.stories.partition_point(|story| archive.rank[story.0 as usize] <= rank);
    term.stories[older..].iter().take(NEAREST).copied()
}
