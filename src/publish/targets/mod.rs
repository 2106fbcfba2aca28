//! A target of the settings → the host behind it. Each kind has a file or a folder.

use super::credentials::Environment;
use super::engine::state_dir;
use super::target::{Result, Target};
use crate::config::publish::{PublishTarget, TargetKind};
use crate::http::Client;
use crate::site::SiteDir;
use objects::{ObjectStore, Objects};

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
    let over = |store: Box<dyn ObjectStore>| -> Box<dyn Target> {
        Box::new(Objects::new(store, target.parallel, state.clone()))
    };
    Ok(match &target.to {
        TargetKind::S3(settings) => over(objects::s3(settings, client, environment)?),
        TargetKind::Gcs(settings) => over(objects::gcs(settings, client, environment)?),
        TargetKind::Azure(settings) => over(objects::azure(settings, client, environment)?),
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
    })
}
