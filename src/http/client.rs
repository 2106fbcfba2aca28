//! Sends requests: connections, time limits, and the loop of attempts.

use std::fmt;
use std::io::Read;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ureq::http;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, AsSendBody, SendBody};

use super::body::FileBody;
use super::error::{explain, place};
use super::proxy::{Proxies, Proxy};
use super::resolver::Remembering;
use super::{Body, Cause, Error, Request, Response, retry};

/// The largest response that is read, in bytes.
const LARGEST_RESPONSE: u64 = 256_000_000;
/// From this size on, a host is asked whether it takes a body before the body is sent, so that a refusal is an answer and not a cut connection.
const ASK_FIRST: u64 = 1 << 20;
/// The number of connections to one host that are kept.
const CONNECTIONS: usize = 64;

/// Sends requests. Clones share their connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    direct: Agent,
    proxies: Proxies,
    proxied: [OnceLock<Result<Agent, String>>; 2],
    pace: Pace,
}

/// Waiting and chance, which tests choose.
struct Pace {
    sleep: Box<dyn Fn(Duration) + Send + Sync>,
    chance: fn() -> f64,
}

impl Client {
    /// A client with the certificates of the system and the proxies of the environment.
    pub fn new() -> Self {
        let pace = Pace { sleep: Box::new(std::thread::sleep), chance };
        Self::with(Proxies::of(|name| std::env::var(name).ok()), pace)
    }

    fn with(proxies: Proxies, pace: Pace) -> Self {
        let proxied = [OnceLock::new(), OnceLock::new()];
        Self { shared: Arc::new(Shared { direct: agent(None), proxies, proxied, pace }) }
    }

    /// Sends a request, again after failures that its [`Retry`](super::Retry) allows: up to 6 attempts, with growing waits between them.
    ///
    /// # Errors
    /// If there was no complete response.
    pub fn send(&self, request: &Request) -> Result<Response, Error> {
        let pace = &self.shared.pace;
        let mut waited = Duration::ZERO;
        let mut attempt = 0;
        loop {
            let outcome = self.send_once(request);
            let next = retry::pause(request.retry, &outcome, attempt, waited, (pace.chance)());
            let Some(pause) = next else { return outcome };
            (pace.sleep)(pause);
            waited += pause;
            attempt += 1;
        }
    }

    fn send_once(&self, request: &Request) -> Result<Response, Error> {
        let failed = |error| explain(&request.url, error, request.timeout);
        let agent = self.agent(request)?;
        let (mut bytes, mut nothing) = (bytes(request)?, ());
        let mut parts = http::Request::builder().method(request.method.name()).uri(request.url.as_str());
        for (name, value) in &request.headers {
            parts = parts.header(name, value.reveal());
        }
        if let Some((size, _)) = &bytes {
            parts = parts.header("content-length", *size);
            if *size >= ASK_FIRST {
                parts = parts.header("expect", "100-continue");
            }
        }
        let body = match &mut bytes {
            Some((_, bytes)) => SendBody::from_reader(bytes),
            None => nothing.as_body(),
        };
        let mut ready = parts.body(body).map_err(|error| failed(error.into()))?;
        if let Some(limit) = request.timeout {
            ready = agent.configure_request(ready).timeout_per_call(Some(limit)).build();
        }
        let mut response = agent.run(ready).map_err(failed)?;
        let headers = response.headers().iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let body = response.body_mut().with_config().limit(LARGEST_RESPONSE).read_to_vec();
        Ok(Response { status, headers, body: body.map_err(failed)? })
    }

    /// The connections to use for a request: direct ones, or those through a proxy.
    fn agent(&self, request: &Request) -> Result<&Agent, Error> {
        let Some(proxy) = self.shared.proxies.of_url(&request.url) else { return Ok(&self.shared.direct) };
        let place_of = &self.shared.proxied[usize::from(request.url.scheme() == "https")];
        let agent = place_of.get_or_init(|| through(proxy));
        agent.as_ref().map_err(|reason| Error {
            place: place(&request.url),
            reason: reason.clone(),
            cause: Cause::Request,
        })
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// The number of the bytes of a body, and the bytes.
type Bytes<'a> = (u64, Box<dyn Read + 'a>);

/// The body of a request; `None` for a request without one.
fn bytes(request: &Request) -> Result<Option<Bytes<'_>>, Error> {
    Ok(match &request.body {
        // A request that should have a body says that it is empty: S3 wants to know.
        Body::Empty => request.method.has_body().then(|| (0, Box::new(std::io::empty()) as Box<_>)),
        Body::Bytes(bytes) => Some((bytes.len() as u64, Box::new(bytes.as_slice()))),
        Body::File { path, size } => {
            let file = FileBody::open(path, *size);
            let file = file.map_err(|error| explain(&request.url, ureq::Error::Io(error), None))?;
            Some((*size, Box::new(file)))
        }
    })
}

/// Connections through a proxy, or why there are none.
fn through(proxy: &Proxy) -> Result<Agent, String> {
    match ureq::Proxy::new(&proxy.url) {
        Ok(url) => Ok(agent(Some(url))),
        Err(_) => Err(format!("the proxy in `{}` is not a valid URL", proxy.variable)),
    }
}

fn agent(proxy: Option<ureq::Proxy>) -> Agent {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .proxy(proxy)
        .tls_config(tls)
        .user_agent(concat!("bulletin/", env!("CARGO_PKG_VERSION")))
        .accept_encoding("identity")
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .max_idle_connections(4 * CONNECTIONS)
        .max_idle_connections_per_host(CONNECTIONS)
        .timeout_resolve(seconds(20))
        .timeout_connect(seconds(20))
        .timeout_per_read(seconds(60))
        .timeout_per_write(seconds(60))
        .timeout_recv_response(seconds(60))
        .timeout_recv_body(seconds(600))
        .build();
    Agent::with_parts(config, DefaultConnector::default(), Remembering::default())
}

/// A random number from 0 to 1. Without randomness, waits are the longest.
fn chance() -> f64 {
    getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests;
