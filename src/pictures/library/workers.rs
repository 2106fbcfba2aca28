//! Pictures of a build → kept renditions. A picture is decoded once for all of them, and workers share its pixels, so that one new photograph uses
//! all processors.
//!
//! Workers are threads of their own: a rayon thread that waits for memory could be the one that has to free it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;

use rayon::prelude::*;

use super::memory::Taken;
use super::{Library, read};
use crate::pictures::decode::decode;
use crate::pictures::encode::encode;
use crate::pictures::pixels::Frame;
use crate::pictures::resize::resize;
use crate::pictures::{Crop, Form, Metadata, PictureError, PublishedPicture, Rendition, SourceHash};

/// A picture that several tasks need.
struct Shared<'a> {
    picture: &'a PublishedPicture,
    decoded: OnceLock<Result<Decoded<'a>, PictureError>>,
}

struct Decoded<'a> {
    frame: Frame,
    metadata: Metadata,
    _held: Taken<'a>,
}

/// A rendition that was made.
#[derive(Debug)]
pub struct Made<'a> {
    /// The picture file.
    pub file: &'a Path,
    /// What was made.
    pub rendition: Rendition,
    /// The number of the worker, from 0.
    pub worker: usize,
    /// When it started.
    pub started: Instant,
}

/// Renditions of one picture that differ only in their format.
struct Task<'a> {
    shared: Arc<Shared<'a>>,
    renditions: Vec<Rendition>,
}

impl Library {
    /// Makes the renditions that are not kept yet, or were damaged, on all processors; `done` is called for each, from many threads. Returns the errors by picture. Without a
    /// folder, nothing is made.
    pub fn make(
        &self,
        pictures: &[PublishedPicture],
        done: &(dyn Fn(Made<'_>) + Sync),
    ) -> BTreeMap<SourceHash, PictureError> {
        let errors = Mutex::new(BTreeMap::new());
        if self.folder.is_none() {
            return BTreeMap::new();
        }
        let tasks = self.tasks(pictures);
        let next = AtomicUsize::new(0);
        let tasks: Vec<Mutex<Option<Task<'_>>>> =
            tasks.into_iter().map(|task| Mutex::new(Some(task))).collect();
        let work = |worker: usize| {
            // A finished task must not keep its picture in memory.
            while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                let Some(task) = task.lock().unwrap_or_else(PoisonError::into_inner).take() else { continue };
                if let Err(error) = self.run(&task, worker, done) {
                    let hash = task.shared.picture.source.hash;
                    errors.lock().unwrap_or_else(PoisonError::into_inner).insert(hash, error);
                }
            }
        };
        let workers = rayon::current_num_threads().min(tasks.len());
        thread::scope(|scope| {
            for worker in 0..workers {
                scope.spawn(move || work(worker));
            }
        });
        errors.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The work to do, picture by picture.
    fn tasks<'a>(&self, pictures: &'a [PublishedPicture]) -> Vec<Task<'a>> {
        let mut by_picture: BTreeMap<SourceHash, (&PublishedPicture, Groups)> = BTreeMap::new();
        let is_missing = |picture: &&PublishedPicture| match &picture.form {
            Form::Rendition(rendition) => self.kept(rendition).is_none(),
            Form::Original | Form::Signed => false,
        };
        let missing: Vec<&PublishedPicture> = pictures.par_iter().filter(is_missing).collect();
        for picture in missing {
            let Form::Rendition(rendition) = picture.form else { continue };
            let (_, groups) =
                by_picture.entry(picture.source.hash).or_insert_with(|| (picture, Groups::new()));
            let group = groups.entry((rendition.crop, rendition.width, rendition.height)).or_default();
            if !group.contains(&rendition) {
                group.push(rendition);
            }
        }
        let tasks = by_picture.into_values().flat_map(|(picture, groups)| {
            let shared = Arc::new(Shared { picture, decoded: OnceLock::new() });
            // The largest take longest.
            let groups = groups.into_values().rev();
            groups.map(move |renditions| Task { shared: Arc::clone(&shared), renditions })
        });
        tasks.collect()
    }

    fn run<'a>(
        &'a self,
        task: &Task<'a>,
        worker: usize,
        done: &(dyn Fn(Made<'_>) + Sync),
    ) -> Result<(), PictureError> {
        let mut started = Instant::now();
        let decoded = task.shared.decoded.get_or_init(|| self.decoded(task.shared.picture));
        let Decoded { frame, metadata, .. } = decoded.as_ref().map_err(Clone::clone)?;
        let Some(first) = task.renditions.first() else { return Ok(()) };
        let resized = resize(frame, first)?;
        for rendition in &task.renditions {
            let bytes = encode(&resized, rendition.encoding, rendition.quality, metadata)?;
            self.keep(rendition, &bytes);
            let file = &task.shared.picture.file;
            done(Made { file, rendition: *rendition, worker, started });
            started = Instant::now();
        }
        Ok(())
    }

    fn decoded<'a>(&'a self, picture: &PublishedPicture) -> Result<Decoded<'a>, PictureError> {
        let PublishedPicture { file, source, .. } = picture;
        let bytes = read(file, source)?;
        let held = self.memory.take(source);
        let metadata = Metadata::read(&bytes, source.format);
        Ok(Decoded { frame: decode(&bytes, source.format)?, metadata, _held: held })
    }
}

/// Renditions by crop and size.
type Groups = BTreeMap<(Option<Crop>, u32, u32), Vec<Rendition>>;
