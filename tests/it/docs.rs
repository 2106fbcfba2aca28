//! Guards the pages under `docs/`: each command prints the output shown, each example loads, each option exists,
//! and each link works. The tour of README.md has its own test (`tour`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::pictures::jpeg;
use crate::shown::{Block, Step, arguments, assert_shown, blocks, page, run, steps};
use crate::support::server::Server;
use crate::support::{Run, Site, bulletin, copy, repository};

/// Pages with commands and examples.
const PAGES: [&str; 10] = [
    "README.md",
    "docs/writing.md",
    "docs/configuration.md",
    "docs/importing.md",
    "docs/previewing.md",
    "docs/operations.md",
    "docs/publishing.md",
    "docs/checks.md",
    "docs/themes.md",
    "docs/testing.md",
];

/// A new site with the samples of `init`, in the folder `news`.
fn news() -> Site {
    let mut site = Site::bare(&[]);
    let home = site.root.parent().unwrap().to_owned();
    fs::remove_dir(&site.root).unwrap();
    site.root = home.join("news");
    run("bulletin init news", &home);
    site
}

/// Runs the commands of a page in order. `before` may change files before a command, or run it itself and return `true`.
fn follow(path: &str, start: &Path, mut before: impl FnMut(&Step, &Path) -> bool) {
    let mut here = start.to_owned();
    for block in blocks(&page(path)).iter().filter(|block| block.kind == "console") {
        for step in steps(&block.text) {
            if before(&step, &here) {
                continue;
            }
            if let Some(folder) = step.command.strip_prefix("cd ") {
                here = here.join(folder);
            } else if let Some(folder) = step.command.strip_prefix("mkdir ") {
                fs::create_dir(here.join(folder)).unwrap();
            } else if let Some((command, file)) = step.command.split_once(" > ") {
                fs::write(here.join(file), run(command, &here).stdout).unwrap();
            } else {
                let run = run(&step.command, &here);
                // Data formats may be shown without the report.
                if !step.output.is_empty() && step.output.trim_end() != run.stderr.trim_end() {
                    assert_shown(&step.command, &step.output, &format!("{}{}", run.stderr, run.stdout));
                }
            }
        }
    }
}

fn preview(step: &Step, site: &Site) {
    let arguments = arguments(&step.command);
    let options: Vec<&str> =
        arguments[2..].iter().map(String::as_str).filter(|option| *option != "--open").collect();
    let server = Server::start(site, &options);
    assert_eq!(server.get("/").status, Some(200));
}

#[test]
fn the_commands_of_the_guide_for_editors_work() {
    let site = news();
    follow("docs/writing.md", &site.root, |_, _| false);
}

#[test]
fn the_commands_of_the_page_on_previews_work() {
    let site = news();
    follow("docs/previewing.md", &site.root, |step, _| {
        preview(step, &site);
        true
    });
}

#[test]
fn the_commands_of_the_page_on_settings_work() {
    let site = news();
    follow("docs/configuration.md", &site.root, |_, _| false);
    let schema: serde_json::Value = serde_json::from_str(&site.read("bulletin.schema.json")).unwrap();
    assert!(schema["properties"]["base_url"].is_object());
}

#[test]
fn the_commands_of_the_page_on_operations_work() {
    let site = news();
    run("bulletin build", &site.root);
    let story = "content/local/the-first-story.md";
    site.write(story, site.read(story).replace("\n---\n\n", "\n---\n\nOne more sentence. "));
    follow("docs/operations.md", &site.root, |_, _| false);
}

#[test]
fn the_commands_of_the_page_on_imports_work() {
    let site = news();
    let home = site.root.parent().unwrap().to_owned();
    fs::copy(repository().join("tests/docs/ferry.txt"), site.path("ferry.txt")).unwrap();
    copy(&repository().join("tests/import/hugo-archive/input"), &home.join("old-site"));
    let (herald, mut is_there) = (PathBuf::from("herald"), false);
    follow("docs/importing.md", &site.root, |step, here| {
        if step.command == "mkdir herald" {
            fs::rename(home.join("old-site"), site.path("old-site")).unwrap();
        }
        is_there |= here.ends_with(&herald);
        if step.command.starts_with("bulletin urls --against") {
            let urls = run("bulletin urls", here).stdout;
            let entries: String =
                urls.lines().map(|path| format!("<url><loc>https://old.example{path}</loc></url>")).collect();
            fs::write(here.join("sitemap.xml"), format!("<urlset>{entries}</urlset>")).unwrap();
        }
        if step.command.starts_with("bulletin import --remap") {
            let map =
                blocks(&page("docs/importing.md")).into_iter().find(|block| block.kind == "yaml").unwrap();
            fs::write(here.join("import.map.yaml"), map.text).unwrap();
            let story = "---\ntitle: Harbour\ndate: 2024-05-01\nimport:\n  from: hugo\n---\n\n{{< poll 1 >}}\n\n{{< poll 2 >}}\n\n\
                {{< chart a >}}\n\n{{< chart b >}}\n\n{{< chart c >}}\n";
            let content = here.join("content");
            fs::remove_dir_all(&content).unwrap();
            fs::create_dir_all(content.join("2024")).unwrap();
            fs::write(content.join("2024/2024-05-01-harbour.md"), story).unwrap();
        }
        false
    });
    assert!(is_there, "the page imports an archive into a folder of its own");
}

/// The options in the help of a command.
fn options(command: &str) -> BTreeSet<String> {
    let run = Run::of(bulletin().args([command, "--help"]));
    assert_eq!(run.code, Some(0), "bulletin {command} --help: {}", run.stderr);
    let option = Regex::new(r"(?m)^\s+(?:-\w, )?(--[a-z-]+)").unwrap();
    option.captures_iter(&run.stdout).map(|found| found[1].to_owned()).collect()
}

#[test]
fn each_option_that_the_documentation_names_exists() {
    #[rustfmt::skip]
    let commands = [
        "init", "new", "import", "build", "check", "publish", "changed", "serve", "urls", "schema", "completions", "man",
    ];
    let every: BTreeSet<String> = commands.iter().flat_map(|command| options(command)).collect();
    let command = Regex::new(r"bulletin ([a-z]+)((?: [^`\n|]*)?)").unwrap();
    let code = Regex::new(r"`(--[a-z][a-z-]*)[^`]*`").unwrap();
    let option = Regex::new(r"(?:^|\s|\[)(--[a-z-]+)").unwrap();
    for path in PAGES {
        let text = page(path);
        for found in command.captures_iter(&text).filter(|found| commands.contains(&&found[1])) {
            let known = options(&found[1]);
            let rest = found[2].split(" && ").next().unwrap_or_default();
            for named in option.captures_iter(rest) {
                assert!(known.contains(&named[1]), "{path}: `bulletin {}` has no {}", &found[1], &named[1]);
            }
        }
        // Of other programs: in the comparison, and of Wrangler.
        let is_foreign = |name: &str| ["--clock", "--force"].contains(&name);
        for named in code.captures_iter(&text).filter(|named| !is_foreign(&named[1])) {
            assert!(every.contains(&named[1]), "{path}: no command has {}", &named[1]);
        }
    }
}

#[test]
fn each_example_of_front_matter_and_settings_loads_without_a_warning() {
    let of = |path: &str, kind: &str| -> Vec<Block> {
        blocks(&page(path)).into_iter().filter(|block| block.kind == kind).collect()
    };
    let site = news();
    let settings = of("docs/configuration.md", "yaml");
    for Block { text, .. } in &settings {
        site.write("bulletin.yaml", text);
        let run = site.build(&["--as-of", "2099-12-31"]);
        assert_eq!((run.code, run.stderr.contains("warning")), (Some(0), false), "{text}\n{}", run.stderr);
    }
    for Block { kind, text } in blocks(&page("docs/writing.md")) {
        let site = news();
        site.write("content/local/crane/crane.jpg", jpeg(&[]));
        let story = "title: Cranes\ndate: 2026-11-20\nid: tag:plain.example,2026:cranes\n";
        let story = match kind.as_str() {
            "yaml" => format!("---\n{story}{text}---\n\nText.\n"),
            "markdown" if text.starts_with("---") => text,
            "markdown" => {
                site.write(
                    "content/local/crane/map.svg",
                    "<svg xmlns='http://www.w3.org/2000/svg' width='4' height='3'/>",
                );
                format!("---\n{story}---\n\n{text}")
            }
            _ => continue,
        };
        site.write("content/local/crane/index.md", &story);
        let run = site.build(&["--as-of", "2099-12-31"]);
        assert_eq!((run.code, run.stderr.contains("warning")), (Some(0), false), "{story}\n{}", run.stderr);
    }
}

#[test]
fn each_link_in_the_documentation_works() {
    let link = Regex::new(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)").unwrap();
    let slug = |heading: &str| -> String {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().trim().to_lowercase().replace(' ', "-")
    };
    let inline = Regex::new("`[^`\\n]*`").unwrap();
    for path in PAGES.into_iter().chain(["ARCHITECTURE.md", "CHANGELOG.md", "benches/README.md"]) {
        let text = page(path);
        let prose: String = text.split("\n```").step_by(2).collect();
        let prose = inline.replace_all(&prose, "");
        for found in link.captures_iter(&prose) {
            let (target, heading) = (found[1].to_owned(), found.get(2).map(|heading| heading.as_str()));
            if target.contains(':') {
                continue;
            }
            let file = if target.is_empty() {
                PathBuf::from(path)
            } else {
                Path::new(path).parent().unwrap().join(&target)
            };
            assert!(repository().join(&file).exists(), "{path}: {target}");
            if let Some(heading) = heading {
                let headings = page(&file.to_string_lossy());
                let exists = headings
                    .lines()
                    .filter_map(|line| line.strip_prefix('#'))
                    .any(|line| slug(line.trim_start_matches('#')) == heading);
                assert!(exists, "{path}: {target}#{heading}");
            }
        }
    }
}

/// The rows of a section of docs/checks.md: the codes and the second column.
fn checks(section: &str) -> Vec<(Vec<String>, String)> {
    let text = page("docs/checks.md");
    let (_, rest) =
        text.split_once(&format!("\n## {section}\n")).unwrap_or_else(|| panic!("no section {section}"));
    let code = Regex::new(r"`([a-z-]+/[a-z0-9-]+)`").unwrap();
    let rows = rest.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        (code.captures_iter(cells[0]).map(|found| found[1].to_owned()).collect(), cells[1].to_owned())
    })
    .collect()
}

/// A site with one story and further settings, front matter or text.
fn with(settings: &str, front: &str, text: &str) -> Site {
    let settings = match settings.split_once(':') {
        Some(("base_url", _)) => format!("title: The Herald\n{settings}\n"),
        _ => format!("title: The Herald\nbase_url: https://herald.example/\n{settings}\n"),
    };
    let story = format!("---\ntitle: Strike\ndate: 2026-11-01\n{front}\n---\n\n{text}\n");
    Site::bare(&[("bulletin.yaml", &settings), ("content/local/strike.md", &story)])
}

#[test]
fn each_example_of_the_page_on_checks_reports_its_code() {
    let (is_example, example) =
        (Regex::new("^`[^`]+`( with `[^`]+`)*$").unwrap(), Regex::new(r"`([^`]+)`").unwrap());
    let (mut count, mut wrong) = (0, Vec::new());
    for section in ["Settings", "Front matter", "Text"] {
        for (codes, cell) in checks(section).iter().filter(|(_, cell)| is_example.is_match(cell)) {
            let lines: Vec<&str> =
                example.captures_iter(cell).map(|found| found.get(1).unwrap().as_str()).collect();
            let lines = lines.join("\n").replace("\\|", "|");
            let site = match section {
                "Settings" => with(&lines, "", "Text."),
                "Front matter" => with("", &lines, "Text."),
                _ => with("", "", &lines),
            };
            let run = site.json(&[]);
            let found: Vec<String> = run.places().into_iter().map(|(code, _, _)| code).collect();
            if !found.contains(&codes[0]) {
                wrong.push(format!("{} by `{lines}`: {found:?}", codes[0]));
            }
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 60, "{count} examples");
}

#[test]
fn the_page_on_checks_has_each_code_and_no_other() {
    let text = page("docs/checks.md");
    let code = Regex::new(r"`([a-z-]+/[a-z0-9-]+)`").unwrap();
    let listed: Vec<String> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|row| {
            code.captures_iter(row.split(" | ").next().unwrap())
                .map(|found| found[1].to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    let unique: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), unique.len(), "a code is listed twice");
    // In the source code, a code is a string whose prefix is a known one.
    let rooms: BTreeSet<&str> = unique.iter().filter_map(|code| code.split('/').next()).collect();
    let literal = Regex::new(r#""([a-z-]+)/([a-z0-9-]+)""#).unwrap();
    let others = Regex::new(r"^(image/(avif|bmp|gif|heic|jpeg|png|tiff|webp|x-icon)|text/(calendar|html|plain|x?-?vcard|event-stream|vtt)|config/production|content/(data|extra|settings)|static/(a|b|c|none))$").unwrap();
    let mut used = BTreeSet::new();
    for entry in walkdir::WalkDir::new(repository().join("src")).into_iter().map(Result::unwrap) {
        let path = entry.path();
        let is_test =
            path.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")));
        if is_test || path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let found = literal
            .captures_iter(code)
            .filter(|found| rooms.contains(&&found[1]))
            .map(|found| format!("{}/{}", &found[1], &found[2]));
        used.extend(found.filter(|code| !others.is_match(code)));
    }
    let missing: Vec<_> = used.difference(&unique).collect();
    let gone: Vec<_> = unique.difference(&used).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not in docs/checks.md: {missing:?}\nnot in src/: {gone:?}"
    );
}

#[test]
fn each_test_and_file_that_the_architecture_names_exists() {
    let text = page("ARCHITECTURE.md");
    let (_, laws) = text.split_once("\n## The laws").unwrap();
    let laws = laws.split("\n## ").next().unwrap();
    let sources: String = walkdir::WalkDir::new(repository().join("tests/it"))
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|entry| fs::read_to_string(entry.path()).unwrap())
        .collect();
    let test = Regex::new(r"`([a-z]+_[a-z_]+)`").unwrap();
    let mut count = 0;
    for name in test.captures_iter(laws).map(|found| found[1].to_owned()) {
        assert!(sources.contains(&format!("fn {name}(")), "there is no test {name}");
        count += 1;
    }
    assert!(count > 8, "{count} tests");
    let (_, table) = text.split_once("\n## Where do I change").unwrap();
    let path = Regex::new(r"`((?:[a-z_]+/)+[a-z_]*(?:\.[a-z.]+)?)`").unwrap();
    for found in path.captures_iter(table).map(|found| found[1].to_owned()) {
        let places = [format!("src/{found}"), format!("src/{found}.rs"), found.clone()];
        assert!(
            places.iter().any(|place| repository().join(place).exists()),
            "ARCHITECTURE.md names {found}"
        );
    }
}
