//! The pages that were shown last: what is served while one cannot be made, and what a browser fetches after an event.

use std::sync::{Arc, Mutex, PoisonError};

use super::hub::Sight;
use crate::diagnostic::Diagnostic;
use crate::manifest::Fingerprint;

/// Pages that are kept.
const MOST: usize = 64;

/// What a page is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// An article that readers see, by its source.
    Article(String),
    /// What is at a route, other than an article.
    Route(String),
    /// Nothing that may be shown again.
    Hidden,
}

/// A page as it was made.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// 200, or 404 for what a host shows for what it does not have.
    pub(super) status: u16,
    /// The name of its file, which tells its content type.
    pub(super) file: String,
    pub(super) subject: Subject,
    pub(super) bytes: Vec<u8>,
    /// Of the bytes.
    pub(super) state: Fingerprint,
    /// Why it is an earlier one, or none of the site's.
    pub(super) problem: Option<Diagnostic>,
}

/// Pages, those that were asked for last at the end, each with the state of the site that it was made from.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Vec<(Sight, u64, Arc<Made>)>>);

impl Kept {
    /// The page that was made last for what somebody looks at, and the state of the site it was made from.
    pub(super) fn get(&self, sight: &Sight) -> Option<(u64, Arc<Made>)> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, ..)| known == sight)?;
        let found = kept.remove(at);
        let page = (found.1, Arc::clone(&found.2));
        kept.push(found);
        Some(page)
    }

    /// Keeps a page, and lets the one go that nobody asked for in the longest time.
    pub(super) fn put(&self, sight: &Sight, state: u64, made: &Arc<Made>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, ..)| known != sight);
        if kept.len() == MOST {
            kept.remove(0);
        }
        kept.push((sight.clone(), state, Arc::clone(made)));
    }
}
