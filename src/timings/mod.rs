//! What a build spent its time on → an HTML report, in the manner of `cargo build --timings`.
//!
//! A [`Recorder`] is told of every page and source by the threads that make and read them, and ends as [`Timings`].

use std::time::Duration;

use jiff::Timestamp;

mod chart;
mod curve;
mod lane;
mod numbers;
mod recorder;
mod report;
mod slowest;
mod tables;

pub(crate) use numbers::thousands;
pub use recorder::Recorder;

/// How many pages, and how many articles, are named as the slowest.
pub const SLOWEST: usize = 50;

/// What a build spent its time on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timings {
    /// The title of the site.
    pub site: String,
    /// When the build began. Shown in the report only.
    pub started: Timestamp,
    /// How long it took.
    pub total: Duration,
    /// Its phases, in the order they ended.
    pub phases: Vec<Phase>,
    /// What each thread did, the threads of the pool first.
    pub threads: Vec<ThreadLine>,
    /// The time pages took by template, the longest total first.
    pub templates: Vec<TemplateTime>,
    /// The pages that took longest, the slowest first: at most [`SLOWEST`].
    pub slowest_pages: Vec<PageTime>,
    /// The articles that took longest to read and parse, the slowest first: at most [`SLOWEST`].
    pub slowest_articles: Vec<SourceTime>,
    /// What there was to do and what was done: articles, pages, files written, bytes.
    pub counts: Vec<(String, u64)>,
}

/// A part of the build that follows another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// What it is called.
    pub name: String,
    /// When it began, from the beginning of the build.
    pub start: Duration,
    /// How long it took.
    pub length: Duration,
}

/// What one thread did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadLine {
    /// The number of a thread of the pool, or `main` for what was done outside it.
    pub name: String,
    /// How long it was busy, without the short gaps that its spans run across.
    pub busy: Duration,
    /// When it was busy, in order; no two overlap.
    pub spans: Vec<Span>,
}

/// A time during which a thread was busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it began, from the beginning of the build.
    pub start: Duration,
    /// How long it took.
    pub length: Duration,
    /// With what, or with what most.
    pub what: Activity,
}

/// What a thread is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Reading and parsing a source.
    Read,
    /// Rendering a page.
    Render,
    /// Something else that was worth recording.
    Other,
}

/// The time that the pages of one template took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateTime {
    /// The template.
    pub name: String,
    /// How many pages were rendered with it.
    pub pages: u64,
    /// How long they took together, on all threads.
    pub total: Duration,
    /// The route of the one that took longest.
    pub slowest: String,
    /// How long that one took.
    pub slowest_time: Duration,
}

/// The time that a page took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageTime {
    /// Its route.
    pub route: String,
    /// Its template.
    pub template: String,
    /// How long it took to render.
    pub time: Duration,
}

/// The time that an article took to read and parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTime {
    /// Its path under `content/`.
    pub path: String,
    /// How long it took.
    pub time: Duration,
}

impl Timings {
    /// The report: one HTML file that needs no other and no network. Equal timings give equal bytes.
    pub fn to_html(&self) -> String {
        report::html(self)
    }
}

impl Span {
    fn end(&self) -> Duration {
        self.start + self.length
    }
}

impl Activity {
    const ALL: [Self; 3] = [Self::Read, Self::Render, Self::Other];

    fn name(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Render => "Render",
            Self::Other => "Other",
        }
    }

    /// The class of what is drawn in its colour.
    fn class(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Render => "render",
            Self::Other => "other",
        }
    }
}
