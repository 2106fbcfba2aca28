//! Decides which static files of an old site are imported.

use std::io::Read as _;

use super::placement::SiteIndex;
use super::{Media, redirects};
use crate::plan::Route;
use crate::site::is_temporary;

/// Files that the site generates.
const MADE: [&str; 10] = [
    "index.html",
    "404.html",
    "rss.xml",
    "atom.xml",
    "feed.json",
    "sitemap.xml",
    "robots.txt",
    "_headers",
    "index.json",
    "redirects.nginx.map",
];
/// Hidden files that readers or hosts need.
const SEEN: [&str; 2] = [".well-known", ".nojekyll"];
/// Extensions of keys, passwords and databases.
const SECRET: [&str; 12] =
    ["pem", "key", "p12", "pfx", "jks", "keystore", "kdbx", "ppk", "env", "htpasswd", "gpg", "sqlite"];
/// Key files without an extension.
const KEYS: [&str; 4] = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"];
/// Extensions of files that generators may use as templates.
const FILLED: [&str; 9] = ["css", "js", "scss", "sass", "xml", "json", "txt", "html", "webmanifest"];

/// The code and reason for leaving a file out. Both are empty if it needs no remark.
pub(super) fn reason_to_skip(media: &Media, index: &SiteIndex<'_>) -> Option<(&'static str, &'static str)> {
    let name = media.name.rsplit('/').next().unwrap_or_default();
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    let is_hidden = media.name.split('/').any(|part| part.starts_with('.') && !SEEN.contains(&part));
    if is_temporary(name) || redirects::is_rules(&media.name) {
        return Some(("", ""));
    }
    let is_shown = end == "key" && begins(media, b"PK") || end == "pem" && is_certificate(media);
    if KEYS.contains(&name) || SECRET.contains(&&*end) && !is_shown {
        return Some(("import/static-secret", "it may contain a secret"));
    }
    if is_hidden {
        return Some(("import/static-hidden", "it is hidden"));
    }
    if MADE.contains(&&*media.name) {
        return Some(("import/static-made", "the site generates its own"));
    }
    if FILLED.contains(&&*end) && (begins(media, b"---\n") || begins(media, b"---\r\n")) {
        return Some(("import/static-template", "it is a template of the old generator"));
    }
    let route = Route::parse(&format!("/{}", media.name)).ok();
    route.is_some_and(|route| index.is_taken(&route)).then_some(("import/static-taken", "a page has its URL"))
}

/// Whether a file has certificates (RFC 7468), which are public, and no private key.
fn is_certificate(media: &Media) -> bool {
    let text = std::fs::read_to_string(&media.from).unwrap_or_default();
    text.contains("-----BEGIN CERTIFICATE-----") && !text.contains("PRIVATE KEY")
}

fn begins(media: &Media, with: &[u8]) -> bool {
    let mut head = vec![0; with.len()];
    std::fs::File::open(&media.from)
        .and_then(|mut file| file.read_exact(&mut head))
        .is_ok_and(|()| head == with)
}
