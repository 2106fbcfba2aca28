//! Draws phases and threads in SVG.
//!
//! Bars are placed in percent of the width and text in pixels, so that charts fit any screen without scripts.

use std::time::Duration;

use super::numbers::{duration, escape, percent, share};
use super::{Activity, Span, ThreadLine, Timings};

/// Above this number of threads, lanes are thin.
const FEW_THREADS: usize = 16;

/// The resolution of busy spans across the width.
const GRAIN: u64 = 4000;

/// The maximum length of a label beside a bar.
const LONGEST_LABEL: usize = 10;

/// The time axis from the start of the build to its end.
pub(super) struct Axis {
    pub(super) total: Duration,
}

impl Axis {
    /// An axis that covers everything that was recorded.
    pub(super) fn of(timings: &Timings) -> Self {
        let phases = timings.phases.iter().map(|phase| phase.start + phase.length);
        let spans = timings.threads.iter().filter_map(|thread| thread.spans.last()).map(Span::end);
        Self { total: phases.chain(spans).fold(timings.total, Duration::max) }
    }

    /// An instant or a length in percent of the width.
    fn x(&self, at: Duration) -> f64 {
        100.0 * share(at, self.total)
    }

    /// Grid lines at round times, with labels below.
    pub(super) fn grid(&self, height: usize) -> String {
        let step = step(self.total);
        let mut grid = String::new();
        for (number, nanos) in (0..=self.total.as_nanos()).step_by(step).enumerate() {
            let time = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
            let x = self.x(time);
            let (anchor, odd) = match (number % 2, x) {
                (_, ..4.0) => ("start", ""),
                (0, 96.0..) => ("end", ""),
                (0, _) => ("middle", ""),
                (_, 96.0..) => ("end", " odd"),
                _ => ("middle", " odd"),
            };
            let label = tick(time, self.total, step);
            grid.push_str(&format!(
                "<line class=\"grid\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{height}\"/>\
                 <text class=\"tick{odd}\" x=\"{x:.2}%\" y=\"{}\" text-anchor=\"{anchor}\">{label}</text>\n",
                height + 15
            ));
        }
        grid
    }
}

/// The nanoseconds between grid lines: 1, 2 or 5 times a power of ten, with at most ten steps.
fn step(total: Duration) -> usize {
    let powers = (0..).map_while(|power| 10_usize.checked_pow(power));
    let mut steps = powers.flat_map(|power| [1, 2, 5].map(|times| power.saturating_mul(times)));
    steps.find(|step| total.as_nanos() <= 10 * *step as u128).unwrap_or(usize::MAX)
}

/// A label in the unit of the total: `0`, `0.5 s`, `20 ms`.
fn tick(time: Duration, total: Duration, step: usize) -> String {
    let (unit, name) = match total.as_nanos() {
        1_000_000_000.. => (1_000_000_000, "s"),
        1_000_000.. => (1_000_000, "ms"),
        _ => (1_000, "µs"),
    };
    let places = usize::from(step < unit);
    match time {
        Duration::ZERO => "0".to_owned(),
        _ => format!("{:.places$} {name}", time.as_nanos() as f64 / unit as f64),
    }
}

/// A chart with a title and a description for screen readers, and space for labels below.
pub(super) fn drawing(id: &str, title: &str, description: &str, height: usize, content: &str) -> String {
    format!(
        "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\" height=\"{}\">\n\
         <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{description}</desc>\n{content}</svg>\n",
        height + 20
    )
}

/// Draws a bar for each phase.
pub(super) fn phases(timings: &Timings, axis: &Axis) -> String {
    let height = 26 * timings.phases.len();
    let mut content = axis.grid(height);
    let mut descriptions = Vec::new();
    for (row, phase) in timings.phases.iter().enumerate() {
        let (name, length) = (escape(&phase.name), duration(phase.length));
        let (x, width) = (axis.x(phase.start), axis.x(phase.length).max(0.2));
        let (top, line) = (26 * row + 4, 26 * row + 17);
        content.push_str(&format!(
            "<text class=\"label\" x=\"0\" dx=\"-8\" y=\"{line}\">{}</text>\
             <rect class=\"phase\" x=\"{x:.2}%\" y=\"{top}\" width=\"{width:.2}%\" height=\"18\"/>\
             <text class=\"value\" x=\"100%\" dx=\"8\" y=\"{line}\">{length}</text>\n",
            label(&phase.name)
        ));
        descriptions.push(format!("{name} starts at {} and takes {length}", duration(phase.start)));
    }
    drawing("phases", "Phases of the build", &descriptions.join("; "), height, &content)
}

fn label(name: &str) -> String {
    if name.chars().count() <= LONGEST_LABEL {
        return escape(name);
    }
    let short: String = name.chars().take(LONGEST_LABEL - 1).collect();
    escape(&short) + "…"
}

/// Draws a lane for each thread, colored while it is busy.
pub(super) fn threads(timings: &Timings, axis: &Axis) -> String {
    let few = timings.threads.len() <= FEW_THREADS;
    let (pitch, bar, text) = if few { (20, 16, "") } else { (12, 10, " small") };
    let height = pitch * timings.threads.len();
    let mut content = axis.grid(height);
    let mut descriptions = Vec::new();
    for (row, thread) in timings.threads.iter().enumerate() {
        let (name, busy) = (escape(&thread.name), percent(thread.busy, axis.total));
        let top = pitch * row + (pitch - bar) / 2;
        let line = top + bar - if few { 4 } else { 1 };
        content.push_str(&format!(
            "<g><title>Thread {name}: busy for {}</title>\
             <text class=\"label{text}\" x=\"0\" dx=\"-8\" y=\"{line}\">{}</text>\
             <rect class=\"idle\" y=\"{top}\" width=\"100%\" height=\"{bar}\"/>{}\
             <text class=\"value{text}\" x=\"100%\" dx=\"8\" y=\"{line}\">{busy}</text></g>\n",
            duration(thread.busy),
            label(&thread.name),
            lane(thread, axis, top, bar)
        ));
        descriptions.push(format!("{name}: {busy}"));
    }
    let description = format!("The share of time that each thread was busy. {}", descriptions.join("; "));
    drawing("threads", "Activity by thread", &description, height, &content)
}

fn lane(thread: &ThreadLine, axis: &Axis, top: usize, height: usize) -> String {
    let paths = Activity::ALL.map(|what| match path(&thread.spans, what, axis) {
        path if path.is_empty() => path,
        path => format!("<path class=\"{}\" d=\"{path}\"/>", what.class()),
    });
    format!(
        "<svg y=\"{top}\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 {GRAIN} 1\" preserveAspectRatio=\"none\">{}</svg>",
        paths.concat()
    )
}

/// The spans of one activity, merged at the resolution of the chart.
fn path(spans: &[Span], what: Activity, axis: &Axis) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for span in spans.iter().filter(|span| span.what == what) {
        // From 0 to the grain.
        let start = (share(span.start, axis.total) * GRAIN as f64).floor() as u64;
        let end = ((share(span.end(), axis.total) * GRAIN as f64).ceil() as u64).max(start + 1);
        match runs.last_mut() {
            Some(last) if start <= last.1 => last.1 = end,
            _ => runs.push((start, end)),
        }
    }
    runs.iter().map(|(start, end)| format!("M{start} 0H{end}V1H{start}z")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_round_times() {
        let ticks = |total| {
            let step = step(Duration::from_nanos(total));
            [1, 2].map(|n| tick(Duration::from_nanos(n * step as u64), Duration::from_nanos(total), step))
        };
        assert_eq!(ticks(1_240_000_000), ["0.2 s", "0.4 s"]);
        assert_eq!(ticks(83_000_000_000), ["10 s", "20 s"]);
        assert_eq!(ticks(1_100_000), ["0.2 ms", "0.4 ms"]);
        assert_eq!(ticks(4_000), ["0.5 µs", "1.0 µs"]);
        assert_eq!(Axis { total: Duration::ZERO }.grid(10).matches("<line").count(), 1);
    }

    #[test]
    fn charts_do_not_grow_with_the_number_of_spans() {
        let ms = Duration::from_millis;
        let spans: Vec<Span> =
            (0..200_000).map(|i| Span { start: ms(i * 3), length: ms(1), what: Activity::Render }).collect();
        let axis = Axis { total: ms(600_000) };
        assert_eq!(path(&spans, Activity::Render, &axis), "M0 0H4000V1H0z");
        assert_eq!(path(&spans, Activity::Read, &axis), "");
        let far = [&spans[..1], &spans[199_000..]].concat();
        assert_eq!(path(&far, Activity::Render, &axis), "M0 0H1V1H0zM3980 0H4000V1H3980z");
    }
}
