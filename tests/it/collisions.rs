//! Collisions: two pages at one path are reported at the file that an editor can change, with advice.

use crate::support::{SETTINGS, Site, story};

/// The only problem of a site that cannot be built: its file, message and help.
#[track_caller]
fn only_collision(site: &Site) -> [String; 3] {
    only(site, 1, "route/collision")
}

#[track_caller]
fn only(site: &Site, exit: i32, code: &str) -> [String; 3] {
    let run = site.json(&[]);
    assert_eq!(run.code, Some(exit), "{}{}", run.stdout, run.stderr);
    let problems = run.problems();
    assert_eq!(problems.len(), 1, "{}", run.stdout);
    assert_eq!(problems[0]["code"], code, "{}", run.stdout);
    ["file", "message", "help"].map(|key| problems[0][key].as_str().unwrap_or_default().to_owned())
}

/// A site with one article and more settings.
fn site(more: &str, path: &str, keys: &str) -> Site {
    let site = Site::new(&[(path, &story("X", "2026-11-02", keys, "Text."))]);
    site.write("bulletin.yaml", format!("{SETTINGS}{more}"));
    site
}

#[test]
fn pages_cannot_replace_files_for_hosts() {
    for (keys, path) in [
        ("permalink: /_headers/\n", "/_headers"),
        ("permalink: /_HEADERS/x.html\n", "/_headers"),
        ("aliases: [/_headers]\n", "/_headers"),
        ("permalink: /_redirects/\n", "/_redirects"),
        ("permalink: /_redirects/\naliases: [/old/]\n", "/_redirects"),
        ("permalink: /redirects.nginx.map\n", "/redirects.nginx.map"),
        ("permalink: /redirects.nginx.map/\naliases: [/old/]\n", "/redirects.nginx.map"),
        ("aliases: [/redirects.nginx.map]\n", "/redirects.nginx.map"),
    ] {
        let [file, message, _] = only_collision(&site("", "content/x.md", keys));
        assert_eq!(file, "content/x.md", "{keys}");
        assert!(message.contains(path) && message.contains("content/x.md"), "{keys}: {message}");
    }
    let redirect = site("redirects:\n  /_headers: /2026/11/x/\n", "content/x.md", "");
    assert_eq!(only_collision(&redirect)[0], "bulletin.yaml");

    let theirs = site("", "content/x.md", "permalink: /_headers/\n");
    theirs.write("static/_headers", "/*\n  X: y\n");
    let [_, message, help] = only_collision(&theirs);
    assert!(message.contains("`static/_headers`") && help.contains("rename the file `static/_headers`"));
    theirs.write("content/x.md", story("X", "2026-11-02", "", "Text."));
    theirs.write("static/_redirects", "/a /b\n");
    theirs.write("static/redirects.nginx.map", "# Theirs.\n");
    theirs.build(&[]);
    assert_eq!(theirs.read("public/_headers"), "/*\n  X: y\n");
}

#[test]
fn json_and_feeds_are_described_with_their_list_or_story() {
    let api = "api: true\npermalink: /:slug.html\n";
    let [file, message, help] = only_collision(&site(api, "content/feed.md", ""));
    assert_eq!(file, "content/feed.md");
    assert_eq!(
        message,
        "two pages have the URL `/feed.json`: the JSON feed of the site and the JSON (`api` in `bulletin.yaml`) of \
         the story `content/feed.md`"
    );
    assert_eq!(help, "give one of the stories another `slug` or `permalink`");

    let [file, message, _] =
        only_collision(&site("api: true\n", "content/world/x.md", "aliases: [/world/rss.xml/]\n"));
    assert_eq!(file, "content/world/x.md");
    assert!(message.contains("the RSS feed of the section `World`"), "{message}");

    for name in ["rss.xml", "sitemap.xml", "index.json"] {
        let taken = site("api: true\n", "content/x.md", "");
        taken.write(&format!("static/{name}"), "Theirs.");
        let [file, _, help] = only_collision(&taken);
        assert_eq!((file, help), (format!("static/{name}"), format!("rename the file `static/{name}`")));
    }
}

#[test]
fn a_collision_is_reported_once() {
    // Pages at one path with JSON and feeds collide in more files.
    let same = site("api: true\n", "content/world/x.md", "slug: same\n");
    same.write("content/world/y.md", story("Y", "2026-11-02", "slug: same\n", "Text."));
    assert_eq!(only_collision(&same)[2], "give one of the stories another `slug` or `permalink`");
    // A file where a folder belongs makes the path unwritable, which is not a disk error.
    only_collision(&site("", "content/x.md", "permalink: /rss.xml/\n"));
    only_collision(&site("", "content/x.md", "permalink: /rss.xml/a/b.html\n"));
    let section = site("api: true\n", "content/world/x.md", "permalink: /world/\n");
    assert_eq!(only_collision(&section)[0], "content/world/x.md");
}

#[test]
fn other_problems_are_reported_with_a_collision() {
    let site = site("", "content/x.md", "permalink: /rss.xml/\n");
    site.write("templates/article.html", "{{ nothing.there }}");
    let run = site.json(&[]);
    let codes: Vec<String> = run.places().into_iter().map(|(code, ..)| code).collect();
    assert_eq!(
        (run.code, codes),
        (Some(1), ["route/collision", "theme/template"].map(str::to_owned).to_vec())
    );
}

#[test]
fn collisions_of_scheduled_stories_are_warnings() {
    for (settings, keys) in [
        ("", "permalink: /2026/11/x/\n"),
        ("", "permalink: /rss.xml/\n"),
        ("", "permalink: /_headers/\n"),
        ("", "permalink: /x.php\n"),
        ("api: true\n", "permalink: /feed.html\n"),
    ] {
        let site = site(settings, "content/x.md", "aliases: [/x.php]\n");
        site.write("content/due.md", story("Due", "2027-11-02", keys, "Text."));
        let [file, message, help] = only(&site, 0, "route/collision-to-come");
        assert_eq!(file, "content/due.md", "{keys}");
        assert!(message.contains("of this scheduled story is already taken"), "{message}");
        assert!(help.ends_with("before the story is due, or the build will fail then"), "{help}");
        assert!(help.starts_with("give one of the stories another `slug` or `permalink`"), "{help}");
        assert_eq!(site.json(&["--as-of", "2027-12-01T00:00:00Z"]).code, Some(1), "{keys}");
    }
    let two = site("api: true\n", "content/x.md", "");
    for name in ["content/due.md", "content/too.md"] {
        two.write(name, story("Due", "2027-11-02", "slug: due\n", "Text."));
    }
    let [_, message, _] = only(&two, 0, "route/collision-to-come");
    assert!(message.contains("the story `content/due.md`"), "{message}");
}
