//! Guards the pages under `docs/`: each command that they show is run here and prints what they show, each example loads, each option exists,
//! and each link leads somewhere. The tour of README.md has its own test (`tour`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::pictures::jpeg;
use crate::shown::{Block, Step, arguments, assert_shown, blocks, page, run, steps};
use crate::support::server::Server;
use crate::support::{Run, Site, bulletin, copy, repository};

/// Pages with commands and examples.
const PAGES: [&str; 9] = [
    "README.md",
    "docs/writing.md",
    "docs/configuration.md",
    "docs/importing.md",
    "docs/previewing.md",
    "docs/operations.md",
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
                // What is data in its own right need not be shown with the report.
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

/// The options that a command has, by its help.
fn options(command: &str) -> BTreeSet<String> {
    let run = Run::of(bulletin().args([command, "--help"]));
    assert_eq!(run.code, Some(0), "bulletin {command} --help: {}", run.stderr);
    let option = Regex::new(r"(?m)^\s+(?:-\w, )?(--[a-z-]+)").unwrap();
    option.captures_iter(&run.stdout).map(|found| found[1].to_owned()).collect()
}

#[test]
fn each_option_that_the_documentation_names_exists() {
    let commands =
        ["init", "new", "import", "build", "check", "serve", "urls", "schema", "completions", "man"];
    let every: BTreeSet<String> = commands.iter().flat_map(|command| options(command)).collect();
    let command = Regex::new(r"bulletin ([a-z]+)((?: [^`\n|]*)?)").unwrap();
    let code = Regex::new(r"`(-{2}[a-z-]+)[^`]*`").unwrap();
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
        for named in code.captures_iter(&text) {
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
fn each_link_between_pages_of_the_documentation_leads_somewhere() {
    let link = Regex::new(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)").unwrap();
    let slug = |heading: &str| -> String {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().trim().to_lowercase().replace(' ', "-")
    };
    for path in PAGES.into_iter().chain(["ARCHITECTURE.md", "CHANGELOG.md", "benches/README.md"]) {
        let text = page(path);
        let prose: String = text.split("\n```").step_by(2).collect();
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
