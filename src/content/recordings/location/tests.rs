use super::*;

const XMP: &[u8] = b"<x:xmpmeta><exif:GPSLatitude>52,7.4N</exif:GPSLatitude></x:xmpmeta>";

fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], name, content].concat()
}

fn film(inside: &[u8]) -> Vec<u8> {
    [boxed(b"ftyp", b"3gp4"), boxed(b"mdat", b"\xa9xyz loci\0\0\0\0"), boxed(b"moov", inside)].concat()
}

/// A box whose length has 64 bits.
fn long_boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&1_u32.to_be_bytes()[..], name, &(content.len() as u64 + 16).to_be_bytes(), content].concat()
}

/// A JPEG with nothing but EXIF, which has a latitude or none.
fn cover(has_place: bool) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0".to_vec();
    tiff.extend(b"\x01\0\x02\0\x05\0\x03\0\0\0\x2c\0\0\0\0\0\0\0");
    tiff.extend([52, 0, 0, 0, 1, 0, 0, 0].repeat(3));
    if !has_place {
        tiff[10] = 0x26;
    }
    let exif = [b"Exif\0\0", &tiff[..]].concat();
    [&b"\xff\xd8\xff\xe1"[..], &(exif.len() as u16 + 2).to_be_bytes(), &exif, b"\xff\xd9"].concat()
}

fn id3(frames: &[u8]) -> Vec<u8> {
    let length = frames.len() as u32;
    let size = [length >> 21, length >> 14, length >> 7, length].map(|part| part as u8 & 0x7f);
    [b"ID3\x04\0\0", &size[..], frames].concat()
}

fn frame(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&name[..], &(content.len() as u32).to_be_bytes(), &[0, 0], content].concat()
}

fn comment(text: &[u8]) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes()[..], text].concat()
}

fn flac(kind: u8, block: &[u8]) -> Vec<u8> {
    let first = [b"fLaC\0", &[0, 0, 2, 7, 7][..]].concat();
    [&first[..], &[0x80 | kind], &(block.len() as u32).to_be_bytes()[1..], block].concat()
}

fn page(position: u64, content: &[u8]) -> Vec<u8> {
    let mut segments = vec![255; content.len() / 255];
    segments.push((content.len() % 255) as u8);
    let head = [b"OggS\0\0", &position.to_le_bytes()[..], &[0; 12], &[segments.len() as u8]].concat();
    [&head[..], &segments, content].concat()
}

fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    [id, &[0x10 | (content.len() >> 24) as u8], &(content.len() as u32).to_be_bytes()[1..], content].concat()
}

fn webm(name: &[u8], cluster_is_live: bool) -> Vec<u8> {
    let tag = element(b"\x67\xc8", &[element(b"\x45\xa3", name), element(b"\x44\x87", b"+52.1/")].concat());
    let block = element(b"\xa3", b"\x45\xa3\x88LOCATION");
    let cluster = match cluster_is_live {
        true => [b"\x1f\x43\xb6\x75\xff", &block[..]].concat(),
        false => element(b"\x1f\x43\xb6\x75", &block),
    };
    let segment = [cluster, element(b"\x12\x54\xc3\x67", &element(b"\x73\x73", &tag))].concat();
    [
        element(b"\x1a\x45\xdf\xa3", b"webm"),
        b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff".to_vec(),
        segment,
    ]
    .concat()
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let padding = &[0][..content.len() % 2];
    [&name[..], &(content.len() as u32).to_le_bytes(), content, padding].concat()
}

fn wave(more: &[u8]) -> Vec<u8> {
    let sound = [XMP, b"odd"].concat();
    [b"RIFF\0\0\0\0WAVE", &chunk(b"fmt ", &[0; 16])[..], &chunk(b"data", &sound), more].concat()
}

/// Files with a place, and the same with something else.
fn files() -> Vec<(&'static str, bool, Vec<u8>)> {
    let keys = |key: &[u8]| {
        boxed(b"meta", &boxed(b"keys", &[&[0, 0, 0, 0, 0, 0, 0, 1], &boxed(b"mdta", key)[..]].concat()))
    };
    let track = |entry: &[u8; 4]| {
        let description = boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &boxed(entry, &[0; 8])[..]].concat());
        film(&boxed(b"trak", &boxed(b"mdia", &boxed(b"minf", &boxed(b"stbl", &description)))))
    };
    let data = |picture: &[u8]| {
        boxed(b"udta", &boxed(b"meta", &boxed(b"ilst", &boxed(b"covr", &boxed(b"data", picture)))))
    };
    let picture = |has_place| [&b"\0image/jpeg\0\x03\0"[..], &cover(has_place)].concat();
    let wide: Vec<u8> =
        "\u{feff}Location".encode_utf16().flat_map(u16::to_le_bytes).chain(*b"\0\0x\0").collect();
    let separated = |has_place| {
        let mut picture = picture(has_place);
        let at = picture.windows(2).position(|pair| pair == [0xff, 0xe1]).unwrap();
        picture.insert(at + 1, 0);
        id3(&frame(b"APIC", &picture))
    };
    let written = |has_place| {
        let picture = base64::engine::general_purpose::STANDARD
            .encode([&b"\0\0\0\x03"[..], &cover(has_place)].concat());
        let comments =
            [comment(format!("METADATA_BLOCK_PICTURE={picture}").as_bytes()), comment(b"TITLE=x")].concat();
        [page(0, b"OpusHead"), page(0, &[&b"OpusTags"[..], &comments].concat()), page(9, XMP)].concat()
    };
    vec![
        ("nothing", false, film(b"")),
        ("QuickTime", true, film(&boxed(b"udta", &boxed(b"\xa9xyz", b"+52.1+004.7/")))),
        ("track", true, film(&boxed(b"trak", &boxed(b"udta", &boxed(b"\xa9xyz", b"+52.1+004.7/"))))),
        ("3GPP", true, film(&boxed(b"udta", &boxed(b"loci", b"\0\0\0\0\x15\xc7\0")))),
        ("word", false, film(&boxed(b"udta", &boxed(b"\xa9nam", b"\0\x08\x15\xc7velocity\0\0\0\0")))),
        ("key", true, film(&keys(b"com.apple.quicktime.location.ISO6709"))),
        ("other key", false, film(&keys(b"com.apple.quicktime.make"))),
        ("long box", true, film(&[long_boxed(b"free", b""), keys(b"location-eng")].concat())),
        ("XMP", true, [film(b""), boxed(b"uuid", XMP)].concat()),
        ("XMP in the index", true, film(&boxed(b"udta", &boxed(b"XMP_", XMP)))),
        ("camera in motion", true, track(b"gpmd")),
        ("picture", false, track(b"avc1")),
        ("cover of M4A", true, film(&data(&cover(true)))),
        ("other cover of M4A", false, film(&data(&cover(false)))),
        ("cover of MP3", true, id3(&frame(b"APIC", &picture(true)))),
        ("other cover of MP3", false, id3(&frame(b"APIC", &picture(false)))),
        ("separated", true, separated(true)),
        ("separated other", false, separated(false)),
        ("text of MP3", true, id3(&frame(b"TXXX", b"\x03location\0x"))),
        ("wide text of MP3", true, id3(&frame(b"TXXX", &[&b"\x01"[..], &wide].concat()))),
        ("other text of MP3", false, id3(&frame(b"TXXX", b"\x03mood\0location"))),
        ("FLAC", true, flac(4, &comment(b"LOCATION=Delft"))),
        ("words in FLAC", false, flac(4, &comment(b"COMMENT=see /?location=x"))),
        ("cover of FLAC", true, flac(6, &cover(true))),
        ("FLAC after ID3", true, [id3(b""), flac(4, &comment(b"location=Delft"))].concat()),
        ("cover of Opus", true, written(true)),
        ("other cover of Opus", false, written(false)),
        ("WebM", true, webm(b"LOCATION", false)),
        ("live WebM", true, webm(b"RECORDING_LOCATION", true)),
        ("other WebM", false, webm(b"ENCODER", false)),
        ("other live WebM", false, webm(b"ENCODER", true)),
        ("WAV", true, wave(&chunk(b"_PMX", XMP))),
        ("recorder", true, wave(&chunk(b"iXML", b"<LOCATION_GPS>52.1, 4.7</LOCATION_GPS>"))),
        ("other recorder", false, wave(&chunk(b"iXML", b"<LOCATION_GPS></LOCATION_GPS>"))),
    ]
}

fn reveals(bytes: &[u8]) -> bool {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    reveals_location(file.path()).unwrap()
}

#[test]
fn a_place_is_found_in_every_container() {
    for (name, expected, bytes) in files() {
        assert_eq!(reveals(&bytes), expected, "{name}");
    }
}

#[test]
fn damaged_files_do_no_harm() {
    for (_, _, bytes) in files() {
        for at in (0..bytes.len()).step_by(11) {
            reveals(&bytes[..at]);
            let mut damaged = bytes.clone();
            damaged[at] = 0xff;
            reveals(&damaged);
        }
    }
}
