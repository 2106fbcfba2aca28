//! The environment → what requests to Azure are authorized with.

use super::shared_key::AccountKey;
use crate::diagnostic::Diagnostic;
use crate::http::Secret;
use crate::publish::credentials::Environment;
use crate::publish::target::Result;

/// What requests are authorized with.
#[derive(Clone, Debug)]
pub(super) enum Credentials {
    /// A shared access signature: a query.
    Signature(Secret),
    /// The key of the account.
    Key(AccountKey),
}

/// Reads the variables of the Azure command line: `AZURE_STORAGE_SAS_TOKEN`, `AZURE_STORAGE_KEY`, `AZURE_STORAGE_CONNECTION_STRING`.
///
/// # Errors
/// If none is set, or the key is not one.
pub(super) fn find(account: &str, environment: &Environment) -> Result<Credentials> {
    let text = environment.get("AZURE_STORAGE_CONNECTION_STRING").unwrap_or_default();
    let connection =
        |name: &str| text.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let signature = environment.get("AZURE_STORAGE_SAS_TOKEN");
    let key = environment.get("AZURE_STORAGE_KEY");
    if let Some(signature) =
        signature.or_else(|| connection("SharedAccessSignature").filter(|_| key.is_none()))
    {
        return Ok(Credentials::Signature(Secret::new(signature.trim_start_matches('?'))));
    }
    let Some(key) = key.or_else(|| connection("AccountKey")) else {
        return Err(problem("no credentials for Azure: `AZURE_STORAGE_SAS_TOKEN` is not set"));
    };
    AccountKey::parse(account, key)
        .map(Credentials::Key)
        .ok_or_else(|| problem("the account key of Azure is not valid base64"))
}

fn problem(message: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::fatal("publish/credentials", message).help(
        "set `AZURE_STORAGE_SAS_TOKEN` to a shared access signature that may read, add, create, write, delete and list, or `AZURE_STORAGE_KEY` to the account key",
    ))
}
