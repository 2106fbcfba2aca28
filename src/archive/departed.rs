//! Stories that readers had and have no more, in full or at all → which feeds they were in, and when they left those.
//!
//! Readers' programs keep what they have read. So the entry of a withdrawn story stays in feeds for a while and says so; and a feed
//! that loses one has changed, which its time of change must tell.

use jiff::{SignedDuration, Timestamp};

use super::{Membership, Visibility};
use crate::content::{ArticleId, FrontMatter};

/// How long after its withdrawal the entry of a story stays in feeds.
const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A story that is in no list any more.
#[derive(Clone, Debug)]
pub struct DepartedStory {
    /// The story.
    pub id: ArticleId,
    /// What is left of it in feeds.
    pub departure: Departure,
    /// The terms that it belonged to, if there still are such.
    pub(super) membership: Membership,
}

impl DepartedStory {
    /// Whether feeds may tell of it now.
    pub fn has_notice(&self) -> bool {
        matches!(self.departure, Departure::OpenNotice | Departure::NoticeUntil(_))
    }
}

/// What is left in feeds of a story that is in no list any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// A notice, until then.
    NoticeUntil(Timestamp),
    /// A notice as long as the story would be among the newest: nothing says when it was withdrawn.
    OpenNotice,
    /// That feeds changed when the notice left them.
    NoticeEnded(Timestamp),
    /// That feeds changed when it expired.
    Expired(Timestamp),
}

/// What is left in feeds of a story with this front matter, of which readers see that much.
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

/// When the notice of a withdrawn story leaves feeds, if it says when it was withdrawn.
pub fn end_of_notice(front: &FrontMatter) -> Option<Timestamp> {
    front.withdrawn_at()?.checked_add(NOTICE).ok()
}
