//! What an import says of an archive, how it goes on after it was stopped, and what `urls --against` finds.

use std::fs;

use crate::support::{AS_OF, Run, SETTINGS, Site, bulletin, story};

/// A site without articles, with an archive of Jekyll in `old/` beside it.
fn moved(posts: &[(&str, &str)]) -> Site {
    let site = Site::empty();
    site.write("bulletin.yaml", SETTINGS);
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
fn an_archive_told_of_each_file_on_a_line_of_its_own() {
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
    assert!(lines.len() <= 6, "{}", run.stderr);
    let has =
        |start: &str, rest: &str| lines.iter().any(|line| line.starts_with(start) && line.contains(rest));
    assert!(has("300 × ", "(for example old/_posts/2014-03-01-story-0.md:7:1)"), "{}", run.stderr);
    assert!(has("300 × not imported: ", "(for example old/_posts/2014-03-02-broken-0.md:"), "{}", run.stderr);
    assert!(has("300 × skipped: its name does not begin with a date", "note-0.md"), "{}", run.stderr);
    assert_eq!(lines.last(), Some(&"What became of each file: import-report.html"));
    // Each by itself on request.
    let again = import(&site, &["-v"]);
    assert!(again.stderr.matches("error[import/failed]").count() == 300, "{}", again.stderr);
}

#[test]
fn old_and_new_urls_were_nowhere_side_by_side() {
    let posts =
        [("_posts/2014-03-01-a.md", post("", "Text.")), ("_posts/2014-03-01-x.md", post("", "[b](b.md)"))];
    let site = moved(&posts.each_ref().map(|(path, text)| (*path, &**text)));
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
    // It is no part of the site, and is kept where there is nothing new to tell.
    site.build(&[]);
    assert!(!site.public().keys().any(|path| path.contains("import-report")));
    let again = import(&site, &[]);
    assert_eq!(again.stderr, "All 2 stories are in the site already: nothing to import\n");
    assert_eq!(site.read("import-report.html"), page);
}

#[test]
fn a_dry_run_and_a_few_stories_of_agencies_leave_no_report() {
    let site = moved(&[("_posts/2014-03-01-a.md", &post("", "Text."))]);
    import(&site, &["--dry-run"]);
    site.write("../wire.txt", "A headline\n\nPORT, March 3, 2026 (AP) - Text.\n");
    let folder = site.root.parent().unwrap();
    Run::of(bulletin().current_dir(folder).args(["import", "--site", "site", "wire.txt"]));
    let files = fs::read_dir(&site.root).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!files.into_iter().any(|name| name.to_string_lossy().contains("report")));
}

#[test]
fn check_and_build_warned_of_each_imported_story_by_itself() {
    let site = Site::empty();
    for number in 0..9 {
        let date = if number % 3 == 0 { "    date: derived 1:1-9\n" } else { "" };
        let notes = format!("import:\n  from: wire\n  fields:\n    title: positional 1:1-38\n{date}");
        site.write(&format!("content/a{number}.md"), story("A story", "2026-11-01", &notes, "Text."));
    }
    let check = |args: &[&str]| {
        Run::of(bulletin().args(["check", "--as-of", AS_OF, "--site"]).arg(&site.root).args(args)).stderr
    };
    for said in [check(&[]), site.run(&[]).stderr] {
        assert_eq!(said.matches("import/unreviewed").count(), 1, "{said}");
        let kinds =
            ["9 × title (positional), for example content/a0.md:4", "3 × date (derived), for example"];
        assert!(kinds.iter().all(|kind| said.contains(kind)), "{said}");
        assert!(said.contains("9 imported stories") && said.contains("-v shows each story"), "{said}");
    }
    assert_eq!(check(&["-v"]).matches("warning[import/unreviewed]").count(), 9);
    let strict = check(&["--strict"]);
    assert_eq!(strict.matches("error[import/unreviewed]").count(), 1, "{strict}");
    assert_eq!(site.json(&[]).places().len(), 9);
}
