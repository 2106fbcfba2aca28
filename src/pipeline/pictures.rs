//! The library of pictures → the problems that a build has with it and with the pictures.

use std::path::Path;

use super::Progress;
use crate::diagnostic::{Diagnostic, Place};
use crate::pictures::{Library, PictureError, PublishedPicture, Source};
use crate::query::Queries;
use crate::render;
use crate::site::{SiteDir, real_path};

/// Why a picture cannot be decoded, with progress if that is found out now.
pub(super) fn error_of(
    library: &Library,
    file: &Path,
    source: &Source,
    progress: &dyn Progress,
) -> Option<PictureError> {
    let is_known = library.known(source).is_some();
    let error = library.facts(file, source).err();
    if !is_known {
        progress.examined();
    }
    error
}

/// The code of problems with the library's folder.
const CODE: &str = "build/pictures-cache";

/// The problem of a library's folder that would mix with the sources or with what readers get.
pub(super) fn misplaced(site: &SiteDir) -> Option<Diagnostic> {
    // An output folder that contains the site's own is refused anyway.
    let folder = site.pictures().filter(|folder| !folder.starts_with(site.state()))?;
    let real = real_path(&folder);
    let overlaps = |other: &Path| {
        let other = real_path(other);
        real.starts_with(&other) || other.starts_with(&real)
    };
    let why = if overlaps(&site.output()) {
        "the output folder"
    } else if site.sources().iter().any(|source| overlaps(source)) {
        "the sources of the site"
    } else {
        return None;
    };
    let message = format!("cannot keep renditions in this folder: it overlaps with {why}");
    let problem = Diagnostic::fatal(CODE, message).at(place(&folder));
    Some(problem.help("choose a folder of its own for `--pictures-cache`"))
}

/// The problem of a library's folder that could not be written.
pub(super) fn unwritable(site: &SiteDir, library: &Library) -> Option<Diagnostic> {
    let (why, folder) = (library.cannot_keep()?, site.pictures()?);
    let message = format!("cannot keep renditions in this folder, so each build makes them again: {why}");
    let problem = Diagnostic::warning(CODE, message).at(place(&folder));
    Some(problem.help("make room, or choose a folder that can be written with `--pictures-cache`"))
}

fn place(folder: &Path) -> Place {
    Place::file(folder.to_string_lossy().replace('\\', "/"))
}

/// The problems of the pictures that readers see. Those that no page has asked for are decoded, so that they do not depend on the theme.
pub(super) fn problems(queries: &Queries) -> Vec<Diagnostic> {
    let library = queries.pictures();
    let error_of = |picture: &PublishedPicture| library.facts(&picture.file, &picture.source).err();
    render::problems_of_pictures(queries.edition(), error_of)
}
