//! A site's folder and an instant → the built site in its output folder, or all problems that prevent it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rayon::prelude::*;

use crate::archive::{Reason, Taxonomy, View, Visibility};
use crate::config::{Config, LoadedConfig};
use crate::content::{Article, ArticleId, Content, ErrorOf, SourceCache};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::edition::Edition;
use crate::freshness::{BuiltPage, Explanation, PreviousBuild, Reminders, output_hashes};
use crate::manifest::Clock;
use crate::output::{Changes, Lock, Output};
use crate::pictures::{Library, Source};
use crate::plan::{self, Change, ChangeKind, FileClass, Route, SiteFile, next_change};
use crate::query::{self, Queries};
use crate::render::{self, Renderer};
use crate::site::SiteDir;
use crate::theme::{self, Theme, limits};
use crate::timings::Recorder;

mod check;
mod id_authority;
mod lost;
pub mod old_urls;
mod page_builder;
mod pictures;
mod source_edit;
mod urls;
mod write_ids;

pub use check::{Checked, check};
use lost::FormerUrl;
use page_builder::{BuiltPages, PageBuilder};

/// A request to build a site.
#[derive(Clone, Debug)]
pub struct Request {
    /// The site.
    pub site: SiteDir,
    /// The settings, if they have been read already.
    pub settings: Option<Arc<LoadedConfig>>,
    /// The output folder; `None` for `public` in the site's folder.
    pub output: Option<PathBuf>,
    /// The instant to build for, and whether drafts are included.
    pub view: View,
    /// Ignore the records of earlier builds and write every file.
    pub clean: bool,
    /// Treat warnings as errors.
    pub strict: bool,
    /// Explain why each page was rendered.
    pub explain: bool,
    /// List the files of the site, for a publication.
    pub list_files: bool,
    /// Records what the build spends its time on.
    pub timings: Option<Arc<Recorder>>,
}

impl Request {
    /// The site in a view, built into its own `public` with every other option off.
    pub fn new(site: SiteDir, view: View) -> Self {
        Self {
            site,
            settings: None,
            output: None,
            view,
            clean: false,
            strict: false,
            explain: false,
            list_files: false,
            timings: None,
        }
    }
}

/// The result of a build.
#[derive(Debug)]
pub struct Outcome {
    /// All problems, sorted by file.
    pub diagnostics: Vec<Diagnostic>,
    /// Statistics; `None` if nothing was written.
    pub built: Option<Built>,
    /// The duration of each phase.
    pub phases: Vec<(&'static str, Duration)>,
}

/// The statistics of a successful build.
#[derive(Clone, Debug)]
pub struct Built {
    /// The number of articles that readers can see, including standing pages.
    pub articles: usize,
    /// The number of source files that were read; the others were unchanged since the last build.
    pub sources_read: usize,
    /// The number of files of the site.
    pub pages: usize,
    /// The number of files that were rendered; the others were fresh.
    pub rendered: usize,
    /// The changes in the output folder.
    pub changes: Changes,
    /// The number of hidden articles, by reason.
    pub held_back: Vec<(Reason, usize)>,
    /// When the next hidden article becomes visible.
    pub next: Option<Timestamp>,
    /// When the site next changes without an edit.
    pub next_change: Option<NextChange>,
    /// Why pages were rendered, if requested.
    pub explanations: Vec<Explanation>,
    /// The files of the site, if requested; sorted by path.
    pub files: Vec<SiteFile>,
}

/// The next change of the site that needs no edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextChange {
    /// When it happens.
    pub at: Timestamp,
    /// What happens.
    pub what: ChangeKind,
    /// The source file of the affected article, relative to the site's folder.
    pub file: String,
    /// The number of other changes at the same instant.
    pub others: usize,
}

/// Receives the progress of a build. It is called from many threads.
pub trait Progress: Sync {
    /// A picture was decoded to find out what it shows, before the number of pages is known.
    fn examined(&self) {}
    /// The total number of pages is now known to be `pages`.
    fn total(&self, pages: usize);
    /// A page is done.
    fn page(&self);
    /// This many renditions of pictures are to be made.
    fn pictures(&self, _renditions: usize) {}
    /// A rendition is done.
    fn picture(&self) {}
    /// All renditions are made; pages follow.
    fn pictures_done(&self) {}
}

struct Run<'a> {
    request: &'a Request,
    site: SiteDir,
    diagnostics: Diagnostics,
    phases: Vec<(&'static str, Duration)>,
    started: Instant,
}

/// Builds a site; writes nothing if there are errors. The lock proves that no other build of the site is running.
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

/// Adds the URLs of the site to `urls.txt` and returns the number of new ones. Only the site and view of the request matter.
///
/// # Errors
/// If the site has errors or the file cannot be written.
pub fn record_urls(request: &Request, _lock: &Lock) -> Result<usize, Vec<Diagnostic>> {
    let edition = valid_edition(request, SourceCache::open)?;
    urls::record(&request.site, &edition).map_err(|problem| vec![*problem])
}

/// Writes generated ids into the front matter of stories without one. Returns their number and the problems with others. Only the site
/// and view of the request matter.
///
/// # Errors
/// If the site has errors.
pub fn write_ids(request: &Request, _lock: &Lock) -> Result<(usize, Vec<Diagnostic>), Vec<Diagnostic>> {
    let edition = valid_edition(request, SourceCache::open)?;
    Ok(write_ids::write(&edition))
}

/// The edition of a site without errors, or the problems of the site.
fn valid_edition(
    request: &Request,
    cache: impl FnOnce(&SiteDir, &Config) -> SourceCache,
) -> Result<Arc<Edition>, Vec<Diagnostic>> {
    let mut run = Run::new(request);
    let pictures = run.pictures();
    // Neither URLs nor ids depend on the pixels of pictures.
    let edition = run.edition(&pictures, cache, &|_, _| None);
    match edition.filter(|_| !run.diagnostics.has_errors()) {
        Some((_, edition, _)) => Ok(edition),
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
        if let Some(problem) = pictures::misplaced(&self.site) {
            self.diagnostics.push(problem);
            return None;
        }
        let cache = match self.request.clean {
            true => |site: &SiteDir, _: &Config| SourceCache::empty(site),
            false => SourceCache::open,
        };
        let pictures = self.pictures();
        let error_of = |file: &Path, source: &Source| pictures::error_of(&pictures, file, source, progress);
        let (theme, edition, mut sources) = self.edition(&pictures, cache, &error_of)?;
        let queries = Arc::new(Queries::new(edition, self.request.site.data(), pictures));
        let built = self.build_pages(&theme, &queries, &mut sources, progress);
        // Dropping the values of a large archive takes a while: do it in the background.
        rayon::spawn(move || drop((theme, queries, sources)));
        built
    }

    /// Reads what is not known of the site and plans its pages.
    fn edition(
        &mut self,
        pictures: &Library,
        cache: impl FnOnce(&SiteDir, &Config) -> SourceCache,
        error_of: ErrorOf<'_>,
    ) -> Option<(Arc<Theme>, Arc<Edition>, SourceCache)> {
        let site = &self.site.clone();
        let config = self.settings()?;
        let (theme, problems) = Theme::load(site, &config);
        self.diagnostics.extend(problems);
        let (mut statics, problems) = theme::statics(site, &config, theme.as_ref());
        self.diagnostics.extend(problems);
        self.phase("theme");
        let mut sources = cache(site, &config);
        let (content, of_content) =
            Content::load(site, &config, &mut sources, self.request.timings.as_deref());
        self.phase("read");
        let view = self.request.view;
        let (content, of_pictures) = Arc::new(content).mark_undecodable(view.drafts, error_of);
        let of_statics = query::examine_static_pictures(&mut statics, &config, &content, pictures, error_of);
        self.diagnostics.extend(of_statics);
        self.phase("examine");
        let (edition, of_plan) = Edition::new(config, content, statics, view);
        self.diagnostics.extend(edition.defer(of_content.into_iter().chain(of_pictures).chain(of_plan)));
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

    /// Renders the stale pages and writes the changed files.
    fn build_pages(
        &mut self,
        theme: &Arc<Theme>,
        queries: &Arc<Queries>,
        sources: &mut SourceCache,
        progress: &dyn Progress,
    ) -> Option<Built> {
        let Request { site, clean, .. } = self.request;
        let renderer = Renderer::new(Arc::clone(theme), Arc::clone(queries)).with_sources(sources);
        let output = self.output()?;
        let mut previous = PreviousBuild::open(site, output.dir(), *clean);
        let changed = previous.refresh_answers(queries);
        self.phase("compare");
        let timings = self.request.timings.as_deref();
        let mut builder =
            PageBuilder { renderer: &renderer, output: &output, previous, changed, progress, timings };
        let edition = renderer.edition();
        let mut built = self.pages(&mut builder, queries, sources.clock())?;
        let files = builder.files(&built);
        let file_list = builder.previous.file_list();
        let hashes = || output_hashes(site, output.dir());
        let unchanged_list = builder.previous.file_list_of(&built.pages);
        let hidden = hidden_files(edition);
        let lost = builder.previous.reminders().lost.iter().filter_map(|lost| Route::parse(&lost.url).ok());
        let lost: Vec<String> = lost.map(|route| route.file_path()).collect();
        let mut leftovers = output.leftovers(&files, &hidden, &lost, [file_list, unchanged_list], hashes);
        self.diagnostics.extend(leftovers.take_problems());
        let reminders = self.check_history(edition, &builder.previous, Some(&built.pages));
        if self.stops() {
            return None;
        }
        let committed = output.commit(&files, &leftovers, unchanged_list);
        let committed = committed.map_err(|problem| self.diagnostics.push(problem)).ok()?;
        // Files that change after this have a later modification time.
        let clocks = self.clocks(sources.clock(), &built);
        if committed.one_by_one {
            builder.refresh_metadata(&mut built);
        }
        self.phase("write");
        let explanations = if self.request.explain { builder.explain(&built, sources) } else { Vec::new() };
        let files = if self.request.list_files { site_files(edition, &built) } else { Vec::new() };
        let statistics =
            Built { files, ..statistics(edition, sources, &built, committed.changes, explanations) };
        // If this fails, the next build is slower but correct.
        let _ = rayon::join(
            || sources.save(site, &edition.config),
            || builder.previous.save(site, &built.pages, &renderer, output.ledger(), reminders, clocks),
        );
        let PageBuilder { previous, .. } = builder;
        rayon::spawn(move || drop((previous, built)));
        self.phase("remember");
        Some(statistics)
    }

    /// The pages, then the pictures that they show. `None` if a page has an error: renditions take minutes, and an editor waits for the errors.
    fn pages(
        &mut self,
        builder: &mut PageBuilder<'_>,
        queries: &Queries,
        clock: Option<Clock>,
    ) -> Option<BuiltPages> {
        let edition = queries.edition();
        let mut built = builder.build(edition.plan.pages());
        self.diagnostics.extend(std::mem::take(&mut built.problems));
        self.phase("render");
        let stops = self.stops();
        if !stops {
            builder.build_pictures(edition.plan.pages(), &mut built);
            self.diagnostics.extend(std::mem::take(&mut built.problems));
        }
        self.diagnostics.extend(pictures::problems(queries));
        queries.save_pictures(clock);
        self.diagnostics.extend(pictures::unwritable(&self.site, queries.pictures()));
        self.phase("pictures");
        if stops {
            self.check_history(edition, &builder.previous, None);
        }
        (!stops).then_some(built)
    }

    /// Whether the problems so far prevent the build.
    fn stops(&self) -> bool {
        self.diagnostics.has_errors() || (self.request.strict && !self.diagnostics.is_empty())
    }

    /// Warns about lost URLs and changed ids, compared with earlier builds and `urls.txt`. Returns the reminders for the next build. Without
    /// `pages`, the plan is compared with all URLs of the last build.
    fn check_history(
        &mut self,
        edition: &Edition,
        previous: &PreviousBuild,
        pages: Option<&[BuiltPage]>,
    ) -> Reminders {
        let (lines, problems) = urls::read(&self.request.site);
        self.diagnostics.extend(problems);
        let last = pages.map_or_else(|| previous.urls(), |pages| previous.lost_urls(pages));
        let earlier = previous.reminders().lost.iter().cloned().map(FormerUrl::of_earlier_build);
        let urls =
            lines.into_iter().map(FormerUrl::of_line).chain(last.into_iter().map(FormerUrl::of_last_build));
        let (problems, lost) = lost::check(edition, urls.chain(earlier).collect());
        self.diagnostics.extend(problems);
        let (problem, authority) =
            id_authority::check(&self.request.site, edition, previous.reminders().authority.as_deref());
        self.diagnostics.extend(problem);
        Reminders { lost, authority: Some(authority) }
    }

    /// The clocks of the file system before any file was read and after files were written.
    fn clocks(&self, started: Option<Clock>, built: &BuiltPages) -> [Clock; 2] {
        let started = started.unwrap_or(Clock::NEVER);
        let waits = !built.rendered.is_empty() && self.request.site.remembers();
        let dir = self.request.site.manifest();
        [started, if waits { Clock::read(&dir).next(&dir) } else { started }]
    }

    /// The library of pictures.
    fn pictures(&self) -> Arc<Library> {
        Arc::new(Library::open(self.request.site.pictures()))
    }

    fn phase(&mut self, name: &'static str) {
        self.phases.push((name, self.started.elapsed()));
        if let Some(timings) = &self.request.timings {
            timings.phase(name);
        }
        self.started = Instant::now();
    }

    /// Loads the settings. Invalid ones are reported and replaced by their defaults, so that other problems are found too.
    fn settings(&mut self) -> Option<Arc<Config>> {
        let read = || Arc::new(LoadedConfig::load(&self.request.site));
        let settings = self.request.settings.clone().unwrap_or_else(read);
        self.diagnostics.extend(settings.problems.iter().cloned());
        settings.config.clone()
    }

    fn output(&mut self) -> Option<Output> {
        Output::open(&self.site, &self.site.output(), self.request.clean)
            .map_err(|problem| self.diagnostics.push(problem))
            .ok()
    }
}

fn statistics(
    edition: &Edition,
    sources: &SourceCache,
    built: &BuiltPages,
    changes: Changes,
    explanations: Vec<Explanation>,
) -> Built {
    let Edition { archive, content, config, .. } = edition;
    Built {
        articles: archive.stories().len() + archive.standing().len(),
        sources_read: sources.sources_read(),
        pages: built.pages.len(),
        rendered: built.rendered.len(),
        changes,
        held_back: archive.held_back(),
        next: archive.next_appearance(content),
        next_change: next_change(config, content, archive).map(|Change { at, what, article, others }| {
            let file = format!("content/{}", content.get(article).path);
            NextChange { at, what, file, others }
        }),
        explanations,
        files: Vec::new(),
    }
}

/// The files of the site for a publication, sorted by path.
fn site_files(edition: &Edition, built: &BuiltPages) -> Vec<SiteFile> {
    let Edition { plan, archive, .. } = edition;
    let planned = plan.pages().iter().map(|page| plan.file_of(archive, page));
    let unplanned = built.unplanned.iter().map(|page| match plan.file_of(archive, page) {
        file if file.class == FileClass::Static => SiteFile { class: FileClass::Asset, ..file },
        file => file,
    });
    let mut files: Vec<SiteFile> = planned.chain(unplanned).collect();
    files.par_sort_unstable_by(|one, other| one.path.cmp(&other.path));
    files
}

/// The maximum number of sections. Every page may list them all, so the cost grows quadratically.
const MAX_SECTIONS: usize = 1000;

fn too_many_sections(edition: &Edition) -> Option<Diagnostic> {
    let count = edition.archive.terms(Taxonomy::Section).iter().count();
    let problem = || {
        let message = format!("the site has {count} sections; the limit is {MAX_SECTIONS}");
        Diagnostic::error("archive/too-many-sections", message)
            .help("use tags for finer topics; without a `section`, a story's section is the first folder below `content/`")
    };
    (count > MAX_SECTIONS).then(problem)
}

/// The files that hidden articles would have; none of them may be in the output folder.
fn hidden_files(edition: &Edition) -> Vec<String> {
    let Edition { archive, content, plan, .. } = edition;
    let files = |(id, article): (ArticleId, &Article)| {
        let visibility = archive.visibility(id);
        let route = plan.route_of(id).filter(|_| visibility != Visibility::Shown);
        let of = |route: &Route| {
            let folder = plan::folder_of(route);
            let assets = article.assets.iter().filter_map(|asset| folder.file(&asset.name).ok());
            let settings = &edition.config.pictures;
            let renditions =
                article.assets.iter().flat_map(|asset| plan::usual_renditions(settings, article, asset));
            let renditions = renditions.map(|file| file.route);
            // A withdrawn story has a page that says so.
            let page = Some(route.clone()).filter(|_| visibility != Visibility::Withdrawn);
            let all = page.into_iter().chain(plan::json_of(route)).chain(assets).chain(renditions);
            all.map(|route| route.file_path()).collect::<Vec<String>>()
        };
        route.map(of).unwrap_or_default()
    };
    content.iter().flat_map(files).collect()
}
