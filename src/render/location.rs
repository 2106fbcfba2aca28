//! A static picture about to be published → whether it tells readers where it was taken.
//!
//! It is looked through when it would be published, which it never is with a place in it, so that pictures that do not change
//! are not read again. Those of articles are looked through when their source is read.

use crate::content::picture_problem;
use crate::diagnostic::{Diagnostic, Place};
use crate::pictures::{Flaw, examine};
use crate::plan::{FileSource, Page, PageKind, StaticFile};

/// Refuses a static picture with a place in its metadata.
///
/// # Errors
/// The problem, at the file.
pub(super) fn check(page: &Page, source: &FileSource, statics: &[StaticFile]) -> Result<(), Diagnostic> {
    let (PageKind::File(_), FileSource::Disk(file)) = (&page.kind, source) else { return Ok(()) };
    // One that cannot be read is reported when it is copied.
    if !examine(file).is_ok_and(|picture| picture.flaws.contains(&Flaw::Location)) {
        return Ok(());
    }
    let name = page.route.as_str().trim_start_matches('/');
    let shown = statics.iter().find(|one| one.source == *source).map_or(name, |one| &*one.shown);
    Err(picture_problem(shown, &Flaw::Location).at(Place::file(shown)))
}
