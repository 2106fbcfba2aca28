//! The head of a page → its links to other URLs, and the rules for crawlers.

use super::tags::{element, meta};
use super::{Head, Subject};

/// Shows pictures in full size: without it Google shows small ones, and none in Discover.
const INDEXED: &str = "max-image-preview:large";

/// The page is not listed, but crawlers may follow its links to stories.
const NOT_INDEXED: &str = "noindex, follow";

/// Writes the canonical URL, the rules for crawlers and the alternates.
pub(super) fn write(out: &mut String, head: &Head<'_>) {
    let canonical = head.canonical.as_deref().filter(|_| !matches!(head.subject, Subject::NotFound));
    if let Some(url) = canonical {
        element(out, "link", &[("rel", "canonical"), ("href", url)]);
    }
    meta(out, "robots", if head.is_indexed() { INDEXED } else { NOT_INDEXED });
    translations(out, head);
    for feed in head.feeds {
        let attributes =
            [("rel", "alternate"), ("type", feed.media_type), ("title", &*feed.title), ("href", &*feed.url)];
        element(out, "link", &attributes);
    }
    if let Some(url) = &head.json {
        element(out, "link", &[("rel", "alternate"), ("type", "application/json"), ("href", url)]);
    }
}

/// Writes one link per language, the page's own included, because Google ignores groups whose pages do not all name
/// each other. Readers of any other language (`x-default`) are sent to the original, which exists as long as the story
/// does, while translations come and go.
fn translations(out: &mut String, head: &Head<'_>) {
    let mut link = |language: &str, url: &str| {
        element(out, "link", &[("rel", "alternate"), ("hreflang", language), ("href", url)]);
    };
    for translation in &head.translations {
        link(translation.language, &translation.url);
    }
    if let Some(original) = head.translations.first() {
        link("x-default", &original.url);
    }
}
