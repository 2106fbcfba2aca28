//! A feed → RSS 2.0 (RSS Advisory Board, 2.0.11), following the board's Best Practices Profile.

use jiff::Zoned;
use jiff::fmt::rfc2822;
use quick_xml::escape::partial_escape;

use super::{Feed, GENERATOR, Item, media, non_empty_line, picture_type, podcast, single_line};
use crate::formats::xml::{Xml, document};
use crate::view::rfc3339;

const NAMESPACES: [(&str, Option<&str>); 5] = [
    ("version", Some("2.0")),
    ("xmlns:atom", Some("http://www.w3.org/2005/Atom")),
    ("xmlns:content", Some("http://purl.org/rss/1.0/modules/content/")),
    ("xmlns:dc", Some("http://purl.org/dc/elements/1.1/")),
    ("xmlns:media", Some("http://search.yahoo.com/mrss/")),
];

/// Writes the feed as RSS.
pub fn rss(feed: &Feed<'_>) -> Vec<u8> {
    let podcast = feed.show.is_some().then_some(podcast::NAMESPACES);
    let namespaces: Vec<_> = NAMESPACES.into_iter().chain(podcast.into_iter().flatten()).collect();
    document("rss", &namespaces, |xml| {
        xml.parent("channel", &[], |xml| {
            channel(xml, feed);
            for item in feed.items() {
                xml.parent("item", &[], |xml| write_item(xml, &item, feed.show.is_some()));
            }
        });
    })
}

fn channel(xml: &mut Xml, feed: &Feed<'_>) {
    let title = single_line(&feed.title);
    xml.text("title", &title);
    xml.text("link", &feed.page);
    xml.text("description", &feed.description());
    xml.text("language", feed.site.language);
    if let Some(date) = feed.updated().as_ref().and_then(date) {
        xml.text("lastBuildDate", &date);
    }
    xml.text("generator", GENERATOR);
    let cover = feed.show.as_ref().and_then(|show| show.cover.as_deref());
    if let Some(logo) = cover.or(feed.site.publisher.logo.as_deref()).filter(|logo| may_be_image(logo)) {
        // The specification requires the channel's own title and link.
        xml.parent("image", &[], |xml| {
            xml.text("url", logo);
            xml.text("title", &title);
            xml.text("link", &feed.page);
        });
    }
    let link = |xml: &mut Xml, rel, href, kind| {
        xml.empty("atom:link", &[("rel", Some(rel)), ("type", kind), ("href", Some(href))]);
    };
    link(xml, "self", &feed.url, Some("application/rss+xml"));
    if let Some(hub) = feed.hub {
        link(xml, "hub", hub, None);
    }
    if let Some(show) = &feed.show {
        podcast::channel(xml, show);
    }
}

fn write_item(xml: &mut Xml, item: &Item<'_>, is_episode: bool) {
    let story = item.story;
    xml.text("title", &item.title);
    xml.text("link", &story.url);
    xml.element("guid", &[("isPermaLink", Some("false"))], &story.id);
    if let Some(date) = date(item.published) {
        xml.text("pubDate", &date);
    }
    xml.text("atom:updated", &rfc3339(item.modified));
    // `author` would need an email address.
    for (name, _) in &item.authors {
        xml.text("dc:creator", name);
    }
    for topic in &item.topics {
        xml.text("category", topic);
    }
    if let Some(language) = item.language {
        xml.text("dc:language", language);
    }
    if let Some(sources) = non_empty_line(&story.sources.join(", ")) {
        xml.text("dc:source", &sources);
    }
    // Readers interpret it as HTML. It comes before the content because some readers show whichever comes last.
    if !item.summary.is_empty() {
        xml.text("description", &partial_escape(item.summary.as_str()));
    }
    if let Some(html) = &item.html {
        xml.text("content:encoded", html);
    }
    // RSS 2.0 allows one enclosure; a length that is not known is 0 (Best Practices Profile).
    if let Some(recording) = story.recordings.first() {
        let length = recording.length.unwrap_or(0).to_string();
        let attributes = [
            ("url", Some(recording.player.src.as_str())),
            ("length", Some(length.as_str())),
            (
                "type",
                Some(match is_episode {
                    true => podcast::enclosure_type(recording.media_type),
                    false => recording.media_type,
                }),
            ),
        ];
        xml.empty("enclosure", &attributes);
        if is_episode {
            podcast::item(xml, item, recording);
        }
    }
    if let Some(picture) = &story.image {
        media::write(xml, picture);
    }
}

/// A time in the format of RFC 822, with four digits for the year. `None` before the year 0.
fn date(time: &Zoned) -> Option<String> {
    rfc2822::DateTimePrinter::new().zoned_to_string(time).ok()
}

/// RSS 2.0: "a GIF, JPEG or PNG image".
fn may_be_image(url: &str) -> bool {
    url.starts_with("http") && matches!(picture_type(url), Some("image/gif" | "image/jpeg" | "image/png"))
}
