//! A podcast and its episodes → the elements that directories and players read besides those of RSS.
//!
//! Two namespaces: Apple's, which all directories require (podcasters.apple.com/support/823-podcast-requirements), and Podcasting 2.0
//! (podcasting2.org/docs/podcast-namespace), for what Apple's has no elements: the identity of the podcast, transcripts, people.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::{Item, non_empty_line};
use crate::config::PodcastCategory;
use crate::formats::xml::Xml;
use crate::formats::{Author, Recording};

/// The namespaces.
pub(super) const NAMESPACES: [(&str, Option<&str>); 2] = [
    ("xmlns:itunes", Some("http://www.itunes.com/dtds/podcast-1.0.dtd")),
    ("xmlns:podcast", Some("https://podcastindex.org/namespace/1.0")),
];

/// The namespace of the UUIDs of podcasts: ead4c236-bf58-58c6-a2c6-a6b28d128cb6.
const GUIDS: [u8; 16] =
    [0xea, 0xd4, 0xc2, 0x36, 0xbf, 0x58, 0x58, 0xc6, 0xa2, 0xc6, 0xa6, 0xb2, 0x8d, 0x12, 0x8c, 0xb6];

/// The roles of bylines that the namespace has, of those that bylines have (Podcast Taxonomy).
const ROLES: [&str; 12] = [
    "host",
    "co-host",
    "guest host",
    "guest",
    "narrator",
    "reporter",
    "author",
    "writer",
    "editor",
    "producer",
    "researcher",
    "sound designer",
];

/// A podcast.
#[derive(Clone, Debug)]
pub struct Show<'a> {
    /// Its identity, a UUID: see [`guid`].
    pub guid: String,
    /// Who makes it.
    pub author: &'a str,
    /// The address that directories write to.
    pub email: Option<&'a str>,
    /// Its category.
    pub category: PodcastCategory,
    /// Whether it has content for adults.
    pub is_explicit: bool,
    /// Whether its episodes are to be heard in order.
    pub is_serial: bool,
    /// The URL of its cover.
    pub cover: Option<String>,
}

/// Returns the identity of a podcast: a UUID (RFC 9562, version 5) of the URL of its feed without the scheme and without slashes at the
/// end.
pub fn guid(url: &str) -> String {
    let name = url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/');
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &[&GUIDS, name.as_bytes()].concat());
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&hash.as_ref()[..16]);
    uuid[6] = uuid[6] & 0x0f | 0x50;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    let hex: String = uuid.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// Writes the elements of a podcast.
pub(super) fn channel(xml: &mut Xml, show: &Show<'_>) {
    let author = non_empty_line(show.author);
    if let Some(author) = &author {
        xml.text("itunes:author", author);
    }
    let PodcastCategory { name, part } = show.category;
    match part {
        None => xml.empty("itunes:category", &[("text", Some(name))]),
        Some(part) => xml.parent("itunes:category", &[("text", Some(name))], |xml| {
            xml.empty("itunes:category", &[("text", Some(part))]);
        }),
    }
    xml.text("itunes:explicit", if show.is_explicit { "true" } else { "false" });
    xml.text("itunes:type", if show.is_serial { "serial" } else { "episodic" });
    if let Some(cover) = &show.cover {
        xml.empty("itunes:image", &[("href", Some(cover))]);
    }
    if let Some(email) = show.email {
        xml.parent("itunes:owner", &[], |xml| {
            if let Some(author) = &author {
                xml.text("itunes:name", author);
            }
            xml.text("itunes:email", email);
        });
    }
    xml.text("podcast:guid", &show.guid);
    // No other host may take the podcast over.
    xml.element("podcast:locked", &[("owner", show.email)], "yes");
}

/// Writes the elements of an episode.
pub(super) fn item(xml: &mut Xml, item: &Item<'_>, recording: &Recording<'_>) {
    for (name, number) in [
        ("itunes:duration", recording.duration),
        ("itunes:season", recording.season),
        ("itunes:episode", recording.episode),
    ] {
        if let Some(number) = number {
            xml.text(name, &number.to_string());
        }
    }
    for track in &recording.player.tracks {
        let attributes = [
            ("url", Some(track.src.as_str())),
            ("type", Some("text/vtt")),
            ("language", Some(track.language.as_str())),
            ("rel", Some("captions")),
        ];
        xml.empty("podcast:transcript", &attributes);
    }
    if let Some((url, media_type)) =
        recording.transcript.as_deref().and_then(|url| Some((url, transcript_type(url)?)))
    {
        xml.empty("podcast:transcript", &[("url", Some(url)), ("type", Some(media_type))]);
    }
    for author in item.story.authors.iter().filter(|author| !author.is_organization) {
        person(xml, author);
    }
}

/// The media type of an enclosure as Apple writes it.
pub(super) fn enclosure_type(media_type: &str) -> &str {
    if media_type == "audio/mp4" { "audio/x-m4a" } else { media_type }
}

/// Writes an author. One without a role is the host; a role that has nothing to do with the recording, such as photographs, does not count.
fn person(xml: &mut Xml, author: &Author<'_>) {
    let Some(name) = non_empty_line(author.name) else { return };
    let role = match author.role {
        None => None,
        Some(written) => match ROLES.iter().find(|role| role.eq_ignore_ascii_case(written.trim())) {
            None => return,
            known => known.copied(),
        },
    };
    xml.element("podcast:person", &[("role", role), ("href", author.url.as_deref())], &name);
}

/// The media type of a transcript, if players show it; a page has no extension.
fn transcript_type(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((_, extension)) = name.rsplit_once('.') else { return Some("text/html") };
    match extension.to_ascii_lowercase().as_str() {
        "vtt" => Some("text/vtt"),
        "srt" => Some("application/x-subrip"),
        "htm" | "html" => Some("text/html"),
        "txt" => Some("text/plain"),
        "json" => Some("application/json"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_is_that_of_the_specification() {
        // The examples of the specification.
        assert_eq!(guid("https://mp3s.nashownotes.com/pc20rss.xml"), "917393e3-1b1e-5cef-ace4-edaa54e1f810");
        assert_eq!(guid("podnews.net/rss/"), "9b024349-ccf0-5f69-a609-6b82873eab3c");
    }

    #[test]
    fn the_extension_decides_the_type_of_a_transcript() {
        for (url, expected) in [
            ("https://a.example/talk.SRT?x=1.txt", Some("application/x-subrip")),
            ("https://a.example/talk.el.vtt", Some("text/vtt")),
            ("https://a.example/transcripts/talk/", Some("text/html")),
            ("https://a.example/talk.pdf", None),
        ] {
            assert_eq!(transcript_type(url), expected, "{url}");
        }
    }
}
