//! Imports sites of Hugo and Zola.

use crate::support::{Run, Site, bulletin, tree};

/// A site with its own settings, into which an archive was imported.
fn imported(settings: &str, archive: &[(&str, &str)]) -> Site {
    let site = Site::empty();
    site.write("bulletin.yaml", format!("title: P\nbase_url: https://paper.example/\n{settings}"));
    for (path, text) in archive {
        site.write(&format!("../old/{path}"), text);
    }
    let old = site.path("../old");
    let run = Run::of(bulletin().arg("import").arg(&old).arg("--site").arg(&site.root));
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    site
}

/// The same site, built.
fn moved(settings: &str, archive: &[(&str, &str)]) -> Site {
    let site = imported(settings, archive);
    site.build(&[]);
    site
}

/// The old URL path of the only story of an archive, which is its id.
fn old_url(settings: (&str, &str), path: &str, text: &str) -> String {
    let site = imported("", &[settings, (path, text)]);
    let articles = tree(&site.path("content"));
    let text = String::from_utf8(articles.into_values().next().unwrap()).unwrap();
    let id = text.lines().find_map(|line| line.strip_prefix("id: https://old.example")).unwrap();
    id.to_owned()
}

const STORY: &str = "---\ntitle: Strike\ndate: 2024-05-01T10:00:00Z\n---\nText.\n";
const GREVE: &str = "---\ntitle: Grève\ndate: 2024-05-01T10:00:00Z\n---\nTexte.\n";

#[test]
fn translations_are_linked() {
    let one_file = "baseURL = 'https://old.example/'\ndefaultContentLanguage = 'en'\n\
        [languages.en]\ncontentDir = 'content/en'\n[languages.fr]\ncontentDir = 'content/fr'\n";
    let names = "baseURL = 'https://old.example/'\n[languages.en]\n[languages.fr]\n";
    let folders = [("content/en/post/strike.md", STORY), ("content/fr/post/strike.md", GREVE)];
    let sites: [&[(&str, &str)]; 5] = [
        &[("hugo.toml", one_file), folders[0], folders[1]],
        &[
            (
                "config/_default/hugo.toml",
                "baseURL = 'https://old.example/'\ndefaultContentLanguage = 'en'\n",
            ),
            ("config/_default/languages.en.toml", "contentDir = 'content/en'\n"),
            ("config/_default/languages.fr.toml", "contentDir = 'content/fr'\n"),
            folders[0],
            folders[1],
        ],
        &[("hugo.toml", names), ("content/post/strike.md", STORY), ("content/post/strike.fr.md", GREVE)],
        &[
            ("hugo.toml", names),
            ("content/post/strike.md", &STORY.replace("title", "translationKey: s\ntitle")),
            ("content/post/greve.fr.md", &GREVE.replace("title", "translationKey: s\ntitle")),
        ],
        &[("hugo.toml", "baseURL = 'https://old.example/'\n"), folders[0], folders[1]],
    ];
    for (number, files) in sites.iter().enumerate() {
        let site = moved("permalink: /:section/:slug/\n", files);
        let names: Vec<String> = site.public().into_keys().filter(|path| path.contains("re")).collect();
        assert!(site.path("public/post").is_dir() && !site.path("public/tags/fr").exists(), "{number}");
        let french = names.iter().find(|path| path.starts_with("fr/post/") && path.ends_with("index.html"));
        let french = french.cloned().or_else(|| Some("fr/post/strike/index.html".to_owned())).unwrap();
        let page = site.read(&format!("public/{french}"));
        assert!(page.contains("lang=\"fr\"") && page.contains("hreflang=\"en\""), "{number} {french} {page}");
        let page = site.read("public/post/strike/index.html");
        assert!(page.contains("hreflang=\"fr\""), "{number} {page}");
    }
}

#[test]
fn a_translation_finds_its_original_in_zola() {
    let site = moved(
        "permalink: /:section/:slug/\n",
        &[
            ("config.toml", "base_url = 'https://old.example/'\n[languages.de]\n"),
            ("content/post/strike.de.md", "+++\ntitle = 'Streik'\ndate = 2024-05-01\n+++\nText.\n"),
            ("content/post/strike.md", "+++\ntitle = 'Strike'\ndate = 2024-05-01\n+++\nText.\n"),
        ],
    );
    assert!(
        site.read("content/post/2024-05-01-strike-de.md")
            .contains("translation_of: post/2024-05-01-strike.md")
    );
    assert!(site.read("public/de/post/strike/index.html").contains("hreflang=\"en\""));
}

#[test]
fn a_page_in_html_with_front_matter_is_a_story() {
    let site = moved(
        "permalink: /:section/:slug/\n",
        &[
            ("hugo.toml", "baseURL = 'https://old.example/'\n"),
            (
                "content/news/old.html",
                "+++\ntitle = 'Old story'\ndate = '2006-08-06T04:00:00Z'\n+++\n<p>Text of an <em>old</em> <a href=\"{{< ref \"b.md\" >}}\">story</a>.</p>\n",
            ),
            ("content/news/b.md", STORY),
            ("content/news/plain.html", "<p>As it is</p>"),
        ],
    );
    let text = site.read("content/news/2006-08-06-old.md");
    assert!(text.contains("Text of an *old* [story](/news/b/)."), "{text}");
    assert!(site.path("public/news/old/index.html").is_file());
    assert_eq!(site.read("public/news/plain.html"), "<p>As it is</p>");
}

#[test]
fn a_standing_page_in_a_folder_has_no_section() {
    let site = moved(
        "sections: [news]\n",
        &[
            ("hugo.toml", "baseURL = 'https://old.example/'\n"),
            ("content/about/team.md", "---\ntitle: Team\n---\nWe.\n"),
            ("content/about/report.md", "---\ntitle: Report\nslug: 2024-05-01-report\n---\nWe.\n"),
            ("content/about/day.md", "---\ntitle: Day\nslug: 2024-05-01\n---\nWe.\n"),
        ],
    );
    for name in ["team", "2024-05-01-report", "2024-05-01"] {
        assert!(site.path(&format!("public/about/{name}/index.html")).is_file(), "{name}");
    }
    assert!(!site.path("public/2024").exists());
}

#[test]
fn files_of_a_bundle_are_imported_with_their_metadata() {
    let head = "---\ntitle: Gate\ndate: 2024-05-01\nresources:\n- {src: '*.jpg', title: 'The gate', params: {credit: 'A. Ruiz'}}\n---\n";
    let site = moved(
        "",
        &[
            ("hugo.toml", "baseURL = 'https://old.example/'\n"),
            ("content/news/gate/index.md", &format!("{head}Text.\n")),
            ("content/news/gate/featured.jpg", "x"),
            ("content/news/gate/docs/plan.csv", "x"),
        ],
    );
    let text = site.read("content/news/2024-05-01-gate/index.md");
    for line in ["  src: featured.jpg\n", "  caption: The gate\n", "  credit: A. Ruiz\n"] {
        assert!(text.contains(line), "{line} {text}");
    }
    assert!(site.path("content/news/2024-05-01-gate/docs/plan.csv").is_file());
}

#[test]
fn links_to_list_pages_work() {
    let site = moved(
        "permalink: /:section/:slug/\n",
        &[
            ("hugo.toml", "baseURL = 'https://old.example/'\n[taxonomies]\ntopic = 'topics'\n"),
            ("content/topics/port/_index.md", "---\ntitle: The port\n---\nAll on the port.\n"),
            ("content/news/_index.md", "---\ntitle: News\n---\n"),
            (
                "content/news/a.md",
                "---\ntitle: A\ndate: 2024-05-01\ntopics: [port]\n---\n[t]({{< ref \"/topics/port\" >}}) [n](_index.md)\n",
            ),
        ],
    );
    let text = site.read("content/news/2024-05-01-a.md");
    assert!(text.contains("[t](/topics/port/) [n](/news/)") && text.contains("tags:\n- port\n"), "{text}");
}

#[test]
fn hugo_stories_keep_their_urls_as_ids() {
    let languages = "languages: {en: {}, fr: {}}\n";
    let folders =
        "defaultContentLanguage: de\nlanguages: {de: {contentDir: content/de}, en: {contentDir: content/en}}";
    for (settings, path, head, expected) in [
        ("", "posts/My Post.md", "", "/posts/my-post/"),
        ("", "posts/deep/a.md", "slug: Other One", "/posts/deep/other-one/"),
        ("", "posts/a/index.md", "", "/posts/a/"),
        (languages, "posts/a.fr.md", "", "/fr/posts/a/"),
        ("", "posts/a.md", "url: /x/Y", "/x/Y/"),
        (languages, "posts/a.fr.md", "url: x.html", "/fr/x.html"),
        ("", "posts/a.md", "url: /:year/:slug/", "/2019/fire-at-sea/"),
        ("", "about.md", "", "/about/"),
        ("", "posts/Été.md", "", "/posts/%C3%A9t%C3%A9/"),
        ("permalinks: {posts: '/:year/:month/:day/:title/'}", "posts/a.md", "", "/2019/05/07/fire-at-sea/"),
        (
            "permalinks: {page: {posts: ':sections/:slug'}}",
            "posts/deep/a.md",
            "slug: S lug",
            "/posts/deep/s-lug/",
        ),
        ("permalinks: {posts: '/:section/:filename.html'}", "posts/a.md", "", "/posts/a.html"),
        ("permalinks: {posts: '/:sections[last]/:contentbasename/'}", "posts/deep/a.md", "", "/deep/a/"),
        (
            "permalinks: {posts: '/:monthname/:weekdayname/:yearday/:slugorfilename'}",
            "posts/a.md",
            "",
            "/may/tuesday/127/a/",
        ),
        ("permalinks: {posts: '/:06/:1/:2006/:title/'}", "posts/a.md", "", "/19/5/2019/fire-at-sea/"),
        (
            "permalinks: [{target: {path: '/posts/**'}, pattern: '/b/:slug/'}]",
            "posts/a.md",
            "",
            "/b/fire-at-sea/",
        ),
        (
            "languages: {en: {}, fr: {permalinks: {posts: '/actu/:slug/'}}}",
            "posts/a.fr.md",
            "",
            "/fr/actu/fire-at-sea/",
        ),
        ("uglyURLs: true", "posts/a.md", "", "/posts/a.html"),
        ("uglyURLs: {posts: true}", "news/a.md", "", "/news/a/"),
        ("defaultContentLanguageInSubdir: true", "a.md", "", "/en/a/"),
        ("disablePathToLower: true", "Posts/A.md", "", "/Posts/A/"),
        (folders, "de/posts/a.md", "", "/posts/a/"),
        (folders, "en/posts/a.md", "", "/en/posts/a/"),
        (
            "languages: {en: {}, fr: {baseURL: 'https://fr.old.example/'}}",
            "posts/a.fr.md",
            "",
            "/fr/posts/a/",
        ),
        ("frontmatter: {date: [':filename', ':default']}", "posts/2018-02-03-gate.md", "", "/posts/gate/"),
        (
            "frontmatter: {date: [date, ':filename']}",
            "posts/2018-02-03-gate.md",
            "",
            "/posts/2018-02-03-gate/",
        ),
        (
            "frontmatter: {date: [shown]}\npermalinks: {posts: '/:year/:slug/'}",
            "posts/a.md",
            "shown: 2001-02-03",
            "/2001/fire-at-sea/",
        ),
    ] {
        let settings = format!("baseURL: https://old.example/\n{settings}");
        let text = format!("---\ntitle: Fire at Sea\ndate: 2019-05-07T10:00:00Z\n{head}\n---\nText");
        assert_eq!(
            old_url(("hugo.yaml", &settings), &format!("content/{path}"), &text),
            expected,
            "{path} {settings}"
        );
    }
}

#[test]
fn zola_stories_keep_their_urls_as_ids() {
    for (settings, path, head, expected) in [
        ("", "a.md", "", "/news/a/"),
        ("", "Deep Dive/A file.md", "", "/news/Deep%20Dive/a-file/"),
        ("", "posts/2018-10-10-gate.md", "", "/news/posts/gate/"),
        (
            "slugify = {paths_keep_dates = true}",
            "posts/2018-10-10-gate.md",
            "",
            "/news/posts/2018-10-10-gate/",
        ),
        ("", "posts/gate/index.md", "", "/news/posts/gate/"),
        ("", "posts/2018-10-10_gate/index.md", "", "/news/posts/gate/"),
        ("[languages.fr]", "posts/gate.fr.md", "", "/news/fr/posts/gate/"),
        ("", "posts/gate.v2.md", "", "/news/posts/gate-v2/"),
        ("", "posts/a.md", "slug = 'Other One'", "/news/posts/other-one/"),
        ("", "posts/a.md", "path = 'b/c'", "/news/b/c/"),
        ("", "posts/Ölpreis.md", "", "/news/posts/olpreis/"),
    ] {
        let settings = format!("base_url = 'https://old.example/news/'\n{settings}");
        let text = format!("+++\ntitle = 'x'\n{head}\n+++\nText");
        assert_eq!(
            old_url(("config.toml", &settings), &format!("content/{path}"), &text),
            expected,
            "{path} {head}"
        );
    }
}

/// A site created by the import of an archive.
fn fresh(archive: &[(&str, &str)]) -> Site {
    let site = Site::bare(&[]);
    for (path, text) in archive {
        site.write(&format!("../old/{path}"), text);
    }
    let run = Run::of(bulletin().arg("import").arg(site.path("../old")).arg("--site").arg(site.path("new")));
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let run = Run::of(bulletin().arg("build").arg("--site").arg(site.path("new")));
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    site
}

#[test]
fn a_hugo_site_keeps_its_name_lists_authors_and_feeds() {
    let site = fresh(&[
        (
            "hugo.toml",
            "baseURL = 'https://old.example/'\ntitle = 'The Paper'\ntimeZone = 'America/New_York'\nlanguageCode = 'en-us'\n\
             [taxonomies]\nauthor = 'authors'\ntopic = 'topics'\n[params]\ndescription = 'All of it'\n",
        ),
        (
            "content/authors/anna-b/_index.md",
            "---\ntitle: Anna Berg\naliases: [/by/anna/]\n---\nAnna covers the port.\n",
        ),
        ("content/topics/port/_index.md", "---\ntitle: The port\n---\nAll on the port.\n"),
        ("content/views/_index.md", "---\ntitle: What we think\nweight: 1\n---\n"),
        ("content/views/a.md", "---\ntitle: V\ndate: 2024-05-01\n---\nText.\n"),
        ("content/news/_index.md", "---\ntitle: From the docks\nweight: 2\naliases: [/latest/]\n---\n"),
        (
            "content/news/crane.md",
            "---\ntitle: Crane\ndate: 2024-05-01T23:30:00\nauthors: [anna-b]\ntopics: [port]\n---\nText.\n",
        ),
    ]);
    let settings = site.read("new/bulletin.yaml");
    for part in [
        "title: The Paper\n",
        "description: All of it\n",
        "base_url: https://old.example/\n",
        "language: en-US\n",
        "timezone: America/New_York\n",
        "permalink: /:section/:slug/\n",
        "- slug: views\n  title: What we think\n- slug: news\n  title: From the docks\n",
        "- slug: anna-b\n  name: Anna Berg\n  bio: Anna covers the port.\n",
        "- name: The port\n  aliases:\n  - port\n  description: All on the port.\n",
    ] {
        assert!(settings.contains(part), "{part} {settings}");
    }
    for path in ["news/crane/", "topics/port/", "latest/", "by/anna/", "authors/anna-b/", "topics/"] {
        assert!(site.path(&format!("new/public/{path}index.html")).is_file(), "{path}");
    }
    for feed in ["index.xml", "news/index.xml", "topics/port/index.xml", "topics/index.xml"] {
        assert!(site.path(&format!("new/public/{feed}")).is_file(), "{feed}");
    }
    let story = site.read("new/content/news/2024-05-01-crane.md");
    assert!(story.contains("authors:\n- Anna Berg\n") && !story.contains("permalink"), "{story}");
}

#[test]
fn a_zola_site_keeps_its_name_lists_and_feeds() {
    let site = fresh(&[
        (
            "config.toml",
            "base_url = 'https://old.example'\ntitle = 'The Valley'\ndefault_language = 'de'\ngenerate_feeds = true\n\
             taxonomies = [{name = 'themen'}, {name = 'autoren'}]\n[extra]\nmain_menu = [{name = 'About', url = '$BASE_URL/about/'}]\n",
        ),
        ("content/news/_index.md", "+++\ntitle = 'Aus dem Tal'\nsort_by = 'date'\n+++\n"),
        (
            "content/news/pass.md",
            "+++\ntitle = 'Pass'\ndate = 2024-05-01\n[taxonomies]\nthemen = ['Straße']\nautoren = ['Ana Ruiz']\n+++\nText.\n",
        ),
        ("content/about.md", "+++\ntitle = 'About'\n+++\nWe.\n"),
    ]);
    let settings = site.read("new/bulletin.yaml");
    for part in [
        "title: The Valley\n",
        "language: de\n",
        "- slug: news\n  title: Aus dem Tal\n",
        "  - title: About\n",
    ] {
        assert!(settings.contains(part), "{part} {settings}");
    }
    for path in [
        "news/pass/index.html",
        "themen/strasse/index.html",
        "autoren/ana-ruiz/index.html",
        "themen/index.html",
        "news/atom.xml",
    ] {
        assert!(site.path(&format!("new/public/{path}")).is_file(), "{path} {settings}");
    }
}
