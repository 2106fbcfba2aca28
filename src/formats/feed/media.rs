//! A picture → what feeds say of it beside the text (Media RSS 1.5.1), and its media type.

use super::non_empty_line;
use crate::formats::Picture;
use crate::formats::xml::Xml;

/// The media type of a picture, by the extension in its URL. `None`: it tells nothing.
pub fn picture_type(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        "avif" => Some("image/avif"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

/// Writes `media:content`. The namespace must be that of the document's `media`.
pub(super) fn write(xml: &mut Xml, picture: &Picture<'_>) {
    let (width, height) = match picture.size {
        Some((width, height)) => (Some(width.to_string()), Some(height.to_string())),
        None => (None, None),
    };
    let attributes = [
        ("url", Some(picture.url.as_str())),
        ("medium", Some("image")),
        ("type", picture_type(&picture.url)),
        ("width", width.as_deref()),
        ("height", height.as_deref()),
    ];
    let (caption, credit) =
        (picture.caption.and_then(non_empty_line), picture.credit.and_then(non_empty_line));
    if caption.is_none() && credit.is_none() {
        return xml.empty("media:content", &attributes);
    }
    xml.parent("media:content", &attributes, |xml| {
        if let Some(caption) = caption {
            xml.element("media:description", &[("type", Some("plain"))], &caption);
        }
        if let Some(credit) = credit {
            xml.text("media:credit", &credit);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_told_by_the_extension() {
        for (url, expected) in [
            ("https://a.example/a.b/photo.JPG?w=1.png#x.gif", Some("image/jpeg")),
            ("https://a.example/map.svg", Some("image/svg+xml")),
            ("https://a.example/photo", None),
            ("https://a.example.png/", None),
        ] {
            assert_eq!(picture_type(url), expected, "{url}");
        }
    }
}
