//! The picture files of an article → the problems of damaged or revealing ones.

use super::places::place_of_asset;
use super::{Article, Content};
use crate::diagnostic::Diagnostic;
use crate::pictures::Flaw;

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
    }
}
