//! Copy of strangers: agencies' texts, pictures, HTML that must run no script.

use crate::support::{Run, Site, bulletin, story};

/// Imports copy into a site, as published.
fn import(site: &Site, files: &[&str]) -> Run {
    let mut command = bulletin();
    command.arg("import").args(files.iter().map(|file| site.path(file)));
    command.arg("--site").arg(&site.root).args(["-v", "--status", "published", "--date", "2026-01-01"]);
    Run::of(&mut command)
}

/// All text files of the output, one after the other.
fn output(site: &Site) -> String {
    let public = site.public();
    let texts = public.into_values().filter_map(|bytes| String::from_utf8(bytes).ok());
    texts.collect::<Vec<_>>().join("\n")
}

/// What an agency could put at the end of a heading.
const BRACES: &str = "{onmouseover=alert(document.domain) style=position:fixed;inset:0}";

#[test]
fn headings_of_copy_put_handlers_into_pages_and_feeds() {
    let ninjs = format!(
        r#"{{"uri":"urn:1","type":"text","headline":"Head one","versioncreated":"2026-01-01T00:00:00Z","body_xhtml":"<p>Start.</p><h2>Talks {BRACES}</h2><p>More text.</p>"}}"#
    );
    let rss = format!(
        "<rss version=\"2.0\"><channel><title>c</title><link>https://o.example</link><item><title>Head two</title><guid>g</guid><pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate><description>&lt;p&gt;Start.&lt;/p&gt;&lt;h2&gt;Talks {BRACES}&lt;/h2&gt;&lt;p&gt;More.&lt;/p&gt;</description></item></channel></rss>"
    );
    let nitf = format!(
        "<nitf><head><title>Head three</title><docdata><doc-id id-string=\"d\"/><date.issue norm=\"20260101T000000Z\"/></docdata></head><body><body.head><hedline><hl1>Head three</hl1></hedline></body.head><body.content><p>Start.</p><hl2>Talks {BRACES}</hl2><p>More.</p></body.content></body></nitf>"
    );
    let wire = format!(
        "Head four of the wire\n\nLONDON, Jan 1 (Reuters) - The talks went on all night and nobody slept, officials said.\n\nTALKS GO ON {BRACES}\n\nThey will go on tomorrow as well, the officials said on Thursday.\n"
    );
    let settings = format!("{}feeds: {{site: [rss, atom, json]}}\n", crate::support::SETTINGS);
    let site = Site::new(&[
        ("bulletin.yaml", &settings),
        ("copy/a.json", &ninjs),
        ("copy/a.xml", &rss),
        ("copy/b.xml", &nitf),
        ("copy/w.txt", &wire),
    ]);
    let run = import(&site, &["copy/a.json", "copy/a.xml", "copy/b.xml", "copy/w.txt"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    site.build(&[]);
    let pages = output(&site);
    // What a story is about stands in `<meta content="…">`.
    for tag in pages.split('<').filter_map(|tag| tag.split_once('>')).map(|(tag, _)| tag) {
        assert!(tag.starts_with("meta ") || !tag.contains("onmouseover="), "<{tag}>");
    }
    // The text is there as it came, in four stories.
    assert!(pages.matches(&format!("{BRACES}</h2>")).count() >= 4, "{pages}");
}

#[test]
fn what_else_is_in_the_braces_of_a_heading_is_told() {
    let body =
        "## Talks {#id .c onclick=alert(1) style=\"x\"}\n\n## The set {a, b}\n\n## One {onclick=alert(1)}";
    let site = Site::new(&[("content/m.md", &story("X", "2026-01-01", "", body))]);
    let run = site.json(&[]);
    let html = site.read("public/2026/01/m/index.html");
    assert!(html.contains("<h2 id=\"id\" class=\"c\">Talks</h2>"), "{html}");
    assert!(html.contains("The set {a, b}</h2>") && html.contains(">One {onclick=alert(1)}</h2>"), "{html}");
    let told = |line| ("markdown/heading-attributes".to_owned(), "content/m.md".to_owned(), Some(line));
    assert_eq!(run.places(), [told(5), told(9)]);
}

/// Code and line of all that is said of one source.
fn told(run: &Run) -> Vec<(String, u64)> {
    run.places().into_iter().filter_map(|(code, _, line)| Some((code, line?))).collect()
}

fn codes(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
    pairs.iter().map(|(code, line)| ((*code).to_owned(), *line)).collect()
}

#[test]
fn markup_reached_readers_and_nobody_was_told() {
    let keys = "deck: A *starred* [deck](https://x.example)\nimage: {src: \"https://c.example/a.jpg\", alt: x, caption: \"By *Jo*\"}\n\
        corrections: [{date: 2026-11-03, kind: correction, text: \"See [x](b.md)\"}]\n";
    let body = "[report](my file.pdf) [missing][nope] https://bare.example/x\n\n{{ youtube(id=\"x\") }}\n\n[gallery ids=\"1,2\"]\n\n\
        :::note\nbox\n:::\n\n> [!NOTE]\n> alert\n\n`[gallery]` and `{{ x }}`";
    let site = Site::new(&[("content/a.md", &story("A", "2026-11-02", keys, body))]);
    let run = site.json(&[]);
    assert_eq!(
        told(&run),
        codes(&[
            ("front-matter/markup", 4),
            ("front-matter/markup", 4),
            ("front-matter/markup", 5),
            ("front-matter/markup", 6),
            ("markdown/broken-link", 8),
            ("markdown/undefined-reference", 8),
            ("markdown/foreign-syntax", 10),
            ("markdown/foreign-syntax", 12),
            ("markdown/foreign-syntax", 14),
            ("markdown/foreign-syntax", 16),
            ("markdown/foreign-syntax", 18),
        ])
    );
    let html = site.read("public/2026/11/a/index.html");
    assert!(html.contains("<a href=\"https://bare.example/x\">https://bare.example/x</a>"), "{html}");
    // What is told once is told by every build.
    assert_eq!(told(&site.json(&[])), told(&run));
}

#[test]
fn the_sites_own_policy_blocked_embeds_without_a_word() {
    let body = "<blockquote class=\"post\">x</blockquote><script async src=\"https://platform.example/widgets.js\"></script>\n\n\
        <span style=\"color:red\">r</span> <iframe src=\"http://map.example/\"></iframe> <base href=\"https://x.example/\">\n\n\
        <button onclick=\"f()\">b</button>\n\n![A ship](http://c.example/a.png)\n\n<iframe src=\"https://map.example/\"></iframe>\n\n\
        <a href=\"java&#115;cript:f()\">a</a>\n\n<meta http-equiv=\"refresh\" content=\"0\">";
    let site = Site::new(&[("content/a.md", &story("A", "2026-11-02", "", body))]);
    let run = site.json(&[]);
    let expected = codes(&[
        ("policy/blocked", 5),
        ("policy/blocked", 7),
        ("policy/blocked", 7),
        ("html/changes-page", 7),
        ("html/runs-code", 9),
        ("policy/blocked", 11),
        ("link/unsafe", 15),
        ("html/changes-page", 17),
    ]);
    assert_eq!(told(&run), expected);
    // The policy that is checked is the one that is sent: with another, other things are blocked.
    site.write("static/_headers", "/*\n  Content-Security-Policy: script-src 'self' https://platform.example; style-src 'unsafe-inline'; frame-src 'none'\n");
    let blocked = |run: &Run| {
        told(run)
            .into_iter()
            .filter(|(code, _)| code == "policy/blocked")
            .map(|(_, line)| line)
            .collect::<Vec<_>>()
    };
    assert_eq!(blocked(&site.json(&[])), [7, 11, 13]);
    site.remove("static/_headers");
    assert_eq!(told(&site.json(&[])), expected);
}

#[test]
fn html_of_texts_is_trusted_or_sanitized_in_pages_and_feeds() {
    let body = "<figure><img src=\"https://c.example/a.png\" alt=\"b\" onerror=\"alert(1)\"><figcaption>c</figcaption></figure>\n\n\
        Text <b onclick=alert(1) style=\"x\">bold</b> <script>alert(1)</script>\n\n<iframe src=\"https://v.example/1\"></iframe>\n\n\
        <div title=\"\n\n`\" onclick=\"alert(2)\" x>` more\n\n[a](javascript:alert(3)) <a href=\"jav&Tab;ascript:alert(4)\">b</a> [c](b.md)";
    let settings = |raw: &str| {
        format!(
            "{}feeds: {{site: [rss]}}\napi: true\nmarkdown: {{raw_html: {raw}}}\n",
            crate::support::SETTINGS
        )
    };
    let files = [
        ("content/a.md", &*story("A", "2026-11-02", "", body)),
        ("content/b.md", &story("B", "2026-11-01", "", "Text.")),
    ];
    let site = Site::new(&files);
    site.write("bulletin.yaml", settings("trusted"));
    site.build(&[]);
    let page = "public/2026/11/a/index.html";
    assert!(site.read(page).contains("onclick=alert(1)"));
    // Another setting makes every page with raw HTML again.
    site.write("bulletin.yaml", settings("sanitized"));
    let run = site.json(&[]);
    assert!(told(&run).iter().any(|(code, _)| code == "html/runs-code"), "{}", run.stdout);
    let html = site.read(page);
    assert!(html.contains("<figcaption>c</figcaption>") && html.contains("https://v.example/1"), "{html}");
    assert!(html.contains("<b>bold</b>") && html.contains("href=\"/2026/11/b/\""), "{html}");
    for (path, bytes) in site.public().into_iter().filter(|(path, _)| !path.ends_with(".json")) {
        let text = String::from_utf8_lossy(&bytes);
        let tags = text.split('<').filter_map(|tag| tag.split_once('>')).map(|(tag, _)| tag);
        // What stands in a value with its quotes escaped runs nothing.
        let bad = |tag: &&str| tag.contains("alert(") && !tag.contains("&quot;");
        assert_eq!(tags.filter(bad).collect::<Vec<_>>(), Vec::<&str>::new(), "{path}");
    }
    let clean = Site::new(&files);
    clean.write("bulletin.yaml", settings("sanitized"));
    clean.build(&[]);
    crate::support::assert_same(
        &clean.public(),
        &site.public(),
        "a clean build and one over another setting",
    );
}

#[test]
fn notes_to_the_desk_are_told_by_check_alone() {
    let body = "The mayor, TK, is 42 [check].\n\nIt cost ?? euros. Really??\n\n`TK` and ATK\n\n```\nFIXME\n```\n\nLorem ipsum [check](https://a.example/)";
    let site = Site::new(&[
        ("content/a.md", &story("XXX wins", "2026-11-02", "", body)),
        ("content/b.md", &story("Draft", "2026-11-02", "draft: true\n", "TK")),
    ]);
    assert_eq!(told(&site.json(&[])), []);
    let mut command = bulletin();
    command.arg("check").arg("--site").arg(&site.root).args(["--as-of", crate::support::AS_OF]);
    let run = Run::of(command.args(["--message-format", "json"]));
    let told: Vec<(String, u64)> =
        told(&run).into_iter().filter(|(code, _)| code == "text/editors-note").collect();
    let at = |line| ("text/editors-note", line);
    assert_eq!(told, codes(&[at(2), at(5), at(5), at(7), at(15)]));
}

#[test]
fn a_bare_url_of_a_story_is_a_link_like_others() {
    let body = "See https://plain.example/2026/11/b/ and https://other.example/x).";
    let site = Site::new(&[
        ("content/a.md", &story("A", "2026-11-02", "", body)),
        ("content/b.md", &story("B", "2026-11-01", "", "Text.")),
    ]);
    site.build(&[]);
    let html = site.read("public/2026/11/a/index.html");
    assert!(html.contains("2026/11/b/\">https://plain.example/2026/11/b/</a>"), "{html}");
    assert!(html.contains("<a href=\"https://other.example/x\">https://other.example/x</a>)."), "{html}");
    let feed = site.read("public/feed.json");
    assert!(feed.contains("https://other.example/x</a>"), "{feed}");
}

#[test]
fn scripts_of_an_archive_came_along() {
    let post = "+++\ntitle = \"Old\"\ndate = 2020-01-02\n+++\nText <img src=\"https://c.example/a.png\" onerror=\"alert(1)\"> <script>alert(2)</script>\n\n\
        <figure class=\"wide\"><figcaption>c</figcaption></figure>\n\n<base href=\"https://x.example/\">\n\n`<script>`\n";
    let site = Site::new(&[
        ("old/content/posts/old.md", post),
        ("old/hugo.toml", "baseURL = \"https://old.example/\"\ntitle = \"Old\"\n"),
    ]);
    let run = import(&site, &["old"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let said = format!("{}{}", run.stdout, run.stderr);
    for what in ["the attribute `onerror` was removed", "`<script>` was removed", "`<base>` was removed"] {
        assert!(said.contains(what), "{said}");
    }
    site.build(&[]);
    let html = site.read("public/posts/old/index.html");
    assert!(!html.contains("alert(") && !html.contains("<base"), "{html}");
    assert!(
        html.contains("<figure class=\"wide\">") && html.contains("<code>&lt;script&gt;</code>"),
        "{html}"
    );
}

/// The only file of a folder below a site's content.
fn imported(site: &Site, folder: &str) -> String {
    let mut files = crate::support::tree(&site.path(folder)).into_values();
    let file = String::from_utf8(files.next().unwrap()).unwrap();
    assert!(files.next().is_none(), "more than one file in {folder}");
    file
}

#[test]
fn times_and_language_of_an_archive_were_taken_for_those_of_the_site() {
    for (settings, post) in [
        ("old/hugo.toml", "old/content/posts/a.md"),
        ("old/_config.yml", "old/_posts/2020-05-01-a.md"),
        ("old/pelicanconf.py", "old/content/posts/a.md"),
    ] {
        let says = match settings {
            "old/hugo.toml" => {
                "baseURL = \"https://old.example/\"\ntimeZone = \"America/New_York\"\ndefaultContentLanguage = \"fa\"\n"
            }
            "old/_config.yml" => "url: https://old.example\ntimezone: America/New_York\nlang: fa\n",
            _ => {
                "SITEURL = 'https://old.example'\nTIMEZONE = 'America/New_York'\nDEFAULT_LANG = 'fa'\nPATH = 'content'\n"
            }
        };
        let text = match settings {
            "old/pelicanconf.py" => "Title: A\nDate: 2020-05-01 22:30\n\nText.\n",
            _ => "---\ntitle: A\ndate: 2020-05-01 22:30:00\n---\nText.\n",
        };
        // A site without stories takes over zone and language; where there are stories, the files of the archive say their own.
        for has_stories in [false, true] {
            let site = Site::new(&[(settings, says), (post, text)]);
            if has_stories {
                site.write("content/own.md", story("Own", "2026-11-01", "", "Text."));
            }
            let run = import(&site, &["old"]);
            assert_eq!(run.code, Some(0), "{settings}: {}{}", run.stdout, run.stderr);
            if has_stories {
                site.remove("content/own.md");
            }
            let (file, bulletin) = (imported(&site, "content"), site.read("bulletin.yaml"));
            let offset = if has_stories { "T22:30-04:00\n" } else { " 22:30" };
            assert!(file.contains(&format!("date: 2020-05-01{offset}")), "{settings}: {file}");
            assert_eq!(file.contains("lang: fa\n"), has_stories, "{settings}: {file}");
            for key in ["language: fa\n", "timezone: America/New_York\n"] {
                assert_eq!(bulletin.contains(key), !has_stories, "{settings}: {bulletin}");
            }
        }
    }
}

#[test]
fn days_and_the_language_of_the_site_need_no_words() {
    let settings =
        "baseURL = \"https://old.example/\"\ntimeZone = \"America/New_York\"\nlanguageCode = \"en-us\"\n";
    let text = "---\ntitle: A\ndate: 2020-05-01\n---\nText.\n";
    let site = Site::new(&[("old/hugo.toml", settings), ("old/content/posts/a.md", text)]);
    assert_eq!(import(&site, &["old"]).code, Some(0));
    let file = imported(&site, "content");
    assert!(file.contains("date: 2020-05-01\n") && !file.contains("lang:"), "{file}");
}

#[test]
fn stories_that_search_engines_were_kept_from_came_into_search() {
    for (keys, feed, noindex) in [
        ("_build: {list: never}", true, true),
        ("build: {list: false}", true, true),
        ("robots: noindex, follow", false, true),
        ("sitemap: {disable: true}", false, true),
        ("sitemap: false", false, true),
        ("robots: index, follow", false, false),
        ("sitemap: {priority: 0.5}", false, false),
        ("build: {list: always}", false, false),
    ] {
        let text = format!("---\ntitle: A\ndate: 2020-05-01\n{keys}\n---\nText.\n");
        let site = Site::new(&[
            ("old/hugo.toml", "baseURL = \"https://old.example/\"\n"),
            ("old/content/posts/a.md", &text),
        ]);
        let run = import(&site, &["old"]);
        assert_eq!(run.code, Some(0), "{keys}: {}{}", run.stdout, run.stderr);
        let file = imported(&site, "content");
        assert_eq!(file.contains("\nfeed: false\n"), feed, "{keys}: {file}");
        assert_eq!(file.contains("\nnoindex: true\n"), noindex, "{keys}: {file}");
        let said = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(said.contains("it was on no list"), feed, "{keys}: {said}");
    }
}

#[test]
fn code_comments_and_links_of_captions_went_without_a_word() {
    let export = r#"<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>O</title><link>https://old.example</link><wp:wxr_version>1.2</wp:wxr_version><item><title>Code</title><link>https://old.example/a/</link><guid>https://old.example/?p=1</guid><content:encoded><![CDATA[Run [code]<?php say("a" & 1); ?>[/code] twice.

[caption width="300"]<img src="https://old.example/a.jpg" alt="" /> By <a href="https://p.example">P</a>[/caption]]]></content:encoded><wp:post_id>1</wp:post_id><wp:post_date>2019-05-11 23:30:00</wp:post_date><wp:status>publish</wp:status><wp:post_type>post</wp:post_type><wp:is_sticky>1</wp:is_sticky><wp:comment><wp:comment_approved>1</wp:comment_approved><wp:comment_content>First</wp:comment_content></wp:comment><wp:comment><wp:comment_approved>1</wp:comment_approved><wp:comment_content>Second</wp:comment_content></wp:comment></item></channel></rss>"#;
    let site = Site::new(&[("e.xml", export)]);
    let run = import(&site, &["e.xml"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let file = imported(&site, "content");
    assert!(file.contains("```\n<?php say(\"a\" & 1); ?>\n```"), "{file}");
    assert!(file.contains("<figcaption>By <a href=\"https://p.example/\">P</a></figcaption>"), "{file}");
    let said = format!("{}{}", run.stdout, run.stderr);
    for what in ["its reader comments were saved in data/comments", "set `pinned_until`"] {
        assert!(said.contains(what), "{said}");
    }
    assert!(!said.contains("[code]"), "{said}");
    let comments = crate::support::tree(&site.path("data/comments")).into_values().next().unwrap();
    let comments: serde_json::Value = serde_json::from_slice(&comments).unwrap();
    assert_eq!(comments["comments"], serde_json::json!([{"text": "First"}, {"text": "Second"}]));
}

#[test]
fn relative_links_of_a_feed_were_lost_and_addresses_of_mail_printed() {
    let feed = "<rss version=\"2.0\"><channel><title>F</title><link>https://f.example/</link><item><title>T</title><link>/rel/1?page=2</link>\
        <dc:creator xmlns:dc=\"http://purl.org/dc/elements/1.1/\">jo@x.example (Jo)</dc:creator><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate><description>d</description></item></channel></rss>";
    let site = Site::new(&[("f.xml", feed)]);
    assert_eq!(import(&site, &["f.xml"]).code, Some(0));
    let file = imported(&site, "content");
    assert!(file.contains("canonical_url: https://f.example/rel/1?page=2\n"), "{file}");
    assert!(file.contains("- Jo\n") && !file.contains("jo@x.example"), "{file}");
}

#[test]
fn a_tag_with_very_many_attributes_took_minutes() {
    let attributes = (0..60_000).map(|at| format!("a{at}=b ")).collect::<String>();
    let site =
        Site::new(&[("content/a.md", &story("A", "2026-11-01", "", &format!("<a {attributes}>word</a>\n")))]);
    let started = std::time::Instant::now();
    site.build(&[]);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    let feed = crate::support::tree(&site.path("public"));
    let feed = feed
        .iter()
        .find(|(path, _)| path.ends_with("rss.xml"))
        .map(|(_, bytes)| String::from_utf8_lossy(bytes))
        .unwrap();
    assert!(feed.contains("word"), "{feed}");
}
