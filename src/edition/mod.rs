//! The site at one instant: its settings, its articles, what readers see of them, and every page of it.

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

/// All that pages are made from, but for the theme.
#[derive(Debug)]
pub struct Edition {
    /// The settings.
    pub config: Arc<Config>,
    /// The articles, whether readers see them or not.
    pub content: Arc<Content>,
    /// What readers see.
    pub archive: Arc<Archive>,
    /// The pages.
    pub plan: Arc<Plan>,
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

    /// Takes errors of stories that are not due yet for warnings that say when they would stop a build: the mistake of a story
    /// for tomorrow must not hold up today's paper.
    ///
    /// A story counts as waiting only if its desk said so in a way that is understood: with a key that may be a slip of one that
    /// holds it back, or a time that cannot be read, it is a draft, and its errors stay errors.
    pub fn defer(&self, problems: impl IntoIterator<Item = Diagnostic>) -> Vec<Diagnostic> {
        let defer =
            |problem: Diagnostic| match self.due(&problem).filter(|_| problem.severity == Severity::Error) {
                Some(due) => {
                    let due = instant::shown(due, &self.config.timezone);
                    let message = format!("{}; the build of {due} will fail", problem.message);
                    Diagnostic { severity: Severity::Warning, message, ..problem }
                }
                None => problem,
            };
        problems.into_iter().map(defer).collect()
    }

    /// When the last of the articles that have a problem appears, if that is to come.
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

    /// A URL or path of the front matter of an article, unless it leads to what readers do not see.
    pub fn shown<'u>(&self, id: ArticleId, written: &'u str) -> Option<&'u str> {
        let lead = || self.plan.resolve_link(&self.content, &self.archive, id, written);
        let is_hidden = self.plan.has_hidden_paths() && matches!(lead(), LinkTarget::Hidden(_));
        (!is_hidden).then_some(written)
    }

    /// Keys of a theme's own without the strings that lead to what readers do not see; `None` if all of them may be shown.
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

    /// The same edition with some articles changed, if nothing of them decides where they or others stand: archive and plan
    /// are those of before then, which in a large archive saves most of the time. Gives what is wrong with the links
    /// of those articles.
    pub fn with_texts(
        &self,
        content: &Arc<Content>,
        changed: &[ArticleId],
    ) -> Option<(Self, Vec<Diagnostic>)> {
        // With one more or less, the ids of others are not what they were.
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

/// Puts nothing in the place of strings that must not be shown, and leaves hidden links out of those that are Markdown; tells
/// whether there were any.
pub fn leave_out(value: &mut Value, is_hidden: &impl Fn(&str) -> bool) -> bool {
    match value {
        // What is much longer is a text.
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

/// Whether archive and plan are the same with either of two versions of an article.
fn keeps_its_place(before: &Article, now: &Article) -> bool {
    let links = |article: &Article| {
        let links = article.outline.references.iter();
        links.map(|link| link.written.clone()).collect::<Vec<_>>()
    };
    // These decide nothing.
    let FrontMatter { title, deck, kicker, dateline, corrections, import, extra, .. } = before.front.clone();
    let front =
        FrontMatter { title, deck, kicker, dateline, corrections, import, extra, ..now.front.clone() };
    before.path == now.path
        && before.slug == now.slug
        && before.assets == now.assets
        && before.front == front
        && links(before) == links(now)
}
