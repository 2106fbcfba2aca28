//! An AVIF file of the encoder and a packet of XMP → the same picture with an item for the packet (ISO 14496-12, section 8.11; ISO 23008-12,
//! annex A.3).
//!
//! The encoder writes EXIF alone. The packet goes to the end, so that browsers get the pixels first. The boxes before the pixels grow, and with them
//! all offsets, which count from the start of the file.

use super::bmff::{Found, boxes, number};

const MEDIA_TYPE: &[u8] = b"application/rdf+xml";
/// The version and the flags of most boxes.
const PLAIN: [u8; 4] = [0; 4];
/// Offsets and lengths of four bytes, no base offsets.
const SIZES: [u8; 2] = [0x44, 0];

/// Adds a packet. `None` if the file is not one that the encoder writes.
pub(super) fn with_xmp(bytes: &[u8], xmp: &[u8]) -> Option<Vec<u8>> {
    let top: Vec<Found<'_>> = boxes(bytes, 0..bytes.len()).collect();
    let [first, meta, data] = &top[..] else { return None };
    let is_usual = (first.kind, meta.kind, data.kind) == (b"ftyp", b"meta", b"mdat")
        && data.content.start == data.start + 8
        && number(bytes, data.start, 4) == Some(data.content.end - data.start);
    let inside = boxes(bytes, meta.content.start.checked_add(4).filter(|_| is_usual)?..meta.content.end);
    let inside: Vec<Found<'_>> = inside.collect();
    let content = |kind: &[u8]| {
        let found = inside.iter().find(|found| found.kind == kind)?;
        bytes.get(found.content.clone()).filter(|content| content.starts_with(&PLAIN))
    };
    let (infos, places, primary) = (content(b"iinf")?, content(b"iloc")?, content(b"pitm")?.get(4..6)?);
    let references = content(b"iref").unwrap_or(&PLAIN);
    let next = |number: usize| Some(u16::try_from(number.checked_add(1)?).ok()?.to_be_bytes());
    let ids = boxes(infos, 6..infos.len()).filter_map(|info| number(infos, info.content.start + 4, 2));
    let (id, count) = (next(ids.max()?)?, next(number(infos, 4, 2)?)?);
    let info = a_box(b"infe", &[&[2, 0, 0, 0], &id, &[0, 0], b"mime\0", MEDIA_TYPE, b"\0"]);
    let infos = a_box(b"iinf", &[&PLAIN, &count, infos.get(6..)?, &info]);
    let references = a_box(b"iref", &[references, &a_box(b"cdsc", &[&id, &[0, 1], primary])]);
    let others = inside.iter().filter(|found| !matches!(found.kind, b"iinf" | b"iloc" | b"iref"));
    let others: Vec<&[u8]> = others.map(|found| &bytes[found.start..found.content.end]).collect();
    let meta_with = |places: &[u8]| {
        a_box(b"meta", &[&PLAIN, &others.concat(), &a_box(b"iloc", &[places]), &infos, &references])
    };
    // Numbers change no lengths.
    let growth = meta_with(&moved(places, 0, &id, 0, xmp.len())?).len() - (meta.content.end - meta.start);
    let places = moved(places, growth, &id, bytes.len() + growth, xmp.len())?;
    let data = a_box(b"mdat", &[&bytes[data.content.clone()], xmp]);
    Some([&bytes[..meta.start], &meta_with(&places), &data].concat())
}

/// The places of all items, moved back by `by`, and that of another one.
fn moved(places: &[u8], by: usize, id: &[u8], offset: usize, length: usize) -> Option<Vec<u8>> {
    let mut out = places.to_vec();
    let count = number(places, 6, 2).filter(|_| places.get(4..6) == Some(&SIZES))?;
    out[6..8].copy_from_slice(&u16::try_from(count + 1).ok()?.to_be_bytes());
    let mut at = 8;
    for _ in 0..count {
        let extents = number(places, at + 4, 2)?;
        at += 6;
        for _ in 0..extents {
            let offset = u32::try_from(number(places, at, 4)?.checked_add(by)?).ok()?;
            out.get_mut(at..at + 4)?.copy_from_slice(&offset.to_be_bytes());
            at += 8;
        }
    }
    out.extend([id, &[0, 0, 0, 1]].concat());
    for number in [offset, length] {
        out.extend(u32::try_from(number).ok()?.to_be_bytes());
    }
    Some(out)
}

/// A box with this content.
fn a_box(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    // Renditions are far smaller than 4 GB.
    let length = u32::try_from(8 + content.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes()[..], kind, &content].concat()
}

#[cfg(test)]
mod tests {
    use super::super::bmff::extents;
    use super::*;
    use crate::pictures::encode::encode;
    use crate::pictures::metadata::{Metadata, embed};
    use crate::pictures::pixels::{Channels, Pixels};
    use crate::pictures::{Encoding, Format};

    fn picture(channels: Channels, depth: usize) -> Pixels {
        let bytes = (0..24 * 16 * depth).map(|at| (at * 7 % 251) as u8).collect();
        Pixels { width: 24, height: 16, channels, bytes }
    }

    /// The bytes of all items, by their number.
    fn items(file: &[u8]) -> Vec<(usize, Vec<u8>)> {
        let meta = boxes(file, 0..file.len()).find(|found| found.kind == b"meta").unwrap();
        let mut inside = boxes(file, meta.content.start + 4..meta.content.end);
        let places = inside.find(|found| found.kind == b"iloc").unwrap();
        let bytes =
            |parts: Vec<std::ops::Range<usize>>| parts.into_iter().flat_map(|part| file[part].to_vec());
        let items = extents(file, places.content.start, 0).unwrap().into_iter();
        items.map(|(id, parts)| (id, bytes(parts).collect())).collect()
    }

    #[test]
    fn a_packet_is_added_and_all_items_stay() {
        let credit = Metadata { credit: Some("Example Agency".into()), ..Metadata::default() };
        let both = Metadata { creator: Some("Zoë Example".into()), ..credit.clone() };
        for pixels in [picture(Channels::Rgb, 3), picture(Channels::Rgba, 4)] {
            let plain = encode(&pixels, Encoding::Avif, 75, &Metadata::default()).unwrap();
            for metadata in [&credit, &both] {
                let file = encode(&pixels, Encoding::Avif, 75, metadata).unwrap();
                assert_eq!(Metadata::read(&file, Format::Avif), *metadata);
                let (before, mut after) = (items(&plain), items(&file));
                let (id, packet) = after.pop().unwrap();
                assert!(packet.starts_with(b"<?xpacket") && packet.ends_with(b"?>"));
                assert!(after.iter().all(|(other, _)| *other != id));
                assert!(before.iter().all(|item| after.contains(item)), "the pixels are where the file says");
            }
        }
    }

    #[test]
    fn other_files_stay_as_they_are() {
        let metadata = Metadata { creator: Some("Zoë Example".into()), ..Metadata::default() };
        let file = encode(&picture(Channels::Rgb, 3), Encoding::Avif, 75, &metadata).unwrap();
        for end in 0..file.len() {
            assert_eq!(embed(file[..end].to_vec(), Encoding::Avif, &metadata), file[..end]);
        }
        for at in 0..file.len().min(500) {
            let mut broken = file.clone();
            broken[at] = 0xff;
            embed(broken, Encoding::Avif, &metadata);
        }
    }
}
