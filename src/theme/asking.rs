//! Who is asking: the page on the press of this thread, so that a template's question is put to its edition and
//! recorded as what the page read.
//!
//! A thread renders one page at a time from beginning to end. Tera hands functions only the variables of the
//! component they stand in, not those of the page, so the page is kept here while it is rendered and nowhere else.

use std::cell::RefCell;
use std::sync::Arc;

use tera::{Error, TeraResult, Value};

use super::queries::{Queries, Query, Read};
use super::{head, limits};
use crate::plan::Page;

struct OnThePress {
    queries: Arc<Queries>,
    page: Page,
    reads: Vec<Arc<Read>>,
    /// Items that its loops went through.
    items: usize,
    /// Bytes that it printed where they are kept.
    kept: usize,
    is_beyond: bool,
    /// Whether it says to machines what it is.
    has_head: bool,
}

/// What came of a page.
pub(super) struct Recorded<T> {
    pub(super) result: T,
    /// What it asked, each question once, sorted.
    pub(super) reads: Vec<Arc<Read>>,
    /// Whether it went beyond a limit.
    pub(super) is_beyond: bool,
    /// Whether it called `head()`.
    pub(super) has_head: bool,
}

thread_local! {
    static ON_THE_PRESS: RefCell<Option<OnThePress>> = const { RefCell::new(None) };
}

/// Runs `render`, which makes `page` and asks `queries`.
pub(super) fn recording<T>(queries: &Arc<Queries>, page: &Page, render: impl FnOnce() -> T) -> Recorded<T> {
    let (queries, page) = (Arc::clone(queries), page.clone());
    let page =
        OnThePress { queries, page, reads: Vec::new(), items: 0, kept: 0, is_beyond: false, has_head: false };
    let before = ON_THE_PRESS.replace(Some(page));
    let result = render();
    let page = ON_THE_PRESS.replace(before);
    let page = page.map(|page| (page.reads, page.is_beyond, page.has_head));
    let (mut reads, is_beyond, has_head) = page.unwrap_or_default();
    reads.sort_unstable_by(|a, b| a.query.cmp(&b.query));
    reads.dedup_by(|later, first| later.query == first.query);
    Recorded { result, reads, is_beyond, has_head }
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
    ON_THE_PRESS.with_borrow_mut(|page| {
        let page = page.as_mut().ok_or("this function can be called only while a page is rendered")?;
        page.has_head = true;
        Ok(head::of(&page.queries, &page.page, title))
    })
}

/// Counts items that the page on the press goes through.
///
/// # Errors
/// They are too many.
pub(super) fn count(items: usize) -> TeraResult<()> {
    let is_beyond = ON_THE_PRESS.with_borrow_mut(|page| {
        let Some(page) = page else { return false };
        page.items = page.items.saturating_add(items);
        page.items > limits::ITEMS
    });
    if !is_beyond {
        return Ok(());
    }
    let most = limits::ITEMS;
    Err(exceeded(&format!("the loops of this page go through more than {most} items, which is the limit")))
}

/// Counts bytes that the page on the press keeps in blocks.
///
/// # Errors
/// They are too many.
pub(super) fn keep(bytes: usize) -> TeraResult<()> {
    let is_beyond = ON_THE_PRESS.with_borrow_mut(|page| {
        let Some(page) = page else { return false };
        page.kept = page.kept.saturating_add(bytes);
        page.kept > limits::BYTES
    });
    if !is_beyond {
        return Ok(());
    }
    let most = limits::megabytes(limits::BYTES);
    Err(exceeded(&format!("the blocks of this page keep more than {most}, which is the limit")))
}

/// Notes that the page on the press goes beyond a limit.
pub(super) fn exceeded(message: &str) -> Error {
    ON_THE_PRESS.with_borrow_mut(|page| page.iter_mut().for_each(|page| page.is_beyond = true));
    Error::message(message)
}
