//! The outcome of a request → an HTTP response, with headers that keep the preview private.

use std::convert::Infallible;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::RangeInclusive;

use http_body_util::channel::{Channel, Sender};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use percent_encoding::{AsciiSet, CONTROLS};
use serde_json::Value;

use super::range::{ByteRange, parse_range};
use super::target::Refusal;
use crate::host_files::content_type;
use crate::manifest::{Fingerprint, Stat};

pub(super) type Body = BoxBody<Bytes, Infallible>;

/// Characters of a path that must be escaped in a header.
pub(super) const PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'%');

/// How many bytes of a file are read at once.
const CHUNK_SIZE: u64 = 64 * 1024;

/// Headers of every response. Browsers and search engines store nothing of a preview, and other sites cannot read it.
const COMMON_HEADERS: [(&str, &str); 5] = [
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("x-robots-tag", "noindex"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "same-origin"),
];

/// The content security policy of the preview's own pages.
const PREVIEW_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/// A response before it is sent.
pub(super) struct Reply {
    status: u16,
    headers: HeaderMap,
    content: Content,
}

enum Content {
    Bytes(Bytes),
    /// A part of a file.
    File(File, RangeInclusive<u64>),
    Events(Channel<Bytes>),
}

impl Reply {
    fn new(status: u16, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        let reply = Self { status, headers: HeaderMap::new(), content: Content::Bytes(bytes.into()) };
        reply.with_header("content-type", content_type)
    }

    /// Sets a header. Invalid values are left out.
    fn with_header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        {
            self.headers.insert(name, value);
        }
        self
    }

    /// Sets a response header of the site.
    pub(super) fn with_site_header(mut self, name: &str, value: &str) -> Self {
        let is_reserved = COMMON_HEADERS.iter().any(|(known, _)| name.eq_ignore_ascii_case(known));
        let parsed = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()));
        match parsed {
            // The values of this header cannot be joined.
            (Ok(name), Ok(value)) if name == SET_COOKIE => drop(self.headers.append(name, value)),
            (Ok(name), Ok(value)) if !is_reserved => drop(self.headers.insert(name, value)),
            _ => {}
        }
        self
    }

    /// Sets a session cookie that scripts cannot read and that other sites cannot make the browser send.
    pub(super) fn with_cookie(self, name: &str, value: &str) -> Self {
        self.with_header("set-cookie", &format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax"))
    }

    /// Converts the reply into a response, without a body for `HEAD`.
    pub(super) fn into_response(mut self, is_head: bool) -> Response<Body> {
        for (name, value) in COMMON_HEADERS {
            self.headers.insert(name, HeaderValue::from_static(value));
        }
        let length = match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::File(_, range) => Some(range.end() + 1 - range.start()),
            Content::Events(_) => None,
        };
        if let Some(length) = length.filter(|_| self.status != 304 && self.status != 204) {
            self.headers.insert("content-length", length.into());
        }
        let body = match self.content {
            _ if is_head => Empty::new().boxed(),
            Content::Bytes(bytes) => Full::new(bytes).boxed(),
            Content::File(file, range) => stream(file, range).boxed(),
            Content::Events(events) => events.boxed(),
        };
        let mut response = Response::new(body);
        *response.status_mut() = hyper::StatusCode::from_u16(self.status).unwrap_or_default();
        *response.headers_mut() = self.headers;
        response
    }
}

/// A rendered page or file. The pair is the `If-None-Match` of the browser and the current tag.
pub(super) fn page(
    status: u16,
    content_type: &str,
    bytes: impl Into<Bytes>,
    (requested, etag): (Option<&str>, String),
) -> Reply {
    if status == 200 && matches_etag(requested, &etag) {
        return not_modified(&etag);
    }
    Reply::new(status, content_type, bytes).with_header("etag", &format!("\"{etag}\""))
}

/// A requested range. It applies only if the file still has the tag that the browser knows (`If-Range`).
pub(super) struct RangeRequest<'a> {
    pub(super) range: &'a str,
    pub(super) of: Option<&'a str>,
}

/// A file that is embedded in the program.
pub(super) fn embedded(bytes: &'static [u8], name: &str, requested: Option<&str>) -> Reply {
    let etag = Fingerprint::of_bytes(bytes).to_string();
    page(200, content_type(name), Bytes::from_static(bytes), (requested, etag))
}

/// A copied file. It is sent from this handle, even if another file takes its place.
pub(super) fn file(file: File, name: &str, requested: Option<&str>, part: Option<RangeRequest<'_>>) -> Reply {
    let Ok(stat) = file.metadata().map(|found| Stat::new(&found)) else {
        return refusal(Refusal { status: 404, why: "this file no longer exists" });
    };
    let etag = Fingerprint::of(&stat).to_string();
    if matches_etag(requested, &etag) {
        return not_modified(&etag);
    }
    let part = part.filter(|part| part.of.is_none_or(|of| of.trim_matches('"') == etag));
    part_of_file(file, content_type(name), stat.size(), part.map(|part| part.range))
        .with_header("etag", &format!("\"{etag}\""))
}

fn part_of_file(file: File, kind: &str, length: u64, range: Option<&str>) -> Reply {
    let (status, part) = match parse_range(range, length) {
        ByteRange::Full if length == 0 => return Reply::new(200, kind, Bytes::new()),
        ByteRange::Full => (200, 0..=length - 1),
        ByteRange::Partial(part) => (206, part),
        ByteRange::Unsatisfiable => {
            let reply = refusal(Refusal { status: 416, why: "the range is after the end of the file" });
            return reply.with_header("content-range", &format!("bytes */{length}"));
        }
    };
    let mut reply = Reply::new(status, kind, Bytes::new()).with_header("accept-ranges", "bytes");
    if status == 206 {
        let (first, last) = (part.start(), part.end());
        reply = reply.with_header("content-range", &format!("bytes {first}-{last}/{length}"));
    }
    reply.content = Content::File(file, part);
    reply
}

/// A redirect to an encoded path or URL.
pub(super) fn redirect(to: &str, status: u16) -> Reply {
    Reply::new(status, "text/plain; charset=utf-8", "").with_header("location", to)
}

/// JSON data.
pub(super) fn json(status: u16, value: &Value) -> Reply {
    Reply::new(status, "application/json", value.to_string())
}

/// Success without a body.
pub(super) fn no_content() -> Reply {
    Reply { status: 204, headers: HeaderMap::new(), content: Content::Bytes(Bytes::new()) }
}

/// A stream of events.
pub(super) fn events(events: Channel<Bytes>) -> Reply {
    let mut reply = Reply::new(200, "text/event-stream", "").with_header("x-accel-buffering", "no");
    reply.content = Content::Events(events);
    reply
}

/// The headers of an event stream, for `HEAD`.
pub(super) fn event_stream_head() -> Reply {
    Reply::new(200, "text/event-stream", "")
}

/// A page of the preview itself.
pub(super) fn preview_page(html: String) -> Reply {
    let reply = Reply::new(200, "text/html; charset=utf-8", html);
    reply.with_header("content-security-policy", PREVIEW_POLICY).with_header("x-frame-options", "SAMEORIGIN")
}

/// A file of the preview itself.
pub(super) fn preview_file(name: &str, bytes: &'static [u8]) -> Reply {
    Reply::new(200, content_type(name), Bytes::from_static(bytes))
}

/// A refused request.
pub(super) fn refusal(refusal: Refusal) -> Reply {
    let reply = Reply::new(refusal.status, "text/plain; charset=utf-8", format!("{}\n", refusal.why));
    match refusal.status {
        405 => reply.with_header("allow", "GET, HEAD"),
        _ => reply,
    }
}

fn not_modified(etag: &str) -> Reply {
    let reply = Reply { status: 304, headers: HeaderMap::new(), content: Content::Bytes(Bytes::new()) };
    reply.with_header("etag", &format!("\"{etag}\""))
}

/// Whether `If-None-Match` matches the current tag (RFC 9110, section 13.1.2).
fn matches_etag(requested: Option<&str>, etag: &str) -> bool {
    requested.into_iter().flat_map(|tags| tags.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"') == etag
    })
}

/// Sends a part of a file in chunks, as fast as the browser reads.
fn stream(file: File, range: RangeInclusive<u64>) -> Channel<Bytes> {
    let (sender, body) = Channel::new(2);
    tokio::spawn(send(file, range, sender));
    body
}

async fn send(mut file: File, range: RangeInclusive<u64>, mut sender: Sender<Bytes>) {
    let (mut at, end) = range.into_inner();
    while at <= end {
        let length = CHUNK_SIZE.min(end + 1 - at);
        let read = tokio::task::spawn_blocking(move || {
            let chunk = chunk(&mut file, at, length);
            (file, chunk)
        });
        // If the file was truncated, the browser notices that less arrives than was announced.
        let Ok((same, Ok(chunk))) = read.await else { return };
        file = same;
        at += chunk.len() as u64;
        if chunk.is_empty() || sender.send_data(chunk).await.is_err() {
            return;
        }
    }
}

fn chunk(file: &mut File, at: u64, length: u64) -> std::io::Result<Bytes> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes.into())
}
