//! The XML and the headers of the protocol.

use percent_encoding::percent_decode_str;
use quick_xml::escape::escape;

use super::super::checksums::md5_of_base64;
use super::{Dialect, HASH};
use crate::http::Response;
use crate::publish::local_file::{ContentHash, Headers};
use crate::publish::target::Stored;
use crate::publish::xml::{elements, text_of};

/// A page of a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// Keys and sizes in bytes.
    pub(super) objects: Vec<(String, u64)>,
    /// What the next page is asked with.
    pub(super) next: Option<String>,
}

/// Reads a page of a list; `None` if it is not one.
pub(super) fn page(xml: &[u8]) -> Option<Page> {
    elements(xml, "ListBucketResult").filter(|roots| roots.len() == 1)?;
    // Some stores ignore that keys should be encoded.
    let is_encoded = text_of(xml, "EncodingType").as_deref() == Some("url");
    let object = |item: &String| {
        let key = text_of(item.as_bytes(), "Key")?;
        let key = if is_encoded {
            percent_decode_str(&key.replace('+', " ")).decode_utf8().ok()?.into_owned()
        } else {
            key
        };
        Some((key, text_of(item.as_bytes(), "Size")?.parse().ok()?))
    };
    let objects = elements(xml, "Contents")?.iter().map(object).collect::<Option<_>>()?;
    let is_cut = text_of(xml, "IsTruncated").as_deref() == Some("true");
    Some(Page { objects, next: text_of(xml, "NextContinuationToken").filter(|_| is_cut) })
}

/// The body of a request that deletes objects.
pub(super) fn deletion(keys: impl Iterator<Item = String>) -> Vec<u8> {
    let mut xml =
        String::from("<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>");
    for key in keys {
        xml.push_str(&format!("<Object><Key>{}</Key></Object>", escape(&*key)));
    }
    xml.push_str("</Delete>");
    xml.into_bytes()
}

/// Whether an answer to a deletion names no failure but that an object did not exist.
pub(super) fn has_deleted_all(xml: &[u8]) -> bool {
    let is_gone = |error: &String| text_of(error.as_bytes(), "Code").as_deref() == Some("NoSuchKey");
    elements(xml, "Error").is_some_and(|failures| failures.iter().all(is_gone))
}

/// What the headers of an object say.
pub(super) fn stored(response: &Response, dialect: Dialect) -> Stored {
    let text = |name: &str| response.header(name).map(str::to_owned);
    let hash = response.header(&dialect.header(HASH)).and_then(ContentHash::parse);
    Stored {
        size: response.header("content-length").and_then(|size| size.parse().ok()).unwrap_or_default(),
        hash,
        md5: md5(response),
        headers: Headers {
            content_type: text("content-type").unwrap_or_default(),
            cache_control: text("cache-control"),
            content_encoding: text("content-encoding").filter(|encoding| !encoding.is_empty()),
            redirects_to: text("x-amz-website-redirect-location"),
        },
    }
}

/// The MD5 of an object. The ETag is one, unless the object was uploaded in parts or is encrypted with a key of its own
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>).
fn md5(response: &Response) -> Option<[u8; 16]> {
    let hashes = response.headers.iter().filter(|(name, _)| name == "x-goog-hash");
    let named =
        hashes.flat_map(|(_, value)| value.split(',')).find_map(|hash| hash.trim().strip_prefix("md5="));
    if let Some(md5) = named {
        return md5_of_base64(md5);
    }
    let encryption = response.header("x-amz-server-side-encryption").unwrap_or_default();
    let customer = response.header("x-amz-server-side-encryption-customer-algorithm");
    if encryption.starts_with("aws:kms") || customer.is_some() {
        return None;
    }
    ContentHash::parse(response.header("etag")?.trim_matches('"')).map(|hash| hash.0)
}
