//! What `bulletin publish` and `bulletin changed` do, whatever the target is.

use std::fs;

use crate::support::paper::photograph;
use crate::support::{Run, Site, assert_same, bulletin, story, tree};

const SETTINGS: &str = "title: Plain Paper\nbase_url: https://plain.example/\npublish: {production: {to: folder, path: ../www}}\n";

fn site(stories: usize) -> Site {
    let site = Site::bare(&[("bulletin.yaml", SETTINGS)]);
    for number in 0..stories {
        let text = story(&format!("Story {number}"), "2026-11-01", "", &format!("Text {number}."));
        site.write(&format!("content/story-{number}.md"), text);
    }
    site
}

fn run(site: &Site, args: &[&str]) -> Run {
    Run::of(bulletin().arg("--site").arg(&site.root).args(args))
}

fn publish(site: &Site, args: &[&str]) -> Run {
    run(site, &[&["publish"], args].concat())
}

/// The files that readers see, without the file that names the build.
fn published(site: &Site) -> crate::support::Tree {
    let mut files = tree(&site.root.parent().unwrap().join("www/current"));
    files.remove("_bulletin/build.txt").expect("the file that names the build");
    files
}

/// The files of the build, without bulletin's own record.
fn built(site: &Site) -> crate::support::Tree {
    let mut files = site.public();
    files.remove(".bulletin-files");
    files
}

#[track_caller]
fn assert_published(site: &Site) {
    assert_same(&built(site), &published(site), "the published site differs from the built one");
}

#[test]
fn a_site_is_published_as_it_is_built() {
    let site = site(3);
    let run = publish(&site, &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("Published to "), "{}", run.stderr);
    assert_published(&site);

    let again = publish(&site, &[]);
    assert!(again.stderr.contains("Nothing to publish"), "{}", again.stderr);

    site.write("content/story-1.md", story("Story 1", "2026-11-01", "", "Corrected."));
    let run = publish(&site, &["--json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let plan = lines.iter().find(|line| line["reason"] == "publish-plan").unwrap();
    let changed: Vec<&str> =
        plan["changed"].as_array().unwrap().iter().map(|file| file["url"].as_str().unwrap()).collect();
    assert!(changed.contains(&"https://plain.example/2026/11/story-1/"), "{changed:?}");
    let finished = lines.iter().find(|line| line["reason"] == "publish-finished").unwrap();
    assert_eq!((&finished["success"], &finished["removed"]), (&true.into(), &0.into()));
    assert_published(&site);
}

#[test]
fn a_dry_run_changes_nothing() {
    let site = site(2);
    let run = publish(&site, &["--dry-run"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("dry run") && run.stderr.contains(" new"), "{}", run.stderr);
    assert!(!site.root.parent().unwrap().join("www").exists());
}

#[test]
fn a_story_that_expires_is_taken_down_first() {
    let site = site(3);
    publish(&site, &[]);
    site.write("content/story-2.md", story("Story 2", "2026-11-01", "expires: 2026-11-02\n", "Text."));
    let run = publish(&site, &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let (plan, _) = run.stderr.split_once(" changed").unwrap();
    assert!(
        plan.contains("taken down first") && plan.contains("2026/11/story-2/index.html"),
        "{}",
        run.stderr
    );
    assert_published(&site);
}

#[test]
fn a_publication_that_removes_much_needs_consent() {
    let site = site(40);
    publish(&site, &[]);
    for number in 0..30 {
        site.remove(&format!("content/story-{number}.md"));
    }
    let before = published(&site);
    let run = publish(&site, &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("error[publish/removes-much]"), "{}", run.stderr);
    assert_same(&before, &published(&site), "the guard let something through");
    assert_eq!(publish(&site, &["--yes"]).code, Some(0));
    assert_published(&site);
}

#[test]
fn another_site_is_not_replaced() {
    let site = site(2);
    publish(&site, &[]);
    site.write("bulletin.yaml", SETTINGS.replace("plain.example", "other.example"));
    let run = publish(&site, &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("error[publish/other-site]"), "{}", run.stderr);
}

#[test]
fn another_time_needs_consent() {
    let site = site(1);
    site.write("content/secret.md", story("Secret", "2026-11-01", "embargo: 2099-01-01\n", "Canary."));
    let run = publish(&site, &["--as-of", "2099-01-02"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("[publish/as-of]"), "{}", run.stderr);
    assert!(!site.root.parent().unwrap().join("www").exists());
    assert_eq!(publish(&site, &["--as-of", "2099-01-02", "--yes"]).code, Some(0));
    assert!(
        published(&site).contains_key("2099/01/secret/index.html")
            || published(&site).contains_key("2026/11/secret/index.html")
    );
    // As of now, it is secret again.
    assert_eq!(publish(&site, &[]).code, Some(0));
    assert!(!published(&site).iter().any(|(path, _)| path.contains("secret")));
}

#[test]
fn a_site_with_errors_is_not_published() {
    let site = site(1);
    publish(&site, &[]);
    let before = published(&site);
    site.write("content/story-0.md", "---\ntitle: A: b\n---\n");
    let run = publish(&site, &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_same(&before, &published(&site), "a site with errors was published");
}

#[test]
fn a_takedown_removes_the_pictures_of_a_story() {
    let site = site(2);
    site.write("content/quay/photo.jpg", photograph(1));
    site.write("content/quay/index.md", story("Quay", "2026-11-02", "image: photo.jpg\n", "Text."));
    publish(&site, &[]);
    let pictures = |site: &Site| published(site).keys().filter(|path| path.ends_with(".jpg")).count();
    let page = String::from_utf8(published(&site)["2026/11/quay/index.html"].clone()).unwrap();
    let shown = |site: &Site| {
        let files = published(site);
        files.keys().filter(|path| path.ends_with(".jpg") && page.contains(path.as_str())).count()
    };
    assert!(shown(&site) > 1);
    let run = publish(&site, &["--takedown", "/2026/11/quay/"]);
    assert_eq!((run.code, shown(&site)), (Some(0), 0), "{}", run.stderr);
    // They come back with the story, and go with it.
    publish(&site, &[]);
    assert_published(&site);
    site.remove("content/quay/index.md");
    assert_eq!((publish(&site, &["--yes"]).code, pictures(&site)), (Some(0), 0));
}

#[test]
fn a_takedown_removes_a_story_at_once() {
    let site = site(3);
    publish(&site, &[]);
    let run = publish(&site, &["--takedown", "https://plain.example/2026/11/story-1/"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!published(&site).contains_key("2026/11/story-1/index.html"));
    assert!(published(&site).contains_key("2026/11/story-0/index.html"));
    let run = publish(&site, &["--takedown", "/2026/11/story-1/"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("nothing is published at"), "{}", run.stderr);
    // The story is still in the sources.
    assert_eq!(publish(&site, &[]).code, Some(0));
    assert_published(&site);
}

#[test]
fn the_target_is_found_by_its_name() {
    let site = site(1);
    let two = "publish:\n  live: {to: folder, path: ../www}\n  test: {to: folder, path: ../test}\n";
    site.write("bulletin.yaml", format!("title: Plain Paper\nbase_url: https://plain.example/\n{two}"));
    for (args, message) in
        [(&[][..], "several targets"), (&["lvie"], "did you mean `live`?"), (&["x"], "`live`, `test`")]
    {
        let run = publish(&site, args);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
    assert_eq!(publish(&site, &["test"]).code, Some(0));
    site.write("bulletin.yaml", "title: Plain Paper\nbase_url: https://plain.example/\n");
    assert!(publish(&site, &[]).stderr.contains("does not say where to publish"));
}

#[test]
fn changes_are_listed_since_a_record() {
    let site = site(2);
    let record = site.path("site.record");
    let changed = |args: &[&str]| {
        let run = run(&site, &[&["changed", "--since", record.to_str().unwrap()], args].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stdout
    };
    let failed = run(&site, &["changed", "--since", record.to_str().unwrap()]);
    assert!(failed.stderr.contains("changed/no-build"), "{}", failed.stderr);
    site.build(&[]);
    let all = changed(&["--update"]);
    assert!(
        all.contains("added\t2026/11/story-0/index.html\thttps://plain.example/2026/11/story-0/"),
        "{all}"
    );
    assert_eq!(changed(&[]), "");
    site.write("content/story-0.md", story("Story 0", "2026-11-01", "", "Corrected."));
    site.remove("content/story-1.md");
    site.build(&[]);
    let some = changed(&[]);
    assert!(some.contains("changed\t2026/11/story-0/index.html\t"), "{some}");
    assert!(some.contains("removed\t2026/11/story-1/index.html\t"), "{some}");
    assert!(!some.contains("added"), "{some}");
    fs::write(&record, "something else").unwrap();
    let failed = run(&site, &["changed", "--since", record.to_str().unwrap()]);
    assert_eq!(failed.code, Some(2), "{}", failed.stderr);
}

#[test]
fn a_small_site_does_not_lose_most_of_its_stories_unasked() {
    let site = site(6);
    publish(&site, &[]);
    for number in 0..6 {
        site.remove(&format!("content/story-{number}.md"));
    }
    let run = publish(&site, &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let (plan, guard) = run.stderr.split_once("error[publish/removes-much]").unwrap();
    assert!(plan.contains("taken down first"), "the plan comes before the guard: {plan}{guard}");
    assert!(published(&site).contains_key("2026/11/story-5/index.html"));
}

#[test]
fn a_limit_of_the_settings_has_no_exceptions() {
    let site = site(6);
    let strict = SETTINGS.replace("path: ../www", "path: ../www, max_removed: 0 %");
    site.write("bulletin.yaml", strict);
    publish(&site, &[]);
    site.remove("content/story-0.md");
    assert_eq!(publish(&site, &[]).code, Some(1));
    assert_eq!(publish(&site, &["--dry-run"]).code, Some(1));
}

#[test]
fn only_stories_of_the_site_are_taken_down_unasked() {
    let site = site(2);
    site.write("content/moved.md", story("Moved", "2026-11-01", "aliases: [/old/]\n", "Text."));
    publish(&site, &[]);
    for (url, message) in [
        ("", "is not a URL of the site"),
        ("/", "is not the URL of a story"),
        ("/rss.xml", "is not the URL of a story"),
        ("https://other.example/2026/11/story-0/", "is not a URL of the site"),
        ("//plain.example/2026/11/story-0/", "is not a URL of the site"),
        ("/old/", "only redirects"),
    ] {
        let run = publish(&site, &["--takedown", url]);
        assert_eq!(run.code, Some(2), "{url}: {}", run.stderr);
        assert!(run.stderr.contains(message), "{url}: {}", run.stderr);
    }
    assert_published(&site);
    let run = publish(&site, &["--takedown", " <https://plain.example/2026/11/story-0/?utm=1> ", "--json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("\"takedown-finished\""), "{}", run.stdout);
    assert!(!published(&site).contains_key("2026/11/story-0/index.html"));
    assert_eq!(publish(&site, &["--takedown", "/2026/11/story-1/", "--dry-run"]).code, Some(2));
}

#[test]
fn a_rollback_does_not_show_removed_stories_again() {
    let site = site(3);
    publish(&site, &[]);
    site.write("content/story-2.md", story("Story 2", "2026-11-01", "", "A mistake."));
    publish(&site, &[]);
    let before = published(&site);
    site.remove("content/story-0.md");
    publish(&site, &[]);
    let run = publish(&site, &["--rollback"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("error[publish/shows-removed]"), "{}", run.stderr);
    assert_published(&site);
    assert_eq!(publish(&site, &["--rollback", "--yes"]).code, Some(0));
    let shown = published(&site);
    assert!(!shown.contains_key("2026/11/story-0/index.html"));
    assert_eq!(shown["2026/11/story-2/index.html"], before["2026/11/story-2/index.html"]);
}

#[test]
fn a_repair_of_an_intact_target_changes_nothing() {
    let site = site(2);
    publish(&site, &[]);
    let releases = || fs::read_dir(site.root.parent().unwrap().join("www/releases")).unwrap().count();
    let run = publish(&site, &["--repair"]);
    assert!(run.stderr.contains("Nothing to publish"), "{}", run.stderr);
    assert_eq!(releases(), 1);
    fs::remove_file(site.root.parent().unwrap().join("www/current/2026/11/story-1/index.html")).unwrap();
    assert_eq!(publish(&site, &["--repair"]).code, Some(0));
    assert_published(&site);
}

#[test]
fn a_takedown_accepts_the_urls_of_the_site_and_of_the_target() {
    let site = site(3);
    let settings = SETTINGS.replace("plain.example/", "plain.example/news/");
    site.write(
        "bulletin.yaml",
        settings.replace("path: ../www", "path: ../www, url: 'https://staging.example/'"),
    );
    publish(&site, &[]);
    for (number, url) in
        ["https://plain.example/news/2026/11/story-0/", "https://staging.example/2026/11/story-1/"]
            .into_iter()
            .enumerate()
    {
        let run = publish(&site, &["--takedown", url]);
        assert_eq!(run.code, Some(0), "{url}: {}", run.stderr);
        assert!(!published(&site).contains_key(&format!("2026/11/story-{number}/index.html")), "{url}");
    }
}
