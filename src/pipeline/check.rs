//! A site's folder and an instant → everything that is wrong with the site. Writes nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Progress, Request, Run, press, write_ids};
use crate::content::Known;
use crate::diagnostic::Diagnostic;
use crate::freshness::Before;
use crate::lint;
use crate::plan::Page;
use crate::render::{Job, Renderer};
use crate::theme::queries::Query;
use crate::theme::{Queries, Read, doubts, limits};

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
        let (theme, edition) = self.edition(|_, _| Known::default())?;
        let counts = (edition.content.len(), write_ids::without(&edition.content).count());
        self.diagnostics.extend(lint::check(&edition));
        let site = &self.request.site;
        let before = Before::open(site, &site.output(), false);
        self.notes(&edition, &before, None);
        let queries = Arc::new(Queries::new(edition, site.data()));
        let renderer = Renderer::new(theme, queries);
        self.diagnostics.extend(problems_of_pages(&renderer, progress));
        Some(counts)
    }
}

/// Renders every page in memory and returns the problems.
fn problems_of_pages(renderer: &Renderer, progress: &dyn Progress) -> Vec<Diagnostic> {
    let plan = &renderer.queries().edition().plan;
    let pages = plan.pages();
    progress.total(pages.len());
    let mut asked = BTreeSet::new();
    let mut problems = render_pages(renderer, pages, &mut asked, progress);
    let more = press::fingerprinted(renderer, &asked);
    problems.extend(doubts::of(renderer.theme(), renderer.queries(), &asked));
    progress.total(pages.len() + more.len());
    problems.extend(plan.taken(&more));
    let headers = renderer.headers_page(more.iter().map(|page| &page.route));
    let more: Vec<Page> = more.iter().cloned().chain(headers).collect();
    problems.extend(render_pages(renderer, &more, &mut BTreeSet::new(), progress));
    problems
}

/// Renders a page and returns what it read. A copied file only has to be readable.
fn reads(renderer: &Renderer, job: &Job<'_>) -> Result<Vec<Arc<Read>>, Diagnostic> {
    match job.copies() {
        Some(_) => renderer.check_copy(job).map(|()| Vec::new()),
        None => renderer.render(job).map(|rendered| rendered.reads),
    }
}

/// What a page read, or why it failed to render.
type PageReads = Result<Vec<Arc<Read>>, Diagnostic>;

/// Renders some pages and collects what they query.
fn render_pages(
    renderer: &Renderer,
    pages: &[Page],
    asked: &mut BTreeSet<Query>,
    progress: &dyn Progress,
) -> Vec<Diagnostic> {
    let render = |at: &usize| {
        let page = &pages[*at];
        let reads = renderer.prepare(page).and_then(|job| reads(renderer, &job));
        renderer.let_go(page);
        progress.page();
        (*at, reads)
    };
    let mut rendered: Vec<(usize, PageReads)> =
        press::by_time(renderer, pages).par_iter().map(render).collect();
    rendered.par_sort_unstable_by_key(|(at, _)| *at);
    let mut problems = Vec::new();
    for (at, reads) in rendered {
        match reads {
            Ok(reads) => asked.extend(reads.iter().map(|read| read.query.clone())),
            Err(problem) => problems.push((&pages[at], problem)),
        }
    }
    press::once_each(problems)
}
