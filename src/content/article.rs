//! The article: what a source file says about itself, typed and checked.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::imported::Imported;
use super::markdown::Outline;
use crate::manifest::{Fingerprint, Stat};
use crate::pictures::Flaw;
use crate::slug::composed;

/// An article's place in its [`Content`](super::Content).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(pub u32);

/// One source file, read and checked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Article {
    /// Path relative to `content/`, with `/` on every system.
    #[serde(skip)]
    pub path: Arc<str>,
    /// Last part of the URL: from the front matter, else from the file's name.
    pub slug: String,
    /// What the front matter says.
    pub front: FrontMatter,
    /// What the Markdown says: words, headings, links, files.
    pub outline: Outline,
    /// The files of the article that its page needs, found beside the source.
    pub assets: Vec<Asset>,
    /// The files that it names, whether they are there or not.
    pub named: Vec<NamedFile>,
    /// Fingerprint of all that others than its own page may show of it.
    pub digest: Fingerprint,
    /// Where the Markdown starts in the source, in bytes behind a byte order mark.
    pub body_start: usize,
    /// Hash of the whole source.
    pub hash: Fingerprint,
}

impl Article {
    /// Whether it is a standing page (about, contact): it has no date and is in no list.
    pub fn is_standing(&self) -> bool {
        self.front.date.is_none()
    }

    /// What it is known by whatever else of it changes: its `id`, else the path of its source without what says the format.
    pub fn identity(&self) -> Cow<'_, str> {
        if let Some(id) = &self.front.id {
            return id.into();
        }
        let path = self.path.rsplit_once('.').map_or(&*self.path, |(path, _)| path);
        // In one form of Unicode, which archives and disks change.
        composed(path.strip_suffix("/index").unwrap_or(path))
    }

    /// The asset that the article names by `reference`, a path relative to the source's folder.
    pub fn asset(&self, reference: &str) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.reference == reference)
    }
}

/// A file that an article names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedFile {
    /// Path of the file relative to `content/`.
    pub path: String,
    /// What was there.
    pub state: FileState,
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileState {
    /// Nothing.
    Missing,
    /// A file whose later changes may not show in its time.
    Unsettled,
    /// A file whose later changes show in its time.
    Settled(Stat),
}

/// A file beside an article that is published with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// As the article names it, percent-decoded.
    pub reference: String,
    /// Path of the file relative to `content/`.
    pub path: String,
    /// Name of the file beside the page.
    pub name: String,
    /// Width and height in CSS pixels, if it is an image whose size can be read.
    pub size: Option<(u32, u32)>,
    /// What is wrong with it, if it is an image.
    pub flaws: Vec<Flaw>,
}

/// The front matter: names and meaning as in the reference of the README.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FrontMatter {
    /// Headline.
    pub title: String,
    /// The line under the headline.
    pub deck: Option<String>,
    /// The label over the headline.
    pub kicker: Option<String>,
    /// Its date: URLs are made of it. When the story was published is what [`FrontMatter::published_at`] says. None: a
    /// standing page.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub date: Option<Timestamp>,
    /// Whether `date` was written without a time: it is then the beginning of that day, and people are shown the day alone.
    pub date_is_day: bool,
    /// Last significant change; not before the story was published.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub updated: Option<Timestamp>,
    /// The same of `updated`.
    pub updated_is_day: bool,
    /// Not for readers.
    pub draft: bool,
    /// No byte before this instant, whatever `date` says.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub embargo: Option<Timestamp>,
    /// Gone from this instant.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub expires: Option<Timestamp>,
    /// Whether the story may run.
    pub status: Status,
    /// What readers are told of a story that is withdrawn.
    pub withdrawn: Option<Box<Withdrawal>>,
    /// Slug of the section.
    pub section: Option<String>,
    /// Name of the section, if it was written otherwise than as its slug (`CompSci`).
    pub section_name: Option<String>,
    /// Topics as written, each once.
    pub tags: Vec<String>,
    /// Who wrote it, in the order of the byline.
    pub authors: Vec<Byline>,
    /// Place of reporting.
    pub dateline: Option<String>,
    /// Agencies the copy comes from.
    pub source: Vec<String>,
    /// The kind of piece.
    pub genre: Genre,
    /// Lead picture. In a box: most stories of an archive have none.
    pub image: Option<Box<Image>>,
    /// 1 (flash) to 9; orders the front page.
    pub urgency: Option<u8>,
    /// Keeps it on top of the front page until then.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub pinned_until: Option<Timestamp>,
    /// Corrections, in the order written.
    pub corrections: Vec<Correction>,
    /// The storyline it belongs to.
    pub series: Option<String>,
    /// Hand-picked links: paths of sources or slugs.
    pub related: Vec<String>,
    /// BCP 47 tag; None: the site's language.
    pub lang: Option<String>,
    /// Last part of the URL.
    pub slug: Option<String>,
    /// URL pattern or URL path of this article alone; starts with `/`.
    pub permalink: Option<String>,
    /// Old URL paths that must keep working; each starts with `/`.
    pub aliases: Vec<String>,
    /// Last parts of its URL in earlier times: what they made of the pattern for URLs must keep working.
    pub old_slugs: Vec<String>,
    /// Stable identity for feeds.
    pub id: Option<String>,
    /// Where it first ran, if not here: an absolute URL.
    pub canonical_url: Option<String>,
    /// The article that this is a translation of: the path of its source, or its slug.
    pub translation_of: Option<String>,
    /// Search engines are asked to leave it out.
    pub noindex: bool,
    /// It is in no feed.
    pub not_in_feeds: bool,
    /// Another template of the theme.
    pub template: Option<String>,
    /// What `bulletin import` noted for the desk. In no output, and not part of the article's digest.
    pub import: Option<Box<Imported>>,
    /// The theme's own keys.
    #[serde(with = "as_json")]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl FrontMatter {
    /// When a story is published: at the latest of its date and all that holds it until a time. Orders, lists, archives by date,
    /// feeds, sitemaps and what readers see go by it; only URLs are made of `date`. None: a standing page, which is in no
    /// list.
    pub fn published_at(&self) -> Option<Timestamp> {
        self.date.and_then(|_| self.appears_at())
    }

    /// Whether the story was published on a day, at no time that anybody gave.
    pub fn published_on_day(&self) -> bool {
        self.date_is_day && self.published_at() == self.date
    }

    /// When it appears: as [`FrontMatter::published_at`], and the end of the embargo of a standing page. None: nothing holds
    /// it until a time.
    pub fn appears_at(&self) -> Option<Timestamp> {
        self.date.max(self.embargo)
    }

    /// When a withdrawn story was withdrawn: as it says itself, else at its last retraction. None: nothing says when.
    pub fn withdrawn_at(&self) -> Option<Timestamp> {
        let retractions = self.corrections.iter().filter(|note| note.kind == CorrectionKind::Retraction);
        let own = self.withdrawn.as_ref().and_then(|withdrawal| withdrawal.date);
        let at = own.or_else(|| retractions.map(|note| note.date).max());
        at.filter(|_| self.status == Status::Withdrawn)
    }

    /// The headline that the page of a withdrawn story has: its own, unless the desk wrote another for it.
    pub fn notice_headline(&self) -> &str {
        let own = self.withdrawn.as_ref().and_then(|withdrawal| withdrawal.headline.as_deref());
        own.unwrap_or(&self.title)
    }

    /// The texts that readers see as plain text.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let image = self.image.iter().flat_map(|image| [&image.alt, &image.caption, &image.credit]);
        let optional = [&self.deck, &self.kicker, &self.dateline].into_iter().chain(image).flatten();
        let corrections = self.corrections.iter().map(|correction| &correction.text);
        std::iter::once(&self.title).chain(optional).chain(corrections).map(String::as_str)
    }

    /// Whether the desk holds it back, whatever the time is: it is work in progress.
    pub fn is_held(&self) -> bool {
        self.draft || self.status == Status::Withheld
    }
}

/// Whether a story may run (ninjs: `pubStatus`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It may.
    #[default]
    Published,
    /// Held by the desk: shown to nobody.
    Withheld,
    /// Killed after it ran: its URL says so, the text is gone.
    Withdrawn,
}

/// What readers are told of a story that is withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// In place of its own headline.
    pub headline: Option<String>,
    /// Why it was withdrawn.
    pub reason: Option<String>,
    /// When it was withdrawn.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub date: Option<Timestamp>,
}

/// The kind of piece a story is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Genre {
    #[default]
    News,
    Brief,
    Analysis,
    Opinion,
    Interview,
    Explainer,
    Review,
    Factcheck,
    Obituary,
    Live,
    Sponsored,
}

impl Genre {
    /// Every kind with its name in front matter.
    pub const ALL: [(&'static str, Self); 11] = [
        ("news", Self::News),
        ("brief", Self::Brief),
        ("analysis", Self::Analysis),
        ("opinion", Self::Opinion),
        ("interview", Self::Interview),
        ("explainer", Self::Explainer),
        ("review", Self::Review),
        ("factcheck", Self::Factcheck),
        ("obituary", Self::Obituary),
        ("live", Self::Live),
        ("sponsored", Self::Sponsored),
    ];

    /// Its name in front matter.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, genre)| *genre == self).map_or("news", |(name, _)| name)
    }
}

/// One name of a byline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Byline {
    /// A name, or the slug of a profile in `bulletin.yaml`.
    pub name: String,
    /// What the person did (`photographs`, `additional reporting`).
    pub role: Option<String>,
    /// A page about the person.
    pub url: Option<String>,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// A path relative to the article, a path from the site's root (`/…`) or an absolute URL.
    /// None: wire copy whose picture is yet to be chosen.
    pub src: Option<String>,
    /// What can be seen, for those who cannot see it.
    pub alt: Option<String>,
    /// The line under it.
    pub caption: Option<String>,
    /// Who made it or owns it.
    pub credit: Option<String>,
    /// The point that a crop must keep: x and y from 0 to 1, from the top left.
    pub focus: Option<(f64, f64)>,
}

/// A note about what was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When it was made.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::required")]
    pub date: Timestamp,
    /// Whether it was written without a time.
    pub is_day: bool,
    /// How grave it is.
    pub kind: CorrectionKind,
    /// What was wrong and what is right.
    pub text: String,
}

/// How grave a correction is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CorrectionKind {
    /// A fact was wrong.
    #[default]
    Correction,
    /// The facts were right, the wording misled.
    Clarification,
    /// Something was added.
    Update,
    /// The story does not stand.
    Retraction,
}

impl CorrectionKind {
    /// Every kind with its name in front matter.
    pub const ALL: [(&'static str, Self); 4] = [
        ("correction", Self::Correction),
        ("clarification", Self::Clarification),
        ("update", Self::Update),
        ("retraction", Self::Retraction),
    ];

    /// Its name in front matter.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("correction", |(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_article_comes_back_as_it_was(number in any::<f64>().prop_filter("JSON has no other", |x| x.is_finite())) {
            let mut front = FrontMatter { title: "A".to_owned(), ..FrontMatter::default() };
            front.date = "2026-11-22T10:00:00.123456789Z".parse().ok();
            front.extra.insert("map".to_owned(), serde_json::json!({"lat": number, "b": [1, null, "x"], "a": -0.5}));
            let bytes = postcard::to_stdvec(&front).unwrap();
            prop_assert_eq!(postcard::from_bytes::<FrontMatter>(&bytes).unwrap(), front);
        }
    }
}

/// Front matter's own keys as JSON in a string, for formats that do not tell kinds of values apart.
mod as_json {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use serde_json::{Map, Value};

    pub(super) fn serialize<S: Serializer>(map: &Map<String, Value>, to: S) -> Result<S::Ok, S::Error> {
        if map.is_empty() {
            return to.serialize_str("");
        }
        to.serialize_str(&serde_json::to_string(map).map_err(S::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
        let text = <&str>::deserialize(from)?;
        if text.is_empty() {
            return Ok(Map::new());
        }
        serde_json::from_str(text).map_err(D::Error::custom)
    }
}
