//! The pictures of an article → problems: damaged files, missing alternative text, a lead picture without a file.

use super::markdown::{self, ReferenceKind};
use super::places::{ArticleText, place_of_asset, place_of_value};
use super::{Article, Content, Image, place_of};
use crate::diagnostic::Diagnostic;
use crate::pictures::Flaw;

const NO_ALT: &str = "image/no-alt";

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
        Flaw::FewBrowsersShow(format) => warning(
            "image/few-browsers",
            format!("few browsers support {format}, the format of the picture `{name}`"),
            "save it as JPEG or AVIF",
        ),
        Flaw::NamedOtherwise(format) => warning(
            "image/other-format",
            format!(
                "the picture `{name}` is in the format {format}, but its file name has another extension"
            ),
            "rename it: hosts tell browsers the format by the extension",
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

/// What the pictures of an article lack, as warnings.
pub fn problems_of_pictures(content: &Content, article: &Article) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> =
        article.front.image.iter().filter_map(|image| of_lead(content, article, image)).collect();
    if !article.outline.references.iter().any(|reference| reference.kind == ReferenceKind::Image) {
        return problems;
    }
    // A file that changes meanwhile is checked by the next run.
    let Some(source) = ArticleText::read(content, article).source else { return problems };
    let body = source.text.get(article.body_start..).unwrap_or_default();
    problems.extend(markdown::undescribed(body).into_iter().map(|(written, span)| {
        Diagnostic::warning(NO_ALT, format!("the picture `{written}` has no alternative text"))
            .at(source.place(article.body_start + span.start..article.body_start + span.end))
            .help("describe the picture for readers who cannot see it: `![An idle crane at dusk](…)`")
    }));
    problems
}

fn of_lead(content: &Content, article: &Article, image: &Image) -> Option<Diagnostic> {
    let Some(src) = &image.src else {
        let text = [&image.caption, &image.alt, &image.credit].into_iter().flatten().next();
        let place =
            text.map_or_else(|| place_of(article), |written| place_of_value(content, article, written));
        return Some(
            Diagnostic::warning("image/no-src", "the lead picture has no file, so it is not shown")
                .at(place)
                .help("add the path of a picture as `src`, or delete `image`"),
        );
    };
    if image.alt.is_some() {
        return None;
    }
    let message = format!("the lead picture `{src}` has no alternative text");
    Some(Diagnostic::warning(NO_ALT, message).at(place_of_value(content, article, src)).help(
        "describe the picture for readers who cannot see it: `image: {src: …, alt: An idle crane at dusk}`",
    ))
}
