//! The orders of stories. Each order is total, so it is the same on every machine.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};
use rayon::prelude::*;

use crate::content::{ArticleId, Content, FrontMatter};

/// The urgency of a story that gives none (ninjs: 1 to 9).
pub const USUAL_URGENCY: u8 = 5;
/// How many hours a step of urgency moves a story on the front page.
const HOURS_A_STEP: i64 = 6;

/// Sorts stories newest first; equal times by path.
pub(super) fn newest_first(stories: &mut [(Timestamp, ArticleId)]) {
    stories.par_sort_unstable_by_key(|(date, id)| (Reverse(*date), *id));
}

/// Orders stories for the front page: pinned stories first, then by date shifted by urgency. A flash stays on top a day
/// longer, a filler sinks a day sooner. The order does not depend on the age of a story, so it changes only when a
/// story appears, disappears or is unpinned.
pub(super) fn for_front(content: &Content, newest_first: &[ArticleId], as_of: Timestamp) -> Vec<ArticleId> {
    let weigh = |(place, id): (usize, &ArticleId)| {
        let front = &content.get(*id).front;
        let pinned = front.pinned_until.is_some_and(|until| until > as_of);
        (!pinned, Reverse(weight(front)), place)
    };
    let mut weighed: Vec<(bool, Reverse<Timestamp>, usize)> =
        newest_first.par_iter().enumerate().map(weigh).collect();
    weighed.par_sort_unstable();
    weighed.into_iter().map(|(.., place)| newest_first[place]).collect()
}

/// Whether the order of the front page differs at a later instant, when pins have ended.
pub(super) fn is_reordered(
    content: &Content,
    front: &[ArticleId],
    rank: &[u32],
    [as_of, later]: [Timestamp; 2],
) -> bool {
    let is_pinned =
        |id: ArticleId, at: Timestamp| content.get(id).front.pinned_until.is_some_and(|until| until > at);
    let key =
        |id: ArticleId| (!is_pinned(id, later), Reverse(weight(&content.get(id).front)), rank[id.0 as usize]);
    // Stories that are not pinned come after the pinned ones and keep their order.
    let pairs = front.windows(2).take_while(|pair| is_pinned(pair[0], as_of));
    pairs.into_iter().any(|pair| key(pair[0]) > key(pair[1]))
}

fn weight(front: &FrontMatter) -> Timestamp {
    let steps = i64::from(USUAL_URGENCY) - i64::from(front.urgency.unwrap_or(USUAL_URGENCY));
    let published = front.published_at().unwrap_or(Timestamp::MIN);
    published.checked_add(SignedDuration::from_hours(steps * HOURS_A_STEP)).unwrap_or(published)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_urgency_is_worth_six_hours() {
        let front =
            |date: &str, urgency| FrontMatter { date: date.parse().ok(), urgency, ..FrontMatter::default() };
        let usual = weight(&front("2026-01-01T12:00:00Z", None));
        assert!(weight(&front("2026-01-01T05:59:59Z", Some(4))) < usual);
        assert!(weight(&front("2026-01-01T06:00:01Z", Some(4))) > usual);
        assert!(weight(&front("2026-01-02T11:59:59Z", Some(9))) < usual);
    }
}
