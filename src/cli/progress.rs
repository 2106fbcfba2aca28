//! The progress bar of builds, checks and publications.

use std::sync::OnceLock;
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
}

impl Bar {
    /// Creates a bar that counts `things`. It is shown on terminals only, and never if `hidden`.
    pub(super) fn new(hidden: bool, things: &str) -> Self {
        let bar = ProgressBar::hidden();
        let style =
            ProgressStyle::with_template(&format!("{{bar:30}} {{human_pos}} of {{human_len}} {things}"));
        if let (Ok(style), false) = (style, hidden) {
            bar.set_style(style);
        }
        let shown = OnceLock::new();
        if hidden {
            shown.get_or_init(|| ());
        }
        Self { bar, started: Instant::now(), shown }
    }

    /// Removes the bar, before anything else is printed.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn total(&self, pages: usize) {
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
