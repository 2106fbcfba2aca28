//! The reasons for which pages were rendered → lines of text or JSON.

use std::collections::BTreeMap;

use super::{Console, counted};
use crate::freshness::Explanation;

/// How many pages with the same reasons are named without `-v`.
const MAX_NAMED: usize = 12;

/// Prints why each page was rendered. This is data, so it goes to stdout.
pub(super) fn print(explanations: &[Explanation], console: &Console) {
    if console.is_json() {
        return explanations.iter().for_each(|page| console.data(&json(page)));
    }
    let most = if console.verbose { usize::MAX } else { MAX_NAMED };
    human(explanations, most).iter().for_each(|line| console.data(line));
}

fn json(page: &Explanation) -> String {
    serde_json::json!({
        "reason": "page-rendered",
        "route": page.route,
        "written": page.is_written,
        "because": page.reasons,
    })
    .to_string()
}

/// Groups pages by their reasons, naming at most `most` of each group.
fn human(explanations: &[Explanation], most: usize) -> Vec<String> {
    if explanations.is_empty() {
        return vec!["No page was rendered: nothing changed".to_owned()];
    }
    let mut groups: BTreeMap<(usize, &[String]), Vec<&Explanation>> = BTreeMap::new();
    let mut order: BTreeMap<&[String], usize> = BTreeMap::new();
    for page in explanations {
        let next = order.len();
        let place = *order.entry(&page.reasons).or_insert(next);
        groups.entry((place, &page.reasons)).or_default().push(page);
    }
    let mut lines = Vec::new();
    for ((_, reasons), pages) in groups {
        for page in pages.iter().take(most) {
            let written = if page.is_written { "" } else { " (unchanged, not written)" };
            lines.push(format!("{}{written}", page.route));
        }
        if pages.len() > most {
            lines.push(format!(
                "and {} (-v shows them all)",
                counted(pages.len() - most, "more page", "more pages")
            ));
        }
        lines.extend(reasons.iter().map(|reason| format!("    {reason}")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_grouped_by_their_reasons() {
        let page = |route: &str, reason: &str, is_written| Explanation {
            route: route.to_owned(),
            is_written,
            reasons: vec![reason.to_owned()],
        };
        let pages = [
            page("/a/", "its source changed", true),
            page("/", "x came", false),
            page("/b/", "its source changed", true),
        ];
        assert_eq!(
            human(&pages, 1),
            [
                "/a/",
                "and 1 more page (-v shows them all)",
                "    its source changed",
                "/ (unchanged, not written)",
                "    x came",
            ]
        );
        assert_eq!(human(&[], 1).len(), 1);
    }
}
