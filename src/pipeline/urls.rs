//! `urls.txt` in the site's folder: the URLs that the site has had, a path a line.
//!
//! A site that keeps it under version control is told of lost URLs wherever it is built or checked, without a record of earlier
//! builds. It is written on request alone.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::plan::{List, ListPage, PageKind, Route};
use crate::site::SiteDir;

/// The name of the file.
const NAME: &str = "urls.txt";
/// What is said in a new one.
const HEAD: &str =
    "# URLs that this site has had. A build and a check warn if nothing is at one of them any more.\n";

/// A URL of the file.
pub(super) struct Line {
    pub(super) route: Route,
    pub(super) place: Place,
}

/// Reads the file, if there is one, with what is wrong with it.
pub(super) fn read(site: &SiteDir) -> (Vec<Line>, Vec<Diagnostic>) {
    let text: Arc<str> = match fs::read_to_string(site.urls()) {
        Ok(text) => text.into(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (Vec::new(), Vec::new()),
        Err(error) => {
            let problem = Diagnostic::error("urls/unreadable", format!("this file cannot be read: {error}"));
            return (
                Vec::new(),
                vec![problem.at(Place::file(NAME)).help("make it a text file in UTF-8, or delete it")],
            );
        }
    };
    let file: Arc<str> = NAME.into();
    let (mut lines, mut problems, mut at) = (Vec::new(), Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        let written = line.trim_start_matches('\u{feff}').trim();
        let start = at + line.find(written).unwrap_or_default();
        at += line.len();
        if written.is_empty() || written.starts_with('#') {
            continue;
        }
        let place = Place::new(file.clone(), text.clone(), start..start + written.len());
        match route(written) {
            Ok(route) => lines.push(Line { route, place }),
            Err(why) => problems.push(
                Diagnostic::warning("urls/invalid", format!("this line is no path of a URL: {why}"))
                    .at(place)
                    .help("write the path from the root of the site, for example `/2026/11/harbour-fire/`"),
            ),
        }
    }
    (lines, problems)
}

/// A path that may be percent-encoded.
fn route(written: &str) -> Result<Route, String> {
    if !written.starts_with('/') {
        return Err("it does not begin with `/`".to_owned());
    }
    let decoded = percent_decode_str(written).decode_utf8().map_err(|_| "it is not UTF-8".to_owned())?;
    Route::parse(&decoded)
}

/// Where the site has stories, standing pages and lists.
pub(super) fn kept(edition: &Edition) -> impl Iterator<Item = &Route> {
    let is_kept = |kind: &PageKind| {
        matches!(kind, PageKind::Article(_) | PageKind::List(List::Term(..), ListPage::Newest))
    };
    edition.plan.pages().iter().filter(move |page| is_kept(&page.kind)).map(|page| &page.route)
}

/// Adds the URLs of stories, standing pages and lists that a site has. Lines that are there stay.
///
/// # Errors
/// If the file cannot be written.
pub(super) fn record(site: &SiteDir, edition: &Edition) -> Result<usize, Box<Diagnostic>> {
    let file = site.urls();
    let failed = |error: io::Error| {
        let message = format!("this file cannot be written: {error}");
        Box::new(Diagnostic::error("urls/cannot-write", message).at(Place::file(NAME)))
    };
    let before = match fs::read_to_string(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => HEAD.to_owned(),
        before => before.map_err(failed)?,
    };
    let (words, mut urls): (Vec<&str>, BTreeSet<&str>) = (
        before.lines().filter(|line| line.trim().is_empty() || line.starts_with('#')).collect(),
        before.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect(),
    );
    let known: BTreeSet<Route> = urls.iter().filter_map(|line| route(line).ok()).collect();
    let new: Vec<String> = kept(edition)
        .filter(|route| !known.contains(*route))
        .map(|route| route.as_str().replace('%', "%25"))
        .collect();
    urls.extend(new.iter().map(String::as_str));
    let text: String = words.into_iter().chain(urls).map(|line| format!("{line}\n")).collect();
    if text != before {
        let mut whole = tempfile::NamedTempFile::new_in(site.root()).map_err(failed)?;
        whole.write_all(text.as_bytes()).map_err(failed)?;
        whole.persist(&file).map_err(|error| failed(error.error))?;
    }
    Ok(new.len())
}
