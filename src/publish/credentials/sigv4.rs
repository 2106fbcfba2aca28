//! A request + AWS credentials → the request with a signature of version 4, in headers.
//!
//! For S3 and what speaks its protocol, and for other services of AWS, which encode the path once more:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>. Google signs with other names:
//! <https://cloud.google.com/storage/docs/authentication/signatures>.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ring::{digest, hmac};
use url::{Position, Url};

use super::Aws;
use crate::http::{Body, Request};

/// What a signature says of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    /// The SHA-256 of bytes in memory or of an empty body. A file is not signed, which only S3 accepts: then TLS and checksums protect it.
    Body,
    /// This SHA-256.
    Sha256([u8; 32]),
}

/// What a signature is valid for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// The name of the service: `s3`, `sts`, `cloudfront`, or `storage` of Google.
    pub(crate) service: &'a str,
    /// The region.
    pub(crate) region: &'a str,
}

/// The words of a signature, which AWS and Google spell differently.
struct Words {
    algorithm: &'static str,
    secret: &'static str,
    end: &'static str,
    date: &'static str,
    hash: &'static str,
}

const AWS: Words = Words {
    algorithm: "AWS4-HMAC-SHA256",
    secret: "AWS4",
    end: "aws4_request",
    date: "x-amz-date",
    hash: "x-amz-content-sha256",
};
const GOOGLE: Words = Words {
    algorithm: "GOOG4-HMAC-SHA256",
    secret: "GOOG4",
    end: "goog4_request",
    date: "x-goog-date",
    hash: "x-goog-content-sha256",
};

/// The bytes that AWS does not encode in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The bytes that AWS does not encode in a path.
const PATH: &AsciiSet = &QUERY.remove(b'/');
/// Headers that are not signed, because the client or a proxy sets or changes them.
const UNSIGNED_HEADERS: [&str; 7] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "expect",
    "transfer-encoding",
    "user-agent",
];

/// Encodes a path as AWS does, so that it is the same on the wire and in the signature. `key` is decoded.
pub(crate) fn encode_path(key: &str) -> String {
    utf8_percent_encode(key, PATH).to_string()
}

/// Signs a request: writes its path and query as they are signed, and adds `x-amz-date`, `x-amz-security-token`, for S3
/// `x-amz-content-sha256`, and `authorization` (for Google, `x-goog-…`). All other headers must be there already.
pub(crate) fn sign(
    mut request: Request,
    scope: Scope<'_>,
    keys: &Aws,
    payload: Payload,
    now: Timestamp,
) -> Request {
    let words = if scope.service == "storage" { GOOGLE } else { AWS };
    let is_s3 = matches!(scope.service, "s3" | "storage");
    let instant = now.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    let hash = match (payload, &request.body) {
        (Payload::Sha256(hash), _) => hex(&hash),
        (Payload::Body, Body::File { .. }) => "UNSIGNED-PAYLOAD".to_owned(),
        (Payload::Body, Body::Empty) => hex(&sha256(b"")),
        (Payload::Body, Body::Bytes(bytes)) => hex(&sha256(bytes)),
    };
    request = request.header(words.date, &instant);
    if is_s3 {
        request = request.header(words.hash, &hash);
    }
    if let Some(token) = &keys.token {
        request = request.header("x-amz-security-token", token.reveal());
    }
    canonicalize(&mut request.url);
    let (names, canonical) = canonical_request(&request, is_s3, &hash);
    let scope_text = format!("{}/{}/{}/{}", &instant[..8], scope.region, scope.service, words.end);
    let to_sign =
        format!("{}\n{instant}\n{scope_text}\n{}", words.algorithm, hex(&sha256(canonical.as_bytes())));
    let first = format!("{}{}", words.secret, keys.secret.reveal()).into_bytes();
    let parts = [&instant[..8], scope.region, scope.service, words.end, &to_sign];
    let signature = parts.iter().fold(first, |key, part| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        hmac::sign(&key, part.as_bytes()).as_ref().to_vec()
    });
    let credential = format!("{}/{scope_text}", keys.access_key);
    request.header(
        "authorization",
        format!(
            "{} Credential={credential}, SignedHeaders={names}, Signature={}",
            words.algorithm,
            hex(&signature)
        ),
    )
}

/// Writes path and query as AWS signs them.
fn canonicalize(url: &mut Url) {
    let path = encode_path(&percent_decode_str(url.path()).decode_utf8_lossy());
    url.set_path(&path);
    if url.query().is_none() {
        return;
    }
    let encoded = |text: &str| utf8_percent_encode(text, QUERY).to_string();
    let mut pairs: Vec<_> =
        url.query_pairs().map(|(name, value)| (encoded(&name), encoded(&value))).collect();
    pairs.sort_unstable();
    let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    url.set_query(Some(&pairs.join("&")).filter(|query| !query.is_empty()).map(String::as_str));
}

/// The names of the signed headers, and the request as text.
fn canonical_request(request: &Request, is_s3: bool, hash: &str) -> (String, String) {
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    headers
        .insert("host".to_owned(), vec![request.url[Position::BeforeHost..Position::AfterPort].to_owned()]);
    for (name, value) in &request.headers {
        let name = name.to_ascii_lowercase();
        let value = value.reveal().split_whitespace().collect::<Vec<_>>().join(" ");
        if name == "host" {
            headers.insert(name, vec![value]);
        } else if !UNSIGNED_HEADERS.contains(&&*name) {
            headers.entry(name).or_default().push(value);
        }
    }
    let names = headers.keys().cloned().collect::<Vec<_>>().join(";");
    let lines: String =
        headers.iter().map(|(name, values)| format!("{name}:{}\n", values.join(","))).collect();
    let path = if is_s3 { request.url.path().to_owned() } else { encode_path(request.url.path()) };
    let query = request.url.query().unwrap_or_default();
    let canonical = format!("{}\n{path}\n{query}\n{lines}\n{names}\n{hash}", request.method.name());
    (names, canonical)
}

/// The SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
