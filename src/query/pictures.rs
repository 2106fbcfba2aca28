//! A picture of the site and the widths and crop that a page wants → what its HTML needs: the URLs of its renditions, its size and its color.

use serde::{Deserialize, Serialize};

use crate::config::Pictures;
use crate::content::ArticleId;
use crate::edition::Edition;
use crate::pictures::{
    Crop, Encoding, Facts, Focus, Form, Format, Library, PublishedPicture, Ratio, Rendition, Source,
};
use crate::plan::{PageKind, RenditionFile, Route};

/// What a page wants of a picture.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PictureQuery {
    /// The path of the picture on the site, as `article.image.src` has it.
    pub src: String,
    /// The widths in pixels. None: those of the settings.
    pub widths: Vec<u32>,
    /// The ratio to crop it to.
    pub ratio: Option<Ratio>,
    /// The point that a crop must keep.
    pub focus: Option<Focus>,
}

/// A picture for a page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PictureAnswer {
    /// The URL for browsers that know no `srcset`.
    pub src: String,
    /// Width and height of the largest rendition, if known.
    pub size: Option<(u32, u32)>,
    /// Its dominant color: red, green and blue. `None` if it is not known or the picture is transparent.
    pub color: Option<[u8; 3]>,
    /// What browsers choose from, the best format first. Each has the media type and the URLs with their widths.
    pub sources: Vec<SourceSet>,
}

/// The renditions of a picture in one format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceSet {
    /// The media type.
    pub media_type: &'static str,
    /// The URLs with their widths in pixels, in ascending order.
    pub candidates: Vec<(String, u32)>,
}

impl SourceSet {
    /// The value of a `srcset` attribute.
    pub fn srcset(&self) -> String {
        let candidates: Vec<String> =
            self.candidates.iter().map(|(url, width)| format!("{url} {width}w")).collect();
        candidates.join(", ")
    }
}

/// A picture file of the site, found by its path.
struct Found<'a> {
    id: ArticleId,
    name: &'a str,
    picture: &'a PublishedPicture,
    size: (u32, u32),
}

/// Answers a query. `None` if there is no picture at the path from which renditions can be made: one elsewhere, an SVG, or none at all.
pub(super) fn answer(edition: &Edition, library: &Library, query: &PictureQuery) -> Option<PictureAnswer> {
    let found = find(edition, &query.src)?;
    let source = &found.picture.source;
    let facts = library.facts(&found.picture.file, source).ok()?;
    let files = files(&edition.config.pictures, source, &facts, query, found.name);
    let urls = edition.plan.urls();
    for file in files.iter().flatten() {
        let form = Form::Rendition(file.rendition);
        let path = file.route.as_str();
        library.offer(path, PublishedPicture { form, ..found.picture.clone() });
    }
    let sources = files.iter().map(|files| SourceSet {
        media_type: files.first().map_or("", |file| file.rendition.encoding.media_type()),
        candidates: files.iter().map(|file| (urls.path(&file.route), file.rendition.width)).collect(),
    });
    let largest = files.first().and_then(|files| files.last());
    // The fallback of old browsers is of middling width.
    let fallback = files.last().and_then(|files| {
        let wide = files.iter().find(|file| file.rendition.width >= 640);
        wide.or(files.last())
    });
    Some(PictureAnswer {
        src: fallback.map_or_else(|| query.src.clone(), |file| urls.path(&file.route)),
        size: Some(largest.map_or(found.size, |file| (file.rendition.width, file.rendition.height))),
        color: Some(facts.color).filter(|_| !facts.is_transparent),
        sources: sources.collect(),
    })
}

/// The renditions that an answer names, as pages of the site.
pub(super) fn renditions(
    edition: &Edition,
    library: &Library,
    query: &PictureQuery,
) -> Vec<(Route, PageKind)> {
    let Some(found) = find(edition, &query.src) else { return Vec::new() };
    let source = &found.picture.source;
    let Ok(facts) = library.facts(&found.picture.file, source) else { return Vec::new() };
    let files = files(&edition.config.pictures, source, &facts, query, found.name);
    let page = |file: RenditionFile| {
        let form = Form::Rendition(file.rendition);
        let picture = PublishedPicture { form, ..found.picture.clone() };
        (file.route, PageKind::Picture(found.id, picture.into()))
    };
    files.into_iter().flatten().map(page).collect()
}

fn find<'a>(edition: &'a Edition, src: &str) -> Option<Found<'a>> {
    let plan = &edition.plan;
    let path = src.strip_prefix(plan.urls().prefix())?;
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let page = plan.served(&decoded)?;
    let PageKind::Picture(id, picture) = &page.kind else { return None };
    let size = match &picture.form {
        Form::Rendition(rendition) => (rendition.width, rendition.height),
        Form::Original | Form::Signed => picture.source.size,
    };
    let name = page.route.as_str().rsplit('/').next().unwrap_or_default();
    Some(Found { id: *id, name, picture, size })
}

/// The renditions by format, the best format first, each in ascending order of width.
fn files(
    settings: &Pictures,
    source: &Source,
    facts: &Facts,
    query: &PictureQuery,
    name: &str,
) -> Vec<Vec<RenditionFile>> {
    if facts.is_animated || source.format == Format::Gif {
        return Vec::new();
    }
    let crop = query.ratio.map(|ratio| Crop { ratio, focus: query.focus });
    let encodings: &[Encoding] = match (facts.is_drawing || facts.is_transparent, settings.avif) {
        (true, _) => &[Encoding::Png],
        (false, true) => &[Encoding::Avif, Encoding::Jpeg],
        (false, false) => &[Encoding::Jpeg],
    };
    let widths = if query.widths.is_empty() { &settings.widths } else { &query.widths };
    let of = |encoding: &Encoding| {
        let renditions =
            widths.iter().map(|width| Rendition::new(source, crop, *width, *encoding, settings.quality));
        let mut renditions: Vec<Rendition> = renditions.collect();
        // Widths above that of the picture are all its own.
        renditions.sort_unstable_by_key(|rendition| rendition.width);
        renditions.dedup();
        renditions.into_iter().map(|rendition| RenditionFile::new(rendition, name)).collect()
    };
    encodings.iter().map(of).collect()
}
