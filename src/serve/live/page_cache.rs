//! The pages that were shown last: what is served while one cannot be cached, and what a browser fetches after an event.

use std::sync::{Arc, Mutex, PoisonError};

use crate::diagnostic::Diagnostic;
use crate::manifest::Fingerprint;
use crate::serve::events::PageView;

/// Pages that are kept.
const MAX_PAGES: usize = 64;

/// What a page is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serve) enum Subject {
    /// An article that readers see, by its source.
    Article(String),
    /// What is at a route, other than an article.
    Route(String),
    /// Nothing that may be shown again.
    Hidden,
}

/// A page as it was cached.
#[derive(Clone, Debug)]
pub(in crate::serve) struct CachedPage {
    /// 200, or 404 for what a host shows for what it does not have.
    pub(in crate::serve) status: u16,
    /// The name of its file, which tells its content type.
    pub(in crate::serve) file: String,
    pub(in crate::serve) subject: Subject,
    pub(in crate::serve) bytes: Vec<u8>,
    /// Of the bytes.
    pub(in crate::serve) state: Fingerprint,
    /// Why it is an earlier one, or none of the site's.
    pub(in crate::serve) problem: Option<Diagnostic>,
}

/// Pages, those that were asked for last at the end, each with the state of the site that it was cached from.
#[derive(Debug, Default)]
pub(in crate::serve) struct PageCache(Mutex<Vec<(PageView, u64, Arc<CachedPage>)>>);

impl PageCache {
    /// The page that was cached last for what somebody looks at, and the state of the site it was cached from.
    pub(in crate::serve) fn get(&self, view: &PageView) -> Option<(u64, Arc<CachedPage>)> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, ..)| known == view)?;
        let found = kept.remove(at);
        let page = (found.1, Arc::clone(&found.2));
        kept.push(found);
        Some(page)
    }

    /// Keeps a page, and lets the one go that nobody asked for in the longest time.
    pub(in crate::serve) fn put(&self, view: &PageView, state: u64, cached: &Arc<CachedPage>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, ..)| known != view);
        if kept.len() == MAX_PAGES {
            kept.remove(0);
        }
        kept.push((view.clone(), state, Arc::clone(cached)));
    }
}
