//! Imports sites of Zola.

use bulletin::content::Key;
use bulletin::import::{FieldKey, importers};

use super::{Made, archive, field_key, read, read_all};

const SETTINGS: &str = "base_url = 'https://x.example/news/'\n[languages.fr]\n";

fn site(files: &[(&str, &str)]) -> Vec<Made> {
    let mut all = vec![("config.toml", SETTINGS)];
    all.extend(files);
    read_all("zola", &archive(&all))
}

#[test]
fn front_matter_is_converted() {
    let text = "+++\ntitle = 'Gate'\ndescription = 'A deck'\nweight = 3\ntemplate = 'page.html'\naliases = ['old']\n\
        [taxonomies]\ntags = ['Sea', '!']\ncategories = ['Port']\n[extra]\nimage = 'x.png'\ndraft = true\n+++\nText";
    let made = site(&[("content/posts/2018-10-10-gate.md", text)]).remove(0);
    let story = &made.story;
    assert_eq!(made.field(Key::Date), "\"2018-10-10\"");
    assert_eq!(made.field(Key::Section), "\"posts\"");
    assert_eq!(made.field(Key::Tags), "[\"Sea\",\"Port\"]");
    assert_eq!(made.field(Key::Aliases), "[\"/news/old\"]");
    assert_eq!(
        (made.field(FieldKey::extra("weight")), made.field(FieldKey::extra("template"))),
        ("3".to_owned(), "\"page.html\"".to_owned())
    );
    assert_eq!(
        (made.field(FieldKey::extra("draft_written")), made.field(Key::Draft)),
        ("true".to_owned(), "true".to_owned())
    );
    assert_eq!((story.name.as_deref(), story.folder.as_deref()), (Some("gate"), None));
}

#[test]
fn a_page_without_a_date_keeps_its_place() {
    let made = site(&[("content/about/us.md", "+++\ntitle = 'x'\npath = 'who'\n+++\n")]).remove(0);
    assert_eq!(made.story.folder.as_deref(), Some("about"));
    assert_eq!(made.field(Key::Permalink), "\"/who/\"");
    assert_eq!(made.field(Key::Section), "");
}

#[test]
fn links_become_urls_and_files_are_copied() {
    let text = "+++\ntitle = 'x'\ndate = 2019-01-01\n+++\n[a](@/posts/b.md#c) ![m](map.png) ![s](/s.png) [r](../c/) {{ mine(id=\"x\") }}\n\n`{{ y() }}`\n";
    let dir = archive(&[
        ("config.toml", SETTINGS),
        ("content/posts/a/index.md", text),
        ("content/posts/a/map.png", "x"),
        ("content/posts/b.md", "+++\ntitle = 'b'\nslug = 'bee'\n+++\n"),
        ("static/s.png", "x"),
        ("content/posts/_index.md", "+++\n+++\n"),
    ]);
    let made = read("zola", &dir, "content/posts/a/index.md");
    assert_eq!(
        made.story.body.lines().next(),
        Some("[a](/news/posts/bee/#c) ![m](map.png) ![s](/s.png) [r](/news/posts/c/) {{ mine(id=\"x\") }}")
    );
    assert_eq!(made.story.media[0].name, "map.png");
    assert_eq!(made.codes(), ["import/shortcode"]);
    assert_eq!(made.skipped, ["it describes a list page"]);
    assert_eq!(made.statics, ["s.png"]);
}

#[test]
fn private_pages_are_skipped_or_drafts() {
    let text = "+++\ntitle = 'x'\ndate = 2019-01-01\n+++\n";
    let dir = archive(&[
        ("config.toml", &format!("ignored_content = ['ign*.md']\n{SETTINGS}")),
        ("content/posts/ignored.md", text),
        ("content/posts/a.md", "+++\ntitle = 'x'\ndate = 2019-01-01\nrender = false\n+++\n"),
        ("content/wip/_index.md", "+++\ndraft = true\n+++\n"),
        ("content/wip/deep/b.md", text),
        ("content/parts/_index.md", "+++\nrender = false\n+++\n"),
        ("content/parts/c.md", text),
    ]);
    let all = read_all("zola", &dir);
    let drafts: Vec<_> = all.iter().map(|made| made.field(Key::Draft)).collect();
    assert_eq!(drafts, ["", "true"]);
    assert_eq!(
        all[0].skipped,
        [
            "it describes a list page",
            "the settings of the old site exclude it",
            "it describes a list page",
            "its section is a draft"
        ]
    );
}

#[test]
fn a_folder_with_a_text_and_no_stories_is_a_page() {
    let dir = archive(&[
        ("config.toml", SETTINGS),
        ("content/about/_index.md", "+++\ntitle = 'About us'\n+++\nText"),
        ("content/us-politics/_index.md", "+++\ntitle = 'US Politics'\n+++\n"),
        ("content/us-politics/a.md", "+++\ntitle = 'x'\ndate = 2019-01-01\n+++\n[b](@/about/_index.md)"),
    ]);
    let page = read("zola", &dir, "content/about/_index.md");
    assert_eq!(
        (page.story.old_url.as_deref(), page.story.folder.as_deref()),
        (Some("/news/about/"), Some(""))
    );
    let story = read("zola", &dir, "content/us-politics/a.md");
    assert_eq!(
        (story.field(Key::Section).as_str(), story.story.body.as_str()),
        ("\"US Politics\"", "[b](/news/about/)\n")
    );
}

#[test]
fn theme_keys_and_paths_fill_missing_fields() {
    let text = "+++\ntitle = 'x'\npath = '2025/09/12/x'\n[taxonomies]\nsections = ['Port']\n[extra]\nauthor = 'Ana Ruiz'\nkicker = 'K'\ncolor = 'red'\n+++\n";
    let made = site(&[("content/x.md", text)]).remove(0);
    for (key, value) in [
        ("date", "\"2025-09-12\""),
        ("authors", "[\"Ana Ruiz\"]"),
        ("kicker", "\"K\""),
        ("section", "\"Port\""),
        ("extra.color", "\"red\""),
    ] {
        assert_eq!(made.field(field_key(key)), value, "{key}");
    }
}

#[test]
fn hugo_sites_are_not_detected_as_zola() {
    let dir = archive(&[("config.toml", "baseURL = 'https://x.example/'"), ("content/a.md", "x")]);
    assert!(!importers::named("zola").unwrap().fits_folder(dir.path()));
    let dir = archive(&[("config.toml", SETTINGS), ("content/a.md", "x")]);
    assert!(importers::named("zola").unwrap().fits_folder(dir.path()));
}
