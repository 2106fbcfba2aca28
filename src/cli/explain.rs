//! Why pages were made → lines for people or programs.

use std::collections::BTreeMap;

use super::{MessageFormat, Words, counted};
use crate::freshness::Explanation;

/// Pages with the same reasons that are named, unless more is to be said.
const NAMED: usize = 12;

/// Says why each page was made that was: data, on stdout.
pub(super) fn say(explanations: &[Explanation], words: &Words) {
    match words.format {
        MessageFormat::Json => explanations.iter().for_each(|page| words.data(&json(page))),
        MessageFormat::Human => human(explanations, if words.verbose { usize::MAX } else { NAMED })
            .iter()
            .for_each(|line| words.data(line)),
    }
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

/// Pages that were made for the same reasons stand together, at most `named` of them by name.
fn human(explanations: &[Explanation], named: usize) -> Vec<String> {
    if explanations.is_empty() {
        return vec!["No page was rendered: nothing that any page is made from has changed".to_owned()];
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
        for page in pages.iter().take(named) {
            let written = if page.is_written { "" } else { " (the same bytes, not written)" };
            lines.push(format!("{}{written}", page.route));
        }
        if pages.len() > named {
            lines.push(format!(
                "and {} (all of them with -v)",
                counted(pages.len() - named, "page more", "pages more")
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
    fn pages_with_the_same_reasons_stand_together() {
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
                "and 1 page more (all of them with -v)",
                "    its source changed",
                "/ (the same bytes, not written)",
                "    x came",
            ]
        );
        assert_eq!(human(&[], 1).len(), 1);
    }
}
