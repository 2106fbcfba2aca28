//! A path that a browser asks for → what it gets: a page, a file, another address.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::browser;
use super::handle;
use super::hub::Sight;
use super::kept::{Made, Subject};
use super::live::Live;
use super::rules;
use super::snapshot::{Found, Snapshot};
use super::touched::Touched;
use crate::diagnostic::{self, Diagnostic};
use crate::manifest::Fingerprint;
use crate::plan::{FileSource, Page};

/// How often a page is tried whose source changes while it is made.
const TRIES: usize = 3;
/// What a browser gets for a page that could not be made yet.
const NOTHING_YET: &str = include_str!("browser/nothing.html");

/// What a browser gets for a path.
pub(super) enum Look {
    /// A page.
    Page(Arc<Made>),
    /// A file, and its path on the site.
    File(FileSource, String),
    /// Another path or URL, with the status that says so.
    Elsewhere(String, u16),
}

impl Live {
    /// What a browser gets for a path.
    pub(super) fn look(&self, sight: &Sight) -> Look {
        let Some((snapshot, number)) = self.snapshot(sight.choice) else {
            let problems = self.problems(sight.choice, Vec::new());
            return Look::Page(nothing(problems.into_iter().find(Diagnostic::is_error)));
        };
        let rule = snapshot.rules().find(&sight.path);
        let view = Viewed { live: self, sight, snapshot: &snapshot, number };
        match (rule.as_ref().filter(|rule| rule.forced), snapshot.find(&sight.path)) {
            (None, Found::Page(page)) => view.page(page, 200),
            (None, Found::File(source, name)) => Look::File(source, name),
            (None, Found::Moved(to)) => Look::Elsewhere(to, 301),
            _ => rule.and_then(|rule| view.by_rule(rule)).unwrap_or_else(|| view.not_found()),
        }
    }

    /// Opens a file, if it is still one of the site: since it was found, a link may have taken its place.
    pub(super) fn open(&self, file: &Path) -> io::Result<File> {
        handle::open(&self.options.site, file)
    }
}

/// The site as a browser looks at it.
struct Viewed<'a> {
    live: &'a Live,
    sight: &'a Sight,
    snapshot: &'a Arc<Snapshot>,
    /// Of its state.
    number: u64,
}

impl Viewed<'_> {
    /// Where a rule of the site leads; `None` if it leads nowhere.
    fn by_rule(&self, rule: rules::Found) -> Option<Look> {
        if !matches!(rule.status, 200 | 404) {
            return Some(Look::Elsewhere(rule.to, rule.status));
        }
        let path = |to: &str| {
            let path = to.split(['?', '#']).next().unwrap_or_default();
            percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
        };
        let found = match self.snapshot.find(&path(&rule.to)) {
            // A host that shows something in place does not send the browser there.
            Found::Moved(to) => self.snapshot.find(&path(&to)),
            found => found,
        };
        match found {
            Found::Page(page) => Some(self.page(page, rule.status)),
            Found::File(source, name) => Some(Look::File(source, name)),
            Found::Moved(_) | Found::Nothing => None,
        }
    }

    /// What the host of the site shows for what it does not have.
    fn not_found(&self) -> Look {
        self.snapshot.not_found().map_or_else(|| Look::Page(nothing(None)), |page| self.page(page, 404))
    }

    fn page(&self, page: &Page, status: u16) -> Look {
        let before = self.live.kept.get(self.sight);
        if let Some((_, made)) = before.as_ref().filter(|(known, _)| *known == self.number) {
            return Look::Page(Arc::clone(made));
        }
        let subject = self.snapshot.subject(page);
        let made = match self.try_to_make(page) {
            Ok(bytes) => {
                self.live.tell_of_page(self.sight, None);
                let state = Fingerprint::of_bytes(&bytes);
                Made { status, file: page.route.file_path(), subject, bytes, state, problem: None }
            }
            Err(problem) => {
                // What keeps an article from being read is reported of its source.
                let problem = Some(problem).filter(|problem| problem.code != "content/changed");
                self.live.tell_of_page(self.sight, problem.as_ref());
                // What was there before is better than nothing, unless it was something else or readers see it no more.
                match before.filter(|(_, made)| subject != Subject::Hidden && made.subject == subject) {
                    Some((_, made)) => Made { problem, ..Made::clone(&made) },
                    None => return Look::Page(nothing(problem)),
                }
            }
        };
        let made = Arc::new(made);
        self.live.kept.put(self.sight, self.number, &made);
        Look::Page(made)
    }

    /// Makes a page. If its source changes meanwhile, it is read again at once, without waiting for the system to tell.
    fn try_to_make(&self, page: &Page) -> Result<Vec<u8>, Diagnostic> {
        let (mut snapshot, mut page) = (Arc::clone(self.snapshot), page.clone());
        let mut tries = 0;
        loop {
            let problem = match snapshot.render(&page) {
                Ok(bytes) => return Ok(bytes),
                Err(problem) => problem,
            };
            tries += 1;
            let source = problem.place.as_ref().and_then(|place| place.file.strip_prefix("content/"));
            let is_new = |source: &&str| {
                problem.code == "content/changed" && !snapshot.edition().content.is_broken(source)
            };
            let Some(source) = source.filter(|source| is_new(source) && tries < TRIES) else {
                return Err(problem);
            };
            let taken_in = self.live.take_in(&Touched::content(source));
            let now = taken_in.and_then(|_| self.live.snapshot(self.sight.choice));
            let Some((now, _)) = now else { return Err(problem) };
            snapshot = now;
            match snapshot.find(&self.sight.path) {
                Found::Page(now) => page = now.clone(),
                _ => return Err(problem),
            }
        }
    }
}

/// A page that says that there is none yet.
fn nothing(problem: Option<Diagnostic>) -> Arc<Made> {
    let reason = problem.as_ref().map_or_else(String::new, |problem| {
        format!("<pre>{}</pre>\n", browser::escaped(&diagnostic::human::render(problem, false)))
    });
    let bytes = NOTHING_YET.replace("{reason}", &reason).into_bytes();
    let state = Fingerprint::of_bytes(&bytes);
    let file = "nothing.html".to_owned();
    Arc::new(Made { status: 503, file, subject: Subject::Hidden, bytes, state, problem })
}
