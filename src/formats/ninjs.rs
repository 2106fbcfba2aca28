//! A story or a list of stories → JSON in the terms of IPTC ninjs 3.1.
//!
//! The schema allows no unknown properties. What it has no place for is mapped: corrections become `descriptions`, and
//! the page is both a rendition and an alternative id. A list is not a ninjs object, but its items are.

use std::borrow::Cow;

use serde::Serialize;

use super::feed::{picture_type, single_line};
use super::xml::allowed;
use super::{Author, Picture, Recording, Site, Story, TermLink, json};
use crate::content::{Genre, Medium};
use crate::view::rfc3339;

const STANDARD: Standard = Standard {
    name: "ninjs",
    version: "3.1",
    schema: "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
};

/// The newest stories of a list.
#[derive(Clone, Debug)]
pub struct StoryList<'a> {
    /// The title that readers see.
    pub title: &'a str,
    /// The kind of list: `section`, `tag`, …
    pub kind: &'a str,
    /// The URL of this JSON.
    pub url: String,
    /// The URL of the page with the same stories.
    pub page: String,
    /// The stories, in the order of the list.
    pub stories: Vec<Story<'a>>,
}

/// A list as JSON.
#[derive(Serialize)]
struct List<'a> {
    title: Cow<'a, str>,
    kind: &'a str,
    language: &'a str,
    url: &'a str,
    page: &'a str,
    items: Vec<Object<'a>>,
}

/// A ninjs object. The fields are those of the schema.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    uri: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    standard: Option<Standard>,
    r#type: &'static str,
    representation_type: &'static str,
    language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_created: Option<String>,
    pub_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    urgency: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copyright_holder: Option<Cow<'a, str>>,
    alt_ids: Vec<Role<'a>>,
    headlines: Vec<Role<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    descriptions: Vec<Role<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    located: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    genres: Vec<Kind>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subjects: Vec<Subject<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    info_sources: Vec<Source<'a>>,
    renditions: Vec<Rendition<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    associations: Vec<Association<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trust_indicators: Vec<Trust<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bodies: Vec<Body<'a>>,
}

#[derive(Serialize)]
struct Standard {
    name: &'static str,
    version: &'static str,
    schema: &'static str,
}

#[derive(Serialize)]
struct Role<'a> {
    role: &'a str,
    value: Cow<'a, str>,
}

#[derive(Serialize)]
struct Kind {
    name: &'static str,
    literal: &'static str,
}

#[derive(Serialize)]
struct Subject<'a> {
    name: Cow<'a, str>,
    rel: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'a str>,
}

#[derive(Serialize)]
struct Source<'a> {
    name: Cow<'a, str>,
    role: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rendition<'a> {
    name: &'static str,
    href: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Association<'a> {
    name: Cow<'static, str>,
    rel: &'static str,
    uri: &'a str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headlines: Vec<Role<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    descriptions: Vec<Role<'a>>,
    renditions: Vec<Rendition<'a>>,
}

#[derive(Serialize)]
struct Trust<'a> {
    role: String,
    href: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    role: &'static str,
    content_type: &'static str,
    value: Cow<'a, str>,
    char_count: usize,
    word_count: u32,
}

/// Writes a story with its text as a ninjs object. `html` is the portable HTML of its text, without the picture and the
/// corrections, which have fields of their own. A withdrawn story has no text.
pub fn story(site: &Site<'_>, story: &Story<'_>, html: &str) -> Vec<u8> {
    let html = allowed(html);
    let body = Body {
        role: "main",
        content_type: "text/html",
        char_count: characters(&html),
        word_count: story.words,
        value: html,
    };
    json::compact(&Object {
        representation_type: "full",
        standard: Some(STANDARD),
        info_sources: sources(site, story),
        subjects: subjects(story),
        trust_indicators: trust(site),
        bodies: if story.is_withdrawn { Vec::new() } else { vec![body] },
        ..object(site, story)
    })
}

/// Writes the newest stories of a list: enough of each to show it, and where to find the rest.
pub fn list(site: &Site<'_>, list: &StoryList<'_>) -> Vec<u8> {
    json::compact(&List {
        title: single_line(list.title),
        kind: list.kind,
        language: site.language,
        url: &list.url,
        page: &list.page,
        items: list.stories.iter().map(|story| object(site, story)).collect(),
    })
}

fn object<'a>(site: &Site<'a>, story: &'a Story<'a>) -> Object<'a> {
    let headlines = [("main", story.title), ("kicker", story.kicker.unwrap_or_default())];
    Object {
        uri: &story.id,
        standard: None,
        r#type: "text",
        representation_type: "partial",
        language: story.language,
        first_created: story.published.as_ref().map(rfc3339),
        version_created: story.modified.as_ref().map(rfc3339),
        pub_status: if story.is_withdrawn { "canceled" } else { "usable" },
        urgency: story.urgency.filter(|urgency| (1..=9).contains(urgency)),
        copyright_holder: copyright_holder(site, story),
        alt_ids: alternative_ids(story),
        headlines: roles(headlines),
        descriptions: descriptions(story),
        by: names(&story.authors),
        located: story.dateline.and_then(non_empty_line),
        genres: genres(story.genre),
        subjects: Vec::new(),
        info_sources: Vec::new(),
        renditions: renditions(story),
        associations: associations(story),
        trust_indicators: Vec::new(),
        bodies: Vec::new(),
    }
}

/// The publisher, unless somebody else wrote the story.
fn copyright_holder<'a>(site: &Site<'a>, story: &Story<'_>) -> Option<Cow<'a, str>> {
    let is_own = story.sources.is_empty() && story.syndicated_from.is_none() && !story.is_withdrawn;
    non_empty_line(site.publisher.name).filter(|_| is_own)
}

fn alternative_ids<'a>(story: &'a Story<'a>) -> Vec<Role<'a>> {
    roles([("url", story.url.as_str()), ("original", story.syndicated_from.unwrap_or_default())])
}

/// The summary, then the corrections.
fn descriptions<'a>(story: &'a Story<'a>) -> Vec<Role<'a>> {
    let notes = story.corrections.iter().map(|note| (note.kind.name(), note.text));
    roles([("summary", story.summary)].into_iter().chain(notes))
}

fn names<'a>(authors: &[Author<'a>]) -> Option<Cow<'a, str>> {
    match authors {
        [one] => non_empty_line(one.name),
        _ => {
            let names: Vec<&str> = authors.iter().map(|author| author.name).collect();
            non_empty_line(&names.join(", ")).map(|names| Cow::Owned(names.into_owned()))
        }
    }
}

/// The kind of story, unless it is news.
fn genres(genre: Genre) -> Vec<Kind> {
    let kind = (genre != Genre::News).then(|| Kind { name: genre.name(), literal: genre.name() });
    kind.into_iter().collect()
}

/// The section, tags and series, each with the URL of its list.
fn subjects<'a>(story: &'a Story<'a>) -> Vec<Subject<'a>> {
    let subject = |rel: &'static str| {
        move |named: &'a TermLink<'a>| {
            Some(Subject { name: non_empty_line(named.name)?, rel, uri: named.url.as_deref() })
        }
    };
    let section = story.section.iter().filter_map(subject("section"));
    let tags = story.tags.iter().filter_map(subject("about"));
    section.chain(tags).chain(story.series.iter().filter_map(subject("series"))).collect()
}

/// The authors, agencies and publisher.
fn sources<'a>(site: &'a Site<'a>, story: &'a Story<'a>) -> Vec<Source<'a>> {
    let source = |name: &'a str, role: &'a str, uri: Option<&'a str>| {
        // The schema allows only URIs, and that of a byline may be a path.
        let uri = uri.filter(|uri| uri.contains("://"));
        Some(Source { name: non_empty_line(name)?, role, uri })
    };
    let authors = story.authors.iter();
    let authors =
        authors.map(|author| source(author.name, author.role.unwrap_or("author"), author.url.as_deref()));
    let agencies = story.sources.iter().map(|agency| source(agency, "source", None));
    let publisher = source(site.publisher.name, "publisher", site.publisher.url.as_deref());
    authors.chain(agencies).chain([publisher]).flatten().collect()
}

/// The page and the JSON of the story.
fn renditions<'a>(story: &'a Story<'a>) -> Vec<Rendition<'a>> {
    let rendition = |name, href, kind| Rendition {
        name,
        href,
        content_type: Some(kind),
        width: None,
        height: None,
        size_in_bytes: None,
    };
    let web = rendition("web", story.url.as_str().into(), "text/html");
    let json = story.json.as_deref().map(|url| rendition("ninjs", url.into(), "application/json"));
    [Some(web), json].into_iter().flatten().collect()
}

/// The lead picture, the pictures of the gallery, then sound and film.
fn associations<'a>(story: &'a Story<'a>) -> Vec<Association<'a>> {
    let lead = story.image.iter().map(|lead| picture(lead, "main".into()));
    let gallery = story.gallery.iter().zip(1..);
    let gallery = gallery.map(|(one, number): (_, u32)| picture(one, format!("gallery{number}").into()));
    lead.chain(gallery).chain(story.recordings.iter().map(recording)).collect()
}

fn recording<'a>(recording: &'a Recording<'a>) -> Association<'a> {
    let kind = match recording.player.medium {
        Medium::Audio => "audio",
        Medium::Video => "video",
    };
    let (width, height) = recording.player.size.unzip();
    Association {
        name: kind.into(),
        rel: "illustration",
        uri: &recording.player.src,
        r#type: kind,
        by: None,
        headlines: roles([("main", recording.title.unwrap_or_default())]),
        descriptions: Vec::new(),
        renditions: vec![Rendition {
            name: "main",
            href: recording.player.src.as_str().into(),
            content_type: Some(recording.media_type),
            width,
            height,
            size_in_bytes: recording.length,
        }],
    }
}

fn picture<'a>(picture: &'a Picture<'a>, name: Cow<'static, str>) -> Association<'a> {
    let words =
        [("caption", picture.caption.unwrap_or_default()), ("altText", picture.alt.unwrap_or_default())];
    let crops = picture.crops.iter().zip(["1x1", "4x3", "16x9"]);
    let files = [("main", picture.url.as_str(), picture.size)].into_iter();
    let files = files
        .chain(picture.large.iter().map(|file| ("large", &*file.url, file.size)))
        .chain(picture.card.iter().map(|file| ("card", &*file.url, file.size)))
        .chain(crops.map(|(file, name)| (name, &*file.url, file.size)));
    Association {
        name,
        rel: "illustration",
        uri: &picture.url,
        r#type: "picture",
        by: picture.credit.and_then(non_empty_line),
        headlines: Vec::new(),
        descriptions: roles(words),
        renditions: files.map(|(name, url, size)| file(name, url, size)).collect(),
    }
}

/// A file of a picture.
fn file<'a>(name: &'static str, url: &'a str, size: Option<(u32, u32)>) -> Rendition<'a> {
    let (width, height) = size.unzip();
    Rendition { name, href: url.into(), content_type: picture_type(url), width, height, size_in_bytes: None }
}

/// The publisher's policies. Their roles are terms of schema.org, which the settings use too.
fn trust<'a>(site: &'a Site<'a>) -> Vec<Trust<'a>> {
    let policies = site.publisher.policies.iter();
    policies.map(|(name, href)| Trust { role: format!("https://schema.org/{name}"), href }).collect()
}

/// Texts with roles, without blank ones.
fn roles<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Role<'a>> {
    texts.into_iter().filter_map(|(role, text)| Some(Role { role, value: non_empty_line(text)? })).collect()
}

/// A text on one line, unless it is blank.
fn non_empty_line(text: &str) -> Option<Cow<'_, str>> {
    Some(single_line(text)).filter(|text| !text.is_empty())
}

/// Counts the characters of HTML, without tags; a character reference counts as one.
fn characters(html: &str) -> usize {
    let (mut count, mut rest) = (0, html.trim());
    while let Some(at) = rest.find(['<', '&']) {
        count += rest[..at].chars().count();
        let end = if rest[at..].starts_with('<') { '>' } else { ';' };
        count += usize::from(end == ';');
        rest = rest[at..].split_once(end).map_or("", |(_, rest)| rest);
    }
    count + rest.chars().count()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::content::CorrectionKind;
    use crate::formats::CorrectionNote;
    use crate::formats::fixtures::{at, bare_story, site};

    fn bare() -> Story<'static> {
        Story {
            json: Some("https://news.example/2026/11/storm/index.json".to_owned()),
            title: "Storm \u{1}]]> </script> & 😀",
            summary: " ",
            words: 3,
            ..bare_story()
        }
    }

    /// A story with everything.
    fn rich(sources: &[String]) -> Story<'_> {
        let named = |name, url: Option<&str>| TermLink { name, url: url.map(str::to_owned) };
        let author = |name, url: Option<&str>, role| Author {
            name,
            url: url.map(str::to_owned),
            role,
            is_organization: false,
        };
        Story {
            syndicated_from: Some("https://first.example/a"),
            kicker: Some("Weather"),
            summary: "Ships stay in port.",
            modified: Some(at(12)),
            section: Some(named("World", Some("https://news.example/world/"))),
            tags: vec![named("Sea & sky", Some("https://news.example/tags/sea-sky/")), named("Wind", None)],
            series: Some(named("Winter", None)),
            authors: vec![
                author("Example Reporter", Some("https://news.example/authors/a/"), None),
                author("Example Desk", Some("not a URL"), Some("photographs")),
            ],
            dateline: Some("ATHENS"),
            sources,
            genre: Genre::Analysis,
            image: Some(Picture {
                url: "https://news.example/2026/11/storm/a.jpg".to_owned(),
                size: Some((1200, 800)),
                alt: Some("A ship"),
                caption: Some("A ship in port."),
                credit: Some("Example/Agency"),
                ..Picture::default()
            }),
            corrections: vec![CorrectionNote {
                date: at(12),
                kind: CorrectionKind::Correction,
                text: "It was 5,\nnot 50.",
            }],
            urgency: Some(2),
            ..bare()
        }
    }

    fn read(bytes: &[u8]) -> Value {
        assert!(bytes.ends_with(b"}\n"));
        serde_json::from_slice(bytes).unwrap()
    }

    fn keys(value: &Value) -> Vec<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn a_bare_story_has_only_required_fields() {
        let json = read(&story(&site(), &bare(), "<p>a</p>"));
        assert_eq!(
            keys(&json),
            [
                "uri",
                "standard",
                "type",
                "representationType",
                "language",
                "firstCreated",
                "versionCreated",
                "pubStatus",
                "copyrightHolder",
                "altIds",
                "headlines",
                "infoSources",
                "renditions",
                "trustIndicators",
                "bodies",
            ]
        );
        assert_eq!(json["headlines"], json!([{"role": "main", "value": "Storm ]]> </script> & 😀"}]));
        assert_eq!(json["versionCreated"], "2026-11-22T09:30:00+02:00");
    }

    #[test]
    fn a_rich_story_has_every_field() {
        let sources = ["Agency One".to_owned()];
        let html = "<p>Five &lt;words&gt;, not&nbsp;fifty <b>&amp;</b> more.</p>\n";
        let json = read(&story(&site(), &rich(&sources), html));
        assert!(json.get("copyrightHolder").is_none(), "others may hold it");
        assert_eq!(json["bodies"][0]["charCount"], "Five <words>, not fifty & more.".chars().count());
        assert_eq!(json["bodies"][0]["wordCount"], 3);
        assert_eq!(
            json["descriptions"],
            json!([
                {"role": "summary", "value": "Ships stay in port."},
                {"role": "correction", "value": "It was 5, not 50."},
            ])
        );
        assert_eq!(json["by"], "Example Reporter, Example Desk");
        assert_eq!(json["subjects"][0]["uri"], "https://news.example/world/");
        assert_eq!(json["subjects"][2], json!({"name": "Wind", "rel": "about"}));
        assert_eq!(json["infoSources"][1], json!({"name": "Example Desk", "role": "photographs"}));
        assert_eq!(json["infoSources"][2], json!({"name": "Agency One", "role": "source"}));
        assert_eq!(json["associations"][0]["renditions"][0]["width"], 1200);
        assert_eq!(json["renditions"][1]["href"], "https://news.example/2026/11/storm/index.json");
    }

    #[test]
    fn a_list_has_partial_stories() {
        let page = StoryList {
            title: "World",
            kind: "section",
            url: "https://news.example/world/index.json".to_owned(),
            page: "https://news.example/world/".to_owned(),
            stories: vec![bare()],
        };
        let json = read(&list(&site(), &page));
        assert_eq!(keys(&json), ["title", "kind", "language", "url", "page", "items"]);
        assert_eq!(json["items"][0]["representationType"], "partial");
        assert!(json["items"][0].get("bodies").is_none());
        let empty = read(&list(&site(), &StoryList { stories: Vec::new(), ..page }));
        assert_eq!(empty["items"], json!([]));
    }
}
