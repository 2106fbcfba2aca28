//! Markdown → the same without hidden links and pictures.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::{comments, events, prepare};

/// A text without its hidden links: the text of a link stays, pictures and bare URLs go. `None` if nothing is hidden.
pub(crate) fn unlinked(text: &str, is_hidden: &mut impl FnMut(&str) -> bool) -> Option<String> {
    let cleared = comments::clear(text).text;
    let prepared = prepare(&cleared);
    let mut removed: Vec<Range<usize>> = Vec::new();
    let mut open: Option<HiddenLink> = None;
    for (event, span) in events(&prepared, &cleared, None) {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, .. }) if open.is_none() && is_hidden(&dest_url) => {
                let is_bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
                open = Some(HiddenLink { span, text: None, keeps_text: !is_bare });
            }
            Event::End(TagEnd::Link) => {
                removed.extend(open.take().into_iter().flat_map(HiddenLink::markup));
            }
            Event::Start(Tag::Image { dest_url, .. }) if open.is_none() && is_hidden(&dest_url) => {
                removed.push(span);
            }
            _ => {
                if let Some(open) = &mut open {
                    open.span.end = open.span.end.max(span.end);
                    let start = open.text.as_ref().map_or(span.start, |text| text.start);
                    open.text = Some(start..span.end);
                }
            }
        }
    }
    if removed.is_empty() {
        return None;
    }
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for part in removed {
        shown.push_str(text.get(at..part.start).unwrap_or_default());
        at = at.max(part.end);
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    Some(shown)
}

/// A hidden link that is open.
struct HiddenLink {
    span: Range<usize>,
    text: Option<Range<usize>>,
    keeps_text: bool,
}

impl HiddenLink {
    /// The bytes to remove.
    fn markup(self) -> [Range<usize>; 2] {
        let Self { span, text, keeps_text } = self;
        match text.filter(|_| keeps_text) {
            Some(text) => [span.start..text.start, text.end..span.end],
            None => [span.clone(), span.end..span.end],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hidden_links_are_removed() {
        for (text, expected) in [
            ("See [it *all*](/x/ \"t\").", Some("See it *all*.")),
            ("[a](/y/) [b][r] c\n\n[r]: /x/\n", Some("[a](/y/) b c\n\n[r]: /x/\n")),
            ("a ![b](/x/) c", Some("a  c")),
            ("[a](/y/) b", None),
            ("a `[b](/x/)`", None),
        ] {
            assert_eq!(unlinked(text, &mut |url| url == "/x/").as_deref(), expected, "{text}");
        }
        let bare = unlinked("a https://x.example/b. <https://x.example/b>", &mut |_| true);
        assert_eq!(bare.as_deref(), Some("a . "));
    }
}
