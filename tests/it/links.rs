//! References in any notation to pages that are visible, hidden or missing.

use crate::support::{Site, assert_same, story};

const SETTINGS: &str = "title: Plain Paper\nbase_url: https://news.example/\ntheme: plain\napi: true\nfeeds:\n  full_text: true\n";

/// A site with a hidden story (until 2099), a visible one, and one with this text.
fn site(text: &str) -> Site {
    Site::new(&[
        ("bulletin.yaml", SETTINGS),
        ("content/secret-merger.md", &story("Merger", "2026-11-01", "embargo: 2099-01-01\n", "Text.")),
        ("content/b.md", &story("B", "2026-11-01", "", "## Talks\n\nText. <a name=\"far\"></a>")),
        ("content/open.md", &story("Open", "2026-11-02", "", text)),
        ("content/about.md", "---\ntitle: About\n---\nText.\n"),
    ])
}

fn all_of(site: &Site) -> String {
    let files = site.public().into_iter();
    files.map(|(path, bytes)| format!("{path}\n{}\n", String::from_utf8_lossy(&bytes))).collect()
}

fn codes(site: &Site) -> Vec<String> {
    let run = site.json(&[]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    run.places().into_iter().map(|(code, _, _)| code).collect()
}

#[test]
fn links_by_url_do_not_reveal_hidden_stories() {
    for link in [
        "[a](secret-merger.md)",
        "[b](/2026/11/secret-merger/)",
        "[b](/2026/11/secret-merger)",
        "[b](/2026/11/secret-merger/index.html)",
        "[b](/2026/11/secret-merger/?a=b#c)",
        "[b](/2026/11/Secret-Merger/)",
        "[b](/2026/11/secret-merger/photo.jpg)",
        "[b](/2026/11/secret-merger/index.json)",
        "[b](/2026/./11/x/../secret-merger/)",
        "[b](/2026//11/secret-merger/)",
        "[b](\\2026\\11\\secret-merger/)",
        "[c](https://news.example/2026/11/secret-merger/)",
        "[c](HTTPS://News.Example/2026/11/secret-merger/)",
        "[c](http://news.example:80/2026/11/secret-merger/)",
        "[c](https://www.news.example/2026/11/secret-merger/)",
        "[c](https://desk@news.example/2026/11/secret-merger/)",
        "[c](https:/news.example/2026/11/secret-merger/)",
        "[c](https://n%65ws.example/2026/11/secret-merger/)",
        "[d](../secret-merger/)",
        "[d](./../secret-merger)",
        "[d](secret-merger)",
        "[d](secret-merger/)",
        "[d](secret-merger.html)",
        "[e](//news.example/2026/11/secret-merger/)",
        "[g](/2026/11/%73ecret-merger/)",
        "[g](%2e%2e/secret%2Dmerger/)",
        "[h](/2026/12/secret-merger/)",
        "[h](https://share.example/?u=https%3A%2F%2Fnews.example%2F2026%2F11%2Fsecret-merger%2F)",
        "[h](mailto:?body=https://news.example/2026/11/secret-merger/)",
        "<https://news.example/2026/11/secret-merger/>",
        "[/2026/11/secret-merger/](/2026/11/secret-merger/ \"secret-merger\")",
        "[i]\n\n[i]: /2026/11/secret-merger/ 'secret-merger'\n",
        "![a](/2026/11/secret-merger/photo.jpg)",
        "<a href=\"/2026/11/secret-merger\">f</a>",
        "<a href='secret&#45;merger.md'>f</a>",
        "<a href=&#47;2026/11/secret&hyphen;merger/>f</a> [x](/2026/11/secret-merger/)",
        "<object data=\"secret-merger.md\">f</object>",
        "<q cite=/2026/11/secret-merger/>f</q>",
        "<form action=../secret-merger/><button formaction=../secret-merger/>f</button></form>",
        "<svg><use xlink:href='/2026/11/secret-merger/#x'/></svg>",
        "<img longdesc=/2026/11/secret-merger/ src=\"/2026/11/secret-merger/a.png\" alt=x>",
        "<video poster=/2026/11/secret-merger/a.png></video>",
        "<img srcset='/2026/11/secret-merger/a.png 1x, x.png 2x' alt=x>",
        "<a ping='/x /2026/11/secret-merger/'>f</a>",
        "<meta http-equiv=refresh content='0; url=/2026/11/secret-merger/'>",
        "<param name=to value=/2026/11/secret-merger/>",
        "<b data-to=/2026/11/secret-merger/ title='https://news.example/2026/11/secret-merger/'>f</b>",
        "<b onclick=\"location='/2026/11/secret-merger/'\" style='background:url(/2026/11/secret-merger/a.png)'>f</b>",
        "<!-- ask about secret-merger -->",
    ] {
        let site = site(link);
        let codes = codes(&site);
        if !link.starts_with("<!--") {
            assert!(codes.iter().any(|code| code == "link/hidden"), "{link}: {codes:?}");
        }
        let all = all_of(&site).to_lowercase();
        assert!(
            !["secret-merger", "secret%2dmerger", "secret&#45;merger", "%73ecret"]
                .iter()
                .any(|name| all.contains(name)),
            "{link}\n{}",
            all.lines().filter(|line| line.contains("merger")).collect::<Vec<_>>().join("\n")
        );
    }
}

#[test]
fn dead_links_in_any_form_are_reported() {
    for link in [
        "../nope/",
        "nope",
        "sub/nope/",
        "https://news.example/2026/11/nope/",
        "http://news.example/nope/",
        "//news.example/nope/",
        "2026-11-02-folder/",
        "/2026/11/nope/",
        "/2026/11/B/",
        "\\nope/",
    ] {
        for text in [format!("A [link]({link})."), format!("<a href=\"{link}\">x</a>")] {
            let site = site(&text);
            let found = site.json(&[]).places();
            assert_eq!(found, [("link/no-page".to_owned(), "content/open.md".to_owned(), Some(5))], "{text}");
        }
    }
}

#[test]
fn working_links_are_not_reported() {
    let text = "[a](../b/) [b](../b) [c](/2026/11/b/#talks) [d](https://news.example/2026/11/b) [e](b.md#far) [f](b) [g](b.html)\n\
        [h](../../../atom.xml) [i](/2026/11/) [j](https://other.example/2026/11/nope/) [k](?x=1) [l](.) [m](//other.example/nope)\n\
        [n](/about/index.html) [o](../../../about#top) [p](/about/?x#:~:text=Text) [q](mailto:desk@news.example)\n";
    let site = site(text);
    assert_eq!(codes(&site), Vec::<String>::new());
    let page = site.read("public/2026/11/open/index.html");
    for (link, leads_to) in
        [("f", "/2026/11/b/"), ("g", "/2026/11/b/"), ("e", "/2026/11/b/#far"), ("a", "../b/")]
    {
        assert!(page.contains(&format!("<a href=\"{leads_to}\">{link}</a>")), "{link}: {page}");
    }
}

#[test]
fn fragments_of_links_by_url_are_checked() {
    for link in ["/2026/11/b/#nope", "../b/#nope", "https://news.example/2026/11/b#nope", "/about/#nope"] {
        let site = site(&format!("[a]({link})"));
        assert_eq!(codes(&site), ["link/no-heading"], "{link}");
    }
    let here =
        site("<b id=x>x</b>\n\n<div>\n<a name='y&amp;z'></a>\n</div>\n\n[a](#x) [b](#y&z) [c](#talks)");
    assert_eq!(codes(&here), ["link/no-heading"]);
}

#[test]
fn links_of_a_site_with_a_base_path_are_checked() {
    let settings = SETTINGS.replace("news.example/", "news.example:8080/daily/");
    for (link, code) in [
        ("/2026/11/secret-merger/", Some("link/hidden")),
        ("/daily/2026/11/secret-merger/", Some("link/hidden")),
        ("https://news.example:8080/daily/2026/11/secret-merger/", Some("link/hidden")),
        ("../../../../daily/2026/11/secret-merger/", Some("link/hidden")),
        ("https://news.example:8080/daily/nope/", Some("link/no-page")),
        ("https://news.example:8080/other/", None),
        ("../../../../other/", None),
        ("/daily/2026/11/b/", None),
        ("/2026/11/b/", None),
    ] {
        let site = site(&format!("[a]({link})"));
        site.write("bulletin.yaml", &settings);
        let codes = codes(&site);
        assert_eq!(codes.first().map(String::as_str), code, "{link}");
        assert!(!all_of(&site).contains("secret-merger"), "{link}");
    }
}

#[test]
fn front_matter_does_not_reveal_a_hidden_story() {
    for keys in [
        "image: {src: /2026/11/secret-merger/a.png, alt: x}\n",
        "image: https://news.example/2026/11/secret-merger/a.png\n",
        "canonical_url: https://news.example/2026/11/secret-merger/\n",
        "authors:\n- {name: Ann, url: /2026/11/secret-merger/}\n",
        "related: [secret-merger.md]\n",
    ] {
        let site = site("Text.");
        site.write("content/open.md", story("Open", "2026-11-02", keys, "Text."));
        let codes = codes(&site);
        assert!(
            keys.starts_with("related") || codes.iter().any(|code| code == "link/hidden"),
            "{keys}: {codes:?}"
        );
        assert!(!all_of(&site).contains("secret-merger"), "{keys}");
    }
}

#[test]
fn data_files_and_themes_do_not_reveal_a_hidden_story() {
    let template = "{% set menu = data(file=\"menu.yaml\") %}{% for item in menu %}<i>{{ item.title }}{% if item.url %} {{ item.url }}{% endif %}</i>\
        {% endfor %}<b>{{ url(path=\"/2026/11/secret-merger/\") }}|{{ url(path=\"/about/\") }}</b>";
    let site = site("Text.");
    site.write("templates/front.html", template);
    site.write(
        "data/menu.yaml",
        "- {title: A, url: /2026/11/secret-merger/}\n- {title: B, url: /about/}\n\
        - {title: C, url: https://news.example/2026/11/Secret-Merger/}\n",
    );
    site.write(
        "content/open.md",
        story("Open", "2026-11-02", "extra: {more: ../secret-merger/, less: ../b/}\n", "Text."),
    );
    site.build(&[]);
    let front = site.read("public/index.html");
    assert_eq!(front, "<i>A</i><i>B /about/</i><i>C</i><b>|/about/</b>");
    assert!(!all_of(&site).to_lowercase().contains("secret-merger"));
    assert!(site.read("public/2026/11/open/index.html").contains("../b/"));
    site.write("content/secret-merger.md", story("Merger", "2026-11-01", "", "Text."));
    site.build(&[]);
    let incremental = site.public();
    assert!(site.read("public/index.html").contains("<i>A /2026/11/secret-merger/</i>"));
    assert!(site.read("public/2026/11/open/index.html").contains("../secret-merger/"));
    site.build(&["--clean"]);
    assert_same(&site.public(), &incremental, "the hidden story is shown");
}

#[test]
fn links_are_the_same_in_incremental_and_clean_builds() {
    let text = "[a](/2026/11/secret-merger/) [b](../secret-merger/) <https://news.example/2026/11/secret-merger/>\n\n\
        <b data-to='/2026/11/secret-merger/'>x</b> [c](secret-merger) [e](../new/)";
    let site = site(text);
    let clean = |step: &str| {
        let (run, incremental) = (site.json(&[]), site.public());
        let again = site.json(&["--clean"]);
        assert_same(&site.public(), &incremental, step);
        assert_eq!(run.places(), again.places(), "{step}");
        run.places()
    };
    assert!(clean("hidden").iter().any(|(code, _, _)| code == "link/hidden"));
    site.write("content/secret-merger.md", story("Merger", "2026-11-01", "", "Text."));
    assert!(!clean("shown").iter().any(|(code, _, _)| code == "link/hidden"));
    assert!(site.read("public/2026/11/open/index.html").contains("<a href=\"../secret-merger/\">b</a>"));
    site.write("content/new.md", story("New", "2026-11-03", "", "Text."));
    assert!(!clean("new").iter().any(|(code, _, _)| code == "link/no-page"));
    site.write("content/secret-merger.md", story("Merger", "2026-11-01", "status: withheld\n", "Text."));
    clean("withheld");
    assert!(!all_of(&site).contains("secret-merger"));
    site.remove("content/secret-merger.md");
    clean("gone");
}

#[test]
fn comments_are_not_published() {
    for text in [
        "<!-- NOTE -->\n\nText <!-- NOTE --> goes on.",
        "Text <!-- NOTE\n\nNOTE --> goes on.",
        "# Talks <!-- NOTE -->\n\n- a <!-- NOTE -->\n  > b <!-- NOTE\n  > NOTE -->\n",
        "| a |\n|---|\n| b <!-- NOTE --> |\n\nc[^1]\n\n[^1]: d <!-- NOTE -->\n",
        "<div>\n<!-- NOTE\n\nNOTE -->\n</div>",
        "<div><p>a<!-- NOTE --></p></div>",
        "Text.\n\n<!-- NOTE\n\nNOTE",
        "Text <!-- NOTE\n\nNOTE",
        "<!--[if IE]> NOTE <![endif]-->",
        "<?php NOTE ?>\n\n<!DOCTYPE NOTE>\n\n<![CDATA[ NOTE ]]>",
        "a <?php NOTE ?> <!DOCTYPE NOTE> <![CDATA[ NOTE ]]>",
        "Text <!-- NOTE --!> goes on.",
        "![a <!-- NOTE --> b](https://other.example/a.png \"c <!-- NOTE -->\")",
    ] {
        let site = site(text);
        site.build(&[]);
        assert!(!all_of(&site).contains("NOTE"), "{text}");
        let unclosed = text.ends_with("NOTE");
        assert_eq!(codes(&site), vec!["markdown/open-comment"; usize::from(unclosed)], "{text}");
    }
}

#[test]
fn comments_in_code_are_published() {
    let site = site("`<!-- a -->`\n\n<script>\n<!--\nb()\n-->\n</script>\n\nOne.\n\n<!--more-->\n\nTwo.");
    site.build(&[]);
    let page = site.read("public/2026/11/open/index.html");
    assert!(page.contains("<code>&lt;!-- a --&gt;</code>") && page.contains("<!--\nb()\n-->"), "{page}");
    assert!(!page.contains("more"), "{page}");
}

#[test]
fn an_escaped_ampersand_in_a_link_is_valid() {
    let site = site("<a href=\"c&amp;d.md\">x</a> <a href='java&#115;cript:alert(1)'>y</a>");
    site.write("content/c&d.md", story("C", "2026-11-01", "", "Text."));
    assert_eq!(codes(&site), ["link/unsafe"]);
    let page = site.read("public/2026/11/open/index.html");
    assert!(page.contains("<a href=\"/2026/11/c-and-d/\">x</a> <a >y</a>"), "{page}");
}

#[test]
fn settings_and_data_do_not_reveal_a_hidden_story() {
    let site = site("Text.");
    let url = "https://news.example/2026/11/secret-merger/";
    let settings = format!(
        "{SETTINGS}publisher:\n  url: {url}\n  policies: {{ethicsPolicy: /2026/11/secret-merger/, correctionsPolicy: /about/}}\n\
         security_txt: {{contact: 'mailto:a@news.example', expires: 2026-12-31T00:00:00Z, policy: '{url}'}}\n\
         trust_txt: {{contact: ['{url}', 'https://news.example/about/']}}\n\
         authors:\n  - {{slug: ann, name: Ann, url: '{url}', bio: 'Wrote [it all]({url}) and {url}.'}}\n",
    );
    site.write("bulletin.yaml", &settings);
    site.write("content/b.md", story("B", "2026-11-01", "authors: [ann]\n", "Text."));
    site.write("data/d.yaml", format!("a: 'Read [the report]({url}) or {url} now'\n"));
    site.write(
        "templates/page.html",
        "<html><head>{{ head() }}</head>{% set d = data(file=\"d.yaml\") %}{{ d.a | markdown | safe }}\
         {{ site.publisher.policies | json }}{% for a in articles(author=\"ann\") %}{{ a.authors | json }}{% endfor %}</html>",
    );
    let hidden = codes(&site).into_iter().filter(|code| code == "link/hidden").count();
    assert_eq!(hidden, 6);
    let all = all_of(&site);
    assert!(!all.contains("secret-merger"), "{all}");
    assert!(all.contains("Wrote") && all.contains("it all") && all.contains("the report"), "{all}");
    assert!(all.contains("correctionsPolicy"), "{all}");

    // It all appears with the story, and an incremental build equals a clean one.
    site.write("content/secret-merger.md", story("Merger", "2026-11-01", "", "Text."));
    site.build(&[]);
    let made = site.public();
    assert!(String::from_utf8_lossy(&made["trust.txt"]).contains("secret-merger"));
    assert!(String::from_utf8_lossy(&made["about/index.html"]).contains("secret-merger"));
    std::fs::remove_dir_all(site.path(".bulletin")).unwrap();
    std::fs::remove_dir_all(site.path("public")).unwrap();
    site.build(&[]);
    assert_same(&site.public(), &made, "incremental");
}

#[test]
fn the_url_of_a_hidden_story_in_a_deck_is_reported() {
    let site = site("Text.");
    let url = "https://news.example/2026/11/secret-merger/";
    for keys in [
        format!("deck: 'See {url}.'\n"),
        "kicker: /2026/11/secret-merger/\n".to_owned(),
        format!("corrections: [{{date: 2026-11-03, text: 'As \"{url}\" said'}}]\n"),
        format!("source: ['{url}']\n"),
    ] {
        site.write("content/b.md", story("B", "2026-11-01", &keys, "Text."));
        assert_eq!(codes(&site), ["link/hidden"], "{keys}");
    }
    site.write(
        "content/b.md",
        story("B", "2026-11-01", "deck: 1/2 and https://news.example/about/\n", "Text."),
    );
    assert_eq!(codes(&site), Vec::<String>::new());
}
