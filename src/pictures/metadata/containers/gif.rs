//! GIF: blocks (GIF89a).

use super::{Blocks, NewBlocks};

const XMP: &[u8] = b"XMP DataXMP";
/// The bytes that follow XMP: 1, then 255 to 0, then the end of the sub-blocks.
const MAGIC: usize = 258;
/// Extensions of applications that decide how a picture looks: how often it repeats, and its colors.
const KEPT: [&[u8]; 3] = [b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"];

/// A block of a GIF.
enum Block<'a> {
    /// An image or the extension of one, whole.
    Image(&'a [u8]),
    /// The extension of an application: its name, and its sub-blocks with their lengths.
    Application(&'a [u8], &'a [u8]),
    /// Comments, texts and unknown extensions.
    Other,
}

/// The header with its colors, and the blocks after it.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let colors = bytes.get(10).map_or(0, |flags| colors(*flags));
    bytes.split_at((13 + colors).min(bytes.len()))
}

/// The bytes of a table of colors.
fn colors(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// The blocks up to the trailer.
fn blocks_of(mut rest: &[u8]) -> impl Iterator<Item = Block<'_>> {
    std::iter::from_fn(move || {
        let head = match rest {
            [0x2c, ..] => 11 + rest.get(9).map_or(0, |flags| colors(*flags)),
            [0x21, ..] => 2,
            _ => return None,
        };
        let subs = rest.get(head..).unwrap_or_default();
        let (block, after) = rest.split_at((head + end_of_subs(subs)).min(rest.len()));
        rest = after;
        Some(match block {
            [0x2c, ..] | [0x21, 0xf9, ..] => Block::Image(block),
            [0x21, 0xff, 11, data @ ..] if data.len() >= 11 => Block::Application(&data[..11], &data[11..]),
            _ => Block::Other,
        })
    })
}

/// The length of sub-blocks with the one that ends them.
fn end_of_subs(data: &[u8]) -> usize {
    let mut at = 0;
    while let Some(length) = data.get(at) {
        at += 1 + usize::from(*length);
        if *length == 0 {
            break;
        }
    }
    at.min(data.len())
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let mut blocks = Blocks::default();
    for block in blocks_of(split(bytes).1) {
        if let Block::Application(XMP, data) = block {
            // XMP is not cut into sub-blocks: 257 bytes after it lead out of it from wherever a decoder enters them.
            blocks.xmp.get_or_insert(data[..data.len().saturating_sub(MAGIC)].into());
        }
    }
    blocks
}

pub(super) fn rebuilt(bytes: &[u8], new: &NewBlocks) -> Vec<u8> {
    let (head, rest) = split(bytes);
    let mut out = head.to_vec();
    if !new.xmp.is_empty() {
        // XMP Specification Part 3, section 1.1.2.
        out.extend([0x21, 0xff, 11]);
        out.extend_from_slice(XMP);
        out.extend_from_slice(&new.xmp);
        out.push(1);
        out.extend((0..=255).rev());
        out.push(0);
        // Extensions need the newer version.
        out[3..6].copy_from_slice(b"89a");
    }
    for block in blocks_of(rest) {
        match block {
            Block::Image(bytes) => out.extend_from_slice(bytes),
            Block::Application(name, data) if KEPT.contains(&name) => {
                out.extend([0x21, 0xff, 11]);
                out.extend_from_slice(name);
                out.extend_from_slice(data);
            }
            Block::Application(..) | Block::Other => {}
        }
    }
    out.push(0x3b);
    out
}
