//! Stories that were withdrawn or have expired → how they affect the feeds that they were in.
//!
//! Feed readers keep what they have fetched. So the entry of a withdrawn story stays in feeds for a while as a notice,
//! and a feed that loses a story counts as changed.

use jiff::{SignedDuration, Timestamp};

use super::{Membership, Visibility};
use crate::content::{ArticleId, FrontMatter};

/// How long the notice of a withdrawn story stays in feeds.
const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A story that has left all lists.
#[derive(Clone, Debug)]
pub struct DepartedStory {
    /// The story.
    pub id: ArticleId,
    /// How it affects feeds.
    pub departure: Departure,
    /// The terms that it belonged to and that still exist.
    pub(super) membership: Membership,
}

impl DepartedStory {
    /// Whether feeds still have its notice.
    pub fn has_notice(&self) -> bool {
        matches!(self.departure, Departure::OpenNotice | Departure::NoticeUntil(_))
    }
}

/// How feeds show that a story has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// A notice until this instant.
    NoticeUntil(Timestamp),
    /// A notice for as long as the story would be among the newest, as nothing says when it was withdrawn.
    OpenNotice,
    /// Nothing, but feeds changed at this instant, when the notice left them.
    NoticeEnded(Timestamp),
    /// Nothing, but feeds changed at this instant, when the story expired.
    Expired(Timestamp),
}

/// How a story with this front matter and visibility affects feeds, if it has left them.
pub(super) fn departure(front: &FrontMatter, seen: Visibility, as_of: Timestamp) -> Option<Departure> {
    let published = front.published_at().filter(|_| !front.not_in_feeds)?;
    match (seen, front.expires) {
        (Visibility::Withdrawn, _) => Some(match end_of_notice(front) {
            None => Departure::OpenNotice,
            Some(end) if end > as_of => Departure::NoticeUntil(end),
            Some(end) => Departure::NoticeEnded(end),
        }),
        (Visibility::Hidden(super::Reason::Expired), Some(expired)) => {
            (published < expired).then_some(Departure::Expired(expired))
        }
        _ => None,
    }
}

/// When the notice of a withdrawn story leaves feeds. `None` if nothing says when it was withdrawn.
pub fn end_of_notice(front: &FrontMatter) -> Option<Timestamp> {
    front.withdrawn_at()?.checked_add(NOTICE).ok()
}
