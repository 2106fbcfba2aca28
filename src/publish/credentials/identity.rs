//! A token that CI or a cluster issues → credentials of a role, without a stored secret.
//!
//! `AWS_WEB_IDENTITY_TOKEN_FILE` (<https://docs.aws.amazon.com/sdkref/latest/guide/access-assume-role-web.html>), or the tokens of GitHub Actions
//! (<https://docs.github.com/actions/reference/security/oidc>).

use url::Url;

use super::{Aws, CODE, Chain, Environment, Found, sts};
use crate::diagnostic::Diagnostic;
use crate::http::{Client, Method, Request, Secret};
use crate::publish::target::Result;

/// A token of an identity provider, and the role that it may assume.
pub(super) struct WebIdentity<'a> {
    token: Secret,
    role: sts::Role<'a>,
}

impl<'a> WebIdentity<'a> {
    /// The token in a file.
    pub(super) fn of_file(
        file: &str,
        role: &'a str,
        session: Option<&'a str>,
        environment: &Environment,
    ) -> Result<Self> {
        let token = std::fs::read_to_string(environment.path(file)).map_err(|error| {
            let problem =
                Diagnostic::fatal(CODE, format!("the identity token `{file}` cannot be read: {error}"));
            Box::new(problem.help("check that CI or the cluster writes the file"))
        })?;
        Ok(Self { token: Secret::new(token.trim()), role: role_of(role, session) })
    }

    /// The credentials of the role.
    pub(super) fn assume(&self, chain: &Chain<'_>) -> Result<Aws> {
        sts::assume_role_with_web_identity(
            &self.role,
            &self.token,
            chain.region,
            chain.client,
            chain.environment,
        )
    }
}

fn role_of<'a>(arn: &'a str, session: Option<&'a str>) -> sts::Role<'a> {
    sts::Role { arn, session, external_id: None, duration: None }
}

impl Chain<'_> {
    /// The credentials of `AWS_ROLE_ARN`.
    pub(super) fn of_web_identity(&self) -> Result<Found> {
        let variable = |name| self.environment.get(name);
        let file = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
        let github = variable("ACTIONS_ID_TOKEN_REQUEST_URL").zip(variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN"));
        let Some(role) = variable("AWS_ROLE_ARN") else {
            if file.is_some() {
                let problem = Diagnostic::fatal(
                    CODE,
                    "`AWS_WEB_IDENTITY_TOKEN_FILE` is set, but `AWS_ROLE_ARN` is not",
                );
                return Err(Box::new(problem.help("set `AWS_ROLE_ARN` to the role that publishes")));
            }
            return Ok(Found::Nothing("`AWS_ROLE_ARN` is not set".to_owned()));
        };
        let session = variable("AWS_ROLE_SESSION_NAME");
        let identity = match (file, github) {
            (Some(file), _) => WebIdentity::of_file(file, role, session, self.environment)?,
            (None, Some((url, token))) => {
                let token = github_token(url, &Secret::new(token), self.client)?;
                WebIdentity { token, role: role_of(role, session) }
            }
            (None, None) if variable("GITHUB_ACTIONS").is_some() => {
                let problem =
                    Diagnostic::fatal(CODE, "GitHub Actions issued no identity token for `AWS_ROLE_ARN`");
                return Err(Box::new(problem.help("add `permissions: {id-token: write}` to the job")));
            }
            (None, None) => {
                return Ok(Found::Nothing("`AWS_WEB_IDENTITY_TOKEN_FILE` is not set".to_owned()));
            }
        };
        identity.assume(self).map(Found::Keys)
    }
}

/// Asks GitHub Actions for a token that AWS accepts.
fn github_token(url: &str, token: &Secret, client: &Client) -> Result<Secret> {
    let failed = |why: String| {
        let problem = Diagnostic::fatal(CODE, format!("GitHub Actions issued no identity token: {why}"));
        Box::new(problem.help("add `permissions: {id-token: write}` to the job"))
    };
    let mut url =
        Url::parse(url).map_err(|_| failed("`ACTIONS_ID_TOKEN_REQUEST_URL` is not a URL".to_owned()))?;
    url.query_pairs_mut().append_pair("audience", "sts.amazonaws.com");
    let response = client
        .send(&Request::new(Method::Get, url).bearer(token))
        .map_err(|error| failed(error.to_string()))?;
    if !response.is_success() {
        return Err(failed(format!("status {}", response.status)));
    }
    let token = response.json().and_then(|json| Some(Secret::new(json.get("value")?.as_str()?)));
    token.ok_or_else(|| failed("the response has no `value`".to_owned()))
}
