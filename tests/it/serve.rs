//! Runs the preview: after any change to the files of a site, it shows what a build would write.
//!
//! `BULLETIN_CASES=200 cargo test --test it serve` tries more histories than an ordinary run.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::paper::{Edit, Kept, Paper, Saving, an_edit};
use crate::support::server::{Answer, Server, next_event};
use crate::support::{Run, Site, Tree, build_in_process, bulletin, request, story, tree};
use bulletin::config::Config;
use bulletin::diagnostic::{Diagnostic, Severity};
use bulletin::site::SiteDir;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use proptest::prelude::*;

/// The time limit for an edit to appear, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
const PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`');

/// Waits until a condition holds. The error explains why it does not.
#[track_caller]
fn eventually(is_so: impl Fn() -> Result<(), String>) {
    if let Err(why) = soon(is_so) {
        panic!("{why}");
    }
}

fn soon(is_so: impl Fn() -> Result<(), String>) -> Result<(), String> {
    let end = Instant::now() + PATIENCE;
    loop {
        match is_so() {
            Err(_) if Instant::now() < end => thread::sleep(Duration::from_millis(40)),
            done => return done,
        }
    }
}

/// A page without the preview's script.
fn without_script(answer: &Answer) -> Vec<u8> {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let Some((before, rest)) = text.split_once("<script type=\"module\" src=\"/__bulletin/client.js\"")
    else {
        return answer.body.clone();
    };
    let (_, after) = rest.split_once("</script>").unwrap();
    format!("{before}{after}").into_bytes()
}

/// A site with a preview, and a copy of its sources for builds.
struct Desk {
    paper: Paper,
    good: Paper,
    shown: Kept,
    built: Kept,
    /// Every path that any build has written.
    paths: BTreeSet<String>,
    server: Server,
}

impl Desk {
    fn new() -> Self {
        let paper = Paper::new();
        let (shown, built) = (Kept::new(&paper), Kept::new(&paper));
        let server = Server::start(&shown.site, &[]);
        // A site with a base path has no page at `/`.
        server.token();
        Self { good: paper.clone(), paper, shown, built, paths: BTreeSet::new(), server }
    }

    /// Takes a step. The error describes how the preview differs from a build.
    fn take(&mut self, edit: &Edit, saving: Saving, restores: bool) -> Result<(), String> {
        if restores {
            self.paper = self.good.clone();
        }
        self.paper.apply(edit);
        self.shown.save(&self.paper, saving);
        self.built.save(&self.paper, Saving::Plainly);
        self.compare()
    }

    fn compare(&mut self) -> Result<(), String> {
        let _ = fs::remove_dir_all(self.built.site.path("public"));
        let mut request = request(&self.built.site.root, &self.paper.as_of());
        request.view.drafts = self.paper.drafts;
        let outcome = build_in_process(&request);
        if outcome.built.is_none() {
            // The preview shows the last good version of each page, which no build can be compared with.
            return soon(|| self.check_problems(&outcome.diagnostics));
        }
        self.good = self.paper.clone();
        let tree = tree(&self.built.site.path("public"));
        self.paths.extend(tree.keys().cloned());
        soon(|| self.shows(&tree))?;
        soon(|| self.check_problems(&outcome.diagnostics))
    }

    fn shows(&self, tree: &Tree) -> Result<(), String> {
        // These are not for browsers: hosts read `_headers` and do not serve it.
        for path in self.paths.iter().filter(|path| ![".bulletin-files", "_headers"].contains(&path.as_str()))
        {
            let answer = self.get(path);
            match tree.get(path) {
                Some(bytes) if answer.status == Some(200) && without_script(&answer) == *bytes => {}
                // AVIF would take too long: until a build has made it, browsers get JPEG.
                Some(_) if path.ends_with(".avif") && answer.header("content-type") == Some("image/jpeg") => {
                }
                None if answer.status != Some(200) => {}
                Some(bytes) => {
                    let built = String::from_utf8_lossy(bytes).into_owned();
                    return Err(format!(
                        "{path}: {:?}\n{}\nis built as\n{built}",
                        answer.status,
                        answer.text()
                    ));
                }
                None => return Err(format!("{path} is not built, and shown:\n{}", answer.text())),
            }
        }
        Ok(())
    }

    /// Whether the preview reports what a build reports, at least its errors.
    fn check_problems(&self, expected: &[Diagnostic]) -> Result<(), String> {
        let reported = self.problems();
        for problem in expected.iter().filter(|problem| problem.severity >= Severity::Error) {
            let is_it = |reported: &serde_json::Value| {
                reported["code"] == problem.code && reported["message"] == *problem.message
            };
            // The preview checks the inputs of a page only when the page is requested.
            if !problem.code.starts_with("theme/") && !reported.iter().any(is_it) {
                return Err(format!("the preview does not report {problem:?}, but {reported:#?}"));
            }
        }
        let errors = |severity: &serde_json::Value| severity != "warning";
        match reported.iter().find(|reported| errors(&reported["severity"])) {
            Some(reported) if expected.iter().all(|problem| problem.severity == Severity::Warning) => {
                Err(format!("there are no errors, but the preview reports {reported:#}"))
            }
            _ => Ok(()),
        }
    }

    fn problems(&self) -> Vec<serde_json::Value> {
        let (_, hello) = self.server.listen("/", &[&self.view()]);
        hello["problems"].as_array().unwrap().clone()
    }

    fn get(&self, path: &str) -> Answer {
        let target = self.home() + &utf8_percent_encode(path, PATH).to_string();
        self.server.ask("GET", &target, &[&self.view()])
    }

    /// The header that sets a browser's view.
    fn view(&self) -> String {
        let drafts = if self.paper.drafts { "drafts" } else { "readers" };
        format!("Cookie: bulletin-view-{}={drafts}@{}", self.server.port, self.paper.as_of())
    }

    /// The path of the front page.
    fn home(&self) -> String {
        let (config, _) = Config::load(&SiteDir::new(&self.built.site.root));
        config.map_or_else(|| "/".to_owned(), |config| config.base_url.path().to_owned())
    }
}

fn a_saving() -> impl Strategy<Value = Saving> {
    prop_oneof![3 => Just(Saving::Plainly), 1 => Just(Saving::ByRename)]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("BULLETIN_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(6),
        max_shrink_iters: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn the_preview_shows_what_a_build_writes(steps in prop::collection::vec((an_edit(), a_saving(), prop::bool::weighted(0.8)), 1..=8)) {
        let mut desk = Desk::new();
        desk.compare().unwrap();
        for (number, (edit, saving, restores)) in steps.iter().enumerate() {
            if let Err(why) = desk.take(edit, *saving, *restores) {
                prop_assert!(false, "after step {} of {steps:#?}\n{}\n{why}", number + 1, desk.server.printed());
            }
        }
        prop_assert!(!desk.shown.site.path("public").exists(), "the preview wrote to the output folder");
    }
}

fn paper(files: &[(&str, &str)]) -> Site {
    let site = Site::new(&[
        ("content/world/a.md", &story("A", "2020-01-01", "aliases: [/old/a/]\n", "First words.")),
        ("content/world/b.md", &story("B", "2020-01-02", "", "Second words.")),
        ("static/film.mp4", "0123456789"),
        (
            "static/_redirects",
            "/go/* /2020/01/:splat 302\n/in-place/ /2020/01/a 200\n/plain/ /film.mp4 200\n",
        ),
        ("static/app/index.html", "<p>An app.</p>"),
        ("static/_headers", "/*\n  Content-Security-Policy: default-src 'none'\n  X-Own: yes\n"),
    ]);
    files.iter().for_each(|(path, text)| site.write(path, text));
    site
}

fn shows(server: &Server, path: &str, words: &str) -> Result<(), String> {
    let answer = server.get(path);
    let found = answer.status == Some(200) && answer.text().contains(words);
    if found {
        Ok(())
    } else {
        Err(format!("{path} does not show {words:?}: {}\n{}", answer.text(), server.printed()))
    }
}

#[test]
fn the_preview_serves_files_like_a_static_host() {
    let site = paper(&[]);
    let server = Server::start(&site, &[]);
    let page = server.get("/2020/01/a/");
    assert_eq!((page.status, page.header("content-type")), (Some(200), Some("text/html; charset=utf-8")));
    assert_eq!(server.get("/2020/01/a/index.html").body, page.body);
    let etag = page.header("etag").unwrap();
    let again = server.ask("GET", "/2020/01/a/", &[&format!("If-None-Match: {etag}")]);
    assert_eq!((again.status, again.body.len()), (Some(304), 0));
    let head = server.ask("HEAD", "/2020/01/a/", &[]);
    assert_eq!((head.body.len(), head.header("content-length")), (0, page.header("content-length")));

    for (path, status, to) in
        [("/2020/01/a", 301, "/2020/01/a/"), ("/old/a", 301, "/old/a/"), ("/go/b/", 302, "/2020/01/b/")]
    {
        let moved = server.get(path);
        assert_eq!((moved.status, moved.header("location")), (Some(status), Some(to)), "{path}");
    }
    assert!(server.get("/in-place/").text().contains("First words."));
    assert_eq!(server.get("/plain/").text(), "0123456789");
    assert_eq!(server.get("/app").header("location"), Some("/app/"));
    assert_eq!(server.get("/app/").header("content-type"), Some("text/html; charset=utf-8"));
    assert!(
        server.get("/old/a/").text().contains("http-equiv"),
        "a page that leads to the new URL, as it is built"
    );
    let nowhere = server.get("/nowhere/");
    assert_eq!(nowhere.status, Some(404));
    assert_eq!(without_script(&nowhere), without_script(&server.get("/404.html")));

    let part = server.ask("GET", "/film.mp4", &["Range: bytes=2-4"]);
    let range = part.header("content-range");
    assert_eq!((part.status, part.text().as_str(), range), (Some(206), "234", Some("bytes 2-4/10")));
    assert_eq!(part.header("content-type"), Some("video/mp4"));
    assert_eq!(server.ask("GET", "/film.mp4", &["Range: bytes=10-"]).status, Some(416));
    assert_eq!(server.ask("GET", "/film.mp4", &["Range: bytes=2-4", "If-Range: \"old\""]).status, Some(200));
}

#[test]
fn the_headers_of_the_site_are_sent_and_allow_the_preview() {
    let site = paper(&[]);
    let page = Server::start(&site, &[]).get("/");
    assert_eq!(page.header("x-own"), Some("yes"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{policy}");
}

#[test]
fn a_site_with_a_base_path_is_served_at_that_path() {
    let site =
        paper(&[("bulletin.yaml", "title: T\nbase_url: https://t.example/news/daily/\ntheme: plain\n")]);
    let server = Server::start(&site, &[]);
    for path in ["/", "/news", "/news/", "/news/daily"] {
        assert_eq!(server.get(path).header("location"), Some("/news/daily/"), "{path}");
    }
    assert_eq!(server.get("/news/daily/2020/01/a/").status, Some(200));
    assert_eq!(server.get("/2020/01/a/").status, Some(404));
}

#[test]
fn only_browsers_on_the_edited_page_are_notified() {
    let site = paper(&[]);
    let server = Server::start(&site, &[]);
    let (mut of_a, before) = server.listen("/2020/01/a/", &[]);
    let (_of_b, b_before) = server.listen("/2020/01/b/", &[]);
    site.write("content/world/a.md", story("A", "2020-01-01", "", "Other words."));
    let news = next_event(&mut of_a, "page");
    assert_ne!(news["state"], before["state"]);
    assert!(server.get("/2020/01/a/").text().contains("Other words."));
    let (_, b_now) = server.listen("/2020/01/b/", &[]);
    assert_eq!(b_now["state"], b_before["state"]);
    eventually(|| {
        let printed = server.printed();
        let is_said = printed.contains("Changed: content/world/a.md (");
        if is_said { Ok(()) } else { Err(printed) }
    });
}

#[test]
fn a_broken_story_keeps_its_last_good_version_and_is_reported() {
    let site = paper(&[]);
    let server = Server::start(&site, &[]);
    let good = server.get("/2020/01/a/").body;
    let (mut stream, _) = server.listen("/2020/01/a/", &[]);
    site.write("content/world/a.md", "---\ntitle: \"A\ndate: 2020-01-01\n---\nBroken.\n");
    let reported = next_event(&mut stream, "problems");
    let problem = &reported["problems"][0];
    assert_eq!(
        (problem["file"].as_str(), problem["line"].as_u64()),
        (Some("content/world/a.md"), Some(2)),
        "{reported:#}"
    );
    assert!(problem["frame"].as_str().unwrap().contains("title: \"A"), "{reported:#}");
    assert_eq!(server.get("/2020/01/a/").body, good);
    assert!(server.get("/").text().contains("/2020/01/a/"), "the front page has it still");
    site.write("content/world/a.md", story("A", "2020-01-01", "", "Mended."));
    assert_eq!(next_event(&mut stream, "problems")["problems"], serde_json::json!([]));
    assert!(server.get("/2020/01/a/").text().contains("Mended."));
    eventually(|| {
        if server.printed().contains("All errors are fixed") { Ok(()) } else { Err(server.printed()) }
    });
    // Once the story breaks again and is deleted, its problem disappears.
    site.write("content/world/a.md", "---\ntitle: \"A\n---\n");
    next_event(&mut stream, "problems");
    site.remove("content/world/a.md");
    eventually(|| match server.get("/2020/01/a/").status {
        Some(404) => Ok(()),
        status => Err(format!("{status:?}")),
    });
}

#[test]
fn a_site_with_errors_at_start_is_shown_once_they_are_fixed() {
    let site = paper(&[("bulletin.yaml", "titel: [\n")]);
    let server = Server::start(&site, &[]);
    assert_eq!(server.get("/").status, Some(503));
    let (mut stream, hello) = server.listen("/", &[]);
    assert_eq!(hello["problems"][0]["file"], "bulletin.yaml", "{hello:#}");
    site.write("bulletin.yaml", crate::support::SETTINGS);
    next_event(&mut stream, "page");
    assert_eq!(server.get("/").status, Some(200));

    let nothing = Site::bare(&[]);
    let refused = Run::of(bulletin().arg("serve").arg("--site").arg(&nothing.root));
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("bulletin.yaml") && !refused.stderr.contains("http"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_new_story_is_reloaded() {
    let site = paper(&[]);
    let server = Server::start(&site, &[]);
    server.get("/");
    for words in ["Zebras.", "More zebras."] {
        site.write("content/world/zebra.md", story("Z", "2020-01-03", "", words));
        eventually(|| shows(&server, "/2020/01/zebra/", words));
    }
}

#[test]
fn a_collision_is_reported_until_it_is_fixed() {
    let site = paper(&[]);
    site.write("content/world/b.md", story("B", "2020-01-02", "slug: a\n", "Words."));
    let server = Server::start(&site, &[]);
    let codes = || {
        let (_, hello) = server.listen("/", &[]);
        hello["problems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|reported| reported["code"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(), ["route/collision"]);
    site.write("content/world/b.md", story("B", "2020-01-02", "slug: a\n", "Other words."));
    eventually(|| if server.printed().contains("Changed: ") { Ok(()) } else { Err(server.printed()) });
    assert_eq!(codes(), ["route/collision"]);
    assert!(!server.printed().contains("fixed"), "{}", server.printed());
}

#[test]
fn a_hidden_story_does_not_replace_a_page_that_fails() {
    let site = paper(&[]);
    let server = Server::start(&site, &[]);
    assert!(server.get("/2020/01/a/").text().contains("First words."));
    site.write("templates/404.html", "{{ nothing.at.all }}");
    site.write("content/world/a.md", story("A", "2020-01-01", "status: withheld\n", "First words."));
    // The two files may be read one after the other.
    eventually(|| match server.get("/2020/01/a/") {
        answer if answer.status == Some(503) => Ok(()),
        answer => Err(answer.text()),
    });
    let (_, hello) = server.listen("/2020/01/a/", &[]);
    assert_eq!(hello["problems"][0]["file"], "templates/404.html", "{hello:#}");
    // The terminal reports it too, once a browser requests the page.
    let (_stream, _) = server.listen("/nowhere/", &[]);
    site.write("templates/404.html", "{{ nothing.at.all.still }}");
    eventually(|| if server.printed().contains("at.all.still") { Ok(()) } else { Err(server.printed()) });
}

#[test]
fn a_replaced_site_is_reloaded() {
    let site = paper(&[]);
    let server = Server::start(&site, &[]);
    let copy = site.root.with_file_name("copy");
    crate::support::copy(&site.root, &copy);
    // The preview may be writing to `.bulletin/`.
    eventually(|| fs::remove_dir_all(&site.root).map_err(|error| error.to_string()));
    fs::rename(&copy, &site.root).unwrap();
    site.write("content/world/a.md", story("A", "2020-01-01", "", "After the move."));
    eventually(|| shows(&server, "/2020/01/a/", "After the move."));
    site.write("content/world/a.md", story("A", "2020-01-01", "", "And an edit."));
    eventually(|| shows(&server, "/2020/01/a/", "And an edit."));
}

#[test]
fn simultaneous_changes_are_one_change() {
    let all = |words: &str| -> Vec<(String, String)> {
        let one = |n| (format!("content/many/{n}.md"), story(&format!("S{n}"), "2020-02-01", "", words));
        (0..2000).map(one).collect()
    };
    let site = paper(&[]);
    all("Before.").iter().for_each(|(path, text)| site.write(path, text));
    let server = Server::start(&site, &[]);
    all("After.").iter().for_each(|(path, text)| site.write(path, text));
    for n in [0, 999, 1999] {
        eventually(|| shows(&server, &format!("/2020/02/{n}/"), "After."));
    }
    fs::rename(site.path("content/many"), site.path("content/few")).unwrap();
    site.remove("content/few/7.md");
    eventually(|| shows(&server, "/few/", "S1042"));
    eventually(|| match server.get("/2020/02/7/").status {
        Some(404) => Ok(()),
        status => Err(format!("{status:?}")),
    });
    let lines = server.printed().lines().count();
    assert!(lines < 60, "{lines} lines:\n{}", server.printed());
}

#[test]
fn a_scheduled_story_appears() {
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3);
    let keys = format!("embargo: {soon}\n");
    let site = paper(&[("content/world/c.md", &story("C", "2020-01-03", &keys, "Third words."))]);
    let server = Server::start(&site, &[]);
    let (mut front, _) = server.listen("/", &[]);
    assert_eq!(server.get("/2020/01/c/").status, Some(404));
    next_event(&mut front, "page");
    assert!(jiff::Timestamp::now() >= soon);
    assert_eq!(server.get("/2020/01/c/").status, Some(200));
}

#[test]
fn the_next_port_is_used_if_the_port_is_taken() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let site = paper(&[]);
    let server = Server::start(&site, &["--port", &port]);
    assert!(server.printed().contains(&format!("Port {port} is in use")), "{}", server.printed());
    assert_eq!(server.get("/").status, Some(200));
}

#[test]
fn network_visitors_need_the_key() {
    let site = paper(&[]);
    let server = Server::start(&site, &["--lan", "127.0.0.1"]);
    for path in
        ["/", "/2020/01/a/", "/film.mp4", "/__bulletin/", "/__bulletin/client.js", "/?key=", "/?key=x"]
    {
        let refused = server.get(path);
        assert_eq!(refused.status, Some(403), "{path}");
        assert!(!refused.text().contains("words"), "{path}");
    }
    let printed = server.printed();
    let (_, rest) = printed.split_once("?key=").unwrap();
    let key = rest.split_whitespace().next().unwrap();
    let entered = server.get(&format!("/2020/01/a/?key={key}"));
    assert_eq!((entered.status, entered.header("location")), (Some(303), Some("/2020/01/a/")));
    let cookie = entered.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite"), "{cookie}");
    let cookie = format!("Cookie: {}", cookie.split(';').next().unwrap());
    assert!(server.ask("GET", "/2020/01/a/", &[&cookie]).text().contains("First words."));
    let again = server.ask("GET", &format!("/?a=b%20c&key={key}"), &[&cookie]);
    assert_eq!(again.header("location"), Some("/?a=b+c"), "the key does not stay in the address bar");
    // Devices on the network use this machine's IP address, which cannot be the name of another site.
    let request = format!(
        "GET / HTTP/1.1\r\nHost: 192.168.7.7:{}\r\n{cookie}\r\nConnection: close\r\n\r\n",
        server.port
    );
    assert_eq!(server.send(request.as_bytes()).status, Some(200));
    let request = request.replace("192.168.7.7", "evil.example");
    assert_eq!(server.send(request.as_bytes()).status, Some(403));
}

#[test]
fn the_desk_lists_hidden_stories() {
    let keys = "embargo: 2100-01-01T06:00:00Z\nsection: world\n";
    let site = paper(&[("content/world/c.md", &story("C", "2020-01-03", keys, "Third words."))]);
    let server = Server::start(&site, &[]);
    let token = format!("X-Bulletin-Token: {}", server.token());
    let desk = server.ask("GET", "/__bulletin/desk.json?sort=title&order=desc&q=c", &[&token]);
    let desk: serde_json::Value = serde_json::from_slice(&desk.body).unwrap();
    assert_eq!(desk["rows"][0]["state"], "embargoed", "{desk:#}");
    let preview = &desk["rows"][0]["preview"];
    assert_eq!(preview["path"], "/2020/01/c/", "{desk:#}");

    let host = server.host();
    let body = serde_json::json!({"as_of": preview["as_of"], "drafts": false}).to_string();
    let length = format!("Content-Length: {}", body.len());
    let origin = format!("Origin: http://{host}");
    let set = server.request("POST", "/__bulletin/view", &[&token, &origin, &length]) + &body;
    let set = server.send(set.as_bytes());
    assert_eq!(set.status, Some(204), "{}", set.text());
    let cookie = format!("Cookie: {}", set.header("set-cookie").unwrap().split(';').next().unwrap());
    assert!(server.ask("GET", "/2020/01/c/", &[&cookie]).text().contains("Third words."));
    assert_eq!(server.get("/2020/01/c/").status, Some(404), "who did not ask for it does not see it");
}

#[test]
fn follow_takes_browsers_to_edited_pages() {
    let site = paper(&[]);
    let server = Server::start(&site, &["--follow"]);
    let (mut front, _) = server.listen("/", &[]);
    site.write("content/world/b.md", story("B", "2020-01-02", "", "Edited."));
    assert_eq!(next_event(&mut front, "follow")["path"], "/2020/01/b/");
}

#[test]
fn files_can_be_polled() {
    let site = paper(&[]);
    let server = Server::start(&site, &["--poll"]);
    server.get("/");
    site.write("content/world/a.md", story("A", "2020-01-01", "", "Seen by polling."));
    eventually(|| shows(&server, "/2020/01/a/", "Seen by polling."));
    site.write("content/world/new.md", story("N", "2020-01-04", "", "New by polling."));
    eventually(|| shows(&server, "/2020/01/new/", "New by polling."));
}

#[test]
fn both_loopback_addresses_are_served() {
    let site = paper(&[]);
    let server = Server::start(&site, &[]);
    // Some machines have no IPv6.
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        let mut stream = std::net::TcpStream::connect(("::1", server.port)).unwrap();
        let request = format!("GET / HTTP/1.1\r\nHost: [::1]:{}\r\nConnection: close\r\n\r\n", server.port);
        stream.write_all(request.as_bytes()).unwrap();
        assert_eq!(crate::support::server::read(&mut stream, PATIENCE).status, Some(200));
    }
}
