//! Runs the preview and sends it raw bytes: a client library would repair requests that tests break on purpose.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::{Site, bulletin};

/// The time limit for the preview to start on a busy machine.
const START: Duration = Duration::from_secs(60);
/// The time limit for a response, longer than the server waits for a request.
const ANSWER: Duration = Duration::from_secs(20);

/// A running preview, stopped at the end of the test.
pub struct Server {
    child: Child,
    pub port: u16,
    printed: Arc<Mutex<String>>,
    token: OnceLock<String>,
}

/// The response on a connection.
#[derive(Debug)]
pub struct Answer {
    /// `None` if the connection was closed without a response.
    pub status: Option<u16>,
    /// Header names are in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// All bytes received.
    pub bytes: Vec<u8>,
    /// Whether the server closed the connection.
    pub closed: bool,
}

impl Server {
    /// Starts the preview of a site, on a free port unless the arguments name one.
    pub fn start(site: &Site, args: &[&str]) -> Self {
        let mut command = bulletin();
        command.arg("serve").arg("--site").arg(&site.root).args(args);
        if !args.contains(&"--port") {
            command.args(["--port", "0"]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, port) = mpsc::channel();
        let printed = Arc::new(Mutex::new(String::new()));
        let mut server = Self { child, port: 0, printed: Arc::clone(&printed), token: OnceLock::new() };
        // Reads to the end, so that the program never blocks on a full pipe.
        thread::spawn(move || {
            for line in stderr.split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                printed.lock().unwrap().push_str(&format!("{line}\n"));
                // The port is sent after the line is stored, so that a test that knows the port can read the line.
                if let Some(port) = port_of(&line) {
                    let _ = sender.send(port);
                }
            }
        });
        match port.recv_timeout(START) {
            Ok(port) => server.port = port,
            Err(_) => panic!("the preview did not print its URL:\n{}", server.printed()),
        }
        server
    }

    /// The terminal output so far.
    pub fn printed(&self) -> String {
        self.printed.lock().unwrap().clone()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_write_timeout(Some(ANSWER)).unwrap();
        stream
    }

    /// The host of its URLs.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// Sends bytes on a new connection. The server may stop reading before the end.
    pub fn send(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect();
        let _ = stream.write_all(request);
        read(&mut stream, ANSWER)
    }

    /// A request with the right host, these headers and no body.
    pub fn ask(&self, method: &str, target: &str, headers: &[&str]) -> Answer {
        self.send(self.request(method, target, headers).as_bytes())
    }

    pub fn request(&self, method: &str, target: &str, headers: &[&str]) -> String {
        let mut request =
            format!("{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.host());
        for header in headers {
            request += &format!("{header}\r\n");
        }
        request + "\r\n"
    }

    pub fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, &[])
    }

    /// The secret that pages send with their requests.
    pub fn token(&self) -> String {
        let token = || {
            let front = self.get("/").text();
            let (_, rest) =
                front.split_once("data-token=\"").unwrap_or_else(|| panic!("no token in {front}"));
            rest.split('"').next().unwrap().to_owned()
        };
        self.token.get_or_init(token).clone()
    }

    /// Opens the event stream with the right secret and reads only the head of the response.
    pub fn events(&self, token: &str) -> (TcpStream, Answer) {
        let mut stream = self.connect();
        let target = format!("/__bulletin/events?token={token}");
        let _ = stream.write_all(self.request("GET", &target, &["Accept: text/event-stream"]).as_bytes());
        let head = read_head(&mut stream, ANSWER);
        (stream, Answer::parse(head, false))
    }

    /// Opens the event stream of a page and returns it with the first event.
    pub fn listen(&self, path: &str, headers: &[&str]) -> (TcpStream, serde_json::Value) {
        let mut stream = self.connect();
        let target = format!("/__bulletin/events?token={}&path={path}", self.token());
        stream.write_all(self.request("GET", &target, headers).as_bytes()).unwrap();
        let hello = next_event(&mut stream, "hello");
        (stream, hello)
    }

    /// Whether the process is running.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port in the line that shows the URL of the preview.
fn port_of(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("http://127.0.0.1:")?;
    rest.split_once('/')?.0.parse().ok()
}

impl Answer {
    fn parse(bytes: Vec<u8>, closed: bool) -> Self {
        let end = head_end(&bytes).unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default();
        let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Self { status, headers, body: bytes[end..].to_vec(), bytes, closed }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|at| at + 4)
}

/// Reads a response until the server closes the connection or `Content-Length` is reached.
pub fn read(stream: &mut TcpStream, longest: Duration) -> Answer {
    let (bytes, closed) = read_until(stream, longest, |bytes| {
        let Some(end) = head_end(bytes) else { return false };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        length
            .and_then(|length| length.trim().parse().ok())
            .is_some_and(|length: usize| bytes.len() >= end + length)
    });
    Answer::parse(bytes, closed)
}

fn read_head(stream: &mut TcpStream, longest: Duration) -> Vec<u8> {
    read_until(stream, longest, |bytes| head_end(bytes).is_some()).0
}

fn read_until(stream: &mut TcpStream, longest: Duration, is_done: impl Fn(&[u8]) -> bool) -> (Vec<u8>, bool) {
    let end = Instant::now() + longest;
    let (mut bytes, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    while !is_done(&bytes) {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return (bytes, false);
        }
        stream.set_read_timeout(Some(left)).unwrap();
        match stream.read(&mut buffer) {
            Ok(0) => return (bytes, true),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // The server closed the connection before it had read all bytes.
            Err(_) => return (bytes, true),
        }
    }
    (bytes, false)
}

/// Waits for an event and returns its data.
#[track_caller]
pub fn next_event(stream: &mut TcpStream, event: &str) -> serde_json::Value {
    let start = format!("event: {event}\ndata: ");
    let data = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (_, rest) = text.split_once(&start)?;
        Some(rest.split_once("\n\n")?.0.to_owned())
    };
    let (bytes, _) = read_until(stream, ANSWER, |bytes| data(bytes).is_some());
    let printed = String::from_utf8_lossy(&bytes);
    let data = data(&bytes).unwrap_or_else(|| panic!("no {event:?}, but {printed}"));
    serde_json::from_str(&data).unwrap()
}

/// Whether the server has closed a connection. Does not wait, and discards received bytes.
pub fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let mut buffer = [0; 4096];
    let closed = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break true,
            Ok(_) => {}
            Err(error) => break error.kind() != ErrorKind::WouldBlock,
        }
    };
    stream.set_nonblocking(false).unwrap();
    closed
}
