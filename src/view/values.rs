//! The facts of a story → the values that templates see. `docs/themes.md` is their contract.

use tera::value::Key;
use tera::{Map, Value};

use super::{AuthorView, Link, PictureView, RecordingView, StoryDate, StoryView, direction, rfc3339, zoned};
use crate::archive::{Taxonomy, Term, TermId, USUAL_URGENCY};
use crate::config::Config;
use crate::content::markdown::Heading;
use crate::content::{ArticleId, Byline, Correction};
use crate::edition::Edition;
use crate::pictures::DigitalSource;
use crate::plan::{List, Route};

/// Builds a map whose keys are known at compile time, in the order given.
pub(crate) fn map<const N: usize>(pairs: [(&'static str, Value); N]) -> Value {
    let mut map = Map::with_capacity(N);
    for (key, value) in pairs {
        map.insert(Key::Str(key), value);
    }
    Value::from(map)
}

/// A string or `none`.
pub(crate) fn text(text: Option<&str>) -> Value {
    optional(text)
}

fn optional<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or_else(Value::none, Into::into)
}

/// A date in the zone of the site: RFC 3339 to the second, or the day alone if it was written without a time.
fn date(config: &Config, date: Option<StoryDate>) -> Value {
    let Some(StoryDate { instant, is_day }) = date else { return Value::none() };
    if is_day {
        return Value::from(config.timezone.to_datetime(instant).date().to_string());
    }
    Value::from(rfc3339(&zoned(config, instant)))
}

/// Builds the values of terms and stories.
#[derive(Debug)]
pub(crate) struct Values {
    /// By taxonomy and term: `{name, slug, url}`, shared by all stories.
    terms: [Vec<Value>; 4],
    authors: Vec<Author>,
    no_extra: Value,
    /// That of the site's language.
    direction: &'static str,
}

/// An author as a byline without a role shows it.
#[derive(Debug)]
struct Author {
    value: Value,
    /// Whether its URL is that of a list on this site, which no byline overrides.
    has_page: bool,
}

impl Values {
    pub(crate) fn new(edition: &Edition) -> Self {
        let terms = |taxonomy| {
            let terms = edition.archive.terms(taxonomy).iter();
            terms.map(|(id, value)| term(edition, taxonomy, id, value)).collect()
        };
        let authors = edition.archive.terms(Taxonomy::Author).iter().map(|(id, _)| {
            let view = AuthorView::new(edition, id, None);
            Author { value: author(edition, &view), has_page: matches!(view.link, Some(Link::Page(_))) }
        });
        Self {
            terms: Taxonomy::ALL.map(terms),
            authors: authors.collect(),
            no_extra: Value::from(Map::new()),
            direction: direction(&edition.config.language),
        }
    }

    /// A term as stories refer to it.
    pub(crate) fn term(&self, taxonomy: Taxonomy, id: TermId) -> Value {
        self.terms[taxonomy as usize][id.0 as usize].clone()
    }

    /// The sections that have a page.
    pub(crate) fn sections(&self) -> Vec<Value> {
        let sections = self.terms[Taxonomy::Section as usize].iter();
        sections
            .filter(|section| section.get_from_path("url").is_some_and(|url| !url.is_none()))
            .cloned()
            .collect()
    }

    fn author(&self, edition: &Edition, story: &StoryView<'_>, byline: &Byline, id: Option<TermId>) -> Value {
        let known = id.map(|id| &self.authors[id.0 as usize]);
        match known.filter(|known| byline.role.is_none() && (known.has_page || byline.url.is_none())) {
            Some(known) => known.value.clone(),
            None => author(edition, &story.author(byline, id)),
        }
    }

    fn extra(&self, edition: &Edition, id: ArticleId, story: &StoryView<'_>) -> Value {
        let extra = &edition.content.get(id).front.extra;
        if extra.is_empty() || story.is_withdrawn() {
            return self.no_extra.clone();
        }
        match edition.shown_extra(id) {
            Some(shown) => Value::from_serializable(&shown),
            None => Value::from_serializable(extra),
        }
    }

    fn direction(&self, edition: &Edition, language: &str) -> &'static str {
        if language == edition.config.language { self.direction } else { direction(language) }
    }

    /// A story as its own page and all lists show it.
    pub(crate) fn article(&self, edition: &Edition, id: ArticleId) -> Value {
        let story = StoryView::new(edition, id);
        let config = &edition.config;
        let urls = edition.plan.urls();
        let term = |taxonomy, id: Option<_>| id.map_or_else(Value::none, |id| self.term(taxonomy, id));
        let tags: Vec<Value> = story.tags().iter().map(|id| self.term(Taxonomy::Tag, *id)).collect();
        let authors: Vec<Value> =
            story.bylines().map(|(byline, id)| self.author(edition, &story, byline, id)).collect();
        let source: Vec<Value> = story.sources().iter().map(|agency| Value::from(agency.as_str())).collect();
        let corrections: Vec<Value> =
            story.corrections().into_iter().map(|note| correction(config, note)).collect();
        let gallery: Vec<Value> = story.gallery().map(|picture| image(&picture)).collect();
        let deck = text(story.deck());
        let summary = if deck.is_none() { text(story.summary()) } else { deck.clone() };
        let path = story.route().map_or_else(|| urls.path(&Route::root()), |route| urls.path(route));
        let permalink = Value::from(urls.whole(&path));
        let canonical = story.syndicated_from().map_or_else(|| permalink.clone(), Value::from);
        let language = story.language();
        map([
            ("title", Value::from(story.title())),
            ("deck", deck),
            ("kicker", text(story.kicker())),
            ("dateline", text(story.dateline())),
            ("summary", summary),
            ("url", Value::from(path)),
            ("permalink", permalink),
            ("canonical", canonical),
            ("id", Value::from(story.identity())),
            ("slug", Value::from(story.slug())),
            ("date", date(config, story.published())),
            ("updated", date(config, story.updated())),
            ("type", Value::from(story.genre().name())),
            ("status", Value::from(if story.is_withdrawn() { "withdrawn" } else { "published" })),
            ("withdrawn", withdrawal(config, &story)),
            ("section", term(Taxonomy::Section, story.section())),
            ("tags", Value::from(tags)),
            ("authors", Value::from(authors)),
            ("series", term(Taxonomy::Series, story.series())),
            ("source", Value::from(source)),
            ("image", story.picture().map_or_else(Value::none, |picture| image(&picture))),
            ("gallery", Value::from(gallery)),
            ("audio", optional(story.audio().as_ref().map(recording))),
            ("video", optional(story.video().as_ref().map(recording))),
            ("corrections", Value::from(corrections)),
            ("urgency", Value::from(story.urgency().unwrap_or(USUAL_URGENCY))),
            ("language", Value::from(language)),
            ("dir", Value::from(self.direction(edition, language))),
            ("words", Value::from(story.words())),
            ("minutes", Value::from(story.minutes())),
            ("extra", self.extra(edition, id, &story)),
        ])
    }
}

fn term(edition: &Edition, taxonomy: Taxonomy, id: TermId, term: &Term) -> Value {
    let url = edition.plan.list(&edition.archive, List::Term(taxonomy, id));
    let url = optional(url.map(|route| edition.plan.urls().path(&route)));
    let (name, slug) = (Value::from(term.name.as_str()), Value::from(term.slug.as_str()));
    match taxonomy {
        Taxonomy::Section => map([
            ("slug", slug),
            ("title", name),
            ("description", text(term.description.as_deref())),
            ("url", url),
        ]),
        _ => map([("name", name), ("slug", slug), ("url", url)]),
    }
}

fn author(edition: &Edition, author: &AuthorView<'_>) -> Value {
    map([
        ("name", Value::from(author.name)),
        ("slug", text(author.slug)),
        ("role", text(author.role)),
        ("url", optional(author.link.as_ref().map(|link| link.path(edition.plan.urls())))),
    ])
}

fn withdrawal(config: &Config, story: &StoryView<'_>) -> Value {
    if !story.is_withdrawn() {
        return Value::none();
    }
    let at = story.withdrawn().map(|instant| StoryDate { instant, is_day: false });
    map([("reason", text(story.withdrawal_reason())), ("date", date(config, at))])
}

fn image(picture: &PictureView<'_>) -> Value {
    let PictureView { src, size, image, .. } = picture;
    let (width, height) = size.unzip();
    map([
        ("src", Value::from(src.as_str())),
        ("width", optional(width)),
        ("height", optional(height)),
        ("alt", text(image.alt.as_deref())),
        ("caption", text(image.caption.as_deref())),
        ("credit", text(image.credit.as_deref())),
        ("digital_source", text(picture.digital_source().map(DigitalSource::name))),
        ("focus", optional(image.focus.map(|(x, y)| vec![x, y]))),
    ])
}

fn recording(recording: &RecordingView<'_>) -> Value {
    let RecordingView { player, media_type, length, title, duration, transcript, season, episode } =
        recording;
    let (width, height) = player.size.unzip();
    let captions: Vec<Value> = player
        .tracks
        .iter()
        .map(|track| {
            map([
                ("src", Value::from(track.src.as_str())),
                ("language", Value::from(track.language.as_str())),
                ("label", Value::from(track.label.as_str())),
                ("default", Value::from(track.is_default)),
            ])
        })
        .collect();
    map([
        ("src", Value::from(player.src.as_str())),
        ("type", Value::from(*media_type)),
        ("bytes", optional(*length)),
        ("title", text(*title)),
        ("duration", optional(*duration)),
        ("width", optional(width)),
        ("height", optional(height)),
        ("poster", text(player.poster.as_deref())),
        ("captions", Value::from(captions)),
        ("transcript", text(transcript.as_deref())),
        ("season", optional(*season)),
        ("episode", optional(*episode)),
    ])
}

fn correction(config: &Config, note: &Correction) -> Value {
    map([
        ("date", date(config, Some(StoryDate { instant: note.date, is_day: note.is_day }))),
        ("kind", Value::from(note.kind.name())),
        ("text", Value::from(note.text.as_str())),
    ])
}

/// The headings of a text.
pub(crate) fn table_of_contents(headings: &[Heading]) -> Value {
    let values: Vec<Value> = headings
        .iter()
        .map(|heading| {
            map([
                ("level", Value::from(heading.level)),
                ("id", Value::from(heading.id.as_str())),
                ("title", Value::from(heading.title.as_str())),
            ])
        })
        .collect();
    Value::from(values)
}
