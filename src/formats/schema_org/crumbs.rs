//! What is said of a page → the way to it from the front page.

use serde::Serialize;

use super::{Anchor, Reference};
use crate::formats::head::{Head, Subject};

/// The way to a page, from the front page to the page itself.
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

/// The name of a page's way.
pub(super) fn reference<'a>(head: &'a Head<'_>) -> Reference<'a> {
    Reference { id: Anchor(&head.url, "#breadcrumb") }
}

/// The way to a page. `None` for the front page, and for what nothing is told of.
pub(super) fn crumbs<'a>(head: &'a Head<'_>) -> Option<BreadcrumbList<'a>> {
    let mut steps: Vec<(&str, &str)> = vec![(head.site.title, &head.site.url)];
    match &head.subject {
        Subject::Front | Subject::Withdrawn | Subject::NotFound => return None,
        Subject::Story(story) => {
            // A step without a page is none.
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
