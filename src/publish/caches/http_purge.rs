//! Varnish, and nginx with a module for purging: a `PURGE` request for each URL, with the host that readers ask for.
//!
//! <https://varnish-cache.org/docs/trunk/users-guide/purging.html>, <https://github.com/nginx-modules/ngx_cache_purge>.

use url::{Position, Url};

use super::scope::{Limits, Scope};
use super::{Call, at, base_path};
use crate::http::{Method, Request};
use crate::publish::target::Result;

/// A cache in the same building: every URL has its request.
pub(super) const LIMITS: Limits = Limits { exact: usize::MAX, prefixes: 0 };

/// The requests for a server.
pub(super) fn plan(server: &Url, base: &Url, scope: &Scope) -> Result<Vec<Call>> {
    let Scope::Parts { exact, .. } = scope else { return Ok(Vec::new()) };
    let host = &base[Position::BeforeHost..Position::AfterPort];
    let one = |path: &String| {
        let url = at(server, &format!("{}{path}", base_path(base)))?;
        let request = Request::new(Method::Purge, url).header("host", host);
        Ok(Call { request, covers: Some(vec![path.clone()]) })
    };
    exact.iter().map(one).collect()
}

/// Whether a status says that the URL was not in the cache: nginx answers so.
pub(super) fn was_not_cached(status: u16) -> bool {
    matches!(status, 404 | 412)
}
