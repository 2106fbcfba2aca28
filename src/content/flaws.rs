//! What is wrong with the pictures that an article publishes → problems, where the article names them.

use super::check::{place_of_reference, place_of_value};
use super::markdown::{Written, classify};
use super::{Article, Asset, Content, place_of};
use crate::diagnostic::{Diagnostic, Place};
use crate::pictures::Flaw;

/// A problem for each flaw of each picture.
pub(super) fn of_pictures<'a>(
    content: &'a Content,
    article: &'a Article,
) -> impl Iterator<Item = Diagnostic> + 'a {
    let flawed = article.assets.iter().flat_map(|asset| asset.flaws.iter().map(move |flaw| (asset, flaw)));
    flawed.map(|(asset, flaw)| problem(&asset.reference, flaw).at(place_of_asset(content, article, asset)))
}

/// What is wrong with a picture that goes by this name.
pub fn problem(name: &str, flaw: &Flaw) -> Diagnostic {
    match flaw {
        Flaw::Empty => Diagnostic::warning("image/empty", format!("the picture `{name}` is an empty file"))
            .help("save it again"),
        Flaw::CutOff => Diagnostic::warning(
            "image/cut-off",
            format!("the picture `{name}` is cut off: its file ends too early"),
        )
        .help("copy it again: the last copy did not finish"),
        Flaw::NotAPicture => Diagnostic::warning("image/not-a-picture", format!("`{name}` is not a picture"))
            .help("its name says that it is one; browsers will show nothing"),
        Flaw::UnsupportedFormat(format) => Diagnostic::warning(
            "image/few-browsers",
            format!("the picture `{name}` is in the format {format}, which few browsers show"),
        )
        .help("save it as JPEG, or as AVIF"),
        Flaw::WrongExtension(format) => Diagnostic::warning(
            "image/other-format",
            format!("the picture `{name}` is in the format {format}, which its name does not say"),
        )
        .help("rename it: hosts tell browsers the format by the name"),
        Flaw::Location => Diagnostic::error(
            "image/location",
            format!("the picture `{name}` tells readers where it was taken"),
        )
        .help(format!(
            "take the place out of its metadata, for example with `exiftool -gps:all= -xmp-exif:gps*= {name}`"
        )),
    }
}

/// Where an article names a file: in its text, else in its front matter.
fn place_of_asset(content: &Content, article: &Article, asset: &Asset) -> Place {
    let names_it =
        |written: &str| matches!(classify(written), Written::File(path) if path == asset.reference);
    if let Some(reference) = article.outline.references.iter().find(|one| names_it(&one.written)) {
        return place_of_reference(content, article, reference);
    }
    let lead = article.front.image.as_ref().and_then(|image| image.src.as_deref());
    match lead.filter(|src| names_it(src)) {
        Some(src) => place_of_value(content, article, src),
        None => place_of(article),
    }
}
