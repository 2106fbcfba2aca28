//! The report of an import, how an interrupted import resumes, and what `urls --against` finds.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use crate::support::{AS_OF, Run, SETTINGS, Site, Tree, assert_same, bulletin, story, tree};

/// A site without articles, and an archive of Jekyll in `old/` beside it.
fn moved(posts: &[(&str, &str)]) -> Site {
    let site = Site::empty();
    site.write("bulletin.yaml", format!("{SETTINGS}permalink: /:year/:month/:slug/\n"));
    site.write("../old/_config.yml", "title: Old\npermalink: /:year/:month/:day/:title.html\n");
    for (path, text) in posts {
        site.write(&format!("../old/{path}"), text);
    }
    site
}

fn import(site: &Site, args: &[&str]) -> Run {
    let folder = site.root.parent().unwrap();
    Run::of(bulletin().current_dir(folder).args(["import", "--site", "site", "old"]).args(args))
}

fn post(keys: &str, body: &str) -> String {
    format!("---\ntitle: A story\n{keys}---\n\n{body}\n")
}

#[test]
fn the_report_groups_files_of_an_archive() {
    let site = moved(&[]);
    for number in 0..300 {
        let text = post("", "A story.\n\n{% harbour_map 7 %}");
        site.write(&format!("../old/_posts/2014-03-01-story-{number}.md"), text);
        site.write(&format!("../old/_posts/note-{number}.md"), post("", "A note."));
        site.write(&format!("../old/_posts/2014-03-02-broken-{number}.md"), "---\ntitle: [\n---\n\nText.\n");
    }
    let run = import(&site, &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert!(lines.len() <= 9, "{}", run.stderr);
    let has =
        |start: &str, rest: &str| lines.iter().any(|line| line.starts_with(start) && line.contains(rest));
    assert!(has("300 × ", "(for example old/_posts/2014-03-01-story-0.md:7:1)"), "{}", run.stderr);
    assert!(has("300 × not imported: ", "(for example old/_posts/2014-03-02-broken-0.md:"), "{}", run.stderr);
    assert!(has("300 × skipped: its file name does not begin with a date", "note-0.md"), "{}", run.stderr);
    assert_eq!(lines.last(), Some(&"Report on each file: import-report.html"));
    // Lists each file on request.
    let again = import(&site, &["-v"]);
    assert!(again.stderr.matches("error[import/failed]").count() == 300, "{}", again.stderr);
}

#[test]
fn the_report_maps_old_urls_to_new_ones() {
    let posts =
        [("_posts/2014-03-01-a.md", post("", "Text.")), ("_posts/2014-03-01-x.md", post("", "[b](b.md)"))];
    let site = moved(&posts.each_ref().map(|(path, text)| (*path, &**text)));
    // The URLs chosen by the editors, not those of the archive.
    site.write("bulletin.yaml", format!("{SETTINGS}permalink: /:year/:month/:slug/\n"));
    let run = import(&site, &["--json"]);
    let rows: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let row = rows.iter().find(|row| row["input"] == "old/_posts/2014-03-01-a.md").unwrap();
    assert_eq!(
        (&row["old_url"], &row["url"]),
        (&"/2014/03/01/a.html".into(), &"/2014/03/a/".into()),
        "{row}"
    );
    assert!(rows.iter().any(|row| row["remarks"][0]["about"].is_string()), "{}", run.stdout);
    let page = site.read("import-report.html");
    assert!(page.contains("<td>/2014/03/01/a.html<td>/2014/03/a/<td>"), "{page}");
    // The file is not part of the site, and is kept if there is nothing new.
    site.build(&[]);
    assert!(!site.public().keys().any(|path| path.contains("import-report")));
    let again = import(&site, &[]);
    assert!(
        again.stderr.ends_with("Nothing to import: all 2 stories were imported before\n"),
        "{}",
        again.stderr
    );
    assert_eq!(site.read("import-report.html"), page);
}

#[test]
fn dry_runs_and_small_imports_write_no_report() {
    let site = moved(&[("_posts/2014-03-01-a.md", &post("", "Text."))]);
    import(&site, &["--dry-run"]);
    site.write("../wire.txt", "A headline\n\nPORT, March 3, 2026 (AP) - Text.\n");
    let folder = site.root.parent().unwrap();
    Run::of(bulletin().current_dir(folder).args(["import", "--site", "site", "wire.txt"]));
    let files = fs::read_dir(&site.root).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!files.into_iter().any(|name| name.to_string_lossy().contains("report")));
}

#[test]
fn warnings_about_imported_stories_are_grouped() {
    let site = Site::empty();
    for number in 0..9 {
        let date = if number % 3 == 0 { "    date: derived 1:1-9\n" } else { "" };
        let notes = format!("import:\n  from: wire\n  fields:\n    title: positional 1:1-38\n{date}");
        site.write(&format!("content/a{number}.md"), story("A story", "2026-11-01", &notes, "Text."));
    }
    let check = |args: &[&str]| {
        Run::of(bulletin().args(["check", "--as-of", AS_OF, "--site"]).arg(&site.root).args(args)).stderr
    };
    for printed in [check(&[]), site.run(&[]).stderr] {
        assert_eq!(printed.matches("import/unreviewed").count(), 1, "{printed}");
        let kinds =
            ["9 × title (positional), for example content/a0.md:4", "3 × date (derived), for example"];
        assert!(kinds.iter().all(|kind| printed.contains(kind)), "{printed}");
        assert!(
            printed.contains("9 imported stories") && printed.contains("-v shows each story"),
            "{printed}"
        );
    }
    assert_eq!(check(&["-v"]).matches("warning[import/unreviewed]").count(), 9);
    let strict = check(&["--strict"]);
    assert_eq!(strict.matches("error[import/unreviewed]").count(), 1, "{strict}");
    assert_eq!(site.json(&[]).places().len(), 9);
}

fn urls(site: &Site, args: &[&str]) -> Run {
    let folder = site.root.parent().unwrap();
    Run::of(bulletin().current_dir(folder).args(["urls", "--site", "site", "--as-of", AS_OF]).args(args))
}

/// A site after an import: its stories have new URLs, and some of the old ones redirect to them.
fn with_old_urls() -> Site {
    Site::new(&[
        ("bulletin.yaml", &format!("{SETTINGS}redirects:\n  /old-about: /about/\n")),
        ("content/2014-03-01-ferry-late.md", &story("Ferry late", "2014-03-01", "tags: [Harbour]\n", "x")),
        ("content/2015-03-01-ferry-late.md", &story("Ferry late", "2015-03-01", "slug: ferry-late\n", "x")),
        ("content/pier.md", &story("Pier", "2016-01-02", "aliases: [/p.php]\n", "![](pier.svg)")),
        ("content/secret.md", &story("Secret plan", "2016-01-02", "draft: true\n", "x")),
        ("content/about.md", "---\ntitle: About\n---\n\nUs.\n"),
        ("static/_redirects", "/feed/* /rss.xml 301\n/gone/* /nothing/ 301\n/hidden /404.html 404\n"),
        ("static/café.html", "<p>Menu"),
        ("content/pier.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
    ])
}

#[test]
fn urls_against_checks_old_urls() {
    let site = with_old_urls();
    site.write(
        "../old.txt",
        "# Old URLs.\n/\nhttps://old.example/about\n/about/index.html?utm_source=x\n/p.php\n/old-about\n/feed/atom/\n/caf%C3%A9.html\n\
         /cafe%CC%81.html\n/2016/01/pier\n/gone/x\n/hidden\n/secret/\n/2016/01/secret/\n/?p=12\n/tag/harbour/\n/tag/harbour/page/2/\n/blog/2014/03/ferry-late.html\n",
    );
    let run = urls(&site, &["--json", "--against", "old.txt"]);
    let lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let missing: Vec<(&str, Option<&str>)> = lines
        .iter()
        .filter(|line| line["reason"] == "url-missing")
        .map(|line| (line["url"].as_str().unwrap(), line["target"].as_str()))
        .collect();
    let expected = [
        ("/2016/01/secret/", None),
        ("/?p=12", None),
        ("/blog/2014/03/ferry-late.html", Some("/2014/03/ferry-late/")),
        ("/gone/x", None),
        ("/hidden", None),
        ("/secret/", None),
        ("/tag/harbour/", Some("/tags/harbour/")),
        ("/tag/harbour/page/2/", Some("/tags/harbour/")),
    ];
    assert_eq!(missing, expected, "{}", run.stderr);
    let last = lines.last().unwrap();
    assert_eq!((&last["found"], &last["redirected"], run.code), (&6.into(), &3.into(), Some(1)), "{last}");
    let printed = urls(&site, &["--against", "old.txt"]).stderr;
    assert!(
        printed.contains("8 missing") && printed.contains("3 missing URLs have certain targets; --write"),
        "{printed}"
    );
}

#[test]
fn aliases_are_written_only_for_unambiguous_stories() {
    let site = with_old_urls();
    let list = "/blog/2014/03/ferry-late.html\n/ferry-late/\n/tag/harbour/\n/about/\n";
    site.write("../old.txt", list);
    let before =
        (site.read("content/2015-03-01-ferry-late.md"), site.read("content/2014-03-01-ferry-late.md"));
    let run = urls(&site, &["--against", "old.txt", "--write"]);
    // Two stories have this name, so that only the URL with a date identifies one.
    assert!(run.code == Some(1) && run.stderr.contains("/ferry-late/"), "{}", run.stderr);
    assert!(run.stderr.contains("Added 2 redirects"), "{}", run.stderr);
    let after =
        (site.read("content/2015-03-01-ferry-late.md"), site.read("content/2014-03-01-ferry-late.md"));
    assert_eq!(after.0, before.0);
    assert_eq!(
        after.1,
        before.1.replacen("\n---\n", "\naliases:\n- /blog/2014/03/ferry-late.html\n---\n", 1)
    );
    let settings = site.read("bulletin.yaml");
    assert!(
        settings.contains("redirects:\n  /tag/harbour/: /tags/harbour/\n  /old-about: /about/\n"),
        "{settings}"
    );
    site.write("../old.txt", list.replace("/ferry-late/\n", ""));
    let run = urls(&site, &["--against", "old.txt"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        site.build(&[]).code == Some(0)
            && site.read("public/blog/2014/03/ferry-late.html").contains("/2014/03/ferry-late/")
    );
}

#[test]
fn old_urls_may_come_from_sitemaps_a_built_site_or_the_site_itself() {
    let site = with_old_urls();
    let map = |urls: &[&str]| {
        let urls: String =
            urls.iter().map(|url| format!("<url><loc>https://old.example{url}</loc></url>")).collect();
        format!(
            "<?xml version=\"1.0\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>"
        )
    };
    site.write("../maps/maps/one.xml", map(&["/about/", "/none/"]));
    site.write(
        "../maps/sitemap.xml",
        "<sitemapindex><sitemap><loc>https://old.example/maps/one.xml</loc></sitemap></sitemapindex>",
    );
    let run = urls(&site, &["--against", "maps/sitemap.xml"]);
    assert!(run.code == Some(1) && run.stderr.contains("1 × /none/\n2 old URLs: 1 found"), "{}", run.stderr);
    fs::remove_file(site.path("../maps/maps/one.xml")).unwrap();
    let run = urls(&site, &["--against", "maps/sitemap.xml"]);
    assert!(
        run.code == Some(2) && run.stderr.contains("download that into the same folder"),
        "{}",
        run.stderr
    );
    // All URLs of the site work.
    site.build(&[]);
    let run = urls(&site, &["--against", "site/public"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let own = urls(&site, &[]);
    site.write("../own.txt", &own.stdout);
    let run = urls(&site, &["--against", "own.txt"]);
    assert!(
        run.code == Some(0) && own.stdout.contains("/2014/03/ferry-late/\n"),
        "{}{}",
        own.stdout,
        run.stderr
    );
    for (text, why) in [
        ("", "it contains no URLs"),
        ("\u{1f}\u{8b}", "it contains no URLs"),
        ("<urlset><url>", "it contains no URLs"),
    ] {
        site.write("../bad.txt", text);
        let run = urls(&site, &["--against", "bad.txt"]);
        assert!(run.code == Some(2) && run.stderr.contains(why), "{text}: {}", run.stderr);
    }
}

/// The files of a site that builds read after an import.
fn sources(site: &Site) -> Tree {
    ["content", "static"]
        .into_iter()
        .flat_map(|name| {
            let folder = site.path(name);
            let files = if folder.exists() { tree(&folder) } else { Tree::new() };
            files.into_iter().map(move |(path, bytes)| (format!("{name}/{path}"), bytes))
        })
        .collect()
}

/// An archive with pictures, pages, equal titles, equal URLs and names that differ in case. Each seed gives another one.
fn archive(site: &Site, seed: u64) {
    let mut state = seed;
    let mut next = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    for number in 0..120 {
        let (day, word) = (1 + next(4), ["Ferry", "ferry", "Harbour", "Pier"][next(4) as usize]);
        let mut keys = if next(3) == 0 { format!("permalink: /p/{}/\n", next(9)) } else { String::new() };
        if next(4) == 0 {
            keys.push_str(&format!("redirect_from: [/old/{}/]\n", next(20)));
        }
        let picture = next(30);
        let picture_line = if picture < 9 { format!("![x](/assets/{picture}.svg)") } else { String::new() };
        site.write(
            &format!("../old/_posts/2014-03-0{day}-{word}-{}.md", next(40)),
            post(&keys, &format!("Text {number}.\n\n{picture_line}")),
        );
    }
    for picture in 0..9 {
        let size = 100 + next(20_000) as usize;
        site.write(
            &format!("../old/assets/{picture}.svg"),
            format!("<svg xmlns='x'>{}</svg>", "a".repeat(size)),
        );
    }
    for page in 0..4 {
        site.write(
            &format!("../old/page-{page}.md"),
            post(&format!("permalink: /p/{}/\n", next(9)), "A page."),
        );
    }
}

#[test]
fn a_killed_import_resumes_to_the_same_result() {
    for seed in 1..=3 {
        let (clean, killed) = (moved(&[]), moved(&[]));
        archive(&clean, seed);
        archive(&killed, seed);
        let started = std::time::Instant::now();
        import(&clean, &[]);
        let whole = started.elapsed();
        let expected = sources(&clean);
        assert!(expected.len() > 60, "{}", expected.len());
        for part in 1..7_u32 {
            let mut run = bulletin();
            run.current_dir(killed.root.parent().unwrap()).args(["import", "-q", "--site", "site", "old"]);
            let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(whole.mul_f64(f64::from(part) / 7.0 * if seed % 2 == 0 { 1.0 } else { 0.5 }));
            let _ = run.kill();
            run.wait().unwrap();
        }
        let last = import(&killed, &[]);
        assert_same(&sources(&killed), &expected, &format!("seed {seed}: {}", last.stderr));
        let before = sources(&killed);
        let again = import(&killed, &[]);
        assert!(!again.stderr.contains("Imported"), "seed {seed}: {}", again.stderr);
        assert_same(&sources(&killed), &before, "a second run wrote something");
        assert_eq!(killed.build(&[]).code, Some(0));
    }
}

#[test]
fn stories_of_two_archives_do_not_replace_each_other() {
    let site = moved(&[("_posts/2014-03-01-a.md", &post("permalink: /a/\n", "Of the first."))]);
    site.write("../other/_config.yml", "title: Other\n");
    site.write(
        "../other/_posts/2015-03-01-b.md",
        post("permalink: /a/\ndate: 2015-03-01\n", "Of the other."),
    );
    site.write("../other/_posts/2015-03-02-A.md", post("", "Small letters."));
    site.write("../other/_posts/2015-03-02-a.md", post("", "Capitals."));
    let run = import(&site, &["other"]);
    assert_eq!((run.code, sources(&site).len()), (Some(0), 4), "{}", run.stderr);
    assert!(run.stderr.contains("2 × an old URL belongs to another page of the site"), "{}", run.stderr);
    let names: BTreeSet<String> = sources(&site).into_keys().map(|path| path.to_lowercase()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    let before = sources(&site);
    let again = import(&site, &["other", "--update"]);
    assert_same(&sources(&site), &before, &again.stderr);
    site.build(&[]);
}

#[test]
fn a_read_only_folder_is_reported_before_the_import() {
    let site = moved(&[("_posts/2014-03-01-a.md", &post("", "Text."))]);
    fs::remove_dir(site.path("content")).unwrap();
    site.write("content", "a file");
    let run = import(&site, &[]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("error[import/cannot-write]"), "{}", run.stderr);
    // A file in the way of some stories affects only these, and leaves nothing half-written.
    fs::remove_file(site.path("content")).unwrap();
    site.write("content/2014", "a file");
    site.write("../old/_posts/2015-03-01-b.md", post("", "Text."));
    let run = import(&site, &[]);
    assert!(run.code == Some(1) && run.stderr.contains("the story cannot be written"), "{}", run.stderr);
    let paths: Vec<String> = sources(&site).into_keys().collect();
    assert_eq!(paths, ["content/2014", "content/2015/2015-03-01-b.md"]);
}
