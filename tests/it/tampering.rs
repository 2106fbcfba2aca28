//! Guards laws 2, 4 and 5 of `ARCHITECTURE.md` when the output folder is tampered with: after any sequence of edits and damage,
//! a build either equals a clean one and contains nothing of a hidden story, or fails and changes nothing.
//!
//! An ordinary run takes 240 steps; `BULLETIN_CASES=500 cargo test --release --test it tampering` takes 10,000.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use bulletin::pipeline::Outcome;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::{AS_OF, SETTINGS, Site, Tree, build_in_process, difference, request, story, tree};

const STORIES: usize = 6;
const STEPS: usize = 20;

#[derive(Clone, Copy, Debug)]
enum Event {
    Edit,
    Hide,
    Show,
    Delete,
    Rename,
    LoseRecord,
    CutRecord,
    OldRecord,
    ForeignRecord,
    LoseState,
    LinkYear,
    MoveYear,
    FileForYear,
    CopyPage,
    CompressPage,
    FolderForPage,
    LinkForPage,
    DeletePage,
    EditPage,
    OldOutput,
    KeepOutput,
    Stray,
}

use Event::*;

const EVENTS: [Event; 22] = [
    Edit,
    Hide,
    Show,
    Delete,
    Rename,
    LoseRecord,
    CutRecord,
    OldRecord,
    ForeignRecord,
    LoseState,
    LinkYear,
    MoveYear,
    FileForYear,
    CopyPage,
    CompressPage,
    FolderForPage,
    LinkForPage,
    DeletePage,
    EditPage,
    OldOutput,
    KeepOutput,
    Stray,
];

#[derive(Clone, Copy, Debug)]
struct Step {
    event: Event,
    which: usize,
    is_clean: bool,
}

fn a_step() -> impl Strategy<Value = Step> {
    // Edits are as frequent as all kinds of damage together.
    let event = prop_oneof![prop::sample::select(&EVENTS[..5]), prop::sample::select(&EVENTS[5..]),];
    (event, 0..STORIES, prop::bool::weighted(0.15)).prop_map(|(event, which, is_clean)| Step {
        event,
        which,
        is_clean,
    })
}

/// The edition of a story's text, and whether readers see it. `None`: the story does not exist.
type Desk = [Option<(u32, bool)>; STORIES];

struct House {
    site: Site,
    desk: Desk,
    title: u32,
    /// Foreign files.
    strays: Tree,
    /// Foreign files in the output folder that was set aside.
    kept_strays: Tree,
    old_record: Option<Vec<u8>>,
    /// The number of consecutive failures.
    failures: usize,
}

impl House {
    fn new() -> Self {
        let site = Site::in_memory();
        site.add_plain_theme();
        let mut house = Self {
            site,
            desk: [Some((0, true)); STORIES],
            title: 0,
            strays: Tree::new(),
            kept_strays: Tree::new(),
            old_record: None,
            failures: 0,
        };
        house.save();
        house
    }

    fn save(&mut self) {
        let settings = SETTINGS.replace("Plain Paper", &format!("Paper {}", self.title));
        self.site.write("bulletin.yaml", format!("{settings}api: true\nlists: {{archives: false}}\n"));
        self.site.write("content/world/always.md", story("Always", "2026-01-01", "", "Seen by all."));
        for (number, story_of) in self.desk.iter().enumerate() {
            let path = format!("content/world/qcanary{number}x.md");
            match story_of {
                None => drop(fs::remove_file(self.site.path(&path))),
                Some((edition, is_seen)) => {
                    let keys = if *is_seen { "" } else { "embargo: 2099-01-01\n" };
                    let date = format!("20{:02}-05-01", 10 + number % 3);
                    let text = format!("The text qcanary{number}x, edition {edition}.");
                    self.site.write(&path, story(&format!("Qcanary{number}x"), &date, keys, &text));
                }
            }
        }
    }

    fn page(&self, which: usize) -> PathBuf {
        self.site.path(&format!("public/20{:02}/05/qcanary{which}x/index.html", 10 + which % 3))
    }

    fn happen(&mut self, step: Step) {
        let (which, page) = (step.which, self.page(step.which));
        let site = &self.site;
        let record = site.path("public/.bulletin-files");
        let year = site.path(&format!("public/20{:02}", 10 + which % 3));
        match step.event {
            Edit => {
                let edition = self.desk[which].map_or(0, |(edition, _)| edition + 1);
                self.desk[which] = Some((edition, true));
            }
            Hide => self.desk[which] = self.desk[which].map(|(edition, _)| (edition, false)),
            Show => self.desk[which] = self.desk[which].map(|(edition, _)| (edition, true)),
            Delete => self.desk[which] = None,
            Rename => self.title += 1,
            LoseRecord => drop(fs::remove_file(record)),
            CutRecord => {
                if let Ok(text) = fs::read(&record) {
                    fs::write(record, &text[..text.len() / 2]).unwrap();
                }
            }
            OldRecord => match &self.old_record {
                Some(text) if record.exists() => fs::write(record, text).unwrap(),
                _ => self.old_record = fs::read(record).ok(),
            },
            ForeignRecord => {
                let other = "bulletin output 1\nsomething.html\n";
                if record.exists() {
                    fs::write(record, other).unwrap();
                }
            }
            LoseState => drop(fs::remove_dir_all(site.path(".bulletin"))),
            LinkYear => {
                let disk = site.root.with_file_name(format!("disk{}", which % 3));
                if year.is_dir() && !year.is_symlink() && !disk.exists() {
                    fs::rename(&year, &disk).unwrap();
                    symlink(&disk, &year).unwrap();
                }
            }
            MoveYear => {
                // The file of `FileForYear` keeps its place among the foreign files.
                if year.is_dir() {
                    let _ = fs::rename(&year, site.path("public/moved"));
                }
            }
            FileForYear => {
                if year.is_dir() && !year.is_symlink() {
                    fs::remove_dir_all(&year).unwrap();
                    fs::write(&year, "mine").unwrap();
                    let name = format!("20{:02}", 10 + which % 3);
                    self.strays.insert(name, b"mine".to_vec());
                }
            }
            CopyPage | CompressPage => {
                let ending = if matches!(step.event, CopyPage) { "br" } else { "gz" };
                if let Ok(bytes) = fs::read(&page) {
                    fs::write(page.with_extension(format!("html.{ending}")), bytes).unwrap();
                }
            }
            FolderForPage => {
                if fs::remove_file(&page).is_ok() {
                    fs::create_dir_all(page.join("a/b")).unwrap();
                }
            }
            LinkForPage => {
                let elsewhere = site.root.with_file_name("elsewhere.html");
                fs::write(&elsewhere, "elsewhere").unwrap();
                if fs::remove_file(&page).is_ok() {
                    symlink(elsewhere, &page).unwrap();
                }
            }
            DeletePage => drop(fs::remove_file(page)),
            EditPage => {
                if page.is_file() && !page.is_symlink() {
                    fs::write(page, "edited").unwrap();
                }
            }
            KeepOutput => {
                let kept = site.root.with_file_name("kept");
                let _ = fs::remove_dir_all(&kept);
                crate::support::copy(&site.path("public"), &kept);
                self.kept_strays = self.strays.clone();
            }
            // As if restored from an artifact, which omits dot files.
            OldOutput => {
                let kept = site.root.with_file_name("kept");
                if kept.exists() {
                    self.empty();
                    crate::support::copy(&kept, &self.site.path("public"));
                    let _ = fs::remove_file(self.site.path("public/.bulletin-files"));
                    self.strays = self.kept_strays.clone();
                }
            }
            Stray => {
                if site.path("public").is_dir() {
                    site.write("public/uploads/map.txt", "mine");
                    self.strays.insert("uploads/map.txt".to_owned(), b"mine".to_vec());
                }
            }
        }
        self.save();
    }

    /// Deletes the output folder, as the error message suggests.
    fn empty(&mut self) {
        let _ = fs::remove_dir_all(self.site.path("public"));
        (0..3).for_each(|n| drop(fs::remove_dir_all(self.site.root.with_file_name(format!("disk{n}")))));
        self.strays.clear();
    }

    fn build(&mut self, step: Step) -> Result<(), String> {
        let before = everything(&self.site.path("public"));
        let mut asked = request(&self.site.root, AS_OF);
        asked.clean = step.is_clean;
        let outcome = build_in_process(&asked);
        if outcome.built.is_none() {
            if outcome.diagnostics.iter().all(|problem| !problem.is_error()) {
                return Err("it failed without a reason".to_owned());
            }
            if everything(&self.site.path("public")) != before {
                return Err(format!("it failed and changed something:\n{}", list(&outcome)));
            }
            self.failures += 1;
            if self.failures > 2 {
                self.empty();
                self.failures = 0;
            }
            return Ok(());
        }
        self.failures = 0;
        self.check(&outcome)
    }

    fn check(&self, outcome: &Outcome) -> Result<(), String> {
        let found = self.site.public();
        for (number, story) in self.desk.iter().enumerate() {
            let canary = format!("qcanary{number}x");
            let is_seen = story.is_some_and(|(_, is_seen)| is_seen);
            let leak = found.iter().find(|(path, bytes)| {
                path.contains(&canary) || String::from_utf8_lossy(bytes).to_lowercase().contains(&canary)
            });
            if let (false, Some((path, _))) = (is_seen, leak) {
                return Err(format!("{path} has {canary}, which is hidden:\n{}", list(outcome)));
            }
        }
        let other = self.site.root.with_file_name("clean");
        let _ = fs::remove_dir_all(&other);
        let mut asked = request(&self.site.root, AS_OF);
        asked.output = Some(other.clone());
        build_in_process(&asked);
        let mut expected = tree(&other);
        expected.extend(self.strays.clone());
        // Copies of unchanged pages stay.
        let found =
            found.into_iter().filter(|(path, _)| !path.ends_with(".gz") && !path.ends_with(".br")).collect();
        let difference = difference(&expected, &found);
        if difference.is_empty() { Ok(()) } else { Err(format!("{difference}{}", list(outcome))) }
    }
}

fn list(outcome: &Outcome) -> String {
    outcome.diagnostics.iter().map(|problem| format!("  {}: {}\n", problem.code, problem.message)).collect()
}

/// The contents of a folder: links with their targets, folders with their paths.
fn everything(dir: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(path.clone());
                all.insert(path, None);
            } else if kind.is_symlink() {
                let to = fs::read_link(&path).unwrap();
                all.insert(path, Some(to.to_string_lossy().into_owned().into_bytes()));
            } else {
                let bytes = fs::read(&path).unwrap();
                all.insert(path, Some(bytes));
            }
        }
    }
    all
}

#[test]
fn a_build_over_a_tampered_folder_equals_a_clean_one_or_fails() {
    let cases = std::env::var("BULLETIN_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    // An ordinary run always tries the same histories. With `BULLETIN_CASES`, they are new each time.
    let mut runner = match std::env::var_os("BULLETIN_CASES") {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let passed = std::cell::Cell::new(0_usize);
    let tried = runner.run(&prop::collection::vec(a_step(), STEPS), |steps| {
        let mut house = House::new();
        for step in steps {
            house.happen(step);
            if let Err(why) = house.build(step) {
                return Err(TestCaseError::fail(why));
            }
            passed.set(passed.get() + 1);
        }
        Ok(())
    });
    tried.unwrap_or_else(|error| panic!("{error}"));
    // Visible with `--nocapture`, as described in `docs/testing.md`.
    let _ = writeln!(std::io::stderr(), "{} steps passed", passed.get());
}
