//! Hosts on loopback that are as strict as the real ones: they want a token, compare digests and sizes with what they receive, refuse
//! deployments with files that they lack, and serve what was deployed.
#![allow(unreachable_pub, clippy::unwrap_used)] // A panic here is a failed test.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::support::Tree;

pub mod cloudflare;
pub mod netlify;
pub mod vercel;

/// The token that hosts want.
pub const TOKEN: &str = "t0ken-that-nobody-may-see";

/// A request.
#[derive(Debug)]
pub struct Request {
    pub method: String,
    /// The decoded parts of the path.
    pub path: Vec<String>,
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn bearer(&self) -> &str {
        self.header("authorization").strip_prefix("Bearer ").unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The method and path, for patterns.
    pub fn line(&self) -> String {
        format!("{} /{}", self.method, self.path.join("/"))
    }

    /// The parts of a form: name, content type, bytes.
    pub fn form(&self) -> Vec<(String, String, Vec<u8>)> {
        let boundary = self.header("content-type").split("boundary=").nth(1).expect("a boundary");
        let text = &self.body;
        let delimiter = format!("\r\n--{boundary}");
        let mut whole = b"\r\n".to_vec();
        whole.extend_from_slice(text);
        split(&whole, delimiter.as_bytes())
            .into_iter()
            .skip(1)
            .filter(|part| !part.starts_with(b"--"))
            .map(|part| {
                let at = find(part, b"\r\n\r\n").expect("the end of the headers of a part");
                let head = String::from_utf8(part[..at].to_vec()).unwrap();
                let value = |before: &str, end: char| {
                    let rest = head.split_once(before).map_or("", |(_, rest)| rest);
                    rest.split(end).next().unwrap_or_default().to_owned()
                };
                (value("name=\"", '"'), value("Content-Type: ", '\r'), part[at + 4..].to_vec())
            })
            .collect()
    }
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

fn split<'a>(mut text: &'a [u8], word: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = find(text, word) {
        parts.push(&text[..at]);
        text = &text[at + word.len()..];
    }
    parts.push(text);
    parts
}

/// An answer: a status and JSON.
pub type Answer = (u16, Value);

/// What a host does.
pub trait Api: Send + 'static {
    /// Answers a request.
    fn answer(&mut self, request: &Request) -> Answer;

    /// The site that readers see: paths with `/` at the beginning, and rules under their names.
    fn site(&self) -> Tree;

    /// The settings of a target at this host.
    fn settings(&self, url: &str) -> String;

    /// The variables that a publication needs.
    fn variables(&self) -> Vec<(&'static str, &'static str)>;

    /// Somebody else publishes something.
    fn publish_elsewhere(&mut self);

    /// Every deployment from now on fails with this message.
    fn fail_deployments(&mut self, message: &str);

    /// The ids of the deployments that still exist.
    fn deployments(&self) -> Vec<String>;
}

/// Sees each request before the host, and may answer it.
pub type Fault = Box<dyn FnMut(&Request, &mut dyn Api) -> Option<Answer> + Send>;

/// A running host.
pub struct Host {
    pub url: String,
    shared: Arc<Mutex<Shared>>,
}

pub struct Shared {
    pub api: Box<dyn Api>,
    /// All requests: method, path, and the size of the body.
    pub log: Vec<(String, usize)>,
    pub fault: Option<Fault>,
}

impl Host {
    pub fn start(api: Box<dyn Api>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let shared = Arc::new(Mutex::new(Shared { api, log: Vec::new(), fault: None }));
        let of_server = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = of_server.clone();
                std::thread::spawn(move || serve(&stream, &shared));
            }
        });
        Self { url, shared }
    }

    pub fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    pub fn site(&self) -> Tree {
        self.lock().api.site()
    }

    /// The requests since the last call.
    pub fn take_log(&self) -> Vec<(String, usize)> {
        std::mem::take(&mut self.lock().log)
    }

    /// Answers the next request that contains a text in this way.
    pub fn fail_once(&self, line: &'static str, answer: Answer) {
        let mut answer = Some(answer);
        self.lock().fault = Some(Box::new(
            move |request, _| if request.line().contains(line) { answer.take() } else { None },
        ));
    }
}

fn serve(stream: &TcpStream, shared: &Mutex<Shared>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let request = read(&mut reader)?;
        let (status, body) = {
            let shared = &mut *shared.lock().unwrap();
            shared.log.push((request.line(), request.body.len()));
            let fault = shared.fault.as_mut().and_then(|fault| fault(&request, &mut *shared.api));
            fault.unwrap_or_else(|| shared.api.answer(&request))
        };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        // Otherwise a test of a host that asks to wait would wait.
        let again = if status == 429 || status == 503 { "retry-after: 0\r\n" } else { "" };
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{again}\r\n", body.len());
        let mut writer = stream;
        writer.write_all(head.as_bytes()).ok()?;
        writer.write_all(body.as_bytes()).ok()?;
    }
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let decoded = |part: &str| percent_decode_str(part).decode_utf8().unwrap().into_owned();
    let path = path.trim_start_matches('/').split('/').map(decoded).collect();
    Some(Request { method, path, query: query.to_owned(), headers, body })
}

pub fn sha1(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
