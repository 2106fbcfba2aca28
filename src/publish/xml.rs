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

/// The XML in each element with this name, without its namespace; `None` if the XML is damaged.
pub(crate) fn elements(xml: &[u8], name: &str) -> Option<Vec<String>> {
    let xml = std::str::from_utf8(xml).ok()?;
    let mut reader = Reader::from_str(xml);
    let mut found = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if start.local_name().as_ref() == name => {
                let text = reader.read_text(start.name()).ok()?;
                found.push((*text).to_owned());
            }
            Event::Eof => return Some(found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_at_any_depth() {
        let xml =
            b"<List><Item><Name>a&amp;b</Name></Item><Item/><In><Item><Name> c</Name></Item></In></List>";
        let items = elements(xml, "Item").unwrap();
        let names: Vec<_> = items.iter().map(|item| text_of(item.as_bytes(), "Name")).collect();
        assert_eq!(names, [Some("a&b".to_owned()), Some("c".to_owned())]);
        assert_eq!(elements(b"<a/>", "Item"), Some(vec![]));
        assert_eq!(elements(b"<Item><a>", "Item"), None);
    }

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
