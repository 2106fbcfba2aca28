//! The progress bar of builds, checks and publications.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Progress;
use crate::publish;

/// The bar is not shown before this time.
const DELAY: Duration = Duration::from_secs(1);

pub(super) struct Bar {
    bar: ProgressBar,
    started: Instant,
    shown: OnceLock<()>,
    things: String,
    /// The pages that were done before pictures were made.
    pages: AtomicU64,
    /// Whether it counts pictures that are examined before the pages are known.
    examines: AtomicBool,
}

impl Bar {
    /// Creates a bar that counts `things`. It is shown on terminals only, and never if `hidden`.
    pub(super) fn new(hidden: bool, things: &str) -> Self {
        let bar = ProgressBar::hidden();
        count(&bar, things);
        let shown = OnceLock::new();
        if hidden {
            shown.get_or_init(|| ());
        }
        Self {
            bar,
            started: Instant::now(),
            shown,
            things: things.to_owned(),
            pages: AtomicU64::new(0),
            examines: AtomicBool::new(false),
        }
    }

    /// Removes the bar, before anything else is printed.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// Shows how many of these are done.
fn count(bar: &ProgressBar, things: &str) {
    let style = ProgressStyle::with_template(&format!("{{bar:30}} {{human_pos}} of {{human_len}} {things}"));
    if let Ok(style) = style {
        bar.set_style(style);
    }
}

impl Progress for Bar {
    fn pictures(&self, renditions: usize) {
        if renditions == 0 {
            return;
        }
        self.pages.store(self.bar.position(), Ordering::Relaxed);
        count(&self.bar, "renditions of pictures");
        self.bar.set_length(renditions as u64);
        self.bar.set_position(0);
    }

    fn picture(&self) {
        self.page();
    }

    fn pictures_done(&self) {
        count(&self.bar, &self.things);
        self.bar.set_position(self.pages.load(Ordering::Relaxed));
    }

    fn examined(&self) {
        if !self.examines.swap(true, Ordering::Relaxed)
            && let Ok(style) = ProgressStyle::with_template("{human_pos} pictures examined")
        {
            self.bar.set_style(style);
        }
        self.page();
    }

    fn total(&self, pages: usize) {
        if self.examines.swap(false, Ordering::Relaxed) {
            count(&self.bar, &self.things);
            self.bar.set_position(0);
        }
        self.bar.set_length(pages as u64);
    }

    fn page(&self) {
        self.bar.inc(1);
        if self.started.elapsed() > DELAY {
            self.shown.get_or_init(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }
}

impl publish::Progress for Bar {
    fn total(&self, files: usize) {
        Progress::total(self, files);
    }

    fn sent(&self) {
        Progress::page(self);
    }
}
