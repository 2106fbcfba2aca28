//! Objects → requests to Azure Blob Storage (<https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api>).
//!
//! Readers see the container `$web` as a website. It has no redirects: pages that redirect stay.

use url::Url;

use super::answers::{Refusal, wrong_clock};
use super::checksums::{content_md5, md5_of_base64};
use super::{Condition, Fetched, Object, ObjectStore, Put, Version};
use crate::config::publish::Azure;
use crate::diagnostic::Diagnostic;
use crate::http::{Client, Method, Request, Response};
use crate::publish::credentials::Environment;
use crate::publish::credentials::sigv4::encode_path;
use crate::publish::local_file::{ContentHash, Headers};
use crate::publish::target::{Listed, Result, Stored};
use crate::publish::xml::{elements, text_of};
use credentials::Credentials;

mod credentials;
mod shared_key;

#[cfg(test)]
mod tests;

/// A container.
#[derive(Debug)]
pub(super) struct AzureStore {
    client: Client,
    environment: Environment,
    credentials: Credentials,
    /// The URL of the container, with `/` at its end.
    url: Url,
    account: String,
    container: String,
    prefix: String,
    is_elsewhere: bool,
}

/// The version of the protocol.
const VERSION: &str = "2021-12-02";
/// The largest blob of one request, in bytes: 5,000 MiB.
const LARGEST: u64 = 5000 << 20;
/// The longest name of a blob. Azure counts characters; bytes are never fewer.
const LONGEST_KEY: usize = 1024;
/// The metadata with the hash of a blob. Names must be identifiers.
const HASH: &str = "x-ms-meta-bulletinhash";

impl AzureStore {
    /// The container of a target.
    ///
    /// # Errors
    /// If there are no credentials, or the names cannot be those of an account and a container.
    pub(super) fn connect(settings: &Azure, client: &Client, environment: &Environment) -> Result<Self> {
        let Azure { account, container, prefix, endpoint } = settings;
        let is_name = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'$'))
        };
        let wrong = |name: &str| {
            let message = format!("`{name}` cannot be the name of a storage account or container");
            Box::new(
                Diagnostic::fatal("publish/missing", message)
                    .help("check `account` and `container` of the target"),
            )
        };
        if let Some(name) = [account, container].into_iter().find(|name| !is_name(name)) {
            return Err(wrong(name));
        }
        let base = endpoint
            .as_ref()
            .map_or_else(|| format!("https://{account}.blob.core.windows.net"), Url::to_string);
        let url = Url::parse(&format!("{}/{container}/", base.trim_end_matches('/')))
            .map_err(|_| wrong(account))?;
        Ok(Self {
            client: client.clone(),
            environment: environment.clone(),
            credentials: credentials::find(account, environment)?,
            url,
            account: account.clone(),
            container: container.clone(),
            prefix: prefix.clone(),
            is_elsewhere: endpoint.is_some(),
        })
    }

    fn request(&self, method: Method, key: &str) -> Request {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{}", self.url.path(), encode_path(&format!("{}{key}", self.prefix))));
        Request::new(method, url)
    }

    fn send(&self, request: Request) -> Result<Response> {
        let date = self.environment.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let request = request.header("x-ms-version", VERSION).header("x-ms-date", date);
        let ready = match &self.credentials {
            Credentials::Key(key) => key.sign(request),
            Credentials::Signature(signature) => {
                let mut request = request;
                let own = request.url.query().map(|query| format!("{query}&")).unwrap_or_default();
                request.url.set_query(Some(&format!("{own}{}", signature.reveal())));
                request
            }
        };
        Ok(self.client.send(&ready)?)
    }

    /// Says what a refusal means. `action` completes "while". Codes:
    /// <https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes>.
    fn problem(&self, response: &Response, action: &str) -> Box<Diagnostic> {
        let refusal = Refusal::of(response);
        let (said, shown) = (refusal.said(response.status), self.shown());
        let (code, message, help) = match &*refusal.code {
            "ContainerNotFound" | "ContainerBeingDeleted" | "ContainerDisabled" => (
                "publish/missing",
                format!(
                    "the container `{}` does not exist in the account `{}`",
                    self.container, self.account
                ),
                "turn on the static website of the account, or create the container",
            ),
            code if is_about_credentials(code, &refusal.message) => {
                if let Some(problem) = wrong_clock(response, self.environment.now()) {
                    return problem;
                }
                (
                    "publish/credentials",
                    format!("{shown} refuses the credentials: {said}"),
                    "check `AZURE_STORAGE_SAS_TOKEN` (it may have expired) or `AZURE_STORAGE_KEY`",
                )
            }
            "Md5Mismatch" => (
                "publish/upload",
                format!("{shown} received other bytes than were sent while {action}: {said}"),
                "run the command again",
            ),
            "RequestBodyTooLarge" => (
                "publish/limits",
                format!("{shown} does not take this while {action}: {said}"),
                "remove the file",
            ),
            _ => match response.status {
                401 | 403 => (
                    "publish/denied",
                    format!("{shown} denies access while {action}: {said}"),
                    "let the signature allow reading, adding, creating, writing, deleting and listing (`sp=racwdl`) for the container and its blobs",
                ),
                429 | 500..=599 => (
                    "publish/unreachable",
                    format!("{shown} is too busy or broken while {action}: {said}"),
                    "run the command again later; it goes on where it ended",
                ),
                _ => (
                    "publish/upload",
                    format!("{shown} refuses the request while {action}: {said}"),
                    "check `endpoint` and the other settings of the target",
                ),
            },
        };
        Box::new(Diagnostic::fatal(code, message).help(help))
    }

    fn shown(&self) -> String {
        format!("azure://{}/{}", self.account, self.container)
    }

    fn page(&self, marker: &str) -> Result<(Vec<Listed>, Option<String>)> {
        let mut url = self.url.clone();
        // The container itself has no `/` at its end.
        url.set_path(self.url.path().trim_end_matches('/'));
        url.query_pairs_mut()
            .append_pair("restype", "container")
            .append_pair("comp", "list")
            .append_pair("prefix", &self.prefix);
        if !marker.is_empty() {
            url.query_pairs_mut().append_pair("marker", marker);
        }
        let response = self.send(Request::new(Method::Get, url))?;
        if !response.is_success() {
            return Err(self.problem(&response, "listing the container"));
        }
        self.read_page(&response.body).ok_or_else(|| {
            let message = format!("the list of {} is not valid", self.shown());
            Box::new(Diagnostic::fatal("publish/unreachable", message).help("check `endpoint` of the target"))
        })
    }

    fn read_page(&self, xml: &[u8]) -> Option<(Vec<Listed>, Option<String>)> {
        elements(xml, "EnumerationResults").filter(|roots| roots.len() == 1)?;
        let blob = |item: &String| {
            let name = text_of(item.as_bytes(), "Name")?;
            let size = text_of(item.as_bytes(), "Content-Length")?.parse().ok()?;
            Some(Listed { path: name.strip_prefix(&self.prefix)?.to_owned(), size })
        };
        let blobs = elements(xml, "Blob")?.iter().map(blob).collect::<Option<_>>()?;
        Some((blobs, text_of(xml, "NextMarker").filter(|marker| !marker.is_empty())))
    }

    fn remove(&self, key: &str, condition: &Condition) -> Result<()> {
        let request = with_condition(self.request(Method::Delete, key), condition);
        let response = self.send(request.header("x-ms-delete-snapshots", "include"))?;
        let is_conditional = *condition != Condition::None;
        if response.is_success() || is_missing_blob(&response) || (is_conditional && response.status == 412) {
            return Ok(());
        }
        Err(self.problem(&response, &format!("deleting `{key}`")))
    }
}

impl ObjectStore for AzureStore {
    fn place(&self) -> String {
        format!("{}/{}", self.shown(), self.prefix)
    }

    fn identity(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        if self.is_elsewhere { format!("{} at {host}", self.place()) } else { self.place() }
    }

    fn headers(&self) -> fn(&Headers) -> Headers {
        |headers| Headers { redirects_to: None, ..headers.clone() }
    }

    fn largest(&self) -> u64 {
        LARGEST
    }

    fn longest_key(&self) -> usize {
        LONGEST_KEY.saturating_sub(self.prefix.len())
    }

    fn delete_batch(&self) -> usize {
        1
    }

    fn get(&self, key: &str, known: Option<&Version>) -> Result<Fetched> {
        let mut request = self.request(Method::Get, key);
        if let Some(version) = known {
            request = request.header("if-none-match", &version.0);
        }
        let response = self.send(request)?;
        match response.status {
            200 => Ok(Fetched::Object(response.body.clone(), version(&response))),
            304 => Ok(Fetched::Unchanged),
            _ if is_missing_blob(&response) => Ok(Fetched::Missing),
            _ => Err(self.problem(&response, &format!("reading `{key}`"))),
        }
    }

    fn head(&self, key: &str) -> Result<Option<Stored>> {
        let response = self.send(self.request(Method::Head, key))?;
        let text = |name: &str| response.header(name).filter(|value| !value.is_empty()).map(str::to_owned);
        match response.status {
            200 => Ok(Some(Stored {
                size: response
                    .header("content-length")
                    .and_then(|size| size.parse().ok())
                    .unwrap_or_default(),
                hash: response.header(HASH).and_then(ContentHash::parse),
                md5: response.header("content-md5").and_then(md5_of_base64),
                headers: Headers {
                    content_type: text("content-type").unwrap_or_default(),
                    cache_control: text("cache-control"),
                    content_encoding: text("content-encoding"),
                    redirects_to: None,
                },
            })),
            _ if is_missing_blob(&response) => Ok(None),
            _ => Err(self.problem(&response, &format!("asking for `{key}`"))),
        }
    }

    fn put(&self, object: &Object<'_>, condition: &Condition) -> Result<Put> {
        let headers = object.headers;
        let mut request = self
            .request(Method::Put, object.key)
            .header("x-ms-blob-type", "BlockBlob")
            .header("content-md5", content_md5(&object.body)?)
            .header(HASH, object.hash.to_string())
            .body(object.body.clone());
        for (name, value) in [
            ("x-ms-blob-content-type", Some(&headers.content_type).filter(|kind| !kind.is_empty())),
            ("x-ms-blob-cache-control", headers.cache_control.as_ref()),
            ("x-ms-blob-content-encoding", headers.content_encoding.as_ref()),
        ] {
            request = value.into_iter().fold(request, |request, value| request.header(name, value));
        }
        let response = self.send(with_condition(request, condition))?;
        let refusal = Refusal::of(&response).code;
        match (response.status, condition) {
            (200..=299, _) => Ok(Put::Stored(version(&response))),
            (412, Condition::Absent | Condition::Unchanged(_)) => Ok(Put::Refused),
            (409, Condition::Absent) if refusal == "BlobAlreadyExists" => Ok(Put::Refused),
            (404, Condition::Unchanged(_)) if is_missing_blob(&response) => Ok(Put::Refused),
            _ => Err(self.problem(&response, &format!("storing `{}`", object.key))),
        }
    }

    fn delete(&self, keys: &[String]) -> Result<()> {
        keys.iter().try_for_each(|key| self.remove(key, &Condition::None))
    }

    fn delete_version(&self, key: &str, version: &Version) -> Result<()> {
        self.remove(key, &Condition::Unchanged(version.clone()))
    }

    fn list(&self) -> Result<Vec<Listed>> {
        let (mut listed, mut marker) = (Vec::new(), String::new());
        loop {
            let (page, next) = self.page(&marker)?;
            listed.extend(page);
            match next {
                Some(next) if next != marker => marker = next,
                _ => return Ok(listed),
            }
        }
    }
}

/// Whether a refusal is about who asks, and not about what they may do.
fn is_about_credentials(code: &str, message: &str) -> bool {
    let codes = ["AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation"];
    codes.contains(&code) || (code == "AuthorizationFailure" && message.contains("failed to authenticate"))
}

fn with_condition(request: Request, condition: &Condition) -> Request {
    match condition {
        Condition::None => request,
        Condition::Absent => request.header("if-none-match", "*"),
        Condition::Unchanged(version) => request.header("if-match", &version.0),
    }
}

fn version(response: &Response) -> Version {
    Version(response.header("etag").unwrap_or_default().to_owned())
}

/// Whether an answer says that there is no such blob, and not that there is no such container. Both codes are in a header, even of answers to `HEAD`.
fn is_missing_blob(response: &Response) -> bool {
    response.status == 404 && !Refusal::of(response).code.starts_with("Container")
}
