//! Collects the reports of threads into [`Timings`].

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::lane::{Lane, Templates};
use super::slowest::Slowest;
use super::{Activity, PageTime, Phase, SLOWEST, SourceTime, Span, ThreadLine, Timings};

/// What stands in place of a template in the report.
const PICTURES: &str = "(renditions of pictures)";

/// Records how long the parts of a build take. Each thread of the pool has its own lane, so that none waits for another.
#[derive(Debug)]
pub struct Recorder {
    started: Timestamp,
    began: Instant,
    phases: Mutex<Vec<Phase>>,
    /// One for each thread of the pool, and one for all others.
    lanes: Vec<Mutex<Lane>>,
}

impl Recorder {
    /// Starts recording for the current rayon thread pool.
    pub fn new(started: Timestamp) -> Self {
        Self::with_threads(started, rayon::current_num_threads())
    }

    fn with_threads(started: Timestamp, threads: usize) -> Self {
        let lanes = (0..=threads).map(|_| Mutex::new(Lane::new())).collect();
        Self { started, began: Instant::now(), phases: Mutex::default(), lanes }
    }

    /// Ends a phase, which started when the previous one ended.
    pub fn phase(&self, name: &str) {
        self.phase_until(name, Instant::now());
    }

    /// Records a page that this thread rendered.
    pub fn page(&self, route: &str, template: &str, start: Instant, end: Instant) {
        let span = self.span(Activity::Render, start, end);
        self.in_lane(|lane| {
            lane.spans.add(span);
            lane.templates.add(template, route, span.length);
            lane.pages.add(route, template, span.length);
        });
    }

    /// Records a rendition of a picture that a worker made while the pool had nothing to do.
    pub fn picture(&self, worker: usize, route: &str, start: Instant, end: Instant) {
        let span = self.span(Activity::Other, start, end);
        let lane = &self.lanes[worker.min(self.lanes.len() - 1)];
        let mut lane = lane.lock().unwrap_or_else(PoisonError::into_inner);
        lane.spans.add(span);
        lane.templates.add(PICTURES, route, span.length);
        lane.pages.add(route, PICTURES, span.length);
    }

    /// Records a source in `content/` that this thread read and parsed.
    pub fn source(&self, path: &str, start: Instant, end: Instant) {
        let span = self.span(Activity::Read, start, end);
        self.in_lane(|lane| {
            lane.spans.add(span);
            lane.sources.add(path, "", span.length);
        });
    }

    /// Records other work of this thread.
    pub fn other(&self, start: Instant, end: Instant) {
        let span = self.span(Activity::Other, start, end);
        self.in_lane(|lane| lane.spans.add(span));
    }

    /// Ends the build of the site with this title.
    pub fn finish(self, site: &str, counts: Vec<(String, u64)>) -> Timings {
        let total = self.began.elapsed();
        self.finish_after(total, site, counts)
    }

    fn phase_until(&self, name: &str, end: Instant) {
        let mut phases = self.phases.lock().unwrap_or_else(PoisonError::into_inner);
        let start = phases.last().map(|last| last.start + last.length).unwrap_or_default();
        let length = self.since(end).saturating_sub(start);
        phases.push(Phase { name: name.to_owned(), start, length });
    }

    fn finish_after(self, total: Duration, site: &str, counts: Vec<(String, u64)>) -> Timings {
        let outside = self.lanes.len() - 1;
        let mut threads = Vec::with_capacity(self.lanes.len());
        let mut templates = Templates::default();
        let (mut pages, mut sources) = (Slowest::new(SLOWEST), Slowest::new(SLOWEST));
        for (index, lane) in self.lanes.into_iter().enumerate() {
            let lane = lane.into_inner().unwrap_or_else(PoisonError::into_inner);
            templates.merge(lane.templates);
            pages.merge(lane.pages);
            sources.merge(lane.sources);
            let name = if index == outside { "main".to_owned() } else { (index + 1).to_string() };
            threads.push(ThreadLine { name, busy: lane.spans.busy, spans: lane.spans.list });
        }
        // Idle threads of the pool are shown, others are not.
        threads.pop_if(|outside| outside.spans.is_empty());
        Timings {
            site: site.to_owned(),
            started: self.started,
            total,
            phases: self.phases.into_inner().unwrap_or_else(PoisonError::into_inner),
            threads,
            templates: templates.into_sorted(),
            slowest_pages: pages
                .into_sorted()
                .map(|(route, template, time)| PageTime { route, template, time })
                .collect(),
            slowest_articles: sources
                .into_sorted()
                .map(|(path, _, time)| SourceTime { path, time })
                .collect(),
            counts,
        }
    }

    fn in_lane(&self, record: impl FnOnce(&mut Lane)) {
        let outside = self.lanes.len() - 1;
        let index = rayon::current_thread_index().map_or(outside, |index| index.min(outside));
        record(&mut self.lanes[index].lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn span(&self, what: Activity, start: Instant, end: Instant) -> Span {
        Span { start: self.since(start), length: end.saturating_duration_since(start), what }
    }

    fn since(&self, instant: Instant) -> Duration {
        instant.saturating_duration_since(self.began)
    }
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;

    fn on_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(run)
    }

    fn micros(recorder: &Recorder, micros: u64) -> Instant {
        recorder.began + Duration::from_micros(micros)
    }

    #[test]
    fn an_empty_build_has_only_threads() {
        let recorder = Recorder::with_threads(Timestamp::UNIX_EPOCH, 2);
        let timings = recorder.finish_after(Duration::ZERO, "", Vec::new());
        assert_eq!(timings.threads.iter().map(|thread| &*thread.name).collect::<Vec<_>>(), ["1", "2"]);
        assert!(timings.threads.iter().all(|thread| thread.spans.is_empty()));
        assert!(timings.phases.is_empty() && timings.templates.is_empty());
        assert!(timings.slowest_pages.is_empty() && timings.slowest_articles.is_empty());
    }

    #[test]
    fn phases_follow_each_other() {
        let recorder = Recorder::with_threads(Timestamp::UNIX_EPOCH, 1);
        recorder.phase_until("read", micros(&recorder, 300));
        recorder.phase_until("plan", micros(&recorder, 500));
        let phases = recorder.finish_after(Duration::ZERO, "", Vec::new()).phases;
        let [read, plan] = phases.as_slice() else { panic!("{phases:?}") };
        assert_eq!((read.name.as_str(), read.start, read.length.as_micros()), ("read", Duration::ZERO, 300));
        assert_eq!((plan.name.as_str(), plan.start.as_micros(), plan.length.as_micros()), ("plan", 300, 200));
    }

    #[test]
    fn work_outside_the_pool_is_on_the_main_line() {
        let recorder = Recorder::with_threads(Timestamp::UNIX_EPOCH, 1);
        recorder.source("a.md", micros(&recorder, 0), micros(&recorder, 9));
        recorder.other(micros(&recorder, 9), micros(&recorder, 12));
        let timings = recorder.finish_after(Duration::from_micros(12), "Site", Vec::new());
        let main = timings.threads.last().unwrap();
        assert_eq!((main.name.as_str(), main.spans.len(), main.busy.as_micros()), ("main", 2, 12));
        assert_eq!(
            timings.slowest_articles,
            [SourceTime { path: "a.md".to_owned(), time: Duration::from_micros(9) }]
        );
    }

    #[test]
    fn a_thread_of_a_larger_pool_is_recorded_too() {
        let recorder = Recorder::with_threads(Timestamp::UNIX_EPOCH, 1);
        let (start, end) = (micros(&recorder, 0), micros(&recorder, 5));
        on_threads(4, || rayon::broadcast(|_| recorder.page("/", "front.html", start, end)));
        assert_eq!(recorder.finish_after(Duration::ZERO, "", Vec::new()).templates[0].pages, 4);
    }

    #[test]
    fn the_record_is_small_and_the_same_on_any_number_of_threads() {
        let record = |threads| {
            on_threads(threads, || {
                let recorder = Recorder::new(Timestamp::UNIX_EPOCH);
                (0..100_000_u64).into_par_iter().for_each(|page| {
                    let start = micros(&recorder, page * 20);
                    let end = micros(&recorder, page * 20 + page * 7919 % 20_011);
                    recorder.page(&format!("/{page}/"), ["a.html", "b.html"][page as usize % 2], start, end);
                });
                recorder.finish_after(Duration::from_secs(2), "Site", Vec::new())
            })
        };
        let (one, many) = (record(1), record(64));
        assert_eq!((one.threads.len(), many.threads.len()), (1, 64));
        assert!(many.threads.iter().all(|thread| thread.spans.len() <= 2000));
        assert_eq!((one.slowest_pages.len(), one.templates.len(), one.templates[0].pages), (50, 2, 50_000));
        assert_eq!(one.slowest_pages, many.slowest_pages);
        assert_eq!(one.templates, many.templates);
    }
}
