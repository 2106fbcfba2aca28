//! `bulletin check`, and what builds report about imported stories.

use crate::support::{AS_OF, Run, Site, assert_same, bulletin, repository, story, times, tree};

/// Import notes with an unreviewed title.
const NOTES: &str = "import:\n  from: wire\n  file: turkey.txt\n  fields:\n    title: positional 1:1-38\n    source: explicit 31:9-36\n";

fn check(site: &Site, args: &[&str]) -> Run {
    let mut command = bulletin();
    command.arg("check").arg("--site").arg(&site.root);
    if !args.contains(&"--as-of") {
        command.args(["--as-of", AS_OF]);
    }
    Run::of(command.args(args))
}

/// The code and file of each problem.
fn found(site: &Site, args: &[&str]) -> Vec<(String, String)> {
    let run = check(site, &[&["--message-format", "json"], args].concat());
    run.places().into_iter().map(|(code, file, _)| (code, file)).collect()
}

/// A story with these keys, in the default theme.
fn site_of(articles: &[(&str, &str)]) -> Site {
    let site =
        Site::bare(&[("bulletin.yaml", "title: Paper\nbase_url: https://plain.example/\napi: true\n")]);
    for (name, keys) in articles {
        site.write(&format!("content/world/{name}.md"), story(name, "2026-11-01", keys, "Text."));
    }
    site
}

#[test]
fn a_site_without_problems_passes_and_nothing_is_written() {
    let site = site_of(&[("a", ""), ("b", "draft: true\n")]);
    site.write("static/s.css", "a {}");
    let (before, stamps) = (tree(&site.root), times(&site.root));
    let run = check(&site, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    assert_eq!(run.stderr, "Checked 2 stories: no problems\n");
    assert_eq!(check(&site, &["-q"]).stderr, "");
    let json = check(&site, &["--message-format", "json"]);
    assert_eq!(
        json.stdout,
        "{\"reason\":\"check-finished\",\"success\":true,\"articles\":2,\"errors\":0,\"warnings\":0}\n"
    );
    assert_same(&before, &tree(&site.root), "a check wrote something");
    assert_eq!(stamps, times(&site.root), "a check touched something");
}

#[test]
fn a_check_keeps_the_records_of_a_build() {
    let site = site_of(&[("a", "")]);
    site.build(&[]);
    site.write("content/world/b.md", story("b", "2026-11-02", NOTES, "![](b.svg)"));
    let (before, stamps) = (tree(&site.root), times(&site.root));
    assert_eq!(check(&site, &[]).code, Some(1));
    assert_same(&before, &tree(&site.root), "a check wrote something");
    assert_eq!(stamps, times(&site.root), "a check touched something");
}

#[test]
fn unreviewed_fields_of_drafts_are_found_only_by_a_check() {
    let site = site_of(&[("a", &format!("draft: true\n{NOTES}"))]);
    let build = site.build(&["--strict"]);
    assert!(!build.stderr.contains("import/unreviewed"), "{}", build.stderr);
    let run = check(&site, &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for words in [
        "warning[import/unreviewed]",
        "title (positional 1:1-38)",
        "content/world/a.md:5:1",
        "`import.fields`",
        "Checked 1 story: 1 warning\n",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(!run.stderr.contains("source ("), "{}", run.stderr);
    assert_eq!(check(&site, &["--strict"]).code, Some(1));
    for looked_at in ["", "import: {reviewed: true, fields: {title: derived}}\n", "import: {from: wire}\n"] {
        site.write(
            "content/world/a.md",
            story("A", "2026-11-01", &format!("draft: true\n{looked_at}"), "Text."),
        );
        assert_eq!(check(&site, &["--strict"]).code, Some(0), "{looked_at}");
    }
}

#[test]
fn a_published_story_with_unreviewed_fields_is_a_warning() {
    let site = site_of(&[("a", NOTES)]);
    let build = site.json(&[]);
    assert_eq!(build.code, Some(0));
    let place = [("import/unreviewed".to_owned(), "content/world/a.md".to_owned(), Some(4))];
    assert_eq!(build.places(), place);
    // The second build takes the problem and its place from its record.
    let again = site.json(&[]);
    assert_eq!(again.places(), place);
    let strict = site.run(&["--strict"]);
    assert_eq!(strict.code, Some(1), "{}", strict.stderr);
    assert!(strict.stderr.contains("error[import/unreviewed]"), "{}", strict.stderr);
    assert_eq!(found(&site, &[]).len(), 1, "it is reported once");
}

#[test]
fn an_imported_story_without_a_date_is_not_a_standing_page() {
    let site = site_of(&[]);
    let article = |keys: &str| {
        site.write(
            "content/world/a.md",
            format!("---\ntitle: A\nimport: {{fields: {{date: missing}}}}\n{keys}---\nText.\n"),
        );
    };
    article("");
    let run = site.json(&[]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.places().iter().any(|(code, ..)| code == "import/no-date"), "{}", run.stdout);
    assert!(!site.path("public").exists());
    assert_eq!(check(&site, &[]).code, Some(1));
    article("draft: true\n");
    site.build(&[]);
    assert_eq!(found(&site, &[]), [("import/unreviewed".to_owned(), "content/world/a.md".to_owned())]);
    article("date: 2026-11-02\n");
    site.build(&["--strict"]);
    assert_eq!(found(&site, &[]), []);
}

#[test]
fn incomplete_pictures_are_found_in_visible_stories() {
    let pictures = "image: {src: lead.svg}\n";
    let text = "A text with pictures: ![](one.svg) ![A crane](one.svg) ![ ](one.svg)\n";
    let site = site_of(&[]);
    site.write(
        "content/world/lead.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\" height=\"3\"/>",
    );
    site.write(
        "content/world/one.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\" height=\"3\"/>",
    );
    let article = |gate: &str| {
        site.write("content/world/a.md", story("A", "2026-11-01", &format!("{pictures}{gate}"), text));
        let run = check(&site, &["--message-format", "json"]);
        assert_eq!(run.code, Some(0), "{}", run.stdout);
        let columns = run.problems().into_iter().map(|problem| {
            assert_eq!(problem["code"], "image/no-alt");
            (problem["line"].as_u64().unwrap(), problem["column"].as_u64().unwrap())
        });
        columns.collect::<Vec<_>>()
    };
    let all = [(4, 14), (6, 23), (6, 56)];
    assert_eq!(article(""), all);
    assert_eq!(article("embargo: 2026-12-01\n").len(), 3);
    assert_eq!(
        check(&site, &["--as-of", "2026-10-01"]).stderr.matches("image/no-alt").count(),
        3,
        "scheduled"
    );
    for gate in ["draft: true\n", "status: withheld\n", "expires: 2026-11-02\n", "status: withdrawn\n"] {
        assert_eq!(article(gate), [], "{gate}");
    }
    assert!(site.build(&[]).stderr.lines().all(|line| !line.contains("image/")), "no build minds");
    // `--drafts` includes drafts.
    site.write("content/world/a.md", story("A", "2026-11-01", &format!("{pictures}draft: true\n"), text));
    assert_eq!(found(&site, &["--drafts"]).len(), 3);
    site.write(
        "content/world/a.md",
        story("A", "2026-11-01", "image: {caption: A crane at dusk, credit: Agency}\n", "Text."),
    );
    let run = check(&site, &[]);
    assert!(run.stderr.contains("warning[image/no-src]"), "{}", run.stderr);
    assert!(run.stderr.contains("content/world/a.md:4:"), "{}", run.stderr);
}

#[test]
fn a_check_finds_what_a_build_finds() {
    let site = site_of(&[
        ("a", "template: none.html\n"),
        ("b", "related: [nobody]\n"),
        ("c", "embrago: 2026-12-01\n"),
    ]);
    site.write(
        "content/world/d.md",
        story("D", "2026-11-01", "aliases: [/2026/11/a/]\n", "[x](gone.md) ![p](gone.svg)"),
    );
    site.write("content/world/e.md", "---\ntitle: [\n---\n");
    site.write("static/404.html", "taken");
    let places = |run: Run| {
        assert_eq!(run.code, Some(1), "{}", run.stdout);
        run.places()
    };
    let of_build = places(site.json(&[]));
    let of_check = places(check(&site, &["--message-format", "json"]));
    assert_eq!(of_build, of_check);
    let has = |code: &str| of_check.iter().any(|(found, ..)| found == code);
    for code in [
        "theme/no-template",
        "front-matter/related",
        "front-matter/unknown-key",
        "link/no-article",
        "image/missing",
    ] {
        assert!(has(code), "{code}: {of_check:?}");
    }
    assert!(!site.path("public").exists());
}

#[test]
fn templates_are_checked_on_every_page() {
    let site = site_of(&[("a", ""), ("b", "")]);
    site.write("static/s.css", "a {}");
    site.write(
        "templates/article.html",
        "{{ head() }}{{ asset(name=\"s.css\") }}{% if article.title == \"b\" %}{{ article.title.x.y }}{% endif %}",
    );
    let run = check(&site, &["--message-format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let problems = run.problems();
    assert_eq!(problems.len(), 1, "{}", run.stdout);
    assert_eq!(problems[0]["file"], "templates/article.html");
    site.write("templates/article.html", "{{ asset(name=\"none.css\") }}");
    assert_eq!(check(&site, &[]).code, Some(1));
    site.write("templates/article.html", "{{ asset(name=\"s.css\") }}");
    assert_eq!(check(&site, &[]).code, Some(0));
}

#[test]
fn the_sample_site_has_no_problems() {
    let mut command = bulletin();
    let run = Run::of(command.args(["check", "--strict", "--as-of", AS_OF, "--site"]).arg(repository()));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[test]
fn a_check_that_cannot_finish_is_reported() {
    let nowhere = Run::of(bulletin().args(["check", "--site", "/nowhere"]));
    assert_eq!(nowhere.code, Some(2), "{}", nowhere.stderr);
    assert!(nowhere.stderr.contains("The check could not finish: 1 error"), "{}", nowhere.stderr);
    let site = site_of(&[("a", "")]);
    let wrong = check(&site, &["--as-of", "2026-02-30"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.stderr);
    site.write("bulletin.yaml", "title: Paper\nbase_url: https://plain.example/\ntheme: none\n");
    let run = check(&site, &["--message-format", "json"]);
    assert_ne!(run.code, Some(0), "{}", run.stdout);
    assert!(run.stdout.ends_with("\"articles\":null,\"errors\":1,\"warnings\":0}\n"), "{}", run.stdout);
    assert_eq!(Run::of(bulletin().args(["check", "--help"])).code, Some(0));
}
