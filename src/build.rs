//! A site's folder and an instant → the site in its output folder, or every reason why not.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rayon::prelude::*;

use crate::archive::{Reason, View};
use crate::config::Config;
use crate::content::Content;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::edition::Edition;
use crate::output::{Changes, Lock, Output};
use crate::plan::Page;
use crate::render::{self, Renderer};
use crate::site::SiteDir;
use crate::theme::{self, Queries, Theme};

/// What to build.
#[derive(Clone, Debug)]
pub struct Request {
    /// The site.
    pub site: SiteDir,
    /// The folder to build into. `None`: `public` in the site's folder.
    pub output: Option<PathBuf>,
    /// The instant whose site is built, and whether drafts are in it.
    pub view: View,
    /// Write every file, changed or not.
    pub clean: bool,
    /// Take warnings for errors.
    pub strict: bool,
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
    /// Files of the site.
    pub pages: usize,
    /// What changed in the output folder.
    pub changes: Changes,
    /// How many articles readers do not see, by reason.
    pub held_back: Vec<(Reason, usize)>,
    /// When the next of them appears by itself.
    pub next: Option<Timestamp>,
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
    let mut run =
        Run { request, diagnostics: Diagnostics::default(), phases: Vec::new(), started: Instant::now() };
    let built = run.build(progress);
    if request.strict {
        run.diagnostics.deny_warnings();
    }
    let built = built.filter(|_| !run.diagnostics.has_errors());
    Outcome { diagnostics: run.diagnostics.into_sorted(), built, phases: run.phases }
}

impl Run<'_> {
    fn build(&mut self, progress: &dyn Progress) -> Option<Built> {
        let site = &self.request.site;
        let config = self.settings()?;
        let (theme, problems) = Theme::load(site, &config);
        self.diagnostics.extend(problems);
        let (statics, problems) = theme::statics(site, &config);
        self.diagnostics.extend(problems);
        let (content, problems) = Content::load(site, &config);
        self.diagnostics.extend(problems);
        self.phase("read");
        let (edition, problems) = Edition::new(config, Arc::new(content), statics, self.request.view);
        self.diagnostics.extend(problems);
        self.phase("plan");
        let theme = theme?;
        let edition = Arc::new(edition);
        self.diagnostics.extend(render::missing_templates(&theme, &edition));
        let queries = Arc::new(Queries::new(Arc::clone(&edition), site.data()));
        let renderer = Renderer::new(&theme, queries);
        let output = self.output()?;
        let pages = edition.plan.pages();
        progress.total(pages.len());
        self.render(&renderer, pages, &output, progress);
        let more = renderer.fingerprinted();
        self.diagnostics.extend(edition.plan.taken(&more));
        self.render(&renderer, &more, &output, progress);
        self.phase("render");
        self.diagnostics.extend(strangers(&output.strangers()));
        let stops = self.diagnostics.has_errors() || (self.request.strict && !self.diagnostics.is_empty());
        if stops {
            return None;
        }
        let changes = output.commit().map_err(|problem| self.diagnostics.push(problem)).ok()?;
        self.phase("write");
        let articles = edition.archive.stories().len() + edition.archive.standing().len();
        let held_back = edition.archive.held_back();
        let next = edition.archive.next_appearance(&edition.content);
        Some(Built { articles, pages: pages.len() + more.len(), changes, held_back, next })
    }

    fn phase(&mut self, name: &'static str) {
        self.phases.push((name, self.started.elapsed()));
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

    fn render(&mut self, renderer: &Renderer<'_>, pages: &[Page], output: &Output, progress: &dyn Progress) {
        let put = |page: &Page| {
            let done = renderer.render(page).and_then(|rendered| output.put(&page.route, &rendered.bytes));
            progress.page();
            done.err()
        };
        let problems: Vec<(&Page, Diagnostic)> =
            pages.par_iter().filter_map(|page| Some((page, put(page)?))).collect();
        self.diagnostics.extend(once_each(problems));
    }
}

/// A template that is wrong is wrong for many pages: it is reported once, with the first of them.
fn once_each(problems: Vec<(&Page, Diagnostic)>) -> Vec<Diagnostic> {
    let mut kept: Vec<(Diagnostic, String, usize)> = Vec::new();
    let mut known: HashMap<(Option<Place>, String), usize> = HashMap::new();
    for (page, problem) in problems {
        let key = (problem.place.clone(), problem.message.clone());
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
