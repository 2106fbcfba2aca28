//! What Cloudflare Pages and Workers have in common: the envelope of answers, tokens, multipart forms, limits.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use url::Url;

use super::api::{Api, Words};
use super::host::{Entry, Manifest};
use super::{rules, variables};
use crate::diagnostic::Diagnostic;
use crate::http::{Body, Client, Method, Request, Response};
use crate::publish::credentials::Environment;
use crate::publish::local_file::{ContentHash, Headers};
use crate::publish::target::{Abilities, Limits, Result};

/// The API, unless the settings name another.
const API: &str = "https://api.cloudflare.com/client/v4";
/// The files of a site that every account may have (developers.cloudflare.com/pages/platform/limits, developers.cloudflare.com/workers/platform/limits).
pub(crate) const FILES: usize = 20_000;
/// The size of a file in bytes.
pub(crate) const FILE_SIZE: u64 = 25 * 1024 * 1024;
/// The code of an expired permission to upload.
const EXPIRED: i64 = 8_000_013;

/// The API of an account.
#[derive(Clone, Debug)]
pub(crate) struct Cloudflare {
    /// The API.
    pub(crate) api: Api,
    account: String,
}

impl Cloudflare {
    /// The API with the token and the account of the environment, unless the settings name them.
    ///
    /// # Errors
    /// `publish/credentials` if the token or the account is missing.
    pub(crate) fn connect(
        environment: &Environment,
        client: &Client,
        endpoint: Option<&Url>,
        account: Option<&String>,
        words: Words,
    ) -> Result<Self> {
        let token = variables::token(environment, words.token, words.permission)?;
        let help = "set it to the id of the account, which is in the URL of its dashboard, or set `account` for this target";
        let account = variables::setting(environment, account, "CLOUDFLARE_ACCOUNT_ID", help)?;
        let base = match endpoint {
            Some(endpoint) => endpoint.clone(),
            None => base(API)?,
        };
        Ok(Self { api: Api { client: client.clone(), base, token, words }, account })
    }

    /// A request with the token to a path of the account.
    pub(crate) fn request(&self, method: Method, path: &[&str]) -> Request {
        let path: Vec<&str> = ["accounts", &self.account].iter().chain(path).copied().collect();
        self.api.request(method, &path)
    }

    /// Sends a request, and returns the `result` of its answer.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub(crate) fn call(&self, request: &Request) -> Result<Value> {
        let response = self.api.send(request)?;
        self.result(&response)
    }

    /// The `result` of an answer.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub(crate) fn result(&self, response: &Response) -> Result<Value> {
        let mut answer = response.json();
        let success = answer.as_ref().and_then(|answer| answer.get("success")).and_then(Value::as_bool);
        match success {
            Some(true) if response.is_success() => Ok(answer
                .as_mut()
                .and_then(|answer| answer.get_mut("result"))
                .map(Value::take)
                .unwrap_or_default()),
            None if response.is_success() => Err(self.api.senseless()),
            _ => Err(self.api.failure(response)),
        }
    }
}

/// The URL of an API.
///
/// # Errors
/// None for a URL that parses.
pub(crate) fn base(url: &str) -> Result<Url> {
    Url::parse(url)
        .map_err(|error| Box::new(Diagnostic::fatal("publish/unreachable", format!("`{url}`: {error}"))))
}

/// Whether an answer says that the permission to upload has expired.
pub(crate) fn is_expired(response: &Response) -> bool {
    response.status == 401 || code(response) == Some(EXPIRED)
}

/// The code of an error.
pub(crate) fn code(response: &Response) -> Option<i64> {
    response.json()?.pointer("/errors/0/code")?.as_i64()
}

/// A claim of a JSON Web Token, which is not verified: it only says what the host will check.
pub(crate) fn claim(jwt: &str, name: &str) -> Option<Value> {
    let claims = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    serde_json::from_slice::<Value>(&claims).ok()?.get_mut(name).map(Value::take)
}

/// What Cloudflare can do, with this limit of files.
pub(crate) fn abilities(files: Option<usize>, way_out: &'static str) -> Abilities {
    Abilities {
        headers: |headers| Headers { content_type: headers.content_type.clone(), ..Headers::default() },
        is_atomic: true,
        limits: Limits { files, file_size: Some(FILE_SIZE), way_out, ..Limits::default() },
    }
}

/// Makes the rules of a manifest those of Cloudflare, and checks what it would ignore or serve by mistake.
///
/// # Errors
/// `publish/limits`
pub(crate) fn prepare(manifest: &mut Manifest) -> Result<()> {
    if let Some(headers) = &manifest.headers {
        rules::check_headers(&String::from_utf8_lossy(headers))?;
    }
    if let Some(redirects) = &manifest.redirects {
        let redirects = rules::unforced(&String::from_utf8_lossy(redirects));
        rules::check_redirects(&redirects)?;
        manifest.redirects = Some(redirects.into_bytes().into());
    }
    let is_worker = |entry: &&Entry| entry.path == "_worker.js" || entry.path.starts_with("_worker.js/");
    let Some(worker) = manifest.entries.iter().find(is_worker) else { return Ok(()) };
    let message = format!("`{}` would be published as a file: readers could read the program", worker.path);
    let help = "remove it from `static/`; only Wrangler can deploy a site with a Worker";
    Err(Box::new(Diagnostic::error("publish/limits", message).help(help)))
}

/// A form of several parts (RFC 7578).
#[derive(Default)]
pub(crate) struct Form(Vec<(String, Vec<u8>)>);

impl Form {
    /// Adds a field.
    #[must_use]
    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        self.0.push((format!("Content-Disposition: form-data; name=\"{name}\""), value.as_bytes().to_vec()));
        self
    }

    /// Adds a file.
    #[must_use]
    pub(crate) fn file(mut self, name: &str, content_type: &str, bytes: Vec<u8>) -> Self {
        let head = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\nContent-Type: {content_type}"
        );
        self.0.push((head, bytes));
        self
    }

    /// Makes the form the body of a request. Its boundary is a hash of the parts, which they cannot contain.
    pub(crate) fn send_with(self, request: Request) -> Request {
        let mut hasher = blake3::Hasher::new();
        for (head, bytes) in &self.0 {
            hasher.update(head.as_bytes()).update(bytes);
        }
        let boundary = format!("bulletin-{}", ContentHash::from_blake3(hasher.finalize()));
        let mut body =
            Vec::with_capacity(self.0.iter().map(|(head, bytes)| head.len() + bytes.len() + 64).sum());
        for (head, bytes) in &self.0 {
            body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        request
            .header("content-type", format!("multipart/form-data; boundary={boundary}"))
            .body(Body::Bytes(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read() {
        let payload = URL_SAFE_NO_PAD.encode(br#"{"max_file_count_allowed": 100000, "x": "\u00fe?"}"#);
        assert_eq!(claim(&format!("a.{payload}.b"), "max_file_count_allowed"), Some(100_000.into()));
        for jwt in ["", "a.b", "a.!.c", "a.e30.c"] {
            assert_eq!(claim(jwt, "max_file_count_allowed"), None, "{jwt}");
        }
    }

    #[test]
    fn a_form_has_all_parts() {
        let request = Request::new(Method::Post, Url::parse("https://x.example/").unwrap());
        let request = Form::default()
            .field("branch", "main")
            .file("_headers", "text/plain", b"/*\n".to_vec())
            .send_with(request);
        let Body::Bytes(body) = request.body else { panic!("no body") };
        let body = String::from_utf8(body).unwrap();
        let boundary = body.lines().next().unwrap();
        let expected = "B\r\nContent-Disposition: form-data; name=\"branch\"\r\n\r\nmain\r\nB\r\nContent-Disposition: form-data; \
                        name=\"_headers\"; filename=\"_headers\"\r\nContent-Type: text/plain\r\n\r\n/*\n\r\nB--\r\n";
        assert_eq!(body.replace(boundary, "B"), expected);
        assert_eq!(
            request.headers[0].1.reveal(),
            format!("multipart/form-data; boundary={}", &boundary[2..])
        );
    }
}
