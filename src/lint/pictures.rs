//! A story → its pictures without alternative text, and a lead picture without a file.

use crate::content::markdown::{self, ReferenceKind};
use crate::content::{Article, ArticleText, Asset, Content, Image, place_of, place_of_asset, place_of_value};
use crate::diagnostic::Diagnostic;

const NO_ALT: &str = "image/no-alt";

/// Returns a warning for each picture that lacks something.
pub(super) fn check_pictures(content: &Content, article: &Article) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> =
        article.front.image.iter().filter_map(|image| check_lead(content, article, image)).collect();
    if !article.outline.references.iter().any(|reference| reference.kind == ReferenceKind::Image) {
        return problems;
    }
    // A file that changes meanwhile is checked by the next run.
    let Some(source) = ArticleText::read(content, article).source else { return problems };
    let body = source.text.get(article.body_start..).unwrap_or_default();
    problems.extend(markdown::undescribed(body).into_iter().map(|(written, span)| {
        Diagnostic::warning(NO_ALT, format!("the picture `{written}` has no alternative text"))
            .at(source.place(article.body_start + span.start..article.body_start + span.end))
            .help("describe the picture for readers who cannot see it, as in `![An idle crane at dusk](…)`")
    }));
    problems
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
