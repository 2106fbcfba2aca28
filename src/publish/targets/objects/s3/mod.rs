//! Objects → requests to Amazon S3, to stores that speak its protocol, and to Google Cloud Storage, which speaks it with other names.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>. A file is one `PUT`: multipart uploads
//! would be needed above 5 GB only, and several stores do not honor conditions for them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::checksums::{base64, content_md5, sha256};
use super::{Condition, Fetched, Object, ObjectStore, Put, Version};
use crate::config::publish::{Checksum, S3};
use crate::diagnostic::Diagnostic;
use crate::http::{Body, Client, Method, Request, Response, Secret};
use crate::publish::credentials::sigv4::{Payload, Scope, sign};
use crate::publish::credentials::{Aws, Environment, Login};
use crate::publish::local_file::Headers;
use crate::publish::target::{Listed, Result, Stored};
use address::Address;
use wire::Page;

mod address;
mod problems;
mod wire;

#[cfg(test)]
mod tests;

/// A bucket.
#[derive(Debug)]
pub(super) struct S3Store {
    client: Client,
    environment: Environment,
    login: Credentials,
    dialect: Dialect,
    address: Address,
    bucket: String,
    prefix: String,
    region: String,
    /// Whether the address is not that of the provider.
    is_elsewhere: bool,
    checksum: Checksum,
    /// Whether the store keeps redirects.
    redirects: bool,
    /// Whether one request can delete several objects, as far as is known.
    deletes_many: AtomicBool,
}

/// What requests are signed with.
#[derive(Debug)]
pub(super) enum Credentials {
    /// Keys that are renewed.
    Login(Login),
    /// Keys.
    Keys(Aws),
    /// A token, which needs no signature.
    Token(Secret),
}

/// The names of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Those of Amazon.
    S3,
    /// Those of Google, whose conditions are about generations instead of ETags.
    Gcs,
}

impl Dialect {
    fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gcs => "gs",
        }
    }

    fn service(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gcs => "storage",
        }
    }

    /// The name of a header of the provider.
    fn header(self, name: &str) -> String {
        match self {
            Self::S3 => format!("x-amz-{name}"),
            Self::Gcs => format!("x-goog-{name}"),
        }
    }

    fn with_condition(self, request: Request, condition: &Condition) -> Request {
        match (self, condition) {
            (_, Condition::None) => request,
            (Self::S3, Condition::Absent) => request.header("if-none-match", "*"),
            (Self::S3, Condition::Unchanged(version)) => request.header("if-match", &version.0),
            (Self::Gcs, Condition::Absent) => request.header("x-goog-if-generation-match", "0"),
            (Self::Gcs, Condition::Unchanged(version)) => {
                let generation = version.0.split(' ').next().unwrap_or_default();
                request.header("x-goog-if-generation-match", generation)
            }
        }
    }

    /// The version of an answer: the ETag, for Google with the generation before it.
    fn version(self, response: &Response) -> Version {
        let etag = response.header("etag").unwrap_or_default();
        match (self, response.header("x-goog-generation")) {
            (Self::Gcs, Some(generation)) => Version(format!("{generation} {etag}")),
            _ => Version(etag.to_owned()),
        }
    }
}

/// The keys of what a store is made from.
pub(super) struct Parts {
    pub(super) client: Client,
    pub(super) environment: Environment,
    pub(super) login: Credentials,
    pub(super) dialect: Dialect,
    pub(super) region: String,
    pub(super) settings: S3,
}

/// The largest object of one `PUT`, in bytes: 5 GB.
const LARGEST: u64 = 5 << 30;
/// The longest key in bytes.
const LONGEST_KEY: usize = 1024;
/// How often a `PUT` is sent that meets another one of the same key.
const RACES: u32 = 4;
/// The metadata with the hash of an object.
const HASH: &str = "meta-bulletin-hash";

impl S3Store {
    /// The bucket of a target.
    ///
    /// # Errors
    /// If there are no credentials, or the name cannot be that of a bucket.
    pub(super) fn connect(settings: &S3, client: &Client, environment: &Environment) -> Result<Self> {
        let login = Login::new(settings.profile.as_deref(), settings.region.as_deref(), client, environment)?;
        let region = login.keys()?.region.clone().unwrap_or_else(|| "us-east-1".to_owned());
        Self::new(Parts {
            client: client.clone(),
            environment: environment.clone(),
            login: Credentials::Login(login),
            dialect: Dialect::S3,
            region,
            settings: settings.clone(),
        })
    }

    /// A bucket of these parts.
    ///
    /// # Errors
    /// If the name cannot be that of a bucket.
    pub(super) fn new(parts: Parts) -> Result<Self> {
        let Parts { client, environment, login, dialect, region, settings } = parts;
        let address = Address::new(&settings, &region)?;
        let host = address.bucket.host_str().unwrap_or_default();
        // These answer that they do not know the header.
        let knows_redirects =
            !host.ends_with(".r2.cloudflarestorage.com") && !host.ends_with(".backblazeb2.com");
        Ok(Self {
            client,
            environment,
            login,
            dialect,
            redirects: dialect == Dialect::S3 && knows_redirects,
            address,
            bucket: settings.bucket,
            prefix: settings.prefix,
            region,
            is_elsewhere: settings.endpoint.is_some() && dialect == Dialect::S3,
            checksum: settings.checksum,
            deletes_many: AtomicBool::new(dialect == Dialect::S3),
        })
    }

    /// Its name without the prefix.
    fn shown(&self) -> String {
        format!("{}://{}", self.dialect.scheme(), self.bucket)
    }

    /// The host of the store, without the bucket.
    fn host(&self) -> String {
        let host = self.address.bucket.host_str().unwrap_or_default();
        let host = host.strip_prefix(&format!("{}.", self.bucket)).unwrap_or(host);
        self.address.bucket.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    fn request(&self, method: Method, key: &str) -> Request {
        Request::new(method, self.address.object(&format!("{}{key}", self.prefix)))
    }

    fn send(&self, request: Request, payload: Payload) -> Result<Response> {
        let scope = Scope { service: self.dialect.service(), region: &self.region };
        let now = self.environment.now();
        let signed = match &self.login {
            Credentials::Login(login) => sign(request, scope, &*login.keys()?, payload, now),
            Credentials::Keys(keys) => sign(request, scope, keys, payload, now),
            Credentials::Token(token) => request.bearer(token),
        };
        Ok(self.client.send(&signed)?)
    }

    fn problem(&self, response: &Response, action: &str) -> Box<Diagnostic> {
        problems::problem(self, response, action)
    }

    /// Adds the checksum of the settings. Google knows only MD5.
    fn with_checksum(&self, request: Request, body: &Body) -> Result<(Request, Payload)> {
        Ok(match (self.dialect, self.checksum) {
            (Dialect::S3, Checksum::Sha256) => {
                let hash = sha256(body)?;
                (request.header("x-amz-checksum-sha256", base64(&hash)), Payload::Sha256(hash))
            }
            (Dialect::Gcs, _) | (_, Checksum::Md5) => {
                (request.header("content-md5", content_md5(body)?), Payload::Body)
            }
            (_, Checksum::None) => (request, Payload::Body),
        })
    }

    fn delete_one(&self, key: &str) -> Result<()> {
        let response = self.send(self.request(Method::Delete, key), Payload::Body)?;
        if response.is_success() || is_missing_object(&response) {
            return Ok(());
        }
        Err(self.problem(&response, &format!("deleting `{key}`")))
    }

    /// Deletes objects with one request. `false`: not all of them; asked one by one, the store says why.
    fn delete_many(&self, keys: &[String]) -> Result<bool> {
        let body = Body::Bytes(wire::deletion(keys.iter().map(|key| format!("{}{key}", self.prefix))));
        let request = Request::new(Method::Post, self.address.query(&[("delete", "")]));
        let mut request =
            request.header("content-type", "application/xml").header("content-md5", content_md5(&body)?);
        if self.checksum == Checksum::Sha256 {
            request = request.header("x-amz-checksum-sha256", base64(&sha256(&body)?));
        }
        let response = self.send(request.body(body), Payload::Body)?;
        match response.status {
            200..=299 => Ok(wire::has_deleted_all(&response.body)),
            // The store does not know how.
            400 | 404 | 405 | 411 | 501 => {
                self.deletes_many.store(false, Ordering::Relaxed);
                Ok(false)
            }
            _ => Err(self.problem(&response, "deleting objects")),
        }
    }

    fn page(&self, after: Option<&str>) -> Result<Page> {
        let mut query = vec![("list-type", "2"), ("encoding-type", "url"), ("prefix", &*self.prefix)];
        query.extend(after.map(|token| ("continuation-token", token)));
        let response = self.send(Request::new(Method::Get, self.address.query(&query)), Payload::Body)?;
        if !response.is_success() {
            return Err(self.problem(&response, "listing the bucket"));
        }
        wire::page(&response.body).ok_or_else(|| {
            let message = format!("the list of {} is not valid", self.shown());
            Box::new(Diagnostic::fatal("publish/unreachable", message).help("check `endpoint` of the target"))
        })
    }
}

impl ObjectStore for S3Store {
    fn place(&self) -> String {
        format!("{}/{}", self.shown(), self.prefix)
    }

    fn identity(&self) -> String {
        if self.is_elsewhere { format!("{} at {}", self.place(), self.host()) } else { self.place() }
    }

    fn headers(&self) -> fn(&Headers) -> Headers {
        if self.redirects {
            Headers::clone
        } else {
            |headers| Headers { redirects_to: None, ..headers.clone() }
        }
    }

    fn largest(&self) -> u64 {
        LARGEST
    }

    fn longest_key(&self) -> usize {
        LONGEST_KEY.saturating_sub(self.prefix.len())
    }

    fn delete_batch(&self) -> usize {
        if self.deletes_many.load(Ordering::Relaxed) { 1000 } else { 1 }
    }

    fn get(&self, key: &str, known: Option<&Version>) -> Result<Fetched> {
        let mut request = self.request(Method::Get, key);
        if let Some(etag) = known.and_then(|version| version.0.split(' ').next_back()) {
            request = request.header("if-none-match", etag);
        }
        let response = self.send(request, Payload::Body)?;
        match response.status {
            200 => Ok(Fetched::Object(response.body.clone(), self.dialect.version(&response))),
            304 => Ok(Fetched::Unchanged),
            _ if is_missing_object(&response) => Ok(Fetched::Missing),
            _ => Err(self.problem(&response, &format!("reading `{key}`"))),
        }
    }

    fn head(&self, key: &str) -> Result<Option<Stored>> {
        let response = self.send(self.request(Method::Head, key), Payload::Body)?;
        match response.status {
            200 => Ok(Some(wire::stored(&response, self.dialect))),
            404 => Ok(None),
            _ => {
                // The answer to HEAD has no body that says why.
                let why = self.request(Method::Get, key).header("range", "bytes=0-0");
                let why = self.send(why, Payload::Body)?;
                let response = if why.is_success() { response } else { why };
                Err(self.problem(&response, &format!("asking for `{key}`")))
            }
        }
    }

    fn put(&self, object: &Object<'_>, condition: &Condition) -> Result<Put> {
        let headers = object.headers;
        let mut request = self.request(Method::Put, object.key).body(object.body.clone());
        for (name, value) in [
            ("content-type", Some(&headers.content_type).filter(|kind| !kind.is_empty())),
            ("cache-control", headers.cache_control.as_ref()),
            ("content-encoding", headers.content_encoding.as_ref()),
            ("x-amz-website-redirect-location", headers.redirects_to.as_ref().filter(|_| self.redirects)),
        ] {
            request = value.into_iter().fold(request, |request, value| request.header(name, value));
        }
        request = request.header(&self.dialect.header(HASH), object.hash.to_string());
        request = self.dialect.with_condition(request, condition);
        let (request, payload) = self.with_checksum(request, &object.body)?;
        let is_conditional = *condition != Condition::None;
        let mut response = self.send(request.clone(), payload)?;
        for race in 1..RACES {
            if response.status != 409 {
                break;
            }
            self.environment.sleep(Duration::from_millis(200) * race);
            response = self.send(request.clone(), payload)?;
        }
        match response.status {
            200..=299 => Ok(Put::Stored(self.dialect.version(&response))),
            // 304: https://github.com/minio/minio/issues/19442. 404: there is nothing that could be unchanged.
            304 | 409 | 412 if is_conditional => Ok(Put::Refused),
            404 if matches!(condition, Condition::Unchanged(_)) && is_missing_object(&response) => {
                Ok(Put::Refused)
            }
            501 if is_conditional => {
                let message = format!("{} does not know conditional requests", self.shown());
                Err(Box::new(Diagnostic::fatal("publish/no-conditions", message)))
            }
            _ => Err(self.problem(&response, &format!("storing `{}`", object.key))),
        }
    }

    fn delete(&self, keys: &[String]) -> Result<()> {
        if keys.len() > 1 && self.deletes_many.load(Ordering::Relaxed) && self.delete_many(keys)? {
            return Ok(());
        }
        keys.iter().try_for_each(|key| self.delete_one(key))
    }

    fn delete_version(&self, key: &str, version: &Version) -> Result<()> {
        let condition = Condition::Unchanged(version.clone());
        let request = self.dialect.with_condition(self.request(Method::Delete, key), &condition);
        let response = self.send(request, Payload::Body)?;
        match response.status {
            200..=299 | 409 | 412 => Ok(()),
            501 => self.delete_one(key),
            _ if is_missing_object(&response) => Ok(()),
            _ => Err(self.problem(&response, &format!("deleting `{key}`"))),
        }
    }

    fn list(&self) -> Result<Vec<Listed>> {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = self.page(after.as_deref())?;
            listed.extend(page.objects.into_iter().filter_map(|(key, size)| {
                Some(Listed { path: key.strip_prefix(&self.prefix)?.to_owned(), size })
            }));
            match page.next {
                Some(next) if after.as_ref() != Some(&next) => after = Some(next),
                _ => return Ok(listed),
            }
        }
    }
}

/// Whether an answer says that there is no such object, and not that there is no such bucket.
fn is_missing_object(response: &Response) -> bool {
    response.status == 404 && super::answers::Refusal::of(response).code != "NoSuchBucket"
}
