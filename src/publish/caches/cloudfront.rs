//! Amazon CloudFront: invalidations: <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html>.
//!
//! A distribution has at most 3,000 paths and 15 with `*` in progress:
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-invalidations>.

use std::time::Duration;

use quick_xml::escape::escape;
use url::Url;

use super::scope::{Limits, Scope};
use super::{Caches, Call, Reaction, at, base_path, endpoint, explained};
use crate::http::{Body, Method, Request, Retry};
use crate::publish::credentials::sigv4::{Payload, Scope as Signed, sha256, sign};
use crate::publish::credentials::{Aws, aws};
use crate::publish::target::Result;
use crate::publish::xml;

pub(super) const LIMITS: Limits = Limits { exact: 3_000, prefixes: 15 };

/// How often an invalidation waits for earlier ones: 10 s, 20 s, …, together about 5 minutes.
const WAITS: u64 = 8;

/// The service with credentials.
pub(super) struct CloudFront {
    keys: Aws,
    endpoint: Url,
}

/// The region that signs for a service of all regions.
const REGION: &str = "us-east-1";

impl CloudFront {
    /// Finds credentials.
    pub(super) fn connect(caches: &Caches<'_>) -> Result<Self> {
        let environment = caches.environment;
        let variable = ["AWS_ENDPOINT_URL_CLOUDFRONT", "AWS_ENDPOINT_URL"]
            .into_iter()
            .find(|variable| environment.get(variable).is_some());
        let endpoint =
            endpoint(environment, variable.unwrap_or_default(), "https://cloudfront.amazonaws.com")?;
        Ok(Self { keys: aws(caches.profile, Some(REGION), caches.client, environment)?, endpoint })
    }

    /// One invalidation. The same paths in the same publication are the same invalidation, however often it is sent.
    pub(super) fn plan(&self, id: &str, base: &Url, run: &str, scope: &Scope) -> Result<Vec<Call>> {
        Ok(vec![Call { request: request(&self.endpoint, id, base, run, scope)?, covers: None }])
    }

    /// Sends an invalidation, again after earlier ones are done.
    pub(super) fn send(&self, call: &Call, caches: &Caches<'_>) -> Reaction {
        for wait in 1..=WAITS {
            let now = caches.environment.now();
            let scope = Signed { service: "cloudfront", region: REGION };
            let signed = sign(call.request.clone(), scope, &self.keys, Payload::Body, now);
            let response = match caches.client.send(&signed) {
                Err(error) => return Reaction::Failed(error.to_string()),
                Ok(response) if response.is_success() => return Reaction::Purged,
                Ok(response) => response,
            };
            let code = xml::text_of(&response.body, "Code");
            if code.as_deref() != Some("TooManyInvalidationsInProgress") || wait == WAITS {
                return Reaction::Failed(explained(&response));
            }
            caches.environment.sleep(Duration::from_secs(10 * wait));
        }
        Reaction::Failed("earlier invalidations take too long".to_owned())
    }
}

/// The request for an invalidation, unsigned.
fn request(endpoint: &Url, id: &str, base: &Url, run: &str, scope: &Scope) -> Result<Request> {
    let root = base_path(base);
    let paths: Vec<String> = match scope {
        Scope::Everything => vec![format!("{root}/*")],
        Scope::Parts { exact, prefixes } => {
            let exact = exact.iter().map(|path| format!("{root}{path}"));
            exact.chain(prefixes.iter().map(|path| format!("{root}{path}*"))).collect()
        }
    };
    let hash: String =
        sha256(paths.join("\n").as_bytes())[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let items: String = paths.iter().map(|path| format!("<Path>{}</Path>", escape(path.as_str()))).collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <CallerReference>bulletin-{run}-{hash}</CallerReference>\
         <Paths><Items>{items}</Items><Quantity>{}</Quantity></Paths></InvalidationBatch>",
        paths.len()
    );
    let url = at(endpoint, &format!("/2020-05-31/distribution/{id}/invalidation"))?;
    Ok(Request::new(Method::Post, url)
        .header("content-type", "application/xml")
        .body(Body::Bytes(body.into_bytes()))
        .retry(Retry::Always))
}
