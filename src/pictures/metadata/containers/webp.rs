//! WebP: RIFF chunks (RFC 9649).

use super::{Blocks, NewBlocks};

/// The chunks that decide the pixels and their colors, animations included.
const KEPT: [&[u8; 4]; 7] = [b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"];
/// In the flags of `VP8X`: whether there is EXIF or XMP.
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;
/// The length of what precedes the chunks in a frame.
const FRAME_HEAD: usize = 16;

/// Kinds and data of chunks.
fn chunks(mut rest: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let kind = rest.get(..4)?;
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?) as usize;
        let data = &rest[8..];
        let data = &data[..length.min(data.len())];
        rest = rest.get(8 + length.saturating_add(length % 2)..).unwrap_or_default();
        Some((kind, data))
    })
}

/// The chunks of a file: what follows the RIFF chunk is not part of it.
fn inside(bytes: &[u8]) -> &[u8] {
    let length =
        bytes.get(4..8).and_then(<[u8]>::first_chunk).map_or(0, |length| u32::from_le_bytes(*length));
    let end = (8 + length as usize).min(bytes.len());
    bytes.get(12..end).unwrap_or_default()
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let mut blocks = Blocks::default();
    for (kind, data) in chunks(inside(bytes)) {
        match kind {
            b"EXIF" => {
                // Some programs write the prefix of JPEG.
                blocks.exif.get_or_insert(data.strip_prefix(b"Exif\0\0").unwrap_or(data).into());
            }
            b"XMP " => {
                blocks.xmp.get_or_insert(data.into());
            }
            b"C2PA" => blocks.has_content_credentials = true,
            _ => {}
        }
    }
    blocks
}

pub(super) fn rebuilt(bytes: &[u8], new: &NewBlocks) -> Vec<u8> {
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    let mut is_extended = false;
    for (kind, data) in chunks(inside(bytes)).filter(|(kind, _)| KEPT.iter().any(|kept| kept == kind)) {
        match (kind, data) {
            (b"VP8X", [flags, rest @ ..]) => {
                is_extended = true;
                let mut flags = flags & !(HAS_EXIF | HAS_XMP);
                flags |= if new.exif.is_empty() { 0 } else { HAS_EXIF };
                flags |= if new.xmp.is_empty() { 0 } else { HAS_XMP };
                chunk(&mut out, kind, &[&[flags], rest]);
            }
            (b"ANMF", _) => {
                let (head, rest) = data.split_at(FRAME_HEAD.min(data.len()));
                let mut inner = Vec::new();
                chunks(rest)
                    .filter(|(kind, _)| KEPT.iter().any(|kept| kept == kind))
                    .for_each(|(kind, data)| chunk(&mut inner, kind, &[data]));
                chunk(&mut out, kind, &[head, &inner]);
            }
            _ => chunk(&mut out, kind, &[data]),
        }
    }
    // The simple format has no metadata.
    for (kind, block) in [(b"EXIF", &new.exif), (b"XMP ", &new.xmp)] {
        if is_extended && !block.is_empty() {
            chunk(&mut out, kind, &[block]);
        }
    }
    let length = (out.len() - 8) as u32;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    out
}

fn chunk(out: &mut Vec<u8>, kind: &[u8], data: &[&[u8]]) {
    let length: usize = data.iter().map(|data| data.len()).sum();
    out.extend(kind);
    out.extend((length as u32).to_le_bytes());
    data.iter().for_each(|data| out.extend_from_slice(data));
    out.extend(std::iter::repeat_n(0, length % 2));
}
