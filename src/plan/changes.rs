//! Articles that readers see or will see → when the site next differs by itself, and what happens to which of them then.

use jiff::Timestamp;

use super::sitemaps::{NEWS, is_news};
use crate::archive::{Archive, Reason, View, Visibility, end_of_notice, visibility};
use crate::config::Config;
use crate::content::{Article, ArticleId, Content, FrontMatter};

/// A change of the site that nobody has to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When it comes.
    pub at: Timestamp,
    /// What happens.
    pub what: ChangeKind,
    /// To which article.
    pub article: ArticleId,
    /// How many more things happen at that instant.
    pub others: usize,
}

/// What happens to an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// Readers see it from then on.
    Appears,
    /// It is gone from then on.
    Expires,
    /// A change or a correction that was dated ahead counts.
    Changes,
    /// It is no longer kept on top of the front page.
    Unpinned,
    /// It is no news any more.
    LeavesNews,
    /// Feeds no longer tell that it was withdrawn.
    LeavesFeeds,
}

impl ChangeKind {
    /// As programs read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Appears => "appears",
            Self::Expires => "expires",
            Self::Changes => "changes",
            Self::Unpinned => "unpinned",
            Self::LeavesNews => "leaves-news-sitemap",
            Self::LeavesFeeds => "leaves-feeds",
        }
    }

    /// As people read it behind the name of the article.
    pub fn words(self) -> &'static str {
        match self {
            Self::Appears => "appears",
            Self::Expires => "expires",
            Self::Changes => "counts as changed",
            Self::Unpinned => "is no longer pinned",
            Self::LeavesNews => "leaves the news sitemap",
            Self::LeavesFeeds => "leaves the feeds",
        }
    }
}

/// Every instant at which the site may differ because of an article, whether readers see it or not.
pub fn instants(article: &Article) -> impl Iterator<Item = (Timestamp, ChangeKind)> + '_ {
    let front = &article.front;
    let FrontMatter { expires, updated, pinned_until, .. } = front;
    let corrected = front.corrections.iter().map(|note| (Some(note.date), ChangeKind::Changes));
    let own = [
        (front.appears_at(), ChangeKind::Appears),
        (*expires, ChangeKind::Expires),
        (*updated, ChangeKind::Changes),
        (*pinned_until, ChangeKind::Unpinned),
        (front.withdrawn_at(), ChangeKind::Changes),
        (end_of_news(article), ChangeKind::LeavesNews),
        (end_of_notice(front), ChangeKind::LeavesFeeds),
    ];
    own.into_iter().chain(corrected).filter_map(|(at, what)| Some((at?, what)))
}

/// When the site next differs by itself. Among things that happen at one instant, the first article's comes first.
pub fn next_change(config: &Config, content: &Content, archive: &Archive) -> Option<Change> {
    let sight = ChangeFilter { config, content, archive };
    let mut next: Option<Change> = None;
    for (id, article) in content.iter() {
        for (at, what) in instants(article) {
            if at <= archive.as_of() || next.as_ref().is_some_and(|next| next.at < at) {
                continue;
            }
            if !sight.sees(id, at, what) {
                continue;
            }
            match &mut next {
                Some(next) if next.at == at => next.others += 1,
                _ => next = Some(Change { at, what, article: id, others: 0 }),
            }
        }
    }
    next
}

/// What decides whether readers see a change.
struct ChangeFilter<'a> {
    config: &'a Config,
    content: &'a Content,
    archive: &'a Archive,
}

impl ChangeFilter<'_> {
    /// Whether what happens to an article at an instant changes the site, if nothing changes it before then.
    fn sees(&self, id: ArticleId, at: Timestamp, what: ChangeKind) -> bool {
        let Self { content, archive, .. } = self;
        let article = content.get(id);
        let now = archive.visibility(id);
        let is_shown = now == Visibility::Shown;
        match what {
            ChangeKind::Appears => {
                let waits = matches!(now, Visibility::Hidden(Reason::Scheduled | Reason::Embargoed));
                let then = View { as_of: at, ..archive.view() };
                waits && !matches!(visibility(&article.front, then), Visibility::Hidden(_))
            }
            ChangeKind::Expires => !matches!(now, Visibility::Hidden(_)),
            ChangeKind::Changes => is_shown || self.has_notice(id) || self.has_json_of_withdrawn(id),
            ChangeKind::Unpinned => {
                is_shown && !article.is_standing() && archive.is_reordered_at(content, at)
            }
            ChangeKind::LeavesNews => is_shown && is_news(article),
            ChangeKind::LeavesFeeds => self.has_notice(id),
        }
    }

    /// Whether feeds tell that a story was withdrawn.
    fn has_notice(&self, id: ArticleId) -> bool {
        let feeds = &self.config.feeds;
        let has_feeds = !feeds.site.is_empty() || !feeds.lists.is_empty();
        has_feeds && self.archive.departed(None).any(|departed| departed.id == id && departed.has_notice())
    }

    fn has_json_of_withdrawn(&self, id: ArticleId) -> bool {
        let is_withdrawn = self.archive.visibility(id) == Visibility::Withdrawn;
        self.config.api && is_withdrawn && !self.content.get(id).is_standing()
    }
}

/// When a story leaves the news sitemap.
fn end_of_news(article: &Article) -> Option<Timestamp> {
    article.front.published_at()?.checked_add(NEWS).ok()
}
