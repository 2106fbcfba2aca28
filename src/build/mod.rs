//! A site's folder and an instant → the site in its output folder, or every reason why not.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::archive::{Reason, View};
use crate::config::Config;
use crate::content::{Content, Known};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::edition::Edition;
use crate::freshness::{Before, Explanation};
use crate::manifest::Clock;
use crate::output::{Changes, Lock, Output};
use crate::render::{self, Renderer};
use crate::site::SiteDir;
use crate::theme::{self, Queries, Theme, limits};
use crate::timings::Recorder;

mod check;
mod press;

pub use check::{Checked, check};
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
    /// Why pages were made, if that was asked for.
    pub explanations: Vec<Explanation>,
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

impl<'a> Run<'a> {
    fn new(request: &'a Request) -> Self {
        Self { request, diagnostics: Diagnostics::default(), phases: Vec::new(), started: Instant::now() }
    }

    fn build(&mut self, progress: &dyn Progress) -> Option<Built> {
        let known = if self.request.clean {
            |site: &SiteDir, _: &Config| Known::nothing(site)
        } else {
            |site: &SiteDir, config: &Config| Known::open(site, config)
        };
        let (theme, edition) = self.edition(known)?;
        let queries = Arc::new(Queries::new(edition, self.request.site.data()));
        let built = self.print(&theme, &queries, progress);
        // The values of a large archive take a while to drop. Nobody needs to wait for that.
        rayon::spawn(move || drop((theme, queries)));
        built
    }

    /// Reads the site as far as it is not known, and works out its pages.
    fn edition(
        &mut self,
        known: impl FnOnce(&SiteDir, &Config) -> Known,
    ) -> Option<(Arc<Theme>, Arc<Edition>)> {
        let site = &self.request.site;
        let config = self.settings()?;
        let (theme, problems) = Theme::load(site, &config);
        self.diagnostics.extend(problems);
        let (statics, problems) = theme::statics(site, &config, theme.as_ref());
        self.diagnostics.extend(problems);
        self.phase("theme");
        let known = known(site, &config);
        let (content, problems) = Content::load(site, &config, known, self.request.timings.as_deref());
        self.diagnostics.extend(problems);
        self.phase("read");
        let (edition, problems) = Edition::new(config, Arc::new(content), statics, self.request.view);
        self.diagnostics.extend(problems);
        let theme = theme?;
        self.diagnostics.extend(render::problems_of_templates(&theme, &edition));
        self.diagnostics.extend(render::security_txt_problem(&edition));
        self.phase("plan");
        Some((Arc::new(theme), Arc::new(edition)))
    }

    /// Makes the pages that are not fresh, and writes what changed.
    fn print(
        &mut self,
        theme: &Arc<Theme>,
        queries: &Arc<Queries>,
        progress: &dyn Progress,
    ) -> Option<Built> {
        let Request { site, clean, .. } = self.request;
        let renderer = Renderer::new(Arc::clone(theme), Arc::clone(queries));
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
        self.diagnostics.extend(strangers(&output.strangers(&files)));
        self.diagnostics.extend(press.lost(&printed));
        let stops = self.diagnostics.has_errors() || (self.request.strict && !self.diagnostics.is_empty());
        if stops {
            return None;
        }
        let committed = output.commit(&files, press.before.ledger(&printed.pages));
        let committed = committed.map_err(|problem| self.diagnostics.push(problem)).ok()?;
        // What is changed from here on shows it.
        let clocks = self.clocks(queries.edition(), &printed);
        if committed.one_by_one {
            press.look_again(&mut printed);
        }
        self.phase("write");
        let explanations = if self.request.explain { press.explain(&printed) } else { Vec::new() };
        let built = built(queries.edition(), &printed, committed.changes, explanations);
        // What cannot be written down costs the next build time, and nothing else.
        let Edition { content, config, .. } = queries.edition();
        let _ = rayon::join(
            || content.remember(site, config),
            || press.before.remember(site, &printed.pages, &renderer, output.ledger(), clocks),
        );
        let Press { before, .. } = press;
        rayon::spawn(move || drop((before, printed)));
        self.phase("remember");
        Some(built)
    }

    /// The times before any file was read, and before the files that were written are looked at.
    fn clocks(&self, edition: &Edition, printed: &Printed) -> [Clock; 2] {
        let started = edition.content.clock().unwrap_or(Clock::NEVER);
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
        let site = &self.request.site;
        let dir = self.request.output.clone().unwrap_or_else(|| site.output());
        Output::open(site, &dir, self.request.clean).map_err(|problem| self.diagnostics.push(problem)).ok()
    }
}

fn built(edition: &Edition, printed: &Printed, changes: Changes, explanations: Vec<Explanation>) -> Built {
    let Edition { archive, content, .. } = edition;
    Built {
        articles: archive.stories().len() + archive.standing().len(),
        sources_read: content.sources_read(),
        pages: printed.pages.len(),
        rendered: printed.made.len(),
        changes,
        held_back: archive.held_back(),
        next: archive.next_appearance(content),
        explanations,
    }
}

/// Without a record of earlier builds, what they left cannot be told from other people's files.
fn strangers(paths: &[String]) -> Option<Diagnostic> {
    let (first, others) = (paths.first()?, paths.len() - 1);
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    let message = format!("the output folder has files that no build is known to have made: `{first}`{more}");
    Some(
        Diagnostic::warning("output/strangers", message)
            .help("they are left alone; if an earlier build made them, empty the folder and build again"),
    )
}
