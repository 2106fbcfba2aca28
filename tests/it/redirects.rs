//! Guards old URLs, in articles and settings: they lead straight to the right page and reveal nothing hidden.

use crate::support::{Run, SETTINGS, Site, story};

/// A site with these redirects in its settings, two stories and a page.
fn site(redirects: &[(&str, &str)]) -> Site {
    let site = Site::new(&[
        ("content/world/a.md", &story("A", "2026-11-01", "", "Text.")),
        ("content/world/b.md", &story("B", "2026-11-02", "aliases: [/old-b/]\n", "Text.")),
        ("content/about.md", "---\ntitle: About\n---\nText.\n"),
        ("static/paper.pdf", "%PDF"),
    ]);
    settings(&site, SETTINGS, redirects);
    site
}

fn settings(site: &Site, settings: &str, redirects: &[(&str, &str)]) {
    let lines: String = redirects.iter().map(|(from, to)| format!("  {from}: {to}\n")).collect();
    site.write("bulletin.yaml", format!("{settings}redirects:\n{lines}"));
}

fn rules(site: &Site) -> Vec<String> {
    site.build(&[]);
    let text = site.read("public/_redirects");
    let rules: Vec<String> = text.lines().filter(|line| !line.ends_with('!')).map(str::to_owned).collect();
    for rule in &rules {
        let from = rule.split(' ').next().unwrap();
        // Netlify serves an existing page unless the rule is forced.
        let has_page = from.ends_with('/') || from.ends_with(".html");
        assert_eq!(
            text.contains(&format!("{rule}!\n{rule}\n")),
            has_page && rule.ends_with(" 301"),
            "{text}"
        );
    }
    rules
}

/// The problems of a site: code, file and line.
fn problems(site: &Site, code: i32) -> (Run, Vec<(String, String, Option<u64>)>) {
    let run = site.json(&[]);
    assert_eq!(run.code, Some(code), "{}{}", run.stdout, run.stderr);
    let places = run.places();
    (run, places)
}

fn place(code: &str, file: &str, line: u64) -> (String, String, Option<u64>) {
    (code.to_owned(), file.to_owned(), Some(line))
}

#[track_caller]
fn message(run: &Run, expected: &str) {
    let problems = run.problems();
    assert!(problems[0]["message"].as_str().unwrap().contains(expected), "{}", run.stdout);
}

#[test]
fn settings_redirect_to_pages_files_and_other_sites() {
    let site = site(&[
        ("/world-news/", "/world/"),
        ("/caf%C3%A9 [x]/", "/about"),
        ("/team.php", "https://plain.example/about/?x=1#the%20team “x”"),
        ("/paper/", "/paper.pdf"),
        ("/shop/", "https://[::1]:8080/ä b|c?q=\"1\"&r=$2&s[]='"),
    ]);
    let rules = rules(&site);
    assert_eq!(
        rules,
        [
            "/caf%C3%A9%20%5Bx%5D/ /about/ 301",
            "/old-b/ /2026/11/b/ 301",
            "/paper/ /paper.pdf 301",
            "/shop/ https://[::1]:8080/%C3%A4%20b%7Cc?q=%221%22&r=$2&s%5B%5D=%27 301",
            "/team.php /about/?x=1#the%20team%20%E2%80%9Cx%E2%80%9D 301",
            "/world-news/ /world/ 301",
        ]
    );
    let shop = site.read("public/shop/index.html");
    assert!(
        shop.contains(
            "content=\"0; url=https://[::1]:8080/%C3%A4%20b%7Cc?q=%221%22&amp;r=$2&amp;s%5B%5D=%27\""
        ),
        "{shop}"
    );
    assert!(!site.path("public/team.php").exists());
}

#[test]
fn redirects_include_the_base_path() {
    let site = site(&[]);
    settings(
        &site,
        "title: T\nbase_url: https://x.example:8080/news/\ntheme: plain\n",
        &[
            ("/a/", "https://x.example:8080/news/about/"),
            ("/b/", "https://x.example:8080/shop/"),
            ("/c/", "/about/#x"),
        ],
    );
    assert_eq!(
        rules(&site),
        [
            "/news/a/ /news/about/ 301",
            "/news/b/ https://x.example:8080/shop/ 301",
            "/news/c/ /news/about/#x 301",
            "/news/old-b/ /news/2026/11/b/ 301",
        ]
    );
}

#[test]
fn old_slugs_redirect_to_the_story() {
    let site = site(&[]);
    let keys = "old_slugs: [first, second, c]\naliases: [/2026/11/first/]\n";
    site.write("content/world/c.md", story("C", "2026-11-03", keys, "Text."));
    site.write(
        "content/world/d.md",
        story("D", "2026-11-04", "permalink: /:section/:slug.html\nold_slugs: [was]\n", ""),
    );
    site.write(
        "content/world/e.md",
        story("E", "2026-11-05", "permalink: /special/\nold_slugs: [usual]\n", ""),
    );
    site.write("content/info/contact.md", "---\ntitle: Contact\nold_slugs: [kontakt]\n---\nText.\n");
    site.write("content/help/index.md", "---\ntitle: Help\nold_slugs: [hilfe]\n---\nText.\n");
    assert_eq!(
        rules(&site),
        [
            "/2026/11/first/ /2026/11/c/ 301",
            "/2026/11/second/ /2026/11/c/ 301",
            "/2026/11/usual/ /special/ 301",
            "/hilfe/ /help/ 301",
            "/info/kontakt/ /info/contact/ 301",
            "/old-b/ /2026/11/b/ 301",
            "/world/was.html /world/d.html 301",
        ]
    );
}

#[test]
fn a_chain_is_resolved_to_its_target() {
    let site = site(&[
        ("/1/", "/2/"),
        ("/2/", "/3.php"),
        ("/3.php", "/old-b/"),
        ("/x/", "/y/"),
        ("/y/", "https://y.example/"),
    ]);
    assert_eq!(
        rules(&site),
        [
            "/1/ /2026/11/b/ 301",
            "/2/ /2026/11/b/ 301",
            "/3.php /2026/11/b/ 301",
            "/old-b/ /2026/11/b/ 301",
            "/x/ https://y.example/ 301",
            "/y/ https://y.example/ 301",
        ]
    );
    assert!(site.read("public/1/index.html").contains("0; url=/2026/11/b/"));
}

#[test]
fn a_loop_is_reported_once_with_all_its_redirects() {
    let site = site(&[("/in/", "/c/"), ("/b/", "/c/"), ("/c/", "/a/"), ("/a/", "/b/")]);
    let (run, places) = problems(&site, 1);
    assert_eq!(places, [place("redirect/loop", "bulletin.yaml", 8)]);
    message(&run, "redirects form a loop: /a/ → /b/ → /c/ → /a/");
    let related = &run.problems()[0]["related"];
    assert_eq!((related[0]["line"].as_u64(), related[1]["line"].as_u64()), (Some(6), Some(7)), "{related}");

    settings(&site, SETTINGS, &[("/a", "/a/")]);
    let (run, places) = problems(&site, 1);
    assert_eq!(places, [place("redirect/loop", "bulletin.yaml", 5)]);
    message(&run, "the redirect from `/a/` leads to itself");
}

#[test]
fn a_chain_keeps_the_first_fragment() {
    let site = site(&[
        ("/c/", "'/d/#q'"),
        ("/d/", "/2026/11/a/"),
        ("/e/", "/f/"),
        ("/f/", "'/g/?x=1#y'"),
        ("/g/", "'/old-b/#z'"),
        ("/h/", "'/i/#q'"),
        ("/i/", "https://i.example/"),
        ("/j/", "'/k/#q'"),
        ("/k/", "https://k.example/?id=1"),
    ]);
    assert_eq!(
        rules(&site),
        [
            "/c/ /2026/11/a/#q 301",
            "/d/ /2026/11/a/ 301",
            "/e/ /2026/11/b/?x=1#y 301",
            "/f/ /2026/11/b/?x=1#y 301",
            "/g/ /2026/11/b/#z 301",
            "/h/ https://i.example/#q 301",
            "/i/ https://i.example/ 301",
            "/j/ https://k.example/?id=1 301",
            "/k/ https://k.example/?id=1 301",
            "/old-b/ /2026/11/b/ 301",
        ]
    );
}

#[test]
fn a_loop_through_fragments_is_reported() {
    let site = site(&[("/s/", "'/s/#a'"), ("/x/", "'/y/#q'"), ("/y/", "/x/"), ("/z.php", "/z.php?again")]);
    let (run, places) = problems(&site, 1);
    assert_eq!(places, [5, 6, 8].map(|line| place("redirect/loop", "bulletin.yaml", line)));
    message(&run, "the redirect from `/s/` leads to itself");
    let second = run.problems()[1]["message"].to_string();
    assert!(second.contains("redirects form a loop: /x/ → /y/ → /x/"), "{second}");
}

#[test]
fn contradicting_redirects_are_an_error() {
    let site = site(&[("/old-b", "/2026/11/b/"), ("/old-a/", "/step/"), ("/step/", "/2026/11/a/")]);
    site.write("content/world/a.md", story("A", "2026-11-01", "aliases: [/old-a/]\n", "Text."));
    let (_, places) = problems(&site, 0);
    assert_eq!(places, []);

    settings(&site, SETTINGS, &[("/old-b.php", "/about/"), ("/old-a/", "/about/")]);
    let (run, places) = problems(&site, 1);
    assert_eq!(places.len(), 1, "{}", run.stdout);
    assert_eq!(places[0].0, "redirect/ambiguous");
    let printed = run.problems()[0].to_string();
    assert!(printed.contains("\"content/world/a.md\"") && printed.contains("\"bulletin.yaml\""), "{printed}");

    settings(&site, SETTINGS, &[]);
    for alias in ["/old-a/", "/old-a.php"] {
        site.write("content/world/a.md", story("A", "2026-11-01", &format!("aliases: [{alias}]\n"), "Text."));
        site.write("content/world/c.md", story("C", "2026-11-03", &format!("aliases: [{alias}]\n"), "Text."));
        let (run, places) = problems(&site, 1);
        assert_eq!(places, [place("redirect/ambiguous", "content/world/c.md", 4)], "{}", run.stdout);
        assert_eq!(run.problems()[0]["related"][0]["file"], "content/world/a.md");
    }
}

#[test]
fn a_page_wins_over_a_redirect() {
    for from in ["/about/", "/", "/world/", "/2026/11/a/", "/paper.pdf", "/404.html", "/About/"] {
        let (run, places) = problems(&site(&[(from, "https://x.example/")]), 1);
        assert_eq!(places, [place("route/collision", "bulletin.yaml", 5)], "{from}");
        message(&run, "a redirect in the settings");
    }
    let site = site(&[]);
    site.write("content/world/c.md", story("C", "2026-11-03", "old_slugs: [a]\n", "Text."));
    let (run, places) = problems(&site, 1);
    assert_eq!(places, [place("route/collision", "content/world/c.md", 4)]);
    message(&run, "an old slug of `content/world/c.md`");
}

#[test]
fn a_redirect_without_a_target_is_a_warning() {
    for (to, near) in [
        ("/2026/10/b/", "did you mean `/2026/11/b/`?"),
        ("/abuot/#x", "did you mean `/about/`?"),
        ("/nothing-like-it.zip", "point it to a page or file of the site, or to a URL elsewhere"),
    ] {
        let (run, places) = problems(&site(&[("/x/", to)]), 0);
        assert_eq!(places, [place("redirect/nowhere", "bulletin.yaml", 5)], "{to}");
        assert_eq!(run.problems()[0]["help"].as_str(), Some(near));
    }
    for (from, to) in [("/x/../y/", "/about/"), ("/x%ff/", "/about/"), ("/x/", "/../y/"), ("/x/", "/%00/")] {
        let (_, places) = problems(&site(&[(from, to)]), 1);
        assert_eq!(places, [place("route/invalid", "bulletin.yaml", 5)], "{from} {to}");
    }
}

#[test]
fn a_redirect_does_not_reveal_a_hidden_story() {
    let site = site(&[
        ("/go/", "/2026/11/qsecret/"),
        ("/file/", "/2026/11/qsecret/qplan.pdf"),
        ("/part/", "/2026/11/qsecret/#q"),
    ]);
    let keys = "draft: true\nslug: qsecret\naliases: [/qalias/, /qalias.php]\nold_slugs: [qslug]\n";
    site.write("content/world/c.md", story("C", "2026-11-03", keys, "Text."));
    let (run, places) = problems(&site, 0);
    let lines = [5, 6, 7].map(|line| place("link/hidden", "bulletin.yaml", line));
    assert_eq!(places, lines, "{}", run.stdout);
    for (path, bytes) in site.public() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!path.contains("/q") && !text.contains("/q"), "{path}: {text}");
    }
    assert_eq!(rules(&site), ["/old-b/ /2026/11/b/ 301"]);

    // An expired story may be redirected.
    settings(&site, SETTINGS, &[("/2026/11/c/", "/about/")]);
    site.write("content/world/c.md", story("C", "2026-11-03", "expires: 2026-11-20\n", "Text."));
    assert_eq!(rules(&site), ["/2026/11/c/ /about/ 301", "/old-b/ /2026/11/b/ 301"]);
}

#[test]
fn no_spelling_of_a_redirect_reveals_a_hidden_story() {
    let site = site(&[]);
    let keys = "slug: qsecret\nsection: qpart\ntags: [qtopic]\nauthors: [Qname]\nseries: Qline\n";
    site.write("content/c.md", story("C", "2027-11-01", keys, "Text."));
    site.write("content/d.md", story("D", "2027-11-02", "permalink: /later/qd.html\n", "![](qmap.png)"));
    site.write("content/qmap.png", b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xae\x42\x60\x82");
    for (to, code) in [
        ("http://plain.example/2027/11/qsecret/", "link/hidden"),
        ("https://PLAIN.example:443/2027/11/qsecret/", "link/hidden"),
        ("http://me@plain.example.:80/2027/11/qsecret/?a#b", "link/hidden"),
        ("https://plain.example/x/../2027/11/%71secret/", "link/hidden"),
        ("/2027/11/QSecret/", "link/hidden"),
        ("/2027/11/qsecret/index.json", "link/hidden"),
        ("/later/qd.json", "link/hidden"),
        ("/later/qmap.png", "link/hidden"),
        ("/qpart/", "link/hidden"),
        ("/qpart/rss.xml", "link/hidden"),
        ("/tags/qtopic/", "redirect/nowhere"),
        ("/Tags/QTopic/page/2/", "redirect/nowhere"),
        ("/authors/qname/", "redirect/nowhere"),
        ("/series/qline/#q", "redirect/nowhere"),
    ] {
        settings(&site, SETTINGS, &[("/go/", &format!("'{to}'"))]);
        let (_, places) = problems(&site, 0);
        assert_eq!(places, [place(code, "bulletin.yaml", 5)], "{to}");
        for (path, bytes) in site.public() {
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            let found = ["qsecret", "qd.", "qmap", "qpart", "qtopic", "qname", "qline"]
                .map(|word| text.contains(word) || path.contains(word));
            assert!(!found.contains(&true) && !path.starts_with("go/"), "{to}: {path}: {text}");
        }
    }
    // A redirect to a visible story is allowed.
    let lists = [("/go/", "http://plain.example:80/world/"), ("/went/", "https://plain.example:8080/world/")];
    settings(&site, SETTINGS, &lists);
    let expected =
        ["/go/ /world/ 301", "/old-b/ /2026/11/b/ 301", "/went/ https://plain.example:8080/world/ 301"];
    assert_eq!(rules(&site), expected);
}

#[test]
fn a_redirect_to_a_removed_redirect_has_no_target() {
    let site = site(&[("/1/", "/2/"), ("/2/", "/2026/11/qsecret/"), ("/3/", "/world/wrold/")]);
    site.write("content/world/c.md", story("C", "2026-11-03", "draft: true\nslug: qsecret\n", "Text."));
    let (run, places) = problems(&site, 0);
    let expected = [("redirect/nowhere", 5), ("link/hidden", 6), ("redirect/nowhere", 7)];
    assert_eq!(places, expected.map(|(code, line)| place(code, "bulletin.yaml", line)), "{}", run.stdout);
}

#[test]
fn rules_that_are_not_text_are_not_overwritten() {
    let site = site(&[("/x/", "/about/")]);
    site.write("static/_redirects", b"/a /b\n/caf\xe9 /cafe\n");
    let (run, places) = problems(&site, 1);
    assert_eq!(places, [("redirect/not-utf8".to_owned(), "static/_redirects".to_owned(), None)]);
    message(&run, "line 2 of these rules is not valid UTF-8");
}

#[test]
fn a_link_to_an_old_url_is_valid() {
    let site = site(&[("/old.php", "/about/")]);
    site.write(
        "content/world/c.md",
        story("C", "2026-11-03", "", "[a](/old.php) [b](/old-b/) [c](/older.php)"),
    );
    let (run, places) = problems(&site, 0);
    assert_eq!(places.len(), 1, "{}", run.stdout);
    message(&run, "/older.php");
}

#[test]
fn the_preview_follows_redirects_of_the_settings() {
    let site = site(&[("/go.php", "/about/"), ("/shop/", "https://shop.example/")]);
    let server = crate::support::server::Server::start(&site, &[]);
    let moved = server.get("/go.php");
    assert_eq!((moved.status, moved.header("location")), (Some(301), Some("/about/")));
    assert!(server.get("/shop/").text().contains("https://shop.example/"));
}

#[test]
fn a_story_removed_without_a_redirect_is_a_warning() {
    let site = Site::new(&[("bulletin.yaml", SETTINGS)]);
    for name in ["one", "two", "three", "four"] {
        site.write(&format!("content/world/{name}.md"), story(name, "2026-11-01", "", "Text."));
    }
    assert!(site.build(&[]).stderr.contains("Built 4 stories"));
    // One story is renamed with an alias, one without, one is hidden, and one is deleted.
    site.write(
        "content/world/one.md",
        story("one", "2026-11-01", "slug: first\nold_slugs: [one]\n", "Text."),
    );
    site.write("content/world/two.md", story("two", "2026-11-01", "slug: second\n", "Text."));
    site.write("content/world/three.md", story("three", "2026-11-01", "embargo: 2027-01-01\n", "Text."));
    site.remove("content/world/four.md");
    let run = site.build(&[]);
    let lost = |name: &str| run.stderr.contains(&format!("the last build had a story at /2026/11/{name}/"));
    assert_eq!(["one", "two", "three", "four"].map(lost), [false, true, false, true], "{}", run.stderr);
    // The warning is repeated until it is fixed.
    assert_eq!(site.build(&[]).stderr.matches("an earlier build had a story at").count(), 2);
}
