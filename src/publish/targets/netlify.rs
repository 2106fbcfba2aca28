//! A site of Netlify, by file digests (docs.netlify.com/api-and-cli-guides/api-guides/get-started-with-api, open-api.netlify.com).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::digests::api::{Api, Patience, Words};
use super::digests::cloudflare::base;
use super::digests::digest::Algorithm;
use super::digests::host::{DigestHost, Entry, Manifest, Sent};
use super::digests::variables;
use crate::config::publish::Netlify as Settings;
use crate::http::{Client, Method, Retry};
use crate::publish::credentials::Environment;
use crate::publish::local_file::Headers;
use crate::publish::target::{Abilities, Limits, Result};

/// The API, unless the settings name another.
const API: &str = "https://api.netlify.com/api/v1";
/// Above so many files, the host compares digests while the client waits, as Netlify's own tool asks it to.
const MANY: usize = 100;

/// A site of Netlify.
#[derive(Debug)]
pub(crate) struct Netlify {
    api: Api,
    site: String,
    /// The deploy that has been announced.
    deploy: Option<String>,
    /// Whether it needs no uploads.
    is_switching: bool,
    patience: Patience,
}

impl Netlify {
    /// Connects to a site.
    ///
    /// # Errors
    /// `publish/credentials` if the environment has no token, or neither it nor the settings name the site.
    pub(crate) fn new(settings: &Settings, environment: &Environment, client: &Client) -> Result<Self> {
        let help = "set `site` for this target to the id or the domain of the site, as in `site: herald.netlify.app`";
        let site = variables::setting(environment, settings.site.as_ref(), "NETLIFY_SITE_ID", help)?;
        let words = Words {
            service: "Netlify",
            token: "NETLIFY_AUTH_TOKEN",
            permission: "set `NETLIFY_AUTH_TOKEN` to a personal access token of a member of the team that owns the site",
            subject: format!("the site `{site}`"),
            missing: "check `site`: the id is in the settings of the site at Netlify",
        };
        let token = variables::token(environment, words.token, words.permission)?;
        let base = match &settings.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => base(API)?,
        };
        let api = Api { client: client.clone(), base, token, words };
        Ok(Self { api, site, deploy: None, is_switching: false, patience: Patience::default() })
    }

    /// What the host says of a deploy, once `is_done` holds for its state.
    fn wait(&self, id: &str, is_done: fn(&str) -> bool) -> Result<Value> {
        let ask = || {
            let deploy = self.api.call(&self.api.request(Method::Get, &["deploys", id]))?;
            let text = |name| deploy.get(name).and_then(Value::as_str);
            match text("state") {
                Some("error" | "rejected") => Err(self.api.failed(id, text("error_message"))),
                Some(state) if is_done(state) => Ok(Some(deploy)),
                _ => Ok(None),
            }
        };
        self.patience.wait(ask)?.ok_or_else(|| self.api.never_ready(id, self.patience))
    }
}

impl DigestHost for Netlify {
    fn place(&self) -> String {
        format!("netlify:{}", self.site)
    }

    fn algorithm(&self) -> Algorithm {
        Algorithm::Sha1
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            // Netlify finds out types itself and takes all other headers from `_headers`.
            headers: |_| Headers::default(),
            is_atomic: true,
            limits: Limits {
                forbidden: "#?",
                way_out: "rename the file: Netlify takes no `#` and no `?` in names",
                ..Limits::default()
            },
        }
    }

    fn parallel(&self) -> usize {
        5
    }

    fn switches_itself(&self) -> bool {
        true
    }

    fn is_switching(&self) -> bool {
        self.is_switching
    }

    fn prepare(&self, _manifest: &mut Manifest) -> Result<()> {
        Ok(())
    }

    fn live(&mut self) -> Result<Option<String>> {
        let site = self.api.call(&self.api.request(Method::Get, &["sites", &self.site]))?;
        Ok(site.pointer("/published_deploy/id").and_then(Value::as_str).map(str::to_owned))
    }

    fn begin(&mut self, manifest: &Manifest) -> Result<Vec<String>> {
        let files: BTreeMap<String, &str> = manifest
            .entries
            .iter()
            .map(|entry| (format!("/{}", entry.path), entry.digest.as_str()))
            .collect();
        let is_async = files.len() > MANY;
        let request = self.api.request(Method::Post, &["sites", &self.site, "deploys"]);
        let request =
            request.json(&json!({ "files": files, "async": is_async })).retry(Retry::IfNotProcessed);
        let mut deploy = self.api.call(&request)?;
        let id = self.api.text(&deploy, "/id")?;
        self.deploy = Some(id.clone());
        if is_async {
            let is_compared = |state: &str| ["prepared", "uploading", "uploaded", "ready"].contains(&state);
            deploy = self.wait(&id, is_compared)?;
        }
        let required = deploy.get("required").and_then(Value::as_array).into_iter().flatten();
        let required: Vec<String> = required.filter_map(Value::as_str).map(str::to_owned).collect();
        self.is_switching = required.is_empty();
        Ok(required)
    }

    fn batches<'a>(&self, missing: Vec<&'a Entry>) -> Vec<Vec<&'a Entry>> {
        missing.into_iter().map(|entry| vec![entry]).collect()
    }

    fn upload(&self, batch: &[&Entry]) -> Result<Sent> {
        let id = self.deploy.as_deref().unwrap_or_default();
        for entry in batch {
            let path: Vec<&str> = ["deploys", id, "files"].into_iter().chain(entry.path.split('/')).collect();
            let request =
                self.api.request(Method::Put, &path).header("content-type", "application/octet-stream");
            self.api.call(&request.body(entry.body()?))?;
        }
        Ok(Sent::Stored)
    }

    fn complete(&mut self, _manifest: &Manifest) -> Result<String> {
        let id = self.deploy.take().ok_or_else(|| self.api.senseless())?;
        self.wait(&id, |state| state == "ready")?;
        Ok(id)
    }

    fn abandon(&mut self) {
        let Some(id) = self.deploy.take() else { return };
        // A deploy that stays is never completed.
        let _ = self.api.call(&self.api.request(Method::Post, &["deploys", &id, "cancel"]));
    }

    fn restore(&mut self, deployment: &str) -> Result<()> {
        let path = ["sites", &self.site, "deploys", deployment, "restore"];
        self.api.call(&self.api.request(Method::Post, &path))?;
        self.wait(deployment, |state| state == "ready").map(|_| ())
    }

    fn delete(&self, deployment: &str) -> Result<bool> {
        let response = self.api.send(&self.api.request(Method::Delete, &["deploys", deployment]))?;
        if response.is_success() || response.status == 404 {
            Ok(true)
        } else {
            Err(self.api.failure(&response))
        }
    }
}
