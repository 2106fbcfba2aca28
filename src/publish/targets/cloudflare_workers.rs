//! A Worker of Cloudflare that serves static assets, by direct upload as Wrangler does it
//! (developers.cloudflare.com/workers/static-assets/direct-upload; Wrangler, `packages/wrangler/src/assets.ts`).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::digests::api::{Patience, Words};
use super::digests::cloudflare::{self, Cloudflare, Form};
use super::digests::digest::Algorithm;
use super::digests::host::{DigestHost, Entry, Manifest, Sent};
use crate::config::publish::CloudflareWorkers;
use crate::diagnostic::Diagnostic;
use crate::http::{Client, Method, Request, Retry, Secret};
use crate::publish::credentials::Environment;
use crate::publish::target::{Abilities, Result};

/// The version of the runtime. It concerns programs, and a Worker of bulletin has none.
const COMPATIBILITY_DATE: &str = "2026-01-01";

/// The most files that any plan takes (developers.cloudflare.com/workers/platform/limits).
const MOST_FILES: usize = 100_000;
/// What to do with a larger site.
const WAY_OUT: &str = "publish to R2 with `to: s3` and a domain of its own, which has no such limit";

/// A Worker that serves static assets.
#[derive(Debug)]
pub(crate) struct Workers {
    cloudflare: Cloudflare,
    worker: String,
    /// Whether the Worker exists.
    exists: bool,
    /// The permission to upload.
    jwt: Secret,
    /// What the host lacks, as it wants to have it grouped.
    buckets: Vec<Vec<String>>,
    /// The proof that all files are there.
    completion: Mutex<Option<Secret>>,
    patience: Patience,
}

impl Workers {
    /// Connects to a Worker.
    ///
    /// # Errors
    /// `publish/credentials` if the environment has no token or account.
    pub(crate) fn new(
        settings: &CloudflareWorkers,
        environment: &Environment,
        client: &Client,
    ) -> Result<Self> {
        let words = Words {
            service: "Cloudflare",
            token: "CLOUDFLARE_API_TOKEN",
            permission: "give the token in `CLOUDFLARE_API_TOKEN` the permission `Workers Scripts: Edit` for this account",
            subject: format!("the Worker `{}`", settings.worker),
            missing: "check `worker` and the account",
        };
        let (endpoint, account) = (settings.endpoint.as_ref(), settings.account.as_ref());
        Ok(Self {
            cloudflare: Cloudflare::connect(environment, client, endpoint, account, words)?,
            worker: settings.worker.clone(),
            exists: false,
            jwt: Secret::new(""),
            buckets: Vec::new(),
            completion: Mutex::new(None),
            patience: Patience::default(),
        })
    }

    /// A request about the Worker.
    fn request(&self, method: Method, path: &[&str]) -> Request {
        let path: Vec<&str> = ["workers", "scripts", &self.worker].iter().chain(path).copied().collect();
        self.cloudflare.request(method, &path)
    }

    /// The versions that readers see; `None` if the Worker does not exist.
    fn versions(&self) -> Result<Option<Vec<String>>> {
        let response = self.cloudflare.api.send(&self.request(Method::Get, &["deployments"]))?;
        if response.status == 404 {
            return Ok(None);
        }
        let deployments = self.cloudflare.result(&response)?;
        let versions = deployments.pointer("/deployments/0/versions").and_then(Value::as_array);
        let id = |version: &Value| Some(version.get("version_id")?.as_str()?.to_owned());
        Ok(Some(versions.into_iter().flatten().filter_map(id).collect()))
    }

    /// The request that makes the uploaded files a version: of an existing Worker, or the first.
    fn version(&self, manifest: &Manifest, completion: &Secret) -> Request {
        let mut config = Map::new();
        config.insert("html_handling".to_owned(), "auto-trailing-slash".into());
        config.insert("not_found_handling".to_owned(), "404-page".into());
        for (name, rules) in [("_headers", &manifest.headers), ("_redirects", &manifest.redirects)] {
            if let Some(rules) = rules {
                config.insert(name.to_owned(), String::from_utf8_lossy(rules).into());
            }
        }
        let assets = json!({ "jwt": completion.reveal(), "config": config });
        let metadata = json!({ "assets": assets, "compatibility_date": COMPATIBILITY_DATE });
        let request = if self.exists {
            self.request(Method::Post, &["versions"])
        } else {
            self.request(Method::Put, &[])
        };
        Form::default()
            .field("metadata", &metadata.to_string())
            .send_with(request.retry(Retry::IfNotProcessed))
    }

    /// Sends all readers to a version, and waits until they see it.
    fn deploy(&self, version: &str) -> Result<()> {
        let versions =
            json!({ "strategy": "percentage", "versions": [{ "version_id": version, "percentage": 100 }] });
        self.cloudflare.call(&self.request(Method::Post, &["deployments"]).json(&versions))?;
        let is_live = || Ok(self.versions()?.is_some_and(|live| live == [version]).then_some(()));
        self.patience.wait(is_live)?.ok_or_else(|| self.cloudflare.api.never_ready(version, self.patience))
    }
}

impl DigestHost for Workers {
    fn place(&self) -> String {
        format!("cloudflare-workers:{}", self.worker)
    }

    fn algorithm(&self) -> Algorithm {
        Algorithm::Cloudflare
    }

    fn abilities(&self) -> Abilities {
        // The API does not say what the account may have: 20,000 files for free, 100,000 otherwise. It refuses more itself.
        cloudflare::abilities(Some(MOST_FILES), WAY_OUT)
    }

    fn parallel(&self) -> usize {
        3
    }

    fn keeps_rules_apart(&self) -> bool {
        true
    }

    fn prepare(&self, manifest: &mut Manifest) -> Result<()> {
        cloudflare::prepare(manifest)
    }

    fn live(&mut self) -> Result<Option<String>> {
        let versions = self.versions()?;
        self.exists = versions.is_some();
        let versions = versions.unwrap_or_default();
        Ok((!versions.is_empty()).then(|| versions.join("+")))
    }

    fn begin(&mut self, manifest: &Manifest) -> Result<Vec<String>> {
        let file =
            |entry: &Entry| (format!("/{}", entry.path), json!({ "hash": entry.digest, "size": entry.size }));
        let files: Map<String, Value> = manifest.entries.iter().map(file).collect();
        let request =
            self.request(Method::Post, &["assets-upload-session"]).json(&json!({ "manifest": files }));
        let session = self.cloudflare.call(&request).map_err(|problem| too_many(manifest, problem))?;
        let jwt = Secret::new(self.cloudflare.api.text(&session, "/jwt")?);
        let buckets = session.get("buckets").and_then(Value::as_array).cloned().unwrap_or_default();
        let texts = |bucket: &Value| {
            let hashes = bucket.as_array().into_iter().flatten();
            hashes.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        self.buckets = buckets.iter().map(texts).filter(|bucket| !bucket.is_empty()).collect();
        let is_complete = self.buckets.is_empty();
        self.completion = Mutex::new(is_complete.then(|| jwt.clone()));
        self.jwt = jwt;
        Ok(self.buckets.concat())
    }

    fn batches<'a>(&self, missing: Vec<&'a Entry>) -> Vec<Vec<&'a Entry>> {
        let by_digest: HashMap<&str, &Entry> =
            missing.into_iter().map(|entry| (entry.digest.as_str(), entry)).collect();
        let batch = |bucket: &Vec<String>| {
            bucket.iter().filter_map(|digest| by_digest.get(digest.as_str()).copied()).collect()
        };
        self.buckets.iter().map(batch).collect()
    }

    fn upload(&self, batch: &[&Entry]) -> Result<Sent> {
        let mut form = Form::default();
        for entry in batch {
            form = form.file(&entry.digest, &entry.content_type, STANDARD.encode(entry.read()?).into_bytes());
        }
        let mut request = self.cloudflare.request(Method::Post, &["workers", "assets", "upload"]);
        request.url.query_pairs_mut().append_pair("base64", "true");
        // The permission to upload takes the place of the token.
        request.headers.clear();
        let response = self.cloudflare.api.send(&form.send_with(request.bearer(&self.jwt)))?;
        if cloudflare::is_expired(&response) {
            return Ok(Sent::Expired);
        }
        let result = self.cloudflare.result(&response)?;
        if let Some(jwt) = result.get("jwt").and_then(Value::as_str) {
            *self.completion.lock().unwrap_or_else(PoisonError::into_inner) = Some(Secret::new(jwt));
        }
        Ok(Sent::Stored)
    }

    fn complete(&mut self, manifest: &Manifest) -> Result<String> {
        let completion = self.completion.lock().unwrap_or_else(PoisonError::into_inner).take();
        let completion = completion.ok_or_else(|| self.cloudflare.api.senseless())?;
        let version = self.cloudflare.call(&self.version(manifest, &completion))?;
        if !self.exists {
            return self.live()?.ok_or_else(|| self.cloudflare.api.senseless());
        }
        let version = self.cloudflare.api.text(&version, "/id")?;
        self.deploy(&version)?;
        Ok(version)
    }

    fn abandon(&mut self) {
        // Uploaded files wait for the next publication.
    }

    fn restore(&mut self, deployment: &str) -> Result<()> {
        self.deploy(deployment)
    }

    fn delete(&self, _deployment: &str) -> Result<bool> {
        // Versions cannot be deleted. Their own URLs exist only if preview URLs are switched on.
        Ok(false)
    }
}

/// The problem of a manifest that was refused: probably the plan of the account takes fewer files.
fn too_many(manifest: &Manifest, problem: Box<Diagnostic>) -> Box<Diagnostic> {
    let count = manifest.entries.len();
    if problem.code != "publish/upload" || count <= cloudflare::FILES {
        return problem;
    }
    let message = format!(
        "{}; the site has {count} files, and the free plan takes {}",
        problem.message,
        cloudflare::FILES
    );
    let help = format!("a paid plan of Workers takes {MOST_FILES} files; else {WAY_OUT}");
    Box::new(Diagnostic::error("publish/limits", message).help(help))
}
