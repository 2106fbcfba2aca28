//! A role → temporary credentials, by the Security Token Service of AWS.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>, `API_AssumeRoleWithWebIdentity.html`.

use url::Url;
use url::form_urlencoded::Serializer;

use super::sigv4::{Payload, Scope, sign};
use super::{Aws, CODE, Environment};
use crate::diagnostic::Diagnostic;
use crate::http::{Body, Client, Method, Request, Secret};
use crate::publish::target::Result;
use crate::publish::xml;

/// A role to assume.
#[derive(Clone, Copy, Debug)]
pub(super) struct Role<'a> {
    /// Its name.
    pub(super) arn: &'a str,
    /// The name of the session in the logs of AWS. Default: `bulletin`.
    pub(super) session: Option<&'a str>,
    /// What its owner asks for besides.
    pub(super) external_id: Option<&'a str>,
    /// For how many seconds.
    pub(super) duration: Option<&'a str>,
}

/// Assumes a role with other credentials.
pub(super) fn assume_role(
    role: &Role<'_>,
    keys: &Aws,
    region: Option<&str>,
    client: &Client,
    environment: &Environment,
) -> Result<Aws> {
    let request = request("AssumeRole", role, None, region, environment)?;
    let scope = Scope { service: "sts", region: region.unwrap_or(GLOBAL) };
    let request = sign(request, scope, keys, Payload::Body, environment.now());
    send(&request, role, client)
}

/// Assumes a role with a token of an identity provider.
pub(super) fn assume_role_with_web_identity(
    role: &Role<'_>,
    token: &Secret,
    region: Option<&str>,
    client: &Client,
    environment: &Environment,
) -> Result<Aws> {
    let request = request("AssumeRoleWithWebIdentity", role, Some(token), region, environment)?;
    send(&request, role, client)
}

/// The region that signs for the endpoint of all regions.
const GLOBAL: &str = "us-east-1";

fn request(
    action: &str,
    role: &Role<'_>,
    token: Option<&Secret>,
    region: Option<&str>,
    environment: &Environment,
) -> Result<Request> {
    let mut form = Serializer::new(String::new());
    form.append_pair("Action", action).append_pair("Version", "2011-06-15");
    form.append_pair("RoleArn", role.arn).append_pair("RoleSessionName", role.session.unwrap_or("bulletin"));
    for (name, value) in [("ExternalId", role.external_id), ("DurationSeconds", role.duration)] {
        value.map(|value| form.append_pair(name, value));
    }
    token.map(|token| form.append_pair("WebIdentityToken", token.reveal()));
    Ok(Request::new(Method::Post, endpoint(region, environment)?)
        .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .body(Body::Bytes(form.finish().into_bytes())))
}

/// The URL of the service. Its variables are those of the tools of AWS.
fn endpoint(region: Option<&str>, environment: &Environment) -> Result<Url> {
    let written = environment.get("AWS_ENDPOINT_URL_STS").or_else(|| environment.get("AWS_ENDPOINT_URL"));
    let url = match (written, region) {
        (Some(url), _) => url.to_owned(),
        (None, Some(region)) if region.starts_with("cn-") => {
            format!("https://sts.{region}.amazonaws.com.cn/")
        }
        (None, Some(region)) => format!("https://sts.{region}.amazonaws.com/"),
        (None, None) => "https://sts.amazonaws.com/".to_owned(),
    };
    Url::parse(&url).map_err(|_| {
        let problem = Diagnostic::fatal(CODE, format!("`{url}` is not the URL of the token service of AWS"));
        Box::new(problem.help("correct the region, or `AWS_ENDPOINT_URL_STS`"))
    })
}

fn send(request: &Request, role: &Role<'_>, client: &Client) -> Result<Aws> {
    let failed = |why: String| {
        let problem = Diagnostic::fatal(CODE, format!("the role `{}` cannot be assumed: {why}", role.arn));
        Box::new(problem.help("check its name, and its trust policy, which says who may assume it"))
    };
    let response = client.send(request).map_err(|error| failed(error.to_string()))?;
    if !response.is_success() {
        let code =
            xml::text_of(&response.body, "Code").unwrap_or_else(|| format!("status {}", response.status));
        let message = xml::text_of(&response.body, "Message").unwrap_or_default();
        return Err(failed(format!("{code}: {message}").trim_end_matches([':', ' ']).to_owned()));
    }
    let text = |name| xml::text_of(&response.body, name);
    let keys = text("AccessKeyId").zip(text("SecretAccessKey"));
    let (access_key, secret) = keys.ok_or_else(|| failed("the response has no credentials".to_owned()))?;
    Ok(Aws {
        access_key,
        secret: Secret::new(secret),
        token: text("SessionToken").map(Secret::new),
        expires: text("Expiration").and_then(|text| text.parse().ok()),
        region: None,
    })
}
