//! Imports sites of Pelican.

use std::path::Path;

use bulletin::content::Key;
use bulletin::import::{Confidence, Identity, Sample, importers};
use serde_json::Value as Json;

use super::{Made, archive, field_key, lists, read, read_all, seen};

fn made(settings: &str, path: &str, text: &str) -> Made {
    read_all("pelican", &archive(&[("pelicanconf.py", settings), (path, text)])).remove(0)
}

fn url(settings: &str, path: &str, head: &str) -> String {
    made(settings, path, &format!("Title: The Sea & I\nDate: 2019-05-07 10:30\n{head}\n\nText\n"))
        .story
        .old_url
        .unwrap()
}

#[test]
fn urls_follow_the_settings() {
    for (settings, path, head, expected) in [
        ("", "content/a.md", "", "/the-sea-i.html"),
        ("SITEURL = 'https://x.example/b'", "content/a.md", "Slug: gate", "/b/gate.html"),
        (
            "ARTICLE_URL = 'posts/{date:%Y}/{date:%b}/{slug}/'",
            "content/a.md",
            "",
            "/posts/2019/May/the-sea-i/",
        ),
        (
            "ARTICLE_SAVE_AS = '{category}/{author}/{slug}/index.html'",
            "content/port/a.md",
            "Author: Ana Ruiz",
            "/port/ana-ruiz/the-sea-i/",
        ),
        ("ARTICLE_URL = '{category}/{slug}'", "content/a.md", "", "/misc/the-sea-i"),
        ("", "content/pages/a.md", "", "/pages/the-sea-i.html"),
        ("PAGE_URL = '{slug}/'\nPAGE_PATHS = ['p']", "content/p/a.md", "", "/the-sea-i/"),
        ("", "content/a.md", "Lang: fr", "/the-sea-i-fr.html"),
        ("DEFAULT_LANG = 'fr'", "content/a.md", "Lang: fr", "/the-sea-i.html"),
        ("SLUGIFY_SOURCE = 'basename'", "content/My a.md", "", "/my-a.html"),
        ("", "content/a.md", "Save_as: x/index.html", "/x/"),
        ("ARTICLE_URL = '{date:%Q%!}{slug'", "content/a.md", "", "/slug"),
        ("PATH = 'text'", "text/a.md", "", "/the-sea-i.html"),
    ] {
        assert_eq!(url(settings, path, head), expected, "{settings} {path} {head}");
    }
}

#[test]
fn headers_become_fields() {
    let text = "Title: Gate: open\nDate: Tue, 7 May 2019 10:30\nModified: 2019-05-08\nCategory: Port\nTags: sea, salt; water\n\
        Authors: Ruiz, Ana; Lind, Bo\nSummary: One\n    two\nTranslation: true\nStatus: published\nTemplate: wide\n\nText\n";
    let made = made("", "content/deep/2018-01-01-a.md", text);
    for (key, value) in [
        ("title", "\"Gate: open\""),
        ("date", "\"2019-05-07 10:30\""),
        ("updated", "\"2019-05-08\""),
        ("section", "\"Port\""),
        ("tags", "[\"sea, salt\",\"water\"]"),
        ("authors", "[\"Ruiz, Ana\",\"Lind, Bo\"]"),
        ("deck", "\"One\\ntwo\""),
        ("extra.translation", "\"true\""),
        ("extra.template", "\"wide\""),
        ("draft", ""),
    ] {
        assert_eq!(made.field(field_key(key)), value, "{key}");
    }
    assert_eq!(made.story.name.as_deref(), Some("a"));
    assert_eq!(made.story.field(Key::Date).unwrap().spans[0].to_string(), "2:1-28");
}

#[test]
fn unlisted_posts_are_drafts() {
    for status in ["draft", "skip", "nonsense"] {
        let story =
            made("", "content/a.md", &format!("Title: x\nDate: 2019-01-01\nStatus: {status}\n\nText\n"))
                .story;
        assert_eq!(story.field(Key::Draft).map(|field| &field.value), Some(&Json::Bool(true)), "{status}");
        assert_eq!(story.old_url.is_some(), status == "nonsense", "{status}");
    }
    let hidden = made("", "content/a.md", "Title: x\nDate: 2019-01-01\nStatus: hidden\n\nText\n");
    assert_eq!([Key::Draft, Key::Noindex, Key::Feed].map(|key| hidden.field(key)), ["", "true", "false"]);
    assert_eq!(made("", "content/a.md", "Title: x\n\nText\n").field(Key::Draft), "true");
}

#[test]
fn folders_are_categories_and_file_names_may_contain_dates() {
    let made = made("", "content/news/port/2019-05-07-a.md", "Title: x\n\nText\n");
    assert_eq!(
        (made.field(Key::Section).as_str(), made.field(Key::Date).as_str()),
        ("\"port\"", "\"2019-05-07\"")
    );
    assert_eq!(made.story.field(Key::Date).unwrap().confidence, Confidence::Derived);
    let page = self::made("", "content/pages/us/a.md", "Title: x\nURL: who/\n\nText\n");
    assert_eq!(
        (page.story.folder.as_deref(), page.field(Key::Permalink).as_str()),
        (Some("us"), "\"/who/\"")
    );
}

#[test]
fn links_in_pelican_notation_are_resolved() {
    let text = "Title: x\nDate: 2019-01-01\n\n[b]({filename}../b.md#c) [d]({filename}/b.md) ![e]({static}/images/e.png) \
        ![f]({attach}f.png) [g](|filename|../b.md) [h]({tag}sea) [i]({index}) ![j]({static}/gone.png) [k]({filename}none.md)\n";
    let dir = archive(&[
        ("pelicanconf.py", "SITEURL = 'https://x.example/s'"),
        ("content/port/a.md", text),
        ("content/b.md", "Title: Bee\nDate: 2019-01-01\n\nText\n"),
        ("content/images/e.png", "x"),
        ("content/port/f.png", "x"),
        ("content/port/c.rst", "x"),
        ("content/notes.md", "No headers\n"),
    ]);
    let made = read("pelican", &dir, "content/port/a.md");
    assert_eq!(
        made.story.body,
        "[b](/s/bee.html#c) [d](/s/bee.html) ![e](/images/e.png) ![f](f.png) [g](/s/bee.html) [h](/s/tag/sea.html) [i](/s/) \
         ![j](/s/gone.png) [k](/s/port/none)\n"
    );
    assert_eq!(made.codes(), ["import/missing-file", "import/link"]);
    assert_eq!(made.statics, ["images/e.png"]);
}

#[test]
fn its_files_and_folders_are_known() {
    let sample = |name, head| importers::named("pelican").unwrap().fits(&Sample { name, head });
    assert!(sample("a.md", "Title: x\nDate: 2019-01-01\n\nText"));
    assert!(!sample("a.md", "---\nTitle: x\nDate: 2019-01-01\n---\nText"));
    assert!(!sample("a.txt", "Title: x\nDate: 2019-01-01\n\nText"));
    let dir = archive(&[("pelicanconf.py", ""), ("content/a.md", "x")]);
    assert!(
        importers::named("pelican").unwrap().fits_folder(dir.path())
            && importers::named("pelican").unwrap().fits_folder(&dir.path().join("content"))
    );
    assert!(!importers::named("pelican").unwrap().fits_folder(Path::new("/nowhere")));
}

#[test]
fn posts_hidden_by_the_settings_are_skipped_or_drafts() {
    let text = "Title: x\nDate: 2019-01-01\n\nText\n";
    let dir = archive(&[
        (
            "pelicanconf.py",
            "DEFAULT_METADATA = {\n  'status': 'draft', # not yet\n  'n': 1, 'm': f(x),\n  'tags': ('sea',),\n}\n\
            ARTICLE_EXCLUDES = ['excl']\nPAGE_EXCLUDES = ['pages/old']\nIGNORE_FILES = ['ign*']\n",
        ),
        ("content/a.md", text),
        ("content/b.md", &format!("Status: published\n{text}")),
        ("content/excl/deep/c.md", text),
        ("content/ignored.md", text),
        ("content/pages/old/d.md", text),
        ("content/pages/excl.md", text),
    ]);
    let all = read_all("pelican", &dir);
    let drafts: Vec<_> = all.iter().map(|made| made.field(Key::Draft)).collect();
    assert_eq!(drafts, ["true", "", "true"]);
    assert_eq!(all[1].field(Key::Tags), "[\"sea\"]");
    assert_eq!(all[0].skipped, ["the settings of the old site exclude it"; 3]);
}

#[test]
fn source_files_are_not_copied() {
    let text = "Title: x\nDate: 2019-01-01\n\n[a](|filename|/b.rst) [c]({filename}/d.md) [e]({attach}n.txt) [f]({attach}f.pdf)\n";
    let dir = archive(&[
        ("pelicanconf.py", "IGNORE_FILES = ['d.md']"),
        ("content/a.md", text),
        ("content/b.rst", "x"),
        ("content/d.md", "x"),
        ("content/n.txt", "x"),
        ("content/f.pdf", "x"),
    ]);
    let made = read("pelican", &dir, "content/a.md");
    assert_eq!(made.story.body, "[a](/b) [c](/d) [e](/n.txt) [f](f.pdf)\n");
    assert_eq!(made.story.media.iter().map(|media| media.name.as_str()).collect::<Vec<_>>(), ["f.pdf"]);
    assert_eq!(made.codes(), ["import/link", "import/link", "import/missing-file"]);
}

#[test]
fn settings_are_read_in_several_spellings() {
    let text = "Title: Gate\nAuthor: Ana Ruiz; Bo Lind\n\nText\n";
    for name in ["pelican.conf.py", "pelicanconf-site.py"] {
        let dir = archive(&[
            (name, "SITEURL = 'https://x.example'\nPAGE_URL = PAGE_SAVE_AS = '{slug}/'\n"),
            ("content/pages/a.md", text),
        ]);
        assert!(importers::named("pelican").unwrap().fits_folder(dir.path()), "{name}");
        let made = read("pelican", &dir, "content/pages/a.md");
        assert_eq!(made.story.old_url.as_deref(), Some("/gate/"));
        assert_eq!(made.field(Key::Authors), "[\"Ana Ruiz\",\"Bo Lind\"]");
        let id = "https://x.example/gate/".to_owned();
        assert_eq!(made.story.identity, Some(Identity::Given(id)));
    }
}

#[test]
fn site_settings_are_read() {
    let conf = "AUTHOR = 'Ana Ruiz'\nSITENAME = 'Harbour'\nSITEURL = ''\nTIMEZONE = 'Asia/Tokyo'\nDEFAULT_LANG = 'en'\nDEFAULT_DATE = (2019, 5, 7)\n\
        DEFAULT_CATEGORY = 'port'\nMENUITEMS = (('Home', '/'),\n ('Out', 'https://o.example/'))\nTAG_URL = 't/{slug}/'\nAUTHOR_SAVE_AS = ''\n\
        EXTRA_PATH_METADATA = {'extra/f.ico': {'path': 'favicon.ico'}}\nSTATIC_PATHS = ['extra']\n\
        FILENAME_METADATA = '(?P<date>\\d{4}-\\d{2}-\\d{2})_(?P<slug>.*)'\nARTICLE_URL = ARTICLE_SAVE_AS = '{slug}/'\n";
    let dir = archive(&[
        ("pelicanconf.py", conf),
        (
            "publishconf.py",
            "SITEURL = 'https://h.example/b'\nFEED_ALL_ATOM = None\nFEED_ALL_RSS = 'feed.xml'\n",
        ),
        ("content/2020-01-02_gate.md", "Title: x\nTags: sea, C++\n\n[a]({tag}sea) [b]({category}old-port)\n"),
        (
            "content/b.md",
            "---\ntitle: 'Yaml: too'\ntags: [sea, salt]\ncategory: Ships\nauthors: Bo Lind\n---\nText\n",
        ),
        ("content/extra/f.ico", "x"),
        ("content/extra/site.css", "x"),
    ]);
    let all = read_all("pelican", &dir);
    let shown = |key: &str| all.iter().map(|made| made.field(field_key(key))).collect::<Vec<_>>().join(" ");
    assert_eq!(shown("date"), "\"2020-01-02\" \"2019-05-07\"");
    assert_eq!(shown("authors"), "[\"Ana Ruiz\"] [\"Bo Lind\"]");
    assert_eq!(shown("section") + &shown("extra.section"), "\"port\" \"Ships\" ");
    assert_eq!(all[0].story.old_url.as_deref(), Some("/b/gate/"));
    assert_eq!(all[0].story.body, "[a](/b/t/sea/) [b](/b/category/old-port.html)\n");
    assert_eq!(all[0].statics, ["extra/site.css", "favicon.ico"]);
    let site = seen("pelican", dir.path()).site;
    assert_eq!(site.base_url.as_deref(), Some("https://h.example/b/"));
    assert_eq!((site.title.as_deref(), site.permalink.as_deref()), (Some("Harbour"), None));
    assert_eq!(
        lists(&site.sections),
        ["port Port /b/category/port.html", "ships Ships /b/category/ships.html"]
    );
    assert_eq!(lists(&site.tags), ["c-plus-plus C++ /b/t/c/", "salt salt /b/t/salt/", "sea sea /b/t/sea/"]);
    assert!(site.authors.is_empty());
    assert_eq!(
        site.menus[0].1.iter().map(|item| &*item.url).collect::<Vec<_>>(),
        ["/b/", "https://o.example/"]
    );
    assert_eq!(site.redirects[0].from, "/b/feed.xml");
}
