//! The site at one instant: its settings, its articles, what readers see of them, and every page of it.

use std::sync::Arc;

use crate::archive::{Archive, View};
use crate::config::Config;
use crate::content::Content;
use crate::diagnostic::Diagnostics;
use crate::plan::{Plan, StaticFile};

/// All that pages are made from, but for the theme.
#[derive(Debug)]
pub struct Edition {
    /// The settings.
    pub config: Arc<Config>,
    /// The articles, whether readers see them or not.
    pub content: Arc<Content>,
    /// What readers see.
    pub archive: Archive,
    /// The pages.
    pub plan: Plan,
    /// The files that are copied as they are.
    pub statics: Vec<StaticFile>,
}

impl Edition {
    /// Works out the site as readers see it at `view.as_of`.
    pub fn new(
        config: Arc<Config>,
        content: Arc<Content>,
        statics: Vec<StaticFile>,
        view: View,
    ) -> (Self, Diagnostics) {
        let archive = Archive::new(&content, &config, view);
        let (plan, diagnostics) = Plan::new(&content, &archive, &config, &statics);
        (Self { config, content, archive, plan, statics }, diagnostics)
    }
}
