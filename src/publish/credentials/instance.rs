//! The machine → the credentials of its role: a container's endpoint, or the metadata service of an instance.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>, `feature-imds-credentials.html`.

use std::time::Duration;

use url::{Host, Url};

use super::process::Document;
use super::{CODE, Chain, Environment, Found};
use crate::diagnostic::Diagnostic;
use crate::http::{Method, Request, Response, Retry};
use crate::publish::target::Result;

/// How long a machine outside of AWS waits for a service that is not there.
const LIMIT: Duration = Duration::from_secs(1);

impl Chain<'_> {
    /// The credentials of `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `…_FULL_URI`.
    pub(super) fn of_container(&self) -> Result<Found> {
        let variable = |name| self.environment.get(name);
        let written = match variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            Some(path) => format!("http://169.254.170.2{path}"),
            None => match variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
                Some(url) => url.to_owned(),
                None => return Ok(Found::Nothing("this machine is not a container with a role".to_owned())),
            },
        };
        let failed = |why: String| {
            let problem = Diagnostic::fatal(CODE, format!("the container has no credentials: {why}"));
            Box::new(problem.help("check the role of the task, or unset `AWS_CONTAINER_CREDENTIALS_…_URI`"))
        };
        let url = Url::parse(&written).map_err(|_| failed(format!("`{written}` is not a URL")))?;
        if !may_receive_token(&url) {
            return Err(failed(format!("`{written}` is neither HTTPS nor an address of this machine")));
        }
        let mut request = Request::new(Method::Get, url);
        if let Some(token) = container_token(self.environment).map_err(failed)? {
            request = request.header("authorization", token);
        }
        let response = self.client.send(&request).map_err(|error| failed(error.to_string()))?;
        if !response.is_success() {
            return Err(failed(format!("status {}", response.status)));
        }
        Document::parse(&response.body).map(|document| Found::Keys(document.keys())).map_err(failed)
    }

    /// The credentials of the instance's role (IMDSv2).
    pub(super) fn of_instance(&self) -> Result<Found> {
        let variable = |name| self.environment.get(name);
        if variable("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(Found::Nothing("`AWS_EC2_METADATA_DISABLED` is set".to_owned()));
        }
        let endpoint = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or("http://169.254.169.254");
        let at = |path: &str| Url::parse(&format!("{}/latest/{path}", endpoint.trim_end_matches('/'))).ok();
        let none = || Found::Nothing("this machine is not an instance with a role".to_owned());
        let send = |method, path: &str, token: Option<(&str, &str)>| {
            let mut request = Request::new(method, at(path)?).retry(Retry::Never);
            request.timeout = Some(LIMIT);
            if let Some((name, value)) = token {
                request = request.header(name, value);
            }
            self.client.send(&request).ok().filter(Response::is_success)
        };
        let lifetime = Some(("x-aws-ec2-metadata-token-ttl-seconds", "21600"));
        let Some(token) = send(Method::Put, "api/token", lifetime) else { return Ok(none()) };
        let token = String::from_utf8_lossy(&token.body).into_owned();
        let token = Some(("x-aws-ec2-metadata-token", token.trim()));
        let roles = "meta-data/iam/security-credentials/";
        let Some(role) = send(Method::Get, roles, token) else { return Ok(none()) };
        let role = String::from_utf8_lossy(&role.body).lines().next().unwrap_or_default().trim().to_owned();
        let Some(answer) = send(Method::Get, &format!("{roles}{role}"), token) else { return Ok(none()) };
        Ok(match Document::parse(&answer.body) {
            Ok(document) => Found::Keys(document.keys()),
            Err(why) => Found::Nothing(format!("the instance has no credentials: {why}")),
        })
    }
}

/// Whether the token of a container may be sent to this URL, by the rule of the tools of AWS.
fn may_receive_token(url: &Url) -> bool {
    let of_aws = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback() || of_aws.contains(&&*address.to_string()),
            Some(Host::Ipv6(address)) => address.is_loopback() || of_aws.contains(&&*address.to_string()),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
}

/// The value of `Authorization`; the error is a clause.
fn container_token(environment: &Environment) -> std::result::Result<Option<String>, String> {
    match environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
        Some(file) => match std::fs::read_to_string(file) {
            Ok(token) => Ok(Some(token.trim().to_owned())),
            Err(error) => Err(format!("`{file}` cannot be read: {error}")),
        },
        None => Ok(environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(str::to_owned)),
    }
}
