//! Sites of Hugo and Zola move in.

use crate::support::{Run, Site, bulletin};

/// A site with settings of its own that an archive was imported into and that was built.
fn moved(settings: &str, archive: &[(&str, &str)]) -> Site {
    let site = Site::empty();
    site.write("bulletin.yaml", format!("title: P\nbase_url: https://paper.example/\n{settings}"));
    for (path, text) in archive {
        site.write(&format!("../old/{path}"), text);
    }
    let old = site.path("../old");
    let run = Run::of(bulletin().arg("import").arg(&old).arg("--site").arg(&site.root));
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    site.build(&[]);
    site
}

const STORY: &str = "---\ntitle: Strike\ndate: 2024-05-01T10:00:00Z\n---\nText.\n";
const GREVE: &str = "---\ntitle: Grève\ndate: 2024-05-01T10:00:00Z\n---\nTexte.\n";

#[test]
fn translations_are_linked_wherever_the_settings_say_their_languages() {
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
fn a_standing_page_in_a_folder_is_in_no_section_whatever_its_name() {
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
fn the_files_of_a_bundle_come_along_with_what_is_said_of_them() {
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
fn a_link_to_the_page_of_a_list_leads_there() {
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
