//! A path → the page, file or redirect that a browser gets.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::Path;
use std::sync::Arc;

use super::LiveSite;
use super::page_cache::{CachedPage, Subject};
use super::snapshot::{Lookup, Snapshot};
use crate::diagnostic::{self, Diagnostic};
use crate::host_files::Redirect;
use crate::manifest::Fingerprint;
use crate::pictures::{HEAD, Publishable, PublishedPicture, may_be_picture, publishable};
use crate::plan::{FileSource, Page};
use crate::serve::changes::FileChanges;
use crate::serve::events::PageView;
use crate::serve::{browser, open_file};

/// How often rendering is retried if the source file changes meanwhile.
const MAX_TRIES: usize = 3;
/// The page for a page that cannot be shown yet.
const UNAVAILABLE: &str = include_str!("../browser/unavailable.html");

/// What a browser gets for a path.
pub(in crate::serve) enum Resolved {
    /// A page.
    Page(Arc<CachedPage>),
    /// A file, and its path on the site.
    File(FileSource, String),
    /// A picture, and its path on the site.
    Picture(Arc<PublishedPicture>, String),
    /// A path or URL to go to, with the status.
    Redirect(String, u16),
}

impl LiveSite {
    /// Resolves a path.
    pub(in crate::serve) fn resolve(&self, view: &PageView) -> Resolved {
        let Some((snapshot, generation)) = self.snapshot(view.options) else {
            let problems = self.problems(view.options, Vec::new());
            return Resolved::Page(unavailable(problems.into_iter().find(Diagnostic::is_error)));
        };
        let rule = snapshot.rules().find(&view.path);
        let resolver = Resolver { live: self, view, snapshot: &snapshot, generation };
        match (rule.as_ref().filter(|rule| rule.forced), snapshot.look_up(&view.path)) {
            (None, Lookup::Page(page)) => resolver.page(page, 200),
            (None, Lookup::File(source, name)) => Resolved::File(source, name),
            (None, Lookup::Picture(picture, name)) => Resolved::Picture(picture, name),
            (None, Lookup::Redirect(to)) => Resolved::Redirect(to, 301),
            _ => rule.and_then(|rule| resolver.by_rule(rule)).unwrap_or_else(|| resolver.not_found()),
        }
    }

    /// Opens a file if it still belongs to the site: a symbolic link may have replaced it.
    pub(in crate::serve) fn open(&self, file: &Path) -> io::Result<File> {
        open_file::open(&self.options.site, file)
    }

    /// What a build would publish of an open file.
    pub(in crate::serve) fn cleaned(&self, path: &Path, mut file: File) -> Cleaned {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (mut head, mut bytes) = (Vec::new(), Vec::new());
        let read = (&file).take(HEAD as u64).read_to_end(&mut head).and_then(|_| file.rewind());
        if read.is_err() || !may_be_picture(&name, &head) {
            return Cleaned::File(file);
        }
        if file.read_to_end(&mut bytes).and_then(|_| file.rewind()).is_err() {
            return Cleaned::File(file);
        }
        match publishable(&name, &bytes, !path.starts_with(self.options.site.content())) {
            Publishable::AsItIs => Cleaned::File(file),
            Publishable::Cleaned(bytes) => Cleaned::Bytes(bytes),
            Publishable::Nothing(_) => Cleaned::Nothing,
        }
    }
}

/// What a preview sends of a file.
pub(in crate::serve) enum Cleaned {
    /// The file.
    File(File),
    /// A picture without its private metadata.
    Bytes(Vec<u8>),
    /// Nothing, because its metadata cannot be removed.
    Nothing,
}

/// The site in a browser's view.
struct Resolver<'a> {
    live: &'a LiveSite,
    view: &'a PageView,
    snapshot: &'a Arc<Snapshot>,
    /// The generation of the snapshot.
    generation: u64,
}

impl Resolver<'_> {
    /// Applies a redirect rule; `None` if its target does not exist.
    fn by_rule(&self, rule: Redirect) -> Option<Resolved> {
        if !matches!(rule.status, 200 | 404) {
            return Some(Resolved::Redirect(rule.to, rule.status));
        }
        let path = |to: &str| {
            let path = to.split(['?', '#']).next().unwrap_or_default();
            percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
        };
        let found = match self.snapshot.look_up(&path(&rule.to)) {
            // A host that rewrites a path does not redirect the browser.
            Lookup::Redirect(to) => self.snapshot.look_up(&path(&to)),
            found => found,
        };
        match found {
            Lookup::Page(page) => Some(self.page(page, rule.status)),
            Lookup::File(source, name) => Some(Resolved::File(source, name)),
            Lookup::Picture(picture, name) => Some(Resolved::Picture(picture, name)),
            Lookup::Redirect(_) | Lookup::NotFound => None,
        }
    }

    /// The site's own error page.
    fn not_found(&self) -> Resolved {
        self.snapshot
            .not_found()
            .map_or_else(|| Resolved::Page(unavailable(None)), |page| self.page(page, 404))
    }

    fn page(&self, page: &Page, status: u16) -> Resolved {
        let before = self.live.cache.get(self.view);
        if let Some((_, cached)) = before.as_ref().filter(|(known, _)| *known == self.generation) {
            return Resolved::Page(Arc::clone(cached));
        }
        let subject = self.snapshot.subject(page);
        let cached = match self.render(page) {
            Ok(bytes) => {
                self.live.report_page(self.view, None);
                let state = Fingerprint::of_bytes(&bytes);
                CachedPage { status, file: page.route.file_path(), subject, bytes, state, problem: None }
            }
            Err(problem) => {
                // A source file that cannot be read is reported for itself.
                let problem = Some(problem).filter(|problem| problem.code != "content/changed");
                self.live.report_page(self.view, problem.as_ref());
                // An older version is better than nothing, unless it was something else or is now hidden.
                match before.filter(|(_, cached)| subject != Subject::Hidden && cached.subject == subject) {
                    Some((_, cached)) => CachedPage { problem, ..CachedPage::clone(&cached) },
                    None => return Resolved::Page(unavailable(problem)),
                }
            }
        };
        let cached = Arc::new(cached);
        self.live.cache.put(self.view, self.generation, &cached);
        Resolved::Page(cached)
    }

    /// Renders a page. If its source file changes meanwhile, the file is read again without waiting for the watcher.
    fn render(&self, page: &Page) -> Result<Vec<u8>, Diagnostic> {
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
            let Some(source) = source.filter(|source| is_new(source) && tries < MAX_TRIES) else {
                return Err(problem);
            };
            let applied = self.live.apply(&FileChanges::content(source));
            let now = applied.and_then(|_| self.live.snapshot(self.view.options));
            let Some((now, _)) = now else { return Err(problem) };
            snapshot = now;
            match snapshot.look_up(&self.view.path) {
                Lookup::Page(now) => page = now.clone(),
                _ => return Err(problem),
            }
        }
    }
}

/// A page that says that there is none yet.
fn unavailable(problem: Option<Diagnostic>) -> Arc<CachedPage> {
    let reason = problem.as_ref().map_or_else(String::new, |problem| {
        format!("<pre>{}</pre>\n", browser::escaped(&diagnostic::human::render(problem, false)))
    });
    let bytes = UNAVAILABLE.replace("{reason}", &reason).into_bytes();
    let state = Fingerprint::of_bytes(&bytes);
    let file = "unavailable.html".to_owned();
    Arc::new(CachedPage { status: 503, file, subject: Subject::Hidden, bytes, state, problem })
}
