//! A request + an account key → the request with a signature
//! (<https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key>).

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;

use super::super::checksums::base64;
use crate::http::{Body, Request, Secret};

/// The key of an account.
#[derive(Clone, Debug)]
pub(super) struct AccountKey {
    /// The name of the account.
    pub(super) account: String,
    key: Secret,
}

impl AccountKey {
    /// A key in base64; `None` if it is not base64.
    pub(super) fn parse(account: &str, key: &str) -> Option<Self> {
        BASE64_STANDARD.decode(key).ok()?;
        Some(Self { account: account.to_owned(), key: Secret::new(key) })
    }

    /// Adds `authorization`. All other headers must be there already, with `x-ms-date`.
    pub(super) fn sign(&self, request: Request) -> Request {
        let bytes = BASE64_STANDARD.decode(self.key.reveal()).unwrap_or_default();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        let signature = hmac::sign(&key, self.string_to_sign(&request).as_bytes());
        let value = format!("SharedKey {}:{}", self.account, base64(signature.as_ref()));
        request.header("authorization", value)
    }

    fn string_to_sign(&self, request: &Request) -> String {
        let header = |name: &str| {
            let found = request.headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.reveal().trim()).unwrap_or_default()
        };
        let size = match &request.body {
            Body::Empty => 0,
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::File { size, .. } => *size,
        };
        let size = if size == 0 { String::new() } else { size.to_string() };
        let mut text = format!("{}\n", request.method.name());
        for line in [header("content-encoding"), header("content-language"), &size, header("content-md5")] {
            text.push_str(&format!("{line}\n"));
        }
        // The date is in `x-ms-date`.
        let named = [
            "content-type",
            "",
            "if-modified-since",
            "if-match",
            "if-none-match",
            "if-unmodified-since",
            "range",
        ];
        named.iter().for_each(|name| text.push_str(&format!("{}\n", header(name))));
        let own: BTreeMap<&str, &str> = request
            .headers
            .iter()
            .filter(|(name, _)| name.starts_with("x-ms-"))
            .map(|(name, value)| (&**name, value.reveal().trim()))
            .collect();
        own.iter().for_each(|(name, value)| text.push_str(&format!("{name}:{value}\n")));
        text.push_str(&format!("/{}{}", self.account, request.url.path()));
        let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in request.url.query_pairs() {
            query.entry(name.to_ascii_lowercase()).or_default().push(value.into_owned());
        }
        for (name, mut values) in query {
            values.sort_unstable();
            text.push_str(&format!("\n{name}:{}", values.join(",")));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::http::Method;

    #[test]
    fn the_text_that_is_signed_is_that_of_the_documentation() {
        let url = "https://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=list&include=snapshots&include=metadata";
        let request = Request::new(Method::Get, Url::parse(url).unwrap())
            .header("x-ms-version", "2015-02-21")
            .header("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT");
        let key = AccountKey::parse("myaccount", "bXk=").unwrap();
        assert_eq!(
            key.string_to_sign(&request),
            "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:list\ninclude:metadata,snapshots\nrestype:container"
        );
        let put = request.body(Body::Bytes(vec![0; 11])).header("content-type", "text/plain");
        assert!(key.string_to_sign(&put).starts_with("GET\n\n\n11\n\ntext/plain\n\n\n"));
        let signed = key.sign(put);
        assert!(signed.headers.last().unwrap().1.reveal().starts_with("SharedKey myaccount:"));
        assert!(AccountKey::parse("a", "not base64!").is_none());
        assert!(!format!("{key:?}").contains("bXk="));
    }
}
