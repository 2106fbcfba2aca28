//! The commands: what they write, print and return, and what they leave alone.

use std::fs;
use std::process::Command;

use crate::support::{Run, SETTINGS, Site, assert_same, bulletin, story, tree};
use snapbox::str;

#[rustfmt::skip]
const COMMANDS: [&str; 12] = [
    "init", "new", "import", "build", "check", "publish", "changed", "urls", "serve", "schema", "completions", "man",
];

fn run(args: &[&str]) -> Run {
    Run::of(bulletin().args(args))
}

fn small() -> Site {
    Site::new(&[
        ("bulletin.yaml", &format!("{SETTINGS}timezone: Europe/Athens\nsections: [world, local news]\n")),
        ("content/world/a.md", &story("A", "2026-11-22T18:00", "", "Text.")),
        ("content/world/b.md", &story("B", "2026-11-01", "", "Text.")),
    ])
}

#[test]
fn a_new_site_builds_from_any_folder() {
    let temp = tempfile::tempdir().unwrap();
    let site = temp.path().join("my paper/site");
    let elsewhere = tempfile::tempdir().unwrap();
    let path = site.to_str().unwrap();
    let started = Run::of(bulletin().args(["init", path]).current_dir(&elsewhere));
    assert_eq!(started.code, Some(0), "{}", started.stderr);
    assert_eq!(started.stdout, "");
    assert!(started.stderr.contains("bulletin build --site"), "{}", started.stderr);
    for file in ["bulletin.yaml", "content/about.md", ".gitignore"] {
        assert!(site.join(file).is_file(), "{file}");
    }

    let built = Run::of(bulletin().args(["build", "--strict", "--site", path]).current_dir(&elsewhere));
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let public = tree(&site.join("public"));
    for page in ["index.html", "about/index.html", "local/index.html", "opinion/index.html", "404.html"] {
        assert!(public.contains_key(page), "{page}");
    }
    let front = String::from_utf8(public["index.html"].clone()).unwrap();
    assert!(
        front.contains("first story") || front.contains("first-story"),
        "the front page has the first story"
    );
    assert_eq!(
        fs::read_dir(&elsewhere).unwrap().count(),
        0,
        "nothing is written where the command was given"
    );
    let ignored = fs::read_to_string(site.join(".gitignore")).unwrap();
    assert!(ignored.contains("public") && ignored.contains(".bulletin"), "{ignored}");

    // The suggested build command works.
    let printed = started.stderr.lines().find(|line| line.contains("bulletin build")).unwrap().trim();
    let script = printed.replacen("bulletin", &format!("'{}'", env!("CARGO_BIN_EXE_bulletin")), 1);
    let run = Run::of(Command::new("sh").args(["-c", &script]).current_dir(&elsewhere));
    assert_eq!(run.code, Some(0), "{printed}\n{}", run.stderr);
}

#[test]
fn init_does_not_replace_files() {
    let site = small();
    let before = tree(&site.root);
    let refused = run(&["init", site.root.to_str().unwrap()]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("init/exists"), "{}", refused.stderr);
    assert_same(&before, &tree(&site.root), "init changed a site");

    // A folder with other files may become a site, but an existing file is never replaced.
    let other = Site::bare(&[("README.md", "mine"), (".gitignore", "mine")]);
    let before = tree(&other.root);
    let refused = run(&["init", other.root.to_str().unwrap()]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert_same(&before, &tree(&other.root), "init changed a folder");

    let file = Site::bare(&[("file", "mine")]);
    let refused = run(&["init", file.path("file").to_str().unwrap()]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert_eq!(file.read("file"), "mine");
}

#[test]
fn a_new_story_is_a_draft_that_builds() {
    let site = small();
    let root = site.root.to_str().unwrap();
    let headline = "Strike: \"day two\" at the port's gate #2";
    let made = run(&["new", headline, "--section", "local-news", "--site", root]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert_eq!(made.stderr, "");
    let path = made.stdout.trim_end();
    assert_eq!(made.stdout, format!("{path}\n"), "the path, and nothing else");
    let name = path.strip_prefix(&format!("{root}/content/local-news/")).unwrap();
    let (date, rest) = name.split_at(10);
    assert_eq!(rest, "-strike-day-two-at-the-ports-gate-2.md");
    let text = fs::read_to_string(path).unwrap();
    let keys: Vec<&str> = text.lines().filter_map(|line| line.split_once(':')).map(|(key, _)| key).collect();
    assert_eq!(keys, ["title", "deck", "date", "id", "draft", "authors", "tags"]);
    assert!(text.contains("draft: true"), "{text}");
    assert!(
        text.contains(&format!("id: tag:plain.example,{date}:strike-day-two-at-the-ports-gate-2")),
        "{text}"
    );
    assert!(text.contains("+02:00") || text.contains("+03:00"), "the time is in the site's zone: {text}");

    // It is hidden until it is no longer a draft.
    let far = ["--as-of", "2100-01-01"];
    site.build(&[&far[..], &["--strict"]].concat());
    let shown = || site.public().keys().any(|path| path.contains("strike-day-two"));
    assert!(!shown());
    site.build(&[&far[..], &["--drafts"]].concat());
    assert!(shown());
    let page = site.public().into_iter().find(|(path, _)| path.contains("strike-day-two")).unwrap().1;
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("Strike: “day two” at the port’s gate #2"), "{page}");

    // A second draft with the same headline on the same day does not replace the first.
    let before = tree(&site.path("content"));
    let again = run(&["new", headline, "--section", "local-news", "--site", root]);
    assert_eq!(again.code, Some(2), "{}", again.stderr);
    assert!(again.stderr.contains("new/exists"), "{}", again.stderr);
    assert_same(&before, &tree(&site.path("content")), "an article was overwritten");
}

#[test]
fn a_new_story_needs_a_valid_headline_and_section() {
    let site = small();
    let root = site.root.to_str().unwrap();
    let before = tree(&site.root);
    for (args, code, word) in [
        (&["new", "!!!"][..], "new/headline", ""),
        (&["new", "two\nlines"], "new/headline", ""),
        (&["new", "X", "--section", "wrold"], "new/section", "`world`"),
        (&["new", "X", "--section", "../../etc"], "new/section", ""),
    ] {
        let refused = run(&[args, &["--site", root]].concat());
        assert_eq!(refused.code, Some(2), "{args:?}: {}", refused.stderr);
        assert!(
            refused.stderr.contains(code) && refused.stderr.contains(word),
            "{args:?}: {}",
            refused.stderr
        );
        assert_eq!(refused.stdout, "");
    }
    assert_same(&before, &tree(&site.root), "something was written");
    let plain = run(&["new", "No section", "--site", root]);
    assert_eq!(plain.code, Some(0), "{}", plain.stderr);
    assert!(plain.stdout.trim_end().ends_with("-no-section.md"), "{}", plain.stdout);
    assert_eq!(run(&["new", "X", "--site", "/nowhere"]).code, Some(2));
}

#[test]
fn the_help_of_every_command_has_global_options_and_examples() {
    let help = run(&["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    for text in ["Commands:", "Global options:", "Examples:", "Exit codes:", "--site <DIR>", "--color <WHEN>"]
    {
        assert!(help.stdout.contains(text), "{text} is not in\n{}", help.stdout);
    }
    for command in COMMANDS {
        assert!(help.stdout.contains(&format!("\n  {command} ")), "{command} is not in\n{}", help.stdout);
        let help = run(&[command, "--help"]).stdout;
        let (own, rest) = help.split_once("\nGlobal options:\n").unwrap();
        let (global, examples) = rest.split_once("\nExamples:\n").unwrap();
        assert!(own.contains(&format!("Usage: bulletin {command}")), "{help}");
        assert!(
            !own.contains("--color") && global.contains("--color") && global.contains("--help"),
            "{help}"
        );
        assert!(examples.starts_with(&format!("  bulletin {command}")), "{help}");
    }
    let help = run(&["build", "--help"]).stdout;
    for option in ["--as-of", "--drafts", "--output", "--clean", "--strict", "--site"] {
        assert!(help.contains(option), "{option} is not in\n{help}");
    }
    let version = run(&["--version"]);
    assert_eq!(version.stdout, format!("bulletin {}\n", env!("CARGO_PKG_VERSION")));
}

/// Options that do nothing are not shown, but every command accepts them.
#[test]
fn a_command_does_not_show_options_that_it_ignores() {
    for (command, ignored) in [
        ("init", &["--site", "--verbose"][..]),
        ("new", &["--quiet", "--verbose"]),
        ("completions", &["--site", "--message-format", "--quiet", "--verbose"]),
        ("man", &["--site", "--message-format", "--verbose"]),
    ] {
        let help = run(&[command, "--help"]).stdout;
        for option in ignored {
            assert!(!help.contains(option), "{option} is in\n{help}");
        }
    }
    let site = small();
    let root = site.root.to_str().unwrap();
    assert_eq!(run(&["--site", root, "new", "Before the command", "-q", "-v"]).code, Some(0));
    assert_eq!(run(&["completions", "bash", "--site", root, "--message-format", "json"]).code, Some(0));
}

#[test]
fn completions_and_man_pages_cover_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(&["completions", shell]);
        assert_eq!((script.code, script.stderr.as_str()), (Some(0), ""), "{shell}");
        for word in COMMANDS.into_iter().chain(["record-urls", "write-ids"]) {
            assert!(script.stdout.contains(word), "{word} is not completed in {shell}");
        }
    }
    assert_eq!(run(&["completions", "tcsh"]).code, Some(2));

    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("share/man1");
    let written = run(&["man", dir.to_str().unwrap()]);
    assert_eq!((written.code, written.stdout.as_str()), (Some(0), ""), "{}", written.stderr);
    let pages = tree(&dir);
    assert_eq!(pages.len(), COMMANDS.len() + 1);
    for command in COMMANDS {
        let page = String::from_utf8(pages[&format!("bulletin-{command}.1")].clone()).unwrap();
        for heading in [".SH NAME", ".SH SYNOPSIS", ".SH \"EXIT STATUS\"", ".SH EXAMPLES"] {
            assert!(page.contains(heading), "{heading} is not in the page of {command}");
        }
    }
    let whole = String::from_utf8(pages["bulletin.1"].clone()).unwrap();
    assert!(whole.contains("bulletin\\-build(1)"), "{whole}");
}

#[test]
fn invalid_arguments_are_refused() {
    let site = small();
    for args in [
        &["biuld"][..],
        &[],
        &["build", "--as-of", "tomorrow"],
        &["build", "--as-of", "2026-02-30"],
        &["build", "--unknown"],
        &["build", "--message-format", "xml"],
        &["init"],
        &["new"],
    ] {
        let refused = Run::of(bulletin().args(args).current_dir(&site.root));
        assert_eq!(refused.code, Some(2), "{args:?}: {}", refused.stderr);
        assert!(!refused.stderr.is_empty() && refused.stdout.is_empty(), "{args:?}");
    }
    assert!(!site.path("public").exists());
    let typo = run(&["biuld"]);
    assert!(typo.stderr.contains("'build'"), "{}", typo.stderr);
}

#[test]
fn as_of_is_in_the_time_zone_of_the_site() {
    let site = small();
    let shown = |as_of: &str| {
        site.build(&["--as-of", as_of]);
        site.public().contains_key("2026/11/a/index.html")
    };
    // 18:00 in Athens is 16:00 UTC.
    assert!(!shown("2026-11-22T17:59:59"));
    assert!(shown("2026-11-22T18:00"));
    assert!(!shown("2026-11-22T15:59:59Z"));
    assert!(shown("2026-11-22T16:00:00Z"));
    assert!(shown("2026-11-22T18:00:00+02:00"));
    assert!(!shown("2026-11-22"));
    assert!(shown("2026-11-23"));
}

#[test]
fn a_build_prints_a_summary() {
    let site = small();
    let first = site.build(&[]);
    assert_eq!(first.stdout, "");
    snapbox::assert_data_eq!(
        first.stderr,
        str![[r#"
Held back: 1 scheduled; the next appears 2026-11-22 18:00
Next change: 2026-11-22 18:00, `content/world/a.md` appears
Built 1 story in [..]s: [..] pages, [..] rendered, [..] written, 0 unchanged

"#]]
    );
    let second = site.build(&[]);
    assert!(second.stderr.contains(" pages, 0 rendered, 0 written, "), "{}", second.stderr);
    let clean = site.build(&["--clean"]);
    assert!(
        clean.stderr.contains(" written, 0 unchanged") && !clean.stderr.contains(" 0 written"),
        "{}",
        clean.stderr
    );
    let quiet = site.build(&["-q"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let verbose = site.build(&["-v"]);
    assert!(verbose.stderr.contains("render"), "{}", verbose.stderr);
    site.remove("content/world/b.md");
    site.write("content/world/c.md", story("C", "2026-11-02", "titel: x\n", "Text."));
    let third = site.build(&[]);
    assert!(third.stderr.contains("2 removed, 2 warnings"), "{}", third.stderr);
    assert!(third.stderr.contains("the last build had a story at /2026/11/b/"), "{}", third.stderr);
    let strict = site.run(&["--strict"]);
    assert_eq!(strict.code, Some(1), "{}", strict.stderr);
    assert!(strict.stderr.contains("error[front-matter/unknown-key]"), "{}", strict.stderr);
    // The lost URL is reported until it is redirected.
    assert!(strict.stderr.contains("Nothing was written: 2 errors"), "{}", strict.stderr);
    // `--quiet` hides status lines, not problems.
    let quiet = site.run(&["-q", "--strict"]);
    assert!(quiet.stderr.contains("unknown-key") && !quiet.stderr.contains("Nothing"), "{}", quiet.stderr);
}

#[test]
fn a_build_explains_what_it_rendered() {
    let site = small();
    site.build(&[]);
    assert!(site.build(&["--explain"]).stdout.starts_with("No page was rendered: "));
    site.write("content/world/b.md", story("B, corrected", "2026-11-01", "", "Text."));
    let run = site.build(&["--explain"]);
    assert!(run.stdout.contains("/2026/11/b/\n    the source file changed "), "{}", run.stdout);
    assert!(run.stdout.contains("`title` from “B” to “B, corrected”"), "{}", run.stdout);
    assert!(run.stdout.contains("`world/b.md` changed"), "{}", run.stdout);
    site.write(
        "bulletin.yaml",
        format!("{SETTINGS}timezone: Europe/Athens\nsections: [world, local news]\ndescription: New\n"),
    );
    let run = site.build(&["--explain", "--message-format", "json"]);
    let settings = r#""because":["the settings changed: `site.description` from nothing to “New”""#;
    assert!(run.stdout.contains(settings), "{}", run.stdout);
    site.write("templates/404.html", "Gone");
    let run = site.build(&["--explain"]);
    assert_eq!(run.stdout, "/404.html\n    the template changed: `404.html`\n");
    site.write("public/404.html", "Something");
    let run = site.build(&["--explain"]);
    assert_eq!(run.stdout, "/404.html\n    the output file is missing or was modified\n");
}

#[test]
fn a_build_reports_its_timings() {
    let site = small();
    let run = site.build(&["--timings"]);
    assert!(run.stderr.contains("Timings: "), "{}", run.stderr);
    let report = String::from_utf8(site.read(".bulletin/timings.html").into()).unwrap();
    assert!(report.contains("article.html") && report.contains("2026/11/b"), "{report}");
    assert!(!site.public().keys().any(|path| path.contains("timings")), "it is not for readers");
}

#[test]
fn a_build_prints_its_summary_as_json() {
    let site = small();
    let built = site.json(&[]);
    assert_eq!(built.stderr, "");
    snapbox::assert_data_eq!(
        built.stdout,
        str![[r#"
{"reason":"build-finished","success":true,"built":{"articles":1,"sources_read":2,"pages":[..],"rendered":[..],"written":[..],"unchanged":0,"removed":0,"held_back":{"scheduled":1},"next_appearance":"2026-11-22T16:00:00Z","next_change":{"at":"2026-11-22T16:00:00Z","what":"appears","file":"content/world/a.md","others":0}}}

"#]]
    );
    site.write("content/world/c.md", "---\ntitle: a: b\n---\n");
    let failed = site.json(&[]);
    assert_eq!((failed.code, failed.stderr.as_str()), (Some(1), ""));
    let lines: Vec<serde_json::Value> =
        failed.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{}", failed.stdout);
    for (key, value) in [("reason", "diagnostic"), ("severity", "error"), ("file", "content/world/c.md")] {
        assert_eq!(lines[0][key], value, "{}", failed.stdout);
    }
    assert_eq!(lines[1], serde_json::json!({"reason": "build-finished", "success": false, "built": null}));
}

#[test]
fn color_depends_on_terminal_environment_and_option() {
    let site = small();
    site.write("content/world/c.md", "---\ntitle: a: b\n---\n");
    let escape = '\u{1b}';
    assert!(!site.run(&[]).stderr.contains(escape), "into a pipe");
    let forced = Run::of(site.command(&[]).env("CLICOLOR_FORCE", "1"));
    assert!(forced.stderr.contains(escape), "when they are asked for");
    let none = Run::of(site.command(&[]).env("NO_COLOR", "1"));
    assert!(!none.stderr.contains(escape), "when they are not wanted");
    let json = Run::of(site.command(&["--message-format", "json"]).env("CLICOLOR_FORCE", "1"));
    assert!(!json.stdout.contains(escape), "in data");
    // The option takes precedence over the environment, for problems and for help.
    let run = |args: &[&str], variable: &str| Run::of(bulletin().args(args).env(variable, "1"));
    let root = site.root.to_str().unwrap();
    for (color, variable, is_colored) in [("always", "NO_COLOR", true), ("never", "CLICOLOR_FORCE", false)] {
        let built = run(&["build", "--site", root, "--color", color], variable);
        assert_eq!(built.stderr.contains(escape), is_colored, "problems with {color}");
        let help = run(&["build", "--help", &format!("--color={color}")], variable);
        assert_eq!(help.stdout.contains(escape), is_colored, "help with {color}");
        let wrong = run(&["--color", color, "biuld"], variable);
        assert_eq!(wrong.stderr.contains(escape), is_colored, "wrong arguments with {color}");
    }
}

#[test]
fn output_sets_the_output_folder() {
    let site = small();
    let other = site.root.join("../www/new");
    site.build(&["--output", other.to_str().unwrap()]);
    assert!(other.join("index.html").is_file());
    assert!(!site.path("public").exists());
    // A relative path is relative to the working directory.
    let here = tempfile::tempdir().unwrap();
    let mut command = site.command(&["--output", "out"]);
    let run = Run::of(command.current_dir(&here));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_same(&tree(&other), &tree(&here.path().join("out")), "two folders");
    // Without `--site`, the site is the working directory.
    let run = Run::of(bulletin().args(["build", "--as-of", crate::support::AS_OF]).current_dir(&site.root));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_same(&tree(&other), &site.public(), "the usual folder");
}

#[test]
fn other_files_in_the_output_folder_stay() {
    let site = small();
    site.write("public/CNAME", "plain.example");
    site.write("public/old/page.html", "theirs");
    let run = site.build(&[]);
    assert!(run.stderr.contains("that no known build wrote: `old/page.html`"), "{}", run.stderr);
    site.remove("content/world/b.md");
    site.build(&["--clean"]);
    assert_eq!(site.read("public/old/page.html"), "theirs");
    assert_eq!(site.read("public/CNAME"), "plain.example");
    assert!(!site.path("public/2026/11/b").exists(), "an empty folder is gone with its page");
    // Without its record, a build does not replace files that may be foreign, except with `--clean`.
    fs::remove_file(site.path("public/.bulletin-files")).unwrap();
    fs::remove_dir_all(site.path(".bulletin")).unwrap();
    site.write("content/world/d.md", story("D", "2026-11-02", "", "Text."));
    let before = site.public();
    let run = site.run(&[]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("error[output/not-ours]"), "{}", run.stderr);
    assert_same(&before, &site.public(), "nothing changed");
    // Even `--clean` does not treat a possible leftover of an earlier build as foreign.
    let run = site.run(&["--clean"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("error[output/unknown-files]"), "{}", run.stderr);
    assert_same(&before, &site.public(), "nothing changed");
    fs::create_dir_all(site.path("static")).unwrap();
    fs::rename(site.path("public/old"), site.path("static/old")).unwrap();
    site.build(&["--clean"]);
    assert_eq!(site.read("public/old/page.html"), "theirs");
}

#[test]
fn a_deleted_state_folder_does_no_harm() {
    let site = small();
    site.build(&[]);
    let before = site.public();
    fs::remove_dir_all(site.path(".bulletin")).unwrap();
    let run = site.build(&[]);
    assert!(run.stderr.contains("0 written"), "{}", run.stderr);
    site.remove("content/world/b.md");
    fs::remove_dir_all(site.path(".bulletin")).unwrap();
    site.build(&[]);
    assert!(before.keys().any(|path| path.contains("11/b/")));
    assert!(!site.public().keys().any(|path| path.contains("11/b/")));
}

#[test]
fn concurrent_builds_take_turns() {
    let site = small();
    for number in 0..40 {
        site.write(
            &format!("content/world/n{number}.md"),
            story(&format!("N {number}"), "2026-11-03", "", "Text."),
        );
    }
    let spawn = || site.command(&["--clean"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let builds = [spawn(), spawn(), spawn()];
    for build in builds {
        let output = build.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let other = site.root.with_file_name("other");
    site.build(&["--output", other.to_str().unwrap()]);
    assert_same(&tree(&other), &site.public(), "builds that ran at once");
}

#[test]
fn several_drafts_are_counted_in_the_plural() {
    let draft = |title: &str| story(title, "2026-11-02", "draft: true\n", "Text.");
    let site = Site::new(&[("content/a.md", &draft("A")), ("content/b.md", &draft("B"))]);
    assert!(site.build(&[]).stderr.starts_with("Held back: 2 drafts\n"));
    site.write("content/b.md", story("B", "2026-11-02", "", "Text."));
    assert!(site.build(&[]).stderr.starts_with("Held back: 1 draft\n"));
}
