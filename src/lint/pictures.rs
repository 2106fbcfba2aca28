//! A story → its pictures without alternative text, and a lead picture without a file.

use crate::content::markdown::{self, ReferenceKind};
use crate::content::{
    Article, ArticleText, Content, Image, Medium, companions_of, place_of, place_of_asset, place_of_value,
};
use crate::diagnostic::Diagnostic;

const NO_ALT: &str = "image/no-alt";

/// Returns a warning for each picture that lacks something.
pub(super) fn check_pictures(content: &Content, article: &Article) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> =
        article.front.image.iter().filter_map(|image| check_lead(content, article, image)).collect();
    problems
        .extend(article.front.gallery.iter().filter_map(|image| check_of_gallery(content, article, image)));
    problems.extend(without_captions(content, article));
    if !article.outline.references.iter().any(|reference| reference.kind == ReferenceKind::Image) {
        return problems;
    }
    // A file that changes meanwhile is checked by the next run.
    let Some(source) = ArticleText::read(content, article).source else { return problems };
    let body = source.text.get(article.body_start..).unwrap_or_default();
    let undescribed = markdown::undescribed(body).into_iter();
    let pictures = undescribed.filter(|(written, _)| Medium::of(written).is_none());
    problems.extend(pictures.map(|(written, span)| {
        Diagnostic::warning(NO_ALT, format!("the picture `{written}` has no alternative text"))
            .at(source.place(article.body_start + span.start..article.body_start + span.end))
            .help("describe the picture for readers who cannot see it, as in `![An idle crane at dusk](…)`")
    }));
    problems
}

fn check_of_gallery(content: &Content, article: &Article, image: &Image) -> Option<Diagnostic> {
    let src = image.src.as_deref().filter(|_| image.alt.is_none())?;
    let message = format!("the picture `{src}` of the gallery has no alternative text");
    Some(Diagnostic::warning(NO_ALT, message).at(place_of_value(content, article, src)).help(
        "describe the picture for readers who cannot see it, as in `- {src: …, alt: An idle crane at dusk}`",
    ))
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

fn check_lead(content: &Content, article: &Article, image: &Image) -> Option<Diagnostic> {
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
        "describe the picture for readers who cannot see it, as in `image: {src: …, alt: An idle crane at dusk}`",
    ))
}
