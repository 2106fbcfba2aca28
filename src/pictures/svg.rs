//! An SVG → its size; an SVG → the same without scripts, references and what the program that drew it noted.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use quick_xml::XmlVersion;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::Format;
use super::metadata::{Blocks, Metadata, cleaned};

/// Width and height of an SVG in CSS pixels, from its attributes or its `viewBox`.
pub(super) fn size(head: &str) -> Option<(u32, u32)> {
    let mut reader = Reader::from_str(head);
    loop {
        let tag = match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => tag,
            Event::Eof => return None,
            _ => continue,
        };
        if tag.local_name().as_ref() != "svg" {
            return None;
        }
        let value = |name: &str| {
            let attribute = tag.try_get_attribute(name).ok().flatten()?;
            Some(attribute.value.into_owned())
        };
        let pixels = |text: String| text.trim().trim_end_matches("px").parse::<f64>().ok();
        if let (Some(width), Some(height)) =
            (value("width").and_then(pixels), value("height").and_then(pixels))
        {
            return whole(width, height);
        }
        let view_box: Vec<f64> =
            value("viewBox")?.split([' ', ',']).filter_map(|number| number.trim().parse().ok()).collect();
        return match view_box[..] {
            [_, _, width, height] => whole(width, height),
            _ => None,
        };
    }
}

fn whole(width: f64, height: f64) -> Option<(u32, u32)> {
    let fits = |side: f64| (1.0..=100_000.0).contains(&side).then(|| side.round() as u32);
    Some((fits(width)?, fits(height)?))
}

/// An SVG as it is published.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sanitized {
    /// The file.
    pub(super) bytes: Vec<u8>,
    /// Whether scripts, what loads other files, or pictures that cannot be cleaned were removed.
    pub(super) had_script: bool,
}

/// Elements that draw, define what is drawn, or describe it.
const ELEMENTS: &str = " a animate animateMotion animateTransform circle clipPath defs desc ellipse feBlend feColorMatrix feComponentTransfer \
    feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR \
    feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence \
    filter g image line linearGradient marker mask mpath path pattern polygon polyline radialGradient rect set stop style svg switch \
    symbol text textPath title tspan use view ";

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// An SVG without scripts, event handlers, foreign elements and attributes, comments, metadata, declared entities and references to other files, its
/// embedded pictures without private metadata. `None` if it has nothing of that: then it is published as it is.
///
/// It is written anew from an allow list of elements, all in the namespace of SVG, so nothing that is left out here can return under another
/// spelling. After an error in the XML nothing is written but the end of the open elements.
pub(super) fn sanitized(bytes: &[u8]) -> Option<Sanitized> {
    let (text, _, _) = encoding(bytes).decode(bytes);
    let mut reader = Reader::from_str(&text);
    let mut writing = Writing::default();
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => writing.event(&event),
            Err(_) => {
                writing.is_changed = true;
                break;
            }
        }
    }
    while let Some(name) = writing.open.pop() {
        writing.out.push_str(&format!("</{name}>"));
    }
    writing.is_changed.then(|| Sanitized { bytes: writing.out.into_bytes(), had_script: writing.had_script })
}

/// The encoding that the declaration names (XML 1.0, section 4.3.3). A byte order mark has precedence.
fn encoding(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let declaration = head.split(|byte| *byte == b'>').next().unwrap_or_default();
    let label = memchr::memmem::find(declaration, b"encoding")
        .and_then(|at| declaration[at..].split(|byte| matches!(byte, b'"' | b'\'')).nth(1));
    label
        .filter(|_| declaration.starts_with(b"<?xml"))
        .and_then(encoding_rs::Encoding::for_label)
        // What can be read as ASCII is not in UTF-16.
        .filter(|encoding| encoding.is_ascii_compatible())
        .unwrap_or(encoding_rs::UTF_8)
}

#[derive(Default)]
struct Writing {
    out: String,
    open: Vec<String>,
    /// The number of open elements in one that is left out.
    skipped: usize,
    is_changed: bool,
    had_script: bool,
}

impl Writing {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag, false),
            Event::Empty(tag) => self.start(tag, true),
            Event::End(_) if self.skipped > 0 => self.skipped -= 1,
            Event::End(_) => {
                if let Some(name) = self.open.pop() {
                    self.out.push_str(&format!("</{name}>"));
                }
            }
            Event::Text(text) => self.text(text),
            Event::CData(text) => self.text(&escape(&**text)),
            Event::GeneralRef(name) => {
                // A reference to an entity that the file declares is left out.
                let is_known = name.is_char_ref() || resolve_predefined_entity(name).is_some();
                self.is_changed |= !is_known;
                if is_known {
                    self.text(&format!("&{};", &**name));
                }
            }
            Event::DocType(declaration) => self.is_changed |= declaration.contains('['),
            Event::PI(instruction) => {
                self.is_changed = true;
                self.had_script |= instruction.target() == "xml-stylesheet";
            }
            // Paths and names of the desk.
            Event::Comment(_) => self.is_changed = true,
            Event::Decl(_) | Event::Eof => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped > 0 || self.open.is_empty() {
            return;
        }
        let in_style = self.open.last().is_some_and(|name| name == "style");
        // A style sheet is checked as a whole, so its pieces are, too: one that is cut at a reference cannot load anything without `(`.
        if in_style && !is_harmless(text) {
            self.reject();
        } else {
            self.out.push_str(text);
        }
    }

    fn reject(&mut self) {
        self.is_changed = true;
        self.had_script = true;
    }

    fn start(&mut self, tag: &BytesStart<'_>, is_empty: bool) {
        let name = tag.name();
        let prefix = name.prefix().map_or("", |prefix| prefix.into_inner());
        let local = name.local_name();
        let name = local.as_ref();
        let is_svg = matches!(prefix, "" | "svg");
        if self.skipped > 0 || !is_svg || !ELEMENTS.contains(&format!(" {name} ")) {
            self.is_changed = true;
            if self.skipped == 0 && is_svg && name != "metadata" {
                self.reject();
            }
            self.skipped += usize::from(!is_empty);
            return;
        }
        self.out.push_str(&format!("<{name}"));
        if self.open.is_empty() {
            self.out.push_str(&format!(" xmlns=\"{SVG}\" xmlns:xlink=\"{XLINK}\""));
        }
        for attribute in tag.attributes() {
            match attribute.ok().and_then(|attribute| {
                Some((attribute.key, attribute.normalized_value(XmlVersion::Implicit1_0).ok()?))
            }) {
                Some((key, value)) => self.attribute(name, key.into_inner(), &value),
                None => self.reject(),
            }
        }
        self.out.push_str(if is_empty { "/>" } else { ">" });
        if !is_empty {
            self.open.push(name.to_owned());
        }
    }

    fn attribute(&mut self, element: &str, name: &str, value: &str) {
        if name == "xmlns" || name.starts_with("xmlns:") {
            // Another namespace makes other elements of these names.
            let is_plain = name != "xmlns" || matches!(value, SVG) || value.contains('&');
            if !is_plain {
                self.reject();
            }
            return;
        }
        let is_harmless = match name {
            "href" | "xlink:href" => is_inside(value) && !matches!(element, "set" | "animate"),
            "attributeName" => {
                !value.to_ascii_lowercase().contains("href") && !value.to_ascii_lowercase().starts_with("on")
            }
            _ if name.to_ascii_lowercase().starts_with("on") => false,
            "xml:lang" | "xml:space" => true,
            _ if name.starts_with("xlink:") => return,
            // Programs leave their own settings.
            _ if name.contains(':') => {
                self.is_changed = true;
                return;
            }
            _ => is_harmless(value),
        };
        let value = match is_harmless && name.ends_with("href") {
            true => match without_metadata(value) {
                Some(value) => value,
                None => return self.reject(),
            },
            false => Cow::Borrowed(value),
        };
        self.is_changed |= matches!(value, Cow::Owned(_));
        let value = &*value;
        match is_harmless {
            true => self.out.push_str(&format!(" {name}=\"{}\"", escape(value))),
            // A link to elsewhere is only text in a picture.
            false if element == "a" && name.ends_with("href") && !is_script(value) => self.is_changed = true,
            false => self.reject(),
        }
    }
}

/// A reference in the file; if it is a picture, without its private metadata. `None` if the picture cannot be cleaned.
fn without_metadata(value: &str) -> Option<Cow<'_, str>> {
    if value.trim_start().starts_with('#') {
        return Some(Cow::Borrowed(value));
    }
    let (kind, content) = value.split_once(',')?;
    let content: Vec<u8> = percent_encoding::percent_decode_str(content).collect();
    let kind = folded(kind);
    let plain = kind.strip_suffix(";base64");
    let bytes = match plain {
        Some(_) => {
            let text: Vec<u8> =
                content.into_iter().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=').collect();
            STANDARD_NO_PAD.decode(text).ok()?
        }
        None => content,
    };
    let format = Format::from_bytes(bytes.get(..super::format::HEAD.min(bytes.len()))?)?;
    let cleaned = cleaned(&bytes, format, &Metadata::of(&Blocks::of(&bytes, format)))?;
    if cleaned == bytes {
        return Some(Cow::Borrowed(value));
    }
    Some(Cow::Owned(format!("{};base64,{}", plain.unwrap_or(&kind), STANDARD.encode(cleaned))))
}

/// The value in lower case without what browsers ignore in URLs.
fn folded(value: &str) -> String {
    value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>().to_lowercase()
}

fn is_script(value: &str) -> bool {
    let value = folded(value);
    value.contains("javascript:") || value.contains("vbscript:") || value.contains("data:")
}

/// Whether a reference stays in the file: a fragment, or a picture of pixels in the URL itself.
fn is_inside(value: &str) -> bool {
    let value = folded(value);
    let pixels = ["png", "jpeg", "jpg", "gif", "webp", "avif"];
    value.starts_with('#')
        || value
            .strip_prefix("data:image/")
            .is_some_and(|rest| pixels.iter().any(|kind| rest.starts_with(kind)))
}

/// Whether an attribute or a style sheet runs and loads nothing. CSS can spell every character with a backslash.
fn is_harmless(value: &str) -> bool {
    let value = folded(value);
    let is_inside = |rest: &str| rest.trim_start_matches(['"', '\'']).starts_with('#');
    !value.contains('\\')
        && !value.contains("@import")
        && !value.contains("expression(")
        && !value.contains("image(")
        && !value.contains("image-set(")
        && !is_script(&value)
        && value.split("url(").skip(1).all(is_inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_comes_from_the_attributes_or_the_view_box() {
        assert_eq!(
            size("<?xml version='1.0'?><!-- x --><svg width='640px' height=\"360\">"),
            Some((640, 360))
        );
        assert_eq!(size("<svg viewBox='0 0 16 9'/>"), Some((16, 9)));
        assert_eq!(size("<svg width='100%' viewBox='0,0,16,9'/>"), Some((16, 9)));
        assert_eq!(size("<html/>"), None);
        assert_eq!(size("<svg"), None);
        // A file that is being saved.
        for nothing in ["", "<!-- a -->", "text"] {
            assert_eq!(size(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_harmless_drawing_is_published_as_it_is() {
        for harmless in [
            "<svg xmlns='http://www.w3.org/2000/svg'><style>a{fill:url(#x)}</style><path d='M0 0'/></svg>",
            "<?xml version='1.0'?><svg><use xlink:href='#a'/><text>a &amp; b</text></svg>",
            "<!DOCTYPE svg><svg xmlns:xlink='http://www.w3.org/1999/xlink'><a xlink:type='simple' xml:space='preserve'/></svg>",
        ] {
            assert_eq!(sanitized(harmless.as_bytes()), None, "{harmless}");
        }
    }

    #[test]
    fn what_the_desk_noted_is_removed() {
        for noted in [
            "<!-- /home/desk/a.svg --><path/>",
            "<metadata><rdf:RDF><dc:creator>x</dc:creator></rdf:RDF></metadata><path/>",
            "<sodipodi:namedview inkscape:document-units='mm'><x/></sodipodi:namedview><path/>",
            "<path inkscape:label='x' sodipodi:docname='a.svg'/>",
            "<?xpacket begin=''?><path/>",
        ] {
            let written = sanitized(format!("<svg>{noted}</svg>").as_bytes()).expect(noted);
            assert!(!written.had_script, "{noted}");
            let text = String::from_utf8(written.bytes).unwrap();
            assert!(text.ends_with("><path/></svg>"), "{text}");
            assert_eq!(sanitized(text.as_bytes()), None, "{noted}");
        }
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><!-- x --><svg><text>\xe9</text></svg>";
        let text = String::from_utf8(sanitized(latin).unwrap().bytes).unwrap();
        assert!(text.ends_with("<text>\u{e9}</text></svg>"), "{text}");
    }

    #[test]
    fn embedded_pictures_lose_private_metadata() {
        let mut jpeg = Vec::new();
        let pixels = image::RgbImage::new(4, 4);
        pixels.write_to(&mut std::io::Cursor::new(&mut jpeg), image::ImageFormat::Jpeg).unwrap();
        let noted = [&jpeg[..2], b"\xff\xfe\0\x09private", &jpeg[2..]].concat();
        let file =
            |kind: &str, content: &str| format!("<svg><image xlink:href='data:{kind},{content}'/></svg>");
        let spaced = |bytes: &[u8]| STANDARD.encode(bytes).replace("AA", "A&#10; A");
        let percent: String = noted.iter().map(|byte| format!("%{byte:02x}")).collect();
        let written = |file: &str| {
            let written = sanitized(file.as_bytes()).unwrap();
            assert!(!written.had_script);
            String::from_utf8(written.bytes).unwrap()
        };
        let once = written(&file("image/jpeg;base64", &spaced(&noted)));
        assert_eq!(once, written(&file("image/jpeg", &percent)));
        assert!(once.contains("data:image/jpeg;base64,/9j/"), "{once}");
        // As it is, since nothing is in it.
        assert_eq!(sanitized(once.as_bytes()), None);
        let content = once.split("base64,").nth(1).unwrap().split('"').next().unwrap();
        let cleaned = STANDARD.decode(content).unwrap();
        assert!(
            memchr::memmem::find(&cleaned, b"private").is_none() && image::load_from_memory(&cleaned).is_ok()
        );
        for unknown in ["AA", "####", "PHN2Zy8+", ""] {
            let dropped = sanitized(file("image/png;base64", unknown).as_bytes()).unwrap();
            assert!(dropped.had_script && dropped.bytes.ends_with(b"<image/></svg>"), "{unknown}");
        }
    }

    #[test]
    fn what_runs_or_loads_is_removed() {
        for (inside, expected) in [
            ("<script>alert(1)</script><path/>", "<path/>"),
            ("<SCRIPT/><g onload='x()' ONCLICK='y' id='a'/>", "<g id=\"a\"/>"),
            ("<foreignObject><p>x</p></foreignObject><g/>", "<g/>"),
            ("<svg:script/><x:script xmlns:x='http://www.w3.org/2000/svg'>1</x:script><g/>", "<g/>"),
            ("<image href='https://x.example/a.png'/>", "<image/>"),
            ("<use xlink:href=' java&#10;script:x'/>", "<use/>"),
            ("<image href='data:image/svg+xml;x'/>", "<image/>"),
            ("<g style='fill:url( \"//x.example\" )'/>", "<g/>"),
            ("<g style='fill:u\\72l(//x)'/>", "<g/>"),
            ("<style>@import 'x';</style>", "<style></style>"),
            ("<set attributeName='href' to='javascript:x'/>", "<set/>"),
            ("<g xmlns='http://www.w3.org/1999/xhtml'/>", "<g/>"),
        ] {
            let file = format!("<svg>{inside}</svg>");
            let written = sanitized(file.as_bytes()).expect(inside);
            assert!(written.had_script, "{inside}");
            let text = String::from_utf8(written.bytes).unwrap();
            assert_eq!(
                text,
                format!("<svg xmlns=\"{SVG}\" xmlns:xlink=\"{XLINK}\">{expected}</svg>"),
                "{inside}"
            );
            assert_eq!(sanitized(text.as_bytes()), None, "{inside}");
        }
    }

    #[test]
    fn entities_and_errors_end_in_a_whole_file() {
        let bomb = "<!DOCTYPE svg [<!ENTITY a 'x'>]><svg><text>&a;1</text></svg>";
        let text = |file: &str| String::from_utf8(sanitized(file.as_bytes()).unwrap().bytes).unwrap();
        assert!(text(bomb).ends_with("<text>1</text></svg>"));
        assert!(text("<svg><g><path/></x>").ends_with("<g><path/></g></svg>"));
    }
}
