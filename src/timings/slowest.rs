//! Times of any number of things → those of the few that took longest.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// Keeps the slowest few. Of equally slow ones the first by name stay, so that the order in which threads come by
/// makes no difference.
#[derive(Debug)]
pub(super) struct Slowest {
    most: usize,
    /// The one that goes next is on top.
    kept: BinaryHeap<Reverse<Entry>>,
}

/// Greater is slower.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    time: Duration,
    name: Reverse<String>,
    note: String,
}

impl Slowest {
    /// Keeps at most so many.
    pub(super) fn new(most: usize) -> Self {
        Self { most, kept: BinaryHeap::new() }
    }

    /// Keeps this one if it is among the slowest. Those that are not, which is nearly all, cost a comparison.
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

    /// Takes in those of another.
    pub(super) fn merge(&mut self, other: Self) {
        for Reverse(entry) in other.kept {
            self.add(&entry.name.0, &entry.note, entry.time);
        }
    }

    /// Name, note and time of each, the slowest first.
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
    fn of_equals_the_first_by_name_stay_in_whatever_order_they_come() {
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
