//! A site's folder and an instant → everything that is wrong with the site. Writes nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Progress, Request, Run, page_builder, write_ids};
use crate::content::SourceCache;
use crate::diagnostic::Diagnostic;
use crate::freshness::PreviousBuild;
use crate::lint;
use crate::plan::Page;
use crate::query::{Dependency, Queries, Query};
use crate::render::{PreparedPage, Renderer};
use crate::theme::{self, limits};

/// The result of a check.
#[derive(Debug)]
pub struct Checked {
    /// All problems, sorted by file.
    pub diagnostics: Vec<Diagnostic>,
    /// How many stories have no `id`, so that feeds identify them by the path of their file.
    pub without_id: usize,
    /// How many articles were checked; `None` if the settings or the theme cannot be read.
    pub articles: Option<usize>,
}

/// Checks a site as a build does, rendering every page in memory, and for what builds ignore. Only the site, the view and `strict`
/// of the request count. Of earlier builds only their URLs and ids count, so that all sources are read and no lock is needed.
pub fn check(request: &Request, progress: &dyn Progress) -> Checked {
    limits::prepare_threads();
    let mut run = Run::new(request);
    let checked = run.check(progress);
    if request.strict {
        run.diagnostics.deny_warnings();
    }
    let (articles, without_id) = checked.unzip();
    Checked {
        diagnostics: run.diagnostics.into_sorted(),
        without_id: without_id.unwrap_or_default(),
        articles,
    }
}

impl Run<'_> {
    fn check(&mut self, progress: &dyn Progress) -> Option<(usize, usize)> {
        let (theme, edition, _) = self.edition(|_, _| SourceCache::disabled())?;
        let counts = (edition.content.len(), write_ids::without_id(&edition.content).count());
        self.diagnostics.extend(lint::check(&edition));
        let site = &self.request.site;
        let previous = PreviousBuild::open(site, &site.output(), false);
        self.check_history(&edition, &previous, None);
        let queries = Arc::new(Queries::new(edition, site.data()));
        let renderer = Renderer::new(theme, queries);
        self.diagnostics.extend(problems_of_pages(&renderer, progress));
        Some(counts)
    }
}

/// Renders every page in memory and returns the problems.
fn problems_of_pages(renderer: &Renderer, progress: &dyn Progress) -> Vec<Diagnostic> {
    let plan = &renderer.edition().plan;
    let pages = plan.pages();
    progress.total(pages.len());
    let mut queried = BTreeSet::new();
    let mut problems = render_pages(renderer, pages, &mut queried, progress);
    let more = page_builder::fingerprinted_files(renderer, &queried);
    problems.extend(theme::check_queries(renderer.theme(), renderer.queries(), &queried));
    progress.total(pages.len() + more.len());
    problems.extend(plan.taken(&more));
    let headers = renderer.headers_page(more.iter().map(|page| &page.route));
    let more: Vec<Page> = more.iter().cloned().chain(headers).collect();
    problems.extend(render_pages(renderer, &more, &mut BTreeSet::new(), progress));
    problems
}

/// Renders a page and returns its dependencies. A copied file only has to be readable.
fn dependencies(renderer: &Renderer, job: &PreparedPage<'_>) -> Result<Vec<Arc<Dependency>>, Diagnostic> {
    match job.copied_file() {
        Some(_) => renderer.check_copy(job).map(|()| Vec::new()),
        None => renderer.render(job).map(|rendered| rendered.dependencies),
    }
}

/// The dependencies of a page, or why it failed to render.
type PageResult = Result<Vec<Arc<Dependency>>, Diagnostic>;

/// Renders some pages and collects their queries.
fn render_pages(
    renderer: &Renderer,
    pages: &[Page],
    queried: &mut BTreeSet<Query>,
    progress: &dyn Progress,
) -> Vec<Diagnostic> {
    let render = |at: &usize| {
        let page = &pages[*at];
        let dependencies = renderer.prepare(page).and_then(|job| dependencies(renderer, &job));
        renderer.release(page);
        progress.page();
        (*at, dependencies)
    };
    let mut rendered: Vec<(usize, PageResult)> =
        page_builder::by_time(renderer, pages).par_iter().map(render).collect();
    rendered.par_sort_unstable_by_key(|(at, _)| *at);
    let mut problems = Vec::new();
    for (at, dependencies) in rendered {
        match dependencies {
            Ok(dependencies) => queried.extend(dependencies.iter().map(|read| read.query.clone())),
            Err(problem) => problems.push((&pages[at], problem)),
        }
    }
    page_builder::merge_repeated(problems)
}
