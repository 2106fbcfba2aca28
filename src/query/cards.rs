//! Articles → the values that templates see of them (cards), cached while pages that show them are still to be rendered.
//!
//! A story's own page and its lists are rendered at about the same time, so only the stories of a few months are in
//! memory as values, which are by far the largest form of a story.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tera::Value;

use crate::content::ArticleId;
use crate::edition::Edition;

/// The cards of one edition.
#[derive(Debug)]
pub(super) struct CardCache(Vec<Mutex<Card>>);

#[derive(Debug, Default)]
struct Card {
    value: Option<Value>,
    /// The number of pages that show it and are not rendered yet.
    pending: u32,
}

impl CardCache {
    /// A cache for the pages of an edition.
    pub(super) fn new(edition: &Edition) -> Self {
        let mut pending = vec![0; edition.content.len()];
        for page in edition.plan.pages() {
            for id in edition.plan.shown_on(&edition.archive, &page.kind) {
                pending[id.0 as usize] += 1;
            }
        }
        Self(pending.into_iter().map(|pending| Mutex::new(Card { value: None, pending })).collect())
    }

    /// A cache that keeps nothing.
    pub(super) fn disabled() -> Self {
        Self(Vec::new())
    }

    /// The card of an article, built if it is not cached.
    pub(super) fn get(&self, id: ArticleId, build: impl FnOnce() -> Value) -> Value {
        let Some(mut card) = self.lock(id) else { return build() };
        if let Some(value) = &card.value {
            return value.clone();
        }
        let value = build();
        if card.pending > 0 {
            card.value = Some(value.clone());
        }
        value
    }

    /// Notes that a page with these articles is rendered; drops cards that no other page needs.
    pub(super) fn release(&self, ids: &[ArticleId]) {
        for id in ids {
            let Some(mut card) = self.lock(*id) else { continue };
            card.pending = card.pending.saturating_sub(1);
            let unused = if card.pending == 0 { card.value.take() } else { None };
            // Dropping a value is slow: release the lock first.
            drop(card);
            drop(unused);
        }
    }

    fn lock(&self, id: ArticleId) -> Option<MutexGuard<'_, Card>> {
        Some(self.0.get(id.0 as usize)?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
