//! A story → what an editor should fix before readers see it: pictures without credit, too small or blurred, notes left in the text,
//! imported fields that nobody has reviewed.
//!
//! None of this stops a build. `bulletin check` reports the problems with their places; the preview's bar lists them as remarks.

use rayon::prelude::*;

use crate::archive::{Reason, Visibility};
use crate::content::{Article, ArticleId, unreviewed};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::pictures::Library;

mod duplicates;
mod notes;
mod pictures;
mod podcasts;

use pictures::FactsOf;

/// Returns the problems of all stories. Pictures and notes count only in stories that readers see or will see. Pictures that the library does not
/// know are decoded.
pub fn check(edition: &Edition, library: &Library) -> Vec<Diagnostic> {
    let facts_of: FactsOf<'_> = &|asset| {
        let source = asset.source.as_ref()?;
        Some(library.facts(&edition.content.file(&asset.path), source))
    };
    let ids: Vec<ArticleId> = edition.content.iter().map(|(id, _)| id).collect();
    let check = |id: &ArticleId| {
        let article = edition.content.get(*id);
        let of_text = is_for_readers(edition, *id).then(|| {
            let mut problems = check_text(edition, article, facts_of);
            problems.extend(podcasts::check(edition, article));
            if !edition.config.pictures.has_originals() {
                problems.extend(pictures::lost_credentials(&edition.content, article));
            }
            problems
        });
        of_text.into_iter().flatten().chain(unreviewed(&edition.content, article)).collect::<Vec<_>>()
    };
    let mut problems: Vec<Diagnostic> = ids.par_iter().flat_map_iter(check).collect();
    let for_readers = ids.into_iter().filter(|id| is_for_readers(edition, *id));
    problems.extend(duplicates::check(edition, for_readers, facts_of));
    problems
}

/// Whether readers see a story or will see it: a scheduled one is published when nobody is watching.
fn is_for_readers(edition: &Edition, id: ArticleId) -> bool {
    match edition.archive.visibility(id) {
        Visibility::Shown | Visibility::Hidden(Reason::Embargoed | Reason::Scheduled) => true,
        Visibility::Withdrawn | Visibility::Hidden(Reason::Draft | Reason::Withheld | Reason::Expired) => {
            false
        }
    }
}

/// Returns a line for each problem of a story, and for each thing that news desks usually add. Of pictures that the library does not know,
/// only what their files say counts: none is decoded.
pub fn remarks(edition: &Edition, article: &Article, library: &Library) -> Vec<String> {
    let facts_of: FactsOf<'_> = &|asset| library.known(asset.source.as_ref()?);
    let problems = check_text(edition, article, facts_of).into_iter();
    let problems = problems.chain(unreviewed(&edition.content, article));
    let mut remarks: Vec<String> = problems.map(|problem| problem.message).collect();
    if article.front.deck.is_none() && !article.is_standing() {
        remarks.push("the story has no deck, so lists show the beginning of its text".to_owned());
    }
    remarks
}

fn check_text(edition: &Edition, article: &Article, facts_of: FactsOf<'_>) -> Vec<Diagnostic> {
    let mut problems = pictures::check(edition, article, facts_of);
    problems.extend(notes::editors_notes(&edition.content, article));
    problems
}
