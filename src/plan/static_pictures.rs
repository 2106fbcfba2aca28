//! The pictures in `static/` that stories name in their front matter → the renditions that machines get of them. Readers and old links get the files
//! themselves, which are copied.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use foldhash::fast::RandomState;
use percent_encoding::percent_decode_str;

use super::pictures::{MachinePictures, NamedPicture, RenditionFile, middling};
use super::{FileSource, PageKind, Plan, Planner, Route, StaticFile};
use crate::content::markdown::{Written, classify};
use crate::pictures::{Form, Picture, PublishedPicture};

/// The examined pictures in `static/`, by their routes.
#[derive(Debug, Default)]
pub(super) struct StaticPictures(HashMap<Route, (PathBuf, Arc<Picture>), RandomState>);

impl StaticPictures {
    /// Those among some static files.
    pub(super) fn new(statics: &[StaticFile]) -> Self {
        let examined = statics.iter().filter_map(|file| {
            let FileSource::Disk(path) = &file.source else { return None };
            let route = Route::root().file(&file.path).ok()?;
            Some((route, (path.clone(), Arc::clone(file.picture.as_ref()?))))
        });
        Self(examined.collect())
    }
}

/// The route of the static file that a path in front matter names. `None`: it names something else, such as a file beside the story.
pub fn static_route(written: &str) -> Option<Route> {
    let Written::Site(path) = classify(written) else { return None };
    let decoded = percent_decode_str(path.split(['?', '#']).next()?).decode_utf8().ok()?;
    Route::root().file(decoded.strip_prefix('/')?).ok()
}

impl Plan {
    /// The picture in `static/` that a path in front matter names, if it was examined.
    pub fn static_picture(&self, written: &str) -> Option<NamedPicture<'_>> {
        self.static_picture_file(written).map(|(_, picture)| picture)
    }

    pub(super) fn static_picture_file(&self, written: &str) -> Option<(&PathBuf, NamedPicture<'_>)> {
        if self.static_pictures.0.is_empty() {
            return None;
        }
        let (route, (file, picture)) = self.static_pictures.0.get_key_value(&static_route(written)?)?;
        let Picture { size, flaws: _, source, metadata } = &**picture;
        let picture = NamedPicture {
            name: route.as_str().rsplit('/').next().unwrap_or_default(),
            size: *size,
            source: source.as_ref(),
            metadata: Some(metadata),
        };
        Some((file, picture))
    }
}

impl Planner<'_> {
    /// Adds the renditions for machines of the static pictures that visible stories name. Stories that share one share its renditions, which belong to
    /// none of them.
    pub(super) fn static_pictures(&mut self) {
        let (plan, archive, settings) = (self.plan, self.archive, &self.config.pictures);
        for id in archive.stories().iter().chain(archive.standing()) {
            let front = &self.content.get(*id).front;
            for image in front.pictures() {
                let written = image.src.as_deref().unwrap_or_default();
                let Some((file, picture)) = plan.static_picture_file(written) else { continue };
                let Some(source) = picture.source.copied() else { continue };
                let is_lead = front.image.as_deref().is_some_and(|lead| std::ptr::eq(lead, image));
                let machine = if is_lead { MachinePictures::new(settings, picture, image) } else { None };
                let machine = machine.into_iter().flat_map(MachinePictures::into_files);
                for RenditionFile { route, rendition } in machine.chain(middling(settings, picture)) {
                    let form = Form::Rendition(rendition);
                    let published = PublishedPicture { file: file.clone(), source, form };
                    self.add(route, PageKind::Picture(None, Arc::new(published)));
                }
            }
        }
    }
}
