//! bunny.net: by URL, or by start with `*`: <https://docs.bunny.net/api-reference/core/purge/purge-url>.
//!
//! A URL that ends in `/` purges what is below, too, in zones that ignore queries. An account has 120 URLs and 20 prefixes at once, then 5 URLs
//! and half a prefix a second: <https://docs.bunny.net/docs/cdn-api-purge-rate-limits>.

use url::Url;

use super::scope::{Limits, Scope};
use super::{Call, TokenProvider, at, endpoint, public};
use crate::http::{Method, Request};
use crate::publish::credentials::{Environment, token};
use crate::publish::target::Result;

const LIMITS: Limits = Limits { exact: 200, prefixes: 20 };

/// The API with its key.
pub(super) fn provider(environment: &Environment) -> Result<TokenProvider> {
    let key = token(environment, &["BUNNY_API_KEY", "BUNNYNET_API_KEY"], "bunny.net")?;
    Ok(TokenProvider {
        name: "bunny.net",
        limits: LIMITS,
        variable: "BUNNY_API_KEY",
        permission: "purge (the API key of the account)",
        header: ("accesskey", key.reveal().to_owned()),
        endpoint: endpoint(environment, "BUNNY_API_ENDPOINT", "https://api.bunny.net")?,
    })
}

/// The requests for the zone that has these URLs.
pub(super) fn plan(api: &Url, base: &Url, scope: &Scope) -> Result<Vec<Call>> {
    let call = |url: String, is_exact: bool, covers| {
        let mut request = at(api, "/purge")?;
        request.query_pairs_mut().append_pair("url", &url).append_pair("async", "true");
        if is_exact {
            request.query_pairs_mut().append_pair("exactPath", "true");
        }
        Ok(Call { request: Request::new(Method::Post, request), covers })
    };
    let Scope::Parts { exact, prefixes } = scope else {
        return Ok(vec![call(public(base, "/*"), false, None)?]);
    };
    let exact = exact.iter().map(|path| call(public(base, path), true, Some(vec![path.clone()])));
    let prefixes = prefixes.iter().map(|path| call(format!("{}*", public(base, path)), false, None));
    exact.chain(prefixes).collect()
}
