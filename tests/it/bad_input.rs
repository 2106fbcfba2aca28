//! Guards how bad input is reported: with an exit code, a stable code, a file and a line. Nothing is written, and nothing
//! panics.

use std::fs;
use std::process::Command;

use crate::support::{Run, SETTINGS, Site, assert_same, bulletin, story, times};

/// A site that was built successfully.
fn built() -> Site {
    let site = Site::new(&[
        ("content/world/good.md", &story("Good", "2026-11-01", "tags: [port]\n", "Text.")),
        ("content/about.md", "---\ntitle: About\n---\nText.\n"),
        ("static/s.css", "a {}"),
    ]);
    site.build(&[]);
    site
}

/// Builds a broken site. The exit code is as expected, and the output stays as it was.
#[track_caller]
fn refused(site: &Site, code: i32, args: &[&str]) -> Run {
    let (tree, before) = (site.public(), times(&site.path("public")));
    let run = site.json(args);
    assert_eq!(run.code, Some(code), "{}{}", run.stdout, run.stderr);
    assert_same(&tree, &site.public(), "the output changed");
    assert_eq!(before, times(&site.path("public")), "the output was touched");
    assert!(run.stdout.lines().last().unwrap().contains("\"success\":false"), "{}", run.stdout);
    run
}

/// Builds a site that must fail with one error: this code at this line of this file.
#[track_caller]
fn one(run: &Run, code: &str, file: &str, line: Option<u64>) {
    assert_eq!(run.places(), [(code.to_owned(), file.to_owned(), line)], "{}", run.stdout);
}

/// A built site with one more file, which is broken.
#[track_caller]
fn wrong_file(path: &str, text: impl AsRef<[u8]>, code: &str, line: Option<u64>) -> Run {
    let site = built();
    site.write(path, text);
    let run = refused(&site, 1, &[]);
    one(&run, code, path, line);
    run
}

/// A site whose only problem is a warning. It is built unless warnings are errors.
#[track_caller]
fn warned(site: &Site, code: &str, file: &str, line: Option<u64>) -> Run {
    let run = refused(site, 1, &["--strict"]);
    one(&run, code, file, line);
    let run = site.json(&[]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    one(&run, code, file, line);
    run
}

fn message(run: &Run) -> String {
    run.problems()[0]["message"].as_str().unwrap().to_owned()
}

fn help(run: &Run) -> String {
    run.problems()[0]["help"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn missing_or_unclosed_front_matter_is_an_error() {
    let path = "content/world/x.md";
    wrong_file(path, "Just text.\n", "front-matter/missing", Some(1));
    wrong_file(path, "", "front-matter/missing", None);
    wrong_file(path, "---\ntitle: X\n", "front-matter/not-closed", Some(1));
    wrong_file(path, "+++\ntitle = \"X\"\n", "front-matter/not-closed", Some(1));
    wrong_file(path, "+++\ntitle = X\n+++\n", "toml/syntax", Some(2));
    wrong_file(path, "{\n\"title\": X\n}\n", "json/syntax", Some(2));
    let run = wrong_file(path, "Title: X\nDate: 2026-11-01\n\nText.\n", "front-matter/headers", Some(1));
    assert!(help(&run).contains("bulletin import"), "{}", help(&run));
    wrong_file(path, "---\ndate: 2026-11-01\n---\n", "front-matter/no-title", Some(1));
    let long = format!("---\ntitle: X\nextra: {{a: {}}}\n---\n", "x".repeat(70_000));
    wrong_file(path, long, "front-matter/too-large", Some(1));
}

#[test]
fn invalid_yaml_in_front_matter_is_an_error() {
    let path = "content/world/x.md";
    wrong_file(path, "---\ntitle: X\ntags: [a, b\n---\nText.\n", "yaml/quotes", Some(3));
    wrong_file(path, "---\ntitle: \"X\n---\n", "yaml/quotes", Some(2));
    wrong_file(path, "---\ntitle: X\n\tdeck: y\n---\n", "yaml/tab", Some(3));
    let run = wrong_file(path, "---\ntitle: Strike: day two\n---\n", "yaml/quotes", Some(2));
    assert!(help(&run).contains("\"Strike: day two\""), "{}", help(&run));
    wrong_file(path, "---\ntitle: X\ndeck: a\ntitle: Y\n---\n", "yaml/duplicate-key", Some(4));
    wrong_file(path, "---\n- a\n- b\n---\n", "yaml/wrong-type", Some(2));
}

#[test]
fn exponential_yaml_is_rejected_at_once() {
    let bomb: String =
        (1..12).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(","))).collect();
    let text = format!("---\ntitle: X\nextra:\na0: &a0 [x]\n{bomb}---\n");
    let run = wrong_file("content/world/x.md", text, "yaml/unsupported", Some(4));
    assert!(message(&run).contains("anchor") || message(&run).contains("alias"), "{}", message(&run));
    wrong_file("content/world/x.md", "---\ntitle: !!python/object:os X\n---\n", "yaml/unsupported", Some(2));
    let deep = format!("---\ntitle: X\nextra: {}{}\n---\n", "[".repeat(3_000), "]".repeat(3_000));
    wrong_file("content/world/x.md", deep, "yaml/too-deep", Some(3));
}

#[test]
fn values_of_the_wrong_type_are_errors() {
    let keys = |keys: &str| format!("---\ntitle: X\ndate: 2026-11-01\n{keys}\n---\n");
    let path = "content/world/x.md";
    for (text, code) in [
        ("deck: [a]", "yaml/wrong-type"),
        ("draft: perhaps", "yaml/wrong-type"),
        ("urgency: high", "yaml/wrong-type"),
        ("urgency: 10", "front-matter/urgency"),
        ("tags: {a: b}", "yaml/wrong-type"),
        ("authors: [{role: editor}]", "front-matter/author"),
        ("corrections: [{date: 2026-11-02}]", "front-matter/correction"),
        ("status: gone", "front-matter/status"),
        ("lang: English language", "front-matter/lang"),
        ("embargo: soon", "front-matter/date"),
        ("embargoed: 2026-12-01", "front-matter/unknown-key"),
        ("related: [nowhere.md]", "front-matter/related"),
        ("tags: [\"!!!\"]", "front-matter/tag"),
    ] {
        wrong_file(path, keys(text), code, Some(4));
    }
    wrong_file(path, "---\ntitle: [X]\n---\n", "yaml/wrong-type", Some(2));
    wrong_file(path, "---\ntitle: X\ndate: 2026-02-30\n---\n", "front-matter/impossible-date", Some(3));
    wrong_file(path, "---\ntitle: X\ndate: yesterday\n---\n", "front-matter/date", Some(3));
    wrong_file("content/world/2026-02-30-x.md", "---\ntitle: X\n---\n", "front-matter/impossible-date", None);
}

#[test]
fn an_unknown_section_is_an_error() {
    let site = built();
    site.write("bulletin.yaml", format!("{SETTINGS}sections: [world, sport]\n"));
    site.write("content/world/x.md", story("X", "2026-11-01", "section: sprot\n", "Text."));
    let run = refused(&site, 1, &[]);
    one(&run, "front-matter/unknown-section", "content/world/x.md", Some(4));
    assert!(help(&run).contains("`sport`"), "{}", help(&run));
}

#[test]
fn files_that_are_not_articles_are_reported() {
    let path = "content/world/x.md";
    wrong_file(path, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "content/not-text", None);
    wrong_file(path, b"---\ntitle: X\n---\nCaf\xe9\n", "content/not-utf8", Some(4));
    wrong_file("content/world/!!!.md", "---\ntitle: X\n---\n", "content/no-slug", None);

    let site = built();
    let file = fs::File::create(site.path(path)).unwrap();
    file.set_len(100 * 1024 * 1024).unwrap();
    one(&refused(&site, 1, &[]), "content/too-large", path, None);

    let site = built();
    fs::create_dir(site.path(path)).unwrap();
    warned(&site, "content/folder-named-like-article", path, None);
}

#[test]
fn two_articles_with_one_url_are_an_error() {
    let site = built();
    site.write("content/world/one.md", story("One", "2026-11-02", "slug: same\n", "Text."));
    site.write("content/world/two.md", story("Two", "2026-11-03", "slug: same\n", "Text."));
    let run = refused(&site, 1, &[]);
    let files = |run: &Run| {
        let problem = &run.problems()[0];
        let mut files =
            [&problem["file"], &problem["related"][0]["file"]].map(|file| file.as_str().unwrap().to_owned());
        files.sort();
        files
    };
    assert_eq!(run.places().len(), 1, "{}", run.stdout);
    assert_eq!(run.places()[0].0, "route/collision");
    assert_eq!(files(&run), ["content/world/one.md", "content/world/two.md"]);
    assert!(message(&run).contains("/2026/11/same/"), "{}", run.stdout);
    assert!(message(&run).contains("content/world/one.md"), "{}", run.stdout);
    assert!(message(&run).contains("content/world/two.md"), "{}", run.stdout);

    let site = built();
    site.write("content/world/one.md", story("One", "2026-11-02", "id: tag:x,2026:1\n", "Text."));
    site.write("content/world/two.md", story("Two", "2026-11-03", "id: tag:x,2026:1\n", "Text."));
    let run = refused(&site, 1, &[]);
    one(&run, "front-matter/shared-id", "content/world/two.md", Some(4));
    assert_eq!(run.problems()[0]["related"][0]["file"], "content/world/one.md");

    for (keys, path) in [
        ("aliases: [/about/]\n", "/about/"),
        ("permalink: /tags/\n", "/tags/"),
        ("permalink: /\n", "/"),
        ("permalink: /world/page/1/\n", "/world/page/1/"),
        ("permalink: /s.css\n", "/s.css"),
        ("permalink: /s.css/below/\n", "/s.css"),
        ("permalink: /404.html\n", "/404.html"),
        ("aliases: [/2026/11/good/]\n", "/2026/11/good/"),
    ] {
        let site = built();
        site.write("bulletin.yaml", format!("{SETTINGS}lists: {{per_page: 1}}\n"));
        site.write("content/world/x.md", story("X", "2026-11-02", keys, "Text."));
        let run = refused(&site, 1, &[]);
        let names_both = |problem: &serde_json::Value| {
            problem["code"] == "route/collision"
                && problem["message"].as_str().unwrap().contains(path)
                && problem.to_string().contains("\"content/world/x.md\"")
        };
        assert!(run.problems().iter().any(names_both), "{keys}: {}", run.stdout);
    }
}

#[test]
fn a_static_file_at_the_path_of_a_page_is_an_error() {
    let site = built();
    site.write("static/world/index.html", "mine");
    one(&refused(&site, 1, &[]), "route/collision", "static/world/index.html", None);
}

#[test]
fn an_article_cannot_replace_the_record_of_files() {
    for path in ["/.bulletin-files", "/.bulletin-files.new", "/.bulletin-staging/x/"] {
        let site = built();
        site.write("content/world/x.md", story("X", "2026-11-02", &format!("permalink: {path}\n"), "Text."));
        let run = site.json(&[]);
        assert_eq!(run.code, Some(1), "{path}: {}", run.stdout);
    }
}

#[test]
fn urls_that_leave_the_site_are_errors() {
    let keys = |keys: &str| format!("---\ntitle: X\ndate: 2026-11-01\n{keys}\n---\n");
    let path = "content/world/x.md";
    for (text, code) in [
        ("slug: ..", "front-matter/slug"),
        ("permalink: /../x/", "front-matter/path"),
        ("permalink: /a/%2e%2e/%2e%2e/x/", "front-matter/path"),
        ("permalink: https://elsewhere.example/x/", "front-matter/path"),
        ("aliases: [/../../x/]", "front-matter/path"),
        ("template: ../../x.html", "front-matter/template"),
    ] {
        let site = built();
        site.write(path, keys(text));
        let run = refused(&site, 1, &[]);
        let [(found, file, line)] = &run.places()[..] else { panic!("{text}: {}", run.stdout) };
        assert_eq!((file.as_str(), *line), (path, Some(4)), "{text}");
        assert!(found.starts_with("front-matter/"), "{text}: {found}, not {code}");
    }
    wrong_file(path, "---\ntitle: X\n---\n[up](../../../x.md)\n", "link/leaves-content", Some(4));
    wrong_file(path, "---\ntitle: X\n---\n![up](../../../../etc/hostname.png)\n", "image/missing", Some(4));
}

#[test]
fn text_is_escaped() {
    let evil = "\\\"'><script>evil()</script>&amp;";
    let head = format!(
        "title: \"{evil}\"\ndate: 2026-11-01\ndeck: \"{evil}\"\nkicker: \"{evil}\"\ndateline: \"{evil}\"\ntags: [\"{evil}\"]\n\
         authors: [{{name: \"{evil}\", role: \"{evil}\"}}]\nsource: [\"{evil}\"]\nseries: \"{evil}\"\n\
         image: {{src: p.svg, alt: \"{evil}\", caption: \"{evil}\", credit: \"{evil}\"}}\n\
         corrections: [{{date: 2026-11-02, text: \"{evil}\"}}]\nextra: {{own: \"{evil}\"}}\naliases: [\"/old<script>evil()<!--/\"]"
    );
    for theme in ["plain", "broadsheet"] {
        let site = Site::new(&[
            (
                "bulletin.yaml",
                &format!(
                    "title: \"{evil}\"\ndescription: \"{evil}\"\nbase_url: https://x.example/\ntheme: {theme}\nauthors: [{{slug: z, name: \"{evil}\"}}]\nsections: [{{slug: w, title: \"{evil}\", description: \"{evil}\"}}]\n"
                ),
            ),
            (
                "content/w/x/index.md",
                &format!(
                    "---\n{head}\n---\n[a](x.md \"{evil}\")\n\n## {evil}\n\n```{evil}\n<script>evil()\n```\n"
                )
                .replace("x.md", "https://x.example/"),
            ),
            ("content/w/x/p.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ]);
        site.build(&[]);
        let mut checked = 0;
        for (path, bytes) in site.public().iter().filter(|(path, _)| path.ends_with(".html")) {
            let html = String::from_utf8(bytes.clone()).unwrap();
            // Markdown may contain HTML: the heading of the text is the only one with a script.
            let html = html.lines().filter(|line| !line.starts_with("<h2")).collect::<Vec<_>>().join("\n");
            assert!(!html.contains("<script>evil"), "{theme}: {path}\n{html}");
            assert!(!html.contains("'><script"), "{theme}: {path}");
            for attribute in html.split("=\"").skip(1) {
                let value = attribute.split('"').next().unwrap();
                assert!(!value.contains("<script"), "{theme}: {path}: {value}");
            }
            checked += 1;
        }
        assert!(checked > 8, "{checked} pages");
    }
}

#[test]
fn a_site_without_articles_builds() {
    let site = Site::empty();
    let run = site.build(&[]);
    assert!(run.stderr.contains("Built 0 stories"), "{}", run.stderr);
    assert!(site.public().contains_key("index.html"));
    let site = Site::empty();
    site.write("bulletin.yaml", "title: X\nbase_url: https://x.example/\n");
    site.build(&[]);
}

#[test]
fn a_folder_without_a_site_is_an_error() {
    let site = Site::bare(&[("content/a.md", "---\ntitle: A\n---\n")]);
    let run = refused(&site, 2, &[]);
    one(&run, "config/missing", "", None);
    assert!(help(&run).contains("bulletin init"));
    assert!(!site.path("public").exists());
    assert!(!site.path(".bulletin").exists());

    let site = Site::new(&[]);
    one(&refused(&site, 2, &[]), "content/no-folder", "", None);
    assert!(!site.path("public").exists());

    let mut command = bulletin();
    let run = Run::of(command.args(["build", "--site", "/nowhere/at/all", "--message-format", "json"]));
    assert_eq!(run.code, Some(2), "{}", run.stdout);
}

#[test]
fn invalid_settings_are_errors() {
    for (line, code) in [
        ("titel: x", "config/unknown-key"),
        ("lists: {perpage: 3}", "config/unknown-key"),
        ("lists: {per_page: 0}", "config/number"),
        ("lists: {per_page: many}", "yaml/wrong-type"),
        ("timezone: Europe/Atlantis", "config/timezone"),
        ("permalink: /:yaer/:slug/", "config/permalink"),
        ("permalink: /../:slug/", "config/permalink"),
        ("language: Klingon!", "config/language"),
        ("sections: [world, tags]", "config/section"),
        ("sections: [world, a, a]", "config/duplicate-section"),
        ("title: again", "yaml/duplicate-key"),
    ] {
        let site = built();
        site.write("bulletin.yaml", format!("{SETTINGS}{line}\n"));
        let run = refused(&site, 1, &[]);
        one(&run, code, "bulletin.yaml", Some(4));
    }
    let site = built();
    site.write("bulletin.yaml", "title: x\nbase_url: ftp://x.example/\n");
    one(&refused(&site, 1, &[]), "config/base-url", "bulletin.yaml", Some(2));
    site.write("bulletin.yaml", "title: x\n");
    one(&refused(&site, 1, &[]), "config/missing", "bulletin.yaml", Some(1));
    site.write("bulletin.yaml", "");
    let run = refused(&site, 1, &[]);
    assert!(run.places().iter().all(|(_, file, _)| file == "bulletin.yaml"), "{}", run.stdout);
    site.write("bulletin.yaml", "title: x\nbase_url: https://x.example/\ntheme: plian\n");
    let run = refused(&site, 1, &[]);
    one(&run, "theme/missing", "bulletin.yaml", Some(3));
    assert!(help(&run).contains("`plain`"), "{}", help(&run));
}

#[test]
fn invalid_templates_are_errors() {
    let site = built();
    site.write("templates/article.html", "fine\n{% if %}\n");
    site.write("templates/front.html", "{{ site.title }\n");
    let run = refused(&site, 1, &[]);
    let mut places = run.places();
    places.sort();
    let expected = [("templates/article.html", 2), ("templates/front.html", 1)]
        .map(|(file, line)| ("theme/template".to_owned(), file.to_owned(), Some(line)));
    assert_eq!(places, expected, "{}", run.stdout);

    // Unknown filters and blocks are reported before a page is rendered.
    let site = built();
    site.write("templates/article.html", "{{ article.title | shout }}\n");
    one(&refused(&site, 1, &[]), "theme/template", "templates/article.html", Some(1));

    let site = built();
    site.write("templates/article.html", "<p>\n  {{ artikel.title }}\n");
    let run = refused(&site, 1, &[]);
    one(&run, "theme/template", "templates/article.html", Some(2));
    let problem = &run.problems()[0];
    assert_eq!(problem["column"], 6, "{problem}");
    assert!(message(&run).contains("artikel"), "{problem}");
    assert!(problem["related"][0]["file"].as_str().unwrap().starts_with("content/"), "{problem}");
    let words = site.run(&[]).stderr;
    assert!(words.contains("artikel.title") && words.contains("templates/article.html:2:6"), "{words}");

    let site = built();
    site.write("content/world/x.md", story("X", "2026-11-01", "template: fancy.html\n", "Text."));
    warned(&site, "theme/no-template", "content/world/x.md", Some(4));
}

#[test]
fn invalid_queries_are_errors() {
    for (template, word) in [
        ("{{ data(file=\"gone.yaml\") }}", "gone.yaml"),
        ("{{ data(file=\"../bulletin.yaml\") }}", "../bulletin.yaml"),
        ("{{ data(file=\"/etc/hostname\") }}", "/etc/hostname"),
        ("{{ data(file=\"bad.yaml\") }}", "bad.yaml"),
        ("{{ data(file=\"bad.json\") }}", "bad.json"),
        ("{{ asset(name=\"gone.css\") }}", "gone.css"),
        ("{{ terms(kind=\"planets\") }}", "planets"),
        ("{{ articles(limit=-1) }}", "-1"),
    ] {
        let site = built();
        site.write("data/bad.yaml", "a: [\n");
        site.write("data/bad.json", "{");
        site.write("templates/front.html", format!("\n{template}\n"));
        let run = refused(&site, 1, &[]);
        one(&run, "theme/template", "templates/front.html", Some(2));
        assert!(message(&run).contains(word), "{template}: {}", run.stdout);
    }
}

#[test]
fn dangerous_output_folders_are_refused() {
    let site = built();
    fs::create_dir(site.path("content/x")).unwrap();
    let root = site.root.to_str().unwrap().to_owned();
    let above = site.root.parent().unwrap().to_str().unwrap().to_owned();
    for output in [
        "/",
        &root,
        &above,
        &format!("{root}/content"),
        &format!("{root}/content/x"),
        &format!("{root}/static/new"),
        &format!("{root}/themes"),
        &format!("{root}/.git/x"),
        &format!("{root}/public/../content"),
        &format!("{root}/bulletin.yaml"),
    ] {
        let content = crate::support::tree(&site.path("content"));
        let run = refused(&site, 2, &["--output", output]);
        assert_eq!(run.places()[0].0, "output/refused", "{output}: {}", run.stdout);
        assert_same(&content, &crate::support::tree(&site.path("content")), output);
    }
    // A path below a file cannot be created.
    site.write("file", "x");
    let run = refused(&site, 2, &["--output", &format!("{root}/file/below")]);
    assert!(run.places()[0].0.starts_with("output/"), "{}", run.stdout);
    assert_eq!(site.read("file"), "x");
}

#[cfg(unix)]
#[test]
fn symbolic_links_out_of_the_site_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.md"), "---\ntitle: Secret\n---\nqsecret\n").unwrap();
    fs::write(outside.path().join("secret.svg"), "<svg>qsecret</svg>").unwrap();

    let site = built();
    symlink(outside.path().join("secret.md"), site.path("content/link.md")).unwrap();
    one(&refused(&site, 1, &[]), "content/link-leaves-site", "content/link.md", None);

    let site = built();
    symlink(outside.path(), site.path("content/folder")).unwrap();
    one(&refused(&site, 1, &[]), "content/link-leaves-site", "content/folder", None);

    let site = built();
    symlink("/nowhere", site.path("content/dangling.md")).unwrap();
    let run = refused(&site, 1, &[]);
    assert_eq!(run.places().len(), 1, "{}", run.stdout);

    let site = built();
    symlink(site.path("content"), site.path("content/loop")).unwrap();
    one(&refused(&site, 1, &[]), "content/unreadable", "content/loop", None);

    let site = built();
    symlink(outside.path(), site.path("static/folder")).unwrap();
    one(&refused(&site, 1, &[]), "content/link-leaves-site", "static/folder", None);

    let site = built();
    symlink(outside.path().join("secret.svg"), site.path("content/world/p.svg")).unwrap();
    site.write("content/world/x.md", story("X", "2026-11-02", "", "![p](p.svg)"));
    let run = refused(&site, 1, &[]);
    let mut codes: Vec<_> = run.places().into_iter().map(|(code, _, _)| code).collect();
    codes.sort();
    assert_eq!(codes, ["content/link-leaves-site", "image/missing"], "{}", run.stdout);

    // A link in the output folder is not followed either.
    let site = built();
    fs::remove_dir_all(site.path("public/world")).unwrap();
    symlink(outside.path(), site.path("public/world")).unwrap();
    let run = site.json(&[]);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 2);
}

#[test]
fn dead_links_are_reported() {
    let text = |body: &str| format!("---\ntitle: X\ndate: 2026-11-02\n---\nText.\n\n{body}\n");
    let path = "content/world/x.md";
    let run = wrong_file(path, text("[a](goood.md)"), "link/no-article", Some(7));
    assert!(help(&run).contains("content/world/good.md"), "{}", help(&run));
    wrong_file(path, text("![a](gone.png)"), "image/missing", Some(7));
    wrong_file(path, "---\ntitle: X\nimage: gone.png\n---\n", "image/missing", Some(3));
    for (body, code) in [
        ("[a](javascript:alert(1))", "link/unsafe"),
        ("[a](#nowhere)", "link/no-heading"),
        ("[a](good.md#nowhere)", "link/no-heading"),
        ("[a](/nowhere/)", "link/no-page"),
        ("[a](gone.pdf)", "link/no-file"),
    ] {
        let site = built();
        site.write(path, text(body));
        warned(&site, code, path, Some(7));
        let page = String::from_utf8(site.public()["2026/11/x/index.html"].clone()).unwrap();
        assert!(!page.contains("javascript:"), "{page}");
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let site = built();
    site.write("bulletin.yaml", format!("{SETTINGS}titel: x\n"));
    site.write("content/a.md", "no front matter");
    site.write("content/b.md", "---\ntitle: B\ndate: 2026-02-30\n---\n");
    site.write("content/c.md", story("C", "2026-11-02", "draft: perhaps\nurgency: 12\n", "[x](gone.md)"));
    site.write("content/d.md", story("D", "2026-11-02", "slug: same\n", "Text."));
    site.write("content/e.md", story("E", "2026-11-02", "slug: same\n", "Text."));
    site.write("templates/article.html", "{% if %}");
    let run = refused(&site, 1, &[]);
    let codes: Vec<String> =
        run.places().into_iter().map(|(code, file, _)| format!("{file} {code}")).collect();
    assert_eq!(
        codes,
        [
            "bulletin.yaml config/unknown-key",
            "content/a.md front-matter/missing",
            "content/b.md front-matter/impossible-date",
            "content/c.md yaml/wrong-type",
            "content/c.md front-matter/urgency",
            "content/c.md link/no-article",
            "content/e.md route/collision",
            "templates/article.html theme/template",
        ]
    );
    let words = site.run(&[]).stderr;
    assert!(words.contains("Nothing was written: 7 errors and 1 warning"), "{words}");
}

#[cfg(unix)]
#[test]
fn a_failed_write_is_an_error() {
    let site = built();
    let size = 2 * 1024 * 1024;
    site.write("static/large.bin", vec![7; size]);
    let before = site.public();
    // The shell limits files to 1 MiB, which looks like a full disk to the program. The signal is ignored, so that
    // the write fails instead.
    let script = format!(
        "ulimit -f 1024; trap '' XFSZ; exec '{}' build --site '{}' --as-of {} --message-format json",
        env!("CARGO_BIN_EXE_bulletin"),
        site.root.display(),
        crate::support::AS_OF
    );
    let run = Run::of(Command::new("bash").args(["-c", &script]));
    assert_eq!(run.code, Some(2), "{}{}", run.stdout, run.stderr);
    assert_eq!(run.places()[0].0, "output/cannot-write", "{}", run.stdout);
    assert_same(&before, &site.public(), "a build that could not write");
    site.build(&[]);
    assert_eq!(site.public()["large.bin"].len(), size);
}

#[cfg(unix)]
#[test]
fn a_read_only_output_folder_is_an_error() {
    use std::os::unix::fs::PermissionsExt;
    let site = built();
    let output = site.path("public/world");
    fs::set_permissions(&output, fs::Permissions::from_mode(0o555)).unwrap();
    let may_write_anyway = fs::write(output.join("probe"), "").is_ok();
    site.write("content/world/x.md", story("X", "2026-11-02", "permalink: /world/x/\n", "Text."));
    let run = site.json(&[]);
    fs::set_permissions(&output, fs::Permissions::from_mode(0o755)).unwrap();
    // Root may write anywhere.
    if !may_write_anyway {
        assert_eq!(run.code, Some(2), "{}", run.stdout);
        assert_eq!(run.places()[0].0, "output/cannot-write");
    }
    assert_eq!(site.json(&[]).code, Some(0));
}
