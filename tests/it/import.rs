//! Guards `bulletin import`. Each folder in `tests/import` is named `KIND-subject` and contains an `input` folder and the `expected`
//! result: `content/` and `static/` of the site, and the report. `BULLETIN_BLESS=1` overwrites `expected`; review it before you commit
//! it. Behaviour that all kinds of copy share is tested here, too.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::{Run, SETTINGS, Site, Tree, bulletin, copy, repository, tree};

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join("tests/import")).unwrap();
    let mut cases: Vec<_> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.join("input").is_dir()).collect();
    cases.sort();
    cases
}

/// A site without articles.
fn site() -> Site {
    let site = Site::new(&[]);
    fs::create_dir(site.path("content")).unwrap();
    site
}

/// Imports into a site, from its parent folder.
fn import(site: &Site, args: &[&str]) -> Run {
    Run::of(bulletin().current_dir(site.root.parent().unwrap()).args(["import", "--site", "site"]).args(args))
}

fn articles(site: &Site) -> Tree {
    tree(&site.path("content"))
}

/// The result of a case: the files of the site and the report.
fn made(case: &Path) -> Tree {
    let site = site();
    copy(&case.join("input"), &site.root.parent().unwrap().join("input"));
    let args = fs::read_to_string(case.join("args")).unwrap_or_default();
    let run = import(&site, &[&["input"], &*args.split_whitespace().collect::<Vec<_>>()].concat());
    let mut made = Tree::new();
    for folder in ["content", "static"] {
        if site.path(folder).exists() {
            made.extend(
                tree(&site.path(folder)).into_iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes)),
            );
        }
    }
    let settings = site.read("bulletin.yaml");
    if settings != SETTINGS {
        made.insert("bulletin.yaml".to_owned(), settings.into_bytes());
    }
    made.insert("(said)".to_owned(), format!("exit {:?}\n{}", run.code, run.stderr).into_bytes());
    // The imported stories must build, including drafts.
    let built = site.run(&["--drafts"]);
    assert_eq!(built.code, Some(0), "{}: {}", case.display(), built.stderr);
    assert_old_urls_work(case, &site);
    made
}

/// Fails unless every old URL of an article is a page of the site.
fn assert_old_urls_work(case: &Path, site: &Site) {
    let public = site.public();
    for (path, bytes) in articles(site) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let front = text.split("\n---\n").next().unwrap_or_default();
        let mut lines = front.lines().skip_while(|line| *line != "aliases:").skip(1);
        let aliases = lines.by_ref().map_while(|line| line.strip_prefix("- "));
        for alias in aliases {
            let alias = alias.trim_matches(['\'', '"']).trim_start_matches('/');
            let file = if alias.ends_with('/') { format!("{alias}index.html") } else { alias.to_owned() };
            assert!(public.contains_key(&file), "{}: /{alias} of {path} does not answer", case.display());
        }
    }
}

#[test]
fn every_kind_of_copy_is_imported_as_expected() {
    crate::support::assert_as_expected(&cases(), made, "import");
}

#[test]
fn every_importer_has_fixtures() {
    let cases = cases();
    for name in bulletin::import::importers::names() {
        let is_of =
            |case: &PathBuf| case.file_name().unwrap().to_string_lossy().starts_with(&format!("{name}-"));
        assert!(cases.iter().any(is_of), "{name}");
    }
}

const STORY: &str = "Ferry strike shuts port\n\nMERIDIAN, March 3, 2026 (AP) - Ferries stayed in port on Tuesday, the union said.\n\nTalks go on.\n";

#[test]
fn nothing_is_overwritten_or_imported_twice() {
    let site = site();
    site.write("../a.txt", STORY);
    let run = import(&site, &["a.txt"]);
    assert_eq!(
        (run.code, run.stdout.trim()),
        (Some(0), "content/2026/2026-03-03-ferry-strike-shuts-port.md"),
        "{}",
        run.stderr
    );
    let before = articles(&site);
    let run = import(&site, &["a.txt"]);
    assert!(
        run.stderr.contains(
            "Skipped a.txt: already imported as content/2026/2026-03-03-ferry-strike-shuts-port.md"
        ),
        "{}",
        run.stderr
    );
    assert_eq!((run.code, articles(&site)), (Some(0), before));
}

#[test]
fn a_new_version_replaces_the_old_one_only_on_request() {
    let site = site();
    site.write("../a.txt", STORY);
    import(&site, &["a.txt"]);
    let path = "content/2026/2026-03-03-ferry-strike-shuts-port.md";
    // An editor has reviewed the story, chosen a picture and added a tag.
    let text = site.read(path).replace("draft: true\n", "image: {src: /ferry.png, alt: A ferry}\n");
    let text = text.replace("- Meridian\n", "- Ferries\n");
    site.write(path, &text);
    site.write("../b.txt", STORY.replace("Talks go on.", "Talks ended."));
    let run = import(&site, &["b.txt"]);
    assert!(
        run.stderr
            .contains("is another version, or another story with its URL or id; replace it with --update"),
        "{}",
        run.stderr
    );
    assert_eq!(site.read(path), text);
    // The story is published, so an editor must approve the new text.
    let run = import(&site, &["b.txt", "--update"]);
    assert!(run.stderr.contains("use --status published"), "{}", run.stderr);
    assert_eq!(site.read(path), text);
    let run = import(&site, &["b.txt", "--update", "--status", "published"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = site.read(path);
    assert!(text.contains("Talks ended.") && !text.contains("Talks go on."), "{text}");
    assert!(
        !text.contains("draft: true") && text.contains("src: /ferry.png") && text.contains("- Ferries"),
        "{text}"
    );
    assert_eq!(articles(&site).len(), 1);
}

#[test]
fn stories_of_a_file_are_recognized_in_any_order() {
    let feed = |before: &str, text: &str| {
        let item = |title: &str, text: &str| {
            format!("<item><title>{title}</title><description>{text}</description></item>")
        };
        let items = [
            item("Digest", "One."),
            item("Digest", text),
            item("Other", "Harbour Alliance talks. The Harbour Alliance met."),
        ]
        .concat();
        format!(
            "{before}<rss version=\"2.0\"><channel><title>C</title><link>https://c.example/</link><description>d</description>{items}</channel></rss>"
        )
    };
    let site = site();
    site.write("../feed.xml", feed("", "Two."));
    let run = import(&site, &["feed.xml"]);
    assert_eq!((run.code, articles(&site).len()), (Some(0), 3), "{}", run.stderr);
    let before = articles(&site);
    site.write("content/world/2026-01-01-x.md", "---\ntitle: X\ntags: [Harbour Alliance]\n---\n");
    site.write("../feed.xml", feed("<?xml version=\"1.0\"?>\n\n\n", "Two."));
    let run = import(&site, &["feed.xml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    site.remove("content/world/2026-01-01-x.md");
    assert_eq!(articles(&site), before);
}

#[test]
fn a_record_that_is_too_large_does_not_break_the_site() {
    let site = site();
    site.write("../a.txt", format!("{STORY}\n{}", "(MORE)\n\n".repeat(12_000)));
    let run = import(&site, &["a.txt", "--status", "published"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    site.build(&[]);
}

#[test]
fn a_new_version_does_not_overwrite_edits() {
    let site = site();
    site.write("../a.txt", STORY);
    import(&site, &["a.txt"]);
    let path = "content/2026/2026-03-03-ferry-strike-shuts-port.md";
    let text = site.read(path).replace("Talks go on.", "Talks go on, we hear.");
    site.write(path, &text);
    site.write("../b.txt", STORY.replace("Talks go on.", "Talks ended."));
    let run = import(&site, &["b.txt", "--update"]);
    assert_eq!((run.code, site.read(path)), (Some(1), text));
    assert!(run.stderr.contains("was edited after its import"), "{}", run.stderr);
}

#[test]
fn two_stories_with_one_headline_are_both_kept_and_recognized() {
    let site = site();
    site.write("../in/a.txt", STORY);
    site.write("../in/b.txt", STORY.replace("Ferries stayed", "Trams stayed"));
    let run = import(&site, &["in"]);
    assert_eq!((run.code, articles(&site).len()), (Some(0), 2), "{}", run.stderr);
    let before = articles(&site);
    let run = import(&site, &["in"]);
    assert_eq!((run.code, articles(&site)), (Some(0), before), "{}", run.stderr);
    assert!(run.stderr.contains("Nothing to import: all 2 stories were imported before"), "{}", run.stderr);
}

#[test]
fn the_same_headline_on_another_day_is_another_story() {
    let site = site();
    site.write("../a.txt", STORY);
    site.write("../b.txt", STORY.replace("March 3", "March 4"));
    import(&site, &["a.txt"]);
    let run = import(&site, &["b.txt", "--update"]);
    assert_eq!((run.code, articles(&site).len()), (Some(0), 2), "{}", run.stderr);
}

#[test]
fn an_older_version_does_not_replace_a_newer_one() {
    let item = |version: u32, text: &str| {
        format!(
            r#"{{"uri":"tag:wire.example,2026:1","type":"text","version":"{version}","headline":"Port shut",
            "versioncreated":"2026-03-03T1{version}:00:00Z","firstcreated":"2026-03-03T10:00:00Z","body_text":"{text}"}}"#
        )
    };
    let site = site();
    site.write("../2.json", item(2, "Second."));
    site.write("../1.json", item(1, "First."));
    import(&site, &["2.json"]);
    let before = articles(&site);
    let run = import(&site, &["1.json", "--update"]);
    assert!(run.stderr.contains("is a newer version"), "{}", run.stderr);
    assert_eq!((run.code, articles(&site)), (Some(1), before));
    // In one delivery, the order does not matter.
    let other = self::site();
    other.write("../in/1.json", item(2, "Second."));
    other.write("../in/2.json", item(1, "First."));
    let run = import(&other, &["in"]);
    let articles = articles(&other);
    let texts: Vec<_> = articles.values().map(|bytes| String::from_utf8_lossy(bytes)).collect();
    assert!(texts.len() == 1 && texts[0].contains("Second."), "{}{texts:?}", run.stderr);
}

#[test]
fn an_embargo_is_always_respected() {
    for line in [
        "EDITORS: EMBARGOED for release at 18:00 GMT Monday",
        "Not for publication before the speech",
        "EMBARGO: check against delivery",
    ] {
        let site = site();
        site.write("../a.txt", format!("{STORY}\n{line}\n"));
        import(&site, &["a.txt", "--status", "published"]);
        site.build(&[]);
        let shown = site.public().into_values().any(|bytes| String::from_utf8_lossy(&bytes).contains("Ferr"));
        assert!(!shown, "{line}");
    }
}

#[test]
fn an_unreadable_embargo_hides_the_story() {
    let ninjs = |hold: &str| {
        format!(
            r#"{{"uri":"tag:a.example,2026:1","headline":"Ferry shut","versioncreated":"2026-03-03T10:00:00Z","body_text":"Ferry.",{hold}}}"#
        )
    };
    let g2 = "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='urn:a' version='1' xml:lang='en'><itemMeta><itemClass qcode='ninat:text'/><versionCreated>2026-03-03T10:00:00Z</versionCreated><embargoed/><pubStatus qcode='stat:usable'/></itemMeta><contentMeta><headline>Ferry shut</headline></contentMeta><contentSet><inlineData contenttype='text/plain'>Ferry.</inlineData></contentSet></newsItem>";
    let page = "<rss version='2.0' xmlns:wp='http://wordpress.org/export/1.2/' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><wp:wxr_version>1.2</wp:wxr_version><title>T</title><link>https://a.example</link><item><title>Ferry shut</title><link>https://a.example/secret/</link><guid>https://a.example/?page_id=1</guid><content:encoded>Ferry.</content:encoded><wp:post_id>1</wp:post_id><wp:post_name>secret</wp:post_name><wp:status>future</wp:status><wp:post_type>page</wp:post_type><wp:post_date>2099-01-01 00:00:00</wp:post_date></item></channel></rss>";
    for (name, copy) in [
        ("a.json", ninjs(r#""embargoed":{"until":"2099"}"#)),
        ("a.json", ninjs(r#""embargoed":"""#)),
        ("a.json", ninjs(r#""pubstatus":["withheld"]"#)),
        ("a.xml", g2.to_owned()),
        ("a.xml", page.to_owned()),
    ] {
        let site = site();
        site.write(&format!("../{name}"), &copy);
        let run = import(&site, &[name, "--status", "published"]);
        assert_eq!(run.code, Some(0), "{copy}: {}", run.stderr);
        site.build(&[]);
        let shown =
            site.public().into_values().any(|bytes| String::from_utf8_lossy(&bytes).contains("Ferry"));
        assert!(!shown, "{copy}");
    }
}

#[cfg(unix)]
#[test]
fn copy_imports_only_pictures_and_follows_no_links() {
    let site = site();
    site.write("../in/other.md", "---\ntitle: Secret\ndate: 2020-01-01\n---\n");
    site.write("../secret.jpg", "secret");
    std::os::unix::fs::symlink(site.path("../secret.jpg"), site.path("../in/a.jpg")).unwrap();
    site.write(
        "../in/a.json",
        r#"{"uri":"tag:a.example,2026:1","headline":"Ferry","versioncreated":"2026-03-03T10:00:00Z","body_html":"<p>F <img src='a.jpg'> <img src='other.md'></p>"}"#,
    );
    let run = import(&site, &["in/a.json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(articles(&site).keys().all(|path| path.ends_with("ferry.md")), "{:?}", articles(&site).keys());
}

#[test]
fn stories_that_share_a_slug_and_an_old_url_are_all_imported() {
    let site = site();
    site.write("../hugo/hugo.toml", "baseURL = 'https://plain.example/'\n");
    for name in ["a", "b", "c"] {
        let post = format!("---\ntitle: {name}\ndate: 2026-03-03\nslug: same\n---\nText of {name}.\n");
        site.write(&format!("../hugo/content/news/{name}.md"), post);
    }
    let run = import(&site, &["hugo"]);
    assert_eq!((run.code, articles(&site).len()), (Some(0), 3), "{}", run.stderr);
    site.build(&[]);
    let again = import(&site, &["hugo"]);
    assert_eq!((again.code, articles(&site).len()), (Some(0), 3), "{}", again.stderr);
}

#[test]
fn an_old_url_that_is_now_a_list_is_not_an_alias() {
    let page = |head: &str| format!("---\ntitle: A\ndate: 2026-03-03\n{head}---\nText.\n");
    let site = site();
    site.write("../hugo/hugo.toml", "baseURL = 'https://plain.example/'\n");
    site.write(
        "../hugo/content/news/a.md",
        page("aliases: [/news/, /tags/port/, /2026/, /authors/ana/]\ntags: [Port]\n"),
    );
    site.write("../hugo/content/authors/ana.md", "---\ntitle: Ana\n---\nAbout Ana.\n");
    site.write("../hugo/content/news/b.md", page("authors: [Ana]\nurl: /tags/\n"));
    let run = import(&site, &["hugo"]);
    assert_eq!((run.code, articles(&site).len()), (Some(0), 3), "{}", run.stderr);
    site.build(&[]);
}

#[test]
fn a_dry_run_shows_the_article_and_writes_nothing() {
    let site = site();
    site.write("../a.txt", STORY);
    let run = import(&site, &["a.txt", "--dry-run"]);
    assert_eq!((run.code, articles(&site).len()), (Some(0), 0));
    assert!(
        run.stdout.starts_with("---\ntitle: Ferry strike shuts port\n")
            && run.stdout.ends_with("Talks go on.\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr
            .contains("Would import a.txt (wire) as content/2026/2026-03-03-ferry-strike-shuts-port.md"),
        "{}",
        run.stderr
    );
}

#[test]
fn copy_may_come_from_standard_input_and_reports_are_json() {
    let site = site();
    let mut command = bulletin();
    command.args(["import", "-", "--json", "--site"]).arg(&site.root);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(STORY.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let lines: Vec<serde_json::Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["outcome"], "imported");
    let field = |key: &str| {
        lines[0]["fields"].as_array().unwrap().iter().find(|field| field["key"] == key).unwrap().clone()
    };
    assert_eq!(field("dateline")["value"], "Meridian");
    assert_eq!(field("source")["sure"], "explicit");
    assert_eq!(
        field("title")["at"][0],
        serde_json::json!({"line": 1, "column": 1, "end_line": 1, "end_column": 24})
    );
    let pieces: String = lines[0]["pieces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|piece| piece["text"].as_str().unwrap().to_owned())
        .collect();
    let seen = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(seen(&pieces), seen(STORY));
    assert_eq!(lines[1]["reason"], "import-finished");
}

#[test]
fn agency_copy_is_a_draft_by_default() {
    for (args, draft, status) in [
        (&[][..], true, None),
        (&["--status", "published"], false, None),
        (&["--status", "withheld"], false, Some("status: withheld")),
        (&["--status", "draft"], true, None),
    ] {
        let site = site();
        site.write("../a.txt", STORY);
        import(&site, &[&["a.txt", "--section", "world"], args].concat());
        let text = site.read("content/world/2026-03-03-ferry-strike-shuts-port.md");
        assert_eq!(text.contains("\ndraft: true\n"), draft, "{args:?}: {text}");
        assert!(status.is_none_or(|status| text.contains(status)), "{args:?}: {text}");
    }
}

#[test]
fn a_missing_date_is_reported_and_can_be_given() {
    let story = STORY.replace(", 2026", "");
    let site = site();
    site.write("../a.txt", &story);
    let run = import(&site, &["a.txt"]);
    assert!(run.stderr.contains("the copy has no year: set it with --date"), "{}", run.stderr);
    assert!(site.read("content/ferry-strike-shuts-port.md").contains("\n    date: missing\n"));
    let other = self::site();
    other.write("../a.txt", &story);
    let run = import(&other, &["a.txt", "--date", "2027-01-10"]);
    assert!(run.stdout.contains("content/2026/2026-03-03-ferry"), "{}{}", run.stdout, run.stderr);
}

#[test]
fn bad_input_is_rejected_without_affecting_good_input() {
    let site = site();
    for (name, bytes) in [
        ("empty.txt", Vec::new()),
        ("zip.txt", b"PK\x03\x04\x14\0\0\0".to_vec()),
        ("binary.txt", (0..=255).cycle().take(4096).collect()),
        ("huge.txt", b"word ".repeat(11 << 20)),
        ("good.txt", STORY.as_bytes().to_vec()),
    ] {
        site.write(&format!("../{name}"), bytes);
    }
    let run = import(&site, &["empty.txt", "zip.txt", "binary.txt", "huge.txt", "good.txt"]);
    assert_eq!((run.code, articles(&site).len()), (Some(1), 1), "{}", run.stderr);
    for words in [
        "skipped: the file is empty (for example empty.txt)",
        "the file is not text",
        "the file is 55 MiB",
        "Imported 1 story",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    let run = import(&site, &["nowhere.txt"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("no such file or folder"), "{}", run.stderr);
}

#[test]
fn only_sections_of_the_site_are_used() {
    let site = site();
    site.write("bulletin.yaml", format!("{SETTINGS}sections: [{{slug: world, title: World}}]\n"));
    site.write("../a.txt", STORY);
    let run = import(&site, &["a.txt", "--section", "wrold"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("did you mean `world`?"), "{}", run.stderr);
}
