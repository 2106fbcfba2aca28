//! A target of the settings → the host behind it. Each kind has a file or a folder.

use super::credentials::Environment;
use super::engine::state_dir;
use super::target::{Result, Target};
use crate::config::publish::{PublishTarget, TargetKind};
use crate::diagnostic::Diagnostic;
use crate::http::Client;
use crate::site::SiteDir;

pub(crate) mod cloudflare_pages;
pub(crate) mod cloudflare_workers;
pub(crate) mod digests;
pub(crate) mod folder;
pub(crate) mod netlify;
pub(crate) mod objects;
pub(crate) mod releases;
pub(crate) mod ssh;
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
    let state = state_dir(site, &target.name);
    if let Some(objects) = objects::connect(&target.to, target.parallel, state.clone(), environment, client)?
    {
        return Ok(Box::new(objects));
    }
    Ok(match &target.to {
        TargetKind::Folder(settings) => {
            let host = folder::LocalFolder::new(settings, site)?;
            Box::new(releases::ReleaseTarget::new(host, settings.releases.clone()))
        }
        TargetKind::Ssh(settings) => {
            let host = ssh::Server::new(settings, site, state)?;
            Box::new(releases::ReleaseTarget::new(host, settings.releases.clone()))
        }
        TargetKind::Netlify(settings) => {
            digests::target(netlify::Netlify::new(settings, environment, client)?, site, target)
        }
        TargetKind::CloudflarePages(settings) => {
            digests::target(cloudflare_pages::Pages::new(settings, environment, client)?, site, target)
        }
        TargetKind::CloudflareWorkers(settings) => {
            digests::target(cloudflare_workers::Workers::new(settings, environment, client)?, site, target)
        }
        TargetKind::Vercel(settings) => {
            digests::target(vercel::Vercel::new(settings, environment, client)?, site, target)
        }
        TargetKind::S3(_) | TargetKind::Gcs(_) | TargetKind::Azure(_) => {
            let message = format!("the target `{}` is not supported yet", target.name);
            return Err(Box::new(Diagnostic::fatal("publish/unsupported", message)));
        }
    })
}
