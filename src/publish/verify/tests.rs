use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::publish::recorder::Recorder;

const PAGE: &str = "<h1>Port</h1>";

fn headers() -> Headers {
    Headers {
        content_type: "text/html; charset=utf-8".to_owned(),
        cache_control: Some("public, max-age=0, must-revalidate".to_owned()),
        ..Headers::default()
    }
}

/// The differences at paths of a server.
fn run(server: &Recorder, checks: &[(&str, Expect)]) -> Vec<String> {
    let checks: Vec<Check> = checks
        .iter()
        .map(|(path, expect)| Check { url: format!("{}{path}", server.url), expect: expect.clone() })
        .collect();
    let problems = verify(&checks, &Client::new(), &Environment::of(&[], None), Some(2));
    assert!(problems.iter().all(|problem| problem.code == "publish/verify" && problem.is_error()));
    problems.into_iter().map(|problem| problem.message.replace(server.url.as_str(), "/")).collect()
}

#[test]
fn what_readers_get_is_compared_with_what_was_published() {
    let server = Recorder::start(|request| {
        let page = |kind: &str, caching: &str| {
            let headers = vec![("content-type", kind.to_owned()), ("cache-control", caching.to_owned())];
            (200, headers, PAGE.into())
        };
        let (kind, caching) = ("text/html;charset=UTF-8", "max-age=0, public, must-revalidate");
        let to = |status, to: &str| (status, vec![("location", to.to_owned())], Vec::new());
        match &*request.target {
            "/same/" | "/spelt" => page(kind, caching),
            "/spelt.html" => to(308, "/spelt"),
            "/type/" => page("text/plain", caching),
            "/cached/" => page(kind, "max-age=14400"),
            "/bytes/" => (200, vec![], b"<h1>Old</h1>".to_vec()),
            "/moved/" => to(301, "/new/"),
            "/login/" => to(302, "https://elsewhere.example/"),
            "/still/" => page(kind, caching),
            "/broken/" => (503, vec![], vec![]),
            "/secret/" => (403, vec![], vec![]),
            _ => (404, vec![], vec![]),
        }
    });
    let present = || Expect::Present(ContentHash::of(PAGE.as_bytes()), headers());
    let redirect = |to: &str| {
        let headers = Headers { redirects_to: Some(to.to_owned()), ..headers() };
        Expect::Present(ContentHash::of(PAGE.as_bytes()), headers)
    };
    let bare = || Expect::Present(ContentHash::of(PAGE.as_bytes()), Headers::default());
    let fine = [
        ("same/", present()),
        ("same/", redirect("/new/")),
        ("spelt.html", present()),
        ("type/", bare()),
        ("moved/", redirect("/new/")),
        ("gone/", Expect::Absent),
        ("secret/", Expect::Absent),
        ("moved/", Expect::Absent),
    ];
    assert_eq!(run(&server, &fine), [""; 0]);
    assert!(server.requests().iter().all(|request| {
        request.header("cache-control") == Some("no-cache")
            && request.header("accept-encoding") == Some("identity")
    }));
    for (path, expect, message) in [
        (
            "type/",
            present(),
            "/type/ has the content type `text/plain` instead of `text/html; charset=utf-8`",
        ),
        (
            "cached/",
            present(),
            "/cached/ has the header `Cache-Control: max-age=14400` instead of `public, max-age=0, must-revalidate`",
        ),
        ("bytes/", present(), "/bytes/ has other bytes than were published (12 bytes)"),
        ("gone/", present(), "/gone/ returns 404, but was published"),
        ("moved/", present(), "/moved/ returns 301 and redirects to `/new/`, but was published"),
        ("moved/", redirect("/x/"), "/moved/ redirects to `/new/` instead of `/x/`"),
        (
            "login/",
            present(),
            "/login/ returns 302 and redirects to `https://elsewhere.example/`, but was published",
        ),
        ("still/", Expect::Absent, "/still/ is still there, but was removed"),
        ("broken/", Expect::Absent, "/broken/ returns 503, but was removed"),
    ] {
        assert_eq!(run(&server, &[(path, expect)]), [message]);
    }
}

#[test]
fn caches_have_a_while_to_agree() {
    for (stale, expected) in [(3, 0), (5, 1)] {
        let asked = AtomicUsize::new(0);
        let server = Recorder::start(move |_| {
            let old = asked.fetch_add(1, Ordering::SeqCst) < stale;
            (200, Vec::new(), if old { b"old".to_vec() } else { PAGE.into() })
        });
        let expect = Expect::Present(ContentHash::of(PAGE.as_bytes()), Headers::default());
        assert_eq!(run(&server, &[("a/", expect)]).len(), expected, "{stale}");
    }
}

#[test]
fn many_differences_are_counted() {
    let server = Recorder::answering(200, "");
    let checks: Vec<_> = (0..25).map(|_| ("a/", Expect::Absent)).collect();
    let messages = run(&server, &checks);
    assert_eq!(messages.len(), 21);
    assert_eq!(messages[20], "5 more URLs differ from what was published");
}

#[test]
fn a_server_that_is_gone_is_a_difference() {
    let checks = [Check { url: "http://127.0.0.1:1/".to_owned(), expect: Expect::Absent }];
    let problems = verify(&checks, &Client::new(), &Environment::of(&[], None), None);
    assert!(problems[0].message.starts_with("http://127.0.0.1:1/ cannot be read: "), "{problems:?}");
}

#[test]
fn a_sample_has_the_front_page_all_removed_files_and_some_others() {
    let file = |path: &str, class: FileClass| {
        let (hash, headers) = (ContentHash::of(path.as_bytes()), Arc::new(headers()));
        (path.to_owned(), PublishedFile { class, size: 0, hash, headers })
    };
    let stories = (0..300).map(|number| file(&format!("{number:03}/index.html"), FileClass::Story));
    let others = [
        file("404.html", FileClass::List),
        file(".htaccess", FileClass::Static),
        file("_redirects", FileClass::Rules),
        file(BUILD_FILE, FileClass::Front),
        file("index.html", FileClass::Front),
    ];
    let files: BTreeMap<String, PublishedFile> = stories.chain(others).collect();
    let changed: BTreeSet<&str> = files.keys().map(String::as_str).filter(|path| *path < "100").collect();
    let base = Url::parse("https://herald.example/news/").unwrap();
    let removed = ["gone/index.html".to_owned(), "gone/photo 1.jpg".to_owned()];
    let checks = sample(&base, &files, &changed, &removed, Sample::default());
    assert_eq!(checks, sample(&base, &files, &changed, &removed, Sample::default()));
    let urls: Vec<&str> = checks.iter().map(|check| check.url.as_str()).collect();
    assert!(urls.contains(&"https://herald.example/news/"));
    assert!(urls.contains(&"https://herald.example/news/_bulletin/build.txt"));
    let gone = checks.iter().filter(|check| check.expect == Expect::Absent).map(|check| check.url.as_str());
    let expected = ["https://herald.example/news/gone/", "https://herald.example/news/gone/photo%201.jpg"];
    assert_eq!(gone.collect::<Vec<_>>(), expected);
    assert_eq!(
        urls.iter().filter(|url| url["https://herald.example/news/".len()..].starts_with('0')).count(),
        50
    );
    assert!(
        !urls.iter().any(|url| url.contains("404") || url.contains("htaccess") || url.contains("_redirects"))
    );
    assert_eq!(checks.len(), 2 + 50 + 10 + 2);
}
