//! Objects → requests to Google Cloud Storage: its XML API with HMAC keys, or with an OAuth token
//! (<https://cloud.google.com/storage/docs/xml-api/overview>).

use url::Url;

use super::s3::{Credentials, Dialect, Parts, S3Store};
use crate::config::publish::{Checksum, Gcs, S3};
use crate::diagnostic::Diagnostic;
use crate::http::{Client, Secret};
use crate::publish::credentials::{Aws, Environment};
use crate::publish::target::Result;

/// Where Google is.
const ENDPOINT: &str = "https://storage.googleapis.com/";
/// The variables of HMAC keys: our own, and those of GDAL.
const KEYS: [(&str, &str); 2] =
    [("GCS_ACCESS_KEY_ID", "GCS_SECRET_ACCESS_KEY"), ("GS_ACCESS_KEY_ID", "GS_SECRET_ACCESS_KEY")];
/// The variables of OAuth tokens: that of `gcloud` and of `google-github-actions/auth`, and that of Terraform.
const TOKENS: [&str; 2] = ["CLOUDSDK_AUTH_ACCESS_TOKEN", "GOOGLE_OAUTH_ACCESS_TOKEN"];

/// The bucket of a target.
///
/// # Errors
/// If there are no credentials, or the name cannot be that of a bucket.
pub(super) fn connect(settings: &Gcs, client: &Client, environment: &Environment) -> Result<S3Store> {
    let endpoint = settings.endpoint.clone().or_else(|| Url::parse(ENDPOINT).ok());
    S3Store::new(Parts {
        client: client.clone(),
        environment: environment.clone(),
        login: credentials(environment)?,
        dialect: Dialect::Gcs,
        region: "auto".to_owned(),
        settings: S3 {
            bucket: settings.bucket.clone(),
            prefix: settings.prefix.clone(),
            region: None,
            endpoint,
            profile: None,
            path_style: true,
            checksum: Checksum::Md5,
        },
    })
}

fn credentials(environment: &Environment) -> Result<Credentials> {
    let keys = KEYS.iter().find_map(|(id, secret)| Some((environment.get(id)?, environment.get(secret)?)));
    if let Some((id, secret)) = keys {
        let (access_key, secret) = (id.to_owned(), Secret::new(secret));
        return Ok(Credentials::Keys(Aws { access_key, secret, token: None, expires: None, region: None }));
    }
    if let Some(token) = TOKENS.iter().find_map(|name| environment.get(name)) {
        return Ok(Credentials::Token(Secret::new(token)));
    }
    let message =
        "no credentials for Google Cloud Storage: `GCS_ACCESS_KEY_ID` or `GCS_SECRET_ACCESS_KEY` is not set";
    Err(Box::new(Diagnostic::fatal("publish/credentials", message).help(
        "create an HMAC key with `gcloud storage hmac create`, and set both variables; or set `CLOUDSDK_AUTH_ACCESS_TOKEN`",
    )))
}
