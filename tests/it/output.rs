//! The output folder after changes between builds.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Run, Site, Tree, assert_same, story, tree};

const CANARY: &str = "qcanary";
const STORY: &str = "public/2019/05/qcanary-story/index.html";

/// A site that was built, with a story that is the only one of its year.
fn built() -> Site {
    let site = Site::empty();
    site.write(
        "bulletin.yaml",
        format!("{}api: true\nlists: {{archives: false}}\n", crate::support::SETTINGS),
    );
    site.write("content/world/other.md", story("Other", "2026-11-01", "", "Seen by all."));
    site.write(
        "content/world/qcanary-story.md",
        story("Qcanary", "2019-05-01", "tags: [qcanary]\n", "The qcanary text."),
    );
    site.build(&[]);
    assert!(site.path(STORY).exists());
    site
}

fn hide(site: &Site) {
    let keys = "tags: [qcanary]\nembargo: 2099-01-01\n";
    site.write("content/world/qcanary-story.md", story("Qcanary", "2019-05-01", keys, "The qcanary text."));
}

fn show(site: &Site) {
    site.write(
        "content/world/qcanary-story.md",
        story("Qcanary", "2019-05-01", "tags: [qcanary]\n", "The qcanary text."),
    );
}

/// Files below the output folder whose name or text contains the canary. Follows links.
fn leaks(site: &Site) -> BTreeSet<String> {
    let found = |(path, bytes): (String, Vec<u8>)| {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        (path.contains(CANARY) || text.contains(CANARY)).then_some(path)
    };
    site.public().into_iter().filter_map(found).collect()
}

/// The output of a clean build.
fn clean(site: &Site) -> Tree {
    let other = site.root.with_file_name("clean");
    let _ = fs::remove_dir_all(&other);
    let run = site.build(&["--output", other.to_str().unwrap()]);
    assert!(!run.stderr.contains("error"), "{}", run.stderr);
    tree(&other)
}

/// Builds, and checks that the folder equals a clean build or that the build failed and changed nothing.
fn clean_or_refused(site: &Site, args: &[&str]) -> Run {
    let before = site.public();
    let run = site.run(args);
    if run.code == Some(0) {
        assert_eq!(leaks(site), BTreeSet::new(), "{}", run.stderr);
    } else {
        assert!(run.stderr.contains("error["), "{}", run.stderr);
        assert_same(&before, &site.public(), &run.stderr);
    }
    run
}

#[test]
fn a_lost_record_does_not_keep_a_hidden_story() {
    for (args, change) in [
        (&[][..], "gone"),
        (&["--clean"], "gone"),
        (&[], "cut"),
        (&[], "empty"),
        (&[], "a folder"),
        (&[], "of another site"),
        (&[], "edited"),
    ] {
        let site = built();
        let record = site.path("public/.bulletin-files");
        let text = site.read("public/.bulletin-files");
        match change {
            "cut" => fs::write(&record, &text[..text.len() / 2]).unwrap(),
            "empty" => fs::write(&record, "").unwrap(),
            "edited" => fs::write(&record, text.replace("2019/05/qcanary-story/index.html\n", "")).unwrap(),
            "of another site" => {
                let other = Site::empty();
                other.write("content/a.md", story("A", "2026-01-01", "", "a"));
                other.build(&[]);
                fs::copy(other.path("public/.bulletin-files"), &record).unwrap();
            }
            _ => fs::remove_file(&record).unwrap(),
        }
        if change == "a folder" {
            fs::create_dir(&record).unwrap();
        }
        hide(&site);
        let run = clean_or_refused(&site, args);
        if change == "a folder" {
            assert_ne!(run.code, Some(0));
            fs::remove_dir(&record).unwrap();
            site.build(&[]);
        }
        assert!(!site.path(STORY).exists(), "{change}: {}", run.stderr);
        assert_same(&clean(&site), &site.public(), change);
    }
}

#[test]
fn a_record_lost_with_the_state_folder_fails_each_build_until_the_folder_is_clean() {
    let site = built();
    site.remove("public/.bulletin-files");
    fs::remove_dir_all(site.path(".bulletin")).unwrap();
    hide(&site);
    for args in [&[][..], &["--clean"], &[], &["--clean"]] {
        let run = clean_or_refused(&site, args);
        assert_ne!(run.code, Some(0), "{}", run.stderr);
    }
    let run = site.run(&["--clean"]);
    assert!(run.stderr.contains("error[output/unknown-files]"), "{}", run.stderr);
    assert!(run.stderr.contains("tags/qcanary"), "{}", run.stderr);
    fs::remove_dir_all(site.path("public")).unwrap();
    site.build(&[]);
    assert_eq!(leaks(&site), BTreeSet::new());
}

#[test]
fn a_deleted_story_does_not_outlive_a_lost_record() {
    for loses_state in [false, true] {
        let site = built();
        site.remove("public/.bulletin-files");
        if loses_state {
            fs::remove_dir_all(site.path(".bulletin")).unwrap();
        }
        site.remove("content/world/qcanary-story.md");
        for _ in 0..2 {
            let run = clean_or_refused(&site, &[]);
            assert_eq!(run.code != Some(0), loses_state, "{}", run.stderr);
        }
    }
}

#[test]
fn an_old_record_does_not_keep_a_hidden_story() {
    let site = built();
    hide(&site);
    site.build(&[]);
    let old = site.read("public/.bulletin-files");
    show(&site);
    site.build(&[]);
    site.write("public/.bulletin-files", &old);
    hide(&site);
    site.build(&[]);
    assert_same(&clean(&site), &site.public(), "with the record of an older build");
}

#[test]
fn a_restored_page_of_a_hidden_story_is_removed_or_fails_the_build() {
    let site = built();
    let page = fs::read(site.path(STORY)).unwrap();
    hide(&site);
    site.build(&[]);
    site.write(STORY, &page);
    site.write(&format!("{STORY}.gz"), "compressed qcanary");
    let mut refused = 0;
    while clean_or_refused(&site, &[]).code != Some(0) {
        refused += 1;
        assert!(refused < 3);
        fs::remove_dir_all(site.path("public/2019")).unwrap();
    }
    // An unknown file is not removed, but reported.
    site.write("public/2019/05/qcanary-story/index.json", "{\"qcanary\": 1}");
    for _ in 0..2 {
        let run = clean_or_refused(&site, &[]);
        assert!(run.stderr.contains("error[output/hidden-story]"), "{}", run.stderr);
    }
}

#[test]
fn files_of_others_outlive_a_lost_record() {
    let site = built();
    site.write("public/CNAME", "plain.example");
    site.write("public/uploads/map.png", "mine");
    site.remove("public/.bulletin-files");
    hide(&site);
    let run = site.build(&[]);
    assert!(run.stderr.contains("that no known build wrote: `uploads/map.png`"), "{}", run.stderr);
    assert_eq!(site.read("public/CNAME"), "plain.example");
    assert_eq!(site.read("public/uploads/map.png"), "mine");
    assert_eq!(leaks(&site), BTreeSet::new());
}

#[test]
fn a_linked_folder_does_not_keep_a_hidden_story() {
    let site = built();
    let disk = site.root.with_file_name("disk");
    fs::rename(site.path("public/2019"), &disk).unwrap();
    symlink(&disk, site.path("public/2019")).unwrap();
    hide(&site);
    for args in [&[][..], &[], &["--clean"]] {
        let run = clean_or_refused(&site, args);
        assert!(run.stderr.contains("error[output/behind-link]"), "{}", run.stderr);
        assert!(run.stderr.contains("public/2019"), "{}", run.stderr);
    }
    site.remove("public/2019");
    fs::rename(&disk, site.path("public/2019")).unwrap();
    site.build(&[]);
    assert_eq!(leaks(&site), BTreeSet::new());
    assert!(!site.path("public/2019").exists());
}

#[test]
fn a_link_in_place_of_a_folder_is_found_before_the_first_move() {
    let site = built();
    let disk = site.root.with_file_name("disk");
    fs::rename(site.path("public/2019"), &disk).unwrap();
    symlink(&disk, site.path("public/2019")).unwrap();
    let outside = tree(&disk);
    site.write("bulletin.yaml", site.read("bulletin.yaml").replace("Plain Paper", "Renamed Paper"));
    let run = clean_or_refused(&site, &[]);
    assert_ne!(run.code, Some(0));
    assert_same(&outside, &tree(&disk), "nothing is written behind the link");
}

#[test]
fn a_compressed_copy_is_removed_with_its_page() {
    let site = built();
    let copies = ["gz", "br", "zst", "deflate"];
    let add = || copies.iter().for_each(|ending| site.write(&format!("{STORY}.{ending}"), CANARY));
    let there = || copies.iter().filter(|ending| site.path(&format!("{STORY}.{ending}")).exists()).count();
    add();
    site.build(&[]);
    assert_eq!(there(), 4, "copies of what did not change stay");
    site.write(
        "content/world/qcanary-story.md",
        story("Qcanary", "2019-05-01", "tags: [qcanary]\n", "Another text."),
    );
    site.build(&[]);
    assert_eq!(there(), 0, "the page has changed");
    add();
    // The page itself may be gone by now.
    site.remove(STORY);
    hide(&site);
    site.build(&[]);
    assert_eq!(leaks(&site), BTreeSet::new());
    assert!(!site.path("public/2019").exists());
}

#[test]
fn a_compressed_file_of_the_site_stays() {
    let site = built();
    site.write("static/data.csv", "1");
    site.write("static/data.csv.gz", "z");
    site.build(&[]);
    site.write("static/data.csv", "2");
    site.build(&[]);
    assert_eq!(site.read("public/data.csv.gz"), "z");
    site.remove("static/data.csv");
    site.build(&[]);
    assert_eq!(site.read("public/data.csv.gz"), "z");
}

#[test]
fn an_empty_folder_in_the_way_is_removed() {
    let site = built();
    site.remove(STORY);
    fs::create_dir_all(site.path(STORY).join("deeper/still")).unwrap();
    site.write("bulletin.yaml", site.read("bulletin.yaml").replace("Plain Paper", "Renamed Paper"));
    site.build(&[]);
    assert_same(&clean(&site), &site.public(), "the page is there");
}

#[test]
fn a_folder_with_files_in_the_way_fails_the_build() {
    let site = built();
    site.remove(STORY);
    site.write(&format!("{STORY}/mine.txt"), "mine");
    site.write("bulletin.yaml", site.read("bulletin.yaml").replace("Plain Paper", "Renamed Paper"));
    let run = clean_or_refused(&site, &[]);
    assert_ne!(run.code, Some(0));
    assert_eq!(site.read(&format!("{STORY}/mine.txt")), "mine");
}

#[test]
fn a_file_in_the_way_of_a_folder_fails_the_build() {
    let site = built();
    fs::remove_dir_all(site.path("public/2019/05")).unwrap();
    site.write("public/2019/05", "mine");
    site.write("bulletin.yaml", site.read("bulletin.yaml").replace("Plain Paper", "Renamed Paper"));
    let run = clean_or_refused(&site, &[]);
    assert_ne!(run.code, Some(0));
    assert_eq!(site.read("public/2019/05"), "mine");
}

/// Makes a file or folder immutable, where the system can.
fn freeze(path: &Path, is_frozen: bool) -> bool {
    let sign = if is_frozen { "+i" } else { "-i" };
    let chattr = Command::new("chattr").arg(sign).arg(path).stderr(Stdio::null()).status();
    chattr.is_ok_and(|status| status.success())
}

#[test]
fn an_immutable_file_fails_the_build() {
    for frozen in ["public/2019/05/qcanary-story", STORY, "public/world"] {
        let site = built();
        let path = site.path(frozen);
        if !freeze(&path, true) {
            return;
        }
        let run = |change: &dyn Fn()| {
            change();
            let before = site.public();
            let run = site.run(&[]);
            (run, before, site.public())
        };
        let (rename, before, after) = run(&|| {
            let settings = site.read("bulletin.yaml");
            site.write("bulletin.yaml", settings.replace("Plain Paper", "Renamed Paper"));
        });
        let (hidden, before_hiding, after_hiding) = run(&|| hide(&site));
        freeze(&path, false);
        for run in [&rename, &hidden] {
            assert_eq!(run.code, Some(2), "{frozen}: {}", run.stderr);
            assert!(run.stderr.contains("error[output/cannot-write]"), "{}", run.stderr);
        }
        assert_same(&before, &after, frozen);
        assert_same(&before_hiding, &after_hiding, frozen);
        site.build(&[]);
        assert_same(&clean(&site), &site.public(), frozen);
    }
}

#[test]
fn a_folder_that_was_moved_within_the_output_does_not_keep_a_hidden_story() {
    let site = built();
    fs::rename(site.path("public/2019"), site.path("public/old")).unwrap();
    hide(&site);
    for _ in 0..2 {
        let run = clean_or_refused(&site, &[]);
        assert!(run.stderr.contains("error[output/unknown-files]"), "{}", run.stderr);
    }
    fs::remove_dir_all(site.path("public/old")).unwrap();
    site.build(&[]);
    assert_same(&clean(&site), &site.public(), "the moved folder is gone");
}

#[test]
fn a_link_that_was_moved_within_the_output_does_not_keep_a_hidden_story() {
    for is_lost in [false, true] {
        let site = built();
        let disk = site.root.with_file_name("disk");
        fs::rename(site.path("public/2019"), &disk).unwrap();
        symlink(&disk, site.path("public/2019")).unwrap();
        site.build(&[]);
        fs::rename(site.path("public/2019"), site.path("public/old")).unwrap();
        if is_lost {
            fs::remove_dir_all(site.path(".bulletin")).unwrap();
        }
        for _ in 0..2 {
            assert!(refused(&site, &[]).contains("error[output/unknown-files]"));
        }
        hide(&site);
        for _ in 0..2 {
            assert!(refused(&site, &[]).contains("error[output/unknown-files]"));
        }
        fs::remove_file(site.path("public/old")).unwrap();
        site.build(&[]);
        assert_same(&clean(&site), &site.public(), "the moved link is gone");
    }
}

#[test]
fn a_link_to_a_folder_of_others_stays_when_a_page_is_missing() {
    let site = built();
    let disk = site.root.with_file_name("uploads");
    fs::create_dir_all(&disk).unwrap();
    fs::write(disk.join("map.txt"), "mine").unwrap();
    symlink(&disk, site.path("public/uploads")).unwrap();
    fs::remove_file(site.path(STORY)).unwrap();
    site.build(&[]);
    assert!(site.path(STORY).exists());
    assert_eq!(fs::read_to_string(site.path("public/uploads/map.txt")).unwrap(), "mine");
}

#[test]
fn an_old_record_alone_does_not_keep_a_deleted_story() {
    for is_clean in [false, true] {
        let site = built();
        hide(&site);
        site.build(&[]);
        let old = fs::read(site.path("public/.bulletin-files")).unwrap();
        show(&site);
        site.build(&[]);
        fs::remove_file(site.path("content/world/qcanary-story.md")).unwrap();
        fs::write(site.path("public/.bulletin-files"), old).unwrap();
        if is_clean {
            site.build(&["--clean"]);
            assert_eq!(leaks(&site), BTreeSet::new());
            continue;
        }
        fs::remove_dir_all(site.path(".bulletin")).unwrap();
        for _ in 0..2 {
            assert!(refused(&site, &[]).contains("error[output/unknown-files]"));
        }
    }
}

/// The codes of a build that must fail and leave the output unchanged.
fn refused(site: &Site, args: &[&str]) -> String {
    let before = site.public();
    let run = site.run(args);
    assert_ne!(run.code, Some(0), "{}", run.stderr);
    assert_same(&before, &site.public(), &run.stderr);
    run.stderr
}

#[test]
fn a_link_from_the_sources_to_the_output_is_refused() {
    for (link, to) in [
        ("static/x", "../public"),
        ("static/x", "../public/2019"),
        ("static/x", "../.bulletin"),
        ("static/x", "../.bulletin/manifest"),
        ("static/x.bin", "../.bulletin/lock"),
        ("static/x.html", "../public/index.html"),
        ("static/x", ".."),
        ("content/x", "../public"),
        ("content/world/x", "../../.bulletin"),
        ("templates/x", "../public"),
        ("templates/x.html", "../public/index.html"),
        ("themes/plain/static/x", "../../../public"),
        ("data", ".bulletin"),
        ("data", "public"),
        ("static", "public"),
        ("static", ".bulletin"),
    ] {
        let site = built();
        let file = site.path(link);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        symlink(to, &file).unwrap();
        for _ in 0..2 {
            let printed = refused(&site, &[]);
            let is_named =
                ["content/link-into-output", "output/refused"].iter().any(|code| printed.contains(code));
            assert!(is_named, "{link} → {to}: {printed}");
        }
        fs::remove_file(file).unwrap();
        site.build(&[]);
    }
    let site = built();
    let other = site.path("other");
    let args = ["--output", other.to_str().unwrap()];
    site.build(&args);
    fs::create_dir_all(site.path("static")).unwrap();
    symlink("../other", site.path("static/x")).unwrap();
    assert!(refused(&site, &args).contains("content/link-into-output"));
    assert!(refused(&site, &[]).contains("content/link-into-output"));
}

/// Builds, with a time limit.
fn build_in_time(site: &Site, what: &str) -> i32 {
    let mut child = site.command(&["-q"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..1200 {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().unwrap();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    child.kill().unwrap();
    panic!("{what} blocks the build");
}

fn make_pipe(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_pipe_among_the_sources_is_refused_without_blocking() {
    for path in [
        "content/world/x.md",
        "content/world/x.jpg",
        "static/x.txt",
        "templates/x.html",
        "templates/x.txt",
        "themes/plain/templates/x.html",
        "themes/plain/static/x.css",
        "bulletin.yaml",
    ] {
        let site = built();
        make_pipe(&site.path(path));
        let before = site.public();
        assert_ne!(build_in_time(&site, path), 0, "{path}");
        assert_same(&before, &site.public(), path);
    }
    let site = built();
    fs::create_dir_all(site.path("static")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(site.path("static/socket")).unwrap();
    assert!(refused(&site, &[]).contains("error[content/not-a-file]"));
}

#[test]
fn a_pipe_in_the_output_does_not_block() {
    for path in ["public/index.html", STORY, "public/.bulletin-files", ".bulletin/lock"] {
        let site = built();
        make_pipe(&site.path(path));
        hide(&site);
        assert_eq!(build_in_time(&site, path), 0, "{path}");
        assert_eq!(leaks(&site), BTreeSet::new(), "{path}");
    }
}

/// The peak memory of a build in MiB, if the system reports it.
#[cfg(target_os = "linux")]
fn peak_of(site: &Site) -> u64 {
    let mut child = site.command(&["-q"]).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) >> 10);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(child.wait().unwrap().success());
    peak
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_file_is_not_read_into_memory() {
    let site = built();
    let size = 300 << 20;
    site.write("static/film.bin", "a");
    site.write("content/world/big/index.md", story("Big", "2026-01-01", "", "[The film](film.mp4)"));
    site.write("content/world/big/film.mp4", "b");
    for path in ["static/film.bin", "content/world/big/film.mp4"] {
        fs::OpenOptions::new().write(true).open(site.path(path)).unwrap().set_len(size).unwrap();
    }
    let peak = peak_of(&site);
    assert!(peak < 150, "{peak} MiB");
    for path in ["public/film.bin", "public/2026/01/big/film.mp4"] {
        assert_eq!(fs::metadata(site.path(path)).unwrap().len(), size, "{path}");
    }
    // With another modification time it is compared, and if its last byte differs, rewritten.
    fs::File::open(site.path("static/film.bin")).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
    let mut film = fs::OpenOptions::new().append(true).open(site.path("content/world/big/film.mp4")).unwrap();
    std::io::Write::write_all(&mut film, b"end").unwrap();
    let peak = peak_of(&site);
    assert!(peak < 150, "{peak} MiB");
    assert!(fs::read(site.path("public/2026/01/big/film.mp4")).unwrap().ends_with(b"end"));
}
