//! Articles that readers see → changes of them that are said to be in the future.

use crate::archive::{Archive, Visibility};
use crate::content::{Article, Content, place_of};
use crate::diagnostic::Diagnostic;

/// Warns of changes and corrections that are later than the instant of the site: they may be slips of the pen, and until
/// then nothing that machines read says that the story changed.
pub(super) fn check(content: &Content, archive: &Archive) -> Vec<Diagnostic> {
    let as_of = archive.as_of();
    let shown = content.iter().filter(|(id, _)| archive.visibility(*id) == Visibility::Shown);
    let warn = |article: &Article, what: &str| {
        Diagnostic::warning("front-matter/future", format!("{what} of this article is in the future"))
            .at(place_of(article))
            .help("is the date right? Feeds and sitemaps take no notice of it before then")
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
