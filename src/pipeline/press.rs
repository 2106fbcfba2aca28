//! The pages of a plan → their files: those that are fresh kept, the others made.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;

use super::Progress;
use crate::content::SourceCache;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::edition::Edition;
use crate::freshness::{Before, Changed, Explanation, Made, Reason, Record, Words};
use crate::manifest::{Fingerprint, Stat};
use crate::output::{File, Output};
use crate::plan::{FileSource, Page, PageKind, Route};
use crate::render::Renderer;
use crate::theme::queries::{Mention, Query};
use crate::theme::{Read, doubts};
use crate::timings::Recorder;

/// The code of problems with files that cannot be written.
const CANNOT_WRITE: &str = "output/cannot-write";

/// What pages are made with.
pub(super) struct Press<'a> {
    pub(super) renderer: &'a Renderer,
    pub(super) output: &'a Output,
    pub(super) before: Before,
    pub(super) changed: Changed,
    pub(super) progress: &'a dyn Progress,
    pub(super) timings: Option<&'a Recorder>,
}

/// The pages of a build.
#[derive(Default)]
pub(super) struct Printed {
    pub(super) pages: Vec<Record>,
    /// Pages that were made.
    pub(super) made: Vec<News>,
    pub(super) problems: Vec<Diagnostic>,
}

/// A page that was made.
pub(super) struct News {
    page: Page,
    /// Its place among the pages of the build.
    place: usize,
    is_staged: bool,
    why: Why,
}

/// Why a page was made; `None` for a new one, as most are in the first build of an archive.
type Why = Option<Box<Stale>>;

/// A page that is not right any more.
struct Stale {
    reasons: Vec<Reason>,
    /// The stories that the list had.
    was: Vec<Mention>,
}

/// What came of a page.
enum Done {
    Kept(u32, Option<Stat>),
    Made {
        made: Box<Made>,
        /// The place of the page that was there before.
        before: Option<u32>,
        reads: Vec<Arc<Read>>,
        is_staged: bool,
        why: Why,
    },
}

impl Press<'_> {
    /// Prints pages, then the files that they ask for under a name with a fingerprint, then the headers of those.
    pub(super) fn print(&mut self, pages: &[Page]) -> Printed {
        let mut printed = Printed::default();
        self.progress.total(pages.len());
        self.print_some(pages, &mut printed);
        let questions: Vec<&Query> = self.before.questions(&printed.pages).collect();
        let more = fingerprinted(self.renderer, questions.iter().copied());
        printed.problems.extend(doubts::of(self.renderer.theme(), self.renderer.queries(), questions));
        self.progress.total(pages.len() + more.len());
        let taken = self.renderer.queries().edition().plan.taken(&more);
        printed.problems.extend(taken);
        self.print_some(&more, &mut printed);
        let headers: Vec<Page> =
            self.renderer.headers_page(more.iter().map(|page| &page.route)).into_iter().collect();
        self.print_some(&headers, &mut printed);
        if self.renderer.queries().edition().plan.collides() {
            // A file that is in the way of a folder has been reported as such.
            printed.problems.retain(|problem| problem.code != CANNOT_WRITE);
        }
        printed
    }

    fn print_some(&mut self, pages: &[Page], printed: &mut Printed) {
        let print = |at: &usize| {
            let done = self.page(&pages[*at]);
            self.renderer.let_go(&pages[*at]);
            self.progress.page();
            (*at, done)
        };
        let mut done: Vec<(usize, Result<Done, Diagnostic>)> =
            by_time(self.renderer, pages).par_iter().map(print).collect();
        done.par_sort_unstable_by_key(|(at, _)| *at);
        let mut problems = Vec::new();
        for (at, done) in done {
            let page = &pages[at];
            match done {
                Ok(Done::Kept(place, stat)) => printed.pages.push(Record::Kept(place, stat)),
                Ok(Done::Made { made, before, reads, is_staged, why }) => {
                    self.before.note(reads);
                    let place = printed.pages.len();
                    printed.made.push(News { page: page.clone(), place, is_staged, why });
                    printed.pages.push(Record::Made(made, before));
                }
                Err(problem) => problems.push((page, problem)),
            }
        }
        printed.problems.extend(once_each(problems));
    }

    fn page(&self, page: &Page) -> Result<Done, Diagnostic> {
        let job = self.renderer.prepare(page)?;
        let path = page.route.file_path();
        let known = self.before.page(&path);
        let now = known.and_then(|(_, made)| self.output.intact(&path, &made.hash, made.stat));
        let reasons = match known {
            None => Vec::new(),
            Some((_, made)) => self.changed.reasons(made, &job, now.is_some()),
        };
        if let (Some((place, made)), true) = (known, reasons.is_empty()) {
            // Found under another time, it is written down so that the next build need not compare bytes.
            return Ok(Done::Kept(place, now.filter(|_| made.stat != now)));
        }
        let started = self.timings.map(|timings| (timings, Instant::now()));
        let on_disk = known.and_then(|(_, made)| Some((made.hash, now?)));
        let (put, reads) = match job.copies() {
            Some(source) => {
                self.renderer.check_copy(&job)?;
                (self.output.put_copy(&path, source, on_disk)?, Vec::new())
            }
            None => {
                let rendered = self.renderer.render(&job)?;
                (self.output.put(&path, &rendered.bytes, on_disk)?, rendered.reads)
            }
        };
        if let Some((timings, started)) = started {
            timings.page(
                page.route.as_str(),
                job.template().unwrap_or("(no template)"),
                started,
                Instant::now(),
            );
        }
        let made = Box::new(Made {
            path: path.into(),
            inputs: job.inputs(),
            asked: reads.iter().map(|read| Fingerprint::of(&read.query)).collect(),
            stories: self.renderer.mentions(&job),
            hash: put.hash,
            stat: Some(put.stat),
        });
        let stale = |made: &Made| Box::new(Stale { reasons, was: made.stories.clone() });
        let (before, why) = known.map(|(place, made)| (place, stale(made))).unzip();
        Ok(Done::Made { made, before, reads, is_staged: put.is_staged, why })
    }

    /// The files of the pages, for the output folder.
    pub(super) fn files<'p>(&'p self, printed: &'p Printed) -> Vec<File<'p>> {
        let mut files: Vec<File<'_>> = printed
            .pages
            .iter()
            .map(|page| File { path: self.before.path(page), is_staged: false })
            .collect();
        printed.made.iter().for_each(|news| files[news.place].is_staged = news.is_staged);
        files
    }

    /// Looks at the files that were moved into the output folder, which may have changed their inodes' times.
    pub(super) fn look_again(&self, printed: &mut Printed) {
        let mut is_staged = vec![false; printed.pages.len()];
        printed.made.iter().for_each(|news| is_staged[news.place] = news.is_staged);
        printed.pages.par_iter_mut().zip(is_staged).filter(|(_, is_staged)| *is_staged).for_each(
            |(page, _)| {
                if let Record::Made(made, _) = page {
                    made.stat = made.stat.and_then(|put| self.output.moved(&made.path, put));
                }
            },
        );
    }

    /// Why each page was made that was.
    pub(super) fn explain(&self, printed: &Printed, sources: &SourceCache) -> Vec<Explanation> {
        let words = Words::new(&self.before, &self.changed, self.renderer, sources);
        let explain = |news: &News| {
            let Record::Made(now, _) = &printed.pages[news.place] else { return None };
            Some(Explanation {
                route: news.page.route.as_str().to_owned(),
                is_written: news.is_staged,
                reasons: match &news.why {
                    Some(why) => words.explain(&news.page, now, &why.reasons, &why.was),
                    None => vec!["no earlier build made it".to_owned()],
                },
            })
        };
        printed.made.iter().filter_map(explain).collect()
    }
}

/// The places of pages in the order of their newest stories, so that pages that show the same ones are rendered at about the
/// same time.
pub(super) fn by_time(renderer: &Renderer, pages: &[Page]) -> Vec<usize> {
    let Edition { archive, plan, .. } = renderer.queries().edition();
    let newest = |page: &Page| plan.shown_on(archive, &page.kind).first().map(|id| archive.rank(*id));
    let mut order: Vec<(Option<u32>, usize)> =
        pages.iter().enumerate().map(|(at, page)| (newest(page), at)).collect();
    order.par_sort_unstable();
    order.into_iter().map(|(_, at)| at).collect()
}

/// The files that pages ask for by `asset(…)`, of all that they ask.
pub(super) fn fingerprinted<'q>(
    renderer: &Renderer,
    questions: impl IntoIterator<Item = &'q Query>,
) -> Vec<Page> {
    let names = questions.into_iter().filter_map(|query| match query {
        Query::Asset(name) => Some(name),
        _ => None,
    });
    // A name that there is no file for was an error of the page that asked.
    let files = names.filter_map(|name| renderer.queries().fingerprinted(name).ok());
    let files: BTreeMap<Route, FileSource> = files.collect();
    files.into_iter().map(|(route, source)| Page { route, kind: PageKind::File(source) }).collect()
}

/// What is wrong for many pages, as a template or the disk, is reported once, with the first of them.
pub(super) fn once_each(problems: Vec<(&Page, Diagnostic)>) -> Vec<Diagnostic> {
    let mut kept: Vec<(Diagnostic, String, usize)> = Vec::new();
    let mut known: HashMap<(Option<Place>, String), usize> = HashMap::new();
    for (page, problem) in problems {
        // A full disk is full for all files.
        let place = problem.place.clone().filter(|_| problem.severity < Severity::Fatal);
        let key = (place, problem.message.clone());
        if let Some(&index) = known.get(&key) {
            kept[index].2 += 1;
            continue;
        }
        known.insert(key, kept.len());
        kept.push((problem, page.route.as_str().to_owned(), 0));
    }
    kept.into_iter()
        .map(|(problem, route, others)| match (problem.help.is_some(), others) {
            (true, _) => problem,
            (false, 0) => problem.help(format!("this was found at {route}")),
            (false, 1) => problem.help(format!("this was found at {route} and on one other page")),
            (false, others) => problem.help(format!("this was found at {route} and on {others} other pages")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_reported_once() {
        let page = Page { route: Route::root(), kind: PageKind::Front };
        let full = |file: &str| Diagnostic::fatal(CANNOT_WRITE, "no space").at(Place::file(file));
        let missing = |file: &str| Diagnostic::error("content/unreadable", "gone").at(Place::file(file));
        let problems = [full("a"), full("b"), missing("a"), missing("b")];
        assert_eq!(once_each(problems.into_iter().map(|problem| (&page, problem)).collect()).len(), 3);
    }
}
