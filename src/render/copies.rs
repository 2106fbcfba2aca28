//! A file that is about to be copied → what is published instead, if it is a picture whose metadata or scripts must not be; nothing, if it is
//! sound or film that reveals where it was recorded.
//!
//! Only new and changed files are examined. A file that must not be published at all never is, so it stays new and its error returns
//! each time.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::content::{location_problem, picture_problem};
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::pictures::{HEAD, Publishable, may_be_picture, publishable};
use crate::plan::{FileSource, Page, PageKind, StaticFile};

/// Whether the bytes of this file differ from those that are published.
pub(super) fn is_replaced(page: &Page, file: &Path) -> bool {
    let name = name_of(file);
    if is_static(page) && location_problem(file, &name).is_some() {
        return true;
    }
    // An unreadable file is reported when it is copied.
    let mut head = Vec::new();
    let read = File::open(file).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head));
    read.is_ok_and(|_| may_be_picture(&name, &head))
        && fs::read(file)
            .is_ok_and(|bytes| publishable(&name, &bytes, is_static(page)) != Publishable::AsItIs)
}

/// Checks sound and film of the site or its theme, which is published as it is. That of a story has been checked with the story.
///
/// # Errors
/// If its metadata reveals where it was recorded.
pub(super) fn check_recording(page: &Page, source: &FileSource, edition: &Edition) -> Result<(), Diagnostic> {
    let FileSource::Disk(file) = source else { return Ok(()) };
    if !is_static(page) || location_problem(file, &name_of(file)).is_none() {
        return Ok(());
    }
    let shown = shown(page, file, edition);
    location_problem(file, &shown).map_or(Ok(()), |problem| Err(problem.at(Place::file(shown.clone()))))
}

/// What is published of a file.
///
/// # Errors
/// If nothing is, because its metadata reveals a location and cannot be removed.
pub(super) fn published(
    page: &Page,
    source: &FileSource,
    bytes: Cow<'static, [u8]>,
    edition: &Edition,
) -> Result<Cow<'static, [u8]>, Diagnostic> {
    let FileSource::Disk(file) = source else { return Ok(bytes) };
    match publishable(&name_of(file), &bytes, is_static(page)) {
        Publishable::AsItIs => Ok(bytes),
        Publishable::Cleaned(cleaned) => Ok(cleaned.into()),
        Publishable::Nothing(flaw) => {
            let shown = shown(page, file, edition);
            Err(picture_problem(&shown, &flaw).at(Place::file(shown)))
        }
    }
}

/// The path of the file in the site, for messages.
fn shown(page: &Page, file: &Path, edition: &Edition) -> String {
    let is_it = |one: &&StaticFile| matches!(&one.source, FileSource::Disk(path) if path == file);
    if let Some(one) = edition.statics.iter().find(is_it) {
        return one.shown.to_string();
    }
    match file.strip_prefix(edition.content.file("")) {
        Ok(path) => format!("content/{}", path.to_string_lossy().replace('\\', "/")),
        Err(_) => page.route.as_str().trim_start_matches('/').to_owned(),
    }
}

/// Whether a page is a file of the site or its theme rather than of a story.
fn is_static(page: &Page) -> bool {
    matches!(page.kind, PageKind::File(_))
}

fn name_of(file: &Path) -> Cow<'_, str> {
    file.file_name().unwrap_or_default().to_string_lossy()
}
