//! Articles → the values that templates see of them, kept while pages that show them are yet to come.
//!
//! A story is on its own page and on those of its lists, which are rendered at about the same time: so no more than the
//! stories of some months are in memory as values, which are larger than all else that is known of them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tera::Value;

use crate::content::ArticleId;
use crate::edition::Edition;

/// The cards of one edition.
#[derive(Debug)]
pub(super) struct Cards(Vec<Mutex<Card>>);

#[derive(Debug, Default)]
struct Card {
    value: Option<Value>,
    /// Pages that show it and are not rendered yet.
    to_come: u32,
}

impl Cards {
    /// For the pages of an edition.
    pub(super) fn new(edition: &Edition) -> Self {
        let mut to_come = vec![0; edition.content.len()];
        for page in edition.plan.pages() {
            for id in edition.plan.shown_on(&edition.archive, &page.kind) {
                to_come[id.0 as usize] += 1;
            }
        }
        Self(to_come.into_iter().map(|to_come| Mutex::new(Card { value: None, to_come })).collect())
    }

    /// None, whatever pages there are: each card is made when it is asked for.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// The card of an article, made if it is not there.
    pub(super) fn get(&self, id: ArticleId, make: impl FnOnce() -> Value) -> Value {
        let Some(mut card) = self.lock(id) else { return make() };
        if let Some(value) = &card.value {
            return value.clone();
        }
        let value = make();
        if card.to_come > 0 {
            card.value = Some(value.clone());
        }
        value
    }

    /// A page that shows these articles is rendered.
    pub(super) fn let_go(&self, shown: &[ArticleId]) {
        for id in shown {
            let Some(mut card) = self.lock(*id) else { continue };
            card.to_come = card.to_come.saturating_sub(1);
            let gone = if card.to_come == 0 { card.value.take() } else { None };
            // Taking a value apart takes longer than others should wait.
            drop(card);
            drop(gone);
        }
    }

    fn lock(&self, id: ArticleId) -> Option<MutexGuard<'_, Card>> {
        Some(self.0.get(id.0 as usize)?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
