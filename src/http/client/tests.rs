//! A client against a listener on loopback that misbehaves as it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;

use url::Url;

use super::*;
use crate::http::{Method, Retry};

/// What the listener does with one connection, after it has read the head of a request.
type Answer = fn(&mut TcpStream, &str);

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

/// A listener that treats one connection after the other, and what it was sent.
struct Host {
    url: Url,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Host {
    fn new(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/a/b?secret=1", listener.local_addr().unwrap())).unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = heads.clone();
        thread::spawn(move || {
            for (answer, stream) in answers.into_iter().zip(listener.incoming()) {
                let mut stream = stream.unwrap();
                let head = read_head(&mut stream);
                seen.lock().unwrap().push(head.clone());
                answer(&mut stream, &head);
            }
        });
        Self { url, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn read_head(stream: &mut TcpStream) -> String {
    let (mut head, mut reader) = (String::new(), BufReader::with_capacity(1, stream));
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    head
}

fn body_of(stream: &mut TcpStream, head: &str) -> Vec<u8> {
    let size = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; size.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    body
}

fn say(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).unwrap();
}

/// A client that does not wait, and the waits that it would have made, in milliseconds.
fn client(proxies: Proxies) -> (Client, Arc<Mutex<Vec<u128>>>) {
    let waits = Arc::new(Mutex::new(Vec::new()));
    let seen = waits.clone();
    let sleep = Box::new(move |pause: Duration| seen.lock().unwrap().push(pause.as_millis()));
    (Client::with(proxies, Pace { sleep, chance: || 1.0 }), waits)
}

/// Sends a request to a host; returns the outcome and the waits in between.
fn send(host: &Host, request: impl Fn(Request) -> Request) -> (Result<Response, Error>, Vec<u128>) {
    let (client, waits) = client(Proxies::default());
    let outcome = client.send(&request(Request::new(Method::Get, host.url.clone())));
    let waits = waits.lock().unwrap().clone();
    (outcome, waits)
}

#[test]
fn what_fails_for_a_moment_is_sent_again() {
    let faults: [Answer; 6] = [
        |_, _| {},
        |stream, _| say(stream, "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\ncut"),
        |stream, _| say(stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\ncut\r\n"),
        |stream, _| say(stream, "HTTP/1.1 200"),
        |stream, _| say(stream, "\u{0}\u{1} garbage\r\n\r\n"),
        |stream, _| say(stream, "HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
    ];
    for fault in faults {
        let host = Host::new(vec![fault, fault, |stream, _| say(stream, OK)]);
        let (outcome, waits) = send(&host, |request| request);
        assert_eq!(outcome.unwrap().body, b"ok");
        assert_eq!(waits, [500, 1000]);
    }
}

#[test]
fn a_failure_that_stays_is_an_error_without_secrets() {
    let host = Host::new(vec![|_, _| {}; 6]);
    let (outcome, waits) = send(&host, |mut request| {
        request.url.set_username("user").unwrap();
        request.url.set_password(Some("password")).unwrap();
        request.header("authorization", "token")
    });
    let error = outcome.unwrap_err();
    let port = host.url.port().unwrap();
    assert_eq!(error.to_string(), format!("http://127.0.0.1:{port}/a/b: the connection was cut"));
    assert_eq!(error.cause, Cause::Interrupted);
    assert_eq!(waits, [500, 1000, 2000, 4000, 8000]);
}

#[test]
fn the_last_answer_of_a_host_that_stays_busy_is_the_outcome() {
    let busy: Answer = |stream, _| {
        say(
            stream,
            "HTTP/1.1 503 No\r\nretry-after: 9\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbusy",
        );
    };
    let host = Host::new(vec![busy; 6]);
    let (outcome, waits) = send(&host, |request| request);
    let response = outcome.unwrap();
    assert_eq!((response.status, &*response.body), (503, &b"busy"[..]));
    assert_eq!(waits, [9000, 9000, 9000, 9000, 9000]);
}

#[test]
fn a_request_that_may_have_been_processed_is_not_repeated_against_its_will() {
    let host = Host::new(vec![|_, _| {}, |stream, _| say(stream, OK)]);
    let (outcome, waits) = send(&host, |mut request| {
        request.method = Method::Post;
        request.retry(Retry::IfNotProcessed)
    });
    assert_eq!(outcome.unwrap_err().cause, Cause::Interrupted);
    assert!(waits.is_empty());
}

#[test]
fn no_connection_is_tried_again_and_named() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (url, reason) in [
        (format!("http://127.0.0.1:{port}/"), "the connection was refused"),
        (format!("http://[::1]:{port}/"), ""),
        ("http://nowhere.invalid/".to_owned(), "the host name has no address"),
    ] {
        let (client, waits) = client(Proxies::default());
        let request = Request::new(Method::Post, Url::parse(&url).unwrap()).retry(Retry::IfNotProcessed);
        let error = client.send(&request).unwrap_err();
        assert_eq!((error.cause, waits.lock().unwrap().len()), (Cause::NoConnection, 5), "{error}");
        assert!(error.reason.starts_with(reason), "{error}");
    }
}

#[test]
fn bodies_arrive_whole_and_empty_ones_say_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a");
    let large = vec![7; 3 << 20];
    std::fs::write(&path, &large).unwrap();
    let file = Body::File { path, size: large.len() as u64 };
    let bodies =
        [(Body::Empty, vec![]), (Body::Bytes(vec![]), vec![]), (Body::Bytes(vec![1, 2]), vec![1, 2])];
    for (body, expected) in bodies.into_iter().chain([(file, large)]) {
        static RECEIVED: Mutex<Vec<u8>> = Mutex::new(Vec::new());
        let host = Host::new(vec![|stream, head| {
            if head.contains("expect: 100-continue") {
                say(stream, "HTTP/1.1 100 Continue\r\n\r\n");
            }
            *RECEIVED.lock().unwrap() = body_of(stream, head);
            say(stream, OK);
        }]);
        let (outcome, _) = send(&host, |mut request| {
            request.method = Method::Put;
            request.body(body.clone())
        });
        assert_eq!(outcome.unwrap().status, 200);
        assert!(*RECEIVED.lock().unwrap() == expected, "{} bytes", expected.len());
        assert_eq!(host.heads()[0].contains("expect"), expected.len() > 1 << 20);
    }
}

#[test]
fn a_large_body_that_is_refused_at_once_gets_its_answer() {
    let host = Host::new(vec![|stream, _| {
        say(stream, "HTTP/1.1 403 No\r\ncontent-length: 6\r\nconnection: close\r\n\r\ndenied");
    }]);
    let (outcome, _) = send(&host, |mut request| {
        request.method = Method::Put;
        request.body(Body::Bytes(vec![0; 8 << 20]))
    });
    assert_eq!(outcome.unwrap().body, b"denied");
}

#[test]
fn a_connection_that_is_cut_while_a_body_is_sent_is_replaced() {
    let host = Host::new(vec![
        |stream, _| {
            say(stream, "HTTP/1.1 100 Continue\r\n\r\n");
            stream.read_exact(&mut [0; 1000]).unwrap();
        },
        |stream, head| {
            say(stream, "HTTP/1.1 100 Continue\r\n\r\n");
            body_of(stream, head);
            say(stream, OK);
        },
    ]);
    let (outcome, waits) = send(&host, |mut request| {
        request.method = Method::Put;
        request.body(Body::Bytes(vec![0; 16 << 20]))
    });
    assert_eq!(outcome.unwrap().status, 200);
    assert_eq!(waits, [500]);
}

#[test]
fn a_file_of_another_size_is_not_sent() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a");
    std::fs::write(&path, "123").unwrap();
    for (path, size, reason) in [
        (path.clone(), 4, "the file changed while it was sent"),
        (path, 2, "the file changed while it was sent"),
        (PathBuf::from("/nowhere"), 2, "the file cannot be read: No such file"),
    ] {
        let host = Host::new(vec![]);
        let (outcome, _) = send(&host, |mut request| {
            request.method = Method::Put;
            request.body(Body::File { path: path.clone(), size })
        });
        let error = outcome.unwrap_err();
        assert!(error.reason.starts_with(reason), "{error}");
        assert_eq!(error.cause, Cause::Request);
    }
}

#[test]
fn answers_without_a_body_and_other_methods_are_understood() {
    let host = Host::new(vec![|stream, _| {
        say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 4096\r\nETag: \"x\"\r\nconnection: close\r\n\r\n");
    }]);
    let (outcome, _) = send(&host, |mut request| {
        request.method = Method::Head;
        request
    });
    let response = outcome.unwrap();
    assert_eq!(response.header("content-length"), Some("4096"));
    assert_eq!(response.header("etag"), Some("\"x\""));

    let host = Host::new(vec![|stream, _| say(stream, "HTTP/1.1 204 Gone\r\nconnection: close\r\n\r\n")]);
    let (outcome, _) = send(&host, |mut request| {
        request.method = Method::Purge;
        request
    });
    assert_eq!(outcome.unwrap().status, 204);
    let head = host.heads()[0].clone();
    assert!(head.starts_with("PURGE /a/b?secret=1 HTTP/1.1\r\n"), "{head}");
    assert!(!head.contains("content-length") && !head.contains("transfer-encoding"), "{head}");
    assert!(head.contains("accept-encoding: identity\r\n"), "{head}");

    let host = Host::new(vec![|stream, _| {
        say(stream, "HTTP/1.1 302 Found\r\nlocation: /b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }]);
    assert_eq!(send(&host, |request| request).0.unwrap().status, 302);
}

#[test]
fn headers_with_line_breaks_are_never_sent() {
    for (name, value) in [("x-a", "1\r\nx-b: 2"), ("x-a\r\nx-b", "1"), ("x-a", "\u{0}")] {
        let host = Host::new(vec![]);
        let (outcome, waits) = send(&host, |request| request.header(name, value));
        let error = outcome.unwrap_err();
        assert_eq!(error.cause, Cause::Request);
        assert!(!error.reason.contains("x-b") && waits.is_empty(), "{error}");
    }
}

#[test]
fn a_slow_host_is_left_at_the_time_limit_of_the_request() {
    let host = Host::new(vec![|stream, _| {
        say(stream, "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n");
        while stream.write_all(b".").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    }]);
    let limit = Duration::from_millis(200);
    let (outcome, _) = send(&host, |request| request.timeout(limit).retry(Retry::Never));
    assert_eq!(outcome.unwrap_err().reason, "no complete response arrived within 0.2 s");
}

#[test]
fn an_answer_without_end_is_not_read_to_the_end() {
    let host = Host::new(vec![|stream, _| {
        say(stream, "HTTP/1.1 200 OK\r\ncontent-length: 300000000000\r\n\r\n");
        let block = vec![b'.'; 1 << 20];
        while stream.write_all(&block).is_ok() {}
    }]);
    let error = send(&host, |request| request).0.unwrap_err();
    assert_eq!((error.cause, &*error.reason), (Cause::Response, "the response is larger than 256 MB"));
}

#[test]
fn requests_pass_the_proxy_of_the_environment() {
    let host = Host::new(vec![|stream, _| {
        say(stream, "HTTP/1.1 200 Connected\r\n\r\n");
        read_head(stream);
        say(stream, OK);
    }]);
    let proxy = format!("http://user:word@127.0.0.1:{}", host.url.port().unwrap());
    let proxies = |value: String| Proxies::of(move |name| (name == "HTTP_PROXY").then(|| value.clone()));
    let request = Request::new(Method::Get, Url::parse("http://herald.example/").unwrap());
    let response = client(proxies(proxy)).0.send(&request).unwrap();
    assert_eq!(response.body, b"ok");
    let head = host.heads()[0].to_ascii_lowercase();
    assert!(
        head.starts_with("connect herald.example:80 ") && head.contains("proxy-authorization:"),
        "{head}"
    );

    let error = client(proxies("ftp://p".to_owned())).0.send(&request).unwrap_err();
    assert_eq!(error.reason, "the proxy in `HTTP_PROXY` is not a valid URL");
    assert_eq!(error.cause, Cause::Request);
}
