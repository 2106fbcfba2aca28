//! Text as authors type it: punctuation, scripts, and markup other than Markdown.

use crate::support::{Site, story};

const DATE: &str = "2026-11-20";

fn page(site: &Site, path: &str) -> String {
    let page = site.read(&format!("public/{path}/index.html"));
    page.split("<main>").nth(1).unwrap_or(&page).to_owned()
}

fn settings(language: &str, more: &str) -> String {
    format!(
        "title: Plain Paper\nbase_url: https://plain.example/\ntheme: plain\nlanguage: {language}\n{more}"
    )
}

#[test]
fn a_colon_at_the_start_of_a_line_is_kept() {
    let body = "The clock stood at\n:30 when the match ended.\n\nThe port replied with one sign.\n\n:) was all it said.";
    let site = Site::new(&[("content/a.md", &story("A", DATE, "", body))]);
    site.build(&[]);
    let page = page(&site, "2026/11/a");
    assert!(page.contains("stood at\n:30 when") && page.contains("<p>:) was all it said.</p>"), "{page}");
    assert!(!page.contains("<dl>"), "{page}");
}

#[test]
fn emphasis_in_chinese_and_japanese_needs_no_spaces() {
    let body = "**真，**她说。**“引语”**后面。含**「重点」**内容。日本語**(強調)**日本語。**注意：**正文。**好！**她";
    let site = Site::new(&[
        ("bulletin.yaml", &settings("zh", "")),
        ("content/a.md", &story("测试", DATE, "", body)),
    ]);
    site.build(&[]);
    let page = page(&site, "2026/11/a");
    for strong in ["真，", "“引语”", "「重点」", "(強調)", "注意：", "好！"] {
        assert!(page.contains(&format!("<strong>{strong}</strong>")), "{strong}: {page}");
    }
    assert!(!page.contains('*'), "{page}");
}

#[test]
fn apostrophes_and_inch_marks_are_not_quotation_marks() {
    let body = "rock 'n' roll, the '90s. *Herald*'s desk. He is 6'2\" tall and 5\" wide; 40° 26' 46\" N.";
    let site = Site::new(&[("content/a.md", &story("A", DATE, "", body))]);
    site.build(&[]);
    let page = page(&site, "2026/11/a");
    assert!(
        page.contains(
            "rock ’n’ roll, the ’90s. <em>Herald</em>’s desk. He is 6′2″ tall and 5″ wide; 40° 26′ 46″ N."
        ),
        "{page}"
    );
}

#[test]
fn quotation_marks_follow_the_language_of_the_article() {
    let keys = "lang: de\ndeck: Sie sagt \"nein\"\nkicker: Wie geht's\nimage: {src: a.png, alt: Das \"Tor\", caption: \"Das 'Tor'\"}\n\
                corrections:\n  - {date: 2026-11-21, text: Es war \"neu\"}\n";
    let site = Site::bare(&[
        ("bulletin.yaml", "title: P\nbase_url: https://plain.example/\nlanguage: en\napi: true\n"),
        ("content/a/index.md", &story("Er sagt \"ja\"", DATE, keys, "Der \"Text\".")),
        ("content/b.md", &story("The '90s \"boom\"", DATE, "", "It's \"here\".")),
    ]);
    std::fs::write(site.path("content/a/a.png"), b"").unwrap();
    site.run(&[]);
    let (page, json) = (site.read("public/2026/11/a/index.html"), site.read("public/2026/11/a/index.json"));
    let front = site.read("public/index.html");
    for text in ["Er sagt „ja“", "Sie sagt „nein“", "Wie geht’s", "Es war „neu“", "Der „Text“"]
    {
        assert!(page.contains(text), "{text}: {page}");
        assert!(json.contains(text) || text == "Der „Text“" || text == "Wie geht’s", "{text}: {json}");
    }
    assert!(front.contains("Er sagt „ja“") && front.contains("The ’90s “boom”"), "{front}");
    assert!(site.read("public/rss.xml").contains("Er sagt „ja“"));
    assert!(!page.contains("Er sagt \"ja\"") && !page.contains("Er sagt &quot;ja"), "{page}");
}

#[test]
fn typography_can_be_turned_off() {
    let site = Site::new(&[
        ("bulletin.yaml", &settings("en", "markdown: {smart_punctuation: false}\n")),
        ("content/a.md", &story("It's", DATE, "deck: It's -- so\n", "It's \"here\"...")),
    ]);
    site.build(&[]);
    let page = page(&site, "2026/11/a");
    assert!(!page.contains(['’', '“', '–', '…']), "{page}");
}

#[test]
fn a_new_site_language_re_renders_all_text() {
    let site = Site::new(&[
        ("bulletin.yaml", &settings("en", "")),
        ("content/a.md", &story("The \"boom\"", DATE, "", "It \"is\".")),
    ]);
    site.build(&[]);
    site.write("bulletin.yaml", settings("sv", ""));
    site.build(&[]);
    let page = page(&site, "2026/11/a");
    assert!(page.contains("The ”boom”") && page.contains("It ”is”."), "{page}");
}

#[test]
fn heading_ids_do_not_depend_on_typography() {
    let text = "## 6'2\" tall\n\n## Don't \"panic\"\n\n## A -- b\n";
    for smart in ["true", "false"] {
        let site = Site::new(&[
            ("bulletin.yaml", &settings("fr", &format!("markdown: {{smart_punctuation: {smart}}}\n"))),
            ("content/a.md", &story("A", DATE, "", text)),
        ]);
        site.build(&[]);
        let page = page(&site, "2026/11/a");
        for id in ["id=\"62-tall\"", "id=\"dont-panic\"", "id=\"a-b\""] {
            assert!(page.contains(id), "{smart} {id}: {page}");
        }
    }
}

#[test]
fn a_headline_cut_by_a_comment_is_reported() {
    let site = Site::new(&[
        ("bulletin.yaml", &settings("en", "description: News # one paper\n")),
        (
            "content/a.md",
            "---\ntitle: Storm is alert level # 4 for the coast\nkicker: #MeToo\ndate: 2026-11-02 # Monday\nlang: en # British\n---\nx\n",
        ),
    ]);
    let run = site.json(&[]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    let reported: Vec<_> = run.places().into_iter().filter(|(code, ..)| code == "yaml/quotes").collect();
    let place = |file: &str, line| ("yaml/quotes".to_owned(), file.to_owned(), Some(line));
    assert_eq!(reported, [place("bulletin.yaml", 5), place("content/a.md", 2), place("content/a.md", 3)]);
    assert_eq!(site.json(&[]).places(), run.places(), "a build over another says the same");
    let problems = run.problems();
    let help = problems.iter().find(|problem| problem["file"] == "content/a.md").unwrap()["help"].to_string();
    assert!(help.contains("title: \\\"Storm is alert level # 4 for the coast\\\""), "{help}");
}

#[test]
fn escapes_that_json_writes_are_characters() {
    let site = Site::new(&[
        ("content/a.md", "---\ntitle: \"News \\ud83d\\uddde \\u2014 now\"\ndate: 2026-11-02\n---\nx\n"),
        ("content/b.md", "---\ndate: 2026-11-02\ntitle: \"News \\ud83d now\"\n---\nx\n"),
    ]);
    let run = site.json(&[]);
    assert_eq!(run.places(), [("yaml/escape".to_owned(), "content/b.md".to_owned(), Some(3))]);
    site.remove("content/b.md");
    site.build(&[]);
    assert!(page(&site, "2026/11/a").contains("News 🗞 — now"));
}

#[test]
fn topics_are_compared_by_the_rules_of_their_language() {
    let site = Site::new(&[
        ("bulletin.yaml", &settings("el", "")),
        ("content/a.md", &story("A", "2026-11-01", "tags: [Ελλάδα, Kıl]\n", "x")),
        ("content/b.md", &story("B", "2026-11-02", "tags: [ΕΛΛΑΔΑ, Kil]\n", "x")),
        ("content/c.md", &story("C", "2026-11-03", "lang: tr\ntags: [KIL]\n", "x")),
    ]);
    let run = site.json(&[]);
    assert_eq!(run.problems(), Vec::<serde_json::Value>::new());
    let pages = site.public();
    let tags: Vec<&String> = pages
        .keys()
        .filter(|path| {
            path.starts_with("tags/") && path.ends_with("/index.html") && path.matches('/').count() == 2
        })
        .collect();
    assert_eq!(tags.len(), 3, "{tags:?}");
}

#[test]
fn colliding_topics_are_reported_once() {
    let site = Site::new(&[
        ("bulletin.yaml", &settings("sv", "")),
        ("content/a.md", &story("A", "2026-11-01", "tags: [Åre]\n", "x")),
        ("content/b.md", &story("B", "2026-11-02", "tags:\n  - Are\n", "x")),
        ("content/c.md", &story("C", "2026-11-03", "tags: [Are]\n", "x")),
    ]);
    let run = site.json(&[]);
    assert_eq!(
        run.places(),
        [("archive/merged".to_owned(), "content/b.md".to_owned(), Some(5))],
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("content/a.md"), "{}", run.stdout);
    assert_eq!(site.json(&[]).places(), run.places(), "a build over another says the same");
    site.write("bulletin.yaml", settings("sv", "tags: {aliases: {Are: Åre}}\n"));
    assert!(site.json(&[]).problems().is_empty());
}

#[test]
fn related_stories_are_in_the_language_of_the_story() {
    let site = Site::bare(&[
        ("bulletin.yaml", "title: P\nbase_url: https://plain.example/\nlanguage: en\n"),
        ("content/a.md", &story("Hafen", "2026-11-01", "lang: de\ntags: [Port]\n", "x")),
        ("content/b.md", &story("Harbour", "2026-11-02", "lang: en-GB\ntags: [Port]\n", "x")),
        ("content/c.md", &story("Ships", "2026-11-03", "tags: [Port]\n", "x")),
    ]);
    site.build(&[]);
    let page = site.read("public/2026/11/c/index.html");
    assert!(page.contains("Harbour") && !page.contains("Hafen"), "{page}");
}
