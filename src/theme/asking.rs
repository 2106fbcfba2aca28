//! Who is asking: the page on the press of this thread, so that a template's question is put to its edition and
//! recorded as what the page read.
//!
//! A thread renders one page at a time from beginning to end. Tera hands functions only the variables of the
//! component they stand in, not those of the page, so the page is kept here while it is rendered and nowhere else.

use std::cell::RefCell;
use std::sync::Arc;

use tera::Value;

use super::head;
use super::queries::{Queries, Query, Read};
use crate::plan::Page;

struct OnThePress {
    queries: Arc<Queries>,
    page: Page,
    reads: Vec<Arc<Read>>,
}

thread_local! {
    static ON_THE_PRESS: RefCell<Option<OnThePress>> = const { RefCell::new(None) };
}

/// Runs `render`, which makes `page` and asks `queries`; gives its result and what it read, each question once, sorted.
pub(super) fn recording<T>(
    queries: &Arc<Queries>,
    page: &Page,
    render: impl FnOnce() -> T,
) -> (T, Vec<Arc<Read>>) {
    let page = OnThePress { queries: Arc::clone(queries), page: page.clone(), reads: Vec::new() };
    let before = ON_THE_PRESS.replace(Some(page));
    let result = render();
    let mut reads = ON_THE_PRESS.replace(before).map(|page| page.reads).unwrap_or_default();
    reads.sort_unstable_by(|a, b| a.query.cmp(&b.query));
    reads.dedup_by(|later, first| later.query == first.query);
    (result, reads)
}

/// Asks for the page on the press.
///
/// # Errors
/// A sentence for theme authors.
pub(super) fn ask(query: Query) -> Result<Value, String> {
    ON_THE_PRESS.with_borrow_mut(|page| {
        let page = page.as_mut().ok_or("this function can be called only while a page is rendered")?;
        let (value, read) = page.queries.ask(&query)?;
        page.reads.push(read);
        Ok(value)
    })
}

/// What machines read in the head of the page on the press. It is made from the page's own inputs: nothing is asked.
///
/// # Errors
/// A sentence for theme authors.
pub(super) fn head(title: Option<&str>) -> Result<String, String> {
    ON_THE_PRESS.with_borrow(|page| {
        let page = page.as_ref().ok_or("this function can be called only while a page is rendered")?;
        Ok(head::of(&page.queries, &page.page, title))
    })
}
