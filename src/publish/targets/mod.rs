//! A target of the settings → the host behind it. Each kind has a file or a folder.

use self::digests::DigestTarget;
use super::engine::state_dir;
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

/// Connects to a target. The client is for hosts that speak HTTP.
///
/// # Errors
/// If credentials are missing or the target cannot be used from here.
pub(crate) fn connect(target: &PublishTarget, site: &SiteDir, client: &Client) -> Result<Box<dyn Target>> {
    let state = state_dir(site, &target.name);
    let parallel = target.parallel;
    match &target.to {
        TargetKind::Netlify(settings) => {
            Ok(Box::new(DigestTarget::new(netlify::Netlify::new(settings, client)?, state, parallel)))
        }
        TargetKind::CloudflarePages(settings) => {
            Ok(Box::new(DigestTarget::new(cloudflare_pages::Pages::new(settings, client)?, state, parallel)))
        }
        TargetKind::CloudflareWorkers(settings) => Ok(Box::new(DigestTarget::new(
            cloudflare_workers::Workers::new(settings, client)?,
            state,
            parallel,
        ))),
        TargetKind::Vercel(settings) => {
            Ok(Box::new(DigestTarget::new(vercel::Vercel::new(settings, client)?, state, parallel)))
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
