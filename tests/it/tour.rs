//! The tour in README.md, word for word, on any date.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::shown::{Block, Step, arguments, assert_shown, blocks, page, run, steps};
use crate::support::server::Server;
use crate::support::{Run, Site, bulletin, tree};

/// The prose and the blocks of the tour.
fn tour() -> (String, Vec<Block>) {
    let readme = page("README.md");
    let (_, rest) = readme.split_once("## A tour in five minutes\n").unwrap();
    let tour = rest.split("\n## ").next().unwrap().to_owned();
    let blocks = blocks(&tour);
    (tour, blocks)
}

/// Starts the preview as the tour does, but on a free port and without a browser.
fn preview(step: &Step, site: Site) -> Site {
    let words = arguments(&step.command);
    assert_eq!(words[..2], ["bulletin", "serve"]);
    let args: Vec<&str> = words[2..].iter().map(String::as_str).filter(|word| *word != "--open").collect();
    let server = Server::start(&site, &args);
    let page = server.get("/2099/11/harbour-strike-talks-stall/");
    let front = server.get("/");
    assert_eq!((front.status, page.status), (Some(200), Some(404)), "an embargo holds in the preview, too");
    assert_shown(&step.command, &step.output, &server.printed());
    site
}

#[test]
fn the_tour_works() {
    let (prose, tour) = tour();
    let mut site = Site::bare(&[]);
    let home = site.root.parent().unwrap().to_owned();
    // The new site moves to this folder, so that the preview finds it.
    fs::remove_dir(&site.root).unwrap();
    site.root = home.join("news");
    let (mut here, mut article) = (home.clone(), String::new());
    for block in &tour {
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
                        assert!(prose.contains("Remove `draft: true` and build."));
                        let text = site.read(&article);
                        assert!(text.contains("\ndraft: true\n"), "{text}");
                        site.write(&article, text.replace("draft: true\n", ""));
                    }
                    let run = run(&step.command, &here);
                    assert_shown(&step.command, &step.output, &format!("{}{}", run.stderr, run.stdout));
                    if step.command.starts_with("bulletin new") {
                        run.stdout.trim().clone_into(&mut article);
                        assert!(site.read(&article).contains("draft: true\n"));
                    }
                }
            }
            "markdown" => site.write(&article, &block.text),
            "text" => {
                let good = site.read(&article);
                site.write(
                    &article,
                    good.replace("\"Harbour strike: talks stall\"", "Harbour strike: talks stall"),
                );
                let run = Run::of(bulletin().arg("build").current_dir(&here));
                assert_eq!(run.code, Some(1), "{}", run.stderr);
                assert_shown("bulletin build", &block.text, &run.stderr);
                site.write(&article, good);
            }
            other => panic!("the tour has a block of an unknown kind: {other}"),
        }
    }
    let guide = blocks(&page("docs/writing.md"));
    let correction = guide.iter().find(|block| block.text.contains("nine cranes")).unwrap();
    let text = site.read(&article);
    let (front, body) = text.split_once("\n---\n").unwrap();
    site.write(&article, format!("{front}\n{}---\n{body}", correction.text));
    corrected(&site, &home);
}

/// Builds the corrected site of the tour on dates from its first day until long after the embargo.
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
