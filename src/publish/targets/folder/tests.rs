//! Releases in a folder, whatever ends a publication.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::LocalFolder;
use crate::config::publish::{Compression, Folder, Releases};
use crate::plan::FileClass;
use crate::publish::local_file::{ContentHash, Headers, LocalFile, Source};
use crate::publish::plan::Plan;
use crate::publish::record::{About, PublishedFile, Record};
use crate::publish::target::{Claim, Opened, Result, Target};
use crate::publish::targets::releases::ReleaseTarget;
use crate::site::SiteDir;

/// A publication that ends after this step, as if it were killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Until {
    Open,
    Begin,
    TakeDown,
    HalfUpload,
    Upload,
    Activate,
    Finish,
}

struct Bench {
    temp: tempfile::TempDir,
    keep: usize,
    compress: Vec<Compression>,
}

type Texts = BTreeMap<&'static str, String>;

impl Bench {
    fn new() -> Self {
        Self { temp: tempfile::tempdir().unwrap(), keep: 3, compress: Vec::new() }
    }

    fn dir(&self) -> PathBuf {
        self.temp.path().join("www")
    }

    fn target(&self) -> ReleaseTarget<LocalFolder> {
        let releases = Releases { keep: self.keep, compress: self.compress.clone() };
        let settings = Folder { path: "../www".to_owned(), releases: releases.clone() };
        let site = self.temp.path().join("site");
        fs::create_dir_all(&site).unwrap();
        ReleaseTarget::new(LocalFolder::new(&settings, &SiteDir::new(site)).unwrap(), releases)
    }

    fn claim() -> Claim {
        Claim { run: "0123456789abcdef".to_owned(), owner: "ana on desk".to_owned(), force: false }
    }

    /// Publishes texts, without headers.
    fn publish(&self, site: &Texts) -> Result<Opened> {
        self.publish_until(site, Until::Finish)
    }

    fn publish_until(&self, site: &Texts, until: Until) -> Result<Opened> {
        let files: Vec<LocalFile> = site.iter().map(|(path, text)| local(path, text)).collect();
        let mut target = self.target();
        let mut opened = open(&mut target)?;
        let published = match opened.record.take() {
            Some(record) => record.files,
            None => listed(&mut target)?,
        };
        let plan = Plan::new(&files, &published, &opened.in_doubt, |_| Headers::default());
        if until == Until::Open || plan.is_empty() {
            return Ok(opened);
        }
        target.begin(&plan, &files)?;
        if until >= Until::TakeDown && !plan.take_down.is_empty() {
            target.take_down(&plan.take_down)?;
        }
        let uploads: Vec<&LocalFile> = plan.uploads(&files).collect();
        if until == Until::HalfUpload {
            target.upload(&uploads[..uploads.len() / 2], &|_| {})?;
        } else if until >= Until::Upload {
            target.upload(&uploads, &|_| {})?;
        }
        if until >= Until::Activate {
            target.activate()?;
        }
        if until == Until::Finish {
            target.finish(&record(&files))?;
        }
        Ok(opened)
    }

    fn roll_back(&self, release: Option<&str>) -> Result<Record> {
        let mut target = self.target();
        open(&mut target)?;
        target.roll_back(release, true)
    }

    /// What readers see.
    fn seen(&self) -> BTreeMap<String, String> {
        texts(&self.dir().join("current"))
    }

    fn releases(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.dir().join("releases")).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }

    fn stat(&self, path: &str) -> (u64, i64) {
        let found = fs::metadata(self.dir().join("current").join(path)).unwrap();
        (found.ino(), found.mtime())
    }
}

/// Opens a target. A process that another test starts holds all locks until it executes its program.
fn open(target: &mut ReleaseTarget<LocalFolder>) -> Result<Opened> {
    for _ in 0..20 {
        match target.open(Some(&Bench::claim())) {
            Err(problem) if problem.code == "publish/locked" => {}
            opened => return opened,
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    target.open(Some(&Bench::claim()))
}

fn listed(target: &mut ReleaseTarget<LocalFolder>) -> Result<BTreeMap<String, PublishedFile>> {
    let listed = target.list()?.unwrap();
    let paths: Vec<&str> = listed.iter().map(|file| file.path.as_str()).collect();
    let stored = target.inspect(&paths)?;
    let published = |(file, stored): (&crate::publish::target::Listed, Option<_>)| {
        let stored: crate::publish::target::Stored = stored.unwrap();
        let (class, headers) = (FileClass::Story, Arc::default());
        (file.path.clone(), PublishedFile { class, size: file.size, hash: stored.hash.unwrap(), headers })
    };
    Ok(listed.iter().zip(stored).map(published).collect())
}

fn local(path: &str, text: &str) -> LocalFile {
    let class = match path {
        "index.html" | "_bulletin/build.txt" => FileClass::Front,
        _ if text.starts_with("Withdrawn") => FileClass::Notice,
        _ => FileClass::Story,
    };
    LocalFile {
        path: path.to_owned(),
        class,
        source: Source::Memory(text.as_bytes().into()),
        size: text.len() as u64,
        hash: ContentHash::of(text.as_bytes()),
        headers: Arc::new(Headers { content_type: "text/html".to_owned(), ..Headers::default() }),
    }
}

fn record(files: &[LocalFile]) -> Record {
    let published = |file: &LocalFile| {
        let (class, size, hash) = (file.class, file.size, file.hash);
        (file.path.clone(), PublishedFile { class, size, hash, headers: Arc::default() })
    };
    Record {
        about: About {
            site: "https://herald.example/".to_owned(),
            build: "0".to_owned(),
            as_of: Timestamp::UNIX_EPOCH,
            published: Timestamp::UNIX_EPOCH,
            run: "r".to_owned(),
            unpurged: Vec::new(),
            target: serde_json::Map::new(),
        },
        files: files.iter().map(published).collect(),
    }
}

fn texts(dir: &Path) -> BTreeMap<String, String> {
    let names = crate::publish::targets::releases::walk::names(&dir.canonicalize().unwrap()).unwrap();
    names
        .into_keys()
        .map(|name| (name.clone(), fs::read_to_string(dir.join(name)).unwrap_or_default()))
        .collect()
}

fn site(changes: &[(&'static str, &str)]) -> Texts {
    let mut site: Texts = [
        ("index.html", "Front"),
        ("a/index.html", "Story a"),
        ("b/index.html", "Story b"),
        ("it's #1 +%41 o\u{308}/index.html", "Odd"),
        ("_bulletin/build.txt", "1"),
    ]
    .map(|(path, text)| (path, text.to_owned()))
    .into();
    for (path, text) in changes {
        if text.is_empty() {
            site.remove(path)
        } else {
            site.insert(path, (*text).to_owned())
        };
    }
    site
}

fn as_seen(site: &Texts) -> BTreeMap<String, String> {
    site.iter().map(|(path, text)| ((*path).to_owned(), text.clone())).collect()
}

#[test]
fn unchanged_files_are_shared_and_changed_ones_get_later_times() {
    let bench = Bench::new();
    bench.publish(&site(&[])).unwrap();
    let (same, changed) = (bench.stat("a/index.html"), bench.stat("b/index.html"));
    let mut last = changed;
    // Many within a second.
    for text in ["Story B", "Story c", "Story d"] {
        bench.publish(&site(&[("b/index.html", text)])).unwrap();
        let now = bench.stat("b/index.html");
        assert!(now.1 > last.1 && now.0 != last.0);
        last = now;
        assert_eq!(bench.stat("a/index.html"), same);
        assert_eq!(bench.seen(), as_seen(&site(&[("b/index.html", text)])));
    }
    let first = &bench.releases()[0];
    assert_ne!(texts(first)["b/index.html"], "Story d", "a changed file was written through a hard link");
    assert_eq!(bench.releases().len(), 3);
    assert_eq!(fs::read_dir(bench.dir().join(".bulletin/records")).unwrap().count(), 3);
}

#[test]
fn a_publication_may_end_anywhere() {
    let (before, after) =
        (site(&[]), site(&[("a/index.html", ""), ("b/index.html", "B"), ("c.html", "New")]));
    for until in [
        Until::Open,
        Until::Begin,
        Until::TakeDown,
        Until::HalfUpload,
        Until::Upload,
        Until::Activate,
        Until::Finish,
    ] {
        let bench = Bench::new();
        bench.publish(&before).unwrap();
        bench.publish_until(&after, until).unwrap();
        let mut expected = as_seen(if until >= Until::Activate { &after } else { &before });
        if until >= Until::TakeDown {
            expected.remove("a/index.html");
        }
        assert_eq!(bench.seen(), expected, "{until:?}");
        // The sources may have changed in the meantime, back to what the record has.
        for (next, what) in [(&before, "before"), (&after, "after")] {
            bench.publish(next).unwrap();
            assert_eq!(bench.seen(), as_seen(next), "{until:?}, then {what}");
        }
        let recorded = fs::read_dir(bench.dir().join(".bulletin/records")).unwrap().count();
        assert_eq!(bench.releases().len(), recorded, "{until:?}: a killed publication left something");
    }
}

#[test]
fn what_is_taken_down_is_in_no_release() {
    let bench = Bench::new();
    bench.publish(&site(&[])).unwrap();
    bench.publish(&site(&[("b/index.html", "B")])).unwrap();
    bench.publish_until(&site(&[("a/index.html", "Withdrawn")]), Until::TakeDown).unwrap();
    assert!(bench.releases().iter().all(|release| !release.join("a").exists()));
    // Killed while it removed files, the next run removes the rest before anything else, whatever it publishes.
    fs::create_dir(bench.releases()[0].join("a")).unwrap();
    fs::write(bench.releases()[0].join("a/index.html"), "Story a").unwrap();
    bench.publish_until(&site(&[]), Until::Open).unwrap();
    assert!(!bench.releases()[0].join("a").exists());
    bench.publish(&site(&[("a/index.html", "Withdrawn")])).unwrap();
    let notice = bench.seen();
    assert_eq!(notice["a/index.html"], "Withdrawn");
    assert_eq!(bench.publish(&site(&[("a/index.html", "Withdrawn")])).unwrap().in_doubt.len(), 0);

    let record = bench.roll_back(None).unwrap();
    assert!(!bench.seen().contains_key("a/index.html") && !record.files.contains_key("a/index.html"));
    assert_eq!(bench.seen()["b/index.html"], "B");
    bench.publish(&site(&[("a/index.html", "Withdrawn")])).unwrap();
    assert_eq!(bench.seen(), notice);
}

#[test]
fn a_rollback_shows_what_readers_saw_before() {
    let bench = Bench { keep: 9, ..Bench::new() };
    let texts = ["One", "Two", "Three"];
    for text in texts {
        bench.publish(&site(&[("b/index.html", text)])).unwrap();
    }
    let names: Vec<String> =
        bench.releases().iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    bench.roll_back(None).unwrap();
    assert_eq!(bench.seen()["b/index.html"], "Two");
    bench.publish(&site(&[("b/index.html", "Four")])).unwrap();
    bench.roll_back(None).unwrap();
    assert_eq!(
        bench.seen()["b/index.html"],
        "Two",
        "the release before is not the one with the earlier name"
    );
    // Back and forth; nothing is lost.
    for (name, text) in names.iter().zip(texts).chain(names.iter().zip(texts).rev()) {
        if bench.seen()["b/index.html"] != text {
            bench.roll_back(Some(name)).unwrap();
        }
        assert_eq!(bench.seen(), as_seen(&site(&[("b/index.html", text)])));
    }
    for unknown in ["20200101-000000-00000000", "../..", ""] {
        let problem = bench.roll_back(Some(unknown)).unwrap_err();
        assert_eq!(problem.code, "publish/no-release");
        assert!(problem.help.unwrap().contains(&names[1]));
    }
    let empty = Bench::new();
    empty.publish(&site(&[])).unwrap();
    assert_eq!(empty.roll_back(None).unwrap_err().code, "publish/no-release");
}

#[test]
fn compressed_copies_follow_their_files_and_the_setting() {
    let long = "<p>Text</p>".repeat(200);
    let (a, b) = (format!("a{long}"), format!("b{long}"));
    let mut bench = Bench { compress: vec![Compression::Brotli, Compression::Gzip], ..Bench::new() };
    let pages = site(&[("a/index.html", &a), ("b/index.html", &b), ("b/index.html.gz", "the site's own")]);
    bench.publish(&pages).unwrap();
    let copies = |bench: &Bench| -> Vec<String> {
        let names = bench.seen().into_keys();
        names.filter(|name| name.ends_with(".br") || name.ends_with(".gz")).collect()
    };
    let all = ["a/index.html.br", "a/index.html.gz", "b/index.html.br", "b/index.html.gz"];
    assert_eq!(copies(&bench), all);
    assert_eq!(bench.seen()["b/index.html.gz"], "the site's own");
    let stat = bench.stat("a/index.html.br");
    assert_eq!(stat.1, bench.stat("a/index.html").1);

    let changed =
        site(&[("a/index.html", &a), ("b/index.html", &long), ("b/index.html.gz", "the site's own")]);
    let before = bench.stat("b/index.html.br");
    bench.publish(&changed).unwrap();
    assert_eq!(bench.stat("a/index.html.br"), stat);
    assert_ne!(bench.stat("b/index.html.br"), before);
    assert_eq!(bench.stat("b/index.html.br").1, bench.stat("b/index.html").1);

    bench.compress = vec![Compression::Gzip];
    let page = bench.stat("a/index.html");
    bench.publish(&changed).unwrap();
    assert_eq!(copies(&bench), ["a/index.html.gz", "b/index.html.gz"]);
    bench.compress = vec![Compression::Brotli];
    bench.publish(&changed).unwrap();
    assert_eq!(copies(&bench), ["a/index.html.br", "b/index.html.br", "b/index.html.gz"]);
    assert_eq!(bench.stat("a/index.html"), page);

    // A short page has no copy, and neither has one that is gone.
    bench.publish(&site(&[("a/index.html", "short"), ("b/index.html", "")])).unwrap();
    assert_eq!(copies(&bench), [""; 0]);
    bench.publish(&pages).unwrap();
    bench.publish_until(&site(&[]), Until::TakeDown).unwrap();
    let record = bench.dir().join(".bulletin/records").join(bench.releases()[0].file_name().unwrap());
    // Without records, nobody knows whose the copies are: all are made again.
    for record in fs::read_dir(record.parent().unwrap()).unwrap() {
        fs::write(record.unwrap().path(), "damaged").unwrap();
    }
    let opened = bench.publish(&pages).unwrap();
    assert_eq!(opened.warnings[0].code, "publish/damaged-record");
    assert_eq!(copies(&bench), ["a/index.html.br", "b/index.html.br", "b/index.html.gz"]);
}

#[test]
fn files_and_folders_change_places() {
    let bench = Bench::new();
    bench.publish(&site(&[("x", "file"), ("y/z/index.html", "below")])).unwrap();
    let swapped = site(&[("x/index.html", "below"), ("y", "file")]);
    bench.publish(&swapped).unwrap();
    assert_eq!(bench.seen(), as_seen(&swapped));
}

#[test]
fn what_is_in_the_way_is_left_alone() {
    let bench = Bench::new();
    bench.publish(&site(&[])).unwrap();
    let (dir, away) = (bench.dir(), bench.temp.path().join("away"));
    let changed = site(&[("b/index.html", "B")]);
    let refused = |code: &str| {
        let problem = bench.publish(&changed).unwrap_err();
        assert_eq!(problem.code, code, "{}", problem.message);
        assert!(problem.help.is_some());
    };
    for name in ["releases", ".bulletin", ".bulletin/records"] {
        fs::rename(dir.join(name), &away).unwrap();
        symlink(&away, dir.join(name)).unwrap();
        refused("publish/in-the-way");
        fs::remove_file(dir.join(name)).unwrap();
        fs::rename(&away, dir.join(name)).unwrap();
    }
    let current = fs::read_link(dir.join("current")).unwrap();
    for to in ["/srv", "releases/../../etc", "releases", "releases/mine"] {
        fs::remove_file(dir.join("current")).unwrap();
        symlink(to, dir.join("current")).unwrap();
        refused("publish/in-the-way");
    }
    fs::remove_file(dir.join("current")).unwrap();
    fs::create_dir(dir.join("current")).unwrap();
    refused("publish/in-the-way");
    fs::remove_dir(dir.join("current")).unwrap();
    symlink(&current, dir.join("current")).unwrap();
    let mut first = bench.target();
    open(&mut first).unwrap();
    let problem = bench.publish(&changed).unwrap_err();
    assert_eq!(problem.code, "publish/locked");
    assert!(problem.message.contains("ana on desk"), "{}", problem.message);
    first.close();
    bench.publish(&changed).unwrap();
}

#[test]
fn a_path_that_leads_elsewhere_is_refused() {
    let bench = Bench::new();
    bench.publish(&site(&[])).unwrap();
    let outside = bench.temp.path().join("outside");
    fs::write(&outside, "mine").unwrap();
    let mut target = bench.target();
    open(&mut target).unwrap();
    for path in ["../../../outside", "a/../../../../outside", outside.to_str().unwrap()] {
        let problem = target.take_down(&[path.to_owned()]).unwrap_err();
        assert_eq!(problem.code, "publish/path");
    }
    assert!(outside.exists());
}

#[test]
fn a_file_that_changed_since_it_was_planned_is_not_published() {
    let bench = Bench::new();
    bench.publish(&site(&[])).unwrap();
    let source = bench.temp.path().join("page");
    fs::write(&source, "planned").unwrap();
    let mut file = local("b/index.html", "planned");
    file.source = Source::Disk(source.clone());
    fs::write(&source, "changed").unwrap();
    let mut target = bench.target();
    open(&mut target).unwrap();
    target.begin(&Plan { stages: vec![vec![0]], ..Plan::default() }, std::slice::from_ref(&file)).unwrap();
    let problem = target.upload(&[&file], &|_| {}).unwrap_err();
    assert!(problem.message.contains("changed while it was sent"), "{}", problem.message);
    target.close();
    assert_eq!(bench.seen(), as_seen(&site(&[])));
}

#[test]
fn the_folder_is_outside_the_site() {
    let temp = tempfile::tempdir().unwrap();
    let site = SiteDir::new(temp.path());
    for folder in ["content", "public", ".bulletin"] {
        fs::create_dir(temp.path().join(folder)).unwrap();
    }
    let releases = Releases { keep: 1, compress: Vec::new() };
    for (path, is_good) in [
        ("www", true),
        (".", false),
        ("public", false),
        ("public/www", false),
        ("content/x", false),
        (".bulletin/w", false),
    ] {
        let folder = Folder { path: path.to_owned(), releases: releases.clone() };
        assert_eq!(LocalFolder::new(&folder, &site).is_ok(), is_good, "{path}");
    }
}
