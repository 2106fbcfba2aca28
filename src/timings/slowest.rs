//! Keeps the slowest few of any number of items.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// The slowest few items. Ties are broken by name, so that the order of threads does not matter.
#[derive(Debug)]
pub(super) struct Slowest {
    most: usize,
    /// The next one to drop is on top.
    kept: BinaryHeap<Reverse<Entry>>,
}

/// Slower items are greater.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    time: Duration,
    name: Reverse<String>,
    note: String,
}

impl Slowest {
    /// Keeps at most this many.
    pub(super) fn new(most: usize) -> Self {
        Self { most, kept: BinaryHeap::new() }
    }

    /// Adds an item if it is among the slowest. Nearly all are not, and cost one comparison.
    pub(super) fn add(&mut self, name: &str, note: &str, time: Duration) {
        if self.kept.len() >= self.most {
            let slower = |Reverse(least): &Reverse<Entry>| {
                (time, Reverse(name)) > (least.time, Reverse(least.name.0.as_str()))
            };
            if !self.kept.peek().is_some_and(slower) {
                return;
            }
            self.kept.pop();
        }
        let entry = Entry { time, name: Reverse(name.to_owned()), note: note.to_owned() };
        self.kept.push(Reverse(entry));
    }

    /// Merges the items of another thread.
    pub(super) fn merge(&mut self, other: Self) {
        for Reverse(entry) in other.kept {
            self.add(&entry.name.0, &entry.note, entry.time);
        }
    }

    /// The name, note and time of each item, the slowest first.
    pub(super) fn into_sorted(self) -> impl Iterator<Item = (String, String, Duration)> {
        let sorted = self.kept.into_sorted_vec().into_iter();
        sorted.map(|Reverse(entry)| (entry.name.0, entry.note, entry.time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(slowest: Slowest) -> Vec<String> {
        slowest.into_sorted().map(|(name, ..)| name).collect()
    }

    #[test]
    fn only_the_slowest_are_kept() {
        let mut slowest = Slowest::new(50);
        for number in 0..100_000_u64 {
            // Every time from 0 to 99,999 µs once, in no order.
            let time = number * 7919 % 100_000;
            slowest.add(&time.to_string(), "", Duration::from_micros(time));
        }
        let expected: Vec<String> = (99_950..100_000).rev().map(|time: u64| time.to_string()).collect();
        assert_eq!(names(slowest), expected);
    }

    #[test]
    fn ties_are_broken_by_name() {
        let time = Duration::from_millis(1);
        for order in [["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"]] {
            let (mut one, mut other) = (Slowest::new(2), Slowest::new(2));
            one.add(order[0], "", time);
            other.add(order[1], "", time);
            other.add(order[2], "", time);
            one.merge(other);
            assert_eq!(names(one), ["a", "b"]);
        }
    }

    #[test]
    fn none_may_be_kept() {
        let mut slowest = Slowest::new(0);
        slowest.add("a", "", Duration::from_secs(1));
        assert_eq!(names(slowest), [""; 0]);
    }
}
