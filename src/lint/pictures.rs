//! A story → its pictures without alternative text, and a lead picture without a file.

use crate::content::markdown::{self, ReferenceKind};
use crate::content::{Article, Content, Image, place_of, place_of_value, shown_path, text_of};
use crate::diagnostic::{Diagnostic, Place};

const CODE: &str = "image/no-alt";

/// Returns a warning for each picture that lacks something. Reads the source file again if its text has pictures.
pub(super) fn check_pictures(content: &Content, article: &Article) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> =
        article.front.image.iter().filter_map(|image| check_lead(content, article, image)).collect();
    if !article.outline.references.iter().any(|reference| reference.kind == ReferenceKind::Image) {
        return problems;
    }
    // A file that changes meanwhile is checked by the next run.
    let Some(text) = text_of(content, article) else { return problems };
    let body = text.get(article.body_start..).unwrap_or_default();
    problems.extend(markdown::undescribed(body).into_iter().map(|(written, span)| {
        let span = article.body_start + span.start..article.body_start + span.end;
        Diagnostic::warning(CODE, format!("the picture `{written}` has no alternative text"))
            .at(Place::new(shown_path(&article.path), text.clone(), span))
            .help("describe the picture for readers who cannot see it, as in `![An idle crane at dusk](…)`")
    }));
    problems
}

fn check_lead(content: &Content, article: &Article, image: &Image) -> Option<Diagnostic> {
    let Some(src) = &image.src else {
        let text = [&image.caption, &image.alt, &image.credit].into_iter().flatten().next();
        let place =
            text.map_or_else(|| place_of(article), |written| place_of_value(content, article, written));
        let message = "the lead picture has a text but no file, so it is not shown";
        return Some(
            Diagnostic::warning("image/no-src", message)
                .at(place)
                .help("set `src` to the path of a picture, or delete `image`"),
        );
    };
    if image.alt.is_some() {
        return None;
    }
    let message = format!("the lead picture `{src}` has no alternative text");
    Some(Diagnostic::warning(CODE, message).at(place_of_value(content, article, src)).help(
        "describe the picture for readers who cannot see it, as in `image: {src: …, alt: An idle crane at dusk}`",
    ))
}
