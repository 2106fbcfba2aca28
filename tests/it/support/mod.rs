//! Shared by all tests: sites in temporary folders, runs of the program, and file trees.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // Not every test file uses everything; a panic here is a failed test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bulletin::archive::View;
use bulletin::diagnostic::Diagnostic;
use bulletin::pipeline::{Outcome, Progress, Request};
use bulletin::site::SiteDir;
use tempfile::TempDir;

pub mod md5;
pub mod object_store;
pub mod paper;
pub mod server;

/// The build instant, unless a test sets another one.
pub const AS_OF: &str = "2026-11-22T12:00:00Z";

/// The default settings of test sites.
pub const SETTINGS: &str = "title: Plain Paper\nbase_url: https://plain.example/\ntheme: plain\n";

/// The contents of files by their path relative to a folder, with `/`.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// A command for the program, without environment variables that affect its output.
pub fn bulletin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bulletin"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RAYON_NUM_THREADS", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command
}

/// The root of this repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Copies the sample site of this repository. Its pictures get two narrow widths: the usual ones would take minutes without optimization.
pub fn copy_sample_site(to: &Path) {
    for part in ["content", "themes", "static", "templates", "data"] {
        copy(&repository().join(part), &to.join(part));
    }
    let settings = fs::read_to_string(repository().join("bulletin.yaml")).unwrap();
    assert!(!settings.contains("\npictures:"), "the sample site shows what happens by default");
    fs::write(to.join("bulletin.yaml"), settings + "\npictures: {widths: [160, 320]}\n").unwrap();
}

/// A site in a temporary folder, with a theme for tests.
pub struct Site {
    _temp: TempDir,
    pub root: PathBuf,
}

/// The exit code and output of a run.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Site {
    /// Writes these files, the plain theme, and default settings if there are none.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let site = Self::bare(files);
        site.add_plain_theme();
        if !files.iter().any(|(path, _)| *path == "bulletin.yaml") {
            site.write("bulletin.yaml", SETTINGS);
        }
        site
    }

    /// Writes only these files.
    pub fn bare(files: &[(&str, &str)]) -> Self {
        Self::within(tempfile::tempdir().unwrap(), files)
    }

    /// An empty folder, in memory if possible: hundreds of builds would wear out a disk.
    pub fn in_memory() -> Self {
        let temp = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Self::within(temp.unwrap(), &[])
    }

    fn within(temp: TempDir, files: &[(&str, &str)]) -> Self {
        let root = temp.path().join("site");
        fs::create_dir(&root).unwrap();
        let site = Self { _temp: temp, root };
        for (path, text) in files {
            site.write(path, text);
        }
        site
    }

    /// A site with only the plain theme and a folder for articles.
    pub fn empty() -> Self {
        let site = Self::new(&[]);
        fs::create_dir(site.path("content")).unwrap();
        site
    }

    pub fn add_plain_theme(&self) {
        copy(&repository().join("tests/it/support/plain"), &self.path("themes/plain"));
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    pub fn public(&self) -> Tree {
        tree(&self.path("public"))
    }

    /// A command with `--site` and the default instant.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = bulletin();
        command.arg("build").arg("--site").arg(&self.root);
        if !args.contains(&"--as-of") {
            command.args(["--as-of", AS_OF]);
        }
        command.args(args);
        command
    }

    /// Builds the site. The build may fail.
    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(&mut self.command(args))
    }

    /// Builds the site. The build must succeed.
    pub fn build(&self, args: &[&str]) -> Run {
        let run = self.run(args);
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
        run
    }

    /// Builds the site and reports problems as JSON.
    pub fn json(&self, args: &[&str]) -> Run {
        self.run(&[&["--message-format", "json"], args].concat())
    }
}

impl Run {
    pub fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let run = Self { code: status.code(), stdout: text(stdout), stderr: text(stderr) };
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        run
    }

    /// The problems reported by a run with `--message-format json`.
    pub fn problems(&self) -> Vec<serde_json::Value> {
        let lines = self
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")));
        lines.filter(|line: &serde_json::Value| line["reason"] == "diagnostic").collect()
    }

    /// The code, file and line of each problem.
    pub fn places(&self) -> Vec<(String, String, Option<u64>)> {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let problems = self.problems();
        problems.iter().map(|p| (text(&p["code"]), text(&p["file"]), p["line"].as_u64())).collect()
    }
}

/// Ignores progress.
struct Silent;

impl Progress for Silent {
    fn total(&self, _: usize) {}
    fn page(&self) {}
}

/// A request to build the site into its own output folder.
pub fn request(root: &Path, as_of: &str) -> Request {
    Request {
        settings: None,
        site: SiteDir::new(root),
        output: None,
        view: View { as_of: as_of.parse().unwrap(), drafts: false },
        clean: false,
        strict: false,
        explain: false,
        list_files: false,
        timings: None,
    }
}

/// Builds in this process, which is much faster than running the program.
pub fn build_in_process(request: &Request) -> Outcome {
    // A child process started by another test holds this lock until it executes its program.
    let lock = bulletin::output::Lock::take(&request.site).or_else(|busy| busy.wait());
    let lock = lock.expect("no other build is running");
    bulletin::pipeline::build(request, &lock, &Silent)
}

/// An article with a title, a date, further front matter and a body.
pub fn story(title: &str, date: &str, keys: &str, body: &str) -> String {
    format!("---\ntitle: {title}\ndate: {date}\n{keys}---\n{body}\n")
}

/// The problems of a build without those about lost URLs, which only an incremental build can report.
pub fn without_lost_urls(outcome: &Outcome) -> Vec<Diagnostic> {
    outcome.diagnostics.iter().filter(|problem| problem.code != "route/lost").cloned().collect()
}

/// All files below a folder. Empty if the folder does not exist.
pub fn tree(dir: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                tree.insert(relative(dir, &path), fs::read(&path).unwrap());
            }
        }
    }
    tree
}

/// All files and folders below a folder with their modification times.
pub fn times(dir: &Path) -> BTreeMap<String, std::time::SystemTime> {
    let mut times = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry.unwrap();
            times.insert(relative(dir, &entry.path()), entry.metadata().unwrap().modified().unwrap());
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    times
}

fn relative(dir: &Path, path: &Path) -> String {
    path.strip_prefix(dir).unwrap().to_string_lossy().replace('\\', "/")
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    for (path, bytes) in tree(from) {
        let file = to.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}

/// A readable difference between two trees. Empty if they are equal.
pub fn difference(expected: &Tree, found: &Tree) -> String {
    let mut text = String::new();
    for path in expected.keys().filter(|path| !found.contains_key(*path)) {
        text += &format!("missing: {path}\n");
    }
    for path in found.keys().filter(|path| !expected.contains_key(*path)) {
        text += &format!("not expected: {path}\n");
    }
    for (path, bytes) in expected {
        match found.get(path) {
            Some(other) if other != bytes => {
                text += &format!("different: {path}\n{}", lines_that_differ(bytes, other));
            }
            _ => {}
        }
    }
    text
}

fn lines_that_differ(expected: &[u8], found: &[u8]) -> String {
    let (Ok(expected), Ok(found)) = (std::str::from_utf8(expected), std::str::from_utf8(found)) else {
        return format!("  {} and {} bytes that are not text\n", expected.len(), found.len());
    };
    let (expected, found): (Vec<_>, Vec<_>) =
        (expected.split_inclusive('\n').collect(), found.split_inclusive('\n').collect());
    let same = expected.iter().zip(&found).take_while(|(a, b)| a == b).count();
    let ends =
        expected[same..].iter().rev().zip(found[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut text = format!("  from line {}\n", same + 1);
    for (sign, lines) in
        [('-', &expected[same..expected.len() - ends]), ('+', &found[same..found.len() - ends])]
    {
        for line in lines.iter().take(12) {
            text += &format!("  {sign} {line:?}\n");
        }
    }
    text
}

/// Fails with a readable difference if two trees differ.
#[track_caller]
pub fn assert_same(expected: &Tree, found: &Tree, what: &str) {
    let difference = difference(expected, found);
    assert!(difference.is_empty(), "{what}\n{difference}");
}

/// Compares the output of each case with its `expected` folder, or overwrites that folder if `BULLETIN_BLESS` is set.
#[track_caller]
pub fn assert_as_expected(cases: &[PathBuf], made: impl Fn(&Path) -> Tree, test: &str) {
    let bless = std::env::var_os("BULLETIN_BLESS").is_some();
    let mut failures = String::new();
    for case in cases {
        let (expected, found) = (case.join("expected"), made(case));
        if bless {
            let _ = fs::remove_dir_all(&expected);
            for (path, bytes) in &found {
                let file = expected.join(path);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, bytes).unwrap();
            }
            continue;
        }
        let difference = difference(&tree(&expected), &found);
        if !difference.is_empty() {
            failures += &format!("\n{}\n{difference}", case.file_name().unwrap().to_string_lossy());
        }
    }
    assert!(failures.is_empty(), "{failures}\nIf this is right: BULLETIN_BLESS=1 cargo test --test {test}");
}
