//! What stands between a target and its readers: caches to purge, URLs to verify, hubs and search engines to notify, hooks to run.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::config::Config;
use crate::config::publish::{PublishTarget, TargetKind};
use crate::diagnostic::Diagnostic;
use crate::http::Client;
use crate::plan::FileClass;
use crate::publish::caches::{Caches, Depth, Purged, purge};
use crate::publish::credentials::Environment;
use crate::publish::notify::{News, notify};
use crate::publish::record::PublishedFile;
use crate::publish::urls::encoded_path;
use crate::publish::verify::{Sample, sample, verify};

/// The readers' side of a target.
#[derive(Clone, Copy)]
pub(super) struct Readers<'a> {
    pub(super) target: &'a PublishTarget,
    pub(super) config: &'a Config,
    /// The id of the publication.
    pub(super) run: &'a str,
    pub(super) client: &'a Client,
    pub(super) environment: &'a Environment,
}

impl<'a> Readers<'a> {
    /// The URL at which they see the target.
    pub(super) fn url(&self) -> &'a Url {
        self.target.url.as_ref().unwrap_or(&self.config.base_url)
    }

    /// Makes caches drop files, and the URLs of an earlier purge that failed.
    pub(super) fn purge<'f>(
        &self,
        files: impl IntoIterator<Item = &'f str>,
        unpurged: &[String],
        depth: Depth,
    ) -> Purged {
        let profile = match &self.target.to {
            TargetKind::S3(s3) => s3.profile.as_deref(),
            _ => None,
        };
        let caches = Caches {
            caches: &self.target.purge,
            base: self.url(),
            run: self.run,
            profile,
            parallel: self.target.parallel,
            client: self.client,
            environment: self.environment,
        };
        let paths: BTreeSet<String> =
            files.into_iter().filter_map(encoded_path).chain(unpurged.iter().cloned()).collect();
        purge(&caches, &paths.into_iter().collect::<Vec<_>>(), depth)
    }

    /// Compares what readers get with the files of a publication: a sample of those, and all that were removed.
    pub(super) fn verify(
        &self,
        files: &BTreeMap<String, PublishedFile>,
        changed: &BTreeSet<&str>,
        removed: &[String],
        size: Sample,
    ) -> Vec<Diagnostic> {
        let checks = sample(self.url(), files, changed, removed, size);
        verify(&checks, self.client, self.environment, self.target.parallel)
    }

    /// Notifies hubs and search engines of changed files. Failures are warnings.
    pub(super) fn notify<'f>(&self, files: impl Iterator<Item = (&'f str, FileClass)>) -> Vec<Diagnostic> {
        let news = News::of(files, self.url());
        let hub = self.config.feeds.hub.as_deref();
        notify(self.target, &self.config.base_url, hub, &news, self.client, self.environment)
    }
}
