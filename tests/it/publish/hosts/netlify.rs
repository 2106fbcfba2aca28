//! Netlify.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use super::{Answer, Api, Request, TOKEN, sha1};
use crate::support::Tree;

#[derive(Default)]
pub struct Netlify {
    blobs: HashMap<String, Vec<u8>>,
    deploys: BTreeMap<String, Deploy>,
    published: Option<String>,
    count: usize,
    failure: Option<String>,
}

#[derive(Default)]
struct Deploy {
    files: BTreeMap<String, String>,
    state: &'static str,
    /// How often it must be asked for until it is compared.
    delay: usize,
}

impl Netlify {
    fn missing(&self, deploy: &Deploy) -> Vec<String> {
        let digests: BTreeSet<&String> = deploy.files.values().collect();
        digests.into_iter().filter(|digest| !self.blobs.contains_key(*digest)).cloned().collect()
    }

    fn show(&self, id: &str) -> Value {
        let deploy = &self.deploys[id];
        let mut shown = json!({ "id": id, "state": deploy.state, "error_message": self.failure });
        if deploy.state != "preparing" {
            shown["required"] = self.missing(deploy).into();
        }
        shown
    }

    /// Publishes a deploy that has all files.
    fn complete(&mut self, id: &str) {
        if ["preparing", "cancelled"].contains(&self.deploys[id].state)
            || !self.missing(&self.deploys[id]).is_empty()
        {
            return;
        }
        let failed = self.failure.is_some();
        self.deploys.get_mut(id).unwrap().state = if failed { "error" } else { "ready" };
        if !failed {
            self.published = Some(id.to_owned());
        }
    }

    fn create(&mut self, body: &Value) -> Answer {
        let Some(files) = body["files"].as_object() else { return (422, json!({ "message": "no files" })) };
        let mut deploy = Deploy { state: "uploading", ..Deploy::default() };
        for (path, digest) in files {
            let digest = digest.as_str().unwrap();
            let is_sha1 = digest.len() == 40 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !path.starts_with('/') || path.contains(['#', '?']) || !is_sha1 {
                return (422, json!({ "message": format!("Invalid file {path}") }));
            }
            deploy.files.insert(path.clone(), digest.to_owned());
        }
        if body["async"] == true {
            (deploy.state, deploy.delay) = ("preparing", 1);
        } else if files.len() > 100 {
            return (422, json!({ "message": "Too many files without async" }));
        }
        self.count += 1;
        let id = format!("n{}", self.count);
        self.deploys.insert(id.clone(), deploy);
        self.complete(&id);
        (200, self.show(&id))
    }

    fn upload(&mut self, id: &str, path: &[String], body: &[u8]) -> Answer {
        let path = format!("/{}", path.join("/"));
        let Some(expected) = self.deploys.get(id).and_then(|deploy| deploy.files.get(&path)) else {
            return (404, Value::Null);
        };
        if *expected != sha1(body) {
            return (422, json!({ "message": "SHA mismatch" }));
        }
        self.blobs.insert(expected.clone(), body.to_vec());
        self.complete(id);
        (200, json!({ "id": path }))
    }

    fn read(&mut self, id: &str) -> Answer {
        let Some(deploy) = self.deploys.get_mut(id) else { return (404, Value::Null) };
        if deploy.state == "preparing" {
            if deploy.delay == 0 {
                deploy.state = "prepared";
                self.complete(id);
            } else {
                deploy.delay -= 1;
            }
        }
        (200, self.show(id))
    }
}

impl Api for Netlify {
    fn answer(&mut self, request: &Request) -> Answer {
        if request.bearer() != TOKEN {
            return (401, json!({ "code": 401, "message": "Access Denied" }));
        }
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["sites", "herald"]) => (
                200,
                json!({ "id": "herald", "published_deploy": self.published.as_ref().map(|id| json!({ "id": id })) }),
            ),
            ("POST", ["sites", "herald", "deploys"]) => self.create(&request.json()),
            ("PUT", ["deploys", id, "files", ..]) => self.upload(id, &request.path[3..], &request.body),
            ("GET", ["deploys", id]) => self.read(id),
            ("POST", ["deploys", id, "cancel"]) => {
                self.deploys.get_mut(*id).unwrap().state = "cancelled";
                (201, self.show(id))
            }
            ("POST", ["sites", "herald", "deploys", id, "restore"]) => {
                if self.deploys.get(*id).is_none_or(|deploy| deploy.state != "ready") {
                    return (404, Value::Null);
                }
                self.published = Some((*id).to_owned());
                (200, self.show(id))
            }
            ("DELETE", ["deploys", id]) if self.published.as_deref() == Some(id) => {
                (422, json!({ "message": "The published deploy cannot be deleted" }))
            }
            ("DELETE", ["deploys", id]) => {
                (if self.deploys.remove(*id).is_some() { 204 } else { 404 }, Value::Null)
            }
            _ => (404, json!({ "code": 404, "message": "Not Found" })),
        }
    }

    fn site(&self) -> Tree {
        let Some(id) = &self.published else { return Tree::new() };
        let files = &self.deploys[id].files;
        files.iter().map(|(path, digest)| (path[1..].to_owned(), self.blobs[digest].clone())).collect()
    }

    fn settings(&self, url: &str) -> String {
        format!("{{to: netlify, site: herald, endpoint: \"{url}\"}}")
    }

    fn variables(&self) -> Vec<(&'static str, &'static str)> {
        vec![("NETLIFY_AUTH_TOKEN", TOKEN)]
    }

    fn publish_elsewhere(&mut self) {
        self.deploys.insert("other".to_owned(), Deploy { state: "ready", ..Deploy::default() });
        self.published = Some("other".to_owned());
    }

    fn fail_deployments(&mut self, message: &str) {
        self.failure = Some(message.to_owned()).filter(|message| !message.is_empty());
    }

    fn deployments(&self) -> Vec<String> {
        self.deploys.keys().cloned().collect()
    }
}
