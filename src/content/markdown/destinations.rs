//! Markdown → the destinations of its links, images and HTML attributes with their places, so that they can be replaced.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::references::ReferenceKind;
use super::{parser, raw_html};

/// A destination within this site or elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    /// Decoded, without escapes and character references.
    pub(crate) means: String,
    /// How it is used.
    pub(crate) kind: ReferenceKind,
    /// Its bytes in the text. `None` if it is written with escapes outside HTML.
    pub(crate) span: Option<Range<usize>>,
    /// Bytes of the whole link, image or tag.
    pub(crate) within: Range<usize>,
}

/// The result of [`destinations`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Destinations {
    /// In order; the destination of a definition (`[a]: b`) appears once.
    pub(crate) all: Vec<Destination>,
    /// Code, which has no links.
    pub(crate) code: Vec<Range<usize>>,
}

/// Finds the destinations and the code in a text.
pub(crate) fn destinations(text: &str) -> Destinations {
    let mut found = Destinations::default();
    let parser = parser(text);
    for (_, definition) in parser.reference_definitions().iter() {
        let within = definition.span.clone();
        let means = definition.dest.to_string();
        let span = defined(text, &within, &means);
        found.all.push(Destination { means, kind: ReferenceKind::Link, span, within });
    }
    for (event, span) in parser.into_offset_iter() {
        match event {
            Event::Code(_) | Event::End(TagEnd::CodeBlock) => found.code.push(span),
            Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. }) => {
                found.inline(text, &dest_url, ReferenceKind::Link, span);
            }
            Event::Start(Tag::Image { link_type: LinkType::Inline, dest_url, .. }) => {
                found.inline(text, &dest_url, ReferenceKind::Image, span);
            }
            Event::InlineHtml(_) | Event::End(TagEnd::HtmlBlock) => found.html(text, span),
            _ => {}
        }
    }
    found.all.sort_by_key(|one| (one.within.start, one.span.as_ref().map(|span| span.start)));
    found
}

impl Destinations {
    fn inline(&mut self, text: &str, means: &str, kind: ReferenceKind, within: Range<usize>) {
        let span = after_bracket(text, &within, means);
        self.all.push(Destination { means: means.to_owned(), kind, span, within });
    }

    fn html(&mut self, text: &str, within: Range<usize>) {
        let html = text.get(within.clone()).unwrap_or_default();
        for found in raw_html::urls(html).into_iter().filter(|found| found.is_reference) {
            let span = Some(within.start + found.span.start..within.start + found.span.end);
            self.all.push(Destination {
                means: found.url,
                kind: ReferenceKind::Html,
                span,
                within: within.clone(),
            });
        }
    }
}

/// Where a destination is in `[text](destination "title")`: after the last matching `](`, as the text may contain an image.
fn after_bracket(text: &str, within: &Range<usize>, means: &str) -> Option<Range<usize>> {
    let link = text.get(within.clone())?;
    let mut end = link.len();
    while let Some(bracket) = link.get(..end)?.rfind("](") {
        let inside = link.get(bracket + 2..)?.trim_start();
        let inside = inside.strip_prefix('<').unwrap_or(inside);
        if inside.starts_with(means) {
            let start = within.end - inside.len();
            return Some(start..start + means.len());
        }
        end = bracket;
    }
    None
}

/// Where a destination is in `[label]: destination "title"`.
fn defined(text: &str, within: &Range<usize>, means: &str) -> Option<Range<usize>> {
    let definition = text.get(within.clone())?;
    let colon = definition.find("]:")?;
    let rest = definition.get(colon + 2..)?.trim_start();
    let rest = rest.strip_prefix('<').unwrap_or(rest);
    let start = within.end - rest.len();
    rest.starts_with(means).then(|| start..start + means.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, ReferenceKind)> {
        let all = destinations(text).all;
        all.into_iter().filter_map(|one| Some((&text[one.span?], one.kind))).collect()
    }

    #[test]
    fn destinations_have_their_places() {
        use ReferenceKind::{Html, Image, Link};
        assert_eq!(found("a [b]( <c d.md> \"e\") ![c.md](f.png)"), [("c d.md", Link), ("f.png", Image)]);
        assert_eq!(found("[![x](a.png)](a.png)"), [("a.png", Link), ("a.png", Image)]);
        assert_eq!(found("[a] [b][a]\n\n[a]: ../c/ 'd'\n"), [("../c/", Link)]);
        assert_eq!(
            found("<b>x</b> <a href='x/'>y</a>\n\n<div>\n<img src=z.png>\n</div>"),
            [("x/", Html), ("z.png", Html)]
        );
        assert_eq!(found("`[a](b)`\n\n    [a](b)\n\n<https://x.example/>"), []);
    }

    #[test]
    fn an_escaped_destination_has_no_place() {
        let all = destinations("[a](b\\_c.md)").all;
        assert_eq!((all[0].means.as_str(), all[0].span.clone()), ("b_c.md", None));
    }

    #[test]
    fn code_is_found() {
        let text = "a `b` c\n\n```\nd\n```\n";
        let code: Vec<_> = destinations(text).code.into_iter().map(|span| &text[span]).collect();
        assert_eq!(code, ["`b`", "```\nd\n```"]);
    }

    #[test]
    fn hostile_text_is_fast() {
        for text in
            ["[".repeat(100_000), "](a".repeat(50_000), "<a href=".repeat(50_000), "![a](".repeat(30_000)]
        {
            destinations(&text);
        }
    }
}
