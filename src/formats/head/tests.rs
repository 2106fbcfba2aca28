use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::content::{CorrectionKind, Genre};
use crate::formats::fixtures::bare_story;
use crate::formats::is_forbidden;
use crate::formats::{Author, CorrectionNote, Picture, Publisher, TermLink};

const HOME: &str = "https://paper.example/";
const STORY: &str = "https://paper.example/2026/11/strike/";

fn site() -> Site<'static> {
    Site {
        title: "The Paper",
        description: Some("News of the harbour."),
        language: "en-GB",
        url: HOME.to_owned(),
        publisher: Publisher {
            name: "Paper & Sons",
            url: Some("https://paper.example/about/".to_owned()),
            logo: Some("https://paper.example/logo.png".to_owned()),
            policies: vec![("correctionsPolicy", "https://paper.example/corrections/".to_owned())],
        },
    }
}

fn at(second: i64) -> jiff::Zoned {
    let zone = TimeZone::get("Europe/Athens").expect("a zone");
    Timestamp::from_second(second).expect("a time").to_zoned(zone)
}

fn named<'a>(name: &'a str, path: &str) -> TermLink<'a> {
    TermLink { name, url: Some(format!("{HOME}{path}/")) }
}

fn story() -> Story<'static> {
    Story {
        id: "tag:paper.example,2000:world/strike".to_owned(),
        url: STORY.to_owned(),
        title: "Dockers \"strike\" & march",
        kicker: Some("Harbour"),
        summary: "Nothing moves.",
        published: Some(at(1_795_332_600)),
        modified: Some(at(1_795_419_000)),
        section: Some(named("World", "world")),
        tags: vec![named("Port", "tags/port"), named("Unions", "tags/unions")],
        authors: vec![Author {
            name: "Jane Roe",
            url: Some(format!("{HOME}authors/jane-roe/")),
            role: Some("reporter"),
            is_organization: false,
        }],
        dateline: Some("PIRAEUS"),
        image: Some(Picture {
            url: format!("{STORY}port.jpg"),
            size: Some((1600, 900)),
            alt: Some("An empty quay"),
            caption: Some("The quay on Sunday."),
            credit: Some("Jane Roe"),
            ..Picture::default()
        }),
        words: 412,
        ..bare_story()
    }
}

fn head<'a>(site: &'a Site<'a>, subject: Subject<'a>) -> Head<'a> {
    let (url, title, description) = match &subject {
        Subject::Story(story) | Subject::Standing(story) => {
            (story.url.clone(), story.title, Some(story.summary).filter(|summary| !summary.is_empty()))
        }
        Subject::List(list) => (list.url.clone(), list.name, None),
        _ => (site.url.clone(), site.title, None),
    };
    Head {
        site,
        canonical: Some(url.clone()),
        url,
        title,
        description,
        language: site.language,
        noindex: false,
        feeds: &[],
        translations: Vec::new(),
        json: None,
        subject,
    }
}

fn listing() -> Listing<'static> {
    Listing {
        name: "World",
        url: format!("{HOME}world/"),
        author: None,
        stories: vec![Link { name: "Dockers strike", url: STORY.to_owned() }],
        parents: Vec::new(),
    }
}

/// The JSON of the scripts of a head, parsed as browsers do: a script ends at the first `</script`, and a comment in one
/// changes what ends it.
fn scripts(html: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find("<script") {
        let script = &rest[at..];
        let begin = script.find('>').expect("the tag ends") + 1;
        let length = script[begin..].find("</script").expect("the script ends");
        let text = &script[begin..begin + length];
        assert!(!text.contains("<!--") && !text.contains('<'), "{text}");
        found.push(serde_json::from_str(text).expect("the script is JSON"));
        rest = &script[begin + length..];
    }
    found
}

#[test]
fn a_story_has_all_tags_and_scripts() {
    let site = site();
    let feeds = [Feed {
        title: "The Paper: World".to_owned(),
        url: format!("{HOME}world/rss.xml"),
        media_type: "application/rss+xml",
    }];
    let head = Head {
        feeds: &feeds,
        json: Some(format!("{STORY}index.json")),
        ..head(&site, Subject::Story(Box::new(story())))
    };
    let expected = r#"<meta name="description" content="Nothing moves.">
<meta name="author" content="Jane Roe">
<link rel="canonical" href="https://paper.example/2026/11/strike/">
<meta name="robots" content="max-image-preview:large">
<link rel="alternate" type="application/rss+xml" title="The Paper: World" href="https://paper.example/world/rss.xml">
<link rel="alternate" type="application/json" href="https://paper.example/2026/11/strike/index.json">
<meta property="og:type" content="article">
<meta property="og:title" content="Dockers &quot;strike&quot; &amp; march">
<meta property="og:description" content="Nothing moves.">
<meta property="og:url" content="https://paper.example/2026/11/strike/">
<meta property="og:site_name" content="The Paper">
<meta property="og:locale" content="en_GB">
<meta property="og:image" content="https://paper.example/2026/11/strike/port.jpg">
<meta property="og:image:type" content="image/jpeg">
<meta property="og:image:width" content="1600">
<meta property="og:image:height" content="900">
<meta property="og:image:alt" content="An empty quay">
<meta property="article:published_time" content="2026-11-22T09:30:00+02:00">
<meta property="article:modified_time" content="2026-11-23T09:30:00+02:00">
<meta property="article:author" content="https://paper.example/authors/jane-roe/">
<meta property="article:section" content="World">
<meta property="article:tag" content="Port">
<meta property="article:tag" content="Unions">
<meta name="twitter:card" content="summary_large_image">
<meta name="generator" content="bulletin">
"#;
    let html = html(&head);
    let (meta, _) = html.split_at(html.find("<script").expect("there is a script"));
    assert_eq!(meta, expected);
    let website = json!({"@type": "WebSite", "@id": "https://paper.example/#website", "url": HOME, "name": "The Paper"});
    let breadcrumb = json!({"@id": "https://paper.example/2026/11/strike/#breadcrumb"});
    assert_eq!(
        scripts(&html),
        [
            json!({
                "@context": "https://schema.org",
                "@type": "NewsArticle",
                "@id": "https://paper.example/2026/11/strike/#article",
                "identifier": "tag:paper.example,2000:world/strike",
                "url": STORY,
                "headline": "Dockers \"strike\" & march",
                "description": "Nothing moves.",
                "inLanguage": "en-GB",
                "datePublished": "2026-11-22T09:30:00+02:00",
                "dateModified": "2026-11-23T09:30:00+02:00",
                "author": [
                    {"@type": "Person", "name": "Jane Roe", "url": "https://paper.example/authors/jane-roe/"},
                ],
                "articleSection": "World",
                "keywords": ["Port", "Unions"],
                "dateline": "PIRAEUS",
                "image": [{
                    "@type": "ImageObject",
                    "url": "https://paper.example/2026/11/strike/port.jpg",
                    "width": "1600",
                    "height": "900",
                    "caption": "The quay on Sunday.",
                    "creditText": "Jane Roe",
                }],
                "wordCount": 412,
                "mainEntityOfPage": {"@type": "WebPage", "@id": STORY, "breadcrumb": breadcrumb},
                "isPartOf": [website],
                "publisher": {
                    "@type": "NewsMediaOrganization",
                    "@id": "https://paper.example/#publisher",
                    "name": "Paper & Sons",
                    "url": "https://paper.example/about/",
                    "logo": {"@type": "ImageObject", "url": "https://paper.example/logo.png"},
                    "correctionsPolicy": "https://paper.example/corrections/",
                },
            }),
            json!({
                "@context": "https://schema.org",
                "@type": "BreadcrumbList",
                "@id": "https://paper.example/2026/11/strike/#breadcrumb",
                "itemListElement": [
                    {"@type": "ListItem", "position": 1, "name": "The Paper", "item": HOME},
                    {"@type": "ListItem", "position": 2, "name": "World", "item": "https://paper.example/world/"},
                    {"@type": "ListItem", "position": 3, "name": "Dockers \"strike\" & march", "item": STORY},
                ],
            }),
        ]
    );
}

#[test]
fn sources_series_and_corrections_are_described() {
    let site = site();
    let sources = ["AP".to_owned(), "Reuters".to_owned()];
    let note = |kind, text| CorrectionNote { date: at(1_795_419_000), kind, text };
    let with = Story {
        sources: &sources,
        syndicated_from: Some("https://first.example/strike"),
        series: Some(named("The long strike", "series/strike")),
        corrections: vec![
            note(CorrectionKind::Correction, "It was Sunday."),
            note(CorrectionKind::Update, "With a picture."),
            note(CorrectionKind::Retraction, "It does not stand."),
        ],
        ..story()
    };
    let html = html(&head(&site, Subject::Story(Box::new(with))));
    let article = &scripts(&html)[0];
    assert_eq!(
        article["sourceOrganization"],
        json!([{"@type": "Organization", "name": "AP"}, {"@type": "Organization", "name": "Reuters"}])
    );
    assert_eq!(article["isBasedOn"], "https://first.example/strike");
    assert_eq!(
        article["isPartOf"][0],
        json!({
            "@type": "CreativeWorkSeries",
            "name": "The long strike",
            "url": "https://paper.example/series/strike/",
        })
    );
    let date = "2026-11-23T09:30:00+02:00";
    assert_eq!(
        article["correction"],
        json!([
            {"@type": "CorrectionComment", "text": "It was Sunday.", "datePublished": date},
            {"@type": "CorrectionComment", "text": "It does not stand.", "datePublished": date},
        ])
    );
}

#[test]
fn a_bare_story_has_few_tags() {
    let site = Site {
        description: None,
        language: "el",
        publisher: Publisher { name: "The Paper", url: None, logo: None, policies: Vec::new() },
        ..site()
    };
    let bare = Story {
        summary: "",
        section: Some(TermLink { name: "World", url: None }),
        tags: Vec::new(),
        authors: Vec::new(),
        dateline: None,
        image: None,
        words: 0,
        ..story()
    };
    let html = html(&head(&site, Subject::Story(Box::new(bare))));
    assert!(html.starts_with("<link rel=\"canonical\""), "{html}");
    assert!(!html.contains("og:locale") && !html.contains("og:image"), "{html}");
    assert!(html.contains("<meta name=\"twitter:card\" content=\"summary\">"), "{html}");
    let [article, crumbs] = &scripts(&html)[..] else { panic!("two scripts: {html}") };
    for key in
        ["description", "author", "keywords", "dateline", "image", "correction", "wordCount", "isBasedOn"]
    {
        assert_eq!(article.get(key), None, "{key}");
    }
    assert_eq!(article["articleSection"], "World");
    assert_eq!(
        article["publisher"],
        json!({
            "@type": "NewsMediaOrganization",
            "@id": "https://paper.example/#publisher",
            "name": "The Paper",
            "url": HOME,
        })
    );
    // A section without a page is left out.
    assert_eq!(crumbs["itemListElement"].as_array().map(Vec::len), Some(2));
}

#[test]
fn genres_have_their_types() {
    let site = site();
    let of = |genre| {
        let html = html(&head(&site, Subject::Story(Box::new(Story { genre, ..story() }))));
        let article = scripts(&html).swap_remove(0);
        (article["@type"].as_str().expect("a type").to_owned(), article.get("dateline").is_some())
    };
    let news = |kind: &str| (kind.to_owned(), true);
    assert_eq!(of(Genre::News), news("NewsArticle"));
    assert_eq!(of(Genre::Live), news("NewsArticle"));
    assert_eq!(of(Genre::Factcheck), news("NewsArticle"));
    assert_eq!(of(Genre::Opinion), news("OpinionNewsArticle"));
    assert_eq!(of(Genre::Analysis), news("AnalysisNewsArticle"));
    assert_eq!(of(Genre::Review), news("ReviewNewsArticle"));
    assert_eq!(of(Genre::Explainer), news("BackgroundNewsArticle"));
    assert_eq!(of(Genre::Interview), news("ReportageNewsArticle"));
    assert_eq!(of(Genre::Sponsored), ("AdvertiserContentArticle".to_owned(), false));
}

#[test]
fn the_front_page_describes_the_site_and_its_publisher() {
    let site = site();
    let html = html(&Head { description: site.description, ..head(&site, Subject::Front) });
    assert!(html.contains("<meta property=\"og:type\" content=\"website\">"), "{html}");
    assert!(
        html.contains("<meta property=\"og:image\" content=\"https://paper.example/logo.png\">"),
        "{html}"
    );
    let [website, publisher] = &scripts(&html)[..] else { panic!("two scripts: {html}") };
    assert_eq!(
        *website,
        json!({
            "@context": "https://schema.org",
            "@type": "WebSite",
            "@id": "https://paper.example/#website",
            "url": HOME,
            "name": "The Paper",
            "description": "News of the harbour.",
            "inLanguage": "en-GB",
            "publisher": {"@id": "https://paper.example/#publisher"},
        })
    );
    assert_eq!(publisher["@type"], "NewsMediaOrganization");
}

#[test]
fn a_list_describes_its_stories() {
    let site = site();
    let month = Listing {
        name: "November 2026",
        url: format!("{HOME}2026/11/"),
        parents: vec![Link { name: "2026", url: format!("{HOME}2026/") }],
        ..listing()
    };
    let page = Head { url: format!("{HOME}2026/11/page/1/"), ..head(&site, Subject::List(month)) };
    let [list, crumbs] = &scripts(&html(&page))[..] else { panic!("two scripts") };
    assert_eq!(
        (&list["@type"], &list["name"], &list["url"]),
        (&json!("CollectionPage"), &json!("November 2026"), &json!("https://paper.example/2026/11/page/1/"))
    );
    assert_eq!(
        list["mainEntity"],
        json!({
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "position": 1, "url": STORY, "name": "Dockers strike"},
            ],
        })
    );
    let steps: Vec<&Value> = (0..3).map(|at| &crumbs["itemListElement"][at]["item"]).collect();
    assert_eq!(steps, [HOME, "https://paper.example/2026/", "https://paper.example/2026/11/"]);
}

#[test]
fn an_author_has_a_profile() {
    let site = site();
    let of = |is_organization| {
        let author = Profile {
            name: "Jane Roe",
            bio: Some("Writes about ships."),
            url: Some("https://roe.example/".to_owned()),
            image: Some("https://paper.example/roe.jpg".to_owned()),
            is_organization,
        };
        let list = Listing { name: "Jane Roe", author: Some(author), ..listing() };
        html(&head(&site, Subject::List(list)))
    };
    let person = of(false);
    assert!(person.contains("<meta property=\"og:type\" content=\"profile\">"), "{person}");
    let page = &scripts(&person)[0];
    assert_eq!(page["@type"], "ProfilePage");
    assert_eq!(
        page["mainEntity"],
        json!({
            "@type": "Person",
            "name": "Jane Roe",
            "description": "Writes about ships.",
            "url": "https://paper.example/world/",
            "sameAs": "https://roe.example/",
            "image": "https://paper.example/roe.jpg",
        })
    );
    let desk = of(true);
    assert!(desk.contains("<meta property=\"og:type\" content=\"website\">"), "{desk}");
    assert_eq!(scripts(&desk)[0]["mainEntity"]["@type"], "Organization");
}

#[test]
fn standing_pages_and_indexes_have_pages_of_their_own_kind() {
    let site = site();
    let about = Story { title: "About us", published: None, modified: None, ..story() };
    let about = html(&head(&site, Subject::Standing(Box::new(about))));
    assert!(!about.contains("article:"), "{about}");
    let [page, crumbs] = &scripts(&about)[..] else { panic!("two scripts: {about}") };
    assert_eq!((&page["@type"], &page["name"]), (&json!("WebPage"), &json!("About us")));
    assert_eq!(crumbs["itemListElement"].as_array().map(Vec::len), Some(2));

    let topics = html(&Head { title: "Topics", ..head(&site, Subject::Index) });
    assert_eq!(scripts(&topics)[0]["@type"], "CollectionPage");
    assert_eq!(scripts(&topics)[1]["itemListElement"][1]["name"], "Topics");
}

#[test]
fn withdrawn_stories_and_missing_pages_have_no_scripts() {
    let site = site();
    let withdrawn = html(&Head { title: "A title", ..head(&site, Subject::Withdrawn) });
    assert!(withdrawn.contains("<meta name=\"robots\" content=\"noindex, follow\">"), "{withdrawn}");
    assert!(withdrawn.contains("<meta property=\"og:title\" content=\"A title\">"), "{withdrawn}");
    assert!(!withdrawn.contains("<script"), "{withdrawn}");

    let missing = html(&head(&site, Subject::NotFound));
    assert_eq!(
        missing,
        "<meta name=\"robots\" content=\"noindex, follow\">\n<meta name=\"generator\" content=\"bulletin\">\n"
    );
    let left_out = Head { noindex: true, ..head(&site, Subject::Story(Box::new(story()))) };
    assert!(html(&left_out).contains("noindex, follow"));
    assert_eq!(scripts(&html(&left_out)).len(), 2);
}

#[test]
fn translations_link_to_each_other_and_the_original() {
    let site = site();
    let translation = |language, path: &str| Translation { language, url: format!("{HOME}{path}/") };
    let page = Head {
        translations: vec![translation("el", "apergia"), translation("en-GB", "strike")],
        ..head(&site, Subject::Story(Box::new(story())))
    };
    let html = html(&page);
    let links: Vec<&str> = html.lines().filter(|line| line.contains("hreflang")).collect();
    assert_eq!(
        links,
        [
            "<link rel=\"alternate\" hreflang=\"el\" href=\"https://paper.example/apergia/\">",
            "<link rel=\"alternate\" hreflang=\"en-GB\" href=\"https://paper.example/strike/\">",
            "<link rel=\"alternate\" hreflang=\"x-default\" href=\"https://paper.example/apergia/\">",
        ]
    );
}

#[test]
fn cards_show_supported_pictures() {
    let site = site();
    let card = |url: &str, size| {
        let image = Picture { url: url.to_owned(), size, alt: Some(" "), ..Picture::default() };
        let html = html(&head(&site, Subject::Story(Box::new(Story { image: Some(image), ..story() }))));
        let lines = html.lines().filter(|line| line.contains("og:image") || line.contains("twitter"));
        let contents = lines.filter_map(|line| line.split("content=\"").nth(1)?.strip_suffix("\">"));
        contents.map(str::to_owned).collect::<Vec<_>>()
    };
    let large = "summary_large_image";
    assert_eq!(card("https://x.example/a.jpg", None), ["https://x.example/a.jpg", "image/jpeg", large]);
    assert_eq!(card("https://x.example/a.jpg", Some((299, 900))).last().map(String::as_str), Some("summary"));
    assert_eq!(card("https://x.example/a.svg", None), ["https://paper.example/logo.png", "summary"]);
}

/// Pieces of text that break careless output.
const PIECES: &str = "</script>|<script>|<!--|-->|]]>|\"|'|&|&quot;|\\|\0|\u{7f}|\u{85}|\u{202e}|\u{2028}|\
    \u{fffe}|\u{1ffff}|😀|\n|</|ά";

fn text() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(PIECES.split('|').collect::<Vec<_>>());
    prop::collection::vec(prop_oneof![nasty.prop_map(str::to_owned), any::<String>()], 0..6)
        .prop_map(|parts| parts.concat())
}

/// Unescapes the value of an attribute.
fn unescaped(value: &str) -> String {
    let quotes = value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    quotes.replace("&amp;", "&")
}

proptest! {
    #[test]
    fn any_text_is_written_safely(title in text(), summary in text(), name in text(), url in text()) {
        let site = Site { title: &name, ..site() };
        let nasty = Story {
            id: url.clone(),
            url: url.clone(),
            title: &title,
            summary: &summary,
            dateline: Some(&summary),
            tags: vec![TermLink { name: &name, url: Some(url.clone()) }],
            authors: vec![Author { name: &name, url: Some(url), role: None, is_organization: true }],
            corrections: vec![CorrectionNote { date: at(0), kind: CorrectionKind::Correction, text: &title }],
            ..story()
        };
        let html = html(&head(&site, Subject::Story(Box::new(nasty))));
        prop_assert!(!html.chars().any(is_forbidden));
        let [article, crumbs] = &scripts(&html)[..] else { panic!("two scripts: {html}") };
        prop_assert_eq!(article["headline"].as_str(), Some(&*title));
        prop_assert_eq!(article["dateline"].as_str(), Some(&*summary));
        prop_assert_eq!(article["author"][0]["name"].as_str(), Some(&*name));
        prop_assert_eq!(article["correction"][0]["text"].as_str(), Some(&*title));
        prop_assert_eq!(crumbs["itemListElement"][0]["name"].as_str(), Some(&*name));
        for line in html.lines() {
            let attributes = line.split('"').count() - 1;
            prop_assert!(line.starts_with("<script") || attributes == 4, "{}", line);
        }
        let shared = html.lines().find_map(|line| {
            line.strip_prefix("<meta property=\"og:title\" content=\"")?.strip_suffix("\">")
        });
        let expected: String = title.chars().filter(|char| !is_forbidden(*char)).collect();
        prop_assert_eq!(shared.map(unescaped), Some(expected.replace(['\n', '\r', '\t', '\u{c}'], " ")));
    }
}
