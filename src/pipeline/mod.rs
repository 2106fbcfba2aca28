//! A site's folder and an instant → the site in its output folder, or every reason why not.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::archive::{Reason, Taxonomy, View, Visibility};
use crate::config::Config;
use crate::content::{Article, ArticleId, Content, SourceCache};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::edition::Edition;
use crate::freshness::{self, Before, Explanation, Notes, Record};
use crate::manifest::Clock;
use crate::output::{Changes, Lock, Output};
use crate::plan::{self, Change, Happening, Route, next_change};
use crate::render::{self, Renderer};
use crate::site::SiteDir;
use crate::theme::{self, Queries, Theme, limits};
use crate::timings::Recorder;

pub mod against;
mod check;
mod ids;
mod lost;
mod press;
mod urls;
mod write_ids;

pub use check::{Checked, check};
use lost::Had;
use press::{Press, Printed};

/// What to build.
#[derive(Clone, Debug)]
pub struct Request {
    /// The site.
    pub site: SiteDir,
    /// The folder to build into. `None`: `public` in the site's folder.
    pub output: Option<PathBuf>,
    /// The instant whose site is built, and whether drafts are in it.
    pub view: View,
    /// Believe nothing of earlier builds, and write every file, changed or not.
    pub clean: bool,
    /// Take warnings for errors.
    pub strict: bool,
    /// Tell why each page was made that was.
    pub explain: bool,
    /// Takes down what the build spends its time on.
    pub timings: Option<Arc<Recorder>>,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// Everything that is wrong, sorted by file.
    pub diagnostics: Vec<Diagnostic>,
    /// What was built; `None` if nothing was written.
    pub built: Option<Built>,
    /// How long each phase took.
    pub phases: Vec<(&'static str, Duration)>,
}

/// What was built.
#[derive(Clone, Debug)]
pub struct Built {
    /// Articles that readers see, standing pages among them.
    pub articles: usize,
    /// Sources that were read; the others were as the last build knew them.
    pub sources_read: usize,
    /// Files of the site.
    pub pages: usize,
    /// How many of them were made; the others were as they should be.
    pub rendered: usize,
    /// What changed in the output folder.
    pub changes: Changes,
    /// How many articles readers do not see, by reason.
    pub held_back: Vec<(Reason, usize)>,
    /// When the next of them appears by itself.
    pub next: Option<Timestamp>,
    /// When the site next differs by itself.
    pub next_change: Option<NextChange>,
    /// Why pages were made, if that was asked for.
    pub explanations: Vec<Explanation>,
}

/// The next change of the site that nobody has to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextChange {
    /// When it comes.
    pub at: Timestamp,
    /// What happens.
    pub what: Happening,
    /// The file of the article that it happens to, relative to the site's folder.
    pub file: String,
    /// How many more things happen at that instant.
    pub others: usize,
}

/// How far a build is, called from many threads.
pub trait Progress: Sync {
    /// So many pages are to be rendered.
    fn total(&self, pages: usize);
    /// One of them is done.
    fn page(&self);
}

struct Run<'a> {
    request: &'a Request,
    site: SiteDir,
    diagnostics: Diagnostics,
    phases: Vec<(&'static str, Duration)>,
    started: Instant,
}

/// Builds a site. Nothing is written if anything is wrong. The lock shows that no other build of the site is running.
pub fn build(request: &Request, _lock: &Lock, progress: &dyn Progress) -> Outcome {
    limits::prepare_threads();
    let mut run = Run::new(request);
    let built = run.build(progress);
    if request.strict {
        run.diagnostics.deny_warnings();
    }
    let built = built.filter(|_| !run.diagnostics.has_errors());
    Outcome { diagnostics: run.diagnostics.into_sorted(), built, phases: run.phases }
}

/// Adds the URLs of the site to `urls.txt`; gives how many are new there. Of the request the site and the view matter.
///
/// # Errors
/// All that is wrong, if the site cannot be read or the file cannot be written.
pub fn record_urls(request: &Request, _lock: &Lock) -> Result<usize, Vec<Diagnostic>> {
    let mut run = Run::new(request);
    let edition = run.edition(SourceCache::open);
    match edition.filter(|_| !run.diagnostics.has_errors()) {
        Some((_, edition, _)) => urls::record(&request.site, &edition).map_err(|problem| vec![*problem]),
        None => Err(run.diagnostics.into_sorted()),
    }
}

/// Writes the ids that stories have into those that say none; gives how many, and why others were left alone. Of the request the site
/// and the view matter.
///
/// # Errors
/// All that is wrong, if the site cannot be read.
pub fn write_ids(request: &Request, _lock: &Lock) -> Result<(usize, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut run = Run::new(request);
    let edition = run.edition(SourceCache::open);
    match edition.filter(|_| !run.diagnostics.has_errors()) {
        Some((_, edition, _)) => Ok(write_ids::write(&edition)),
        None => Err(run.diagnostics.into_sorted()),
    }
}

impl<'a> Run<'a> {
    fn new(request: &'a Request) -> Self {
        let site = request.site.clone().building_into(request.output.clone());
        Self {
            request,
            site,
            diagnostics: Diagnostics::default(),
            phases: Vec::new(),
            started: Instant::now(),
        }
    }

    fn build(&mut self, progress: &dyn Progress) -> Option<Built> {
        let cache = match self.request.clean {
            true => |site: &SiteDir, _: &Config| SourceCache::empty(site),
            false => SourceCache::open,
        };
        let (theme, edition, mut sources) = self.edition(cache)?;
        let queries = Arc::new(Queries::new(edition, self.request.site.data()));
        let built = self.print(&theme, &queries, &mut sources, progress);
        // The values of a large archive take a while to drop. Nobody needs to wait for that.
        rayon::spawn(move || drop((theme, queries, sources)));
        built
    }

    /// Reads the site as far as it is not known, and works out its pages.
    fn edition(
        &mut self,
        cache: impl FnOnce(&SiteDir, &Config) -> SourceCache,
    ) -> Option<(Arc<Theme>, Arc<Edition>, SourceCache)> {
        let site = &self.site.clone();
        let config = self.settings()?;
        let (theme, problems) = Theme::load(site, &config);
        self.diagnostics.extend(problems);
        let (statics, problems) = theme::statics(site, &config, theme.as_ref());
        self.diagnostics.extend(problems);
        self.phase("theme");
        let mut sources = cache(site, &config);
        let (content, of_content) =
            Content::load(site, &config, &mut sources, self.request.timings.as_deref());
        self.phase("read");
        let (edition, of_plan) = Edition::new(config, Arc::new(content), statics, self.request.view);
        self.diagnostics.extend(edition.defer(of_content.into_iter().chain(of_plan)));
        if let Some(problem) = too_many_sections(&edition) {
            self.diagnostics.push(problem);
            return None;
        }
        let theme = theme?;
        self.diagnostics.extend(render::problems_of_templates(&theme, &edition));
        self.diagnostics.extend(render::security_txt_problem(&edition));
        self.diagnostics.extend(render::too_many_rules(&edition));
        self.phase("plan");
        Some((Arc::new(theme), Arc::new(edition), sources))
    }

    /// Makes the pages that are not fresh, and writes what changed.
    fn print(
        &mut self,
        theme: &Arc<Theme>,
        queries: &Arc<Queries>,
        sources: &mut SourceCache,
        progress: &dyn Progress,
    ) -> Option<Built> {
        let Request { site, clean, .. } = self.request;
        let renderer = Renderer::new(Arc::clone(theme), Arc::clone(queries)).with_sources(sources);
        let output = self.output()?;
        let mut before = Before::open(site, output.dir(), *clean);
        let changed = before.ask_again(queries);
        self.phase("compare");
        let timings = self.request.timings.as_deref();
        let mut press = Press { renderer: &renderer, output: &output, before, changed, progress, timings };
        let mut printed = press.print(queries.edition().plan.pages());
        self.diagnostics.extend(std::mem::take(&mut printed.problems));
        self.phase("render");
        let files = press.files(&printed);
        let known = press.before.record();
        let written = || freshness::written(site, output.dir());
        let same = press.before.ledger(&printed.pages);
        let hidden = hidden_files(queries.edition());
        let lost = press.before.notes().lost.iter().filter_map(|lost| Route::parse(&lost.url).ok());
        let had: Vec<String> = lost.map(|route| route.file_path()).collect();
        let mut leftovers = output.leftovers(&files, &hidden, &had, [known, same], written);
        self.diagnostics.extend(leftovers.take_problems());
        let notes = self.notes(queries.edition(), &press.before, Some(&printed.pages));
        let stops = self.diagnostics.has_errors() || (self.request.strict && !self.diagnostics.is_empty());
        if stops {
            return None;
        }
        let committed = output.commit(&files, &leftovers, same);
        let committed = committed.map_err(|problem| self.diagnostics.push(problem)).ok()?;
        // What is changed from here on shows it.
        let clocks = self.clocks(sources.clock(), &printed);
        if committed.one_by_one {
            press.look_again(&mut printed);
        }
        self.phase("write");
        let explanations = if self.request.explain { press.explain(&printed, sources) } else { Vec::new() };
        let sources_read = sources.sources_read();
        let built = built(queries.edition(), &printed, committed.changes, explanations, sources_read);
        // What cannot be written down costs the next build time, and nothing else.
        let config = &queries.edition().config;
        let _ = rayon::join(
            || sources.save(site, config),
            || press.before.remember(site, &printed.pages, &renderer, output.ledger(), notes, clocks),
        );
        let Press { before, .. } = press;
        rayon::spawn(move || drop((before, printed)));
        self.phase("remember");
        Some(built)
    }

    /// Tells of URLs and ids that are not what they were, by the record of earlier builds and by `urls.txt`; gives what the next build is to
    /// tell again. Without pages, those of the plan count.
    fn notes(&mut self, edition: &Edition, before: &Before, pages: Option<&[Record]>) -> Notes {
        let (lines, problems) = urls::read(&self.request.site);
        self.diagnostics.extend(problems);
        let last = pages.map_or_else(|| before.urls(), |pages| before.lost(pages));
        let earlier = before.notes().lost.iter().cloned().map(Had::earlier);
        let had = lines.into_iter().map(Had::written).chain(last.into_iter().map(Had::by_last_build));
        let (problems, lost) = lost::tell(edition, had.chain(earlier).collect());
        self.diagnostics.extend(problems);
        let (problem, authority) =
            ids::changed(&self.request.site, edition, before.notes().authority.as_deref());
        self.diagnostics.extend(problem);
        Notes { lost, authority: Some(authority) }
    }

    /// The times before any file was read, and before the files that were written are looked at.
    fn clocks(&self, started: Option<Clock>, printed: &Printed) -> [Clock; 2] {
        let started = started.unwrap_or(Clock::NEVER);
        let waits = !printed.made.is_empty() && self.request.site.remembers();
        let dir = self.request.site.manifest();
        [started, if waits { Clock::read(&dir).next(&dir) } else { started }]
    }

    fn phase(&mut self, name: &'static str) {
        self.phases.push((name, self.started.elapsed()));
        if let Some(timings) = &self.request.timings {
            timings.phase(name);
        }
        self.started = Instant::now();
    }

    /// Settings that are wrong are reported and replaced by their defaults, so that the other rooms can report too.
    fn settings(&mut self) -> Option<Arc<Config>> {
        let (config, problems) = Config::load(&self.request.site);
        self.diagnostics.extend(problems);
        config.map(Arc::new)
    }

    fn output(&mut self) -> Option<Output> {
        Output::open(&self.site, &self.site.output(), self.request.clean)
            .map_err(|problem| self.diagnostics.push(problem))
            .ok()
    }
}

fn built(
    edition: &Edition,
    printed: &Printed,
    changes: Changes,
    explanations: Vec<Explanation>,
    sources_read: usize,
) -> Built {
    let Edition { archive, content, config, .. } = edition;
    Built {
        articles: archive.stories().len() + archive.standing().len(),
        sources_read,
        pages: printed.pages.len(),
        rendered: printed.made.len(),
        changes,
        held_back: archive.held_back(),
        next: archive.next_appearance(content),
        next_change: next_change(config, content, archive).map(|Change { at, what, article, others }| {
            let file = format!("content/{}", content.get(article).path);
            NextChange { at, what, file, others }
        }),
        explanations,
    }
}

/// How many sections a site may have. Every page may list them, so that the cost of very many grows with their square.
const MOST_SECTIONS: usize = 1000;

fn too_many_sections(edition: &Edition) -> Option<Diagnostic> {
    let count = edition.archive.terms(Taxonomy::Section).iter().count();
    let problem = || {
        let message = format!("the site has {count} sections; the limit is {MOST_SECTIONS}");
        Diagnostic::error("archive/too-many-sections", message)
            .help("a story's section is the first folder below `content/` unless it has a `section`; use tags for finer topics")
    };
    (count > MOST_SECTIONS).then(problem)
}

/// The files that articles which readers must not see would have: none of them may stand in the output folder.
fn hidden_files(edition: &Edition) -> Vec<String> {
    let Edition { archive, content, plan, .. } = edition;
    let files = |(id, article): (ArticleId, &Article)| {
        let visibility = archive.visibility(id);
        let route = plan.route_of(id).filter(|_| visibility != Visibility::Shown);
        let of = |route: &Route| {
            let folder = plan::folder_of(route);
            let assets = article.assets.iter().filter_map(|asset| folder.file(&asset.name).ok());
            // Of a withdrawn story, readers see that it was withdrawn.
            let page = Some(route.clone()).filter(|_| visibility != Visibility::Withdrawn);
            let all = page.into_iter().chain(plan::json_of(route)).chain(assets);
            all.map(|route| route.file_path()).collect::<Vec<String>>()
        };
        route.map(of).unwrap_or_default()
    };
    content.iter().flat_map(files).collect()
}
