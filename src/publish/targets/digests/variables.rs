//! Environment variables → tokens and ids of hosts.

use crate::diagnostic::Diagnostic;
use crate::http::Secret;
use crate::publish::credentials::Environment;
use crate::publish::target::Result;

/// The token in a variable.
///
/// # Errors
/// `publish/credentials` with this help if it is not set.
pub(crate) fn token(environment: &Environment, name: &str, help: &str) -> Result<Secret> {
    environment.get(name).map(Secret::new).ok_or_else(|| not_set(name, help))
}

/// The value of a setting, or else of a variable.
///
/// # Errors
/// `publish/credentials` with this help if neither is set.
pub(crate) fn setting(
    environment: &Environment,
    value: Option<&String>,
    name: &str,
    help: &str,
) -> Result<String> {
    let of_environment = || environment.get(name).map(str::to_owned);
    value.cloned().or_else(of_environment).ok_or_else(|| not_set(name, help))
}

fn not_set(name: &str, help: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::fatal("publish/credentials", format!("`{name}` is not set")).help(help))
}
