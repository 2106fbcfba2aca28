//! Files with all kinds of metadata → what is read, kept and removed.

use super::*;

fn all() -> Metadata {
    Metadata {
        creator: Some("Zoë Example".to_owned()),
        credit: Some("Example Agency & Sons".to_owned()),
        source: Some("Example".to_owned()),
        copyright: Some("© 2026 Zoë Example".to_owned()),
        license: Some("https://example.org/license?a=1&b=2".to_owned()),
        caption: Some("A crane <at> dusk".to_owned()),
        alt: Some("An idle crane".to_owned()),
        digital_source: Some(DigitalSource::PartlyGenerated),
        has_content_credentials: false,
    }
}

fn picture(format: image::ImageFormat) -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 6, y as u8 * 8, 90]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::from(pixels).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn pixels(bytes: &[u8]) -> Vec<u8> {
    image::load_from_memory(bytes).unwrap().into_rgba8().into_raw()
}

const FORMATS: [(Format, image::ImageFormat); 3] = [
    (Format::Jpeg, image::ImageFormat::Jpeg),
    (Format::Png, image::ImageFormat::Png),
    (Format::Gif, image::ImageFormat::Gif),
];

/// What XMP alone can hold in a GIF is everything.
#[test]
fn what_is_written_is_read_and_nothing_else_stays() {
    for (format, kind) in FORMATS {
        let plain = picture(kind);
        let mut trailing = plain.clone();
        trailing.extend(b"a film with its location");
        let written = cleaned(&trailing, format, &all()).unwrap();
        assert_eq!(Metadata::read(&written, format), all(), "{format:?}");
        assert_eq!(pixels(&written), pixels(&plain), "{format:?}");
        assert_eq!(cleaned(&written, format, &all()).unwrap(), written, "{format:?}");
        assert!(memchr::memmem::find(&written, b"film").is_none(), "{format:?}");
        let bare = cleaned(&written, format, &Metadata::default()).unwrap();
        assert_eq!(Metadata::read(&bare, format), Metadata::default(), "{format:?}");
        assert_eq!(pixels(&bare), pixels(&plain), "{format:?}");
    }
}

#[test]
fn damaged_files_never_panic() {
    for (format, kind) in FORMATS {
        let whole = cleaned(&picture(kind), format, &all()).unwrap();
        for end in 0..whole.len().min(3000) {
            let _ = cleaned(&whole[..end], format, &Metadata::read(&whole[..end], format));
        }
        for at in (0..whole.len().min(3000)).step_by(7) {
            for value in [0x00, 0x7f, 0xff] {
                let mut broken = whole.clone();
                broken[at] = value;
                let metadata = Metadata::read(&broken, format);
                let once = cleaned(&broken, format, &metadata).unwrap();
                let twice = cleaned(&once, format, &Metadata::read(&once, format)).unwrap();
                assert_eq!(once, twice, "{format:?} {at} {value}");
            }
        }
    }
}

/// A WebP with a frame, without pixels that anybody can decode.
fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend_from_slice(*kind);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend_from_slice(data);
        body.extend(vec![0; data.len() % 2]);
    }
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

#[test]
fn chunks_of_webp_are_chosen() {
    let x = [0x08 | 0x10, 0, 0, 0, 1, 0, 0, 1, 0, 0];
    let file = webp(&[(b"VP8X", &x), (b"VP8L", b"pixel"), (b"EXIF", b"secret"), (b"ODD ", b"secret")]);
    let written = cleaned(&file, Format::WebP, &all()).unwrap();
    assert!(memchr::memmem::find(&written, b"secret").is_none());
    assert!(memchr::memmem::find(&written, b"VP8L\x05\0\0\0pixel\0").is_some());
    assert_eq!(written[20], 0x08 | 0x04 | 0x10);
    assert_eq!(Metadata::read(&written, Format::WebP), all());
    assert_eq!(cleaned(&written, Format::WebP, &all()).unwrap(), written);
    // The simple format has no place for metadata.
    let simple = webp(&[(b"VP8L", b"pixel")]);
    assert_eq!(cleaned(&simple, Format::WebP, &all()).unwrap(), simple);
    for end in 0..written.len() {
        let _ = cleaned(&written[..end], Format::WebP, &Metadata::read(&written[..end], Format::WebP));
    }
}

/// A box of ISO 14496-12.
fn a_box(kind: &[u8], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
}

fn avif(exif: &[u8], xmp: &[u8], more: &[u8]) -> Vec<u8> {
    let build = |at: u32| {
        let info = |id: u8, kind: &[u8]| a_box(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], kind, b"\0"].concat());
        let infos =
            [&[0, 0, 0, 0, 0, 3][..], &info(1, b"av01"), &info(2, b"Exif"), &info(3, b"mime")].concat();
        let place = |id: u8, offset: u32, length: usize| {
            [&[0, id, 0, 0, 0, 1][..], &offset.to_be_bytes(), &(length as u32).to_be_bytes()].concat()
        };
        let (second, third) = (at + 6, at + 6 + exif.len() as u32);
        let places = [
            &[0, 0, 0, 0, 0x44, 0, 0, 3][..],
            &place(1, at, 6),
            &place(2, second, exif.len()),
            &place(3, third, xmp.len()),
        ];
        let meta = [&[0; 4][..], &a_box(b"iinf", &infos), &a_box(b"iloc", &places.concat())].concat();
        let data = a_box(b"mdat", &[b"pixels", exif, xmp].concat());
        (a_box(b"ftyp", b"avif\0\0\0\0avifmif1"), a_box(b"meta", &meta), data)
    };
    let (head, meta, _) = build(0);
    let (head, meta, data) = build((head.len() + meta.len() + 8) as u32);
    [head, meta, data, more.to_vec()].concat()
}

#[test]
fn items_of_avif_are_overwritten() {
    let exif = [&[0; 4][..], &exif::write(6, &[(exif::tag::ARTIST, "Zoë Example")])].concat();
    let xmp =
        [&containers_xmp(&all())[..], &b" <exif:GPSLatitude>51,1N</exif:GPSLatitude>".repeat(4)].concat();
    let film = a_box(b"mpvd", b"a film");
    let file = avif(&exif, &xmp, &film);
    let metadata = Metadata::read(&file, Format::Avif);
    assert_eq!(metadata, all());
    let written = cleaned(&file, Format::Avif, &metadata).unwrap();
    assert_eq!(written.len(), file.len());
    assert_eq!(Metadata::read(&written, Format::Avif), all());
    assert!(memchr::memmem::find(&written, b"pixels").is_some());
    for gone in [&b"GPSLatitude"[..], b"film", b"mpvd"] {
        assert!(memchr::memmem::find(&written, gone).is_none());
    }
    assert_eq!(cleaned(&written, Format::Avif, &metadata).unwrap(), written);
    let credentials = a_box(b"uuid", b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81jumb");
    assert!(Metadata::read(&avif(&exif, &xmp, &credentials), Format::Avif).has_content_credentials);
    for end in 0..file.len() {
        let _ = cleaned(&file[..end], Format::Avif, &Metadata::read(&file[..end], Format::Avif));
    }
    for at in 0..file.len().min(400) {
        let mut broken = file.clone();
        broken[at] = 0xff;
        let _ = cleaned(&broken, Format::Avif, &Metadata::read(&broken, Format::Avif));
    }
}

fn containers_xmp(metadata: &Metadata) -> Vec<u8> {
    let png = cleaned(&picture(image::ImageFormat::Png), Format::Png, metadata).unwrap();
    Blocks::of(&png, Format::Png).xmp.unwrap().into_owned()
}

#[test]
fn content_credentials_are_detected() {
    let jpeg = picture(image::ImageFormat::Jpeg);
    let segment = b"\xff\xeb\0\x14JP\0\x01\0\0\0\x01jumbc2pa\0\0";
    let signed = [&jpeg[..2], segment, &jpeg[2..]].concat();
    assert!(Metadata::read(&signed, Format::Jpeg).has_content_credentials);
    let png = picture(image::ImageFormat::Png);
    let signed = [&png[..33], b"\0\0\0\x04caBXjumb\0\0\0\0", &png[33..]].concat();
    assert!(Metadata::read(&signed, Format::Png).has_content_credentials);
    for (bytes, format) in [(jpeg, Format::Jpeg), (png, Format::Png)] {
        assert!(!Metadata::read(&bytes, format).has_content_credentials);
    }
}

#[test]
fn the_orientation_stays() {
    let jpeg = picture(image::ImageFormat::Jpeg);
    let exif = [b"Exif\0\0", &exif::write(6, &[])[..]].concat();
    let turned = [&jpeg[..2], &[0xff, 0xe1, 0, exif.len() as u8 + 2], &exif, &jpeg[2..]].concat();
    let written = cleaned(&turned, Format::Jpeg, &Metadata::default()).unwrap();
    assert_eq!(Blocks::of(&written, Format::Jpeg).exif().unwrap().orientation(), 6);
    // Renditions are upright.
    let rendition = embed(turned, Encoding::Jpeg, &all());
    assert_eq!(Blocks::of(&rendition, Format::Jpeg).exif().unwrap().orientation(), 1);
}

#[test]
fn the_credit_is_that_of_the_supplier_or_the_names() {
    let credit = |credit: Option<&str>, creator: Option<&str>, source: Option<&str>| {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Metadata { credit: text(credit), creator: text(creator), source: text(source), ..Metadata::default() }
            .credit_line()
    };
    assert_eq!(credit(Some("A via B"), Some("C"), Some("D")).as_deref(), Some("A via B"));
    assert_eq!(credit(None, Some("C"), Some("D")).as_deref(), Some("C/D"));
    assert_eq!(credit(None, Some("C"), Some("C")).as_deref(), Some("C"));
    assert_eq!(credit(None, None, Some("D")).as_deref(), Some("D"));
    assert_eq!(credit(None, None, None), None);
}

#[test]
fn codes_of_sources_are_read_with_and_without_their_scheme() {
    for source in [
        DigitalSource::Generated,
        DigitalSource::PartlyGenerated,
        DigitalSource::Composite,
        DigitalSource::DigitalArt,
    ] {
        assert_eq!(DigitalSource::from_code(&source.uri()), Some(source));
    }
    assert_eq!(DigitalSource::from_code("trainedAlgorithmicMedia"), Some(DigitalSource::Generated));
    assert_eq!(
        DigitalSource::from_code("digsrctype:compositeSynthetic"),
        Some(DigitalSource::PartlyGenerated)
    );
    assert_eq!(
        DigitalSource::from_code("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"),
        None
    );
}
