//! Text → HTML in which it stays text.

use pulldown_cmark_escape::{escape_href, escape_html, escape_html_body_text};

/// Where the text goes.
#[derive(Clone, Copy)]
pub(super) enum Escape {
    Text,
    Attribute,
    Url,
}

/// Appends escaped text to HTML.
pub(super) fn escape(html: &mut String, text: &str, how: Escape) {
    let written = match how {
        Escape::Text => escape_html_body_text(&mut *html, text),
        Escape::Attribute => escape_html(&mut *html, text),
        Escape::Url => escape_href(&mut *html, text),
    };
    // Writing to a String cannot fail.
    debug_assert!(written.is_ok());
}
