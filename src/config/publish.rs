//! Where a site is published: the targets under `publish` in `bulletin.yaml`. Secrets are not settings: they come from the environment.

use url::Url;

/// A place that the site is published to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishTarget {
    /// Its name in the settings, as in `bulletin publish production`.
    pub name: String,
    /// What kind of place it is, and where.
    pub to: TargetKind,
    /// The URL at which readers see this target. Default: `base_url`.
    pub url: Option<Url>,
    /// Whether every publication is checked through that URL. Default: false.
    pub verify: bool,
    /// The share of the published files that one publication may remove without confirmation, in percent. `None`: 10, and a
    /// small site may lose the files of a story.
    pub max_removed: Option<u8>,
    /// How many requests may run at a time. `None`: what suits the host.
    pub parallel: Option<usize>,
    /// The caches that must drop changed URLs.
    pub purge: Vec<Cache>,
    /// The key of IndexNow (indexnow.org), with which search engines are informed of changed URLs.
    pub index_now: Option<String>,
    /// Commands that run after a publication, with its changes as JSON on their standard input.
    pub hooks: Vec<String>,
}

/// A kind of target and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// Amazon S3, or a store that speaks its protocol.
    S3(S3),
    /// Google Cloud Storage.
    Gcs(Gcs),
    /// Azure Blob Storage.
    Azure(Azure),
    /// A server with SSH and rsync.
    Ssh(Ssh),
    /// A folder of this machine or a mount.
    Folder(Folder),
    /// Netlify.
    Netlify(Netlify),
    /// Cloudflare Pages.
    CloudflarePages(CloudflarePages),
    /// Static assets of Cloudflare Workers.
    CloudflareWorkers(CloudflareWorkers),
    /// Vercel.
    Vercel(Vercel),
}

/// A bucket of Amazon S3, or of a store that speaks its protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3 {
    /// The name of the bucket.
    pub bucket: String,
    /// The start of all keys: empty, or with a `/` at its end.
    pub prefix: String,
    /// The region. `None`: that of the environment or the profile.
    pub region: Option<String>,
    /// The URL of the store. `None`: Amazon.
    pub endpoint: Option<Url>,
    /// The profile of the shared AWS configuration.
    pub profile: Option<String>,
    /// Whether the bucket is in the path of URLs instead of their host. Default: true with an `endpoint`.
    pub path_style: bool,
    /// The checksum that is sent with each file.
    pub checksum: Checksum,
}

/// A checksum that a store compares with what it received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Checksum {
    #[default]
    Sha256,
    Md5,
    None,
}

/// A bucket of Google Cloud Storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gcs {
    /// The name of the bucket.
    pub bucket: String,
    /// The start of all keys: empty, or with a `/` at its end.
    pub prefix: String,
    /// The URL of the store. `None`: Google.
    pub endpoint: Option<Url>,
}

/// A container of Azure Blob Storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Azure {
    /// The storage account.
    pub account: String,
    /// The container. Default: `$web`, which Azure serves as a static website.
    pub container: String,
    /// The start of all keys: empty, or with a `/` at its end.
    pub prefix: String,
    /// The URL of the account. `None`: Azure.
    pub endpoint: Option<Url>,
}

/// A folder of releases on a server. What the web server serves is `current` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ssh {
    /// The host as `ssh` takes it: `deploy@herald.example`, or a name of the user's SSH configuration.
    pub host: String,
    /// The absolute path of the folder on the server.
    pub path: String,
    /// How releases are kept.
    pub releases: Releases,
}

/// A folder of releases on this machine. What the web server serves is `current` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The folder; relative to the site's folder.
    pub path: String,
    /// How releases are kept.
    pub releases: Releases,
}

/// How releases are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Releases {
    /// How many are kept, at least 1. Default: 5.
    pub keep: usize,
    /// The encodings in which files are also stored compressed.
    pub compress: Vec<Compression>,
}

/// An encoding of compressed files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compression {
    /// Brotli: `FILE.br`.
    Brotli,
    /// Gzip: `FILE.gz`.
    Gzip,
}

/// A site of Netlify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Netlify {
    /// The id of the site. `None`: `NETLIFY_SITE_ID`.
    pub site: Option<String>,
    /// The URL of the API. `None`: Netlify's.
    pub endpoint: Option<Url>,
}

/// A project of Cloudflare Pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudflarePages {
    /// The id of the account. `None`: `CLOUDFLARE_ACCOUNT_ID`.
    pub account: Option<String>,
    /// The name of the project.
    pub project: String,
    /// The branch to deploy to. `None`: the production branch.
    pub branch: Option<String>,
    /// The URL of the API. `None`: Cloudflare's.
    pub endpoint: Option<Url>,
}

/// A Worker of Cloudflare that serves static assets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudflareWorkers {
    /// The id of the account. `None`: `CLOUDFLARE_ACCOUNT_ID`.
    pub account: Option<String>,
    /// The name of the Worker.
    pub worker: String,
    /// The URL of the API. `None`: Cloudflare's.
    pub endpoint: Option<Url>,
}

/// A project of Vercel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vercel {
    /// The name or id of the project. `None`: `VERCEL_PROJECT_ID`.
    pub project: Option<String>,
    /// The id of the team. `None`: `VERCEL_ORG_ID`, or a personal account.
    pub team: Option<String>,
    /// The URL of the API. `None`: Vercel's.
    pub endpoint: Option<Url>,
}

/// A cache between the host and the readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cache {
    /// Amazon CloudFront, with the id of the distribution.
    CloudFront(String),
    /// Cloudflare, with the id of the zone.
    Cloudflare(String),
    /// Fastly, with the id of the service.
    Fastly(String),
    /// bunny.net. URLs identify the pull zone.
    Bunny,
    /// Varnish, or nginx with `proxy_cache_purge`: the URL that takes `PURGE` requests.
    Http(Url),
}
