//! A bucket and a key → a URL.

use url::Url;

use crate::config::publish::S3;
use crate::diagnostic::Diagnostic;
use crate::publish::credentials::sigv4::encode_path;
use crate::publish::target::Result;

/// Where the objects of a bucket are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The URL of the bucket, with `/` at its end.
    pub(super) bucket: Url,
}

impl Address {
    /// The URL of a bucket at Amazon or at the endpoint of the settings.
    ///
    /// # Errors
    /// If the name cannot be that of a bucket.
    pub(super) fn new(settings: &S3, region: &str) -> Result<Self> {
        let name = &settings.bucket;
        if let Some(endpoint) = &settings.endpoint {
            return Self::at(endpoint, name, settings.path_style);
        }
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        // Amazon's certificate covers one label before its domain, so a name with periods must be in the path.
        let in_path = settings.path_style || name.contains('.');
        let endpoint = Url::parse(&format!("https://s3.{region}.{domain}/"));
        let endpoint = endpoint.map_err(|_| {
            let message = format!("`{region}` is not the name of a region");
            Box::new(
                Diagnostic::fatal("publish/missing", message).help("write it as in `region: eu-central-1`"),
            )
        })?;
        Self::at(&endpoint, name, in_path)
    }

    /// The URL of a bucket at an endpoint.
    ///
    /// # Errors
    /// As [`Address::new`].
    pub(super) fn at(endpoint: &Url, name: &str, in_path: bool) -> Result<Self> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let wrong = || {
            let message = format!("`{name}` cannot be the name of a bucket");
            Box::new(
                Diagnostic::fatal("publish/missing", message)
                    .help("set `bucket` to the name alone, and `prefix` to the folder in it"),
            )
        };
        if name.is_empty() || !name.chars().all(is_name) || matches!(name, "." | "..") {
            return Err(wrong());
        }
        let mut url = endpoint.clone();
        url.set_query(None);
        url.set_fragment(None);
        let base = url.path().trim_end_matches('/').to_owned();
        if in_path {
            url.set_path(&format!("{base}/{name}/"));
        } else {
            let host = format!("{name}.{}", url.host_str().unwrap_or_default());
            url.set_host(Some(&host)).map_err(|_| wrong())?;
            url.set_path(&format!("{base}/"));
        }
        Ok(Self { bucket: url })
    }

    /// The URL of an object.
    pub(super) fn object(&self, key: &str) -> Url {
        let mut url = self.bucket.clone();
        url.set_path(&format!("{}{}", self.bucket.path(), encode_path(key)));
        url
    }

    /// The URL of the bucket with a query. The signature encodes it as it must be.
    pub(super) fn query(&self, pairs: &[(&str, &str)]) -> Url {
        let mut url = self.bucket.clone();
        url.query_pairs_mut().extend_pairs(pairs);
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::publish::Checksum;

    fn url(bucket: &str, endpoint: Option<&str>, path_style: bool, region: &str) -> Result<String> {
        let settings = S3 {
            bucket: bucket.to_owned(),
            prefix: String::new(),
            region: None,
            endpoint: endpoint.map(|url| Url::parse(url).unwrap()),
            profile: None,
            path_style,
            checksum: Checksum::default(),
        };
        Address::new(&settings, region).map(|address| address.object("a b/é+%#?'.html").to_string())
    }

    #[test]
    fn the_bucket_is_in_the_host_or_in_the_path() {
        let key = "a%20b/%C3%A9%2B%25%23%3F%27.html";
        for (bucket, endpoint, path_style, region, expected) in [
            ("herald", None, false, "eu-west-1", "https://herald.s3.eu-west-1.amazonaws.com/"),
            (
                "www.herald.example",
                None,
                false,
                "eu-west-1",
                "https://s3.eu-west-1.amazonaws.com/www.herald.example/",
            ),
            ("herald", None, true, "cn-north-1", "https://s3.cn-north-1.amazonaws.com.cn/herald/"),
            ("herald", Some("http://127.0.0.1:9000"), true, "", "http://127.0.0.1:9000/herald/"),
            ("herald", Some("http://127.0.0.1:9000/base/"), true, "", "http://127.0.0.1:9000/base/herald/"),
            ("herald", Some("https://r2.example?a=1"), false, "", "https://herald.r2.example/"),
        ] {
            assert_eq!(url(bucket, endpoint, path_style, region).unwrap(), format!("{expected}{key}"));
        }
        for name in ["", "a/b", "a b", "..", "a?b", "ü"] {
            assert_eq!(url(name, None, false, "eu-west-1").unwrap_err().code, "publish/missing", "{name}");
        }
        assert!(url("herald", None, false, "eu west").is_err());
    }
}
