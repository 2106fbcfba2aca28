//! A request → its response: a blocking HTTP client for publishing, with retries and time limits.
//!
//! It is the only room that opens connections to other machines. Certificates are checked against those that the system trusts, and the
//! proxy of the environment (`HTTPS_PROXY`, `NO_PROXY`) is used.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

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
    /// Its name in requests.
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
    /// The time limit of one attempt. `None`: that of the client, which grows with the size of the body.
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

/// Why a request has no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The scheme, host and path that was requested, without secrets.
    pub place: String,
    /// What went wrong, as a clause: `the connection was refused`.
    pub reason: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// The largest response that is read.
const LARGEST_RESPONSE: u64 = 256 * 1024 * 1024;

/// Sends requests. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
}

impl Client {
    /// A client with the certificates of the system and the proxy of the environment.
    pub fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .user_agent(format!("bulletin/{}", env!("CARGO_PKG_VERSION")))
            .tls_config(
                ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build(),
            )
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .build();
        Self { agent: config.new_agent() }
    }

    /// Sends a request, again after failures that its [`Retry`] allows.
    ///
    /// # Errors
    /// If there was no complete response.
    pub fn send(&self, request: &Request) -> Result<Response, Error> {
        self.send_once(request)
    }

    fn send_once(&self, request: &Request) -> Result<Response, Error> {
        let failed = |reason: String| Error { place: place(&request.url), reason };
        let mut builder =
            ureq::http::Request::builder().method(request.method.name()).uri(request.url.as_str());
        for (name, value) in &request.headers {
            builder = builder.header(name, value.reveal());
        }
        let invalid = |error: ureq::http::Error| failed(error.to_string());
        let sent = match &request.body {
            Body::Empty => self.agent.run(builder.body(()).map_err(invalid)?),
            Body::Bytes(bytes) => self.agent.run(builder.body(bytes.as_slice()).map_err(invalid)?),
            Body::File { path, size } => {
                let file = std::fs::File::open(path).map_err(|error| failed(error.to_string()))?;
                let builder = builder.header("content-length", size.to_string());
                self.agent.run(builder.body(file).map_err(invalid)?)
            }
        };
        let mut response = sent.map_err(|error| failed(error.to_string()))?;
        let headers = response.headers().iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let body = response.body_mut().with_config().limit(LARGEST_RESPONSE).read_to_vec();
        Ok(Response { status, headers, body: body.map_err(|error| failed(error.to_string()))? })
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

/// A URL without its query, which may contain a signature, and without its user.
fn place(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), url.authority().rsplit('@').next().unwrap_or_default(), url.path())
}
