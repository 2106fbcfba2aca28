//! The site at one instant: settings, articles, what readers see of them, and every page.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::archive::{Archive, Reason, View, Visibility};
use crate::config::Config;
use crate::content::markdown::unlinked;
use crate::content::{Article, ArticleId, Content, FrontMatter};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::instant;
use crate::plan::{LinkTarget, Plan, StaticFile};

mod visible_settings;

/// Everything that pages are rendered from, except the theme.
#[derive(Debug)]
pub struct Edition {
    /// The settings.
    pub config: Arc<Config>,
    /// All articles, visible or hidden.
    pub content: Arc<Content>,
    /// What readers see.
    pub archive: Arc<Archive>,
    /// The pages.
    pub plan: Arc<Plan>,
    /// The static files.
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
        let mut archive = Archive::new(&content, &config, view);
        let (plan, mut diagnostics) = Plan::new(&content, &archive, &config, &statics);
        diagnostics.extend(archive.merged_names(&content));
        let config = match visible_settings::visible(&config, &content, &mut archive, &plan) {
            Some((shown, problems)) => {
                diagnostics.extend(problems);
                Arc::new(shown)
            }
            None => config,
        };
        (Self { config, content, archive: Arc::new(archive), plan: Arc::new(plan), statics }, diagnostics)
    }

    /// Downgrades the errors of stories that are not due yet to warnings that say when they would fail a build: a
    /// mistake in tomorrow's story must not hold up today's paper.
    ///
    /// A story counts as scheduled only if its front matter says so unambiguously. A story whose schedule may be
    /// misspelled or cannot be parsed is a draft, and the errors of drafts stay errors.
    pub fn defer(&self, problems: impl IntoIterator<Item = Diagnostic>) -> Vec<Diagnostic> {
        let defer =
            |problem: Diagnostic| match self.due(&problem).filter(|_| problem.severity == Severity::Error) {
                Some(due) => {
                    let due = instant::shown(due, &self.config.timezone);
                    let message = format!("{}; builds will fail from {due}", problem.message);
                    Diagnostic { severity: Severity::Warning, message, ..problem }
                }
                None => problem,
            };
        problems.into_iter().map(defer).collect()
    }

    /// When the last of the articles that a problem names appears, if any of them is scheduled.
    fn due(&self, problem: &Diagnostic) -> Option<Timestamp> {
        let places = problem.place.iter().chain(problem.related.iter().map(|related| &related.place));
        let articles = places.filter_map(|place| self.content.by_path(place.file.strip_prefix("content/")?));
        let waits = articles.filter(|id| {
            let waits = matches!(
                self.archive.visibility(*id),
                Visibility::Hidden(Reason::Scheduled | Reason::Embargoed)
            );
            waits && !self.content.get(*id).front.is_held()
        });
        waits.filter_map(|id| self.content.get(id).front.appears_at()).max()
    }

    /// A URL or path in the front matter of an article, unless it leads to a hidden story.
    pub fn shown<'u>(&self, id: ArticleId, written: &'u str) -> Option<&'u str> {
        let lead = || self.plan.resolve_link(&self.content, &self.archive, id, written);
        let is_hidden = self.plan.has_hidden_paths() && matches!(lead(), LinkTarget::Hidden(_));
        (!is_hidden).then_some(written)
    }

    /// The theme's own keys of an article without strings that lead to hidden stories. `None` if nothing has to be
    /// removed.
    pub fn shown_extra(&self, id: ArticleId) -> Option<Map<String, Value>> {
        let extra = &self.content.get(id).front.extra;
        if extra.is_empty() || !self.plan.has_hidden_paths() {
            return None;
        }
        let is_hidden = |text: &str| self.shown(id, text).is_none();
        let mut shown = Value::Object(extra.clone());
        match (leave_out(&mut shown, &is_hidden), shown) {
            (true, Value::Object(shown)) => Some(shown),
            _ => None,
        }
    }

    /// Returns the same edition with some articles changed, or `None` if a change affects routes or lists. Reusing the
    /// archive and the plan saves most of the time in a large archive. Also returns the problems with the links of
    /// those articles.
    pub fn with_texts(
        &self,
        content: &Arc<Content>,
        changed: &[ArticleId],
    ) -> Option<(Self, Vec<Diagnostic>)> {
        // Ids are positions: another number of articles shifts them.
        let stays = |id: &ArticleId| keeps_its_place(self.content.get(*id), content.get(*id));
        if self.content.len() != content.len() || !changed.iter().all(stays) {
            return None;
        }
        let links = self.plan.check_links(content, &self.archive, changed);
        let edition = Self {
            config: Arc::clone(&self.config),
            content: Arc::clone(content),
            archive: Arc::clone(&self.archive),
            plan: Arc::clone(&self.plan),
            statics: self.statics.clone(),
        };
        Some((edition, links))
    }
}

/// Replaces strings that lead to hidden stories by null, and removes hidden links from Markdown; returns whether there
/// were any.
pub fn leave_out(value: &mut Value, is_hidden: &impl Fn(&str) -> bool) -> bool {
    match value {
        // A much longer string is prose, not a path.
        Value::String(text) if text.len() < 2048 && text.contains(['/', '.']) && is_hidden(text) => {
            *value = Value::Null;
            true
        }
        Value::String(text) if may_have_links(text) => match unlinked(text, &mut |url| is_hidden(url)) {
            Some(shown) => {
                *text = shown;
                true
            }
            None => false,
        },
        Value::Array(items) => items.iter_mut().fold(false, |any, item| leave_out(item, is_hidden) | any),
        Value::Object(map) => map.values_mut().fold(false, |any, item| leave_out(item, is_hidden) | any),
        _ => false,
    }
}

fn may_have_links(text: &str) -> bool {
    text.contains("](") || text.contains("://") && text.contains(' ')
}

/// Whether the archive and the plan are the same with either version of an article.
fn keeps_its_place(before: &Article, now: &Article) -> bool {
    let links = |article: &Article| {
        let links = article.outline.references.iter();
        links.map(|link| link.written.clone()).collect::<Vec<_>>()
    };
    // These fields affect neither.
    let FrontMatter { title, deck, kicker, dateline, corrections, import, extra, .. } = before.front.clone();
    let front =
        FrontMatter { title, deck, kicker, dateline, corrections, import, extra, ..now.front.clone() };
    before.path == now.path
        && before.slug == now.slug
        && before.assets == now.assets
        && before.front == front
        && links(before) == links(now)
}
