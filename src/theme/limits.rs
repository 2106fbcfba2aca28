//! How large a theme and its pages may become. What goes beyond is an error that names the limit: it would be no page that
//! anybody reads, and could take all of the memory.

use std::io::{self, Write};

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::asking;

/// Bytes of a template.
pub(super) const TEMPLATE: usize = 4 << 20;
/// Templates in a chain of includes.
pub(super) const INCLUDES: usize = 30;
/// Templates in a chain of `extends`.
pub(super) const EXTENDS: usize = 20;
/// `elif`s of an `if`.
pub(super) const ELIFS: usize = 200;
/// Templates and components that a template is made of, each as often as it is used.
pub(super) const PARTS: usize = 10_000;
/// Bytes of a page, of a value, and of what a page keeps in blocks.
pub(super) const BYTES: usize = 32 << 20;
/// Lists and maps inside each other in a value that a template makes.
const LEVELS: usize = 200;
/// Items that the loops of a page go through, and calls of components that call themselves.
pub(super) const ITEMS: usize = 1_000_000;
/// Bytes of a file under `data/`.
pub(super) const DATA: u64 = 16 << 20;
/// Bytes of the stack on which templates are compiled and rendered. The chains above fit in it.
const STACK: usize = 64 << 20;

/// The filter that counts the items of a loop.
pub(super) const EACH: &str = "__each";
/// The filter that weighs a value.
pub(super) const KEPT: &str = "__kept";
/// The filter that weighs what is printed where it is kept.
pub(super) const PRINTED: &str = "__printed";
/// The filter that refuses what is not defined.
pub(super) const DEFINED: &str = "__defined";
/// The function that counts the calls of a component.
pub(super) const CALLED: &str = "__called";

/// A number of bytes as people read it.
pub(super) fn megabytes(bytes: usize) -> String {
    format!("{} MB", bytes >> 20)
}

/// Runs something that may go deep, on a stack that is large enough.
pub(crate) fn with_large_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK);
        match builder.spawn_scoped(scope, run) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(error) => std::panic::resume_unwind(Box::new(format!("no thread can be started: {error}"))),
        }
    })
}

/// Gives the threads that render pages a stack that is large enough, if there are none yet.
pub(crate) fn prepare_threads() {
    // If there are threads already, whoever started them chose their stack.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global();
}

/// Makes the filters known that [`super::weaving`] puts into templates.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter(EACH, |value: &Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let items =
            defined(value)?.as_array().map(<[Value]>::len).or_else(|| value.as_map().map(tera::Map::len));
        asking::count(items.or_else(|| value.as_str().map(str::len)).unwrap_or(0))?;
        Ok(value.clone())
    });
    tera.register_filter(KEPT, |value: &Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let mut left = BYTES;
        weigh(value, &mut left, LEVELS).map(|()| value.clone())
    });
    tera.register_filter(PRINTED, |value: &Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        asking::keep(defined(value)?.as_str().map_or(0, str::len))?;
        Ok(value.clone())
    });
    tera.register_filter(DEFINED, |value: &Value, _: Kwargs, _: &State<'_>| defined(value).cloned());
    tera.register_function(CALLED, |_: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        asking::count(1).map(|()| Value::safe_string(""))
    });
}

/// A value, if it is one.
///
/// # Errors
/// It is not defined.
pub(super) fn defined(value: &Value) -> TeraResult<&Value> {
    if value.is_undefined() { Err(Error::message("this is not defined")) } else { Ok(value) }
}

/// The error that a template makes a value that is too long.
pub(super) fn too_long() -> Error {
    let most = megabytes(BYTES);
    asking::exceeded(&format!("this value would be longer than {most}, which is the limit"))
}

/// Takes the bytes of a value from those that are left.
///
/// # Errors
/// There were not enough, or it is nested too deeply.
fn weigh(value: &Value, left: &mut usize, deeper: usize) -> TeraResult<()> {
    let own = std::mem::size_of::<Value>() + value.as_str().map_or(0, str::len);
    *left = left.checked_sub(own).ok_or_else(too_long)?;
    let deeper = deeper.checked_sub(1).ok_or_else(too_deep)?;
    for item in value.as_array().into_iter().flatten() {
        weigh(item, left, deeper)?;
    }
    for item in value.as_map().into_iter().flat_map(|map| map.values()) {
        weigh(item, left, deeper)?;
    }
    Ok(())
}

fn too_deep() -> Error {
    asking::exceeded(&format!("lists and maps in this value go more than {LEVELS} deep, which is the limit"))
}

/// Bytes of a page; refuses more than it may have.
pub(super) struct Paper {
    pub(super) bytes: Vec<u8>,
    pub(super) is_full: bool,
}

impl Paper {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::with_capacity(16 << 10), is_full: false }
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes.len() + bytes.len() > BYTES {
            self.is_full = true;
            return Err(io::Error::other("the page is too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
