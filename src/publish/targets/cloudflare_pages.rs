//! A project of Cloudflare Pages, by direct upload as Wrangler does it (`packages/wrangler/src/pages/upload.ts` and `src/api/pages/deploy.ts`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::digests::api::{Patience, Words};
use super::digests::cloudflare::{self, Cloudflare, Form};
use super::digests::digest::Algorithm;
use super::digests::host::{DigestHost, Entry, Manifest, Sent};
use crate::config::publish::CloudflarePages;
use crate::diagnostic::Diagnostic;
use crate::http::{Body, Client, Method, Request, Retry, Secret};
use crate::publish::credentials::Environment;
use crate::publish::target::{Abilities, Result};

/// The most files and bytes of one upload. Wrangler sends up to 40 MiB; less takes less memory.
const BATCH_FILES: usize = 2000;
const BATCH_BYTES: u64 = cloudflare::FILE_SIZE;
/// An error of the host after which the deployment is requested again.
const UNKNOWN_ERROR: i64 = 8_000_000;
const TRIES: usize = 3;

/// A project of Cloudflare Pages.
#[derive(Debug)]
pub(crate) struct Pages {
    cloudflare: Cloudflare,
    project: String,
    /// The branch of the settings.
    branch: Option<String>,
    /// The branch that readers see at the project's own domains.
    production: String,
    /// How many files the account may publish, once that is known.
    files: Option<usize>,
    /// The permission to upload.
    jwt: Secret,
    patience: Patience,
}

impl Pages {
    /// Connects to a project.
    ///
    /// # Errors
    /// `publish/credentials` if the environment has no token or account.
    pub(crate) fn new(
        settings: &CloudflarePages,
        environment: &Environment,
        client: &Client,
    ) -> Result<Self> {
        let words = Words {
            service: "Cloudflare",
            token: "CLOUDFLARE_API_TOKEN",
            permission: "give the token in `CLOUDFLARE_API_TOKEN` the permission `Cloudflare Pages: Edit` for this account",
            subject: format!("the Pages project `{}`", settings.project),
            missing: "check `project` and the account; `npx wrangler pages project create` creates a project",
        };
        let (endpoint, account) = (settings.endpoint.as_ref(), settings.account.as_ref());
        Ok(Self {
            cloudflare: Cloudflare::connect(environment, client, endpoint, account, words)?,
            project: settings.project.clone(),
            branch: settings.branch.clone(),
            production: String::new(),
            files: None,
            jwt: Secret::new(""),
            patience: Patience::default(),
        })
    }

    /// A request about the project.
    fn request(&self, method: Method, path: &[&str]) -> Request {
        let path: Vec<&str> = ["pages", "projects", &self.project].iter().chain(path).copied().collect();
        self.cloudflare.request(method, &path)
    }

    fn branch(&self) -> &str {
        self.branch.as_deref().unwrap_or(&self.production)
    }

    /// The latest deployment of a branch that is not the production branch.
    fn preview(&self) -> Result<Option<String>> {
        let mut request = self.request(Method::Get, &["deployments"]);
        request.url.query_pairs_mut().append_pair("env", "preview").append_pair("per_page", "25");
        let list = self.cloudflare.call(&request)?;
        let is_own = |deployment: &&Value| {
            let text = |pointer| deployment.pointer(pointer).and_then(Value::as_str);
            text("/deployment_trigger/metadata/branch") == Some(self.branch())
                && text("/latest_stage/status") == Some("success")
        };
        let own = list.as_array().into_iter().flatten().find(is_own);
        Ok(own.and_then(|deployment| deployment.get("id")?.as_str()).map(str::to_owned))
    }

    fn renew(&mut self) -> Result<()> {
        let token = self.cloudflare.call(&self.request(Method::Get, &["upload-token"]))?;
        let jwt = self.cloudflare.api.text(&token, "/jwt")?;
        let most = cloudflare::claim(&jwt, "max_file_count_allowed").and_then(|most| most.as_u64());
        self.files = Some(most.and_then(|most| usize::try_from(most).ok()).unwrap_or(cloudflare::FILES));
        self.jwt = Secret::new(jwt);
        Ok(())
    }

    /// A request for assets, with the permission to upload.
    fn assets(&self, path: &str, body: String) -> Request {
        let url = self.cloudflare.api.url(&["pages", "assets", path]);
        let request =
            Request::new(Method::Post, url).bearer(&self.jwt).header("content-type", "application/json");
        request.body(Body::Bytes(body.into_bytes()))
    }

    /// Requests a deployment, and returns its id.
    fn deploy(&self, manifest: &Manifest) -> Result<String> {
        let paths: Map<String, Value> = manifest
            .entries
            .iter()
            .map(|entry| (format!("/{}", entry.path), entry.digest.clone().into()))
            .collect();
        let mut tries = 0;
        loop {
            let mut form = Form::default()
                .field("manifest", &Value::Object(paths.clone()).to_string())
                .field("branch", self.branch());
            for (name, rules) in [("_headers", &manifest.headers), ("_redirects", &manifest.redirects)] {
                if let Some(rules) = rules {
                    form = form.file(name, "application/octet-stream", rules.to_vec());
                }
            }
            let request = self.request(Method::Post, &["deployments"]).retry(Retry::IfNotProcessed);
            let response = self.cloudflare.api.send(&form.send_with(request))?;
            tries += 1;
            if cloudflare::code(&response) == Some(UNKNOWN_ERROR) && tries < TRIES {
                std::thread::sleep(self.patience.pause);
                continue;
            }
            return self.cloudflare.api.text(&self.cloudflare.result(&response)?, "/id");
        }
    }

    /// The outcome of a deployment; `None` while it goes on.
    fn outcome(&self, id: &str) -> Result<Option<()>> {
        let deployment = self.cloudflare.call(&self.request(Method::Get, &["deployments", id]))?;
        let text = |pointer| deployment.pointer(pointer).and_then(Value::as_str);
        match (text("/latest_stage/name"), text("/latest_stage/status")) {
            (Some("deploy"), Some("success")) => Ok(Some(())),
            (stage, Some(status @ ("failure" | "canceled"))) => {
                let reason = format!("the stage `{}` ended with `{status}`", stage.unwrap_or("unknown"));
                Err(self.cloudflare.api.failed(id, Some(&reason)))
            }
            _ => Ok(None),
        }
    }
}

impl DigestHost for Pages {
    fn place(&self) -> String {
        match &self.branch {
            Some(branch) => format!("cloudflare-pages:{} ({branch})", self.project),
            None => format!("cloudflare-pages:{}", self.project),
        }
    }

    fn algorithm(&self) -> Algorithm {
        Algorithm::Cloudflare
    }

    fn abilities(&self) -> Abilities {
        let way_out = "publish to R2 with `to: s3` and a domain of its own, which has no such limit; \
                       paid plans of Cloudflare take up to 100,000 files";
        cloudflare::abilities(self.files, way_out)
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
        let project = self.cloudflare.call(&self.request(Method::Get, &[]))?;
        self.production = self.cloudflare.api.text(&project, "/production_branch")?;
        if self.files.is_none() {
            self.renew()?;
        }
        if self.branch() != self.production {
            return self.preview();
        }
        Ok(project.pointer("/canonical_deployment/id").and_then(Value::as_str).map(str::to_owned))
    }

    fn begin(&mut self, manifest: &Manifest) -> Result<Vec<String>> {
        self.renew()?;
        let request = self.assets("check-missing", json!({ "hashes": digests(manifest) }).to_string());
        let missing = self.cloudflare.call(&request)?;
        let missing = missing.as_array().ok_or_else(|| self.cloudflare.api.senseless())?;
        Ok(missing.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    fn batches<'a>(&self, mut missing: Vec<&'a Entry>) -> Vec<Vec<&'a Entry>> {
        missing.sort_by_key(|entry| std::cmp::Reverse(entry.size));
        let mut batches: Vec<Vec<&Entry>> = Vec::new();
        let mut bytes = 0;
        for entry in missing {
            bytes += entry.size;
            match batches.last_mut() {
                Some(batch) if batch.len() < BATCH_FILES && bytes <= BATCH_BYTES => batch.push(entry),
                _ => {
                    bytes = entry.size;
                    batches.push(vec![entry]);
                }
            }
        }
        batches
    }

    fn upload(&self, batch: &[&Entry]) -> Result<Sent> {
        // Base64 needs no escapes, so the JSON is written as text: a tree of it would double the memory.
        let mut body = String::from("[");
        for entry in batch {
            let metadata = json!({ "contentType": entry.content_type });
            let comma = if body.len() > 1 { "," } else { "" };
            body.push_str(&format!("{comma}{{\"key\":\"{}\",\"value\":\"", entry.digest));
            STANDARD.encode_string(entry.read()?, &mut body);
            body.push_str(&format!("\",\"metadata\":{metadata},\"base64\":true}}"));
        }
        body.push(']');
        let response = self.cloudflare.api.send(&self.assets("upload", body))?;
        if cloudflare::is_expired(&response) {
            return Ok(Sent::Expired);
        }
        self.cloudflare.result(&response).map(|_| Sent::Stored)
    }

    fn complete(&mut self, manifest: &Manifest) -> Result<String> {
        let upsert = self.assets("upsert-hashes", json!({ "hashes": digests(manifest) }).to_string());
        // If it fails, the next publication sends files that the host already has.
        let _ = self.cloudflare.call(&upsert);
        let id = self.deploy(manifest)?;
        let patience = self.patience;
        match patience.wait(|| self.outcome(&id))? {
            Some(()) => Ok(id),
            None => Err(self.cloudflare.api.never_ready(&id, patience)),
        }
    }

    fn abandon(&mut self) {
        // Uploaded files wait for the next publication.
    }

    fn restore(&mut self, deployment: &str) -> Result<()> {
        if self.branch() != self.production {
            let message = "Cloudflare can only roll back the production branch";
            let help = "publish an earlier version of the sources";
            return Err(Box::new(Diagnostic::fatal("publish/no-rollback", message).help(help)));
        }
        self.cloudflare
            .call(&self.request(Method::Post, &["deployments", deployment, "rollback"]))
            .map(|_| ())
    }

    fn delete(&self, deployment: &str) -> Result<bool> {
        let mut request = self.request(Method::Delete, &["deployments", deployment]);
        // Deployments with an alias, such as that of a branch, are only deleted with this.
        request.url.query_pairs_mut().append_pair("force", "true");
        let response = self.cloudflare.api.send(&request)?;
        if response.status == 404 { Ok(true) } else { self.cloudflare.result(&response).map(|_| true) }
    }
}

/// The distinct digests of a manifest.
fn digests(manifest: &Manifest) -> Vec<&str> {
    let mut digests: Vec<&str> = manifest.all().map(|entry| entry.digest.as_str()).collect();
    digests.sort_unstable();
    digests.dedup();
    digests
}
