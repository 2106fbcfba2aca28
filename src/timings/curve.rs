//! Draws the number of busy threads over time.

use std::time::Duration;

use super::Timings;
use super::chart::{Axis, drawing};
use super::numbers::share;

/// The number of steps of the curve.
const STEPS: usize = 240;

/// The height in pixels.
const HEIGHT: usize = 72;

/// Draws the number of busy threads over time.
pub(super) fn busy(timings: &Timings, axis: &Axis) -> String {
    let threads = timings.threads.len();
    let steps = steps(timings, axis.total);
    let mean = steps.iter().sum::<f64>() / STEPS as f64;
    let mut path = format!("M0 {threads}");
    for (index, busy) in steps.iter().enumerate() {
        path.push_str(&format!("V{:.2}H{}", threads as f64 - busy, index + 1));
    }
    let content = format!(
        "<text class=\"label\" x=\"0\" dx=\"-8\" y=\"10\">{threads}</text>\
         <text class=\"label\" x=\"0\" dx=\"-8\" y=\"{HEIGHT}\">0</text>\n\
         <rect class=\"idle\" width=\"100%\" height=\"{HEIGHT}\"/>\n\
         <svg width=\"100%\" height=\"{HEIGHT}\" viewBox=\"0 0 {STEPS} {threads}\" preserveAspectRatio=\"none\">\
         <path class=\"busy\" d=\"{path}V{threads}z\"/></svg>\n{}",
        axis.grid(HEIGHT)
    );
    let title = "Busy threads over time";
    let description = format!("Of {threads}, {mean:.1} were busy on average.");
    drawing("busy", title, &description, HEIGHT, &content)
}

/// The average number of busy threads in each step.
fn steps(timings: &Timings, total: Duration) -> Vec<f64> {
    let mut steps = vec![0.0; STEPS];
    let place = |at| share(at, total) * STEPS as f64;
    for span in timings.threads.iter().flat_map(|thread| &thread.spans) {
        let (start, end) = (place(span.start), place(span.end()));
        // From 0 to the number of steps.
        let (first, last) = (start as usize, end.ceil() as usize);
        for (index, step) in steps.iter_mut().enumerate().take(last).skip(first) {
            *step += end.min((index + 1) as f64) - start.max(index as f64);
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timings::report::tests::{empty, thread};

    #[test]
    fn a_step_is_the_part_of_it_that_threads_were_busy() {
        let ms = Duration::from_millis;
        let mut timings = empty();
        timings.threads = vec![thread("1", &[(0, 240)]), thread("2", &[(0, 60), (119, 121)])];
        let wide = steps(&timings, ms(240));
        assert_eq!(
            [wide[0], wide[59], wide[60], wide[118], wide[119], wide[120]],
            [2.0, 2.0, 1.0, 1.0, 2.0, 2.0]
        );
        let narrow = steps(&timings, ms(480));
        assert_eq!([narrow[0], narrow[30], narrow[59], narrow[60], narrow[120]], [2.0, 1.0, 1.5, 1.5, 0.0]);
        assert_eq!(steps(&timings, Duration::ZERO), [0.0; STEPS]);
    }
}
