//! Checks feeds with `feed-rs`, an independent parser.

use std::path::{Path, PathBuf};

use crate::support::{Site, story};
use feed_rs::model::{Entry, Feed, Person};
use serde_json::Value;

const SETTINGS: &str = "title: The <Odd> & Other]]> Paper\nbase_url: https://odd.example:8080/news/\ntimezone: Europe/Athens\n\
                        feeds: {lists: [rss, atom, json], hub: https://hub.example/}\n";

/// Stories whose headlines, names and texts are difficult for feeds.
fn odd() -> Site {
    let site = Site::bare(&[("bulletin.yaml", SETTINGS)]);
    let stories = [
        ("brackets", "a ]]> b <![CDATA[ c", "tags: [\"<b>\", A & B]\n", "One ]]> two.\n"),
        ("script", "</script><script>alert(1)</script>", "", "<script>alert(1)</script>\n\nText.\n"),
        ("emoji", "🚢 \u{202e}gnol\u{202c} & “quoted”", "authors: [\"R&D <desk>\"]\n", "[a](#b)\n\n## B\n"),
        (
            "unclosed",
            "Unclosed",
            "deck: An <em>open\n",
            "<div><p>One <b>two\n\n<iframe src=\"//v.example/\"></iframe>\n",
        ),
        (
            "links",
            "Links",
            "",
            "[r](other/) [s](/about/) [j](javascript:alert(1)) ![i](https://i.example/a.png)\n",
        ),
        (
            "notes",
            "Notes[^1]",
            "corrections: [{date: 2026-11-20, text: \"Nine & not <8>.\"}]\n",
            "A[^n]\n\n[^n]: B\n",
        ),
    ];
    for (number, (name, title, front, text)) in stories.iter().enumerate() {
        let title = serde_json::to_string(title).unwrap();
        site.write(
            &format!("content/world/{name}.md"),
            story(&title, &format!("2026-11-1{number}T09:30:00"), front, text),
        );
    }
    site
}

fn parse(file: &Path) -> Feed {
    let bytes = std::fs::read(file).unwrap();
    feed_rs::parser::Builder::new()
        .build()
        .parse(&bytes[..])
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn content(entry: &Entry) -> Option<&str> {
    entry.content.as_ref().and_then(|content| content.body.as_deref())
}

fn names(people: &[Person]) -> Vec<String> {
    people.iter().map(|person| person.name.clone().unwrap_or_default()).collect()
}

/// The authors of the byline. For stories without one, `feed-rs` returns the author of the feed in JSON Feed but not in Atom.
fn byline(feed: &Feed, entry: &Entry) -> Vec<String> {
    let (byline, house) = (names(&entry.authors), names(&feed.authors));
    if byline == house { Vec::new() } else { byline }
}

/// The data of a story in all formats.
fn fields(feed: &Feed, entry: &Entry) -> (String, String, String, String, Vec<String>, String) {
    (
        entry.id.clone(),
        entry.title.as_ref().unwrap().content.clone(),
        entry.links.first().unwrap().href.clone(),
        entry.published.unwrap().to_rfc3339(),
        byline(feed, entry),
        content(entry).unwrap_or_default().trim().to_owned(),
    )
}

#[test]
fn all_formats_agree_on_odd_stories() {
    let site = odd();
    let run = site.run(&["--as-of", "2026-11-22T12:00:00Z"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for folder in ["", "world/"] {
        let read = |name: &str| parse(&site.path(&format!("public/{folder}{name}")));
        let (rss, atom, json) = (read("rss.xml"), read("atom.xml"), read("feed.json"));
        assert_eq!(rss.entries.len(), 6);
        for ((one, two), three) in rss.entries.iter().zip(&atom.entries).zip(&json.entries) {
            assert_eq!(fields(&rss, one), fields(&atom, two));
            assert_eq!(fields(&rss, one), fields(&json, three));
            let html = content(one).unwrap();
            assert!(
                !html.contains("<script") && !html.contains("javascript:") && !html.contains("<iframe"),
                "{html}"
            );
        }
        let titles: Vec<String> = [rss, atom, json].map(|feed| feed.title.unwrap().content).into();
        assert!(
            titles.iter().all(|title| *title == titles[0] && title.ends_with("The <Odd> & Other]]> Paper")),
            "{titles:?}"
        );
    }
}

/// `tests/web/run` names a file with the results of other parsers and the folder of the sites. Otherwise the test does
/// nothing.
#[test]
fn other_parsers_read_the_same() {
    let (Some(file), Some(sites)) = (std::env::var_os("BULLETIN_PARSED"), std::env::var_os("BULLETIN_SITES"))
    else {
        return;
    };
    let feeds: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert!(feeds.len() > 10, "{} feeds", feeds.len());
    for feed in feeds {
        let path = PathBuf::from(&sites)
            .join(feed["site"].as_str().unwrap())
            .join("public")
            .join(feed["path"].as_str().unwrap());
        let ours = parse(&path);
        let theirs = feed["entries"].as_array().unwrap();
        assert_eq!(squeezed(&ours.title.as_ref().unwrap().content), feed["title"], "{}", path.display());
        assert_eq!(ours.entries.len(), theirs.len(), "{}", path.display());
        for (entry, theirs) in ours.entries.iter().zip(theirs) {
            let (id, title, link, published, authors, html) = fields(&ours, entry);
            let shown = path.display();
            assert_eq!(theirs["id"], id, "{shown}");
            assert_eq!(theirs["title"], squeezed(&title), "{shown}");
            assert_eq!(theirs["link"], link, "{shown}");
            let instant = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
            assert_eq!(instant(theirs["published"].as_str().unwrap()), instant(&published), "{shown}");
            let names: Vec<String> = authors.iter().map(|name| squeezed(name)).collect();
            assert_eq!(theirs["authors"], serde_json::json!(names), "{shown}: {id}");
            assert_eq!(theirs["content"].as_str().unwrap_or_default().trim(), html, "{shown}: {id}");
        }
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
