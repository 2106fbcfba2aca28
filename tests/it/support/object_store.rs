//! An object store that speaks S3, on loopback: strict about what it is sent, observed, and as unreliable as a test wants.
//!
//! It checks that requests are signed, but not the signatures; real servers do that in `tests/publish/`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regex::Regex;

use super::md5::md5;
use super::paper::Dice;

pub const BUCKET: &str = "herald";
pub const KEY_ID: &str = "AKIAPAPERCANARY";
pub const SECRET: &str = "secret/canary+key";

/// The largest number of keys in a part of a list: small, so that lists have many parts.
const LIST_PART: usize = 25;

/// Objects by key.
pub type Objects = BTreeMap<String, Object>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub bytes: Vec<u8>,
    /// The headers that the store keeps, with names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is cut before the request is processed.
    DropBefore,
    /// The request is processed, and the connection is cut.
    DropAfter,
    /// The request is processed, and the connection is cut in the middle of the answer.
    Truncate,
    /// The request is processed twice, and the second answer is sent.
    Twice,
    Delay,
    /// The request is not processed.
    Status(u16),
}

/// After which request the program is killed: before or after it is processed.
pub struct Kill {
    pub request: usize,
    pub after: bool,
    pub kill: Box<dyn FnMut() + Send>,
}

/// A change of an object, as it takes place.
pub enum Change<'a> {
    Stored(&'a str),
    Deleted(&'a str),
}

type Observer = Box<dyn FnMut(&Objects, &Change<'_>) + Send>;

#[derive(Default)]
struct State {
    objects: Objects,
    log: Vec<String>,
    /// Chances of a fault in a thousand requests, and which ones.
    faults: Option<(Dice, u64, Vec<Fault>)>,
    kill: Option<Kill>,
    /// The number of requests since `begin`.
    requests: usize,
    observer: Option<Observer>,
}

struct Shared {
    state: Mutex<State>,
    honors_conditions: bool,
    /// The port of the client that connected last.
    last_client: AtomicU16,
    /// Connections that are open.
    open: AtomicUsize,
    stopped: AtomicBool,
}

/// A running store with one bucket, stopped at the end of the test.
pub struct ObjectStore {
    shared: Arc<Shared>,
    pub port: u16,
}

impl ObjectStore {
    pub fn start() -> Self {
        Self::with(true)
    }

    /// A store that accepts conditions and ignores them, as some real ones do.
    pub fn without_conditions() -> Self {
        Self::with(false)
    }

    fn with(honors_conditions: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            honors_conditions,
            last_client: AtomicU16::new(0),
            open: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), shared) = (stream, Arc::clone(&serving)) else { continue };
                shared.open.fetch_add(1, Ordering::SeqCst);
                let port = stream.peer_addr().map_or(0, |address| address.port());
                shared.last_client.store(port, Ordering::SeqCst);
                thread::spawn(move || {
                    shared.serve(&stream);
                    shared.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { shared, port }
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    pub fn objects(&self) -> Objects {
        self.state().objects.clone()
    }

    /// Changes objects without a request.
    pub fn edit(&self, edit: impl FnOnce(&mut Objects)) {
        edit(&mut self.state().objects);
    }

    /// The requests since the last call, such as `PUT index.html` or `LIST`.
    pub fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.state().log)
    }

    /// Starts to count requests, with a fault in so many of a thousand, and possibly a kill.
    pub fn begin(&self, seed: u64, per_mille: u64, faults: &[Fault], kill: Option<Kill>) {
        let mut state = self.state();
        state.requests = 0;
        state.faults = Some((Dice(seed | 1), per_mille, faults.to_vec()));
        state.kill = kill;
    }

    /// Waits until everything that a process sent before its end is processed, and ends all faults.
    pub fn settle(&self) {
        let pause = || thread::sleep(Duration::from_millis(1));
        // Connections are accepted in order, so all that were opened before this one have been accepted then.
        let last = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let own_port = last.local_addr().unwrap().port();
        while self.shared.last_client.load(Ordering::SeqCst) != own_port {
            pause();
        }
        drop(last);
        while self.shared.open.load(Ordering::SeqCst) > 0 {
            pause();
        }
        let mut state = self.state();
        state.faults = None;
        state.kill = None;
    }

    /// Calls a function after each change of an object.
    pub fn observe(&self, observer: impl FnMut(&Objects, &Change<'_>) + Send + 'static) {
        self.state().observer = Some(Box::new(observer));
    }
}

impl Drop for ObjectStore {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

struct Request {
    method: String,
    bucket: String,
    key: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
    fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    fn error(status: u16, code: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{code}</Message></Error>"
        );
        Self { body: body.into_bytes(), ..Self::empty(status) }
    }

    fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

impl Request {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn line(&self) -> String {
        match self.method.as_str() {
            "GET" if self.query.contains_key("list-type") => "LIST".to_owned(),
            "POST" => format!("DELETE {}", keys_of(&self.body).join(" ")),
            method => format!("{method} {}", self.key),
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn serve(&self, stream: &TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut reader = BufReader::new(stream);
        while let Some(request) = read(&mut reader, stream) {
            let (bytes, is_whole) = match self.answer(&request) {
                Some((response, is_whole)) => (to_bytes(&request, &response), is_whole),
                None => (Vec::new(), false),
            };
            let sent = if is_whole { bytes.len() } else { bytes.len() / 2 };
            let mut stream = stream;
            if stream.write_all(&bytes[..sent]).is_err() || !is_whole {
                break;
            }
        }
        let _ = stream.shutdown(Shutdown::Both);
    }

    /// The response, if there is one, and whether it is sent to its end.
    fn answer(&self, request: &Request) -> Option<(Response, bool)> {
        let (fault, kill) = {
            let mut state = self.state();
            let number = state.requests;
            state.requests += 1;
            state.log.push(request.line());
            let kill = match &state.kill {
                Some(kill) if kill.request <= number => state.kill.take(),
                _ => None,
            };
            (state.fault(), kill)
        };
        if let Some(Kill { after, mut kill, .. }) = kill {
            if after {
                self.process(request);
            }
            kill();
            return None;
        }
        match fault {
            None => Some((self.process(request), true)),
            Some(Fault::DropBefore) => None,
            Some(Fault::DropAfter) => {
                self.process(request);
                None
            }
            Some(Fault::Truncate) => Some((self.process(request), false)),
            Some(Fault::Twice) => {
                self.process(request);
                Some((self.process(request), true))
            }
            Some(Fault::Delay) => {
                thread::sleep(Duration::from_millis(40));
                Some((self.process(request), true))
            }
            Some(Fault::Status(status)) => {
                let code = if status == 403 { "AccessDenied" } else { "SlowDown" };
                Some((Response::error(status, code), true))
            }
        }
    }

    fn process(&self, request: &Request) -> Response {
        if let Some(refusal) = refusal(request) {
            return refusal;
        }
        let mut state = self.state();
        match (request.method.as_str(), request.key.as_str()) {
            ("GET", "") => list(request, &state.objects),
            ("POST", "") if request.query.contains_key("delete") => {
                for key in keys_of(&request.body) {
                    state.delete(&key);
                }
                Response {
                    body: b"<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>".to_vec(),
                    ..Response::empty(200)
                }
            }
            ("GET" | "HEAD", key) => self.get(request, state.objects.get(key)),
            ("PUT", key) => match self.condition(request, state.objects.get(key)) {
                Some(refused) => refused,
                None => state.put(request),
            },
            ("DELETE", key) => match self.condition(request, state.objects.get(key)) {
                Some(refused) if refused.status == 412 => refused,
                _ => {
                    state.delete(key);
                    Response::empty(204)
                }
            },
            _ => Response::error(405, "MethodNotAllowed"),
        }
    }

    /// The refusal of a request whose condition does not hold.
    fn condition(&self, request: &Request, found: Option<&Object>) -> Option<Response> {
        if !self.honors_conditions {
            return None;
        }
        let expected = request.header("if-match");
        match (expected, found) {
            ("", Some(_)) if request.header("if-none-match") == "*" => {
                Some(Response::error(412, "PreconditionFailed"))
            }
            ("", _) => None,
            (_, None) => Some(Response::error(404, "NoSuchKey")),
            (_, Some(found)) => {
                (expected != etag(&found.bytes)).then(|| Response::error(412, "PreconditionFailed"))
            }
        }
    }

    fn get(&self, request: &Request, found: Option<&Object>) -> Response {
        let Some(found) = found else { return Response::error(404, "NoSuchKey") };
        let etag = etag(&found.bytes);
        if self.honors_conditions && request.header("if-none-match") == etag {
            return Response::empty(304).header("etag", etag);
        }
        let mut response =
            Response { body: found.bytes.clone(), ..Response::empty(200) }.header("etag", etag);
        response.headers.extend(found.headers.clone());
        response
    }
}

impl State {
    fn fault(&mut self) -> Option<Fault> {
        let (dice, per_mille, faults) = self.faults.as_mut()?;
        let happens = dice.below(1000) < *per_mille && !faults.is_empty();
        happens.then(|| faults[dice.below(faults.len() as u64) as usize])
    }

    fn put(&mut self, request: &Request) -> Response {
        let kept = ["content-type", "cache-control", "content-encoding", "x-amz-website-redirect-location"];
        let is_kept = |name: &str| {
            kept.contains(&name) || name.starts_with("x-amz-meta-") || name == "x-amz-checksum-sha256"
        };
        let headers = request.headers.iter().filter(|(name, _)| is_kept(name));
        let headers = headers.map(|(name, value)| (name.clone(), value.clone())).collect();
        self.objects.insert(request.key.clone(), Object { bytes: request.body.clone(), headers });
        self.observe(&Change::Stored(&request.key));
        Response::empty(200).header("etag", etag(&request.body))
    }

    fn delete(&mut self, key: &str) {
        if self.objects.remove(key).is_some() {
            self.observe(&Change::Deleted(key));
        }
    }

    fn observe(&mut self, change: &Change<'_>) {
        if let Some(observer) = &mut self.observer {
            observer(&self.objects, change);
        }
    }
}

fn etag(bytes: &[u8]) -> String {
    let hex: String = md5(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// Why a request is not processed: it is not signed, for another bucket, or damaged.
fn refusal(request: &Request) -> Option<Response> {
    let signature = request.header("authorization");
    if request.bucket != BUCKET {
        return Some(Response::error(404, "NoSuchBucket"));
    }
    if !signature.contains(&format!("Credential={KEY_ID}/")) {
        return Some(Response::error(403, "InvalidAccessKeyId"));
    }
    let is_signed = signature.starts_with("AWS4-HMAC-SHA256 ")
        && signature.contains("SignedHeaders=")
        && signature.contains("Signature=");
    if !is_signed || request.header("x-amz-date").is_empty() {
        return Some(Response::error(403, "SignatureDoesNotMatch"));
    }
    let sha256 = ring::digest::digest(&ring::digest::SHA256, &request.body);
    let hex: String = sha256.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let of_content = request.header("x-amz-content-sha256");
    if of_content.len() == 64 && of_content != hex {
        return Some(Response::error(400, "XAmzContentSHA256Mismatch"));
    }
    let checksum = request.header("x-amz-checksum-sha256");
    let of_md5 = request.header("content-md5");
    let is_damaged = (!checksum.is_empty() && checksum != base64(sha256.as_ref()))
        || (!of_md5.is_empty() && of_md5 != base64(&md5(&request.body)));
    if is_damaged {
        return Some(Response::error(400, "BadDigest"));
    }
    if request.method == "POST" && checksum.is_empty() && of_md5.is_empty() {
        return Some(Response::error(400, "MissingContentMD5"));
    }
    None
}

/// Characters of keys in lists that are percent-encoded.
const IN_LISTS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_');

fn list(request: &Request, objects: &Objects) -> Response {
    let query = |name: &str| request.query.get(name).map_or("", String::as_str);
    let (prefix, after) = (query("prefix"), query("continuation-token"));
    let keys: Vec<&String> =
        objects.keys().filter(|key| key.starts_with(prefix) && key.as_str() > after).collect();
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">".to_owned();
    xml += &format!("<Name>{BUCKET}</Name><IsTruncated>{}</IsTruncated>", keys.len() > LIST_PART);
    if query("encoding-type") == "url" {
        xml += "<EncodingType>url</EncodingType>";
    }
    for key in keys.iter().take(LIST_PART) {
        let bytes = &objects[*key].bytes;
        let name = match query("encoding-type") {
            // A space is encoded as in forms.
            "url" => utf8_percent_encode(key, IN_LISTS).to_string().replace("%20", "+"),
            _ => escaped(key),
        };
        let etag = etag(bytes).replace('"', "&quot;");
        xml += &format!(
            "<Contents><Key>{name}</Key><ETag>{etag}</ETag><Size>{}</Size><LastModified>2026-11-30T00:00:00.000Z</LastModified><StorageClass>STANDARD</StorageClass></Contents>",
            bytes.len()
        );
    }
    if keys.len() > LIST_PART {
        xml += &format!("<NextContinuationToken>{}</NextContinuationToken>", escaped(keys[LIST_PART - 1]));
    }
    xml += "</ListBucketResult>";
    Response { body: xml.into_bytes(), ..Response::empty(200) }.header("content-type", "application/xml")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The keys of a request to delete many.
fn keys_of(body: &[u8]) -> Vec<String> {
    let key = Regex::new("(?s)<Key>(.*?)</Key>").unwrap();
    let text = String::from_utf8_lossy(body);
    let unescaped = |text: &str| {
        let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'")];
        let text = entities.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c));
        text.replace("&amp;", "&")
    };
    key.captures_iter(&text).map(|found| unescaped(&found[1])).collect()
}

/// Reads a request. `None` if the connection ended.
fn read(reader: &mut BufReader<&TcpStream>, mut stream: &TcpStream) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    if headers.get("expect").is_some_and(|expect| expect == "100-continue") {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    assert!(!headers.contains_key("transfer-encoding"), "S3 wants the length of a body");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let query = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    });
    let query = query.collect();
    let path = decoded(path);
    let path = path.strip_prefix('/').unwrap();
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    Some(Request { method, bucket: bucket.to_owned(), key: key.to_owned(), query, headers, body })
}

fn to_bytes(request: &Request, response: &Response) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} X\r\n", response.status);
    for (name, value) in &response.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if ![204, 304].contains(&response.status) {
        head += &format!("content-length: {}\r\n", response.body.len());
    }
    let mut bytes = (head + "\r\n").into_bytes();
    if request.method != "HEAD" {
        bytes.extend_from_slice(&response.body);
    }
    bytes
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = group.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}
