//! The ids of stories in feeds → whether they are what the last build gave.
//!
//! Ids that nobody wrote name the authority that gave them: the host of the site, unless the settings say another. A site that moves to
//! another host and says nothing would show all stories as new to those who read its feeds.

use std::fs;
use std::sync::Arc;

use crate::archive::Archive;
use crate::content::Content;
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::site::SiteDir;
use crate::view::{authority, has_own_id};

/// The host of settings that do not say one.
const NOWHERE: &str = "site.invalid";
/// Hosts under which no site is read.
const NOBODY_READS: [&str; 4] = ["example.org", "localhost", "127.0.0.1", NOWHERE];

/// Tells if the authority is another than in the last build, and what to write down for the next: the old one, until somebody decides.
pub(super) fn changed(
    site: &SiteDir,
    edition: &Edition,
    before: Option<&str>,
) -> (Option<Diagnostic>, String) {
    let Edition { config, content, archive, .. } = edition;
    let now = authority(config);
    // Settings without a valid URL are errors of their own.
    let is_known = config.base_url.host_str() != Some(NOWHERE);
    let moved = before
        .filter(|_| is_known)
        .filter(|before| config.id_authority.is_none() && *before != now && !NOBODY_READS.contains(before));
    let stories = moved.map_or(0, |_| without_own_id(content, archive));
    match moved {
        Some(before) if stories > 0 => {
            (Some(problem(before, now, stories).at(base_url(site))), before.to_owned())
        }
        _ => (None, now.to_owned()),
    }
}

fn without_own_id(content: &Content, archive: &Archive) -> usize {
    archive.stories().iter().filter(|id| !has_own_id(content.get(**id))).count()
}

fn problem(before: &str, now: &str, stories: usize) -> Diagnostic {
    let what = match stories {
        1 => "a story that has no `id` gets another one".to_owned(),
        _ => format!("{stories} stories that have no `id` get others"),
    };
    let message = format!(
        "{what} in feeds, as the site moved from {before} to {now}: readers' apps show old news as new"
    );
    Diagnostic::warning("feed/ids-changed", message).help(format!(
        "add `id_authority: {before}`, which keeps the ids; `id_authority: {now}` if nobody has read them yet"
    ))
}

/// Where the settings say where the site is.
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
