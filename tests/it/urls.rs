//! URLs, slugs and ids, which must never change.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{AS_OF, Run, SETTINGS, Site, assert_same, bulletin, story};

fn settings(more: &str) -> String {
    format!("{SETTINGS}{more}")
}

/// The paths of the pages in a folder of the output, without `index.html`.
fn pages(site: &Site, folder: &str) -> BTreeSet<String> {
    let public = site.public();
    let below = public.keys().filter_map(|path| path.strip_prefix(folder)?.strip_suffix("/index.html"));
    // Except lists of days.
    below.filter(|path| !path.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned).collect()
}

fn codes(site: &Site, args: &[&str]) -> Vec<String> {
    site.json(args).places().into_iter().map(|(code, ..)| code).collect()
}

/// Fails unless an incremental build equals a clean one.
fn assert_as_from_nothing(site: &Site) {
    let over = site.public();
    std::fs::remove_dir_all(site.path("public")).unwrap();
    std::fs::remove_dir_all(site.path(".bulletin")).unwrap();
    site.build(&[]);
    assert_same(&site.public(), &over, "a build over another differs from one from nothing");
}

#[test]
fn the_url_of_an_author_or_tag_does_not_depend_on_other_stories() {
    for letters in ["", "slugs: ascii\n", "slugs: unicode\n"] {
        let site = Site::new(&[("bulletin.yaml", &settings(letters))]);
        let one = |keys: &str| {
            story("One", "2026-10-02", &format!("authors: [李明]\ntags: [台湾, Мел, Χώρος]\n{keys}"), "x")
        };
        let other = "authors: [黎明]\ntags: [台灣, Мель, Χορός]\n";
        site.write("content/one.md", one(""));
        site.build(&[]);
        let mut first = pages(&site, "authors/");
        first.extend(pages(&site, "tags/"));
        assert_eq!(first.len(), 4, "{first:?}");
        let has_first = |what: &str| {
            let mut all = pages(&site, "authors/");
            all.extend(pages(&site, "tags/"));
            assert!(all.is_superset(&first), "{what}: {all:?}");
            assert_eq!(all.len(), 8, "{what}: {all:?}");
        };
        site.write("content/two.md", story("Two", "2026-10-03", other, "x"));
        site.build(&[]);
        has_first("a younger story came");
        site.write("content/zero.md", story("Zero", "2025-01-01", other, "x"));
        site.build(&[]);
        has_first("an older story came");
        site.write("content/one.md", one("draft: true\n"));
        site.build(&[]);
        let others = pages(&site, "authors/");
        assert!(others.is_disjoint(&first), "the first is held back: {others:?}");
        site.write("content/one.md", one(""));
        site.build(&[]);
        has_first("the first is back");
        assert_as_from_nothing(&site);
    }
}

#[test]
fn a_profile_gives_a_byline_another_url() {
    let site = Site::new(&[("content/a.md", &story("A", "2026-10-02", "authors: [李明, Ana Ruiz]\n", "x"))]);
    site.build(&[]);
    let before = pages(&site, "authors/");
    site.write("bulletin.yaml", settings("authors: [{name: 李明, bio: Reports.}, Ana Ruiz]\n"));
    site.build(&[]);
    assert_eq!(pages(&site, "authors/"), before);
}

#[test]
fn slugs_of_other_scripts_are_distinct() {
    let site = Site::new(&[
        ("content/a.md", &story("A", "2026-11-02", "slug: أداء\ntags: [أداء, عداء, داء, 🎉]\n", "x")),
        ("content/b.md", &story("B", "2026-11-02", "slug: عداء\n", "x")),
        ("content/台风登陆广东.md", &story("C", "2026-11-02", "", "x")),
        ("content/أأ.md", &story("D", "2026-11-02", "", "x")),
        ("content/東京.md", &story("E", "2026-11-02", "lang: ja\n", "[c](台风登陆广东.md)")),
    ]);
    site.build(&[]);
    let stories = pages(&site, "2026/11/");
    assert_eq!(stories, ["أداء", "عداء", "أأ", "東京", "台风登陆广东"].map(str::to_owned).into());
    assert_eq!(pages(&site, "tags/"), ["أداء", "عداء", "داء", "tada"].map(str::to_owned).into());
    // Machine-readable output percent-encodes it.
    let encoded = "/2026/11/%E5%8F%B0%E9%A3%8E%E7%99%BB%E9%99%86%E5%B9%BF%E4%B8%9C/";
    assert!(site.read("public/2026/11/東京/index.html").contains(&format!("href=\"{encoded}\"")));
    for file in ["public/sitemaps/2026-11.xml", "public/rss.xml", "public/atom.xml", "public/feed.json"] {
        assert!(site.read(file).contains(&format!("https://plain.example{encoded}")), "{file}");
    }
}

#[test]
fn ascii_slugs_are_transliterated() {
    let site = Site::new(&[
        ("bulletin.yaml", &settings("slugs: ascii\nlanguage: ja\n")),
        ("content/東京.md", &story("E", "2026-11-02", "tags: [東京, 京都, タワー]\n", "x")),
        ("content/أداء.md", &story("A", "2026-11-02", "lang: ar\nslug: أداء\n", "x")),
        ("content/عداء.md", &story("B", "2026-11-02", "lang: ar\n", "x")),
    ]);
    site.build(&[]);
    let all = site.public();
    assert!(all.keys().all(|path| path.is_ascii()), "{:?}", all.keys());
    assert!(!all.keys().any(|path| path.contains("dong") || path.contains("jing")), "{:?}", all.keys());
    assert_eq!((pages(&site, "2026/11/").len(), pages(&site, "tags/").len()), (3, 3));
}

#[test]
fn slugs_follow_the_rules_of_the_language() {
    for (language, name, ascii, unicode) in [
        ("de", "Übergröße", "uebergroesse", "übergröße"),
        ("da", "Rød grød på Ærø", "roed-groed-paa-aeroe", "rød-grød-på-ærø"),
        ("nb", "Tromsø", "tromsoe", "tromsø"),
        ("sv", "Åska i Malmö", "aska-i-malmo", "åska-i-malmö"),
        ("tr", "IŞIK", "isik", "ışık"),
        ("en", "Übergröße", "ubergrosse", "übergröße"),
    ] {
        for (letters, slug) in [("", ascii), ("slugs: ascii\n", ascii), ("slugs: unicode\n", unicode)] {
            // In names, `ı` and `i` are different letters.
            let of_name = match (language, letters) {
                ("tr", "") => "ısık",
                ("tr", "slugs: ascii\n") => "isik-",
                _ => slug,
            };
            let more = format!("{letters}language: {language}\n");
            let text = story("x", "2026-11-02", &format!("tags: [{name}]\n"), "x");
            let site =
                Site::new(&[("bulletin.yaml", &settings(&more)), (&format!("content/{name}.md"), &text)]);
            site.build(&[]);
            assert_eq!(pages(&site, "2026/11/"), [slug.to_owned()].into(), "{more}");
            let names = pages(&site, "tags/");
            let is_right = |name: &String| {
                if of_name.ends_with('-') { name.starts_with(of_name) } else { name == of_name }
            };
            assert!(names.len() == 1 && names.iter().all(is_right), "{more}: {names:?}");
        }
    }
}

#[test]
fn a_new_language_does_not_change_urls() {
    let site = Site::new(&[("content/größe.md", &story("x", "2026-11-02", "", "x"))]);
    site.build(&[]);
    assert_eq!(pages(&site, "2026/11/"), ["grosse".to_owned()].into());
    site.write("bulletin.yaml", settings("language: de\n"));
    assert!(codes(&site, &[]).contains(&"route/lost".to_owned()));
    assert_eq!(pages(&site, "2026/11/"), ["groesse".to_owned()].into());
    site.write("content/größe.md", story("x", "2026-11-02", "lang: en\n", "x"));
    site.build(&[]);
    assert_eq!(pages(&site, "2026/11/"), ["grosse".to_owned()].into());
    assert_as_from_nothing(&site);
}

#[test]
fn colliding_explicit_slugs_are_reported() {
    for (one, other) in [("über", "u\u{308}ber"), ("أداء", "أداء"), ("Fire!", "fire")] {
        let site = Site::new(&[
            ("content/a.md", &story("A", "2026-11-02", &format!("slug: {one}\n"), "x")),
            ("content/b.md", &story("B", "2026-11-02", &format!("slug: {other}\n"), "x")),
        ]);
        let run = site.json(&[]);
        assert_eq!(run.code, Some(1));
        let problem = &run.problems()[0];
        assert_eq!(problem["code"], "route/collision");
        let text = problem.to_string();
        assert!(text.contains("content/a.md") && text.contains("content/b.md"), "{text}");
    }
}

#[test]
fn new_accepts_headlines_in_any_script() {
    for headline in ["أأ", "🎉", "東京"] {
        let site = Site::new(&[("content/a.md", &story("A", "2026-11-02", "", "x"))]);
        let mut command = crate::support::bulletin();
        command.args(["new", headline, "--site"]).arg(&site.root);
        let run = crate::support::Run::of(&mut command);
        assert_eq!(run.code, Some(0), "{headline}: {}", run.stderr);
        assert_eq!(site.json(&["--drafts"]).code, Some(0));
    }
}

/// `ü` in composed and in decomposed form.
const NFC: &str = "\u{dc}bung";
const NFD: &str = "U\u{308}bung";

#[test]
fn names_in_both_unicode_forms_are_equal() {
    for (on_disk, written) in [(NFD, NFC), (NFC, NFD)] {
        let encoded: String = written.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let keys = format!("image: {written}.png\nrelated: [{written}.md]\n");
        let body = format!(
            "[a]({written}.md) [b]({encoded}.md#x) ![c]({written}.png) <a href=\"world/{written}/index.md\">d</a> [e](/{written}.pdf)"
        );
        let site = Site::new(&[
            (&format!("content/{on_disk}.md"), "---\ntitle: A\ndate: 2026-11-01\n---\n## x\n"),
            (&format!("content/world/{on_disk}/index.md"), "---\ntitle: B\ndate: 2026-10-01\n---\nx\n"),
            ("content/l.md", &story("L", "2026-11-02", &keys, &body)),
            (&format!("static/{on_disk}.pdf"), "pdf"),
        ]);
        site.write(&format!("content/{on_disk}.png"), PNG);
        let run = site.json(&[]);
        assert_eq!((run.code, run.places()), (Some(0), vec![]), "{}", run.stdout);
        let page = site.read("public/2026/11/l/index.html");
        for href in ["/2026/11/ubung/", "/2026/11/ubung/#x", "/2026/10/ubung/"] {
            assert!(page.contains(&format!("href=\"{href}\"")), "{href}: {page}");
        }
        let public = site.public();
        assert!(public.contains_key(&format!("2026/11/l/{NFC}.png")), "{:?}", public.keys());
        assert!(public.contains_key(&format!("{NFC}.pdf")) && page.contains("/%C3%9Cbung.pdf"), "{page}");
        assert!(!public.keys().any(|path| path.contains('\u{308}')));
        assert_as_from_nothing(&site);
    }
}

#[test]
fn a_picture_in_the_other_unicode_form_is_found() {
    let site = Site::new(&[("content/l.md", &story("L", "2026-11-02", "", &format!("[c]({NFC}.png)")))]);
    assert_eq!(codes(&site, &[]), ["link/no-file"]);
    site.write(&format!("content/{NFD}.png"), PNG);
    assert_eq!(codes(&site, &[]), Vec::<String>::new());
    assert!(site.public().contains_key(&format!("2026/11/l/{NFC}.png")));
    // The file with the exact name is added, with another picture.
    site.write(&format!("content/{NFC}.png"), [PNG, b"more"].concat());
    site.build(&[]);
    assert_as_from_nothing(&site);
}

#[test]
fn files_that_differ_only_in_unicode_form_are_reported() {
    let site = Site::new(&[
        (&format!("content/{NFC}.md"), &story("A", "2026-11-01", "slug: a\n", "x")),
        (&format!("content/{NFD}.md"), &story("B", "2026-11-01", "slug: b\nid: b\n", "x")),
        ("content/Fire.md", &story("C", "2026-11-01", "slug: c\n", "x")),
        ("content/fire.md", &story("D", "2026-11-01", "slug: d\n", "x")),
    ]);
    let run = site.json(&[]);
    let twins: Vec<String> = run.places().into_iter().map(|(code, ..)| code).collect();
    assert_eq!(twins, ["content/twin-names", "content/twin-names"], "{}", run.stdout);
    site.remove(&format!("content/{NFD}.md"));
    site.remove("content/Fire.md");
    site.write(&format!("static/{NFC}.pdf"), "a");
    site.write(&format!("static/{NFD}.pdf"), "b");
    assert!(codes(&site, &[]).contains(&"static/twin-names".to_owned()));
}

#[cfg(unix)]
#[test]
fn files_of_text_editors_are_ignored() {
    let site = Site::new(&[("content/a.md", &story("A", "2026-11-02", "", "x")), ("static/a.css", "")]);
    for folder in ["content", "static", "data", "templates"] {
        std::fs::create_dir_all(site.path(folder)).unwrap();
        std::os::unix::fs::symlink("user@host.1234:1699", site.path(&format!("{folder}/.#a.md"))).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", site.path(&format!("{folder}/.#b.md"))).unwrap();
        for name in [
            "a.md~",
            "#a.md#",
            ".a.md.swp",
            "4913",
            "~$a.docx",
            ".DS_Store",
            "Thumbs.db",
            "desktop.ini",
            "._a.css",
        ] {
            site.write(&format!("{folder}/{name}"), "SECRET");
        }
    }
    for name in [".nojekyll", ".well-known/x.txt"] {
        site.write(&format!("static/{name}"), "meant");
    }
    let run = site.json(&[]);
    assert_eq!((run.code, run.places()), (Some(0), vec![]), "{}", run.stdout);
    let public = site.public();
    assert!(public.values().all(|bytes| !bytes.starts_with(b"SECRET")), "{:?}", public.keys());
    for path in [".nojekyll", ".well-known/x.txt", "a.css"] {
        assert!(public.contains_key(path), "{path}");
    }
}

#[test]
fn backup_files_are_not_published() {
    let site = Site::new(&[
        ("content/a.md", &story("A", "2026-11-02", "", "x")),
        ("content/a.md.orig", &story("SECRET", "2026-11-02", "", "x")),
        ("static/app.js.orig", "SECRET"),
        ("static/app.js.bak", "SECRET"),
    ]);
    assert_eq!(codes(&site, &[]), ["static/backup", "static/backup"]);
    assert!(!site.public().keys().any(|path| path.contains("app.js")));
}

#[test]
fn a_story_with_an_upper_case_extension_is_published() {
    let site = Site::new(&[
        ("content/a.MD", &story("A", "2026-11-02", "", "[b](b.Markdown) [c](world/c/index.Md)")),
        ("content/b.Markdown", &story("B", "2026-11-02", "", "x")),
        ("content/world/c/index.Md", &story("C", "2026-11-02", "", "![x](x.png)")),
        ("content/world/_index.MD", "---\ntitle: World\n---\n"),
    ]);
    site.write("content/world/c/x.png", PNG);
    assert_eq!(codes(&site, &[]), ["image/no-alt", "content/index-file"][1..]);
    assert_eq!(pages(&site, "2026/11/"), ["a", "b", "c"].map(str::to_owned).into());
    assert!(site.read("public/2026/11/a/index.html").contains("href=\"/2026/11/c/\""));
}

/// A picture of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

#[test]
fn aliases_of_tags_and_authors_redirect_pages_and_feeds() {
    let story = story("A", "2026-11-02", "tags: [Kiev, Köln]\nauthors: [Ana Ruiz]\n", "x");
    let site = Site::new(&[("bulletin.yaml", &settings("api: true\n")), ("content/a.md", &story)]);
    site.build(&[]);
    let before = site.public();
    let more = "api: true\ntags: {aliases: {Kiev: Kyiv, Cologne: Köln, Unused: Nothing}}\nauthors: [{slug: ana, name: Ana Gómez, aliases: [Ana Ruiz]}]\n";
    site.write("bulletin.yaml", settings(more));
    let run = site.json(&[]);
    assert_eq!((run.code, run.places()), (Some(0), vec![]), "{}", run.stdout);
    let after = site.public();
    let rules = site.read("public/_redirects");
    for (old, new) in [("tags/kiev/", "tags/kyiv/"), ("authors/ana-ruiz/", "authors/ana/")] {
        for path in before.keys().filter(|path| path.starts_with(old)) {
            let name = path.strip_prefix(old).unwrap();
            let (from, to) = match name {
                "index.html" => (format!("/{old}"), format!("/{new}")),
                _ => (format!("/{old}{name}"), format!("/{new}{name}")),
            };
            assert!(rules.contains(&format!("{from} {to} 301")), "{from}: {rules}");
            assert!(after.contains_key(&format!("{new}{name}")), "{new}{name}");
        }
        let page = site.read(&format!("public/{old}index.html"));
        assert!(page.contains(&format!("/{new}")), "{page}");
    }
    assert!(rules.contains("/tags/cologne/ /tags/koln/ 301") && !rules.contains("unused"), "{rules}");
    assert_as_from_nothing(&site);
    // The spelling of an old URL counts.
    site.write("bulletin.yaml", settings(&format!("{more}redirects: {{/tags/kiev/: /authors/}}\n")));
    site.build(&[]);
    assert!(site.read("public/_redirects").contains("/tags/kiev/ /authors/ 301"));
}

#[test]
fn an_alias_of_a_hidden_topic_is_not_published() {
    let held = story("A", "2026-11-02", "tags: [Merger]\nauthors: [Ana Ruiz]\ndraft: true\n", "x");
    let shown = story("B", "2026-11-02", "", "x");
    let more = "tags: {aliases: {Project Titan: Merger}}\nauthors: [{name: Ana Ruiz, aliases: [A. Titan]}]\n";
    let site =
        Site::new(&[("bulletin.yaml", &settings(more)), ("content/a.md", &held), ("content/b.md", &shown)]);
    site.build(&[]);
    let leaks = site.public().into_iter().filter(|(path, bytes)| {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        path.contains("titan") || text.contains("titan") || text.contains("merger")
    });
    assert_eq!(leaks.map(|(path, _)| path).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn a_shared_author_alias_is_reported() {
    let more = "authors: [{name: Ana Ruiz, aliases: [Bo]}, {name: Bo Lind, slug: bo}]\n";
    let site = Site::new(&[
        ("bulletin.yaml", &settings(more)),
        ("content/a.md", &story("A", "2026-11-02", "", "x")),
    ]);
    assert_eq!(codes(&site, &[]), ["config/duplicate-author"]);
}

fn check(site: &Site) -> crate::support::Run {
    let mut command = crate::support::bulletin();
    command.args(["check", "--message-format", "json", "--as-of", crate::support::AS_OF, "--site"]);
    crate::support::Run::of(command.arg(&site.root))
}

/// The messages about lost URLs.
fn lost(run: &crate::support::Run) -> Vec<String> {
    let problems = run.problems();
    let lost = problems.iter().filter(|problem| problem["code"] == "route/lost");
    lost.map(|problem| problem["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_lost_url_is_reported_until_fixed() {
    let old = story("A", "2026-11-02", "slug: old\ntags: [Kiev]\nauthors: [Ana Ruiz]\nseries: War\n", "x");
    let new = story("A", "2026-11-02", "slug: new\ntags: [Kyiv]\nauthors: [Ana Gómez]\nseries: Peace\n", "x");
    let site = Site::new(&[("content/a.md", &old)]);
    site.build(&[]);
    site.write("content/a.md", &new);
    assert_eq!(lost(&check(&site)).len(), 4);
    for run in [site.json(&[]), site.json(&[]), site.json(&["--clean"]), check(&site)] {
        let lost = lost(&run);
        let reported = ["/2026/11/old/", "/tags/kiev/", "/authors/ana-ruiz/", "/series/war/"]
            .map(|url| lost.iter().any(|message| message.contains(url)));
        assert_eq!((reported, lost.len()), ([true; 4], 4), "{lost:?}");
    }
    // They are fixed one after another.
    let more = "tags: {aliases: {Kiev: Kyiv}}\nauthors: [{name: Ana Gómez, aliases: [Ana Ruiz]}]\n";
    site.write("bulletin.yaml", settings(more));
    assert_eq!(lost(&site.json(&[])).len(), 2);
    site.write("content/a.md", new.replace("slug: new\n", "slug: new\nold_slugs: [old]\n"));
    assert_eq!(lost(&site.json(&[])).len(), 1);
    site.write("bulletin.yaml", settings(&format!("{more}redirects: {{/series/war/: /series/peace/}}\n")));
    assert_eq!(
        (lost(&site.json(&[])).len(), lost(&site.json(&[])).len(), lost(&check(&site)).len()),
        (0, 0, 0)
    );
    assert_as_from_nothing(&site);
}

#[test]
fn a_hidden_story_is_not_lost() {
    let text =
        |keys: &str| story("A", "2026-11-02", &format!("tags: [Kyiv]\nauthors: [Ana Ruiz]\n{keys}"), "x");
    let site = Site::new(&[("content/a.md", &text(""))]);
    site.build(&[]);
    site.write("content/a.md", text("draft: true\n"));
    assert_eq!((lost(&site.json(&[])), lost(&check(&site))), (vec![], vec![]));
    // It is deleted while it is hidden.
    site.remove("content/a.md");
    assert_eq!(lost(&site.json(&[])).len(), 3);
}

#[test]
fn a_fresh_clone_reports_lost_urls() {
    let site = Site::new(&[(
        "content/größe 100%.md",
        &story("A", "2026-11-02", "slug: größe\ntags: [Kyiv]\n", "x"),
    )]);
    site.write("content/b.md", story("B", "2026-11-02", "draft: true\n", "x"));
    let run = site.build(&["--record-urls"]);
    assert!(run.stderr.contains("Added 2 URLs to urls.txt"), "{}", run.stderr);
    let urls = site.read("urls.txt");
    assert!(urls.ends_with("\n/2026/11/größe/\n/tags/kyiv/\n"), "{urls}");
    assert!(!site.build(&["--record-urls"]).stderr.contains("urls.txt"));
    site.remove("content/größe 100%.md");
    site.write("urls.txt", format!("{urls}/2026/11/gr%C3%B6%C3%9Fe/\nno path\n/b/../c/\n"));
    for folder in ["public", ".bulletin"] {
        std::fs::remove_dir_all(site.path(folder)).unwrap();
    }
    for run in [check(&site), site.json(&[]), site.json(&[])] {
        let places: Vec<_> = run.places().into_iter().filter(|(code, ..)| code != "link/no-file").collect();
        let expected = [("route/lost", 2), ("route/lost", 3), ("urls/invalid", 5), ("urls/invalid", 6)];
        let expected = expected.map(|(code, line)| (code.to_owned(), "urls.txt".to_owned(), Some(line)));
        assert_eq!(places, expected, "{}", run.stdout);
    }
}

#[test]
fn story_ids_do_not_change_with_the_domain() {
    let ids = |site: &Site| -> Vec<String> {
        let feed = site.read("public/feed.json");
        let feed: serde_json::Value = serde_json::from_str(&feed).unwrap();
        feed["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    let site = Site::new(&[
        ("content/a.md", &story("A", "2026-11-02", "", "x")),
        ("content/b.md", &story("B", "2026-11-01", "id: tag:plain.example,2026:b\n", "x")),
    ]);
    site.build(&[]);
    let before = ids(&site);
    let moved = settings("").replace("plain.example", "paper.example");
    site.write("bulletin.yaml", &moved);
    // The warning is repeated until it is fixed.
    for run in [check(&site), site.json(&[]), site.json(&[]), site.json(&["--clean"])] {
        let problems = run.problems();
        let reported: Vec<_> =
            problems.iter().filter(|problem| problem["code"] == "feed/ids-changed").collect();
        assert_eq!(reported.len(), 1, "{}", run.stdout);
        let text = reported[0].to_string();
        assert!(text.contains("id_authority: plain.example") && text.contains("1 story"), "{text}");
        assert_eq!(
            (&reported[0]["file"], &reported[0]["line"]),
            (&"bulletin.yaml".into(), &2.into()),
            "{text}"
        );
    }
    site.write("bulletin.yaml", format!("{moved}id_authority: plain.example\n"));
    assert_eq!((codes(&site, &[]), check(&site).places()), (vec![], vec![]));
    assert_eq!(ids(&site), before);
    assert_as_from_nothing(&site);
    site.write("bulletin.yaml", format!("{moved}id_authority: paper.example\n"));
    assert_eq!(codes(&site, &[]), Vec::<String>::new());
    site.write("bulletin.yaml", &moved);
    assert_eq!(codes(&site, &[]), Vec::<String>::new());
}

#[test]
fn a_renamed_story_keeps_its_id() {
    let site = Site::new(&[
        ("content/a.md", &story("A", "2026-11-02", "", "Text.")),
        ("content/b.md", "---\n{title: B, date: 2026-11-01}\n---\nText.\n"),
        ("content/about.md", "---\ntitle: About\n---\n"),
    ]);
    let mut command = crate::support::bulletin();
    let checked = crate::support::Run::of(
        command.args(["check", "-v", "--as-of", crate::support::AS_OF, "--site"]).arg(&site.root),
    );
    assert!(
        checked.code == Some(0) && checked.stderr.contains("2 stories have no `id`"),
        "{}",
        checked.stderr
    );
    site.build(&[]);
    let feed = site.read("public/rss.xml");
    let run = site.run(&["--write-ids"]);
    assert!(
        run.stderr.contains("Added an id to 1 story") && run.stderr.contains("ids/not-written"),
        "{}",
        run.stderr
    );
    assert_eq!(
        site.read("content/a.md"),
        story("A", "2026-11-02", "id: tag:plain.example,2000:a\n", "Text.")
    );
    std::fs::create_dir(site.path("content/world")).unwrap();
    std::fs::rename(site.path("content/a.md"), site.path("content/world/2026-11-02-a.md")).unwrap();
    site.build(&[]);
    let guid = "<guid isPermaLink=\"false\">tag:plain.example,2000:a</guid>";
    assert!(feed.contains(guid) && site.read("public/rss.xml").contains(guid));
}

#[test]
fn a_file_name_that_windows_forbids_is_reported() {
    let site = Site::new(&[
        ("content/con.md", &story("A", "2026-11-02", "tags: [Aux]\n", "x")),
        ("static/nul.txt", "x"),
        ("static/console.txt", "x"),
    ]);
    assert_eq!(codes(&site, &[]), ["route/windows-name"; 3]);
}

#[test]
fn a_link_to_a_broken_source_is_not_a_second_problem() {
    let site = Site::new(&[
        (
            "content/l.md",
            &story("L", "2026-11-02", &format!("related: [{NFC}.md]\n"), &format!("[a]({NFC}.md)")),
        ),
        (&format!("content/{NFD}.md"), "---\ntitle: [\n---\n"),
    ]);
    assert!(codes(&site, &[]).iter().all(|code| code.starts_with("yaml/")), "{:?}", codes(&site, &[]));
}

#[test]
fn conflict_copies_and_unknown_extensions_are_reported() {
    let text = story("A", "2026-11-02", "", "SECRET");
    let site = Site::new(&[
        ("content/a.md", &story("A", "2026-11-02", "", "x")),
        ("content/a.sync-conflict-20261102-101010-ABCDEFG.md", &text),
        ("content/a (Desk's conflicted copy 2026-11-02).md", &text),
        ("content/b.mkd", &text),
        ("content/c.md.txt", &text),
        ("content/d.txt", &text),
    ]);
    let run = site.json(&[]);
    let found: Vec<String> =
        run.places().into_iter().map(|(code, file, _)| format!("{code} {file}")).collect();
    let expected = [
        "content/sync-conflict content/a (Desk's conflicted copy 2026-11-02).md",
        "content/sync-conflict content/a.sync-conflict-20261102-101010-ABCDEFG.md",
        "content/not-read content/b.mkd",
        "content/not-read content/c.md.txt",
    ];
    assert_eq!(found, expected);
    assert_eq!(pages(&site, "2026/11/"), ["a".to_owned()].into());
}

#[test]
fn a_lost_url_is_reported_by_whatever_path_the_site_is_named() {
    let mut site = Site::new(&[("content/a.md", &story("A", "2026-11-02", "", "Text."))]);
    site.build(&[]);
    fs::remove_file(site.path("content/a.md")).unwrap();
    let check = |folder: &std::path::Path, named: &str| {
        let mut command = bulletin();
        Run::of(command.current_dir(folder).args(["check", "--as-of", AS_OF, "--site", named])).stderr
    };
    let (root, above) = (site.root.clone(), site.root.parent().unwrap().to_owned());
    for (folder, named) in
        [(&root, "."), (&above, "site"), (&above, "./site"), (&above, root.to_str().unwrap())]
    {
        assert!(check(folder, named).contains("route/lost"), "{named}");
    }
    site.root = above.join("moved");
    fs::rename(&root, &site.root).unwrap();
    assert!(check(&site.root, ".").contains("route/lost"), "a site that was moved knows its URLs");
}
