//! Cloudflare Pages, and Workers with static assets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Answer, Api, Request, TOKEN};
use crate::support::Tree;

/// The files that one bucket of Workers has.
const BUCKET: usize = 3;

pub struct Cloudflare {
    is_pages: bool,
    /// Bytes and content types by digest.
    blobs: HashMap<String, (Vec<u8>, String)>,
    deployments: BTreeMap<String, Deployment>,
    live: Option<String>,
    count: usize,
    failure: Option<String>,
    /// The permission to upload that is valid.
    jwt: String,
    /// How many files the account may publish.
    pub most: usize,
    /// After so many uploads, the permission expires once.
    pub expires_after: Option<usize>,
    /// What a session of Workers has announced.
    session: BTreeMap<String, String>,
}

#[derive(Clone, Default)]
struct Deployment {
    files: BTreeMap<String, String>,
    rules: Tree,
}

fn ok(result: Value) -> Answer {
    (200, json!({ "success": true, "errors": [], "messages": [], "result": result }))
}

fn error(status: u16, code: i64, message: &str) -> Answer {
    let errors = json!([{ "code": code, "message": message }]);
    (status, json!({ "success": false, "errors": errors, "messages": [], "result": null }))
}

impl Cloudflare {
    pub fn new(is_pages: bool) -> Self {
        Self {
            is_pages,
            blobs: HashMap::new(),
            deployments: BTreeMap::new(),
            live: None,
            count: 0,
            failure: None,
            jwt: String::new(),
            most: 20_000,
            expires_after: None,
            session: BTreeMap::new(),
        }
    }

    fn next(&mut self) -> usize {
        self.count += 1;
        self.count
    }

    fn renew(&mut self, kind: &str) -> String {
        let claims = json!({ "max_file_count_allowed": self.most, "kind": kind, "number": self.next() });
        self.jwt = format!("h.{}.s", URL_SAFE_NO_PAD.encode(claims.to_string()));
        self.jwt.clone()
    }

    /// Whether a permission to upload is valid now.
    fn may_upload(&mut self, request: &Request) -> bool {
        if let Some(left) = &mut self.expires_after {
            if *left == 0 {
                self.expires_after = None;
                self.jwt = "expired".to_owned();
                return false;
            }
            *left -= 1;
        }
        request.bearer() == self.jwt
    }

    fn missing(&self, digests: impl IntoIterator<Item = String>) -> Vec<String> {
        let digests: BTreeSet<String> = digests.into_iter().collect();
        digests.into_iter().filter(|digest| !self.blobs.contains_key(digest)).collect()
    }

    /// Whether all files are here and their digests are right.
    fn check(&self, files: &BTreeMap<String, String>) -> Result<(), String> {
        for (path, digest) in files {
            let name = path.rsplit('/').next().unwrap();
            let extension =
                name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or("", |(_, end)| end);
            let Some((bytes, _)) = self.blobs.get(digest) else { return Err(format!("{path} is missing")) };
            let expected = blake3::hash(format!("{}{extension}", STANDARD.encode(bytes)).as_bytes());
            if expected.to_hex()[..32] != **digest {
                return Err(format!("the digest of {path} is wrong"));
            }
        }
        Ok(())
    }

    fn deploy(&mut self, files: BTreeMap<String, String>, rules: Tree) -> Answer {
        if let Err(problem) = self.check(&files) {
            return error(400, 8_000_001, &problem);
        }
        let id = format!("c{}", self.next());
        self.deployments.insert(id.clone(), Deployment { files, rules });
        ok(json!({ "id": id, "latest_stage": { "name": "queued", "status": "idle" } }))
    }

    fn pages(&mut self, request: &Request, path: &[&str]) -> Answer {
        match (request.method.as_str(), path) {
            ("GET", []) => ok(json!({
                "name": "herald",
                "production_branch": "main",
                "canonical_deployment": self.live.as_ref().map(|id| json!({ "id": id })),
            })),
            ("GET", ["upload-token"]) => {
                let jwt = self.renew("pages");
                ok(json!({ "jwt": jwt }))
            }
            ("POST", ["deployments"]) => {
                let mut files = BTreeMap::new();
                let mut rules = Tree::new();
                for (name, _, bytes) in request.form() {
                    match name.as_str() {
                        "manifest" => files = serde_json::from_slice(&bytes).unwrap(),
                        "branch" => assert_eq!(bytes, b"main"),
                        "_headers" | "_redirects" => {
                            rules.insert(name, bytes);
                        }
                        _ => return error(400, 8_000_002, &format!("unknown field {name}")),
                    }
                }
                self.deploy(files, rules)
            }
            ("GET", ["deployments", id]) if self.deployments.contains_key(*id) => {
                if self.failure.is_some() {
                    return ok(
                        json!({ "id": id, "latest_stage": { "name": "deploy", "status": "failure" } }),
                    );
                }
                self.live = Some((*id).to_owned());
                ok(json!({ "id": id, "latest_stage": { "name": "deploy", "status": "success" } }))
            }
            ("POST", ["deployments", id, "rollback"]) if self.deployments.contains_key(*id) => {
                self.live = Some((*id).to_owned());
                ok(json!({ "id": id }))
            }
            ("DELETE", ["deployments", id]) if self.deployments.contains_key(*id) => {
                if self.live.as_deref() == Some(*id) || request.query != "force=true" {
                    return error(400, 8_000_034, "cannot delete the active deployment");
                }
                self.deployments.remove(*id);
                ok(Value::Null)
            }
            _ => error(404, 8_000_009, "The deployment ID you have specified does not exist"),
        }
    }

    fn assets(&mut self, request: &Request, call: &str) -> Answer {
        if !self.may_upload(request) {
            return error(401, 8_000_013, "Unauthorized");
        }
        let body = request.json();
        let texts = |value: &Value| {
            value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        match call {
            "check-missing" => ok(self.missing(texts(&body["hashes"])).into()),
            "upsert-hashes" => ok(Value::Null),
            _ => {
                for file in body.as_array().unwrap() {
                    assert_eq!(file["base64"], true);
                    let bytes = STANDARD.decode(file["value"].as_str().unwrap()).unwrap();
                    let content_type = file["metadata"]["contentType"].as_str().unwrap().to_owned();
                    self.blobs.insert(file["key"].as_str().unwrap().to_owned(), (bytes, content_type));
                }
                ok(Value::Null)
            }
        }
    }

    fn worker(&mut self, request: &Request, path: &[&str]) -> Answer {
        match (request.method.as_str(), path) {
            ("GET", ["deployments"]) if self.live.is_none() => {
                error(404, 10_007, "This Worker does not exist on your account.")
            }
            ("GET", ["deployments"]) => {
                let versions = json!([{ "version_id": self.live, "percentage": 100 }]);
                ok(json!({ "deployments": [{ "id": "x", "versions": versions }] }))
            }
            ("POST", ["assets-upload-session"]) => {
                let manifest = request.json()["manifest"].as_object().unwrap().clone();
                if manifest.len() > self.most {
                    return error(400, 100_324, "too many assets");
                }
                let text = |value: &Value| value["hash"].as_str().unwrap().to_owned();
                self.session = manifest.iter().map(|(path, file)| (path.clone(), text(file))).collect();
                let missing = self.missing(self.session.values().cloned());
                let kind = if missing.is_empty() { "completion" } else { "session" };
                let buckets: Vec<&[String]> = missing.chunks(BUCKET).collect();
                let jwt = self.renew(kind);
                ok(json!({ "jwt": jwt, "buckets": buckets }))
            }
            ("PUT", []) | ("POST", ["versions"]) => {
                if (request.method == "PUT") != self.live.is_none() {
                    return error(400, 10_000, "the Worker exists or not");
                }
                let (name, _, bytes) = request.form().remove(0);
                let metadata: Value = serde_json::from_slice(&bytes).unwrap();
                let jwt = metadata["assets"]["jwt"].as_str().unwrap();
                let claims = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap();
                let claims: Value = serde_json::from_slice(&claims).unwrap();
                if name != "metadata"
                    || claims["kind"] != "completion"
                    || !metadata["compatibility_date"].is_string()
                {
                    return error(400, 10_021, "no completion token");
                }
                let config = &metadata["assets"]["config"];
                assert_eq!(config["not_found_handling"], "404-page");
                let rule = |name: &str| Some((name.to_owned(), config[name].as_str()?.as_bytes().to_vec()));
                let rules = ["_headers", "_redirects"].into_iter().filter_map(rule).collect();
                let answer = self.deploy(self.session.clone(), rules);
                if request.method == "PUT" && answer.0 == 200 {
                    self.live = answer.1["result"]["id"].as_str().map(str::to_owned);
                }
                answer
            }
            ("POST", ["deployments"]) => {
                if let Some(message) = &self.failure {
                    return error(400, 10_022, message);
                }
                let body = request.json();
                let version = body["versions"][0]["version_id"].as_str().unwrap().to_owned();
                assert_eq!(body["versions"][0]["percentage"], 100);
                if !self.deployments.contains_key(&version) {
                    return error(404, 10_023, "no such version");
                }
                self.live = Some(version);
                ok(json!({ "id": "x" }))
            }
            _ => error(404, 10_007, "not found"),
        }
    }

    fn bucket(&mut self, request: &Request) -> Answer {
        assert_eq!(request.query, "base64=true");
        if !self.may_upload(request) {
            return error(401, 10_403, "Unauthorized");
        }
        for (name, content_type, bytes) in request.form() {
            self.blobs.insert(name, (STANDARD.decode(bytes).unwrap(), content_type));
        }
        if !self.missing(self.session.values().cloned()).is_empty() {
            return ok(json!({}));
        }
        let session = self.jwt.clone();
        let completion = self.renew("completion");
        // Buckets that arrive late are still accepted.
        self.jwt = session;
        ok(json!({ "jwt": completion }))
    }
}

impl Api for Cloudflare {
    fn answer(&mut self, request: &Request) -> Answer {
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["pages", "assets", call] => return self.assets(request, call),
            ["accounts", "acc", "workers", "assets", "upload"] => return self.bucket(request),
            _ if request.bearer() != TOKEN => return error(401, 10_000, "Authentication error"),
            _ => {}
        }
        match path.as_slice() {
            ["accounts", "acc", "pages", "projects", "herald", rest @ ..] => self.pages(request, rest),
            ["accounts", "acc", "workers", "scripts", "herald", rest @ ..] => self.worker(request, rest),
            _ => error(404, 8_000_007, "Project not found"),
        }
    }

    fn site(&self) -> Tree {
        let Some(deployment) = self.live.as_ref().and_then(|id| self.deployments.get(id)) else {
            return Tree::new();
        };
        let bytes = |digest: &String| self.blobs[digest].0.clone();
        let files = deployment.files.iter().map(|(path, digest)| (path[1..].to_owned(), bytes(digest)));
        files.chain(deployment.rules.clone()).collect()
    }

    fn settings(&self, url: &str) -> String {
        let (kind, name) = if self.is_pages { ("pages", "project") } else { ("workers", "worker") };
        format!("{{to: cloudflare-{kind}, {name}: herald, endpoint: \"{url}\"}}")
    }

    fn variables(&self) -> Vec<(&'static str, &'static str)> {
        vec![("CLOUDFLARE_API_TOKEN", TOKEN), ("CLOUDFLARE_ACCOUNT_ID", "acc")]
    }

    fn publish_elsewhere(&mut self) {
        self.deployments.insert("other".to_owned(), Deployment::default());
        self.live = Some("other".to_owned());
    }

    fn fail_deployments(&mut self, message: &str) {
        self.failure = Some(message.to_owned()).filter(|message| !message.is_empty());
    }

    fn deployments(&self) -> Vec<String> {
        self.deployments.keys().cloned().collect()
    }
}
