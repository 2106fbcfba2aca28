//! Guards law 2 of `ARCHITECTURE.md` against causes other than edits: after damage to `.bulletin/`, wrong clocks, killed builds,
//! and concurrent builds or writes, the next build equals a clean one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::support::paper::{
    Dice, Edit, Field, Kept, PICTURES, Paper, Part, Saving, Setting, save_file, set_time,
};
use crate::support::{AS_OF, Site, Tree, assert_same, build_in_process, copy, request, story, times, tree};

/// A site that was built, and a copy of its sources for clean builds.
struct Bench {
    paper: Paper,
    kept: Kept,
    fresh: Kept,
    edits: u8,
}

impl Bench {
    fn new() -> Self {
        let paper = Paper::new();
        let bench = Self { kept: Kept::new(&paper), fresh: Kept::new(&paper), paper, edits: 0 };
        bench.build("the first build");
        bench
    }

    fn save(&mut self, edit: &Edit, saving: Saving) {
        self.paper.apply(edit);
        self.kept.save(&self.paper, saving);
        self.fresh.save(&self.paper, Saving::Plainly);
    }

    /// Changes a visible article without changing its size.
    fn edit(&mut self) {
        self.edits += 1;
        let article = [3, 1, 7, 0][usize::from(self.edits % 4)];
        self.save(&Edit::Set(article, Field::Figure, self.edits % 100), Saving::Plainly);
    }

    /// Builds, which must succeed, and compares the result with a clean build.
    fn build(&self, what: &str) {
        self.fresh.forget_builds();
        let request = |kept: &Kept| request(&kept.site.root, &self.paper.as_of());
        let over = build_in_process(&request(&self.kept));
        let mut clean = request(&self.fresh);
        clean.site = clean.site.keeping_pictures_in(Some(PICTURES.path().to_owned()));
        let clean = build_in_process(&clean);
        assert!(clean.built.is_some(), "{what}: {:?}", clean.diagnostics);
        let mut problems = crate::support::without_lost_urls(&over);
        // Something may be in the way of kept renditions.
        problems.retain(|problem| problem.code != "build/pictures-cache");
        assert_eq!(clean.diagnostics, problems, "{what}");
        assert_same_site(&self.fresh.site, &self.kept.site, what);
    }

    fn state(&self) -> Tree {
        state(&self.kept.site)
    }
}

/// The files that builds keep in `.bulletin/`, except the lock.
fn state(site: &Site) -> Tree {
    let mut state = tree(&site.path(".bulletin"));
    state.remove("lock");
    state
}

fn put_state(site: &Site, state: &Tree) {
    let _ = fs::remove_dir_all(site.path(".bulletin"));
    for (path, bytes) in state {
        site.write(&format!(".bulletin/{path}"), bytes);
    }
}

/// Fails if the output folders differ in files or folders.
fn assert_same_site(clean: &Site, other: &Site, what: &str) {
    assert_same(&clean.public(), &other.public(), what);
    let names = |site: &Site| times(&site.path("public")).into_keys().collect::<BTreeSet<String>>();
    assert_eq!(names(clean), names(other), "{what}: the folders differ");
}

/// How a file can be damaged.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Half,
    Empty,
    /// Flips a bit at this many sixteenths of the file.
    Flipped(usize),
    Random,
    /// Keeps only the beginning.
    RandomBehindHead,
    OfAnotherSite,
    /// Appends bytes, as if two processes wrote to the file.
    Twice,
    Deleted,
    Folder,
    Unreadable,
}

fn damages() -> Vec<Damage> {
    use Damage::*;
    let whole = [Half, Empty, Random, RandomBehindHead, OfAnotherSite, Twice, Deleted, Unreadable, Folder];
    whole.into_iter().chain((0..16).map(Flipped)).collect()
}

fn random(length: usize, dice: &mut Dice) -> Vec<u8> {
    (0..length).map(|_| u8::try_from(dice.below(256)).unwrap()).collect()
}

/// Damages a file of `.bulletin/`.
fn damage(file: &Path, damage: Damage, other: Option<&Vec<u8>>, dice: &mut Dice) {
    let bytes = fs::read(file).unwrap();
    let length = bytes.len();
    let bytes = match damage {
        Damage::Half => bytes[..length / 2].to_vec(),
        Damage::Empty => Vec::new(),
        Damage::Flipped(sixteenth) => flipped(bytes, sixteenth, dice),
        Damage::Random => random(length, dice),
        Damage::RandomBehindHead => {
            let head = length.min(64);
            [&bytes[..head], &random(length - head, dice)].concat()
        }
        Damage::OfAnotherSite => other.cloned().unwrap_or_default(),
        Damage::Twice => [&bytes[..], &bytes].concat(),
        Damage::Deleted | Damage::Folder => {
            fs::remove_file(file).unwrap();
            if matches!(damage, Damage::Folder) {
                fs::create_dir_all(file.join("inner")).unwrap();
                fs::write(file.join("inner/file"), "x").unwrap();
            }
            return;
        }
        Damage::Unreadable => return close(file),
    };
    fs::write(file, bytes).unwrap();
}

fn flipped(mut bytes: Vec<u8>, sixteenth: usize, dice: &mut Dice) -> Vec<u8> {
    let at = bytes.len() * sixteenth / 16;
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << dice.below(8);
    }
    bytes
}

/// Makes a file unreadable, except to root.
fn close(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(file, fs::Permissions::from_mode(0o000)).unwrap();
    }
    let _ = file;
}

/// Another paper with the same file names.
fn another_site() -> Bench {
    let mut other = Bench::new();
    for article in 0..18 {
        other.save(&Edit::Set(article, Field::Title, 3), Saving::Plainly);
        other.save(&Edit::Set(article, Field::Figure, 66), Saving::Plainly);
    }
    other.save(&Edit::Setting(Setting::Title, 77), Saving::Plainly);
    other.build("another site");
    other
}

/// A sample of the files from first to last: `.bulletin/` may contain many.
fn some(state: &Tree) -> Vec<String> {
    let step = state.len().div_ceil(4).max(1);
    state.keys().step_by(step).cloned().collect()
}

#[test]
fn a_damaged_state_is_ignored() {
    let mut bench = Bench::new();
    let other = another_site().state();
    let mut dice = Dice(7);
    for path in some(&bench.state()) {
        for kind in damages() {
            let file = bench.kept.site.path(&format!(".bulletin/{path}"));
            if !file.is_file() {
                continue;
            }
            damage(&file, kind, other.get(&path), &mut dice);
            bench.edit();
            bench.build(&format!("{path} is damaged: {kind:?}"));
            // If a folder is in the way, no state is kept.
            let _ = fs::remove_dir_all(&file);
            bench.build(&format!("behind {path}: {kind:?}"));
        }
    }
}

#[test]
fn any_file_of_the_state_may_be_lost() {
    let mut bench = Bench::new();
    // Files are named after their content, so every build creates others.
    for round in 0..8 {
        let paths: Vec<String> = bench.state().into_keys().collect();
        let path = &paths[round % paths.len()];
        fs::remove_file(bench.kept.site.path(&format!(".bulletin/{path}"))).unwrap();
        let article = [3, 1, 7, 0][round % 4];
        bench.save(&Edit::Set(article, Field::Title, u8::try_from(round).unwrap()), Saving::Plainly);
        bench.build(&format!("{path} is lost"));
    }
}

/// Whether a file of the state is a rendition of a picture, which takes long to make again.
fn is_rendition(path: &str) -> bool {
    path.starts_with("pictures/") && !["pictures/facts", "pictures/examined"].contains(&path)
}

#[test]
fn all_of_the_state_may_be_damaged_at_once() {
    let mut bench = Bench::new();
    let mut dice = Dice(8);
    for kind in damages() {
        let spares_renditions = !matches!(kind, Damage::Half | Damage::Random);
        let state = bench.state();
        for path in state.keys().filter(|path| !(spares_renditions && is_rendition(path))) {
            damage(&bench.kept.site.path(&format!(".bulletin/{path}")), kind, None, &mut dice);
        }
        bench.edit();
        bench.build(&format!("all is damaged: {kind:?}"));
        let renditions = state.iter().filter(|(path, _)| spares_renditions && is_rendition(path));
        put_state(&bench.kept.site, &renditions.map(|(path, bytes)| (path.clone(), bytes.clone())).collect());
        bench.build("after it was deleted");
    }
}

#[test]
fn the_state_of_another_site_or_day_is_ignored() {
    let mut bench = Bench::new();
    let other = another_site();
    put_state(&bench.kept.site, &other.state());
    bench.build("the state of another site");
    put_state(&bench.kept.site, &other.state());
    bench.edit();
    bench.build("the state of another site, and an edit");

    let (old_state, old_public) = (bench.state(), bench.kept.site.public());
    let restore_public = |bench: &Bench| {
        fs::remove_dir_all(bench.kept.site.path("public")).unwrap();
        for (path, bytes) in &old_public {
            bench.kept.site.write(&format!("public/{path}"), bytes);
        }
    };
    bench.edit();
    bench.save(&Edit::Set(3, Field::Title, 2), Saving::Plainly);
    bench.save(&Edit::Delete(1), Saving::Plainly);
    bench.build("after edits");
    put_state(&bench.kept.site, &old_state);
    bench.build("the state of an earlier build");
    restore_public(&bench);
    bench.build("the output folder of an earlier build");
    restore_public(&bench);
    put_state(&bench.kept.site, &old_state);
    bench.build("both of an earlier build");

    // Files of another site in the output folder, with the same names.
    fs::remove_dir_all(bench.kept.site.path("public")).unwrap();
    copy(&other.kept.site.path("public"), &bench.kept.site.path("public"));
    bench.build("the output folder of another site");
}

#[test]
fn a_file_in_place_of_the_state_folder_does_no_harm() {
    let mut bench = Bench::new();
    fs::remove_dir_all(bench.kept.site.path(".bulletin")).unwrap();
    bench.kept.site.write(".bulletin", "mine");
    bench.edit();
    bench.build("a file is in the way");
    assert_eq!(bench.kept.site.read(".bulletin"), "mine");
}

#[test]
fn a_moved_site_builds_the_same() {
    let mut bench = Bench::new();
    let moved = bench.kept.site.root.with_file_name("moved");
    fs::rename(&bench.kept.site.root, &moved).unwrap();
    bench.kept.site.root = moved.clone();
    bench.edit();
    bench.build("moved");
    // The copy has other times and inodes, but the same state.
    let copied = moved.with_file_name("copied");
    copy(&moved, &copied);
    bench.kept.site.root = copied;
    bench.build("copied");
    bench.edit();
    bench.build("copied and edited");
}

#[test]
fn wrong_clocks_do_no_harm() {
    let mut bench = Bench::new();
    for (day, hour) in [(20, 8), (2, 8), (12, 23), (12, 22), (27, 0), (0, 0), (12, 12)] {
        bench.save(&Edit::Clock(day, hour), Saving::Plainly);
        bench.build(&format!("for day {day}, hour {hour}"));
    }
    for saving in [Saving::In2100, Saving::In1970, Saving::WithOldTime, Saving::In2100, Saving::ByRename] {
        for figure in [12, 22, 33] {
            bench.save(&Edit::Set(3, Field::Figure, figure), saving);
            bench.save(&Edit::Set(0, Field::Picture, figure), saving);
            bench.save(&Edit::PartFigure(Part::Data, figure), saving);
            bench.save(&Edit::PartFigure(Part::ArticleTemplate, figure), saving);
            bench.save(&Edit::PartFigure(Part::StyleSheet, figure), saving);
            bench.save(&Edit::PartFigure(Part::SharedMap, figure), saving);
            bench.save(&Edit::Setting(Setting::Title, figure), saving);
            bench.build(&format!("saved {saving:?}: {figure}"));
        }
    }
    let years = |count: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(count * 31_557_600);
    for time in [years(0), years(130), years(40)] {
        for path in tree(&bench.kept.site.root).keys() {
            set_time(&bench.kept.site.path(path), time);
        }
        bench.build(&format!("all files are of {time:?}"));
        bench.edit();
        bench.build(&format!("an edit, and all other files are of {time:?}"));
    }
}

#[test]
fn swapped_files_are_noticed() {
    let bench = Bench::new();
    let names = ["content/city/one.md", "content/city/two.md"];
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    for site in [&bench.kept.site, &bench.fresh.site] {
        for (path, title) in names.iter().zip(["One", "Two"]) {
            site.write(path, story(title, "2026-11-04", "", "Of one length."));
            set_time(&site.path(path), time);
        }
    }
    bench.build("two files of one length and one time");
    for site in [&bench.kept.site, &bench.fresh.site] {
        let aside = site.root.with_file_name("aside");
        fs::rename(site.path(names[0]), &aside).unwrap();
        fs::rename(site.path(names[1]), site.path(names[0])).unwrap();
        fs::rename(aside, site.path(names[1])).unwrap();
    }
    bench.build("their names are exchanged");
}

fn spawn(site: &Site, as_of: &str) -> Child {
    let mut command = site.command(&["-q", "--as-of", as_of]);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn concurrent_builds_give_one_site() {
    let mut bench = Bench::new();
    for round in 0..4 {
        bench.edit();
        bench.save(&Edit::Set(0, Field::Title, round), Saving::Plainly);
        if round == 2 {
            bench.kept.forget_builds();
        }
        let builds = [(); 2].map(|()| spawn(&bench.kept.site, &bench.paper.as_of()));
        for build in builds {
            let done = build.wait_with_output().unwrap();
            assert!(done.status.success(), "round {round}: {}", String::from_utf8_lossy(&done.stderr));
        }
        bench.fresh.forget_builds();
        build_in_process(&request(&bench.fresh.site.root, &bench.paper.as_of()));
        assert_same_site(&bench.fresh.site, &bench.kept.site, &format!("round {round}"));
        bench.build("a third build");
    }
}

const MANY: u64 = 300;

fn write_many(sites: [&Site; 2], round: u64, dice: &mut Dice) {
    let mut write = |number: u64| {
        let keys = format!("tags: [Topic {}, Port]\nauthors: [Desk {}]\n", number % 11, number % 5);
        let date = format!("2026-{:02}-{:02}", 1 + number % 10, 1 + number % 27);
        let body = format!("Words of round {round}. {}", dice.below(1000));
        let path = format!("content/s{}/n{number}.md", number % 4);
        let text = story(&format!("Story {number}"), &date, &keys, &body);
        sites.iter().for_each(|site| site.write(&path, &text));
    };
    match round {
        0 => (0..MANY).for_each(write),
        _ => {
            (0..20).for_each(|n| write((round * 37 + n * 11) % MANY));
            write(MANY + round);
        }
    }
    // All articles change in every third round. Every second round has an article that the next one lacks.
    let template = format!("{{% extends \"broadsheet/article.html\" %}}{{# {} #}}", round / 3);
    let template =
        template + &format!("{{% block article_foot %}}<hr data-n=\"{}\">{{% endblock %}}", round / 3);
    for site in sites {
        site.write("templates/article.html", &template);
        if round.is_multiple_of(2) {
            site.write("content/s0/gone.md", story("Gone", "2026-02-02", "tags: [Gone]\n", "Gone."));
        } else {
            site.remove("content/s0/gone.md");
        }
    }
}

#[test]
fn a_killed_build_does_not_affect_the_next() {
    let settings = "title: Many\nbase_url: https://many.example/\nlists: {per_page: 20}\n";
    let (site, fresh) = (Site::in_memory(), Site::in_memory());
    [&site, &fresh].iter().for_each(|site| site.write("bulletin.yaml", settings));
    let mut dice = Dice(99);
    write_many([&site, &fresh], 0, &mut dice);
    let started = Instant::now();
    site.build(&["-q"]);
    let whole = u64::try_from(started.elapsed().as_micros()).unwrap();
    for round in 1..=10 {
        write_many([&site, &fresh], round, &mut dice);
        // Early, or at any time. Two builds are killed in a row: the second starts from what the first left.
        for _ in 0..=round % 2 {
            let latest = if dice.below(2) == 0 { 40_000 } else { whole };
            let moment = Duration::from_micros(dice.below(latest));
            let mut build = spawn(&site, AS_OF);
            thread::sleep(moment);
            build.kill().unwrap();
            build.wait().unwrap();
        }
        let after = site.run(&["-q"]);
        assert_eq!(after.code, Some(0), "round {round}: {}", after.stderr);
        for folder in ["public", ".bulletin"] {
            let _ = fs::remove_dir_all(fresh.path(folder));
        }
        let clean = build_in_process(&request(&fresh.root, AS_OF));
        assert!(clean.built.is_some(), "round {round}: {:?}", clean.diagnostics);
        assert_same_site(&fresh, &site, &format!("round {round}"));
        assert!(!site.path(".bulletin/staging").exists(), "round {round}");
    }
}

/// Rewrites source files until it is stopped.
fn keep_writing(site: &Site, stop: &AtomicBool, saving: Saving) {
    let files: Vec<Tree> = (0..6)
        .map(|round| {
            let mut paper = Paper::new();
            paper.apply(&Edit::Set(3, Field::Figure, round));
            paper.apply(&Edit::Set(4, Field::Title, round));
            paper.apply(&Edit::Set(0, Field::Picture, round));
            paper.apply(&Edit::PartFigure(Part::Data, round));
            paper.apply(&Edit::PartFigure(Part::StyleSheet, round));
            paper.apply(&Edit::PartFigure(Part::ArticleTemplate, round));
            paper.files()
        })
        .collect();
    let changing = files[0].keys().filter(|path| files.iter().any(|other| other[*path] != files[0][*path]));
    let changing: Vec<&String> = changing.collect();
    for round in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        for path in &changing {
            save_file(site, path, &files[round % 6][*path], saving);
        }
    }
}

/// Stops the writer even if a build panics.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn sources_that_change_during_a_build_are_read_again() {
    let bench = Bench::new();
    let site = &bench.kept.site;
    let as_of = bench.paper.as_of();
    for round in 0..6 {
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            // Either whole files, so that builds succeed, or files that may be half-written when a build reads them.
            let saving = if round % 2 == 0 { Saving::ByRename } else { Saving::Plainly };
            let (stop, stopping) = (&stop, Stop(&stop));
            scope.spawn(move || keep_writing(site, stop, saving));
            // The result of these builds is undefined.
            (0..3).for_each(|_| drop(build_in_process(&request(&site.root, &as_of))));
            drop(stopping);
        });
        let quiet = build_in_process(&request(&site.root, &as_of));
        assert!(quiet.built.is_some(), "round {round}: {:?}", quiet.diagnostics);
        let fresh = Site::in_memory();
        let sources = tree(&site.root).into_iter();
        let sources =
            sources.filter(|(path, _)| !path.starts_with("public/") && !path.starts_with(".bulletin/"));
        sources.for_each(|(path, bytes)| fresh.write(&path, bytes));
        let clean = build_in_process(&request(&fresh.root, &as_of));
        assert_eq!(clean.diagnostics, quiet.diagnostics, "round {round}");
        assert_same_site(&fresh, site, &format!("round {round}"));
    }
}

/// A piece of the page record that contains only some of the static files `sNNNN.txt`, with these files.
fn piece_of_statics(site: &Site) -> (String, Vec<String>) {
    let of_statics = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let names =
            text.match_indices(".txt").filter_map(|(at, _)| Some(text.get(at - 5..at + 4)?.to_owned()));
        (!text.contains(".html") && !text.contains(".css")).then(|| names.collect::<Vec<_>>())
    };
    let pieces = state(site).into_iter().filter(|(path, _)| path.starts_with("manifest/output-"));
    let mut found = pieces.filter_map(|(path, bytes)| Some((path, of_statics(&bytes)?)));
    found.find(|(_, names)| !names.is_empty()).expect("there is such a piece")
}

#[test]
fn a_lost_record_leaves_no_stale_files() {
    let site = Site::bare(&[
        ("bulletin.yaml", crate::support::SETTINGS),
        ("content/a.md", &story("A", "2026-11-01", "", "Text.")),
    ]);
    site.add_plain_theme();
    (0..3000).for_each(|number| site.write(&format!("static/s{number:04}.txt"), format!("{number}")));
    let build = || assert!(build_in_process(&request(&site.root, AS_OF)).built.is_some());
    build();
    let (piece, names) = piece_of_statics(&site);
    site.remove(&format!(".bulletin/{piece}"));
    names.iter().for_each(|name| site.remove(&format!("static/{name}")));
    build();
    let public = site.public();
    let left: Vec<&String> = names.iter().filter(|name| public.contains_key(*name)).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[cfg(unix)]
#[test]
fn the_target_of_a_linked_state_folder_is_left_alone() {
    let site = Site::new(&[("content/a.md", &story("A", "2026-11-01", "", "Text."))]);
    let elsewhere = tempfile::tempdir().unwrap();
    for path in ["bodies", "manifest/clock", "manifest/sources/mine"] {
        let file = elsewhere.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "mine").unwrap();
    }
    std::os::unix::fs::symlink(elsewhere.path(), site.path(".bulletin")).unwrap();
    for _ in 0..2 {
        assert!(build_in_process(&request(&site.root, AS_OF)).built.is_some());
    }
    let mut left = tree(elsewhere.path());
    left.remove("lock");
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(left.values().all(|bytes| bytes == b"mine"), "{left:?}");
}
