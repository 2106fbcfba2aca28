//! A picture → the bytes that the site publishes of it.

use super::Renderer;
use crate::content::{ArticleId, place_of, place_of_asset};
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::manifest::Fingerprint;
use crate::pictures::{Form, PictureError, PublishedPicture};
use crate::plan::{FileSource, StaticFile};

/// The version of what is published of original files. A change raises it.
const ORIGINALS: u32 = 1;

/// The fingerprint of everything that decides the bytes of a picture.
pub(super) fn fingerprint(picture: &PublishedPicture) -> Fingerprint {
    match &picture.form {
        Form::Original => Fingerprint::of(&(ORIGINALS, picture.source)),
        Form::Rendition(rendition) => Fingerprint::of(&rendition.key()),
    }
}

impl Renderer {
    /// The bytes of a picture. One that cannot be decoded is published as it is, without private metadata: browsers may show some of it.
    pub(super) fn picture(
        &self,
        owner: Option<ArticleId>,
        picture: &PublishedPicture,
    ) -> Result<Vec<u8>, Diagnostic> {
        let library = self.queries.pictures();
        let bytes = library.bytes(picture).or_else(|error| match error {
            PictureError::Changed | PictureError::Unreadable(_) => Err(error),
            _ => library.bytes(&PublishedPicture { form: Form::Original, ..picture.clone() }),
        });
        bytes.map_err(|error| problem(self.edition(), owner, picture, &error))
    }
}

/// The problem of a picture that cannot be published.
fn problem(
    edition: &Edition,
    owner: Option<ArticleId>,
    picture: &PublishedPicture,
    error: &PictureError,
) -> Diagnostic {
    let (name, place) = named(edition, owner, picture);
    match error {
        PictureError::Changed => {
            Diagnostic::error("image/changed", format!("the picture `{name}` changed during the build"))
                .at(place)
                .help("build again")
        }
        error => {
            Diagnostic::error("content/unreadable", format!("cannot read the picture `{name}`: {error}"))
                .at(place)
        }
    }
}

/// The name of a picture and where its story names it, or the file in `static/`.
fn named(edition: &Edition, owner: Option<ArticleId>, picture: &PublishedPicture) -> (String, Place) {
    let Edition { content, statics, .. } = edition;
    let Some(article) = owner.map(|id| content.get(id)) else {
        let is_it = |file: &&StaticFile| file.source == FileSource::Disk(picture.file.clone());
        let name = statics
            .iter()
            .find(is_it)
            .map_or_else(|| picture.file.to_string_lossy().into_owned(), |file| file.shown.clone());
        return (name.clone(), Place::file(name));
    };
    let asset = article.assets.iter().find(|asset| content.file(&asset.path) == picture.file);
    asset.map_or_else(
        || (picture.file.display().to_string(), place_of(article)),
        |asset| (asset.reference.clone(), place_of_asset(content, article, &asset.reference)),
    )
}
