//! The pages of a plan → their files: fresh pages are kept, the others are rendered.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;

use super::Progress;
use crate::content::SourceCache;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::edition::Edition;
use crate::freshness::{
    BuiltPage, ChangedAnswers, Explainer, Explanation, PageRecord, PreviousBuild, StaleReason,
};
use crate::manifest::{Fingerprint, Stat};
use crate::output::{File, Output};
use crate::pictures::{Form, PublishedPicture, Rendition};
use crate::plan::{FileSource, Page, PageKind, RenditionFile, Route};
use crate::query::{Dependency, Query, StoryReference};
use crate::render::Renderer;
use crate::theme;
use crate::timings::Recorder;

/// The code of problems with files that cannot be written.
const CANNOT_WRITE: &str = "output/cannot-write";

/// Builds the pages of one edition.
pub(super) struct PageBuilder<'a> {
    pub(super) renderer: &'a Renderer,
    pub(super) output: &'a Output,
    pub(super) previous: PreviousBuild,
    pub(super) changed: ChangedAnswers,
    pub(super) progress: &'a dyn Progress,
    pub(super) timings: Option<&'a Recorder>,
}

/// The pages of a build.
#[derive(Default)]
pub(super) struct BuiltPages {
    pub(super) pages: Vec<BuiltPage>,
    pub(super) rendered: Vec<RenderedPage>,
    pub(super) problems: Vec<Diagnostic>,
    /// The files that are not in the plan: those whose names change with their bytes, and `_headers`.
    pub(super) unplanned: Vec<Page>,
}

/// A page that was rendered.
pub(super) struct RenderedPage {
    page: Page,
    /// Its index in [`BuiltPages::pages`].
    index: usize,
    is_staged: bool,
    stale: Option<Box<Stale>>,
}

/// Why an earlier page was rendered again. New pages, which are most in the first build of an archive, have none.
struct Stale {
    reasons: Vec<StaleReason>,
    /// The stories that the list had before.
    earlier_stories: Vec<StoryReference>,
}

/// The outcome of building a page.
enum Built {
    Kept(u32, Option<Stat>),
    Rendered {
        record: Box<PageRecord>,
        /// The index of the earlier page at the same path.
        previous: Option<u32>,
        dependencies: Vec<Arc<Dependency>>,
        is_staged: bool,
        stale: Option<Box<Stale>>,
    },
}

impl PageBuilder<'_> {
    /// Builds the planned pages except pictures, then the fingerprinted files that they use.
    pub(super) fn build(&mut self, pages: &[Page]) -> BuiltPages {
        let mut built = BuiltPages::default();
        let pages: Vec<&Page> = pages.iter().filter(|page| !is_picture(page)).collect();
        self.progress.total(pages.len());
        self.build_all(&pages, &mut built);
        let queries: Vec<&Query> = self.previous.queries_of(&built.pages).collect();
        let assets = fingerprinted_files(self.renderer, queries.iter().copied());
        built.problems.extend(theme::check_queries(self.renderer.theme(), self.renderer.queries(), queries));
        self.progress.total(pages.len() + assets.len());
        let plan = &self.renderer.edition().plan;
        built.problems.extend(plan.taken(&assets));
        self.build_all(&assets.iter().collect::<Vec<_>>(), &mut built);
        built.unplanned = assets;
        self.drop_known_collisions(&mut built);
        built
    }

    /// Builds the planned pictures and the renditions that the pages use, then the `_headers` for all files whose names change with their bytes.
    pub(super) fn build_pictures(&mut self, pages: &[Page], built: &mut BuiltPages) {
        let renditions = renditions(self.renderer, self.previous.queries_of(&built.pages));
        let pictures: Vec<&Page> = pages.iter().filter(|page| is_picture(page)).chain(&renditions).collect();
        self.make_renditions(&pictures);
        self.progress.total(built.pages.len() + pictures.len());
        self.build_all(&pictures, built);
        // One rule covers them all.
        let rendition = pictures.iter().map(|page| page.route.clone()).find(Route::is_rendition);
        let needed = || pictures.iter().filter_map(|page| rendition_of(page)).collect();
        self.renderer.queries().pictures().prune(self.renderer.edition().config.pictures.cache_days, needed);
        let lasting = built.unplanned.iter().map(|page| &page.route).chain(&rendition);
        let headers = self.renderer.headers_page(lasting);
        self.build_all(&headers.iter().collect::<Vec<_>>(), built);
        built.unplanned.extend(renditions.into_iter().chain(headers));
        self.drop_known_collisions(built);
    }

    /// Where a file is in the way of a folder, the collision has been reported already.
    fn drop_known_collisions(&self, built: &mut BuiltPages) {
        if self.renderer.edition().plan.collides() {
            built.problems.retain(|problem| problem.code != CANNOT_WRITE);
        }
    }

    /// Makes the renditions that are neither in the output folder nor kept. Errors are those of the pages.
    fn make_renditions(&self, pages: &[&Page]) {
        let is_there = |page: &&Page| {
            let path = page.route.file_path();
            let known = self.previous.page(&path);
            known.is_some_and(|(_, record)| self.output.intact(&path, &record.hash, record.stat).is_some())
        };
        let wanted = pages.par_iter().filter_map(|page| match &page.kind {
            PageKind::Picture(_, picture)
                if matches!(picture.form, Form::Rendition(_)) && !is_there(page) =>
            {
                Some(PublishedPicture::clone(picture))
            }
            _ => None,
        });
        let wanted: Vec<PublishedPicture> = wanted.collect();
        if wanted.is_empty() {
            return;
        }
        self.progress.pictures(wanted.len());
        self.renderer.queries().pictures().make(&wanted, &|made| {
            self.progress.picture();
            if let Some(timings) = self.timings {
                let name = made.file.file_name().unwrap_or_default().to_string_lossy();
                let file = RenditionFile::new(made.rendition, &name);
                timings.picture(made.worker, file.route.as_str(), made.started, Instant::now());
            }
        });
        self.progress.pictures_done();
    }

    fn build_all(&mut self, pages: &[&Page], built: &mut BuiltPages) {
        let build = |index: &usize| {
            let result = self.build_page(pages[*index]);
            self.renderer.release(pages[*index]);
            self.progress.page();
            (*index, result)
        };
        let mut results: Vec<(usize, Result<Built, Diagnostic>)> =
            by_time(self.renderer, pages).par_iter().map(build).collect();
        results.par_sort_unstable_by_key(|(index, _)| *index);
        let mut problems = Vec::new();
        for (index, result) in results {
            let page = pages[index];
            match result {
                Ok(Built::Kept(previous, stat)) => built.pages.push(BuiltPage::Kept(previous, stat)),
                Ok(Built::Rendered { record, previous, dependencies, is_staged, stale }) => {
                    self.previous.add_answers(dependencies);
                    let index = built.pages.len();
                    built.rendered.push(RenderedPage { page: page.clone(), index, is_staged, stale });
                    built.pages.push(BuiltPage::Rendered(record, previous));
                }
                Err(problem) => problems.push((page, problem)),
            }
        }
        built.problems.extend(merge_repeated(problems));
    }

    fn build_page(&self, page: &Page) -> Result<Built, Diagnostic> {
        let prepared = self.renderer.prepare(page)?;
        let path = page.route.file_path();
        let known = self.previous.page(&path);
        let intact = known.and_then(|(_, record)| self.output.intact(&path, &record.hash, record.stat));
        let reasons = match known {
            None => Vec::new(),
            Some((_, record)) => self.changed.reasons(record, &prepared, intact.is_some()),
        };
        if let (Some((index, record)), true) = (known, reasons.is_empty()) {
            // Save new metadata of an unchanged file, so that the next build need not compare its bytes.
            return Ok(Built::Kept(index, intact.filter(|_| record.stat != intact)));
        }
        let started = self.timings.map(|timings| (timings, Instant::now()));
        let on_disk = known.and_then(|(_, record)| Some((record.hash, intact?)));
        let (put, dependencies) = match self.renderer.copied_file(&prepared) {
            Some(source) => {
                self.renderer.check_copy(&prepared)?;
                (self.output.put_copy(&path, &source, on_disk)?, Vec::new())
            }
            None => {
                let rendered = self.renderer.render(&prepared)?;
                (self.output.put(&path, &rendered.bytes, on_disk)?, rendered.dependencies)
            }
        };
        if let Some((timings, started)) = started {
            let template = prepared.template().unwrap_or("(no template)");
            timings.page(page.route.as_str(), template, started, Instant::now());
        }
        let record = Box::new(PageRecord {
            path: path.into(),
            inputs: prepared.inputs(),
            queries: dependencies.iter().map(|dependency| Fingerprint::of(&dependency.query)).collect(),
            stories: self.renderer.references(&prepared),
            hash: put.hash,
            stat: Some(put.stat),
        });
        let stale =
            |record: &PageRecord| Box::new(Stale { reasons, earlier_stories: record.stories.clone() });
        let (previous, stale) = known.map(|(index, record)| (index, stale(record))).unzip();
        Ok(Built::Rendered { record, previous, dependencies, is_staged: put.is_staged, stale })
    }

    /// The files of the pages, for the output folder.
    pub(super) fn files<'p>(&'p self, built: &'p BuiltPages) -> Vec<File<'p>> {
        let mut files: Vec<File<'_>> = built
            .pages
            .iter()
            .map(|page| File { path: self.previous.path(page), is_staged: false })
            .collect();
        built.rendered.iter().for_each(|page| files[page.index].is_staged = page.is_staged);
        files
    }

    /// Reads the metadata of the files that were moved into the output folder again, as moving may have changed it.
    pub(super) fn refresh_metadata(&self, built: &mut BuiltPages) {
        let mut is_staged = vec![false; built.pages.len()];
        built.rendered.iter().for_each(|page| is_staged[page.index] = page.is_staged);
        built.pages.par_iter_mut().zip(is_staged).filter(|(_, is_staged)| *is_staged).for_each(
            |(page, _)| {
                if let BuiltPage::Rendered(record, _) = page {
                    record.stat = record.stat.and_then(|put| self.output.moved(&record.path, put));
                }
            },
        );
    }

    /// Explains why each page was rendered.
    pub(super) fn explain(&self, built: &BuiltPages, sources: &SourceCache) -> Vec<Explanation> {
        let explainer = Explainer::new(&self.previous, &self.changed, self.renderer, sources);
        let explain = |rendered: &RenderedPage| {
            let RenderedPage { page, index, is_staged, stale } = rendered;
            let BuiltPage::Rendered(now, _) = &built.pages[*index] else { return None };
            Some(Explanation {
                route: page.route.as_str().to_owned(),
                is_written: *is_staged,
                reasons: match stale {
                    Some(stale) => explainer.explain(page, now, &stale.reasons, &stale.earlier_stories),
                    None => vec!["the page is new".to_owned()],
                },
            })
        };
        built.rendered.iter().filter_map(explain).collect()
    }
}

fn is_picture(page: &Page) -> bool {
    matches!(page.kind, PageKind::Picture(..))
}

fn rendition_of(page: &Page) -> Option<Rendition> {
    match &page.kind {
        PageKind::Picture(_, picture) => match picture.form {
            Form::Rendition(rendition) => Some(rendition),
            Form::Original | Form::Signed => None,
        },
        _ => None,
    }
}

/// The indices of pages in the order of their newest stories, so that pages that share stories are rendered at about the same time.
pub(super) fn by_time(renderer: &Renderer, pages: &[&Page]) -> Vec<usize> {
    let Edition { archive, plan, .. } = renderer.edition();
    let newest = |page: &Page| plan.shown_on(archive, &page.kind).first().map(|id| archive.rank(*id));
    let mut order: Vec<(Option<u32>, usize)> =
        pages.iter().enumerate().map(|(index, page)| (newest(page), index)).collect();
    order.par_sort_unstable();
    order.into_iter().map(|(_, index)| index).collect()
}

/// The pages of the files that queries request by `asset()`.
pub(super) fn fingerprinted_files<'q>(
    renderer: &Renderer,
    queries: impl IntoIterator<Item = &'q Query>,
) -> Vec<Page> {
    let names = queries.into_iter().filter_map(|query| match query {
        Query::Asset(name) => Some(name),
        _ => None,
    });
    // A missing file was reported as an error of the page that requested it.
    let files = names.filter_map(|name| renderer.queries().fingerprinted(name).ok());
    let files: BTreeMap<Route, FileSource> = files.collect();
    files.into_iter().map(|(route, source)| Page { route, kind: PageKind::File(source) }).collect()
}

/// The pages of the renditions that queries request by `picture()`, and that are not planned anyway.
pub(super) fn renditions<'q>(renderer: &Renderer, queries: impl IntoIterator<Item = &'q Query>) -> Vec<Page> {
    let wanted = queries.into_iter().filter_map(|query| match query {
        Query::Picture(wanted) => Some(wanted),
        _ => None,
    });
    let pages = wanted.flat_map(|wanted| renderer.queries().renditions(wanted));
    let pages: BTreeMap<Route, Page> = pages.map(|page| (page.route.clone(), page)).collect();
    let plan = &renderer.edition().plan;
    pages.into_values().filter(|page| plan.page(&page.route).is_none()).collect()
}

/// Merges a problem that many pages share, such as a broken template or a full disk, into one report at the first page.
pub(super) fn merge_repeated(problems: Vec<(&Page, Diagnostic)>) -> Vec<Diagnostic> {
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
            (false, 0) => problem.help(format!("found while rendering {route}")),
            (false, 1) => problem.help(format!("found while rendering {route} and 1 other page")),
            (false, others) => {
                problem.help(format!("found while rendering {route} and {others} other pages"))
            }
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
        assert_eq!(merge_repeated(problems.into_iter().map(|problem| (&page, problem)).collect()).len(), 3);
    }
}
