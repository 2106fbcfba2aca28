//! Podcasts: their feeds are what directories require, and have the episodes that readers may hear.

use std::collections::BTreeMap;

use crate::pictures::{encoded, jpeg};
use crate::support::{Run, Site, assert_same, story};
use feed_rs::model::Feed;
use image::{ImageFormat, RgbImage};
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

const SETTINGS: &str = "title: News\nbase_url: https://news.example/\ntimezone: UTC\ntheme: broadsheet\n\
                        publisher: {name: \"News & Sons\"}\n";
const FEED: &str = "public/talks/podcast.xml";
const CAPTIONS: &str = "WEBVTT\n\n00:01.000 --> 00:02.000\nGood evening.\n";

/// A site whose section `talks` is a podcast with these settings.
fn site(podcast: &str) -> Site {
    let site = Site::new(&[("bulletin.yaml", &settings(podcast))]);
    site.write("static/cover.png", cover(1400));
    site.write("content/about.md", "---\ntitle: About us\n---\nWe talk.\n");
    site
}

fn settings(podcast: &str) -> String {
    format!(
        "{SETTINGS}sections:\n- slug: talks\n  title: Talks & talk\n  description: What is said.\n  podcast: {podcast}\n"
    )
}

/// A square picture.
fn cover(width: u32) -> Vec<u8> {
    encoded(&RgbImage::from_pixel(width, width, image::Rgb([20, 60, 120])), ImageFormat::Png)
}

/// Adds an episode in its own folder.
fn add(site: &Site, slug: &str, date: &str, keys: &str) {
    let keys = format!("section: talks\naudio: {{src: {slug}.mp3, duration: \"12:34\"}}\n{keys}");
    site.write(&format!("content/{slug}/index.md"), story(slug, date, &keys, "Notes.\n"));
    site.write(&format!("content/{slug}/{slug}.mp3"), "ID3 sound");
}

fn parse(text: &str) -> Feed {
    feed_rs::parser::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// An element with its path from `rss`, attributes and text.
#[derive(Debug)]
struct Element {
    path: String,
    attributes: BTreeMap<String, String>,
    text: String,
}

impl Element {
    fn new(path: &[String], start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let name = attribute.key.as_ref().to_owned();
            (name, unescape(&attribute.value).unwrap().into_owned())
        });
        Self { path: path.join("/"), attributes: attributes.collect(), text: String::new() }
    }
}

/// The elements of a document, each with the text directly in it.
fn elements(text: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(text);
    let (mut found, mut open, mut path) = (Vec::<Element>::new(), Vec::new(), Vec::new());
    let name = |start: &BytesStart<'_>| start.name().as_ref().to_owned();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                path.push(name(&start));
                open.push(found.len());
                found.push(Element::new(&path, &start));
            }
            Event::Empty(start) => {
                path.push(name(&start));
                found.push(Element::new(&path, &start));
                path.pop();
            }
            Event::Text(text) => {
                if let Some(at) = open.last() {
                    found[*at].text.push_str(&text);
                }
            }
            Event::End(_) => {
                path.pop();
                open.pop();
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// Checks what Apple requires of a podcast (podcasters.apple.com/support/823-podcast-requirements, .../896-artwork-requirements): elements of
/// the channel and of each episode, and the size and format of the cover.
fn assert_listable(site: &Site, text: &str) {
    let elements = elements(text);
    let of = |path: &str| elements.iter().filter(|one| one.path == path).collect::<Vec<_>>();
    let channel = |name: &str| of(&format!("rss/channel/{name}"));
    for name in ["title", "description", "language", "link", "itunes:explicit"] {
        assert!(channel(name).len() == 1 && !channel(name)[0].text.trim().is_empty(), "{name}: {text}");
    }
    assert!(["true", "false"].contains(&&*channel("itunes:explicit")[0].text));
    assert!(!channel("itunes:category")[0].attributes["text"].is_empty());
    let cover = &channel("itunes:image")[0].attributes["href"];
    let file = cover.strip_prefix("https://news.example/").unwrap();
    let bytes = std::fs::read(site.path("public").join(file)).unwrap();
    assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Jpeg);
    let cover = image::load_from_memory(&bytes).unwrap();
    assert!(cover.width() == cover.height() && (1400..=3000).contains(&cover.width()), "{}", cover.width());
    let items = of("rss/channel/item").len();
    for name in ["title", "enclosure", "guid", "pubDate"] {
        assert_eq!(of(&format!("rss/channel/item/{name}")).len(), items, "{name}: {text}");
    }
    let types =
        ["audio/x-m4a", "audio/mpeg", "video/quicktime", "video/mp4", "video/x-m4v", "application/pdf"];
    for enclosure in of("rss/channel/item/enclosure") {
        let [url, length, media_type] = ["url", "length", "type"].map(|name| &*enclosure.attributes[name]);
        assert!(url.starts_with("https://") && url.is_ascii(), "{url}");
        assert!(length.parse::<u64>().unwrap() > 0, "{length}");
        assert!(types.contains(&media_type), "{media_type}");
    }
    let mut guids: Vec<&str> =
        of("rss/channel/item/guid").into_iter().map(|guid| guid.text.as_str()).collect();
    guids.sort_unstable();
    guids.dedup();
    assert_eq!(guids.len(), items);
}

#[test]
fn a_podcast_has_what_directories_require() {
    let site = site("{image: /cover.png, category: politics, email: audio@news.example, type: serial}");
    add(&site, "first", "2026-11-18", "authors: [Ana Ruiz, {name: Bo, role: photographs}, News & Sons]\n");
    let keys =
        "section: talks\nvideo: {src: clip.m4v, duration: 95, season: 2, episode: 7, transcript: clip.srt}\n";
    site.write("content/second/index.md", story("\"A & B <live>\"", "2026-11-20", keys, "See [it](#x).\n"));
    site.write("content/second/clip.m4v", "film");
    site.write("content/second/clip.el.vtt", CAPTIONS);
    site.write("content/second/clip.srt", "1\n00:00:01,000 --> 00:00:02,000\nGood evening.\n");
    let keys = "section: talks\naudio: \"δείπνο.m4a\"\nlang: ar\nid: dinner\n";
    site.write("content/third/index.md", story("العشاء", "2026-11-21", keys, "نص.\n"));
    site.write("content/third/δείπνο.m4a", "sound");
    site.write(
        "content/written.md",
        story("Written", "2026-11-21", "section: talks\n", "![no](/cover.png)\n"),
    );
    let build = site.build(&[]);
    assert!(!build.stderr.contains("podcast/"), "{}", build.stderr);
    let text = site.read(FEED);
    assert_listable(&site, &text);
    let feed = parse(&text);
    assert_eq!(feed.title.unwrap().content, "Talks & talk");
    assert_eq!(feed.description.unwrap().content, "What is said.");
    let titles: Vec<String> = feed.entries.iter().map(|entry| entry.title.clone().unwrap().content).collect();
    assert_eq!(titles, ["العشاء", "A & B <live>", "first"]);
    let sizes = feed.entries.iter().flat_map(|entry| &entry.media).flat_map(|media| &media.content);
    assert_eq!(sizes.filter_map(|content| content.size).collect::<Vec<_>>(), [5, 4, 9]);
    let transcripts = feed.entries[1].media.iter().flat_map(|media| &media.transcripts);
    let types: Vec<String> = transcripts.map(|transcript| transcript.content_type.to_string()).collect();
    assert_eq!(types, ["text/vtt", "application/x-subrip"]);
    assert_eq!(feed.entries[0].id, "tag:news.example,2000:dinner");
    for expected in [
        "<itunes:author>News &amp; Sons</itunes:author>",
        "<itunes:category text=\"News\">\n   <itunes:category text=\"Politics\"/>",
        "<itunes:type>serial</itunes:type>",
        "<itunes:name>News &amp; Sons</itunes:name>\n   <itunes:email>audio@news.example</itunes:email>",
        "<podcast:locked owner=\"audio@news.example\">yes</podcast:locked>",
        "<podcast:person href=\"https://news.example/authors/ana-ruiz/\">Ana Ruiz</podcast:person>",
        "<itunes:duration>754</itunes:duration>",
        "<itunes:season>2</itunes:season>\n   <itunes:episode>7</itunes:episode>",
        "<podcast:transcript url=\"https://news.example/2026/11/second/clip.el.vtt\" type=\"text/vtt\" language=\"el\" rel=\"captions\"/>",
        "<podcast:transcript url=\"https://news.example/2026/11/second/clip.srt\" type=\"application/x-subrip\"/>",
        "type=\"audio/x-m4a\"/>",
        "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"https://news.example/talks/podcast.xml\"/>",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert_eq!(text.matches("<podcast:person").count(), 1, "{text}");
    assert!(!text.contains("Written"));
    let rss = site.read("public/talks/rss.xml");
    assert!(rss.contains("Written") && !rss.contains("itunes"), "{rss}");
    let page = site.read("public/talks/index.html");
    assert!(
        page.contains(
            "title=\"Talks &amp; talk — News (Podcast)\" href=\"https://news.example/talks/podcast.xml\""
        ),
        "{page}"
    );
}

#[test]
fn the_settings_need_only_a_cover() {
    let site = site("/cover.png");
    site.build(&[]);
    let text = site.read(FEED);
    assert_listable(&site, &text);
    assert!(parse(&text).entries.is_empty() && !text.contains("lastBuildDate"), "{text}");
    assert!(
        text.contains("<itunes:category text=\"News\"/>") && text.contains("<podcast:locked>yes<"),
        "{text}"
    );
    let guid = |text: &str| {
        let found = elements(text).into_iter().find(|one| one.path.ends_with("podcast:guid"));
        found.unwrap().text
    };
    let before = guid(&text);
    assert_eq!(before.len(), 36);
    let moved = settings("/cover.png").replace(
        "base_url: https://news.example/",
        "base_url: https://other.example/\nid_authority: news.example",
    );
    site.write("bulletin.yaml", moved);
    site.build(&[]);
    let text = site.read(FEED);
    assert!(text.contains("https://other.example/talks/podcast.xml"), "{text}");
    assert_eq!(guid(&text), before);
}

#[test]
fn a_tag_may_be_a_podcast() {
    let settings = format!(
        "{SETTINGS}tags:\n- {{name: بودكاست, podcast: {{image: /cover.png, explicit: true, author: Desk}}, aliases: [podcast]}}\n- Port\n"
    );
    let site = Site::new(&[("bulletin.yaml", &settings)]);
    site.write("static/cover.png", cover(1400));
    add(&site, "first", "2026-11-18", "tags: [podcast, Port]\n");
    site.build(&[]);
    let feeds: Vec<String> = site.public().into_keys().filter(|path| path.ends_with("podcast.xml")).collect();
    assert_eq!(feeds.len(), 2, "the feed, and a copy at the alias: {feeds:?}");
    for path in feeds {
        let text = site.read(&format!("public/{path}"));
        assert_listable(&site, &text);
        assert!(text.contains("<title>بودكاست</title>") && text.contains("<itunes:explicit>true<"), "{text}");
        assert!(text.contains("<itunes:author>Desk<") && parse(&text).entries.len() == 1, "{text}");
    }
}

#[test]
fn nothing_of_a_hidden_episode_is_in_the_podcast() {
    let site = site("/cover.png");
    add(&site, "open", "2026-11-18", "");
    add(&site, "qcanary", "2026-11-20", "embargo: 2026-11-23T06:00:00Z\n");
    site.write("content/qcanary/qcanary.vtt", CAPTIONS);
    // An open story names the sound of the hidden one.
    let keys = "section: talks\naudio: ../qcanary/qcanary.mp3\n";
    site.write("content/thief/index.md", story("Thief", "2026-11-19", keys, "Text.\n"));
    site.build(&[]);
    for (path, bytes) in site.public() {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!path.contains("qcanary") && !text.contains("qcanary"), "{path}: {text}");
    }
    let text = site.read(FEED);
    assert_listable(&site, &text);
    assert_eq!(parse(&text).entries.len(), 1);
    site.build(&["--as-of", "2026-11-23T06:00:00Z"]);
    assert_eq!(parse(&site.read(FEED)).entries.len(), 3);
}

#[test]
fn an_episode_that_is_withdrawn_leaves_the_podcast() {
    let site = site("/cover.png");
    add(&site, "open", "2026-11-18", "");
    add(&site, "forged", "2026-11-20", "");
    site.build(&[]);
    assert_eq!(parse(&site.read(FEED)).entries.len(), 2);
    add(&site, "forged", "2026-11-20", "withdrawn: 2026-11-21\n");
    site.build(&[]);
    let text = site.read(FEED);
    assert_listable(&site, &text);
    assert_eq!(parse(&text).entries.len(), 1);
    assert!(text.contains("<lastBuildDate>Sat, 21 Nov 2026"), "the feed never gets older: {text}");
    assert!(site.read("public/talks/rss.xml").contains("forged"), "the other feed has the notice");
}

/// Builds on top of the last build and from scratch.
fn assert_clean(site: &Site, step: &str) {
    site.run(&[]);
    let incremental = site.public();
    std::fs::remove_dir_all(site.path("public")).unwrap();
    std::fs::remove_dir_all(site.path(".bulletin")).unwrap();
    site.run(&[]);
    assert_same(&site.public(), &incremental, step);
}

#[test]
fn an_incremental_build_equals_a_clean_one() {
    let site = site("/cover.png");
    site.build(&[]);
    add(&site, "first", "2026-11-18", "authors: [Ana]\n");
    assert_clean(&site, "an episode");
    site.write("content/first/first.vtt", CAPTIONS);
    assert_clean(&site, "captions");
    site.write("content/first/first.mp3", "ID3 more sound");
    assert_clean(&site, "other sound");
    site.write("bulletin.yaml", settings("{image: /cover.png, category: Daily News, explicit: yes}"));
    assert_clean(&site, "settings");
    assert!(site.read(FEED).contains("Daily News"));
    site.write("static/cover.png", cover(1500));
    assert_clean(&site, "a cover");
    site.remove("static/cover.png");
    assert_clean(&site, "no cover");
    assert!(!site.read(FEED).contains("itunes:image"));
    site.write("bulletin.yaml", settings("/cover.png").replace("  podcast: /cover.png\n", ""));
    assert_clean(&site, "no podcast");
    assert!(!site.path(FEED).exists() && !site.read("public/talks/index.html").contains("podcast.xml"));
    assert!(!site.public().keys().any(|path| path.starts_with("renditions/") && path.contains("cover")));
    site.write("static/cover.png", cover(1400));
    site.write("bulletin.yaml", settings("/cover.png"));
    assert_clean(&site, "a podcast again");
}

#[test]
fn mistakes_are_reported_where_they_are() {
    for (podcast, code, message) in [
        ("/gone.jpg", "podcast/cover", "there is no picture `static/gone.jpg`"),
        ("/empty.jpg", "podcast/cover", "there is no picture `static/empty.jpg`, or it cannot be read"),
        ("{image: /small.jpg}", "podcast/cover", "60 × 30 pixels"),
        ("cover.png", "config/podcast", "put the picture into `static/`"),
        ("https://cdn.example/cover.jpg", "config/podcast", "is not a path"),
        ("{category: News}", "config/missing", "the setting `image` is missing"),
        ("{image: /cover.png, category: Polotics}", "config/unknown-value", "did you mean `Politics`?"),
        ("{image: /cover.png, category: Weather}", "config/unknown-value", "a category of Apple Podcasts"),
        ("{image: /cover.png, email: audio}", "config/podcast", "is not an email address"),
        ("{image: /cover.png, type: weekly}", "config/unknown-value", "write `episodic` or `serial`"),
        ("{image: /cover.png, owner: x}", "config/unknown-key", "unknown setting"),
    ] {
        let site = site(podcast);
        site.write("static/empty.jpg", "");
        site.write("static/small.jpg", jpeg(&[]));
        let run = site.run(&[]);
        assert!(run.stderr.contains(code) && run.stderr.contains(message), "{podcast}: {}", run.stderr);
        assert!(run.stderr.contains("bulletin.yaml:"), "{podcast}: {}", run.stderr);
        if code == "podcast/cover" {
            assert_eq!(run.code, Some(0), "{podcast}: {}", run.stderr);
            parse(&site.read(FEED));
        }
    }
    let site = site("/cover.png");
    add(&site, "first", "2026-11-18", "");
    let keys = "section: talks\naudio: {src: first.ogg, episode: none}\n";
    site.write("content/first/index.md", story("First", "2026-11-18", keys, "Text.\n"));
    site.write("content/first/first.ogg", "OggS");
    assert!(site.run(&[]).stderr.contains("`audio.episode` is not a whole number from 1"));
    let mut command = crate::support::bulletin();
    let run = Run::of(command.args(["check", "--as-of", crate::support::AS_OF, "--site"]).arg(&site.root));
    assert!(
        run.stderr.contains("podcast/format") && run.stderr.contains("content/first/index.md:"),
        "{}",
        run.stderr
    );
}
