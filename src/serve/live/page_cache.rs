//! Recently rendered pages. They are served while a page fails to render, and when a browser fetches a page after an event.

use std::sync::{Arc, Mutex, PoisonError};

use crate::diagnostic::Diagnostic;
use crate::manifest::Fingerprint;
use crate::serve::events::PageView;

/// Pages in the cache.
const MAX_PAGES: usize = 64;

/// What a page is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serve) enum Subject {
    /// A visible article, by its source file.
    Article(String),
    /// Another page, by its route.
    Route(String),
    /// Something that must not be shown again.
    Hidden,
}

/// A rendered page.
#[derive(Clone, Debug)]
pub(in crate::serve) struct CachedPage {
    /// 200, or 404 for the site's own error page.
    pub(in crate::serve) status: u16,
    /// The file name, for the content type.
    pub(in crate::serve) file: String,
    pub(in crate::serve) subject: Subject,
    pub(in crate::serve) bytes: Vec<u8>,
    /// Of the bytes.
    pub(in crate::serve) state: Fingerprint,
    /// Why this is an older version or an error page.
    pub(in crate::serve) problem: Option<Diagnostic>,
}

/// Pages with the generation of the site that they show, the most recently used last.
#[derive(Debug, Default)]
pub(in crate::serve) struct PageCache(Mutex<Vec<(PageView, u64, Arc<CachedPage>)>>);

impl PageCache {
    /// Returns a page and its generation.
    pub(in crate::serve) fn get(&self, view: &PageView) -> Option<(u64, Arc<CachedPage>)> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = pages.iter().position(|(known, ..)| known == view)?;
        let entry = pages.remove(at);
        let result = (entry.1, Arc::clone(&entry.2));
        pages.push(entry);
        Some(result)
    }

    /// Adds a page and drops the least recently used one.
    pub(in crate::serve) fn put(&self, view: &PageView, generation: u64, cached: &Arc<CachedPage>) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|(known, ..)| known != view);
        if pages.len() == MAX_PAGES {
            pages.remove(0);
        }
        pages.push((view.clone(), generation, Arc::clone(cached)));
    }
}
