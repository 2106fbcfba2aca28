//! Imports settings of sites, and checks that they reach readers.

use std::fs;
use std::path::Path;

use bulletin::config::Config;
use bulletin::content::Key;
use bulletin::diagnostic::Diagnostic;
use bulletin::import::old_site::{MenuItem, OldAuthor, OldList, OldRedirect, OldSite};
use bulletin::import::{
    self, Confidence, File, ImportContext, Importer, Input, Listing, Media, Origin, Outcome, Refusal,
    Request, Row, Sample, Source, Story,
};
use bulletin::site::SiteDir;

use crate::support::{Run, Site, assert_same, bulletin, repository, story, tree};

#[test]
fn author_pictures_and_topic_texts_are_published() {
    let settings = "title: P\nbase_url: https://p.example/paper/\n\
                    authors: [{slug: ann, name: Ann Lee, image: /ann.jpg}]\n\
                    tags: [{name: The port, description: All on the port., aliases: [port]}]\n";
    let site = Site::bare(&[
        ("bulletin.yaml", settings),
        ("content/a.md", &story("A", "2026-11-01", "authors: [ann]\ntags: [port]\n", "Text.")),
    ]);
    site.build(&["--strict"]);
    let author = site.read("public/authors/ann/index.html");
    assert!(author.contains("<img src=\"/paper/ann.jpg\" alt=\"\" class=\"portrait\""), "{author}");
    assert!(author.contains("\"image\":\"https://p.example/paper/ann.jpg\""), "{author}");
    let tag = site.read("public/tags/the-port/index.html");
    assert!(tag.contains("<p class=\"deck\">All on the port.</p>"), "{tag}");
    assert!(tag.contains("<meta name=\"description\" content=\"All on the port.\">"), "{tag}");
    assert!(site.read("public/tags/port/index.html").contains("/paper/tags/the-port/"));
}

#[test]
fn a_site_for_an_archive_starts_without_samples() {
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

/// An archive in no particular format, with everything that an archive can contain.
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

    fn open(&self, _: Option<&Path>, _: &ImportContext<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        let Self { site, stories, statics } = self;
        Ok(Box::new(Self { site: site.clone(), stories: stories.clone(), statics: statics.clone() }))
    }
}

impl Source for Old {
    fn files(&self) -> Listing {
        // The only file. Its content does not matter.
        Listing { files: vec![repository().join("Cargo.toml")], skipped: Vec::new() }
    }

    fn read(&self, _: &File, _: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
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
fn old_story(url: &str, fields: &[(Key, &str)]) -> Story {
    let mut story = Story { old_url: Some(url.to_owned()), body: "Text.\n".to_owned(), ..Story::default() };
    story.name = url.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
    for (key, value) in fields {
        let list = [Key::Tags, Key::Authors, Key::Aliases].contains(key);
        let value = if list { value.split(", ").collect() } else { serde_json::Value::from(*value) };
        story.set(*key, value, Confidence::Explicit, Vec::new());
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
            ("/round/", "/about-it/"),
            ("/about-it/", "/round/"),
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
                (Key::Title, "Crane"),
                (Key::Date, date),
                (Key::Section, "port"),
                (Key::Tags, "ship"),
                (Key::Authors, "annab"),
            ],
        ),
        old_story(
            "/us-politics/vote/",
            &[(Key::Title, "Vote"), (Key::Date, date), (Key::Section, "US Politics")],
        ),
        old_story(
            "/sport/win/",
            &[(Key::Title, "Win"), (Key::Date, date), (Key::Section, "Sport & Leisure")],
        ),
        old_story(
            "/sport/loss/",
            &[(Key::Title, "Loss"), (Key::Date, date), (Key::Section, "Sport & Leisure")],
        ),
        old_story("/culture/film/", &[(Key::Title, "Film"), (Key::Date, date), (Key::Section, "culture")]),
        old_story("/about/", &[(Key::Title, "About us")]),
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

/// Imports an archive and returns the report.
fn move_in(root: &Path, old: Old, options: impl Fn(&mut Request)) -> Vec<Row> {
    let site = SiteDir::new(root);
    let config = import::settings_for_empty_dir(&site).or_else(|| Config::load(&site).0).unwrap();
    let mut request = request(old);
    options(&mut request);
    let mut rows = Vec::new();
    import::import(&request, &site, &config, &mut |row| rows.push(row)).unwrap();
    rows
}

fn archive() -> Old {
    Old { site: paper(), stories: stories(), statics: Vec::new() }
}

fn report(rows: &[Row]) -> String {
    let of = |row: &Row| match &row.outcome {
        Outcome::Settings(report, yaml) => {
            let remarks = row
                .story
                .iter()
                .flat_map(|reported| &reported.remarks)
                .map(|remark| format!("note: {}\n", remark.message));
            format!("{report}\n{}{}", yaml.as_deref().unwrap_or_default(), remarks.collect::<String>())
        }
        Outcome::Failed(why, _) => format!("FAILED {why}\n"),
        _ => String::new(),
    };
    rows.iter().map(of).collect()
}

/// The expected settings of a site whose settings nobody has edited.
const WRITTEN: &str = "\
# The settings of the site, imported from its archive. Everything except title and base_url has a default.
title: 'The Old: \"Paper\"'
base_url: https://paper.example/
description: 'News # from the port'
language: fr

# The time zone of times without an offset.
timezone: America/New_York

# The URL pattern of stories.
permalink: /:section/:slug/

# In the order of the navigation. A story belongs to the section of its folder.
sections:
- slug: port
  title: The Port
- slug: us-politics
  title: US Politics
  description: From the capital.
- slug: sport-and-leisure
  title: Sport & Leisure
- slug: culture

# The authors of stories.
authors:
- slug: anna-b
  name: Anna Berg
  aliases:
  - annab
  bio: Covers the port.
  url: https://berg.example/

# Topics with a description or aliases.
tags:
- name: Ships
  aliases:
  - ship
  description: All on ships.

# For the theme: links in the footer of each page.
extra:
  links:
  - title: Entry
    url: /about/
  - title: Entry
    url: https://shop.example/

# Old URLs and their targets.
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
fn a_fresh_site_gets_the_sections_and_settings_of_its_archive() {
    for args in [None, Some(&["--empty"][..]), Some(&[])] {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("s");
        args.into_iter().for_each(|args| init(&root, args));
        let rows = move_in(&root, archive(), |_| {});
        assert_eq!(settings(&root), WRITTEN, "{}", report(&rows));
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
        // Stories keep their old places, and times are in the old time zone.
        let crane = fs::read_to_string(root.join("public/port/crane/index.html")).unwrap();
        assert!(crane.contains("2024-05-01T23:30:00-04:00"), "{crane}");
        // Another import changes nothing.
        let before = tree(&root);
        let rows = move_in(&root, archive(), |request| request.update = true);
        assert!(rows.iter().all(|row| !matches!(row.outcome, Outcome::Imported(_) | Outcome::Updated(_))));
        assert_same(&before, &tree(&root), &report(&rows));
    }
}

#[test]
fn a_killed_import_does_not_lose_sections() {
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
fn edited_settings_are_kept_and_completed() {
    let site = Site::bare(&[("bulletin.yaml", OWN)]);
    let rows = move_in(&site.root, archive(), |_| {});
    let written = site.read("bulletin.yaml");
    let added = written.strip_prefix(OWN).unwrap_or_else(|| panic!("{written}"));
    let head = "description: 'News # from the port'\nlanguage: fr\n\n# The time zone of times without an offset.\ntimezone: America/New_York\n";
    assert!(added.starts_with(head), "{added}");
    assert!(added.contains("\nredirects:\n") && !added.contains("sections:"), "{added}");
    // The rest is proposed, and the stories report what they lack.
    let report = report(&rows);
    assert!(report.contains("sections:\n- slug: port\n  title: The Port\n- slug: us-politics\n"), "{report}");
    let lost = site.read("content/2024/2024-05-01-crane.md");
    assert!(lost.contains("not_used:\n    section: port\n"), "{lost}");

    // With `--update`, both the section list and the stories are updated.
    move_in(&site.root, archive(), |request| request.update = true);
    let written = site.read("bulletin.yaml");
    let with = OWN.replace("# ours\n\nlists", "# ours\n  - slug: port\n    title: The Port\n  - slug: us-politics\n    title: US Politics\n    description: From the capital.\n  - slug: sport-and-leisure\n    title: Sport & Leisure\n  - slug: culture\n\nlists");
    assert!(written.starts_with(&with), "{written}");
    assert!(site.read("content/2024/2024-05-01-crane.md").contains("\nsection: port\n"));
    builds(&site.root);
}

#[test]
fn an_import_does_not_move_existing_stories() {
    let own = "title: Mine\nbase_url: https://paper.example/\n";
    let site =
        Site::bare(&[("bulletin.yaml", own), ("content/world/a.md", &story("A", "2026-11-01", "", "Text."))]);
    let rows = move_in(&site.root, archive(), |_| {});
    let written = site.read("bulletin.yaml");
    for key in ["permalink", "timezone", "language"] {
        assert!(!written.contains(key), "{written}");
        assert!(report(&rows).contains(&format!("\n{key}: ")), "{}", report(&rows));
    }
    // The section list also includes the sections of the editors' own stories.
    assert!(written.contains("- slug: culture\n- slug: world\n"), "{written}");
    builds(&site.root);
}

#[test]
fn a_dry_run_shows_the_settings_and_writes_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let rows = move_in(&temp.path().join("s"), archive(), |request| request.dry_run = true);
    assert!(report(&rows).contains(WRITTEN), "{}", report(&rows));
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
}

#[test]
fn invalid_settings_of_an_archive_are_not_imported() {
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
    old.stories
        .push(old_story("/tags/x", &[(Key::Title, "X"), (Key::Date, "2024-01-01"), (Key::Section, "Tags")]));
    let rows = move_in(temp.path(), old, |_| {});
    let settings = settings(temp.path());
    let (config, problems) = Config::parse(&"bulletin.yaml".into(), &settings.as_str().into());
    assert!(config.is_some() && problems.into_sorted().is_empty(), "{settings}");
    for key in ["base_url", "language", "timezone", "permalink", "authors"] {
        assert!(
            report(&rows).contains(&format!("note: `{key}` of the archive was ignored: ")),
            "{}",
            report(&rows)
        );
    }
    builds(temp.path());
}

#[test]
fn unedited_sample_stories_are_removed() {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("s");
    init(&root, &[]);
    let sample = root.join("content/local/the-first-story.md");
    let edited = fs::read_to_string(&sample).unwrap().replace("The first story", "Our first story");
    fs::write(&sample, &edited).unwrap();
    let rows = move_in(&root, archive(), |_| {});
    assert!(report(&rows).contains("removed the unedited sample stories"));
    assert_eq!(fs::read_to_string(&sample).unwrap(), edited);
    assert!(!root.join("content/opinion").exists());
    // The settings are those of a site that is being edited.
    assert!(settings(&root).starts_with("# The settings of the site."), "{}", settings(&root));
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
    let fields =
        [(Key::Title, "Star"), (Key::Date, "2024-06-01"), (Key::Section, "science"), (Key::Authors, "annab")];
    let stories = vec![old_story("/science/star/", &fields)];
    let rows = move_in(temp.path(), Old { site: second, stories, statics: Vec::new() }, |_| {});
    assert_eq!(settings(temp.path()), WRITTEN, "{}", report(&rows));
    let proposed = "sections:\n- slug: science\n  title: Science\nredirects:\n  /other-feed/: /rss.xml\n";
    assert!(report(&rows).contains(proposed), "{}", report(&rows));
    builds(temp.path());
}

/// Imports a Hugo site with these files into a new site.
fn moved(files: &[(&str, &str)]) -> (Site, Run) {
    let old = [
        ("hugo.toml", "baseURL = 'https://paper.example/'\n"),
        ("content/news/a.md", A),
        ("content/news/b.md", A),
    ];
    let site = Site::bare(&[]);
    for (path, text) in old.iter().chain(files) {
        let file = site.root.parent().unwrap().join("old").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let run = Run::of(
        bulletin().current_dir(site.root.parent().unwrap()).args(["import", "old", "--site", "site"]),
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    (site, run)
}

const A: &str = "+++\ntitle = 'A'\ndate = 2024-05-01\n+++\nText.\n";

fn redirects(site: &Site) -> Vec<(String, String)> {
    let config = Config::load(&SiteDir::new(&site.root)).0.unwrap();
    // Without the redirects that every Hugo site has.
    let all = config.redirects.into_iter().map(|redirect| (redirect.from, redirect.to));
    all.filter(|(from, _)| from != "/categories/" && !from.ends_with("/index.xml")).collect()
}

#[test]
fn host_rules_are_imported_or_reported() {
    let a = "/news/a/";
    for (name, text, plain, kept, lost) in [
        (
            "static/_redirects",
            "# Old\n/x /news/a/\n/y/ /news/a/ 301! # forced\n/t /news/a 302\n/e https://e.example/?a=b#c 308\n/news/b/ /news/a/\n\
             /shop /elsewhere/ 301\n/feed/* /rss.xml 301\n/p/:slug /news/:slug 301\n/q id=:id /news/a/ 301\n/c /news/a/ 302 Country=gr\n\
             /api/* https://api.example/:splat 200\n/* /404.html 404\nodd\n",
            &[("/x/", a), ("/y/", a), ("/t/", a), ("/e/", "https://e.example/?a=b#c")][..],
            "/t /news/a 302\n/feed/* /rss.xml 301\n/p/:slug /news/:slug 301\n/q id=:id /news/a/ 301\n/c /news/a/ 302 Country=gr\n\
             /api/* https://api.example/:splat 200\n/* /404.html 404\n/shop/ /elsewhere/ 301\n",
            1,
        ),
        (
            "static/.htaccess",
            "RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteRule ^(.*)$ https://%{HTTP_HOST}/$1 [R=301,L]\n\
             Redirect 301 /x.html /news/a/\nRedirect permanent \"/old dir\" /news/\nRedirectMatch 301 ^/blog/(.*)$ /news/$1\n\
             RewriteRule ^y/?$ /news/a/ [R=301,L]\nRewriteRule ^z\\.php$ /news/a/ [L,R=permanent]\n\
             RewriteRule . /index.php [L]\nRewriteCond %{QUERY_STRING} ^p=12$\nRewriteRule ^$ /news/a/? [R=301,L]\n\
             RedirectMatch ^/(a|b)/$ /news/a/\n",
            &[("/x.html", a), ("/old dir/", "/news/"), ("/y/", a), ("/z.php", a)],
            "/old dir/* /news/:splat 301\n/blog/* /news/:splat 301\n",
            2,
        ),
        (
            "nginx.conf",
            "server {\n  listen 80; # return 301 /no/;\n  return 301 https://$host$request_uri;\n}\nserver {\n\
             location = /x { return 301 /news/a/; }\n  location /y { return 302 /news/; }\n  location ~ ^/z/(.*)$ { return 301 /news/$1; }\n\
             rewrite ^/w/?$ /news/a/ permanent;\n  rewrite \"^/[0-9]{4}/(.*)$\" /news/$1 permanent;\n  if ($arg_p) { return 301 /news/a/; }\n}\n",
            &[("/x/", a), ("/y/", "/news/"), ("/w/", a)],
            "/y /news/ 302\n/y/* /news/ 302\n/z/* /news/:splat 301\n",
            2,
        ),
        (
            "vercel.json",
            "{\"redirects\": [{\"source\": \"/x\", \"destination\": \"/news/a/\", \"permanent\": true},\n\
             {\"source\": \"/blog/:path*\", \"destination\": \"/news/:path*\"}, {\"source\": \"/(a|b)\", \"destination\": \"/\"}]}",
            &[("/x/", a)],
            "/blog/* /news/:splat\n",
            1,
        ),
        (
            "netlify.toml",
            "[build]\ncommand = 'hugo'\n[[redirects]]\nfrom = '/x'\nto = '/news/a/'\nforce = true\n[[redirects]]\nfrom = '/b/*'\n\
             to = '/news/:splat'\nstatus = 301\n[redirects.conditions]\nCountry = ['au', 'nz']\n",
            &[("/x/", a)],
            "/b/* /news/:splat 301 Country=au,nz\n",
            0,
        ),
    ] {
        let (site, run) = moved(&[(name, text)]);
        let plain: Vec<_> = plain.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        assert_eq!(redirects(&site), plain, "{name}: {}", run.stderr);
        assert_eq!(site.read("static/_redirects"), kept, "{name}");
        assert_eq!(
            run.stderr.matches("redirect rule could not be converted").count(),
            usize::from(lost > 0),
            "{name}: {}",
            run.stderr
        );
        if lost > 0 {
            let count = format!("{lost} × `");
            let mut lines = run.stderr.lines().map(str::trim_start);
            let is_line = |line: &str| line.starts_with(&count) && line.contains("could not be converted");
            assert!(lines.any(is_line), "{name}: {}", run.stderr);
        }
        site.build(&["--strict"]);
        let again = Run::of(
            bulletin().current_dir(site.root.parent().unwrap()).args(["import", "old", "--site", "site"]),
        );
        assert_eq!(again.code, Some(0), "{}", again.stderr);
        assert_eq!(
            (redirects(&site), site.read("static/_redirects")),
            (plain, kept.to_owned()),
            "{name}, again"
        );
    }
}

#[test]
fn large_redirect_pages_are_imported() {
    let many: String =
        (0..3_000).map(|at| format!("- /2013/12/{at}/some-old-address-of-a-story/\n")).collect();
    let few: String = (0..4).map(|at| format!("- /few/{at}/\n")).collect();
    let (site, run) = moved(&[
        ("content/301.md", &format!("---\ntitle: Redirects\naliases:\n{many}---\n")),
        (
            "content/page.md",
            &format!("---\ntitle: Page\naliases:\n{}---\nText.\n", many.replace("2013", "2014")),
        ),
        ("content/search.md", &format!("---\ntitle: Search\naliases:\n{few}---\n")),
    ]);
    assert!(run.stderr.contains("it has no text; its 3000 old URLs became redirects"), "{}", run.stderr);
    let redirects = redirects(&site);
    // Two of them are the same.
    assert_eq!(redirects.len(), 6_000);
    let to = |from: &str| redirects.iter().find(|(known, _)| known == from).map(|(_, to)| to.as_str());
    assert_eq!(to("/2013/12/2999/some-old-address-of-a-story/"), Some("/"));
    assert_eq!(to("/301/"), Some("/"));
    assert_eq!(to("/2014/12/0/some-old-address-of-a-story/"), Some("/page/"));
    assert!(!site.path("content/301.md").exists());
    assert!(site.read("content/search.md").contains("aliases:\n- /few/0/\n"));
    let config = Config::load(&SiteDir::new(&site.root));
    assert!(config.1.into_sorted().is_empty());
}

#[test]
fn other_files_are_imported_but_secrets_are_not() {
    let names = [
        "app.js",
        "css/old.css",
        "data.txt",
        "old.html",
        "CNAME",
        ".well-known/x.txt",
        "fonts/a.woff2",
        "talk.key",
        "sub/index.html",
        "certs/root.pem",
    ];
    let stay = [
        "id_rsa",
        "both.pem",
        "tls.pem",
        "x/prod.env",
        ".secret",
        "robots.txt",
        "index.html",
        "sitemap.xml",
        "news/a/index.html",
        "css/new.scss",
        ".DS_Store",
    ];
    let text = |name: &str| match name {
        "talk.key" => "PK\u{3}\u{4}",
        "certs/root.pem" => "-----BEGIN CERTIFICATE-----\nMII\n",
        "both.pem" => "-----BEGIN CERTIFICATE-----\nMII\n-----BEGIN PRIVATE KEY-----\n",
        "css/new.scss" => "---\n---\na {}\n",
        _ => "x",
    };
    let paths: Vec<String> = names.iter().chain(&stay).map(|name| format!("static/{name}")).collect();
    let files: Vec<_> = paths.iter().map(|path| (path.as_str(), text(&path["static/".len()..]))).collect();
    let (site, run) = moved(&files);
    let mut expected: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    expected.sort();
    assert_eq!(tree(&site.path("static")).into_keys().collect::<Vec<_>>(), expected, "{}", run.stderr);
    for why in [
        "because it may contain a secret",
        "a hidden file of the old site",
        "because the site generates its own",
        "a template of the old generator was left out",
        "because a page has its URL",
    ] {
        assert_eq!(run.stderr.matches(why).count(), 1, "{why}: {}", run.stderr);
    }
    site.build(&["--strict"]);
}

#[test]
fn an_archive_may_be_imported_into_a_new_section() {
    let site =
        Site::bare(&[("old/hugo.toml", "baseURL = 'https://paper.example/'\n"), ("old/content/a.md", A)]);
    let root = site.path("s");
    init(&root, &[]);
    let import = |section: &str| {
        Run::of(
            bulletin().arg("import").arg(site.path("old")).args(["--section", section, "--site"]).arg(&root),
        )
    };
    let run = import("Reports");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(settings(&root).contains("\nsections:\n- slug: reports\n"), "{}", settings(&root));
    assert!(root.join("content/reports/2024-05-01-a.md").is_file());
    // Existing settings take precedence, and nothing is written.
    let before = tree(&root);
    let run = import("sport");
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("error[new/section]: unknown section `sport`"), "{}", run.stderr);
    assert_same(&before, &tree(&root), &run.stderr);
}
