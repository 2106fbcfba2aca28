//! What is said of a page → schema.org in JSON-LD, for search engines and archives.
//!
//! Each thing that a page is about is a script of its own, with all it needs inside: many programs follow no references
//! between nodes, and some know no `@graph`. Those that do find the same thing under the same `@id` on every page.

mod article;
mod crumbs;
mod json;
mod organization;
mod page;

use serde::{Serialize, Serializer};

use super::head::{Head, Subject};

/// Writes what is told of a page, an element a line. Nothing is told of what is withdrawn or was not found.
pub(super) fn write(out: &mut String, head: &Head<'_>) {
    match &head.subject {
        Subject::Front => {
            json::script(out, &page::website(head.site));
            json::script(out, &organization::publisher(head.site));
        }
        Subject::Story(story) => json::script(out, &article::article(head, story)),
        Subject::Standing(story) => json::script(out, &page::standing(head, story)),
        Subject::List(list) => json::script(out, &page::list(head, list)),
        Subject::Index => json::script(out, &page::index(head)),
        Subject::Withdrawn | Subject::NotFound => {}
    }
    if let Some(crumbs) = crumbs::crumbs(head) {
        json::script(out, &crumbs);
    }
}

/// The name of a node, an absolute URL: that of a page and a fragment, such as `#publisher`.
#[derive(Clone, Copy, Debug)]
struct Anchor<'a>(&'a str, &'static str);

impl Serialize for Anchor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}{}", self.0, self.1))
    }
}

/// A node that is told of elsewhere on the page.
#[derive(Clone, Copy, Debug, Serialize)]
struct Reference<'a> {
    #[serde(rename = "@id")]
    id: Anchor<'a>,
}
