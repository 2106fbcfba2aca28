//! A site's folder and an instant → all that a desk would be embarrassed by. Nothing is written.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Progress, Request, Run, page_builder, write_ids};
use crate::archive::{Reason, Visibility};
use crate::content::{ArticleId, SourceCache, editors_notes, problems_of_pictures, unreviewed};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::freshness::PreviousBuild;
use crate::plan::Page;
use crate::query::{Dependency, Queries, Query};
use crate::render::{PreparedPage, Renderer};
use crate::theme::{self, limits};

/// What came of it.
#[derive(Debug)]
pub struct Checked {
    /// Everything that is wrong, sorted by file.
    pub diagnostics: Vec<Diagnostic>,
    /// How many stories have no `id`, so that feeds know them by the path of their file.
    pub without_id: usize,
    /// How many articles were looked at; `None` if the settings or the theme cannot be read.
    pub articles: Option<usize>,
}

/// Checks a site: as a build does, with every page made in memory; and what no build minds. Of the request the site, the view
/// and `strict` matter. Of earlier builds only the URLs and ids that they gave are asked, so that all sources are read and no lock is
/// needed.
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
        self.diagnostics.extend(embarrassments(&edition));
        let site = &self.request.site;
        let previous = PreviousBuild::open(site, &site.output(), false);
        self.check_history(&edition, &previous, None);
        let queries = Arc::new(Queries::new(edition, site.data()));
        let renderer = Renderer::new(theme, queries);
        self.diagnostics.extend(problems_of_pages(&renderer, progress));
        Some(counts)
    }
}

/// What no build minds: fields of imported drafts that nobody has looked at, what pictures lack that readers see, and notes to the
/// desk that they would.
fn embarrassments(edition: &Edition) -> Vec<Diagnostic> {
    let articles: Vec<ArticleId> = edition.content.iter().map(|(id, _)| id).collect();
    articles.par_iter().flat_map_iter(|id| of_article(edition, *id)).collect()
}

fn of_article(edition: &Edition, id: ArticleId) -> Vec<Diagnostic> {
    let Edition { content, archive, .. } = edition;
    let article = content.get(id);
    // What is scheduled comes out when nobody is looking.
    let is_for_readers = match archive.visibility(id) {
        Visibility::Shown | Visibility::Hidden(Reason::Embargoed | Reason::Scheduled) => true,
        Visibility::Withdrawn | Visibility::Hidden(Reason::Draft | Reason::Withheld | Reason::Expired) => {
            false
        }
    };
    let mut problems = Vec::new();
    if is_for_readers {
        problems.extend(problems_of_pictures(content, article));
        problems.extend(editors_notes(content, article));
    }
    problems.extend(unreviewed(content, article));
    problems
}

/// Makes every page in memory, and gives what is wrong with them.
fn problems_of_pages(renderer: &Renderer, progress: &dyn Progress) -> Vec<Diagnostic> {
    let plan = &renderer.edition().plan;
    let pages = plan.pages();
    progress.total(pages.len());
    let mut asked = BTreeSet::new();
    let mut problems = proofread(renderer, pages, &mut asked, progress);
    let more = page_builder::fingerprinted_files(renderer, &asked);
    problems.extend(theme::check_queries(renderer.theme(), renderer.queries(), &asked));
    progress.total(pages.len() + more.len());
    problems.extend(plan.taken(&more));
    let headers = renderer.headers_page(more.iter().map(|page| &page.route));
    let more: Vec<Page> = more.iter().cloned().chain(headers).collect();
    problems.extend(proofread(renderer, &more, &mut BTreeSet::new(), progress));
    problems
}

/// Makes a page; gives what it asked. Of a file that is copied, nothing but whether it can be read matters.
fn dependencies(renderer: &Renderer, job: &PreparedPage<'_>) -> Result<Vec<Arc<Dependency>>, Diagnostic> {
    match job.copied_file() {
        Some(_) => renderer.check_copy(job).map(|()| Vec::new()),
        None => renderer.render(job).map(|rendered| rendered.dependencies),
    }
}

/// What a page asked, or why it could not be made.
type PageRecord = Result<Vec<Arc<Dependency>>, Diagnostic>;

/// Makes some pages; takes down what they ask.
fn proofread(
    renderer: &Renderer,
    pages: &[Page],
    asked: &mut BTreeSet<Query>,
    progress: &dyn Progress,
) -> Vec<Diagnostic> {
    let made = |at: &usize| {
        let page = &pages[*at];
        let dependencies = renderer.prepare(page).and_then(|job| dependencies(renderer, &job));
        renderer.release(page);
        progress.page();
        (*at, dependencies)
    };
    let mut made: Vec<(usize, PageRecord)> =
        page_builder::by_time(renderer, pages).par_iter().map(made).collect();
    made.par_sort_unstable_by_key(|(at, _)| *at);
    let mut problems = Vec::new();
    for (at, dependencies) in made {
        match dependencies {
            Ok(dependencies) => asked.extend(dependencies.iter().map(|read| read.query.clone())),
            Err(problem) => problems.push((&pages[at], problem)),
        }
    }
    page_builder::merge_repeated(problems)
}
