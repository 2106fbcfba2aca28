//! A story → a `NewsArticle`, or what schema.org has for its kind.

use serde::Serialize;

use super::organization::{Agent, Publisher, publisher};
use super::page::{WebSite, part_of};
use super::{Anchor, Reference, crumbs};
use crate::content::{CorrectionKind, Genre};
use crate::formats::head::Head;
use crate::formats::{CorrectionNote, Picture, Story, TermLink};
use crate::view::rfc3339;

/// A story. What Google and Bing read of it: developers.google.com/search/docs/appearance/structured-data/article.
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    correction: Vec<CorrectionComment<'a>>,
    #[serde(skip_serializing_if = "is_zero")]
    word_count: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    source_organization: Vec<Agent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_based_on: Option<&'a str>,
    main_entity_of_page: WebPage<'a>,
    is_part_of: Vec<Whole<'a>>,
    publisher: Publisher<'a>,
}

/// A picture. Its size is a text, as schema.org has no plain numbers for lengths; programs take the digits for pixels.
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
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
struct CorrectionComment<'a> {
    text: &'a str,
    date_published: String,
}

/// The page whose main matter a story is.
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
enum Whole<'a> {
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

/// A story with all that is known of it.
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
        // Whole: Google cuts what it shows, and has dropped its limit of 110 characters.
        headline: story.title,
        description: Some(story.summary).filter(|summary| !summary.is_empty()),
        in_language: head.language,
        date_published: story.published.as_ref().map(rfc3339),
        date_modified: story.modified.as_ref().map(rfc3339),
        author: authors.collect(),
        article_section: story.section.as_ref().map(|section| section.name),
        keywords: story.tags.iter().map(|tag| tag.name).collect(),
        // Of a NewsArticle only, which an advertisement is not.
        dateline: story.dateline.filter(|_| kind != ADVERTISEMENT),
        image: story.image.iter().map(image).collect(),
        correction: corrections(&story.corrections),
        word_count: story.words,
        source_organization: story.sources.iter().map(|name| Agent::new(name, true)).collect(),
        is_based_on: story.syndicated_from,
        main_entity_of_page: WebPage { id: &head.url, breadcrumb: crumbs::reference(head) },
        is_part_of: series.into_iter().chain([Whole::Site(part_of(head.site))]).collect(),
        publisher: publisher(head.site),
    }
}

const ADVERTISEMENT: &str = "AdvertiserContentArticle";

/// The type of a kind of piece, by schema.org's words for its types:
/// - ReportageNewsArticle claims a stricter ideal ("factual information either observed or verified by the author, or
///   reported and verified from knowledgeable sources"). An interview is such by its nature; of `news`, which is what
///   a story is that says nothing, nobody has promised it.
/// - A fact check would be a ClaimReview, which needs the claim and a rating.
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

/// A picture as an object.
pub(super) fn image<'a>(picture: &'a Picture<'_>) -> ImageObject<'a> {
    let (width, height) = picture.size.map(|(width, height)| (width.to_string(), height.to_string())).unzip();
    ImageObject { url: &picture.url, width, height, caption: picture.caption, credit_text: picture.credit }
}

/// Notes that say that something was not right; that something was added is none.
fn corrections<'a>(notes: &'a [CorrectionNote<'_>]) -> Vec<CorrectionComment<'a>> {
    notes
        .iter()
        .filter(|note| note.kind != CorrectionKind::Update)
        .map(|note| CorrectionComment { text: note.text, date_published: rfc3339(&note.date) })
        .collect()
}

fn series<'a>(series: &'a TermLink<'_>) -> Whole<'a> {
    Whole::Series(CreativeWorkSeries { name: series.name, url: series.url.as_deref() })
}
