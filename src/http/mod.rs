//! A request → its response: a blocking HTTP client for publishing, with retries and time limits.
//!
//! It is the only room that opens connections to other machines. Certificates are checked against those that the system trusts
//! (`SSL_CERT_FILE` names others), and the proxy of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`) is used. Redirects are
//! not followed.

mod body;
mod client;
mod error;
mod proxy;
mod resolver;
mod retry;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

pub use client::Client;
pub use error::{Cause, Error};

/// Text that must not be printed, such as a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for a request only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Head,
    Put,
    Post,
    Patch,
    Delete,
    Purge,
}

impl Method {
    /// Its name in a request.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Purge => "PURGE",
        }
    }

    /// Whether a request has a body, if only an empty one.
    fn has_body(self) -> bool {
        matches!(self, Self::Put | Self::Post | Self::Patch)
    }
}

/// What a request sends.
#[derive(Clone, Debug, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// These bytes.
    Bytes(Vec<u8>),
    /// A file, which is streamed.
    File {
        /// Where it is.
        path: PathBuf,
        /// Its size in bytes; a file of another size is an error.
        size: u64,
    },
}

/// Which failures of a request are retried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retry {
    /// The request has the same effect however often it is sent: it is retried after failures of the connection and after 408, 429, 500, 502, 503
    /// and 504.
    #[default]
    Always,
    /// The request must not take effect twice: it is retried only if it was certainly not processed: no connection, 429, 503.
    IfNotProcessed,
    /// Never.
    Never,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The URL. Its query may contain a signature, so messages name only what precedes it.
    pub url: Url,
    /// Headers in the order in which they are sent. Values may be secret, so they are never printed.
    pub headers: Vec<(String, Secret)>,
    /// The body.
    pub body: Body,
    /// Which failures are retried.
    pub retry: Retry,
    /// The time limit of one attempt. `None`: the limits of the client: 20 s for a connection, 60 s for an answer to begin, 60 s without any
    /// progress, 10 minutes for the body of an answer.
    pub timeout: Option<Duration>,
}

impl Request {
    /// A request without headers or a body.
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: Vec::new(), body: Body::Empty, retry: Retry::default(), timeout: None }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), Secret::new(value)));
        self
    }

    /// Adds `Authorization: Bearer TOKEN`.
    #[must_use]
    pub fn bearer(self, token: &Secret) -> Self {
        let value = format!("Bearer {}", token.reveal());
        self.header("authorization", value)
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Sets the body to JSON.
    #[must_use]
    pub fn json(self, value: &serde_json::Value) -> Self {
        self.header("content-type", "application/json").body(Body::Bytes(value.to_string().into_bytes()))
    }

    /// Sets which failures are retried.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the time limit of one attempt.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

/// A response, of any status.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// Whether the status is 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header with this name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}
