//! Elements, attributes and texts → an XML document.
//!
//! Texts are escaped, never written as CDATA, so nothing in them can end it. Any parser returns them unchanged, except
//! for characters that XML forbids.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::is_forbidden;

/// Attributes by name. Those without a value are left out.
pub type Attributes<'a> = &'a [(&'a str, Option<&'a str>)];

/// Writes a document, one element per line.
pub struct Xml {
    writer: Writer<Vec<u8>>,
}

/// Writes a document in UTF-8: a root element with what `inside` writes. Names of elements and attributes must be valid
/// XML names, here and in all functions below.
pub fn document(root: &str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Xml)) -> Vec<u8> {
    let mut xml = Xml { writer: Writer::new_with_indent(Vec::new(), b' ', 1) };
    xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    xml.parent(root, attributes, inside);
    let mut bytes = xml.writer.into_inner();
    bytes.push(b'\n');
    bytes
}

impl Xml {
    /// Writes an element whose children `inside` writes.
    pub fn parent(&mut self, name: &str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.event(Event::Start(start(name, attributes)));
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// Writes an element with text and no attributes.
    pub fn text(&mut self, name: &str, text: &str) {
        self.element(name, &[], text);
    }

    /// Writes an element with text.
    pub fn element(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.event(Event::Start(start(name, attributes)));
        self.event(Event::Text(BytesText::from_escaped(partial_escape(allowed(text)))));
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// Writes an element with attributes only.
    pub fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.event(Event::Empty(start(name, attributes)));
    }

    fn event(&mut self, event: Event<'_>) {
        let written = self.writer.write_event(event);
        // Writing to a `Vec` cannot fail.
        debug_assert!(written.is_ok());
    }
}

fn start<'a>(name: &'a str, attributes: Attributes<'_>) -> BytesStart<'a> {
    let given = attributes.iter().filter_map(|(name, value)| value.map(|value| (*name, allowed(value))));
    BytesStart::new(name).with_attributes(given)
}

/// Removes the characters that XML forbids even when escaped (XML 1.0, section 2.2), and those that HTML forbids,
/// because feeds contain HTML.
pub fn allowed(text: &str) -> Cow<'_, str> {
    // Forbidden characters begin with one of these bytes, which most texts do not have. A fold without an early exit is
    // vectorized.
    let may_begin =
        |b: u8| (b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r')) | matches!(b, 0x7f | 0xc2 | 0xef | 0xf0..);
    if !text.bytes().fold(false, |found, b| found | may_begin(b)) {
        return Cow::Borrowed(text);
    }
    let forbidden = |c: char| is_forbidden(c) || c == '\u{c}';
    if text.contains(forbidden) { Cow::Owned(text.replace(forbidden, "")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::XmlVersion;

    use super::*;

    /// The text of the innermost element, and the value of its attribute `b`.
    fn read(bytes: &[u8]) -> (String, String) {
        let source = std::str::from_utf8(bytes).unwrap();
        let mut reader = Reader::from_str(source);
        reader.config_mut().check_end_names = true;
        let (mut text, mut value) = (String::new(), String::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    text.clear();
                    if let Some(attribute) = start.try_get_attribute("b").unwrap() {
                        value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
                    }
                }
                Event::Text(piece) => text.push_str(&piece.xml_content(XmlVersion::Implicit1_0)),
                Event::GeneralRef(name) => match name.resolve_char_ref().unwrap() {
                    Some(c) => text.push(c),
                    None => text.push_str(quick_xml::escape::resolve_xml_entity(&name).unwrap()),
                },
                Event::End(_) => return (text, value),
                Event::Eof => panic!("{source}"),
                _ => {}
            }
        }
    }

    #[test]
    fn a_document_has_one_element_per_line() {
        let bytes = document("urlset", &[("xmlns", Some("http://a.example/")), ("x", None)], |xml| {
            xml.parent("url", &[], |xml| {
                xml.text("loc", "https://a.example/?a=1&b=2");
                xml.empty("link", &[("href", Some("\"<>"))]);
            });
            xml.text("none", "");
        });
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://a.example/">
 <url>
  <loc>https://a.example/?a=1&amp;b=2</loc>
  <link href="&quot;&lt;&gt;"/>
 </url>
 <none></none>
</urlset>
"#;
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn only_forbidden_characters_are_removed(text in "\\PC{0,8}[\u{0}-\u{a0}\u{fdc0}-\u{fdff}\u{fff0}-\u{ffff}\u{1fff0}-\u{1ffff}]{0,8}") {
            let expected: String = text.chars().filter(|c| !is_forbidden(*c) && *c != '\u{c}').collect();
            prop_assert_eq!(allowed(&text), expected);
        }
    }

    #[test]
    fn characters_that_xml_forbids_are_removed() {
        assert_eq!(
            allowed("a\u{1}\u{b}b\u{fffe}\u{ffff}\u{7f}\u{85}\tc\r\n\u{202e}😀"),
            "ab\tc\r\n\u{202e}😀"
        );
        assert!(matches!(allowed("a\nb"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn parsers_return_texts_unchanged(text in any::<String>(), value in "[\\x00-\\x3f]{0,9}|.{0,9}") {
            for text in [text.as_str(), "]]><![CDATA[", " a\r\nb\t", "</a>"] {
                let bytes = document("r", &[], |xml| xml.parent("p", &[], |xml| {
                    xml.element("a", &[("b", Some(&value))], text);
                }));
                let (read, attribute) = read(&bytes);
                prop_assert_eq!(read, allowed(text));
                prop_assert_eq!(attribute, allowed(&value));
            }
        }
    }
}
