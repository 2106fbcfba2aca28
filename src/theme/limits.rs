//! Limits on the size of themes and pages. Exceeding one is an error that names the limit: nobody would read such a page,
//! and rendering it could use up all memory.

use std::io::{self, Write};

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::query::current_page;

/// The size of a template, in bytes.
pub(super) const TEMPLATE: usize = 4 << 20;
/// The depth of a chain of includes.
pub(super) const INCLUDES: usize = 30;
/// The length of a chain of `extends`.
pub(super) const EXTENDS: usize = 20;
/// The number of `elif`s of an `if`.
pub(super) const ELIFS: usize = 200;
/// The number of templates and components that a template uses, counting each use.
pub(super) const PARTS: usize = 10_000;
/// The size of a page, of a value, and of the text that a page's blocks capture, in bytes.
pub(super) const BYTES: usize = 32 << 20;
/// The nesting depth of a value that a template builds.
const LEVELS: usize = 200;
/// The number of items that a page's loops go through, plus the calls of recursive components.
pub(super) const ITEMS: usize = 1_000_000;
/// The size of the stack on which templates are compiled and rendered, in bytes. The longest chains fit in it.
const STACK: usize = 64 << 20;

/// The filter that counts the items of a loop.
pub(super) const EACH: &str = "__each";
/// The filter that measures a value.
pub(super) const KEPT: &str = "__kept";
/// The filter that measures text printed into a block that captures it.
pub(super) const PRINTED: &str = "__printed";
/// The filter that rejects undefined values.
pub(super) const DEFINED: &str = "__defined";
/// The function that counts the calls of a component.
pub(super) const CALLED: &str = "__called";

/// Formats a number of bytes.
pub(super) fn megabytes(bytes: usize) -> String {
    format!("{} MB", bytes >> 20)
}

/// Runs a function that may recurse deeply on a large stack.
pub(crate) fn with_large_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK);
        match builder.spawn_scoped(scope, run) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(error) => std::panic::resume_unwind(Box::new(format!("cannot start a thread: {error}"))),
        }
    })
}

/// Starts the threads that render pages with a large stack, unless they are running already.
pub(crate) fn prepare_threads() {
    // Fails if the threads are running already, which is fine.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global();
}

/// Registers the filters that [`super::instrument`] inserts into templates.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter(EACH, |value: &Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let items =
            defined(value)?.as_array().map(<[Value]>::len).or_else(|| value.as_map().map(tera::Map::len));
        count_items(items.or_else(|| value.as_str().map(str::len)).unwrap_or(0))?;
        Ok(value.clone())
    });
    tera.register_filter(KEPT, |value: &Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let mut left = BYTES;
        measure(value, &mut left, LEVELS).map(|()| value.clone())
    });
    tera.register_filter(PRINTED, |value: &Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        count_captured(defined(value)?.as_str().map_or(0, str::len))?;
        Ok(value.clone())
    });
    tera.register_filter(DEFINED, |value: &Value, _: Kwargs, _: &State<'_>| defined(value).cloned());
    tera.register_function(CALLED, |_: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        count_items(1).map(|()| Value::safe_string(""))
    });
}

/// Counts items that the loops of the current page go through.
fn count_items(items: usize) -> TeraResult<()> {
    let total = current_page::with(|page| {
        page.items = page.items.saturating_add(items);
        page.items
    });
    match total {
        Some(total) if total > ITEMS => {
            Err(exceeded(&format!("the loops of this page exceed the limit of {ITEMS} items")))
        }
        _ => Ok(()),
    }
}

/// Counts bytes that the blocks of the current page capture.
fn count_captured(bytes: usize) -> TeraResult<()> {
    let total = current_page::with(|page| {
        page.captured = page.captured.saturating_add(bytes);
        page.captured
    });
    match total {
        Some(total) if total > BYTES => Err(exceeded(&format!(
            "the blocks of this page capture more than the limit of {}",
            megabytes(BYTES)
        ))),
        _ => Ok(()),
    }
}

/// The error for a page that exceeds a limit.
fn exceeded(message: &str) -> Error {
    current_page::with(|page| page.is_over_limit = true);
    Error::message(message)
}

/// Returns the value.
///
/// # Errors
/// If the value is undefined.
pub(super) fn defined(value: &Value) -> TeraResult<&Value> {
    if value.is_undefined() { Err(Error::message("this value is not defined")) } else { Ok(value) }
}

/// The error for a value that is too long.
pub(super) fn too_long() -> Error {
    exceeded(&format!("this value is larger than the limit of {}", megabytes(BYTES)))
}

/// Subtracts the size of a value from the bytes left.
///
/// # Errors
/// If the value is too large or nested too deeply.
fn measure(value: &Value, left: &mut usize, depth_left: usize) -> TeraResult<()> {
    let own = std::mem::size_of::<Value>() + value.as_str().map_or(0, str::len);
    *left = left.checked_sub(own).ok_or_else(too_long)?;
    let depth_left = depth_left.checked_sub(1).ok_or_else(too_deep)?;
    for item in value.as_array().into_iter().flatten() {
        measure(item, left, depth_left)?;
    }
    for item in value.as_map().into_iter().flat_map(|map| map.values()) {
        measure(item, left, depth_left)?;
    }
    Ok(())
}

fn too_deep() -> Error {
    exceeded(&format!("this value is nested deeper than the limit of {LEVELS} levels"))
}

/// The bytes of a page or a value, up to the limit.
pub(super) struct LimitedBuffer {
    pub(super) bytes: Vec<u8>,
    pub(super) is_full: bool,
}

impl LimitedBuffer {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::with_capacity(16 << 10), is_full: false }
    }
}

impl Write for LimitedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes.len() + bytes.len() > BYTES {
            self.is_full = true;
            return Err(io::Error::other("size limit exceeded"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
