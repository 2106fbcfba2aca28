use feed_rs::model;
use feed_rs::parser;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::content::markdown::Player;
use crate::content::{CorrectionKind, Genre};
use crate::formats::fixtures::{at, bare_story, site};
use crate::formats::portable::Portable;
use crate::formats::{Author, CorrectionNote, Picture, Recording, TermLink};

const URL: &str = "https://news.example/2026/11/storm/";

fn story(title: &str) -> Story<'_> {
    Story {
        title,
        summary: "Ships & <boats> stay in port.",
        modified: Some(at(12)),
        section: Some(TermLink { name: "World", url: None }),
        tags: vec![TermLink { name: "Sea & sky", url: None }, TermLink { name: "World", url: None }],
        authors: vec![Author {
            name: "Example Reporter",
            url: Some("https://news.example/authors/example/".to_owned()),
            role: Some("photographs"),
            is_organization: false,
        }],
        words: 6,
        ..bare_story()
    }
}

fn picture() -> Picture<'static> {
    Picture {
        url: "https://news.example/2026/11/storm/a.jpg?a=1&b=2".to_owned(),
        size: Some((1200, 800)),
        alt: Some("A \"ship\""),
        caption: Some("A <ship> in port."),
        credit: Some("Example/Agency"),
        ..Picture::default()
    }
}

fn feed<'a>(site: &'a Site<'a>, entries: Vec<Entry<'a>>) -> Feed<'a> {
    Feed {
        site,
        title: "The Sample: World & all".to_owned(),
        description: Some("What happens."),
        page: "https://news.example/world/".to_owned(),
        url: "https://news.example/world/feed".to_owned(),
        hub: Some("https://hub.example/"),
        entries,
        left: None,
        show: None,
    }
}

fn full<'a>(story: Story<'a>, html: &str) -> Entry<'a> {
    Entry { story, html: Some(html.to_owned()), notice: None }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// Parses all three formats with an independent parser.
fn read(feed: &Feed<'_>) -> [model::Feed; 3] {
    [rss(feed), atom(feed), json(feed)].map(|bytes| {
        let parser = parser::Builder::new().sanitize_content(false).build();
        parser.parse(&*bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes)))
    })
}

/// An entry as readers see it.
#[derive(Debug, PartialEq)]
struct ReadEntry {
    id: String,
    title: String,
    link: String,
    published: String,
    updated: String,
    authors: Vec<String>,
    topics: Vec<String>,
    html: Option<String>,
}

fn read_entry(entry: &model::Entry) -> ReadEntry {
    let time = |time: &Option<_>| format!("{:?}", time.as_ref().unwrap());
    ReadEntry {
        id: entry.id.clone(),
        title: entry.title.as_ref().unwrap().content.clone(),
        link: entry.links.iter().find(|link| link.rel.as_deref() != Some("via")).unwrap().href.clone(),
        published: time(&entry.published),
        updated: time(&entry.updated),
        authors: entry.authors.iter().filter_map(|author| author.name.clone()).collect(),
        topics: entry.categories.iter().map(|topic| topic.term.clone()).collect(),
        html: entry.content.as_ref().and_then(|content| content.body.clone()),
    }
}

const NASTY: [&str; 8] = [
    "Storm ]]> <script>alert(1)</script> & co.",
    "</title></item> &amp; <![CDATA[x]]>",
    "A\u{1}B\u{b}C\u{fffe}D",
    "Ships 😀 stay \u{202e}in port\u{202c}",
    "Κακοκαιρία — «κλειστά» λιμάνια",
    "عاصفة",
    "\"quotes\" 'and' `ticks`",
    "AT&T; &#0; &nbsp; <b>bold</b>",
];

#[test]
fn all_formats_have_the_same_content() {
    let site = site();
    let html = "<p>Ships &amp; boats ]]&gt; &lt;b&gt; <a href=\"https://a.example/?a=1&amp;b=2\">x</a>&nbsp;km\r</p>\n";
    for title in NASTY {
        let nasty = Story { image: Some(picture()), ..story(title) };
        let feed = feed(&site, vec![full(nasty, html)]);
        let [rss, atom, json] = read(&feed).map(|feed| {
            assert_eq!(feed.title.as_ref().unwrap().content, "The Sample: World & all");
            assert_eq!(feed.entries.len(), 1);
            read_entry(&feed.entries[0])
        });
        assert_eq!(rss, atom);
        assert_eq!(rss, json);
        assert_eq!(rss.title, single_line(title));
        assert_eq!(rss.html.as_deref(), Some(html.trim()));
        assert_eq!(rss.topics, ["World", "Sea & sky"]);
        assert_eq!(rss.authors, ["Example Reporter"]);
    }
}

fn recording(src: &str, media_type: &'static str, length: Option<u64>) -> Recording<'static> {
    Recording {
        player: Player::without_companions(src).unwrap(),
        media_type,
        length,
        title: Some("The talk"),
        duration: Some(754),
        transcript: None,
        season: None,
        episode: None,
    }
}

/// The URL, media type and size of each enclosure of the first entry.
fn enclosures(feed: &model::Feed) -> Vec<(String, String, Option<u64>)> {
    let entry = &feed.entries[0];
    let in_rss = entry.media.iter().flat_map(|media| &media.content).filter_map(|content| {
        let media_type = content.content_type.as_ref()?.to_string();
        Some((content.url.as_ref()?.to_string(), media_type, content.size))
    });
    let links = entry.links.iter().filter_map(|link| {
        Some((link.href.clone(), link.media_type.clone().filter(|of| !of.contains("html"))?, link.length))
    });
    in_rss.chain(links).collect()
}

#[test]
fn sound_and_film_are_enclosures() {
    let site = site();
    let sound = recording("https://news.example/2026/11/storm/talk.mp3", "audio/mpeg", Some(18));
    let film = recording("https://cdn.example/clip.mp4?a=1&b=2", "video/mp4", None);
    let expected = |length: Option<u64>| {
        vec![
            ("https://news.example/2026/11/storm/talk.mp3".to_owned(), "audio/mpeg".to_owned(), Some(18)),
            ("https://cdn.example/clip.mp4?a=1&b=2".to_owned(), "video/mp4".to_owned(), length),
        ]
    };
    let both = Story { recordings: vec![sound, film.clone()], ..story("A") };
    let [rss, atom, json] = read(&feed(&site, vec![full(both, "<p>a</p>")]));
    assert_eq!(enclosures(&rss), expected(None)[..1], "RSS has one, the sound");
    assert_eq!(enclosures(&atom), expected(None));
    assert_eq!(enclosures(&json), expected(None));
    let unknown = Story { recordings: vec![film], ..story("A") };
    let [rss, ..] = read(&feed(&site, vec![full(unknown, "<p>a</p>")]));
    assert_eq!(enclosures(&rss), expected(Some(0))[1..], "RSS requires a length");
    let [rss, atom, json] = read(&feed(&site, vec![full(story("A"), "<p>a</p>")]));
    assert!([rss, atom, json].iter().all(|feed| enclosures(feed).is_empty()));
}

#[test]
fn feeds_have_no_standing_pages() {
    let site = site();
    let standing = Story { published: None, modified: None, ..story("About") };
    let feed = feed(&site, vec![full(standing, "<p>a</p>")]);
    assert!(read(&feed).iter().all(|feed| feed.entries.is_empty()));
    assert!(!text(rss(&feed)).contains("lastBuildDate"));
    assert!(text(atom(&feed)).contains("<updated>1970-01-01T00:00:00Z</updated>"));
}

#[test]
fn a_feed_is_as_new_as_its_last_change() {
    let site = site();
    let older = Story { modified: Some(at(18)), ..story("A") };
    let feed = feed(&site, vec![full(story("B"), ""), full(older, "")]);
    assert!(text(rss(&feed)).contains("<lastBuildDate>Sun, 22 Nov 2026 18:30:00 +0200</lastBuildDate>"));
    assert!(text(atom(&feed)).contains("\n <updated>2026-11-22T18:30:00+02:00</updated>"));
}

#[test]
fn a_story_needs_neither_authors_nor_a_summary() {
    let site = site();
    let bare = Story { authors: Vec::new(), summary: "", section: None, tags: Vec::new(), ..story("A") };
    let feed = feed(&site, vec![Entry { story: bare, html: None, notice: None }]);
    let json: serde_json::Value = serde_json::from_slice(&json(&feed)).unwrap();
    assert_eq!(json["items"][0]["content_text"], "");
    assert!(json["items"][0].get("authors").is_none());
    let atom = text(atom(&feed));
    assert!(atom.contains(" <author>\n  <name>Sample &amp; Co</name>"), "{atom}");
    assert!(!atom.contains("summary") && !atom.contains("<content"), "{atom}");
    assert!(!text(rss(&feed)).contains("<description></description>"));
    read(&feed);
}

#[test]
fn only_rss_escapes_summaries_as_html() {
    let site = site();
    let feed = feed(&site, vec![Entry { story: story("A"), html: None, notice: None }]);
    let rss = text(rss(&feed));
    assert!(
        rss.contains("<description>Ships &amp;amp; &amp;lt;boats&amp;gt; stay in port.</description>"),
        "{rss}"
    );
    let atom = text(atom(&feed));
    assert!(
        atom.contains("<summary type=\"text\">Ships &amp; &lt;boats&gt; stay in port.</summary>"),
        "{atom}"
    );
    let json: serde_json::Value = serde_json::from_slice(&json(&feed)).unwrap();
    assert_eq!(json["items"][0]["content_text"], "Ships & <boats> stay in port.");
    assert!(json["items"][0].get("content_html").is_none());
}

#[test]
fn language_origin_and_picture_of_a_story_are_in_its_entry() {
    let site = site();
    let sources = ["Agency One".to_owned(), "Agency Two".to_owned()];
    let foreign = Story {
        language: "el",
        syndicated_from: Some("https://first.example/a"),
        sources: &sources,
        image: Some(picture()),
        ..story("A")
    };
    let feed = feed(&site, vec![full(foreign, "<p>a</p>"), full(story("B"), "")]);
    let (rss, atom) = (text(rss(&feed)), text(atom(&feed)));
    let json: serde_json::Value = serde_json::from_slice(&json(&feed)).unwrap();
    assert_eq!(rss.matches("<dc:language>el</dc:language>").count(), 1);
    assert!(rss.contains("<dc:source>Agency One, Agency Two</dc:source>"));
    assert_eq!(atom.matches("xml:lang").count(), 2);
    assert!(atom.contains("<entry xml:lang=\"el\">"));
    assert!(atom.contains("<link rel=\"via\" href=\"https://first.example/a\"/>"));
    assert_eq!(json["items"][0]["language"], "el");
    assert_eq!(json["items"][0]["external_url"], "https://first.example/a");
    assert!(json["items"][1].get("language").is_none());
    let media = "<media:content url=\"https://news.example/2026/11/storm/a.jpg?a=1&amp;b=2\" medium=\"image\" \
                 type=\"image/jpeg\" width=\"1200\" height=\"800\">";
    assert!(rss.contains(media) && atom.contains(media), "{rss}");
    assert!(rss.contains("<media:credit>Example/Agency</media:credit>"));
}

#[test]
fn rss_has_no_svg_image() {
    let mut site = site();
    assert!(text(rss(&feed(&site, Vec::new()))).contains("<image>"));
    site.publisher.logo = Some("https://news.example/logo.svg".to_owned());
    assert!(!text(rss(&feed(&site, Vec::new()))).contains("<image>"));
    assert!(text(atom(&feed(&site, Vec::new()))).contains("<logo>https://news.example/logo.svg</logo>"));
}

fn labels() -> Labels<'static> {
    Labels {
        language: "en-GB",
        say: &|name| match name {
            "comma" => ", ".to_owned(),
            "original" => "Read it where it was first published".to_owned(),
            name => format!("{}{}", name[..1].to_uppercase(), &name[1..]),
        },
        day: &|time| time.strftime("%-d %B %Y").to_string(),
    }
}

fn note(kind: CorrectionKind, text: &str) -> CorrectionNote<'_> {
    CorrectionNote { date: at(12), kind, text }
}

#[test]
fn the_whole_text_has_label_picture_corrections_and_sources() {
    let sources = ["Agency <One>".to_owned(), "Agency Two".to_owned()];
    let given = Story {
        genre: Genre::Opinion,
        dateline: Some("ATHENS"),
        syndicated_from: Some("https://first.example/?a=1&b=2"),
        sources: &sources,
        image: Some(picture()),
        corrections: vec![
            note(CorrectionKind::Update, "The port is open."),
            note(CorrectionKind::Correction, "It was 5 & not\n50."),
        ],
        ..story("A")
    };
    let html = whole_text(&given, &labels(), "<p>Ships stay.</p>\n");
    let time = "<time datetime=\"2026-11-22T12:30:00+02:00\">22 November 2026</time>";
    let expected = format!(
        "<p><b>Opinion</b></p>\n\
         <figure><img src=\"https://news.example/2026/11/storm/a.jpg?a=1&amp;b=2\" alt=\"A &quot;ship&quot;\" \
         width=\"1200\" height=\"800\"><figcaption>A &lt;ship&gt; in port. <small>Example/Agency</small></figcaption></figure>\n\
         <p><b>Correction, {time}.</b> It was 5 &amp; not 50.</p>\n\
         <p><b>ATHENS</b> — Ships stay.</p>\n\
         <p><b>Update, {time}.</b> The port is open.</p>\n\
         <p><b>Sources</b> Agency &lt;One&gt;, Agency Two</p>\n\
         <p><a href=\"https://first.example/?a=1&amp;b=2\">Read it where it was first published</a></p>\n"
    );
    assert_eq!(html, expected);
    assert_eq!(Portable::default().html(&html, URL), html);
}

#[test]
fn a_text_in_another_language_has_lang_and_dir() {
    let given =
        Story { language: "ar", corrections: vec![note(CorrectionKind::Correction, "خطأ")], ..story("A") };
    let html = whole_text(&given, &labels(), "<p>نص</p>\n");
    assert!(
        html.starts_with("<div lang=\"ar\" dir=\"rtl\">\n<p><b lang=\"en-GB\" dir=\"ltr\">Correction, "),
        "{html}"
    );
    assert!(html.ends_with("</p>\n</div>\n"), "{html}");
    assert_eq!(Portable::default().html(&html, URL), html);
    let arabic = Labels { language: "ar", ..labels() };
    assert!(whole_text(&given, &arabic, "").starts_with("<div lang=\"ar\" dir=\"rtl\">\n<p><b>"));
    assert_eq!(whole_text(&story("A"), &labels(), "<p>a</p>\n"), "<p>a</p>\n");
}

#[test]
fn a_dateline_comes_before_a_text_without_paragraph() {
    let given = Story { dateline: Some("ATHENS"), ..story("A") };
    assert_eq!(whole_text(&given, &labels(), "<ul></ul>"), "<p><b>ATHENS</b> —</p>\n<ul></ul>\n");
}

fn is_well_formed(bytes: &[u8]) -> bool {
    let source = std::str::from_utf8(bytes).unwrap();
    let mut reader = Reader::from_str(source);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return *crate::formats::xml::allowed(source) == *source,
            Ok(Event::Start(start) | Event::Empty(start)) => {
                if start.attributes().any(|attribute| attribute.is_err()) {
                    return false;
                }
            }
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

proptest! {
    #[test]
    fn feeds_are_well_formed_and_agree_for_any_texts(
        title in ".{1,20}", summary in any::<String>(), name in any::<String>(), body in any::<String>(),
    ) {
        prop_assume!(!single_line(&title).is_empty());
        let site = site();
        let authors = vec![Author { name: &name, url: None, role: None, is_organization: false }];
        let tags = vec![TermLink { name: &summary, url: None }];
        let sources = [name.clone()];
        let image = Picture { caption: Some(&summary), credit: Some(&name), alt: Some(&body), ..picture() };
        let given = Story { summary: &summary, authors, tags, sources: &sources, image: Some(image), ..story(&title) };
        let html = whole_text(&given, &labels(), &Portable::default().html(&body, URL));
        let feed = feed(&site, vec![full(given, &html)]);
        prop_assert!(is_well_formed(&rss(&feed)));
        prop_assert!(is_well_formed(&atom(&feed)));
        let [rss, atom, json] = read(&feed).map(|feed| {
            let entry = &feed.entries[0];
            let html = entry.content.as_ref().and_then(|content| content.body.clone()).unwrap_or_default();
            (entry.id.clone(), entry.title.as_ref().map(|title| title.content.clone()), html)
        });
        prop_assert_eq!(&rss, &atom);
        prop_assert_eq!(&rss, &json);
        prop_assert_eq!(rss.1, Some(single_line(&title).into_owned()));
        prop_assert_eq!(rss.2, html.trim());
    }
}
