//! The links in an article's text and to its translations → where they lead in this edition.

use super::Renderer;
use crate::content::markdown::{ReferenceKind, Target, Written, classify};
use crate::content::{ArticleId, Medium};
use crate::edition::Edition;
use crate::plan::{LinkTarget, Route};
use crate::view::{file_url, player};

impl Renderer {
    /// The targets of all references in an article's text.
    pub(super) fn targets(&self, id: ArticleId) -> impl Iterator<Item = Target> {
        let references = &self.edition().content.get(id).outline.references;
        references.iter().map(move |link| self.target(id, &link.written, link.kind))
    }

    /// The target of a reference in an article's text.
    pub(super) fn target(&self, id: ArticleId, reference: &str, kind: ReferenceKind) -> Target {
        let Edition { content, archive, plan, .. } = self.edition();
        let target = match plan.resolve_link(content, archive, id, reference) {
            LinkTarget::Hidden(_) => return Target::Hidden,
            LinkTarget::Page { url: Some(url), .. } => Target::Url(url, None),
            LinkTarget::Page { url: None, .. } => Target::Keep,
            LinkTarget::Missing(_) | LinkTarget::Outside => match classify(reference) {
                Written::Source { .. } => Target::Hidden,
                Written::Site(path) => Target::Url(plan.urls().path_of(path), None),
                Written::File(_) if kind == ReferenceKind::Image && Medium::of(reference).is_some() => {
                    match player(self.edition(), id, reference) {
                        Some(player) => Target::Player(Box::new(player)),
                        None => Target::Hidden,
                    }
                }
                Written::File(file) => match file_url(self.edition(), id, reference) {
                    Some((url, size)) => Target::Url(url, size),
                    // The file exists but must not be shown.
                    None if content.get(id).asset(&file).is_some() => Target::Hidden,
                    None => Target::Keep,
                },
                _ => Target::Keep,
            },
        };
        // The rest of such an attribute is not a URL.
        if kind == ReferenceKind::Mention { Target::Keep } else { target }
    }

    /// The languages and routes of an article and its translations.
    pub(super) fn translations(&self, id: ArticleId) -> Vec<(Option<&str>, Option<&str>)> {
        let Edition { content, archive, plan, .. } = self.edition();
        let translation = |id: &ArticleId| {
            let route = plan.article(archive, *id).map(Route::as_str);
            (content.get(*id).front.lang.as_deref(), route)
        };
        archive.translations(id).iter().map(translation).collect()
    }
}
