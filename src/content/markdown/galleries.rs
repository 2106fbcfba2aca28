//! A paragraph of nothing but pictures → a gallery: a figure for each, linked to the picture itself.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::escape::{Escape, escape};
use super::picture;
use super::references::PictureMarkup;
use crate::content::Medium;

/// The start of a gallery.
pub(super) const START: &str = "<div class=\"gallery\">\n";
/// Its end.
pub(super) const END: &str = "</div>\n";

/// Whether the paragraph that these events begin in has two or more pictures, and nothing else but line breaks between them.
pub(super) fn is_gallery(events: &[(Event<'_>, Range<usize>)]) -> bool {
    let (mut depth, mut pictures) = (0_usize, 0);
    for (event, _) in events {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                if Medium::of(dest_url).is_some() {
                    return false;
                }
                pictures += usize::from(depth == 0);
                depth += 1;
            }
            Event::End(TagEnd::Image) => depth = depth.saturating_sub(1),
            Event::End(TagEnd::Paragraph) => return pictures > 1,
            _ if depth > 0 => {}
            Event::SoftBreak | Event::HardBreak => {}
            Event::Text(text) if text.trim().is_empty() => {}
            _ => return false,
        }
    }
    false
}

/// How wide pictures of a gallery are in a grid.
const SIZES: &str = "(min-width: 48rem) 20rem, 50vw";

/// Writes a picture of a gallery, linked to its file.
pub(super) fn push_figure(html: &mut String, shown: &PictureMarkup, caption: &str, alt: &str) {
    let shown = PictureMarkup { sizes: SIZES.to_owned(), ..shown.clone() };
    html.push_str("<figure><a href=\"");
    escape(html, if shown.file.is_empty() { &shown.src } else { &shown.file }, Escape::Url);
    html.push_str("\">");
    picture::picture(html, &shown, alt);
    html.push_str("</a>");
    if !caption.is_empty() || shown.caption.is_some() || shown.credit.is_some() || shown.label.is_some() {
        picture::caption(html, caption, Some(&shown));
    }
    html.push_str("</figure>\n");
}

#[cfg(test)]
mod tests {
    use super::super::tests::html;

    #[test]
    fn a_paragraph_of_pictures_is_a_gallery() {
        let gallery = html("![One](a.jpg \"The quay & the sea\")\n![Two](b.jpg)\n", false);
        assert_eq!(
            gallery,
            "<div class=\"gallery\">\n\
             <figure><a href=\"a.jpg\"><img src=\"a.jpg\" alt=\"One\" loading=\"lazy\" decoding=\"async\"></a>\
             <figcaption>The quay &amp; the sea</figcaption></figure>\n\
             <figure><a href=\"b.jpg\"><img src=\"b.jpg\" alt=\"Two\" loading=\"lazy\" decoding=\"async\"></a></figure>\n\
             </div>\n"
        );
        for text in ["![a](a.jpg)  \n![b](b.jpg)", "![a](a.jpg) ![b](b.jpg)", "> ![a](a.jpg)\n> ![b](b.jpg)"]
        {
            assert_eq!(html(text, true).matches("<figure>").count(), 2, "{text}");
        }
    }

    #[test]
    fn other_paragraphs_are_not() {
        for text in [
            "![a](a.jpg)",
            "![a](a.jpg) and ![b](b.jpg)",
            "[![a](a.jpg)](c.jpg) ![b](b.jpg)",
            "![a](a.jpg) <br> ![b](b.jpg)",
            "![a](a.mp3) ![b](b.jpg)",
            "# ![a](a.jpg) ![b](b.jpg)",
            "![a ![b](b.jpg)](a.jpg)",
        ] {
            assert!(!html(text, true).contains("gallery"), "{text}");
        }
    }
}
