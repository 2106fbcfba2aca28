//! A host name → its addresses, asked of the system once a minute: a publication sends thousands of requests to one host.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long addresses are remembered.
const LIFETIME: Duration = Duration::from_secs(60);

/// Remembers addresses.
#[derive(Debug, Default)]
pub(super) struct Remembering {
    system: DefaultResolver,
    known: Mutex<HashMap<String, (Instant, ResolvedSocketAddrs)>>,
}

impl Resolver for Remembering {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let name = format!(
            "{}://{}",
            uri.scheme_str().unwrap_or_default(),
            uri.authority().map_or("", |a| a.as_str())
        );
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, addresses)) = known().get(&name)
            && since.elapsed() < LIFETIME
        {
            return Ok(addresses.clone());
        }
        let addresses = self.system.resolve(uri, config, timeout).map_err(|error| match error {
            ureq::Error::Io(error) => ureq::Error::Other(Box::new(Unknown(error))),
            other => other,
        })?;
        known().insert(name, (Instant::now(), addresses.clone()));
        Ok(addresses)
    }
}

/// A host name without an address.
#[derive(Debug)]
pub(super) struct Unknown(io::Error);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The system says `failed to lookup address information: Name or service not known`.
        let text = self.0.to_string();
        f.write_str(text.rsplit(": ").next().unwrap_or(&text))
    }
}

impl std::error::Error for Unknown {}
