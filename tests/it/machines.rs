//! Machine-readable output: it is correct, complete and independent of where the site is deployed.

use crate::support::{SETTINGS, Site, story};
use serde_json::Value;

/// A site whose pages have machine-readable data in their heads.
fn site(settings: &str, articles: &[(&str, &str, &str)]) -> Site {
    let site = Site::new(&[("bulletin.yaml", &format!("{SETTINGS}{settings}"))]);
    site.write(
        "templates/base.html",
        "<html><head>{{ head() }}</head><body>{% block main %}{% endblock %}</body></html>",
    );
    for (path, keys, text) in articles {
        site.write(&format!("content/{path}"), format!("---\ntitle: A title\n{keys}\n---\n{text}\n"));
    }
    site
}

fn json(site: &Site, path: &str) -> Value {
    serde_json::from_str(&site.read(&format!("public/{path}"))).unwrap()
}

/// The first structured data block of a page.
fn structured_data(site: &Site, path: &str) -> Value {
    let html = site.read(&format!("public/{path}"));
    let start = html.find("ld+json\">").unwrap() + "ld+json\">".len();
    serde_json::from_str(&html[start..start + html[start..].find("</script>").unwrap()]).unwrap()
}

#[test]
fn a_story_keeps_its_identity_when_its_headline_slug_and_date_change() {
    let site = site("api: true\n", &[("world/a.md", "date: 2026-11-01", "Text.")]);
    site.build(&[]);
    let before = json(&site, "feed.json")["items"][0]["id"].clone();
    assert_eq!(before, json(&site, "2026/11/a/index.json")["uri"]);
    site.write("content/world/a.md", "---\ntitle: Another\ndate: 2026-10-02\nslug: b\n---\nOther text.\n");
    site.build(&[]);
    assert_eq!(json(&site, "feed.json")["items"][0]["id"], before);
    assert!(site.read("public/rss.xml").contains(&format!(">{}</guid>", before.as_str().unwrap())));
}

#[test]
fn no_two_stories_share_an_identity() {
    for (one, other) in [
        (("dup.md", "date: 2026-11-01\nslug: one"), ("dup/index.md", "date: 2026-11-01\nslug: two")),
        (("img.md", "date: 2026-11-01"), ("world/x.md", "date: 2026-11-01\nid: img")),
        (("a.md", "date: 2026-11-01\nid: same"), ("b.md", "date: 2026-11-01\nid: same")),
    ] {
        let site = site("", &[(one.0, one.1, ""), (other.0, other.1, "")]);
        let run = site.run(&[]);
        assert_eq!(run.code, Some(1), "{one:?}: {}", run.stderr);
        assert_eq!(run.stderr.matches("shared-id").count(), 1, "{}", run.stderr);
    }
}

#[test]
fn every_url_is_absolute() {
    let settings = "base_url: https://plain.example/paper/\nlists: {authors: false}\n\
        publisher: {logo: //cdn.example/l.png, url: /about/, policies: {ethicsPolicy: /ethics/}}\n\
        authors: [{slug: jo, name: Jo, url: /people/jo/}]\n";
    let site = Site::new(&[]);
    site.write("bulletin.yaml", format!("title: P\ntheme: plain\n{settings}"));
    site.write("templates/base.html", "<head>{{ head() }}</head>{% block main %}{% endblock %}");
    let keys = "authors: [jo, {name: Al, url: /about/al/}, {name: Bo, url: \"//x.example/bo\"}]\n";
    site.write("content/a.md", story("A", "2026-11-01", keys, "[a](/b/) [c](d/) ![e](//cdn.example/f.png)"));
    site.build(&[]);
    let article = structured_data(&site, "2026/11/a/index.html");
    let urls: Vec<&str> = (0..3).map(|at| article["author"][at]["url"].as_str().unwrap()).collect();
    let base = "https://plain.example/paper";
    let whole =
        [format!("{base}/people/jo/"), format!("{base}/about/al/"), "https://x.example/bo".to_owned()];
    assert_eq!(urls, whole);
    assert_eq!(article["publisher"]["url"], format!("{base}/about/"));
    assert_eq!(article["publisher"]["logo"]["url"], "https://cdn.example/l.png");
    assert_eq!(article["publisher"]["ethicsPolicy"], format!("{base}/ethics/"));
    let html = json(&site, "feed.json")["items"][0]["content_html"].as_str().unwrap().to_owned();
    for url in [format!("{base}/b/"), format!("{base}/2026/11/a/d/"), "https://cdn.example/f.png".to_owned()]
    {
        assert!(html.contains(&format!("\"{url}\"")), "{url}: {html}");
    }
}

#[test]
fn translations_link_to_each_other_except_noindex_ones() {
    let keys = |more: &str| format!("date: 2026-11-01\n{more}");
    let site = site(
        "",
        &[
            ("a.md", &keys("lang: EN"), ""),
            ("b.md", &keys("lang: el\ntranslation_of: a.md"), ""),
            ("c.md", &keys("lang: EL\ntranslation_of: b.md"), ""),
            ("d.md", &keys("lang: ar\ntranslation_of: a\nnoindex: true"), ""),
            ("e.md", &keys("lang: de\ntranslation_of: a.md\ndraft: true"), ""),
            ("f.md", &keys("lang: fr\ntranslation_of: f.md"), ""),
        ],
    );
    site.build(&[]);
    let named = |page: &str| -> Vec<String> {
        let html = site.read(&format!("public/2026/11/{page}/index.html"));
        html.lines().filter(|line| line.contains("hreflang")).map(str::to_owned).collect()
    };
    let both = named("a");
    assert_eq!(both.len(), 3, "{both:?}");
    assert!(
        both[0].contains("\"en\"") && both[1].contains("\"el\"") && both[2].contains("x-default"),
        "{both:?}"
    );
    assert_eq!(named("b"), both);
    // A second Greek translation, a `noindex` one, and an unrelated story.
    for page in ["c", "d", "f"] {
        assert!(named(page).is_empty(), "{page}: {:?}", named(page));
    }
}

#[test]
fn a_future_update_is_a_warning_and_not_shown() {
    let keys = "date: 2026-11-01T08:00:00Z\nupdated: 2026-12-01\ncorrections: [{date: 2026-11-10T08:00:00Z, text: Now.}, {date: 2027-01-01, text: Then.}]";
    let site = site("", &[("a.md", keys, "")]);
    let run = site.build(&[]);
    assert_eq!(run.stderr.matches("front-matter/future").count(), 2, "{}", run.stderr);
    assert!(
        site.read("public/sitemaps/2026-11.xml").contains("<lastmod>2026-11-10T08:00:00+00:00</lastmod>")
    );
    assert_eq!(json(&site, "feed.json")["items"][0]["date_modified"], "2026-11-10T08:00:00+00:00");
    site.build(&["--as-of", "2026-12-02T00:00:00Z"]);
    assert!(
        site.read("public/sitemaps/2026-11.xml").contains("<lastmod>2026-12-01T00:00:00+00:00</lastmod>")
    );
    assert_eq!(structured_data(&site, "2026/11/a/index.html")["dateModified"], "2026-12-01T00:00:00+00:00");
}

#[test]
fn each_page_has_its_own_description() {
    let site = site(
        "description: A paper.\n",
        &[
            ("a.md", "date: 2026-11-01\ntags: [x]", "Text."),
            ("b.md", "date: 2026-11-01\nstatus: withdrawn", ""),
        ],
    );
    site.build(&[]);
    let has = |path: &str, text: &str| site.read(&format!("public/{path}")).contains(text);
    assert!(has("index.html", "<meta name=\"description\" content=\"A paper.\">"));
    assert!(has("2026/11/a/index.html", "<meta name=\"description\" content=\"Text.\">"));
    for path in ["tags/x/index.html", "2026/11/b/index.html", "404.html"] {
        assert!(!has(path, "name=\"description\""), "{path}");
    }
}

#[test]
fn news_sitemaps_have_a_thousand_stories_each() {
    let site = site("", &[]);
    for number in 0..1203 {
        let keys = match number {
            0 => "canonical_url: https://x.example/\n",
            1 => "noindex: true\n",
            2 => "type: sponsored\n",
            _ => "",
        };
        let date = format!("2026-11-21T{:02}:{:02}:00Z", number / 60, number % 60);
        site.write(&format!("content/n{number}.md"), story("N", &date, keys, ""));
    }
    site.write("content/old.md", story("Old", "2026-11-20T11:59:59Z", "", ""));
    let listed = |name: &str| site.read(&format!("public/sitemaps/{name}.xml")).matches("<url>").count();
    site.build(&[]);
    assert_eq!((listed("news"), listed("news-2"), listed("2026-11")), (1000, 200, 1202));
    assert!(site.read("public/sitemap.xml").contains("/sitemaps/news-2.xml"));
    site.build(&["--as-of", "2026-11-24T00:00:00Z"]);
    assert!(
        !site.path("public/sitemaps/news.xml").exists() && !site.path("public/sitemaps/news-2.xml").exists()
    );
}
