//! An article → the pictures that those who cannot see them are told nothing of, and the one that is yet to be chosen.

use super::check::{place_of_value, text_of};
use super::markdown::{self, ReferenceKind};
use super::{Article, Content, Image, place_of, shown_path};
use crate::diagnostic::{Diagnostic, Place};

const CODE: &str = "image/no-alt";

/// What the pictures of an article lack, as warnings. The file of an article with pictures is read again.
pub fn problems_of_pictures(content: &Content, article: &Article) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> =
        article.front.image.iter().filter_map(|image| of_lead(content, article, image)).collect();
    if !article.outline.references.iter().any(|reference| reference.kind == ReferenceKind::Image) {
        return problems;
    }
    // One that changes meanwhile is checked by the next run.
    let Some(text) = text_of(content, article) else { return problems };
    let body = text.get(article.body_start..).unwrap_or_default();
    problems.extend(markdown::undescribed(body).into_iter().map(|(written, span)| {
        let span = article.body_start + span.start..article.body_start + span.end;
        Diagnostic::warning(CODE, format!("the picture `{written}` has no alternative text"))
            .at(Place::new(shown_path(&article.path), text.clone(), span))
            .help("say what can be seen for those who cannot see it: `![An idle crane at dusk](…)`")
    }));
    problems
}

fn of_lead(content: &Content, article: &Article, image: &Image) -> Option<Diagnostic> {
    let Some(src) = &image.src else {
        let said = [&image.caption, &image.alt, &image.credit].into_iter().flatten().next();
        let place =
            said.map_or_else(|| place_of(article), |written| place_of_value(content, article, written));
        let message = "the lead picture has words and no file: it is not shown";
        return Some(
            Diagnostic::warning("image/no-src", message)
                .at(place)
                .help("choose a picture and write its path as `src`, or delete `image`"),
        );
    };
    if image.alt.is_some() {
        return None;
    }
    let message = format!("the lead picture `{src}` has no alternative text");
    Some(Diagnostic::warning(CODE, message).at(place_of_value(content, article, src)).help(
        "say what can be seen for those who cannot see it: `image: {src: …, alt: An idle crane at dusk}`",
    ))
}
