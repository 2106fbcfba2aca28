//! A profile of the shared files → its credentials: keys, a role, or a command.

use super::identity::WebIdentity;
use super::shared_files::Profile;
use super::{Aws, CODE, Chain, Found, process, sts};
use crate::diagnostic::Diagnostic;
use crate::http::Secret;
use crate::publish::target::Result;

impl Chain<'_> {
    /// The credentials of `AWS_PROFILE`, or of the default profile.
    pub(super) fn of_current_profile(&self) -> Result<Found> {
        let name = self.environment.get("AWS_PROFILE");
        let Some(profile) = self.files.profile(name.unwrap_or("default")) else {
            return match name {
                Some(name) => {
                    let message =
                        format!("{} no profile `{name}`, which `AWS_PROFILE` names", self.files.have());
                    let problem = Diagnostic::fatal(CODE, message);
                    Err(Box::new(
                        problem.help(format!("run `aws configure --profile {name}`, or unset `AWS_PROFILE`")),
                    ))
                }
                None => Ok(Found::Nothing(format!("{} no profile `default`", self.files.have()))),
            };
        };
        let has_keys = ["aws_access_key_id", "aws_secret_access_key", "role_arn", "credential_process"]
            .iter()
            .chain(&SIGN_IN)
            .any(|key| profile.get(key).is_some());
        if name.is_none() && !has_keys {
            return Ok(Found::Nothing("the profile `default` has no credentials".to_owned()));
        }
        self.of_profile(name.unwrap_or("default")).map(Found::Keys)
    }

    /// The credentials of a profile.
    ///
    /// # Errors
    /// If it has none, or they cannot be had.
    pub(super) fn of_profile(&self, name: &str) -> Result<Aws> {
        self.resolve(name, &mut Vec::new())
    }

    /// The credentials of a profile that was reached through these profiles.
    fn resolve(&self, name: &str, through: &mut Vec<String>) -> Result<Aws> {
        let Some(profile) = self.files.profile(name) else {
            let user =
                through.last().map(|user| format!(", the `source_profile` of `{user}`")).unwrap_or_default();
            let problem = Diagnostic::fatal(CODE, format!("{} no profile `{name}`{user}", self.files.have()));
            return Err(Box::new(problem.help("correct the name, or run `aws configure --profile NAME`")));
        };
        // A profile may be its own source: the role is assumed with its keys.
        let is_own_source = through.last().is_some_and(|last| last == name);
        if !is_own_source && through.iter().any(|earlier| earlier == name) {
            let problem = Diagnostic::fatal(CODE, format!("the AWS profile `{name}` is its own source"));
            return Err(Box::new(problem.help("correct `source_profile` in `~/.aws/config`")));
        }
        if let Some(role) = profile.get("role_arn").filter(|_| !is_own_source) {
            return self.of_role(name, profile, role, through);
        }
        match (profile.get("aws_access_key_id"), profile.get("aws_secret_access_key")) {
            (Some(id), Some(secret)) => {
                let token = profile.get("aws_session_token").map(Secret::new);
                Ok(Aws {
                    access_key: id.to_owned(),
                    secret: Secret::new(secret),
                    token,
                    expires: None,
                    region: None,
                })
            }
            (None, None) => match profile.get("credential_process") {
                Some(line) => process::run(line, name, self.environment),
                None => Err(without_credentials(name, profile)),
            },
            (id, _) => {
                let missing = if id.is_none() { "aws_access_key_id" } else { "aws_secret_access_key" };
                let problem = Diagnostic::fatal(CODE, format!("the AWS profile `{name}` has no `{missing}`"));
                Err(Box::new(problem.help(format!("run `aws configure --profile {name}`"))))
            }
        }
    }

    /// Assumes the role of a profile.
    fn of_role(&self, name: &str, profile: &Profile, role: &str, through: &mut Vec<String>) -> Result<Aws> {
        let session = profile.get("role_session_name");
        if let Some(file) = profile.get("web_identity_token_file") {
            return WebIdentity::of_file(file, role, session, self.environment)?.assume(self);
        }
        if profile.get("mfa_serial").is_some() {
            let message = format!("the AWS profile `{name}` asks for a code of an MFA device");
            return Err(Box::new(Diagnostic::fatal(CODE, message).help(export_help(name))));
        }
        let source = match (profile.get("source_profile"), profile.get("credential_source")) {
            (Some(source), _) => {
                through.push(name.to_owned());
                self.resolve(source, through)?
            }
            (None, Some(source)) => self.of_source(name, source)?,
            (None, None) => {
                let message = format!("the AWS profile `{name}` has a `role_arn`, but no `source_profile`");
                let help = "add `source_profile`, `credential_source` or `web_identity_token_file` to it";
                return Err(Box::new(Diagnostic::fatal(CODE, message).help(help)));
            }
        };
        let role = sts::Role {
            arn: role,
            session,
            external_id: profile.get("external_id"),
            duration: profile.get("duration_seconds"),
        };
        let region = profile.get("region").or(self.region);
        sts::assume_role(&role, &source, region, self.client, self.environment)
    }

    /// The credentials of a `credential_source`.
    fn of_source(&self, name: &str, source: &str) -> Result<Aws> {
        let found = match source {
            "Environment" => self.of_variables()?,
            "EcsContainer" => self.of_container()?,
            "Ec2InstanceMetadata" => self.of_instance()?,
            _ => Found::Nothing(format!("`{source}` is unknown")),
        };
        match found {
            Found::Keys(keys) => Ok(keys),
            Found::Nothing(why) => {
                let message =
                    format!("the `credential_source` of the AWS profile `{name}` has no credentials: {why}");
                let help = "the sources are `Environment`, `EcsContainer` and `Ec2InstanceMetadata`";
                Err(Box::new(Diagnostic::fatal(CODE, message).help(help)))
            }
        }
    }
}

/// Settings of profiles with which somebody signs in through a browser.
const SIGN_IN: [&str; 3] = ["sso_session", "sso_start_url", "login_session"];

fn without_credentials(name: &str, profile: &Profile) -> Box<Diagnostic> {
    if SIGN_IN.iter().any(|key| profile.get(key).is_some()) {
        let message = format!("the AWS profile `{name}` signs in through a browser");
        return Box::new(Diagnostic::fatal(CODE, message).help(export_help(name)));
    }
    let message = format!("the AWS profile `{name}` has no credentials");
    Box::new(Diagnostic::fatal(CODE, message).help(format!("run `aws configure --profile {name}`")))
}

/// The way for all profiles that only the tools of AWS can use.
fn export_help(name: &str) -> String {
    format!(
        "sign in with `aws`, then use a profile with the line `credential_process = aws configure export-credentials \
         --profile {name} --format process`"
    )
}
