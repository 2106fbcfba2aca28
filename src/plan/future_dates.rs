//! Visible articles → warnings about updates and corrections with dates in the future.

use crate::archive::{Archive, Visibility};
use crate::content::{Article, Content, place_of};
use crate::diagnostic::Diagnostic;

/// Warns about updates and corrections later than the instant of the site. They may be mistakes, and until then nothing
/// machine-readable shows them.
pub(super) fn check(content: &Content, archive: &Archive) -> Vec<Diagnostic> {
    let as_of = archive.as_of();
    let shown = content.iter().filter(|(id, _)| archive.visibility(*id) == Visibility::Shown);
    let warn = |article: &Article, what: &str| {
        Diagnostic::warning(
            "front-matter/future",
            format!("the date of {what} of this story is in the future"),
        )
        .at(place_of(article))
        .help("check the date: feeds and sitemaps ignore it until then")
    };
    shown
        .flat_map(|(_, article)| {
            let front = &article.front;
            let updated = front.updated.is_some_and(|updated| updated > as_of);
            let corrected = front.corrections.iter().any(|note| note.date > as_of);
            let what = [updated.then_some("`updated`"), corrected.then_some("a correction")];
            what.into_iter().flatten().map(move |what| warn(article, what))
        })
        .collect()
}
