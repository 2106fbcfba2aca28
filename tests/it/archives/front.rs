//! Imports the front matter of old stories.

use crate::support::{Run, Site, bulletin};

#[test]
fn character_references_in_headlines_are_decoded() {
    let site = Site::new(&[
        ("old/hugo.toml", "baseURL = 'https://old.example/'\ntitle = 'Old'\n"),
        (
            "old/content/news/ferry.md",
            "---\ntitle: \"Ferry &amp; train: U&#46;S&#46; <em>talks</em> &mdash; go on\"\ndescription: 'The R&amp;amp;D desk: 5 < 6'\ndate: 2024-05-01\n\
             tags: ['Fish &amp; chips']\nimage: /img/a.png?x=1&amp=2\n---\nText.\n",
        ),
        ("old/static/img/a.png", "x"),
    ]);
    let run = Run::of(bulletin().arg("import").arg(site.path("old")).arg("--site").arg(&site.root));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let article = site.read("content/news/2024-05-01-ferry.md");
    for line in
        ["title: 'Ferry & train: U.S. talks — go on'", "deck: 'The R&amp;D desk: 5 < 6'", "- Fish & chips"]
    {
        assert!(article.contains(line), "{line}: {article}");
    }
}

#[test]
fn a_past_date_does_not_hide_a_story() {
    let story = |key: &str| format!("---\ntitle: A\n{key}\ndate: 2024-05-01\n---\nText.\n");
    for (key, is_held) in [
        ("release_date: May 1, 2020", false),
        ("scheduled: 2024-05-01", false),
        ("release_date: 2030-01-01", true),
        ("release_date: soon", true),
        ("expiration: 2025-01-01", true),
    ] {
        let site = Site::new(&[
            ("old/hugo.toml", "baseURL = 'https://old.example/'\ntitle = 'Old'\n"),
            ("old/content/news/a.md", &story(key)),
        ]);
        let run = Run::of(bulletin().arg("import").arg(site.path("old")).arg("--site").arg(&site.root));
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(site.read("content/news/2024-05-01-a.md").contains("draft: true"), is_held, "{key}");
    }
}
