//! Guards the laws of `ARCHITECTURE.md`: the same input gives the same bytes, an incremental build equals a clean one,
//! the past is stable, nothing leaks, a failed build changes nothing, and a page depends on what it reads.

use std::collections::BTreeMap;
use std::fs::{self, FileTimes};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::support::paper::{PICTURES, photograph, with_metadata};
use crate::support::{
    AS_OF, Site, Tree, assert_same, build_in_process, copy_sample_site, repository, request, story, times,
    tree,
};
use bulletin::archive::View;
use bulletin::config::Config;
use bulletin::content::{Content, SourceCache};
use bulletin::edition::Edition;
use bulletin::plan::{Page, PageKind};
use bulletin::query::{Dependency, Queries, Query};
use bulletin::render::{Rendered, Renderer};
use bulletin::site::SiteDir;
use bulletin::theme::{self, Theme};
use proptest::prelude::*;

#[test]
fn same_in_same_out() {
    let temp = tempfile::tempdir().unwrap();
    let folders = [temp.path().join("a"), temp.path().join("deep/er/than the/other")];
    let mut trees = Vec::new();
    for (index, folder) in folders.iter().enumerate() {
        copy_sample_site(folder);
        let threads = (index + 1).to_string();
        touch_all(folder, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 * (index as u64 + 1)));
        let mut command = crate::support::bulletin();
        // Different spellings of the same instant.
        let as_of = ["2026-11-22T12:00:00Z", "2026-11-22T14:00:00+02:00"][index];
        command.args(["build", "--as-of", as_of]).current_dir(folder).env("RAYON_NUM_THREADS", threads);
        command.env("TZ", ["Asia/Tokyo", "America/Lima"][index]);
        let run = crate::support::Run::of(&mut command);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        trees.push(tree(&folder.join("public")));
    }
    assert!(trees[0].contains_key(".bulletin-files"));
    assert!(trees[0].len() > 50, "{} files", trees[0].len());
    assert_same(&trees[0], &trees[1], "the site differs by folder or number of threads");
    for (path, bytes) in &trees[0] {
        let needle = temp.path().to_str().unwrap().as_bytes();
        assert!(
            !bytes.windows(needle.len()).any(|bytes| bytes == needle),
            "{path} names the folder of the site"
        );
    }
}

fn touch_all(dir: &Path, time: SystemTime) {
    for path in tree(dir).keys() {
        let file = fs::File::options().append(true).open(dir.join(path)).unwrap();
        file.set_times(FileTimes::new().set_modified(time).set_accessed(time)).unwrap();
    }
}

/// A story of the generated sites. Every property can change.
#[derive(Clone, Debug)]
struct Story {
    folder: u8,
    name: u8,
    title: u8,
    body: u8,
    tags: u8,
    date: u8,
    gate: Gate,
    alias: u8,
    related: u8,
    image: u8,
}

#[derive(Clone, Copy, Debug)]
enum Gate {
    Open,
    Embargo(u8),
    Expires(u8),
    Draft,
    Withdrawn,
    Withheld,
}

#[derive(Clone, Debug)]
enum Edit {
    Add(Story),
    Title(u8, u8),
    Body(u8, u8),
    Tags(u8, u8),
    Section(u8, u8),
    Date(u8, u8),
    Gate(u8, Gate),
    Alias(u8, u8),
    Related(u8, u8),
    Image(u8, u8),
    Rename(u8, u8),
    Delete(u8),
    Config(u8),
    Template(u8),
    Data(u8),
    Static(u8),
    AsOf(u8),
    /// A story that cannot be built until the next edit.
    Break,
}

#[derive(Debug)]
struct World {
    stories: Vec<Story>,
    config: u8,
    template: u8,
    data: u8,
    statics: u8,
    as_of: u8,
    broken: bool,
}

impl World {
    fn apply(&mut self, edit: &Edit) {
        self.broken = false;
        let count = self.stories.len();
        let at = |pick: u8| usize::from(pick) % count.max(1);
        // URLs contain file names but not folder names.
        let taken = |stories: &[Story], name: u8| stories.iter().any(|story| story.name == name);
        match edit {
            Edit::Add(story) if !taken(&self.stories, story.name) => {
                self.stories.push(story.clone());
            }
            Edit::Config(value) => self.config = *value,
            Edit::Template(value) => self.template = *value,
            Edit::Data(value) => self.data = *value,
            Edit::Static(value) => self.statics = *value,
            Edit::AsOf(value) => self.as_of = *value,
            Edit::Break => self.broken = true,
            _ if count == 0 => {}
            Edit::Delete(pick) => drop(self.stories.remove(at(*pick))),
            Edit::Title(pick, value) => self.stories[at(*pick)].title = *value,
            Edit::Body(pick, value) => self.stories[at(*pick)].body = *value,
            Edit::Tags(pick, value) => self.stories[at(*pick)].tags = *value,
            Edit::Date(pick, value) => self.stories[at(*pick)].date = *value,
            Edit::Gate(pick, value) => self.stories[at(*pick)].gate = *value,
            Edit::Alias(pick, value) => self.stories[at(*pick)].alias = *value,
            Edit::Related(pick, value) => self.stories[at(*pick)].related = *value,
            Edit::Image(pick, value) => self.stories[at(*pick)].image = *value,
            Edit::Section(pick, folder) => self.stories[at(*pick)].folder = *folder,
            Edit::Rename(pick, name) if !taken(&self.stories, *name) => self.stories[at(*pick)].name = *name,
            Edit::Add(_) | Edit::Rename(..) => {}
        }
    }

    fn as_of(&self) -> String {
        format!("2026-11-{:02}T12:00:00Z", 5 + self.as_of)
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut put = |path: String, text: String| drop(files.insert(path, text.into_bytes()));
        let settings = [
            "lists: {per_page: 2}",
            "lists: {per_page: 3}\npermalink: /:section/:year/:slug/",
            "lists: {per_page: 2, tags: false, archives: false}",
            "tags: {aliases: {T1: Other}}\nauthors: [{slug: ann, name: Ann Lee, bio: Writes.}]",
            "tags: [{name: Other, description: One., aliases: [T1]}]\nauthors: [{slug: ann, name: Ann Lee, image: /ann.png}]",
        ];
        put(
            "bulletin.yaml".into(),
            format!("{}{}\n", crate::support::SETTINGS, settings[usize::from(self.config) % settings.len()]),
        );
        if !self.template.is_multiple_of(3) {
            let extra = [
                "",
                "{% set d = data(file=\"d.yaml\") %}{{ d.word }}",
                "<link href=\"{{ asset(name=\"s.css\") }}\">",
            ];
            let main = format!(
                "<p>front {}</p>{{% for story in articles(limit=3) %}}{{{{ story.title }}}}{{% endfor %}}",
                extra[usize::from(self.template % 3)]
            );
            put(
                "templates/front.html".into(),
                format!("{{% extends \"base.html\" %}}{{% block main %}}{main}{{% endblock %}}"),
            );
        }
        put("data/d.yaml".into(), format!("word: w{}\n", self.data));
        put("static/s.css".into(), format!("a {{ order: {} }}\n", self.statics % 5));
        if self.statics >= 5 {
            // One shape has a file where the other has a folder.
            put("static/shape/inner".into(), "x".into());
        } else {
            put("static/shape".into(), "y".into());
        }
        put("content/about.md".into(), "---\ntitle: About\n---\nStanding.\n".into());
        for story in &self.stories {
            story.files(&mut put);
        }
        if self.broken {
            put("content/broken.md".into(), "no front matter".into());
        }
        files
    }
}

impl Story {
    fn files(&self, put: &mut impl FnMut(String, String)) {
        let mut keys =
            format!("title: Title {}\ndate: 2026-11-{:02}\nauthors: [ann]\n", self.title, 1 + self.date % 12);
        let tags: Vec<_> =
            (0..3).filter(|bit| self.tags >> bit & 1 == 1).map(|bit| format!("t{bit}")).collect();
        keys += &format!("tags: [{}]\n", tags.join(", "));
        keys += &match self.gate {
            Gate::Open => String::new(),
            Gate::Embargo(day) => format!("embargo: 2026-11-{:02}\n", 5 + day),
            Gate::Expires(day) => format!("expires: 2026-11-{:02}\n", 5 + day),
            Gate::Draft => "draft: true\n".into(),
            Gate::Withdrawn => "status: withdrawn\n".into(),
            Gate::Withheld => "status: withheld\n".into(),
        };
        let (folder, name) = (self.folder, self.name);
        match self.alias % 4 {
            1 => keys += &format!("aliases: [/old/{folder}-{name}/, /feed-{folder}-{name}.php]\n"),
            2 => keys += &format!("aliases: [/shift-{folder}-{name}.html]\n"),
            3 => keys += &format!("aliases: [/shift-{folder}-{name}.html/deeper/]\n"),
            _ => {}
        }
        if self.related > 0 {
            keys += "related: [about.md]\n";
        }
        let mut body = format!("Body {}. [About](/about.md)\n", self.body);
        if self.image > 0 {
            keys += &format!("image: p{}.svg\n", self.image % 3);
            body += &format!("![A picture](p{}.svg)\n", self.image % 3);
        }
        for picture in 0..3 {
            let svg = format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"9\"/>",
                self.image + 1
            );
            put(format!("content/s{folder}/n{name}/p{picture}.svg"), svg);
        }
        put(format!("content/s{folder}/n{name}/index.md"), format!("---\n{keys}---\n{body}"));
    }
}

fn a_gate() -> impl Strategy<Value = Gate> {
    prop_oneof![
        3 => Just(Gate::Open),
        2 => (0..14u8).prop_map(Gate::Embargo),
        2 => (0..14u8).prop_map(Gate::Expires),
        1 => Just(Gate::Draft),
        1 => Just(Gate::Withdrawn),
        1 => Just(Gate::Withheld),
    ]
}

prop_compose! {
    fn a_story()(
        (folder, name, title, body, tags) in (0..3u8, 0..12u8, 0..4u8, 0..10u8, 0..8u8),
        (date, gate, alias, related, image) in (0..12u8, a_gate(), 0..4u8, 0..2u8, 0..4u8),
    ) -> Story {
        Story { folder, name, title, body, tags, date, gate, alias, related, image }
    }
}

fn an_edit() -> impl Strategy<Value = Edit> {
    let pick = 0..32u8;
    prop_oneof![
        3 => a_story().prop_map(Edit::Add),
        1 => (pick.clone(), 0..4u8).prop_map(|(at, to)| Edit::Title(at, to)),
        1 => (pick.clone(), 0..10u8).prop_map(|(at, to)| Edit::Body(at, to)),
        1 => (pick.clone(), 0..8u8).prop_map(|(at, to)| Edit::Tags(at, to)),
        1 => (pick.clone(), 0..3u8).prop_map(|(at, to)| Edit::Section(at, to)),
        1 => (pick.clone(), 0..12u8).prop_map(|(at, to)| Edit::Date(at, to)),
        2 => (pick.clone(), a_gate()).prop_map(|(at, to)| Edit::Gate(at, to)),
        1 => (pick.clone(), 0..4u8).prop_map(|(at, to)| Edit::Alias(at, to)),
        1 => (pick.clone(), 0..2u8).prop_map(|(at, to)| Edit::Related(at, to)),
        1 => (pick.clone(), 0..4u8).prop_map(|(at, to)| Edit::Image(at, to)),
        1 => (pick.clone(), 0..12u8).prop_map(|(at, to)| Edit::Rename(at, to)),
        1 => pick.prop_map(Edit::Delete),
        1 => (0..4u8).prop_map(Edit::Config),
        1 => (0..3u8).prop_map(Edit::Template),
        1 => (0..9u8).prop_map(Edit::Data),
        1 => (0..9u8).prop_map(Edit::Static),
        2 => (0..14u8).prop_map(Edit::AsOf),
        1 => Just(Edit::Break),
    ]
}

/// Updates a folder to these files, and leaves unchanged files alone.
fn put_files(site: &Site, before: &Tree, now: &Tree) {
    for path in before.keys().filter(|path| !now.contains_key(*path)) {
        site.remove(path);
        let mut folder = site.path(path);
        // A file may have become a folder, or a folder a file.
        while folder.pop() && folder != site.path("content") && fs::remove_dir(&folder).is_ok() {}
    }
    for (path, bytes) in now.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)) {
        site.write(path, bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("BULLETIN_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12),
        max_shrink_time: 15_000,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn a_build_over_another_equals_a_clean_one(
        start in prop::collection::vec(a_story(), 3..9),
        edits in prop::collection::vec(an_edit(), 1..=6),
    ) {
        let mut world = World { stories: Vec::new(), config: 0, template: 0, data: 0, statics: 0, as_of: 6, broken: false };
        start.into_iter().for_each(|story| world.apply(&Edit::Add(story)));
        let site = Site::empty();
        let mut before = Tree::new();
        let steps = std::iter::once(None).chain(edits.iter().map(Some));
        for edit in steps {
            edit.into_iter().for_each(|edit| world.apply(edit));
            let now = world.files();
            put_files(&site, &before, &now);
            before = now;
            let fresh = Site::empty();
            put_files(&fresh, &Tree::new(), &before);
            let previous = site.public();
            let build = |site: &Site| build_in_process(&request(&site.root, &world.as_of()));
            let (over, clean) = (build(&site), build(&fresh));
            prop_assert_eq!(over.built.is_some(), clean.built.is_some(), "{:?} {:?}", over.diagnostics, clean.diagnostics);
            prop_assert_eq!(clean.built.is_none(), world.broken, "{:?}", clean.diagnostics);
            let expected = if world.broken { previous } else { fresh.public() };
            let difference = crate::support::difference(&expected, &site.public());
            prop_assert!(difference.is_empty(), "after {:?}\n{}", edit, difference);
        }
    }
}

#[test]
fn a_file_can_replace_a_folder_and_vice_versa() {
    let file = |site: &Site| site.write("static/shape", "file");
    let folder = |site: &Site| site.write("static/shape/deep/inner", "folder");
    let site = Site::empty();
    for (step, shape) in [&file as &dyn Fn(&Site), &folder, &file, &folder].into_iter().enumerate() {
        let _ = fs::remove_file(site.path("static/shape"));
        let _ = fs::remove_dir_all(site.path("static/shape"));
        shape(&site);
        site.build(&[]);
        let fresh = Site::empty();
        shape(&fresh);
        fresh.build(&[]);
        assert_same(&fresh.public(), &site.public(), &format!("step {step}"));
    }
}

#[test]
fn publishing_a_story_leaves_full_pages_alone() {
    let site = Site::empty();
    site.write(
        "bulletin.yaml",
        format!("{}lists: {{per_page: 4}}\nsections: [world]\n", crate::support::SETTINGS),
    );
    for number in 0..30 {
        let keys = "tags: [ferries, harbour]\nauthors: [Ann Lee]\nseries: Crossing\n";
        let date = format!("2026-{:02}-{:02}", 1 + number / 3, 1 + number % 3 * 9);
        site.write(
            &format!("content/world/s{number:02}.md"),
            story(&format!("Story {number}"), &date, keys, "Text."),
        );
    }
    site.build(&[]);
    let before = site.public();
    let keys = "tags: [ferries, harbour]\nauthors: [Ann Lee]\nseries: Crossing\n";
    site.write("content/world/news.md", story("News", "2026-11-21", keys, "Text."));
    site.build(&[]);
    let after = site.public();
    let full = before.iter().filter(|(path, bytes)| path.contains("/page/") && !is_redirect(bytes));
    let mut numbered = 0;
    for (path, bytes) in full {
        assert!(
            after.get(path) == Some(bytes),
            "{path} changed\n{}",
            crate::support::difference(&before, &after)
        );
        numbered += 1;
    }
    // Seven pages of the section, and one each for two tags, the author, the series and the year.
    assert_eq!(numbered, 6 * 7, "numbered pages");
    let old_stories = before.keys().filter(|path| path.contains("/s") && path.starts_with("2026/"));
    for path in old_stories {
        assert!(after[path] == before[path], "the story {path} changed");
    }
    let changed: Vec<_> =
        after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)).map(|(path, _)| path).collect();
    // The story, the front page, four lists, two indexes, year, month, day and the record of files; three feeds of the site and one
    // each of the section, two tags and the author; the sitemap index, and the sitemaps of this month, news and pages;
    // `robots.txt`, which lists the news sitemap unless it is empty.
    assert!(changed.len() <= 13 + 7 + 5, "{changed:#?}");
    assert!(changed.iter().any(|path| path.ends_with("11/news/index.html")), "{changed:#?}");
}

fn is_redirect(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).contains("http-equiv=\"refresh\"")
}

/// Prefixes of words that occur only in hidden content.
const CANARIES: [&str; 6] = ["qdraft", "qsched", "qembrgo", "qheld", "qexpired", "qgone"];

/// An article with a canary in every field, and pictures, sound and film of its own, whose metadata has canaries, too.
fn canary(site: &Site, word: &str, gate: &str) {
    let upper = word.to_uppercase();
    let head = format!(
        "title: {upper}title here\ndeck: A {word}deck\nkicker: {word}kicker\ndateline: {word}dateline\nsource: {word}agency\n\
         slug: {word}slug\nid: {word}id\ntags: [{word}tag]\nauthors: [{{name: {word}author, role: {word}role, url: \"https://x.example/{word}url\"}}]\n\
         series: {word}series\nsection: {word}section\naliases: [/old/{word}alias/, /{word}alias.php]\ncanonical_url: https://x.example/{word}canonical\n\
         old_slugs: [{word}oldslug]\ntranslation_of: /open.md\n\
         image: {{src: {word}lead.svg, alt: {word}alt, caption: {word}caption, credit: {word}credit}}\n\
         gallery: [{word}gallery.jpg, {{src: {word}photo.jpg, alt: {word}alt, caption: {word}below, credit: {word}by}}]\n\
         audio: {{src: {word}sound.mp3, title: {word}name}}\nvideo: {word}film.mp4\nednote: {word}ednote\n\
         corrections: [{{date: 2026-11-01, text: {word}correction}}]\nextra: {{note: {word}extra, file: {word}data.csv}}\n{word}key: {word}value\n{gate}"
    );
    let body = format!(
        "{word}body text.\n\n## {word}heading\n\n![{word}alt](pic/{word}inline.svg)\n\n![{word}photo]({word}photo.jpg \"{word}title\")\n\n![{word}photo]({word}photo.jpg)\n![]({word}inside.jpg)\n\n![{word}label]({word}clip.ogg)\n\n[more]({word}data.csv)\n\n<b title=\"{word}html\">{word}raw</b>"
    );
    let folder = format!("content/{word}folder/{word}bundle");
    site.write(&format!("{folder}/index.md"), format!("---\n{head}\n---\n{body}\n"));
    for file in [format!("{word}lead.svg"), format!("pic/{word}inline.svg"), format!("{word}data.csv")] {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\" height=\"3\"><desc>{word}bytes</desc></svg>"
        );
        site.write(&format!("{folder}/{file}"), svg);
    }
    let photo = with_metadata(
        &photograph(word.len() as u8),
        &format!("{word}exif"),
        &format!("{word}iim"),
        &format!("{word}xmp"),
    );
    for name in ["photo", "gallery", "inside", "film"] {
        site.write(&format!("{folder}/{word}{name}.jpg"), &photo);
    }
    for name in ["sound.mp3", "film.mp4", "clip.ogg"] {
        site.write(&format!("{folder}/{word}{name}"), format!("ID3 TIT2 {word}tag {word}sounds"));
    }
    for name in ["film.vtt", "film.el.vtt", "sound.vtt"] {
        let captions = format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{word}spoken\n");
        site.write(&format!("{folder}/{word}{name}"), captions);
    }
}

/// A build with the pictures of all builds: to make them again for each theme would take most of the time.
fn build(site: &Site, as_of: &str) {
    site.build(&["--pictures-cache", PICTURES.path().to_str().unwrap(), "--as-of", as_of]);
}

fn leaks(public: &Tree, word: &str) -> Vec<String> {
    let holds = |bytes: &[u8]| String::from_utf8_lossy(&bytes.to_ascii_lowercase()).contains(word);
    public
        .iter()
        .filter(|(path, bytes)| holds(path.as_bytes()) || holds(bytes))
        .map(|(path, _)| path.clone())
        .collect()
}

/// A site with hidden articles and a visible one that refers to them.
fn site_of_canaries(theme: &str) -> Site {
    let site = Site::empty();
    site.write(
        "bulletin.yaml",
        format!("title: Paper\nbase_url: https://plain.example/\ntheme: {theme}\nlists: {{per_page: 1}}\napi: true\n\
             feeds: {{lists: [rss, atom, json], of: [section, tag, author, series]}}\n\
             redirects: {{/to-draft/: /2026/11/qdraftslug/, /to-held/: /old/qheldalias/}}\n"),
    );
    canary(&site, "qdraft", "date: 2026-11-02\ndraft: true");
    canary(&site, "qsched", "date: 2026-11-23T09:00:00Z");
    canary(&site, "qembrgo", "date: 2026-11-02\nembargo: 2026-11-23T10:00:00Z");
    canary(&site, "qheld", "date: 2026-11-02\nstatus: withheld");
    canary(&site, "qexpired", "date: 2026-11-02\nexpires: 2026-11-20");
    let link = |word: &str| format!("/{word}folder/{word}bundle/index.md");
    let links: String = CANARIES[..5]
        .iter()
        .enumerate()
        .map(|(n, word)| {
            format!(
                "[words]({0}), [words][r{n}], <a href=\"{0}\">raw</a>, ![p]({0})\n\n[r{n}]: {0}#x\n\n",
                link(word)
            )
        })
        .collect();
    let related: String =
        CANARIES[..5].iter().map(|word| format!("  - {}\n  - {word}slug\n", link(word))).collect();
    let file = |word: &str, name: &str| format!("{word}folder/{word}bundle/{word}{name}");
    let each =
        |line: &dyn Fn(&str) -> String| CANARIES[..5].iter().map(|word| line(word)).collect::<String>();
    let gallery = each(&|word| format!("- {}\n- {}\n", file(word, "photo.jpg"), file(word, "gallery.jpg")));
    let shown = each(&|word| {
        format!(
            "![]({0})\n![p]({1})\n\n![s]({2})\n\n![f]({3})\n\n",
            file(word, "inside.jpg"),
            file(word, "photo.jpg"),
            file(word, "clip.ogg"),
            file(word, "film.mp4")
        )
    });
    let lead = file(CANARIES[3], "photo.jpg");
    let keys = format!(
        "related:\n{related}ednote: qednote only for the desk\nimage: {lead}\ngallery:\n{gallery}audio: {}\n",
        file(CANARIES[0], "sound.mp3")
    );
    site.write("content/open.md", story("Open", "2026-11-03", &keys, &(links + &shown)));
    site
}

#[test]
fn nothing_of_a_hidden_article_is_in_any_output() {
    for theme in ["plain", "broadsheet"] {
        let site = site_of_canaries(theme);
        build(&site, AS_OF);
        let public = site.public();
        assert!(!leaks(&public, "open").is_empty());
        assert_eq!(leaks(&public, "qednote"), [""; 0], "the note to the desk");
        for word in &CANARIES[..5] {
            assert_eq!(leaks(&public, word), [""; 0], "{theme}: {word}");
        }
        // Once readers may see the stories, the canaries appear.
        build(&site, "2026-11-23T10:00:00Z");
        let public = site.public();
        for word in ["qsched", "qembrgo"] {
            assert!(leaks(&public, word).len() > 8, "{theme}: {word} {:?}", leaks(&public, word));
            assert_eq!(leaks(&public, &format!("{word}ednote")), [""; 0]);
            for part in ["exif", "iim", "xmp", "sounds", "spoken"] {
                let found = leaks(&public, &format!("{word}{part}"));
                assert!(!found.is_empty(), "{theme}: {part} of a visible story");
            }
        }
        let open = String::from_utf8_lossy(&public["2026/11/open/index.html"]);
        assert!(open.contains("QEMBRGOtitle"), "{theme}: a hand-picked story is related once it is out");
        // They are gone again when the clock is set back or the editors hide the stories.
        build(&site, AS_OF);
        let public = site.public();
        for word in &CANARIES[..5] {
            assert_eq!(leaks(&public, word), [""; 0], "{theme}: {word} after it was there");
        }
    }
}

/// An article with import notes that contain `qimport` in every field.
fn imported(keys: &str) -> String {
    let notes = "import:\n  from: qimportkind\n  file: qimportfile.svg\n  hash: qimporthash\n  qimportkey: {qimportinner: [qimportvalue.svg]}\n  \
         fields:\n    title: qimportsure 1:1-38\n    qimportfield: derived 2:1-9\n    date: explicit qimportplace\n  \
         left_out: [qimportleft.svg, \"-30-\"]\n";
    story("Seen by readers", "2026-11-03", &format!("{notes}{keys}"), "Text of it.")
}

#[test]
fn nothing_that_an_import_noted_is_in_any_output() {
    for theme in ["plain", "broadsheet"] {
        let site = site_of_canaries(theme);
        for file in ["qimportfile.svg", "qimportvalue.svg", "qimportleft.svg"] {
            site.write(&format!("content/world/{file}"), "<svg><desc>qimportbytes</desc></svg>");
        }
        site.write(
            "templates/story.html",
            "{% for key, value in article %}{{ key }}={{ value }};{% endfor %}",
        );
        site.write("content/world/a.md", imported(""));
        site.write("content/world/b.md", imported("template: story.html\nextra: {mood: calm}\n"));
        site.write("content/world/c.md", imported("status: withdrawn\n"));
        let build = site.build(&[]);
        assert!(build.stderr.contains("qimportsure"), "the editors are warned: {}", build.stderr);
        let public = site.public();
        assert!(leaks(&public, "seen by readers").len() > 8, "{theme}: {:?}", leaks(&public, "seen by"));
        assert!(String::from_utf8_lossy(&public["2026/11/b/index.html"]).contains("title="), "{theme}");
        assert_eq!(leaks(&public, "qimport"), [""; 0], "{theme}");
        // Deleting the notes does not change the output.
        for (path, keys) in
            [("a", ""), ("b", "template: story.html\nextra: {mood: calm}\n"), ("c", "status: withdrawn\n")]
        {
            site.write(
                &format!("content/world/{path}.md"),
                story("Seen by readers", "2026-11-03", keys, "Text of it."),
            );
        }
        let without = site.build(&[]);
        assert!(without.stderr.contains(" 0 written"), "{theme}: {}", without.stderr);
        assert_same(&public, &site.public(), theme);
    }
}

#[test]
fn nothing_of_a_formerly_visible_article_is_left() {
    for theme in ["plain", "broadsheet"] {
        let site = site_of_canaries(theme);
        canary(&site, "qgone", "date: 2026-11-02");
        build(&site, AS_OF);
        assert!(leaks(&site.public(), "qgonebytes").len() >= 2);
        for gate in ["expires: 2026-11-03", "status: withheld", "draft: true", "embargo: 2026-11-30"] {
            canary(&site, "qgone", &format!("date: 2026-11-02\n{gate}"));
            build(&site, AS_OF);
            assert_eq!(leaks(&site.public(), "qgone"), [""; 0], "{theme}: {gate}");
            canary(&site, "qgone", "date: 2026-11-02");
            build(&site, AS_OF);
            assert!(!leaks(&site.public(), "qgone").is_empty());
        }
        canary(&site, "qgone", "date: 2026-11-02\nstatus: withdrawn");
        build(&site, AS_OF);
        let public = site.public();
        for part in [
            "deck",
            "kicker",
            "dateline",
            "agency",
            "tag",
            "author",
            "role",
            "url",
            "series",
            "canonical",
            "lead",
            "alt",
            "caption",
            "credit",
            "ednote",
            "extra",
            "data",
            "key",
            "value",
            "body",
            "heading",
            "inline",
            "html",
            "raw",
            "bytes",
            "photo",
            "gallery",
            "inside",
            "below",
            "by",
            "sound",
            "name",
            "film",
            "clip",
            "label",
            "spoken",
            "exif",
            "iim",
            "xmp",
        ] {
            // The alias leads to the withdrawal notice.
            let found = leaks(&public, &format!("qgone{part}"));
            assert_eq!(found, [""; 0], "{theme}: {part} of a withdrawn story");
        }
        let page = String::from_utf8(public["2026/11/qgoneslug/index.html"].clone()).unwrap();
        assert!(page.contains("QGONEtitle") && page.contains("qgonecorrection"), "{page}");
        assert_eq!(
            leaks(&public, "qgonetitle"),
            [
                "2026/11/qgoneslug/index.html",
                "2026/11/qgoneslug/index.json",
                "atom.xml",
                "feed.json",
                "rss.xml"
            ],
            "{theme}: only its own page and JSON name it, and the notices of it in feeds"
        );
        site.remove("content/qgonefolder/qgonebundle/index.md");
        build(&site, AS_OF);
        assert_eq!(leaks(&site.public(), "qgone"), [""; 0], "{theme}: its file is deleted");
    }
}

#[test]
fn a_failed_build_changes_nothing() {
    let site = Site::new(&[
        ("content/world/a.md", &story("A", "2026-11-01", "tags: [x]\n", "Text.")),
        ("content/world/b.md", &story("B", "2026-11-02", "", "Text.")),
        ("static/s.css", "a {}"),
    ]);
    site.build(&[]);
    let (before, times_before) = (site.public(), times(&site.path("public")));
    let state = tree(&site.path(".bulletin"));
    let fails = |what: &str, code: i32, args: &[&str]| {
        let run = site.run(args);
        assert_eq!(run.code, Some(code), "{what}: {}", run.stderr);
        assert_same(&before, &site.public(), what);
        assert_eq!(times_before, times(&site.path("public")), "{what}");
        assert_same(&state, &tree(&site.path(".bulletin")), what);
    };
    // Each case changes something, so that a build that continued would be noticed.
    site.write("content/world/new.md", story("New", "2026-11-03", "tags: [x]\n", "Text."));

    site.write("content/world/b.md", "---\ntitle: [\n---\n");
    fails("front matter", 1, &[]);
    site.write("content/world/b.md", story("B changed", "2026-11-02", "", "Text."));

    site.write("templates/article.html", "{{ article.title }}{{ nothing_of_this_name.x }}");
    fails("a template that fails", 1, &[]);
    site.write("templates/article.html", "{% if %}");
    fails("a template that is wrong", 1, &[]);
    site.remove("templates/article.html");

    site.write("bulletin.yaml", format!("{}theme: [\n", crate::support::SETTINGS));
    fails("settings", 1, &[]);
    site.write("bulletin.yaml", crate::support::SETTINGS);

    site.write("templates/front.html", "{{ data(file=\"gone.yaml\") }}");
    fails("data", 1, &[]);
    site.remove("templates/front.html");

    site.write("content/world/c.md", story("C", "2026-11-02", "permalink: /2026/11/a/\n", "Text."));
    fails("two pages with one URL", 1, &[]);
    site.write("content/world/c.md", story("C", "2026-11-02", "titel: x\n", "Text."));
    fails("warnings that count", 1, &["--strict"]);
    site.remove("content/world/c.md");

    let file = site.path("static/s.css").join("below");
    fails("an output folder that cannot be", 2, &["--output", file.to_str().unwrap()]);
    fails("an output folder that must not be", 2, &["--output", site.path("content").to_str().unwrap()]);

    let run = site.build(&[]);
    assert!(run.stderr.contains("Built 3 stories"), "{}", run.stderr);
    assert_ne!(before, site.public());
}

const MANY: usize = 1500;

/// A site with many stories, all of which change with `edition`. Every tenth exists only in even editions.
fn many(site: &Site, edition: usize) {
    let template =
        fs::read_to_string(repository().join("tests/it/support/plain/templates/article.html")).unwrap();
    site.write(
        "templates/article.html",
        template.replace("<article", &format!("<article data-edition=\"{edition}\"")),
    );
    for number in 0..MANY {
        let path = format!("content/s{}/n{number}.md", number % 5);
        let comes_and_goes = number % 10 == 0;
        if comes_and_goes && edition % 2 == 1 {
            let _ = fs::remove_file(site.path(&path));
        } else if edition == 0 || comes_and_goes {
            let date = format!("2026-{:02}-{:02}", 1 + number % 10, 1 + number % 27);
            site.write(
                &path,
                story(&format!("Story {number}"), &date, "", &"Some words of a story. ".repeat(20)),
            );
        }
    }
}

#[test]
fn a_killed_build_leaves_no_half_file() {
    let site = Site::empty();
    site.write(
        "bulletin.yaml",
        format!("{}lists: {{archives: false}}\nsections: [s0, s1, s2, s3, s4]\n", crate::support::SETTINGS),
    );
    let whole = |edition: usize| {
        many(&site, edition);
        let other = site.root.with_file_name(format!("clean-{edition}"));
        site.build(&["--output", other.to_str().unwrap()]);
        tree(&other)
    };
    let mut editions: Vec<Tree> = vec![whole(0), whole(1)];
    many(&site, 0);
    site.build(&[]);
    assert_same(&editions[0], &site.public(), "the first build");
    let staged = |shard: &str| site.path(&format!(".bulletin/staging/{shard}"));
    let count = |shard: &str| fs::read_dir(staged(shard)).map_or(0, Iterator::count);
    let shown = |path: &str| fs::read(site.path("public").join(path)).unwrap_or_default();
    // Kills the build when the first file is staged, half way through, at the first moves and at the last.
    let mut killed_while_moving = 0;
    for round in 1..=6 {
        let (old, new) = (editions[(round + 1) % 2].clone(), editions[round % 2].clone());
        many(&site, round % 2);
        let record = old[".bulletin-files"].clone();
        let mut child = site.command(&["-q"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let is_time = || match round {
            1 => count("0") > 0,
            2 => count("63") > 8,
            3 => shown(".bulletin-files") != record,
            // Files are moved in parallel, in two halves. These are early and late ones.
            4 => shown("2026/02/n101/index.html") != old["2026/02/n101/index.html"],
            5 => new
                .keys()
                .filter(|path| path.ends_with("/index.html"))
                .step_by(97)
                .any(|path| old.get(path) != Some(&shown(path))),
            _ => {
                new.keys()
                    .filter(|path| path.ends_with("/index.html"))
                    .step_by(97)
                    .filter(|path| old.get(*path) != Some(&shown(path)))
                    .count()
                    > 6
            }
        };
        while child.try_wait().unwrap().is_none() && !is_time() {
            std::thread::sleep(Duration::from_micros(200));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let left = site.public();
        killed_while_moving += usize::from(left != old && left != new);
        for (path, bytes) in left.iter().filter(|(path, _)| path.ends_with(".html")) {
            assert!(
                bytes.ends_with(b"</html>\n") || bytes.ends_with(b"</html>"),
                "round {round}: {path} is half a file"
            );
            let known = old.get(path) == Some(bytes) || new.get(path) == Some(bytes);
            assert!(known, "round {round}: {path} is neither of the old site nor of the new one");
        }
        site.build(&["-q"]);
        assert_same(&new, &site.public(), &format!("the build after round {round}"));
        assert!(!site.path(".bulletin/staging").exists(), "round {round}");
    }
    assert!(killed_while_moving > 0, "no build was killed at a moment that matters");
    editions.clear();
}

/// The pages of a site in memory, with the dependencies of each.
struct Proof {
    pages: BTreeMap<String, Vec<Arc<Dependency>>>,
}

impl Proof {
    fn of(site: &Site) -> Self {
        let dir = SiteDir::new(&site.root);
        let (config, problems) = Config::parse(&"bulletin.yaml".into(), &site.read("bulletin.yaml").into());
        assert!(problems.is_empty(), "{problems:?}");
        let config = Arc::new(config.unwrap());
        let (theme, problems) = Theme::load(&dir, &config);
        assert!(problems.is_empty(), "{problems:?}");
        let theme = theme.unwrap();
        let (statics, _) = theme::statics(&dir, &config, None);
        let (content, problems) = Content::load(&dir, &config, &mut SourceCache::disabled(), None);
        assert!(problems.is_empty(), "{problems:?}");
        let view = View { as_of: AS_OF.parse().unwrap(), drafts: false };
        let (edition, problems) = Edition::new(config, Arc::new(content), statics, view);
        assert!(problems.is_empty(), "{problems:?}");
        let edition = Arc::new(edition);
        let queries = Arc::new(Queries::new(Arc::clone(&edition), dir.data(), Arc::default()));
        let renderer = Renderer::new(Arc::new(theme), queries);
        let read = |page: &Page| -> (String, Vec<Arc<Dependency>>) {
            let Rendered { dependencies, .. } = renderer.render(&renderer.prepare(page).unwrap()).unwrap();
            (page.route.as_str().to_owned(), dependencies)
        };
        let html = edition.plan.pages().iter().filter(|page| !matches!(page.kind, PageKind::File(_)));
        Self { pages: html.map(read).collect() }
    }

    fn at(&self, path: &str) -> &[Arc<Dependency>] {
        &self.pages[path]
    }
}

#[test]
fn a_page_depends_on_what_it_reads() {
    let site = Site::new(&[
        ("bulletin.yaml", &format!("{}sections: [world, sport]\n", crate::support::SETTINGS)),
        ("data/d.yaml", "word: one\n"),
        ("static/s.css", "a {}\n"),
        ("content/world/a.md", &story("A", "2026-11-01", "tags: [ferries]\n", "Text.")),
        ("content/world/b.md", &story("B", "2026-11-02", "tags: [ferries]\n", "Text.")),
        ("content/sport/c.md", &story("C", "2026-11-03", "tags: [rowing]\n", "Text.")),
        (
            "templates/404.html",
            "{% set d = data(file=\"d.yaml\") %}{{ d.word }}{{ asset(name=\"s.css\") }}{% set c = article(path=\"sport/c.md\") %}{{ c.title }}{% for term in terms(kind=\"tags\") %}{{ term.name }}{% endfor %}",
        ),
    ]);
    let first = Proof::of(&site);
    let related = |url: &str| Query::Related(url.to_owned(), 3);
    let queries =
        |all: &[Arc<Dependency>]| all.iter().map(|dependency| dependency.query.clone()).collect::<Vec<_>>();
    assert_eq!(queries(first.at("/2026/11/b/")), [related("/2026/11/b/")]);
    let of_front = queries(first.at("/"));
    assert!(matches!(&of_front[..], [Query::Articles(wanted)] if wanted.limit == 20), "{of_front:?}");
    let of_404 = queries(first.at("/404.html"));
    assert!(of_404.contains(&Query::Data("d.yaml".into())), "{of_404:?}");
    assert!(of_404.contains(&Query::Asset("s.css".into())), "{of_404:?}");
    assert!(of_404.contains(&Query::Article("sport/c.md".into())), "{of_404:?}");
    assert!(of_404.iter().any(|query| matches!(query, Query::Terms(..))), "{of_404:?}");

    // A second read gives the same results.
    assert_eq!(first.pages, Proof::of(&site).pages);

    // A change to an unrelated story.
    site.write("content/sport/d.md", story("D", "2026-11-04", "", "Text."));
    let second = Proof::of(&site);
    assert_eq!(first.at("/2026/11/b/"), second.at("/2026/11/b/"));
    assert_eq!(first.at("/2026/11/c/"), second.at("/2026/11/c/"));
    assert_eq!(first.at("/404.html"), second.at("/404.html"));
    assert_ne!(first.at("/"), second.at("/"));

    // A change to a story's card affects exactly the pages that show it.
    site.write("content/world/a.md", story("A, corrected", "2026-11-01", "tags: [ferries]\n", "Text."));
    let third = Proof::of(&site);
    assert_ne!(second.at("/2026/11/b/"), third.at("/2026/11/b/"));
    assert_ne!(second.at("/"), third.at("/"));
    assert_eq!(second.at("/2026/11/c/"), third.at("/2026/11/c/"));
    assert_eq!(second.at("/404.html"), third.at("/404.html"));

    // A change to a story's text affects its own page, which has the text as a direct input.
    for (path, text) in [
        ("data/d.yaml", "word: two\n"),
        ("static/s.css", "b {}\n"),
        ("content/sport/c.md", "---\ntitle: C2\ndate: 2026-11-03\ntags: [rowing]\n---\nText.\n"),
    ] {
        let (was, before) = (site.read(path), Proof::of(&site));
        site.write(path, text);
        let after = Proof::of(&site);
        assert_ne!(before.at("/404.html"), after.at("/404.html"), "{path}");
        assert_eq!(before.at("/2026/11/b/"), after.at("/2026/11/b/"), "{path}");
        site.write(path, was);
    }
}

#[test]
fn related_stories_depend_on_what_makes_them_similar() {
    let site = Site::new(&[
        ("content/p.md", &story("P", "2026-11-01", "tags: [a]\n", "Text.")),
        ("content/q.md", &story("Q", "2026-11-02", "tags: [b]\nsection: local\n", "Text.")),
        ("content/me.md", &story("Me", "2026-11-03", "tags: [a]\nsection: local\n", "Text.")),
        (
            "templates/404.html",
            "{% for other in related(to=\"/2026/11/me/\", limit=1) %}{{ other.title }}{% endfor %}",
        ),
    ]);
    site.build(&[]);
    assert_eq!(site.public()["404.html"], b"P", "a tag counts more than a section");
    // The same stories are compared, and now both share a tag.
    site.write("content/me.md", story("Me", "2026-11-03", "tags: [a, b]\n", "Text."));
    site.build(&[]);
    assert_eq!(site.public()["404.html"], b"Q", "the newer one");
}

#[test]
fn the_path_of_a_site_does_not_affect_its_output() {
    let site =
        Site::new(&[("content/a.md", &story("A", "2026-11-01", "", "Text.")), ("static/s.css", "a {}")]);
    site.build(&[]);
    let run = crate::support::Run::of(
        crate::support::bulletin().args(["build", "--as-of", AS_OF, "--site"]).arg(&site.root),
    );
    assert!(run.stderr.contains(" 0 rendered, 0 written, "), "{}", run.stderr);
}
