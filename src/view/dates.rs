//! The dates of a story, in the zone of the site.

use jiff::{Timestamp, Zoned};

use crate::config::Config;
use crate::content::Article;

/// A date that readers see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoryDate {
    /// The instant; the beginning of the day if no time was written.
    pub instant: Timestamp,
    /// Whether it was written without a time, so that readers see only the day.
    pub is_day: bool,
}

/// Returns when an article last changed for its readers: the latest of its dates, its corrections and its withdrawal, ignoring
/// those after `as_of`. `None` if the article has no date.
pub fn modified(article: &Article, as_of: Timestamp) -> Option<Timestamp> {
    let front = &article.front;
    let corrections = front.corrections.iter().map(|note| note.date);
    let own = [front.published_at(), front.updated, front.withdrawn_at()].into_iter().flatten();
    own.chain(corrections).filter(|instant| *instant <= as_of).max()
}

/// Converts an instant to the zone of the site, truncated to the second.
pub fn zoned(config: &Config, instant: Timestamp) -> Zoned {
    let whole = Timestamp::from_second(instant.as_second()).unwrap_or(instant);
    whole.to_zoned(config.timezone.clone())
}

/// Formats a time as RFC 3339, with its offset: `2026-11-22T09:30:00+02:00`.
pub fn rfc3339(time: &Zoned) -> String {
    time.timestamp().display_with_offset(time.offset()).to_string()
}
