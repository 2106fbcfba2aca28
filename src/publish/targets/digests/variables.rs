//! Environment variables → tokens and ids of hosts.

use crate::diagnostic::Diagnostic;
use crate::http::Secret;
use crate::publish::target::Result;

/// The value of a variable; `None` if it is not set or blank.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok()?;
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// The token in a variable.
///
/// # Errors
/// `publish/credentials` with this help if it is not set.
pub(crate) fn token(name: &str, help: &str) -> Result<Secret> {
    variable(name).map(Secret::new).ok_or_else(|| not_set(name, help))
}

/// The value of a setting, or else of a variable.
///
/// # Errors
/// `publish/credentials` with this help if neither is set.
pub(crate) fn setting(value: Option<&String>, name: &str, help: &str) -> Result<String> {
    value.cloned().or_else(|| variable(name)).ok_or_else(|| not_set(name, help))
}

fn not_set(name: &str, help: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::fatal("publish/credentials", format!("`{name}` is not set")).help(help))
}
