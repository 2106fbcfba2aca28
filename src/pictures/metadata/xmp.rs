//! XMP (ISO 16684-1) → the properties that matter here, and a small new packet with them.
//!
//! Properties are elements or attributes, values are texts or lists with languages, and any prefix may stand for a namespace. Entities that
//! a document declares are not expanded, and reading ends at the first error.

use std::borrow::Cow;
use std::fmt::Write as _;

use quick_xml::XmlVersion;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, ResolveResult};
use quick_xml::reader::NsReader;

/// A property (IPTC Photo Metadata Standard 2023.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    Creator,
    Rights,
    Description,
    Credit,
    Source,
    WebStatement,
    License,
    LicensorUrl,
    AltText,
    DigitalSourceType,
}

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const META: &str = "adobe:ns:meta/";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
const RIGHTS: &str = "http://ns.adobe.com/xap/1.0/rights/";
const CC: &str = "http://creativecommons.org/ns#";
const PLUS: &str = "http://ns.useplus.org/ldf/xmp/1.0/";
const IPTC_CORE: &str = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/";
const IPTC_EXT: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";

fn property(namespace: &str, name: &str) -> Option<Property> {
    Some(match (namespace, name) {
        (DC, "creator") => Property::Creator,
        (DC, "rights") => Property::Rights,
        (DC, "description") => Property::Description,
        (PHOTOSHOP, "Credit") => Property::Credit,
        (PHOTOSHOP, "Source") => Property::Source,
        (RIGHTS, "WebStatement") => Property::WebStatement,
        (CC, "license") => Property::License,
        (PLUS, "LicensorURL") => Property::LicensorUrl,
        (IPTC_CORE, "AltTextAccessibility") => Property::AltText,
        (IPTC_EXT, "DigitalSourceType") => Property::DigitalSourceType,
        _ => return None,
    })
}

/// A value, or one of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    property: Property,
    is_default: bool,
    text: String,
}

/// The properties of a packet, in its order.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties(Vec<Item>);

/// The most values that are read.
const MOST: usize = 200;
/// The most bytes of a value.
const LONGEST: usize = 64 * 1024;

impl Properties {
    /// All values of a property: those of a list, or the languages of a text.
    pub(super) fn all(&self, property: Property) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |item| item.property == property).map(|item| &*item.text)
    }

    /// The value of a property: that of the language `x-default`, else the first.
    pub(super) fn first(&self, property: Property) -> Option<&str> {
        let default = self.0.iter().find(|item| item.property == property && item.is_default);
        default.map(|item| &*item.text).or_else(|| self.all(property).next())
    }
}

/// What an open element is.
enum Open {
    /// One that only gives structure, such as `rdf:Bag`; whether its text is in the default language.
    Structure(bool),
    Property(Property),
    /// Anything else: its content is ignored.
    Other,
}

/// Reads a packet in UTF-8, or in UTF-16 with a byte order mark.
pub(super) fn read(packet: &[u8]) -> Properties {
    let (text, _, _) = encoding_rs::UTF_8.decode(packet);
    let mut reader = NsReader::from_str(text.trim_end_matches('\0'));
    let mut reading = Reading::default();
    while let Ok(event) = reader.read_event() {
        if reading.found.len() >= MOST || matches!(event, Event::Eof | Event::DocType(_)) {
            break;
        }
        reading.event(&event, reader.resolver());
    }
    Properties(reading.found)
}

#[derive(Default)]
struct Reading {
    open: Vec<Open>,
    text: String,
    found: Vec<Item>,
}

impl Reading {
    fn event(&mut self, event: &Event<'_>, names: &NamespaceResolver) {
        match event {
            Event::Start(tag) => self.start(tag, names),
            Event::Empty(tag) => {
                self.start(tag, names);
                self.end();
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.push(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => self.push(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(c)) => self.push(c.encode_utf8(&mut [0; 4])),
                _ => self.push(resolve_predefined_entity(name).unwrap_or_default()),
            },
            _ => {}
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, names: &NamespaceResolver) {
        let (namespace, name) = names.resolve_element(tag.name());
        let namespace = bound(&namespace);
        let open = match property(namespace, name.as_ref()) {
            Some(property) => Open::Property(property),
            None if matches!(namespace, RDF | META) || (namespace, name.as_ref()) == (PLUS, "Licensor") => {
                Open::Structure(false)
            }
            None => Open::Other,
        };
        self.text.clear();
        self.open.push(open);
        for attribute in tag.attributes().with_checks(false).take(MOST).flatten() {
            let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
            let (namespace, name) = names.resolve_attribute(attribute.key);
            match (bound(&namespace), name.as_ref()) {
                (RDF, "resource") => self.add(self.property(), false, &value),
                ("http://www.w3.org/XML/1998/namespace", "lang") => {
                    if let Some(Open::Structure(is_default)) = self.open.last_mut() {
                        *is_default = value == "x-default";
                    }
                }
                (namespace, name) if self.property().is_none() && !self.is_ignored() => {
                    self.add(property(namespace, name), false, &value);
                }
                _ => {}
            }
        }
    }

    fn end(&mut self) {
        let property = self.property();
        let is_default = matches!(self.open.last(), Some(Open::Structure(true)));
        let text = std::mem::take(&mut self.text);
        self.add(property, is_default, &text);
        self.open.pop();
    }

    /// The property that the open elements belong to.
    fn property(&self) -> Option<Property> {
        let property = |open: &Open| match open {
            Open::Property(property) => Some(*property),
            _ => None,
        };
        self.open.iter().find_map(property).filter(|_| !self.is_ignored())
    }

    fn is_ignored(&self) -> bool {
        self.open.iter().any(|open| matches!(open, Open::Other))
    }

    fn push(&mut self, text: &str) {
        if self.text.len() + text.len() <= LONGEST {
            self.text.push_str(text);
        }
    }

    fn add(&mut self, property: Option<Property>, is_default: bool, text: &str) {
        if let Some(property) = property
            && !text.trim().is_empty()
            && text.len() <= LONGEST
        {
            self.found.push(Item { property, is_default, text: text.trim().to_owned() });
        }
    }
}

fn bound<'a>(namespace: &'a ResolveResult<'_>) -> &'a str {
    match namespace {
        ResolveResult::Bound(Namespace(name)) => name,
        _ => "",
    }
}

/// How a property is written.
enum Form {
    Text,
    /// An ordered list of one.
    List,
    /// A text with the default language.
    Languages,
}

/// Writes a packet with these properties, in this order. Empty if there are none.
pub(super) fn write(properties: &[(Property, Option<&str>)]) -> Vec<u8> {
    let (mut namespaces, mut body) = (String::new(), String::new());
    for (property, text) in properties {
        let Some(text) = text else { continue };
        let (prefix, namespace, name, form) = written(*property);
        let declaration = format!(" xmlns:{prefix}=\"{namespace}\"");
        if !namespaces.contains(&declaration) {
            namespaces.push_str(&declaration);
        }
        let text: Cow<'_, str> = escape(*text);
        let text = match form {
            Form::Text => text,
            Form::List => format!("<rdf:Seq><rdf:li>{text}</rdf:li></rdf:Seq>").into(),
            Form::Languages => {
                format!("<rdf:Alt><rdf:li xml:lang=\"x-default\">{text}</rdf:li></rdf:Alt>").into()
            }
        };
        let _ = write!(body, "<{prefix}:{name}>{text}</{prefix}:{name}>");
    }
    if body.is_empty() {
        return Vec::new();
    }
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"{META}\"><rdf:RDF xmlns:rdf=\"{RDF}\">\
         <rdf:Description rdf:about=\"\"{namespaces}>{body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
    )
    .into_bytes()
}

fn written(property: Property) -> (&'static str, &'static str, &'static str, Form) {
    match property {
        Property::Creator => ("dc", DC, "creator", Form::List),
        Property::Rights => ("dc", DC, "rights", Form::Languages),
        Property::Description => ("dc", DC, "description", Form::Languages),
        Property::Credit => ("photoshop", PHOTOSHOP, "Credit", Form::Text),
        Property::Source => ("photoshop", PHOTOSHOP, "Source", Form::Text),
        Property::WebStatement => ("xmpRights", RIGHTS, "WebStatement", Form::Text),
        Property::License => ("cc", CC, "license", Form::Text),
        Property::LicensorUrl => ("plus", PLUS, "LicensorURL", Form::Text),
        Property::AltText => ("Iptc4xmpCore", IPTC_CORE, "AltTextAccessibility", Form::Languages),
        Property::DigitalSourceType => ("Iptc4xmpExt", IPTC_EXT, "DigitalSourceType", Form::Text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(inside: &str) -> String {
        format!(
            "<x:xmpmeta xmlns:x='{META}'><rdf:RDF xmlns:rdf='{RDF}' xmlns:d='{DC}' xmlns:ps='{PHOTOSHOP}' xmlns:plus='{PLUS}' \
             xmlns:cc='{CC}' xmlns:xmpMM='http://ns.adobe.com/xap/1.0/mm/'>{inside}</rdf:RDF></x:xmpmeta>"
        )
    }

    #[test]
    fn properties_are_elements_attributes_lists_and_languages() {
        let read = read(
            packet(
                "<rdf:Description ps:Credit='A &amp; B' rdf:about=''>\
                 <d:creator><rdf:Seq><rdf:li>One</rdf:li><rdf:li>Tw&#111;</rdf:li></rdf:Seq></d:creator>\
                 <d:rights><rdf:Alt><rdf:li xml:lang='de'>Alle</rdf:li><rdf:li xml:lang='x-default'>All</rdf:li></rdf:Alt></d:rights>\
                 <d:description>plain <![CDATA[<x>]]></d:description>\
                 <cc:license rdf:resource='https://x.example/by'/>\
                 <plus:Licensor><rdf:Seq><rdf:li rdf:parseType='Resource'><plus:LicensorURL>https://x.example/buy</plus:LicensorURL>\
                 </rdf:li></rdf:Seq></plus:Licensor>\
                 <xmpMM:Pantry><rdf:Bag><rdf:li><rdf:Description><d:creator>Other</d:creator></rdf:Description></rdf:li></rdf:Bag></xmpMM:Pantry>\
                 </rdf:Description>",
            )
            .as_bytes(),
        );
        assert_eq!(read.all(Property::Creator).collect::<Vec<_>>(), ["One", "Two"]);
        assert_eq!(read.first(Property::Rights), Some("All"));
        assert_eq!(read.first(Property::Description), Some("plain <x>"));
        assert_eq!(read.first(Property::Credit), Some("A & B"));
        assert_eq!(read.first(Property::License), Some("https://x.example/by"));
        assert_eq!(read.first(Property::LicensorUrl), Some("https://x.example/buy"));
        assert_eq!(read.first(Property::AltText), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let all = [
            (Property::Creator, Some("Zoë <Example>")),
            (Property::Rights, Some("© \"x\"")),
            (Property::AltText, None),
            (Property::DigitalSourceType, Some("http://x.example/a?b&c")),
        ];
        let bytes = write(&all);
        let read = read(&bytes);
        for (property, text) in all {
            assert_eq!(read.first(property), text);
        }
        assert!(write(&[(Property::Credit, None)]).is_empty());
    }

    #[test]
    fn hostile_packets_end_the_reading() {
        let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>".to_owned()
            + &packet("<d:creator>&b;</d:creator>");
        assert_eq!(read(bomb.as_bytes()).first(Property::Creator), None);
        let deep = packet(&"<rdf:li>".repeat(100_000));
        assert!(read(deep.as_bytes()).0.is_empty());
        let many = packet(&"<d:creator>x</d:creator>".repeat(10_000));
        assert_eq!(read(many.as_bytes()).0.len(), MOST);
        let utf16: Vec<u8> = [0xfeff]
            .into_iter()
            .chain(packet("<d:creator>é</d:creator>").encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(read(&utf16).first(Property::Creator), Some("é"));
        for end in 0..many.len().min(600) {
            read(&many.as_bytes()[..end]);
        }
    }
}
