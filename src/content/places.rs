//! A value of an article → its place in the source file, for diagnostics.
//!
//! Files are read again for this, as their text is not kept.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::front_matter::places::{self, ValuePlaces};
use super::markdown::{Reference, Written, classify};
use super::{Article, Content, Source, place_of, shown_path};
use crate::diagnostic::Place;

/// The place of a reference in the text of an article.
pub fn place_of_reference(content: &Content, article: &Article, reference: &Reference) -> Place {
    ArticleText::read(content, article).place_of_reference(reference)
}

/// The place of a value in the front matter of an article; its file if no value is written like that.
pub fn place_of_value(content: &Content, article: &Article, written: &str) -> Place {
    ArticleText::read(content, article).place_of_value(written)
}

/// The place of a value of one key of an article's front matter; of the whole value of the key if there is no such value; of the
/// file if the key is missing.
pub fn place_of_key(content: &Content, article: &Article, key: &str, written: Option<&str>) -> Place {
    let source = ArticleText::read(content, article).source;
    source.and_then(|source| places::of_key(&source, key, written)).unwrap_or_else(|| place_of(article))
}

/// The place that decides the URL of an article: its `permalink`, else its `slug`, else its file.
pub fn place_of_url(content: &Content, article: &Article) -> Place {
    let front = &article.front;
    match (&front.permalink, &front.slug) {
        (Some(_), _) => place_of_key(content, article, "permalink", None),
        (None, Some(_)) => place_of_key(content, article, "slug", None),
        (None, None) => place_of(article),
    }
}

/// The place where an article names a file that is published with it: in its text, else in its front matter.
pub fn place_of_asset(content: &Content, article: &Article, name: &str) -> Place {
    let names_it = |written: &str| matches!(classify(written), Written::File(path) if path == name);
    let text = ArticleText::read(content, article);
    if let Some(reference) = article.outline.references.iter().find(|one| names_it(&one.written)) {
        return text.place_of_reference(reference);
    }
    let mut in_front = article.front.picture_files().chain(article.front.recording_files());
    text.place_of_value(in_front.find(|src| names_it(src)).unwrap_or(name))
}

/// The file of an article as it is now, in which several places are looked up.
pub(crate) struct ArticleText<'a> {
    article: &'a Article,
    /// `None` if the file cannot be read.
    pub(crate) source: Option<Source>,
    values: OnceCell<ValuePlaces>,
}

impl<'a> ArticleText<'a> {
    pub(crate) fn read(content: &Content, article: &'a Article) -> Self {
        let text = content.texts.get_or_read(&article.path, || read_text(&content.file(&article.path)));
        let source = text.map(|text| Source {
            path: article.path.clone(),
            file: shown_path(&article.path).into(),
            text,
        });
        Self { article, source, values: OnceCell::new() }
    }

    pub(super) fn place_of_reference(&self, reference: &Reference) -> Place {
        let Some(source) = &self.source else { return place_of(self.article) };
        let start = self.article.body_start;
        source.place(start + reference.span.start..start + reference.span.end)
    }

    pub(super) fn place_of_value(&self, written: &str) -> Place {
        let find = |source: &Source| self.values.get_or_init(|| ValuePlaces::of(source)).get(written);
        self.source.as_ref().and_then(find).unwrap_or_else(|| place_of(self.article))
    }
}

/// The text of a source file without a byte order mark.
pub(super) fn read_text(file: &Path) -> Option<Arc<str>> {
    let text = fs::read_to_string(file).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(&text).into())
}

/// Texts of sources, shared while somebody holds them: a story with a thousand dead links must not be in memory a thousand times.
#[derive(Debug, Default)]
pub(super) struct SourceTexts(Mutex<HashMap<Arc<str>, Weak<str>>>);

impl SourceTexts {
    fn get_or_read(&self, path: &Arc<str>, read: impl FnOnce() -> Option<Arc<str>>) -> Option<Arc<str>> {
        let held = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = held().get(path).and_then(Weak::upgrade) {
            return Some(text);
        }
        let text = read()?;
        held().insert(path.clone(), Arc::downgrade(&text));
        Some(text)
    }
}
