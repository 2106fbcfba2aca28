//! The authority in generated ids → a warning if it changed since the last build.
//!
//! A generated id contains an authority: `id_authority` if set, else the host of the site. When a site moves to another host without
//! setting it, feed readers show all stories as new.

use std::fs;
use std::sync::Arc;

use crate::archive::Archive;
use crate::content::Content;
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::site::SiteDir;
use crate::view::{authority, has_own_id};

/// The host of settings without a valid URL.
const NOWHERE: &str = "site.invalid";
/// Hosts of sites without readers.
const WITHOUT_READERS: [&str; 4] = ["example.org", "localhost", "127.0.0.1", NOWHERE];

/// Compares the authority with that of the last build. Returns the authority to record: the old one until the warning is resolved.
pub(super) fn check(
    site: &SiteDir,
    edition: &Edition,
    previous: Option<&str>,
) -> (Option<Diagnostic>, String) {
    let Edition { config, content, archive, .. } = edition;
    let now = authority(config);
    // Settings without a valid URL are reported elsewhere.
    let is_known = config.base_url.host_str() != Some(NOWHERE);
    let moved = previous.filter(|_| is_known).filter(|previous| {
        config.id_authority.is_none() && *previous != now && !WITHOUT_READERS.contains(previous)
    });
    let stories = moved.map_or(0, |_| without_own_id(content, archive));
    match moved {
        Some(previous) if stories > 0 => {
            (Some(problem(previous, now, stories).at(base_url(site))), previous.to_owned())
        }
        _ => (None, now.to_owned()),
    }
}

fn without_own_id(content: &Content, archive: &Archive) -> usize {
    archive.stories().iter().filter(|id| !has_own_id(content.get(**id))).count()
}

fn problem(previous: &str, now: &str, stories: usize) -> Diagnostic {
    let what = match stories {
        1 => "the id of 1 story without `id` changes".to_owned(),
        _ => format!("the ids of {stories} stories without `id` change"),
    };
    let message = format!(
        "{what} in feeds because the site moved from {previous} to {now}: feed readers will show old stories as new"
    );
    Diagnostic::warning("feed/ids-changed", message).help(format!(
        "add `id_authority: {previous}` to keep the ids, or `id_authority: {now}` if the site has no readers yet"
    ))
}

/// The place of `base_url` in the settings.
fn base_url(site: &SiteDir) -> Place {
    const FILE: &str = "bulletin.yaml";
    let text: Arc<str> = fs::read_to_string(site.config()).unwrap_or_default().into();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("base_url") {
            let span = at..at + line.trim_end().len();
            return Place::new(FILE, Arc::clone(&text), span);
        }
        at += line.len();
    }
    Place::file(FILE)
}
