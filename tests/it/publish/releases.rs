//! Folders of releases through the program, which may be killed at any moment.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{Run, Site, Tree, assert_same, bulletin, story, tree};

const STORIES: usize = 12;

fn settings(more: &str) -> String {
    format!(
        "title: Plain Paper\nbase_url: https://plain.example/\ntheme: plain\n\
         publish: {{live: {{to: folder, path: ../www, keep: 3{more}}}}}\n"
    )
}

fn site() -> Site {
    let site = Site::new(&[("bulletin.yaml", &settings(""))]);
    for number in 0..STORIES {
        write(&site, number, "Text.");
    }
    site
}

fn write(site: &Site, number: usize, text: &str) {
    let text = format!("{text}\n\n{}", "The harbour will close at noon. ".repeat(60));
    site.write(
        &format!("content/story-{number}.md"),
        story(&format!("Story {number}"), "2026-11-01", "", &text),
    );
}

fn command(site: &Site, args: &[&str]) -> Command {
    let mut command = bulletin();
    command.arg("publish").args(args).arg("--site").arg(&site.root);
    command
}

#[track_caller]
fn publish(site: &Site, args: &[&str]) {
    let run = Run::of(&mut command(site, args));
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
}

fn www(site: &Site) -> PathBuf {
    site.root.parent().unwrap().join("www")
}

/// What readers see, without the file that names the build.
fn seen(site: &Site) -> Tree {
    let mut files = tree(&www(site).join("current"));
    files.remove("_bulletin/build.txt");
    files
}

fn built(site: &Site) -> Tree {
    let mut files = site.public();
    files.remove(".bulletin-files");
    files
}

/// Inodes and times of the files that readers see.
fn stats(site: &Site) -> BTreeMap<String, (u64, i64)> {
    let current = www(site).join("current");
    let stat = |path: String| {
        let found = fs::metadata(current.join(&path)).unwrap();
        (path, (found.ino(), found.mtime()))
    };
    tree(&current).into_keys().map(stat).collect()
}

#[test]
fn a_release_costs_what_changed() {
    let site = site();
    publish(&site, &[]);
    let (before, files) = (stats(&site), seen(&site));
    write(&site, 3, "Corrected.");
    publish(&site, &[]);
    let (after, now) = (stats(&site), seen(&site));
    assert_same(&built(&site), &now, "the site is not as it was built");
    let mut changed = 0;
    for (path, bytes) in &now {
        if files.get(path) == Some(bytes) {
            assert_eq!(after[path], before[path], "{path} did not change");
        } else {
            changed += 1;
            assert!(after[path].1 > before[path].1, "{path} changed within a second");
            assert_ne!(after[path].0, before[path].0, "{path} was written through a hard link");
        }
    }
    assert!(0 < changed && changed < now.len() / 2, "{changed} of {}", now.len());
}

#[test]
fn a_changed_setting_is_something_to_publish() {
    let site = site();
    publish(&site, &[]);
    let before = stats(&site);
    site.write("bulletin.yaml", settings(", compress: [br, gzip]"));
    publish(&site, &[]);
    let page = "2026/11/story-3/index.html";
    let after = stats(&site);
    assert_eq!(after[page], before[page]);
    for ending in ["br", "gz"] {
        assert!(after.contains_key(&format!("{page}.{ending}")), "{:?}", after.keys());
    }
    let again = Run::of(&mut command(&site, &[]));
    assert!(again.stderr.contains("Nothing to publish"), "{}", again.stderr);
    site.remove("content/story-3.md");
    publish(&site, &[]);
    let everywhere = tree(&www(&site));
    assert!(!everywhere.keys().any(|path| path.contains("story-3")), "{:?}", everywhere.keys());
    site.write("bulletin.yaml", settings(""));
    publish(&site, &[]);
    assert_same(&built(&site), &seen(&site), "the site is not as it was built");
}

#[test]
fn a_killed_publication_leaves_a_whole_site() {
    let site = site();
    publish(&site, &[]);
    for (round, delay) in [1, 3, 5, 8, 12, 18, 25, 35, 50, 80].into_iter().enumerate() {
        let before = seen(&site);
        for number in (round % 3..STORIES).step_by(3) {
            write(&site, number, &format!("Round {round}."));
        }
        let mut child =
            command(&site, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        let between = seen(&site);
        publish(&site, &[]);
        let after = seen(&site);
        assert_same(&built(&site), &after, "the site is not as it was built");
        assert!(between == before || between == after, "readers saw half a site after {delay} ms");
    }
    write(&site, 0, "The end.");
    publish(&site, &[]);
    assert_eq!(fs::read_dir(www(&site).join("releases")).unwrap().count(), 3);
}

#[test]
fn a_lost_folder_is_filled_again() {
    let site = site();
    publish(&site, &[]);
    fs::remove_dir_all(www(&site).join("releases")).unwrap();
    publish(&site, &[]);
    assert_same(&built(&site), &seen(&site), "the site is not as it was built");
    fs::remove_dir_all(www(&site)).unwrap();
    publish(&site, &[]);
    assert_same(&built(&site), &seen(&site), "the site is not as it was built");
    site.write("bulletin.yaml", settings("").replace("../www", "../missing/www"));
    let run = Run::of(&mut command(&site, &[]));
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("[publish/missing]"), "{}", run.stderr);
}
