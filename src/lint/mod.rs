//! A story → what an editor should fix before readers see it: pictures without alternative text, notes left in the text, imported
//! fields that nobody has reviewed.
//!
//! None of this stops a build. `bulletin check` reports the problems with their places; the preview's bar lists them as remarks.

use rayon::prelude::*;

use crate::archive::{Reason, Visibility};
use crate::content::{Article, ArticleId, Content, unreviewed};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;

mod notes;
mod pictures;

/// Returns the problems of all stories. Pictures and notes count only in stories that readers see or will see.
pub fn check(edition: &Edition) -> Vec<Diagnostic> {
    let ids: Vec<ArticleId> = edition.content.iter().map(|(id, _)| id).collect();
    let check = |id: &ArticleId| {
        let article = edition.content.get(*id);
        // A scheduled story is published when nobody is watching.
        let is_for_readers = match edition.archive.visibility(*id) {
            Visibility::Shown | Visibility::Hidden(Reason::Embargoed | Reason::Scheduled) => true,
            Visibility::Withdrawn
            | Visibility::Hidden(Reason::Draft | Reason::Withheld | Reason::Expired) => false,
        };
        let of_text = is_for_readers.then(|| {
            let mut problems = check_text(&edition.content, article);
            if !edition.config.pictures.has_originals() {
                problems.extend(pictures::lost_credentials(&edition.content, article));
            }
            problems
        });
        of_text.into_iter().flatten().chain(unreviewed(&edition.content, article)).collect::<Vec<_>>()
    };
    ids.par_iter().flat_map_iter(check).collect()
}

/// Returns a line for each problem of a story, and for each thing that news desks usually add.
pub fn remarks(content: &Content, article: &Article) -> Vec<String> {
    let problems = check_text(content, article).into_iter().chain(unreviewed(content, article));
    let mut remarks: Vec<String> = problems.map(|problem| problem.message).collect();
    let lacks_credit = |credit: Option<&str>| credit.is_none_or(|credit| credit.trim().is_empty());
    if article.front.image.as_ref().is_some_and(|image| lacks_credit(image.credit.as_deref())) {
        remarks.push("the lead picture has no credit".to_owned());
    }
    if article.front.deck.is_none() && !article.is_standing() {
        remarks.push("the story has no deck, so lists show the beginning of its text".to_owned());
    }
    remarks
}

fn check_text(content: &Content, article: &Article) -> Vec<Diagnostic> {
    let mut problems = pictures::check_pictures(content, article);
    problems.extend(notes::editors_notes(content, article));
    problems
}
