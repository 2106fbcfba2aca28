//! The head of a page → its breadcrumbs.

use serde::Serialize;

use super::{Anchor, Reference};
use crate::formats::head::{Head, Subject};

/// The path from the front page to a page.
#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename = "BreadcrumbList", rename_all = "camelCase")]
pub(super) struct BreadcrumbList<'a> {
    #[serde(rename = "@id")]
    id: Anchor<'a>,
    item_list_element: Vec<Crumb<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename = "ListItem")]
struct Crumb<'a> {
    position: usize,
    name: &'a str,
    item: &'a str,
}

/// A reference to the breadcrumbs of a page.
pub(super) fn reference<'a>(head: &'a Head<'_>) -> Reference<'a> {
    Reference { id: Anchor(&head.url, "#breadcrumb") }
}

/// Describes the breadcrumbs of a page. `None` for the front page, withdrawn stories and missing pages.
pub(super) fn crumbs<'a>(head: &'a Head<'_>) -> Option<BreadcrumbList<'a>> {
    let mut steps: Vec<(&str, &str)> = vec![(head.site.title, &head.site.url)];
    match &head.subject {
        Subject::Front | Subject::Withdrawn | Subject::NotFound => return None,
        Subject::Story(story) => {
            // A section without a page is left out.
            let section = story.section.as_ref();
            steps.extend(section.and_then(|section| Some((section.name, section.url.as_deref()?))));
            steps.push((story.title, &head.url));
        }
        Subject::Standing(story) => steps.push((story.title, &head.url)),
        Subject::List(list) => {
            steps.extend(list.parents.iter().map(|parent| (parent.name, &*parent.url)));
            steps.push((list.name, &list.url));
        }
        Subject::Index => steps.push((head.title, &head.url)),
    }
    let crumb = |(at, (name, item))| Crumb { position: at + 1, name, item };
    Some(BreadcrumbList {
        id: Anchor(&head.url, "#breadcrumb"),
        item_list_element: steps.into_iter().enumerate().map(crumb).collect(),
    })
}
