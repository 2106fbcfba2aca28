//! The record of one thread: busy spans, times of templates, and the slowest pages and sources.
//!
//! Its size does not grow with the number of pages.

use std::collections::HashMap;
use std::time::Duration;

use super::slowest::Slowest;
use super::{SLOWEST, Span, TemplateTime};

/// Spans of one activity with a shorter gap are merged.
const GAP: Duration = Duration::from_millis(1);

/// The maximum number of spans of a thread. Near ones are then merged until half are left.
const MOST_SPANS: usize = 2000;

/// The record of one thread.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) spans: Spans,
    pub(super) templates: Templates,
    pub(super) pages: Slowest,
    pub(super) sources: Slowest,
}

impl Lane {
    pub(super) fn new() -> Self {
        Self {
            spans: Spans::new(),
            templates: Templates::default(),
            pages: Slowest::new(SLOWEST),
            sources: Slowest::new(SLOWEST),
        }
    }
}

/// When a thread was busy.
#[derive(Debug)]
pub(super) struct Spans {
    /// In order and without overlaps.
    pub(super) list: Vec<Span>,
    /// The total time, without merged gaps.
    pub(super) busy: Duration,
    gap: Duration,
}

impl Spans {
    fn new() -> Self {
        Self { list: Vec::new(), busy: Duration::ZERO, gap: GAP }
    }

    /// Adds the last work of a thread. Overlaps are cut off, because a thread that waits for others may start another page in the
    /// middle of one.
    pub(super) fn add(&mut self, span: Span) {
        let known = self.list.last().map(Span::end).unwrap_or_default();
        let start = span.start.max(known);
        let length = span.end().saturating_sub(start);
        if length.is_zero() {
            return;
        }
        self.busy += length;
        let span = Span { start, length, what: span.what };
        match self.list.last_mut() {
            Some(last) if last.what == span.what && start - known < self.gap => {
                last.length = span.end() - last.start;
            }
            _ => self.list.push(span),
        }
        if self.list.len() > MOST_SPANS {
            self.coarsen();
        }
    }

    /// Merges spans with wider and wider gaps, and short spans of another kind into longer neighbors.
    fn coarsen(&mut self) {
        while self.list.len() > MOST_SPANS / 2 {
            self.gap *= 2;
            let gap = self.gap;
            self.list.dedup_by(|next, last| {
                let near = next.start - last.end() < gap;
                let alike = next.what == last.what || next.length.min(last.length) < gap;
                if near && alike {
                    last.what = if next.length > last.length { next.what } else { last.what };
                    last.length = next.end() - last.start;
                }
                near && alike
            });
        }
    }
}

/// The time of each template.
#[derive(Debug, Default)]
pub(super) struct Templates(HashMap<String, TemplateTime>);

impl Templates {
    /// Adds a page.
    pub(super) fn add(&mut self, name: &str, route: &str, time: Duration) {
        let Some(known) = self.0.get_mut(name) else {
            let first = TemplateTime {
                name: name.to_owned(),
                pages: 1,
                total: time,
                slowest: route.to_owned(),
                slowest_time: time,
            };
            self.0.insert(name.to_owned(), first);
            return;
        };
        known.pages += 1;
        known.total += time;
        known.slower(route, time);
    }

    /// Merges those of another thread.
    pub(super) fn merge(&mut self, other: Self) {
        for (name, time) in other.0 {
            match self.0.get_mut(&name) {
                Some(known) => {
                    known.pages += time.pages;
                    known.total += time.total;
                    known.slower(&time.slowest, time.slowest_time);
                }
                None => {
                    self.0.insert(name, time);
                }
            }
        }
    }

    /// The times, the longest total first.
    pub(super) fn into_sorted(self) -> Vec<TemplateTime> {
        let mut all: Vec<TemplateTime> = self.0.into_values().collect();
        all.sort_unstable_by(|a, b| b.total.cmp(&a.total).then_with(|| a.name.cmp(&b.name)));
        all
    }
}

impl TemplateTime {
    /// Ties are broken by route.
    fn slower(&mut self, route: &str, time: Duration) {
        let is_slower = time > self.slowest_time;
        if is_slower || (time == self.slowest_time && route < self.slowest.as_str()) {
            self.slowest_time = time;
            route.clone_into(&mut self.slowest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timings::Activity;

    fn span(start: u64, end: u64, what: Activity) -> Span {
        let [start, end] = [start, end].map(Duration::from_micros);
        Span { start, length: end - start, what }
    }

    fn spans(of: &[Span]) -> Spans {
        let mut spans = Spans::new();
        of.iter().for_each(|span| spans.add(*span));
        spans
    }

    #[test]
    fn near_spans_of_one_activity_are_merged() {
        let near = spans(&[span(0, 500, Activity::Render), span(1_499, 2_000, Activity::Render)]);
        assert_eq!(near.list, [span(0, 2_000, Activity::Render)]);
        assert_eq!(near.busy, Duration::from_micros(1_001));
        let far = [span(0, 500, Activity::Render), span(1_500, 2_000, Activity::Render)];
        assert_eq!(spans(&far).list, far);
        let different = [span(0, 500, Activity::Read), span(500, 2_000, Activity::Render)];
        assert_eq!(spans(&different).list, different);
    }

    #[test]
    fn spans_never_overlap() {
        let inner_first = spans(&[span(200, 500, Activity::Read), span(0, 1_000, Activity::Render)]);
        assert_eq!(inner_first.list, [span(200, 500, Activity::Read), span(500, 1_000, Activity::Render)]);
        let within = spans(&[span(0, 1_000, Activity::Read), span(200, 300, Activity::Render)]);
        assert_eq!(within.list, [span(0, 1_000, Activity::Read)]);
    }

    #[test]
    fn the_number_of_spans_is_bounded() {
        let what = [Activity::Read, Activity::Render, Activity::Other];
        let every_kind: Vec<Span> =
            (0..100_000).map(|i| span(i * 100, i * 100 + 90, what[i as usize % 3])).collect();
        let far_apart: Vec<Span> =
            (0..100_000).map(|i| span(i * 9_000, i * 9_000 + 5_000, Activity::Render)).collect();
        for of in [every_kind, far_apart] {
            let spans = spans(&of);
            assert!(spans.list.len() <= MOST_SPANS, "{}", spans.list.len());
            assert_eq!(spans.busy, of.iter().map(|span| span.length).sum());
            assert_eq!(spans.list[0].start, of[0].start);
            assert_eq!(spans.list.last().unwrap().end(), of.last().unwrap().end());
            assert!(spans.list.windows(2).all(|pair| pair[0].end() <= pair[1].start));
        }
    }

    #[test]
    fn templates_add_up_on_one_thread_and_on_several() {
        let ms = Duration::from_millis;
        let (mut one, mut other) = (Templates::default(), Templates::default());
        one.add("article.html", "/b/", ms(3));
        one.add("article.html", "/a/", ms(3));
        one.add("list.html", "/", ms(7));
        other.add("article.html", "/c/", ms(2));
        other.add("front.html", "/", ms(8));
        one.merge(other);
        let sorted = one.into_sorted();
        let names: Vec<&str> = sorted.iter().map(|template| template.name.as_str()).collect();
        assert_eq!(names, ["article.html", "front.html", "list.html"]);
        assert_eq!((sorted[0].pages, sorted[0].total), (3, ms(8)));
        assert_eq!((sorted[0].slowest.as_str(), sorted[0].slowest_time), ("/a/", ms(3)));
    }
}
