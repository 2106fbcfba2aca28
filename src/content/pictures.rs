//! The picture files of an article → the problems of those that are damaged, too large, or reveal too much.

use super::places::place_of_asset;
use super::{Article, Content};
use crate::diagnostic::Diagnostic;
use crate::pictures::{Flaw, MAX_PIXELS, PictureError};

/// A problem for each flaw of each picture file.
pub(super) fn flaws<'a>(content: &'a Content, article: &'a Article) -> impl Iterator<Item = Diagnostic> + 'a {
    let flawed = article.assets.iter().flat_map(|asset| asset.flaws.iter().map(move |flaw| (asset, flaw)));
    flawed.map(|(asset, flaw)| {
        let place = place_of_asset(content, article, &asset.reference);
        picture_problem(&asset.reference, flaw).at(place)
    })
}

/// The problem of a picture with this name.
pub fn picture_problem(name: &str, flaw: &Flaw) -> Diagnostic {
    let warning = |code, message: String, help: &str| Diagnostic::warning(code, message).help(help);
    match flaw {
        Flaw::Empty => {
            warning("image/empty", format!("the picture `{name}` is an empty file"), "save it again")
        }
        Flaw::CutOff => warning(
            "image/cut-off",
            format!("the picture `{name}` is truncated"),
            "copy it again: the last copy did not finish",
        ),
        Flaw::NotAPicture => warning(
            "image/not-a-picture",
            format!("`{name}` is not a picture"),
            "replace the file: browsers will show nothing",
        ),
        Flaw::UnsupportedFormat(format) => warning(
            "image/few-browsers",
            format!("few browsers support {format}, the format of the picture `{name}`"),
            "save it as JPEG or AVIF",
        ),
        Flaw::WrongExtension(format) => warning(
            "image/other-format",
            format!("the picture `{name}` is in {format} format, but its file name has another extension"),
            "rename it: hosts use the extension to tell browsers the format",
        ),
        Flaw::Location => {
            let help = format!(
                "remove the location from its metadata, for example with `exiftool -gps:all= -xmp-exif:gps*= {name}`"
            );
            Diagnostic::error(
                "image/location",
                format!("the metadata of the picture `{name}` reveals where it was taken"),
            )
            .help(help)
        }
        Flaw::TooLarge(width, height) => too_large(name, *width, *height),
    }
}

/// The problem of a picture with this name that could not be read or decoded.
pub fn decoding_problem(name: &str, error: &PictureError) -> Diagnostic {
    match error {
        PictureError::Changed => {
            Diagnostic::error("image/changed", format!("the picture `{name}` changed during the build"))
                .help("build again")
        }
        PictureError::Unreadable(why) => {
            Diagnostic::error("content/unreadable", format!("cannot read the picture `{name}`: {why}"))
        }
        PictureError::TooLarge(width, height) => too_large(name, *width, *height),
        PictureError::Unsupported | PictureError::Damaged(_) => {
            Diagnostic::warning("image/unreadable", format!("cannot decode the picture `{name}`: {error}"))
                .help("save it again: until then, readers get the file as it is, in one size")
        }
    }
}

fn too_large(name: &str, width: u32, height: u32) -> Diagnostic {
    let message =
        format!("the picture `{name}` has {width} × {height} pixels: too many to make smaller sizes");
    let megapixels = MAX_PIXELS / 1_000_000;
    Diagnostic::warning("image/too-large", message).help(format!(
        "scale it down to at most {megapixels} megapixels: until then, readers get the file as it is"
    ))
}
