//! Markdown → the same without the links and pictures that must not be shown.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::{comments, events, prepare};

/// A text without the links that are hidden: the words of a link stay, a picture and a bare URL do not. `None`: there are none.
pub(crate) fn unlinked(text: &str, is_hidden: &mut impl FnMut(&str) -> bool) -> Option<String> {
    let cleared = comments::clear(text).text;
    let prepared = prepare(&cleared);
    let mut left_out: Vec<Range<usize>> = Vec::new();
    let mut open: Option<Open> = None;
    for (event, span) in events(&prepared, &cleared, None) {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, .. }) if open.is_none() && is_hidden(&dest_url) => {
                let is_bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
                open = Some(Open { span, words: None, keeps_words: !is_bare });
            }
            Event::End(TagEnd::Link) => {
                left_out.extend(open.take().into_iter().flat_map(Open::around));
            }
            Event::Start(Tag::Image { dest_url, .. }) if open.is_none() && is_hidden(&dest_url) => {
                left_out.push(span);
            }
            _ => {
                if let Some(open) = &mut open {
                    open.span.end = open.span.end.max(span.end);
                    let start = open.words.as_ref().map_or(span.start, |words| words.start);
                    open.words = Some(start..span.end);
                }
            }
        }
    }
    if left_out.is_empty() {
        return None;
    }
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for part in left_out {
        shown.push_str(text.get(at..part.start).unwrap_or_default());
        at = at.max(part.end);
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    Some(shown)
}

/// A hidden link that has begun.
struct Open {
    span: Range<usize>,
    words: Option<Range<usize>>,
    keeps_words: bool,
}

impl Open {
    /// What of it must go.
    fn around(self) -> [Range<usize>; 2] {
        let Self { span, words, keeps_words } = self;
        match words.filter(|_| keeps_words) {
            Some(words) => [span.start..words.start, words.end..span.end],
            None => [span.clone(), span.end..span.end],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_hidden_goes() {
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
