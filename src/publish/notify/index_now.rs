//! IndexNow: search engines learn of changed pages at once (<https://www.indexnow.org/documentation>).

use std::sync::Arc;

use url::{Position, Url};

use super::CODE;
use crate::diagnostic::Diagnostic;
use crate::host_files::content_type;
use crate::http::{Client, Method, Request};
use crate::plan::FileClass;
use crate::publish::changes::public_url;
use crate::publish::credentials::Environment;
use crate::publish::local_file::{ContentHash, Headers, LocalFile, Source};

/// The largest number of URLs in one request.
const MOST: usize = 10_000;

/// Passes what it gets on to all engines that take part.
const ENDPOINT: &str = "https://api.indexnow.org/indexnow";

/// The file that proves that the site knows its key: `KEY.txt`, whose text is the key.
///
/// # Errors
/// If a key has other characters or another length than the protocol allows.
pub(crate) fn key_file(key: &str) -> Result<LocalFile, Box<Diagnostic>> {
    let is_valid = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !(8..=128).contains(&key.len()) || !key.chars().all(is_valid) {
        let problem = Diagnostic::error(CODE, format!("`{key}` is not a key of IndexNow"));
        return Err(Box::new(problem.help("write 8 to 128 letters, digits and `-` as `index_now`")));
    }
    let path = file_name(key);
    let bytes: Arc<[u8]> = key.as_bytes().into();
    Ok(LocalFile {
        class: FileClass::Static,
        size: bytes.len() as u64,
        hash: ContentHash::of(&bytes),
        source: Source::Memory(bytes),
        headers: Arc::new(Headers {
            content_type: content_type(&path).to_owned(),
            cache_control: Some("public, max-age=3600".to_owned()),
            ..Headers::default()
        }),
        path,
    })
}

fn file_name(key: &str) -> String {
    format!("{key}.txt")
}

/// Submits pages of a site. Returns a warning if a request fails.
pub(super) fn submit(
    key: &str,
    site: &Url,
    pages: &[String],
    client: &Client,
    environment: &Environment,
) -> Option<Diagnostic> {
    let endpoint = environment.get("INDEXNOW_ENDPOINT").unwrap_or(ENDPOINT);
    let warn = |why: String, help: &str| {
        Some(Diagnostic::warning(CODE, format!("IndexNow rejected changed pages: {why}")).help(help))
    };
    let Ok(url) = Url::parse(endpoint) else {
        return warn(format!("`{endpoint}` is not a URL"), "correct `INDEXNOW_ENDPOINT`, or unset it");
    };
    let later = "search engines find the pages by themselves; the next publication submits what changes then";
    for pages in pages.chunks(MOST) {
        let body = serde_json::json!({
            "host": &site[Position::BeforeHost..Position::AfterPort],
            "key": key,
            "keyLocation": public_url(&file_name(key), site),
            "urlList": pages,
        });
        match client.send(&Request::new(Method::Post, url.clone()).json(&body)) {
            Err(error) => return warn(error.to_string(), later),
            Ok(response) if response.is_success() => {}
            Ok(response) if matches!(response.status, 403 | 422) => {
                let help =
                    format!("check that readers get the file `{}` of the site, with the key", file_name(key));
                return warn(format!("it returned {}", response.status), &help);
            }
            Ok(response) => return warn(format!("it returned {}", response.status), later),
        }
    }
    None
}
