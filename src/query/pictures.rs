//! A picture of the site and the widths and crop that a page wants → what its HTML needs: the URLs of its renditions, its size and its color.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tera::Value;

use crate::config::{Config, Pictures};
use crate::content::{ArticleId, Content, ErrorOf, decoding_problem};
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::manifest::{Clock, Fingerprint, Stat, program};
use crate::pictures::{
    Crop, Encoding, Facts, Flaw, Focus, Form, Format, Library, PublishedPicture, Ratio, Rendition, Source,
    is_picture,
};
use crate::plan::{FileSource, PageKind, RenditionFile, Route, StaticFile, static_route};
use crate::view::values::map;

/// What a page wants of a picture.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PictureQuery {
    /// The path of the picture on the site, as `article.image.src` has it.
    pub src: String,
    /// The widths in pixels. None: those of the settings.
    pub widths: Vec<u32>,
    /// The ratio to crop it to.
    pub ratio: Option<Ratio>,
    /// The point that a crop must keep.
    pub focus: Option<Focus>,
}

/// A picture for a page.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureAnswer {
    /// The URL for browsers that know no `srcset`.
    pub src: String,
    /// Width and height of the largest rendition, if known.
    pub size: Option<(u32, u32)>,
    /// Its dominant color: red, green and blue. `None` if it is not known or the picture is transparent.
    pub color: Option<[u8; 3]>,
    /// What browsers choose from, the best format first. Each has the media type and the URLs with their widths. Empty if the picture has
    /// no renditions, because it is a drawing of vectors, an animation or damaged.
    pub sources: Vec<SourceSet>,
}

impl PictureAnswer {
    /// As templates see it.
    pub(super) fn value(&self) -> Value {
        let (width, height) = self.size.unzip();
        let number = |number: Option<u32>| number.map_or_else(Value::none, Value::from);
        let text = |text: Option<String>| text.map_or_else(Value::none, Value::from);
        let source = |source: &SourceSet| {
            map([("type", Value::from(source.media_type)), ("srcset", Value::from(source.srcset()))])
        };
        map([
            ("src", Value::from(self.src.as_str())),
            ("sources", Value::from(self.sources.iter().map(source).collect::<Vec<_>>())),
            ("srcset", text(self.sources.last().map(SourceSet::srcset))),
            ("width", number(width)),
            ("height", number(height)),
            ("color", text(self.color.map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}")))),
            ("color_class", text(self.color.map(color_class))),
        ])
    }
}

/// The class that gives an element nearly this color: `c-` and a digit each for red, green and blue, of four that there are. A style attribute would need
/// a weaker content security policy, so style sheets have a rule for each of the 64 classes.
pub fn color_class([red, green, blue]: [u8; 3]) -> String {
    let digit = |channel: u8| ['2', '6', 'a', 'e'][usize::from(channel >> 6)];
    format!("c-{}{}{}", digit(red), digit(green), digit(blue))
}

/// The renditions of a picture in one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSet {
    /// The media type.
    pub media_type: &'static str,
    /// The URLs with their widths in pixels, in ascending order.
    pub candidates: Vec<(String, u32)>,
}

impl SourceSet {
    /// The value of a `srcset` attribute.
    pub fn srcset(&self) -> String {
        let candidates: Vec<String> =
            self.candidates.iter().map(|(url, width)| format!("{url} {width}w")).collect();
        candidates.join(", ")
    }
}

/// A picture file of the site, found by its path.
struct Found<'a> {
    /// The story that it belongs to; `None` if it is a file of `static/`.
    owner: Option<ArticleId>,
    name: &'a str,
    file: &'a Path,
    /// `None`: renditions cannot be made from it.
    source: Option<Source>,
    /// That of the file under its own name.
    size: Option<(u32, u32)>,
}

impl Found<'_> {
    fn published(&self, source: Source, rendition: Rendition) -> PublishedPicture {
        PublishedPicture { file: self.file.to_owned(), source, form: Form::Rendition(rendition) }
    }
}

/// Answers a query. `None` if there is no picture at the path.
pub(super) fn answer(edition: &Edition, library: &Library, query: &PictureQuery) -> Option<PictureAnswer> {
    let found = find(edition, library, &query.src)?;
    let made = made(edition, library, &found, query);
    let Some((_, facts, files)) = made else {
        return Some(PictureAnswer {
            src: query.src.clone(),
            size: found.size,
            color: None,
            sources: Vec::new(),
        });
    };
    let urls = edition.plan.urls();
    let sources = files.iter().map(|files| SourceSet {
        media_type: files.first().map_or("", |file| file.rendition.encoding.media_type()),
        candidates: files.iter().map(|file| (urls.path(&file.route), file.rendition.width)).collect(),
    });
    let largest = files.first().and_then(|files| files.last());
    // The fallback of old browsers is of middling width.
    let fallback = files.last().and_then(|files| {
        let wide = files.iter().find(|file| file.rendition.width >= 640);
        wide.or(files.last())
    });
    Some(PictureAnswer {
        src: fallback.map_or_else(|| query.src.clone(), |file| urls.path(&file.route)),
        size: largest.map(|file| (file.rendition.width, file.rendition.height)).or(found.size),
        color: Some(facts.color).filter(|_| !facts.is_transparent),
        sources: sources.collect(),
    })
}

/// The renditions that an answer names, as pages of the site.
pub(super) fn renditions(
    edition: &Edition,
    library: &Library,
    query: &PictureQuery,
) -> Vec<(Route, PageKind)> {
    let Some(found) = find(edition, library, &query.src) else { return Vec::new() };
    let Some((source, _, files)) = made(edition, library, &found, query) else { return Vec::new() };
    let page = |file: RenditionFile| {
        let picture = found.published(source, file.rendition);
        (file.route, PageKind::Picture(found.owner, picture.into()))
    };
    files.into_iter().flatten().map(page).collect()
}

/// What renditions are made from, and which: by format, the best format first. `None` if none can be made.
fn made(
    edition: &Edition,
    library: &Library,
    found: &Found<'_>,
    query: &PictureQuery,
) -> Option<(Source, Facts, Vec<Vec<RenditionFile>>)> {
    // A GIF is scaled by nobody: most are animations.
    let source = found.source.filter(|source| source.format != Format::Gif)?;
    let facts = library.facts(found.file, &source).ok()?;
    Some((source, facts, files(&edition.config.pictures, &source, &facts, query, found.name)))
}

/// Examines the pictures in `static/` that stories name in their front matter, and the covers of podcasts: the plan has renditions of them, unless
/// `error_of` says that they cannot be decoded. Returns a problem for each of these.
pub fn examine_static_pictures(
    statics: &mut [StaticFile],
    config: &Config,
    content: &Content,
    library: &Library,
    error_of: ErrorOf<'_>,
) -> Vec<Diagnostic> {
    let written = content.iter().flat_map(|(_, article)| article.front.pictures());
    let written = written.filter_map(|image| image.src.as_deref());
    let covers = config.podcasts().map(|(_, podcast)| podcast.image.as_str());
    let named: HashSet<Route> = written.chain(covers).filter_map(static_route).collect();
    if named.is_empty() {
        return Vec::new();
    }
    let is_named = |file: &StaticFile| {
        is_picture(&file.path) && Route::root().file(&file.path).is_ok_and(|route| named.contains(&route))
    };
    let problems = statics.par_iter_mut().filter(|file| is_named(file)).filter_map(|file| {
        let FileSource::Disk(path) = &file.source else { return None };
        let mut picture = library.examined(path, stamp(Stat::of(path).ok()?))?;
        let error = picture.source.and_then(|source| error_of(path, &source));
        let error = error.filter(|error| !error.may_pass());
        let problem = error.as_ref().map(|error| {
            Arc::make_mut(&mut picture).source = None;
            decoding_problem(&file.shown, error).at(Place::file(file.shown.clone()))
        });
        let problem = problem.filter(|_| !picture.flaws.contains(&Flaw::CutOff));
        file.picture = Some(picture);
        problem
    });
    problems.collect()
}

/// What changes with a file, and with the program that examines it.
fn stamp(stat: Stat) -> u64 {
    Fingerprint::of(&(program(), stat)).number()
}

/// Keeps what was examined of pictures in `static/` for the next build; `clock` was read before any of them was.
pub(super) fn save(library: &Library, clock: Option<Clock>) {
    library.save();
    library.save_examined(&|file, of| {
        let stat = Stat::of(file).ok().filter(|stat| clock.is_some_and(|clock| stat.is_settled(clock)));
        stat.is_some_and(|stat| stamp(stat) == of)
    });
}

/// Finds the picture at a path of the site.
fn find<'a>(edition: &'a Edition, library: &Library, src: &str) -> Option<Found<'a>> {
    let plan = &edition.plan;
    let path = src.split(['?', '#']).next()?.strip_prefix(plan.urls().prefix())?;
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let page = plan.served(&decoded)?;
    let name = page.route.as_str().rsplit('/').next().unwrap_or_default();
    match &page.kind {
        PageKind::Picture(owner, picture) => {
            let size = match &picture.form {
                Form::Rendition(rendition) => (rendition.width, rendition.height),
                Form::Original | Form::Signed => picture.source.size,
            };
            let (file, source) = (picture.file.as_path(), Some(picture.source));
            Some(Found { owner: *owner, name, file, source, size: Some(size) })
        }
        PageKind::File(FileSource::Disk(file)) if is_picture(name) => {
            let picture = library.examined(file, stamp(Stat::of(file).ok()?))?;
            Some(Found { owner: None, name, file, source: picture.source, size: picture.size })
        }
        _ => None,
    }
}

/// Those renditions of a drawing that weigh less than the one in its full size, if that is among them: scaling mixes colors, so only narrow ones do.
fn lighter_than_the_largest(mut renditions: Vec<Rendition>, full: Rendition) -> Vec<Rendition> {
    if renditions.last().is_some_and(|widest| widest.width == full.width) {
        renditions.retain(|rendition| rendition.width == full.width || rendition.width * 5 <= full.width * 2);
    }
    renditions
}

/// The renditions by format, the best format first, each in ascending order of width.
fn files(
    settings: &Pictures,
    source: &Source,
    facts: &Facts,
    query: &PictureQuery,
    name: &str,
) -> Vec<Vec<RenditionFile>> {
    if facts.is_animated {
        return Vec::new();
    }
    let crop = query.ratio.map(|ratio| Crop { ratio, focus: query.focus });
    // JPEG has no transparency. A photograph without its background takes a tenth as many bytes in AVIF as in PNG.
    let fallback = if facts.is_drawing || facts.is_transparent { Encoding::Png } else { Encoding::Jpeg };
    let encodings = match settings.avif && !facts.is_drawing {
        true => &[Encoding::Avif, fallback][..],
        false => &[fallback],
    };
    let widths = if query.widths.is_empty() { &settings.widths } else { &query.widths };
    let of = |encoding: &Encoding| {
        let renditions =
            widths.iter().map(|width| Rendition::new(source, crop, *width, *encoding, settings.quality));
        let mut renditions: Vec<Rendition> = renditions.collect();
        // Widths above that of the picture are all its own.
        renditions.sort_unstable_by_key(|rendition| rendition.width);
        renditions.dedup();
        if facts.is_drawing {
            renditions = lighter_than_the_largest(
                renditions,
                Rendition::new(source, crop, u32::MAX, *encoding, settings.quality),
            );
        }
        renditions.into_iter().map(|rendition| RenditionFile::new(rendition, name)).collect()
    };
    encodings.iter().map(of).collect()
}
