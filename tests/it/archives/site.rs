//! What an archive says of its site as a whole reaches the settings, and what the settings say reaches readers.

use std::fs;
use std::path::Path;

use bulletin::config::Config;
use bulletin::diagnostic::Diagnostic;
use bulletin::import::old_site::{MenuItem, OldAuthor, OldList, OldRedirect, OldSite};
use bulletin::import::{
    self, Desk, File, Importer, Input, Listing, Media, Origin, Outcome, Refusal, Request, Row, Sample,
    Source, Story, Sure,
};
use bulletin::site::SiteDir;

use crate::support::{Run, Site, assert_same, bulletin, repository, story, tree};

#[test]
fn a_picture_of_an_author_and_a_text_on_a_topic_had_no_place() {
    let settings = "title: P\nbase_url: https://p.example/paper/\n\
                    authors: [{slug: ann, name: Ann Lee, image: /ann.jpg}]\n\
                    tags: [{name: The port, description: All on the port., aliases: [port]}]\n";
    let site = Site::bare(&[
        ("bulletin.yaml", settings),
        ("content/a.md", &story("A", "2026-11-01", "authors: [ann]\ntags: [port]\n", "Text.")),
    ]);
    site.build(&["--strict"]);
    let author = site.read("public/authors/ann/index.html");
    assert!(author.contains("<img class=\"portrait\" src=\"/paper/ann.jpg\" alt=\"\""), "{author}");
    assert!(author.contains("\"image\":\"https://p.example/paper/ann.jpg\""), "{author}");
    let tag = site.read("public/tags/the-port/index.html");
    assert!(tag.contains("<p class=\"deck\">All on the port.</p>"), "{tag}");
    assert!(tag.contains("<meta name=\"description\" content=\"All on the port.\">"), "{tag}");
    assert!(site.read("public/tags/port/index.html").contains("/paper/tags/the-port/"));
}

#[test]
fn a_site_for_an_archive_began_with_samples() {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("s");
    let run = Run::of(bulletin().args(["init", "--empty"]).arg(&root));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("bulletin import ARCHIVE"), "{}", run.stderr);
    assert_eq!(tree(&root).into_keys().collect::<Vec<_>>(), [".gitignore", "bulletin.yaml"]);
    assert_eq!(fs::read_dir(root.join("content")).unwrap().count(), 0);
    let built = Run::of(bulletin().args(["build", "--strict", "--site"]).arg(&root));
    assert_eq!(built.code, Some(0), "{}", built.stderr);
}

/// An archive that says all that one can say, of which the tests need not know how it is written.
struct Old {
    site: OldSite,
    stories: Vec<Story>,
    statics: Vec<Media>,
}

impl Importer for Old {
    fn name(&self) -> &'static str {
        "old"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, _: &Sample<'_>) -> bool {
        false
    }

    fn open(&self, _: Option<&Path>, _: &Desk<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        let Self { site, stories, statics } = self;
        Ok(Box::new(Self { site: site.clone(), stories: stories.clone(), statics: statics.clone() }))
    }
}

impl Source for Old {
    fn files(&self) -> Listing {
        // One file that is there; what is in it does not matter.
        Listing { files: vec![repository().join("Cargo.toml")], skipped: Vec::new() }
    }

    fn read(&self, _: &File, _: &Desk<'_>) -> Result<Vec<Story>, Refusal> {
        Ok(self.stories.clone())
    }

    fn statics(&self) -> Vec<Media> {
        self.statics.clone()
    }

    fn site(&self) -> OldSite {
        self.site.clone()
    }
}

/// A story of the archive: its old URL, and its fields.
fn old_story(url: &str, fields: &[(&str, &str)]) -> Story {
    let mut story = Story { old_url: Some(url.to_owned()), body: "Text.\n".to_owned(), ..Story::default() };
    story.name = url.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
    for (key, value) in fields {
        let list = ["tags", "authors", "aliases"].contains(key);
        let value = if list { value.split(", ").collect() } else { serde_json::Value::from(*value) };
        story.set(*key, value, Sure::Explicit, Vec::new());
    }
    story
}

fn paper() -> OldSite {
    let text = |text: &str| Some(text.to_owned());
    OldSite {
        title: text("The Old: \"Paper\""),
        description: text("News # from the port"),
        base_url: text("https://paper.example/"),
        language: text("fr"),
        timezone: text("America/New_York"),
        permalink: text("/:section/:slug/"),
        sections: vec![
            list("port", "The Port", &["/port/", "/harbour/"]),
            list("empty", "Nobody's", &["/empty/"]),
            OldList { description: text("From the capital."), ..list("us-politics", "US Politics", &[]) },
        ],
        tags: vec![
            OldList { description: text("All on ships."), ..list("ship", "Ships", &["/topics/ship/"]) },
            list("unused", "Unused", &["/topics/unused/"]),
        ],
        authors: vec![
            OldAuthor {
                slug: "anna-b".to_owned(),
                name: "Anna Berg".to_owned(),
                aliases: vec!["annab".to_owned()],
                bio: text("Covers the port."),
                url: text("https://berg.example/"),
                urls: vec!["/by/anna/".to_owned()],
                ..OldAuthor::default()
            },
            OldAuthor { slug: "nobody".to_owned(), name: "No Body".to_owned(), ..OldAuthor::default() },
        ],
        menus: vec![(
            "main".to_owned(),
            ["/port/", "/about/", "https://shop.example/"].iter().map(|url| item("Entry", url)).collect(),
        )],
        redirects: [
            ("/feed/", "/rss.xml"),
            ("/gone/", "/nowhere/"),
            ("/a-list/", "https://paper.example/port/crane/?x=1#y"),
        ]
        .iter()
        .map(|(from, to)| OldRedirect { from: (*from).to_owned(), to: (*to).to_owned() })
        .collect(),
        ..OldSite::default()
    }
}

fn list(slug: &str, title: &str, urls: &[&str]) -> OldList {
    let urls = urls.iter().map(|url| (*url).to_owned()).collect();
    OldList { slug: slug.to_owned(), title: title.to_owned(), description: None, urls }
}

fn item(title: &str, url: &str) -> MenuItem {
    MenuItem { title: title.to_owned(), url: url.to_owned() }
}

fn stories() -> Vec<Story> {
    let date = "2024-05-01T23:30:00";
    vec![
        old_story(
            "/port/crane/",
            &[
                ("title", "Crane"),
                ("date", date),
                ("section", "port"),
                ("tags", "ship"),
                ("authors", "annab"),
            ],
        ),
        old_story("/us-politics/vote/", &[("title", "Vote"), ("date", date), ("section", "US Politics")]),
        old_story("/sport/win/", &[("title", "Win"), ("date", date), ("section", "Sport & Leisure")]),
        old_story("/sport/loss/", &[("title", "Loss"), ("date", date), ("section", "Sport & Leisure")]),
        old_story("/culture/film/", &[("title", "Film"), ("date", date), ("section", "culture")]),
        old_story("/about/", &[("title", "About us")]),
    ]
}

fn request(old: Old) -> Request {
    Request {
        inputs: vec![Input::Path(repository().join("src"))],
        kind: Some(Box::leak(Box::new(old))),
        section: None,
        date: None,
        status: None,
        update: false,
        dry_run: false,
    }
}

/// Imports an archive; gives what was said of it.
fn move_in(root: &Path, old: Old, options: impl Fn(&mut Request)) -> Vec<Row> {
    let site = SiteDir::new(root);
    let config = import::vacant(&site).or_else(|| Config::load(&site).0).unwrap();
    let mut request = request(old);
    options(&mut request);
    let mut rows = Vec::new();
    import::import(&request, &site, &config, &mut |row| rows.push(row)).unwrap();
    rows
}

fn archive() -> Old {
    Old { site: paper(), stories: stories(), statics: Vec::new() }
}

fn said(rows: &[Row]) -> String {
    let of = |row: &Row| match &row.outcome {
        Outcome::Settings(said, yaml) => {
            let remarks = row
                .told
                .iter()
                .flat_map(|told| &told.remarks)
                .map(|remark| format!("note: {}\n", remark.message));
            format!("{said}\n{}{}", yaml.as_deref().unwrap_or_default(), remarks.collect::<String>())
        }
        Outcome::Failed(why, _) => format!("FAILED {why}\n"),
        _ => String::new(),
    };
    rows.iter().map(of).collect()
}

/// What becomes of settings that nobody has edited.
const WRITTEN: &str = "\
# The settings of the site, as its archive has them. Everything but title and base_url has a default.
title: 'The Old: \"Paper\"'
base_url: https://paper.example/
description: 'News # from the port'
language: fr

# Times without an offset are in this zone.
timezone: America/New_York

# The URL of a story.
permalink: /:section/:slug/

# In the order of the navigation. A story belongs to the section whose folder it is in.
sections:
- slug: port
  title: The Port
- slug: us-politics
  title: US Politics
  description: From the capital.
- slug: sport-and-leisure
  title: Sport & Leisure
- slug: culture

# Those who sign stories.
authors:
- slug: anna-b
  name: Anna Berg
  aliases:
  - annab
  bio: Covers the port.
  url: https://berg.example/

# Topics of which there is more to say than a name.
tags:
- name: Ships
  aliases:
  - ship
  description: All on ships.

# For the theme: links at the foot of each page.
extra:
  links:
  - title: Entry
    url: /about/
  - title: Entry
    url: https://shop.example/

# Old URLs and where they lead.
redirects:
  /feed/: /rss.xml
  /a-list/: /port/crane/?x=1#y
  /harbour/: /port/
  /topics/ship/: /tags/ships/
  /by/anna/: /authors/anna-b/
";

fn settings(root: &Path) -> String {
    fs::read_to_string(root.join("bulletin.yaml")).unwrap()
}

fn init(root: &Path, args: &[&str]) {
    let run = Run::of(bulletin().arg("init").args(args).arg(root));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[track_caller]
fn builds(root: &Path) {
    let built = Run::of(bulletin().args(["build", "--strict", "--as-of", "2026-01-01", "--site"]).arg(root));
    assert_eq!(built.code, Some(0), "{}", built.stderr);
}

#[test]
fn a_fresh_site_lost_every_section_and_setting_of_its_archive() {
    for args in [None, Some(&["--empty"][..]), Some(&[])] {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("s");
        args.into_iter().for_each(|args| init(&root, args));
        let rows = move_in(&root, archive(), |_| {});
        assert_eq!(settings(&root), WRITTEN, "{}", said(&rows));
        builds(&root);
        let files: Vec<String> = tree(&root.join("content")).into_keys().collect();
        let expected = [
            "about.md",
            "culture/2024-05-01-film.md",
            "port/2024-05-01-crane.md",
            "sport-and-leisure/2024-05-01-loss.md",
            "sport-and-leisure/2024-05-01-win.md",
            "us-politics/2024-05-01-vote.md",
        ];
        assert_eq!(files, expected);
        assert!(fs::read_to_string(root.join("content/about.md")).unwrap().contains("About us"));
        // Stories stand where they stood, and their times are of the old zone.
        let crane = fs::read_to_string(root.join("public/port/crane/index.html")).unwrap();
        assert!(crane.contains("2024-05-01T23:30:00-04:00"), "{crane}");
        // Once more, and nothing changes.
        let before = tree(&root);
        let rows = move_in(&root, archive(), |request| request.update = true);
        assert!(rows.iter().all(|row| !matches!(row.outcome, Outcome::Imported(_) | Outcome::Updated(_))));
        assert_same(&before, &tree(&root), &said(&rows));
    }
}

#[test]
fn an_import_that_was_killed_left_its_site_without_sections_for_ever() {
    for rows_before_the_end in 0..stories().len() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("s");
        init(&root, &[]);
        let killed = std::panic::catch_unwind(|| {
            let site = SiteDir::new(&root);
            let config = Config::load(&site).0.unwrap();
            let mut left = rows_before_the_end;
            let mut tell = |_: Row| left = left.checked_sub(1).expect("the test kills the import here");
            import::import(&request(archive()), &site, &config, &mut tell)
        });
        assert!(killed.is_err());
        move_in(&root, archive(), |_| {});
        assert_eq!(settings(&root), WRITTEN);
        builds(&root);
    }
}

const OWN: &str = "# Ours.\ntitle:   Mine\nbase_url: https://paper.example/\n\nsections: # in this order\n  - local # ours\n\nlists: {per_page: 20}\n";

#[test]
fn settings_that_the_desk_wrote_stay_and_get_what_they_lack() {
    let site = Site::bare(&[("bulletin.yaml", OWN)]);
    let rows = move_in(&site.root, archive(), |_| {});
    let written = site.read("bulletin.yaml");
    let added = written.strip_prefix(OWN).unwrap_or_else(|| panic!("{written}"));
    let head = "description: 'News # from the port'\nlanguage: fr\n\n# Times without an offset are in this zone.\ntimezone: America/New_York\n";
    assert!(added.starts_with(head), "{added}");
    assert!(added.contains("\nredirects:\n") && !added.contains("sections:"), "{added}");
    // The rest is proposed, and the stories say what they lost.
    let said = said(&rows);
    assert!(said.contains("sections:\n- slug: port\n  title: The Port\n- slug: us-politics\n"), "{said}");
    let lost = site.read("content/2024/2024-05-01-crane.md");
    assert!(lost.contains("not_used:\n    section: port\n"), "{lost}");

    // With --update the list gets them, and the stories theirs.
    move_in(&site.root, archive(), |request| request.update = true);
    let written = site.read("bulletin.yaml");
    let with = OWN.replace("# ours\n\nlists", "# ours\n  - slug: port\n    title: The Port\n  - slug: us-politics\n    title: US Politics\n    description: From the capital.\n  - slug: sport-and-leisure\n    title: Sport & Leisure\n  - slug: culture\n\nlists");
    assert!(written.starts_with(&with), "{written}");
    assert!(site.read("content/2024/2024-05-01-crane.md").contains("\nsection: port\n"));
    builds(&site.root);
}

#[test]
fn stories_of_the_desk_do_not_move_for_an_archive() {
    let own = "title: Mine\nbase_url: https://paper.example/\n";
    let site =
        Site::bare(&[("bulletin.yaml", own), ("content/world/a.md", &story("A", "2026-11-01", "", "Text."))]);
    let rows = move_in(&site.root, archive(), |_| {});
    let written = site.read("bulletin.yaml");
    for key in ["permalink", "timezone", "language"] {
        assert!(!written.contains(key), "{written}");
        assert!(said(&rows).contains(&format!("\n{key}: ")), "{}", said(&rows));
    }
    // A list of sections has those of the desk as well.
    assert!(written.contains("- slug: culture\n- slug: world\n"), "{written}");
    builds(&site.root);
}

#[test]
fn a_dry_run_shows_the_settings_and_writes_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let rows = move_in(&temp.path().join("s"), archive(), |request| request.dry_run = true);
    assert!(said(&rows).contains(WRITTEN), "{}", said(&rows));
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
}

#[test]
fn values_that_the_settings_refuse_kept_the_site_from_loading() {
    let temp = tempfile::tempdir().unwrap();
    let text = |text: &str| Some(text.to_owned());
    let mut old = archive();
    old.site = OldSite {
        base_url: text("/"),
        language: text("english language"),
        timezone: text("Mars/Olympus"),
        permalink: text("/:year/"),
        ..paper()
    };
    old.site.sections.push(list("tags", "Tags", &[]));
    old.site.authors[0].url = text("javascript:x");
    old.stories.push(old_story("/tags/x", &[("title", "X"), ("date", "2024-01-01"), ("section", "Tags")]));
    let rows = move_in(temp.path(), old, |_| {});
    let settings = settings(temp.path());
    let (config, problems) = Config::parse(&"bulletin.yaml".into(), &settings.as_str().into());
    assert!(config.is_some() && problems.into_sorted().is_empty(), "{settings}");
    for key in ["base_url", "language", "timezone", "permalink", "authors"] {
        assert!(
            said(&rows).contains(&format!("note: `{key}` of the archive is not used: ")),
            "{}",
            said(&rows)
        );
    }
    builds(temp.path());
}

#[test]
fn sample_stories_stood_between_those_of_an_archive_unless_somebody_edited_them() {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("s");
    init(&root, &[]);
    let sample = root.join("content/local/the-first-story.md");
    let edited = fs::read_to_string(&sample).unwrap().replace("The first story", "Our first story");
    fs::write(&sample, &edited).unwrap();
    let rows = move_in(&root, archive(), |_| {});
    assert!(said(&rows).contains("the sample stories, which nobody had edited, were removed"));
    assert_eq!(fs::read_to_string(&sample).unwrap(), edited);
    assert!(!root.join("content/opinion").exists());
    // The settings are those of a site that is being edited.
    assert!(settings(&root).starts_with("# The settings of the site. Everything"), "{}", settings(&root));
}

#[test]
fn a_second_archive_adds_only_what_is_missing() {
    let temp = tempfile::tempdir().unwrap();
    move_in(temp.path(), archive(), |_| {});
    let second = OldSite {
        title: Some("Other".to_owned()),
        sections: vec![list("science", "Science", &[])],
        authors: vec![OldAuthor {
            slug: "annab".to_owned(),
            name: "ANNA BERG".to_owned(),
            ..OldAuthor::default()
        }],
        redirects: vec![OldRedirect { from: "/other-feed/".to_owned(), to: "/rss.xml".to_owned() }],
        ..OldSite::default()
    };
    let fields = [("title", "Star"), ("date", "2024-06-01"), ("section", "science"), ("authors", "annab")];
    let stories = vec![old_story("/science/star/", &fields)];
    let rows = move_in(temp.path(), Old { site: second, stories, statics: Vec::new() }, |_| {});
    assert_eq!(settings(temp.path()), WRITTEN, "{}", said(&rows));
    let proposed = "sections:\n- slug: science\n  title: Science\nredirects:\n  /other-feed/: /rss.xml\n";
    assert!(said(&rows).contains(proposed), "{}", said(&rows));
    builds(temp.path());
}
