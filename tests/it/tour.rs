//! The tour in the README, word for word, on any day of the year.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::server::Server;
use crate::support::{Run, Site, bulletin, repository, tree};

/// A fenced block and its language.
struct Block {
    kind: String,
    text: String,
}

/// A command and the output that the tour shows.
struct Step {
    command: String,
    shown: String,
}

fn tour() -> (String, Vec<Block>) {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("## A tour in five minutes\n").unwrap();
    let tour = rest.split("\n## ").next().unwrap().to_owned();
    let mut blocks = Vec::new();
    for (at, part) in tour.split("```").enumerate().filter(|(at, _)| at % 2 == 1) {
        let (kind, text) = part.split_once('\n').unwrap_or_else(|| panic!("fence {at} has no text"));
        blocks.push(Block { kind: kind.to_owned(), text: text.to_owned() });
    }
    (tour, blocks)
}

fn steps(console: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in console.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), shown: String::new() });
        } else {
            steps.last_mut().unwrap().shown += &format!("{line}\n");
        }
    }
    steps
}

/// The words of a command line; double quotes keep words together.
fn words(command: &str) -> Vec<String> {
    let parts = command.split('"').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// Replaces durations, ports, and days other than those of the tour itself (in 2099).
fn without_times(text: &str) -> String {
    let shape = |word: &str| word.replace(|c: char| c.is_ascii_digit(), "0");
    let mut rest = text;
    let mut out = String::new();
    while let Some(first) = rest.chars().next() {
        let number: String =
            rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
        let after = &rest[number.len()..];
        let taken = if shape(&number).starts_with("0000-00-00") && !number.starts_with("2099") {
            out += "DAY";
            "0000-00-00".len()
        } else if !number.is_empty() && (after.starts_with(" ms") || after.starts_with(" s:")) {
            out += "TIME";
            number.len() + " ms".len().min(after.find([':', ';']).unwrap_or(after.len()))
        } else if out.ends_with("127.0.0.1:") {
            out += "PORT";
            number.len().max(1)
        } else if !number.is_empty() {
            out += &number;
            number.len()
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

#[track_caller]
fn assert_shown(command: &str, shown: &str, said: &str) {
    assert_eq!(without_times(shown).trim_end(), without_times(said).trim_end(), "$ {command}\n{said}");
}

/// Runs a command of the tour in its folder.
#[track_caller]
fn run_command(command: &str, here: &Path) -> Run {
    let words = words(command);
    assert_eq!(words[0], "bulletin", "{command}");
    let run = Run::of(bulletin().args(&words[1..]).current_dir(here));
    assert_eq!(run.code, Some(0), "$ {command}\n{}", run.stderr);
    run
}

/// Runs the preview as the tour does, but on any free port and without a browser.
fn preview(step: &Step, site: Site) -> Site {
    let words = words(&step.command);
    assert_eq!(words[..2], ["bulletin", "serve"]);
    let args: Vec<&str> = words[2..].iter().map(String::as_str).filter(|word| *word != "--open").collect();
    let server = Server::start(&site, &args);
    let page = server.get("/2099/11/harbour-strike-talks-stall/");
    let front = server.get("/");
    assert_eq!((front.status, page.status), (Some(200), Some(404)), "an embargo holds in the preview, too");
    assert_shown(&step.command, &step.shown, &server.said());
    site
}

#[test]
fn the_tour_works() {
    let (prose, blocks) = tour();
    let mut site = Site::bare(&[]);
    let home = site.root.parent().unwrap().to_owned();
    // The new site takes the place of this folder, where the preview finds it.
    fs::remove_dir(&site.root).unwrap();
    site.root = home.join("news");
    let (mut here, mut article) = (home.clone(), String::new());
    for block in &blocks {
        match block.kind.as_str() {
            "console" => {
                for step in steps(&block.text) {
                    if let Some(folder) = step.command.strip_prefix("cd ") {
                        here = here.join(folder);
                        continue;
                    }
                    if step.command.starts_with("bulletin serve") {
                        site = preview(&step, site);
                        continue;
                    }
                    if step.command == "bulletin build" {
                        assert!(prose.contains("Take `draft: true` out, and build."));
                        let text = site.read(&article);
                        assert!(text.contains("\ndraft: true\n"), "{text}");
                        site.write(&article, text.replace("draft: true\n", ""));
                    }
                    let run = run_command(&step.command, &here);
                    assert_shown(&step.command, &step.shown, &format!("{}{}", run.stderr, run.stdout));
                    if step.command.starts_with("bulletin new") {
                        run.stdout.trim().clone_into(&mut article);
                        assert!(site.read(&article).contains("draft: true\n"));
                    }
                }
            }
            "markdown" => site.write(&article, &block.text),
            "yaml" => {
                let text = site.read(&article);
                let (front, body) = text.split_once("\n---\n").unwrap();
                site.write(&article, format!("{front}\n{}---\n{body}", block.text));
                corrected(&site, &home);
            }
            "text" => {
                let good = site.read(&article);
                site.write(
                    &article,
                    good.replace("\"Harbour strike: talks stall\"", "Harbour strike: talks stall"),
                );
                let run = Run::of(bulletin().arg("build").current_dir(&here));
                assert_eq!(run.code, Some(1), "{}", run.stderr);
                assert_shown("bulletin build", &block.text, &run.stderr);
            }
            other => panic!("what is {other}?"),
        }
    }
}

/// Builds the site of the tour, with its correction, for days from its start until long after its embargo.
fn corrected(site: &Site, home: &Path) {
    let today = jiff::Zoned::now().date();
    let days = (0..24).map(|month| today.saturating_add(jiff::Span::new().days(month * 31 + 1)));
    for day in days {
        let (run, output) = build_for(site, home, &format!("{day}T12:00"));
        assert!(
            run.stderr.contains("\nBuilt 3 stories") || run.stderr.starts_with("Held back: 1"),
            "{}",
            run.stderr
        );
        assert!(!run.stderr.contains("warning") && !run.stderr.contains("error"), "{}", run.stderr);
        let leaks = tree(&output)
            .into_iter()
            .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("nine cranes"));
        assert_eq!(leaks.count(), 0, "{day}");
    }
    for time in ["2099-11-22T18:01", "2099-12-31T23:59", "2100-02-28T00:00"] {
        let (run, output) = build_for(site, home, time);
        assert!(run.stderr.contains("Built 4 stories") && !run.stderr.contains("warning"), "{}", run.stderr);
        let page = tree(&output)
            .into_iter()
            .find(|(path, _)| path.ends_with("harbour-strike-talks-stall/index.html"));
        let page = String::from_utf8(page.unwrap().1).unwrap();
        assert!(
            page.contains("nine cranes") && page.contains("the-first-story/#links-pictures-notes"),
            "{page}"
        );
    }
}

fn build_for(site: &Site, home: &Path, time: &str) -> (Run, std::path::PathBuf) {
    let output = home.join(time.replace(':', "-"));
    let mut command: Command = bulletin();
    command.args(["build", "--as-of", time, "--site"]).arg(&site.root).arg("--output").arg(&output);
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(0), "{time}: {}", run.stderr);
    (run, output)
}
