//! A list of stories → its pages, so that a full page never changes again.
//!
//! Stories are dealt onto pages from the oldest on: `page/1/` has the first ones the list ever had. A numbered page
//! exists once it is full. The list's own URL shows what is on no page before the last full one: at least a full page
//! and at most two, less one, so nothing is shown twice on the way back in time. Behind the last full page stands a
//! redirect to the list, so that a full page may always point to the next number.

use std::ops::Range;

/// The pages of one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pagination {
    stories: usize,
    per_page: usize,
}

impl Pagination {
    /// For a list of so many stories.
    pub fn new(stories: usize, per_page: usize) -> Self {
        Self { stories, per_page: per_page.max(1) }
    }

    /// How many full pages there are, numbered from 1.
    pub fn full_pages(self) -> usize {
        self.stories / self.per_page
    }

    /// The stories on the list's own page, in a list that is newest first.
    pub fn newest(self) -> Range<usize> {
        let older = self.full_pages().saturating_sub(1) * self.per_page;
        0..self.stories - older
    }

    /// The stories on a numbered page, in a list that is newest first.
    pub fn page(self, number: usize) -> Range<usize> {
        let oldest = (number - 1) * self.per_page;
        self.stories - oldest - self.per_page..self.stories - oldest
    }

    /// The page that follows the list's own back in time.
    pub fn older_than_newest(self) -> Option<usize> {
        self.full_pages().checked_sub(1).filter(|number| *number > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_fill_from_the_oldest() {
        let seven = Pagination::new(7, 3);
        assert_eq!(seven.full_pages(), 2);
        assert_eq!((seven.newest(), seven.page(1), seven.page(2)), (0..4, 4..7, 1..4));
        assert_eq!(seven.older_than_newest(), Some(1));
        let two = Pagination::new(2, 3);
        assert_eq!((two.full_pages(), two.newest(), two.older_than_newest()), (0, 0..2, None));
        assert_eq!(Pagination::new(0, 3).newest(), 0..0);
    }

    #[test]
    fn the_way_back_from_the_newest_shows_each_story_once() {
        for stories in 0..40 {
            let list = Pagination::new(stories, 4);
            let mut shown: Vec<usize> = list.newest().collect();
            for number in (1..=list.older_than_newest().unwrap_or(0)).rev() {
                shown.extend(list.page(number));
            }
            assert_eq!(shown, (0..stories).collect::<Vec<_>>(), "{stories} stories");
        }
    }

    #[test]
    fn a_full_page_keeps_its_stories_when_the_list_grows() {
        // Counted from the oldest, as positions from the newest shift with every story.
        let from_oldest = |list: Pagination, stories: usize| {
            list.page(1).map(|place| stories - 1 - place).collect::<Vec<_>>()
        };
        for stories in 4..30 {
            assert_eq!(from_oldest(Pagination::new(stories, 4), stories), [3, 2, 1, 0]);
        }
    }
}
