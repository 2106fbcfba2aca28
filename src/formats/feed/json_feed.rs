//! A feed → JSON Feed 1.1.

use std::borrow::Cow;

use serde::Serialize;

use super::{Feed, Item, single_line};
use crate::formats::Recording;
use crate::view::rfc3339;

#[derive(Serialize)]
struct File<'a> {
    version: &'static str,
    title: String,
    home_page_url: &'a str,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    authors: Vec<Person<'a>>,
    language: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hubs: Vec<Hub<'a>>,
    items: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Hub<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct Person<'a> {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_url: Option<&'a str>,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    date_published: String,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Person<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment<'a>>,
}

#[derive(Serialize)]
struct Attachment<'a> {
    url: &'a str,
    mime_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_in_seconds: Option<u32>,
}

/// Writes the feed as JSON Feed.
pub fn json(feed: &Feed<'_>) -> Vec<u8> {
    let publisher = &feed.site.publisher;
    let file = File {
        version: "https://jsonfeed.org/version/1.1",
        title: single_line(&feed.title).into_owned(),
        home_page_url: &feed.page,
        feed_url: &feed.url,
        description: feed.description.map(|text| single_line(text).into_owned()),
        icon: publisher.logo.as_deref(),
        authors: vec![Person {
            name: single_line(publisher.name).into_owned(),
            url: publisher.url.as_deref(),
        }],
        language: feed.site.language,
        hubs: feed.hub.map(|url| Hub { kind: "WebSub", url }).into_iter().collect(),
        items: feed.items().map(entry).collect(),
    };
    crate::formats::json::pretty(&file)
}

fn entry(item: Item<'_>) -> Entry<'_> {
    let story = item.story;
    // An item must have HTML or text, even if it has no summary.
    let content_text = item.html.is_none().then(|| item.summary.clone());
    Entry {
        id: &story.id,
        url: &story.url,
        external_url: story.syndicated_from,
        title: item.title,
        content_html: item.html,
        content_text,
        summary: item.summary,
        image: story.image.as_ref().map(|image| image.url.as_str()),
        date_published: rfc3339(item.published),
        date_modified: rfc3339(item.modified),
        authors: item.authors.into_iter().map(|(name, url)| Person { name, url }).collect(),
        tags: item.topics,
        language: item.language,
        attachments: story.recordings.iter().map(attachment).collect(),
    }
}

fn attachment<'a>(recording: &'a Recording<'_>) -> Attachment<'a> {
    Attachment {
        url: &recording.player.src,
        mime_type: recording.media_type,
        title: recording.title,
        size_in_bytes: recording.length,
        duration_in_seconds: recording.duration,
    }
}
