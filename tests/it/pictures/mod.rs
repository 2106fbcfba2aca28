//! Photos as cameras and phones write them.

use image::{ImageFormat, Rgb, RgbImage};

use crate::support::{Run, Site, bulletin};

mod bad_input;
mod lint;
mod markup;
mod new;
mod serve;
mod statics;

/// The start of a story with a lead picture and another one in the text.
const STORY: &str =
    "---\ntitle: T\ndate: 2026-01-01\nimage: {src: lead.jpg, alt: x}\n---\nText.\n\n![a](p.jpg)\n";

/// A field of an EXIF directory: tag, type, count, value or offset.
type Entry = (u16, u16, u32, [u8; 4]);

/// An EXIF directory in big-endian order, at an offset from the start of the header.
fn directory(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = (entries.len() as u16).to_be_bytes().to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_be_bytes());
        bytes.extend(kind.to_be_bytes());
        bytes.extend(count.to_be_bytes());
        bytes.extend(value);
    }
    bytes.extend([0; 4]);
    bytes
}

/// EXIF data with an orientation and an optional latitude in degrees.
fn exif(orientation: u8, latitude: Option<[(u32, u32); 3]>) -> Vec<u8> {
    let mut entries = vec![(0x0112, 3, 1, [0, orientation, 0, 0])];
    let gps_at = 8 + 2 + 2 * 12 + 4;
    entries.extend(latitude.map(|_| (0x8825, 4, 1, u32::to_be_bytes(gps_at))));
    let mut bytes = b"MM\0*\0\0\0\x08".to_vec();
    bytes.extend(directory(&entries));
    if let Some(degrees) = latitude {
        bytes.resize(gps_at as usize, 0);
        let values_at = gps_at + 2 + 2 * 12 + 4;
        bytes.extend(directory(&[(1, 2, 2, *b"N\0\0\0"), (2, 5, 3, values_at.to_be_bytes())]));
        bytes.extend(
            degrees.iter().flat_map(|(num, denom)| [num.to_be_bytes(), denom.to_be_bytes()]).flatten(),
        );
    }
    bytes
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    [&[0xff, marker][..], &(data.len() as u16 + 2).to_be_bytes(), data].concat()
}

/// A scene without noise: hills, a sun and a fence, so that it has large areas and fine detail. Scenes of different seeds look different.
pub(crate) fn scene(width: u32, height: u32, seed: u32) -> RgbImage {
    let seed = f64::from(seed);
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let hill = 0.5 + 0.2 * (u * (5.0 + seed) + seed * 1.7).sin() + 0.1 * (u * 17.0 + seed * 2.3).cos();
        let (sun_x, sun_y) = ((seed * 0.37).fract(), 0.2 + 0.2 * (seed * 0.61).fract());
        let is_sun = (u - sun_x).powi(2) + (v - sun_y).powi(2) < 0.01;
        let is_fence = v > 0.8 && ((u * (30.0 + seed * 3.0)) as u32).is_multiple_of(2);
        match (is_sun, is_fence, v > hill) {
            (true, ..) => Rgb([250, 220, 90]),
            (_, true, _) => Rgb([90, 60, 40]),
            (.., true) => Rgb([40, (90.0 + 90.0 * v) as u8, 50]),
            _ => Rgb([90, (120.0 + 80.0 * v) as u8, 230]),
        }
    })
}

/// A picture in a format.
pub(crate) fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A photograph of a scene.
pub(crate) fn photo(width: u32, height: u32, seed: u32) -> Vec<u8> {
    encoded(&scene(width, height, seed), ImageFormat::Jpeg)
}

/// A JPEG with these segments at its start.
pub(crate) fn with_segments(jpeg: &[u8], segments: &[Vec<u8>]) -> Vec<u8> {
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

/// A JPEG of 60 × 30 pixels with these segments before its frame.
pub(crate) fn jpeg(metadata: &[Vec<u8>]) -> Vec<u8> {
    with_segments(&photo(60, 30, 1), metadata)
}

fn with_exif(exif: &[u8]) -> Vec<u8> {
    jpeg(&[segment(0xe1, &[b"Exif\0\0", exif].concat())])
}

fn site(lead: &[u8], inside: &[u8]) -> Site {
    let site = Site::new(&[("content/s/index.md", STORY)]);
    site.write("content/s/lead.jpg", lead);
    site.write("content/s/p.jpg", inside);
    site
}

fn read_bytes(site: &Site, path: &str) -> Vec<u8> {
    std::fs::read(site.path(path)).unwrap()
}

#[test]
fn a_rotated_photo_has_its_visible_size() {
    for orientation in 1..=8 {
        let photo = with_exif(&exif(orientation, None));
        let site = site(&photo, &photo);
        site.build(&[]);
        let page = site.read("public/2026/01/s/index.html");
        let expected =
            if orientation < 5 { "width=\"60\" height=\"30\"" } else { "width=\"30\" height=\"60\"" };
        assert!(page.contains(expected), "{orientation}: {page}");
    }
}

#[test]
fn a_photo_with_a_location_is_published_without_it() {
    let place = Some([(51, 1), (30, 1), (0, 1)]);
    let gps = with_exif(&exif(6, place));
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude=\"51,30.0N\" exif:GPSLongitude=\"0,7W\"/>";
    let in_xmp = jpeg(&[segment(0xe1, xmp)]);
    for photo in [&gps, &in_xmp] {
        let site = site(photo, &jpeg(&[]));
        site.build(&[]);
        let published = read_bytes(&site, "public/2026/01/s/lead.jpg");
        assert!(memchr::memmem::find(&published, &51_u32.to_be_bytes()).is_none());
        assert!(memchr::memmem::find(&published, b"51,30").is_none());
        // Browsers turn it as before.
        let is_turned = memchr::memmem::find(&published, b"\x01\x12\0\x03\0\0\0\x01\0\x06").is_some();
        assert_eq!(is_turned, photo == &gps);
    }
}

/// A photo with content credentials.
fn signed(exif: &[u8]) -> Vec<u8> {
    let credentials = segment(0xeb, b"JP\0\x01\0\0\0\x01\0\0\0\x20jumbc2pa");
    jpeg(&[segment(0xe1, &[b"Exif\0\0", exif].concat()), credentials])
}

#[test]
fn originals_with_content_credentials_are_published_byte_for_byte() {
    let photo = signed(&exif(1, None));
    let site = site(&photo, &jpeg(&[]));
    site.build(&[]);
    assert_ne!(read_bytes(&site, "public/2026/01/s/lead.jpg"), photo);
    let check = || {
        let run = Run::of(bulletin().args(["check", "--site"]).arg(&site.root));
        run.stdout + &run.stderr
    };
    assert!(check().contains("image/credentials"));
    site.write("bulletin.yaml", site.read("bulletin.yaml") + "pictures: {original: always}\n");
    site.build(&[]);
    assert_eq!(read_bytes(&site, "public/2026/01/s/lead.jpg"), photo);
    assert!(!check().contains("image/credentials"));
    // Unless they reveal where they were taken.
    site.write("content/s/lead.jpg", signed(&exif(1, Some([(51, 1), (30, 1), (0, 1)]))));
    for _ in 0..2 {
        let run = site.json(&[]);
        let place = ("image/location".to_owned(), "content/s/index.md".to_owned(), Some(4));
        assert_eq!((run.code, run.places()), (Some(1), vec![place]));
    }
}

#[test]
fn a_static_photo_with_a_location_is_published_without_it() {
    let place = Some([(51, 1), (30, 1), (0, 1)]);
    let site = Site::empty();
    let plain = signed(&exif(6, None));
    site.write("static/img/p.jpg", &plain);
    site.build(&[]);
    // Other static files are not touched.
    assert_eq!(read_bytes(&site, "public/img/p.jpg"), plain);
    site.write("static/img/p.jpg", with_exif(&exif(1, place)));
    // A format that cannot be cleaned.
    let tiff = exif(1, place);
    for _ in 0..2 {
        site.build(&[]);
        let published = read_bytes(&site, "public/img/p.jpg");
        assert!(memchr::memmem::find(&published, &51_u32.to_be_bytes()).is_none());
    }
    site.write("static/img/p.tif", &tiff);
    for _ in 0..2 {
        let run = site.json(&[]);
        let place = ("image/location".to_owned(), "static/img/p.tif".to_owned(), None);
        assert_eq!((run.code, run.places()), (Some(1), vec![place]));
    }
}

/// A PNG with a compressed text, as programs that know no EXIF in PNG write it.
fn png_with_profile(profile: &[u8]) -> Vec<u8> {
    let hex: String = profile.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = format!("\nexif\n{:8}\n{hex}\n", profile.len());
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
    let data = [&b"Raw profile type APP1\0\0"[..], &packed.finish().unwrap()].concat();
    let png = encoded(&scene(40, 30, 3), ImageFormat::Png);
    // After the signature and IHDR.
    [&png[..33], &bad_input::chunk(b"zTXt", &data), &png[33..]].concat()
}

/// Checks that a published picture has the pixels of its source and none of its metadata.
fn assert_clean(published: &[u8], source: &[u8], name: &str) {
    let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8();
    assert!(pixels(published) == pixels(source), "{name}: other pixels");
    for private in [&b"Exif"[..], b"GPS", b"Gps", b"\xa9xyz", b"serial", b"Raw profile"] {
        assert!(memchr::memmem::find(published, private).is_none(), "{name}: {}", private.escape_ascii());
    }
}

#[test]
fn private_metadata_of_static_pictures_is_removed_wherever_it_is() {
    let place = Some([(51, 1), (30, 1), (0, 1)]);
    let app1 = |exif: &[u8]| segment(0xe1, &[b"Exif\0\0", exif].concat());
    let xmp = |text: &str| segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", text.as_bytes()].concat());
    let plain = photo(60, 30, 1);
    let private = [
        ("second.jpg", jpeg(&[app1(&exif(1, None)), app1(&exif(1, place))])),
        ("pair.jpg", [&plain[..], &with_exif(&exif(1, place))].concat()),
        ("moving.jpg", [&plain[..], b"\0\0\0\x18ftypmp42....\xa9xyz+51.5-000.1/"].concat()),
        ("drone.jpg", jpeg(&[xmp("<x drone-dji:GpsLatitude=\"+52.1\"/>")])),
        ("spaced.jpg", jpeg(&[xmp("<exif:GPSLatitude>\n51,30.1N</exif:GPSLatitude>")])),
        ("comment.jpg", jpeg(&[segment(0xfe, b"serial 4711")])),
        ("profile.png", png_with_profile(&exif(1, place))),
    ];
    let drawing = encoded(&scene(40, 30, 3), ImageFormat::Png);
    let site = Site::empty();
    site.write("static/i/plain.jpg", &plain);
    site.write("static/i/plain.png", &drawing);
    for (name, bytes) in &private {
        site.write(&format!("static/i/{name}"), bytes);
    }
    let run = site.json(&[]);
    assert_eq!((run.code, run.places()), (Some(0), vec![]));
    // Files without private metadata are not touched.
    assert_eq!(read_bytes(&site, "public/i/plain.jpg"), plain);
    assert_eq!(read_bytes(&site, "public/i/plain.png"), drawing);
    for (name, bytes) in &private {
        assert_clean(&read_bytes(&site, &format!("public/i/{name}")), bytes, name);
    }
}

#[test]
fn files_that_a_link_names_are_published_only_without_private_metadata() {
    let place = Some([(51, 1), (30, 1), (0, 1)]);
    let text = "---\ntitle: T\ndate: 2026-01-01\n---\n[a](photo.txt) [b](data.csv)\n";
    let site = Site::new(&[("content/s/index.md", text), ("content/s/data.csv", "a,b\n")]);
    site.write("content/s/photo.txt", with_exif(&exif(1, place)));
    let run = site.json(&[]);
    assert_eq!((run.code, run.places()), (Some(0), vec![]));
    let source = with_exif(&exif(1, place));
    assert_clean(&read_bytes(&site, "public/2026/01/s/photo.txt"), &source, "photo.txt");
    for (name, bytes, code) in [
        ("raw.DNG", exif(1, None), "image/raw-file"),
        ("pair.mpo", with_exif(&exif(1, None)), "image/raw-file"),
        ("big.jpg", b"II+\0\x08\0\0\0".to_vec(), "image/raw-file"),
        ("junk.jpg", [&b"xx"[..], &with_exif(&exif(1, place))].concat(), "image/location"),
    ] {
        let text = format!("---\ntitle: T\ndate: 2026-01-01\n---\n[a]({name})\n");
        let site = Site::new(&[("content/s/index.md", &text)]);
        site.write(&format!("content/s/{name}"), bytes);
        let run = site.json(&[]);
        assert_eq!(run.code, Some(1), "{name}: {}", run.stdout);
        let codes: Vec<String> = run.places().into_iter().map(|(code, ..)| code).collect();
        assert!(codes.iter().any(|found| found == code), "{name}: {codes:?}");
        let file = format!("content/s/{name}");
        assert!(
            run.places().iter().any(|(found, at, _)| found == code && *at == file),
            "{name}: {}",
            run.stdout
        );
        assert!(!site.path("public").exists(), "{name}");
    }
}

#[test]
fn scripts_in_drawings_are_removed() {
    let text = "---\ntitle: T\ndate: 2026-01-01\n---\n![a](good.svg) ![b](bad.svg)\n";
    let site = Site::new(&[("content/s/index.md", text)]);
    let good = "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>";
    site.write("content/s/good.svg", good);
    site.write("content/s/bad.svg", "<svg onload='x()'><script>alert(1)</script><path/></svg>");
    let run = site.json(&[]);
    let place = ("image/script".to_owned(), "content/s/index.md".to_owned(), Some(5));
    assert_eq!((run.code, run.places()), (Some(0), vec![place]));
    assert_eq!(site.read("public/2026/01/s/good.svg"), good);
    let bad = site.read("public/2026/01/s/bad.svg");
    assert!(!bad.contains("alert") && !bad.contains("onload") && bad.contains("<path/>"), "{bad}");
}

#[test]
fn drawings_lose_what_the_desk_noted() {
    let text = "---\ntitle: T\ndate: 2026-01-01\n---\n![a](a.svg)\n";
    let site = Site::new(&[("content/s/index.md", text)]);
    let place = Some([(51, 1), (30, 1), (0, 1)]);
    let embedded = in_base64(&with_exif(&exif(1, place)));
    let drawing = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:sodipodi=\"http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd\" \
         sodipodi:docname=\"QCANARY.svg\"><!-- /home/QCANARY --><metadata><a>QCANARY</a></metadata><path d=\"M0 0\"/>\
         <image href=\"data:image/jpeg;base64,{embedded}\"/></svg>"
    );
    site.write("content/s/a.svg", &drawing);
    site.write("static/a.svg", &drawing);
    let run = site.json(&[]);
    assert_eq!((run.code, run.places()), (Some(0), Vec::new()));
    let published = site.read("public/2026/01/s/a.svg");
    assert!(!published.contains("QCANARY") && published.contains("<path d=\"M0 0\"/>"), "{published}");
    assert!(
        published.contains("data:image/jpeg;base64,/9j/") && !published.contains(&embedded),
        "{published}"
    );
    assert_eq!(site.read("public/a.svg"), drawing);
}

/// Bytes as base64.
fn in_base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn texts_of_a_file_complete_those_of_the_story() {
    let xmp = "http://ns.adobe.com/xap/1.0/\0<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
        xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:p='http://ns.adobe.com/photoshop/1.0/' \
        xmlns:e='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'><rdf:Description p:Source='Example Agency' \
        e:DigitalSourceType='http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia'>\
        <dc:creator>Zoë Example</dc:creator><dc:description>A \"blue\" crane</dc:description></rdf:Description></rdf:RDF>";
    let photo = jpeg(&[segment(0xe1, xmp.as_bytes())]);
    let site = site(&photo, &jpeg(&[]));
    site.build(&[]);
    let json = site.read("public/2026/01/s/index.html");
    assert!(json.contains("Zoë Example/Example Agency") && json.contains("A “blue” crane"), "{json}");
    site.write("content/s/index.md", STORY.replace("alt: x", "alt: x, caption: \"\", credit: Own"));
    site.build(&[]);
    let json = site.read("public/2026/01/s/index.html");
    assert!(!json.contains("Zoë Example") && !json.contains("crane") && json.contains("Own"), "{json}");
    // Pictures of a gallery are treated alike.
    let gallery =
        |entry: &str| STORY.replace("image: {src: lead.jpg, alt: x}", &format!("gallery: [{entry}]"));
    site.write("content/s/index.md", gallery("lead.jpg"));
    site.build(&[]);
    let html = site.read("public/feed.json");
    assert!(html.contains("Zoë Example/Example Agency") && html.contains("A “blue” crane"), "{html}");
    site.write("content/s/index.md", gallery("{src: lead.jpg, caption: \"\", credit: Own}"));
    site.build(&[]);
    let html = site.read("public/feed.json");
    assert!(!html.contains("Zoë Example") && !html.contains("crane") && html.contains("Own"), "{html}");
}

#[test]
fn pictures_that_browsers_cannot_show_are_reported() {
    let whole = jpeg(&[]);
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    let png = &*encoded(&scene(60, 30, 1), ImageFormat::Png);
    for (bytes, code) in [
        (&b""[..], "image/empty"),
        (&whole[..whole.len() - 5], "image/cut-off"),
        (&whole[..20], "image/cut-off"),
        (heic, "image/few-browsers"),
        (b"<!DOCTYPE html><p>404</p>", "image/not-a-picture"),
        (png, "image/other-format"),
    ] {
        let site = site(&whole, bytes);
        // A cached picture is reported in the same way.
        for _ in 0..2 {
            let run = site.json(&[]);
            let place = (code.to_owned(), "content/s/index.md".to_owned(), Some(8));
            assert_eq!((run.code, run.places()), (Some(0), vec![place]));
        }
    }
}

#[test]
fn broken_picture_metadata_does_not_stop_a_build() {
    let whole = with_exif(&exif(6, Some([(51, 1), (30, 1), (0, 1)])));
    for at in (0..whole.len()).step_by(3) {
        for value in [0x00, 0x7f, 0xff] {
            let mut broken = whole.clone();
            broken[at] = value;
            let file = tempfile::Builder::new().suffix(".jpg").tempfile().unwrap();
            std::fs::write(file.path(), &broken).unwrap();
            let _ = bulletin::pictures::examine(file.path()).unwrap();
        }
    }
}
