//! A project of Vercel: the site as prebuilt output (vercel.com/docs/build-output-api, vercel.com/docs/rest-api; `packages/client` of its tools),
//! so that nothing is built there and no folder name, such as `api`, has a meaning.

use std::sync::Arc;

use serde_json::{Value, json};

use super::digests::api::{Api, Patience, Words};
use super::digests::cloudflare::base;
use super::digests::digest::Algorithm;
use super::digests::host::{DigestHost, Entry, Manifest, Sent};
use super::digests::variables;
use crate::config::publish::Vercel as Settings;
use crate::diagnostic::Diagnostic;
use crate::http::{Client, Method, Request, Response, Retry};
use crate::publish::credentials::Environment;
use crate::publish::local_file::{ContentHash, Headers, Source};
use crate::publish::target::{Abilities, Limits, Result};

mod routes;

/// The API, unless the settings name another.
const API: &str = "https://api.vercel.com";
/// Where prebuilt output lies.
const OUTPUT: &str = ".vercel/output";

/// A project of Vercel.
#[derive(Debug)]
pub(crate) struct Vercel {
    api: Api,
    project: String,
    /// The parameter that names the team.
    team: Option<(&'static str, String)>,
    /// The id and the name of the project, once they are known.
    id: String,
    name: String,
    /// The deployment, if the host lacked nothing when it was announced.
    created: Option<String>,
    patience: Patience,
}

impl Vercel {
    /// Connects to a project.
    ///
    /// # Errors
    /// `publish/credentials` if the environment has no token, or neither it nor the settings name the project.
    pub(crate) fn new(settings: &Settings, environment: &Environment, client: &Client) -> Result<Self> {
        let help = "set `project` for this target to the name or the id of the project";
        let project = variables::setting(environment, settings.project.as_ref(), "VERCEL_PROJECT_ID", help)?;
        let words = Words {
            service: "Vercel",
            token: "VERCEL_TOKEN",
            permission: "set `VERCEL_TOKEN` to a token whose scope is the team that owns the project",
            subject: format!("the project `{project}`"),
            missing: "check `project` and `team`",
        };
        let token = variables::token(environment, words.token, words.permission)?;
        // Tools also store the id of a user in this variable, which names no team.
        let of_environment =
            || environment.get("VERCEL_ORG_ID").filter(|id| id.starts_with("team_")).map(str::to_owned);
        let team = settings.team.clone().or_else(of_environment);
        let team = team.map(|team| (if team.starts_with("team_") { "teamId" } else { "slug" }, team));
        let base = match &settings.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => base(API)?,
        };
        let api = Api { client: client.clone(), base, token, words };
        let (id, name) = (project.clone(), project.clone());
        Ok(Self { api, project, team, id, name, created: None, patience: Patience::default() })
    }

    /// A request of the team.
    fn request(&self, method: Method, path: &[&str]) -> Request {
        let mut request = self.api.request(method, path);
        if let Some((name, team)) = &self.team {
            request.url.query_pairs_mut().append_pair(name, team);
        }
        request
    }

    /// Requests a deployment.
    fn create(&self, manifest: &Manifest) -> Result<Response> {
        let file =
            |path: String, entry: &Entry| json!({ "file": path, "sha": entry.digest, "size": entry.size });
        let of_site =
            manifest.entries.iter().map(|entry| file(format!("{OUTPUT}/static/{}", entry.path), entry));
        let own = manifest.own.iter().map(|entry| file(entry.path.clone(), entry));
        let deployment = json!({
            "name": self.name,
            "project": self.id,
            "target": "production",
            "files": of_site.chain(own).collect::<Vec<_>>(),
            "projectSettings": { "framework": null },
        });
        let mut request = self.request(Method::Post, &["v13", "deployments"]);
        request
            .url
            .query_pairs_mut()
            .append_pair("prebuilt", "1")
            .append_pair("skipAutoDetectionConfirmation", "1");
        self.api.send(&request.json(&deployment).retry(Retry::IfNotProcessed))
    }

    /// The id of a created deployment, or the digests that the host lacks.
    fn created(&self, response: &Response) -> Result<std::result::Result<String, Vec<String>>> {
        let answer = response.json().unwrap_or_default();
        if answer.pointer("/error/code").and_then(Value::as_str) == Some("missing_files") {
            let missing = answer.pointer("/error/missing").and_then(Value::as_array);
            let missing = missing.ok_or_else(|| self.api.senseless())?;
            return Ok(Err(missing.iter().filter_map(Value::as_str).map(str::to_owned).collect()));
        }
        if !response.is_success() {
            return Err(self.api.failure(response));
        }
        self.api.text(&answer, "/id").map(Ok)
    }

    /// The outcome of a deployment; `None` while it goes on.
    fn outcome(&self, id: &str) -> Result<Option<()>> {
        let deployment = self.api.call(&self.request(Method::Get, &["v13", "deployments", id]))?;
        let text = |pointer| deployment.pointer(pointer).and_then(Value::as_str);
        if let Some(alias) = deployment.get("aliasError").filter(|alias| !alias.is_null()) {
            return Err(self.api.failed(id, alias.get("message").and_then(Value::as_str)));
        }
        let is_seen = deployment.get("aliasAssigned").is_some_and(|seen| !seen.is_null() && *seen != false);
        match text("/readyState") {
            Some("READY") if is_seen => Ok(Some(())),
            Some("ERROR") => Err(self.api.failed(id, text("/errorMessage"))),
            Some("CANCELED") => Err(self.api.failed(id, Some("it was canceled"))),
            _ => Ok(None),
        }
    }
}

impl DigestHost for Vercel {
    fn place(&self) -> String {
        format!("vercel:{}", self.project)
    }

    fn algorithm(&self) -> Algorithm {
        Algorithm::Sha1
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            headers: |headers| Headers { content_type: headers.content_type.clone(), ..Headers::default() },
            is_atomic: true,
            limits: Limits::default(),
        }
    }

    fn parallel(&self) -> usize {
        20
    }

    fn keeps_rules_apart(&self) -> bool {
        true
    }

    fn is_switching(&self) -> bool {
        self.created.is_some()
    }

    fn prepare(&self, manifest: &mut Manifest) -> Result<()> {
        let config = routes::config(manifest);
        let count = config.get("routes").and_then(Value::as_array).map_or(0, Vec::len);
        if count > routes::MOST_ROUTES {
            let message = format!(
                "`_headers` and `_redirects` make {count} routes, but Vercel takes at most {}",
                routes::MOST_ROUTES
            );
            let help = "keep fewer old URLs in `_redirects`: the pages at the old paths redirect readers without it; \
                        or publish to an object store with `to: s3`";
            return Err(Box::new(Diagnostic::error("publish/limits", message).help(help)));
        }
        let bytes: Arc<[u8]> = config.to_string().into_bytes().into();
        let hash = ContentHash::of(&bytes);
        let path = format!("{OUTPUT}/config.json");
        let digest = self.algorithm().digest(&path, hash, &*bytes).map_err(|_| self.api.senseless())?;
        let content_type = "application/json".to_owned();
        let (size, source) = (bytes.len() as u64, Some(Source::Memory(bytes)));
        manifest.own = vec![Entry { path, digest, size, hash, content_type, source }];
        Ok(())
    }

    fn live(&mut self) -> Result<Option<String>> {
        let project = self.api.call(&self.request(Method::Get, &["v9", "projects", &self.project]))?;
        self.id = self.api.text(&project, "/id")?;
        self.name = self.api.text(&project, "/name")?;
        Ok(project.pointer("/targets/production/id").and_then(Value::as_str).map(str::to_owned))
    }

    fn begin(&mut self, manifest: &Manifest) -> Result<Vec<String>> {
        match self.created(&self.create(manifest)?)? {
            Ok(id) => {
                self.created = Some(id);
                Ok(Vec::new())
            }
            Err(missing) => {
                self.created = None;
                Ok(missing)
            }
        }
    }

    fn batches<'a>(&self, missing: Vec<&'a Entry>) -> Vec<Vec<&'a Entry>> {
        missing.into_iter().map(|entry| vec![entry]).collect()
    }

    fn upload(&self, batch: &[&Entry]) -> Result<Sent> {
        for entry in batch {
            let request = self
                .request(Method::Post, &["v2", "files"])
                .header("content-type", "application/octet-stream")
                .header("x-now-digest", entry.digest.as_str())
                .header("x-now-size", entry.size.to_string())
                .body(entry.body()?);
            self.api.call(&request)?;
        }
        Ok(Sent::Stored)
    }

    fn complete(&mut self, manifest: &Manifest) -> Result<String> {
        let id = match self.created.take() {
            Some(id) => id,
            None => match self.created(&self.create(manifest)?)? {
                Ok(id) => id,
                Err(missing) => {
                    let message = format!("Vercel lost {} files that were uploaded", missing.len());
                    return Err(Box::new(Diagnostic::fatal("publish/upload", message).help("publish again")));
                }
            },
        };
        match self.patience.wait(|| self.outcome(&id))? {
            Some(()) => Ok(id),
            None => Err(self.api.never_ready(&id, self.patience)),
        }
    }

    fn abandon(&mut self) {
        let Some(id) = self.created.take() else { return };
        // It becomes live unless it is canceled in time.
        let _ = self.api.call(&self.request(Method::Patch, &["v12", "deployments", &id, "cancel"]));
    }

    fn restore(&mut self, deployment: &str) -> Result<()> {
        let request = self.request(Method::Post, &["v10", "projects", &self.id, "promote", deployment]);
        self.api.call(&request.json(&json!({})))?;
        let patience = self.patience;
        let is_live = || Ok((self.live()?.as_deref() == Some(deployment)).then_some(()));
        match patience.wait(is_live)? {
            Some(()) => Ok(()),
            None => Err(self.api.never_ready(deployment, patience)),
        }
    }

    fn delete(&self, deployment: &str) -> Result<bool> {
        let response = self.api.send(&self.request(Method::Delete, &["v13", "deployments", deployment]))?;
        if response.is_success() || response.status == 404 {
            Ok(true)
        } else {
            Err(self.api.failure(&response))
        }
    }
}
