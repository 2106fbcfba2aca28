use super::*;
use crate::config::publish::{Folder, Releases, TargetKind};
use crate::publish::recorder::Recorder;

fn base() -> Url {
    Url::parse("https://herald.example/news/").unwrap()
}

fn target(url: Option<&str>) -> PublishTarget {
    let releases = Releases { keep: 1, compress: Vec::new() };
    PublishTarget {
        name: "production".to_owned(),
        to: TargetKind::Folder(Folder { path: "out".to_owned(), releases }),
        url: url.map(|url| Url::parse(url).unwrap()),
        verify: false,
        max_removed: None,
        parallel: None,
        purge: Vec::new(),
        index_now: Some("0123-abcd".to_owned()),
        hooks: Vec::new(),
    }
}

fn news() -> News {
    let files = [
        ("2026/port/index.html", FileClass::Story),
        ("2026/gone/index.html", FileClass::Notice),
        ("2026/port/photo.jpg", FileClass::StoryFile),
        ("index.html", FileClass::Front),
        ("tags/port/index.html", FileClass::List),
        ("rss.xml", FileClass::Feed),
        ("tags/port/atom.xml", FileClass::Feed),
        ("sitemap.xml", FileClass::Feed),
    ];
    News::of(files.into_iter(), &base())
}

/// Notifies of the news with a hub and an engine at a recorder.
fn run(target: &PublishTarget, server: &Recorder) -> Vec<String> {
    let endpoint = format!("{}indexnow", server.url);
    let environment = Environment::of(&[("INDEXNOW_ENDPOINT", &endpoint)], None);
    let hub = format!("{}hub", server.url);
    let problems = notify(target, &base(), Some(&hub), &news(), &Client::new(), &environment);
    assert!(problems.iter().all(|problem| problem.code == CODE && !problem.is_error()));
    problems.into_iter().map(|problem| problem.message.replace(server.url.as_str(), "SERVER/")).collect()
}

#[test]
fn hubs_get_feeds_and_search_engines_get_stories() {
    let server = Recorder::answering(202, "");
    assert_eq!(run(&target(None), &server), [""; 0]);
    let mut requests = server.requests();
    requests.sort_by_key(|request| (request.target.clone(), request.body.clone()));
    let form = |feed: &str| {
        let url = format!("https%3A%2F%2Fherald.example%2Fnews%2F{feed}");
        format!("hub.mode=publish&hub.url={url}&hub.topic={url}")
    };
    assert_eq!(requests.len(), 3);
    for (request, feed) in requests.iter().zip(["rss.xml", "tags%2Fport%2Fatom.xml"]) {
        assert_eq!(request.line(), "POST /hub");
        assert_eq!(request.body, form(feed));
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    }
    assert_eq!(requests[2].line(), "POST /indexnow");
    let expected = serde_json::json!({
        "host": "herald.example",
        "key": "0123-abcd",
        "keyLocation": "https://herald.example/news/0123-abcd.txt",
        "urlList": ["https://herald.example/news/2026/gone/", "https://herald.example/news/2026/port/"],
    });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&requests[2].body).unwrap(), expected);
}

#[test]
fn nobody_hears_of_a_staging_site() {
    let server = Recorder::answering(202, "");
    assert_eq!(run(&target(Some("https://staging.herald.example/")), &server), [""; 0]);
    assert!(server.requests().is_empty());
    assert_eq!(run(&target(Some("https://herald.example/news/")), &server), [""; 0]);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_failure_is_a_warning() {
    let server = Recorder::answering(403, "");
    let expected = [
        "the WebSub hub `SERVER/hub` rejected changed feeds: it returned 403",
        "IndexNow rejected changed pages: it returned 403",
    ];
    assert_eq!(run(&target(None), &server), expected);
}

#[test]
fn a_key_has_a_file() {
    let file = index_now::key_file("0123-abcd").unwrap();
    assert_eq!((&*file.path, file.size), ("0123-abcd.txt", 9));
    for wrong in ["short", "0123/../abcd", "with space", &"a".repeat(129)] {
        assert!(index_now::key_file(wrong).unwrap_err().is_error(), "{wrong}");
    }
}
