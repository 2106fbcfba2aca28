//! The head of a page other than a story → the site, or a page of it.

use serde::Serialize;

use super::article::images;
use super::organization::{Agent, Publisher, publisher};
use super::{Anchor, Reference, crumbs};
use crate::formats::head::{Head, Link, Listing};
use crate::formats::{Site, Story};
use crate::view::rfc3339;

/// The whole site.
#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename = "WebSite", rename_all = "camelCase")]
pub(super) struct WebSite<'a> {
    #[serde(rename = "@id")]
    id: Anchor<'a>,
    url: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<Reference<'a>>,
}

/// A page of the site.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "@id")]
    id: &'a str,
    url: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    in_language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_image_of_page: Option<super::article::ImageObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    main_entity: Option<Entity<'a>>,
    breadcrumb: Reference<'a>,
    is_part_of: WebSite<'a>,
    publisher: Publisher<'a>,
}

/// The main entity of a page.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entity<'a> {
    Stories(ItemList<'a>),
    Author(Agent<'a>),
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
struct ItemList<'a> {
    item_list_element: Vec<ListItem<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type")]
struct ListItem<'a> {
    position: usize,
    url: &'a str,
    name: &'a str,
}

/// Describes the site on its front page.
pub(super) fn website<'a>(site: &'a Site<'_>) -> WebSite<'a> {
    WebSite {
        description: site.description,
        in_language: Some(site.language),
        publisher: Some(Reference { id: Anchor(&site.url, "#publisher") }),
        ..part_of(site)
    }
}

/// Describes the site as the parent of pages.
pub(super) fn part_of<'a>(site: &'a Site<'_>) -> WebSite<'a> {
    WebSite {
        id: Anchor(&site.url, "#website"),
        url: &site.url,
        name: site.title,
        description: None,
        in_language: None,
        publisher: None,
    }
}

/// Describes a standing page. Nothing shows whether it is about the paper or how to contact it.
pub(super) fn standing<'a>(head: &'a Head<'_>, story: &'a Story<'_>) -> Page<'a> {
    Page {
        name: story.title,
        date_modified: story.modified.as_ref().map(rfc3339),
        primary_image_of_page: story.image.as_ref().and_then(|picture| images(picture).pop()),
        ..page(head, "WebPage")
    }
}

/// Describes a page of a list or of an author.
pub(super) fn list<'a>(head: &'a Head<'_>, list: &'a Listing<'_>) -> Page<'a> {
    let (kind, entity) = match &list.author {
        // Google reads an author's stories from the stories themselves.
        Some(author) => {
            let agent = Agent {
                description: author.bio,
                url: Some(&list.url),
                same_as: author.url.as_deref(),
                image: author.image.as_deref(),
                ..Agent::new(author.name, author.is_organization)
            };
            ("ProfilePage", Entity::Author(agent))
        }
        None => ("CollectionPage", Entity::Stories(items(&list.stories))),
    };
    Page { name: list.name, main_entity: Some(entity), ..page(head, kind) }
}

/// Describes the index of all tags or authors.
pub(super) fn index<'a>(head: &'a Head<'_>) -> Page<'a> {
    page(head, "CollectionPage")
}

fn page<'a>(head: &'a Head<'_>, kind: &'static str) -> Page<'a> {
    Page {
        kind,
        id: &head.url,
        url: &head.url,
        name: head.title,
        description: head.description,
        in_language: head.language,
        date_modified: None,
        primary_image_of_page: None,
        main_entity: None,
        breadcrumb: crumbs::reference(head),
        is_part_of: part_of(head.site),
        publisher: publisher(head.site),
    }
}

fn items<'a>(stories: &'a [Link<'_>]) -> ItemList<'a> {
    let item =
        |(at, story): (usize, &'a Link<'_>)| ListItem { position: at + 1, url: &story.url, name: story.name };
    ItemList { item_list_element: stories.iter().enumerate().map(item).collect() }
}
