//! Front matter and settings as editors really write them.

use crate::support::{Run, Site, story};

/// A site in a time zone whose clocks are set back on 25 October 2026.
fn in_berlin(files: &[(&str, &str)]) -> Site {
    let site = Site::new(files);
    site.write(
        "bulletin.yaml",
        "title: Plain Paper\nbase_url: https://plain.example/\ntheme: plain\ntimezone: Europe/Berlin\n",
    );
    site
}

/// The problems with this code: the file, line and message of each.
fn of_code(run: &Run, code: &str) -> Vec<(String, u64, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let problems = run.problems();
    let problems = problems.iter().filter(|problem| problem["code"] == code);
    problems.map(|p| (text(&p["file"]), p["line"].as_u64().unwrap_or(0), text(&p["message"]))).collect()
}

#[test]
fn foreign_keys_that_hide_a_story_are_not_ignored() {
    let site = Site::new(&[]);
    for key in [
        "hold: true",
        "hold_until: 2099-01-01",
        "release: 2099-01-01",
        "not_before: 2099-01-01",
        "available: 2099-01-01",
        "valid_from: 2099-01-01",
        "visibility: private",
        "state: draft",
        "headless: true",
        "unlisted: true",
        "live: false",
        "wip: true",
        "password: x",
        "sperrfrist: 2026-12-24",
        "entwurf: true",
        "params: {embargo_until: 2099-01-01}",
        "params: {status: 2099-01-01}",
        "status: ~",
        "draft:",
    ] {
        site.write("content/a.md", story("A", "2026-11-01", &format!("{key}\n"), "Secret"));
        let run = site.run(&[]);
        assert_eq!(run.code, Some(1), "{key}: {}", run.stderr);
        assert!(!site.path("public/2026/11/a/index.html").exists(), "{key}");
    }
    site.write("content/a.md", story("A", "2026-11-01", "extra: {toc: true, event: 2099-01-01}\n", "Text"));
    let run = site.build(&[]);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}

#[test]
fn an_unknown_key_is_a_warning() {
    let site = Site::new(&[("content/a.md", &story("A", "2026-11-01", "weight: 3\n", "Text"))]);
    for _ in 0..2 {
        // The second build does not read the source again.
        let run = site.json(&[]);
        let warning = ("content/a.md".to_owned(), 4, "unknown key `weight`".to_owned());
        assert_eq!((run.code, of_code(&run, "front-matter/unknown-key")), (Some(0), vec![warning]));
    }
    assert_eq!(site.run(&["--strict"]).code, Some(1));
}

#[test]
fn front_matter_that_ends_early_is_an_error() {
    let site = Site::new(&[]);
    for text in [
        "---\ntitle: A\ndate: 2026-01-01\n...\nembargo: 2099-01-01\n---\nSecret\n",
        "---\r\ntitle: A\r\ndate: 2026-01-01\r\n...\r\nembargo: 2099-01-01\r\n---\r\nSecret\r\n",
        "---\ntitle: A\ndate: 2026-01-01\n---\nembargo: 2099-01-01\n---\nSecret\n",
        "---\ntitle: A\ndate: 2026-01-01\n---\n\ndraft: true\ntags: [a]\n\n---\nSecret\n",
        "---\ntitle: A\ndate: 2026-01-01\n...\nstatus: withheld\n\nSecret\n",
    ] {
        site.write("content/a.md", text);
        let run = site.json(&[]);
        let found = of_code(&run, "front-matter/ended-early");
        assert_eq!((run.code, found.len()), (Some(1), 1), "{text}: {}", run.stdout);
        assert_eq!(found[0].1, 4, "{text}");
    }
    for text in [
        "---\ntitle: A\ndate: 2026-01-01\n...\nText: and more.\n",
        "---\ntitle: A\ndate: 2026-01-01\n---\nNote: this is a headline\n---\nText\n",
        "---\ntitle: A\ndate: 2026-01-01\n---\nText\n\n---\n\nDraft: a word\n",
        "---\ntitle: A\ndate: 2026-01-01\n---\nDraft: the council had none.\n\nMore text.\n\n---\n",
    ] {
        site.write("content/a.md", text);
        site.build(&[]);
    }
}

#[test]
fn merge_conflicts_are_not_published() {
    let conflict = "<<<<<<< HEAD\nAnna.\n=======\nTom.\n>>>>>>> abc\n";
    let site = Site::new(&[("content/a.md", &story("A", "2026-11-01", "", conflict))]);
    let run = site.json(&[]);
    let problem = &run.problems()[0];
    assert_eq!((run.code, &problem["code"]), (Some(1), &"conflict/markers".into()));
    assert_eq!((problem["line"].as_u64(), problem["related"][0]["line"].as_u64()), (Some(5), Some(9)));
    let diff3 = conflict.replace("=======", "||||||| base\nAnn.\n=======").replace('\n', "\r\n");
    let in_front =
        "---\n<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n>>>>>>> abc\ndate: 2026-11-01\n---\nText\n";
    for text in [story("A", "2026-11-01", "", &diff3), in_front.to_owned()] {
        site.write("content/a.md", text);
        assert_eq!(of_code(&site.json(&[]), "conflict/markers").len(), 1);
    }
    let shown = format!("How Git says it\n===============\n\n```\n{conflict}```\n");
    site.write("content/a.md", story("A", "2026-11-01", "", &shown));
    site.build(&[]);
}

#[test]
fn merge_conflicts_in_settings_data_and_templates_are_reported() {
    let conflict = |one: &str, other: &str| format!("<<<<<<< HEAD\n{one}\n=======\n{other}\n>>>>>>> abc\n");
    let site = Site::new(&[("content/a.md", &story("A", "2026-11-01", "", "Text"))]);
    let settings = site.read("bulletin.yaml");
    site.write("bulletin.yaml", settings.clone() + &conflict("language: en", "language: de"));
    let places = site.json(&[]).places();
    assert_eq!(places, [("conflict/markers".to_owned(), "bulletin.yaml".to_owned(), Some(4))]);
    site.write("bulletin.yaml", settings);
    site.write("templates/x.html", conflict("<p>", "<div>"));
    assert_eq!(of_code(&site.json(&[]), "conflict/markers").len(), 1);
    site.remove("templates/x.html");
    site.write("themes/plain/theme.yaml", conflict("name: A", "name: B"));
    assert_eq!(of_code(&site.json(&[]), "conflict/markers").len(), 1);
    site.remove("themes/plain/theme.yaml");
    site.write("data/a.yaml", conflict("a: 1", "a: 2"));
    site.write("templates/page.html", "{% set a = data(file=\"a.yaml\") %}");
    site.write("content/about.md", "---\ntitle: About\n---\n");
    let run = site.run(&[]);
    assert!(run.code == Some(1) && run.stderr.contains("unresolved Git conflict"), "{}", run.stderr);
}

#[test]
fn an_ambiguous_embargo_ends_at_the_later_time() {
    let site =
        in_berlin(&[("content/a.md", &story("A", "2026-10-20", "embargo: 2026-10-25 02:30\n", "Secret"))]);
    let page = site.path("public/2026/10/a/index.html");
    for _ in 0..2 {
        let run = site.json(&["--as-of", "2026-10-25T00:31:00Z"]);
        let found = of_code(&run, "front-matter/time-twice");
        assert_eq!((run.code, found.len(), page.exists()), (Some(0), 1, false), "{}", run.stdout);
        assert!(
            found[0].2.contains("2026-10-25T02:30+02:00 and at 2026-10-25T02:30+01:00; the later"),
            "{found:?}"
        );
    }
    site.build(&["--as-of", "2026-10-25T01:29:59Z"]);
    assert!(!page.exists());
    site.build(&["--as-of", "2026-10-25T01:30:00Z"]);
    assert!(page.exists());
    // For an expiry, the earlier time counts.
    site.write("content/a.md", story("A", "2026-10-20", "expires: 2026-10-25 02:30\n", "Text"));
    site.build(&["--as-of", "2026-10-25T00:29:59Z"]);
    assert!(page.exists());
    site.build(&["--as-of", "2026-10-25T00:30:00Z"]);
    assert!(!page.exists());
}

#[test]
fn a_time_skipped_by_the_clocks_is_an_error() {
    for key in ["embargo", "expires", "updated", "pinned_until"] {
        let site = in_berlin(&[(
            "content/a.md",
            &story("A", "2026-03-20", &format!("{key}: 2026-03-29 02:30\n"), "Text"),
        )]);
        let run = site.json(&[]);
        assert_eq!((run.code, of_code(&run, "front-matter/impossible-date").len()), (Some(1), 1), "{key}");
        assert!(run.stdout.contains("`2026-03-29T03:30+02:00`"), "{}", run.stdout);
    }
    let site = in_berlin(&[("content/a.md", &story("A", "2026-03-20", "", "Text"))]);
    assert_eq!(site.run(&["--as-of", "2026-03-29T02:30"]).code, Some(2));
    let run = site.json(&["--as-of", "2026-10-25T02:30"]);
    assert_eq!((run.code, of_code(&run, "cli/time-twice").len()), (Some(0), 1));
}

#[test]
fn a_date_without_a_time_is_shown_without_one() {
    let body = "corrections:\n  - {date: 2026-11-03, text: Nine.}\nupdated: 2026-11-02\n";
    for (language, zone) in [("en", "America/New_York"), ("ar", "Africa/Cairo"), ("de", "Europe/Berlin")] {
        let site = Site::bare(&[("content/a.md", &story("A", "2026-11-01", body, "Text"))]);
        site.write(
            "bulletin.yaml",
            format!("title: P\nbase_url: https://p.example/\nlanguage: {language}\ntimezone: {zone}\n"),
        );
        site.build(&[]);
        let page = site.read("public/2026/11/a/index.html");
        for day in ["2026-11-01", "2026-11-02", "2026-11-03"] {
            assert!(page.contains(&format!("datetime=\"{day}\"")), "{language} {day}: {page}");
        }
        for midnight in ["12:00", "00:00<", "٠٠:٠٠", "١٢:٠٠"] {
            assert!(!page.contains(midnight), "{language} {midnight}: {page}");
        }
        // An explicit midnight is shown.
        site.write("content/a.md", story("A", "2026-11-01 00:00", "", "Text"));
        site.build(&[]);
        assert!(site.read("public/2026/11/a/index.html").contains("datetime=\"2026-11-01T00:00:00"));
    }
}

#[test]
fn a_collision_is_reported_at_the_right_line() {
    let keys = "type: brief\nold_slugs: [\"brief\"]\n";
    let site = Site::new(&[
        ("content/a.md", &story("A", "2026-11-02", keys, "Text")),
        ("content/b.md", &story("B", "2026-11-02", "kicker: brief\nslug: brief\n", "Text")),
    ]);
    let run = site.json(&[]);
    let problems = run.problems();
    let problem = problems.iter().find(|problem| problem["code"] == "route/collision").unwrap();
    let place = |value: &serde_json::Value| {
        (value["file"].as_str().unwrap().to_owned(), value["line"].as_u64(), value["column"].as_u64())
    };
    let mut places = [place(problem), place(&problem["related"][0])];
    places.sort();
    let expected = [("a.md", 5, 13), ("b.md", 5, 7)]
        .map(|(file, line, column)| (format!("content/{file}"), Some(line), Some(column)));
    assert_eq!(places, expected);
}

#[test]
fn a_path_that_is_too_long_is_reported_with_its_line() {
    let long = "a/".repeat(2100);
    for (keys, line) in [
        (format!("permalink: /{long}\n"), 4),
        (format!("kicker: x\naliases: [/ok/, /{long}]\n"), 5),
        (format!("slug: {}\n", "b".repeat(300)), 4),
        (format!("kicker: x\nold_slugs: [x, {}]\n", "b".repeat(300)), 5),
    ] {
        let site = Site::new(&[("content/a.md", &story("A", "2026-11-02", &keys, "Text"))]);
        let run = site.json(&[]);
        let found = of_code(&run, "route/invalid");
        assert_eq!((run.code, found.len()), (Some(1), 1), "{}", run.stdout);
        assert_eq!((&*found[0].0, found[0].1), ("content/a.md", line), "{found:?}");
    }
}

#[test]
fn settings_in_another_encoding_are_reported_with_their_place() {
    let site = Site::new(&[("content/a.md", &story("A", "2026-11-02", "", "Text"))]);
    site.write("bulletin.yaml", b"title: Caf\xe9\nbase_url: https://x.example/\n");
    let run = site.json(&[]);
    let problem = &run.problems()[0];
    assert_eq!(
        (run.code, &problem["code"], &problem["file"]),
        (Some(1), &"config/not-utf8".into(), &"bulletin.yaml".into())
    );
    assert!(problem["message"].as_str().unwrap().ends_with("at line 1, byte 11"), "{problem}");
    let wide: Vec<u8> = "\u{feff}title: X\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for file in ["bulletin.yaml", "content/a.md"] {
        let site = Site::new(&[("content/a.md", &story("A", "2026-11-02", "", "Text"))]);
        site.write(file, &wide);
        let run = site.run(&[]);
        assert!(run.code == Some(1) && run.stderr.contains("UTF-16"), "{file}: {}", run.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn control_characters_in_file_names_are_escaped() {
    use std::os::unix::ffi::OsStrExt as _;
    let site = Site::new(&[]);
    for name in ["content/a\u{1b}]0;x\u{7}.md", "content/b\u{9b}2J.md", "content/c\u{202e}gpj.md"] {
        site.write(name, "no front matter");
    }
    for format in ["human", "json"] {
        let run = site.run(&["--message-format", format]);
        let printed = run.stdout + &run.stderr;
        assert!(printed.contains("front-matter/missing"), "{printed}");
        assert!(!printed.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{printed:?}");
    }
    let site = Site::new(&[("content/a.md", &story("A", "2026-11-02", "", "Text"))]);
    site.write("static/a\\b.txt", "3");
    std::fs::write(site.path("static").join(std::ffi::OsStr::from_bytes(b"x\xff.txt")), "4").unwrap();
    let run = site.json(&[]);
    assert_eq!((run.code, of_code(&run, "static/name").len()), (Some(1), 2), "{}", run.stdout);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let site = Site::new(&[("content/a.md", &story("A", "2026-11-02", "weight: 3\n", "Text"))]);
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = site.command(&["--message-format", "json"]);
    let output = command.stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cli/output"));
    assert_eq!(site.command(&[]).stderr(full()).status().unwrap().code(), Some(2));
    // Even if nobody reads the output, the build is finished.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(site.command(&["--message-format", "json"]).stdout(writer).status().unwrap().code(), Some(0));
}

#[test]
fn files_of_other_generators_load() {
    let toml = "+++\ntitle = \"Ferry back\"\ndate = 2026-11-01\nid = \"tag:plain.example,2026:ferry\"\n[taxonomies]\ntags = [\"Port\"]\n+++\nThe *ferry* is back.\n";
    let json = "{\n\t\"title\": \"Gate 3\",\n\t\"date\": \"2026-11-02\",\n\t\"draft\": true\n}\nSecret\n";
    let site = Site::new(&[("content/ferry.md", toml), ("content/gate.md", json)]);
    let run = site.run(&[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let page = site.read("public/2026/11/ferry/index.html");
    assert!(page.contains("Ferry back") && page.contains("The <em>ferry</em> is back."), "{page}");
    assert!(site.path("public/tags/port/index.html").exists());
    assert!(!site.path("public/2026/11/gate/index.html").exists());
    // The next build notices a change to it.
    site.write("content/ferry.md", toml.replace("Ferry back", "Ferry gone"));
    assert_eq!(site.run(&[]).code, Some(0));
    assert!(site.read("public/2026/11/ferry/index.html").contains("Ferry gone"));
}

#[test]
fn a_file_with_headers_gets_its_own_error() {
    let text = "Title: Gate 3\nDate: 2026-11-01\nCategory: Port\n\nText.\n";
    let site = Site::new(&[("content/gate.md", text)]);
    let run = site.json(&[]);
    assert_eq!(run.code, Some(1));
    assert_eq!(of_code(&run, "front-matter/headers").len(), 1, "{}", run.stdout);
    assert!(run.problems()[0]["help"].as_str().unwrap().contains("bulletin import"));
}
