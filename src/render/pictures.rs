//! A picture → the bytes that the site publishes of it.

use std::collections::HashSet;

use rayon::prelude::*;

use super::Renderer;
use crate::content::{ArticleId, Asset, decoding_problem, place_of, place_of_asset};
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::manifest::Fingerprint;
use crate::pictures::{Flaw, Form, PictureError, PublishedPicture};
use crate::plan::{FileSource, PageKind, StaticFile};

/// The version of what is published of original files. A change raises it.
const ORIGINALS: u32 = 2;

/// The fingerprint of everything that decides the bytes of a picture.
pub(super) fn fingerprint(picture: &PublishedPicture) -> Fingerprint {
    match &picture.form {
        Form::Original => Fingerprint::of(&(ORIGINALS, picture.source)),
        Form::Signed => Fingerprint::of(&("signed", picture.source)),
        Form::Rendition(rendition) => Fingerprint::of(&rendition.key()),
    }
}

impl Renderer {
    /// The bytes of a picture.
    pub(super) fn picture(
        &self,
        owner: Option<ArticleId>,
        picture: &PublishedPicture,
    ) -> Result<Vec<u8>, Diagnostic> {
        let bytes = self.queries.pictures().bytes(picture);
        bytes.map_err(|error| problem(self.edition(), owner, picture, &error))
    }
}

/// The problems of the pictures of a site that cannot be read or decoded, as far as `error_of` knows. They depend on the pictures alone, so a
/// build that renders nothing reports what a build from scratch reports.
pub fn problems_of_pictures(
    edition: &Edition,
    error_of: impl Fn(&PublishedPicture) -> Option<PictureError> + Sync,
) -> Vec<Diagnostic> {
    let failed = edition.plan.pages().par_iter().filter_map(|page| match &page.kind {
        PageKind::Picture(id, picture) => error_of(picture).map(|error| (*id, picture, error)),
        _ => None,
    });
    let failed: Vec<_> = failed.collect();
    let mut reported = HashSet::new();
    failed
        .into_iter()
        .filter(|(id, picture, _)| reported.insert((*id, picture.file.as_path())))
        .filter(|(id, picture, _)| !is_cut_off(edition, *id, picture))
        .map(|(id, picture, error)| problem(edition, id, picture, &error))
        .collect()
}

/// Whether a picture is known to be truncated, which explains all else.
fn is_cut_off(edition: &Edition, owner: Option<ArticleId>, picture: &PublishedPicture) -> bool {
    owner
        .and_then(|id| asset_of(edition, id, picture))
        .is_some_and(|asset| asset.flaws.contains(&Flaw::CutOff))
}

/// The problem of a picture that cannot be published.
fn problem(
    edition: &Edition,
    owner: Option<ArticleId>,
    picture: &PublishedPicture,
    error: &PictureError,
) -> Diagnostic {
    let (name, place) = named(edition, owner, picture);
    decoding_problem(&name, error).at(place)
}

/// The picture as its story names it.
fn asset_of<'e>(edition: &'e Edition, id: ArticleId, picture: &PublishedPicture) -> Option<&'e Asset> {
    let content = &edition.content;
    content.get(id).assets.iter().find(|asset| content.file(&asset.path) == picture.file)
}

/// The name of a picture and where its story names it, or the file in `static/`.
fn named(edition: &Edition, owner: Option<ArticleId>, picture: &PublishedPicture) -> (String, Place) {
    let Edition { content, statics, .. } = edition;
    let Some(id) = owner else {
        let is_it = |file: &&StaticFile| file.source == FileSource::Disk(picture.file.clone());
        let name = statics
            .iter()
            .find(is_it)
            .map_or_else(|| picture.file.to_string_lossy().into_owned(), |file| file.shown.clone());
        return (name.clone(), Place::file(name));
    };
    let article = content.get(id);
    asset_of(edition, id, picture).map_or_else(
        || (picture.file.display().to_string(), place_of(article)),
        |asset| (asset.reference.clone(), place_of_asset(content, article, &asset.reference)),
    )
}
