//! A site's folder and an instant → all problems of the site, including those that do not affect a build. Nothing is written.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Progress, Request, Run, page_builder, write_ids};
use crate::content::SourceCache;
use crate::diagnostic::Diagnostic;
use crate::freshness::PreviousBuild;
use crate::lint;
use crate::pictures::Source;
use crate::plan::{Page, PageKind};
use crate::query::{Dependency, Queries, Query};
use crate::render::Renderer;
use crate::theme::{self, limits};

/// The result of a check.
#[derive(Debug)]
pub struct Checked {
    /// All problems, sorted by file.
    pub diagnostics: Vec<Diagnostic>,
    /// The number of stories without an `id`, which feeds identify by the path of their file.
    pub without_id: usize,
    /// The number of articles that were checked; `None` if the settings or the theme cannot be read.
    pub articles: Option<usize>,
}

/// Checks a site: renders every page in memory and adds editorial checks. Only the site, view and `strict` of the request matter. Of
/// earlier builds, only the URLs and ids are used, so all sources are read and no lock is needed.
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
        let pictures = self.pictures();
        let error_of =
            |file: &Path, source: &Source| super::pictures::error_of(&pictures, file, source, progress);
        let (theme, edition, _) = self.edition(&pictures, |_, _| SourceCache::disabled(), &error_of)?;
        let counts = (edition.content.len(), write_ids::without_id(&edition.content).count());
        self.diagnostics.extend(lint::check(&edition, &pictures));
        let site = &self.request.site;
        let previous = PreviousBuild::open(site, &site.output(), false);
        self.check_history(&edition, &previous, None);
        let queries = Arc::new(Queries::new(edition, site.data(), pictures));
        let renderer = Renderer::new(theme, queries);
        self.diagnostics.extend(problems_of_pages(&renderer, progress));
        Some(counts)
    }
}

/// Renders every page in memory and returns the problems.
fn problems_of_pages(renderer: &Renderer, progress: &dyn Progress) -> Vec<Diagnostic> {
    let plan = &renderer.edition().plan;
    let pages: Vec<&Page> = plan.pages().iter().collect();
    progress.total(pages.len());
    let mut queries = BTreeSet::new();
    let mut problems = render_all(renderer, &pages, &mut queries, progress);
    let assets = page_builder::fingerprinted_files(renderer, &queries);
    problems.extend(theme::check_queries(renderer.theme(), renderer.queries(), &queries));
    progress.total(pages.len() + assets.len());
    problems.extend(plan.taken(&assets));
    let headers = renderer.headers_page(assets.iter().map(|page| &page.route));
    let more: Vec<&Page> = assets.iter().chain(&headers).collect();
    problems.extend(render_all(renderer, &more, &mut BTreeSet::new(), progress));
    problems
}

/// Renders pages and collects their queries.
fn render_all(
    renderer: &Renderer,
    pages: &[&Page],
    queries: &mut BTreeSet<Query>,
    progress: &dyn Progress,
) -> Vec<Diagnostic> {
    let render = |index: &usize| {
        let page = pages[*index];
        let dependencies = dependencies(renderer, page);
        renderer.release(page);
        progress.page();
        (*index, dependencies)
    };
    let mut results: Vec<_> = page_builder::by_time(renderer, pages).par_iter().map(render).collect();
    results.par_sort_unstable_by_key(|(index, _)| *index);
    let mut problems = Vec::new();
    for (index, dependencies) in results {
        match dependencies {
            Ok(dependencies) => queries.extend(dependencies.iter().map(|one| one.query.clone())),
            Err(problem) => problems.push((pages[index], problem)),
        }
    }
    page_builder::merge_repeated(problems)
}

/// Renders a page and returns its dependencies. Files to copy are only checked, and pictures were when their story was read.
fn dependencies(renderer: &Renderer, page: &Page) -> Result<Vec<Arc<Dependency>>, Diagnostic> {
    if matches!(page.kind, PageKind::Picture(..)) {
        return Ok(Vec::new());
    }
    let prepared = renderer.prepare(page)?;
    match renderer.copied_file(&prepared) {
        Some(_) => renderer.check_copy(&prepared).map(|()| Vec::new()),
        None => renderer.render(&prepared).map(|rendered| rendered.dependencies),
    }
}
