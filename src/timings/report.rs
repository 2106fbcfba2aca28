//! Renders [`Timings`] as a self-contained HTML file.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::chart::{self, Axis};
use super::numbers::{duration, escape, percent, thousands};
use super::{Activity, Timings, curve, tables};

const STYLE: &str = include_str!("report.css");

/// Renders the file.
pub(super) fn html(timings: &Timings) -> String {
    let axis = Axis::of(timings);
    let site = escape(&timings.site);
    let charts = [phases(timings, &axis), threads(timings, &axis)].concat();
    let tables = [tables::templates(timings), tables::pages(timings), tables::articles(timings)].concat();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>Build timings of {site}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n{}<main>\n{charts}\
         <div class=\"pair\">\n{}{}</div>\n{tables}</main>\n</body>\n</html>\n",
        header(timings, &axis),
        tables::counts(timings),
        tables::phases(timings)
    )
}

fn header(timings: &Timings, axis: &Axis) -> String {
    let started = timings.started.to_zoned(TimeZone::UTC);
    let (machine, display) =
        (started.strftime("%Y-%m-%dT%H:%M:%SZ"), started.strftime("%Y-%m-%d %H:%M:%S UTC"));
    let threads = match timings.threads.len() {
        1 => "1 thread".to_owned(),
        more => format!("{} threads", thousands(more as u64)),
    };
    let busy: Duration = timings.threads.iter().map(|thread| thread.busy).sum();
    let available = axis.total.saturating_mul(u32::try_from(timings.threads.len()).unwrap_or(u32::MAX));
    format!(
        "<header>\n<h1><bdi>{}</bdi> <span class=\"total\">built in {}</span></h1>\n\
         <p>Started at <time datetime=\"{machine}\">{display}</time>. {threads}, busy {} of the time.</p>\n</header>\n",
        escape(&timings.site),
        duration(timings.total),
        percent(busy, available)
    )
}

fn phases(timings: &Timings, axis: &Axis) -> String {
    if timings.phases.is_empty() {
        return String::new();
    }
    format!("<section>\n<h2>Phases</h2>\n{}</section>\n", chart::phases(timings, axis))
}

fn threads(timings: &Timings, axis: &Axis) -> String {
    if timings.threads.is_empty() {
        return String::new();
    }
    let key = |class: &str, name: &str| {
        format!(
            "<li><svg aria-hidden=\"true\" width=\"12\" height=\"12\">\
             <rect class=\"{class}\" width=\"12\" height=\"12\"/></svg> {name}</li>\n"
        )
    };
    let keys = Activity::ALL.map(|what| key(what.class(), what.name())).concat() + &key("idle", "Idle");
    format!(
        "<section>\n<h2>Threads</h2>\n<h3>Busy threads</h3>\n{}<h3>Activity by thread</h3>\n\
         <ul class=\"keys\">\n{keys}</ul>\n{}</section>\n",
        curve::busy(timings, axis),
        chart::threads(timings, axis)
    )
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::timings::{PageTime, Phase, SourceTime, Span, TemplateTime, ThreadLine};

    pub(in crate::timings) fn empty() -> Timings {
        Timings {
            site: String::new(),
            started: Timestamp::UNIX_EPOCH,
            total: Duration::ZERO,
            phases: Vec::new(),
            threads: Vec::new(),
            templates: Vec::new(),
            slowest_pages: Vec::new(),
            slowest_articles: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// A thread that rendered during these milliseconds.
    pub(in crate::timings) fn thread(name: &str, spans: &[(u64, u64)]) -> ThreadLine {
        let ms = Duration::from_millis;
        let spans: Vec<Span> = spans
            .iter()
            .map(|(start, end)| Span { start: ms(*start), length: ms(end - start), what: Activity::Render })
            .collect();
        ThreadLine { name: name.to_owned(), busy: spans.iter().map(|span| span.length).sum(), spans }
    }

    /// A build with a number of threads and the same name everywhere.
    fn built(threads: usize, name: &str) -> Timings {
        let ms = Duration::from_millis;
        let name = || name.to_owned();
        Timings {
            site: name(),
            total: ms(1240),
            phases: vec![Phase { name: name(), start: ms(40), length: ms(1000) }],
            threads: (1..=threads).map(|n| thread(&n.to_string(), &[(0, 620), (930, 1240)])).collect(),
            templates: vec![TemplateTime {
                name: name(),
                pages: 12_345,
                total: ms(1240),
                slowest: name(),
                slowest_time: ms(3),
            }],
            slowest_pages: vec![PageTime { route: name(), template: name(), time: ms(3) }],
            slowest_articles: vec![SourceTime { path: name(), time: ms(2) }],
            counts: vec![(name(), 1_234_567)],
            ..empty()
        }
    }

    /// Checks that all elements are closed in order.
    fn assert_whole(html: &str) {
        let mut open: Vec<&str> = Vec::new();
        for tag in html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
            let name = tag.split_ascii_whitespace().next().unwrap();
            match name.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{html}"),
                None if tag.ends_with('/') || ["!doctype", "meta"].contains(&name) => {}
                None => open.push(name),
            }
        }
        assert_eq!(open, [""; 0]);
    }

    #[test]
    fn an_empty_build_has_a_report() {
        let html = html(&empty());
        assert_whole(&html);
        assert!(html.contains("built in 0 µs"), "{html}");
        assert!(html.contains("1970-01-01 00:00:00 UTC"), "{html}");
        assert!(!html.contains("NaN") && !html.contains("inf"), "{html}");
        assert_eq!(html.matches("None were recorded.").count(), 5);
    }

    #[test]
    fn reports_show_any_number_of_threads() {
        for (threads, summary) in [(1, "1 thread, busy 75 %"), (64, "64 threads, busy 75 %")] {
            let html = html(&built(threads, "a"));
            assert_whole(&html);
            assert!(html.contains(summary), "{html}");
            assert_eq!(html.matches("<g><title>Thread ").count(), threads);
            assert_eq!(html.matches("M0 0H2000V1H0zM3000 0H4000V1H3000z").count(), threads);
            for number in ["built in 1.24 s", "12,345", "1,234,567", "3.0 ms", "100 µs"] {
                assert!(html.contains(number), "{number} in {html}");
            }
        }
    }

    #[test]
    fn names_are_escaped_everywhere() {
        let nasty = "<script>alert('1')<!--&\"\u{202e}\u{1}عاجل";
        let html = html(&built(2, nasty));
        assert_whole(&html);
        assert!(!html.contains("<script") && !html.contains("<!--") && !html.contains('\u{1}'), "{html}");
        let written = "&lt;script&gt;alert(&#39;1&#39;)&lt;!--&amp;&quot;\u{202e}\u{fffd}عاجل";
        // The title and the heading; four names and three paths in tables; the description of the phases.
        assert_eq!(html.matches(written).count(), 2 + 7 + 1, "{html}");
    }

    #[test]
    fn reports_are_deterministic_and_self_contained() {
        let html = html(&built(8, "a"));
        assert_eq!(html, built(8, "a").to_html());
        for word in ["<script", "<link", "src=", "href=", "url(", "@import", "http:", "https:"] {
            assert!(!html.contains(word), "{word}");
        }
    }
}
