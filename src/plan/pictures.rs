//! A picture file of a story → the files that the site publishes of it.
//!
//! Under its own name, next to the page, readers get the picture without private metadata and at most as large as the largest
//! rendition: old links, feeds and themes that know nothing of renditions keep working. What machines get of the lead picture (cards of social
//! networks, crops for search engines, a middling width for feeds) follows from the picture alone. What pages show besides depends on their templates, which
//! ask `query` for it.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::{PageKind, Planner, Route, Urls};
use crate::config::{Pictures, PublishedOriginals};
use crate::content::markdown::ReferenceKind;
use crate::content::{Article, ArticleId, Asset, Image, picture_problem, place_of_asset};
use crate::pictures::{
    Crop, Encoding, Flaw, Focus, Form, Format, Metadata, PublishedPicture, Ratio, Rendition, Source,
};
use crate::slug::slugify;

/// The width of the card of social networks.
const CARD_WIDTH: u32 = 1200;
/// The width of the crops for search engines: Google asks for pictures of at least 1200 pixels of width
/// (developers.google.com/search/docs/appearance/structured-data/article).
const CROP_WIDTH: u32 = 1200;
/// The width of pictures in feeds and for partners.
const MIDDLING_WIDTH: u32 = 960;
/// A narrower picture is too small for cards and search engines, which get it as it is.
const SMALLEST_CARD: u32 = 320;
/// A picture up to this width is not scaled for feeds.
const SMALL: u32 = 1280;

/// A picture file that a story names, beside it or in `static/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NamedPicture<'a> {
    /// Its file name.
    pub name: &'a str,
    /// Width and height in CSS pixels, if known.
    pub size: Option<(u32, u32)>,
    /// What identifies it, if renditions can be made from it.
    pub source: Option<&'a Source>,
    /// What its own metadata says, if it says anything.
    pub metadata: Option<&'a Metadata>,
}

impl<'a> From<&'a Asset> for NamedPicture<'a> {
    fn from(asset: &'a Asset) -> Self {
        let Asset { name, size, source, metadata, .. } = asset;
        Self { name, size: *size, source: source.as_ref(), metadata: metadata.as_deref() }
    }
}

/// A rendition with its route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenditionFile {
    /// Where it is.
    pub route: Route,
    /// What it is.
    pub rendition: Rendition,
}

impl RenditionFile {
    /// The file of a rendition; `name` is the file name of the picture.
    pub fn new(rendition: Rendition, name: &str) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name);
        let stem = slugify(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
        let route = Route::root().file(&rendition.path(&stem));
        // Slugs and hexadecimal digits are valid names.
        Self { route: route.unwrap_or_else(|_| Route::root()), rendition }
    }

    /// Its URL, width and height.
    pub fn absolute(&self, urls: &Urls) -> (String, (u32, u32)) {
        (urls.absolute(&self.route), (self.rendition.width, self.rendition.height))
    }
}

/// What machines get of a lead picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachinePictures {
    /// For the cards of social networks.
    pub card: RenditionFile,
    /// For search engines: 1:1, 4:3 and 16:9.
    pub crops: [RenditionFile; 3],
}

impl MachinePictures {
    /// Those of a picture. `None` if renditions cannot be made from it, or it is too small.
    pub fn new(settings: &Pictures, picture: NamedPicture<'_>, image: &Image) -> Option<Self> {
        let source = picture.source.filter(|source| source.size.0 >= SMALLEST_CARD)?;
        let focus = image.focus.map(|(x, y)| Focus::new(x, y));
        let crop = |ratio, width| {
            let crop = Some(Crop { ratio, focus });
            let rendition = Rendition::new(source, crop, width, Encoding::Jpeg, settings.quality);
            RenditionFile::new(rendition, picture.name)
        };
        Some(Self {
            card: crop(Ratio::CARD, CARD_WIDTH),
            crops: [Ratio::SQUARE, Ratio::STANDARD, Ratio::WIDE].map(|ratio| crop(ratio, CROP_WIDTH)),
        })
    }

    pub(super) fn into_files(self) -> impl Iterator<Item = RenditionFile> {
        std::iter::once(self.card).chain(self.crops)
    }
}

/// The rendition of middling width that feeds and partners get of a picture. `None`: they get the file under its own name, which is small or cannot
/// be scaled.
pub fn middling(settings: &Pictures, picture: NamedPicture<'_>) -> Option<RenditionFile> {
    let source = picture.source.filter(|source| source.size.0 > SMALL && is_still(source))?;
    let rendition = Rendition::new(source, None, MIDDLING_WIDTH, Encoding::Jpeg, settings.quality);
    Some(RenditionFile::new(rendition, picture.name))
}

/// The renditions of a story's picture that a site most likely has: those for machines, and all of it in the usual widths.
pub fn usual_renditions(settings: &Pictures, article: &Article, asset: &Asset) -> Vec<RenditionFile> {
    let Some(source) = &asset.source else { return Vec::new() };
    let machine = lead(article, asset).and_then(|image| MachinePictures::new(settings, asset.into(), image));
    let encodings = [Encoding::Avif, Encoding::Jpeg, Encoding::Png];
    let shown = encodings.iter().flat_map(|encoding| {
        let rendition = |width: &u32| Rendition::new(source, None, *width, *encoding, settings.quality);
        settings.widths.iter().map(rendition).map(|rendition| RenditionFile::new(rendition, &asset.name))
    });
    machine
        .into_iter()
        .flat_map(MachinePictures::into_files)
        .chain(middling(settings, asset.into()))
        .chain(shown)
        .collect()
}

/// The lead picture of a story, if this is its file.
fn lead<'a>(article: &'a Article, asset: &Asset) -> Option<&'a Image> {
    let image = article.front.image.as_deref()?;
    let src = image.src.as_deref()?;
    (article.asset_written(src) == Some(asset)).then_some(image)
}

/// Whether a format has one frame. A GIF is scaled by nobody: most are animations.
fn is_still(source: &Source) -> bool {
    source.format != Format::Gif
}

/// What is published under the own name of a picture, and the size that it has.
pub fn under_own_name(settings: &Pictures, article: &Article, asset: &Asset) -> Option<(Form, (u32, u32))> {
    let source = asset.source.as_ref()?;
    let is_linked = || {
        article.outline.references.iter().any(|reference| {
            reference.kind == ReferenceKind::Link && reference.written.ends_with(&asset.reference)
        })
    };
    let keeps_original = match settings.original {
        PublishedOriginals::Never => false,
        PublishedOriginals::Linked => is_linked(),
        PublishedOriginals::Always => true,
    };
    let is_too_large = source.format == Format::Jpeg && source.size.0 > settings.widest();
    if source.format == Format::Tiff || (is_too_large && !keeps_original) {
        let rendition = Rendition::new(source, None, settings.widest(), Encoding::Jpeg, settings.quality);
        return Some((Form::Rendition(rendition), (rendition.width, rendition.height)));
    }
    let is_signed = asset.metadata.as_ref().is_some_and(|metadata| metadata.has_content_credentials);
    let form = if keeps_original && is_signed { Form::Signed } else { Form::Original };
    Some((form, source.size))
}

impl Planner<'_> {
    /// Adds the files of a story's picture. `None` if it is a file that is copied.
    pub(super) fn picture(
        &mut self,
        settings: &Pictures,
        id: ArticleId,
        asset: &Asset,
        route: &Route,
    ) -> Option<()> {
        let article = self.content.get(id);
        let (form, _) = under_own_name(settings, article, asset)?;
        let source = asset.source?;
        if form == Form::Signed && asset.flaws.contains(&Flaw::LocationInCredentials) {
            let problem = picture_problem(&asset.reference, &Flaw::LocationInCredentials);
            self.diagnostics.push(problem.at(place_of_asset(self.content, article, &asset.reference)));
        }
        let file: PathBuf = self.content.file(&asset.path);
        let page = |form| {
            PageKind::Picture(Some(id), Arc::new(PublishedPicture { file: file.clone(), source, form }))
        };
        self.add(route.clone(), page(form));
        let machine =
            lead(article, asset).and_then(|image| MachinePictures::new(settings, asset.into(), image));
        let files =
            machine.into_iter().flat_map(MachinePictures::into_files).chain(middling(settings, asset.into()));
        for RenditionFile { route, rendition } in files {
            self.add(route, page(Form::Rendition(rendition)));
        }
        Some(())
    }
}
