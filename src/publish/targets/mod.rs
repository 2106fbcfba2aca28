//! A target of the settings → the host behind it. Each kind has a file or a folder.

use super::credentials::Environment;
use super::target::{Result, Target};
use crate::config::publish::{PublishTarget, TargetKind};
use crate::diagnostic::Diagnostic;
use crate::http::Client;
use crate::site::SiteDir;

pub(crate) mod cloudflare_pages;
pub(crate) mod cloudflare_workers;
pub(crate) mod digests;
pub(crate) mod netlify;
pub(crate) mod objects;
pub(crate) mod vercel;

/// Connects to a target. The environment has its credentials; the client is for hosts that speak HTTP.
///
/// # Errors
/// If credentials are missing or the target cannot be used from here.
pub(crate) fn connect(
    target: &PublishTarget,
    site: &SiteDir,
    environment: &Environment,
    client: &Client,
) -> Result<Box<dyn Target>> {
    match &target.to {
        TargetKind::Netlify(settings) => {
            Ok(digests::target(netlify::Netlify::new(settings, environment, client)?, site, target))
        }
        TargetKind::CloudflarePages(settings) => {
            Ok(digests::target(cloudflare_pages::Pages::new(settings, environment, client)?, site, target))
        }
        TargetKind::CloudflareWorkers(settings) => Ok(digests::target(
            cloudflare_workers::Workers::new(settings, environment, client)?,
            site,
            target,
        )),
        TargetKind::Vercel(settings) => {
            Ok(digests::target(vercel::Vercel::new(settings, environment, client)?, site, target))
        }
        TargetKind::S3(_)
        | TargetKind::Gcs(_)
        | TargetKind::Azure(_)
        | TargetKind::Ssh(_)
        | TargetKind::Folder(_) => Err(Box::new(Diagnostic::fatal(
            "publish/unsupported",
            format!("the target `{}` is not supported yet", target.name),
        ))),
    }
}
