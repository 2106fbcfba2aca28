//! `urls.txt` in the site's folder: all URLs that the site has ever had, one path per line.
//!
//! With this file under version control, lost URLs are found on every machine, without the records of earlier builds. It is only written on
//! request.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::source_edit::replace;
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::plan::{List, ListPage, PageKind, Route};
use crate::site::SiteDir;

/// The name of the file.
const NAME: &str = "urls.txt";
/// The first line of a new file.
const HEAD: &str =
    "# All URLs that this site has had. Builds and checks warn if one of them no longer works.\n";

/// A URL in the file.
pub(super) struct UrlLine {
    pub(super) route: Route,
    pub(super) place: Place,
}

/// Reads the file, if there is one.
pub(super) fn read(site: &SiteDir) -> (Vec<UrlLine>, Vec<Diagnostic>) {
    let text: Arc<str> = match fs::read_to_string(site.urls()) {
        Ok(text) => text.into(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (Vec::new(), Vec::new()),
        Err(error) => {
            let problem = Diagnostic::error("urls/unreadable", format!("cannot read this file: {error}"));
            return (
                Vec::new(),
                vec![problem.at(Place::file(NAME)).help("save it as UTF-8 text, or delete it")],
            );
        }
    };
    let file: Arc<str> = NAME.into();
    let (mut lines, mut problems, mut at) = (Vec::new(), Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        let path = line.trim_start_matches('\u{feff}').trim();
        let start = at + line.find(path).unwrap_or_default();
        at += line.len();
        if path.is_empty() || path.starts_with('#') {
            continue;
        }
        let place = Place::new(file.clone(), text.clone(), start..start + path.len());
        match parse_path(path) {
            Ok(route) => lines.push(UrlLine { route, place }),
            Err(why) => problems.push(
                Diagnostic::warning("urls/invalid", format!("this line is not a URL path: {why}"))
                    .at(place)
                    .help("write the path from the root of the site, as in `/2026/11/harbour-fire/`"),
            ),
        }
    }
    (lines, problems)
}

/// Parses a path that may be percent-encoded.
fn parse_path(path: &str) -> Result<Route, String> {
    if !path.starts_with('/') {
        return Err("it does not start with `/`".to_owned());
    }
    let decoded = percent_decode_str(path).decode_utf8().map_err(|_| "it is not valid UTF-8".to_owned())?;
    Route::parse(&decoded)
}

/// The routes of stories, standing pages and lists.
pub(super) fn permanent(edition: &Edition) -> impl Iterator<Item = &Route> {
    let is_permanent = |kind: &PageKind| {
        matches!(kind, PageKind::Article(_) | PageKind::List(List::Term(..), ListPage::Newest))
    };
    edition.plan.pages().iter().filter(move |page| is_permanent(&page.kind)).map(|page| &page.route)
}

/// Adds the URLs of stories, standing pages and lists; existing lines stay.
///
/// # Errors
/// If the file cannot be written.
pub(super) fn record(site: &SiteDir, edition: &Edition) -> Result<usize, Box<Diagnostic>> {
    let file = site.urls();
    let failed = |error: io::Error| {
        let message = format!("cannot write this file: {error}");
        Box::new(Diagnostic::error("urls/cannot-write", message).at(Place::file(NAME)))
    };
    let before = match fs::read_to_string(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => HEAD.to_owned(),
        before => before.map_err(failed)?,
    };
    let (comments, mut urls): (Vec<&str>, BTreeSet<&str>) = (
        before.lines().filter(|line| line.trim().is_empty() || line.starts_with('#')).collect(),
        before.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect(),
    );
    let known: BTreeSet<Route> = urls.iter().filter_map(|line| parse_path(line).ok()).collect();
    let new: Vec<String> = permanent(edition)
        .filter(|route| !known.contains(*route))
        .map(|route| route.as_str().replace('%', "%25"))
        .collect();
    urls.extend(new.iter().map(String::as_str));
    let text: String = comments.into_iter().chain(urls).map(|line| format!("{line}\n")).collect();
    if text != before {
        replace(&file, &text).map_err(failed)?;
    }
    Ok(new.len())
}
