//! Guards law 2 of `ARCHITECTURE.md`: whatever a newsroom changes between two builds, an incremental build gives the same
//! output and diagnostics as a clean build.
//!
//! The sites are in memory if `/dev/shm` exists. A case is a list of steps that start from one site (`support/paper`). An ordinary run
//! tries 16 cases and every value of every edit; `BULLETIN_CASES=2000 cargo test --test it incremental` tries many more cases.
//! A failing case shrinks to a few steps, which are printed with the paths that differ.

use std::{fmt, fs};

use crate::support::paper::{
    Edit, FIELDS, Kept, PARTS, PICTURES, Paper, SETTINGS, Saving, an_edit, set_time, without,
};
use crate::support::{Tree, build_in_process, difference, request, tree};
use bulletin::diagnostic::Diagnostic;
use bulletin::pipeline::{Outcome, Request};
use proptest::prelude::*;

/// An event between two builds.
#[derive(Clone, Debug)]
enum Event {
    Sources(Edit),
    /// Restores the state before that many steps.
    Revert(u8),
    /// Changes the modification time of a source file.
    Touch(u8),
    DeletePublic,
    DeleteState,
    HandEdit(u8, Hand),
    DeleteOutput(u8),
    Stray(u8),
    /// Switches to another output folder and back.
    Preview,
}

/// How a file of the output folder is edited by hand.
#[derive(Clone, Copy, Debug)]
enum Hand {
    Append,
    /// Keeps the file size and the modification time.
    OneByte,
    Empty,
}

#[derive(Clone)]
struct Step {
    event: Event,
    saving: Saving,
    /// Whether the site is built before the next step.
    builds: bool,
    /// Whether a site that does not build is restored before this step.
    restores: bool,
}

fn an_event() -> impl Strategy<Value = Event> {
    let hand = prop::sample::select(&[Hand::Append, Hand::OneByte, Hand::Empty][..]);
    prop_oneof![
        24 => an_edit().prop_map(Event::Sources),
        2 => (1..6u8).prop_map(Event::Revert),
        1 => (0..99u8).prop_map(Event::Touch),
        1 => Just(Event::DeletePublic),
        1 => Just(Event::DeleteState),
        2 => (any::<u8>(), hand).prop_map(|(at, hand)| Event::HandEdit(at, hand)),
        1 => any::<u8>().prop_map(Event::DeleteOutput),
        1 => (0..3u8).prop_map(Event::Stray),
        1 => Just(Event::Preview),
    ]
}

fn a_step() -> impl Strategy<Value = Step> {
    let saving = prop_oneof![
        6 => Just(Saving::Plainly),
        3 => Just(Saving::WithOldTime),
        2 => Just(Saving::ByRename),
        1 => Just(Saving::In1970),
        1 => Just(Saving::In2100),
    ];
    (an_event(), saving, prop::bool::weighted(0.85), prop::bool::weighted(0.8))
        .prop_map(|(event, saving, builds, restores)| Step { event, saving, builds, restores })
}

/// A site that is built incrementally, and a copy of its sources for clean builds.
struct Desk {
    paper: Paper,
    /// The paths saved by each step.
    saved: Vec<Vec<String>>,
    /// The paper before each step.
    history: Vec<Paper>,
    /// The last paper that could be built.
    good: Paper,
    kept: Kept,
    fresh: Kept,
    /// Foreign files in the output folder.
    strays: Tree,
}

impl Desk {
    fn new() -> Self {
        let paper = Paper::new();
        let (kept, fresh) = (Kept::new(&paper), Kept::new(&paper));
        Self {
            good: paper.clone(),
            saved: Vec::new(),
            history: Vec::new(),
            paper,
            kept,
            fresh,
            strays: Tree::new(),
        }
    }

    fn take(&mut self, step: &Step) {
        self.history.push(self.paper.clone());
        if step.restores {
            self.paper = self.good.clone();
        }
        match &step.event {
            Event::Sources(edit) => self.paper.apply(edit),
            Event::Revert(steps) => {
                let then = self.history.len().saturating_sub(usize::from(*steps));
                self.paper = self.history[then.min(self.history.len() - 1)].clone();
            }
            Event::Touch(at) => self.touch(*at),
            Event::DeletePublic => self.delete_public(),
            Event::DeleteState => drop(fs::remove_dir_all(self.kept.site.path(".bulletin"))),
            Event::HandEdit(at, hand) => self.hand_edit(*at, *hand),
            Event::DeleteOutput(at) => {
                self.output_file(*at).into_iter().for_each(|path| self.kept.site.remove(&path));
            }
            Event::Stray(number) => self.add_stray(*number),
            Event::Preview => {}
        }
        self.saved.push(self.kept.save(&self.paper, step.saving));
        self.fresh.save(&self.paper, Saving::Plainly);
    }

    fn touch(&self, at: u8) {
        let sources = self.kept.sources();
        set_time(
            &self.kept.site.path(sources[usize::from(at) % sources.len()]),
            std::time::SystemTime::now(),
        );
    }

    fn delete_public(&mut self) {
        let _ = fs::remove_dir_all(self.kept.site.path("public"));
        self.strays.clear();
    }

    /// A file that bulletin wrote, other than its record of files: a build without the record follows other rules.
    fn output_file(&self, at: u8) -> Option<String> {
        let public = without(&self.kept.site.public(), &self.strays);
        let paths: Vec<&String> = public.keys().filter(|path| *path != ".bulletin-files").collect();
        (!paths.is_empty()).then(|| format!("public/{}", paths[usize::from(at) * paths.len() / 256]))
    }

    fn hand_edit(&self, at: u8, hand: Hand) {
        let Some(path) = self.output_file(at) else { return };
        let file = self.kept.site.path(&path);
        let time = fs::metadata(&file).unwrap().modified().unwrap();
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        match hand {
            Hand::Append => bytes.extend(b"by hand"),
            Hand::OneByte => bytes.get_mut(middle).into_iter().for_each(|byte| *byte ^= 1),
            Hand::Empty => bytes.clear(),
        }
        fs::write(&file, bytes).unwrap();
        if matches!(hand, Hand::OneByte) {
            set_time(&file, time);
        }
    }

    fn add_stray(&mut self, number: u8) {
        // Only into folders that builds have created. `tests/it/cli.rs` covers the others.
        if self.kept.site.path("public/.bulletin-files").exists() {
            let path = ["stray.txt", "2026/stray.txt", "stray/er/index.html"][usize::from(number)];
            self.kept.site.write(&format!("public/{path}"), "mine");
            self.strays.insert(path.to_owned(), b"mine".to_vec());
        }
    }

    fn request(&self, kept: &Kept, folder: Option<&str>) -> Request {
        let mut request = request(&kept.site.root, &self.paper.as_of());
        request.view.drafts = self.paper.drafts;
        request.output = folder.map(|folder| kept.site.path(folder));
        request.site = request.site.keeping_pictures_in(Some(PICTURES.path().to_owned()));
        request
    }

    /// Runs an incremental build and a clean build, and describes how they differ.
    fn build(&mut self, folder: Option<&str>) -> Result<(), String> {
        let output = self.kept.site.path(folder.unwrap_or("public"));
        let before = tree(&output);
        self.fresh.forget_builds();
        let over = build_in_process(&self.request(&self.kept, folder));
        let clean = build_in_process(&self.request(&self.fresh, folder));
        if clean.built.is_some() {
            self.good = self.paper.clone();
        }
        compare_diagnostics(&over, &clean)?;
        let found = tree(&output);
        let expected = match clean.built {
            Some(_) => self.expected(folder),
            None => before,
        };
        let difference = difference(&expected, &found);
        if difference.is_empty() { Ok(()) } else { Err(cut(&difference)) }
    }

    fn expected(&self, folder: Option<&str>) -> Tree {
        let mut expected = tree(&self.fresh.site.path(folder.unwrap_or("public")));
        if folder.is_none() {
            expected.extend(self.strays.clone());
        }
        expected
    }
}

/// The paths that differ, with the details of the first ones.
fn cut(difference: &str) -> String {
    let paths = difference.lines().filter(|line| !line.starts_with(' '));
    let details = difference.lines().take(30);
    paths.chain(["in detail:"]).chain(details).collect::<Vec<_>>().join("\n")
}

/// Compares the diagnostics of two builds.
fn compare_diagnostics(over: &Outcome, clean: &Outcome) -> Result<(), String> {
    let printed = crate::support::without_lost_urls(over);
    if printed != clean.diagnostics {
        return Err(format!(
            "a clean build says:\n{}this one says:\n{}",
            list(&clean.diagnostics),
            list(&printed)
        ));
    }
    let what = |outcome: &Outcome| {
        let built = outcome.built.as_ref();
        built.map(|built| (built.articles, built.pages, built.held_back.clone(), built.next))
    };
    let (over, clean) = (what(over), what(clean));
    if over == clean { Ok(()) } else { Err(format!("a clean build made {clean:?}\nthis one made {over:?}")) }
}

fn list(diagnostics: &[Diagnostic]) -> String {
    let line = |d: &Diagnostic| {
        let place = d.place.as_ref().map(|place| format!("{} {:?}", place.file, place.start()));
        let place = place.unwrap_or_default();
        format!(
            "  {:?}[{}] {place}: {} ({})\n",
            d.severity,
            d.code,
            d.message,
            d.help.as_deref().unwrap_or("")
        )
    };
    diagnostics.iter().map(line).collect()
}

impl fmt::Debug for Step {
    /// On one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, saved {:?}", self.event, self.saving)?;
        f.write_str(if self.restores { "" } else { ", not restored before" })?;
        f.write_str(if self.builds { ", then a build" } else { "" })
    }
}

/// The last steps, each on a line with the paths it saved. The final one failed.
fn story(steps: &[Step], saved: &[Vec<String>]) -> String {
    let line = |(index, (step, saved)): (usize, (&Step, &Vec<String>))| {
        let files = if saved.len() > 8 { format!("{} files", saved.len()) } else { saved.join(" ") };
        format!("{}. {step:?} {{{files}}}\n", index + 1)
    };
    steps.iter().zip(saved).enumerate().skip(saved.len().saturating_sub(20)).map(line).collect()
}

/// Runs all steps. The error describes the failure.
fn run(steps: &[Step]) -> Result<(), String> {
    let mut desk = Desk::new();
    desk.build(None).map_err(|why| format!("the first build\n{why}"))?;
    for (index, step) in steps.iter().enumerate() {
        desk.take(step);
        let is_last = index + 1 == steps.len();
        let preview = matches!(step.event, Event::Preview).then_some(Some("preview"));
        let public = (step.builds || is_last).then_some(None);
        for folder in preview.into_iter().chain(public) {
            desk.build(folder).map_err(|why| {
                let story = story(steps, &desk.saved);
                format!("a build over another is not a clean one after\n{story}{why}")
            })?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("BULLETIN_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16),
        max_shrink_time: 120_000,
        max_shrink_iters: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn incremental_equals_clean(steps in prop::collection::vec(a_step(), 1..=10)) {
        if let Err(why) = run(&steps) {
            prop_assert!(false, "{why}");
        }
    }
}

#[test]
fn the_paper_builds_with_warnings_only() {
    let mut desk = Desk::new();
    desk.build(None).unwrap();
    let outcome = build_in_process(&desk.request(&desk.kept, None));
    let codes: Vec<_> = outcome.diagnostics.iter().map(|problem| problem.code).collect();
    assert_eq!(
        codes,
        ["link/no-heading", "link/hidden", "link/no-heading", "link/hidden", "theme/no-head"],
        "{}",
        list(&outcome.diagnostics)
    );
    let built = outcome.built.unwrap();
    assert_eq!((built.changes.written, built.changes.removed), (0, 0));
    for path in ["harbour/page/1/index.html", "tags/port/page/1/index.html", "404.html", "shape"] {
        assert!(desk.kept.site.public().contains_key(path), "{path}\n{:#?}", desk.kept.site.public().keys());
    }
}

/// Applies every value of every field, setting and part to one site, one after another.
#[test]
fn every_single_edit() {
    let fields = FIELDS.into_iter().flat_map(|field| (0..16).map(move |to| Edit::Set(to * 3, field, to)));
    let settings = SETTINGS.into_iter().flat_map(|setting| (0..5).map(move |to| Edit::Setting(setting, to)));
    let parts = PARTS.into_iter().flat_map(|part| (0..6).map(move |to| Edit::Part(part, to)));
    let edits = fields.chain(settings).chain(parts).map(Event::Sources);
    let steps: Vec<Step> =
        edits.map(|event| Step { event, saving: Saving::Plainly, builds: true, restores: true }).collect();
    let every = std::env::var("BULLETIN_CASES").map_or(17, |_| 1);
    let steps: Vec<Step> = steps.into_iter().skip(5).step_by(every).collect();
    run(&steps).unwrap_or_else(|why| panic!("{why}"));
}
