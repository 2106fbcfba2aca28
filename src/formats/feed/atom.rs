//! A feed → Atom (RFC 4287).

use super::{Feed, GENERATOR, Item, media, single_line};
use crate::formats::xml::{Xml, document};
use crate::view::rfc3339;

/// The update time of a feed without stories. RFC 4287 requires one, and the time of the build would change the feed
/// with every build.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// Writes the feed as Atom. Its id is the URL of its page.
pub fn atom(feed: &Feed<'_>) -> Vec<u8> {
    let attributes = [
        ("xmlns", Some("http://www.w3.org/2005/Atom")),
        ("xmlns:media", Some("http://search.yahoo.com/mrss/")),
        ("xml:lang", Some(feed.site.language)),
    ];
    document("feed", &attributes, |xml| {
        head(xml, feed);
        for item in feed.items() {
            xml.parent("entry", &[("xml:lang", item.language)], |xml| entry(xml, &item));
        }
    })
}

fn head(xml: &mut Xml, feed: &Feed<'_>) {
    let publisher = &feed.site.publisher;
    xml.text("id", &feed.page);
    text(xml, "title", &single_line(&feed.title));
    if feed.description.is_some() {
        text(xml, "subtitle", &feed.description());
    }
    xml.text("updated", &feed.updated().as_ref().map_or_else(|| NEVER.to_owned(), rfc3339));
    link(xml, "self", Some("application/atom+xml"), &feed.url);
    link(xml, "alternate", Some("text/html"), &feed.page);
    if let Some(hub) = feed.hub {
        link(xml, "hub", None, hub);
    }
    // RFC 4287 requires it when entries have no authors.
    person(xml, &single_line(publisher.name), publisher.url.as_deref());
    xml.text("generator", GENERATOR);
    if let Some(logo) = &publisher.logo {
        xml.text("logo", logo);
    }
}

fn entry(xml: &mut Xml, item: &Item<'_>) {
    let story = item.story;
    xml.text("id", &story.id);
    text(xml, "title", &item.title);
    link(xml, "alternate", Some("text/html"), &story.url);
    if let Some(original) = story.syndicated_from {
        link(xml, "via", None, original);
    }
    for recording in &story.recordings {
        let length = recording.length.map(|length| length.to_string());
        let attributes = [
            ("rel", Some("enclosure")),
            ("type", Some(recording.media_type)),
            ("length", length.as_deref()),
            ("href", Some(recording.player.src.as_str())),
        ];
        xml.empty("link", &attributes);
    }
    xml.text("published", &rfc3339(item.published));
    xml.text("updated", &rfc3339(item.modified));
    for (name, url) in &item.authors {
        person(xml, name, *url);
    }
    for topic in &item.topics {
        xml.empty("category", &[("term", Some(topic))]);
    }
    if !item.summary.is_empty() {
        text(xml, "summary", &item.summary);
    }
    if let Some(html) = &item.html {
        xml.element("content", &[("type", Some("html"))], html);
    }
    if let Some(picture) = &story.image {
        media::write(xml, picture);
    }
}

fn text(xml: &mut Xml, name: &str, text: &str) {
    xml.element(name, &[("type", Some("text"))], text);
}

fn link(xml: &mut Xml, rel: &str, kind: Option<&str>, href: &str) {
    xml.empty("link", &[("rel", Some(rel)), ("type", kind), ("href", Some(href))]);
}

fn person(xml: &mut Xml, name: &str, url: Option<&str>) {
    xml.parent("author", &[], |xml| {
        xml.text("name", name);
        if let Some(url) = url {
            xml.text("uri", url);
        }
    });
}
