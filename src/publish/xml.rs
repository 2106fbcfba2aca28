//! The XML of an answer → the text of its elements.

use quick_xml::Reader;
use quick_xml::events::Event;

/// The text of the first element with this name, without its namespace; `None` if there is none, or if it has elements.
pub(crate) fn text_of(xml: &[u8], name: &str) -> Option<String> {
    let xml = std::str::from_utf8(xml).ok()?;
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if start.local_name().as_ref() == name => {
                let text = reader.read_text(start.name()).ok()?;
                let text = quick_xml::escape::unescape(&text).ok()?;
                return (!text.contains('<')).then(|| text.trim().to_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_element_with_a_name_has_text() {
        let xml = br#"<?xml version="1.0"?><ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
            <Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not &lt;you&gt; &amp; me</Message></Error></ErrorResponse>"#;
        assert_eq!(text_of(xml, "Code").as_deref(), Some("AccessDenied"));
        assert_eq!(text_of(xml, "Missing"), None);
        assert_eq!(text_of(b"<a><Code>x", "Code"), None);
        assert_eq!(text_of(b"\xff", "Code"), None);
    }
}
