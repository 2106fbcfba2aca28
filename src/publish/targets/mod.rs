//! A target of the settings → the host behind it. Each kind has a file or a folder.

use super::credentials::Environment;
use super::engine::state_dir;
use super::target::{Result, Target};
use crate::config::publish::{PublishTarget, TargetKind};
use crate::diagnostic::Diagnostic;
use crate::http::Client;
use crate::site::SiteDir;

pub(crate) mod folder;
pub(crate) mod objects;
pub(crate) mod releases;
pub(crate) mod ssh;

/// Connects to a target. The environment has its credentials; the client is for hosts that speak HTTP.
///
/// # Errors
/// If credentials are missing or the target cannot be used from here.
pub(crate) fn connect(
    target: &PublishTarget,
    site: &SiteDir,
    _environment: &Environment,
    _client: &Client,
) -> Result<Box<dyn Target>> {
    match &target.to {
        TargetKind::Folder(folder) => {
            let host = folder::LocalFolder::new(folder, site)?;
            Ok(Box::new(releases::ReleaseTarget::new(host, folder.releases.clone())))
        }
        TargetKind::Ssh(settings) => {
            let host = ssh::Server::new(settings, site, state_dir(site, &target.name))?;
            Ok(Box::new(releases::ReleaseTarget::new(host, settings.releases.clone())))
        }
        TargetKind::S3(_)
        | TargetKind::Gcs(_)
        | TargetKind::Azure(_)
        | TargetKind::Netlify(_)
        | TargetKind::CloudflarePages(_)
        | TargetKind::CloudflareWorkers(_)
        | TargetKind::Vercel(_) => Err(Box::new(Diagnostic::fatal(
            "publish/unsupported",
            format!("the target `{}` is not supported yet", target.name),
        ))),
    }
}
