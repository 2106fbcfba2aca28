//! A story → its pictures that lack a text or a credit, that are too small, blurred or heavy for their place, or that cannot be decoded.

use std::fs;

use crate::content::markdown::{self, ReferenceKind};
use crate::content::{
    Article, ArticleText, Asset, Content, Image, Medium, companions_of, decoding_problem, place_of,
    place_of_asset, place_of_value,
};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::pictures::{Facts, Flaw, Form, Format, PictureError, Ratio};
use crate::plan::under_own_name;

const NO_ALT: &str = "image/no-alt";

/// The width in pixels that the cards of social networks have, and that Google asks of the pictures of stories
/// (developers.google.com/search/docs/appearance/structured-data/article).
const LEAD_WIDTH: u32 = 1200;

/// The largest file in bytes that readers should get.
const HEAVY: u64 = 5_000_000;

/// A photograph whose sharpness is below this shows no detail, even in a small size.
pub(super) const BLURRED: f32 = 20.0;

/// The facts of a picture, or why it has none; `None` if they are not known.
pub(super) type FactsOf<'a> = &'a (dyn Fn(&Asset) -> Option<Result<Facts, PictureError>> + Sync);

/// Returns the problems of the pictures of a story.
pub(super) fn check(edition: &Edition, article: &Article, facts_of: FactsOf<'_>) -> Vec<Diagnostic> {
    let content = &edition.content;
    let mut problems = Vec::new();
    for asset in &article.assets {
        let facts = facts_of(asset);
        let found = of_pixels(asset, facts.as_ref()).into_iter().chain(too_heavy(edition, article, asset));
        problems.extend(found.map(|problem| problem.at(place_of_asset(content, article, &asset.reference))));
    }
    if let Some(image) = article.front.image.as_deref() {
        problems.extend(of_lead(content, article, image, facts_of));
    }
    problems
        .extend(article.front.gallery.iter().flat_map(|image| of_gallery(content, article, image, facts_of)));
    problems.extend(without_captions(content, article));
    problems.extend(undescribed(content, article));
    problems
}

/// The problems of a picture of the gallery.
fn of_gallery(content: &Content, article: &Article, image: &Image, facts_of: FactsOf<'_>) -> Vec<Diagnostic> {
    let Some(src) = &image.src else { return Vec::new() };
    let what = Named { what: format!("the picture `{src}` of the gallery"), key: "-" };
    let asset = article.asset_written(src);
    let facts = asset.and_then(facts_of).and_then(Result::ok);
    let found = [no_alt(&what, image, asset), no_credit(&what, image, src, asset, facts.as_ref())];
    found.into_iter().flatten().map(|problem| problem.at(place_of_value(content, article, src))).collect()
}

/// A picture of the front matter, for messages.
struct Named {
    /// What it is, with its name.
    what: String,
    /// What its map begins with.
    key: &'static str,
}

/// A warning for each film beside the story that has no captions (WCAG 1.2.2).
fn without_captions<'a>(content: &'a Content, article: &'a Article) -> impl Iterator<Item = Diagnostic> + 'a {
    let shown = article.outline.references.iter().filter(|reference| reference.kind == ReferenceKind::Image);
    let in_text = shown.map(|reference| reference.written.as_str());
    let lead = article.front.video.as_ref().filter(|video| video.captions.is_empty());
    let films = in_text.chain(lead.map(|video| video.src.as_str()));
    let films = films.filter(|src| Medium::of(src).is_some_and(|(medium, _)| medium == Medium::Video));
    let films = films.filter_map(|src| article.asset_written(src));
    films.filter(|film| companions_of(article, &film.reference).1.is_empty()).map(|film| {
        let name = &film.reference;
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        Diagnostic::warning("media/no-captions", format!("the film `{name}` has no captions"))
            .at(place_of_asset(content, article, name))
            .help(format!("save captions for readers who cannot hear it as `{stem}.vtt` beside it"))
    })
}

/// Returns a warning for each picture whose content credentials readers will not get: renditions have none, and originals are not published.
pub(super) fn lost_credentials<'a>(
    content: &'a Content,
    article: &'a Article,
) -> impl Iterator<Item = Diagnostic> + 'a {
    let is_signed =
        |asset: &&Asset| asset.metadata.as_ref().is_some_and(|metadata| metadata.has_content_credentials);
    article.assets.iter().filter(is_signed).map(|asset| {
        let message =
            format!("readers do not get the content credentials of the picture `{}`", asset.reference);
        Diagnostic::warning("image/credentials", message)
            .at(place_of_asset(content, article, &asset.reference))
            .help("set `pictures: {original: linked}` and link to the file, so that readers can verify it")
    })
}

/// What only the pixels of a picture tell.
fn of_pixels(asset: &Asset, facts: Option<&Result<Facts, PictureError>>) -> Option<Diagnostic> {
    let name = &asset.reference;
    match facts? {
        Err(_) if asset.flaws.contains(&Flaw::CutOff) => None,
        Err(error) => Some(decoding_problem(name, error)),
        Ok(facts) if facts.is_drawing || facts.is_animated || facts.sharpness >= BLURRED => None,
        Ok(_) => Some(
            Diagnostic::warning("image/blurred", format!("the picture `{name}` looks blurred"))
                .help("use a sharper picture, unless it is meant to look like this"),
        ),
    }
}

/// A file that readers get as it is although it is large.
fn too_heavy(edition: &Edition, article: &Article, asset: &Asset) -> Option<Diagnostic> {
    asset.size?;
    let length = fs::metadata(edition.content.file(&asset.path)).ok()?.len();
    if length <= HEAVY {
        return None;
    }
    let published = under_own_name(&edition.config.pictures, article, asset);
    if published.is_some_and(|(form, _)| matches!(form, Form::Rendition(_))) {
        return None;
    }
    let megabytes = (length as f64 / 1e6).round();
    let message =
        format!("the picture `{}` has {megabytes} MB, and readers get all of them", asset.reference);
    let help = match asset.source.map(|source| source.format) {
        Some(Format::Gif) => "make it a video: an MP4 of the same scene has a tenth of the size",
        _ => "save it as JPEG: readers then get smaller sizes of it",
    };
    Some(Diagnostic::warning("image/heavy", message).help(help))
}

/// The problems of a lead picture.
fn of_lead(content: &Content, article: &Article, image: &Image, facts_of: FactsOf<'_>) -> Vec<Diagnostic> {
    let Some(src) = &image.src else { return vec![no_src(content, article, image)] };
    let asset = article.asset_written(src);
    let facts = asset.and_then(facts_of).and_then(Result::ok);
    let what = Named { what: format!("the lead picture `{src}`"), key: "image:" };
    let found = [
        no_alt(&what, image, asset),
        no_credit(&what, image, src, asset, facts.as_ref()),
        too_small(src, asset),
    ];
    let found: Vec<Diagnostic> = found.into_iter().flatten().collect();
    if found.is_empty() {
        return found;
    }
    let place = place_of_value(content, article, src);
    found.into_iter().map(|problem| problem.at(place.clone())).collect()
}

fn no_src(content: &Content, article: &Article, image: &Image) -> Diagnostic {
    let text = [&image.caption, &image.alt, &image.credit].into_iter().flatten().next();
    let place = text.map_or_else(|| place_of(article), |written| place_of_value(content, article, written));
    Diagnostic::warning("image/no-src", "the lead picture has no file, so it is not shown")
        .at(place)
        .help("add the path of a picture as `src`, or delete `image`")
}

fn no_alt(of: &Named, image: &Image, asset: Option<&Asset>) -> Option<Diagnostic> {
    if image.alt.is_some() || asset.is_some_and(describes_itself) {
        return None;
    }
    let Named { what, key } = of;
    Some(Diagnostic::warning(NO_ALT, format!("{what} has no alternative text")).help(format!(
        "describe the picture for readers who cannot see it, as in `{key} {{src: …, alt: An idle crane at dusk}}`"
    )))
}

/// Whether the metadata of a file have an alternative text.
fn describes_itself(asset: &Asset) -> bool {
    asset.metadata.as_ref().is_some_and(|metadata| metadata.alt.is_some())
}

/// Drawings need no credit: most are made by the newsroom itself.
fn no_credit(
    of: &Named,
    image: &Image,
    src: &str,
    asset: Option<&Asset>,
    facts: Option<&Facts>,
) -> Option<Diagnostic> {
    let is_drawing =
        src.to_ascii_lowercase().ends_with(".svg") || facts.is_some_and(|facts| facts.is_drawing);
    if is_drawing || credit(Some(image), asset).is_some() {
        return None;
    }
    let Named { what, key } = of;
    Some(
        Diagnostic::warning("image/no-credit", format!("{what} has no credit"))
            .help(format!("say who made the picture, as in `{key} {{src: …, credit: Harbour desk}}`")),
    )
}

/// The credit of a picture: that of the story, else that of its file.
pub(super) fn credit<'a>(image: Option<&'a Image>, asset: Option<&'a Asset>) -> Option<&'a str> {
    let own = image.and_then(|image| image.credit.as_deref());
    let metadata = asset.and_then(|asset| asset.metadata.as_deref());
    let of_file = metadata.into_iter().flat_map(|all| [&all.credit, &all.creator, &all.copyright]).flatten();
    let mut all = own.into_iter().chain(of_file.map(String::as_str));
    all.find(|credit| !credit.trim().is_empty())
}

/// A lead picture from which no card can be made without scaling it up.
fn too_small(src: &str, asset: Option<&Asset>) -> Option<Diagnostic> {
    let size = asset?.source?.size;
    let (card, _) = Ratio::CARD.within(size);
    if card >= LEAD_WIDTH {
        return None;
    }
    let (width, height) = size;
    let message = format!(
        "the lead picture `{src}` has {width} × {height} pixels: too few for search engines and the cards of social networks, which scale it up or leave it out"
    );
    let help =
        format!("use a picture of at least {LEAD_WIDTH} × {} pixels", Ratio::CARD.height_of(LEAD_WIDTH));
    Some(Diagnostic::warning("image/too-small", message).help(help))
}

/// The pictures in the text without alternative text.
fn undescribed(content: &Content, article: &Article) -> Vec<Diagnostic> {
    if !article.outline.references.iter().any(|reference| reference.kind == ReferenceKind::Image) {
        return Vec::new();
    }
    // A file that changes meanwhile is checked by the next run.
    let Some(source) = ArticleText::read(content, article).source else { return Vec::new() };
    let body = source.text.get(article.body_start..).unwrap_or_default();
    let undescribed = markdown::undescribed(body).into_iter();
    let undescribed = undescribed.filter(|(written, _)| {
        Medium::of(written).is_none() && !article.asset_written(written).is_some_and(describes_itself)
    });
    let problem = |(written, span): (String, std::ops::Range<usize>)| {
        Diagnostic::warning(NO_ALT, format!("the picture `{written}` has no alternative text"))
            .at(source.place(article.body_start + span.start..article.body_start + span.end))
            .help("describe the picture for readers who cannot see it, as in `![An idle crane at dusk](…)`")
    };
    undescribed.map(problem).collect()
}
