//! The head of a page → schema.org in JSON-LD, for search engines and archives.
//!
//! Each entity of a page is a script of its own that contains everything it needs, because many programs do not follow
//! references between nodes and some do not know `@graph`. Programs that do follow references find the same entity
//! under the same `@id` on every page.

mod article;
mod crumbs;
mod json;
mod organization;
mod page;

use serde::{Serialize, Serializer};

use super::head::{Head, Subject};

/// Writes the scripts of a page, one per line. Withdrawn stories and missing pages have none.
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

/// The `@id` of a node: the URL of a page and a fragment, such as `#publisher`.
#[derive(Clone, Copy, Debug)]
struct Anchor<'a>(&'a str, &'static str);

impl Serialize for Anchor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}{}", self.0, self.1))
    }
}

/// A reference to a node elsewhere on the page.
#[derive(Clone, Copy, Debug, Serialize)]
struct Reference<'a> {
    #[serde(rename = "@id")]
    id: Anchor<'a>,
}
