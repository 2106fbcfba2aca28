//! Cloudflare: by URL, or by prefix: <https://developers.cloudflare.com/cache/how-to/purge-cache/>.

use serde_json::json;
use url::Url;

use super::scope::{Limits, Scope};
use super::{Call, TokenProvider, at, endpoint, host_and_path, public};
use crate::http::{Method, Request};
use crate::publish::credentials::{Environment, token};
use crate::publish::target::Result;

/// URLs in one request, on all plans.
const URLS: usize = 100;
/// Prefixes in one request. They count as requests, of which the free plan has 25 at once and 5 a minute.
const PREFIXES: usize = 30;
const LIMITS: Limits = Limits { exact: 30 * URLS, prefixes: 4 * PREFIXES };

/// The API with its token.
pub(super) fn provider(environment: &Environment) -> Result<TokenProvider> {
    let token = token(environment, &["CLOUDFLARE_API_TOKEN", "CF_API_TOKEN"], "Cloudflare")?;
    Ok(TokenProvider {
        name: "Cloudflare",
        limits: LIMITS,
        variable: "CLOUDFLARE_API_TOKEN",
        permission: "purge the cache of the zone (Zone › Cache Purge)",
        header: ("authorization", format!("Bearer {}", token.reveal())),
        endpoint: endpoint(environment, "CLOUDFLARE_API_BASE_URL", "https://api.cloudflare.com/client/v4")?,
    })
}

/// The requests for a zone. Everything is all URLs of this site, not all of the zone.
pub(super) fn plan(api: &Url, zone: &str, base: &Url, scope: &Scope) -> Result<Vec<Call>> {
    let url = at(api, &format!("/zones/{zone}/purge_cache"))?;
    let call = |body: serde_json::Value, covers| Call {
        request: Request::new(Method::Post, url.clone()).json(&body),
        covers,
    };
    let prefix = |path: &String| format!("{}{}", host_and_path(base), path.trim_end_matches('/'));
    let Scope::Parts { exact, prefixes } = scope else {
        return Ok(vec![call(json!({ "prefixes": [host_and_path(base)] }), None)]);
    };
    let files = exact.chunks(URLS).map(|paths| {
        let urls: Vec<_> = paths.iter().map(|path| public(base, path)).collect();
        call(json!({ "files": urls }), Some(paths.to_vec()))
    });
    let prefixes = prefixes.chunks(PREFIXES).map(|paths| {
        let prefixes: Vec<_> = paths.iter().map(prefix).collect();
        call(json!({ "prefixes": prefixes }), None)
    });
    Ok(files.chain(prefixes).collect())
}
