//! The picture files of an article → the problems of those that are damaged, too large, or reveal too much.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::markdown::{Written, classify};
use super::places::place_of_asset;
use super::{Article, Asset, Content, FrontMatter, Image};
use crate::diagnostic::Diagnostic;
use crate::pictures::{Flaw, MAX_PIXELS, Metadata, PictureError, Source};
use crate::typography::Typography;

/// A problem for each flaw of each picture file.
pub(super) fn flaws<'a>(content: &'a Content, article: &'a Article) -> impl Iterator<Item = Diagnostic> + 'a {
    let flawed = article.assets.iter().flat_map(|asset| asset.flaws.iter().map(move |flaw| (asset, flaw)));
    // A problem only if the file itself is published, which depends on the settings: the plan knows.
    let flawed = flawed.filter(|(_, flaw)| **flaw != Flaw::LocationInCredentials);
    flawed.map(|(asset, flaw)| {
        let place = place_of_asset(content, article, &asset.reference);
        picture_problem(&asset.reference, flaw).at(place)
    })
}

/// Completes the texts of the lead picture and of those of the gallery with those of their files: alternative text, caption and credit (see
/// [`Metadata::credit_line`]). What the story says stands, also an empty text, which means that there is none.
pub(super) fn fill_in(front: &mut FrontMatter, assets: &[Asset], typography: Option<Typography>) {
    let pictures = front.image.as_deref_mut().into_iter().chain(&mut front.gallery);
    pictures.for_each(|image| fill_in_picture(image, assets, typography));
}

fn fill_in_picture(image: &mut Image, assets: &[Asset], typography: Option<Typography>) {
    let reference = image.src.as_deref().map(classify);
    let asset = assets
        .iter()
        .find(|asset| matches!(&reference, Some(Written::File(file)) if *file == asset.reference));
    if let Some(metadata) = asset.and_then(|asset| asset.metadata.as_deref()) {
        let Metadata { alt, caption, .. } = metadata.clone();
        let own = [
            (&mut image.alt, alt),
            (&mut image.caption, caption),
            (&mut image.credit, metadata.credit_line()),
        ];
        for (text, of_file) in own.into_iter().filter(|(text, _)| text.is_none()) {
            *text = of_file;
            text.iter_mut().zip(typography).for_each(|(text, typography)| typography.set(text));
        }
    }
    for text in [&mut image.alt, &mut image.caption, &mut image.credit] {
        text.take_if(|text| text.is_empty());
    }
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
        Flaw::UnsupportedFormat(format) if format == "HEIC" => warning(
            "image/few-browsers",
            format!("few browsers support {format}, the format of the picture `{name}`"),
            "export it as JPEG: on an iPhone, Settings > Camera > Formats > Most Compatible takes JPEG from the start",
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
        Flaw::Location | Flaw::LocationInCredentials | Flaw::RawFile => too_revealing(name, flaw),
        Flaw::Script => warning(
            "image/script",
            format!(
                "the drawing `{name}` has scripts, loads other files or embeds pictures in an unknown format, which are removed"
            ),
            "export it again as a plain SVG if something is missing",
        ),
        Flaw::TooLarge(width, height) => too_large(name, *width, *height),
        Flaw::OneSize(format) => warning(
            "image/one-size",
            format!(
                "the picture `{name}` is published in one size, because bulletin does not decode {format}"
            ),
            "export it as JPEG: readers then get the size that suits their screens",
        ),
        Flaw::Undecodable(_, error) if flaw.leaves_nothing() => nothing_to_publish(name, error),
        Flaw::Undecodable(_, error) => decoding_problem(name, error),
    }
}

/// The problem of a picture whose metadata must not be published and cannot be removed.
fn too_revealing(name: &str, flaw: &Flaw) -> Diagnostic {
    match flaw {
        Flaw::RawFile => Diagnostic::error("image/raw-file", format!("`{name}` is a camera raw file"))
            .help("publish a JPEG instead: raw files reveal where and with which camera a picture was taken"),
        Flaw::LocationInCredentials => Diagnostic::error(
            "image/location",
            format!("the picture `{name}` would be published with the place where it was taken, because removing it breaks its content credentials"),
        )
        .help("set `original: never` under `pictures`, or replace it by a copy without the location"),
        _ => Diagnostic::error(
            "image/location",
            format!("the metadata of the picture `{name}` reveals where it was taken"),
        )
        .help(format!(
            "remove the location from its metadata, for example with `exiftool -gps:all= -xmp-exif:gps*= {name}`"
        )),
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
        PictureError::Unsupported(_) | PictureError::Damaged(_) | PictureError::CutOff => {
            let again = match error {
                PictureError::Unsupported(_) => "export it again as JPEG",
                _ => "save it again, or export it as JPEG",
            };
            Diagnostic::warning("image/unreadable", format!("cannot decode the picture `{name}`: {error}"))
                .help(format!("{again}: until then, readers get the file as it is, in one size"))
        }
    }
}

/// The problem of a picture that cannot be decoded, of a format that browsers do not show.
fn nothing_to_publish(name: &str, error: &PictureError) -> Diagnostic {
    let what = match error {
        PictureError::CutOff => "copy it again, or export it as JPEG",
        PictureError::Damaged(_) => "save it again, or export it as JPEG",
        PictureError::TooLarge(..) => "scale it down, and export it as JPEG",
        _ => "export it as JPEG",
    };
    Diagnostic::error("image/unreadable", format!("cannot decode the picture `{name}`: {error}"))
        .help(format!("{what}: browsers do not show TIFF, so nothing can be published of it"))
}

/// Why a picture file cannot be decoded, if that is known.
pub type ErrorOf<'a> = &'a (dyn Fn(&Path, &Source) -> Option<PictureError> + Sync);

impl Content {
    /// Marks the pictures that cannot be decoded: what follows makes no renditions of them, and names none. Those of stories that
    /// editors hold back are left alone, unless `with_drafts`. Also returns a problem for each.
    pub fn mark_undecodable(
        self: Arc<Self>,
        with_drafts: bool,
        error_of: ErrorOf<'_>,
    ) -> (Arc<Self>, Vec<Diagnostic>) {
        let is_decoded = |article: &Article| with_drafts || !article.front.is_held();
        let pictures = self.articles.iter().enumerate().filter(|(_, article)| is_decoded(article));
        let pictures = pictures.flat_map(|(at, article)| {
            let sources = article.assets.iter().enumerate();
            sources.filter_map(move |(asset, found)| Some(((at, asset), &found.path, found.source?)))
        });
        let pictures: Vec<_> = pictures.collect();
        let failed = pictures.into_par_iter().filter_map(|(place, path, source)| {
            let error = error_of(&self.file(path), &source).filter(|error| !error.may_pass())?;
            Some((place, Flaw::Undecodable(source.format, error)))
        });
        let failed: Vec<_> = failed.collect();
        if failed.is_empty() {
            return (self, Vec::new());
        }
        let mut articles = self.articles.clone();
        let mut problems = Vec::new();
        for ((at, asset), flaw) in failed {
            let asset = &mut Arc::make_mut(&mut articles[at]).assets[asset];
            // A truncated file has been reported, which explains all else.
            if !asset.flaws.contains(&Flaw::CutOff) {
                let place = place_of_asset(&self, &self.articles[at], &asset.reference);
                problems.push(picture_problem(&asset.reference, &flaw).at(place));
            }
            asset.source = None;
            asset.flaws.push(flaw);
        }
        (Arc::new(self.with_articles(articles)), problems)
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
