//! Pictures in `static/` that stories name in their front matter: machines get the same of them as of pictures beside a story.

use std::collections::BTreeSet;

use super::photo;
use crate::support::paper::{photograph, with_metadata};
use crate::support::{Site, assert_same, story};

const LEAD: &str = "image: {src: /photos/A%20still.jpg, alt: x}\n";
const FILE: &str = "static/photos/A still.jpg";

fn site() -> Site {
    let settings = "title: News\nbase_url: https://news.example/paper/\ntimezone: UTC\ntheme: broadsheet\napi: true\n\
        pictures: {widths: [160], formats: [jpeg]}\n";
    let site = Site::new(&[("bulletin.yaml", settings)]);
    site.write(FILE, credited(1));
    site.write("content/one.md", story("One", "2026-11-20", LEAD, "Text.\n"));
    site
}

fn credited(number: u8) -> Vec<u8> {
    with_metadata(&photograph(number), "Zoë Example", "Example Agency", "Cranes")
}

fn renditions(site: &Site) -> BTreeSet<String> {
    site.public().into_keys().filter(|path| path.starts_with("renditions/")).collect()
}

/// The paths of the renditions that a file of the site names.
fn named(site: &Site, path: &str) -> BTreeSet<String> {
    let text = site.read(&format!("public/{path}"));
    let starts = text.match_indices("/renditions/").map(|(at, _)| &text[at + 1..]);
    starts.map(|rest| rest[..rest.find(".jpg").unwrap() + 4].to_owned()).collect()
}

#[test]
fn a_static_lead_picture_has_a_card_and_crops() {
    let site = site();
    assert!(site.build(&[]).problems().is_empty());
    let public = site.public();
    // The card, three crops, and two of all of it for the page: 160 pixels, and the thumbnail of lists.
    let files = renditions(&site);
    let widths = |files: &BTreeSet<String>| {
        let width = |path: &String| path[path.rfind('-').unwrap() + 1..].replace(".jpg", "");
        files.iter().map(width).collect::<BTreeSet<String>>()
    };
    assert_eq!(widths(&files), ["160", "240", "320", "336"].map(str::to_owned).into());
    assert!(files.iter().all(|path| path.contains("/a-still-")), "{files:?}");
    for path in &files {
        assert!(memchr::memmem::find(&public[path], b"Example Agency").is_some(), "{path}");
    }
    let page = site.read("public/2026/11/one/index.html");
    let card = page.split("<meta property=\"og:image\" content=\"").nth(1).unwrap();
    assert!(card.starts_with("https://news.example/paper/renditions/"), "{page}");
    assert!(page.contains("property=\"og:image:width\" content=\"336\""), "{page}");
    assert!(page.contains("\"creator\"") && page.contains("Zoë Example"), "its rights: {page}");
    for path in ["2026/11/one/index.html", "2026/11/one/index.json"] {
        let of_machines: BTreeSet<String> = named(&site, path);
        assert!(of_machines.len() >= 4 && of_machines.is_subset(&files), "{path}: {of_machines:?}");
    }
    // The file itself has the same texts, each wherever programs look for it.
    let file = &public["photos/A still.jpg"];
    for text in ["Zoë Example", "Example Agency", "Cranes"] {
        assert!(memchr::memmem::find(file, text.as_bytes()).is_some(), "{text}");
    }
    // Stories that share it share its renditions, which stay as long as one of them is there.
    site.write("content/two.md", story("Two", "2026-11-21", LEAD, "Text.\n"));
    site.build(&[]);
    assert_eq!(renditions(&site), files);
    site.remove("content/one.md");
    site.build(&[]);
    assert_eq!(renditions(&site), files);
    site.write("content/two.md", story("Two", "2026-11-21", &format!("{LEAD}draft: true\n"), "Text.\n"));
    site.build(&[]);
    assert!(renditions(&site).is_empty());
}

#[test]
fn a_wide_static_picture_has_a_middling_width_for_feeds() {
    let site = site();
    site.write(FILE, photo(1400, 40, 1));
    site.build(&[]);
    assert!(named(&site, "feed.json").iter().any(|path| path.ends_with("/a-still-960.jpg")));
    assert!(named(&site, "feed.json").is_subset(&renditions(&site)));
}

#[test]
fn builds_over_others_know_static_pictures() {
    let site = site();
    site.build(&[]);
    let two = story("Two", "2026-11-21", "image: {src: /photos/A still.jpg, focus: [0, 0]}\n", "Text.\n");
    let gallery = story("Two", "2026-11-21", "gallery: ['/photos/A still.jpg']\n", "Text.\n");
    let steps: [(&str, Option<Vec<u8>>); 8] = [
        (FILE, Some(credited(2))),
        ("content/two.md", Some(two.into())),
        (FILE, Some(b"no picture".to_vec())),
        (FILE, Some(credited(3)[..4000].to_vec())),
        (FILE, Some(photo(1400, 40, 1))),
        ("content/two.md", Some(gallery.into())),
        ("content/one.md", None),
        (FILE, None),
    ];
    for (number, (path, bytes)) in steps.into_iter().enumerate() {
        match bytes {
            Some(bytes) => site.write(path, bytes),
            None => site.remove(path),
        }
        let run = site.run(&[]);
        let incremental = site.public();
        let _ = std::fs::remove_dir_all(site.path("public"));
        let _ = std::fs::remove_dir_all(site.path(".bulletin"));
        let clean = site.run(&[]);
        assert_eq!((run.code, clean.code), (Some(0), Some(0)), "{number}: {}", run.stderr);
        assert_same(&site.public(), &incremental, &format!("step {number}"));
    }
}
