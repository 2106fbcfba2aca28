//! The pictures of a text → their HTML on the page of the story, with the queries that it depends on, and in files for machines.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::Renderer;
use crate::content::ArticleId;
use crate::content::markdown::{PictureMarkup, ReferenceKind, Target};
use crate::edition::Edition;
use crate::pictures::DigitalSource;
use crate::plan::middling;
use crate::query::{Dependency, PictureQuery, Query, color_class};

/// The pictures in the text of a story, while its page is rendered.
pub(super) struct TextPictures<'r> {
    renderer: &'r Renderer,
    id: ArticleId,
    /// Whether the next picture is the first that readers see.
    is_first: Cell<bool>,
    dependencies: RefCell<Vec<Arc<Dependency>>>,
}

impl<'r> TextPictures<'r> {
    /// Those of a story.
    pub(super) fn new(renderer: &'r Renderer, id: ArticleId) -> Self {
        let has_lead = renderer.edition().content.get(id).front.image.is_some();
        Self { renderer, id, is_first: Cell::new(!has_lead), dependencies: RefCell::default() }
    }

    /// The queries that the text made.
    pub(super) fn into_dependencies(self) -> Vec<Arc<Dependency>> {
        self.dependencies.into_inner()
    }

    /// The target of a reference in the text.
    pub(super) fn target(&self, reference: &str, kind: ReferenceKind) -> Target {
        match self.renderer.target(self.id, reference, kind) {
            Target::Url(url, size) if kind == ReferenceKind::Image => {
                let words = self.renderer.words_of(self.id, reference);
                Target::Picture(Box::new(self.with_renditions(url, size, words)))
            }
            other => other,
        }
    }

    fn with_renditions(&self, url: String, size: Option<(u32, u32)>, words: PictureMarkup) -> PictureMarkup {
        let is_eager = self.is_first.replace(false);
        let queries = self.renderer.queries();
        let query = PictureQuery { src: url.clone(), widths: Vec::new(), ratio: None, focus: None };
        let found = queries.picture(&query);
        // The answer has a digest even if nothing was found: a file may be put there.
        if let Ok((_, dependency)) = queries.ask(&Query::Picture(query)) {
            self.dependencies.borrow_mut().push(dependency);
        }
        let Some(found) = found else {
            return PictureMarkup { file: url.clone(), src: url, size, is_eager, ..words };
        };
        PictureMarkup {
            file: url,
            sources: found
                .sources
                .iter()
                .map(|source| (source.media_type.to_owned(), source.srcset()))
                .collect(),
            sizes: self.renderer.theme().text_sizes().to_owned(),
            size: found.size.or(size),
            class: found.color.map(color_class),
            src: found.src,
            is_eager,
            ..words
        }
    }
}

impl Renderer {
    /// A picture in a text as feeds and partners get it: one file that all programs show, with an absolute URL.
    pub(super) fn portable_picture(
        &self,
        id: ArticleId,
        reference: &str,
        url: &str,
        size: Option<(u32, u32)>,
    ) -> PictureMarkup {
        let Edition { content, config, plan, .. } = self.edition();
        let asset = content.get(id).asset_written(reference);
        let file = asset.and_then(|asset| middling(&config.pictures, asset.into()));
        let (src, size) = match file {
            Some(file) => {
                let (url, size) = file.absolute(plan.urls());
                (url, Some(size))
            }
            None => (plan.urls().whole(url), size),
        };
        PictureMarkup { file: plan.urls().whole(url), src, size, ..self.words_of(id, reference) }
    }

    /// What a picture in a text says of itself in its metadata.
    fn words_of(&self, id: ArticleId, reference: &str) -> PictureMarkup {
        let asset = self.edition().content.get(id).asset_written(reference);
        let Some(metadata) = asset.and_then(|asset| asset.metadata.as_deref()) else {
            return PictureMarkup::default();
        };
        let label = metadata.digital_source.filter(|source| *source != DigitalSource::DigitalArt);
        PictureMarkup {
            alt: metadata.alt.clone(),
            caption: metadata.caption.clone(),
            credit: metadata.credit.clone(),
            label: label.map(|source| self.theme().string(source.name()).to_owned()),
            ..PictureMarkup::default()
        }
    }
}
