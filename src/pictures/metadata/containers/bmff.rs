//! AVIF and HEIF: boxes and items (ISO 14496-12, ISO 23008-12).
//!
//! Offsets in these files count from their start, so nothing is cut out: what must not be published is overwritten, and every other byte
//! keeps its place.

use std::ops::Range;

use super::{Blocks, NewBlocks, exif};

/// The UUID of boxes with content credentials (C2PA Specification 2.1, appendix A.5).
const C2PA: &[u8] = b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
/// Boxes at the top of a file that a decoder of still pictures needs. The others, such as films of phones, are emptied.
const KEPT: [&[u8]; 5] = [b"ftyp", b"meta", b"mdat", b"free", b"skip"];
/// Items that are looked for and their extents.
const MOST: usize = 4096;

/// A box: its type and where its content is.
pub(super) struct Found<'a> {
    pub(super) kind: &'a [u8],
    pub(super) content: Range<usize>,
    pub(super) start: usize,
}

/// The boxes in a range of a file.
pub(super) fn boxes(bytes: &[u8], within: Range<usize>) -> impl Iterator<Item = Found<'_>> {
    let mut at = within.start;
    std::iter::from_fn(move || {
        let start = at;
        let kind = bytes.get(start + 4..start + 8).filter(|_| start + 8 <= within.end)?;
        let (head, length) = match number(bytes, start, 4)? {
            0 => (8, within.end - start),
            1 => (16, number(bytes, start + 8, 8)?),
            length => (8, length),
        };
        let end = start.checked_add(length).filter(|_| length >= head)?.min(within.end);
        at = end;
        Some(Found { kind, content: (start + head).min(end)..end, start })
    })
}

/// A number of up to 8 bytes. One of 0 bytes is 0.
pub(super) fn number(bytes: &[u8], at: usize, size: usize) -> Option<usize> {
    let digits = bytes.get(at..at.checked_add(size)?)?;
    usize::try_from(digits.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))).ok()
}

/// The items of EXIF and XMP, and where their bytes are.
#[derive(Default)]
struct Items {
    exif: Vec<Range<usize>>,
    xmp: Vec<Range<usize>>,
}

/// `None` if the structure is not understood.
fn items(bytes: &[u8]) -> Option<Items> {
    let mut items = Items::default();
    let Some(meta) = boxes(bytes, 0..bytes.len()).find(|found| found.kind == b"meta") else {
        return Some(items);
    };
    let inside = meta.content.start + 4..meta.content.end;
    let find = |kind: &[u8]| {
        boxes(bytes, inside.clone()).find(|found| found.kind == kind).map(|found| found.content)
    };
    let Some(infos) = find(b"iinf") else { return Some(items) };
    let head = if *bytes.get(infos.start)? == 0 { 6 } else { 8 };
    let (mut of_exif, mut of_xmp) = (Vec::new(), Vec::new());
    for info in boxes(bytes, infos.start + head..infos.end).filter(|info| info.kind == b"infe").take(MOST) {
        let at = info.content.start;
        let size = match bytes.get(at)? {
            2 => 2,
            3 => 4,
            _ => continue,
        };
        let id = number(bytes, at + 4, size)?;
        match bytes.get(at + 4 + size + 2..at + 4 + size + 6)? {
            b"Exif" => of_exif.push(id),
            // XML is published by nobody but as metadata.
            b"mime" | b"uri " => of_xmp.push(id),
            _ => {}
        }
    }
    if of_exif.is_empty() && of_xmp.is_empty() {
        return Some(items);
    }
    let places = find(b"iloc")?;
    let data = find(b"idat").map_or(0, |content| content.start);
    for (id, extents) in extents(bytes, places.start, data)? {
        if of_exif.contains(&id) {
            items.exif.extend(extents);
        } else if of_xmp.contains(&id) {
            items.xmp.extend(extents);
        }
    }
    Some(items)
}

/// The extents of all items (ISO 14496-12, section 8.11.3).
pub(super) fn extents(bytes: &[u8], at: usize, data: usize) -> Option<Vec<(usize, Vec<Range<usize>>)>> {
    let version = *bytes.get(at)?;
    let sizes = number(bytes, at + 4, 2)?;
    let (of_offset, of_length, of_base) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15);
    let of_index = if version == 0 { 0 } else { sizes & 15 };
    if [of_offset, of_length, of_base, of_index].into_iter().any(|size| size > 8) {
        return None;
    }
    let of_id = if version < 2 { 2 } else { 4 };
    let mut at = at + 6;
    let mut next = |size: usize| {
        let read = number(bytes, at, size);
        at += size;
        read
    };
    let count = next(of_id)?;
    let mut all = Vec::new();
    for _ in 0..count.min(MOST) {
        let id = next(of_id)?;
        let method = if version == 0 { 0 } else { next(2)? & 15 };
        next(2)?;
        let base = next(of_base)?;
        let mut extents = Vec::new();
        for _ in 0..next(2)? {
            next(of_index)?;
            let (offset, length) = (next(of_offset)?, next(of_length)?);
            let from = if method == 1 { data } else { 0 };
            let start = base.checked_add(offset)?.checked_add(from)?;
            let end = if length == 0 { bytes.len() } else { start.checked_add(length)? };
            extents.push(start.min(bytes.len())..end.min(bytes.len()).max(start.min(bytes.len())));
        }
        all.push((id, extents));
    }
    Some(all)
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let Items { exif, xmp } = items(bytes).unwrap_or_default();
    let exif = exif.first().and_then(|range| bytes.get(range.clone())).and_then(|item| {
        // The offset of the TIFF header from behind itself (ISO 23008-12, annex A.2.1).
        item.get(4_usize.checked_add(number(item, 0, 4)?)?..)
    });
    let has_content_credentials = boxes(bytes, 0..bytes.len())
        .any(|found| found.kind == b"uuid" && bytes[found.content].starts_with(C2PA));
    Blocks {
        exif: exif.map(Into::into),
        xmp: xmp.first().and_then(|range| bytes.get(range.clone())).map(Into::into),
        iim: None,
        has_content_credentials,
    }
}

pub(super) fn rebuilt(bytes: &[u8], new: &NewBlocks) -> Option<Vec<u8>> {
    let items = items(bytes)?;
    let mut out = bytes.to_vec();
    for found in boxes(bytes, 0..bytes.len()) {
        if found.kind == b"moov" {
            // An animation has its own metadata, which other places refer to.
            return None;
        }
        if !KEPT.contains(&found.kind) || matches!(found.kind, b"free" | b"skip") {
            out[found.start + 4..found.start + 8].copy_from_slice(b"free");
            out[found.content].fill(0);
        }
    }
    for range in items.exif {
        let item = out.get_mut(range)?;
        item.fill(0);
        // Decoders refuse an item without a header and a directory; the orientation of the pixels is elsewhere.
        if let Some(start) = item.get_mut(4..12) {
            start.copy_from_slice(exif::EMPTY);
        }
    }
    for range in items.xmp {
        let item = out.get_mut(range)?;
        item.fill(b' ');
        if let Some(start) = item.get_mut(..new.xmp.len()) {
            start.copy_from_slice(&new.xmp);
        }
    }
    Some(out)
}
