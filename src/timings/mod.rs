//! Records how long the parts of a build take, and reports it as HTML, like `cargo build --timings`.
//!
//! Threads report each page and source to a [`Recorder`], which becomes [`Timings`].

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

/// The number of pages, and of articles, that are listed as the slowest.
pub const SLOWEST: usize = 50;

/// How long the parts of a build took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timings {
    /// The title of the site.
    pub site: String,
    /// When the build started. Only for display.
    pub started: Timestamp,
    /// How long it took.
    pub total: Duration,
    /// The phases, in the order in which they ended.
    pub phases: Vec<Phase>,
    /// What each thread did, the threads of the pool first.
    pub threads: Vec<ThreadLine>,
    /// The time pages took by template, the longest total first.
    pub templates: Vec<TemplateTime>,
    /// At most [`SLOWEST`] pages, the slowest first.
    pub slowest_pages: Vec<PageTime>,
    /// At most [`SLOWEST`] articles by the time to read and parse them, the slowest first.
    pub slowest_articles: Vec<SourceTime>,
    /// Numbers of articles, pages, written files and bytes.
    pub counts: Vec<(String, u64)>,
}

/// A phase of the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// The name.
    pub name: String,
    /// When it started, from the start of the build.
    pub start: Duration,
    /// How long it took.
    pub length: Duration,
}

/// What one thread did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadLine {
    /// The number of a thread in the pool, or `main` for work outside it.
    pub name: String,
    /// How long it was busy, without the short gaps inside its spans.
    pub busy: Duration,
    /// When it was busy, in order and without overlaps.
    pub spans: Vec<Span>,
}

/// A time during which a thread was busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it started, from the start of the build.
    pub start: Duration,
    /// How long it took.
    pub length: Duration,
    /// The main activity.
    pub what: Activity,
}

/// The activity of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Reading and parsing a source.
    Read,
    /// Rendering a page.
    Render,
    /// Something else.
    Other,
}

/// The time that the pages of one template took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateTime {
    /// The template.
    pub name: String,
    /// The number of pages rendered with it.
    pub pages: u64,
    /// The total time on all threads.
    pub total: Duration,
    /// The route of the slowest page.
    pub slowest: String,
    /// The time of the slowest page.
    pub slowest_time: Duration,
}

/// The time that a page took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageTime {
    /// The route.
    pub route: String,
    /// The template.
    pub template: String,
    /// How long it took to render.
    pub time: Duration,
}

/// The time that an article took to read and parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTime {
    /// The path in `content/`.
    pub path: String,
    /// How long it took.
    pub time: Duration,
}

impl Timings {
    /// Renders the report as a self-contained HTML file. Equal timings give equal bytes.
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

    /// The CSS class.
    fn class(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Render => "render",
            Self::Other => "other",
        }
    }
}
