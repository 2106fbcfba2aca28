//! Fastly: by URL: <https://www.fastly.com/documentation/reference/api/purging/>. It has no prefixes, and an account may purge 100,000 URLs an hour.

use url::Url;

use super::scope::{Limits, Scope};
use super::{Call, TokenProvider, at, endpoint, host_and_path};
use crate::http::{Method, Request};
use crate::publish::credentials::{Environment, token};
use crate::publish::target::Result;

const LIMITS: Limits = Limits { exact: 5_000, prefixes: 0 };

/// The API with its token.
pub(super) fn provider(environment: &Environment) -> Result<TokenProvider> {
    let token = token(environment, &["FASTLY_API_TOKEN", "FASTLY_API_KEY"], "Fastly")?;
    Ok(TokenProvider {
        name: "Fastly",
        limits: LIMITS,
        variable: "FASTLY_API_TOKEN",
        permission: "purge by URL and to purge all (`purge_select purge_all`)",
        header: ("fastly-key", token.reveal().to_owned()),
        endpoint: endpoint(environment, "FASTLY_API_ENDPOINT", "https://api.fastly.com")?,
    })
}

/// The requests for a service.
pub(super) fn plan(api: &Url, service: &str, base: &Url, scope: &Scope) -> Result<Vec<Call>> {
    let call = |path: &str, covers| Ok(Call { request: Request::new(Method::Post, at(api, path)?), covers });
    let Scope::Parts { exact, .. } = scope else {
        return Ok(vec![call(&format!("/service/{service}/purge_all"), None)?]);
    };
    let one =
        |path: &String| call(&format!("/purge/{}{path}", host_and_path(base)), Some(vec![path.clone()]));
    exact.iter().map(one).collect()
}
