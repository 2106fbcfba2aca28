//! The key `translation_of` of articles → groups of articles that are one story in several languages.

use std::collections::BTreeMap;

use super::Visibility;
use crate::content::{ArticleId, Content};

/// The visible stories that exist in several languages.
#[derive(Debug, Default)]
pub(super) struct Translations {
    /// Each group has the original first, if readers see it; the others are ordered by path.
    groups: Vec<Vec<ArticleId>>,
    /// Article → position of its group.
    of: BTreeMap<ArticleId, usize>,
}

impl Translations {
    pub(super) fn new(content: &Content, visibility: &[Visibility]) -> Self {
        let mut by_original: BTreeMap<ArticleId, Vec<ArticleId>> = BTreeMap::new();
        for (id, article) in content.iter() {
            if article.front.translation_of.is_some() {
                by_original.entry(original(content, id)).or_default().push(id);
            }
        }
        let is_shown = |id: &ArticleId| visibility[id.0 as usize] == Visibility::Shown;
        let groups = by_original.into_iter().map(|(original, translations)| {
            let others = translations.into_iter().filter(|id| *id != original);
            std::iter::once(original).chain(others).filter(is_shown).collect::<Vec<_>>()
        });
        let groups: Vec<Vec<ArticleId>> = groups.filter(|group| group.len() > 1).collect();
        let of = groups.iter().enumerate().flat_map(|(at, group)| group.iter().map(move |id| (*id, at)));
        Self { of: of.collect(), groups }
    }

    /// The group of an article. Empty if it has no translations.
    pub(super) fn of(&self, id: ArticleId) -> &[ArticleId] {
        self.of.get(&id).map_or(&[], |at| &self.groups[*at])
    }
}

/// Follows `translation_of` to the original.
fn original(content: &Content, id: ArticleId) -> ArticleId {
    let next = |id: ArticleId| {
        let article = content.get(id);
        content.related(article, article.front.translation_of.as_deref()?)
    };
    let mut way = vec![id];
    let mut at = id;
    while let Some(id) = next(at) {
        if let Some(start) = way.iter().position(|known| *known == id) {
            // A loop has no original, so the first path replaces it.
            return way[start..].iter().copied().min().unwrap_or(id);
        }
        way.push(id);
        at = id;
    }
    at
}
