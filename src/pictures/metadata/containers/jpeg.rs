//! JPEG: segments and scans (ITU T.81, annex B).

use std::borrow::Cow;

use super::{Blocks, NewBlocks, iim};

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const ICC: &[u8] = b"ICC_PROFILE\0";
const JFIF: &[u8] = b"JFIF\0";
const ADOBE: &[u8] = b"Adobe";

/// A piece of a JPEG.
enum Piece<'a> {
    /// A marker and its data.
    Segment(u8, &'a [u8]),
    /// The data of a scan, with its restart markers.
    Scan(&'a [u8]),
}

/// The pieces up to the end of the picture. Bytes between segments, which decoders skip, are left out.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let (mut rest, mut is_scan) = (bytes.get(2..).unwrap_or_default(), false);
    std::iter::from_fn(move || {
        if std::mem::take(&mut is_scan) {
            let (data, after) = rest.split_at(end_of_scan(rest));
            rest = after;
            return Some(Piece::Scan(data));
        }
        loop {
            rest = &rest[memchr::memchr(0xff, rest)?..];
            let marker = *rest.get(1)?;
            match marker {
                0xd9 => return None,
                0x00 | 0x01 | 0xd0..=0xd8 => rest = &rest[2..],
                0xff => rest = &rest[1..],
                _ => {
                    let length = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?])).max(2);
                    let (segment, after) = rest.split_at((2 + length).min(rest.len()));
                    rest = after;
                    is_scan = marker == 0xda;
                    return Some(Piece::Segment(marker, &segment[4..]));
                }
            }
        }
    })
}

/// Where the data of a scan end: at the next marker that is not a restart marker.
fn end_of_scan(data: &[u8]) -> usize {
    memchr::memchr_iter(0xff, data)
        .find(|at| !matches!(data.get(at + 1), None | Some(0x00 | 0xd0..=0xd7 | 0xff)))
        .unwrap_or(data.len())
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let mut blocks = Blocks::default();
    let mut resources = Vec::new();
    for piece in pieces(bytes) {
        match piece {
            Piece::Segment(0xe1, data) => {
                if let Some(exif) = data.strip_prefix(EXIF) {
                    blocks.exif.get_or_insert(exif.into());
                } else if let Some(xmp) = data.strip_prefix(XMP) {
                    blocks.xmp.get_or_insert(xmp.into());
                }
            }
            Piece::Segment(0xed, data) => {
                resources.extend_from_slice(data.strip_prefix(iim::PHOTOSHOP).unwrap_or_default());
            }
            // JUMBF boxes of a kind (ISO 19566-5).
            Piece::Segment(0xeb, data) if data.starts_with(b"JP") => {
                blocks.has_content_credentials |= memchr::memmem::find(data, b"c2pa").is_some();
            }
            Piece::Segment(..) => {}
            Piece::Scan(_) => break,
        }
    }
    blocks.iim = iim::in_resources(&resources).map(|iim| Cow::Owned(iim.to_vec()));
    blocks
}

/// What a decoder needs of a segment.
fn kept(marker: u8, data: &[u8]) -> Option<&[u8]> {
    match marker {
        0xc0..=0xcf | 0xda..=0xdf => Some(data),
        0xe2 if data.starts_with(ICC) => Some(data),
        // How colors are stored.
        0xee if data.starts_with(ADOBE) => data.get(..12),
        _ => None,
    }
}

pub(super) fn rebuilt(bytes: &[u8], new: &NewBlocks) -> Vec<u8> {
    let mut out = vec![0xff, 0xd8];
    let mut pieces = pieces(bytes).peekable();
    if let Some(Piece::Segment(0xe0, data)) = pieces.peek()
        && data.starts_with(JFIF)
        && let Some(head) = data.get(..12)
    {
        // Without its thumbnail.
        segment(&mut out, 0xe0, &[head, &[0, 0]]);
    }
    for (marker, head, block) in
        [(0xe1, EXIF, &new.exif), (0xe1, XMP, &new.xmp), (0xed, iim::PHOTOSHOP, &new.iim)]
    {
        if !block.is_empty() {
            segment(&mut out, marker, &[head, block]);
        }
    }
    for piece in pieces {
        match piece {
            Piece::Segment(marker, data) => {
                if let Some(data) = kept(marker, data) {
                    segment(&mut out, marker, &[data]);
                }
            }
            Piece::Scan(data) => out.extend_from_slice(data),
        }
    }
    out.extend([0xff, 0xd9]);
    out
}

/// Writes a segment, unless it is too long.
fn segment(out: &mut Vec<u8>, marker: u8, data: &[&[u8]]) {
    let length = 2 + data.iter().map(|data| data.len()).sum::<usize>();
    let Ok(length) = u16::try_from(length) else { return };
    out.extend([0xff, marker]);
    out.extend(length.to_be_bytes());
    data.iter().for_each(|data| out.extend_from_slice(data));
}
