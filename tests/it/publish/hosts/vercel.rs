//! Vercel.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::{Answer, Api, Request, TOKEN, sha1};
use crate::support::Tree;

const OUTPUT: &str = ".vercel/output/";

#[derive(Default)]
pub struct Vercel {
    blobs: HashMap<String, Vec<u8>>,
    deployments: BTreeMap<String, BTreeMap<String, String>>,
    production: Option<String>,
    count: usize,
    failure: Option<String>,
    failed: Vec<String>,
}

impl Vercel {
    fn create(&mut self, request: &Request) -> Answer {
        let bad = |message: &str| (400, json!({ "error": { "code": "bad_request", "message": message } }));
        let body = request.json();
        if !request.query.contains("prebuilt=1")
            || body["target"] != "production"
            || body["project"] != "prj_1"
        {
            return bad("not a production deployment of prebuilt output");
        }
        let mut files = BTreeMap::new();
        let mut missing = Vec::new();
        for file in body["files"].as_array().unwrap() {
            let (name, sha) = (file["file"].as_str().unwrap(), file["sha"].as_str().unwrap());
            if !name.starts_with(OUTPUT) {
                return bad("a file outside of the output");
            }
            match self.blobs.get(sha) {
                None => missing.push(sha.to_owned()),
                Some(bytes) if bytes.len() as u64 != file["size"] => return bad("a wrong size"),
                Some(_) => {}
            }
            files.insert(name.to_owned(), sha.to_owned());
        }
        if !missing.is_empty() {
            missing.dedup();
            let error = json!({ "code": "missing_files", "message": "Missing files", "missing": missing });
            return (400, json!({ "error": error }));
        }
        let config = files.get(".vercel/output/config.json").map(|sha| &self.blobs[sha]);
        let config: Value = serde_json::from_slice(config.map_or(b"", |bytes| bytes)).unwrap_or_default();
        if config["version"] != 3 || !config["routes"].is_array() {
            return bad("no output of version 3");
        }
        self.count += 1;
        let id = format!("dpl_{}", self.count);
        self.deployments.insert(id.clone(), files);
        if self.failure.is_some() {
            self.failed.push(id.clone());
        } else {
            self.production = Some(id.clone());
        }
        (200, json!({ "id": id, "readyState": "QUEUED" }))
    }

    fn read(&self, id: &str) -> Answer {
        if !self.deployments.contains_key(id) {
            return (404, Value::Null);
        }
        if self.failed.iter().any(|failed| failed == id) {
            return (200, json!({ "id": id, "readyState": "ERROR", "errorMessage": self.failure }));
        }
        (
            200,
            json!({ "id": id, "readyState": "READY", "aliasAssigned": 1_700_000_000_000_u64, "aliasError": null }),
        )
    }
}

impl Api for Vercel {
    fn answer(&mut self, request: &Request) -> Answer {
        if request.bearer() != TOKEN {
            return (401, json!({ "error": { "code": "unauthorized", "message": "Not authorized" } }));
        }
        if !request.query.contains("teamId=team_1") {
            return (403, json!({ "error": { "code": "forbidden", "message": "Not authorized" } }));
        }
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["v9", "projects", "herald" | "prj_1"]) => {
                let production = self.production.as_ref().map(|id| json!({ "id": id }));
                (200, json!({ "id": "prj_1", "name": "herald", "targets": { "production": production } }))
            }
            ("POST", ["v13", "deployments"]) => self.create(request),
            ("GET", ["v13", "deployments", id]) => self.read(id),
            ("POST", ["v2", "files"]) => {
                let (digest, size) = (request.header("x-now-digest"), request.header("x-now-size"));
                if digest != sha1(&request.body) || size != request.body.len().to_string() {
                    return (400, json!({ "error": { "message": "Digest or size does not match" } }));
                }
                self.blobs.insert(digest.to_owned(), request.body.clone());
                (200, json!({ "urls": [] }))
            }
            ("POST", ["v10", "projects", "prj_1", "promote", id]) => {
                if !self.deployments.contains_key(*id) {
                    return (404, Value::Null);
                }
                self.production = Some((*id).to_owned());
                (201, Value::Null)
            }
            ("DELETE", ["v13", "deployments", id]) => {
                assert_ne!(self.production.as_deref(), Some(*id), "the live deployment must not be deleted");
                (
                    if self.deployments.remove(*id).is_some() { 200 } else { 404 },
                    json!({ "state": "DELETED" }),
                )
            }
            _ => (404, json!({ "error": { "code": "not_found", "message": "Not found" } })),
        }
    }

    fn site(&self) -> Tree {
        let Some(id) = &self.production else { return Tree::new() };
        let of_site = |(name, sha): (&String, &String)| {
            Some((name.strip_prefix(".vercel/output/static/")?.to_owned(), self.blobs[sha].clone()))
        };
        self.deployments[id].iter().filter_map(of_site).collect()
    }

    fn settings(&self, url: &str) -> String {
        format!("{{to: vercel, project: herald, endpoint: \"{url}\"}}")
    }

    fn variables(&self) -> Vec<(&'static str, &'static str)> {
        vec![("VERCEL_TOKEN", TOKEN), ("VERCEL_ORG_ID", "team_1")]
    }

    fn publish_elsewhere(&mut self) {
        self.deployments.insert("other".to_owned(), BTreeMap::new());
        self.production = Some("other".to_owned());
    }

    fn fail_deployments(&mut self, message: &str) {
        self.failure = Some(message.to_owned()).filter(|message| !message.is_empty());
    }

    fn deployments(&self) -> Vec<String> {
        self.deployments.keys().cloned().collect()
    }
}
