//! A target of the settings → the host behind it. Each kind has a file or a folder.

use super::credentials::Environment;
use super::engine::state_dir;
use super::target::{Result, Target};
use crate::config::publish::{PublishTarget, TargetKind};
use crate::diagnostic::Diagnostic;
use crate::http::Client;
use crate::site::SiteDir;
use objects::{ObjectStore, Objects};

pub(crate) mod objects;

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
    let over = |store: Box<dyn ObjectStore>| -> Result<Box<dyn Target>> {
        Ok(Box::new(Objects::new(store, target.parallel, state_dir(site, &target.name))))
    };
    match &target.to {
        TargetKind::S3(settings) => over(objects::s3(settings, client, environment)?),
        TargetKind::Gcs(settings) => over(objects::gcs(settings, client, environment)?),
        TargetKind::Azure(settings) => over(objects::azure(settings, client, environment)?),
        TargetKind::Ssh(_)
        | TargetKind::Folder(_)
        | TargetKind::Netlify(_)
        | TargetKind::CloudflarePages(_)
        | TargetKind::CloudflareWorkers(_)
        | TargetKind::Vercel(_) => Err(Box::new(Diagnostic::fatal(
            "publish/unsupported",
            format!("the target `{}` is not supported yet", target.name),
        ))),
    }
}
