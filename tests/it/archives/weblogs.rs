//! Imports WordPress, Ghost, Substack and Medium.

use std::fs;

use crate::support::{Run, Site, bulletin};

/// A new folder into which the export in `old`, beside it, was imported.
fn moved(files: &[(&str, &str)], args: &[&str]) -> (Site, Run) {
    let site = Site::bare(&[]);
    for (path, text) in files {
        site.write(&format!("../old/{path}"), text);
    }
    let run = import(&site, args);
    (site, run)
}

fn import(site: &Site, args: &[&str]) -> Run {
    let folder = site.root.parent().unwrap();
    Run::of(bulletin().current_dir(folder).args(["import", "--site", "site", "old"]).args(args))
}

/// The result for an export.
fn one(export: &str) -> (Site, Run) {
    moved(&[("export.xml", export)], &[])
}

/// The article whose path ends with this.
fn article(site: &Site, end: &str) -> String {
    let articles = crate::support::tree(&site.path("content"));
    let found = articles.iter().find(|(path, _)| path.ends_with(end));
    found
        .map(|(_, text)| String::from_utf8(text.clone()).unwrap())
        .unwrap_or_else(|| panic!("{end}: {:?}", articles.keys()))
}

fn settings(site: &Site) -> String {
    site.read("bulletin.yaml")
}

const HEAD: &str = "<?xml version='1.0' encoding='UTF-8'?>\n<rss version='2.0' xmlns:excerpt='http://wordpress.org/export/1.2/excerpt/' xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:wp='http://wordpress.org/export/1.2/'>\n<channel><title>The Old Paper &amp;amp; more</title><link>https://old.example</link><description>News of the port</description><language>en-GB</language><wp:base_blog_url>https://old.example</wp:base_blog_url>\n<wp:author><wp:author_login>ab</wp:author_login><wp:author_email>ana@old.example</wp:author_email><wp:author_display_name><![CDATA[Ana Berg]]></wp:author_display_name></wp:author>\n<wp:category><wp:term_id>3</wp:term_id><wp:category_nicename>local-news</wp:category_nicename><wp:cat_name><![CDATA[Local &amp; near]]></wp:cat_name><wp:category_description><![CDATA[What happens here]]></wp:category_description></wp:category>\n";
const END: &str = "</channel>\n</rss>\n";

/// A post with this number, content and further elements.
fn post(number: usize, content: &str, rest: &str) -> String {
    let month = number % 12 + 1;
    // The time zone has summer time.
    let hour = if (4..=10).contains(&month) { 8 } else { 9 };
    format!(
        "<item><title>Story {number}</title><link>https://old.example/2020/{month:02}/story-{number}/</link><dc:creator><![CDATA[ab]]></dc:creator>\n<guid isPermaLink='false'>https://old.example/?p={number}</guid><content:encoded><![CDATA[{content}]]></content:encoded>\n<wp:post_id>{number}</wp:post_id><wp:post_date>2020-{month:02}-15 09:00:00</wp:post_date><wp:post_date_gmt>2020-{month:02}-15 {hour:02}:00:00</wp:post_date_gmt><wp:post_name>story-{number}</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type><category domain='category' nicename='local-news'><![CDATA[Local &amp; near]]></category>{rest}</item>\n"
    )
}

fn attachment(number: usize, parent: usize, name: &str, rest: &str) -> String {
    format!(
        "<item><title>{name}</title><link>https://old.example/2020/02/story-1/{name}/</link><wp:post_id>{number}</wp:post_id><wp:post_parent>{parent}</wp:post_parent><wp:status>inherit</wp:status><wp:post_type>attachment</wp:post_type><wp:attachment_url>https://old.example/wp-content/uploads/2020/{name}.jpg</wp:attachment_url>{rest}</item>\n"
    )
}

fn meta(key: &str, value: &str) -> String {
    format!(
        "<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    )
}

/// The imported text of a post with this content.
fn text(content: &str) -> String {
    let (site, run) = one(&format!("{HEAD}{}{END}", post(1, content, "")));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let article = article(&site, "story-1.md");
    article.split_once("\n---\n\n").unwrap().1.to_owned()
}

#[test]
fn settings_of_an_export_are_imported() {
    let page = post(40, "About", "")
        .replace(">post<", ">page<")
        .replace("/2020/05/story-40/", "/about/")
        .replace(">Story 40<", ">About us<");
    let entry = |number: usize, order: usize, metas: String| {
        format!(
            "<item><title></title><link>https://old.example/?p={number}</link><wp:post_id>{number}</wp:post_id><wp:menu_order>{order}</wp:menu_order><wp:status>publish</wp:status><wp:post_type>nav_menu_item</wp:post_type><category domain='nav_menu' nicename='top'>Top</category>{metas}</item>"
        )
    };
    let menu = entry(51, 2, meta("_menu_item_type", "post_type") + &meta("_menu_item_object_id", "40"))
        + &entry(50, 1, meta("_menu_item_type", "taxonomy") + &meta("_menu_item_object_id", "3"));
    let posts: String = (0..24).map(|number| post(number, "Text.", "")).collect();
    let (site, run) = one(&format!("{HEAD}{posts}{page}{menu}{END}"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let settings = settings(&site);
    for part in [
        "title: The Old Paper & more",
        "description: News of the port",
        "base_url: https://old.example/",
        "language: en-GB",
        "timezone: Europe/London",
        "permalink: /:year/:month/:slug/",
        "slug: local-news",
        "Local & near",
        "What happens here",
        "Ana Berg",
        "/category/local-news/",
        "/author/ab/",
        "/feed/",
    ] {
        assert!(settings.contains(part), "{part}: {settings}");
    }
    assert!(!settings.contains("ana@"), "{settings}");
    // With the URL pattern of the old site, no story needs an alias.
    assert!(!article(&site, "story-3.md").contains("aliases"), "{}", article(&site, "story-3.md"));
    let built = site.run(&[]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    assert!(site.path("public/2020/04/story-3/index.html").is_file());
    assert!(site.path("public/about/index.html").is_file());
}

#[test]
fn a_truncated_export_is_imported_as_far_as_possible() {
    let whole = format!("{HEAD}{}{}{}{END}", post(1, "One", ""), post(2, "Two", ""), post(3, "Three", ""));
    for (end, words, line) in
        [("<wp:post_id>3", "ends within the item", 12), ("</channel>", "ends before `</rss>`", 15)]
    {
        let (site, run) = one(&whole[..whole.find(end).unwrap()]);
        assert_eq!(run.code, Some(1));
        assert!(
            run.stderr.contains(words) && run.stderr.contains(&format!("export.xml:{line}:")),
            "{}",
            run.stderr
        );
        assert!(
            article(&site, "story-1.md").ends_with("One") && article(&site, "story-2.md").ends_with("Two")
        );
    }
}

#[test]
fn a_damaged_item_does_not_affect_others() {
    let items = format!(
        "{}{}{}",
        post(1, "One", ""),
        post(2, "Two", "<b>"),
        post(3, "Three &#8217; ]]]]><![CDATA[> end", "")
    );
    let (site, run) = one(&format!("{HEAD}{items}{END}"));
    assert!(
        run.stderr.contains("export.xml:11:") && run.stderr.contains("does not close `<b>`"),
        "{}",
        run.stderr
    );
    assert!(article(&site, "story-1.md").ends_with("One"));
    assert!(
        article(&site, "story-3.md").ends_with("Three ’ \\]\\]> end")
            || article(&site, "story-3.md").ends_with("Three ’ ]]> end"),
        "{}",
        article(&site, "story-3.md")
    );
}

#[test]
fn bytes_that_xml_forbids_do_not_stop_an_import() {
    let site = Site::bare(&[]);
    let mut export = format!("{HEAD}{}", post(1, "Caf", "")).into_bytes();
    let at = export.windows(3).position(|part| part == b"Caf").unwrap() + 3;
    // A letter in Windows-1252 and a control character in a text that is otherwise UTF-8.
    export.splice(at..at, *b"\xe9 \x0b\xc3\xa9");
    export.extend_from_slice(END.as_bytes());
    site.write("../old/export.xml", &export);
    let run = import(&site, &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(article(&site, "story-1.md").ends_with("Café é"), "{}", article(&site, "story-1.md"));
}

#[test]
fn entities_of_a_document_type_are_never_expanded() {
    let bomb = HEAD.replace("<rss ", "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><rss ");
    let (_, run) = one(&format!("{bomb}{}{END}", post(1, "x", "").replace("Story 1", "&b;")));
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("unknown entity `&b;`"), "{}", run.stderr);
}

#[test]
fn other_prefixes_and_versions_of_the_format_are_read() {
    let export =
        format!("{HEAD}{}{END}", post(1, "Text", "<category><![CDATA[Local &amp; near]]></category>"))
            .replace("/export/1.2/", "/export/1.0/")
            .replace("xmlns:wp", "xmlns:w")
            .replace("wp:", "w:");
    let (site, run) = one(&export);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(article(&site, "story-1.md").contains("date: 2020-02-15T09:00:00Z"));
    assert!(!article(&site, "story-1.md").contains("tags:"));
}

#[test]
fn a_picture_in_another_export_is_found() {
    let story = post(
        1,
        "[gallery]\n\n<a href='https://www.old.example/?p=2#x'>two</a> <a href='https://old.example/2020/03/story-2'>again</a> <a href='https://other.example/2020/03/story-2/'>other</a>",
        &meta("_thumbnail_id", "9"),
    );
    let excerpt = "<excerpt:encoded>The port</excerpt:encoded>".to_owned()
        + &meta("_wp_attachment_image_alt", "Cranes")
        + &meta("_wp_attachment_metadata", "a:1:{s:10:\"image_meta\";a:1:{s:6:\"credit\";s:7:\"Jo Lind\";}}");
    let files = [
        ("posts.xml", format!("{HEAD}{story}{}{END}", post(2, "Two", ""))),
        (
            "media.xml",
            format!("{HEAD}{}{}{END}", attachment(9, 1, "a", &excerpt), attachment(10, 1, "b", "")),
        ),
        ("wp-content/uploads/2020/a.jpg", "a".to_owned()),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let (site, run) = moved(&files, &[]);
    let text = article(&site, "story-1/index.md");
    for part in [
        "src: 2020-a.jpg",
        "alt: Cranes",
        "caption: The port",
        "credit: Jo Lind",
        "![Cranes](2020-a.jpg \"The port\")",
        "![](https://old.example/wp-content/uploads/2020/b.jpg)",
        "[two](/2020/03/story-2/#x)",
        "[again](/2020/03/story-2)",
        "[other](https://other.example/2020/03/story-2/)",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(run.stderr.contains("pictures still load from the old host"), "{}", run.stderr);
    assert!(settings(&site).contains("/2020/02/story-1/a/"), "{}", settings(&site));
}

#[test]
fn resized_pictures_are_replaced_by_the_originals() {
    let export = format!(
        "{HEAD}{}{END}",
        post(
            1,
            "<img src='https://i0.wp.com/old.example/wp-content/uploads/2020/a-300x200.jpg?w=300'> <img src='https://old.example/wp-content/uploads/../../secret.jpg'>",
            ""
        )
    );
    let (site, _) = moved(&[("export.xml", &export), ("uploads/2020/a.jpg", "a"), ("secret.jpg", "s")], &[]);
    assert!(article(&site, "story-1/index.md").contains("![](2020-a.jpg)"));
    assert!(!site.path("content/local-news/2020-02-15-story-1/secret.jpg").exists());
}

#[test]
fn code_is_imported_unchanged() {
    for (content, expected) in [
        (
            "[sourcecode language=\"php\"]\n<?php if ($a < 3) { echo \"[caption]\"; }\n# not a heading\nhttps://a.example/\n[/sourcecode]",
            "<?php if ($a < 3) { echo \"[caption]\"; }\n# not a heading\nhttps://a.example/\n",
        ),
        ("[code]a &lt; b[/code]", "\na < b\n"),
        ("<pre>[gallery ids=\"1\"]\n\n\n[php]x[/php]</pre>", "[gallery ids=\"1\"]\n\n\n[php]x[/php]\n"),
        ("[css]\nb {}\n[/css]\n\nafter", "b {}\n```\n\nafter"),
        (
            "<!-- wp:code -->\n<pre class=\"wp-block-code\"><code>[embed]x[/embed]</code></pre>\n<!-- /wp:code -->",
            "\n[embed]x[/embed]\n",
        ),
    ] {
        let text = text(content);
        assert!(text.contains("```") && text.contains(expected), "{content}: {text}");
    }
}

#[test]
fn shortcodes_and_blocks_are_converted() {
    for (content, expected) in [
        ("One\ntwo\n\nthree", "One\\\ntwo\n\nthree"),
        ("<pre>a\n\nb</pre>\nc", "```\na\n\nb\n```\n\nc"),
        ("<blockquote>a\n\nb</blockquote>\n\nc", "> a\n>\n> b\n\nc"),
        ("a\n\n<!--more Read on-->\n\nb", "a\n\n<!--more-->\n\nb"),
        ("a\n\n<!--nextpage-->\n\nb", "a\n\nb"),
        ("[youtube abcdefghijk]", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("[youtube=https://youtu.be/abc]", "https://youtu.be/abc"),
        ("[embed width=\"3\"]https://v.example/1[/embed] b", "https://v.example/1\n\nb"),
        ("[audio mp3=\"https://old.example/a.mp3\"][/audio]", "https://old.example/a.mp3"),
        ("[vc_row][vc_column width=\"1/2\"]Text[/vc_column][/vc_row]", "Text"),
        ("[video src=\"https://old.example/a.mp4\"][/video]", "https://old.example/a.mp4"),
        ("[wpvideo abc w=300]", "https://videopress.com/v/abc"),
        ("[youtube id=”abc”]", "https://www.youtube.com/watch?v=abc"),
        ("[one_half]Left[/one_half][one_half_last]Right[/one_half_last]", "Left\n\nRight"),
        ("he said [sic] and [1]", "he said [sic] and [1]"),
        ("write [[gallery]] there", "write [gallery] there"),
        (
            "<ul><li><figure><img src=\"https://p.example/b.jpg\"><figcaption>One</figcaption></figure></li>\n<li><figure><img src=\"https://p.example/c.jpg\"><figcaption>Two</figcaption></figure></li></ul>",
            "![](https://p.example/b.jpg \"One\")\n\n![](https://p.example/c.jpg \"Two\")",
        ),
        (
            "[caption id=\"x\" caption=\"The mayor&#39;s boat\"]<img src=\"https://p.example/b.jpg\">[/caption]",
            "![](https://p.example/b.jpg \"The mayor's boat\")",
        ),
        (
            "<!-- wp:paragraph {\"a\":1} -->\n<p>One</p>\n<!-- /wp:paragraph -->\n\nloose\n\ntext",
            "One\n\nloose\n\ntext",
        ),
        (
            "<!-- wp:file --><div class=\"wp-block-file\"><a href=\"https://p.example/a.pdf\">Plan</a><a href=\"https://p.example/a.pdf\" class=\"wp-block-file__button\" download>Download</a></div><!-- /wp:file -->",
            "[Plan](https://p.example/a.pdf) [Download](https://p.example/a.pdf)",
        ),
    ] {
        assert_eq!(text(content), expected, "{content}");
    }
}

#[test]
fn the_shortcode_table_of_the_site_is_used() {
    let site = Site::bare(&[]);
    site.write("bulletin.yaml", "title: The Paper\nbase_url: https://old.example\n");
    site.write("import.map.yaml", "wordpress:\n  poll: '<p>Poll {{ params.id }}</p>'\n");
    site.write(
        "../old/export.xml",
        format!("{HEAD}{}{END}", post(1, "[poll id=\"3\"] [form id=\"4\"] [/end]", "")),
    );
    let run = import(&site, &[]);
    let text = article(&site, "story-1.md");
    assert!(text.contains("\n\nPoll 3\n\n") && text.contains("[form id=\"4\"]"), "{text}");
    assert!(run.stderr.contains("`form`") && !run.stderr.contains("`poll`"), "{}", run.stderr);
}

#[test]
fn reusable_blocks_and_notes_are_imported() {
    let shared = post(
        12,
        "<!-- wp:paragraph --><p>Support us.</p><!-- /wp:paragraph --><!-- wp:block {\"ref\":12} /-->",
        "",
    )
    .replace(">post<", ">wp_block<");
    let notes = meta("footnotes", "[{\"content\":\"The <em>source<\\/em>.\",\"id\":\"n1\"}]");
    let content = "<!-- wp:paragraph --><p>Text<sup data-fn=\"n1\" class=\"fn\"><a href=\"#n1\" id=\"n1-link\">1</a></sup>.</p><!-- /wp:paragraph --><!-- wp:block {\"ref\":12} /--><!-- wp:footnotes /--><!-- wp:acme/box {\"t\":1} /-->";
    let (site, run) = one(&format!("{HEAD}{}{shared}{END}", post(1, content, &notes)));
    let text = article(&site, "story-1.md");
    assert!(text.contains("Support us.") && text.contains("The *source*."), "{text}");
    assert!(run.stderr.contains("`wp:acme/box`"), "{}", run.stderr);
}

#[test]
fn reader_comments_are_kept_as_data() {
    let comment = |id: &str, approved: &str, kind: &str| {
        format!(
            "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author><![CDATA[Reader {id}]]></wp:comment_author><wp:comment_author_email>r@x.example</wp:comment_author_email><wp:comment_author_IP>192.0.2.1</wp:comment_author_IP><wp:comment_date_gmt>2020-02-16 10:00:00</wp:comment_date_gmt><wp:comment_content><![CDATA[I <b>saw</b> it.]]></wp:comment_content><wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type><wp:comment_parent>0</wp:comment_parent></wp:comment>"
        )
    };
    let comments = comment("1", "1", "")
        + &comment("2", "0", "")
        + &comment("3", "spam", "")
        + &comment("4", "1", "pingback");
    let (site, run) = one(&format!("{HEAD}{}{END}", post(1, "Text", &comments)));
    let kept: serde_json::Value =
        serde_json::from_str(&site.read("data/comments/local-news/2020-02-15-story-1.json")).unwrap();
    assert_eq!(kept["id"], "https://old.example/?p=1");
    let expected = serde_json::json!([{"id": "1", "author": "Reader 1", "date": "2020-02-16T10:00:00Z", "text": "I **saw** it."}]);
    assert_eq!(kept["comments"], expected);
    assert!(run.stderr.contains("data/comments"), "{}", run.stderr);
    assert_eq!(site.run(&[]).code, Some(0));
    assert!(!site.public().values().any(|bytes| String::from_utf8_lossy(bytes).contains("Reader 1")));
}

#[test]
fn private_posts_are_hidden_and_plugin_data_is_read() {
    let with = |rest: &str, from: &str, to: &str| {
        let (site, run) = one(&format!("{HEAD}{}{END}", post(1, "Text", rest).replace(from, to)));
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        (article(&site, "story-1.md"), run.stderr)
    };
    for status in ["draft", "pending", "private", "odd"] {
        assert!(with("", ">publish<", &format!(">{status}<")).0.contains("draft: true"), "{status}");
    }
    assert!(!with("", ">publish<", ">future<").0.contains("draft: true"));
    assert!(with("<wp:post_password>x</wp:post_password>", "", "").0.contains("draft: true"));
    assert!(with("<wp:is_sticky>1</wp:is_sticky>", "", "").1.contains("pinned_until"));
    let plugins = meta("_yoast_wpseo_metadesc", "What it says")
        + &meta("_yoast_wpseo_canonical", "https://first.example/1")
        + &meta("_yoast_wpseo_meta-robots-noindex", "1")
        + &meta("_wp_old_slug", "older");
    let article = with(&plugins, "", "").0;
    for part in
        ["deck: What it says", "canonical_url: https://first.example/1", "noindex: true", "- /2020/02/older/"]
    {
        assert!(article.contains(part), "{part}: {article}");
    }
    let guests = "<category domain='author' nicename='cap-jo'>jo</category><category domain='author' nicename='cap-ab'>ab</category>";
    let guest = format!(
        "<item><title>Jo Lind</title><wp:post_id>77</wp:post_id><wp:post_name>cap-jo</wp:post_name><wp:status>publish</wp:status><wp:post_type>guest-author</wp:post_type>{}</item>",
        meta("cap-display_name", "Jo Lind")
    );
    let article = with(guests, "<item>", &format!("{guest}<item>")).0;
    assert!(article.contains("authors:\n- Jo Lind\n- Ana Berg\n"), "{article}");
    let article = with("", "<dc:creator><![CDATA[ab]]>", "<dc:creator><![CDATA[desk@old.example]]>").0;
    assert!(!article.contains('@') || !article.contains("authors:"), "{article}");
}

#[test]
fn posts_of_plugins_with_an_address_are_articles_and_others_are_counted() {
    let event = post(5, "At noon", "").replace(">post<", ">event<").replace(
        "<category domain='category' nicename='local-news'><![CDATA[Local &amp; near]]></category>",
        "",
    );
    let form = post(6, "x", "").replace(">post<", ">wpforms<").replace("/2020/07/story-6/", "/?p=6");
    let (site, run) = one(&format!("{HEAD}{}{event}{form}{END}", post(1, "Text", "")));
    assert!(article(&site, "event/2020-06-15-story-5.md").ends_with("At noon"));
    assert!(run.stderr.contains("a post of a custom type became a story in the section"), "{}", run.stderr);
    let again = import(&site, &[]);
    assert!(again.stderr.contains("Nothing to import"), "{}", again.stderr);
}

#[test]
fn posts_that_share_a_guid_are_separate() {
    let other = post(2, "Two", "").replace("?p=2<", "?p=1<");
    let (site, _) = one(&format!("{HEAD}{}{other}{END}", post(1, "One", "")));
    assert!(article(&site, "story-1.md").contains("id: https://old.example/?p=1#1"));
    assert!(article(&site, "story-2.md").contains("id: https://old.example/?p=1#2"));
}

#[test]
fn hostile_content_is_read_quickly() {
    let parts = ["[caption]", "<pre>\n", "[", "\n", "[a b=", "[code]", "<code>", "<!-- wp:x -->", "[embed]"];
    let items: String =
        parts.iter().enumerate().map(|(number, part)| post(number + 1, &part.repeat(50_000), "")).collect();
    let start = std::time::Instant::now();
    let (_, run) = one(&format!("{HEAD}{items}{END}"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}

#[test]
fn a_large_export_is_read_completely() {
    let items: String = (1..=1100).map(|number| post(number, "Text.", "")).collect();
    let (site, run) = one(&format!("{HEAD}{items}{END}"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("Imported 1,100 stories"), "{}", run.stderr);
    let count = crate::support::tree(&site.path("content")).len();
    assert_eq!(count, 1100);
}

#[test]
fn ghost_posts_keep_their_old_urls() {
    let post = |id: u32, slug: &str| serde_json::json!({"id": id.to_string(), "title": slug, "slug": slug, "html": "<p>Text.</p>", "status": "published", "published_at": "2023-05-01T10:00:00.000Z"});
    let data = serde_json::json!({"posts": [post(1, "ferry-back"), post(2, "fog")], "tags": [{"id": "t", "name": "Port", "slug": "port", "description": "Ships"}],
        "posts_tags": [{"post_id": "1", "tag_id": "t", "sort_order": 0}], "users": [], "settings": [{"key": "title", "value": "The Quay"}, {"key": "timezone", "value": "Europe/Athens"},
        {"key": "navigation", "value": "[{\"label\":\"Fog\",\"url\":\"__GHOST_URL__/fog/\"}]"}]});
    let export = serde_json::json!({"db": [{"data": data}]}).to_string();
    let (site, run) = moved(
        &[
            ("ghost.json", &export),
            (
                "redirects.json",
                "[{\"from\": \"^/gone/$\", \"to\": \"/fog/\"}, {\"from\": \"^/(.*)$\", \"to\": \"/$1\"}]",
            ),
        ],
        &[],
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let settings = settings(&site);
    for part in ["title: The Quay", "timezone: Europe/Athens", "permalink: /:slug/", "/gone/", "/tag/port/"] {
        assert!(settings.contains(part), "{part}: {settings}");
    }
    assert!(!article(&site, "ferry-back.md").contains("aliases"), "{}", article(&site, "ferry-back.md"));
    assert!(!article(&site, "fog.md").contains("tags:"));
    fs::write(site.path("../old/ghost.json"), &export[..export.len() - 9]).unwrap();
    let run = import(&site, &["--from", "ghost"]);
    assert!(run.stderr.contains("not valid JSON") && run.stderr.contains("truncated"), "{}", run.stderr);
}
