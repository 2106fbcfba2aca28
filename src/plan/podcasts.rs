//! The podcasts of the settings → their lists, episodes and covers.
//!
//! An episode is a story with sound or film in its front matter: directories refuse entries without an enclosure, so the feed has no
//! other stories, and no notices of withdrawn ones. An episode that leaves the feed leaves the directories. All others stay, however old,
//! because directories drop what the feed no longer has.

use std::cmp::Reverse;

use super::{FeedStories, List, PageKind, Planner, RenditionFile, stories_of};
use crate::archive::{Archive, Departure, Taxonomy};
use crate::config::{Config, Podcast};
use crate::content::{Article, ArticleId, Content, FrontMatter};
use crate::diagnostic::Diagnostic;
use crate::pictures::{Crop, Encoding, Form, PublishedPicture, Ratio, Rendition};

/// Width and height of covers in pixels (podcasters.apple.com/support/896-artwork-requirements).
const SMALLEST_COVER: u32 = 1400;
const LARGEST_COVER: u32 = 3000;

/// What the settings say of the podcast that a list is. `None` if it is none.
pub fn podcast<'a>(config: &'a Config, archive: &Archive, list: List) -> Option<&'a Podcast> {
    let List::Term(taxonomy, id) = list else { return None };
    let term = archive.terms(taxonomy).get(id);
    match taxonomy {
        Taxonomy::Section => {
            config.sections.iter().flatten().find(|section| section.slug == term.slug)?.podcast.as_ref()
        }
        Taxonomy::Tag => {
            let podcasts = config.tags.iter().filter(|tag| tag.podcast.is_some());
            let mut found = podcasts.filter(|tag| config.slugs.of_name(&tag.name) == term.slug);
            found.next()?.podcast.as_ref()
        }
        Taxonomy::Author | Taxonomy::Series => None,
    }
}

/// Whether a story with this front matter is an episode of the podcasts that its lists are.
fn may_be_episode(front: &FrontMatter) -> bool {
    front.recordings().next().is_some() && !front.not_in_feeds
}

/// Whether a story is or will be an episode of a podcast.
pub fn is_episode(config: &Config, article: &Article) -> bool {
    if !may_be_episode(&article.front) {
        return false;
    }
    let Config { slugs, tag_aliases, .. } = config;
    let sections = config.sections.iter().flatten().filter(|section| section.podcast.is_some());
    let tags = config.tags.iter().filter(|tag| tag.podcast.is_some());
    let has = |name: &str| {
        let names = article.front.tags.iter().map(|tag| tag_aliases.get(tag).unwrap_or(tag));
        names.into_iter().any(|tag| slugs.key(tag) == slugs.key(name))
    };
    sections.map(|section| Some(&section.slug)).any(|slug| slug == article.front.section.as_ref())
        || tags.map(|tag| &tag.name).any(|name| has(name))
}

/// The episodes of a podcast, newest first.
pub(super) fn episodes(content: &Content, archive: &Archive, list: List) -> FeedStories {
    let front = |id: ArticleId| &content.get(id).front;
    let mut ids: Vec<ArticleId> =
        stories_of(archive, list).iter().copied().filter(|id| may_be_episode(front(*id))).collect();
    ids.sort_by_key(|id| (Reverse(front(*id).published_at()), *id));
    let term = match list {
        List::Term(taxonomy, id) => Some((taxonomy, id)),
        List::Period(_) => None,
    };
    let departed = archive.departed(term).filter(|departed| may_be_episode(front(departed.id)));
    let left = departed.filter_map(|departed| match departed.departure {
        Departure::Expired(at) => Some(at),
        _ => front(departed.id).withdrawn_at(),
    });
    FeedStories { ids, left: left.filter(|at| *at <= archive.as_of()).max() }
}

impl Planner<'_> {
    /// Plans the cover of a podcast: a square JPEG of a picture in `static/`.
    pub(super) fn cover(&mut self, list: List, podcast: &Podcast) {
        let found = self.plan.static_picture_file(&podcast.image);
        let found = found.and_then(|(file, picture)| Some((file.clone(), picture.name, *picture.source?)));
        let Some((file, name, source)) = found else {
            return self.diagnostics.push(no_cover(podcast));
        };
        let crop = Some(Crop { ratio: Ratio::SQUARE, focus: None });
        let quality = self.config.pictures.quality;
        let rendition = Rendition::new(&source, crop, LARGEST_COVER, Encoding::Jpeg, quality);
        if rendition.width < SMALLEST_COVER {
            self.diagnostics.push(too_small(podcast, source.size));
        }
        let cover = RenditionFile::new(rendition, name);
        let picture = PublishedPicture { file, source, form: Form::Rendition(rendition) };
        // Podcasts may share a cover, and stories may show it.
        if self.pages.iter().all(|page| page.route != cover.route) {
            self.add(cover.route.clone(), PageKind::Picture(None, picture.into()));
        }
        self.covers.insert(list, cover);
    }
}

fn no_cover(podcast: &Podcast) -> Diagnostic {
    let message = format!(
        "the podcast has no cover: there is no picture `static{}`, or it cannot be read",
        podcast.image
    );
    let help = format!(
        "put a square picture there, at least {SMALLEST_COVER} pixels wide, as JPEG or PNG: without it, directories refuse the podcast"
    );
    Diagnostic::warning("podcast/cover", message).at(podcast.place.clone()).help(help)
}

fn too_small(podcast: &Podcast, (width, height): (u32, u32)) -> Diagnostic {
    let message = format!(
        "the cover `{}` has {width} × {height} pixels: too few for directories of podcasts",
        podcast.image
    );
    let help = format!("use a square picture of at least {SMALLEST_COVER} × {SMALLEST_COVER} pixels");
    Diagnostic::warning("podcast/cover", message).at(podcast.place.clone()).help(help)
}
