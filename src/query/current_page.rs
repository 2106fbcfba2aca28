//! The page that this thread renders: its template's queries are answered and recorded as the page's dependencies.
//!
//! A thread renders one page at a time. Tera passes functions only the variables of the component that calls them, so
//! the page is kept in a thread-local while it is rendered.

use std::cell::RefCell;
use std::sync::Arc;

use tera::Value;

use super::{Dependency, Queries, Query};
use crate::plan::Page;

/// The page with what its template has used so far.
pub(crate) struct CurrentPage {
    pub(crate) queries: Arc<Queries>,
    pub(crate) page: Page,
    dependencies: Vec<Arc<Dependency>>,
    /// The items that its loops went through.
    pub(crate) items: usize,
    /// The bytes that its blocks captured.
    pub(crate) captured: usize,
    /// Whether it exceeded a limit.
    pub(crate) is_over_limit: bool,
    /// Whether it called `head()`.
    pub(crate) has_head: bool,
}

/// The outcome of rendering a page.
pub(crate) struct Recording<T> {
    pub(crate) result: T,
    /// The queries that it made, sorted and without duplicates.
    pub(crate) dependencies: Vec<Arc<Dependency>>,
    pub(crate) is_over_limit: bool,
    pub(crate) has_head: bool,
}

thread_local! {
    static CURRENT: RefCell<Option<CurrentPage>> = const { RefCell::new(None) };
}

/// Runs `render` with `page` as the current page.
pub(crate) fn record<T>(queries: &Arc<Queries>, page: &Page, render: impl FnOnce() -> T) -> Recording<T> {
    let current = CurrentPage {
        queries: Arc::clone(queries),
        page: page.clone(),
        dependencies: Vec::new(),
        items: 0,
        captured: 0,
        is_over_limit: false,
        has_head: false,
    };
    let outer = CURRENT.replace(Some(current));
    let result = render();
    let current = CURRENT.replace(outer);
    let current = current.map(|page| (page.dependencies, page.is_over_limit, page.has_head));
    let (mut dependencies, is_over_limit, has_head) = current.unwrap_or_default();
    dependencies.sort_unstable_by(|a, b| a.query.cmp(&b.query));
    dependencies.dedup_by(|later, first| later.query == first.query);
    Recording { result, dependencies, is_over_limit, has_head }
}

/// Answers a query of the current page.
///
/// # Errors
/// If no page is being rendered or the query is invalid, with a message for theme authors.
pub(crate) fn ask(query: &Query) -> Result<Value, String> {
    with(|page| {
        let (value, dependency) = page.queries.ask(query)?;
        page.dependencies.push(dependency);
        Ok(value)
    })
    .unwrap_or_else(|| Err("this function can only be called while a page is rendered".to_owned()))
}

/// Calls `f` with the current page; returns `None` if no page is being rendered.
pub(crate) fn with<T>(f: impl FnOnce(&mut CurrentPage) -> T) -> Option<T> {
    CURRENT.with_borrow_mut(|page| page.as_mut().map(f))
}
