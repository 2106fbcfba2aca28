//! The preview against requests from other sites, other machines and broken clients: who may request what, and that nothing stops
//! the server.

use std::fs;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::paper::Dice;
use crate::support::server::{Answer, Server, is_closed, read};
use crate::support::{SETTINGS, Site, story};

/// Marks files that must never be served.
const SECRET: &str = "SECRET";
/// The connection was closed without a response.
const CLOSED: u16 = 0;
/// The statuses of refused requests.
const REFUSED: &[u16] = &[400, CLOSED];
/// The statuses for files that do not exist or must not be served.
const NOT_HAD: &[u16] = &[400, 403, 404];
/// How long the server may leave a request unfinished: its own limit is ten seconds.
const BOUND: Duration = Duration::from_secs(25);
/// How many pages listen for events at once. macOS limits a process to 256 open files by default.
const STREAMS: usize = if cfg!(target_os = "macos") { 100 } else { 500 };

fn paper() -> Site {
    let site = Site::new(&[
        ("bulletin.yaml", &format!("# {SECRET}-settings\n{SETTINGS}")),
        ("content/world/a.md", &story("A", "2020-01-01", &format!("# {SECRET}-source\n"), "Seen by all.")),
        ("content/world/hidden.md", &story("B", "2020-01-02", "draft: true\n", &format!("{SECRET}-draft"))),
        (
            "content/world/later.md",
            &story("C", "2020-01-03", "embargo: 2100-01-01\n", &format!("{SECRET}-later")),
        ),
        ("data/desk.json", &format!("\"{SECRET}-data\"")),
        ("static/x.txt", "A file.\n"),
        (
            "static/_headers",
            "/*\n  Access-Control-Allow-Origin: *\n  Cache-Control: max-age=9\n  X-Robots-Tag: all\n",
        ),
        ("static/_redirects", "/go/* /:splat 302\n/there/* /:splat/evil.example 302\n"),
        (".env", &format!("KEY={SECRET}-env\n")),
        (".git/config", &format!("# {SECRET}-git\n")),
    ]);
    let template = site.read("themes/plain/templates/base.html");
    site.write("themes/plain/templates/base.html", format!("{{# {SECRET}-template #}}\n{template}"));
    fs::write(site.root.with_file_name("outside.txt"), format!("{SECRET}-outside")).unwrap();
    site
}

/// A site, its preview, and what holds for every response.
struct Case {
    site: Site,
    server: Server,
}

impl Case {
    fn new() -> Self {
        let site = paper();
        let server = Server::start(&site, &[]);
        let case = Self { site, server };
        case.still_answers("at first");
        case
    }

    #[track_caller]
    fn still_answers(&self, after: &str) {
        let front = self.server.get("/");
        assert_eq!(front.status, Some(200), "after {after}: {}\n{}", front.text(), self.server.printed());
        assert!(front.text().contains("Plain Paper"), "after {after}: {}", front.text());
        check(&front, after);
        assert!(!self.server.printed().contains("panicked"), "after {after}: {}", self.server.printed());
    }

    /// Sends bytes, checks the status of the response, and checks that the server still responds.
    #[track_caller]
    fn send(&self, request: impl AsRef<[u8]>, statuses: &[u16]) -> Answer {
        let request = request.as_ref();
        let what = String::from_utf8_lossy(&request[..request.len().min(300)]).into_owned();
        let answer = self.server.send(request);
        self.judge(answer, statuses, &what)
    }

    /// Sends a request with the right host.
    #[track_caller]
    fn ask(&self, method: &str, target: &str, headers: &[&str], statuses: &[u16]) -> Answer {
        let answer = self.server.ask(method, target, headers);
        self.judge(answer, statuses, &format!("{method} {target} {headers:?}"))
    }

    #[track_caller]
    fn judge(&self, answer: Answer, statuses: &[u16], what: &str) -> Answer {
        let status = answer.status.unwrap_or(CLOSED);
        assert!(status != CLOSED || answer.closed, "no answer to {what:?}");
        assert!(statuses.contains(&status), "{status} and not one of {statuses:?} for {what:?}");
        check(&answer, what);
        self.still_answers(what);
        answer
    }

    /// Sends `GET /` with these lines instead of `Host`.
    #[track_caller]
    fn hosts(&self, lines: &str, statuses: &[u16]) {
        self.send(format!("GET / HTTP/1.1\r\n{lines}Connection: close\r\n\r\n"), statuses);
    }
}

/// What holds for every response: it contains no secrets, is private, and is not stored.
#[track_caller]
fn check(answer: &Answer, what: &str) {
    let leak = answer.bytes.windows(SECRET.len()).position(|bytes| bytes == SECRET.as_bytes());
    if let Some(at) = leak {
        panic!("{what:?} gives {:?}", String::from_utf8_lossy(&answer.bytes[at..]));
    }
    let foreign = answer.headers.iter().find(|(name, _)| name.starts_with("access-control-"));
    assert_eq!(foreign, None, "{what:?}");
    // The library itself responds to what is not HTTP, without a body.
    let by_library = matches!(answer.status, Some(400 | 408 | 414 | 431 | 505)) && answer.body.is_empty();
    if answer.status.is_none() || by_library {
        return;
    }
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("cache-control", "no-store"), ("x-robots-tag", "noindex")]
    {
        let found: Vec<&str> = answer
            .headers
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect();
        assert_eq!(found, [value], "{name} for {what:?}");
    }
}

#[test]
fn only_hosts_of_this_machine_are_allowed() {
    let case = Case::new();
    let port = case.server.port;
    for host in ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "[::1]", "paper.localhost"] {
        case.hosts(&format!("Host: {host}\r\n"), &[200]);
        case.hosts(&format!("Host: {host}:{port}\r\n"), &[200]);
    }
    for host in [
        "evil.example",
        "evil.localhost.example",
        "localhost.evil.example",
        "127.0.0.1.nip.example",
        "0.0.0.0",
        "192.168.1.5",
    ] {
        case.hosts(&format!("Host: {host}\r\n"), &[403]);
        case.hosts(&format!("Host: {host}:{port}\r\n"), &[403]);
    }
    case.hosts("", &[400]);
    case.hosts("Host:\r\n", &[400]);
    case.hosts("Host: localhost\r\nHost: localhost\r\n", &[400]);
    case.hosts("Host: localhost\r\nHost: evil.example\r\n", &[400]);
    for host in [
        "user@localhost",
        "localhost, evil.example",
        "localhost/",
        "localhost:x",
        "[::1",
        "localhost\x01",
        "\u{ff4c}ocalhost",
    ] {
        case.hosts(&format!("Host: {host}\r\n"), &[400, 403, CLOSED]);
    }
    case.hosts("X-Forwarded-Host: localhost\r\nHost: evil.example\r\n", &[403]);
    case.hosts("Host: localhost\r\n evil.example\r\n", &[400, 403, CLOSED]);
    case.send("GET / HTTP/1.0\r\n\r\n", &[400]);
}

#[test]
fn every_path_checks_the_host() {
    let case = Case::new();
    let token = case.server.token();
    for target in
        ["/2020/01/a/", "/x.txt", "/nowhere/", "/__bulletin/", &format!("/__bulletin/events?token={token}")]
    {
        case.send(
            format!("GET {target} HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"),
            &[403],
        );
    }
}

#[test]
fn events_are_only_for_pages_of_this_site() {
    let case = Case::new();
    let (host, token) = (case.server.host(), case.server.token());
    assert!(token.len() >= 16, "{token} could be guessed");
    let right = format!("/__bulletin/events?token={token}");
    for headers in [
        &["Origin: http://evil.example"][..],
        &["Origin: null"],
        &["Origin: http://localhost:1"],
        &[&format!("Origin: https://{host}")],
        &[&format!("Origin: http://{host}.evil.example")],
        &["Sec-Fetch-Site: cross-site"],
        &["Sec-Fetch-Site: same-site"],
        &[&format!("Origin: http://{host}"), "Sec-Fetch-Site: cross-site"],
    ] {
        case.ask("GET", &right, headers, &[403]);
    }
    let wrong: String = token.chars().rev().collect();
    for target in [
        "/__bulletin/events".to_owned(),
        "/__bulletin/events?".to_owned(),
        "/__bulletin/events?token=".to_owned(),
        format!("/__bulletin/events?token={wrong}"),
        format!("/__bulletin/events?token={token}x"),
        format!("/__bulletin/events?token={}", &token[1..]),
        format!("/__bulletin/events?other={token}"),
    ] {
        case.ask("GET", &target, &[], &[403]);
    }
    for headers in [&[][..], &["Sec-Fetch-Site: same-origin"], &[&format!("Origin: http://{host}")]] {
        let mut stream = case.server.connect();
        stream.write_all(case.server.request("GET", &right, headers).as_bytes()).unwrap();
        let answer = read(&mut stream, Duration::from_secs(2));
        assert_eq!(answer.status, Some(200), "{headers:?}");
        assert_eq!(
            answer.header("content-type").map(|kind| kind.split(';').next().unwrap()),
            Some("text/event-stream")
        );
        check(&answer, "the stream");
    }
    let (_stream, other) = (case.server.events(&token), Server::start(&case.site, &[]));
    assert_ne!(other.token(), token, "every preview has a secret of its own");
}

#[test]
fn other_sites_cannot_change_anything() {
    let case = Case::new();
    let token = case.server.token();
    let form = "Content-Type: application/x-www-form-urlencoded";
    for target in ["/__bulletin/view", &format!("/__bulletin/view?token={token}")] {
        for headers in [
            &[][..],
            &["Origin: http://evil.example"],
            &["Origin: null"],
            &["Origin: http://evil.example", "Sec-Fetch-Site: cross-site"],
            &["Sec-Fetch-Site: none"],
            &["Origin: http://evil.example", "Sec-Fetch-Site: same-origin"],
        ] {
            let headers = [headers, &[form, "Content-Length: 11"]].concat();
            case.send(case.server.request("POST", target, &headers) + "drafts=true", &[403]);
        }
        case.ask(
            "GET",
            &format!("{target}{}drafts=true", if target.contains('?') { '&' } else { '?' }),
            &[],
            &[400, 403, 404, 405],
        );
    }
    let listed = case.server.get("/world/").text() + &case.server.get("/2020/01/hidden/").text();
    assert!(!listed.contains(SECRET), "{listed}");
    // A wrong secret from the right page.
    let origin = format!("Origin: http://{}", case.server.host());
    case.send(
        case.server.request("POST", "/__bulletin/view?token=wrong", &[&origin, form, "Content-Length: 11"])
            + "drafts=true",
        &[400, 403],
    );
}

#[test]
fn the_site_is_read_only() {
    let case = Case::new();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get", "QUERY"] {
        for target in ["/", "/2020/01/a/", "/x.txt", "/nowhere/"] {
            case.ask(method, target, &["Content-Length: 0"], &[405]);
        }
    }
    let preflight = [
        "Origin: http://evil.example",
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Private-Network: true",
    ];
    case.ask("OPTIONS", "/__bulletin/view", &preflight, &[403, 405]);
    case.send(
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
        &[400, 403, 405, CLOSED],
    );
    case.send(
        format!("CONNECT localhost:80 HTTP/1.1\r\nHost: {}\r\n\r\n", case.server.host()),
        &[400, 405, CLOSED],
    );
    let head = case.ask("HEAD", "/", &[], &[200]);
    assert!(head.body.is_empty(), "{}", head.text());
}

#[test]
fn only_files_of_the_site_are_served() {
    let case = Case::new();
    case.ask("GET", "/2020/01/a/", &[], &[200]);
    case.ask("GET", "/x.txt", &[], &[200]);
    #[rustfmt::skip]
    let targets = [
        "/bulletin.yaml", "/bulletin.yaml?raw", "/bulletin.yaml?import&raw", "/bulletin.yaml?.svg",
        "/bulletin.yaml/", "/bulletin.yaml.", "/BULLETIN.YAML", "/bulletin.yaml#.html",
        "/bulletin.yaml%00.html", "/bulletin.yaml%20", "/bulletin.yaml::$DATA", "/bulletin.yaml~",
        "/content/world/a.md", "/content/world/a.md?.svg", "/world/a.md", "/world/a/index.md", "/content/",
        "/content", "/2020/01/hidden/", "/world/hidden.md", "/2020/01/later/", "/data/desk.json", "/static/x.txt",
        "/templates/base.html", "/themes/plain/templates/base.html", "/.env", "/.git/config", "/.git/",
        "/.bulletin/", "/.bulletin-files", "/public/index.html", "/@fs/etc/passwd", "/etc/passwd",
        "/file:///etc/passwd", "/outside.txt", "/C:/outside.txt", "/__bulletin/bulletin.yaml",
        "/__bulletin", "/__bulletin/events/x", "/__BULLETIN/events",
    ];
    for target in targets {
        case.ask("GET", target, &[], NOT_HAD);
        case.ask("HEAD", target, &[], NOT_HAD);
    }
}

#[test]
fn no_path_escapes_the_site() {
    let case = Case::new();
    #[rustfmt::skip]
    let targets = [
        "/../outside.txt", "/../../etc/passwd", "/..%2foutside.txt", "/..%2f..%2fetc/passwd",
        "/%2e%2e/bulletin.yaml", "/.%2e/bulletin.yaml", "/%2E%2E%2Foutside.txt", "/world/../bulletin.yaml",
        "/world/../../outside.txt", "/world/..%2f..%2fbulletin.yaml", "/./bulletin.yaml", "//etc/passwd",
        "//bulletin.yaml", "/world//a/", "///", "/%00", "/x.txt%00", "/%0d%0aSet-Cookie:x", "/%7f", "/%",
        "/%zz", "/%2", "/%ff", "/%c0%ae%c0%ae/outside.txt", "/%e0%80%ae%e0%80%ae/outside.txt",
        "/..%5coutside.txt", "/%5c..%5coutside.txt", "/%5c%5cevil.example", "/__bulletin/../bulletin.yaml",
        "/__bulletin/%2e%2e/bulletin.yaml", "/__bulletin/..%2fbulletin.yaml",
    ];
    for target in targets {
        case.ask("GET", target, &[], &[400]);
    }
    // The HTTP library rejects some of these.
    #[rustfmt::skip]
    let targets = [
        "/\\", "/..\\", "/..\\outside.txt", "\\..\\outside.txt", "bulletin.yaml", "../outside.txt", "*",
        "?raw", "#", "/a\tb", "/a\x01b", "/\x7f",
    ];
    for target in targets {
        case.ask("GET", target, &[], REFUSED);
    }
    // Decoded once, these are names that do not exist.
    for target in [
        "/%252e%252e/bulletin.yaml",
        "/..%252foutside.txt",
        "/%25%32%65%25%32%65/bulletin.yaml",
        "/%2500",
        "/..;/bulletin.yaml",
        "/.../outside.txt",
    ] {
        case.ask("GET", target, &[], &[404]);
    }
}

#[test]
fn targets_in_other_forms_are_refused() {
    let case = Case::new();
    let host = case.server.host();
    for target in [
        "http://evil.example/",
        "https://evil.example/",
        "ftp://evil.example/x",
        "evil.example:80",
        "http://[::1/",
    ] {
        case.ask("GET", target, &[], &[400, 403, CLOSED]);
        case.send(
            format!("GET {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
            &[400, 403, CLOSED],
        );
    }
    case.ask("GET", &format!("http://{host}/"), &[], &[400]);
    case.ask("GET", &format!("http://user@{host}/bulletin.yaml"), &[], &[400]);
    for bytes in [&b"/\xff\xfe"[..], b"/\xc0\xae\xc0\xae/outside.txt", b"/\xed\xa0\x80", b"/?\xff"] {
        let request =
            [b"GET ", bytes, format!(" HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes()]
                .concat();
        case.send(request, REFUSED);
    }
}

#[test]
fn a_path_cannot_inject_markup_or_redirect_to_another_host() {
    let case = Case::new();
    for target in [
        "/%3Cscript%3Ealert(1)%3C%2Fscript%3E/",
        "/%3Cscript%3Ealert(1)/",
        "/?%3Cscript%3Ealert(1)",
        "/x?<script>alert(1)",
        "/%22onload=%22alert(1)",
    ] {
        let answer = case.ask("GET", target, &[], &[200, 400, 404, CLOSED]);
        let text = answer.text();
        assert!(!text.contains("<script>alert") && !text.contains("\"onload=\""), "{text}");
    }
    #[rustfmt::skip]
    let targets = [
        "/world", "/world?//evil.example", "/go", "/go/", "/go//evil.example", "/go/%2fevil.example", "/go/%5cevil.example", "/go/x%0d%0aSet-Cookie:a",
        "/there", "/there/", "/evil.example/%2f..", "/world%0d%0aX:y",
    ];
    for target in targets {
        let answer = case.ask("GET", target, &[], &[200, 301, 302, 307, 308, 400, 404]);
        if let Some(to) = answer.header("location") {
            assert!(
                to.starts_with('/') && !to.starts_with("//") && !to.contains('\\'),
                "{target} leads to {to}"
            );
        }
        assert_eq!(answer.header("set-cookie"), None, "{target}");
    }
}

#[test]
fn no_response_may_be_stored() {
    let case = Case::new();
    let statuses = &[200, 206, 301, 302, 304, 307, 308, 404, 416];
    #[rustfmt::skip]
    let targets = [
        "/", "/world/", "/world", "/x.txt", "/nowhere/", "/404.html", "/_headers", "/_redirects",
        "/__bulletin/nothing", "/go/x.txt",
    ];
    for target in targets {
        for headers in [
            &[][..],
            &["Range: bytes=0-1"],
            &["Range: bytes=999999-"],
            &["Range: bytes=-1", "Origin: http://evil.example"],
            &["If-None-Match: *"],
        ] {
            let answer = case.ask("GET", target, headers, statuses);
            assert_eq!(answer.header("set-cookie"), None);
        }
        case.ask("HEAD", target, &[], statuses);
    }
    let bounds =
        ["bytes=99999999999999999999-", "bytes=5-1", "bytes=-", "bytes=0-0,2-3,5-6", "bytes=-0", "x"];
    for bound in bounds {
        case.ask("GET", "/x.txt", &[&format!("Range: {bound}")], &[200, 206, 416]);
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_site_is_not_served() {
    let link = |site: &Site, name: &str, to: &str| {
        std::os::unix::fs::symlink(site.root.with_file_name(to), site.path(name)).unwrap();
    };
    let nothing = |server: &Server, targets: &[&str]| {
        for target in targets {
            let answer = server.get(target);
            check(&answer, target);
            assert_ne!(answer.status, None, "{target}");
        }
    };
    let targets = ["/link.txt", "/up/outside.txt", "/up/", "/world/leak.txt", "/world/leak/", "/"];

    // A link that exists when the preview starts.
    let site = paper();
    link(&site, "static/link.txt", "outside.txt");
    link(&site, "static/up", "");
    link(&site, "content/world/leak.txt", "outside.txt");
    let server = Server::start(&site, &[]);
    nothing(&server, &targets);

    // A link that replaces a file that has been served.
    let case = Case::new();
    assert_eq!(case.ask("GET", "/x.txt", &[], &[200]).text(), "A file.\n");
    case.site.remove("static/x.txt");
    link(&case.site, "static/x.txt", "outside.txt");
    link(&case.site, "static/up", "");
    let end = Instant::now() + Duration::from_secs(3);
    while Instant::now() < end {
        nothing(&case.server, &["/x.txt", "/up/outside.txt", "/"]);
        thread::sleep(Duration::from_millis(50));
    }
    case.site.remove("static/x.txt");
    case.site.remove("static/up");
    wait_for("the front page is back", || case.server.get("/").status == Some(200));
    case.still_answers("a link out of the site");
}

#[test]
fn long_requests_are_refused() {
    let case = Case::new();
    let host = case.server.host();
    let refused = &[400, 413, 414, 431, CLOSED];
    case.ask("GET", "/", &[&format!("X-Long: {}", "x".repeat(1_000_000))], refused);
    case.ask("GET", "/", &[&format!("X-Long: {}", "x".repeat(100_000))], refused);
    case.ask("GET", "/", &[&format!("{}: x", "x".repeat(100_000))], refused);
    case.ask("GET", "/", &["X-Many: x"; 10_000], refused);
    case.ask("GET", &format!("/{}", "x".repeat(1_000_000)), &[], refused);
    case.ask("GET", &format!("/?{}", "x".repeat(1_000_000)), &[], refused);
    case.ask("GET", &format!("/{}", "%41".repeat(4_000)), &[], refused);
    case.ask("GET", &format!("/{}", "x".repeat(300)), &[], &[400]);
    case.ask("GET", &format!("/{}", "x/".repeat(2_000)), &[], &[404]);
    case.ask(&"X".repeat(100_000), "/", &[], &[400, 405, 414, 431, CLOSED]);
    case.send(format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", "a.".repeat(1_000)), &[400, 403, CLOSED]);
    // A long body for a page that takes none.
    let body = "x".repeat(5_000_000);
    let length = format!("Content-Length: {}", body.len());
    case.send(case.server.request("POST", "/", &[&length]) + &body, &[405, 413, CLOSED]);
    case.send(case.server.request("POST", "/__bulletin/view", &[&length]) + &body, &[403, 413, CLOSED]);
    let origin = format!("Origin: http://{host}");
    case.send(
        case.server.request("POST", "/__bulletin/view", &[&origin, &length]) + &body,
        &[400, 403, 413, CLOSED],
    );
}

#[test]
fn invalid_http_does_not_stop_the_server() {
    let case = Case::new();
    let not_http = &[400, 403, 404, 405, 408, 414, 431, 505, CLOSED];
    #[rustfmt::skip]
    let requests = [
        &b"GET /\r\n\r\n"[..], b"GET /\n\n", b"GET\r\n\r\n", b"\r\n\r\n\r\n", b" / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", b"GET / HTTP/1.1 x\r\nHost: localhost\r\n\r\n",
        b"GET / http/1.1\r\nHost: localhost\r\n\r\n", b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\0: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"SSH-2.0-x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"\0\0\0\0\r\n\r\n",
        b"\xff\xff\xff\xff\r\n\r\n",
    ];
    for bytes in requests {
        let answer = case.send(bytes, not_http);
        assert!(!answer.text().contains("Seen by all"), "{:?}", String::from_utf8_lossy(bytes));
    }
    // Connections that end at once or in the middle of a word.
    for part in [
        "",
        "G",
        "GET / HT",
        "GET / HTTP/1.1\r\nHost: local",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx",
    ] {
        let mut stream = case.server.connect();
        stream.write_all(part.as_bytes()).unwrap();
        drop(stream);
        case.still_answers(part);
    }
}

#[test]
fn request_smuggling_does_not_stop_the_server() {
    let case = Case::new();
    let host = case.server.host();
    let any = &[200, 400, 403, 404, 405, 408, 411, 413, 501, CLOSED];
    let inner = format!("GET /__bulletin/events HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for headers in [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked", inner.len() + 5),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {}", inner.len() + 5),
        "Content-Length: 5\r\nContent-Length: 6".into(),
        "Content-Length: 5, 6".into(),
        "Content-Length: +5".into(),
        "Content-Length: -1".into(),
        "Content-Length: 99999999999999999999999".into(),
        "Content-Length: 0x5".into(),
        "Transfer-Encoding: xchunked".into(),
        "Transfer-Encoding : chunked".into(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity".into(),
        "Transfer-Encoding: identity, chunked".into(),
        "Transfer-Encoding:\x0bchunked".into(),
        "X: y\r\n Transfer-Encoding: chunked".into(),
        "Expect: 100-continue\r\nContent-Length: 5".into(),
        "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"
            .into(),
        "Upgrade: websocket\r\nConnection: Upgrade".into(),
    ] {
        for method in ["GET", "POST"] {
            let request = format!(
                "{method} / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n\r\n0\r\n\r\n{inner}"
            );
            let answer = case.server.send(request.as_bytes());
            // A client that gets `100 Continue` sends the body.
            if answer.status != Some(100) {
                case.judge(answer, any, &headers);
            }
        }
    }
    for chunks in [
        "FFFFFFFFFFFFFFFFF\r\nx",
        "-1\r\nx",
        "5;x=\n\r\nabcde\r\n0\r\n\r\n",
        "5\nabcde\n0\n\n",
        "zz\r\n\r\n",
        "0\r\nX: y\r\n\r\n",
    ] {
        let request = case.server.request("POST", "/", &["Transfer-Encoding: chunked"]) + chunks;
        case.send(request, any);
    }
    // Many requests at once on one connection.
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").repeat(1_000);
    let mut stream = case.server.connect();
    let _ = stream.write_all(request.as_bytes());
    drop(stream);
    case.still_answers("a thousand requests whose answers nobody reads");
}

#[test]
fn random_bytes_do_not_stop_the_server() {
    let case = Case::new();
    let token = case.server.token();
    let mut dice = Dice(0x5EED);
    let parts: Vec<Vec<u8>> = vec![
        b"GET ".to_vec(),
        b"POST ".to_vec(),
        b" HTTP/1.1\r\n".to_vec(),
        b"Host: localhost\r\n".to_vec(),
        b"/".to_vec(),
        b"/..".to_vec(),
        b"%2e".to_vec(),
        b"%00".to_vec(),
        b"\r\n".to_vec(),
        b"\r\n\r\n".to_vec(),
        b"\0".to_vec(),
        b"\xff\xc0".to_vec(),
        b"?".to_vec(),
        b"Range: bytes=0-\r\n".to_vec(),
        b"Content-Length: 3\r\n".to_vec(),
        b"Transfer-Encoding: chunked\r\n".to_vec(),
        b"Origin: null\r\n".to_vec(),
        b"/__bulletin/events?token=".to_vec(),
        token.into_bytes(),
        b"/2020/01/a/".to_vec(),
        b":".to_vec(),
        b"\t \n".to_vec(),
        b"Accept-Encoding: gzip, br;q=9\r\n".to_vec(),
    ];
    for round in 0..400 {
        let mut request = if round % 2 == 0 { b"GET /".to_vec() } else { Vec::new() };
        for _ in 0..=dice.below(12) {
            request.extend_from_slice(&parts[dice.below(parts.len() as u64) as usize]);
        }
        if dice.below(2) == 0 {
            request.extend_from_slice(b" HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        let mut stream = case.server.connect();
        let _ = stream.write_all(&request);
        // Signals the end of the request, so that the server does not wait for the rest.
        let _ = stream.shutdown(Shutdown::Write);
        let answer = read(&mut stream, Duration::from_millis(300));
        check(&answer, &String::from_utf8_lossy(&request));
    }
    case.still_answers("four hundred requests made by chance");
}

#[test]
fn slow_requests_time_out_without_blocking_others() {
    let mut case = Case::new();
    let mut slow: Vec<TcpStream> = (0..50).map(|_| case.server.connect()).collect();
    let idle: Vec<TcpStream> = (0..50).map(|_| case.server.connect()).collect();
    let text: Vec<u8> =
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".iter().copied().chain([b'x'; 60]).collect();
    let begin = Instant::now();
    let mut letters = text.iter();
    while !slow.is_empty() && begin.elapsed() < BOUND {
        let letter = [*letters.next().unwrap()];
        for stream in &mut slow {
            let _ = stream.write_all(&letter);
        }
        let asked = Instant::now();
        case.still_answers("a slow second");
        assert!(asked.elapsed() < Duration::from_secs(5), "others waited for {:?}", asked.elapsed());
        thread::sleep(Duration::from_secs(1).saturating_sub(asked.elapsed()));
        slow.retain_mut(|stream| !is_closed(stream));
    }
    assert!(slow.is_empty(), "{} slow requests are still waited for after {:?}", slow.len(), begin.elapsed());
    assert!(
        begin.elapsed() > Duration::from_secs(2),
        "somebody at the end of a slow line is cut off at once"
    );
    drop(idle);
    case.still_answers("slow requests");
    assert!(case.server.is_running());
}

#[test]
fn slow_bodies_time_out() {
    let case = Case::new();
    let (origin, target) = (
        format!("Origin: http://{}", case.server.host()),
        format!("/__bulletin/view?token={}", case.server.token()),
    );
    let mut slow: Vec<TcpStream> = (0..20).map(|_| case.server.connect()).collect();
    let request = case.server.request(
        "POST",
        &target,
        &[&origin, "Content-Type: application/x-www-form-urlencoded", "Content-Length: 500"],
    );
    for stream in &mut slow {
        stream.write_all(request.as_bytes()).unwrap();
    }
    let begin = Instant::now();
    while !slow.is_empty() && begin.elapsed() < BOUND {
        for stream in &mut slow {
            let _ = stream.write_all(b"x");
        }
        case.still_answers("a slow second");
        thread::sleep(Duration::from_secs(1));
        slow.retain_mut(|stream| !is_closed(stream));
    }
    assert!(slow.is_empty(), "{} slow bodies are still waited for after {:?}", slow.len(), begin.elapsed());
}

#[test]
fn hundreds_of_event_streams_block_nobody() {
    let case = Case::new();
    let token = case.server.token();
    let mut streams = Vec::new();
    for number in 0..STREAMS {
        let (stream, answer) = case.server.events(&token);
        // The server may refuse some.
        assert!(matches!(answer.status, Some(200 | 429 | 503)), "{:?} for the {number}th", answer.status);
        check(&answer, "a stream of news");
        streams.push(stream);
    }
    let asked = Instant::now();
    case.still_answers("hundreds of streams");
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    case.site.write("content/world/a.md", story("A", "2020-01-01", "", "All streams hear of it."));
    wait_for("the change is seen", || {
        case.server.get("/2020/01/a/").text().contains("All streams hear of it.")
    });
    drop(streams);
    wait_for("there is room for others", || case.server.events(&token).1.status == Some(200));
    case.still_answers("the end of hundreds of streams");
}

#[test]
fn an_unread_event_stream_blocks_nobody() {
    let case = Case::new();
    let token = case.server.token();
    let unread: Vec<(TcpStream, Answer)> = (0..10).map(|_| case.server.events(&token)).collect();
    for number in 0..60 {
        case.site.write("content/world/a.md", story("A", "2020-01-01", "", &format!("Version {number}.")));
        thread::sleep(Duration::from_millis(30));
        if number % 10 == 0 {
            case.still_answers("a change reported to a stream");
        }
    }
    wait_for("the last change is seen", || case.server.get("/2020/01/a/").text().contains("Version 59."));
    drop(unread);
    case.still_answers("streams that nobody read");
}

/// Waits for a condition that must soon hold.
#[track_caller]
fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "in vain waited until {what}");
        thread::sleep(Duration::from_millis(100));
    }
}
