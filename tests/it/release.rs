//! When stories are published, and what announces it: lists, feeds, sitemaps and messages.

use crate::support::{Site, assert_same, story};

/// A site with the default theme on its own host, in the time zone of its stories.
const SETTINGS: &str = "title: Plain Paper\nbase_url: https://plain.example/\nlanguage: en-GB\ntimezone: Europe/Athens\napi: true\nfeeds: {site: [rss, atom, json], limit: 3}\n";

/// A site with the default theme and these files.
fn paper(files: &[(&str, &str)]) -> Site {
    let site = Site::bare(files);
    if !files.iter().any(|(path, _)| *path == "bulletin.yaml") {
        site.write("bulletin.yaml", SETTINGS);
    }
    site
}

/// Runs an incremental build and a clean one, which must agree except for URLs that only the earlier build had. Returns the
/// messages.
#[track_caller]
fn build(site: &Site, as_of: &str) -> String {
    let over = site.build(&["--as-of", as_of]);
    let clean = site.build(&["--as-of", as_of, "--clean", "--output", &site.path("clean").to_string_lossy()]);
    let printed = |text: &str| {
        let parts = text.split("\n\n").filter(|part| !part.starts_with("warning[route/lost]"));
        let lines = parts.flat_map(str::lines).filter(|line| !line.starts_with("Built "));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    assert_same(&crate::support::tree(&site.path("clean")), &site.public(), "incremental differs from clean");
    assert_eq!(printed(&over.stderr), printed(&clean.stderr));
    assert_eq!(printed(&over.stdout), printed(&clean.stdout));
    printed(&over.stderr) + &printed(&over.stdout)
}

/// The positions of texts in another text, which must contain each.
#[track_caller]
fn positions(text: &str, parts: &[&str]) -> Vec<usize> {
    parts.iter().map(|part| text.find(part).unwrap_or_else(|| panic!("no {part} in\n{text}"))).collect()
}

mod published_when_it_came_out {
    use super::*;

    /// Four stories of four days, and one with an earlier date that was published at 18:00 on the day after them.
    fn site(keys: &str) -> Site {
        let site = paper(&[]);
        for day in 1..=4 {
            let title = format!("N{day}");
            site.write(&format!("content/n{day}.md"), story(&title, &format!("2026-11-2{day}"), "", "Text."));
        }
        site.write("content/emb.md", story("Embargoed", "2026-11-20T14:05:00+02:00", keys, "Text."));
        site
    }

    #[test]
    fn an_embargoed_story_is_listed_at_its_release() {
        for keys in [
            "embargo: 2026-11-25T18:00:00+02:00\n",
            "publish_at: 2026-11-25 18:00\n",
            "published_at: 2026-11-25 18:00\n",
            "embargo: 2026-11-25 18:00\nupdated: 2026-11-24\n",
        ] {
            let site = site(keys);
            build(&site, "2026-11-25T17:59:00+02:00");
            build(&site, "2026-11-25T18:05:00+02:00");
            for page in ["index.html", "rss.xml", "2026/11/index.html"] {
                let at = positions(&site.read(&format!("public/{page}")), &["Embargoed", "N4"]);
                assert!(at[0] < at[1], "{page} {keys}");
            }
            let news = site.read("public/sitemaps/news.xml");
            assert!(news.contains("<news:publication_date>2026-11-25T18:00:00+02:00<"), "{news}");
            let page = site.read("public/2026/11/emb/index.html");
            assert!(page.contains("\"datePublished\":\"2026-11-25T18:00:00+02:00\""), "{page}");
            assert!(page.contains("\"dateModified\":\"2026-11-25T18:00:00+02:00\""), "{page}");
            assert!(
                page.contains("article:published_time\" content=\"2026-11-25T18:00:00+02:00\""),
                "{page}"
            );
            assert!(page.contains("25 November 2026"), "{page}");
            for early in ["20 November", "24 November", "2026-11-20", "2026-11-24"] {
                assert!(!page.contains(early), "{early} in {page}");
            }
            let rss = site.read("public/rss.xml");
            assert!(rss.contains("<pubDate>Wed, 25 Nov 2026 18:00:00 +0200</pubDate>"), "{rss}");
            let json = site.read("public/2026/11/emb/index.json");
            assert!(json.contains("\"firstCreated\":\"2026-11-25T18:00:00+02:00\""), "{json}");
            assert!(site.path("public/2026/11/25/index.html").exists());
            assert!(!site.path("public/2026/11/20/index.html").exists());
        }
    }

    #[test]
    fn an_embargo_before_the_date_changes_nothing() {
        let site = site("embargo: 2026-11-19\n");
        build(&site, "2026-11-25T18:05:00+02:00");
        let page = site.read("public/2026/11/emb/index.html");
        assert!(page.contains("\"datePublished\":\"2026-11-20T14:05:00+02:00\""), "{page}");
    }

    #[test]
    fn a_late_story_leaves_full_pages_alone() {
        let site = paper(&[]);
        site.write("bulletin.yaml", format!("{SETTINGS}lists: {{per_page: 2}}\n"));
        for day in 10..20 {
            let path = format!("content/world/n{day}.md");
            site.write(&path, story(&format!("N{day}"), &format!("2026-10-{day}"), "tags: [sea]\n", "Text."));
        }
        let late = "embargo: 2026-11-25 18:00\ntags: [sea]\n";
        site.write("content/world/late.md", story("Late", "2026-10-12", late, "Text."));
        build(&site, "2026-11-25T17:00:00+02:00");
        let before = site.public();
        build(&site, "2026-11-25T18:00:00+02:00");
        let after = site.public();
        let numbered = before.iter().filter(|(path, _)| path.contains("/page/"));
        for (path, bytes) in numbered {
            // The page after the last full one redirects to the list, and may be full now.
            if !String::from_utf8_lossy(bytes).contains("http-equiv=\"refresh\"") {
                assert_eq!(after.get(path), Some(bytes), "{path}");
            }
        }
        assert!(String::from_utf8_lossy(&after["tags/sea/index.html"]).contains("Late"));
        assert!(after.contains_key("2026/10/late/index.html"), "URLs are made of the date");
    }
}

mod the_next_change {
    use super::*;

    /// The next change in the JSON output.
    fn next(site: &Site, as_of: &str) -> serde_json::Value {
        let run = site.json(&["--as-of", as_of]);
        assert_eq!(run.code, Some(0), "{}", run.stdout);
        let last: serde_json::Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
        last["built"]["next_change"].clone()
    }

    #[track_caller]
    fn is(site: &Site, as_of: &str, at: &str, what: &str, file: &str) {
        let next = next(site, as_of);
        assert_eq!(next, serde_json::json!({"at": at, "what": what, "file": file, "others": 0}), "{as_of}");
    }

    #[test]
    fn an_expiry_is_a_change() {
        let site = paper(&[]);
        let keys = "expires: 2026-11-30 12:00\n";
        site.write("content/local/x.md", story("X", "2026-11-30 05:00", keys, "T"));
        is(&site, "2026-11-30T09:00:00+02:00", "2026-11-30T10:00:00Z", "expires", "content/local/x.md");
        let printed = site.build(&["--as-of", "2026-11-30T09:00:00+02:00"]).stderr;
        assert!(
            printed.contains("Next change: 2026-11-30 12:00, `content/local/x.md` expires\n"),
            "{printed}"
        );
        assert_eq!(next(&site, "2026-11-30T12:00:00+02:00"), serde_json::Value::Null);
        is(&site, "2026-11-30T04:59:59+02:00", "2026-11-30T03:00:00Z", "appears", "content/local/x.md");
    }

    #[test]
    fn each_kind_of_change_is_reported() {
        let site = paper(&[]);
        site.write("content/old.md", story("Old", "2026-01-01", "noindex: true\n", "T"));
        for (keys, date, at, what) in [
            ("embargo: 2026-12-01T00:00:00Z\n", "2026-11-01", "2026-12-01T00:00:00Z", "appears"),
            ("expires: 2026-12-01T00:00:00Z\n", "2026-11-01", "2026-12-01T00:00:00Z", "expires"),
            ("updated: 2026-12-01T00:00:00Z\n", "2026-11-01", "2026-12-01T00:00:00Z", "changes"),
            (
                "corrections: [{date: 2026-12-01T00:00:00Z, text: T}]\n",
                "2026-11-01",
                "2026-12-01T00:00:00Z",
                "changes",
            ),
            ("", "2026-11-29T12:00:00Z", "2026-12-01T12:00:00Z", "leaves-news-sitemap"),
            ("embargo: 2026-11-29T13:00:00Z\n", "2026-11-01", "2026-12-01T13:00:00Z", "leaves-news-sitemap"),
        ] {
            site.write("content/a.md", story("A", date, keys, "T"));
            is(&site, "2026-11-30T09:00:00Z", at, what, "content/a.md");
        }
        // The end of a pin changes the front page only if its order changes.
        let pinned = story("A", "2025-11-01", "pinned_until: 2026-12-01T00:00:00Z\n", "T");
        site.write("content/a.md", pinned.replace("2025", "2026"));
        assert_eq!(next(&site, "2026-11-30T09:00:00Z"), serde_json::Value::Null);
        site.write("content/a.md", pinned);
        is(&site, "2026-11-30T09:00:00Z", "2026-12-01T00:00:00Z", "unpinned", "content/a.md");
    }

    #[test]
    fn events_without_effect_are_not_reported() {
        let site = paper(&[]);
        site.write("content/old.md", story("Old", "2026-01-01", "", "T"));
        for (date, keys) in [
            ("2026-12-01", "draft: true\n"),
            ("2026-12-01", "status: withheld\n"),
            ("2026-12-01", "expires: 2026-12-01\n"),
            ("2026-11-01", "draft: true\nexpires: 2026-12-01\n"),
            ("2026-11-29", "type: sponsored\n"),
            ("2026-11-29", "noindex: true\n"),
        ] {
            site.write("content/a.md", story("A", date, keys, "T"));
            assert_eq!(next(&site, "2026-11-30T09:00:00Z"), serde_json::Value::Null, "{keys}");
        }
    }
}

mod machines_and_hosts {
    use super::*;

    #[test]
    fn an_empty_news_sitemap_is_not_announced() {
        let site = paper(&[]);
        site.write("content/a.md", story("A", "2026-11-20T00:00:00Z", "", "Text."));
        for (as_of, is_there) in
            [("2026-11-21T23:59:59Z", true), ("2026-11-22T00:00:00Z", false), ("2026-11-21T00:00:00Z", true)]
        {
            build(&site, as_of);
            assert_eq!(site.path("public/sitemaps/news.xml").exists(), is_there, "{as_of}");
            for file in ["sitemap.xml", "robots.txt"] {
                assert_eq!(
                    site.read(&format!("public/{file}")).contains("sitemaps/news.xml"),
                    is_there,
                    "{file} {as_of}"
                );
            }
        }
    }

    #[test]
    fn netlify_redirects_old_paths_of_existing_pages() {
        let site = paper(&[]);
        site.write(
            "bulletin.yaml",
            format!("{SETTINGS}redirects: {{/feed/: /rss.xml, /shop.php: /about/}}\n"),
        );
        site.write("content/about.md", "---\ntitle: About\n---\nText.\n");
        site.write("content/a.md", story("A", "2026-11-02", "aliases: [/old/, /old.html]\n", "Text."));
        build(&site, "2026-11-22T12:00:00Z");
        let rules = site.read("public/_redirects");
        for rule in [
            "/feed/ /rss.xml 301!\n/feed/ /rss.xml 301\n",
            "/old/ /2026/11/a/ 301!\n/old/ /2026/11/a/ 301\n",
            "/old.html /2026/11/a/ 301!\n/old.html /2026/11/a/ 301\n",
        ] {
            assert!(rules.contains(rule), "{rules}");
        }
        assert!(
            rules.contains("\n/shop.php /about/ 301\n") && !rules.contains("/shop.php /about/ 301!"),
            "{rules}"
        );
    }

    #[test]
    fn an_old_path_with_a_dot_has_a_page() {
        let site = paper(&[]);
        site.write(
            "content/a.md",
            story("A", "2026-11-02", "aliases: [/releases/1.88.0, /people/mr.smith, /old.xml]\n", "Text."),
        );
        build(&site, "2026-11-22T12:00:00Z");
        for page in ["releases/1.88.0/index.html", "people/mr.smith/index.html", "old.xml"] {
            let text = site.read(&format!("public/{page}"));
            assert!(text.contains("0; url=/2026/11/a/\""), "{text}");
        }
        assert!(site.read("public/old.xml").starts_with("<?xml "), "browsers read it as XML");
    }

    #[test]
    fn an_old_feed_is_a_copy_on_hosts_without_rules() {
        let site = paper(&[]);
        site.write(
            "bulletin.yaml",
            format!("{SETTINGS}redirects: {{/index.xml: /rss.xml, /blog/atom.xml: /atom.xml}}\n"),
        );
        site.write("content/a.md", story("A", "2026-11-02", "", "Text."));
        build(&site, "2026-11-22T12:00:00Z");
        assert_eq!(site.read("public/index.xml"), site.read("public/rss.xml"));
        site.write("content/b.md", story("B", "2026-11-03", "", "Text."));
        build(&site, "2026-11-22T12:00:00Z");
        assert_eq!(site.read("public/index.xml"), site.read("public/rss.xml"));
    }

    #[test]
    fn rules_that_a_host_ignores_are_reported() {
        let site = paper(&[]);
        let aliases: Vec<String> = (0..1990).map(|number| format!("/old/{number}.php")).collect();
        let keys = format!("aliases: [{}]\n", aliases.join(", "));
        site.write("content/a.md", story("A", "2026-11-02", &keys, "Text."));
        let is_told = |code: &str| site.build(&[]).stderr.contains(code);
        assert!(!is_told("redirect/many"));
        let own: String = (0..11).map(|number| format!("/own/{number} /2026/11/a/\n")).collect();
        site.write("static/_redirects", own);
        assert!(is_told("redirect/many"));
        let own: String = (0..11).map(|number| format!("/own/{number}/* /2026/11/a/\n")).collect();
        site.write("static/_redirects", own);
        assert!(!is_told("redirect/many"));
        let headers: String = (0..101).map(|number| format!("/{number}\n  X-A: b\n")).collect();
        site.write("static/_headers", headers);
        assert!(is_told("headers/many"));
    }

    /// Runs nginx with the configuration of its packages.
    #[test]
    fn nginx_starts_with_a_map_of_long_paths() {
        if std::process::Command::new("nginx").arg("-v").output().is_err() {
            // Runs only where `tests/web` installs all tools.
            return;
        }
        let site = paper(&[]);
        site.write("content/a.md", story("A", "2026-11-02", "", "Text."));
        test_with_nginx(&site);
        let long = format!("/2016/05/12/{}/", "a-long-headline-of-a-story-".repeat(7));
        let quoted = format!("/it's (so) \"long\"; $uri {{}} 1+1=[2] {}.html", "x".repeat(60));
        let keys = format!("aliases:\n- /short/\n- {long}\n- '{}'\n", quoted.replace('\'', "''"));
        site.write("content/b.md", story("B", "2026-11-02", &keys, "Text."));
        test_with_nginx(&site);
    }

    #[track_caller]
    fn test_with_nginx(site: &Site) {
        build(site, "2026-11-22T12:00:00Z");
        let (root, map) = (site.root.display(), site.path("public/redirects.nginx.map"));
        let config = format!(
            "pid {root}/nginx.pid; error_log stderr; events {{}}\nhttp {{\n access_log off;\n \
             map $uri $moved_to {{ include {}; }}\n server {{\n  listen 127.0.0.1:1;\n  if ($moved_to) {{ return 301 $moved_to; }}\n }}\n}}\n",
            map.display()
        );
        site.write("nginx.conf", config);
        let mut nginx = std::process::Command::new("nginx");
        let tested = nginx.args(["-t", "-e", "stderr", "-c"]).arg(site.path("nginx.conf")).output().unwrap();
        assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
    }
}

mod mistakes_of_stories_to_come {
    use super::*;

    const TODAY: &str = "2026-11-22T12:00:00Z";

    fn site(path: &str, text: &str) -> Site {
        let site = paper(&[]);
        site.write("content/now.md", story("Now", "2026-11-02", "", "Text."));
        site.write(path, text);
        site
    }

    #[test]
    fn an_error_in_a_scheduled_story_does_not_stop_a_build() {
        for keys in [
            "image: pub.jpg\n",
            "related: [nobody]\n",
            "type: novel\n",
            "permalink: /a/:section/\n",
            "urgency: 17\n",
            "corrections: [{kind: correction}]\n",
        ] {
            let site = site("content/later.md", &story("Later", "2099-01-01 09:30", keys, "[x](nothing.md)"));
            let printed = build(&site, TODAY);
            assert!(printed.contains("builds will fail from 2099-01-01 09:30"), "{printed}");
            // An incremental build that has already read the story reports the same.
            assert_eq!(printed, build(&site, TODAY));
            let due = site.run(&["--as-of", "2099-01-01T09:30:00+02:00"]);
            assert_eq!(due.code, Some(1), "{}", due.stderr);
            assert!(!due.stderr.contains("will fail"), "{}", due.stderr);
            assert_eq!(site.run(&["--strict", "--as-of", TODAY]).code, Some(1));
        }
    }

    #[test]
    fn an_embargo_defers_like_a_date() {
        let keys = "embargo: 2027-01-01T09:00:00+02:00\nimage: pub.jpg\n";
        let site = site("content/later.md", &story("Later", "2026-11-01", keys, "Text."));
        let printed = build(&site, TODAY);
        assert!(
            printed.contains("the picture `pub.jpg` does not exist; builds will fail from 2027-01-01 09:00"),
            "{printed}"
        );
        assert_eq!(site.run(&["--as-of", "2027-01-01T09:00:00+02:00"]).code, Some(1));
        site.write("content/pub.jpg", "no picture");
        assert!(!build(&site, TODAY).contains("will fail"));
    }

    #[test]
    fn a_possible_leak_stops_the_build_at_once() {
        for text in [
            story("Later", "2099-01-01", "embrago: 2099-02-01\n", "Text."),
            story("Later", "2099-01-01", "embargo: soon\n", "Text."),
            story("Later", "2099-13-01", "", "Text."),
            story("Later", "2099-01-01", "status: witheld\n", "Text."),
            story("Later", "2099-01-01", "extra: {embargo: 2099-02-01}\n", "Text."),
            story("Later: soon", "2099-01-01", "", "Text."),
        ] {
            let site = site("content/later.md", &text);
            for args in [&["--as-of", TODAY][..], &["--as-of", TODAY, "--drafts"]] {
                let run = site.run(args);
                assert_eq!(run.code, Some(1), "{text}{}", run.stderr);
            }
        }
    }

    #[test]
    fn a_duplicate_id_is_an_error_once_both_stories_are_visible() {
        let site = site("content/later.md", &story("Later", "2099-01-01", "id: one\n", "Text."));
        site.write("content/zz.md", story("Other", "2026-11-01", "id: one\n", "Text."));
        assert!(
            build(&site, TODAY)
                .contains("two stories have the id `one`; builds will fail from 2099-01-01 00:00")
        );
    }
}

mod withdrawn_stories {
    use super::*;

    const RETRACTED: &str =
        "status: withdrawn\ncorrections: [{date: 2026-11-21, kind: retraction, text: We were wrong.}]\n";
    const FEEDS: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];

    fn site() -> Site {
        let site = paper(&[]);
        site.write("bulletin.yaml", format!("{SETTINGS}sections: [world]\n"));
        site.write("content/world/old.md", story("Old", "2026-11-01", "", "Text."));
        site.write(
            "content/world/wrong.md",
            story("Wrong claim", "2026-11-20", "deck: False deck\ntags: [Lie]\n", "FALSE CLAIM"),
        );
        site
    }

    fn feeds(site: &Site) -> Vec<String> {
        let feeds = FEEDS.iter().map(|feed| site.read(&format!("public/{feed}")));
        feeds.chain([site.read("public/world/rss.xml")]).collect()
    }

    /// When feeds say that they were updated, in RSS and Atom.
    fn updated(site: &Site) -> [jiff::Timestamp; 2] {
        let (rss, atom) = (site.read("public/rss.xml"), site.read("public/atom.xml"));
        let between = |text: &str, from: &str, to: &str| {
            text.split(from).nth(1).unwrap().split(to).next().unwrap().to_owned()
        };
        let rss = jiff::fmt::rfc2822::parse(&between(&rss, "<lastBuildDate>", "<")).unwrap().timestamp();
        [rss, between(&atom, "\n <updated>", "<").parse().unwrap()]
    }

    #[test]
    fn feeds_keep_the_retraction_and_do_not_become_older() {
        let site = site();
        build(&site, "2026-11-20T12:00:00Z");
        let before = updated(&site);
        site.write("content/world/wrong.md", story("Wrong claim", "2026-11-20", RETRACTED, "FALSE CLAIM"));
        build(&site, "2026-11-22T12:00:00Z");
        for feed in feeds(&site) {
            assert!(feed.contains("tag:plain.example,2000:world/wrong"), "{feed}");
            assert!(feed.contains("Withdrawn: Wrong claim"), "{feed}");
            assert!(
                feed.contains("We have withdrawn this story.") && feed.contains("We were wrong."),
                "{feed}"
            );
            assert!(feed.contains("2026-11-21T00:00:00+02:00"), "{feed}");
            assert!(
                !feed.contains("FALSE CLAIM") && !feed.contains("False deck") && !feed.contains("Lie"),
                "{feed}"
            );
        }
        let now = updated(&site);
        assert!(now.iter().zip(before).all(|(now, before)| *now > before), "{now:?} {before:?}");
        let printed = build(&site, "2026-12-01T00:00:00Z");
        assert!(
            printed.contains("Next change: 2026-12-21 00:00, `content/world/wrong.md` leaves the feeds\n"),
            "{printed}"
        );
        build(&site, "2026-12-20T21:59:59Z");
        assert!(feeds(&site).iter().all(|feed| feed.contains("world/wrong")));
        build(&site, "2026-12-20T22:00:00Z");
        assert!(feeds(&site).iter().all(|feed| !feed.contains("world/wrong")));
        let after = updated(&site);
        assert!(after.iter().zip(now).all(|(after, now)| *after > now), "{after:?} {now:?}");
    }

    #[test]
    fn a_feed_does_not_become_older_when_its_newest_story_expires() {
        let site = site();
        site.write(
            "content/world/wrong.md",
            story("Passing", "2026-11-20", "expires: 2026-11-22 12:00\n", "Text."),
        );
        build(&site, "2026-11-22T09:59:00Z");
        let before = updated(&site);
        build(&site, "2026-11-22T10:00:00Z");
        let now = updated(&site);
        assert_eq!(now.map(|instant| instant.to_string()), ["2026-11-22T10:00:00Z"; 2]);
        assert!(now > before);
        assert!(feeds(&site).iter().all(|feed| !feed.contains("passing") && !feed.contains("wrong")));
        // An expired story that was never visible changes nothing.
        site.write(
            "content/world/wrong.md",
            story("Never", "2026-11-22 13:00", "expires: 2026-11-22 12:00\n", "Text."),
        );
        build(&site, "2026-11-23T10:00:00Z");
        assert_eq!(updated(&site).map(|instant| instant.to_string()), ["2026-10-31T22:00:00Z"; 2]);
    }

    #[test]
    fn a_withdrawn_headline_is_removed_from_the_page() {
        let site = site();
        let keys = "withdrawn: {headline: A story was withdrawn, reason: \"It was not <so>.\", date: 2026-11-21 10:00}\n";
        site.write("content/world/wrong.md", story("Wrong claim", "2026-11-20", keys, "FALSE CLAIM"));
        build(&site, "2026-11-22T12:00:00Z");
        let page = site.read("public/2026/11/wrong/index.html");
        assert!(
            page.contains("<h1>A story was withdrawn</h1>") && page.contains("It was not &lt;so&gt;."),
            "{page}"
        );
        assert!(page.contains("content=\"noindex, follow\"") && page.contains("21 November 2026"), "{page}");
        for (path, bytes) in site.public() {
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            assert!(!text.contains("wrong claim") && !text.contains("false "), "{path}");
        }
        for feed in feeds(&site) {
            assert!(
                feed.contains("Withdrawn: A story was withdrawn") && feed.contains("It was not "),
                "{feed}"
            );
        }
        let json = site.read("public/2026/11/wrong/index.json");
        assert!(
            json.contains("\"pubStatus\":\"canceled\"") && json.contains("2026-11-21T10:00:00+02:00"),
            "{json}"
        );
        assert!(!json.contains("bodies"), "{json}");
    }

    #[test]
    fn a_notice_without_a_time_stays_among_the_newest() {
        let site = site();
        site.write(
            "content/world/wrong.md",
            story("Wrong claim", "2026-11-20", "withdrawn: true\n", "FALSE CLAIM"),
        );
        for (number, is_there) in [(1, true), (2, true), (3, true), (4, false)] {
            build(&site, "2027-11-22T12:00:00Z");
            assert_eq!(site.read("public/rss.xml").contains("Wrong claim"), is_there, "{number}");
            site.write(
                &format!("content/world/n{number}.md"),
                story("New", &format!("2026-12-0{number}"), "", "Text."),
            );
        }
    }

    #[test]
    fn withdrawals_are_understood_or_stop_the_build() {
        let site = site();
        let code = |keys: &str| {
            site.write("content/world/wrong.md", story("Wrong claim", "2026-11-20", keys, "FALSE CLAIM"));
            let run = site.run(&[]);
            if run.code == Some(0) {
                let leaks = site
                    .public()
                    .values()
                    .any(|bytes| String::from_utf8_lossy(bytes).contains("FALSE CLAIM"));
                assert_eq!(leaks, keys == "withdrawn: false\n", "{keys}");
            }
            run.code
        };
        for keys in [
            "withdrawn: true\n",
            "withdrawn: 2026-11-21\n",
            "withdrawn: {}\n",
            "withdrawn: false\n",
            "Withdrawn: {reason: R}\nstatus: withdrawn\n",
            "withdrawn: {reason: R}\nstatus: withheld\n",
        ] {
            assert_eq!(code(keys), Some(0), "{keys}");
        }
        for keys in [
            "withdrawn:\n",
            "withdrawn: soon\n",
            "withdrawn: [a]\n",
            "withdrawn: true\nstatus: published\n",
            "witdrawn: true\n",
            "withdrawn: {date: soon}\n",
            "extra: {withdrawn: true}\n",
        ] {
            assert_eq!(code(keys), Some(1), "{keys}");
        }
    }

    #[test]
    fn a_withdrawn_story_alone_creates_no_list() {
        let site = site();
        let keys = format!("{RETRACTED}tags: [Lie]\nauthors: [Nobody]\nsection: rumours\n");
        site.write("bulletin.yaml", SETTINGS);
        site.write("content/world/wrong.md", story("Wrong claim", "2026-11-20", &keys, "FALSE CLAIM"));
        build(&site, "2026-11-22T12:00:00Z");
        for path in ["tags", "authors", "rumours"] {
            assert!(!site.path(&format!("public/{path}")).exists(), "{path}");
        }
        assert!(site.read("public/rss.xml").contains("Wrong claim"));
    }
}

mod a_build_at_the_next_change {
    use bulletin::pipeline::Built;
    use bulletin::plan::ChangeKind;
    use proptest::prelude::*;

    use super::*;
    use crate::support::{build_in_process, request, tree};

    /// The hours from 1 November at which something happens to a story. 0: never.
    type Hours = [u8; 5];

    fn time(hour: u8) -> String {
        let start: jiff::Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        (start + jiff::SignedDuration::from_hours(i64::from(hour) * 5)).to_string()
    }

    fn write(site: &Site, stories: &[(Hours, u8)]) {
        for (number, ([date, embargo, expires, pinned, updated], kind)) in stories.iter().enumerate() {
            let keys =
                [("embargo", embargo), ("expires", expires), ("pinned_until", pinned), ("updated", updated)];
            let set = keys.iter().filter(|(_, hour)| **hour > 0 && (**hour > *date || **hour % 2 == 0));
            let mut keys: String = set.map(|(key, hour)| format!("{key}: {}\n", time(**hour))).collect();
            keys += match kind {
                0 => "draft: true\n",
                1 => "status: withdrawn\n",
                2 => "type: sponsored\n",
                3 => "feed: false\n",
                4 => "noindex: true\n",
                5 => "withdrawn: true\ncorrections: [{date: 2026-11-10, kind: retraction, text: No.}]\n",
                _ => "",
            };
            // An embargo alone does not turn a page into a story.
            site.write(
                &format!("content/s{number}.md"),
                story(&format!("S{number}"), &time(*date), &keys, "Text."),
            );
        }
    }

    fn built(site: &Site, as_of: &str) -> Built {
        let outcome = build_in_process(&request(&site.root, as_of));
        outcome.built.unwrap_or_else(|| panic!("{:?}", outcome.diagnostics))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn differs_and_none_before_it_does(stories in prop::collection::vec((prop::array::uniform5(0..60_u8), 0..10_u8), 1..5), start in 0..40_u8) {
            let site = Site::in_memory();
            site.write("bulletin.yaml", SETTINGS);
            write(&site, &stories);
            let mut as_of = time(start);
            for _ in 0..4 {
                let next = built(&site, &as_of).next_change;
                let before = tree(&site.path("public"));
                let Some(next) = next else {
                    built(&site, "2029-01-01T00:00:00Z");
                    prop_assert_eq!(&tree(&site.path("public")), &before, "after the last change");
                    break;
                };
                let just_before = next.at - jiff::SignedDuration::from_secs(1);
                if just_before > as_of.parse().unwrap() {
                    built(&site, &just_before.to_string());
                    prop_assert_eq!(&tree(&site.path("public")), &before, "before {:?}", next);
                }
                as_of = next.at.to_string();
                built(&site, &as_of);
                // A pinned story that is also the newest stays where it is.
                let differs = next.what == ChangeKind::Unpinned || tree(&site.path("public")) != before;
                prop_assert!(differs, "at {:?}", next);
            }
        }
    }
}
