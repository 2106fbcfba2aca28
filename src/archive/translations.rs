//! Articles that say what they are a translation of → which articles are one story in several languages.

use std::collections::BTreeMap;

use super::Visibility;
use crate::content::{ArticleId, Content};

/// The stories that readers see in several languages.
#[derive(Debug, Default)]
pub(super) struct Translations {
    /// Each with its translations and itself, the original first if readers see it, the others in the order of their paths.
    groups: Vec<Vec<ArticleId>>,
    /// Article → place of its group.
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

    /// The article and its translations; nothing if it has none.
    pub(super) fn of(&self, id: ArticleId) -> &[ArticleId] {
        self.of.get(&id).map_or(&[], |at| &self.groups[*at])
    }
}

/// What an article is at last a translation of.
fn original(content: &Content, id: ArticleId) -> ArticleId {
    let next = |id: ArticleId| {
        let article = content.get(id);
        content.related(article, article.front.translation_of.as_deref()?)
    };
    let mut way = vec![id];
    let mut at = id;
    while let Some(id) = next(at) {
        if let Some(start) = way.iter().position(|known| *known == id) {
            // In a circle nothing is the original: the first path stands for it.
            return way[start..].iter().copied().min().unwrap_or(id);
        }
        way.push(id);
        at = id;
    }
    at
}
