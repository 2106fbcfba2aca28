use super::*;

fn failed(xml: impl AsRef<[u8]>) -> String {
    match Document::parse(xml.as_ref()) {
        Err(Refusal::Failed(message, at)) => {
            format!("{}: {message}", at.map_or("-".to_owned(), |at| format!("{}:{}", at.line, at.column)))
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn elements_have_names_attributes_text_and_places() {
    let xml = "<?xml version='1.0'?>\n<a:feed xmlns:a='http://www.w3.org/2005/Atom'>\n <a:entry x='1 &amp; 2'>A &lt;b&gt; <![CDATA[<c>]]>&nbsp;</a:entry><dc:x/></a:feed>";
    let document = Document::parse(xml.as_bytes()).unwrap();
    let root = document.root();
    assert!(root.is("atom:feed"));
    let entry = root.find("atom:entry").unwrap();
    assert_eq!(entry.attribute("x"), Some("1 & 2"));
    assert_eq!(entry.text(), "A <b> <c>\u{a0}");
    assert_eq!(document.lines().at(entry.span()).to_string(), "3:2-68");
    assert!(root.elements().nth(1).unwrap().is("dc:x"));
}

#[test]
fn the_declared_encoding_is_used() {
    let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>caf\xe9</a>";
    assert_eq!(Document::parse(latin).unwrap().root().text(), "café");
    let utf_16: Vec<u8> = "<?xml version='1.0' encoding='UTF-16'?><a>é x y z</a>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(Document::parse(&utf_16).unwrap().root().text(), "é x y z");
}

#[test]
fn problems_are_reported_with_their_place() {
    for (xml, expected) in [
        ("", "1:1: the file has no element"),
        ("plain", "1:1: text is outside"),
        ("<a>\n<b></a>", "2:4: `</a>` does not close `<b>`"),
        ("<a>\n<b>", "2:4: the file ends within `<b>`"),
        ("<a/><b/>", "1:5: a second document"),
        ("<a>&foo;</a>", "1:4: unknown entity `&foo;`"),
        ("<a b=c/>", "1:1: an attribute is not valid"),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "1:34: unknown entity `&b;`"),
        ("<a>AT&T</a>", "1:"),
        ("<a><b", "1:"),
    ] {
        let message = failed(xml);
        assert!(message.starts_with(expected), "{xml}: {message}");
    }
    assert!(failed(b"PK\x03\x04").contains("not text"));
    assert!(Document::parse(b"<!DOCTYPE nitf SYSTEM \"nitf-3-4.dtd\"><nitf/>").is_ok());
}

#[test]
fn hostile_xml_is_rejected_quickly() {
    let n = 100_000;
    assert!(failed("<a>".repeat(n)).contains("more than 256 levels"));
    assert!(failed(format!("<a {}/>", "b='' ".repeat(n))).contains("more than 256 attributes"));
    assert!(failed("<a xmlns:b='c'>".repeat(n)).contains("more than 256"));
    let flat = format!("<a>{}</a>", "<b>x</b>".repeat(n));
    assert_eq!(Document::parse(flat.as_bytes()).unwrap().root().descendants().len(), n);
}

#[test]
fn the_root_is_found_after_declarations_and_comments() {
    for (head, expected) in [
        ("<rss version='2.0'>", Some(("rss", ""))),
        ("\u{feff}<?xml?><!-- <x> --><!DOCTYPE nitf SYSTEM 'x'>\n<nitf>", Some(("nitf", ""))),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>", Some(("a", ""))),
        ("<a:feed xmlns:a='http://www.w3.org/2005/Atom'>", Some(("feed", "http://www.w3.org/2005/Atom"))),
        ("<feed x xmlns = \"u\">", Some(("feed", "u"))),
        ("{\"a\": 1}", None),
        ("<", None),
        ("< a", None),
        ("<!--", None),
        ("", None),
    ] {
        assert_eq!(of_root(head), expected, "{head}");
    }
}
