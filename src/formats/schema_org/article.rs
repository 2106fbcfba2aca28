//! A story → a `NewsArticle`, or the more specific type of schema.org.

use serde::Serialize;

use super::organization::{Agent, Publisher, publisher};
use super::page::{WebSite, part_of};
use super::{Anchor, Reference, crumbs};
use crate::content::{CorrectionKind, Genre, Medium};
use crate::formats::head::Head;
use crate::formats::{CorrectionNote, Picture, Story, TermLink};
use crate::pictures::DigitalSource;
use crate::view::{Rights, rfc3339};

/// A story, with what Google and Bing read: developers.google.com/search/docs/appearance/structured-data/article.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Article<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "@id")]
    id: Anchor<'a>,
    identifier: &'a str,
    url: &'a str,
    headline: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    in_language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_modified: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Agent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    article_section: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dateline: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image: Vec<ImageObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<Recorded<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<Recorded<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    correction: Vec<CorrectionComment<'a>>,
    #[serde(skip_serializing_if = "is_zero")]
    word_count: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    source_organization: Vec<Agent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_based_on: Option<&'a str>,
    main_entity_of_page: WebPage<'a>,
    is_part_of: Vec<Parent<'a>>,
    publisher: Publisher<'a>,
}

/// A picture. Its size is text because schema.org has no plain numbers for lengths; programs read the digits as pixels.
#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(super) struct ImageObject<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<Agent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copyright_notice: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquire_license_page: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digital_source_type: Option<&'static str>,
}

/// Sound or film. Of a film Google requires a name, a picture and a date
/// (developers.google.com/search/docs/appearance/structured-data/video).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Recorded<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    content_url: &'a str,
    encoding_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_url: Option<&'a str>,
    upload_date: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
struct CorrectionComment<'a> {
    text: &'a str,
    date_published: String,
}

/// The page of a story.
#[derive(Debug, Serialize)]
#[serde(tag = "@type")]
struct WebPage<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
    breadcrumb: Reference<'a>,
}

/// What a story is part of.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Parent<'a> {
    Site(WebSite<'a>),
    Series(CreativeWorkSeries<'a>),
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type")]
struct CreativeWorkSeries<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Describes a story.
pub(super) fn article<'a>(head: &'a Head<'_>, story: &'a Story<'_>) -> Article<'a> {
    let kind = kind(story.genre);
    let authors = story.authors.iter().map(|author| Agent {
        url: author.url.as_deref(),
        ..Agent::new(author.name, author.is_organization)
    });
    let series = story.series.as_ref().map(series);
    Article {
        kind,
        id: Anchor(&head.url, "#article"),
        identifier: &story.id,
        url: &head.url,
        // In full: Google shortens what it shows, and has dropped its limit of 110 characters.
        headline: story.title,
        description: Some(story.summary).filter(|summary| !summary.is_empty()),
        in_language: head.language,
        date_published: story.published.as_ref().map(rfc3339),
        date_modified: story.modified.as_ref().map(rfc3339),
        author: authors.collect(),
        article_section: story.section.as_ref().map(|section| section.name),
        keywords: story.tags.iter().map(|tag| tag.name).collect(),
        // A property of `NewsArticle`, which an advertisement is not.
        dateline: story.dateline.filter(|_| kind != ADVERTISEMENT),
        image: story.image.iter().flat_map(images).collect(),
        audio: recorded(story, Medium::Audio),
        video: recorded(story, Medium::Video),
        correction: corrections(&story.corrections),
        word_count: story.words,
        source_organization: story.sources.iter().map(|name| Agent::new(name, true)).collect(),
        is_based_on: story.syndicated_from,
        main_entity_of_page: WebPage { id: &head.url, breadcrumb: crumbs::reference(head) },
        is_part_of: series.into_iter().chain([Parent::Site(part_of(head.site))]).collect(),
        publisher: publisher(head.site),
    }
}

const ADVERTISEMENT: &str = "AdvertiserContentArticle";

/// Returns the type of a genre, by schema.org's definitions:
/// - A `ReportageNewsArticle` claims "factual information either observed or verified by the author, or reported and
///   verified from knowledgeable sources". An interview meets that by its nature; for `news`, the default genre, nobody
///   has promised it.
/// - A fact check would be a `ClaimReview`, which needs the claim and a rating.
fn kind(genre: Genre) -> &'static str {
    match genre {
        Genre::Opinion => "OpinionNewsArticle",
        Genre::Analysis => "AnalysisNewsArticle",
        Genre::Review => "ReviewNewsArticle",
        Genre::Explainer => "BackgroundNewsArticle",
        Genre::Interview => "ReportageNewsArticle",
        Genre::Sponsored => ADVERTISEMENT,
        Genre::News | Genre::Brief | Genre::Factcheck | Genre::Obituary | Genre::Live => "NewsArticle",
    }
}

/// Describes a picture: its crops, as Google asks for them, else the picture itself.
pub(super) fn images<'a>(picture: &'a Picture<'_>) -> Vec<ImageObject<'a>> {
    if picture.crops.is_empty() {
        return vec![image(picture, &picture.url, picture.size)];
    }
    picture.crops.iter().map(|crop| image(picture, &crop.url, crop.size)).collect()
}

fn image<'a>(picture: &'a Picture<'_>, url: &'a str, size: Option<(u32, u32)>) -> ImageObject<'a> {
    let (width, height) = size.map(|(width, height)| (width.to_string(), height.to_string())).unzip();
    let Rights { creator, copyright, license } = picture.rights;
    ImageObject {
        url,
        width,
        height,
        caption: picture.caption,
        credit_text: picture.credit,
        creator: creator.map(|name| Agent::new(name, false)),
        copyright_notice: copyright,
        license,
        // One address says what a user may do, and where to ask for more.
        acquire_license_page: license,
        digital_source_type: picture.digital_source.map(digital_source),
    }
}

/// The member of schema.org's `IPTCDigitalSourceEnumeration`.
fn digital_source(source: DigitalSource) -> &'static str {
    match source {
        DigitalSource::Generated => "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
        DigitalSource::PartlyGenerated => {
            "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource"
        }
        DigitalSource::Composite => "https://schema.org/CompositeCaptureDigitalSource",
        DigitalSource::DigitalArt => "https://schema.org/DigitalArtDigitalSource",
    }
}

/// Describes the sound or film of a story. `None` if there is none or it lacks what is required.
fn recorded<'a>(story: &'a Story<'_>, medium: Medium) -> Option<Recorded<'a>> {
    let recording = story.recordings.iter().find(|recording| recording.player.medium == medium)?;
    let thumbnail_url = recording.player.poster.as_deref();
    if medium == Medium::Video && thumbnail_url.is_none() {
        return None;
    }
    Some(Recorded {
        kind: if medium == Medium::Video { "VideoObject" } else { "AudioObject" },
        name: recording.title.unwrap_or(story.title),
        content_url: &recording.player.src,
        encoding_format: recording.media_type,
        content_size: recording.length.map(|length| length.to_string()),
        // ISO 8601.
        duration: recording.duration.map(|seconds| format!("PT{seconds}S")),
        thumbnail_url,
        upload_date: rfc3339(story.published.as_ref()?),
    })
}

/// Describes the corrections, except updates, which correct nothing.
fn corrections<'a>(notes: &'a [CorrectionNote<'_>]) -> Vec<CorrectionComment<'a>> {
    notes
        .iter()
        .filter(|note| note.kind != CorrectionKind::Update)
        .map(|note| CorrectionComment { text: note.text, date_published: rfc3339(&note.date) })
        .collect()
}

fn series<'a>(series: &'a TermLink<'_>) -> Parent<'a> {
    Parent::Series(CreativeWorkSeries { name: series.name, url: series.url.as_deref() })
}
