//! The article: a source file, parsed and checked.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::imported::Imported;
use super::markdown::{Outline, Written, classify};
use super::recordings::RecordingFacts;
use crate::manifest::{Fingerprint, Stat};
use crate::pictures::{Flaw, Metadata, Source};
use crate::slug::composed;

/// An article's index in its [`Content`](super::Content).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(pub u32);

/// A source file, parsed and checked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Article {
    /// Path relative to `content/`, with `/` on every system.
    #[serde(skip)]
    pub path: Arc<str>,
    /// Last part of the URL: from the front matter, else from the file name.
    pub slug: String,
    /// The parsed front matter.
    pub front: FrontMatter,
    /// The outline of the Markdown: length, headings, links, files.
    pub outline: Outline,
    /// The files that are published with the page.
    pub assets: Vec<Asset>,
    /// All files that it names, existing or not.
    pub named: Vec<NamedFile>,
    /// Fingerprint of everything that other pages may show of it.
    pub digest: Fingerprint,
    /// The offset at which the Markdown starts in the source, not counting a byte order mark.
    pub body_start: usize,
    /// Hash of the whole source.
    pub hash: Fingerprint,
}

impl Article {
    /// Whether it is a standing page (about, contact), which has no date and is in no list.
    pub fn is_standing(&self) -> bool {
        self.front.date.is_none()
    }

    /// Its stable identity: its `id`, else the path of its source without the extension.
    pub fn identity(&self) -> Cow<'_, str> {
        if let Some(id) = &self.front.id {
            return id.into();
        }
        let path = self.path.rsplit_once('.').map_or(&*self.path, |(path, _)| path);
        // In NFC, because archives and disks change the normal form.
        composed(path.strip_suffix("/index").unwrap_or(path))
    }

    /// The asset with this `reference`, a path relative to the folder of the source.
    pub fn asset(&self, reference: &str) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.reference == reference)
    }

    /// The file that a path in the article's text or front matter names.
    pub fn asset_written(&self, written: &str) -> Option<&Asset> {
        match classify(written) {
            Written::File(reference) => self.asset(&reference),
            _ => None,
        }
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
    /// A recording, with a fingerprint of the names of its poster and captions.
    Companions(Fingerprint),
}

/// A file that is published with an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// The path as the article writes it, percent-decoded.
    pub reference: String,
    /// Path of the file relative to `content/`.
    pub path: String,
    /// Name of the file beside the page.
    pub name: String,
    /// Width and height in CSS pixels, if it is a picture with a known size.
    pub size: Option<(u32, u32)>,
    /// Its flaws, if it is a picture.
    pub flaws: Vec<Flaw>,
    /// What identifies it, if it is a picture that renditions can be made from.
    pub source: Option<Source>,
    /// What its own metadata says, if it is a picture and they say anything.
    pub metadata: Option<Box<Metadata>>,
    /// What is known of it if it is a recording or a file of captions.
    pub recording: Option<Box<RecordingFacts>>,
}

/// Parsed front matter. The keys are explained in the reference of the documentation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FrontMatter {
    /// Headline.
    pub title: String,
    /// The line under the headline.
    pub deck: Option<String>,
    /// The label over the headline.
    pub kicker: Option<String>,
    /// The date in URLs. [`FrontMatter::published_at`] is when the story is published. `None`: a standing page.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub date: Option<Timestamp>,
    /// Whether `date` has no time. It is then the beginning of the day, and readers see the day only.
    pub date_is_day: bool,
    /// Last significant change, not before the story was published.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub updated: Option<Timestamp>,
    /// Whether `updated` has no time.
    pub updated_is_day: bool,
    /// Whether the story is a draft.
    pub draft: bool,
    /// Readers see nothing before this instant, even if `date` is earlier.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub embargo: Option<Timestamp>,
    /// Readers see nothing from this instant on.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub expires: Option<Timestamp>,
    /// Whether the story may run.
    pub status: Status,
    /// The notice to readers of a withdrawn story.
    pub withdrawn: Option<Box<Withdrawal>>,
    /// Slug of the section.
    pub section: Option<String>,
    /// Name of the section if it differs from the slug (`CompSci`).
    pub section_name: Option<String>,
    /// Topics as written, without repetitions.
    pub tags: Vec<String>,
    /// The byline, in order.
    pub authors: Vec<Byline>,
    /// Place of reporting.
    pub dateline: Option<String>,
    /// Agencies that the copy comes from.
    pub source: Vec<String>,
    /// The kind of piece.
    pub genre: Genre,
    /// Lead picture, boxed because most stories of an archive have none.
    pub image: Option<Box<Image>>,
    /// More pictures, in order. Each has a `src`.
    pub gallery: Vec<Image>,
    /// The sound that leads the story.
    pub audio: Option<Box<Recording>>,
    /// The film that leads the story.
    pub video: Option<Box<Recording>>,
    /// 1 (flash) to 9, for the order of the front page.
    pub urgency: Option<u8>,
    /// Until when it stays on top of the front page.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub pinned_until: Option<Timestamp>,
    /// Corrections in the order written.
    pub corrections: Vec<Correction>,
    /// The series that it is part of.
    pub series: Option<String>,
    /// Hand-picked links: source paths or slugs.
    pub related: Vec<String>,
    /// BCP 47 tag. `None`: the language of the site.
    pub lang: Option<String>,
    /// Last part of the URL.
    pub slug: Option<String>,
    /// URL path, or a pattern for it, of this article alone; starts with `/`.
    pub permalink: Option<String>,
    /// Old URL paths that redirect here; each starts with `/`.
    pub aliases: Vec<String>,
    /// Earlier slugs, whose URLs redirect here.
    pub old_slugs: Vec<String>,
    /// Stable identity for feeds.
    pub id: Option<String>,
    /// The absolute URL where it first ran, if not here.
    pub canonical_url: Option<String>,
    /// The article that it translates: a source path or slug.
    pub translation_of: Option<String>,
    /// Whether search engines are asked to leave it out.
    pub noindex: bool,
    /// Whether feeds leave it out.
    pub not_in_feeds: bool,
    /// The template to use instead of the default.
    pub template: Option<String>,
    /// The notes of `bulletin import` for the desk. In no output, and not part of the article's digest.
    pub import: Option<Box<Imported>>,
    /// The theme's own keys.
    #[serde(with = "as_json")]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl FrontMatter {
    /// When a story is published: its date, or the end of its embargo if that is later. Lists, date archives, feeds, sitemaps and
    /// visibility go by it; only URLs use `date`. `None`: a standing page, which is in no list.
    pub fn published_at(&self) -> Option<Timestamp> {
        self.date.and_then(|_| self.appears_at())
    }

    /// Whether the publication has a day but no time.
    pub fn published_on_day(&self) -> bool {
        self.date_is_day && self.published_at() == self.date
    }

    /// When it appears: [`FrontMatter::published_at`], or the end of the embargo of a standing page. `None`: it is not held until a
    /// time.
    pub fn appears_at(&self) -> Option<Timestamp> {
        self.date.max(self.embargo)
    }

    /// When the story was withdrawn: the date of the withdrawal, else of its last retraction. `None`: unknown, or not withdrawn.
    pub fn withdrawn_at(&self) -> Option<Timestamp> {
        let retractions = self.corrections.iter().filter(|note| note.kind == CorrectionKind::Retraction);
        let own = self.withdrawn.as_ref().and_then(|withdrawal| withdrawal.date);
        let at = own.or_else(|| retractions.map(|note| note.date).max());
        at.filter(|_| self.status == Status::Withdrawn)
    }

    /// The headline on the page of a withdrawn story: its own, unless the notice has another.
    pub fn notice_headline(&self) -> &str {
        let own = self.withdrawn.as_ref().and_then(|withdrawal| withdrawal.headline.as_deref());
        own.unwrap_or(&self.title)
    }

    /// The texts that readers see as plain text.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let pictures = self.pictures().flat_map(|image| [&image.alt, &image.caption, &image.credit]);
        let titles = self.recordings().map(|recording| &recording.title);
        let optional =
            [&self.deck, &self.kicker, &self.dateline].into_iter().chain(pictures).chain(titles).flatten();
        let corrections = self.corrections.iter().map(|correction| &correction.text);
        std::iter::once(&self.title).chain(optional).chain(corrections).map(String::as_str)
    }

    /// The lead picture, then those of the gallery.
    pub fn pictures(&self) -> impl Iterator<Item = &Image> {
        self.image.as_deref().into_iter().chain(&self.gallery)
    }

    /// The sound and the film that lead the story.
    pub fn recordings(&self) -> impl Iterator<Item = &Recording> {
        self.audio.as_deref().into_iter().chain(self.video.as_deref())
    }

    /// All pictures that it names, as written: posters are among them.
    pub fn picture_files(&self) -> impl Iterator<Item = &str> {
        let posters = self.recordings().filter_map(|recording| recording.poster.as_deref());
        self.pictures().filter_map(|image| image.src.as_deref()).chain(posters)
    }

    /// The other files that it names, as written: recordings, their captions and transcripts.
    pub fn recording_files(&self) -> impl Iterator<Item = &str> {
        self.recordings().flat_map(|recording| {
            let texts = recording.captions.iter().chain(&recording.transcript).map(String::as_str);
            std::iter::once(recording.src.as_str()).chain(texts)
        })
    }

    /// Whether editors hold it back regardless of the time.
    pub fn is_held(&self) -> bool {
        self.draft || self.status == Status::Withheld
    }
}

/// Whether a story may run (ninjs: `pubStatus`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// The story may run.
    #[default]
    Published,
    /// Held back by the desk.
    Withheld,
    /// Withdrawn after it ran: its page is a notice without the text.
    Withdrawn,
}

/// The notice to readers of a withdrawn story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Replaces its own headline.
    pub headline: Option<String>,
    /// Why it was withdrawn.
    pub reason: Option<String>,
    /// When it was withdrawn.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub date: Option<Timestamp>,
}

/// The kind of piece.
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
    /// All kinds with their names in front matter.
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

/// One author of a byline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Byline {
    /// A name, or the slug of a profile in `bulletin.yaml`.
    pub name: String,
    /// The author's part in the work (`photographs`, `additional reporting`).
    pub role: Option<String>,
    /// A page about the author.
    pub url: Option<String>,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// A path relative to the article, a path from the site's root (`/…`) or an absolute URL. `None`: wire copy whose picture is yet
    /// to be chosen.
    pub src: Option<String>,
    /// Alternative text.
    pub alt: Option<String>,
    /// The caption.
    pub caption: Option<String>,
    /// The creator or owner.
    pub credit: Option<String>,
    /// The point that a crop must keep, as x and y from 0 to 1 from the top left.
    pub focus: Option<(f64, f64)>,
}

/// Sound or film that leads a story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// A path relative to the article, a path from the site's root (`/…`) or an absolute URL.
    pub src: String,
    /// What it is, for its player.
    pub title: Option<String>,
    /// How long it is, in seconds.
    pub duration: Option<u32>,
    /// The picture of a film before it is played. `None`: the picture with the name of the film beside it.
    pub poster: Option<String>,
    /// The files of its captions (WebVTT). None: those with the name of the recording beside it.
    pub captions: Vec<String>,
    /// A file or page with its text.
    pub transcript: Option<String>,
}

/// A correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When it was made.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::required")]
    pub date: Timestamp,
    /// Whether the date has no time.
    pub is_day: bool,
    /// Its kind.
    pub kind: CorrectionKind,
    /// What was wrong and what is right.
    pub text: String,
}

/// The kind of a correction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CorrectionKind {
    /// A fact was wrong.
    #[default]
    Correction,
    /// The facts were right, but the wording misled.
    Clarification,
    /// Something was added.
    Update,
    /// The story is retracted.
    Retraction,
}

impl CorrectionKind {
    /// All kinds with their names in front matter.
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
        fn front_matter_survives_serialization(number in any::<f64>().prop_filter("JSON has no other", |x| x.is_finite())) {
            let mut front = FrontMatter { title: "A".to_owned(), ..FrontMatter::default() };
            front.date = "2026-11-22T10:00:00.123456789Z".parse().ok();
            front.extra.insert("map".to_owned(), serde_json::json!({"lat": number, "b": [1, null, "x"], "a": -0.5}));
            let bytes = postcard::to_stdvec(&front).unwrap();
            prop_assert_eq!(postcard::from_bytes::<FrontMatter>(&bytes).unwrap(), front);
        }
    }
}

/// The theme's keys as JSON in a string, for serialization formats that do not describe themselves.
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
