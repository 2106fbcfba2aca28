//! `credential_process` → the credentials that the command prints:
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>.

use std::process::Stdio;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Aws, CODE, Environment};
use crate::diagnostic::Diagnostic;
use crate::http::Secret;
use crate::publish::shell;
use crate::publish::target::Result;

/// What the command prints. Containers and instances answer with the same names, but without a version.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Document {
    version: Option<u32>,
    access_key_id: String,
    secret_access_key: String,
    #[serde(alias = "Token")]
    session_token: Option<String>,
    expiration: Option<Timestamp>,
}

impl Document {
    /// Parses a document; the error never contains its text.
    pub(super) fn parse(json: &[u8]) -> std::result::Result<Self, String> {
        serde_json::from_slice(json).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => "the JSON lacks a field, or has a wrong one".to_owned(),
            _ => format!("it is not JSON (line {}, column {})", error.line(), error.column()),
        })
    }

    /// The credentials.
    pub(super) fn keys(self) -> Aws {
        Aws {
            access_key: self.access_key_id,
            secret: Secret::new(self.secret_access_key),
            token: self.session_token.filter(|token| !token.is_empty()).map(Secret::new),
            expires: self.expiration,
            region: None,
        }
    }
}

/// Runs the command of a profile. What it writes to its standard error is shown, and it may ask questions.
pub(super) fn run(line: &str, profile: &str, environment: &Environment) -> Result<Aws> {
    let failed = |what: String| {
        let message = format!("the `credential_process` of the AWS profile `{profile}` {what}");
        Box::new(Diagnostic::fatal(CODE, message).help("run the command by itself to see what it needs"))
    };
    let output = shell::command(line)
        .envs(environment.variables())
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(format!("cannot be run: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!("failed ({})", output.status)));
    }
    let document =
        Document::parse(&output.stdout).map_err(|why| failed(format!("printed no credentials: {why}")))?;
    match document.version {
        Some(1) => Ok(document.keys()),
        _ => Err(failed("printed a version other than 1".to_owned())),
    }
}
