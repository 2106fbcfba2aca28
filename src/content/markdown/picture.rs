//! A picture in a text → its HTML: an image, with the formats that browsers choose from, and its caption.

use super::escape::{Escape, escape};
use super::references::PictureMarkup;

/// Writes a picture.
pub(super) fn picture(html: &mut String, picture: &PictureMarkup, alt: &str) {
    let alternatives = picture.sources.split_last().map_or(&[][..], |(_, better)| better);
    if !alternatives.is_empty() {
        html.push_str("<picture>");
    }
    for (media_type, srcset) in alternatives {
        html.push_str("<source");
        attribute(html, "type", media_type);
        attribute(html, "srcset", srcset);
        attribute(html, "sizes", &picture.sizes);
        html.push('>');
    }
    html.push_str("<img src=\"");
    escape(html, &picture.src, Escape::Url);
    html.push('"');
    choices(html, picture);
    attribute(html, "alt", if alt.is_empty() { picture.alt.as_deref().unwrap_or_default() } else { alt });
    size(html, picture.size);
    if let Some(class) = &picture.class {
        attribute(html, "class", class);
    }
    html.push_str(if picture.is_eager {
        " decoding=\"async\">"
    } else {
        " loading=\"lazy\" decoding=\"async\">"
    });
    if !alternatives.is_empty() {
        html.push_str("</picture>");
    }
}

/// Writes the attributes that an image in raw HTML lacks: what browsers choose from, and the size.
pub(super) fn more_attributes(html: &mut String, picture: &PictureMarkup) {
    choices(html, picture);
    size(html, picture.size);
}

/// Writes the words under a picture: its caption, credit and label.
pub(super) fn caption(html: &mut String, title: &str, picture: Option<&PictureMarkup>) {
    let own = picture.and_then(|picture| picture.caption.as_deref()).unwrap_or_default();
    let words = [
        (None, Some(if title.is_empty() { own } else { title })),
        (Some("credit"), picture.and_then(|picture| picture.credit.as_deref())),
        (Some("made"), picture.and_then(|picture| picture.label.as_deref())),
    ];
    html.push_str("<figcaption>");
    let mut is_first = true;
    for (class, text) in words {
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        if !std::mem::take(&mut is_first) {
            html.push(' ');
        }
        if let Some(class) = class {
            html.push_str(&format!("<span class=\"{class}\">"));
        }
        escape(html, text, Escape::Text);
        html.push_str(if class.is_some() { "</span>" } else { "" });
    }
    html.push_str("</figcaption>");
}

/// The renditions that the image itself offers.
fn choices(html: &mut String, picture: &PictureMarkup) {
    if let Some((_, srcset)) = picture.sources.last() {
        attribute(html, "srcset", srcset);
        attribute(html, "sizes", &picture.sizes);
    }
}

fn size(html: &mut String, size: Option<(u32, u32)>) {
    if let Some((width, height)) = size {
        html.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
    }
}

fn attribute(html: &mut String, name: &str, value: &str) {
    html.push_str(&format!(" {name}=\""));
    escape(html, value, Escape::Attribute);
    html.push('"');
}
