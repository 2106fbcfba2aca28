//! Renders tables of counts, phases, templates, pages and articles.

use std::time::Duration;

use super::Timings;
use super::numbers::{duration, escape, share, thousands};

/// A table cell. The first one of a row is its heading.
enum Cell<'a> {
    Name(&'a str),
    Path(&'a str),
    Number(String),
    /// A time with a bar for its share of the longest one.
    Bar(Duration, Duration),
}

impl Cell<'_> {
    fn html(&self) -> String {
        match self {
            Self::Name(name) => format!("<bdi>{}</bdi>", escape(name)),
            Self::Path(path) => self::path(path),
            Self::Number(number) => number.clone(),
            Self::Bar(time, longest) => format!(
                "{}<svg class=\"bar\" aria-hidden=\"true\" width=\"80\" height=\"10\">\
                 <rect width=\"{:.1}%\" height=\"10\"/></svg>",
                duration(*time),
                100.0 * share(*time, *longest)
            ),
        }
    }

    fn class(&self) -> &'static str {
        match self {
            Self::Name(_) => "name",
            Self::Path(_) => "path",
            Self::Number(_) => "number",
            Self::Bar(..) => "number timed",
        }
    }
}

/// Renders a path from left to right, even if its parts are right-to-left.
fn path(path: &str) -> String {
    let part = |part: &str| match escape(part) {
        latin if latin.is_ascii() => latin,
        other => format!("<bdi>{other}</bdi>"),
    };
    let parts: Vec<String> = path.split('/').map(part).collect();
    format!("<bdi dir=\"ltr\">{}</bdi>", parts.join("/"))
}

/// A section with a heading and a scrollable table, or a sentence if there are no rows.
fn table<'a>(id: &str, title: &str, heads: &[&str], rows: impl Iterator<Item = Vec<Cell<'a>>>) -> String {
    let rows: Vec<Vec<Cell<'_>>> = rows.collect();
    let heading = format!("<h2 id=\"{id}\">{title}</h2>\n");
    let Some(first) = rows.first() else {
        return format!("<section>\n{heading}<p class=\"none\">None were recorded.</p>\n</section>\n");
    };
    let heads: String = (heads.iter().zip(first))
        .map(|(head, cell)| format!("<th scope=\"col\" class=\"{}\">{head}</th>", cell.class()))
        .collect();
    let rows: String = rows.iter().map(|cells| row(cells)).collect();
    format!(
        "<section class=\"scroll\" aria-labelledby=\"{id}\" tabindex=\"0\">\n{heading}<table>\n\
         <thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n</section>\n"
    )
}

fn row(cells: &[Cell<'_>]) -> String {
    let mut row = String::from("<tr>");
    for (index, cell) in cells.iter().enumerate() {
        let (open, close) = if index == 0 { ("th scope=\"row\"", "th") } else { ("td", "td") };
        row.push_str(&format!("<{open} class=\"{}\">{}</{close}>", cell.class(), cell.html()));
    }
    row + "</tr>\n"
}

/// The counts.
pub(super) fn counts(timings: &Timings) -> String {
    let rows =
        timings.counts.iter().map(|(name, count)| vec![Cell::Name(name), Cell::Number(thousands(*count))]);
    table("counts", "Counts", &["Item", "Number"], rows)
}

/// The phases.
pub(super) fn phases(timings: &Timings) -> String {
    let longest = timings.phases.iter().map(|phase| phase.length).max().unwrap_or_default();
    let rows = timings.phases.iter().map(|phase| {
        let start = Cell::Number(duration(phase.start));
        vec![Cell::Name(&phase.name), start, Cell::Bar(phase.length, longest)]
    });
    table("phase-times", "Time by phase", &["Phase", "Starts at", "Time"], rows)
}

/// The templates, the longest total first.
pub(super) fn templates(timings: &Timings) -> String {
    let longest = timings.templates.iter().map(|template| template.total).max().unwrap_or_default();
    let rows = timings.templates.iter().map(|template| {
        let mean = Duration::from_secs_f64(template.total.as_secs_f64() / template.pages.max(1) as f64);
        vec![
            Cell::Name(&template.name),
            Cell::Number(thousands(template.pages)),
            Cell::Bar(template.total, longest),
            Cell::Number(duration(mean)),
            Cell::Number(duration(template.slowest_time)),
            Cell::Path(&template.slowest),
        ]
    });
    let heads = ["Template", "Pages", "Total", "Mean", "Slowest", "Slowest page"];
    table("templates", "Templates", &heads, rows)
}

/// The slowest pages.
pub(super) fn pages(timings: &Timings) -> String {
    let longest = timings.slowest_pages.iter().map(|page| page.time).max().unwrap_or_default();
    let rows = timings
        .slowest_pages
        .iter()
        .map(|page| vec![Cell::Path(&page.route), Cell::Bar(page.time, longest), Cell::Name(&page.template)]);
    table("slowest-pages", "Slowest pages to render", &["Page", "Time", "Template"], rows)
}

/// The slowest articles.
pub(super) fn articles(timings: &Timings) -> String {
    let longest = timings.slowest_articles.iter().map(|article| article.time).max().unwrap_or_default();
    let rows = timings
        .slowest_articles
        .iter()
        .map(|article| vec![Cell::Path(&article.path), Cell::Bar(article.time, longest)]);
    table("slowest-articles", "Slowest stories to read", &["Story", "Time"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_path_stay_in_order() {
        assert_eq!(path("/2026/a&b/"), "<bdi dir=\"ltr\">/2026/a&amp;b/</bdi>");
        assert_eq!(path("/عاجل/2026/"), "<bdi dir=\"ltr\">/<bdi>عاجل</bdi>/2026/</bdi>");
    }
}
