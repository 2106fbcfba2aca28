//! The identity of a story: the URI by which feed readers recognise it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::Config;
use crate::content::Article;

/// Bytes that a tag URI must escape: RFC 4151 allows the `pchar` of RFC 3986.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/').remove(b',');

/// Returns the identity of an article, a URI: its `id`, as a tag URI (RFC 4151) unless it is a URI already, else a tag URI of the
/// path of its source.
///
/// It survives a new headline, slug or date, because feed readers show a story with a new identity as a new story.
pub fn identity(config: &Config, article: &Article) -> String {
    match &article.front.id {
        Some(id) if is_uri(id) => id.clone(),
        _ => format!("tag:{},2000:{}", authority(config), utf8_percent_encode(&article.identity(), ESCAPED)),
    }
}

/// Returns the authority that generated identities name.
pub fn authority(config: &Config) -> &str {
    config.id_authority.as_deref().or(config.base_url.host_str()).unwrap_or("localhost")
}

/// Whether the front matter of an article gives its identity in full.
pub fn has_own_id(article: &Article) -> bool {
    article.front.id.as_deref().is_some_and(is_uri)
}

/// Whether a text has a scheme and only characters that a URI may contain (RFC 3986, section 2).
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let is_forbidden = |b: u8| !b.is_ascii_graphic() || b"\"<>\\^`{|}".contains(&b);
    is_scheme && !rest.is_empty() && !rest.bytes().any(is_forbidden)
}
