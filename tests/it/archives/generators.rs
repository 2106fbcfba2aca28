//! Imports sites of Hugo, Zola, Jekyll, Pelican, Eleventy, Astro and Hexo.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bulletin::config::Config;
use bulletin::content::Key;
use bulletin::diagnostic::Diagnostic;
use bulletin::import::old_site::{OldList, OldSite};
use bulletin::import::{
    self, FieldKey, File, ImportContext, Importer, Input, Origin, Refusal, Request, Sample, Source, Story,
    importers,
};
use bulletin::site::SiteDir;
use tempfile::TempDir;

use crate::support::{Run, Site, bulletin};

mod hugo;
mod jekyll;
mod pelican;
mod zola;

/// The stories and site data that an importer reads from a folder.
#[derive(Default)]
struct Seen {
    site: OldSite,
    files: Vec<(PathBuf, Result<Vec<Story>, Refusal>)>,
    skipped: Vec<(PathBuf, String)>,
    statics: Vec<String>,
}

/// An importer that records what another one reads.
struct Probe {
    real: &'static dyn Importer,
    seen: Mutex<Option<Seen>>,
}

impl Importer for Probe {
    fn name(&self) -> &'static str {
        self.real.name()
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, _: &Sample<'_>) -> bool {
        false
    }

    fn open(
        &self,
        folder: Option<&Path>,
        desk: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        let source = self.real.open(folder, desk)?;
        let listing = source.files();
        let read = |path: &PathBuf| {
            let file = File { bytes: std::fs::read(path).unwrap(), path: path.clone() };
            (path.clone(), source.read(&file, desk))
        };
        let statics = source.statics().into_iter().map(|media| media.name).collect();
        let files = listing.files.iter().map(read).collect();
        let seen = Seen { site: source.site(), files, skipped: listing.skipped, statics };
        self.seen.lock().unwrap().get_or_insert(seen);
        Ok(source)
    }
}

fn seen(kind: &str, folder: &Path) -> Seen {
    seen_for("https://new.example/", kind, folder)
}

/// Reads an archive for a site with this base URL.
fn seen_for(base: &str, kind: &str, folder: &Path) -> Seen {
    let real = importers::named(kind).unwrap();
    let probe: &'static Probe = Box::leak(Box::new(Probe { real, seen: Mutex::new(None) }));
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("content")).unwrap();
    std::fs::write(site.path().join("bulletin.yaml"), format!("title: x\nbase_url: {base}\n")).unwrap();
    let config = Config::new("x", base.parse().unwrap());
    let request = Request {
        inputs: vec![Input::Path(folder.to_owned())],
        kind: Some(probe),
        section: None,
        date: None,
        status: None,
        update: false,
        dry_run: true,
    };
    import::import(&request, &SiteDir::new(site.path()), &config, &mut |_| {}).unwrap();
    probe.seen.lock().unwrap().take().unwrap()
}

/// The result for a file.
struct Made {
    story: Story,
    skipped: Vec<String>,
    statics: Vec<String>,
}

impl Made {
    /// A field as JSON; empty if it is not there.
    fn field(&self, key: impl Into<FieldKey>) -> String {
        self.story.field(key).map(|field| field.value.to_string()).unwrap_or_default()
    }

    fn codes(&self) -> Vec<&'static str> {
        self.story.remarks.iter().map(|remark| remark.code).collect()
    }
}

/// The key of a field that has this name.
fn field_key(name: &str) -> FieldKey {
    match name.strip_prefix("extra.") {
        Some(name) => FieldKey::extra(name.to_owned()),
        None => Key::from_name(name).expect(name).into(),
    }
}

/// A folder with these files.
fn archive(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let file = dir.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    dir
}

/// The stories of all files of an archive, in order.
fn read_all(kind: &str, dir: &TempDir) -> Vec<Made> {
    let Seen { files, skipped, statics, .. } = seen(kind, dir.path());
    let skipped: Vec<String> = skipped.into_iter().map(|(_, why)| why).collect();
    let made = |(path, read): (PathBuf, Result<Vec<Story>, Refusal>)| Made {
        story: read.unwrap_or_else(|why| panic!("{}: {why:?}", path.display())).remove(0),
        skipped: skipped.clone(),
        statics: statics.clone(),
    };
    files.into_iter().map(made).collect()
}

/// The story of a file of an archive.
fn read(kind: &str, dir: &TempDir, path: &str) -> Made {
    let mut seen = seen(kind, dir.path());
    let (_, read) = seen.files.iter_mut().find(|(file, _)| *file == dir.path().join(path)).unwrap();
    Made {
        story: read.as_mut().unwrap().remove(0),
        skipped: seen.skipped.into_iter().map(|(_, why)| why).collect(),
        statics: seen.statics,
    }
}

fn lists(all: &[OldList]) -> Vec<String> {
    all.iter().map(|list| format!("{} {} {}", list.slug, list.title, list.urls.join(" "))).collect()
}

/// Imports an archive into a new site, with only these tools on the path.
fn imported(dir: &TempDir, path: &str) -> (Site, Run) {
    let site = Site::bare(&[]);
    std::fs::remove_dir(&site.root).unwrap();
    let run =
        Run::of(bulletin().env("PATH", path).args(["import", "--site"]).arg(&site.root).arg(dir.path()));
    (site, run)
}

const RESTRUCTURED: &str = "The mayor\n#########\n\n:date: 2015-03-04 08:00\n:tags: wells,\n    water\n\nHe said *no* of `it <{filename}b.md>`_.\n\n\
    .. gone:: x\n\n   Inner\n\nLater\n=====\n\n.. code-block:: python\n\n   print(1)\n\n.. include:: /etc/passwd\n";
const ASCIIDOC: &str =
    "= The crane\n:date: 2015-03-05\n:word: big\n\nA {word} crane.\n\n== Later\n\ninclude::secret.txt[]\n";

fn in_other_markup() -> TempDir {
    archive(&[
        ("pelicanconf.py", "SITENAME = 'x'\nSITEURL = 'https://x.example'\n"),
        ("content/a.rst", RESTRUCTURED),
        ("content/b.md", "Title: Bee\nDate: 2015-01-01\n\nText\n"),
        ("content/c.adoc", ASCIIDOC),
        ("content/secret.txt", "secret"),
    ])
}

#[test]
fn texts_in_other_markup_are_reported_with_advice() {
    let dir = in_other_markup();
    let (site, run) = imported(&dir, "");
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for words in [
        "install docutils (`pip install docutils`) and run",
        "install Asciidoctor (`gem install asciidoctor`)",
    ] {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert!(site.path("content/2015/2015-01-01-b.md").is_file());
}

#[test]
fn tools_convert_other_markup_and_read_no_other_file() {
    let path = std::env::var("PATH").unwrap();
    let has = |tool: &str| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let dir = in_other_markup();
    let (site, run) = imported(&dir, &path);
    let body = |file: &str| site.read(file).split("\n---\n").nth(1).unwrap().to_owned();
    if has("rst2html5") {
        let text = body("content/2015/2015-03-04-a.md");
        for part in ["He said *no* of [it](/bee.html).", "## Later", "```python\nprint(1)\n```", "Inner"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("root:") && run.stderr.contains("`gone`"), "{text} {}", run.stderr);
        assert!(site.read("content/2015/2015-03-04-a.md").contains("tags:\n- wells\n- water\n"));
    } else {
        // The web checks install it.
    }
    if has("asciidoctor") {
        let text = body("content/2015/2015-03-05-c.md");
        assert!(
            text.contains("A big crane.") && text.contains("## Later") && !text.contains("secret\n"),
            "{text}"
        );
    }
}

#[test]
fn folders_of_markdown_are_archives() {
    for (kind, file) in
        [("eleventy", ".eleventy.js"), ("astro", "astro.config.ts"), ("hexo", "source/_posts/a.md")]
    {
        let dir = archive(&[(file, ""), ("_config.yml", "")]);
        let fitting = ["jekyll", "pelican", "zola", "hugo", "hexo", "eleventy", "astro"];
        let first = import::importers::ALL.iter().filter(|importer| fitting.contains(&importer.name()));
        let first = first.copied().find(|importer| importer.fits_folder(dir.path())).unwrap();
        // Many folders have a settings file of Jekyll.
        assert_eq!(first.name(), kind);
    }
}

#[test]
fn urls_of_hexo_follow_its_pattern() {
    let head = "---\ntitle: My Post\ndate: 2019-05-07 08:09:10\ncategories: [Sea Side, [Deep]]\n---\nText";
    for (settings, file, expected) in [
        ("", "_posts/a-b.md", "/2019/05/07/a-b/"),
        ("permalink: :category/:title.html", "_posts/x/a-b.md", "/Sea-Side/Deep/x/a-b.html"),
        ("permalink: p/:i_month-:i_day/:name/\nroot: /r/", "_posts/x/a-b.md", "/r/p/5-7/a-b/"),
        ("permalink: :post_title/", "_posts/a.md", "/My-Post/"),
        ("permalink: :title/\nnew_post_name: :year-:month-:day-:title.md", "_posts/2019-05-07-a.md", "/a/"),
        ("", "about/index.md", "/about/"),
        ("", "about/us.md", "/about/us.html"),
    ] {
        let dir = archive(&[
            ("_config.yml", settings),
            ("source/_posts/z.txt", ""),
            (&format!("source/{file}"), head),
        ]);
        assert_eq!(read_all("hexo", &dir)[0].story.old_url.as_deref(), Some(expected), "{settings} {file}");
    }
}

#[test]
fn urls_of_eleventy_follow_data_files_and_simple_templates() {
    for (permalink, expected) in [
        ("", Some("/posts/2019-05-07-gate/")),
        ("permalink: '/n/{{ page.fileSlug }}/index.html'", Some("/n/gate/")),
        ("permalink: '/n{{ page.filePathStem }}.html'", Some("/n/posts/gate.html")),
        ("permalink: '{{ title | slugify }}/'", Some("/the-gate/")),
        ("permalink: \"/{{ page.date | date: '%Y/%m' }}/{{ page.fileSlug }}/\"", Some("/2019/05/gate/")),
        ("permalink: '/{% if x %}a{% endif %}/'", None),
        ("permalink: false", None),
    ] {
        let file = format!("---\ntitle: The gate\n{permalink}\n---\nText");
        let dir = archive(&[
            ("eleventy.config.js", "dir: { input: 'src' }"),
            ("src/posts/2019-05-07-gate.md", &file),
        ]);
        assert_eq!(read_all("eleventy", &dir)[0].story.old_url.as_deref(), expected, "{permalink}");
    }
}

#[test]
fn a_tag_in_capitals_builds() {
    let post = "---\ntitle: A\ndate: 2019-05-07 08:00:00\ntags: [Sea Side]\n---\nText";
    let dir = archive(&[("_config.yml", "title: x\nurl: https://x.example\n"), ("source/_posts/a.md", post)]);
    let (site, run) = imported(&dir, "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    site.build(&[]);
    assert!(site.public().contains_key("tags/sea-side/index.html"));
}
