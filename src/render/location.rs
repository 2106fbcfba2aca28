//! A static picture that is about to be published → whether its metadata reveals where it was taken.
//!
//! The check runs only for new and changed pictures: one with a location is never published, so it stays new. Pictures of articles are
//! checked when their source is read.

use crate::content::picture_problem;
use crate::diagnostic::{Diagnostic, Place};
use crate::pictures::{Flaw, examine};
use crate::plan::{FileSource, Page, PageKind, StaticFile};

/// Rejects a static picture with a location in its metadata.
///
/// # Errors
/// If there is a location, at the file.
pub(super) fn check(page: &Page, source: &FileSource, statics: &[StaticFile]) -> Result<(), Diagnostic> {
    let (PageKind::File(_), FileSource::Disk(file)) = (&page.kind, source) else { return Ok(()) };
    // An unreadable file is reported when it is copied.
    if !examine(file).is_ok_and(|picture| picture.flaws.contains(&Flaw::Location)) {
        return Ok(());
    }
    let name = page.route.as_str().trim_start_matches('/');
    let shown = statics.iter().find(|one| one.source == *source).map_or(name, |one| &*one.shown);
    Err(picture_problem(shown, &Flaw::Location).at(Place::file(shown)))
}
