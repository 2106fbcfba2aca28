//! What a publication asks of a host that knows files by their digests.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use super::digest::Algorithm;
use crate::diagnostic::Diagnostic;
use crate::http::Body;
use crate::publish::local_file::{ContentHash, LocalFile, Source};
use crate::publish::target::{Abilities, Result};

/// Larger files are streamed instead of read, in bytes.
const LARGE: u64 = 16 * 1024 * 1024;

/// A host whose deployments are lists of paths and digests: Netlify, Cloudflare Pages and Workers, Vercel. Only files that it lacks travel, and
/// readers see a deployment whole or not at all. The order of the calls, and what is remembered, is decided by [`super::Digests`].
pub(crate) trait DigestHost: Sync {
    /// Its name in messages, without secrets: `netlify:herald`.
    fn place(&self) -> String;

    /// How it identifies files.
    fn algorithm(&self) -> Algorithm;

    /// What it can do, and its limits. Before [`DigestHost::live`], those that every account has.
    fn abilities(&self) -> Abilities;

    /// How many uploads may run at a time, unless the settings say otherwise.
    fn parallel(&self) -> usize;

    /// Whether `_headers` and `_redirects` are not files of a deployment but part of its description.
    fn keeps_rules_apart(&self) -> bool {
        false
    }

    /// Whether the last upload makes readers see the deployment.
    fn switches_itself(&self) -> bool {
        false
    }

    /// Whether the announced deployment becomes live without a further request, because the host lacked nothing.
    fn is_switching(&self) -> bool {
        false
    }

    /// Completes a manifest with files of the host's own, and checks what [`Abilities::limits`] cannot say. Sends nothing.
    ///
    /// # Errors
    /// `publish/limits`.
    fn prepare(&self, manifest: &mut Manifest) -> Result<()>;

    /// The id of the deployment that readers see; `None` if there is none yet. Proves that the site exists and that the token is valid.
    ///
    /// # Errors
    /// As [`super::api::Api::call`].
    fn live(&mut self) -> Result<Option<String>>;

    /// Announces a deployment. Returns the digests that the host lacks.
    ///
    /// # Errors
    /// As [`super::api::Api::call`].
    fn begin(&mut self, manifest: &Manifest) -> Result<Vec<String>>;

    /// Groups files into requests, in the order in which they are sent.
    fn batches<'a>(&self, missing: Vec<&'a Entry>) -> Vec<Vec<&'a Entry>>;

    /// Uploads a batch. Called from many threads.
    ///
    /// # Errors
    /// As [`super::api::Api::call`].
    fn upload(&self, batch: &[&Entry]) -> Result<Sent>;

    /// Completes the deployment, and waits until readers see it. Returns its id.
    ///
    /// # Errors
    /// `publish/deployment` if it failed or never became ready.
    fn complete(&mut self, manifest: &Manifest) -> Result<String>;

    /// Gives up a deployment that was not completed.
    fn abandon(&mut self);

    /// Makes readers see an earlier deployment.
    ///
    /// # Errors
    /// If the host no longer has it.
    fn restore(&mut self, deployment: &str) -> Result<()>;

    /// Deletes a deployment that is not live, which its own URL would show for ever. `false` if the host cannot do that. One that is gone is a
    /// success.
    ///
    /// # Errors
    /// As [`super::api::Api::call`].
    fn delete(&self, deployment: &str) -> Result<bool>;
}

/// The outcome of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The host has the files.
    Stored,
    /// The permission to upload has expired: the deployment must be announced again.
    Expired,
}

/// All files of a deployment, and the rules that come with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// Files of the site, sorted by path.
    pub(crate) entries: Vec<Entry>,
    /// Files for the host, which are not part of the site.
    pub(crate) own: Vec<Entry>,
    /// `_headers`.
    pub(crate) headers: Option<Arc<[u8]>>,
    /// `_redirects`.
    pub(crate) redirects: Option<Arc<[u8]>>,
}

/// A file of a deployment.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its path, as in [`LocalFile::path`].
    pub(crate) path: String,
    /// What the host calls its bytes.
    pub(crate) digest: String,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The hash of its bytes.
    pub(crate) hash: ContentHash,
    /// Its content type.
    pub(crate) content_type: String,
    /// Where its bytes are; `None` if only the host has them.
    pub(crate) source: Option<Source>,
}

impl Manifest {
    /// All files that the host must have.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().chain(&self.own)
    }

    /// One file for each digest that the host lacks. `None` if it lacks one whose bytes are not here.
    pub(crate) fn find(&self, missing: &[String]) -> Option<Vec<&Entry>> {
        let mut by_digest: HashMap<&str, &Entry> = HashMap::new();
        for entry in self.all().filter(|entry| entry.source.is_some()) {
            by_digest.entry(&entry.digest).or_insert(entry);
        }
        missing.iter().map(|digest| by_digest.get(digest.as_str()).copied()).collect()
    }
}

impl Entry {
    /// A file of the site.
    pub(crate) fn of(file: &LocalFile, digest: String) -> Self {
        Self {
            path: file.path.clone(),
            digest,
            size: file.size,
            hash: file.hash,
            content_type: file.headers.content_type.clone(),
            source: Some(file.source.clone()),
        }
    }

    /// The bytes as a body. A large file is streamed: the host compares it with its digest.
    ///
    /// # Errors
    /// As [`Entry::read`].
    pub(crate) fn body(&self) -> Result<Body> {
        match &self.source {
            Some(Source::Disk(path)) if self.size > LARGE => {
                Ok(Body::File { path: path.clone(), size: self.size })
            }
            _ => self.read().map(Body::Bytes),
        }
    }

    /// Reads the bytes, which must be those that were announced.
    ///
    /// # Errors
    /// `publish/changed-while-sending` if the file cannot be read or has changed.
    pub(crate) fn read(&self) -> Result<Vec<u8>> {
        let failed = |reason: String| {
            let problem =
                Diagnostic::fatal("publish/changed-while-sending", format!("`{}` {reason}", self.path));
            Box::new(
                problem.help("publish again, and let nothing else write into the output folder meanwhile"),
            )
        };
        let bytes = match &self.source {
            Some(Source::Memory(bytes)) => bytes.to_vec(),
            Some(Source::Disk(path)) => {
                let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or_default());
                let file = std::fs::File::open(path);
                // A file that grows for ever does not fill the memory.
                let read = file.and_then(|file| file.take(self.size + 1).read_to_end(&mut bytes));
                read.map_err(|error| failed(format!("cannot be read: {error}")))?;
                bytes
            }
            None => return Err(failed("is not on this machine".to_owned())),
        };
        if ContentHash::of(&bytes) == self.hash {
            Ok(bytes)
        } else {
            Err(failed("changed while the site was being published".to_owned()))
        }
    }
}
